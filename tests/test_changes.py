"""What a change is refused for, with what to do instead, and what it enters when it makes sense."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.office import Absence, Door
from bot.register import Change, EntryKind, absence_data
from config.change_staff import OfficerWish, add_officer, call_back, change_officer, end_officer, send_away
from config.change_texts import (
    CannedWish,
    add_canned,
    add_topic,
    add_word,
    change_canned,
    change_topic,
    end_canned,
    end_topic,
    end_word,
    set_door,
)
from config.change_units import UnitWish, add_unit, change_unit, end_unit, set_rota
from config.changes import ChangeRefused, Standing
from tests.register_example import entry, make_standing

Changes = tuple[Change, ...]
DORA = OfficerWish(name="Dora Exempel", email="dora@kommun.example", units=("Bygglov",))
LEFT = entry(EntryKind.OFFICER, "dora", {"name": "Dora Exempel"}, ended=True)
AWAY = entry(
    EntryKind.ABSENCE,
    "bo",
    absence_data([
        Absence(first=date(2026, 11, 2), back=date(2026, 11, 9)),  # has passed
        Absence(first=date(2026, 11, 16), back=date(2026, 11, 18)),  # now
        Absence(first=date(2026, 12, 21), back=date(2027, 1, 7)),  # to come
    ]),
)  # fmt: skip


def refusals(decide: Callable[..., Changes], *given: Any) -> list[tuple[str, str]]:
    """Return field and text of every fault."""
    with pytest.raises(ChangeRefused) as refused:
        decide(*given)
    assert str(refused.value)
    return [(fault.field, fault.text) for fault in refused.value.faults]


# Staff.


def test_an_officer_is_added_with_units_and_role_as_people_write_them() -> None:
    wish = OfficerWish(name=" Dora  Exempel", email=" dora@kommun.example ", units=("BYGGLOV", "kontaktcenter", "bygg"),
                       role="Kvalitetsledare", cleared=True)  # fmt: skip
    (change,) = add_officer(make_standing(), "dora", wish)
    assert (change.kind, change.key, change.ended) == (EntryKind.OFFICER, "dora", False)
    assert change.data == {
        "name": "Dora Exempel", "email": "dora@kommun.example", "units": ["bygg", "kontaktcenter"], "role": "lead",
        "cleared": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "wish", "field", "words"),
    [
        ("dora.e", DORA, "id", "högst 12 tecken"),
        ("_dora", DORA, "id", "går inte som id"),
        ("thirteensigns", DORA, "id", "går inte som id"),
        ("anna", DORA, "id", "anna är redan Anna Exempel. Välj ett annat id, eller ändra"),
        ("dora", OfficerWish(email="d@x.example", units=("bygg",)), "name", "Namn saknas"),
        ("dora", OfficerWish(name="Dora", units=("bygg",)), "email", "E-postadress saknas för Dora"),
        ("dora", OfficerWish(name="Dora", email="d@x.example"), "units", "Enhet saknas"),
        ("dora", OfficerWish(name="D", email="d@x.example", units=("vård",)), "units", "De som finns: kontaktcenter"),
        ("dora", OfficerWish(name="Dora", email="d@x.example", units=("bygg",), role="chef"), "role", "ingen roll"),
        ("dora", OfficerWish(name="D", email="d@x.example,e@x.example", units=("bygg",)), "email", "enda adress"),
        ("dora", OfficerWish(name="D", email="Bygg+x@Kommun.example", units=("bygg",)), "email", "enhets adress"),
        ("dora", OfficerWish(name="D", email="ANNA@kommun.example", units=("bygg",)), "email", "Exempel har redan"),
        ("dora", OfficerWish(name="D", email="bl@kommun.example", units=("bygg",)), "email", "Bygglov delar adressen"),
    ],
)  # fmt: skip
def test_an_officer_who_cannot_be_added(key: str, wish: OfficerWish, field: str, words: str) -> None:
    ((found, text),) = refusals(add_officer, make_standing(), key, wish)
    assert found == field
    assert words in text


def test_every_fault_is_told_at_once() -> None:
    wish = OfficerWish(email="kontakt@kommun.example", units=("vård", "skola"), role="chef")
    fields = [field for field, _ in refusals(add_officer, make_standing(), "ANNA", wish)]
    assert fields == ["id", "name", "email", "units", "units", "role"]


def test_an_id_that_old_answers_bear_comes_back_with_its_person_only() -> None:
    standing = make_standing(LEFT)
    assert len(add_officer(standing, "dora", DORA)) == 1
    ((_, text),) = refusals(
        lambda: add_officer(standing, "dora", OfficerWish(name="Doris", email="d@x.example", units=("bygg",)))
    )
    assert "dora har varit Dora Exempel, vars gamla svar bär det id:t" in text


def test_an_officer_is_changed_in_what_is_wished_for_alone() -> None:
    (change,) = change_officer(make_standing(), "anna", OfficerWish(name="Anna Ny"))
    assert change.data == {
        "name": "Anna Ny", "email": "anna@kommun.example", "units": ["kontaktcenter"], "role": "lead",
        "cleared": False,
    }  # fmt: skip
    assert change_officer(make_standing(), "anna", OfficerWish(name="Anna Exempel", role="lead")) == ()
    ((_, text),) = refusals(change_officer, make_standing(), "gun", OfficerWish(name="Gun"))
    assert "Det finns ingen gun" in text


@pytest.mark.parametrize("leave", [
    lambda standing: end_officer(standing, "cia"),
    lambda standing: change_officer(standing, "cia", OfficerWish(units=("kontaktcenter",))),
])  # fmt: skip
def test_the_last_one_of_a_unit_with_open_cases_stays(leave: Callable[[Standing], Changes]) -> None:
    standing = make_standing(open_cases={("bygg", "cia"): 1, ("bygg", ""): 2, ("kontaktcenter", ""): 9})
    ((field, text),) = refusals(leave, standing)
    assert field == "units"
    assert "Cia Exempel är sist kvar på bygg, som har 3 öppna ärenden. Lägg till någon först" in text
    # Without open cases, or with a colleague, nobody is in the way.
    assert leave(make_standing())[0].key == "cia"
    colleague = entry(EntryKind.OFFICER, "dora", {"name": "Dora", "email": "d@x.example", "units": ["bygg"]})
    assert leave(make_standing(colleague, open_cases={("bygg", ""): 2}))[0].key == "cia"


def test_ending_an_officer_keeps_who_it_was_and_ends_the_absences() -> None:
    standing = make_standing(AWAY, open_cases={("kontaktcenter", "bo"): 2, ("bygg", "bo"): 1})
    ended, absence = end_officer(standing, "bo")
    assert (ended.ended, ended.data["name"]) == (True, "Bo Exempel")
    assert (absence.kind, absence.ended) == (EntryKind.ABSENCE, True)
    assert standing.open_of("bo") == 3
    assert "bo" not in standing.after((ended, absence)).layers.officers


@pytest.mark.parametrize(
    ("who", "first", "back", "words"),
    [
        ("gun", date(2026, 11, 20), date(2026, 11, 21), "Det finns ingen gun"),
        ("bo", date(2026, 11, 15), date(2026, 11, 21), "har redan varit"),
        ("bo", date(2026, 11, 20), date(2026, 11, 20), "ska komma efter"),
    ],
)
def test_an_absence_that_makes_no_sense(who: str, first: date, back: date, words: str) -> None:
    ((_, text),) = refusals(send_away, make_standing(), who, first, back)
    assert words in text


def test_an_absence_is_added_to_those_to_come_and_swallows_those_within() -> None:
    (change,) = send_away(make_standing(AWAY), "bo", date(2026, 12, 1), date(2027, 1, 10))
    assert change.data == {
        "absences": [{"first": "2026-11-16", "back": "2026-11-18"}, {"first": "2026-12-01", "back": "2027-01-10"}]
    }


def test_an_absence_ends_today_and_planned_ones_if_wished() -> None:
    (change,) = call_back(make_standing(AWAY), "bo")
    assert (change.ended, change.data) == (False, {"absences": [{"first": "2026-12-21", "back": "2027-01-07"}]})
    (change,) = call_back(make_standing(AWAY), "bo", planned=True)
    assert (change.ended, change.data) == (True, {"absences": []})
    ((_, text),) = refusals(call_back, make_standing(AWAY, today=date(2026, 11, 19)), "bo")
    assert "inte borta i dag. Planerad frånvaro tas bort med --planned" in text


# Units.


@pytest.mark.parametrize(
    ("key", "more", "words"),
    [
        ("Vård", {}, ["högst 20 tecken"]),
        ("_vard", {}, ["går inte som id"]),
        ("bygg", {}, ["Enheten bygg finns redan"]),
        ("vard", {"name": ""}, ["Namn saknas"]),
        ("vard", {"name": "bygglov"}, ["heter redan bygglov"]),
        ("vard", {"name": "Bygg"}, ["heter redan Bygg"]),
        ("vard", {"address": ""}, ["Adress saknas"]),
        ("vard", {"address": "vardochomsorg@kommun.example"}, ["högst 12 tecken"]),
        ("vard", {"address": "vard@kommun..example"}, ["går inte som enhetens adress"]),
        ("vard", {"address": "Kontakt@kommun.example"}, ["redan enheten kontaktcenters adress"]),
        ("vard", {"address": "bo@kommun.example"}, ["skickar vi själva"]),
        ("vard", {"address": "bl@kommun.example"}, ["skickar vi själva"]),
        ("vard", {"address": "vakt@kommun.example"}, ["skickar vi själva"]),
        ("vard", {"staff_address": "vard@kommun.example"}, ["enhetens egen adress"]),
        ("vard", {"staff_address": "bygg@kommun.example"}, ["är en enhets adress"]),
        ("vard", {"staff_address": "bo@kommun.example"}, ["Bo Exempels egen adress"]),
        ("vard", {"on_call": "ingen"}, ["enda adress"]),
        ("vard", {"notify": "address"}, ["ange --staff-address"]),
        ("vard", {"notify": "nobody"}, ["Välj on_duty, address, all eller group"]),
        ("vard", {"copies": 0}, ["mellan 1 och 20"]),
        ("vard", {"on_call": "x", "staff_address": "y", "copies": 99}, ["y ska", "x ska", "99 går inte"]),
    ],
)
def test_a_unit_that_cannot_be_added(key: str, more: dict[str, Any], words: list[str]) -> None:
    wish = UnitWish(**{"name": "Vård", "address": "vard@kommun.example", **more})
    found = refusals(add_unit, make_standing(), key, wish)
    assert len(found) == len(words)
    for said, (_, text) in zip(words, found, strict=True):
        assert said in text


def test_a_unit_is_added_and_changed() -> None:
    wish = UnitWish(name="Vård", address="vard@kommun.example", staff_address="v@kommun.example", notify="Adress")
    (added,) = add_unit(make_standing(), "vard", wish)
    assert added.data == {
        "name": "Vård", "address": "vard@kommun.example", "staff_address": "v@kommun.example", "notify": "address",
    }  # fmt: skip
    standing = make_standing().after([added])
    (changed,) = change_unit(standing, "vard", UnitWish(phone="0123-1", notify="alla"))
    assert {key: changed.data[key] for key in ("name", "phone", "notify", "copies")} == {
        "name": "Vård", "phone": "0123-1", "notify": "all", "copies": 2,
    }  # fmt: skip
    assert change_unit(standing, "vard", UnitWish(name="Vård")) == ()
    ((_, text),) = refusals(change_unit, standing, "skola", UnitWish(name="Skola"))
    assert "De som finns: kontaktcenter, bygg, vard" in text


def test_a_unit_ends_when_nothing_is_left_in_it() -> None:
    both = {"name": "Cia", "email": "cia@kommun.example", "units": ["bygg", "kontaktcenter"], "role": "officer"}
    standing = make_standing(entry(EntryKind.OFFICER, "cia", both))
    unit, cia = end_unit(standing, "bygg")
    assert (unit.kind, unit.key, unit.ended, unit.data["name"]) == (EntryKind.UNIT, "bygg", True, "Bygglov")
    assert (cia.key, cia.data["units"]) == ("cia", ["kontaktcenter"])
    after = standing.after((unit, cia)).layers
    assert (list(after.units), after.officers["cia"].units) == (["kontaktcenter"], ("kontaktcenter",))


def test_a_unit_with_cases_or_people_stays_and_so_does_the_last_one() -> None:
    found = refusals(end_unit, make_standing(open_cases={("bygg", ""): 1}), "bygg")
    assert ["bygg har 1 öppet ärende" in found[0][1], "Bara i bygg finns cia" in found[1][1]] == [True, True]
    last = make_standing(entry(EntryKind.UNIT, "bygg", ended=True), entry(EntryKind.OFFICER, "anna", ended=True),
                         entry(EntryKind.OFFICER, "bo", ended=True))  # fmt: skip
    ((_, text),) = refusals(end_unit, last, "kontaktcenter")
    assert "den enda enheten" in text


def test_the_rota_names_members_only() -> None:
    (change,) = set_rota(make_standing(), "kontaktcenter", 4, ["bo", "anna", "bo"])
    assert change.data["rota"]["friday"] == ["bo", "anna"]
    assert set_rota(make_standing().after([change]), "kontaktcenter", 4, ["bo", "anna"]) == ()
    ((_, text),) = refusals(set_rota, make_standing(), "bygg", 0, ["cia", "bo"])
    assert text == "bo hör inte till bygg. De som gör det: cia."
    ((_, text),) = refusals(set_rota, make_standing(), "skola", 0, [])
    assert "skola finns inte" in text


# Topics, canned answers, words.


def test_topics() -> None:
    standing = make_standing()
    assert add_topic(standing, "hundar", " Hundar  och katter ")[0].data == {"name": "Hundar och katter"}
    assert change_topic(standing, "bygglov", "Bygglov") == ()
    assert end_topic(standing, "bygglov")[0].ended
    for decide, words in (
        (lambda: add_topic(standing, "Hundar!", "Hundar"), "högst 20 tecken"),
        (lambda: add_topic(standing, "bygglov", "Bygga"), "Ämnet bygglov finns redan"),
        (lambda: add_topic(standing, "bygga", "BYGGLOV"), "Ämnet bygglov heter redan"),
        (lambda: add_topic(standing, "hundar", " "), "behöver ett namn"),
        (lambda: change_topic(standing, "bygglov", "x" * 61), "högst 60 tecken"),
        (lambda: change_topic(standing, "katter", "Katter"), "Ämnet katter finns inte"),
        (lambda: end_topic(standing, "katter"), "Ämnet katter finns inte"),
    ):
        assert words in refusals(decide)[0][1]


def test_canned_answers() -> None:
    standing = make_standing()
    (added,) = add_canned(standing, CannedWish(name="Tack", text=" Hej {namn}! ", unit="Bygglov", language="sv"))
    assert (added.key, added.data) == (
        "tack|bygg|sv", {"name": "Tack", "text": "Hej {namn}!", "unit": "bygg", "language": "sv"},
    )  # fmt: skip
    after = standing.after([added])
    (changed,) = change_canned(after, CannedWish(name="tack", text="Tack!", unit="bygg", language="sv"))
    assert (changed.key, changed.data["name"], changed.data["text"]) == ("tack|bygg|sv", "Tack", "Tack!")
    assert (
        change_canned(after.after([changed]), CannedWish(name="TACK", text="Tack!", unit="bygg", language="sv")) == ()
    )
    assert end_canned(after, CannedWish(name="tack", unit="bygg", language="sv"))[0].ended
    for wish, words in (
        (CannedWish(name="länk", text="x"), "Mallsvaret länk finns redan"),
        (CannedWish(name="a|b", text="x"), "högst 40 tecken"),
        (CannedWish(name="tack", text=""), "har ingen text"),
        (CannedWish(name="tack", text="Hej {ditt namn}"), "som {dag}"),
        (CannedWish(name="tack", text="x", unit="vård"), "Enheten vård finns inte"),
        (CannedWish(name="tack", text="x", language="svenska"), "inget språk"),
    ):
        assert words in refusals(add_canned, standing, wish)[0][1]
    for act in (change_canned, end_canned):
        assert "inget mallsvar tack" in refusals(act, standing, CannedWish(name="tack", text="x"))[0][1]


def test_door_words_and_who_is_told() -> None:
    standing = make_standing()
    (added,) = add_word(standing, Door.CHILD, " Far  illa* ")
    assert (added.key, added.data) == ("child|far illa*", {"door": "child", "words": "Far illa*"})
    assert end_word(standing.after([added]), Door.CHILD, "far illa*")[0].ended
    assert "finns redan för child" in refusals(add_word, standing, Door.CHILD, "OROSANMÄL*")[0][1]
    assert "minst 4 tecken före" in refusals(add_word, standing, Door.CHILD, "x*")[0][1]
    assert "finns inte för danger" in refusals(end_word, standing, Door.DANGER, "orosanmäl*")[0][1]
    (told,) = set_door(standing, Door.APPEAL, "registrator@kommun.example")
    after = standing.after([told])
    assert set_door(after, Door.APPEAL, "registrator@kommun.example") == ()
    assert set_door(after, Door.APPEAL, "")[0].ended
    assert "enhets adress" in refusals(set_door, standing, Door.APPEAL, "bygg@kommun.example")[0][1]

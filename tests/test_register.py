"""The register: what it holds goes before the settings, a bad row never harms, and no deadline told is ever moved."""

import json
import logging
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from bot.facts import Kind, OfficerId
from bot.office import Absence, Canned, Door, Notify, Role
from bot.register import (
    Entry,
    EntryKind,
    absence_data,
    absences_in,
    canned_data,
    canned_key,
    cli_actor,
    latest,
    word_key,
)
from bot.store.database import Database
from bot.store.register import enter, last_seq, open_cases, read_register
from bot.store.schema import register
from config.building import calendar_of, office_of
from config.calendars import versions_of
from config.desk_defaults import desk_defaults
from config.layers import is_readable, layers_of
from tests.conftest import MONDAY, FrozenClock
from tests.example import make_mail
from tests.register_example import WEEK, entry, make_settings, officer
from tests.town import Town

ANNA = {"name": "Anna Exempel", "email": "anna@kommun.example", "units": ["bygg"]}


def test_the_last_entry_of_a_kind_and_key_is_the_one_that_holds() -> None:
    first = entry(EntryKind.TOPIC, "hundar", {"name": "Hund"}, seq=1)
    other = entry(EntryKind.UNIT, "hundar", seq=2)
    last = entry(EntryKind.TOPIC, "hundar", {"name": "Hundar"}, seq=3, ended=True)
    assert latest([first, other, last]) == {(EntryKind.TOPIC, "hundar"): last, (EntryKind.UNIT, "hundar"): other}


def test_absences_are_kept_in_order_and_read_back() -> None:
    winter = Absence(first=date(2026, 12, 1), back=date(2026, 12, 5))
    autumn = Absence(first=date(2026, 11, 23), back=date(2026, 11, 30))
    assert json.loads(json.dumps(absence_data([winter, autumn]))) == {
        "absences": [{"first": "2026-11-23", "back": "2026-11-30"}, {"first": "2026-12-01", "back": "2026-12-05"}]
    }
    assert absences_in(absence_data([winter, autumn])) == (autumn, winter)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "need a first day"),
        ({"absences": 1}, "need a first day"),
        ({"absences": [{"first": "2026-12-01"}]}, "need a first day"),
        ({"absences": [{"first": 1, "back": 2}]}, "need a first day"),
        ({"absences": [{"first": "x", "back": "y"}]}, "isoformat"),
        ({"absences": [{"first": "2026-12-01", "back": "2026-12-01"}]}, "before leaving"),
    ],
)
def test_absences_that_make_no_sense_are_refused(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        absences_in(data)


def test_a_wording_is_known_by_its_name_unit_and_language_and_words_by_their_door() -> None:
    assert canned_key(Canned(name=" Tack ", text="x")) == "tack||"
    assert canned_key(Canned(name="tack", text="y", language="fi")) == "tack||fi"
    assert word_key(Door.CHILD, "  Far  Illa*") == "child|far illa*"


@pytest.mark.parametrize(
    ("login", "actor"),
    [("anna", "cli:anna"), (" Anna Exempel\n", "cli:annaexempel"), ("KOMMUN\\åsa.b-1_2", "cli:kommunåsa.b-1_2"),
     ("", "cli:unknown"), ("!?", "cli:unknown"), ("x" * 90, "cli:" + "x" * 40)],
)  # fmt: skip
def test_who_changes_at_the_command_line_is_a_plain_name(login: str, actor: str) -> None:
    assert cli_actor(login) == actor


# The store, on both engines.


async def _enter(database: Database, *given: tuple[EntryKind, str, dict[str, Any], bool], now: datetime) -> list[Entry]:
    async with database.writing() as connection:
        return [
            await enter(connection, kind, key, data, actor="cli:anna", now=now, ended=ended)
            for kind, key, data, ended in given
        ]


@pytest.mark.asyncio
async def test_what_is_entered_is_read_back_in_order(database: Database, clock: FrozenClock) -> None:
    async with database.reading() as connection:
        assert await last_seq(connection) == 0
        assert await read_register(connection) == []
    topic = (EntryKind.TOPIC, "hundar", {"name": "Hundar å ä ö"}, False)
    first = await _enter(database, topic, now=clock.now())
    clock.forward(hours=1)
    rest = await _enter(database, (EntryKind.OFFICER, "anna", ANNA, False), (EntryKind.TOPIC, "hundar", {}, True),
                        now=clock.now())  # fmt: skip
    async with database.reading() as connection:
        assert await read_register(connection) == [*first, *rest]
        assert await last_seq(connection) == 3
    assert [(one.seq, one.ended, one.recorded_at) for one in [*first, *rest]] == [
        (1, False, MONDAY), (2, False, MONDAY + timedelta(hours=1)), (3, True, MONDAY + timedelta(hours=1)),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_a_clock_that_was_set_back_is_not_believed(database: Database, clock: FrozenClock) -> None:
    word = (EntryKind.WORD, "child|agas*", {"door": "child", "words": "agas*"}, False)
    await _enter(database, word, now=clock.now())
    (later,) = await _enter(database, word, now=clock.now() - timedelta(days=1))
    assert (later.seq, later.recorded_at) == (2, clock.now())


@pytest.mark.asyncio
@pytest.mark.parametrize("statement", ["UPDATE register SET ended = 1", "DELETE FROM register"])
async def test_an_entry_is_never_changed(database: Database, clock: FrozenClock, statement: str) -> None:
    await _enter(database, (EntryKind.TOPIC, "hundar", {"name": "Hundar"}, False), now=clock.now())
    with pytest.raises(DBAPIError):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    async with database.reading() as connection:
        assert [one.ended for one in await read_register(connection)] == [False]


@pytest.mark.asyncio
async def test_a_row_that_cannot_be_read_is_passed_over(
    database: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    await _enter(database, (EntryKind.TOPIC, "hundar", {"name": "Hundar"}, False), now=clock.now())
    strange = {"key": "k", "recorded_at": clock.now(), "actor": "cli:anna", "ended": 0}
    async with database.writing() as connection:
        for seq, kind, data in ((2, "planet", "{}"), (3, "topic", "[1]"), (4, "topic", "{")):
            await connection.execute(insert(register), [{"seq": seq, "kind": kind, "data": data, **strange}])
    with caplog.at_level(logging.WARNING):
        async with database.reading() as connection:
            assert [one.key for one in await read_register(connection)] == ["hundar"]
            assert await last_seq(connection) == 4
    assert [record.args for record in caplog.records] == [(2,), (3,), (4,)]


@pytest.mark.asyncio
async def test_open_cases_are_counted_by_unit_and_owner(database: Database, clock: FrozenClock) -> None:
    town = Town(database, clock)
    for number in range(3):
        await town.receive(make_mail(f"Fråga {number}", message_id=f"f{number}@example.org", subject=f"{number}"))
    async with database.reading() as connection:
        counted = await open_cases(connection)
    assert sum(counted.values()) == 3
    assert {unit for unit, _ in counted} == {"kc"}


# The layers: defaults, settings, register.


def test_without_a_register_the_settings_and_the_defaults_hold() -> None:
    office = office_of(make_settings(), "mark")
    assert [unit.id for unit in office.units] == ["kontaktcenter", "bygg"]
    assert (office.units[0].notify, office.units[0].copies, office.units[0].rota) == (Notify.ON_DUTY, 2, {})
    assert office.officers[0].role is Role.LEAD
    assert len(office.topics) >= 30
    assert Door.APPEAL in {word.door for word in office.door_words}
    assert office.promises == desk_defaults().promise_days
    assert (office.on_call, office.regret) == ("vakt@kommun.example", timedelta(seconds=60))
    assert (office.reminders.owner, office.reminders.unit, office.reminders.citizen) == (240, 120, 60)
    assert office.names == {"anna": "Anna Exempel", "bo": "Bo Exempel", "cia": "Cia Exempel"}


def test_the_settings_tell_who_is_told() -> None:
    unit = {
        "id": "kc", "name": "Kontaktcenter", "address": "KC@kommun.example", "staff_address": "alla@kommun.example",
        "on_call": "jour@kommun.example", "notify": "address", "copies": 3, "secrecy": True,
        "rota": {"monday": ["anna"], "friday": ["anna", "gone"]},
    }  # fmt: skip
    answers = {"regret_seconds": 0, "remind_owner_minutes": 1, "remind_unit_minutes": 2, "tell_citizen_minutes": 3}
    settings = make_settings(units=[unit], officers=[officer("anna", "kc", cleared=True)], answers=answers)
    office = office_of(settings, "mark")
    (kc,) = office.units
    assert (kc.address, kc.staff_address, kc.on_call) == (
        "kc@kommun.example", "alla@kommun.example", "jour@kommun.example",
    )  # fmt: skip
    assert (kc.notify, kc.copies, kc.secrecy, kc.rota) == (Notify.ADDRESS, 3, True, {0: ("anna",), 4: ("anna",)})
    assert office.officers[0].cleared
    assert office.regret == timedelta(0)
    assert (office.reminders.owner, office.reminders.unit, office.reminders.citizen) == (1, 2, 3)


def test_the_register_goes_before_the_settings_and_ends_what_they_have() -> None:
    vatten = {"name": "Vatten", "address": "vatten@kommun.example", "rota": {"tuesday": ["dora", "bo"]}}
    office = office_of(
        make_settings(),
        "mark",
        [
            entry(EntryKind.UNIT, "vatten", vatten, seq=1),
            entry(EntryKind.OFFICER, "anna", {**ANNA, "name": "Anna Ny"}, seq=2),
            entry(EntryKind.OFFICER, "dora", {**ANNA, "name": "Dora", "email": "d@x.example", "units": ["vatten"]}),
            entry(EntryKind.OFFICER, "bo", officer("bo", "kontaktcenter"), ended=True),
            entry(EntryKind.UNIT, "kontaktcenter", ended=True),
            entry(EntryKind.ABSENCE, "anna", {"absences": [{"first": "2026-11-16", "back": "2026-11-18"}]}),
        ],
    )
    assert [unit.id for unit in office.units] == ["bygg", "vatten"]
    assert [(one.id, one.name, sorted(one.units)) for one in office.officers] == [
        ("anna", "Anna Ny", ["bygg"]), ("cia", "Cia Exempel", ["bygg"]), ("dora", "Dora", ["vatten"]),
    ]  # fmt: skip
    # Bo has left: no longer on duty, but an old answer still tells his name.
    assert office.units[1].rota == {1: ("dora",)}
    assert office.name_of(OfficerId("bo")) == "Bo Exempel"
    # Away Monday and Tuesday, back on Wednesday.
    assert [office.officers[0].is_away(date(2026, 11, day)) for day in (15, 16, 17, 18)] == [False, True, True, False]


def test_a_promise_that_ends_is_what_the_file_says_again() -> None:
    settings = make_settings(answers={"promise_days": {"question": 5}})
    days = {"days": 3}
    entries = [
        entry(EntryKind.PROMISE, "question", days),
        entry(EntryKind.PROMISE, "question", days, ended=True, seq=2),
    ]
    assert [layers_of(settings, entries[:known]).promises[Kind.QUESTION] for known in range(3)] == [5, 3, 5]
    assert layers_of(make_settings(), entries).promises[Kind.QUESTION] == 2  # the default


def test_texts_and_promises_are_changed_added_and_taken_away() -> None:
    mine = Canned(name="Länk", text="Se {länk}.")
    only = Canned(name="länk", text="Bygg: {länk}", unit=None, language="fi")
    office = office_of(
        make_settings(answers={"promise_days": {"fault": 4}}),
        "mark",
        [
            entry(EntryKind.TOPIC, "bygglov", {"name": "Bygga"}),
            entry(EntryKind.TOPIC, "annat", ended=True),
            entry(EntryKind.CANNED, canned_key(mine), canned_data(mine)),
            entry(EntryKind.CANNED, canned_key(only), canned_data(only)),
            entry(EntryKind.WORD, "danger|vill dö", ended=True),
            entry(EntryKind.WORD, "child|agas*", {"door": "child", "words": "agas*"}),
            entry(EntryKind.DOOR, "appeal", {"address": "registrator@kommun.example"}),
            entry(EntryKind.PROMISE, "question", {"days": 3}),
            entry(EntryKind.PROMISE, "viewpoint", {"days": 5}),
            entry(EntryKind.PROMISE, "viewpoint", {"days": 5}, ended=True),
        ],
    )
    assert office.topic_named("bygglov") == office.topic_named("Bygga")
    assert office.topic_named("annat") is None
    assert [one.text for one in office.canned if one.name.casefold() == "länk"] == ["Se {länk}.", "Bygg: {länk}"]
    assert "vill dö" not in {word.words for word in office.door_words}
    assert ("child", "agas*") in {(word.door.value, word.words) for word in office.door_words}
    assert office.door_addresses == {Door.APPEAL: "registrator@kommun.example"}
    # The file says 4 for faults; the register 3 for questions; without either it is the default.
    assert (office.promises[Kind.FAULT], office.promises[Kind.QUESTION], office.promises[Kind.VIEWPOINT]) == (4, 3, 10)


BAD: list[tuple[EntryKind, str, dict[str, Any]]] = [
    (EntryKind.UNIT, "bygg", {"name": "Bygg"}),
    (EntryKind.UNIT, "Bygg!", {"name": "Bygg", "address": "b@x.example"}),
    (EntryKind.OFFICER, "anna", {**ANNA, "email": "nobody"}),
    (EntryKind.OFFICER, "anna", {**ANNA, "role": "queen"}),
    (EntryKind.OFFICER, "anna", {**ANNA, "strange": 1}),
    (EntryKind.TOPIC, "annat", {"name": ""}),
    (EntryKind.CANNED, "länk||", {"name": "länk", "text": "{"}),
    (EntryKind.PROMISE, "question", {"days": 0}),
    (EntryKind.PROMISE, "riddle", {"days": 2}),
    (EntryKind.WORD, "danger|a*", {"door": "danger", "words": "a*"}),
    (EntryKind.WORD, "danger|vill dö", {"door": "window", "words": "vill dö"}),
    (EntryKind.DOOR, "appeal", {"address": "registrator"}),
    (EntryKind.DOOR, "window", {"address": "r@kommun.example"}),
    (EntryKind.ABSENCE, "anna", {"absences": [{"first": "2026-12-01", "back": "2026-11-01"}]}),
    (EntryKind.DAY, "2026-12-32", {"open": [], "decided_by": "KS"}),
    (EntryKind.DAY, "2026-12-23", {"open": ["16:00-08:00"], "decided_by": "KS"}),
    (EntryKind.HOURS, "2027-01-01", {"decided_by": "KS", "ordinary_day_minutes": 510, "week": {"monday": ["8-16"]}}),
]


@pytest.mark.parametrize(("kind", "key", "data"), BAD)
def test_a_bad_entry_changes_nothing_and_is_told_without_its_contents(
    kind: EntryKind, key: str, data: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    settings, bad = make_settings(), entry(kind, key, data, seq=77)
    assert not is_readable(bad)
    with caplog.at_level(logging.WARNING):
        assert layers_of(settings, [bad]) == layers_of(settings)
        assert versions_of(settings, [bad]) == versions_of(settings)
        assert calendar_of(settings, [bad]).versions == calendar_of(settings).versions
    assert {str(kind), 77} >= {arg for record in caplog.records for arg in record.args or ()} >= {77}


def test_hours_that_overlap_are_passed_over_though_each_can_be_read() -> None:
    overlap = {"open": ["08:00-12:00", "11:00-13:00"], "decided_by": "KS"}
    settings = make_settings()
    week = {**WEEK, "monday": overlap["open"]}
    bad = [
        entry(EntryKind.DAY, "2026-12-23", overlap),
        entry(EntryKind.HOURS, "2027-01-01", {"decided_by": "KS", "ordinary_day_minutes": 510, "week": week}),
    ]
    assert calendar_of(settings, bad).versions == calendar_of(settings).versions


def test_what_was_so_before_a_bad_entry_stands() -> None:
    found = layers_of(
        make_settings(),
        [entry(EntryKind.TOPIC, "hundar", {"name": "Hundar"}), entry(EntryKind.TOPIC, "hundar", {"name": 7})],
    )
    assert found.topics["hundar"].name == "Hundar"


def test_a_municipality_is_never_without_a_unit() -> None:
    ended = [entry(EntryKind.UNIT, unit, ended=True) for unit in ("kontaktcenter", "bygg")]
    assert [unit.id for unit in office_of(make_settings(), "mark", ended).units] == ["kontaktcenter", "bygg"]

"""Words that need another door are found whole, in any spelling of the same letters, and told of once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors import doors_in, queue_alert
from bot.facts import FactKind, UnitId
from bot.office import Door, DoorWord, Office
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import MailKind, OutgoingMail
from bot.tokens import OfficerToken
from tests.conftest import MONDAY
from tests.example import make_office
from tests.waits import queue_mail, reminded, waiting_case

WORDS = (
    DoorWord(door=Door.DANGER, words="ta livet av mig"),
    DoorWord(door=Door.DANGER, words="självmord*"),
    DoorWord(door=Door.DANGER, words="112"),
    DoorWord(door=Door.CHILD, words="slår* sitt barn"),
    DoorWord(door=Door.APPEAL, words="överklag*"),
    DoorWord(door=Door.APPEAL, words="laga kraft"),
    DoorWord(door=Door.SECRECY, words="skyddad identitet"),
)


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("När lagas gatlyktan?", ""),
        ("", ""),
        ("Jag vill ta livet av mig.", "danger"),
        ("JAG VILL TA LIVET\r\n   AV MIG", "danger"),
        ("ta\u00a0livet av mig", "danger"),
        ("ta livet av migration", ""),
        ("fasta livet av mig", ""),
        ("ta livet, av mig", ""),
        ("självmord", "danger"),
        ("Självmordstankar!", "danger"),
        ("Självmords-\ntankar", "danger"),
        ("sjä\u00adlvmord", "danger"),
        ("barnsjälvmord", ""),
        ("ring 112", "danger"),
        ("1122", ""),
        ("Hon slår sitt barn, han slåss", "child"),
        ("Grannen slåret sitt\tbarn", "child"),
        ("Härmed överklagar jag beslutet", "appeal"),
        ("ÖVERKLAGANDE", "appeal"),
        ("överklag", "appeal"),
        ("_överklagar_", ""),
        ("överklagar, har skyddad identitet, självmord", "appeal danger secrecy"),
    ],
)
def test_whole_words_and_phrases_are_found_and_nothing_else(text: str, doors: str) -> None:
    for spelled in (normalize("NFC", text), normalize("NFD", text)):
        found = doors_in(spelled, WORDS)
        assert " ".join(sorted(found)) == doors


def test_words_of_nothing_are_passed_over() -> None:
    words = [DoorWord(door=Door.DANGER, words=said) for said in ("", "  ", "*", "**", "* *")]
    assert doors_in("Vad som helst * **", words) == frozenset()
    assert doors_in("a.b", [DoorWord(door=Door.CHILD, words="a.b"), DoorWord(door=Door.DANGER, words="a.c")]) == {
        Door.CHILD
    }
    assert doors_in("axb (", [DoorWord(door=Door.CHILD, words="a.b"), DoorWord(door=Door.DANGER, words="(")]) == {
        Door.DANGER
    }


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_phrase_alone_on_a_line_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    assert Door.DANGER in doors_in(f"{before}\nta livet\nav mig\n{after}", WORDS)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=10))
def test_a_word_within_a_longer_one_is_not_found(more: str) -> None:
    assert Door.SECRECY not in doors_in(f"skyddad identitet{more}", WORDS)
    assert Door.SECRECY not in doors_in(f"{more}skyddad identitet", WORDS)


@pytest.mark.parametrize(
    "text",
    ["ta" + " " * 1_000_000 + "x", "ta livet " * 100_000, "självmor" * 100_000, "överklag" * 100_000, "ta\n" * 300_000],
)
def test_a_text_made_to_take_long_is_read_once(text: str) -> None:
    assert Door.DANGER not in doors_in(text, WORDS)


def _ledger(mails: list[OutgoingMail]) -> Ledger:
    ledger = Ledger(Known(), MONDAY)
    queue = ledger.queue

    def keep(mail: OutgoingMail) -> object:
        mails.append(mail)
        return queue(mail)

    ledger.queue = keep  # type: ignore[method-assign, assignment]
    return ledger


def _office(**changed: object) -> Office:
    return replace(make_office(), **changed)  # type: ignore[arg-type]


def _on_call(office: Office, address: str) -> Office:
    return replace(office, units=(replace(office.units[0], on_call=address), *office.units[1:]))


@pytest.mark.parametrize(
    ("office", "addresses"),
    [
        (_office(), ["admin@kommun.example"]),
        (_office(on_call="jour@kommun.example"), ["jour@kommun.example"]),
        (_on_call(_office(on_call="jour@kommun.example"), "kcjour@kommun.example"), ["kcjour@kommun.example"]),
        (
            _on_call(_office(door_addresses={Door.DANGER: "fara@kommun.example"}), "kcjour@kommun.example"),
            ["kcjour@kommun.example", "fara@kommun.example"],
        ),
        (
            _office(door_addresses={Door.DANGER: "soc@kommun.example", Door.CHILD: "soc@kommun.example"}),
            ["soc@kommun.example"],
        ),
        (_office(admin_email=""), []),
    ],
)
def test_the_nearest_who_is_on_call_is_told_once(office: Office, addresses: Sequence[str]) -> None:
    mails = list[OutgoingMail]()
    ledger = _ledger(mails)
    case = waiting_case(ledger, acknowledged=False)
    for _ in range(2):
        queue_alert(ledger, office, case, 1, office.units[0], {Door.CHILD, Door.DANGER}, "Hjälp")
    assert [mail.to_addr for mail in mails] == addresses
    assert reminded(ledger, case) == ["door"] * (2 if addresses else 0)


def test_an_alert_says_all_that_is_needed_and_nothing_that_must_be_hidden() -> None:
    mails, office = list[OutgoingMail](), make_office()
    ledger = _ledger(mails)
    ledger.now = MONDAY - timedelta(hours=30)
    case = waiting_case(ledger, at=ledger.now, promised="2026-11-17")
    text = "Mitt nummer är 811228-9874.\nSvara kontakt+d-k7q4m2x91-anna-1-abcdefghijklmnop@kommun.example"
    queue_alert(ledger, office, case, 1, office.units[0], {Door.DANGER, Door.CHILD}, text)
    alert = mails[-1]
    assert alert.subject == f"{case} · läs genast: ett barn som far illa, fara för liv eller hälsa"
    assert alert.due_at == ledger.now  # at once, though it is Sunday
    assert alert.kind is MailKind.NOTICE
    assert (
        "Ett nytt meddelande kan gälla ett barn som far illa, fara för liv eller hälsa. Läs det genast." in alert.text
    )
    assert f"Ärende: {case}\nEnhet: Kontaktcenter\nFrån: elsa@example.org\nRubrik: Gatlykta\n" in alert.text
    assert "[personnummer dolt]" in alert.text
    assert "9874" not in alert.text + alert.html
    assert "abcdefghijklmnop" not in alert.text.replace(alert.reply_to, "")
    assert "Att vi har tagit emot meddelandet och svarar senast tisdag 17 november." in alert.text
    assert office.tokens.read(alert.reply_to) == OfficerToken(case, 1, officer="_unit", again=False)  # type: ignore[arg-type]
    fact = ledger.facts_of(case)[-1]
    assert (fact.kind, fact.actor, fact.inquiry) == (FactKind.REMINDED, "system", 1)
    assert {str(one.data["door"]) for one in ledger.facts_of(case) if one.kind is FactKind.REMINDED} == {
        "danger", "child",
    }  # fmt: skip


def test_an_alert_of_a_call_says_nothing_of_a_sender() -> None:
    mails, office = list[OutgoingMail](), make_office()
    ledger = _ledger(mails)
    case = waiting_case(ledger, sender="", subject="", acknowledged=False)
    queue_alert(ledger, office, case, 1, office.units[0], {Door.APPEAL}, "Jag överklagar")
    queue_alert(ledger, office, ledger.new_case(), 1, office.units[0], {Door.SECRECY}, "")
    for mail, why in zip(mails, ("ett överklagande", "skyddade personuppgifter"), strict=True):
        assert "Från:" not in mail.text
        assert "Rubrik:" not in mail.text
        assert f"Ett nytt meddelande kan gälla {why}. Läs det genast." in mail.text


def test_another_door_or_inquiry_is_told_of_again_and_what_nobody_was_told_is_said() -> None:
    mails, office = list[OutgoingMail](), make_office()
    ledger = _ledger(mails)
    case = waiting_case(ledger, acknowledged=False)
    for inquiry, door in ((1, Door.APPEAL), (1, Door.SECRECY), (1, Door.APPEAL), (2, Door.APPEAL)):
        queue_alert(ledger, office, case, inquiry, office.unit(UnitId("kc")), {door}, "")
    assert len(mails) == 3
    assert "Ingenting än. Ingen bekräftelse har skickats." in mails[0].text
    queue_mail(ledger, case, MailKind.ACKNOWLEDGEMENT)
    queue_alert(ledger, office, case, 2, office.units[0], {Door.SECRECY}, "")
    assert "Att vi har tagit emot meddelandet. Bekräftelsen skickades automatiskt." in mails[-1].text

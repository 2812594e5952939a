"""What officers can do by mail, and what never reaches a citizen."""

from datetime import timedelta
from typing import Any

import pytest

from bot.desk.commands import Answer, Close, Command, LeaveOut, Note, NotUnderstood
from bot.desk.read_commands import read_commands
from bot.facts import ExcludeReason, FactKind
from bot.inquiry import fold_inquiries
from bot.port import InboundFile, InboundKind
from bot.store.rows import MailKind
from tests.conftest import MONDAY
from tests.desk import ELSA, Desk


def read_command(text: str) -> Command:
    return read_commands(text, MONDAY.date())[0]


def test_an_answer_reaches_the_citizen_signed_and_threaded_and_stops_the_clock_when_accepted() -> None:
    desk = Desk()
    desk.take(references=("r0@example.org",))
    (case,) = desk.cases
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.later(hours=2)
    desk.officer("anna", "Lyktan lagas på torsdag.\n\n==^== linje", notice)
    (answer,) = desk.mails(MailKind.ANSWER)
    assert answer.to_addr == ELSA
    assert answer.text == (
        "Lyktan lagas på torsdag.\n\nAnna Exempel\nKontaktcenter, Exempel kommun\nTelefon 0123-45 67 00\n"
    )
    assert answer.in_reply_to == "m1@example.org"
    assert answer.references == ("r0@example.org", "m1@example.org")
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at is None
    desk.later(minutes=1)
    desk.deliver(answer)
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.answered_at == MONDAY + timedelta(hours=2, minutes=1)
    assert inquiry.answered_by == "officer:anna"


def test_of_two_officers_the_second_is_stopped_and_shown_the_first_answer_and_may_insist() -> None:
    desk = Desk()
    desk.take()
    annas, bos = desk.mails(MailKind.NOTICE)
    desk.officer("anna", "Annas svar", annas)
    desk.officer("bo", "Bos svar", bos)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Annas svar"]
    told = desk.mails(MailKind.RECEIPT)[-1]
    assert told.to_addr == "bo@kommun.example"
    assert "Annas svar" in told.text
    assert "Anna Exempel har redan svarat" in told.text
    desk.officer("bo", "Bos svar ändå", told)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Annas svar", "Bos svar ändå"]


def test_the_same_officer_mail_twice_answers_once() -> None:
    desk = Desk()
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    for _ in range(2):
        desk.officer("anna", "Svar", notice, message_id="officer-1@kommun.example")
    assert len(desk.mails(MailKind.ANSWER)) == 1
    assert desk.mails(MailKind.RECEIPT) == []


def test_an_officers_auto_reply_does_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Jag är på semester", desk.mails(MailKind.NOTICE)[0], kind=InboundKind.AUTO, machine=True)
    assert desk.mails(MailKind.ANSWER) == []
    assert desk.kinds(case) == [FactKind.RECEIVED]


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"from_addr": "mallory@example.net"}, "another sender"), ({"authentic": "fail"}, "a forged sender")],
)
def test_a_mail_that_is_not_surely_the_officers_does_nothing(fields: dict[str, Any], what: str) -> None:
    desk = Desk()
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.take(**({"to": notice.reply_to, "from_addr": "anna@kommun.example", "new_text": "Svar"} | fields))
    assert desk.mails(MailKind.ANSWER) == [], what
    assert desk.settled[2] == "held:officer_not_confirmed"
    (told,) = desk.mails(MailKind.RECEIPT)
    assert told.to_addr == "anna@kommun.example"


def test_without_a_verdict_every_act_is_confirmed_to_the_officers_own_address() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0], authentic="none")
    assert len(desk.mails(MailKind.ANSWER)) == 1
    (told,) = desk.mails(MailKind.RECEIPT)
    assert told.to_addr == "anna@kommun.example"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/anteckning Ringde, inget svar", FactKind.NOTED),
        ("/Anteckning\nRingde, inget svar", FactKind.NOTED),
        ("/avsluta", FactKind.CLOSED),
        ("/utan svar skräp", FactKind.EXCLUDED),
        ("/utan  svar Tack!", FactKind.EXCLUDED),
    ],
)
def test_a_command_is_done_and_reaches_no_citizen(text: str, kind: FactKind) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    before = len([mail for mail in desk.sent if mail.to_addr == ELSA])
    desk.officer("anna", text, desk.mails(MailKind.NOTICE)[0])
    assert desk.kinds(case)[-1] is kind
    assert len([mail for mail in desk.sent if mail.to_addr == ELSA]) == before


@pytest.mark.parametrize(
    "text",
    [
        "/antekning hej",
        "/avslut",
        "/utan svar",
        "/utan svar för gammalt",
        "/avsluta\nTack för ditt mejl!",
        "/svara Hej",
    ],
)
def test_what_is_not_understood_does_nothing_and_is_said(text: str) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", text, desk.mails(MailKind.NOTICE)[0])
    assert desk.kinds(case) == [FactKind.RECEIVED]
    assert desk.mails(MailKind.ANSWER) == []
    (told,) = desk.mails(MailKind.RECEIPT)
    assert "Inget har gjorts" in told.text


def test_an_empty_reply_does_nothing_and_is_said() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "\n\n==^== Skriv ditt svar", desk.mails(MailKind.NOTICE)[0])
    assert desk.mails(MailKind.ANSWER) == []
    assert "ingen text" in desk.mails(MailKind.RECEIPT)[0].text


def test_closing_an_unanswered_question_says_that_it_stays_unanswered() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "/avsluta", desk.mails(MailKind.NOTICE)[0], authentic="none")
    assert "räknas som obesvarad" in desk.mails(MailKind.RECEIPT)[0].text
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at is None


NOTE, WORDS = "/anteckning han är sjuk", "Hej! Lampan lagas."


@pytest.mark.parametrize("hidden", ["\ufeff", "\u200b", "\u200e", "\u2060", "*", "**", " \u200b ", "\n\u200b\n"])
def test_signs_that_nobody_sees_never_make_a_note_an_answer(hidden: str) -> None:
    assert read_command(hidden + NOTE) == Note("han är sjuk")


def test_a_command_below_other_words_is_never_sent() -> None:
    assert isinstance(read_command(f"{WORDS}\n\u200b/anteckning hemligt"), NotUnderstood)
    half = f"{WORDS}\n1/2 av lamporna, och/eller alla"
    assert read_command(half) == Answer(half)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnna",
        "Med vänlig hälsning\nAnna Exempel\nKontaktcenter",
        "Mvh Anna",
        "Hämta Outlook för iOS",
        "Terveisin\nAnna",
    ],
)
def test_a_signature_below_a_command_says_nothing(signature: str) -> None:
    assert read_command(f"/avsluta\n\n{signature}") == Close()
    assert read_command(f"/utan svar skräp\n\n{signature}") == LeaveOut(ExcludeReason.SPAM)


def test_after_a_bounce_only_one_of_two_officers_answers_again() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    (first,) = desk.mails(MailKind.ANSWER)
    desk.deliver(first)
    desk.bounce(first)
    # The case is Anna's since she answered it, so she alone is told; Bo still has his first notice.
    bos, annas = desk.mails(MailKind.NOTICE)[1:]
    desk.officer("anna", "Annas nya svar", annas)
    desk.officer("bo", "Bos nya svar", bos)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Svar", "Annas nya svar"]


def test_an_old_notice_does_not_get_past_an_answer_on_its_way_to_the_newer_question() -> None:
    desk = Desk()
    desk.take()
    old = desk.mails(MailKind.NOTICE)[1]
    desk.officer("anna", "/utan svar tack", desk.mails(MailKind.NOTICE)[0])
    desk.take(in_reply_to=("m1@example.org",), new_text="En riktig fråga")
    desk.officer("anna", "Annas svar", desk.mails(MailKind.NOTICE)[-2])
    desk.officer("bo", "Bos svar", old)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Annas svar"]


@pytest.mark.parametrize("authentic", ["pass", "none"])
def test_a_robot_on_an_officers_address_comes_to_rest(authentic: str) -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "Jag är på kurs", desk.mails(MailKind.NOTICE)[0], authentic=authentic)
    for number in range(40):
        last = [mail for mail in desk.sent if mail.to_addr == "anna@kommun.example"][-1]
        words = "Jag är på kurs" if number % 2 else f"Jag är på kurs {number}"
        desk.officer("anna", words, last, authentic=authentic)
    assert len(desk.mails(MailKind.ANSWER)) <= 7
    assert len(desk.mails(MailKind.RECEIPT)) <= 6
    assert "held:too_many" in desk.settled.values()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": InboundKind.CALENDAR}, "inbjudan"),
        ({"kind": InboundKind.LIST}, "utskick"),
        ({"text": "Se svar nedan\n==^== below"}, "ovanför raden"),
        ({"raw": b"leak"}, "bifogad fil"),
    ],
)
def test_what_cannot_be_sent_whole_and_clean_is_not_sent_and_said(fields: dict[str, Any], words: str) -> None:
    desk = Desk()
    desk.take()
    file = InboundFile(name="x.html", media_type="text/html", size=1, inline=False, part=1)
    notice = desk.mails(MailKind.NOTICE)[0]
    known: dict[str, Any] = {"from_addr": "anna@kommun.example", "text": "Svar", "new_text": "Svar", "files": (file,)}
    desk.take(to=notice.reply_to, **(known | fields))
    assert desk.mails(MailKind.ANSWER) == []
    assert words in desk.mails(MailKind.RECEIPT)[-1].text


def test_an_officer_who_answers_to_a_plain_address_is_told_and_opens_no_case() -> None:
    desk = Desk()
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.take(from_addr="anna@kommun.example", in_reply_to=(notice.message_id,), new_text="På torsdag")
    assert len(desk.cases) == 1
    told = desk.mails(MailKind.RECEIPT)[-1]
    assert "har inte skickats" in told.text
    desk.officer("anna", "På torsdag", told)
    assert [mail.to_addr for mail in desk.mails(MailKind.ANSWER)] == [ELSA]


def test_a_notice_that_died_is_told_to_the_administrator() -> None:
    desk = Desk()
    desk.take()
    desk.bounce(desk.mails(MailKind.NOTICE)[0])
    assert [mail.to_addr for mail in desk.sent][-1] == "admin@kommun.example"
    assert "anna" in desk.sent[-1].text

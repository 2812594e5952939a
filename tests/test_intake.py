"""What becomes of a mail that has been read: decided on a ledger, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from bot.facts import CaseNumber, FactKind, OutboxId
from bot.inquiry import fold_inquiries
from bot.port import Bounce, InboundKind
from bot.store.rows import Direction, MailKind, OutgoingMail
from bot.tokens import OfficerToken
from tests.conftest import MONDAY
from tests.desk import ELSA, Desk
from tests.example import CONTACT, make_office


def test_a_first_mail_opens_a_case_is_acknowledged_and_told_to_the_unit() -> None:
    desk = Desk()
    desk.take(new_text="När lagas lyktan?", from_name="Elsa Exempel")
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    assert receipt.to_addr == ELSA
    assert receipt.subject == f"Re: Gatlykta {desk.office.tokens.subject_tag(case)}"
    for words in (case, "Exempel kommun", "senast onsdag 18 november", "Telefon 0123", "> När lagas lyktan?"):
        assert words in receipt.text
    assert receipt.in_reply_to == "m1@example.org"
    notices = desk.mails(MailKind.NOTICE)
    assert [mail.to_addr for mail in notices] == ["anna@kommun.example", "bo@kommun.example"]
    assert "När lagas lyktan?" in notices[0].text
    # Monday 09.12 + 510 open minutes (08–16.30 a day): 438 minutes are left on Monday, 72 on Tuesday: 09.12.
    assert "Svara senast: tisdag 17 november kl. 09.12 (så mäts det)" in notices[0].text
    assert notices[0].reply_to != notices[1].reply_to
    assert desk.settled == {1: f"done:{case}"}


@pytest.mark.parametrize("verdict", ["none", "fail"])
def test_the_citizens_words_are_repeated_only_to_a_sender_who_is_vouched_for(verdict: str) -> None:
    desk = Desk()
    desk.take(new_text="hemligt innehåll", authentic=verdict)
    assert "hemligt" not in desk.mails(MailKind.ACKNOWLEDGEMENT)[0].text
    assert "hemligt" in desk.mails(MailKind.NOTICE)[0].text


def test_neither_subject_nor_name_is_repeated_to_a_sender_nobody_vouches_for() -> None:
    desk = Desk()
    desk.take(authentic="fail", subject="Klicka på http://evil.example", from_name="Vinn 1000 kr")
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    assert receipt.subject == f"Re: Ditt meddelande {desk.office.tokens.subject_tag(desk.cases[0])}"
    assert receipt.to_name == ""


def test_in_a_new_case_everything_is_shown_and_in_an_old_one_the_new_words() -> None:
    desk = Desk()
    desk.take(text="Se nedan\n\nFrån: Kim\nGungan är trasig", new_text="Se nedan")
    assert "Gungan är trasig" in desk.mails(MailKind.NOTICE)[0].text
    desk.take(in_reply_to=("m1@example.org",), text="Tack\n> Gungan", new_text="Tack")
    notice = desk.mails(MailKind.NOTICE)[-1].text
    assert "> Gungan" not in notice
    assert "Citerad text är utelämnad. Svara /visa allt, så får du hela texten." in notice


@pytest.mark.parametrize("error", ["too_many_parts", "unparsed", "body"])
def test_a_mail_that_could_not_be_read_is_held_and_a_person_may_make_a_case_of_it(error: str) -> None:
    desk = Desk()
    desk.take(error=error)
    assert desk.settled == {1: f"held:{error}"}
    desk.take(error=error, as_case=True)
    assert len(desk.cases) == 1
    assert "gick inte att läsa" in desk.mails(MailKind.NOTICE)[0].text


@pytest.mark.parametrize("fields", [{"from_addr": ""}, {"hops": 101}, {"kind": InboundKind.AUTO}])
def test_whatever_speaks_against_it_a_person_may_make_a_case_of_it(fields: dict[str, Any]) -> None:
    desk = Desk()
    desk.take(**fields, as_case=True)
    assert len(desk.cases) == 1
    assert len(desk.mails(MailKind.NOTICE)) == 2


def test_writing_again_lands_in_the_same_case_by_each_tie_alone() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    desk.take(to=receipt.reply_to, new_text="två")
    desk.take(in_reply_to=(receipt.message_id,), new_text="tre")
    desk.take(references=("nobody@x", receipt.message_id, "other@x"), new_text="fyra")
    desk.take(subject=f"SV: Gatlykta {desk.office.tokens.subject_tag(case)}", new_text="fem")
    desk.take(in_reply_to=("m1@example.org",), new_text="svar på eget mejl")
    assert desk.cases == [case]
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.messages == 6
    assert inquiry.arrived_at == MONDAY


def test_a_stranger_never_gets_into_somebody_elses_case() -> None:
    desk = Desk()
    desk.take(new_text="privat")
    (first,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    desk.take(to=receipt.reply_to, from_addr="mallory@example.net", in_reply_to=("m1@example.org",), new_text="hej")
    other = desk.cases[1]
    assert other != first
    received = desk.ledger.facts_of(other)[0]
    assert received.data["possibly"] == first
    for mail in desk.sent:
        if mail.to_addr == "mallory@example.net":
            assert "privat" not in mail.text
            assert first not in mail.text
    assert f"Hör kanske ihop med {first}" in desk.mails(MailKind.NOTICE)[-1].text


def test_empty_ids_never_tie_two_mails_together() -> None:
    desk = Desk()
    desk.take(message_id="", new_text="ett")
    desk.take(message_id="", new_text="två")
    assert len(desk.cases) == 2


def test_the_same_mail_by_two_ways_is_one_message() -> None:
    desk = Desk()
    desk.take(message_id="samma@example.org")
    desk.take(message_id="samma@example.org", to="bygg@kommun.example")
    assert len(desk.cases) == 1
    assert desk.settled[2] == "done:duplicate"
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 1


def test_another_mail_that_reuses_a_message_id_is_kept_as_its_own() -> None:
    desk = Desk()
    desk.take(message_id="1@localhost", new_text="ett")
    desk.take(message_id="1@localhost", new_text="något helt annat", from_addr="kim@example.org")
    assert len(desk.cases) == 2


def test_one_acknowledgement_per_case_and_day() -> None:
    desk = Desk()
    desk.take()
    desk.later(hours=23, minutes=59)
    desk.take(in_reply_to=("m1@example.org",), new_text="två")
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 1
    desk.later(minutes=1)
    desk.take(in_reply_to=("m1@example.org",), new_text="tre")
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 2


@pytest.mark.parametrize("kind", [InboundKind.AUTO, InboundKind.LIST])
def test_automatic_mail_opens_nothing_and_gets_no_answer(kind: InboundKind) -> None:
    desk = Desk()
    desk.take(kind=kind, machine=True)
    assert desk.cases == []
    assert desk.sent == []
    assert desk.settled == {1: "done:auto"}


def test_an_automatic_reply_is_kept_in_its_case_and_opens_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    before = len(desk.sent)
    desk.take(to=receipt.reply_to, kind=InboundKind.AUTO, machine=True, new_text="Jag är på semester")
    assert len(desk.sent) == before
    assert [message.direction for message in desk.ledger.messages_of(case)] == [Direction.IN, Direction.IN]
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.messages == 1


def test_identical_mails_are_laid_aside_after_the_cap() -> None:
    desk = Desk(make_office(identical=3))
    for _ in range(5):
        desk.take(new_text="Jag är en robot")
    assert len(desk.cases) == 3
    assert [desk.settled[number] for number in (4, 5)] == ["held:repeated", "held:repeated"]


def test_one_address_gets_no_more_acknowledgements_than_the_cap() -> None:
    desk = Desk(make_office(per_address=4))
    for number in range(6):
        desk.take(new_text=f"fråga {number}")
    assert len(desk.cases) == 6
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 4
    assert len(desk.mails(MailKind.NOTICE)) == 12


def test_mail_from_our_own_address_is_never_acknowledged() -> None:
    desk = Desk()
    desk.take(from_addr=CONTACT)
    assert desk.mails(MailKind.ACKNOWLEDGEMENT) == []


def test_our_own_mail_coming_back_is_recognised() -> None:
    desk = Desk()
    desk.take(loop_mark=desk.office.installation)
    assert desk.settled == {1: "done:own"}
    assert desk.sent == []


@pytest.mark.parametrize(("fields", "reason"), [({"from_addr": ""}, "no_sender"), ({"hops": 101}, "mail_loop")])
def test_what_no_rule_decides_is_held(fields: dict[str, Any], reason: str) -> None:
    desk = Desk()
    desk.take(**fields)
    assert desk.settled == {1: f"held:{reason}"}
    assert desk.cases == []


def test_an_empty_mail_from_a_person_still_opens_a_case() -> None:
    desk = Desk()
    desk.take(kind=InboundKind.EMPTY, text="", new_text="", subject="")
    assert len(desk.cases) == 1
    assert desk.mails(MailKind.ACKNOWLEDGEMENT) == []


def test_the_unit_that_was_written_to_gets_the_case() -> None:
    desk = Desk()
    desk.take(to="bygg@kommun.example")
    assert [mail.to_addr for mail in desk.mails(MailKind.NOTICE)] == ["cia@kommun.example"]
    assert desk.mails(MailKind.ACKNOWLEDGEMENT)[0].from_addr == "bygg@kommun.example"


def test_the_trusted_hosts_time_counts_but_never_the_future() -> None:
    desk = Desk()
    early = MONDAY - timedelta(hours=2)
    assert desk.take(date_seen=early).arrived_at == early
    assert desk.take(date_seen=MONDAY + timedelta(hours=2), new_text="två").arrived_at == MONDAY


@pytest.mark.parametrize("by_path", [True, False])
def test_a_bounce_revokes_the_answer_tells_staff_and_is_never_answered(by_path: bool) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    (answer,) = desk.mails(MailKind.ANSWER)
    desk.deliver(answer)
    before = len(desk.sent)
    path = desk.office.tokens.return_path(CONTACT, answer.id) if by_path else CONTACT
    bounce = Bounce(recipient=ELSA, status="5.1.1", message_id="" if by_path else answer.message_id, final=True)
    desk.take(to=path, kind=InboundKind.BOUNCE, bounce=bounce, from_addr="mailer-daemon@example.org")
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.waits
    assert len(inquiry.revoked) == 1
    told = desk.sent[before:]
    assert {mail.to_addr for mail in told} == {"anna@kommun.example"}
    assert "väntar på svar igen" in told[0].text
    desk.officer("anna", "Ett nytt svar", told[0])
    assert desk.mails(MailKind.ANSWER)[-1].text.startswith("Ett nytt svar")


def test_a_second_bounce_and_a_mere_delay_change_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    (answer,) = desk.mails(MailKind.ANSWER)
    desk.deliver(answer)
    path = desk.office.tokens.return_path(CONTACT, answer.id)
    for final in (False, True, True):
        bounce = Bounce(recipient=ELSA, status="5.1.1", message_id="", final=final)
        desk.take(to=path, kind=InboundKind.BOUNCE, bounce=bounce, from_addr="mailer-daemon@example.org")
    assert desk.kinds(case).count(FactKind.DELIVERY_FAILED) == 1


def test_an_out_of_office_to_the_return_path_is_no_bounce() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    path = desk.office.tokens.return_path(CONTACT, receipt.id)
    desk.take(to=path, kind=InboundKind.AUTO, machine=True, new_text="Semester")
    assert desk.kinds(case) == [FactKind.RECEIVED, FactKind.RECEIVED]
    assert fold_inquiries(desk.ledger.facts_of(case))[0].messages == 1


def test_a_message_after_the_answer_opens_a_new_inquiry() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    desk.deliver(desk.mails(MailKind.ANSWER)[0])
    desk.later(hours=1)
    desk.take(in_reply_to=(desk.mails(MailKind.ANSWER)[0].message_id,), new_text="Tack! Men när?")
    assert [inquiry.no for inquiry in fold_inquiries(desk.ledger.facts_of(case))] == [1, 2]
    desk.officer("anna", "På torsdag", desk.mails(MailKind.NOTICE)[-1])
    assert desk.mails(MailKind.ANSWER)[-1].inquiry == 2


def test_a_signed_address_for_a_case_that_does_not_exist_is_held() -> None:
    desk = Desk()
    token = OfficerToken(CaseNumber("K-222222-2"), 1, desk.office.officers[0].id, again=False)
    address = desk.office.tokens.officer_address(CONTACT, token, OutboxId(9))
    desk.take(to=address, from_addr="anna@kommun.example")
    assert desk.settled == {1: "held:unknown_officer"}


def test_two_robots_that_answer_everything_come_to_rest() -> None:
    """Two installations whose marks have been stripped on the way answer each other: it ends, and soon."""
    desk = Desk()
    desk.take(from_addr="robot@example.net", new_text="Tack för ditt mejl!", subject="Autosvar")
    receipts: list[OutgoingMail] = []
    for _ in range(50):
        receipts = [mail for mail in desk.mails(MailKind.ACKNOWLEDGEMENT) if mail.to_addr == "robot@example.net"]
        desk.take(to=receipts[-1].reply_to, from_addr="robot@example.net", new_text="Tack för ditt mejl!")
    assert len(receipts) == 1
    assert len(desk.mails(MailKind.NOTICE)) == 2 * 3

"""Personal numbers are hidden in what is shown or sent, and opened for a reason only. The numbers are made up."""

from dataclasses import replace

from bot.facts import FactKind
from bot.port import InboundFile
from bot.store.rows import Direction, MailKind
from tests.desk import Desk
from tests.example import make_office

# 811218-987x: 8·2=16→7, 1, 1·2=2, 2, 1·2=2, 8, 9·2=18→9, 8, 7·2=14→5 make 7+1+2+2+2+8+9+8+5 = 44; check digit 6.
NUMBER = "811218-9876"


def test_a_personal_number_reaches_neither_staff_nor_the_sender_again() -> None:
    desk = Desk()
    named = InboundFile(name=f"intyg {NUMBER}.pdf", media_type="application/pdf", size=9, inline=False, part=0)
    desk.take(subject=f"Om {NUMBER}", text=f"Mitt nummer är {NUMBER}.", new_text=f"Mitt nummer är {NUMBER}.",
              files=(named,))  # fmt: skip
    for mail in desk.sent:
        assert NUMBER not in mail.text
        assert NUMBER not in mail.subject
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    assert "> Mitt nummer är [personnummer dolt]." in receipt.text
    assert "innehåller ett personnummer" in receipt.text
    notice = desk.mails(MailKind.NOTICE)[0]
    assert "Bifogade filer: intyg [personnummer dolt].pdf" in notice.text
    assert "/visa nummer skäl" in notice.text
    # What was written is a record and stays as it was.
    (message,) = desk.ledger.messages_of(desk.cases[0])
    assert NUMBER in message.text


def test_without_one_nothing_is_said_of_it() -> None:
    desk = Desk()
    desk.take()
    assert "personnummer" not in desk.mails(MailKind.ACKNOWLEDGEMENT)[0].text
    assert "/visa nummer" not in desk.mails(MailKind.NOTICE)[0].text


def test_an_officer_sees_it_for_a_reason_that_is_logged() -> None:
    desk = Desk()
    desk.take(new_text=f"Mitt nummer är {NUMBER}.")
    (case,) = desk.cases
    desk.officer("anna", "/visa nummer ska söka i folkbokföringen", desk.mails(MailKind.NOTICE)[0])
    (receipt,) = desk.mails(MailKind.RECEIPT)
    assert receipt.to_addr == "anna@kommun.example"
    assert f"Mitt nummer är {NUMBER}." in receipt.text
    fact = desk.ledger.facts_of(case)[-1]
    assert (fact.kind, fact.actor) == (FactKind.UNMASKED, "officer:anna")
    note = next(one for one in desk.ledger.messages_of(case) if one.id == fact.data["message"])
    assert (note.direction, note.text) == (Direction.NOTE, "ska söka i folkbokföringen")


def test_the_whole_text_is_one_step_away_and_still_masked() -> None:
    desk = Desk()
    desk.take(new_text="Hej")
    desk.take(in_reply_to=("m1@example.org",), new_text="Tack!", text=f"Tack!\n> Mitt nummer är {NUMBER}.")
    (case,) = desk.cases
    assert "Mitt nummer" not in desk.mails(MailKind.NOTICE)[-1].text
    desk.officer("bo", "/visa allt", desk.mails(MailKind.NOTICE)[-1])
    (receipt,) = desk.mails(MailKind.RECEIPT)
    assert "> Mitt nummer är [personnummer dolt]." in receipt.text
    assert desk.kinds(case)[-1] is FactKind.OPENED


def test_without_a_reason_nothing_is_opened() -> None:
    desk = Desk()
    desk.take(new_text=f"Mitt nummer är {NUMBER}.")
    desk.officer("anna", "/visa nummer", desk.mails(MailKind.NOTICE)[0])
    (receipt,) = desk.mails(MailKind.RECEIPT)
    assert NUMBER not in receipt.text
    assert "/visa nummer skäl" in receipt.text
    assert FactKind.UNMASKED not in desk.kinds(desk.cases[0])


def test_a_number_in_an_answer_is_hidden_and_the_officer_told() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", f"Vi har sökt på {NUMBER}.", desk.mails(MailKind.NOTICE)[0])
    (answer,) = desk.mails(MailKind.ANSWER)
    assert "Vi har sökt på [personnummer dolt]." in answer.text
    assert any("i det är dolt" in mail.text for mail in desk.mails(MailKind.RECEIPT))


def test_secrets_in_the_subject_where_plus_addresses_fail() -> None:
    desk = Desk(replace(make_office(), secrets_in_subject=True))
    desk.take(subject="Gatlykta")
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    notice = desk.mails(MailKind.NOTICE)[0]
    assert receipt.reply_to == notice.reply_to == "kontakt@kommun.example"
    # The officer answers to the plain address; the tag in the subject tells which notice, and stays inside.
    desk.take(from_addr="anna@kommun.example", subject=f"SV: {notice.subject}", text="Den lagas i dag.",
              new_text="Den lagas i dag.")  # fmt: skip
    (answer,) = desk.mails(MailKind.ANSWER)
    assert answer.to_addr == "elsa@example.org"
    assert "[d-" not in answer.subject
    # The citizen answers to the plain address too; the tag of the case tells which one.
    desk.take(subject=f"SV: {answer.subject}", new_text="Tack, men när?")
    assert len(desk.cases) == 1
    # Whoever is not that officer does nothing with the tag.
    desk.take(from_addr="eva@example.net", subject=f"SV: {notice.subject}", text="Hej", new_text="Hej")
    assert len(desk.mails(MailKind.ANSWER)) == 1

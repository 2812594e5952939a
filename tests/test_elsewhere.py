"""Answers that staff wrote in their own mail program count, marked as given elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from bot.arrival import arrive
from bot.facts import Channel, FactKind, InboxId
from bot.inquiry import fold_inquiries
from bot.port import Inbound, InboundKind, RawInbound
from bot.store import inbox
from bot.store.database import Database
from bot.store.rows import InboxRow, MailKind
from bot.store.schema import cases, sent_unmatched
from tests.conftest import FrozenClock
from tests.desk import ELSA, Desk
from tests.example import CONTACT, make_mail
from tests.town import Town

COUNT = iter(range(1000, 2000))


def send_elsewhere(desk: Desk, **fields: Any) -> str:
    """Take in a mail from the mailbox's folder of sent mail and return what became of it."""
    number = next(COUNT)
    known: dict[str, Any] = {
        "from_addr": "kontakt@kommun.example", "to_addrs": (ELSA,), "in_reply_to": ("m1@example.org",),
        "text": "Den lagas i dag.", "new_text": "Den lagas i dag.", "message_id": f"s{number}@kommun.example",
    }  # fmt: skip
    row = InboxRow(
        id=InboxId(number), channel=Channel.MAIL, recipients=("kontakt@kommun.example",), sender=None,
        arrived_at=desk.ledger.now, raw=b"", mailbox="kontakt", sent=True,
    )  # fmt: skip
    desk.intake.take(desk.ledger, arrive(row, Inbound(**(known | fields)), desk.office))
    return desk.settled[number]


def test_an_answer_written_in_outlook_stops_the_clock_when_its_copy_was_kept() -> None:
    desk = Desk()
    desk.take()
    desk.later(hours=3)
    (case,) = desk.cases
    assert send_elsewhere(desk) == f"done:{case}"
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.answered_at == desk.ledger.now
    assert desk.ledger.facts_of(case)[-1].kind is FactKind.ANSWERED_ELSEWHERE
    assert desk.ledger.facts_of(case)[-1].actor == "staff"


def test_an_officers_own_address_names_the_officer() -> None:
    desk = Desk()
    desk.take()
    send_elsewhere(desk, from_addr="anna@kommun.example")
    assert desk.ledger.facts_of(desk.cases[0])[-1].actor == "officer:anna"


@pytest.mark.parametrize(
    "fields",
    [
        {"to_addrs": ("bo@kommun.example",)},  # passed to a colleague
        {"in_reply_to": ("another@example.org",)},
        {"in_reply_to": ()},
        {"kind": InboundKind.AUTO, "machine": True},  # the mailbox's own out-of-office
    ],
)
def test_what_is_no_answer_to_the_citizen_stops_nothing(fields: dict[str, Any]) -> None:
    desk = Desk()
    desk.take()
    assert send_elsewhere(desk, **fields) == "done:sent_other"
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(desk.cases[0]))
    assert inquiry.answered_at is None


def test_what_was_sent_before_the_question_is_no_answer_to_it() -> None:
    desk = Desk()
    desk.later(days=2)
    desk.take()
    desk.ledger.now -= timedelta(days=1)
    assert send_elsewhere(desk) == "done:sent_other"


def test_a_copy_of_the_answer_in_the_inbox_opens_no_case_and_the_sent_one_counts() -> None:
    desk = Desk()
    desk.take()
    desk.take(from_addr="kontakt@kommun.example", in_reply_to=("m1@example.org",), message_id="a@kommun.example")
    assert desk.settled[2] == "done:own"
    assert send_elsewhere(desk, message_id="a@kommun.example") == f"done:{desk.cases[0]}"


def test_a_bounce_among_the_sent_mails_revokes_nothing() -> None:
    desk = Desk()
    desk.take()
    assert send_elsewhere(desk, kind=InboundKind.BOUNCE, machine=True) == "done:sent_other"


def test_our_own_copies_in_the_folder_are_no_answers() -> None:
    desk = Desk()
    desk.take()
    assert send_elsewhere(desk, loop_mark=desk.office.installation) == "done:own"


def test_the_same_copy_twice_is_one_answer() -> None:
    desk = Desk()
    desk.take()
    send_elsewhere(desk, message_id="same@kommun.example")
    assert send_elsewhere(desk, message_id="same@kommun.example") == "done:duplicate"


def test_the_citizens_reply_to_it_finds_the_case_and_an_officer_is_told_of_it() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    notice = desk.mails(MailKind.NOTICE)[0]
    send_elsewhere(desk, message_id="out@kommun.example", from_addr="bo@kommun.example")
    desk.officer("anna", "Den är lagad.", notice)
    assert desk.mails(MailKind.ANSWER) == []
    assert "Bo Exempel har redan svarat" in desk.mails(MailKind.RECEIPT)[0].text
    desk.take(in_reply_to=("out@kommun.example",), new_text="Tack!")
    assert desk.cases == [case]


@pytest.mark.asyncio
async def test_an_answer_read_before_its_question_counts_once_the_question_is_read(
    database: Database, clock: FrozenClock
) -> None:
    town = Town(database, clock)
    answer = RawInbound(
        channel=Channel.MAIL, external_id="imap:sent:1", recipients=(CONTACT,), sender=None, arrived_at=clock.now(),
        raw=make_mail("Den lagas i dag.", sender=CONTACT, to="elsa@example.org", message_id="s1@kommun.example",
                      In_Reply_To="<fraga-1@example.org>"),
        mailbox="kontakt", sent=True,
    )  # fmt: skip
    async with database.writing(in_turn=False) as connection:
        await inbox.keep_all(connection, [answer])
    await town.take()
    assert await town.count(cases) == 0
    await town.receive(make_mail())
    assert [fact.kind for fact in await town.facts()][:2] == [FactKind.RECEIVED, FactKind.ANSWERED_ELSEWHERE]
    assert await town.count(sent_unmatched) == 0

"""Test contacts sent from outside: once each, in order, by a server that may be away."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP

from bot.facts import Channel
from bot.store.database import Database
from bot.store.test_book import AwaitedTests
from bot.store.test_rows import Progress
from bot.test_contacts import subject_of
from bot.test_sending import MOST_AT_ONCE, NotTaken, mail_of, send_due, server_delivery
from tests.conftest import MONDAY, FrozenClock
from tests.example import CONTACT
from tests.lookup import Kept
from tests.test_test_contacts import KIM, SERVER, TEXT, contact, kept_plan, mark, now_of


class Outside:
    """What the outside server was handed; `says`: what it says to each in turn."""

    def __init__(self, *says: Exception | None) -> None:
        self.mails: list[EmailMessage] = []
        self._says = list(says)

    async def __call__(self, mail: EmailMessage) -> None:
        self.mails.append(mail)
        answer = self._says.pop(0) if self._says else None
        if answer is not None:
            raise answer


@pytest.mark.asyncio
async def test_what_is_due_is_sent_once_and_what_was_perhaps_sent_is_not_sent_again(database: Database) -> None:
    sure, refused, unsure, later, call = await kept_plan(
        database, contact(), contact(question="2"), contact(question="3"),
        contact(question="4", due_at=MONDAY + timedelta(days=1)), contact(question="5", channel=Channel.PHONE),
    )  # fmt: skip
    outside = Outside(None, NotTaken("SMTPConnectError"), TimeoutError())
    assert await send_due(database, SERVER, CONTACT, MONDAY, outside) == (1, 2)
    states = [(await now_of(database, one)).state for one in (sure, refused, unsure, later, call)]
    assert states == [Progress.SENT, Progress.PLANNED, Progress.SENDING, Progress.PLANNED, Progress.PLANNED]
    assert await send_due(database, SERVER, CONTACT, MONDAY, outside) == (1, 0)
    assert await send_due(database, SERVER, CONTACT, MONDAY, outside) == (0, 0)
    assert len(outside.mails) == 4
    assert len({mail["Message-ID"] for mail in outside.mails}) == 4


@pytest.mark.asyncio
async def test_a_burst_goes_out_bit_by_bit(database: Database) -> None:
    await kept_plan(database, *(contact(question=str(number)) for number in range(MOST_AT_ONCE + 2)))
    assert await send_due(database, SERVER, CONTACT, MONDAY, Outside()) == (MOST_AT_ONCE, 0)
    assert await send_due(database, SERVER, CONTACT, MONDAY, Outside()) == (2, 0)


@pytest.mark.asyncio
async def test_what_has_arrived_before_the_server_was_done_stays_arrived(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    (one,) = await kept_plan(database, contact())
    case = await kept.case(TEXT, sender=KIM)

    async def slow(_mail: EmailMessage) -> None:
        await mark(kept, case, TEXT)

    assert await send_due(database, SERVER, CONTACT, MONDAY, slow) == (1, 0)
    arrived = await now_of(database, one)
    assert (arrived.state, arrived.case) == (Progress.ARRIVED, case)


def test_the_mail_is_such_as_anybody_writes() -> None:
    one = contact(message_id="abc@example.org")
    mail = mail_of(one, SERVER, CONTACT, MONDAY)
    assert dict(mail.items()) == {
        "From": "Kim Exempel <kim@example.org>", "To": CONTACT, "Subject": "Behöver jag bygglov",
        "Date": "Mon, 16 Nov 2026 08:12:00 +0000", "Message-ID": "<abc@example.org>", "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"', "Content-Transfer-Encoding": "quoted-printable",
    }  # fmt: skip
    assert mail.get_content() == "Behöver jag bygglov\nför ett växthus?\n\nKim Exempel\n"
    assert subject_of(contact(question="Växthus")) == "Växthus"
    long = "Hur gör man när man vill ansöka om bygglov för en liten altan vid sjön?"
    assert subject_of(contact(text=long)) == "Hur gör man när man vill ansöka om bygglov för en liten…"


@pytest.mark.asyncio
async def test_a_real_server_takes_it_and_one_that_is_away_or_says_no_has_not() -> None:
    taken = list[bytes]()

    class Handler:
        async def handle_RCPT(
            self, _server: object, _session: object, envelope: object, address: str, _options: list[str]
        ) -> str:
            if address.startswith("nobody"):
                return "550 no such user"
            envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
            return "250 OK"

        async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
            taken.append(envelope.content)  # type: ignore[attr-defined]
            return "250 OK"

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(Handler(), hostname="out.example.org"), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        deliver = server_delivery(replace(SERVER, port=port, timeout_seconds=5))
        await deliver(mail_of(contact(message_id="abc@example.org"), SERVER, CONTACT, MONDAY))
        assert b"Message-ID: <abc@example.org>" in taken[0]
        with pytest.raises(NotTaken):
            await deliver(mail_of(contact(message_id="d@example.org"), SERVER, "nobody@kommun.example", MONDAY))
    finally:
        listening.close()
        await listening.wait_closed()
    with pytest.raises(NotTaken):
        await server_delivery(SERVER)(mail_of(contact(message_id="e@example.org"), SERVER, CONTACT, MONDAY))
    assert len(taken) == 1


def test_an_empty_book_awaits_nobody() -> None:
    assert AwaitedTests().of_sender(KIM) == []

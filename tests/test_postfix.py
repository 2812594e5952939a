"""The way of a mail through real servers: Postfix takes it and hands it over, answers lie in Dovecot's mailboxes."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.mail_read import read_mail
from bot.port import Inbound
from sandbox.world import free_port
from tests import dovecot, postfix
from tests.example import CONTACT, make_mail
from tests.processes import Process, write_config

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not postfix.may_run(), reason=postfix.WHY_NOT),
    pytest.mark.skipif(not dovecot.PROGRAM.exists(), reason=dovecot.WHY_NOT),
]


class Town:
    """A municipality's real servers, and the service behind them as a process of its own."""

    def __init__(self, mails: dovecot.Dovecot, mta: postfix.Postfix, config: Path) -> None:
        self.mails, self.mta = mails, mta
        self.service = Process(config)

    def inbox(self, user: str) -> list[Inbound]:
        """Return what lies in a user's mailbox, read through IMAP."""
        with self.mails.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            uids = client.search("ALL")
            found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            return [read_mail(found[uid][b"BODY[]"]) for uid in sorted(found)]

    async def await_mails(self, user: str, wanted: Callable[[list[Inbound]], bool]) -> list[Inbound]:
        until, mails = time.monotonic() + 20, list[Inbound]()
        while time.monotonic() < until:
            mails = await asyncio.to_thread(self.inbox, user)
            if wanted(mails):
                return mails
            await asyncio.sleep(0.1)
        raise AssertionError([mail.subject for mail in mails])


@pytest.fixture(scope="module")
def mails() -> Iterator[dovecot.Dovecot]:
    with dovecot.server() as server:
        assert server is not None
        yield server


@asynccontextmanager
async def _town(tmp_path: Path, mails: dovecot.Dovecot) -> AsyncIterator[Town]:
    lmtp_port = free_port(0)
    with postfix.server(mails.folder / "mail", lmtp_port) as mta:
        config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", free_port(0), mta.port)
        text = config.read_text().replace("# lmtp_port = 8024", f"lmtp_port = {lmtp_port}")
        config.write_text(text.replace('trusted_host = ""', 'trusted_host = "mx.kommun.example"'))
        yield Town(mails, mta, config)


async def test_question_and_answer_through_real_servers(tmp_path: Path, mails: dovecot.Dovecot) -> None:
    async with _town(tmp_path, mails) as town:
        # The service is not up yet: Postfix keeps what it cannot hand over.
        town.mta.send(make_mail(dmarc=""), CONTACT, "elsa@example.org")
        assert town.mta.waiting() == 1
        await town.service.start()
        town.mta.flush()
        (receipt,) = await town.await_mails("elsa", lambda found: len(found) == 1)
        assert receipt.in_reply_to == ("fraga-1@example.org",)
        notices = await town.await_mails("anna", lambda found: len(found) == 1)
        answer = make_mail("Den lagas i dag.", sender="anna@kommun.example", to=notices[0].reply_to[0],
                           message_id="svar@kommun.example", dmarc="")  # fmt: skip
        town.mta.send(answer, notices[0].reply_to[0], "anna@kommun.example")
        got = await town.await_mails("elsa", lambda found: len(found) == 2)
        assert "Den lagas i dag." in got[1].text
        assert "svara senast" not in got[1].text
        # The citizen answers to the plus address of the case, through Postfix again.
        more = make_mail("Tack!", to=got[1].reply_to[0], message_id="tack@example.org", dmarc="")
        town.mta.send(more, got[1].reply_to[0], "elsa@example.org")
        await town.await_mails("anna", lambda found: any("Tack!" in mail.text for mail in found))
        assert await town.service.end(signal.SIGTERM) == 0


async def test_an_answer_that_postfix_cannot_deliver_comes_back_and_revokes_itself(
    tmp_path: Path, mails: dovecot.Dovecot
) -> None:
    async with _town(tmp_path, mails) as town:
        await town.service.start()
        asked = make_mail("Vem svarar mig?", sender="borta@example.org", message_id="borta@example.org", dmarc="")
        before = len(town.inbox("bo"))
        town.mta.send(asked, CONTACT, "borta@example.org")
        # Postfix refuses the acknowledgement's recipient, or takes it and reports; staff hear of it either way.
        told = await town.await_mails(
            "bo", lambda found: any("kom inte fram" in mail.subject for mail in found[before:])
        )
        assert any("Vem svarar mig?" in mail.text for mail in told[before:])
        assert await town.service.end(signal.SIGTERM) == 0

"""SMTP and LMTP intake over real sockets: what is accepted was kept, what was not kept is asked for again."""

import asyncio
import contextlib
import hashlib
import logging
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.smtp_in import RECIPIENTS_MAX, SmtpIn, SmtpInSettings, external_id
from bot.errors import OurFault, TryLater
from bot.facts import Channel, InboxId
from bot.port import Keep, RawInbound
from tests.certificates import Certificates, make_certificates

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
MAIL = b"From: anna@example.com\r\nSubject: Lampan\r\n\r\nDen lyser inte.\r\n"
KNOWN = "kontakt@kommun.se"


class Kept:
    """Keeps what comes in a list; `failing` is raised instead while it is set, `gate` is waited for."""

    def __init__(self) -> None:
        self.all: list[RawInbound] = []
        self.failing: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.entered = asyncio.Event()

    async def keep(self, inbound: RawInbound) -> InboxId:
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        self.all.append(inbound)
        return InboxId(len(self.all))


class Client:
    """A client that writes and reads octets as told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self) -> str:
        """Return the next reply, all of its lines."""
        lines = [(await self.reader.readuntil(b"\r\n")).decode()]
        while lines[-1][3] == "-":
            lines.append((await self.reader.readuntil(b"\r\n")).decode())
        return "".join(lines).rstrip()

    async def ask(self, command: str) -> str:
        self.writer.write(command.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.reply()

    async def envelope(self, *recipients: str, hello: str = "EHLO", sender: str = "anna@example.com") -> None:
        assert (await self.ask(f"{hello} client.example")).startswith("250")
        assert (await self.ask(f"MAIL FROM:<{sender}>")).startswith("250")
        for recipient in recipients or (KNOWN,):
            assert (await self.ask(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.ask("DATA")).startswith("354")

    async def data(self, content: bytes) -> str:
        """Send the content as it is, dot-stuffed, and return the reply."""
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        self.writer.write((b"." if content.startswith(b".") else b"") + stuffed + b".\r\n")
        await self.writer.drain()
        return await self.reply()


def _known(address: str) -> bool:
    return address.lower().startswith("k")


@contextlib.asynccontextmanager
async def taking_in(keep: Keep, **changes: Any) -> AsyncIterator[SmtpIn]:
    """Yield a running intake that knows KNOWN and every address beginning with ``k``."""
    settings = SmtpInSettings(**({"host": "127.0.0.1", "port": 0, "hostname": "mx.kommun.se"} | changes))
    intake = SmtpIn(settings, keep=keep, accepts=_known, now=lambda: NOW)
    await intake.start()
    try:
        yield intake
    finally:
        await intake.close(within_seconds=1)


@contextlib.asynccontextmanager
async def client_of(port: int | None) -> AsyncIterator[Client]:
    """Yield a client that has been greeted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = Client(reader, writer)
    try:
        yield client
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.mark.asyncio
async def test_250_comes_only_after_the_message_was_kept() -> None:
    kept = Kept()
    kept.gate = asyncio.Event()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        assert (await client.reply()).startswith("220 mx.kommun.se ESMTP")
        await client.envelope()
        answer = asyncio.create_task(client.data(MAIL))
        await kept.entered.wait()
        assert not answer.done()
        assert kept.all == []
        kept.gate.set()
        assert await answer == "250 2.0.0 kept as 1"
    assert kept.all == [
        RawInbound(
            channel=Channel.MAIL,
            # netstrings of the recipients, an empty one, then the octets
            external_id=hashlib.sha256(b"17:kontakt@kommun.se,0:," + MAIL).hexdigest(),
            raw=MAIL,
            recipients=(KNOWN,),
            sender="anna@example.com",
            arrived_at=NOW,
        )
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("failure", [TryLater("disk_full"), RuntimeError("anna@example.com"), TimeoutError()])
async def test_what_was_not_kept_is_asked_for_again_and_the_session_goes_on(failure: Exception) -> None:
    kept = Kept()
    kept.failing = failure
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        assert (await client.data(MAIL)).startswith("451 4.3.0")
        kept.failing = None
        await client.envelope()
        assert (await client.data(MAIL)).startswith("250 2.0.0")


@pytest.mark.asyncio
async def test_keeping_that_takes_too_long_is_451() -> None:
    kept = Kept()
    kept.gate = asyncio.Event()
    async with taking_in(kept.keep, keep_seconds=0.1) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        assert (await client.data(MAIL)).startswith("451 4.3.0")
    assert kept.all == []


@pytest.mark.asyncio
async def test_unknown_recipients_are_refused_and_more_than_a_hundred_wait() -> None:
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.ask("EHLO client.example")
        await client.ask("MAIL FROM:<anna@example.com>")
        assert (await client.ask("RCPT TO:<nobody@kommun.se>")).startswith("550 5.1.1")
        for number in range(RECIPIENTS_MAX):
            assert (await client.ask(f"RCPT TO:<k{number}@kommun.se>")).startswith("250 2.1.5")
        assert (await client.ask("RCPT TO:<k100@kommun.se>")).startswith("452 4.5.3")
        await client.ask("DATA")
        assert (await client.data(MAIL)).startswith("250 2.0.0")
    assert len(kept.all[0].recipients) == RECIPIENTS_MAX


@pytest.mark.asyncio
async def test_size_is_told_and_too_much_is_refused() -> None:
    kept = Kept()
    async with taking_in(kept.keep, max_bytes=50_000) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        hello = await client.ask("EHLO client.example")
        assert {"250-SIZE 50000", "250-8BITMIME", "250-SMTPUTF8", "250-PIPELINING"} < set(hello.split("\r\n"))
        assert "AUTH" not in hello
        assert "STARTTLS" not in hello
        assert (await client.ask("MAIL FROM:<anna@example.com> SIZE=50001")).startswith("552")
        await client.envelope()
        assert (await client.data(b"x" * 70 + b"\r\n" + MAIL * 1000)).startswith("552")
        await client.envelope()
        assert (await client.data(MAIL)).startswith("250")


@pytest.mark.asyncio
@pytest.mark.parametrize("octet", [b"x", b"x\r\n"])
async def test_a_message_without_end_is_cut_off(octet: bytes) -> None:
    kept = Kept()
    async with taking_in(kept.keep, max_bytes=2_000_000) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            for _ in range(100_000):
                client.writer.write(octet * 10_000)
                await client.writer.drain()
            await client.reader.readuntil(b"never")
    assert kept.all == []


@pytest.mark.asyncio
async def test_more_at_once_than_there_is_room_for_comes_again() -> None:
    kept = Kept()
    async with taking_in(kept.keep, max_in_flight_bytes=300_000) as intake:
        async with client_of(intake.smtp_port) as first, client_of(intake.smtp_port) as second:
            for client in (first, second):
                await client.reply()
                await client.envelope()
            first.writer.write(b"x\r\n" * 60_000)
            await first.writer.drain()
            assert (await second.data(b"y\r\n" * 60_000)).startswith("452 4.3.1")
            assert (await first.data(b"x\r\n")).startswith("250")
        async with client_of(intake.smtp_port) as third:
            await third.reply()
            await third.envelope()
            assert (await third.data(b"z\r\n" * 60_000)).startswith("250")


BODIES = {
    "a line of 2,000": b"Subject: x\r\n\r\n" + b"a" * 2000 + b"\r\n",
    "a line of 100,000": b"Subject: x\r\n\r\n" + b"\xc3\xa5" * 50_000 + b"\r\nend\r\n",
    "a line of 1,000,000": b"Subject: x\r\n\r\n" + b"a" * 1_000_000 + b"\r\n",
    "all octets": b"Subject: x\r\n\r\n" + bytes(range(256)) * 300 + b"\r\n",
    "dots": b".\r\n..\r\n.a\r\n\r\n.\r\n...\r\n",
    "bare LF and CR": b"Subject: x\n\na\rb\n\n.c\n",
    "LF dot LF": b"Subject: x\r\n\r\na\n.\nMAIL FROM:<eva@example.com>\r\n",
    "LF dot CRLF": b"Subject: x\r\n\r\na\n.\r\nMAIL FROM:<eva@example.com>\r\n",
    "CR dot CR": b"Subject: x\r\n\r\na\r.\rMAIL FROM:<eva@example.com>\r\n",
    "CRLF dot LF": b"Subject: x\r\n\r\na\r\n.\nMAIL FROM:<eva@example.com>\r\n",
    "CRLF dot CR": b"Subject: x\r\n\r\na\r\n.\rMAIL FROM:<eva@example.com>\r\n",
    "empty": b"",
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", BODIES)
async def test_octets_arrive_unchanged_and_only_crlf_dot_crlf_ends_a_message(name: str) -> None:
    body = BODIES[name]
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        # A body whose last line has no CRLF takes the one before the dot with it (RFC 5321 §4.1.1.4).
        ended = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
        assert (await client.data(ended)).startswith("250 2.0.0 kept as 1")
        assert (await client.ask("NOOP")).startswith("250")
    assert [inbound.raw for inbound in kept.all] == [ended]


@pytest.mark.asyncio
async def test_a_line_over_the_limit_is_refused_and_the_session_goes_on() -> None:
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        assert (await client.data(b"a" * 3_000_000 + b"\r\n")).startswith("500")
        assert (await client.ask("NOOP " + "a" * 3_000_000)).startswith("500")
        await client.envelope()
        assert (await client.data(MAIL)).startswith("250")


@pytest.mark.asyncio
async def test_the_same_delivery_twice_has_the_same_key() -> None:
    kept = Kept()
    async with taking_in(kept.keep) as intake:
        for recipients in (("kb@kommun.se", "Ka@kommun.se"), ("ka@Kommun.se", "kb@kommun.se"), ("kb@kommun.se",)):
            async with client_of(intake.smtp_port) as client:
                await client.reply()
                await client.envelope(*recipients)
                await client.data(MAIL)
    first, second, third = (inbound.external_id for inbound in kept.all)
    assert first == second
    assert first != third
    assert external_id(b"1:b,x", ("a",)) != external_id(b"x", ("a", "b"))
    assert kept.all[0].recipients == ("kb@kommun.se", "Ka@kommun.se")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("", ""),
        ("åsa@växjö.se", "åsa@växjö.se"),
        ("SRS0=a=b=c.se=d@forward.example", "SRS0=a=b=c.se=d@forward.example"),
        ("a..b.@docomo.example", "a..b.@docomo.example"),
        ("\udce5sa@example.com", "\ufffdsa@example.com"),
        ("a\0b@example.com", "a\ufffdb@example.com"),
    ],
)
async def test_senders_of_every_kind(sender: str, expected: str) -> None:
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope(sender=sender)
        assert (await client.data(MAIL)).startswith("250")
    assert kept.all[0].sender == expected


@pytest.mark.asyncio
async def test_nonsense_is_answered_and_then_ended() -> None:
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.ask("EHLO client.example")
        assert (await client.ask("MAIL FROM:<")).startswith("451 4.3.0")
        assert (await client.ask("VRFY <")).startswith("451 4.3.0")
        assert (await client.ask("MAIL FROM:<" + "a" * 2000 + "@x.se>")).startswith("500")
        for _ in range(4):
            assert (await client.ask("ANNA")).startswith("500")
        assert (await client.ask("ANNA")).startswith("502 5.5.1")
        assert await client.reader.read() == b""


@pytest.mark.asyncio
async def test_starttls_and_nothing_before_it_where_it_is_required(certificates: Certificates) -> None:
    kept = Kept()
    tls = {"tls_context": certificates.server_context(), "require_tls": True}
    async with taking_in(kept.keep, **tls) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        assert "250-STARTTLS" in await client.ask("EHLO client.example")
        assert (await client.ask("MAIL FROM:<anna@example.com>")).startswith("530")
        assert (await client.ask("STARTTLS")).startswith("220")
        await client.writer.start_tls(certificates.client_context(), server_hostname="localhost")
        hello = await client.ask("EHLO client.example")
        assert "STARTTLS" not in hello
        assert "AUTH" not in hello
        await client.envelope()
        assert (await client.data(BODIES["a line of 100,000"])).startswith("250")
    assert kept.all[0].raw == BODIES["a line of 100,000"]
    with pytest.raises(ValueError, match="no certificate"):
        SmtpInSettings(host="127.0.0.1", port=0, hostname="x", require_tls=True)
    with pytest.raises(ValueError, match="host name"):
        SmtpInSettings(host="127.0.0.1", port=0, hostname="")


@pytest.mark.asyncio
@pytest.mark.parametrize("way", ["garbage", "silence"])
async def test_a_tls_handshake_that_fails_ends_quietly(
    certificates: Certificates, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept()
    tls = {"tls_context": certificates.server_context(), "idle_seconds": 0.3}
    async with taking_in(kept.keep, **tls) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.ask("EHLO client.example")
        await client.ask("STARTTLS")
        if way == "garbage":
            client.writer.write(b"MAIL FROM:<anna@example.com>\r\n" * 10)
        with contextlib.suppress(ConnectionError):
            assert b"250" not in await client.reader.read()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


@pytest.mark.asyncio
async def test_lmtp_answers_once_for_each_recipient() -> None:
    kept = Kept()
    lmtp = {"lmtp_host": "127.0.0.1", "lmtp_port": 0, "max_bytes": 50_000}
    async with taking_in(kept.keep, **lmtp) as intake, client_of(intake.lmtp_port) as client:
        await client.reply()
        assert (await client.ask("EHLO client.example")).startswith("500")
        await client.envelope("ka@kommun.se", "kb@kommun.se", hello="LHLO")
        assert await client.data(MAIL) == "250 2.0.0 kept as 1"
        assert await client.reply() == "250 2.0.0 kept as 1"
        kept.failing = TryLater("disk_full")
        await client.envelope("ka@kommun.se", "kb@kommun.se", hello="LHLO")
        assert (await client.data(MAIL)).startswith("451")
        assert (await client.reply()).startswith("451")
        await client.envelope("ka@kommun.se", "kb@kommun.se", "kc@kommun.se", hello="LHLO")
        assert (await client.data(MAIL * 1000)).startswith("552")
        assert (await client.reply()).startswith("552")
        assert (await client.reply()).startswith("552")
        assert (await client.ask("DATA")).startswith("503")
        assert (await client.ask("NOOP")).startswith("250")
    assert [inbound.recipients for inbound in kept.all] == [("ka@kommun.se", "kb@kommun.se")]
    assert intake.lmtp_port is None


@pytest.mark.asyncio
async def test_many_at_once_and_commands_in_one_go() -> None:
    kept = Kept()

    async def deliver(port: int, number: int) -> None:
        async with client_of(port) as client:
            await client.reply()
            for turn in range(5):
                text = f"EHLO c\r\nMAIL FROM:<a{number}@example.com>\r\nRCPT TO:<{KNOWN}>\r\nDATA"
                assert (await client.ask(text)).startswith("250")
                assert [(await client.reply())[:3] for _ in range(3)] == ["250", "250", "354"]
                assert (await client.data(b"Subject: %d-%d\r\n\r\n" % (number, turn))).startswith("250")

    async with taking_in(kept.keep) as intake, asyncio.TaskGroup() as group:
        senders = [group.create_task(deliver(intake.smtp_port, number)) for number in range(64)]
        await asyncio.wait(senders)
    assert len({inbound.external_id for inbound in kept.all}) == len(kept.all) == 64 * 5


@pytest.mark.asyncio
async def test_one_session_too_many_is_told_so() -> None:
    kept = Kept()
    async with taking_in(kept.keep, max_sessions=2) as intake:
        async with client_of(intake.smtp_port) as first, client_of(intake.smtp_port) as second:
            await first.reply()
            await second.reply()
            async with client_of(intake.smtp_port) as third:
                assert (await third.reply()).startswith("421 4.7.0")
                assert await third.reader.read() == b""
            await first.ask("QUIT")
            assert await first.reader.read() == b""
            async with client_of(intake.smtp_port) as fourth:
                assert (await fourth.reply()).startswith("220")


@pytest.mark.asyncio
async def test_an_idle_client_is_told_goodbye_but_not_one_that_waits_for_us() -> None:
    kept = Kept()
    kept.gate = asyncio.Event()
    async with taking_in(kept.keep, idle_seconds=0.3) as intake:
        async with client_of(intake.smtp_port) as waiting, client_of(intake.smtp_port) as idle:
            await waiting.reply()
            await waiting.envelope()
            answer = asyncio.create_task(waiting.data(MAIL))
            await kept.entered.wait()
            await idle.reply()
            await idle.envelope()
            idle.writer.write(b"Subject: half a mess")
            assert (await idle.reply()).startswith("421 4.4.2")
            assert await idle.reader.read() == b""
            kept.gate.set()
            assert (await answer).startswith("250")
    assert len(kept.all) == 1


@pytest.mark.asyncio
async def test_a_slow_but_steady_client_gets_its_message_through() -> None:
    kept = Kept()
    async with taking_in(kept.keep, idle_seconds=0.8) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        for _ in range(6):  # 1.2 s in all, never silent for longer than 0.2 s
            client.writer.write(b"Subject: slow\r\n")
            await asyncio.sleep(0.2)
        assert (await client.data(b"")).startswith("250")


@pytest.mark.asyncio
@pytest.mark.parametrize("tls", [False, True])
async def test_closing_sends_idle_clients_away_at_once(certificates: Certificates, tls: bool) -> None:
    kept = Kept()
    async with taking_in(kept.keep, tls_context=certificates.server_context()) as intake:
        async with client_of(intake.smtp_port) as client:
            await client.reply()
            await client.ask("EHLO client.example")
            if tls:
                await client.ask("STARTTLS")
                await client.writer.start_tls(certificates.client_context(), server_hostname="localhost")
                await client.ask("EHLO client.example")
            async with asyncio.timeout(2):
                await intake.close(within_seconds=60)
            assert (await client.reply()).startswith("421 4.3.2")
        with pytest.raises(RuntimeError):
            assert intake.smtp_port
        await intake.close()


@pytest.mark.asyncio
async def test_closing_lets_a_transfer_end_and_cuts_one_that_does_not() -> None:
    kept = Kept()
    kept.gate = asyncio.Event()
    async with taking_in(kept.keep) as intake:
        async with client_of(intake.smtp_port) as ending, client_of(intake.smtp_port) as stuck:
            for client in (ending, stuck):
                await client.reply()
                await client.envelope()
            answer = asyncio.create_task(ending.data(MAIL))
            stuck.writer.write(b"Subject: half a mess")
            await kept.entered.wait()
            closing = asyncio.create_task(intake.close(within_seconds=0.5))
            await asyncio.sleep(0)
            kept.gate.set()
            assert (await answer).startswith("250")
            assert (await ending.reply()).startswith("421 4.3.2")
            await closing
            with contextlib.suppress(ConnectionError):
                assert await stuck.reader.read() == b""
    assert len(kept.all) == 1
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_our_fault_and_leaves_nothing_listening() -> None:
    kept = Kept()
    async with taking_in(kept.keep) as first:
        settings = SmtpInSettings(
            host="127.0.0.1", port=0, lmtp_host="127.0.0.1", lmtp_port=first.smtp_port, hostname="mx"
        )
        second = SmtpIn(settings, keep=kept.keep, accepts=_known, now=lambda: NOW)
        with pytest.raises(OurFault, match="errno"):
            await second.start()
        with pytest.raises(RuntimeError):
            assert second.smtp_port


@pytest.mark.asyncio
async def test_no_log_line_tells_who_wrote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kept = Kept()
    async with taking_in(kept.keep) as intake, client_of(intake.smtp_port) as client:
        await client.reply()
        await client.envelope()
        await client.data(MAIL)
        kept.failing = RuntimeError("anna@example.com")
        await client.envelope()
        await client.data(MAIL)
        await client.ask("MAIL FROM:<")
        await client.ask("anna@example.com")
        for _ in range(101):
            await client.ask("HELP")
    told = " ".join(record.getMessage() for record in caplog.records if record.name != "asyncio").lower()
    assert "mail kept as 1, 60 octets" in told
    assert "runtimeerror" in told
    assert "over limit" in told
    assert "anna" not in told
    assert "127.0.0.1" not in told
    logging.getLogger("mail.log").exception("%r went wrong", "anna@example.com", exc_info=ValueError("anna"))
    assert "- went wrong (ValueError)" in caplog.text
    assert caplog.text.count("anna") == 0


EXIT = """
import asyncio, sys
from datetime import UTC, datetime
from bot.channels.smtp_in import SmtpIn, SmtpInSettings

async def keep(inbound):
    await asyncio.Event().wait()

async def main():
    settings = SmtpInSettings(host="127.0.0.1", port=0, hostname="mx.kommun.se")
    intake = SmtpIn(settings, keep=keep, accepts=bool, now=lambda: datetime.now(UTC))
    await intake.start()
    clients = [await asyncio.open_connection("127.0.0.1", intake.smtp_port) for _ in range(2)]
    for reader, writer in clients:
        await reader.readline()
    clients[0][1].write(b"EHLO c\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<k@x.se>\\r\\nDATA\\r\\nhello\\r\\n.\\r\\n")
    await clients[0][0].readuntil(b"354")
    if sys.argv[1] == "raise":
        raise KeyboardInterrupt

asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["return", "raise"])
def test_the_interpreter_ends_although_clients_are_connected(way: str) -> None:
    root = Path(__file__).parent.parent
    ended = subprocess.run(
        [sys.executable, "-c", EXIT, way], cwd=root, timeout=10, capture_output=True, text=True, check=False
    )
    assert ended.returncode == (0 if way == "return" else -2)
    assert "never retrieved" not in ended.stderr

"""SMTP and LMTP intake over real sockets: what is accepted was kept, what was not kept is asked for again."""

import asyncio
import contextlib
import gc
import hashlib
import logging
import ssl
import sys
from pathlib import Path

import pytest

from bot.channels.smtp_in import RECIPIENTS_MAX, SmtpInSettings, external_id
from bot.errors import OurFault, TryLater
from bot.facts import Channel
from bot.port import RawInbound
from tests.certificates import Certificates, make_certificates
from tests.smtp_clients import KNOWN, MAIL, NOW, Kept, client_of, taking_in

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


async def test_250_comes_only_after_the_message_was_kept() -> None:
    kept = Kept(gate=asyncio.Event())
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        await client.begin()
        answer = asyncio.create_task(client.data(MAIL))
        await kept.entered.wait()
        assert not answer.done()
        assert kept.all == []
        assert kept.gate is not None
        kept.gate.set()
        assert await answer == "250 2.0.0 kept as 1"
    # netstrings of the recipients, an empty one, then the octets
    key = hashlib.sha256(b"17:kontakt@kommun.se,0:," + MAIL).hexdigest()
    assert kept.all == [
        RawInbound(channel=Channel.MAIL, external_id=key, raw=MAIL, recipients=(KNOWN,),
                   sender="anna@example.com", arrived_at=NOW)
    ]  # fmt: skip


@pytest.mark.parametrize("failure", [TryLater("disk_full"), RuntimeError("anna@example.com"), TimeoutError()])
async def test_what_was_not_kept_is_asked_for_again_and_the_session_goes_on(failure: Exception) -> None:
    kept = Kept()
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        kept.failing = failure
        assert (await client.deliver()).startswith("451 4.3.0")
        kept.failing = None
        assert (await client.deliver()).startswith("250 2.0.0")
    kept.gate = asyncio.Event()
    async with taking_in(kept, keep_seconds=0.1) as intake, client_of(intake.smtp_port) as client:
        assert (await client.deliver()).startswith("451 4.3.0")
    assert len(kept.all) == 1


async def test_unknown_recipients_are_refused_and_more_than_a_hundred_wait() -> None:
    kept = Kept()
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        await client.ask("EHLO client.example")
        await client.ask("MAIL FROM:<anna@example.com>")
        assert (await client.ask("RCPT TO:<nobody@kommun.se>")).startswith("550 5.1.1")
        for number in range(RECIPIENTS_MAX):
            assert (await client.ask(f"RCPT TO:<k{number}@kommun.se>")).startswith("250 2.1.5")
        assert (await client.ask("RCPT TO:<k100@kommun.se>")).startswith("452 4.5.3")
        await client.ask("DATA")
        assert (await client.data(MAIL)).startswith("250 2.0.0")
    assert len(kept.all[0].recipients) == RECIPIENTS_MAX


async def test_size_is_told_and_too_much_is_refused() -> None:
    async with taking_in(Kept(), max_bytes=50_000) as intake, client_of(intake.smtp_port) as client:
        hello = (await client.ask("EHLO client.example")).split("\r\n")
        assert {"250-SIZE 50000", "250-8BITMIME", "250-SMTPUTF8", "250-PIPELINING"} < set(hello)
        assert not any("AUTH" in line or "STARTTLS" in line for line in hello)
        assert (await client.ask("MAIL FROM:<anna@example.com> SIZE=50001")).startswith("552")
        assert (await client.deliver(MAIL * 1000)).startswith("552")
        assert (await client.deliver()).startswith("250")


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("octets", [b"x", b"x\r\n"])
async def test_a_message_without_end_is_cut_off(
    certificates: Certificates, octets: bytes, tls: bool, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept()
    settings = {"max_bytes": 200_000, "tls_context": certificates.server_context()}
    async with taking_in(kept, **settings) as intake, client_of(intake.smtp_port) as client:
        if tls:
            await client.ask("EHLO c")
            await client.starttls(certificates)
        await client.begin()
        async with asyncio.timeout(5):
            with pytest.raises((ConnectionError, ssl.SSLError, asyncio.IncompleteReadError)):
                while True:
                    client.writer.write(octets * 10_000)
                    await client.writer.drain()
                    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert kept.all == []
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


async def test_more_at_once_than_there_is_room_for_comes_again() -> None:
    async with taking_in(Kept(), max_in_flight_bytes=300_000) as intake:
        async with client_of(intake.smtp_port) as first, client_of(intake.smtp_port) as second:
            await first.begin()
            first.writer.write(b"x\r\n" * 60_000)
            await first.writer.drain()
            assert (await second.deliver(b"y\r\n" * 60_000)).startswith("452 4.3.1")
            assert (await first.data(b"x\r\n")).startswith("250")
            assert (await first.deliver(b"z\r\n" * 60_000)).startswith("250")


BODIES = {
    "a line of 2,000": b"Subject: x\r\n\r\n" + b"a" * 2000 + b"\r\n",
    "a line of 100,000": b"Subject: x\r\n\r\n" + b"\xc3\xa5" * 50_000 + b"\r\nend\r\n",
    "a line of 1,000,000": b"Subject: x\r\n\r\n" + b"a" * 1_000_000 + b"\r\n",
    "all octets": b"Subject: x\r\n\r\n" + bytes(range(256)) * 300 + b"\r\n",
    "dots": b".\r\n..\r\n.a\r\n\r\n.\r\n...\r\n",
    "bare LF and CR": b"Subject: x\n\na\rb\n\n.c\n\r\n",
    "LF dot LF": b"Subject: x\r\n\r\na\n.\nMAIL FROM:<eva@example.com>\r\n",
    "LF dot CRLF": b"Subject: x\r\n\r\na\n.\r\nMAIL FROM:<eva@example.com>\r\n",
    "CR dot CR": b"Subject: x\r\n\r\na\r.\rMAIL FROM:<eva@example.com>\r\n",
    "CRLF dot LF": b"Subject: x\r\n\r\na\r\n.\nMAIL FROM:<eva@example.com>\r\n",
    "CRLF dot CR": b"Subject: x\r\n\r\na\r\n.\rMAIL FROM:<eva@example.com>\r\n",
    "empty": b"",
}


@pytest.mark.parametrize("name", BODIES)
async def test_octets_arrive_unchanged_and_only_crlf_dot_crlf_ends_a_message(name: str) -> None:
    kept = Kept()
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        assert (await client.deliver(BODIES[name])).startswith("250 2.0.0 kept as 1")
        assert (await client.ask("NOOP")).startswith("250")
    assert [inbound.raw for inbound in kept.all] == [BODIES[name]]


async def test_the_same_delivery_twice_has_the_same_key() -> None:
    kept = Kept()
    async with taking_in(kept) as intake:
        for recipients in (("kb@kommun.se", "Ka@kommun.se"), ("ka@Kommun.se", "kb@kommun.se"), ("kb@kommun.se",)):
            async with client_of(intake.smtp_port) as client:
                await client.deliver(MAIL, *recipients)
    first, second, third = (inbound.external_id for inbound in kept.all)
    assert first == second
    assert first != third
    assert external_id(b"1:b,x", ("a",)) != external_id(b"x", ("a", "b"))
    assert kept.all[0].recipients == ("kb@kommun.se", "Ka@kommun.se")


SENDERS = {"": "", "åsa@växjö.se": "åsa@växjö.se", "SRS0=a=b=c.se=d@e.example": "SRS0=a=b=c.se=d@e.example",
           "a..b.@docomo.example": "a..b.@docomo.example", "\udce5sa@example.com": "\ufffdsa@example.com",
           "a\0b@example.com": "a\ufffdb@example.com"}  # fmt: skip


async def test_senders_of_every_kind() -> None:
    kept = Kept()
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        for sender in SENDERS:
            assert (await client.deliver(sender=sender)).startswith("250")
    assert [inbound.sender for inbound in kept.all] == list(SENDERS.values())


async def test_nonsense_is_answered_and_then_ended() -> None:
    async with taking_in(Kept()) as intake, client_of(intake.smtp_port) as client:
        assert (await client.deliver(b"a" * 3_000_000 + b"\r\n")).startswith("500")
        assert (await client.deliver()).startswith("250")
        assert (await client.ask("MAIL FROM:<")).startswith("451 4.3.0")
        for argument in ("a" * 3_000_000, "a" * 2000):
            assert (await client.ask(f"NOOP {argument}")).startswith("500")
        for _ in range(4):
            assert (await client.ask("ANNA")).startswith("500")
        assert (await client.ask("ANNA")).startswith("502 5.5.1")
        assert await client.reader.read() == b""


async def test_starttls_and_nothing_before_it_where_it_is_required(certificates: Certificates) -> None:
    kept = Kept()
    tls = {"tls_context": certificates.server_context(), "require_tls": True}
    async with taking_in(kept, **tls) as intake, client_of(intake.smtp_port) as client:
        assert "250-STARTTLS" in await client.ask("EHLO client.example")
        assert (await client.ask("MAIL FROM:<anna@example.com>")).startswith("530")
        await client.starttls(certificates)
        hello = await client.ask("EHLO client.example")
        assert "STARTTLS" not in hello
        assert "AUTH" not in hello
        assert (await client.deliver(BODIES["a line of 100,000"])).startswith("250")
    assert kept.all[0].raw == BODIES["a line of 100,000"]
    with pytest.raises(ValueError, match="no certificate"):
        SmtpInSettings(host="127.0.0.1", port=0, hostname="x", require_tls=True)
    with pytest.raises(ValueError, match="host name"):
        SmtpInSettings(host="127.0.0.1", port=0, hostname="")


@pytest.mark.parametrize("said", [b"MAIL FROM:<anna@example.com>\r\n" * 10, b""])
async def test_a_tls_handshake_that_fails_ends_quietly(
    certificates: Certificates, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    tls = {"tls_context": certificates.server_context(), "idle_seconds": 0.3}
    async with taking_in(Kept(), **tls) as intake, client_of(intake.smtp_port) as client:
        await client.ask("EHLO client.example")
        await client.ask("STARTTLS")
        client.writer.write(said)
        with contextlib.suppress(ConnectionError):
            assert b"250" not in await client.reader.read()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


async def test_lmtp_answers_once_for_each_recipient() -> None:
    kept = Kept()
    lmtp = {"lmtp_host": "127.0.0.1", "lmtp_port": 0, "max_bytes": 50_000}
    async with taking_in(kept, **lmtp) as intake, client_of(intake.lmtp_port) as client:
        assert (await client.ask("EHLO client.example")).startswith("500")
        both = ("ka@kommun.se", "kb@kommun.se")
        assert await client.deliver(MAIL, *both, hello="LHLO") == "250 2.0.0 kept as 1"
        assert await client.reply() == "250 2.0.0 kept as 1"
        kept.failing = TryLater("disk_full")
        assert (await client.deliver(MAIL, *both, hello="LHLO")).startswith("451")
        assert (await client.reply()).startswith("451")
        assert (await client.deliver(MAIL * 1000, *both, hello="LHLO")).startswith("552")
        assert (await client.reply()).startswith("552")
        assert (await client.ask("DATA")).startswith("503")
        assert (await client.ask("NOOP")).startswith("250")
    assert [inbound.recipients for inbound in kept.all] == [both]
    assert intake.lmtp_port is None


async def test_many_at_once_and_commands_in_one_go() -> None:
    kept = Kept()

    async def five(port: int, number: int) -> None:
        async with client_of(port) as client:
            for turn in range(5):
                text = f"EHLO c\r\nMAIL FROM:<a{number}@example.com>\r\nRCPT TO:<{KNOWN}>\r\nDATA"
                assert (await client.ask(text)).startswith("250")
                assert [(await client.reply())[:3] for _ in range(3)] == ["250", "250", "354"]
                assert (await client.data(b"Subject: %d-%d\r\n\r\n" % (number, turn))).startswith("250")

    async with taking_in(kept) as intake:
        await asyncio.gather(*(five(intake.smtp_port, number) for number in range(64)))
    assert len({inbound.external_id for inbound in kept.all}) == len(kept.all) == 64 * 5


async def test_one_session_too_many_is_told_so() -> None:
    async with taking_in(Kept(), max_sessions=1) as intake:
        async with client_of(intake.smtp_port) as first:
            async with client_of(intake.smtp_port, greeting="421 4.7.0") as second:
                assert await second.reader.read() == b""
            await first.ask("QUIT")
            assert await first.reader.read() == b""
        async with client_of(intake.smtp_port):
            pass


async def test_an_idle_client_is_told_goodbye_but_not_one_that_waits_for_us() -> None:
    gate = asyncio.Event()
    kept = Kept(gate=gate)
    async with taking_in(kept, idle_seconds=0.3) as intake, client_of(intake.smtp_port) as waiting:
        await waiting.begin()
        answer = asyncio.create_task(waiting.data(MAIL))
        await kept.entered.wait()
        async with client_of(intake.smtp_port) as idle:
            await idle.begin()
            idle.writer.write(b"Subject: half a mess")
            assert (await idle.reply()).startswith("421 4.4.2")
            assert await idle.reader.read() == b""
        gate.set()
        assert (await answer).startswith("250")
        assert (await waiting.deliver()).startswith("250")
    assert len(kept.all) == 2


async def test_a_slow_but_steady_client_gets_its_message_through() -> None:
    async with taking_in(Kept(), idle_seconds=0.8) as intake, client_of(intake.smtp_port) as client:
        await client.begin()
        for _ in range(6):  # 1.2 s in all, never silent for longer than 0.2 s
            client.writer.write(b"Subject: slow\r\n")
            await asyncio.sleep(0.2)
        assert (await client.data(b"")).startswith("250")


@pytest.mark.parametrize("way", ["plain", "tls", "quit", "handshake"])
async def test_closing_sends_idle_clients_away_at_once(certificates: Certificates, way: str) -> None:
    async with taking_in(Kept(), tls_context=certificates.server_context()) as intake:
        async with client_of(intake.smtp_port) as client:
            await client.ask("EHLO client.example")
            if way in {"tls", "quit"}:
                await client.starttls(certificates)
                await client.ask("EHLO client.example" if way == "tls" else "QUIT")
            elif way == "handshake":
                await client.ask("STARTTLS")
            async with asyncio.timeout(2):
                await intake.close(within_seconds=60)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            if way in {"plain", "tls"}:
                assert (await client.reply()).startswith("421 4.3.2")
        with pytest.raises(RuntimeError):
            assert intake.smtp_port


async def test_closing_lets_a_transfer_end_and_cuts_one_that_does_not() -> None:
    gate = asyncio.Event()
    kept = Kept(gate=gate)
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as ending:
        async with client_of(intake.smtp_port) as stuck:
            await stuck.begin()
            stuck.writer.write(b"Subject: half a mess")
            await ending.begin()
            answer = asyncio.create_task(ending.data(MAIL))
            await kept.entered.wait()
            closing = asyncio.create_task(intake.close(within_seconds=0.5))
            await asyncio.sleep(0)
            gate.set()
            assert (await answer).startswith("250")
            assert (await ending.reply()).startswith("421 4.3.2")
            await closing
            assert asyncio.all_tasks() == {asyncio.current_task()}
            with contextlib.suppress(ConnectionError):
                assert await stuck.reader.read() == b""
    assert len(kept.all) == 1


async def test_a_port_that_is_taken_is_our_fault_and_leaves_nothing_listening() -> None:
    async with taking_in(Kept()) as first:
        with pytest.raises(OurFault, match="cannot listen for mail"):
            async with taking_in(Kept(), lmtp_host="127.0.0.1", lmtp_port=first.smtp_port):
                pytest.fail("it listens")


async def test_no_log_line_tells_who_wrote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kept = Kept()
    async with taking_in(kept) as intake, client_of(intake.smtp_port) as client:
        await client.deliver()
        kept.failing = RuntimeError("anna@example.com")
        await client.deliver()
        await client.ask("MAIL FROM:<")
        await client.ask("anna@example.com")
        for _ in range(101):
            await client.ask("HELP")
    logging.getLogger("mail.log").exception("%r went wrong", "anna@example.com", exc_info=ValueError("anna"))
    for words in ("mail kept as 1, 60 octets", "RuntimeError", "over limit", "- went wrong (ValueError)"):
        assert words in caplog.text
    assert "anna" not in caplog.text.lower()
    assert "127.0.0.1" not in caplog.text


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


@pytest.mark.parametrize(("way", "code"), [("return", 0), ("raise", -2)])
async def test_the_interpreter_ends_although_clients_are_connected(way: str, code: int) -> None:
    command, root = [sys.executable, "-c", EXIT, way], Path(__file__).parent.parent
    process = await asyncio.create_subprocess_exec(*command, cwd=root, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(10):
        _, said = await process.communicate()
    assert process.returncode == code
    assert b"never retrieved" not in said

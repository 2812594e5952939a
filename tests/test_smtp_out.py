"""Delivery through a relay: one verdict for each attempt, told apart by what the relay can have accepted."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from bot.channels.smtp_out import SmtpOut, SmtpOutSettings, mailbox
from bot.errors import Refused, TryLater, Unsure
from bot.port import Attachment, Sender
from tests.certificates import Certificates, make_certificates
from tests.relays import NOW, Script, answering, failure_of, letter, plain, relaying, sending, told

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("strangers"), names=("other.example",))


async def test_what_is_accepted_arrives_as_it_was_and_the_instant_is_that_of_the_250() -> None:
    script = Script()
    asked: list[int] = []
    body = b"Subject: Svar\n\n.hej\r\n.\r\n\xc3\xa5\r..\n" + b"x" * 200_000

    def now() -> datetime:
        asked.append(len(script.mails))
        return NOW

    async with relaying(script) as port:
        settings = SmtpOutSettings(host="127.0.0.1", port=port, hostname="bot", tls="none")
        out = SmtpOut(settings, write=lambda message: body, now=now)
        sender: Sender = out
        file = Attachment(name="karta.pdf", media_type="application/pdf", content=b"%PDF")
        assert await sender.send(letter(return_path="", attachments=(file,))) == NOW
        await out.close()
    assert asked == [1]
    (mail,) = script.mails
    assert mail.content == b"Subject: Svar\r\n\r\n.hej\r\n.\r\n\xc3\xa5\r\n..\r\n" + b"x" * 200_000 + b"\r\n"
    assert (mail.mail_from, mail.rcpt_tos) == ("<>", ["anna@example.com"])
    # 200,000 x, 6 lines of 13, 0, 4, 1, 2 and 2 octets with CRLF each and one more for the last, 3 doubled dots
    assert mail.mail_options == ["SIZE=200039", "BODY=8BITMIME"]


async def test_a_connection_is_kept_and_replaced_after_so_many_mails() -> None:
    script = Script()
    async with relaying(script) as port, sending(port, mails_per_connection=2) as out:
        await out.send(letter())
        await out.send(letter())
        assert len(script.sessions) == 1
        await script.ended.wait()
        await out.send(letter())
        assert len(script.sessions) == 2
    assert len(script.mails) == 3
    assert script.quits == 2


async def test_an_idle_connection_is_closed_with_quit() -> None:
    script = Script()
    async with relaying(script) as port, sending(port, idle_seconds=0.05) as out:
        await out.send(letter())
        async with asyncio.timeout(5):
            await script.ended.wait()
        assert script.quits == 1


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_kept_connection_that_was_closed_is_no_failure(noticed: bool) -> None:
    script = Script()
    async with relaying(script) as port, sending(port) as out:
        await out.send(letter())
        transport = script.sessions[0].transport
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()
        if noticed:
            await script.ended.wait()
        await out.send(letter())
        script.says["MAIL"] = ["421 4.7.0 enough on this connection"]
        await out.send(letter())
    assert len(script.mails) == 3
    assert len(script.sessions) == 3


async def test_a_kept_connection_that_is_silent_is_no_failure() -> None:
    heard: list[str] = []

    def answer(line: str) -> str | None:
        heard.append(line)
        return "" if line.startswith("MAIL") and heard.count(line) == 2 else plain()(line)

    async with answering(answer) as port, sending(port, timeout_seconds=0.2) as out:
        await out.send(letter())
        await out.send(letter())
    assert heard.count("EHLO bot.kommun.se") == 2


async def test_a_kept_connection_that_cannot_begin_anew_is_no_failure() -> None:
    async with answering(plain(RCPT="550 5.1.1 no", RSET="500 what")) as port, sending(port) as out:
        for _ in range(2):
            assert told(await failure_of(out)) == (Refused, "5.1.1")


REPLIES = [
    ("MAIL", "451 4.3.0 later", (TryLater, "451", False)),
    ("MAIL", "421 4.3.2 anna@example.com", (TryLater, "421", True)),
    ("MAIL", "550 5.7.1 sender anna@example.com not allowed", (Refused, "5.7.1")),
    ("MAIL", "530 5.7.0 log in first", (TryLater, "auth", True)),
    ("MAIL", "535 5.7.8 who are you", (TryLater, "auth", True)),
    ("RCPT", "450 4.2.1 greylisted, anna@example.com", (TryLater, "450", False)),
    ("RCPT", "421 4.3.2 closing", (TryLater, "421", True)),
    ("RCPT", "550 5.1.1 no anna@example.com here", (Refused, "5.1.1")),
    ("RCPT", "550 #5.1.0 Address rejected.", (Refused, "5.1.0")),
    ("RCPT", "550-first line\r\n550 and 5.2.2 in the second", (Refused, "5.2.2")),
    ("RCPT", "553 no anna, says 195.5.1.1 (5.1.1.9)", (Refused, "553")),
    ("DATA", "452 4.3.1 disk full", (TryLater, "452", False)),
    ("DATA", "421 4.3.2 closing", (TryLater, "421", True)),
    ("DATA", "554 5.6.0 we do not like it", (Refused, "5.6.0")),
    ("DATA", "552 too big", (Refused, "552")),
]


@pytest.mark.parametrize(("command", "reply", "expected"), REPLIES)
async def test_what_replies_mean_and_that_the_next_mail_goes_through(
    command: str, reply: str, expected: tuple[Any, ...]
) -> None:
    script = Script(**{command: [reply]})
    async with relaying(script) as port, sending(port) as out:
        assert told(await failure_of(out)) == expected
        await out.send(letter())
    assert len(script.mails) == 1
    assert len(script.sessions) == (2 if expected[-1] is True else 1)


BROKEN: list[tuple[dict[str, str | None], tuple[Any, ...]]] = [
    ({"hello": None}, (TryLater, "lost", True)),
    ({"hello": ""}, (TryLater, "timeout", True)),
    ({"hello": "554 no"}, (TryLater, "554", True)),
    ({"hello": "421 too many"}, (TryLater, "421", True)),
    ({"hello": "gibberish"}, (TryLater, "protocol", True)),
    ({"EHLO": "502 what"}, (TryLater, "502", True)),
    ({"EHLO": None}, (TryLater, "lost", True)),
    ({"MAIL": None}, (TryLater, "lost", True)),
    ({"MAIL": ""}, (TryLater, "timeout", True)),
    ({"RCPT": None}, (TryLater, "lost", False)),
    ({"RCPT": "gibberish"}, (TryLater, "protocol", False)),
    ({"RCPT": "354 what"}, (TryLater, "protocol", False)),
    ({"DATA": None}, (TryLater, "lost", False)),
    ({"DATA": ""}, (TryLater, "timeout", False)),
    ({"DATA": "250 what"}, (TryLater, "protocol", False)),
    ({"DATA": "451 4.3.0 later"}, (TryLater, "451", False)),
    ({"DATA": "554 5.5.1 no valid recipients"}, (Refused, "5.5.1")),
    ({".": None}, (Unsure,)),
    ({".": ""}, (Unsure,)),
    ({".": "gibberish"}, (Unsure,)),
    ({".": "354 what"}, (Unsure,)),
]


@pytest.mark.parametrize(("said", "expected"), BROKEN, ids=str)
async def test_a_connection_that_breaks(said: dict[str, str | None], expected: tuple[Any, ...]) -> None:
    async with answering(plain(**said)) as port, sending(port, timeout_seconds=0.2, final_seconds=0.2) as out:
        assert told(await failure_of(out)) == expected


async def test_a_connection_that_breaks_inside_a_message_is_certainly_not_accepted() -> None:
    body = b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 200_000
    async with answering(plain(**{"*": None})) as port, sending(port, body) as out:
        assert told(await failure_of(out)) == (TryLater, "lost", False)
    deaf = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        for reply in (b"250 relay\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354\r\n"):
            await reader.readline()
            writer.write(reply)
        await deaf.wait()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with sending(server.sockets[0].getsockname()[1], body, timeout_seconds=0.3) as out:
        assert told(await failure_of(out)) == (TryLater, "timeout", False)
    deaf.set()
    server.close()


async def test_nobody_there() -> None:
    async with answering(plain()) as port:
        pass
    for host in ("127.0.0.1", "a..b"):
        async with sending(port, host=host) as out:
            assert told(await failure_of(out)) == (TryLater, "connect", True)
        assert told(await failure_of(out)) == (TryLater, "closed", True)


async def test_starttls_and_its_login(certificates: Certificates) -> None:
    script = Script()
    logins: list[tuple[str, bytes]] = []

    def check(server: SMTP, session: Session, envelope: Envelope, way: str, login: Any) -> AuthResult:
        logins.append((way, login.password))
        return AuthResult(success=login == (b"bot", "hemligt å".encode()), handled=False)

    options: dict[str, Any] = {"tls_context": certificates.server_context(), "authenticator": check}
    tls: dict[str, Any] = {"tls": "starttls", "host": "localhost", "ca_file": certificates.ca_file, "username": "bot"}
    async with relaying(script, **options, auth_required=True) as port:
        async with sending(port, **tls, password=lambda: "hemligt å") as out:
            await out.send(letter())
            assert script.sessions[0].session is not None
            assert script.sessions[0].session.ssl is not None
        async with sending(port, **tls, password=lambda: "fel") as out:
            assert told(await failure_of(out)) == (TryLater, "auth", True)
        async with sending(port, **tls, password=lambda: str(1 / 0)) as out:
            assert told(await failure_of(out)) == (TryLater, "auth", True)
    async with relaying(script, **options, auth_exclude_mechanism=["PLAIN"]) as port:
        async with sending(port, **tls, password=lambda: "hemligt å") as out:
            await out.send(letter())
    async with relaying(script, **options, auth_exclude_mechanism=["PLAIN", "LOGIN"]) as port:
        async with sending(port, **tls, password=lambda: "hemligt å") as out:
            assert told(await failure_of(out)) == (TryLater, "auth", True)
    assert [way for way, _ in logins] == ["PLAIN", "PLAIN", "LOGIN"]
    assert len(script.mails) == 2


async def test_xoauth2_takes_a_new_token_for_each_connection(certificates: Certificates) -> None:
    script = Script(AUTH=["250", "250", "535 5.7.3 no", "454 4.7.0 later"], MAIL=["250", "530 5.7.0 expired"])
    tokens = iter(["one", "two", "three", "four"])
    tls: dict[str, Any] = {"tls": "starttls", "ca_file": certificates.ca_file, "username": "bot"}
    async with relaying(script, tls_context=certificates.server_context()) as port:
        async with sending(port, **tls, access_token=lambda: next(tokens)) as out:
            await out.send(letter())
            await out.send(letter())  # the first connection's login has expired
        async with sending(port, **tls, access_token=lambda: next(tokens)) as out:
            assert told(await failure_of(out)) == (TryLater, "auth", True)
            assert told(await failure_of(out)) == (TryLater, "454", True)
    assert script.tokens == [
        b"user=bot\x01auth=Bearer %b\x01\x01" % token for token in (b"one", b"two", b"three", b"four")
    ]


async def test_nothing_is_sent_in_the_clear_where_tls_is_wanted(certificates: Certificates) -> None:
    heard: list[str] = []

    def answer(line: str) -> str | None:
        heard.append(line)
        return plain(STARTTLS="454 not now")(line)

    tls: dict[str, Any] = {"ca_file": certificates.ca_file, "timeout_seconds": 0.5}
    async with answering(answer) as port, sending(port, **tls, tls="starttls") as out:
        assert told(await failure_of(out)) == (TryLater, "tls_not_offered", True)
    assert heard == ["hello", "EHLO bot.kommun.se", "gone"]
    async with answering(lambda line: "250-a\r\n250 STARTTLS" if "EHLO" in line else answer(line)) as port:
        async with sending(port, **tls, tls="starttls") as out:
            assert told(await failure_of(out)) == (TryLater, "454", True)
    async with answering(answer) as port, sending(port, **tls, tls="implicit") as out:
        assert told(await failure_of(out)) == (TryLater, "tls", True)
    assert not any(line.startswith(("MAIL", "AUTH")) for line in heard)


@pytest.mark.parametrize("way", ["implicit", "starttls"])
async def test_only_the_right_certificate_will_do(
    certificates: Certificates, strangers: Certificates, way: str
) -> None:
    script = Script()
    for shown, trusted, host, expected in (
        (certificates, certificates, "localhost", None),
        (certificates, strangers, "localhost", "certificate"),
        (strangers, strangers, "localhost", "certificate"),
        (strangers, strangers, "127.0.0.1", None),
    ):
        context = shown.server_context()
        served: dict[str, Any] = {"implicit": context} if way == "implicit" else {"tls_context": context}
        async with relaying(script, **served) as port:
            async with sending(port, tls=way, host=host, ca_file=trusted.ca_file) as out:
                if expected is None:
                    await out.send(letter())
                else:
                    assert told(await failure_of(out)) == (TryLater, expected, True)
    assert len(script.mails) == 2


async def test_four_at_once_and_the_rest_after_them() -> None:
    script = Script()
    script.together = asyncio.Barrier(4)
    async with relaying(script) as port, sending(port) as out, asyncio.timeout(10):
        await asyncio.gather(*(out.send(letter()) for _ in range(12)))
        assert len(script.sessions) == 4
    assert len(script.mails) == 12


@pytest.mark.parametrize("at", ["hello", "EHLO", "MAIL", "."])
async def test_a_cancelled_send_closes_its_connection(at: str) -> None:
    there, gone = asyncio.Event(), asyncio.Event()
    said: dict[str, str | None] = {at: ""}

    def answer(line: str) -> str | None:
        if line == "gone":
            gone.set()
        if line.split(" ")[0] == at and at in said:
            there.set()
        return plain(**said)(line)

    async with answering(answer) as port, sending(port) as out, asyncio.timeout(5):
        task = asyncio.create_task(out.send(letter()))
        await there.wait()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        said.clear()
        await out.send(letter())
        await gone.wait()


async def test_addresses_beyond_ascii() -> None:
    script = Script()
    async with relaying(script) as port, sending(port) as out:
        await out.send(letter("åsa@växjö.se"))
        await out.send(letter("anna@Växjö.se"))
    assert [mail.rcpt_tos for mail in script.mails] == [["åsa@xn--vxj-qla6g.se"], ["anna@xn--vxj-qla6g.se"]]
    assert ["SMTPUTF8" in mail.mail_options for mail in script.mails] == [True, False]
    script = Script()
    async with relaying(script, enable_SMTPUTF8=False) as port, sending(port) as out:
        assert told(await failure_of(out, letter("åsa@example.com"))) == (Refused, "5.6.7")
        assert told(await failure_of(out, letter("asa@straße.example"))) == (Refused, "5.6.7")
        await out.send(letter("asa@växjö.se"))


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@b.se", "a@b.se, c@d.se", "a b@c.se", "a@b.se>\r\nRCPT TO:<c@d.se", "a@b.se> X=<",
     "<a@b.se>", "a@b@c.se", '"a"b@c.se', "a\udce5@b.se", "a@b.se\n", "Anna <a@b.se>", "a(b)@c.se"],
)  # fmt: skip
async def test_what_is_not_one_address_is_refused_unsent(address: str) -> None:
    script = Script()
    async with relaying(script) as port, sending(port) as out:
        with pytest.raises(Refused, match=r"5\.1\.3"):
            await out.send(letter(address))
        if address:
            with pytest.raises(Refused, match=r"5\.1\.7"):
                await out.send(letter(return_path=address))
    assert script.sessions == []


@pytest.mark.parametrize("address", ["a@b.se", '"a b>"@c.se', "a+b=c/d!e@f.se", "a..b.@c.se", "a@[127.0.0.1]"])
async def test_unusual_addresses_stand_as_they_are(address: str) -> None:
    assert mailbox(address, status="5.1.3") == address


async def test_settings_that_cannot_be_meant() -> None:
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": 25, "hostname": "bot", "tls": "none"}
    both = {"username": "bot", "password": str, "access_token": str, "tls": "implicit"}
    clear = {"username": "bot", "password": str}
    for changes in ({"username": "bot"}, {"password": str}, both, clear, {"hostname": "b k"}, {"hostname": ""}):
        with pytest.raises(ValueError, match=r"login|host name"):
            SmtpOutSettings(**(usual | changes))

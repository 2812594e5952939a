import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.channels.imap_folder import describe, fetch, find_sent, list_from, list_new, list_since, select
from bot.channels.imap_session import Line, await_news, close_session, open_session, xoauth2
from bot.errors import KommunsvarError, OurFault, TryLater
from bot.mailbox import MailboxSettings
from tests import dovecot as dovecots
from tests.certificates import make_certificates
from tests.imap_server import ImapServer


@pytest.fixture(scope="module")
def dovecot() -> Iterator[dovecots.Dovecot]:
    with dovecots.server() as running:
        if running is None:
            pytest.skip(dovecots.WHY_NOT)
        yield running


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer().running() as running:
        yield running


def make_settings(port: int, **changes: Any) -> MailboxSettings:
    values: dict[str, Any] = {
        "id": "kc", "address": "kontakt@kommun.example", "host": "127.0.0.1", "port": port, "tls": "none",
        "username": "elsa", "password": lambda: dovecots.PASSWORD, "timeout_seconds": 2.0,
    }  # fmt: skip
    return MailboxSettings(**{**values, **changes})


def token_settings(port: int, **changes: Any) -> MailboxSettings:
    return make_settings(port, **{"password": None, "access_token": lambda: "hemlig-token", **changes})


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
def test_a_password_of_any_letters_logs_in_over_every_kind_of_tls(dovecot: dovecots.Dovecot, tls: str) -> None:
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    client = open_session(make_settings(port, tls=tls, ca_file=dovecot.certificates.ca_file))
    assert select(client, "INBOX", read_only=True).uidvalidity > 0
    close_session(client)


def test_dovecot_takes_our_xoauth2(dovecot: dovecots.Dovecot) -> None:
    client = open_session(
        token_settings(
            dovecot.tls_port, tls="implicit", ca_file=dovecot.certificates.ca_file,
            access_token=lambda: dovecot.token("elsa"),
        )
    )  # fmt: skip
    assert select(client, "INBOX", read_only=True).uid_next == 1
    close_session(client)


@pytest.mark.parametrize("token", ["forged", "late"])
def test_dovecot_refuses_a_token_that_is_not_good(dovecot: dovecots.Dovecot, token: str) -> None:
    bad = dovecot.token("elsa", key=b"x") if token == "forged" else dovecot.token("elsa", seconds=-600)
    forgotten: list[bool] = []
    settings = token_settings(
        dovecot.port, access_token=lambda: bad, forget_token=lambda: forgotten.append(True), timeout_seconds=5
    )
    with pytest.raises(OurFault, match=r"^auth_refused$"):
        open_session(settings)
    assert forgotten == [True]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("another authority", "tls"),
        ("another name", "tls"),
        ("no tls there", "tls"),
        ("no such file", "tls"),
        ("wrong password", "auth_refused"),
        ("nobody listens", "unreachable"),
    ],
)
def test_what_keeps_us_out_has_a_code(dovecot: dovecots.Dovecot, tmp_path: Path, case: str, code: str) -> None:
    good = {"tls": "implicit", "ca_file": dovecot.certificates.ca_file}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = {
            "another authority": lambda: make_settings(
                dovecot.tls_port, tls="implicit", ca_file=make_certificates(tmp_path).ca_file
            ),
            "another name": lambda: make_settings(dovecot.tls_port, **{**good, "host": "127.0.0.2"}),
            "no tls there": lambda: make_settings(dovecot.port, **good),
            "no such file": lambda: make_settings(dovecot.tls_port, tls="implicit", ca_file=f"{tmp_path}/nothing"),
            "wrong password": lambda: make_settings(dovecot.tls_port, **good, password=lambda: "fel"),
            "nobody listens": lambda: make_settings(free.getsockname()[1]),
        }[case]()
        assert raised_by(settings) == code


def raised_by(settings: MailboxSettings) -> str:
    with pytest.raises(KommunsvarError) as error:
        open_session(settings)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return str(error.value)


def test_starttls_that_is_not_offered_never_leads_to_a_login_in_the_clear(server: ImapServer) -> None:
    assert raised_by(make_settings(server.port, tls="starttls")) == "tls"
    assert server.logins == []


@pytest.mark.parametrize(
    ("capabilities", "password", "code", "mechanisms"),
    [
        ("IMAP4rev1 AUTH=PLAIN", "åäö", "", ["PLAIN"]),
        ("IMAP4rev1 LOGINDISABLED AUTH=PLAIN", "abc", "", ["PLAIN"]),
        ("IMAP4rev1", "abc", "", ["LOGIN"]),
        ("IMAP4rev1", "åäö", "auth_unsupported", []),
        ("IMAP4rev1 LOGINDISABLED", "abc", "auth_unsupported", []),
    ],
)
def test_the_way_of_logging_in_is_one_that_the_server_offers(
    server: ImapServer, capabilities: str, password: str, code: str, mechanisms: list[str]
) -> None:
    server.capabilities = capabilities
    settings = make_settings(server.port, password=lambda: password)
    if code:
        assert raised_by(settings) == code
    else:
        close_session(open_session(settings))
    assert [name for name, _ in server.logins] == mechanisms


def test_the_xoauth2_response_is_as_documented(server: ImapServer) -> None:
    close_session(open_session(token_settings(server.port)))
    assert server.logins == [("XOAUTH2", b"user=elsa\x01auth=Bearer hemlig-token\x01\x01")]
    assert xoauth2("elsa", "t") == b"user=elsa\x01auth=Bearer t\x01\x01"


def test_the_challenge_of_a_refused_token_is_answered_by_an_empty_line(server: ImapServer) -> None:
    server.refuse_login = "NO [AUTHENTICATIONFAILED] Elsa Exempel is not welcome"
    assert raised_by(token_settings(server.port)) == "auth_refused"
    assert server.logins[1:] == [("XOAUTH2", b"")]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ("NO [UNAVAILABLE] later", TryLater, "busy"),
        ("NO [AUTHENTICATIONFAILED] no", OurFault, "auth_refused"),
        ("BAD what", OurFault, "auth_refused"),
    ],
)
def test_a_server_that_cannot_now_is_not_one_that_refuses(
    server: ImapServer, answer: str, kind: type[Exception], code: str
) -> None:
    server.refuse_login = answer
    with pytest.raises(kind, match=rf"^{code}$"):
        open_session(make_settings(server.port))


@pytest.mark.parametrize(
    ("trouble", "code"), [("BYE", "closed"), ("CLOSE", "closed"), ("HANG", "timeout"), ("NO", "auth_refused")]
)
def test_trouble_while_logging_in_has_a_code(server: ImapServer, trouble: str, code: str) -> None:
    server.trouble = lambda words: trouble if words.startswith("AUTHENTICATE") else None
    assert raised_by(make_settings(server.port, timeout_seconds=0.3)) == code


def test_a_server_that_sends_us_away_at_once_is_closed(server: ImapServer) -> None:
    server.greeting = "* BYE full"
    assert raised_by(make_settings(server.port)) in {"closed", "refused"}


def test_a_token_that_cannot_be_had_passes_through(server: ImapServer) -> None:
    def no_token() -> str:
        raise TryLater("oauth_unreachable")

    assert raised_by(token_settings(server.port, access_token=no_token)) == "oauth_unreachable"


def test_a_password_that_cannot_be_read_is_no_fault_of_the_network(server: ImapServer, tmp_path: Path) -> None:
    settings = make_settings(server.port, password=(tmp_path / "nothing").read_text)
    assert raised_by(settings) == "auth_refused"
    assert server.logins == []


def test_no_answer_of_a_server_is_ever_quoted(server: ImapServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client = open_session(make_settings(server.port))
    troubles = iter(["NO", "BYE"])
    server.trouble = lambda _: next(troubles)
    for code in ("no_folder", "closed"):
        with pytest.raises(KommunsvarError) as error:
            select(client, "Hemligheten", read_only=True)
        assert str(error.value) == code
    close_session(client)
    for word in ("Elsa", "elsa", "Hemligheten", dovecots.PASSWORD):
        assert word not in caplog.text


@pytest.mark.parametrize("wrong", [
    {"id": "kontakt@kommun.example"}, {"id": ""}, {"password": None}, {"access_token": lambda: "x"},
    {"tls": "none", "host": "imap.example.org"}, {"after": "move"}, {"move_to": "Klart"},
    {"after": "move", "move_to": "INBOX"}, {"poll_seconds": 900}, {"idle_seconds": 0},
])  # fmt: skip
def test_settings_that_contradict_themselves_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        make_settings(143, **wrong)


def test_settings_show_no_secret() -> None:
    assert "lambda" not in repr(make_settings(143))


class TestIdle:
    def test_news_end_it_at_once(self, server: ImapServer) -> None:
        client = self.idling(server)
        threading.Timer(0.1, server.add, [b"Subject: x\r\n\r\n"]).start()
        begin = time.monotonic()
        assert await_news(client, 5)
        assert time.monotonic() - begin < 4
        assert list_new(client, 0) == [1]
        close_session(client)

    def test_silence_ends_it_at_its_time_and_it_can_begin_again(self, server: ImapServer) -> None:
        client = self.idling(server)
        assert not await_news(client, 0.05)
        assert not await_news(client, 0.05)
        assert server.heard.count("DONE") == 2
        close_session(client)

    def test_news_between_looking_and_waiting_are_not_lost(self, dovecot: dovecots.Dovecot) -> None:
        client = open_session(make_settings(dovecot.port))
        select(client, "INBOX", read_only=True)
        with dovecot.client("elsa") as other:
            other.append("INBOX", b"Subject: x\r\n\r\nHej\r\n")
        # The server tells of it within the answer to this, which is about something else.
        assert list_new(client, 10_000) == []
        begin = time.monotonic()
        assert await_news(client, 5)
        assert time.monotonic() - begin < 4
        close_session(client)

    @pytest.mark.parametrize("said", [b"* 1 EXISTS\r\n+ idling\r\n", b"+ idling\r\n* 1 EXISTS\r\n"])
    @pytest.mark.parametrize("tls", [False, True])
    def test_news_in_one_segment_with_the_go_ahead_count(self, tmp_path: Path, said: bytes, tls: bool) -> None:
        certificates = make_certificates(tmp_path)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=_speak, args=(listening, certificates if tls else None, said))
            thread.start()
            mode = {"tls": "implicit", "ca_file": certificates.ca_file} if tls else {}
            client = open_session(make_settings(listening.getsockname()[1], password=lambda: "abc", **mode))
            assert await_news(client, 1.5)
            close_session(client)
            thread.join()

    @pytest.mark.parametrize(
        ("trouble", "code"), [("BYE", "closed"), ("LINGER", "closed"), ("CLOSE", "closed"), ("NO", "refused")]
    )
    def test_its_refusal_and_the_end_are_heard(self, server: ImapServer, trouble: str, code: str) -> None:
        client = self.idling(server)
        server.trouble = lambda words: trouble if words == "IDLE" else None
        with pytest.raises(TryLater, match=rf"^{code}$"):
            await_news(client, 5)
        close_session(client, politely=False)

    def test_a_server_that_hangs_up_in_the_midst_is_not_taken_for_a_silent_one(self, server: ImapServer) -> None:
        client = self.idling(server)
        threading.Timer(0.1, server.hang_up).start()
        with pytest.raises(TryLater, match=r"^closed$"):
            await_news(client, 5)
        close_session(client, politely=False)

    @pytest.mark.parametrize("tls", ["none", "implicit"])
    def test_cutting_the_line_ends_it_at_once(self, dovecot: dovecots.Dovecot, tls: str) -> None:
        line = Line()
        port = dovecot.tls_port if tls == "implicit" else dovecot.port
        client = open_session(make_settings(port, tls=tls, ca_file=dovecot.certificates.ca_file), line)
        select(client, "INBOX", read_only=True)
        threading.Timer(0.1, line.cut).start()
        begin = time.monotonic()
        with pytest.raises(TryLater, match=r"^(closed|unreachable)$"):
            await_news(client, 5)
        assert time.monotonic() - begin < 4
        close_session(client)

    def idling(self, server: ImapServer) -> Any:
        client = open_session(make_settings(server.port))
        select(client, "INBOX", read_only=True)
        return client


def _speak(listening: socket.socket, certificates: Any, said: bytes) -> None:
    """Log one client in, answer its IDLE with these octets in one go, and then only its DONE."""
    sock, _ = listening.accept()
    if certificates is not None:
        sock = certificates.server_context().wrap_socket(sock, server_side=True)
    with sock, sock.makefile("rwb") as stream:
        stream.write(b"* OK ready\r\n")
        stream.flush()
        tag = b""
        for line in stream:
            word = line.split()[1].upper() if b" " in line else line.strip().upper()
            tag = line.split()[0] if b" " in line else tag
            stream.write({
                b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + b" OK done\r\n", b"IDLE": said,
            }.get(word, tag + b" OK done\r\n"))  # fmt: skip
            stream.flush()


def test_cutting_ends_a_connection_that_is_being_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, never greets
        line = Line()
        threading.Timer(0.1, line.cut).start()
        begin = time.monotonic()
        with pytest.raises(TryLater):
            open_session(make_settings(silent.getsockname()[1], timeout_seconds=5), line)
        assert time.monotonic() - begin < 4
        with pytest.raises(TryLater):
            open_session(make_settings(silent.getsockname()[1], timeout_seconds=5), line)
        assert time.monotonic() - begin < 4


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((["Arkiv"], ["Utkast"]), None),
        ((["Skickade objekt"],), "Skickade objekt"),
        ((["Lähetetyt"],), "Lähetetyt"),
        ((["Arkiv"], ["Arkiv", "Sent Items"]), "Arkiv/Sent Items"),
        ((["Skickat"], ["Sent"]), "Skickat"),  # marked by the server
    ],
)
def test_the_folder_of_sent_mail_is_found(
    dovecot: dovecots.Dovecot, request: pytest.FixtureRequest, names: tuple[list[str], ...], found: str | None
) -> None:
    user = f"find{abs(hash(str(names)))}"
    client = open_session(make_settings(dovecot.port, username=user))
    for name in names:
        client.create_folder("/".join(name))
    assert find_sent(client) == found
    close_session(client)


def test_a_large_folder_is_listed_in_pieces(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.imap_folder._UIDS_AT_ONCE", 4)
    server.mails = dict.fromkeys([*range(3, 12), 40, 41], b"x")
    client = open_session(make_settings(server.port))
    selected = select(client, "INBOX", read_only=True)
    assert list_from(client, selected, 1) == [*range(3, 12), 40, 41]
    assert list_from(client, selected, 10) == [10, 11, 40, 41]
    assert list_from(client, selected, 99) == []
    assert list_new(client, 41) == []
    close_session(client)


def test_mails_since_a_day_are_asked_for_from_the_day_before(server: ImapServer) -> None:
    server.mails = dict.fromkeys([1, 2, 5], b"x")
    client = open_session(make_settings(server.port))
    selected = select(client, "INBOX", read_only=True)
    assert list_since(client, selected, date(2026, 3, 1), 5) == [1, 2]
    assert server.heard[-1].endswith("SEARCH 1:3 UID 1:4 SINCE 28-Feb-2026")
    assert list_since(client, selected, date(2026, 3, 1), 1) == []
    close_session(client)


def test_a_mail_is_described_and_fetched_whole_or_in_part(server: ImapServer) -> None:
    server.mails = {5: b"Subject: x\r\n\r\n\0\xff)\r\n" * 3}
    client = open_session(make_settings(server.port))
    select(client, "INBOX", read_only=True)
    described = describe(client, [5, 6])
    assert list(described) == [5]
    assert described[5].size == len(server.mails[5])
    assert described[5].taken_at is not None
    assert described[5].taken_at.isoformat() == "2026-11-20T08:12:00+00:00"
    assert fetch(client, [5, 6]) == server.mails
    assert fetch(client, [5], beginning=10) == {5: b"Subject: x"}
    assert all("PEEK" in line for line in server.heard if "BODY" in line)
    close_session(client)

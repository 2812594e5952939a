import json
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.channels.oauth import OauthSettings, TokenSource, token_source
from bot.errors import TryLater
from tests.certificates import Certificates, make_certificates

SECRET, CONSENT, TOKEN = "applikationens-hemlighet", "samtyckets-hemlighet", "nyckeln"


class Endpoint:
    """Plays both token endpoints. `asked` are the forms that came; `answer` is given to each, by its number."""

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.answer: dict[str, Any] = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        self.raw: bytes | None = None
        self.seconds = 0.0
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def respond(self, path: str, body: bytes) -> tuple[int, bytes]:
        if path.endswith("/.well-known/openid-configuration"):
            tenant = path.split("/")[1]
            ends = {f"{end}_endpoint": f"{self.url}/{tenant}/oauth2/v2.0/{end}" for end in ("authorization", "token")}
            return 200, json.dumps({"issuer": f"{self.url}/{tenant}/v2.0", **ends}).encode()
        time.sleep(self.seconds)
        self.asked.append(dict(urllib.parse.parse_qsl(body.decode())))
        answer = {**self.answer, **({"access_token": f"{TOKEN}-{len(self.asked)}"} if self.status == 200 else {})}
        return self.status, json.dumps(answer).encode() if self.raw is None else self.raw


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def endpoint(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NO_PROXY", "localhost")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they outdo what is asked for
        monkeypatch.delenv(name, raising=False)
    endpoint = Endpoint(certificates)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = endpoint.respond(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        server.socket = certificates.server_context().wrap_socket(server.socket, server_side=True)
        endpoint.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield endpoint
        server.shutdown()
        thread.join()


def application(endpoint: Endpoint, **changes: Any) -> OauthSettings:
    """Microsoft 365, with the application's own secret."""
    values: dict[str, Any] = {
        "provider": "microsoft365", "tenant": "kommun.example", "client_id": "app", "client_secret": lambda: SECRET,
        "authority": endpoint.url, "ca_file": endpoint.certificates.ca_file, "timeout_seconds": 3.0,
    }  # fmt: skip
    return OauthSettings(**{**values, **changes})


def consent(endpoint: Endpoint, folder: Path, provider: str = "google", **changes: Any) -> OauthSettings:
    """A person's consent, in a file."""
    file = folder / "consent"
    if not file.exists():
        file.write_text(CONSENT + "\n")
    secret = (lambda: SECRET) if provider == "google" else None
    values: dict[str, Any] = {
        "provider": provider, "client_id": "app", "client_secret": secret, "refresh_token_file": file,
        "token_url": f"{endpoint.url}/token", **changes,
    }  # fmt: skip
    return application(endpoint, **values)


@pytest.fixture(params=["application", "microsoft365", "google"])
def settings(request: pytest.FixtureRequest, endpoint: Endpoint, tmp_path: Path) -> OauthSettings:
    """Each way of getting tokens in turn."""
    if request.param == "application":
        return application(endpoint)
    return consent(endpoint, tmp_path, request.param)


def test_an_application_asks_for_itself(endpoint: Endpoint) -> None:
    assert token_source(application(endpoint))() == "nyckeln-1"
    (form,) = endpoint.asked
    assert (form["grant_type"], form["client_id"], form["client_secret"]) == ("client_credentials", "app", SECRET)
    assert form["scope"] == "https://outlook.office365.com/.default"


def test_a_persons_consent_is_used_at_microsoft(endpoint: Endpoint, tmp_path: Path) -> None:
    assert token_source(consent(endpoint, tmp_path, "microsoft365"))() == "nyckeln-1"
    (form,) = endpoint.asked
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", CONSENT)
    assert "https://outlook.office.com/IMAP.AccessAsUser.All" in form["scope"].split()
    assert "client_secret" not in form


def test_a_persons_consent_is_used_at_google(endpoint: Endpoint, tmp_path: Path) -> None:
    assert token_source(consent(endpoint, tmp_path))() == "nyckeln-1"
    assert endpoint.asked == [
        {"grant_type": "refresh_token", "client_id": "app", "client_secret": SECRET, "refresh_token": CONSENT}
    ]


def test_a_token_is_used_until_five_minutes_before_its_end(endpoint: Endpoint, settings: OauthSettings) -> None:
    at = 1000.0
    source = TokenSource(settings, clock=lambda: at)
    assert [source(), source()] == ["nyckeln-1"] * 2
    at = 1000.0 + 3600 - 301
    assert source() == "nyckeln-1"
    at = 1000.0 + 3600 - 300
    assert source() == "nyckeln-2"


@pytest.mark.parametrize(("seconds", "used"), [(100, 50), (400, 200), ("3600", 3300), (0, 0), (None, 0), ("soon", 0)])
def test_a_short_life_is_used_for_half(endpoint: Endpoint, tmp_path: Path, seconds: object, used: int) -> None:
    at = 0.0
    endpoint.answer["expires_in"] = seconds
    source = TokenSource(consent(endpoint, tmp_path), clock=lambda: at)
    source()
    at = used - 0.1 if used else 0
    assert source() == ("nyckeln-1" if used else "nyckeln-2")
    at = used
    assert source() == ("nyckeln-2" if used else "nyckeln-3")


def test_a_forgotten_token_is_fetched_anew(endpoint: Endpoint, settings: OauthSettings) -> None:
    source = token_source(settings)
    source()
    source.forget()
    assert source() == "nyckeln-2"


def test_many_threads_fetch_one(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.seconds = 0.1
    source = token_source(consent(endpoint, tmp_path))
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(source())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["nyckeln-1"] * 8


@pytest.mark.parametrize("provider", ["microsoft365", "google"])
def test_a_new_consent_replaces_the_old_in_its_file(endpoint: Endpoint, tmp_path: Path, provider: str) -> None:
    source = token_source(consent(endpoint, tmp_path, provider))
    endpoint.answer["refresh_token"] = "nytt-samtycke"
    source()
    file = tmp_path / "consent"
    assert file.read_text() == "nytt-samtycke"
    assert file.stat().st_mode & 0o777 == 0o600
    source.forget()
    source()
    assert endpoint.asked[-1]["refresh_token"] == "nytt-samtycke"
    assert [path.name for path in tmp_path.iterdir()] == ["consent"]


def raised_by(settings: OauthSettings) -> str:
    with pytest.raises(TryLater) as error:
        token_source(settings)()
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return str(error.value)


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (400, {"error": "invalid_grant", "error_description": "elsa@example.org gave " + CONSENT}, "oauth_refused"),
        (401, {"error": "invalid_client"}, "oauth_refused"),
        (400, {"error": "elsa@example.org"}, "oauth_refused"),
        (200, {"access_token": ""}, "oauth_refused"),
        (503, {"error": "server_error"}, "oauth_unreachable"),
        (400, {"error": "temporarily_unavailable"}, "oauth_unreachable"),
    ],
)
def test_what_keeps_a_token_from_us_has_a_code(
    endpoint: Endpoint, settings: OauthSettings, status: int, answer: dict[str, Any], code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    endpoint.status, endpoint.answer, endpoint.raw = status, answer, json.dumps(answer).encode()
    assert raised_by(settings) == code
    for word in (SECRET, CONSENT, "elsa", "@"):
        assert word not in caplog.text


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"null", b"\xff" * 100_000])
def test_an_answer_that_is_none_is_a_refusal(endpoint: Endpoint, settings: OauthSettings, raw: bytes) -> None:
    endpoint.raw = raw
    assert raised_by(settings) == "oauth_refused"


def test_nobody_there_slow_or_false_is_unreachable(endpoint: Endpoint, settings: OauthSettings, tmp_path: Path) -> None:
    def changed(**changes: Any) -> OauthSettings:
        fields = {name: getattr(settings, name) for name in OauthSettings.__slots__}
        return OauthSettings(**{**fields, **changes})

    nobody = "https://localhost:1"
    assert raised_by(changed(authority=nobody, token_url=nobody)) == "oauth_unreachable"
    assert raised_by(changed(ca_file=make_certificates(tmp_path).ca_file)) == "oauth_unreachable"
    endpoint.seconds = 0.4
    assert raised_by(changed(timeout_seconds=0.2)) == "oauth_unreachable"


def test_a_secret_that_cannot_be_read_is_a_refusal(endpoint: Endpoint, tmp_path: Path) -> None:
    settings = consent(endpoint, tmp_path)
    (tmp_path / "consent").unlink()
    assert raised_by(settings) == "oauth_refused"
    assert endpoint.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": ""}, {"client_secret": None}, {"provider": "google"}, {"authority": "http://localhost"},
        {"token_url": "file:///etc/passwd"},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any], certificates: Certificates) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        application(Endpoint(certificates), **{"authority": "https://localhost", **wrong})


def test_settings_show_no_secret(endpoint: Endpoint) -> None:
    assert "lambda" not in repr(application(endpoint))


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, bot.channels.oauth; sys.exit('msal' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0

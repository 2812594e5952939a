"""The token appears in no log, whoever writes the line and however."""

import io
import logging
from collections.abc import Iterator

import httpx
import pytest
from telegram.request import BaseRequest

from bot.channels.telegram_logs import install, redact

# The shape of a real one, made up: digits, a colon, 35 signs.
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"
OTHER = "220201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsawY"


class Log:
    """A log with its own handler on its own logger, as an application sets one up, and what it wrote."""

    def __init__(self, name: str) -> None:
        self._stream = io.StringIO()
        self._handler = logging.StreamHandler(self._stream)
        self._handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.logger = logging.getLogger(name)
        self.logger.addHandler(self._handler)

    @property
    def written(self) -> str:
        return self._stream.getvalue()

    def close(self) -> None:
        self.logger.removeHandler(self._handler)


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """A log that was there before, and the redaction of TOKEN."""
    names = ("httpx", "httpcore", "telegram")
    levels = {name: logging.getLogger(name).level for name in names}
    log = Log(getattr(request, "param", "bot.example"))
    log.logger.setLevel(logging.INFO)
    undo = install(TOKEN)
    yield log
    undo()
    log.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(("said", "left"), [
    (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot<token>/getMe"),
    (f"the other one {OTHER}.", "the other one <token>."),
    ("bot110201543%3AAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX/x", "bot<token>/x"),
    ("kept as 12 at 09:15:00, 3 of 4", "kept as 12 at 09:15:00, 3 of 4"),
    ("sandbox:short", "sandbox:short"),
])  # fmt: skip
def test_what_has_the_shape_of_a_token_goes(said: str, left: str) -> None:
    assert redact(said) == left


def test_a_configured_token_of_any_shape_goes() -> None:
    assert redact("http://127.0.0.1:8081/botsandbox:short/getMe", "sandbox:short") == (
        "http://127.0.0.1:8081/bot<token>/getMe"
    )


class Address:
    def __str__(self) -> str:
        return f"https://api.telegram.org/bot{TOKEN}/getMe"


def test_words_and_arguments_of_any_kind(log: Log) -> None:
    log.logger.warning("asked %s", Address())
    log.logger.warning("asked %(where)s", {"where": f"bot{TOKEN}"})
    log.logger.warning("asked " + TOKEN)  # noqa: G003
    log.logger.warning("%d of %s", "no number", TOKEN)
    log.logger.warning("kept %d of %s", 3, "case K-7Q4M2X-9")
    assert TOKEN not in log.written
    assert log.written.count("<token>") == 4
    assert "kept 3 of case K-7Q4M2X-9\n" in log.written


def fail(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


def test_errors_and_what_caused_them(log: Log) -> None:
    cause = httpx.ConnectError(f"All connection attempts to /bot{TOKEN}/getMe failed")
    for error in (RuntimeError(f"no answer from {OTHER}"), ValueError("nothing secret")):
        try:
            fail(error, cause if isinstance(error, RuntimeError) else None)
        except Exception:
            log.logger.exception("failed")
    log.logger.warning("here", stack_info=True)
    assert TOKEN not in log.written
    assert OTHER not in log.written
    assert "RuntimeError: no answer from <token>" in log.written
    assert "to /bot<token>/getMe failed" in log.written
    assert "ValueError: nothing secret" in log.written


@pytest.mark.parametrize("log", ["httpx"], indirect=True)
def test_httpx_does_not_tell_each_request(log: Log) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="{}"))
    log.logger.setLevel(logging.NOTSET)
    undo = install(TOKEN)
    with httpx.Client(transport=transport) as client:
        client.get(f"https://api.telegram.org/bot{TOKEN}/getMe")
    undo()
    assert log.written == ""


@pytest.mark.parametrize("log", ["telegram"], indirect=True)
def test_the_library_does_not_quote_what_people_wrote(log: Log) -> None:
    # It logs an answer that it cannot read, whole.
    with pytest.raises(Exception, match="Invalid server response"):
        BaseRequest.parse_json_payload(b'{"text": "Hej, jag heter Elsa"')
    assert log.written == ('ERROR telegram.request.BaseRequest Can not load invalid JSON data: "-" (JSONDecodeError)\n')


def test_it_can_be_undone() -> None:
    before = logging.getLogRecordFactory()
    undo = install(TOKEN)
    assert logging.getLogRecordFactory() is not before
    undo()
    assert logging.getLogRecordFactory() is before

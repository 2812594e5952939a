"""Logs without the token. It stands in every address that the Bot API is asked at, so every library may tell it."""

import logging
import re
import traceback
from collections.abc import Callable

_SHAPE = re.compile(r"\d+(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_INSTEAD = "<token>"
_LIBRARIES = ("httpx", "httpcore", "telegram")

_Factory = Callable[..., logging.LogRecord]


def install(token: str = "") -> Callable[[], None]:
    """Take the token out of every log record of the process from now on, and return what undoes that.

    Records are changed as they are made, before any handler sees them: their text, and the text of an error with them.
    What merely has a token's shape goes, too. The libraries beneath are heard from WARNING on, and in their own words
    only: what they fill in are addresses, and what people wrote.
    """
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(_redacting(before, token))
    return lambda: logging.setLogRecordFactory(before)


def redact(text: str, token: str = "") -> str:
    """Return the text without the token, and without whatever looks like one."""
    return _SHAPE.sub(_INSTEAD, text.replace(token, _INSTEAD) if token else text)


def _redacting(make: _Factory, token: str) -> _Factory:
    def factory(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.name.partition(".")[0] in _LIBRARIES:
            _leave_words(record)
        _redact_words(record, token)
        _redact_error(record, token)
        return record

    return factory


def _leave_words(record: logging.LogRecord) -> None:
    """Leave a library's own words, without what it fills in."""
    words = re.sub(r"%[sdr]", "-", str(record.msg))
    kind = record.exc_info[0] if record.exc_info else None
    record.msg = f"{words} ({kind.__name__})" if kind else words
    record.args = record.exc_info = None


def _redact_words(record: logging.LogRecord, token: str) -> None:
    try:
        said = record.getMessage()
    except Exception:
        # As the logging module would tell it on standard error, arguments and all.
        said, record.args = f"{record.msg} {record.args}", None
        record.msg = said
    clean = redact(said, token)
    if clean != said:
        record.msg, record.args = clean, None


def _redact_error(record: logging.LogRecord, token: str) -> None:
    """Put an error that tells the token in as text: whoever formats it later would ask the error itself."""
    if record.exc_info and record.exc_info[1] is not None:
        said = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if (clean := redact(said, token)) != said:
            record.exc_text, record.exc_info = clean, None
    if record.stack_info:
        record.stack_info = redact(record.stack_info, token)

"""Who wrote a mail, found wherever the head names somebody: no sender is a citizen without an answer. Pure."""

from bot.channels.mail_charset import decode_header
from bot.channels.mail_head import Headers, find_address, read_addresses
from bot.channels.mail_text import clean
from bot.channels.mail_why import Why

_OTHERS = ("sender", "reply-to", "x-sender", "x-original-from", "x-from", "resent-from", "x-authenticated-sender",
           "x-google-original-from", "x-envelope-from", "x-apparently-from", "return-path")  # fmt: skip
_VALUES = 20


Sender = tuple[str, str, tuple[str, ...]]
"""Name, address, and the code of the rule that found them."""


def read_sender(headers: Headers, envelope_sender: str | None) -> Sender:
    """Return name and address of the writer, both empty if the head names nobody, and the rule that found them.

    In order: a mailbox in From; an address anywhere in it; Sender, Reply-To and the like; the return path.
    """
    senders = headers.get("from", ())[:_VALUES]
    if found := next(filter(None, map(_mailbox, senders)), None):
        return *found, (Why.SENDER_FROM,)
    found = next(filter(None, map(_pattern, senders)), None)
    if found:
        return *found, (Why.SENDER_PATTERN,)
    others = [value for name in _OTHERS for value in headers.get(name, ())[:_VALUES]]
    found = next(filter(None, (_mailbox(value) or _pattern(value) for value in (*others, envelope_sender or ""))), None)
    return (*found, (Why.SENDER_OTHER,)) if found else ("", "", ())


def _mailbox(value: str) -> tuple[str, str] | None:
    found = read_addresses(value) or read_addresses(decode_header(value))
    return (decode_header(found[0][0]).strip('" '), clean(found[0][1])) if found else None


def _pattern(value: str) -> tuple[str, str] | None:
    address = clean(find_address(value) or find_address(decode_header(value)))
    return ("", address) if address else None

"""How tests have a mail judged: short heads, and what is made of them."""

from bot.channels.mail_read import read_mail
from bot.port import Inbound, InboundKind

PERSON, AUTO, BOUNCE, LIST = InboundKind.PERSON, InboundKind.AUTO, InboundKind.BOUNCE, InboundKind.LIST
CALENDAR, EMPTY = InboundKind.CALENDAR, InboundKind.EMPTY

ANSWERS = "In-Reply-To: <m@kommun.example>"
NUMBER = "[K-7Q4M2X-9]"
AUTOMATIC = "Hej!\n\nDetta är ett automatiskt svar. Jag är ledig."
LEAVE = "List-Unsubscribe: <https://x.example.net/u>"
LIST_ID = "List-Id: <x.example.net>"
INVITES = "text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
WORDS = "text/plain\n\nSe bilagan\n"


def read(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> Inbound:
    sender = "" if "From:" in head else "From: Elsa <elsa@example.org>\n"
    found = read_mail(f"{sender}{head.strip()}\n\n{body}".encode(), envelope_sender=envelope_sender)
    assert not found.error
    return found


def judged(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> tuple[InboundKind, bool, str]:
    """Return kind, whether it is a machine's, and the rule that decided."""
    found = read(head, body, envelope_sender=envelope_sender)
    (why,) = (one for one in found.why if one.startswith("kind."))
    return found.kind, found.machine, why


def kind_of(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> InboundKind:
    return judged(head, body, envelope_sender=envelope_sender)[0]


def each(form: str, words: str) -> list[str]:
    """Return the form filled with each of the words."""
    return [form.format(word) for word in words.split()]


def parts(kind: str, *contents: str) -> tuple[str, str]:
    """Return the header and the body of a mail of several parts."""
    body = "".join(f"--b\nContent-Type: {content}\n" for content in contents)
    return f"Content-Type: {kind}; boundary=b", f"{body}--b--\n"

"""What the people of the long run send, in the shapes of real mail programs. Pure; every text carries a mark."""

import random
import tomllib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from html import escape
from pathlib import Path

from bot.channels.mail_read import read_mail
from bot.port import InboundKind, Outbound
from tests.example import make_mail
from tests.municipality import PERSONAL_NUMBER, Colleague, Person, local

DATA = Path(__file__).parent / "data" / "mail" / "odd"


SHAPES = {"plain": 50, "latin": 8, "html": 8, "both": 15, "file": 8, "subject only": 2, "corpus": 9}
"""In which shapes first mails come, and how often."""


def first_mail(
    chance: random.Random, person: Person, sender: str, to: str, mark: str, subject: str, said: str
) -> bytes:
    """A citizen's first mail, in one of the shapes that mails come in."""
    text = f"Hej!\n\n{said} {mark}\n\n/{person.name.split(' ')[0]}\n"
    if chance.random() < 0.02:
        text = f"{said} {mark}\nMitt personnummer är {PERSONAL_NUMBER}.\n"
    shape = chance.choices(tuple(SHAPES), tuple(SHAPES.values()))[0]
    lines = headers(f"{person.name} <{sender}>", to, f"{subject} {mark}", f"{mark}@example.org", vouched=person.vouched)
    if shape == "corpus":
        return redressed(chance.choice(corpus()), lines)
    return _mail(lines, text, shape).as_bytes()


def headers(sender: str, to: str, subject: str, message_id: str, *, vouched: bool = True) -> dict[str, str]:
    domain = sender.rpartition("@")[2].rstrip(">")
    verdict = {"Authentication-Results": f"mx.kommun.example; dmarc=pass header.from={domain}"} if vouched else {}
    return {**verdict, "From": sender, "To": to, "Subject": subject, "Message-ID": f"<{message_id}>"}


def _mail(lines: Mapping[str, str], text: str, shape: str, page: str = "") -> EmailMessage:
    """A mail with these headers and this text, in the shape asked for; `page` is its second form."""
    mail = EmailMessage()
    for name, value in lines.items():
        mail[name] = value
    page = page or f"<html><body><p>{escape(text).replace(chr(10), '<br>')}</p></body></html>"
    if shape == "html":
        mail.set_content(page, subtype="html")
    elif shape == "latin":
        mail.set_content(text.encode("iso-8859-1", "replace").decode("iso-8859-1"), charset="iso-8859-1")
    else:
        mail.set_content("" if shape == "subject only" else text)
    if shape == "both":
        mail.add_alternative(page, subtype="html")
    if shape == "file":
        mail.add_attachment(text.encode() * 50, maintype="image", subtype="png", filename="bild.png")
    return mail


_OURS = frozenset((
    "from", "to", "cc", "subject", "message-id", "return-path", "authentication-results", "in-reply-to", "references",
    "received", "date", "reply-to", "delivered-to", "x-original-to", "sender", "arc-authentication-results",
))  # fmt: skip


def redressed(raw: bytes, lines: Mapping[str, str]) -> bytes:
    """A mail of the corpus as if this person had sent it: the same body under other headers."""
    end = b"\r\n" if b"\r\n\r\n" in raw else b"\n"
    head, _, body = raw.partition(end * 2)
    kept, keep = list[bytes](), True
    for line in head.split(end):
        if line[:1] not in (b" ", b"\t"):
            keep = line.partition(b":")[0].strip().lower().decode("latin-1") not in _OURS
        if keep:
            kept.append(line)
    ours = EmailMessage()
    for name, value in lines.items():
        ours[name] = value
    written = [line for line in ours.as_bytes().split(b"\n") if line]
    return end.join([*written, *kept]) + end * 2 + body


@cache
def corpus() -> tuple[bytes, ...]:
    """The odd mails of the corpus that a person wrote, and that are read without fault under other headers."""
    found = list[bytes]()
    for path in sorted(DATA.glob("*.toml"))[::4]:
        raw = path.with_suffix(".eml").read_bytes()
        wanted = tomllib.loads(path.read_text(encoding="utf-8"))
        if wanted.get("kind") == "person" and len(raw) < 60_000 and _is_plain(raw):
            found.append(raw)
    return tuple(found)


def _is_plain(raw: bytes) -> bool:
    mine = headers("Elsa <elsa@example.org>", "kontakt@kommun.example", "Hej", "prov@example.org")
    read = read_mail(redressed(raw, mine), trusted_host="mx.kommun.example", envelope_sender="elsa@example.org")
    ours = read.from_addr == "elsa@example.org" and read.subject == "Hej" and read.message_id == "prov@example.org"
    return ours and read.kind is InboundKind.PERSON and not read.error and read.forwarded is None


_DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
_SHORT = ("", "jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")
_MONTHS = (
    "", "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip


def reply_text(client: str, own: str, to: Outbound, *, below: str = "") -> str:
    """A reply as a mail program sends it: the own words above the mail that is answered, or also `below` it."""
    at, quoted = local(to.created_at), "\n".join(f"> {line}".rstrip() for line in to.text.splitlines())
    day = f"{at.day} {_SHORT[at.month]} {at.year}"
    match client:
        case "gmail":
            head = f"Den {_DAYS[at.weekday()]} {day} kl {at:%H:%M} skrev {to.from_name} <\n{to.reply_to}>:\n"
        case "iphone":
            head = f"Skickat från min iPhone\n\n> {day} kl. {at:%H:%M} skrev {to.from_name} <{to.reply_to}>:\n> "
        case "thunderbird":
            head = f"Den {at:%Y-%m-%d} kl. {at:%H:%M}, skrev {to.from_name}:"
        case "outlook" | "web":
            when = f"den {at.day} {_MONTHS[at.month]} {at.year} {at:%H:%M}"
            head = f"Från: {to.from_name} <{to.reply_to}>\nSkickat: {when}\nTill: mig\nÄmne: {to.subject}\n"
            quoted = to.text
        case _:
            return f"{own}\n"
    return f"{own}\n\n{head}\n{quoted}\n\n{below}"


def _reply_page(own: str, to: Outbound) -> str:
    """The same as Outlook on the web sends it: nothing but a page."""
    at = local(to.created_at)
    quoted = to.html.partition("<body>")[2].partition("</body>")[0] or escape(to.text).replace("\n", "<br>")
    return (
        f"<html><body><div dir='ltr'>{escape(own).replace(chr(10), '<br>')}</div><hr><div id='divRplyFwdMsg' dir='ltr'>"
        f"<b>Från:</b> {escape(to.from_name)} &lt;{to.reply_to}&gt;<br><b>Skickat:</b> den {at.day} "
        f"{_MONTHS[at.month]} {at.year} {at:%H:%M}<br><b>Till:</b> mig<br><b>Ämne:</b> {escape(to.subject)}</div>"
        f"<div>{quoted}</div></body></html>"
    )


def reply_mail(
    client: str, own: str, to: Outbound, *, sender: str, message_id: str, vouched: bool = True, at: str = "",
    below: str = "", threaded: bool = True,
) -> bytes:  # fmt: skip
    """A reply to a mail of ours, as bytes. `at`: another address than the one that answers it."""
    subject = to.subject if to.subject.lower().startswith("re:") else f"SV: {to.subject}"
    lines = headers(sender, at or to.reply_to, subject, message_id, vouched=vouched)
    if threaded:
        lines |= {"In-Reply-To": f"<{to.message_id}>", "References": f"<{to.message_id}>"}
    text = reply_text(client, own, to, below=below)
    return _mail(lines, text, "html" if client == "web" else "plain", _reply_page(own, to)).as_bytes()


def automatic_reply(own: str, to: Outbound, *, sender: str, message_id: str, at: str) -> bytes:
    """What an absence notice sends, to the reply address or the return path."""
    lines = headers(sender, at, f"Autosvar: {to.subject}", message_id)
    lines |= {"In-Reply-To": f"<{to.message_id}>", "Auto-Submitted": "auto-replied"}
    return _mail(lines, own, "plain").as_bytes()


def forged_reply(own: str, to: Outbound, *, sender: str, message_id: str) -> bytes:
    """A mail in somebody else's name, and the receiving server says so."""
    return make_mail(
        own, sender=sender, to=to.reply_to, subject=f"SV: {to.subject}", message_id=message_id, dmarc="fail"
    )


def passed_on(colleague: Colleague, person: Person, mark: str, said: str, at: datetime) -> bytes:
    """A citizen's mail that a colleague got and forwards to the contact address, as Outlook writes it."""
    when, first = local(at), colleague.name.split(" ")[0]
    day = f"den {when.day} {_MONTHS[when.month]} {when.year} {when:%H:%M}"
    text = (
        f"Hej, kan ni ta den här?\n\n/{first}\n\nFrån: {person.name} <{person.addresses[0]}>\nSkickat: {day}\n"
        f"Till: {colleague.name} <{colleague.email}>\nÄmne: Fråga {mark}\n\n{said} {mark}\n"
    )
    sender = f"{colleague.name} <{colleague.email}>"
    return make_mail(text, sender=sender, subject=f"VB: Fråga {mark}", message_id=f"{mark}@example.org")


def newsletter(mark: str) -> bytes:
    return make_mail(
        f"Veckans erbjudanden {mark}", sender="Butiken <noreply@shop.example>", subject="Nyhetsbrev",
        message_id=f"{mark}@shop.example", List_Unsubscribe="<https://shop.example/u>", Precedence="bulk",
    )  # fmt: skip


def failed_delivery(letter: Outbound) -> bytes:
    """What a receiver's server sends back to our return path when the mailbox is gone (RFC 3464)."""
    return "\n".join([
        "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)", "Subject: Undelivered Mail Returned to Sender",
        f"To: {letter.return_path}", "Auto-Submitted: auto-replied", f"Message-Id: <dsn.{letter.message_id}>",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"', "",
        "--b1", "Content-Type: text/plain", "", "This is the mail system at host mx.example.org.",
        f"<{letter.to_addr}>: 550 5.1.1 User unknown", "",
        "--b1", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.org", "",
        f"Final-Recipient: rfc822; {letter.to_addr}", "Action: failed", "Status: 5.1.1", "",
        "--b1", "Content-Type: message/rfc822", "", f"Message-ID: <{letter.message_id}>", "Subject: Svar", "", "Hej",
        "", "--b1--", "",
    ]).encode()  # fmt: skip

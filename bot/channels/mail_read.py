"""Reading a mail: bytes in, `Inbound` out. Pure, and never raises on any bytes.

Each field is read on its own, so that what goes wrong with one spares the others.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.channels.mail_banner import strip_subject_banner
from bot.channels.mail_body import TEXT_LIMIT, Body, read_body, text_charset
from bot.channels.mail_charset import as_text, decode_header
from bot.channels.mail_files import list_files
from bot.channels.mail_forward import read_forward
from bot.channels.mail_head import Headers, read_addresses, read_ids, received_at
from bot.channels.mail_kind import Judged, judge
from bot.channels.mail_language import language_of
from bot.channels.mail_parts import Part, parse
from bot.channels.mail_quotes import OwnWords, own_words
from bot.channels.mail_sender import Sender, read_sender
from bot.channels.mail_text import clean
from bot.channels.mail_verdict import read_verdict
from bot.channels.mail_why import Why
from bot.port import Forwarded, Inbound, InboundFile, InboundKind

__all__ = ["TEXT_LIMIT", "read_mail"]

T = TypeVar("T")

_VALUE_LIMIT = 20_000
_HEADERS = 2_000
_SUBJECT_LIMIT = 1_000
_ADDRESSES = 500
_NOBODY: Sender = ("", "", ())
_A_PERSON = Judged(kind=InboundKind.PERSON, machine=False, why=(Why.KIND_PERSON,))
_ALL_OWN = OwnWords(text="", why=(Why.TEXT_ALL,), banner=False)
_DELIVERED = ("delivered-to", "x-original-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class _From:
    """Where a mail was read from: what `read_mail` is told beside the bytes."""

    trusted_host: str
    envelope_sender: str | None
    tenant: bool
    cut: bool


def read_mail(
    raw: bytes,
    *,
    trusted_host: str = "",
    envelope_sender: str | None = None,
    tenant: bool = False,
    whole_size: int = 0,
) -> Inbound:
    """Return the mail as the product sees it. Never raises: what cannot be read is empty and named in `error`.

    `error` is the first of ``cut`` (only the beginning was fetched), ``too_many_parts`` (only the first ones were
    read), ``unparsed``, ``header``, ``body``, ``files``, ``kind``, ``forward``, ``language``, ``text_cut`` (more than
    `TEXT_LIMIT` characters), or empty. Domains of addresses are in lower case; local parts keep their case.

    Args:
        raw: the mail, headers and body, with any kind of line ends.
        trusted_host: the one host whose Received and Authentication-Results headers are believed.
        envelope_sender: the SMTP return path, empty for the null one; None if the transport does not know it.
        tenant: it was read from a mailbox of our own Microsoft 365 tenant (see `read_verdict`).
        whole_size: bytes it has in full, where `raw` is but its beginning; 0 if that is not known.
    """
    message, error = parse(raw)
    origin = _From(trusted_host=trusted_host, envelope_sender=envelope_sender, tenant=tenant, cut=whole_size > len(raw))
    return _read(message, _Faults("cut" if origin.cut else error), origin)


def _read(message: Part, faults: "_Faults", origin: _From, *, within: bool = True) -> Inbound:
    """Return a parsed mail as it is read; `within`: also the one that it carries on."""
    headers: dict[str, list[str]] = {}
    headers = faults.spare("header", lambda: _headers(message), headers)
    head = _read_head(headers, faults, origin)
    body = faults.spare("body", lambda: read_body(message), Body())
    if body.cut:
        faults.code = faults.code or "text_cut"
    files: tuple[InboundFile, ...] = faults.spare("files", lambda: list_files(body.files, cut=origin.cut), ())
    judged = faults.spare(
        "kind",
        lambda: judge(
            message, headers, origin.envelope_sender, subject=head.subject, text=body.text, has_files=bool(files)
        ),
        _A_PERSON,
    )
    own = faults.spare(
        "body", lambda: own_words(body.own, html=body.html, subject=head.subject), replace(_ALL_OWN, text=body.own)
    )
    subject = faults.spare("header", lambda: strip_subject_banner(head.subject).strip() or head.subject, head.subject)
    banner = own.banner or subject != head.subject
    forwarded: Forwarded | None = None
    if within and not judged.machine and judged.bounce is None:
        forwarded = faults.spare("forward", lambda: _forwarded(body, subject, own.text, origin), forwarded)
    return replace(
        head,
        subject=subject,
        text=body.text,
        new_text=own.text,
        files=files,
        kind=judged.kind,
        machine=judged.machine,
        bounce=judged.bounce,
        language=faults.spare("language", lambda: language_of(own.text) or language_of(body.text), ""),
        forwarded=forwarded,
        marks=(*body.marks, *(("banner",) if banner else ())),
        why=(*head.why, *judged.why, *own.why),
        error=faults.code,
    )


def _forwarded(body: Body, subject: str, own: str, origin: _From) -> Forwarded | None:
    """Return the mail that this one carries on: by its text, or the one that came along, if it is but one."""
    if not body.attached:
        return read_forward(body.text, subject=subject, own=own, attached=None)
    attached = _read(body.attached[0], _Faults(""), origin, within=False) if len(body.attached) == 1 else None
    if attached is None or attached.machine or attached.bounce is not None:
        # Where nothing is the writer's own, all text is of what came along, which nobody forwards as a header in it.
        said = body.own if body.own != body.text else ""
        return read_forward(said, subject=subject, own="", attached=None)
    said = body.own
    if said.strip() == attached.text.strip():
        said = own = ""
    return read_forward(said, subject=subject, own=own, attached=attached)


def _headers(message: Part) -> dict[str, list[str]]:
    """Return names in lower case to values, topmost first; 8-bit ones in the charset that the body declares."""
    items = list(message.raw_items())[:_HEADERS]
    charset = ""
    if not all(value.isascii() for _, value in items):
        charset = text_charset(message)
    headers: dict[str, list[str]] = {}
    for name, value in items:
        headers.setdefault(name.lower(), []).append(as_text(value[:_VALUE_LIMIT], charset))
    return headers


def _read_head(headers: Headers, faults: "_Faults", origin: _From) -> Inbound:
    spare = faults.spare
    name, address, why = spare("header", lambda: read_sender(headers, origin.envelope_sender), _NOBODY)
    return Inbound(
        subject=spare("header", lambda: _one(headers, "subject")[:_SUBJECT_LIMIT], ""),
        from_addr=address,
        from_name=name,
        to_addrs=spare("header", lambda: _addresses(headers, "to", "cc"), ()),
        delivered_to=spare("header", lambda: _addresses(headers, *_DELIVERED), ()),
        reply_to=spare("header", lambda: _addresses(headers, "reply-to"), ()),
        message_id=spare("header", lambda: next(iter(_ids(headers, "message-id")), ""), ""),
        in_reply_to=spare("header", lambda: _ids(headers, "in-reply-to"), ()),
        references=spare("header", lambda: _ids(headers, "references"), ()),
        date_seen=spare("header", lambda: received_at(headers.get("received", ()), origin.trusted_host), None),
        authentic=spare(
            "header", lambda: read_verdict(headers, address, origin.trusted_host, tenant=origin.tenant), "none"
        ),
        loop_mark=spare("header", lambda: _one(headers, "x-kommunsvar-installation")[:80], ""),
        hops=len(headers.get("received", ())),
        why=why,
    )


class _Faults:
    """Keeps the first error code while each field is read on its own."""

    def __init__(self, code: str) -> None:
        self.code = code

    def spare(self, code: str, read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except Exception:
            self.code = self.code or code
            return default


def _one(headers: Headers, name: str) -> str:
    return decode_header(next(iter(headers.get(name, ())), ""))


def _addresses(headers: Headers, *names: str) -> tuple[str, ...]:
    found = [pair for name in names for value in headers.get(name, ())[:_ADDRESSES] for pair in read_addresses(value)]
    return tuple(dict.fromkeys(clean(address) for _, address in found))[:_ADDRESSES]


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    return read_ids([decode_header(value) for value in headers.get(name, ())[:_ADDRESSES]])

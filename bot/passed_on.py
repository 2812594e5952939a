"""Whose words a mail carries: what a colleague forwarded, or a form on our pages sent on, is a citizen's. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.office import Office, WebForm, plain_address
from bot.port import Forwarded, Inbound, InboundKind

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,253}\.[a-z]{2,24}", re.IGNORECASE)


class Via(StrEnum):
    """By what way a citizen's words reached us."""

    DIRECT = "direct"
    FORWARDED = "forwarded"
    WEB_FORM = "web_form"


OLDEST = timedelta(days=60)
"""A forward that shows an older date than this says nothing sure about when the words reached us."""

_DEEPEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A mail with the citizen as its sender.

    Attributes:
        inbound: as read, but from the person whose words it carries.
        reached_at: when those words reached the municipality (UTC), None if the mail itself is what reached it.
        passed_by: who passed it on, empty if nobody did. comment: what that person wrote.
        doubtful: the trusted host says that the form it claims to come from did not send it.
    """

    inbound: Inbound
    via: Via = Via.DIRECT
    reached_at: datetime | None = None
    passed_by: str = ""
    comment: str = ""
    doubtful: bool = False


def as_meant(inbound: Inbound, office: Office) -> Meant:
    """Return the mail as its citizen's.

    A web form's mail counts as the person's in the configured line or in Reply-To. A colleague's forward counts as
    the original sender's. With the trusted host's word for the colleague it also counts as come when the colleague
    got it: by that host's Received header where the original came along whole, else by the date that the forward
    shows, read in our own zone; not where that lies more than 60 days back. What the host says is forged is nobody's
    forward, and a doubtful form's mail.
    """
    form = next((one for one in office.web_forms if one.sender == plain_address(inbound.from_addr)), None)
    if form is not None:
        return replace(_from_form(inbound, form, office), doubtful=inbound.authentic == "fail")
    forwarded = _citizens_own(inbound.forwarded, office)
    if forwarded is None or inbound.authentic == "fail" or not office.is_colleague(inbound.from_addr):
        return Meant(inbound=inbound)
    return _from_forward(inbound, forwarded, office)


def _citizens_own(forwarded: Forwarded | None, office: Office) -> Forwarded | None:
    """Return the citizen's mail that is carried on, also through several colleagues; None if none is."""
    for _ in range(_DEEPEST):
        if forwarded is None or not office.is_colleague(forwarded.from_addr):
            break
        forwarded = forwarded.within
    return forwarded if forwarded is not None and _is_citizen(forwarded.from_addr, office) else None


_DAEMONS = frozenset(("mailer-daemon", "postmaster"))
"""A returned mail that a colleague passes on has no citizen as its sender."""


def _is_citizen(address: str, office: Office) -> bool:
    if address.partition("@")[0].lower() in _DAEMONS:
        return False
    return bool(_ADDRESS.fullmatch(address)) and not office.accepts(address) and not office.is_colleague(address)


def _from_form(inbound: Inbound, form: WebForm, office: Office) -> Meant:
    given = _in_field(inbound.text, form.field) if form.field else next(iter(inbound.reply_to), "")
    if not _is_citizen(given, office):
        given = ""  # the form lets people stay anonymous: a case all the same, without a receipt
    kind = InboundKind.PERSON if inbound.kind is not InboundKind.BOUNCE else inbound.kind
    meant = replace(
        inbound,
        from_addr=given.lower(),
        from_name="",
        authentic="none",
        kind=kind,
        machine=False,
        new_text=inbound.text,
    )
    return Meant(inbound=meant, via=Via.WEB_FORM, passed_by=inbound.from_addr)


def _in_field(text: str, field: str) -> str:
    """Return the address in the line that begins with the field's words, or in the line below it."""
    lines: Sequence[str] = text.split("\n")
    for at, line in enumerate(lines):
        begin = line.strip().lstrip("*-• ").casefold()
        if begin.startswith(field.strip().casefold()):
            found = _ADDRESS.search(line) or (_ADDRESS.search(lines[at + 1]) if at + 1 < len(lines) else None)
            if found:
                return found[0]
    return ""


def _from_forward(inbound: Inbound, forwarded: Forwarded, office: Office) -> Meant:
    reached = forwarded.received_at
    if reached is None and forwarded.sent_wall is not None:
        reached = forwarded.sent_wall.replace(tzinfo=office.calendar.zone).astimezone(UTC)
    text = forwarded.text or inbound.text
    meant = replace(
        inbound,
        subject=forwarded.subject or inbound.subject,
        from_addr=forwarded.from_addr.lower(),
        from_name=forwarded.from_name,
        message_id=forwarded.message_id or inbound.message_id,
        text=text,
        new_text=text,
        authentic="none",
    )
    return Meant(
        inbound=meant,
        via=Via.FORWARDED,
        reached_at=reached if inbound.authentic == "pass" else None,
        passed_by=inbound.from_addr,
        comment=inbound.forwarded.comment if inbound.forwarded else "",
    )

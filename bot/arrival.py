"""An arrival: a stored mail that has been read, and the keys of all that it refers to. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.case import numbers_in
from bot.chat_arrival import ChatArrival, want_chat
from bot.duty import UNIT_OFFICER
from bot.facts import Channel, InboxId, whole_second
from bot.file_limits import within_limits
from bot.office import Office, plain_address
from bot.passed_on import OLDEST, Meant, Via, as_meant
from bot.port import Inbound, InboundKind
from bot.store.reading import Wanted
from bot.store.rows import InboxRow
from bot.tokens import BounceToken, DeskToken, OfficerToken, Token

_COMMANDS = 500_000
"""Characters of an officer's mail in which commands can stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A stored mail that has been read, with the signed address it came to, if any.

    Attributes:
        inbound: with the citizen as its sender, also where somebody passed the mail on (`bot.passed_on`).
        arrived_at: when it reached us, to the second: the trusted host's Received time, else when our side took it;
            of what a colleague passed on, when the colleague got it.
        source: its key, equal for two deliveries of the same mail.
        digest: equal for equal texts and files of one sender.
        as_case: a person has decided that it opens a case, whatever it looks like.
        sent: it lay in a mailbox's folder of sent mail: staff wrote it outside of us.
        via, passed_by, comment, doubtful: how it reached us, through whom, what that person wrote, and whether the
            trusted host speaks against it.
        channel: by which it came.
    """

    inbox: InboxId
    raw: bytes
    inbound: Inbound
    recipients: tuple[str, ...]
    token: Token | None
    arrived_at: datetime
    source: str
    digest: str
    as_case: bool
    sent: bool = False
    via: Via = Via.DIRECT
    passed_by: str = ""
    comment: str = ""
    doubtful: bool = False
    channel: Channel = Channel.MAIL


def arrive(row: InboxRow, inbound: Inbound, office: Office) -> Arrival:
    """Return the arrival of a stored mail; pure. Addresses are told apart without regard to case."""
    inbound = replace(inbound, from_addr=inbound.from_addr.lower())
    if inbound.kind is InboundKind.EMPTY and inbound.subject.strip():
        # "När öppnar simhallen?" as a subject above nothing is a question all the same.
        inbound = replace(inbound, kind=InboundKind.PERSON)
    # SMTP tells for whom a mail is; a mailbox knows only what the headers say.
    delivered = (*inbound.delivered_to, *inbound.to_addrs) if row.mailbox else ()
    recipients = (*row.recipients, *delivered) or inbound.to_addrs
    token = _token(office, recipients, inbound)
    ours = row.sent or isinstance(token, OfficerToken | DeskToken | BounceToken)
    meant = Meant(inbound=inbound) if ours else as_meant(inbound, office)
    inbound = meant.inbound
    files = [f"{file.name}:{file.size}" for file in inbound.files]
    # Without the subject: robots that answer each other pile up "Re:" but send the same words.
    digest = _hash(plain_address(inbound.from_addr), inbound.new_text, *files)
    # A mailbox lists a mail again when it is rebuilt; without a Message-ID its bytes tell that it is the same.
    unnamed = hashlib.sha256(row.raw).hexdigest() if row.mailbox else str(row.id)
    return Arrival(
        inbox=row.id,
        raw=row.raw,
        as_case=row.as_case,
        inbound=replace(inbound, files=within_limits(inbound.files, office.file_limits)),
        recipients=recipients,
        token=token,
        arrived_at=_arrived_at(row, inbound, meant),
        # A copy in the inbox and one among the sent mails are not the same delivery.
        source=("sent:" if row.sent else "mail:") + _hash(inbound.message_id or unnamed, inbound.subject, digest),
        digest=digest,
        sent=row.sent,
        via=meant.via,
        passed_by=meant.passed_by,
        comment=meant.comment,
        doubtful=meant.doubtful,
    )


def _arrived_at(row: InboxRow, inbound: Inbound, meant: Meant) -> datetime:
    seen = inbound.date_seen
    # A clock that runs ahead on the other side must not move the arrival into the future.
    arrived = min(seen, row.arrived_at) if seen else row.arrived_at
    if meant.reached_at is not None and arrived - OLDEST <= meant.reached_at <= arrived:
        arrived = meant.reached_at
    return whole_second(arrived)


def _token(office: Office, addresses: Sequence[str], inbound: Inbound) -> Token | None:
    """Return what the signed address says that a mail came to; or, from that officer only, a secret in the subject."""
    found = (office.tokens.read(address) for address in addresses)
    first = next((token for token in found if token is not None), None)
    told = office.tokens.read_subject(inbound.subject)
    if first is not None or told is None:
        return first
    if told.officer == UNIT_OFFICER:
        return told
    officer = office.officer(told.officer)
    return told if officer is not None and officer.email.lower() == inbound.from_addr else None


def wanted(arrivals: Sequence[Arrival | ChatArrival], office: Office) -> Wanted:
    """Return the keys of all that a batch of arrivals refers to."""
    keys = Wanted()
    for arrival in arrivals:
        if isinstance(arrival, ChatArrival):
            want_chat(keys, arrival)
        else:
            _want_mail(keys, arrival, office)
    return keys


def _want_mail(keys: Wanted, arrival: Arrival, office: Office) -> None:
    inbound = arrival.inbound
    keys.senders.add(inbound.from_addr)
    keys.message_ids.update(inbound.in_reply_to, inbound.references)
    keys.sources.add(arrival.source)
    if inbound.message_id and not arrival.sent:
        keys.own_ids.add(inbound.message_id)
    if isinstance(arrival.token, BounceToken):
        keys.outbox.add(arrival.token.outbox)
    elif isinstance(arrival.token, OfficerToken | DeskToken):
        _want_desk(keys, arrival, arrival.token, office)
    elif arrival.token is not None:
        keys.cases.add(arrival.token.case)
    tagged = office.tokens.case_in_subject(inbound.subject)
    if tagged is not None:
        keys.cases.add(tagged)
    if inbound.bounce is not None and inbound.bounce.message_id:
        keys.message_ids.add(inbound.bounce.message_id)


def _want_desk(keys: Wanted, arrival: Arrival, token: OfficerToken | DeskToken, office: Office) -> None:
    """Add the cases an officer's mail names, with their texts: the officer may be shown what has come meanwhile."""
    named = set(numbers_in(arrival.inbound.text[:_COMMANDS]))
    if isinstance(token, OfficerToken):
        named.add(token.case)
    keys.cases |= named
    officer = office.officer(token.officer)
    keys.told.add(officer.email if officer else arrival.inbound.from_addr)
    keys.texts |= named


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

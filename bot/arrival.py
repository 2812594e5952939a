"""An arrival: a stored mail that has been read, and the keys of all that it refers to. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.facts import InboxId, whole_second
from bot.office import Office, plain_address
from bot.port import Inbound, InboundKind
from bot.store.reading import Wanted
from bot.store.rows import InboxRow
from bot.tokens import BounceToken, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A stored mail that has been read, with the signed address it came to, if any.

    `arrived_at` is when it reached us, to the second: the trusted host's Received time, else when our side took it.
    `source` is its key: equal for two deliveries of the same mail. `as_case`: a person has decided that it opens a
    case, whatever it looks like.
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


def arrive(row: InboxRow, inbound: Inbound, office: Office) -> Arrival:
    """Return the arrival of a stored mail; pure. Addresses are told apart without regard to case."""
    inbound = replace(inbound, from_addr=inbound.from_addr.lower())
    if inbound.kind is InboundKind.EMPTY and inbound.subject.strip():
        # "När öppnar simhallen?" as a subject above nothing is a question all the same.
        inbound = replace(inbound, kind=InboundKind.PERSON)
    recipients = row.recipients or inbound.to_addrs
    tokens = (office.tokens.read(address) for address in recipients)
    seen = inbound.date_seen
    # A clock that runs ahead on the other side must not move the arrival into the future.
    arrived_at = min(seen, row.arrived_at) if seen else row.arrived_at
    files = [f"{file.name}:{file.size}" for file in inbound.files]
    # Without the subject: robots that answer each other pile up "Re:" but send the same words.
    digest = _hash(plain_address(inbound.from_addr), inbound.new_text, *files)
    return Arrival(
        inbox=row.id,
        raw=row.raw,
        as_case=row.as_case,
        inbound=inbound,
        recipients=recipients,
        token=next((token for token in tokens if token is not None), None),
        arrived_at=whole_second(arrived_at),
        source="mail:" + _hash(inbound.message_id or str(row.id), inbound.subject, digest),
        digest=digest,
    )


def wanted(arrivals: Sequence[Arrival], office: Office) -> Wanted:
    """Return the keys of all that a batch of arrivals refers to."""
    keys = Wanted()
    for arrival in arrivals:
        inbound = arrival.inbound
        keys.senders.add(inbound.from_addr)
        keys.message_ids.update(inbound.in_reply_to, inbound.references)
        keys.sources.add(arrival.source)
        if isinstance(arrival.token, BounceToken):
            keys.outbox.add(arrival.token.outbox)
        elif arrival.token is not None:
            keys.cases.add(arrival.token.case)
        tagged = office.tokens.case_in_subject(inbound.subject)
        if tagged is not None:
            keys.cases.add(tagged)
        if inbound.bounce is not None and inbound.bounce.message_id:
            keys.message_ids.add(inbound.bounce.message_id)
    return keys


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

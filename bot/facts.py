"""Facts: what happened, appended and never changed. Ids and closed vocabularies of the product.

Pure: imports nothing of the product, does no I/O, reads no clock.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

CaseNumber = NewType("CaseNumber", str)
PersonId = NewType("PersonId", int)
AddressId = NewType("AddressId", int)
MessageId = NewType("MessageId", int)
InboxId = NewType("InboxId", int)
OutboxId = NewType("OutboxId", int)
OfficerId = NewType("OfficerId", str)
UnitId = NewType("UnitId", str)
TopicId = NewType("TopicId", str)
Seq = NewType("Seq", int)

NOBODY = OfficerId("")
NO_TOPIC = TopicId("")

FactValue = str | int | bool
FactData = Mapping[str, FactValue]

SYSTEM = "system"
"""The actor of what no person did."""

STAFF = "staff"
"""The actor of what somebody on the staff did outside of us, from an address that is no officer's own."""

_PLAIN = re.compile(r"[\w:.+/-]{0,80}")
"""What a text in a fact's data may look like: a code or an id. Never a sentence, a name or an address."""


class Channel(StrEnum):
    """Kanal: the way a message travels."""

    MAIL = "mail"
    TELEGRAM = "telegram"
    PHONE = "phone"


class Kind(StrEnum):
    """Slag: what the citizen's message is (fråga, synpunkt, klagomål, beröm, förslag, felanmälan)."""

    QUESTION = "question"
    VIEWPOINT = "viewpoint"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    PROPOSAL = "proposal"
    FAULT = "fault"


class Result(StrEnum):
    """Vad det ledde till: what came of a viewpoint or a fault report, told to the citizen."""

    REMEDIED = "remedied"
    TAKEN_FURTHER = "taken_further"
    NO_ACTION = "no_action"


class CaseMark(StrEnum):
    """What a case is marked with beside its kind and topic."""

    SECRET = "secret"  # noqa: S105 -- a mark, no password
    """Sekretess: fewer may see it."""
    DIARY = "diary"
    """Ska diarieföras: the registrar has to enter it."""
    LANGUAGE = "language"
    """The language the citizen writes."""
    INTERPRETER = "interpreter"
    """Tolk: the citizen needs one, for this language."""


class ExcludeReason(StrEnum):
    """Why an inquiry is left out of the figures; each reason is counted in the report."""

    SPAM = "spam"
    DUPLICATE = "duplicate"
    TEST = "test"
    THANKS = "thanks"
    MERGED = "merged"


class FactKind(StrEnum):
    """What can happen. A new kind is added here, and the type checker names every reader."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    KIND_CHANGED = "kind_changed"
    TOPIC_SET = "topic_set"
    NOTED = "noted"
    HELD = "held"
    ANSWERED = "answered"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    DELIVERY_FAILED = "delivery_failed"
    REMINDED = "reminded"
    CLOSED = "closed"
    REOPENED = "reopened"
    OUTCOME = "outcome"
    MARKED = "marked"
    DELAYED = "delayed"
    INVITED = "invited"
    RESPONDED = "responded"
    EXCLUDED = "excluded"
    CORRECTED = "corrected"
    MERGED = "merged"
    MOVED = "moved"
    OPENED = "opened"
    UNMASKED = "unmasked"
    ERASED = "erased"
    PHONE = "phone"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened in a case.

    Attributes:
        seq: place in the one order of all facts, from 1, without gaps.
        case: number of the case it belongs to.
        inquiry: ordinal of the inquiry within the case, from 1; None where it concerns the case as a whole.
        kind: what happened.
        occurred_at: when it happened (UTC).
        recorded_at: when we learned it (UTC); never before the previous fact's.
        actor: ``system``, ``person``, ``officer:<id>``, or ``staff`` for one of them who is not told.
        source: what told us, unique together with kind, so that a second delivery is a no-op.
        data: codes and ids only. The keys in use, by kind:
            received: channel, kind, unit, message (id); auto (true: the person's automatic reply, opens
            nothing); possibly (a case it may belong to); authentic (pass, fail or none); promised (the last
            day of the promise, as 2026-12-01, on what opens an inquiry); merged (the case it came by); via (forwarded
            by a colleague: occurred_at is when the colleague got it; web_form); place (code of the place whose printed
            link led to the chat); apart (true: it came while an answer was on its way, and opens an inquiry beside the
            one that waits); edit (the message it is a later version of: opens nothing); split (the case it was
            parted from by the one who wrote it)
            moved: channel, address (id): where the citizen is answered from now on
            acknowledged: outbox
            assigned: officer (whose case it is now, empty: nobody's); message (an answer on its way); why (away or
            left: given back by the service)
            transferred: unit; officer; message (the note that tells why)
            held (holding notice of a person): message, outbox, until (the new promise, as 2026-12-01)
            delayed (we told that the promise will be missed): outbox, until
            answered: message, outbox; unsure (true: acceptance by the channel is not certain); spoken (true: by
            telephone, seconds: how long it took, where told)
            answered_elsewhere: message
            unmasked: message (the note that tells why); opened: nothing
            delivery_failed: outbox, of (what kind of mail, as answer); status (as 5.1.1)
            noted: message
            excluded: reason
            kind_changed: kind
            topic_set: topic
            marked: mark, value (empty: taken away); message (the note that tells why)
            outcome: result, message; outbox where it was sent
            answered, answered_elsewhere, held, delayed, delivery_failed: merged (the case it came by)
            merged: into (on the case that ends) or from, and same_person (true: an officer says so)
            reminded: of (owner, unit, promise_owner, promise_unit, promise_broken, door, nobody), officer or unit; door
            phone: way (phone or visit), direct (true or false); seconds, topic, reception (1–5), message
            test: contact (its number); told (true: staff may see it, it has been judged)
            corrected: seq (of the fact corrected); drop (true) or occurred_at (microseconds UTC)

    Raises:
        ValueError: a naive or non-UTC instant, or data that is not codes and ids.
    """

    seq: Seq
    case: CaseNumber
    inquiry: int | None
    kind: FactKind
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    source: str
    data: FactData = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_utc(self.occurred_at)
        require_utc(self.recorded_at)
        for key, value in self.data.items():
            if isinstance(value, str) and not _PLAIN.fullmatch(value):
                raise ValueError(f"fact data {key!r} may hold codes and ids only")


def require_utc(instant: datetime) -> datetime:
    """Return the instant unchanged.

    Raises:
        ValueError: it is naive or in another zone than UTC. Inside the product every instant is UTC.
    """
    if instant.tzinfo is not UTC:
        raise ValueError("an instant must be aware and in UTC")
    return instant


def to_utc(instant: datetime) -> datetime:
    """Return an aware instant of any zone as UTC.

    Raises:
        ValueError: the instant is naive, so nobody knows when it was.
    """
    if instant.tzinfo is None:
        raise ValueError("a time without a zone was refused: nobody knows when it was")
    return instant.astimezone(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(instant: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC, exactly (no floating point on the way).

    Raises:
        ValueError: the instant is naive or not UTC.
    """
    delta = require_utc(instant) - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(micros: int) -> datetime:
    """Return the UTC instant of microseconds since 1970-01-01 UTC; the inverse of `to_micros`."""
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def whole_second(instant: datetime) -> datetime:
    """Return the second the instant lies in: mail knows no smaller unit, and a clerk checks by the clock."""
    return instant.replace(microsecond=0)


def encode_data(data: FactData) -> str:
    """Return the data as compact JSON with sorted keys, so that equal data are equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def decode_data(text: str) -> FactData:
    """Return the data of `encode_data`.

    Raises:
        ValueError: the text is not a JSON object.
    """
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("fact data must be a JSON object")  # noqa: TRY004 -- one error for bad text
    return value


def officer_actor(officer: OfficerId) -> str:
    """Return the actor text of an officer, as ``officer:anna``."""
    return f"officer:{officer}"

"""Decisions about a case: pure functions on plain data."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.facts import AddressId, CaseNumber, Channel, Fact, FactKind, Kind, UnitId

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without look-alikes (no 0 O, 1 I L). Being a prime, 31 lets the check sign catch every single wrong
sign and every swap of two neighbours."""

_NUMBER = re.compile(r"K[- ]?([0-9A-Z]{6})[- ]?([0-9A-Z])", re.IGNORECASE)

ACKNOWLEDGE_AGAIN_AFTER = timedelta(hours=24)


def check_sign(six: str) -> str:
    """Return the check sign of six signs: sum of position × value, modulo 31."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(six, start=1))
    return ALPHABET[total % len(ALPHABET)]


def draw_number(below: Callable[[int], int]) -> CaseNumber:
    """Return a case number, as ``K-7Q4M2X-9``. `below(n)` gives a random number 0 ≤ x < n."""
    six = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(6))
    return CaseNumber(f"K-{six}-{check_sign(six)}")


def read_number(text: str) -> CaseNumber | None:
    """Return the case number a person wrote, forgiving case and dashes; None if the check sign is wrong."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    six, check = match[1].upper(), match[2].upper()
    if any(sign not in ALPHABET for sign in six) or check_sign(six) != check:
        return None
    return CaseNumber(f"K-{six}-{check}")


class CaseState(StrEnum):
    """Whether anything is left to do in a case."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNow:
    """A case as its facts leave it. `possibly` is a case it may belong to, empty if none."""

    number: CaseNumber
    channel: Channel
    kind: Kind
    unit: UnitId
    state: CaseState
    possibly: str
    opened_at: datetime
    changed_at: datetime


def fold_case(facts: Sequence[Fact]) -> CaseNow:
    """Return the case as its facts, in the order they were recorded, leave it.

    Raises:
        ValueError: no fact tells how the case began.
    """
    first = next((fact for fact in facts if fact.kind is FactKind.RECEIVED), None)
    if first is None:
        raise ValueError("a case begins with a received message")
    kind, unit, state = Kind(str(first.data["kind"])), UnitId(str(first.data["unit"])), CaseState.OPEN
    for fact in facts:
        if fact.kind is FactKind.KIND_CHANGED:
            kind = Kind(str(fact.data["kind"]))
        elif fact.kind is FactKind.TRANSFERRED:
            unit = UnitId(str(fact.data["unit"]))
        elif fact.kind is FactKind.CLOSED:
            state = CaseState.CLOSED
        elif fact.kind is FactKind.REOPENED or (fact.kind is FactKind.RECEIVED and not fact.data.get("auto")):
            state = CaseState.OPEN
    return CaseNow(
        number=first.case,
        channel=Channel(str(first.data["channel"])),
        kind=kind,
        unit=unit,
        state=state,
        possibly=str(first.data.get("possibly", "")),
        opened_at=first.occurred_at,
        changed_at=facts[-1].recorded_at,
    )


class Tie(StrEnum):
    """What ties a mail to a case, the surest first."""

    REPLY_ADDRESS = "reply_address"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    SUBJECT_TAG = "subject_tag"


@dataclass(frozen=True, slots=True)
class Match:
    """Which case a mail goes on with. `possibly`: it points at this case, but the sender is unknown there."""

    case: CaseNumber | None = None
    possibly: CaseNumber | None = None
    tie: Tie | None = None


def match_case(
    ties: Iterable[tuple[Tie, CaseNumber]],
    sender: AddressId | None,
    participants: Callable[[CaseNumber], frozenset[AddressId]],
) -> Match:
    """Return the first case in order of sureness in which the sender takes part.

    A tie to a case where the sender is a stranger never lets the mail in: forwarding a mail or guessing an address
    must not open somebody else's case. The first such case is told as `possibly`, for a person to judge.
    """
    possibly: CaseNumber | None = None
    for tie, case in ties:
        if sender is not None and sender in participants(case):
            return Match(case, None, tie)
        possibly = possibly or case
    return Match(None, possibly)


def acknowledgement_due(sent_at: Sequence[datetime], now: datetime) -> bool:
    """Tell whether a new message in a case is acknowledged: at most one acknowledgement per case and 24 hours."""
    return all(now - instant >= ACKNOWLEDGE_AGAIN_AFTER for instant in sent_at)

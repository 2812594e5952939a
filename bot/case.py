"""Decisions about a case: pure functions on plain data."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from bot.facts import (
    NO_TOPIC,
    NOBODY,
    AddressId,
    CaseMark,
    CaseNumber,
    Channel,
    Fact,
    FactKind,
    Kind,
    OfficerId,
    Result,
    TopicId,
    UnitId,
)
from bot.inquiry import standing

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without look-alikes (no 0 O, 1 I L). Being a prime, 31 lets the check sign catch every single wrong
sign and every swap of two neighbours."""

_NUMBER = re.compile(r"K[- ]?([0-9A-Z]{6})[- ]?([0-9A-Z])", re.IGNORECASE)
_BETWEEN = "[-\u2010-\u2015\u2212 \u00a0]?"
_NUMBER_IN_TEXT = re.compile(rf"(?<!\w)K{_BETWEEN}([0-9A-Z]{{6}}){_BETWEEN}([0-9A-Z])(?!\w)", re.IGNORECASE)

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


def numbers_in(text: str) -> list[CaseNumber]:
    """Return the right case numbers that stand in a text, in order, at most 400; any dash or space may part them."""
    found = (read_number(f"K-{match[1]}-{match[2]}") for match in _NUMBER_IN_TEXT.finditer(text))
    return list(islice((number for number in found if number is not None), 400))


class CaseState(StrEnum):
    """Whether anything is left to do in a case."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNow:
    """A case as its facts leave it.

    Attributes:
        possibly: a case it may belong to, empty if none.
        owner: whose case it is, empty: nobody's.
        topic: empty until somebody says what it is about.
        secret, diary: whether it is marked so. language, interpreter: empty unless somebody said so.
        merged_into: the case it has become part of, None: it stands for itself. merged_from: those that became part
            of it.
        result: what it led to, None as long as nobody has said.
        promised: the last day on which the citizen was told to have an answer, as ``2026-12-01``; empty where no
            fact tells it.
    """

    number: CaseNumber
    channel: Channel
    kind: Kind
    unit: UnitId
    state: CaseState
    possibly: str
    opened_at: datetime
    changed_at: datetime
    owner: OfficerId = NOBODY
    topic: TopicId = NO_TOPIC
    secret: bool = False
    diary: bool = False
    language: str = ""
    interpreter: str = ""
    merged_into: CaseNumber | None = None
    merged_from: tuple[CaseNumber, ...] = ()
    result: Result | None = None
    promised: str = ""


def is_case(facts: Iterable[Fact]) -> bool:
    """Tell whether facts are a case's, and not those of a telephone contact that never became one."""
    return any(fact.kind is FactKind.RECEIVED for fact in facts)


def fold_case(facts: Sequence[Fact]) -> CaseNow:
    """Return the case as its facts, in the order they were recorded, leave it; corrections are applied first.

    A promise stands until another date is told: by a holding notice, or to the message that opens the next inquiry.

    Raises:
        ValueError: no fact tells how the case began.
    """
    first = next((fact for fact in facts if fact.kind is FactKind.RECEIVED), None)
    if first is None:
        raise ValueError("a case begins with a received message")
    now = CaseNow(
        number=first.case,
        channel=Channel(str(first.data["channel"])),
        kind=Kind(str(first.data["kind"])),
        unit=UnitId(str(first.data["unit"])),
        state=CaseState.OPEN,
        possibly=str(first.data.get("possibly", "")),
        opened_at=first.occurred_at,
        changed_at=facts[-1].recorded_at,
    )
    for fact in standing(facts):
        now = _after(now, fact)
    return now


def follow_merged(facts_of: Callable[[CaseNumber], Sequence[Fact]], case: CaseNumber) -> CaseNumber:
    """Return the case that a merged one has become part of, however many lie between; any other case itself."""
    while is_case(facts_of(case)) and (into := fold_case(facts_of(case)).merged_into) is not None:
        case = into
    return case


def _after(now: CaseNow, fact: Fact) -> CaseNow:  # noqa: C901 -- a line for each kind of fact
    """Return the case after one more fact; what is not named here changes nothing of a case."""
    said = {key: str(value) for key, value in fact.data.items()}
    match fact.kind:
        case FactKind.KIND_CHANGED:
            return replace(now, kind=Kind(said["kind"]))
        case FactKind.TOPIC_SET:
            return replace(now, topic=TopicId(said["topic"]))
        case FactKind.ASSIGNED if "officer" in said:
            return replace(now, owner=OfficerId(said["officer"]))
        case FactKind.TRANSFERRED:
            return replace(now, unit=UnitId(said["unit"]), owner=OfficerId(said.get("officer", "")))
        case FactKind.CLOSED:
            return replace(now, state=CaseState.CLOSED)
        case FactKind.REOPENED:
            return replace(now, state=CaseState.OPEN)
        case FactKind.RECEIVED if not fact.data.get("auto"):
            return replace(now, state=CaseState.OPEN, promised=said.get("promised", now.promised))
        case FactKind.HELD:
            # Who promises an answer has it to give: the case must not lie where nobody looks.
            return replace(now, state=_opened(now), promised=said.get("until", now.promised))
        case FactKind.DELAYED:
            return replace(now, promised=said.get("until", now.promised))
        case FactKind.DELIVERY_FAILED if said.get("of") == "answer":
            return replace(now, state=_opened(now))
        case FactKind.OUTCOME:
            return replace(now, result=Result(said["result"]))
        case FactKind.MARKED:
            return _marked(now, said["mark"], said.get("value", ""))
        case FactKind.MERGED:
            return _merged(now, said)
        case _:
            return now


def _opened(now: CaseNow) -> CaseState:
    """Return open, except for a case that has become part of another one."""
    return CaseState.OPEN if now.merged_into is None else now.state


def _marked(now: CaseNow, mark: str, value: str) -> CaseNow:
    match CaseMark(mark):
        case CaseMark.SECRET:
            return replace(now, secret=bool(value))
        case CaseMark.DIARY:
            return replace(now, diary=bool(value))
        case CaseMark.LANGUAGE:
            return replace(now, language=value)
        case CaseMark.INTERPRETER:
            return replace(now, interpreter=value)


def _merged(now: CaseNow, said: dict[str, str]) -> CaseNow:
    if "into" in said:
        return replace(now, merged_into=CaseNumber(said["into"]), state=CaseState.CLOSED)
    return replace(now, merged_from=(*now.merged_from, CaseNumber(said["from"])))


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

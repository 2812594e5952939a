"""Which promises to citizens were not kept: told from the facts of one case. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.facts import CaseNumber, Fact, FactKind, Kind, UnitId
from bot.inquiry import standing
from bot.office import Office
from bot.store.week_reading import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A day that a citizen was told as the last one for an answer, and that passed without one.

    Attributes:
        day: the local day promised. passed_at: the midnight that ended it (UTC).
        answered_at: when the answer came that stands, None: it has not.
        told: we said before it passed, by ourselves, that it would be missed.
    """

    case: CaseNumber
    inquiry: int
    unit: UnitId
    day: date
    passed_at: datetime
    answered_at: datetime | None
    told: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """A day told to the citizen: at what instant (None: at the arrival), and by what kind of fact."""

    day: date
    at: datetime | None
    by: FactKind


def broken_promises(
    asked: Sequence[Asked], facts: Sequence[Fact], office: Office, as_of: datetime
) -> list[BrokenPromise]:
    """Return the promises of one case that had passed unkept at an instant (UTC), in the order of its inquiries.

    **The promises of an inquiry** are the day told at its arrival (where no fact has kept it: what the promise is for
    that kind now), and every day told later, by a holding notice of a person or by the system's delay notice, before
    there was an answer. One whose mail did not arrive was told to nobody.

    **A promise passes** at the midnight that ends its local day. It is kept if the answer that stands came before that.
    It is *moved*, and so neither kept nor broken, if a holding notice was sent before it passed. If only the system's
    delay notice was, it is broken all the same, but `told`. What is left out of the figures has no promise.

    Args:
        asked: the case's inquiries that are not left out.
        facts: the case's, in order of seq. Those of promises, failed mails and corrections are enough, and none is
            needed for an inquiry of which it is known that only one day was told.
        office: for the zone, and for promises that no fact has kept.
        as_of: what passes later is not broken yet.
    """
    stand = standing(facts)
    return [
        broken
        for one in asked
        for broken in _broken(one, _told(stand, one, office), office.texts.zone)
        if broken.passed_at <= as_of
    ]


def _told(stand: Sequence[Fact], asked: Asked, office: Office) -> list[_Told]:
    """Return the days told in an inquiry in the order they were told, the first at its arrival."""
    if asked.promised is not None:
        return [_Told(asked.promised, None, FactKind.RECEIVED)]
    failed = {fact.data.get("outbox") for fact in stand if fact.kind is FactKind.DELIVERY_FAILED}
    mine = [fact for fact in stand if fact.inquiry == asked.no]
    came = [fact for fact in mine if fact.kind is FactKind.RECEIVED]
    kept = [str(fact.data["promised"]) for fact in came if "promised" in fact.data]
    if kept:
        first = date.fromisoformat(kept[0])
    else:
        kind = Kind(str(came[0].data["kind"])) if came else office.default_kind
        first = office.promised_day(kind, asked.arrived_at)
    later = [
        _Told(date.fromisoformat(str(fact.data["until"])), fact.occurred_at, fact.kind)
        for fact in mine
        if fact.kind in {FactKind.HELD, FactKind.DELAYED} and "until" in fact.data
        if fact.data.get("outbox", "") not in failed
        if asked.answered_at is None or fact.occurred_at < asked.answered_at
    ]
    return [_Told(first, None, FactKind.RECEIVED), *later]


def _broken(asked: Asked, told: Sequence[_Told], zone: ZoneInfo) -> list[BrokenPromise]:
    found = list[BrokenPromise]()
    for place, promise in enumerate(told):
        passed_at = midnight_after(promise.day, zone)
        before = {later.by for later in told[place + 1 :] if later.at is not None and later.at < passed_at}
        kept = asked.answered_at is not None and asked.answered_at < passed_at
        if not kept and FactKind.HELD not in before:
            found.append(
                BrokenPromise(
                    case=asked.case, inquiry=asked.no, unit=asked.unit, day=promise.day, passed_at=passed_at,
                    answered_at=asked.answered_at, told=FactKind.DELAYED in before,
                )
            )  # fmt: skip
    return found


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which a local day ends."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)

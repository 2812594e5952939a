"""What is behind the telephone's figures: the exchange's calls, or what staff logged of theirs, each in one class.

Classes and lists come from the same columns as the figures. Nobody learns from them who called or who answered: the
number that a logged contact was kept by leads to the officer, so it is not told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar, Micros
from bot.facts import from_micros
from measurement.calls_source import named_phone_of
from measurement.explain_inquiries import Wanted
from measurement.explain_source import Secrecy, secret_among
from measurement.explained import Behind, Listing, Part, PhoneCall, Secret, Why
from measurement.phone import (
    LEAST_GRADES,
    PhoneRules,
    Seen,
    Slice,
    direct_within,
    figures_seen,
    known_contacts,
    seen_of,
    short_calls,
    slices_of,
)
from measurement.phone_data import NO_END, UNKNOWN, Flags, Named

COVERAGE = "phone.coverage"
_ASKED = "phone.asked_reception.good"
_DIRECT = "phone.direct"
_ANSWERED = "phone.answered"
_BY_SHARE = (Why.NO, Why.YES, Why.NO_SECONDS, Why.CLOSED)
_BY_SECONDS = (Why.NO, Why.YES, Why.NO_SECONDS, Why.SHORT, Why.CLOSED)
_BY_END = (Why.ANSWERED, Why.ABANDONED, Why.SENT_ON, Why.SHORT, Why.CLOSED)


async def phone_part(
    connection: AsyncConnection, wanted: Wanted, span: tuple[datetime, datetime], known: datetime, calendar: Calendar,
    rules: PhoneRules, secrecy: Secrecy,
) -> tuple[Part, frozenset[str]]:  # fmt: skip
    """Return a figure of the telephone with its calls or contacts by class, and the slices that it is told of."""
    data, named = await named_phone_of(connection, *span, known)
    seen = seen_of(data, calendar, rules, label=wanted.period, as_of=wanted.as_of)
    found, measure = figures_seen(seen), wanted.measure.id
    slices = frozenset(one.slice for one in found.figures if one.measure == measure and one.slice)
    chosen = (one for one in found.figures if (one.measure, one.slice) == (measure, wanted.slice))
    figure = next(chosen, wanted.share(0, 0))
    of = _by_class(measure, _slice(seen, wanted.slice), seen)
    classes = of.counts() if of else {}
    if of and measure == COVERAGE:
        # Nothing leads from a logged contact to the exchange's call: how many is known, not which.
        yes = figure.numerator or 0
        classes = {Why.YES: yes, Why.NO: (figure.denominator or 0) - yes}
    kept = await _secret(connection, seen, named, secrecy)
    part = Part(
        figure=figure, classes=classes, hours=True, seconds=_seconds(measure, rules),
        listings=_listings(of, _Told(seen=seen, named=named), wanted, kept) if of else (),
        withheld=found.withheld.get((measure, wanted.slice)),
        secret=Secret.TOO_FEW if measure == _ASKED and 0 < figure.n < LEAST_GRADES else None,
    )  # fmt: skip
    return part, slices


def _seconds(measure: str, rules: PhoneRules) -> int | None:
    last = measure.rpartition(".")[2]
    return int(last) if last.isdecimal() else rules.threshold if measure == _DIRECT else None


def _slice(seen: Seen, name: str) -> Slice:
    """Return a slice by its name; of a member that nobody was in, one without anything."""
    nothing = np.zeros(len(seen.data.calls), dtype=np.bool_), np.zeros(len(seen.contacts), dtype=np.bool_)
    empty = Slice(name=name, calls=None, logged=nothing[1], judged=nothing)
    return next((one for one in slices_of(seen) if one.name == name), empty)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ByClass:
    """Calls or contacts by class.

    Attributes:
        whys: the classes, in the order they are listed.
        codes: of each the place of its class among them; -1: it is not behind the figure.
        of_calls: whether the exchange's calls are meant; else the contacts.
    """

    whys: tuple[Why, ...]
    codes: NDArray[np.int8]
    of_calls: bool

    def counts(self) -> dict[Why, int]:
        """Return how many are in each class, those without any too."""
        return {why: int((self.codes == place).sum()) for place, why in enumerate(self.whys)}


def _by_class(measure: str, part: Slice, seen: Seen) -> _ByClass | None:
    """Return what a figure is made of by class; None where nothing is listed, as of grades."""
    of_contacts = _of_contacts(measure, part, seen)
    if of_contacts is not None or measure == _ASKED or part.calls is None:
        return of_contacts
    return _of_calls(measure, part.calls, seen)


def _coded(whys: tuple[Why, ...], masks: Sequence[Flags], *, of_calls: bool) -> _ByClass:
    """Return each in the first class, in the order of `whys`, whose mask has it."""
    codes = np.select(masks, range(len(whys)), -1).astype(np.int8)
    return _ByClass(whys=whys, codes=codes, of_calls=of_calls)


def _of_contacts(measure: str, part: Slice, seen: Seen) -> _ByClass | None:
    contacts, written = seen.contacts, part.logged & seen.open_contacts
    known, closed = known_contacts(seen, part), part.logged & ~seen.open_contacts
    if measure.startswith(_DIRECT):
        limit = _seconds(measure, seen.rules) or 0
        yes = known & direct_within(contacts, limit)
        return _coded(_BY_SHARE, [known & ~yes, yes, written & ~known, closed], of_calls=False)
    counted = {
        "phone.logged": written, "phone.left_out.logged_closed": closed, "phone.left_out.no_seconds": written & ~known,
    }.get(measure)  # fmt: skip
    return None if counted is None else _coded((Why.COUNTED,), [counted], of_calls=False)


def _of_calls(measure: str, mine: Flags, seen: Seen) -> _ByClass:
    calls, is_open, closed = seen.data.calls, mine & seen.open_calls, mine & ~seen.open_calls
    short = short_calls(seen, mine)
    base = is_open & ~short
    answered = base & calls.answered
    if measure.startswith(f"{_ANSWERED}."):
        known = base & ~(answered & (calls.seconds == UNKNOWN))
        yes = known & answered & (calls.seconds <= int(measure.rpartition(".")[2]))
        return _coded(_BY_SECONDS, [known & ~yes, yes, base & ~known, short, closed], of_calls=True)
    if measure in (_ANSWERED, "phone.abandoned"):
        return _coded(_BY_END, [answered, base & calls.abandoned, base, short, closed], of_calls=True)
    counted = {
        COVERAGE: answered, "phone.calls": is_open, "phone.left_out.closed": closed, "phone.left_out.short": short,
    }[measure]  # fmt: skip
    return _coded((Why.ANSWERED if measure == COVERAGE else Why.COUNTED,), [counted], of_calls=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    """Which calls and which logged contacts few may see."""

    calls: Flags
    logged: Flags


async def _secret(connection: AsyncConnection, seen: Seen, named: Named, secrecy: Secrecy) -> _Kept:
    calls, logged = seen.data.calls, seen.data.logged
    cases = await secret_among(connection, named.cases, secrecy)
    marked = np.array([case in cases for case in named.cases], dtype=np.bool_)
    return _Kept(calls=_held(calls.unit, secrecy), logged=_held(logged.unit, secrecy) | marked)


def _held(units: NDArray[np.str_], secrecy: Secrecy) -> Flags:
    held = [str(unit) for unit in np.unique(units) if secrecy.holds(str(unit))]
    return np.isin(units, held)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """What a row is made from."""

    seen: Seen
    named: Named

    def of_call(self, at: int, why: Why) -> Behind:
        """Return one of the exchange's calls."""
        calls, (key, queue) = self.seen.data.calls, self.named.calls[at]
        seconds = None if calls.seconds[at] == UNKNOWN else int(calls.seconds[at])
        told = PhoneCall(
            key=key, queue=queue, unit=str(calls.unit[at]), least=seconds, most=seconds,
            answered=bool(calls.answered[at]), abandoned=bool(calls.abandoned[at]),
            direct=None if calls.direct[at] == UNKNOWN else bool(calls.direct[at]),
        )  # fmt: skip
        return _row(int(calls.at[at]), why, told)

    def of_contact(self, at: int, why: Why) -> Behind:
        """Return what an officer logged."""
        of = self.seen.data.logged
        least, most = int(of.least[at]), int(of.most[at])
        told = PhoneCall(
            unit=str(of.unit[at]), least=None if least == UNKNOWN else least,
            most=None if most in (UNKNOWN, NO_END) else most, direct=bool(of.direct[at]),
        )  # fmt: skip
        return _row(int(of.at[at]), why, told)


def _row(at: int, why: Why, told: PhoneCall) -> Behind:
    exact = told.least is not None and told.least == told.most
    length = timedelta(seconds=told.least or 0) if exact else None
    return Behind(case="", no=0, why=why, arrived=from_micros(at), length=length, call=told)


def _listings(of: _ByClass, told: _Told, wanted: Wanted, kept: _Kept) -> tuple[Listing, ...]:
    """Return the calls class by class, the earliest first, as far as they may be listed and are asked for."""
    seen, found = told.seen, list[Listing]()
    of_calls = of.of_calls or seen.told is not None
    # Where the exchange tells which answers were direct, its calls stand for contacts.
    places = np.arange(len(of.codes)) if of.of_calls or seen.told is None else np.flatnonzero(seen.told)
    secret, instants = (kept.calls, seen.data.calls.at) if of_calls else (kept.logged, seen.data.logged.at)
    names = [key for key, *_ in told.named.calls] if of_calls else told.named.cases
    for place, why in enumerate(of.whys):
        whys: tuple[Why, ...] = (Why.YES, Why.NO) if wanted.measure.id == COVERAGE else (why,)
        rows = places[of.codes == place]
        if not len(rows) or wanted.why not in (None, *whys):
            continue
        visible = _in_order(rows[~secret[rows]], instants, names)
        shown = visible[: wanted.limit or None]
        listed = tuple(told.of_call(at, why) if of_calls else told.of_contact(at, why) for at in shown)
        found.append(Listing(whys=whys, count=len(rows), secret=len(rows) - len(visible), rows=listed))
    return tuple(found)


def _in_order(rows: NDArray[np.intp], instants: Micros, names: Sequence[str]) -> list[int]:
    return sorted(rows.tolist(), key=lambda at: (int(instants[at]), names[at]))

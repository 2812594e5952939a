"""What was learned after a week was frozen: found by making its figures anew, told, and entered when somebody signs.

The figures are made anew with what is known now, but still look back from the instant the week was frozen: an answer
that came later is no correction of that week, one that turns out never to have arrived is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from measurement.measures import Figure
from measurement.periods import Week
from measurement.rollup.book import put_standing, put_values, same, says_something, standings, values_as_of
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.fill import Rollup, compute_all
from measurement.rollup.states import Standing, State

_OF_RATINGS = ("reception.", "clarity.", "ease.", "survey.")


class NotFrozen(LookupError):
    """The week is not frozen, so there is nothing to correct: it is made anew by itself."""


class NothingToRevise(LookupError):
    """The frozen figures are what the facts say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure that would be another one now; `stored` or `found` is None where there is no such figure."""

    measure: str
    slice: str
    stored: Figure | None
    found: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of a frozen week found.

    Attributes:
        broken: figures that the facts known at the freeze do not give: the book or the facts were tampered with, or
            the program is at fault.
        late: figures that facts learned since would change, of the whole before those of slices.
        redefined: measures that are defined otherwise now: their figures cannot be made anew.
    """

    week: Week
    broken: tuple[Difference, ...]
    late: tuple[Difference, ...]
    redefined: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        """Whether a figure of the whole would be another one.

        A case that goes to another unit long after moves only figures of slices, and corrects nothing.
        """
        return any(not one.slice for one in self.late)


async def check(rollup: Rollup, week: Week, now: datetime) -> Checked:
    """Return what has become of a frozen week's figures, looked at from `now` (UTC); nothing is changed.

    Raises:
        NotFrozen: it is not frozen.
    """
    async with rollup.writing() as connection:
        standing = await _frozen(connection, week)
        stored = await values_as_of(connection, str(week))
    known = max([standing.as_of, *(one.as_of for one in stored)])
    then, today = await compute_all(rollup, [(week, known, standing.as_of), (week, now, standing.as_of)])
    return Checked(
        week=week,
        broken=differences(stored, then),
        late=differences(then, today),
        redefined=_redefined(stored, then),
    )


async def revise(rollup: Rollup, week: Week, now: datetime, *, by: str, cause: str, decided_on: date) -> int:
    """Correct a frozen week by what is known now (UTC), visibly, and return the new revision.

    Raises:
        NotFrozen: it is not frozen. NothingToRevise: nothing would be another one. ValueError: nobody signs it.
    """
    async with rollup.writing() as connection:
        standing = await _frozen(connection, week)
    found = await rollup.compute(week, now, standing.as_of)
    figures = [replace(figure, as_of=now) for figure in found]
    async with rollup.writing() as connection:
        standing = await _frozen(connection, week)
        revision = await put_values(connection, str(week), figures, keep_until=now)
        if revision == standing.revision:
            raise NothingToRevise(f"the figures of {week} are what the facts say")
        await put_standing(connection, replace(standing, revision=revision))
        decision = Signed(
            kind=SignedKind.REVISION, period=str(week), cause=cause, decided_by=by, decided_on=decided_on,
            recorded_at=now,
        )  # fmt: skip
        await sign(connection, decision)
    return revision


async def _frozen(connection: AsyncConnection, week: Week) -> Standing:
    standing = (await standings(connection)).get(str(week))
    if standing is None or standing.state is not State.FROZEN:
        raise NotFrozen(f"{week} is not frozen yet: its figures are made anew by themselves")
    return standing


def _redefined(stored: Sequence[Figure], found: Sequence[Figure]) -> tuple[str, ...]:
    now = {one.measure: one.version for one in found}
    return tuple(sorted({one.measure for one in stored if now.get(one.measure, one.version) != one.version}))


def differences(old: Sequence[Figure], new: Sequence[Figure]) -> tuple[Difference, ...]:
    """Return the figures that are not the same in both, of the whole first; measures defined otherwise are left out."""
    leave = _redefined(old, new)
    before, after = ({(one.slice, one.measure): one for one in some if says_something(one)}
                     for some in (old, new))  # fmt: skip
    return tuple(
        Difference(measure=key[1], slice=key[0], stored=before.get(key), found=after.get(key))
        for key in sorted(before.keys() | after.keys())
        if key[1] not in leave and not _is_coarser(key) and not _agree(before.get(key), after.get(key))
    )


def _is_coarser(key: tuple[str, str]) -> bool:
    """Whether a figure cannot be made again: at the freeze a rating that stands alone loses its part (severing)."""
    slice_, measure = key
    return bool(slice_) and measure.startswith(_OF_RATINGS)


def _agree(one: Figure | None, other: Figure | None) -> bool:
    return one is not None and other is not None and same(one, other)

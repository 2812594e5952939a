"""Rebuilding: what is not frozen is made anew, and what is frozen is shown to be what the facts still give."""

from dataclasses import dataclass
from datetime import datetime

from measurement.periods import Week
from measurement.rollup.book import standings, values_as_of
from measurement.rollup.fill import Rollup, compute_all, fill
from measurement.rollup.late import Difference, differences
from measurement.rollup.states import State, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did.

    Attributes:
        made: weeks made anew.
        verified: frozen weeks that the facts known then give again.
        broken: frozen weeks where they do not, with what differs. Nothing in them was changed.
    """

    made: tuple[Work, ...]
    verified: int
    broken: dict[str, tuple[Difference, ...]]


async def rebuild(rollup: Rollup, now: datetime) -> Rebuilt:
    """Make every week anew that is not frozen, and verify every frozen one as of its own instant (UTC)."""
    async with rollup.writing() as connection:
        frozen = [one for one in (await standings(connection)).values() if one.state is State.FROZEN]
    made = await fill(rollup, now)
    broken: dict[str, tuple[Difference, ...]] = {}
    for at in range(0, len(frozen), rollup.at_once):
        some = frozen[at : at + rollup.at_once]
        async with rollup.writing() as connection:
            stored = [await values_as_of(connection, one.period) for one in some]
        known = [max([one.as_of, *(value.as_of for value in kept)]) for one, kept in zip(some, stored, strict=True)]
        wanted = [(Week.parse(one.period), then, one.as_of) for one, then in zip(some, known, strict=True)]
        for one, kept, found in zip(some, stored, await compute_all(rollup, wanted), strict=True):
            if wrong := differences(kept, found):
                broken[one.period] = wrong
    return Rebuilt(made=made, verified=len(frozen) - len(broken), broken=broken)

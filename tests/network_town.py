"""A simulated network: municipalities with a true level, weeks that vary more than chance, and their bundles."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from bot.clock import Rule
from measurement.measures import IN_TIME, Figure, Unit
from measurement.network.bundle import (
    THRESHOLD,
    Bundle,
    Contact,
    Hours,
    MeasureTold,
    Practice,
    SurveyTold,
    Total,
    WeekValue,
)
from measurement.network.bundle_export import definition_digest, measure_told, weeks_between
from measurement.periods import Week
from measurement.registry import REGISTRY

IN_A_DAY = IN_TIME[Rule.ONE_WORKING_DAY].id
FIRST, LAST = Week(year=2026, number=2), Week(year=2026, number=27)
MADE = datetime(2026, 8, 17, 7, 0, tzinfo=UTC)
NAMES = {"0115": "Vallentuna", "0117": "Österåker", "0139": "Upplands-Bro", "0160": "Täby", "0188": "Norrtälje",
         "0186": "Lidingö", "0140": "Nykvarn", "0330": "Knivsta"}  # fmt: skip
OURS, SMALL, BETTER = "0115", "0140", "0160"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A municipality of the simulation.

    Attributes:
        share: its true level; each week has its own around it.
        weekly: contacts a week in the mean.
        uneven: standard deviation of the weeks' own levels.
    """

    share: float
    weekly: float
    uneven: float = 0.03


def figures_of(place: Place, measure: str, chance: np.random.Generator) -> dict[str, Figure]:
    """Return a share's weekly figures: Poisson contacts, a beta level for each week, binomial answers."""
    found = dict[str, Figure]()
    for week in weeks_between(FIRST, LAST):
        n = int(chance.poisson(place.weekly))
        around = place.share * (1 - place.share) / place.uneven**2 - 1 if place.uneven else 0
        level = chance.beta(place.share * around, (1 - place.share) * around) if place.uneven else place.share
        part = int(chance.binomial(n, level))
        if n:
            found[str(week)] = Figure(
                measure=measure, version=1, period=str(week), numerator=part, denominator=n, n=n, value=part / n,
                as_of=week.end(_UTC) + timedelta(days=14),
            )  # fmt: skip
    return found


def bundle_of(id_: str, measures: tuple[MeasureTold, ...], **others: object) -> Bundle:
    """Return a bundle with ordinary hours and channels; anything may be replaced."""
    plain = Bundle(
        municipality=id_, name=NAMES[id_], first=str(FIRST), last=str(LAST), made_at=MADE, rule=Rule.ONE_WORKING_DAY,
        phone_seconds=60, threshold=THRESHOLD,
        hours=Hours(ordinary_day_minutes=510, open_minutes=61_200, open_days=120, changes=0,
                    words="måndag–fredag 08.00–16.30"),
        channels={"mail": 900, "telegram": 100}, survey=SurveyTold(invited=400, delivered=380, answered=120),
        measures=measures, contact=Contact(role="kvalitetsledare", address=f"kvalitet@{id_}.example"),
        practices=(Practice(measure=IN_A_DAY, text=f"Så gör vi i {NAMES[id_]}: en jour läser allt klockan 8 och 13."),),
        attachments=(),
    )  # fmt: skip
    return replace(plain, **others)  # type: ignore[arg-type]


def share_told(place: Place, chance: np.random.Generator, measure: str = IN_A_DAY) -> MeasureTold:
    """Return a simulated share as a bundle tells it."""
    weeks = [str(one) for one in weeks_between(FIRST, LAST)]
    told = measure_told(REGISTRY[measure], {measure: figures_of(place, measure, chance)}, weeks)
    assert told is not None
    return told


def network(places: dict[str, Place], seed: int) -> dict[str, Bundle]:
    """Return the bundles of a network by id, with one measure each."""
    chance = np.random.default_rng(seed)
    return {id_: bundle_of(id_, (share_told(place, chance),)) for id_, place in places.items()}


def even_told(share: float, weekly: int, measure: str = IN_A_DAY) -> MeasureTold:
    """Return a share that is the same in every week, so that sums are easily worked out."""
    part, weeks = round(share * weekly), weeks_between(FIRST, LAST)
    told = tuple(
        WeekValue(week=str(one), numerator=part, denominator=weekly, n=weekly, value=part / weekly) for one in weeks
    )
    n = weekly * len(weeks)
    total = Total(numerator=part * len(weeks), denominator=n, n=n, value=part / weekly)
    known = REGISTRY[measure]
    return MeasureTold(
        id=measure, version=known.version, digest=definition_digest(known), name=known.name, unit=Unit.SHARE,
        direction=known.direction, total=total, weeks=told, covered=len(weeks), withheld=0, other_version=0,
    )  # fmt: skip


_UTC = ZoneInfo("UTC")

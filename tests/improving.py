"""What tests of improvement work play with: rows of late inquiries, series, projects."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np

from measurement.improvement.gates import QUESTIONS, Gate
from measurement.improvement.lateness import DIMENSIONS, Lateness
from measurement.improvement.project import Entry, Field, Opened, Project, ProjectId, fold
from measurement.measures import Direction, Unit
from measurement.periods import Week, weeks_back
from measurement.population import Coded
from measurement.rows import coded
from measurement.statistics.series import Decision, DecisionKind, Point, Series

AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SHARE = "answered_in_time.one_working_day"
HOURS, BOTH = ("08", "10", "12", "14", "16"), ("no", "yes")


def entry(field: Field, value: str = "", about: str = "", seq: int = 0) -> Entry:
    return Entry(field=field, value=value, about=about, by="kvalitetsledaren", at=AT, seq=seq)


def project(*entries: Entry, measure: str = SHARE, series: str = "") -> Project:
    """Return a project with these entries, numbered in order."""
    opened = Opened(
        id=ProjectId("svar-i-tid"), title="Svar inom en arbetsdag", measure="" if series else measure, series=series,
        opened_by="kvalitetsledaren", opened_at=AT,
    )  # fmt: skip
    return fold(opened, [entry(one.field, one.value, one.about, seq) for seq, one in enumerate(entries, start=1)])


def answered(gate: Gate) -> list[Entry]:
    """Return answers to all questions of a gate."""
    return [entry(Field.ANSWER, "Ett svar.", one.id) for one in QUESTIONS if one.gate is gate]


def shares(numerators: Sequence[int | None], n: int = 100, last: str = "2026-W53", **more: object) -> Series:
    """Return weekly shares of n that end with a week; None: no value."""
    weeks = weeks_back(Week.parse(last), len(numerators))
    points = tuple(
        Point(period=str(week), value=None if k is None else k / n, n=0 if k is None else n, numerator=k)
        for week, k in zip(weeks, numerators, strict=True)
    )
    made = {"direction": Direction.HIGHER, "decisions": (), "target": None} | more
    return Series(
        measure=SHARE, version=1, name="Besvarade inom en arbetsdag", unit=Unit.SHARE, points=points, **made,  # type: ignore[arg-type]
    )  # fmt: skip


def noted(period: str, kind: DecisionKind = DecisionKind.NOTE) -> Decision:
    return Decision(
        kind=kind, period=period, cause="Kontaktcenter öppnar", decided_by="kommundirektören",
        decided_on=date(2026, 8, 31),
    )  # fmt: skip


def rows(seed: int, count: int, late: float, slow: Mapping[tuple[str, str], float], *, weeks: int = 30) -> Lateness:
    """Return inquiries of a made-up town: each late with a chance, those of slow categories with more of it.

    Weeks differ (a beta of rho 0.01). Categories are drawn apart from each other.
    """
    chance = np.random.default_rng(seed)
    week = chance.integers(weeks, size=count)
    size = 1 / 0.01 - 1
    risk = chance.beta(late * size, (1 - late) * size, weeks)[week]
    members = {"kind": "abcdef", "topic": "ghijkl", "unit": "mnop", "weekday": "12345", "hour": HOURS, "held": BOTH,
               "handed_over": BOTH}  # fmt: skip
    groups = dict[str, Coded]()
    for dimension in DIMENSIONS:
        words = chance.choice(list(members[dimension]), size=count)
        groups[dimension] = coded(words.tolist())
        for (name, member), more in slow.items():
            if name == dimension:
                risk = np.where(words == member, risk + more, risk)
    return Lateness(late=chance.random(count) < risk, weeks=np.unique(week, return_inverse=True)[1], groups=groups)

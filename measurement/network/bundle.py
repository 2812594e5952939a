"""A bundle: what one municipality hands to the others of its network, as plain data. Aggregates only.

No case, person, officer or unit can be found in it: figures of the whole municipality by week, and what must be known
to compare them. Texts are what somebody chose to share.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Rule
from measurement.measures import Direction, Unit

VERSION = 1
"""Of the form of a bundle; who reads 1 cannot read 2."""
THRESHOLD = 10
"""From so many on a week's figure may leave the house: the fewest of a subgroup (reference/measurement.md §3)."""
INDEX_FROM, INDEX_COMPARED_FROM = 30, 100
"""Answers from which an index may be shown, and from which it may be compared (SKR's service measurement)."""
SURVEYED = (
    *(f"{one}.{part}" for one in ("reception", "clarity", "ease") for part in ("good", "index")),
    "survey.real_answer",
)
"""The measures that are made of what people answered in the survey."""
MOST_N = 10**6
"""More than anybody gets in a week."""
MOST_NUMBER = 10**8
"""No number of a bundle is greater, whatever it counts."""
MOST_WEEKS = 106
"""Two years: a longer period is no meeting's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekValue:
    """One week's figure.

    Attributes:
        week: as ``2026-W47``.
        numerator, denominator: of a share; None of anything else.
        n: what it rests on.
        value: 0–1 of a share, 0–100 of an index, seconds of a length.
    """

    week: str
    numerator: int | None
    denominator: int | None
    n: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The figure of all weeks of the period together, those that are withheld included.

    Attributes:
        numerator, denominator: of a share; None of an index.
        n: what it rests on.
        value: 0–1 of a share, 0–100 of an index.
    """

    numerator: int | None
    denominator: int | None
    n: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTold:
    """One measure of the whole municipality.

    Attributes:
        id, version, digest: which definition; `digest` is the SHA-256 of its words.
        name: what it is called in Swedish, for whoever does not know the id.
        unit, direction: as the measure's.
        total: None where none can be made, as of a median, or where it would tell what is withheld.
        weeks: oldest first; those that had figures that may be told.
        covered: how many weeks there are from its first figure to its last, those without any among them.
        withheld: how many weeks had too few to be told.
        other_version: how many weeks were made by another version of the definition, and are not in it.
    """

    id: str
    version: int
    digest: str
    name: str
    unit: Unit
    direction: Direction | None
    total: Total | None
    weeks: tuple[WeekValue, ...]
    covered: int
    withheld: int
    other_version: int

    @property
    def is_known(self) -> bool:
        """Whether it has a figure of the whole period: a total, or of times the medians of weeks."""
        return self.total is not None or (self.unit is Unit.SECONDS and bool(self.weeks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The opening hours of the period, in numbers and in words.

    Attributes:
        ordinary_day_minutes: open minutes that count as one day.
        open_minutes, open_days: of the whole period.
        changes: how many times the hours were decided anew in it.
        words: the ordinary week in Swedish.
    """

    ordinary_day_minutes: int
    open_minutes: int
    open_days: int
    changes: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTold:
    """Who was asked in the period, and how many of them answered; in whole tens, as others must not count heads."""

    invited: int
    delivered: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom others may ask: a role and a function's address, no person's."""

    role: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How it is done here, in a few sentences; `measure`: the id it is about, empty: in general."""

    measure: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document that somebody chose to share, as a handbook.

    Attributes:
        name: a plain file name; `title`: what it is.
        digest: SHA-256 of the file.
        content: the file in base64.
    """

    name: str
    title: str
    digest: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one municipality tells of one period.

    Attributes:
        municipality, name: its id, as Statistics Sweden numbers it, and what it is called.
        first, last: the weeks of the period, both included.
        made_at: UTC; of two of the same period the later one holds.
        rule: by which its own report tells who was answered in time.
        phone_seconds: within which a direct answer by telephone counts.
        threshold: from so many on a week's figure is told, and what is not told together.
        channels: written contacts of the period by channel, in whole tens; those of fewer than ten are left out.
        survey: None where fewer than ten answered.
        contact, practices, attachments: what somebody chose to share.
    """

    municipality: str
    name: str
    first: str
    last: str
    made_at: datetime
    rule: Rule
    phone_seconds: int
    threshold: int
    hours: Hours
    channels: dict[str, int]
    survey: SurveyTold | None
    measures: tuple[MeasureTold, ...]
    contact: Contact | None
    practices: tuple[Practice, ...]
    attachments: tuple[Attachment, ...]

    def measure(self, measure: str) -> MeasureTold | None:
        """Return what it tells of a measure by its id; None: nothing."""
        return next((one for one in self.measures if one.id == measure), None)

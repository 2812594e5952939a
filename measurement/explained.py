"""What stands behind one figure: classes that add up, and what is listed of them. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Rule
from bot.hours import CalendarVersion
from measurement.figure_id import FigureId
from measurement.measures import Figure, Measure
from measurement.periods import Week
from measurement.phone import Withheld
from measurement.rollup.states import State


class Why(StrEnum):
    """The class that something behind a figure is in. Of one figure it is always in exactly one."""

    IN_TIME = "in_time"
    LATE = "late"
    UNANSWERED = "unanswered"
    NOT_YET_DUE = "not_yet_due"
    LEFT_OUT = "left_out"
    YES = "yes"
    """In the population, and counts for the share."""
    NO = "no"
    """In the population, and does not."""
    OUTSIDE = "outside"
    """Not in the population, though not left out."""
    COUNTED = "counted"
    ANSWERED = "answered"
    WAITING = "waiting"
    PAST_DUE = "past_due"
    PHONE = "phone"
    VISIT = "visit"
    ABANDONED = "abandoned"
    SENT_ON = "sent_on"
    """A call that was neither answered nor given up."""
    SHORT = "short"
    """Given up within a few seconds."""
    CLOSED = "closed"
    """Outside open hours."""
    NO_SECONDS = "no_seconds"
    NOT_JUDGED = "not_judged"


class Kept(StrEnum):
    """How a figure in the book agrees with what is counted here."""

    AGREES = "agrees"
    SO_FAR = "so_far"
    """The period is not frozen: what is kept of it moves, and is compared with nothing."""
    NOT_KEPT = "not_kept"
    """There is none in the book: it is counted when somebody asks."""
    LATE = "late"
    """Something was learned after it was frozen that would make it another one."""
    BROKEN = "broken"
    """What was known when it was frozen does not give it."""
    REDEFINED = "redefined"
    """It was counted by another version of the definition."""


class Secret(StrEnum):
    """Why grades, or the whole figure, are not told."""

    TOO_FEW = "too_few"
    """So few answered, here or in another group, that somebody's answer could be found out."""
    NOT_CLOSED = "not_closed"
    """Answers still come: who asks every day would see each of them."""
    CHANGED = "changed"
    """Others answered since it was kept: the difference would tell what they said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """One call by telephone: of the exchange, or as an officer logged it; never who called, nor who answered.

    Attributes:
        key: by which the exchange's call is imported once; empty of a logged one, of which there is none.
        queue: of the exchange, as its file has it.
        unit: empty where nobody told.
        least, most: seconds until the answer, or until the caller gave up, lie between them, both included; both None:
            not told; only `most` None: no upper limit, as the chat's buttons have it.
        answered, abandoned: how it ended at the exchange; neither: it was sent on or the like. None of a logged one.
        direct: whether the answer was direct; None: not told.
    """

    key: str = ""
    queue: str = ""
    unit: str = ""
    least: int | None = None
    most: int | None = None
    answered: bool | None = None
    abandoned: bool | None = None
    direct: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One thing behind a figure. Instants are UTC; None where there is none, or it does not belong to the measure.

    Attributes:
        case, no: which inquiry; empty and 0 of a call, and of a test contact that never became one.
        why: its class.
        arrived, answered: its start, and the standing answer given by the as-of instant; of a call when it came to
            the queue, or when it was logged.
        due: the deadline under the rule, or of promises the midnight that ends the promised day.
        told: what the measure asks for besides: the acknowledgement, the holding notice, another answer, what it led
            to, the next inquiry, the judgement, when a test was sent.
        length: how long it waited, by the measure's own time; of a call only where it is told exactly.
        left: of lengths, which share (0–1) has no answer yet after this length, by Kaplan–Meier.
        transferred: of first contact, that it was handed over.
        reason: why it is left out, as `bot.facts.ExcludeReason` has it; empty if it is not.
        points: of a test, 0–3.
        what: of a test, its plan, area, question and round.
        call: what is told of a call by telephone; None: it is none.
    """

    case: str
    no: int
    why: Why
    arrived: datetime | None = None
    answered: datetime | None = None
    due: datetime | None = None
    told: datetime | None = None
    length: timedelta | None = None
    left: float | None = None
    transferred: bool = False
    reason: str = ""
    points: int | None = None
    what: str = ""
    call: PhoneCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is listed of one class, or of several that stand in one order.

    Attributes:
        whys: which classes; of several it is not always known which of them each row is in.
        count: how many there are.
        secret: how many of them are not listed because few may see them.
        before: how many come before the first that is listed, and are not, only because there are too many.
    """

    whys: tuple[Why, ...]
    count: int
    secret: int
    rows: tuple[Behind, ...]
    before: int = 0

    @property
    def after(self) -> int:
        """Return how many come after the last that is listed."""
        return self.count - self.secret - self.before - len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where the Kaplan–Meier curve comes down to what a quantile asks for.

    Attributes:
        share: 0.5 for the median.
        length: the first at which it is there; the longest seen if it never is.
        reached: whether it is.
        at_risk: how many had waited at least so long, answered then or not.
        answered: how many were answered at exactly this length.
        left_before, left_after: the share without an answer just before, and after.
    """

    share: float
    length: timedelta
    reached: bool
    at_risk: int
    answered: int
    left_before: float
    left_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A figure as it is counted, with what is behind it.

    Attributes:
        figure: None: it may not be told.
        classes: how many are in each; they add up.
        listings: of inquiries, calls, samples and tests; empty where nothing is listed one by one.
        rule: by which deadlines are reckoned, None: none are.
        hours: whether opening hours decide anything in it.
        seconds: within which an answer by telephone counts.
        weeks: of what is known by the week alone, which weeks were counted.
        step: of quantiles; None of anything else, or of nothing.
        grades: how many gave each, the best first; of tests how many got so many points. None: not told.
        unknown: how many answered "do not know"; None: not told.
        secret: why grades or figure are not told.
        withheld: why the telephone gives no share.
    """

    figure: Figure | None
    classes: Mapping[Why, int] = field(default_factory=dict)
    listings: tuple[Listing, ...] = ()
    rule: Rule | None = None
    hours: bool = False
    seconds: int | None = None
    weeks: tuple[Week, ...] = ()
    step: Step | None = None
    grades: Mapping[int, int] | None = None
    unknown: int | None = None
    secret: Secret | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One figure explained. Instants are UTC.

    Attributes:
        id, measure: which figure, and what its measure means.
        start, end: of its period, the end not included.
        asked: as things stood then.
        known: only what was recorded by then is in `part`: of a frozen period when it was frozen or last corrected.
        as_of: the instant that is looked back from.
        state, revision, stored: how far the period had come at `asked`, None: it was not filled; the number of the
            kept value and the value, None: there is none.
        kept: how that agrees with `part`.
        now: of a frozen period, the figure with all that is known at `asked`; None: not asked, or not told.
        versions: the opening hours in force at any time of the period.
    """

    id: FigureId
    measure: Measure
    zone: str
    start: datetime
    end: datetime
    asked: datetime
    known: datetime
    as_of: datetime
    state: State | None
    revision: int
    stored: Figure | None
    kept: Kept
    now: Figure | None
    part: Part
    versions: tuple[CalendarVersion, ...]

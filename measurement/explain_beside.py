"""What is behind the figures that no inquiries or calls make: surveys, judged answers, test contacts.

Of surveys there are counts of grades as far as they may be told, never a case: nothing leads from a grade to one.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Text, column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.facts import from_micros, to_micros
from measurement.explain_inquiries import Wanted
from measurement.explain_source import Secrecy, secret_among
from measurement.explained import Behind, Listing, Part, Secret, Why
from measurement.judged import MOST_POINTS, Aspect, quality_figures, read_sample, read_tests
from measurement.judged import test_figures as figures_of_tests
from measurement.measures import Figure
from measurement.periods import Period
from measurement.population import Dimension
from measurement.rollup.states import freezes_at
from measurement.survey import survey_figures
from measurement.survey_source import SurveyCounts, read_counts, weeks_in

SAMPLES = table(
    "samples",
    column("week", Text), column("case", Text), column("inquiry", BigInteger), column("place", BigInteger),
    column("drawn_at", BigInteger), column("judged_at", BigInteger), column("is_answer", BigInteger),
    column("is_clear", BigInteger), column("has_sender", BigInteger),
)  # fmt: skip
TEST_CONTACTS = table(
    "test_contacts",
    column("plan", Text), column("area", Text), column("question", Text), column("round", BigInteger),
    column("channel", Text), column("state", Text), column("case", Text), column("inquiry", BigInteger),
    column("sent_at", BigInteger), column("answered_at", BigInteger), column("availability", BigInteger),
    column("answer", BigInteger), column("interest", BigInteger), column("information", BigInteger),
    column("reception", BigInteger),
)  # fmt: skip
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""

_JUDGED = "judged"
_TOTAL = "test.total"
_DRAWN = "quality.drawn"
_FIRST_QUESTION = "survey.real_answer"
_INVITATIONS = ("survey.delivered", "survey.answered")
_GRADES = (5, 4, 3, 2, 1)


def _chosen(figures: Sequence[Figure], wanted: Wanted) -> Figure | None:
    return next((one for one in figures if (one.measure, one.slice) == (wanted.measure.id, wanted.slice)), None)


async def survey_part(
    connection: AsyncConnection, wanted: Wanted, period: Period, calendar: Calendar
) -> tuple[Part, frozenset[str]]:
    """Return a figure of the survey, with grades as far as they may be told, and the slices that occur."""
    weeks = weeks_in(period)
    counts = await read_counts(connection, weeks)
    found, measure = survey_figures(counts, period, wanted.as_of), wanted.measure.id
    mixes = [one.mix for one in counts.rated] + [one.mix for one in counts.asked]
    slices = frozenset(name for mix in mixes for name in mix.slices())
    if wanted.slice in found.hidden.get(measure, frozenset()):
        return Part(figure=None, weeks=weeks, secret=Secret.TOO_FEW), slices
    figure = _chosen(found.figures, wanted) or wanted.figure(0, None)
    if measure in _INVITATIONS:
        good, n = figure.numerator or 0, figure.n
        return Part(figure=figure, classes={Why.YES: good, Why.NO: n - good}, weeks=weeks), slices
    if wanted.as_of < freezes_at(period, calendar):
        return Part(figure=figure, weeks=weeks, secret=Secret.NOT_CLOSED), slices
    grades, unknown = _grades(counts, measure, wanted.slice)
    return Part(figure=figure, weeks=weeks, grades=grades, unknown=None if wanted.slice else unknown), slices


def _grades(counts: SurveyCounts, measure: str, slice_: str) -> tuple[dict[int, int], int]:
    """Return how many gave each grade in a slice that may be told, the best first, and how many did not know."""
    question = "answered" if measure == _FIRST_QUESTION else measure.partition(".")[0]
    found: dict[int | None, int] = dict.fromkeys((1, 0) if question == "answered" else _GRADES, 0)
    unknown = 0
    for one in counts.rated:
        slices = {"", *one.mix.slices()} if one.mix.is_written else {f"channel:{one.mix.of[Dimension.CHANNEL]}"}
        if one.question == question and slice_ in slices:
            if one.grade is None:
                unknown += one.count
            elif one.grade in found:
                found[one.grade] += one.count
    return {grade: number for grade, number in found.items() if grade is not None}, unknown


async def sample_part(
    connection: AsyncConnection, wanted: Wanted, period: Period, known: datetime, calendar: Calendar, secrecy: Secrecy
) -> Part:
    """Return a figure of the judged sample, with what was drawn and judged; nothing of who judged or wrote it."""
    sample = await read_sample(connection, period, calendar, known)
    figures = quality_figures(sample, label=wanted.period, as_of=wanted.as_of)
    of, instant = SAMPLES.c, to_micros(known)
    is_share = wanted.measure.id != _DRAWN
    # Of how many were drawn the classes are those that somebody has judged, and the others.
    judgement = of[wanted.measure.id.removeprefix("quality.")] if is_share else of.judged_at
    weeks = weeks_in(period)
    drawn = (of.week.in_([str(week) for week in weeks]), of.drawn_at <= instant)
    query = select(of.case, of.inquiry, of.judged_at, judgement).where(*drawn)
    rows = [
        Behind(
            case=case,
            no=no,
            why=_judged(yes, at, instant) if is_share else _is_judged(at, instant),
            told=from_micros(at) if at and at <= instant else None,
        )
        for case, no, at, yes in await connection.execute(query.order_by(of.week, of.place))
    ]
    secret = await secret_among(connection, [one.case for one in rows], secrecy)
    whys = (Why.NO, Why.YES, Why.NOT_JUDGED) if is_share else (Why.COUNTED, Why.NOT_JUDGED)
    nothing = wanted.share(0, 0) if is_share else wanted.figure(0, 0.0)
    return Part(
        figure=_chosen(figures, wanted) or nothing, classes=_counted(rows, whys),
        weeks=weeks, listings=listed(rows, whys, wanted, secret),
    )  # fmt: skip


def _is_judged(at: int | None, known: int) -> Why:
    return Why.NOT_JUDGED if at is None or at > known else Why.COUNTED


def _judged(yes: int | None, at: int | None, known: int) -> Why:
    if _is_judged(at, known) is Why.NOT_JUDGED:
        return Why.NOT_JUDGED
    return Why.YES if yes else Why.NO


async def tests_part(
    connection: AsyncConnection, wanted: Wanted, span: tuple[datetime, datetime], known: datetime, secrecy: Secrecy
) -> Part:
    """Return a figure of test contacts, with the plan's contacts and their points; nothing of who judged them."""
    figures = figures_of_tests(await read_tests(connection, *span, known), label=wanted.period, as_of=wanted.as_of)
    rows, points = await _tests(connection, wanted, span, known)
    whys = (Why.YES, Why.NOT_JUDGED)
    secret = await secret_among(connection, [one.case for one in rows if one.case], secrecy)
    return Part(
        figure=_chosen(figures, wanted) or wanted.figure(0, None, of=(0, 0)), classes=_counted(rows, whys),
        listings=listed(rows, whys, wanted, secret),
        grades={one: points.count(one) for one in range(MOST_POINTS, -1, -1)},
    )  # fmt: skip


async def _tests(
    connection: AsyncConnection, wanted: Wanted, span: tuple[datetime, datetime], known: datetime
) -> tuple[list[Behind], list[int]]:
    """Return the contacts as they were sent, and the points of every judgement; of the total those of all aspects."""
    of, (start, end) = TEST_CONTACTS.c, span
    within = [of.sent_at >= to_micros(start), of.sent_at < to_micros(end), of.sent_at <= to_micros(known)]
    if wanted.slice:
        within.append(of.channel == wanted.slice.partition(":")[2])
    query = select(TEST_CONTACTS).where(*within).order_by(of.sent_at, of.plan, of.area, of.question, of.round)
    found, points = list[Behind](), list[int]()
    for row in (await connection.execute(query)).mappings():
        given = [row[name] for name in _aspects(wanted) if row[name] is not None and row["state"] == _JUDGED]
        points += given
        answered = row["answered_at"]
        found.append(
            Behind(
                case=row["case"], no=row["inquiry"] or 0, why=Why.YES if given else Why.NOT_JUDGED,
                told=from_micros(row["sent_at"]), answered=None if answered is None else from_micros(answered),
                points=sum(given) if given else None,
                what=", ".join((row["plan"], row["area"], f"{row['question']} ({row['round']})")),
            )
        )  # fmt: skip
    return found, points


def _aspects(wanted: Wanted) -> list[str]:
    return [one.value for one in Aspect if wanted.measure.id in (f"test.{one.value}", _TOTAL)]


def _counted(rows: Sequence[Behind], whys: Sequence[Why]) -> dict[Why, int]:
    return {why: sum(one.why is why for one in rows) for why in whys}


def listed(rows: Sequence[Behind], whys: Sequence[Why], wanted: Wanted, secret: Collection[str]) -> tuple[Listing, ...]:
    """Return rows class by class, in their order, as far as they may be listed and are asked for."""
    found = list[Listing]()
    for why in whys:
        mine = [one for one in rows if one.why is why]
        if mine and wanted.why in (None, why):
            open_ones = [one for one in mine if one.case not in secret]
            shown = tuple(open_ones[: wanted.limit or None])
            found.append(Listing(whys=(why,), count=len(mine), secret=len(mine) - len(open_ones), rows=shown))
    return tuple(found)

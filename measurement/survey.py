"""The survey's figures: who was asked and answered, how good reception, clarity and ease were, and what is hidden.

The whole is what was written to us (e-mail and Telegram together); the telephone is a slice of its own beside it, as
SKR keeps them apart. A figure that could tell what somebody answered is not made at all: it is named as hidden.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Channel
from measurement.measures import Figure
from measurement.periods import Period, Week, weeks_back
from measurement.population import Dimension
from measurement.registry import REGISTRY
from measurement.report.content import Survey
from measurement.statistics.reception import Asked as AskedOf
from measurement.statistics.reception import Grades, weighted_on_time
from measurement.statistics.suppression import GROUP_FROM, WHOLE, Reason, suppress
from measurement.survey_source import (
    SLICED_BY,
    Rated,
    SurveyCounts,
    read_counts,
    read_not_invited,
    read_rated,
    weeks_in,
)

QUESTIONS = ("reception", "clarity", "ease")
"""With grades 1–5; values of `ratings.question`."""
ROLLING = 13
"""Weeks that the headline of reception covers."""

_FIRST = "answered"
"""The first question: whether there was an answer from a person; 1 yes, 0 no."""
_SCALE, _YES_NO = (5, 4, 3, 2, 1), (1, 0)
_POINTS = MappingProxyType({5: 100, 4: 75, 3: 50, 2: 25, 1: 0})
_GOOD = frozenset((4, 5))
_NOT_ASKED = frozenset(("lot", "suppressed", "capped", "withdrawn"))
_PHONE = f"{Dimension.CHANNEL.value}:{Channel.PHONE.value}"

_Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFigures:
    """The figures of a period. `hidden`: by measure the slices (empty: the whole) that are hidden, in no figure."""

    figures: tuple[Figure, ...]
    hidden: Mapping[str, frozenset[str]]


async def survey_part(
    connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
) -> Sequence[Figure]:
    """Return the survey's figures of a period; a `measurement.rollup.making.Part`.

    Of a week only that week, nothing rolling; of a month, tertial or year the weeks whose Thursday lies in it. What is
    hidden is not among them. Ratings have no instant, so `known` changes nothing.
    """
    del known
    counts = await read_counts(connection, weeks_in(period))
    return survey_figures(counts, period, as_of).figures


async def hidden_of(connection: AsyncConnection, weeks: Sequence[Week]) -> Mapping[str, frozenset[str]]:
    """Return by measure the slices whose figure over these weeks together is hidden, so that a report can say so."""
    rated = await read_rated(connection, weeks)
    found = {question: _told(rated, question) for question in (*QUESTIONS, _FIRST)}
    return {measure: names for question, told in found.items() for measure, names in _hidden(question, told)}


async def survey_of(connection: AsyncConnection, weeks: Sequence[Week]) -> Survey:
    """Return who was asked in writing about contacts of these weeks, and what came of it, as a report tells it.

    Of grades the best stand first. A question whose whole is hidden, or that nobody answered, has neither grades nor
    "do not know"; `real_answer` is (0, 0) then. Invited are also those who could not be reached. Who was up and neither
    invited nor left out waits for the invitation.
    """
    return survey_as_told(await read_counts(connection, weeks), await read_not_invited(connection, weeks))


async def rolling_headline(connection: AsyncConnection, week: Week, as_of: datetime) -> Figure | None:
    """Return reception over the 13 weeks that end with this one: the share of grades 4–5, with its n, as of the week.

    None: it is hidden, under five answers. Without any answer its n is 0 and it has no value.
    """
    rated = await read_rated(connection, weeks_back(week, ROLLING))
    if not _is_told(rated, "reception"):
        return None
    return next(_Book(str(week), as_of).graded("reception", WHOLE, _whole(rated, "reception")))


def survey_figures(counts: SurveyCounts, period: Period, as_of: datetime) -> SurveyFigures:
    """Return the figures of a period, for all and for every slice that occurs and may be shown.

    Slices are of channel, kind and unit. Invitations are no secret and are told of all. Answers are told of a slice
    from ten on, of the whole from five on; of so many more slices nothing is told as it takes that none can be found
    by subtraction. Pure.

    Args:
        counts: of the period's weeks.
        period: which one.
        as_of: what the figures are stamped with (UTC).
    """
    book = _Book(str(period), as_of)
    figures, hidden = list[Figure](), dict[str, frozenset[str]]()
    for question in (*QUESTIONS, _FIRST):
        told = _told(counts.rated, question)
        for name in _shown(told.verdicts):
            figures += book.of_question(question, name, told.of.get(name, told.nothing))
        hidden |= dict(_hidden(question, told))
    figures += _invitations(counts, book)
    place = {measure: at for at, measure in enumerate(REGISTRY)}
    return SurveyFigures(figures=tuple(sorted(figures, key=lambda one: (place[one.measure], one.slice))), hidden=hidden)


def survey_as_told(counts: SurveyCounts, not_invited: Mapping[str, int] = MappingProxyType({})) -> Survey:
    """Return the same as `survey_of` from what was counted. Pure."""
    asked = [one for one in counts.asked if one.mix.is_written]
    shown = [question for question in (*QUESTIONS, _FIRST) if _is_told(counts.rated, question)]
    yes, no = _whole(counts.rated, _FIRST) if _FIRST in shown else (0, 0)
    every = {question: _grades(counts, question) for question in QUESTIONS if question in shown}
    grades = {question: of for question, of in every.items() if of.n or of.unknown}

    def count(state: str) -> int:
        return sum(one.count for one in asked if one.state == state)

    return Survey(
        drawn=sum(one.count for one in asked) + sum(not_invited.values()),
        suppressed=sum(number for state, number in not_invited.items() if state in _NOT_ASKED),
        invited=sum(one.count for one in asked), delivered=sum(one.count for one in asked if one.is_delivered),
        answered=count("answered"), declined=count("declined"), failed=count("failed"),
        grades={question: of.counts for question, of in grades.items()},
        unknown={question: of.unknown for question, of in grades.items()},
        real_answer=(yes, yes + no),
        comments=sum(number for channel, number in counts.comments.items() if channel != Channel.PHONE.value),
        weighted=_weighted(counts, list(grades)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Book:
    """What all figures of a period have in common."""

    period: str
    as_of: datetime

    def share(self, measure: str, slice_: str, numerator: int, n: int) -> Figure:
        return Figure(
            measure=measure, version=REGISTRY[measure].version, period=self.period, slice=slice_, numerator=numerator,
            denominator=n, n=n, value=numerator / n if n else None, as_of=self.as_of,
        )  # fmt: skip

    def of_question(self, question: str, slice_: str, counts: _Counts) -> Iterator[Figure]:
        """Give what is told of a question."""
        if question == _FIRST:
            yield self.share("survey.real_answer", slice_, counts[0], sum(counts))
        else:
            yield from self.graded(question, slice_, counts)

    def graded(self, question: str, slice_: str, counts: _Counts) -> Iterator[Figure]:
        """Give the share of good grades, and the index."""
        of, n = dict(zip(_SCALE, counts, strict=True)), sum(counts)
        yield self.share(f"{question}.good", slice_, sum(of[grade] for grade in _GOOD), n)
        measure = f"{question}.index"
        points = sum(_POINTS[grade] * number for grade, number in of.items())
        yield Figure(
            measure=measure, version=REGISTRY[measure].version, period=self.period, slice=slice_, n=n,
            value=points / n if n else None, as_of=self.as_of,
        )  # fmt: skip


def _invitations(counts: SurveyCounts, book: _Book) -> Iterator[Figure]:
    """Give how many invitations arrived, and how many of those were answered."""
    invited, delivered, answered = dict[str, int](), dict[str, int](), dict[str, int]()
    for one in counts.asked:
        if one.mix.is_written:
            for name in (WHOLE, *one.mix.slices()):
                invited[name] = invited.get(name, 0) + one.count
                delivered[name] = delivered.get(name, 0) + one.count * one.is_delivered
                answered[name] = answered.get(name, 0) + one.count * (one.is_delivered and one.state == "answered")
    for name in {WHOLE, *invited}:
        yield book.share("survey.delivered", name, delivered.get(name, 0), invited.get(name, 0))
        yield book.share("survey.answered", name, answered.get(name, 0), delivered.get(name, 0))


@dataclass(frozen=True, slots=True)
class _Told:
    """How many gave each answer to a question, by slice, and of each slice why it may not be shown; None: it may."""

    of: Mapping[str, _Counts]
    nothing: _Counts
    verdicts: Mapping[str, Reason | None]


def _told(rated: Sequence[Rated], question: str) -> _Told:
    scale = _YES_NO if question == _FIRST else _SCALE
    found = dict[str, list[int]]()
    for one in rated:
        if one.question == question and one.grade in scale:
            for name in _slices(one):
                found.setdefault(name, [0] * len(scale))[scale.index(one.grade)] += one.count
    of, nothing = {name: tuple(numbers) for name, numbers in found.items()}, (0,) * len(scale)
    return _Told(of, nothing, _verdicts(of, of.get(WHOLE, nothing)))


def _slices(one: Rated) -> tuple[str, ...]:
    return (WHOLE, *one.mix.slices()) if one.mix.is_written else (f"channel:{one.mix.of[Dimension.CHANNEL]}",)


def _verdicts(of: Mapping[str, _Counts], whole: _Counts) -> dict[str, Reason | None]:
    found = dict[str, Reason | None]()
    for dimension in SLICED_BY:
        groups = {name: one for name, one in of.items() if name.startswith(f"{dimension.value}:") and name != _PHONE}
        found |= suppress(whole, groups)
    if _PHONE in of:
        # A whole of its own, by the threshold of a slice: nothing can be subtracted from it, or it from anything.
        found[_PHONE] = Reason.TOO_FEW if sum(of[_PHONE]) < GROUP_FROM else suppress(of[_PHONE], {})[WHOLE]
    return found


def _shown(verdicts: Mapping[str, Reason | None]) -> list[str]:
    """Return what figures are made of: what may be shown, and a whole without any answer: no data is no secret."""
    return [name for name, why in verdicts.items() if why is None or (name == WHOLE and why is Reason.EMPTY)]


def _hidden(question: str, told: _Told) -> Iterator[tuple[str, frozenset[str]]]:
    secret = frozenset(name for name, why in told.verdicts.items() if why not in (None, Reason.EMPTY))
    measures = ("survey.real_answer",) if question == _FIRST else (f"{question}.good", f"{question}.index")
    if secret:
        yield from ((measure, secret) for measure in measures)


def _whole(rated: Sequence[Rated], question: str) -> _Counts:
    """Return how many gave each answer in writing, the best first."""
    scale = _YES_NO if question == _FIRST else _SCALE
    given = [one for one in rated if one.question == question and one.mix.is_written]
    return tuple(sum(one.count for one in given if one.grade == grade) for grade in scale)


def _is_told(rated: Sequence[Rated], question: str) -> bool:
    return suppress(_whole(rated, question), {})[WHOLE] in (None, Reason.EMPTY)


def _grades(counts: SurveyCounts, question: str, in_time: bool | None = None, *, own: bool = False) -> Grades:
    """Return the grades of the whole; of those answered in time or late, and only of our own survey, if told so."""
    of = dict.fromkeys((*_SCALE, None), 0)
    for one in counts.rated:
        chosen = in_time is None or one.mix.in_time is in_time
        if one.question == question and one.mix.is_written and chosen and (one.is_own or not own) and one.grade in of:
            of[one.grade] += one.count
    return Grades(five=of[5], four=of[4], three=of[3], two=of[2], one=of[1], unknown=of[None])


def _weighted(counts: SurveyCounts, questions: Sequence[str]) -> dict[str, float]:
    """Return the share of 4–5 by question as if as many respondents were answered in time as of all who were asked.

    Only where those differ, and where neither kind is so small that its own share could be found out.
    """
    found = dict[str, float]()
    for question in questions:
        kinds = [
            (_grades(counts, question, in_time, own=True), _delivered(counts, in_time)) for in_time in (True, False)
        ]
        if any(0 < grades.n < GROUP_FROM or grades.n > delivered for grades, delivered in kinds):
            continue
        on_time, late = (AskedOf(delivered, grades) for grades, delivered in kinds)
        weighted = weighted_on_time(on_time, late)
        if weighted is not None and weighted.good is not None:
            found[question] = weighted.good
    return found


def _delivered(counts: SurveyCounts, in_time: bool) -> int:
    return sum(
        one.count for one in counts.asked
        if one.is_delivered and one.mix.is_written and one.mix.in_time is in_time
    )  # fmt: skip

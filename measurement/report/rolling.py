"""The survey over the weeks that a report tells of, kept in the book of figures, so that an old report says the same.

Ratings have no instant: what had been answered when a report was sent can only be known if it was written down then.
Each number of `Survey` is a figure of its own, `rolling.` before its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from measurement.measures import Figure
from measurement.periods import Period, Week, weeks_back
from measurement.report.content import Survey
from measurement.survey import ROLLING, survey_as_told, survey_figures
from measurement.survey_source import read_counts, weeks_in

PREFIX = "rolling."
RATED = "rated"
"""How many gave a grade of reception, also where the grades are hidden."""
_COUNTS = ("drawn", "suppressed", "invited", "delivered", "answered", "declined", "failed", "comments")
_SCALE = (5, 4, 3, 2, 1)
_REAL = "real_answer"


def weeks_of(period: Period) -> tuple[Week, ...]:
    """Return the weeks whose survey is told of a period: of a week the 13 that end with it, else all of them."""
    return weeks_back(period, ROLLING) if isinstance(period, Week) else weeks_in(period)


async def rolling_part(
    connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
) -> Sequence[Figure]:
    """Return the survey over `weeks_of` a period, as figures of the whole; a `measurement.rollup.making.Part`."""
    del known
    counts = await read_counts(connection, weeks_of(period))
    told = _Told(str(period), as_of)
    whole = [one for one in survey_figures(counts, period, as_of).figures if not one.slice]
    given = sum(one.count for one in counts.rated if one.question == "reception" and one.mix.is_written and one.grade)
    return [
        *(replace(one, measure=PREFIX + one.measure) for one in whole),
        told.number(RATED, given),
        *told.numbers(survey_as_told(counts)),
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    period: str
    as_of: datetime

    def numbers(self, survey: Survey) -> Iterator[Figure]:
        for name in _COUNTS:
            yield self.number(name, getattr(survey, name))
        for question, counts in survey.grades.items():
            for grade, count in zip(_SCALE, counts, strict=True):
                yield self.number(f"grade.{question}.{grade}", count)
            yield self.number(f"unknown.{question}", survey.unknown[question])
        yes, asked = survey.real_answer
        yield replace(self.number(_REAL, asked), numerator=yes, denominator=asked)
        for question, share in survey.weighted.items():
            yield self.number(f"weighted.{question}", share)

    def number(self, name: str, value: float) -> Figure:
        return Figure(
            measure=PREFIX + name, version=1, period=self.period, n=round(value), value=float(value), as_of=self.as_of
        )


def split(figures: Iterable[Figure]) -> tuple[list[Figure], dict[str, Figure]]:
    """Return figures without those of `rolling_part`, and those by their name without the prefix."""
    listed = list(figures)
    told = [replace(one, measure=one.measure.removeprefix(PREFIX)) for one in listed if one.measure.startswith(PREFIX)]
    return [one for one in listed if not one.measure.startswith(PREFIX)], {one.measure: one for one in told}


def survey_from(rolling: Mapping[str, Figure]) -> Survey | None:
    """Return the survey as it was written down; None: there is none, or nobody came up for one."""
    numbers = {name: one.value or 0.0 for name, one in rolling.items()}
    if not any(numbers.values()):
        return None
    counts = {name: round(numbers.get(name, 0.0)) for name in _COUNTS}
    questions = {name.split(".")[1] for name in numbers if name.startswith("grade.")}
    real = rolling.get(_REAL)
    grades = {
        question: tuple(round(numbers.get(f"grade.{question}.{grade}", 0)) for grade in _SCALE)
        for question in sorted(questions)
    }
    return Survey(
        **counts,
        grades={question: (a, b, c, d, e) for question, (a, b, c, d, e) in grades.items()},
        unknown={question: round(numbers.get(f"unknown.{question}", 0)) for question in grades},
        real_answer=(real.numerator or 0, real.denominator or 0) if real else (0, 0),
        weighted={name.split(".")[1]: share for name, share in sorted(numbers.items()) if name.startswith("weighted.")},
    )

"""The telephone exchange's after-call survey, read from the rows of its file. Pure: rows in, ratings or faults out.

Either a row for each question answered (question and grade) or a row for each caller (a column for each question).
Nothing tells afterwards who answered: a rating has a week and no instant, and nothing of the caller is read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.call_cells import CellFault, Why, is_nothing, read_instant, read_week, week_at, without_numbers
from bot.calls import NO_UNIT, Faults, Reader, RowFault, columns_of, part_date_and_clock, plain_heading
from bot.facts import UnitId
from config.table_files import Row

LONGEST_COMMENT = 2_000


class AfterCallField(StrEnum):
    """What a column of the survey's file may tell, beside the columns of questions."""

    ID = "id"
    TIME = "time"
    DATE = "date"
    CLOCK = "clock"
    WEEK = "week"
    QUEUE = "queue"
    QUESTION = "question"
    GRADE = "grade"


class CallQuestion(StrEnum):
    """What was asked after a call; the values are those of `ratings.question`."""

    RECEPTION = "reception"
    EASE = "ease"
    CLARITY = "clarity"
    COMMENT = "comment"


_HEADINGS: Mapping[str, tuple[str, ...]] = {
    AfterCallField.ID: ("id", "svarsid", "samtalsid", "responseid", "callid"),
    AfterCallField.TIME: (
        "tid", "tidpunkt", "datumochtid", "datumtid", "time", "timestamp", "datetime", "dateandtime", "aika",
    ),
    AfterCallField.DATE: ("datum", "date", "päivä"),
    AfterCallField.CLOCK: ("klockslag", "klockan", "kl", "timeofday", "kello"),
    AfterCallField.WEEK: ("vecka", "week", "viikko"),
    AfterCallField.QUEUE: ("kö", "könamn", "svarsgrupp", "queue", "queuename", "jono"),
    AfterCallField.QUESTION: ("fråga", "question", "kysymys"),
    AfterCallField.GRADE: ("betyg", "svar", "grade", "score", "rating", "arvosana"),
}  # fmt: skip
_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    CallQuestion.RECEPTION: ("bemötande", "bemötandet", "reception", "kohtelu"),
    CallQuestion.EASE: ("enkelhet", "enkelt", "ease", "helppous"),
    CallQuestion.CLARITY: ("tydlighet", "tydligt", "clarity", "selkeys"),
    CallQuestion.COMMENT: ("kommentar", "fritext", "comment", "freetext", "kommentti"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLayout:
    """How an exchange writes its survey.

    Attributes:
        zone: of times without an offset; weeks are the municipality's.
        day_first: whether 3/4/2026 is in April.
        columns: the heading of a field or question, where it is not among those we know.
        questions: the exchange's own words for a question, by `plain_heading`.
        version: of the questions asked; a later wording is a later version.
        unit, queues: as `bot.calls.Layout` has them.
    """

    zone: ZoneInfo
    local: ZoneInfo
    day_first: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, CallQuestion] = field(default_factory=dict)
    version: int = 1
    unit: UnitId = NO_UNIT
    queues: Mapping[str, UnitId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRating:
    """One question answered after a call.

    Attributes:
        week: of the call, as ``2026-W47``, in the municipality's zone.
        grade: 1–5; None: "do not know", or a comment.
        known_by: what the same answer is known by in another file of the exchange. It may tell when the call was, and
            must be hashed with a secret key before it is kept.
    """

    week: str
    unit: UnitId
    question: CallQuestion
    version: int
    grade: int | None
    comment: str
    known_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFile:
    """What a file holds; where there are faults nothing of it is to be stored. `unread`: columns that are not read."""

    ratings: tuple[CallRating, ...] = ()
    faults: tuple[RowFault, ...] = ()
    unread: tuple[str, ...] = ()


def read_survey(rows: Sequence[Row], layout: SurveyLayout, now: datetime) -> SurveyFile:
    """Return the ratings of a file, or everything that is wrong with it.

    Args:
        rows: all of them, the headings first; at least one.
        layout: how the exchange writes.
        now: no answer can be later (UTC).
    """
    head, faults = rows[0], Faults()
    # In a row for each caller the exchange's own questions are headings.
    asked = {
        layout.questions[plain].value: heading
        for heading in head.cells
        if (plain := plain_heading(heading)) in layout.questions
    }
    columns = columns_of(head, {**_HEADINGS, **_QUESTIONS}, {**asked, **layout.columns}, faults)
    part_date_and_clock(columns)
    _require_columns(columns, head, faults)
    if faults.found:
        return SurveyFile(faults=faults.all())
    reader, equal, ratings = Reader(columns), Counter[str](), list[CallRating]()
    for row in rows[1:]:
        try:
            ratings += _ratings(reader, row, head, layout, now, equal)
        except CellFault as fault:
            place = columns.get(fault.column)
            faults.add(fault.why, head.cells[place] if place is not None else "", row.number, fault.example)
    if faults.found:
        return SurveyFile(faults=faults.all())
    unread = tuple(one for place, one in enumerate(head.cells) if one and place not in columns.values())
    return SurveyFile(ratings=tuple(ratings), unread=unread)


def _require_columns(columns: Mapping[str, int], head: Row, faults: Faults) -> None:
    if not columns.keys() & {AfterCallField.TIME, AfterCallField.DATE, AfterCallField.WEEK}:
        faults.add(Why.NO_COLUMN, AfterCallField.TIME.value, head.number)
    if not columns.keys() & set(CallQuestion):
        for name in (AfterCallField.QUESTION, AfterCallField.GRADE):
            if name not in columns:
                faults.add(Why.NO_COLUMN, name.value, head.number)


def _ratings(
    reader: Reader, row: Row, head: Row, layout: SurveyLayout, now: datetime, equal: Counter[str]
) -> list[CallRating]:
    if any(row.cells[len(head.cells) :]):
        raise CellFault(Why.MORE_CELLS)
    week, when = _week(reader, row, layout, now)
    queue, found = reader.cell(row, AfterCallField.QUEUE), list[CallRating]()
    unit = layout.queues.get(queue.casefold(), layout.unit)
    for question, column, cell in _answers(reader, row, layout):
        grade = None if question is CallQuestion.COMMENT else _grade(cell, column)
        comment = without_numbers(cell)[:LONGEST_COMMENT] if question is CallQuestion.COMMENT else ""
        same = "\0".join((when, reader.cell(row, AfterCallField.ID), queue, question, str(grade), comment))
        equal[same] += 1
        found.append(
            CallRating(
                week=week, unit=unit, question=question, version=layout.version, grade=grade, comment=comment,
                known_by=f"{same}\0{equal[same]}",
            )
        )  # fmt: skip
    return found


def _week(reader: Reader, row: Row, layout: SurveyLayout, now: datetime) -> tuple[str, str]:
    """Return the week of a row, and its time as exactly as the file tells it."""
    name, cell = reader.time(row)
    if not cell:
        name, cell = AfterCallField.WEEK, reader.cell(row, AfterCallField.WEEK)
    try:
        week = when = read_week(cell) or ""
        if not week:
            at = _instant(cell, layout)
            week, when = week_at(at, layout.local), at.isoformat()
    except CellFault as fault:
        raise CellFault(fault.why, name, fault.example) from None
    if week > week_at(now, layout.local):
        raise CellFault(Why.FUTURE, name, cell)
    return week, when


def _instant(cell: str, layout: SurveyLayout) -> datetime:
    """Return the instant of a cell; of a date alone, noon."""
    try:
        return read_instant(cell, layout.zone, day_first=layout.day_first).at
    except CellFault as fault:
        if fault.why is not Why.NO_CLOCK:
            raise
        return read_instant(f"{cell} 12:00", layout.zone, day_first=layout.day_first).at


def _answers(reader: Reader, row: Row, layout: SurveyLayout) -> Iterator[tuple[CallQuestion, str, str]]:
    """Give each question answered in a row with its column and cell; what was left empty was not answered."""
    for question in CallQuestion:
        cell = reader.cell(row, question)
        if not is_nothing(cell):
            yield question, question.value, cell
    cell = reader.cell(row, AfterCallField.GRADE)
    if AfterCallField.QUESTION in reader.columns and not is_nothing(cell):
        asked = reader.cell(row, AfterCallField.QUESTION)
        yield _question(asked, layout), AfterCallField.GRADE.value, cell


def _question(text: str, layout: SurveyLayout) -> CallQuestion:
    plain = plain_heading(text)
    if plain in layout.questions:
        return layout.questions[plain]
    found = {question for question, words in _QUESTIONS.items() for word in words if word in plain}
    if len(found) != 1:
        raise CellFault(Why.UNKNOWN_QUESTION, AfterCallField.QUESTION, text)
    return CallQuestion(found.pop())


_DO_NOT_KNOW = frozenset(("vet ej", "vet inte", "ingen åsikt", "do not know", "don't know", "en osaa sanoa"))


def _grade(cell: str, column: str) -> int | None:
    text = cell.casefold().rstrip(".")
    if text in _DO_NOT_KNOW:
        return None
    found = re.fullmatch(r"([1-5])(?:[.,]0+)?(?:\s*/\s*5)?", text)
    if found is None:
        raise CellFault(Why.BAD_GRADE, column, cell)
    return int(found[1])

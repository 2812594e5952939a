"""A town's sixteen weeks as facts in a real book, few enough to be counted by hand, for tests of evidence.

Every week, W32 to W47 of 2026, on its Monday:

- 30 mails at 9, their promised day is Tuesday. So many are answered at 10, the rest on Wednesday at noon: too late, as
  one working day has passed on Tuesday at 9. In time: `IN_TIME`, 144 of 240 in the first eight weeks and 228 of 240 in
  the last eight.
- 5 of them are complaints, and 3 of these are told on Thursday what it led to.
- 12 grade reception, in W44 only 8: in even weeks six 5, four 4 and two 2, that is 950 points of 12 and index 79,17; in
  odd weeks eight 5 and four 4, 1 100 points and index 91,67. All say that they had a real answer.
- 10 calls are answered and logged, 8 of them directly after 30 seconds.

W45 is finished on 23 November at 00:00, W46 a week later, W47 two; W47 is due on Monday the 23rd at 16:30.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.clock import Rule
from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq
from bot.store.database import Database
from bot.store.figure_schema import calls, ratings
from measurement.assessment.framework import Question, QuestionId, Subject
from measurement.periods import Week
from measurement.phone import PhoneRules
from measurement.phone_part import PhoneFiguresPart
from measurement.report.assemble import Basis
from measurement.report.rolling import rolling_part
from measurement.rollup.fill import Rollup, fill
from measurement.rollup.making import InquiryFigures, Part, compute_here
from measurement.survey import survey_part
from tests.rollup_book import fact, learn, local
from tests.weeks import CALENDAR
from tests.year_store import opened

RULE = Rule.ONE_WORKING_DAY
IN_TIME = {
    32: 18, 33: 20, 34: 18, 35: 16, 36: 18, 37: 20, 38: 18, 39: 16,
    40: 28, 41: 29, 42: 28, 43: 30, 44: 28, 45: 29, 46: 28, 47: 28,
}  # fmt: skip
TUESDAY = local("11-24 07:00")
"""The instant of the round: W47 is due, W46 and W47 are not finished."""
PARTS: Sequence[Part] = (
    InquiryFigures(CALENDAR, RULE), PhoneFiguresPart(CALENDAR, PhoneRules()), survey_part, rolling_part,
)  # fmt: skip
BASIS = Basis(municipality="Exempel kommun", calendar=CALENDAR, configured=RULE, parts=PARTS, definitions="d" * 64)
_EVEN, _ODD, _FEW = {5: 6, 4: 4, 2: 2}, {5: 8, 4: 4}, {5: 4, 4: 4}


def question(subject: Subject | None, id_: str = "2.1") -> Question:
    """Return a question on a subject."""
    return Question(
        id=QuestionId(id_), sub_area="Tillgänglighet", text="Hur vet ni att människor får svar?", guidance="",
        points=5, subject=subject,
    )  # fmt: skip


def rollup(database: Database, url: str) -> Rollup:
    """Return what filling the book needs."""
    return Rollup(writing=database.writing, compute=compute_here(url, PARTS), calendar=CALENDAR, configured=RULE)


async def filled(folder: Path, until: datetime = TUESDAY) -> str:
    """Return the address of a new SQLite database with the town, its book filled up to an instant (UTC)."""
    url = f"sqlite:///{folder}/town.db"
    async with opened(url) as database:
        await settle(database)
        await fill(rollup(database, url), until)
    return url


def first_case(number: int) -> int:
    """Return the first case of a week; it is always answered in time."""
    return number * 100


def monday(number: int, clock: str) -> datetime:
    """Return a local time on a week's Monday (UTC)."""
    day = Week(year=2026, number=number).monday
    return local(f"{day:%m-%d} {clock}")


async def settle(database: Database) -> None:
    """Write the town into an empty database."""
    await learn(database, [one for number in IN_TIME for one in (*_mails(number), *_logged(number))])
    async with database.writing() as connection:
        await connection.execute(insert(ratings), [row for number in IN_TIME for row in _grades(number)])
        await connection.execute(insert(calls), [row for number in IN_TIME for row in _calls(number)])


def _mails(number: int) -> list[Fact]:
    arrived, day, facts = monday(number, "09:00"), timedelta(days=1), list[Fact]()
    for at in range(30):
        case, kind = first_case(number) + at, "complaint" if at < 5 else "question"
        promised = (Week(year=2026, number=number).monday + day).isoformat()
        facts.append(
            fact(FactKind.RECEIVED, arrived, case,
                 data={"channel": "mail", "kind": kind, "unit": "kc", "message": 1, "promised": promised})
        )  # fmt: skip
        answered = monday(number, "10:00") if at < IN_TIME[number] else monday(number, "12:00") + 2 * day
        facts.append(fact(FactKind.ANSWERED, answered, case, data={"message": 2, "outbox": case}))
        if at < 3:
            told: FactData = {"result": "remedied", "message": 3, "outbox": 100_000 + case}
            facts.append(fact(FactKind.OUTCOME, monday(number, "09:00") + 3 * day, case, data=told))
    return facts


def _logged(number: int) -> list[Fact]:
    return [
        Fact(
            seq=Seq(0), case=CaseNumber(f"T-{number:04d}{at:02d}-2"), inquiry=None, kind=FactKind.PHONE,
            occurred_at=monday(number, "11:00"), recorded_at=monday(number, "11:00"), actor="system", source="",
            data={"way": "phone", "direct": at < 8, "seconds": 30, "unit": "kc"},
        )
        for at in range(10)
    ]  # fmt: skip


def _calls(number: int) -> list[dict[str, object]]:
    return [
        {"key": f"{number}-{at}", "source": "vaxel", "unit": "", "queue": "", "at": monday(number, "11:00"),
         "seconds": 30, "answered": 1, "abandoned": 0, "direct": None, "sampled": 0}
        for at in range(10)
    ]  # fmt: skip


def _grades(number: int) -> list[dict[str, object]]:
    mix = {"channel": "mail", "unit": "kc", "kind": "question", "topic": "", "language": "", "in_time": 1}
    given = _FEW if number == 44 else _ODD if number % 2 else _EVEN
    grades = [grade for grade, count in given.items() for _ in range(count)]
    week = str(Week(year=2026, number=number))
    return [
        {**mix, "week": week, "question": asked, "version": 1, "grade": value, "comment": "", "source": "own"}
        for grade in grades
        for asked, value in (("answered", 1), ("reception", grade))
    ]

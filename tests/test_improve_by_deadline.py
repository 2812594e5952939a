"""What was known of a late inquiry by its deadline: what came later is no cause of it, in both databases."""

import numpy as np
import pytest

from bot.clock import Rule
from bot.facts import FactKind, to_micros
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from measurement.improvement.by_deadline import known_by_deadline
from measurement.improvement.lateness import HANDED_OVER, HELD, lateness_of
from measurement.population import Dimension
from measurement.source import read_period
from tests.rollup_book import fact, learn, local
from tests.weeks import CALENDAR

RULE = Rule.ONE_WORKING_DAY
AS_OF = local("03-20 07:00")
ARRIVED = "03-03 09:00"
"""A Tuesday: due the day after."""


def transferred(case: int, at: str, unit: str = "bygg") -> object:
    return fact(FactKind.TRANSFERRED, local(at), case, data={"unit": unit})


def steps(case: int, *more: object, answered: str = "") -> list[object]:
    done = [fact(FactKind.ANSWERED, local(answered), case, data={"message": 2, "outbox": case})] if answered else []
    return [fact(FactKind.RECEIVED, local(ARRIVED), case), *more, *done]


@pytest.mark.asyncio
async def test_only_what_came_before_the_deadline_counts(database_url: str) -> None:
    """1 handed over in time and late, 2 handed over after the deadline, 3 never opened, 4 handed over and in time,
    5 a holding notice and a topic after the deadline, 6 both before it and answered late, 7 an answer that bounced."""
    topic = {"topic": "gator"}
    found = [
        *steps(1, transferred(1, "03-03 10:00"), answered="03-09 10:00"),
        *steps(2, transferred(2, "03-06 10:00"), answered="03-09 10:00"),
        *steps(3),
        *steps(4, transferred(4, "03-03 10:00"), answered="03-03 11:00"),
        *steps(5, fact(FactKind.HELD, local("03-06 10:00"), 5, data={"message": 3, "outbox": 50}),
               fact(FactKind.TOPIC_SET, local("03-06 10:00"), 5, data=topic), answered="03-09 10:00"),
        *steps(6, fact(FactKind.HELD, local("03-03 10:00"), 6, data={"message": 3, "outbox": 60}),
               fact(FactKind.TOPIC_SET, local("03-03 10:00"), 6, data=topic), answered="03-09 10:00"),
        *steps(7, transferred(7, "03-03 10:00"), answered="03-03 11:00"),
        fact(FactKind.DELIVERY_FAILED, local("03-09 12:00"), 7, data={"outbox": 7, "of": "answer"}),
    ]  # fmt: skip
    database = Database(DatabaseUrl.parse(database_url))
    try:
        await migrate(database)
        await learn(database, found)  # type: ignore[arg-type]
        async with database.reading() as connection:
            data = await read_period(connection, local("03-02 00:00"), local("03-09 00:00"), AS_OF)
            known = await known_by_deadline(connection, data.inquiries, CALENDAR, RULE, to_micros(AS_OF))
    finally:
        await database.close()
    assert [case[-3:-2] for case in data.inquiries.case] == list("1234567")
    late = lateness_of(data.inquiries, known, CALENDAR, AS_OF, RULE)
    assert late.late.tolist() == [True, True, True, False, True, True, True]

    def told(dimension: str) -> list[str]:
        of = late.groups[dimension]
        return [of.words[code] for code in of.codes.tolist()]

    assert told(HANDED_OVER) == ["yes", "no", "unanswered", "yes", "no", "no", "yes"]
    assert told(HELD) == ["no", "no", "unanswered", "no", "no", "yes", "unanswered"]
    assert told(Dimension.UNIT.value) == ["bygg", "kc", "kc", "bygg", "kc", "kc", "bygg"]
    assert told(Dimension.TOPIC.value) == ["", "", "", "", "", "gator", ""]
    assert np.count_nonzero(known.handed_over) == 3

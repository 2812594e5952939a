"""The examples in the documents, in both languages, are what the program computes."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.calendar import Calendar, CalendarVersion, Hours, SpecialDay, parse_span
from bot.clock import Rule, TimeClass, classify, deadline

DOCS = Path(__file__).parent.parent / "docs"
FILES = ["clock.md", "klockan.md"]
ZONE = ZoneInfo("Europe/Stockholm")
YES, IN_TIME = {"yes", "ja"}, {"in time", "i tid"}
RULES = [Rule.ONE_WORKING_DAY, Rule.TWO_WORKING_DAYS, Rule.END_OF_NEXT_WORKING_DAY, Rule.CLOCK_24H]


def tables(name: str) -> list[list[list[str]]]:
    """Every table of a document as rows of cells, without its heading."""
    found: list[list[list[str]]] = []
    inside = False
    for line in (DOCS / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            inside = False
        elif set(line) <= set("|-"):
            found.append([])
            inside = True
        elif inside:
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def worked(name: str) -> list[list[str]]:
    return tables(name)[-1]


def duration(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]+) h ([0-9]{2}) min", text)
    assert match is not None, text
    return timedelta(hours=int(match[1]), minutes=int(match[2]))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def spans(text: str) -> Hours:
    return () if text == "–" else tuple(parse_span(part) for part in text.split(", "))


def calendars(name: str) -> dict[str, Calendar]:
    hours, days = tables(name)[-3:-1]
    versions: dict[str, list[CalendarVersion]] = {}
    for calendar, since, weekdays, weekend, closed, ordinary in hours:
        special = tuple(
            SpecialDay(date=date.fromisoformat(day), spans=spans(open_then), decided_by=decided)
            for whose, day, open_then, decided in days
            if whose == calendar
        )
        versions.setdefault(calendar, []).append(
            CalendarVersion(
                valid_from=date.fromisoformat(since),
                decided_by="the document",
                ordinary_day_minutes=duration(ordinary) // timedelta(minutes=1),
                week=(spans(weekdays),) * 5 + (spans(weekend),) * 2,
                days=special,
                closed_on_holidays=closed in YES,
            )
        )
    return {calendar: Calendar(found) for calendar, found in versions.items()}


@pytest.mark.parametrize("name", FILES)
def test_the_worked_examples_are_what_the_program_computes(name: str) -> None:
    by_name = calendars(name)
    examples = worked(name)
    assert len(examples) == 10
    for number, calendar_name, arrived, answered, open_time, elapsed, *due in examples:
        calendar, start, stop = by_name[calendar_name], instant(arrived), instant(answered)
        assert calendar.open_time(start, stop) == duration(open_time), number
        assert stop - start == duration(elapsed), number
        for rule, cell in zip(RULES, due, strict=True):
            limit, word = instant(cell[:16]), cell[17:]
            assert deadline(calendar, rule, start) == limit, (number, rule)
            judged = classify(stop, False, limit, max(stop, limit))
            assert (judged is TimeClass.IN_TIME) == (word in IN_TIME), (number, rule)


def test_both_languages_give_the_same_numbers() -> None:
    english, swedish = ([re.sub(r"[^0-9:|-]", "", "|".join(row)) for row in worked(name)] for name in FILES)
    assert english == swedish


@pytest.mark.parametrize("name", FILES)
def test_every_rule_and_class_is_named_in_the_order_of_the_code(name: str) -> None:
    _, rules, classes, *_ = tables(name)
    assert [row[1].strip("`") for row in rules] == RULES
    assert {row[1].strip("`") for row in classes} == set(TimeClass)


@pytest.mark.parametrize("name", FILES)
def test_every_example_is_explained(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    assert re.findall(r"^([0-9]+)\. ", text, re.MULTILINE) == [row[0] for row in worked(name)]

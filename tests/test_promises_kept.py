"""Promises and first contacts as figures count them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import NO_ANSWER
from bot.desk.promises import broken_promises
from bot.facts import FactKind, from_micros, to_micros
from bot.inquiry import fold_inquiries
from bot.store.week_reading import Asked
from measurement.first_contact import WITHIN, solved
from measurement.promises import kept, promises_end
from measurement.rows import coded
from tests.test_promises import OFFICE, asked, fact
from tests.weeks import at

STOCKHOLM, HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")
LATER = at(30, "12:00")


def ends(words: str, answered: datetime | None = None, as_of: datetime = LATER, zone: ZoneInfo = STOCKHOLM) -> str:
    """Return when a promise ends, as local time of Stockholm."""
    given = np.array([NO_ANSWER if answered is None else to_micros(answered)], dtype=np.int64)
    end = int(promises_end(coded([words]), given, zone, to_micros(as_of))[0])
    return "" if end == NO_ANSWER else from_micros(end).astimezone(STOCKHOLM).strftime("%d %H:%M")


def held(*told: tuple[datetime, str]) -> str:
    return " ".join(["2026-11-18", *(f"{to_micros(instant)}:{day}" for instant, day in told)])


MIDNIGHT = at(19, "00:00")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ""),
        ("2026-11-18", "19 00:00"),
        (held((at(18, "12:00"), "2026-11-25")), "26 00:00"),
        (held((at(16, "12:00"), "2026-11-17")), "18 00:00"),
        # A notice at the very midnight comes too late; one just before does not.
        (held((MIDNIGHT, "2026-11-25")), "19 00:00"),
        (held((MIDNIGHT - timedelta(microseconds=1), "2026-11-25")), "26 00:00"),
        # Moved twice, and the second time too late.
        (held((at(17, "12:00"), "2026-11-20"), (at(20, "23:00"), "2026-11-24")), "25 00:00"),
        (held((at(17, "12:00"), "2026-11-20"), (at(21, "01:00"), "2026-11-24")), "21 00:00"),
    ],
)
def test_when_a_promise_ends(words: str, expected: str) -> None:
    assert ends(words) == expected


def test_a_notice_that_is_not_known_yet_or_came_after_the_answer_moves_nothing() -> None:
    moved = held((at(18, "12:00"), "2026-11-25"))
    assert ends(moved, as_of=at(18, "11:59")) == "19 00:00"
    assert ends(moved, as_of=at(18, "12:00")) == "26 00:00"
    assert ends(moved, answered=at(18, "12:00")) == "19 00:00"
    assert ends(moved, answered=at(18, "12:01")) == "26 00:00"


def test_a_day_ends_at_the_municipalitys_own_midnight() -> None:
    assert ends("2026-11-18", zone=HELSINKI) == "18 23:00"


def test_which_promises_have_passed_and_which_were_kept() -> None:
    end = np.array([to_micros(MIDNIGHT)] * 4 + [NO_ANSWER], dtype=np.int64)
    just = to_micros(MIDNIGHT) - 1
    answered = np.array([just, just + 1, NO_ANSWER, just, just], dtype=np.int64)
    for as_of, expected in ((just, [False] * 5), (just + 1, [True] * 4 + [False])):
        passed, good = kept(end, answered, as_of)
        assert passed.tolist() == expected
        assert good.tolist() == [True, False, False, True, False]


hours = st.integers(1, 24 * 12)


@given(st.lists(st.tuples(hours, st.integers(0, 6)), max_size=4), st.none() | hours)
def test_a_promise_is_not_kept_where_leads_are_told_that_it_was_broken(
    notices: list[tuple[int, int]], answer: int | None
) -> None:
    begin = asked().occurred_at
    things = [
        (begin + timedelta(hours=hour), (begin + timedelta(hours=hour, days=days)).date()) for hour, days in notices
    ]
    told = [(when, FactKind.HELD, day.isoformat()) for when, day in things]
    if answer is not None:
        told.append((begin + timedelta(hours=answer), FactKind.ANSWERED, ""))
    facts = [asked()]
    for seq, (when, kind, day) in enumerate(sorted(told, key=lambda one: one[0]), start=2):
        facts.append(fact(seq, kind, when, until=day) if day else fact(seq, kind, when))
    (one,) = fold_inquiries(facts)
    long_after = begin + timedelta(days=60)
    known = [Asked(one.case, one.no, one.unit, one.arrived_at, one.answered_at)]
    broken = broken_promises(known, facts, OFFICE, long_after)
    given = np.array([NO_ANSWER if one.answered_at is None else to_micros(one.answered_at)], dtype=np.int64)
    end = promises_end(coded([one.promised]), given, OFFICE.texts.zone, to_micros(long_after))
    passed, good = kept(end, given, to_micros(long_after))
    assert passed.tolist() == [True]
    assert good.tolist() == [not broken]


ANSWER = to_micros(at(17, "12:00"))


@pytest.mark.parametrize(
    ("transferred", "next_arrival", "as_of", "expected"),
    [
        (False, NO_ANSWER, ANSWER + WITHIN, (True, True)),
        (False, NO_ANSWER, ANSWER + WITHIN - 1, (False, True)),
        (True, NO_ANSWER, ANSWER + WITHIN, (True, False)),
        (False, ANSWER + WITHIN, ANSWER + WITHIN, (True, False)),
        (False, ANSWER + WITHIN + 1, ANSWER + 2 * WITHIN, (True, True)),
        (False, ANSWER + 1, ANSWER + WITHIN, (True, False)),
    ],
)
def test_solved_at_first_contact(transferred: bool, next_arrival: int, as_of: int, expected: tuple[bool, bool]) -> None:
    told, good = solved(
        np.array([ANSWER], dtype=np.int64), np.array([transferred]), np.array([next_arrival], dtype=np.int64), as_of
    )
    assert (told[0], good[0]) == expected


def test_what_has_no_answer_is_neither() -> None:
    nothing = np.array([NO_ANSWER], dtype=np.int64)
    told, good = solved(nothing, np.array([False]), nothing, ANSWER)
    assert (told[0], good[0]) == (False, False)

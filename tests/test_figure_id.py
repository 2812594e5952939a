"""Which figure somebody means, however it is written."""

import pytest

from bot.clock import Rule
from measurement.figure_id import NotUnderstood, Unclear, parse_figure_id
from measurement.show_explained import fault_in_words
from tests.explained_town import NAMES
from tests.weeks import SWEDISH

ONE_DAY = "answered_in_time.one_working_day"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f"{ONE_DAY}@2026-W47/channel:mail", f"{ONE_DAY}@2026-W47/channel:mail"),
        (f"2026-w47 CHANNEL:Mail {ONE_DAY.upper()}", f"{ONE_DAY}@2026-W47/channel:mail"),
        ("in_time@2026-W47", f"{ONE_DAY}@2026-W47"),
        ("2026W7/In_Time", f"{ONE_DAY}@2026-W07"),
        ("in_time.clock_24h@2026", "answered_in_time.clock_24h@2026"),
        ("clock_24h 2026-T1", "answered_in_time.clock_24h@2026-T1"),
        ("besvarade inom 24 timmar, 2026-11", "answered_in_time.clock_24h@2026-11"),
        ("arrivals@2026-v47/topic:", "arrivals@2026-W47/topic:"),
        ("unit = kc / 2026-W47 / queue.oldest", "queue.oldest@2026-W47/unit:kc"),
        ("arrivals@2026-W47/language:sv_FI", "arrivals@2026-W47/language:sv_FI"),
        ("left_out.spam 2026-W53", "left_out.spam@2026-W53"),
    ],
)
def test_an_id_is_read_in_any_order_and_case(written: str, expected: str) -> None:
    found = parse_figure_id(written, NAMES, Rule.ONE_WORKING_DAY)
    assert str(found) == expected
    assert parse_figure_id(str(found), NAMES, Rule.CLOCK_24H) == found


@pytest.mark.parametrize(
    ("written", "what", "near"),
    [
        ("in_time", Unclear.PERIOD, "2026-W47"), ("in_time@2026-W99", Unclear.PERIOD, "2026-W47"),
        ("waiting@2026-W47", Unclear.MEASURE, "waiting_time.median"),
        ("aknowledged@2026-W47", Unclear.MEASURE, "acknowledged"),
        ("reception@2026-W47", Unclear.MEASURE, "reception.good"), ("2026-W47", Unclear.MEASURE, ""),
    ],
)  # fmt: skip
def test_what_nobody_understands_is_told_with_what_may_be_meant(written: str, what: Unclear, near: str) -> None:
    with pytest.raises(NotUnderstood) as raised:
        parse_figure_id(written, NAMES, Rule.ONE_WORKING_DAY)
    assert raised.value.what is what
    assert near in raised.value.near or not near
    assert all(one in fault_in_words(raised.value, SWEDISH) for one in raised.value.near)

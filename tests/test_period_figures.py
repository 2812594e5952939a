"""The figures of a period: worked by hand, and laws that hold whatever happened."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import CLASSES, Rule, TimeClass
from bot.facts import ExcludeReason, from_micros, to_micros
from measurement.figures import classes, figures_of, seen_from
from measurement.measures import Figure, Unit
from measurement.periods import Month, Year
from measurement.registry import REGISTRY
from measurement.slices import slices_of
from measurement.survival import quantiles
from measurement.times import by_slice
from measurement.weekly import weekly_report
from tests.periods import Asked, Sort, data, figures, inquiries
from tests.weeks import CALENDAR, WEEK, ZONE, One, at
from tests.weeks import data as week_data

DAY = timedelta(days=1)
TUESDAY = at(24, "07:00")
LATER = at(30, "20:00") + timedelta(hours=14)  # Tuesday 1 December 10:00
HELD = f"2026-11-16 {to_micros(at(16, '15:00'))}:2026-11-17"

WEEK_47 = (
    Asked(
        arrived=at(16, "09:00"), answered=at(16, "10:00"), acknowledged=at(16, "09:01"), promised="2026-11-18",
        topic="gator",
    ),
    Asked(
        arrived=at(16, "10:00"), answered=at(17, "12:00"), acknowledged=at(16, "10:01"), first_held=at(16, "15:00"),
        promised=HELD, kind="complaint",
    ),
    Asked(
        arrived=at(17, "15:00"), promised="2026-11-18", channel="telegram", kind="fault", unit="park", topic="gator",
        language="fi",
    ),
    Asked(arrived=at(18, "11:00"), excluded="spam"),
    Asked(
        arrived=at(20, "16:00"), answered=at(23, "09:00"), acknowledged=at(20, "16:01"), outcome=at(24, "06:00"),
        transferred=True, promised="2026-11-24", kind="viewpoint", unit="park",
    ),
    Asked(
        arrived=at(22, "20:00"), answered=at(23, "08:30"), acknowledged=at(22, "20:01"), again=at(23, "12:00"),
        next_arrival=at(23, "13:00"), channel="telegram",
    ),
)  # fmt: skip
"""As the ordinary week of the weekly report: what is due when stands in tests/weeks.py."""

PHONE: Sort = ("phone", "", "kc", "gator", "")
VISIT: Sort = ("visit", "", "park", "", "")


# By measure: numerator and n on Tuesday 24 November 07:00, and on Tuesday 1 December 10:00.
@pytest.mark.parametrize(
    ("measure", "slice_", "tuesday", "later"),
    [
        # In time the first (Tue 09:00), the viewpoint (Mon 16:00) and Sunday's (Mon 16:30); late the complaint (Tue
        # 10:00); the fault is unanswered. Spam is left out.
        ("answered_in_time.one_working_day", "", (3, 5), (3, 5)),
        ("answered_in_time.one_working_day", "channel:mail", (2, 3), (2, 3)),
        ("answered_in_time.one_working_day", "channel:telegram", (1, 2), (1, 2)),
        ("answered_in_time.one_working_day", "unit:park", (1, 2), (1, 2)),
        ("answered_in_time.one_working_day", "topic:gator", (1, 2), (1, 2)),
        ("answered_in_time.one_working_day", "topic:", (2, 3), (2, 3)),
        ("answered_in_time.one_working_day", "language:fi", (0, 1), (0, 1)),
        # Due on Tuesday at 16:00 and 16:30 are those of Friday and Sunday: in two working days both were in time.
        ("answered_in_time.two_working_days", "", (2, 3), (4, 5)),
        ("answered_in_time.end_of_next_working_day", "", (4, 5), (4, 5)),
        # 24 hours: 1 h and 12.5 h; 26 h, 65 h and never.
        ("answered_in_time.clock_24h", "", (2, 5), (2, 5)),
        ("acknowledged", "", (4, 5), (4, 5)),
        ("acknowledged", "unit:park", (1, 2), (1, 2)),
        # Of the four answered the complaint had a holding notice first, and Sunday's was answered again at noon.
        ("held_first", "", (1, 4), (1, 4)),
        ("held_first", "kind:complaint", (1, 1), (1, 1)),
        ("answered_again", "", (1, 4), (1, 4)),
        # A complaint, a fault and a viewpoint; only of the viewpoint was told what it led to.
        ("outcome_told", "", (1, 3), (1, 3)),
        ("outcome_told", "kind:question", (0, 0), (0, 0)),
        # The first by the 18th, the complaint by the 17th that it was moved to in time, the fault not by the 18th. The
        # viewpoint by the 24th, which is not over yet; Sunday's was promised nothing.
        ("promise_kept", "", (2, 3), (3, 4)),
        # Since the answer of Monday 16th 10:00 a week has passed, since that of Tuesday 17th 12:00 not yet. Later since
        # all four: the viewpoint was handed over, after Sunday's answer somebody asked again.
        ("first_contact", "", (1, 1), (2, 4)),
        ("first_contact", "unit:park", (0, 0), (0, 1)),
    ],
)
def test_shares_by_hand(measure: str, slice_: str, tuesday: tuple[int, int], later: tuple[int, int]) -> None:
    for as_of, (numerator, n) in ((TUESDAY, tuesday), (LATER, later)):
        one = figures(WEEK_47, as_of)[measure, slice_]
        assert (one.numerator, one.denominator, one.n) == (numerator, n, n)
        assert one.value == (numerator / n if n else None)
        assert (one.period, one.as_of, one.version) == ("2026-W47", as_of, REGISTRY[measure].version)


def test_counts_by_hand() -> None:
    of = figures(WEEK_47, TUESDAY, in_person=[PHONE, PHONE, VISIT])
    counted = {key: one.value for key, one in of.items() if REGISTRY[key[0]].unit is Unit.COUNT and one.value}
    assert {key: n for key, n in counted.items() if key[1] == ""} == {
        ("arrivals", ""): 6, ("left_out.spam", ""): 1, ("contacts", ""): 5 + 3,
    }  # fmt: skip
    assert {slice_: n for (measure, slice_), n in counted.items() if measure == "contacts" and slice_} == {
        "channel:mail": 3, "channel:telegram": 2, "channel:phone": 2, "channel:visit": 1, "kind:": 3,
        "kind:question": 2, "kind:complaint": 1, "kind:fault": 1, "kind:viewpoint": 1, "unit:kc": 5, "unit:park": 3,
        "topic:": 4, "topic:gator": 4, "language:": 7, "language:fi": 1,
    }  # fmt: skip
    assert of["left_out.thanks", ""].value == 0
    assert ("arrivals", "channel:phone") not in of


def test_times_by_hand() -> None:
    of = figures(WEEK_47, TUESDAY)
    hours = {
        # On the clock 1, 12.5, 26, 65 hours and 160 without an answer; open .5, 1, 1.5, 10.5 and 35.5.
        ("waiting_time.median", ""): (26, False, 5), ("waiting_time.p90", ""): (160, True, 5),
        ("working_time.median", ""): (1.5, False, 5), ("working_time.p90", ""): (35.5, True, 5),
        # By mail 1, 26 and 65: two thirds within 26, all within 65.
        ("waiting_time.median", "channel:mail"): (26, False, 3), ("waiting_time.p90", "channel:mail"): (65, False, 3),
        # By Telegram 12.5 and 160+.
        ("waiting_time.median", "channel:telegram"): (12.5, False, 2),
        ("waiting_time.p90", "channel:telegram"): (160, True, 2),
        ("waiting_time.median", "language:fi"): (160, True, 1),
    }  # fmt: skip
    for key, (value, more_than, n) in hours.items():
        assert (of[key].value, of[key].more_than, of[key].n) == (value * 3600, more_than, n)
        assert of[key].numerator is of[key].denominator is None


def test_the_queue_by_hand() -> None:
    waiting = [
        WEEK_47[2],  # since Tuesday 17th 15:00: 160 hours, due since Wednesday
        Asked(arrived=at(9, "08:00"), channel="phone", unit="kc"),  # 15 days less an hour, due since Tuesday 10th
        Asked(arrived=at(23, "12:00")),  # due today at 12:00
    ]
    of = figures(WEEK_47, TUESDAY, waiting)
    told = {
        slice_: [of[f"queue.{name}", slice_].value for name in ("waiting", "past_due", "oldest")]
        for slice_ in (
            "",
            "channel:mail",
            "channel:phone",
            "channel:telegram",
            "unit:kc",
            "unit:park",
            "kind:viewpoint",
        )
    }
    assert told == {
        "": [3, 2, 359 * 3600], "channel:mail": [1, 0, 19 * 3600], "channel:phone": [1, 1, 359 * 3600],
        "channel:telegram": [1, 1, 160 * 3600], "unit:kc": [2, 1, 359 * 3600], "unit:park": [1, 1, 160 * 3600],
        "kind:viewpoint": [0, 0, None],
    }  # fmt: skip
    assert [of["queue.oldest", slice_].n for slice_ in ("", "kind:viewpoint")] == [3, 0]


def test_nothing_at_all_has_no_shares_and_no_times() -> None:
    of = figures((), TUESDAY)
    assert {slice_ for _, slice_ in of} == {""}
    for (measure, _), one in of.items():
        expected = 0 if REGISTRY[measure].unit is Unit.COUNT else None
        assert (one.value, one.n) == (expected, 0)


def test_every_measure_of_inquiries_is_made_once_in_the_order_of_the_registry() -> None:
    found = [one.measure for one in figures_of(WEEK, data(WEEK_47), CALENDAR, TUESDAY, Rule.CLOCK_24H) if not one.slice]
    made_elsewhere = ("phone.", "reception.", "clarity.", "ease.", "survey.", "quality.", "test.")
    assert found == [measure for measure in REGISTRY if not measure.startswith(made_elsewhere)]


@pytest.mark.parametrize(("period", "name"), [(Month(year=2026, number=11), "2026-11"), (Year(year=2026), "2026")])
def test_a_month_and_a_year_have_the_same_figures(period: Month | Year, name: str) -> None:
    of = {(one.measure, one.slice): one for one in figures_of(period, data(WEEK_47), CALENDAR, TUESDAY, Rule.CLOCK_24H)}
    week = figures(WEEK_47, TUESDAY)
    assert of.keys() == week.keys()
    assert {one.period for one in of.values()} == {name}
    assert all(of[key].value == one.value for key, one in week.items() if not key[0].startswith("queue.past"))


def test_what_comes_after_the_instant_looked_back_from_is_not_seen() -> None:
    """Known later, but looked at from Monday 23rd 08:00, when Sunday's and Friday's still wait."""
    of = figures(WEEK_47, at(23, "08:00"))
    shares = {
        name: (of[name, ""].numerator, of[name, ""].n) for name in ("held_first", "answered_again", "outcome_told")
    }
    assert shares == {"held_first": (1, 2), "answered_again": (0, 2), "outcome_told": (0, 3)}
    # On the clock 1, 12+, 26, 64+, 137+ hours: S(1) = 4/5, S(26) = 4/5 · 2/3 = .533, and never lower.
    assert (of["waiting_time.median", ""].value, of["waiting_time.median", ""].more_than) == (137 * 3600, True)


moments = st.integers(to_micros(WEEK.start(ZONE)), to_micros(WEEK.end(ZONE)) - 1).map(from_micros)
spans = st.timedeltas(timedelta(), timedelta(days=9))
maybe = st.none() | spans
days = st.dates(datetime(2026, 11, 16).date(), datetime(2026, 11, 27).date()).map(str)


@st.composite
def asked_ones(draw: st.DrawFn) -> Asked:
    arrived, wait = draw(moments), draw(maybe)
    answered = None if wait is None else arrived + wait

    def after(begin: datetime | None) -> datetime | None:
        span = draw(maybe)
        return None if begin is None or span is None else begin + span

    held = after(arrived)
    promised = draw(st.just("") | days)
    if promised and held:
        promised += f" {to_micros(held)}:{draw(days)}"
    return Asked(
        arrived=arrived, answered=answered, acknowledged=after(arrived), first_held=held, again=after(answered),
        next_arrival=after(answered), outcome=after(arrived), transferred=answered is not None and draw(st.booleans()),
        promised=promised, excluded=draw(st.sampled_from(["", "", "", "spam", "thanks"])),
        channel=draw(st.sampled_from(["mail", "telegram"])), unit=draw(st.sampled_from(["kc", "park", "skola"])),
        kind=draw(st.sampled_from(["question", "fault", "praise"])), topic=draw(st.sampled_from(["", "gator"])),
        language=draw(st.sampled_from(["", "fi"])),
    )  # fmt: skip


weeks = st.lists(asked_ones(), max_size=25)
ends = st.timedeltas(timedelta(), timedelta(days=20)).map(lambda after: WEEK.start(ZONE) + after)


def chosen(week: Sequence[Asked], slice_: str) -> list[Asked]:
    dimension, _, member = slice_.partition(":")
    return [one for one in week if getattr(one, dimension) == member]


@settings(max_examples=60, deadline=None)
@given(weeks, ends)
def test_the_figures_of_a_slice_are_those_of_its_inquiries_alone(week: list[Asked], as_of: datetime) -> None:
    waiting = [one for one in week if one.answered is None and not one.excluded and one.arrived <= as_of]
    of = figures(week, as_of, waiting)
    for slice_ in {slice_ for _, slice_ in of} - {""}:
        alone = figures(chosen(week, slice_), as_of, chosen(waiting, slice_))
        for measure in REGISTRY:
            if (measure, slice_) in of:
                one, same = of[measure, slice_], alone[measure, ""]
                assert (one.value, one.n, one.numerator, one.more_than) == (
                    same.value, same.n, same.numerator, same.more_than,
                )  # fmt: skip


@settings(deadline=None)
@given(weeks, ends)
def test_the_slices_of_a_dimension_add_up_and_so_do_the_classes(week: list[Asked], as_of: datetime) -> None:
    of = figures(week, as_of, in_person=[PHONE, VISIT])
    totals: Counter[tuple[str, str, str]] = Counter()
    for (measure, slice_), one in of.items():
        if slice_ and measure != "queue.oldest":
            dimension = slice_.partition(":")[0]
            totals[measure, dimension, "n"] += one.n
            totals[measure, dimension, "numerator"] += one.numerator or 0
    for (measure, _, what), total in totals.items():
        assert total == (getattr(of[measure, ""], what) or 0)
    seen, slices = seen_from(inquiries(week), CALENDAR, as_of), slices_of(inquiries(week).of)
    for rule in Rule:
        found = classes(seen, rule)
        by_class = {name: slices.count(found == CLASSES.index(name)) for name in TimeClass}
        arrivals = [of["arrivals", name].value for name in slices.names]
        assert np.sum(list(by_class.values()), axis=0).tolist() == arrivals
        due = [of[f"answered_in_time.{rule}", name].n for name in slices.names]
        left_out = [sum(of[f"left_out.{reason}", name].n for reason in ExcludeReason) for name in slices.names]
        assert by_class[TimeClass.EXCLUDED].tolist() == left_out
        not_due = by_class[TimeClass.NOT_YET_DUE].tolist()
        assert [sum(parts) for parts in zip(due, not_due, left_out, strict=True)] == arrivals


@settings(deadline=None)
@given(weeks, ends)
def test_no_data_is_no_value_and_a_share_is_one(week: list[Asked], as_of: datetime) -> None:
    for (measure, _), one in figures(week, as_of).items():
        match REGISTRY[measure].unit:
            case Unit.COUNT:
                assert one.value == one.n >= 0
            case Unit.SHARE:
                assert (one.value is None) is (one.n == 0)
                assert one.numerator is not None
                assert 0 <= one.numerator <= one.n == one.denominator
            case _:
                assert (one.value is None) is (one.n == 0)
                assert one.value is None or one.value >= 0


@settings(deadline=None)
@given(weeks, ends)
def test_the_weekly_report_says_the_same(week: list[Asked], as_of: datetime) -> None:
    ones = [One(one.arrived, one.answered, one.excluded, one.channel) for one in week]
    report, of = weekly_report(WEEK, week_data(ones), CALENDAR, Rule.CLOCK_24H, as_of), figures(week, as_of)
    for rule, figure in report.rules.items():
        share, same = figure.share, of[f"answered_in_time.{rule}", ""]
        assert (same.numerator, same.n) == ((share.numerator, share.denominator) if share else (0, 0))
    for time in (report.waiting_median, report.waiting_p90, report.working_median, report.working_p90):
        same = of[time.measure, ""]
        expected = (None, False) if time.quantile is None else (
            time.quantile.value.total_seconds(), time.quantile.more_than,
        )  # fmt: skip
        assert (same.value, same.more_than, same.n) == (*expected, time.n)


@settings(deadline=None)
@given(weeks)
def test_as_time_passes_nothing_leaves_what_can_be_told(week: list[Asked]) -> None:
    told = [figures(week, WEEK.start(ZONE) + timedelta(days=passed)) for passed in range(0, 24, 4)]
    for earlier, later in pairwise(told):
        for measure in (*(f"answered_in_time.{rule}" for rule in Rule), "first_contact", "outcome_told"):
            before, after = earlier[measure, ""], later[measure, ""]
            assert before.n <= after.n
            assert (before.numerator or 0) <= (after.numerator or 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("abc")), max_size=40))
def test_a_quantile_by_slice_is_that_of_the_whole_curve(lengths: list[tuple[int, bool, str]]) -> None:
    slices = slices_of(inquiries([Asked(arrived=TUESDAY, unit=unit) for _, _, unit in lengths]).of)
    values = np.array([value for value, _, _ in lengths], dtype=np.int64)
    answered = np.array([given for _, given, _ in lengths], dtype=np.bool_)
    found = by_slice(values, answered, np.ones(len(values), dtype=np.bool_), slices, (0.5, 0.9))
    for name, (n, told) in zip(slices.names, found, strict=True):
        mine = np.array(
            [name in ("", f"unit:{unit}") or not name.startswith("unit:") for _, _, unit in lengths], dtype=bool
        )
        assert n == mine.sum()
        assert told == quantiles(values[mine], answered[mine], (0.5, 0.9))


def test_a_figure_knows_which_zone_its_promises_end_in() -> None:
    assert CALENDAR.zone == ZoneInfo("Europe/Stockholm")
    # Wednesday 18th ends at 23:00 UTC: an answer at that very instant is too late.
    late = [Asked(arrived=at(16, "09:00"), answered=at(18, "23:59") + timedelta(minutes=1), promised="2026-11-18")]
    just = [Asked(arrived=at(16, "09:00"), answered=at(18, "23:59"), promised="2026-11-18")]
    kept: list[Figure] = [figures(week, TUESDAY)["promise_kept", ""] for week in (late, just)]
    assert [one.value for one in kept] == [0, 1]

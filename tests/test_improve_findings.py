"""What is late, against the rest: sums by hand, what is hidden, and that chance makes no finding."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.texts import Texts
from measurement.improvement.analysis_json import analysis_json, analysis_of_json
from measurement.improvement.columns import ColumnsFault, fault_words
from measurement.improvement.counts_file import read_counts
from measurement.improvement.findings import analysis_of, analysis_of_counts
from measurement.improvement.pareto import (
    Category,
    categories_of,
    comparisons_of,
    newcombe_of,
    shown,
    spread_of,
    weeks_differ,
)
from measurement.improvement.words import analysed_words, analysis_words
from tests.improving import rows
from tests.weeks import ZONE

SWEDISH = Texts("sv", ZONE)


def category(member: str, late: int, due: int, dimension: str = "unit") -> Category:
    return Category(dimension=dimension, member=member, late=late, due=due)


def test_a_difference_is_newcombes() -> None:
    """Newcombe 1998, table II (a): 56 of 70 and 48 of 80, method 10: 0.0524 to 0.3339."""
    found = newcombe_of(category("a", 56, 70), category("b", 48, 80), 0.95)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_weeks_that_differ_make_it_as_if_fewer_were_seen() -> None:
    """Two weeks of 10, all late in one: share ½, between 2/1·((10-5)²+(0-5)²)/400 = ¼, binomial ¼/20 = 1/80: 20."""
    assert spread_of(np.array([10, 0]), np.array([10, 10])) == pytest.approx(20)
    assert spread_of(np.array([5, 5]), np.array([10, 10])) == 1
    assert spread_of(np.array([0, 0]), np.array([10, 10])) == 1
    assert spread_of(np.array([3]), np.array([10])) == 1
    narrow = newcombe_of(category("a", 60, 100), category("b", 40, 100), 0.95)
    wide = newcombe_of(
        Category(dimension="unit", member="a", late=60, due=100, spread=4.0), category("b", 40, 100), 0.95
    )
    assert wide.low < narrow.low
    assert wide.high > narrow.high


def test_small_groups_are_hidden_with_what_would_reveal_them() -> None:
    """Of a 5, b 40 and c 200 the first is too small, and the second would be told by subtraction."""
    found = shown([category("a", 2, 5), category("b", 12, 40), category("c", 30, 200)])
    assert [(one.member, one.hidden) for one in found] == [("c", False), ("b", True), ("a", True)]
    assert comparisons_of(found)[0].category.member == "c"


def test_comparisons_pay_for_each_other() -> None:
    """Bonferroni: of three categories each interval is 98.33 per cent sure; a pair is one comparison."""
    three = [category("a", 30, 100), category("b", 20, 100), category("c", 10, 100)]
    found = comparisons_of(three)
    assert len(found) == 3
    assert found[0].difference == pytest.approx(0.3 - 30 / 200)
    assert found[0].interval == newcombe_of(three[0], category("", 30, 200), 1 - 0.05 / 3)
    (pair,) = comparisons_of([category("no", 10, 100), category("yes", 30, 100)])
    assert pair.category.member == "yes"
    assert comparisons_of([category("a", 5, 29), category("b", 5, 100)]) == []


def test_the_planted_cause_is_found_and_nothing_else() -> None:
    found = analysis_of(rows(1, 4000, 0.15, {("topic", "h"): 0.25}), "2026-W01", "2026-W30", "one_working_day")
    (one,) = found.findings
    assert (one.dimension, one.member, one.goes_with) == ("topic", "h", "")
    assert one.interval.low < 0.25 < one.interval.high
    assert analysis_of_json(analysis_json(found)) == found
    told = analysis_words(found, {"topic:h": "Parkering"}, SWEDISH)
    assert told[0].startswith("Ämne, Parkering: ")
    assert "95 % säkert: från" in told[0]
    assert found.comparisons == 6 + 6 + 4 + 5 + 5 + 1 + 1
    assert found.interval is not None
    assert found.interval.low < found.late / found.due < found.interval.high
    assert "färre" not in told[0]
    assert "bevisar inte" in told[-1]


def test_where_there_is_nothing_that_is_said() -> None:
    found = analysis_of(rows(2, 4000, 0.15, {}), "2026-W01", "2026-W30", "one_working_day")
    assert found.findings == ()
    assert analysis_words(found, {}, SWEDISH)[0].startswith("Inget av det som jämfördes skiljer sig säkert")
    empty = analysis_of(rows(2, 0, 0.15, {}), "2026-W01", "2026-W30", "one_working_day")
    assert analysed_words(empty, SWEDISH) == "Det finns inga kontakter att titta på."
    few = analysis_of(rows(2, 25, 0.5, {}), "2026-W01", "2026-W30", "one_working_day")
    assert analysis_words(few, {}, SWEDISH) == [
        "Underlaget är för litet för att jämföra: varje grupp behöver minst 30."
    ]


def false_and_true(seeds: Sequence[int]) -> tuple[float, float, float]:
    """Return how often chance alone made a finding, the planted one was found, and its interval held the truth."""
    false, found, held = 0, 0, 0
    for seed in seeds:
        false += bool(analysis_of(rows(seed, 2500, 0.15, {}), "a", "b", "r").findings)
        made = analysis_of(rows(seed, 2500, 0.15, {("unit", "m"): 0.15}), "a", "b", "r").findings
        mine = [one for one in made if (one.dimension, one.member) == ("unit", "m")]
        found += bool(mine)
        held += bool(mine) and mine[0].interval.low < 0.15 < mine[0].interval.high
    return false / len(seeds), found / len(seeds), held / len(seeds)


def test_chance_seldom_makes_a_finding() -> None:
    """At most 5 of 100 promised; and a difference of 15 points is seen."""
    false, found, held = false_and_true(range(40))
    assert false <= 0.05 + 2 * sqrt(0.05 * 0.95 / 40)
    assert found == 1
    assert held >= 0.95


@pytest.mark.soak
def test_chance_seldom_makes_a_finding_often() -> None:
    false, found, held = false_and_true(range(1000, 1400))
    assert false <= 0.05 + 2 * sqrt(0.05 * 0.95 / 400)
    assert found > 0.99
    assert held > 0.95


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_whatever_is_shown_reveals_no_small_group(counts: list[tuple[int, int]]) -> None:
    """What is shown has at least 10, and so has what is left of the whole, or nothing is left."""
    found = shown([category(str(at), late, late + rest) for at, (late, rest) in enumerate(counts)])
    told, whole = [one for one in found if not one.hidden], sum(one.due for one in found)
    assert all(one.due >= 10 for one in told)
    left = whole - sum(one.due for one in told)
    assert left == 0 or left >= 10 or not told


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_categories_of_a_dimension_add_up(seed: int) -> None:
    made = rows(seed, 500, 0.3, {})
    found = categories_of(made)
    for dimension in made.groups:
        mine = [one for one in found if one.dimension == dimension]
        assert (sum(one.late for one in mine), sum(one.due for one in mine)) == (int(made.late.sum()), 500)


COUNTS = (
    "uppdelning;kategori;fel;antal\nområde;norra;120;200\nområde;södra;60;210\nålder;unga;80;200\nålder;gamla;100;210\n"
)


def test_counts_of_anything_are_compared_from_a_file() -> None:
    """Norra 60 %, södra 28.6 %: 31.4 points; unga 40 %, gamla 47.6 %: 7.6 points, which may be chance."""
    found = analysis_of_counts(read_counts(COUNTS.encode()))
    assert (found.late, found.due, found.comparisons) == (180, 410, 2)
    (one,) = found.findings
    assert (one.dimension, one.member) == ("område", "norra")
    assert one.difference == pytest.approx(120 / 200 - 60 / 210)
    told = analysis_words(found, {}, SWEDISH)[0].replace("\N{NO-BREAK SPACE}", " ")
    assert told.startswith("Område, norra: 60,0 % har bristen, mot 28,6 % av de andra.")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("antal", "summa", "rad 1: kolumnen n / antal saknas"),
        ("120;200", "220;200", "rad 2, kolumn fel: ”220” är mer än antalet, 200"),
        ("120;200", "x;200", "rad 2, kolumn fel: ”x” är inget helt tal från 0"),
        ("södra", "norra", "rad 3, kolumn kategori: ”norra” står två gånger under område"),
        ("södra;60;210", "södra;60", "rad 3: 3 celler, men rubrikraden har 4"),
        ("100;210", "100;211", "ålder summerar till 180 av 411, men område till 180 av 410"),
        ("ålder;unga", "ålder;", "rad 4, kolumn kategori: ”” är tom"),
    ],
)
def test_faults_of_counts_are_named_by_line_and_column(old: str, new: str, words: str) -> None:
    with pytest.raises(ColumnsFault) as fault:
        read_counts(COUNTS.replace(old, new).encode())
    assert words in fault_words(fault.value, "x.csv", SWEDISH)


def test_every_fault_of_a_file_is_told() -> None:
    with pytest.raises(ColumnsFault) as fault:
        read_counts(COUNTS.replace("120;200", "x;200").replace("60;210", "300;210").encode())
    assert fault_words(fault.value, "x.csv", SWEDISH).splitlines() == [
        "x.csv: rad 2, kolumn fel: ”x” är inget helt tal från 0",
        "x.csv: rad 3, kolumn fel: ”300” är mer än antalet, 210",
    ]


def test_what_nobody_said_and_what_was_not_done_is_no_finding() -> None:
    """Not handed over, and no topic, are as late as can be: neither may come out, nor stand among the others."""
    said = [category("", 100, 100, "topic"), category("a", 10, 100, "topic"), category("b", 20, 100, "topic")]
    done = [category("yes", 5, 100, "held"), category("no", 90, 100, "held"), category("unanswered", 50, 50, "held")]
    found = comparisons_of([*said, *done])
    assert [(one.category.member, one.rest.late, one.rest.due) for one in found] == [("b", 10, 100), ("yes", 140, 150)]


@pytest.mark.parametrize(("spread", "differ"), [(0.0, False), (0.15, True)])
def test_weeks_are_said_to_differ_only_when_they_do(spread: float, differ: bool) -> None:
    """Forty weeks of 100: 20 in each, or 5 and 35 by turns."""
    k = np.array([round(100 * (0.2 + sign * spread)) for sign in (-1, 1)] * 20)
    assert weeks_differ(k, np.full(40, 100)) is differ

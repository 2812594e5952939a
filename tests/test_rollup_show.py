"""Kept figures in words: small numbers, lengths of time, and what may not be listed."""

from datetime import UTC, datetime

import pytest

from measurement.measures import Figure, Unit
from measurement.registry import REGISTRY
from measurement.rollup.late import Checked, Difference
from measurement.rollup.show import as_json, check_in_words, lines_of, shown, state_in_words, value_in_words
from measurement.rollup.states import Standing, State
from tests.rollup_book import ONE_DAY
from tests.weeks import SWEDISH, WEEK

AS_OF = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def figure(
    value: float | None, n: int, *, measure: str = ONE_DAY, slice_: str = "", numerator: int | None = None,
    more_than: bool = False,
) -> Figure:  # fmt: skip
    return Figure(
        measure=measure, version=1, period="2026-W47", slice=slice_, numerator=numerator,
        denominator=None if numerator is None else n, n=n, value=value, more_than=more_than, as_of=AS_OF,
    )  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("one", "unit", "expected"),
    [
        (figure(0.75, 8, numerator=6), Unit.SHARE, "6 av 8"),
        (figure(0.75, 40, numerator=30), Unit.SHARE, "75,0 % (30 av 40)"),
        (figure(9_000, 5), Unit.SECONDS, "2 tim 30 min"),
        (figure(9_000, 5, more_than=True), Unit.SECONDS, "mer än 2 tim 30 min"),
        (figure(0, 5), Unit.SECONDS, "0 s"),
        (figure(82.4, 40), Unit.INDEX, "82,4"),
        (figure(12, 12), Unit.COUNT, "12"),
        (figure(None, 0), Unit.SHARE, "inget underlag"),
        (None, Unit.SHARE, "inget underlag"),
    ],
)
def test_a_value_is_said_as_it_may_be(one: Figure | None, unit: Unit, expected: str) -> None:
    assert plain(value_in_words(one, unit, SWEDISH)) == expected


def test_few_ratings_and_their_slices_are_not_listed() -> None:
    rating = "reception.good"
    allowed = figure(0.8, 5, measure=rating, numerator=4)
    listed = [
        allowed,
        figure(0.75, 4, measure=rating, numerator=3),
        figure(0.8, 50, measure=rating, slice_="unit:kc", numerator=40),
        figure(1.0, 3, measure="survey.real_answer", numerator=3),
        figure(1.0, 1, slice_="unit:kc", numerator=1),
    ]
    assert shown(listed) == [allowed, listed[-1]]


def test_lines_stand_in_the_order_of_the_measures() -> None:
    figures = [figure(3, 3, measure="arrivals"), figure(5, 5, measure="forgotten"), figure(0.5, 4, numerator=2)]
    assert lines_of(figures, REGISTRY, SWEDISH) == [
        ("Besvarade inom en arbetsdag", "", "2 av 4"), ("Inkomna kontakter", "", "3"), ("forgotten", "", "5"),
    ]  # fmt: skip


def test_a_state_is_said() -> None:
    said = [state_in_words(Standing(period="2026-W47", state=state, as_of=AS_OF), SWEDISH) for state in State]
    assert said == [
        "avbruten: räknas om nästa gång",
        "preliminär, sedd från tisdag 24 november kl. 07.00",
        "fastställd, sedd från tisdag 24 november kl. 07.00",
    ]
    assert state_in_words(None, SWEDISH) == "inte räknad"


def test_a_check_says_what_is_wrong_or_that_nothing_is() -> None:
    fine = Checked(week=WEEK, broken=(), late=(), redefined=())
    assert check_in_words(fine, REGISTRY, SWEDISH) == ["2026-W47: stämmer."]
    moved = Difference(measure=ONE_DAY, slice="unit:kc", stored=figure(0.5, 4, numerator=2), found=None)
    assert check_in_words(Checked(week=WEEK, broken=(), late=(moved,), redefined=()), REGISTRY, SWEDISH) == [
        "2026-W47: stämmer."
    ]
    gone = Difference(measure="forgotten", slice="", stored=figure(2, 2, measure="forgotten"), found=None)
    wrong = Checked(week=WEEK, broken=(moved,), late=(gone, moved), redefined=("a", "b"))
    assert [plain(line) for line in check_in_words(wrong, REGISTRY, SWEDISH)] == [
        "2026-W47: siffrorna stämmer inte med det som var känt då.",
        "  Besvarade inom en arbetsdag (unit:kc): 2 av 4, nu inget underlag",
        "2026-W47: det har kommit fram något efteråt som ändrar siffrorna.",
        "  forgotten: 2, nu inget underlag",
        "2026-W47: 2 mått räknas på ett annat sätt nu och kan inte räknas om.",
    ]


def test_as_plain_data_nothing_is_left_out() -> None:
    assert as_json(figure(0.5, 4, numerator=2)) == {
        "measure": ONE_DAY, "version": 1, "period": "2026-W47", "slice": "", "numerator": 2, "denominator": 4, "n": 4,
        "value": 0.5, "more_than": False, "as_of": "2026-11-24T06:00:00+00:00",
    }  # fmt: skip

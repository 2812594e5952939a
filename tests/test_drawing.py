"""Charts as pictures: marks of one period beside each other, and the target from when it holds."""

from config.texts import Texts
from measurement.report.drawing import Size, draw_png, draw_svg
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import DecisionKind, Series
from tests.improving import noted, shares
from tests.test_improve_control import HIGH, LOW
from tests.weeks import ZONE

SWEDISH = Texts("sv", ZONE)


def drawn(series: Series, target_from: str = "") -> bytes:
    return draw_svg(chart_of(series, kind_for(series.unit)), SWEDISH, Size.MAIL, target_from=target_from)


def test_a_target_begins_where_it_holds() -> None:
    series, plain = shares([*LOW, *HIGH], target=0.9), shares([*LOW, *HIGH])
    whole, later = drawn(series), drawn(series, "2026-W39")
    assert whole == drawn(series, series.points[0].period)
    assert whole != later
    # A target that holds only after all that is shown is not drawn at all.
    assert b"LineCollection_2" in later
    assert drawn(series, "2027-W40").count(b"LineCollection") == drawn(plain).count(b"LineCollection")


def test_two_marks_of_one_period_stand_above_each_other() -> None:
    note, rebase = noted("2026-W39"), noted("2026-W39", DecisionKind.REBASE)
    one, both = shares([*LOW, *HIGH], decisions=(rebase,)), shares([*LOW, *HIGH], decisions=(note, rebase))
    chart = chart_of(both, kind_for(both.unit))
    assert draw_png(chart, SWEDISH) == draw_png(chart, SWEDISH)
    assert drawn(both).count(b"patch_") == drawn(one).count(b"patch_") + 1

"""A municipality beside groups, year by year: unweighted means, breaks that nothing bridges, and absent values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.texts import Texts
from measurement.measures import Direction, Unit
from measurement.network.outside_data import ABSENT, DELETED, Kept, OutsideTitle, OutsideValue, TitleKind
from measurement.network.yearly import (
    Absence,
    Comparison,
    Quarter,
    compare_yearly,
    kpis_for,
    own_series,
    quarter_of,
    unit_of,
)
from measurement.network.yearly_drawing import apart, draw_png, stretches
from measurement.network.yearly_paper import edition_tables, footer_words, kolada_paper
from measurement.network.yearly_text import as_lines
from measurement.network.yearly_words import lead_words, notes_of, series_csv
from measurement.report.pdf import report_pdf
from measurement.series_file import read_series
from measurement.statistics.chart import ChartKind
from tests.pdf_text import words_in

TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PHONE = OutsideTitle(
    kind=TitleKind.KPI, id="N00671", title="Nöjd med bemötandet via telefoni, index",
    details={"description": "Så räknas det.", "publ_period": "2026"},
)  # fmt: skip
PLACES = [
    OutsideTitle(kind=TitleKind.MUNICIPALITY, id=f"{at:04}", title=f"Provby {at}", details={"type": "K"})
    for at in range(1, 31)
]
R9 = OutsideTitle(
    kind=TitleKind.GROUP, id="G1", title="Resultatnätverket R9 (ovägt medel)", details={"members": ["0002", "0003"]}
)


def told(municipality: str, year: int, value: float | None, kpi: str = "N00671", status: str = "") -> Kept:
    one = OutsideValue(kpi=kpi, municipality=municipality, year=year, value=value, status=status)
    return Kept(value=one, origin="https://api.kolada.se/v3/", fetched_at=NOW)


def compared(kept: Sequence[Kept], groups: Sequence[OutsideTitle] = (R9,), kpi: OutsideTitle = PHONE) -> Comparison:
    return compare_yearly(kpi, PLACES[0], groups, kept, PLACES)


STORY = [
    told("0001", 2015, 100, "KKIK-BEMOTANDE"), told("0001", 2016, 83, "KKIK-BEMOTANDE"),
    told("0001", 2017, 80, "KKIK-BEMOTANDE"), told("0001", 2021, 91, "KKIK-BEMOTANDE"),
    told("0001", 2022, 82), told("0001", 2023, 84), told("0001", 2024, None, status=ABSENT), told("0001", 2025, 86),
    told("0002", 2025, 80), told("0003", 2025, 90), told("0001", 2025, 250, "N00675"), told("0001", 2022, 64, "N00675"),
]  # fmt: skip


def test_a_groups_value_is_the_unweighted_mean_of_the_members_that_have_one() -> None:
    group = OutsideTitle(kind=TitleKind.GROUP, id="G", title="R", details={"members": ["0002", "0003", "0004"]})
    kept = [told("0001", 2024, 83.8), told("0002", 2024, 80), told("0003", 2024, 90.5),
            told("0004", 2024, None, status=ABSENT)]  # fmt: skip
    (year,) = compared(kept, [group]).years
    # (80 + 90,5) / 2, whatever the size of each; the third has none.
    assert (year.means[0].value, year.means[0].counted, year.means[0].asked, year.means[0].members) == (85.25, 2, 3, 3)


def test_a_group_that_is_mostly_not_fetched_has_no_mean() -> None:
    group = OutsideTitle(kind=TitleKind.GROUP, id="G", title="R", details={"members": ["0002", "0003", "0004"]})
    (year,) = compared([told("0001", 2024, 83.8), told("0002", 2024, 80)], [group]).years
    assert (year.means[0].value, year.means[0].asked) == (None, 1)
    (year,) = compared([told("0001", 2024, 83.8), told("0002", 2024, 80), told("0003", 2024, 82)], [group]).years
    assert (year.means[0].value, year.means[0].asked) == (81.0, 2)


def test_one_member_alone_is_no_mean() -> None:
    group = OutsideTitle(kind=TitleKind.GROUP, id="G", title="R", details={"members": ["0002", "0003", "0004", "0002"]})
    away = [told(id_, 2024, None, status=ABSENT) for id_ in ("0003", "0004")]
    comparison = compared([told("0001", 2024, 83.8), told("0002", 2024, 81), *away], [group])
    (mean,) = comparison.years[0].means
    assert (mean.value, mean.counted, mean.asked, mean.members, mean.alone) == (None, 1, 3, 3, True)
    assert lead_words(comparison, TEXTS) == "2024: Provby 1 83,8."
    assert edition_tables(comparison, TEXTS)[0].rows == (("2024", "83,8", "bara 1 av 3"),)
    assert any("En ensam är inget medelvärde." in one for one in notes_of(comparison, TEXTS))


def test_the_older_series_stands_before_the_newer_and_breaks_there() -> None:
    comparison = compared(STORY)
    assert kpis_for("N00671") == ("N00671", "N00675", "KKIK-BEMOTANDE")
    assert [one.year for one in comparison.years] == list(range(2015, 2026))
    assert [one.first for one in comparison.breaks] == [2016, 2022]
    assert comparison.earlier == "KKIK-BEMOTANDE"
    names = [one.edition.name if one.edition else "" for one in comparison.years]
    assert names == ["KKiK till 2015", *["KKiK från 2016"] * 6, *["SKR:s servicemätning"] * 4]


def test_no_line_goes_over_a_break_or_a_missing_year() -> None:
    comparison = compared(STORY)
    own = stretches(comparison, [one.own.value for one in comparison.years])
    # 2015 | 2016–2017, 2018–2020 missing, 2021 | 2022–2023, 2024 missing, 2025
    assert [[year for year, _ in stretch] for stretch in own] == [[2015], [2016, 2017], [2021], [2022, 2023], [2025]]


@given(st.lists(st.none() | st.floats(0, 100), min_size=11, max_size=11))
def test_no_stretch_ever_holds_years_of_two_editions(values: list[float | None]) -> None:
    comparison = compared(STORY)
    editions = {one.year: one.edition and one.edition.first for one in comparison.years}
    editions |= dict.fromkeys(range(2018, 2021), 2016)
    found = stretches(comparison, values)
    assert all(len({editions[year] for year, _ in stretch}) == 1 for stretch in found)
    assert [value for stretch in found for _, value in stretch] == [one for one in values if one is not None]


def test_why_there_is_no_value_is_told_apart() -> None:
    kept = [
        told("0001", 2022, None, status=DELETED), told("0001", 2023, None, status=ABSENT),
        told("0001", 2023, 18, "N00675"), told("0001", 2024, None), told("0001", 2026, 84),
    ]  # fmt: skip
    comparison = compared(kept, [])
    assert [one.own.absence for one in comparison.years] == [
        Absence.DELETED, Absence.FEW, Absence.NONE, Absence.NOT_ASKED, None,
    ]  # fmt: skip
    notes = " ".join(notes_of(comparison, TEXTS))
    assert "För få svar: 2023 (18). Kolada visar inget värde under 30 svar." in notes
    assert "fick färre än 30 svar" in notes
    assert "har haft ett värde och tagit bort det" in notes
    assert "Inte hämtat" in notes


def test_too_few_answers_are_told_though_no_year_has_a_value() -> None:
    comparison = compared([told("0001", 2024, None, status=ABSENT), told("0001", 2024, 29, "N00675")], [])
    assert [one.own.absence for one in comparison.years] == [Absence.FEW]
    assert lead_words(comparison, TEXTS) == "Det finns inget värde för Provby 1 de här åren."


def test_answers_before_a_kpi_began_are_no_years_of_it() -> None:
    kept = [told("0001", 2020, 300, "N00675"), told("0001", 2023, 300, "N00675"), told("0001", 2024, 84)]
    assert [one.year for one in compared(kept, []).years] == [2023, 2024]


def test_nothing_kept_is_no_year() -> None:
    assert compared([]).years == ()
    assert compared([told("0009", 2024, 80.0)]).years == ()


@pytest.mark.parametrize(
    ("value", "everybody", "quarter"),
    [
        (20, range(1, 21), Quarter.HIGHEST), (16, range(1, 21), Quarter.HIGHEST), (15, range(1, 21), Quarter.MIDDLE),
        (6, range(1, 21), Quarter.MIDDLE), (5, range(1, 21), Quarter.LOWEST), (1, range(1, 21), Quarter.LOWEST),
        # All alike is neither; half alike at the top are all highest.
        (7, [7] * 20, Quarter.MIDDLE), (9, [9] * 10 + [1] * 10, Quarter.HIGHEST),
        (1, [9] * 10 + [1] * 10, Quarter.LOWEST), (9, range(1, 20), None), (None, range(1, 21), None),
    ],
)  # fmt: skip
def test_quarters_hold_25_50_and_25_per_cent(
    value: float | None, everybody: Sequence[float], quarter: Quarter | None
) -> None:
    assert quarter_of(value, list(everybody)) is quarter


@given(st.lists(st.integers(0, 100), min_size=20, max_size=60, unique=True))
def test_of_different_values_a_quarter_at_each_end_stands_out(values: list[int]) -> None:
    found = [quarter_of(one, values) for one in values]
    # With n values the k highest are those with fewer than n/4 above them: the smallest whole number not below n/4.
    assert found.count(Quarter.HIGHEST) == found.count(Quarter.LOWEST) == -(-len(values) // 4)


def test_quarters_are_told_only_when_nearly_all_municipalities_were_fetched() -> None:
    everybody = [told(one.id, 2024, 50 + at) for at, one in enumerate(PLACES)]
    assert compared(everybody, []).years[0].quarter is Quarter.LOWEST
    some = compared(everybody[:25], [])
    assert (some.years[0].quarter, some.years[0].among) == (None, 0)


def test_own_figures_are_a_series_with_a_new_level_at_each_break() -> None:
    series = own_series(compared(STORY), TEXTS, date(2026, 11, 20))
    assert [one.period for one in series.decisions] == ["2016", "2022"]
    assert (series.points[0].value, series.points[9].value, series.points[10].n) == (100, None, 250)
    assert (series.unit, series.direction) == (Unit.INDEX, Direction.HIGHER)
    share = OutsideTitle(kind=TitleKind.KPI, id="N00647", title="Att få svar, andel (%)", details={})
    part = own_series(compared([told("0001", 2024, 56.0, "N00647")], [], share), TEXTS, date(2026, 11, 20))
    assert part.points[0].value == pytest.approx(0.56)


def test_the_csv_is_read_as_a_series_by_the_charts() -> None:
    content = series_csv(compared(STORY), TEXTS, date(2026, 11, 20))
    read = read_series(content, ChartKind.XMR, name="bemötande", read_on=date(2026, 11, 20))
    assert [one.value for one in read.series.points][:3] == [100, 83, 80]
    assert [one.period for one in read.series.decisions] == ["2016", "2022"]


@pytest.mark.parametrize(
    ("title", "unit"),
    [("Bra bemötande, andel (%)", Unit.SHARE), ("Företagsklimat Insikt - Bemötande - Index", Unit.INDEX),
     ("Telefoni svar, antal", Unit.COUNT)],
)  # fmt: skip
def test_the_unit_is_what_the_title_says(title: str, unit: Unit) -> None:
    assert unit_of(OutsideTitle(kind=TitleKind.KPI, id="N1", title=title, details={})) is unit


def test_the_tables_are_one_for_each_edition() -> None:
    tables = edition_tables(compared(STORY), TEXTS)
    assert [one.caption for one in tables] == ["KKiK till 2015", "KKiK från 2016", "SKR:s servicemätning"]
    assert [row[0] for row in tables[1].rows] == ["2016", "2017", "2018", "2019", "2020", "2021"]
    assert tables[2].head == ("År", "Provby 1", "Svar", "A")
    assert tables[2].rows[-1] == ("2025", "86,0", "250", "85,0 (2 av 2)")
    assert tables[2].rows[2] == ("2024", "inget värde", "–", "inte hämtat")


def test_the_paper_says_year_edition_source_and_date_and_ranks_nobody() -> None:
    comparison = compared(STORY)
    assert lead_words(comparison, TEXTS) == (
        "2025: Provby 1 86,0. Resultatnätverket R9: 85,0 (medel av 2 av 2 kommuner)."
    )  # fmt: skip
    footer = footer_words(comparison, TEXTS)
    assert footer == (
        "Nyckeltal KKIK-BEMOTANDE + N00671 · utgåva: KKiK till 2015; KKiK från 2016; SKR:s servicemätning · "
        "publicerat för 2026 · källa: Kolada (https://api.kolada.se/v3/), hämtat 2026-11-20"
    )
    told = words_in(report_pdf(kolada_paper(comparison, TEXTS), TEXTS))
    assert "1. 2016, KKiK från 2016" in told
    assert "Före och efter går inte att jämföra." in told
    assert "Färre än 100 svar: 2022 (64)." in told
    assert "Provby 2" not in told


def test_the_terminal_shows_the_same() -> None:
    lines = as_lines(compared(STORY), TEXTS)
    assert "A: Resultatnätverket R9, ovägt medel" in lines
    assert "2025         86,0   250  85,0 (2 av 2)" in lines


def test_a_group_of_which_nothing_was_fetched_is_told() -> None:
    away = OutsideTitle(kind=TitleKind.GROUP, id="G", title="Borta", details={"members": ["0020", "0021"]})
    notes = notes_of(compared(STORY, [away]), TEXTS)
    assert "Borta: det finns inga medelvärden, för kommunerna är inte hämtade eller saknar värden." in notes


def test_the_picture_is_the_same_each_time() -> None:
    comparison = compared(STORY)
    assert draw_png(comparison, TEXTS) == draw_png(comparison, TEXTS)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5).map(sorted))
def test_labels_are_apart_and_below_the_top(values: list[float]) -> None:
    placed = apart(values, 10, 104)
    assert all(above - below >= 10 - 1e-9 for below, above in pairwise(placed))
    assert placed[-1] <= 104 + 1e-9

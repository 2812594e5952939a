"""Series read from files as people have them."""

import io
from datetime import date

import openpyxl
import pytest

from config.texts import Texts
from measurement.measures import Direction, Unit
from measurement.series_file import SeriesFault, SeriesFile, read_series
from measurement.statistics.chart import ChartKind
from measurement.statistics.series import DecisionKind
from tests.weeks import ZONE

XMR, P = ChartKind.XMR, ChartKind.P
TODAY = date(2026, 11, 20)


def read(text: str | bytes, kind: ChartKind = XMR) -> SeriesFile:
    content = text if isinstance(text, bytes) else text.encode()
    return read_series(content, kind, name="series", read_on=TODAY)


def known(text: str | bytes, kind: ChartKind = XMR) -> list[tuple[str, float | None]]:
    return [(one.period, one.value) for one in read(text, kind).series.points]


def counts(text: str, kind: ChartKind = P) -> list[tuple[int | None, int]]:
    return [(one.numerator, one.n) for one in read(text, kind).series.points]


@pytest.mark.parametrize(
    "text",
    [
        "period,value\na,12.5\nb,13\n",
        "period;value\na;12.5\nb;13\n",
        "period;value\na;12,5\nb;13\n",
        "period\tvalue\r\na\t12,5\r\nb\t13\r\n",
        'period,value\na,"12,5"\nb,13\n',
        "\ufeffperiod;value\na;12,5\nb;13",
        "sep=;\nperiod;value\na;12,5\nb;13\n",
        "Value ; Period\n 12,5 ; a \n13;b\n",
        "Vecka;Utfall\na;12,5\nb;13,0\n",
        '"","value"\n"a",12.5\n"b",13\n',  # as R writes it
        ",value\na,12.5\nb,13.0\n",  # as pandas writes it
        "x,y\na,1.25e+01\nb,13\n",
        "week,minutes\na,12.5\nb,13\n",  # what is left over is the value
        "a,12.5\nb,13\n",  # no heading
        "\nperiod,value\n\na,12.5\n\nb,13\n\n",
    ],
)
def test_the_same_two_points_in_every_usual_shape(text: str) -> None:
    assert known(text) == [("a", 12.5), ("b", 13.0)]


@pytest.mark.parametrize("text", ["value\n12.5\n13\n", "12.5\n13\n", "cost\n12,5\n13", '"x"\n"12.5"\n"13"\n'])
def test_without_periods_the_rows_are_numbered(text: str) -> None:
    assert known(text) == [("1", 12.5), ("2", 13.0)]


@pytest.mark.parametrize(
    "text",
    ["k,n\n40,50\n0,7\n", "n;k\n50;40\n7;0\n", "40,50\n0,7\n", "numerator,denominator\n40.0,50.0\n0.0,7.0\n",
     "y,n\n40,50\n0,7\n", "i;y;n\na;40;50\nb;0;7\n", "Täljare;Nämnare\n40;50\n0;7\n", "a,40,50\nb,0,7\n",
     "value,k,n\n0.8,40,50\n0,0,7\n"],
)  # fmt: skip
def test_shares_come_from_their_counts(text: str) -> None:
    assert counts(text) == [(40, 50), (0, 7)]
    assert [one.value for one in read(text, P).series.points] == [0.8, 0.0]
    assert read(text, P).series.unit is Unit.SHARE


def test_other_encodings_of_the_office_are_read() -> None:
    text = "månad;värde\nmaj;1,5\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        assert known(text.encode(encoding)) == [("maj", 1.5)]


def test_an_excel_file_is_read() -> None:
    book = openpyxl.Workbook()
    for row in (("period", "value"), ("a", 12.5), ("b", None), ("c", 13)):
        book.worksheets[0].append(row)
    saved = io.BytesIO()
    book.save(saved)
    assert known(saved.getvalue()) == [("a", 12.5), ("b", None), ("c", 13.0)]


def test_how_it_was_read_is_told() -> None:
    found = read("Week;Y;owner\n1;2,5;Anna\n")
    assert (dict(found.columns), found.ignored) == ({"period": "Week", "value": "Y"}, ("owner",))
    assert dict(read("1,2\n2,3\n").columns) == {"period": "", "value": ""}
    assert read("value,k,n\n0.8,40,50\n").ignored == ("k",)
    assert read("value,k,n\n0.8,40,50\n", P).ignored == ("value",)


def test_xmr_of_a_file_of_counts_charts_the_share() -> None:
    found = read("k,n\n40,50\n").series
    assert (found.points[0].value, found.points[0].numerator, found.unit) == (0.8, 40, Unit.SHARE)


def test_missing_values_are_gaps() -> None:
    text = "period,value\na,1\nb,\nc,NA\nd,NaN\ne,2\n"
    assert known(text) == [("a", 1.0), ("b", None), ("c", None), ("d", None), ("e", 2.0)]
    assert known("value\n1\nNA\n2\n") == [("1", 1.0), ("2", None), ("3", 2.0)]
    assert known("NA\n1\n") == [("1", None), ("2", 1.0)]  # the first is missing, not a heading
    shares = read("period,k,n\na,1,2\nb,,\nc,NA,9\nd,0,0\n", P).series.points
    assert [(one.value, one.numerator, one.n) for one in shares] == [
        (0.5, 1, 2), (None, None, 0), (None, None, 9), (None, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (["2026-W52", "2027-W01"], ["2026-W52", "2026-W53", "2027-W01"]),  # 2026 has 53 weeks
        (["2025-W52", "2026-W01"], ["2025-W52", "2026-W01"]),
        (["2026-W03", "2026-W01"], ["2026-W01", "2026-W02", "2026-W03"]),
        (["2026-W01", "2026-W05"], ["2026-W01", "2026-W05"]),  # every fourth week is no weekly series
        (["2026-W53", "2025-W53"], ["2025-W53", "2026-W53"]),  # 2025 has no W53: a name like any other
        (["2026-02-01", "2026-01-01"], ["2026-01-01", "2026-02-01"]),
        (["2026-11", "2026-02"], ["2026-02", "2026-11"]),
        (["10", "9"], ["10", "9"]),
        (["2026-W02", "extra", "2026-W01"], ["2026-W02", "extra", "2026-W01"]),
    ],
)
def test_what_tells_its_time_is_put_in_order_and_weeks_without_a_row_are_gaps(
    periods: list[str], expected: list[str]
) -> None:
    found = read("period,value,note\n" + "".join(f"{one},{at},{one}\n" for at, one in enumerate(periods)))
    assert [one.period for one in found.series.points] == expected
    assert {one.period: one.value for one in found.series.points} == {
        one: float(periods.index(one)) if one in periods else None for one in expected
    }
    assert list(found.missing_weeks) == [one for one in expected if one not in periods]
    assert found.reordered == (periods != sorted(periods) and expected != periods)
    assert {one.period: one.cause for one in found.series.decisions} == {one: one for one in periods}


@pytest.mark.parametrize("target", [float("nan"), float("inf"), 95.0, -0.1])
def test_a_target_of_a_share_is_a_share(target: float) -> None:
    with pytest.raises(SeriesFault, match="the target"):
        read_series(b"k,n\n1,2\n", P, name="m", read_on=TODAY, target=target)


def test_a_note_may_have_several_lines() -> None:
    assert known('value,note\n1,"ny\nväxel"\n2,\n') == [("1", 1.0), ("2", 2.0)]


def test_thousands_may_have_a_space_of_any_kind() -> None:
    assert known("value\n1 234,5\n\u22121\u00a0234\u202f567,25\n") == [("1", 1234.5), ("2", -1234567.25)]
    assert counts("k;n\n266 501;280 443\n1e+05;2e+05\n") == [(266501, 280443), (100000, 200000)]


def test_ghosts_rebases_notes_and_preliminary_points() -> None:
    found = read(
        "period;value;ghost;rebase;note;preliminary\n"
        "a;1;;0;;nej\n"
        "b;2;strejk;;;\n"
        "c;3;x;Kontaktcenter öppnade;nya öppettider;\n"
        "d;4;nej;FALSE;;ja\n"
        "e;5;;1;;\n"
    ).series
    assert [one.ghost for one in found.points] == ["", "strejk", "ghost", "", ""]
    assert [one.preliminary for one in found.points] == [False, False, False, True, False]
    assert [(one.kind, one.period, one.cause, one.decided_by, one.decided_on) for one in found.decisions] == [
        (DecisionKind.REBASE, "c", "Kontaktcenter öppnade", "", TODAY),
        (DecisionKind.NOTE, "c", "nya öppettider", "", TODAY),
        (DecisionKind.REBASE, "e", "", "", TODAY),
    ]


def test_direction_and_target_are_the_callers() -> None:
    found = read_series(b"value\n1\n", XMR, name="m", read_on=TODAY, direction=Direction.LOWER, target=0.5).series
    assert (found.name, found.direction, found.target) == ("m", Direction.LOWER, 0.5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("period,value\na,1\nb,two\n", "line 3, column value: 'two' is not a number"),
        ("Vecka;Utfall\na;83 %\n", "line 2, column Utfall: '83 %' is not a number; write 0.83 or 83, without the sign"),
        ("value\n1\n-\n", "line 3, column value: '-' is not a number"),
        ("value\n1\ninf\n", "line 3, column value: 'inf' is not a number"),
        ("value\n12,5\n13.5\n", "line 3, column value: '13.5': the file has both decimal points and decimal commas"),
        ("value\n1.234,5\n", "line 2, column value: '1.234,5' is not a number"),
        (
            'period,value\na,"1,234"\n',
            "line 2, column value: '1,234': decimals or thousands? Write decimals with a point",
        ),
        ("period,value\na,12,5\n", "line 2 has 3 cells where the first has 2; decimal commas need semicolons"),
        ("period,value\na,1\na,2\n", "line 3, column period: a stands on line 2 too"),
        ("period,value\na,1\n,2\n", "line 3, column period: is empty"),
        ("value\n1\n\n2\n", "line 3 is empty: write NA for a missing value"),
        ("value,ghost\n1,\n,\n2,\n", "line 3 is empty: write NA for a missing value"),
        ("a,b,c\n1,2,3\n", "no column is called value; the file has a, b, c"),
        ("value,Value\n1,2\n", "two columns are called value"),
        ("value\n", "the file has a heading but no rows"),
        ("1,2,3\n", "line 1 has 3 cells and no headings: name the columns"),
        ("", "the file is empty"),
        ("value,rebase\n1,0\n2,1\n3,1\n", "line 4, column rebase: the row before is marked too"),
    ],
)
def test_what_is_no_series_is_said_with_line_and_column(text: str, fault: str) -> None:
    with pytest.raises(SeriesFault) as said:
        read(text)
    assert fault in str(said.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("value\n0.5\n", "a chart of shares needs the columns numerator and denominator (or k and n), not value"),
        ("k,n\n1,4\n,\n2,4\n", "line 3 is empty: write NA for a missing value"),
        ("k,n\n5,4\n", "line 2, column k: 5 is more than the denominator, 4"),
        ("k,n\n1.5,4\n", "line 2, column k: '1.5' is not a whole number from 0"),
        ("k,n\n-1,4\n", "line 2, column k: '-1' is not a whole number from 0"),
        ("k;n\n12.345;99.999\n", "line 2, column n: '99.999' is not a whole number from 0"),  # thousands? never 12
        ("k,n\n1,\n", "line 2, column n: is empty beside a numerator"),
    ],
)
def test_what_is_no_share_is_said(text: str, fault: str) -> None:
    with pytest.raises(SeriesFault) as said:
        read(text, P)
    assert fault in str(said.value)


def test_a_file_that_is_no_table_is_said() -> None:
    with pytest.raises(SeriesFault, match="the file is not a table"):
        read(b"\x00\x01\x02")


def test_a_file_with_periods_of_two_kinds_is_refused() -> None:
    with pytest.raises(
        SeriesFault, match="line 3, column period: 2024-W20 is not written as 2024-03 on line 2"
    ) as fault:
        read_series(b"period;k;n\n2024-03;3;4\n2024-W20;3;4\n", ChartKind.P_PRIME, name="x", read_on=date(2026, 1, 1))
    told = fault.value.words(Texts("sv", ZONE))
    assert told == "rad 3, kolumn period: ”2024-W20” är inte samma slags period som 2024-03 på rad 2"

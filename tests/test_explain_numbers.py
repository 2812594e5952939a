"""The calculators of `explain`: what they print, and the curve and the files behind them."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from commands.explain_numbers import add_to
from measurement.lengths_file import read_lengths
from measurement.statistics.before_after import with_missing_weeks
from measurement.statistics.kaplan_meier import curve_of, median_interval
from measurement.statistics.series import Point
from measurement.survival import quantiles

APP = typer.Typer()
add_to(APP)


def run(*arguments: object) -> str:
    done = CliRunner().invoke(APP, [*map(str, arguments)], env={"LC_ALL": "", "LANG": ""})
    assert done.exit_code == 0, done.output
    return done.stdout.replace("\N{NO-BREAK SPACE}", " ")


def refused(*arguments: object) -> str:
    done = CliRunner().invoke(APP, [*map(str, arguments)])
    assert done.exit_code != 0
    return done.stderr


def data(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json"))


# Freireich 1963: weeks of remission under 6-MP of 21 children; 0 is still in remission when last seen.
REMISSION = [
    (6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
    (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0),
]  # fmt: skip
# The textbook curve: 6 weeks 18/21, 7 times 16/17, 10 times 14/15, 13 times 11/12, 16 times 10/11, 22 times 6/7, 23
# times 5/6.
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def written(folder: Path, head: str, rows: list[tuple[object, ...]]) -> Path:
    path = folder / "file.csv"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
    return path


def test_a_share() -> None:
    found = data("share", 81, 263)
    assert (found["share"], found["low"], found["high"]) == pytest.approx((81 / 263, 0.25528852, 0.36620958), abs=1e-8)
    assert found["method"] == "wilson"
    assert run("share", 81, 263).splitlines() == ["81 av 263: 30,8 %", "95 % säkert: 25,5 %–36,6 % (Wilson)"]


@pytest.mark.parametrize("method", ["wilson", "exact"])
@pytest.mark.parametrize(
    ("k", "n", "why"), [("0", "0", "0 of 0 is no share: there are no cases"), ("3", "2", "3 of 2 is no share")]
)
def test_what_is_no_share_is_said(k: str, n: str, why: str, method: str) -> None:
    assert refused("share", k, n, "--method", method) == f"{why}\n"


def test_a_share_at_least_95_per_cent_sure() -> None:
    # None of 20: the upper limit p has (1 - p)^20 = 0.025.
    found = data("share", 0, 20, "--method", "exact")
    assert (found["low"], found["high"]) == pytest.approx((0, 1 - 0.025 ** (1 / 20)))
    assert "Clopper–Pearson" in run("share", 0, 20, "--method", "exact")


def test_a_drawn_share_and_all_of_them() -> None:
    assert data("share", 40, 50, "--of", 100)["low"] > data("share", 40, 50)["low"]
    all_of_them = data("share", 40, 50, "--of", 50)
    assert (all_of_them["low"], all_of_them["high"], all_of_them["population"]) == (None, None, 50)
    assert "Alla är med" in run("share", 40, 50, "--of", 50)
    assert "Wilson" in refused("share", 40, 50, "--of", 100, "--method", "exact")


def test_a_difference() -> None:
    found = data("difference", 56, 70, 48, 80, "--test")
    assert (found["difference"], found["low"], found["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found["p_value"] == pytest.approx(0.0088, abs=5e-5)
    assert run("difference", 56, 70, 48, 80).splitlines() == [
        "Skillnad: +20,0 procentenheter", "95 % säkert: från +5,2 till +33,4 (Newcombe)",
    ]  # fmt: skip
    assert "p = 0,0088" in run("difference", 56, 70, 48, 80, "--test")
    assert data("difference", 560, 700, 480, 800, "--test")["p_value"] is None
    assert "intervallet säger mer" in run("difference", 560, 700, 480, 800, "--test")
    assert "från −33,4 till −5,2" in run("difference", 48, 80, 56, 70)


def test_an_index() -> None:
    found = data("index", 60, 20, 10, 5, 5, "--unknown", 3)
    assert (found["index"], found["good"], found["n"], found["unknown"]) == (81.25, 0.8, 100, 3)
    assert (found["method"], found["standing"]) == ("t", "comparable")
    assert (found["index_low"], found["index_high"]) == pytest.approx((75.593, 86.907), abs=1e-3)
    text = run("index", 60, 20, 10, 5, 5, "--unknown", 3)
    assert "Index 81,25 av 100; 95 % säkert: 75,59–86,91 (t)" in text
    assert "Betyg 4–5: 80 av 100, 80,0 %; 95 % säkert: 71,1 %–86,7 % (Wilson)" in text
    assert "3 svar utan betyg" in text
    assert "visas inte" in run("index", 5, 0, 0, 0, 0)
    assert data("index", 5, 0, 0, 0, 0) == data("index", 5, 0, 0, 0, 0)


def test_points() -> None:
    found = data("points", 71, 22, 10, 5)
    assert (found["points"], found["maximum"]) == (267, 324)
    assert round(100 * found["share_of_maximum"], 1) == 82.4
    assert run("points", 71, 22, 10, 5).strip() == "267 av 324 poäng: 82,4 % av maxpoäng"


def test_survival_is_the_textbooks(tmp_path: Path) -> None:
    path = written(tmp_path, "time,answered", [*REMISSION])
    found = data("survival", path)
    assert (found["n"], found["answered"]) == (21, 9)
    assert found["median"] == {"value": 23.0, "more_than": False}
    assert found["p90"] == {"value": 35.0, "more_than": True}
    # log-log, as R's conf.type: the lower limit passes a half at 13 (0.4316), the upper one never.
    assert (found["median_low"], found["median_high"]) == (13.0, None)
    steps = {step["time"]: step for step in found["curve"] if step["answered"]}
    assert {time: round(step["waiting"], 4) for time, step in steps.items()} == PUBLISHED
    assert (steps[6]["at_risk"], steps[6]["answered"], steps[6]["censored"], steps[7]["at_risk"]) == (21, 3, 1, 17)
    # By hand at 6: ln(-ln(18/21)) = -1.869824; error sqrt(3/(21 * 18))/0.154151 = 0.577920; 1.959964 of them either
    # way: exp(-exp(-1.869824 + 1.132702)) = 0.619718 and exp(-exp(-1.869824 - 1.132702)) = 0.951552.
    assert list(steps[6]["interval"].values()) == pytest.approx([0.619718, 0.951552], abs=1e-6)


def test_survival_in_words(tmp_path: Path) -> None:
    text = run("survival", written(tmp_path, "Answered,TIME", [(answered, time) for time, answered in REMISSION]))
    assert "Median: 23; 95 % säkert: 13–nås inte" in text
    assert "90:e percentilen: mer än 35" in text
    assert any(line.split()[:4] == ["6", "21", "3", "1"] for line in text.splitlines())


def test_a_curve_where_all_are_answered_by_hand() -> None:
    # 1, 2, 2, 4: 3/4, then 1/4, then 0.
    curve = curve_of([4, 2, 1, 2], [True] * 4)
    assert [(step.time, step.at_risk, step.answered) for step in curve] == [(1, 4, 1), (2, 3, 2), (4, 1, 1)]
    assert [step.waiting for step in curve] == pytest.approx([0.75, 0.25, 0])
    assert curve[-1].interval is None
    assert curve_of([], []) == ()
    assert median_interval(()) == (None, None)
    with pytest.raises(ValueError, match="from 0"):
        curve_of([-1.0], [True])


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_the_curve_agrees_with_the_figures_quantiles_and_with_the_product(rows: list[tuple[int, bool]]) -> None:
    times, ended = [time for time, _ in rows], [answered for _, answered in rows]
    curve, product = curve_of(times, ended), 1.0
    for step in curve:
        product *= 1 - step.answered / step.at_risk
        assert step.waiting == pytest.approx(product, abs=1e-12)
        assert step.interval is None or step.interval.low <= step.waiting <= step.interval.high
    assert sum(step.answered + step.censored for step in curve) == len(rows)
    lengths = read_lengths("\n".join(["time;answered", *(f"{t};{int(e)}" for t, e in rows)]).encode())
    (median,) = quantiles(lengths.micros(), lengths.ended(), (0.5,))
    first = next((step.time for step in curve if step.waiting <= 0.5 + 1e-9), None)
    assert median is not None
    assert (None if median.more_than else median.value.total_seconds()) == first


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("time,status\n1,1", "no column is called answered"),
        ("time,answered\n", "no rows"),
        ("time,answered\n1,1\n-2,1", "line 3: '-2' is not a length"),
        ("time,answered\nnan,1", "not a length"),
        ("time,answered\n1,2", "must be 1 or 0"),
        ("time,answered\n1", "too few cells"),
        ("", "cannot be read"),
    ],
)
def test_a_file_of_lengths_that_is_none(content: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_lengths(content.encode())


def test_lengths_with_decimal_commas() -> None:
    read = read_lengths("tid;besvarad\n2,25;1\n3;0".encode("utf-16"))
    assert (list(read.times), list(read.answered)) == ([2.25, 3], [True, False])
    assert read.micros().tolist() == [2_250_000, 3_000_000]


WEEKS: list[tuple[object, ...]] = [
    ("2026-W10", 40, 50), ("2026-W11", 45, 50), ("2026-W12", 35, 50), ("2026-W13", 40, 50),
    ("2026-W15", 48, 50), ("2026-W16", 43, 50), ("2026-W17", 47, 50), ("2026-W18", 42, 50),
]  # fmt: skip


def test_a_change(tmp_path: Path) -> None:
    # The sums are in test_before_after.
    found = data("change", written(tmp_path, "period,k,n", WEEKS), "--at", "2026-W15")
    assert found["dispersion"] == pytest.approx(2.004630, abs=1e-6)
    difference = found["difference"]
    assert (difference["value"], difference["standard_error"]) == pytest.approx((0.1, 0.0500579), abs=1e-6)
    assert list(difference["interval"].values()) == pytest.approx([-0.022487, 0.222487], abs=1e-6)
    assert (found["left_out"], found["method"]) == (["2026-W14"], "quasi_binomial")  # the missing week
    text = " ".join(run("change", tmp_path / "file.csv", "--at", "2026-W15").split())
    assert "Före: 160 av 200 på 4 perioder, nivå 80,0 %" in text
    assert "Skillnad: +10,0 procentenheter, 95 % säkert från −2,2 till +22,2" in text
    assert "skiljer sig 2 gånger så mycket" in text
    assert "en skillnad på 19,0 procentenheter" in text


def test_a_change_with_marked_weeks(tmp_path: Path) -> None:
    path = written(tmp_path, "period,k,n", [*WEEKS[:2], ("2026-W12", 3, 50), *WEEKS[3:]])
    term = data("change", path, "--at", "2026-W15", "--marked", "2026-W12")
    left_out = data("change", path, "--at", "2026-W15", "--marked", "2026-W12", "--leave-out")
    assert (term["marked"], term["left_out"]) == (1, ["2026-W14"])
    assert (left_out["marked"], left_out["left_out"]) == (0, ["2026-W12", "2026-W14"])
    assert "1 period med egen nivå" in run("change", path, "--at", "2026-W15", "--marked", "2026-W12")
    july: list[tuple[object, ...]] = [(f"2026-W{week}", 40 + week % 3, 50) for week in range(24, 36)]
    found = data("change", written(tmp_path, "period,k,n", july), "--at", "2026-W30", "--holidays")
    assert found["marked"] == 5


def test_a_change_with_a_trend_is_told(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"2025-{at}", 60 + at % 4 + at // 4, 100) for at in range(26)]
    path = written(tmp_path, "period,k,n", rows)
    assert data("change", path, "--at", "2025-13")["trend"]["slope_before"]["value"] > 0
    assert "hoppet vid ändringen" in " ".join(run("change", path, "--at", "2025-13").split())


def test_a_change_that_cannot_be_told_is_refused_in_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, "period,k,n", WEEKS)
    assert refused("change", path, "--at", "2026-W40") == "there is no 2026-W40 among the periods\n"
    assert "2026-W40" in refused("change", path, "--at", "2026-W15", "--marked", "2026-W40")
    assert "at least 2" in refused("change", path, "--at", "2026-W18")
    assert "No such file" in refused("change", tmp_path / "none.csv", "--at", "2026-W18")


def test_weeks_in_another_order_say_the_same_of_a_change(tmp_path: Path) -> None:
    path = written(tmp_path, "period,k,n", WEEKS)
    in_order = run("change", path, "--at", "2026-W15")
    assert run("change", written(tmp_path, "period,k,n", WEEKS[::-1]), "--at", "2026-W15") == in_order


@pytest.mark.parametrize(
    "arguments",
    [("share", 3, 2), ("share", 0, 0), ("difference", 1, 0, 1, 2), ("index", 0, 0, 0, 0, 0), ("points", 0, 0, 0, 0),
     ("share", 5, 10, "--of", 9)],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_one_line(arguments: tuple[object, ...]) -> None:
    assert len(refused(*arguments).splitlines()) == 1


def test_missing_weeks_over_new_year_and_other_periods_as_they_stand() -> None:
    weeks = [Point(period=period, value=1.0, n=1, numerator=1) for period in ("2026-W52", "2027-W02")]
    filled = with_missing_weeks(weeks)
    assert [point.period for point in filled] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert [point.n for point in filled] == [1, 0, 0, 1]
    months = [Point(period=period, value=1.0, n=1, numerator=1) for period in ("2026-12", "2026-11")]
    assert list(with_missing_weeks(months)) == months


def test_other_languages_write_their_own_numbers() -> None:
    assert "30.8%" in run("share", 81, 263, "--language", "en")
    assert math.isclose(json.loads(run("share", 1, 3, "--json", "--language", "fi"))["share"], 1 / 3)

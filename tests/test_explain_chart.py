"""`run_bot.py explain chart`, as people who check us run it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from run_bot import app
from tests.charts import PUBLISHED


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", "chart", *arguments], env={"LANG": "sv_SE.UTF-8", "LC_ALL": ""})


@pytest.fixture
def cost(tmp_path: Path) -> str:
    numbers = PUBLISHED["montgomery_cost"]["values"][:20]
    return _file(tmp_path / "cost.csv", "value", *(str(one) for one in numbers))


@pytest.fixture
def juice(tmp_path: Path) -> str:
    counts = PUBLISHED["montgomery_orange_juice"]
    return _file(tmp_path / "juice.csv", "k;n", *(f"{k};{n}" for k, n in zip(counts["k"], counts["n"], strict=True)))


def test_the_data_of_a_chart_in_full(cost: str) -> None:
    shown = as_json(cost, "--chart", "xmr", "--direction", "down", "--target", "330")
    points, groups = shown.pop("points"), shown.pop("groups")
    assert shown == {
        "name": "cost", "chart": "xmr", "screening": True, "direction": "down", "target": 330.0, "limits_from": 13,
        "columns": {"value": "value"}, "ignored_columns": [], "reordered": False, "missing_weeks": [],
        "rebases": [], "word": "noise", "no_word": None, "assurance": "meets",
        "runs": {
            "useful": 20, "longest": 4, "longest_allowed": 7, "crossings": 8, "crossings_least": 6, "signal": False,
        },
    }  # fmt: skip
    # Ranges 22, 9, 1, 9, 4, 9, 3, 11, 2, 12, 5, 2, 2, 15, 19, 2, 13, 5, 3: 148/19.
    assert len(points) == 20
    assert points[0] == {
        "period": "1", "value": 310.0, "n": None, "numerator": None, "group": 0, "centre": 300.5,
        "lower": pytest.approx(300.5 - 2.66 * 148 / 19, abs=1e-12), "upper": pytest.approx(300.5 + 2.66 * 148 / 19),
        "near_lower": pytest.approx(300.5 - 2.66 * 2 / 3 * 148 / 19), "near_upper": pytest.approx(314.3133333333333),
        "side": 1, "rules": [], "directions": [], "flagged": False, "ghost": "", "preliminary": False,
    }  # fmt: skip
    assert groups == [
        {
            "group": 0, "first": "1", "last": "20", "points": 20, "centre": 300.5, "lower": points[0]["lower"],
            "upper": points[0]["upper"], "mean_range": pytest.approx(148 / 19), "sigma_z": None, "screened": 0,
            "trial": False, "runs": shown["runs"],
        }
    ]  # fmt: skip


def test_flagged_points_with_rules_and_ways(juice: str) -> None:
    shown = as_json(juice, "--chart", "p")
    found = {one["period"]: (one["rules"], one["directions"], one["n"]) for one in shown["points"] if one["flagged"]}
    assert found == {
        "15": (["outside"], [1], 50),
        "21": (["two_in_three"], [1], 50),
        "22": (["two_in_three"], [1], 50),
        "23": (["outside", "two_in_three"], [1, 1], 50),
    }
    assert shown["screening"] is False


def test_screening_can_be_turned_either_way(tmp_path: Path, cost: str) -> None:
    vignette = _file(tmp_path / "vignette.csv", *(str(one) for one in PUBLISHED["deviations_vignette"]["values"]))
    assert as_json(vignette, "--chart", "xmr")["groups"][0]["screened"] == 2
    assert as_json(vignette, "--chart", "xmr", "--no-screen")["groups"][0]["screened"] == 0
    # All shares differ by a hundredth from their neighbours but the last, by 39: only that range is 3.267 means off.
    lone = _file(tmp_path / "lone.csv", "k,n", *["50,100", "51,100"] * 10, "90,100")
    assert as_json(lone, "--chart", "pprime")["groups"][0]["screened"] == 0
    shown = as_json(lone, "--chart", "pprime", "--screen")
    assert (shown["groups"][0]["screened"], shown["screening"]) == (1, True)


def test_trial_limits_of_a_short_series_are_marked_and_say_no_word(tmp_path: Path) -> None:
    short = _file(tmp_path / "short.csv", "value", "10", "12", "10", "14")
    shown = as_json(short, "--chart", "xmr")
    # Mean 11.5, mean range 8/3: 11.5 ± 7.0933.
    assert (shown["points"][0]["lower"], shown["points"][0]["upper"]) == pytest.approx((4.406667, 18.593333), abs=1e-6)
    assert (shown["groups"][0]["trial"], shown["word"], shown["no_word"]) == (True, "none", "few_points")
    text = " ".join(run(short, "--chart", "xmr").stdout.split())
    assert "Gränserna är på prov" in text
    assert "inget kan sägas, punkterna är för få" in text


def test_ghosts_gaps_and_rebases_are_told(tmp_path: Path) -> None:
    rows = [f"{week};{10 + 2 * (week % 2)};;" for week in range(1, 15)]
    rows += ["15;50;strejk;", "16;;;", "17;30;;Kontaktcenter öppnade", "18;32;;"]
    path = _file(tmp_path / "weeks.csv", "vecka;utfall;ghost;rebase", *rows)
    shown = as_json(path, "--chart", "xmr", "--direction", "up")
    assert [(one["first"], one["last"], one["points"], one["trial"]) for one in shown["groups"]] == [
        ("1", "16", 14, False), ("17", "18", 2, True),
    ]  # fmt: skip
    assert shown["rebases"] == [{"period": "17", "cause": "Kontaktcenter öppnade"}]
    assert (shown["points"][14]["ghost"], shown["points"][14]["flagged"]) == ("strejk", False)
    assert (shown["points"][15]["value"], shown["points"][15]["side"]) == (None, 0)
    text = run(path, "--chart", "xmr").stdout
    assert "Utelämnad: 15, strejk" in text
    assert "Nya gränser från 17: Kontaktcenter öppnade" in text


def test_newest_first_and_a_week_without_a_row(tmp_path: Path) -> None:
    # Newest first, the last week far up, and no row for W07: it is the newest that the word is about, and W07 is a gap.
    weeks = [f"2026-W{number:02d};{60 if number == 16 else 10 + 2 * (number % 2)}" for number in range(1, 17)]
    path = _file(tmp_path / "weeks.csv", "vecka;value", *(one for one in reversed(weeks) if "W07" not in one))
    shown = as_json(path, "--chart", "xmr", "--direction", "up")
    assert (shown["reordered"], shown["missing_weeks"], shown["word"]) == (True, ["2026-W07"], "better")
    assert [one["period"] for one in shown["points"]] == [one[:8] for one in weeks]
    assert (shown["points"][6]["value"], shown["points"][6]["side"]) == (None, 0)
    # 13 ranges are left of 15, none over the gap: twelve of 2 and one of 48; the 48 is screened out.
    assert (shown["groups"][0]["mean_range"], shown["groups"][0]["screened"]) == (2.0, 1)
    text = " ".join(run(path, "--chart", "xmr").stdout.split())
    assert "Raderna är ordnade efter tid, äldst först." in text
    assert "Veckor utan rad i filen är luckor: 2026-W07." in text


@pytest.mark.parametrize(("target", "fault"), [("95", "the target 95 is no share"), ("nan", "nan is not a number")])
def test_a_target_that_cannot_be_met_or_missed_is_refused(juice: str, target: str, fault: str) -> None:
    refused = run(juice, "--chart", "p", "--direction", "up", "--target", target)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert fault in refused.stderr


def test_the_words_of_a_chart(juice: str, cost: str) -> None:
    text = " ".join(run(juice, "--chart", "p").stdout.split())
    for words in (
        "juice: p-diagram med 30 punkter.", "Kolumner: numerator = k, denominator = n.",
        "Mitt 0,2313, gränser 0,0524 och 0,4102", "15: 0,44, över övre gränsen",
        "21: 0,4, två av tre nära övre gränsen", "Sista punkten: som vanligt, inom slumpen.",
    ):  # fmt: skip
        assert words in text
    loan = run(cost, "--chart", "xmr", "--direction", "up", "--target", "275").stdout
    assert "Ingen punkt avviker." in loan
    assert "Målet 275 nås hela tiden." in loan


def test_every_word_and_flag_has_its_text(tmp_path: Path) -> None:
    quiet = ["10", "12"] * 7
    cases = {
        ("40", "up"): "Sista punkten: bättre.",
        ("40", "down"): "Sista punkten: sämre.",
        ("40", "none"): "Sista punkten: högre.",
        ("-20", "none"): "Sista punkten: lägre.",
        ("NA", "up"): "inget kan sägas, värdet saknas.",
    }
    for (last, direction), words in cases.items():
        path = _file(tmp_path / "m.csv", "value", *quiet, last)
        assert words in run(path, "--chart", "xmr", "--direction", direction).stdout
    falling = ["0", "1"] * 20 + ["10", "9.5", "9", "8.5", "8", "7.5", "7"]
    text = " ".join(run(_file(tmp_path / "m.csv", "value", *falling), "--chart", "xmr").stdout.split())
    assert "47: 7, över övre gränsen, sju i rad nedåt, två av tre nära övre gränsen, sju i rad över mitten" in text
    assert "avviker åt båda hållen" in text


def test_faults_are_one_line_on_stderr(tmp_path: Path, cost: str) -> None:
    done = run(_file(tmp_path / "bad.csv", "period,value", "a,1", "b,two"), "--chart", "xmr")
    assert (done.exit_code, done.stderr) == (1, "line 3, column value: 'two' is not a number\n")
    done = run(cost, "--chart", "p")
    assert done.exit_code == 1
    assert "needs the columns numerator and denominator" in done.stderr
    done = run(str(tmp_path / "nothing.csv"), "--chart", "p")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def as_json(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def _file(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)

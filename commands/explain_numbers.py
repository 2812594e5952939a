"""The commands that calculate intervals, indices, curves and changes, so that anyone can check them in another tool."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.shell import AsJson, Language, or_die, texts_for, today

Count = Annotated[int, typer.Argument(min=0)]


class _Interval(StrEnum):
    """Which interval of a share."""

    WILSON = "wilson"
    EXACT = "exact"


def add_to(app: typer.Typer) -> None:
    """Add the commands to `explain`."""
    for name, command in (
        ("share", explain_share), ("difference", explain_difference), ("index", explain_index),
        ("points", explain_points), ("survival", explain_survival), ("change", explain_change),
    ):  # fmt: skip
        app.command(name)(command)


def _show(as_json: bool, data: Callable[[], dict[str, Any]], text: Callable[[], str]) -> str:
    return json.dumps(data(), ensure_ascii=False, indent=2) if as_json else text()


def explain_share(
    k: Count,
    n: Count,
    method: Annotated[_Interval, typer.Option(help="Exact (Clopper-Pearson): at least 95 %.")] = _Interval.WILSON,
    of: Annotated[int | None, typer.Option(help="Drawn by lot out of so many; never for a survey.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print the 95 % interval of K of N."""
    from measurement.show_numbers import share_as_json, share_as_text
    from measurement.statistics.shares import exact_interval, sampled_interval, share_interval

    exact = method is _Interval.EXACT
    if exact and of is not None:
        raise typer.BadParameter("a drawn share has Wilson's interval: leave out --method exact", param_hint="--of")

    def work() -> str:
        if of is not None:
            interval = sampled_interval(k, n, of)
        else:
            interval = exact_interval(k, n) if exact else share_interval(k, n)
        return _show(
            as_json,
            lambda: share_as_json(k, n, interval, method.value, of),
            lambda: share_as_text(texts_for(None, language), k, n, interval, exact=exact),
        )

    print(or_die(work))


def explain_difference(
    k1: Count,
    n1: Count,
    k2: Count,
    n2: Count,
    test: Annotated[bool, typer.Option("--test", help="Boschloo's exact test too, up to 200 cases.")] = False,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print K1 of N1 minus K2 of N2 with Newcombe's 95 % interval. For weeks before and after: change."""
    from measurement.show_numbers import difference_as_json, difference_as_text
    from measurement.statistics.shares import boschloo, difference

    def work() -> str:
        found = difference(k1, n1, k2, n2)
        p_value = boschloo(k1, n1, k2, n2) if test else None
        return _show(
            as_json,
            lambda: difference_as_json(found, p_value),
            lambda: difference_as_text(texts_for(None, language), found, p_value, asked=test),
        )

    print(or_die(work))


def explain_index(
    fives: Count,
    fours: Count,
    threes: Count,
    twos: Count,
    ones: Count,
    unknown: Annotated[int, typer.Option(min=0, help="Blank or do not know; not counted.")] = 0,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print the index 0-100 and the share of grades 4-5 of so many of each grade, with their 95 % intervals."""
    from measurement.show_numbers import index_as_json, index_as_text
    from measurement.statistics.reception import Grades, good_of, index_of

    def work() -> str:
        grades = Grades(five=fives, four=fours, three=threes, two=twos, one=ones, unknown=unknown)
        index, good = index_of(grades), good_of(grades)
        if index is None or good is None:
            raise ValueError("no grades, no index")
        return _show(
            as_json,
            lambda: index_as_json(index, good),
            lambda: index_as_text(texts_for(None, language), index, good),
        )

    print(or_die(work))


def explain_points(
    three: Count,
    two: Count,
    one: Count,
    zero: Count,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print KKiK's share of the most points, of so many contacts judged 3, 2, 1 and 0."""
    from measurement.show_numbers import points_as_json, points_as_text
    from measurement.statistics.reception import points_of

    def work() -> str:
        points = points_of(three, two, one, zero)
        if points is None:
            raise ValueError("no contacts, no points")
        return _show(
            as_json, lambda: points_as_json(points), lambda: points_as_text(texts_for(None, language), points)
        )  # fmt: skip

    print(or_die(work))


def explain_survival(
    path: Annotated[Path, typer.Argument(help="CSV or Excel: time, answered (1/0), in any unit.")],
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print median, 90th percentile and the whole curve (Kaplan-Meier) of waiting, where some still wait."""
    from measurement.lengths_file import read_lengths
    from measurement.show_numbers import survival_as_json, survival_as_text
    from measurement.statistics.kaplan_meier import curve_of
    from measurement.survival import quantiles

    def work() -> str:
        read = read_lengths(path.read_bytes())
        curve = curve_of(read.times, read.answered)
        median, p90 = quantiles(read.micros(), read.ended(), (0.5, 0.9))
        return _show(
            as_json,
            lambda: survival_as_json(curve, median, p90),
            lambda: survival_as_text(texts_for(None, language), curve, median, p90),
        )

    print(or_die(work))


def explain_change(
    path: Annotated[Path, typer.Argument(help="CSV or Excel: period, k, n, in order; ghost, preliminary.")],
    at: Annotated[str, typer.Option(help="First period after the change.")],
    marked: Annotated[list[str] | None, typer.Option(help="A period unlike the others; may be repeated.")] = None,
    holidays: Annotated[bool, typer.Option("--holidays", help="Mark July and Christmas weeks.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave marked periods out; else they have a level of their own.")
    ] = False,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print what a change did to a share per week: percentage points with their 95 % interval (quasi-binomial)."""
    from measurement.series_file import read_series
    from measurement.show_numbers import change_as_json, change_as_text
    from measurement.statistics.before_after import Marked, before_after, holiday_weeks, with_missing_weeks
    from measurement.statistics.chart import ChartKind

    def work() -> str:
        read = read_series(path.read_bytes(), ChartKind.P, name=path.stem, read_on=today())
        points = with_missing_weeks(read.series.points)
        known = [point.period for point in points]
        if unknown := set(marked or ()).difference(known):
            raise ValueError(f"there is no {', '.join(sorted(unknown))} among the periods")
        unlike = {*(marked or ()), *(holiday_weeks(known) if holidays else ())}
        handling = Marked.LEFT_OUT if leave_out else Marked.TERM
        found = before_after(points, at, marked=unlike, handling=handling)
        return _show(
            as_json, lambda: change_as_json(found), lambda: change_as_text(texts_for(None, language), found)
        )  # fmt: skip

    print(or_die(work))

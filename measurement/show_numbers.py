"""Intervals, indices, curves and changes as text and as plain data, so that anyone can check them against another tool.

Full precision in the data; shares are 0–1 there and per cent in the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from config.texts import Texts
from measurement.measures import Quantile
from measurement.statistics.before_after import BeforeAfter, Method, Side, Trend
from measurement.statistics.kaplan_meier import Step, median_interval
from measurement.statistics.quasi_binomial import Estimate
from measurement.statistics.reception import GoodShare, IndexMethod, KkikPoints, ReceptionIndex, Standing
from measurement.statistics.shares import Difference, Interval
from measurement.words import paragraph, percent, table


def share_as_json(k: int, n: int, interval: Interval | None, method: str, population: int | None) -> dict[str, Any]:
    """Return ``numerator``, ``denominator``, ``share``, ``low``, ``high``, ``method``, ``population``.

    `low` and `high` are null when the whole population was drawn.
    """
    return {
        "numerator": k, "denominator": n, "share": k / n, "low": interval.low if interval else None,
        "high": interval.high if interval else None, "method": method, "population": population,
    }  # fmt: skip


def share_as_text(texts: Texts, k: int, n: int, interval: Interval | None, *, exact: bool) -> str:
    """Return the share and its interval in words."""
    lines = [texts.t("{numerator} av {denominator}: {share}", numerator=k, denominator=n, share=percent(texts, k / n))]
    if interval is None:
        lines.append(texts.t("Alla är med: det är så det är, och behöver inget intervall."))
    elif exact:
        lines.append(texts.t("Minst 95 % säkert: {span} (Clopper–Pearson)", span=_span(texts, interval)))
    else:
        lines.append(texts.t("95 % säkert: {span} (Wilson)", span=_span(texts, interval)))
    return "\n".join(lines)


def difference_as_json(found: Difference, p_value: float | None) -> dict[str, Any]:
    """Return ``difference`` (first minus second), ``low``, ``high``, ``method``, ``p_value`` (null: none asked for)."""
    return {
        "difference": found.value, "low": found.interval.low, "high": found.interval.high, "method": "newcombe",
        "p_value": p_value,
    }  # fmt: skip


def difference_as_text(texts: Texts, found: Difference, p_value: float | None, *, asked: bool) -> str:
    """Return the difference in percentage points; the test only when it was asked for."""
    lines = [
        texts.t("Skillnad: {points} procentenheter", points=_points(texts, found.value)),
        texts.t("95 % säkert: från {low} till {high} (Newcombe)", low=_points(texts, found.interval.low),
                high=_points(texts, found.interval.high)),
    ]  # fmt: skip
    if asked and p_value is not None:
        lines.append(texts.t("Boschloos test: p = {p}", p=_plain(texts, p_value)))
    elif asked:
        lines.append(texts.t("Så många fall behöver inget test: intervallet säger mer."))
    return "\n".join(lines)


def index_as_json(index: ReceptionIndex, good: GoodShare) -> dict[str, Any]:
    """Return ``index`` 0–100 with ``index_low``, ``index_high``, ``method`` (dirichlet or t) and ``standing``.

    Also ``good`` (share of 4–5, 0–1) with ``good_low``, ``good_high``; ``n`` and ``unknown``. Standing: too_few,
    shown or comparable.
    """
    return {
        "index": index.index, "index_low": index.interval.low, "index_high": index.interval.high,
        "method": index.method.value, "standing": index.standing.value, "good": good.share,
        "good_low": good.interval.low, "good_high": good.interval.high, "n": index.n, "unknown": index.unknown,
    }  # fmt: skip


def index_as_text(texts: Texts, index: ReceptionIndex, good: GoodShare) -> str:
    """Return the index and the share of good grades, each on its own line, and what the index may be used for."""
    how = {IndexMethod.DIRICHLET: "Dirichlet", IndexMethod.T: "t"}[index.method]
    value, low, high = (
        _plain(texts, round(one, 2)) for one in (index.index, index.interval.low, index.interval.high)
    )  # fmt: skip
    standing = {
        Standing.TOO_FEW: texts.t("Under 30 svar: indexet visas inte."),
        Standing.SHOWN: texts.t("Under 100 svar: indexet kan visas men inte jämföras med andra kommuners."),
        Standing.COMPARABLE: texts.t("Minst 100 svar: indexet kan jämföras med andra kommuners."),
    }[index.standing]
    lines = [
        texts.t("Index {index} av 100; 95 % säkert: {low}–{high} ({how})", index=value, low=low,
                high=high, how=how),
        texts.t("Betyg 4–5: {good} av {n}, {share}; 95 % säkert: {span} (Wilson)", good=good.good, n=good.n,
                share=percent(texts, good.share), span=_span(texts, good.interval)),
        standing,
    ]  # fmt: skip
    if index.unknown:
        lines.append(texts.n("{count} svar utan betyg räknas inte med.", "{count} svar utan betyg räknas inte med.",
                             index.unknown))  # fmt: skip
    return "\n".join(lines)


def points_as_json(points: KkikPoints) -> dict[str, Any]:
    """Return ``points``, ``maximum``, ``share_of_maximum`` (0–1) and ``n``."""
    return {
        "points": points.points, "maximum": points.maximum, "share_of_maximum": points.share_of_maximum, "n": points.n,
    }  # fmt: skip


def points_as_text(texts: Texts, points: KkikPoints) -> str:
    """Return the share of the most points in words."""
    return texts.t("{points} av {maximum} poäng: {share} av maxpoäng", points=points.points, maximum=points.maximum,
                   share=percent(texts, points.share_of_maximum))  # fmt: skip


def survival_as_json(curve: Sequence[Step], median: Quantile | None, p90: Quantile | None) -> dict[str, Any]:
    """Return ``n``, ``answered``, ``median`` and ``p90`` (``value``, ``more_than``), and ``curve``, a row per length.

    Times in the unit of the file. ``median_low`` and ``median_high``: null where the limit never comes so low. A row:
    ``time``, ``at_risk``, ``answered``, ``censored``, ``waiting`` (0–1), ``interval`` (log-log; null at 0 and 1).
    """
    low, high = median_interval(curve)
    return {
        "n": curve[0].at_risk if curve else 0,
        "answered": sum(step.answered for step in curve),
        "median": _quantile(median),
        "median_low": low,
        "median_high": high,
        "p90": _quantile(p90),
        "curve": [asdict(step) for step in curve],
    }


def _quantile(found: Quantile | None) -> dict[str, Any] | None:
    return {"value": found.value.total_seconds(), "more_than": found.more_than} if found else None


def survival_as_text(texts: Texts, curve: Sequence[Step], median: Quantile | None, p90: Quantile | None) -> str:
    """Return median and 90th percentile, and the curve as a table."""
    low, high = (
        texts.t("nås inte") if limit is None else _plain(texts, limit) for limit in median_interval(curve)
    )  # fmt: skip
    rows = [
        (_plain(texts, step.time), str(step.at_risk), str(step.answered), str(step.censored),
         percent(texts, step.waiting), _span(texts, step.interval) if step.interval else "–")
        for step in curve
    ]  # fmt: skip
    head = (
        texts.t("Tid"), texts.t("väntade"), texts.t("fick svar"), texts.t("följs inte längre"),
        texts.t("väntar ännu"), texts.t("95 % säkert"),
    )  # fmt: skip
    return "\n".join([
        texts.t("Median: {time}; 95 % säkert: {low}–{high}", time=_time(texts, median), low=low, high=high),
        texts.t("90:e percentilen: {time}", time=_time(texts, p90)),
        "",
        *table(head, rows),
    ])  # fmt: skip


def _time(texts: Texts, found: Quantile | None) -> str:
    if found is None:
        return "–"
    time = _plain(texts, found.value.total_seconds())
    return texts.t("mer än {time}", time=time) if found.more_than else time


def change_as_json(found: BeforeAfter) -> dict[str, Any]:
    """Return the fields of `BeforeAfter` by their names, down to each interval's ``low`` and ``high``."""
    return asdict(found)


def change_as_text(texts: Texts, found: BeforeAfter) -> str:
    """Return what the change did, in percentage points."""
    lines = list[str]()
    for sentence in _change_sentences(texts, found):
        lines += paragraph(sentence)
    return "\n".join(lines)


def _change_sentences(texts: Texts, found: BeforeAfter) -> Iterator[str]:
    yield texts.t("Före: {side}", side=_side(texts, found.before))
    yield texts.t("Efter: {side}", side=_side(texts, found.after))
    yield texts.t("Skillnad: {change}", change=_estimate(texts, found.difference))
    if found.method is Method.NEWCOMBE:
        yield texts.t("Räknat på alla perioder tillsammans, för modellen har inget svar här.")
    yield texts.t("Perioderna skiljer sig {times} gånger så mycket som slumpen ger.",
                  times=_plain(texts, round(found.dispersion, 2)))  # fmt: skip
    if found.smallest_seen is not None:
        yield texts.t("Med så här många perioder syns en skillnad på {points} procentenheter fyra gånger av fem; en "
                      "mindre kan finnas ändå.", points=_points(texts, found.smallest_seen).lstrip("+"))  # fmt: skip
    if found.marked:
        yield texts.n("{count} period med egen nivå, som juli eller jul.",
                      "{count} perioder med egen nivå, som juli eller jul.", found.marked)  # fmt: skip
    if found.left_out:
        yield texts.t("Räknas inte: {periods}.", periods=", ".join(found.left_out))
    if found.trend:
        yield from _trend_sentences(texts, found.trend)


def _trend_sentences(texts: Texts, trend: Trend) -> Iterator[str]:
    yield texts.t("Om det redan gick uppåt eller nedåt före: hoppet vid ändringen är {change}.",
                  change=_estimate(texts, trend.jump))  # fmt: skip
    yield texts.t("Per period före: {change}.", change=_estimate(texts, trend.slope_before))
    yield texts.t("Per period efter: {change}.", change=_estimate(texts, trend.slope_after))


def _side(texts: Texts, side: Side) -> str:
    return texts.n(
        "{k} av {n} på {count} period, nivå {level} ({span})", "{k} av {n} på {count} perioder, nivå {level} ({span})",
        side.weeks, k=side.k, n=side.n, level=percent(texts, side.level.value), span=_span(texts, side.level.interval),
    )  # fmt: skip


def _estimate(texts: Texts, found: Estimate) -> str:
    return texts.t(
        "{points} procentenheter, 95 % säkert från {low} till {high}", points=_points(texts, found.value),
        low=_points(texts, found.interval.low), high=_points(texts, found.interval.high),
    )  # fmt: skip


def _span(texts: Texts, interval: Interval) -> str:
    return f"{percent(texts, interval.low)}–{percent(texts, interval.high)}"


def _points(texts: Texts, share: float) -> str:
    """Return a difference of shares in percentage points, its sign told."""
    written = f"{100 * share:+z.1f}".replace("-", "−").replace("+0.0", "0.0")
    return written if texts.language == "en" else written.replace(".", ",")


def _plain(texts: Texts, value: float) -> str:
    """Return a number with four decimals at most, as few as it takes."""
    written = f"{value:.4f}".rstrip("0").rstrip(".")
    return written if texts.language == "en" else written.replace(".", ",")

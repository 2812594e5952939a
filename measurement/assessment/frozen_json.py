"""A frozen series as JSON and back: the bytes that are kept, hashed and handed out. Pure.

Canonical, so that the same series always gives the same bytes: keys sorted, no blanks, UTF-8, instants in UTC, numbers
that are measured with at most six decimals, a decimal point even where they are whole, and never ``-0.0``. Each point
carries its figure's id for ``run_bot.py explain figure``.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from bot.facts import to_utc
from measurement.assessment.frozen import FrozenSeries, Level, MustRead, Shift, Way, Whole
from measurement.figure_id import FigureId
from measurement.measures import Direction, Unit
from measurement.periods import parse_period
from measurement.statistics.chart import Assurance, Chart, ChartKind, Group, Judged, NoWord, Runs, SignalRule, Word
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series
from measurement.statistics.shares import Interval

FORMAT, FORMAT_VERSION = "kommunsvar-series", 1
_DECIMALS = 6

_Told = Mapping[str, Any]


class FrozenFault(ValueError):
    """The bytes are no frozen series that we can read; the message says what is wrong with them."""


def to_json(frozen: FrozenSeries) -> bytes:
    """Return the series as canonical JSON; its own digest is not in it."""
    series, chart = frozen.series, frozen.chart
    told = {
        "format": FORMAT, "format_version": FORMAT_VERSION, "as_of": to_utc(frozen.as_of).isoformat(),
        "language": frozen.language, "definitions": frozen.definitions,
        "measure": {
            "id": series.measure, "version": series.version, "unit": series.unit, "direction": series.direction,
            "slice": series.slice, "name": series.name, "meaning": frozen.meaning, "population": frozen.population,
        },
        "target": series.target, "hidden": frozen.hidden,
        "points": [_point(series, at, chart) for at in range(len(series.points))],
        "earlier": [asdict(one) for one in series.earlier],
        "decisions": [asdict(one) | {"decided_on": one.decided_on.isoformat()} for one in series.decisions],
        "chart": {
            "kind": chart.kind, "word": chart.word, "no_word": chart.no_word, "assurance": chart.assurance,
            "screening": chart.screening, "groups": [asdict(one) for one in chart.groups],
        },
        "whole": None if frozen.whole is None else asdict(frozen.whole),
        "shift": None if frozen.shift is None else asdict(frozen.shift),
        "beside": [asdict(one) for one in frozen.beside],
    }  # fmt: skip
    return json.dumps(
        _rounded(told), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    ).encode()  # fmt: skip


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def of_json(content: bytes) -> FrozenSeries:
    """Return the series that `to_json` wrote, with the digest of these bytes. Nothing of it is counted anew.

    Raises:
        FrozenFault: it is no JSON, or not of this format and version, or something is missing or makes no sense.
    """
    try:
        told = json.loads(content)
    except ValueError as error:
        raise FrozenFault(f"the series is no JSON: {error}") from None
    if not isinstance(told, dict) or (told.get("format"), told.get("format_version")) != (FORMAT, FORMAT_VERSION):
        raise FrozenFault(f"this is no {FORMAT} of version {FORMAT_VERSION}")
    try:
        found = _frozen(told)
    except KeyError as error:
        raise FrozenFault(f"the series lacks {error.args[0]}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise FrozenFault(f"the series makes no sense: {error}") from None
    return replace(found, digest=digest_of(content))


def _rounded(value: object) -> object:
    """Return the same with every float rounded; adding 0.0 makes -0.0 the nought that it is."""
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value


def _point(series: Series, at: int, chart: Chart) -> dict[str, Any]:
    point, judged = series.points[at], chart.judged[at]
    figure = FigureId(measure=series.measure, period=parse_period(point.period), slice=series.slice)
    told = asdict(point) | asdict(judged) | {"figure": str(figure)}
    # A point that is not settled is never frozen.
    del told["preliminary"]
    return told


def _frozen(told: _Told) -> FrozenSeries:
    whole, shift, measure = told["whole"], told["shift"], told["measure"]
    as_of = datetime.fromisoformat(told["as_of"])
    return FrozenSeries(
        as_of=to_utc(as_of), language=told["language"], chart=_chart(told), meaning=measure["meaning"],
        population=measure["population"], definitions=told["definitions"],
        whole=None if whole is None else _whole(whole), shift=None if shift is None else _shift(shift),
        hidden=tuple(told["hidden"]), beside=tuple(MustRead(**one) for one in told["beside"]),
    )  # fmt: skip


def _series(told: _Told) -> Series:
    measure, direction = told["measure"], told["measure"]["direction"]
    return Series(
        measure=measure["id"], version=measure["version"], name=measure["name"], unit=Unit(measure["unit"]),
        direction=None if direction is None else Direction(direction), slice=measure["slice"],
        points=tuple(
            Point(period=one["period"], value=one["value"], n=one["n"], numerator=one["numerator"], ghost=one["ghost"])
            for one in told["points"]
        ),
        decisions=tuple(
            Decision(
                kind=DecisionKind(one["kind"]), period=one["period"], cause=one["cause"],
                decided_by=one["decided_by"], decided_on=date.fromisoformat(one["decided_on"]),
            )
            for one in told["decisions"]
        ),
        earlier=tuple(Earlier(**one) for one in told["earlier"]),
        target=told["target"],
    )  # fmt: skip


def _chart(told: _Told) -> Chart:
    chart = told["chart"]
    no_word = chart["no_word"]
    return Chart(
        kind=ChartKind(chart["kind"]), series=_series(told), judged=tuple(_judged(one) for one in told["points"]),
        groups=tuple(_group(one) for one in chart["groups"]), word=Word(chart["word"]),
        assurance=Assurance(chart["assurance"]), no_word=None if no_word is None else NoWord(no_word),
        screening=chart["screening"],
    )  # fmt: skip


def _judged(one: _Told) -> Judged:
    return Judged(
        group=one["group"], centre=one["centre"], lower=one["lower"], upper=one["upper"],
        near_lower=one["near_lower"], near_upper=one["near_upper"], side=one["side"],
        rules=tuple(map(SignalRule, one["rules"])), directions=tuple(one["directions"]),
    )  # fmt: skip


def _group(one: _Told) -> Group:
    runs = one["runs"]
    return Group(**{**one, "runs": None if runs is None else Runs(**runs)})


def _interval(told: _Told | None) -> Interval | None:
    return None if told is None else Interval(**told)


def _whole(told: _Told) -> Whole:
    return Whole(**{**told, "way": Way(told["way"]), "interval": _interval(told["interval"])})


def _level(told: _Told) -> Level:
    return Level(**{**told, "interval": Interval(**told["interval"])})


def _shift(told: _Told) -> Shift:
    return Shift(**{
        **told, "before": _level(told["before"]), "after": _level(told["after"]),
        "interval": Interval(**told["interval"]),
    })  # fmt: skip

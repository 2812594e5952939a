"""Frozen series as JSON: canonical, read back to the same, and refused where it is none."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.assessment.frozen import FrozenSeries
from measurement.assessment.frozen_json import FrozenFault, digest_of, of_json, to_json
from measurement.assessment.whole import shift_of, whole_of
from measurement.measures import Direction, Unit
from measurement.periods import Week, weeks_back
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series

AS_OF = datetime(2026, 11, 24, 6, tzinfo=UTC)
WEEKS = weeks_back(Week.parse("2026-W47"), 20)


def frozen_from(series: Series) -> FrozenSeries:
    chart = chart_of(series, kind_for(series.unit))
    return FrozenSeries(
        as_of=AS_OF, language="sv", chart=chart, meaning="Åäö", population="inquiries", definitions="ab",
        whole=whole_of(chart), shift=shift_of(chart), hidden=(),
    )  # fmt: skip


def shares(counts: list[tuple[int, int]], *decisions: Decision) -> Series:
    """Return a series of shares; a week of none is a gap."""
    points = tuple(
        Point(period=str(week), value=k / n if n else None, n=n, numerator=k if n else None)
        for week, (k, n) in zip(WEEKS, counts, strict=False)
    )
    return Series(
        measure="answered_in_time.one_working_day", version=1, name="Besvarade", unit=Unit.SHARE,
        direction=Direction.HIGHER, points=points, decisions=decisions, target=0.9,
        earlier=(Earlier(period="2019", value=0.84, n=None, definition="KKiK", source="KKiK"),),
    )  # fmt: skip


REBASE = Decision(
    kind=DecisionKind.REBASE, period=str(WEEKS[10]), cause="Nytt", decided_by="kvalitetsledaren",
    decided_on=date(2026, 11, 1),
)  # fmt: skip

counts = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=0, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(counts, st.booleans())
def test_what_is_written_is_read_back_to_the_same_bytes(some: list[tuple[int, int]], is_rebased: bool) -> None:
    frozen = frozen_from(shares(some, *([REBASE] if is_rebased else [])))
    content = to_json(frozen)
    back = of_json(content)
    assert to_json(back) == content
    assert back.digest == digest_of(content)
    # Plain counts, words and structure come back exactly; measured numbers to six decimals.
    assert [(one.period, one.n, one.numerator) for one in back.series.points] == [
        (one.period, one.n, one.numerator) for one in frozen.series.points
    ]
    assert (back.chart.word, back.chart.no_word, back.chart.assurance, back.chart.kind, len(back.chart.groups)) == (
        frozen.chart.word, frozen.chart.no_word, frozen.chart.assurance, frozen.chart.kind, len(frozen.chart.groups),
    )  # fmt: skip
    assert [one.rules for one in back.chart.judged] == [one.rules for one in frozen.chart.judged]
    if frozen.whole is not None:
        assert back.whole is not None
        assert back.whole.value == pytest.approx(frozen.whole.value, abs=1e-6)
        assert 0 <= back.whole.weeks <= 13
    assert (back.whole is None) == (frozen.whole is None)
    assert (back.shift is None) == (frozen.shift is None)


def test_the_bytes_are_canonical() -> None:
    content = to_json(frozen_from(shares([(2, 3), (0, 0), (30, 30)])))
    text = content.decode()
    told = json.loads(text)
    assert text == json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert told["as_of"] == "2026-11-24T06:00:00+00:00"
    # Six decimals, and a decimal point where it is measured; counts are whole.
    point = told["points"][0]
    assert (point["value"], point["n"], point["numerator"]) == (0.666667, 3, 2)
    assert '"value":1.0' in text
    assert '"meaning":"Åäö"' in text
    assert point["figure"] == f"answered_in_time.one_working_day@{WEEKS[0]}"
    assert told["points"][1]["value"] is None
    assert told["format"] == "kommunsvar-series"


def test_the_hash_is_that_of_the_bytes_for_ever() -> None:
    """Whoever changes how it is written changes every hash that was ever printed: then the version must go up."""
    content = to_json(frozen_from(shares([(2, 3), (30, 30)])))
    assert digest_of(content) == "e04d2c7eee2da8c82ed82e964b5a8ac965de92acf3522d177fc6faafe47baa2d"


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    frozen = frozen_from(shares([(2, 3)]))
    local = replace(frozen, as_of=AS_OF.astimezone(ZoneInfo("Europe/Stockholm")))
    assert to_json(local) == to_json(frozen)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.pop("points"), "lacks points"),
        (lambda told: told["measure"].pop("unit"), "lacks unit"),
        (lambda told: told["measure"].update(unit="bananas"), "makes no sense"),
        (lambda told: told.update(points=3), "makes no sense"),
        (lambda told: told.update(as_of="2026-11-24"), "makes no sense"),
        (lambda told: told.update(format_version=2), "no kommunsvar-series of version 1"),
        (lambda told: told["whole"].update(extra=1), "makes no sense"),
    ],
)
def test_what_is_no_series_is_refused_in_words(change: object, said: str) -> None:
    assert callable(change)
    told = json.loads(to_json(frozen_from(shares([(2, 3)]))))
    change(told)
    with pytest.raises(FrozenFault, match=said):
        of_json(json.dumps(told).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{"])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(FrozenFault):
        of_json(content)

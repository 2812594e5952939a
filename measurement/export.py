"""The figures of a week as plain data for machines. Instants are ISO 8601 in UTC, lengths of time are seconds."""

from typing import Any

from measurement.measures import TimeValue, Value, iso, seconds
from measurement.weekly import OldestWaiting, RuleFigures, WeeklyReport


def as_json(report: WeeklyReport) -> dict[str, Any]:
    """Return the report as what `json.dumps` takes; the same report gives the same keys in the same order.

    Keys:
        week, zone, start, end, as_of, configured_rule, arrivals.
        rules: by rule: classes (in_time, late, unanswered_past_due, not_yet_due, left_out: they add up to
            arrivals), settled, settles_at, share (null when nothing is due: measure, version, unit, numerator,
            denominator, n, period, as_of, share 0–1, display: count_only | with_spread | plain, spread: null or
            low and high).
        times: by measure: version, unit, value in seconds or null, more_than, n, answered, period, as_of.
        oldest_waiting: null, or case, no, arrived_at, waited_seconds, open_seconds.
        left_out, channels: counts by reason, by channel, those that occur.
        acknowledged, held_notices, unsure, revoked: counts.
        mail: held_now (as things stand, not as of the instant), automatic.
    """
    times = (report.waiting_median, report.waiting_p90, report.working_median, report.working_p90)
    return {
        "week": str(report.week),
        "zone": report.zone,
        "start": iso(report.start),
        "end": iso(report.end),
        "as_of": iso(report.as_of),
        "configured_rule": report.configured.value,
        "arrivals": report.arrivals,
        "rules": {rule.value: rule_as_json(figures) for rule, figures in report.rules.items()},
        "times": {value.measure: time_as_json(value) for value in times},
        "oldest_waiting": _oldest(report.oldest),
        "left_out": dict(report.left_out),
        "channels": dict(report.channels),
        "acknowledged": report.acknowledged,
        "held_notices": report.held,
        "unsure": report.unsure,
        "revoked": report.revoked,
        "mail": {"held_now": report.mail_held, "automatic": report.mail_automatic},
    }


def rule_as_json(figures: RuleFigures) -> dict[str, Any]:
    """Return the classes and the share under one rule as plain data; share null without any."""
    return {
        "classes": {
            "in_time": figures.in_time,
            "late": figures.late,
            "unanswered_past_due": figures.unanswered,
            "not_yet_due": figures.not_yet_due,
            "left_out": figures.left_out,
        },
        "settled": figures.settled,
        "settles_at": iso(figures.settles_at),
        "share": figures.share and _share(figures.share),
    }


def _share(value: Value) -> dict[str, Any]:
    return {
        "measure": value.measure,
        "version": value.version,
        "unit": value.unit.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "n": value.n,
        "period": value.period,
        "as_of": iso(value.as_of),
        "share": value.share,
        "display": value.display.value,
        "spread": value.spread and {"low": value.spread.low, "high": value.spread.high},
    }


def time_as_json(value: TimeValue) -> dict[str, Any]:
    """Return a time as plain data, in seconds; null if there is none."""
    return {
        "version": value.version,
        "unit": value.unit.value,
        "value": value.quantile and seconds(value.quantile.value),
        "more_than": value.quantile is not None and value.quantile.more_than,
        "n": value.n,
        "answered": value.answered,
        "period": value.period,
        "as_of": iso(value.as_of),
    }


def _oldest(oldest: OldestWaiting | None) -> dict[str, Any] | None:
    if oldest is None:
        return None
    return {
        "case": oldest.case,
        "no": oldest.no,
        "arrived_at": iso(oldest.arrived_at),
        "waited_seconds": seconds(oldest.waited),
        "open_seconds": seconds(oldest.open_time),
    }

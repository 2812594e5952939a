"""A figure explained, as plain data for machines. Instants are ISO 8601 in UTC, lengths of time are seconds."""

from datetime import datetime
from typing import Any

from bot.hours import CalendarVersion
from measurement.explained import Behind, Explained, Listing, PhoneCall, Step
from measurement.measures import Figure, iso, seconds


def explained_as_json(found: Explained) -> dict[str, Any]:
    """Return it as what `json.dumps` takes; the same keys in the same order for every measure, null where none is.

    Keys:
        id, measure, version, name, unit, population: which figure, and its definition as registered.
        period, slice, zone, start, end: its period, the end not included.
        asked, known, as_of: as things stood then; what was recorded by then counts; the instant looked back from.
        state (when it was asked about: filling, preliminary, frozen or null), revision, kept (agrees, so_far,
            not_kept, late, broken, redefined): how the kept value agrees.
        figure, stored, now: numerator, denominator, n, value, more_than, version, as_of; figure null: not told.
        secret: why grades or figure are not told (too_few, not_closed, changed); withheld: why the telephone
            gives no share.
        rule: by which `due` is reckoned; calendar: the opening hours in force (valid_from, decided_by,
            ordinary_day_minutes), empty where they decide nothing; seconds: within which an answer by telephone
            counts; weeks: those that were counted, of what is known by the week alone.
        classes: how many in each; total: all of them.
        step: of quantiles: share, seconds, reached, at_risk, answered, left_before, left_after.
        grades: how many gave each, by grade; of tests, by points; unknown.
        listings: why (one or more classes), count, secret, before, after (not listed for being too many), rows:
            case, no, why, arrived, due, answered, told, seconds, left, transferred, reason, points, what, and call,
            null of what is no call: from (exchange or officer), key, queue, unit, least, most (seconds lie between
            them), answered, abandoned, direct.
    """
    part = found.part
    return {
        "id": str(found.id), "measure": found.measure.id, "version": found.measure.version,
        "name": found.measure.name, "unit": found.measure.unit.value, "population": found.measure.population,
        "period": str(found.id.period), "slice": found.id.slice, "zone": found.zone, "start": iso(found.start),
        "end": iso(found.end), "asked": iso(found.asked), "known": iso(found.known), "as_of": iso(found.as_of),
        "state": found.state and found.state.value, "revision": found.revision, "kept": found.kept.value,
        "figure": _figure(part.figure), "stored": _figure(found.stored), "now": _figure(found.now),
        "secret": part.secret and part.secret.value, "withheld": part.withheld and part.withheld.value,
        "rule": part.rule and part.rule.value, "calendar": [_hours(one) for one in found.versions if part.hours],
        "seconds": part.seconds, "weeks": [str(week) for week in part.weeks],
        "classes": {why.value: count for why, count in part.classes.items()}, "total": sum(part.classes.values()),
        "step": part.step and _step(part.step),
        "grades": part.grades and {str(grade): count for grade, count in part.grades.items()},
        "unknown": part.unknown, "listings": [_listing(one) for one in part.listings],
    }  # fmt: skip


def _figure(one: Figure | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "numerator": one.numerator, "denominator": one.denominator, "n": one.n, "value": one.value,
        "more_than": one.more_than, "version": one.version, "as_of": iso(one.as_of),
    }  # fmt: skip


def _hours(one: CalendarVersion) -> dict[str, Any]:
    return {
        "valid_from": one.valid_from.isoformat(), "decided_by": one.decided_by,
        "ordinary_day_minutes": one.ordinary_day_minutes,
    }  # fmt: skip


def _step(one: Step) -> dict[str, Any]:
    return {
        "share": one.share, "seconds": seconds(one.length), "reached": one.reached, "at_risk": one.at_risk,
        "answered": one.answered, "left_before": one.left_before, "left_after": one.left_after,
    }  # fmt: skip


def _listing(one: Listing) -> dict[str, Any]:
    return {
        "why": [why.value for why in one.whys], "count": one.count, "secret": one.secret, "before": one.before,
        "after": one.after, "rows": [_row(row) for row in one.rows],
    }  # fmt: skip


def _row(one: Behind) -> dict[str, Any]:
    return {
        "case": one.case, "no": one.no, "why": one.why.value, "arrived": _instant(one.arrived),
        "due": _instant(one.due), "answered": _instant(one.answered), "told": _instant(one.told),
        "seconds": None if one.length is None else seconds(one.length), "left": one.left,
        "transferred": one.transferred, "reason": one.reason, "points": one.points, "what": one.what,
        "call": one.call and _call(one.call),
    }  # fmt: skip


def _call(one: PhoneCall) -> dict[str, Any]:
    return {
        "from": "exchange" if one.key else "officer", "key": one.key, "queue": one.queue, "unit": one.unit,
        "least": one.least, "most": one.most, "answered": one.answered, "abandoned": one.abandoned,
        "direct": one.direct,
    }  # fmt: skip


def _instant(one: datetime | None) -> str | None:
    return None if one is None else iso(one)

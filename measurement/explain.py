"""Every figure explained down to the minute and the fact, so that a clerk can check it by hand.

Pure. Times of day are local to the calendar's zone, with seconds, and with their offset in the hour that the
clocks going back make happen twice. Lengths are minutes:seconds. Neither is rounded: decimals stand where any are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.calendar import Calendar, Segment
from bot.clock import Rule, TimeClass, classify, deadline
from bot.facts import Fact, FactKind, require_utc, to_utc
from bot.inquiry import Inquiry, Moment, Turn, fold_inquiries, timeline
from config.texts import Texts
from measurement.measures import iso, seconds
from measurement.words import Spoken, class_name, paragraph, rule_name, turn_name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """One inquiry with what was counted of it; `until` is the answer, or the as-of instant."""

    inquiry: Inquiry
    moments: tuple[Moment, ...]
    until: datetime
    segments: tuple[Segment, ...]
    open_time: timedelta
    clock_time: timedelta
    deadlines: Mapping[Rule, datetime]
    classes: Mapping[Rule, TimeClass]


def explain_case(facts: Iterable[Fact], calendar: Calendar, as_of: datetime, texts: Texts) -> str:
    """Return a case's inquiries in words: what happened, every open interval with a running sum, deadlines, classes.

    Args:
        facts: all of one case, in order of seq.
        calendar: opening hours; the version in force at each arrival holds.
        as_of: only facts recorded by then count, and what had no answer is counted until then (UTC).
        texts: the language; times are in the calendar's zone.

    Raises:
        ValueError: `as_of` is not UTC, or facts that do not belong together.
    """
    known = _known(facts, as_of)
    words = Spoken(texts=texts, zone=calendar.zone)
    if not known:
        return texts.t("Ärendet fanns inte {moment}.", moment=words.moment(as_of))
    title = texts.t("Ärende {case}, enligt läget {moment}", case=known[0].case, moment=words.moment(as_of))
    zone = texts.t("Tider i {zone}. Siffran efter # är händelsens nummer.", zone=calendar.zone.key)
    sections = [[*paragraph(title), *paragraph(zone)]]
    counted = _counted(known, calendar, as_of)
    if not counted:
        sections.append([texts.t("Ingen kontakt som räknas.")])
    for one in counted:
        sections += [_happened(one, known, words), _summed(one, words)]
        sections.append(_judged(one.inquiry.arrived_at, one.classes, calendar, words))
    sections.append(_corrections(known, words))
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def case_as_json(facts: Iterable[Fact], calendar: Calendar, as_of: datetime) -> dict[str, Any]:
    """Return the same as plain data.

    Keys: case (null if it was not known then), zone, as_of, and inquiries, each with no, channel, arrived_at,
    answered_at, until, excluded, moments (at, seq, what), clock_seconds, open_seconds, segments (start, end,
    seconds), deadlines and classes by rule, and the instants again under ``local``. Instants are ISO 8601 in UTC.

    Raises:
        ValueError: as `explain_case`.
    """
    known = _known(facts, as_of)
    return {
        "case": known[0].case if known else None,
        "zone": calendar.zone.key,
        "as_of": iso(as_of),
        "inquiries": [_inquiry_json(one, calendar) for one in _counted(known, calendar, as_of)],
    }


def explain_time(start: datetime, end: datetime, calendar: Calendar, texts: Texts) -> str:
    """Return in words how much open time and clock time lies between two aware instants, and whether it is in time.

    Raises:
        ValueError: a naive instant, an end before the start, or (`OutsideCalendarError`) years without a calendar.
    """
    first, last = _span(start, end)
    words = Spoken(texts=texts, zone=calendar.zone)
    lines = [
        texts.t("Från {start}", start=words.moment(first)),
        texts.t("till {end} ({zone})", end=words.moment(last), zone=calendar.zone.key),
        "",
        *_table(calendar.segments(first, last), words),
        texts.t("Öppen tid {open_time}, tid på klockan {clock_time}.",
                open_time=words.minutes(calendar.open_time(first, last)), clock_time=words.minutes(last - first)),
    ]  # fmt: skip
    classes = {rule: TimeClass.IN_TIME if last <= deadline(calendar, rule, first) else TimeClass.LATE for rule in Rule}
    return "\n".join([*lines, "", *_judged(first, classes, calendar, words)])


def time_as_json(start: datetime, end: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return the same as plain data.

    Keys: start, end, zone, clock_seconds, open_seconds, segments (start, end, seconds), deadlines and in_time by
    rule, and the instants again under ``local``. Instants are ISO 8601 in UTC, the local ones with their offset.

    Raises:
        ValueError: as `explain_time`.
    """
    first, last = _span(start, end)
    due = {rule: deadline(calendar, rule, first) for rule in Rule}
    segments = calendar.segments(first, last)
    return {
        "start": iso(first),
        "end": iso(last),
        "zone": calendar.zone.key,
        "clock_seconds": seconds(last - first),
        "open_seconds": seconds(calendar.open_time(first, last)),
        "segments": _segments_json(segments),
        "deadlines": {rule.value: iso(instant) for rule, instant in due.items()},
        "in_time": {rule.value: last <= instant for rule, instant in due.items()},
        "local": {
            "start": iso(calendar.local(first)),
            "end": iso(calendar.local(last)),
            "segments": [[iso(calendar.local(one.start)), iso(calendar.local(one.end))] for one in segments],
            "deadlines": {rule.value: iso(calendar.local(instant)) for rule, instant in due.items()},
        },
    }


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    first, last = to_utc(start), to_utc(end)
    if last < first:
        raise ValueError(f"the end {iso(last)} is before the start {iso(first)}")
    return first, last


def _known(facts: Iterable[Fact], as_of: datetime) -> tuple[Fact, ...]:
    require_utc(as_of)
    return tuple(fact for fact in facts if fact.recorded_at <= as_of)


def _counted(known: tuple[Fact, ...], calendar: Calendar, as_of: datetime) -> tuple[_Counted, ...]:
    moments = timeline(known)
    return tuple(
        _count(inquiry, tuple(moment for moment in moments if moment.inquiry == inquiry.no), calendar, as_of)
        for inquiry in fold_inquiries(known)
    )


def _count(inquiry: Inquiry, moments: tuple[Moment, ...], calendar: Calendar, as_of: datetime) -> _Counted:
    until = inquiry.answered_at or as_of
    due = {rule: deadline(calendar, rule, inquiry.arrived_at) for rule in Rule}
    return _Counted(
        inquiry=inquiry,
        moments=moments,
        until=until,
        segments=calendar.segments(inquiry.arrived_at, until),
        open_time=calendar.open_time(inquiry.arrived_at, until),
        clock_time=max(until - inquiry.arrived_at, timedelta()),
        deadlines=due,
        classes={
            rule: classify(inquiry.answered_at, inquiry.left_out is not None, instant, as_of)
            for rule, instant in due.items()
        },
    )


def _happened(one: _Counted, known: tuple[Fact, ...], words: Spoken) -> list[str]:
    """Return what happened to an inquiry, in the order it was recorded, each with the number of its fact."""
    by_seq = {fact.seq: fact for fact in known}
    lines = [words.texts.t("Kontakt {no}", no=one.inquiry.no)]
    for moment in one.moments:
        if moment.what is Turn.JOINED and moment.seq == one.inquiry.arrived_seq:
            what = words.texts.t("meddelande som kom tidigare: klockan börjar då")
        else:
            what = turn_name(words.texts, moment.what, by_seq[moment.seq])
        lines += paragraph(f"#{moment.seq}  {words.moment(moment.instant)}  {what}", indent="  ")
    return lines


def _summed(one: _Counted, words: Spoken) -> list[str]:
    """Return the open intervals from the arrival until the answer or the as-of instant, with what they add up to."""
    texts = words.texts
    start, until = words.moment(one.inquiry.arrived_at), words.moment(one.until)
    if one.inquiry.answered_at is None:
        title = texts.t("Öppet från {start} till {until} (inget svar än)", start=start, until=until)
    else:
        title = texts.t("Öppet från {start} till svaret {until}", start=start, until=until)
    total = texts.t(
        "Öppen tid {open_time}, tid på klockan {clock_time}.",
        open_time=words.minutes(one.open_time),
        clock_time=words.minutes(one.clock_time),
    )
    return [*paragraph(title), *_table(one.segments, words), total]


def _table(segments: Iterable[Segment], words: Spoken) -> list[str]:
    """Return open intervals day by day: from–to, minutes:seconds, and the sum so far."""
    texts, total, rows = words.texts, timedelta(), []
    for one in _by_day(segments, words):
        total += one.end - one.start
        start, end = one.start.astimezone(words.zone), one.end.astimezone(words.zone)
        span = f"{words.time(start)}–{words.time(end)}"
        rows.append((words.day(start), span, words.minutes(one.end - one.start), words.minutes(total)))
    if not rows:
        return [texts.t("  inte öppet någon gång under tiden")]
    rows.insert(0, (texts.t("dag"), texts.t("öppet"), texts.t("min:sek"), texts.t("summa")))
    days, spans = (max(len(row[at]) for row in rows) for at in (0, 1))
    return [f"  {row[0]:<{days}}  {row[1]:<{spans}}  {row[2]:>9}  {row[3]:>10}" for row in rows]


def _by_day(segments: Iterable[Segment], words: Spoken) -> Iterator[Segment]:
    """Give the intervals cut at local midnights, so that no line is longer than a day."""
    for segment in segments:
        start = segment.start
        while start < segment.end:
            tomorrow = start.astimezone(words.zone).date() + timedelta(days=1)
            midnight = datetime.combine(tomorrow, time(), words.zone).astimezone(UTC)
            yield Segment(start=start, end=min(midnight, segment.end))
            start = midnight


def _judged(start: datetime, classes: Mapping[Rule, TimeClass], calendar: Calendar, words: Spoken) -> list[str]:
    """Return the deadline and the class under each rule."""
    texts = words.texts
    lines = [texts.t("Sista tid för svar, och hur det gick")]
    for rule, verdict in classes.items():
        line = texts.t(
            "{rule}: {deadline}: {verdict}",
            rule=rule_name(texts, rule),
            deadline=words.moment(deadline(calendar, rule, start)),
            verdict=class_name(texts, verdict),
        )
        lines += paragraph(line, indent="  ")
    return lines


def _corrections(known: tuple[Fact, ...], words: Spoken) -> list[str]:
    """Return which fact corrects which; the times above are the corrected ones."""
    texts, lines, by_seq = words.texts, [], {int(fact.seq): fact for fact in known}
    for fact in known:
        target = by_seq.get(int(fact.data.get("seq", 0)))
        if fact.kind is not FactKind.CORRECTED or target is None:
            continue
        if fact.data.get("drop") is True:
            lines.append(texts.t("Rättelse #{seq}: #{target} räknas inte med.", seq=fact.seq, target=target.seq))
        else:
            was = words.moment(target.occurred_at)
            lines.append(
                texts.t("Rättelse #{seq}: #{target} stod först som {was}.", seq=fact.seq, target=target.seq, was=was)
            )
    return [line for text in lines for line in paragraph(text)]


def _inquiry_json(one: _Counted, calendar: Calendar) -> dict[str, Any]:
    inquiry = one.inquiry
    answered = inquiry.answered_at
    return {
        "no": inquiry.no,
        "channel": inquiry.channel.value,
        "arrived_at": iso(inquiry.arrived_at),
        "answered_at": answered and iso(answered),
        "until": iso(one.until),
        "excluded": inquiry.left_out and inquiry.left_out.value,
        "moments": [{"at": iso(m.instant), "seq": m.seq, "what": m.what.value} for m in one.moments],
        "clock_seconds": seconds(one.clock_time),
        "open_seconds": seconds(one.open_time),
        "segments": _segments_json(one.segments),
        "deadlines": {rule.value: iso(instant) for rule, instant in one.deadlines.items()},
        "classes": {rule.value: name.value for rule, name in one.classes.items()},
        "local": {
            "arrived_at": iso(calendar.local(inquiry.arrived_at)),
            "answered_at": answered and iso(calendar.local(answered)),
            "deadlines": {rule.value: iso(calendar.local(due)) for rule, due in one.deadlines.items()},
        },
    }


def _segments_json(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [{"start": iso(s.start), "end": iso(s.end), "seconds": seconds(s.end - s.start)} for s in segments]

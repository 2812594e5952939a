"""What those who lead ask about a week: what was left out of the figures, and which promises were not kept."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.case_words import NOBODY, actor_name, day_words, moment_words, what_words
from bot.desk.commands import REASON_NAMES
from bot.desk.promises import BrokenPromise, broken_promises, midnight_after
from bot.desk.rights import may_see
from bot.facts import CaseNumber, ExcludeReason, Fact, FactKind
from bot.inquiry import standing
from bot.office import Office, Officer
from bot.parts import Heading, Paragraph, Part, Table
from bot.store.desk_reading import case_rows, listed
from bot.store.journal import facts_of
from bot.store.week_reading import ArrivedOn, Asked, corrected, facts_in, promises_of, told_of, unanswered

MOST_ROWS = 100
_FORM = re.compile(r"(\d{4})-?[Ww]?(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """A local ISO week, as ``2026-W47``: its Monday, its first instant, and the first one after it (UTC)."""

    name: str
    monday: date
    first: datetime
    end: datetime

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven days."""
        return tuple(self.monday + timedelta(days=n) for n in range(7))


async def show_left_out(
    connection: AsyncConnection, office: Office, officer: Officer, week: str, now: datetime
) -> tuple[Part, ...]:
    """Return what was left out of the figures in a week, by whom and why; what was undone since is marked so.

    What was merged stands apart, as it counts in another case. Every case is listed; what it is about only where the
    officer may see it. Empty: the running week and the last.
    """
    weeks = _weeks(week, office.texts.zone, now)
    if not weeks:
        return _no_week(office, week)
    parts: list[Part] = []
    for one in weeks:
        facts = await facts_in(connection, FactKind.EXCLUDED, one.first, one.end)
        undone = await _undone(connection, facts)
        merged = [fact for fact in facts if fact.data["reason"] == ExcludeReason.MERGED]
        left_out = [fact for fact in facts if fact.data["reason"] != ExcludeReason.MERGED]
        headings = [office.texts.t("Lämnat utan svar, vecka {week}", week=one.name)]
        if merged:
            headings.append(office.texts.t("Hopslaget och räknat i ett annat ärende, vecka {week}", week=one.name))
        for heading, some in zip(headings, (left_out, merged), strict=False):
            latest = some[-MOST_ROWS:]
            about = await _about(connection, office, officer, {fact.case for fact in latest})
            parts += [Heading(heading), Paragraph(_by_reason(office, some, undone))]
            parts += [_left_out_table(office, latest, undone, about, now)] if some else []
            parts += _rest(office, len(some))
    return tuple(parts)


async def _undone(connection: AsyncConnection, facts: Sequence[Fact]) -> set[int]:
    """Return the places of those of the facts that were undone."""
    changed = await facts_of(connection, await corrected(connection, {fact.case for fact in facts}))
    stand = {fact.seq for known in changed.values() for fact in standing(known)}
    return {int(fact.seq) for fact in facts if fact.case in changed and fact.seq not in stand}


def _by_reason(office: Office, facts: Sequence[Fact], undone: set[int]) -> str:
    t, texts = office.texts.t, office.texts
    if not facts:
        return t("Inget lämnades utan svar.")
    stand = [fact for fact in facts if fact.seq not in undone]
    counts = Counter(str(fact.data["reason"]) for fact in stand)
    lines = [f"{t(REASON_NAMES[ExcludeReason(reason)])}: {count}" for reason, count in counts.most_common()]
    if len(stand) < len(facts):
        lines.append(texts.n("ångrat efteråt: {count}", "ångrade efteråt: {count}", len(facts) - len(stand)))
    return "\n".join(lines)


def _left_out_table(
    office: Office, facts: Sequence[Fact], undone: set[int], about: Mapping[CaseNumber, str], now: datetime
) -> Table:
    t, rows = office.texts.t, []
    for fact in facts:
        reason = t(REASON_NAMES[ExcludeReason(str(fact.data["reason"]))])
        rows.append(
            (
                moment_words(office.texts, fact.occurred_at, now),
                fact.case,
                actor_name(office, fact.actor),
                t("{reason} (ångrat)", reason=reason) if fact.seq in undone else reason,
                about.get(fact.case, NOBODY),
            )
        )
    return Table((t("När"), t("Ärende"), t("Vem"), t("Skäl"), t("Vad")), tuple(rows))


async def _about(
    connection: AsyncConnection, office: Office, officer: Officer, numbers: Iterable[CaseNumber]
) -> dict[CaseNumber, str]:
    """Return what the cases are about that the officer may see."""
    rows = await case_rows(connection, numbers)
    seen = [case for case in rows.values() if may_see(office, officer, case)]
    return {one.case.number: what_words(office, one) for one in await listed(connection, seen)}


async def show_broken_promises(
    connection: AsyncConnection, office: Office, week: str, now: datetime
) -> tuple[Part, ...]:
    """Return which promises to citizens passed unkept in a week (`bot.desk.promises` says which those are).

    Only numbers, days and units are told, so cases that the officer may not see are among them. Empty: the running week
    and the last.
    """
    weeks = _weeks(week, office.texts.zone, now)
    if not weeks:
        return _no_week(office, week)
    parts: list[Part] = []
    for one in weeks:
        broken = await _broken_in(connection, office, one, now)
        parts.append(Heading(office.texts.t("Löften som inte hölls, vecka {week}", week=one.name)))
        parts.append(Paragraph(_how_many(office, broken)))
        if broken:
            parts.append(_promise_table(office, broken[-MOST_ROWS:], now))
        parts += _rest(office, len(broken))
    return tuple(parts)


async def _broken_in(connection: AsyncConnection, office: Office, week: _Week, now: datetime) -> list[BrokenPromise]:
    """Return the promises whose day lies in the week and passed unkept, by day."""
    first, arrivals = week.first - _longest_promise(office), _arrivals(office, week)
    asked: dict[tuple[CaseNumber, int], Asked] = {}
    for one in [
        *await told_of(connection, week.days, week.end, arrivals[0].earliest),
        *await unanswered(connection, first, arrivals, week.monday),
    ]:
        if one.promised is None or one.promised in week.days:
            asked.setdefault((one.case, one.no), one)
    facts = await promises_of(connection, {one.case for one in asked.values() if one.promised is None})
    found = [
        broken
        for one in asked.values()
        for broken in broken_promises([one], facts.get(one.case, ()), office, now)
        if broken.day in week.days
    ]
    return sorted(found, key=lambda one: (one.day, one.case, one.inquiry))


def _arrivals(office: Office, week: _Week) -> list[ArrivedOn]:
    """Return the local days of arrival whose promise may pass in the week, and when it could do so at the earliest.

    Nobody is promised an answer sooner than on the next open day.
    """
    zone, monday = office.texts.zone, midnight_after(week.monday, office.texts.zone)
    day = office.local_day(week.first - _longest_promise(office))
    found = list[ArrivedOn]()
    while day <= week.days[-1]:
        midnight = midnight_after(day, zone)
        next_open = office.calendar.nth_open_day(midnight - timedelta(hours=12), 1)
        earliest = max(midnight_after(next_open, zone), monday)
        if found and found[-1].earliest == earliest:
            found.pop()
        found.append(ArrivedOn(midnight, earliest))
        day += timedelta(days=1)
    return found


def _longest_promise(office: Office) -> timedelta:
    """Return how long before a week something may have come whose first promise passes in it.

    Longer than promises are now, so that older ones are found that were longer.
    """
    return timedelta(days=21 + 2 * max(office.promises.values()))


def _how_many(office: Office, broken: Sequence[BrokenPromise]) -> str:
    texts = office.texts
    if not broken:
        # How many passed and were kept is not looked for, and of a running week most have not passed yet.
        return texts.t("Inget löfte bröts den veckan. Löften som inte har gått ut än syns inte här.")
    said = texts.n("{count} löfte hölls inte.", "{count} löften hölls inte.", len(broken))
    told = sum(one.told for one in broken)
    if told:
        said += " " + texts.t("I {count} fall hade vi sagt till innan.", count=told)
    return said


def _promise_table(office: Office, broken: Sequence[BrokenPromise], now: datetime) -> Table:
    t, texts = office.texts.t, office.texts
    rows = []
    for one in broken:
        answered = t("väntar än") if one.answered_at is None else moment_words(texts, one.answered_at, now)
        rows.append(
            (
                one.case,
                day_words(texts, one.day, office.local_day(now)),
                t("{answered} (vi sade till innan)", answered=answered) if one.told else answered,
                office.unit(one.unit).name,
            )
        )
    return Table((t("Ärende"), t("Lovat senast"), t("Svar"), t("Enhet")), tuple(rows))


def _rest(office: Office, count: int) -> list[Part]:
    left = count - MOST_ROWS
    if left <= 0:
        return []
    return [Paragraph(office.texts.t("Listan visar de senaste. {count} tidigare finns.", count=left))]


def _no_week(office: Office, week: str) -> tuple[Part, ...]:
    return (Paragraph(office.texts.t("Vi förstår inte veckan ”{week}”. Skriv den som 2026-W47.", week=week)),)


def _weeks(text: str, zone: ZoneInfo, now: datetime) -> list[_Week]:
    """Return the week that is meant; the running one and the last if none is named; empty if it is no week."""
    if not text.strip():
        today = now.astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        return [_week(monday, zone), _week(monday - timedelta(days=7), zone)]
    found = _FORM.fullmatch(text.strip())
    try:
        return [_week(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)] if found else []
    except ValueError:
        return []


def _week(monday: date, zone: ZoneInfo) -> _Week:
    year, number, _ = monday.isocalendar()
    first = datetime.combine(monday, time(), zone).astimezone(UTC)
    end = midnight_after(monday + timedelta(days=6), zone)
    return _Week(name=f"{year:04d}-W{number:02d}", monday=monday, first=first, end=end)

"""What a reader of a report must know besides figures: what was decided, which hours held, what slices are called."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from bot.calendar import Calendar
from bot.facts import Kind
from bot.hours import CalendarVersion
from config.texts import Texts
from measurement.periods import Period, Week
from measurement.population import Dimension
from measurement.report.content import Change
from measurement.report.known import find_measure, measure_name
from measurement.rollup.decisions import Signed, SignedKind
from measurement.rollup.states import Standing
from measurement.words import channel_name, percent


def changes_of(
    decisions: Iterable[Signed], calendar: Calendar, period: Period, since: datetime, until: datetime, texts: Texts
) -> tuple[Change, ...]:
    """Return what was decided about the period itself, or entered after `since` and by `until` (UTC); newest first.

    New opening hours are told in the period in which they begin.
    """
    told = [
        Change(period=one.period, what=_what(one, texts), cause=_cause(one), decided_by=one.decided_by,
               decided_on=one.decided_on)
        for one in decisions
        if one.recorded_at <= until and (one.period == str(period) or one.recorded_at > since)
    ]  # fmt: skip
    first, last = days_of(period, calendar)
    told += [
        Change(period=str(period), what=texts.t("Nya öppettider från {day}", day=texts.day(version.valid_from)),
               cause=texts.t("Svarstiden räknas efter dem"), decided_by=version.decided_by,
               decided_on=version.valid_from)
        for version in calendar.versions[1:]
        if first <= version.valid_from <= last
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (one.decided_on or date.min, one.period), reverse=True))


def redefined(before: Standing | None, definitions: str, period: Period, texts: Texts) -> tuple[Change, ...]:
    """Return that measures are defined otherwise than in the period before, if they are."""
    if before is None or not before.definitions or before.definitions == definitions:
        return ()
    what = texts.t("Minst ett mått räknas på ett nytt sätt än perioden före")
    cause = texts.t("Vilka framgår av definitionerna i Excel-filen")
    return (Change(period=str(period), what=what, cause=cause, decided_by=texts.t("ny version"), decided_on=None),)


def _what(one: Signed, texts: Texts) -> str:
    words = {
        SignedKind.REBASE: texts.t("Gränserna räknas om härifrån"),
        SignedKind.GHOST: texts.t("Veckan räknas inte in i det vanliga"),
        SignedKind.NOTE: texts.t("Anteckning"),
        SignedKind.REVISION: texts.t("Fastställda siffror är rättade"),
        SignedKind.TARGET: texts.t("Nytt mål"),
    }
    what, measure = words[one.kind], find_measure(one.measure)
    if one.kind is SignedKind.TARGET:
        what = texts.t("{what}: {value}", what=what, value=percent(texts, float(one.cause.split(maxsplit=1)[0])))
    return texts.t("{name}: {what}", name=measure_name(one.measure, texts), what=what) if measure else what


def _cause(one: Signed) -> str:
    if one.kind is not SignedKind.TARGET:
        return one.cause
    return one.cause.partition(" ")[2].strip() or "–"


def since_report(known: Mapping[str, Standing], period: Period, calendar: Calendar) -> datetime:
    """Return since when changes are news to the reader (UTC): since the report before, else since the period began."""
    before = known.get(str(period.previous()))
    start = period.start(calendar.zone)
    sent = before.reported_at if before is not None and isinstance(period, Week) else None
    return max(sent, start) if sent is not None else start


def days_of(period: Period, calendar: Calendar) -> tuple[date, date]:
    """Return a period's first and last local day."""
    first = calendar.local(period.start(calendar.zone)).date()
    return first, calendar.local(period.end(calendar.zone)).date() - timedelta(days=1)


def hours_of(period: Period, calendar: Calendar, texts: Texts) -> tuple[str, ...]:
    """Return which opening hours held at the end of the period, and which days that usually are open were closed."""
    first, last = days_of(period, calendar)
    version = calendar.version_at(period.end(calendar.zone) - timedelta(seconds=1))
    said = [
        texts.t(
            "Öppettiderna gäller från {day}, beslut: {by}.", day=version.valid_from.isoformat(), by=version.decided_by
        )
    ]
    closed = _closed(version, first, last)
    if closed and isinstance(period, Week):
        said.append(texts.t("Stängt: {days}.", days=", ".join(texts.day(day) for day in closed)))
    elif closed:
        said.append(texts.n("{count} vardag var stängd.", "{count} vardagar var stängda.", len(closed)))
    return tuple(said)


def _closed(version: CalendarVersion, first: date, last: date) -> list[date]:
    """Return the days, both included, that are open in an ordinary week and were not."""
    hours = version.hours_by_day(first.year, last.year)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    begin = date(first.year, 1, 1)
    return [day for day in days if version.week[day.weekday()] and not hours[(day - begin).days]]


def slice_name(dimension: str, member: str, names: Mapping[str, str], texts: Texts) -> str:
    """Return what a member of a dimension is called; `names` has units and topics, as ``unit:kc``."""
    if not member:
        return texts.t("inget angivet")
    match dimension:
        case Dimension.CHANNEL.value:
            return texts.t("besök") if member == "visit" else channel_name(texts, member)
        case Dimension.KIND.value:
            return _kind_name(member, texts)
        case Dimension.LANGUAGE.value:
            return texts.language_name(member)
        case _:
            return names.get(f"{dimension}:{member}", member)


def _kind_name(kind: str, texts: Texts) -> str:
    names = {
        Kind.QUESTION: texts.t("fråga"),
        Kind.VIEWPOINT: texts.t("synpunkt"),
        Kind.COMPLAINT: texts.t("klagomål"),
        Kind.PRAISE: texts.t("beröm"),
        Kind.PROPOSAL: texts.t("förslag"),
        Kind.FAULT: texts.t("felanmälan"),
    }
    return next((name for known, name in names.items() if known.value == kind), kind)

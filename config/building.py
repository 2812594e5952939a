"""Making what the services work with out of the settings."""

import secrets as random
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.calendar import Calendar
from bot.facts import Kind, OfficerId, UnitId
from bot.hours import CalendarVersion, Hours, Season, SpecialDay, parse_span
from bot.office import Caps, FileLimits, Office, Officer, Unit, WebForm
from bot.tokens import Tokens
from config.settings import CalendarSettings, FileLimitSettings, Settings, WeekSettings, secret
from config.texts import LANGUAGES, Texts

PROMISE_DAYS = {
    Kind.QUESTION: 2,
    Kind.FAULT: 2,
    Kind.VIEWPOINT: 10,
    Kind.COMPLAINT: 10,
    Kind.PRAISE: 10,
    Kind.PROPOSAL: 10,
}
"""Open days after the day of arrival within which the citizen is promised an answer, where nothing else is set."""


def texts_of(settings: Settings, language: str | None = None) -> Texts:
    """Return the texts in the configured language, or in another one that is known."""
    chosen = next((known for known in LANGUAGES if known == language), settings.language)
    return Texts(chosen, ZoneInfo(settings.zone))


def calendar_of(settings: Settings) -> Calendar:
    """Return the opening hours.

    Raises:
        ValueError: hours that make no sense, in words.
    """
    return Calendar([_version(one, settings) for one in settings.calendar])


def office_of(settings: Settings, installation: str) -> Office:
    """Return the municipality as the services see it. `installation` marks what this database sends.

    Raises:
        ValueError: hours that make no sense, or a signing key that is missing or too short.
    """
    key = secret(settings.secrets.key, settings.secrets.key_file)
    return Office(
        name=settings.municipality.name,
        units=tuple(
            Unit(id=UnitId(one.id), name=one.name, address=one.address.lower(), phone=one.phone)
            for one in settings.units
        ),
        officers=tuple(
            Officer(
                id=OfficerId(one.id),
                name=one.name,
                email=one.email,
                units=frozenset(UnitId(unit) for unit in one.units),
            )
            for one in settings.officers
        ),
        other_ways=settings.municipality.other_ways,
        calendar=calendar_of(settings),
        rule=settings.answers.rule,
        promises={**PROMISE_DAYS, **settings.answers.promise_days},
        default_kind=settings.answers.default_kind,
        texts=texts_of(settings),
        tokens=Tokens(key.encode()),
        installation=installation,
        trusted_host=settings.mail.trusted_host,
        privacy=settings.municipality.privacy,
        admin_email=settings.mail.admin,
        caps=Caps(per_address=settings.mail.caps.per_address, identical=settings.mail.caps.identical),
        own_domains=frozenset(domain.lower() for domain in settings.mail.own_domains),
        web_forms=tuple(WebForm(sender=one.sender.lower(), field=one.field) for one in settings.mail.web_forms),
        tenant_mailboxes=frozenset(one.id for one in settings.mail.mailboxes if one.own_tenant),
        secrets_in_subject=settings.mail.reply_addresses == "subject",
        file_limits=_file_limits(settings.mail.files),
    )


def _file_limits(settings: FileLimitSettings) -> FileLimits:
    mib = 2**20
    return FileLimits(
        per_file=settings.max_file_mib * mib,
        per_mail=settings.max_mail_mib * mib,
        per_day=settings.max_day_mib * mib,
        count=settings.max_count,
    )


def make_key_file(path: Path) -> None:
    """Write a fresh signing key that only its owner can read, unless the file exists."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(random.token_urlsafe(32) + "\n", encoding="utf-8")


def _version(one: CalendarSettings, settings: Settings) -> CalendarVersion:
    return CalendarVersion(
        valid_from=one.valid_from,
        decided_by=one.decided_by,
        ordinary_day_minutes=one.ordinary_day_minutes,
        week=_week(one.week),
        seasons=tuple(Season(first=part.first, last=part.last, week=_week(part.week)) for part in one.seasons),
        days=tuple(SpecialDay(date=day.date, spans=_hours(day.open), decided_by=day.decided_by) for day in one.days),
        country=settings.municipality.country,
        closed_on_holidays=one.closed_on_holidays,
        zone=settings.zone,
    )


def _week(week: WeekSettings) -> tuple[Hours, ...]:
    return tuple(_hours(day) for day in week.days())


def _hours(spans: tuple[str, ...]) -> Hours:
    return tuple(parse_span(span) for span in spans)

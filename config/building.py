"""Making what the services work with out of the settings."""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.facts import Kind, OfficerId, UnitId
from bot.hours import parse_span
from bot.office import Caps, ChatRules, FileLimits, Office, Officer, Reminders, SurveyRules, Unit, WebForm
from bot.register import Entry
from bot.tokens import Tokens
from config.calendars import calendar_of
from config.desk_defaults import desk_defaults
from config.layers import Layers, layers_of
from config.per_language import line_by_language, lines_by_language, own_words
from config.settings import FileLimitSettings, OfficerSettings, Settings, UnitSettings, secret
from config.survey_settings import SurveySettings
from config.telegram_settings import TelegramSettings
from config.texts import LANGUAGES, Texts

__all__ = ["PROMISE_DAYS", "calendar_of", "make_key_file", "office_of", "texts_of"]

PROMISE_DAYS: Mapping[Kind, int] = desk_defaults().promise_days
"""Open days after the day of arrival within which the citizen is promised an answer, where nothing else is set."""


def texts_of(settings: Settings, language: str | None = None) -> Texts:
    """Return the texts in the configured language, or in another one that is known."""
    chosen = next((known for known in LANGUAGES if known == language), settings.language)
    return Texts(chosen, ZoneInfo(settings.zone))


def office_of(settings: Settings, installation: str, entries: Sequence[Entry] = ()) -> Office:
    """Return the municipality as the services see it.

    Args:
        settings: the file of settings.
        installation: what marks mail that this database sends.
        entries: the register in order of seq, which goes before the settings.

    Raises:
        ValueError: hours in the settings that make no sense, or a signing key that is missing or too short.
    """
    key, mail, answers = secret(settings.secrets.key, settings.secrets.key_file), settings.mail, settings.answers
    layers = layers_of(settings, entries)
    ways = lines_by_language(settings.municipality.other_ways, settings.language)
    privacy = line_by_language(settings.municipality.privacy, settings.language)
    return Office(
        name=settings.municipality.name,
        units=tuple(_unit(one, layers) for one in layers.units.values()),
        officers=tuple(_officer(one, layers) for one in layers.officers.values()),
        other_ways=own_words(ways, settings.language, ()),
        other_ways_by=ways,
        calendar=calendar_of(settings, entries),
        rule=answers.rule,
        promises=layers.promises,
        default_kind=answers.default_kind,
        texts=texts_of(settings),
        tokens=Tokens(key.encode()),
        installation=installation,
        trusted_host=mail.trusted_host,
        privacy=own_words(privacy, settings.language, ""),
        privacy_by=privacy,
        admin_email=mail.admin,
        caps=Caps(per_address=mail.caps.per_address, identical=mail.caps.identical),
        own_domains=frozenset(domain.lower() for domain in mail.own_domains),
        web_forms=tuple(WebForm(sender=one.sender.lower(), field=one.field) for one in mail.web_forms),
        tenant_mailboxes=frozenset(one.id for one in mail.mailboxes if one.own_tenant),
        secrets_in_subject=mail.reply_addresses == "subject",
        file_limits=_file_limits(mail.files),
        topics=tuple(layers.topics.values()),
        canned=tuple(layers.canned.values()),
        door_words=tuple(layers.words.values()),
        door_addresses=layers.doors,
        on_call=settings.municipality.on_call,
        reminders=Reminders(
            owner=answers.remind_owner_minutes, unit=answers.remind_unit_minutes, citizen=answers.tell_citizen_minutes
        ),
        regret=timedelta(seconds=answers.regret_seconds),
        names=layers.names,
        chat=_chat_rules(settings.telegram),
        survey=_survey_rules(settings.survey),
    )


def _chat_rules(settings: TelegramSettings | None) -> ChatRules | None:
    if settings is None:
        return None
    return ChatRules(
        languages=settings.languages,
        shown=settings.shown,
        mail_shown=settings.mail_shown,
        places={one.code: one.name for one in settings.places},
        keep_topics=timedelta(days=settings.keep_topics_days),
    )


def _survey_rules(settings: SurveySettings) -> SurveyRules | None:
    if not settings.enabled:
        return None
    return SurveyRules(
        delay=timedelta(minutes=settings.delay_minutes),
        hours=parse_span(settings.hours),
        rest=timedelta(days=settings.min_days_between),
        share=settings.share,
        cap=settings.cap,
        page=settings.page.url.rstrip("/") if settings.page else "",
    )


def _unit(one: UnitSettings, layers: Layers) -> Unit:
    """Return a unit; who is no officer any more stands in no rota."""
    rota = {
        day: tuple(OfficerId(officer) for officer in officers if officer in layers.officers)
        for day, officers in enumerate(one.rota.days())
    }
    return Unit(
        id=UnitId(one.id), name=one.name, address=one.address.lower(), phone=one.phone,
        staff_address=one.staff_address, on_call=one.on_call, notify=one.notify, copies=one.copies,
        rota={day: officers for day, officers in rota.items() if officers}, secrecy=one.secrecy,
        group=one.telegram_group,
    )  # fmt: skip


def _officer(one: OfficerSettings, layers: Layers) -> Officer:
    """Return an officer; a unit that has ended is none of theirs."""
    return Officer(
        id=OfficerId(one.id), name=one.name, email=one.email, role=one.role, cleared=one.cleared,
        units=frozenset(UnitId(unit) for unit in one.units if unit in layers.units),
        absences=layers.absences.get(one.id, ()),
    )  # fmt: skip


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

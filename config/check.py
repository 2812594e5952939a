"""What is wrong with a configuration, all of it at once, in plain words for the person who has to mend it."""

import difflib
import os
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from config.building import calendar_of
from config.check_languages import language_warnings
from config.check_mail import mail_faults
from config.check_mailboxes import mailbox_faults
from config.check_staff import notice_faults
from config.check_survey import survey_warnings
from config.check_telegram import telegram_faults
from config.per_language import FORMS
from config.settings import COMMAND_VARIABLES, ENVIRONMENT_PREFIX, Settings, load, secret
from config.texts import Texts


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about the configuration. A fault stops the service, a warning does not; `fine`: nothing is wrong."""

    text: str
    fault: bool = True
    fine: bool = False


def check_file(path: Path, texts: Texts, today: date) -> tuple[Settings | None, list[Finding]]:
    """Return the settings, None if they cannot be used at all, with every fault and warning found."""
    t = texts.t
    strange = _check_environment(texts)
    try:
        settings = load(path)
    except FileNotFoundError:
        text = t("Filen {file} finns inte. Kopiera config/service.toml och ändra i den.", file=path.name)
        return None, [Finding(text), *strange]
    except (OSError, UnicodeDecodeError) as error:
        text = t("Filen {file} går inte att läsa: {reason}.", file=path.name, reason=error)
        return None, [Finding(text), *strange]
    except tomllib.TOMLDecodeError as error:
        text = t("Filen {file} är inte rätt skriven (TOML): {reason}.", file=path.name, reason=error)
        return None, [Finding(text), *strange]
    except ValidationError as error:
        errors = error.errors()
        # A list whose parts are wrong also counts as empty; the parts say it better.
        inner = {one["loc"][:depth] for one in errors for depth in range(len(one["loc"]))}
        return None, [*(Finding(_plain(dict(one), texts)) for one in errors if one["loc"] not in inner), *strange]
    return settings, [*strange, *check_settings(settings, texts, today)]


def check_settings(settings: Settings, texts: Texts, today: date) -> list[Finding]:
    """Return what is wrong or risky in settings that are well formed."""
    return [
        *_check_staff(settings, texts),
        *_check_hours(settings, texts, today),
        *_check_database(settings, texts),
        *_check_secrets(settings, texts),
        *(Finding(text) for text in notice_faults(settings, texts)),
        *(Finding(text) for text in mail_faults(settings, texts)),
        *(Finding(text) for text in mailbox_faults(settings, texts)),
        *(Finding(text) for text in telegram_faults(settings, texts)),
        *(Finding(text, fault=False) for text in survey_warnings(settings, texts)),
        *(Finding(text, fault=False) for text in language_warnings(settings, texts)),
        *_check_unset(settings, texts),
    ]


def _check_environment(texts: Texts) -> list[Finding]:
    """Return the environment variables that look like ours but that nothing reads."""
    t, found = texts.t, []
    known = {*COMMAND_VARIABLES, *_variables(Settings)}
    for name in sorted(os.environ):
        rest = name.upper().removeprefix(ENVIRONMENT_PREFIX)
        if rest == name.upper() or rest in COMMAND_VARIABLES:
            continue
        if rest.partition("__")[0].lower() in Settings.model_fields:
            continue
        meant = difflib.get_close_matches(rest, known, n=1)
        text = t("{place} är en okänd inställning.", place=name)
        if meant:
            text = t(
                "{place} är en okänd inställning. Menade du {meant}?", place=name, meant=ENVIRONMENT_PREFIX + meant[0]
            )
        found.append(Finding(text))
    return found


def _variables(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Give what can stand behind the prefix in a variable's name, as ``MAIL__RELAY__HOST``."""
    for name, field in model.model_fields.items():
        yield above + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _variables(field.annotation, f"{above}{name.upper()}__")


def _check_staff(settings: Settings, texts: Texts) -> list[Finding]:
    t, found = texts.t, []
    units = [unit.id for unit in settings.units]
    for name, ids in (("units", units), ("officers", [officer.id for officer in settings.officers])):
        found += [
            Finding(t("{id} står två gånger i {section}.", id=one, section=f"[[{name}]]"))
            for one, count in Counter(ids).items()
            if count > 1
        ]
    for address, count in Counter(unit.address.lower() for unit in settings.units).items():
        if count > 1:
            found.append(Finding(t("Två enheter har samma adress: {address}.", address=address)))
    for officer in settings.officers:
        found += [
            Finding(t("{officer} hör till enheten {unit}, som inte finns.", officer=officer.id, unit=unit))
            for unit in officer.units
            if unit not in units
        ]
    for unit in settings.units:
        if not any(unit.id in officer.units for officer in settings.officers):
            said = t("Enheten {unit} har ingen handläggare i filen. Lägg till någon med {command}.",
                     unit=unit.id, command="run_bot.py staff add")  # fmt: skip
            found.append(Finding(said, fault=False))
    return found


def _check_hours(settings: Settings, texts: Texts, today: date) -> list[Finding]:
    t = texts.t
    try:
        calendar = calendar_of(settings)
    except ValueError as error:
        return [Finding(t("Öppettiderna stämmer inte: {reason}.", reason=error))]
    found = _check_begin([version.valid_from for version in calendar.versions], texts, today)
    for version in calendar.versions:
        minutes = {sum(end - start for start, end in day) for day in version.week}
        if version.ordinary_day_minutes not in minutes:
            found.append(
                Finding(
                    t(
                        "Kalendern från {day}: ordinary_day_minutes är {minutes}, men ingen dag i veckan är så lång.",
                        day=version.valid_from,
                        minutes=version.ordinary_day_minutes,
                    ),
                    fault=False,
                )
            )
    return found


def _check_begin(begins: list[date], texts: Texts, today: date) -> list[Finding]:
    """Return warnings of opening hours that are not in force yet: planned, or a slip of the pen."""
    t = texts.t
    if min(begins) > today:
        text = t("Inga öppettider gäller än, bara från {day}. Till dess kan vi inte räkna svarstider.", day=min(begins))
        return [Finding(text, fault=False)]
    return [Finding(t("Kalendern från {day} gäller inte än.", day=day), fault=False) for day in begins if day > today]


def _check_database(settings: Settings, texts: Texts) -> list[Finding]:
    t = texts.t
    try:
        url = make_url(settings.database.url)
    except (ArgumentError, ValueError):
        url = None
    if url is None or not 0 < (url.port or 1) <= 65535:
        text = t("database.url ska se ut som sqlite:///mapp/fil.db eller postgresql://användare@dator/namn.")
        return [Finding(text)]
    kind = url.get_backend_name()
    if kind not in {"sqlite", "postgresql", "postgres"}:
        return [Finding(t("database.url: {kind} går inte att använda. Välj sqlite eller postgresql.", kind=kind))]
    file = url.database or ""
    if kind == "sqlite" and (
        url.host or not file or ":memory:" in file or file.startswith("file:") or Path(file).is_dir()
    ):
        text = t("database.url ska namnge en fil: sqlite:///mapp/fil.db. I minnet går allt förlorat vid en omstart.")
        return [Finding(text)]
    return []


def _check_secrets(settings: Settings, texts: Texts) -> list[Finding]:
    t, relay = texts.t, settings.mail.relay
    found = []
    wanted = [("secrets.key", settings.secrets.key, settings.secrets.key_file, 16)]
    if relay.auth == "password":
        wanted.append(("mail.relay.password", relay.password, relay.password_file, 1))
    if relay.auth == "xoauth2" and relay.oauth is None:
        wanted.append(("mail.relay.access_token", relay.access_token, relay.access_token_file, 1))
    for name, value, file, least in wanted:
        try:
            length = len(secret(value, file))
        except (OSError, UnicodeDecodeError):
            found.append(Finding(t("Filen för {name} går inte att läsa.", name=name)))
            continue
        if length < least:
            found.append(
                Finding(
                    t(
                        "{name} saknas eller är kortare än {least} tecken. "
                        "Sätt miljövariabeln {variable} eller {name}_file.",
                        name=name,
                        least=least,
                        variable="KOMMUNSVAR_" + name.upper().replace(".", "__"),
                    )
                )
            )
    if relay.auth != "none" and not relay.username:
        found.append(Finding(t("mail.relay.username saknas men auth är {auth}.", auth=relay.auth)))
    return found


def _check_unset(settings: Settings, texts: Texts) -> list[Finding]:
    """Return warnings of what works without being set, but less well."""
    t, found = texts.t, []
    if not settings.mail.trusted_host and not any(box.own_tenant for box in settings.mail.mailboxes):
        found.append(
            Finding(
                t(
                    "mail.trusted_host är inte satt. Då vet vi inte vilka avsändare som är äkta: citat utelämnas "
                    "i bekräftelser, och handläggare får en kvittens på allt de gör."
                ),
                fault=False,
            )
        )
    if not settings.mail.admin:
        found.append(
            Finding(t("mail.admin är inte satt. Då får ingen veta att ett mejl har lagts åt sidan."), fault=False)
        )
    return found


def _plain(error: dict[str, Any], texts: Texts) -> str:
    """Return one of pydantic's faults in words, with the place in the file."""
    t = texts.t
    parts = [part for part in error["loc"] if part not in FORMS]
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in parts)
    kind = error["type"]
    if kind == "extra_forbidden":
        meant = difflib.get_close_matches(str(error["loc"][-1]), _known_keys(error["loc"]), n=1)
        if meant:
            return t("{place} är en okänd inställning. Menade du {meant}?", place=place, meant=meant[0])
        return t("{place} är en okänd inställning.", place=place)
    if kind == "missing":
        return t("{place} saknas.", place=place)
    return t("Värdet för {place} går inte att använda: {reason}.", place=place, reason=_reason(error, texts))


def _reason(error: dict[str, Any], texts: Texts) -> str:
    """Return why a value will not do, in words; for a rare kind of fault in the library's own."""
    t, kind, limits = texts.t, error["type"], error.get("ctx", {})
    match kind:
        case "less_than_equal":
            return t("det får vara högst {limit}", limit=limits["le"])
        case "greater_than_equal":
            return t("det får vara minst {limit}", limit=limits["ge"])
        case "literal_error" | "enum":
            return t("välj något av {choices}", choices=limits["expected"])
        case "string_too_short" | "too_short":
            return t("det får inte vara tomt")
        case "string_pattern_mismatch":
            return t("det ser inte ut som det ska (id: högst 12 små bokstäver och siffror; adress: namn@domän)")
        case _:
            # As in int_parsing or model_attributes_type.
            wanted = _wanted(texts).get(str(kind).partition("_")[0])
            return wanted or str(error["msg"]).removeprefix("Value error, ")


def _wanted(texts: Texts) -> dict[str, str]:
    """Return what should have stood there, by the first word of pydantic's kind of fault."""
    t = texts.t
    number, section = t("det ska vara ett tal"), t("det ska vara en sektion (i en miljövariabel skriven som JSON)")
    return {
        "int": number,
        "float": number,
        "bool": t("det ska vara true eller false"),
        "tuple": t("det ska vara en lista (i en miljövariabel skriven som JSON)"),
        "model": section,
        "dict": section,
    }


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in place[:-1]:
        field = model.model_fields.get(str(part)) if isinstance(part, str) else None
        if field is not None:
            inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
            model = next((one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)), model)
    return list(model.model_fields)

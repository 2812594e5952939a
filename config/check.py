"""What is wrong with a configuration, all of it at once, in plain words for the person who has to mend it."""

import difflib
import ipaddress
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config.building import calendar_of
from config.settings import Settings, load, secret
from config.texts import Texts


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about the configuration. A fault stops the service, a warning does not."""

    text: str
    fault: bool = True


def check_file(path: Path, texts: Texts) -> tuple[Settings | None, list[Finding]]:
    """Return the settings, None if they cannot be used at all, with every fault and warning found."""
    t = texts.t
    try:
        settings = load(path)
    except FileNotFoundError:
        return None, [
            Finding(t("Filen {file} finns inte. Kopiera config/service.toml och ändra i den.", file=path.name))
        ]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Finding(t("Filen {file} går inte att läsa: {reason}.", file=path.name, reason=error))]
    except tomllib.TOMLDecodeError as error:
        return None, [Finding(t("Filen {file} är inte rätt skriven (TOML): {reason}.", file=path.name, reason=error))]
    except ValidationError as error:
        errors = error.errors()
        # A list whose parts are wrong also counts as empty; the parts say it better.
        inner = {one["loc"][:depth] for one in errors for depth in range(len(one["loc"]))}
        return None, [Finding(_plain(dict(one), texts)) for one in errors if one["loc"] not in inner]
    return settings, check_settings(settings, texts)


def check_settings(settings: Settings, texts: Texts) -> list[Finding]:
    """Return what is wrong or risky in settings that are well formed."""
    return [
        *_check_staff(settings, texts),
        *_check_hours(settings, texts),
        *_check_secrets(settings, texts),
        *_check_mail(settings, texts),
    ]


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
            found.append(
                Finding(t("Enheten {unit} har ingen handläggare, så ingen får veta att någon skriver.", unit=unit.id))
            )
    return found


def _check_hours(settings: Settings, texts: Texts) -> list[Finding]:
    t = texts.t
    try:
        calendar = calendar_of(settings)
    except ValueError as error:
        return [Finding(t("Öppettiderna stämmer inte: {reason}.", reason=error))]
    found = []
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


def _check_secrets(settings: Settings, texts: Texts) -> list[Finding]:
    t, relay = texts.t, settings.mail.relay
    found = []
    wanted = [("secrets.key", settings.secrets.key, settings.secrets.key_file, 16)]
    if relay.auth == "password":
        wanted.append(("mail.relay.password", relay.password, relay.password_file, 1))
    if relay.auth == "xoauth2":
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


def _check_mail(settings: Settings, texts: Texts) -> list[Finding]:
    t = texts.t
    listen, relay = settings.mail.listen, settings.mail.relay
    wrong = [
        (
            relay.tls == "none" and not is_loopback(relay.host),
            t("mail.relay.tls är none, men servern finns på en annan dator. Då går mejlen oskyddade. Välj starttls."),
        ),
        (relay.tls == "none" and relay.auth != "none", t("Inloggning till mail.relay kräver tls.")),
        (
            (listen.tls_certificate is None) != (listen.tls_key is None),
            t("mail.listen behöver både tls_certificate och tls_key, eller inget av dem."),
        ),
        (
            listen.require_tls and listen.tls_certificate is None,
            t("mail.listen.require_tls kräver tls_certificate och tls_key."),
        ),
        *(
            (not file.is_file(), t("Filen {file} finns inte.", file=file))
            for file in (listen.tls_certificate, listen.tls_key, relay.ca_file)
            if file is not None
        ),
    ]
    found = [Finding(text) for holds, text in wrong if holds]
    if not settings.mail.trusted_host:
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


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(error: dict[str, Any], texts: Texts) -> str:
    """Return one of pydantic's faults in words, with the place in the file."""
    t = texts.t
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
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
    t, limits = texts.t, error.get("ctx", {})
    match error["type"]:
        case "less_than_equal":
            return t("det får vara högst {limit}", limit=limits["le"])
        case "greater_than_equal":
            return t("det får vara minst {limit}", limit=limits["ge"])
        case "int_parsing" | "int_type" | "float_parsing" | "float_type":
            return t("det ska vara ett tal")
        case "bool_parsing" | "bool_type":
            return t("det ska vara true eller false")
        case "literal_error" | "enum":
            return t("välj något av {choices}", choices=limits["expected"])
        case "string_too_short" | "too_short":
            return t("det får inte vara tomt")
        case "string_pattern_mismatch":
            return t("det ser inte ut som det ska (id: högst 12 små bokstäver och siffror; adress: namn@domän)")
        case _:
            return str(error["msg"]).removeprefix("Value error, ")


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in place[:-1]:
        field = model.model_fields.get(str(part)) if isinstance(part, str) else None
        if field is not None:
            inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
            model = next((one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)), model)
    return list(model.model_fields)

"""The configuration: one TOML file, the environment for what differs or is secret, everything typed and frozen.

An environment variable wins over the file: ``KOMMUNSVAR_MAIL__RELAY__HOST`` is ``[mail.relay] host``. A secret can
also lie in a file of its own, named by the key with ``_file`` at the end. An unknown key is a fault.
"""

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.clock import Rule
from bot.facts import Kind
from bot.hours import parse_span
from bot.office import Notify, Role
from config.per_language import LinePerLanguage, LinesPerLanguage
from config.phone_settings import PhoneSettings
from config.report_settings import ReportSettings
from config.setting_parts import Name, Part
from config.survey_settings import SurveySettings
from config.telegram_settings import TelegramSettings
from config.test_settings import QualitySettings, TestContactSettings

ENVIRONMENT_PREFIX = "KOMMUNSVAR_"
COMMAND_VARIABLES = frozenset(("CONFIG", "BY", "NETWORK_KEY"))
"""What stands behind the prefix in variables that commands read as options of theirs; they are no settings."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,20}$")]
ShortId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,12}$")]
"""An officer's id stands in signed addresses, which are lower case and end at 64 characters (RFC 5321 §4.5.3.1.1)."""
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$", max_length=254)]
UnitAddress = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,12}@[A-Za-z0-9.-]+$")]
"""A unit's address gets a signed part behind a plus sign, so its local part must be short and plain."""
OptionalAddress = Annotated[str, StringConstraints(pattern=r"^([^@\s<>\"]+@[^@\s<>\"]+)?$", max_length=254)]
PromiseDays = Annotated[int, Field(ge=1, le=60)]
Minutes = Annotated[int, Field(ge=0, le=10_000)]


def _checked_span(text: str) -> str:
    parse_span(text)
    return text


Hours = tuple[Annotated[str, AfterValidator(_checked_span)], ...]


class Municipality(Part):
    """Who we are, as citizens see it."""

    name: Name
    country: Literal["SE", "FI"] = "SE"
    other_ways: LinesPerLanguage = ()
    privacy: LinePerLanguage = ""
    on_call: OptionalAddress = ""


class RotaSettings(Part):
    """The officers on duty, by day of the week."""

    monday: tuple[ShortId, ...] = ()
    tuesday: tuple[ShortId, ...] = ()
    wednesday: tuple[ShortId, ...] = ()
    thursday: tuple[ShortId, ...] = ()
    friday: tuple[ShortId, ...] = ()
    saturday: tuple[ShortId, ...] = ()
    sunday: tuple[ShortId, ...] = ()

    def days(self) -> tuple[tuple[str, ...], ...]:
        """Return the officers of the seven days, Monday first."""
        return (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)


class UnitSettings(Part):
    """A unit with its contact address, and who of its staff is told of what comes in."""

    id: Id
    name: Name
    address: UnitAddress
    phone: str = ""
    staff_address: OptionalAddress = ""
    on_call: OptionalAddress = ""
    notify: Notify = Notify.ON_DUTY
    copies: int = Field(default=2, ge=1, le=20)
    secrecy: bool = False
    rota: RotaSettings = RotaSettings()
    telegram_group: int = Field(default=0, le=0)


class OfficerSettings(Part):
    """An officer, the work address and the units they answer for."""

    id: ShortId
    name: Name
    email: MailAddress
    units: tuple[Id, ...] = Field(min_length=1)
    role: Role = Role.OFFICER
    cleared: bool = False


class DatabaseSettings(Part):
    """Where everything lies."""

    url: str = "sqlite:///var/kommunsvar.db"


class Secrets(Part):
    """The key that signs reply addresses. Changing it makes old reply addresses unknown (mail still arrives)."""

    key: SecretStr = SecretStr("")
    key_file: Path | None = None


class Listen(Part):
    """SMTP and LMTP intake. `enabled` off: mail comes from mailboxes only."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65535)
    lmtp_port: int | None = Field(default=None, ge=0, le=65535)
    hostname: str = "localhost"
    max_mib: int = Field(default=35, ge=1, le=200)
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    require_tls: bool = False


class OAuth(Part):
    """How access tokens are got: an application of our own in the tenant, or a person's consent kept as a token."""

    provider: Literal["microsoft365", "google"]
    tenant: str = ""
    client_id: Name
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    refresh_token_file: Path | None = None


class Relay(Part):
    """The relay all outgoing mail goes through."""

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: Path | None = None
    hostname: str = "localhost"
    auth: Literal["none", "password", "xoauth2"] = "none"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    access_token: SecretStr = SecretStr("")
    access_token_file: Path | None = None
    oauth: OAuth | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    connections: int = Field(default=4, ge=1, le=32)


class Mailbox(Part):
    """A mailbox that is read by IMAP."""

    id: ShortId
    address: MailAddress
    host: Name
    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: Path | None = None
    username: Name
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    oauth: OAuth | None = None
    own_tenant: bool = False
    folder: Name = "INBOX"
    sent_folder: str | None = None
    after: Literal["keep", "seen", "move"] = "keep"
    move_to: str = ""
    since: dt.date | None = None
    max_mib: int = Field(default=50, ge=1, le=200)
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    poll_seconds: float = Field(default=60, ge=5, le=300)


class WebFormSettings(Part):
    """A form on the municipality's pages that mails us what people write."""

    sender: MailAddress
    field: str = ""


class FileLimitSettings(Part):
    """How much of files is passed on to staff."""

    max_file_mib: int = Field(default=25, ge=1, le=200)
    max_mail_mib: int = Field(default=40, ge=1, le=200)
    max_day_mib: int = Field(default=200, ge=1)
    max_count: int = Field(default=100, ge=1, le=100)


class ScannerSettings(Part):
    """ClamAV's daemon, by socket or by host and port. Neither: files are not scanned."""

    socket: Path | None = None
    host: str = ""
    port: int = Field(default=3310, ge=1, le=65535)
    timeout_seconds: float = Field(default=60, gt=0, le=600)


class Caps(Part):
    """Limits on automatic mail."""

    per_address: int = Field(default=10, ge=1)
    identical: int = Field(default=3, ge=1)


class Mail(Part):
    """E-mail in and out."""

    trusted_host: str = ""
    admin: str = ""
    own_domains: tuple[str, ...] = ()
    reply_addresses: Literal["plus", "subject"] = "plus"
    listen: Listen = Listen()
    relay: Relay = Relay()
    mailboxes: tuple[Mailbox, ...] = ()
    web_forms: tuple[WebFormSettings, ...] = ()
    files: FileLimitSettings = FileLimitSettings()
    scanner: ScannerSettings = ScannerSettings()
    caps: Caps = Caps()


class Answers(Part):
    """What is promised and how it is measured."""

    rule: Rule = Rule.ONE_WORKING_DAY
    default_kind: Kind = Kind.QUESTION
    promise_days: dict[Kind, PromiseDays] = Field(default_factory=dict)
    regret_seconds: int = Field(default=60, ge=0, le=3600)
    remind_owner_minutes: Minutes = 240
    remind_unit_minutes: Minutes = 120
    tell_citizen_minutes: Minutes = 60


class WeekSettings(Part):
    """Opening hours of an ordinary week, as ``["08:00-12:00", "13:00-16:30"]`` a day; empty is closed."""

    monday: Hours = ()
    tuesday: Hours = ()
    wednesday: Hours = ()
    thursday: Hours = ()
    friday: Hours = ()
    saturday: Hours = ()
    sunday: Hours = ()

    def days(self) -> tuple[Hours, ...]:
        """Return the seven days, Monday first."""
        return (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)


class SeasonSettings(Part):
    """Other hours between two dates, both included."""

    first: dt.date
    last: dt.date
    week: WeekSettings


class DaySettings(Part):
    """One date that differs, and who decided it."""

    date: dt.date
    open: Hours = ()
    decided_by: Name


class CalendarSettings(Part):
    """Opening hours from a date on."""

    valid_from: dt.date
    decided_by: Name
    ordinary_day_minutes: int = Field(ge=1, le=1440)
    closed_on_holidays: bool = True
    week: WeekSettings
    seasons: tuple[SeasonSettings, ...] = ()
    days: tuple[DaySettings, ...] = ()


class Environment(EnvSettingsSource):
    """The environment, where a list or section that is no JSON stays text: so it is told with every other fault."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401 -- inherited
        """Return what the JSON says, or the text as it stands."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class Settings(BaseSettings):
    """All settings. Made by `load`; never read again while the service runs."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", env_nested_max_split=4
    )

    language: Literal["sv", "sv_FI", "fi", "en"] = "sv"
    municipality: Municipality
    database: DatabaseSettings = DatabaseSettings()
    secrets: Secrets = Secrets()
    units: tuple[UnitSettings, ...] = Field(min_length=1)
    officers: tuple[OfficerSettings, ...] = ()
    mail: Mail = Mail()
    telegram: TelegramSettings | None = None
    answers: Answers = Answers()
    survey: SurveySettings = SurveySettings()
    quality: QualitySettings = QualitySettings()
    test_contacts: TestContactSettings = TestContactSettings()
    phone: PhoneSettings = PhoneSettings()
    report: ReportSettings = ReportSettings()
    calendar: tuple[CalendarSettings, ...] = Field(min_length=1)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from: the environment first, then what the file says."""
        return (Environment(settings_cls), init_settings)

    @property
    def zone(self) -> str:
        """Return the time zone the municipality lives in."""
        return "Europe/Helsinki" if self.municipality.country == "FI" else "Europe/Stockholm"


class FileSettings(Settings):
    """Settings of a file alone: the try-out world must never be led to real data by the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the file as the only source."""
        return (init_settings,)


def load(path: Path, *, environment: bool = True) -> Settings:
    """Return the settings of a file and, unless told otherwise, of the environment.

    ``DATABASE_URL``, where it is set, wins over ``[database] url`` in the file.

    Raises:
        pydantic.ValidationError: faults, all of them at once. OSError: the file cannot be read.
        tomllib.TOMLDecodeError: it is not TOML.
    """
    with path.open("rb") as source:
        written = tomllib.load(source)
    if not environment:
        return FileSettings(**written)
    if url := os.environ.get("DATABASE_URL"):
        database = written.get("database")
        written["database"] = {**(database if isinstance(database, dict) else {}), "url": url}
    return Settings(**written)


def secret(value: SecretStr, file: Path | None) -> str:
    """Return a secret given directly or in a file (white space around it removed); empty if neither is given.

    Raises:
        OSError: the file cannot be read.
    """
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    return value.get_secret_value()

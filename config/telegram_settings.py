"""The settings of Telegram; a section of `config.settings`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from bot.office import Shown
from config.setting_parts import Name, Part


class WebhookSettings(Part):
    """Where Telegram sends events, where it does not wait to be asked: `url` as the world sees it, TLS before us."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
    host: str = "127.0.0.1"
    port: int = Field(default=8443, ge=0, le=65535)
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None


class PlaceSettings(Part):
    """A place where a printed link leads to the chat, as at the reception desk."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,32}$")]
    name: Name


class TelegramSettings(Part):
    """Telegram, for citizens and (where units have a group) for staff."""

    token: SecretStr = SecretStr("")
    token_file: Path | None = None
    languages: tuple[Literal["sv", "sv_FI", "fi", "en", "sv_lattlast"], ...] = Field(
        default=("sv", "fi", "en", "sv_lattlast"), min_length=1
    )
    shown: Shown = Shown.FULL
    mail_shown: Shown = Shown.NUMBER
    keep_topics_days: int = Field(default=14, ge=1, le=365)
    places: tuple[PlaceSettings, ...] = ()
    webhook: WebhookSettings | None = None
    api_url: str = ""
    files_url: str = ""
    timeout_seconds: float = Field(default=20, gt=0, le=120)

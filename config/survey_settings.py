"""The settings of surveys; a section of `config.settings`."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.hours import parse_span
from config.setting_parts import Part


def _checked_span(text: str) -> str:
    parse_span(text)
    return text


class SurveyPageSettings(Part):
    """The page behind the links: `url` as the world sees it, TLS before us; its path is ours, too."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$")]
    host: str = "127.0.0.1"
    port: int = Field(default=8090, ge=0, le=65535)


class SurveySettings(Part):
    """Asking those who got an answer what it was like."""

    enabled: bool = False
    delay_minutes: int = Field(default=60, ge=0, le=10_080)
    hours: Annotated[str, AfterValidator(_checked_span)] = "08:00-20:00"
    min_days_between: int = Field(default=90, ge=0, le=3_650)
    share: float = Field(default=1.0, ge=0, le=1)
    cap: int = Field(default=400, ge=1)
    page: SurveyPageSettings | None = None

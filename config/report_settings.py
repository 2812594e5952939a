"""The settings of the weekly report; a section of `config.settings`."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from config.setting_parts import Part

_Address = Annotated[str, StringConstraints(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$", max_length=254)]


def _checked_clock(text: str) -> str:
    try:
        dt.time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day: write it as 07:00") from None
    return text


class ReportSettings(Part):
    """Who gets the figures of each week, when and how.

    Attributes:
        enabled: whether it is sent at all; figures are kept in any case.
        time: local time of day, on the first open morning when the week can be judged.
        mail, chat: whether leads get it by mail, and in the chat where they are linked.
        to: further addresses that get it by mail.
        languages: by an officer's id or one of those addresses; else the municipality's own.
        targets: by the id of a measure; shares 0–1, lengths of time in seconds.
        weeks: how many a chart has at most.
    """

    enabled: bool = True
    time: Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d$"), AfterValidator(_checked_clock)] = "07:00"
    mail: bool = True
    chat: bool = True
    to: tuple[_Address, ...] = ()
    languages: dict[str, Literal["sv", "sv_FI", "fi", "en"]] = Field(default_factory=dict)
    targets: dict[str, float] = Field(default_factory=dict)
    weeks: int = Field(default=104, ge=13, le=520)

    @property
    def clock(self) -> dt.time:
        """Return the time of day."""
        return dt.time.fromisoformat(self.time)

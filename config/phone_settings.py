"""The settings of the telephone: a section of `config.settings`."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from bot.after_call import AfterCallField, CallQuestion, SurveyLayout
from bot.call_cells import Outcome, folded
from bot.calls import CallField, Layout, plain_heading
from bot.facts import UnitId
from config.setting_parts import Name, Part

Seconds = Annotated[int, Field(ge=1, le=3600)]
SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,20}$")]


def _known_zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):
            raise ValueError(f"there is no time zone {name}; write it as Europe/Stockholm or UTC") from None
    return name


class CallSourceSettings(Part):
    """A telephone exchange, and how it writes its files. What is not said here is found by the headings we know."""

    id: SourceId
    unit: str = ""
    queues: dict[str, str] = Field(default_factory=dict)
    zone: Annotated[str, AfterValidator(_known_zone)] = ""
    day_first: bool = True
    wait_in: Literal["seconds", "milliseconds"] = "seconds"
    columns: dict[CallField, Name] = Field(default_factory=dict)
    answered_words: tuple[Name, ...] = ()
    abandoned_words: tuple[Name, ...] = ()
    other_words: tuple[Name, ...] = ()
    survey_columns: dict[AfterCallField, Name] = Field(default_factory=dict)
    questions: dict[Name, CallQuestion] = Field(default_factory=dict)
    question_version: int = Field(default=1, ge=1)

    def layout(self, local: str) -> Layout:
        """Return how its calls are read; `local` is the municipality's zone."""
        words = {
            Outcome.ANSWERED: self.answered_words,
            Outcome.ABANDONED: self.abandoned_words,
            Outcome.OTHER: self.other_words,
        }
        return Layout(
            zone=ZoneInfo(self.zone or local),
            day_first=self.day_first,
            milliseconds=self.wait_in == "milliseconds",
            columns={name.value: heading for name, heading in self.columns.items()},
            outcomes={folded(word): outcome for outcome, listed in words.items() for word in listed},
            unit=UnitId(self.unit),
            queues=self._queues(),
        )

    def survey_layout(self, local: str) -> SurveyLayout:
        """Return how its survey is read; `local` is the municipality's zone."""
        return SurveyLayout(
            zone=ZoneInfo(self.zone or local),
            local=ZoneInfo(local),
            day_first=self.day_first,
            columns={name.value: heading for name, heading in self.survey_columns.items()},
            questions={plain_heading(text): question for text, question in self.questions.items()},
            version=self.question_version,
            unit=UnitId(self.unit),
            queues=self._queues(),
        )

    def _queues(self) -> dict[str, UnitId]:
        return {queue.casefold(): UnitId(unit) for queue, unit in self.queues.items()}


class PhoneSettings(Part):
    """What counts as a direct answer, which calls are logged, and the exchanges that calls are imported from."""

    threshold_seconds: Seconds = 60
    also_seconds: tuple[Seconds, ...] = ()
    sample_every: int = Field(default=0, ge=0, le=1000)
    short_abandon_seconds: int = Field(default=5, ge=0, le=60)
    direct_from: Literal["log", "exchange"] = "log"
    sources: tuple[CallSourceSettings, ...] = ()

    def source(self, name: str) -> CallSourceSettings | None:
        """Return the exchange of this id; with an empty one the only one there is, and where none is set, a plain one.

        None: there is no such exchange, or several to choose from.
        """
        if not self.sources and name in {"", "exchange"}:
            return CallSourceSettings(id="exchange")
        if not name:
            return self.sources[0] if len(self.sources) == 1 else None
        return next((one for one in self.sources if one.id == name), None)

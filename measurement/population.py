"""What figures are made from: the inquiries of a period, and what stands beside them. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from bot.facts import CaseNumber


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inquiries:
    """Inquiries as columns of one length, in order of arrival, case and ordinal.

    Attributes:
        case, no: which inquiry it is.
        channel: the way its message came, as `bot.facts.Channel` has it.
        arrived: start of the clock, microseconds UTC.
        answered: the standing answer, microseconds UTC; `bot.clock.NO_ANSWER` where there is none.
        acknowledged, held: whether it got an acknowledgement, a holding notice.
        unsure: whether it is uncertain that the standing answer was accepted.
        revoked: how many answers did not reach the person.
        excluded: why it is left out, as `bot.facts.ExcludeReason` has it; empty if it is not.
    """

    case: tuple[str, ...]
    no: Micros
    channel: tuple[str, ...]
    arrived: Micros
    answered: Micros
    acknowledged: NDArray[np.bool_]
    held: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    revoked: Micros
    excluded: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An inquiry that waits for an answer; `arrived_at` is UTC."""

    case: CaseNumber
    no: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeekData:
    """What the bot knows of a week.

    Attributes:
        inquiries: those that arrived in it, as known at the as-of instant.
        oldest: of all weeks, the one that had waited longest at the as-of instant; None if none waited.
        mail_held: messages of the week that no rule could read and that still wait for a person. How things stand
            *now*: what a person did with them is not a fact of a case.
        mail_automatic: automatic messages of the week that belong to no case.
    """

    inquiries: Inquiries
    oldest: Waiting | None
    mail_held: int
    mail_automatic: int


class Dimension(StrEnum):
    """By what figures are sliced, one at a time."""

    CHANNEL = "channel"
    KIND = "kind"
    UNIT = "unit"
    TOPIC = "topic"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """A column of words, few of them different.

    Attributes:
        words: the different ones, sorted; empty where nothing was said.
        codes: for each row the place of its word.
    """

    words: tuple[str, ...]
    codes: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)


Sorts = Mapping[Dimension, Coded]
"""What each row is of, in every dimension; the member is empty where nothing was said."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeriodInquiries:
    """Inquiries as columns of one length, in order of arrival, case and ordinal.

    Instants are microseconds UTC; `bot.clock.NO_ANSWER` (-1) where there is none.

    Attributes:
        case, no: which inquiry it is.
        arrived: start of the clock.
        acknowledged: the first acknowledgement.
        first_held: the first holding notice.
        answered: the standing answer.
        again: another answer beside that one.
        next_arrival: the first arrival after the standing answer in the same case that is not left out.
        outcome: when the citizen was told what it led to.
        transferred: whether the case went to somebody else between arrival and standing answer.
        promised: what the citizen was promised, as `bot.inquiry.Inquiry` has it; empty: nothing.
        excluded: why it is left out, as `bot.facts.ExcludeReason` has it; empty if it is not.
        of: channel; kind, unit and topic at the standing answer, else as known; the case's language.
    """

    case: tuple[str, ...]
    no: Micros
    arrived: Micros
    acknowledged: Micros
    first_held: Micros
    answered: Micros
    again: Micros
    next_arrival: Micros
    outcome: Micros
    transferred: NDArray[np.bool_]
    promised: Coded
    excluded: Coded
    of: Sorts

    def __len__(self) -> int:
        return len(self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queue:
    """What waited at the as-of instant, of all weeks and channels, oldest first.

    Attributes:
        arrived: microseconds UTC.
        of: as `PeriodInquiries` has it.
    """

    arrived: Micros
    of: Sorts

    def __len__(self) -> int:
        return len(self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeriodData:
    """What the bot knew of a period at an instant.

    Attributes:
        inquiries: written ones that arrived in it.
        queue: what waited at the as-of instant.
        in_person: calls and visits of the period that staff logged, one row for each; their channel is ``phone`` or
            ``visit``, kind and language are empty.
    """

    inquiries: PeriodInquiries
    queue: Queue
    in_person: Sorts

"""What the figures of a week are made from: its inquiries, and what stands beside them. Plain data."""

from dataclasses import dataclass
from datetime import datetime

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

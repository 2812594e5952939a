"""What the telephone's figures are made from: the exchange's calls, and what staff logged of theirs. Plain data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros

UNKNOWN = -1
"""Seconds, a direct answer or a grade that nobody told."""
NO_END = 2**62
"""Seconds without an upper limit."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calls:
    """The exchange's calls as columns of one length, in no order.

    Attributes:
        at: when the caller came to the queue, microseconds UTC.
        seconds: until an answer, or until the caller gave up; `UNKNOWN` where not told.
        answered, abandoned: how it ended; neither: it was sent on, called back or the like.
        direct: 1 a direct answer, 0 none; `UNKNOWN` where the file does not tell.
        sampled: drawn for the sample.
        unit: empty where it is not known whose call it was.
    """

    at: Micros
    seconds: Micros
    answered: Flags
    abandoned: Flags
    direct: Micros
    sampled: Flags
    unit: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logged:
    """Telephone contacts that staff logged, as columns of one length, in no order; visits are not among them.

    Attributes:
        at: when it was logged, corrections applied, microseconds UTC.
        least, most: seconds until the answer lie between them, both included: equal where they were told exactly,
            apart where the chat's buttons told them; `UNKNOWN` both where nobody told.
        direct: whether there was a direct answer.
        reception: 1–5 as the officer asked for it; `UNKNOWN` where not asked.
        unit, topic: empty where not told.
    """

    at: Micros
    least: Micros
    most: Micros
    direct: Flags
    reception: Micros
    unit: NDArray[np.str_]
    topic: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhoneData:
    """What is known of a period's calls."""

    calls: Calls
    logged: Logged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named:
    """What tells one from the other, in the order of `PhoneData`; nothing of it is in any figure.

    Attributes:
        calls: of each of the exchange's calls its key and its queue.
        cases: of each logged contact the number it was kept by; by it one could find out who logged it.
    """

    calls: Sequence[tuple[str, ...]]
    cases: Sequence[str]

"""Solved at first contact: one answer from those who took it first, and no need to ask again. Pure."""

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from bot.clock import NO_ANSWER

WITHIN = 7 * 24 * 3_600_000_000
"""How long after the answer somebody may ask again: 168 hours on the clock, in microseconds. The last one counts."""


def solved(
    answered: Micros, transferred: NDArray[np.bool_], next_arrival: Micros, as_of: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of which inquiries it can be told at an instant (microseconds UTC), and which were solved.

    It can be told of those with an answer after which the 168 hours have passed. Solved is what was not handed over
    between arrival and answer, if no new inquiry that counts came in the same case within the 168 hours.
    """
    given = answered != NO_ANSWER
    again = (next_arrival != NO_ANSWER) & (next_arrival <= answered + WITHIN)
    return given & (answered + WITHIN <= as_of), given & ~transferred & ~again

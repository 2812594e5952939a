"""Whatever citizens, officers and faults do, in any order, on both channels: nothing lost, doubled or gone astray.

Each play is drawn from its number, so that it can be had again; what is drawn does not depend on how it goes.
"""

import asyncio
import random
from pathlib import Path

import pytest

from tests.chat_play import ACTS, OFTEN, Play
from tests.chat_town import ChatTown
from tests.chat_truth import check
from tests.telegram_ways import in_hurry

LONGEST = 40


async def _play(number: int, folder: Path) -> Play:
    """Play it: fetching events if the number is even, being sent them if it is odd."""
    chance = random.Random(number)
    town = ChatTown(folder, webhook=number % 2 == 1)
    async with town.open():
        play = Play(town)
        await play.act("writes", number)
        for _ in range(chance.randint(LONGEST // 2, LONGEST)):
            await play.act(chance.choice([*ACTS, *OFTEN, *OFTEN]), chance.randrange(2**16))
            # Some things begin while others are still under way.
            await asyncio.sleep(chance.randrange(4) / 100)
        await play.end()
        await check(play)
    return play


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_hurry(monkeypatch)


@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(6))
async def test_nothing_is_lost_doubled_or_gone_astray(number: int, tmp_path: Path) -> None:
    assert (await _play(number, tmp_path)).said.meant


@pytest.mark.soak
@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(6, 500))
async def test_nothing_is_lost_doubled_or_gone_astray_in_many_plays(number: int, tmp_path: Path) -> None:
    assert (await _play(number, tmp_path)).said.meant

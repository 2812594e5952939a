"""Whatever citizens, officers and faults do, in any order, on both channels: nothing lost, doubled or gone astray."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chat_play import ACTS, OFTEN, Play
from tests.chat_town import ChatTown, in_hurry
from tests.chat_truth import check

STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTS, *OFTEN, *OFTEN]), st.integers(0, 2**16)), min_size=15, max_size=40
)  # fmt: skip
CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


async def _play(steps: list[tuple[str, int]], folder: Path) -> None:
    town = ChatTown(folder)
    async with town.open():
        play = Play(town)
        await play.act("writes", 1)
        for name, which in steps:
            await play.act(name, which)
            # Some things begin while others are still under way.
            await asyncio.sleep(which % 4 / 100)
        await play.end()
        await check(play)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_hurry(monkeypatch)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(STEPS)
def test_nothing_is_lost_doubled_or_gone_astray(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(steps, Path(folder)))


@pytest.mark.soak
@settings(max_examples=200, deadline=None, suppress_health_check=CHECKS, print_blob=True)
@given(STEPS)
def test_nothing_is_lost_doubled_or_gone_astray_in_many_plays(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(steps, Path(folder)))

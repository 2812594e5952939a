"""Grouped writes: together when possible, a bad one alone, nobody left waiting."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TryLater
from bot.store.grouped import GroupedWrites, write_together


class Recorder:
    """Writes numbers; negative ones are bad and make the whole transaction fail."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.transactions = 0
        self.away = False

    async def write(self, items: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        if self.away:
            raise TryLater("away")
        if any(item < 0 for item in items):
            raise ValueError("bad")
        self.transactions += 1
        self.written += items
        return [item * 10 for item in items]


@given(st.lists(st.integers(-3, 100), min_size=1, max_size=40))
def test_every_good_one_is_written_once_in_order_and_every_bad_one_fails_alone(items: list[int]) -> None:
    recorder = Recorder()
    results = asyncio.run(write_together(items, recorder.write))
    assert recorder.written == [item for item in items if item >= 0]
    for item, result in zip(items, results, strict=True):
        assert isinstance(result, ValueError) if item < 0 else result == item * 10


@pytest.mark.asyncio
async def test_what_waits_is_written_in_one_transaction() -> None:
    recorder = Recorder()
    grouped: GroupedWrites[int, int] = GroupedWrites(recorder.write)
    running = asyncio.create_task(grouped.run())
    assert await asyncio.gather(*(grouped.submit(n) for n in range(50))) == [n * 10 for n in range(50)]
    assert recorder.transactions == 1
    running.cancel()


@pytest.mark.asyncio
async def test_when_the_database_is_away_everybody_is_told_at_once_and_nothing_is_halved() -> None:
    recorder = Recorder()
    recorder.away = True
    grouped: GroupedWrites[int, int] = GroupedWrites(recorder.write)
    running = asyncio.create_task(grouped.run())
    results = await asyncio.gather(*(grouped.submit(n) for n in range(5)), return_exceptions=True)
    assert all(isinstance(result, TryLater) for result in results)
    recorder.away = False
    assert await grouped.submit(7) == 70
    running.cancel()


@pytest.mark.asyncio
async def test_nobody_is_left_waiting_when_it_stops() -> None:
    async def never(items: Sequence[int]) -> Sequence[int]:
        await asyncio.Event().wait()
        return items

    grouped: GroupedWrites[int, int] = GroupedWrites(never, most=1)
    running = asyncio.create_task(grouped.run())
    waiting = [asyncio.create_task(grouped.submit(n)) for n in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [TryLater] * 3


@pytest.mark.asyncio
async def test_a_caller_that_gave_up_harms_nobody() -> None:
    recorder = Recorder()
    grouped: GroupedWrites[int, int] = GroupedWrites(recorder.write)
    gone = asyncio.create_task(grouped.submit(1))
    await asyncio.sleep(0)
    gone.cancel()
    running = asyncio.create_task(grouped.run())
    assert await grouped.submit(2) == 20
    running.cancel()

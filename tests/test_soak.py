"""A municipality on a driven clock, with all its mishaps: nothing is lost, nothing goes astray, and all adds up."""

import random
import time
from pathlib import Path

import pytest

from bot.store import ledger
from tests.soak_checks import check
from tests.soak_day import Days, Scale

THREE_DAYS = Scale(
    days=3, calls=150, mails=20, mails_on_days_off=10, persons=100, restart_every=0.3, hurry=0.3, round_every=30
)  # fmt: skip
"""Some 500 contacts."""
TWO_MONTHS = Scale(days=61, calls=182, mails=40, mails_on_days_off=15, persons=900)
"""Of a municipality of 60 000 contacts a year: some 8 000 calls and 2 200 cases by mail."""


async def _play(scale: Scale, folder: Path) -> Days:
    days, began = Days(f"sqlite:///{folder}/kommunsvar.db", scale), time.monotonic()
    try:
        await days.play()
        counts = await check(days)
    finally:
        await days.soak.stop()
    counts |= {"restarts": days.soak.restarts, "deaths": dict(days.soak.deaths), "relay": days.soak.relay.hiccups}
    counts |= {"played": dict(days.truth.counted.most_common()), "seconds": round(time.monotonic() - began)}
    print("\n" + "\n".join(f"{what}: {how_many}" for what, how_many in counts.items()))
    return days


@pytest.fixture
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case numbers decide who is told: with them drawn from the seed, a run can be had again."""
    monkeypatch.setattr(ledger.open_ledger, "__defaults__", (random.Random(1).randrange,))


@pytest.mark.usefixtures("_drawn")
@pytest.mark.asyncio
async def test_three_days_of_a_municipality(tmp_path: Path) -> None:
    days = await _play(THREE_DAYS, tmp_path)
    assert days.truth.calls == 3 * THREE_DAYS.calls
    assert days.truth.calls + len(days.truth.matters) >= 500
    assert days.soak.restarts >= 4


@pytest.mark.soak
@pytest.mark.usefixtures("_drawn")
@pytest.mark.asyncio
async def test_two_months_of_a_municipality(tmp_path: Path) -> None:
    days = await _play(TWO_MONTHS, tmp_path)
    assert days.truth.calls + len(days.truth.matters) >= 10_000
    assert days.soak.restarts >= 30
    assert {"taking", "sending"} <= days.soak.deaths.keys()

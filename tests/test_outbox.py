"""The outbox: retries as a pure function, and what must hold when relay, database or process fail."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.errors import KommunsvarError, Refused, TryLater, Unsure
from bot.outbox import GIVE_UP_AFTER, next_try
from bot.port import Outbound
from bot.store.database import Database
from bot.store.schema import facts, outbox
from tests.conftest import MONDAY, FrozenClock
from tests.example import make_mail
from tests.town import Town


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (100, 30)],  # doubled each time, at most 30
)
def test_each_wait_doubles_up_to_half_an_hour(attempts: int, minutes: int) -> None:
    assert next_try(attempts, MONDAY, MONDAY) == MONDAY + timedelta(minutes=minutes)


def test_the_other_side_may_ask_for_a_longer_wait() -> None:
    assert next_try(1, MONDAY, MONDAY, timedelta(hours=1)) == MONDAY + timedelta(hours=1)
    assert next_try(6, MONDAY, MONDAY, timedelta(minutes=1)) == MONDAY + timedelta(minutes=30)


def test_after_five_days_it_gives_up() -> None:
    assert next_try(9, MONDAY, MONDAY + GIVE_UP_AFTER - timedelta(seconds=1)) is not None
    assert next_try(9, MONDAY, MONDAY + GIVE_UP_AFTER) is None


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


async def _state(town: Town, kind: str) -> list[tuple[str, bool]]:
    return [(row["state"], bool(row["unsure"])) for row in await town.rows(outbox) if row["kind"] == kind]


@pytest.mark.asyncio
async def test_a_relay_down_for_a_day_gets_everything_later_in_order(town: Town) -> None:
    down = True
    tried = 0

    def trouble(_: Outbound) -> KommunsvarError | None:
        nonlocal tried
        tried += 1
        return TryLater("connect", whole_channel=True) if down else None

    town.relay.trouble = trouble
    for hour in range(24):
        await town.receive(make_mail(f"fråga {hour}", message_id=f"{hour}@example.org"))
        for _ in range(12):
            town.clock.forward(minutes=5)
            await town.deliver()
    assert town.relay.accepted == []
    assert tried <= 24 * 12 * 4  # one round of a few connections, then it rests, at most five minutes
    down = False
    town.clock.forward(minutes=5)
    await town.deliver()
    assert await town.queue_is_empty()
    for who in ("anna@kommun.example", "elsa@example.org"):
        created = [mail.created_at for mail in town.relay.to(who)]
        assert created == sorted(created)
    assert len(town.relay.to("anna@kommun.example")) == 24
    # Ten acknowledgements to one address are the cap; the answers' deadlines were told in the notices.
    assert len(town.relay.to("elsa@example.org")) == 10


@pytest.mark.asyncio
async def test_an_address_that_must_wait_does_not_hold_up_the_others(town: Town) -> None:
    town.relay.trouble = lambda mail: TryLater("450") if mail.to_addr == "elsa@example.org" else None
    await town.receive(make_mail("ett", message_id="1@example.org"), make_mail("två", message_id="2@example.org"))
    assert len(town.relay.to("anna@kommun.example")) == 2
    assert await _state(town, "acknowledgement") == [("new", False), ("new", False)]
    town.relay.trouble = lambda _: None
    await town.deliver()
    assert town.relay.to("elsa@example.org") == []  # not yet: a minute must pass
    town.clock.forward(minutes=1)
    await town.deliver()
    assert [mail.in_reply_to for mail in town.relay.to("elsa@example.org")] == ["1@example.org", "2@example.org"]


@pytest.mark.asyncio
async def test_an_answer_that_is_refused_is_no_answer_and_staff_are_told(town: Town) -> None:
    await town.receive(make_mail())
    town.relay.trouble = lambda mail: Refused("5.1.1") if mail.to_addr == "elsa@example.org" else None
    await town.officer_answers("anna", "På torsdag")
    assert await _state(town, "answer") == [("dead", False)]
    (inquiry,) = (await town.projections())[1]
    assert inquiry["answered_at"] is None
    assert "kom inte fram" in town.relay.to("anna@kommun.example")[-1].subject
    assert await town.count(facts, facts.c.kind == "delivery_failed") == 1


@pytest.mark.asyncio
async def test_after_five_days_of_waiting_an_answer_is_given_up_and_staff_are_told(town: Town) -> None:
    await town.receive(make_mail())
    town.relay.trouble = lambda mail: TryLater("450") if mail.to_addr == "elsa@example.org" else None
    await town.officer_answers("anna", "På torsdag")
    for _ in range(5 * 24):
        town.clock.forward(hours=1)
        await town.deliver()
    assert await _state(town, "answer") == [("dead", False)]
    assert "väntar på svar igen" in town.relay.to("anna@kommun.example")[-1].text


@pytest.mark.asyncio
async def test_an_answer_whose_reply_was_lost_goes_out_again_and_is_marked(town: Town) -> None:
    await town.receive(make_mail())
    lost = iter([Unsure()])
    town.relay.trouble = lambda mail: next(lost, None) if mail.to_addr == "elsa@example.org" else None
    await town.officer_answers("anna", "På torsdag")
    town.clock.forward(minutes=1)
    await town.deliver()
    assert await _state(town, "answer") == [("sent", True)]
    (inquiry,) = (await town.projections())[1]
    assert inquiry["unsure"] == 1
    assert inquiry["answered_at"] is not None


@pytest.mark.asyncio
async def test_an_acknowledgement_whose_reply_was_lost_is_never_sent_twice(town: Town) -> None:
    town.relay.trouble = lambda mail: Unsure() if mail.to_addr == "elsa@example.org" else None
    await town.receive(make_mail())
    town.relay.trouble = lambda _: None
    town.clock.forward(days=1)
    await town.deliver()
    assert town.relay.to("elsa@example.org") == []
    assert await _state(town, "acknowledgement") == [("unsure", True)]


@pytest.mark.asyncio
async def test_what_a_dead_process_was_sending_is_found_at_the_next_start(town: Town) -> None:
    await town.receive(make_mail())
    town.relay.trouble = lambda _: TryLater("connect", whole_channel=True)
    await town.officer_answers("anna", "På torsdag")
    await town.run_sql(f"UPDATE outbox SET state = 'sending', owner = {town.database.owner + 7}")
    assert await town.outbox.recover() == 4  # acknowledgement and two notices, sent before, and the answer
    assert await _state(town, "acknowledgement") == [("unsure", True)]
    assert await _state(town, "answer") == [("new", True)]
    assert await town.outbox.recover() == 0
    town.relay.trouble = lambda _: None
    town.clock.forward(minutes=5)
    await town.deliver()
    assert len(town.relay.to("elsa@example.org")) == 2  # the first acknowledgement, before, and the answer
    assert await town.count(facts, facts.c.kind == "answered") == 1


@pytest.mark.asyncio
async def test_what_this_process_is_sending_is_left_alone_but_not_what_it_claimed_without_knowing(town: Town) -> None:
    """A claim whose commit was done but whose reply was lost would else lie in `sending` for ever."""
    await town.keep(make_mail())
    await town.take()
    await town.run_sql(f"UPDATE outbox SET state = 'sending', owner = {town.database.owner}")
    town.outbox._in_hand = {row["id"] for row in await town.rows(outbox)}
    assert await town.outbox.recover() == 0
    town.outbox._in_hand = set()
    assert await town.outbox.recover() == 3
    await town.deliver()
    assert [mail.to_addr for mail in town.relay.accepted] == ["anna@kommun.example", "bo@kommun.example"]


@pytest.mark.asyncio
async def test_while_a_slow_address_is_being_sent_to_the_others_get_theirs(town: Town) -> None:
    gate = asyncio.Event()
    sent: list[str] = []

    class Slow:
        async def send(self, message: Outbound) -> datetime:
            if message.to_addr == "elsa@example.org":
                await gate.wait()
            sent.append(message.to_addr)
            return town.clock.now()

    town.outbox._sender = Slow()
    await town.keep(make_mail())
    await town.take()
    running = asyncio.create_task(town.outbox.run(asyncio.Event()))
    async with asyncio.timeout(5):
        while len(sent) < 2:
            await asyncio.sleep(0)
    assert sorted(sent) == ["anna@kommun.example", "bo@kommun.example"]
    assert await town.outbox.recover() == 0
    gate.set()
    async with asyncio.timeout(5):
        while not await town.queue_is_empty():
            await asyncio.sleep(0.01)
    await town.outbox.finish(running, asyncio.Event(), 5)
    assert sent[-1] == "elsa@example.org"


@pytest.mark.asyncio
async def test_a_mail_that_cannot_be_written_is_given_up_and_the_rest_goes_out(town: Town) -> None:
    class Broken:
        async def send(self, message: Outbound) -> object:
            if message.to_addr == "elsa@example.org":
                raise ZeroDivisionError
            return await town.relay.send(message)

    town.outbox._sender = Broken()  # type: ignore[assignment]
    await town.receive(make_mail())
    assert await _state(town, "acknowledgement") == [("dead", False)]
    assert len(town.relay.accepted) == 4  # two notices of the mail, two that the acknowledgement did not arrive

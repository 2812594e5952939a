"""The service of the long run: all but its sockets, with a relay that has bad days, and restarts at bad moments."""

import asyncio
import gc
import random
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from bot.app import files_of, installation_id, intake_service
from bot.errors import KommunsvarError, Refused, TryLater, Unsure
from bot.housekeeping import Housekeeping
from bot.office_now import OfficeNow
from bot.outbox import Outbox
from bot.port import Outbound
from bot.reminding import Reminding
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from config.building import office_of
from config.settings import Settings
from tests.conftest import FrozenClock
from tests.soak_truth import MARK, Said
from tests.town import FakeRelay, Town


class Killed(BaseException):
    """The process dies here; nothing of ours may catch it."""


class SoakRelay(FakeRelay):
    """Takes most mails. `took` hears of each that it said yes to, `gave_back` of each letter that it refused for good.

    What becomes of a mail depends on the mail and the seed alone, not on the order in which mails are sent.
    """

    def __init__(self, now: Callable[[], datetime], seed: int) -> None:
        super().__init__(now)
        self.took: Callable[[Outbound], None] = lambda _: None
        self.arrived: Callable[[Outbound], None] = lambda _: None
        self.gave_back: Callable[[str], None] = lambda _: None
        self.down: tuple[datetime, datetime] | None = None
        self.dies_in: int | None = None
        self.hiccups = {"down": 0, "later": 0, "refused": 0, "unsure": 0, "killed": 0}
        self.times: Counter[str] = Counter()
        """How often each mail, by its Message-ID, has arrived."""
        self._seed = seed
        self._tried: dict[str, int] = {}

    async def send(self, message: Outbound) -> datetime:
        now = self._now()
        if self.down is not None and self.down[0] <= now < self.down[1]:
            self.hiccups["down"] += 1
            raise TryLater("relay_down", whole_channel=True)
        tries = self._tried[message.message_id] = self._tried.get(message.message_id, 0) + 1
        chance = random.Random(self._key(message))
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                self._die(message, chance)
        trouble = self._trouble_of(message, chance) if tries == 1 else None
        if trouble is not None:
            raise trouble
        self._arrives(message)
        self.took(message)
        return now

    def _key(self, message: Outbound) -> int:
        words = sorted(set(MARK.findall(message.text))) or [message.subject]
        return zlib.crc32(f"{self._seed}|{message.to_addr}|{'|'.join(words)}".encode())

    def _die(self, message: Outbound, chance: random.Random) -> None:
        self.dies_in = None
        self.hiccups["killed"] += 1
        if chance.random() < 0.5:
            self._arrives(message)
        raise Killed

    def _arrives(self, message: Outbound) -> None:
        self.accepted.append(message)
        self.times[message.message_id] += 1
        if self.times[message.message_id] == 1:
            self.arrived(message)

    def _trouble_of(self, message: Outbound, chance: random.Random) -> KommunsvarError | None:
        drawn = chance.random()
        mark = written_mark(message)
        if drawn < 0.01 and mark:
            self.hiccups["refused"] += 1
            self.gave_back(mark)
            return Refused("5.1.1")
        if 0.01 <= drawn < 0.02:
            self.hiccups["later"] += 1
            return TryLater("450")
        if 0.02 <= drawn < 0.025:
            self.hiccups["unsure"] += 1
            if chance.random() < 0.5:
                self._arrives(message)
            return Unsure()
        return None


def written_mark(message: Outbound) -> str:
    """The mark of the letter that a mail to a citizen carries, empty if an officer wrote none."""
    if message.automatic:
        return ""
    letters = {Said.ANSWER.value, Said.HOLDING.value, Said.OUTCOME.value}
    return next((mark for mark in MARK.findall(message.text) if mark[0] in letters), "")


class SoakTown:
    """The running service: `town` is the present process, and what `restart` leaves is the next one."""

    town: Town
    housekeeping: Housekeeping
    office: OfficeNow

    def __init__(self, url: str, clock: FrozenClock, settings: Settings, seed: int) -> None:
        self.clock = clock
        self.relay = SoakRelay(clock.now, seed)
        self.restarts = 0
        self.deaths: Counter[str] = Counter()
        self._url = url
        self._settings = settings
        self._chance = random.Random(seed)

    async def start(self) -> None:
        database = Database(DatabaseUrl.parse(self._url))
        if not self.restarts:
            await migrate(database)
        await database.take_ownership()
        now, build = self.clock.now, partial(office_of, self._settings, await installation_id(database))
        self.office = OfficeNow(build)
        async with database.reading() as connection:
            await self.office.refresh(connection)
        self.town = Town(database, self.clock, self.office())
        self.town.relay = self.relay
        self.town.intake = intake_service(database, self.office, now, None, self.office.refresh)
        self.town.outbox = Outbox(database, self.office, self.relay, files_of, now)
        self.housekeeping = Housekeeping(
            database,
            self.office,
            self.town.outbox,
            now,
            None,
            Reminding(database, self.office, now),
            self.office.refresh,
        )
        await self.town.outbox.recover()

    async def stop(self) -> None:
        await self.town.database.close()

    async def again(self) -> None:
        await self.stop()
        # A process that died lets go of the file; here a statement that was cancelled holds it until it is collected.
        gc.collect()
        self.restarts += 1
        await self.start()

    async def die_while_taking(self) -> None:
        """End the process somewhere between reading the inbox and the commit."""
        task = asyncio.create_task(self.town.take())
        for _ in range(self._chance.randrange(200)):
            await asyncio.sleep(0)
        self.deaths["taking" if not task.done() else "taken"] += 1
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.again()

    async def deliver(self) -> None:
        """Send what is due. Where the process dies over it, some mails have arrived, and the next one is not told."""
        try:
            await self.town.deliver()
        except BaseExceptionGroup as group:
            _, other = group.split(Killed)
            if other is not None:
                raise other from None
            self.deaths["sending"] += 1
            await self.again()
            await self.town.deliver()

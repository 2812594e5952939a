"""Our own side of the benches: the documented settings with ports and paths of this run, its parts in one process."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.mails import MONDAY, TRUSTED, make_raw
from bot.app import intake_service
from bot.facts import InboxId
from bot.intake_service import IntakeService
from bot.office import Office
from bot.outbox import Outbox
from bot.port import Outbound, RawInbound
from bot.store import inbox
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from config.building import make_key_file, office_of
from config.settings import Settings, load

EXAMPLE = Path(__file__).parent.parent / "config" / "service.toml"
KEEP_AT_ONCE = 256
"""As many as `GroupedWrites` takes in one transaction."""


def write_settings(folder: Path, *, relay_port: int = 25, url: str = "") -> Path:
    """Write the documented settings with this folder's database and key, and return the file."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ("sqlite:///var/kommunsvar.db", url or f"sqlite:///{folder.resolve()}/kommunsvar.db"),
        ('key_file = "var/key"', f'key_file = "{folder.resolve()}/key"'),
        ("port = 8025", "port = 0"),
        ("regret_seconds = 60", "regret_seconds = 0"),
        ("port = 25\n", f"port = {relay_port}\n"),
        ('trusted_host = ""', f'trusted_host = "{TRUSTED}"'),
    ):
        if old not in text:
            raise RuntimeError(f"the documented settings no longer hold {old!r}")
        text = text.replace(old, new)
    make_key_file(folder / "key")
    file = folder / "service.toml"
    file.write_text(text, encoding="utf-8")
    return file


def settings_in(folder: Path, *, relay_port: int = 25, url: str = "") -> Settings:
    """Return the settings of `write_settings`, whatever the environment says."""
    folder.mkdir(parents=True, exist_ok=True)
    return load(write_settings(folder, relay_port=relay_port, url=url), environment=False)


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is set."""

    instant: datetime = MONDAY

    def now(self) -> datetime:
        """Return the instant (UTC)."""
        return self.instant


class Discard:
    """A channel that accepts everything at once, so that only the outbox itself is measured."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Keep the clock."""
        self._now = now
        self.sent = 0

    async def send(self, message: Outbound) -> datetime:  # noqa: ARG002 -- the port's signature
        """Return now."""
        self.sent += 1
        return self._now()


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The parts of the service that are measured, without their loops."""

    database: Database
    office: Office
    clock: Clock
    intake: IntakeService
    outbox: Outbox

    async def keep(self, raws: Sequence[RawInbound]) -> list[InboxId]:
        """Put mails in the inbox, in transactions as large as the service makes them."""
        ids: list[InboxId] = []
        for at in range(0, len(raws), KEEP_AT_ONCE):
            async with self.database.writing(in_turn=False) as connection:
                ids += await inbox.keep_all(connection, raws[at : at + KEEP_AT_ONCE])
        return ids

    async def take_all(self) -> int:
        """Take in all that waits and return how many mails that were."""
        taken = 0
        while count := await self.intake.take_batch():
            taken += count
        return taken

    async def deliver_all(self) -> int:
        """Send all that is due and return how many mails that were."""
        sent = 0
        while count := await self.outbox.deliver_due():
            sent += count
        return sent


@asynccontextmanager
async def open_town(settings: Settings) -> AsyncIterator[Town]:
    """Give a town on the configured database, of the newest form, and close it after."""
    database = Database(DatabaseUrl.parse(settings.database.url))
    try:
        await migrate(database)
        await database.take_ownership()
        office, clock = office_of(settings, "be0c" * 4), Clock()
        outbox = Outbox(database, lambda: office, Discard(clock.now), lambda *_: (), clock.now)
        yield Town(
            database=database, office=office, clock=clock, intake=intake_service(database, lambda: office, clock.now),
            outbox=outbox,
        )  # fmt: skip
    finally:
        await database.close()


def raws_of(mails: Sequence[bytes], *, first: int = 0) -> list[RawInbound]:
    """Return mails as SMTP hands them to the inbox."""
    return [make_raw(mail, number) for number, mail in enumerate(mails, first)]

"""Mail that was laid aside: listing it, looking at it, letting it go on."""

from bot.app import open_database
from bot.facts import InboxId
from bot.store import inbox
from bot.store.inbox import HeldRow
from bot.store.rows import InboxState
from config.settings import Settings


async def list_held(settings: Settings) -> list[HeldRow]:
    """Return what waits for a person, the oldest first."""
    async with open_database(settings) as database, database.reading() as connection:
        return await inbox.held(connection)


async def original_of(settings: Settings, inbox_id: InboxId) -> bytes:
    """Return the bytes of a stored mail as they came.

    Raises:
        LookupError: there is no such mail, or it has been erased.
    """
    async with open_database(settings) as database, database.reading() as connection:
        found = await inbox.original(connection, inbox_id)
    if not found:
        raise LookupError(f"there is no mail {inbox_id}")
    return found


async def let_go(settings: Settings, inbox_id: InboxId, *, away: bool, as_case: bool) -> bool:
    """Have a held mail read again, as a case whatever it looks like, or put it away; False if it is not held.

    The running service sees it within a second.
    """
    async with open_database(settings) as database, database.writing() as connection:
        if away:
            return await inbox.release(connection, inbox_id, "away", InboxState.DONE)
        return await inbox.release(connection, inbox_id, inbox.AS_CASE if as_case else "", InboxState.PENDING)

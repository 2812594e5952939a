"""The municipality as it is now: read anew whenever the register of units, staff and texts has grown."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId
from bot.office import Office
from bot.register import Entry
from bot.store.group_reading import moved_groups
from bot.store.register import last_seq, read_register

logger = logging.getLogger(__name__)


class OfficeNow:
    """Gives the office; call it for every decision, never keep what it gives."""

    def __init__(self, build: Callable[[Sequence[Entry]], Office]) -> None:
        """Build the office of the settings alone, until `refresh` has read the register."""
        self._build = build
        self._office = build(())
        self._seen = 0

    def __call__(self) -> Office:
        """Return the office as it is now."""
        return self._office

    async def refresh(self, connection: AsyncConnection) -> None:
        """Read what was entered since the last time, if anything; costs one look-up where nothing was."""
        newest = await last_seq(connection)
        if newest != self._seen:
            self._office = self._build(await read_register(connection))
            self._seen = newest
            logger.info("the register was read up to entry %s", newest)
        if self._office.chat is not None and any(unit.group for unit in self._office.units):
            self._follow(await moved_groups(connection))

    def _follow(self, moved: Mapping[ChatId, ChatId]) -> None:
        """Give groups the numbers they have now, where register and settings still tell the old ones."""
        units = tuple(
            replace(unit, group=moved[ChatId(unit.group)]) if unit.group in moved else unit
            for unit in self._office.units
        )
        if units != self._office.units:
            self._office = replace(self._office, units=units)

"""The work in one group: what matters most is done while the pace allows, and what goes wrong is dealt with."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.chat import ChatId, ChatKind, Chats, Elsewhere, MovedTo, No, Revoked
from bot.errors import Refused, TryLater, Unsure, where
from bot.facts import CaseNumber, UnitId
from bot.groups.acting import Acting
from bot.groups.look import Look, Place, look_at_group
from bot.groups.plan import BOARD_AT_LAST, BOARD_EVERY, Do, Step, plan
from bot.groups.posting import Posting
from bot.groups.rights import DELETE, MEMBER, PIN, POST, TOPICS, missing, record_group, tell_moved
from bot.office import CurrentOffice, Unit
from bot.pace import Pace
from bot.store.chat_rows import GroupRow
from bot.store.database import Database
from bot.store.group_reading import group_row
from bot.store.group_records import record_move, settle

logger = logging.getLogger(__name__)

CHECK_EVERY = timedelta(minutes=10)
"""How often it is asked what a group is and what we may do there; so long a group rests where we may do nothing."""
_MOST_AT_ONCE = 60
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_FIRST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(minutes=10)
_UNSURE_REST = timedelta(minutes=1)
_CHANNEL_REST = timedelta(seconds=10)
_TOLD_AGAIN = timedelta(days=1)

_RIGHTS = {
    Do.MAKE: TOPICS, Do.REOPEN: TOPICS, Do.TITLE: TOPICS, Do.CLOSE: TOPICS, Do.PIN: PIN, Do.DELETE: DELETE,
}  # fmt: skip
"""Which right a step needs; any other one, that to write."""


class GroupWork:
    """Keeps one group as it should be. `moved_to`: its new number, once told; `ending`: nothing more is begun."""

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        chats: Chats,
        pace: Pace,
        now: Callable[[], datetime],
        chat: ChatId,
        *,
        scans: bool,
    ) -> None:
        """Keep the parts; nothing is done yet."""
        self._database, self._current, self._chats, self._pace, self._now = database, office, chats, pace, now
        self._chat, self._scans = chat, scans
        self._post = Posting(database, chats, pace, now, chat)
        self._checked_at = _LONG_AGO
        self._rests_until = _LONG_AGO
        self._rests: dict[CaseNumber, tuple[datetime, int]] = {}
        self._unsure: set[tuple[CaseNumber, int, int]] = set()
        self._told: dict[str, datetime] = {}
        self.next_at: datetime | None = None
        self.moved_to: ChatId | None = None
        self.ending = False

    async def round(self, units: Sequence[Unit], groups: Mapping[UnitId, ChatId]) -> int:
        """Do everything that can be done now; return how many steps that were.

        Args:
            units: whose group it is.
            groups: the groups of all units.
        """
        done = 0
        while done < _MOST_AT_ONCE and self.moved_to is None and not self.ending:
            try:
                if not await self._step(units, groups):
                    break
            except TryLater as error:
                logger.warning("group %s rests: %s", self._chat, error.reason)
                self._rests_until = self.next_at = self._now() + _FIRST_REST
                break
            except MovedTo as error:
                await self._moved(error.chat, units)
            except Exception as error:
                logger.error("group %s rests: our fault: %s", self._chat, where(error))
                self._rests_until = self.next_at = self._now() + _LONGEST_REST
                break
            done += 1
        return done

    async def _step(self, units: Sequence[Unit], groups: Mapping[UnitId, ChatId]) -> bool:
        """Do the most important thing that can be done now; return whether there was any."""
        now = self._now()
        if self._rests_until > now:
            self.next_at = self._rests_until
            return False
        place = Place(
            row=await self._checked(units), units=units, groups=groups, scans=self._scans,
            resting={case for case, (until, _) in self._rests.items() if until > now},
        )  # fmt: skip
        office = self._current()
        async with self._database.reading() as connection:
            look = await look_at_group(connection, office, place, self._pace, now)
        if look.settled:
            async with self._database.writing() as connection:
                await settle(connection, look.settled)
        for case in look.broken:
            self._rest(case, _LONGEST_REST)
        steps = plan(look.group, look.cases, now)
        step = next((one for one in steps if self._free_at(one, now) <= now), None)
        if step is None:
            self.next_at = self._next(look, steps)
            return False
        await self._try(step, look, place)
        return True

    def _free_at(self, step: Step, now: datetime) -> datetime:
        if step.do is Do.TELL_OWNER:
            return now
        return self._pace.free_at(self._chat, now, step.do.act, own=step.own)

    def _next(self, look: Look, steps: Sequence[Step]) -> datetime:
        """Return when there may be something to do, if nothing happens before."""
        at = [self._checked_at + CHECK_EVERY, *(self._free_at(step, look.now) for step in steps)]
        at += [until for until, _ in self._rests.values() if until > look.now]
        if look.turns_at is not None:
            at.append(look.turns_at)
        if look.again:
            at.append(look.now + _FIRST_REST)
        if look.group.board_changed and look.group.board_at is not None:
            written = look.group.board_at
            at += [one for one in (written + BOARD_EVERY, written + BOARD_AT_LAST) if one > look.now]
        return min(at)

    # What the group is

    async def _checked(self, units: Sequence[Unit]) -> GroupRow:
        """Return how the group was last seen, looked at anew every ten minutes."""
        now = self._now()
        async with self._database.reading() as connection:
            known = await group_row(connection, self._chat)
        if known is not None and timedelta() <= now - self._checked_at < CHECK_EVERY:
            return known
        try:
            found = await self._chats.group_now(self._chat)
        except MovedTo:
            raise
        except (Revoked, Elsewhere, TryLater) as error:
            if known is None:
                raise TryLater("group_unknown") from error
            self._checked_at = now - CHECK_EVERY + _UNSURE_REST
            return known
        except Refused as error:
            logger.warning("group %s: cannot be looked at: %s", self._chat, error.status)
            kind = known.kind if known is not None else ChatKind.OTHER
            row = GroupRow(chat=self._chat, unit=units[0].id, kind=kind, lacks=(MEMBER,))
        else:
            row = GroupRow(chat=self._chat, unit=units[0].id, kind=found.kind, lacks=tuple(sorted(found.lacks)))
        self._checked_at = now
        return await self._found(row, units)

    async def _found(self, row: GroupRow, units: Sequence[Unit]) -> GroupRow:
        """Keep how the group is, and rest where nothing may be done there."""
        now = self._now()
        silent = {code for code, at in self._told.items() if now - at < _TOLD_AGAIN}
        kept, told = await record_group(
            self._database, self._current(), self._chat, units, row, silent=silent, now=now
        )  # fmt: skip
        self._told |= dict.fromkeys(told, now)
        if missing(kept.kind, kept.lacks) & {MEMBER, POST, "no_group"}:
            self._pace.hold(self._chat, now + CHECK_EVERY)
        return kept

    # What goes wrong

    async def _try(self, step: Step, look: Look, place: Place) -> None:
        acting = Acting(self._post, look, place)
        try:
            await acting.do(step)
        except TryLater as error:
            self._later(step, error)
        except Unsure:
            await self._maybe(step, look, acting)
        except MovedTo as error:
            await self._moved(error.chat, place.units)
        except Refused as error:
            await self._refused(step, error, place, acting)
        except Exception as error:
            logger.error("group %s, case %s: %s: our fault: %s", self._chat, step.case, step.do, where(error))
            self._rest(step.case, _LONGEST_REST)
        else:
            if step.case is not None:
                self._rests.pop(step.case, None)

    def _rest(self, case: CaseNumber | None, first: timedelta = _FIRST_REST) -> None:
        """Try nothing for a while: in a case, longer each time; with the board (None), the whole group rests."""
        now = self._now()
        if case is None:
            self._rests_until = now + first
            return
        _, before = self._rests.get(case, (now, 0))
        self._rests[case] = now + min(first * 2 ** min(before, 8), _LONGEST_REST), before + 1

    def _later(self, step: Step, error: TryLater) -> None:
        now = self._now()
        if error.whole_channel:
            self._pace.hold_all(now + (error.after or _CHANNEL_REST))
        elif error.after is not None:
            self._pace.hold(self._chat, now + error.after)
        else:
            self._rest(step.case)

    async def _maybe(self, step: Step, look: Look, acting: Acting) -> None:
        """Do it once more after a minute: twice is better than never, but words not more than twice."""
        if step.do is Do.NEWS and step.case is not None:
            piece = look.news[step.case].pieces[0]
            key = (step.case, piece.upto, piece.file.part if piece.file is not None else -1)
            if key in self._unsure:
                self._unsure.discard(key)
                await acting.skip(step)
                return
            self._unsure.add(key)
        self._rest(step.case, _UNSURE_REST)

    async def _moved(self, new: ChatId, units: Sequence[Unit]) -> None:
        """Go on under the group's new number, for ever."""
        await self._post.write(partial(record_move, old=self._chat, new=new))
        self.moved_to = new
        logger.warning("group %s has the number %s now", self._chat, new)
        await tell_moved(self._database, self._current(), units, new, self._now())

    async def _refused(self, step: Step, error: Refused, place: Place, acting: Acting) -> None:
        status = error.status
        if isinstance(error, Revoked | Elsewhere):
            logger.error("group %s: the service refuses us altogether: %s", self._chat, status)
            self._pace.hold_all(self._now() + CHECK_EVERY)
        elif status == No.TOPIC_GONE and step.case is not None:
            await acting.topic_gone(step.case)
        elif status == No.POST_GONE and step.do in {Do.EDIT, Do.BOARD}:
            await acting.post_gone(step)
        elif status in {No.NO_CHAT, No.NO_RIGHT, No.BLOCKED}:
            await self._lacking(step, status, place)
        else:
            logger.error("group %s, case %s: %s was refused: %s", self._chat, step.case, step.do, status)
            self._rest(step.case, _LONGEST_REST)

    async def _lacking(self, step: Step, status: str, place: Place) -> None:
        """Keep in mind what may not be done in the group; the administrator is told once."""
        right = _RIGHTS.get(step.do, POST) if status == No.NO_RIGHT else MEMBER
        lacks = tuple(sorted({*place.row.lacks, right}))
        row = GroupRow(chat=self._chat, unit=place.row.unit, kind=place.row.kind, lacks=lacks)
        self._checked_at = self._now()
        self._rest(step.case)
        await self._found(row, place.units)

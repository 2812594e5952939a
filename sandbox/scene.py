"""How a story has people act: they write, press and answer as anybody would, and wait for what they see happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot.case import numbers_in
from bot.chat_buttons import Press
from bot.facts import CaseNumber
from sandbox.bot_api import TgMessage
from sandbox.page.stage import Letter, Stage
from sandbox.page.world_view import GENERAL, PRIVATE

T = TypeVar("T")

PATIENCE = 30.0
"""Real seconds after which a story says what it waits for in vain."""
GROUP = "group"
NO_CASE = CaseNumber("")
_AFTER_REGRET = timedelta(seconds=1)
_A_WHILE = timedelta(minutes=3)
"""The board is changed once in a while only, and nobody on the staff stands ready with a finger on the button."""


class StoryStuck(Exception):
    """What a story waits for did not come; the text says what, in English, for whoever wrote it."""


@dataclass(slots=True, kw_only=True, eq=False)
class Scene:
    """What a story knows while it is played: its case, a mail that will be answered, which questions were."""

    stage: Stage
    patience: float = PATIENCE
    case: CaseNumber = NO_CASE
    mail: Letter | None = None
    _answered: set[tuple[int, int]] = field(default_factory=set)

    async def until(self, find: Callable[[], T | None], what: str) -> T:
        """Return what is found, looking after each change.

        Raises:
            StoryStuck: nothing was found in time.
        """
        await self.stage.live.until(lambda: find() is not None, self.patience)
        found = find()
        if found is None:
            raise StoryStuck(what)
        return found

    async def asks(self, who: str, text: str) -> CaseNumber:
        """Have a citizen write about something new, and return the number told in the receipt.

        Raises:
            StoryStuck: there was no receipt.
        """
        if self._told(who):
            await self.hears(who, since=await self.writes(who, "/nytt"))
        since = await self.writes(who, text)
        receipt = await self.hears(who, since=since, holds=lambda one: bool(numbers_in(one.text)))
        self.case = CaseNumber(next(iter(numbers_in(receipt.text))))
        return self.case

    async def writes(self, who: str, text: str, *, thread: int | None = None) -> int:
        """Have somebody write in the private chat, or in a topic; return `heard` as it was before."""
        since = len(self._told(who))
        chat = self.stage.person(who).private if thread is None else self.stage.world.group
        await self.stage.person(who).write(text, chat=chat, thread=thread)
        return since

    async def hears(self, who: str, *, since: int = 0, holds: Callable[[TgMessage], bool] | str = "") -> TgMessage:
        """Return the first message of the bot in somebody's private chat that holds this, of those after `since`.

        Raises:
            StoryStuck: none came.
        """
        fits = holds if callable(holds) else lambda one: holds in one.text
        what = holds if isinstance(holds, str) else "what it waits for"

        def find() -> TgMessage | None:
            return next((one for one in self._told(who)[since:] if fits(one)), None)

        return await self.until(find, f"{who} hears nothing of {what!r}")

    def heard(self, who: str) -> int:
        """Return how many messages the bot has written in somebody's private chat."""
        return len(self._told(who))

    async def taps(self, who: str, act: Press, more: str | None = None, *, where: str = PRIVATE) -> TgMessage:
        """Press the newest button for this act in the story's case, as soon as it is there; return its message.

        `more` is what the button carries beyond, None: whatever. `where` is private, general, or the whole group.

        Raises:
            StoryStuck: there is no such button.
        """
        data, message = await self.until(lambda: self._button(who, act, more, where), f"no {act.value} for {who}")
        await self.stage.person(who).press(message, data)
        return message

    async def taps_words(self, who: str, words: str, *, where: str = PRIVATE) -> None:
        """Press the newest button with these words in the story's case, as soon as it is there.

        Raises:
            StoryStuck: there is no such button.
        """

        def find() -> tuple[str, TgMessage] | None:
            for message in reversed(self._in(who, where)):
                for said, data in (button for row in message.buttons for button in row):
                    if said == words and data.split(":")[1:2] == [self.case]:
                        return data, message
            return None

        data, message = await self.until(find, f"no button {words!r} for {who}")
        await self.stage.person(who).press(message, data)

    def choice(self, who: str, act: Press, *, where: str = PRIVATE, after: str = "") -> str | None:
        """Return the first choice of a list that is shown for this act, None if there is no list.

        `after`: the first one that comes after this day, as ``2026-11-18``.
        """
        found = self._button(who, act, None, where)
        rows = found[1].buttons if found is not None else []
        choices = [data.rpartition(":")[2] for row in rows for _, data in row if _fits(data, act, self.case, None)]
        return next((one for one in choices if one.startswith(".") and one.removeprefix(".") > after), None)

    async def replies(self, who: str, text: str, *, where: str = PRIVATE) -> None:
        """Answer the newest message in which the bot asks for a text, as soon as it is there.

        Raises:
            StoryStuck: it asks for nothing.
        """
        asked = await self.until(lambda: self._asked(who, where), f"nothing is asked of {who}")
        self._answered.add((asked.chat.id, asked.id))
        await self.stage.person(who).write(text, chat=asked.chat, thread=asked.thread, reply_to=asked.id)

    async def sends(self, who: str, text: str, *, where: str = PRIVATE) -> None:
        """Write what the bot asks for, read it through and send it.

        Raises:
            StoryStuck: nothing was asked for, or nothing was shown.
        """
        before = self._button(who, Press.SEND, None, where)
        await self.replies(who, text, where=where)
        await self.until(
            lambda: self._newer(before, self._button(who, Press.SEND, None, where)), f"{who} sees no preview"
        )

    async def time_passes(self, time: timedelta | None = None) -> None:
        """Let time pass; None: until an answer cannot be taken back any more."""
        regret = self.stage.world.service.office().regret + _AFTER_REGRET
        await self.stage.world.jump_to(self.stage.now + (regret if time is None else time))
        self.stage.live.bump()

    async def gets_mail(self, address: str, holds: str, *, since: int = 0) -> Letter:
        """Return the first mail that reached a mailbox and holds this, of all letters after the first `since`.

        Raises:
            StoryStuck: none came.
        """

        def find() -> Letter | None:
            letters = self.stage.letters[since:]
            return next((one for one in letters if one.box == address and not one.sent and _holds(one, holds)), None)

        return await self.until(find, f"no mail about {holds!r} to {address}")

    async def stands_on_board(self) -> None:
        """Wait until the case can be taken from the board; some time passes for that.

        Raises:
            StoryStuck: it does not come there.
        """
        await self.time_passes(_A_WHILE)
        await self.until(lambda: self._button("", Press.TAKE, None, GENERAL), "the case is not on the board")

    async def topic(self, *, but: int = 0) -> int:
        """Return the number of the case's topic, as soon as there is one (but this).

        Raises:
            StoryStuck: none was made.
        """
        return await self.until(lambda: self._topic(but), "the case has no topic")

    def room_of(self, case: CaseNumber) -> int | None:
        """Return the number of a case's topic, None while it has none."""
        topics = self.stage.world.group.topics.values()
        return next((one.id for one in topics if not one.deleted and case in one.name), None)

    def is_on_board(self, case: CaseNumber) -> bool:
        """Tell whether a case can be taken from the board."""
        said = (data for one in self._in("", GENERAL) for row in one.buttons for _, data in row)
        return any(_fits(data, Press.TAKE, case, None) and case in data for data in said)

    def _told(self, who: str) -> Sequence[TgMessage]:
        return [one for one in self.stage.person(who).messages if one.by_bot and not one.service]

    def _in(self, who: str, where: str) -> Sequence[TgMessage]:
        if where == PRIVATE:
            return self.stage.person(who).messages
        group = self.stage.world.group
        return group.in_topic(None) if where == GENERAL else group.messages

    def _button(self, who: str, act: Press, more: str | None, where: str) -> tuple[str, TgMessage] | None:
        for message in reversed(self._in(who, where)):
            for row in message.buttons:
                for _, data in row:
                    if _fits(data, act, self.case, more):
                        return data, message
        return None

    def _newer(self, before: tuple[str, TgMessage] | None, now: tuple[str, TgMessage] | None) -> TgMessage | None:
        return None if now is None or now == before else now[1]

    def _asked(self, who: str, where: str) -> TgMessage | None:
        asks = [one for one in self._in(who, where) if one.force_reply and self.case in one.text]
        return next((one for one in reversed(asks) if (one.chat.id, one.id) not in self._answered), None)

    def _topic(self, but: int) -> int | None:
        topics = self.stage.world.group.topics.values()
        return next((one.id for one in topics if not one.deleted and self.case in one.name and one.id != but), None)


def _fits(data: str, act: Press, case: CaseNumber, more: str | None) -> bool:
    said, _, rest = data.partition(":")
    about, _, beyond = rest.partition(":")
    return said == act.value and about in {"", case} and (more is None or beyond == more)


def _holds(letter: Letter, words: str) -> bool:
    return words in letter.subject or words in letter.text

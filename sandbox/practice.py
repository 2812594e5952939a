"""An officer's first day: eight small tasks, each recognised as done by what has happened in the world."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select

from bot.case import numbers_in
from bot.desk.command_names import Verb, named
from bot.facts import CaseNumber, FactKind, OfficerId, decode_data, officer_actor
from bot.store.chat_schema import links
from bot.store.schema import facts
from config.texts import Texts
from sandbox.page.guide import TaskNow
from sandbox.page.stage import Stage
from sandbox.practice_texts import TASK_TEXTS
from sandbox.scene import Scene, StoryStuck
from sandbox.world import NEW_OFFICER

HINT_AFTER = 90.0
"""Real seconds with one task after which a hint is shown unasked."""

_COMES_FIRST = {
    1: ("elsa", "Hej! När öppnar simhallen på lördag?"),
    3: ("omar", "Hej! När får vi besked om plats i förskolan?"),
    4: ("elsa", "Hej! Hur ansöker man om färdtjänst åt sin mamma?"),
}
"""What a citizen writes as a task begins, by the place of the task, so that there is something to do it with."""

_SPEAKS_OF = {1: 1, 2: 1, 3: 3, 4: 4}
"""Tasks that speak of one case: the place of the task with which it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What the newcomer has done since the day began: facts (kind, case, data), and what is seen in chats and mail."""

    linked: bool
    acts: Sequence[tuple[FactKind, CaseNumber, dict[str, Any]]]
    found: bool

    def did(self, *kinds: FactKind) -> bool:
        """Tell whether something of these kinds was done."""
        return any(kind in kinds for kind, *_ in self.acts)

    def within(self, case: CaseNumber | None) -> "Happened":
        """Return what was done in one case; None: all of it."""
        return self if case is None else replace(self, acts=[one for one in self.acts if one[1] == case])


def _took(happened: Happened) -> bool:
    return any(kind is FactKind.ASSIGNED and data.get("officer") == NEW_OFFICER for kind, _, data in happened.acts)


def _answered(happened: Happened) -> bool:
    return happened.did(FactKind.ANSWERED)


def _handed_over(happened: Happened) -> bool:
    given = {data.get("officer", "") for kind, _, data in happened.acts if kind is FactKind.ASSIGNED}
    return happened.did(FactKind.TRANSFERRED) or bool(given - {"", NEW_OFFICER})


CHECKS: tuple[Callable[[Happened], bool], ...] = (
    lambda happened: happened.linked,
    _took,
    _answered,
    lambda happened: happened.did(FactKind.HELD),
    _handed_over,
    lambda happened: happened.did(FactKind.PHONE),
    lambda happened: happened.found,
    lambda happened: happened.did(FactKind.CORRECTED),
)
"""How each task is recognised, in their order."""


@dataclass(slots=True, kw_only=True, eq=False)
class Practice:
    """The first day of the officer who is new. `since`: the last fact before it; `clock` gives real seconds."""

    stage: Stage
    scene: Scene
    since: int
    officer: OfficerId = NEW_OFFICER
    clock: Callable[[], float] = time.monotonic
    hint_after: float = HINT_AFTER
    _done: set[int] = field(default_factory=set)
    _came: set[int] = field(default_factory=set)
    _hinted: set[int] = field(default_factory=set)
    _cases: dict[int, CaseNumber] = field(default_factory=dict)
    _taken: set[CaseNumber] = field(default_factory=set)
    _in_vain: set[int] = field(default_factory=set)
    _task_began: float = 0.0

    @classmethod
    async def begin(cls, stage: Stage) -> "Practice":
        """Begin the day now."""
        async with stage.world.service.database.reading() as connection:
            last = (await connection.execute(select(func.max(facts.c.seq)))).scalar() or 0
        practice = cls(stage=stage, scene=Scene(stage=stage), since=int(last))
        practice._task_began = practice.clock()
        return practice

    @property
    def name(self) -> str:
        """Return the name of who is new."""
        return self.stage.world.officers[self.officer].name

    @property
    def address(self) -> str:
        """Return the mail address of who is new."""
        found = self.stage.world.service.office().officer(self.officer)
        assert found is not None
        return found.email

    def give_hint(self) -> None:
        """Show the hint of the present task."""
        self._hinted.add(self._now())

    def skip(self) -> None:
        """Take the present task for done."""
        self._finish({self._now()})

    async def tasks(self, texts: Texts) -> tuple[TaskNow, ...]:
        """Look what has happened, let come what the next task needs, and return all tasks as they are now."""
        happened = await _happened(self.stage, self.officer, self.since)
        self._taken = {case for case in self._cases.values() if _took(happened.within(case))}
        self._finish({at for at, check in enumerate(CHECKS) if check(happened.within(self._case(at)))})
        return tuple(self._shown(texts, at) for at in range(len(CHECKS)))

    @property
    def lacks(self) -> bool:
        """Tell whether the present task needs something that has not come."""
        return self._now() in _COMES_FIRST.keys() - self._came

    async def let_come(self) -> None:
        """Have a citizen write what the present task needs, once."""
        if self.lacks:
            at = self._now()
            self._came.add(at)
            await self._comes(at, *_COMES_FIRST[at])

    async def _comes(self, at: int, who: str, text: str) -> None:
        try:
            self._cases[at] = await self.scene.asks(who, text)
        except (StoryStuck, ValueError):
            self._in_vain.add(at)
        self.stage.live.bump()

    def _case(self, at: int) -> CaseNumber | None:
        """Return the case that a task speaks of, None if it speaks of none, or it has not come."""
        return self._cases.get(_SPEAKS_OF.get(at, at))

    def _finish(self, done: Collection[int]) -> None:
        before = self._now()
        self._done |= set(done)
        if self._now() != before:
            self._task_began = self.clock()

    def _now(self) -> int:
        return next((at for at in range(len(CHECKS)) if at not in self._done), len(CHECKS))

    def _shown(self, texts: Texts, at: int) -> TaskNow:
        told = TASK_TEXTS[at]
        waited = self.clock() - self._task_began >= self.hint_after
        hinted = at == self._now() and (at in self._hinted or waited)
        fields = {"name": self.name, "address": self.address}
        return TaskNow(
            title=texts.t(told.title), what=texts.t(told.what, **fields), why=texts.t(told.why, **fields),
            hint=texts.t(told.hint, **fields) if hinted else "", done=at in self._done,
            about=self._about(texts, at) if at == self._now() else "",
        )  # fmt: skip

    def _about(self, texts: Texts, at: int) -> str:
        """Return which case the present task is about, and what is still on its way to the group."""
        if at not in _SPEAKS_OF:
            return ""
        case = self._case(at)
        if case is None and _SPEAKS_OF[at] in {at, *self._came} - self._in_vain:
            return texts.t("Strax: någon skriver just nu.")
        if case is None:
            return texts.t("Ta vilket ärende du vill.")
        if self.scene.room_of(case) is not None:
            return texts.t("Ärendet heter {number} och har ett eget rum.", number=case)
        if case in self._taken:
            return texts.t("Ärendet heter {number}. Strax: det får ett eget rum.", number=case)
        if self.scene.is_on_board(case):
            return texts.t("Ärendet heter {number}. Det står på tavlan i Allmänt: tryck Ta, så får det strax ett rum.",
                           number=case)  # fmt: skip
        return texts.t("Ärendet heter {number}. Strax: det kommer på tavlan i Allmänt.", number=case)


async def _happened(stage: Stage, officer: OfficerId, since: int) -> Happened:
    own = (facts.c.seq > since, facts.c.actor == officer_actor(officer))
    acts = select(facts.c.kind, facts.c.case, facts.c.data).where(*own)
    async with stage.world.service.database.reading() as connection:
        linked = (await connection.execute(select(links.c.user).where(links.c.officer == officer))).first()
        rows = (await connection.execute(acts)).all()
    return Happened(
        linked=linked is not None,
        acts=[(FactKind(row[0]), CaseNumber(row[1]), dict(decode_data(row[2]))) for row in rows],
        found=_has_found(stage, officer),
    )


def _has_found(stage: Stage, officer: OfficerId) -> bool:
    """Tell whether the officer has searched and got a case, in the private chat, the group or by mail."""
    person = stage.world.officers[officer]
    chats = (person.messages, stage.world.group.messages)
    by_chat = [[(one.text, one.sender is person, one.by_bot) for one in messages] for messages in chats]
    found = stage.world.service.office().officer(officer)
    own = [letter for letter in stage.letters if found is not None and letter.box == found.email]
    return any(map(_is_found, [*by_chat, [(one.text, one.sent, not one.sent) for one in own]]))


def _is_found(said: Sequence[tuple[str, bool, bool]]) -> bool:
    """Tell whether an own message that searches is followed by one of the bot's with a case in it."""
    searched = False
    for text, own, bots in said:
        if own and any(named(line)[0] is Verb.SEARCH for line in text.splitlines() if line.startswith("/")):
            searched = True
        elif searched and bots and _numbers(text):
            return True
    return False


def _numbers(text: str) -> list[CaseNumber]:
    return [CaseNumber(number) for number in numbers_in(text)]

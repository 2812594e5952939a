"""Plays a story on the page, step by step or in one go."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiosmtplib

from config.texts import Texts, mark
from sandbox.page.guide import StoryNow
from sandbox.page.stage import Stage
from sandbox.scene import Scene, StoryStuck
from sandbox.story_step import Step, Story

logger = logging.getLogger(__name__)

READING_SECONDS = 6.0
"""How long a step's line stands, where a story plays by itself, before the next one."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step did not go: a sentence to be translated, and what stands in it."""

    says: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def words(self, texts: Texts) -> str:
        """Return it in a language, with what to do."""
        return texts.t(self.says, **self.fields) + " " + texts.t("Tryck Nästa för att försöka igen.")


TOO_LONG = Trouble(mark("Det här steget tog för lång tid."))


@dataclass(slots=True, kw_only=True, eq=False)
class StoryPlayer:
    """A story being played. `begun` steps have begun, the last of them is under way while `busy`.

    `stuck`: it waited in vain, `why` says for what (in English), `trouble` in a sentence for whoever watches.
    """

    stage: Stage
    story: Story
    scene: Scene
    begun: int = 0
    busy: bool = False
    stuck: bool = False
    why: str = ""
    trouble: Trouble = TOO_LONG
    _turns: int = 0
    _looks: Mapping[str, str] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Tell whether the last step was played."""
        return self.begun >= len(self.story.steps) and not self.busy

    @property
    def looks(self) -> Mapping[str, str]:
        """Return what the page should look at now."""
        return self._looks

    async def play_next(self) -> None:
        """Play the next step, or the last one once more where it got stuck; nothing while one is played."""
        if self.busy or (self.over and not self.stuck):
            return
        if not self.stuck:
            self.begun += 1
        self.busy, self.stuck = True, False
        step = self.story.steps[self.begun - 1]
        self._look(step.looks)
        try:
            self.stuck = not await self._play(step)
        finally:
            self.busy = False
            self.stage.live.bump()

    async def play_rest(self, pause: float = READING_SECONDS) -> None:
        """Play all steps that are left, with a pause in between (real seconds)."""
        await self.play_next()
        while not self.over and not self.stuck:
            await asyncio.sleep(pause)
            await self.play_next()

    def now(self, texts: Texts) -> StoryNow:
        """Return the story as the page shows it."""
        trouble = self.trouble.words(texts) if self.stuck else ""
        return StoryNow(
            key=f"{self.story.key} {self._turns}", title=texts.t(self.story.title), count=len(self.story.steps),
            lines=tuple(texts.t(step.says) for step in self.story.steps[: self.begun]), busy=self.busy, trouble=trouble,
            looks=self._looks,
        )  # fmt: skip

    async def _play(self, step: Step) -> bool:
        """Play a step and tell whether it went."""
        before = len(self.stage.world.api.calls)
        try:
            looks = await step.act(self.scene)
        except (StoryStuck, TimeoutError, ValueError, LookupError, aiosmtplib.SMTPException) as error:
            self.why, self.trouble = str(error), _trouble(self.stage, error, before)
            logger.warning("story %s waits in vain in step %d", self.story.key, self.begun)
            return False
        self._look(looks)
        return True

    def _look(self, looks: Mapping[str, str]) -> None:
        if looks:
            self._looks = looks
            self._turns += 1
        self.stage.live.bump()


def _trouble(stage: Stage, error: Exception, before: int) -> Trouble:
    """Return why a step did not go. What the bot refused since that many calls says it best."""
    refused = [
        call.parameters.get("text", "")
        for call in stage.world.api.calls[before:]
        if call.method == "answerCallbackQuery" and call.parameters.get("show_alert")
    ]
    blocked = next((one.name for one in stage.world.citizens.values() if one.blocked), "")
    if refused:
        return Trouble(mark("Det här steget gick inte. Roboten svarade: {words}"), {"words": refused[-1]})
    if isinstance(error, aiosmtplib.SMTPException):
        return Trouble(mark("Kommunens server tog inte emot mejlet. Kontrollera adressen."))
    if stage.world.api.faults.is_dark:
        return Trouble(mark("Telegram är borta just nu."))
    if blocked:
        return Trouble(mark("{name} har blockerat kommunens robot."), {"name": blocked})
    if isinstance(error, StoryStuck | TimeoutError):
        return TOO_LONG
    return Trouble(mark("Det gick inte. Det du valde finns kanske inte längre."))


def begin(stage: Stage, story: Story) -> StoryPlayer:
    """Return a story that has not begun."""
    return StoryPlayer(stage=stage, story=story, scene=Scene(stage=stage))

"""Plays a story on the page, step by step or in one go."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiosmtplib

from config.texts import Texts
from sandbox.page.guide import StoryNow
from sandbox.page.stage import Stage
from sandbox.scene import Scene, StoryStuck
from sandbox.story_step import Step, Story

logger = logging.getLogger(__name__)

READING_SECONDS = 6.0
"""How long a step's line stands, where a story plays by itself, before the next one."""


@dataclass(slots=True, kw_only=True, eq=False)
class StoryPlayer:
    """A story being played. `begun` steps have begun, the last of them is under way while `busy`.

    `stuck`: it waited in vain, `why` says for what (in English).
    """

    stage: Stage
    story: Story
    scene: Scene
    begun: int = 0
    busy: bool = False
    stuck: bool = False
    why: str = ""
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
        trouble = texts.t("Det här steget tog för lång tid. Tryck Nästa för att försöka igen.") if self.stuck else ""
        return StoryNow(
            key=f"{self.story.key} {self._turns}", title=texts.t(self.story.title), count=len(self.story.steps),
            lines=tuple(texts.t(step.says) for step in self.story.steps[: self.begun]), busy=self.busy, trouble=trouble,
            looks=self._looks,
        )  # fmt: skip

    async def _play(self, step: Step) -> bool:
        """Play a step and tell whether it went."""
        try:
            looks = await step.act(self.scene)
        except (StoryStuck, TimeoutError, ValueError, LookupError, aiosmtplib.SMTPException) as error:
            self.why = str(error)
            logger.warning("story %s waits in vain in step %d", self.story.key, self.begun)
            return False
        self._look(looks)
        return True

    def _look(self, looks: Mapping[str, str]) -> None:
        if looks:
            self._looks = looks
            self._turns += 1
        self.stage.live.bump()


def begin(stage: Stage, story: Story) -> StoryPlayer:
    """Return a story that has not begun."""
    return StoryPlayer(stage=stage, story=story, scene=Scene(stage=stage))

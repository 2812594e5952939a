"""What is being played on the page: the stage, a story, an officer's first day."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.page.guide import Guide
from sandbox.page.stage import Done, Stage
from sandbox.practice import Practice
from sandbox.stories import STORIES
from sandbox.story_player import READING_SECONDS, StoryPlayer, begin


@dataclass(slots=True, kw_only=True, eq=False)
class Play:
    """All that goes on: at most one story or the first day. `tasks` are what plays in the background."""

    stage: Stage
    pause: float = READING_SECONDS
    story: StoryPlayer | None = None
    practice: Practice | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def guide(self, language: str) -> Guide:
        """Return what is played, in this language."""
        texts = self.stage.texts(language)
        stories = tuple((one.key, texts.t(one.title), texts.t(one.told)) for one in STORIES)
        if self.practice is not None:
            tasks = await self.practice.tasks(texts)
            if self.practice.lacks:
                self._in_background(self.practice.let_come())
            return Guide(stories=stories, tasks=tasks, newcomer=self.practice.name)
        return Guide(stories=stories, story=self.story.now(texts) if self.story else None)

    async def act(self, action: Mapping[str, str]) -> Done:
        """Begin, go on with or end a story or the first day.

        Raises:
            LookupError: there is no such act, or nothing to do it with.
        """
        act, t = action.get("act", ""), self.stage.texts(action["lang"]).t
        if act == "story":
            await self._begin_story(action["story"])
            return Done(said="", looks=self.story.looks if self.story else {})
        if act.startswith("story_") and self.story is not None:
            return await self._go_on(self.story, act)
        if act == "practice":
            await self._begin_practice()
            return Done(said=t("Nu börjar din första dag, {name}.", name=self._practice().name), looks=self._desk())
        return await self._practise(act)

    async def _begin_story(self, key: str) -> None:
        story = {one.key: one for one in STORIES}[key]
        await self._end()
        self.story = begin(self.stage, story)
        await self._to_its_end(self.story.play_next())

    async def _go_on(self, story: StoryPlayer, act: str) -> Done:
        if act == "story_stop":
            await self._end()
            return Done(said="", looks={"show": "", "pane": "start"})
        if act == "story_rest":
            self._in_background(story.play_rest(self.pause))
            return Done(said="")
        await self._to_its_end(story.play_next())
        return Done(said="", looks=story.looks)

    async def _begin_practice(self) -> None:
        await self._end()
        self.practice = await Practice.begin(self.stage)
        self.stage.live.bump()

    async def _practise(self, act: str) -> Done:
        practice = self._practice()
        if act == "practice_stop":
            await self._end()
        elif act == "practice_hint":
            practice.give_hint()
        elif act == "practice_skip":
            practice.skip()
        else:
            raise LookupError(act)
        self.stage.live.bump()
        return Done(said="")

    def _practice(self) -> Practice:
        if self.practice is None:
            raise LookupError("nobody practises")
        return self.practice

    def _desk(self) -> Mapping[str, str]:
        practice = self._practice()
        return {"officer": practice.officer, "room": "private", "box": practice.address, "pane": "start"}

    async def _end(self) -> None:
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.story = self.practice = None
        self.stage.live.bump()

    async def _to_its_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it, and wait for it; whoever ends the story ends it too."""
        await asyncio.wait({self._in_background(work)})

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="story")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

"""The try-out world with its page, for tests: opened on a Monday morning, looked at and acted on over HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from sandbox.page.app import serving
from sandbox.page.play import Play
from sandbox.page.stage import Stage
from sandbox.world import open_world
from tests.conftest import MONDAY

MARK = re.compile(r'name="mark" value="([^"]+)"')


@dataclass(slots=True, kw_only=True)
class PageWorld:
    """A page that is being served. `browser` asks for it as a program would that follows no redirects."""

    play: Play
    url: str
    browser: httpx.AsyncClient

    @property
    def stage(self) -> Stage:
        return self.play.stage

    async def html(self, query: str = "") -> str:
        answer = await self.browser.get(f"/{query}")
        assert answer.status_code == 200, answer.text
        return answer.text

    async def words(self, query: str = "") -> str:
        """What somebody reads without scripts."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", await self.html(query))).split())

    async def mark(self) -> str:
        found = MARK.search(await self.html())
        assert found is not None
        return found[1]

    async def act(self, act: str, back: str = "/?lang=sv", **fields: str) -> httpx.Response:
        """Send a form as the page without scripts would."""
        form = {"mark": await self.mark(), "back": back, "act": act, **fields}
        return await self.browser.post("/do", data=form, headers={"origin": self.url.rstrip("/")})

    async def does(self, act: str, back: str = "/?lang=sv", **fields: str) -> dict[str, Any]:
        """Send a form as the page's script does, and return what it is told."""
        form = {"mark": await self.mark(), "back": back, "act": act, **fields}
        headers = {"origin": self.url.rstrip("/"), "accept": "application/json"}
        answer = await self.browser.post("/do", data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@asynccontextmanager
async def page_world(folder: Path, start: datetime = MONDAY, language: str = "sv") -> AsyncIterator[PageWorld]:
    """Open a world and its page on free ports."""
    async with open_world(folder / "sandbox", 0, start.astimezone(UTC), language) as world:
        play = Play(stage=Stage(world=world), pause=0.0)
        async with serving(play, 0) as url, httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as browser:
            yield PageWorld(play=play, url=url, browser=browser)

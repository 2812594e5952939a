"""The emulator as tests and the try-out page see it: the world, the faults, and a record of every call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.bot_api.budgets import Budgets
from sandbox.bot_api.faults import Faults
from sandbox.bot_api.reading import Upload
from sandbox.bot_api.update_queue import UpdateQueue
from sandbox.bot_api.webhook import Webhook
from sandbox.bot_api.world import TelegramWorld


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to the API. `code` is 0 while it is under way and when the line was cut before it did anything.

    `ok` tells whether it was done, also when the answer was then `lost`. `parameters` are typed as the description
    says if they could be read, else as they came; `uploads` are the files beside them. `at` is UTC (virtual clock).
    """

    method: str
    parameters: dict[str, Any]
    at: datetime
    ok: bool = False
    code: int = 0
    description: str = ""
    result: Any = field(default=None, repr=False)
    lost: bool = False
    uploads: dict[str, Upload] = field(default_factory=dict, repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class BotApi:
    """A running emulator.

    `calls` are all requests, in the order they came. `faulty_calls` tells in words those that could never have been
    right; `not_emulated` those that the real Bot API might take. `crashes` are the emulator's own mistakes.
    """

    base_url: str
    base_file_url: str
    token: str = field(repr=False)
    bot_id: int
    now: Callable[[], datetime]
    world: TelegramWorld
    updates: UpdateQueue
    faults: Faults
    budgets: Budgets
    webhook: Webhook
    calls: list[Call] = field(default_factory=list)
    faulty_calls: list[str] = field(default_factory=list)
    not_emulated: list[str] = field(default_factory=list)
    crashes: list[Exception] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)

    def called(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

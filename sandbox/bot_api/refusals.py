"""How the emulator says no: the Bot API's own words and codes, or a connection that is cut."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any


class Cut(Exception):
    """The connection closes without an answer."""


class Refusal(Exception):
    """The Bot API answers `ok: false`."""

    def __init__(
        self, code: int, description: str, *, parameters: Mapping[str, Any] | None = None, faulty: bool = False
    ) -> None:
        """Refuse with this code and text; `faulty` when the request itself was wrong, whatever the world looks like."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})
        self.faulty = faulty


class NotEmulated(Refusal):
    """The Bot API could do it, the emulator cannot: loud, so that no test leans on it unknowingly."""

    def __init__(self, what: str) -> None:
        """Name what is missing."""
        super().__init__(501, f"Not Implemented: the sandbox does not emulate {what}")


def bad_request(why: str) -> Refusal:
    """Refuse because of how the world is now: no such message, not modified, no rights."""
    return Refusal(400, f"Bad Request: {why}")


def faulty(why: str) -> Refusal:
    """Refuse a request that could never have been right."""
    return Refusal(400, f"Bad Request: {why}", faulty=True)


def forbidden(why: str) -> Refusal:
    """Refuse because the bot is not let in."""
    return Refusal(403, f"Forbidden: {why}")


def conflict(why: str) -> Refusal:
    """Refuse because somebody else fetches the updates."""
    return Refusal(409, f"Conflict: {why}")


def too_many(wait: timedelta) -> Refusal:
    """Refuse until `wait` has passed; told in whole seconds, at least one."""
    seconds = max(1, ceil(wait.total_seconds()))
    description = f"Too Many Requests: retry after {seconds}"
    return Refusal(429, description, parameters={"retry_after": seconds})


def migrated(to: int) -> Refusal:
    """Refuse because the group has another id now."""
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, description, parameters={"migrate_to_chat_id": to})

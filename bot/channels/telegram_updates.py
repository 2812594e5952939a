"""Asking the Bot API for what happens, and saying where it is to be told: plain HTTP, apart from all that is sent."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from bot.channels.telegram_errors import meaning
from bot.channels.telegram_link import TelegramAccess
from bot.chat import Elsewhere, Revoked
from bot.errors import KommunsvarError, TryLater

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
"""The kinds of events that we want. The service remembers the last list it got, so ours goes along every time."""

CONNECT_SECONDS = 10.0


def new_client(read_seconds: float) -> httpx.AsyncClient:
    """Return a client of its own, so that nothing that is sent waits for what is asked, or the other way round."""
    return httpx.AsyncClient(timeout=httpx.Timeout(CONNECT_SECONDS, read=read_seconds))


async def ask(
    client: httpx.AsyncClient, access: TelegramAccess, method: str, parameters: Mapping[str, Any], seconds: float
) -> Any:  # noqa: ANN401 -- each method has its own
    """Return a method's result; the call ends after `seconds`.

    Raises:
        TryLater: not now; `after` if the service says when.
        Revoked: the token is refused. Elsewhere: somebody else asks, or the events are sent elsewhere.
    """
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    try:
        async with asyncio.timeout(seconds):
            answer = await client.post(f"{access.base_url}{access.read_token()}/{method}", data=told)
        found = _refusal(answer) or _result(answer)
    except Exception as error:
        found = meaning(error, repeatable=True) or TryLater("broken")
    # Raised outside, so that it is not chained: what httpx raises may tell the address, and the token in it.
    if isinstance(found, KommunsvarError):
        raise found
    return found[0]


def encode(update: object) -> bytes:
    """Return one update as the bytes that are kept."""
    return json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _refusal(answer: httpx.Response) -> KommunsvarError | None:
    """Return what the status says, None for a success."""
    match answer.status_code:
        case 200:
            return None
        case 401 | 404:
            return Revoked(str(answer.status_code))
        case 409:
            return Elsewhere("409")
        case 429:
            return TryLater("flood", after=_asked_wait(answer))
        case _:
            return TryLater("broken")


def _asked_wait(answer: httpx.Response) -> timedelta:
    try:
        return timedelta(seconds=int(json.loads(answer.content)["parameters"]["retry_after"]))
    except (ValueError, LookupError, TypeError):
        return timedelta(seconds=5)


def _result(answer: httpx.Response) -> tuple[Any]:
    return (json.loads(answer.content)["result"],)

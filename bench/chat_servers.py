"""The webhook servers that are compared, each in a process alone: ``python -m bench.chat_servers KIND FOLDER``.

``ptb``: python-telegram-bot's own (`telegram.ext`, tornado) with an empty handler; nothing is stored. ``resting``: our
endpoint, grouped writes and inbox, without anybody who reads the inbox. ``whole``: the service as `run_bot.py run`
starts it, on an emulated Bot API.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.chat_client import PATH, SECRET
from bench.town import settings_in, write_settings
from bot.app import open_database, running
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_webhook import TelegramWebhook, WebhookDoor
from bot.facts import Channel, InboxId
from bot.port import RawInbound
from bot.store import inbox
from bot.store.database import Database
from bot.store.grouped import GroupedWrites
from bot.store.schema import inbox as inbox_table
from config.settings import load
from sandbox.bot_api import bot_api
from sandbox.world import free_port

Answer = Callable[[], Awaitable[dict[str, object]]]
"""What a server says when it is asked how far it is: how many events it has done with, and when the last."""


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _ptb(_folder: Path) -> AsyncIterator[tuple[int, Answer]]:
    from telegram import Update
    from telegram.ext import Application, ContextTypes, TypeHandler

    done: list[float] = [0.0, 0.0]

    async def handler(_update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        done[0] += 1
        done[1] = time.monotonic()

    async def progress() -> dict[str, object]:
        return {"done": int(done[0]), "last": done[1]}

    async with bot_api(_now) as api:
        application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().token(api.token).base_url(api.base_url).base_file_url(api.base_file_url).build()
        )
        application.add_handler(TypeHandler(Update, handler))
        updater, port = application.updater, free_port(0)
        assert updater is not None
        async with application:
            await application.start()
            await updater.start_webhook(
                listen="127.0.0.1", port=port, url_path=PATH.strip("/"), secret_token=SECRET,
                webhook_url=f"https://bot.kommun.example{PATH}", allowed_updates=["message"],
            )  # fmt: skip
            try:
                yield port, progress
            finally:
                await updater.stop()
                await application.stop()


@asynccontextmanager
async def _resting(folder: Path) -> AsyncIterator[tuple[int, Answer]]:
    async with open_database(settings_in(folder)) as database, bot_api(_now) as api:

        async def keep_all(raws: Sequence[RawInbound]) -> list[InboxId]:
            async with database.writing(in_turn=False) as connection:
                return await inbox.keep_all(connection, raws)

        keeping: GroupedWrites[RawInbound, InboxId] = GroupedWrites(keep_all)

        async def keep(raw: bytes, key: str) -> None:
            await keeping.submit(
                RawInbound(
                    channel=Channel.TELEGRAM, external_id=key, raw=raw, recipients=(), sender="", arrived_at=_now()
                )
            )

        writing = asyncio.create_task(keeping.run())
        door = WebhookDoor(url=f"https://bot.kommun.example{PATH}", port=0, secret=lambda: SECRET)
        access = TelegramAccess(token=lambda: api.token, base_url=api.base_url, base_file_url=api.base_file_url)
        webhook = TelegramWebhook(door, access, keep=keep, now=_now)
        await webhook.start()
        try:
            yield webhook.port, partial(_stored, database)
        finally:
            await webhook.close()
            writing.cancel()


@asynccontextmanager
async def _whole(folder: Path) -> AsyncIterator[tuple[int, Answer]]:
    port = free_port(0)
    async with bot_api(_now) as api:
        settings = write_settings(folder)
        settings.write_text(
            settings.read_text(encoding="utf-8") + _TELEGRAM.format(api=api, path=PATH, port=port, secret=SECRET),
            encoding="utf-8",
        )
        async with running(load(settings, environment=False), _now) as service:
            while not api.webhook.url:  # noqa: ASYNC110 -- it is set by a call that comes over HTTP
                await asyncio.sleep(0.01)
            yield port, partial(_stored, service.database)


_TELEGRAM = """
[telegram]
token = "{api.token}"
api_url = "{api.base_url}"
files_url = "{api.base_file_url}"
[telegram.webhook]
url = "https://bot.kommun.example{path}"
port = {port}
secret = "{secret}"
"""


async def _stored(database: Database) -> dict[str, object]:
    """Return how many events are kept; the last was before its answer."""
    async with database.reading() as connection:
        kept = await connection.scalar(select(func.count()).select_from(inbox_table))
    return {"done": kept, "last": 0.0}


async def _serve(kind: str, folder: Path) -> None:
    servers: dict[str, Callable[[Path], AbstractAsyncContextManager[tuple[int, Answer]]]] = {
        "ptb": _ptb, "resting": _resting, "whole": _whole,
    }  # fmt: skip
    async with servers[kind](folder) as (port, answer):
        print(json.dumps({"port": port}), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while await reader.readline():
            print(json.dumps(await answer()), flush=True)


def main() -> None:
    """Serve until the input ends. Ours log as the product does, so that its cost is in the figure."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "tornado.access"):  # both products run with these silent
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()

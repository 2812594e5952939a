"""The try-out world with its page, from the start until it is told to stop."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from config.texts import LANGUAGES, Language, Texts
from sandbox.page.app import serving
from sandbox.page.play import Play
from sandbox.page.stage import Stage
from sandbox.world import CONTACT, World, free_port, open_world

ZONE = ZoneInfo("Europe/Stockholm")


def first_morning(now: datetime) -> datetime:
    """Return where the world's clock begins (UTC): 08:30 on the Monday of the week that `now` is in."""
    today = now.astimezone(ZONE).date()
    return _at(today - timedelta(days=today.weekday()))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), ZONE).astimezone(UTC)


async def try_out(folder: Path, port: int, page_port: int, *, language: str | None, stop: asyncio.Event) -> None:
    """Open a fresh world and its page on loopback, say where, and stay up until stopped.

    Raises:
        OurFault: the folder is no try-out world, or one is running there already.
    """
    chosen: Language = next((one for one in LANGUAGES if one == language), "sv")
    async with (
        open_world(folder, port, first_morning(datetime.now(UTC)), chosen) as world,
        serving(Play(stage=Stage(world=world)), free_port(page_port)) as address,
    ):
        Console().print(_invitation(world, address, Texts(chosen, ZONE)), markup=False, highlight=False)
        await stop.wait()


def _invitation(world: World, address: str, texts: Texts) -> str:
    t = texts.t
    run = ".venv/bin/python run_bot.py"
    return "\n".join([
        "",
        t("Öppna {address} i en webbläsare: medborgare, kontaktcenter och brevlådor i en påhittad kommun.",
          address=address),
        t("Inget lämnar den här datorn. Allt börjar om när du startar igen."),
        "",
        t("E-post går också att skicka med vilket program som helst: till {address}, server {server}.",
          address=CONTACT, server=f"127.0.0.1:{world.service.smtp_in.smtp_port}"),
        t("Samma berättelse i terminalen: {command}", command=f"{run} story"),
        t("Ctrl-C avslutar."),
    ])  # fmt: skip

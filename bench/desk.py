"""What acts and questions of staff cost by mail with a million inquiries stored: each alone, from bytes to commit."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from bench.filling import fill, number_of
from bench.mails import CONTACT, TRUSTED
from bench.table import Row, spread
from bench.town import Town, open_town, settings_in
from bench.work import workspace
from bot.facts import Channel, OfficerId
from bot.port import RawInbound
from bot.store.schema import inbox

_WAITING = 25
"""Every 25th stored case was never answered; all but the newest of these are closed, as they would be."""
_OPEN = 400

COMMANDS = {
    "take": "/ta {case}",
    "give back": "/släpp {case}",
    "note": "/anteckning {case} Ringt, inget svar",
    "kind": "/slag {case} synpunkt",
    "topic": "/ämne {case} bygglov",
    "transfer": "/lämna {case} till bo: du kan det här",
    "holding notice": "/delbesked {case} om 5 dagar Vi väntar på en del",
    "answer": "/svar {case} Lyktan lagas på torsdag {turn}",
    "answered by phone": "/ringt {case} 45",
    "leave out": "/utan svar {case} skräp",
    "close": "/avsluta {case}",
    "outcome": "/utfall {case} åtgärdat Lyktan är lagad {turn}",
    "undo": "/ångra {case}",
    "log a call": "/telefon 45 ja bygglov",
    "queue": "/kö",
    "own cases": "/mina",
    "show a case": "/visa {case}",
    "journal": "/allt {case}",
    "history of a person": "/historik {case}",
    "who saw": "/vem {case}",
}
SEARCHES = {
    "search, a rare word": "/sök ovanlig17",
    "search, a common word": "/sök gatlykta",
    "search, a word that does not occur": "/sök zebra",
    "search, two common words": "/sök gatlykta släckt",
    "search, a case number": "/sök {case}",
    "similar cases": "/liknande {case}",
}


def desk(quick: bool) -> Sequence[Row]:
    """Fill a SQLite database and mail it one command after another."""
    size, rounds = (2_000, 2) if quick else (1_000_000, 7)
    with workspace() as folder:
        settings = settings_in(folder / "town")
        file = folder / "town" / "kommunsvar.db"

        async def measured() -> dict[str, list[float]]:
            async with open_town(settings):
                pass
            print(f"  filling {size:,} cases …", file=sys.stderr, flush=True)
            fill(file, size)
            _finish(file, size)
            async with open_town(settings) as town:
                return await _measure(town, size, rounds)

        times = asyncio.run(measured())
    return [
        Row("desk", f"{name}, {size:,} inquiries stored", spread(found, " ms", 1),
            "≤ 200 ms" if name in SEARCHES else "≤ 50 ms")
        for name, found in times.items()
    ]  # fmt: skip


async def _measure(town: Town, size: int, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in (*COMMANDS, *SEARCHES)}
    for turn in range(rounds + 1):
        case = number_of(size - 1 - (turn + 1) * _WAITING - (size - 1) % _WAITING)
        for name, command in {**COMMANDS, **SEARCHES}.items():
            milliseconds = await _mail(town, command.format(case=case, turn=turn), f"{turn}-{len(times[name])}-{name}")
            if turn:  # the first only warms
                times[name].append(milliseconds)
    return times


async def _mail(town: Town, command: str, key: str) -> float:
    """Return the milliseconds from the stored mail to the commit of all that follows from it."""
    address = town.office.tokens.desk_address(CONTACT, OfficerId("anna"))
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{TRUSTED}; dmarc=pass header.from=kommun.example"
    mail["From"], mail["To"], mail["Subject"] = "anna@kommun.example", address, "Skrivbordet"
    mail["Message-ID"] = f"<{key.replace(' ', '.').replace(',', '')}@kommun.example>"
    mail.set_content(command)
    town.clock.instant += timedelta(minutes=2)
    raw = RawInbound(
        channel=Channel.MAIL, external_id=key, raw=mail.as_bytes(), recipients=(address,),
        sender="anna@kommun.example", arrived_at=town.clock.now(),
    )  # fmt: skip
    (kept,) = await town.keep([raw])
    begin = time.perf_counter()
    taken = await town.take_all()
    seconds = time.perf_counter() - begin
    await town.deliver_all()
    async with town.database.reading() as connection:
        state = (await connection.execute(select(inbox.c.state).where(inbox.c.id == kept))).scalar_one()
    if taken != 1 or state != "done":
        raise RuntimeError(f"{command}: {taken} mails were taken in, the last is {state}")
    return seconds * 1_000


def _finish(file: Path, size: int) -> None:
    """Close what was never answered but for the newest, and make the texts searchable with words of every rarity."""
    connection = sqlite3.connect(file)
    kept = {number_of(n) for n in range(max(0, size - _OPEN * _WAITING), size)}
    connection.execute("CREATE TEMP TABLE kept (number TEXT PRIMARY KEY)")
    connection.executemany("INSERT INTO kept VALUES (?)", [(number,) for number in kept])
    closed = "number NOT IN (SELECT number FROM kept)"
    connection.execute(f"UPDATE cases SET state = 'closed', waiting_since = NULL WHERE {closed}")
    newest = connection.execute("SELECT max(id) FROM messages").fetchone()[0]
    words = ((n, f"gatlykt släckt ord{n % 997} ovanlig{n % 100_003}") for n in range(1, newest + 1))
    connection.executemany(
        "INSERT OR REPLACE INTO search_words (rowid, words) SELECT id, ? FROM messages WHERE id = ?",
        ((text, n) for n, text in words),
    )
    connection.commit()
    connection.close()

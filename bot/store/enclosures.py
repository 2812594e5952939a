"""Files that we made ourselves and that go along with what is queued, as a weekly report with its charts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.port import Attachment
from bot.store.rows import OutgoingMail
from bot.store.schema import enclosures


async def keep(connection: AsyncConnection, files: Sequence[Attachment], now: datetime) -> tuple[int, ...]:
    """Keep files and return their ids, in order. The connection must hold the writer's turn."""
    last = (await connection.execute(select(func.max(enclosures.c.id)))).scalar() or 0
    rows = [
        {"id": last + at, "name": one.name, "media_type": one.media_type, "cid": one.cid, "content": one.content,
         "created_at": now}
        for at, one in enumerate(files, start=1)
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(enclosures), rows)
    return tuple(range(last + 1, last + 1 + len(rows)))


async def with_enclosures(connection: AsyncConnection, mails: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """Return mails and posts with the bytes of what they enclose, each in the order it was queued in."""
    wanted = {one for mail in mails for one in mail.encloses}
    if not wanted:
        return list(mails)
    rows = await connection.execute(select(enclosures).where(enclosures.c.id.in_(wanted)))
    found = {
        row.id: Attachment(name=row.name, media_type=row.media_type, content=row.content, cid=row.cid) for row in rows
    }
    return [replace(mail, enclosed=tuple(found[one] for one in mail.encloses if one in found)) for mail in mails]


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Forget files kept before an instant (UTC), and return how many; whatever encloses them has left or never will."""
    done = await connection.execute(delete(enclosures).where(enclosures.c.created_at < before))
    return done.rowcount

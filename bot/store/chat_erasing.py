"""Forgetting a person's chat wherever its number stands: in the outbox, and in what its messages have become.

What was posted there stays as it was sent where a case keeps it; of all else the words go, too.
"""

import json
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, chat_address
from bot.facts import Channel, OutboxId
from bot.store.chat_schema import dialogues, posts
from bot.store.rows import InboxState, MailKind, OutboxState
from bot.store.schema import inbox, meta, originals, outbox

ABOUT = "erased"
"""The dialogue of a chat that had us forget it: the newest message of then, and the newest row of the outbox."""
PACE = "pace"
"""The dialogue that counts how much somebody asks of us."""

KEPT = timedelta(days=3)
"""So long it is remembered: a message can be changed for two days, and the service brings that for one more."""
ORIGINALS_KEPT = timedelta(days=3)
"""So long an event of a chat is kept as it came, with the name and all that the service tells; all that is needed of
it is stored by then."""

TALK = "talk"
"""The outcome of what staff say among themselves."""

NOWHERE = "erased:"
"""What stands in the outbox in place of a chat that is forgotten."""

_UPTO = "chat_originals"
"""The key in `meta`: the last of the inbox that was looked at."""
_AT_ONCE = 2_000
_READ = (Channel.TELEGRAM.value, InboxState.DONE.value)
_ENDED = (OutboxState.SENT.value, OutboxState.UNSURE.value, OutboxState.DEAD.value, OutboxState.REGRETTED.value)
_NO_WORDS = {"text": "", "html": "", "form": "{}", "replaces": ""}


async def forget_number(connection: AsyncConnection, chat: ChatId, upto: OutboxId) -> None:
    """Take a chat's number out of what was posted there, up to a row of the outbox; what is under way keeps it."""
    there = (outbox.c.to_addr == chat_address(chat), outbox.c.id <= upto, outbox.c.state.in_(_ENDED))
    await connection.execute(
        update(outbox).where(*there, outbox.c.kind == MailKind.POST.value).values(to_addr=NOWHERE, **_NO_WORDS)
    )
    await connection.execute(update(outbox).where(*there).values(to_addr=NOWHERE))
    await connection.execute(delete(posts).where(posts.c.chat == chat, posts.c.outbox <= upto))


async def forget_numbers(connection: AsyncConnection, now: datetime) -> None:
    """Go on with chats that were forgotten lately, whose last posts have been sent since; then forget that, too."""
    rows = await connection.execute(select(dialogues.c.chat, dialogues.c.state).where(dialogues.c.about == ABOUT))
    for chat, state in rows.all():
        await forget_number(connection, ChatId(chat), OutboxId(json.loads(state)["outbox"]))
    old = dialogues.c.changed_at < now - KEPT
    await connection.execute(delete(dialogues).where(dialogues.c.about.in_([ABOUT, PACE]), old))


async def forget_originals(connection: AsyncConnection, now: datetime) -> int:
    """Forget events of chats as they came, three days after; return how many of the inbox were looked at.

    What waits for a person is kept, and what staff say among themselves, which is stored nowhere else.
    """
    done = int((await connection.execute(select(meta.c.value).where(meta.c.key == _UPTO))).scalar() or 0)
    query = select(inbox).where(inbox.c.id > done)
    rows = (await connection.execute(query.order_by(inbox.c.id).limit(_AT_ONCE))).all()
    upto, gone = done, list[int]()
    for row in rows:
        if row.arrived_at > now - ORIGINALS_KEPT or row.state == InboxState.PENDING.value:
            break
        upto = row.id
        if (row.channel, row.state) == _READ and row.outcome != TALK:
            gone.append(row.id)
    if upto == done:
        return 0
    await connection.execute(delete(originals).where(originals.c.inbox.in_(gone)))
    await connection.execute(delete(meta).where(meta.c.key == _UPTO))
    await connection.execute(insert(meta).values(key=_UPTO, value=str(upto)))
    return upto - done

"""Replies to officers that need the database: their questions are answered once all acts of the batch are written."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.lookup import answer_question
from bot.desk.mail_face import queue_reply
from bot.masking import masked_part
from bot.office import Office
from bot.parts import Part
from bot.questions import Question, Reply
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted


async def answer_replies(connection: AsyncConnection, office: Office, replies: Sequence[Reply], now: datetime) -> None:
    """Answer the questions of these replies and queue the mails, in the transaction that wrote the acts."""
    if not replies:
        return
    answered = [await _answered(connection, office, reply, now) for reply in replies]
    wanted = Wanted(cases={reply.case for reply in replies if reply.case is not None})
    ledger = await open_ledger(connection, wanted, now)
    for reply, parts in zip(replies, answered, strict=True):
        queue_reply(ledger, office, reply, parts)
    await ledger.write(connection)


async def _answered(connection: AsyncConnection, office: Office, reply: Reply, now: datetime) -> list[Part]:
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, Question):
            found = await answer_question(connection, office, reply.officer, part, now)
            parts += [masked_part(office.texts, one) for one in found]
        else:
            parts.append(part)
    return parts

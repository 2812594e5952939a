"""Replies to officers that need the database: their questions are answered once all acts of the batch are written."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import numbers_in
from bot.desk.chat.answers import named_in, queue_answer
from bot.desk.lookup import answer_question
from bot.desk.mail_face import queue_reply
from bot.facts import CaseNumber, FactKind, officer_actor
from bot.masking import masked_part
from bot.office import Office
from bot.parts import Paragraph, Part
from bot.questions import Question, Reply, Similar
from bot.store.chat_rows import WantedChats
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted


async def answer_replies(connection: AsyncConnection, office: Office, replies: Sequence[Reply], now: datetime) -> None:
    """Answer the questions of these replies and queue the mails or posts, in the transaction that wrote the acts."""
    if not replies:
        return
    answered = [await _answered(connection, office, reply, now) for reply in replies]
    shown = [_shown(reply, parts) for reply, parts in zip(replies, answered, strict=True)]
    wanted = Wanted(cases={reply.case for reply in replies if reply.case is not None}.union(*shown))
    for reply, parts in zip(replies, answered, strict=True):
        if reply.place is not None:
            wanted.cases.update(named_in(reply, parts))
            wanted.chats = WantedChats()
    ledger = await open_ledger(connection, wanted, now)
    for reply, parts, numbers in zip(replies, answered, shown, strict=True):
        if reply.place is None:
            queue_reply(ledger, office, reply, parts)
        else:
            queue_answer(ledger, office, reply, reply.place, parts)
        for number in sorted(numbers):
            ledger.append(
                FactKind.OPENED, number, occurred_at=now, actor=officer_actor(reply.officer.id),
                source=f"shown:{ledger.known.last_outbox}:{number}",
            )  # fmt: skip
    await ledger.write(connection)


def _shown(reply: Reply, parts: Sequence[Part]) -> set[CaseNumber]:
    """Return the other cases whose answers are shown as alike: to read them is a fact in each."""
    if not any(isinstance(part, Similar) for part in reply.parts):
        return set()
    asked = {part.case for part in reply.parts if isinstance(part, Similar)}
    said = "\n".join(part.text for part in parts if isinstance(part, Paragraph))
    return {number for number in numbers_in(said) if number not in asked}


async def _answered(connection: AsyncConnection, office: Office, reply: Reply, now: datetime) -> list[Part]:
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, Question):
            found = await answer_question(connection, office, reply.officer, part, now)
            parts += [masked_part(office.texts, one) for one in found]
        else:
            parts.append(part)
    return parts

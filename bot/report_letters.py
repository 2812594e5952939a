"""Sending a report: who reads it, and a mail or post to each, with files of our own. What it says comes ready made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId
from bot.facts import OfficerId
from bot.office import Office, Role
from bot.port import Attachment
from bot.posts import queue_post
from bot.store import enclosures
from bot.store.chat_schema import links
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLetter:
    """A report in one language as it goes out.

    Attributes:
        subject, text, html: of the mail; the page shows those `files` that have a Content-ID.
        files: that go with the mail.
        words: for a chat.
        chat_files: that follow the words, a picture as a picture.
    """

    subject: str
    text: str
    html: str
    files: tuple[Attachment, ...]
    words: str
    chat_files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets a report: at an address, or in a chat (then `address` is empty)."""

    address: str = ""
    name: str = ""
    officer: str = ""
    chat: ChatId | None = None
    language: str


async def linked_chats(connection: AsyncConnection) -> dict[OfficerId, ChatId]:
    """Return the private chats of officers who are linked to one."""
    rows = await connection.execute(select(links.c.officer, links.c.chat))
    return {OfficerId(row.officer): ChatId(row.chat) for row in rows}


def readers_of(
    office: Office,
    languages: Mapping[str, str],
    others: Collection[str],
    chats: Mapping[OfficerId, ChatId],
    now: datetime,
    *,
    mail: bool,
    chat: bool,
) -> list[Reader]:
    """Return who gets the report: every lead, by mail and in the chat, and further addresses; each address once.

    A lead who is away gets the mail, which waits, and is left alone in the chat.
    """
    own, day = office.texts.language, office.local_day(now)
    leads = [one for one in office.officers if one.role is Role.LEAD]
    found = [
        Reader(address=one.email, name=one.name, officer=one.id, language=languages.get(one.id, own))
        for one in leads if mail
    ]  # fmt: skip
    known = {one.address.lower() for one in found}
    found += [
        Reader(address=one, language=languages.get(one, own))
        for one in dict.fromkeys(others) if one.lower() not in known
    ]  # fmt: skip
    return found + [
        Reader(officer=one.id, chat=chats[one.id], language=languages.get(one.id, own))
        for one in leads if chat and office.chat is not None and one.id in chats and not one.is_away(day)
    ]  # fmt: skip


async def queue_report(
    connection: AsyncConnection, ledger: Ledger, office: Office, letters: Mapping[str, ReportLetter],
    readers: Sequence[Reader],
) -> int:  # fmt: skip
    """Queue a report to its readers, each in the language they read, and return how many letters that were.

    The files of a language are kept once, whoever gets them. The connection must hold the writer's turn.
    """
    kept: dict[tuple[str, bool], tuple[int, ...]] = {}
    for reader in readers:
        letter, in_chat = letters[reader.language], reader.chat is not None
        if (reader.language, in_chat) not in kept:
            files = letter.chat_files if in_chat else letter.files
            kept[reader.language, in_chat] = await enclosures.keep(connection, files, ledger.now)
        encloses = kept[reader.language, in_chat]
        if reader.chat is not None:
            queue_post(ledger, reader.chat, letter.words, officer=reader.officer, kind=MailKind.REPORT,
                       encloses=encloses)  # fmt: skip
        else:
            _queue_mail(ledger, office, letter, reader, encloses)
    return len(readers)


def _queue_mail(
    ledger: Ledger, office: Office, letter: ReportLetter, reader: Reader, encloses: tuple[int, ...]
) -> None:
    unit = office.units[0]
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.REPORT, case=None, officer=reader.officer,
            to_addr=reader.address, to_name=reader.name, from_addr=unit.address, from_name=office.name,
            subject=letter.subject, text=letter.text, html=letter.html, encloses=encloses,
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]), created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip

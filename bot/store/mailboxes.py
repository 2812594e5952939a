"""What is remembered of mailboxes: folders by UIDVALIDITY, mails by UID, and what became of them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, case, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.mailbox import Folder, FolderId, InCases, MailState, Mark
from bot.store.database import Database
from bot.store.rows import InboxState
from bot.store.schema import inbox, mailbox_folders, mailbox_mails

_PIECE = 5_000
"""Rows written, or asked for, in one statement."""

# In words, not as bound values: only so does SQLite see that the partial index answers the question.
_UNFINISHED = text("mailbox_mails.state <> 'settled'")


class Mailboxes:
    """`bot.mailbox.MailboxMemory` over the database, on both engines."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._database = database

    async def folder(self, mailbox: str, name: str) -> Folder | None:
        """Return the folder under the UIDVALIDITY seen last, None before the first visit."""
        async with self._database.reading() as connection:
            return await _latest(connection, mailbox, name)

    async def begin(
        self, mailbox: str, name: str, *, uidvalidity: int, first_uid: int, from_at: datetime | None, at: datetime
    ) -> Folder:
        """Remember a folder under a UIDVALIDITY and return it; one that is known already keeps what is known of it.

        A UIDVALIDITY that comes back (a restored backup) becomes the latest again.
        """
        async with self._database.writing(in_turn=False) as connection:
            first = select(func.min(mailbox_folders.c.started_at)).where(*_named(mailbox, name))
            started_at = (await connection.execute(first)).scalar() or at
            row = {
                "mailbox": mailbox, "name": name, "uidvalidity": uidvalidity, "first_uid": first_uid,
                "from_at": from_at, "started_at": started_at, "seen_at": at,
            }  # fmt: skip
            statement = _insert(connection)(mailbox_folders).values(row)
            keys = ["mailbox", "name", "uidvalidity"]
            await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"seen_at": at}))
            query = select(mailbox_folders).where(*_named(mailbox, name), mailbox_folders.c.uidvalidity == uidvalidity)
            return _folder_of((await connection.execute(query)).mappings().one())

    async def last_uid(self, folder: FolderId) -> int:
        """Return the highest UID remembered, 0 if none is."""
        async with self._database.reading() as connection:
            query = select(func.max(mailbox_mails.c.uid)).where(mailbox_mails.c.folder == folder)
            return int((await connection.execute(query)).scalar() or 0)

    async def known(self, folder: FolderId, uids: Collection[int]) -> set[int]:
        """Return those of the UIDs of which anything is remembered."""
        asked = set(uids)
        if not asked:
            return set()
        within = mailbox_mails.c.uid.between(min(asked), max(asked))
        async with self._database.reading() as connection:
            query = select(mailbox_mails.c.uid).where(mailbox_mails.c.folder == folder, within)
            return asked & set((await connection.execute(query)).scalars())

    async def remember(self, folder: FolderId, marks: Sequence[Mark]) -> None:
        """Store what is known of mails, replacing what was; a mail once kept never becomes failed or gone again."""
        rows = [
            {
                "folder": folder, "uid": mark.uid, "inbox": mark.inbox, "state": mark.state.value,
                "attempts": mark.attempts, "due_at": mark.due_at, "code": mark.code,
            }
            for mark in {mark.uid: mark for mark in marks}.values()
        ]  # fmt: skip
        async with self._database.writing(in_turn=False) as connection:
            insert = _insert(connection)(mailbox_mails)
            new = insert.excluded
            upsert = insert.on_conflict_do_update(
                index_elements=["folder", "uid"],
                set_={
                    "inbox": func.coalesce(new.inbox, mailbox_mails.c.inbox), "state": new.state,
                    "attempts": new.attempts, "due_at": new.due_at, "code": new.code,
                },
                where=or_(
                    mailbox_mails.c.state == MailState.FAILED.value,
                    mailbox_mails.c.state == MailState.GONE.value,
                    and_(mailbox_mails.c.state == MailState.KEPT.value, new.state == MailState.SETTLED.value),
                ),
            )  # fmt: skip
            for start in range(0, len(rows), _PIECE):
                await connection.execute(upsert, rows[start : start + _PIECE])

    async def unsettled(self, folder: FolderId) -> list[int]:
        """Return the UIDs of kept mails that are still to be flagged or moved, ascending."""
        async with self._database.reading() as connection:
            query = _of_state(folder, MailState.KEPT).with_only_columns(mailbox_mails.c.uid)
            return list((await connection.execute(query)).scalars())

    async def failed(self, folder: FolderId) -> list[Mark]:
        """Return all mails that could not be taken in so far, by UID."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_of_state(folder, MailState.FAILED))
            return [
                Mark(
                    uid=row.uid, state=MailState.FAILED, attempts=row.attempts, due_at=row.due_at, code=row.code
                )
                for row in rows
            ]  # fmt: skip

    async def gone(self, folder: FolderId) -> int:
        """Return how many mails were removed before they could be taken in."""
        async with self._database.reading() as connection:
            query = _of_state(folder, MailState.GONE).with_only_columns(func.count()).order_by(None)
            return int((await connection.execute(query)).scalar_one())

    async def in_cases(self, mailbox: str) -> InCases:
        """Return what became of everything that was kept from a mailbox."""
        became = case(
            (inbox.c.id.is_(None), "lost"),
            (inbox.c.state == InboxState.PENDING.value, "pending"),
            (inbox.c.state == InboxState.HELD.value, "held"),
            (inbox.c.outcome.like("K-%"), "cased"),
            else_="uncased",
        ).label("became")
        query = (
            select(became, func.count().label("number"))
            .select_from(
                mailbox_mails.join(mailbox_folders, mailbox_folders.c.id == mailbox_mails.c.folder).join(
                    inbox, inbox.c.id == mailbox_mails.c.inbox, isouter=True
                )
            )
            .where(mailbox_folders.c.mailbox == mailbox, mailbox_mails.c.inbox.is_not(None))
            .group_by(became.name)
        )
        async with self._database.reading() as connection:
            return InCases(**{row.became: row.number for row in await connection.execute(query)})


async def _latest(connection: AsyncConnection, mailbox: str, name: str) -> Folder | None:
    order = (mailbox_folders.c.seen_at.desc(), mailbox_folders.c.id.desc())
    query = select(mailbox_folders).where(*_named(mailbox, name)).order_by(*order).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _folder_of(row)


def _named(mailbox: str, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return mailbox_folders.c.mailbox == mailbox, mailbox_folders.c.name == name


def _of_state(folder: FolderId, state: MailState) -> Select[Any]:
    which = mailbox_mails.c.folder == folder, _UNFINISHED, mailbox_mails.c.state == state.value
    return select(mailbox_mails).where(*which).order_by(mailbox_mails.c.uid)


def _insert(connection: AsyncConnection) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def _folder_of(row: RowMapping) -> Folder:
    return Folder(
        id=FolderId(row["id"]),
        mailbox=row["mailbox"],
        name=row["name"],
        uidvalidity=row["uidvalidity"],
        first_uid=row["first_uid"],
        from_at=row["from_at"],
        started_at=row["started_at"],
    )

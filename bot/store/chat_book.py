"""What a batch knows of chats, and what it changes there; a part of the ledger (`Ledger.book`), written with it."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, PostId, ThreadId, UserId
from bot.facts import CaseNumber, OfficerId, OutboxId
from bot.store.chat_erasing import forget_number, forget_numbers
from bot.store.chat_rows import (
    ChatRow,
    CodePurpose,
    CodeRow,
    GroupRow,
    PostedBefore,
    PressAnswer,
    State,
    TopicRow,
    TopicState,
    WantedChats,
    group_of,
    group_values,
    topic_of,
    topic_values,
)
from bot.store.chat_schema import chats, codes, dialogues, groups, links, posts, topics

DIALOGUE_KEPT, CODE_KEPT = timedelta(days=30), timedelta(days=1)


class ChatBook:
    """What was read, kept up to date with what is changed. Links and groups are known whole: they are few."""

    def __init__(self, now: datetime) -> None:
        """Start empty; `now` (UTC) stamps what is changed."""
        self._now = now
        self.links: dict[UserId, tuple[OfficerId, ChatId]] = {}
        self.groups: dict[ChatId, GroupRow] = {}
        self.chats: dict[ChatId, ChatRow] = {}
        self.topics: dict[CaseNumber, TopicRow] = {}
        self.posts: dict[tuple[ChatId, PostId], PostedBefore] = {}
        self.presses: list[PressAnswer] = []
        """Answers to presses, sent after the commit; nothing depends on them."""
        self.forgotten: dict[ChatId, OutboxId] = {}
        """Chats whose numbers are taken out of all that was posted there, up to this row of the outbox."""
        self.moved: list[tuple[ChatId, ChatId]] = []
        """Groups that have got another number: the old one, the new one."""
        self._dialogues: dict[tuple[ChatId, UserId, str], State] = {}
        self._codes: dict[tuple[CodePurpose, str], CodeRow] = {}
        self._changed: dict[str, dict[tuple[Any, ...], dict[str, Any] | None]] = {}

    def officer_of(self, user: UserId) -> OfficerId | None:
        """Return which officer a user is, None: nobody of the staff."""
        found = self.links.get(user)
        return found[0] if found else None

    def user_of(self, officer: OfficerId) -> tuple[UserId, ChatId] | None:
        """Return an officer's user and private chat, None if they are not linked."""
        return next(((user, chat) for user, (one, chat) in self.links.items() if one == officer), None)

    def link(self, user: UserId, officer: OfficerId, chat: ChatId) -> None:
        """Let a user be this officer from now on, and nobody else be it."""
        for other in [one for one, (known, _) in self.links.items() if known == officer and one != user]:
            self.unlink(other)
        self.links[user] = (officer, chat)
        self._put(links, (user,), user=user, officer=officer, chat=chat, linked_at=self._now)

    def unlink(self, user: UserId) -> None:
        """Let a user be nobody of the staff any more."""
        self.links.pop(user, None)
        self._drop(links, (user,))

    def set_chat(self, row: ChatRow) -> None:
        """Remember this of a private chat."""
        self.chats[row.chat] = row
        self._put(chats, (row.chat,), chat=row.chat, language=row.language, told=row.told, place=row.place,
                  reachable=int(row.reachable), changed_at=self._now)  # fmt: skip

    def forget_chat(self, chat: ChatId, upto: OutboxId) -> None:
        """Forget a private chat: its language, what it was told, everything begun in it, and its number.

        `upto`: the last row of the outbox that is forgotten.
        """
        self.forgotten[chat] = upto
        self.chats.pop(chat, None)
        self._drop(chats, (chat,))
        for key in [one for one in self._dialogues if one[0] == chat]:
            self.end_dialogue(*key)

    def dialogue(self, chat: ChatId, user: UserId, about: str = "") -> State | None:
        """Return what a person is in the middle of in a chat, in one case or (empty) outside of any."""
        return self._dialogues.get((chat, user, about))

    def dialogues_of(self, chat: ChatId, user: UserId) -> Mapping[str, State]:
        """Return all that a person is in the middle of in a chat, by case."""
        return {
            about: state for (in_chat, by, about), state in self._dialogues.items() if (in_chat, by) == (chat, user)
        }

    def set_dialogue(self, chat: ChatId, user: UserId, state: State, about: str = "") -> None:
        """Remember what a person is in the middle of."""
        self._dialogues[chat, user, about] = state
        self._put(dialogues, (chat, user, about), chat=chat, user=user, about=about,
                  state=json.dumps(state, ensure_ascii=False), changed_at=self._now)  # fmt: skip

    def end_dialogue(self, chat: ChatId, user: UserId, about: str = "") -> None:
        """Forget what a person was in the middle of."""
        self._dialogues.pop((chat, user, about), None)
        self._drop(dialogues, (chat, user, about))

    def code(self, purpose: CodePurpose, holder: str) -> CodeRow | None:
        """Return the code that was last sent for this, None if there is none."""
        return self._codes.get((purpose, holder))

    def addresses_to_prove(self) -> set[str]:
        """Return the mail addresses that codes were sent to, so that answers go there."""
        moves = (row.target for row in self._codes.values() if row.purpose is CodePurpose.MOVE)
        return {target.partition(" ")[2] for target in moves}

    def set_code(self, row: CodeRow) -> None:
        """Remember a code, in place of the one before."""
        self._codes[row.purpose, row.holder] = row
        self._put(codes, (row.purpose.value, row.holder), purpose=row.purpose.value, holder=row.holder,
                  target=row.target, digest=row.digest, created_at=row.created_at, expires_at=row.expires_at,
                  tries=row.tries)  # fmt: skip

    def drop_code(self, purpose: CodePurpose, holder: str) -> None:
        """Forget a code: it is used, or was tried too often."""
        self._codes.pop((purpose, holder), None)
        self._drop(codes, (purpose.value, holder))

    def topic_at(self, chat: ChatId, thread: ThreadId | None) -> TopicRow | None:
        """Return the topic with this thread."""
        return next((one for one in self.topics.values() if thread and (one.chat, one.thread) == (chat, thread)), None)

    def want_topic(self, case: CaseNumber, chat: ChatId) -> None:
        """Have a case shown in a group, or shown there anew if its topic was taken away; else nothing."""
        known = self.topics.get(case)
        if known is None or known.state is TopicState.DELETED:
            self.set_topic(TopicRow(case=case, chat=chat, wanted_at=self._now))

    def set_topic(self, row: TopicRow) -> None:
        """Remember how a case is shown."""
        self.topics[row.case] = row
        self._put(topics, (row.case,), **topic_values(row))

    def set_group(self, row: GroupRow) -> None:
        """Remember what a group is like."""
        self.groups[row.chat] = row
        self._put(groups, (row.chat,), **group_values(row), changed_at=self._now)

    def drop_group(self, chat: ChatId) -> None:
        """Forget a group that is not the staff's any more."""
        self.groups.pop(chat, None)
        self._drop(groups, (chat,))

    def answer_press(self, press: str, words: str = "", *, aloud: bool = False) -> None:
        """Answer a press after the commit, at most once."""
        if press and all(one.press != press for one in self.presses):
            self.presses.append(PressAnswer(press, words, aloud))

    def _put(self, table: Table, key: tuple[Any, ...], **values: object) -> None:
        self._changed.setdefault(table.name, {})[key] = values

    def _drop(self, table: Table, key: tuple[Any, ...]) -> None:
        self._changed.setdefault(table.name, {})[key] = None

    async def write(self, connection: AsyncConnection) -> None:
        """Write what was changed."""
        for old, new in self.moved:
            await move_group(connection, old, new)
        for chat, upto in self.forgotten.items():
            await forget_number(connection, chat, upto)
        for table in (links, chats, dialogues, codes, topics, groups):
            changed = self._changed.get(table.name, {})
            gone = [key for key, row in changed.items() if row is None]
            if gone:
                await connection.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(gone)))
            rows = [row for row in changed.values() if row is not None]
            if rows:
                await _upsert(connection, table, rows)

    def keep_read(self, row: Mapping[Any, Any], table: Table) -> None:
        """Take in a row that was read."""
        if table is links:
            self.links[UserId(row["user"])] = (OfficerId(row["officer"]), ChatId(row["chat"]))
        elif table is groups:
            self.groups[ChatId(row["chat"])] = group_of(row)
        elif table is chats:
            self.chats[ChatId(row["chat"])] = ChatRow(
                chat=ChatId(row["chat"]), language=row["language"], told=row["told"], place=row["place"],
                reachable=bool(row["reachable"]),
            )  # fmt: skip
        elif table is dialogues:
            key = (ChatId(row["chat"]), UserId(row["user"]), row["about"])
            self._dialogues[key] = json.loads(row["state"])
        elif table is codes:
            one = CodeRow(**{**row, "purpose": CodePurpose(row["purpose"])})
            self._codes[one.purpose, one.holder] = one
        elif table is topics:
            self.topics[CaseNumber(row["case"])] = topic_of(row)
        elif table is posts:
            place = (ChatId(row["chat"]), PostId(row["post"]))
            self.posts[place] = PostedBefore(OutboxId(row["outbox"]), row["case"])


async def read_book(connection: AsyncConnection, wanted: WantedChats, now: datetime) -> ChatBook:
    """Return what is known of the chats a batch refers to; links and groups whole."""
    book = ChatBook(now)
    for table in (links, groups):
        for row in (await connection.execute(select(table))).mappings():
            book.keep_read(row, table)
    holders = {str(chat) for chat in wanted.chats}
    for table, column, keys in (
        (chats, chats.c.chat, wanted.chats),
        (dialogues, dialogues.c.chat, wanted.chats),
        (codes, codes.c.holder, holders),
        (topics, topics.c.case, wanted.cases),
    ):
        await _read(connection, book, table, column.in_(keys), keys)
    await _read(connection, book, topics, tuple_(topics.c.chat, topics.c.thread).in_(wanted.threads), wanted.threads)
    # In a group without topics everything of a case replies to its card.
    await _read(connection, book, topics, tuple_(topics.c.chat, topics.c.card).in_(wanted.posts), wanted.posts)
    await _read(connection, book, posts, tuple_(posts.c.chat, posts.c.post).in_(wanted.posts), wanted.posts)
    return book


async def read_topics(connection: AsyncConnection, book: ChatBook, cases: Collection[CaseNumber]) -> None:
    """Add the topics of these cases, unless the batch knows them already."""
    left = [case for case in cases if case not in book.topics]
    await _read(connection, book, topics, topics.c.case.in_(left), left)


async def _read(
    connection: AsyncConnection,
    book: ChatBook,
    table: Table,
    condition: ColumnElement[bool],
    keys: Collection[Any],
) -> None:
    if keys:
        for row in (await connection.execute(select(table).where(condition))).mappings():
            book.keep_read(row, table)


async def mark_dirty(connection: AsyncConnection, cases: Collection[CaseNumber]) -> None:
    """Have the groups' view of these cases looked at again."""
    if cases:
        await connection.execute(update(topics).where(topics.c.case.in_(cases)).values(dirty=1))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Forget dialogues that nobody has gone on with for 30 days, codes that ran out a day ago, and forgotten chats."""
    await forget_numbers(connection, now)
    await connection.execute(delete(dialogues).where(dialogues.c.changed_at < now - DIALOGUE_KEPT))
    await connection.execute(delete(codes).where(codes.c.expires_at < now - CODE_KEPT))


async def move_group(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give a group its new number wherever it stands; its topics begin anew, as messages are numbered anew."""
    # The service tells it twice: the second time the row with the new number is the group's own.
    if (await connection.execute(select(groups.c.chat).where(groups.c.chat == old))).scalar() is not None:
        await connection.execute(delete(groups).where(groups.c.chat == new))
    await connection.execute(
        update(groups).where(groups.c.chat == old).values(chat=new, board=None, shown="", shown_at=None)
    )
    await connection.execute(
        update(topics)
        .where(topics.c.chat == old)
        .values(chat=new, thread=None, card=None, title="", shown="", upto=0, dirty=1, state=TopicState.WANTED.value)
    )


async def _upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)

"""The tables of chats. Numbers of chats, users, messages and topics are the service's own."""

from sqlalchemy import Column, Index, LargeBinary, Text, text

from bot.store.columns import BIG, instant, new_table, number, words

chats = new_table(
    "chats",
    Column("chat", BIG, primary_key=True, autoincrement=False),
    words("language"),
    number("told"),
    words("place"),
    Column("reachable", BIG, nullable=False, server_default="1"),
    instant("changed_at"),
)
"""One row for each person's chat with us: its language, whether it was told who we are, the place it came by."""

dialogues = new_table(
    "dialogues",
    Column("chat", BIG, primary_key=True, autoincrement=False),
    Column("user", BIG, primary_key=True, autoincrement=False),
    Column("about", Text, primary_key=True),
    words("state"),
    instant("changed_at"),
)
"""What somebody is in the middle of, per chat and per case (`about`; empty: nothing of one case)."""

links = new_table(
    "links",
    Column("user", BIG, primary_key=True, autoincrement=False),
    words("officer"),
    number("chat"),
    instant("linked_at"),
)
"""Which user of the service is which officer, and the private chat with them."""

codes = new_table(
    "codes",
    Column("purpose", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    words("target"),
    words("digest"),
    instant("created_at"),
    instant("expires_at"),
    number("tries"),
)
"""Codes sent by mail that prove an address: one at a time for each purpose and holder."""

topics = new_table(
    "topics",
    Column("case", Text, primary_key=True),
    number("chat"),
    number("thread", nullable=True),
    number("card", nullable=True),
    words("state"),
    words("title"),
    words("shown"),
    number("upto"),
    Column("dirty", BIG, nullable=False, server_default="1"),
    instant("wanted_at"),
    instant("made_at", nullable=True),
    Index("ix_topics_chat_thread", "chat", "thread"),
)
"""How a case is shown in its group: a view that can be made again. `upto`: the last message that is shown there."""
_DIRTY = text("dirty = 1")
Index("ix_topics_dirty", topics.c.chat, topics.c.case, sqlite_where=_DIRTY, postgresql_where=_DIRTY)

groups = new_table(
    "groups",
    Column("chat", BIG, primary_key=True, autoincrement=False),
    words("unit"),
    words("kind"),
    words("lacks"),
    number("board", nullable=True),
    words("shown"),
    instant("shown_at", nullable=True),
    instant("changed_at"),
)
"""The staff's groups as they were last seen, and the board in each."""

posts = new_table(
    "posts",
    Column("chat", BIG, primary_key=True, autoincrement=False),
    Column("post", BIG, primary_key=True, autoincrement=False),
    number("outbox"),
    words("case"),
)
"""Which message in a chat is which row of the outbox: so that a reply to it, or a press on it, is understood."""

contents = new_table(
    "contents",
    Column("message", BIG, primary_key=True, autoincrement=False),
    Column("part", BIG, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""The bytes of files that did not come with the message but were fetched after it."""

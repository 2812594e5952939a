"""Chats: what we know of each, who of the staff is who, topics and boards of groups, codes, and files fetched later."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_CHAT = sa.text("post IS NOT NULL")
DIRTY = sa.text("dirty = 1")
FETCHING = sa.text("state = 'fetching'")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str, default: str = "0") -> sa.Column[int]:
    return sa.Column(name, BIG, server_default=default, nullable=False)


def _maybe(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=True)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, primary_key=True, autoincrement=False, nullable=False)


def upgrade() -> None:
    """Add tables and columns; nothing that is there changes."""
    op.create_table(
        "chats", _key("chat"), _text("language"), _number("told"), _text("place"), _number("reachable", "1"),
        sa.Column("changed_at", BIG, nullable=False), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "dialogues", _key("chat"), _key("user"),
        sa.Column("about", sa.Text(), primary_key=True, nullable=False),
        _text("state"), sa.Column("changed_at", BIG, nullable=False), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "links", _key("user"), _text("officer"), _number("chat"), sa.Column("linked_at", BIG, nullable=False),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "codes",
        sa.Column("purpose", sa.Text(), primary_key=True, nullable=False),
        sa.Column("holder", sa.Text(), primary_key=True, nullable=False),
        _text("target"), _text("digest"), sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False), _number("tries"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "topics",
        sa.Column("case", sa.Text(), primary_key=True, nullable=False),
        _number("chat"), _maybe("thread"), _maybe("card"), _text("state"), _text("title"), _text("shown"),
        _number("upto"), _number("dirty", "1"), sa.Column("wanted_at", BIG, nullable=False), _maybe("made_at"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_topics_chat_thread", "topics", ["chat", "thread"])
    op.create_index("ix_topics_dirty", "topics", ["chat", "case"], sqlite_where=DIRTY, postgresql_where=DIRTY)
    op.create_table(
        "groups", _key("chat"), _text("unit"), _text("kind"), _text("lacks"), _maybe("board"), _text("shown"),
        _maybe("shown_at"), sa.Column("changed_at", BIG, nullable=False), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "posts", _key("chat"), _key("post"), _number("outbox"), _text("case"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "contents", _key("message"), _key("part"), sa.Column("content", sa.LargeBinary(), nullable=False),
        sqlite_strict=True,
    )  # fmt: skip
    op.add_column("messages", _maybe("post"))
    op.add_column("messages", _maybe("edits"))
    op.add_column("messages", _text("album"))
    op.create_index(
        "ix_messages_address_post", "messages", ["address", "post"], sqlite_where=OF_CHAT, postgresql_where=OF_CHAT
    )
    op.add_column("files", _text("remote"))
    op.add_column("files", _text("kind"))
    op.create_index("ix_files_fetching", "files", ["message"], sqlite_where=FETCHING, postgresql_where=FETCHING)
    op.add_column("outbox", _maybe("thread"))
    op.add_column("outbox", sa.Column("form", sa.Text(), server_default="{}", nullable=False))
    op.add_column("outbox", _number("rank"))
    op.add_column("outbox", _text("replaces"))
    op.add_column("outbox", sa.Column("posted", sa.Text(), server_default="[]", nullable=False))

"""The tables of the one database, and the guards that keep facts from being changed.

Instants are whole microseconds since 1970-01-01 UTC in both engines: they compare, index and read the same.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from bot.facts import from_micros, to_micros

BIG = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970; a naive one is refused with ValueError."""

    impl = BIG
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the conversion to the stored integer."""

        def bind(value: datetime | None) -> int | None:
            return None if value is None else to_micros(value)

        return bind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002 -- likewise
        """Return the conversion from the stored integer."""

        def result(value: int | None) -> datetime | None:
            return None if value is None else from_micros(value)

        return result


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: Column[object] | Index | UniqueConstraint | PrimaryKeyConstraint) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _text(name: str, default: str | None = "") -> Column[object]:
    return Column(name, Text, nullable=False, server_default=default)


def _number(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, BIG, nullable=nullable, server_default=None if nullable else "0")


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Instant, nullable=nullable)


meta = _table("meta", Column("key", Text, primary_key=True), _text("value"))

inbox = _table(
    "inbox",
    Column("id", BIG, primary_key=True, autoincrement=True),
    _text("channel", None),
    _text("external_id", None),
    _text("recipients", "[]"),
    _text("sender"),
    _instant("arrived_at"),
    _number("size"),
    _text("state", "pending"),
    _text("outcome"),
    _text("mailbox"),
    _number("sent"),
    UniqueConstraint("channel", "external_id"),
)
Index("ix_inbox_open", inbox.c.state, inbox.c.id, sqlite_where=text("state <> 'done'"),
      postgresql_where=text("state <> 'done'"))  # fmt: skip
# What was kept without a case is counted by the week; few rows.
Index("ix_inbox_auto", inbox.c.arrived_at, sqlite_where=inbox.c.outcome == "auto",
      postgresql_where=inbox.c.outcome == "auto")  # fmt: skip

originals = _table(
    "originals",
    Column("inbox", BIG, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

facts = _table(
    "facts",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    _text("case", None),
    _number("inquiry", nullable=True),
    _text("kind", None),
    _instant("occurred_at"),
    _instant("recorded_at"),
    _text("actor", None),
    _text("source", None),
    _text("data", "{}"),
    UniqueConstraint("source", "kind"),
    Index("ix_facts_case_seq", "case", "seq"),
    Index("ix_facts_kind_occurred_at", "kind", "occurred_at"),
)

cases = _table(
    "cases",
    Column("number", Text, primary_key=True),
    _text("channel"),
    _text("kind"),
    _text("unit"),
    _text("state", "open"),
    _text("possibly"),
    _instant("opened_at"),
    _instant("changed_at"),
    _text("owner"),
    _text("topic"),
    _text("language"),
    _text("interpreter"),
    _text("merged_into"),
    _text("promised"),
    _number("secret"),
    _number("diary"),
    _instant("waiting_since", nullable=True),
)
_WAITS = text("waiting_since IS NOT NULL")
# All that the queue reads of what waits: it is answered by the index alone.
Index("ix_cases_waiting", cases.c.unit, cases.c.waiting_since, cases.c.number, cases.c.secret, sqlite_where=_WAITS,
      postgresql_where=_WAITS)  # fmt: skip
_OWNED = text("owner <> '' AND state = 'open'")
Index("ix_cases_owner", cases.c.owner, sqlite_where=_OWNED, postgresql_where=_OWNED)

inquiries = _table(
    "inquiries",
    _text("case", None),
    _number("no"),
    _text("channel"),
    _text("kind"),
    _text("unit"),
    _instant("arrived_at"),
    _number("messages"),
    _instant("acknowledged_at", nullable=True),
    _instant("held_at", nullable=True),
    _instant("answered_at", nullable=True),
    _number("answered_seq", nullable=True),
    _number("unsure"),
    _number("revoked"),
    Column("excluded", Text, nullable=True),
    _instant("closed_at", nullable=True),
    _instant("changed_at"),
    PrimaryKeyConstraint("case", "no"),
    Index("ix_inquiries_arrived_at", "arrived_at", "changed_at"),
)
_WAITING = inquiries.c.answered_at.is_(None) & inquiries.c.excluded.is_(None)
Index("ix_inquiries_waiting", inquiries.c.arrived_at, sqlite_where=_WAITING, postgresql_where=_WAITING)

persons = _table("persons", Column("id", BIG, primary_key=True, autoincrement=False), _instant("created_at"))

addresses = _table(
    "addresses",
    Column("id", BIG, primary_key=True, autoincrement=False),
    _number("person"),
    _text("channel", None),
    _text("address", None),
    _text("name"),
    UniqueConstraint("channel", "address"),
    Index("ix_addresses_person", "person"),
)

participants = _table(
    "participants",
    _text("case", None),
    _number("address"),
    PrimaryKeyConstraint("case", "address"),
    Index("ix_participants_address", "address"),
)

messages = _table(
    "messages",
    Column("id", BIG, primary_key=True, autoincrement=False),
    _text("case", None),
    _text("direction", None),
    _number("address", nullable=True),
    _text("officer"),
    _number("inbox", nullable=True),
    _text("message_id"),
    _text("refs", "[]"),
    _text("subject"),
    _text("text"),
    _text("whole"),
    _text("digest"),
    _instant("created_at"),
    Index("ix_messages_case", "case", "id"),
)
Index("ix_messages_message_id", messages.c.message_id, sqlite_where=text("message_id <> ''"),
      postgresql_where=text("message_id <> ''"))  # fmt: skip
Index("ix_messages_address_created_at", messages.c.address, messages.c.created_at)
Index("ix_messages_inbox", messages.c.inbox)

files = _table(
    "files",
    _number("message"),
    _number("part"),
    _text("name"),
    _text("media_type"),
    _number("size"),
    _number("inline"),
    _text("state", "passed"),
    _number("attempts"),
    _instant("due_at", nullable=True),
    PrimaryKeyConstraint("message", "part"),
)
Index("ix_files_held", files.c.message, sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'"))

sent_unmatched = _table(
    "sent_unmatched",
    _text("message_id", None),
    _number("inbox"),
    PrimaryKeyConstraint("message_id", "inbox"),
)
"""What mails of a folder of sent mail answer, while we know no case of it: the asking mail may be read later."""

outbox = _table(
    "outbox",
    Column("id", BIG, primary_key=True, autoincrement=False),
    _text("kind", None),
    _text("state", "new"),
    _text("case"),
    _number("inquiry", nullable=True),
    _number("message", nullable=True),
    _text("officer"),
    _text("channel", "mail"),
    _text("to_addr", None),
    _text("to_name"),
    _text("from_addr"),
    _text("from_name"),
    _text("reply_to"),
    _text("subject"),
    _text("text"),
    _text("message_id", None),
    _text("in_reply_to"),
    _text("refs", "[]"),
    _text("attach", "[]"),
    _instant("created_at"),
    _instant("due_at"),
    _instant("tried_at", nullable=True),
    _instant("sent_at", nullable=True),
    _number("attempts"),
    _number("unsure"),
    _number("owner"),
    _text("status"),
    _text("html"),
    UniqueConstraint("message_id"),
    Index("ix_outbox_case", "case", "id"),
    Index("ix_outbox_to_addr_created_at", "to_addr", "created_at"),
)
_UNDONE = text("state IN ('new', 'sending')")
Index("ix_outbox_waiting", outbox.c.id, sqlite_where=_UNDONE, postgresql_where=_UNDONE)
Index("ix_outbox_undone", outbox.c.to_addr, outbox.c.id, sqlite_where=_UNDONE, postgresql_where=_UNDONE)

register = _table(
    "register",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    _text("kind", None),
    _text("key", None),
    _instant("recorded_at"),
    _text("actor", None),
    _number("ended"),
    _text("data", "{}"),
)
"""What admins and leads change while the service runs, appended: units, staff, topics, canned answers, hours."""

GUARDS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS facts_no_update BEFORE UPDATE ON facts "
        "BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END",
        "CREATE TRIGGER IF NOT EXISTS facts_no_delete BEFORE DELETE ON facts "
        "BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END",
        "CREATE TRIGGER IF NOT EXISTS register_no_update BEFORE UPDATE ON register "
        "BEGIN SELECT RAISE(ABORT, 'the register is never changed'); END",
        "CREATE TRIGGER IF NOT EXISTS register_no_delete BEFORE DELETE ON register "
        "BEGIN SELECT RAISE(ABORT, 'the register is never deleted from'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION facts_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'facts are never changed or deleted'; END $$",
        "CREATE OR REPLACE TRIGGER facts_no_update BEFORE UPDATE OR DELETE ON facts "
        "FOR EACH ROW EXECUTE FUNCTION facts_guard()",
        "CREATE OR REPLACE TRIGGER facts_no_delete BEFORE TRUNCATE ON facts "
        "FOR EACH STATEMENT EXECUTE FUNCTION facts_guard()",
        "CREATE OR REPLACE TRIGGER register_no_update BEFORE UPDATE OR DELETE ON register "
        "FOR EACH ROW EXECUTE FUNCTION facts_guard()",
        "CREATE OR REPLACE TRIGGER register_no_delete BEFORE TRUNCATE ON register "
        "FOR EACH STATEMENT EXECUTE FUNCTION facts_guard()",
    ),
}
"""The statements that make facts and register append-only; safe to run again: Alembic's batch mode drops triggers."""

GUARD_NAMES = frozenset({"facts_no_update", "facts_no_delete", "register_no_update", "register_no_delete"})

# Mailboxes: a folder under each UIDVALIDITY it had, and what is remembered of its mails.
mailbox_folders = _table(
    "mailbox_folders",
    Column("id", BIG, primary_key=True, autoincrement=True),
    _text("mailbox", None),
    _text("name", None),
    _number("uidvalidity"),
    _number("first_uid"),
    _instant("from_at", nullable=True),
    _instant("started_at"),
    _instant("seen_at"),
    UniqueConstraint("mailbox", "name", "uidvalidity"),
)

mailbox_mails = _table(
    "mailbox_mails",
    _number("folder"),
    _number("uid"),
    _number("inbox", nullable=True),
    _text("state"),
    _number("attempts"),
    _instant("due_at", nullable=True),
    _text("code"),
    PrimaryKeyConstraint("folder", "uid"),
)
_UNFINISHED = text("state <> 'settled'")
Index("ix_mailbox_mails_unfinished", mailbox_mails.c.folder, mailbox_mails.c.state, mailbox_mails.c.uid,
      sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)  # fmt: skip

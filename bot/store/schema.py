"""The tables of the one database, and the guards that keep facts from being changed.

Instants are whole microseconds since 1970-01-01 UTC in both engines: they compare, index and read the same. What is
kept of chats stands in `bot.store.chat_schema`.
"""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, text

from bot.store.columns import BIG, Instant, instant, metadata, new_table, number, words

__all__ = ["BIG", "Instant", "metadata"]

meta = new_table("meta", Column("key", Text, primary_key=True), words("value"))

inbox = new_table(
    "inbox",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("channel", None),
    words("external_id", None),
    words("recipients", "[]"),
    words("sender"),
    instant("arrived_at"),
    number("size"),
    words("state", "pending"),
    words("outcome"),
    words("mailbox"),
    number("sent"),
    UniqueConstraint("channel", "external_id"),
)
Index("ix_inbox_open", inbox.c.state, inbox.c.id, sqlite_where=text("state <> 'done'"),
      postgresql_where=text("state <> 'done'"))  # fmt: skip
# What was kept without a case is counted by the week; few rows.
Index("ix_inbox_auto", inbox.c.arrived_at, sqlite_where=inbox.c.outcome == "auto",
      postgresql_where=inbox.c.outcome == "auto")  # fmt: skip

originals = new_table(
    "originals",
    Column("inbox", BIG, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

facts = new_table(
    "facts",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    words("case", None),
    number("inquiry", nullable=True),
    words("kind", None),
    instant("occurred_at"),
    instant("recorded_at"),
    words("actor", None),
    words("source", None),
    words("data", "{}"),
    UniqueConstraint("source", "kind"),
    Index("ix_facts_case_seq", "case", "seq"),
    Index("ix_facts_kind_occurred_at", "kind", "occurred_at"),
)

cases = new_table(
    "cases",
    Column("number", Text, primary_key=True),
    words("channel"),
    words("kind"),
    words("unit"),
    words("state", "open"),
    words("possibly"),
    instant("opened_at"),
    instant("changed_at"),
    words("owner"),
    words("topic"),
    words("language"),
    words("interpreter"),
    words("merged_into"),
    words("promised"),
    number("secret"),
    number("diary"),
    instant("waiting_since", nullable=True),
)
_WAITS = text("waiting_since IS NOT NULL")
# All that the queue reads of what waits: it is answered by the index alone.
Index("ix_cases_waiting", cases.c.unit, cases.c.waiting_since, cases.c.number, cases.c.secret, sqlite_where=_WAITS,
      postgresql_where=_WAITS)  # fmt: skip
_OWNED = text("owner <> '' AND state = 'open'")
Index("ix_cases_owner", cases.c.owner, sqlite_where=_OWNED, postgresql_where=_OWNED)

inquiries = new_table(
    "inquiries",
    words("case", None),
    number("no"),
    words("channel"),
    words("kind"),
    words("unit"),
    instant("arrived_at"),
    number("messages"),
    instant("acknowledged_at", nullable=True),
    instant("held_at", nullable=True),
    instant("answered_at", nullable=True),
    number("answered_seq", nullable=True),
    number("unsure"),
    number("revoked"),
    Column("excluded", Text, nullable=True),
    instant("closed_at", nullable=True),
    instant("changed_at"),
    words("topic"),
    words("language"),
    instant("first_held_at", nullable=True),
    instant("again_at", nullable=True),
    instant("next_at", nullable=True),
    instant("outcome_at", nullable=True),
    words("promised"),
    number("transferred"),
    number("test"),
    instant("opened_at", nullable=True),
    instant("touched_at", nullable=True),
    instant("otherwise_at", nullable=True),
    PrimaryKeyConstraint("case", "no"),
    Index("ix_inquiries_arrived_at", "arrived_at", "changed_at"),
)
_WAITING = inquiries.c.answered_at.is_(None) & inquiries.c.excluded.is_(None)
# Few: a message learned of later had come before the one that opened it.
_RESTARTED = text("opened_at > arrived_at")
Index("ix_inquiries_restarted", inquiries.c.arrived_at, inquiries.c.opened_at, sqlite_where=_RESTARTED,
      postgresql_where=_RESTARTED)  # fmt: skip
Index("ix_inquiries_waiting", inquiries.c.arrived_at, sqlite_where=_WAITING, postgresql_where=_WAITING)

persons = new_table("persons", Column("id", BIG, primary_key=True, autoincrement=False), instant("created_at"))

addresses = new_table(
    "addresses",
    Column("id", BIG, primary_key=True, autoincrement=False),
    number("person"),
    words("channel", None),
    words("address", None),
    words("name"),
    UniqueConstraint("channel", "address"),
    Index("ix_addresses_person", "person"),
)

participants = new_table(
    "participants",
    words("case", None),
    number("address"),
    PrimaryKeyConstraint("case", "address"),
    Index("ix_participants_address", "address"),
)

messages = new_table(
    "messages",
    Column("id", BIG, primary_key=True, autoincrement=False),
    words("case", None),
    words("direction", None),
    number("address", nullable=True),
    words("officer"),
    number("inbox", nullable=True),
    words("message_id"),
    words("refs", "[]"),
    words("subject"),
    words("text"),
    words("whole"),
    words("digest"),
    instant("created_at"),
    number("post", nullable=True),
    number("edits", nullable=True),
    words("album"),
    Index("ix_messages_case", "case", "id"),
)
_OF_CHAT = text("post IS NOT NULL")
Index("ix_messages_address_post", messages.c.address, messages.c.post, sqlite_where=_OF_CHAT,
      postgresql_where=_OF_CHAT)  # fmt: skip
Index("ix_messages_message_id", messages.c.message_id, sqlite_where=text("message_id <> ''"),
      postgresql_where=text("message_id <> ''"))  # fmt: skip
Index("ix_messages_address_created_at", messages.c.address, messages.c.created_at)
Index("ix_messages_inbox", messages.c.inbox)

files = new_table(
    "files",
    number("message"),
    number("part"),
    words("name"),
    words("media_type"),
    number("size"),
    number("inline"),
    words("state", "passed"),
    number("attempts"),
    instant("due_at", nullable=True),
    words("remote"),
    words("kind"),
    PrimaryKeyConstraint("message", "part"),
)
_FETCHING = text("state = 'fetching'")
Index("ix_files_fetching", files.c.message, sqlite_where=_FETCHING, postgresql_where=_FETCHING)
Index("ix_files_held", files.c.message, sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'"))

sent_unmatched = new_table(
    "sent_unmatched",
    words("message_id", None),
    number("inbox"),
    PrimaryKeyConstraint("message_id", "inbox"),
)
"""What mails of a folder of sent mail answer, while we know no case of it: the asking mail may be read later."""

outbox = new_table(
    "outbox",
    Column("id", BIG, primary_key=True, autoincrement=False),
    words("kind", None),
    words("state", "new"),
    words("case"),
    number("inquiry", nullable=True),
    number("message", nullable=True),
    words("officer"),
    words("channel", "mail"),
    words("to_addr", None),
    words("to_name"),
    words("from_addr"),
    words("from_name"),
    words("reply_to"),
    words("subject"),
    words("text"),
    words("message_id", None),
    words("in_reply_to"),
    words("refs", "[]"),
    words("attach", "[]"),
    instant("created_at"),
    instant("due_at"),
    instant("tried_at", nullable=True),
    instant("sent_at", nullable=True),
    number("attempts"),
    number("unsure"),
    number("owner"),
    words("status"),
    words("html"),
    number("thread", nullable=True),
    words("form", "{}"),
    number("rank"),
    words("replaces"),
    words("posted", "[]"),
    words("encloses", "[]"),
    UniqueConstraint("message_id"),
    Index("ix_outbox_case", "case", "id"),
    Index("ix_outbox_to_addr_created_at", "to_addr", "created_at"),
)
_UNDONE = text("state IN ('new', 'sending')")
Index("ix_outbox_waiting", outbox.c.id, sqlite_where=_UNDONE, postgresql_where=_UNDONE)
Index("ix_outbox_undone", outbox.c.to_addr, outbox.c.id, sqlite_where=_UNDONE, postgresql_where=_UNDONE)

enclosures = new_table(
    "enclosures",
    Column("id", BIG, primary_key=True, autoincrement=False),
    words("name", None),
    words("media_type", None),
    words("cid"),
    Column("content", LargeBinary, nullable=False),
    instant("created_at"),
)
"""Files that we made ourselves, as a report, for what is queued: kept until it has surely left."""

register = new_table(
    "register",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    words("kind", None),
    words("key", None),
    instant("recorded_at"),
    words("actor", None),
    number("ended"),
    words("data", "{}"),
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
mailbox_folders = new_table(
    "mailbox_folders",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("mailbox", None),
    words("name", None),
    number("uidvalidity"),
    number("first_uid"),
    instant("from_at", nullable=True),
    instant("started_at"),
    instant("seen_at"),
    UniqueConstraint("mailbox", "name", "uidvalidity"),
)

mailbox_mails = new_table(
    "mailbox_mails",
    number("folder"),
    number("uid"),
    number("inbox", nullable=True),
    words("state"),
    number("attempts"),
    instant("due_at", nullable=True),
    words("code"),
    PrimaryKeyConstraint("folder", "uid"),
)
_UNFINISHED = text("state <> 'settled'")
Index("ix_mailbox_mails_unfinished", mailbox_mails.c.folder, mailbox_mails.c.state, mailbox_mails.c.uid,
      sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)  # fmt: skip

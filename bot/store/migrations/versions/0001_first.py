"""The first form of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "addresses",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("person", BIG, server_default="0", nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("channel", "address", name="uq_addresses_channel_address"),
        sqlite_strict=True,
    )
    op.create_table(
        "cases",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("possibly", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cases"),
        sqlite_strict=True,
    )
    op.create_table(
        "facts",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("inquiry", BIG, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", BIG, nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_facts"),
        sa.UniqueConstraint("source", "kind", name="uq_facts_source_kind"),
        sqlite_strict=True,
    )
    op.create_index("ix_facts_case_seq", "facts", ["case", "seq"], unique=False)
    op.create_index("ix_facts_kind_occurred_at", "facts", ["kind", "occurred_at"], unique=False)
    op.create_table(
        "files",
        sa.Column("message", BIG, server_default="0", nullable=False),
        sa.Column("part", BIG, server_default="0", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", BIG, server_default="0", nullable=False),
        sa.Column("inline", BIG, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("message", "part", name="pk_files"),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), server_default="[]", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("arrived_at", BIG, nullable=False),
        sa.Column("size", BIG, server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "external_id", name="uq_inbox_channel_external_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_inbox_auto",
        "inbox",
        ["arrived_at"],
        unique=False,
        sqlite_where=sa.text("outcome = 'auto'"),
        postgresql_where=sa.text("outcome = 'auto'"),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["state", "id"],
        unique=False,
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_table(
        "inquiries",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("no", BIG, server_default="0", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("arrived_at", BIG, nullable=False),
        sa.Column("messages", BIG, server_default="0", nullable=False),
        sa.Column("acknowledged_at", BIG, nullable=True),
        sa.Column("held_at", BIG, nullable=True),
        sa.Column("answered_at", BIG, nullable=True),
        sa.Column("answered_seq", BIG, nullable=True),
        sa.Column("unsure", BIG, server_default="0", nullable=False),
        sa.Column("revoked", BIG, server_default="0", nullable=False),
        sa.Column("excluded", sa.Text(), nullable=True),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("case", "no", name="pk_inquiries"),
        sqlite_strict=True,
    )
    op.create_index("ix_inquiries_arrived_at", "inquiries", ["arrived_at", "changed_at"], unique=False)
    op.create_index(
        "ix_inquiries_waiting",
        "inquiries",
        ["arrived_at"],
        unique=False,
        sqlite_where=sa.text("answered_at IS NULL AND excluded IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL AND excluded IS NULL"),
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("address", BIG, nullable=True),
        sa.Column("officer", sa.Text(), server_default="", nullable=False),
        sa.Column("inbox", BIG, nullable=True),
        sa.Column("message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("refs", sa.Text(), server_default="[]", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sqlite_strict=True,
    )
    op.create_index("ix_messages_address_created_at", "messages", ["address", "created_at"], unique=False)
    op.create_index("ix_messages_case", "messages", ["case", "id"], unique=False)
    op.create_index(
        "ix_messages_message_id",
        "messages",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("message_id <> ''"),
        postgresql_where=sa.text("message_id <> ''"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
        sqlite_strict=True,
    )
    op.create_table(
        "originals",
        sa.Column("inbox", BIG, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("inbox", name="pk_originals"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("case", sa.Text(), server_default="", nullable=False),
        sa.Column("inquiry", BIG, nullable=True),
        sa.Column("message", BIG, nullable=True),
        sa.Column("officer", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="mail", nullable=False),
        sa.Column("to_addr", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), server_default="", nullable=False),
        sa.Column("from_addr", sa.Text(), server_default="", nullable=False),
        sa.Column("from_name", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_to", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text(), server_default="", nullable=False),
        sa.Column("refs", sa.Text(), server_default="[]", nullable=False),
        sa.Column("attach", sa.Text(), server_default="[]", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("tried_at", BIG, nullable=True),
        sa.Column("sent_at", BIG, nullable=True),
        sa.Column("attempts", BIG, server_default="0", nullable=False),
        sa.Column("unsure", BIG, server_default="0", nullable=False),
        sa.Column("owner", BIG, server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_case", "outbox", ["case", "id"], unique=False)
    op.create_index("ix_outbox_to_addr_created_at", "outbox", ["to_addr", "created_at"], unique=False)
    op.create_index(
        "ix_outbox_undone",
        "outbox",
        ["to_addr", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('new', 'sending')"),
        postgresql_where=sa.text("state IN ('new', 'sending')"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('new', 'sending')"),
        postgresql_where=sa.text("state IN ('new', 'sending')"),
    )
    op.create_table(
        "participants",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("address", BIG, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("case", "address", name="pk_participants"),
        sqlite_strict=True,
    )
    op.create_table(
        "persons",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sqlite_strict=True,
    )

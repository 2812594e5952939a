"""Where a mail was read from, and what may be done with each file."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; what is there already was handed over by SMTP, and its files may pass."""
    op.add_column("inbox", sa.Column("mailbox", sa.Text(), server_default="", nullable=False))
    op.add_column("inbox", sa.Column("sent", BIG, server_default="0", nullable=False))
    op.add_column("files", sa.Column("state", sa.Text(), server_default="passed", nullable=False))
    op.create_index(
        "ix_files_held", "files", ["message"],
        sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_messages_inbox", "messages", ["inbox"])
    op.add_column("messages", sa.Column("whole", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "sent_unmatched",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("inbox", BIG, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("message_id", "inbox", name="pk_sent_unmatched"),
        sqlite_strict=True,
    )

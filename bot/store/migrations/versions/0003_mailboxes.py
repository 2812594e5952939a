"""What is remembered of mailboxes that are read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "mailbox_folders",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uidvalidity", BIG, server_default="0", nullable=False),
        sa.Column("first_uid", BIG, server_default="0", nullable=False),
        sa.Column("from_at", BIG, nullable=True),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox_folders"),
        sa.UniqueConstraint("mailbox", "name", "uidvalidity", name="uq_mailbox_folders_mailbox_name_uidvalidity"),
        sqlite_strict=True,
    )
    op.create_table(
        "mailbox_mails",
        sa.Column("folder", BIG, server_default="0", nullable=False),
        sa.Column("uid", BIG, server_default="0", nullable=False),
        sa.Column("inbox", BIG, nullable=True),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", BIG, server_default="0", nullable=False),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("folder", "uid", name="pk_mailbox_mails"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_mailbox_mails_unfinished",
        "mailbox_mails",
        ["folder", "state", "uid"],
        unique=False,
        sqlite_where=sa.text("state <> 'settled'"),
        postgresql_where=sa.text("state <> 'settled'"),
    )

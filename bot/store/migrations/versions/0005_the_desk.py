"""The desk: whose case it is, what it is about, who may see it; what admins change while the service runs; HTML."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWNED = sa.text("owner <> '' AND state = 'open'")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    """Add the columns and tables. What the facts say of old cases is the default of every new column."""
    for name in ("owner", "topic", "language", "interpreter", "merged_into", "promised"):
        op.add_column("cases", _text(name))
    for name in ("secret", "diary"):
        op.add_column("cases", sa.Column(name, BIG, server_default="0", nullable=False))
    op.create_index("ix_cases_owner", "cases", ["owner"], sqlite_where=OWNED, postgresql_where=OWNED)
    op.create_index("ix_participants_address", "participants", ["address"])
    op.add_column("outbox", _text("html"))
    op.create_table(
        "register",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("ended", BIG, server_default="0", nullable=False),
        sa.Column("data", sa.Text(), server_default="{}", nullable=False),
        sqlite_strict=True,
    )

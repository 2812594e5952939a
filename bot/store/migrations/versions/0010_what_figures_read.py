"""What figures read of an inquiry beside its clock. The new columns are written by the rebuild that follows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RESTARTED = sa.text("opened_at > arrived_at")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; until the projections are rebuilt they say that nothing happened."""
    for name in ("topic", "language", "promised"):
        op.add_column("inquiries", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("transferred", "test"):
        op.add_column("inquiries", sa.Column(name, BIG, server_default="0", nullable=False))
    instants = ("first_held_at", "again_at", "next_at", "outcome_at", "opened_at", "touched_at", "otherwise_at")
    for name in instants:
        op.add_column("inquiries", sa.Column(name, BIG, nullable=True))
    op.create_index("ix_inquiries_restarted", "inquiries", ["arrived_at", "opened_at"], sqlite_where=RESTARTED,
                    postgresql_where=RESTARTED)  # fmt: skip

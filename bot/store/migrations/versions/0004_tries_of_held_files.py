"""How often the scanner was asked about a file in vain, and when it is asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; what is held already may be asked about at once."""
    op.add_column("files", sa.Column("attempts", BIG, server_default="0", nullable=False))
    op.add_column("files", sa.Column("due_at", BIG, nullable=True))

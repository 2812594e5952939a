"""The queue: since when each open case waits for an answer; and the addresses of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("waiting_since IS NOT NULL")


def upgrade() -> None:
    """Add the column and fill it from the inquiries that wait."""
    op.add_column("cases", sa.Column("waiting_since", BIG, nullable=True))
    op.execute(
        "UPDATE cases SET waiting_since = (SELECT min(arrived_at) FROM inquiries "
        'WHERE inquiries."case" = cases.number AND answered_at IS NULL AND excluded IS NULL) '
        "WHERE state = 'open' AND merged_into = '' "
        'AND number IN (SELECT "case" FROM inquiries WHERE answered_at IS NULL AND excluded IS NULL)'
    )
    columns = ["unit", "waiting_since", "number", "secret"]
    op.create_index("ix_cases_waiting", "cases", columns, sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_addresses_person", "addresses", ["person"])

"""What messages can be found by: each message's stems, and from which message on all are there."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# No places and no sizes are kept: words are looked for, never phrases. What stands between spaces is one token.
SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5 "
    "(words, detail=none, columnsize=0, tokenize=\"ascii tokenchars '@.+-_'\")",
)
POSTGRESQL = (
    "CREATE TABLE search_words "
    "(message BIGINT CONSTRAINT pk_search_words PRIMARY KEY, words tsvector NOT NULL)",
    # What waits to be sorted into the index is sorted in by whoever fills the list, so it is kept short (kB).
    "CREATE INDEX ix_search_words_words ON search_words USING gin (words) WITH (gin_pending_list_limit = 1024)",
)


def upgrade() -> None:
    """Create the table. Older messages are read into it later, downwards from the newest there is now."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.execute(
        "INSERT INTO meta (key, value) "
        "SELECT 'searchable_from', CAST(COALESCE(MAX(id), 0) + 1 AS TEXT) FROM messages"
    )

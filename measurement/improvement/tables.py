"""The tables of improvement work, as they are read and written here.

Instants are int64 microseconds since 1970-01-01 UTC. A test holds the columns against the store's tables.
"""

from sqlalchemy import BigInteger, Text, column, table

IMPROVEMENTS = table(
    "improvements",
    column("id", Text), column("title", Text), column("measure", Text), column("slice", Text), column("series", Text),
    column("opened_by", Text), column("opened_at", BigInteger),
)  # fmt: skip
ENTRIES = table(
    "improvement_entries",
    column("seq", BigInteger), column("improvement", Text), column("about", Text), column("field", Text),
    column("value", Text), column("by", Text), column("at", BigInteger),
)  # fmt: skip

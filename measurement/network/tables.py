"""The tables of the network and of figures of others, as they are read and written here.

Instants are int64 microseconds since 1970-01-01 UTC. A test holds the columns against the store's tables.
"""

from sqlalchemy import BigInteger, Double, LargeBinary, Text, column, table

BUNDLES = table(
    "network_bundles",
    column("id", BigInteger), column("municipality", Text), column("name", Text), column("first", Text),
    column("last", Text), column("made_at", Text), column("key", Text), column("digest", Text),
    column("content", LargeBinary), column("imported_at", BigInteger),
)  # fmt: skip
KEYS = table(
    "network_keys",
    column("municipality", Text), column("name", Text), column("key", Text), column("by", Text),
    column("at", BigInteger),
)  # fmt: skip
OUTSIDE_VALUES = table(
    "outside_values",
    column("source", Text), column("kpi", Text), column("municipality", Text), column("year", BigInteger),
    column("gender", Text), column("value", Double), column("count", BigInteger), column("status", Text),
    column("origin", Text), column("fetched_at", BigInteger),
)  # fmt: skip
OUTSIDE_TITLES = table(
    "outside_titles",
    column("source", Text), column("kind", Text), column("id", Text), column("title", Text), column("details", Text),
    column("origin", Text), column("fetched_at", BigInteger),
)  # fmt: skip

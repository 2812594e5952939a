"""The tables that keep finished figures, as they are read and written here.

Instants are int64 microseconds since 1970-01-01 UTC. Nothing here imports the bot's store: a test holds the columns
against its tables.
"""

from sqlalchemy import BigInteger, Double, Text, column, table

WEEKLY_VALUES = table(
    "weekly_values",
    column("period", Text), column("measure", Text), column("version", BigInteger), column("slice", Text),
    column("revision", BigInteger), column("numerator", BigInteger), column("denominator", BigInteger),
    column("n", BigInteger), column("value", Double), column("more_than", BigInteger), column("as_of", BigInteger),
)  # fmt: skip
FILL_STATE = table(
    "fill_state",
    column("period", Text), column("state", Text), column("revision", BigInteger), column("definitions", Text),
    column("as_of", BigInteger), column("settles_at", BigInteger), column("frozen_at", BigInteger),
    column("reported_at", BigInteger),
)  # fmt: skip
CHART_DECISIONS = table(
    "chart_decisions",
    column("id", BigInteger), column("kind", Text), column("measure", Text), column("slice", Text),
    column("period", Text), column("cause", Text), column("decided_by", Text), column("decided_on", Text),
    column("recorded_at", BigInteger), column("ended", BigInteger),
)  # fmt: skip
HISTORY = table(
    "history",
    column("series", Text), column("measure", Text), column("period", Text), column("definition", Text),
    column("numerator", BigInteger), column("denominator", BigInteger), column("value", Double),
    column("source", Text), column("recorded_at", BigInteger),
)  # fmt: skip
FACTS = table("facts", column("seq", BigInteger), column("occurred_at", BigInteger))
INQUIRIES = table("inquiries", column("arrived_at", BigInteger))

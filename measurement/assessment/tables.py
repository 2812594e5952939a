"""The tables of assessments, as they are read and written here.

Instants are int64 microseconds since 1970-01-01 UTC. Nothing here imports the bot's store: a test holds the columns
against its tables.
"""

from sqlalchemy import BigInteger, Double, LargeBinary, Text, column, table

ASSESSMENTS = table(
    "assessments",
    column("id", Text), column("framework", Text), column("content", Text), column("digest", Text),
    column("municipality", Text), column("as_of", BigInteger), column("opened_by", Text),
    column("opened_at", BigInteger),
)  # fmt: skip
ENTRIES = table(
    "assessment_entries",
    column("seq", BigInteger), column("assessment", Text), column("about", Text), column("field", Text),
    column("value", Text), column("by", Text), column("source", Text), column("base", BigInteger),
    column("at", BigInteger),
)  # fmt: skip
EVIDENCE = table(
    "evidence",
    column("id", BigInteger), column("assessment", Text), column("question", Text), column("kind", Text),
    column("title", Text), column("place", Text), column("media_type", Text), column("content", LargeBinary),
    column("digest", Text), column("measure", Text), column("slice", Text), column("as_of", BigInteger),
    column("by", Text), column("at", BigInteger), column("replaces", BigInteger), column("why", Text),
)  # fmt: skip
BESIDE = table(
    "assessment_beside",
    column("assessment", Text), column("kind", Text), column("name", Text), column("area", Text),
    column("framework", Text), column("year", BigInteger), column("points", Double), column("source", Text),
)  # fmt: skip
INTERVIEWS = table(
    "assessment_interviews",
    column("id", BigInteger), column("assessment", Text), column("about", Text), column("role", Text),
    column("areas", Text), column("begins_at", BigInteger), column("minutes", BigInteger), column("by", Text),
    column("at", BigInteger), column("cancelled", BigInteger),
)  # fmt: skip

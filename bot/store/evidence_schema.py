"""The tables of what is made of the figures: assessments with their evidence, improvement work, the network's bundles.

They belong to `measurement`, which reads and writes them by its own door. Rows of `assessment_entries`,
`improvement_entries` and `evidence` are only ever added: what holds is folded from them.
"""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint

from bot.store.columns import BIG, instant, new_table, number, words
from bot.store.figure_schema import REAL8

assessments = new_table(
    "assessments",
    Column("id", Text, primary_key=True),
    words("framework", None),
    words("content", None),
    words("digest", None),
    words("municipality", None),
    instant("as_of"),
    words("opened_by", None),
    instant("opened_at"),
)
"""One row for each round: `content` is the framework as it was when the round began (JSON), `digest` its SHA-256;
`as_of`: the instant that figures are shown as of."""

assessment_entries = new_table(
    "assessment_entries",
    Column("seq", BIG, primary_key=True, autoincrement=True),
    words("assessment", None),
    words("about"),
    words("field", None),
    words("value"),
    words("by", None),
    words("source", None),
    number("base", nullable=True),
    instant("at"),
    Index("ix_assessment_entries_assessment", "assessment"),
)
"""What was entered about a question, an area, or ("") the round; `base`: the entry that was seen when this one was
written, 0: none was, NULL: entered directly."""

evidence = new_table(
    "evidence",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("assessment", None),
    words("question", None),
    words("kind", None),
    words("title", None),
    words("place"),
    words("media_type"),
    Column("content", LargeBinary, nullable=True),
    words("digest"),
    words("measure"),
    words("slice"),
    instant("as_of", nullable=True),
    words("by", None),
    instant("at"),
    number("replaces", nullable=True),
    words("why"),
    Index("ix_evidence_assessment", "assessment", "question"),
)
"""Belägg: a series as it was frozen (JSON), a document or a link. One that replaces another names it, and why."""

beside = new_table(
    "assessment_beside",
    words("assessment", None),
    words("kind", None),
    words("name", None),
    words("area"),
    words("framework"),
    number("year"),
    Column("points", REAL8, nullable=False),
    words("source"),
    PrimaryKeyConstraint("assessment", "kind", "name", "area"),
)
"""Points of earlier rounds and of others, by area; `area` "": the total alone is known."""

interviews = new_table(
    "assessment_interviews",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("assessment", None),
    words("about", None),
    words("role", None),
    words("areas"),
    instant("begins_at"),
    number("minutes"),
    words("by", None),
    instant("at"),
    number("cancelled"),
    Index("ix_assessment_interviews_assessment", "assessment"),
)
"""The interviews of a review: `about` is politicians, management, heads or unions; roles, never names."""

improvements = new_table(
    "improvements",
    Column("id", Text, primary_key=True),
    words("title", None),
    words("measure"),
    words("slice"),
    words("series"),
    words("opened_by", None),
    instant("opened_at"),
)
"""One row for each piece of improvement work: on a measure of our own, or on a series from a file (JSON)."""

improvement_entries = new_table(
    "improvement_entries",
    Column("seq", BIG, primary_key=True, autoincrement=True),
    words("improvement", None),
    words("about", None),
    words("field", None),
    words("value"),
    words("by", None),
    instant("at"),
    Index("ix_improvement_entries_improvement", "improvement"),
)
"""What was entered about a gate's question, the change, the pilot, the series or the alarm."""

bundles = new_table(
    "network_bundles",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("municipality", None),
    words("name", None),
    words("first", None),
    words("last", None),
    words("made_at", None),
    words("key", None),
    words("digest", None),
    Column("content", LargeBinary, nullable=False),
    instant("imported_at"),
    UniqueConstraint("digest"),
)
"""Signed bundles of a network's municipalities, as they came; `key`: fingerprint of whose signature it was."""

network_keys = new_table(
    "network_keys",
    words("municipality", None),
    words("name", None),
    words("key", None),
    words("by", None),
    instant("at"),
    PrimaryKeyConstraint("municipality", "key"),
)
"""Whose signature is trusted: the public key (base64) of a municipality, and who checked that it is theirs."""

outside_values = new_table(
    "outside_values",
    words("source", None),
    words("kpi", None),
    words("municipality", None),
    number("year"),
    words("gender"),
    Column("value", REAL8, nullable=True),
    number("count", nullable=True),
    words("status"),
    words("origin", None),
    instant("fetched_at"),
    PrimaryKeyConstraint("source", "kpi", "municipality", "year", "gender"),
)
"""Figures of others, as Kolada publishes them; `origin`: the address or file they came from."""

outside_titles = new_table(
    "outside_titles",
    words("source", None),
    words("kind", None),
    words("id", None),
    words("title", None),
    words("details"),
    words("origin", None),
    instant("fetched_at"),
    PrimaryKeyConstraint("source", "kind", "id"),
)
"""What the ids of `outside_values` stand for: kpi, municipality or group; `details` as they came (JSON)."""

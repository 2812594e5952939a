"""The tables behind the figures: surveys, calls, drawn samples, test contacts, and what is kept of finished weeks.

Values, fill states and what was decided of charts belong to `measurement`, which reads and writes them by its own door.
"""

from sqlalchemy import REAL, Column, Double, Index, PrimaryKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.types import TypeEngine

from bot.store.columns import BIG, instant, new_table, number, words

REAL8: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")

invitations = new_table(
    "invitations",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("case"),
    number("inquiry", nullable=True),
    number("address", nullable=True),
    words("channel"),
    words("unit"),
    words("kind"),
    words("topic"),
    words("language"),
    words("week", None),
    number("in_time", nullable=True),
    words("state", None),
    words("step"),
    words("secret"),
    number("outbox", nullable=True),
    number("post", nullable=True),
    instant("drawn_at"),
    instant("due_at"),
    instant("sent_at", nullable=True),
    instant("delivered_at", nullable=True),
    instant("responded_at", nullable=True),
)
"""One row for each answered inquiry that came up for a survey, invited or not. Its link to case and address goes
when the week is frozen."""
Index("ix_invitations_case", invitations.c.case, invitations.c.inquiry, sqlite_where=text("\"case\" <> ''"),
      postgresql_where=text("\"case\" <> ''"))  # fmt: skip
Index("ix_invitations_due", invitations.c.due_at, sqlite_where=text("state = 'drawn'"),
      postgresql_where=text("state = 'drawn'"))  # fmt: skip
Index("ix_invitations_week", invitations.c.week)
Index("ix_invitations_secret", invitations.c.secret, sqlite_where=text("secret <> ''"),
      postgresql_where=text("secret <> ''"))  # fmt: skip

asked = new_table(
    "asked",
    Column("person", Text, primary_key=True),
    instant("at"),
)
"""When a person was last invited, by a keyed hash of the address, so that nobody is asked too often."""

ratings = new_table(
    "ratings",
    Column("id", BIG, primary_key=True, autoincrement=True),
    number("invitation", nullable=True),
    words("week", None),
    words("channel", None),
    words("unit"),
    words("kind"),
    words("topic"),
    words("language"),
    number("in_time", nullable=True),
    words("question", None),
    number("version"),
    number("grade", nullable=True),
    words("comment"),
    words("source"),
    Index("ix_ratings_week", "week"),
    Index("ix_ratings_invitation", "invitation"),
)
"""One row for each question answered: `grade` as the question's scale has it, NULL for "do not know"; no instant, so
that nobody finds out whose it was. `source`: own, exchange or file. The link `invitation` goes with the freeze."""

calls = new_table(
    "calls",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("key", None),
    words("source"),
    words("unit"),
    words("queue"),
    instant("at"),
    number("seconds", nullable=True),
    number("answered"),
    number("abandoned"),
    number("direct", nullable=True),
    number("sampled"),
    UniqueConstraint("source", "key"),
    Index("ix_calls_at", "at"),
)
"""The exchange's calls, as imported: seconds until an answer or until given up; `direct` where the file tells it."""

samples = new_table(
    "samples",
    words("week", None),
    words("case", None),
    number("inquiry"),
    number("place"),
    instant("drawn_at"),
    words("judge"),
    instant("judged_at", nullable=True),
    number("is_answer", nullable=True),
    number("is_clear", nullable=True),
    number("has_sender", nullable=True),
    PrimaryKeyConstraint("week", "case", "inquiry"),
)
"""Answers drawn for a lead to judge, and the judgement: 1 yes, 0 no, NULL not judged."""

test_contacts = new_table(
    "test_contacts",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("plan", None),
    words("area"),
    words("question"),
    number("round"),
    words("channel"),
    words("text"),
    words("sender"),
    instant("due_at"),
    words("state", None),
    words("case"),
    number("inquiry", nullable=True),
    words("message_id"),
    instant("sent_at", nullable=True),
    instant("answered_at", nullable=True),
    words("reply"),
    words("judge"),
    number("availability", nullable=True),
    number("answer", nullable=True),
    number("interest", nullable=True),
    number("information", nullable=True),
    number("reception", nullable=True),
    UniqueConstraint("plan", "area", "question", "round"),
    Index("ix_test_contacts_message_id", "message_id"),
    Index("ix_test_contacts_sender", "sender"),
)
"""Planned mystery questions and how they went; points 0–3, NULL until judged."""

weekly_values = new_table(
    "weekly_values",
    words("period", None),
    words("measure", None),
    number("version"),
    words("slice", None),
    number("revision"),
    number("numerator", nullable=True),
    number("denominator", nullable=True),
    number("n"),
    Column("value", REAL8, nullable=True),
    number("more_than"),
    instant("as_of"),
    PrimaryKeyConstraint("period", "measure", "version", "slice", "revision"),
    Index("ix_weekly_values_measure", "measure", "slice", "period"),
)
"""One value of one period and slice (`` for all, else as ``channel:mail``); a correction is a later revision."""

fill_state = new_table(
    "fill_state",
    Column("period", Text, primary_key=True),
    words("state", None),
    number("revision"),
    words("definitions"),
    instant("as_of"),
    instant("settles_at", nullable=True),
    instant("frozen_at", nullable=True),
    instant("reported_at", nullable=True),
)
"""How far each period has come: filling, preliminary or frozen; when its report was sent."""

chart_decisions = new_table(
    "chart_decisions",
    Column("id", BIG, primary_key=True, autoincrement=True),
    words("kind", None),
    words("measure"),
    words("slice"),
    words("period", None),
    words("cause"),
    words("decided_by"),
    words("decided_on"),
    instant("recorded_at"),
    number("ended"),
)
"""Signed decisions about a series: rebase, ghost, note, revision, target; appended; `ended` takes one back."""

history = new_table(
    "history",
    words("series", None),
    words("measure", None),
    words("period", None),
    words("definition"),
    number("numerator", nullable=True),
    number("denominator", nullable=True),
    Column("value", REAL8, nullable=True),
    words("source"),
    instant("recorded_at"),
    PrimaryKeyConstraint("series", "measure", "period"),
)
"""Figures from before us, as imported: years or weeks, with the definition they were made by."""

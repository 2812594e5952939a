"""What the figures need: surveys, calls, samples, test contacts, values of finished weeks, history from before us."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REAL8: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HAS_CASE = sa.text("\"case\" <> ''")
DRAWN = sa.text("state = 'drawn'")
HAS_SECRET = sa.text("secret <> ''")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _must(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, server_default="0", nullable=False)


def _maybe(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=True)


def _at(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, primary_key=True, autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _surveys() -> None:
    op.create_table(
        "invitations", _id(), _text("case"), _maybe("inquiry"), _maybe("address"), _text("channel"), _text("unit"),
        _text("kind"), _text("topic"), _text("language"), _must("week"), _maybe("in_time"), _must("state"),
        _text("step"), _text("secret"), _maybe("outbox"), _maybe("post"), _at("drawn_at"), _at("due_at"),
        _maybe("sent_at"), _maybe("delivered_at"), _maybe("responded_at"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_invitations_case", "invitations", ["case", "inquiry"], sqlite_where=HAS_CASE,
                    postgresql_where=HAS_CASE)  # fmt: skip
    op.create_index("ix_invitations_due", "invitations", ["due_at"], sqlite_where=DRAWN, postgresql_where=DRAWN)
    op.create_index("ix_invitations_week", "invitations", ["week"])
    op.create_index("ix_invitations_secret", "invitations", ["secret"], sqlite_where=HAS_SECRET,
                    postgresql_where=HAS_SECRET)  # fmt: skip
    op.create_table("asked", sa.Column("person", sa.Text(), primary_key=True, nullable=False), _at("at"),
                    sqlite_strict=True)  # fmt: skip
    op.create_table(
        "ratings", _id(), _maybe("invitation"), _must("week"), _must("channel"), _text("unit"), _text("kind"),
        _text("topic"), _text("language"), _maybe("in_time"), _must("question"), _number("version"), _maybe("grade"),
        _text("comment"), _text("source"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_ratings_week", "ratings", ["week"])
    op.create_index("ix_ratings_invitation", "ratings", ["invitation"])


def _judged() -> None:
    op.create_table(
        "calls", _id(), _must("key"), _text("source"), _text("unit"), _text("queue"), _at("at"), _maybe("seconds"),
        _number("answered"), _number("abandoned"), _maybe("direct"), _number("sampled"),
        sa.UniqueConstraint("source", "key", name="uq_calls_source_key"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_calls_at", "calls", ["at"])
    op.create_table(
        "samples", _must("week"), _must("case"), _number("inquiry"), _number("place"), _at("drawn_at"), _text("judge"),
        _maybe("judged_at"), _maybe("is_answer"), _maybe("is_clear"), _maybe("has_sender"),
        _key("samples", "week", "case", "inquiry"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "test_contacts", _id(), _must("plan"), _text("area"), _text("question"), _number("round"), _text("channel"),
        _text("text"), _text("sender"), _at("due_at"), _must("state"), _text("case"), _maybe("inquiry"),
        _text("message_id"), _maybe("sent_at"), _maybe("answered_at"), _text("reply"), _text("judge"),
        _maybe("availability"), _maybe("answer"), _maybe("interest"), _maybe("information"), _maybe("reception"),
        sa.UniqueConstraint("plan", "area", "question", "round", name="uq_test_contacts_plan_area_question_round"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_test_contacts_message_id", "test_contacts", ["message_id"])
    op.create_index("ix_test_contacts_sender", "test_contacts", ["sender"])


def _figures() -> None:
    op.create_table(
        "weekly_values", _must("period"), _must("measure"), _number("version"), _must("slice"), _number("revision"),
        _maybe("numerator"), _maybe("denominator"), _number("n"), sa.Column("value", REAL8, nullable=True),
        _number("more_than"), _at("as_of"),
        _key("weekly_values", "period", "measure", "version", "slice", "revision"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_weekly_values_measure", "weekly_values", ["measure", "slice", "period"])
    op.create_table(
        "fill_state", sa.Column("period", sa.Text(), primary_key=True, nullable=False), _must("state"),
        _number("revision"), _text("definitions"), _at("as_of"), _maybe("settles_at"), _maybe("frozen_at"),
        _maybe("reported_at"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "chart_decisions", _id(), _must("kind"), _text("measure"), _text("slice"), _must("period"), _text("cause"),
        _text("decided_by"), _text("decided_on"), _at("recorded_at"), _number("ended"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "history", _must("series"), _must("measure"), _must("period"), _text("definition"), _maybe("numerator"),
        _maybe("denominator"), sa.Column("value", REAL8, nullable=True), _text("source"), _at("recorded_at"),
        _key("history", "series", "measure", "period"), sqlite_strict=True,
    )  # fmt: skip


def upgrade() -> None:
    """Add tables; nothing that is there changes."""
    _surveys()
    _judged()
    _figures()

"""Assessments with their evidence, improvement work, the network's bundles, and figures of others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REAL8: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, BIG, primary_key=True, autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _assessments() -> None:
    op.create_table(
        "assessments", sa.Column("id", sa.Text(), primary_key=True, nullable=False), _must("framework"),
        _must("content"), _must("digest"), _must("municipality"), _at("as_of"), _must("opened_by"), _at("opened_at"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "assessment_entries", _id("seq"), _must("assessment"), _text("about"), _must("field"), _text("value"),
        _must("by"), _must("source"), _maybe("base"), _at("at"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_assessment_entries_assessment", "assessment_entries", ["assessment"])
    op.create_table(
        "evidence", _id(), _must("assessment"), _must("question"), _must("kind"), _must("title"), _text("place"),
        _text("media_type"), sa.Column("content", sa.LargeBinary(), nullable=True), _text("digest"), _text("measure"),
        _text("slice"), _maybe("as_of"), _must("by"), _at("at"), _maybe("replaces"), _text("why"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_evidence_assessment", "evidence", ["assessment", "question"])
    op.create_table(
        "assessment_beside", _must("assessment"), _must("kind"), _must("name"), _text("area"), _text("framework"),
        _number("year"), sa.Column("points", REAL8, nullable=False), _text("source"),
        _key("assessment_beside", "assessment", "kind", "name", "area"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "assessment_interviews", _id(), _must("assessment"), _must("about"), _must("role"), _text("areas"),
        _at("begins_at"), _number("minutes"), _must("by"), _at("at"), _number("cancelled"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_assessment_interviews_assessment", "assessment_interviews", ["assessment"])


def _improvements() -> None:
    op.create_table(
        "improvements", sa.Column("id", sa.Text(), primary_key=True, nullable=False), _must("title"),
        _text("measure"), _text("slice"), _text("series"), _must("opened_by"), _at("opened_at"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "improvement_entries", _id("seq"), _must("improvement"), _must("about"), _must("field"), _text("value"),
        _must("by"), _at("at"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_improvement_entries_improvement", "improvement_entries", ["improvement"])


def _others() -> None:
    op.create_table(
        "network_bundles", _id(), _must("municipality"), _must("name"), _must("first"), _must("last"),
        _must("made_at"), _must("key"), _must("digest"), sa.Column("content", sa.LargeBinary(), nullable=False),
        _at("imported_at"), sa.UniqueConstraint("digest", name="uq_network_bundles_digest"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "network_keys", _must("municipality"), _must("name"), _must("key"), _must("by"), _at("at"),
        _key("network_keys", "municipality", "key"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "outside_values", _must("source"), _must("kpi"), _must("municipality"), _number("year"), _text("gender"),
        sa.Column("value", REAL8, nullable=True), _maybe("count"), _text("status"), _must("origin"),
        _at("fetched_at"), _key("outside_values", "source", "kpi", "municipality", "year", "gender"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "outside_titles", _must("source"), _must("kind"), _must("id"), _must("title"), _text("details"),
        _must("origin"), _at("fetched_at"), _key("outside_titles", "source", "kind", "id"), sqlite_strict=True,
    )  # fmt: skip


def upgrade() -> None:
    """Create the tables."""
    _assessments()
    _improvements()
    _others()

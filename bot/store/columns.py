"""What the tables are made of: kinds of columns, and the one collection of tables."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros

BIG = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970; a naive one is refused with ValueError."""

    impl = BIG
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the conversion to the stored integer."""

        def bind(value: datetime | None) -> int | None:
            return None if value is None else to_micros(value)

        return bind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002 -- likewise
        """Return the conversion from the stored integer."""

        def result(value: int | None) -> datetime | None:
            return None if value is None else from_micros(value)

        return result


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_table(name: str, *parts: Column[object] | Index | UniqueConstraint | PrimaryKeyConstraint) -> Table:
    """Return a new table of the one database, with strict types where the engine has them."""
    return Table(name, metadata, *parts, sqlite_strict=True)


def words(name: str, default: str | None = "") -> Column[object]:
    """Return a column of text, never NULL."""
    return Column(name, Text, nullable=False, server_default=default)


def number(name: str, *, nullable: bool = False) -> Column[object]:
    """Return a column of whole numbers, 0 unless it may be NULL."""
    return Column(name, BIG, nullable=nullable, server_default=None if nullable else "0")


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    """Return a column of instants (UTC)."""
    return Column(name, Instant, nullable=nullable)


async def update_each(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Change rows of a table with an `id`: each names it as `key`, and the same columns with their new values."""
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "key"}
    await connection.execute(update(table).where(table.c.id == bindparam("key")).values(columns), rows)

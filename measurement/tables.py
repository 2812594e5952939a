"""The tables of the bot as the figures read them: columns, facts, a connection that cannot write.

Instants are int64 microseconds since 1970-01-01 UTC. Nothing here imports the bot's store: a test holds the columns
against its tables.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import URL, BigInteger, Text, column, event, make_url, select, table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.facts import CaseNumber, Fact, FactKind, Seq, decode_data, from_micros

AT_ONCE = 1_000
"""Cases asked for in one statement."""

FACTS = table(
    "facts",
    column("seq", BigInteger), column("case", Text), column("inquiry", BigInteger), column("kind", Text),
    column("occurred_at", BigInteger), column("recorded_at", BigInteger),
    column("actor", Text), column("source", Text), column("data", Text),
)  # fmt: skip
INQUIRIES = table(
    "inquiries",
    column("case", Text), column("no", BigInteger), column("channel", Text), column("arrived_at", BigInteger),
    column("acknowledged_at", BigInteger), column("held_at", BigInteger), column("answered_at", BigInteger),
    column("answered_seq", BigInteger), column("unsure", BigInteger), column("revoked", BigInteger),
    column("excluded", Text), column("changed_at", BigInteger), column("kind", Text), column("unit", Text),
    column("topic", Text), column("language", Text), column("first_held_at", BigInteger),
    column("again_at", BigInteger), column("next_at", BigInteger), column("outcome_at", BigInteger),
    column("promised", Text), column("transferred", BigInteger), column("opened_at", BigInteger),
    column("touched_at", BigInteger), column("otherwise_at", BigInteger), column("test", BigInteger),
)  # fmt: skip
INBOX = table("inbox", column("arrived_at", BigInteger), column("state", Text), column("outcome", Text))
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""


class NoDatabase(LookupError):
    """There is nothing to read at the address given: no such file, or an engine we do not know."""


async def facts_of(connection: AsyncConnection, cases: Sequence[str], as_of: int | None) -> AsyncIterator[list[Fact]]:
    """Give the facts of each case in order, only those recorded by `as_of` (microseconds) if given."""
    for at in range(0, len(cases), AT_ONCE):
        query = select(*FACTS.c).where(FACTS.c.case.in_(cases[at : at + AT_ONCE]))
        if as_of is not None:
            query = query.where(FACTS.c.recorded_at <= as_of)
        rows = await connection.execute(query.order_by(FACTS.c.case, FACTS.c.seq))
        for _, group in groupby(rows, key=itemgetter(1)):
            yield [_fact(row) for row in group]


def _fact(row: Sequence[Any]) -> Fact:
    seq, case, inquiry, kind, occurred, recorded, actor, source, data = row
    return Fact(
        seq=Seq(seq), case=CaseNumber(case), inquiry=inquiry, kind=FactKind(kind),
        occurred_at=from_micros(occurred), recorded_at=from_micros(recorded),
        actor=actor, source=source, data=decode_data(data),
    )  # fmt: skip


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection in one transaction that cannot write, and close everything after."""
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(Path(where.database or ""))
    if where.get_backend_name() not in {"postgresql", "postgres"}:
        raise NoDatabase(f"the database must be sqlite or postgresql, not {where.drivername}")
    return create_async_engine(
        where.set(drivername="postgresql+asyncpg"), poolclass=NullPool, isolation_level="REPEATABLE READ",
        connect_args={"server_settings": {"default_transaction_read_only": "on"}},
    )  # fmt: skip


def _sqlite(path: Path) -> AsyncEngine:
    if not path.is_file():
        raise NoDatabase(f"there is no database file {path}")
    query = {"mode": "ro", "uri": "true"}
    address = URL.create("sqlite+aiosqlite", database=path.absolute().as_uri(), query=query)
    engine = create_async_engine(address, poolclass=NullPool)

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own object
        # Left to itself the driver begins no transaction before a SELECT, and two of them could see two states.
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's own object
        connection.exec_driver_sql("BEGIN")

    return engine

"""The one database: connecting, migrating, one writer at a time, and who owns what on several machines.

SQLite (the embedded default) and PostgreSQL 15 or later behave alike here: whoever appends facts holds the
writer's turn, so that sequence numbers have no gaps and no two decisions are made on the same knowledge.
"""

import asyncio
import contextlib
import fcntl
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, StaticPool

from bot.errors import OurFault, TryLater

logger = logging.getLogger(__name__)

WRITER_LOCK = 7_301
INTAKE_LOCK = 7_302
OWNER_LOCKS = 7_303
EVENTS_LOCK = 7_304
"""Advisory lock keys in PostgreSQL: the writer's turn, the one intake, one per living process, the one that asks for
events of chats."""

_LOST = "lost the lock that shows this process lives"


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the database lies, as the driver wants it.

    Raises:
        OurFault: neither SQLite nor PostgreSQL.
    """

    url: URL

    @classmethod
    def parse(cls, text_url: str) -> "DatabaseUrl":
        """Return the parsed URL; ``postgresql://`` and ``sqlite://`` get their async drivers."""
        try:
            url = make_url(text_url)
        except (SQLAlchemyError, ValueError) as error:
            raise OurFault("the database must be sqlite:///folder/file.db or postgresql://user@host/name") from error
        if not 0 < (url.port or 1) <= 65535:
            raise OurFault(f"the database cannot be at port {url.port}")
        drivers = {
            "sqlite": "sqlite+aiosqlite",
            "postgresql": "postgresql+asyncpg",
            "postgres": "postgresql+asyncpg",
        }
        backend = url.drivername.split("+")[0]
        if backend not in drivers:
            raise OurFault(f"database must be sqlite or postgresql, not {backend}")
        if backend == "sqlite" and (url.host or not url.database or ":memory:" in url.database):
            raise OurFault("sqlite needs a file: sqlite:///folder/file.db")
        return cls(url.set(drivername=drivers[backend]))

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """Return the SQLite file."""
        return Path(self.url.database or "")


def _configure_sqlite(engine: AsyncEngine, *, writer: bool) -> None:
    """Set what durability and the guards need on every connection, and take the write lock at BEGIN."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own object
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit is on the disk before we say 250.
        cursor.execute("PRAGMA synchronous=FULL")
        # Without it INSERT OR REPLACE walks past the delete guard of facts.
        cursor.execute("PRAGMA recursive_triggers=ON")
        cursor.execute("PRAGMA busy_timeout=10000")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's sync connection
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    @event.listens_for(engine.sync_engine, "invalidate")
    def invalidate(connection: Any, _record: object, _error: object) -> None:  # noqa: ANN401 -- the driver's own object
        # Whoever was cancelled in the middle leaves a statement unfinished; closed so, SQLite would hold the lock until
        # the collector comes.
        with contextlib.suppress(Exception):
            connection.rollback()


def _sqlite_engine(url: URL, *, writer: bool) -> AsyncEngine:
    if writer:
        engine = create_async_engine(url, poolclass=StaticPool, hide_parameters=True)
    else:
        engine = create_async_engine(
            url, poolclass=AsyncAdaptedQueuePool, pool_size=4, max_overflow=0, hide_parameters=True
        )
    _configure_sqlite(engine, writer=writer)
    return engine


class Database:
    """The database of one process, ended by `close`.

    `owner` numbers this process among all that ever opened the database: rows it is sending carry it.
    """

    def __init__(self, where: DatabaseUrl) -> None:
        """Prepare the engines; nothing is opened yet."""
        # At DEBUG it writes every bound value: addresses and texts.
        logging.getLogger("aiosqlite").setLevel(logging.WARNING)
        self.where = where
        self.owner = 0
        self._turn = asyncio.Lock()
        self._file_lock: IO[bytes] | None = None
        self._owner_connection: AsyncConnection | None = None
        self._has_intake = self._has_events = False
        if where.is_sqlite:
            self._writer = _sqlite_engine(where.url, writer=True)
            self._reader = _sqlite_engine(where.url, writer=False)
        else:
            engine = create_async_engine(
                where.url,
                hide_parameters=True,
                pool_size=8,
                max_overflow=4,
                pool_timeout=20,
                # Rows lie on solid disks: else the planner reads whole tables rather than follow an index.
                connect_args={"timeout": 10, "server_settings": {"random_page_cost": "1.1"}},
            )
            self._writer = self._reader = engine

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is the embedded engine."""
        return self.where.is_sqlite

    @asynccontextmanager
    async def writing(self, *, in_turn: bool = True) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that is committed at the end, or rolled back on an exception.

        `in_turn` waits for the writer's turn across all processes; a plain insert into the inbox goes without.

        Raises:
            TryLater: the database is away, full or locked; nothing was written.
        """
        async with self._turn if (in_turn or self.is_sqlite) else _no_turn():
            with _passing_as_try_later():
                async with self._writer.begin() as connection:
                    if in_turn and not self.is_sqlite:
                        await connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one consistent state and cannot write.

        Raises:
            TryLater: the database is away.
        """
        with _passing_as_try_later():
            async with self._reader.connect() as connection:
                yield connection

    async def take_ownership(self) -> None:
        """Number this process and show that it lives, by a file lock (SQLite) or an advisory lock.

        Raises:
            OurFault: another process already runs on this SQLite file.
        """
        if self.is_sqlite:
            self._lock_file()
        async with self.writing() as connection:
            row = await connection.execute(text("SELECT value FROM meta WHERE key='owners'"))
            self.owner = int(row.scalar() or 0) + 1
            await connection.execute(
                text(
                    "INSERT INTO meta (key, value) VALUES ('owners', :n) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                ),
                {"n": str(self.owner)},
            )
        if not self.is_sqlite:
            connection = await self._writer.connect()
            self._owner_connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await self._owner_connection.execute(text(f"SELECT pg_advisory_lock({OWNER_LOCKS}, {self.owner})"))

    def _lock_file(self) -> None:
        path = self.where.path.with_name(self.where.path.name + ".lock")
        handle = path.open("wb")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise OurFault(f"another process already runs on {self.where.path.name}") from error
        self._file_lock = handle

    async def try_intake(self) -> bool:
        """Tell whether this process is the one that does the intake; asks for it when nobody else does.

        Messages are taken in by one process at a time, in order, so that an answer to a mail is never read
        before the mail. On SQLite there is only one process.

        Raises:
            OurFault: the connection that holds this process's locks is gone.
        """
        if not self._has_intake:
            self._has_intake = await self._try_lock(INTAKE_LOCK)
        return self._has_intake

    async def try_events(self) -> bool:
        """Tell whether this process is the one that asks a chat's service for events: of two, each would lose some.

        Raises:
            OurFault: the connection that holds this process's locks is gone.
        """
        if not self._has_events:
            self._has_events = await self._try_lock(EVENTS_LOCK)
        return self._has_events

    async def _try_lock(self, lock: int) -> bool:
        """Take a lock for as long as this process lives, if nobody has it; on SQLite there is only one process."""
        if self._owner_connection is None:
            return True
        try:
            got = await self._owner_connection.execute(text(f"SELECT pg_try_advisory_lock({lock})"))
        except (SQLAlchemyError, OSError) as error:
            raise OurFault(_LOST) from error
        return bool(got.scalar())

    @property
    def has_intake(self) -> bool:
        """Tell whether this process was found to be the one that does the intake; always so on SQLite."""
        return self._owner_connection is None or self._has_intake

    async def is_dead(self, connection: AsyncConnection, owner: int) -> bool:
        """Tell whether the process with this number has ended. On SQLite every other number has."""
        if owner == self.owner:
            return False
        if self.is_sqlite:
            return True
        got = await connection.execute(text(f"SELECT pg_try_advisory_xact_lock({OWNER_LOCKS}, {int(owner)})"))
        return bool(got.scalar())

    async def still_ours(self) -> None:
        """Check that this process is still seen as living.

        Raises:
            OurFault: the connection that held its lock is gone, so another process may have taken over its
                rows; the only safe thing is to stop and start anew.
        """
        if self._owner_connection is None:
            return
        try:
            await self._owner_connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            raise OurFault(_LOST) from error

    async def close(self) -> None:
        """Close every connection and let go of the locks. Safe to call twice."""
        if self._owner_connection is not None:
            connection, self._owner_connection = self._owner_connection, None
            try:
                await connection.close()
            except (SQLAlchemyError, OSError):
                logger.warning("the owner's connection was already gone")
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()
        if self._file_lock is not None:
            self._file_lock.close()
            self._file_lock = None


@contextmanager
def _passing_as_try_later() -> Iterator[None]:
    """Turn what the drivers say of a database that is away, full or busy into TryLater."""
    try:
        yield
    except DBAPIError as error:
        if is_passing(error):
            raise TryLater(type(error.orig).__name__ if error.orig else "database") from error
        raise
    except (OSError, PoolTimeoutError) as error:
        raise TryLater(type(error).__name__) from error


@asynccontextmanager
async def _no_turn() -> AsyncIterator[None]:
    yield


_PASSING_SQLSTATES = ("08", "53", "57", "58", "40", "55")
"""PostgreSQL classes: connection, resources, operator intervention, system, rollback, not in state."""

_PASSING_SQLITE = ("disk", "full", "locked", "busy", "unable to open", "readonly", "i/o")


def is_passing(error: DBAPIError) -> bool:
    """Tell whether the same statement may succeed later: the database is away, full or busy, not wrong."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if isinstance(state, str):
        return state.startswith(_PASSING_SQLSTATES)
    return isinstance(error, OperationalError) and any(w in str(error.orig).lower() for w in _PASSING_SQLITE)

import gc
import random
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.office import Office
from bot.store.database import Database, DatabaseUrl
from bot.store.ledger import Ledger, open_ledger
from bot.store.migrate import migrate
from tests import postgres
from tests.example import make_office
from tests.quick_tables import drop, new_postgres, quick

MONDAY = datetime(2026, 11, 16, 8, 12, tzinfo=UTC)
"""Monday 16 November 2026, 09.12 in Stockholm: an ordinary working day."""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "KOMMUNSVAR_CONFIG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have presses wait for what is decided, however slow the machine is that tests."""
    monkeypatch.setattr("bot.press_answers.PATIENCE_SECONDS", 60)


@pytest.fixture(autouse=True)
def _drawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw each test's case numbers alike each time: what fails once fails again."""
    below = random.Random(request.node.nodeid).randrange
    monkeypatch.setattr(Ledger.__init__, "__defaults__", (below,))
    monkeypatch.setattr(open_ledger, "__defaults__", (below,))


@pytest.fixture(scope="session", autouse=True)
def _quick_tables() -> Iterator[None]:
    with quick():
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server | None]:
    with postgres.server() as running:
        if running is None:
            warnings.warn("NO POSTGRESQL FOUND: every test on PostgreSQL is left out", stacklevel=1)
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each engine in turn: SQLite with no tables yet, PostgreSQL with the newest."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/kommunsvar.db"
        return
    running = request.getfixturevalue("postgres_server")
    url = new_postgres(running)
    yield url
    drop(running, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each engine in turn that has no tables, for what begins with older ones."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kommunsvar.db"
    return new_postgres(request.getfixturevalue("postgres_server"), empty=True)


@pytest.fixture
def postgres_url(postgres_server: postgres.Server | None) -> str:
    return new_postgres(postgres_server)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(DatabaseUrl.parse(database_url))
    try:
        await migrate(opened)
        await opened.take_ownership()
        yield opened
    finally:
        await opened.close()


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: datetime = MONDAY) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def forward(self, **parts: float) -> None:
        self.instant += timedelta(**parts)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def office() -> Office:
    return make_office()


LONGEST_FIRST = (
    "test_page_browser.py", "test_chat_kill.py", "test_kill.py", "test_cli.py", "test_mailbox_service.py",
    "test_survey_comments.py", "test_phone_commands.py", "test_page_stories.py", "test_report_command.py",
    "test_rollup_laws.py", "test_citizen_bytes.py", "test_chat_properties.py", "test_service.py", "test_postfix.py",
    "test_soak.py", "test_chat_rush.py", "test_group_random.py", "test_year_story.py", "test_year_false_words.py",
)  # fmt: skip
"""Files that take most of a minute: begun last, one process would go on alone with them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the others stay in their order."""
    items.sort(key=lambda item: item.path.name not in LONGEST_FIRST)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage the thousands of tests it would look through again and again."""
    gc.set_threshold(100_000, 10, 1_000)
    _tidy()


@pytest.fixture(scope="module", autouse=True)
def _tidied() -> Iterator[None]:
    yield
    _tidy()


def _tidy() -> None:
    """Collect garbage, and look no more at what is left: most of it stays as long as the process."""
    gc.collect()
    gc.freeze()

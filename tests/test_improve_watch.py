"""The alarm: the owner of an effect that slips gets one mail, with the chart; calm ends it, and it can come again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.office import Office
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.store.schema import enclosures, outbox
from commands.improve_watch import watch
from config.settings import Settings, load
from measurement.improvement.analysis_json import change_json
from measurement.improvement.book import enter, entries_of, open_project, read_project
from measurement.improvement.project import Change, Field
from measurement.improvement.series_json import series_json
from tests.example import make_office
from tests.improving import AT, entry, project, shares
from tests.processes import write_config
from tests.test_improve_control import HIGH, LOW
from tests.weeks import CALENDAR

pytestmark = pytest.mark.asyncio
BEGAN = "2026-W30"


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(DatabaseUrl.parse(database_url))
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(write_config(tmp_path, f"sqlite:///{tmp_path}/unused.db", 0, 9))


def weekly(after: list[int]) -> str:
    """Return a series whose change came in week 30."""
    last = f"2026-W{29 + len(after):02d}"
    return series_json(shares([*LOW, *after], last=last))


async def begin(database: Database, after: list[int], *, change: bool = True) -> None:
    made = Change(what="Kontaktcenter öppnar", on=AT.date(), period=BEGAN, by="chefen")
    entries = [entry(Field.OWNER, "owner@kommun.example")]
    if change:
        entries.append(entry(Field.CHANGE, change_json(made)))
    async with database.writing() as connection:
        await open_project(connection, project(series=weekly(after)).opened)
        await enter(connection, project().id, entries)


async def later(database: Database, after: list[int]) -> None:
    async with database.writing() as connection:
        await enter(connection, project().id, [entry(Field.SERIES, weekly(after))])


async def mails(database: Database) -> list[tuple[str, str, str]]:
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.to_addr, row.subject, row.text.replace("\N{NO-BREAK SPACE}", " ")) for row in rows]


async def looked(database: Database, settings: Settings, days: int = 0) -> list[str]:
    office: Office = make_office()
    return [str(one) for one in await watch(database, office, CALENDAR, settings, AT + timedelta(days=days))]


async def test_the_owner_is_told_once_until_it_holds_again(database: Database, settings: Settings) -> None:
    await begin(database, [*HIGH, 85])
    assert await looked(database, settings) == ["svar-i-tid"]
    assert await looked(database, settings, 1) == []
    ((to, subject, text),) = await mails(database)
    assert (to, subject) == ("owner@kommun.example", "Effekten sviktar: Svar inom en arbetsdag")
    assert "2026-W45 blev 85,0 %, sämre än vanligt sedan ändringen" in text
    assert "Kontaktcenter öppnar" in text
    async with database.reading() as connection:
        files = (await connection.execute(select(enclosures.c.name, enclosures.c.content))).all()
    assert [(name, content[:4]) for name, content in files] == [("svar-i-tid.png", b"\x89PNG")]
    await later(database, [*HIGH, 85, 96])
    assert await looked(database, settings, 2) == []
    async with database.reading() as connection:
        assert not (await read_project(connection, "svar-i-tid")).alarmed
    await later(database, [*HIGH, 85, 96, 70])
    assert await looked(database, settings, 3) == ["svar-i-tid"]
    assert len(await mails(database)) == 2
    async with database.reading() as connection:
        told = [(one.field, one.value) for one in await entries_of(connection, "svar-i-tid")]
    assert [one for one in told if one[0] in (Field.ALARM, Field.CALM)] == [
        (Field.ALARM, "2026-W45"), (Field.CALM, "2026-W46"), (Field.ALARM, "2026-W47")
    ]  # fmt: skip


async def test_the_owner_is_told_when_the_change_made_it_worse(database: Database, settings: Settings) -> None:
    await begin(database, [60] * 15)
    assert await looked(database, settings) == ["svar-i-tid"]
    ((_, _, text),) = await mails(database)
    assert "Det har blivit sämre sedan ändringen" in text
    assert await looked(database, settings, 1) == []


@pytest.mark.parametrize(
    ("after", "change"), [(HIGH, True), ([*HIGH, 60], False), ([96, 95, 60], True), (LOW[:15], True)]
)
async def test_what_holds_has_no_change_or_is_too_new_is_silent(
    database: Database, settings: Settings, after: list[int], change: bool
) -> None:
    await begin(database, after, change=change)
    assert await looked(database, settings) == []
    assert await mails(database) == []

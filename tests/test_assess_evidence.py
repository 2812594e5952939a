"""From messages to evidence: what is measured is frozen when a round goes on, and can be followed back."""

import asyncio
from pathlib import Path

from typer.testing import CliRunner

from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from commands.explain import explain
from commands.figures import figures
from tests.rollup_book import ONE_DAY, asked, learn
from tests.test_assess import ROUND, Run, invoke, run  # noqa: F401 -- fixtures

BY = ("--by", "kvalitetschef")
# Week 10 of 2026 (2 to 8 March): in time, late, never answered.
STORY = [*asked(1, "03-02 09:00", "03-02 10:00"), *asked(2, "03-02 10:00", "03-05 12:00"), *asked(3, "03-03 15:00")]
LATER = asked(4, "04-14 09:00", "04-14 10:00")
"""After the round's date."""


def fill(folder: Path) -> None:
    async def work() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{folder}/own.db"))
        try:
            await migrate(database)
            await learn(database, [*STORY, *LATER])
        finally:
            await database.close()

    asyncio.run(work())
    done = CliRunner().invoke(figures, ["fill", "--config", str(folder / "service.toml")])
    assert done.exit_code == 0, done.stderr


def test_going_on_freezes_one_series_for_each_question_that_is_measured(run: Run, tmp_path: Path) -> None:  # noqa: F811
    fill(tmp_path)
    run("init", ROUND, "--framework", "kommunkompassen-2020", "--as-of", "2026-03-31", *BY)
    # Before it is frozen the page shows what would be.
    before = run("evidence", ROUND, "5.2")
    assert "1 av 3" in before
    told = run("step", ROUND, "review", *BY)
    assert "Fråga 5.2: Besvarade inom en arbetsdag är fryst." in told
    assert "ingen vecka var färdig att bedöma" in told
    page = run("evidence", ROUND, "5.2")
    assert "1 av 3" in page
    assert ONE_DAY in page
    assert "2026-W16" not in page
    # Each week is followed back to the single contacts and minutes.
    explained = CliRunner().invoke(
        explain, ["figure", f"{ONE_DAY}@2026-W10", "--config", str(tmp_path / "service.toml")]
    )
    assert "K-000001-2" in explained.stdout, explained.stderr
    # Going back and on again replaces nothing.
    run("step", ROUND, "preparation", *BY, "--why", "Ett svar saknades")
    again = run("step", ROUND, "review", *BY)
    assert "Besvarade inom en arbetsdag är fryst" not in again
    assert run("evidence", ROUND, "5.2") == page
    run("export", ROUND, "--out", str(tmp_path / "ut"))
    run("import", str(tmp_path / "ut"), "--as", "kopia")
    assert run("evidence", "kopia", "5.2").replace("kopia", ROUND) == page


def test_the_frozen_page_says_the_same_when_the_book_says_otherwise(run: Run, tmp_path: Path) -> None:  # noqa: F811
    fill(tmp_path)
    run("init", ROUND, "--framework", "kommunkompassen-2020", "--as-of", "2026-03-31", *BY)
    run("step", ROUND, "review", *BY)
    page = run("evidence", ROUND, "5.2")

    async def tamper() -> None:
        from sqlalchemy import text

        database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/own.db"))
        try:
            async with database.writing() as connection:
                await connection.execute(text("UPDATE weekly_values SET numerator = 3, value = 1.0"))
        finally:
            await database.close()

    asyncio.run(tamper())
    assert run("evidence", ROUND, "5.2") == page

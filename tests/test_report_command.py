"""`run_bot.py report … --out`: the files of a week, month, tertial and year, in a process of its own."""

import asyncio
import json
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from tests.processes import write_config
from tests.rollup_book import asked, learn
from tests.test_cli import run

AS_OF = ("--as-of", "2026-11-24T07:00")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    url = f"sqlite:///{folder}/k.db"

    async def fill() -> None:
        database = Database(DatabaseUrl.parse(url))
        await migrate(database)
        await learn(database, [*asked(1, "11-16 09:00", "11-16 10:00"), *asked(2, "11-17 09:00")])
        await database.close()

    asyncio.run(fill())
    return str(write_config(folder, url, 0, 9))


def test_a_week_is_written_as_pdf_excel_csv_json_page_and_text(config: str, tmp_path: Path) -> None:
    done = run("report", "2026-W47", "--out", str(tmp_path / "ut"), *AS_OF, "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    stem = tmp_path / "ut" / "kommunsvar-2026-W47"
    endings = ("-1.png", ".pdf", ".xlsx", ".csv", ".json", ".html", ".txt", "-chat.png")
    assert done.stdout.splitlines() == [f"{stem}{ending}" for ending in endings]
    data = json.loads(stem.with_suffix(".json").read_text())
    assert data["headlines"][0]["figure"]["numerator"] == 1
    assert data["headlines"][0]["figure"]["denominator"] == 2
    assert "1 av 2 kontakter fick svar inom en arbetsdag." in stem.with_suffix(".txt").read_text()
    assert 'src="kommunsvar-2026-W47-1.png"' in stem.with_suffix(".html").read_text()
    assert openpyxl.load_workbook(stem.with_suffix(".xlsx")).sheetnames[0] == "2026-W47"
    with pikepdf.open(stem.with_suffix(".pdf")) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)


def test_the_same_command_gives_the_same_bytes(config: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        assert run("report", "2026-W47", "--out", str(tmp_path / folder), *AS_OF, "--config", config).returncode == 0
    for one in (tmp_path / "a").iterdir():
        assert one.read_bytes() == (tmp_path / "b" / one.name).read_bytes(), one.name


@pytest.mark.parametrize(
    ("period", "language", "title"),
    [
        ("2026-11", "fi", "Marraskuu 2026"), ("2026-T3", "sv", "September–december 2026"), ("2026", "sv", "Året 2026"),
    ],
)  # fmt: skip
def test_boards_get_months_tertials_and_years_with_the_same_care(
    config: str, tmp_path: Path, period: str, language: str, title: str
) -> None:
    done = run("report", period, "--out", str(tmp_path), *AS_OF, "--language", language, "--config", config)
    assert done.returncode == 0, done.stderr
    words = (tmp_path / f"kommunsvar-{period}.txt").read_text()
    assert words.splitlines()[1].startswith(title)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2026-W49", "--out", "x"), "2026-W49 har inte börjat än."),
        (("2026-13", "--out", "x"), "there is no month 13 in 2026"),
        (("snart", "--out", "x"), "a period is written as 2026-W47 (week)"),
        (("2026-11",), "a week is written as 2026-W47"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_line(
    config: str, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    here = [str(tmp_path / one) if one == "x" else one for one in arguments]
    done = run("report", *here, *AS_OF, "--config", config)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "x").exists()

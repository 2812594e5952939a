"""The telephone's commands, each in a process of its own as an administrator runs them."""

import io
import json
import sqlite3
from datetime import datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from config.table_files import MOST_ROWS, read_table
from tests.processes import ROOT
from tests.test_cli import run

CALLS = "Tid;Kö;Väntetid;Status;A-nummer\n" + "".join(
    f"2025-01-13 09:{minute:02};Växel;{minute};{'besvarat' if minute < 20 else 'tappat'};0701234567\n"
    for minute in range(24)
)


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "key").write_text("x" * 32)
    text = (ROOT / "config" / "service.toml").read_text()
    text = text.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(text.replace("var/key", f"{tmp_path}/key"))
    return str(tmp_path / "service.toml")


def test_calls_are_tried_imported_once_shown_and_taken_away(config: str, tmp_path: Path) -> None:
    file = tmp_path / "samtal.csv"
    file.write_text(CALLS, encoding="cp1252")
    tried = run("phone", "import", str(file), "--dry-run", "--config", config)
    assert tried.stdout == (
        "24 samtal i filen.\n24 nya, 0 fanns redan.\n"
        "Första samtalet måndag 13 januari kl. 09.00, sista måndag 13 januari kl. 09.23.\n"
        "Kolumner som varken läses eller sparas: A-nummer.\nInget är sparat: det var bara ett prov.\n"
    )
    assert "24 nya" in run("phone", "import", str(file), "--config", config).stdout
    again = run("phone", "import", str(file), "--config", config)
    assert "0 nya, 24 fanns redan." in again.stdout
    shown = run("phone", "show", "2025-W03", "--config", config).stdout
    assert "83,3 % (20 av 24" in shown
    figures = json.loads(run("phone", "show", "2025-01", "--json", "--config", config).stdout)
    (answered,) = (one for one in figures if one["measure"] == "phone.answered" and not one["slice"])
    assert (answered["numerator"], answered["denominator"]) == (20, 24)
    assert "24 samtal är borttagna." in run("phone", "remove", "2025-01-13", "2025-01-13", "--config", config).stdout
    assert "24 nya" in run("phone", "import", str(file), "--config", config).stdout
    assert b"0701234567" not in (tmp_path / "own.db").read_bytes()


def test_a_file_with_faults_stores_nothing_and_tells_them_all(config: str, tmp_path: Path) -> None:
    file = tmp_path / "samtal.csv"
    file.write_text(CALLS + "i går;Växel;3;besvarat;\n2025-01-13 10:00;Växel;länge;besvarat;\n")
    done = run("phone", "import", str(file), "--config", config)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Rad 26, Tid: i går är ingen tidpunkt. Skriv som 2026-11-16 08:12:05.",
        "Rad 27, Väntetid: länge är ingen tid. Skriv sekunder, mm:ss eller hh:mm:ss.",
        "Inget är sparat.",
    ]
    assert not (tmp_path / "own.db").exists()
    file.write_text("")
    assert "är tom" in run("phone", "import", str(file), "--config", config).stderr


def test_the_survey_is_kept_once_with_its_week_alone(config: str, tmp_path: Path) -> None:
    file = tmp_path / "enkat.csv"
    file.write_text("Tid;Bemötande;Enkelhet;Telefonnummer\n2025-01-13 09:00;5;4;0701234567\n2025-01-14 09:00;1;;\n")
    assert "3 nya" in run("phone", "survey", str(file), "--config", config).stdout
    assert "0 nya, 3 fanns redan." in run("phone", "survey", str(file), "--config", config).stdout
    with sqlite3.connect(tmp_path / "own.db") as database:
        rows = database.execute("SELECT week, channel, question, grade, source FROM ratings").fetchall()
    assert sorted(rows) == [
        ("2025-W03", "phone", "ease", 4, "exchange"), ("2025-W03", "phone", "reception", 1, "exchange"),
        ("2025-W03", "phone", "reception", 5, "exchange"),
    ]  # fmt: skip


def test_an_exchange_is_named_where_there_are_several(config: str, tmp_path: Path) -> None:
    with Path(config).open("a") as settings:
        settings.write('\n[phone]\nthreshold_seconds = 30\n[[phone.sources]]\nid = "a"\n[[phone.sources]]\nid = "b"\n')
    file = tmp_path / "samtal.csv"
    file.write_text(CALLS)
    done = run("phone", "import", str(file), "--config", config)
    assert (done.returncode, done.stderr) == (1, "Välj växel med --source: a, b.\n")
    assert "24 nya" in run("phone", "import", str(file), "--source", "b", "--config", config).stdout
    assert "Direkt svar inom 30 s" in run("phone", "show", "2025-W03", "--config", config).stdout.splitlines()[2]


def test_excel_cells_with_times_are_read_with_them() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        [datetime(2026, 11, 16, 8, 12, 5), time(8, 12), timedelta(hours=25, seconds=75), datetime(2026, 12, 23)]
    )
    book.save(target)
    (row,) = read_table(target.getvalue())
    assert row.cells == ("2026-11-16 08:12:05", "08:12:00", "25:01:15", "2026-12-23")


def test_a_month_of_calls_is_longer_than_other_tables() -> None:
    content = b"a\n" * (MOST_ROWS + 1)
    assert len(read_table(content, most_rows=MOST_ROWS + 1)) == MOST_ROWS + 1

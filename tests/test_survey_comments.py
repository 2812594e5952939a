"""What people wrote in the survey, as a lead is told: mixed, and never of a few."""

import sqlite3
from pathlib import Path

import pytest

from tests.processes import ROOT
from tests.test_cli import run


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "key").write_text("x" * 32)
    text = (ROOT / "config" / "service.toml").read_text()
    text = text.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(text.replace("var/key", f"{tmp_path}/key"))
    return str(tmp_path / "service.toml")


def _written(folder: Path, count: int) -> None:
    with sqlite3.connect(folder / "own.db") as database:
        database.executemany(
            "INSERT INTO ratings (week, channel, question, comment) VALUES ('2025-W03', 'mail', 'comment', ?)",
            [(f"Tack\nför {number}",) for number in range(count)],
        )


def test_comments_are_told_from_ten_on_and_only_of_months_that_are_over(config: str, tmp_path: Path) -> None:
    assert run("figures", "fill", "--config", config).returncode == 0
    _written(tmp_path, 9)
    few = run("survey", "comments", "2025-T1", "--config", config)
    assert (few.returncode, few.stdout) == (1, "")
    assert "Färre än tio" in few.stderr
    _written(tmp_path, 1)
    told = run("survey", "comments", "2025-T1", "--config", config)
    assert sorted(told.stdout.splitlines()) == sorted(
        [*(f"– Tack för {number}" for number in range(9)), "– Tack för 0"]
    )
    assert "2025-T2" not in told.stdout
    assert run("survey", "comments", "2025-T2", "--config", config).returncode == 1
    assert "is not over yet" in run("survey", "comments", "2099-T1", "--config", config).stderr
    assert "written as 2026-T2" in run("survey", "comments", "2025-W03", "--config", config).stderr

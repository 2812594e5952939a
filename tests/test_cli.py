"""The command line: what it says and how it ends; where it matters in a process of its own, as its users run it."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from run_bot import app
from tests.processes import ROOT

WEEK_OF_STORY = "2026-W46"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def here(*arguments: str, **environment: str) -> Done:
    """Run a command in this process, which takes a tenth of the time."""
    wanted = {"DATABASE_URL": None, "LANG": None, "LC_ALL": None, "COLUMNS": "100", **environment}
    with contextlib.chdir(ROOT):
        result = CliRunner(env=wanted).invoke(app, list(arguments), prog_name="run_bot.py")
    fault = result.exception
    if fault is not None and not isinstance(fault, SystemExit):
        raise fault
    return Done(result.exit_code, result.stdout, result.stderr)


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LANG", "LC_ALL"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "run_bot.py"), *arguments], capture_output=True, text=True, cwd=cwd, timeout=60,
        check=False, env={**clean, "COLUMNS": "100", **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the story prints, and the world it leaves behind."""
    folder = tmp_path_factory.mktemp("story") / "sandbox"
    # A database of somebody's in the environment must not be touched by the try-out world.
    done = run("story", "--once", "--folder", str(folder), DATABASE_URL="postgresql://nobody@127.0.0.1:1/real")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, folder


def test_the_story_tells_what_each_person_sees_and_ends_with_the_weeks_figure(story: tuple[str, Path]) -> None:
    text = " ".join(story[0].replace("│", " ").split())
    for words in (
        "Elsa får en bekräftelse", "Du får svar senast onsdag", "Anna på Kontaktcenter får veta",
        "Lyktan lagas på torsdag.", "Anna Exempel har redan svarat", "1 av 3 besvarades inom en arbetsdag",
        "3 kontakter, 2 besvarade", "inom två arbetsdagar: 2 av 3", "Öppen tid 89:0", "1 ärende väntar på svar",
    ):  # fmt: skip
        assert words in text


def _number(story: tuple[str, Path]) -> str:
    return story[0].partition("har nummer ")[2][:10]


def _story_week(story: tuple[str, Path]) -> str:
    return story[0].partition("run_bot.py report ")[2][:8]


def test_the_report_as_json_adds_up_under_each_rule(story: tuple[str, Path]) -> None:
    done = run("report", _story_week(story), "--json", "--config", str(story[1] / "service.toml"))
    figures = json.loads(done.stdout)
    assert figures["arrivals"] == 3
    assert len(figures["rules"]) == 4
    for rule in figures["rules"].values():
        assert sum(rule["classes"].values()) == 3


def test_a_case_is_explained_and_an_unknown_or_misspelt_one_said(story: tuple[str, Path]) -> None:
    config = str(story[1] / "service.toml")
    done = here("explain", "case", _number(story).lower(), "--config", config)
    assert "klockan börjar" in done.stdout
    assert "klockan stannar" in done.stdout
    shown = json.loads(run("explain", "case", _number(story), "--json", "--config", config).stdout)
    assert shown["case"] == _number(story)
    unknown = here("explain", "case", "K-222222-2", "--config", config)
    assert (unknown.returncode, unknown.stderr) == (1, "there is no case K-222222-2\n")
    assert "not a case number" in here("explain", "case", "K-222222-3", "--config", config).stderr


def test_two_instants_are_explained() -> None:
    # Friday 16.00 to Monday 09.00: 30 minutes on Friday, 60 on Monday.
    done = here("explain", "time", "2026-11-20T16:00", "2026-11-23T09:00", "--json")
    shown = json.loads(done.stdout)
    assert shown["open_seconds"] == 90 * 60
    assert shown["clock_seconds"] == (8 + 24 + 24 + 9) * 3600
    assert shown["deadlines"]["end_of_next_working_day"].startswith("2026-11-23T15:30:00")
    assert "90:00" in here("explain", "time", "2026-11-20T16:00", "2026-11-23T09:00").stdout
    assert here("explain", "time", "igår", "2026-11-23T09:00").returncode == 1
    backwards = here("explain", "time", "2026-11-23T09:00", "2026-11-20T16:00")
    assert backwards.returncode == 1
    assert "Traceback" not in backwards.stderr


def test_an_impossible_week_and_a_missing_database_are_said(tmp_path: Path) -> None:
    for arguments in (["report", "2026-W54"], ["report", "nonsense"]):
        done = here(*arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "week" in done.stderr
    config = tmp_path / "service.toml"
    text = (ROOT / "config" / "service.toml").read_text()
    config.write_text(text.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/none.db"))
    done = here("report", "2026-W47", "--config", str(config))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "none.db").exists()


AWAY = "postgresql://nobody@127.0.0.1:1/none"
WEEK = ("report", "2026-W40")


@pytest.fixture
def config(tmp_path: Path) -> str:
    """The documented example with a key and a database of its own, and files that are no database."""
    (tmp_path / "key").write_text("x" * 32)
    (tmp_path / "text.db").write_text("some text that is no database at all, long enough to be read")
    (tmp_path / "empty.db").touch()
    text = (ROOT / "config" / "service.toml").read_text()
    text = text.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(text.replace("var/key", f"{tmp_path}/key"))
    return str(tmp_path / "service.toml")


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (WEEK, {"DATABASE_URL": "garbage"}, "sqlite:///"),
        (("run",), {"DATABASE_URL": "garbage"}, "sqlite:///"),
        (("explain", "case", "K-222222-2"), {"DATABASE_URL": "garbage"}, "sqlite:///"),
        (WEEK, {"DATABASE_URL": AWAY}, "try again later"),
        (("held", "list"), {"DATABASE_URL": AWAY}, "try again later"),
        (WEEK, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:99999/none"}, "port 99999"),
        (("held", "list"), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:99999/none"}, "database.url"),
        (WEEK, {"DATABASE_URL": "sqlite:///{folder}/text.db"}, "not a SQLite database"),
        (WEEK, {"DATABASE_URL": "sqlite:///{folder}/empty.db"}, "does not hold Kommunsvar's tables"),
        (("held", "list"), {"DATABASE_URL": "sqlite:///{folder}/text.db"}, "not a SQLite database"),
        (("held", "list"), {"DATABASE_URL": "sqlite:///{folder}/key/deep/own.db"}, "/key"),
        (("held", "show", "9999"), {}, "there is no mail 9999"),
        (("report", "9999-W52"), {}, "out of range"),
        (("report", "9999-W51"), {"DATABASE_URL": "sqlite:///{folder}/none.db"}, "no database file"),
        (("report", "2026-W40", "--as-of", "9999-12-31T23:59"), {}, "no database file"),
        (("report", "2026-W40", "--as-of", "0001-01-01T00:00"), {}, "out of range"),
        (("explain", "time", "0001-01-01T00:00", "2026-11-20T16:00"), {}, "out of range"),
        (("explain", "time", "1800-01-01T00:00", "2026-11-20T16:00"), {}, "outside the calendar"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_plain_line(
    config: str, tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    filled = {name: value.replace("{folder}", str(tmp_path)) for name, value in environment.items()}
    done = here(*arguments, "--config", config, **filled)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": "garbage"}, "database.url ska se ut som"),
        ({"KOMMUNSVAR_OFFICERS": "[x"}, "officers går inte att använda: det ska vara en lista"),
        ({"DATABASE_URL": AWAY}, "Databasen går inte att öppna"),
        ({"DATABASE_URL": "sqlite:///{folder}/text.db"}, "not a SQLite database"),
        ({"DATABASE_URL": "sqlite:///{folder}/key/deep/own.db"}, "Databasen går inte att öppna"),
    ],
)
def test_check_names_faults_of_the_environment(
    config: str, tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    filled = {name: value.replace("{folder}", str(tmp_path)) for name, value in environment.items()}
    done = here("check", "--config", config, **filled)
    assert (done.returncode, done.stderr) == (1, "")
    assert words in done.stdout


@pytest.mark.parametrize("command", [["check"], [*WEEK], ["story", "--once"]])
def test_an_unknown_language_is_said_with_those_that_are_known(command: list[str]) -> None:
    done = here(*command, "--language", "xx")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "xx is not a language we know: choose one of sv, sv_FI, fi, en, sv_lattlast\n"


def test_a_port_that_is_none_is_said(tmp_path: Path) -> None:
    done = run("story", "--once", "--folder", str(tmp_path / "new"), "--port", "99999")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "port" in done.stderr


def test_hours_that_make_no_sense_are_said(config: str) -> None:
    file = Path(config)
    file.write_text(file.read_text().replace('monday = ["08:00-16:30"]', 'monday = ["08:00-16:30", "09:00-10:00"]'))
    done = here(*WEEK, "--config", config)
    assert done.returncode == 1
    assert "overlap" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_projections_are_not_rebuilt_while_the_service_runs(config: str, tmp_path: Path) -> None:
    assert here("rebuild", "--config", config).returncode == 0
    with (tmp_path / "own.db.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = here("rebuild", "--config", config)
    assert done.returncode == 1
    assert "another process already runs on own.db" in done.stderr


def test_check_says_everything_and_its_exit_code_tells(tmp_path: Path, story: tuple[str, Path]) -> None:
    missing = here("check", "--config", str(tmp_path / "nowhere.toml"))
    assert missing.returncode == 1
    assert "finns inte" in missing.stdout
    offline = here("check", "--no-online", "--config", str(story[1] / "service.toml"))
    assert offline.returncode == 0
    assert "mail.trusted_host" in offline.stdout
    online = here("check", "--config", str(story[1] / "service.toml"))
    assert online.returncode == 1  # the story's relay is gone
    assert "Servern för utgående mejl" in online.stdout


def test_run_refuses_a_faulty_configuration_and_never_opens_a_try_out_world(tmp_path: Path) -> None:
    done = run("run", cwd=ROOT)
    assert done.returncode == 1
    assert "secrets.key" in done.stderr


def test_the_projections_are_rebuilt_and_the_report_stays(story: tuple[str, Path]) -> None:
    config = str(story[1] / "service.toml")
    before = here("report", _story_week(story), "--as-of", "2030-01-01T00:00", "--json", "--config", config).stdout
    done = here("rebuild", "--config", config)
    assert done.stdout == "3 cases rebuilt\n"
    assert (
        here("report", _story_week(story), "--as-of", "2030-01-01T00:00", "--json", "--config", config).stdout == before
    )


def test_the_try_out_world_never_removes_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    done = run("story", "--once", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    "command",
    [[], ["run"], ["sandbox"], ["story"], ["report"], ["explain", "case"], ["explain", "time"], ["check"], ["rebuild"],
     ["held", "list"], ["held", "show"], ["held", "release"], ["explain", "mail"], ["baseline"]],
)  # fmt: skip
def test_every_command_has_help(command: list[str]) -> None:
    done = here(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_every_command_stands_in_the_documents() -> None:
    documents = "".join(path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
    for command in ("run", "sandbox", "story", "report", "explain case", "explain time", "check", "rebuild",
                    "held list", "explain mail", "baseline", "check --ask-it", "poster"):  # fmt: skip
        assert f"run_bot.py {command}" in documents, command

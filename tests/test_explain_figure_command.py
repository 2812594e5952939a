"""`explain figure`, as a lead runs it."""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.facts import FactKind
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from commands import explain_figure as command
from commands.explain import explain
from commands.figures import figures
from measurement.explained import Why
from tests.explained_town import log_contacts, mixed, store_beside
from tests.processes import ROOT
from tests.rollup_book import learn
from tests.weeks import WEEK

Run = Callable[..., Result]

app = typer.Typer()
app.add_typer(explain, name="explain")
app.add_typer(figures, name="figures")

CLOSED = ("--as-of", "2026-12-08T07:00")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command on the documented example and a town, where the unit of social services keeps secrecy."""
    folder = tmp_path_factory.mktemp("town")

    async def make() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{folder}/own.db"))
        try:
            await migrate(database)
            await learn(database, mixed(random.Random(5), 30))
            await log_contacts(database)
            await store_beside(database)
        finally:
            await database.close()

    asyncio.run(make())
    return _runner(folder)


def _runner(folder: Path) -> Run:
    (folder / "key").write_text("x" * 32)
    example = (ROOT / "config" / "service.toml").read_text()
    example = example.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{folder}/own.db")
    soc = '[[units]]\nid = "soc"\nname = "Socialtjänst"\naddress = "soc@kommun.example"\nsecrecy = true\n'
    (folder / "service.toml").write_text(example.replace("var/key", f"{folder}/key") + soc)

    def call(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, [*arguments, "--config", str(folder / "service.toml")])
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return done

    return call


def plain(done: Result) -> str:
    return " ".join((done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_figure_is_explained_in_words(run: Run) -> None:
    told = plain(run("explain", "figure", "in_time", "2026-w47", *CLOSED, "--why", "unanswered", "--limit", "1"))
    assert "Besvarade inom en arbetsdag (answered_in_time.one_working_day, definition 1)" in told
    assert "tillsammans 30" in told
    assert "till, --limit 0 visar alla" in told
    assert "För sent:" not in told
    assert "run_bot.py explain case K-" in told
    english = plain(run("explain", "figure", f"arrivals@{WEEK}", *CLOSED, "--language", "en"))
    assert "30" in english


def test_json_has_the_same_keys_for_every_measure(run: Run) -> None:
    shares, ratings, calls = (
        json.loads(run("explain", "figure", f"{one}@{WEEK}", *CLOSED, "--json", "--limit", "0").stdout)
        for one in ("in_time", "reception.good", "phone.answered")
    )
    assert list(shares) == list(ratings) == list(calls)
    assert (shares["id"], shares["total"]) == (f"answered_in_time.one_working_day@{WEEK}", 30)
    assert sum(shares["classes"].values()) == 30
    assert sum(one["count"] for one in shares["listings"]) == 30
    facts = list(mixed(random.Random(5), 30))
    secret = {one.case for one in facts if one.kind is FactKind.MARKED or one.data.get("unit") == "soc"}
    assert {row["case"] for one in shares["listings"] for row in one["rows"]} == {one.case for one in facts} - secret
    assert sum(one["secret"] for one in shares["listings"]) == len(secret) > 5
    assert shares["start"] == "2026-11-15T23:00:00+00:00"
    assert shares["calendar"][0]["ordinary_day_minutes"] == 510
    assert ratings["grades"] == {"5": 12, "4": 0, "3": 0, "2": 0, "1": 2}
    assert ratings["listings"] == []
    assert calls["figure"]["numerator"] == 13


def test_single_calls_are_listed_by_class_and_limit(run: Run) -> None:
    figure = f"phone.direct.60@{WEEK}"
    told = plain(run("explain", "figure", figure, *CLOSED, "--limit", "0", "--why", "no"))
    assert "Nej: 1 antecknat enhet sekunder direkt svar 2026-11-16 09.00.00 kc 100 ja" in told
    answered = run(
        "explain", "figure", f"phone.answered@{WEEK}", *CLOSED, "--json", "--why", "answered", "--limit", "3"
    )
    (listing,) = json.loads(answered.stdout)["listings"]
    assert (listing["count"], len(listing["rows"]), listing["after"]) == (13, 3, 10)
    assert listing["rows"][0]["call"]["from"] == "exchange"
    given_up = plain(run("explain", "figure", f"phone.answered@{WEEK}", *CLOSED, "--why", "abandoned"))
    assert "2026-11-16 09.00.00 kc 40 lade på" in given_up
    assert "Menar du något av" in plain(run("explain", "figure", figure, *CLOSED, "--why", "late", code=1))


def test_what_is_not_understood_is_told_with_what_may_be_meant(run: Run) -> None:
    assert "Menar du acknowledged?" in plain(run("explain", "figure", f"aknowledged@{WEEK}", code=1))
    assert "Skriv som 2026-W47" in plain(run("explain", "figure", "in_time@vecka", code=1))
    told = plain(run("explain", "figure", f"arrivals@{WEEK}/unit:sock", *CLOSED, code=1))
    assert "Menar du unit:soc?" in told
    assert "Menar du något av counted, left_out?" in plain(
        run("explain", "figure", f"arrivals@{WEEK}", *CLOSED, "--why", "late", code=1)
    )
    assert "har inte börjat" in plain(run("explain", "figure", f"arrivals@{WEEK}", "--as-of", "2026-11-01", code=1))


def test_the_short_form_leads_to_the_long_one(run: Run) -> None:
    told = plain(run("figures", "explain", str(WEEK), "arrivals", "--slice", "channel:mail"))
    assert f"run_bot.py explain figure arrivals@{WEEK}/channel:mail" in told


def test_the_classes_one_can_ask_for_are_those_that_are_listed() -> None:
    assert {one.value for one in command._Why} <= {one.value for one in Why}

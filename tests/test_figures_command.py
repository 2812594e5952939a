"""The commands about the book of figures, as an administrator or a lead runs them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.facts import FactKind
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from commands.figures import figures
from measurement.measures import Figure
from measurement.periods import Week
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.decisions import SignedKind, signed
from measurement.rollup.history import history_of
from measurement.rollup.states import Standing, State, freezes_at
from tests.processes import ROOT
from tests.rollup_book import ONE_DAY, asked, fact, learn, local
from tests.weeks import CALENDAR

Run = Callable[..., Result]
Within = Callable[[Callable[[Database], Awaitable[None]]], None]

app = typer.Typer()
app.add_typer(figures, name="figures")


@pytest.fixture
def within(tmp_path: Path) -> Within:
    """Do something in the database of the commands."""

    def call(work: Callable[[Database], Awaitable[None]]) -> None:
        async def run() -> None:
            database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/own.db"))
            try:
                await migrate(database)
                await work(database)
            finally:
                await database.close()

        asyncio.run(run())

    return call


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on the documented example with a key and a database of its own."""
    (tmp_path / "key").write_text("x" * 32)
    example = (ROOT / "config" / "service.toml").read_text()
    example = example.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(example.replace("var/key", f"{tmp_path}/key"))

    def call(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        command = ["figures", *arguments, "--config", str(tmp_path / "service.toml")]
        done = CliRunner().invoke(app, command, input=stdin)
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return done

    return call


def plain(done: Result) -> str:
    return " ".join((done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").split())


# Week 10 of 2026 (2 to 8 March), long over: in time, late, never answered.
STORY = [*asked(1, "03-02 09:00", "03-02 10:00"), *asked(2, "03-02 10:00", "03-05 12:00"), *asked(3, "03-03 15:00")]


def test_an_empty_book_has_nothing_to_fill(run: Run) -> None:
    assert "there is no database file" in plain(run("show", "2026-W10", code=1))
    assert "Inget att räkna" in run("fill").stdout
    assert "inte räknad" in run("show", "2026-W10").stdout


def test_a_week_is_filled_shown_and_explained(run: Run, within: Within) -> None:
    within(lambda database: learn(database, STORY))
    filled = run("fill").stdout.splitlines()
    assert filled[0].split() == ["2026-W10", "fastställd"]
    assert all(line.split()[0] > "2026-W10" for line in filled[1:])

    shown = plain(run("show", "2026-W10"))
    assert "2026-W10: fastställd, sedd från måndag 23 mars kl. 00.00" in shown
    assert "Besvarade inom en arbetsdag 1 av 3" in shown
    assert "Inkomna kontakter 3" in shown
    assert "channel:mail" not in shown
    assert "channel:mail" in plain(run("show", "2026-W10", "--slices"))
    assert "2026-W10" in plain(run("show", "2026-W10", "--as-of", "2026-03-01T12:00"))

    told = json.loads(run("show", "2026-W10", "--json").stdout)
    share = next(one for one in told if (one["measure"], one["slice"]) == (ONE_DAY, ""))
    assert (share["numerator"], share["denominator"], share["n"], share["as_of"]) == (
        1, 3, 3, "2026-03-22T23:00:00+00:00"
    )  # fmt: skip

    explained = plain(run("explain", "2026-W10", "besvarade inom en arbetsdag"))
    assert f"({ONE_DAY}, version 1)" in explained
    assert "1 av 3 n = 3 version 1" in explained
    assert "is none of" in plain(run("explain", "2026-W10", "nöjdhet", code=1))
    assert "2026-W10: stämmer." in run("check", "2026-W10").stdout
    assert "fastställda veckor stämmer" in run("rebuild", "--processes", "1").stdout


def test_what_was_learned_too_late_is_told_and_signed(run: Run, within: Within) -> None:
    within(lambda database: learn(database, STORY))
    run("fill")
    assert "stämmer redan" in plain(run("revise", "2026-W10", "--by", "Leda Exempel", "--why", "?", code=1))
    failed = fact(FactKind.DELIVERY_FAILED, local("03-25 08:00"), 1, data={"outbox": 1, "of": "answer"})
    within(lambda database: learn(database, [failed]))
    checked = plain(run("check", "2026-W10", code=1))
    assert "2026-W10: det har kommit fram något efteråt som ändrar siffrorna." in checked
    assert "Besvarade inom en arbetsdag: 1 av 3, nu 0 av 3" in checked
    revised = run("revise", "2026-W10", stdin="Leda Exempel\nSvaret studsade\n")
    assert "2026-W10 är rättad. Det är rättelse nummer 1." in revised.stdout
    explained = plain(run("explain", "2026-W10", ONE_DAY))
    assert "0 1 av 3" in explained
    assert "1 0 av 3" in explained
    assert "Leda Exempel revision Svaret studsade" in explained
    assert "2026-W10: stämmer." in run("check", "2026-W10").stdout
    assert "är inte fastställd än" in plain(run("revise", "2027-W10", "--by", "L", "--why", "?", code=1))


def test_a_tampered_book_is_told(run: Run, within: Within) -> None:
    async def tamper(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(text("UPDATE weekly_values SET numerator = 3 WHERE period = '2026-W10'"))

    within(lambda database: learn(database, STORY))
    run("fill")
    within(tamper)
    assert "2026-W10: siffrorna stämmer inte med det som var känt då." in run("check", code=1).stdout
    assert "2026-W10: siffrorna stämmer inte" in run("rebuild", "--processes", "1", code=1).stdout


def _shares(values: dict[int, int]) -> Callable[[Database], Awaitable[None]]:
    """Keep weekly shares of a hundred, frozen."""

    async def keep(database: Database) -> None:
        async with database.writing() as connection:
            for number, good in values.items():
                week = Week(year=2026, number=number)
                at = freezes_at(week, CALENDAR)
                figure = Figure(measure=ONE_DAY, version=1, period=str(week), numerator=good, denominator=100, n=100,
                                value=good / 100, as_of=at)  # fmt: skip
                await put_values(connection, str(week), [figure], keep_until=None)
                await put_standing(connection, Standing(period=str(week), state=State.FROZEN, as_of=at))

    return keep


def test_new_limits_begin_only_where_a_change_has_held(run: Run, within: Within) -> None:
    # Thirteen weeks about 80, then seven about 95.
    values = {number: 79 + number % 3 for number in range(1, 14)} | {
        number: 94 + number % 3 for number in range(14, 21)
    }
    within(_shares(values))
    signature = ("--by", "Leda Exempel", "--why", "Kontaktcentret öppnade")
    not_held = plain(run("rebase", ONE_DAY, "2026-W15", *signature, code=1))
    assert "Ändringen har inte hållit i sig: minst sju veckor i rad från och med 2026-W15" in not_held
    assert "inga siffror för 2027-W15" in plain(run("rebase", ONE_DAY, "2027-W15", *signature, code=1))
    assert "inga siffror före 2026-W01" in plain(run("rebase", ONE_DAY, "2026-W01", *signature, code=1))
    done = run("rebase", ONE_DAY, "2026-W14", *signature, "--on", "2026-03-28")
    assert "Nya gränser börjar med 2026-W14." in done.stdout
    assert "Nya gränser börjar inte längre" in run("rebase", ONE_DAY, "2026-W14", *signature, "--end").stdout

    async def look(database: Database) -> None:
        async with database.reading() as connection:
            found = await signed(connection)
        assert [(one.kind, one.period, one.measure, one.decided_by, one.ended) for one in found] == [
            (SignedKind.REBASE, "2026-W14", ONE_DAY, "Leda Exempel", False),
            (SignedKind.REBASE, "2026-W14", ONE_DAY, "Leda Exempel", True),
        ]
        assert f"{found[0].decided_on}" == "2026-03-28"

    within(look)


def test_ghosts_notes_and_targets_are_signed(run: Run, within: Within) -> None:
    signature = ("--by", "Leda Exempel", "--why", "Strömavbrott")
    assert "2026-W14 ritas, men räknas inte" in run("ghost", "2026-W14", *signature).stdout
    assert "2026-W14 räknas med" in run("ghost", "2026-W14", *signature, "--end").stdout
    assert "Anteckningen står vid 2026-W15." in run("note", "2026-W15", *signature, "--measure", ONE_DAY).stdout
    assert "borttagna" in run("note", "2026-W15", *signature, "--measure", ONE_DAY, "--end").stdout
    target = plain(run("target", ONE_DAY, "90 %", *signature, "--from", "2026-W01"))
    assert "Målet för Besvarade inom en arbetsdag är 90 % från och med 2026-W01." in target
    assert "passar inte måttet" in plain(run("target", ONE_DAY, "90", *signature, "--from", "2026-W01", code=1))
    assert "a week is written as" in plain(run("ghost", "W14", *signature, code=1))
    assert "needs who decided it and why" in plain(run("note", "2026-W15", "--by", " ", "--why", "?", code=1))

    async def look(database: Database) -> None:
        async with database.reading() as connection:
            found = await signed(connection)
        assert [(one.kind.value, one.measure, one.cause, one.ended) for one in found] == [
            ("ghost", "", "Strömavbrott", False), ("ghost", "", "Strömavbrott", True),
            ("note", ONE_DAY, "Strömavbrott", False), ("note", ONE_DAY, "Strömavbrott", True),
            ("target", ONE_DAY, "0.9 Strömavbrott", False),
        ]  # fmt: skip

    within(look)


def test_figures_from_before_us_are_taken_in(run: Run, within: Within, tmp_path: Path) -> None:
    file = tmp_path / "KKiK 2016.csv"
    file.write_text(f"period;measure;value;definition;source\n2017;{ONE_DAY};79;kkik;KKiK\n")
    assert "Rad 2: Skriv andelen som 83 % eller 0,83, inte 79." in plain(run("import", str(file), code=1))
    file.write_text(f"period;measure;value;definition;source\n2017;{ONE_DAY};79 %;kkik;KKiK\n")
    assert "det var bara ett prov" in run("import", str(file), "--dry-run").stdout
    for _ in range(2):
        taken = plain(run("import", str(file)))
        assert f"2017 {ONE_DAY} kkik 1 siffra. Allt är sparat." in taken

    async def look(database: Database) -> None:
        async with database.reading() as connection:
            (one,) = await history_of(connection)
        assert (one.series, one.period, one.value) == ("KKiK-2016", "2017", 0.79)

    within(look)

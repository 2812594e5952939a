"""Improvement work as a lead runs it: from `improve open` to the A3 page, on figures of ours and on a file."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.facts import Fact, FactKind
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from commands.improve import improve
from measurement.measures import Figure
from measurement.periods import Week, weeks_back
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.decisions import Signed, SignedKind, signed
from measurement.rollup.states import Standing, State, freezes_at
from tests.processes import ROOT
from tests.rollup_book import ONE_DAY, RECEIVED, fact, learn, local
from tests.test_improve_control import HIGH, LOW
from tests.weeks import CALENDAR

Run = Callable[..., str]
WEEKS = weeks_back(Week.parse("2026-W40"), 35)
CHANGE = WEEKS[20]
"""2026-W26: Monday 22 June."""

app = typer.Typer()
app.add_typer(improve, name="improve")


async def in_database(tmp_path: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/own.db"))
    try:
        await migrate(database)
        await work(database)
    finally:
        await database.close()


async def keep_weeks(database: Database, numerators: Sequence[int], slice_: str = "", n: int = 100) -> None:
    """Keep the frozen shares of weeks, of the whole or of a part; the whole comes last, with the parts."""
    for week, k in zip(WEEKS, numerators, strict=True):
        at = freezes_at(week, CALENDAR)
        parts = [(slice_, k, n)] if not slice_ else [(slice_, k, n), ("", k + 85, n + 100)]
        figures = [
            Figure(measure=ONE_DAY, version=1, period=str(week), slice=name, numerator=of, denominator=whole, n=whole,
                   value=of / whole, as_of=at)
            for name, of, whole in parts
        ]  # fmt: skip
        async with database.writing() as connection:
            await put_values(connection, str(week), figures, keep_until=None)
            await put_standing(connection, Standing(period=str(week), state=State.FROZEN, as_of=at))


def inquiries() -> list[Fact]:
    """Return 120 contacts of a week: kc answers within the hour, bygg after six days."""
    found = list[Fact]()
    for case in range(1, 121):
        unit, day = ("kc", "03-03 10:00") if case % 2 else ("bygg", "03-09 10:00")
        found.append(fact(FactKind.RECEIVED, local("03-03 09:00"), case, data={**RECEIVED, "unit": unit}))
        found.append(fact(FactKind.ANSWERED, local(day), case, data={"message": 2, "outbox": case}))
    return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on the documented example with a key and a database of its own; return what it printed."""
    (tmp_path / "key").write_text("x" * 32)
    example = (ROOT / "config" / "service.toml").read_text()
    example = example.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(example.replace("var/key", f"{tmp_path}/key"))

    def call(*arguments: str, code: int = 0) -> str:
        command = ["improve", *arguments, "--config", str(tmp_path / "service.toml")]
        done: Result = CliRunner().invoke(app, command)
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return " ".join((done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").split())

    return call


def by(*arguments: str) -> list[str]:
    return [*arguments, "--by", "kvalitetsledaren"]


def opened(run: Run, *more: str) -> None:
    run("open", "svar-i-tid", "--title", "Svar inom en arbetsdag", "--owner", "anna@kommun.example", *by(*more))


def decisions(tmp_path: Path) -> list[Signed]:
    found = list[Signed]()

    async def read(database: Database) -> None:
        async with database.reading() as connection:
            found.extend(await signed(connection))

    asyncio.run(in_database(tmp_path, read))
    return found


def test_from_the_question_to_the_page(run: Run, tmp_path: Path) -> None:
    async def begin(database: Database) -> None:
        await learn(database, inquiries())
        await keep_weeks(database, [*LOW, *HIGH])

    asyncio.run(in_database(tmp_path, begin))
    assert "Inget arbete är öppnat" in run("status")
    opened(run, "--measure", ONE_DAY)
    assert "Definiera kan inte bli klart: 1 fråga är inte besvarad: Vad är problemet?" in run(
        "pass", "svar-i-tid", "define", *by(), code=1
    )
    run("answer", "svar-i-tid", "define", "Var femte får vänta.", *by())
    assert "Definiera är klart" in run("pass", "svar-i-tid", "define", *by())
    assert "Mät kommer före Analysera" in run("skip", "svar-i-tid", "analyze", "--why", "känt", *by(), code=1)

    target = ["target", "svar-i-tid", "95 %", "--why", "KF § 12", "--from", "2026-W30"]
    assert "Gör nuläget först" in run(*by(*target), code=1)
    told = run("baseline", "svar-i-tid", "--to", "2026-W25", *by())
    assert "2026-W06 till 2026-W25: 1 612 av 2 000, 80,6 % (95 % säkert: 78,8 % till 82,3 %). " in told
    assert "Det är stabilt" in told
    assert "Målet är 95 % från och med 2026-W30." in run(*by(*target))

    found = run("analyze", "svar-i-tid", "--from", "2026-W10", "--to", "2026-W10", *by())
    assert "60 av 120 kontakter fick inte svar i tid" in found
    assert "Enhet, bygg: 100,0 % fick inte svar i tid, mot 0,0 % av de andra." in found

    changed = run("change", "svar-i-tid", "--what", "Kontaktcenter öppnar", "--on", "2026-06-22", *by())
    assert "2026-W26 är den första perioden efter" in changed
    effect = run("control", "svar-i-tid")
    assert "Före 80,8 %, efter 95,2 %" in effect
    assert "Diagrammet visade det första gången 2026-W26." in effect
    assert "Nya gränser börjar med 2026-W26" in run("rebase", "svar-i-tid", "--why", "Kontaktcenter", *by())
    assert "redan" in run("rebase", "svar-i-tid", "--why", "Kontaktcenter", *by(), code=1)

    kinds = {(one.kind, one.measure, one.period, one.cause) for one in decisions(tmp_path)}
    assert kinds == {
        (SignedKind.TARGET, ONE_DAY, "2026-W30", "0.95 KF § 12"),
        (SignedKind.NOTE, "", "2026-W26", "Kontaktcenter öppnar"),
        (SignedKind.REBASE, ONE_DAY, "2026-W26", "Kontaktcenter"),
    }
    shown = run("show", "svar-i-tid")
    assert "1 Definiera: klart" in shown
    assert "10 perioder finns efter ändringen. Bevakningen av effekten börjar när det finns 13." in shown  # but July
    assert "mät 1 av 8 frågor" in run("status")
    run("export", "svar-i-tid", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "svar-i-tid.pdf").read_bytes().startswith(b"%PDF")
    told_json = json.loads((tmp_path / "out" / "svar-i-tid.json").read_text())
    assert told_json["outcome"]["signalled"] == "2026-W26"
    assert "Inget nytt att larma om" in run("watch")


def test_a_pilot_stands_beside_the_others_and_is_noted_on_its_own_charts(run: Run, tmp_path: Path) -> None:
    """The unit rises from 80 to 95 of 100; of the others 85 of 100 are in time all along."""
    asyncio.run(in_database(tmp_path, lambda database: keep_weeks(database, [*LOW, *HIGH], "unit:kontaktcenter")))
    opened(run, "--measure", ONE_DAY)
    change = ["change", "svar-i-tid", "--what", "Jour", "--on", "2026-06-22", "--unit"]
    assert "ingen enhet" in run(*by(*change, "nowhere"), code=1)
    assert "prövas på" in run(*by(*change, "kontaktcenter", "--concerns", ONE_DAY))
    told = run("control", "svar-i-tid")
    assert "Enheten som provar ändrades +14,3 procentenheter, de andra 0,0: 14,3 procentenheter högre" in told, told
    run("rebase", "svar-i-tid", "--why", "Jouren höll", *by())
    assert [(one.kind, one.measure, one.slice) for one in decisions(tmp_path)] == [
        (SignedKind.NOTE, ONE_DAY, "unit:kontaktcenter"), (SignedKind.REBASE, ONE_DAY, "unit:kontaktcenter")
    ]  # fmt: skip
    assert decisions(tmp_path)[0].cause.startswith("Jour (prövas på ")


MONTHS = [*[40, 45, 41, 44, 39, 43, 42, 42, 45, 44, 41, 40, 44], *[66, 70, 69, 72, 71, 68, 70]]
NAMES = [f"{2025 + at // 12}-{at % 12 + 1:02d}" for at in range(20)]


def test_any_series_from_a_file_will_do(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "info.csv"
    file.write_text("månad;k;n\n" + "".join(f"{name};{k};100\n" for name, k in zip(NAMES[:13], MONTHS, strict=False)))
    title = "Nyinflyttade får information"
    run("open", "info", "--title", title, "--owner", "a@kommun.example", "--file", str(file), *by())
    assert "2025-01 till 2026-01: 550 av 1 300, 42,3 % (95 % säkert: 39,6 % till 45,0 %)." in run(
        "baseline", "info", *by()
    ).replace("\N{NO-BREAK SPACE}", " ")
    assert "--counts" in run("analyze", "info", *by(), code=1)
    counts = tmp_path / "counts.csv"
    counts.write_text("dimension,category,bad,n\nområde,norra,120,200\nområde,södra,60,210\n")
    assert "Område, norra: 60,0 % har bristen" in run("analyze", "info", "--counts", str(counts), *by())
    run("change", "info", "--what", "Brev", "--on", "2026-02-01", *by())
    assert "inga siffror för 2026-02 än" in run("control", "info", code=1)
    file.write_text("månad;k;n\n" + "".join(f"{name};{k};100\n" for name, k in zip(NAMES, MONTHS, strict=True)))
    assert "Den nya filen gäller" in run("series", "info", str(file), *by())
    assert "Före 42,3 %, efter 69,4 %" in run("control", "info")
    assert "Målet är 70 % från och med 2026-02." in run(
        "target", "info", "70 %", "--why", "KF", "--from", "2026-02", *by()
    )
    assert "ingen period i serien" in run("target", "info", "70 %", "--why", "KF", "--from", "2026-W05", *by(), code=1)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("månad;k;n\n" + "".join(f"{name};50;100\n" for name in NAMES[:18]))
    assert "saknar perioder som finns i den förra: 2026-07, 2026-08" in run(
        "series", "info", str(shorter), *by(), code=1
    )
    run("rebase", "info", "--why", "Brevet", *by())
    run("paper", "info", "--out", str(tmp_path))
    assert (tmp_path / "info.pdf").stat().st_size > 10_000
    assert decisions(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "x"], "Det finns inget arbete som heter x. De som finns: svar-i-tid."),
        (["answer", "svar-i-tid", "define.x", "svar"], "define.x är ingen fråga. Frågorna heter: define.problem"),
        (["answer", "svar-i-tid", "define", " "], "Svaret är tomt."),
        (["pass", "svar-i-tid", "slut"], "slut är inget steg. Stegen heter define, measure"),
        (["skip", "svar-i-tid", "define", "--why", ""], "Ange ett skäl."),
        (["baseline", "svar-i-tid"], "Det finns inga färdiga siffror"),
        (["control", "svar-i-tid"], "Ingen ändring är införd"),
        (["rebase", "svar-i-tid", "--why", "x"], "Ingen ändring är införd"),
        (["change", "svar-i-tid", "--what", "x", "--on", "2026-13-01"], "är inget datum"),
        (["series", "svar-i-tid", __file__], "bygger på ett av våra mått"),
        (["analyze", "svar-i-tid", "--rota", __file__], "test_improve_command.py: "),
        (["open", "svar-i-tid", "--title", "x", "--owner", "a@b.example", "--measure", ONE_DAY], "finns redan"),
        (["open", "Svar", "--title", "x", "--owner", "a@b.example", "--measure", ONE_DAY], "kan inte vara ett namn"),
        (["open", "b", "--title", "x", "--owner", "anna", "--measure", ONE_DAY], "ingen e-postadress"),
        (["open", "b", "--title", "x", "--owner", "a@b.example"], "antingen ett mått"),
        (
            ["open", "b", "--title", "x", "--owner", "a@b.example", "--measure", "nope"],
            "nope är inget mått. Liknande mått: ",
        ),
        (
            ["open", "b", "--title", "x", "--owner", "a@b.example", "--measure", ONE_DAY, "--slice", "unit:nowhere"],
            "unit:nowhere är ingen del",
        ),
        (["open", "b", "--title", "x", "--owner", "a@b.example", "--file", __file__], "test_improve_command.py: "),
    ],
)
def test_whatever_is_wrong_is_told_and_nothing_is_kept(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    opened(run, "--measure", ONE_DAY)
    signer = [] if arguments[0] in ("show", "control") else ["--by", "x"]
    assert words in run(*arguments, *signer, code=1)
    assert "svar-i-tid Svar inom en arbetsdag definiera 0 av 8 frågor" in run("status")
    assert decisions(tmp_path) == []


def test_the_fixture_lies_in_the_past() -> None:
    assert WEEKS[-1].end(CALENDAR.zone) < datetime.now(UTC)
    assert str(CHANGE) == "2026-W26"

"""Changing the register: judged and entered in one turn, by the commands as an admin uses them."""

import asyncio
import logging
import shlex
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner, Result

import commands.calendar
import commands.canned
import commands.promise
import commands.staff
import commands.topic
import commands.unit
import commands.word
from bot.administration import change, entries, known_entries, standing
from bot.facts import OfficerId
from bot.register import Change, EntryKind
from bot.store.database import Database, DatabaseUrl
from bot.store.register import enter, last_seq, read_register
from bot.tokens import DeskToken, Tokens
from config.building import office_of
from config.change_staff import OfficerWish, add_officer, end_officer
from config.changes import ChangeRefused, Standing
from config.settings import Settings
from run_bot import app
from tests.conftest import FrozenClock
from tests.processes import ROOT
from tests.register_example import SV, TODAY, make_settings

DORA = OfficerWish(name="Dora Exempel", email="dora@kommun.example", units=("bygg",))


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database={"url": database_url})


# The shell, on both engines.


@pytest.mark.asyncio
async def test_a_change_is_entered_once_with_who_and_when(settings: Settings, clock: FrozenClock) -> None:
    def decide(now: Standing) -> tuple[Change, ...]:
        assert now.today == TODAY
        return add_officer(now, "dora", DORA)

    trial = await change(settings, SV, decide, actor="cli:anna", now=clock.now(), trial=True)
    assert [one.key for one in trial.changes] == ["dora"]
    assert await entries(settings) == []
    done = await change(settings, SV, decide, actor="cli:anna", now=clock.now())
    assert list(done.before.layers.officers) == ["anna", "bo", "cia"]
    (entered,) = await entries(settings)
    assert (entered.seq, entered.kind, entered.key, entered.actor) == (1, EntryKind.OFFICER, "dora", "cli:anna")
    assert entered.recorded_at == clock.now()
    assert list((await standing(settings, SV, clock.now())).layers.officers) == ["anna", "bo", "cia", "dora"]


@pytest.mark.asyncio
async def test_of_two_who_change_the_same_at_once_the_second_is_refused(settings: Settings, clock: FrozenClock) -> None:
    await standing(settings, SV, clock.now())  # makes the database

    async def one(name: str) -> str:
        wish = OfficerWish(name=name, email="dora@kommun.example", units=("bygg",))
        try:
            await change(settings, SV, lambda now: add_officer(now, "dora", wish), actor="cli:anna", now=clock.now())
        except ChangeRefused as refused:
            return str(refused)
        return "done"

    told = sorted(await asyncio.gather(one("Dora Ett"), one("Dora Två")), key=len)
    assert told[0] == "done"
    assert "dora är redan Dora" in told[1]
    assert len(await entries(settings)) == 1


@pytest.mark.asyncio
async def test_a_refusal_enters_nothing_of_what_was_asked_for(settings: Settings, clock: FrozenClock) -> None:
    def both(now: Standing) -> tuple[Change, ...]:
        return (*add_officer(now, "dora", DORA), *end_officer(now, "gun"))

    with pytest.raises(ChangeRefused, match="gun"):
        await change(settings, SV, both, actor="cli:anna", now=clock.now())
    assert await entries(settings) == []


@pytest.mark.asyncio
async def test_the_running_service_sees_what_another_process_changes(settings: Settings, clock: FrozenClock) -> None:
    await standing(settings, SV, clock.now())  # makes the database
    service = Database(DatabaseUrl.parse(settings.database.url))
    try:
        await service.take_ownership()
        async with service.reading() as connection:
            assert await last_seq(connection) == 0
        await change(settings, SV, lambda now: end_officer(now, "bo"), actor="cli:anna", now=clock.now())
        async with service.reading() as connection:
            assert await last_seq(connection) == 1
            office = office_of(settings, "mark", await read_register(connection))
        assert [one.id for one in office.officers] == ["anna", "cia"]
        async with service.writing() as connection:
            await enter(connection, EntryKind.OFFICER, "bo", {}, actor="officer:anna", now=clock.now(), ended=True)
        assert [one.seq for one in await known_entries(settings)] == [1, 2]
    finally:
        await service.close()


@pytest.mark.asyncio
async def test_a_command_that_only_looks_makes_no_database(tmp_path: Path, clock: FrozenClock) -> None:
    settings = make_settings(database={"url": f"sqlite:///{tmp_path}/none.db"})
    assert await known_entries(settings) == []
    assert not (tmp_path / "none.db").exists()
    await change(settings, SV, lambda now: add_officer(now, "dora", DORA), actor="cli:anna", now=clock.now())
    assert [one.key for one in await known_entries(settings)] == ["dora"]


@pytest.mark.asyncio
async def test_a_database_of_before_the_register_has_no_entries(postgres_url: str) -> None:
    assert await known_entries(make_settings(database={"url": postgres_url})) == []


# The commands.

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on the documented example with a key and a database of its own."""
    (tmp_path / "key").write_text("x" * 32)
    text = (ROOT / "config" / "service.toml").read_text()
    text = text.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(text.replace("var/key", f"{tmp_path}/key"))

    def call(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        config = ["--config", str(tmp_path / "service.toml")]
        done = CliRunner().invoke(app, [*arguments, *config], input=stdin)
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return done

    return call


def test_an_afternoon_with_staff(run: Run) -> None:
    added = run("staff", "add", "dora", "--name", "Dora Exempel", "--email", "dora@kommun.example", "--unit",
                "Kontaktcenter", "--role", "lead", "--by", "Elsa")  # fmt: skip
    assert "Dora Exempel är tillagd." in added.stdout
    assert "Dora Ny är ändrad" in run("staff", "change", "dora", "--name", "Dora Ny", "--cleared").stdout
    assert "Så är det redan" in run("staff", "change", "dora", "--name", "Dora Ny").stdout
    away = run("staff", "away", "dora", "2040-07-01", "--from", "2040-06-01").stdout
    assert "Dora Ny är borta från 2040-06-01 och tillbaka 2040-07-01." in away
    listed = run("staff", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["anna", "bo", "dora"]
    assert "lead, får se sekretess, borta 2040-06-01, tillbaka 2040-07-01" in listed[2]
    assert "tillbaka" in run("staff", "back", "dora", "--planned").stdout
    assert "Dora Ny är borttagen." in run("staff", "end", "dora").stdout
    told = run("changes").stdout.splitlines()
    assert [line.split()[3:6] for line in told] == [
        ["cli:elsa", "officer", "dora"], *[[told[1].split()[3], kind, "dora"] for kind in
                                           ("officer", "absence", "absence", "officer")],
    ]  # fmt: skip
    assert "borttagen" in told[-1]
    assert len(run("changes", "--kind", "absence").stdout.splitlines()) == 2


def test_a_refusal_is_said_line_by_line_and_nothing_is_changed(run: Run) -> None:
    done = run("staff", "add", "anna", "--email", "kontakt@kommun.example", "--unit", "vård", code=1)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 4
    assert "Traceback" not in done.stderr
    assert "Inget är ändrat" in run("changes").stdout
    assert "planet is none of unit, officer" in run("changes", "--kind", "planet", code=1).stderr
    assert "is not a date" in run("staff", "away", "anna", "i morgon", code=1).stderr


def test_the_personal_desk_address_is_one_that_the_desk_knows(run: Run) -> None:
    address = run("staff", "desk", "anna").stdout.splitlines()[0]
    assert Tokens(b"x" * 32).read(address) == DeskToken(OfficerId("anna"))
    assert "Det finns ingen gun" in run("staff", "desk", "gun", code=1).stderr


def test_where_addresses_are_refused_the_desk_gives_a_tag(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "service.toml"
    config.write_text(config.read_text().replace('reply_addresses = "plus"', 'reply_addresses = "subject"'))
    address, tag = run("staff", "desk", "anna").stdout.splitlines()[0].split()
    assert address == "kontakt@kommun.example"
    assert Tokens(b"x" * 32).read_subject(f"Kö {tag}") == DeskToken(OfficerId("anna"))


def test_units_and_their_rota(run: Run) -> None:
    added = run("unit", "add", "bygg", "--name", "Bygglov", "--address", "bygg@kommun.example", "--secrecy").stdout
    assert "Se till att mejl till bygg@kommun.example kommer hit." in added
    assert "ändrad" in run("unit", "rota", "kontaktcenter", "Fredag", "bo", "anna").stdout
    assert run("unit", "rota", "kontaktcenter").stdout.splitlines()[4].split() == ["friday", "bo,", "anna"]
    assert "ändrad" in run("unit", "rota", "kontaktcenter", "friday", "--nobody").stdout
    assert "say who is on duty" in run("unit", "rota", "kontaktcenter", "friday", code=1).stderr
    assert "is none of monday" in run("unit", "rota", "kontaktcenter", "idag", "bo", code=1).stderr
    assert "no unit vard" in run("unit", "rota", "vard", code=1).stderr
    changed = run("unit", "change", "bygg", "--address", "bl@kommun.example", "--notify", "all").stdout
    assert "Mejl till bygg@kommun.example tas inte emot längre." in changed
    assert "0 öppna  aviserar: all; sekretess" in run("unit", "list").stdout
    assert "Bygglov är borttagen." in run("unit", "end", "bygg").stdout


def test_texts(run: Run, tmp_path: Path) -> None:
    assert "Ämnet Hundar är tillagt." in run("topic", "add", "hundar", "Hundar").stdout
    assert "Ämnet heter nu Husdjur." in run("topic", "change", "hundar", "Husdjur").stdout
    assert "hundar" in run("topic", "list").stdout
    assert "Ämnet Husdjur är borttaget." in run("topic", "end", "hundar").stdout
    (tmp_path / "tack.txt").write_text("\ufeffHej {namn}!\n\nTack.\n", encoding="utf-8")
    assert "tillagt" in run("canned", "add", "tack", "--file", str(tmp_path / "tack.txt")).stdout
    assert run("canned", "show", "TACK").stdout == "Hej {namn}!\n\nTack.\n"
    assert "ändrat" in run("canned", "change", "tack", "--file", "-", stdin="Tack!").stdout
    assert "tack" in run("canned", "list").stdout
    assert "borttaget" in run("canned", "end", "tack").stdout
    assert "inget mallsvar tack" in run("canned", "show", "tack", code=1).stderr
    assert "--text or by --file" in run("canned", "add", "tack", code=1).stderr
    assert "cannot be read" in run("canned", "add", "tack", "--file", str(tmp_path / "no.txt"), code=1).stderr


def test_words_and_promises(run: Run) -> None:
    assert "”agas*” är tillagt." in run("word", "add", "barn", "agas*").stdout
    assert "registrator@kommun.example får veta" in run("word", "door", "appeal", "registrator@kommun.example").stdout
    listed = run("word", "list", "child").stdout
    assert listed.startswith("child: den som har jour får veta genast\n")
    assert "  agas*\n" in listed
    assert "appeal: registrator@kommun.example får veta" in run("word", "list").stdout
    assert "”agas*” är borttaget." in run("word", "end", "child", "AGAS*").stdout
    assert "Den som har jour får veta." in run("word", "door", "appeal", "--end").stdout
    assert "say an address" in run("word", "door", "appeal", code=1).stderr
    assert "is none of danger" in run("word", "add", "fönster", "glas", code=1).stderr
    assert "inom 3 öppna dagar" in run("promise", "set", "Fråga", "3").stdout
    assert "question   3 öppna dagar" in run("promise", "list").stdout


def test_opening_hours(run: Run) -> None:
    assert "är stängd." in run("calendar", "close", "2040-12-21", "--decided-by", "KS").stdout
    assert "har öppet 08:00-12:00." in run("calendar", "open", "2040-12-27", "8-12", "--decided-by", "KS").stdout
    new = run("calendar", "version", "2041-01-01", "--workdays", "8-16", "--friday", "8-15", "--decided-by", "KS 9")
    assert "En vanlig dag räknas som 480 öppna minuter." in new.stdout
    listed = run("calendar", "list").stdout
    assert "Från 2024-01-01" in listed
    assert "Från 2041-01-01 (beslutat av KS 9):" in listed
    assert "fredag   08:00-15:00" in listed
    assert "2040-12-21  stängt       KS" in listed
    assert "vanliga öppettider igen" in run("calendar", "end", "2040-12-21").stdout
    assert "borttagna" in run("calendar", "version", "2041-01-01", "--end").stdout
    assert "Från 2041" not in run("calendar", "list").stdout
    assert "har redan fått sin tid" in run("calendar", "close", "2024-12-23", "--decided-by", "KS", code=1).stderr
    assert "say the hours" in run("calendar", "open", "2040-12-27", " ", "--decided-by", "KS", code=1).stderr


def test_an_import_is_tried_first_and_then_done(run: Run, tmp_path: Path) -> None:
    book, file = openpyxl.Workbook(), tmp_path / "staff.xlsx"
    sheet = book.active
    assert sheet is not None
    for row in (["Namn", "E-post", "Enhet"], ["Dora Exempel", "dora@kommun.example", "Kontaktcenter"],
                ["Bo Nyman", "bo@kommun.example", "Kontaktcenter"]):  # fmt: skip
        sheet.append(row)
    book.save(file)
    tried = run("staff", "import", str(file), "--dry-run").stdout
    assert tried == "  ny: dora\n  ändras: bo\n2 ändringar.\nInget är sparat: det var bara ett prov.\n"
    assert "dora" not in run("staff", "list").stdout
    assert run("staff", "import", str(file)).stdout.endswith("Allt är sparat.\n")
    assert "Bo Nyman" in run("staff", "list").stdout
    assert "Så är det redan" in run("staff", "import", str(file)).stdout
    assert "0 ändringar." in run("staff", "import", str(file), "--dry-run").stdout


@pytest.mark.parametrize(
    ("group", "text", "words"),
    [
        ("staff", "Namn;E-post;Enhet\nDora;d@x.example;vård\nErik;;kontaktcenter\n", ["Rad 2, Enhet", "Rad 3, E-post"]),
        ("unit", "Namn;Adress\nBygg;bygglovsenheten@x.example\n", ["Rad 2, Adress"]),
        ("topic", "Namn\nBygglov\nBOSTAD OCH HUS MED MER ÄN SEXTIO TECKEN I NAMNET PÅ ETT OCH SAMMA ÄMNE\n", ["Rad 3"]),
        ("canned", "Namn;Text\ntack;Hej {\n", ["Rad 2, Text"]),
        ("topic", "", ["topics.csv är tom"]),
        ("topic", "\0", ["varken CSV eller Excel"]),
    ],
)
def test_an_import_with_faults_enters_nothing(
    run: Run, tmp_path: Path, group: str, text: str, words: list[str]
) -> None:
    file = tmp_path / f"{group}s.csv"
    file.write_text(text, encoding="utf-8")
    told = run(group, "import", str(file), code=1).stderr.splitlines()
    assert len(told) == len(words)
    assert all(said in line for said, line in zip(words, told, strict=True))
    assert "Inget är ändrat" in run("changes").stdout


def test_logs_of_the_commands_hold_no_names(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run("staff", "add", "dora", "--name", "Dora", "--email", "dora@kommun.example", "--unit", "kontaktcenter")
    assert "Dora" not in caplog.text
    assert "dora@" not in caplog.text


def _documented() -> list[list[str]]:
    text = (ROOT / "docs" / "administration.md").read_text(encoding="utf-8")
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("run_bot.py ")]
    return [line[1:] for line in lines if "import" not in line]


@pytest.mark.parametrize("words", _documented(), ids=" ".join)
def test_what_the_guide_says_can_be_typed(words: list[str]) -> None:
    group = get_command(app)
    command, arguments = group, words
    while isinstance(command, TyperGroup):
        found = command.get_command(Context(command), arguments[0])
        assert found is not None, words
        command, arguments = found, arguments[1:]
    assert command.make_context("run_bot.py", list(arguments)).params


def test_the_guide_shows_every_command() -> None:
    shown = {tuple(words[:2]) for words in _documented()} | {(one, "import") for one in ("staff", "unit", "topic")}
    for group in (commands.staff.staff, commands.unit.unit, commands.topic.topic, commands.canned.canned,
                  commands.calendar.calendar, commands.promise.promise, commands.word.word):  # fmt: skip
        name = group.registered_commands[0].callback.__module__.rpartition(".")[2]
        assert {(name, one.name) for one in group.registered_commands} - shown <= {("canned", "import")}

"""Samples and test contacts in the whole: recognised at intake, hidden in the desk, and by the commands people use."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.case import numbers_in
from bot.facts import CaseNumber, FactKind
from bot.questions import History, Journal, Mine, Question, Queue, Show, WhoSaw
from bot.store.database import Database, DatabaseUrl
from bot.store.ledger import open_ledger
from bot.store.migrate import migrate
from bot.store.reading import Wanted
from bot.store.rows import MailKind
from bot.store.test_book import AwaitedTests, add_plan, contact_with, plan_of
from bot.store.test_rows import Points, Progress
from bot.test_marking import keep_points
from run_bot import app
from tests.conftest import FrozenClock
from tests.desk import Desk
from tests.lookup import Kept, words_of
from tests.processes import ROOT
from tests.test_test_contacts import KIM, TEXT, contact, mark

TELLING = re.compile("test", re.IGNORECASE)


def test_it_is_marked_as_it_is_taken_in_and_staff_are_told_as_of_any_question() -> None:
    known, unknown = Desk(), Desk()
    known.ledger.known.tests = AwaitedTests([contact()])
    for desk in (known, unknown):
        desk.take(from_addr=KIM, text=TEXT, new_text=TEXT, subject="Växthus")
    (case,) = known.cases
    assert known.kinds(case) == [FactKind.RECEIVED, FactKind.TEST]
    assert unknown.kinds(unknown.cases[0]) == [FactKind.RECEIVED]
    for kind in (MailKind.NOTICE, MailKind.ACKNOWLEDGEMENT):
        ours, others = known.mails(kind), unknown.mails(kind)
        assert len(ours) == len(others) >= 1
        # But for numbers and addresses that are drawn, word for word what any question gets.
        plain = [[re.sub(r"K-\S+|\S*\d\S*", "#", mail.text) for mail in mails] for mails in (ours, others)]
        assert plain[0] == plain[1]


@pytest.mark.asyncio
async def test_a_batch_knows_what_its_senders_may_send_and_writes_what_arrived(
    database: Database, clock: FrozenClock
) -> None:
    async with database.writing() as connection:
        await add_plan(connection, [replace(contact(), id=None)])
        (one,) = await plan_of(connection, "P")
        ledger = await open_ledger(connection, Wanted(senders={KIM, "elsa@example.org"}), clock.now())
        (awaited,) = ledger.known.tests.of_sender(KIM)
        assert awaited == one
        ledger.known.tests.arrive(awaited, CaseNumber("K-222222-2"), 1, clock.now())
        await ledger.write(connection)
        arrived = await contact_with(connection, one.id or 0)
    assert arrived is not None
    assert (arrived.state, arrived.case) == (Progress.ARRIVED, "K-222222-2")


@pytest.mark.asyncio
async def test_no_face_of_the_desk_tells_of_it_before_it_is_judged(database: Database, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    async with database.writing() as connection:
        await add_plan(connection, [replace(contact(), id=None)])
        (one,) = await plan_of(connection, "P")
    case = await kept.case(TEXT, sender=KIM, name="Kim Exempel")
    await mark(kept, case, TEXT)
    asked: list[Question] = [Journal(case), Show(case), History(case), WhoSaw(case), Queue(""), Mine()]
    for _ in range(2):
        for question in asked:
            said = words_of(await kept.ask(question))
            assert not TELLING.search(said), question
        assert case in numbers_in(words_of(await kept.ask(Journal(case))))
        clock.forward(hours=1)
        await kept.answer(case)
    async with database.reading() as connection:
        arrived = await contact_with(connection, one.id or 0)
    assert arrived is not None
    await keep_points(database, arrived, Points(availability=3), "cli:eva", clock.now())
    assert "Det här är en testkontakt." in words_of(await kept.ask(Journal(case)))


# The commands.


@pytest.fixture
def config(tmp_path: Path) -> Path:
    text = (
        (ROOT / "config" / "service.toml")
        .read_text()
        .replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/k.db")
    )
    (tmp_path / "key").write_text("x" * 32)
    (tmp_path / "service.toml").write_text(text.replace("var/key", f"{tmp_path}/key"))
    return tmp_path / "service.toml"


def run(config: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config)], input=typed)


def in_database(folder: Path, work: Callable[[Kept], Awaitable[None]], at: datetime) -> None:
    async def main() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{folder}/k.db"))
        try:
            await migrate(database)
            await work(Kept(database, FrozenClock(at)))
        finally:
            await database.close()

    asyncio.run(main())


def test_a_lead_draws_and_judges_a_week(config: Path, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC).replace(hour=10) - timedelta(days=14)
    week = "{}-W{:02}".format(*long_ago.isocalendar()[:2])

    async def town(kept: Kept) -> None:
        for _ in range(2):
            await kept.answer(await kept.case(unit=kept.office.units[0].id))

    in_database(tmp_path, town, long_ago)
    drawn = run(config, "sample", "draw")
    assert f"Urvalet för {week} är draget." in drawn.output
    assert "Det finns inget nytt" in run(config, "sample", "draw").output
    # The first: yes, no, yes, and right; the second is left for later.
    judged = run(config, "sample", "judge", week.lower(), "--by", "eva", typed="j\nx\nn\nj\nj\ns\n")
    assert judged.exit_code == 0, judged.output
    assert "Svar 1 av 2" in judged.output
    assert f"{week}: 1 av 2 granskade" in run(config, "sample", "list").output
    assert run(config, "sample", "judge", "när som helst").exit_code == 1
    assert "inget draget" in run(config, "sample", "judge", "2020-W10").output


def test_a_plan_is_made_told_judged_and_shown(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("Område;Fråga;Kanal;Gånger\nBygglov;Behöver jag bygglov för ett växthus?;telegram;1\n"
                    "Växel;Vilka öppettider har ni i jul?;telefon;1\n", encoding="utf-8")  # fmt: skip
    today = datetime.now(UTC).date()
    days = ("--first", str(today + timedelta(days=1)), "--last", str(today + timedelta(days=15)))
    named = ("testcontact", "plan", str(file), "--name", "KKiK-2027", *days)
    assert "bara ett prov" in run(config, *named, "--dry-run").output
    planned = run(config, *named)
    assert planned.exit_code == 0, planned.output
    assert "Det finns redan en plan" in run(config, *named).stderr
    listed = run(config, "testcontact", "list").output
    numbers = {word: line.split()[0] for line in listed.splitlines() for word in ("Bygglov", "Växel") if word in line}
    assert listed.count("planerad") == 2
    cases = list[CaseNumber]()

    async def town(kept: Kept) -> None:
        cases.append(await kept.case(sender="telegram:1001", unit=kept.office.units[0].id))
        await kept.answer(cases[0])

    in_database(tmp_path, town, datetime.now(UTC) - timedelta(hours=1))
    assert run(config, "testcontact", "sent", numbers["Växel"], "--seconds", "40").exit_code == 0
    assert run(config, "testcontact", "sent", numbers["Bygglov"], "--case", "K-222222-2").exit_code == 1
    assert run(config, "testcontact", "judge", numbers["Bygglov"]).exit_code == 1
    told = run(config, "testcontact", "sent", numbers["Bygglov"], "--case", cases[0])
    assert told.exit_code == 0, told.output
    assert run(config, "testcontact", "list", "KKiK-2027").output.count("kan bedömas") == 2
    judged = run(config, "testcontact", "judge", numbers["Bygglov"], "--by", "eva", typed="3\n2\n-\n9\n3\n")
    assert judged.exit_code == 0, judged.output
    assert "Tillgänglighet: 3 poäng av 3" in judged.output
    run(config, "testcontact", "judge", numbers["Växel"], "--by", "eva", typed="3\n3\n3\n3\n")
    shown = run(config, "testcontact", "show", "KKiK-2027").output.replace("\xa0", " ")
    # Bygglov 3 + 3 + 2 + 3 of 12, Växel 15 of 15: 26 of 27.
    assert "Allt tillsammans               96,3 %  26 av 27 poäng" in shown
    assert "Bygglov                        91,7 %  11 av 12 poäng" in shown
    assert "Det finns ingen adress att skicka ifrån" in run(config, "testcontact", "send").stderr
    assert "Ärendet räknas igen" in run(config, "testcontact", "undo", numbers["Bygglov"]).output

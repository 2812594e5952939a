"""Test contacts: planning mystery questions, sending them, telling which they became, judging them, and the points."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import By, DryRun, TableFile, actor_of, day_of, table_fault
from commands.shell import DEFAULT_CONFIG, Config, database_url, die, or_die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from bot.office import Office
    from bot.store.database import Database
    from bot.store.test_rows import Points, TestContact
    from bot.test_contacts import PlannedQuestion
    from bot.test_sending import OutsideServer
    from config.settings import Settings
    from config.texts import Texts

testcontact = typer.Typer(no_args_is_help=True, help="Test contacts: mystery questions that count in no figure.")

Number = Annotated[int, typer.Argument(help="The number of a test contact, as `list` prints it.")]
Plan = Annotated[str, typer.Argument(help="The name of a plan; else all.")]


@testcontact.command("plan")
def plan(
    file: TableFile,
    name: Annotated[str, typer.Option("--name", help="What to call it, as KKiK-2027.")],
    first: Annotated[str, typer.Option("--first", help="The first day, as 2026-12-01.")],
    last: Annotated[str, typer.Option("--last", help="The last day, included.")],
    dry_run: DryRun = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Plan the questions of a CSV or Excel file: area, question, channel, times. The lot says when each is sent."""
    settings = usable(config)
    texts = texts_for(settings, None)
    from bot.store.test_book import add_plan, plan_of
    from bot.test_contacts import Span, spread

    questions = _questions(settings, texts, file)
    span = Span(first=day_of(first), last=day_of(last), outside=settings.test_contacts.outside_hours)
    if span.last < span.first or span.first < datetime.now(UTC).date():
        die(texts.t("Dagarna ska ligga framåt i tiden, den första före den sista."))

    async def work() -> "list[TestContact]":
        async with _at_work(settings) as (database, office):
            try:
                contacts = spread(office.calendar, office.tokens, name, questions, span)
            except ValueError:
                die(texts.t("Det är inte öppet någon av dagarna."))
            async with database.writing() as connection:
                if await plan_of(connection, name):
                    die(texts.t("Det finns redan en plan som heter {name}.", name=name))
                if not dry_run:
                    await add_plan(connection, contacts)
            return contacts

    _print_contacts(texts, run_to_end(work()), numbered=False)
    print(texts.t("Inget är sparat: det var bara ett prov.") if dry_run else texts.t("Allt är sparat."))


@testcontact.command("list")
def list_contacts(name: Plan = "", config: Config = DEFAULT_CONFIG) -> None:
    """List test contacts as they are due, and how far each has come."""
    settings = usable(config)
    _print_contacts(texts_for(settings, None), run_to_end(_contacts(settings, name)), numbered=True)


@testcontact.command("send")
def send(config: Config = DEFAULT_CONFIG) -> None:
    """Send the mails that are due, from the outside address; a few at a time. Let cron do it every ten minutes."""
    settings = usable(config)
    texts = texts_for(settings, None)
    server = or_die(lambda: _server(settings))
    if server is None:
        die(texts.t("Det finns ingen adress att skicka ifrån: skriv den under {section}.",
                    section="[test_contacts.smtp]"))  # fmt: skip

    async def work() -> tuple[int, int]:
        from bot.test_sending import send_due

        async with _at_work(settings) as (database, office):
            to = settings.test_contacts.to or office.units[0].address
            return await send_due(database, server, to, datetime.now(UTC))

    sent, failed = run_to_end(work())
    print(texts.n("{count} testkontakt skickad.", "{count} testkontakter skickade.", sent))
    if failed:
        die(texts.n("{count} gick inte att skicka.", "{count} gick inte att skicka.", failed))


@testcontact.command("sent")
def sent_by_hand(
    number: Number,
    case: Annotated[str, typer.Option("--case", help="The case it became, as K-7Q4M2X-9.")] = "",
    inquiry: Annotated[int, typer.Option("--inquiry", help="Which question in that case.", min=1)] = 1,
    seconds: Annotated[int | None, typer.Option("--seconds", help="Of a call: until somebody answered.", min=0)] = None,
    no_answer: Annotated[bool, typer.Option("--no-answer", help="Of a call: nobody answered.")] = False,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Tell which case a contact became that was not known by itself, or how a call went."""
    settings = usable(config)
    texts = texts_for(settings, None)
    from bot.case import read_number

    known = read_number(case)
    if case and known is None:
        die(texts.t("{number} är inget ärendenummer.", number=case))
    if sum([bool(case), seconds is not None, no_answer]) != 1:
        die(texts.t("Skriv --case, eller för ett samtal --seconds eller --no-answer."))

    async def work() -> None:
        from bot.test_marking import Registered, register, register_call

        async with _at_work(settings) as (database, _):
            one, now = await _one(database, texts, number), datetime.now(UTC)
            if known is None:
                done = await register_call(database, one, None if no_answer else seconds, now)
            else:
                done = await register(database, one, known, inquiry, actor_of(by), now)
            if done is Registered.NO_CASE:
                die(texts.t("Det finns ingen sådan fråga i {number}.", number=case))
            if done is Registered.NOT_AWAITED:
                die(texts.t("Testkontakt {number} väntar ingen på, eller så är den av ett annat slag.", number=number))

    run_to_end(work())
    print(texts.t("Klart. Testkontakt {number} räknas inte i några andra siffror.", number=number))


@testcontact.command("undo")
def undo(number: Number, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Say that a case was not this test contact after all: it counts again."""
    settings = usable(config)
    texts = texts_for(settings, None)

    async def work() -> bool:
        from bot.test_marking import take_back

        async with _at_work(settings) as (database, _):
            return await take_back(database, await _one(database, texts, number), actor_of(by), datetime.now(UTC))

    if not run_to_end(work()):
        die(texts.t("Testkontakt {number} hör inte till något ärende.", number=number))
    print(texts.t("Klart. Ärendet räknas igen."))


@testcontact.command("judge")
def judge(number: Number, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Show a contact's question and answer, and ask for its points, 0 to 3. Then staff are told what it was."""
    settings = usable(config)
    run_to_end(_judge(settings, texts_for(settings, None), number, by))


async def _judge(settings: "Settings", texts: "Texts", number: int, by: str) -> None:
    from bot.set_out import as_text
    from bot.test_judging import Early, availability_of, judging_parts, may_judge
    from bot.test_marking import keep_points

    actor = actor_of(by)
    async with _at_work(settings) as (database, office):
        one, now = await _one(database, texts, number), datetime.now(UTC)
        found = await availability_of(database, office, one, now)
        if isinstance(found, Early):
            die(texts.t("Det är för tidigt. Testkontakten har inte kommit fram, eller så hinner svaret komma än."))
        if not await may_judge(database, office, one, by or actor.partition(":")[2]):
            die(texts.t("Du har skrivit svaret själv. Det bedömer en annan."))
        print(as_text(await judging_parts(database, office, one, found, actor, now)))
        points = _asked(texts, found.points, answered=found.answered)
        await keep_points(database, one, points, actor, datetime.now(UTC))
    print(texts.t("Tack! I ärendet står nu att det var en testkontakt."))


def _asked(texts: "Texts", available: int, *, answered: bool) -> "Points":
    """Return the points a person gives; without an answer there is nothing more to judge."""
    from bot.store.test_rows import Points
    from bot.test_judging import ASPECTS

    if not answered:
        return Points(availability=available)
    print(texts.t("3 = mycket god, 2 = god, 1 = medelgod, 0 = dålig, - = går inte att bedöma"))
    given = {name: _points(texts.t(sentence)) for name, sentence in ASPECTS.items()}
    return Points(availability=available, **given)


def _points(question: str) -> int | None:
    while True:
        said = str(typer.prompt(question)).strip()
        if said in {"-", "–"}:
            return None
        if said in {"0", "1", "2", "3"}:
            return int(said)


@testcontact.command("show")
def show(name: Annotated[str, typer.Argument(help="The name of a plan.")], config: Config = DEFAULT_CONFIG) -> None:
    """Print a plan's share of the most points, by area and in all, as KKiK did."""
    settings = usable(config)
    texts = texts_for(settings, None)

    async def work() -> str:
        from measurement.judged import read_plan
        from measurement.show_judged import plan_text
        from measurement.tables import reading

        async with reading(database_url(settings)) as connection:
            return plan_text(texts, name, await read_plan(connection, name))

    print(run_to_end(work()), end="")


def _questions(settings: "Settings", texts: "Texts", file: Path) -> "list[PlannedQuestion]":
    """Return the questions of a file; on faults, say every one and end."""
    from bot.test_plan import PlanRefused, read_plan, with_sender
    from config.table_files import TableFault, read_table

    rules = settings.test_contacts
    try:
        questions = read_plan(read_table(file.read_bytes()), texts, times=rules.times)
    except TableFault as fault:
        die(table_fault(texts, file, fault.why))
    except PlanRefused as refused:
        die("\n".join([*refused.faults, texts.t("Inget är sparat.")]))
    return with_sender(questions, rules.smtp.from_address) if rules.smtp is not None else questions


def _server(settings: "Settings") -> "OutsideServer | None":
    from bot.test_sending import OutsideServer
    from config.settings import secret

    mail = settings.test_contacts.smtp
    if mail is None:
        return None
    return OutsideServer(
        host=mail.host, port=mail.port, tls=mail.tls, from_address=mail.from_address, from_name=mail.from_name,
        username=mail.username, password=secret(mail.password, mail.password_file),
        ca_file=str(mail.ca_file) if mail.ca_file else None, timeout_seconds=mail.timeout_seconds,
    )  # fmt: skip


async def _contacts(settings: "Settings", name: str) -> "list[TestContact]":
    from bot.store.test_book import plan_of, plans, refresh

    async with _at_work(settings) as (database, _), database.reading() as connection:
        names = [name] if name else await plans(connection)
        return [one for some in names for one in await refresh(connection, await plan_of(connection, some))]


async def _one(database: "Database", texts: "Texts", number: int) -> "TestContact":
    from bot.store.test_book import contact_with, refresh

    async with database.reading() as connection:
        found = await contact_with(connection, number)
        if found is None:
            die(texts.t("Det finns ingen testkontakt {number}.", number=number))
        return (await refresh(connection, [found]))[0]


def _print_contacts(texts: "Texts", contacts: "Sequence[TestContact]", *, numbered: bool) -> None:
    from bot.test_judging import CHANNELS, progress_words

    for one in contacts:
        told = progress_words(texts, one) if numbered else texts.t(CHANNELS[one.channel])
        lead = f"{one.id:>5}  " if numbered else ""
        print(f"{lead}{texts.moment(one.due_at)}  {one.area}, {one.question} ({one.round})  {told}")


@asynccontextmanager
async def _at_work(settings: "Settings") -> "AsyncIterator[tuple[Database, Office]]":
    from bot.app import office_now, open_database

    async with open_database(settings) as database:
        yield database, (await office_now(database, settings))()

"""Beginning a round of an assessment, and what its points are to stand beside."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from commands.administration import table_fault
from commands.assess_book import ARound, By, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.framework import Framework
    from measurement.assessment.scores import Beside

_ROUND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 60

Earlier = Annotated[
    list[str] | None,
    typer.Option("--earlier", metavar="NAME=POINTS", help="An earlier round of ours, as 2019=603,5; again for more."),
]  # fmt: skip
Others = Annotated[
    list[str] | None,
    typer.Option(
        "--others", metavar="NAME=POINTS",
        help="Others' points in our areas' order, as 'Medelvärde 2021=63,65,73,64,61,59,68,64'; again for more. "
             "With decimals: parted by blanks.",
    ),
]  # fmt: skip
AsSource = Annotated[str, typer.Option("--source", help="Where the points of --earlier and --others were found.")]
BesideTable = Annotated[
    Path | None,
    typer.Option(
        "--beside", exists=True, dir_okay=False,
        help="Both from CSV or Excel: columns slag (tidigare, andra), namn, år, område, poäng, ramverk, källa.",
    ),
]  # fmt: skip


def init(
    name: Annotated[str, typer.Argument(metavar="ROUND", help="A name for the round, as vallentuna-2027.")],
    framework: Annotated[
        str, typer.Option(prompt="Framework", help="The id of one that comes with the product, or a file (TOML).")
    ],
    as_of: Annotated[
        str, typer.Option(prompt="Date of the round", help="Figures are frozen as of the end of it, as 2027-02-15.")
    ],
    by: By,
    municipality: Annotated[str, typer.Option(help="Whose round it is; else as configured.")] = "",
    earlier: Earlier = None,
    others: Others = None,
    beside: BesideTable = None,
    source: AsSource = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Begin a round: of which framework, as of which date, and beside which earlier rounds and others."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    check_name(texts, name)
    asked, who = framework_named(texts, framework), signed(texts, by)
    instant = round_instant(texts, as_of, settings)
    stands = _beside(texts, asked, earlier, others, beside, source)
    from measurement.assessment.book import Head, RoundExists, open_round
    from measurement.assessment.round import RoundId

    head = Head(
        id=RoundId(name), framework=asked.id, municipality=municipality.strip() or settings.municipality.name,
        as_of=instant, opened_by=who, opened_at=now,
    )  # fmt: skip

    async def work() -> None:
        async with writing(settings) as connection:
            try:
                await open_round(connection, head, asked)
            except RoundExists:
                die(texts.t("Det finns redan en omgång {name}. Välj ett annat namn.", name=name))
            await _put(connection, name, stands, who, now)

    run_to_end(work())
    t = texts.t
    print(t("Omgången {name} är öppnad.", name=name))
    print(t("{framework} {edition}: {areas} områden, {questions} frågor, {points} poäng.", framework=asked.name,
            edition=asked.edition, areas=len(asked.areas), questions=len(list(asked.questions())),
            points=asked.points))  # fmt: skip
    for one in _beside_lines(texts, stands, []):
        print(one)
    print(t("Så här går det vidare: run_bot.py assess status {name}", name=name))


def beside(
    name: ARound,
    by: By,
    earlier: Earlier = None,
    others: Others = None,
    beside: BesideTable = None,
    source: AsSource = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Enter points of earlier rounds and of others; the same kind and name again replaces what stood there."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    who = signed(texts, by)
    from measurement.assessment.book import beside_of

    async def work() -> "tuple[list[Beside], list[Beside]]":
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            stands = _beside(texts, round_.framework, earlier, others, beside, source)
            if not stands:
                die(texts.t("Skriv poängen med --earlier, --others eller --beside."))
            before = await beside_of(connection, round_.id)
            await _put(connection, round_.id, stands, who, now)
            return stands, before

    for line in _beside_lines(texts, *run_to_end(work())):
        print(line)


async def _put(
    connection: "AsyncConnection", name: str, stands: "Sequence[Beside]", by: str, now: datetime
) -> None:  # fmt: skip
    """Write what stands beside a round's points, and who wrote it: entries are kept when another is written over."""
    from measurement.assessment.beside_file import as_entered
    from measurement.assessment.book import enter, put_beside
    from measurement.assessment.round import About, Entry, Field, Source

    await put_beside(connection, name, stands)
    await enter(connection, name, [
        Entry(about=About(""), field=Field.BESIDE, value=as_entered(one), by=by, source=Source.COMMAND, at=now)
        for one in stands
    ])  # fmt: skip


def framework_named(texts: "Texts", written: str) -> "Framework":
    """Return a framework by its id or from its file; say every fault and end if it cannot be read."""
    from measurement.assessment.framework_fault import FrameworkFault, fault_words
    from measurement.assessment.framework_file import framework_files, read_framework

    known = {str(key): path for key, path in framework_files().items()}
    path = known.get(written.strip()) or Path(written.strip())
    if not path.is_file():
        die(texts.t("Det finns inget ramverk {name}, och ingen fil som heter så. De som följer med är {known}.",
                    name=written, known=", ".join(known)))  # fmt: skip
    try:
        return read_framework(path.read_bytes())
    except FrameworkFault as fault:
        lines = [fault_words(texts, one) for one in fault.faults]
        die("\n".join([texts.t("{file} går inte att använda:", file=path.name), *lines,
                       texts.t("Inget är sparat.")]))  # fmt: skip


def round_instant(texts: "Texts", written: str, settings: "Settings") -> datetime:
    """Return the instant of a date's end as UTC, still on that date; of a time, that time; end if it is neither."""
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        return _instant(texts, written, settings)
    return datetime.combine(day, time.max, ZoneInfo(settings.zone)).astimezone(UTC)


def _instant(texts: "Texts", written: str, settings: "Settings") -> datetime:
    try:
        instant = datetime.fromisoformat(written.strip())
    except ValueError:
        die(texts.t("{value} är inget datum. Skriv det som 2027-02-15.", value=written))
    return (instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(settings.zone))).astimezone(UTC)


def check_name(texts: "Texts", name: str) -> None:
    """Say so and end if a round cannot be called this."""
    if not _ROUND.fullmatch(name) or len(name) > _LONGEST:
        die(texts.t("{name} går inte som namn. Skriv små bokstäver a–z, siffror och bindestreck, som vallentuna-2027.",
                    name=name))  # fmt: skip


def _beside(
    texts: "Texts", framework: "Framework", earlier: "Sequence[str] | None", others: "Sequence[str] | None",
    file: Path | None, source: str,
) -> "list[Beside]":  # fmt: skip
    """Return what was typed and what the file holds; on faults, say every one and end."""
    from commands.assess_words import beside_faults
    from measurement.assessment.beside_file import BesideRefused, typed
    from measurement.assessment.scores import BesideKind

    found: list[Beside] = []
    faults: list[str] = []
    lines: list[tuple[BesideKind, str]] = [(BesideKind.EARLIER, one) for one in earlier or ()]
    lines += [(BesideKind.OTHERS, one) for one in others or ()]
    for kind, line in lines:
        try:
            found.append(typed(kind, line, framework, source.strip()))
        except BesideRefused as refused:
            faults += beside_faults(texts, refused.faults)
    if file is not None:
        try:
            found += _of_table(texts, framework, file)
        except BesideRefused as refused:
            faults += [f"{file.name}: {one}" for one in beside_faults(texts, refused.faults)]
    if faults:
        die("\n".join([*faults, texts.t("Inget är sparat.")]))
    return found


def _of_table(texts: "Texts", framework: "Framework", file: Path) -> "list[Beside]":
    from config.table_files import TableFault, read_table
    from measurement.assessment.beside_file import of_rows

    try:
        rows = read_table(file.read_bytes())
    except TableFault as fault:
        die(table_fault(texts, file, fault.why))
    return of_rows(rows, framework)


def _beside_lines(texts: "Texts", stands: "Sequence[Beside]", before: "Sequence[Beside]") -> list[str]:
    """Return what was written, each with what it replaced."""
    from measurement.assessment.scores import BesideKind

    words = {BesideKind.EARLIER: texts.t("tidigare"), BesideKind.OTHERS: texts.t("andra")}
    known = {(one.kind, one.name): one for one in before}
    lines = list[str]()
    for one in stands:
        lines.append(f"{one.name} ({words[one.kind]}): {_points_line(texts, one)}")
        was = known.get((one.kind, one.name))
        if was is not None and was != one:
            lines.append(texts.t("  förut: {value}", value=_points_line(texts, was)))
    return lines


def _points_line(texts: "Texts", one: "Beside") -> str:
    """Return the total, the areas' points as they can be typed again, and the source."""
    from commands.assess_words import points_shown

    total = "–" if one.sum is None else points_shown(texts, one.sum)
    line = texts.t("{points} poäng", points=total)
    by_area = ", ".join(f"{area}: {points_shown(texts, points)}" for area, points in one.by_area.items())
    more = "; ".join(part for part in (by_area, one.source) if part)
    return f"{line} ({more})." if more else f"{line}."

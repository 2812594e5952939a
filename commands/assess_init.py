"""Beginning a round of an assessment, and what its points are to stand beside."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from commands.administration import table_fault
from commands.assess_book import ARound, By, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, instant_of, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.framework import Framework
    from measurement.assessment.scores import Beside

_ROUND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 60

Earlier = Annotated[
    list[str] | None,
    typer.Option("--earlier", metavar="NAME=POINTS", help="An earlier round of ours, as 2019=603; again for more."),
]  # fmt: skip
Others = Annotated[
    list[str] | None,
    typer.Option(
        "--others", metavar="NAME=POINTS",
        help="Others' points in our areas' order, as 'Medelvärde 2021=63,65,73,64,61,59,68,64'; again for more.",
    ),
]  # fmt: skip
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
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Begin a round: of which framework, as of which date, and beside which earlier rounds and others."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    check_name(texts, name)
    asked, who = framework_named(texts, framework), signed(texts, by)
    instant = round_instant(as_of, settings)
    stands = _beside(texts, asked, earlier, others, beside)
    from measurement.assessment.book import Head, RoundExists, open_round, put_beside
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
            await put_beside(connection, name, stands)

    run_to_end(work())
    t = texts.t
    print(t("Omgången {name} är öppnad.", name=name))
    print(t("{framework} {edition}: {areas} områden, {questions} frågor, {points} poäng.", framework=asked.name,
            edition=asked.edition, areas=len(asked.areas), questions=len(list(asked.questions())),
            points=asked.points))  # fmt: skip
    for one in _beside_lines(texts, stands):
        print(one)
    print(t("Så här går det vidare: run_bot.py assess status {name}", name=name))


def beside(
    name: ARound,
    earlier: Earlier = None,
    others: Others = None,
    beside: BesideTable = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Enter points of earlier rounds and of others; the same kind and name again is written over."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.assessment.book import put_beside

    async def work() -> "list[Beside]":
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            stands = _beside(texts, round_.framework, earlier, others, beside)
            if not stands:
                die(texts.t("Skriv poängen med --earlier, --others eller --beside."))
            await put_beside(connection, round_.id, stands)
            return stands

    for line in _beside_lines(texts, run_to_end(work())):
        print(line)


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


def round_instant(written: str, settings: "Settings") -> datetime:
    """Return the instant of a date's end as UTC, still on that date; of a time, that time."""
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        return instant_of(written.strip(), settings)
    return datetime.combine(day, time.max, ZoneInfo(settings.zone)).astimezone(UTC)


def check_name(texts: "Texts", name: str) -> None:
    """Say so and end if a round cannot be called this."""
    if not _ROUND.fullmatch(name) or len(name) > _LONGEST:
        die(texts.t("{name} går inte som namn. Skriv små bokstäver a–z, siffror och bindestreck, som vallentuna-2027.",
                    name=name))  # fmt: skip


def _beside(
    texts: "Texts", framework: "Framework", earlier: "Sequence[str] | None", others: "Sequence[str] | None",
    file: Path | None,
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
            found.append(typed(kind, line, framework))
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


def _beside_lines(texts: "Texts", stands: "Sequence[Beside]") -> list[str]:
    from measurement.assessment.scores import BesideKind

    words = {BesideKind.EARLIER: texts.t("tidigare"), BesideKind.OTHERS: texts.t("andra")}
    return [
        texts.t("{name} ({kind}): {points} poäng.", name=one.name, kind=words[one.kind],
                points="–" if one.sum is None else texts.number(one.sum))
        for one in stands
    ]  # fmt: skip

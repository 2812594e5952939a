"""All of a round as files, and a round from such files."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, looking, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, or_die, readable, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.texts import Texts
    from measurement.assessment.archive import Archived, ArchiveFault

_MOST_FILES = 5_000


def export(
    name: ARound,
    out: Annotated[Path, typer.Option(file_okay=False, help="A folder that is not there yet, or empty.")],
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Write all of a round as files: framework, entries, evidence with documents, points of others, interviews."""
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.assessment.archive import to_files
    from measurement.assessment.archive_book import take_out
    from measurement.assessment.book import NoRound

    async def work() -> "Archived":
        async with looking(settings) as connection:
            try:
                return await take_out(connection, name.strip())
            except NoRound:
                die(texts.t("Det finns ingen omgång {name}. Se vilka som finns: run_bot.py assess status", name=name))

    files = to_files(run_to_end(work()))
    if out.exists() and any(out.iterdir()):
        die(texts.t("Mappen {folder} är inte tom. Välj en ny, så att inget gammalt blandas in.", folder=out))
    or_die(lambda: _write(out, files))
    print(texts.n("{count} fil i {folder}.", "{count} filer i {folder}.", len(files), folder=out))


def _write(out: Path, files: "Mapping[str, bytes]") -> None:
    """Write the files beside the folder first: it is there with all of them, or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as beside:
        made = Path(beside) / "files"
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.rmdir()
        made.rename(out)


def import_(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="As `assess export` writes it.")],
    name: Annotated[str, typer.Option("--as", help="Another name for the round.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Take a round in from files, all of it or nothing. A round that is there is never written over."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from commands.assess_init import check_name
    from measurement.assessment.archive import ArchiveFault, of_files
    from measurement.assessment.archive_book import put_in
    from measurement.assessment.book import RoundExists

    try:
        read = of_files(or_die(lambda: _read(texts, folder)))
    except ArchiveFault as fault:
        die(f"{_fault(texts, fault)} {texts.t('Inget är sparat.')}")
    wanted = name or read.head.id
    check_name(texts, wanted)

    async def work() -> None:
        async with writing(settings) as connection:
            try:
                await put_in(connection, read, wanted)
            except RoundExists:
                die(texts.t("Det finns redan en omgång {name}. Välj ett annat namn med --as.", name=wanted))
            except ArchiveFault as fault:
                die(f"{_fault(texts, fault)} {texts.t('Inget är sparat.')}")

    run_to_end(work())
    print(texts.t("Omgången {name} är inläst.", name=wanted))


def _read(texts: "Texts", folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(paths) > _MOST_FILES:
        die(texts.t("{folder} är ingen omgång: där finns för många filer.", folder=folder))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _fault(texts: "Texts", fault: "ArchiveFault") -> str:
    from measurement.assessment.archive import ArchiveWhy

    t = texts.t
    match fault.why:
        case ArchiveWhy.MISSING:
            return t("Filen {file} saknas. Kopiera hela mappen.", file=fault.file)
        case ArchiveWhy.CHANGED:
            return t("Filen {file} är ändrad sedan den skrevs. Exportera omgången igen.", file=fault.file)
        case ArchiveWhy.UNREADABLE if fault.at:
            return t("Filen {file}, del {number}: den går inte att läsa. Exportera omgången igen.", file=fault.file,
                     number=fault.at)  # fmt: skip
        case ArchiveWhy.UNREADABLE:
            return t("Filen {file} går inte att läsa. Exportera omgången igen.", file=fault.file)

"""The commands that write our bundle to a file and take others' in."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure_book import open_book, week_named
from commands.network_parts import (
    OWN,
    FirstWeek,
    KeyFile,
    LastWeek,
    Municipality,
    choice_path,
    key_path,
    own_identity,
)
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from commands.figure_book import Book
    from config.settings import Settings
    from config.texts import Texts
    from measurement.network.book import Kept
    from measurement.network.bundle import Bundle
    from measurement.network.sealed import Opened


def export(
    first: FirstWeek,
    last: LastWeek,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="The file; else named by number and period.")] = None,
    municipality: Municipality = "",
    key_file: KeyFile = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Write a signed file of our figures for the others: whole-municipality aggregates of weeks that stand fast.

    What was chosen with `network note` goes along. Our own bundle is kept in the book too, to be compared with.
    """
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    begin, end = str(week_named(first)), str(week_named(last))
    if end < begin:
        die(texts.t("Perioden {first} till {last} går baklänges.", first=begin, last=end))

    async def work() -> "tuple[Path, Bundle]":
        async with open_book(settings) as book:
            opened = await _made(settings, book, (begin, end), municipality, key_file, now, texts)
            path = out or Path(f"natverk-{opened.bundle.municipality}-{begin}-{end}.json")
            await _keep_and_write(book, opened, path, now, texts)
        return path, opened.bundle

    path, bundle = run_to_end(work())
    for one in bundle.measures:
        print(texts.t("{measure}: {told} veckor visas, {withheld} hålls inne.", measure=texts.t(one.name),
                      told=len(one.weeks), withheld=one.withheld))  # fmt: skip
    shared = [one.name for one in bundle.attachments]
    print(texts.t("Beskrivningar: {practices}. Bilagor: {files}.", practices=len(bundle.practices),
                  files=", ".join(shared) or texts.t("inga")))  # fmt: skip
    print(path)
    print(texts.t("Inget har skickats. Läs filen och ge den till de andra."))


async def _made(
    settings: "Settings", book: "Book", period: tuple[str, str], municipality: str, key_file: Path | None,
    now: datetime, texts: "Texts",
) -> "Opened":  # fmt: skip
    """Return our bundle, signed, as the others will open it."""
    from measurement.network.book import bundles_of, kept_bundles, trusted_keys
    from measurement.network.bundle_export import NotAllFrozen, NothingFrozen, Wish, bundle_from
    from measurement.network.envelope import BundleFault
    from measurement.network.sealed import open_sealed, seal
    from measurement.network.share import read_choice, shared_of
    from measurement.network.signing import own_key, public_of

    shared = shared_of(read_choice(choice_path(settings, key_file)))
    key = own_key(key_path(settings, key_file))
    async with book.reading() as connection:
        own = own_identity(settings, await trusted_keys(connection), public_of(key), municipality, now, texts)
        told = [one for one in await kept_bundles(connection) if one.municipality == own.municipality]
        before = await bundles_of(connection, [one for one in told if (one.first, one.last) == period])
        wish = Wish(
            municipality=own.municipality, name=own.name, first=week_named(period[0]), last=week_named(period[1]),
            made_at=now, rule=settings.answers.rule, phone_seconds=settings.phone.threshold_seconds, shared=shared,
        )  # fmt: skip
        try:
            bundle = await bundle_from(connection, wish, book.calendar, texts, before)
            if before:
                _tell_kept(bundle, await bundle_from(connection, wish, book.calendar, texts), texts)
            return open_sealed(seal(bundle, key), [own], now, texts)
        except NothingFrozen:
            die(texts.t("Ingen vecka i perioden är fastställd än. Kör run_bot.py figures fill, eller vänta."))
        except NotAllFrozen as fault:
            die(texts.t(
                "De här veckorna är inte fastställda än: {weeks}. Vänta tills de är det. En period som har lämnats ut "
                "kan inte göras längre sedan.", weeks=", ".join(fault.weeks),
            ))  # fmt: skip
        except BundleFault as fault:
            die("\n".join(fault.faults))


def _tell_kept(bundle: "Bundle", fresh: "Bundle", texts: "Texts") -> None:
    """Print which measures are told as they were told last: their correction would point at a few."""
    for one in bundle.measures:
        if one != fresh.measure(one.id):
            print(texts.t("{measure}: siffrorna är de som lämnades ut senast. Rättelsen är så liten att skillnaden "
                          "kunde peka ut någon.", measure=texts.t(one.name)))  # fmt: skip


async def _keep_and_write(book: "Book", opened: "Opened", path: Path, now: datetime, texts: "Texts") -> None:
    """Keep our own bundle and write the file: both or neither."""
    from measurement.network.book import Older, Overlaps, put_bundle, trust, trusted_keys
    from measurement.network.sealed import TrustedKey

    bundle = opened.bundle
    own = TrustedKey(municipality=bundle.municipality, name=bundle.name, key=opened.key, by=OWN, at=now)
    try:
        async with book.rollup.writing() as connection:
            if not any(one.key == opened.key for one in await trusted_keys(connection)):
                await trust(connection, own)
            await put_bundle(connection, opened, now)
            _write(path, opened.content)
    except Overlaps as fault:
        die(texts.t(
            "Vi har redan lämnat ut {first} till {last} (nummer {number}), och perioderna går in i varandra. "
            "Tillsammans kan de avslöja veckor som hålls inne. Ta samma period igen, eller en som börjar efter.",
            first=fault.kept.first, last=fault.kept.last, number=fault.kept.id,
        ))  # fmt: skip
    except Older as fault:
        die(_older(fault.kept, texts))


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        written.write_bytes(content + b"\n")
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def take_in(
    files: Annotated[list[Path], typer.Argument(help="The others' files.")],
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Take in others' bundles: each whole or not at all, the same one twice changes nothing."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)

    async def work() -> bool:
        async with open_book(settings) as book:
            return all([await _take(book, file, now, texts) for file in files])

    if not run_to_end(work()):
        raise typer.Exit(1)


async def _take(book: "Book", file: Path, now: datetime, texts: "Texts") -> bool:
    """Take in one file, tell what became of it, and return whether it is in the book."""
    from measurement.network.book import Older, Overlaps, put_bundle, trusted_keys
    from measurement.network.envelope import MOST_BYTES, BundleFault
    from measurement.network.sealed import open_sealed

    try:
        with file.open("rb") as source:
            content = source.read(MOST_BYTES + 1)
        async with book.rollup.writing() as connection:
            opened = open_sealed(content, await trusted_keys(connection), now, texts)
            done = await put_bundle(connection, opened, now)
    except BundleFault as fault:
        why = " ".join(fault.faults)
    except Overlaps as fault:
        why = _overlaps(fault.kept, texts)
    except Older as fault:
        why = _older(fault.kept, texts)
    except (OSError, ValueError, ArithmeticError):
        # Whatever one file holds, the others are read.
        why = texts.t("Filen går inte att läsa.")
    else:
        bundle = opened.bundle
        about = f"{bundle.name} {bundle.first}–{bundle.last}"
        print(f"{file.name}: {_done(done.value, about, texts)}")
        return True
    nothing = texts.t("Inget togs in. {why}", why=why)
    print(f"{file.name}: {nothing}")
    return False


def _done(put: str, about: str, texts: "Texts") -> str:
    if put == "same":
        return texts.t("{bundle} fanns redan. Inget är ändrat.", bundle=about)
    if put == "replaces":
        return texts.t("{bundle} är sparat och ersätter ett äldre för samma period.", bundle=about)
    return texts.t("{bundle} är sparat.", bundle=about)


def _overlaps(kept: "Kept", texts: "Texts") -> str:
    return texts.t(
        "Det finns redan ett paket från {name} för {first} till {last} (nummer {number}). Perioderna går in i "
        "varandra. Ta samma period, en som börjar efter, eller ta bort det gamla: run_bot.py network drop {number}",
        name=kept.name, first=kept.first, last=kept.last, number=kept.id,
    )  # fmt: skip


def _older(kept: "Kept", texts: "Texts") -> str:
    return texts.t("Det finns redan ett paket från {name} för samma period som är lika nytt eller nyare, gjort {at}.",
                   name=kept.name, at=f"{kept.made_at:%Y-%m-%d %H:%M}")  # fmt: skip

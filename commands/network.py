"""The commands about a network of municipalities: keys, bundles, and the papers for its meetings. All by files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.figure_book import open_book
from commands.network_exchange import export, take_in
from commands.network_kolada import kolada
from commands.network_meeting import compare
from commands.network_note import note
from commands.network_parts import OWN, KeyFile, Municipality, key_path, name_of, own_identity, own_numbers
from commands.shell import DEFAULT_CONFIG, Config, Language, die, or_die, readable, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from config.texts import Texts
    from measurement.network.sealed import TrustedKey

network = typer.Typer(
    no_args_is_help=True,
    help="A network of municipalities: signed figures as files, compared for its meetings. Nothing is sent by itself.",
)
network.command("export")(export)
network.command("import")(take_in)
network.command("compare")(compare)
network.command("note")(note)
network.add_typer(kolada, name="kolada")


@network.command("key")
def show_key(
    municipality: Municipality = "",
    key_file: KeyFile = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Print our public key, to be handed to the others; the first time it is made."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from measurement.network.book import trust, trusted_keys
    from measurement.network.signing import fingerprint, own_key, public_of

    async def work() -> tuple[str, str, str]:
        async with open_book(settings) as book, book.rollup.writing() as connection:
            keys = await trusted_keys(connection)
            if municipality:
                name_of(municipality, settings.municipality.name, texts)
            public = public_of(own_key(key_path(settings, key_file)))
            own = own_identity(settings, keys, public, municipality, now, texts)
            if own not in keys:
                await trust(connection, own)
        return own.municipality, own.name, public

    id_, name, public = run_to_end(work())
    print_columns([
        (texts.t("Kommun"), f"{name} ({id_})"), (texts.t("Öppen nyckel"), public),
        (texts.t("Fingeravtryck"), fingerprint(public)),
    ])  # fmt: skip
    print(texts.t("Skicka nyckeln till de andra. Läs upp fingeravtrycket för dem i telefon."))


@network.command("trust")
def trust_key(
    municipality: Annotated[str, typer.Argument(metavar="ID", help="Whose key it is, by number, as 0160.")],
    key: Annotated[str, typer.Argument(help="Their public key, or a file that holds it.")],
    heard: Annotated[str, typer.Option("--fingerprint", prompt="Fingerprint, as they read it to you")],
    by: Annotated[str, typer.Option("--by", prompt="Checked by", help="Who checked it.")],
    name: Annotated[str, typer.Option(help="What it is called, where it is not on our list.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Trust it no longer.")] = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Trust another municipality's key, after they have read its fingerprint to you by telephone."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from measurement.network.book import distrust, trust, trusted_keys
    from measurement.network.sealed import TrustedKey
    from measurement.network.signing import checked_public, fingerprint, same_fingerprint

    public = or_die(lambda: checked_public(_written(key)))
    if not same_fingerprint(fingerprint(public), heard):
        die(texts.t("Fingeravtrycket stämmer inte. Nyckelns är {key}. Lita inte på den.", key=fingerprint(public)))
    if by.strip() in ("", OWN):
        die(texts.t("Skriv vem som har kontrollerat nyckeln."))
    their = name_of(municipality, name, texts)
    trusted = TrustedKey(municipality=municipality, name=their, key=public, by=by.strip(), at=now)

    async def work() -> bool:
        async with open_book(settings) as book, book.rollup.writing() as connection:
            keys = await trusted_keys(connection)
            if municipality in own_numbers(settings, keys):
                die(texts.t("{id} är vårt eget nummer. Vår egen nyckel behöver ingen lita på här.", id=municipality))
            if end:
                return await distrust(connection, municipality, public)
            _refuse_clash(trusted, keys, texts)
            await trust(connection, trusted)
            return True

    done = run_to_end(work())
    if not done:
        die(texts.t("Den nyckeln litade vi inte på."))
    if end:
        print(texts.t("Vi litar inte längre på nyckeln. Deras paket är kvar, men jämförs inte."))
    else:
        print(texts.t("Vi litar på nyckeln från {name} ({id}).", name=their, id=municipality))


def _refuse_clash(key: "TrustedKey", keys: "list[TrustedKey]", texts: "Texts") -> None:
    from measurement.network.book import clash

    if other := clash(key, keys):
        die(texts.t("Nyckeln eller namnet hör redan till {name} ({id}).", name=other.name, id=other.municipality))


def _written(key: str) -> str:
    """Return a key as it was written, or as it stands in a file of that name."""
    path = Path(key)
    try:
        is_file = len(key) < 200 and path.is_file()
        return path.read_text(encoding="utf-8") if is_file else key
    except UnicodeDecodeError:
        return ""


@network.command("list")
def show_list(config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Print whose keys we trust, and which bundles we have."""
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.network.book import kept_bundles, trusted_keys
    from measurement.network.signing import fingerprint

    async def work() -> None:
        async with open_book(settings, look=True) as book, book.reading() as connection:
            keys, kept = await trusted_keys(connection), await kept_bundles(connection)
        print(texts.t("Nycklar som vi litar på:"))
        print_columns([
            (one.municipality, one.name, fingerprint(one.key), texts.t("vår egen") if one.by == OWN else one.by,
             f"{one.at:%Y-%m-%d}")
            for one in keys
        ] or [("", texts.t("inga"))])  # fmt: skip
        print(texts.t("Paket:"))
        rows = []
        for one in kept:
            state = texts.t("gäller") if one.holds else texts.t("ersatt av ett nyare")
            state = texts.t("nyckeln är inte betrodd") if not one.trusted else state
            made = texts.t("gjort {at}", at=f"{one.made_at:%Y-%m-%d %H:%M}")
            rows.append((str(one.id), one.name, f"{one.first}–{one.last}", made, state))
        print_columns(rows or [("", texts.t("inga"))])

    run_to_end(work())


@network.command("drop")
def drop(
    number: Annotated[int, typer.Argument(help="The bundle's number, as `network list` has it.")],
    never_shared: Annotated[
        str, typer.Option("--never-shared", help="Only for one of our own: who vouches that nobody was given the file.")
    ] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Take a bundle out of the book, as one of a wrong period; the file it came from is left alone.

    Our own stay: what we once handed out is remembered, so that later files cannot be subtracted from it.
    """
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.network.book import drop_bundle, kept_bundles, trusted_keys

    async def work() -> bool:
        async with open_book(settings) as book, book.rollup.writing() as connection:
            own = own_numbers(settings, await trusted_keys(connection))
            ours = [one.id for one in await kept_bundles(connection) if one.municipality in own]
            if number in ours and not never_shared.strip():
                die(texts.t(
                    "Det är vårt eget paket. Vi minns vad vi har lämnat ut, så att ingen kan räkna ut en vecka som "
                    "hålls inne. Har filen aldrig lämnat huset? Skriv vem som intygar det: --never-shared NAMN"
                ))  # fmt: skip
            return await drop_bundle(connection, number)

    if not run_to_end(work()):
        die(texts.t("Det finns inget paket med nummer {number}.", number=number))
    print(texts.t("Paketet är borttaget."))

"""The command by which a municipality chooses what to share with its network beside the figures."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.network_parts import KeyFile, choice_path
from commands.shell import DEFAULT_CONFIG, Config, Language, die, or_die, readable, texts_for

if TYPE_CHECKING:
    from config.texts import Texts
    from measurement.network.share import Choice


def note(
    text: Annotated[str | None, typer.Option(help="How we do it, in a few sentences; empty takes it back.")] = None,
    measure: Annotated[str, typer.Option(help="The measure it is about, by id; else in general.")] = "",
    role: Annotated[str, typer.Option(help="Whom the others may ask: a role, no name.")] = "",
    address: Annotated[str, typer.Option(help="The role's address: a function's, no person's.")] = "",
    attach: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="A document to share.")] = None,
    title: Annotated[str, typer.Option(help="What the document is.")] = "",
    by: Annotated[str, typer.Option(help="Who chose to share the document.")] = "",
    detach: Annotated[str, typer.Option(help="Share the document of this name no longer.")] = "",
    key_file: KeyFile = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Choose what the next export shares beside the figures; without options, print what it would share."""
    settings = readable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from measurement.network.share import read_choice, write_choice

    path = choice_path(settings, key_file)
    before = or_die(lambda: read_choice(path))
    choice = _with_words(before, text, measure, (role, address), texts)
    if attach is not None:
        choice = _with_file(choice, attach, title, by, now, texts)
    if detach:
        choice = _without(choice, detach, texts)
    if choice != before:
        or_die(lambda: write_choice(path, choice))
    _tell(choice, texts)


def _with_words(choice: "Choice", text: str | None, measure: str, contact: tuple[str, str], texts: "Texts") -> "Choice":
    from dataclasses import replace

    from measurement.network.bundle import Contact
    from measurement.network.bundle_export import MEASURES
    from measurement.network.bundle_texts import MOST_IN_ALL, MOST_LETTERS, is_address, is_name, is_text
    from measurement.network.share import with_practice

    if measure and measure not in MEASURES:
        die(texts.t("{measure} är inget av måtten {all}.", measure=measure, all=", ".join(MEASURES)))
    if text is not None:
        if text.strip() and not is_text(text.strip(), MOST_LETTERS):
            die(texts.t("Texten är för lång eller har tecken som inte går att visa. Högst {most} tecken.",
                        most=MOST_LETTERS))  # fmt: skip
        choice = with_practice(choice, measure, text)
        if sum(len(one.text) for one in choice.practices) > MOST_IN_ALL:
            die(texts.t("Beskrivningarna är för långa. Tillsammans får de ha högst {most} tecken.", most=MOST_IN_ALL))
    role, address = contact[0].strip(), contact[1].strip()
    if role or address:
        if not is_name(role) or not is_address(address):
            die(texts.t("Ange både en roll och en e-postadress som hör till rollen."))
        choice = replace(choice, contact=Contact(role=role, address=address))
    return choice


def _with_file(choice: "Choice", file: Path, title: str, by: str, now: datetime, texts: "Texts") -> "Choice":
    from measurement.network.bundle_texts import ENDINGS, MOST_BYTES, MOST_FILES, is_file_name, is_name
    from measurement.network.share import with_document

    if not is_file_name(file.name):
        die(texts.t("{name} går inte att dela. Filen ska sluta på {endings} och ha ett enkelt namn.", name=file.name,
                    endings=", ".join(ENDINGS)))  # fmt: skip
    if file.stat().st_size > MOST_BYTES:
        die(texts.t("Bilagan {name} är större än {most} MB.", name=file.name, most=MOST_BYTES // 2**20))
    if not is_name(title.strip()) or not by.strip():
        die(texts.t("Skriv vad bilagan är (--title) och vem som väljer att dela den (--by)."))
    found = or_die(lambda: with_document(choice, file, title.strip(), by.strip(), now))
    if len(found.documents) > MOST_FILES:
        die(texts.t("Högst {most} bilagor.", most=MOST_FILES))
    return found


def _without(choice: "Choice", name: str, texts: "Texts") -> "Choice":
    from measurement.network.share import without_document

    left = without_document(choice, name)
    if left == choice:
        die(texts.t("Det finns ingen bilaga som heter {name}.", name=name))
    return left


def _tell(choice: "Choice", texts: "Texts") -> None:
    contact = choice.contact
    rows = [(texts.t("Kontakt"), f"{contact.role}, {contact.address}" if contact else texts.t("ingen"))]
    general = texts.t("allmänt")
    rows += [(texts.t("Så gör vi"), f"{one.measure or general}: {one.text}") for one in choice.practices]
    rows += [
        (texts.t("Bilaga"), f"{Path(one.path).name}: {one.title} ({one.by}, {one.at:%Y-%m-%d})")
        for one in choice.documents
    ]
    print_columns(rows)
    print(texts.t("Dela bara en roll och en funktionsadress, aldrig en persons. Allt går ut med nästa export."))

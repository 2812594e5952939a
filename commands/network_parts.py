"""What the commands about the network share: the own key, whose it is, the book's keys and bundles."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import die

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings
    from config.texts import Texts
    from measurement.network.sealed import TrustedKey

OWN = "our own"
"""Who checked our own key: nobody had to."""
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="KOMMUNSVAR_NETWORK_KEY",
        help="The file of our own key; else network.pem beside the key of the settings.",
    ),
]  # fmt: skip
Municipality = Annotated[
    str, typer.Option("--municipality", help="Our number, as 0115; needed only once, and only if our name is not ours.")
]
FirstWeek = Annotated[str, typer.Option("--first", help="The period's first week, as 2026-W02.")]
LastWeek = Annotated[str, typer.Option("--last", help="The period's last week, as 2026-W27.")]


def key_path(settings: "Settings", given: Path | None) -> Path:
    """Return where our own key lies."""
    return given or (settings.secrets.key_file or Path("var/key")).with_name("network.pem")


def choice_path(settings: "Settings", key_file: Path | None) -> Path:
    """Return where it is kept what we chose to share."""
    return key_path(settings, key_file).with_name("network-share.json")


def own_numbers(settings: "Settings", keys: "Sequence[TrustedKey]") -> set[str]:
    """Return the numbers that are ours: those our keys were made for, and that of our name."""
    from measurement.network.members import id_of

    named = id_of(settings.municipality.name)
    return {one.municipality for one in keys if one.by == OWN} | ({named} if named else set())


def own_identity(
    settings: "Settings", keys: "Sequence[TrustedKey]", public: str, municipality: str, now: "datetime", texts: "Texts"
) -> "TrustedKey":
    """Return whose our own key is: as entered before, as given, or by the name in the settings; else end.

    A key that was entered for one municipality is never another's.
    """
    from measurement.network.members import id_of, municipalities
    from measurement.network.sealed import TrustedKey

    known = next((one for one in keys if one.key == public), None)
    if known is not None:
        if municipality and municipality != known.municipality:
            die(texts.t("Vår nyckel hör till {name} ({id}). Flytta undan nyckelfilen om en ny ska göras.",
                        name=known.name, id=known.municipality))  # fmt: skip
        return known
    found = municipality or id_of(settings.municipality.name) or ""
    if not found:
        die(texts.t(
            "{name} är ingen kommun i Sverige. Ange numret: run_bot.py network key --municipality NUMMER",
            name=settings.municipality.name,
        ))  # fmt: skip
    name = name_of(found, settings.municipality.name, texts)
    return TrustedKey(municipality=found, name=municipalities().get(found, name), key=public, by=OWN, at=now)


def name_of(id_: str, told: str, texts: "Texts") -> str:
    """Return what a municipality is called: by the list, or as told where only Finland's number is known; else end."""
    from measurement.network.bundle_texts import is_name
    from measurement.network.members import id_of, is_municipality, municipalities

    if not is_municipality(id_):
        die(texts.t("Ingen kommun har numret {id}. Svenska har fyra siffror, som 0115, finska tre.", id=id_))
    if id_ in municipalities():
        return municipalities()[id_]
    name = " ".join(told.split())
    if not name:
        die(texts.t("{id} finns inte i vår lista. Skriv vad kommunen heter: --name NAMN", id=id_))
    if not is_name(name) or id_of(name):
        die(texts.t("{name} är en svensk kommun, eller ett namn som inte går att visa.", name=name))
    return name

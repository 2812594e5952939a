"""What the commands about the network share: the own key, whose it is, the book's keys and bundles."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import die

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings
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


def own_identity(
    settings: "Settings", keys: "Sequence[TrustedKey]", public: str, municipality: str, now: "datetime"
) -> "TrustedKey":
    """Return whose our own key is: as entered before, as given, or by the name in the settings; else end.

    A key that was entered for one municipality is never another's.
    """
    from measurement.network.members import id_of, municipalities
    from measurement.network.sealed import TrustedKey

    known = next((one for one in keys if one.key == public), None)
    if known is not None:
        if municipality and municipality != known.municipality:
            die(f"our key is that of {known.name} ({known.municipality}); move the key file away to make another")
        return known
    found = municipality or id_of(settings.municipality.name) or ""
    if not found:
        die(
            f"{settings.municipality.name} is none of Sweden's municipalities: run_bot.py network key --municipality ID"
        )
    name = name_of(found, settings.municipality.name)
    return TrustedKey(municipality=found, name=municipalities().get(found, name), key=public, by=OWN, at=now)


def name_of(id_: str, told: str) -> str:
    """Return what a municipality is called: by the list, or as told where only Finland's number is known; else end."""
    from measurement.network.members import is_municipality, municipalities

    if not is_municipality(id_):
        die(f"no municipality has the number {id_}: four digits as 0115, in Finland three")
    name = municipalities().get(id_, " ".join(told.split()))
    if not name:
        die(f"{id_} is not on our list: say what it is called with --name")
    return name

"""Which municipalities there are, by the number Statistics Sweden gives them. Finnish ones are numbered, not listed.

The list is data of our own (config/municipalities.csv, the 290 of Sweden), so that nothing is asked of anybody.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

LIST = Path(__file__).parents[2] / "config" / "municipalities.csv"
_FINNISH = re.compile(r"[0-9]{3}", re.ASCII)
_SWEDISH_ENDINGS = (" kommun", " stad")


@cache
def municipalities() -> Mapping[str, str]:
    """Return the names of Sweden's municipalities by id, as ``0115``."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["id"]: row["name"] for row in csv.DictReader(file)})


def is_municipality(id_: str) -> bool:
    """Tell whether this can be a municipality's id: one of Sweden's, or three digits as Finland numbers them."""
    return id_ in municipalities() or _FINNISH.fullmatch(id_) is not None


def id_of(name: str) -> str | None:
    """Return the id of a municipality called so, ``Vallentuna`` or ``Vallentuna kommun``; None: there is none."""
    plain = " ".join(name.split()).casefold()
    for ending in _SWEDISH_ENDINGS:
        plain = plain.removesuffix(ending)
    by_name = {one.casefold(): id_ for id_, one in municipalities().items()}
    # "Täby kommun", but "Stockholms stad", "Gotlands kommun".
    return by_name.get(plain) or by_name.get(plain.removesuffix("s"))


def in_order(name: str) -> tuple[str, str]:
    """Return what to sort names by, as Swedish and Finnish do: å, ä and ö last."""
    return name.casefold().translate(_LAST), name


_LAST = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e", "ü": "y"})
"""The three characters after z in ASCII stand for the three letters after z."""

"""Languages as officers name them, in Swedish, English or Finnish. Pure."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from bot.desk.spelling import fold

_ALSO = {
    "farsi": "fa", "pashto": "ps", "pastu": "ps", "kurmanji": "ku", "sorani": "ckb", "tigrinska": "ti",
    "burmesiska": "my", "teckenspråk": "sgn", "sign language": "sgn", "viittomakieli": "sgn",
}  # fmt: skip
"""What people say and babel does not."""


def read_language(text: str) -> str | None:
    """Return the code of a language given by its name or its two-letter code; None if nobody knows it.

    The code is ISO 639-1, or, for the few languages that have none, what babel calls it (``ckb``, ``fa_AF`` for
    Dari) or ``sgn`` for sign language.
    """
    said = " ".join(fold(text).split())
    return _names().get(said)


@cache
def _names() -> Mapping[str, str]:
    """Return the code of each name; where two languages share a name, the one with the shorter code."""
    found = dict[str, str]()
    for language in ("sv", "en", "fi"):
        names = {str(code): str(name) for code, name in Locale(language).languages.items()}
        for code in sorted(names, key=lambda code: (len(code), code)):
            if "_" not in code or code == "fa_AF":
                found.setdefault(fold(names[code]), code)
    found.update({fold(name): code for name, code in _ALSO.items()})
    found.update({code: code for code in map(str, Locale("sv").languages) if len(code) == 2})
    return found

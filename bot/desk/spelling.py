"""How typed words are read: signs that nobody sees, upper and lower case, letters without their dots. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Control and format characters and blanks that are no space, for a character class."""

_LEAD = rf"[\s*_~`{_UNSEEN}]*+"
"""What stands before a word without being read: spaces, unseen signs, and the stars of bold text."""

_START = re.compile(_LEAD)
_WORD = re.compile(rf"{_LEAD}(\S*+)\s*+")
_DROPPED = re.compile(f"[{_UNSEEN}]+")

LONGEST_WORD = 60
"""Characters of a word that are looked at: no name is longer."""

Meaning = TypeVar("Meaning")


def visible(line: str) -> str:
    """Return a line from its first sign that somebody sees on; empty if there is none."""
    found = _START.match(line)
    return line[found.end() :] if found else line


def seen(text: str) -> str:
    """Return text without signs that nobody sees, spaces and stars around it."""
    return _DROPPED.sub("", text).strip("*~` \t\n\xa0")


def fold(text: str) -> str:
    """Return text as it is compared: lower case, without accents and dots (``å`` as ``a``), unseen signs, stars."""
    letters = unicodedata.normalize("NFKD", _DROPPED.sub("", text).casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).strip("*_~`")


def first_word(text: str) -> tuple[str, str]:
    """Return the first word, folded and without a comma or the like after it, and the text after it, unchanged."""
    found = _WORD.match(text)
    if found is None:
        return "", text
    return fold(found[1][:LONGEST_WORD]).rstrip(".,:;!"), text[found.end() :]


def first_phrase(text: str, table: Mapping[str, Meaning]) -> tuple[Meaning | None, str]:
    """Return what the longest phrase of up to three words at the beginning means, and the text after it.

    None and the text unchanged where no phrase of the table (its keys folded) stands there.
    """
    best: tuple[Meaning | None, str] = None, text
    said, rest = "", text
    for _ in range(3):
        word, rest = first_word(rest)
        said = f"{said} {word}".strip()
        if said in table:
            best = table[said], rest
    return best


def folded(table: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """Return a table with its keys as `fold` makes them."""
    return {fold(name): meaning for name, meaning in table.items()}


def shown(line: str) -> str:
    """Return a line as it is shown to its writer: without unseen signs and double spaces, 200 characters at most."""
    said = " ".join(seen(visible(line)[:400]).split())
    return said if len(said) <= 200 else said[:199] + "…"

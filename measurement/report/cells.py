"""Texts made safe for cells: nothing that somebody wrote may be taken for a formula by Excel or LibreOffice."""

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain_cell(text: str) -> str:
    """Return a text that no spreadsheet reckons: one that begins like a formula gets an apostrophe before it.

    Signs that XML cannot hold are taken out. Source: OWASP, CSV injection.
    """
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if clean.lstrip(" ").startswith(_FORMULA) else clean


def sheet_name(text: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet, not among those taken, and remember it there: at most 31 signs."""
    name = _NOT_IN_NAMES.sub(" ", text).strip()[:_LONGEST_NAME] or "-"
    number = 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = name[: _LONGEST_NAME - len(end)].rstrip() + end, number + 1
    taken.add(name.casefold())
    return name

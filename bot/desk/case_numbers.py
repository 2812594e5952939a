"""Case numbers in what an officer writes: forgiving case, dashes and brackets, never a wrong check sign. Pure."""

import re

from bot.case import read_number
from bot.desk.spelling import visible
from bot.facts import CaseNumber

_DASH = "-\u2010-\u2015\u2212"
_NUMBER = re.compile(
    rf"(?<![\w-])[\[(]?([Kk])([{_DASH} \xa0]?)([0-9A-Za-z]{{6}})([{_DASH} \xa0]?)([0-9A-Za-z])(?![{_DASH}]?\w)"
    r"[\])]?[:,.;]?"
)


class WrongNumber(ValueError):
    """Something that can only be meant as a case number, but is none: its check sign is wrong."""


def leading_number(text: str) -> tuple[CaseNumber | None, str]:
    """Return the case number a text begins with, None if with none, and the text after it.

    Raises:
        WrongNumber: it begins with a number whose check sign is wrong.
    """
    seen = visible(text)
    found = _NUMBER.match(seen)
    number = _read(found) if found else None
    return (None, text) if found is None or number is None else (number, seen[found.end() :].lstrip())


def pull_numbers(text: str) -> tuple[tuple[CaseNumber, ...], str]:
    """Return the case numbers anywhere in a text, in order, and the text without them.

    Raises:
        WrongNumber: one of them has a wrong check sign.
    """
    numbers = list[CaseNumber]()

    def taken(found: re.Match[str]) -> str:
        number = _read(found)
        if number is None:
            return found[0]
        numbers.append(number)
        return " "

    rest = _NUMBER.sub(taken, text)
    return tuple(numbers), " ".join(rest.split())


def misread_number(line: str) -> str:
    """Return the first thing in a line that is meant as a case number but is none, as written; empty if all are."""
    for found in _NUMBER.finditer(line):
        try:
            _read(found)
        except WrongNumber:
            return found[0].strip("[]():,.;")
    return ""


def _read(found: re.Match[str]) -> CaseNumber | None:
    """Return the number; None for an ordinary word that happens to look like one, as ``kurserna``."""
    begin, first, six, second, check = found.groups()
    number = read_number(f"{begin}-{six}-{check}")
    signs = six + check
    dashed = first.strip() != "" and second.strip() != ""
    if number is None and (dashed or signs.isupper() or any(sign.isdigit() for sign in signs)):
        raise WrongNumber(found[0])
    return number

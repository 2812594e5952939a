"""Reads answers, with and without a canned one, and what is done with canned answers. None: not clear. Pure."""

import re
from dataclasses import dataclass

from bot.desk.case_numbers import leading_number
from bot.desk.commands import Answer, Command, EndCanned, SaveCanned
from bot.desk.read_languages import read_language
from bot.desk.spelling import first_word, fold
from bot.desk.written import Written, bare, whole_text, without_signature
from bot.facts import CaseNumber

LONGEST_NAME = 60
LONGEST_FIELDS = 4000
"""Characters of a line that names a canned answer and fills in its fields."""

_CANNED = frozenset(("mall", "template", "malli"))
_QUOTES = '"“”„«»'
_FIELD = re.compile(rf"([^\W\d]\w*+)=(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|([^\s{_QUOTES}]\S*+))(?=\s|$)")
_WORD = re.compile(r"\S++")
_UNIT = frozenset(("enhet", "unit", "yksikko"))
_LANGUAGE = frozenset(("sprak", "language", "kieli"))


@dataclass(frozen=True, slots=True)
class Filled:
    """The name of a canned answer, its fields in order, and the case number where one is told."""

    name: str
    fields: tuple[tuple[str, str], ...]
    case: CaseNumber | None


def read_answer(written: Written) -> Command | None:
    """Return an answer: the text as it stands, or a canned one if ``mall`` comes first."""
    number, rest = leading_number(written.rest)
    word, after = first_word(rest)
    if word in _CANNED:
        return _canned(after, written, number)
    text = whole_text(rest, written.body)
    return Answer(text, number) if text else None


def read_canned_answer(written: Written) -> Command | None:
    """Return a canned answer by its name, with its fields and the text below it, where there is any."""
    return _canned(written.rest, written, None)


def _canned(first: str, written: Written, number: CaseNumber | None) -> Command | None:
    filled = _filled(first)
    if filled is None or (filled.case and number):
        return None
    below = without_signature(written.body)
    text = whole_text("", written.body)
    if below and not text:
        return None
    return Answer(text, number or filled.case, filled.name, filled.fields)


def read_save(written: Written) -> Command | None:
    """Return a canned answer to keep: a name, perhaps for one unit or language, and its text in the lines below."""
    filled = _filled(written.rest)
    text = whole_text("", written.body)
    if filled is None or filled.case or not text:
        return None
    unit, language = "", ""
    for key, value in filled.fields:
        if fold(key) in _UNIT and value:
            unit = value
        elif fold(key) in _LANGUAGE and read_language(value):
            language = read_language(value) or ""
        else:
            return None
    return SaveCanned(filled.name, text, unit, language)


def read_end(written: Written) -> Command | None:
    """Return which canned answer is no longer to be used."""
    found = bare(written)
    return EndCanned(found[1]) if found and found[1] and not found[0] else None


def _filled(line: str) -> Filled | None:
    """Return name and fields; None without a name, with a field twice, or with words after the fields."""
    if len(line) > LONGEST_FIELDS:
        return None
    names, fields, number, rest = list[str](), dict[str, str](), None, line.strip()
    while rest:
        case, after = leading_number(rest)
        field, word = _FIELD.match(rest), _WORD.match(rest)
        if case and number is None:
            number, rest = case, after
        elif field and field[1] not in fields:
            fields[field[1]] = field[2] or field[3] or ""
            rest = rest[field.end() :].lstrip()
        elif word and not fields and "=" not in word[0]:
            names.append(word[0])
            rest = rest[word.end() :].lstrip()
        else:
            return None
    name = " ".join(names)
    return Filled(name, tuple(fields.items()), number) if 0 < len(name) <= LONGEST_NAME else None

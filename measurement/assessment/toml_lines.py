"""On which line of a TOML text each field is written: `tomllib` reads the values and forgets the lines. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]
"""Where a value stands: keys, and numbers from 0 in lists, as ``("areas", 2, "questions", 0, "points")``."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|""".*'
    r"|'''.*"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n=]",
    re.DOTALL,
)
"""What tells where a statement ends: strings (those that never end as well) and comments whole, brackets, new lines."""

_WORD = re.compile(r"""["']?([\w.-]{1,40})""")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """A heading or a key with its value: the line it begins on, from 1, and its text up to the equals sign."""

    line: int
    head: str

    @property
    def key(self) -> str:
        """Return the first word of the key; empty of a heading, and of what is hardly a key."""
        word = _WORD.match(self.head)
        return word[1] if word else ""


def statements(text: str) -> Iterator[Statement]:
    """Give the statements of a TOML text in order; the last one also if it never ends."""
    begin, line, begun_on, depth, equals = 0, 1, 1, 0, -1
    for token in _TOKEN.finditer(text + "\n"):
        sign = token.group()
        if sign == "\n" and depth <= 0:
            head = _head(text[begin : equals if equals >= 0 else token.start()])
            if head:
                yield Statement(begun_on, head)
            begin, begun_on, depth, equals = token.end(), line + 1, 0, -1
        elif sign == "=" and equals < 0 and depth == 0:
            equals = token.start()
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign, 0)
        line += sign.count("\n")
    if (rest := _head(text[begin : equals if equals >= 0 else len(text)])) and begin < len(text):
        yield Statement(begun_on, rest)


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line on which each heading and key of a well-formed TOML text begins.

    What is written inside a value has no line of its own; `line_of` gives that of the value.
    """
    lines, counts, table = dict[Place, int](), dict[Place, int](), Place()
    for one in statements(text):
        if one.head.startswith("["):
            several = one.head.startswith("[[")
            table = _resolved((), _keys(one.head), counts)
            if several:
                number = counts[table] = counts.get(table, -1) + 1
                table = (*table, number)
            lines.setdefault(table, one.line)
        else:
            lines.setdefault(_resolved(table, _keys(f"{one.head}=0"), counts), one.line)
    return lines


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of a field; of what it stands in if it is not there itself, 0 if that is the whole text."""
    return next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 0)


def _head(text: str) -> str:
    """Return a statement's beginning without a comment behind it and white space around it."""
    kept = [token for token in _TOKEN.finditer(text) if token.group().startswith("#")]
    return (text[: kept[0].start()] if kept else text).strip()


def _keys(statement: str) -> list[str]:
    """Return the keys of a heading or of a key, as ``areas.questions``; TOML's own reader knows quotes and dots."""
    found: Any = tomllib.loads(statement)
    keys = list[str]()
    while isinstance(found, (dict, list)) and found and len(keys) < _DEEPEST:
        if isinstance(found, list):
            found = found[0]
        else:
            key, found = next(iter(found.items()))
            keys.append(key)
    return keys


def _resolved(table: Place, keys: list[str], counts: Mapping[Place, int]) -> Place:
    """Return the place of keys below a table: of a list of tables on the way, the last one is meant."""
    place = table
    for number, key in enumerate(keys, start=1):
        place = (*place, key)
        if number < len(keys) and place in counts:
            place = (*place, counts[place])
    return place

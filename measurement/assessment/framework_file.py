"""Frameworks as files: TOML that people write, and the canonical JSON that a round keeps."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import config
from measurement.assessment.framework import Area, Comparable, Framework, FrameworkId, Question, Subject
from measurement.assessment.framework_check import framework_of
from measurement.assessment.framework_fault import Fault, FaultKind, FrameworkFault
from measurement.assessment.toml_lines import lines_of, statements

MOST_BYTES = 256 * 1024
FRAMEWORKS = Path(config.__file__).parent / "frameworks"

_MOST_SYNTAX_FAULTS = 20
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")
"""How tomllib's sentences begin where something stands twice."""


def framework_files() -> Mapping[FrameworkId, Path]:
    """Return the files of the frameworks that come with the product, by id."""
    return {FrameworkId(path.stem): path for path in sorted(FRAMEWORKS.glob("*.toml"))}


def read_framework(content: bytes) -> Framework:
    """Return the framework that a TOML file says.

    Raises:
        FrameworkFault: with every fault of the file; where it is not TOML, every line that is not.
    """
    if len(content) > MOST_BYTES:
        raise FrameworkFault([Fault(line=0, kind=FaultKind.TOO_LARGE, wanted=str(MOST_BYTES // 1024))])
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FrameworkFault([Fault(line=line, kind=FaultKind.NOT_UTF8)]) from error
    return framework_of(_loaded(text), lines_of(text), _areas_that_come())


@cache
def _areas_that_come() -> Mapping[FrameworkId, tuple[str, ...]]:
    """Return the ids of the areas of the frameworks that come with the product, so that a file may refer to them."""
    loaded = {key: tomllib.loads(path.read_text(encoding="utf-8")) for key, path in framework_files().items()}
    return {key: tuple(area["id"] for area in data["areas"]) for key, data in loaded.items()}


def to_json(framework: Framework) -> str:
    """Return a framework as canonical JSON: the same framework always gives the same text."""
    return json.dumps(asdict(framework), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def of_json(text: str) -> Framework:
    """Return a framework from its JSON, unchecked: what a round began with stands, whatever is asked of files later.

    Raises:
        ValueError: it is not the JSON of a framework.
    """
    try:
        data = json.loads(text)
        return Framework(
            **{key: data[key] for key in ("id", "name", "edition", "note")},
            areas=tuple(_area(one) for one in data["areas"]),
            comparable=tuple(Comparable(**one) for one in data["comparable"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not the JSON of a framework") from error


def digest(framework: Framework) -> str:
    """Return SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(to_json(framework).encode()).hexdigest()


def _area(data: Mapping[str, Any]) -> Area:
    questions = [{**one, "subject": Subject(one["subject"]) if one["subject"] else None} for one in data["questions"]]
    return Area(**{**data, "questions": tuple(Question(**one) for one in questions)})


def _loaded(text: str) -> dict[str, Any]:
    """Return the data of a TOML text.

    Raises:
        FrameworkFault: with each line that is not TOML.
    """
    lines, faults, wrong = text.split("\n"), list[Fault](), range(0)
    while len(faults) < _MOST_SYNTAX_FAULTS and (wrong or not faults):
        for line in wrong:
            lines[line - 1] = ""
        rest = "\n".join(lines)
        try:
            data = tomllib.loads(rest)
        except (ValueError, RecursionError) as error:
            fault, wrong = _syntax_fault(str(error), rest)
            faults.append(fault)
        else:
            if not faults:
                return data
            break
    raise FrameworkFault(faults)


def _syntax_fault(message: str, text: str) -> tuple[Fault, range]:
    """Return what tomllib says is wrong, as a fault of its statement, and the lines to leave out to see what else is.

    None are left out where all that follows would be wrong too: after a heading, or where no one knows what ends where.
    """
    at = _AT.search(message)
    if not at and "at end of document" not in message:
        return Fault(line=0, kind=FaultKind.UNREADABLE), range(0)
    line = int(at[1]) if at else text.count("\n") + 1
    before = [one for one in statements(text) if one.line <= line]
    begun, field = (before[-1].line, before[-1].key) if before else (line, "")
    if not at:
        return Fault(line=begun, kind=FaultKind.NEVER_ENDS, field=field), range(0)
    if begun < line and message.startswith("Expected newline"):  # a string that only the next one's beginning ended
        return Fault(line=begun, kind=FaultKind.ENDS_WRONG, field=field, found=str(line)), range(0)
    if message.startswith(_TWICE):
        return Fault(line=begun, kind=FaultKind.WRITTEN_TWICE, field=field), range(begun, line + 1 if field else begun)
    fault = Fault(line=line, kind=FaultKind.NOT_TOML, field=field, found=at[2])
    return fault, range(line, line + 1 if field and begun == line else line)

"""A round as files, all of it, and as a round again: the same round gives the same bytes. Pure.

Entries, evidence and interviews are numbered anew from 1 in the files, because every database numbers them itself; what
points at another one points at its number there. A form that is out when a round moves to another database is
therefore read as one whose writer had seen something else: what it says differently is asked about, never lost.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from measurement.assessment.book import Head, Interview, Interviewed
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import AreaId, Framework, FrameworkId, QuestionId
from measurement.assessment.framework_file import digest, of_json, to_json
from measurement.assessment.round import About, Entry, Field, RoundId, Seq, Source
from measurement.assessment.scores import Beside, BesideKind

T = TypeVar("T")

ROUND, FRAMEWORK, ENTRIES = "round.json", "framework.json", "entries.json"
EVIDENCE, BESIDE, INTERVIEWS = "evidence.json", "beside.json", "interviews.json"
SUMS = "SHA256SUMS"
"""The hash of every other file, as ``sha256sum --check`` reads it."""
FORMAT = 1
_UNKNOWN = -1
"""A base that is none of the round's entries."""
_SUM = re.compile("([0-9a-f]{64})  (.+)")
_NAMED = re.compile(r"[^\w.-]+", re.ASCII)


class ArchiveWhy(StrEnum):
    """Why files are no round."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    """It is not the JSON that it should be."""
    CHANGED = "changed"
    """Its contents are not what was exported."""


class ArchiveFault(ValueError):
    """Files that are no round: `file` tells which, `at` the number of the part in it, 0 of the whole."""

    def __init__(self, why: ArchiveWhy, file: str, at: int = 0) -> None:
        """Keep what is wrong."""
        super().__init__(f"{file} {at}: {why}")
        self.why = why
        self.file = file
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """All of a round.

    Attributes:
        entries: in order. Read from files: `seq`, and what a base points at, is the place among them, from 1.
        evidence: in order, with contents, also what was replaced; numbered likewise.
        interviews: also those that were cancelled.
    """

    head: Head
    framework: Framework
    entries: Sequence[Entry]
    evidence: Sequence[Evidence]
    beside: Sequence[Beside]
    interviews: Sequence[Interview]


def to_files(round_: Archived) -> dict[str, bytes]:
    """Return a round as files, by name; a folder is part of a name."""
    entries, evidence = _entries(round_.entries), _numbered(round_.evidence)
    head = round_.head
    files = {
        ROUND: _json({
            "format": FORMAT, "id": head.id, "municipality": head.municipality, "as_of": _instant(head.as_of),
            "opened_by": head.opened_by, "opened_at": _instant(head.opened_at), "framework": head.framework,
            "digest": digest(round_.framework),
        }),
        FRAMEWORK: to_json(round_.framework).encode(),
        ENTRIES: _json(entries),
        EVIDENCE: _json([_evidence(one) for one in evidence]),
        BESIDE: _json([_beside(one) for one in round_.beside]),
        INTERVIEWS: _json([_interview(one) for one in sorted(round_.interviews, key=lambda one: one.id)]),
    }  # fmt: skip
    files |= {_file(one): one.content for one in evidence if one.content is not None}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return files | {SUMS: sums.encode()}


def _entries(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    places = {one.seq: place for place, one in enumerate(entries, start=1)}
    return [
        {"about": one.about, "field": one.field.value, "value": one.value, "by": one.by, "source": one.source.value,
         "base": places.get(one.base, _UNKNOWN) if one.base else one.base, "at": _instant(one.at)}
        for one in entries
    ]  # fmt: skip


def _numbered(evidence: Sequence[Evidence]) -> list[Evidence]:
    places = {one.id: EvidenceId(place) for place, one in enumerate(evidence, start=1)}
    return [
        replace(one, id=places[one.id], replaces=None if one.replaces is None else places[one.replaces])
        for one in evidence
    ]


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "question": one.question, "kind": one.kind.value, "title": one.title, "place": one.place,
        "media_type": one.media_type, "digest": one.digest, "measure": one.measure, "slice": one.slice,
        "as_of": None if one.as_of is None else _instant(one.as_of), "by": one.by, "at": _instant(one.at),
        "replaces": one.replaces, "why": one.why, "file": _file(one) if one.content is not None else None,
    }  # fmt: skip


def _file(one: Evidence) -> str:
    name = one.place or f"{one.measure or one.title}.json"
    return f"evidence/{one.id:04d}-{_NAMED.sub('-', name)[-80:]}"


def _beside(one: Beside) -> dict[str, Any]:
    return {
        "kind": one.kind.value, "name": one.name, "framework": one.framework, "year": one.year,
        "by_area": dict(one.by_area), "total": one.total, "source": one.source,
    }  # fmt: skip


def _interview(one: Interview) -> dict[str, Any]:
    return {
        "about": one.about.value, "role": one.role, "areas": list(one.areas), "begins_at": _instant(one.begins_at),
        "minutes": one.minutes, "by": one.by, "at": _instant(one.at), "cancelled": one.cancelled,
    }  # fmt: skip


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def of_files(files: Mapping[str, bytes]) -> Archived:
    """Return the round that files hold.

    Raises:
        ArchiveFault: a file is missing, is not what it should be, or was changed since.
    """
    _check_sums(files)
    data = _loaded(files, ROUND)
    head = _each(ROUND, [data], _head)[0]
    try:
        framework = of_json(_content(files, FRAMEWORK).decode())
    except ValueError as error:
        raise ArchiveFault(ArchiveWhy.UNREADABLE, FRAMEWORK) from error
    if digest(framework) != data.get("digest"):
        raise ArchiveFault(ArchiveWhy.CHANGED, FRAMEWORK)
    entries = _each(ENTRIES, _loaded(files, ENTRIES), _entry)
    return Archived(
        head=head,
        framework=framework,
        entries=[replace(one, seq=Seq(place)) for place, one in enumerate(entries, start=1)],
        evidence=_evidence_of(files),
        beside=_each(BESIDE, _loaded(files, BESIDE), _of_beside),
        interviews=_each(INTERVIEWS, _loaded(files, INTERVIEWS), _of_interview),
    )


def _check_sums(files: Mapping[str, bytes]) -> None:
    """Compare every file with its hash.

    Raises:
        ArchiveFault: a file is missing or was changed.
    """
    found = [_SUM.fullmatch(line) for line in _content(files, SUMS).decode(errors="replace").splitlines()]
    sums = {one[2]: one[1] for one in found if one}
    if len(sums) < len(found):
        raise ArchiveFault(ArchiveWhy.UNREADABLE, SUMS)
    for name in dict.fromkeys((ROUND, FRAMEWORK, ENTRIES, EVIDENCE, BESIDE, INTERVIEWS, *sums)):
        if hashlib.sha256(_content(files, name)).hexdigest() != sums.get(name):
            raise ArchiveFault(ArchiveWhy.CHANGED, name)


def _evidence_of(files: Mapping[str, bytes]) -> list[Evidence]:
    data, found = _loaded(files, EVIDENCE), list[Evidence]()
    for place, one in enumerate(_each(EVIDENCE, data, _of_evidence), start=1):
        file = data[place - 1].get("file")
        content = None if file is None else _content(files, str(file))
        if content is not None and hashlib.sha256(content).hexdigest() != one.digest:
            raise ArchiveFault(ArchiveWhy.CHANGED, str(file))
        if one.replaces is not None and not 0 < one.replaces < place:
            raise ArchiveFault(ArchiveWhy.UNREADABLE, EVIDENCE, place)
        found.append(replace(one, id=EvidenceId(place), content=content))
    return found


def _content(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise ArchiveFault(ArchiveWhy.MISSING, name)
    return files[name]


def _loaded(files: Mapping[str, bytes], name: str) -> Any:  # noqa: ANN401 -- JSON
    try:
        return json.loads(_content(files, name))
    except ValueError as error:
        if isinstance(error, ArchiveFault):
            raise
        raise ArchiveFault(ArchiveWhy.UNREADABLE, name) from error


def _each(file: str, rows: object, make: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """Return what each part of a file says, or tell which of them cannot be read."""
    if not isinstance(rows, list):
        raise ArchiveFault(ArchiveWhy.UNREADABLE, file)
    found = []
    for place, row in enumerate(rows, start=1):
        try:
            found.append(make(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArchiveFault(ArchiveWhy.UNREADABLE, file, place) from error
    return found


def _head(row: Mapping[str, Any]) -> Head:
    if row["format"] != FORMAT:
        raise ValueError("made by a later version")
    return Head(
        id=RoundId(_text(row["id"])), framework=FrameworkId(_text(row["framework"])),
        municipality=_text(row["municipality"]), as_of=_of_instant(row["as_of"]), opened_by=_text(row["opened_by"]),
        opened_at=_of_instant(row["opened_at"]),
    )  # fmt: skip


def _entry(row: Mapping[str, Any]) -> Entry:
    base = row["base"]
    return Entry(
        about=About(_text(row["about"])), field=Field(row["field"]), value=_text(row["value"]), by=_text(row["by"]),
        source=Source(row["source"]), base=None if base is None else Seq(_whole(base)), at=_of_instant(row["at"]),
    )  # fmt: skip


def _of_evidence(row: Mapping[str, Any]) -> Evidence:
    as_of, replaces = row["as_of"], row["replaces"]
    return Evidence(
        question=QuestionId(_text(row["question"])), kind=EvidenceKind(row["kind"]), title=_text(row["title"]),
        place=_text(row["place"]), media_type=_text(row["media_type"]), digest=_text(row["digest"]),
        measure=_text(row["measure"]), slice=_text(row["slice"]), as_of=None if as_of is None else _of_instant(as_of),
        by=_text(row["by"]), at=_of_instant(row["at"]),
        replaces=None if replaces is None else EvidenceId(_whole(replaces)), why=_text(row["why"]),
    )  # fmt: skip


def _of_beside(row: Mapping[str, Any]) -> Beside:
    total = row["total"]
    return Beside(
        kind=BesideKind(row["kind"]), name=_text(row["name"]), framework=FrameworkId(_text(row["framework"])),
        year=_whole(row["year"]), by_area={AreaId(_text(area)): float(one) for area, one in row["by_area"].items()},
        total=None if total is None else float(total), source=_text(row["source"]),
    )  # fmt: skip


def _of_interview(row: Mapping[str, Any]) -> Interview:
    return Interview(
        about=Interviewed(row["about"]), role=_text(row["role"]),
        areas=tuple(AreaId(_text(one)) for one in row["areas"]), begins_at=_of_instant(row["begins_at"]),
        minutes=_whole(row["minutes"]), by=_text(row["by"]), at=_of_instant(row["at"]),
        cancelled=bool(row["cancelled"]),
    )  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no whole number")
    return value


def _of_instant(value: object) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError("no zone")
    return instant.astimezone(UTC)

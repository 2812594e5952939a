"""From what a file says to a framework: every field is checked, and every fault is noted before anything is refused."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from measurement.assessment.framework import (
    Area,
    AreaId,
    Comparable,
    Framework,
    FrameworkId,
    Question,
    QuestionId,
    Subject,
)
from measurement.assessment.framework_fault import Fault, FaultKind, FrameworkFault
from measurement.assessment.toml_lines import Place, line_of

MOST_POINTS = 1000
MOST_QUESTIONS = 500

_LONGEST = {
    "id": 40, "name": 120, "edition": 40, "note": 120, "block": 120, "sub_area": 120, "text": 500, "guidance": 2000,
    "subject": 40, "framework": 40, "theirs": 8, "ours": 8,
}  # fmt: skip
"""Characters that fit where each text is shown."""
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "": ("id", "name", "edition", "note", "areas", "comparable"),
    "areas": ("id", "name", "block", "points", "questions"),
    "questions": ("id", "sub_area", "text", "guidance", "points", "subject"),
    "comparable": ("framework", "theirs", "ours"),
}
_OPTIONAL = {"block", "subject", "comparable"}
_FORMS = {
    "": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "kommunkompassen-2020"),
    "areas": (re.compile(r"[0-9A-Za-z]{1,8}"), "5"),
    "questions": (re.compile(r"[0-9A-Za-z]{1,8}\.[0-9]{1,3}[a-z]?"), "5.2"),
}
"""What an id looks like in each table, with an example."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file: its data, where it stands, and the faults that are noted of all tables."""

    data: Mapping[str, Any]
    place: Place
    lines: Mapping[Place, int]
    faults: list[Fault] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Return which of `_FIELDS` it has."""
        return next((str(key) for key in reversed(self.place) if isinstance(key, str)), "")

    def note(self, kind: FaultKind, key: str = "", *, found: object = "", wanted: object = "") -> None:
        """Note a fault of a field, or of the table itself."""
        own = self.data.get("id")
        of = _shown(own) if self.place and isinstance(own, str) else ""
        self.faults.append(
            Fault(line=self.line(key), kind=kind, of=of, field=_shown(key), found=_shown(found), wanted=str(wanted))
        )

    def line(self, key: str) -> int:
        """Return the line of a field, else that of the table."""
        return line_of(self.lines, (*self.place, key) if key else self.place)

    def has(self, key: str) -> bool:
        """Tell whether a field is there; one that has to be and is not is noted."""
        if key in self.data:
            return True
        if key not in _OPTIONAL:
            self.note(FaultKind.MISSING, key)
        return False

    def text(self, key: str) -> str:
        """Return a text in one line, white space around it and between its lines taken together; empty if faulty."""
        if not self.has(key):
            return ""
        if not isinstance(value := self.data[key], str):
            self.note(FaultKind.NOT_TEXT, key)
            return ""
        text = " ".join(unicodedata.normalize("NFC", value).split())
        strange = next((sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co")), "")
        if strange:
            self.note(FaultKind.UNPRINTABLE, key, found=f"U+{ord(strange):04X}")
        elif len(text) > _LONGEST[key]:
            self.note(FaultKind.TOO_LONG, key, found=len(text), wanted=_LONGEST[key])
        elif not text and key not in _OPTIONAL:
            self.note(FaultKind.EMPTY, key)
        else:
            return text
        return ""

    def points(self) -> int:
        """Return how many points there are; 0 if faulty."""
        if not self.has("points"):
            return 0
        value = self.data["points"]
        if type(value) is int and 1 <= value <= MOST_POINTS:
            return value
        self.note(FaultKind.NOT_POINTS, "points", found=value, wanted=MOST_POINTS)
        return 0

    def id(self, key: str = "id", of: str | None = None) -> str:
        """Return an id as the table's own look, or as those `of` another table; empty if faulty."""
        text = self.text(key)
        form, example = _FORMS[self.kind if of is None else of]
        if text and not form.fullmatch(text):
            self.note(FaultKind.BAD_ID, key, found=text, wanted=example)
            return ""
        return text

    def tables(self, key: str) -> list["_Table"]:
        """Return the tables of a list; none if it is faulty."""
        if not self.has(key):
            return []
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            heading = f"[[areas.{key}]]" if self.place else f"[[{key}]]"
            self.note(FaultKind.NOT_TABLES, key, wanted=heading)
            return []
        if not value and key not in _OPTIONAL:
            self.note(FaultKind.EMPTY, key)
        return [_Table(one, (*self.place, key, at), self.lines, self.faults) for at, one in enumerate(value)]

    def note_unknown(self) -> None:
        """Note the fields that there are not."""
        for key in self.data:
            if key not in _FIELDS[self.kind]:
                self.note(FaultKind.UNKNOWN_FIELD, key, wanted=", ".join(_FIELDS[self.kind]))


def framework_of(
    data: Mapping[str, Any], lines: Mapping[Place, int], others: Mapping[FrameworkId, Collection[str]]
) -> Framework:
    """Return the framework that a file's data says; `others`: ids of the areas of frameworks that are known.

    Raises:
        FrameworkFault: with every fault there is.
    """
    top = _Table(data, (), lines)
    top.note_unknown()
    id_ = FrameworkId(top.id())
    name, edition, note = top.text("name"), top.text("edition"), top.text("note")
    tables = [(table, table.tables("questions")) for table in top.tables("areas")]
    asked = [one for _, questions in tables for one in questions]
    if len(asked) > MOST_QUESTIONS:
        top.note(FaultKind.TOO_MANY, "areas", found=len(asked), wanted=MOST_QUESTIONS)
    areas = tuple(_area(table, questions) for table, questions in tables)
    _note_repeated([table for table, _ in tables])
    _note_repeated(asked)
    ids = [str(table.data.get("id", "")) for table, _ in tables]
    beside = top.tables("comparable")
    comparable = tuple(_comparable(table, id_, ids, others) for table in beside)
    _note_repeated_areas(beside)
    if top.faults:
        raise FrameworkFault(top.faults)
    return Framework(id=id_, name=name, edition=edition, note=note, areas=areas, comparable=comparable)


def _area(table: _Table, tables: Sequence[_Table]) -> Area:
    table.note_unknown()
    id_, points = table.id(), table.points()
    questions = tuple(_question(one, id_) for one in tables)
    given = [one.points for one in questions]
    if points and questions and all(given) and sum(given) != points:
        table.note(FaultKind.WRONG_SUM, "points", found=sum(given), wanted=points)
    block = table.text("block")
    return Area(id=AreaId(id_), name=table.text("name"), block=block, points=points, questions=questions)


def _question(table: _Table, area: str) -> Question:
    table.note_unknown()
    id_ = table.id()
    if id_ and area and id_.partition(".")[0] != area:
        table.note(FaultKind.OUTSIDE_AREA, "id", found=id_, wanted=area)
    return Question(
        id=QuestionId(id_), sub_area=table.text("sub_area"), text=table.text("text"),
        guidance=table.text("guidance"), points=table.points(), subject=_subject(table),
    )  # fmt: skip


def _subject(table: _Table) -> Subject | None:
    said = table.text("subject")
    known = [one.value for one in Subject]
    if said and said not in known:
        table.note(FaultKind.UNKNOWN_SUBJECT, "subject", found=said, wanted=", ".join(known))
        return None
    return Subject(said) if said else None


def _note_repeated(tables: Sequence[_Table]) -> None:
    """Note the ids that stand before; upper and lower case are the same, as in the names of files."""
    first = dict[str, _Table]()
    for table in tables:
        said = table.data.get("id")
        if isinstance(said, str) and said.strip():
            before = first.setdefault(said.strip().casefold(), table)
            if before is not table:
                table.note(FaultKind.REPEATED_ID, "id", found=said.strip(), wanted=before.line("id"))


def _comparable(
    table: _Table, own: FrameworkId, areas: Collection[str], others: Mapping[FrameworkId, Collection[str]]
) -> Comparable:
    table.note_unknown()
    framework = FrameworkId(table.id("framework", of=""))
    theirs, ours = (table.id(key, of="areas") for key in ("theirs", "ours"))
    if framework and framework == own:
        table.note(FaultKind.WITH_ITSELF, "framework", found=framework)
    elif theirs not in ("", *others.get(framework, (theirs,))):
        table.note(FaultKind.UNKNOWN_AREA, "theirs", found=theirs, wanted=", ".join(others[framework]))
    if ours not in ("", *areas):
        table.note(FaultKind.UNKNOWN_AREA, "ours", found=ours, wanted=", ".join(areas))
    return Comparable(framework=framework, theirs=AreaId(theirs), ours=AreaId(ours))


def _note_repeated_areas(tables: Sequence[_Table]) -> None:
    """Note the areas that are already shown beside another one of the same framework."""
    for key in ("theirs", "ours"):
        first = dict[tuple[str, str], _Table]()
        for table in tables:
            framework, area = table.data.get("framework"), table.data.get(key)
            if isinstance(framework, str) and isinstance(area, str) and area.strip():
                before = first.setdefault((framework.strip(), area.strip()), table)
                if before is not table:
                    table.note(FaultKind.REPEATED_AREA, key, found=area.strip(), wanted=before.line(key))


def _shown(found: object) -> str:
    """Return what stands somewhere, short enough for a sentence."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(found))
    return text if len(text) <= 40 else f"{text[:39]}…"

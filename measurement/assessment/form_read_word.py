"""The fields of a form in Word, found by their controls, or by the labels beside them where the controls were lost.

Whoever wrote may have split a text into any number of runs, changed styles, added lists and tables, or turned on
tracked changes: what counts is the text that a reader sees, with all changes accepted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from measurement.assessment.form import Remark, Told
from measurement.assessment.form_fault import FormFault
from measurement.assessment.form_package import Element, Package
from measurement.assessment.form_returned import FoundFields, ReturnedField
from measurement.assessment.form_words import is_hint, labelled
from measurement.assessment.framework import QuestionId
from measurement.assessment.round import Field, Seq

_TAG = re.compile(r"([^/\s]+)/(answer|description|own_points|progress)/([0-9]{1,18})/([0-9a-f]{8})")
_LABEL = re.compile(r"\s*(\S+)\s+(\S.*)", re.DOTALL)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\xad"}
_PICTURES = frozenset(("drawing", "pict", "object", "AlternateContent"))
_MOST_CONTROLS_AROUND = 2
_UNSEEN = frozenset(("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr", "tcPr", "trPr", "tblPr",
                     "tblGrid", "fldData", "footnoteReference", "endnoteReference"))  # fmt: skip


def word_fields(package: Package) -> FoundFields:
    """Return the fields of a Word file in the order they stand in."""
    found, remarks = list[ReturnedField](), list[Remark]()
    by_label = False
    for one, marked in _places(package.root):
        text = _text(one.node)
        # Some programs make the hint of an empty field into text.
        value = "" if is_hint(one.field, text.value) else text.value
        found.append(ReturnedField(question=one.question, field=one.field, value=value, base=one.base, sent=one.sent))
        if text.has_picture:
            remarks.append(Remark(what=Told.PICTURE, question=one.question, field=one.field))
        by_label = by_label or not marked
    remarks += _of_form(package.root, by_label=by_label)
    return FoundFields(fields=tuple(found), remarks=tuple(remarks))


def word_text(package: Package) -> str:
    """Return what stands on a Word file's pages, footers and headers first."""
    return "\n".join((_around(package), _text(package.root).value))


def _around(package: Package) -> str:
    """Return the text of footers and headers; nothing where they are damaged: the pages themselves can be read."""
    try:
        return "\n".join(_text(part).value for kind in ("footer", "header") for part in package.related(kind))
    except FormFault:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a field's text stands."""

    node: Element
    question: QuestionId
    field: Field
    base: Seq | None = None
    sent: str = ""


def _name(node: Element) -> str:
    return str(etree.QName(node).localname)


def _places(root: Element) -> Iterator[tuple[_Place, bool]]:
    """Give each field's place, and whether its control was there.

    A row within another row is not looked at: it is a table that somebody put into an answer. Nor is a control deep
    within others: every one around it reads it too.
    """
    taken: set[Element] = set()
    for node in root.iter("{*}tr", "{*}sdt"):
        rows = list(node.iterancestors("{*}tr"))
        if _name(node) == "tr" and not rows:
            place = _of_row(node)
            if place is not None:
                taken.add(node)
                yield place, place.base is not None
        elif _name(node) == "sdt" and not (rows and rows[-1] in taken) and _is_shallow(node):
            place = _of_control(node)
            if place is not None:
                yield place, True


def _is_shallow(control: Element) -> bool:
    return sum(1 for _ in control.iterancestors("{*}sdt")) <= _MOST_CONTROLS_AROUND


def _of_row(row: Element) -> _Place | None:
    """Return the one field of a table's row; None: it has none, or several, whose controls are read by themselves."""
    controls = [(one, place) for one in row.iter("{*}sdt") if (place := _of_control(one)) is not None]
    if len(controls) > 1:
        return None
    cells = [one for one in row.iter("{*}tc") if next(one.iterancestors("{*}tr")) is row]
    if controls:
        node, place = controls[0]
        # The whole cell: some write below the control, or beside it.
        cell = next(node.iterancestors("{*}tc"), None)
        if cell is None or next(cell.iterancestors("{*}tr")) is not row or cell is cells[0]:
            cell = node
        return _Place(node=cell, question=place.question, field=place.field, base=place.base, sent=place.sent)
    said = _LABEL.fullmatch(_text(cells[0]).value) if len(cells) > 1 else None
    field = labelled(said[2]) if said else None
    return _Place(node=cells[1], question=QuestionId(said[1]), field=field) if said and field else None


def _of_control(control: Element) -> _Place | None:
    """Return the field that a control's own tag names; None: it is none of ours."""
    properties = control.find("{*}sdtPr")
    tag = None if properties is None else properties.find("{*}tag")
    values = [] if tag is None else [value for key, value in tag.items() if key.endswith("val")]
    found = _TAG.fullmatch(values[0]) if values else None
    if not found:
        return None
    return _Place(
        node=control, question=QuestionId(found[1]), field=Field(found[2]), base=Seq(int(found[3])), sent=found[4]
    )


@dataclass(slots=True)
class _Text:
    """A text as it is gathered."""

    pieces: list[str]
    has_picture: bool = False

    @property
    def value(self) -> str:
        """The text; the last paragraph ends without a line break."""
        return "".join(self.pieces[:-1] if self.pieces and self.pieces[-1] == _END else self.pieces)


class _End(str):
    """The end of a paragraph, told from a line break in it."""

    __slots__ = ()


_END = _End("\n")


def _text(node: Element) -> _Text:
    found = _Text([])
    _gather(node, found)
    return found


def _gather(node: Element, found: _Text) -> None:
    name = _name(node)
    if name in _PICTURES:
        found.has_picture = True
    elif name in _SIGNS:
        found.pieces.append(_SIGNS[name])
    elif name == "t":
        found.pieces.append("".join(node.itertext()))
    elif name not in _UNSEEN and not (name == "sdt" and _shows_hint(node)):
        if name == "p":
            found.pieces.append(_bullet(node))
        for child in node:
            _gather(child, found)
        if name == "p" and not _is_joined(node):
            found.pieces.append(_END)


def _shows_hint(control: Element) -> bool:
    return control.find("{*}sdtPr/{*}showingPlcHdr") is not None


def _bullet(paragraph: Element) -> str:
    """Return what a list puts before a paragraph: Word keeps it out of the text."""
    numbered = paragraph.find("{*}pPr/{*}numPr")
    if numbered is None:
        return ""
    level, number = (_value(numbered.find(f"{{*}}{one}")) for one in ("ilvl", "numId"))
    return "" if number in {"", "0"} else f"{'  ' * (int(level) if level.isdecimal() and len(level) == 1 else 0)}- "


def _value(node: Element | None) -> str:
    return "" if node is None else next((value for key, value in node.items() if key.endswith("val")), "")


def _is_joined(paragraph: Element) -> bool:
    """Tell whether its end is taken away by a tracked change, so that the next one goes on in the same line."""
    return paragraph.find("{*}pPr/{*}rPr/{*}del") is not None


def _of_form(root: Element, *, by_label: bool) -> list[Remark]:
    """Return what is to be told of the whole file."""
    remarks = [Remark(what=Told.WITHOUT_CONTROLS)] if by_label else []
    if next(root.iter("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo"), None) is not None:
        remarks.append(Remark(what=Told.TRACKED))
    if next(root.iter("{*}commentReference"), None) is not None:
        remarks.append(Remark(what=Told.COMMENTS))
    return remarks

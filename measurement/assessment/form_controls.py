"""Fields to fill in, in Word: structured content controls, and text with line breaks and tabs. python-docx has none.

A control's tag names question, field and mark, so that it is found again wherever it was moved, and cannot be deleted
by accident.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

PLACEHOLDER_STYLE = "PlaceholderText"

_PIECES = re.compile("([\t\n])")


def element(name: str, *children: Any, **attributes: str) -> Any:  # noqa: ANN401 -- lxml has no types
    """Return an element of Word's, as ``w:p``; attributes are of the same name space."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    for child in children:
        made.append(child)
    return made


def run(text: str, *, style: str = "") -> Any:  # noqa: ANN401 -- likewise
    """Return a run of text; its line breaks and tabs are Word's."""
    made = element("w:r")
    if style:
        made.append(element("w:rPr", element("w:rStyle", val=style)))
    for piece in _PIECES.split(text):
        if piece == "\t":
            made.append(element("w:tab"))
        elif piece == "\n":
            made.append(element("w:br"))
        elif piece:
            words = element("w:t")
            words.text = piece
            words.set(qn("xml:space"), "preserve")
            made.append(words)
    return made


def paragraphs(text: str) -> list[Any]:
    """Return a paragraph for each line of a text."""
    return [element("w:p", run(line)) for line in text.split("\n")]


def rich_control(number: int, tag: str, name: str, text: str, hint: str) -> Any:  # noqa: ANN401 -- likewise
    """Return a control that takes paragraphs; without a text it shows the hint."""
    content = paragraphs(text) if text else [element("w:p", run(hint, style=PLACEHOLDER_STYLE))]
    return _control(number, tag, name, content, (), empty=not text)


def line_control(number: int, tag: str, name: str, text: str, hint: str) -> Any:  # noqa: ANN401 -- likewise
    """Return a paragraph with a control for plain words; without a text it shows the hint."""
    content = [run(text) if text else run(hint, style=PLACEHOLDER_STYLE)]
    return element("w:p", _control(number, tag, name, content, (element("w:text"),), empty=not text))


def choice_control(number: int, tag: str, name: str, chosen: str, choices: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401 -- likewise
    """Return a paragraph with a control in which one of some words, each with its value, is chosen."""
    items = [element("w:listItem", displayText=word, value=value) for value, word in choices]
    return element("w:p", _control(number, tag, name, [run(chosen)], (element("w:dropDownList", *items),), empty=False))


def _control(number: int, tag: str, name: str, content: Iterable[Any], kind: Sequence[Any], *, empty: bool) -> Any:  # noqa: ANN401 -- likewise
    # In the order of the schema: Word is strict about it.
    properties = element(
        "w:sdtPr", element("w:alias", val=name), element("w:tag", val=tag), element("w:id", val=str(number)),
        element("w:lock", val="sdtLocked"),
    )  # fmt: skip
    if empty:
        properties.append(element("w:showingPlcHdr"))
    for one in kind:
        properties.append(one)
    return element("w:sdt", properties, element("w:sdtContent", *content))

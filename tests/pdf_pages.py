"""The words of each page of a PDF, read with a PDF library: any number of fonts and signs."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page in the order it is drawn, without any white space: lines may break anywhere."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return ["".join("".join(_shown(page)).split()).replace("\N{ZERO WIDTH SPACE}", "") for page in opened.pages]


def lines_of(pdf: bytes) -> list[str]:
    """Return the pieces of text that are drawn at one go; a line is one piece or more."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [piece for page in opened.pages for piece in _shown(page)]


def squeezed(text: str) -> str:
    """Return a text as `pages_of` has it."""
    return "".join(text.split())


def _shown(page: Any) -> Iterator[str]:
    fonts = {str(name): _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    font: dict[int, str] = {}
    for done in pikepdf.parse_content_stream(page):
        operands: Any = done.operands
        operator = str(done.operator)
        if operator == "Tf":
            font = fonts[str(operands[0])]
        elif operator == "Tj":
            yield _read(bytes(operands[0]), font)
        elif operator == "TJ":
            yield "".join(_read(bytes(one), font) for one in operands[0] if isinstance(one, pikepdf.String))


def _letters(font: Any) -> dict[int, str]:
    found = font.ToUnicode.read_bytes().decode("ascii")
    pairs = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", found, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", part):
            pairs[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return pairs


def _read(codes: bytes, font: dict[int, str]) -> str:
    return "".join(font.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))

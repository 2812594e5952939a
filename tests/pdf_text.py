"""The words of a PDF as a screen reader gets them, enough for the PDFs we make ourselves."""

import re
import zlib

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_in(pdf: bytes) -> str:
    """Return the text of all pages in the order it is drawn, one space between separate pieces."""
    objects = {int(found[1]): found[2] for found in re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)}
    fonts = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", pdf):
        to_unicode = re.search(rb"/ToUnicode (\d+)", objects[int(number)])
        assert to_unicode is not None
        fonts[name] = _unicode(_stream(objects[int(to_unicode[1])]))
    pages = [_stream(objects[int(number)]) for number in re.findall(rb"/Type/Page/.*?/Contents (\d+) 0 R", pdf)]
    return " ".join(" ".join("".join(_pieces(page, fonts)).split()) for page in pages)


def _stream(found: bytes) -> bytes:
    return zlib.decompress(found.partition(b"stream\n")[2].rpartition(b"\nendstream")[0])


def _unicode(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", cmap.partition(b"beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _pieces(page: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    found, font, at = [], dict[int, str](), 0
    for operator in re.finditer(rb"/(f\d+) [\d.]+ Tf|(?<=Tm)[\[(]|(?<=Tm )[\[(]", page):
        if operator[1]:
            font = fonts[operator[1]]
        elif operator.start() >= at:
            codes, at = _shown(page, operator.start())
            found.append("".join(font[int.from_bytes(codes[n : n + 2])] for n in range(0, len(codes), 2)) + " ")
    return found


def _shown(page: bytes, at: int) -> tuple[bytes, int]:
    """Return all strings of a Tj or TJ that begins there, put together, and where it ends. Parentheses may nest."""
    codes, depth = bytearray(), 0
    while depth or page[at : at + 1] not in (b"]", b"T"):
        sign = page[at : at + 1]
        if sign == b"\\":
            said = re.compile(rb"[0-7]{1,3}|.", re.DOTALL).match(page, at + 1)
            assert said is not None
            codes += bytes([int(said[0], 8)]) if said[0].isdigit() else _ESCAPES.get(said[0], said[0])
            at = said.end()
            continue
        depth += (sign == b"(") - (sign == b")")
        if depth > (sign == b"(") or (depth and sign == b")"):
            codes += sign
        at += 1
    return bytes(codes), at

"""Files written into a plain text by uuencode (POSIX). Pure, never raises, linear in its input."""

import binascii
import re

_BEGIN = re.compile(rb"(?:\A|(?<=\n))begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")
_BASE64_END = re.compile(rb"^====[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{1,80}={0,2}\r?\n?")
_END = re.compile(rb"(?:[ `]?\r?\n)?end[ \t]*\r?(?:\n|\Z)")
_FILES = 100
_LINES = 300_000


def split_uu(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a text without the files encoded in it, and those files: name as written, and content.

    A line that begins like one counts only where lines of uuencode follow; a file that breaks off is kept as far
    as it goes. At most 100 such lines are looked at, and 300 000 lines of a file are read (13 MB); the rest stays in
    the text.
    """
    text: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    at = kept = 0
    for _ in range(_FILES):
        begin = _BEGIN.search(data, at)
        if not begin:
            break
        at = begin.end()
        content, end = (_decode_base64 if b"begin-base64" in begin[0] else _decode)(data, at)
        if end > at:
            text.append(data[kept : begin.start()])
            files.append((begin[1], content))
            at = kept = end
    return b"".join((*text, data[kept:])) if files else data, files


def decode_uu(data: bytes) -> bytes:
    """Return the content of one encoded file, its first and last line optional; as far as it goes."""
    begin = _BEGIN.search(data)
    return _decode(data, begin.end() if begin else 0)[0]


def _decode_base64(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the content of the lines of base64 from here on and where they end; nothing where there is no end."""
    end = _BASE64_END.search(data, at)
    lines = data[at : end.start()].splitlines(keepends=True) if end else []
    if not end or len(lines) > _LINES or not all(map(_BASE64_LINE.fullmatch, lines)):
        return b"", at
    try:
        return binascii.a2b_base64(b"".join(lines)), end.end()
    except ValueError:
        return b"", at


def _decode(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the content of the lines from here on and where they end."""
    out: list[bytes] = []
    while at < len(data) and len(out) < _LINES:
        stop = data.find(b"\n", at)
        line = data[at : stop if stop >= 0 else len(data)]
        size = (line[0] - 32) & 63 if line else 0
        needed = (size + 2) // 3 * 4
        plain = line.rstrip(b"\r")
        if not size or not needed - 4 < len(plain) - 1 <= needed + 2:  # some write a check sign, some cut blanks
            break
        try:
            out.append(binascii.a2b_uu(plain[: needed + 1]))
        except ValueError:
            break
        at += len(line) + 1
    end = _END.match(data, at) if out else None
    return b"".join(out), end.end() if end else min(at, len(data))

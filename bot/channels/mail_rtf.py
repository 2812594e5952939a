"""Rich Text to plain words, and the compression Outlook puts around it. Pure, never raises, bounded."""

import re

from bot.channels.mail_text import clean

_LIMIT = 1_000_000
_CODE = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|[?])?|\\([a-z]{1,32})(-?\d{1,10})? ?|\\(\*)|\\([^a-z])"
    r"|([{}])|([^\\{}\r\n]+)|[\r\n]+",
)
_HIDDEN = frozenset(
    (
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "datastore",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "header",
        "footer",
        "filetbl",
    )
)
_WORDS = {"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t",
          "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
          "rdblquote": "”"}  # fmt: skip
_SIGNS = {"~": "\xa0", "-": "", "_": "-", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_PREBUF = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u"
    rb"\tab\tx"
)
_RING, _HEAD = 4096, 16
_COMPRESSED, _STORED = 0x75465A4C, 0x414C454D


def rtf_to_text(source: str) -> str:
    r"""Return the words of an RTF document; fonts, pictures and other hidden groups are left out.

    The first 1 000 000 characters are read. Bytes beyond ASCII are taken for cp1252 unless ``\ansicpg`` says else.
    """
    source = source[:_LIMIT]
    page = re.search(r"\\ansicpg(\d{3,5})", source[:1_000])
    codec = f"cp{page[1]}" if page and page[1] in ("1250", "1251", "1252", "1253", "1254", "1257") else "cp1252"
    out: list[str] = []
    hidden: list[bool] = [False]
    for code in _CODE.finditer(source):
        if brace := code[7]:
            if brace == "{":
                hidden.append(hidden[-1])
            elif len(hidden) > 1:
                hidden.pop()
        elif code[5] or (code[3] in _HIDDEN):
            hidden[-1] = True
        elif not hidden[-1]:
            out.append(_said(code, codec))
    return clean("".join(out)).strip("\n ")


def _said(code: re.Match[str], codec: str) -> str:
    if code[1]:
        return bytes.fromhex(code[1]).decode(codec, "replace")
    if code[2]:
        return chr(int(code[2]) % 0x10000)
    if code[3]:
        return _WORDS.get(code[3], "")
    return _SIGNS.get(code[6], "") if code[6] else code[8] or ""


def decompress_rtf(data: bytes, limit: int = _LIMIT) -> bytes:
    """Return the document behind Outlook's compression (MS-OXRTFCP §2.2), as far as it can be read.

    At most some `limit` bytes.
    """
    form = int.from_bytes(data[8:12], "little")
    if form == _STORED:
        return data[_HEAD : _HEAD + limit]
    if form != _COMPRESSED:
        return b""
    ring = bytearray(_RING)
    ring[: len(_PREBUF)] = _PREBUF
    out, write, at = bytearray(), len(_PREBUF), _HEAD
    while at < len(data) and len(out) < limit:
        flags = data[at]
        at += 1
        for bit in range(8):
            piece, at = _piece(ring, data, at, write) if flags >> bit & 1 else (data[at : at + 1], at + 1)
            if not piece:
                return bytes(out)
            out += piece
            for byte in piece:
                ring[write] = byte
                write = (write + 1) % _RING
    return bytes(out)


def _piece(ring: bytearray, data: bytes, at: int, write: int) -> tuple[bytes, int]:
    """Return the run that two bytes point at, and the place behind them; empty at the end.

    A run that reaches into what it writes itself repeats it.
    """
    pair = int.from_bytes(data[at : at + 2], "big")
    place, size = pair >> 4, (pair & 15) + 2
    behind = (write - place) % _RING
    if at + 2 > len(data) or not behind:
        return b"", at
    return bytes(ring[(place + step % behind) % _RING] for step in range(size)), at + 2

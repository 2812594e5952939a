"""Parameters of Content-Type and Content-Disposition. Pure, never raises, linear in its input."""

import re
from urllib.parse import unquote_to_bytes

from bot.channels.mail_charset import decode_bytes, decode_header
from bot.channels.mail_text import clean

_PARAM = re.compile(r'[; ] ?([\w.*+-]+) ?= ?(?:"((?:[^"\\]|\\.){0,2000}+)"|([^;]*))', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_PIECES = 1_000


def read_params(value: str, charset: str = "") -> dict[str, str]:
    """Return the decoded parameters of a header, names in lower case (RFC 2045 §5.1, RFC 2231).

    Forgiven are encoded words, raw 8-bit, a missing semicolon before a quoted value, missing quotes, and pieces
    in any order or with a wrong number. The first of equal names counts; one of RFC 2231 goes before a plain one.
    `charset` is what raw 8-bit is read as that is not UTF-8 (see `decode_header`).
    """
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for found in _PARAM.finditer(" ".join(value.split())):
        name, star, rest = found[1].lower().partition("*")
        text = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip().strip('"')
        if not star:
            if name not in plain:
                plain[name] = decode_header(text, charset)
            continue
        number = rest.rstrip("*")
        data = text.encode("utf-8", "surrogateescape")
        order = int(number) if number.isdecimal() and len(number) < 4 else 0
        pieces.setdefault(name, {}).setdefault(order, (data, rest.endswith("*") or not number))
    return plain | {name: text for name, parts in pieces.items() if (text := _join(parts))}


def _join(parts: dict[int, tuple[bytes, bool]]) -> str:
    ordered = [parts[order] for order in sorted(parts)]
    if not any(extended for _, extended in ordered):
        return decode_header(b"".join(data for data, _ in ordered).decode("utf-8", "surrogateescape"))
    first, extended = ordered[0]
    charset = b""
    if first.count(b"'") >= 2 and extended:
        charset, _, rest = first.partition(b"'")
        ordered[0] = (rest.partition(b"'")[2], True)
    joined = b"".join(unquote_to_bytes(data) if coded else data for data, coded in ordered)
    if b"=?" in joined:  # both ways at once
        return decode_header(joined.decode("utf-8", "surrogateescape"))
    return " ".join(clean(decode_bytes(joined, charset.decode("ascii", "replace"))).split())

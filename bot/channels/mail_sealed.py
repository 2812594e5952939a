"""Signed and encrypted mail: what can be read through its seal without keys. Pure, never raises.

Nothing is verified: a seal says nothing of who wrote here (`Inbound.authentic` does).
"""

import re

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("060b2a864886f70d0109100117"))
_DATA = bytes.fromhex("06092a864886f70d010701")
_WITHIN = (0x30, 0xA0)
_OCTETS = (0x04, 0x24)
_PIECES = 100_000
_DEPTH = 8
_CLEAR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]{1,40}: ?[^\n]*\n)*\n?"
    r"((?:(?!-----BEGIN PGP SIG)[^\n]*\n)*+)"
    r"(?:-----BEGIN PGP SIGNATURE-----[ \t]*\n(?:(?!-----END PGP)[^\n]*\n)*+"
    r"(?:-----END PGP SIGNATURE-----[^\n]*\n?)?)?",
    re.MULTILINE,
)
_DASHES = re.compile(r"^- ", re.MULTILINE)
PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
"""The first line of an encrypted text (RFC 9580 §6.2)."""


def without_clear_sign(text: str) -> tuple[str, bool]:
    r"""Return a text without the armour of PGP's clear signature (RFC 9580 §7), and whether it had one.

    Dashes are unescaped. Line ends are ``\n``. An armour that breaks off ends with the text.
    """
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text, False
    padded = text if text.endswith("\n") else text + "\n"
    opened, found = _CLEAR.subn(lambda one: _DASHES.sub("", one[1]), padded)
    return opened.rstrip("\n"), bool(found)


def is_enveloped(data: bytes) -> bool:
    """Whether PKCS #7 data is encrypted (RFC 5652 §6; with authentication RFC 5083)."""
    return any(mark in data[:100] for mark in _ENVELOPED)


def signed_content(data: bytes) -> bytes | None:
    """Return what PKCS #7 signed-data carries (RFC 5652 §5), None if it is none or carries nothing.

    The walk goes down to the content alone: at most eight levels and 100 000 pieces. A content cut off at the end
    of the data is returned as far as it goes.
    """
    mark = data[:100].find(_SIGNED_DATA)
    if mark < 0:
        return None
    inner = data.find(_DATA, mark + len(_SIGNED_DATA), mark + 4_000)
    if inner < 0:
        return None
    at = inner + len(_DATA)
    head = _header(data, at)
    if head is None or head[0] != 0xA0:
        return None
    content = b"".join(_octets(data, head[1], head[2], 0, [_PIECES]))
    return content or None


def _header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return tag, begin and end of the value that starts here; an open end is that of the data. None at the end."""
    if at + 2 > len(data):
        return None
    tag, size = data[at], data[at + 1]
    begin = at + 2
    if size == 0x80:
        return tag, begin, -1
    if size > 0x80:
        count = size & 0x7F
        if count > 8 or begin + count > len(data):
            return None
        size = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    return tag, begin, min(begin + size, len(data))


def _octets(data: bytes, at: int, end: int, depth: int, left: list[int]) -> list[bytes]:
    """Return the pieces of an OCTET STRING, which BER may cut up and leave open (X.690 §8.7)."""
    out: list[bytes] = []
    stop = len(data) if end < 0 else end
    while at < stop and depth < _DEPTH and left[0] > 0:
        left[0] -= 1
        head = _header(data, at)
        if head is None or head[0] not in _OCTETS:
            break
        tag, begin, close = head
        if tag == _OCTETS[0] and close >= 0:
            out.append(data[begin:close])
            at = close
            continue
        inner = _octets(data, begin, close, depth + 1, left)
        out += inner
        if close < 0:
            break  # pieces behind an open string within one are not written by any mailer
        at = close
    return out

"""What a PNG file tells beside its picture (ISO 15948): where and when it was taken, by whom and with what. Pure."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_SHOWN = frozenset((
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs",
    b"sPLT", b"acTL", b"fcTL", b"fdAT",
))  # fmt: skip
"""The optional chunks that say how the picture is shown; Exif, words in many forms and whatever is private are not."""
_OPTIONAL = 0x20
_AROUND = 12
"""Bytes of a chunk beside its data: its length, its name, its check sum."""


def without_words(content: bytes) -> bytes | None:
    """Return a PNG file with its picture alone; None where it is broken, so that nobody knows what is in it."""
    kept, at = [SIGNATURE], len(SIGNATURE)
    while at + _AROUND <= len(content):
        end = at + _AROUND + int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if end > len(content):
            return None
        if not kind[0] & _OPTIONAL or kind in _SHOWN:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    return None

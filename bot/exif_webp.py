"""What a WebP file tells beside its picture (RFC 9649): where and when it was taken, by whom and with what. Pure."""

_SHOWN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_EXTENDED = b"VP8X"
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_HEAD = 12
"""RIFF, the length of all that follows it, WEBP."""


def is_webp(content: bytes) -> bool:
    """Tell whether a file says that it is one of these."""
    return content[:4] == b"RIFF" and content[8:_HEAD] == b"WEBP"


def without_words(content: bytes) -> bytes | None:
    """Return a file with its picture alone; None where it is broken, so that nobody knows what is in it."""
    end = 8 + int.from_bytes(content[4:8], "little")
    kept, at = list[bytes](), _HEAD
    while at + 8 <= min(end, len(content)):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if after > len(content):
            return None
        if kind == _EXTENDED and size:
            flags = content[at + 8] & ~(_HAS_EXIF | _HAS_XMP)
            kept.append(content[at : at + 8] + bytes((flags,)) + content[at + 9 : after])
        elif kind in _SHOWN:
            kept.append(content[at:after])
        at = after
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body if at == end else None

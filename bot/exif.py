"""Where a photograph was taken: told by cameras within the picture's file, and taken out before anybody gets it. Pure.

PNG, WebP, HEIC and AVIF have files of their own here (`bot.exif_png`, `bot.exif_webp`, `bot.exif_heif`). A JPEG file
is a row of segments, each with a mark and its length (ITU-T T.81, annex B). Cameras write place, time and owner in
segments of kind APP1: Exif, and XMP, the same in other words.
"""

import re
from collections.abc import Iterator

from bot import exif_heif, exif_png, exif_webp

_START, _END, _SCAN, _APP1, _APP2 = 0xD8, 0xD9, 0xDA, 0xE1, 0xE2
_EXIF = b"Exif\x00\x00"
_MORE_PICTURES = b"MPF\x00"
"""Points at pictures behind this one, which have Exif of their own."""
_MARK = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
"""The next mark within the picture's data: 00 and D0 to D7 behind FF belong to the data (T.81, B.1.1)."""
_ORIENTATION, _GPS = 0x0112, 0x8825


def without_position(content: bytes) -> bytes | None:
    """Return a picture's file without what its camera wrote about place, time and owner; other files as they are.

    None: it is a picture that may tell these things in a way that we cannot take out, so nobody may get it. Which way
    is up is kept, else pictures lie on their side. What stands behind a JPEG picture is left out too: phones put a
    second picture or a film there, which tells the place again. From where a JPEG file is broken it stays as it is.
    """
    if content[:2] == bytes((0xFF, _START)):
        return content[:2] + b"".join(_kept(content))
    if content.startswith(exif_png.SIGNATURE):
        return exif_png.without_words(content)
    if exif_webp.is_webp(content):
        return exif_webp.without_words(content)
    if exif_heif.is_heif(content):
        return exif_heif.without_words(content)
    return None if _tells_place(content) else content


def _kept(content: bytes) -> Iterator[bytes]:
    at = 2
    while (found := _MARK.match(content, at)) is not None:
        kind, body = found[1][0], found.end()
        if kind == _END:
            yield content[at:body]
            return
        end = body + int.from_bytes(content[body : body + 2])
        if kind == _SCAN:
            data = _MARK.search(content, end)
            end = data.start() if data is not None else len(content)
        yield _segment(kind, content[at:end], content[body + 2 : end])
        at = max(end, body + 2)
    yield content[at:]


def _segment(kind: int, segment: bytes, body: bytes) -> bytes:
    if kind == _APP1:
        return _upright(body)
    return b"" if kind == _APP2 and body.startswith(_MORE_PICTURES) else segment


def _upright(body: bytes) -> bytes:
    """Return a segment that tells which way is up and nothing else; none if the old one did not say."""
    way = _orientation(body) if body.startswith(_EXIF) else 1
    if way == 1:
        return b""
    # Big-endian; the first directory at 8, with one entry: tag, type 3 (short), one value, the value; none follows.
    entry = _ORIENTATION.to_bytes(2) + bytes.fromhex("0003 00000001") + way.to_bytes(2) + bytes(2)
    told = _EXIF + b"MM\x00\x2a\x00\x00\x00\x08" + b"\x00\x01" + entry + bytes(4)
    return bytes((0xFF, _APP1)) + (len(told) + 2).to_bytes(2) + told


def _tells_place(content: bytes) -> bool:
    """Tell whether a TIFF file (a raw photograph, a scan) says where it was taken."""
    return content[:4] in (b"II\x2a\x00", b"MM\x00\x2a") and _entry(content, _GPS) is not None


def _orientation(body: bytes) -> int:
    """Return which way is up, 1 to 8; 1 (as it is) where that cannot be read (Exif 2.3, 4.6.4)."""
    way = _entry(body[len(_EXIF) :], _ORIENTATION)
    return way if way is not None and 1 <= way <= 8 else 1


def _entry(told: bytes, tag: int) -> int | None:
    """Return the number that stands first in an entry of the first directory of TIFF, None if it has none."""
    little = told[:2] == b"II"

    def number(at: int, size: int) -> int:
        return int.from_bytes(told[at : at + size], "little" if little else "big")

    directory = number(4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * min(number(directory, 2), 100), 12):
        if number(entry, 2) == tag:
            return number(entry + 8, 2)
    return None

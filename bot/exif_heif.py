"""What a HEIC or AVIF file tells beside its pictures: where and when they were taken, by whom and with what. Pure.

Such a file is a row of boxes (ISO 14496-12), one of which, ``meta``, lists items (ISO 23008-12): pictures, and beside
them Exif and XMP. Where an item's bytes lie is told in offsets from the file's beginning, so nothing is taken out:
what tells too much is written over, and everything else stays where it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_BRANDS = frozenset((
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"miaf",
    b"avif", b"avis", b"avci", b"avcs",
))  # fmt: skip
_PICTURES = frozenset((b"hvc1", b"hev1", b"lhv1", b"vvc1", b"av01", b"avc1", b"grid", b"iovl", b"iden", b"tmap"))
_WORDS = frozenset((b"Exif", b"mime", b"uri "))
_AROUND = frozenset((b"ftyp", b"mdat"))
_WITHIN = frozenset((b"hdlr", b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"dinf", b"grpl", b"ipro"))
_FILM = frozenset((b"moov", b"moof"))

_NOTHING = bytes(4) + b"MM\x00\x2a\x00\x00\x00\x08" + bytes(2 + 4)
"""Exif without an entry: some readers refuse a picture whose Exif is not well made."""


class _UnclearError(Exception):
    """It is not built as we know such files, so nobody knows what is in it."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: where it begins, where its body does, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _Reader:
    """Reads numbers one after the other, within a box."""

    content: bytes
    at: int
    end: int

    def number(self, size: int) -> int:
        if self.at + size > self.end:
            raise _UnclearError
        found = int.from_bytes(self.content[self.at : self.at + size])
        self.at += size
        return found


def is_heif(content: bytes) -> bool:
    """Tell whether a file says that it is one of these; films of the same build do not."""
    size = int.from_bytes(content[:4])
    told = content[8 : min(size, 200)]
    return content[4:8] == b"ftyp" and any(told[at : at + 4] in _BRANDS for at in range(0, len(told), 4))


def without_words(content: bytes) -> bytes | None:
    """Return a file with its pictures alone; None where it is a film, or not built as we know such files."""
    clean = bytearray(content)
    try:
        for box in _boxes(content, 0, len(content)):
            if box.kind in _FILM:
                return None
            if box.kind == b"meta":
                _clean_meta(content, clean, box)
            elif box.kind not in _AROUND:
                _blank(clean, box)
    except _UnclearError:
        return None
    return bytes(clean)


def _boxes(content: bytes, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        read = _Reader(content, at, end)
        size, kind = read.number(4), read.number(4).to_bytes(4)
        size = read.number(8) if size == 1 else size or end - at
        box = _Box(kind, at, read.at, at + size)
        if box.end > end or box.body > box.end:
            raise _UnclearError
        yield box
        at = box.end


def _blank(clean: bytearray, box: _Box) -> None:
    """Let a box be empty space."""
    clean[box.start + 4 : box.start + 8] = b"free"
    clean[box.body : box.end] = bytes(box.end - box.body)


def _clean_meta(content: bytes, clean: bytearray, meta: _Box) -> None:
    known: dict[bytes, _Box] = {}
    for box in _boxes(content, meta.body + 4, meta.end):
        if box.kind not in _WITHIN:
            _blank(clean, box)
        elif known.setdefault(box.kind, box) is not box:
            raise _UnclearError
    if b"iinf" not in known or b"iloc" not in known:
        raise _UnclearError
    places = _places(content, known[b"iloc"], known.get(b"idat"))
    for item, kind in _items(content, known[b"iinf"]):
        if kind in _WORDS:
            _write_over(clean, places.get(item, ()), _NOTHING if kind == b"Exif" else b"")
        elif kind not in _PICTURES:
            raise _UnclearError


def _write_over(clean: bytearray, places: Sequence[tuple[int, int]], told: bytes) -> None:
    """Let an item say this, in as much room as it had."""
    if not places:
        raise _UnclearError
    for start, end in places:
        clean[start:end] = told[: end - start].ljust(end - start, b"\x00")
        told = b""


def _items(content: bytes, box: _Box) -> Iterator[tuple[int, bytes]]:
    """Give the number and kind of each item."""
    read = _Reader(content, box.body, box.end)
    read.number(2 if read.number(4) >> 24 == 0 else 4)
    for entry in _boxes(content, read.at, box.end):
        inner = _Reader(content, entry.body, entry.end)
        version = inner.number(4) >> 24
        if entry.kind != b"infe" or version not in (2, 3):
            raise _UnclearError
        item = inner.number(2 if version == 2 else 4)
        inner.number(2)
        yield item, inner.number(4).to_bytes(4)


def _places(content: bytes, box: _Box, idat: _Box | None) -> Mapping[int, list[tuple[int, int]]]:
    """Return where the bytes of each item lie in the file; of one whose place is not clear, nowhere."""
    read = _Reader(content, box.body, box.end)
    version = read.number(4) >> 24
    sizes = read.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    found: dict[int, list[tuple[int, int]]] = {}
    for _ in range(read.number(2 if version < 2 else 4)):
        item = read.number(2 if version < 2 else 4)
        method = read.number(2) & 15 if version in (1, 2) else 0
        elsewhere = read.number(2)
        base = read.number(base_size) + (idat.body if method == 1 and idat is not None else 0)
        limit = idat.end if method == 1 and idat is not None else len(content)
        extents = [_extent(read, base, index_size, offset_size, length_size) for _ in range(read.number(2))]
        clear = version <= 2 and not elsewhere and (method == 0 or (method == 1 and idat is not None))
        whole = all(start < end <= limit for start, end in extents)
        found[item] = extents if clear and whole and item not in found else []
    return found


def _extent(read: _Reader, base: int, index_size: int, offset_size: int, length_size: int) -> tuple[int, int]:
    read.number(index_size)
    start = base + read.number(offset_size)
    return start, start + read.number(length_size)

"""Where a picture was taken is taken out of PNG, WebP, HEIC and AVIF files, or else nobody gets them."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from bot.exif import without_position

PLACE = b"59.3293 N 18.0686 E"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEAD, DATA, END = chunk(b"IHDR", b"\0" * 13), chunk(b"IDAT", b"pixels"), chunk(b"IEND")


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def infe(item: int, kind: bytes) -> bytes:
    return box(b"infe", b"\2\0\0\0", struct.pack(">HH", item, 0), kind, b"\0")


def heic(words: bytes = PLACE, *, kind: bytes = b"Exif", method: int = 0, cut: int = 0, behind: bytes = b"") -> bytes:
    """A file of two items: a picture, and words, in the file (method 0) or within the box ``meta`` (1)."""
    ftyp = box(b"ftyp", b"heic", b"\0\0\0\0", b"mif1heic")
    iinf = box(b"iinf", b"\0\0\0\0", struct.pack(">H", 2), infe(1, b"hvc1"), infe(2, kind))

    def meta(first: int) -> bytes:
        second = 0 if method else first + 6
        items = [(1, 0, first, 6), (2, method, second, len(words) + cut)]
        # Offsets and lengths of four bytes, no base; version 1.
        places = b"".join(struct.pack(">HHHHII", item, how, 0, 1, at, size) for item, how, at, size in items)
        iloc = box(b"iloc", b"\1\0\0\0", b"\x44\0", struct.pack(">H", 2), places)
        idat = box(b"idat", words) if method else b""
        return box(b"meta", b"\0\0\0\0", box(b"hdlr", b"pict"), iinf, iloc, idat)

    before = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(before) + box(b"mdat", b"pixels", b"" if method else words) + behind


def test_of_a_png_only_what_is_shown_stays() -> None:
    said = (chunk(b"eXIf", PLACE), chunk(b"iTXt", PLACE), chunk(b"tEXt", PLACE), chunk(b"zTXt", PLACE), chunk(b"tIME"))
    shown = (chunk(b"gAMA", b"\0\0\xb1\x8f"), chunk(b"tRNS", b"\0"))
    content = SIGNATURE + HEAD + b"".join(said) + b"".join(shown) + DATA + chunk(b"caBX", PLACE) + END + PLACE
    assert without_position(content) == SIGNATURE + HEAD + b"".join(shown) + DATA + END


@pytest.mark.parametrize("end", [b"", chunk(b"eXIf", PLACE)[:-6], b"\xff\xff\xff\xff" + b"eXIf" + PLACE])
def test_a_png_that_is_broken_off_goes_to_nobody(end: bytes) -> None:
    assert without_position(SIGNATURE + HEAD + DATA + end) is None


@pytest.mark.parametrize("kind", [b"Exif", b"mime", b"uri "])
@pytest.mark.parametrize("method", [0, 1])
def test_of_a_heic_the_words_are_written_over_and_nothing_moves(kind: bytes, method: int) -> None:
    content = heic(kind=kind, method=method)
    clean = without_position(content)
    assert clean is not None
    assert PLACE not in clean
    assert (len(clean), b"pixels" in clean) == (len(content), True)
    changed = [at for at in range(len(content)) if clean[at] != content[at]]
    assert content.index(PLACE) <= changed[0] < changed[-1] < content.index(PLACE) + len(PLACE)


def test_what_stands_behind_a_heic_is_emptied() -> None:
    film = box(b"mpvd", b"film " + PLACE)
    clean = without_position(heic(b"x" * 20, behind=film))
    assert clean is not None
    assert clean.endswith(box(b"free", b"\0" * (len(film) - 8)))


@pytest.mark.parametrize("content", [
    heic(cut=1),  # its words go on beyond the file
    heic(cut=-len(PLACE)),  # no length: it is not told where they end
    heic(method=2),  # its words are a part of another item
    heic(kind=b"secr"),  # an item of a kind that we do not know
    heic(behind=box(b"moov", PLACE)),
    heic(behind=b"\0\0\0\x05free"),
    heic(behind=PLACE),
    box(b"ftyp", b"heic", b"\0\0\0\0"),
    box(b"ftyp", b"heic", b"\0\0\0\0") + box(b"meta", b"\0\0\0\0", box(b"hdlr")),
])  # fmt: skip
def test_a_heic_that_is_not_clear_goes_to_nobody(content: bytes) -> None:
    clean = without_position(content)
    # A file without the box of items has nothing to tell.
    assert clean is None or (b"meta" not in content and clean == content)


@pytest.mark.parametrize("content", [
    box(b"ftyp", b"isom", b"\0\0\0\0", b"mp42") + box(b"moov", b"film"), b"RIFF\x04\0\0\0WAVE",
    b"II\x2a\x00\x08\0\0\0\0\0",
])  # fmt: skip
def test_other_files_are_left_as_they_are(content: bytes) -> None:
    assert without_position(content) == content


@pytest.mark.parametrize("order", [">", "<"])
def test_a_raw_photograph_that_tells_its_place_goes_to_nobody(order: str) -> None:
    first = b"MM\x00\x2a" if order == ">" else b"II\x2a\x00"
    entry = struct.pack(order + "HHIHH", 0x8825, 4, 1, 38, 0)
    assert without_position(first + struct.pack(order + "IH", 8, 1) + entry) is None


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "JPEG"])
def test_pictures_made_by_others_look_as_before_and_tell_nothing(form: str) -> None:
    if not features.check("avif") and form == "AVIF":
        pytest.skip("this Pillow writes no AVIF")
    exif = Image.Exif()
    exif[0x010F] = "Hemlig kamera"
    exif.get_ifd(0x8825)[29] = "2026:11:21"
    made = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(made, form, exif=exif.tobytes(), xmp=b"<x>GPSLatitude</x>")
    content = made.getvalue()
    assert b"Hemlig kamera" in content
    clean = without_position(content)
    assert clean is not None
    assert not any(words in clean for words in (b"Hemlig", b"2026:11:21", b"GPSLatitude"))
    before, after = (Image.open(io.BytesIO(one)).convert("RGB").tobytes() for one in (content, clean))
    assert before == after
    assert without_position(clean) == clean


@given(st.binary(max_size=200), st.sampled_from([
    SIGNATURE, SIGNATURE + HEAD, b"RIFF\x20\0\0\0WEBP", heic()[:24], heic()[:60], heic()[:120], b"II\x2a\x00",
    b"MM\x00\x2a",
]))  # fmt: skip
def test_any_bytes_at_all_are_read_to_their_end(rest: bytes, begins: bytes) -> None:
    clean = without_position(begins + rest)
    assert clean is None or len(clean) <= len(begins + rest)

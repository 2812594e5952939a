"""Where a picture was taken is taken out of its file: on JPEG files made by hand."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exif import without_position as cleaned

SCAN = b"\xff\xda" + struct.pack(">H", 4) + b"\x01\x02" + b"\x12\xff\x00\x34\xff\xd0\x56"
END = b"\xff\xd9"
TABLE = b"\xff\xdb" + struct.pack(">H", 5) + b"\x00\x01\x02"
JFIF = b"\xff\xe0" + struct.pack(">H", 7) + b"JFIF\x00"
PLACE = b"59.3293 N 18.0686 E"


def without_position(content: bytes) -> bytes:
    clean = cleaned(content)
    assert clean is not None
    return clean


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def exif(order: str = ">", way: int = 1, tag: int = 0x0112) -> bytes:
    """A segment with a directory of two entries, and the place behind it."""
    first = b"MM\x00\x2a" if order == ">" else b"II\x2a\x00"
    entries = struct.pack(order + "HHIHH", tag, 3, 1, way, 0) + struct.pack(order + "HHII", 0x8825, 4, 1, 38)
    told = first + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0) + PLACE
    return segment(0xE1, b"Exif\x00\x00" + told)


def picture(*segments: bytes, behind: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(segments) + SCAN + END + behind


@pytest.mark.parametrize("order", [">", "<"])
def test_the_place_goes_and_the_picture_stays(order: str) -> None:
    assert without_position(picture(JFIF, exif(order), TABLE)) == picture(JFIF, TABLE)


@pytest.mark.parametrize("order", [">", "<"])
def test_which_way_is_up_is_kept(order: str) -> None:
    clean = without_position(picture(exif(order, way=6), TABLE))
    # By hand: length 34 = 2 + "Exif" and two zeros (6) + head (8) + count (2) + entry (12) + end (4).
    upright = bytes.fromhex(
        "ffe1 0022 457869660000 4d4d002a00000008 0001 0112 0003 00000001 0006 0000 00000000".replace(" ", "")
    )
    assert clean == picture(upright, TABLE)
    assert PLACE not in clean
    assert without_position(clean) == clean


def test_the_same_in_other_words_goes_too_and_so_do_pictures_behind_the_picture() -> None:
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<exif:GPSLatitude>59,19N</exif:GPSLatitude>")
    more = segment(0xE2, b"MPF\x00" + b"\x00" * 16)
    colours = segment(0xE2, b"ICC_PROFILE\x00abc")
    assert without_position(picture(xmp, more, colours, behind=picture(exif()))) == picture(colours)


def test_a_picture_of_several_scans_is_kept_whole() -> None:
    several = b"\xff\xd8" + JFIF + exif() + SCAN + TABLE + SCAN + SCAN + END
    assert without_position(several) == b"\xff\xd8" + JFIF + SCAN + TABLE + SCAN + SCAN + END


def test_filling_between_segments_is_allowed() -> None:
    assert PLACE not in without_position(picture(JFIF + b"\xff\xff\xff", exif()))


@pytest.mark.parametrize("content", [b"", b"\xff", b"%PDF-1.7", b"\x89PNG\r\n", b"GIF89a" + exif()])
def test_other_files_are_left_as_they_are(content: bytes) -> None:
    assert without_position(content) == content


def test_a_picture_that_is_broken_off_loses_no_more_than_the_place() -> None:
    broken = b"\xff\xd8" + JFIF + exif() + TABLE + SCAN[:9]
    assert without_position(broken) == b"\xff\xd8" + JFIF + TABLE + SCAN[:9]
    assert without_position(b"\xff\xd8" + JFIF + exif()[:40]) == b"\xff\xd8" + JFIF
    assert without_position(b"\xff\xd8" + JFIF + b"nothing of a mark") == b"\xff\xd8" + JFIF + b"nothing of a mark"


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_to_their_end(content: bytes) -> None:
    assert len(without_position(b"\xff\xd8" + content)) <= len(content) + 2 + 36


@given(st.binary(max_size=60), st.integers(2, 8))
def test_twice_is_the_same_as_once(body: bytes, way: int) -> None:
    once = without_position(picture(segment(0xE1, b"Exif\x00\x00" + body), exif(way=way)))
    assert without_position(once) == once

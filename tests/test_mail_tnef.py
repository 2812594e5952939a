"""Outlook's winmail.dat and Rich Text: written here byte by byte, read back; damaged and hostile ones end in time."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_read import read_mail
from bot.channels.mail_rtf import decompress_rtf, rtf_to_text
from bot.channels.mail_tnef import SIGNATURE, read_tnef

UNICODE, STRING, BINARY, OBJECT, LONG = 0x1F, 0x1E, 0x102, 0x0D, 3


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def prop(kind: int, name: int, value: bytes | int, named: bytes = b"") -> bytes:
    head = struct.pack("<HH", kind, name) + named
    if isinstance(value, int):
        return head + struct.pack("<I", value)
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def props(*ones: bytes) -> bytes:
    return struct.pack("<I", len(ones)) + b"".join(ones)


def tnef(*attributes: bytes) -> bytes:
    return SIGNATURE + b"\1\0" + b"".join(attributes)


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


CODEPAGE = attribute(1, 0x9007, struct.pack("<II", 1252, 0))
FILE = (attribute(2, 0x9002, b"\0" * 14), attribute(2, 0x8010, b"PLAN~1.PDF\0"), attribute(2, 0x800F, b"%PDF-1.4\0\0"))
LONG_NAME = attribute(2, 0x9005, props(prop(UNICODE, 0x3707, wide("Åtgärd.pdf")), prop(LONG, 0x3705, 1)))
RTF = b"{\\rtf1\\ansi Hej du\\par}"


def stored(document: bytes) -> bytes:
    return struct.pack("<II4sI", len(document) + 12, len(document), b"MELA", 0) + document


def test_text_and_files() -> None:
    named = b"\0" * 16 + struct.pack("<II", 1, 8) + "Ab".encode("utf-16-le") + b"\0\0\0\0"
    message = attribute(
        1,
        0x9003,
        props(
            prop(LONG, 0x8001, 7, named),
            prop(0x0B, 0x0E1B, 1),
            struct.pack("<HHIII", 0x1003, 0x6001, 2, 1, 2),
            prop(UNICODE, 0x1000, wide("Hej från Outlook")),
            prop(BINARY, 0x1013, "<p>Hej från Outlook".encode()),
            prop(BINARY, 0x1009, stored(RTF)),
        ),
    )
    data = read_tnef(tnef(CODEPAGE, message, *FILE, LONG_NAME, *FILE))
    assert data is not None
    assert (data.plain, data.html, data.rtf) == ("Hej från Outlook", "<p>Hej från Outlook", RTF.decode())
    assert [(file.name, file.content) for file in data.files] == [
        ("Åtgärd.pdf", b"%PDF-1.4\0\0"),
        ("PLAN~1.PDF", b"%PDF-1.4\0\0"),
    ]


def test_old_outlook_writes_in_its_codepage() -> None:
    data = read_tnef(tnef(CODEPAGE, attribute(1, 0x800C, "Hål i gatan\0".encode("cp1252"))))
    assert data is not None
    assert data.plain == "Hål i gatan"


def test_a_mail_within_gives_its_files_and_text() -> None:
    inner = tnef(CODEPAGE, attribute(1, 0x800C, b"Inre\0"), *FILE)
    held = prop(OBJECT, 0x3701, bytes.fromhex("0703020000000000c000000000000046") + inner)
    data = read_tnef(tnef(FILE[0], attribute(2, 0x9005, props(prop(UNICODE, 0x3707, wide("brev")), held))))
    assert data is not None
    assert (data.plain, [file.name for file in data.files]) == ("Inre", ["PLAN~1.PDF"])


def mail(
    content: bytes, text: bytes = b"", name: bytes = b"winmail.dat", kind: bytes = b"application/ms-tnef"
) -> bytes:
    return (
        b"From: anna@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n" + text
        + b"\n--x\nContent-Type: " + kind + b"; name=" + name + b"\nContent-Transfer-Encoding: binary\n\n"
        + content + b"\n--x--\n"
    )  # fmt: skip


def test_a_mail_shows_what_was_in_it() -> None:
    body = attribute(1, 0x9003, props(prop(BINARY, 0x1009, stored(RTF))))
    read = read_mail(mail(tnef(CODEPAGE, body, *FILE, LONG_NAME)))
    assert (read.text, read.marks) == ("Hej du", ("outlook_data",))
    assert [(file.name, file.media_type, file.size) for file in read.files] == [("Åtgärd.pdf", "application/pdf", 10)]
    assert read_mail(mail(tnef(CODEPAGE, body), b"Hej du")).text == "Hej du"
    assert read_mail(mail(tnef(CODEPAGE, body), b"Se")).text == "Se\n\nHej du"
    octets = read_mail(mail(tnef(CODEPAGE, body, *FILE), b"Egen text", kind=b"application/octet-stream"))
    assert (octets.text, [file.name for file in octets.files]) == ("Egen text", ["PLAN~1.PDF"])
    broken = read_mail(mail(b"nothing of the kind", b"Egen text"))
    assert (broken.text, [file.name for file in broken.files], broken.marks) == ("Egen text", ["winmail.dat"], ())


def compressed(tokens: bytes) -> bytes:
    return struct.pack("<II4sI", len(tokens) + 12, 0, b"LZFu", 0) + tokens


@pytest.mark.parametrize(
    ("tokens", "document"),
    [
        (b"\x00Hej du, ", b"Hej du, "),
        (bytes([0b1, 0x00, 0x09]), b"{\\rtf1\\ansi"),  # eleven bytes from the beginning of the known prefix
        (bytes([0b100]) + b"ab" + struct.pack(">H", 207 << 4 | 4), b"ababab" + b"ab"),  # a run that repeats itself
        (bytes([0b10]) + b"a" + struct.pack(">H", 208 << 4), b"a"),  # points at the end: stop
    ],
)
def test_compressed_rich_text(tokens: bytes, document: bytes) -> None:
    assert decompress_rtf(compressed(tokens)) == document


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"{\rtf1\ansi Hej\par du}", "Hej\ndu"),
        (r"{\rtf1\ansi H\'e5l \u8364?\u8364\'80 x}", "Hål €€ x"),
        (r"{\rtf1\ansi\ansicpg1251 \'cf\'f0}", "Пр"),
        (r"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator x;}{\pict 0102}Hej {\b du}}", "Hej du"),
        (r"{\rtf1 a\{b\}\\c\tab d\~e\_f}", "a{b}\\c\td\xa0e-f"),
        ("{\\rtf1 Hej\r\ndu}", "Hejdu"),
        (r"{\rtf1 }}} Hej", "Hej"),
        ("", ""),
    ],
)
def test_rich_text(source: str, text: str) -> None:
    assert rtf_to_text(source) == text


@given(st.binary(max_size=400), st.integers(0, 300), st.binary(max_size=8))
def test_any_data_can_be_read(data: bytes, at: int, put: bytes) -> None:
    assert (read_tnef(data) is None) == (not data.startswith(SIGNATURE))
    whole = tnef(CODEPAGE, attribute(1, 0x9003, props(prop(UNICODE, 0x1000, wide("Hej")), prop(LONG, 1, 2))), *FILE)
    read = read_tnef(SIGNATURE + (whole[:at] + put + whole[at + len(put) :])[4:])
    assert read is not None
    assert sum(len(file.content) for file in read.files) <= len(whole) + len(put)
    decompress_rtf(compressed(data))
    rtf_to_text(data.decode("latin-1"))


@pytest.mark.parametrize(
    "data",
    [
        tnef(attribute(1, 0x8004, b"") * 200_000),
        tnef(attribute(2, 0x9002, b"") * 200_000),
        tnef(attribute(1, 0x9003, struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 3, 1, 1) * 200_000)),
        tnef(attribute(1, 0x9003, struct.pack("<IHHI", 1, 0x1003, 1, 0xFFFFFFFF))),
        tnef(attribute(1, 0x9003, struct.pack("<IHHI", 1, 0x1E, 0x1000, 0xFFFFFFFF) + b"\0" * 2_000_000)),
        tnef(attribute(1, 0x9003, props(prop(BINARY, 0x1009, compressed(b"\xff" + b"\x00\x0f" * 400_000))))),
    ],
    ids=["attributes", "files", "properties", "values", "strings", "rtf"],
)
def test_hostile_data_ends_in_time(data: bytes) -> None:
    begin = time.process_time()
    assert read_tnef(data) is not None
    assert time.process_time() - begin < 3

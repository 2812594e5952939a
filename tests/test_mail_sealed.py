"""Signed mail read through its seal, encrypted mail seen as such. The DER is written here byte by byte."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_read import read_mail
from bot.channels.mail_sealed import is_enveloped, signed_content, without_clear_sign

SIGNED = bytes.fromhex("06092a864886f70d010702")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nH\xc3\xa5l i gatan"


def der(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def ber(tag: int, value: bytes) -> bytes:
    return bytes([tag, 0x80]) + value + b"\0\0"


def signed(content: bytes) -> bytes:
    version, digests = der(2, b"\1"), der(0x31, der(0x30, bytes.fromhex("0609608648016503040201")))
    return der(0x30, SIGNED + der(0xA0, der(0x30, version + digests + der(0x30, DATA + content))))


def opened(content: bytes) -> bytes:
    version, digests = der(2, b"\1"), der(0x31, b"")
    return ber(0x30, SIGNED + ber(0xA0, ber(0x30, version + digests + ber(0x30, DATA + content))))


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (signed(der(0xA0, der(4, INNER))), INNER),
        (signed(der(0xA0, der(4, INNER * 20))), INNER * 20),
        (opened(ber(0xA0, ber(0x24, der(4, INNER[:10]) + der(4, INNER[10:])))), INNER),
        (signed(der(0xA0, der(0x24, der(4, INNER[:10]) + der(4, INNER[10:])))), INNER),
        (signed(b""), None),
        (signed(der(0xA0, der(5, b""))), None),
        (der(0x30, ENVELOPED + der(0xA0, b"x")), None),
        (b"", None),
    ],
)  # fmt: skip
def test_signed_content(data: bytes, content: bytes | None) -> None:
    assert signed_content(data) == content


def test_a_cut_content_is_read_as_far_as_it_goes() -> None:
    assert signed_content(signed(der(0xA0, der(4, INNER)))[:-5]) == INNER[:-5]


def test_enveloped() -> None:
    assert is_enveloped(der(0x30, ENVELOPED))
    assert not is_enveloped(signed(der(0xA0, der(4, INNER))))


def test_a_mail_in_a_seal_is_read() -> None:
    head = b"From: anna@example.org\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\n"
    read = read_mail(head + signed(der(0xA0, der(4, INNER))))
    assert (read.text, read.marks, read.files) == ("Hål i gatan", ("signed",), ())
    closed = read_mail(head + der(0x30, ENVELOPED + der(0xA0, b"x")))
    assert (closed.text, closed.marks, [file.name for file in closed.files]) == ("", ("encrypted",), ["smime.p7m"])


@pytest.mark.parametrize(
    ("text", "opened_text"),
    [
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHej\n- -- \nBo\n-----BEGIN PGP SIGNATURE-----\n\nx\n"
         "-----END PGP SIGNATURE-----\nslut", "Hej\n-- \nBo\nslut"),
        ("Först\n-----BEGIN PGP SIGNED MESSAGE-----\n\nHej", "Först\nHej"),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nHej\n-----BEGIN PGP SIGNATURE-----\nav", "Hej"),
    ],
)  # fmt: skip
def test_clear_signed(text: str, opened_text: str) -> None:
    assert without_clear_sign(text) == (opened_text, True)


def test_other_text_is_left_alone() -> None:
    assert without_clear_sign("- Hej\n-----BEGIN") == ("- Hej\n-----BEGIN", False)


@given(st.binary(max_size=300))
def test_any_data_can_be_read(data: bytes) -> None:
    for sealed in (data, SIGNED + DATA + b"\xa0\x80" + data):
        found = signed_content(sealed)
        assert found is None or len(found) <= len(sealed)


@pytest.mark.parametrize(
    "data",
    [
        SIGNED + DATA + b"\xa0\x80" + b"\x24\x80" * 1_000_000,
        SIGNED + DATA + b"\xa0\x80" + b"\4\0" * 1_000_000,
        b"\x30\x80" * 1_000_000,
    ],
)
def test_hostile_data_ends_in_time(data: bytes) -> None:
    begin = time.process_time()
    signed_content(data)
    without_clear_sign("-----BEGIN PGP SIGNED MESSAGE-----\n" * 50_000)
    without_clear_sign("-----BEGIN PGP SIGNED MESSAGE-----\n\n" + "-----BEGIN PGP SIGNATURE-----\n" * 50_000)
    assert time.process_time() - begin < 3

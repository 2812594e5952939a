"""Bytes to characters: charsets, mended ones included, encoded words, base64."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_charset import decode_base64, decode_bytes, decode_header


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("å".encode(), "iso-8859-1", "å"),
        ("å€".encode("cp1252"), "iso-8859-1", "å€"),
        ("å".encode("cp1252"), "us-ascii", "å"),
        ("å".encode("cp1252"), "x-no-such", "å"),
        ("å".encode("cp1252"), "utf-8", "å"),
        ("å".encode("cp1252"), "idna", "å"),
        ("Ł".encode("iso-8859-2"), "ISO-8859-2", "Ł"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("①日本".encode("cp932"), "Shift_JIS", "①日本"),
        ("日本".encode("shift_jis"), '"Shift_JIS"', "日本"),
        ("中文镕".encode("gbk"), "gb2312", "中文镕"),
        ("日本".encode("iso-2022-jp"), "", "日本"),
        ("日本".encode("iso-2022-jp"), "us-ascii", "日本"),
        (b"\x1b$\xff", "", "\x1b$ÿ"),
        ("Ł".encode("iso-8859-2"), "iso-8859-2 (Latin 2)", "Ł"),
        (b"H+AOU-l", "utf-7", "Hål"),
        (b"H+AOU-l", "unicode-1-1-utf-7", "Hål"),
        (b"H+AOU-l", "utf-8", "H+AOU-l"),
        ("Hål".encode("utf-16"), "utf-16", "Hål"),
        ("å".encode(), "utf-8mb4", "å"),
        (b"aGVq", "base64", "aGVq"),
        ("Hål".encode("utf-16"), "", "Hål"),
        ("Hål".encode("utf-8-sig"), "iso-8859-1", "Hål"),
        (b"\x81", "", "\ufffd"),
        ("åäö åäö åäö ".encode() * 3 + b"\xe5", "utf-8", "åäö åäö åäö " * 3 + "å"),
        ("这是一封很长的中文信件".encode("gbk") + b"\xff", "gbk", "这是一封很长的中文信件\ufffd"),
    ],
)
def test_charsets(data: bytes, charset: str, text: str) -> None:
    assert decode_bytes(data, charset) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?w6U?= =?UTF-8*sv?q?_=C3=A4?=", "å ä"),
        ("=?utf-8?Q?=C3?= =?UTF-8?Q?=A5?=", "å"),
        ("=?utf-8?Q?=C3?=\r\n\t \r\n =?utf-8?Q?=A5?=", "å"),
        ("=?utf-8?Q?=C3?==?utf-8?Q?=A5?=", "å"),
        ("=?utf-8?Q?=C3=\r\n A5?=", "å"),
        ("=?utf-8?B?w\r\n 6U=?=", "å"),
        ("=?utf-8?Q?Hej du =C3=A5?=", "Hej du å"),
        ("=?utf-8?Q?Hur? Nu?=", "Hur? Nu"),
        ("=?utf-8?Q?av =?utf-8?Q?bruten?=", "=?utf-8?Q?av bruten"),
        ("=?utf-8?B?w6U=?=", "å"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8?Q?b?=c", "bc"),
        ("=?nope?Q?=E5?=", "å"),
        ("=?utf-8?X?b?=", "=?utf-8?X?b?="),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("\x1b$BF|K\\\x1b(B", "日本"),
        ("=?utf-7?Q?H+AOU-l?=", "Hål"),
        ("=?utf-8?B?w?=", ""),
        ("a\r\n\tb\x00c", "a bc"),
        (b"H\xe5l".decode("ascii", "surrogateescape"), "Hål"),
        (b"=?iso-8859-1?Q?H\xe5l?=".decode("ascii", "surrogateescape"), "Hål"),
    ],
)
def test_header_words(raw: str, text: str) -> None:
    assert decode_header(raw) == text


@pytest.mark.parametrize("charset", ["gbk", "shift_jis", "koi8-r", "iso-8859-5"])
def test_raw_headers_are_read_in_the_charset_of_the_body(charset: str) -> None:
    word = "中文" if charset == "gbk" else "日本" if charset == "shift_jis" else "Привет"
    raw = word.encode(charset).decode("ascii", "surrogateescape")
    assert decode_header(raw, charset) == word
    assert decode_header(raw) != word
    assert decode_header("Hål".encode().decode("ascii", "surrogateescape"), charset) == "Hål"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_become_text(data: bytes, charset: str) -> None:
    decode_bytes(data, charset).encode("utf-8", "surrogatepass")
    decode_base64(data)
    assert "\n" not in decode_header(data.decode("ascii", "surrogateescape"), charset)


@given(st.binary(max_size=300))
def test_base64_comes_back(data: bytes) -> None:
    assert decode_base64(base64.encodebytes(data)) == data
    assert decode_base64(base64.b64encode(data).rstrip(b"=")) == data


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60))
def test_words_split_in_the_middle_of_letters_come_back(text: str) -> None:
    data = text.encode()
    words = " ".join(
        "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in data[at : at + 5]) + "?=" for at in range(0, len(data), 5)
    )
    assert decode_header(words) == text

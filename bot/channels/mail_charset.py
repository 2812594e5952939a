"""Bytes to characters: charsets of bodies and headers, encoded words, base64. Pure, and never raises."""

import binascii
import codecs
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache
from itertools import takewhile

from bot.channels.mail_text import clean

_WORD = re.compile(
    r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?"
    r"((?:[^?=]|=(?!\?[\w.:+-]{1,40}(?:\*[\w-]{0,20})?\?[bBqQ]\?)|\?(?!=)){0,2000}+)\?=",
    re.ASCII,
)
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ALPHABET = re.compile(rb"[A-Za-z0-9+/\r\n]*+")
_PADDING = re.compile(rb"=+")
_PIECES = 1_000
_CODECS = frozenset(aliases) | frozenset(aliases.values())
_SHIFTED = ("iso2022", "utf-16", "utf-32", "utf-7", "hz")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPE = b"\x1b$"
_UNDECLARED = ("", "cp1252", "utf-8")
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "iso2022_jp": "iso2022_jp_2",
}
"""Charsets that mailers name when they mean the wider one (WHATWG Encoding §4.2)."""

_MISSPELT = {"utf_8mb4": "utf_8", "utf_8_unicode": "utf_8", "utf": "utf_8", "x_sjis": "shift_jis", "x_gbk": "gbk",
             "windows_874": "cp874", "x_mac_roman": "mac_roman", "unicode_1_1_utf_7": "utf_7"}  # fmt: skip


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Return the codec of a charset label, empty if Python has none.

    Only names of the alias table are looked up: the rest (idna, punycode …) are slow traps or no text at all.
    """
    name = normalize_encoding(charset.partition("(")[0].strip("\"' ").lower())
    name = _MISSPELT.get(name, name)
    if name not in _CODECS:
        return ""
    try:
        found = codecs.lookup(name).name
        b"".decode(found)
    except (LookupError, ValueError):  # also codecs from bytes to bytes, as base64
        return ""
    return _WIDER.get(found, found)


def decode_bytes(data: bytes, charset: str = "") -> str:
    """Return the characters of a body or header: strict UTF-8, then the declared charset, then cp1252.

    A byte order mark decides, and is left out. Seven-bit charsets with shift sequences (ISO-2022, UTF-7, HZ) are
    valid UTF-8 by accident, so they are tried first when declared, ISO-2022-JP also where its escapes stand
    undeclared. Unknown charsets are ignored; what cp1252 lacks becomes U+FFFD. A text that is nearly all of UTF-8,
    or of the declared East Asian charset, is read as such: a few bytes came to harm.
    """
    if data.startswith(_MARKS):
        return data.decode("utf-16" if data[:1] != b"\xef" else "utf-8-sig", "replace")
    codec = _codec(charset) if charset else ""
    if _ESCAPE in data and codec in _UNDECLARED:
        codec = "iso2022_jp_2"
    for name in (codec, "utf-8") if codec.startswith(_SHIFTED) else ("utf-8", codec):
        try:
            if name:
                return data.decode(name)
        except (ValueError, LookupError):
            continue
    for name in ("utf-8", codec):
        if name and (text := _nearly(data, name)):
            return text
    return data.decode("cp1252", "replace")


def _nearly(data: bytes, codec: str) -> str:
    """Return the text if at most one in ten of its foreign characters is broken, broken bytes as cp1252; else empty."""
    try:
        text = data.decode(codec, "replace")
    except (ValueError, LookupError):
        return ""
    broken, foreign = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    if broken * 10 > foreign:
        return ""
    return data.decode(codec, "mail-cp1252") if codec == "utf-8" and broken < 10_000 else text


def _as_cp1252(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return fault.object[fault.start : fault.end].decode("cp1252", "replace"), fault.end


codecs.register_error("mail-cp1252", _as_cp1252)


def decode_base64(data: bytes) -> bytes:
    """Return the bytes behind base64 text; foreign characters and missing padding are forgiven.

    Pieces that were encoded one by one and put together, each with its padding, are all read; a footer that a list
    put below is not.
    """
    inner = data.find(b"=", 0, len(data.rstrip(b"=\r\n\t ")))
    if inner < 0:
        return _base64(data)
    first, *rest = _PADDING.split(data, _PIECES)
    whole = takewhile(lambda piece: _ALPHABET.fullmatch(piece) is not None, rest)
    return b"".join((_base64(first), *map(_base64, whole)))


def _base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except ValueError:
        kept = _NOT_BASE64.sub(b"", data)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def as_text(raw: str, charset: str = "") -> str:
    """Return a header as the parser keeps it, with its 8-bit bytes (there as surrogates) as characters."""
    return raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"), charset)


def decode_header(raw: str, charset: str = "") -> str:
    """Return a header value in one line of plain characters (RFC 2047, also where it is not allowed).

    Args:
        raw: as the parser keeps it. Raw 8-bit bytes are read as UTF-8, else as `charset`, else cp1252. Neighbouring
            encoded words of one charset are joined as bytes first: some mailers split in the middle of a letter.
        charset: what the body declares; mailers that write raw 8-bit headers use the same.
    """
    text = as_text(raw, charset)
    if "=?" in text:
        text = _decode_words(text)
    elif "\x1b" in text:
        text = decode_bytes(text.encode("utf-8", "replace"), "iso-2022-jp")
    return " ".join(clean(text).split())


def _decode_words(text: str) -> str:
    out: list[str] = []
    charset, data, end = "", b"", 0
    for word in _WORD.finditer(text):
        gap = text[end : word.start()]
        if gap.strip() or word[1].lower() != charset:
            out.append(decode_bytes(data, charset))
            data = b""
        if gap.strip() or not end:
            out.append(gap)
        content = _FOLD.sub("", word[3]).encode("utf-8", "replace")
        data += decode_base64(content) if word[2] in "bB" else binascii.a2b_qp(content, header=True)
        charset, end = word[1].lower(), word.end()
    return "".join((*out, decode_bytes(data, charset), text[end:]))

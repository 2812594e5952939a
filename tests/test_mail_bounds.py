"""Mails made to cost: whatever the form, time and memory stay within bounds (2 s and ten times the size for 25 MB).

Here a fifth of that size, so that the suite stays quick; the processor's time counts, whatever else the machine does.
"""

import struct
import time
import tracemalloc
from base64 import encodebytes
from collections.abc import Callable

import pytest

from bot.channels.mail_files import answer_files, files_with_content
from bot.channels.mail_read import read_mail
from bot.port import InboundKind

SIZE = 5_000_000
HEAD = b"From: Anna <anna@example.org>\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
TNEF = HEAD + b"Content-Type: application/ms-tnef\n\n" + struct.pack("<IH", 0x223E9F78, 1)
NEST = HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(30))


def filled(head: bytes, piece: bytes, tail: bytes = b"") -> bytes:
    return head + piece * ((SIZE - len(head) - len(tail)) // len(piece)) + tail


def body(kind: str, piece: bytes, encoding: str = "7bit") -> bytes:
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    return filled(HEAD + head, piece)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "tiny parts": lambda: filled(MIXED, b"--b\n\nx\n"),
    "named parts": lambda: filled(MIXED, b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"),
    "equal boundaries": lambda: filled(HEAD, b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n"),
    "nested dashes": lambda: filled(NEST, b"\n--b"),
    "messages": lambda: filled(HEAD, b"Content-Type: message/rfc822\n\n"),
    "coded messages": lambda: filled(
        HEAD, b"Content-Transfer-Encoding: quoted-printable\nContent-Type: message/rfc822\n\n"
    ),
    "boundary prefix": lambda: filled(MIXED, b"\n--ba"),
    "dashes": lambda: filled(MIXED, b"\n--"),
    "dashes after CR": lambda: filled(MIXED, b"\r--"),
    "headers": lambda: filled(HEAD, b"X-A: b\n"),
    "one header": lambda: filled(HEAD + b"X-A: ", b"x", b"\n\nHej"),
    "folds": lambda: filled(HEAD + b"X-A: x", b"\n x", b"\n\nHej"),
    "junk": lambda: filled(b"", b"junk\n"),
    "mbox lines": lambda: filled(b"", b"From x\n"),
    "base64 junk": lambda: body("text/plain", b"\xff=A", "base64"),
    "base64 file": lambda: (
        HEAD + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + encodebytes(b"x" * SIZE)
    ),
    "base64 padding": lambda: body("application/pdf", b"SGVqSA==", "base64"),
    "div": lambda: body("text/html", b"<div>"),
    "amp": lambda: body("text/html", b"&amp;"),
    "html parts": lambda: MIXED + (b"--b\nContent-Type: text/html\n\n" + b"<div>x" * 50_000 + b"\n") * 15,
    "soft breaks": lambda: body("text/plain", b"=\n", "quoted-printable"),
    "encoded words": lambda: filled(b"From: anna@example.org\nSubject: ", b"=?utf-8?q?a?= ", b"\n\nHej"),
    "open words": lambda: filled(b"From: anna@example.org\nSubject: ", b"=?utf-8?q?", b"\n\nHej"),
    "parameters": lambda: filled(HEAD + b"Content-Type: text/plain", b"; name*1*=a", b"\n\nHej"),
    "begin lines": lambda: body("text/plain", b"begin 644 a\n"),
    "one uu file": lambda: filled(HEAD + b"\nbegin 644 a\n", b"#86)C\n"),
    "calendar": lambda: body("text/calendar", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"),
    "outlook attributes": lambda: filled(TNEF, struct.pack("<BHHI", 1, 0x8004, 6, 1) + b"\0\0\0"),
    "outlook files": lambda: filled(TNEF, struct.pack("<BHHI", 2, 0x9002, 6, 1) + b"\0\0\0"),
    "zip": lambda: filled(HEAD + b"Content-Type: application/zip\n\nPK\x03\x04", b"\0"),
    "seal": lambda: filled(HEAD + b"Content-Type: application/pkcs7-mime\n\n", b"\x30\x80"),
    "rich text": lambda: body("text/rtf", b"{\\*\\x "),
    "clear signs": lambda: body("text/plain", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
    "flowed": lambda: body("text/plain; format=flowed", b"a \n"),
    "blank lines": lambda: body("text/plain", b"\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bounds(name: str) -> None:
    raw = HOSTILE[name]()
    begin = time.process_time()
    read = read_mail(raw, trusted_host="mx.example.org")
    assert time.process_time() - begin < 2
    assert read.kind in InboundKind
    assert raw.startswith((b"junk", b"From x")) or read.from_addr == "anna@example.org"
    begin = time.process_time()
    files_with_content(raw)
    answer_files(raw, lambda text: "secret" in text)
    assert time.process_time() - begin < 20  # whole files are read in all their readings here


@pytest.mark.parametrize("name", ["tiny parts", "dashes after CR", "base64 file", "div", "one uu file", "headers"])
def test_memory(name: str) -> None:
    raw = HOSTILE[name]()
    tracemalloc.start()
    try:
        read_mail(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * len(raw)


def test_beyond_the_limits_the_beginning_is_still_read() -> None:
    text = b"--b\nContent-Type: text/plain\n\nGatlyktan \xc3\xa4r trasig.\n"
    read = read_mail(MIXED + text + b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n" * 20_000)
    assert (read.error, read.text, read.kind) == ("too_many_parts", "Gatlyktan är trasig.", InboundKind.PERSON)

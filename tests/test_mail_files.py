"""The files of a mail, and which of an officer's answer a citizen may get."""

import base64
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_files import FILE_LIMIT, answer_files, files_with_content
from bot.channels.mail_read import read_mail
from bot.port import Attachment

MAILS = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "data" / "mail").glob("*.eml"))}
MARK = "==^=="
LINE = f"{MARK} Skriv ditt svar ovanför den här raden {MARK}"
SECRET = "kontakt+d-k7q4m2x9-1-anna-7-abcdefghij234567@example.org"
PDF = ("application/pdf", "plan.pdf", b"%PDF-1.4 test")


def internal(text: str) -> bool:
    return MARK in text or SECRET in text


def part(kind: str, name: str, content: bytes, disposition: str = "attachment") -> bytes:
    head = f"Content-Type: {kind}" + (f'; name="{name}"' if name else "")
    head += f"\nContent-Disposition: {disposition}" if disposition else ""
    return f"{head}\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(content)


def multi(sub: str, *parts: bytes, boundary: str = "m") -> bytes:
    mark = f"--{boundary}\n".encode()
    head = f"Content-Type: multipart/{sub}; boundary={boundary}\n\n".encode()
    return head + b"".join(mark + one + b"\n" for one in parts) + f"--{boundary}--\n".encode()


def mixed(*parts: bytes) -> bytes:
    return b"From: anna@example.org\n" + multi("mixed", b"Content-Type: text/plain\n\nKlart!", *parts)


def names(raw: bytes) -> tuple[list[str], bool]:
    files, refused = answer_files(raw, internal)
    return [file.name for file in files], refused


def test_files_are_those_of_read_mail_with_their_bytes() -> None:
    for raw in MAILS.values():
        listed, found = read_mail(raw).files, files_with_content(raw)
        assert [(one.name, one.media_type, one.size) for one in listed] == [
            (one.name, one.media_type, len(one.content)) for one in found
        ]
    expected = Attachment(name="Åtgärd plan.pdf", media_type="application/pdf", content=b"%PDF-1.4 test")
    assert files_with_content(MAILS["files"])[0] == expected


def test_many_small_files_are_read_in_one_pass() -> None:
    raw = mixed(*(part("application/pdf", f"{number}.pdf", b"%d" % number) for number in range(2_000)))
    begin = time.perf_counter()
    found = files_with_content(raw)
    kept, refused = answer_files(raw, internal)
    assert time.perf_counter() - begin < 5
    assert [one.content for one in found] == [b"%d" % number for number in range(FILE_LIMIT)]
    assert (len(kept), refused) == (FILE_LIMIT, True)


def test_ordinary_files_of_an_answer_go_to_the_citizen() -> None:
    files = [PDF, ("text/csv", "lista.csv", b"a;b"), ("text/plain", "info.txt", "Öppet".encode()),
             ("application/rtf", "brev.rtf", b"{\\rtf1 Hej}"), ("image/png", "karta.png", b"\x89PNG\x00")]  # fmt: skip
    kept, refused = answer_files(mixed(*(part(*one) for one in files)), internal)
    assert [(one.media_type, one.name, one.content) for one in kept] == files
    assert not refused


@pytest.mark.parametrize(
    "unasked",
    [
        multi("alternative", part("text/plain", "a.txt", b"x"), part("text/html", "b.html", b"x"), boundary="a"),
        multi("alternative", part("application/pdf", "b.pdf", b"x"), part("text/calendar", "", b"x"), boundary="a"),
        multi("alternative", multi("related", part("text/html", "b.htm", b"x", ""), boundary="r"), boundary="a"),
        part("application/ms-tnef", "x.dat", b"x"),
        part("application/octet-stream", "WinMail.dat", b"x"),
        part("text/rtf", "body.rtf", b"x", ""),
        part("application/rtf", "body.rtf", b"x", "inline"),
        part("text/vnd.google.email-reaction+json", "", b"{}"),
        b"Content-Type: message/rfc822\n\nSubject: x\n" + multi("mixed", part(*PDF), boundary="i"),
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        part("text/html", "sida.html", b"x", ""),
        part("text/plain", "rad.txt", b"x", "inline"),
        part("text/html", "ATT00001.htm", b"x"),
        part("text/plain", "ATT12345.TXT", b"x"),
    ],
)
def test_what_programs_add_is_left_out_silently(unasked: bytes) -> None:
    assert names(mixed(unasked, part(*PDF))) == (["plan.pdf"], False)
    assert names(mixed(unasked.replace(base64.encodebytes(b"x"), base64.encodebytes(LINE.encode())))) == ([], False)


def test_a_file_beside_the_text_of_an_apple_mail_is_kept() -> None:
    within = multi("mixed", part("text/html", "", b"Hej", ""), part(*PDF), boundary="r")
    assert names(mixed(multi("alternative", part("text/plain", "", b"Hej", ""), within, boundary="a"))) == (
        ["plan.pdf"],
        False,
    )


QP_MAIL = (
    b"From: a@example.org\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
    b"=3D=3D^=3D=3D Skriv\n"
)
DEEP_MAIL = b"From: a@example.org\n" + multi("mixed", part("application/octet-stream", "inre", QP_MAIL))
WORDS_MAIL = b"From: b@example.net\nTo: =?utf-8?q?kontakt+d-k7q4m2x9-1-anna-7-abcdefghij234567?=@example.org\n\nHej"
UTF16_MSG = b"\xd0\xcf\x11\xe0\x00" + LINE.encode("utf-16-le")


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("text/plain", "notis.txt", LINE.encode()),
        ("text/plain", "notis.txt", LINE.encode("utf-16")),
        ("text/x-log", "", SECRET.encode()),
        ("application/octet-stream", "notis.TXT", b"\0" + LINE.encode()),
        ("application/octet-stream", "notis", LINE.encode()),
        ("text/html", "notis.html", b"<p>=<b>=</b>^==</p>"),
        ("application/octet-stream", "notis.htm", b"<p>kontakt&#43;" + SECRET[8:].encode() + b"</p>\0"),
        ("text/html", "notis.html", b"<a href='mailto:" + SECRET.replace("+", "%2B").encode() + b"'>x</a>"),
        ("text/csv", "lista.csv", SECRET.replace("+", "%2B").encode()),
        ("text/csv", "lista.csv", SECRET.replace("+", "%252b").encode()),
        ("application/json", "x.json", SECRET.encode()),
        ("image/png", "x.xml", SECRET.encode()),
        ("text/plain", "bruten.txt", b"> " + SECRET[:30].encode() + b"\r\n> " + SECRET[30:].encode()),
        ("application/rtf", "x.rtf", b"{\\rtf1\\ansi \\'3d\\'3d^{\\b ==} Skriv\\par}"),
        ("application/rtf", "x.rtf", b"{\\rtf1 \\u61?\\u61?^== Skriv}"),
        ("application/octet-stream", "notis.eml", QP_MAIL),
        ("application/octet-stream", "notis", QP_MAIL + b"\0"),
        ("application/pdf", "egentligen-mejl.pdf", b"From x Fri\n" + QP_MAIL + b"\0"),
        ("application/octet-stream", "notis.eml", DEEP_MAIL),
        ("application/octet-stream", "notis.eml", WORDS_MAIL),
        ("application/vnd.ms-outlook", "notis.msg", UTF16_MSG),
        ("application/vnd.ms-outlook", "notis.msg", b"\0" + UTF16_MSG),
    ],
)
def test_a_file_that_holds_the_notice_is_refused(kind: str, name: str, content: bytes) -> None:
    assert names(mixed(part(kind, name, content), part(*PDF))) == (["plan.pdf"], True)


def test_pictures_and_documents_are_not_read_as_text() -> None:
    def ask(text: str) -> bool:
        pytest.fail(f"asked about {text[:20]}")

    files = (part(*PDF), part("image/png", "a.png", b"\x89PNG"), part("application/zip", "a.zip", b"PK"))
    assert len(answer_files(mixed(*files), ask)[0]) == 3


def test_an_answer_that_cannot_be_read_sends_nothing() -> None:
    def broken(text: str) -> bool:
        raise ValueError

    assert answer_files(mixed(part("text/csv", "a.csv", b"x")), broken) == ([], True)
    crowded = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_001
    assert answer_files(crowded, internal) == ([], True)
    assert files_with_content(crowded) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(MAILS)), st.lists(st.tuples(st.integers(0, 4_000), st.binary(max_size=30))))
def test_any_mail_can_be_read(name: str, damages: list[tuple[int, bytes]]) -> None:
    raw = MAILS[name]
    for at, put in damages:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) :]
    listed = [(file.name, file.size) for file in read_mail(raw).files]
    assert [(file.name, len(file.content)) for file in files_with_content(raw)] == listed[:FILE_LIMIT]
    kept, _ = answer_files(raw, internal)
    assert all(file in files_with_content(raw) for file in kept)


@pytest.mark.parametrize(
    "content",
    [b"{\\rtf" + b"\\" * 500_000, b"A:b\n " * 200_000, b"<a&" * 300_000, b" " * 800_000, QP_MAIL * 2_000],
    ids=["rtf", "heads", "tags", "blanks", "mails"],
)
def test_hostile_files_are_read_in_bounded_time(content: bytes) -> None:
    begin = time.perf_counter()
    answer_files(mixed(part("text/plain", "x.eml", content)), lambda text: False)
    assert time.perf_counter() - begin < 10

"""The files of a mail, and which of an officer's answer a citizen may get."""

import base64
import binascii
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_body import find_files
from bot.channels.mail_files import FILE_LIMIT, answer_files, files_with_content, list_files
from bot.channels.mail_parts import PARTS, parse
from bot.channels.mail_read import read_mail
from bot.channels.mail_tnef import SIGNATURE
from bot.port import Attachment, FileState

DATA = Path(__file__).parent / "data" / "mail"
MAILS = {str(path.relative_to(DATA).with_suffix("")): path.read_bytes() for path in sorted(DATA.rglob("*.eml"))}
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


def attribute(name: int, data: bytes) -> bytes:
    """An attribute of a file in winmail.dat."""
    return struct.pack("<BHHI", 2, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*files: tuple[bytes, bytes]) -> bytes:
    """Outlook's wrapping, with files in it: a rendering, a title and the content of each."""
    return SIGNATURE + b"\1\0" + b"".join(
        attribute(0x9002, b"\0" * 14) + attribute(0x8010, name + b"\0") + attribute(0x800F, content)
        for name, content in files
    )  # fmt: skip


def uu(name: str, content: bytes) -> bytes:
    return b"begin 644 " + name.encode() + b"\n" + binascii.b2a_uu(content) + b"`\nend\n"


def test_files_are_those_of_read_mail_with_their_bytes() -> None:
    for raw in MAILS.values():
        listed, found = read_mail(raw).files, files_with_content(raw)
        assert [one.part for one in listed] == list(range(len(found)))
        assert [(one.name, one.media_type, one.size) for one in listed] == [
            (one.name, one.media_type, len(one.content)) for one in found
        ]
    expected = Attachment(name="Åtgärd plan.pdf", media_type="application/pdf", content=b"%PDF-1.4 test")
    assert files_with_content(MAILS["files"])[0] == expected


def test_files_of_one_name_are_told_apart_by_their_place() -> None:
    raw = mixed(part("text/csv", "a.csv", b"1"), part(*PDF), part("text/csv", "a.csv", b"2"))
    found = files_with_content(raw)
    assert [(file.name, found[file.part].content) for file in read_mail(raw).files] == [
        ("a.csv", b"1"), ("plan.pdf", b"%PDF-1.4 test"), ("a.csv", b"2"),
    ]  # fmt: skip


def test_what_may_go_on_behind_a_cut_is_left_out() -> None:
    found = find_files(parse(mixed(part(*PDF), part(*PDF)).rpartition(b"\n--m--")[0])[0])
    passed, left_out = FileState.PASSED, FileState.LEFT_OUT
    assert [file.state for file in list_files(found, cut=True)] == [passed, left_out]
    assert [file.state for file in list_files(found)] == [passed, passed]


def test_files_within_winmail_dat_come_with_their_bytes() -> None:
    data = winmail((b"PLAN.PDF", b"%PDF-1.4 test"), (b"lista.csv", b"a;b"))
    raw = mixed(part("application/ms-tnef", "winmail.dat", data), part("image/png", "karta.png", b"\x89PNG"))
    assert [(file.name, file.content) for file in files_with_content(raw)] == [
        ("PLAN.PDF", b"%PDF-1.4 test"), ("lista.csv", b"a;b"), ("karta.png", b"\x89PNG"),
    ]  # fmt: skip
    assert [(file.name, file.part) for file in read_mail(raw).files] == [
        ("PLAN.PDF", 0), ("lista.csv", 1), ("karta.png", 2),
    ]  # fmt: skip


def test_uuencoded_files_come_with_their_bytes() -> None:
    raw = b"From: anna@example.org\n\nHej\n\n" + uu("plan.pdf", b"%PDF-1.4 test") + b"och\n" + uu("a.csv", b"a;b")
    assert files_with_content(raw) == [
        Attachment(name="plan.pdf", media_type="application/pdf", content=b"%PDF-1.4 test"),
        Attachment(name="a.csv", media_type="text/csv", content=b"a;b"),
    ]
    assert read_mail(raw).text == "Hej\n\noch"
    coded = b"Content-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: x-uuencode\n\n" + uu(
        "x", b"%PDF-"
    )
    assert [(file.name, file.content) for file in files_with_content(mixed(coded))] == [("plan.pdf", b"%PDF-")]


def test_many_small_files_are_read_in_one_pass() -> None:
    raw = mixed(*(part("application/pdf", f"{number}.pdf", b"%d" % number) for number in range(2_000)))
    begin = time.process_time()
    found = files_with_content(raw)
    kept, refused = answer_files(raw, internal)
    assert time.process_time() - begin < 5
    assert [one.content for one in found] == [b"%d" % number for number in range(FILE_LIMIT)]
    assert (kept, refused) == (found, True)
    assert len(read_mail(raw).files) == 2_000


def test_ordinary_files_of_an_answer_go_to_the_citizen() -> None:
    files = [PDF, ("text/csv", "lista.csv", b"a;b"), ("text/plain", "info.txt", "Öppet".encode()),
             ("application/rtf", "brev.rtf", b"{\\rtf1 Hej}"), ("image/png", "karta.png", b"\x89PNG\x00"),
             ("text/calendar", "tid.ics", b"BEGIN:VCALENDAR"), ("text/html", "sida.html", b"<p>Hej</p>")]  # fmt: skip
    kept, refused = answer_files(mixed(*(part(*one) for one in files)), internal)
    assert [(one.media_type, one.name, one.content) for one in kept] == files
    assert not refused
    assert answer_files(b"From: anna@example.org\n\nKlart!", internal) == ([], False)


def test_files_that_outlook_wrapped_or_wrote_into_the_text_go_to_the_citizen_unless_internal() -> None:
    wrapped = part("application/ms-tnef", "winmail.dat", winmail((b"a.csv", b"a;b"), (b"b.txt", LINE.encode())))
    assert names(mixed(wrapped)) == (["a.csv"], True)
    text = b"From: anna@example.org\n\nKlart!\n\n" + uu("a.csv", b"a;b") + b"\n" + uu("b.txt", MARK.encode())
    assert names(text) == (["a.csv"], True)


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
        b"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=fraga.eml\n\nSubject: x\n\nx",
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
        ("text/plain", "notis.txt", LINE.encode("cp1252")),
        ("text/plain", "notis.txt", LINE.encode("utf-16")),
        ("text/plain", "notis.txt", LINE.encode("utf-16-be")),
        ("text/plain; charset=utf-16-le", "notis.txt", LINE.encode("utf-16-le")),
        ("text/plain; charset=utf-7", "notis.txt", b"+AD0APQBeAD0APQ- Skriv"),
        ("text/x-log", "", SECRET.encode()),
        ("application/octet-stream", "notis.TXT", b"\0" + LINE.encode()),
        ("application/octet-stream", "notis", LINE.encode()),
        ("text/html", "notis.html", b"<p>=<b>=</b>^==</p>"),
        ("text/html", "notis.html", b"<p>Hej</p><div style='display:none'>=<b>=</b>^==</div>"),
        ("text/html", "notis.html", f"<p>Hej</p><!-- {LINE} -->".encode()),
        ("application/octet-stream", "notis.htm", b"<p>kontakt&#43;" + SECRET[8:].encode() + b"</p>\0"),
        ("text/html", "notis.html", b"<a href='mailto:" + SECRET.replace("+", "%2B").encode() + b"'>x</a>"),
        ("text/csv", "lista.csv", SECRET.replace("+", "%2B").encode()),
        ("text/csv", "lista.csv", SECRET.replace("+", "%252b").encode()),
        ("application/json", "x.json", SECRET.encode()),
        ("application/ld+json", "x", SECRET.encode()),
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
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        return False

    files = (part(*PDF), part("image/png", "a.png", b"\x89PNG"), part("application/zip", "a.zip", b"PK"))
    assert len(answer_files(mixed(*files), ask)[0]) == 3
    assert asked == ["plan.pdf", "a.png", "a.zip"]  # their names alone


def test_a_name_that_holds_a_secret_is_refused() -> None:
    assert names(mixed(part("application/pdf", f"{MARK}.pdf", b"%PDF"), part(*PDF))) == (["plan.pdf"], True)


def test_a_notice_wrapped_in_more_mails_than_are_searched_is_refused() -> None:
    wrapped = b"A: b\nC: d\n\n" + MARK.encode()
    for _ in range(8):
        wrapped = b"From: a\nContent-Type: application/octet-stream\nContent-Disposition: attachment\n\n" + wrapped
    assert answer_files(mixed(part("application/octet-stream", "x.bin", wrapped)), internal)[1]


def test_an_answer_that_cannot_be_read_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> bool:
        raise ValueError

    assert answer_files(mixed(part("text/csv", "a.csv", b"x")), broken) == ([], True)
    crowded = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * (PARTS + 1)
    assert answer_files(crowded, internal) == ([], True)
    assert files_with_content(crowded) == []
    monkeypatch.setattr("bot.channels.mail_files.find_files", broken)
    assert (answer_files(mixed(part(*PDF)), internal), files_with_content(mixed(part(*PDF)))) == (([], True), [])


@pytest.mark.parametrize(
    "content",
    [b"{\\rtf" + b"\\" * 500_000, b"A:b\n " * 200_000, b"<a&" * 300_000, b" " * 800_000, QP_MAIL * 2_000,
     b"From x\n" * 100_000, b"%25" * 300_000, b"&amp;" * 200_000, (LINE[:4] + "\0").encode() * 200_000],
    ids=["rtf", "heads", "tags", "blanks", "mails", "mbox", "percents", "entities", "wide"],
)  # fmt: skip
def test_hostile_files_are_read_in_bounded_time(content: bytes) -> None:
    raw = mixed(part("text/plain", "x.eml", content))
    begin = time.process_time()
    assert answer_files(raw, lambda text: False)[1] is False
    assert time.process_time() - begin < 10


def test_mails_within_mails_are_read_to_a_bounded_depth() -> None:
    raw = QP_MAIL
    for depth in range(12):
        raw = b"From: a@example.org\n" + multi("mixed", part("application/octet-stream", "", raw), boundary=f"d{depth}")
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        return False

    begin = time.process_time()
    answer_files(raw, ask)
    assert time.process_time() - begin < 10
    assert len(asked) < 100


WITH_FILES = [name for name, raw in MAILS.items() if files_with_content(raw)]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(WITH_FILES) | st.sampled_from(sorted(MAILS)),
    st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 40), st.binary(max_size=30)), max_size=8),
)
def test_any_mail_can_be_read(name: str, damages: list[tuple[int, int, bytes]]) -> None:
    raw = MAILS[name]
    for at, gone, put in damages:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + gone :] or b"x"
    found = files_with_content(raw)
    listed = [(file.name, file.media_type, file.size) for file in read_mail(raw).files][:FILE_LIMIT]
    assert [(file.name, file.media_type, len(file.content)) for file in found] == listed
    kept, _ = answer_files(raw, internal)
    assert all(file.content in [one.content for one in found] for file in kept)
    assert not any(internal(file.content.decode("utf-8", "replace")) for file in kept)
    assert not any(file.media_type.startswith("text/") for file in answer_files(raw, lambda text: True)[0])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("a.pdf", "b.bin", "", "å.jpg")), st.binary(max_size=80)), max_size=5))
def test_every_file_comes_back_as_it_was_attached(files: list[tuple[str, bytes]]) -> None:
    raw = mixed(*(part("application/octet-stream", name, content) for name, content in files))
    assert [file.content for file in files_with_content(raw)] == [content for _, content in files]

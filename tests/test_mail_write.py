"""Writing mails: the exact form, no injected headers, and the way back through the reader."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_file_names import file_name
from bot.channels.mail_files import files_with_content
from bot.channels.mail_read import read_mail
from bot.channels.mail_text import clean
from bot.channels.mail_write import safe_name, write_mail
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.port import Attachment, InboundKind, Outbound
from bot.set_out import as_page, as_text

PLAIN = Outbound(
    to_addr="anna@example.net",
    to_name="Anna",
    from_addr="kontakt@example.org",
    from_name="Kontaktcenter, Exempelby",
    reply_to="kontakt+c-k7q4m2x9-abcdefghij234567@example.org",
    return_path="kontakt+b-1z-abcdefghij234567@example.org",
    subject="Svar",
    text="Hej!\n\nVi har lagat det.\n",
    automatic=False,
    message_id="m1@example.org",
    created_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
)
PDF = Attachment(name="Åtgärdsplan för Storgatan.pdf", media_type="application/pdf", content=bytes(range(256)) * 3)


def written(message: Outbound) -> bytes:
    return write_mail(message, installation="exempelby-1")


def headers(raw: bytes) -> dict[str, str]:
    head = raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
    return dict(line.split(": ", 1) for line in head.split("\r\n"))


def test_the_whole_form_of_a_plain_mail() -> None:
    assert written(PLAIN) == (
        b'From: "Kontaktcenter, Exempelby" <kontakt@example.org>\r\n'
        b"To: Anna <anna@example.net>\r\n"
        b"Subject: Svar\r\n"
        b"Date: Fri, 20 Nov 2026 09:00:00 +0000\r\n"
        b"Message-ID: <m1@example.org>\r\n"
        b"Reply-To: kontakt+c-k7q4m2x9-abcdefghij234567@example.org\r\n"
        b"X-Kommunsvar-Installation: exempelby-1\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hej!\r\n\r\nVi har lagat det.\r\n"
    )


def test_an_attachment_comes_after_the_text() -> None:
    raw = written(replace(PLAIN, attachments=(PDF,)))
    boundary = headers(raw)["Content-Type"].partition('boundary="')[2].rstrip('"')
    assert headers(raw)["Content-Type"].startswith("multipart/mixed;")
    assert raw.count(b"--" + boundary.encode()) == 3
    assert raw.endswith(b"--" + boundary.encode() + b"--\r\n")
    assert b"Content-Disposition: attachment;\r\n filename*=utf-8''%C3%85tg" in raw
    longer = written(replace(PLAIN, attachments=(replace(PDF, name="å" * 20 + ".pdf"),)))
    assert b";\r\n filename*0*=utf-8''%C3%A5" in longer
    assert read_mail(longer).files[0].name == "å" * 20 + ".pdf"


def test_a_mail_without_a_page_is_what_it_always_was() -> None:
    """What citizens get: the bytes' digest was taken before pages were written."""
    message = replace(PLAIN, text="Hej Åsa!\n\n" + "Lampan är lagad. " * 20, automatic=True, attachments=(PDF,))
    digest = "d990a1f2a676ea843eacb6a2c9620ec1c3f0500709c72b505072839bbd38b331"
    assert hashlib.sha256(written(message)).hexdigest() == digest


def test_the_whole_form_of_a_mail_with_a_page() -> None:
    head, _, body = written(replace(PLAIN, html="<p>Hej Åsa!</p>\n")).partition(b"MIME-Version: 1.0\r\n")
    assert head == written(PLAIN).partition(b"MIME-Version: 1.0\r\n")[0]
    drawn = hashlib.sha256(b"m1@example.org").hexdigest()[32:56].encode()
    assert body == (
        b'Content-Type: multipart/alternative; boundary="=_' + drawn + b'"\r\n'
        b"\r\n"
        b"--=_" + drawn + b"\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hej!\r\n\r\nVi har lagat det.\r\n"
        b"\r\n"
        b"--=_" + drawn + b"\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"<p>Hej =C3=85sa!</p>\r\n"
        b"\r\n"
        b"--=_" + drawn + b"--\r\n"
    )


def test_text_and_page_stand_together_before_the_files() -> None:
    raw = written(replace(PLAIN, html="<p>Hej!</p>", attachments=(PDF, PDF)))
    whole = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/pdf",
    ]  # fmt: skip
    outer, inner = re.findall(rb'boundary="(=_\w+)"', raw)
    assert not outer.startswith(inner)
    assert not inner.startswith(outer)
    assert (raw.count(b"--" + outer), raw.count(b"--" + inner)) == (4, 3)
    read = read_mail(raw)
    assert (read.text, [file.content for file in files_with_content(raw)]) == (
        clean(PLAIN.text).strip(),
        [PDF.content] * 2,
    )


def test_automatic_mail_is_marked() -> None:
    assert "Auto-Submitted" not in headers(written(PLAIN))
    generated = headers(written(replace(PLAIN, automatic=True)))
    assert (generated["Auto-Submitted"], generated["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    replied = written(replace(PLAIN, automatic=True, in_reply_to="x@example.net"))
    assert headers(replied)["Auto-Submitted"] == "auto-replied"
    assert read_mail(replied).kind is InboundKind.AUTO


def test_ids_stand_in_brackets_and_odd_ones_are_left_out() -> None:
    references = ("a@x", "<b@x>", "", "å@x", "c\r\nBcc: d@x", "e>f@x", "l" * 501)
    read = headers(written(replace(PLAIN, in_reply_to="b@x", references=references)))
    assert read["In-Reply-To"] == "<b@x>"
    assert read["References"] == "<a@x> <b@x> <cBcc:d@x>"
    many = headers(written(replace(PLAIN, references=tuple(f"{number}@x" for number in range(80)))))[
        "References"
    ].split()
    assert (len(many), many[0], many[1], many[-1]) == (50, "<0@x>", "<31@x>", "<79@x>")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("Anna@Exempel-Å.example.net", "Anna@xn--exempel--h0a.example.net"),
        ("a,b@example.net", '"a,b"@example.net'),
        ('"a b"@example.net', '"a b"@example.net'),
        ("åsa@example.net", "åsa@example.net"),
        ("a@example.net>, <b@example.net", '"a@example.net, b"@example.net'),
        ("anna\r\nBcc: b@example.net", '"anna Bcc: b"@example.net'),
        ("anna", "anna"),
        ("a@" + "å" * 300, "a@" + "å" * 300),
    ],
)
def test_addresses(address: str, form: str) -> None:
    assert headers(written(replace(PLAIN, to_addr=address, to_name="")))["To"] == form


def test_long_subjects_are_folded() -> None:
    subject = "ett ganska vanligt ord " * 20
    raw = written(replace(PLAIN, subject=subject))
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert read_mail(raw).subject == subject.strip()
    assert read_mail(written(replace(PLAIN, subject="x" * 500))).subject == "x" * 500
    assert read_mail(written(replace(PLAIN, subject="=?utf-8?q?a?="))).subject == "=?utf-8?q?a?="


def test_text_stays_readable_where_most_of_it_is_ascii() -> None:
    swedish = written(replace(PLAIN, text="Här är svaret på din fråga om lekplatsen vid ån."))
    assert b"\r\n\r\nH=C3=A4r =C3=A4r svaret p=C3=A5" in swedish
    assert b"Content-Transfer-Encoding: base64" in written(replace(PLAIN, text="Здравствуйте"))
    assert read_mail(written(replace(PLAIN, text=".\n.\nFrom x\n" + "å" * 200))).text.startswith(".\n.\nFrom x\nå")


@pytest.mark.parametrize(
    ("given_type", "kind"),
    [
        ("application/pdf", "application/pdf"),
        ("IMAGE/JPEG", "image/jpeg"),
        ("text/csv", "text/csv"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed; boundary=x", "application/octet-stream"),
        ("a/b\r\nX-Evil: 1", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_files_never_run_or_render(given_type: str, kind: str) -> None:
    read = read_mail(written(replace(PLAIN, attachments=(replace(PDF, media_type=given_type),))))
    assert [(file.media_type, file.inline) for file in read.files] == [(kind, False)]
    assert read.text == "Hej!\n\nVi har lagat det."


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        (".htaccess", "htaccess"),
        ("a\r\nb\x00.txt", "a b.txt"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 200, "x" * 120),
        ("...", "bilaga"),
        ("", "bilaga"),
        ('a"b<c>.txt', "abc.txt"),
    ],
)
def test_file_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


TEXT = st.text(max_size=120) | st.text(alphabet="aåä \r\n:\t<>,\"\\=?_.-;'()", max_size=60)
IDS = st.from_regex(r"[A-Za-z0-9._+=/$-]{1,40}@[a-z0-9.-]{1,30}", fullmatch=True)
ADDRESSES = st.from_regex(r"[A-Za-z0-9_+-]{1,30}@[a-z0-9]{1,20}\.example", fullmatch=True)
NAMES = {"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "Auto-Submitted",
         "X-Auto-Response-Suppress", "X-Kommunsvar-Installation", "MIME-Version", "Content-Type",
         "Content-Transfer-Encoding"}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.booleans())
def test_nothing_can_add_a_header(
    subject: str, name: str, address: str, some_id: str, file: str, kind: str, text: str, auto: bool
) -> None:
    message = replace(
        PLAIN, subject=subject, from_name=name, to_name=name, to_addr=address, from_addr=address, reply_to=address,
        message_id=some_id, in_reply_to=some_id, references=(some_id, some_id), text=text, automatic=auto,
        attachments=(Attachment(name=file, media_type=kind, content=b"x"),),
    )  # fmt: skip
    raw = write_mail(message, installation=name)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert {line.partition(b":")[0].decode() for line in lines if line[:1] != b" "} <= NAMES
    assert sum(line.startswith(b"Subject:") for line in lines) <= 1
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert len(read_mail(raw).files) == 1


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_written_is_read_again(data: st.DataObject) -> None:
    files = data.draw(st.lists(st.tuples(TEXT, st.binary(max_size=300)), max_size=3))
    message = replace(
        PLAIN,
        subject=data.draw(TEXT),
        text=data.draw(TEXT),
        from_name=data.draw(TEXT),
        from_addr=data.draw(ADDRESSES),
        to_addr=data.draw(ADDRESSES),
        message_id=data.draw(IDS),
        in_reply_to=data.draw(IDS),
        references=tuple(data.draw(st.lists(IDS, max_size=10, unique=True))),
        attachments=tuple(
            Attachment(name=name, media_type="application/pdf", content=content) for name, content in files
        ),
    )
    raw = written(message)
    read = read_mail(raw)
    assert (read.from_addr, read.to_addrs) == (message.from_addr, (message.to_addr,))
    assert (read.message_id, read.in_reply_to) == (message.message_id, (message.in_reply_to,))
    assert read.references == message.references
    assert read.subject == one_line(message.subject)
    assert read.from_name.strip('", ') == one_line(message.from_name).strip('", ')
    assert read.text.strip() == clean(message.text).strip()
    names = [file_name(safe_name(name), "application/pdf", n) for n, (name, _) in enumerate(files, 1)]
    assert [file.name for file in read.files] == names
    assert [file.content for file in files_with_content(raw)] == [content for _, content in files]
    assert (read.loop_mark, read.error) == ("exempelby-1", "")


PARTS = st.lists(
    st.builds(Heading, TEXT)
    | st.builds(Paragraph, TEXT)
    | st.builds(Quote, TEXT)
    | st.builds(Table, st.tuples(TEXT, TEXT), st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(PARTS, st.booleans())
def test_what_is_set_out_is_read_again_as_text(parts: list[Part], with_file: bool) -> None:
    line = Paragraph("==^== Skriv ditt svar ovanför den här raden ==^==")
    text, page = as_text([line, *parts]), as_page([line, *parts], "sv")
    message = replace(PLAIN, text=text, html=page, attachments=(PDF,) if with_file else ())
    raw = written(message)
    assert raw == written(message)
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    forms = {part.get_content_type(): part for part in message_from_bytes(raw, policy=policy.default).walk()}
    assert forms["text/html"].get_content().replace("\r\n", "\n") == page
    read = read_mail(raw)
    assert (read.text, read.error) == (text.strip("\n "), "")
    assert [file.name for file in read.files] == ["Åtgärdsplan för Storgatan.pdf"] * with_file


@settings(max_examples=200, deadline=None)
@given(TEXT.filter(bool), TEXT)
def test_no_page_breaks_the_mails_form(page: str, text: str) -> None:
    raw = written(replace(PLAIN, html=page, text=text, attachments=(PDF,)))
    kinds = [part.get_content_type() for part in message_from_bytes(raw, policy=policy.default).walk()]
    assert kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]
    assert max(map(len, raw.split(b"\r\n"))) <= 76

"""Taking mails apart: header blocks as broken as they come, boundaries, nesting, encodings, limits."""

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_fields import FIELDS
from bot.channels.mail_parts import PARTS, Part, parse


def fields(raw: bytes) -> list[tuple[str, str]]:
    return [(name, " ".join(value.split())) for name, value in parse(raw)[0].raw_items()]


def shape(part: Part) -> object:
    """The types of a mail's tree, and the content of its leaves."""
    children = part.children()
    return (part.get_content_type(), [shape(child) for child in children]) if children else part.content()


FROM, SUBJECT = ("From", "a@example.org"), ("Subject", "Hej")


@pytest.mark.parametrize(
    ("raw", "expected", "body"),
    [
        (b"From: a@example.org\r\nSubject: Hej\r\n\r\nText", [FROM, SUBJECT], b"Text"),
        (b"From: a@example.org\rSubject: Hej\r\rText\rmer", [FROM, SUBJECT], b"Text\nmer"),
        (b"From: a@example.org\r\r\nSubject: Hej\r\r\n\r\r\nText", [FROM, SUBJECT], b"Text"),
        (b"From: a@example.org\nSubject: Hej\r\n\nText", [FROM, SUBJECT], b"Text"),
        (b"From : a@example.org\nSubject\t: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"\xef\xbb\xbfFrom: a@example.org\nSubject: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"\n \n\nFrom: a@example.org\nSubject: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"From x@example.org Fri Nov 20 10:00:00 2026\nFrom: a@example.org\nSubject: Hej\n\nText", [FROM, SUBJECT],
         b"Text"),
        (b">From x@example.org Fri\nFrom: a@example.org\nSubject: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"junk\nmore junk, with: colon\nFrom: a@example.org\nSubject: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"junk\n\nReceived: by x\nFrom: a@example.org\nSubject: Hej\n\nText",
         [("Received", "by x"), FROM, SUBJECT], b"Text"),
        (b"From: a@example.org\nSubject: Hej\n  du\n\tdar\n\nText", [FROM, ("Subject", "Hej du dar")], b"Text"),
        (b"Subject: Hej\ndu som laser\nFrom: a@example.org\n\nText", [("Subject", "Hej du som laser"), FROM], b"Text"),
        (b"Subject: =?utf-8?q?a?=\n=?utf-8?q?b?=\nFrom: a@example.org\n\nText",
         [("Subject", "=?utf-8?q?a?= =?utf-8?q?b?="), FROM], b"Text"),
        (b"From: a@example.org\n   \nSubject: Hej\n\nText", [FROM, SUBJECT], b"Text"),
        (b"From: a@example.org\nSubject: Hej\n \t\nText", [FROM, SUBJECT], b"Text"),
        (b"From: a@example.org\nSubject: Hej\nText utan tomrad\nmer", [FROM, SUBJECT], b"Text utan tomrad\nmer"),
        (b"Received: by x\n\nFrom: a@example.org\nSubject: Hej\nMIME-Version: 1.0\n\nText",
         [("Received", "by x"), FROM, SUBJECT, ("MIME-Version", "1.0")], b"Text"),
        (b"Bara text.\nhttp://example.org/x\n", [], b"Bara text.\nhttp://example.org/x\n"),
        (b"Hej!\n\nFrom: Bo\nTo: Kim\n\nsa han", [], b"Hej!\n\nFrom: Bo\nTo: Kim\n\nsa han"),
        (b"Obs: utan rubriker\nbara text", [], b"Obs: utan rubriker\nbara text"),
        (b"Foo: bar\n\nText", [("Foo", "bar")], b"Text"),
        (b"From: a@example.org", [FROM], b""),
        (b"", [], b""),
    ],
)  # fmt: skip
def test_header_blocks(raw: bytes, expected: list[tuple[str, str]], body: bytes) -> None:
    assert fields(raw) == expected
    assert parse(raw)[0].content() == body


def multi(kind: str, *parts: bytes, boundary: str = "b", end: bool = True) -> bytes:
    mark = f"--{boundary}".encode()
    head = f'Content-Type: {kind}; boundary="{boundary}"\n\n'.encode()
    return head + b"".join(mark + b"\n" + one + b"\n" for one in parts) + (mark + b"--\n" if end else b"")


TEXT = b"Content-Type: text/plain\n\nHej"
HTML = b"Content-Type: text/html\n\n<p>Hej"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (multi("multipart/mixed", TEXT, HTML), ("multipart/mixed", [b"Hej", b"<p>Hej"])),
        (multi("multipart/mixed", TEXT, HTML).replace(b"\n", b"\r\n"), ("multipart/mixed", [b"Hej", b"<p>Hej"])),
        (multi("multipart/mixed", TEXT, HTML).replace(b"\n", b"\r"), ("multipart/mixed", [b"Hej", b"<p>Hej"])),
        (multi("multipart/mixed", TEXT, end=False), ("multipart/mixed", [b"Hej\n"])),
        (multi("multipart/mixed", multi("multipart/alternative", TEXT, HTML, boundary="bb"), TEXT),
         ("multipart/mixed", [("multipart/alternative", [b"Hej", b"<p>Hej"]), b"Hej"])),
        (multi("multipart/mixed", multi("multipart/related", TEXT, boundary="c", end=False), HTML),
         ("multipart/mixed", [("multipart/related", [b"Hej\n"]), b"<p>Hej"])),
        (multi("multipart/mixed", multi("multipart/alternative", TEXT, HTML)),
         ("multipart/mixed", [b"", b"Hej", b"<p>Hej"])),
        (multi("multipart/mixed", TEXT).replace(b'"b"', b'"other"'), ("multipart/mixed", [b"Hej"])),
        (multi("multipart/mixed", TEXT).replace(b'; boundary="b"', b""), ("multipart/mixed", [b"Hej"])),
        (multi("multipart/mixed", TEXT).replace(b"--b\n", b"--b \t\n"), ("multipart/mixed", [b"Hej"])),
        (multi("multipart", TEXT), ("multipart/mixed", [b"Hej"])),
        (multi("multipart/mixed", b"\nutan rubrik"), ("multipart/mixed", [b"utan rubrik"])),
        (multi("multipart/digest", b"\nSubject: x\n\nHej"), ("multipart/digest", [("message/rfc822", [b"Hej"])])),
        (multi("multipart/mixed", TEXT) + b"\n--b\n" + HTML, ("multipart/mixed", [b"Hej", b"<p>Hej"])),
        (b"Content-Type: multipart/mixed; boundary=b\n\nbara text", b"bara text"),
        (b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
         + base64.encodebytes(b"--b\n" + TEXT + b"\n--b--"), ("multipart/mixed", [b"Hej"])),
        (b"Content-Transfer-Encoding: quoted-printable\n" + multi("multipart/mixed", TEXT),
         ("multipart/mixed", [b"Hej"])),
        (b"Content-Type: message/rfc822\n\nSubject: x\n\nHej", ("message/rfc822", [b"Hej"])),
        (b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
         + base64.encodebytes(b"Subject: x\n\nHej"), ("message/rfc822", [b"Hej"])),
        (b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\nHej",
         ("message/rfc822", [b"Hej"])),
    ],
)  # fmt: skip
def test_trees(raw: bytes, expected: object) -> None:
    message, error = parse(b"From: a@example.org\n" + raw)
    assert (shape(message), error) == (expected, "")


def test_a_boundary_that_begins_another_is_not_it() -> None:
    inner = multi("multipart/alternative", TEXT, HTML, boundary="bx")
    raw = multi("multipart/mixed", inner, *[TEXT] * 3)
    expected = ("multipart/mixed", [("multipart/alternative", [b"Hej", b"<p>Hej"]), b"Hej", b"Hej", b"Hej"])
    assert shape(parse(raw)[0]) == expected
    crowd = multi("multipart/mixed", b"\n" + b"--bx\n" * 5_000, TEXT)
    assert shape(parse(crowd)[0]) == ("multipart/mixed", [b"--bx\n" * 5_000, b"Hej"])


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"SMOlbA==", "Hål".encode()),
        ("BASE64 ", b"SMOl\r\nbA", "Hål".encode()),
        ("base-64", b"SMOlbA==", "Hål".encode()),
        ('"base64"', b"SMOlbA==", "Hål".encode()),
        ("base64; x", b"SMOl*bA==", "Hål".encode()),
        ("base64", b"SGVq\nSA==\nSGVq", b"HejHHej"),
        ("base64", b"SGVqIQ==\n__________\nEn lista med fotnot", b"Hej!"),
        ("base64", b"Det var en hel text, inte kodad.", b"Det var en hel text, inte kodad."),
        ("quoted-printable", b"H=C3=A5l =\nigen=", "Hål igen".encode()),
        ("quoted-printable", b"H=C3= \n=A5l", "Hål".encode()),
        ("quoted printable", b"H=C3=A5l", "Hål".encode()),
        ("quoted-printeable", b"H=C3=A5l", "Hål".encode()),
        ("QP", b"H=E5l", b"H\xe5l"),
        ("7-bit", b"H=E5l", b"H=E5l"),
        ("", b"H\xe5l", b"H\xe5l"),
        ("x-uuencode", b"begin 644 a.txt\n$2,.E;```\nend\n", "Hål".encode()),
        ("nonsense", b"SGVq", b"SGVq"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, content: bytes) -> None:
    raw = b"Content-Type: text/plain\nContent-Transfer-Encoding: " + encoding.encode() + b"\n\n" + body
    assert parse(raw)[0].content() == content


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("text/HTML; charset=utf-8", "text/html"),
        ('application/pdf name="x.pdf"', "application/pdf"),
        ('"text/html"', "text/html"),
        ("text", "text/plain"),
        ("; charset=utf-8", "text/plain"),
        ("image/svg+xml", "image/svg+xml"),
        ("text/plain charset", "text/plain"),
    ],
)
def test_types(value: str, kind: str) -> None:
    assert parse(f"Content-Type: {value}\n\nx".encode())[0].get_content_type() == kind


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('Content-Disposition: attachment; filename="plan.pdf"', "plan.pdf"),
        ("Content-Disposition: attachment; filename=min plan.pdf", "min plan.pdf"),
        ('Content-Disposition: attachment; filename="a;b=c.pdf"', "a;b=c.pdf"),
        ('Content-Disposition: attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        ('Content-Disposition: attachment; filename="oavslutad.pdf', "oavslutad.pdf"),
        ('Content-Disposition: filename="plan.pdf"', "plan.pdf"),
        ("Content-Disposition: attachment; filename*=utf-8''%C3%A5.pdf", "å.pdf"),
        ("Content-Disposition: attachment; filename*=%C3%A5.pdf", "å.pdf"),
        ("Content-Disposition: attachment; filename*=iso-8859-1'sv'%E5.pdf; filename=a.pdf", "å.pdf"),
        ("Content-Disposition: attachment; filename*1*=%C3%A5; filename*0*=utf-8''l; filename*2=.pdf", "lå.pdf"),
        ('Content-Disposition: attachment; filename*0="lång "; filename*1="plan.pdf"', "lång plan.pdf"),
        ("Content-Disposition: attachment; filename*0*=utf-8''a%C3; filename*1*=%A5.pdf", "aå.pdf"),
        ("Content-Disposition: attachment; filename*=x-no'%zz%C3%A5", "x-no'%zzå"),
        ('Content-Disposition: attachment; filename="=?utf-8?q?=C3=A5.pdf?="', "å.pdf"),
        ("Content-Disposition: attachment; filename==?utf-8?b?w6UucGRm?=", "å.pdf"),
        ('Content-Disposition: attachment\nContent-Type: application/pdf; name="plan.pdf"', "plan.pdf"),
        ('Content-Disposition: attachment; filename=""\nContent-Type: application/pdf; name="plan.pdf"', "plan.pdf"),
        ("Content-Disposition: attachment;\n filename=\"lång\n namn.pdf\"", "lång namn.pdf"),
        ("Content-Disposition: attachment", ""),
    ],
)  # fmt: skip
def test_names_as_written(head: str, name: str) -> None:
    assert parse(f"{head}\n\nx".encode())[0].file_name() == name


def test_a_raw_name_in_latin_1_is_read() -> None:
    assert parse(b'Content-Disposition: attachment; filename="r\xe4kning.pdf"\n\nx')[0].file_name() == "räkning.pdf"


def test_limits() -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    message, error = parse(head + b"--b\n\nx\n" * PARTS)
    assert (len(message.children()), error) == (PARTS, "")
    message, error = parse(head + b"--b\n\nx\n" * (PARTS + 1))
    assert (len(message.children()), error) == (PARTS, "too_many_parts")
    message, error = parse(b"X-A: b\n" * (FIELDS + 1) + b"\nText")
    assert (len(fields(b"X-A: b\n" * (FIELDS + 1))), message.content(), error) == (FIELDS, b"Text", "too_many_parts")
    deep = b"Content-Type: message/rfc822\n\n" * 100 + b"Hej"
    message, error = parse(deep)
    assert (sum(1 for _ in message.walk()), error) == (31, "too_many_parts")


def test_a_large_mail_is_searched_a_dozen_times_at_most() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20))
    message, error = parse(deep + b"\nHej")
    assert (sum(1 for _ in message.walk()), error) == (21, "")
    message, error = parse(deep + b"\n" + b"Hej\n" * 1_000_000)
    assert (sum(1 for _ in message.walk()), error) == (13, "too_many_parts")


def test_binary_content_keeps_its_bytes() -> None:
    binary = bytes(range(256)) * 4 + b"\r--x\r\n\n\r"
    raw = multi("multipart/mixed", b"Content-Type: image/png\nContent-Transfer-Encoding: binary\n\n" + binary)
    assert parse(raw)[0].children()[0].content() == binary.rstrip(b"\r")  # the last one reads as of the delimiter


PIECES = (
    b"--b\n", b"--b--\n", b"--", b"b", b"\n", b"\r", b"\r\n", b" ", b":", b'"', b"\0", b"\xe5", b"boundary", b"SGVq",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"=?utf-8?q?", b"From x\n",
    b"Content-Transfer-Encoding: base64\n", b"Subject: x\n", b"Received: a\n",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_parts_lie_within_their_parents_and_lose_nothing(pieces: list[bytes]) -> None:
    raw = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n" + b"".join(pieces)
    message, error = parse(raw)
    assert error in ("", "too_many_parts")
    for part in message.walk():
        assert isinstance(part, Part)
        assert len(part.body()) <= len(raw)
        assert all(re.fullmatch(r"[!-9;-~]+", name) for name, _ in part.raw_items())

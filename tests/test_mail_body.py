"""What of a mail is text and what is a file: each shape with what a person reads in it."""

import base64

import pytest

from bot.channels.mail_body import find_files, read_body
from bot.channels.mail_parts import parse

PLAIN = b"Content-Type: text/plain; charset=utf-8\n\nHej du"
HTML = b"Content-Type: text/html; charset=utf-8\n\n<p>Hej <b>du</b></p>"
PNG = b"Content-Type: image/png\nContent-ID: <x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="
PDF = b"Content-Type: application/pdf; name=plan.pdf\nContent-Disposition: attachment\n\n%PDF-1.4"
INNER = b"From: elsa@example.org\nSubject: =?utf-8?q?Inre_fr=C3=A5ga?=\n\nInre text"
MAIL = b"Content-Type: message/rfc822\n\n" + INNER


def multi(sub: str, *parts: bytes, boundary: str = "b") -> bytes:
    mark = f"--{boundary}\n".encode()
    head = f"Content-Type: multipart/{sub}; boundary={boundary}\n\n".encode()
    return head + b"".join(mark + one + b"\n" for one in parts) + f"--{boundary}--\n".encode()


def read(raw: bytes) -> tuple[str, list[str]]:
    body = read_body(parse(b"From: a@example.org\n" + raw)[0])
    return body.text, [file.name or file.media_type for file in body.files]


@pytest.mark.parametrize(
    ("raw", "text", "files"),
    [
        (PLAIN, "Hej du", []),
        (HTML, "Hej du", []),
        (multi("alternative", PLAIN, HTML), "Hej du", []),
        (multi("alternative", HTML), "Hej du", []),
        (multi("alternative", PLAIN.replace(b"Hej du", b""), HTML), "Hej du", []),
        (multi("alternative", PLAIN, multi("related", HTML, PNG, boundary="r")), "Hej du", ["image/png"]),
        (multi("alternative", PLAIN, multi("mixed", HTML, PDF, HTML, boundary="m")), "Hej du", ["plan.pdf"]),
        (multi("alternative", multi("mixed", PLAIN, PDF, boundary="m"), HTML), "Hej du", ["plan.pdf"]),
        (multi("alternative", PLAIN, HTML, PDF), "Hej du", ["plan.pdf"]),
        (multi("alternative", PDF), "", ["plan.pdf"]),
        (multi("related", HTML, PNG), "Hej du", ["image/png"]),
        (multi("mixed", PLAIN, PDF, b"Content-Type: text/plain\n\nDel tv\xc3\xa5"), "Hej du\n\nDel två", ["plan.pdf"]),
        (multi("mixed", PLAIN, HTML), "Hej du", []),
        (b"Content-Disposition: attachment; filename=a.txt\n\nHej du", "Hej du", ["a.txt"]),
        (b"Content-Type: text/html\n\n<head><meta charset='koi8-r'></head>\xf0\xf2", "ПР", []),
        (multi("mixed", HTML, b"Content-Type: text/html\n\n<p>Del tv\xc3\xa5"), "Hej du\n\nDel två", []),
        (multi("mixed", PLAIN, b"Content-Type: text/plain; name=logg.txt\n\nlogg"), "Hej du", ["logg.txt"]),
        (multi("mixed", b"Content-Type: text/plain; name=logg.txt\n\nlogg"), "logg", ["logg.txt"]),
        (multi("mixed", b"Content-Disposition: attachment\n\nlogg"), "", ["text/plain"]),
        (b"Content-Type: text/plain; name=kropp.txt\n\nHej du", "Hej du", []),
        (b"Content-Type: text/markdown\n\n# Hej du", "# Hej du", []),
        (b"Content-Type: text/enriched\n\n<bold>Hej</bold> <<du\n<color><param>red</param>och</color>\n\nni",
         "Hej <du och\nni", []),
        (b"Content-Type: text/rtf\n\n{\\rtf1\\ansi Hej du\\par}", "Hej du", ["text/rtf"]),
        (multi("mixed", PLAIN, b"Content-Type: application/rtf\n\n{\\rtf1 Annat}"), "Hej du", ["application/rtf"]),
        (b"Content-Type: text/plain\n\n<html><body><p>Hej du</body></html>", "Hej du", []),
        (b"Content-Type: multipart/mixed; boundary=borta\n\nHej du", "Hej du", []),
        (multi("mixed", PLAIN, b"Content-Type: text/csv\n\na;b"), "Hej du", ["text/csv"]),
        (b"Content-Type: text/x-amp-html\n\n<p>x", "", []),
        (multi("alternative", PLAIN, b"Content-Type: text/x-amp-html\n\n<p>x", HTML), "Hej du", []),
        (MAIL, "Inre text", []),
        (multi("mixed", MAIL), "Inre text", ["Inre fråga.eml"]),
        (multi("mixed", PLAIN, MAIL), "Hej du\n\n---\nInre text", ["Inre fråga.eml"]),
        (multi("mixed", PLAIN, b"Content-Disposition: attachment; filename=brev.eml\n" + MAIL),
         "Hej du\n\n---\nInre text", ["brev.eml"]),
        (multi("digest", b"\n" + INNER, b"\n" + INNER), "Inre text\n\n---\nInre text", []),
        (multi("mixed", PLAIN, b"Content-Type: message/rfc822\n\n" + multi("mixed", PLAIN, PDF, boundary="i")),
         "Hej du\n\n---\nHej du", ["message/rfc822", "plan.pdf"]),
        (b"Content-Type: message/partial; number=1; total=2\n\nSubject: x\n\nF\xc3\xb6rsta", "Första", []),
        (b"Content-Type: message/partial; number=2; total=2\n\nandra", "andra", []),
        (b"Content-Type: message/external-body; access-type=URL; url=\"https://example.org/a.pdf\"; name=a.pdf\n\nx",
         "a.pdf\nhttps://example.org/a.pdf", []),
        (multi("report", PLAIN, b"Content-Type: message/delivery-status\n\nAction: failed", MAIL),
         "Hej du\n\n---\nAction: failed\n\n---\nInre text", []),
        (multi("report", PLAIN, b"Content-Type: text/rfc822-headers\n\nSubject: x"), "Hej du\n\n---\nSubject: x", []),
        (b"Content-Type: text/plain\n\nHej\n\nbegin 644 a.txt\n#86)C\n`\nend\nslut", "Hej\n\nslut", ["a.txt"]),
    ],
)  # fmt: skip
def test_text_and_files(raw: bytes, text: str, files: list[str]) -> None:
    assert read(raw) == (text, files)


@pytest.mark.parametrize(
    ("raw", "own"),
    [
        (multi("mixed", PLAIN, MAIL), "Hej du"),
        (multi("mixed", MAIL), "Inre text"),
        (multi("report", PLAIN, b"Content-Type: message/delivery-status\n\nAction: failed", MAIL), "Hej du"),
        (multi("alternative", PLAIN, b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x"),
         "Hej du"),
    ],
)  # fmt: skip
def test_mails_sent_along_are_not_the_writers_own(raw: bytes, own: str) -> None:
    assert read_body(parse(raw)[0]).own == own


def test_the_html_beside_a_plain_version_is_at_hand() -> None:
    assert read_body(parse(multi("alternative", PLAIN, HTML))[0]).html == "<p>Hej <b>du</b></p>"
    assert read_body(parse(HTML)[0]).html == "<p>Hej <b>du</b></p>"
    assert read_body(parse(PLAIN)[0]).html == ""


CALENDAR = (
    b"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
    b"SUMMARY:Samr\xc3\xa5d\nDTSTART;TZID=Europe/Stockholm:20261123T100000\nEND:VEVENT\nEND:VCALENDAR"
)
PGP = b"-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----"
P7S = b"Content-Type: application/pkcs7-signature\n\nx"


@pytest.mark.parametrize(
    ("raw", "marks"),
    [
        (PLAIN, []),
        (CALENDAR, ["calendar_request"]),
        (multi("mixed", PLAIN, CALENDAR.replace(b"REQUEST", b"CANCEL")), ["calendar_cancel"]),
        (b"Content-Disposition: attachment\n" + CALENDAR, []),
        (multi("signed", PLAIN, P7S), ["signed"]),
        (multi("signed", PLAIN, b"Content-Type: application/pgp-signature\n\nx"), ["signed"]),
        (multi("encrypted", b"Content-Type: application/pgp-encrypted\n\nVersion: 1"), ["encrypted"]),
        (b"\n" + PGP, ["encrypted"]),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\n"
         + base64.b64encode(bytes.fromhex("3080 06092a864886f70d010703 a080 3080")), ["encrypted"]),
        (b"Content-Type: text/plain\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHej\n"
         b"-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----", ["signed"]),
    ],
)  # fmt: skip
def test_marks(raw: bytes, marks: list[str]) -> None:
    assert read_body(parse(b"From: a@example.org\n" + raw)[0]).marks == marks


def test_an_invitation_is_told_in_words_unless_the_text_says_it() -> None:
    assert read(multi("mixed", PLAIN, CALENDAR))[0] == "Hej du\n\nSamråd\n2026-11-23 10:00 (Europe/Stockholm)"
    said = PLAIN.replace(b"Hej du", "Samråd\n2026-11-23 10:00 (Europe/Stockholm)".encode())
    assert read(multi("alternative", said, CALENDAR))[0] == "Samråd\n2026-11-23 10:00 (Europe/Stockholm)"
    assert read(CALENDAR) == ("Samråd\n2026-11-23 10:00 (Europe/Stockholm)", ["text/calendar"])


def test_signatures_are_files_only_where_they_came_as_such() -> None:
    assert read(multi("signed", PLAIN, P7S)) == ("Hej du", [])
    named = b"Content-Disposition: attachment; filename=smime.p7s\n" + P7S
    assert read(multi("signed", PLAIN, named)) == ("Hej du", ["smime.p7s"])


@pytest.mark.parametrize(
    ("head", "inline"),
    [
        ("Content-Disposition: inline", True),
        ("Content-ID: <x>", True),
        ("Content-Disposition: attachment\nContent-ID: <x>", False),
        ("X-A: b", False),
    ],
)
def test_inline(head: str, inline: bool) -> None:
    found = find_files(parse(f"Content-Type: image/png\n{head}\n\nx".encode())[0])
    assert [file.inline for file in found] == [inline]


def test_a_mail_within_comes_back_as_it_was_written() -> None:
    coded = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(INNER)
    for raw in (MAIL, coded):
        (found,) = find_files(parse(multi("mixed", PLAIN, raw))[0])
        assert found.content() == INNER


def test_long_text_is_cut_between_letters() -> None:
    line = "å" * 49 + "\n"
    body = read_body(parse(b"Content-Type: text/plain\n\n" + line.encode() * 30_000)[0])
    assert body.cut
    assert set(body.text) == {"å", "\n"}
    assert len(body.text) == 200_000 - 1


def test_raw_names_are_of_the_charset_of_the_text() -> None:
    text = "Content-Type: text/plain; charset=gbk\n\n中文".encode("gbk")
    for head in ('Content-Disposition: attachment; filename="中文.pdf"', 'Content-Type: x/y; name="中文.pdf"'):
        assert read(multi("mixed", text, head.encode("gbk") + b"\n\nx")) == ("中文", ["中文.pdf"])

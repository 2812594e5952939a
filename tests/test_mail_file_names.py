"""Names of files made safe and distinct, types seen from the first bytes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_file_names import file_name, media_type, sniff


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\plan.pdf", "plan.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("plan.pdf. . ", "plan.pdf"),
        ("plan.pdf   .exe", "plan.pdf .exe"),
        ("plan.tar.gz", "plan.tar.gz"),
        (".dold", "dold"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("COM1.pdf", "_COM1.pdf"),
        ("console.pdf", "console.pdf"),
        ("", "bilaga-3.pdf"),
        ("...", "bilaga-3.pdf"),
        ("å" * 200 + ".pdf", "å" * 116 + ".pdf"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert file_name(name, "application/pdf", 3) == safe


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image/jpeg", "bilaga-1.jpg"),
        ("image/heic", "bilaga-1.heic"),
        ("message/rfc822", "bilaga-1.eml"),
        ("text/calendar", "bilaga-1.ics"),
        ("x/unknown", "bilaga-1.bin"),
    ],
)
def test_a_file_without_a_name_gets_one(kind: str, name: str) -> None:
    assert file_name("", kind, 1) == name


@given(st.text(max_size=200))
def test_any_name_becomes_safe(name: str) -> None:
    safe = file_name(name, "application/pdf", 1)
    assert safe
    assert len(safe) <= 121
    assert not re.search(r"[\x00-\x1f/\\<>:\"|?*\u202a-\u202e]|[. ]\Z", safe)


ZIP = b"PK\x03\x04" + b"\0" * 26


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0XXXX", ""),
        (ZIP + b"a.txt", "application/zip"),
        (ZIP + b"[Content_Types].xml" + b"\0" * 300 + b"word/document.xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ZIP + b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ZIP + b"mimetypeapplication/vnd.oasis.opendocument.textPK\x03\x04",
         "application/vnd.oasis.opendocument.text"),
        (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
        (b"{\\rtf1", "application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"Hej", ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_types_by_their_first_bytes(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    ("declared", "head", "kind"),
    [
        ("application/octet-stream", b"%PDF-1", "application/pdf"),
        ("application/octet-stream", b"Hej", "application/octet-stream"),
        ("application/x-download", b"\xff\xd8\xff", "image/jpeg"),
        ("image/jpg", b"\xff\xd8\xff", "image/jpeg"),
        ("image/png", b"\xff\xd8\xff", "image/jpeg"),
        ("application/pdf", b"MZ", "application/vnd.microsoft.portable-executable"),
        ("image/heic", b"Hej", "image/heic"),
        ("application/msword", b"{\\rtf1", "application/msword"),
        ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("application/vnd.oasis.opendocument.text", ZIP, "application/vnd.oasis.opendocument.text"),
        ("video/quicktime", b"\0\0\0\x18ftypmp42", "video/quicktime"),
    ],
)
def test_what_is_declared_holds_unless_the_bytes_deny_it(declared: str, head: bytes, kind: str) -> None:
    assert media_type(declared, head) == kind

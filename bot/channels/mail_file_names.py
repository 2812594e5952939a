"""Names and types of files that came along: names made safe and distinct, types seen from the first bytes. Pure."""

import re
from mimetypes import MimeTypes

from bot.channels.mail_write import safe_name

_TYPES = MimeTypes(filenames=())
_ENDINGS = {
    "image/heic": ".heic",
    "image/webp": ".webp",
    "image/jpeg": ".jpg",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/plain": ".txt",
    "message/rfc822": ".eml",
    "application/ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
}
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\Z)", re.IGNORECASE)
_OPENXML = "application/vnd.openxmlformats-officedocument."
_EXE = "application/vnd.microsoft.portable-executable"
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", _EXE),
    (b"\x7fELF", "application/x-elf"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
)
_PLAIN_SIGNS = frozenset(("application/pdf", "image/png", "image/jpeg", "image/gif", _EXE, "application/x-elf"))
"""Types whose first bytes prove more than what the mail declares."""

_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif",
           b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp"}  # fmt: skip
_VAGUE = frozenset((
    "application/octet-stream", "application/x-octet-stream", "binary/octet-stream", "application/binary",
    "application/unknown", "application/force-download", "application/download", "application/x-download",
))  # fmt: skip
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
         "application/x-pdf": "application/pdf", "application/x-zip-compressed": "application/zip",
         "application/x-msdownload": _EXE, "application/x-dosexec": _EXE,
         "application/x-msdos-program": _EXE}  # fmt: skip


def sniff(head: bytes) -> str:
    """Return the media type that the first bytes of a file (some 4 000) show, empty if they show none."""
    for sign, kind in _SIGNATURES:
        if head.startswith(sign):
            return _zipped(head) if kind == "application/zip" else kind
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12], "")
    return ""


def _zipped(head: bytes) -> str:
    """Return the kind of document a zip archive is, seen from the names in its beginning; it is never unpacked."""
    if head[30:38] == b"mimetype":
        named = re.match(rb"application/[a-z0-9.+-]{1,80}", head[38:140])
        return named[0].decode() if named else "application/zip"
    for folder, kind in (
        (b"word/", "wordprocessingml.document"),
        (b"xl/", "spreadsheetml.sheet"),
        (b"ppt/", "presentationml.presentation"),
    ):
        if folder in head[:4_000]:
            return _OPENXML + kind
    return "application/zip"


def media_type(declared: str, head: bytes) -> str:
    """Return what a file is: as declared, unless that says nothing or the first bytes contradict it."""
    declared = _SAME.get(declared, declared)
    seen = sniff(head)
    if not seen or seen == declared:
        return declared
    if declared in _VAGUE:
        return seen
    return seen if seen in _PLAIN_SIGNS and not declared.startswith(("multipart/", "message/")) else declared


def file_name(name: str, kind: str, number: int) -> str:
    """Return a safe name: without path, control and direction characters, never a device of Windows or empty.

    Args:
        name: as it came, decoded; may be empty.
        kind: media type, for the ending of one without a name.
        number: its place among the mail's files, from one.
    """
    ending = _ENDINGS.get(kind) or _TYPES.guess_extension(kind) or ".bin"
    safe = safe_name(name, f"bilaga-{number}{ending}")
    return f"_{safe}" if _DEVICES.match(safe) else safe

"""Writing a mail: `Outbound` to the bytes that SMTP sends. Pure.

Built by hand: every value is cleaned, encoded and folded here, so that no name, subject, id or file name can add a
header (the standard library's EmailMessage is also some five times slower).
"""

import binascii
import hashlib
import re
from base64 import encodebytes
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import quote

from bot.channels.mail_text import clean
from bot.port import Attachment, Outbound

CRLF = "\r\n"
_WORD_BYTES = 39  # as base64 within =?utf-8?b?…?= 64 characters: with "Subject: " before it below 76
_LINE = 76
_ID_LENGTH = 500
_REFERENCES = 50
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", re.ASCII)
_DOT_ATOM = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x20\x7f]+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}", re.ASCII)
_ACTIVE = re.compile(r"html|svg|[/+]xml|javascript|ecmascript|x-sh|x-msdownload|^(multipart|message)/")
_UNSAFE = re.compile(r'[<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_PLAIN_NAME = re.compile(r"[\w !#$&+.,@()'~^{}=-]{1,60}", re.ASCII)


def safe_name(name: str, fallback: str = "bilaga") -> str:
    """Return a file name without path, control and direction characters and leading dots, 120 characters at most.

    The ending is kept when it is cut; `fallback` is returned where nothing is left.
    """
    plain = _one_line(_UNSAFE.sub("", re.split(r"[/\\]", name)[-1])).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > 120:
        plain = stem[: 119 - len(ending)] + dot + ending if stem and len(ending) <= 10 else plain[:120]
    return plain.strip(". ") or fallback


def write_mail(message: Outbound, *, installation: str) -> bytes:
    """Return the whole mail with CRLF line ends, ready for SMTP (RFC 5322, MIME); the envelope is not in it.

    The same message gives the same bytes. Control characters and line ends in names, subjects, ids and file names
    become spaces or go; ids that are not ASCII or longer than 500 characters are left out. Text and files are
    encoded so that no line exceeds 76 characters. A page goes as the second form of the text, together with the files
    that have a Content-ID (RFC 2387, RFC 2392); all other files go as attachments. Types that a reader might run or
    render become ``application/octet-stream``. Domains are written in punycode (RFC 5891) where they can be; a local
    part outside ASCII is kept as UTF-8 and needs SMTPUTF8.

    Args:
        message: what to send. `created_at` becomes the Date, in UTC.
        installation: our own id, written as ``X-Kommunsvar-Installation`` so that a loop is seen.
    """
    head = [
        _address("From", message.from_name, message.from_addr),
        _address("To", message.to_name, message.to_addr),
        _text_header("Subject", message.subject),
        "Date: " + format_datetime(message.created_at.astimezone(UTC)),
        _ids("Message-ID", (message.message_id,)),
        _ids("In-Reply-To", (message.in_reply_to,)),
        _ids("References", message.references),
        _address("Reply-To", "", message.reply_to),
        *_automatic(message),
        "X-Kommunsvar-Installation: " + "".join(re.findall(r"[\w.@-]", installation, re.ASCII))[:80],
        "MIME-Version: 1.0",
    ]
    drawn = hashlib.sha256(message.message_id.encode("utf-8", "replace")).hexdigest()
    body = _text_part(message.text, "plain")
    shown = [file for file in message.attachments if file.cid and message.html]
    if message.html:
        page = _text_part(message.html, "html")
        if shown:
            page = _multipart("related", drawn[16:48], (page, *map(_file_part, shown)))
        body = _multipart("alternative", drawn[32:56], (body, page))
    if attached := [file for file in message.attachments if file not in shown]:
        body = _multipart("mixed", drawn[:32], (body, *map(_file_part, attached)))
    return "\r\n".join(filter(None, head)).encode("utf-8", "replace") + b"\r\n" + body


def _automatic(message: Outbound) -> tuple[str, ...]:
    """Return the marks of a mail that no person wrote (RFC 3834 §5; the second one is Microsoft's)."""
    if not message.automatic:
        return ()
    return (
        "Auto-Submitted: auto-replied" if message.in_reply_to else "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    )


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _words(text: str) -> list[str]:
    """Return the text as encoded words (RFC 2047), each of whole characters and short enough for any line."""
    out, chunk, size = [], "", 0
    for char in text:
        width = len(char.encode())
        if size + width > _WORD_BYTES:
            out.append(chunk)
            chunk, size = "", 0
        chunk += char
        size += width
    out.append(chunk)
    return [f"=?utf-8?b?{binascii.b2a_base64(part.encode(), newline=False).decode()}?=" for part in out]


def _folded(name: str, words: list[str]) -> str:
    """Return a header whose words are joined by spaces, broken before a word that would not fit the line."""
    lines, line = [], name + ":"
    for word in words:
        if len(line) + 1 + len(word) > _LINE and line != name + ":":
            lines.append(line)
            line = ""
        line += " " + word
    return "\r\n".join((*lines, line))


def _text_header(name: str, text: str) -> str:
    plain = _one_line(text)
    words = plain.split(" ")
    if plain and (not plain.isascii() or "=?" in plain or max(map(len, words)) > _LINE - len(name) - 2):
        words = _words(plain)
    return _folded(name, words) if plain else ""


def _address(header: str, name: str, address: str) -> str:
    """Return a header of one mailbox, empty if there is no address."""
    where = _safe_address(address)
    if not where:
        return ""
    plain = _one_line(name)
    if not plain:
        return _folded(header, [where])
    if not plain.isascii() or "=?" in plain or len(plain) > 60:
        words = _words(plain)
    elif _PHRASE.fullmatch(plain):
        words = plain.split(" ")
    else:
        words = ['"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return _folded(header, [*words, f"<{where}>"])


def _safe_address(address: str) -> str:
    """Return the address with its domain in ASCII and a local part that cannot end the mailbox early."""
    local, at, domain = _one_line(address).rpartition("@")
    domain = re.sub(r'[\s<>()\[\],;:\\"]', "", domain)
    if not at:
        return domain
    domain = domain.lower()
    if not domain.isascii() and len(domain) < 254:
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    local = local.strip('"')
    if not _DOT_ATOM.fullmatch(local):
        local = '"' + re.sub(r'[\\"<>]', "", local) + '"'
    return f"{local}@{domain}"


def _ids(header: str, ids: tuple[str, ...]) -> str:
    """Return a header of message ids, each on its own line; empty if none is left. The first and the last 49 count."""
    kept = ["".join(clean(one).split()).strip("<>") for one in ids]
    kept = [one for one in kept if 0 < len(one) <= _ID_LENGTH and one.isascii() and not set(one) & set("<>")]
    if len(kept) > _REFERENCES:
        kept = [kept[0], *kept[1 - _REFERENCES :]]
    return f"{header}: " + "\r\n ".join(f"<{one}>" for one in kept) if kept else ""


def _multipart(kind: str, drawn: str, parts: Sequence[bytes]) -> bytes:
    """Return headers and body of parts: what belongs together, or forms of the same with the plainest first."""
    # "=_" can stand in neither quoted-printable nor base64, so the boundary never occurs in a part.
    mark = f"--=_{drawn}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="=_{drawn}"\r\n\r\n'
    return head.encode() + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _text_part(text: str, kind: str) -> bytes:
    """Return headers and body of the text: quoted-printable, or base64 where a third of the bytes is not ASCII."""
    data = clean(text).rstrip("\n").replace("\n", "\r\n").encode("utf-8") + b"\r\n"
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: ".encode()
    foreign = len(data) - len(data.decode("utf-8").encode("ascii", "ignore"))
    if foreign * 3 > len(data):
        return head + b"base64\r\n\r\n" + encodebytes(data).replace(b"\n", b"\r\n")
    return head + b"quoted-printable\r\n\r\n" + binascii.b2a_qp(data, istext=True)


def _file_part(file: Attachment) -> bytes:
    kind = file.media_type.strip().lower()
    if not _TYPE.fullmatch(kind) or _ACTIVE.search(kind):
        kind = "application/octet-stream"
    known = _ids("Content-ID", (file.cid,)) if file.cid else ""
    place = "inline" if known else "attachment"
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{known}{CRLF if known else ''}"
        f"Content-Disposition: {place}{_file_name(safe_name(file.name))}\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(file.content).replace(b"\n", b"\r\n")


def _file_name(name: str) -> str:
    """Return the ``filename`` parameter, continued over lines where it is long or not ASCII (RFC 2231)."""
    if _PLAIN_NAME.fullmatch(name):
        return f';\r\n filename="{name}"'
    coded = quote(name, safe="")
    if len(coded) <= 50:
        return f";\r\n filename*=utf-8''{coded}"
    pieces = re.findall(r"(?:%..|[^%]){1,16}", "utf-8''" + coded)
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))

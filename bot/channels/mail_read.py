"""Reading a mail: bytes in, `Inbound` out. Pure, and never raises on any bytes.

The standard library's ``compat32`` parser takes the mail apart; headers, charsets and parameters are read here,
because the library keeps undecoded words, stumbles over unknown charsets and is quadratic in stray quotes.
"""

import binascii
import codecs
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache
from mimetypes import MimeTypes
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from bot.channels.mail_html import html_to_text
from bot.channels.mail_kind import Headers, classify, find_address, read_addresses, read_ids, read_verdict, received_at
from bot.channels.mail_text import clean, is_forward, new_text
from bot.channels.mail_write import safe_name
from bot.port import Bounce, Inbound, InboundFile, InboundKind

T = TypeVar("T")

TEXT_LIMIT = 200_000
"""Characters of text that are kept; more is cut and marked ``text_cut``. The raw mail keeps all."""

_PART_MARKS = 10_000
_HEAD_LINES = 5_000
_LINES = 1_000_000
_LINES_TIMES_PARTS = 20_000_000
_VALUE_LIMIT = 20_000
_SUBJECT_LIMIT = 1_000
_ADDRESSES = 500
_DEPTH = 30
_A_PERSON: tuple[InboundKind, Bounce | None] = (InboundKind.PERSON, None)

_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]*)\?=", re.ASCII)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_CODECS = frozenset(aliases) | frozenset(aliases.values())
_SHIFTED = ("iso2022", "utf-16", "utf-32", "utf-7", "hz")


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Return the codec of a charset label, empty if Python has none.

    Only names of the alias table are looked up: the rest (idna, punycode …) are slow traps or no text at all.
    ASCII and Latin-1 are read as cp1252, as browsers do.
    """
    name = normalize_encoding(charset.strip("\"' ").lower())
    if name not in _CODECS:
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "cp1252" if found in ("ascii", "iso8859-1") else found


def decode_bytes(data: bytes, charset: str = "") -> str:
    """Return the characters of a body or header: strict UTF-8, then the declared charset, then cp1252.

    Seven-bit charsets with shift sequences (ISO-2022, UTF-7, HZ) are valid UTF-8 by accident, so they are
    tried first when declared. Unknown charsets are ignored; what cp1252 lacks becomes U+FFFD.
    """
    codec = _codec(charset) if charset else ""
    for name in (codec, "utf-8") if codec.startswith(_SHIFTED) else ("utf-8", codec):
        try:
            if name:
                return data.decode(name)
        except (ValueError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def decode_base64(data: bytes) -> bytes:
    """Return the bytes behind base64 text; foreign characters and missing padding are forgiven."""
    try:
        return binascii.a2b_base64(data)
    except ValueError:
        kept = _NOT_BASE64.sub(b"", data)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _as_text(raw: str) -> str:
    """Return a header as the parser keeps it with its 8-bit bytes (there as surrogates) as characters."""
    return raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"))


def decode_header(raw: str) -> str:
    """Return a header value in one line of plain characters (RFC 2047, also where it is not allowed).

    Args:
        raw: as the ``compat32`` parser keeps it. Raw 8-bit bytes are read as UTF-8, else cp1252. Neighbouring
            encoded words of one charset are joined as bytes first: some mailers split in the middle of a letter.
    """
    text = _as_text(raw)
    if "=?" in text:
        text = _decode_words(text)
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
        content = word[3].encode("utf-8", "replace")
        data += decode_base64(content) if word[2] in "bB" else binascii.a2b_qp(content, header=True)
        charset, end = word[1].lower(), word.end()
    return "".join((*out, decode_bytes(data, charset), text[end:]))


_PARAM = re.compile(r';\s*([\w.*+-]+)\s*=\s*(?:"((?:[^"\\]|\\.){0,2000}+)"|([^;]*))', re.DOTALL)
_EXACT = frozenset(("", "7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"))
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


class Part(Message):
    """A part that reads its own type and parameters, in linear time."""

    _type: str | None = None
    _params: dict[str, str]

    def head(self, name: str) -> str:
        """Return the topmost header of this name as it stands, empty if there is none."""
        return next((str(value)[:_VALUE_LIMIT] for key, value in self.raw_items() if key.lower() == name), "")

    def get_content_type(self) -> str:
        """Return the media type; text/plain where the header is not one."""
        if self._type is None:
            value = self.head("content-type")
            kind = value.partition(";")[0].strip().lower()
            fits = _TYPE.fullmatch(kind)
            self._type = kind if fits else ("text/plain" if value else self.get_default_type())
            self._params = _read_params(value)
        return self._type

    def get_boundary(self, failobj: T | None = None) -> str | T | None:  # type: ignore[override]
        """Return the boundary that the parser looks for."""
        return self.param("boundary").rstrip() or failobj

    def param(self, name: str) -> str:
        """Return a decoded parameter of Content-Type."""
        self.get_content_type()
        return self._params.get(name, "")

    def disposition(self) -> str:
        """Return ``attachment``, ``inline`` or what else it says of itself."""
        return self.head("content-disposition").partition(";")[0].strip().lower()

    def file_name(self) -> str:
        """Return the name it came with, as written; Content-Disposition goes before Content-Type."""
        given = self.head("content-disposition")
        return (_read_params(given).get("filename", "") if ";" in given else "") or self.param("name")

    def children(self) -> list["Part"]:
        """Return the parts directly within this one."""
        payload = self.get_payload()
        return [part for part in payload if isinstance(part, Part)] if isinstance(payload, list) else []

    def content(self) -> bytes:
        """Return the decoded bytes."""
        data = self.get_payload(decode=True)
        encoding = self.head("content-transfer-encoding").lower()
        if not isinstance(data, bytes) or encoding in _EXACT:
            return data if isinstance(data, bytes) else b""
        if encoding.strip().startswith("base64"):  # the library knows only the exact word
            return decode_base64(data)
        return binascii.a2b_qp(data) if encoding.strip().startswith("quoted") else data


def _read_params(value: str) -> dict[str, str]:
    """Return the decoded parameters of a header (RFC 2045; RFC 2231; encoded words and raw 8-bit forgiven)."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for found in _PARAM.finditer(value):
        name, star, rest = found[1].lower().partition("*")
        text = re.sub(r'\\(["\\])', r"\1", found[2]) if found[2] is not None else found[3].strip()
        if not star:
            plain.setdefault(name, decode_header(text))
            continue
        number = rest.rstrip("*")
        data = text.encode("utf-8", "surrogateescape")
        order = int(number) if number.isdecimal() and len(number) < 4 else 0
        pieces.setdefault(name, {}).setdefault(order, (data, rest.endswith("*") or not number))
    return plain | {name: _join_pieces(parts) for name, parts in pieces.items()}


def _join_pieces(parts: dict[int, tuple[bytes, bool]]) -> str:
    ordered = [parts[order] for order in sorted(parts)]
    first, extended = ordered[0]
    if not extended:
        return decode_header(b"".join(data for data, _ in ordered).decode("utf-8", "surrogateescape"))
    charset, _, rest = first.partition(b"'") if first.count(b"'") >= 2 else (b"", b"", b"'" + first)
    ordered[0] = (rest.partition(b"'")[2], True)
    joined = b"".join(unquote_to_bytes(data) if coded else data for data, coded in ordered)
    return " ".join(clean(decode_bytes(joined, charset.decode("ascii", "replace"))).split())


_JUNK = re.compile(rb">From [^\n]*\n|(?!From )[^\n:]*\n(?=[\w-]+:)")
_HEAD_END = re.compile(rb"\n[ \t]*\r?\n|\r[ \t]*\r")
_BOUNDARY = re.compile(rb"(?i)boundary")


def parse(raw: bytes) -> tuple[Part, str]:
    """Return the parsed mail and an error code; a mail too large in its form is read by its head alone."""
    raw = raw.lstrip(b"\r\n")
    if junk := _JUNK.match(raw):
        raw = raw[junk.end() :]
    found = _HEAD_END.search(raw)
    head = raw[: found.end()] if found else raw
    marks, lines = raw.count(b"\n--") + raw.count(b"\r--"), max(raw.count(b"\n"), raw.count(b"\r"))
    head_lines = max(head.count(b"\n"), head.count(b"\r"))
    dense = marks > 20 and lines > 20_000 and len(_BOUNDARY.findall(raw)) * lines > _LINES_TIMES_PARTS
    if dense or marks > _PART_MARKS or head_lines > _HEAD_LINES or lines > _LINES:
        first = re.split(rb"(?<=[\r\n])", head, maxsplit=_HEAD_LINES)
        return message_from_bytes(b"".join(first[:_HEAD_LINES]), _class=Part), "too_many_parts"
    try:
        return message_from_bytes(raw, _class=Part), ""
    except Exception:  # the library promises nothing for deep nesting; the head is always readable
        return message_from_bytes(head, _class=Part), "unparsed"


def read_mail(raw: bytes, *, trusted_host: str = "", envelope_sender: str | None = None) -> Inbound:
    """Return the mail as the product sees it. Never raises: what cannot be read is empty and named in `error`.

    `error` is the first of ``too_many_parts`` (read by its head alone), ``unparsed``, ``header``, ``body``,
    ``files``, ``kind``, ``text_cut`` (more than `TEXT_LIMIT` characters), or empty. `language` is always empty
    for now. Domains of addresses are in lower case; local parts keep their case.

    Args:
        raw: the whole mail, headers and body, with any kind of line ends.
        trusted_host: the one host whose Received and Authentication-Results headers are believed.
        envelope_sender: the SMTP return path, empty for the null one; None if the transport does not know it.
    """
    message, error = parse(raw)
    faults = _Faults(error)
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(_as_text(str(value)[: 10 * _VALUE_LIMIT]))
    head = _read_head(headers, faults, trusted_host, envelope_sender)
    text = faults.spare("body", lambda: _body(message), "")
    if len(text) > TEXT_LIMIT:
        text = text[:TEXT_LIMIT]
        faults.code = faults.code or "text_cut"
    files: tuple[InboundFile, ...] = faults.spare("files", lambda: list_files(message), ())
    kind, bounce = faults.spare(
        "kind",
        lambda: classify(message, headers, envelope_sender, subject=head.subject, text=text, has_files=bool(files)),
        _A_PERSON,
    )
    own = faults.spare("body", lambda: new_text(text, forwarded=is_forward(head.subject)), text)
    return replace(head, text=text, new_text=own, files=files, kind=kind, bounce=bounce, error=faults.code)


def _read_head(headers: Headers, faults: "_Faults", trusted_host: str, envelope_sender: str | None) -> Inbound:
    spare = faults.spare
    name, address = spare("header", lambda: _sender(headers, envelope_sender), ("", ""))
    return Inbound(
        subject=spare("header", lambda: _one(headers, "subject")[:_SUBJECT_LIMIT], ""),
        from_addr=address,
        from_name=name,
        to_addrs=spare("header", lambda: _recipients(headers), ()),
        message_id=spare("header", lambda: next(iter(_ids(headers, "message-id")), ""), ""),
        in_reply_to=spare("header", lambda: _ids(headers, "in-reply-to"), ()),
        references=spare("header", lambda: _ids(headers, "references"), ()),
        date_seen=spare("header", lambda: received_at(headers.get("received", ()), trusted_host), None),
        authentic=spare("header", lambda: read_verdict(headers, address, trusted_host), "none"),
        loop_mark=spare("header", lambda: _one(headers, "x-kommunsvar-installation")[:80], ""),
        hops=len(headers.get("received", ())),
    )


class _Faults:
    """Keeps the first error code while each field is read on its own."""

    def __init__(self, code: str) -> None:
        self.code = code

    def spare(self, code: str, read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except Exception:
            self.code = self.code or code
            return default


def _one(headers: Headers, name: str) -> str:
    return decode_header(next(iter(headers.get(name, ())), "")[:_VALUE_LIMIT])


def _sender(headers: Headers, envelope_sender: str | None) -> tuple[str, str]:
    """Return name and address of the writer: From, else Sender, else whatever address the head gives of the sender."""
    for name in ("from", "sender"):
        for value in headers.get(name, ()):
            found = read_addresses(value[:_VALUE_LIMIT]) or read_addresses(decode_header(value[:_VALUE_LIMIT]))
            if found:
                return decode_header(found[0][0]).strip('" '), clean(found[0][1])
            if address := find_address(value[:_VALUE_LIMIT]):
                return "", clean(address)
    paths = (*headers.get("return-path", ()), envelope_sender or "")
    return "", clean(next(filter(None, map(find_address, paths)), ""))


def _recipients(headers: Headers) -> tuple[str, ...]:
    found = [pair for name in ("to", "cc") for value in headers.get(name, ()) for pair in read_addresses(value)]
    return tuple(dict.fromkeys(clean(address) for _, address in found))[:_ADDRESSES]


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    return read_ids([decode_header(value) for value in headers.get(name, ())])


_SHOWN = frozenset(("plain", "html", "x-amp-html", "x-watch-html", "enriched", "rfc822-headers"))
_NO_HTML = re.compile(r"html.{0,60}(mail|e-post|viewer|client|browser|program|läsare)|stöder inte html", re.IGNORECASE)


def _is_file(part: Part) -> bool:
    main, _, sub = part.get_content_type().partition("/")
    if main == "multipart":
        return False  # one whose boundary never came: its content is read as text
    return main != "text" or sub not in _SHOWN or part.disposition() == "attachment" or bool(part.file_name())


def _body(message: Part) -> str:
    return clean(_render(message, 0)).strip("\n ")


def _render(part: Part, depth: int) -> str:
    kind = part.get_content_type()
    if depth > _DEPTH or kind.endswith(("/delivery-status", "/rfc822-headers")):
        return ""
    if part.is_multipart():
        children = part.children()
        if kind == "multipart/alternative":
            return _best(children, depth)
        text = "\n\n".join(filter(str.strip, [_render(child, depth + 1) for child in children]))
        return f"---\n{text}" if text and kind.startswith("message/") else text
    if _is_file(part):
        return ""
    text = decode_bytes(part.content(), part.param("charset"))
    return html_to_text(text) if kind.startswith("text/") and kind != "text/plain" else text.strip("\r\n")


def _best(children: list[Part], depth: int) -> str:
    """Return the plain version, or the rich one where the plain one is empty or says next to nothing."""
    plain = [child for child in children if child.get_content_type() == "text/plain" and not _is_file(child)]
    rich = [child for child in children if child not in plain]
    short = "\n\n".join(_render(child, depth + 1) for child in plain)
    weight = sum(len(str(child.get_payload())) for child in rich if not child.is_multipart())
    stub = not short.strip() or (len(short) < 200 and (weight > 4_000 + 20 * len(short) or _NO_HTML.search(short)))
    if not stub:
        return short
    long = max((_render(child, depth + 1) for child in rich), key=len, default="")
    return long if not short.strip() or len(long) > max(300, 5 * len(short)) or _NO_HTML.search(short) else short


_TYPES = MimeTypes(filenames=())
_ENDINGS = {
    "image/heic": ".heic",
    "text/calendar": ".ics",
    "image/webp": ".webp",
    "text/vcard": ".vcf",
    "application/ms-tnef": ".dat",
}


def list_files(message: Part) -> tuple[InboundFile, ...]:
    """Return the files of a parsed mail, each with its place among the parts."""
    files: list[InboundFile] = []
    for index, part in enumerate(message.walk()):
        if part.is_multipart() or not _is_file(part):
            continue
        kind = part.get_content_type()
        ending = _ENDINGS.get(kind) or _TYPES.guess_extension(kind) or ".bin"
        name = safe_name(part.file_name(), f"bilaga-{len(files) + 1}{ending}")
        inline = part.disposition() == "inline" or (not part.disposition() and bool(part.head("content-id")))
        size = len(part.content())
        files.append(InboundFile(name=name, media_type=kind, size=size, inline=inline, part=index))
    return tuple(files)

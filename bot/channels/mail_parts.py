"""The parts of a mail: taken apart here, within limits, in time linear in its size.

The standard library's parser reads line by line, which costs 17 s for 25 MB of tiny parts, loses all parts behind a
wrong boundary and never looks into an encoded message/rfc822. Here boundaries are searched for as bytes, and a part
is a place in the mail, not a copy of it.
"""

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any, TypeVar

from bot.channels.mail_charset import decode_base64
from bot.channels.mail_fields import find_head, head_after, read_head
from bot.channels.mail_params import read_params
from bot.channels.mail_sealed import signed_content
from bot.channels.mail_uu import decode_uu

T = TypeVar("T")

PARTS = 5_000
"""Parts that a mail is taken apart into; those beyond are left alone and the mail is marked ``too_many_parts``."""

_DEPTH = 30
_LF, _CR = b"\n\r"
_SEARCHES = 12
_VALUE_LIMIT = 20_000
_FALSE_HITS = 1_000
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?=[;\s\x22']|\Z)", re.ASCII)
_MULTI = re.compile(r"multipart\b", re.ASCII)
_CODED = re.compile(r"[^a-z0-9]+")
_MESSAGES = frozenset(("message/rfc822", "message/global", "message/news", "message/partial"))
SEALED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
"""Types of S/MIME; one that is signed and not encrypted has the mail within it as its child."""

_REST = re.compile(rb"(?:--)?[ \t]*+(?:\r*+\n|\r|\Z)")
_GUESS = re.compile(
    rb"(?:\A|(?<=[\r\n]))--([^\s\r\n][^\r\n]{0,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}:|\r?\n)", re.IGNORECASE
)
_GUESS_BYTES = 20_000
_SOFT_BREAK = re.compile(rb"=[ \t]+\r?\n")
_BETWEEN_WORDS = re.compile(rb"(?<=\S) (?=\S)")


class Part(Message):
    """A part that reads its own type, parameters and content, in linear time; to others a message of the library."""

    def __init__(
        self, raw: bytes = b"", start: int = 0, end: int = 0, fields: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__()
        self._raw, self._start, self._end = raw, start, end
        self._fields = fields or []
        self._headers = list(self._fields)
        self._parts: list[Part] = []
        self._type = ""
        self._params: dict[str, str] = {}

    def head(self, name: str) -> str:
        """Return the topmost header of this name (lower case) as it stands, empty if there is none."""
        return next((value[:_VALUE_LIMIT] for key, value in self._fields if key.lower() == name), "")

    def raw_items(self) -> Any:  # noqa: ANN401  (as the library has it)
        """Return names and values of the header, in order."""
        return iter(self._fields)

    def get_content_type(self) -> str:
        """Return the media type; text/plain where the header is not one."""
        if not self._type:
            value = self.head("content-type")
            kind = value.lstrip(" \t\"'").lower()
            fits = _TYPE.match(kind)
            self._type = fits[0] if fits else ("text/plain" if value else self.get_default_type())
            if not fits and _MULTI.match(kind) and "boundary" in kind:
                self._type = "multipart/mixed"
            self._params = read_params(value) if value else {}
        return self._type

    def param(self, name: str) -> str:
        """Return a decoded parameter of Content-Type."""
        self.get_content_type()
        return self._params.get(name, "")

    def disposition(self) -> str:
        """Return ``attachment``, ``inline`` or what else it says of itself."""
        return self.head("content-disposition").partition(";")[0].strip(" \t\"'").lower()

    def file_name(self, charset: str = "") -> str:
        """Return the name it came with, as written; Content-Disposition goes before Content-Type.

        `charset` is that of the mail's text, for raw 8-bit names.
        """
        given = self.head("content-disposition")
        if "=" in given:
            params = read_params(given if ";" in given else ";" + given, charset)
            if name := params.get("filename") or params.get("name"):
                return name
        if charset and not self.head("content-type").isascii():
            return read_params(self.head("content-type"), charset).get("name", "")
        return self.param("name") or self.param("filename")

    def encoding(self) -> str:
        """Return ``base64``, ``quoted``, ``uu`` or empty (content as it stands), misspelt ones understood."""
        said = _CODED.sub("", self.head("content-transfer-encoding").partition(";")[0].lower())
        if said.startswith(("base64", "b64", "bas64")):
            return "base64"
        if said.startswith(("quoted", "qp")):
            return "quoted"
        return "uu" if said in ("uuencode", "uue", "xuuencode", "xuue") else ""

    def is_multipart(self) -> bool:
        """Whether other parts lie within this one."""
        return bool(self._parts)

    def children(self) -> list["Part"]:
        """Return the parts directly within this one."""
        return self._parts

    def add(self, parts: list["Part"]) -> None:
        """Put parts within this one."""
        self._parts = parts

    def body(self, limit: int = 0) -> bytes:
        """Return the bytes as they stand, undecoded; at most `limit` of them if it is given."""
        return self._raw[self._start : min(self._end, self._start + limit) if limit else self._end]

    def size(self) -> int:
        """Return how many bytes it has, undecoded."""
        return self._end - self._start

    def holds(self, word: bytes) -> bool:
        """Whether the bytes stand in it, undecoded."""
        return self._raw.find(word, self._start, self._end) >= 0

    def is_last(self) -> bool:
        """Whether it reaches to the end of the mail, and so may be cut where the mail is."""
        return self._end >= len(self._raw)

    def source(self) -> bytes:
        """Return the mail within a message/rfc822 as bytes: what a file of it holds."""
        data, encoding = self.body(), self.encoding()
        if encoding and self._parts and self._parts[0]._raw is not self._raw:
            return decode_base64(data) if encoding == "base64" else binascii.a2b_qp(data)
        return data

    def content(self, limit: int = 0) -> bytes:
        """Return the decoded bytes, empty if other parts lie within; read from the first `limit` ones if given."""
        if self._parts:
            return b""
        data, encoding = self.body(limit), self.encoding()
        if encoding == "base64":
            return data if self._is_plain(data) else decode_base64(data)
        if encoding == "quoted":
            return binascii.a2b_qp(_SOFT_BREAK.sub(b"=\n", data))
        return decode_uu(data) if encoding == "uu" else data

    def _is_plain(self, data: bytes) -> bool:
        """Whether a text that claims to be base64 is none: words with blanks between them."""
        return (
            self.get_content_type().startswith("text/")
            and len(_BETWEEN_WORDS.findall(data[:400].partition(b"=")[0])) > 2
        )

    def get_payload(self, i: int | None = None, decode: bool = False) -> Any:  # noqa: ANN401, D102
        if self._parts:
            return None if decode else (self._parts if i is None else self._parts[i])
        return self.content() if decode else self.body().decode("ascii", "surrogateescape")


class _Bounds:
    """What may still be spent on a mail."""

    def __init__(self, size: int) -> None:
        self.parts = PARTS
        self.decoded = size + 100_000
        self.searched = _SEARCHES * size + 1_000_000
        self.error = ""


_ENVELOPE = re.compile(rb"\s{0,100}+>?(From [^\r\n]{1,500})")
"""An mbox file's line above the mail, which names the return path."""


def parse(raw: bytes) -> tuple[Part, str]:
    """Return the parsed mail and an error code.

    ``too_many_parts``: it has more than `PARTS` parts, is nested deeper than 30 times (a large one: 12), or its header
    has more fields than are read; the first ones are there. ``unparsed``: all of it is taken for one text.
    """
    raw = bytes(raw)
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    elif b"\r--" in raw and b"\0" not in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    bounds = _Bounds(len(raw))
    try:
        mail = _mail(raw, 0, len(raw), 0, bounds)
        if envelope := _ENVELOPE.match(raw):
            mail.set_unixfrom(envelope[1].decode("ascii", "replace"))
    except Exception:  # nothing is known to raise, but no mail may be lost
        return Part(raw, 0, len(raw)), "unparsed"
    return mail, bounds.error


def _mail(raw: bytes, start: int, end: int, depth: int, bounds: _Bounds) -> Part:
    """Return a whole mail: the one that came, or one within it."""
    begin = find_head(raw, start, end)
    if begin < 0:
        return Part(raw, start, end)
    return _entity(raw, begin, end, depth, bounds, whole=True)


def _entity(
    raw: bytes, start: int, end: int, depth: int, bounds: _Bounds, *, whole: bool = False, default: str = "text/plain"
) -> Part:
    head = read_head(raw, start, end)
    if whole and (more := head_after(raw, head, end)) >= 0:
        again = read_head(raw, more, end)
        head = type(head)(fields=head.fields + again.fields, end=again.end, closed=True, cut=again.cut)
    if head.cut:
        bounds.error = "too_many_parts"
    part = Part(raw, head.end, end, head.fields)
    part.set_default_type(default)
    kind = part.get_content_type()
    if kind.startswith("multipart/") or kind in _MESSAGES or kind in SEALED:
        if depth >= _DEPTH:
            bounds.error = "too_many_parts"
        elif kind.startswith("multipart/"):
            _fill(part, raw, head.end, end, depth, bounds)
        elif kind in SEALED:
            _unseal(part, depth, bounds)
        else:
            _open(part, raw, head.end, end, depth, bounds)
    return part


def _unseal(part: Part, depth: int, bounds: _Bounds) -> None:
    """Read the mail within an opaque signature (RFC 8551 §3.5.2)."""
    inner = signed_content(_decoded(part, bounds))
    if inner:
        part.add([_mail(inner, 0, len(inner), depth + 1, bounds)])


def _open(part: Part, raw: bytes, start: int, end: int, depth: int, bounds: _Bounds) -> None:
    """Read the mail within a part; it may be encoded, though RFC 2046 §5.2.1 forbids it."""
    if part.get_content_type() == "message/partial" and part.param("number") not in ("", "1"):
        return
    if part.encoding() and find_head(raw, start, min(end, start + 2_000)) < 0:
        raw = _decoded(part, bounds)
        start, end = 0, len(raw)
    if start < end:
        part.add([_mail(raw, start, end, depth + 1, bounds)])


def _decoded(part: Part, bounds: _Bounds) -> bytes:
    """Return the decoded content, empty if too much was decoded already (a bound for nested encodings)."""
    content = part.content()
    bounds.decoded -= len(content)
    return content if bounds.decoded >= 0 else b""


def _fill(part: Part, raw: bytes, start: int, end: int, depth: int, bounds: _Bounds) -> None:
    """Read the parts of a multipart; without its boundary, by one that looks like it, or decoded as a whole."""
    bounds.searched -= end - start
    if bounds.searched < 0:
        bounds.error = "too_many_parts"
        return
    places = _places(raw, start, end, _boundary(part), bounds)
    if not places and part.encoding():
        raw = _decoded(part, bounds)
        start, end = 0, len(raw)
        places = _places(raw, start, end, _boundary(part), bounds)
    if not places and (guess := _GUESS.search(raw, start, min(end, start + _GUESS_BYTES))):
        places = _places(raw, start, end, guess[1], bounds)
    default = "message/rfc822" if part.get_content_type() == "multipart/digest" else "text/plain"
    part.add([_entity(raw, begin, close, depth + 1, bounds, default=default) for begin, close in places])


def _boundary(part: Part) -> bytes:
    return part.param("boundary").rstrip().encode("utf-8", "replace")


def _places(raw: bytes, start: int, end: int, boundary: bytes, bounds: _Bounds) -> list[tuple[int, int]]:
    """Return where parts begin and end (RFC 2046 §5.1.1). The last one needs no closing delimiter."""
    out: list[tuple[int, int]] = []
    begin = -1
    for at, after, closing in _delimiters(raw, start, end, boundary) if boundary else ():
        if begin >= 0:
            out.append((begin, max(begin, _before(raw, begin, at))))
        begin = -1 if closing else after
        if not closing and bounds.parts <= 0:
            bounds.error = "too_many_parts"
            return out
        bounds.parts -= not closing
    if begin >= 0:
        out.append((begin, end))
    return out


def _delimiters(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter line begins (at its line break), where it ends, and whether it is a closing one."""
    needle, misses = b"\n--" + boundary, 0
    pattern: re.Pattern[bytes] | None = None
    at = start if raw.startswith(needle[1:], start) else raw.find(needle, max(0, start - 1), end)
    while 0 <= at < end:
        mark = at + len(needle) - (raw[at] != _LF)
        line = _REST.match(raw, mark, end)
        if line:
            yield at, line.end(), raw.startswith(b"--", mark)
        misses += not line
        if misses <= _FALSE_HITS:
            at = raw.find(needle, (line.end() if line else mark) - 1, end)
            continue
        # A boundary that begins others: let the search itself look at the rest of the line.
        pattern = pattern or re.compile(re.escape(needle) + _REST.pattern)
        found = pattern.search(raw, (line.end() if line else mark) - 1, end)
        at = found.start() if found else -1


def _before(raw: bytes, begin: int, at: int) -> int:
    """Return where the content before a delimiter ends: the line break belongs to the delimiter."""
    while at > begin and raw[at - 1] == _CR:
        at -= 1
    return at

"""What of a mail a person reads, and what is a file. Pure; made not to raise on any parsed mail.

One walk decides for both, so that nothing is lost between them and nothing shown twice.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from mimetypes import MimeTypes

from bot.channels.mail_calendar import read_calendar
from bot.channels.mail_charset import decode_bytes, decode_header
from bot.channels.mail_html import html_to_text
from bot.channels.mail_parts import SEALED, Part
from bot.channels.mail_rtf import rtf_to_text
from bot.channels.mail_sealed import PGP_MESSAGE, is_enveloped, without_clear_sign
from bot.channels.mail_text import clean, unflow
from bot.channels.mail_tnef import SIGNATURE, read_tnef
from bot.channels.mail_uu import split_uu

TEXT_LIMIT = 200_000
"""Characters of text that are kept; more is cut and marked ``text_cut``. The raw mail keeps all."""

PLAIN_BYTES = 1_000_000
_RICH_BYTES = 2_000_000
_ALL_BYTES = 2_500_000
_TNEF_BYTES = 60_000_000
_MACHINE = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
            "message/feedback-report", "text/rfc822-headers", "message/rfc822-headers",
            "message/global-headers")  # fmt: skip
_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_TNEF_NAMES = ("winmail.dat", "win.dat")
_RTF = frozenset(("text/rtf", "application/rtf", "text/richtext"))
_OTHER_FORMS = frozenset(("text/x-amp-html", "text/x-watch-html", "text/watch-html"))
_NO_TEXT = re.compile(r"text/(calendar|vcard|x-vcard|directory|csv|xml|css|javascript|rtf|vnd\..*|x-.*|json)")
_SIGNATURES = frozenset(("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"))
_NO_HTML = re.compile(r"html.{0,60}(mail|e-post|viewer|client|browser|program|läsare)|stöder inte html", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,200}\bcharset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE | re.ASCII)
_META_BYTES = 4_000
_TAG = re.compile(r"<<|<param>[^<]*</param>|<[^<>]{0,100}>", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")
_BREAKS = re.compile(r"\n+")
_TYPES = MimeTypes(filenames=())
_MORE = 2
_OWN, _NESTED, _MACHINE_TOLD, _CALENDAR = range(4)


@dataclass(slots=True, kw_only=True)
class Found:
    """A file that was found: its name as written, how it is declared, and where its bytes are."""

    name: str
    media_type: str
    inline: bool
    part: Part
    data: bytes | None = None

    def content(self) -> bytes:
        """Return its bytes, decoded."""
        if self.data is not None:
            return self.data
        return self.part.source() if self.part.get_content_type().startswith("message/") else self.part.content()


@dataclass(slots=True, kw_only=True)
class Body:
    """What a mail says and carries.

    Attributes:
        text: all readable text. own: the part of it that the writer may have written: without mails sent along, the
            fields of a delivery report and an invitation's facts, unless there is nothing else.
        html: the source of the HTML version that `own` is, or has beside it; empty if there is none.
        files: in their order. attached: the mails within it, one level. marks: as in `Inbound`.
    """

    text: str = ""
    own: str = ""
    html: str = ""
    files: list[Found] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    cut: bool = False


@dataclass(slots=True, kw_only=True)
class _Block:
    """A piece of text, made readable only when it is wanted: of alternatives all but one never are."""

    role: int = _OWN
    rich: bool = False
    size: int = 0
    read: Callable[[], str]
    source: Callable[[], str] | None = None
    _text: str | None = None

    def text(self) -> str:
        if self._text is None:
            self._text = clean(self.read()).strip("\n ")
        return self._text


def read_body(message: Part) -> Body:
    """Return all readable text and all files of a parsed mail.

    Of text, at most `TEXT_LIMIT` characters and what 2.5 MB hold. A text part with a file's name, or sent as an
    attachment, is a file; one with a name is shown too where the mail says nothing else.
    """
    reader = _Reader(text_charset(message))
    blocks = reader.blocks(message, None)
    length = sum(len(block.text()) for block in blocks)
    blocks += reader.spare if not length else []
    blocks += [block for block in reader.outlook if len(block.text()) > _MORE * length]
    body = reader.body
    texts = _joined(blocks)
    body.text, body.cut = texts[:TEXT_LIMIT].rstrip(), len(texts) > TEXT_LIMIT or reader.is_cut
    own = [block for block in blocks if block.role == _OWN and block.text()]
    body.own = _joined(own)[:TEXT_LIMIT].rstrip() or body.text
    source = next((block.source for block in own if block.source), None)
    body.html = source() if source else ""
    if PGP_MESSAGE.search(body.text):
        reader.add_mark("encrypted")
    return body


def text_charset(message: Part) -> str:
    """Return the charset that the mail's text declares, empty if none; raw 8-bit headers and names are of it too."""
    return next(filter(None, (part.param("charset") for part in message.walk())), "")


def find_files(message: Part) -> list[Found]:
    """Return the files of a parsed mail, as `read_body` does, without making its text readable."""
    reader = _Reader(text_charset(message))
    reader.blocks(message, None)
    return reader.body.files


def _joined(blocks: Sequence[_Block]) -> str:
    out: list[str] = []
    size = 0
    for block in sorted(blocks, key=lambda one: one.role in (_MACHINE_TOLD, _CALENDAR)):
        text = block.text() if size <= TEXT_LIMIT else ""
        if text and not (out and _is_known(block, text, out)):
            out.append(f"---\n{text}" if out and block.role in (_NESTED, _MACHINE_TOLD) else text)
            size += len(text)
    return "\n\n".join(out)


def _is_known(block: _Block, text: str, before: Sequence[str]) -> bool:
    """Whether what a block says stands before it: an invitation's facts, or the HTML version beside the plain one."""
    if block.role == _CALENDAR:
        said = "\n".join(before)
        return all(line in said for line in text.split("\n"))
    return block.role == _OWN and block.rich and _NO_LETTER.sub("", text) == _NO_LETTER.sub("", before[-1])


class _Reader:
    """The walk: what was found so far, and how many bytes of text may still be read."""

    def __init__(self, charset: str) -> None:
        self.body = Body()
        self.charset = charset
        self.left = _ALL_BYTES
        self.is_cut = False
        self.spare: list[_Block] = []
        self.outlook: list[_Block] = []
        self._unpacked = _TNEF_BYTES

    def add_mark(self, mark: str) -> None:
        if mark and mark not in self.body.marks:
            self.body.marks.append(mark)

    def blocks(self, part: Part, parent: Part | None) -> list[_Block]:
        """Return the pieces of text in a part, and keep its files."""
        kind = part.get_content_type()
        if kind == "multipart/encrypted":
            self.add_mark("encrypted")
        if children := part.children():
            if kind in ("multipart/signed", *SEALED):
                self.add_mark("signed")
            if kind.startswith("message/"):
                return self._mail(part, parent)
            if kind == "multipart/alternative":
                return self._best([self.blocks(child, part) for child in children])
            return list(chain.from_iterable(self.blocks(child, part) for child in children))
        if kind in _MACHINE:
            return [_Block(role=_MACHINE_TOLD, read=lambda: self._plain(part))]
        if kind.startswith("message/") and part.disposition() != "attachment":
            return [_Block(read=lambda: self._told(part))]
        return self._shown(part) if self._is_text(part, parent) else self._file(part, parent)

    def _is_text(self, part: Part, parent: Part | None) -> bool:
        kind = part.get_content_type()
        if kind.startswith("multipart/"):
            return True  # one whose boundary never came
        if kind in _OTHER_FORMS or not kind.startswith("text/") or part.disposition() == "attachment":
            return False
        if _NO_TEXT.fullmatch(kind) and kind not in ("text/x-markdown", "text/x-html"):
            return False
        if not part.file_name() or parent is None:
            return True
        return parent.get_content_type() == "multipart/alternative" and kind in ("text/plain", "text/html")

    def _mail(self, part: Part, parent: Part | None) -> list[_Block]:
        """Return a mail within this one, and list it as a file where it came along as one."""
        kind, within = part.get_content_type(), part.children()[0]
        among = parent.get_content_type() if parent else ""
        beside = parent is not None and among not in ("multipart/report", "multipart/digest", "multipart/alternative")
        if part.disposition() == "attachment" or (beside and kind != "message/partial"):
            subject = decode_header(within.head("subject"))[:100]
            name = part.file_name() or (f"{subject}.eml" if subject else "")
            self.body.files.append(Found(name=name, media_type=kind, inline=False, part=part))
        attached, self.body.attached = self.body.attached, []
        blocks = self.blocks(within, None)
        self.body.attached = [*attached, within]
        role = _OWN if parent is None else (_MACHINE_TOLD if among == "multipart/report" else _NESTED)
        return [_Block(role=role, rich=True, read=lambda: _joined(blocks))]

    def _best(self, versions: list[list[_Block]]) -> list[_Block]:
        """Return the plain version, or the rich one where the plain one is empty or says next to nothing."""
        extra = [one for blocks in versions for one in blocks if one.role == _CALENDAR]
        versions = [[one for one in blocks if one.role != _CALENDAR] for blocks in versions]
        plain = [one for blocks in versions if not any(block.rich for block in blocks) for one in blocks]
        rich = [blocks for blocks in versions if any(block.rich for block in blocks)]
        short = "\n\n".join(filter(None, (one.text() for one in plain)))
        weight = sum(one.size for blocks in rich for one in blocks)
        said = _NO_HTML.search(short) if len(short) < 200 else None
        if short and not said and (len(short) >= 200 or weight <= 4_000 + 20 * len(short)):
            return self._with_source(plain, rich) + extra
        long = max(rich, key=lambda blocks: sum(len(one.text()) for one in blocks), default=[])
        size = sum(len(one.text()) for one in long)
        if not short or (size and said) or size > max(300, 5 * len(short)):
            return long + extra
        return self._with_source(plain, rich) + extra

    def _with_source(self, plain: list[_Block], rich: list[list[_Block]]) -> list[_Block]:
        source = next((one.source for blocks in rich for one in blocks if one.source), None)
        for block in plain[:1]:
            block.source = block.source or source
        return plain

    def _shown(self, part: Part) -> list[_Block]:
        kind = part.get_content_type()
        if kind in ("text/html", "text/x-html"):
            source = self._once(lambda: self._characters(part, _RICH_BYTES))
            size = part.size()
            return [_Block(rich=True, size=size, read=lambda: html_to_text(source()), source=source)]
        if kind in ("text/enriched", "text/richtext"):
            return [_Block(rich=True, read=lambda: _enriched(self._characters(part, PLAIN_BYTES)))]
        if part.holds(b"begin"):
            rest, files = split_uu(part.content())
            for name, content in files:
                called = decode_bytes(name)
                kind = _TYPES.guess_type(called)[0] or "application/octet-stream"
                self.body.files.append(Found(name=called, media_type=kind, inline=False, part=part, data=content))
            if files:
                return [_Block(read=lambda: self._unsealed(decode_bytes(rest[:PLAIN_BYTES], part.param("charset"))))]
        return [_Block(read=lambda: self._plain(part))]

    @staticmethod
    def _once(read: Callable[[], str]) -> Callable[[], str]:
        kept: list[str] = []

        def once() -> str:
            if not kept:
                kept.append(read())
            return kept[0]

        return once

    def _characters(self, part: Part, limit: int) -> str:
        limit = min(limit, self.left)
        if limit <= 0:
            self.is_cut = True
            return ""
        data = part.content(limit * 3)
        if len(data) > limit or part.size() > limit * 3:
            self.is_cut = True
            data = data[:limit]
            data = data[: data.rfind(b"\n") + 1] or data  # never in the middle of a letter
        self.left -= len(data)
        charset = part.param("charset")
        if not charset and (named := _META.search(data[:_META_BYTES])):
            charset = named[1].decode()
        return decode_bytes(data, charset)

    def _plain(self, part: Part) -> str:
        text = clean(self._characters(part, PLAIN_BYTES))
        if part.param("format").lower() == "flowed":
            text = unflow(text, delsp=part.param("delsp").lower() == "yes")
        elif text[:300].lstrip().lower().startswith(("<html", "<!doctype html")):
            text = html_to_text(text)
        return self._unsealed(text)

    def _unsealed(self, text: str) -> str:
        opened, signed = without_clear_sign(text)
        if signed:
            self.add_mark("signed")
        return opened

    def _told(self, part: Part) -> str:
        """Return what a message/external-body or a piece of a mail says."""
        if part.get_content_type() != "message/external-body":
            return self._plain(part)
        said = (part.param(name) for name in ("name", "url", "site", "directory", "server", "subject"))
        return "\n".join(filter(None, said))

    def _file(self, part: Part, parent: Part | None) -> list[_Block]:
        kind, name, disposition = part.get_content_type(), part.file_name(self.charset), part.disposition()
        if kind in _SIGNATURES:
            self.add_mark("signed")
        if disposition != "attachment" and (kind in _SIGNATURES or kind in _OTHER_FORMS):
            return []
        if (kind in _TNEF or name.lower() in _TNEF_NAMES) and self._outlook(part):
            return []
        if kind in SEALED and is_enveloped(part.content(1_000)):
            self.add_mark("encrypted")
        inline = disposition == "inline" or (not disposition and bool(part.head("content-id")))
        self.body.files.append(Found(name=name, media_type=kind, inline=inline, part=part))
        if disposition == "attachment" and (parent is not None or kind == "text/calendar"):
            return []
        return self._file_text(part, parent)

    def _file_text(self, part: Part, parent: Part | None) -> list[_Block]:
        """Return what a file tells beside other text, and keep what it tells where there is none."""
        kind = part.get_content_type()
        if kind == "text/calendar":
            return self._calendar(part)
        if kind in _RTF:
            self.spare.append(_Block(read=lambda: rtf_to_text(part.content(3 * PLAIN_BYTES).decode("latin-1"))))
        elif kind in ("text/plain", "text/html") or (parent is None and kind.startswith("text/")):
            self.spare += self._shown(part)
        return []

    def _calendar(self, part: Part) -> list[_Block]:
        note = read_calendar(decode_bytes(part.content(600_000), part.param("charset")), part.param("method"))
        if note is None:
            return []
        self.add_mark(note.mark)
        return [_Block(role=_CALENDAR, read=lambda: note.lines)]

    def _outlook(self, part: Part) -> bool:
        """Keep the text of winmail.dat, used where the mail itself says less, and its files; False if it is none."""
        content = part.content()
        self._unpacked -= len(content)
        data = read_tnef(content) if self._unpacked >= 0 and content.startswith(SIGNATURE) else None
        if data is None:
            return False
        self.add_mark("outlook_data")
        for file in data.files:
            kind = file.media_type.strip().lower()
            kind = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII) else "application/octet-stream"
            found = Found(name=file.name, media_type=kind, inline=bool(file.content_id), part=part, data=file.content)
            self.body.files.append(found)

        def read() -> str:
            return data.plain if data.plain.strip() else html_to_text(data.html) or rtf_to_text(data.rtf)

        self.outlook.append(_Block(read=read, source=(lambda: data.html) if data.html else None))
        return True


def _enriched(source: str) -> str:
    """Return the words of text/enriched (RFC 1896): a single line break is a space."""
    lines = _BREAKS.sub(lambda run: run[0][1:] or " ", clean(source))
    return _TAG.sub(lambda tag: "<" if tag[0] == "<<" else "", lines)

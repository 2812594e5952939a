"""The files of a mail with their bytes, and those of an officer's answer that a citizen may get.

Pure, and never raises. A mail is parsed once however many files it has.
"""

import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from bot.channels.mail_html import html_to_text
from bot.channels.mail_read import Part, decode_bytes, decode_header, list_files, parse
from bot.channels.mail_text import clean
from bot.port import Attachment, InboundFile

FILE_LIMIT = 100
"""Files that are passed on; nobody sends more by hand, and each costs a part of every mail written from them."""

_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_BODIES = frozenset(("text/plain", "text/html", "text/rtf", "application/rtf", "text/enriched", "text/x-amp-html"))
_TAIL = re.compile(r"ATT\d{5}\.(htm|html|txt)", re.IGNORECASE)
_TEXT_NAME = re.compile(r"\.(txt|html?|eml|msg|rtf|csv|json|xml|mht(ml)?)$", re.IGNORECASE)
_TEXT_TYPE = re.compile(r"text/|message/|application/(rtf|json|xml|vnd\.ms-outlook|.*\+(json|xml))")
_MAIL_HEAD = re.compile(rb"\s*(?:>?From [^\n]*\n)?(?:[\w-]{1,60}:[^\n]*\r?\n(?:[ \t][^\n]*\n)*+){2}")
_RTF_CODE = re.compile(
    r"\\'([0-9a-f]{2})|\\u(-?\d{1,6}) ?(?:\\'[0-9a-f]{2}|\?)?|\\[a-z]{1,32}-?\d* ?|[{}\r\n]", re.IGNORECASE
)
_WRAP = re.compile(r"[\s>]+")
_MAIL_DEPTH = 5


def files_with_content(raw: bytes) -> list[Attachment]:
    """Return the files of a mail as `read_mail` lists them, with their bytes: the first `FILE_LIMIT` of them."""
    try:
        message, _ = parse(raw)
        parts = list(message.walk())
        return [_attachment(file, parts[file.part]) for file in list_files(message)[:FILE_LIMIT]]
    except Exception:
        return []


def answer_files(raw: bytes, internal: Callable[[str], bool]) -> tuple[list[Attachment], bool]:
    """Return the files of an officer's answer that may go to the citizen, and whether any was refused.

    What mail programs add unasked is left out and not refused: other versions of the text, Outlook's winmail.dat,
    Gmail's reactions, Apple's ATT00001.htm, and whole mails. A file that reads as text is refused when what it
    says, in any of its readings, is internal. A mail that cannot be read, and files beyond `FILE_LIMIT`, are
    refused: the officer must hear that they were not sent.

    Args:
        raw: the officer's whole mail.
        internal: tells whether a text holds something of our notice.
    """
    try:
        message, error = parse(raw)
        parts = list(message.walk())
        left_out = _left_out(parts)
        listed = [(file, parts[file.part]) for file in list_files(message)]
        wanted = [(file, part) for file, part in listed if id(part) not in left_out and not _unasked(file, part)]
        refused = bool(error) or len(wanted) > FILE_LIMIT
        kept: list[Attachment] = []
        for file, part in wanted[:FILE_LIMIT]:
            if any(map(internal, _readings(file.name, part, _MAIL_DEPTH))):
                refused = True
            else:
                kept.append(_attachment(file, part))
    except Exception:
        return [], True
    return kept, refused


def _attachment(file: InboundFile, part: Part) -> Attachment:
    return Attachment(name=file.name, media_type=file.media_type, content=part.content())


def _left_out(parts: list[Part]) -> set[int]:
    """Return the identities of parts that are another version of the text, or stand within a mail sent along."""
    out, within = set[int](), set[int]()
    for part in parts:  # parents come before their children
        kind = part.get_content_type()
        children = part.children()
        if kind.startswith("message/") or id(part) in within:
            out.add(id(part))
            within.update(map(id, children))
        elif kind == "multipart/alternative":
            out.update(id(child) for child in children if not child.is_multipart())
    return out | within


def _unasked(file: InboundFile, part: Part) -> bool:
    kind = file.media_type
    if kind in _TNEF or file.name.lower() == "winmail.dat" or kind.startswith("text/vnd.google"):
        return True
    return bool(_TAIL.fullmatch(file.name)) or (kind in _BODIES and part.disposition() != "attachment")


def _readings(name: str, part: Part, depth: int) -> Iterator[str]:
    """Yield all that a file can be read as; nothing for one that is no text."""
    kind, content = part.get_content_type(), part.content()
    mail = _MAIL_HEAD.match(content[:100_000]) is not None
    plain = kind == "application/octet-stream" and b"\0" not in content
    if not (mail or plain or _TEXT_TYPE.match(kind) or _TEXT_NAME.search(name)):
        return
    codings = ("utf-16-le", "utf-16-be") if b"\0" in content else ()
    texts = [decode_bytes(content, part.param("charset")), *(content.decode(one, "ignore") for one in codings)]
    texts += [content[1:].decode("utf-16-le", "ignore")] if codings else []
    texts += [_rtf_text(text) for text in texts[:1] if text.lstrip().startswith("{\\rtf")]
    for text in texts:
        yield from _variants(text)
    if mail and depth:
        yield from _mail_readings(content, depth - 1)


def _mail_readings(content: bytes, depth: int) -> Iterator[str]:
    """Yield the headers and the parts of a mail that came along as a file."""
    for part in parse(content)[0].walk():
        yield from _variants("\n".join(decode_header(str(value)) for _, value in part.raw_items()))
        if not part.is_multipart():
            yield from _readings(part.file_name(), part, depth)


def _variants(text: str) -> Iterator[str]:
    """Yield a text as written, as a page, with its codes resolved, and without line breaks (each at most once)."""
    seen = set[str]()
    page = html_to_text(text) if "<" in text or "&" in text else text
    for version in (clean(text), page, unquote(html.unescape(text))):
        for one in (version, unquote(version), _WRAP.sub("", version)):
            if one not in seen:
                seen.add(one)
                yield one


def _rtf_text(source: str) -> str:
    """Return the words of an RTF document, roughly: its codes resolved or removed."""

    def resolve(code: re.Match[str]) -> str:
        if code[1]:
            return bytes.fromhex(code[1]).decode("cp1252", "replace")
        return chr(int(code[2]) % 0x10000) if code[2] else ("\n" if code[0].startswith(("\\par", "\\line")) else "")

    return clean(_RTF_CODE.sub(resolve, source))

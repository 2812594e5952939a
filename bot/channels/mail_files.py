"""The files of a mail with their bytes, and those of an officer's answer that a citizen may get.

Pure, and never raises. A mail is parsed once however many files it has.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from bot.channels.mail_body import Found, find_files, read_body
from bot.channels.mail_charset import decode_bytes, decode_header
from bot.channels.mail_file_names import file_name, media_type
from bot.channels.mail_html import html_to_text
from bot.channels.mail_parts import Part, parse
from bot.channels.mail_rtf import rtf_to_text
from bot.channels.mail_signature import signature_at
from bot.channels.mail_text import clean
from bot.channels.mail_write import safe_name
from bot.port import Attachment, FileState, InboundFile

FILE_LIMIT = 100
"""Files that are passed on; nobody sends more by hand, and each costs a part of every mail written from them."""

_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_SEALS = frozenset(("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"))
_BODIES = frozenset(("text/plain", "text/html", "text/rtf", "application/rtf", "text/enriched", "text/x-amp-html"))
_TAIL = re.compile(r"ATT\d{5}\.(htm|html|txt)", re.IGNORECASE)
_TEXT_NAME = re.compile(r"\.(txt|log|md|html?|svg|eml|msg|rtf|csv|json|xml|mht(ml)?)$", re.IGNORECASE)
_TEXT_TYPE = re.compile(r"text/|message/|application/(rtf|json|xml|vnd\.ms-outlook|.*\+(json|xml))")
_MAIL_HEAD = re.compile(rb"\s*(?:>?From [^\n]*\n)?(?:[\w-]{1,60}:[^\n]*\r?\n(?:[ \t][^\n]*\n)*+){2}")
_WRAP = re.compile(r"[\s>]+")
_MAIL_DEPTH = 5
_HEAD_BYTES = 4_096
_LOGO_BYTES = 100_000
"""What a picture in a signature is at most; a photograph below a sign-off is larger, and was chosen."""
_SHOWN = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s*=\s*[\"']?cid:([^\"'\s>]{1,300})[^>]{0,2000}>", re.IGNORECASE)
_PLACE = re.compile(r"\ue000(\d{1,5})\ue001")


def list_files(found: Sequence[Found], *, cut: bool = False) -> tuple[InboundFile, ...]:
    """Return the files of a mail with safe names, their types seen from the bytes, in their order.

    `cut`: only the beginning of the mail is there; a file that may go on behind it is `FileState.LEFT_OUT`.
    """
    files: list[InboundFile] = []
    for number, one in enumerate(found):
        content = one.content()
        kind = media_type(one.media_type, content[:_HEAD_BYTES])
        name = file_name(clean(one.name), kind, number + 1)
        state = FileState.LEFT_OUT if cut and one.part.is_last() else FileState.PASSED
        files.append(
            InboundFile(name=name, media_type=kind, size=len(content), inline=one.inline, part=number, state=state)
        )
    return tuple(files)


def files_with_content(raw: bytes) -> list[Attachment]:
    """Return the files of a mail as `read_mail` lists them, with their bytes: the first `FILE_LIMIT` of them."""
    try:
        found = find_files(parse(raw)[0])[:FILE_LIMIT]
        return [_attachment(file, one) for file, one in zip(list_files(found), found, strict=True)]
    except Exception:
        return []


def answer_files(raw: bytes, internal: Callable[[str], bool]) -> tuple[list[Attachment], bool]:
    """Return the files of an officer's answer that may go to the citizen, and whether any was refused.

    What mail programs add unasked is left out and not refused: other versions of the text, Outlook's winmail.dat
    (the files in it count), Gmail's reactions, Apple's ATT00001.htm, the seal of a signed mail, pictures of the
    signature and of the quoted notice, and whole mails. A file that reads as text, and a whole mail, is refused when
    what it says, in any of its readings, is internal. A mail that cannot be read, and files beyond `FILE_LIMIT`, are
    refused: the officer must hear that they were not sent.

    Args:
        raw: the officer's whole mail.
        internal: tells whether a text holds something of our notice.
    """
    try:
        message, error = parse(raw)
        left_out = _left_out(list(message.walk()))
        found = find_files(message)
        chosen = [one for one in found if id(one.part) not in left_out and not _unasked(one)]
        pictures = _decoration(message, chosen, internal)
        wanted = [one for one in chosen if id(one.part) not in pictures]
        refused = bool(error) or len(wanted) > FILE_LIMIT or any(_tells(one, internal) for one in found)
        kept: list[Attachment] = []
        for file, one in zip(list_files(wanted[:FILE_LIMIT]), wanted, strict=False):
            charset = one.part.param("charset")
            if internal(one.name) or any(
                map(internal, _readings(file.name, one.media_type, one.content(), charset, _MAIL_DEPTH))
            ):
                refused = True
            else:
                kept.append(_attachment(file, one))
    except Exception:
        return [], True
    return kept, refused


def _attachment(file: InboundFile, found: Found) -> Attachment:
    return Attachment(name=file.name, media_type=file.media_type, content=found.content())


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


def _tells(found: Found, internal: Callable[[str], bool]) -> bool:
    """Whether it is a whole mail that holds something internal, as a notice sent along does."""
    if not found.media_type.startswith("message/"):
        return False
    return any(map(internal, _readings(found.name, found.media_type, found.content(), "", _MAIL_DEPTH)))


def _decoration(message: Part, files: Sequence[Found], internal: Callable[[str], bool]) -> set[int]:
    """Return the identities of pictures that the page shows in its signature or in what it quotes of our notice."""
    shown = {
        one.part.head("content-id").strip(" \t<>"): one
        for one in files
        if one.data is None and one.media_type.startswith("image/") and one.part.head("content-id")
    }
    shown = {name: one for name, one in shown.items() if one.part.disposition() != "attachment"}
    if not shown:
        return set()
    names = list(shown)
    places = {name: number for number, name in enumerate(names)}
    source = _PLACE.sub("", read_body(message).html)
    page = _SHOWN.sub(lambda tag: _place(places.get(unquote(html.unescape(tag[1])))), source)
    lines = html_to_text(page).split("\n")
    notice = next((at for at, line in enumerate(lines) if internal(line)), len(lines))
    signature = signature_at([_PLACE.sub("", line) for line in lines[:notice]])
    seen, own = set[int](), set[int]()
    for at, line in enumerate(lines):
        for place in map(int, _PLACE.findall(line)):
            seen.add(place)
            small = len(shown[names[place]].content()) <= _LOGO_BYTES
            if at < notice and (at < signature or not small):
                own.add(place)
    return {id(shown[names[place]].part) for place in seen - own}


def _place(number: int | None) -> str:
    return "" if number is None else f"\ue000{number}\ue001"


def _unasked(found: Found) -> bool:
    kind, name = found.media_type, safe_name(found.name)
    if kind in _TNEF or kind in _SEALS or name.lower() == "winmail.dat" or kind.startswith("text/vnd.google"):
        return True
    own_part = found.data is None  # a file written into a text or wrapped by Outlook was chosen by the officer
    return bool(_TAIL.fullmatch(name)) or (own_part and kind in _BODIES and found.part.disposition() != "attachment")


def _readings(name: str, kind: str, content: bytes, charset: str, depth: int) -> Iterator[str]:
    """Yield all that a file can be read as; nothing for one that is no text."""
    mail = _MAIL_HEAD.match(content[:100_000]) is not None
    plain = kind == "application/octet-stream" and b"\0" not in content
    if not (mail or plain or _TEXT_TYPE.match(kind) or _TEXT_NAME.search(name)):
        return
    codings = ("utf-16-le", "utf-16-be") if b"\0" in content else ()
    texts = [decode_bytes(content, charset), *(content.decode(one, "ignore") for one in codings)]
    texts += [content[1:].decode("utf-16-le", "ignore")] if codings else []
    texts += [rtf_to_text(text) for text in texts[:1] if text.lstrip().startswith("{\\rtf")]
    for text in texts:
        yield from _variants(text)
    if mail and not depth:
        raise ValueError("a mail within so many others is not searched, so it is not sent")
    if mail:
        yield from _mail_readings(content, depth - 1)


def _mail_readings(content: bytes, depth: int) -> Iterator[str]:
    """Yield the headers and the parts of a mail that came along as a file."""
    for part in parse(content)[0].walk():
        yield from _variants("\n".join(decode_header(str(value)) for _, value in part.raw_items()))
        if not part.is_multipart():
            kind, charset = part.get_content_type(), part.param("charset")
            yield from _readings(part.file_name(), kind, part.content(), charset, depth)


def _variants(text: str) -> Iterator[str]:
    """Yield a text as written, as a page, with its codes resolved, and without line breaks (each at most once)."""
    seen = set[str]()
    page = html_to_text(text, hidden=True) if "<" in text or "&" in text else text
    for version in (clean(text), page, unquote(html.unescape(text))):
        for one in (version, unquote(version), _WRAP.sub("", version)):
            if one not in seen:
                seen.add(one)
                yield one

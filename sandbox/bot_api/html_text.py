"""Read the Bot API's HTML into plain text and entities, whose offsets count UTF-16 units."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from sandbox.bot_api.refusals import faulty

Entity = dict[str, Any]

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[^\s<>/]*)(?P<rest>[^<>]*)>|(?P<bare>[<])|(?P<entity>&[^;\s<&]{1,8};)")
_NAMED = {"&lt;", "&gt;", "&amp;", "&quot;"}
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?)"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<!\w)@\w{4,32})"
)


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    offset: int
    more: dict[str, Any] = field(default_factory=dict)


def units(text: str) -> int:
    """Return the length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def read_text(text: str, parse_mode: str | None) -> tuple[str, list[Entity]]:
    """Return the plain text, trimmed, and its entities: those marked and those Telegram finds by itself.

    Raises:
        Refusal: the markup is wrong ("can't parse entities"), or the mode is one that is not used here.
    """
    if parse_mode is not None and parse_mode.upper() != "HTML":
        raise faulty(f"the sandbox reads HTML only, not {parse_mode!r}")
    plain, entities = _read_html(text) if parse_mode else (text, [])
    plain, entities = _trimmed(plain, entities)
    return plain, sorted(entities + found_entities(plain, entities), key=lambda e: (e["offset"], -e["length"]))


def found_entities(text: str, marked: list[Entity]) -> list[Entity]:
    """Return the commands, addresses and links that Telegram marks by itself, outside marked code and links."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in marked if e["type"] in ("code", "pre", "text_link")]
    found = []
    for match in _FOUND.finditer(text):
        start, length = units(text[: match.start()]), units(match[0])
        if not any(first < start + length and start < last for first, last in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return found


def _read_html(text: str) -> tuple[str, list[Entity]]:
    plain: list[str] = []
    offset = at = 0
    entities: list[Entity] = []
    waiting: list[_Open] = []
    for match in _TOKEN.finditer(text):
        piece = text[at : match.start()] + _character(match)
        plain.append(piece)
        offset += units(piece)
        at = match.end()
        if match["bare"] is not None:
            raise faulty(f"can't parse entities: Unclosed start tag at byte offset {_bytes(text, match.start())}")
        if match["tag"] is not None:
            _take_tag(text, match, offset, waiting, entities)
    if waiting:
        raise faulty(f"can't parse entities: Can't find end tag corresponding to start tag {waiting[-1].tag!r}")
    return "".join([*plain, text[at:]]), entities


def _character(match: re.Match[str]) -> str:
    """Return what an HTML entity stands for; one that Telegram does not know stays as it is written."""
    entity = match["entity"]
    if entity is None:
        return ""
    return unescape(entity) if entity in _NAMED or entity.startswith("&#") else entity


def _take_tag(text: str, match: re.Match[str], offset: int, waiting: list[_Open], entities: list[Entity]) -> None:
    tag, where = match["tag"].lower(), _bytes(text, match.start())
    if match["end"]:
        if not waiting:
            raise faulty(f"can't parse entities: Unexpected end tag at byte offset {where}")
        opened = waiting.pop()
        if tag not in ("", opened.tag):
            raise faulty(
                f"can't parse entities: Unmatched end tag at byte offset {where}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        _close(opened, offset, entities)
    elif tag not in _TAGS:
        raise faulty(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {where}')
    else:
        waiting.append(_Open(tag, offset, _attributes(tag, match["rest"], where)))


def _attributes(tag: str, rest: str, where: int) -> dict[str, Any]:
    given = {name: next((v for v in values if v), "") for name, *values in _ATTRIBUTE.findall(rest)}
    if tag == "span" and given.get("class") != "tg-spoiler":
        raise faulty(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {where}')
    if tag == "a":
        return {"url": unescape(given.get("href", ""))}
    if tag == "tg-emoji":
        return {"custom_emoji_id": given.get("emoji-id", "")}
    if tag == "blockquote" and "expandable" in rest:
        return {"expandable": True}
    return {}


def _close(opened: _Open, offset: int, entities: list[Entity]) -> None:
    """Keep what was marked, unless it is empty or a link to nowhere."""
    more = dict(opened.more)
    kind = "expandable_blockquote" if more.pop("expandable", False) else _TAGS[opened.tag]
    if offset > opened.offset and more.get("url") != "":
        entities.append({"type": kind, "offset": opened.offset, "length": offset - opened.offset, **more})


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut blank ends, as Telegram does, and move the entities with it."""
    cut = units(text) - units(text.lstrip())
    plain = text.strip()
    length = units(plain)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] + entity["length"] - cut)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return plain, moved


def _bytes(text: str, index: int) -> int:
    return len(text[:index].encode())

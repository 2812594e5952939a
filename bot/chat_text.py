"""Words set out for a chat: the one place where its HTML is written, so that whatever comes from outside is escaped.

Text is held as runs with their tags, never as code, so that it can be measured, cut and put together without breaking
a tag. Only what every chat program shows is used: bold, italic, links and quotes. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from typing import NewType
from urllib.parse import urlsplit

from bot.parts import Heading, Paragraph, Part, Quote, Table

LIMIT = 3500
"""How long a message gets, in UTF-16 units. The service takes 4096, of what is in dispute."""

_Tag = NewType("_Tag", str)
"""What stands between the brackets of an opening tag, as ``b`` or ``a href="https://kommun.example/"``."""
_B, _I, _QUOTE = _Tag("b"), _Tag("i"), _Tag("blockquote")

_PHONE = 40
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_TOKEN = re.compile(r"<(/?)([^>]*)>|([^<]+)")
# A cut that leaves less than this share of a message behind is not worth the paragraph it saves.
_SHARE = 4
_JOINERS = "\u200d\ufe0e\ufe0f"
_FAMILY = 40


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    tags: tuple[_Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Html:
    """Words with their form. Made by the functions here only; `str` gives the code, `text` what a reader sees."""

    runs: tuple[_Run, ...] = ()

    @property
    def text(self) -> str:
        """The words without their form."""
        return "".join(run.text for run in self.runs)

    def __str__(self) -> str:
        code: list[str] = []
        open_tags: tuple[_Tag, ...] = ()
        for run in (*self.runs, _Run("")):
            same = _common(open_tags, run.tags)
            code.extend(f"</{tag.partition(' ')[0]}>" for tag in reversed(open_tags[same:]))
            code.extend(f"<{tag}>" for tag in run.tags[same:])
            code.append(escape(run.text, quote=False))
            open_tags = run.tags
        return "".join(code)

    def __bool__(self) -> bool:
        return any(run.text for run in self.runs)


Words = str | Html
"""Plain words, or some that have a form already."""


def plain(text: str) -> Html:
    r"""Return words as they stand: line breaks become ``\n``, control characters and half characters go."""
    clean = _CONTROL.sub("", _BREAKS.sub("\n", text))
    return Html((_Run(clean),)) if clean else Html()


def bold(words: Words) -> Html:
    """Return the words in bold."""
    return _within(_B, words)


def italic(words: Words) -> Html:
    """Return the words in italics."""
    return _within(_I, words)


def quote(words: Words) -> Html:
    """Return somebody else's words, set off as a quotation."""
    return _within(_QUOTE, words)


def link(words: Words, url: str) -> Html:
    """Return words that lead to an address; anything but ``https``, ``http`` and ``tg`` leads nowhere in a chat."""
    if _CONTROL.search(url) or urlsplit(url).scheme not in ("https", "http", "tg"):
        return _html(words)
    return _within(_Tag(f'a href="{escape(url, quote=True)}"'), words)


def together(*words: Words, between: str = "") -> Html:
    """Return all of it as one; nothing comes between what is empty."""
    runs: list[_Run] = []
    for part in filter(None, map(_html, words)):
        if runs and between:
            runs.append(_Run(between))
        runs.extend(part.runs)
    return _of(runs)


def lines(*words: Words) -> Html:
    """Return each on a line of its own; what is empty is left out."""
    return together(*words, between="\n")


def paragraphs(*words: Words) -> Html:
    """Return each as a paragraph, a blank line between; what is empty is left out."""
    return together(*words, between="\n\n")


def plain_of(html: Words) -> str:
    """Return the text of code written here, or of `Html`, without its form."""
    return _read(html).text


def as_chat(parts: Sequence[Part]) -> Html:
    """Return the parts for a chat on a phone; a part that says nothing is left out.

    A table that is narrow enough (40 signs a line) is a line for each row, its cells with " · " between, under the
    head in bold. Of a wider one each row is a paragraph: its first cell in bold, and below it "Head: cell" for each
    further one that is not empty.
    """
    return paragraphs(*(_part(part) for part in parts))


def split(html: Words, limit: int = LIMIT) -> list[str]:
    """Return code in pieces of at most `limit` UTF-16 units of visible text, so never more characters either.

    Each piece stands for itself: what is open at a cut is closed, and opened again in the next. Cut is between
    paragraphs, else lines, else words, else anywhere but within a character as it is seen. White space at a cut goes.
    Nothing comes back for what shows nothing.

    Raises:
        ValueError: the limit is below 2, what a single character may take.
    """
    return [str(piece) for piece in _pieces(_read(html), limit)]


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Return plain words in pieces, as `split`."""
    return [piece.text for piece in _pieces(plain(text), limit)]


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def _html(words: Words) -> Html:
    return plain(words) if isinstance(words, str) else words


def _of(runs: Sequence[_Run]) -> Html:
    """Return the runs, what is empty left out and neighbours of the same form joined."""
    joined = groupby((run for run in runs if run.text), key=lambda run: run.tags)
    return Html(tuple(_Run("".join(run.text for run in same), tags) for tags, same in joined))


def _within(tag: _Tag, words: Words) -> Html:
    """Return the words within a tag. A quote is never within anything, and nothing is within itself."""
    runs = _html(words).runs
    return _of([run if _name(tag) in map(_name, run.tags) else _Run(run.text, _nested(tag, run.tags)) for run in runs])


def _nested(tag: _Tag, tags: tuple[_Tag, ...]) -> tuple[_Tag, ...]:
    return (*tags[:1], tag, *tags[1:]) if tags[:1] == (_QUOTE,) else (tag, *tags)


def _name(tag: _Tag) -> str:
    return tag.partition(" ")[0]


def _common(first: tuple[_Tag, ...], second: tuple[_Tag, ...]) -> int:
    """Return how many tags are the same at the beginning."""
    number = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        number += 1
    return number


def _read(html: Words) -> Html:
    """Return code of ours as `Html` again."""
    if isinstance(html, Html):
        return html
    runs: list[_Run] = []
    tags: list[_Tag] = []
    for match in _TOKEN.finditer(html):
        closing, tag, text = match.groups()
        if text is not None:
            runs.append(_Run(unescape(text), tuple(tags)))
        elif not closing:
            tags.append(_Tag(tag))
        elif tags:
            tags.pop()
    return _of(runs)


def _part(part: Part) -> Html:
    match part:
        case Heading(text):
            return bold(_one_line(text))
        case Paragraph(text):
            return _trimmed(text)
        case Quote(text):
            return quote(_trimmed(text))
        case Table():
            return _table(part)


def _trimmed(text: str) -> Html:
    return plain("\n".join(line.rstrip() for line in plain(text).text.split("\n")).strip("\n"))


def _one_line(text: str) -> str:
    """Return the text as one line that cannot change the direction of what stands beside it."""
    return " ".join(_DIRECTION.sub("", plain(text).text).split())


def _table(table: Table) -> Html:
    head = [_one_line(cell) for cell in table.head]
    rows = [[_one_line(cell) for cell in row] for row in table.rows]
    rows = [row for row in rows if any(row)]
    above = _joined_cells(head) if rows and any(head) else ""
    below = [_joined_cells(row) for row in rows]
    if all(len(line) <= _PHONE for line in (above, *below)):
        return lines(bold(above), *below)
    return paragraphs(*(_row(head, row) for row in rows))


def _joined_cells(cells: list[str]) -> str:
    return " · ".join(cell or "–" for cell in cells)


def _row(head: list[str], row: list[str]) -> Html:
    named = [*head, *[""] * len(row)]
    further = (f"{word}: {cell}" if word else cell for word, cell in zip(named[1:], row[1:], strict=False) if cell)
    return lines(bold(row[0]), *further)


def _pieces(html: Html, limit: int) -> Iterator[Html]:
    if limit < 2:
        raise ValueError("one character may be two units")
    text = html.text
    start = 0
    while start < len(text):
        end = _cut(text, start, limit)
        last = start + len(text[start:end].rstrip())
        if shows(text[start:last]):
            yield _between(html, start, last)
        start = len(text) - len(text[end:].lstrip())


def _cut(text: str, start: int, limit: int) -> int:
    """Return where a piece that begins at `start` ends."""
    most = _furthest(text, start, limit)
    if most == len(text):
        return most
    least = start + (most - start) // _SHARE
    for mark in ("\n\n", "\n", " "):
        # What stands right behind the furthest sign may be the break itself.
        at = text.rfind(mark, least, most + len(mark))
        if at > least:
            return at
    return _between_signs(text, least, most)


def _furthest(text: str, start: int, limit: int) -> int:
    room = limit
    for at in range(start, min(len(text), start + limit)):
        room -= 2 if text[at] > "\uffff" else 1
        if room < 0:
            return at
    return min(len(text), start + limit)


def _between_signs(text: str, least: int, most: int) -> int:
    """Return the last place, not far before `most`, that is not within what is seen as one sign."""
    for at in range(most, max(least, most - _FAMILY), -1):
        if not _joined(text[at - 1], text[at]):
            return at
    return most


def _joined(before: str, after: str) -> bool:
    """Tell whether two characters belong to one sign: an accent, a skin tone, a family, a flag."""
    return (
        unicodedata.category(after).startswith("M")
        or after in _JOINERS
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")
    )


def shows(text: str) -> bool:
    """Tell whether there is anything to be seen: not so of mere white space, and of signs that have no width."""
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in text)


def _between(html: Html, start: int, end: int) -> Html:
    """Return a stretch of the words in their form."""
    cut: list[_Run] = []
    at = 0
    for run in html.runs:
        cut.append(_Run(run.text[max(0, start - at) : max(0, end - at)], run.tags))
        at += len(run.text)
    return _of(cut)

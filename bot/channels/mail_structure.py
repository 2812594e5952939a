"""Where the HTML version of a mail says that quoted history or a signature begins.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input. The HTML is not read as a
whole: a mark is looked for, and the words around it are looked up in the text.
"""

import re
from collections.abc import Sequence
from html import unescape

from bot.channels.mail_html import html_to_text

_HISTORY = (
    "divRplyFwdMsg",
    "appendonsend",
    "reference-message-container",
    "mobile-reference-message",
    "border-top:solid #",
    "border-top: solid #",
    "OLK_SRC_BODY_SECTION",
    "gmail_attr",
    "gmail_quote",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "messageReplySection",
    "stopSpelling",
    "WM_Reply",
    'type="cite"',
    "type='cite'",
    "type=cite",
)
"""Names by which mail programs mark what they quote."""

_SIGNATURES = (
    "gmail_signature",
    "moz-signature",
    "ms-outlook-mobile-signature",
    "protonmail_signature",
    'id="Signature"',
    'id="signature"',
    "AppleMailSignature",
    "composer_signature",
    "x_Signature",
)
_TAG_LIMIT = 2_000
_WINDOW = 3_000
_GLANCE = 800
_ANY_TAG = re.compile(r"<[^>]*>")
_FLAGS = re.IGNORECASE | re.DOTALL
_OUTLOOK = re.compile(r"border-top:\s?solid #(?:e1e1e1|b5c4df)\b.{0,40}padding:\s?3(?:\.0)?pt", _FLAGS)
_LETTERS = 24
_LEAST = 8


def history_at(lines: Sequence[str], html: str, known: int) -> int:
    """Return the line of the text where the history begins that the HTML marks, the number of lines if unknown.

    Only where the words before and behind the mark stand together in the text too. `known` is where the text itself
    showed history: returned at once if the mark stands there.
    """
    at = _first_mark(html)
    if at < 0:
        return len(lines)
    if known < len(lines):
        behind = _skeleton(unescape(_ANY_TAG.sub("", html[at : at + _GLANCE])))[:_LEAST]
        if behind and _skeleton(lines[known][:200]).startswith(behind):
            return known
    return _located(lines, html, at)


def signature_in(lines: Sequence[str], html: str) -> int:
    """Return the line of the text where the first signature begins that the HTML marks, else the number of lines."""
    found = [at for at in map(html.find, _SIGNATURES) if at >= 0]
    at = min(found, default=-1)
    begin = html.rfind("<", max(0, at - _TAG_LIMIT), at) if at >= 0 else -1
    return _located(lines, html, begin) if begin >= 0 else len(lines)


def _first_mark(html: str) -> int:
    """Return where the tag begins that marks history first, -1 if none does."""
    first = len(html)
    for name in _HISTORY:
        at = html.find(name, 0, first)
        if at < 0 or (name.startswith("border-top") and not _OUTLOOK.match(html, at)):
            continue
        begin = html.rfind("<", max(0, at - _TAG_LIMIT), at)
        if begin >= 0 and ">" not in html[begin:at] and not html.startswith(("<!", "<s", "<S"), begin):
            first = begin
    return first if first < len(html) else -1


def _located(lines: Sequence[str], html: str, at: int) -> int:
    """Return the line of the text where the words stand that follow this place of the HTML."""
    before = _skeleton(html_to_text(html[max(0, at - _WINDOW) : at]))
    behind = _skeleton(html_to_text(html[at : at + _WINDOW]))
    if not before or len(behind) < _LEAST:
        return len(lines)
    starts, parts, total = list[int](), list[str](), 0
    for line in lines:
        starts.append(total)
        parts.append(_skeleton(line))
        total += len(parts[-1])
    whole = "".join(parts)
    found = whole.find(before[-_LETTERS:] + behind[:_LETTERS])
    place = found + len(before[-_LETTERS:]) if found >= 0 else -1
    return next((number for number, start in enumerate(starts) if start == place and parts[number]), len(lines))


def _skeleton(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()

"""HTML to readable lines.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import html
import re
from urllib.parse import unquote

from bot.channels.mail_text import clean

# The regular expression consumes all it scans, and the text gets "-->" appended, so each tag ends somewhere.
# A real HTML tree was measured and left: 1 MB of nested <div> took lexbor 93 s, 47 kB of <font> and <p> 1.4 GB.
_TAG = re.compile(
    r"<(?:!--(?:-?>|.*?-->)|[!?][^>]*>|(/?)([a-zA-Z][\w:-]*)"
    r"((?>[^>\"']+|\"[^\"]{0,2000}\"|'[^']{0,2000}'|[\"'])*+)>)",
    re.DOTALL | re.ASCII,
)
_ATTRIBUTE = r"{}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
_HREF = re.compile(r"\b" + _ATTRIBUTE.format("href"), re.IGNORECASE)
_ALT = re.compile(r"\b" + _ATTRIBUTE.format("alt"), re.IGNORECASE)
_START = re.compile(r"\b" + _ATTRIBUTE.format("start"), re.IGNORECASE)
_DROPPED = {
    name: re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE) for name in ("script", "style", "title", "template", "xml")
}
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _PARAGRAPHS | set(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd div dl dt fieldset figure footer form header hr "
        "html li"
        " main nav ol option pre section table tr ul",
    )
)
_PLAIN = frozenset(("b", "i", "u", "em", "strong", "span", "font", "o:p", "small", "tbody", "big", "sub", "head"))
"""Without attributes they change nothing: most tags of most mails."""
_VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"))
_TIGHT = re.compile(r"mso|margin(?:-top)?:\s*0", re.IGNORECASE)
"""A paragraph that stands close to the one above: Word's, and those of programs that write one for each line."""
_QUOTE = re.compile(
    r"gmail_(?:quote|attr)|moz-cite-prefix|yahoo_quoted|protonmail_quote|appendonsend|zmail_extra"
    r"|reference-message-container|mobile-reference-message"
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:[;\"'!]|$)"
    r"|max-height\s*:\s*0(?:px|pt)?\s*;(?=.{0,200}overflow\s*:\s*hidden)",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\u00ad\u034f\u200b\u2060\ufeff]")
_SCHEME = re.compile(r"^https?://(www\.)?|\s+")
_CODED = re.compile(r"%(?:25)*(?:2B|40)", re.IGNORECASE)
"""Plus and at signs of an address in a link, also coded twice. Other codes stay: the link would break in two."""

_HTML_LIMIT = 2_000_000
_QUOTE_DEPTH = 8
_LIST_DEPTH = 50


class _Page:
    """Lines under way: words are gathered until a block begins or ends."""

    def __init__(self, last_blockquote: int) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._pre = 0
        self._last_blockquote = last_blockquote
        self._quotes: list[tuple[str, int]] = []
        self._rest_is_quote = False
        self._href = ""
        self._shown = 0
        self._text = ""
        self._lists: list[int] = []

    def text(self, source: str) -> None:
        if not self._pre:
            if source:
                self._words.append(source)
            return
        for number, piece in enumerate(source.split("\n")):
            if number:
                self._flush()
            self._words.append(piece)

    def _flush(self) -> None:
        line = "".join(self._words)
        if "&" in line:
            line = html.unescape(line)
        # an entity may stand for a line break, which would leave the quotation
        line = re.sub(r"\s", " ", line).rstrip() if self._pre else " ".join(line.split())
        if self._href:  # the link goes on in the next line
            self._text += "".join(self._words[self._shown :])
            self._shown = 0
        self._words.clear()
        line = "-- " if line == "--" else line
        depth = min(len(self._quotes), _QUOTE_DEPTH) or int(self._rest_is_quote)
        line = ("> " * depth + line).rstrip() if depth else line
        if line.strip("> ") or not self.lines or self.lines[-1].strip("> "):
            self.lines.append(line)

    def end_line(self) -> None:
        if self._words:
            line = "".join(self._words)
            if not line.isspace() or "\xa0" in line:
                self._flush()
            self._words.clear()

    def open(self, name: str, attrs: str, at: int) -> None:
        if name in _BLOCKS:
            self._open_block(name, attrs, at)
        elif name == "br":
            self._flush()
        elif name == "a":
            self.close_link()
            self._href, self._shown = _link(attrs), len(self._words)
        elif name == "img":
            if alt := _attribute(_ALT, attrs):
                self._words.append(alt.replace("&", "&amp;"))
        elif name in ("td", "th"):
            self._words.append(" ")

    def _open_block(self, name: str, attrs: str, at: int) -> None:
        self.end_line()
        if name in _PARAGRAPHS and self.lines and not (attrs and _TIGHT.search(attrs)):
            self._flush()
        quote = _QUOTE.search(attrs) if attrs else None
        # what stands beside the quotation in Gmail's container are answers between the lines
        beside = quote and quote[0] == "gmail_quote" and at < self._last_blockquote
        if name == "blockquote" or (quote and not beside):
            self._quotes.append((name, 1))
        elif self._quotes and self._quotes[-1][0] == name:
            self._quotes[-1] = (name, self._quotes[-1][1] + 1)
        if "divRplyFwdMsg" in attrs:  # Outlook on the web puts the history after this element, not into it
            self._rest_is_quote = True
        if name in ("pre", "li", "ol", "ul"):
            self._open_list(name, attrs)

    def _open_list(self, name: str, attrs: str) -> None:
        if name == "pre":
            self._pre += 1
        elif name == "li":
            number = self._lists[-1] if self._lists else -1
            self._words.append(f"{number}. " if number >= 0 else "- ")
            if number >= 0:
                self._lists[-1] += 1
        elif len(self._lists) < _LIST_DEPTH:
            start = _attribute(_START, attrs) if name == "ol" else ""
            first = int(start) if start.isdecimal() and len(start) < 6 else 1
            self._lists.append(first if name == "ol" else -1)

    def close(self, name: str) -> None:
        if name == "a":
            self.close_link()
            return
        if name not in _BLOCKS:
            return
        self.end_line()
        if name == "pre":
            self._pre -= self._pre > 0
        elif name in ("ol", "ul") and self._lists:
            self._lists.pop()
        if self._quotes and self._quotes[-1][0] == name:
            depth = self._quotes[-1][1] - 1
            self._quotes[-1:] = [(name, depth)] if depth else []

    def close_link(self) -> None:
        href, self._href = self._href, ""
        if not href:
            return
        shown, self._text = html.unescape(self._text + "".join(self._words[self._shown :])), ""
        if shown.strip() and not ("." in shown and _bare(href) == _bare(shown)):
            self._words.append(f" <{href.replace('&', '&amp;')}>")


def _attribute(pattern: re.Pattern[str], attrs: str) -> str:
    found = pattern.search(attrs[:4_000])
    return html.unescape(found[1] or found[2] or found[3] or "").strip() if found else ""


def _link(attrs: str) -> str:
    href = _attribute(_HREF, attrs)
    if href[:7].lower() == "mailto:":
        return " ".join(unquote(href[7:].partition("?")[0]).split())
    if href[:8].lower().startswith(("http://", "https://")):
        return _CODED.sub(lambda code: "+" if code[0].upper().endswith("B") else "@", href) if "%" in href else href
    return ""


def _bare(link: str) -> str:
    return _SCHEME.sub("", link.strip().lower()).rstrip("/")


def html_to_text(source: str, *, hidden: bool = False) -> str:
    """Return the readable text of an HTML body, one line per block, quoted history as lines with ``> ``.

    Lists get ``- `` or their number, links their address in angle brackets where it differs from the text, pictures
    their alternative text. What a browser does not show as text (script, style, title, comments, elements that their
    own style hides) is left out; an element that hides and never ends hides nothing. At most 2 000 000 characters
    are read.

    Args:
        source: the HTML.
        hidden: give what its style hides too, for those who look for what must not be passed on.
    """
    source = clean(source[:_HTML_LIMIT]) + "-->"
    page = _read(source, hide=not hidden) or _read(source, hide=False)
    lines = clean("\n".join(page.lines if page else ()))
    return _INVISIBLE.sub("", lines).strip("\n ")


def _read(source: str, *, hide: bool) -> _Page | None:
    """Return the page, None if all after some place would be hidden."""
    page, at = _Page(source.lower().rfind("<blockquote")), 0
    skipping = _Skipping(source, hide=hide)
    for tag in _TAG.finditer(source):
        begin = tag.start()
        if begin < skipping.until:
            continue
        if begin > at and not skipping.hidden:
            page.text(source[at:begin])
        at = tag.end()
        closing, name, attrs = tag.groups()
        if name is None or (not attrs and name in _PLAIN and not skipping.hidden):
            continue
        name = name.lower()
        if skipping.take(name, attrs, at, closing=bool(closing)):
            at = max(at, skipping.until)
        elif closing:
            page.close(name)
        else:
            page.open(name, attrs, begin)
    if skipping.hidden:
        return None
    page.text(source[at:].removesuffix("-->"))
    page.close_link()
    page.end_line()
    return page


class _Skipping:
    """What is under way and not shown: the inside of a hidden element, or of one that holds no text."""

    def __init__(self, source: str, *, hide: bool) -> None:
        self.until = 0
        self.hidden = ""
        self._depth = 0
        self._source = source
        self._hide = hide

    def take(self, name: str, attrs: str, at: int, *, closing: bool) -> bool:
        """Return whether the tag that ends here is not shown, nor what follows up to `until`."""
        if self.hidden:
            if name == self.hidden:
                self._depth += -1 if closing else 1
                self.hidden = self.hidden if self._depth else ""
            return True
        if closing:
            return False
        if attrs and self._hide and name not in _VOID and _hides(attrs):
            self.hidden, self._depth = name, 1
            return True
        if name in _DROPPED:
            end = _DROPPED[name].search(self._source, at)
            self.until = end.end() if end else len(self._source)
            return True
        return False


def _hides(attrs: str) -> bool:
    likely = "none" in attrs or "hidden" in attrs or "opacity" in attrs or "NONE" in attrs
    return likely and "style" in attrs.lower() and _HIDDEN.search(attrs[:2_000]) is not None

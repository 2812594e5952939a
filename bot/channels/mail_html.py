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
    r"<(?:!--.*?--|[!?][^>]*|(/?)([a-zA-Z][\w:-]*)((?>[^>\"']+|\"[^\"]{0,2000}\"|'[^']{0,2000}'|[\"'])*+))>",
    re.DOTALL | re.ASCII,
)
_ATTRIBUTE = r"{}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
_HREF = re.compile(r"\b" + _ATTRIBUTE.format("href"), re.IGNORECASE)
_ALT = re.compile(r"\b" + _ATTRIBUTE.format("alt"), re.IGNORECASE)
_DROPPED = {name: re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE) for name in ("script", "style", "title", "template")}
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _PARAGRAPHS | set(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd div dl dt fieldset figure footer form header hr html li main"
        " nav ol option pre section table tr ul",
    )
)
_QUOTE = re.compile(r"gmail_quote|moz-cite-prefix|yahoo_quoted|protonmail_quote|appendonsend")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")
_CODED = re.compile(r"%(?:25)*(?:2B|40)", re.IGNORECASE)
"""Plus and at signs of an address in a link, also coded twice. Other codes stay: the link would break in two."""

_HTML_LIMIT = 2_000_000
_QUOTE_DEPTH = 8


class _Page:
    """Lines under way: words are gathered until a block begins or ends."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._quotes: list[tuple[str, int]] = []
        self._rest_is_quote = False
        self._href = ""
        self._shown: list[str] = []
        self._pre = 0

    def text(self, source: str) -> None:
        for number, piece in enumerate(source.split("\n") if self._pre else (source,)):
            if number:
                self._flush()
            self._word(html.unescape(piece) if "&" in piece else piece)

    def _word(self, word: str) -> None:
        if word:
            self._words.append(word)
            if self._href:
                self._shown.append(word)

    def _flush(self) -> None:
        line = _SPACE.sub(" ", "".join(self._words)).strip(" ").replace("\xa0", " ").rstrip()
        self._words.clear()
        line = "-- " if line == "--" else line
        depth = min(len(self._quotes), _QUOTE_DEPTH) or int(self._rest_is_quote)
        line = ("> " * depth + line).rstrip() if depth else line
        if line.strip("> ") or not self.lines or self.lines[-1].strip("> "):
            self.lines.append(line)

    def end_line(self) -> None:
        if any("\xa0" in word or not word.isspace() for word in self._words):
            self._flush()
        self._words.clear()

    def open(self, name: str, attrs: str) -> None:
        if name in _BLOCKS:
            self._open_block(name, attrs)
        elif name == "br":
            self._flush()
        elif name == "a":
            self.close_link()
            self._href = _link(attrs)
        elif name == "img":
            self._word(_attribute(_ALT, attrs))
        elif name in ("td", "th"):
            self._word(" ")

    def _open_block(self, name: str, attrs: str) -> None:
        self.end_line()
        if name in _PARAGRAPHS and self.lines and "mso" not in attrs.lower():
            self._flush()
        if name == "blockquote" or (attrs and _QUOTE.search(attrs)):
            self._quotes.append((name, 1))
        elif self._quotes and self._quotes[-1][0] == name:
            self._quotes[-1] = (name, self._quotes[-1][1] + 1)
        if "divRplyFwdMsg" in attrs:  # Outlook on the web puts the history after this element, not into it
            self._rest_is_quote = True
        self._pre += name == "pre"
        if name == "li":
            self._word("- ")

    def close(self, name: str) -> None:
        if name == "a":
            self.close_link()
        if name not in _BLOCKS:
            return
        self.end_line()
        self._pre -= name == "pre" and self._pre > 0
        if self._quotes and self._quotes[-1][0] == name:
            depth = self._quotes[-1][1] - 1
            self._quotes[-1:] = [(name, depth)] if depth else []

    def close_link(self) -> None:
        href, shown = self._href, "".join(self._shown)
        self._href = ""
        self._shown.clear()
        if href and shown.strip() and _bare(href) != _bare(shown):
            self._word(f" <{href}>")


def _attribute(pattern: re.Pattern[str], attrs: str) -> str:
    found = pattern.search(attrs[:4_000])
    return html.unescape(found[1] or found[2] or found[3] or "").strip() if found else ""


def _link(attrs: str) -> str:
    href = _attribute(_HREF, attrs)
    if href.lower().startswith("mailto:"):
        return " ".join(unquote(href[7:].partition("?")[0]).split())
    if not href.lower().startswith(("http://", "https://")):
        return ""
    return _CODED.sub(lambda code: "+" if code[0].upper().endswith("B") else "@", href)


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?|\s+", "", link.strip().lower()).rstrip("/")


def html_to_text(source: str) -> str:
    """Return the readable text of an HTML body, one line per block, quoted history as lines with ``> ``.

    Lists get ``- ``, links their address in angle brackets where it differs from the text, pictures their
    alternative text. What a browser does not show as text (script, style, title, comments) is left out.
    At most 2 000 000 characters are read.
    """
    source = clean(source[:_HTML_LIMIT]) + "-->"
    page, at = _Page(), 0
    while (tag := _TAG.search(source, at)) is not None:
        page.text(source[at : tag.start()])
        at = tag.end()
        name = (tag[2] or "").lower()
        if tag[1]:
            page.close(name)
        elif name in _DROPPED:
            end = _DROPPED[name].search(source, at)
            at = end.end() if end else len(source)
        elif name:
            page.open(name, tag[3])
    page.text(source[at:].removesuffix("-->"))
    page.close_link()
    page.end_line()
    return _INVISIBLE.sub("", clean("\n".join(page.lines))).strip("\n ")

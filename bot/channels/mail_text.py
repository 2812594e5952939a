"""The text of a mail: HTML to lines, the writer's own words, and what an officer wrote above our notice.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    r"""Return the text with every line end as ``\n`` and without control characters and lone surrogates."""
    return _CONTROL.sub("", _BREAKS.sub("\n", text))


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
        return href[7:].partition("?")[0]
    return href if href.lower().startswith(("http://", "https://")) else ""


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


_KEYS = {
    word: kind
    for kind, words in {
        "from": "från from von fra lähettäjä avsändare",
        "sent": "skickat skickades sent date datum gesendet sendt lähetetty päivämäärä dato",
        "to": "till to an til vastaanottaja",
        "subject": "ämne subject betreff emne aihe",
    }.items()
    for word in words.split()
}
_KEY = re.compile(r"[ \t*_]*([^\W\d_]{2,14})[ *_]{0,3}:[*_]?(?:\s|$)")
_CONTINUED = 3
_VERB = r"\b(?:skrev|skriver|wrote|writes|schrieb|kirjoitti|kirjoittaa)\b"
_MAIL = r"[\w.+=-]{1,80}@[\w-]+"
_DATE_FIRST = re.compile(
    r"(?:(?:den|på|on|am|le)\s+)?(?:[^\W\d]{2,12}\.?,?\s+){0,2}(?:(?:den|the)\s+)?\d{1,4}(?!\d)", re.IGNORECASE
)
_NAME_FIRST = re.compile(
    rf"[^.!?\n]{{1,60}}{_VERB}\s*[^\W\d]{{0,5}}\.?\s*\d|.{{0,80}}[<(]{_MAIL}[^<>]{{0,80}}[>)]\s*{_VERB}",
    re.IGNORECASE,
)
_WROTE = re.compile(_VERB + r"(?!\s+(?:ni|du|jag|vi|er|you|we|sie|ihr|te|he)\b)", re.IGNORECASE)
_ADDRESS = re.compile(_MAIL)
_YEAR = re.compile(r"\b\d{4}\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_ORIGINAL = re.compile(
    r"\s*[-_]{3,}\s*(original message|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti"
    r"|ursprüngliche nachricht|opprinnelig melding|oprindelig meddelelse)\s*[-_]{3,}\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*(-{3,}\s*(forwarded message|vidarebefordrat meddelande|välitetty viesti|edelleenlähetetty viesti)"
    r"|begin forwarded message:|vidarebefordrat brev:)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s>|]*[-_=*~#–—]{3,}[\s>]*|[\s>|]*")


def _key(line: str) -> str:
    found = _KEY.match(line)
    return _KEYS.get(found[1].lower(), "") if found else ""


def _is_head(lines: Sequence[str], at: int) -> bool:
    """Whether a reply header begins here: three of from, sent, to and subject, with few lines between."""
    if _key(lines[at]) not in ("from", "sent"):
        return False
    kinds, other = set[str](), 0
    for line in lines[at : at + 12]:
        kind = _key(line)
        other += not kind
        if not line.strip() or other > _CONTINUED:
            break
        kinds.add(kind)
    return len(kinds - {""}) >= 3 and ("subject" in kinds or any(map(_dated, lines[at : at + 6])))


def _quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _quote_follows(lines: Sequence[str], at: int) -> bool:
    return _quoted(next((line for line in lines[at + 1 : at + 4] if line.strip()), ""))


def _dated(line: str) -> bool:
    return bool(_ADDRESS.search(line) or (_YEAR.search(line) and _CLOCK.search(line)))


def _attribution(lines: Sequence[str], at: int) -> int:
    """Return the line where an attribution ("… skrev Anna:") that ends at this line begins, -1 if none does."""
    if not lines[at].rstrip().endswith(":") or len(lines[at]) > 300 or _quoted(lines[at]):
        return -1
    begin, joined = -1, ""
    for start in range(at, max(at - 3, -1), -1):
        if not lines[start].strip() or _quoted(lines[start]):
            break
        joined = f"{lines[start].strip()[:300]} {joined}"
        if not _WROTE.search(joined) or not _dated(joined):
            continue
        if _DATE_FIRST.match(joined):
            return start
        if begin < 0 and _NAME_FIRST.match(joined):
            begin = start
    if begin < 0 and re.search(_VERB, lines[at], re.IGNORECASE) and _quote_follows(lines, at):
        return at
    return begin


def _history(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of everything that introduces quoted history, end exclusive, in order."""
    for at, line in enumerate(lines):
        if _ORIGINAL.fullmatch(line) or _is_head(lines, at):
            yield at, at + 1
        elif (begin := _attribution(lines, at)) >= 0:
            yield begin, at + 1


def new_text(text: str) -> str:
    """Return the writer's own words of this mail, without quoted history and without signature.

    History is what stands below an attribution line, a reply header of at least three keys or an "original
    message" rule, and a last block of ``>`` lines (Swedish, Finnish, Norwegian, Danish, English, German). Own
    words below a quotation keep the quotation, so that answers between the lines stay readable. What a person
    forwards is kept. A signature is cut only below a line that is exactly ``-- ``. Never empty if the text
    is not: then all of it is returned.
    """
    lines = clean(text).split("\n")
    soft: list[tuple[int, int]] = []
    forward = next((at for at, line in enumerate(lines) if _FORWARDED.match(line)), len(lines))
    for begin, end in _history(lines[:forward]):
        if not _quote_follows(lines, end - 1):
            lines = lines[:begin]
            break
        soft.append((begin, end))
    else:
        if forward < len(lines):
            return text.strip()
    lines = lines[: lines.index("-- ")] if "-- " in lines else lines
    inside = {at for begin, end in soft for at in range(begin, end)}
    own = [at for at, line in enumerate(lines) if line.strip() and not _quoted(line) and at not in inside]
    if not own:
        return text.strip()
    first = soft[0][1] if soft and soft[0][0] < own[0] else 0
    return "\n".join(_trimmed(lines[first : own[-1] + 1])).strip() or text.strip()


def above_line(text: str, line_mark: str, secrets: Callable[[str], bool]) -> str:
    """Return what an officer wrote above our notice, empty if nothing stands there (never all of the text).

    The text ends before the first line that holds the marker (in any case, spacing, quoting or wrapping), that
    `secrets` knows as holding a secret address (also one wrapped over two lines), or that begins a reply header
    or an attribution; what a wrapped attribution left above the cut goes too.

    Args:
        text: the whole text of the reply.
        line_mark: the sentence that stands above everything else in our notice.
        secrets: tells whether a line holds an address or token that nobody else may see.
    """
    lines = clean(text).split("\n")
    secret = _secret_at(lines, secrets)
    history = next((begin for begin, _ in _history(lines)), len(lines))
    cut = min(_mark_at(lines, line_mark), secret, history)
    kept = lines[:cut]
    if cut == secret:
        while kept and _key(kept[-1]):  # the cut fell into the middle of a reply header
            kept.pop()
        _drop_begun(kept)
    kept = _trimmed(kept)
    while kept and _quoted(kept[-1]):  # the attribution may stand within the quotation
        kept = _trimmed(kept[:-1])
    _drop_begun(kept, whole=True)
    _drop_short_head(kept)
    return "\n".join(_trimmed(kept)).strip()


def _trimmed(lines: list[str]) -> list[str]:
    """Return the lines without trailing blank ones, empty quote marks and rules."""
    end = len(lines)
    while end and (_RULE.fullmatch(lines[end - 1]) or _ORIGINAL.fullmatch(lines[end - 1])):
        end -= 1
    return lines[:end]


def _skeleton(line: str, letters: bool) -> str:
    """Return what survives wrapping, quoting, entities and changed spaces: letters and digits, or all signs."""
    if "&" in line:
        line = html.unescape(html.unescape(line))
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", line)).casefold()
    return "".join(filter(str.isalnum, plain)) if letters else "".join(plain.replace(">", " ").split())


def _mark_at(lines: Sequence[str], mark: str) -> int:
    """Return the line on which the marker begins, the number of lines if it is nowhere."""
    letters = any(map(str.isalnum, mark))
    wanted = _skeleton(mark, letters)
    starts, parts, total = list[int](), list[str](), 0
    for line in lines:
        starts.append(total)
        parts.append(_skeleton(line, letters))
        total += len(parts[-1])
    found = "".join(parts).find(wanted) if wanted else -1
    return bisect_right(starts, found) - 1 if found >= 0 else len(lines)


def _secret_at(lines: Sequence[str], secrets: Callable[[str], bool]) -> int:
    """Return the first line that holds a secret, or the beginning of one that goes on in the next line."""
    for at, line in enumerate(lines):
        if secrets(line) or secrets(html.unescape(line)):
            return at
        after = lines[at + 1].lstrip("> \t") if at + 1 < len(lines) else ""
        if after and not secrets(after) and secrets(line.rstrip() + after):
            return at
    return len(lines)


def _drop_begun(lines: list[str], *, whole: bool = False) -> None:
    """Drop the attribution that ends these lines: what is left of a wrapped one, or one in a foreign language.

    A `whole` one must end with a colon and hold an address, for here the cut did not fall into its middle.
    """
    for count in (1, 2, 3):
        tail = [line.strip() for line in lines[-count:]]
        if len(lines) < count or not all(tail) or tail[-1].endswith((".", "!", "?")):
            return
        joined = " ".join(tail)[:600]
        sure = _ADDRESS.search(joined) and joined.endswith(":") if whole else _CLOCK.search(joined)
        if sure and _DATE_FIRST.match(joined):
            del lines[-count:]
            return


def _drop_short_head(lines: list[str]) -> None:
    """Drop a reply header too short for certainty (sender and date or subject) right above the cut."""
    count, kinds = 0, set[str]()
    while count < len(lines) and (kind := _key(lines[-count - 1])):
        kinds.add(kind)
        count += 1
    if "from" in kinds and kinds & {"sent", "subject"}:
        del lines[-count:]

"""The text of a mail: its line ends, and what an officer wrote above our notice.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")


def clean(text: str) -> str:
    r"""Return the text with every line end as ``\n`` and without control characters and lone surrogates."""
    if text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable():  # ten times as fast, and usual
        return text
    return _CONTROL.sub("", _BREAKS.sub("\n", text))


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


_FORWARD_SUBJECT = re.compile(r"\s*(vb|vl|fwd?|tr|wg|vidarebefordrat( meddelande)?)\s*(\[\d+\]\s*)?:", re.IGNORECASE)


def is_forward(subject: str) -> bool:
    """Tell whether a subject begins as mail programs begin that of a forwarded mail.

    ``VS`` does not count: it is the reply of Finnish programs, whose forward is ``VL``.
    """
    return _FORWARD_SUBJECT.match(subject) is not None


def unflow(text: str, *, delsp: bool) -> str:
    """Return ``text/plain; format=flowed`` with its paragraphs as one line each (RFC 3676 §4).

    A line that ends with a space goes on in the next one of the same quote depth; ``-- `` never does. Space-stuffing
    is undone. Quoted lines begin with as many ``>`` as they are deep and a space.

    Args:
        text: the decoded text, with any kind of line ends.
        delsp: whether the space at the end of a flowed line goes (parameter ``DelSp=yes``).
    """
    out, open_at = list[list[str]](), -1
    for line in clean(text).split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        said = line[depth:].removeprefix(" ")
        if open_at != depth or said == "-- ":
            out.append([f"{'>' * depth} " if depth and said else ">" * depth])
        flowed = said.endswith(" ") and said != "-- "
        out[-1].append(said[:-1] if flowed and delsp else said)
        open_at = depth if flowed else -1
    return "\n".join(map("".join, out))


def above_line(text: str, line_mark: str, secrets: Callable[[str], bool]) -> str:
    """Return what an officer wrote above our notice, empty if nothing stands there (never all of the text).

    The text ends before the first line that holds the marker (in any case, spacing, quoting or wrapping) or that
    `secrets` knows as holding a secret address (also one wrapped over two lines). Of what is left, only the reply
    introduction that ends directly above goes too: quoted lines, an attribution, a reply header, or what the cut
    left of them, with blank lines and rules between. Higher up, the officer's own words may look like one. Only
    where neither marker nor secret is found does the text end at the first attribution or reply header.

    Args:
        text: the whole text of the reply.
        line_mark: the sentence that stands above everything else in our notice.
        secrets: tells whether a line holds an address or token that nobody else may see.
    """
    lines = clean(text).split("\n")
    secret = _secret_at(lines, secrets)
    cut = min(_mark_span(lines, line_mark)[0], secret)
    if cut == len(lines):
        cut = next((begin for begin, _ in _history(lines)), cut)
    kept = lines[:cut]
    head = cut == secret and _head_begin(lines, cut + 1) <= cut
    if head:
        del kept[_head_begin(lines, cut + 1) :]
    elif cut == secret:
        while kept and _key(kept[-1]):  # the cut fell into the middle of a short reply header
            kept.pop()
        _drop_begun(kept)
    kept = _trimmed(kept)
    while kept and _quoted(kept[-1]):  # the attribution may stand within the quotation
        kept = _trimmed(kept[:-1])
    if not head:
        _drop_introduction(kept)
    return "\n".join(_trimmed(kept)).strip()


def _drop_introduction(kept: list[str]) -> None:
    """Drop the one attribution or reply header that ends these lines."""
    if not kept:
        return
    begin = _attribution(kept, len(kept) - 1)
    begin = begin if begin >= 0 else _head_begin(kept, len(kept))
    if begin < len(kept):
        del kept[begin:]
        return
    count = len(kept)
    _drop_begun(kept, whole=True)
    if len(kept) == count:
        _drop_short_head(kept)


def _head_begin(lines: Sequence[str], end: int) -> int:
    """Return where the reply header that reaches this end begins, the end itself if none does.

    No key stands twice in a header: what stands above a repeated one is the officer's own.
    """
    kinds, begin = set[str](), end
    for at in range(min(end, len(lines)) - 1, max(end - 13, -1), -1):
        kind = _key(lines[at])
        if kind in kinds or not lines[at].strip():
            break
        kinds |= {kind} - {""}
        begin = at if _is_head(lines, at) else begin
    return begin


_PHONE = re.compile(
    r"(hämta|skaffa|get|hent|hanki|holen sie sich) outlook|skickat från|skickat med|sent from|sent with|sendt fra"
    r"|lähetetty|gesendet (von|mit)|von meinem",
    re.IGNORECASE,
)


def words_below(text: str, line_mark: str) -> bool:
    """Tell whether somebody wrote between or below the quoted lines of our notice, where nothing is sent from.

    False unless the marker's line is quoted with ``>``. Blank lines, rules, what stands below ``-- `` and the
    lines that phones put below a mail do not count, nor does the rest of a marker that was wrapped.
    """
    lines = clean(text).split("\n")
    begin, last = _mark_span(lines, line_mark)
    if begin == len(lines) or not _quoted(lines[begin]):
        return False
    below = lines[last + 1 :]
    wrapped = _mark_span(below[:2], line_mark)[1]  # the marker stands on both sides of its line
    below = below[wrapped + 1 :] if wrapped < len(below[:2]) else below
    below = below[: below.index("-- ")] if "-- " in below else below
    own = (line for line in below if not _RULE.fullmatch(line) and not _quoted(line))
    return any(not _PHONE.match(line.strip()) for line in own)


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


def _mark_span(lines: Sequence[str], mark: str) -> tuple[int, int]:
    """Return the first and the last line of the marker, twice the number of lines if it is nowhere."""
    letters = any(map(str.isalnum, mark))
    wanted = _skeleton(mark, letters)
    starts, parts, total = list[int](), list[str](), 0
    for line in lines:
        starts.append(total)
        parts.append(_skeleton(line, letters))
        total += len(parts[-1])
    found = "".join(parts).find(wanted) if wanted else -1
    if found < 0:
        return len(lines), len(lines)
    return bisect_right(starts, found) - 1, bisect_right(starts, found + len(wanted) - 1) - 1


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
    while count < len(lines) and (kind := _key(lines[-count - 1])) and kind not in kinds:
        if "from" in kinds and kind != "sent":  # the sender stands first, or below the date
            break
        kinds.add(kind)
        count += 1
    if "from" in kinds and kinds & {"sent", "subject"}:
        del lines[-count:]

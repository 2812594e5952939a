"""What mail programs put between an officer's words and our notice: attributions, reply headers and rules.

Pure. Nothing here raises, whatever it is given; each line is looked at a bounded number of times.
"""

import re
from collections.abc import Iterator, Sequence

from bot.channels.mail_attribution import quoted
from bot.channels.mail_banner import banner_end

_KEYS = {
    word: kind
    for kind, words in {
        "from": "från from von fra lähettäjä avsändare",
        "sent": "skickat skickades sent date datum gesendet sendt lähetetty päivämäärä päiväys dato",
        "to": "till to an til vastaanottaja",
        "subject": "ämne ärende subject betreff emne aihe",
    }.items()
    for word in words.split()
}
_KEY = re.compile(r"[ \t*_]*([^\W\d_]{2,14})[ *_]{0,3}:[*_]?(?:\s|$)")
_CONTINUED = 3
_WRAPPED = 6
"""Lines over which an attribution may be wrapped."""
_VERB = r"\b(?:skrev|skriver|wrote|writes|schrieb|kirjoitti|kirjoittaa)\b"
_MAIL = r"[\w.+=-]{1,80}@[\w-]+"
_DATE_FIRST = re.compile(
    r"(?:(?:den|på|on|am|le)\s+)?(?:[^\W\d]{2,12}\.?,?\s+){0,2}(?:(?:den|the)\s+)?\d{1,4}(?!\d)", re.IGNORECASE
)
_NAME_FIRST = re.compile(
    rf"[^.!?\n]{{1,120}}{_VERB}\s*[^\W\d]{{0,5}}\.?\s*\d|.{{0,80}}[<(]{_MAIL}[^<>]{{0,80}}[>)]\s*{_VERB}",
    re.IGNORECASE,
)
_WROTE = re.compile(_VERB + r"(?!\s+(?:ni|du|jag|vi|er|you|we|sie|ihr|te|he)\b)", re.IGNORECASE)
_ADDRESS = re.compile(_MAIL)
_YEAR = re.compile(r"\b\d{4}\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_ORIGINAL = re.compile(
    r"\s*[-_]{3,}+\s*(original message|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti"
    rf"|ursprüngliche nachricht|opprinnelig melding|oprindelig meddelelse|[^\n]{{1,200}}?{_VERB}\s?:?)\s*[-_]{{3,}}\s*"
    rf"|\s*-{{3,}}+[^\n]{{1,150}}<{_MAIL}[^\n>]{{0,60}}>\s?{_VERB}\s?:\s*",
    re.IGNORECASE,
)
"""A rule with words in it; those of Notes name the sender: "-----Anna <anna@example.org> skrev: -----"."""
_ARROWS = re.compile(r"\s*>>> [^\n]{1,300} >>>\s*")
"""How GroupWise introduces what it quotes, without any sign on the quoted lines; nobody else writes so."""
_CASE = re.compile(r"\bK-[0-9A-Z]{6}-[0-9A-Z]\b")
"""A case number: the subject of every notice begins with one, so a reply's header holds it in any language."""
_ANY_KEY = re.compile(r"[ \t*_]*[^\W\d_][^:：\n]{0,24}[:：](?:[\s*_]|$)")
_HEAD_LINES = 24
_ABOVE = 60
_BANNER = 10
_FULL = 60
"""Characters from which a line may have been broken."""
RULE = re.compile(r"[\s>|]*[-_=*~#–—]{3,}[\s>]*|[\s>|]*")
"""A line that says nothing: blank, a rule, quotation marks."""


_ANSWERS_BELOW = re.compile(
    r"\b(?<!ert )(?<!ditt )(?<!ett )(?<!er )(?:svar|svaren|svarar|kommentar(?:er|erna)?)\b.{0,40}\b(?:nedan|nedanför"
    r"|inne i|i (?:rött|blått|grönt|gult"
    r"|texten|fetstil))\b"
    r"|\b(?<!your )(?<!the )(?:answers?|repl(?:y|ies)|comments?|responses?)\b.{0,40}\b(?:below|in-?line|inline"
    r"|in (?:red|blue|green"
    r"|bold))\b"
    r"|\bvasta(?:ukseni|ukset|an|sin)\b.{0,40}\b(?:alla|alle|punaisella|sinisellä)\b|\b(?:mine )?(?:svar"
    r"|kommentarer)\b.{0,40}"
    r"\b(?:nedenfor|under|i rødt|i blåt{1,2})\b|\bantworten?\b.{0,40}\b(?:unten|im text|in (?:rot|blau))\b",
    re.IGNORECASE,
)
"""The writer announces answers inside the quotation, where no sign tells them apart."""
_ANSWER_STEMS = ("svar", "komment", "answer", "repl", "comment", "respons", "vasta", "antwort")


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


def _quote_follows(lines: Sequence[str], at: int) -> bool:
    return quoted(next((line for line in lines[at + 1 : at + 4] if line.strip()), ""))


def _dated(line: str) -> bool:
    return bool(_ADDRESS.search(line) or (_YEAR.search(line) and _CLOCK.search(line)))


def _attribution(lines: Sequence[str], at: int) -> int:
    """Return the line where an attribution ("… skrev Anna:") that ends at this line begins, -1 if none does."""
    if not lines[at].rstrip().endswith(":") or len(lines[at]) > 300 or quoted(lines[at]):
        return -1
    begin, joined = -1, ""
    for start in range(at, max(at - _WRAPPED, -1), -1):
        if not lines[start].strip() or quoted(lines[start]):
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


def announced_at(text: str) -> int:
    """Return where the words end that announce answers inside the quotation ("my answers below"), -1 if none do."""
    lower = text.lower()
    found = _ANSWERS_BELOW.search(text) if any(stem in lower for stem in _ANSWER_STEMS) else None
    return found.end() if found else -1


def introduces(lines: Sequence[str], at: int) -> bool:
    """Tell whether this line belongs to the introduction that begins the history, and nothing quoted stands above."""
    first = first_history(lines)
    led = lines[first : at + 1] if at - first < _HEAD_LINES else []
    return bool(led) and all(line.strip() and not quoted(line) for line in led)


def above_introduction(lines: Sequence[str], cut: int, *, marked: int, secret: int) -> list[str]:
    """Return the lines above the cut without the reply introduction that ends there.

    The introduction is what a mail program puts above a quotation: quoted lines, an attribution, a reply header, or
    what the cut left of them, with blank lines and rules between. Higher up, own words may look like one; only a
    header that names a case number is surely ours, even where a gateway's banner stands between.

    Args:
        lines: the whole text.
        cut: where our notice or a secret begins, or other history; may be the number of lines.
        marked: the line of our marker, or their number.
        secret: the first line that holds a secret, or their number.
    """
    head = _head_at(lines, cut, marked, secret)
    kept = list(lines[: head if head >= 0 else cut])
    if head < 0 and cut == secret:
        while kept and _key(kept[-1]):  # the cut fell into the middle of a short reply header
            kept.pop()
        _drop_begun(kept)
    kept = _without_quoted(_without_banner(_trimmed(kept)))
    if head < 0:
        _drop_introduction(kept)
    return _trimmed(kept[: next((at for at, line in enumerate(kept) if _ARROWS.fullmatch(line)), len(kept))])


def _head_at(lines: Sequence[str], cut: int, marked: int, secret: int) -> int:
    """Return where a reply header begins that is surely of our notice, -1 if none does."""
    if cut not in (marked, secret) or cut == len(lines):
        return -1
    head = _case_head(lines, cut, marked)
    if head < 0 and cut == secret:
        head = _head_begin(lines, cut + 1)
        return head if head <= cut else -1
    return head


def _without_quoted(kept: list[str]) -> list[str]:
    """Return the lines without the quoted ones at their end: the attribution may stand within the quotation."""
    end = len(kept)
    while end:
        above, line = kept[end - 2] if end > 1 else "", kept[end - 1]
        # Outlook breaks long quoted lines without a sign before the rest
        rest = quoted(above) and len(above) + len(line.split(" ", 1)[0]) >= _FULL
        if not quoted(line) and not rest:
            break
        end = _trimmed_end(kept, end - 1)
    return kept[:end]


def _without_banner(kept: list[str]) -> list[str]:
    """Return the lines without a gateway's banner at their end, if an introduction stands above it."""
    for at in range(max(len(kept) - _BANNER, 1), len(kept)):
        if not kept[at].strip() or banner_end(kept[at:]) < len(kept) - at:
            continue
        above = _trimmed(kept[:at])
        last = len(above) - 1
        led = any(map(str.strip, kept[len(above) : at]))  # a rule with words in it
        led = led or (last >= 0 and (_attribution(above, last) >= 0 or _head_begin(above, last + 1) <= last))
        return above if led else kept
    return kept


def _case_head(lines: Sequence[str], cut: int, end: int) -> int:
    """Return where the reply header begins that names a case number and does not reach `end`; -1 if none does.

    In words we know it may stand some lines above the cut; in other languages only directly above.
    """
    first = max(cut - _ABOVE, 0)
    window = [line.lstrip("> \t") for line in lines[first : min(end, cut + _HEAD_LINES)]]
    for at in range(len(window) - 1, -1, -1):
        if not _ANY_KEY.match(window[at]) or not _CASE.search(" ".join(window[at : at + 2])[:300]):
            continue
        begin, stop = _block(window, at)
        block = window[begin:stop]
        kinds = {_key(line) for line in block} - {""}
        sure = {"from", "subject"} <= kinds and len(kinds) > 2
        near = sum(_ANY_KEY.match(line) is not None for line in block) > 2 and not _trimmed(window[stop : cut - first])
        if first + begin <= cut and (sure or near) and any(map(_dated, block)):
            return first + begin
    return -1


def _block(lines: Sequence[str], at: int) -> tuple[int, int]:
    """Return begin and end of the header that this line of it stands in: no key stands in it twice."""
    begin, keys, kinds = at, {_name(lines[at])}, {_key(lines[at])}
    for above in range(at - 1, max(at - _HEAD_LINES, -1), -1):
        line, kind = lines[above], _key(lines[above])
        if not line.strip() or ("from" in kinds and not kind):
            break
        if not _ANY_KEY.match(line):
            continue
        name = _name(line)
        if name in keys or (kind and kind in kinds):
            break
        begin, keys, kinds = above, keys | {name}, kinds | {kind}
    stop = next((below for below in range(at, len(lines)) if not lines[below].strip()), len(lines))
    return begin, min(stop, at + _HEAD_LINES)


def _name(line: str) -> str:
    return re.split("[:：]", line, maxsplit=1)[0].strip(" \t*_").lower()


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


def _trimmed(lines: list[str]) -> list[str]:
    return lines[: _trimmed_end(lines, len(lines))]


def _trimmed_end(lines: Sequence[str], end: int) -> int:
    """Return the end without trailing blank lines, empty quote marks and rules, also those with words in them."""
    while end:
        rule = 1 if RULE.fullmatch(lines[end - 1]) else _original(lines, end)
        if not rule:
            break
        end -= rule
    return end


def _original(lines: Sequence[str], end: int) -> int:
    """Return over how many of the last lines an "original message" rule stands, 0 if none does."""
    for count in range(1, min(_WRAPPED, end) + 1):
        line = lines[end - count].lstrip()
        if not line:
            break
        if line.startswith(("---", "___")):
            return count if _ORIGINAL.fullmatch(" ".join(lines[end - count : end])[:400]) else 0
        if line.startswith(">>>"):  # GroupWise: >>> Anna <anna@example.org> 2026-11-16 09:12 >>>
            return count if lines[end - 1].rstrip().endswith(">>>") else 0
    return 0


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


def first_history(lines: Sequence[str]) -> int:
    """Return the first line that introduces history or is quoted, the number of lines if none does."""
    marked = next((at for at, line in enumerate(lines) if quoted(line)), len(lines))
    return min(next((begin for begin, _ in _history(lines)), marked), marked)

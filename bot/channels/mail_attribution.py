"""How mail programs introduce quoted history: attribution lines, reply headers and "original message" rules.

Pure. Nothing here raises, whatever it is given; each line is looked at a bounded number of times.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.channels.mail_why import Why

_KEYS = {
    word.replace("_", " "): kind
    for kind, words in {
        "from": "från from von fra lähettäjä avsändare de da van od от expéditeur mittente remitente afsender avsender"
        " frå frá skickat_av sent_by 发件人 寄件者 差出人 보낸_사람 feladó saatja",
        "sent": "skickat skickades skickad sänt sent gesendet sendt lähetetty envoyé inviato enviado enviado_el "
        "verzonden wysłano"
        " отправлено odesláno sendes skickat_den sent_on date_sent saadetud 发送时间",
        "date": "date dagsetning datum dato päivämäärä päiväys pvm data fecha дата tid aika kuupäev 日期",
        "to": "till to an til viðtakandi vastaanottaja à a para aan do кому per saaja kenelle 收件人 宛先",
        "subject": "ämne efni subject betreff emne aihe objet oggetto asunto assunto onderwerp temat тема předmět "
        "otsikko"
        " rubrik ärende emnefelt teema 主题 件名",
        "more": "cc kopia kopio kopi kopie copia bcc svar_till reply-to vastaus bilagor attachments bilaga liitteet"
        " prioritet importance prioritet kopia_till hemlig_kopia organisation vedhæftede_filer vedlegg anlagen",
    }.items()
    for word in words.split()
}
_INLINE = re.compile(
    r"(?:^|[\s*>])(" + "|".join(sorted(map(re.escape, _KEYS), key=len, reverse=True)) + r")[*_]?\s?:(?=[*_\s]|$)",
    re.IGNORECASE,
)
_MAIN = frozenset(("from", "sent", "to", "subject"))
_HEAD_LINES = 16
_CONTINUED = 3

_VERB = (
    r"\b(?:skrev|skriver|skreiv|wrote|writes|schrieb|schreibt|kirjoitti|kirjoittaa|a écrit|écrit|escribió|ha scritto"
    r"|scrisse"
    r"|schreef|heeft geschreven|napisał\(a\)|napisała?|pisze|escreveu|написала?|написал\(а\)|пишет|napsala?|napsal\(a\)"
    r"|kirjutas|skrifaði|đã viết|rašė|rakstīja|yazdı|írta|a scris|έγραψε|пише)(?!\w)"
)
_WROTE = re.compile(_VERB, re.IGNORECASE)
_STEMS = (
    "skr", "wro", "wri", "schr", "kirj", "cri", "crev", "napisa", "napsa", "pis", "пис", "пиш", "rašė", "rakst", "yazd",
    "írta", "γραψ", "viết",
)  # fmt: skip
"""One of them is in each verb: most lines are done with them."""
_SOMEBODY = re.compile(
    r"\b(?:jag|ni|du|vi|de|i|you|we|they|ich|sie|hän|jeg|dere|som|je|har|hade|had|have)\s+(?:då|också|also"
    r"|själv)?\s*$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\s+(?:ni|du|jag|vi|er|you|we|sie|ihr|te|he|i|jeg|dere|ich|att|that|om)\b", re.IGNORECASE)
_RUNNING = re.compile(
    r"\b(?:till|to|an|til) (?:mig|oss|dig|me|us|you|mich|uns|meg|dem|them)\b|\bföljande\b|\bså här\b|\bthe following\b"
    r"|\bfolgendes\b|\bseuraavaa\b",
    re.IGNORECASE,
)
"""Words of a sentence that tells about a letter, which no mail program writes."""
_ADDRESS = re.compile(r"[\w.+=-]{1,80}@[\w-]+")
_CLOCK = re.compile(r"(?<![\d.])\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?![\d]|[.:]\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TELLS = re.compile(r"[\d@]")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_LEAD = r"(?:den|på|on|am|le|el|il|op|em|no dia|w dniu|dnia|dne|vào|la|a)"
_DATE = re.compile(
    r"[-*\[(\"'\s]*"
    rf"(?:(?:{_LEAD}\s+)?(?:(?:kl\.?|klo|kello|at|um)\s+)?\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?,?\s+)?(?:{_LEAD}\s+)?"
    r"(?:[^\W\d]{1,13}[.,]{0,2}\s+)?(?:(?:den|the|d\.|dia)\s+)?"
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}(?!\d)|\d{1,2}-[^\W\d]{3,4}-\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th|er|º|\.)?\s(?:de\s)?[^\W\d]{3,14}|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,|\s|$)"
    r"|\d{4}年|\d{4}\. \w)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[!?][\"')\s]*$|[^\W\d]{5,}\.\s*$")
_DASHES = "-_=*~—–#"
_ORIGINAL = re.compile(
    r"[-_=*~—–#]{2,}\s*(?:original|original message|original e-?mail|original appointment|reply message|reply separator"
    r"|(?:please )?(?:(?:type|write|enter|add|send) )?(?:your )?(?:(?:reply|answer|response|comment) )?above this line"
    r"[^\n]{0,60}?|ursprungligt meddelande|ursprungligt mail|ursprungligt mejl|ursprungligt brev"
    r"|originalmeddelande|ursprunglig avtalad tid|alkuperäinen viesti|alkuperäinen sähköposti|ursprüngliche nachricht"
    r"|originalnachricht|opprinnelig melding|original melding|oprindelig meddelelse|oprindelig besked"
    r"|message d['’]origine"
    r"|message original|mensaje original|messaggio originale|oorspronkelijk bericht|wiadomość oryginalna"
    r"|oryginalna wiadomość|pierwotna wiadomość|mensagem original|исходное сообщение|пересылаемое сообщение"
    r"|původní zpráva|pôvodná správa|algne kiri|svar från|原始邮件)\s*:?\s*(?:[-_=*~—–#]{2,}|$)",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*(?:[-_=*]{3,}\s*(?:forwarded (?:message|by)|vidarebefordrat (?:meddelande|mail|mejl|brev)|välitetty viesti"
    r"|edelleenlähetetty viesti|videresendt (?:melding|meddelelse|besked)|weitergeleitete nachricht|message transféré"
    r"|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|wiadomość przekazana"
    r"|przekazana wiadomość|forwarded)\b"
    r"|(?:begin forwarded message|vidarebefordrat (?:brev|meddelande|mejl)|välitetty viesti(?: alkaa)?"
    r"|videresendt melding"
    r"|start på (?:videresendt besked|vidarebefordrat meddelande)|aloita välitetty viesti|anfang der weitergeleiteten"
    r" nachricht|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato"
    r"|begin doorgestuurd bericht)\s?:\s*$)",
    re.IGNORECASE,
)
_RULED = re.compile(r"\s*[-_=*]{5,}\s*")
_NAMED = re.compile(r"[ *_]{0,3}[^\W\d_][^:\n]{0,18}?[*_ ]{0,2}[:：][*_]?(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Introduction:
    """What introduces quoted history: lines from begin to end (exclusive), and the rule that saw it."""

    begin: int
    end: int
    why: Why


def quoted(line: str) -> bool:
    """Tell whether a line carries a quotation mark (``>``)."""
    return line.startswith(">") or line.lstrip().startswith(">")


def forward_at(lines: Sequence[str]) -> int:
    """Return the first line that is a "forwarded message" rule, the number of lines if none is."""
    for at, line in enumerate(lines):
        if line and (line[0] in "-_=* \t" or line.rstrip().endswith(":")) and _FORWARDED.match(line[:200]):
            return at
    return len(lines)


def introductions(lines: Sequence[str], *, quote_after: Sequence[bool]) -> Iterator[Introduction]:
    """Yield everything that introduces quoted history, in order of its end; quoted lines are passed over.

    Args:
        lines: the text without line ends.
        quote_after: for each line, whether it stands above a quoted line with at most two blank ones between.
    """
    done = 0
    for at, line in enumerate(lines):
        bare = line.strip()
        if at < done or len(bare) < 3 or (bare[0] == ">" and not (bare.startswith(">>> ") and bare.endswith(">>>"))):
            continue
        found = _ruled(bare, at) or (_header(lines, at) if ":" in bare or "：" in bare else None)
        found = found or _opened(lines[at], at)
        if found is None and len(bare) <= 400 and (bare[-1] in ":：>-)" or (quote_after[at] and _TELLS.search(bare))):
            begin = _attribution(lines, at, follows=quote_after[at])
            found = Introduction(max(begin, done), at + 1, Why.TEXT_ATTRIBUTION) if begin >= 0 else None
        if found:
            done = found.end
            yield found


def _ruled(bare: str, at: int) -> Introduction | None:
    if bare[0] in _DASHES and _ORIGINAL.match(bare[:200]):
        return Introduction(at, at + 1, Why.TEXT_REPLY_HEADER)
    return None


_OPENED = re.compile(
    rf"[^\n]{{10,200}}?[<(]{{1,2}}[^<>\s()]{{1,80}}@[^<>\s()]{{1,120}}[>)]{{1,2}},?\s*{_VERB}\s?:\s+\S", re.IGNORECASE
)


def _opened(line: str, at: int) -> Introduction | None:
    """Return the attribution that a line begins with which goes on with what was written: no line breaks are left."""
    if "@" in line and ": " in line and _has_verb(line[:500]) and _DATE.match(line) and _OPENED.match(line):
        return Introduction(at, at + 1, Why.TEXT_ATTRIBUTION)
    return None


def _kind(line: str) -> str:
    word = line[:60].replace("：", ":").partition(":")
    return _KEYS.get(word[0].strip("*_ \t").lower(), "") if word[1] else ""


def _kinds(line: str) -> set[str]:
    """Return the kinds of all keys of a line that begins with one: a whole header may stand in one line."""
    kind = _kind(line)
    if not kind:
        return set()
    return {_KEYS[key.lower()] for key in _INLINE.findall(line[:1_500])} | {kind} if len(line) > 40 else {kind}


@dataclass(slots=True)
class _Head:
    """A reply header under way."""

    kinds: set[str]
    end: int
    address: bool = False
    dated: bool = False


def _gather(lines: Sequence[str], at: int) -> _Head:
    """Return what stands from this line on as long as it is keys with their values, wrapped ones too."""
    head, other = _Head(kinds=set(), end=at), 0
    for number in range(at, min(at + _HEAD_LINES, len(lines))):
        line = lines[number]
        if not line.strip():
            if not other and number + 1 < len(lines) and _kind(lines[number + 1]) not in ("", "from"):
                continue
            break
        kinds = _kinds(line)
        if not kinds:
            other += 1
            if other > _CONTINUED or line.startswith(">"):
                break
            head.address = head.address or ("@" in line and not _NAMED.match(line))
            continue
        if "from" in kinds and "from" in head.kinds:
            break
        head.kinds |= kinds
        head.end = number + 1
        head.address = head.address or "@" in line
        if kinds & {"sent", "date"}:
            head.dated = _YEAR.search(line[:1_000]) is not None or _CLOCK.search(line[:1_000]) is not None
    return head


def _header(lines: Sequence[str], at: int) -> Introduction | None:
    """Return the reply header that begins at this line.

    It has three of sender, date, recipient and subject, and what no timetable has: an address, or sender, date and
    subject together, or a date by the name that only mail gives it. Below a rule, or with address and date, two do.
    """
    line = lines[at]
    kind = _kind(line)
    below_rule = at > 0 and lines[at - 1][:1] in "-_=* " and _RULED.fullmatch(lines[at - 1][:200]) is not None
    if not kind or kind == "more":
        return _any_language(lines, at) if below_rule and _NAMED.match(line) else None
    if kind == "from" and at + 1 < len(lines) and _kind(lines[at + 1]) == "from":
        return None
    head = _gather(lines, at)
    main = {"sent" if one == "date" else one for one in head.kinds} & _MAIN
    if "from" not in main:
        return _notes(lines, at, head) if kind == "to" and {"to", "subject"} <= main else None
    sure = head.address or "sent" in head.kinds or {"sent", "subject"} <= main
    if (len(main) >= 3 and sure) or (len(main) == 2 and (below_rule or (head.address and head.dated))):
        return Introduction(at, head.end, Why.TEXT_REPLY_HEADER)
    return None


def _any_language(lines: Sequence[str], at: int) -> Introduction | None:
    """Return the reply header below a rule whose keys are of no language known here: address first, then more keys."""
    end = at
    while end < min(at + 6, len(lines)) and _NAMED.match(lines[end]):
        end += 1
    known = end - at >= 3 and any(_ADDRESS.search(line[:1_000]) for line in lines[at : at + 2])
    return Introduction(at, end, Why.TEXT_REPLY_HEADER) if known else None


def _notes(lines: Sequence[str], at: int, head: _Head) -> Introduction | None:
    """Return the header of Lotus Notes: a line with name and date, then recipient and subject with their keys."""
    for above in range(at - 1, max(at - 5, -1), -1):
        line = lines[above]
        if _CLOCK.search(line[:200]) and _DIGIT.search(line) and len(line) < 200:
            named = above > 0 and lines[above - 1].strip() and len(lines[above - 1]) < 80 and _DATE.match(line)
            begin = above - 1 if named and not _ENDED.search(lines[above - 1]) else above
            return Introduction(begin, head.end, Why.TEXT_REPLY_HEADER)
    return None


def _attribution(lines: Sequence[str], at: int, *, follows: bool) -> int:
    """Return the line where an attribution ("… skrev Anna:") that ends at this line begins, -1 if none does."""
    window = _window(lines, at)
    whole, last = " ".join(window), window[-1]
    if last.startswith("--") and last.endswith("--") and len(last) < 120 and _wrote(last):
        return at
    if last.endswith(">>>"):
        return at if _ADDRESS.search(last) or _CLOCK.search(last) else -1
    if ("@" in whole) + (_CLOCK.search(whole) is not None) + follows + _has_verb(whole) < 2:
        return -1
    colon = last.rstrip("*_ ").endswith((":", "：")) or (last.startswith("--") and last.endswith("--"))
    best = -1
    for back in range(1, len(window) + 1):
        joined = " ".join(window[-back:]).lstrip(_DASHES + " ")
        strict = _DATE.match(joined)
        wrote = _wrote(joined)
        if strict and wrote and wrote.start() and _whole(joined, wrote, colon=colon, follows=follows):
            if best < 0 or _CLOCK.search(window[-back]) or len(_LETTER.findall(window[-back][strict.end() :])) < 7:
                return at - back + 1
        elif best < 0 and _partly(joined, bool(strict), wrote, colon=colon, follows=follows):
            best = at - back + 1
    return best


def _has_verb(text: str) -> bool:
    lower = text.lower()
    return any(stem in lower for stem in _STEMS)


def _wrote(text: str) -> re.Match[str] | None:
    """Return the verb that says who wrote, unless a sentence tells that we or you did."""
    for found in _WROTE.finditer(text) if _has_verb(text) else ():
        before = text[max(0, found.start() - 20) : found.start()]
        if not _SOMEBODY.search(before) and not _TOLD.match(text, found.end()):
            return found
    return None


def _window(lines: Sequence[str], at: int) -> list[str]:
    """Return this line and up to three above that may belong to it, stripped."""
    window = [lines[at].strip()]
    for above in range(at - 1, max(at - 4, -1), -1):
        line = lines[above].strip()
        if not line or line[0] == ">" or len(line) > 300:
            break
        if _ENDED.search(line[-40:]) and line.rfind("<") <= line.rfind(">"):  # not inside of an address
            break
        window.append(line)
    window.reverse()
    return window


def _whole(joined: str, wrote: re.Match[str], *, colon: bool, follows: bool) -> bool:
    """Whether what begins with a date and holds the verb is an attribution."""
    address = _ADDRESS.search(joined) is not None
    if not address and not follows and _RUNNING.search(joined, wrote.end()):
        return False
    if colon:
        return address or follows or _CLOCK.search(joined) is not None
    return (follows or address) and (joined[-1] in ">)]" or follows) and (address or _CLOCK.search(joined) is not None)


_MAILBOX_WROTE = re.compile(
    rf"[^\n]{{0,120}}[<(\[]?[\w.+=-]{{1,80}}@[^\s<>]{{1,120}}[>)\]]*,?\s*{_VERB}", re.IGNORECASE
)
_MAILBOX_END = re.compile(r"[<(\[][^<>\s]{0,80}@[^<>]{1,120}[>)\]]+\s*[:：]?$")


def _partly(joined: str, strict: bool, wrote: re.Match[str] | None, *, colon: bool, follows: bool) -> bool:
    """Whether an attribution is complete that begins with a name, or lacks the verb."""
    if joined[:1] in "<(" or _CLOCK.match(joined) or (wrote and wrote.start() == 0):
        return False
    address = _ADDRESS.search(joined) is not None
    clock = _CLOCK.search(joined) is not None
    if wrote:
        if not colon and not (follows and (_MAILBOX_END.search(joined) or (clock and _MAILBOX_WROTE.match(joined)))):
            return False
        if address and (follows or _MAILBOX_WROTE.match(joined)):
            return True
        told = _RUNNING.search(joined, wrote.end()) is None and len(joined[: wrote.start()].split()) <= 6
        return told and (follows or (clock and len(_DIGIT.findall(joined)) >= 6))
    if follows and (colon or (strict and _MAILBOX_END.search(joined))):
        return address or (clock and strict)
    return colon and strict and clock and _MAILBOX_END.search(joined) is not None

"""Whose mail a forwarded one carries on: the header that mail programs show above the original. Pure.

Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels.mail_dates import read_wall
from bot.channels.mail_text import clean, is_forward
from bot.port import Forwarded, Inbound

_LOOKED = 100_000
"""Characters in which the original's header must begin: no colleague writes more above it."""
_DEEPEST = 5
"""Forwards within a forward that are looked for."""

_RULE = re.compile(
    r"[>\s*_]{0,20}-{2,}[ *]{0,3}(?:forwarded (?:message|mail|email)|vidarebefordrat (?:meddelande|brev|mail|mejl)"
    r"|välitetty viesti|edelleen ?lähetetty viesti|videresendt (?:melding|e-post|meddelelse|besked|mail)"
    r"|weitergeleitete (?:nachricht|mail|e-mail))[ *]{0,3}-{2,}\s*"
    r"|[>\s*_]{0,20}(?:begin forwarded message|(?:börja )?vidarebefordrat (?:brev|meddelande)"
    r"|(?:alkaa )?(?:edelleen ?lähetetty|välitetty) viesti(?: alkaa)?"
    r"|(?:start på )?videresendt (?:melding|besked|e-post)"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail))[ *]{0,3}:[\s*_]{0,8}",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[>\s]{0,20}[-_]{3,}[ ]{0,3}(?:original message|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti"
    r"|ursprüngliche nachricht|opprinnelig melding|oprindelig meddelelse)[ ]{0,3}[-_]{3,}\s*",
    re.IGNORECASE,
)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|sv|aw|antw|svar)\s*(?:\[\d+\]\s*)?:", re.IGNORECASE)
# A forward in Norwegian and Danish programs, which show "Fra"; a reply in Finnish ones, which show "Lähettäjä".
_EITHER_SUBJECT = re.compile(r"\s*vs\s*:", re.IGNORECASE)
_FRA = re.compile(r"(?im)^[>\s*_]{0,20}fra[ *_]{0,3}:")
_FORWARD_MARK = re.compile(r"\s*(?:[A-Za-z]{2,3}|vidarebefordrat(?: meddelande)?)\s*(?:\[\d+\]\s*)?:\s*", re.IGNORECASE)
_DECORATION = re.compile(r"[>\s]*[-_=*–—]*\s*")

_KEYS = {
    word: kind
    for kind, words in {
        "from": "från,from,von,fra,lähettäjä,avsändare,afsender,avsender,absender",
        "sent": "skickat,skickades,skickad,sent,date,datum,gesendet,sendt,lähetetty,päivämäärä,dato,pvm,päiväys",
        "to": "till,to,an,til,vastaanottaja,kenelle",
        "subject": "ämne,subject,betreff,emne,aihe,otsikko,rubrik",
        "other": "cc,bcc,kopia,kopio,kopi,kopie,hemlig kopia,reply-to,svara till,svar til,antwort an,bilagor"
        ",attachments,liitteet,vedlegg,vedhæftede filer,anlagen,prioritet,vikt"
        ",importance,priority,tärkeys,viktighet,mottaget",
    }.items()
    for word in words.split(",")
}
_KEY = re.compile(r"[>\s*_]{0,20}([^\W\d_][^\W\d_ -]{0,12}(?:[ -][^\W\d_]{1,8})?)[ *_]{0,3}:[*_]{0,3}(?:\s+|$)(.*)")
_LEVEL = re.compile(r"(?: ?>)*")
_HEADER_LINES = 24
_WRAPPED = 60

_ADDRESS = re.compile(r'[^\s<>()\[\],;:"@*]{1,64}@[^\s<>()\[\],;:"@*]{1,253}')
_BRACKETED = re.compile(rf"[<(\[]\s*(?:mailto:)?({_ADDRESS.pattern})\s*[>)\]<(\[]")


def read_forward(text: str, *, subject: str, own: str, attached: Inbound | None) -> Forwarded | None:
    """Return the original that a mail carries on, None if it carries none. The mail of a reply's subject never does.

    Its header block is looked for in the text (Swedish, Finnish, Norwegian, Danish, German, English; of Outlook,
    Gmail, Apple Mail, Thunderbird and their like), if the subject begins as that of a forward, or a "forwarded
    message" rule stands there unquoted. The first block counts; deeper ones belong to what the original says. A mail
    that came along is then the original's own file, unless it is the very same mail: that one tells everything.

    Without a block the mail that came along is the original, if the subject begins as a forward's or is the same, or
    nothing was written beside it. Else it is what somebody attached to words of their own.

    Args:
        text: all readable text of the mail, but for that of mails that came along.
        subject: the mail's own.
        own: the forwarder's own words, of use where `attached` is given.
        attached: the one mail that came along as a file, as it was read; a person's.
    """
    if _REPLY_SUBJECT.match(subject):
        return None
    if attached is None:
        return _in_text(text, subject, _DEEPEST)
    comment = _beside(own, attached.text)
    shown = _in_text(text, subject, _DEEPEST) if comment else None
    if shown is not None:
        return _from_attached(attached, shown.comment) if _is_same(shown, attached) else shown
    if is_forward(subject) or not comment or (subject.strip() and _words(subject) == _words(attached.subject)):
        return _from_attached(attached, comment)
    return None


def _in_text(text: str, subject: str, deepest: int) -> Forwarded | None:
    """Return the original that the text of a mail with this subject shows, and at most so many within it."""
    if _REPLY_SUBJECT.match(subject):
        return None
    lines = clean(text[:_LOOKED]).split("\n")
    either = _EITHER_SUBJECT.match(subject) is not None
    begins = _is_begin if either or is_forward(subject) else _is_rule
    begin = next((at for at in range(len(lines)) if begins(lines, at)), -1)
    if begin < 0 or (either and not _FRA.search("\n".join(lines[begin : begin + 8]))):
        return None
    found = _from_block(lines, begin, clean(text[_LOOKED:]), subject)
    return replace(found, within=_in_text(found.text, found.subject, deepest - 1)) if deepest else found


def _is_begin(lines: Sequence[str], at: int) -> bool:
    return _is_block(lines, at) or (_RULE.fullmatch(_composed(lines[at])) is not None and _block_below(lines, at) >= 0)


def _is_rule(lines: Sequence[str], at: int) -> bool:
    """Tell whether a rule stands here that is the forwarder's: not within what a reply quotes."""
    if not _RULE.fullmatch(_composed(lines[at])) or _block_below(lines, at) < 0:
        return False
    above = next((line for line in reversed(lines[max(at - 5, 0) : at]) if line.strip()), "")
    return not _depth(lines[at]) or not (_depth(above) or above.rstrip().endswith(":"))


def _from_attached(attached: Inbound, comment: str) -> Forwarded:
    # What mails within the original say is no forward that its writer made; it is all there is if that one says none.
    holds_mail = any(file.media_type.startswith("message/") for file in attached.files)
    said = "" if holds_mail and attached.new_text == attached.text else attached.new_text
    return Forwarded(
        from_addr=attached.from_addr,
        from_name=attached.from_name,
        subject=attached.subject,
        message_id=attached.message_id,
        text=attached.text,
        comment=comment,
        received_at=attached.date_seen,
        within=_in_text(said, attached.subject, _DEEPEST - 1),
    )


def _beside(own: str, original: str) -> str:
    """Return the forwarder's own words, without the original's where they stand below."""
    own = own.strip()
    above = own.removesuffix(original.strip())
    return _above((above if not above or above.endswith("\n") else own).split("\n"))


def _is_same(shown: Forwarded, attached: Inbound) -> bool:
    """Tell whether a mail that came along is the one whose header and words stand in the text."""
    same_writer = shown.from_addr.lower() == attached.from_addr.lower() != ""
    return same_writer and _words(shown.text) == _words(attached.text)


def _words(text: str) -> list[str]:
    return text.casefold().split()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A header as shown: its fields by kind, the line where it ends (exclusive), and how deep it is quoted."""

    fields: dict[str, str]
    end: int
    level: int


def _from_block(lines: Sequence[str], begin: int, rest: str, subject: str) -> Forwarded:
    """Return the original whose rule or header block begins at this line; `rest` is the text below all lines."""
    block = _block(lines, _block_below(lines, begin))
    name, address = _writer(block.fields["from"])
    below = "\n".join(lines[block.end :]) + rest
    if block.level:
        below = re.sub(rf"(?m)^(?: ?>){{1,{min(block.level, 100)}}} ?", "", below)
    return Forwarded(
        from_addr=address,
        from_name=name,
        subject=block.fields.get("subject", "") or _FORWARD_MARK.sub("", subject, count=1).strip(),
        text=below.strip(),
        comment=_above(lines[:begin]),
        sent_wall=read_wall(block.fields.get("sent", "")),
    )


def _block_below(lines: Sequence[str], at: int) -> int:
    """Return the line at or below this one where a header with a sender begins, -1 if none does within five."""
    start = next((line for line in range(at, min(at + 5, len(lines))) if _field(lines[line])), -1)
    return start if start >= 0 and "from" in _block(lines, start).fields else -1


def _is_block(lines: Sequence[str], at: int) -> bool:
    """Tell whether a header begins here that no rule announces: a sender, two more keys, and an address or a year.

    Below an "original message" rule a sender and one more key will do.
    """
    field = _field(lines[at])
    if field is None or field[0] not in ("from", "sent", "subject"):
        return False
    fields = _block(lines, at).fields
    if "from" not in fields:
        return False
    if any(_ORIGINAL.fullmatch(_composed(line)) for line in lines[max(at - 2, 0) : at]):
        return len(fields) >= 2
    shown = _ADDRESS.search(fields["from"]) or re.search(r"\b\d{4}\b", fields.get("sent", ""))
    return len(fields) >= 3 and shown is not None


_TOLD = {"from", "sent", "to", "subject"}


def _block(lines: Sequence[str], at: int) -> _Block:
    """Return the header that begins at this line: every kind once, wrapped values joined."""
    fields, last, end = dict[str, str](), "", at
    for end in range(at, min(len(lines), at + _HEADER_LINES)):
        field = _field(lines[end])
        if field is None and _goes_on(lines, end, last, _TOLD - fields.keys()):
            fields[last] = f"{fields[last]} {_bare(lines[end])}".strip()
        elif field is not None and (field[0] == "other" or field[0] not in fields):
            last, fields[field[0]] = field
        else:
            break
    else:
        end += 1
    fields.pop("other", None)
    return _Block(fields=fields, end=end, level=_depth(lines[at]))


def _goes_on(lines: Sequence[str], at: int, last: str, missing: set[str]) -> bool:
    """Tell whether a line that is no field lies within the header: blank between two fields, or a wrapped value.

    A value was wrapped if a missing field follows; else if it is a list that goes on, or was wrapped for its length.
    """
    bare, below = _bare(lines[at]), [_bare(line) for line in lines[at + 1 : at + 4]]
    if not bare:
        field = _field(lines[at + 1]) if below else None
        return field is not None and field[0] in missing
    for line in below:
        if (field := _field(line)) and field[0] in missing:
            return True
        if field or not line:
            break
    before = _bare(lines[at - 1])
    if last != "subject":
        return before.endswith((",", ";", "<")) or bare.startswith("<")
    return len(before) >= _WRAPPED and not (below and below[0])


def _bare(line: str) -> str:
    return line[:1000].lstrip("> \t").strip()


def _field(line: str) -> tuple[str, str] | None:
    """Return kind and value of a header line as shown, None if it is none."""
    found = _KEY.match(_composed(line))
    kind = _KEYS.get(found[1].lower(), "") if found else ""
    return (kind, found[2].strip(" \t*")) if found and kind else None


def _composed(line: str) -> str:
    """Return the beginning of a line with letters and their marks as one, as some programs send them apart."""
    return unicodedata.normalize("NFC", line[:1000]) if not line.isascii() else line[:1000]


def _depth(line: str) -> int:
    found = _LEVEL.match(line[:1000])
    return found[0].count(">") if found else 0


def _writer(value: str) -> tuple[str, str]:
    """Return name and address of a shown sender, either empty.

    An address in brackets goes before a bare one, and the last before others: the name, which stands first, is
    whatever the writer chose, and may look like somebody else's address.
    """
    found = _last(_BRACKETED, value)
    bare = found or _last(_ADDRESS, value)
    if not bare:
        return value.strip(" \t\"'*<>"), ""
    local, _, domain = (found[1] if found else bare[0]).strip("'").rpartition("@")
    domain = domain.strip("'.").lower()
    name = value[: bare.start()].strip(" \t\"'*<([")
    return ("" if "@" in name else name), (f"{local}@{domain}" if local and domain else "")


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(pattern.finditer(text), maxlen=1)), None)


def _above(lines: Sequence[str]) -> str:
    """Return what stands above, without the blank lines and rules that end it."""
    end = len(lines)
    while end and (_DECORATION.fullmatch(lines[end - 1][:1000]) or _ORIGINAL.fullmatch(_composed(lines[end - 1]))):
        end -= 1
    return "\n".join(lines[:end]).strip()

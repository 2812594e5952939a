"""What the head of a mail says: who wrote it, which ids it names, who vouches for it, and what kind of mail it is.

Pure, and made not to raise on any header. Headers are given as the standard library's ``compat32`` parser keeps
them: name in lower case to all its values, topmost first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from email.utils import parsedate_tz

from bot.channels.mail_text import clean
from bot.port import Bounce, InboundKind

Headers = Mapping[str, Sequence[str]]

_MARK = re.compile(r'\\.|[()"]', re.DOTALL)
_ADDRESS = re.compile(r'(?:"[^"@<>\r\n]{1,64}"|[^\s<>()\[\],;:"@]{1,128})@[^\s<>()\[\],;:"@]{1,253}')
_TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,400}+)"|\(([^()]*)\)|<([^<>]*)>|([,;])|([^\s"(<,;]+|["(<])', re.DOTALL)
_ID = re.compile(r"<([^<>]+)>")
_ID_LENGTH = 500
_IDS = 100
_RECIPIENTS = 1_000
_SOLE = re.compile(r"[^<>,;]*<[^<>,;]*>\s*|[^<>,;\s]+")
_BY = re.compile(r"\s*(?:from\s+\S+\s)?.*?\bby\s+([^\s;]+)", re.IGNORECASE | re.DOTALL)
_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*(\w+)", re.IGNORECASE)
_HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*([^\s;]+)", re.IGNORECASE)


def find_address(text: str) -> str:
    """Return the first e-mail address in the text, its domain in lower case; empty if there is none."""
    found = _ADDRESS.search(text)
    if not found:
        return ""
    local, _, domain = found[0].strip("'").rpartition("@")
    domain = domain.strip(".'").lower()
    return f"{local}@{domain}" if local and domain else ""


def read_addresses(value: str) -> list[tuple[str, str]]:
    """Return names (still encoded) and addresses of an address list (RFC 5322 §3.4), malformed ones forgiven.

    A display name that looks like an address never counts as one where angle brackets follow.
    """
    out: list[tuple[str, str]] = []
    words: list[str] = []
    note, angle, start = "", None, 0
    for token in _TOKEN.finditer(value):
        if token[4]:
            out.append(_mailbox(words, note, angle, value[start : token.start()]))
            words, note, angle, start = [], "", None, token.end()
        elif token[3] is not None:
            angle = token[3] if angle is None else angle
        elif token[2] is not None:
            note = token[2]
        else:
            words.append(re.sub(r"\\(.)", r"\1", token[1]) if token[1] is not None else token[5])
    out.append(_mailbox(words, note, angle, value[start:]))
    return [(name, address) for name, address in out if address]


def _mailbox(words: Sequence[str], note: str, angle: str | None, piece: str) -> tuple[str, str]:
    if angle is None:
        return note, find_address(piece)
    return " ".join(words) or note, find_address(angle)


def read_ids(values: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of Message-ID, In-Reply-To or References, without brackets and whitespace, each once, in order.

    At most 100: the first and the last 99. Without any brackets, words with an @ count. Ids longer than 500
    characters are left out.
    """
    joined = " ".join(values)
    found = _ID.findall(joined) or [word for word in joined.split() if "@" in word]
    ids = tuple(dict.fromkeys(part for part in ("".join(one.split()) for one in found) if 0 < len(part) <= _ID_LENGTH))
    return ids if len(ids) <= _IDS else (ids[0], *ids[1 - _IDS :])


def without_comments(value: str) -> str:
    """Return a structured header without its comments (RFC 5322 §3.2.2), quoted strings emptied to ``""``.

    What a stranger got written into a comment or a quoted string can then not pass for a word of the host. One
    that is left open swallows the rest.
    """
    out: list[str] = []
    depth, quoted, at = 0, False, 0
    for mark in _MARK.finditer(value):
        if not depth and not quoted:
            out.append(value[at : mark.start()])
        at = mark.end()
        if mark[0] == '"' and not depth:
            quoted = not quoted
            out.append('"')
        elif not quoted and mark[0] in "()":
            depth = max(0, depth + (1 if mark[0] == "(" else -1))
    return "".join(out) + ("" if depth or quoted else value[at:])


def _same_host(one: str, other: str) -> bool:
    return one.strip().rstrip(".").lower() == other.strip().rstrip(".").lower()


def received_at(received: Sequence[str], trusted_host: str) -> datetime | None:
    """Return when the trusted host took the mail (UTC), by the topmost Received header of that host.

    A date without a zone is read as UTC (RFC 5322 §4.3). None: no such header, no readable date, or no host named.
    """
    for value in received if trusted_host else ():
        plain = without_comments(value)
        by = _BY.match(plain)
        if by and _same_host(by[1], trusted_host):
            return _date(plain.rpartition(";")[2])
    return None


def _date(text: str) -> datetime | None:
    parsed = parsedate_tz(text.strip())
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_verdict(headers: Headers, from_addr: str, trusted_host: str) -> str:
    """Return the trusted host's DMARC verdict on the sender: ``pass``, ``fail`` or ``none`` (RFC 8601, RFC 7489).

    Only the topmost Authentication-Results header counts, and only if the trusted host signed it: what stands
    below may be forged. A pass holds only for a From header with exactly one mailbox, of the judged domain.
    """
    results = headers.get("authentication-results", ())
    if not results or not trusted_host:
        return "none"
    signed, *parts = without_comments(results[0]).split(";")
    if not _same_host((signed.split() or [""])[0], trusted_host):
        return "none"
    judged = [(found[1].lower(), part) for part in parts if (found := _DMARC.match(part))]
    if any(verdict == "fail" for verdict, _ in judged):
        return "fail"
    if not judged or any(verdict != "pass" for verdict, _ in judged):
        return "none"
    domains = {domain.lower().rstrip(".") for _, part in judged for domain in _HEADER_FROM.findall(part)}
    from_values = headers.get("from", ())
    sole = len(from_values) == 1 and "@" in from_values[0] and _SOLE.fullmatch(without_comments(from_values[0]).strip())
    return "pass" if sole and domains <= {from_addr.rpartition("@")[2]} else "none"


_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FIELD = re.compile(
    r"^(action|status|final-recipient|original-recipient)[ \t]*:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id[ \t]*:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
}
_FAILED = re.compile(
    r"undeliver|delivery status notification|delivery (has )?fail|delivery report|failure notice|returned mail"
    r"|mail delivery|(could not|cannot|couldn't|can't) be delivered|permanent (fatal )?(error|failure)|user unknown"
    r"|nicht zugestellt|unzustellbar|(kunde|kan) (inte|ej) levereras|gick inte att leverera|olever(er|ans)bar"
    r"|ei voitu toimittaa|toimittaminen epäonnistui|perille",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"delay|warning|will (be retried|retry)|försena|fördröj|viiväst|verzöger", re.IGNORECASE)
_DAEMONS = frozenset(("mailer-daemon", "postmaster"))
_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-autogenerated")
_AUTO_SUBJECT = re.compile(
    r"(autosvar|automatiskt? svar|automatic reply|out of office|autoreply|automaattinen vastaus|poissaolo[^\W\d]*"
    r"|automatische antwort)\s?:",
    re.IGNORECASE,
)
_OUR_NUMBER = re.compile(r"\[K-\w", re.IGNORECASE)
_AWAY_SUBJECT = re.compile(
    r"autosvar|autom[. ]*svar|auto-?mati[sc]|automaatti|auto[- ]?(reply|response)|frånvar|poissa"
    r"|lomalla|fravær|out of (the )?office|away|semester|på semester"
    r"|(tjänst|föräldra)?ledig|vacation|on (annual |parental )?leave|abwesen",
    re.IGNORECASE,
)
_AUTO_TEXT = re.compile(
    r"automatiskt (svar|meddelande|genererat)|autosvar|automatic (reply|response)|automatically generated"
    r"|automaattinen (vastaus|viesti)|automaattivastaus|automatische antwort",
    re.IGNORECASE,
)


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "").strip()


def classify(
    message: Message, headers: Headers, envelope_sender: str | None, *, subject: str, text: str, has_files: bool
) -> tuple[InboundKind, Bounce | None]:
    """Return what a parsed mail is by its form, and the failed delivery it reports, if any.

    In order: a delivery report (RFC 3464; of success or reading it is AUTO), a free-text one, RFC 3834's
    ``Auto-Submitted``, a mailing list, other signs of a machine, a calendar invitation, nothing to read at all
    (the subject may still say something), else a person. ``X-Auto-Response-Suppress`` alone is no proof, for
    people's mail has it; nor are words, unless a client's phrase ("Autosvar: …") stands before the subject of a mail
    that answers one. ``Auto-Submitted: no`` means a person unless the return path is null. An emoji that Gmail
    sends as a reaction is AUTO.

    Args:
        message: as parsed with ``compat32``.
        headers: its headers, as the module says.
        envelope_sender: empty for the null return path, None if the transport does not know it (then
            ``Return-Path`` is looked at).
        subject: decoded.
        text: all readable text.
        has_files: whether files came along.
    """
    if message.get_content_type() == "multipart/report":
        return _report(message, headers, text)
    daemon = _is_daemon(headers, envelope_sender)
    said = _first(headers, "auto-submitted").lower().partition(";")[0].split()
    if daemon and (bounce := _free_bounce(headers, subject, text)):
        return InboundKind.BOUNCE, bounce
    if said and said[0] != "no":
        return InboundKind.AUTO, None
    if _is_list(headers):
        return InboundKind.LIST, None
    if daemon or (not said and _is_auto(headers, subject, text)) or any(map(_is_reaction, message.walk())):
        return InboundKind.AUTO, None
    if any(map(_is_invitation, message.walk())):
        return InboundKind.CALENDAR, None
    return InboundKind.PERSON if text.strip() or has_files else InboundKind.EMPTY, None


def _is_daemon(headers: Headers, envelope_sender: str | None) -> bool:
    path = _first(headers, "return-path") if envelope_sender is None else f"<{envelope_sender.strip('<> ')}>"
    sender = _first(headers, "from")
    local = next((address for _, address in read_addresses(sender)), sender).partition("@")[0]
    return path.replace(" ", "") == "<>" or local.strip('<>" ').lower() in _DAEMONS


def _is_list(headers: Headers) -> bool:
    precedence = _first(headers, "precedence").lower()
    bulk = precedence == "bulk" or "list-unsubscribe-post" in headers or "feedback-id" in headers
    return "list-id" in headers or precedence == "list" or ("list-unsubscribe" in headers and bulk)


def _is_auto(headers: Headers, subject: str, text: str) -> bool:
    """Whether a machine wrote this. Words alone are no proof, but what clients put before a subject they answer is."""
    if _first(headers, "precedence").lower() in ("auto_reply", "bulk", "junk") or "x-failed-recipients" in headers:
        return True
    if any(_first(headers, name).lower() not in ("", "no", "false") for name in _AUTO_HEADERS):
        return True
    answers = _OUR_NUMBER.search(subject) or any(_first(headers, name) for name in ("in-reply-to", "references"))
    if answers and _AUTO_SUBJECT.match(subject):
        return True
    if _first(headers, "x-auto-response-suppress").lower() in ("", "none"):
        return False
    return bool(_AUTO_SUBJECT.match(subject) or _AWAY_SUBJECT.match(subject) or _AUTO_TEXT.search(text[:400]))


def _is_reaction(part: Message) -> bool:
    return part.get_content_type() == "text/vnd.google.email-reaction+json"


def _is_invitation(part: Message) -> bool:
    if part.get_content_type() != "text/calendar":
        return False
    head = f"{part.get('content-type', '')} {part.get('content-disposition', '')}".lower()
    return "attachment" not in head and ("method=" in head or b"METHOD:" in _content(part))


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _bounce(recipient: str, status: str, message_id: str, *, final: bool) -> Bounce:
    return Bounce(recipient=clean(recipient), status=status, message_id=clean(message_id), final=final)


def _report(message: Message, headers: Headers, text: str) -> tuple[InboundKind, Bounce | None]:
    children = _children(message)
    deliveries = [
        delivery
        for child in children
        if child.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
        for delivery in _deliveries(child)
    ]
    ranked = [one for action in ("failed", "delayed") for one in deliveries if one[0] == action]
    if not ranked:
        return InboundKind.AUTO, None
    action, status, recipient = ranked[0]
    returned = (_returned_id(child) for child in children if child.get_content_type() in _RETURNED)
    message_id = next(filter(None, returned), "") or _named_id(headers, text)
    return InboundKind.BOUNCE, _bounce(recipient, status, message_id, final=action == "failed")


def _deliveries(part: Message) -> Iterator[tuple[str, str, str]]:
    """Yield action, status and recipient of each group of fields (RFC 3464 §2.3); a missing action by its status."""
    blocks = _content(part).decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")
    for child in _children(part)[:_RECIPIENTS]:
        blocks.append("\n".join(f"{name}: {value}" for name, value in child.raw_items()))
        blocks += _content(child).decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")
    for block in blocks:
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(block)}
        status = _STATUS.search(fields.get("status", ""))
        action = fields.get("action", "").lower().partition(" ")[0]
        if status and not action:
            action = {"5": "failed", "4": "delayed", "2": "delivered"}[status[1][0]]
        if action:
            recipient = find_address(fields.get("original-recipient", "")) or find_address(
                fields.get("final-recipient", "")
            )
            yield action, status[1] if status else "", recipient


def _returned_id(part: Message) -> str:
    for child in _children(part):
        for name, value in child.raw_items():
            if name.lower() == "message-id":
                return next(iter(read_ids([str(value)])), "")
    found = _MESSAGE_ID.search(_content(part).decode("utf-8", "replace"))
    return found[1] if found else ""


def _named_id(headers: Headers, text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[1] if found else next(iter(read_ids(headers.get("in-reply-to", ()))), "")


def _free_bounce(headers: Headers, subject: str, text: str) -> Bounce | None:
    """Return the failed delivery of a daemon's mail without the fields of RFC 3464, None if it reports none."""
    named, failed = _first(headers, "x-failed-recipients"), _FAILED.search(subject)
    if not (named or failed or _DELAYED.search(subject) or _FAILED.search(text[:3_000])):
        return None
    status = _STATUS.search(text[:20_000])
    code = status[1] if status else ""
    final = not _DELAYED.search(subject) and (bool(failed) or not code.startswith("4"))
    return _bounce(find_address(named or text[:3_000]), code, _named_id(headers, text), final=final)

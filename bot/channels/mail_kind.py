"""What a mail is by its form: a person's, a machine's, a failed delivery, a list's, an invitation.

Pure, and made not to raise on any mail; every pass is linear, over the beginning of the text where words count.
Words alone never make a person a machine, but for what only machines write.
"""

import re
from dataclasses import dataclass
from email.message import Message

from bot.channels.mail_bounce import (
    DELIVERY_STATUS,
    opens_as_report,
    read_fields,
    read_words,
    reports_success,
    speaks_as_mail_system,
    tells_of_failure,
    tells_without_daemon,
)
from bot.channels.mail_head import Headers, first, read_addresses, without_comments
from bot.channels.mail_machine import BULK_PRECEDENCE, NO_REPLY, Mail, answers, has_auto_subject, machine_sign
from bot.channels.mail_why import Why
from bot.port import Bounce, InboundKind

_PARTS = 20_000
_OTHER_REPORTS = frozenset(("message/disposition-notification", "message/feedback-report", "application/tlsrpt+gzip"))
_CALENDARS = 3

_DAEMON = re.compile(
    r"(?:mail(?:er|system)?[-_. ]?|m)d(?:a?e|ea)mon(?:[-+_.].*)?|mailer-?d|mail[-_.]?system|post[-_]?master"
    r"|mail[-_.]?delivery[-_.\w]*"
    r"|microsoftexchange[0-9a-f]{16,}|mail(?:marshal|foundry)|imss|smtp[-_.]?(?:daemon|gateway)|bounced?-?mail"
)
_ROLE = re.compile(r"post[-_]?master")
_OFFICE_NAME = re.compile(r"post ?master|mail|system|admin|deliver|server|daemon|e-post|[@.]", re.IGNORECASE)
_DAEMON_NAME = re.compile(
    r"\W*(?:\(system\) ?)?(?:mailer[-_ ]?daemon|mail daemon|(?:internet |e-?)?mail delivery (?:sub)?(?:system"
    r"|service)"
    r"|(?:mail )?delivery subsystem|microsoft (?:exchange|outlook)\W*$)",
    re.IGNORECASE,
)
_SYSTEM_NAME = re.compile(
    r"post[-_ ]?master|system admin|mail(?:er)?[-_ ]?(?:admin|system|server|gateway|router|deliver|daemon"
    r"|marshal|foundry)"
    r"|mail ?marshal|interscan|mimecast|barracuda|message ?labs|administrator|systemadmin|skräppost"
    r"|(?:e-?post|mejl|spam|mail)[- ]?(?:filter|system|server)|postijärjestelmä|järjestelmänvalvoja|smtp"
    r"|internet mail|bounce|\bdaemon\b|delivery|mail failure",
    re.IGNORECASE,
)
_BOUNCE_SENDER = re.compile(
    r"bounces?\b|.*[-+.]bounces?$|return-|no[-_.]?reply|administrator|amavis|antivirus|mailsweeper"
)
_SYSTEM_LOCAL = re.compile(
    r"mailer|(?:e-?)?(?:mail|smtp|post|x\.?400|sms|fax|spam|virus)[-_.]?"
    r"(?:gateway|filter|office|admin|system|server|robot)\w*"
)
_CLIENT = re.compile(
    r"outlook|apple mail|iphone|ipad|thunderbird|mozilla|eudora|pegasus|mutt|evolution|webmail", re.IGNORECASE
)
_CAMPAIGN_NAMES = frozenset((
    "x-campaign", "x-campaignid", "x-campaign-id", "x-campaign_id", "x-mc-user", "x-mailgun-campaign-id", "x-cid",
    "x-mailjet-campaign", "x-csa-complaints", "x-rpcampaign", "x-mandrill-user", "x-mailer-recptid",
))  # fmt: skip
_CAMPAIGN_PREFIXES = ("x-newsletter", "x-emarsys-", "x-sfmc-", "x-apsis-", "x-getanewsletter", "x-hs-", "x-klaviyo")
_DISCUSSION = frozenset((
    "mailing-list", "x-beenthere", "x-mailing-list", "x-ml-name", "x-google-group-id", "list-owner", "list-subscribe",
    "list-archive", "x-mailman-version",
))  # fmt: skip
_METHOD = re.compile(rb"^METHOD[^:\r\n]{0,60}:[ \t]*([A-Za-z]+)", re.IGNORECASE | re.MULTILINE)
_METHOD_PARAM = re.compile(r";\s*method\s*=\s*\"?([a-z]+)", re.IGNORECASE)
_ACCEPTED = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|godkänt|accepterat|avböjt|preliminärt(?: godkänt)?"
    r"|hyväksytty|hylätty"
    r"|alustava|godtatt|avslått|zugesagt|abgelehnt|mit vorbehalt)\s?:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a mail is.

    Attributes:
        kind: what it is by its form.
        machine: no person wrote it. A person's mail through a discussion list is LIST, an invitation is CALENDAR,
            and both are of no machine; bulk mail and the answer to an invitation are.
        bounce: the failed or delayed delivery it reports; with kind BOUNCE always, otherwise None.
        why: the rules that decided, the strongest first; never empty.
    """

    kind: InboundKind
    machine: bool
    bounce: Bounce | None = None
    why: tuple[Why, ...]


def judge(
    message: Message, headers: Headers, envelope_sender: str | None, *, subject: str, text: str, has_files: bool
) -> Judged:
    """Return what a parsed mail is by its form, and the failed delivery it reports, if any.

    In order: reports (RFC 3464; of success, reading (RFC 8098) or abuse (RFC 5965) they are AUTO), failed deliveries
    in free words, bulk mail, calendar parts, RFC 3834's ``Auto-Submitted``, other signs of a machine, discussion
    lists, nothing to read at all (the subject may still say something), else a person. ``Auto-Submitted: no`` means
    a person unless the return path is null or it is bulk mail. ``X-Auto-Response-Suppress`` alone is no proof, for
    people's mail has it; nor is a sender ``noreply@``, for web forms carry people's words. An emoji that Gmail sends
    as a reaction is AUTO.

    Args:
        message: as parsed with ``compat32``.
        headers: its headers, as `bot.channels.mail_head` says.
        envelope_sender: empty for the null return path, None if the transport does not know it (then
            ``Return-Path`` and an mbox's ``From `` line are looked at).
        subject: decoded.
        text: all readable text.
        has_files: whether files came along.
    """
    mail = _look(message, headers, envelope_sender, subject, text, has_files)
    return _report(mail) or _bulk(mail) or _calendar(mail) or _machine(mail) or _person(mail)


def _look(
    message: Message, headers: Headers, envelope_sender: str | None, subject: str, text: str, has_files: bool
) -> Mail:
    parts = _parts(message)
    sender = first(headers, "from")[:2_000]
    name, address = next(iter(read_addresses(sender)), ("", ""))
    path = _return_path(message, headers) if envelope_sender is None else envelope_sender
    bare = path.strip("<> \"'#@[]").lower() if path is not None else None
    daemon_path = bool(bare) and bool(_DAEMON.fullmatch((bare or "").partition("@")[0]))
    said = without_comments(first(headers, "auto-submitted")[:500]).lower().partition(";")[0].split()
    return Mail(
        headers=headers,
        subject=subject,
        text=text.lstrip(),
        parts=parts,
        types=[part.get_content_type() for part in parts],
        local=(address or sender).partition("@")[0].strip("<>\"' ").lower(),
        name=name.strip("\"' ") or (sender if not address else ""),
        null_path=bare == "" or (daemon_path and not _ROLE.match(bare or "")),
        said=said[0] if said else "",
        has_files=has_files,
    )


def _return_path(message: Message, headers: Headers) -> str | None:
    """Return the return path that the mail itself tells, None if it tells none."""
    if "return-path" in headers:
        value = first(headers, "return-path")
        return value or None
    line = (message.get_unixfrom() or "").split()
    return line[1] if len(line) > 1 and line[0] in ("From", ">From") else None


def _parts(message: Message) -> list[Message]:
    """Return the mail and its parts in order, without what lies in a mail that was passed on whole."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < _PARTS:
        part = waiting.pop()
        found.append(part)
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and (part is message or part.get_content_type().startswith("multipart/")):
            waiting.extend(child for child in reversed(payload) if isinstance(child, Message))
    return found


def _report(mail: Mail) -> Judged | None:
    """Decide reports and failed deliveries; a sure daemon that speaks of no delivery is AUTO."""
    if mail.types[0] == "multipart/report":
        return _formal_report(mail)
    daemon = _is_daemon(mail)
    if not daemon and not mail.null_path:
        system = _is_system(mail) or (_looks_unsent(mail) and opens_as_report(mail.subject, mail.text, mail.types))
        return _failed(mail, Why.KIND_BOUNCE_WORDS) if system else None
    if has_auto_subject(mail.subject):
        return _judged(InboundKind.AUTO, Why.KIND_DAEMON)
    if daemon:
        told = tells_of_failure(mail.headers, mail.subject, mail.text)
    else:
        told = tells_without_daemon(mail.subject, mail.text)
    if told or not DELIVERY_STATUS.isdisjoint(mail.types):
        return _failed(mail, Why.KIND_DAEMON)
    if mail.said in ("", "no") and _writes_as_person(mail):
        return None
    return _judged(InboundKind.AUTO, Why.KIND_DAEMON)


def _formal_report(mail: Mail) -> Judged:
    """Decide a ``multipart/report`` (RFC 6522): of success, of reading or of abuse it is AUTO."""
    if not _OTHER_REPORTS.isdisjoint(mail.types) or reports_success(mail.parts):
        return _judged(InboundKind.AUTO, Why.KIND_REPORT)
    if DELIVERY_STATUS.isdisjoint(mail.types) and not tells_of_failure(mail.headers, mail.subject, mail.text):
        return _judged(InboundKind.AUTO, Why.KIND_REPORT)
    return _failed(mail, Why.KIND_REPORT)


def _failed(mail: Mail, why: Why) -> Judged:
    """Return what failed, by the fields of RFC 3464 where there are any, else by words."""
    bounce = read_fields(mail.parts, mail.headers, mail.text)
    if bounce is None and reports_success(mail.parts):
        return _judged(InboundKind.AUTO, why)
    bounce = bounce or read_words(mail.parts, mail.headers, mail.subject, mail.text)
    return _judged(InboundKind.BOUNCE, why, bounce=bounce)


def _is_daemon(mail: Mail) -> bool:
    return bool(
        "x-failed-recipients" in mail.headers
        or _DAEMON.fullmatch(mail.local)
        or (mail.name and _DAEMON_NAME.match(mail.name))
    )


def _is_system(mail: Mail) -> bool:
    """Whether name or address may be a mail system's, and the words are one's, too."""
    named = _SYSTEM_NAME.search(mail.name) or _SYSTEM_LOCAL.fullmatch(mail.local) or _BOUNCE_SENDER.match(mail.local)
    marked = "x-mx-bounce" in mail.headers or "x-ms-embedded-report" in mail.headers
    return bool(named or marked) and speaks_as_mail_system(mail.subject, mail.text)


def _writes_as_person(mail: Mail) -> bool:
    """Whether a postmaster writes by hand: under a person's name, as in a small firm, or as an answer to a mail.

    That nothing in it speaks of a delivery has been found before.
    """
    if mail.null_path or not _ROLE.fullmatch(mail.local):
        return False
    is_answer = mail.subject.lower().lstrip().startswith(("re:", "sv:", "vs:", "aw:")) and answers(mail)
    return is_answer or bool(mail.name and mail.text and not _OFFICE_NAME.search(mail.name))


def _looks_unsent(mail: Mail) -> bool:
    """Whether no program in which people write left its name."""
    return "user-agent" not in mail.headers and not _CLIENT.search(first(mail.headers, "x-mailer"))


def _is_discussion(headers: Headers) -> bool:
    """Whether it came through a list that people write to."""
    posts = first(headers, "list-post").upper() not in ("", "NO")  # RFC 2369 §3.4
    return posts or first(headers, "precedence").lower() == "list" or not _DISCUSSION.isdisjoint(headers)


def _bulk(mail: Mail) -> Judged | None:
    """Decide what goes to many. A discussion list's own marks go before the old habit to call all lists bulk."""
    headers = mail.headers
    if mail.said not in ("", "no"):
        return None
    leave, discussed = "list-unsubscribe" in headers, _is_discussion(headers)
    campaign = not _CAMPAIGN_NAMES.isdisjoint(headers) or any(name.startswith(_CAMPAIGN_PREFIXES) for name in headers)
    if campaign and (leave or discussed or "list-id" in headers):
        return _judged(InboundKind.LIST, Why.KIND_BULK)
    if discussed or not (leave or "list-id" in headers):
        return None
    marked = first(headers, "precedence").lower() in BULK_PRECEDENCE or "list-unsubscribe-post" in headers
    sent = leave and ("feedback-id" in headers or "list-id" in headers or NO_REPLY.fullmatch(mail.local))
    return _judged(InboundKind.LIST, Why.KIND_BULK) if marked or (sent and not answers(mail)) else None


def _calendar(mail: Mail) -> Judged | None:
    calendars = [part for part, kind in zip(mail.parts, mail.types, strict=True) if kind == "text/calendar"]
    methods = [method for part in calendars[:_CALENDARS] if (method := _method(part))]
    content_class = first(mail.headers, "content-class").lower()
    if "reply" in methods or ("calendarmessage" in content_class and _ACCEPTED.match(mail.subject)):
        return _judged(InboundKind.CALENDAR, Why.KIND_CALENDAR_REPLY)
    if methods or "calendarmessage" in content_class:
        return _judged(InboundKind.CALENDAR, Why.KIND_CALENDAR, machine=False)
    return None


def _method(part: Message) -> str:
    """Return what a calendar part asks for (RFC 5546 §1.4), in lower case; empty if it is a mere file."""
    if str(part.get("content-disposition", "")).strip().lower().startswith("attachment"):
        return ""
    if given := _METHOD_PARAM.search(str(part.get("content-type", ""))[:2_000]):
        return given[1].lower()
    content = part.get_payload(decode=True)
    found = _METHOD.search(content[:20_000]) if isinstance(content, bytes) else None
    return found[1].decode("ascii").lower() if found else ""


def _machine(mail: Mail) -> Judged | None:
    """Decide what a machine wrote to one person, or to all without the marks of a list."""
    if why := machine_sign(mail):
        return _judged(InboundKind.AUTO, why)
    bulk = first(mail.headers, "precedence").lower() in BULK_PRECEDENCE
    if not bulk or mail.said or _is_discussion(mail.headers):
        return None
    return _judged(InboundKind.AUTO if answers(mail) else InboundKind.LIST, Why.KIND_BULK)


def _person(mail: Mail) -> Judged:
    """Decide what no sign calls a machine's."""
    if "list-id" in mail.headers or _is_discussion(mail.headers):
        return _judged(InboundKind.LIST, Why.KIND_LIST, machine=False)
    if mail.text or mail.has_files:
        return _judged(InboundKind.PERSON, Why.KIND_PERSON, machine=False)
    return _judged(InboundKind.EMPTY, Why.KIND_EMPTY, machine=False)


def _judged(kind: InboundKind, *why: Why, bounce: Bounce | None = None, machine: bool = True) -> Judged:
    return Judged(kind=kind, machine=machine, bounce=bounce, why=why)

"""Signs by which a machine gives itself away: RFC 3834's mark, headers of mail robots, and words only they write.

Pure. Words count near the beginning of the text only, and never alone where a person might write them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from bot.channels.mail_head import Headers, first, read_addresses
from bot.channels.mail_why import Why

NO_REPLY = re.compile(
    r"(?:.*[-_.])?(?:(?:no|not|do[-_.]?not|dont|never)[-_.]?(?:reply|respond|answer)|(?:ej|inte"
    r"|svara)[-_.]?(?:svar|svara|ej|inte)"
    r"|(?:ei|ala)[-_.]?vasta\w*|ikke[-_.]?svar|(?:keine?|nicht)[-_.]?antwort\w*)(?:[-_.+\d].*)?"
)
_LIST_SERVER = re.compile(r"majordomo|listserv|listproc|sympa|ezmlm|mailman|lyris|listmaster")
_AUTO_NAMES = frozenset((
    "x-vacation", "x-fc-machinegenerated", "x-cron-env", "x-facebook-notify", "x-list-administrivia", "x-otrs-loop",
    "x-znuny-loop", "x-mail-autoreply", "x-mail-auto-reply", "x-is-autoreply", "x-nagios-notification",
    "x-jira-fingerprint", "tls-report-domain", "x-hmxmroriginalrecipient", "x-autorespond", "x-autoreply-from",
))  # fmt: skip
_AUTO_PREFIXES = ("x-autorepl", "x-auto-repl", "x-autorespon", "x-auto-respond", "x-autogen", "x-auto-gen")
_NOT_AUTO = frozenset(("", "no", "false", "none", "0", "off", "forward"))
_AUTO_PRECEDENCE = frozenset(("auto_reply", "auto-reply", "autoreply", "auto_replied"))
BULK_PRECEDENCE = frozenset(("bulk", "junk"))
_AUTO_MAILER = re.compile(r"vacation|auto-?(?:repl|respon|antwort|svar)", re.IGNORECASE)

_AUTO_SUBJECT = re.compile(
    r"(?:\[[^\]]{1,30}\] ?)?(?:autosvar|auto-svar|automatiskt? svar|(?:an )?automatic reply|auto(?:matic)? ?response"
    r"|out of (?:the )?office|auto-?reply|automaattinen vastaus|automaattivastaus|poissaolo[^\W\d]*"
    r"|automatische antwort"
    r"|automatisches? svar|automatisk besvarelse|réponse automatique|respuesta automática|resposta automática"
    r"|risposta automatica|automatisch antwoord|automatyczna odpowiedź|automatvar|auto"
    r"|automatická odpověď|automatikus válasz|otomatik yanıt|автоматический ответ|автоответ|自動返信|自動応答|自動回覆"
    r"|自动回复|自动答复|자동 ?(?:회신|응답)|abwesenheits(?:notiz|benachrichtigung|agent|meldung)"
    r"|absence du bureau|message d['’]absence|(?:fuera|ausente) de (?:la )?oficina|fuori (?:sede|ufficio)"
    r"|fora do escritório|afwezigheid\w*)\s?[:：]",
    re.IGNORECASE,
)
_SURE_SUBJECT = re.compile(
    r"yahoo! auto response$|out of office auto-?reply\s?:|report domain:.{1,300}submitter:"
    r"|complaint about message from \d",
    re.IGNORECASE,
)
_AWAY_THIRD = re.compile(
    r"[^:]{2,120} (?:is|are) (?:currently )?(?:out of (?:the )?office|on (?:vacation|holiday|leave))\b", re.IGNORECASE
)
_SEEN_SUBJECT = re.compile(
    r"(?:(?:not )?read|(?:o)?läst|(?:un)?gelesen|(?:non )?lu|luettu|(?:ikke )?lest|gelezen|leído|lida|letto)\s?:",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"\W{0,9}your message\s{1,9}(?:to|subject)\s?:.{0,600}?"
    r"\bwas (?:read|displayed|deleted(?: without being read)?) on\b",
    re.IGNORECASE | re.DOTALL,
)
_AWAY_BEFORE_OURS = re.compile(
    r"(?:frånvaro(?:meddelande)?|fraværs?(?:melding|besked)?|abwesenheitsnotiz|abwesend"
    r"|(?:ej|inte) på (?:kontoret|plats)|poissa toimistolta|ikke på kontoret)\s?:",
    re.IGNORECASE,
)
_DECLARES = re.compile(
    r"\W{0,5}(?:(?:hej|hei|moi|hi|hello|hallo)\W{1,5})?"
    r"(?:(?:detta|det här) är ett automatiskt|this is an automat(?:ic|ed)|tämä on automaatti"
    r"|dette er (?:et|en) automatisk|dies ist eine automatische)",
    re.IGNORECASE,
)
_DO_NOT_ANSWER = re.compile(
    r"(?:svara inte|kan inte besvaras|går inte att svara|do not reply|älä vastaa|ikke svar|nicht antworten)",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"(?:[^?\n,.!。，、]{0,80}(?:[,.!。，、]|\n)\s{0,4}){0,3}"
    r"(?:ich bin (?:(?:bis|vom|ab|am|in der|heute|derzeit|zurzeit|leider)\b.{0,60}|)"
    r"(?:nicht (?:im|erreichbar)|abwesend|außer haus|im urlaub)"
    r"|je suis (?:actuellement )?(?:absent|en congé|hors)|de retour le"
    r"|(?:estoy|estaré|me encuentro) (?:fuera|ausente|de vacaciones)|sono (?:fuori|assente|in ferie)"
    r"|(?:estou|estarei) (?:fora|ausente|de férias)|ik ben (?:.{0,40})?(?:afwezig|niet aanwezig|met vakantie)"
    r"|jestem (?:poza|na urlopie|nieobecn)|jsem mimo|меня нет|(?:нахожусь|буду) (?:в отпуске|отсутств)"
    r"|[^?？\n]{0,40}(?:不在|休暇|出張|已收到|收到您|休假|외출|부재)"
    r"|(?:will|shall|to) return(?:ing)? (?:to the office )?(?:on|until|in|when)"
    r"|i(?:'m| am|'ll be| will be) (?:currently )?(?:out of|away|on))",
    re.IGNORECASE,
)
_OUR_NUMBER = re.compile(r"\[K-\w", re.IGNORECASE)
_AWAY_SUBJECT = re.compile(
    r"autosvar|autom[. ]*svar|auto-?mati[sc]|automaatti|auto[- ]?(reply|response)|frånvar|poissa"
    r"|lomalla|fravær|ferie|out of (the )?office|away\b|semester|på semester"
    r"|(tjänst|föräldra)?ledig\b|vacation|on (?:my )?(?:holidays?|vacation)|on (annual |parental )?leave|abwesen",
    re.IGNORECASE,
)
_AUTO_TEXT = re.compile(
    r"automatiskt? (svar|meddelande|genererat|skickat|besked|melding)|autosvar|automatic (reply|response|message)"
    r"|automatically generated|auto-generated|automaattinen (vastaus|viesti|ilmoitus)|automaattivastaus"
    r"|automatische antwort|automatisch (?:generiert|erstellt)",
    re.IGNORECASE,
)
_AUTO_OPENING = re.compile(
    r"\W*(?:(?:hej|hei|moi|hi|hello|hallo|tack för|thank you|thanks|kiitos|takk)[^\n]{0,80}\s{1,4})?"
    r"(?:(?:detta|det här) är ett automat|this is an automat|tämä on automaatt|dette er (?:et|en) automat"
    r"|dies ist eine automat"
    r"|(?:jag|vi) är (?:på semester|(?:föräldra|tjänst)?ledig|inte på|borta|frånvarande|bortrest)"
    r"|i(?:'m| am|'ll be| will be) (?:currently )?(?:out of|away|on (?:vacation|leave|holiday))"
    r"|olen (?:lomalla|poissa|vapaalla)|jeg er (?:på ferie|ikke|bortreist|fraværende)|ich bin (?:derzeit "
    r"|zurzeit )?(?:nicht|im urlaub))",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"(?:har|is|been|on|have) (?:nu )?(?:tagits? emot|mottagits|registrerats|received|registered|created"
    r"|vastaanotettu)"
    r"|tagit emot (?:ditt|din|er)|received your|vastaanottaneet|mottatt din|mottaget din|bekräft(?:ar|else)",
    re.IGNORECASE,
)
_TICKET = re.compile(
    r"\[[^\]\n]{0,30}[#:]\s?[\w-]{2,30}\]|(?:ticket|case|request|ärende\w{0,20}|incident|tiketti|sak|id)\s?(?:nr|no"
    r"|number|id)?[.:#\s]{1,3}\w*\d{3}",
    re.IGNORECASE,
)
_CHALLENGE_SENDER = re.compile(r".*[-+.](?:confirm|challenge)\b|(?:confirm|challenge|spamblocker|verify)\b")
_CHALLENGE = re.compile(r"\b(?:confirm\w*|verif(?:y|ication)|challenge|authori[sz]e|bekräfta)\b", re.IGNORECASE)
_CHALLENGE_TEXT = re.compile(
    r"(?:reply to this|by replying|respond to this|click|klicka|svara på).{0,300}?(?:confirm|verif|deliver"
    r"|release|bekräfta|levere)"
    r"|(?:confirm|verif|bekräfta).{0,300}?(?:reply|respond|click|klicka|svara)",
    re.IGNORECASE | re.DOTALL,
)
_SERVER_SUBJECT = re.compile(
    r"(?:re: ?)?(?:confirm\b|welcome to|majordomo results|the results of your|you have been (?:un)?subscribed"
    r"|(?:un)?subscri"
    r"|your (?:message to|subscription)|not member)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as the rules look at it.

    Attributes:
        parts, types: the mail and its parts in order, and their media types.
        local, name: the sender's local part in lower case, and display name.
        null_path: it came with the null return path, or a mailer daemon's.
        said: the keyword of ``Auto-Submitted`` in lower case, empty if there is none.
    """

    headers: Headers
    subject: str
    text: str
    parts: Sequence[Message]
    types: Sequence[str]
    local: str
    name: str
    null_path: bool
    said: str
    has_files: bool


def machine_sign(mail: Mail) -> Why | None:
    """Return the rule by which no person wrote this, None if none says so.

    ``Auto-Submitted: no`` silences all but the emoji reaction; ``auto-forwarded`` speaks of the way, not the writer.
    ``X-Auto-Response-Suppress`` and a sender ``noreply@`` are no proof alone.
    """
    if mail.said and mail.said not in ("no", "auto-forwarded"):
        return Why.KIND_AUTO_SUBMITTED
    if "text/vnd.google.email-reaction+json" in mail.types:
        return Why.KIND_REACTION
    if mail.said:
        return None
    rules = (
        (_has_auto_header, Why.KIND_AUTO_HEADER),
        (_is_list_server, Why.KIND_LIST_SERVER),
        (_is_challenge, Why.KIND_CHALLENGE),
        (_has_auto_words, Why.KIND_AUTO_WORDS),
    )
    return next((why for holds, why in rules if holds(mail)), None)


def answers(mail: Mail) -> bool:
    """Whether it names a mail that it answers."""
    return bool(first(mail.headers, "in-reply-to") or first(mail.headers, "references"))


def has_auto_subject(subject: str) -> bool:
    """Whether the subject begins as an automatic reply's."""
    return bool(_AUTO_SUBJECT.match(subject) or _SURE_SUBJECT.match(subject))


def _has_auto_header(mail: Mail) -> bool:
    headers = mail.headers
    for name in headers:
        known = name in _AUTO_NAMES or name.startswith(_AUTO_PREFIXES)
        if known and first(headers, name).lower() not in _NOT_AUTO:
            return True
    if any(first(headers, name).lower() in _AUTO_PRECEDENCE for name in ("precedence", "x-precedence", "preference")):
        return True
    return (
        first(headers, "x-precedence").lower() in BULK_PRECEDENCE
        or "autoresponder" in first(headers, "x-post-messageclass").lower()
        or any(value.strip().lower() == "autoresponder" for value in headers.get("delivered-to", ()))
        or bool(_AUTO_MAILER.search(first(headers, "x-mailer")))
    )


def _is_list_server(mail: Mail) -> bool:
    if _LIST_SERVER.fullmatch(mail.local):
        return True
    commands = mail.local.endswith(("-request", "-bounces", "-confirm", "-help", "-admin")) or "confirm+" in mail.local
    return commands and bool(_SERVER_SUBJECT.match(mail.subject))


def _is_challenge(mail: Mail) -> bool:
    """Whether a sender's filter asks that the sender prove to be a person; answering it would go on for ever."""
    if not _CHALLENGE.search(mail.subject):
        return False
    senders = (mail.local, *_reply_to(mail))
    asks = any(_CHALLENGE_SENDER.match(one) or NO_REPLY.fullmatch(one) for one in senders)
    return asks and bool(_CHALLENGE_TEXT.search(mail.text[:1_500]))


def _reply_to(mail: Mail) -> list[str]:
    """Return the local parts of Reply-To."""
    found = read_addresses(first(mail.headers, "reply-to")[:2_000])
    return [address.partition("@")[0].lower() for _, address in found]


def _has_auto_words(mail: Mail) -> bool:
    """Whether the words are a machine's: a client's phrase before a subject it answers, or words beside a sign."""
    subject, beginning = mail.subject, mail.text[:400]
    if _SURE_SUBJECT.match(subject) or (_SEEN_SUBJECT.match(subject) and _SEEN.match(mail.text[:1_000])):
        return True
    if _tells_of_absence(mail, beginning) or _declares_itself(mail, beginning):
        return True
    if "x-auto-response-suppress" in mail.headers and _confirms_suppression(mail, subject, beginning):
        return True
    if not NO_REPLY.fullmatch(mail.local) or not _is_receipt(subject, beginning):
        return False
    return all(NO_REPLY.fullmatch(local) for local in _reply_to(mail))  # a web form names the person there


def _tells_of_absence(mail: Mail, beginning: str) -> bool:
    """Whether the subject is an absence reply's, and something else, in thread or text, bears it out."""
    subject, answering = mail.subject, answers(mail)
    ours, opens = bool(_OUR_NUMBER.search(subject)), bool(_AUTO_OPENING.match(beginning))
    if _AUTO_SUBJECT.match(subject) and (ours or answering or opens or _ABSENT.match(beginning)):
        return True
    if opens and (_AWAY_THIRD.match(subject) or (answering and _AWAY_SUBJECT.match(subject))):
        return True
    return (ours or answering) and bool(_AWAY_BEFORE_OURS.match(subject))


def _declares_itself(mail: Mail, beginning: str) -> bool:
    """Whether it says of itself that it is automatic: first of all and as an answer, or that nobody should answer."""
    if _DECLARES.match(beginning):
        return answers(mail)
    own = ">" not in beginning and not answers(mail)  # not the words of a receipt that somebody quotes
    return own and bool(_AUTO_TEXT.search(beginning) and _DO_NOT_ANSWER.search(beginning))


def _confirms_suppression(mail: Mail, subject: str, beginning: str) -> bool:
    """Whether words bear out ``X-Auto-Response-Suppress``; Exchange gives people's mail lists with DR or RN in them."""
    asked = first(mail.headers, "x-auto-response-suppress").lower()
    if asked in ("", "none"):
        return False
    if _AUTO_SUBJECT.match(subject) or _AUTO_TEXT.search(beginning) or _is_receipt(subject, beginning):
        return True
    usual = re.search(r"\b(?:dr|n?rn)\b", asked)
    return bool(_AWAY_SUBJECT.match(subject)) and not (usual and not _AUTO_OPENING.match(beginning))


def _is_receipt(subject: str, beginning: str) -> bool:
    return bool(_TICKET.search(subject) and _RECEIPT.search(beginning))

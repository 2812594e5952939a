"""Delivery reports: what failed, for whom, and which of our mails it was.

Two shapes: the fields of RFC 3464 (``message/delivery-status``), and the free text that mail systems have written
since long before it. Pure; every pass is linear, over the beginning of the text where free text is read.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from email.message import Message

from bot.channels.mail_head import Headers, find_address, first, read_addresses, read_ids
from bot.channels.mail_text import clean
from bot.port import Bounce

DELIVERY_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
RETURNED = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers")
)
_RECIPIENTS = 1_000
_SPOKEN = 3_000
_READ = 20_000
_RETURNED_READ = 64_000

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|(?<![\d.])(?:4[25]\d|55\d)[ -](?=\D)")
_FIELD = re.compile(
    r"^(action|status|final-recipient|original-recipient|diagnostic-code)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)$",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(r"^[ \t>|*]{0,20}message-id[ \t]*:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_RETURNED_TO = re.compile(r"^[ \t>|*]{0,20}to[ \t]*:[ \t]*(.{1,300})", re.IGNORECASE | re.MULTILINE)
_RETURNED_HERE = re.compile(
    r"^[ \t>|]{0,20}(?:[-=_* ]{0,80}(?:below (?:this line )?is a copy|this is (?:a|the) copy of|copy of (?:your|the) "
    r"|(?:your |the |truncated |possibly ){0,3}original (?:message|mail|header)s?(?: text"
    r"| headers?)?(?: follows?)?\W{0,80}$"
    r"|unsent message|returned (?:message|mail)|the (?:header|body) of"
    r"|(?:original |message |returned )?headers? follow|undelivered (?:message|mail)\W"
    r"|(?:non-delivered|rejected|bounced|failed) (?:message|information|mail)\W{0,80}$|start of returned"
    r"|ursprüngliche nachricht|ursprungligt meddelande|alkuperäinen viesti|opprinnelig melding|oprindelig meddelelse)"
    r"|return-path:[ \t]*<|received:[ \t]*(?:from|by|\())",
    re.IGNORECASE | re.MULTILINE,
)
_ONE_OF_THESE = re.compile(
    r"rcpt to:|failed|fatal errors|delivery problems|following (?:address|recipient|user)|recipient|could not be"
    r"|not be delivered|undeliverable|deliver(?:ing)? (?:your|the|this) (?:message|mail)|wasn't delivered"
    r"|addressed to",
    re.IGNORECASE,
)
_NOBODY = frozenset(("mailer-daemon", "postmaster", "abuse", "support", "helpdesk", "noreply", "no-reply"))

_FAILURES = (
    r"undeliver|non-?deliver|nondeliver|bounce|problems? delivering|trouble delivering|error sending",
    r"deliver(?:y|ing)? (?:has )?(?:status|fail|report|error|problem|delay|notif|unsuccess|incompl)",
    r"failure (?:notice|notif|deliver)|fail(?:ed|ure) (?:to )?deliver|mail (?:deliver|failure|system error|error)",
    r"returned? (?:mail|to sender|e-?mail|message)|(?:user|host|domain) unknown|unknown (?:user|host|domain)",
    r"(?:could ?n[o']t|cannot|can't|was ?n[o']t|unable to|able to|has not|have not|not) (?:yet )?(?:been |be )?"
    r"(?:successfully )?(?:deliver|sent|reach)",
    r"unable to (?:deliver|relay|send)|could not send|did not reach|not receive a copy|rejected by|message status",
    r"permanent (?:fatal )?(?:error|failure)|(?:mailbox|quota) (?:is )?(?:full|exceed|unavailable)|over quota",
    r"not listed in|address not found",
    # Swedish, Finnish, Norwegian and Danish
    r"(?:kunde|kan|kunne|har) (?:inte|ej|ikke) (?:kunnat |kunne )?lever|inte levererats|ikke lever(?:t|es|et)",
    r"gick inte att (?:leverera|skicka)|olever(?:er|ans)bar|leverans\w* misslyck|adressen hitta|levering\w* mislyk",
    r"ei voi(?:tu|da)? toimittaa|toimit\w+ .{0,80}epäonnistu|ei ole toimitettu|perille|osoitetta ei löydy"
    r"|ei toimitet",
    # German, Dutch, French, Spanish and Portuguese, Italian
    r"nicht zugestellt|unzustellbar|zustellung|nicht erreicht|onbestelbaar|niet (?:worden )?(?:besteld"
    r"|afgeleverd)|bezorg",
    r"pas (?:pu )?être (?:remis|distribu|envoy)|non remis|remise a échoué|échec de (?:la )?remise"
    r"|pas été (?:remis|distrib)",
    r"no se (?:ha podido|pudo|puede) entregar|entrega|dirección no encontrada|recapit|impossibile consegn|consegnat",
    # Russian, Polish, Japanese, Chinese, Korean
    r"не может быть|не удалось|не доставлен|недоставлен|nie (?:można|został|mogła|udało)|niedostarcz",
    r"配信|配達|送信でき|届きません|お届け|宛先|エラー|見つかりません|退信|退回|无法|無法|投递|投遞|送达|전송|배달|반송",
)
_FAILED = re.compile("|".join(_FAILURES), re.IGNORECASE)
_DELAYED_SUBJECT = re.compile(
    r"delay|\bwarning\b|still (?:undelivered|trying|in queue)|not yet|försena|fördröj|viiväst|verzöger|utsatt"
    r"|forsinke",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"warning message only|(?:do not|don't|not) (?:need to )?resend|will (?:be retried|retry|keep trying|continue)"
    r"|(?:delivery )?attempts will continue|(?:has|have) (?:not yet been|been delayed)|delivery is delayed"
    r"|will be made"
    r"|still (?:being|trying|attempting)|kommer att (?:fortsätta|försöka)|yritetään (?:edelleen|uudelleen)"
    r"|weiterhin versuch|weitere (?:zustell)?versuche",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"permanent|giv(?:en|ing) (?:it )?up|fatal|no longer|has failed|delivery failed|returned to sender", re.IGNORECASE
)

_SUBJECT = re.compile(
    r"(?:\[[^\]]{1,30}\] ?|\*+ ?)?(?:undeliver(?:able|ed)(?: (?:mail|message|e-?mail)|:)|non-?deliver(?:y|able)"
    r"|returned (?:mail|e-?mail)\b|mail (?:delivery (?:fail|error|status|problem|system)|system error|failure\b)"
    r"|delivery (?:status notification|notification:|failure|failed|has failed|report\b|error)|failure notice\s*:?$"
    r"|message (?:delivery (?:fail|problem|error)|could not be delivered|status - undeliverable|undeliverable)"
    r"|warning: (?:could not send|message .{0,40}delayed)|could not send message for|permanent delivery failure"
    r"|notice: mail delivery|postmaster notify|\[bounce\]|olever(?:er|ans)bart? ?:|unzustellbar ?:"
    r"|mail could not be delivered|message you sent (?:was )?blocked|unzustellbare (?:e-?mail|mail|nachricht)"
    r"|non remis ?:|non distribu|no se puede entregar ?:|não é possível entregar ?:|non recapitabile ?:|onbestelbaar ?:"
    r"|配信不能|配信できません|メール(?:配信|送信)?エラー|(?:系统)?退信|邮件退回|недоставлен|не удается доставить ?:"
    r"|nie można dostarczyć ?:|virus .{0,60}in (?:your )?(?:mail|message)|virus (?:found|detected|alert)"
    r"|(?:banned|blocked) (?:contents?|file|attachment))",
    re.IGNORECASE,
)
_NOT_DELIVERED = (
    r"(?:could ?n[o']t be|was ?n[o']t|ha(?:s|ve) ?n[o']t been|cannot be|can't be|not been|did not) "
    r"(?:able to be )?(?:successfully )?(?:deliver|reach|sent)"
)
_BEGINNINGS = (
    r"this is (?:the|an?) (?:mail(?:er)?[- ](?:system|daemon|delivery|server|router)|postfix|qmail|mailer-daemon)",
    r"this is (?:the|an?) (?:\S{1,30} (?:program|mail (?:server|agent))|dragonfly mail agent|permanent (?:error"
    r"|failure))",
    r"this is (?:the|an?) (?:automatically generated |automated )?delivery status",
    r"this is a warning message only",
    r"this report relates to a message you sent",
    r"this (?:message|e-?mail|mail|report|notification) (?:was|is|has been) (?:an? )?(?:created "
    r"|generated )?automat\w+"
    r" (?:\w+ )?by(?: the| our)? (?:mail|e-?mail|smtp|delivery|facebook|postfix|exim)",
    r"(?:the|your|this) (?:original )?(?:message|mail|e-?mail)\b.{0,300}?" + _NOT_DELIVERED,
    r"(?:the|your) original message was received at",
    r"(?:this )?(?:message|mail|e-?mail) (?:was |is )?undeliver",
    r"(?:the|your|this) (?:message|mail|e-?mail)\b.{0,120}(?:was|been|is|has) (?:undeliver|blocked|rejected|bounced)",
    r"(?:an? |the )?(?:message|mail|e-?mail) (?:that )?you sent.{0,80}(?:could not|was not|cannot|undeliver)",
    r"-{2,} ?(?:the following addresses|transcript of session|failure reasons)",
    r"(?:the following addresses had|transcript of session follows|failure reasons)",
    r"the following (?:address|recipient|message|e-?mail|mail|user|destination).{0,200}?"
    r"(?:fail|could ?n|was ?n|did not|delivery problem|undeliver|reject)",
    r"delivery (?:has failed|failed|to the following|of (?:your|the) (?:message|mail)|attempt)",
    r"(?:mail )?delivery (?:failure|failed)",
    r"(?:unable to|failed to|could not(?: be)?) deliver|could not send (?:the )?(?:following )?(?:message|mail)",
    r"undeliverable",
    r"we (?:were|are) (?:sorry|unable|not able).{0,100}deliver|(?:we|i) had trouble delivering",
    r"i'?m (?:sorry|afraid).{0,150}deliver",
    r"(?:there was|an) (?:an )?error.{0,60}deliver",
    r"each of the following recipients",
    r"(?:message|mail) from \S+\s+unable to deliver|message (?:not|could not be|undeliver)",
    r"address(?:en)? (?:not found|hittades inte)|unknown (?:user|local)|user mailbox exceeds",
    r"sent [<>]{3} rcpt to:",
    r"notificationtype\W{1,6}(?:bounce|complaint)",
    r"(?:our|the|a) (?:virus|anti-?virus|content)[- ]?(?:checker|scanner|filter|software)?\b"
    r".{0,120}(?:found|detected|stopped|blocked)",
    r"(?:ihre|die|diese|eine) (?:folgende|ursprüngliche|gesendete) (?:nachricht|e-?mail).{0,200}?nicht zugestellt",
    r"(?:次の|以下の|お客様の|(?:ご)?送信(?:された|いただいた)?)?(?:メール|メッセージ|あて先|宛先|受信者)"
    r".{0,60}(?:配信|送信|配達|お届け)(?:でき|され|に失敗)",
    r"(?:很?抱歉|对不起).{0,60}(?:未能|无法|無法|被退回)",
    r"(?:к сожалению.{0,60})?(?:ваше )?(?:письмо|сообщение).{0,80}"
    r"(?:не (?:может быть|было|удалось)|создано автоматически)",
    r"(?:votre|le) message.{0,120}(?:n['’]a pas (?:pu être|été)|non remis)",
    r"no se (?:ha podido|pudo) entregar|(?:su|el) mensaje.{0,120}no (?:se )?(?:ha podido|pudo)",
    r"(?:sua|a) mensagem.{0,120}não (?:pôde|foi)",
    r"(?:il (?:suo|tuo) )?messaggio.{0,120}non (?:è stato|può essere) (?:consegn|recapit)",
    # Swedish, Finnish, Norwegian and Danish, German
    r"det gick inte att leverera|leverans\w*.{0,80}misslyck",
    r"(?:ditt meddelande|meddelandet|din e-post).{0,200}?(?:inte|ej) (?:kunnat |kunde |ha )?lever",
    r"viesti\w*.{0,200}?ei (?:voitu|voida|ole) toimit|(?:viesti|toimit)\w*.{0,120}?epäonnistui",
    r"(?:meldingen|meddelelsen|din (?:melding|meddelelse|besked)).{0,200}?ikke (?:lever|bli lever|blitt lever)",
    r"levering\w*.{0,80}mislyk",
    r"(?:ihre|die|diese) (?:nachricht|e-?mail).{0,200}?(?:nicht zugestellt|automatisch)|fehler bei der nachrichten",
)
_BEGINNING = re.compile(
    r"[\W_]{0,200}(?:(?:hi|hello|dear|sorry|greetings)\b[^\n]{0,60}[,.!:]\s{1,10}[\W_]{0,20})?(?:"
    + "|".join(_BEGINNINGS)
    + ")",
    re.IGNORECASE | re.DOTALL,
)
_GREETING = re.compile(r"\W{0,10}(?:hej|hejsan|hei|moi|hi|hello|dear|god|tack|kan ni|jag|vad|hyvä)\b", re.IGNORECASE)
_ANSWERED = re.compile(
    r"\s*(?:\[[^\]]{1,30}\]\s*)?"
    r"(?:re|sv|vs|aw|svar|fwd?|vb|vidarebef\w*|vl|wg|lähetetty|edelleen\w*)\s?:",
    re.IGNORECASE,
)


def tells_of_failure(headers: Headers, subject: str, text: str) -> bool:
    """Whether a mail that a daemon sent speaks of a delivery: by header, subject or anywhere near its beginning."""
    return bool(
        "x-failed-recipients" in headers
        or _FAILED.search(subject)
        or _DELAYED_SUBJECT.search(subject)
        or _FAILED.search(text[:_SPOKEN])
    )


def tells_without_daemon(subject: str, text: str) -> bool:
    """Whether a mail with the null return path, but of no daemon, speaks of a delivery.

    Automatic replies have that path too, so words in the text need the mark of a refusal or of the mail returned.
    """
    if speaks_as_mail_system(subject, text):
        return True
    if _ANSWERED.match(subject):
        return False
    spoken = text[:_READ]
    marked = bool(_REPLY.search(spoken) or _RETURNED_HERE.search(spoken))
    return marked and bool(_FAILED.search(subject) or _FAILED.search(text[:_SPOKEN]))


def opens_as_report(subject: str, text: str, types: Sequence[str]) -> bool:
    """Whether a mail is a delivery report by its words alone, whoever sent it.

    It must begin with the known words of a mail system, and carry the mail it returns or a recipient with the
    refusal of an SMTP server. With a mail system's own subject and both of these it may begin otherwise, but not
    as people do. Answers and forwards are never reports.
    """
    if _ANSWERED.match(subject):
        return False
    begins = bool(_BEGINNING.match(text[:1_500]))
    if not begins and not _SUBJECT.match(subject):
        return False
    spoken = text[:_READ]
    both = begins and _SUBJECT.match(subject) and not _GREETING.match(text)
    if both and "@" in spoken and _FAILED.search(text[:_SPOKEN]):
        return True
    refused = bool(_REPLY.search(spoken)) and "@" in spoken
    returned = any(kind in RETURNED or kind in DELIVERY_STATUS for kind in types) or bool(_RETURNED_HERE.search(spoken))
    return (refused or returned) if begins else (refused and returned and not _GREETING.match(text))


def speaks_as_mail_system(subject: str, text: str) -> bool:
    """Whether the subject or the beginning of the text is a mail system's; answers and forwards are never."""
    return not _ANSWERED.match(subject) and bool(_SUBJECT.match(subject) or _BEGINNING.match(text[:1_500]))


def read_fields(parts: Sequence[Message], headers: Headers, text: str) -> Bounce | None:
    """Return the failed or delayed delivery that delivery-status parts tell of (RFC 3464), None if there is none.

    Of several recipients the first failed one, else the first delayed one. Its status is taken from the server's
    words where the field says no more than x.0.0.
    """
    told = [one for part in parts if part.get_content_type() in DELIVERY_STATUS for one in _deliveries(part)]
    ranked = [one for action in ("failed", "delayed") for one in told if one[0] == action]
    if not ranked:
        return None
    action, status, recipient = ranked[0]
    recipient = recipient or find_address(first(headers, "x-failed-recipients"))
    return _bounce(recipient, status, _our_id(parts, headers, text), final=action == "failed")


def reports_success(parts: Sequence[Message]) -> bool:
    """Whether delivery-status parts tell of deliveries, and of none that failed or waits."""
    told = {one[0] for part in parts if part.get_content_type() in DELIVERY_STATUS for one in _deliveries(part)}
    return bool(told) and told.isdisjoint(("failed", "delayed"))


def read_words(parts: Sequence[Message], headers: Headers, subject: str, text: str) -> Bounce:
    """Return the failed delivery that a report in free words tells of; what it does not tell is empty.

    It is final unless the subject or the text says that delivery goes on, or the status is a passing one.
    """
    spoken = text[:_READ]
    returned = _RETURNED_HERE.search(spoken)
    told = spoken[: returned.start()] if returned else spoken
    code = next((found[1] for found in _STATUS.finditer(told) if found[1][0] != "2"), "")
    if _DELAYED_SUBJECT.search(subject):
        final = False
    elif _FAILED.search(subject) or _GIVEN_UP.search(told[:_SPOKEN]):
        final = not _DELAYED.search(told[:_SPOKEN]) or bool(_GIVEN_UP.search(told[:_SPOKEN]))
    else:
        final = not code.startswith("4") and not _DELAYED.search(told[:_SPOKEN])
    named = find_address(first(headers, "x-failed-recipients")) or _named_in(told, headers)
    if not named and returned and (to := _RETURNED_TO.search(spoken, returned.start())):
        named = find_address(to[1])
    return _bounce(named, code, _our_id(parts, headers, text), final=final)


def _bounce(recipient: str, status: str, message_id: str, *, final: bool) -> Bounce:
    return Bounce(recipient=clean(recipient), status=status, message_id=clean(message_id), final=final)


def _deliveries(part: Message) -> Iterator[tuple[str, str, str]]:
    """Yield action, status and recipient of each group of fields (RFC 3464 §2.3); a missing action by its status."""
    blocks = _text(part).split("\n\n")
    for child in _children(part)[:_RECIPIENTS]:
        blocks.append("\n".join(f"{name}: {value}" for name, value in child.raw_items()).replace("\r\n", "\n"))
        inner = str(child.get_payload()) if not child.is_multipart() else ""
        coded = str(part.get("content-transfer-encoding", "")).lower().startswith("base64")
        blocks += (_from_base64(inner) if coded else inner).replace("\r\n", "\n").split("\n\n")
    for block in blocks[: 4 * _RECIPIENTS]:
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(block)}
        status = _status(fields.get("status", ""), fields.get("diagnostic-code", ""))
        if action := _action(fields.get("action", ""), status):
            named = find_address(fields.get("original-recipient", ""))
            yield action, status, named or find_address(fields.get("final-recipient", ""))


def _status(field: str, diagnostic: str) -> str:
    found = _STATUS.search(field)
    status = found[1] if found else ""
    if status[1:] in ("", ".0.0"):
        said = (one[1] for one in _STATUS.finditer(diagnostic[:2_000]))
        status = next((one for one in said if not status or one[0] == status[0]), status)
    return status


def _action(said: str, status: str) -> str:
    word = said.lower().lstrip()
    if word.startswith(("fail", "expire", "bounce", "error", "reject", "undeliver")):
        return "failed"
    if word.startswith("delay"):
        return "delayed"
    return word if word or not status else {"5": "failed", "4": "delayed", "2": "delivered"}[status[0]]


def _from_base64(text: str) -> str:
    try:
        return binascii.a2b_base64(text).decode("utf-8", "replace")
    except ValueError:
        return ""


def _named_in(told: str, headers: Headers) -> str:
    """Return the first address after words that introduce a recipient, else the first at all; never our own."""
    ours = {address.lower() for _, address in read_addresses(first(headers, "to")[:_SPOKEN])}
    told = _MESSAGE_ID.sub("", told)
    begin = _ONE_OF_THESE.search(told)
    for start in (begin.end(), 0) if begin else (0,):
        for word in [one for one in re.split(r"[\s<>]+", told[start:]) if "@" in one][:_RECIPIENTS]:
            address = find_address(word)
            if address and address.lower() not in ours and address.partition("@")[0].lower() not in _NOBODY:
                return address
    return ""


def _our_id(parts: Sequence[Message], headers: Headers, text: str) -> str:
    """Return the id of the mail that came back: from the returned part, the text, any part, or what it answers."""
    for part in parts:
        if part.get_content_type() in RETURNED and (found := _returned_id(part)):
            return found
    begin = _RETURNED_HERE.search(text)
    below = _MESSAGE_ID.search(text, begin.start()) if begin else None
    if told := below or _MESSAGE_ID.search(text):
        return told[1]
    for part in parts[1:20]:
        if not part.is_multipart() and (told := _MESSAGE_ID.search(_text(part)[:_RETURNED_READ])):
            return told[1]
    answered = read_ids(headers.get("in-reply-to", ()))[:1] or read_ids(headers.get("references", ()))[-1:]
    return next(iter(answered), "")


def _returned_id(part: Message) -> str:
    for child in _children(part):
        for name, value in child.raw_items():
            if name.lower() == "message-id":
                return next(iter(read_ids([str(value)])), "")
        if told := _MESSAGE_ID.search(_text(child)[:_RETURNED_READ]):
            return told[1]
    found = _MESSAGE_ID.search(_text(part)[:_RETURNED_READ])
    return found[1] if found else ""


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []

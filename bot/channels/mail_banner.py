"""Warnings that gateways put above a mail from outside: in its text and in its subject.

Pure. Nothing here raises, whatever it is given. No writer's sentence is a banner: it tells of "I", or it asks.
"""

import re
from collections.abc import Sequence

_OUTSIDE = (
    r"(?:extern(?:a|t|al(?:ly)?|e[rnms]?|al)?|outside|utifrån|utanför|utomstående|ulkoi\w+|ulkopuol\w+|ekstern\w*"
    r"|udefra|utenfra"
    r"|außerhalb|ausserhalb|okänd avsändare|externe)"
)
_MAIL = (
    r"(?:e-?post\w*|e-?mail\w*|mail\w*|mejl\w*|meddelande\w*|message\w*|viesti\w*|sähköposti\w*|nachricht\w*|melding\w*"
    r"|meddelelse\w*|besked\w*|avsändare\w*|avsender\w*|afsender\w*|sender\w*|lähettäj\w*|absender\w*|domän\w*"
    r"|källa\w*|source)"
)
_WARNS = (
    r"(?:caution|warning|varning|obs|observera|viktigt|försiktig\w*|var försiktig|huom\w*|varoitus|varo|advarsel"
    r"|forsigtig"
    r"|achtung|vorsicht|attention|notice|note|security|alert|important|think before|be careful|information"
    r"|säkerhet\w*|warnung"
    r"|hinweis|bemærk|merk|extern\w*|ulkoinen|ekstern\w*|ext|exercise caution|use caution|stop)"
)
_THIS = (
    rf"(?:(?:this|the|detta|dette|denna|det här|den här|denne|tämä|diese[rs]?|you(?:'ve| have)? (?:got|received)"
    rf"|mejlet|mailet"
    rf"|e-posten|meddelandet|email|e-mail|mail)\b.{{0,20}}?{_MAIL}?)"
)
_SOLE = re.compile(
    rf"(?:{_WARNS}\b[\W_]*)?(?:från |från en |from |fra |von )?{_OUTSIDE}(?:t|a)?(?:[\s-]+(?:{_MAIL}"
    rf"|från extern avsändare))*"
    rf"(?:[\W_]+(?:var försiktig|varning|caution|obs|be careful|use caution|ole varovainen"
    rf"|vorsicht).{{0,200}})?[\W_]*$",
    re.IGNORECASE,
)
_LONG = re.compile(
    rf"(?:{_WARNS}|{_THIS})(?=.{{0,300}}\b{_OUTSIDE})(?=.{{0,300}}\b{_MAIL}).{{0,500}}$",
    re.IGNORECASE | re.DOTALL,
)
_TIP = re.compile(
    r"(?:du får (?:inte|ikke) ofte? e-?post|du får (?:inte|ikke) (?:så )?ofta (?:e-?post|mejl|mail)"
    r"|du får ikke ofte (?:e-?post|mails?)"
    r"|du modtager (?:ikke ofte|sjældent)|vissa som har fått det här meddelandet|några som har fått"
    r"|some people who received this"
    r"|you don['’]?t often get e-?mail|et saa usein sähköpostia|sie erhalten nicht (?:häufig|oft) e-?mail"
    r"|vous n['’]obtenez pas souvent"
    r"|joillekin .{0,60}vastaanottaj|noen som har mottatt|nogle .{0,40}modtog)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\W*https?://|\b(?:klicka|öppna|länk\w*|bilag\w*|bifoga\w*|click|open|links?|attach\w*|recogni[sz]e|känner"
    r"|avsändare\w*"
    r"|sender|safe|säker\w*"
    r"|trust\w*|litar?|rapportera|report|suspicious|misstänk\w*|phishing|nätfiske|försiktig\w*|innehåll\w*|content"
    r"|liitte\w+|linkk\w*"
    r"|lähettäj\w*|avaa|klikkaa|tunne\w*|anhänge|klick\w*|öffnen|absender\w*|åbn|åpne|klikk?|vedlegg|vedhæft\w*"
    r"|lösenord|password"
    r"|varför det är viktigt|why this is important|organisation\w*|organization\w*|organisaation)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:jag|mig|min|mina|mitt|vi har|vår|vårt|hej|i|i['’]m|i['’]ve|my|me|hello|hi|dear|minä|sain|minun|hei|moi"
    r"|ich|mein\w*"
    r"|hallo|jeg|tack|kan ni|kan du|har ni)\b",
    re.IGNORECASE,
)
_DECORATION = " \t\xa0*_[](){}<>|!⚠️⚠✉🛑⛔🔴❗❕‼►▶•·-–—=#~+:"
_LINES = 8
_WRAPPED = 4
_SUBJECT = re.compile(
    r"((?:\s*(?:re|sv|vs|aw|antw|ang|fwd?|vb|vl|wg|tr|rv|ref|odp|r)\s*(?:\[\d{1,3}\])?\s*:)*\s*)"
    r"(?:[\[({<*]{1,3}\s*(?:caution|warning|varning|obs|!)?[\s:!-]*(?:extern(?:t|al|e|a)?|ext|ulkoinen|ekstern(?:t"
    r"|al)?|från extern"
    r"|utifrån|outside)(?:[\s_:!-]+(?:mail|mejl|e-?post|e-?mail|sender|avsändare|message|meddelande|viesti"
    r"|sähköposti|källa|lähettäjä"
    r"|avsender|afsender|caution|warning|varning|var försiktig|obs))*\s*[!:]*\s*[\])}>*]{1,3}[\s:–-]*"
    r"|(?-i:EXTERNAL|EXTERNT|EXTERN|EXT|ULKOINEN|EKSTERN)(?:(?-i:[ -](?:MAIL|EMAIL|E-POST|MEJL|SENDER"
    r"|AVSÄNDARE)))?\s*[:!]\s*)",
    re.IGNORECASE,
)
_SUBJECT_MARKS = 5


def strip_subject_banner(subject: str) -> str:
    """Return the subject without "[EXTERN]" and the like at its beginning, also behind "Re:" or "SV:".

    What then is left may be empty or only "SV: ".
    """
    for _ in range(_SUBJECT_MARKS):
        found = _SUBJECT.match(subject[:300])
        if not found:
            break
        subject = found[1] + subject[found.end() :]
    return subject


def banner_end(lines: Sequence[str]) -> int:
    """Return the number of lines at the beginning that are gateways' banners and blank lines below them, 0 if none."""
    end, at = 0, 0
    for _ in range(3):
        while at < len(lines) and not lines[at].strip(_DECORATION):
            at += 1
        last = _banner(lines, at)
        if last == at:
            break
        end = at = last
    while 0 < end < len(lines) and not lines[end].strip(_DECORATION):
        end += 1
    return end


def _banner(lines: Sequence[str], at: int) -> int:
    """Return the end of the banner that begins at this line, the line itself if none does."""
    joined = ""
    for number in range(at, min(at + _WRAPPED, len(lines))):
        line = lines[number].strip(_DECORATION)
        if len(line) > 1_000 or (not line and number == at):
            return at
        if not line:
            break
        joined = f"{joined} {line}".strip()
        if _is_banner(joined):
            return _extended(lines, number + 1)
    return at


def _is_banner(text: str) -> bool:
    if _TIP.match(text):
        return True
    if "?" in text or _PERSON.search(text):
        return False
    return bool(_SOLE.match(text) or _LONG.match(text))


def _extended(lines: Sequence[str], end: int) -> int:
    """Return the end of the banner with the lines of its paragraph that go on warning."""
    limit = min(end + _LINES, len(lines))
    while end < limit:
        line = lines[end].strip()
        if not line or "?" in line or len(line) > 400 or _PERSON.search(line) or not _GOES_ON.search(line):
            break
        end += 1
    return end

"""Where the signature begins that ends a writer's own words.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input. Where it is not clear, there
is no signature: a citizen's last sentence is worth more than a clean cut.
"""

import re
from collections.abc import Sequence

_AFTER_DASHES = 12
_AFTER_SIGN_OFF = 8
_SHORT = 80
_LONGEST = 120
_TAIL = 60
"""Lines from the end in which a signature may begin."""

_GREETINGS = (
    # Swedish
    r"m\.?\s?v\.?\s?h\.?|v\.?h\.?|m\.\s?vänlig hälsning|(?:med )?(?:de )?(?:vänlig(?:a|ast|aste)?|bästa|varma"
    r"|hjärtliga|soliga"
    r"|glada|många|trevliga|goda|sköna|fina|vänskapliga|kära|höstliga|vintriga|somriga)"
    r" h[äa]lsning(?:ar|en)?|hälsningar|hälsning|hälsn\.?|hlsn\.?|hälsar|högaktningsfullt|med vänlighet"
    # Finnish
    r"|(?:ystävällisin|parhain|lämpimin|hyvin|aurinkoisin|kunnioittavin|iloisin)?\s?terveisin|yst(?:\."
    r"|äv\.?)? ?terv\.?|terv\.?"
    r"|terveiset|terkuin|yt\.?|yst\.?|ystävällisesti|kunnioittavasti|kunnioittaen"
    # Norwegian, Danish
    r"|(?:med )?(?:de )?(?:vennlig|venlig|beste|bedste|mange|gode|varme|vennlege|venlige|kærlig|hjertelig)e?"
    r" hils(?:en|ener|ning|ninger|ner)|hilsen|hilsener|k\.?h\.?"
    # English
    r"|(?:with )?(?:my )?(?:best|kind(?:est)?|warm(?:est)?|many|sincere) (?:regards|wishes)|regards|rgds"
    r"|sincerely(?: yours)?"
    r"|yours (?:sincerely|faithfully|truly)|respectfully(?: yours)?|cheers|best,|yours,|all the best,"
    r"|(?:many )?thanks (?:and|&) (?:best |kind )?regards|faithfully"
    # German
    r"|m\.?\s?f\.?\s?g\.?|(?:mit )?(?:freundlichen|freundliche[mn]?|besten|beste|vielen|viele|lieben|liebe"
    r"|herzlichen|herzliche"
    r"|schönen|schöne|sonnigen) gr(?:ü|u|ue)(?:ss|ß)e?n?|grüße|grüsse|gruß|gruss|hochachtungsvoll|[lv]g"
    # others
    r"|(?:bien )?cordialement|(?:bien )?à vous|salutations(?: distinguées)?|(?:meilleures|sincères"
    r"|cordiales) salutations"
    r"|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|(?:cordiali|distinti|cari) saluti"
    r"|saluti"
    r"|(?:met )?vriendelijke groet(?:en|jes)?|(?:hartelijke )?groet(?:en|jes)?|mvg|(?:serdecznie )?pozdrawiam"
    r"|z poważaniem"
    r"|atenciosamente|cumprimentos|com os melhores cumprimentos|abraços|с уважением|s pozdravem|lugupidamisega"
    r"|tervitades"
)
_NAME_WORD = r"[^\W\d_a-zåäöéüßøæ][\w'’-]{0,30}+\.?"
_NAME = rf"{_NAME_WORD}(?:[ ,]+(?:&\s|och\s|and\s|ja\s|og\s|und\s)?{_NAME_WORD}){{0,4}}"
_WHO = (
    rf"(?:(?:{_NAME_WORD}|[+(]?\d[\d()/+-]{{0,20}}+|(?i:&|och|and|ja|og|und|tel|tfn|mobil|mob|telefon|puh|i|på|/"
    rf"|-)(?=[\s.:,]))"
    r"[\s,.:/!*()]*+){0,10}+"
)
_CLOSE = r"[\s,.!;:*_/–-]*+"
_SIGN_OFF = re.compile(
    rf"[\s*_]*+(?:(?i:{_GREETINGS})(?!\w)(?:\s?[/|,]\s?(?i:{_GREETINGS})(?!\w))?{_CLOSE}(?:{_WHO}|(?i:från|önskar"
    rf"|fr\.|fra|from|von)\s.{{1,50}})$"
    rf"|(?i:{_GREETINGS})(?!\w){_CLOSE}(?!(?i:till|to|om|är|och|att|on"
    rf"|for)\b)[^\W\d_]{{1,20}}(?: [^\W\d_]{{1,20}})?\s*$"
    r"|/{1,2}\s?[^\W\d_]{1,20}\s*$"
    rf"|(?i:vänligen|vänligast|vänligt|/ ?mvh){_CLOSE}(?:{_NAME}\s*)?$"
    rf"|(?:[Tt][:.]\s?|T |(?i:tv)\.\s?){_NAME}\s*$"
    rf"|/{{1,2}}\s?(?={_NAME_WORD}[\s,.]*(?:{_NAME_WORD}|[\d+(]|$)){_WHO}$)"
)
_INLINE = re.compile(
    r"[.!?)]\s+((?i:m\.?v\.?h\.?|(?:med )?(?:vänlig(?:a)?|bästa) hälsning(?:ar)?|hälsningar|(?:ystävällisin )?terveisin"
    rf"|(?:med )?vennlig hilsen|(?:best|kind) regards|mit freundlichen grüßen),?/?\s*(?:{_NAME})?\s*"
    rf"|/{{1,2}}\s?{_NAME}\s*)$"
)
_LAST_NAME = re.compile(rf"\s*(?:[-–—~]|--)\s?{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}\s*$")
_DASHES = re.compile(r"\s*(?:--|—|–)\s*$")
_UNDERSCORES = re.compile(r"\s*_{2,}\s*$")
_THING = (
    r"(?:iphone|ipad|ios|mac|apple|android|samsung|galaxy|outlook|yahoo|gmail|google|e-post|epost|mail|proton"
    r"|blue ?mail|huawei"
    r"|xiaomi|redmi|oneplus|sony|xperia|nokia|lumia|motorola|honor|htc|lg|blackberry|windows|spark|aqua|mobil"
    r"|mobiltelefon"
    r"|smart|surf|telefon|phone|typeapp|nine|thunderbird|fairphone|hotmail|microsoft|edison|aol|web\.de|gmx|posteo|tuta"
    r"|icloud|zoho|doro|pixel|mobilen|telefonen|surfplatta|datorn|läsplatta|kindle"
    r"|телефон|мобильн|почт|яндекс|mail\.ru)"
)
_FEW = r"\s[^\s,]+(?:\s[^\s,]+){0,3}\s*$"
_PHONE = re.compile(
    r"[\s\W_]*(?:"
    rf"(?:skickat|skickades|skickad|sänt) (?:från|med|via|ifrån)\s+(?:(?:min|mitt|mina|en|ett|appen){_FEW}"
    rf"|(?:min |mitt |en |ett )?{_THING})"
    rf"|från min {_THING}"
    r"|(?:hämta|skaffa|få|ladda ner|get|hent|hanki|lataa|download|installera) outlook|outlook für (?:ios"
    r"|android) (?:beziehen|holen)"
    r"|holen sie sich outlook|télécharge[rz] outlook|obtene?r? outlook|obtén outlook|scarica outlook|outlook (?:voor"
    r"|for|til|för)"
    r" (?:ios|android)\b"
    rf"|(?:sent|written|posted) (?:from|with|via|using|on|by)\s+(?:(?:my|a|an|the|our){_FEW}|(?:my )?{_THING})"
    rf"|sendt (?:fra|med|via|frå)\s+(?:(?:min|mit|mitt|en|et){_FEW}|(?:min |mit )?{_THING})"
    rf"|lähetetty (?:(?:laitteesta|laitteestani|käyttäen|minun|omasta)\b|{_THING}|\w*puhelim\w*|\w*sovellukse\w*"
    rf"|\w*laittee\w*)"
    rf"|(?:gesendet|versendet|verschickt|geschickt) (?:von|mit|über|vom)\s+(?:(?:meine[mr]|einem){_FEW}|unterwegs"
    rf"|(?:meinem )?{_THING})"
    rf"|von (?:meinem|mobil) ?(?:{_THING})?\b.{{0,40}}(?:gesendet|geschickt)?\s*$"
    rf"|envoyé (?:de(?:puis)?|à partir d['e])\s?(?:(?:mon|ma|un){_FEW}|l['’]|(?:mon )?{_THING})|enviado (?:desde|do|da"
    rf"|de)\s+(?:(?:mi|meu|minha|o|el){_FEW}|(?:mi |meu )?{_THING})"
    rf"|inviato da(?:l mio)?\s+(?:{_THING}|mio|smartphone)|(?:verzonden|verstuurd) (?:vanaf|met|via|vanuit)\s"
    rf"|wysłane? z(?: mojego)?\s"
    rf"|отправлено (?:с|из)\s|saadetud minu\s|odesláno z\s"
    r")",
    re.IGNORECASE,
)
_NO_PHONE = re.compile(r"\b(?:men|but|till|to you|to the|jag|inte|not|den \d)\b|\d{4}", re.IGNORECASE)
_NOTICE = re.compile(
    r"konfidentiel|confidential|sekretess|luottamuksel|fortrolig|vertraulich|intended (?:solely |only )?for"
    r"|avsett (?:endast )?för"
    r"|tänk på miljön|skriv(?:er)? (?:inte|ej) ut|consider the environment|before printing|ajattele ympäristöä"
    r"|tenk på miljøet"
    r"|behandla\w* (?:av )?(?:dina |de )?personuppgift|personuppgiftsbehandling|privacy policy|dataskyddsförordning"
    r"|allmän handling"
    r"|tietosuoja|virus[- ]?free|virusfri|avast|avg\.com|unintended recipient|intended recipient|rätt mottagare"
    r"|avsedda mottagare"
    r"|disclaimer|unsubscribe|mailing list|offentlighetsprincip",
    re.IGNORECASE,
)
_NOTICE_START = re.compile(
    r"[\s*_]*(?:(?:det(?:ta|ter?)|den(?:na|ne)|this|the(?: information| content)?s?|tämä|diese|innehållet i"
    r"|informationen i) ?(?:här )?"
    r"(?:e-?post|e-?mail|mejl|mail|meddelande|message|melding|viesti|sähköposti|nachricht|information|kommunikation"
    r"|communication|transmission|contained|in this)|confidential|disclaimer|konfident|sekretess|tänk på miljön"
    r"|please consider the environment|p\.? ?s\.? ?tänk|när du (?:skickar|kommunicerar|mejlar|kontaktar)"
    r"|så behandlar vi"
    r"|vi behandlar|(?:läs mer )?om (?:hur vi behandlar|vår behandling)|virus-free|virusfri)",
    re.IGNORECASE,
)
_MADE = (
    r"(?:automatiskt genererad beskrivning|description automatically generated|automaattisesti luotu kuvaus"
    r"|ai-genererat innehåll kan vara felaktigt\.|ai-generated content may be incorrect\.)"
)
_PICTURE = re.compile(
    r"[ \t]*\[cid:[^\[\]\s]{1,200}\]|^[ \t]*\[image: [^\[\]\n]{1,200}\][ \t]*$"
    rf"|\[[^\[\]]{{0,400}}{_MADE}\]|(?:\b(?:en bild som visar|kuva, joka|a picture containing)[^\n]{{0,300}})?{_MADE}$",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a picture stood: what Outlook and Gmail write into the text version in its place."""
_POSTSCRIPT = re.compile(r"\s*(?:p\.?\s?s\.?(?:[\s:,.-]|$)|obs\b|nb\b|edit\b|huom)", re.IGNORECASE)
_ASKS = re.compile(
    r"\s*(?:kan|kunde|skulle|vill|får|går|är|finns|har|när|var|hur|vad|varför|vem|vilken|snälla|ring|hör av|återkom"
    r"|svara|skicka"
    r"|vänligen|bifogar|se bifogad|jag|vi vill|ni|du|tack|kom ihåg|glöm|also|can|could|please|would|will|when|where"
    r"|how|what|why"
    r"|call|i|thanks|thank|see attached|voitteko|voiko|voisitteko|soita|soittakaa|milloin|missä|kiitos|liitteenä"
    r"|können|bitte"
    r"|danke|kan|takk|tak|vær|hvornår|når|hvor) ",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:jag|mig|hon|han|minä|olen|i am|i'm|ich|jeg)\b", re.IGNORECASE)
_REACH = re.compile(r"\d{2}[\d -]{3}|@|www\.|https?:", re.IGNORECASE)
"""A number or an address: a signature may have many of these lines."""
_CONTACT = re.compile(r"\d|@|www\.|https?:", re.IGNORECASE)


def signature_at(lines: Sequence[str], first: int = 0) -> int:
    """Return the line where the signature begins that ends these lines, their number if none is clear.

    Never the first line that says something, and never one above `first`. A signature begins at ``-- ``, at a rule of
    underscores, at a sign-off ("Med vänlig hälsning", "/Anna"), or is a phone's or a gateway's own line at the end;
    below stand few short lines of which none asks or tells anything. A postscript keeps all.
    """
    start = next((at for at, line in enumerate(lines) if line.strip()), len(lines)) + 1
    start = max(first, start)
    end = _machine_lines(lines, start)
    below = _below_dashes(lines, max(start, end - _TAIL), end)
    end = min(end, below)
    for at in range(max(start, end - _TAIL), end):
        line = lines[at]
        begins = line and len(line) < _LONGEST and (_SIGN_OFF.match(line) or _is_phone(line))
        if begins and _is_signature(lines[at + 1 : end]):
            return at
    return _last_name(lines, start, end)


def is_only_signature(lines: Sequence[str]) -> bool:
    """Tell whether these lines are nothing but a signature, of whatever stands above them."""
    return signature_at(["x", *lines]) <= next((at for at, line in enumerate(lines, 1) if line.strip()), 0)


def without_program_lines(text: str) -> str:
    """Return an officer's text without what the mail program wrote at its end ("Sent from …") or for a picture.

    The sign-off and the signature stay: they are the officer's own words. Empty if nothing else is there.
    """
    lines = _PICTURE.sub("", text).rstrip().split("\n")
    while lines:
        end = next((at for at in range(len(lines), 0, -1) if lines[at - 1].strip(" \t\xa0-_=*")), 0)
        cut = _phone_at(lines, 0, end)
        if cut >= end:
            break
        del lines[cut:]
    return "\n".join(lines).strip()


def inline_sign_off(line: str) -> int:
    """Return the column where a sign-off begins in the last line, its length if none does: "… på lördag. Mvh Anna"."""
    found = _INLINE.search(line[-120:])
    return max(len(line) - 120, 0) + found.start(1) if found else len(line)


def _machine_lines(lines: Sequence[str], start: int) -> int:
    """Return the end of the text without the lines at its end that a phone, a program or a gateway wrote."""
    end = len(lines)
    while True:
        last = end
        while last > start and not lines[last - 1].strip(" \t\xa0-_=*"):
            last -= 1
        cut = _phone_at(lines, start, last)
        cut = cut if cut < last else _notice_at(lines, start, last)
        if cut >= last:
            return end
        end = cut


def _phone_at(lines: Sequence[str], start: int, end: int) -> int:
    """Return where the phone's line stands among the last ones, perhaps with a link below; the end if none does."""
    for at in range(end - 1, max(end - 3, start - 1), -1):
        line = lines[at]
        if len(line) > 250 or "?" in line.partition("<")[0].partition("http")[0]:
            return end
        if _is_phone(line):
            return at
        if not line.lstrip(" <([").startswith(("http", "www.")) and at < end - 1:
            return end
    return end


def _is_phone(line: str) -> bool:
    """Whether a phone or a mail program wrote this line about itself."""
    if not _PHONE.match(line):
        return False
    plain = line.partition("<")[0].partition("http")[0]
    return len(plain) < _LONGEST and not _NO_PHONE.search(plain)


def _notice_at(lines: Sequence[str], start: int, end: int) -> int:
    """Return where a last paragraph begins that is a notice on secrecy, privacy or viruses; the end if it is none."""
    begin = end
    while begin > max(start, end - 20) and lines[begin - 1].strip():
        begin -= 1
    if begin >= end or (begin > 0 and lines[begin - 1].strip()):
        return end
    text = " ".join(lines[begin:end])[:2_000]
    return begin if _NOTICE_START.match(text) and _NOTICE.search(text) else end


def _below_dashes(lines: Sequence[str], start: int, end: int) -> int:
    """Return the delimiter with few lines below: the first of those that are clear, the end if none is."""
    for at in range(start, end):
        line = lines[at]
        if line == "-- " or (line and line[0] in " -—–" and _DASHES.match(line)):
            below = [one for one in lines[at + 1 : end] if one.strip()]
            few = len(below) <= _AFTER_DASHES and (below or at + 1 == len(lines))
            if few and (line == "-- " or _is_signature(below, most=_AFTER_DASHES)):
                return at
        elif line and line[0] in " _" and _UNDERSCORES.match(line) and _is_signature(lines[at + 1 : end]):
            return at
    return end


def _is_signature(below: Sequence[str], *, most: int = _AFTER_SIGN_OFF) -> bool:
    """Whether what stands below a sign-off is name, title, contact and notices: few short lines, none that asks."""
    count = 0
    if len(below) > _TAIL:
        return False
    for at, line in enumerate(below):
        if not line.strip():
            continue
        if _NOTICE.search(line[:300]) or _NOTICE_START.match(line[:100]):
            return all("?" not in one or _NOTICE.search(one[:2_000]) for one in below[at:])
        count += _REACH.search(line) is None
        if count > most or _says(line):
            return False
    return True


def _says(line: str) -> bool:
    """Whether a line is a question, a postscript or a sentence, as no signature has."""
    if _is_phone(line):
        return False
    plain = re.sub(r"<[^<>]{0,300}>|https?://\S{1,300}", "", line[:600])
    if "?" in plain or len(plain.strip()) > _SHORT or _POSTSCRIPT.match(plain):
        return True
    if _SIGN_OFF.match(line):
        return False
    words = len(plain.split())
    if words >= 3 and _ASKS.match(plain):
        return True
    if words >= 3 and _TELLS.search(plain):
        return True
    return words >= 5 and plain.rstrip().endswith((".", "!")) and not _CONTACT.search(plain)


def _last_name(lines: Sequence[str], start: int, end: int) -> int:
    """Return the last line if it is a name behind a dash ("-Anna") and no item of a list, else the end."""
    last = next((at for at in range(end - 1, start - 1, -1) if lines[at].strip()), -1)
    if last < start or not _LAST_NAME.match(lines[last][:80]) or len(lines[last]) > 60:
        return end
    above = next((line for line in reversed(lines[max(last - 3, 0) : last]) if line.strip()), "")
    alone = not lines[last - 1].strip() or lines[last].lstrip()[1:2] != " "
    return end if above.lstrip()[:1] in "-–—~*•·" or above.rstrip().endswith(":") or not alone else last

"""The writer's own words in replies as mail programs write them, language by language."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_quotes import own_words
from bot.channels.mail_why import Why

OWN = "Hej!\n\nTack för svaret. Lampan utanför nr 12 är ändå släckt.\n\nNär kommer ni?"
QUOTE = "> Hej Elsa!\n>\n> Vi har lagat lampan.\n> > När?\n> Kommunen"
PLAIN = "Hej Elsa!\n\nVi har lagat lampan.\n\nKommunen"

ATTRIBUTIONS = {
    "gmail sv": "Den tors 12 nov. 2026 kl 14:03 skrev Anna Exempel <anna@example.org>:",
    "gmail sv wrapped": "Den tors 12 nov. 2026 kl 14:03 skrev Anna Exempel <\nanna@example.org>:",
    "gmail sv wrapped at the name": "Den tors 12 nov. 2026 kl 14:03 skrev Anna Exempel,\nKontaktcenter\n"
    "<anna@example.org>:",
    "gmail sv old": "Den 12 november 2026 14:03 skrev Anna Exempel <anna@example.org>:",
    "gmail sv without den": "tors 12 nov. 2026 kl 14:03 skrev Anna Exempel <anna@example.org>:",
    "gmail sv via": "Den tors 12 nov. 2026 kl 14:03 skrev Anna Exempel via Kontaktcenter <anna@example.org>:",
    "apple sv": "12 nov. 2026 kl. 14:03 skrev Anna Exempel <anna@example.org>:",
    "apple sv without address": "12 nov. 2026 kl. 14:03 skrev Anna Exempel:",
    "thunderbird sv": "Den 2026-11-12 kl. 14:03, skrev Anna Exempel:",
    "thunderbird sv old": "Anna Exempel skrev den 2026-11-12 14:03:",
    "thunderbird sv oldest": "2026-11-12 14:03 skrev Anna Exempel:",
    "roundcube sv": "Den 2026-11-12 14:03, skrev Anna Exempel <anna@example.org>:",
    "roundcube sv name first": "12.11.2026 14.03, Anna Exempel skrev:",
    "yahoo sv": "Den torsdag 12 november 2026 14:03:07 CET, Anna Exempel <anna@example.org> skrev:",
    "yahoo sv på": "På torsdag 12 november 2026 14:03:07 CET, Anna Exempel\n<anna@example.org> skrev:",
    "proton sv": "torsdag 12 november 2026 kl. 14:03, Anna Exempel <anna@example.org> skrev:",
    "gmail fi": "to 12. marrask. 2026 klo 14.03 Anna Exempel (anna@example.org) kirjoitti:",
    "gmail fi wrapped": "to 12. marrask. 2026 klo 14.03 Anna Exempel (\nanna@example.org) kirjoitti:",
    "gmail fi wrapped in the date": "to 12. marrask. 2026 klo\n14.03 Anna Exempel (anna@example.org) kirjoitti:",
    "thunderbird fi": "Anna Exempel kirjoitti 12.11.2026 klo 14:03:",
    "apple fi": "Anna Exempel <anna@example.org> kirjoitti 12.11.2026 kello 14.03:",
    "apple fi wrapped": "Anna Exempel <anna@example.org>\nkirjoitti 12.11.2026 kello 14.03:",
    "roundcube fi": "12.11.2026 14:03, Anna Exempel kirjoitti:",
    "yahoo fi": "torstai 12. marraskuuta 2026 klo 14.03.07 UTC+2 Anna Exempel <anna@example.org> kirjoitti:",
    "gmail no": "tor. 12. nov. 2026 kl. 14:03 skrev Anna Exempel <anna@example.org>:",
    "apple no": "12. nov. 2026 kl. 14:03 skrev Anna Exempel <anna@example.org>:",
    "long date no": "torsdag 12. november 2026 skrev Anna Exempel <anna@example.org>:",
    "thunderbird no": "Den 12.11.2026 14:03, skrev Anna Exempel:",
    "gmail da": "Den tor. 12. nov. 2026 kl. 14.03 skrev Anna Exempel <\nanna@example.org>:",
    "apple da": "Den 12. nov. 2026 kl. 14.03 skrev Anna Exempel <anna@example.org>:",
    "gmail en": "On Thu, Nov 12, 2026 at 2:03 PM Anna Exempel <\nanna@example.org> wrote:",
    "gmail en narrow": "On Thu, Nov 12, 2026 at 2:03\u202fPM Anna Exempel <anna@example.org> wrote:",
    "gmail en day first": "On Thu, 12 Nov 2026 at 14:03, Anna Exempel <anna@example.org> wrote:",
    "apple en": "On 12 Nov 2026, at 14:03, Anna Exempel <anna@example.org> wrote:",
    "apple en without address": "On Nov 12, 2026, at 2:03 PM, Anna Exempel wrote:",
    "thunderbird en": "On 11/12/26 14:03, Anna Exempel wrote:",
    "thunderbird en 2": "On 12/11/2026 14:03, Anna Exempel wrote:",
    "sparrow": "On Thursday, November 12, 2026 at 2:03 PM, anna@example.org wrote:",
    "proton en": "On Thursday, November 12th, 2026 at 14:03, Anna Exempel <anna@example.org> wrote:",
    "yahoo en": "On Thursday, November 12, 2026 at 02:03:07 PM GMT+1, Anna Exempel\n<anna@example.org> wrote:",
    "yahoo dashes": "--- On Thu, 11/12/26, Anna Exempel <anna@example.org> wrote:",
    "zoho": "---- On Thu, 12 Nov 2026 14:03:00 +0100 Anna Exempel <anna@example.org> wrote ----",
    "mutt": "On Thu, Nov 12, 2026 at 02:03:07PM +0100, Anna Exempel wrote:",
    "kmail": "On Thursday 12 November 2026 14:03:07 Anna Exempel wrote:",
    "android": "Anna Exempel <anna@example.org> wrote:",
    "android sv": "Anna Exempel <anna@example.org> skrev:",
    "android sv wrapped": "Anna Exempel, Kontaktcenter i Exempelby kommun\n<anna@example.org> skrev:",
    "android sv quoted name": '"Exempel, Anna" <anna@example.org> skrev: (12 november 2026 14:03)',
    "gmail de": "Am Do., 12. Nov. 2026 um 14:03 Uhr schrieb Anna Exempel <anna@example.org>:",
    "thunderbird de": "Am 12.11.2026 um 14:03 schrieb Anna Exempel:",
    "apple de": "Am 12.11.2026 um 14:03 schrieb Anna Exempel <anna@example.org>:",
    "gmail fr": "Le jeu. 12 nov. 2026 à 14:03, Anna Exempel <anna@example.org> a écrit :",
    "thunderbird fr": "Le 12/11/2026 à 14:03, Anna Exempel a écrit :",
    "gmail es": "El jue, 12 nov 2026 a las 14:03, Anna Exempel (<anna@example.org>) escribió:",
    "gmail it": "Il giorno gio 12 nov 2026 alle ore 14:03 Anna Exempel <anna@example.org> ha scritto:",
    "gmail nl": "Op do 12 nov 2026 om 14:03 schreef Anna Exempel <anna@example.org>:",
    "gmail pl": "czw., 12 lis 2026 o 14:03 Anna Exempel <anna@example.org> napisał(a):",
    "thunderbird pl": "W dniu 12.11.2026 o 14:03, Anna Exempel pisze:",
    "gmail pt": "Anna Exempel <anna@example.org> escreveu no dia quinta, 12/11/2026 à(s) 14:03:",
    "gmail pt br": "Em qui., 12 de nov. de 2026 às 14:03, Anna Exempel <anna@example.org> escreveu:",
    "gmail ru": "чт, 12 нояб. 2026 г. в 14:03, Anna Exempel <anna@example.org>:",
    "thunderbird ru": "12.11.2026 14:03, Anna Exempel пишет:",
    "mail.ru": "Четверг, 12 ноября 2026, 14:03 +03:00 от Anna Exempel <anna@example.org>:",
    "yandex": '12.11.2026, 14:03, "Anna Exempel" <anna@example.org>:',
    "groupwise": "Anna Exempel <anna@example.org> 12/11/2026 14:03 >>>",
    "groupwise both": ">>> Anna Exempel <anna@example.org> 12/11/2026 14:03 >>>",
}
BARE = {name: above for name, above in ATTRIBUTIONS.items() if name not in ("groupwise both", "android sv quoted name")}


@pytest.mark.parametrize("above", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n \n\n"])
def test_a_reply_above_a_quotation(above: str, gap: str) -> None:
    assert own_words(f"{OWN}\n\n{above}{gap}{QUOTE}\n").text == OWN
    assert own_words(f"{OWN}\n{above}{gap}{QUOTE}\n").text == OWN
    assert own_words(f"{OWN}\n\n> {above.replace(chr(10), chr(10) + '> ')}\n> \n{QUOTE}\n").text == OWN


@pytest.mark.parametrize("above", BARE.values(), ids=BARE)
def test_a_reply_above_history_without_marks(above: str) -> None:
    assert own_words(f"{OWN}\n\n{above}\n\n{PLAIN}").text == OWN


@pytest.mark.parametrize("above", BARE.values(), ids=BARE)
def test_a_reply_below_the_quotation(above: str) -> None:
    assert own_words(f"{above}\n{QUOTE}\n\n{OWN}\n").text == OWN
    assert own_words(f"{above}\n\n{QUOTE}\n{OWN}\n\n-- \nElsa").text == OWN


UNKNOWN = {
    "no verb": "Anna Exempel <anna@example.org>:",
    "old gmail": "2026/11/12 Anna Exempel <anna@example.org>",
    "japanese": "2026年11月12日(木) 14:03 Anna Exempel <anna@example.org>:",
    "czech": "čt 12. 11. 2026 v 14:03 odesílatel Anna Exempel <anna@example.org> napsal:",
    "horde": "Citerar Anna Exempel <anna@example.org>:",
    "hungarian": "Anna Exempel <anna@example.org> ezt írta (időpont: 2026. nov. 12., Cs, 14:03):",
    "turkish": "Anna Exempel <anna@example.org>, 12 Kas 2026 Per, 14:03 tarihinde şunu yazdı:",
}


@pytest.mark.parametrize("above", UNKNOWN.values(), ids=UNKNOWN)
def test_what_stands_right_above_a_quotation_introduces_it(above: str) -> None:
    assert own_words(f"{OWN}\n\n{above}\n\n{QUOTE}").text == OWN


HEADS = {
    "outlook sv": "Från: Kommunen\nSkickat: den 12 november 2026 14:03\nTill: Elsa\nÄmne: Svar",
    "outlook sv address": "Från: Kommunen <kontakt@example.org>\nSkickat: torsdag den 12 november 2026 14:03\n"
    "Till: Elsa <elsa@example.net>\nKopia: Bo <bo@example.net>\nÄmne: SV: Lampan",
    "outlook sv bold": "*Från:* Kommunen <kontakt@example.org>\n*Skickat:* den 12 november 2026 14:03\n*Till:* Elsa\n"
    "*Ämne:* Svar",
    "outlook sv bold inside": "*Från: *Kommunen\n*Skickat: *den 12 november 2026 14:03\n*Till: *Elsa\n*Ämne: *Svar",
    "outlook mobile sv": "________________________________\nFrån: Kommunen <kontakt@example.org>\n"
    "Skickat: Thursday, November 12, 2026 2:03:07 PM\nTill: Elsa <elsa@example.net>\nÄmne: Svar",
    "outlook sv in one line": "Från: Kommunen <kontakt@example.org> Skickat: den 12 november 2026 14:03 Till: Elsa "
    "<elsa@example.net> Ämne: Svar",
    "outlook sv half broken": "Från: Kommunen <kontakt@example.org> Skickat: den 12 november 2026 14:03\nTill: Elsa "
    "Ämne: Svar",
    "blank lines between": "Från: Kommunen\n\nSkickat: den 12 november 2026 14:03\n\nTill: Elsa\n\nÄmne: Svar",
    "wrapped addresses": "From: Anna <anna@example.org>\nSent: Thursday\nTo: Elsa <elsa@example.net>;\n Bo "
    "<b@example.net>;\n"
    " Kim <kim@example.net>\nCc: Bo\nSubject: Answer",
    "gmail wrapped": "*From:* Anna Exempel [mailto:anna@example.org\n<anna@example.org>]\n*Sent:* Thursday, November "
    "12, 2026\n"
    "2:03 PM\n*To:* Elsa\n*Subject:* Answer",
    "phone sv": "Från: Anna Exempel <anna@example.org>\nDatum: tors 12 nov. 2026 14:03\nTill: elsa@example.net",
    "phone sv two keys": "Från: Anna Exempel <anna@example.org>\nDatum: 12 november 2026 14:03",
    "phone sv date first": "Datum: 12 november 2026 14:03\nFrån: Anna Exempel <anna@example.org>\nÄmne: Svar",
    "samsung sv": "-------- Originalmeddelande --------\nFrån: Anna <anna@example.org>\nDatum: 2026-11-12 14:03 "
    "(GMT+01:00)\n"
    "Till: elsa@example.net\nÄmne: Svar",
    "samsung en": "-------- Original message --------\nFrom: Anna <anna@example.org>\nDate: 12/11/2026 14:03 "
    "(GMT+01:00)\n"
    "To: elsa@example.net\nSubject: Answer",
    "samsung fi": "-------- Alkuperäinen viesti --------\nLähettäjä: Anna <anna@example.org>\nPäivämäärä: 12.11.2026 "
    "14.03",
    "outlook fi": "Lähettäjä: Kunta\nLähetetty: torstai 12. marraskuuta 2026 14.03\nVastaanottaja: Elsa\nAihe: Vastaus",
    "outlook de": "Von: Anna\nGesendet: Donnerstag, 12. November 2026 14:03\nAn: Elsa\nBetreff: Antwort",
    "outlook no": "Fra: Anna <anna@example.org>\nSendt: torsdag 12. november 2026 14:03\nTil: Elsa\nEmne: Svar",
    "outlook no ny": "Frå: Anna <anna@example.org>\nSendt: torsdag 12. november 2026 14:03\nTil: Elsa\nEmne: Svar",
    "outlook en": "From: Anna\nSent: 12 November 2026 14:03\nTo: Elsa\nSubject: Answer",
    "outlook fr": "De : Anna <anna@example.org>\nEnvoyé : jeudi 12 novembre 2026 14:03\nÀ : Elsa\nObjet : Réponse",
    "outlook es": "De: Anna <anna@example.org>\nEnviado: jueves, 12 de noviembre de 2026 14:03\nPara: Elsa\nAsunto: "
    "Respuesta",
    "outlook it": "Da: Anna <anna@example.org>\nInviato: giovedì 12 novembre 2026 14:03\nA: Elsa\nOggetto: Risposta",
    "outlook nl": "Van: Anna <anna@example.org>\nVerzonden: donderdag 12 november 2026 14:03\nAan: Elsa\nOnderwerp: "
    "Antwoord",
    "outlook pl": "Od: Anna <anna@example.org>\nWysłano: czwartek, 12 listopada 2026 14:03\nDo: Elsa\nTemat: Odpowiedź",
    "outlook ru": "От: Anna <anna@example.org>\nОтправлено: 12 ноября 2026 г. 14:03\nКому: Elsa\nТема: Ответ",
    "hotmail unquoted": "Date: Thu, 12 Nov 2026 14:03:07 +0100\nSubject: Answer\nFrom: anna@example.org\nTo: "
    "elsa@example.net",
    "aol": "-----Original Message-----\nFrom: Anna <anna@example.org>\nTo: elsa <elsa@example.net>\nSent: Thu, Nov "
    "12, 2026 2:03 pm",
    "original with spaces": "----- Original Message -----\nFrom: Anna\nTo: Elsa",
    "ursprungligt": "-----Ursprungligt meddelande-----",
    "ursprungligt spaces": "----- Ursprungligt meddelande -----\nFrån: Anna",
    "comcast": 'From: "Anna" <anna@example.org>\nTo: elsa@example.net\nSent: Thursday, November 12, 2026 2:03:07 '
    "PM\nSubject: x",
    "chinese below a rule": "________________________________\n发件人: Anna <anna@example.org>\n发送时间: 2026年11月 "
    "14:03\n收件人: Elsa\n主题: x",
    "estonian below a rule": "________________________________\nSaatja: Anna <anna@example.org>\nSaatmisaeg: "
    "neljapäev\nAdressaat: Elsa",
    "notes": "From: Anna Exempel/Kommun\nTo: Elsa <elsa@example.net>\nDate: 12/11/2026 14:03\nSubject: Answer",
    "notes name above": "Anna Exempel <anna@example.org>\n12/11/2026 14:03\n\nTo: Elsa\ncc: Bo\nSubject: Answer",
    "zimbra": 'Från: "Anna" <anna@example.org>\nTill: "Elsa" <elsa@example.net>\nSkickat: torsdag, 12 nov 2026 '
    "14:03:07\nÄmne: x",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_reply_above_a_reply_header(head: str) -> None:
    assert own_words(f"{OWN}\n\n{head}\n\n{PLAIN}").text == OWN
    assert own_words(f"{OWN}\n{head}\n{PLAIN}").text == OWN
    quoted = "\n".join(f"> {line}" for line in head.split("\n"))
    assert own_words(f"{OWN}\n\n{quoted}\n> \n{QUOTE}").text == OWN


def test_a_reply_above_a_rule_and_a_quoted_header() -> None:
    head = "> Date: Thu, 12 Nov 2026 14:03:07 +0100\n> From: anna@example.org\n> To: elsa@example.net\n> Subject: x"
    assert own_words(f"{OWN}\n\n________________________________\n{head}\n>\n{QUOTE}").text == OWN


BETWEEN = {
    "two answers": ("Den 2026-11-12 kl. 14:03, skrev Kommunen:\n> Vilken skola?\n\nEkskolan.\n\n> Vilken adress?\n\n"
                    "Storgatan 1.\n",
                    "> Vilken skola?\n\nEkskolan.\n\n> Vilken adress?\n\nStorgatan 1."),
    "close together": ("> Vad heter du?\nAnna\n> Var bor du?\nSolna", "> Vad heter du?\nAnna\n> Var bor du?\nSolna"),
    "greeting above": ("Hej,\n\nOn 12 Nov 2026, at 14:03, Bo <bo@example.org> wrote:\n\n> When?\n\nOn Monday.",
                       "Hej,\n\nOn 12 Nov 2026, at 14:03, Bo <bo@example.org> wrote:\n\n> When?\n\nOn Monday."),
    "rest of the quotation": ("> Vad?\nDet\n> Var?\nDär\n> Kommunen\n> Storgatan 1", "> Vad?\nDet\n> Var?\nDär"),
    "signature below": ("> Vad?\n\nDet\n\n> Var?\n\nDär\n\nMvh\nAnna", "> Vad?\n\nDet\n\n> Var?\n\nDär"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "own"), BETWEEN.values(), ids=BETWEEN)
def test_answers_between_quoted_lines_keep_the_quotation(text: str, own: str) -> None:
    read = own_words(text)
    assert read.text == own
    assert Why.TEXT_BETWEEN_QUOTES in read.why


@pytest.mark.parametrize(
    "below",
    ["-- \nElsa", "Mvh\nElsa", "Skickat från min iPhone", "Sent from my Galaxy", "Hämta Outlook för "
        "iOS<https://aka.example.org/x>",
     "_______________________________________________\nlista mailing list\nlista@example.org\n"
     "https://example.org/lista"],
)  # fmt: skip
def test_a_signature_below_the_quotation_is_no_answer(below: str) -> None:
    assert own_words(f"{OWN}\n\n{ATTRIBUTIONS['apple sv']}\n\n{QUOTE}\n\n{below}").text == OWN
    assert own_words(f"{below}\n\n{ATTRIBUTIONS['apple sv']}\n\n{QUOTE}\n\n{OWN}").text == OWN


@pytest.mark.parametrize(
    "above",
    ["Hej, se mina svar i rött nedan.", "My answers are inline.", "Vastaukseni alla.", "Se mine kommentarer nedenfor"],
)
def test_answers_that_are_announced_keep_the_quotation(above: str) -> None:
    text = f"{above}\n\n{HEADS['outlook sv']}\n\nVilken skola?\nEkskolan."
    assert own_words(text).text == text
    assert own_words(text).why == (Why.TEXT_BETWEEN_QUOTES,)


@pytest.mark.parametrize(
    "above", ["Se nedan!", "Jag har läst ert svar nedan.", "I read your reply below.", "Har ni svarat på det nedan?"]
)
def test_a_mere_hint_at_the_quotation_does_not_keep_it(above: str) -> None:
    assert own_words(f"{above}\n\n{HEADS['outlook sv']}\n\nVilken skola?").text == above


def test_a_line_that_a_mailbox_file_escaped_is_no_quotation() -> None:
    assert own_words("Hej!\n\n>From i måndags är det stängt.").text == "Hej!\n\n>From i måndags är det stängt."
    assert own_words(f"{OWN}\n\n> Hej\n>From here\n> du").text == OWN


def test_one_answer_inside_a_quotation_stands_alone() -> None:
    assert own_words(f"{ATTRIBUTIONS['gmail sv']}\n> Vilken gata?\n\nStorgatan.\n\n> Kommunen").text == "Storgatan."


def test_the_end_of_a_long_quoted_line_is_no_answer() -> None:
    long = "> Vi har tagit emot din anmälan om lampan utanför Storgatan tolv och\nkommer i\n> morgon."
    assert own_words(f"Bra!\n\n{ATTRIBUTIONS['gmail sv']}\n{long}").text == "Bra!"


FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Bo <bo@example.net>\nDate: 12 nov. 2026\nSubject: x\nTo: "
    "Anna\n\nDet bullrar.",
    "gmail sv": "---------- Vidarebefordrat meddelande ---------\nFrån: Bo <bo@example.net>\nDatum: 12 nov. 2026\n\n"
    "Det bullrar.",
    "gmail fi": "---------- Välitetty viesti ---------\nLähettäjä: Bo <bo@example.net>\nPäivämäärä: to 12.11.2026\n\n"
    "Melua.",
    "apple": "Begin forwarded message:\n\nFrom: Bo <bo@example.net>\nSubject: x\nDate: 12 November 2026\nTo: Anna\n\n"
    "Det bullrar.",
    "apple sv": "Vidarebefordrat brev:\n\n> Från: Bo <bo@example.net>\n> Ämne: x\n> Datum: 12 november 2026\n> \n> "
    "Det bullrar.",
    "thunderbird": "-------- Vidarebefordrat meddelande --------\nÄmne: x\nDatum: 12 nov. 2026\nFrån: Bo "
    "<bo@example.net>\n\nDet bullrar.",
    "german": "Anfang der weitergeleiteten Nachricht:\n\n> Von: Bo <bo@example.net>\n> Betreff: x\n> \n> Lärm.",
}


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
def test_a_forward_keeps_what_it_carries(forward: str) -> None:
    for text in (forward, f"Kan ni hjälpa henne?\n\n{forward}", f"Se nedan.\nMvh Anna\n\n{forward}"):
        read = own_words(text)
        assert read.text == text
        assert read.why == (Why.TEXT_FORWARD,)


def test_the_subject_tells_a_forward_from_a_reply() -> None:
    text = f"Kan ni hjälpa henne?\n\n{HEADS['outlook sv']}\n\n{PLAIN}"
    assert own_words(text, subject="VB: Buller").text == text
    assert own_words(text, subject="VB: Buller").why == (Why.TEXT_FORWARD,)
    assert own_words(text, subject="SV: VB: Buller").text == "Kan ni hjälpa henne?"


def test_a_reply_to_a_forward_is_a_reply() -> None:
    below = FORWARDS["gmail"]
    assert own_words(f"{OWN}\n\n{HEADS['outlook sv']}\n\nSe nedan\n\n{below}").text == OWN


HTML = {
    "outlook desktop in a language unknown here": (
        '<div class="WordSection1"><p class="MsoNormal">Köszönöm szépen</p><div><div '
        'style="border:none;border-top:solid #E1E1E1 1.0pt;'
        'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Kinek:</b> Anna</p></div></div><p>Régi szöveg van '
        'itt</p></div>',
        "Köszönöm szépen\n\nKinek: Anna\n\nRégi szöveg van itt", "Köszönöm szépen"),
    "outlook on the web": (
        '<div>Ja, gärna på måndag</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Mittente</b> Anna '
        'Exempel</div>'
        "<div>Passar det på måndag</div>",
        "Ja, gärna på måndag\n\nMittente Anna Exempel\n\nPassar det på måndag",
        "Ja, gärna på måndag"),
    "gmail without marks in the plain part": (
        '<div dir="ltr">Det går bra</div><div class="gmail_quote"><div class="gmail_attr">Anna Exempel 12/11</div>'
        '<blockquote class="gmail_quote">Går det bra?</blockquote></div>',
        "Det går bra\n\nAnna Exempel 12/11\n\nGår det bra?", "Det går bra"),
    "outlook's phone": (
        '<div>Vi kommer klockan tio</div><div id="mail-editor-reference-message-container"><div '
        'class="ms-outlook-mobile-reference-message">'
        "<b>Odosielateľ:</b> Anna Exempel</div><div>Kommer ni</div></div>",
        "Vi kommer klockan tio\nOdosielateľ: Anna Exempel\nKommer ni", "Vi kommer klockan tio"),
    "gmail signature": (
        '<div>Det går bra</div><div class="gmail_signature" data-smartmail="gmail_signature"><div>Anna '
        'Exempel</div><div>Storgatan 12</div></div>',
        "Det går bra\n\nAnna Exempel\nStorgatan 12", "Det går bra"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "text", "own"), HTML.values(), ids=HTML)
def test_html_tells_what_the_plain_text_does_not(html: str, text: str, own: str) -> None:
    assert own_words(text, html=html).text == own
    assert own_words(text).text == text


def test_html_that_says_something_else_is_not_believed() -> None:
    html = '<div>Något helt annat</div><div class="gmail_quote">och ännu mer annat här</div>'
    assert own_words(OWN, html=html).text == OWN


PIECES = [
    *list(ATTRIBUTIONS.values())[::4], *list(HEADS.values())[::4], *FORWARDS.values(), QUOTE, PLAIN, "", "> x", "Mvh",
    "Anna", "-- ", "____", "[EXTERN]", "Skickat från min iPhone", ">", "Hej", "/Anna", "Från:", "- ett", "Ni skrev:",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=10), st.sampled_from(["", "SV: x", "VB: x"]))
def test_laws(parts: list[str], subject: str) -> None:
    text = "\n".join(parts).replace("\r", "")
    read = own_words(text, subject=subject)
    rest = iter("".join(text.split()))
    assert bool(read.text.strip()) == bool(own_words(text, subject="VB: x").text.strip())
    assert all(sign in rest for sign in "".join(read.text.split()))
    assert own_words(text.replace("\n", "\r\n"), subject=subject) == read
    assert read.why


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text(), st.text())
def test_nothing_raises(text: str, html: str, subject: str) -> None:
    assert own_words(text, html=html, subject=subject).text or not own_words(text, subject="VB: ").text


_HOSTILE_SIZE = 250_000
"""A quarter of a megabyte for a whole second: the machine may be busy, what is not linear fails all the same."""
HOSTILE = [
    "Från:", "Från: a@b\nTill:", "skrev:", "Den 2026-11-12 kl. 14:03, skrev A:\n> x", "> x", ">", "-- ", "--", "___",
    "Mvh", "-----", "From: ", "On", "a@b.c wrote:", "<", "[EXTERN]", "Den 12 nov. 2026", "x:", "CAUTION: external mail",
    "Sent from my", "To: a\nSubject: b\n14:03", "/A", "> x\nsvar", "12 nov. 2026 kl. 14:03 skrev", "Skickat från min",
    "Från: Skickat: Till: ", "wrote", "(", "Mvh A ",
    ">>> a@b >>>", "Från: a\n\nTill: b\n", "Detta mejl är konfidentiellt",
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
@pytest.mark.parametrize("end", ["\n", " "])
def test_a_megabyte_of_one_line_takes_a_second(line: str, end: str) -> None:
    text = (line + end) * (_HOSTILE_SIZE // len(line + end))
    begun = time.process_time()
    own_words(text)
    assert time.process_time() - begun < 1

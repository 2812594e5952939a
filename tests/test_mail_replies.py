"""Replies of many shapes, each with the words that are the writer's own."""

import pytest

from bot.channels.mail_quotes import own_words


def words(text: str) -> str:
    return " ".join(text.split())


REPLIES = {
    "header w/ wrapped to & blank": (
        "Hej!\nDet funkar nu.\n\nFrån: Kommunen <kontakt@example.org>\nSkickat: den 12 november "
        "2026 14:03\nTill: Elsa Exempel <elsa@example.net>; Bo\nExempel <bo@example.net>; Kim "
        "Exempel\n<kim@example.net>\nÄmne: Svar på din fråga om en lampa som är\nsläckt\n\nHej",
        "Hej!\nDet funkar nu.",
    ),
    "header gmail quoted bold": (
        "Hej!\nDet funkar nu.\n\n> *Från:* Kommunen\n> *Skickat:* i dag\n\n> text",
        "Hej!\nDet funkar nu.",
    ),
    "sent from then hr": (
        "Hej!\nDet funkar nu.\n\nSkickat från Outlook för Android<https://aka.example.org/x>\n\n"
        "________________________________\nFrom: K <k@example.org>\nSent: Thursday, November 12, "
        "2026 2:03:07 PM\nTo: Elsa <e@example.net>\nSubject: Re: x\n\nHej",
        "Hej!\nDet funkar nu.",
    ),
    "signature and header": (
        "Hej!\nDet funkar nu.\n\n--\nMed vänlig hälsning,\nAnna Exempel\n\nDen 2026-11-12 kl. 14:03, skrev K:\n> a",
        "Hej!\nDet funkar nu.",
    ),
    "outlook dash original in sv": (
        "Hej!\nDet funkar nu.\n\nMvh Anna\n\n-----Ursprungligt meddelande-----\nFrån: K "
        "[mailto:k@example.org] \nSkickat: den 12 november 2026 14:03\nTill: Anna\nÄmne: x\n\nHej",
        "Hej!\nDet funkar nu.",
    ),
    "en reply On wraps 3": (
        "Hej!\nDet funkar nu.\n\nOn Thursday, November 12, 2026 at 2:03:07 PM GMT+1, "
        "Kontaktcenter\nExempelby kommun, Medborgarservice\n<kontakt@example.org> wrote:\n\n> x",
        "Hej!\nDet funkar nu.",
    ),
    "en On in text": (
        "On Monday I wrote to you.\nNo answer.\n\nOn Thu, Nov 12, 2026 at 2:03 PM A <a@example.org> wrote:\n> x",
        "On Monday I wrote to you.\nNo answer.",
    ),
    "greedy on": (
        "On the map you see:\n\n   Storgatan 12\n\nThere it is.\n\nOn Nov 12, 2026, at 2:03 PM, A wrote:\n\n> x",
        "On the map you see:\n\n   Storgatan 12\n\nThere it is.",
    ),
    "dash sig name": (
        "Hello,\n\nwhere do I leave my old lamps?\n\n-Anna Exempel\n\n______________\nlista "
        "mailing list\nlista@example.org\nhttp://example.org/lista",
        "Hello,\n\nwhere do I leave my old lamps?",
    ),
    "from header ---": (
        "Here is the drawing.\n\n\n------------------------------\n*From:* K "
        "[mailto:k@example.org]\n*Sent:* Thursday, November 12, 2026 2:03 PM\n*To:* b@example.net\n"
        "*Subject:* x\n\nold",
        "Here is the drawing.",
    ),
    "From w/ reply to": (
        "Hej!\nDet funkar nu.\n\nFrom: a@example.org on behalf of Bo <bo@example.org>\nSent: "
        "Monday\nTo: x\nSubject: y\n\nold",
        "Hej!\nDet funkar nu.",
    ),
    "Date subject order outlook live": (
        "Hej!\nDet funkar nu.\n\nDate: Thu, 12 Nov 2026 14:03:07 +0100\nSubject: Re: x\nFrom: "
        "k@example.org\nTo: e@example.net; b@example.net\n\nold",
        "Hej!\nDet funkar nu.",
    ),
    "From Subject To Date apple": (
        "Hej!\nDet funkar nu.\n\nFrom: K <k@example.org>\nSubject: x\nDate: 12 November 2026 at "
        "14:03:07 CET\nTo: e@example.net\n\nold",
        "Hej!\nDet funkar nu.",
    ),
    "quote then 2 blank own": (
        "> a\n> b\n\n\nSvar",
        "Svar",
    ),
    "att first line own then hist": (
        'Ok\n\nDen 12 nov. 2026 14:03 skrev "Kontaktcenter" <k@example.org>:\n\n> x',
        "Ok",
    ),
    "short date": (
        'Ok\n\nDen 12 nov. 2026 14.03 skrev "K" <k@example.org>:\n>\n> x\n>',
        "Ok",
    ),
    "fi outlook": (
        "Kiitos!\n\nMatti\n\nLähettäjä: Kunta <k@example.org>\nLähetetty: 12. marraskuuta 2026 "
        "14:03\nVastaanottaja: M <m@example.net>\nKopio: x\nAihe: VS: y\n\nold",
        "Kiitos!\n\nMatti",
    ),
    "fi pvm": (
        "Kiitos!\n\nKäyttäjä Kunta (kunta@example.org) kirjoitti 12.11.2026 klo 14.03:\n> x",
        "Kiitos!",
    ),
    "fi to klo": (
        "Kiitos!\n\nOn to 12.11.2026 klo 14.03 Kunta <k@example.org> kirjoitti:\n\n> x",
        "Kiitos!",
    ),
    "fi -- kirjoittaa": (
        "Kiitos!\n\nKunta <k@example.org> kirjoitti to 12. marrask. 2026 klo 14.03:\n\n> x",
        "Kiitos!",
    ),
    "no 'Den' wrap": (
        "Takk!\n\nDen tor. 12. nov. 2026, 14:03 skrev Kommunen i Eksempelby <\npost@example.org>:\n\n> x",
        "Takk!",
    ),
    "no apple": (
        "Takk!\n\nSendt fra min iPhone\n\n> Den 12. nov. 2026 kl. 14:03 skrev K <k@example.org>:\n> \n> x",
        "Takk!",
    ),
    "no kl.": (
        "Takk!\n\nPå tor., 12. nov. 2026 kl. 14:03 skrev K\n<k@example.org>:\n> x",
        "Takk!",
    ),
    "da original": (
        "Tak!\n\n-----Oprindelig meddelelse-----\nFra: K\nSendt: 12. november 2026 14:03\nTil: E\nEmne: x\n\ny",
        "Tak!",
    ),
    "de": (
        "Danke!\n\nViele Grüße\nAnna\n\nVon: K <k@example.org>\nGesendet: Donnerstag, 12. November "
        "2026 14:03\nAn: E\nCc: F\nBetreff: AW: x\n\nalt",
        "Danke!",
    ),
    "de wrap": (
        "Danke!\n\nAm Do., 12. Nov. 2026 um 14:03 Uhr schrieb Kontakt Beispiel <\nk@example.org>:\n\n> x",
        "Danke!",
    ),
    "interleave outlook style": (
        "Se bilden nedan.\n\nFrån: K <k@example.org>\nSkickat: den 12 november 2026 14:03\nTill: A\nÄmne: x\n\nHej",
        "Se bilden nedan.",
    ),
    "sign-off mid then text": (
        "Hej,\ntack för hjälpen.\n\nVänliga hälsningar\nAnna\n\nPs. Ring mig.",
        "Hej,\ntack för hjälpen.\n\nVänliga hälsningar\nAnna\n\nPs. Ring mig.",
    ),
    "table banner": (
        "VARNING: Externt mejl\n\nHej!\nOk\n\nMvh\nA",
        "Hej!\nOk",
    ),
    "time only attr": (
        "Ok\n\ntors 12 nov. 2026 kl. 14:03 skrev K via Medborgarservice <\nk@example.org>:\n\n> x",
        "Ok",
    ),
    "attr no colon": (
        "Ok\n\nDen 12 nov 2026 14:03 skrev K <k@example.org>\n\n> x",
        "Ok",
    ),
    "skrev följande": (
        "Ok\n\nDen 12 nov 2026 14:03 skrev K <k@example.org> följande:\n\n> x",
        "Ok",
    ),
    "quoted dash": (
        'Ok\n\n"K" <k@example.org> skrev den 12 november 2026 14:03:\n\n> x',
        "Ok",
    ),
    "ursprungligt fr": (
        "Ok\n\n---Ursprungligt meddelande---\nFrån : k@example.org\nDatum : 12/11/2026 - 14:03\n"
        "Till : e@example.net\nÄmne : x\n\nold",
        "Ok",
    ),
    "telia webmail": (
        "Ok\n\n----Ursprungligt meddelande----\nFrån : k@example.org\nDatum : 12/11/2026 - 14:03 "
        "(CET)\nTill : e@example.net\nÄmne : x\n\nold",
        "Ok",
    ),
    "hotmail sv": (
        "Ok\n\nDatum: Thu, 12 Nov 2026 14:03\nFrån: k@example.org\nTill: e@example.net\nÄmne: x\n\nold",
        "Ok",
    ),
    "phone samsung one": (
        "Ok\n\n-------- Originalmeddelande --------\nFrån: K <k@example.org> \nDatum: 2026-11-12  "
        "14:03  (GMT+01:00) \nTill: e@example.net \nÄmne: x \n\nold",
        "Ok",
    ),
    "samsung w/ skickat": (
        "Ok\n\n\n\nSkickat från min Samsung Galaxy-smartphone.\n\n\n-------- Originalmeddelande "
        "--------\nFrån: K <k@example.org>\nDatum: 2026-11-12 14:03 (GMT+01:00)",
        "Ok",
    ),
    "mail av": (
        "Ok\n\nMvh\nAnna\n\nVirusfritt.www.avast.example.org <https://www.avast.example.org>\n\nDen tors 12 nov. "
        "2026 kl 14:03 skrev K <k@example.org>:\n> x",
        "Ok",
    ),
    "tack anna": (
        "Toppen, tack!\n/A\n\nDen 12 nov. 2026 kl 14:03 skrev K <k@example.org>:\n> x",
        "Toppen, tack!",
    ),
    "// a": (
        "Ok\n//anna",
        "Ok",
    ),
    "hälsn lowercase name": (
        "Ok\n\nmvh anna",
        "Ok",
    ),
    "mvh lowercase next": (
        "Ok\n\nmvh\nanna exempel",
        "Ok",
    ),
    "hälsningar lower": (
        "Ok\n\nhälsningar anna exempel",
        "Ok",
    ),
    "Med vänlig hälsning + titles": (
        "Ok\n\nMed vänlig hälsning\n\nAnna Exempel\nVD\n\nFöretaget AB | Box 12 | 123 45 "
        "Exempelby\nTfn: 0000-00 00 00\nE-post: anna@example.org\n\nwww.example.org\n\nFölj oss på "
        "Facebook och Instagram",
        "Ok",
    ),
    "PS first": (
        "PS 1 är trasig\nmvh a",
        "PS 1 är trasig",
    ),
    "quote w/ own after hard": (
        "Svar 1\n\nFrån: K <k@example.org>\nSkickat: x 2026\nTill: E\nÄmne: y\n\n> citat\n> mer",
        "Svar 1",
    ),
    "multi attribution nested": (
        "Ok\n\nOn 12 Nov 2026, at 14:03, A <a@example.org> wrote:\n\n> Hej\n>> On 11 Nov 2026, at "
        "14:03, B <b@example.org> wrote:\n>> x\n",
        "Ok",
    ),
    "plain apple no >": (
        "Ok\n\n12 nov. 2026 kl. 14:03 skrev K <k@example.org>:\n\n\ufeffHej!\n\nOld",
        "Ok",
    ),
    "Skickat från Mail": (
        "Ok\n\nSkickat från Mail för Windows\n\nFrån: K\nSkickat: den 12 november 2026 14:03\nTill: E\nÄmne: x\n\nold",
        "Ok",
    ),
    "list w dashes & sign": (
        "Ja:\n- a\n- b\n\n- Anna",
        "Ja:\n- a\n- b\n\n- Anna",
    ),
    "reply above original w/ 'Hej' greeting name only": (
        "Hej Anna,\n\nOn Thu, Nov 12, 2026 at 2:03 PM K <k@example.org> wrote:\n\n> x",
        "Hej Anna,",
    ),
    "you wrote quote": (
        "You wrote:\n> When?\nMonday.",
        "You wrote:\n> When?\nMonday.",
    ),
    "forward with > text": (
        "FYI\n\nBegin forwarded message:\n\n> From: K <k@example.org>\n> Subject: x\n> \n> y",
        "FYI\n\nBegin forwarded message:\n\n> From: K <k@example.org>\n> Subject: x\n> \n> y",
    ),
    "yahoo header dash": (
        "Ok\n\n--- Den tors 2026-11-12 skrev K <k@example.org>:\n\nFrån: K <k@example.org>\nÄmne: "
        "x\nTill: e@example.net\nDatum: torsdag 12 november 2026 14:03\n\nold",
        "Ok",
    ),
    "sig delim after quote only": (
        "Ok\n\nK wrote:\n> x\n\n--\nAnna",
        "Ok",
    ),
    "hr dashes above attribution": (
        "Ok\n\n----------------------------------------\nDen 2026-11-12 kl. 14:03, skrev K:\n> x",
        "Ok",
    ),
    "cc first": (
        "Ok\n\nTo: e@example.net\nFrom: k@example.org\nDate: Thu, 12 Nov 2026 14:03\nSubject: x\n\nold",
        "Ok",
    ),
    "subject first": (
        "Ok\n\nSubject: Re: x\nTo: e@example.net\nFrom: k@example.org\nDate: Thu, 12 Nov 2026 14:03\n\nold",
        "Ok",
    ),
    "thunderbird sv 2": (
        "Ok\n\nK skrev den 2026-11-12 kl. 14:03:\n> x",
        "Ok",
    ),
    "2026-11-12 date iso T": (
        "Ok\n\nOn 2026-11-12T14:03:07+01:00, K <k@example.org> wrote:\n> x",
        "Ok",
    ),
    "Le mar.": (
        "Merci\n\nLe jeudi 12 novembre 2026 à 14:03:07 UTC+1, K <k@example.org> a écrit :\n\n\nold",
        "Merci",
    ),
    "LG at line": (
        "LG Tvätten är trasig\nMer text",
        "LG Tvätten är trasig\nMer text",
    ),
    "sv wrap kl": (
        "Ok\n\nDen tors 12 nov. 2026 kl\n14:03 skrev Kontaktcenter Exempelby <k@example.org>:\n\n> x",
        "Ok",
    ),
    "sv wrap name long": (
        "Ok\n\nDen tors 12 nov. 2026 kl 14:03 skrev Kontaktcenter Exempelby kommun - Gata och\n"
        "Park <k@example.org>:\n\n> x",
        "Ok",
    ),
    "sv unquoted thunderbird no addr": (
        "Ok\n\nDen 2026-11-12 kl. 14:03, skrev Kontaktcenter:\n\nHej, lampan är lagad.",
        "Ok",
    ),
    "dot sentence above": (
        "Vi ses imorgon.\nDen tors 12 nov. 2026 kl 14:03 skrev K <k@example.org>:\n\n> x",
        "Vi ses imorgon.",
    ),
    "no punct above": (
        "Vi ses imorgon\nDen tors 12 nov. 2026 kl 14:03 skrev K <k@example.org>:\n\n> x",
        "Vi ses imorgon",
    ),
    "top: attribution then unquoted": (
        "K <k@example.org> skrev:\n\nHej\n\nsvar",
        "K <k@example.org> skrev:\n\nHej\n\nsvar",
    ),
    "bottom w/ greeting below": (
        "Den 2026-11-12 kl. 14:03, skrev K:\n> Hej!\n> När?\n> Mvh K\n\nHej!\n\nPå måndag.\n\nMvh Anna",
        "Hej!\n\nPå måndag.",
    ),
    "pipes": (
        "Ok\n\nOn 12 Nov 2026, at 14:03, A <a@example.org> wrote:\n\n| x\n| y",
        "Ok",
    ),
    "indented": (
        "Ok\n\n  On 12 Nov 2026, at 14:03, A <a@example.org> wrote:\n\n  > x",
        "Ok",
    ),
    "nbsp signs": (
        "Ok\xa0\n\n\xa0\n\nMvh\xa0Anna\n\xa0",
        "Ok",
    ),
    "disclaimer en": (
        "Ok\n\nThis e-mail and any attachments are confidential and intended solely for the "
        "addressee. If you are not the intended recipient please delete it.",
        "Ok",
    ),
    "cheers": (
        "Ok\n\nCheers,\nAnna",
        "Ok",
    ),
    "thanks name": (
        "Ok\n\nThanks,\nAnna",
        "Ok\n\nThanks,\nAnna",
    ),
    "icelandic attr": (
        "Takk\n\nÞann fim., 12. nóv. 2026 kl. 14:03 skrifaði K <k@example.org>:\n\n> x",
        "Takk",
    ),
    "nynorsk": (
        "Takk\n\nDen 12. nov. 2026 kl. 14:03 skreiv K <k@example.org>:\n\n> x",
        "Takk",
    ),
    "estonian": (
        "Aitäh\n\nKontaktpäring <k@example.org> kirjutas (N, 12. november 2026 kell 14:03):\n\n> x",
        "Aitäh",
    ),
}


@pytest.mark.parametrize(("text", "own"), REPLIES.values(), ids=REPLIES)
def test_own_words_of_a_reply(text: str, own: str) -> None:
    assert words(own_words(text).text) == words(own)

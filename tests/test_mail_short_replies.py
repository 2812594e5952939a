"""Short mails and replies: lists, forms and greetings that stay or go."""

import pytest

from bot.channels.mail_quotes import own_words


def words(text: str) -> str:
    return " ".join(text.split())


REPLIES = {
    "fi from lines": (
        "Hei!\n\nLähettäjä: Storgatan\nVastaanottaja: Hamnen\n\nBussi ei tullut.",
        "Hei!\n\nLähettäjä: Storgatan\nVastaanottaja: Hamnen\n\nBussi ei tullut.",
    ),
    "steg": (
        "Steg 1: öppna\nSteg 2: stäng\n\n> ja så",
        "Steg 1: öppna\nSteg 2: stäng",
    ),
    "arrow list": (
        "Så här:\n-> gå till\n=> klart",
        "Så här:\n-> gå till\n=> klart",
    ),
    "mail table": (
        "Datum: 2026-11-12\nTid: 14:03\nPlats: Storgatan\nÄmne: lampa\n\nLampan är släckt",
        "Datum: 2026-11-12\nTid: 14:03\nPlats: Storgatan\nÄmne: lampa\n\nLampan är släckt",
    ),
    "my from/to address": (
        "Flyttar!\n\nFrån: Storgatan 1\nTill: Hamngatan 2\nDatum: 2026-12-01\nNamn: Anna\nE-post: "
        "anna@example.org\n\nTack!",
        "Flyttar!\n\nFrån: Storgatan 1\nTill: Hamngatan 2\nDatum: 2026-12-01\nNamn: Anna\nE-post: "
        "anna@example.org\n\nTack!",
    ),
    "schedule": (
        "Öppettider\nmån: 8-17\ntis: 8-17\n\nStämmer det?",
        "Öppettider\nmån: 8-17\ntis: 8-17\n\nStämmer det?",
    ),
    "tack": (
        "Tack!",
        "Tack!",
    ),
    "ok": (
        "ok",
        "ok",
    ),
    "sign first line": (
        "Mvh Anna\n\nKan ni ringa?",
        "Mvh Anna\n\nKan ni ringa?",
    ),
    "hej signature like": (
        "Hej\nJag heter Anna.\n\n--\nEtt: lampan är trasig\nTvå: bänken är trasig\nKan ni laga?",
        "Hej\nJag heter Anna.\n\n--\nEtt: lampan är trasig\nTvå: bänken är trasig\nKan ni laga?",
    ),
    "quote own mail": (
        "Jag skrev till er i oktober:\n> Lampan är trasig.\nInget svar.",
        "Jag skrev till er i oktober:\n> Lampan är trasig.\nInget svar.",
    ),
    "Från as bold": (
        "**Från:** mig\n**Till:** er",
        "**Från:** mig\n**Till:** er",
    ),
    "wrote colon": (
        "As my neighbour wrote: the lamp is broken.",
        "As my neighbour wrote: the lamp is broken.",
    ),
    "english letter": (
        "Dear Sir,\n\nOn 12 November 2026 at 14:03 the lamp went out. I wrote:\nplease mend it.\n\nNothing happened.",
        "Dear Sir,\n\nOn 12 November 2026 at 14:03 the lamp went out. I wrote:\nplease mend it.\n\nNothing happened.",
    ),
    "news": (
        "Enligt tidningen 12 november 2026 kl. 14:03 skrev kommunen:\nVi bygger.\nStämmer det?",
        "Enligt tidningen 12 november 2026 kl. 14:03 skrev kommunen:\nVi bygger.\nStämmer det?",
    ),
    "gt price": (
        "Temperaturen är\n> 30 grader i klassrummet\noch det är för varmt.",
        "Temperaturen är\n> 30 grader i klassrummet\noch det är för varmt.",
    ),
    "question after sign": (
        "Hej\n\nMvh\nAnna\n070-1234567\n\nGår det bra?",
        "Hej\n\nMvh\nAnna\n070-1234567\n\nGår det bra?",
    ),
    "attached form": (
        "Se bifogad fil.\n\nHälsningar\nAnna\n\nBifogat: ritning.pdf",
        "Se bifogad fil.",
    ),
    "dash divider then contact": (
        "Lampan är släckt.\n\n---\nAnna Exempel",
        "Lampan är släckt.\n\n---\nAnna Exempel",
    ),
    "only name and phone": (
        "Anna 070-123",
        "Anna 070-123",
    ),
    "multi para w/ hälsningar in text": (
        "Jag vill framföra hälsningar\nfrån mina grannar.\nDe tycker lampan är fin.",
        "Jag vill framföra hälsningar\nfrån mina grannar.\nDe tycker lampan är fin.",
    ),
    "best wishes text": (
        "We send our best wishes\nto the staff. The lamp works.",
        "We send our best wishes\nto the staff. The lamp works.",
    ),
    "kram text": (
        "Jag vill ge er en\nkram",
        "Jag vill ge er en\nkram",
    ),
    "long sig w/ 9 lines": (
        "Ok\n\nMed vänlig hälsning\nAnna Exempel\nHandläggare\n\nExempelby kommun\nGatukontoret\n"
        "Box 12\n123 45 Exempelby\nTfn 0000-000 00\nMobil 070-000 00 00\nanna@example.org\n"
        "www.example.org",
        "Ok",
    ),
    "hr then original": (
        "Ok\n\n* * *\nFrån: A <a@example.org>\nSkickat: idag\nTill: B\nÄmne: x\n\nold",
        "Ok",
    ),
    "Fwd in reply": (
        "Se svar\n\nFrom: A <a@example.org>\nSent: x\nTo: b\nSubject: Fwd: x\n\n---------- "
        "Forwarded message ---------\nFrom: C\n\ntext",
        "Se svar",
    ),
    "sv attribution dot date": (
        "Ok\n\n2026-11-12 14:03 GMT+01:00 A <a@example.org>:\n\n> x",
        "Ok",
    ),
    "gmail old": (
        "Ok\n\n2026-11-12 14:03 GMT+01:00 A <a@example.org>:\n\nx",
        "Ok",
    ),
    "Den skrev later": (
        "Ok\n\nDen 12 november 2026 kl 14:03, A <a@example.org> skrev :\n\n> x",
        "Ok",
    ),
    "multi space": (
        "Ok\n\nDen  tors  12 nov. 2026  kl 14:03  skrev  A <a@example.org>:\n\n> x",
        "Ok",
    ),
    "trailing footers": (
        "Ok\n\nMvh A\n\n______________________________________\nDetta mejl är skannat av X",
        "Ok",
    ),
    "quote only then ps": (
        "> x\n\nJa\n\n> y\n\nNej\n\n--\nA",
        "> x\n\nJa\n\n> y\n\nNej",
    ),
    "bare phone only": (
        "Skickat från min iPhone",
        "Skickat från min iPhone",
    ),
    "phone first then att": (
        "Ja\nSkickat från min iPhone\n> 12 nov. 2026 kl. 14:03 skrev A <a@example.org>:\n> x",
        "Ja",
    ),
    "sent w/ unknown app": (
        "Ja\n\nSent with Superhuman",
        "Ja\n\nSent with Superhuman",
    ),
    "html link attr": (
        "Ok\n\nDen tors 12 nov. 2026 kl 14:03 skrev A <a@example.org <mailto:a@example.org>>:\n\n> x",
        "Ok",
    ),
    "link attr 2": (
        "Ok\n\nDen tors 12 nov. 2026 kl 14:03 skrev A <a@example.org<mailto:a@example.org>>:\n\nx",
        "Ok",
    ),
    "Ämne with re lines": (
        "Ok\n\nFrån: A<mailto:a@example.org>\nSkickat: den 12 november 2026 14:03\nTill: "
        "B<mailto:b@example.org>\nÄmne: x\n\nold",
        "Ok",
    ),
    "two-level own quoting": (
        "Hej\n\n>> x\n> y\n\nsvar",
        "Hej\n\n>> x\n> y\n\nsvar",
    ),
    "nb": (
        "Hei,\ndet går bra.\n\nMvh\nKari Eksempel\n\nFra: A <a@example.org>\nSendt: 12. november "
        "2026 14:03\nTil: K\nEmne: x\n\nold",
        "Hei,\ndet går bra.",
    ),
    "Sendt dato": (
        "Ok\n\nFra: A <a@example.org>\nDato: torsdag 12. november 2026 kl. 14:03\nTil: K "
        "<k@example.org>\nEmne: x\n\nold",
        "Ok",
    ),
    "is": (
        "Takk\n\nFrá: A <a@example.org>\nSent: 12. nóv 2026\nTil: K\nEfni: x\n\nold",
        "Takk",
    ),
    "mvh inline comma": (
        "Kan ni laga den? Med vänliga hälsningar, Anna Exempel",
        "Kan ni laga den?",
    ),
    "own between header..": (
        "Ja.\n\nFrån: A <a@example.org>\nSkickat: idag\nTill: B\nÄmne: x\n\nVill du ha den?\nJa tack!",
        "Ja.",
    ),
    "Skickad:": (
        "Ok\n\nFrån: A\nSkickad: den 12 november 2026 14:03\nTill: B\nÄmne: x\n\nold",
        "Ok",
    ),
    "Sänt:": (
        "Ok\n\nFrån: A <a@example.org>\nSänt: den 12 november 2026 14:03\nTill: B\nÄmne: x\n\nold",
        "Ok",
    ),
    "Av:": (
        "Ok\n\nFrån: A <a@example.org>\nDatum: torsdag, 12 november 2026 14:03\nÄmne: x\n\nold",
        "Ok",
    ),
    "T:name": (
        "Selvä!\n\nt. Matti",
        "Selvä!",
    ),
    "T Matti": (
        "Selvä!\n\nT Matti",
        "Selvä!",
    ),
    "Tv.": (
        "Selvä!\n\nTv. Matti",
        "Selvä!",
    ),
    "t:matti": (
        "Selvä!\n\nt: Matti",
        "Selvä!",
    ),
    "Ystävällisin": (
        "Selvä!\n\nYstävällisin terveisin\nMatti Esimerkki\nMatti Esimerkki Oy\nPuh. 040 000 0000",
        "Selvä!",
    ),
    "Terveisin,Matti": (
        "Selvä. Terveisin, Matti",
        "Selvä.",
    ),
    "Alla hälsningar": (
        "Ok\n\nVarma hälsningar från\nAnna",
        "Ok",
    ),
    "Vänligen,": (
        "Ok\n\nVänligen,\n\nAnna Exempel\n\n",
        "Ok",
    ),
    "Tacksam för svar": (
        "Ok\n\nTacksam för svar!\nAnna\n\nMvh Anna",
        "Ok\n\nTacksam för svar!\nAnna",
    ),
    "Tack! /Anna inline": (
        "Ok. Tack! /Anna",
        "Ok. Tack!",
    ),
    "With kind regards": (
        "Ok\n\nWith kind regards,\nA",
        "Ok",
    ),
    "Yours,": (
        "Ok\n\nYours,\nA",
        "Ok",
    ),
    "Thanks & regards": (
        "Ok\n\nThanks and regards,\nAnna",
        "Ok",
    ),
    "Best wishes": (
        "Ok\n\nBest wishes,\nA",
        "Ok",
    ),
    "Mit besten Grüßen": (
        "Ok\n\nMit besten Grüßen\nA",
        "Ok",
    ),
    "Med bästa hälsningar": (
        "Ok\n\nMed bästa hälsningar\nA",
        "Ok",
    ),
    "Mvh // Anna": (
        "Ok\n\nMvh // Anna",
        "Ok",
    ),
    "Mvh: Anna": (
        "Ok\n\nMvh: Anna",
        "Ok",
    ),
    "M v h": (
        "Ok\n\nM v h\nAnna",
        "Ok",
    ),
    "Hälsningar, Familjen Exempel på Storgatan 12": (
        "Ok\n\nHälsningar, Familjen Exempel på Storgatan 12",
        "Ok",
    ),
    "Vänligen Anna-Lena": (
        "Ok\n\nVänligen Anna-Lena",
        "Ok",
    ),
    "Hälsningar/ Anna": (
        "Ok\n\nHälsningar/ Anna",
        "Ok",
    ),
    "_Anna_": (
        "Ok\n\n~ Anna",
        "Ok",
    ),
}


@pytest.mark.parametrize(("text", "own"), REPLIES.values(), ids=REPLIES)
def test_own_words_of_a_short_mail(text: str, own: str) -> None:
    assert words(own_words(text).text) == words(own)

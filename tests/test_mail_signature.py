"""Signatures that are clear are cut, and no more than them."""

import pytest

from bot.channels.mail_quotes import own_words
from bot.channels.mail_why import Why

OWN = "Hej!\n\nLampan utanför nr 12 är släckt. När kommer ni?"

SIGNATURES = {
    "delimiter": "-- \nAnna Exempel\n070-000 00 00",
    "delimiter without space": "--\nAnna Exempel",
    "delimiter with much": "-- \nAnna Exempel\nSamordnare\nFöretaget AB\nStorgatan 12\n123 45 Exempelby\nTel 070-000 "
                           "00 00\n"
    "anna@example.org\nwww.example.org",
    "em dash": "—\nAnna Exempel",
    "underscores": "_______________\nAnna Exempel\nStorgatan 12",
    "two underscores": "__\nAnna Exempel",
    "mvh": "Mvh\nAnna",
    "mvh upper": "MVH Anna",
    "mvh dots": "M.v.h. Anna Exempel",
    "mvh slash": "Mvh/Anna",
    "mvh slash space": "Mvh / Anna Exempel",
    "mvh comma": "Mvh,\n\nAnna Exempel\n070-000 00 00",
    "med vänlig hälsning": "Med vänlig hälsning\n\nAnna Exempel\nHandläggare\n\nFöretaget AB\nStorgatan 12, 123 45 "
                           "Exempelby\n"
    "Telefon: 070-000 00 00\nE-post: anna@example.org\nwww.example.org",
    "med vänliga hälsningar": "Med vänliga hälsningar,\nAnna & Bo Exempel",
    "vänliga hälsningar": "Vänliga hälsningar Anna",
    "vänligen": "Vänligen\nAnna",
    "vänligen and name": "Vänligen, Anna Exempel",
    "hälsningar": "Hälsningar\nAnna",
    "hälsningar från": "Hälsningar från Anna och Bo på Storgatan",
    "bästa hälsningar": "Bästa hälsningar /Anna",
    "hälsar": "Hälsar Anna",
    "soliga": "Soliga hälsningar\nAnna",
    "name and number": "Mvh Anna Exempel, tel 070-000 00 00",
    "name and number below": "Mvh Anna Exempel 070-0000000",
    "slash name": "/Anna",
    "two slashes": "// Anna Exempel",
    "slash name and phone": "/Anna\n070-000 00 00",
    "dash name": "-Anna Exempel",
    "dash space name": "- Anna",
    "bold": "*Med vänlig hälsning*\n*Anna Exempel*",
    "fi": "Terveisin\nAnna Esimerkki",
    "fi ystävällisin": "Ystävällisin terveisin,\nAnna Esimerkki\np. 040 000 0000",
    "fi terv": "Terv. Anna",
    "fi t": "T. Anna",
    "fi yst": "Yst. terv. Anna",
    "no": "Vennlig hilsen\nAnna Eksempel",
    "no med": "Med vennlig hilsen\nAnna Eksempel\nTlf. 00 00 00 00",
    "da": "Med venlig hilsen\n\nAnna Eksempel",
    "da vh": "Vh Anna",
    "hilsen": "Hilsen Anna",
    "en best": "Best regards,\nAnna Example",
    "en kind": "Kind regards\n\nAnna Example\nManager\n+46 70 000 00 00",
    "en regards": "Regards,\nAnna",
    "en sincerely": "Sincerely,\nAnna Example",
    "en best comma": "Best,\nAnna",
    "de": "Mit freundlichen Grüßen\nAnna Beispiel",
    "de mfg": "MfG\nAnna",
    "de viele": "Viele Grüße\nAnna",
    "fr": "Cordialement,\nAnna Exemple",
    "es": "Saludos cordiales,\nAnna",
    "iphone sv": "Skickat från min iPhone",
    "ipad sv": "Skickat från min iPad",
    "android sv": "Skickat från min Android-telefon",
    "samsung sv": "Skickat från min Samsung Galaxy-smartphone.",
    "samsung sv 2": "Skickat från min Galaxy",
    "outlook sv": "Skickat från Outlook för iOS<https://aka.example.org/o0ukef>",
    "outlook sv get": "Hämta Outlook för iOS<https://aka.example.org/o0ukef>",
    "outlook sv get wrapped": "Hämta Outlook för Android\n<https://aka.example.org/o0ukef>",
    "windows sv": "Skickat från E-post<https://go.example.org/fwlink/?LinkId=550986> för Windows",
    "yahoo sv": "Skickat från Yahoo Mail för iPhone",
    "proton": "Skickat med Proton Mail säker e-post.",
    "iphone en": "Sent from my iPhone",
    "blackberry en": "Sent from my company BlackBerry",
    "mobile en": "Sent from my mobile device",
    "android en": "Sent from my Android device",
    "galaxy en": "Sent from my Galaxy",
    "outlook en": "Get Outlook for Android<https://aka.example.org/AAb9ysg>",
    "windows en": "Sent from Mail for Windows",
    "iphone fi": "Lähetetty iPhonesta",
    "phone fi": "Lähetetty puhelimestani",
    "samsung fi": "Lähetetty Samsung Galaxy -älypuhelimestani",
    "outlook fi": "Hanki Outlook for iOS",
    "iphone no": "Sendt fra min iPhone",
    "outlook no": "Hent Outlook for iOS",
    "outlook da": "Hent Outlook til Android",
    "iphone de": "Von meinem iPhone gesendet",
    "android de": "Gesendet von Outlook für Android",
    "iphone fr": "Envoyé de mon iPhone",
    "iphone es": "Enviado desde mi iPhone",
    "iphone it": "Inviato da iPhone",
    "iphone nl": "Verstuurd vanaf mijn iPhone",
    "phone below the greeting": "Mvh\nAnna\n\nSkickat från min iPhone",
    "phone above the greeting": "Skickat från min iPhone\n\nMvh Anna",
    "delimiter below the greeting": "Med vänlig hälsning\nAnna\n\n-- \nFöretaget AB\nwww.example.org",
    "notice": "Med vänlig hälsning\nAnna Exempel\n\nDetta e-postmeddelande och bifogade filer är konfidentiella och "
              "avsedda endast för "
    "mottagaren. Har du fått det av misstag ber vi dig kontakta avsändaren och radera det.",
    "notice alone": "Detta e-postmeddelande är konfidentiellt och avsett endast för den det är ställt till. Sprid "
                    "det inte.",
    "environment": "Mvh\nAnna\n\nTänk på miljön innan du skriver ut detta mejl.",
    "privacy": "Mvh\nAnna\nFöretaget AB\n\nNär du skickar e-post till oss behandlar vi dina personuppgifter. Läs mer "
               "på www.example.org",
    "links": "Med vänlig hälsning\nAnna Exempel\nanna@example.org <anna@example.org> | www.example.org "
             "<https://www.example.org/?x=1>",
    "pictures": "Best regards\nAnna\n[cid:image001.png@01DB0000.00000000]",
}  # fmt: skip


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_a_clear_signature_is_cut(signature: str) -> None:
    for text in (f"{OWN}\n\n{signature}", f"{OWN}\n\n{signature}\n\n\n", f"Nej.\n\n{signature}"):
        read = own_words(text)
        assert read.text == text[: text.index(signature)].strip()
        assert Why.TEXT_SIGNATURE in read.why
    below = "Den tors 12 nov. 2026 kl 14:03 skrev Bo <bo@example.org>:\n\n> Hej\n>\n> Mvh Bo"
    assert own_words(f"{OWN}\n\n{signature}\n\n{below}").text == OWN


CLOSE = [one for name, one in SIGNATURES.items() if name not in ("dash space name", "em dash")]


@pytest.mark.parametrize("signature", CLOSE)
def test_a_signature_close_below_the_text_is_cut(signature: str) -> None:
    assert own_words(f"{OWN}\n{signature}").text == OWN or signature.startswith("Detta")


@pytest.mark.parametrize("end", ["Mvh Anna", "Med vänlig hälsning Anna Exempel", "Hälsningar, Anna", "MVH/Anna"])
def test_a_greeting_at_the_end_of_the_last_line_is_cut(end: str) -> None:
    assert own_words(f"Hej! Lampan är släckt. {end}").text == "Hej! Lampan är släckt."


@pytest.mark.parametrize(
    "text",
    [
        "Lampan är släckt.\n\nMvh Anna\n\nPS Bänken är också trasig.",
        "Lampan är släckt.\n\nMvh\nAnna\n\nKan ni ringa mig?",
        "Lampan är släckt.\n\nMed vänlig hälsning\nAnna\n\nJag glömde säga att bänken bredvid också är trasig.",
        "Lampan är släckt.\n\nHälsningar\n" + "\n".join(f"Granne {n}" for n in range(12)),
        "Lampan är släckt.\n\nSent from my kitchen table, with a view of the lamp.",
        "Lampan är släckt.\n\nSkickat via mail till er i oktober.",
        "Hälsningar till alla på kontoret!",
        "Lampan är släckt.\n\nRing mig på 070-000 00 00",
        "Lampan är släckt.\n\nAnna Exempel\n070-000 00 00",
        "Vi behöver:\n- Lampor\n- Bänkar",
        "Vi behöver\n\n- Lampor\n\n- Bänkar",
        "Lampan är släckt.\nTack på förhand!",
        "Lampan är släckt.\n\nTack,\nAnna",
        "Jag skickade ett brev.\nSkickat från min man till er i tisdags men ni svarade inte, varför då?",
        "Adressen är\nStorgatan 12\n/uppgång B",
        "Vänligen återkom\nAnna",
        "Lampan är släckt.\n____\nKan ni laga den?",
        "Lampan är släckt.\n\nDetta meddelande är viktigt. Svara mig.",
        "Mvh\n\nAnna\n\nKan ni ringa?",
        "Bästa kommunen\n\nLampan är släckt.",
        "Bästa Anna\n\nLampan är släckt.",
        "Kram till er som lagar lampor",
        "Hälsa Anna\nLampan lyser",
        "Med vänlig\nAnna",
    ],
)
def test_what_could_be_own_words_stays(text: str) -> None:
    assert own_words(text).text == text

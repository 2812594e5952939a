"""Gateways' warnings above a mail and in its subject."""

import pytest

from bot.channels.mail_banner import strip_subject_banner
from bot.channels.mail_quotes import own_words
from bot.channels.mail_why import Why

OWN = "Hej!\n\nLampan är släckt."

BANNERS = [
    "[EXTERN]",
    "[EXTERNAL]",
    "[External Email]",
    "EXTERN",
    "*** EXTERNT MEJL ***",
    "Extern avsändare",
    "⚠️ Externt mail",
    "Externt mail, var försiktig",
    "Externt mail, var försiktig!",
    "EXTERNAL EMAIL - be careful",
    "External email: Use caution with links and attachments.",
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless "
    "you recognize the "
    "sender and know the content is safe.",
    "CAUTION: This email originated from outside\nof the organization. Do not click links or open attachments\n"
    "unless you recognize "
    "the sender and know the content is safe.",
    "*CAUTION:* This email originated from outside the organization.\nDo not click links.",
    "WARNING: This message was sent from outside the company.",
    "This message came from an external sender. Be careful with links.",
    "[WARNING: This email is from an external source. Do not open attachments.]",
    "Varning: Detta mejl kommer från en extern avsändare. Klicka inte på länkar och öppna inte bilagor.",
    "VARNING! Detta e-postmeddelande kommer från en avsändare utanför organisationen.",
    "OBS! Detta meddelande kommer utifrån.",
    "OBS! Detta mail kommer från en extern avsändare. Var försiktig med länkar och bilagor.",
    "Det här meddelandet kommer från en extern avsändare.\nÖppna inte bilagor om du inte känner avsändaren.",
    "Denna e-post kommer från en avsändare utanför Exempelby kommun. Klicka inte på länkar.",
    "Var försiktig! Detta är ett externt mejl.",
    "HUOM! Tämä viesti on tullut organisaation ulkopuolelta. Älä avaa liitteitä.",
    "Varoitus: ulkoinen lähettäjä",
    "Ulkoinen viesti",
    "ACHTUNG: Diese E-Mail kommt von einem externen Absender. Öffnen Sie keine Anhänge.",
    "Advarsel: Denne e-posten kommer fra en ekstern avsender. Ikke klikk på lenker.",
    "ADVARSEL: Denne mail kommer fra en ekstern afsender. Klik ikke på links.",
    "Du får inte ofta e-post från elsa@example.net. Läs om varför det är viktigt<https://aka.example.org/Learn>",
    "Du får inte ofta e-post från elsa@example.net. Läs om varför det är viktigt\n"
    "<https://aka.example.org/LearnAboutSenderIdentification>",
    "Vissa som har fått det här meddelandet får inte ofta e-post från elsa@example.net. Läs om varför det är viktigt",
    "You don't often get email from elsa@example.net. Learn why this is important<https://aka.example.org/Learn>",
    "[You don't often get email from elsa@example.net. Learn why this is important at https://aka.example.org/Learn ]",
    "Some people who received this message don't often get email from elsa@example.net. Learn why this is important",
    "Et saa usein sähköpostia osoitteesta elsa@example.net. Lue, miksi tämä on tärkeää",
    "Du får ikke ofte e-post fra elsa@example.net. Finn ut hvorfor dette er viktig",
    "Sie erhalten nicht häufig E-Mails von elsa@example.net. Erfahren Sie, warum dies wichtig ist",
]  # fmt: skip


@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_is_cut(banner: str) -> None:
    for text in (f"{banner}\n\n{OWN}", f"\n{banner}\n{OWN}", f"------\n{banner}\n------\n\n{OWN}"):
        read = own_words(text)
        assert read.text == OWN
        assert read.banner
        assert Why.TEXT_BANNER in read.why


def test_two_banners_are_cut() -> None:
    assert own_words(f"{BANNERS[0]}\n\n{BANNERS[-1]}\n\n{OWN}").text == OWN


@pytest.mark.parametrize("banner", BANNERS[:12])
def test_a_banner_alone_is_kept(banner: str) -> None:
    assert own_words(banner).text == banner
    assert not own_words(banner).banner


@pytest.mark.parametrize(
    "text",
    [
        "[EXTERN] Hej, lampan är släckt.",
        "Externa besökare parkerar på vår gata.",
        "Varning för halka! Någon kommer att ramla utanför skolan.",
        "OBS! Det kommer vatten utifrån in i källaren.",
        "Varning! Jag fick ett mejl från en extern avsändare som ville ha pengar.",
        "Är detta mejl från en extern avsändare?",
        "Viktigt meddelande från alla på Storgatan: lampan är släckt.",
        "Detta mejl gäller belysningen utanför skolan. Kan ni laga den?",
        "Detta meddelande gäller lekplatsen utanför nr 12.",
        "Hej!\n\n[EXTERN]\n\nDet stod så i ert mejl.",
        "External walls are cracked.",
        "Ext",
    ],
)
def test_own_words_are_no_banner(text: str) -> None:
    assert own_words(text).text == text
    assert not own_words(text).banner


@pytest.mark.parametrize(
    ("subject", "stripped"),
    [
        ("[EXTERN] Lampan", "Lampan"),
        ("[External] Lampan", "Lampan"),
        ("[EXT] SV: Lampan", "SV: Lampan"),
        ("SV: [EXTERN] Lampan", "SV: Lampan"),
        ("Re: [EXTERNAL] Re: [EXTERNAL] Lampan", "Re: Re: Lampan"),
        ("[EXTERN][EXTERN] Lampan", "Lampan"),
        ("[Externt mail] Lampan", "Lampan"),
        ("[EXTERNAL SENDER] Lampan", "Lampan"),
        ("[External Email]: Lampan", "Lampan"),
        ("*EXTERN* Lampan", "Lampan"),
        ("***EXTERNT MEJL*** Lampan", "Lampan"),
        ("(Ext) Lampan", "Lampan"),
        ("EXTERNAL: Lampan", "Lampan"),
        ("EXTERN: Lampan", "Lampan"),
        ("VS: [ULKOINEN] Lamppu", "VS: Lamppu"),
        ("[Ekstern] Lampe", "Lampe"),
        ("[EXTERN]", ""),
        ("Lampan [EXTERN]", "Lampan [EXTERN]"),
        ("Extern belysning", "Extern belysning"),
        ("Externa lampor: släckta", "Externa lampor: släckta"),
        ("[K-7Q4M2X-9] Lampan", "[K-7Q4M2X-9] Lampan"),
        ("External: lamp", "External: lamp"),
        ("", ""),
    ],
)
def test_subject(subject: str, stripped: str) -> None:
    assert strip_subject_banner(subject) == stripped

"""Between an officer's words and our notice: what goes, and what of the officer's own must stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_reply_head import above_introduction, announced_at
from bot.channels.mail_signature import without_program_lines
from bot.channels.mail_text import above_line, is_unclear, words_below

MARK = "==^=="
NOTICE = f"{MARK} Skriv ditt svar ovanför den här raden {MARK}\n\nÄrende: K-7Q4M2X-9\nGatan är mörk."
SUBJECT = "K-7Q4M2X-9 · Gatlykta · svara senast tisdag 17 november kl. 16.30"
OWN = "Hej!\n\nLampan byts på måndag.\n\nFrån: Storgatan\nTill: Hamnen\n\nMvh Anna"


def secrets(line: str) -> bool:
    return "+d-" in line and "@" in line


def above(text: str) -> str:
    return above_line(text, MARK, secrets)


HEADS = {
    "gateway's banner below": f"Från: K <k@example.org>\nSkickat: i dag\nTill: Anna\nÄmne: {SUBJECT}\n\nVARNING: Detta "
    "mejl kommer från en extern avsändare. Klicka inte på länkar.",
    "unknown warning below": f"From: K <k@example.org>\nSent: today\nTo: Anna\nSubject: {SUBJECT}\n\nOrganisationens "
    "regel 7 gäller för det som följer.",
    "broken lines": "Lähettäjä: Kontaktcenter\n<k@example.org>\nLähetetty: maanantai\n16. marraskuuta\n2026 9.12\n"
    "Vastaanottaja: Anna\nExempel\n<anna@example.org>\nAihe:\nK-7Q4M2X-9 ·\nGatlykta",
    "unknown language": f"Nuo: K <k@example.org>\nData: 2026-11-16 09:12\nKam: Anna\nTema: {SUBJECT}",
    "quoted and broken": f"> -----Ursprungligt meddelande-----\n> Från: K <k@example.org>\n> Skickat: i dag\n"
    f"> Till: Anna\n> Ämne: {SUBJECT[:45]}\n{SUBJECT[45:]}\n>",
    "notes": "-----Kontaktcenter <k@example.org> skrev: -----\nTill: Anna\nFrån: K <k@example.org>\nDatum: 2026-11-16 "
    f"09:12\nÄrende: {SUBJECT}",
    "notes, broken": "-----Kontaktcenter, Exempel kommun\n<k@example.org> kirjoitti:\n-----",
    "arrows": '>>> "Kontaktcenter" <k@example.org> 2026-11-16 09:12 >>>',
    "long name": "Samhällsbyggnadsförvaltningens kontaktcenter, Exempel kommun kirjoitti 16.11.2026 klo 9.12:",
    "over four lines": "Den mån 16 nov. 2026 kl 09:12\nskrev Kontaktcenter,\nExempel kommun\n<k@example.org>:",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_reply_header_goes_and_own_words_stay(head: str) -> None:
    assert above(f"{OWN}\n\n{head}\n\n{NOTICE}") == OWN
    assert above(f"{OWN}\n\n____\n\n{head}\n{NOTICE}".replace("\n", "\r\n")) == OWN


@pytest.mark.parametrize(
    "own",
    [
        "Ärende: K-7Q4M2X-9\nHandläggare: Anna\nTelefon: 0123-45 67 00\n\nHör av dig om det dröjer.",
        "Ditt ärende K-7Q4M2X-9 är klart.\nFrån: Storgatan\nTill: Hamnen",
        "Så här skrev du:\n> När lagas lampan?\nDen lagas på måndag.",
        "Varning! Vi får mejl från externa avsändare som ber om pengar.",
        "--- obs ---\nVi stänger klockan tre.",
    ],
)
def test_own_words_that_look_like_a_header_stay(own: str) -> None:
    assert above(f"{own}\n\nDen mån 16 nov. 2026 kl 09:12 skrev K <k@example.org>:\n\n{NOTICE}") == own


def test_a_secret_broken_over_four_lines_is_seen() -> None:
    text = "Klart!\n\nTill: kontakt+d-k7q4m2x9-1-\n> anna-7-\n> abcdefghij\n> 234567@example.org\n\nHej"
    assert above(text) == "Klart!"


FOOTER = "Allt annat: kontakt+d-anna-abcdefghij234567@example.org"
SECRET = "kontakt+d-k7q4m2x9-1-anna-7-abcdefghij234567@example.org"


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("Klockan tio.", False),
        (f"Klockan tio.\n\nDen mån 16 nov. 2026 kl 10:12 skrev K <{SECRET}>:\n\n> När?\n", False),
        (f"Klockan tio.\n\nDen mån 16 nov. 2026 kl 10:12 skrev K <{SECRET}>:\n\n> När?\n\nKlockan elva", True),
        (f"Klockan tio.\n\nFrån: Anna\nSkickat: i dag\nTill: <{SECRET}>\nÄmne: {SUBJECT}\n\nKlockan nio.", False),
        (f"Klockan tio.\n\nFrån: K <k@example.org>\nSkickat: i dag\nTill: A\nÄmne: x\n\nNär?\n\n{FOOTER}", True),
        (f"Klockan tio.\n\nDen 16 nov. 2026 kl 10:12 skrev K <k@example.org>:\n> När?\n> {FOOTER}", True),
        (f"Klockan tio.\n\nGatan är mörk.\n\n{FOOTER}", True),
        ("Klockan tio.\n\n> När?\nNu", True),
        (f"Klockan tio.\n\n> {NOTICE}", True),
        (f"Klockan tio.\n\n{NOTICE}\n\nSkickat från min iPhone", False),
    ],
)
def test_what_is_not_cut_for_certain_is_unclear(text: str, unclear: bool) -> None:
    assert is_unclear(text, MARK, secrets) is unclear


def test_without_the_mark_the_first_quoted_line_ends_the_text() -> None:
    assert above("Klart!\n\n> Ärende: K-7Q4M2X-9\n> Gatan är mörk.\n\nHej") == "Klart!"


@pytest.mark.parametrize("text", ["==\xa0^\xa0== Skriv", "> =\n> =^==", "&#61;=&#94;== x", "=\u200b=^=="])
def test_a_bent_mark_is_known(text: str) -> None:
    assert above(f"Hej\n{text}") == "Hej"
    assert not is_unclear(f"Hej\n{text}", MARK, secrets)


@pytest.mark.parametrize(
    ("own", "announced"),
    [
        ("Hej! Se mina svar i rött nedan.", True),
        ("Hej!\n\nMina svar nedan.\n\nMed vänlig hälsning\nAnna Exempel\nTelefon 0123-45 67 00", True),
        ("See my comments in red below", True),
        ("Svar på dina frågor nedan:\n\n1. Lampan byts på måndag.\n2. Bänken målas till våren.", False),
        ("Svaret kommer på måndag.", False),
    ],
)
def test_words_that_announce_answers_further_down(own: str, announced: bool) -> None:
    assert (
        words_below(f"{own}\n\nFrån: K <k@example.org>\nSkickat: i dag\nÄmne: {SUBJECT}\n\n{NOTICE}", MARK) is announced
    )


def test_rests_of_broken_lines_and_signatures_below_are_no_words() -> None:
    quoted = (
        f"> {MARK} Skriv {MARK}\n> I stället för ett svar kan första raden vara ett av de kommandon som\n"
        "står i listan här.\n> /avsluta – avslutar utan att något skickas\n"
    )
    assert not words_below(quoted, MARK)
    assert not words_below(f"{quoted}\nMed vänlig hälsning\nAnna Exempel\n", MARK)
    assert words_below(quoted.replace("står i", "De står i"), MARK)
    assert words_below(f"{quoted}\nLampan byts på måndag.\n\nMvh Anna", MARK)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Klart!\n\nSkickat från min iPhone", "Klart!"),
        ("Klart!\n\nMvh Anna\n\nHämta Outlook för iOS<https://aka.example.org/x>\n____", "Klart!\n\nMvh Anna"),
        ("Sent from my Galaxy", ""),
        ("Klart!\nMvh Anna\n[cid:image001.png@01D.5E]", "Klart!\nMvh Anna"),
        ("Se kartan [cid:a@b] nedan.", "Se kartan nedan."),
        ("Klart!\n[image: logo.png]", "Klart!"),
        ("Klart!\n\n[En bild som visar text\n\nAutomatiskt genererad beskrivning]\nAnna", "Klart!\n\n\nAnna"),
        ("Klart!\nAnna En bild som visar text Automatiskt genererad beskrivning", "Klart!\nAnna"),
        ("Brevet skickades från kommunen i tisdags.", "Brevet skickades från kommunen i tisdags."),
        ("Klart!\n\n-- \nAnna\nHandläggare", "Klart!\n\n-- \nAnna\nHandläggare"),
        ("", ""),
    ],
)
def test_what_programs_write_into_the_text_goes(text: str, left: str) -> None:
    assert without_program_lines(text) == left


def test_announcing_words_end_where_they_end() -> None:
    assert "Se mina svar nedan!"[announced_at("Se mina svar nedan!") :] == "!"
    assert announced_at("Vi svarar i morgon.") == -1


LINES = st.sampled_from(["Hej", "", "> x", f"Ämne: {SUBJECT}", "Från: K <k@example.org>", "Skickat: i dag", ">>> a >>>",
                         "-----K skrev: -----", "VARNING: externt mejl", MARK, *HEADS.values()])  # fmt: skip


@given(st.lists(LINES | st.text(max_size=20), max_size=12), st.integers(0, 12))
def test_what_is_left_is_the_beginning(lines: list[str], cut: int) -> None:
    at = min(cut, len(lines))
    for marked, secret in ((at, len(lines)), (len(lines), at), (at, at)):
        kept = above_introduction(lines, at, marked=marked, secret=secret)
        assert kept == lines[: len(kept)]
        assert len(kept) <= at

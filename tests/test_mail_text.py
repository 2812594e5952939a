"""The text of a mail: line ends, flowed lines, forwards, and what an officer wrote above our notice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_html import html_to_text
from bot.channels.mail_text import above_line, clean, is_forward, unflow, words_below


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("a\nb\tc\xa0d\n", "a\nb\tc\xa0d\n"),
        ("a\r\nb\rc\r\r\nd\n\re", "a\nb\nc\n\nd\n\ne"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("a\x00b\x08c\x0ed\x1be\x1ff\x7fg\x80h\x9fi", "abcdefghi"),
        ("a\ud83db\udcff", "ab"),
        ("Åäö – “ja” 👍🏽 e\u0301\u200bx\u00ady\ufeff", "Åäö – “ja” 👍🏽 e\u0301\u200bx\u00ady\ufeff"),
    ],
)
def test_line_ends_and_control_characters(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Lampan på \nStorgatan är \nsläckt.\n\nMvh", "Lampan på Storgatan är släckt.\n\nMvh"),
        ("Ett \r\ntvå\r\ntre ", "Ett två\ntre "),
        ("Ett  \ntvå", "Ett  två"),
        ("Ett \n\ntvå", "Ett \ntvå"),
        ("Ett\nTvå\n", "Ett\nTvå\n"),
        ("Hej \n", "Hej "),
        ("", ""),
    ],
)
def test_flowed_text_is_joined(text: str, joined: str) -> None:
    assert unflow(text, delsp=False) == joined


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("> Vilken \n> gata?\nStorgatan", "> Vilken gata?\nStorgatan"),
        (">> djupt \n>> nere\n> högre \n> upp", ">> djupt nere\n> högre upp"),
        ("> citat \nsvar", "> citat \nsvar"),
        ("svar \n> citat", "svar \n> citat"),
        (">> djupt \n> högre", ">> djupt \n> högre"),
        (">utan luft \n>går den ihop", "> utan luft går den ihop"),
        (">\n> a\n>\n>>", ">\n> a\n>\n>>"),
        ("Hej \n-- \nAnna \nExempel", "Hej \n-- \nAnna Exempel"),
        ("> Hej \n> -- \n> Anna", "> Hej \n> -- \n> Anna"),
        (" From Bo\n > 5 kr\n  indrag", "From Bo\n> 5 kr\n indrag"),
        ("Det är \n > 5 kr", "Det är > 5 kr"),
    ],
)
def test_flowed_text_keeps_its_signs(text: str, joined: str) -> None:
    """Quote depth, the signature's ``-- ``, and a space put before what a transport would change."""
    assert unflow(text, delsp=False) == joined


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Lamp \nan är \n släckt", "Lampan ärsläckt"),
        ("Lampan  \när släckt", "Lampan är släckt"),
        ("> Vil \n> ken\ngata", "> Vilken\ngata"),
        ("Hej \n-- \nAnna", "Hej\n-- \nAnna"),
    ],
)
def test_flowed_text_may_lose_its_spaces(text: str, joined: str) -> None:
    assert unflow(text, delsp=True) == joined


@given(st.lists(st.sampled_from(["Hej", "Hej ", "> x ", ">> y", "-- ", "", " ", " > z", ">"]) | st.text(max_size=8)))
def test_flowed_text_loses_no_word(lines: list[str]) -> None:
    text = "\n".join(lines)
    for delsp in (False, True):
        joined = unflow(text, delsp=delsp)
        assert not set(joined) - set(clean(text)) - {" "}
        assert "".join(joined.replace(">", "").split()) == "".join(clean(text).replace(">", "").split())


ATTRIBUTIONS = [
    "Den fre 20 nov. 2026 kl 10:00 skrev Kommunen <kontakt@example.org>:",
    "Den fre 20 nov. 2026 kl 10:00 skrev Kommunen i Exempelby <\nkontakt@example.org>:",
    "fredag 20 november 2026 kl. 10:00 skrev Kommunen <kontakt@example.org>:",
    "På fredag 20 november 2026 10:00:00 CET, Kommunen <kontakt@example.org> skrev:",
    "Den 2026-11-20 kl. 10:00, skrev Kommunen:",
    "Kommunen skrev den 2026-11-20 10:00:",
    "On Fri, Nov 20, 2026 at 10:00 AM Kommunen <kontakt@example.org> wrote:",
    "On Friday, November 20th, 2026 at 10:00,\nKommunen, Kontaktcenter\n<kontakt@example.org> wrote:",
    "pe 20. marrask. 2026 klo 10.00 Kommunen <kontakt@example.org> kirjoitti:",
    "Kommunen kirjoitti 20.11.2026 klo 10.00:",
    "Kommunen <kontakt@example.org> kirjoitti 20.11.2026 kello 10.00:",
    "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Kommunen <kontakt@example.org>:",
    "fre. 20. nov. 2026 kl. 10:00 skrev Kommunen <kontakt@example.org>:",
    "Den fre. 20. nov. 2026 kl. 10.00 skrev Kommunen <kontakt@example.org>:",
]
HEADS = [
    "Från: Kommunen\nSkickat: den 20 november 2026 10:00\nTill: Anna\nÄmne: Svar",
    "*Från:* Kommunen <kontakt@example.org>\n*Skickat:* den 20 november 2026\n*Till:* Anna\n*Ämne:* Svar",
    "From: Kommunen <kontakt@example.org>\nSent: Friday\nTo: Anna <a@example.net>;\n Bo <b@example.net>\nSubject: Svar",
    "From: Kommunen <kontakt@example.org>\nDate: 20 Nov 2026 10:00\nTo: Anna",
    "Lähettäjä: Kommunen\nLähetetty: perjantai\nVastaanottaja: Anna\nAihe: Svar",
    "Von: Kommunen\nGesendet: Freitag\nAn: Anna\nBetreff: Svar",
    "Fra: Kommunen\nSendt: fredag\nTil: Anna\nEmne: Svar",
    "-----Original Message-----",
    "-----Ursprungligt meddelande-----",
    "-------- Originalmeddelande --------",
    "________________________________\nFrån: Kommunen\nSkickat: fredag\nTill: Anna\nÄmne: Svar",
]


def never(line: str) -> bool:
    return False


@pytest.mark.parametrize("above", ATTRIBUTIONS)
def test_attributions_are_cut_quoted_or_not(above: str) -> None:
    assert above_line(f"Hälsningar\nAnna\n{above}\n> Vi har lagat det.", "", never) == "Hälsningar\nAnna"


@pytest.mark.parametrize("above", [*(one for one in ATTRIBUTIONS if "@" in one), *HEADS])
def test_history_without_quote_marks_is_cut(above: str) -> None:
    assert above_line(f"Mitt svar\n\n{above}\n\nVi har lagat det.", "", never) == "Mitt svar"


@pytest.mark.parametrize(
    "prefix", ["VB:", "Vb:", "VL:", "FW:", "Fwd:", "fwd :", "FW[2]:", "TR:", "WG:", "Vidarebefordrat:", " VB: SV:",
               "Vidarebefordrat meddelande:", "vl :", "Fw [2]:"]
)  # fmt: skip
def test_a_forwards_subject(prefix: str) -> None:
    assert is_forward(f"{prefix} Buller")
    assert is_forward(prefix)


@pytest.mark.parametrize(
    "prefix", ["SV:", "VS:", "Re:", "SV: VB:", "", "Fwd", "Vb är stängt:", "Trasig bänk:", "Om VB:", "AVB:", "FW[x]:"]
)
def test_no_forwards_subject(prefix: str) -> None:
    assert not is_forward(f"{prefix} Buller")


MARK = "==^== Skriv ditt svar ovanför den här raden ==^=="
SECRET = "kontakt+d-k7q4m2x9-1-anna-7-abcdefghij234567@example.org"
NOTICE = [MARK, "", "Nummer: K-7Q4M2X-9", "Från: Bo Ek <bo@example.net>", "Svara senast: måndag", "", "Gatan är mörk."]
PLAIN = "\n".join(NOTICE)
QUOTED = "\n".join(f"> {line}" for line in NOTICE)
ANSWER = "Hej Bo!\n\nLampan byts på måndag.\n\nFrån: Storgatan\nTill: Hamnen\n\nMvh Anna"


def secrets(line: str) -> bool:
    return "+d-" in line and "@" in line


REPLIES = {
    "bare": f"{PLAIN}",
    "gmail": f"Den fre 20 nov. 2026 kl 10:00 skrev Kommunen <kontakt@example.org>:\n\n{QUOTED}",
    "gmail wrapped at the address": f"Den fre 20 nov. 2026 kl 10:00 skrev Kommunen <\n{SECRET}>:\n\n{QUOTED}",
    "gmail wrapped twice": f"Den fre 20 nov. 2026 kl 10:00 skrev Kontakt\ni Exempelby, Kommunen\n<{SECRET}>:\n{QUOTED}",
    "gmail one line": f"Den fre 20 nov. 2026 kl 10:00 skrev Kommunen <{SECRET}>:\n{QUOTED}",
    "address wrapped inside": f"Svara till kontakt+d-k7q4m2x9-1-anna-7-\nabcdefghij234567@example.org\n{QUOTED}",
    "iphone": f"> 20 nov. 2026 kl. 10:00 skrev Kommunen <kontakt@example.org>:\n> \n{QUOTED}",
    "thunderbird": f"Den 2026-11-20 kl. 10:00, skrev Kommunen:\n{QUOTED}",
    "outlook": f"Från: Kommunen <{SECRET}>\nSkickat: fredag\nTill: Anna\nÄmne: Nytt\n\n{PLAIN}",
    "outlook wrapped": f"________________________________\nFrån: Kommunen\n<{SECRET}>\nSkickat: fredag\n\n{PLAIN}",
    "outlook short": f"_____\nFrån: Kommunen\nÄmne: Nytt\n\n{PLAIN}",
    "outlook finnish": f"Lähettäjä: Kommunen\nLähetetty: pe\nVastaanottaja: Anna\nAihe: Nytt\n\n{PLAIN}",
    "original": f"-----Ursprungligt meddelande-----\n{PLAIN}",
    "samsung": f"-------- Originalmeddelande --------\n{PLAIN}",
    "spanish": f"El vie, 20 nov 2026 a las 10:00, Kommunen (<kontakt@example.org>) escribió:\n\n{QUOTED}",
    "mark wrapped": f"> ==^== Skriv ditt svar\n> ovanför den här raden ==^==\n{QUOTED}",
    "mark bent": f">> ==^== skriv\xa0ditt&nbsp;svar  OVANFÖR den h&auml;r raden ==^==\n{PLAIN}",
    "mark decomposed": MARK.replace("ö", "o\u0308").replace("ä", "a\u0308") + f"\n{PLAIN}",
}


@pytest.mark.parametrize("history", REPLIES.values(), ids=REPLIES)
def test_officers_words_above_the_line(history: str) -> None:
    assert above_line(f"{ANSWER}\n\n{history}", MARK, secrets) == ANSWER
    assert above_line(f"{ANSWER}\r\n{history}".replace("\n", "\r\n"), MARK, secrets) == ANSWER
    assert above_line(history, MARK, secrets) == ""
    assert above_line(f"\n\n{history}\n{ANSWER}", MARK, secrets) == ""


LOOKALIKES = [
    "Den 3 november 2026 kl. 10.15 skrev Bygglov till dig:\n\nVi behöver en ritning.\n\nDen har vi nu fått.",
    "Bussen går så här:\n\nFrån: Storgatan\nTill: Hamnen\nDatum: den 3 november 2026 kl. 10.15\n\nMvh Anna",
    "-----Ursprungligt meddelande-----\nså stod det i brevet.",
    "Från: a@example.net\nTill: b@example.net\nÄmne: Buller\n\nDet har vi läst.",
    "Från: Storgatan\nTill: Hamnen\nMvh Anna",
]
TIMETABLE = "Bussen går:\n\nFrån: Storgatan\nTill: Hamnen\nDatum: den 3 november 2026 kl. 10.15"


@pytest.mark.parametrize("history", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("own", LOOKALIKES)
def test_officers_words_that_look_like_an_introduction_stay(own: str, history: str) -> None:
    assert above_line(f"{own}\n\n{history}", MARK, secrets) == own
    assert above_line(f"{own}\n\n{history}", "==^==", secrets) == own


@pytest.mark.parametrize("above", [*ATTRIBUTIONS, *HEADS])
@pytest.mark.parametrize("between", ["", "\n", "\n \n____\n\n"])
def test_only_the_introduction_right_above_the_mark_goes(above: str, between: str) -> None:
    own = f"{LOOKALIKES[0]}\n\n{LOOKALIKES[1]}"
    assert above_line(f"{own}\n\n{above}\n{between}{PLAIN}", MARK, secrets) == own
    assert above_line(f"{own}\n\n{above}\n{between}{QUOTED}", MARK, secrets) == own


@pytest.mark.parametrize(
    "head",
    [
        f"Från: Kontaktcenter <{SECRET}>\nSkickat: fredag\nTill: Anna\nÄmne: Nytt",
        f"Från: Anna\nSkickat: fredag\nTill: {SECRET}\nÄmne: Nytt",
        f"Från: Anna\nSkickat: fredag\nTill: Bo <bo@example.net>;\n Eva <eva@example.net>;\n {SECRET}\nÄmne: Nytt",
        f"Date: fredag\nFrom: Anna\nTo: {SECRET}\nSubject: Nytt",
    ],
)
def test_a_header_with_the_secret_address_goes_whole(head: str) -> None:
    for notice in (PLAIN, "Gatan är mörk."):
        assert above_line(f"{LOOKALIKES[1]}\n\n{head}\n\n{notice}", MARK, secrets) == LOOKALIKES[1]
        assert above_line(f"Från: A\nTill: B\n{head}\n\n{notice}", MARK, secrets) == "Från: A\nTill: B"
        assert above_line(f"{TIMETABLE}\n\n{head}\n\n{notice}", MARK, secrets) == TIMETABLE


def test_a_short_header_takes_no_timetable_along() -> None:
    for timetable in ("Datum: fredag\nFrån: Storgatan\nTill: Hamnen", "Från: A\nDatum: fredag"):
        assert above_line(f"{timetable}\nDatum: idag\nFrån: Kommunen\n\n{PLAIN}", MARK, secrets) == timetable
    timetable = "Datum: fredag\nFrån: Storgatan\nTill: Hamnen"
    assert above_line(f"{timetable}\nFrån: Kommunen\nÄmne: Nytt\n\n{PLAIN}", MARK, secrets) == timetable


def test_without_mark_and_secret_the_first_history_is_cut() -> None:
    assert above_line("Klart!\n\nDen 3 nov. 2026 kl. 10.15 skrev Bo:\n\nHej\n", MARK, secrets) == "Klart!"
    assert above_line(f"Klart!\n\n{HEADS[0]}\n\nGatan är mörk.", MARK, secrets) == "Klart!"


@pytest.mark.parametrize(
    "below",
    [
        f"{QUOTED}\n\nLampan byts på måndag.",
        f"{QUOTED}\nLampan byts.\n> Mvh Bo",
        f"> {MARK}\nJa.\n> Nummer: 1",
        f"{QUOTED}\nLampan byts.\n\n-- \nAnna",
        f"> > {MARK}\n> > Nummer\nJa",
        f"{QUOTED}\nJa\nSkickat från min iPhone",
    ],
)
def test_words_between_or_below_the_quoted_lines_are_seen(below: str) -> None:
    assert words_below(f"Kommunen skrev:\n{below}", MARK)
    assert words_below(below.replace("\n", "\r\n"), "==^==")


@pytest.mark.parametrize(
    "text",
    [
        QUOTED,
        f"Lampan byts.\n\n{QUOTED}\n\n",
        f"Lampan byts.\n{QUOTED}\n\n-- \nAnna\nGatukontoret",
        f"{QUOTED}\n\nHämta Outlook för iOS<https://aka.example.org/o0ukef>",
        f"{QUOTED}\n\nSkickat från min iPhone\n",
        f"{QUOTED}\n____\nSent from my Galaxy",
        f"{QUOTED}\nLähetetty iPhonesta",
        "> ==^== Skriv ditt svar ovanför\nden här raden ==^==\n> Nummer: 1",
        f"Lampan byts.\n\n{PLAIN}",
        "Lampan byts.\n> Gatan är mörk.\nJa",
        "",
    ],
)
def test_nothing_is_written_below(text: str) -> None:
    assert not words_below(text, MARK)
    assert not words_below(text, "==^==")


def test_officers_html_reply() -> None:
    quote = f"<blockquote><div>{MARK}</div><div>Från: Bo Ek</div></blockquote>"
    gmail = f"<div>Klart!</div><div class=gmail_quote><div>Den fre 20 nov. skrev &lt;{SECRET}&gt;:</div>{quote}</div>"
    outlook = f"<p class=MsoNormal>Klart!</p><hr><div id=divRplyFwdMsg><b>Från:</b> {SECRET}</div><div>{MARK}</div>"
    assert above_line(html_to_text(gmail), MARK, secrets) == "Klart!"
    assert above_line(html_to_text(outlook), MARK, secrets) == "Klart!"


def test_a_mark_without_letters_is_found_too() -> None:
    assert above_line("Klart!\n> == ^ == Skriv ovanför ==^==\nNummer: 1", "==^==", never) == "Klart!"
    assert above_line("Klart!", "==^==", never) == "Klart!"


LINES = [
    "Hej",
    "",
    "> x",
    MARK,
    f"> {MARK.upper()}",
    SECRET,
    f"Från: <{SECRET}>",
    "Från: Storgatan",
    "____",
    *ATTRIBUTIONS,
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=12), st.booleans())
def test_nothing_of_the_notice_stands_above_the_line(above: list[str], quoted: bool) -> None:
    below = ["rad ett under", "rad två under"]
    notice = [f"> {line}" for line in (MARK, *below)] if quoted else [MARK, *below]
    kept = above_line("\n".join((*above, *notice)), MARK, secrets)
    assert MARK.casefold() not in kept.casefold()
    assert not any(secrets(line) for line in kept.split("\n"))
    assert not any(line in kept for line in below)
    assert clean("\n".join(above)).startswith(kept) or kept in clean("\n".join(above))

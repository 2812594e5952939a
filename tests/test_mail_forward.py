"""The original in a forwarded mail, as each mail program shows it in each language."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_forward import read_forward
from bot.port import Forwarded, Inbound

WALL = datetime(2026, 11, 17, 16, 2)
WHOLE = Forwarded(
    from_addr="elsa@example.org",
    from_name="Elsa Exempel",
    subject="Gatlampan",
    text="Hej!\n\nLampan är trasig.\nElsa",
    comment="Kan ni ta den här?\n\n/Bo",
    sent_wall=WALL,
)
ABOVE = "Kan ni ta den här?\n\n/Bo\n\n"
BODY = "Hej!\n\nLampan är trasig.\nElsa\n"


def read(text: str, subject: str = "VB: Gatlampan") -> Forwarded | None:
    return read_forward(text, subject=subject, own=text, attached=None)


OUTLOOK = {
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 17 november 2026 16:02"),
    "en": ("From", "Sent", "To", "Subject", "Tuesday, November 17, 2026 4:02 PM"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "tiistai 17. marraskuuta 2026 16.02"),
    "no": ("Fra", "Sendt", "Til", "Emne", "tirsdag 17. november 2026 16:02"),
    "da": ("Fra", "Sendt", "Til", "Emne", "17. november 2026 16:02"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Dienstag, 17. November 2026 16:02"),
}
SUBJECTS = {"sv": "VB:", "en": "FW:", "fi": "VL:", "no": "VS:", "da": "VS:", "de": "WG:"}


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize(
    "shape",
    [
        "{0}: Elsa Exempel <elsa@example.org>\n{1}: {4}\n{2}: Bo Exempel <bo@kommun.example>\n{3}: Gatlampan\n\n",
        "________________________________\n{0}: Elsa Exempel <elsa@example.org>\n{1}: {4}\n{2}: Bo\n{3}: Gatlampan\n\n",
        "*{0}:* Elsa Exempel <elsa@example.org>\n*{1}:* {4}\n*{2}:* Bo <bo@kommun.example>\n*{3}:* Gatlampan\n\n",
        "*{0}: *Elsa Exempel <elsa@example.org>\n*{1}: *{4}\n*{2}: *Bo\n*{3}: *Gatlampan\n\n",
        "{0}: Elsa Exempel [mailto:elsa@example.org]\n{1}: {4}\n{2}: Bo\n{3}: Gatlampan\n\n",
        "{0}: Elsa Exempel <mailto:elsa@EXAMPLE.org>\n{1}: {4}\n{2}: Bo\nCc: Kim <kim@example.net>\n{3}: Gatlampan\n\n",
        "{0}: Elsa Exempel <elsa@example.org>\n\n{1}: {4}\n\n{2}: Bo\n\n{3}: Gatlampan\n\n",
        "{0}: Elsa Exempel\n <elsa@example.org>\n{1}: {4}\n{2}: Bo <bo@kommun.example>;\n Kim <kim@kommun.example>\n"
        "{3}: Gatlampan\n\n",
        "\u00a0{0}:\u00a0Elsa Exempel <elsa@example.org>\n{1}:\u00a0{4}\n{2}: Bo\n{3}: Gatlampan\n\n",
        "{0}: Elsa Exempel <elsa@example.org>\n{1}: {4}\n{2}: Bo\n{3}: Gatlampan\n",
        "-----Original Message-----\n{0}: Elsa Exempel <elsa@example.org>\n{1}: {4}\n{2}: Bo\n{3}: Gatlampan\n\n",
    ],
)
def test_outlook(shape: str, language: str) -> None:
    subject = f"{SUBJECTS[language]} Gatlampan"
    text = ABOVE + shape.format(*OUTLOOK[language]) + BODY
    assert read(text, subject) == WHOLE
    assert read(text.replace("\n", "\r\n"), subject) == WHOLE


GMAIL = {
    "sv": ("Vidarebefordrat meddelande", "Från", "Date", "Subject", "To", "tis 17 nov. 2026 kl 16:02"),
    "en": ("Forwarded message", "From", "Date", "Subject", "To", "Tue, Nov 17, 2026 at 4:02\u202fPM"),
    "fi": ("Välitetty viesti", "Lähettäjä", "Date", "Subject", "To", "ti 17. marrask. 2026 klo 16.02"),
    "no": ("Videresendt melding", "Fra", "Dato", "Emne", "Til", "tir. 17. nov. 2026 kl. 16:02"),
    "da": ("Videresendt meddelelse", "Fra", "Dato", "Emne", "Til", "tirs. 17. nov. 2026 kl. 16.02"),
    "de": ("Weitergeleitete Nachricht", "Von", "Datum", "Betreff", "An", "Di., 17. Nov. 2026 um 16:02 Uhr"),
}


@pytest.mark.parametrize("subject", ["Fwd: Gatlampan", "Titta på detta", ""])
@pytest.mark.parametrize("language", GMAIL)
@pytest.mark.parametrize(
    "shape",
    [
        "---------- {0} ---------\n{1}: *Elsa Exempel* <elsa@example.org>\n{2}: {5}\n{3}: Gatlampan\n"
        "{4}: Bo Exempel <bo@kommun.example>\n\n\n",
        "---------- {0} ---------\n{1}: Elsa Exempel <elsa@example.org>\n{2}: {5}\n{3}: Gatlampan\n{4}: Bo\n",
        # Thunderbird
        "-------- {0} --------\n{3}: \tGatlampan\n{2}: \t{5}\n{1}: \tElsa Exempel <elsa@example.org>\n{4}: \tBo\n\n\n",
        # Yahoo, Proton
        "------- {0} -------\n{1}: Elsa Exempel <elsa@example.org>\n{2}: {5}\n{3}: Gatlampan\n{4}: Bo\n\n",
    ],
)
def test_gmail_and_thunderbird(shape: str, language: str, subject: str) -> None:
    assert read(ABOVE + shape.format(*GMAIL[language]) + BODY, subject) == WHOLE


APPLE = {
    "sv": ("Vidarebefordrat brev:", "Från", "Ämne", "Datum", "Till", "17 november 2026 kl. 16:02:00 CET"),
    "en": ("Begin forwarded message:", "From", "Subject", "Date", "To", "17 November 2026 at 16:02:00 CET"),
    "fi": (
        "Välitetty viesti alkaa:",
        "Lähettäjä",
        "Aihe",
        "Päivämäärä",
        "Vastaanottaja",
        "17. marraskuuta 2026 klo 16.02.00 EET",
    ),
    "no": ("Videresendt melding:", "Fra", "Emne", "Dato", "Til", "17. november 2026 kl. 16:02:00 CET"),
    "da": ("Start på videresendt besked:", "Fra", "Emne", "Dato", "Til", "17. november 2026 kl. 16.02.00 CET"),
    "de": (
        "Anfang der weitergeleiteten Nachricht:",
        "Von",
        "Betreff",
        "Datum",
        "An",
        "17. November 2026 um 16:02:00 MEZ",
    ),
}


@pytest.mark.parametrize("quote", ["", "> "])
@pytest.mark.parametrize("language", APPLE)
def test_apple(language: str, quote: str) -> None:
    begin, *keys, date = APPLE[language]
    block = "{}: Elsa Exempel <elsa@example.org>\n{}: Gatlampan\n{}: {date}\n{}: bo@kommun.example\n\n"
    original = block.format(*keys[:2], keys[2], keys[3], date=date) + BODY
    quoted = "".join(f"{quote}{line}".rstrip(" ") + "\n" for line in original.splitlines())
    assert read(f"{ABOVE}{begin}\n\n{quoted}", "Fwd: Gatlampan") == WHOLE
    assert read(f"{ABOVE}{begin}\n\n{quoted}", "Titta på detta") == WHOLE


def test_everything_quoted_as_html_readers_show_it() -> None:
    block = "---------- Forwarded message ---------\nFrån: Elsa Exempel <elsa@example.org>\nDate: 2026-11-17 16:02\n"
    quoted = "".join(f"> {line}\n" for line in f"{block}Subject: Gatlampan\nTo: Bo\n\n{BODY}".splitlines())
    assert read(ABOVE + quoted, "Fwd: Gatlampan") == WHOLE
    assert read(ABOVE + quoted, "Gatlampan") == WHOLE
    assert read(f"Tack!\n\nDen 18 nov 2026 skrev Bo <bo@example.com>:\n{quoted}", "Gatlampan") is None


@pytest.mark.parametrize(
    ("shown", "name", "address"),
    [
        ("Elsa Exempel", "Elsa Exempel", ""),
        ("elsa@example.org", "", "elsa@example.org"),
        ("elsa@example.org [mailto:elsa@example.org]", "", "elsa@example.org"),
        ("elsa@example.org <elsa@example.org>", "", "elsa@example.org"),
        ("<Elsa.E+x@Example.ORG>", "", "Elsa.E+x@example.org"),
        ('"Exempel, Elsa" <elsa@example.org>', "Exempel, Elsa", "elsa@example.org"),
        ("'Elsa Exempel' <elsa@example.org>", "Elsa Exempel", "elsa@example.org"),
        ("Elsa Exempel (elsa@example.org)", "Elsa Exempel", "elsa@example.org"),
        ("Elsa Exempel elsa@example.org", "Elsa Exempel", "elsa@example.org"),
        ("*Elsa Exempel* <elsa@example.org <mailto:elsa@example.org>>", "Elsa Exempel", "elsa@example.org"),
        ('"kontakt@kommun.example" <elsa@example.org>', "", "elsa@example.org"),
        ("Elsa <elsa@åkeri.example>", "Elsa", "elsa@åkeri.example"),
        ("Elsa @ jobbet", "Elsa @ jobbet", ""),
    ],
)
def test_how_the_writer_is_shown(shown: str, name: str, address: str) -> None:
    found = read(f"Från: {shown}\nSkickat: den 17 november 2026 16:02\nTill: Bo\nÄmne: Gatlampan\n\n{BODY}")
    assert found is not None
    assert (found.from_name, found.from_addr) == (name, address)
    assert found.text == WHOLE.text
    assert found.comment == ""


def test_keys_with_marks_sent_apart() -> None:
    block = "Fra\u030an: Elsa <elsa@example.org>\nSkickat: 2026-11-17 16:02\nTill: Bo\nA\u0308mne: Gatlampan\n\nHej"
    found = read(block)
    assert found is not None
    assert (found.from_addr, found.subject, found.text) == ("elsa@example.org", "Gatlampan", "Hej")


def test_a_long_subject_that_was_wrapped_and_one_that_was_not() -> None:
    block = "Från: Elsa <elsa@example.org>\nSkickat: 2026-11-17 16:02\nTill: Bo\n"
    long = "Ämne: Gatlampan utanför Storgatan 4 som har varit släckt i flera\n veckor nu\n\nHej"
    found = read(block + long)
    assert found is not None
    assert found.subject == "Gatlampan utanför Storgatan 4 som har varit släckt i flera veckor nu"
    found = read(f"{block}Ämne: Gatlampan\nHej!\n\nDen är trasig.")
    assert found is not None
    assert (found.subject, found.text) == ("Gatlampan", "Hej!\n\nDen är trasig.")


@pytest.mark.parametrize("to", ["Bo <bo@kommun.example>,\nKim <kim@kommun.example>", "Kontakt\n<bo@kommun.example>"])
def test_a_list_of_recipients_that_was_wrapped(to: str) -> None:
    block = f"Från: Elsa <elsa@example.org>\nDate: 2026-11-17 16:02\nSubject: Gatlampan\nTo: {to}\n\nHej"
    found = read(f"----- Forwarded message -----\n{block}", "Fwd: Gatlampan")
    assert found is not None
    assert (found.subject, found.text) == ("Gatlampan", "Hej")


def test_a_key_that_comes_again_belongs_to_the_text() -> None:
    found = read(OUTLOOK_SV.rstrip("\n") + "\nTill: er alla, hej!\nLampan är trasig.")
    assert found is not None
    assert found.text == "Till: er alla, hej!\nLampan är trasig."


def test_the_first_header_counts_and_what_it_quotes_stays() -> None:
    inner = "Från: Kim <kim@example.com>\nSkickat: den 16 november 2026 09:00\nTill: Elsa\nÄmne: Lampa\n\nNej."
    found = read(
        f"{ABOVE}Från: Elsa Exempel <elsa@example.org>\nSkickat: {WALL}\nTill: Bo\nÄmne: SV: Lampa\n\nJo!\n\n{inner}"
    )
    assert found is not None
    assert (found.from_addr, found.subject, found.text) == ("elsa@example.org", "SV: Lampa", f"Jo!\n\n{inner}")


def test_a_rule_within_the_original_is_not_the_forwarders() -> None:
    inner = "----- Forwarded message -----\nFrom: Kim <kim@example.com>\nDate: 2026-11-16 09:00\nSubject: x\n\nNej."
    found = read(f"Från: Elsa <elsa@example.org>\nSkickat: {WALL}\nTill: Bo\nÄmne: Lampa\n\nSe:\n\n{inner}")
    assert found is not None
    assert (found.from_addr, found.text) == ("elsa@example.org", f"Se:\n\n{inner}")


def test_words_in_the_comment_that_look_like_a_header() -> None:
    found = read(f"Färjan gick så här:\nFrån: Storgatan\nTill: Hamnen\n\n{OUTLOOK_SV}{BODY}")
    assert found is not None
    assert found.from_addr == "elsa@example.org"
    assert found.comment == "Färjan gick så här:\nFrån: Storgatan\nTill: Hamnen"


OUTLOOK_SV = "Från: Elsa Exempel <elsa@example.org>\nSkickat: den 17 november 2026 16:02\nTill: Bo\nÄmne: Gatlampan\n\n"


@pytest.mark.parametrize("missing", ["Skickat: den 17 november 2026 16:02\n", "Till: Bo\n", "Ämne: Gatlampan\n"])
def test_one_key_may_be_missing(missing: str) -> None:
    found = read(ABOVE + OUTLOOK_SV.replace(missing, "") + BODY, "VB: Gatlampan")
    assert found is not None
    assert (found.from_addr, found.subject, found.text) == ("elsa@example.org", "Gatlampan", WHOLE.text)
    assert found.sent_wall == (None if "Skickat" in missing else WALL)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("", "VB: Gatlampan"),
        ("Se bifogat.", "VB: Gatlampan"),
        (f"Tack!\n\n{OUTLOOK_SV}{BODY}", "SV: Gatlampan"),  # a reply with its quoted header
        (f"Tack!\n\n{OUTLOOK_SV}{BODY}", "Gatlampan"),
        (f"Tack!\n\n-----Ursprungligt meddelande-----\n{OUTLOOK_SV}{BODY}", "Gatlampan"),
        (f"Tack!\n\n---------- Forwarded message ---------\n{OUTLOOK_SV}{BODY}", "SV: VB: Gatlampan"),
        (f"Tack!\n\n---------- Forwarded message ---------\n{OUTLOOK_SV}{BODY}", "Re: Gatlampan"),
        ("Från: Storgatan\nTill: Hamnen\nÄmne: båten", "VB: Färjan"),  # neither an address nor a year
        ("Från: Storgatan\nTill: Hamnen", "VB: Färjan"),
        ("Från: elsa@example.org\nTill: Bo\n\nHej", "VB: x"),  # two keys are too few
        ("Från: elsa@example.org\nTill: Bo\nCc: Kim\n\nHej", "VB: x"),
        ("Skickat: den 17 november 2026 16:02\nTill: Bo\nÄmne: x\n\nHej", "VB: x"),  # by nobody
        ("---------- Forwarded message ---------\n\nHej", "Fwd: x"),
        ("Forwarded message from Elsa", "x"),
        ("Kiitos!\n\nLähettäjä: Elsa <elsa@example.org>\nLähetetty: 17.11.2026 16.02\nAihe: x\n\nHei", "VS: x"),
        (f"Kiitos!\n\n{OUTLOOK_SV}{BODY}", "VS: Gatlampan"),
    ],
)
def test_no_forward(text: str, subject: str) -> None:
    assert read(text, subject) is None


def test_subject_of_the_mail_where_the_block_shows_none() -> None:
    found = read("---------- Forwarded message ---------\nFrån: elsa@example.org\n\nHej", "Fwd: Re: Gatlampan")
    assert found == Forwarded(from_addr="elsa@example.org", subject="Re: Gatlampan", text="Hej")


def test_an_attached_original_tells_everything() -> None:
    seen = datetime(2026, 11, 17, 15, 2, tzinfo=UTC)
    original = Inbound(
        from_addr="elsa@example.org",
        from_name="Elsa Exempel",
        subject="Gatlampan",
        message_id="a@mail.example",
        date_seen=seen,
        text="Lampan är trasig.",
        new_text="Lampan",
    )
    whole = Forwarded(
        from_addr="elsa@example.org",
        from_name="Elsa Exempel",
        subject="Gatlampan",
        message_id="a@mail.example",
        text="Lampan är trasig.",
        comment="Kan ni ta den?",
        received_at=seen,
    )
    for subject in ("VB: Gatlampan", "SV: Gatlampan", ""):
        for own in ("Kan ni ta den?\n", "Kan ni ta den?\n\n________\nLampan är trasig."):
            assert read_forward(own, subject=subject, own=own, attached=original) == whole
    empty = read_forward("x", subject="", own="x", attached=Inbound())
    assert empty == Forwarded(from_addr="", comment="x")


LINES = st.lists(
    st.sampled_from([*OUTLOOK_SV.splitlines(), "", "> ", "Hej", "Cc: x,", "---------- Forwarded message ---------"])
    | st.text(max_size=20),
    max_size=15,
).map("\n".join)


@given(LINES, st.sampled_from(["VB: x", "SV: x", "", "Fwd:"]))
def test_never_raises_and_tells_only_what_stands_there(text: str, subject: str) -> None:
    found = read(text, subject)
    if found is not None:
        assert found.from_addr.lower() in text.lower()
        assert found.message_id == ""
        assert found.received_at is None


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1).filter(lambda t: ":" not in t)
)
def test_the_originals_words_come_whole(words: str) -> None:
    found = read(f"{ABOVE}{OUTLOOK_SV}Hej {words} Elsa")
    assert found is not None
    assert found.text == f"Hej {words} Elsa"
    assert found.comment == WHOLE.comment


@pytest.mark.parametrize(
    "piece", ["\n", "Från: a\n", "Från: a\nx\n", "Till: a\nCc:\n", "> ", ">", " ", "-", "Cc: a,\n", "_\n"]
)
@pytest.mark.parametrize("tail", ["", OUTLOOK_SV])
def test_hostile_input_takes_little_time(piece: str, tail: str) -> None:
    begin = time.process_time()
    read(piece * (3_000_000 // len(piece)) + tail)
    read(tail + piece * (3_000_000 // len(piece)))
    assert time.process_time() - begin < 2

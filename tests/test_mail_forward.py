"""The original in a forwarded mail, as each mail program shows it in each language."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_forward import read_forward
from bot.channels.mail_read import read_mail
from bot.port import Forwarded, Inbound
from tests.example import make_mail

WALL = datetime(2026, 11, 17, 16, 2)
WHOLE = Forwarded(
    from_addr="elsa@example.org", from_name="Elsa Exempel", subject="Gatlampan", sent_wall=WALL,
    text="Hej!\n\nLampan är trasig.\nElsa", comment="Kan ni ta den här?\n\n/Bo",
)  # fmt: skip
ABOVE = "Kan ni ta den här?\n\n/Bo\n\n"
BODY = "Hej!\n\nLampan är trasig.\nElsa\n"


def read(text: str, subject: str = "VB: Gatlampan") -> Forwarded | None:
    return read_forward(text, subject=subject, own=text, attached=None)


def some(found: Forwarded | None) -> Forwarded:
    assert found is not None
    return found


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
    "fi": ("Välitetty viesti alkaa:", "Lähettäjä", "Aihe", "Päivämäärä", "Vastaanottaja",
           "17. marraskuuta 2026 klo 16.02.00 EET"),
    "no": ("Videresendt melding:", "Fra", "Emne", "Dato", "Til", "17. november 2026 kl. 16:02:00 CET"),
    "da": ("Start på videresendt besked:", "Fra", "Emne", "Dato", "Til", "17. november 2026 kl. 16.02.00 CET"),
    "de": ("Anfang der weitergeleiteten Nachricht:", "Von", "Betreff", "Datum", "An",
           "17. November 2026 um 16:02:00 MEZ"),
}  # fmt: skip


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
        # Somebody else's address as the name that the writer chose.
        ("Bo <bo@example.net> <elsa@example.org>", "", "elsa@example.org"),
        ("Bo (bo@example.net) [mailto:elsa@example.org]", "", "elsa@example.org"),
        ("bo@example.net elsa@example.org", "", "elsa@example.org"),
    ],
)
def test_how_the_writer_is_shown(shown: str, name: str, address: str) -> None:
    found = some(read(f"Från: {shown}\nSkickat: den 17 november 2026 16:02\nTill: Bo\nÄmne: Gatlampan\n\n{BODY}"))
    assert (found.from_name, found.from_addr) == (name, address)
    assert (found.text, found.comment) == (WHOLE.text, "")


def test_keys_with_marks_sent_apart() -> None:
    block = "Fra\u030an: Elsa <elsa@example.org>\nSkickat: 2026-11-17 16:02\nTill: Bo\nA\u0308mne: Gatlampan\n\nHej"
    found = some(read(block))
    assert (found.from_addr, found.subject, found.text) == ("elsa@example.org", "Gatlampan", "Hej")


def test_a_long_subject_that_was_wrapped_and_one_that_was_not() -> None:
    block = "Från: Elsa <elsa@example.org>\nSkickat: 2026-11-17 16:02\nTill: Bo\n"
    long = "Ämne: Gatlampan utanför Storgatan 4 som har varit släckt i flera\n veckor nu\n\nHej"
    subject = "Gatlampan utanför Storgatan 4 som har varit släckt i flera veckor nu"
    assert some(read(block + long)).subject == subject
    found = some(read(f"{block}Ämne: Gatlampan\nHej!\n\nDen är trasig."))
    assert (found.subject, found.text) == ("Gatlampan", "Hej!\n\nDen är trasig.")


@pytest.mark.parametrize("to", ["Bo <bo@kommun.example>,\nKim <kim@kommun.example>", "Kontakt\n<bo@kommun.example>"])
def test_a_list_of_recipients_that_was_wrapped(to: str) -> None:
    block = f"Från: Elsa <elsa@example.org>\nDate: 2026-11-17 16:02\nSubject: Gatlampan\nTo: {to}\n\nHej"
    found = some(read(f"----- Forwarded message -----\n{block}", "Fwd: Gatlampan"))
    assert (found.subject, found.text) == ("Gatlampan", "Hej")


def test_a_key_that_comes_again_belongs_to_the_text() -> None:
    text = "Till: er alla, hej!\nLampan är trasig."
    assert some(read(f"{OUTLOOK_SV.rstrip()}\n{text}")).text == text


def test_the_first_header_counts_and_what_it_quotes_stays() -> None:
    inner = "Från: Kim <kim@example.com>\nSkickat: den 16 november 2026 09:00\nTill: Elsa\nÄmne: Lampa\n\nNej."
    found = some(read(f"{ABOVE}{OUTLOOK_SV.replace('Gatlampan', 'SV: Lampa')}Jo!\n\n{inner}"))
    assert (found.from_addr, found.subject, found.text) == ("elsa@example.org", "SV: Lampa", f"Jo!\n\n{inner}")


def test_a_rule_within_the_original_is_not_the_forwarders() -> None:
    inner = "----- Forwarded message -----\nFrom: Kim <kim@example.com>\nDate: 2026-11-16 09:00\nSubject: x\n\nNej."
    found = some(read(f"Från: Elsa <elsa@example.org>\nSkickat: {WALL}\nTill: Bo\nÄmne: Lampa\n\nSe:\n\n{inner}"))
    assert (found.from_addr, found.text) == ("elsa@example.org", f"Se:\n\n{inner}")


def test_words_in_the_comment_that_look_like_a_header() -> None:
    found = some(read(f"Färjan gick så här:\nFrån: Storgatan\nTill: Hamnen\n\n{OUTLOOK_SV}{BODY}"))
    assert (found.from_addr, found.comment) == (WHOLE.from_addr, "Färjan gick så här:\nFrån: Storgatan\nTill: Hamnen")


OUTLOOK_SV = "Från: Elsa Exempel <elsa@example.org>\nSkickat: den 17 november 2026 16:02\nTill: Bo\nÄmne: Gatlampan\n\n"


@pytest.mark.parametrize("missing", ["Skickat: den 17 november 2026 16:02\n", "Till: Bo\n", "Ämne: Gatlampan\n"])
def test_one_key_may_be_missing(missing: str) -> None:
    found = some(read(ABOVE + OUTLOOK_SV.replace(missing, "") + BODY, "VB: Gatlampan"))
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


SEEN = datetime(2026, 11, 17, 15, 2, tzinfo=UTC)
ALONG = Inbound(
    from_addr="elsa@example.org", from_name="Elsa Exempel", subject="Gatlampan", message_id="a@mail.example",
    date_seen=SEEN, text="Lampan är trasig.", new_text="Lampan är trasig.",
)  # fmt: skip
ALL_OF_IT = Forwarded(
    from_addr="elsa@example.org", from_name="Elsa Exempel", subject="Gatlampan", message_id="a@mail.example",
    text="Lampan är trasig.", comment="Kan ni ta den?", received_at=SEEN,
)  # fmt: skip


def beside(own: str, subject: str, attached: Inbound = ALONG) -> Forwarded | None:
    return read_forward(own, subject=subject, own=own, attached=attached)


@pytest.mark.parametrize("subject", ["VB: Gatlampan", "Fwd: något annat", "gatlampan "])
def test_an_original_that_came_along_tells_everything(subject: str) -> None:
    assert beside("Kan ni ta den?\n", subject) == ALL_OF_IT
    assert beside("Kan ni ta den?\n\n________\nLampan är trasig.\n", subject) == ALL_OF_IT
    assert some(beside("Hej, kan ni ta den?", subject, replace(ALONG, text="Hej"))).comment == "Hej, kan ni ta den?"


@pytest.mark.parametrize("own", ["", "---\n", "---\nLampan är trasig.", "Lampan är trasig."])
@pytest.mark.parametrize("subject", ["", "Till er", "VS: Gatlampan", "VB: Gatlampan"])
def test_an_original_without_a_word_beside_it(own: str, subject: str) -> None:
    assert beside(own, subject) == replace(ALL_OF_IT, comment="")


@pytest.mark.parametrize("own", ["Stämmer detta? Ett exempel bifogas.", "Jag undrar.\n\n---\nLampan är trasig.", "L"])
@pytest.mark.parametrize("subject", ["Fråga om er rutin", "", "VS: Fråga"])
def test_a_mail_attached_to_words_of_ones_own_is_none(own: str, subject: str) -> None:
    assert beside(own, subject) is None
    assert beside(own, subject, replace(ALONG, subject="", text="L" * 99)) is None


@pytest.mark.parametrize("subject", ["SV: Gatlampan", "Re: VB: Gatlampan"])
def test_a_reply_with_a_mail_attached_carries_none_on(subject: str) -> None:
    for own in ("", "Kan ni ta den?", ABOVE + OUTLOOK_SV + BODY):
        assert beside(own, subject, replace(ALONG, subject=subject)) is None


def test_a_header_in_the_text_goes_before_a_mail_that_came_along() -> None:
    text = ABOVE + OUTLOOK_SV + BODY
    third = replace(ALONG, from_addr="third@example.net", text=WHOLE.text)
    forged = replace(ALONG, text="Något äldre.", date_seen=datetime(2026, 6, 1, tzinfo=UTC))
    for attached in (third, forged, replace(ALONG, from_addr="", text=WHOLE.text), Inbound()):
        assert beside(text, "VB: Gatlampan", attached) == WHOLE
    same = replace(ALONG, from_addr="Elsa@example.org", text=WHOLE.text.replace("\n", " \n"))
    found = some(beside(text, "VB: Gatlampan", same))
    assert (found.received_at, found.message_id, found.comment) == (SEEN, "a@mail.example", WHOLE.comment)
    nameless = OUTLOOK_SV.replace(" <elsa@example.org>", "")
    assert beside(ABOVE + nameless + BODY, "VB: Gatlampan", third) == replace(WHOLE, from_addr="")


def wrapped(text: str, *along: bytes, subject: str = "VB: Gatlampan", sender: str = "kim@kommun.example") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "kontakt@kommun.example", subject
    mail.set_content(text)
    for one in along:
        mail.add_attachment(message_from_bytes(one, policy=default))
    return mail.as_bytes()


def mail_with(text: str, *along: bytes, subject: str = "VB: Gatlampan") -> Forwarded | None:
    return read_mail(wrapped(text, *along, subject=subject), trusted_host="mx.kommun.example").forwarded


THIRD = make_mail("Anbud", sender="third@example.net", subject="Anbud")
ROBOT = make_mail("Borta", sender="bo@example.net", subject="Autosvar: x", Auto_Submitted="auto-replied")
LETTER = make_mail("Nytt", sender="nytt@example.net", List_Unsubscribe="<mailto:u@example.net>", Precedence="bulk")
QUOTES = make_mail(f"Så här skrev hon:\n\n{OUTLOOK_SV}{BODY}", sender="third@example.net", subject="VB: Anbud")


def test_mails_with_mails_attached() -> None:
    assert mail_with(ABOVE + OUTLOOK_SV + BODY, THIRD) == WHOLE
    assert mail_with(ABOVE + OUTLOOK_SV + BODY, ROBOT) == WHOLE
    assert mail_with(ABOVE + OUTLOOK_SV + BODY, THIRD, QUOTES) == WHOLE
    for one in (ROBOT, LETTER):
        assert mail_with("Se bifogat.", one) is None
        assert mail_with("", one) is None
    for text in ("Se bifogat.", ""):
        assert mail_with(text, QUOTES, THIRD) is None  # what stands in one of two is nobody's forward
        found = some(mail_with(text, QUOTES))
        assert (found.from_addr, found.comment) == ("third@example.net", text)
        assert some(found.within).from_addr == "elsa@example.org"
    for text in ("", "Hör hit."):
        found = some(mail_with("", wrapped(text, QUOTES, sender="kalle@kommun.example")))
        assert (found.from_addr, found.within) == ("kalle@kommun.example", None)  # what the third one quotes
    signed = make_mail("Lampan är trasig.\n\nMed vänlig hälsning\nElsa", sender="elsa@example.org", subject="Lampa")
    found = some(mail_with("", signed, subject="Till er"))
    assert (found.from_addr, found.comment) == ("elsa@example.org", "")
    assert mail_with("Stämmer det?", THIRD, subject="SV: Er rutin") is None
    assert mail_with("Stämmer det?", THIRD, subject="Er rutin") is None


def passed(name: str, subject: str) -> str:
    return f"Från: {name} <{name}@kommun.example>\nSkickat: {WALL}\nTill: Bo\nÄmne: {subject}\n\n"


def test_a_forward_of_a_forward() -> None:
    inner = ABOVE + OUTLOOK_SV + BODY
    found = some(read(f"Se nedan.\n\n{passed('kalle', 'VB: Gatlampan')}{inner}"))
    assert (found.from_addr, found.subject, found.comment) == ("kalle@kommun.example", "VB: Gatlampan", "Se nedan.")
    assert found.text == inner.strip()
    assert found.within == WHOLE
    for subject in ("SV: Gatlampan", "Gatlampan"):  # what he answered or quoted
        assert some(read(passed("kalle", subject) + inner)).within is None
    begin, *_ = APPLE["sv"]
    quoted = "".join(f"> {line}\n" for line in f"{ABOVE}{begin}\n\n> {OUTLOOK_SV}> {BODY}".splitlines())
    found = some(some(read(f"{begin}\n\n> {passed('kalle', 'VB: Gatlampan')}{quoted}", "Vidare")).within)
    assert (found.from_addr, found.comment) == ("elsa@example.org", WHOLE.comment)


def test_forwards_within_are_looked_for_five_deep() -> None:
    found = read("".join(passed(f"a{number}", "VB: x") for number in range(9)) + BODY)
    names = []
    while found is not None:
        names.append(found.from_addr.partition("@")[0])
        found = found.within
    assert names == ["a0", "a1", "a2", "a3", "a4", "a5"]


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
        assert (found.message_id, found.received_at) == ("", None)
        assert found.within is None or found.within.from_addr.lower() in found.text.lower()


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1).filter(lambda t: ":" not in t)
)
def test_the_originals_words_come_whole(words: str) -> None:
    found = some(read(f"{ABOVE}{OUTLOOK_SV}Hej {words} Elsa"))
    assert (found.text, found.comment) == (f"Hej {words} Elsa", WHOLE.comment)


@pytest.mark.parametrize(
    "piece", ["\n", "Från: a\n", "Från: a\nx\n", "Till: a\nCc:\n", "> ", ">", " ", "-", "Cc: a,\n", "_\n", "<a@b",
              "Från: <a@b> ", "Från: a@b\nSkickat: 2026\nÄmne: VB: x\n\n",
              "> Från: a@b\n> Skickat: 2026\n> Ämne: VB: x\n"]
)  # fmt: skip
@pytest.mark.parametrize("tail", ["", OUTLOOK_SV])
def test_hostile_input_takes_little_time(piece: str, tail: str) -> None:
    begin = time.process_time()
    read(piece * (3_000_000 // len(piece)) + tail)
    read(tail + piece * (3_000_000 // len(piece)))
    assert time.process_time() - begin < 2

"""What an officer's mail asks for: answer or commands, all of it or nothing, and what never reaches a citizen."""

import re
import sys
import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import check_sign
from bot.desk.case_numbers import misread_number
from bot.desk.command_names import NAMES
from bot.desk.commands import (
    Answer,
    Ask,
    Close,
    Command,
    Hold,
    LeaveOut,
    Note,
    NotUnderstood,
    SetOutcome,
    ShowAll,
    Spoken,
    Take,
    Transfer,
)
from bot.desk.read_commands import MOST_COMMANDS, MOST_TOLD, read_commands
from bot.facts import CaseNumber, ExcludeReason, Result
from bot.questions import History, Journal, Mine, Queue, Show, Similar, WhoSaw

TODAY = date(2026, 11, 18)
K, OTHER = CaseNumber("K-7Q4M2X-G"), CaseNumber("K-AAAAAB-N")
NOTE, WORDS = "/anteckning han är sjuk", "Hej! Lampan lagas."


def read(text: str, case: CaseNumber | None = None) -> tuple[Command, ...]:
    return read_commands(text, TODAY, case)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u200b\n\ufeff", "**", "\xa0"])
def test_an_empty_text_asks_for_nothing(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "Hej!\n\n  Indraget\n\nMvh\nAnna\n-- \nKontaktcenter",
        f"{WORDS}\n1/2 av lamporna, och/eller alla",
        f"{WORDS}\n/Anna",
        f"{WORDS}\n\n//Anna Exempel",
        f"{WORDS}\n/mia",
        f"{WORDS}\n/Mia",
        f"{WORDS}\n/Tina Exempel",
        "Läs mer:\nhttps://kommun.example\n/bygglov/sok-har\n/kontakta-oss.html",
        "Skriv K-7Q4M2X-G i ämnesraden",
        "*Hej* \u200b du",
        "hjälp",
    ],
)
def test_plain_text_is_an_answer_whole_and_unchanged(text: str) -> None:
    assert read(f"\n {text}\n\n") == (Answer(text.strip()),)


@pytest.mark.parametrize(
    "hidden",
    ["\ufeff", "\u200b", "\u200e", "\u2060", "\xad", "*", "**", "_", " \u200b ", "\n\u200b\n", "\x00", "\u3164"],
)
def test_signs_that_nobody_sees_never_make_a_note_an_answer(hidden: str) -> None:
    assert read(hidden + NOTE) == (Note("han är sjuk"),)
    assert read(f"{WORDS}\n{hidden}{NOTE}") == (NotUnderstood(NOTE, ""),)


def test_no_format_or_control_character_at_all_hides_a_command() -> None:
    unseen = [sign for sign in map(chr, range(sys.maxunicode)) if unicodedata.category(sign) in {"Cf", "Cc"}]
    assert len(unseen) > 200
    for sign in unseen:
        assert read(f"x\n{sign}/ta") == (NotUnderstood("/ta", ""),), hex(ord(sign))


@pytest.mark.parametrize("within", ["/an\xadteckning", "/anteck\u200bning", "/ANTECKNING:", "**/anteckning**"])
def test_nor_do_they_within_its_name(within: str) -> None:
    assert read(f"{within} han är sjuk") == (Note("han är sjuk"),)


def test_the_text_of_a_command_keeps_signs_that_matter_to_others() -> None:
    family = "👨\u200d👩\u200d👧 می\u200cخواهم"
    assert read(f"/svar {family}") == (Answer(family),)


@pytest.mark.parametrize(
    ("text", "line", "meant"),
    [
        (f"{WORDS}\n{NOTE}", NOTE, ""),
        (f"{WORDS}\n\n/TA", "/TA", ""),
        (f"{WORDS}\n- {NOTE}", NOTE, ""),
        (f"{WORDS}\n> {NOTE}", NOTE, ""),
        ("• /ta", "/ta", ""),
        (f"{WORDS}\n/mina", "/mina", ""),
        (f"{WORDS}\n/antekning han är sjuk", "/antekning han är sjuk", "/anteckning"),
        (f"{WORDS}\n/Antekning\nhan är sjuk", "/Antekning", "/anteckning"),
        (f"{WORDS}\n/Antekning han är sjuk", "/Antekning han är sjuk", "/anteckning"),
        (f"{WORDS}\n/nte han är sjuk", "/nte han är sjuk", "/anteckning"),
    ],
)
def test_a_command_below_other_words_is_never_sent_even_if_it_is_misspelt(text: str, line: str, meant: str) -> None:
    assert read(text) == (NotUnderstood(line, meant),)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/antekning hej", "/anteckning"), ("/avslut", "/avsluta"), ("/svara Hej", "/svar"), ("/telfon", "/telefon"),
        ("/ ko", "/kö"), ("/clsoe", "/avsluta"), ("/sulkje", "/avsluta"), ("/utansvar skräp", "/utan svar"),
        ("/utan svr tack", "/utan svar"), ("/slåihop", "/slå ihop"), ("/hjalpa", "/hjälp"),
        ("/mallspara jul", "/mall spara"),
        ("/", ""), ("//", ""), ("/42", ""), ("/xyz", ""), ("/bygglov/ansokan", ""),
    ],
)  # fmt: skip
def test_what_is_misspelt_is_not_done_and_the_nearest_command_is_offered_by_its_swedish_name(
    text: str, meant: str
) -> None:
    assert read(text) == (NotUnderstood(text, meant),)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnna",
        "Med vänlig hälsning\nAnna Exempel\nKontaktcenter",
        "Mvh Anna",
        "*Mvh Anna*",
        "\u200b\nVh Anna",
        "________________________________\nKontaktcenter",
        "Best regards\nAnna",
        "Hämta Outlook för iOS",
        "Skickat från min iPhone",
        "Lähetetty puhelimesta",
        "Terveisin\nAnna",
        "/Anna",
        "//Anna Exempel\nKontaktcenter",
        "\u200b\n\xa0\n",
    ],
)
def test_a_signature_below_a_command_says_nothing(signature: str) -> None:
    assert read(f"/avsluta\n\n{signature}") == (Close(),)
    assert read(f"/utan svar skräp\n\n{signature}") == (LeaveOut(ExcludeReason.SPAM),)
    assert read(f"/ringt 45 s\n\n{signature}") == (Spoken(45),)
    assert read(f"/lämna till Bo\nhan kan\n\n{signature}") == (Transfer("Bo", "han kan"),)


@pytest.mark.parametrize("body", ["Hej då!", "Lähetetty hakemus käsitellään.", "/ta\nHej då!\nMvh Anna"])
def test_other_words_below_a_command_could_be_meant_for_the_citizen(body: str) -> None:
    (wrong,) = read(f"/avsluta\n{body}")
    assert isinstance(wrong, NotUnderstood)


def test_in_an_answer_and_in_a_note_a_signature_is_the_officers_own_words() -> None:
    text = "Lampan lagas.\n\nMvh\nAnna\n/Anna"
    assert read(f"/svar {text}") == (Answer(text),)
    assert read(f"/anteckning\n{text}") == (Note(text),)
    assert read(f"/utfall åtgärdat {text}") == (SetOutcome(Result.REMEDIED, text),)
    assert read(f"/delbesked fredag\n\n{text}") == (Hold(date(2026, 11, 20), text),)


def test_commands_of_one_mail_are_read_in_order_each_with_its_lines() -> None:
    mail = f"/ta {K}\n\n/svar Hej!\n\nPå torsdag.\n\n**/anteckning**\nHan ringde.\n/kö\n\nMvh\nAnna"
    assert read(mail) == (Take(K), Answer("Hej!\n\nPå torsdag."), Note("Han ringde."), Ask(Queue()))
    assert read("/svar Hej!\n/Avsluta") == (Answer("Hej!"), Close())


def test_if_one_command_is_not_understood_only_such_are_returned() -> None:
    mail = "/ta\n/svar Hej!\n/antekning hemligt\n/utan svar\n/visa K-7Q4M2X-2\n/mina\n"
    assert read(mail) == (
        NotUnderstood("/antekning hemligt", "/anteckning"),
        NotUnderstood("/utan svar", "/utan svar skräp"),
        NotUnderstood("/visa K-7Q4M2X-2", ""),
    )


def test_a_misspelt_command_below_an_answer_is_not_taken_for_a_name() -> None:
    for line in ("/antekning hemligt", "/Antekning", "/bo är arg", "/bygglov"):
        (wrong,) = read(f"/svar Hej!\n{line}")
        assert isinstance(wrong, NotUnderstood)
        assert wrong.line == line


def test_a_mail_of_very_many_commands_is_not_done_and_not_all_faults_are_told() -> None:
    assert len(read("/ta\n" * MOST_COMMANDS)) == MOST_COMMANDS
    assert read("/ta\n" * (MOST_COMMANDS + 1)) == (NotUnderstood("/ta", ""),)
    assert read("/tax\n" * 500) == (NotUnderstood("/tax", "/ta"),) * MOST_TOLD


def test_a_question_is_about_the_case_of_the_notice_where_it_names_none_and_an_act_names_none() -> None:
    mail = "/visa\n/allt\n/historik\n/liknande\n/vem\n/visa allt\n/ta\n/mina"
    asked = tuple(Ask(question(K)) for question in (Show, Journal, History, Similar, WhoSaw))
    assert read(mail, K) == (*asked, ShowAll(), Take(), Ask(Mine()))
    assert read(f"/visa {OTHER}\n/ta {OTHER}", K) == (Ask(Show(OTHER)), Take(OTHER))
    assert read("/visa") == (NotUnderstood("/visa", "/visa K-…"),)


def test_a_case_is_not_merged_with_itself() -> None:
    assert read(f"/slå ihop {K}", K) == (NotUnderstood(f"/slå ihop {K}", "/slå ihop K-…"),)


@pytest.mark.parametrize(
    "written",
    ["K-7Q4M2X-2", "k7q4m2x2", "K 7Q4M2X 2", "K-7Q4M2X2", "KRANARNA", "k-kranar-n", "K-7Q4M2O-G", "[K-7Q4M2X-2]"],
)
def test_a_number_with_a_wrong_check_sign_is_never_guessed_and_never_text(written: str) -> None:
    for line in (
        f"/ta {written}",
        f"/svar {written} Hej!",
        f"/anteckning {written} Hej!",
        f"/utan svar skräp {written}",
    ):
        assert read(line, K) == (NotUnderstood(line, ""),)
        assert misread_number(line) == written.strip("[]")
    assert misread_number(f"/ta {K}") == ""


@pytest.mark.parametrize("text", ["kranarna byts", "K-märkt hus", "k-market i byn", "konto 1234567", "Kontoret ringde"])
def test_an_ordinary_word_is_no_number(text: str) -> None:
    assert read(f"/anteckning {text}") == (Note(text),)


@given(
    st.from_regex(r"[2-9A-HJKMNP-Z]{6}", fullmatch=True),
    st.sampled_from(["K-{}-{}", "k{}{}", "K {} {}", "K–{}–{}", "({}{})"]),
)
def test_every_number_is_found_however_it_is_written(six: str, way: str) -> None:
    number = CaseNumber(f"K-{six}-{check_sign(six)}")
    written = way.replace("({}", "(K{}").format(six, check_sign(six))
    for said in (written, written.lower(), written.upper()):
        assert read(f"/ta {said}") == (Take(number),)
        assert read(f"/svar {said} Hej!") == (Answer("Hej!", number),)
        assert read(f"/utan svar {said} skräp") == (LeaveOut(ExcludeReason.SPAM, number),)


UNSEEN = "\u200b\ufeff\u2060\xad*_ "
names = [name for spelt in NAMES.values() for name in spelt]
pieces = st.one_of(
    st.sampled_from([
        *names, K, "K-7Q4M2X-2", "till", "fredag", "1/12", "ja", "nej", "45", "s", ":", "\n", "\n\n", "mall", "dag=fre",
        'x="', "skräp", "åtgärdat", "Mvh", "-- ", "/Anna", "/", "//", "\u200b", "**", "- ", "samma person", "v 47",
        "Hej", "\x1c", "\r",
    ]),
    st.text(max_size=5),
)  # fmt: skip
texts = st.one_of(st.text(), st.lists(pieces, max_size=12).map(" ".join), st.lists(pieces, max_size=12).map("".join))
_KNOWN = re.compile("|".join(rf"{re.escape(name)}(?:\s|$)" for name in names), re.IGNORECASE)


def first_seen(line: str) -> str:
    """Return a line from its first visible sign on, told by another rule than that of the reader."""
    signs = [sign for sign in line if unicodedata.category(sign) not in {"Cf", "Cc"}]
    return "".join(signs).lstrip("*_ \t\xa0")


def to_citizens(commands: tuple[Command, ...]) -> list[str]:
    return [one.text for one in commands if isinstance(one, Answer | Hold | SetOutcome)]


@given(texts, st.dates(), st.sampled_from([None, K]))
def test_no_text_is_too_much_and_nothing_is_half_understood(text: str, today: date, case: CaseNumber | None) -> None:
    read = read_commands(text, today, case)
    wrong = [one for one in read if isinstance(one, NotUnderstood)]
    assert not wrong or len(wrong) == len(read)


@given(texts)
def test_no_command_ever_reaches_a_citizen(text: str) -> None:
    for said in to_citizens(read(text)):
        for line in said.splitlines():
            assert not _KNOWN.match(first_seen(line))


@given(texts)
def test_what_begins_with_a_slash_is_sent_by_a_command_that_sends_or_not_at_all(text: str) -> None:
    lines = [first_seen(line) for line in text.splitlines() if first_seen(line).strip()]
    if lines and lines[0].startswith("/"):
        sends = (
            "/svar /answer /vastaus /mall /template /malli /delbesked /holding /väliaikatieto /utfall /outcome /tulos"
        )
        plain = [unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() for word in sends.split()]
        folded = [unicodedata.normalize("NFKD", line.casefold()).encode("ascii", "ignore").decode() for line in lines]
        assert not to_citizens(read(text)) or any(line.startswith(tuple(plain)) for line in folded)


@pytest.mark.parametrize(
    "text",
    [
        "a", "/a", "/svar a", "/svar mall a", "/svar mall dag=a", "/anteckning \u200b ", "/svar K-", "/ta k7q4m2x",
        "/ringt 1", "/ringt 1 ", "/delbesked fredag ", "/lämna bo ", "/lämna bo: bo ", "/ta * ", "\u200b", "*",
        "/utfall vidare ",
        "/telefon ja ", "/borta till ", "/sök a", "/ ", "/anteckning \u0301", "/ta\n", "/xyz\n", "hej\n/xy z\n", "x\n",
        "/svar x\nMvh\n", "/slå ihop samma person ", "/svar mall a=\"", "/mall a = ", "/visa nummer a",
    ],
)  # fmt: skip
def test_a_megabyte_is_read_at_once(text: str) -> None:
    head, last = text[:-1], text[-1]
    whole = (head + last * (1_000_000 // len(last)), text * (1_000_000 // len(text)))
    for long in whole:
        begun = time.process_time()
        assert isinstance(read(long), tuple)
        # Far above what a linear reading takes (0.5 s), far below a quadratic one (hours).
        assert time.process_time() - begun < 30, long[:40]

"""Mails that answer an invitation: what counts, and what a person has to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.survey.replies import Said, read_reply

NAMES = ("Elsa", "Exempel", "elsa")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4", Said(grade=4, answered=True)),
        ("4\n\nMvh Elsa Exempel", Said(grade=4, answered=True)),
        ("5!\nTack för hjälpen", Said(grade=5, answered=True)),
        ("3/5", Said(grade=3, answered=True)),
        ("4 tack", Said(grade=4, answered=True)),
        ("5 Mvh Elsa", Said(grade=5, answered=True)),
        ("fem", Said(grade=5, answered=True)),
        ("2, tack", Said(grade=2, answered=True)),
        ("Ja", Said(answered=True)),
        ("Ja, 4", Said(grade=4, answered=True)),
        ("Ja\n5", Said(grade=5, answered=True)),
        ("Nej", Said(answered=False)),
        ("Ei\nterveisin Elsa", Said(answered=False)),
        ("Nej tack", Said(declines=True)),
        ("Nej tack!\n\nHälsningar\nElsa", Said(declines=True)),
        ("stopp", Said(declines=True)),
        ("4\nMen när lagas lyktan?", Said(grade=4, answered=True, rest="Men när lagas lyktan?")),
        ("4, men när lagas lyktan?", Said(grade=4, answered=True, rest="men när lagas lyktan?")),
        ("1\nRing mig", Said(grade=1, answered=True, rest="Ring mig")),
        ("1\nHjälp", Said(grade=1, answered=True, rest="Hjälp")),
        ("Nej, jag har inte fått svar", Said(answered=False, rest="jag har inte fått svar")),
        ("Nej\nVar är mitt bygglov?", Said(answered=False, rest="Var är mitt bygglov?")),
        ("Ja, tack för hjälpen!", Said(answered=True)),
        ("4 men varför dröjde det?", Said(grade=4, answered=True, rest="men varför dröjde det?")),
        ("Hej!\n\n4\n\nHälsningar", Said(grade=4, answered=True)),
        ("Hej, nej tack", Said(declines=True)),
        ("Nej tack!\n\nMen lyktan är trasig.", Said(declines=True, rest="Men lyktan är trasig.")),
        ("5\n\nHämta Outlook för iOS", Said(grade=5, answered=True)),
        ("5\n\nSkickades från E-post för Windows", Said(grade=5, answered=True)),
        ("2\n\nHämta post", Said(grade=2, answered=True, rest="Hämta post")),
    ],
)
def test_a_digit_a_yes_or_a_no_counts_and_more_is_a_message(text: str, said: Said) -> None:
    assert read_reply(text, NAMES) == said


@pytest.mark.parametrize(
    "text",
    [
        "4 lampor är trasiga", "3 gator är osandade", "1. När öppnar simhallen?\n2. Vad kostar det?", "",
        "Tack för svaret!", "Jag undrar över mitt bygglov", "Nejlikorna har vissnat", "2026 var ett bra år",
        "5-6 lampor", "Jag tar gärna emot er", "4 men are digging up my street", "Hej! 4 lampor är trasiga", "Hej!",
    ],
)  # fmt: skip
def test_an_ordinary_message_is_left_alone(text: str) -> None:
    assert read_reply(text, NAMES) is None


@given(grade=st.integers(1, 5), rest=st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_word_with_a_question_is_ever_lost(grade: int, rest: str) -> None:
    words = f"När {rest}lagas lyktan?".replace("\r", " ")
    said = read_reply(f"{grade}\n{words}", NAMES)
    assert said is not None
    assert said.rest == words.strip()

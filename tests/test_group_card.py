"""What of a case stands in a group, worked out by hand: title, card, buttons, and the board."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import check_sign
from bot.chat_buttons import Press, read_press
from bot.facts import CaseNumber, FactKind, Kind, OfficerId
from bot.groups.board import BoardLine, board_of
from bot.groups.card import SeenCase, beginning_of, title_of
from bot.office import ChatRules, Shown
from tests.group_cases import ANSWERED, CLOSED, LATE, LEFT_OUT, MERGED, NOW, NUMBER, SECRET, TAKEN, card, office, seen


@pytest.mark.parametrize(
    ("happened", "title"),
    [
        ((), "K-7Q4M2X-G · felanmälan · ny"),
        ((TAKEN,), "K-7Q4M2X-G · felanmälan · tagen"),
        ((TAKEN, ANSWERED), "K-7Q4M2X-G · felanmälan · besvarad"),
        ((TAKEN, ANSWERED, CLOSED), "K-7Q4M2X-G · felanmälan · avslutad"),
        ((LEFT_OUT,), "K-7Q4M2X-G · felanmälan · väntar inte på svar"),
        ((MERGED,), "K-7Q4M2X-G · felanmälan · avslutad"),
        (((FactKind.KIND_CHANGED, {"kind": "praise"}),), "K-7Q4M2X-G · beröm · ny"),
        ((SECRET,), "K-7Q4M2X-G"),
    ],
)
def test_the_title_says_number_kind_and_state(happened: tuple[Any, ...], title: str) -> None:
    assert title_of(office(), seen(*happened)) == title


@given(st.text(max_size=300), st.text(max_size=100), st.sampled_from(["telegram", "mail", "phone"]), st.booleans())
def test_the_title_never_holds_words_of_the_citizen(text: str, subject: str, channel: str, secret: bool) -> None:
    one = seen(*([SECRET] if secret else []), text=text, subject=subject, channel=channel)
    allowed = {"K-7Q4M2X-G", "K-7Q4M2X-G · felanmälan · ny"}
    rules = ChatRules(mail_shown=Shown.FULL)
    assert {title_of(office(), one), title_of(office(rules), one)} <= allowed


FULL = """K-7Q4M2X-G · felanmälan
Läge: ny
Har ärendet: ingen
Kom in: måndag 16 november kl. 09.12 i Telegram
Svara senast: tisdag 17 november kl. 09.12 (så mäts det)
Lovat den som frågar: senast onsdag 18 november

Gatlyktan vid Storgatan 3 lyser inte. Jag heter Elsa Exempel."""


def test_a_card_in_full() -> None:
    one = card(seen())
    assert one.html.text == FULL
    assert (one.level, one.late, one.whole) == (Shown.FULL, False, True)
    assert str(one.html).startswith("<b>K-7Q4M2X-G · felanmälan</b>\n")
    assert "<blockquote>Gatlyktan" in str(one.html)


@pytest.mark.parametrize(
    ("happened", "now", "says"),
    [
        ((), LATE, "FÖRSENAD. Skulle ha besvarats: tisdag 17 november kl. 09.12 (så mäts det)"),
        ((TAKEN,), NOW, "Läge: tagen\nHar ärendet: Anna Exempel\n"),
        ((TAKEN, ANSWERED), LATE, "Läge: besvarad\nHar ärendet: Anna Exempel\nKom in: måndag 16 november kl. 09.12 i "
         "Telegram\nInget väntar på svar här.\n"),
        (((FactKind.TOPIC_SET, {"topic": "gatljus"}),), NOW, "Ämne: gatljus\n"),
        (((FactKind.MARKED, {"mark": "language", "value": "fi"}),), NOW, "Språk: finska\n"),
        (((FactKind.MARKED, {"mark": "interpreter", "value": "so"}),), NOW, "Tolk behövs: somaliska\n"),
        (((FactKind.MARKED, {"mark": "diary", "value": "yes"}),), NOW, "Ska diarieföras.\n"),
        (((FactKind.DELAYED, {"until": "2026-11-20"}),), NOW, "Lovat den som frågar: senast fredag 20 november\n"),
        ((MERGED,), NOW, "Läge: avslutad\n"),
        ((MERGED,), NOW, "Hopslaget med: K-222222-2\n"),
        (((FactKind.MERGED, {"from": "K-222222-2"}),), NOW, "Hopslaget med: K-222222-2\n"),
    ],
)  # fmt: skip
def test_what_a_card_tells(happened: tuple[Any, ...], now: datetime, says: str) -> None:
    assert says in card(seen(*happened), now=now).html.text + "\n"


@pytest.mark.parametrize(
    ("authentic", "says"),
    [
        ("pass", "Avsändaren är kontrollerad av vår e-postserver."),
        ("fail", "Varning: avsändaradressen kan vara förfalskad."),
        ("none", "Vi har inte kunnat kontrollera avsändaren."),
    ],
)
def test_a_mail_that_may_be_shown_tells_whether_its_sender_is_who_it_says(authentic: str, says: str) -> None:
    one = card(seen(channel="mail", subject="Lyktan", authentic=authentic), ChatRules(mail_shown=Shown.FULL))
    assert says in one.html.text
    assert "Kom in: måndag 16 november kl. 09.12 med e-post" in one.html.text
    assert one.html.text.endswith("\n\nLyktan\nGatlyktan vid Storgatan 3 lyser inte. Jag heter Elsa Exempel.")


BARE = """K-7Q4M2X-G
Svara senast: tisdag 17 november kl. 09.12 (så mäts det)
Öppna ärendet via e-post."""


@pytest.mark.parametrize(
    ("one", "rules", "units"),
    [
        (seen(channel="mail"), None, {}),
        (seen(channel="phone"), None, {}),
        (seen(SECRET), None, {}),
        (seen(SECRET, channel="mail"), ChatRules(mail_shown=Shown.FULL), {}),
        (seen(), None, {"kc": {"group": -1, "secrecy": True}}),
        (seen(), ChatRules(shown=Shown.NUMBER), {}),
    ],
    ids=["mail", "phone", "secret", "secret mail", "unit with secrecy", "by rule"],
)
def test_number_and_due_time_only(one: SeenCase, rules: ChatRules | None, units: dict[str, Any]) -> None:
    bare = card(one, rules, **units)
    assert bare.html.text == BARE
    assert [[button.words for button in row] for row in bare.buttons] == [["Ta"]]
    assert title_of(office(rules, **units), one) == NUMBER


@pytest.mark.parametrize(
    ("happened", "buttons"),
    [
        ((), [["Ta", "Svara", "Delbesked"], ["Lämna över", "Anteckning", "Avsluta"], ["Mer"]]),
        ((TAKEN,), [["Släpp", "Svara", "Delbesked"], ["Lämna över", "Anteckning", "Avsluta"], ["Mer"]]),
        ((TAKEN, CLOSED), [["Öppna igen", "Anteckning", "Mer"]]),
        ((MERGED,), []),
    ],
)
def test_buttons_in_words(happened: tuple[Any, ...], buttons: list[list[str]]) -> None:
    one = card(seen(*happened))
    assert [[button.words for button in row] for row in one.buttons] == buttons
    for button in (button for row in one.buttons for button in row):
        pressed = read_press(button.data)
        assert pressed is not None
        assert pressed.case == NUMBER
        assert len(button.words) <= 28


def test_only_the_beginning_of_what_is_long_or_is_to_be_short() -> None:
    long = "Det lyser inte. " * 60
    assert card(seen(text=long)).html.text.endswith("lyser inte. Det…")
    assert not card(seen(text=long)).whole
    short = card(seen(text="ord " * 60), ChatRules(shown=Shown.SHORT))
    quoted = short.html.text.partition("\n\n")[2]
    assert (len(quoted) <= 200, quoted[-5:], short.whole) == (True, " ord…", False)


def test_hostile_words_and_personal_numbers() -> None:
    one = card(seen(text="<b>Hej</b> & <a href='http://x'>x</a> 811228-9874 k.abc"))
    assert "&lt;b&gt;Hej&lt;/b&gt; &amp; &lt;a href='http://x'&gt;" in str(one.html)
    assert "[personnummer dolt]" in one.html.text
    assert "9874" not in str(one.html)


@given(st.text(max_size=400), st.integers(2, 50))
def test_a_beginning_is_never_too_long(words: str, most: int) -> None:
    cut = beginning_of(words, most)
    assert len(cut) <= most
    assert cut == words or cut.endswith("…")


def test_equal_cards_are_told_by_their_digest() -> None:
    assert card(seen()).digest == card(seen()).digest
    assert len({card(seen()).digest, card(seen(TAKEN)).digest, card(seen(), now=LATE).digest}) == 3


# The board


def line(number: str, minutes: int, *, owner: str = "", **of: Any) -> BoardLine:
    due = NOW + timedelta(minutes=minutes)
    return BoardLine(**{"number": CaseNumber(number), "kind": Kind.FAULT, "due": due, "owner": OfficerId(owner), **of})


NUMBERS = [f"K-22222{sign}-{check_sign(f'22222{sign}')}" for sign in "23456789ABCD"]


def test_the_board_lists_what_is_due_next() -> None:
    shown = [
        line(NUMBERS[0], -60, owner="anna"),
        line(NUMBERS[1], 0),
        line(NUMBERS[2], 60, kind=Kind.PRAISE),
        line(NUMBERS[3], 60, kind=None),
        line(NUMBERS[4], 24 * 60, kind=None, secret=True, owner="bo"),
    ]
    board = board_of(office(), shown, 12, 2, NOW)
    assert board.html.text == (
        "12 ärenden väntar på svar, 2 är försenade\n\n"
        f"{NUMBERS[0]} · felanmälan · försenad sedan kl. 08.12 · Anna Exempel\n"
        f"{NUMBERS[1]} · felanmälan · försenad sedan kl. 09.12 · ingen\n"
        f"{NUMBERS[2]} · beröm · i dag kl. 10.12 · ingen\n"
        f"{NUMBERS[3]} · i dag kl. 10.12 · ingen\n"
        f"{NUMBERS[4]} · i morgon kl. 09.12\n\n"
        "… och 7 ärenden till.\n\n"
        "Uppdaterad kl. 09.12."
    )
    assert [[button.words for button in row] for row in board.buttons] == [
        [f"Ta {NUMBERS[1]}", f"Ta {NUMBERS[2]}"], [f"Ta {NUMBERS[3]}"], ["Logga samtal", "Kön"],
    ]  # fmt: skip


def test_the_board_is_ten_lines_and_six_buttons_at_most() -> None:
    board = board_of(office(), [line(number, 1) for number in NUMBERS], 12, 0, NOW)
    assert board.html.text.count("felanmälan") == 10
    assert "… och 2 ärenden till." in board.html.text
    takes = [button for row in board.buttons for button in row if button.data.startswith(Press.TAKE.value)]
    assert len(takes) == 6


def test_an_empty_board() -> None:
    board = board_of(office(), [], 0, 0, NOW)
    assert board.html.text == "Inget väntar på svar\n\nUppdaterad kl. 09.12."
    assert [[button.words for button in row] for row in board.buttons] == [["Logga samtal", "Kön"]]


def test_only_what_it_says_makes_another_board() -> None:
    now, later = (board_of(office(), [line(NUMBERS[0], 60)], 1, 0, at) for at in (NOW, NOW + timedelta(minutes=5)))
    assert now.digest == later.digest
    assert now.html.text != later.html.text
    assert board_of(office(), [line(NUMBERS[0], 60, owner="bo")], 1, 0, NOW).digest != now.digest

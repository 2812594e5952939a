"""The personal-number guard: what is masked, what stays, and that nothing else changes.

All numbers are made up by their official rule; none is known to belong to anybody.
"""

import time
from calendar import monthrange

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.guard import NumberKind, find_numbers, holds_number, mask

P, S, H, C = NumberKind.PERSONNUMMER, NumberKind.SAMORDNINGSNUMMER, NumberKind.HENKILOTUNNUS, NumberKind.CARD


def luhn_digit(digits: str) -> str:
    """The check digit, by adding it up on the fingers: every second from the right doubled, its digits summed."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def finnish(born: str, sign: str, serial: str) -> str:
    return born + sign + serial + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(born + serial) % 31]


# Luhn over 811218-987: 7+1+2+2+2+8+9+8+5 = 44, so the last digit is 6.
@pytest.mark.parametrize(
    ("text", "hidden", "kind"),
    [
        ("811218-9876", "811218-9876", P),
        ("19811218-9876", "19811218-9876", P),
        ("811218+9876", "811218+9876", P),
        ("8112189876", "8112189876", P),
        ("198112189876", "198112189876", P),
        ("Mitt nummer är 19811218 9876.", "19811218 9876", P),
        ("811218 – 9876", "811218 – 9876", P),
        ("(811218\u20119876)", "811218\u20119876", P),
        ("811218\u00a0\u2212\u00a09876", "811218\u00a0\u2212\u00a09876", P),
        ("811218\u00ad-\u200b9876", "811218\u00ad-\u200b9876", P),
        ("811218－9876", "811218－9876", P),
        ("811218-\n9876", "811218-\n9876", P),
        ("> 811218-\n> 9876", "811218-\n> 9876", P),
        ("８１１２１８-９８７６", "８１１２１８-９８７６", P),
        ("1981-12-18-9876", "1981-12-18-9876", P),
        ("skannat_811218-9876_sid1.pdf", "811218-9876", P),
        ("811218_9876.pdf", "811218_9876", P),
        ("https://kommun.example/arende?pnr=811218-9876&x=1", "811218-9876", P),
        ("https://kommun.example/?pnr%3D811218%2D9876", "811218%2D9876", P),
        ("https://kommun.example/?q=pnr%20811218-9876", "811218-9876", P),
        ("811218-9876@example.org", "811218-9876", P),
        ("<811218-9876.17@mail.example>", "811218-9876", P),
        ("000229-0005", "000229-0005", P),
        ("20000229-0005", "20000229-0005", P),
        ("811278-9873", "811278-9873", S),
        ("19811278-9873", "19811278-9873", S),
        ("131052-308T", "131052-308T", H),
        ("131052-308t", "131052-308t", H),
        ("131052 – 308T", "131052 – 308T", H),
        ("131052a308t", "131052a308t", H),
        ("131052+308T", "131052+308T", H),
        ("hetu: 131052Y308T, kiitos", "131052Y308T", H),
        ("010594Y9032", "010594Y9032", H),
        ("4111 1111 1111 1111", "4111 1111 1111 1111", C),
        ("4111-1111-1111-1111", "4111-1111-1111-1111", C),
        ("4111111111111111", "4111111111111111", C),
        ("4111\u00a01111\u00a01111\u00a01111", "4111\u00a01111\u00a01111\u00a01111", C),
        ("4111 1111 1111 1111 123", "4111 1111 1111 1111", C),
        ("5555555555554444", "5555555555554444", C),
        ("2223003122003222", "2223003122003222", C),
        ("378282246310005", "378282246310005", C),
        ("3782 822463 10005", "3782 822463 10005", C),
        ("30569309025904", "30569309025904", C),
        ("6011111111111117", "6011111111111117", C),
        ("6304 0000 0000 0000", "6304 0000 0000 0000", C),
        ("mitt kort 6304000000000000", "6304000000000000", C),
    ],
)
def test_found(text: str, hidden: str, kind: NumberKind) -> None:
    assert [(text[found.begin : found.end], found.kind) for found in find_numbers(text)] == [(hidden, kind)]
    assert holds_number(text)
    assert mask(text, lambda kind: f"[{kind}]") == text.replace(hidden, f"[{kind}]")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "811218-9875",  # check digit
        "811318-9875",  # month 13; the check digit is right
        "810229-0007",  # 1981 was no leap year
        "19000229-0005",  # nor was 1900
        "811200-9876",  # day 0
        "811260-9873",  # day 60: neither born nor coordinated
        "811292-9875",  # day 32 + 60
        "17811218-9876",
        "556036-0793",  # an organisation's: the third digit is 2 or more
        "5560360793",
        "165560360793",
        "x811218-9876",
        "811218-9876x",
        "A8112189876",
        "18112189876",
        "811218-98760",
        "811218\n9876",  # two lines of a table
        "+468112189876",
        "+46 8112189876",
        "0046 8112189876",
        "Ring +46 (0)702091234",
        "131052-308U",
        "131052308T",  # no century sign
        "131052G308T",
        "310252-308Y",  # 31 February
        "131052-001W",  # individual numbers begin at 002
        "x131052-308T",
        "131052-308TX",
        "290201-308H",  # 29 February 1901; the sign says the century
        "4111 1111 1111 1112",
        "9111 1111 1111 1110",
        "41111111111111111115",
        "+4111111111111111",
        "SE45 5000 0000 0583 9825 7466",
        "SE4550000000058398257466",
        "FI21 1234 5600 0007 85",
        "DE89 4111 1111 1111 1111 00",
        "6304000000000000",  # Maestro, run together, without a word for a card
        "OCR 4111111111111111",
        "Viitenumero 4111111111111111",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-11-17 16:02:15.123456",
        "Dnr KS 2026/1218, K-7Q4M2X-9, tel 08-123 456 78",
    ],
)
def test_stays(text: str) -> None:
    assert find_numbers(text) == []
    assert not holds_number(text)
    assert mask(text, str) is text


@pytest.mark.parametrize(
    ("before", "hidden"),
    [
        ("", False),
        ("Ring mig på ", False),
        ("Mobil: ", False),
        ("Jag nås på ", False),
        ("puh. ", False),
        ("mitt nr är ", False),
        ("Personnummer: ", True),
        ("pers.nr ", True),
        ("persnr ", True),
        ("PNR:", True),
        ("p-nr ", True),
        ("p.nr ", True),
        ("min dotter, född ", True),
        ("id-nummer ", True),
        ("SSN ", True),
        ("my personal number is ", True),
        ("henkilötunnus ", True),
        ("hetu ", True),
        ("poikani, syntynyt ", True),
        ("personnummer 811218-9876, mobil ", False),  # the nearest word decides
        ("Ring mig gärna. Personnummer ", True),
        ("personnummer " + "x " * 20, False),
        ("personnummer 811218-9876\n", False),  # it spoke of the other one
    ],
)
def test_ten_digits_that_look_like_a_mobile(before: str, hidden: bool) -> None:
    number = "070209123" + luhn_digit("070209123")
    kinds = [found for found in find_numbers(f"{before}{number}") if found.begin == len(before)]
    assert bool(kinds) is hidden


@pytest.mark.parametrize("digits", ["010120123", "031218987", "040120123", "070120123", "081218987", "090520123"])
def test_ten_digits_that_begin_as_an_area_code_stay_unless_they_are_separated(digits: str) -> None:
    number = digits + luhn_digit(digits)
    assert not holds_number(number)
    assert holds_number(f"{number[:6]}-{number[6:]}")
    assert holds_number(f"20{number}")


def test_year_2000_and_a_separated_number_behind_a_word_for_telephones() -> None:
    number = "000612123" + luhn_digit("000612123")
    assert holds_number(number)  # no telephone number begins with 000
    number = "070209123" + luhn_digit("070209123")
    assert holds_number(f"{number[:6]} {number[6:]}")
    assert not holds_number(f"tel {number[:6]} {number[6:]}")
    assert holds_number(f"tel {number[:6]}-{number[6:]}")


def test_several_in_order_each_by_its_kind() -> None:
    text = "Jag (811218-9876) och 131052-308T betalar med 4111 1111 1111 1111; han 811278-9873."
    assert [found.kind for found in find_numbers(text)] == [P, H, C, S]
    assert mask(text, lambda kind: f"[{kind.name}]") == (
        "Jag ([PERSONNUMMER]) och [HENKILOTUNNUS] betalar med [CARD]; han [SAMORDNINGSNUMMER]."
    )


def test_the_century_sign_decides_whether_the_day_existed() -> None:
    assert holds_number(finnish("290200", "A", "308"))  # 2000 was a leap year
    assert not holds_number(finnish("290200", "-", "308"))  # 1900 was none
    assert holds_number(finnish("010150", "+", "308"))
    assert not holds_number(finnish("010149", "+", "308"))  # 1849: nobody of that year ever had one


def test_none_overlaps_another() -> None:
    text = "4000 4000 4000 4008 0008"  # the last four groups would be right by Luhn too
    assert [text[found.begin : found.end] for found in find_numbers(text)] == ["4000 4000 4000 4008"]
    assert holds_number(text[5:])


@st.composite
def swedish_numbers(draw: st.DrawFn) -> tuple[str, NumberKind]:
    year = draw(st.integers(1850, 2099))
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, monthrange(year, month)[1]))
    kind = draw(st.sampled_from([P, S]))
    ten = f"{year % 100:02}{month:02}{day + (60 if kind is S else 0):02}{draw(st.integers(0, 999)):03}"
    ten += luhn_digit(ten)
    born = (f"{year // 100}" if draw(st.booleans()) else "") + ten[:6]
    return born + draw(st.sampled_from(["-", "+", " - ", "–", "\u2011", "\u00a0-\u00a0", "-\n"])) + ten[6:], kind


@st.composite
def finnish_numbers(draw: st.DrawFn) -> tuple[str, NumberKind]:
    sign = draw(st.sampled_from("+-YXWVUABCDEF"))
    century = 1800 if sign == "+" else 2000 if sign in "ABCDEF" else 1900
    year = century + draw(st.integers(50 if century == 1800 else 0, 99))
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, monthrange(year, month)[1]))
    number = finnish(f"{day:02}{month:02}{year % 100:02}", sign, f"{draw(st.integers(2, 999)):03}")
    # Two rules can hold for the same digits; the Swedish one is asked first.
    assume(not number[-1].isdigit() or sign not in "+-" or luhn_digit(number[:6] + number[7:10]) != number[-1])
    return number, H


ISSUERS = [
    *((prefix, 16) for prefix in ("4", "51", "55", "2221", "2720", "6011", "65", "644")),
    *((prefix, 14) for prefix in ("30", "36", "38")),
    *[("4", 13), ("4", 19), ("34", 15), ("37", 15)],
]


@st.composite
def card_numbers(draw: st.DrawFn) -> tuple[str, NumberKind]:
    prefix, length = draw(st.sampled_from(ISSUERS))
    body = prefix + draw(st.text("0123456789", min_size=length - 1 - len(prefix), max_size=length - 1 - len(prefix)))
    number = body + luhn_digit(body)
    gap = draw(st.sampled_from(["", " ", "-", "\u00a0"])) if length in (16, 19) else ""
    return gap.join(number[at : at + 4] for at in range(0, length, 4)), C


def flipped(number: str) -> str:
    """The same with another check character of the same sort."""
    if number[-1].isdigit():
        return number[:-1] + str((int(number[-1]) + 1) % 10)
    return number[:-1] + ("A" if number[-1] != "A" else "B")


NUMBERS = st.one_of(swedish_numbers(), finnish_numbers(), card_numbers())
WORDS = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=30)


@given(WORDS, NUMBERS, WORDS)
def test_valid_numbers_are_found_in_any_text(before: str, number: tuple[str, NumberKind], after: str) -> None:
    digits, kind = number
    text = f"{before} ({digits}) {after}"
    begin = len(before) + 2
    assert [(found.kind, found.begin, found.end) for found in find_numbers(text)] == [
        (kind, begin, begin + len(digits))
    ]
    assert mask(text, lambda kind: "[x]") == f"{before} ([x]) {after}"


@given(WORDS, st.one_of(swedish_numbers(), card_numbers()), WORDS)
def test_a_wrong_check_digit_is_no_number(before: str, number: tuple[str, NumberKind], after: str) -> None:
    assume(len(number[0]) <= 19 or number[1] is not C)  # in groups, the first 16 of 19 digits may be right by chance
    text = f"{before} ({flipped(number[0])}) {after}"
    # A Swedish number that is wrong can be a Finnish one by chance (1 in 31, if its day fits a Finnish date).
    assert all(found.kind is H for found in find_numbers(text))


@given(finnish_numbers())
def test_a_wrong_check_character_is_no_finnish_number(number: tuple[str, NumberKind]) -> None:
    assert all(found.kind is not H for found in find_numbers(flipped(number[0])))


MESSY = st.lists(
    st.one_of(
        st.text("0123456789+-–_ \n>%aZ@.:", max_size=25),
        st.text(max_size=5),
        NUMBERS.map(lambda number: number[0]),
        st.sampled_from(["personnummer ", "tel ", "kort ", "OCR ", "+46 ", "SE45 ", "070209", "8112189876"]),
    ),
    max_size=12,
).map("".join)


@given(MESSY)
@settings(max_examples=300)
def test_nothing_else_changes_and_masking_twice_is_masking_once(text: str) -> None:
    found = find_numbers(text)
    assert holds_number(text) is bool(found)
    done, rest = 0, ""
    for number in found:
        assert done <= number.begin < number.end <= len(text)
        rest += text[done : number.begin] + "[personnummer]"
        done = number.end
    once = mask(text, lambda kind: "[personnummer]")
    assert once == rest + text[done:]
    for label in ("[personnummer dolt]", "***", "████", "[kort, tel]"):
        once = mask(text, lambda kind, label=label: label)  # type: ignore[misc]
        assert mask(once, lambda kind: "!") == once


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "8",
            "2",
            "２",
            "%20",
            "811218-",
            "811218 - ",
            "8112189875 ",
            "131052-",
            "1234 ",
            "2026-11-17-",
            "SE45 5000 ",
        ),
        *("4111 ", "4111 1111 1111 1112 ", "63040000000000 ", "personnummer 0702091231 ", "8" * 19 + " "),
    ],
)
def test_hostile_input_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        begin = time.process_time()
        find_numbers(text)
        return time.process_time() - begin

    assert seconds(300_000) < 40 * max(min(seconds(30_000) for _ in range(3)), 0.0005)

"""Signed addresses and tags: they survive what mail systems do to them, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import ALPHABET, check_sign
from bot.facts import CaseNumber, OfficerId, OutboxId
from bot.tokens import BounceToken, CitizenToken, DeskToken, OfficerToken, Token, Tokens, has_secret, without_tag

KEY = b"a key that only the tests use"
BASE = "kontakt@kommun.example"
tokens = Tokens(KEY)

numbers = st.text(ALPHABET, min_size=6, max_size=6).map(lambda six: CaseNumber(f"K-{six}-{check_sign(six)}"))
officers = st.builds(
    OfficerToken,
    numbers,
    st.integers(1, 10_000),
    st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True).map(OfficerId),
    st.booleans(),
)

desks = st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True).map(OfficerId).map(DeskToken)


def _address(token: Token) -> str:
    match token:
        case CitizenToken(case):
            return tokens.citizen_address(BASE, case)
        case OfficerToken():
            return tokens.officer_address(BASE, token, OutboxId(123_456_789))
        case BounceToken(outbox):
            return tokens.return_path(BASE, outbox)
        case DeskToken(officer):
            return tokens.desk_address(BASE, officer)


everything = st.one_of(
    numbers.map(CitizenToken), officers, desks, st.integers(0, 10**12).map(lambda n: BounceToken(OutboxId(n)))
)


@given(everything)
def test_an_address_reads_back_also_in_other_letter_case(token: Token) -> None:
    address = _address(token)
    assert tokens.read(address) == tokens.read(address.upper()) == token


@given(everything)
def test_the_local_part_is_never_longer_than_mail_allows(token: Token) -> None:
    # RFC 5321 §4.5.3.1.1: 64 octets. The longest: address 12, "+d-" 3, number 7, inquiry 3, officer 12, notice 6,
    # signature 16, and 4 dashes between: 63.
    long = _address(token).replace("kontakt+", "abcdefghijkl+")
    assert len(long.partition("@")[0]) <= 64


@given(everything, st.integers(0, 200), st.sampled_from("abcdefghij234567-"))
def test_a_changed_address_says_nothing(token: Token, place: int, sign: str) -> None:
    address = _address(token)
    local, _, domain = address.partition("@")
    start = len("kontakt+")
    place = start + place % (len(local) - start)
    changed = f"{local[:place]}{sign}{local[place + 1 :]}@{domain}"
    if changed != address:
        assert tokens.read(changed) is None


@given(st.text())
def test_any_other_text_says_nothing(text: str) -> None:
    assert tokens.read(text) is None
    assert tokens.case_in_subject(text) is None


def test_another_key_does_not_open_it() -> None:
    other = Tokens(b"another key of the same length!!")
    assert other.read(tokens.return_path(BASE, OutboxId(1))) is None


@given(numbers, st.sampled_from(["Re: Gatlykta {}", "SV: {} Gatlykta", "Fwd: x {}\ny", "{}"]))
def test_the_tag_is_found_in_a_subject_and_taken_out_again(number: CaseNumber, subject: str) -> None:
    tagged = subject.format(tokens.subject_tag(number))
    assert tokens.case_in_subject(tagged) == tokens.case_in_subject(tagged.lower()) == number
    assert "K-" not in without_tag(tagged)


def test_a_wrong_tag_does_not_count_but_a_right_one_beside_it_does() -> None:
    number = CaseNumber("K-222222-2")
    assert tokens.case_in_subject("Re: [K-222222-2 aaaaa]") is None
    assert tokens.case_in_subject(f"Re: [K-333333-Q aaaaa] {tokens.subject_tag(number)}") == number


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("<kontakt+d-abg3dsk-1-anna-2-gta2vluopcyjl6on@kommun.example>:", True),
        ("kontakt+e-abg3dsk-1-anna-2-gta2vluopcyjl6on@kommun.example", True),
        ("KONTAKT+B-1Z-GTA2VLUOPCYJL6ON@KOMMUN.EXAMPLE", True),
        ("kontakt+c-abg3dsk-gta2vluopcyjl6on@kommun.example", False),  # the citizen's own
        ("anna+d-vitamin@example.org", False),
    ],
)
def test_secret_addresses_are_seen_in_running_text(text: str, secret: bool) -> None:
    assert has_secret(f"Den fre 20 nov skrev {text} hej") is secret


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        Tokens(b"short")

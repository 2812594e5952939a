"""What a word is found by. Each row of a table is one word in the forms in which people write it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stems import MOST, is_stem, query_stems, stems

SAME = (
    "avfall avfallet avfalls avfallets",
    "anmälan anmälningar anmälningen anmälans",
    "ansökan ansökningar ansökningarna",
    "artikel artikeln artiklar",
    "avgift avgiften avgifter avgifterna",
    "barn barnet barnen barns",
    "betyg betyget betygen",
    "bibliotek biblioteket biblioteken",
    "budget budgeten budgetens",
    "buller bullret",
    "bygglov bygglovet bygglovs",
    "busshållplats busshållplatsen busshållplatser",
    "cykel cykeln cyklar cyklarna",
    "detaljplan detaljplanen detaljplaner",
    "faktura fakturan fakturor fakturorna",
    "fönster fönstret fönstren",
    "förskola förskolan förskolor förskolans",
    "gatlykta gatlyktan gatlyktor gatlyktorna",
    "gräns gränsen gränser",
    "hund hunden hundar hundarna",
    "häck häcken häckar",
    "idé ide idéer",
    "klotter klottret",
    "kommun kommunen kommuner kommunens",
    "kontrakt kontraktet kontrakten",
    "lampa lampan lampor lamporna",
    "lekplats lekplatsen lekplatser",
    "nyckel nyckeln nycklar",
    "räkning räkningen räkningar",
    "skolskjuts skolskjutsen skolskjutsar",
    "snöröjning snöröjningen snöröja",
    "soptunna soptunnan soptunnor",
    "STORGATAN storgatan Storgata storgatans",
    "tecken tecknet",
    "tillstånd tillståndet",
    "tidning tidningen tidningar",
    "träd trädet träden",
    "vatten vattnet",
    "vattenläcka vattenläckan vattenläckor",
    "vinter vintern vintrar",
    "ärende ärendet ärenden",
    "öppen öppet öppna",
)

APART = (
    "barn bar",
    "hamn ham",
    "hund hundra",
    "internet inte",
    "klot klotter",
    "medel med",
    "park parkering",
    "plan plats",
    "regn regel",
    "tid tidning",
    "vagn vag",
    "väg vägg",
)


@pytest.mark.parametrize("forms", SAME)
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len(stems(forms)) == 1, {form: stems(form) for form in forms.split()}


@pytest.mark.parametrize("words", APART)
def test_different_words_stay_apart(words: str) -> None:
    assert len(stems(words)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("...!? 😀", []),
        ("Hål, hål och HÅL", ["hål", "och"]),
        ("Storgatan 14 B", ["storgat", "14", "b"]),
        ("08-587 850 00", ["08", "587", "850", "00"]),
        ("bygg\u00adlov", ["bygglov"]),  # a soft hyphen that no reader sees
        ("a\u030akerva\u0308g", ["åkerväg"]),  # å in two signs
        ("idé André", ["ide", "andr"]),
        ("Öre øre", ["öre"]),
        ("e_post", ["e", "post"]),
        ("İzmir", ["izmir"]),
        ("x" * 41, ["x" * 40, "x"]),
    ],
)
def test_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("Skriv till <Anna@Example.org>.", "anna@example.org", "exampel"),
        ("mailto:anna.b+x@mail-1.example.org,", "anna.b+x@mail-1.example.org", "mail"),
        ("Gäller K-222222-3", "k-222222-3", ""),
        ("Gäller K-222222-2.", "k-222222-2", "222222"),
        ("gäller k 222222 2", "k-222222-2", "222222"),
        ("anna@kommun", "anna@kommun", ""),
        ("a@b@example.org", "b@example.org", ""),
    ],
)
def test_addresses_and_case_numbers_are_kept_whole_and_in_parts(text: str, whole: str, part: str) -> None:
    found = stems(text)
    assert (whole in found) == bool(part)
    assert not part or part in found
    assert (query_stems(text).count(whole), part in query_stems(text)) == (int(bool(part)), False)


def test_who_asks_for_an_address_gets_that_address_only() -> None:
    assert query_stems("lampan Anna@Example.org K2222222") == ["anna@example.org", "k-222222-2", "lamp"]


def test_an_address_that_is_too_long_is_found_by_its_parts() -> None:
    # 89 + 12 signs: one too many
    assert stems("a" * 89 + "@example.org") == ["a" * 40, "a" * 9, "exampel", "org"]
    assert stems("a" * 88 + "@example.org")[0] == "a" * 88 + "@example.org"


def test_a_text_has_no_more_than_5000_stems() -> None:
    found = stems(" ".join(f"{number}a" for number in range(6_000)) + " anna@example.org")
    assert len(found) == MOST
    assert found[:2] == ["anna@example.org", "0a"]


@pytest.mark.parametrize(
    "text",
    ["a\u0301\u0316" * 60_000, "a" + "\u0301\u0316" * 90_000, "a@" * 90_000, "a." * 90_000, "k-222222-" * 20_000,
     "\u05d0" + "\u05b0\u05c1" * 90_000, "é" * 180_000, "a@" + "b." * 90_000, "-" * 180_000],
)  # fmt: skip
def test_what_is_made_to_take_long_is_read_at_once(text: str) -> None:
    # Were any pass quadratic, this would take minutes.
    assert len(stems(text)) <= 4


WORDS = st.text(st.sampled_from("abcåäöéèeknorst @.-+_K279\u0301\u030a\u0308\u00ad\n"), max_size=60)


@given(WORDS | st.text(max_size=60))
def test_whatever_is_written_gives_stems_that_both_engines_take(text: str) -> None:
    found = stems(text)
    assert len(set(found)) == len(found)
    for stem in found:
        assert is_stem(stem)
        assert stem == stem.lower()
        assert len(stem.encode()) < 2_046  # the longest lexeme of PostgreSQL


@given(WORDS | st.text(max_size=60))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert set(query_stems(text)) <= set(stems(text))


@given(st.text(st.sampled_from("abcåäöéü ÅÄÖÉ"), max_size=60))
def test_it_does_not_matter_how_accents_are_put_together(text: str) -> None:
    assert stems(unicodedata.normalize("NFD", text)) == stems(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "stem", ["", " ", "a b", 'a"', "a'", "a*", "a:b", "\x00", "\ud800", "(a", "a\\", "Hål", "a" * 101]
)
def test_what_is_no_stem(stem: str) -> None:
    assert not is_stem(stem)

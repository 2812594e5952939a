"""HTML as the emulator reads it: entities in UTF-16 units, and markup that cannot be read is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bot_api.html_text import read_text, units
from sandbox.bot_api.refusals import Refusal


def marked(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    plain, entities = read_text(text, "HTML")
    return plain, [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("html", "plain", "entities"),
    [
        ("<b>Hej</b> du", "Hej du", [("bold", 0, 3)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        # 🔦 is two UTF-16 units: the bold text begins at 3 and not at 2
        ("🔦 <b>lyktan</b>", "🔦 lyktan", [("bold", 3, 6)]),
        ("<strong>å</strong>", "å", [("bold", 0, 1)]),
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2", []),
        ("&#229; &eacute;", "å &eacute;", []),  # Telegram knows four named entities only
        ('<a href="https://kommun.example/?a=1&amp;b=2">sidan</a>', "sidan", [("text_link", 0, 5)]),
        ("<a>ingenstans</a>", "ingenstans", []),
        ("<code>/start</code>", "/start", [("code", 0, 6)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>långt</blockquote>", "långt", [("expandable_blockquote", 0, 5)]),
        ("  <b> hej </b>\n", "hej", [("bold", 0, 3)]),  # blank ends are cut, and the marks with them
        ("<b></b>tom", "tom", []),
        ("skriv /svar nu", "skriv /svar nu", [("bot_command", 6, 5)]),
        ("anna@kommun.example", "anna@kommun.example", [("email", 0, 19)]),
    ],
)
def test_html_is_read_into_entities(html: str, plain: str, entities: list[tuple[str, int, int]]) -> None:
    assert marked(html) == (plain, entities)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<u>å</i>", 'Unmatched end tag at byte offset 5, expected "</u>", found "</i>"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("å<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("<b>x", "Can't find end tag corresponding to start tag 'b'"),
        ("3 < 4", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_cant_parse_entities(html: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_text(html, "HTML")
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"
    assert refused.value.faulty


def test_markdown_is_not_read() -> None:
    with pytest.raises(Refusal, match="HTML only"):
        read_text("*hej*", "MarkdownV2")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_escaped_comes_out_as_it_went_in(before: str, inside: str) -> None:
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    plain, entities = read_text(f"{before.translate(escape)}<b>{inside.translate(escape)}</b>", "HTML")
    assert plain == (before + inside).strip()
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(plain)

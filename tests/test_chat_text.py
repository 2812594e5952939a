"""Words for a chat: always escaped, always balanced, cut where a reader would cut."""

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_text import (
    Html,
    as_chat,
    bold,
    italic,
    lines,
    link,
    paragraphs,
    plain,
    plain_of,
    quote,
    split,
    split_text,
    together,
    units,
)
from bot.parts import Heading, Paragraph, Part, Quote, Table

ALARM = "<b>&amp;</b> \"q\" 'a' <script>"
ESCAPED = "&lt;b&gt;&amp;amp;&lt;/b&gt; \"q\" 'a' &lt;script&gt;"

# Characters that have broken such code elsewhere: brackets, entities, halves, signs of several characters, directions.
signs = st.sampled_from(
    [*"<>&\"'ab åÖ1\n\t ;/#", "&lt;", "</b>", "😀", "e\u0301", "👨‍👩‍👧", "🇸🇪", "\u202e", "\0", "\ud83d", "\r\n"]
)
texts = st.lists(signs, max_size=60).map("".join)
urls = st.sampled_from(
    ['https://kommun.example/a?b=1&c="><i>', "http://x.example", "javascript:alert(1)", "tg://user?id=1"]
)


def made(text: str, kind: int, url: str) -> Html:
    match kind:
        case 0:
            return bold(text)
        case 1:
            return italic(quote(text))
        case 2:
            return link(bold(text), url)
        case 3:
            return quote(lines(text, bold(text)))
        case _:
            return plain(text)


htmls = st.lists(st.builds(made, texts, st.integers(0, 5), urls), max_size=8).map(lambda all_: paragraphs(*all_))


class Reader(HTMLParser):
    """Reads code as a strict reader would: every tag is one of ours, and closed in order."""

    def __init__(self, code: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.feed(code)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "i", "a", "blockquote")
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("html", "code"), [
    (plain(ALARM), ESCAPED),
    (bold(ALARM), f"<b>{ESCAPED}</b>"),
    (italic("Ö & co"), "<i>Ö &amp; co</i>"),
    (quote("a\r\nb\x07"), "<blockquote>a\nb</blockquote>"),
    (link("kartan", 'https://kommun.example/?a=1&b="2"'),
     '<a href="https://kommun.example/?a=1&amp;b=&quot;2&quot;">kartan</a>'),
    # Nowhere to go from a chat, so it is words only; nor may an address carry a line break.
    (link("brev", "mailto:anna@kommun.example"), "brev"),
    (link("klick", "javascript:alert(1)"), "klick"),
    (link("klick", "https://a.example/\x00"), "klick"),
    # What is nested comes in one order, a quote outermost, and nothing is in itself.
    (bold(quote("a")), "<blockquote><b>a</b></blockquote>"),
    (bold(together("a", bold("b"), italic("c"))), "<b>ab<i>c</i></b>"),
    (quote(quote("a")), "<blockquote>a</blockquote>"),
    (lines("a", "", bold(""), bold("b")), "a\n<b>b</b>"),
    (paragraphs(quote("a"), quote("b")), "<blockquote>a</blockquote>\n\n<blockquote>b</blockquote>"),
    (together("a", "b", between=", "), "a, b"),
    # Half a character cannot be sent at all.
    (plain("a\ud83db\0"), "ab"),
    (plain(""), ""),
])  # fmt: skip
def test_code(html: Html, code: str) -> None:
    assert str(html) == code
    assert plain_of(code) == html.text


@given(htmls)
def test_whatever_is_put_in_comes_out_as_text(html: Html) -> None:
    assert Reader(str(html)).text == html.text
    assert plain_of(str(html)) == html.text


@given(texts)
def test_plain_words_lose_only_what_cannot_be_sent(text: str) -> None:
    kept = text.replace("\r\n", "\n").replace("\0", "").replace("\ud83d", "")
    assert plain(text).text == kept
    assert plain_of(str(plain(text))) == kept


def shown(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "ZC")


@given(htmls, st.integers(2, 40))
def test_pieces_are_short_balanced_and_lose_no_word(html: Html, limit: int) -> None:
    pieces = split(str(html), limit)
    read = [Reader(piece).text for piece in pieces]
    assert all(units(text) <= limit and len(text) <= limit and shown(text) for text in read)
    assert shown("".join(read)) == shown(html.text)
    assert split(html, limit) == pieces
    # The same cuts without the form, so that a message sent again without it goes on where it stopped.
    assert split_text(html.text, limit) == read


@pytest.mark.parametrize(("text", "limit", "pieces"), [
    ("", 10, []),
    (" \n\u200b ", 10, []),
    ("kort", 10, ["kort"]),
    ("aaaa\n\nbbbb\ncc dd", 10, ["aaaa", "bbbb\ncc dd"]),
    ("aaaa\nbbbb cc", 10, ["aaaa", "bbbb cc"]),
    ("aaaa bbbb cc", 10, ["aaaa bbbb", "cc"]),
    ("aaaaabbbbbc", 10, ["aaaaabbbbb", "c"]),
    # 10 and then the break: it fits.
    ("aaaaabbbbb\n\nc", 10, ["aaaaabbbbb", "c"]),
    # A heading of one sign is not left alone: below a quarter a break is not worth it.
    ("a\n\nbbbb bbbb bbbb", 12, ["a\n\nbbbb bbbb", "bbbb"]),
    # Two units each: five of them are ten.
    ("😀😀😀😀😀😀", 10, ["😀😀😀😀😀", "😀"]),
    ("😀😀", 3, ["😀", "😀"]),
    # Within what is seen as one sign is no cut: the accent, the family (8 units), the flag stay whole.
    ("aaae\u0301b", 4, ["aaa", "e\u0301b"]),
    ("aaaa👨‍👩‍👧b", 10, ["aaaa", "👨‍👩‍👧b"]),
    ("aaaaa🇸🇪b", 8, ["aaaaa", "🇸🇪b"]),
    ("aaaa👍🏽b", 7, ["aaaa", "👍🏽b"]),
])  # fmt: skip
def test_cuts(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit) == pieces


def test_what_is_open_at_a_cut_is_closed_and_opened_again() -> None:
    html = quote(together("aaaa ", link("bbbb bbbb", "https://x.example/?a&b")))
    inside = '<a href="https://x.example/?a&amp;b">bbbb</a></blockquote>'
    assert split(html, 10) == [f"<blockquote>aaaa {inside}", f"<blockquote>{inside}"]


def test_a_long_message_stays_below_the_services_limit_in_either_unit() -> None:
    pieces = split(bold("😀&<" * 4000))
    texts = [plain_of(piece) for piece in pieces]
    # 4 units each, 16000 in all: 3500 is 875 of them, so 18 full and 250 left over.
    assert [units(text) for text in texts] == [3500] * 4 + [2000]
    assert all(piece.startswith("<b>") and piece.endswith("</b>") for piece in pieces)


def test_no_limit_is_below_one_character() -> None:
    with pytest.raises(ValueError, match="two units"):
        split("a", 1)


@pytest.mark.parametrize(("parts", "code"), [
    ([Heading("Kö <nu>"), Paragraph("Två\nfrågor  \n"), Quote("Hej & hå\n\nAnna")],
     "<b>Kö &lt;nu&gt;</b>\n\nTvå\nfrågor\n\n<blockquote>Hej &amp; hå\n\nAnna</blockquote>"),
    ([Heading(""), Paragraph(" \n"), Quote(""), Table((), ()), Table(("Dag",), ())], ""),
    # Narrow: a line each.
    ([Table(("Dag", "Öppet"), (("Måndag", "8–17"), ("Tisdag", "")))], "<b>Dag · Öppet</b>\nMåndag · 8–17\nTisdag · –"),
    ([Table(("", ""), (("Måndag", "8–17"),))], "Måndag · 8–17"),
    # Wide: a paragraph each; the second line here has 41 signs.
    ([Table(("Ärende", "Slag", "När"), (("K-7Q4M2X-9", "Klagomål på hemtjänst", "i dag"), ("K-2", "", "i morgon")))],
     "<b>K-7Q4M2X-9</b>\nSlag: Klagomål på hemtjänst\nNär: i dag\n\n<b>K-2</b>\nNär: i morgon"),
    ([Table(("Ärende",), (("K-1", "ett ord för mycket i denna rad <som>  är lång"),))],
     "<b>K-1</b>\nett ord för mycket i denna rad &lt;som&gt; är lång"),
])  # fmt: skip
def test_parts(parts: list[Part], code: str) -> None:
    assert str(as_chat(parts)) == code


@given(st.lists(st.builds(Paragraph, texts) | st.builds(Quote, texts) | st.builds(Heading, texts), max_size=5), texts)
def test_parts_are_balanced_whatever_they_hold(parts: list[Part], cell: str) -> None:
    code = str(as_chat([*parts, Table((cell, "b"), ((cell, cell), (cell, cell * 3)))]))
    assert not re.search(r"[\ud800-\udfff\0]", Reader(code).text)

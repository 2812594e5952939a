"""Mails to staff set out as text and as a page: for narrow screens, for light and dark, and harmless."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_html import html_to_text
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.set_out import as_page, as_text

LINE = "==^== Skriv ditt svar ovanför den här raden ==^=="
QUEUE = Table(
    ("Ärende", "Om", "Svara senast", "Hos"),
    (
        ("K-7Q4M2X-9", "Trasig gatlampa", "tisdag 24 november kl. 15.00", "Anna"),
        ("K-3RTW8P-2", "Bygglov", "onsdag 25 november kl. 09.30", ""),
    ),
)
COUNTS = Table(("Ämne", "Antal"), (("Gatubelysning", "12"), ("Bygglov", "")))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (Heading("Väntar på svar"), "Väntar på svar\n--------------\n"),
        (Heading("Om"), "Om\n---\n"),
        (Heading("x" * 60), "x" * 60 + "\n" + "-" * 40 + "\n"),
        (Heading(" Två\nrader "), "Två rader\n---------\n"),
        (Heading(" "), ""),
        (Paragraph(f"{LINE}\n"), f"{LINE}\n"),
        (Paragraph("Från: Elsa\r\nTill: Anna  \r\n"), "Från: Elsa\nTill: Anna\n"),
        (Paragraph("lång " * 40 + "rad"), "lång " * 40 + "rad\n"),
        (Paragraph("\n \n"), ""),
        (
            Quote("Hej!\n\n> Ni skrev\n  - ett\n-- \nElsa"),
            "    Hej!\n\n    > Ni skrev\n      - ett\n    --\n    Elsa\n",
        ),
        (Quote(""), ""),
        (COUNTS, "Ämne · Antal\nGatubelysning · 12\nBygglov · –\n"),
        (
            QUEUE,
            "K-7Q4M2X-9\nOm: Trasig gatlampa\nSvara senast: tisdag 24 november kl. 15.00\nHos: Anna\n\n"
            "K-3RTW8P-2\nOm: Bygglov\nSvara senast: onsdag 25 november kl. 09.30\n",
        ),
        (Table(("Ärende", ""), (("K-7Q4M2X-9", "x" * 40),)), "K-7Q4M2X-9\n" + "x" * 40 + "\n"),
        (Table(("Ärende", "Om"), (("", "x" * 40),)), "Om: " + "x" * 40 + "\n"),
        (Table(("", ""), (("Från", "x" * 40), ("Hos", "Anna"))), "Från · " + "x" * 40 + "\nHos · Anna\n"),
        (Table(("Om",), (("två\nrader",), ("",))), "Om\ntvå rader\n"),
        (Table(("Ärende",), (("a", "b"), ())), "Ärende · –\na · b\n"),
        (Table(("Ärende", "Om"), ()), ""),
        (Table((), ()), ""),
    ],
)
def test_parts_as_text(part: Part, text: str) -> None:
    assert as_text([part]) == text
    assert as_text([Paragraph("Förut"), part, Paragraph("Sedan")]) == f"Förut\n\n{text}\nSedan\n".replace(
        "\n\n\n", "\n\n"
    )


def test_forty_signs_fit_a_phone() -> None:
    # "a · " is 4 signs: with 36 more the line has 40
    assert as_text([Table(("A", "B"), (("a", "b" * 36),))]) == f"A · B\na · {'b' * 36}\n"
    assert as_text([Table(("A", "B"), (("a", "b" * 37),))]) == f"a\nB: {'b' * 37}\n"
    assert as_text([Table(("A", "B" * 37), (("a", "b"),))]) == f"a\n{'B' * 37}: b\n"


def test_the_line_stands_first_and_alone_in_both() -> None:
    parts: list[Part] = [Paragraph(LINE), Heading("Väntar på svar"), QUEUE]
    assert as_text(parts).split("\n")[:2] == [LINE, ""]
    page = as_page(parts, "sv")
    assert re.search(r'<body>\n<div [^<>]*>\n<p style="[^"<>]*">' + re.escape(LINE) + r"</p>\n", page)
    assert html_to_text(page).split("\n")[:2] == [LINE, ""]
    assert f"<title>{LINE}</title>" in page


@pytest.mark.parametrize(("language", "lang"), [("sv", "sv"), ("sv_FI", "sv-FI"), ("fi", "fi"), ("en", "en")])
def test_a_page_tells_its_language_and_charset(language: str, lang: str) -> None:
    page = as_page([Paragraph("Hej")], language)
    assert page.startswith(f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n')
    assert f'<div lang="{lang}" style="max-width:680px;overflow-wrap:break-word">' in page
    assert page.endswith("</p>\n</div>\n</body>\n</html>\n")


def test_parts_as_a_page() -> None:
    parts: list[Part] = [
        Heading("Kö & annat"),
        Paragraph("Från: Elsa <e@example.org>\nHos: –\n\n\nMer"),
        Quote("a\n  b"),
    ]
    page = re.sub(r' style="[^"]*"', "", as_page(parts, "sv")).partition("<body>")[2]
    assert page == (
        '\n<div lang="sv">\n<h2>Kö &amp; annat</h2>\n'
        "<p>Från: Elsa &lt;e@example.org&gt;<br>\nHos: –</p>\n<p>Mer</p>\n"
        '<blockquote dir="auto">\n<p>a<br>\n&nbsp; b</p>\n</blockquote>\n</div>\n</body>\n</html>\n'
    )


def test_a_wide_table_names_its_columns_also_where_its_rows_become_blocks() -> None:
    page = re.sub(r' style="[^"]*"', "", as_page([QUEUE], "sv"))
    assert '<table class="wide" width="100%" border="0" cellspacing="0" cellpadding="7">\n<thead>' in page
    assert page.count('<th scope="col" align="left">') == 4
    assert '<th scope="row" align="left" nowrap>K-7Q4M2X-9</th>' in page
    assert '<td><span class="word">Hos: </span>Anna</td></tr>' in page
    assert "<td></td></tr>" in page  # nobody has it: no word without anything behind
    assert html_to_text(page).split("\n")[1] == (
        "K-7Q4M2X-9 Om: Trasig gatlampa Svara senast: tisdag 24 november kl. 15.00 Hos: Anna"
    )


def test_a_small_table_stays_one() -> None:
    page = re.sub(r' style="[^"]*"', "", as_page([COUNTS], "sv")).partition("<body>")[2]
    assert '<table border="0"' in page
    assert "class=" not in page
    assert html_to_text(page) == "Ämne Antal\nGatubelysning 12\nBygglov"
    bare = as_page([Table(("", ""), (("Från", "x" * 40),))], "sv").partition("<body>")[2]
    assert "<thead>" not in bare
    assert "class=" not in bare


def test_long_words_may_break_where_they_are_joined() -> None:
    page = as_page([Table(("Om",), (("anna.exempel@kommun.example & kö-lapp",),))], "sv")
    assert ">anna.<wbr>exempel@<wbr>kommun.<wbr>example &amp; kö-lapp</th>" in page


def test_control_signs_go_and_a_cell_turns_nothing_around() -> None:
    dirty = "a\x00b\x1b[2J\ud83d\u2028c\u202ed"
    assert as_text([Paragraph(dirty)]) == "ab[2J\nc\u202ed\n"
    assert as_text([Table(("Om", "Hos"), ((dirty, "Anna"),))]) == "Om · Hos\nab[2J cd · Anna\n"
    page = as_page([Heading(dirty), Quote(dirty), Table((dirty,), ((dirty,),))], "sv")
    assert re.findall(r"ab\[2J cd</(\w+)>", page) == ["title", "h2", "th", "th"]
    page.encode()  # no lone surrogate is left


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2): sRGB made linear, weighted."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("behind", ["#ffffff", "#f3f2f1", "#000000", "#1c1c1e", "#121212"])
def test_rules_show_on_light_and_dark_and_words_have_the_readers_colours(behind: str) -> None:
    page = as_page([Heading("H"), Paragraph("P"), Quote("Q"), QUEUE, COUNTS], "sv")
    colours = set(re.findall(r"#[0-9a-f]{6}\b", page))
    assert colours == {"#767676"}
    assert not re.search(r"background|(?<![-\w])color:|bgcolor", page)
    light, dark = sorted(map(luminance, ("#767676", behind)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 1.4.11
    assert '<meta name="color-scheme" content="light dark">' in page


def test_letters_are_large_enough_and_nothing_is_fetched() -> None:
    page = as_page([Heading("H"), Paragraph("https://example.org"), Quote("Q"), QUEUE], "sv")
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", page)) >= 15
    assert not re.search(r"<(script|img|link|a|iframe|object|form|svg)\b|src=|href=|url\(|@import|flex|grid", page)


def test_a_long_queue_stays_below_what_gmail_cuts_off() -> None:
    rows = (("K-7Q4M2X-9", "Trasig gatlampa på Storgatan vid skolan", "tisdag 24 november kl. 15.00", "Anna"),) * 200
    assert len(as_page([Table(QUEUE.head, rows)], "sv").encode()) < 102_000


class Tags(HTMLParser):
    """Checks that every element is one of ours, with attributes of ours, and ends where it should."""

    names = frozenset(("html", "head", "meta", "title", "style", "body", "div", "h2", "p", "br", "blockquote", "table",
                       "thead", "tbody", "tr", "th", "td", "span", "wbr"))  # fmt: skip
    void = frozenset(("meta", "br", "wbr"))
    attributes = frozenset(("lang", "charset", "name", "content", "style", "dir", "class", "width", "border",
                            "cellspacing", "cellpadding", "align", "valign", "scope", "nowrap"))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.names
        assert {name for name, _ in attrs} <= self.attributes
        self.open += [tag] * (tag not in self.void)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


TEXT = st.text(max_size=40) | st.text(alphabet="aåÄ &<>\"'/!=;{}\n\t\r.@x", max_size=60)
PARTS = st.lists(
    st.builds(Heading, TEXT)
    | st.builds(Paragraph, TEXT)
    | st.builds(Quote, TEXT)
    | st.builds(
        Table, st.lists(TEXT, max_size=3).map(tuple), st.lists(st.lists(TEXT, max_size=3).map(tuple)).map(tuple)
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(PARTS, st.sampled_from(["sv", "sv_FI", "fi", "en", '"><script>']))
def test_no_text_becomes_markup(parts: list[Part], language: str) -> None:
    tags = Tags()
    tags.feed(as_page(parts, language))
    tags.close()
    assert tags.open == []


WORDS = st.text(alphabet="aåÄ &<>\"'/!=;{}\n\t\r.@x1", max_size=60)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds(Heading, WORDS) | st.builds(Paragraph, WORDS) | st.builds(Quote, WORDS), max_size=5))
def test_page_and_text_say_the_same(parts: list[Part]) -> None:
    """The text has a line of dashes below each heading, and the page's reader puts > before a quotation."""
    text = re.sub(r"(?m)^---+$", "", as_text(parts)).replace(">", " ")
    assert html_to_text(as_page(parts, "sv")).replace(">", " ").split() == text.split()
    said = " ".join(part.text for part in parts if not isinstance(part, Table)).replace(">", " ")
    assert text.split() == said.split()


@given(st.lists(st.lists(WORDS, min_size=2, max_size=4).map(tuple), max_size=4).map(tuple))
def test_no_cell_is_lost(rows: tuple[tuple[str, ...], ...]) -> None:
    table = Table(("Ett", "Två"), rows)
    for row in rows:
        for cell in row:
            assert " ".join(cell.split()) in as_text([table])
            assert " ".join(cell.split()) in html_to_text(as_page([table], "sv"))

"""HTML as mail programs write it, and the lines a person sees."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_html import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>Ett</div><div>Två<br>Tre</div>", "Ett\nTvå\nTre"),
        ("<div>Ett</div><div><br></div><div>Två</div>", "Ett\n\nTvå"),
        ("<p>Ett</p><p>Två</p>", "Ett\n\nTvå"),
        ("<p class=MsoNormal>Ett</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Två</p>", "Ett\n\nTvå"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("a  \n b&nbsp;<b>c</b>&lt;d", "a b c<d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\nb</pre>c", "a\nb\nc"),
        ("<style>p > a {b}</style><script>if (a<b) '</p>'</script>x<!-- y > --><![if !mso]>z<![endif]>", "xz"),
        ("<title>t</title><p>x<style>open", "x"),
        ('<img alt="En &amp; bild" src="data:a>b">x<img src=y>', "En & bildx"),
        ("<a href='https://example.org/a?b=1&amp;c'>här</a>", "här <https://example.org/a?b=1&c>"),
        ("<a href=https://www.example.org/>Example.org</a>", "Example.org"),
        ('<a href="mailto:a@example.org?subject=x">a@example.org</a>', "a@example.org"),
        ('<a href="mailto:kontakt%2Bd-1@example.org">Svara</a>', "Svara <kontakt+d-1@example.org>"),
        ('<a href="mailto:kontakt%2Bd-1@example.org">kontakt+d-1@example.org</a>', "kontakt+d-1@example.org"),
        ('<a href="mailto:a%E2%80%A8Bo skrev:%0Ab">x</a>', "x <a Bo skrev: b>"),
        ('<a href="https://x.se/?to=kontakt%2bd-1%40y.se&q=a%20b">x</a>', "x "
            "<https://x.se/?to=kontakt+d-1@y.se&q=a%20b>"),
        ('<a href="https://x.se/?url=mailto%253Akontakt%252Bd-1">x</a>', "x "
            "<https://x.se/?url=mailto%253Akontakt+d-1>"),
        ('<a href="javascript:x">a</a> <a href="#b">b</a> <a href="https://c.se"></a>', "a b"),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>d", "> a\n> > b\n> c\nd"),
        ('<div class="gmail_quote"><div>a</div><div>b</div></div>c', "> a\n> b\nc"),
        ('<div class="moz-cite-prefix">Anna skrev:</div><blockquote type="cite"><p>a</p></blockquote>b',
         "> Anna skrev:\n>\n> a\nb"),
        ('a<hr><div id="x_divRplyFwdMsg"><b>Från:</b> b</div><div>c</div>', "a\n> Från: b\n> c"),
        ('<div class="yahoo_quoted">a</div><div class="protonmail_quote">b</div>', "> a\n> b"),
        ("-- <br>Anna", "-- \nAnna"),
        ("pris < 5 & > 3", "pris < 5 & > 3"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n- c"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<ol><li>a</li><li><ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n2.\n- b\n3. c"),
        ("<h1>Rubrik</h1>Text", "Rubrik\nText"),
        ("<P CLASS=MsoNormal>Ett<o:p></o:p></P><P CLASS=MsoNormal><o:p>&nbsp;</o:p></P>", "Ett"),
        ("Ett<BR>Två<br/>Tre<br />Fyra", "Ett\nTvå\nTre\nFyra"),
        ("<p>Ett<br>Två</p>", "Ett\nTvå"),
        ("<p>Ett<p>Två<div>Tre", "Ett\n\nTvå\nTre"),
        ("<b>Ett <i>två</b> tre</i> fyra", "Ett två tre fyra"),
        ("a&nbsp;&nbsp; &nbsp;b", "a b"),
        ("&#150; &#8211; &#x2013; &ndash;", "– – – –"),
        ("&#147;hej&#148; &#128;5 &amp;lt; &aring;&Ouml; &hej;", "“hej” €5 &lt; åÖ &hej;"),
        ("rad&#10;två&#13;tre", "rad två tre"),
        ("<blockquote>a&#10;b</blockquote>", "> a b"),
        ('<div style="display:none;max-height:0">Förhandsvisning</div><p>Hej</p>', "Hej"),
        ('<span style="DISPLAY: NONE">x</span>Hej', "Hej"),
        ("<div style='display:none'><div>x</div>y</div>Hej<div>du</div>", "Hej\ndu"),
        ('<div style="visibility:hidden">x</div>Hej', "Hej"),
        ('<div style="max-height:0px; overflow: hidden">x</div>Hej', "Hej"),
        ('<td style="font-size:0"><span style="font-size:14px">Syns</span></td>', "Syns"),
        ('<p style="display:none">Ett slut som aldrig kommer<br>Hej', "Ett slut som aldrig kommer\nHej"),
        ('<a style="mso-hide:all" href="https://example.org/">Knapp</a>', "Knapp <https://example.org/>"),
        ('<img style="display:none" src="x">Hej', "Hej"),
        ('<div style="background-image:none">Syns</div>', "Syns"),
        ('<div style="opacity:0.9">Syns</div>', "Syns"),
        ("<!--[if mso]>x<![endif]--><!--[if !mso]><!-->y<!--<![endif]--><!-->z", "yz"),
        ("<p class=MsoListParagraph><![if !supportLists]><span>-<span>&nbsp;&nbsp; "
         "</span></span><![endif]>Lampan</p>", "- Lampan"),
        ("<xml><o:Zoom>100</o:Zoom></xml>Hej", "Hej"),
        ("<table><tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr></table>", "a\nb"),
        ("<pre>  a\n    b\n</pre>", "a\n    b"),
        ("<a href='https://example.org/a'><div>ett</div><div>två</div></a>", "ett\ntvå\n<https://example.org/a>"),
        ("<a href='https://example.org/a'><div>https://example.org/a</div></a>", "https://example.org/a"),
        ('<a href="mailto:anna@example.org">Anna</a>', "Anna <anna@example.org>"),
        ('<a href="tel:070">070</a>', "070"),
        ('<div class="gmail_quote"><div class="gmail_attr">Anna skrev:</div><blockquote>a</blockquote><div>svar</div>'
         "<blockquote>b</blockquote><div>svar 2</div></div>", "> Anna skrev:\n> a\nsvar\n> b\nsvar 2"),
        ('Hej<div id="mail-editor-reference-message-container"><div>a</div></div>', "Hej\n> a"),
        ('Hej<div class="ms-outlook-mobile-reference-message">a</div>', "Hej\n> a"),
        ("<body>Hej", "Hej"),
        ("<html><head><title>x</title><style>p{}</style></head><body><p>Hej</p></body></html>", "Hej"),
        ("1 < 2 och 3 > 2 <3", "1 < 2 och 3 > 2 <3"),
        ("<p title='a > b'>Hej</p>", "Hej"),
        ('<p title="oavslutad>Hej</p>Du', "Hej\nDu"),
        ("", ""),
    ],
)  # fmt: skip
def test_html(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_hidden_words_are_given_to_who_asks() -> None:
    assert html_to_text("<div style='display:none'>x</div>y", hidden=True) == "x\ny"


TAGS = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<br>",
    "<blockquote>",
    "</blockquote>",
    "<span>",
    "</span>",
    "<ol>",
    "<li>",
    "</ol>",
    "<td>",
    "<b>",
    "<pre>",
    "</pre>",
    "<a href='https://example.org'>",
    "</a>",
    "<div style='display:none'>",
    "&nbsp;",
    "&amp;",
    "<!--",
    "-->",
    "\n",
    " ",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TAGS[:19]) | st.sampled_from(["ord", "till", "lampa"]), max_size=30))
def test_no_visible_word_is_lost(parts: list[str]) -> None:
    source = "".join(f" {part} " for part in parts if "none" not in part)
    seen = html_to_text(source).split()
    assert [word for word in seen if word.isalpha()] == [part for part in parts if part.isalpha()]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=8), max_size=20))
def test_nothing_raises(parts: list[str]) -> None:
    text = html_to_text("".join(parts))
    assert text == text.strip("\n ")
    assert "\r" not in text


@pytest.mark.parametrize(
    "piece",
    [
        *TAGS,
        "<",
        '<a b="',
        "<img alt='",
        "<script>",
        "<ol><li>",
        "&#150;",
        "<p style=mso>",
        "<!",
        "<div class=gmail_quote><blockquote>",
        "<div style='display:none'>",
        "<style>x</style>",
    ],
)
def test_a_megabyte_of_one_tag_takes_no_second(piece: str) -> None:
    source = piece * (1_000_000 // len(piece))
    begun = time.process_time()
    html_to_text(source)
    assert time.process_time() - begun < 3  # a second where nobody else runs

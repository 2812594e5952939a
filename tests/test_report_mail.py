"""The mail: all of it reads with images off, in a text mail program and by a screen reader; nothing of it is code."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from config.texts import Language
from measurement.report.compose import compose
from measurement.report.mail import ReportMail, report_mail
from tests.report_example import empty_report, full_report, texts

_VOID = {"meta", "img", "br"}


class Outline(HTMLParser):
    """Reads a page as a browser does, and fails where a tag is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.alts: list[str] = []
        self.words: list[str] = []
        self.scopes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not [name for name in found if name.startswith("on")]
        if tag == "img":
            self.alts.append(found["alt"] or "")
            assert found["width"] == "600"
        if tag == "th":
            self.scopes.append(found["scope"] or "")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def mail(language: Language = "sv", last: int | None = None) -> ReportMail:
    words = texts(language)
    return report_mail(compose(full_report(last=last), words), words)


def read(made: ReportMail) -> Outline:
    outline = Outline()
    outline.feed(made.html)
    assert outline.open == []
    return outline


def test_every_picture_has_its_id_and_says_the_same_in_words() -> None:
    made = mail()
    outline = read(made)
    assert re.findall(r'src="cid:([^"]+)"', made.html) == [one.cid for one in made.pictures]
    assert len(made.pictures) == 3
    assert all(one.png.startswith(b"\x89PNG\r\n") for one in made.pictures)
    assert outline.alts[0].startswith("Linjediagram över Besvarade inom en arbetsdag")
    assert "Målet är 95 %." in outline.alts[0].replace("\N{NO-BREAK SPACE}", " ")


def test_with_images_off_every_number_still_stands_there() -> None:
    made = mail(last=200)
    words = " ".join(read(made).words).replace("\N{NO-BREAK SPACE}", " ")
    for said in ("76,3 %", "200 av 262", "sämre än vanligt", "mål 95 %", "214 av 230", "12 kontakter väntade"):
        assert said in words
    # A signal is told by shape and word, not by colour alone.
    assert "▲ " in words


def test_the_plain_text_holds_every_number_of_the_page() -> None:
    made = mail()
    numbers = set(re.findall(r"\d+(?:,\d+)?", unescape(re.sub(r"<(style|head).*?</\1>|<[^>]+>", " ", made.html))))
    assert numbers <= set(re.findall(r"\d+(?:,\d+)?", made.text))


def test_headings_and_tables_are_what_a_screen_reader_needs() -> None:
    outline = read(mail())
    assert outline.headings[0] == "h1"
    assert set(outline.headings[1:]) == {"h2"}
    assert {"col", "row"} == set(outline.scopes)
    assert mail().html.startswith('<!DOCTYPE html>\n<html lang="sv">')


@pytest.mark.parametrize(("language", "tag"), [("sv_FI", "sv-FI"), ("fi", "fi"), ("en", "en-GB")])
def test_the_page_says_its_language(language: Language, tag: str) -> None:
    assert f'<html lang="{tag}">' in mail(language).html


def test_what_somebody_wrote_is_never_code() -> None:
    made = full_report()
    spoilt = f"{made.municipality}<script>alert(1)</script>"
    object.__setattr__(made, "municipality", spoilt)
    page = report_mail(compose(made, texts()), texts()).html
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_week_has_no_pictures_and_reads_as_well() -> None:
    made = report_mail(compose(empty_report(), texts()), texts())
    assert made.pictures == ()
    assert "<img" not in made.html
    assert "Inga kontakter kom in." in " ".join(read(made).words)


def test_the_same_report_gives_the_same_mail() -> None:
    assert mail() == mail()

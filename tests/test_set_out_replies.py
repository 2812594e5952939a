"""Officers answer a notice that was set out as a page: what mail programs make of it, and what we read as theirs."""

import re
import textwrap
from collections.abc import Callable
from html import escape

import pytest

from bot.channels.mail_html import html_to_text
from bot.channels.mail_read import read_mail
from bot.channels.mail_text import above_line, words_below
from bot.notices import LINE_MARK
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.set_out import as_page, as_text
from bot.tokens import has_secret

LINE = f"{LINE_MARK} Skriv ditt svar ovanför den här raden {LINE_MARK}"
LONGEST = f"{LINE_MARK} Kirjoita vastauksesi tämän rivin yläpuolelle, niin se lähtee kysyjälle sellaisenaan {LINE_MARK}"
NOTICE: tuple[Part, ...] = (
    Heading("Väntar på svar"),
    Table(
        ("Ärende", "Om", "Svara senast"),
        (("K-7Q4M2X-9", "Trasig gatlampa på Storgatan", "tisdag 24 november kl. 15.00"), ("K-3RTW8P-2", "Bygglov", "")),
    ),
    Table(("Ämne", "Antal"), (("Gatubelysning", "12"),)),
    Paragraph("Från: Elsa Exempel <elsa@example.org>\nKom in: måndag 23 november kl. 08.12"),
    Quote("Hej!\n\nDen 3 november skrev ni till mig:\n> Vi kommer.\n\n-- \nElsa"),
    Paragraph("Svara på det här mejlet, så går ditt svar till den som frågar."),
)
ANSWER = "Hej Elsa!\n\nLampan byts på måndag.\nDet är 5 < 6 dagar.\n\nVänliga hälsningar\nAnna"
HEAD = ("Från: Kontaktcenter <kontakt@example.org>", "Skickat: den 23 november 2026 08:15",
        "Till: Anna <anna@kommun.example>", "Ämne: K-7Q4M2X-9 · Trasig gatlampa")  # fmt: skip
WROTE = "Den mån 23 nov. 2026 kl 08:15 skrev Kontaktcenter &lt;<a href=mailto:k@example.org>k@example.org</a>&gt;:"


def notice(line: str = LINE) -> tuple[Part, ...]:
    return (Paragraph(line), *NOTICE)


def body(page: str) -> str:
    """The inside of the page's body, as programs without styles quote it."""
    return page.partition("<body>")[2].partition("</body>")[0]


def lines(answer: str, begin: str, end: str, empty: str) -> str:
    return "\n".join(f"{begin}{escape(line) or empty}{end}" for line in answer.split("\n"))


def outlook(answer: str, page: str) -> str:
    """Outlook for Windows writes all anew as Word does, and breaks the source's lines at will."""
    old = re.sub(r'<p style="[^"]*">', "<p class=MsoNormal style='line-height:150%'><span lang=SV>", body(page))
    old = old.replace("</p>", "<o:p></o:p></span></p>").replace("&nbsp; ", "<span style='mso-spacerun:yes'> </span>")
    old = re.sub(r"<table[^>]*>", "<table class=MsoNormalTable border=0 cellspacing=0 cellpadding=0>", old)
    old = re.sub(r"<(?:td|th)[^>]*>", "<td style='padding:4.5pt'><p class=MsoNormal><b><span lang=SV>", old)
    old = re.sub(r"</(?:td|th)>", "<o:p></o:p></span></b></p></td>", old).replace("<wbr>", "")
    old = re.sub(r'class="word"', "style='display:none;mso-hide:all'", old)
    old = re.sub(r"<blockquote[^>]*>", "<blockquote style='border:none;border-left:solid #767676 2.25pt'>", old)
    own = lines(answer, "<p class=MsoNormal>", "<o:p></o:p></p>", "&nbsp;")
    head = "<br>\n".join(re.sub(r"^(\w+:)", r"<b>\1</b>", escape(line)) for line in HEAD)
    top = (
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f"<p class=MsoNormal>{head}<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    )
    source = f"{own}<p class=MsoNormal><o:p>&nbsp;</o:p></p>{top}{old}"
    source = "\n".join(textwrap.fill(one, 76, break_long_words=False) for one in source.split("\n"))
    style = "<style><!-- p.MsoNormal{margin:0cm} .MsoChpDefault{mso-style-type:export-only} --></style>"
    return f"<html><head>{style}</head><body lang=SV><div class=WordSection1>{source}</div></body></html>"


def outlook_web(answer: str, page: str) -> str:
    """Outlook on the web and the new Outlook keep the page and its styles, and put ``x_`` before class names."""
    styles = "".join(re.findall(r"<style>.*?</style>", page, re.DOTALL)).replace(".w", ".x_w")
    old = body(page).replace('class="w', 'class="x_w')
    own = lines(answer, '<div class="elementToProof" style="font-size:12pt">', "</div>", "<br>")
    head = "<br>".join(re.sub(r"^(\w+:)", r"<b>\1</b>", escape(line)) for line in HEAD)
    return (
        f'<html><body dir="ltr">{own}<div id="appendonsend"></div><hr tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{head}</font><div>&nbsp;</div></div>'
        f"{styles}<div>{old}</div></body></html>"
    )


def outlook_phone(answer: str, page: str) -> str:
    own = lines(answer, '<div dir="auto">', "</div>", "<br>")
    head = "".join(f"<div>{escape(line)}</div>" for line in HEAD)
    return (
        f'<html><body>{own}<div id="ms-outlook-mobile-signature">Hämta <a href="https://aka.example.org/o0ukef">'
        f'Outlook för iOS</a></div><hr><div id="divRplyFwdMsg">{head}</div>{body(page)}</body></html>'
    )


def gmail(answer: str, page: str) -> str:
    """Gmail drops head, body and styles, and leaves ``<u></u>`` in their place."""
    own = lines(answer, "<div>", "</div>", "<br>")
    return (
        f'<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">'
        f"<u></u>{body(page)}</blockquote></div>"
    )


def iphone(answer: str, page: str) -> str:
    own = lines(answer, "<div>", "</div>", "<br>")
    return (
        f'<html><body dir="auto">{own}<div><br><div dir="ltr">Skickat från min iPhone</div><div dir="ltr"><br>'
        f'<blockquote type="cite">{WROTE}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff'
        f'<meta http-equiv="content-type" content="text/html; charset=utf-8">{body(page)}</div></blockquote></div>'
    )


def thunderbird(answer: str, page: str) -> str:
    own = lines(answer, "<p>", "</p>", "<br>")
    return (
        f'<html><body>{own}<div class="moz-cite-prefix">Den 2026-11-23 kl. 08:15, skrev Kontaktcenter:<br></div>'
        f'<blockquote type="cite" cite="mid:m1@example.org">{page.partition("<html")[2].partition(">")[2]}'
        "</blockquote></body></html>"
    )


def samsung(answer: str, page: str) -> str:
    own = lines(answer, '<div dir="auto">', "</div>", "<br>")
    head = "".join(f"<div>{escape(line)}</div>" for line in HEAD)
    return (
        f'<html><body dir="auto">{own}<div id="composer_signature">Skickat från min Galaxy</div><div>'
        f"-------- Originalmeddelande --------</div>{head}{page}</body></html>"
    )


PROGRAMS: dict[str, Callable[[str, str], str]] = {
    "outlook": outlook, "outlook web": outlook_web, "outlook phone": outlook_phone, "gmail": gmail, "iphone": iphone,
    "thunderbird": thunderbird, "samsung": samsung,
}  # fmt: skip
QUOTING = ("gmail", "iphone", "thunderbird")


def mail(html: str, plain: str = "") -> bytes:
    head = "From: anna@kommun.example\nTo: kontakt@example.org\nSubject: SV: K-7Q4M2X-9\nMIME-Version: 1.0\n"
    page = f"Content-Type: text/html; charset=utf-8\n\n{html}\n"
    if plain:
        both = f"--x\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--x\n{page}--x--\n"
        return f"{head}Content-Type: multipart/alternative; boundary=x\n\n{both}".encode()
    return (head + page).encode()


def plain_of(program: str, answer: str, text: str) -> str:
    """The text that a program puts beside its page: quoted and wrapped, or below a header."""
    if program not in QUOTING:
        return "\n".join((answer, "", *HEAD, "", text))
    wrapped = [one for line in text.split("\n") for one in textwrap.wrap(line, 74) or [""]]
    wrote = html_to_text(WROTE)
    return "\n".join((answer, "", wrote, "", *(f"> {line}".rstrip() for line in wrapped)))


def words(text: str) -> str:
    """Text without the lines that phones add and the spaces between paragraphs, which programs change."""
    return " ".join(re.sub(r"(?m)^(Skickat från min .*|Hämta Outlook .*)$", "", text).split())


@pytest.mark.parametrize("line", [LINE, LONGEST])
@pytest.mark.parametrize("program", PROGRAMS)
def test_only_the_officers_own_words_are_read(program: str, line: str) -> None:
    html = PROGRAMS[program](ANSWER, as_page(notice(line), "sv"))
    for plain in ("", plain_of(program, ANSWER, as_text(notice(line)))):
        read = read_mail(mail(html, plain))
        assert read.error == ""
        assert words(above_line(read.text, LINE_MARK, has_secret)) == words(ANSWER)
        assert not words_below(read.text, LINE_MARK)
        assert read.text.count("gatlampa") >= 1  # the notice was there, and was cut


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_reply_without_words_is_empty(program: str) -> None:
    for plain in ("", plain_of(program, "", as_text(notice()))):
        read = read_mail(mail(PROGRAMS[program]("", as_page(notice(), "sv")), plain))
        assert words(above_line(read.text, LINE_MARK, has_secret)) == ""


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_line_is_one_line_of_the_reply(program: str) -> None:
    read = read_mail(mail(PROGRAMS[program](ANSWER, as_page(notice(), "sv"))))
    assert [line.lstrip("> ") for line in read.text.split("\n") if LINE_MARK in line] == [LINE]


@pytest.mark.parametrize("program", QUOTING)
def test_words_below_the_notice_are_seen(program: str) -> None:
    html = PROGRAMS[program]("", as_page(notice(), "sv")).removesuffix("</body></html>")
    read = read_mail(mail(f"{html}<p>Lampan byts på måndag.</p>"))
    assert words_below(read.text, LINE_MARK)

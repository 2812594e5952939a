"""Slides for the oral report: 16:9, one page each, few words, and tags as a screen reader wants them."""

import io
from dataclasses import replace
from itertools import pairwise

import pikepdf
import pytest

from measurement.assessment.framework import AreaId
from measurement.assessment.round import Field
from measurement.assessment.slides import first_of, slides_of, slides_pdf
from tests.assessment_papers import (
    MARKUP,
    NEW,
    NOTE,
    evidence,
    full,
    grastorp,
    round_of,
    vallentuna,
    vallentuna_beside,
)
from tests.pdf_pages import pages_of, squeezed
from tests.report_example import texts
from tests.test_papers import half_an_area
from tests.test_report_pdf import tags


def made() -> bytes:
    return slides_pdf(full(), evidence(), vallentuna_beside(), texts())


def test_vallentunas_slides_say_the_total_the_areas_the_strengths_and_what_to_improve() -> None:
    slides = slides_of(vallentuna(), evidence(), vallentuna_beside(), texts())
    assert [one.title for one in slides] == [
        "Kommunkompassen 2020: vad vi kom fram till",
        "Resultatet",
        "Poäng per område",
        "Starkast jämfört med svenskt medelvärde",
        "Att förbättra: 1 Samspel mellan förtroendevalda och medborgare",
        "Att förbättra: 8 Chefs- och ledarskap samt medarbetarskap",
        "Minst försprång jämfört med svenskt medelvärde",
        "Det här bygger vi på",
        "Nästa steg",
    ]
    assert (slides[1].number, slides[1].basis) == ("648", "av 800 poäng")
    assert slides[1].lines[2] == "+131 mot svenskt medelvärde"
    assert slides[3].lines == (
        "5 Brukarens fokus: 86 mot 61, +25",
        "6 Kvalitetsutveckling: 82 mot 59, +23",
        "4 Effektivitet: 83 mot 64, +19",
    )
    # Area 8 is as far ahead as area 4: it is named below.
    assert slides[3].note == "Också: område 8 (+19), 7 (+18), 1 (+10), 2 (+10), 3 (+7)"
    assert slides[6].lines[0] == "3 Styrning och kontroll: 80 mot 73, +7"
    assert slides[-2].lines == ("1 mätserie", "2 dokument och länkar")


def test_no_slide_has_more_than_three_lines_nor_a_long_one() -> None:
    wordy = round_of("lång", NEW, "Kommun", [
        *((str(area), Field.POINTS, "50") for area in range(1, 9)),
        *((str(area), of, "Ett råd som inte tar slut " * 40) for area in range(1, 9)
          for of in (Field.COMMENT, Field.IMPROVEMENT)),
    ])  # fmt: skip
    for slide in slides_of(wordy, evidence(), vallentuna_beside() * 4, texts()):
        assert len(slide.lines) <= 3
        assert all(len(line) <= 160 for line in slide.lines)


@pytest.mark.parametrize(("words", "shown"), [
    ("Kort.", "Kort."),
    ("Första meningen. " + "Sedan mycket mer " * 20, "Första meningen."),
    ("ord " * 60, ("ord " * 39).strip() + " …"),  # 39 × 4 = 156 signs, and the next word would end at 159
    ("X" * 300, "X" * 158 + " …"),
])  # fmt: skip
def test_long_words_are_cut_at_a_sentence_or_a_word(words: str, shown: str) -> None:
    assert first_of(words) == shown


def test_each_slide_is_one_page_of_16_to_9_with_the_note_at_its_foot() -> None:
    with pikepdf.open(io.BytesIO(made())) as pdf:
        assert len(pdf.pages) == len(slides_of(full(), evidence(), vallentuna_beside(), texts()))
        for page in pdf.pages:
            left, low, right, high = (float(one) for one in page.MediaBox)
            assert (right - left) / (high - low) == pytest.approx(16 / 9, abs=0.002)
        assert [one.count(squeezed(NOTE)) for one in pages_of(made())] == [1] * len(pdf.pages)


def test_it_is_pdf_ua_with_a_heading_on_each_slide_and_the_bars_in_words() -> None:
    with pikepdf.open(io.BytesIO(made())) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Kommunkompassen 2020: vad vi kom fram till"
        assert str(pdf.Root.Lang) in {"sv", "sv-SE"}
        found = [(path[-1], node) for path, node in tags(pdf.Root.StructTreeRoot.K)]
        levels = [int(name[2:]) for name, _ in found if name[:2] == "/H"]
        assert levels == [1, *[2] * (len(pdf.pages) - 1)]
        assert all(after <= before + 1 for before, after in pairwise(levels))
        alts = [str(node.Alt) for name, node in found if name == "/Figure"]
        assert len(alts) == 1
        assert "5 Brukarens fokus: 86 av 100" in alts[0]


def test_what_is_half_judged_is_never_a_result() -> None:
    slides = {one.title: one for one in slides_of(half_an_area(), [], vallentuna_beside(), texts())}
    sofar = slides["Så långt har vi kommit"]
    assert (sofar.number, sofar.basis) == ("597", "av 800 poäng, hittills")
    assert sofar.lines == ("1 område är bara delvis bedömt.",)
    assert slides["5 Brukarens fokus"].basis.startswith("av 100 poäng, hittills: 4 av ")
    assert slides["Nästa steg"].lines == ("Sätt de poäng som saknas: område 5.",)


def test_what_people_wrote_is_text_and_never_code() -> None:
    assert squeezed(first_of(MARKUP).removesuffix(" …")) in "".join(pages_of(made()))


def test_names_of_any_length_stay_on_their_slide() -> None:
    known = full().framework
    areas = tuple(replace(one, name="Förvaltningsövergripande " * 12 + "X" * 90) for one in known.areas)
    round_ = replace(full(), framework=replace(known, areas=areas))
    pages = slides_of(round_, [], vallentuna_beside(), texts())
    with pikepdf.open(io.BytesIO(slides_pdf(round_, [], vallentuna_beside(), texts()))) as pdf:
        assert len(pdf.pages) == len(pages)


def test_a_round_without_anything_still_has_slides() -> None:
    empty = round_of("tom", NEW, "Tom kommun", [])
    assert [one.title for one in slides_of(empty, [], [], texts())][1:] == ["Inga poäng är satta än"]
    assert slides_pdf(empty, [], [], texts()).startswith(b"%PDF")


def test_without_others_the_ends_of_the_own_areas_are_shown() -> None:
    titles = {one.title: one.lines for one in slides_of(grastorp(), [], [], texts())}
    assert titles["Här har vi mest av möjliga poäng"][0] == "3 Politisk styrning och kontroll: 73 av 100"
    assert titles["Här har vi minst av möjliga poäng"][0] == "4 Ledarskap, ansvar och delegation: 53 av 100"


def test_the_same_round_gives_the_same_bytes() -> None:
    assert made() == made()
    assert AreaId("5") in {area.id for area in full().framework.areas}

"""The papers for the network's meeting: nobody is ranked, the better one is named, all of it reads aloud."""

import io
import json
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pikepdf
import pytest

from config.texts import Language, Texts
from measurement.measures import Unit
from measurement.network.bundle import Bundle, Contact, Practice
from measurement.network.compare import Comparison, compare
from measurement.network.compare_json import as_json
from measurement.network.funnel_drawing import funnel_drawing
from measurement.network.members import in_order
from measurement.network.pack import funnel_alt, leadership, officers
from measurement.network.pack_details import own_series
from measurement.report.document import ChartBlock, Document, Drawing, Paragraph, Points, Table
from measurement.report.pdf import report_pdf
from tests.network_town import BETTER, IN_A_DAY, NAMES, OURS, SMALL, Place, bundle_of, even_told, share_told
from tests.pdf_text import words_in

DAY = date(2026, 9, 10)


def texts(language: Language = "sv") -> Texts:
    return Texts(language, ZoneInfo("Europe/Stockholm"))


def town() -> Comparison:
    chance = np.random.default_rng(3)
    bundles = dict[str, Bundle]()
    for at, id_ in enumerate(NAMES):
        weekly = 1.5 if id_ == SMALL else 60.0 + 12 * at
        share = 0.92 if id_ == BETTER else 0.9 if id_ == SMALL else 0.8
        told = [share_told(Place(share=share, weekly=weekly, uneven=0.05), chance)]
        if id_ != SMALL:
            told.append(share_told(Place(share=0.84, weekly=14, uneven=0.02), chance, "reception.good"))
        bundles[id_] = bundle_of(id_, tuple(told))
    long = replace(bundles["0188"].hours, ordinary_day_minutes=660, open_minutes=82_000, words="alla dagar 07.00–18.00")
    bundles["0188"] = replace(bundles["0188"], hours=long)
    return compare(bundles[OURS], [one for id_, one in bundles.items() if id_ != OURS])


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return town()


def said(document: Document) -> str:
    parts = [document.title, document.subtitle, document.lead]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            parts.append(block.text)
        if isinstance(block, Points):
            parts += block.items
    return " ".join(parts).replace("\N{NO-BREAK SPACE}", " ")


def test_leadership_reads_who_is_better_and_what_they_do(comparison: Comparison) -> None:
    paper = leadership(comparison, DAY, texts())
    words = said(paper)
    assert paper.title == "Nätverkets höstmöte 2026: för ledningen"
    assert leadership(comparison, date(2026, 4, 1), texts()).title == "Nätverkets vårmöte 2026: för ledningen"
    assert "8 kommuner: Knivsta, Lidingö, Norrtälje, Nykvarn, Täby, Upplands-Bro, Vallentuna, Österåker" in words
    better = next(one for one in comparison.measures[0].members if one.municipality == BETTER)
    assert f"Täby: {texts().percent(better.value)}".replace("\N{NO-BREAK SPACE}", " ") in words
    assert "Så gör de: Så gör vi i Täby: en jour läser allt klockan 8 och 13." in words
    assert "Fråga: kvalitetsledare, kvalitet@0160.example" in words
    assert "Om Nykvarn går det inte att säga något åt något håll" in words
    assert "Jämförs inte: Norrtälje: räknar 11 tim öppen tid som en arbetsdag, vi 8 tim 30 min" in words
    assert "Nykvarn: har inga siffror för det här." in words
    funnel = comparison.measures[0].funnel
    assert funnel is not None
    assert f"alla kommuner tillsammans ({texts().percent(funnel.target)})".replace("\N{NO-BREAK SPACE}", " ") in words
    assert "inte kan vara slump" not in words
    assert "sämst" not in words
    assert "plats" not in words


def test_nobody_is_ranked(comparison: Comparison) -> None:
    for table in (one for one in officers(comparison, DAY, texts()).blocks if isinstance(one, Table)):
        names = [row[0] for row in table.rows if row[0] in NAMES.values()]
        assert names == sorted(names, key=in_order)


def test_officers_read_what_differs_and_their_own_weeks(comparison: Comparison) -> None:
    paper = officers(comparison, DAY, texts())
    words = said(paper)
    assert "Norrtälje: räknar 11 tim öppen tid som en arbetsdag, vi 8 tim 30 min" in words
    assert "Nykvarn: har inga siffror för det här" in words
    assert "alla dagar 07.00–18.00: Norrtälje" in words
    assert "tau²" in words
    charts = [one for one in paper.blocks if isinstance(one, ChartBlock)]
    assert [one.chart.series.measure for one in charts] == [IN_A_DAY, "reception.good"]
    assert all("Linjediagram över" in one.alt for one in charts)
    tables = [one for one in paper.blocks if isinstance(one, Table)]
    assert tables[0].rows[-2][0] == "Medelvärde, ovägt"
    assert all(len(row) == len(table.head) for table in tables for row in table.rows)


def test_the_picture_tells_every_municipality_in_words_too(comparison: Comparison) -> None:
    (drawing, *_) = (one for one in leadership(comparison, DAY, texts()).blocks if isinstance(one, Drawing))
    for id_, name in NAMES.items():
        assert (name in drawing.alt) is (id_ != "0188")
    assert drawing.alt == funnel_alt(comparison.measures[0], texts())
    again = funnel_drawing(comparison.measures[0], drawing.caption, drawing.alt, texts())
    assert (again.svg, again.png) == (drawing.svg, drawing.png)
    with pytest.raises(ValueError, match="no funnel"):
        funnel_drawing(replace(comparison.measures[0], funnel=None), "", "", texts())


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_the_papers_are_pdfs_that_read_aloud(comparison: Comparison, language: Language) -> None:
    for paper in (leadership(comparison, DAY, texts(language)), officers(comparison, DAY, texts(language))):
        made = report_pdf(paper, texts(language))
        with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert len(pdf.pages) <= 4
        assert "Vallentuna" in words_in(made)


def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison) -> None:
    one, other = (report_pdf(leadership(each, DAY, texts()), texts()) for each in (comparison, town()))
    assert one == other


def test_words_of_others_are_text_and_never_code() -> None:
    # What Typst would read as code, and a very long word.
    practice = Practice(measure=IN_A_DAY, text='#read("/etc/passwd") $x$ *y* ' + "å" * 900)
    contact = Contact(role="#panic[x]", address="a@b.example")
    wild = bundle_of("0160", (even_told(0.98, 200),), contact=contact, practices=(practice,))
    others = [wild, *(bundle_of(id_, (even_told(0.8, 100),)) for id_ in ("0117", "0139", "0188"))]
    comparison = compare(bundle_of("0115", (even_told(0.8, 100),)), others)
    words = words_in(report_pdf(leadership(comparison, DAY, texts()), texts()))
    assert '#read("/etc/passwd") $x$ *y*' in words.replace("”", '"').replace("“", '"')
    assert report_pdf(officers(comparison, DAY, texts()), texts())


def test_two_and_twenty_municipalities_can_be_drawn() -> None:
    twenty = [bundle_of("0117", (even_told(0.6 + at / 60, 20 + 10 * at),)) for at in range(19)]
    named = [replace(one, municipality=f"{at:03d}", name=f"Långnamnskommun {at}") for at, one in enumerate(twenty)]
    ours = bundle_of("0115", (even_told(0.8, 100),))
    assert report_pdf(leadership(compare(ours, named), DAY, texts()), texts())
    assert report_pdf(officers(compare(ours, named), DAY, texts()), texts())
    two = leadership(compare(ours, named[:1]), DAY, texts())
    assert "Minst fem behövs" in said(two)
    assert not [one for one in two.blocks if isinstance(one, Drawing)]


def test_nothing_to_compare_is_said() -> None:
    ours, other = bundle_of("0115", (even_told(0.8, 100),)), bundle_of("0117", ())
    paper = leadership(compare(ours, [other]), DAY, texts())
    assert paper.lead == "Det finns inga siffror som går att jämföra."
    assert "Österåker: har inga siffror för det här." in said(officers(compare(ours, [other]), DAY, texts()))


def test_withheld_weeks_are_gaps_in_our_own_series() -> None:
    told = even_told(0.8, 100)
    held = replace(told, weeks=told.weeks[:5] + told.weeks[7:], withheld=2)
    series = own_series(held, bundle_of("0115", (held,)), texts())
    assert [at for at, one in enumerate(series.points) if one.value is None] == [5, 6]
    assert (len(series.points), series.points[0].numerator, series.unit) == (26, 80, Unit.SHARE)


def test_other_programs_get_the_same_numbers(comparison: Comparison) -> None:
    found = json.loads(json.dumps(as_json(comparison)))
    first = found["measures"][0]
    assert first["id"] == IN_A_DAY
    assert first["count"] == len(first["members"]) == 7
    assert [one["municipality"] for one in first["clearly_better"]] == ["0160"]
    assert first["too_few"] == ["0140"]
    assert [one["name"] for one in first["left_out"]] == ["Norrtälje"]
    # Who lies below is told nowhere.
    assert sorted(first["funnel"]) == ["ours", "phi", "target", "tau2"]
    assert first["funnel"]["ours"] == {"plain": "within", "adjusted": "within"}

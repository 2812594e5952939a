"""The papers as a screen reader has them, the same bytes each time, and what people wrote as they wrote it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median
from time import process_time

import pikepdf
import pytest

from measurement.assessment.as_json import assessment_json
from measurement.assessment.papers import assessment_report, paper_pdf, review_plan, self_assessment
from measurement.assessment.slides import slides_pdf
from measurement.report.document import Document
from measurement.report.word_file import document_docx
from tests.assessment_papers import (
    MARKUP,
    NOTE,
    evidence,
    full,
    grastorp,
    interviews,
    many_documents,
    vallentuna,
    vallentuna_beside,
)
from tests.pdf_pages import lines_of, pages_of, squeezed
from tests.report_example import texts
from tests.test_report_pdf import tags


def documents() -> dict[str, Document]:
    return {
        "report": assessment_report(full(), evidence(), vallentuna_beside(), interviews(), texts()),
        "self": self_assessment(full(), evidence(), vallentuna_beside(), texts()),
        "plan": review_plan(full(), evidence(), interviews(), texts()),
        "vallentuna": assessment_report(vallentuna(), [], vallentuna_beside(), [], texts()),
        "grastorp": assessment_report(grastorp(), [], [], [], texts()),
    }


@pytest.fixture(scope="module", params=["report", "self", "plan", "vallentuna", "grastorp"])
def made(request: pytest.FixtureRequest) -> tuple[Document, bytes]:
    document = documents()[request.param]
    return document, paper_pdf(document, texts())


@pytest.fixture
def pdf(made: tuple[Document, bytes]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(made[1])) as opened:
        yield opened


def test_it_says_that_it_is_pdf_ua_with_language_and_title(made: tuple[Document, bytes], pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) in {"sv", "sv-SE"}
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == made[0].title


def test_headings_never_skip_a_level_and_begin_with_the_only_first(pdf: pikepdf.Pdf) -> None:
    levels = [int(path[-1][2:]) for path, _ in tags(pdf.Root.StructTreeRoot.K) if path[-1][:2] == "/H"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_its_head_cells_in_a_head(made: tuple[Document, bytes], pdf: pikepdf.Pdf) -> None:
    tables = [node for path, node in tags(pdf.Root.StructTreeRoot.K) if path[-1] == "/Table"]
    assert tables or not made[0].blocks
    for table in tables:
        inside = [path for path, _ in tags(table)]
        heads = [path for path in inside if path[-1] == "/TH"]
        assert heads
        assert all("/THead" in path for path in heads)
        assert any(path[-1] == "/TD" for path in inside)


def test_the_bars_are_a_figure_with_their_numbers_in_words(made: tuple[Document, bytes], pdf: pikepdf.Pdf) -> None:
    figures = [str(node.Alt) for path, node in tags(pdf.Root.StructTreeRoot.K) if path[-1] == "/Figure"]
    assert all(one.startswith("Liggande staplar, en för varje område. 1 ") for one in figures)
    assert len(figures) == (0 if made[0].title.startswith("Granskningsplan") else 1)


def test_the_note_stands_on_every_page(made: tuple[Document, bytes], pdf: pikepdf.Pdf) -> None:
    found = pages_of(made[1])
    assert len(found) == len(pdf.pages) >= 2
    assert all(one.count(squeezed(NOTE)) == 1 for one in found)


def test_what_people_wrote_comes_through_as_text() -> None:
    for name in ("report", "self"):
        assert squeezed(MARKUP) in "".join(pages_of(paper_pdf(documents()[name], texts())))


def test_words_too_long_for_a_line_stay_on_the_page() -> None:
    long = replace(evidence()[3], title="W" * 200, place="https://www.kommun.example/" + "mycket-lång/" * 30)
    made = paper_pdf(review_plan(full(), [long], [], texts()), texts())
    assert "".join(pages_of(made)).count("W" * 200) == 1
    # A line of the column takes some 20 of them, one of the page some 60.
    assert max(one.count("W") for one in lines_of(made)) < 30


def test_the_same_round_gives_the_same_bytes() -> None:
    for name, document in documents().items():
        assert paper_pdf(document, texts()) == paper_pdf(documents()[name], texts())


@pytest.mark.parametrize("name", ["report", "self", "plan"])
def test_a_round_with_500_documents_is_rendered_as_pdf_and_word_in_two_seconds(name: str) -> None:
    # Processor time: others work on the same machine.
    assert median(_rendered(name) for _ in range(5)) <= 2


def _rendered(name: str) -> float:
    begun = process_time()
    held, beside = many_documents(), vallentuna_beside()
    match name:
        case "report":
            document = assessment_report(full(), held, beside, interviews(), texts())
            assert slides_pdf(full(), held, beside, texts())
            assert len(assessment_json(full(), held, beside, interviews())["evidence"]) == 500
        case "self":
            document = self_assessment(full(), held, beside, texts())
        case _:
            document = review_plan(full(), held, interviews(), texts())
    assert paper_pdf(document, texts())
    assert document_docx(document, texts())
    return process_time() - begun

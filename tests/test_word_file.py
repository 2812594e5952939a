"""Any document as Word: real headings, repeated heading rows, words for pictures, a foot on each page, fixed bytes."""

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from config.texts import Language
from measurement.assessment.papers import assessment_report, self_assessment
from measurement.report.compose import compose
from measurement.report.document import Document, Drawing, Heading, Paragraph, Points, Table
from measurement.report.word_file import document_docx
from measurement.report.word_package import fixed, plain
from tests.assessment_papers import (
    MARKUP,
    NOTE,
    evidence,
    full,
    interviews,
    vallentuna,
    vallentuna_beside,
)
from tests.report_example import full_report, texts


def opened(document: Document, language: Language = "sv") -> docx.document.Document:
    return docx.Document(io.BytesIO(document_docx(document, texts(language))))


def report() -> Document:
    return assessment_report(full(), evidence(), vallentuna_beside(), interviews(), texts())


def small(*blocks: Heading | Paragraph | Points | Table) -> Document:
    return Document(language="sv", tag="sv", title="Titel", municipality="Kommun", subtitle="Under", lead="Först",
                    blocks=blocks, footer="Fot")  # fmt: skip


def test_headings_are_headings_of_their_level() -> None:
    found = opened(self_assessment(full(), evidence(), [], texts()))
    styles = [(one.style.name, one.text) for one in found.paragraphs if one.style is not None]
    assert ("Title", "Självvärdering: Kommunkompassen 2020") in styles
    assert ("Heading 1", "5 Brukarens fokus") in styles
    assert any(name == "Heading 2" and text.startswith("5.1 ") for name, text in styles)


def test_heading_rows_repeat_and_no_row_is_torn() -> None:
    tables = opened(report()).tables
    assert len(tables) >= 4
    for table in tables:
        first, *rest = [row._tr for row in table.rows]
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None for row in rest)
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in (first, *rest))
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        assert look is not None
        assert look.get(qn("w:firstRow")) == "1"


def test_every_cell_stands_in_its_table() -> None:
    asked = [one for one in report().blocks if isinstance(one, Table)]
    found = opened(report()).tables
    for one, table in zip(asked, found, strict=True):
        rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert rows == [one.head, *one.rows]


def test_pictures_have_their_numbers_in_words() -> None:
    shapes = opened(report()).inline_shapes
    alts = [one.alt for one in report().blocks if isinstance(one, Drawing)]
    assert [one._inline.docPr.get("descr") for one in shapes] == alts
    assert "5 Brukarens fokus: 86 av 100" in shapes[0]._inline.docPr.get("descr")


def test_the_foot_has_the_note_and_the_number_of_the_page() -> None:
    section = opened(report()).sections[0]
    assert not section.different_first_page_header_footer
    foot = section.footer.paragraphs[0]
    assert NOTE in foot.text
    assert [one.get(qn("w:instr")) for one in foot._p.iter(qn("w:fldSimple"))] == ["PAGE"]


@pytest.mark.parametrize(("language", "tag"), [("sv", "sv"), ("sv_FI", "sv-FI"), ("fi", "fi"), ("en", "en-GB")])
def test_language_and_title_are_those_of_the_words(language: Language, tag: str) -> None:
    found = opened(assessment_report(vallentuna(), [], [], [], texts(language)), language)
    assert found.core_properties.language == tag
    assert {one.get(qn("w:val")) for one in found.styles.element.iter(qn("w:lang"))} == {tag}
    assert found.core_properties.title


def test_a_weeks_report_is_a_document_like_any_other() -> None:
    document = compose(full_report(), texts())
    found = opened(document)
    assert len(found.inline_shapes) == 3
    assert found.inline_shapes[0]._inline.docPr.get("descr").startswith("Linjediagram över")
    assert len(found.tables) == sum(isinstance(one, Table) for one in document.blocks)


def test_what_people_wrote_is_text() -> None:
    said = [one.text for one in opened(report()).paragraphs]
    assert MARKUP in said


def test_the_same_document_gives_the_same_bytes_and_tells_no_time() -> None:
    made = document_docx(report(), texts())
    assert made == document_docx(report(), texts())
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2013-" not in package.read("docProps/core.xml")


def test_a_package_made_anew_has_the_same_parts() -> None:
    made = document_docx(small(Paragraph(text="Hej")), texts())
    assert fixed(made) == made


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_makes_a_file_that_opens(text: str) -> None:
    table = Table(caption=text, head=("a", text), rows=((text, "1"), ("b", text)))
    document = small(Heading(text=text, level=2), Paragraph(text=text), Points(items=(text,)), table)
    found = opened(replace(document, title=text, footer=text, municipality=text, lead=text))
    cell = found.tables[0].cell(1, 0)
    kept = plain(text).replace("\r\n", "\n").replace("\r", "\n")
    assert cell.text == kept

import io
import re

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.texts import Texts
from measurement.assessment.form import Told, clean
from measurement.assessment.form_read import read_form
from measurement.assessment.form_returned import Returned
from measurement.assessment.form_word import form_docx
from measurement.assessment.form_words import is_hint
from measurement.assessment.round import Field, Source
from tests.forms import (
    ANNA,
    EN,
    FI,
    SV,
    edited,
    entry,
    form_of,
    paragraph,
    parts,
    round_of,
    without_controls,
    without_parts,
    written_in,
)  # fmt: skip

WRITTEN = round_of(
    entry(3, "5.2", Field.ANSWER, "Vi svarar inom en dag."),
    entry(4, "5.2", Field.DESCRIPTION, "Först.\n\n\tIndraget & <b>\n=1+1"),
    entry(5, "5.2", Field.OWN_POINTS, "12.5"),
    entry(6, "5.2", Field.PROGRESS, "ready"),
)
FORM = form_of(WRITTEN)
CONTENT = form_docx(FORM, SV)


def values(returned: Returned) -> dict[tuple[str, Field], str]:
    return {(one.question, one.field): one.value for one in returned.fields}


def told(returned: Returned) -> list[tuple[Told, str]]:
    return [(one.what, one.question) for one in returned.remarks]


def test_what_people_see() -> None:
    document = docx.Document(io.BytesIO(CONTENT))
    known = document.core_properties
    assert (known.title, known.language) == ("Frågeformulär: Provkompassen 2027", "sv-SE")
    headings = [
        (one.style.name, one.text) for one in document.paragraphs if one.style and "Head" in str(one.style.name)
    ]
    assert headings == [
        ("Heading 1", "5 Brukarens fokus"), ("Heading 2", "5.1 Tillgänglighet"), ("Heading 2", "5.2 Tillgänglighet"),
    ]  # fmt: skip
    shown = [one.text for one in document.paragraphs]
    assert "Hur är det med 5.2?" in shown
    assert "Berätta hur ni gör." in shown
    assert "Löften (länk): https://kommun.example/loften" in shown
    assert "Inga belägg ännu." in shown
    footer = [one.text for one in document.sections[0].footer.paragraphs]
    assert footer[0] == "egen bedömning, inte SKR:s frågor"
    assert FORM.token in footer[1]
    assert [row.cells[0].text for row in document.tables[0].rows] == [
        "5.1 Kort svar", "5.1 Beskrivning", "5.1 Egna poäng (högst 20)", "5.1 Läge",
    ]  # fmt: skip


def test_what_word_asks_of_a_package() -> None:
    files = parts(CONTENT)
    document, types = files["word/document.xml"].decode(), files["[Content_Types].xml"].decode()
    assert 'PartName="/docProps/custom.xml"' in types
    assert "docProps/custom.xml" in files["_rels/.rels"].decode()
    ids = re.findall(r'<w:id w:val="(\d+)"/>', document)
    assert len(ids) == len(set(ids)) == 8
    # The order of the schema, which Word holds to; every cell holds a paragraph.
    order = r"<w:alias [^>]*/><w:tag [^>]*/><w:id [^>]*/><w:lock [^>]*/>(<w:showingPlcHdr/>)?"
    for properties in re.findall(r"<w:sdtPr>(.*?)</w:sdtPr>", document):
        assert re.fullmatch(f"{order}(<w:text/>|<w:dropDownList>.*</w:dropDownList>)?", properties)
    assert all("<w:p>" in cell for cell in re.findall(r"<w:tc>(.*?)</w:tc>", document))
    assert all(len(tag) <= 64 for tag in re.findall(r'<w:tag w:val="([^"]*)"', document))
    assert 'w:lang w:val="sv-SE"' in files["word/styles.xml"].decode()
    assert form_docx(FORM, SV) == CONTENT


def test_untouched_form_comes_back_the_same() -> None:
    returned = read_form(CONTENT, "svar.docx")
    assert (returned.round, returned.digest, returned.form) == (FORM.round, FORM.digest, FORM.id)
    assert (returned.owner, returned.source, returned.questions) == (ANNA, Source.WORD, ("5.1", "5.2"))
    assert returned.remarks == ()
    got = values(returned)
    assert got["5.1", Field.ANSWER] == got["5.1", Field.DESCRIPTION] == got["5.1", Field.OWN_POINTS] == ""
    assert got["5.2", Field.DESCRIPTION] == "Först.\n\n\tIndraget & <b>\n=1+1"
    assert (got["5.2", Field.OWN_POINTS], got["5.2", Field.PROGRESS]) == ("12,5", "ready")
    bases = {one.field: one.base for one in returned.fields if one.question == "5.2"}
    assert list(bases.values()) == [3, 4, 5, 6]


@pytest.mark.parametrize("texts", [EN, FI, SV.in_language("sv_FI"), SV.in_language("sv_lattlast")])
def test_every_language_is_read(texts: Texts) -> None:
    whole = read_form(form_docx(FORM, texts), "svar.docx")
    bare = read_form(edited(form_docx(FORM, texts), without_controls), "svar.docx")
    assert values(whole)["5.2", Field.PROGRESS] == "ready"
    assert whole.remarks == ()
    assert {key: one.replace(",", ".") for key, one in values(bare).items()} == {
        key: one.replace(",", ".") for key, one in values(whole).items()
    }


@given(answer=st.text(st.characters(exclude_categories=()), max_size=60), description=st.text(max_size=200))
@example(answer=" \t\n x \n\n", description="\n\n")
@example(answer="_x000D_ &amp; ]]>", description="a\u2028b\x85c\u00a0\u200b‮\u00adé é")
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_the_same(answer: str, description: str) -> None:
    round_ = round_of(entry(1, "5.1", Field.ANSWER, answer), entry(2, "5.1", Field.DESCRIPTION, description))
    got = values(read_form(form_docx(form_of(round_, "5.1"), SV), "x.docx"))
    for field, text in ((Field.ANSWER, answer), (Field.DESCRIPTION, description)):
        assert got["5.1", field] == clean(text)[0] or is_hint(field, text)


LISTED = '<w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="4"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (paragraph("Vi ", "sva", "rar."), "Vi svarar."),
        (paragraph("Ett.") + paragraph("") + paragraph("Två."), "Ett.\n\nTvå."),
        ("<w:p><w:r><w:t>Ett</w:t><w:br/><w:t>två</w:t><w:tab/><w:t>tre</w:t></w:r></w:p>", "Ett\ntvå\ttre"),
        # Other styles, a link, a bookmark, a spelling mark: what stands there counts.
        (
            '<w:p><w:pPr><w:pStyle w:val="Quote"/><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>'
            '<w:bookmarkStart w:id="0" w:name="x"/><w:hyperlink><w:r><w:rPr><w:b/></w:rPr><w:t>Länk</w:t></w:r>'
            '</w:hyperlink><w:proofErr w:type="spellStart"/><w:r><w:t xml:space="preserve"> här</w:t></w:r></w:p>',
            "Länk här",
        ),
        # Word makes a list of lines that begin with a hyphen, and takes the hyphen away.
        (f"<w:p>{LISTED.format(0, 'ett')}</w:p><w:p>{LISTED.format(1, 'två')}</w:p>", "- ett\n  - två"),
        # A table in an answer: its cells in order.
        (
            f"<w:tbl><w:tr><w:tc>{paragraph('5.1 Kort svar')}</w:tc><w:tc>{paragraph('nej')}</w:tc></w:tr></w:tbl>"
            + paragraph("Efter."),
            "5.1 Kort svar\nnej\nEfter.",
        ),
        # A field's code is not its text.
        ("<w:p><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:t>måndag</w:t></w:r></w:p>", "måndag"),
    ],
)  # fmt: skip
def test_what_people_do_to_a_text(content: str, expected: str) -> None:
    changed = edited(CONTENT, lambda xml: written_in(xml, "5.1/description", content))
    returned = read_form(changed, "x.docx")
    assert values(returned)["5.1", Field.DESCRIPTION] == expected
    assert returned.remarks == ()
    # The label of the table within did not count as a second answer.
    assert values(returned)["5.1", Field.ANSWER] == ""


def test_tracked_changes_are_read_as_accepted_and_told() -> None:
    content = (
        '<w:p><w:pPr><w:rPr><w:del w:id="8" w:author="x"/></w:rPr></w:pPr><w:r><w:t>Vi </w:t></w:r>'
        '<w:del w:id="9"><w:r><w:delText>inte </w:delText></w:r></w:del>'
        '<w:moveFrom w:id="7"><w:r><w:t>flyttat</w:t></w:r></w:moveFrom></w:p>'
        '<w:p><w:ins w:id="6"><w:r><w:t>svarar.</w:t></w:r></w:ins></w:p>'
    )
    returned = read_form(edited(CONTENT, lambda xml: written_in(xml, "5.1/answer", content)), "x.docx")
    assert values(returned)["5.1", Field.ANSWER] == "Vi svarar."
    assert told(returned) == [(Told.TRACKED, "")]


def test_pictures_and_comments_are_told() -> None:
    content = "<w:p><w:r><w:drawing/></w:r><w:r><w:t>Se bild.</w:t></w:r><w:r><w:commentReference/></w:r></w:p>"
    returned = read_form(edited(CONTENT, lambda xml: written_in(xml, "5.1/answer", content)), "x.docx")
    assert values(returned)["5.1", Field.ANSWER] == "Se bild."
    assert told(returned) == [(Told.PICTURE, "5.1"), (Told.COMMENTS, "")]


def test_what_is_written_beside_a_control_counts() -> None:
    def beside(xml: str) -> str:
        xml = written_in(xml, "5.1/answer", paragraph("Ett."))
        end = xml.index("</w:sdt>", xml.index('w:val="5.1/answer/')) + len("</w:sdt>")
        return xml[:end] + paragraph("Två.") + xml[end:]

    assert values(read_form(edited(CONTENT, beside), "x.docx"))["5.1", Field.ANSWER] == "Ett.\nTvå."


@pytest.mark.parametrize("wrapped", [False, True], ids=["as sent", "around the cell"])
def test_controls_around_cells_are_read(wrapped: bool) -> None:
    """Word itself puts a control around the cell when it is alone in it."""

    def around(xml: str) -> str:
        alone = (
            r"(<w:tc><w:tcPr><w:tcW [^>]*/></w:tcPr>)(<w:sdt>.*?<w:sdtContent>)(.*?)(</w:sdtContent></w:sdt>)(</w:tc>)"
        )
        return re.sub(alone, r"\2\1\3\5\4", xml)

    changed = edited(CONTENT, around) if wrapped else CONTENT
    assert ("<w:sdtContent><w:tc>" in parts(changed)["word/document.xml"].decode()) is wrapped
    assert values(read_form(changed, "x.docx")) == values(read_form(CONTENT, "x.docx"))


def test_lost_controls_are_made_up_for_by_the_labels() -> None:
    bare = edited(without_parts(CONTENT, "docProps/custom.xml", "word/footer1.xml"), without_controls)
    returned = read_form(bare, "x.docx")
    assert values(returned) == values(read_form(CONTENT, "x.docx"))
    assert {one.base for one in returned.fields} == {None}
    assert (returned.round, returned.form, returned.owner, returned.questions) == (FORM.round, FORM.id, "", ())
    assert FORM.digest.startswith(returned.digest)
    assert told(returned) == [(Told.WITHOUT_CONTROLS, "")]


def test_lost_table_is_made_up_for_by_the_controls() -> None:
    def as_text(xml: str) -> str:
        return re.sub(r"</?w:(tbl|tr|tc)>|<w:(tblPr|tblGrid|tcPr|trPr)>.*?</w:\2>", "", xml)

    changed = edited(CONTENT, as_text)
    assert "<w:tc>" not in parts(changed)["word/document.xml"].decode()
    assert values(read_form(changed, "x.docx")) == values(read_form(CONTENT, "x.docx"))


def test_strict_open_xml_is_read() -> None:
    def strict(xml: str) -> str:
        return xml.replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                           "http://purl.oclc.org/ooxml/wordprocessingml/main")  # fmt: skip

    assert values(read_form(edited(CONTENT, strict), "x.docx")) == values(read_form(CONTENT, "x.docx"))


def _copied(xml: str) -> str:
    table = xml[xml.index("<w:tbl>") : xml.index("</w:tbl>") + len("</w:tbl>")]
    return xml.replace("</w:body>", f"{table.replace('Öppen</w:t>', 'Klar</w:t>')}</w:body>")


def test_a_question_twice_is_told_where_it_says_two_things() -> None:
    returned = read_form(edited(CONTENT, _copied), "x.docx")
    assert told(returned) == [(Told.TWICE, "5.1")]
    assert (("5.1", Field.PROGRESS) in values(returned), values(returned)["5.1", Field.ANSWER]) == (False, "")
    assert values(returned)["5.2", Field.PROGRESS] == "ready"


def test_a_question_that_is_gone_is_told() -> None:
    def cut(xml: str) -> str:
        begin = xml.rindex("<w:tbl>")
        return xml[:begin] + xml[xml.rindex("</w:tbl>") + len("</w:tbl>") :]

    returned = read_form(edited(CONTENT, cut), "x.docx")
    assert told(returned) == [(Told.MISSING, "5.2")]
    assert {one.question for one in returned.fields} == {"5.1"}


def test_words_that_are_no_progress_are_told() -> None:
    changed = edited(CONTENT, lambda xml: xml.replace(">Klar</w:t>", ">Nästan klar</w:t>"))
    returned = read_form(changed, "x.docx")
    assert [(one.what, one.question, one.value) for one in returned.remarks] == [
        (Told.NO_PROGRESS, "5.2", "Nästan klar")
    ]
    assert ("5.2", Field.PROGRESS) not in values(returned)
    assert len(returned.fields) == 7

import random
import struct
import zipfile
from io import BytesIO

import pytest

from measurement.assessment import form_package
from measurement.assessment.form import Remark, Told
from measurement.assessment.form_excel import form_xlsx
from measurement.assessment.form_fault import FormFault, FormWhy
from measurement.assessment.form_read import peek, read_form
from measurement.assessment.form_word import form_docx
from measurement.assessment.form_words import LABELS, fault_words, remark_words
from measurement.assessment.round import Field
from tests.forms import EN, FI, SV, edited, entry, form_of, packed, parts, round_of, without_controls, without_parts

FORM = form_of(round_of(entry(3, "5.2", Field.ANSWER, "Vi svarar."), entry(4, "5.1", Field.OWN_POINTS, "7")))
WORD, EXCEL = form_docx(FORM, SV), form_xlsx(FORM, SV)
BOTH = pytest.mark.parametrize("content", [WORD, EXCEL], ids=["word", "excel"])


def why(content: bytes, name: str = "svar.docx") -> FormWhy:
    with pytest.raises(FormFault) as caught:
        read_form(content, name)
    assert fault_words(caught.value, SV).endswith((".", "!"))
    return caught.value.why


def is_refused(content: bytes) -> bool:
    """Whether a file is refused, with its reason; any other error goes through."""
    try:
        read_form(content, "svar.docx")
    except FormFault:
        return True
    return False


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", FormWhy.NOT_OFFICE),
        (b"Hej", FormWhy.NOT_OFFICE),
        (b"%PDF-1.7 ...", FormWhy.NOT_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), FormWhy.OLD),
        (b"PK\x03\x04" + bytes(600), FormWhy.DAMAGED),
        (WORD[: len(WORD) // 2], FormWhy.DAMAGED),
        (bytes(10 * 2**20 + 1), FormWhy.TOO_LARGE),
        (packed({"readme.txt": b"Hej"}), FormWhy.NOT_OFFICE),
        (packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), FormWhy.NOT_OFFICE),
        (packed({**parts(WORD), "word/document.xml": b"<w:document"}), FormWhy.DAMAGED),
        (packed({**parts(WORD), "word/document.xml": b""}), FormWhy.DAMAGED),
        (packed({**parts(WORD), "word/document.xml": b"<a/>"}), FormWhy.NOT_OFFICE),
        (packed({name: one for name, one in parts(WORD).items() if name != "word/document.xml"}), FormWhy.DAMAGED),
        (packed({name: one for name, one in parts(WORD).items() if name != "_rels/.rels"}), FormWhy.DAMAGED),
    ],
)
def test_what_is_no_form_is_refused_in_words(content: bytes, expected: FormWhy) -> None:
    assert why(content) is expected
    assert peek(content) is None


def test_damage_beside_the_answers_does_no_harm() -> None:
    harmed = packed({**parts(WORD), "word/footer1.xml": b"<<", "docProps/custom.xml": b"", "word/styles.xml": b"?"})
    returned = read_form(harmed, "svar.docx")
    assert returned.fields == read_form(WORD, "svar.docx").fields
    assert (returned.form, returned.owner) == (FORM.id, "")


@pytest.mark.parametrize("name", ["svar.docm", "SVAR.XLSM", "x.xlsb"])
def test_names_of_files_with_macros_are_refused(name: str) -> None:
    assert why(WORD, name) is FormWhy.MACROS


@pytest.mark.parametrize(
    "files",
    [
        {"word/vbaProject.bin": b"x"},
        {"[Content_Types].xml": parts(WORD)["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml")},
    ],
    ids=["code", "type"],
)  # fmt: skip
def test_macros_are_found_whatever_the_name_and_the_sender_can_be_told(files: dict[str, bytes]) -> None:
    content = packed({**parts(WORD), **files})
    assert why(content) is FormWhy.MACROS
    found = peek(content)
    assert found is not None
    assert found.form == FORM.id


def test_a_document_of_somebody_elses_is_no_form() -> None:
    import docx
    import openpyxl

    word, excel = BytesIO(), BytesIO()
    document = docx.Document()
    document.add_paragraph("Protokoll 5.1")
    document.save(word)
    book = openpyxl.Workbook()
    book.save(excel)
    for content in (word.getvalue(), excel.getvalue()):
        assert why(content) is FormWhy.NOT_A_FORM
        assert peek(content) is None


def test_a_form_without_its_number_is_refused() -> None:
    bare = without_parts(WORD, "docProps/custom.xml", "word/footer1.xml")
    assert why(edited(bare, lambda xml: xml.replace(FORM.token, ""))) is FormWhy.NO_TOKEN


def test_a_form_edited_beyond_recognition_is_refused() -> None:
    def beyond(xml: str) -> str:
        return without_controls(xml).replace("Kort svar", "A").replace("Beskrivning", "B").replace(
            "Egna poäng", "C").replace("Läge", "D")  # fmt: skip

    assert why(edited(WORD, beyond)) is FormWhy.UNRECOGNISABLE
    assert why(packed({**parts(EXCEL), "xl/sharedStrings.xml": b"<sst/>"}), "x.xlsx") is FormWhy.UNRECOGNISABLE


ENTITIES = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@BOTH
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(content: bytes, encoding: str) -> None:
    name = "word/document.xml" if content is WORD else "xl/sharedStrings.xml"
    text = parts(content)[name].decode()
    begin = text.index("?>") + 2
    bad = f'<?xml version="1.0" encoding="{encoding}"?>{ENTITIES.decode()}{text[begin:]}'
    bad = bad.replace("Vi svarar.", "&b;&c;")
    assert "&c;" in bad
    assert why(packed({**parts(content), name: bad.encode(encoding)})) is FormWhy.DAMAGED


@BOTH
def test_bombs_are_not_unpacked(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "word/document.xml" if content is WORD else "xl/sharedStrings.xml"
    # 20 MB of spaces pack into 20 kB: above the bound of one part.
    bomb = packed({**parts(content), name: b"<a>" + b" " * (20 * 2**20) + b"</a>"})
    assert len(bomb) < 200_000
    assert why(bomb) is FormWhy.TOO_LARGE
    # One that lies of its size is read no further than the bound either.
    monkeypatch.setattr(form_package, "MOST_UNPACKED", 2**40)
    assert why(_lying(bomb, name)) in {FormWhy.TOO_LARGE, FormWhy.DAMAGED}
    monkeypatch.undo()
    assert why(packed({**parts(content), **{f"x/{n}": b"" for n in range(3_000)}})) is FormWhy.TOO_LARGE


def _lying(content: bytes, name: str) -> bytes:
    """The same file, where the directory says that a part has ten bytes."""
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 1)
    return content[: at + 24] + struct.pack("<L", 10) + content[at + 28 :]


def test_deep_and_wide_files_are_read_or_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<w:p>" * 200_000
    assert why(edited(WORD, lambda xml: xml.replace("<w:body>", f"<w:body>{deep}"))) is FormWhy.DAMAGED
    rows = "<w:tbl>" + "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>" * 5_000 + "</w:tbl>"
    control = "<w:sdt><w:sdtPr><w:tag w:val='5.1/answer/3/aaaaaaaa'/></w:sdtPr><w:sdtContent>"
    nested = control * 40 + "<w:p/>" * 5_000 + "</w:sdtContent></w:sdt>" * 40
    wide = edited(WORD, lambda xml: xml.replace("<w:body>", f"<w:body>{rows}{nested}"))
    assert len(read_form(wide, "x.docx").fields) == 8 - 1  # the answer stands there twice now
    monkeypatch.setattr(form_package, "MOST_ELEMENTS", 20_000)
    assert why(wide) is FormWhy.TOO_LARGE


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_office_does_not_use_is_refused(method: int) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, one in parts(WORD).items():
            made.writestr(name, one)
    assert why(out.getvalue()) is FormWhy.DAMAGED


@BOTH
def test_no_damaged_file_gives_an_unclear_error(content: bytes) -> None:
    """Bytes changed, cut out and doubled, in the package and within its parts: read, or refused with a reason."""
    draw = random.Random(7)
    refused = 0
    files = {name: one for name, one in parts(content).items() if name.endswith((".xml", ".rels"))}
    for number in range(400):
        if number % 2:
            bad = _damaged(content, draw)
        else:
            name = draw.choice(sorted(files))
            bad = packed({**parts(content), name: _damaged(files[name], draw)})
        refused += is_refused(bad)
        peek(bad)
    assert refused > 100


def _damaged(content: bytes, draw: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(made) or 1)
        match draw.randrange(4):
            case 0:
                made[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del made[at : at + draw.randint(1, 200)]
            case 2:
                made[at:at] = made[at : at + draw.randint(1, 200)]
            case _:
                made[at:at] = draw.choice([b"<", b">", b'"', b"&x;", b"<w:sdt>", b"</row>", b"\x00", b"99999999999"])
    return bytes(made)


@BOTH
def test_what_is_in_the_cells_of_a_hostile_file(content: bytes) -> None:
    """Numbers that cannot be, references that lead nowhere."""
    files = parts(content)
    name = "word/document.xml" if content is WORD else "xl/worksheets/sheet1.xml"
    text = files[name].decode()
    for old, new in (
        ("<v>3</v>", "<v>999999999</v>"), ("<v>4</v>", "<v>-1</v>"), ("<v>20</v>", "<v>1e999</v>"),
        ('r="F6"', 'r="ZZZ9999999"'), ('w:ilvl w:val="0"', 'w:ilvl w:val="x"'), ("/3/", "/999999999999999999/"),
        ("r:id", "q"),
    ):  # fmt: skip
        assert is_refused(packed({**files, name: text.replace(old, new).encode()})) in {True, False}


def test_everything_told_has_words_in_every_language() -> None:
    for texts in (SV, EN, FI):
        for what in Told:
            told = remark_words(Remark(what=what, question="5.2", field=Field.ANSWER, value="x" * 99, most=20), texts)
            assert told.endswith(".")
            assert "{" not in told
        assert {fault_words(FormFault(one, "a", "b"), texts).count("{") for one in FormWhy} == {0}
    told = remark_words(Remark(what=Told.TOO_MANY, question="5.2", field=Field.OWN_POINTS, value="21", most=20), SV)
    assert told == "Fråga 5.2, egna poäng: det finns högst 20 poäng att få, inte 21."
    assert set(LABELS) == {Field.ANSWER, Field.DESCRIPTION, Field.OWN_POINTS, Field.PROGRESS}

"""What tests of question forms share: a small framework, a round, and what people and programs do to files."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.texts import Texts
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.form import Form, form_for
from measurement.assessment.framework import Area, AreaId, Framework, FrameworkId, Question, QuestionId
from measurement.assessment.round import About, Entry, Field, Round, RoundId, Seq, Source, fold

AT = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
ANNA, ELSA = "anna@kommun.example", "elsa@kommun.example"
SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
EN, FI = SV.in_language("en"), SV.in_language("fi")


def question(id_: str, points: int = 20) -> Question:
    return Question(id=QuestionId(id_), sub_area="Tillgänglighet", text=f"Hur är det med {id_}?",
                    guidance="Berätta hur ni gör.", points=points)  # fmt: skip


FRAMEWORK = Framework(
    id=FrameworkId("prov-2027"), name="Provkompassen", edition="2027", note="egen bedömning, inte SKR:s frågor",
    areas=(
        Area(id=AreaId("5"), name="Brukarens fokus", block="", points=50,
             questions=(question("5.1"), question("5.2"), question("5.10", 10))),
        Area(id=AreaId("6"), name="Utveckling & kvalitet", block="", points=20, questions=(question("6.1"),)),
    ),
)  # fmt: skip
EVIDENCE = (
    Evidence(question=QuestionId("5.2"), kind=EvidenceKind.SERIES, title="Svar inom en dag", by=ANNA, at=AT),
    Evidence(question=QuestionId("5.2"), kind=EvidenceKind.LINK, title="Löften", place="https://kommun.example/loften",
             by=ANNA, at=AT),
)  # fmt: skip


def entry(
    seq: int, about: str, field: Field, value: str, *, by: str = ANNA, base: int | None = None,
    source: Source = Source.COMMAND, at: datetime = AT,
) -> Entry:  # fmt: skip
    return Entry(about=About(about), field=field, value=value, by=by, source=source, at=at,
                 base=None if base is None else Seq(base), seq=Seq(seq))  # fmt: skip


def round_of(*entries: Entry, framework: Framework = FRAMEWORK, name: str = "provstad-2027") -> Round:
    current, conflicts = fold(entries)
    return Round(id=RoundId(name), framework=framework, municipality="Provstad", as_of=AT, current=current,
                 conflicts=conflicts)  # fmt: skip


def form_of(round_: Round, *questions: str, owner: str = ANNA) -> Form:
    return form_for(round_, questions or ("5.1", "5.2"), owner, EVIDENCE)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {one.filename: packed.read(one) for one in packed.infolist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def edited(content: bytes, change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """The same file with one part changed."""
    files = parts(content)
    files[part] = change(files[part].decode()).encode()
    return packed(files)


def without_parts(content: bytes, *names: str) -> bytes:
    """The same file without some parts, and without what points at them."""
    files = {name: one for name, one in parts(content).items() if name not in names}
    for name in files:
        if name.endswith(".rels"):
            text = files[name].decode()
            for gone in names:
                text = re.sub(
                    rf'<Relationship [^>]*Target="/?{re.escape(gone.removeprefix("word/"))}"[^>]*/>', "", text
                )
                text = re.sub(rf'<Relationship [^>]*Target="/?{re.escape(gone)}"[^>]*/>', "", text)
            files[name] = text.encode()
    return packed(files)


def without_controls(xml: str) -> str:
    """What Google Docs leaves of a Word file: the words, no controls."""
    xml = re.sub(r"<w:sdtPr>.*?</w:sdtPr>", "", xml, flags=re.DOTALL)
    return re.sub(r"</?w:sdt(Content)?>", "", xml)


def written_in(xml: str, tag: str, content: str) -> str:
    """What a control holds after somebody wrote there: its content as XML of Word's, no hint any more."""
    begin = xml.index(f'w:val="{tag}/')
    end = xml.index("</w:sdtContent>", begin)
    control = re.sub(r"<w:showingPlcHdr/>", "", xml[begin:end])
    head = control[: control.index("<w:sdtContent>") + len("<w:sdtContent>")]
    return xml[:begin] + head + content + xml[end:]


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{one}</w:t></w:r>' for one in runs) + "</w:p>"

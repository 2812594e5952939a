"""A project on one A3 page, and as JSON: tagged, whole, and nothing that should be hidden."""

import io
import json
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from config.texts import Language, Texts
from measurement.improvement.analysis_json import change_json
from measurement.improvement.baseline import baseline_of, periods_for
from measurement.improvement.control_phase import outcome_of
from measurement.improvement.export import project_json
from measurement.improvement.findings import analysis_of
from measurement.improvement.gates import QUESTIONS, Gate
from measurement.improvement.lateness import LocalTimes
from measurement.improvement.paper import Content, paper, paper_pdf
from measurement.improvement.project import Change, Field
from measurement.improvement.show import analysis_lines, project_lines
from measurement.improvement.staffing import staffing_of
from measurement.report.document import Drawing, Heading
from tests.improving import AT, answered, entry, noted, project, rows, shares
from tests.pdf_text import words_in
from tests.test_improve_control import CHANGE, HIGH, LOW
from tests.test_improve_staffing import EVEN, came
from tests.test_report_pdf import tags
from tests.weeks import ZONE

SWEDISH = Texts("sv", ZONE)
MADE = Change(what="Kontaktcenter öppnar", on=date(2026, 9, 21), period=CHANGE, by="kommundirektören")


def content(*, answer: str = "Var femte får vänta mer än en dag.") -> Content:
    """Return a project that has come to its last gate."""
    series = shares([*LOW, *HIGH], target=0.95, decisions=(noted(CHANGE),))
    times: LocalTimes = came(1, 1.5)
    entries = [
        entry(Field.OWNER, "anna@kommun.example"),
        *(entry(Field.ANSWER, answer, one.id) for one in QUESTIONS),
        *(entry(Field.PASSED, "", gate) for gate in list(Gate)[:3]),
        entry(Field.SKIPPED, "Lösningen var given.", Gate.IMPROVE),
        entry(Field.TARGET, "0.95 KF § 12"), entry(Field.CHANGE, change_json(MADE)),
    ]  # fmt: skip
    late = rows(1, 3000, 0.2, {("handed_over", "yes"): 0.3})
    return Content(
        project=project(*entries), series=series, municipality="Exempel kommun", slice_name="", as_of=AT,
        names={"unit:m": "Bygg och miljö", "topic:h": "Parkering"},
        baseline=baseline_of(periods_for(series, before=CHANGE)),
        analysis=analysis_of(late, "2026-W19", "2026-W38", "one_working_day", staffing_of(times, EVEN)),
        change=MADE, outcome=outcome_of(series, CHANGE),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made() -> bytes:
    return paper_pdf(content(), SWEDISH)


def test_it_is_one_a3_page_of_pdf_ua(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        # 420 × 297 mm in points.
        assert [round(float(one)) for one in pdf.pages[0].MediaBox[2:]] == [1191, 842]
        assert str(pdf.Root.Lang) in {"sv", "sv-SE"}
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Svar inom en arbetsdag"
        found = list(tags(pdf.Root.StructTreeRoot.K))
        headings = [path[-1] for path, _ in found if path[-1][:2] == "/H"]
        alts = [str(node.Alt) for path, node in found if path[-1] == "/Figure"]
    assert headings == ["/H1", *["/H2"] * 5]
    assert len(alts) == 4
    assert all(len(one) > 40 for one in alts)


def test_it_tells_the_five_gates_in_order_with_questions_and_figures(made: bytes) -> None:
    words = words_in(made).replace("\N{NO-BREAK SPACE}", " ")
    places = [words.index(part) for part in (
        "1 Definiera: klart", "Vad är problemet?", "2 Mät: klart", "Hur stort är problemet?", "Målet är 95 %",
        "3 Analysera: klart", "Vad orsakar problemet?", "4 Förbättra: hoppades över (Lösningen var given.)",
        "Kontaktcenter öppnar. Från 2026-09-21", "5 Styr och följ upp: pågår", "Vad blev resultatet?",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "Före 80,6 %, efter 95,3 %" in words


@pytest.mark.parametrize("times", [40, 400])
def test_however_much_was_written_it_is_one_page(times: int) -> None:
    long = content(answer="Handläggare på bygg-, miljö- och räddningsenheterna väntar på varandra. " * times)
    with pikepdf.open(io.BytesIO(paper_pdf(long, SWEDISH))) as pdf:
        assert len(pdf.pages) == 1


def test_a_project_that_was_just_opened_has_a_page_too() -> None:
    new = Content(
        project=project(entry(Field.OWNER, "anna@kommun.example")), series=shares([]), municipality="Exempel kommun",
        slice_name="", names={}, as_of=AT,
    )  # fmt: skip
    found = paper(new, SWEDISH)
    assert [one.text for one in found.blocks if isinstance(one, Heading)][:2] == [
        "1 Definiera: pågår", "2 Mät: inte klart än"
    ]  # fmt: skip
    assert not any(isinstance(one, Drawing) for one in found.blocks)
    assert len(paper_pdf(new, SWEDISH)) > 1000


@pytest.mark.parametrize("language", ["fi", "en"])
def test_other_languages_make_a_page(language: Language) -> None:
    assert paper_pdf(content(), Texts(language, ZONE)).startswith(b"%PDF")


def test_the_same_project_gives_the_same_bytes(made: bytes) -> None:
    assert paper_pdf(content(), SWEDISH) == made


def test_the_json_holds_gates_figures_and_history_but_no_hidden_group() -> None:
    one = content()
    told = json.loads(json.dumps(project_json(one, answered(Gate.DEFINE), SWEDISH)))
    assert [gate["state"] for gate in told["gates"]] == ["passed", "passed", "passed", "skipped", "open"]
    assert told["gates"][0]["questions"][0]["answer"] == "Var femte får vänta mer än en dag."
    assert told["baseline"]["k"] == sum(LOW)
    assert told["outcome"]["change"]["difference"]["value"] == pytest.approx(0.146, abs=0.01)
    assert told["analysis"]["findings"][0]["dimension"] == "handed_over"
    assert told["change"]["on"] == "2026-09-21"
    assert len(told["chart"]["points"]) == 35
    assert not any(category["hidden"] for category in told["analysis"]["categories"])
    few = analysis_of(rows(3, 60, 0.5, {}), "2026-W01", "2026-W02", "one_working_day")
    assert few.hidden > 0
    assert all(category.due >= 10 for category in few.categories)


def test_a_terminal_gets_the_same_in_lines() -> None:
    one = content()
    lines = "\n".join(project_lines(one, SWEDISH))
    assert "5 Styr och följ upp: pågår" in lines
    assert "(control.spread)" in lines
    assert one.analysis is not None
    few = replace(one.analysis, hidden=2)
    table = "\n".join(analysis_lines(few, one.names, SWEDISH))
    assert "2 grupper är för små för att visas" in table
    assert max(map(len, table.splitlines())) <= 78

"""A question's page and its one sentence: what stands there, what must not, and where it comes from."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest

from config.texts import Texts
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.evidence_page import evidence_page
from measurement.assessment.evidence_words import changed_words, evidence_line, shift_words, span
from measurement.assessment.framework import Area, AreaId, Framework, FrameworkId, Question, QuestionId, Subject
from measurement.assessment.freezing import FrozenFault
from measurement.assessment.frozen import FrozenSeries, MustRead, NoSeries
from measurement.assessment.frozen_json import digest_of, to_json
from measurement.assessment.papers import paper_pdf
from measurement.assessment.round import About, Entry, Field, Round, RoundId, Seq, Source
from measurement.assessment.whole import shift_of, whole_of
from measurement.measures import Direction, Unit
from measurement.periods import Week, weeks_back
from measurement.report.document import Document, Heading, Key, Paragraph, Points, Table, Tone
from measurement.report.pdf import report_pdf
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series
from tests.pdf_text import words_in
from tests.test_report_pdf import tags
from tests.weeks import SWEDISH, ZONE

AS_OF = datetime(2026, 11, 24, 6, tzinfo=UTC)
ADDED = AS_OF + timedelta(hours=3)
QUESTION = Question(
    id=QuestionId("2.1"), sub_area="Tillgänglighet", text="Hur snabbt får den som skriver svar?", guidance="",
    points=6, subject=Subject.ANSWER_TIME,
)  # fmt: skip
FRAMEWORK = Framework(
    id=FrameworkId("kommunkompassen-classic"), name="Kommunkompassen", edition="klassisk",
    note="Egen bedömning, inte SKR:s frågor",
    areas=(Area(id=AreaId("2"), name="Brukarfokus", block="", points=100, questions=(QUESTION,)),),
)  # fmt: skip


def entered(field: Field, value: str) -> Entry:
    return Entry(about=About("2.1"), field=field, value=value, by="kvalitetsledaren", source=Source.COMMAND, at=AS_OF)


def round_(*entries: Entry) -> Round:
    return Round(
        id=RoundId("exempel-2027"), framework=FRAMEWORK, municipality="Exempel kommun", as_of=AS_OF,
        current={(one.about, one.field): one for one in entries},
    )  # fmt: skip


def shares(counts: Sequence[tuple[int, int]], *decisions: Decision, measure: str = "promise_kept") -> FrozenSeries:
    """Return a frozen series of shares that ends with W47."""
    weeks = weeks_back(Week.parse("2026-W47"), len(counts))
    points = tuple(
        Point(period=str(week), value=k / n if n else None, n=n, numerator=k if n else None)
        for week, (k, n) in zip(weeks, counts, strict=True)
    )
    return freeze(
        Series(measure=measure, version=1, name="Svarslöften som hölls", unit=Unit.SHARE, direction=Direction.HIGHER,
               points=points, decisions=decisions, target=0.9)
    )  # fmt: skip


def indices(values: Sequence[tuple[float, int]]) -> FrozenSeries:
    weeks = weeks_back(Week.parse("2026-W47"), len(values))
    points = tuple(Point(period=str(week), value=value, n=n) for week, (value, n) in zip(weeks, values, strict=True))
    return freeze(
        Series(measure="reception.index", version=1, name="Bemötande, index", unit=Unit.INDEX,
               direction=Direction.HIGHER, points=points)
    )  # fmt: skip


def freeze(series: Series) -> FrozenSeries:
    chart = chart_of(series, kind_for(series.unit))
    return FrozenSeries(
        as_of=AS_OF, language="sv", chart=chart, meaning="Räknas så som det räknades 2026.", population="inquiries",
        definitions="0123456789abcdef", whole=whole_of(chart), shift=shift_of(chart), hidden=(),
    )  # fmt: skip


def piece(frozen: FrozenSeries, number: int = 1) -> Evidence:
    content = to_json(frozen)
    return Evidence(
        id=EvidenceId(number), question=QUESTION.id, kind=EvidenceKind.SERIES, title=frozen.series.name,
        content=content, digest=digest_of(content), measure=frozen.series.measure, as_of=frozen.as_of,
        by="kvalitetsledaren", at=ADDED,
    )  # fmt: skip


def link(number: int, title: str, **more: object) -> Evidence:
    return Evidence(
        id=EvidenceId(number), question=QUESTION.id, kind=EvidenceKind.LINK, title=title,
        place=f"https://kommun.example/{number}", by="kommunikation@kommun.example", at=ADDED, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def page(*evidence: Evidence, of: Round | None = None, missing: NoSeries | None = None) -> Document:
    return evidence_page(of or round_(), QUESTION, evidence, SWEDISH, missing)


def words(document: Document) -> str:
    """Return all that the page says, with ordinary blanks."""
    said = [document.title, document.subtitle, document.lead, document.footer]
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                said.append(block.text)
            case Points():
                said += block.items
            case Table():
                said += [" | ".join(row) for row in (block.head, *block.rows)]
            case Key():
                said += [block.name, block.value, block.basis, block.target, block.word, block.meaning, block.alt,
                         *block.beside, *block.notes]  # fmt: skip
            case _:
                raise AssertionError(block)
    return "\n".join(said).replace("\N{NO-BREAK SPACE}", " ")


EVEN = [(27, 30), (28, 30)] * 8
"""Sixteen weeks; the last thirteen are 7 · 28 + 6 · 27 = 358 of 390."""


def test_a_page_has_the_question_the_answer_one_series_and_where_it_comes_from() -> None:
    of = round_(
        entered(Field.ANSWER, "Inom en arbetsdag."), entered(Field.DESCRIPTION, "Vi mäter varje vecka.\nAlla ser det."),
        entered(Field.OWN_POINTS, "4,5"),
    )  # fmt: skip
    evidence = piece(replace(shares(EVEN), beside=(MustRead(measure="x", name="Enkäter", numerator=3, n=7),)))
    document = page(evidence, of=of)
    assert (document.title, document.lead) == ("Fråga 2.1: vad vi kan visa", QUESTION.text)
    assert document.subtitle == "Kommunkompassen klassisk · Brukarfokus · Tillgänglighet"
    assert document.footer == (
        "Egen bedömning, inte SKR:s frågor · Till och med tisdag 24 november 2026 kl. 07.00 · Definitioner 0123456789ab"
    )
    keys = [one for one in document.blocks if isinstance(one, Key)]
    assert [(one.name, one.value, one.word) for one in keys] == [
        ("Svarslöften som hölls", "91,8\N{NO-BREAK SPACE}%", ""),
        ("Senaste veckan: vecka 47, 2026", "93,3\N{NO-BREAK SPACE}%", "som vanligt"),
    ]
    assert [one.chart is None for one in keys] == [True, False]
    said = words(document)
    for one in (
        "Inom en arbetsdag.", "Vi mäter varje vecka.", "Alla ser det.", "Egna poäng: 4,5 av 6.",
        # 358 of 390 is 91.79 per cent; Wilson: centre 0.913675, half 0.027247.
        "91,8 %", "358 av 390, vecka 35–47, 2026 tillsammans", "mål 90 %",
        "Intervall: 88,6 %–94,1 % (Wilson, 95 %). Så mycket kan slumpen ensam flytta siffran.",
        "Utfallet ligger inom det som brukar variera från vecka till vecka.", "Enkäter: 3 av 7",
        "Så räknas det: Räknas så som det räknades 2026. Definition promise_kept, version 1.",
        "Det här var känt tisdag 24 november 2026 kl. 07.00. Bara veckor som då var färdiga att bedöma är med. Fryst "
        "2026-11-24 av kvalitetsledaren.",
        f"Kontrollsumma (SHA-256): {evidence.digest}",
        "Vecka 47, 2026 | 93,3 % | 28 av 30",
        "Veckornas beteckningar: promise_kept@2026-W47, promise_kept@2026-W46,",
        "run_bot.py explain figure promise_kept@2026-W47 --as-of 2026-11-24T07:00",
        "Linjediagram över Svarslöften som hölls, 16 veckor: vecka 32, 2026 till vecka 47, 2026.",
        "Ingen har lagt till något.",
    ):  # fmt: skip
        assert one in said
    assert len(next(one for one in document.blocks if isinstance(one, Table)).rows) == 6


def test_a_page_is_drawn_from_what_was_frozen_alone() -> None:
    """Its words and limits are those of the JSON, though the chart would be judged otherwise today."""
    frozen = shares(EVEN)
    odd = replace(frozen.chart.judged[-1], centre=0.5, lower=0.4, upper=0.6)
    kept = replace(frozen, chart=replace(frozen.chart, judged=(*frozen.chart.judged[:-1], odd)))
    said = words(page(piece(kept)))
    assert "Det vanliga är 50 %, mellan 40 % och 60 %." in said
    with pytest.raises(FrozenFault, match="SHA-256"):
        page(replace(piece(frozen), digest="0" * 64))


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (NoSeries.NO_SUBJECT, "Inget av det vi mäter svarar på den här frågan. Visa den med dokument och länkar."),
        (NoSeries.NO_VALUES, "Vi mäter det här, men ingen vecka var färdig att bedöma då. Därför finns ingen serie."),
        (NoSeries.HIDDEN, "varje vecka svarade färre än tio"),
        (NoSeries.NOT_FILLED, "Kör run_bot.py figures fill först."),
        (NoSeries.AHEAD, "Omgångens datum har inte kommit än."),
        (None, "Ingen serie är fryst för den här frågan."),
    ],
)
def test_a_question_without_a_series_says_why_and_is_still_a_page(missing: NoSeries | None, said: str) -> None:
    document = page(link(1, "Policy"), missing=missing)
    assert said in words(document)
    assert "Kommunen har inte svarat än." in words(document)
    assert "Policy, https://kommun.example/1. Tillagt 2026-11-24 av kommunikation@kommun.example." in words(document)
    assert report_pdf(document, SWEDISH).startswith(b"%PDF")


def test_what_was_replaced_is_told_with_who_and_why() -> None:
    series, newer = piece(shares(EVEN[2:])), replace(
        piece(shares(EVEN), 4), at=ADDED + timedelta(days=2), replaces=EvidenceId(1), why="Nytt läge för rundan"
    )  # fmt: skip
    of_another = replace(link(9, "Annan fråga"), question=QuestionId("2.2"))
    said = words(page(series, link(2, "Policy 2025"), newer, of_another,
                      link(3, "Policy 2026", replaces=EvidenceId(2), why="Antagen av fullmäktige.")))  # fmt: skip
    assert "358 av 390, vecka 35–47, 2026" in said
    assert "Policy 2026, https://kommun.example/3." in said
    assert "Policy 2025, https" not in said
    assert "Annan fråga" not in said
    assert (
        "”Policy 2025” (2026-11-24, kommunikation@kommun.example) ersattes 2026-11-24 av kommunikation@kommun.example. "
        "Skäl: Antagen av fullmäktige." in said
    )
    assert "ersattes 2026-11-26 av kvalitetsledaren. Skäl: Nytt läge för rundan." in said


def test_few_are_never_told_in_per_cent_and_hidden_weeks_not_at_all() -> None:
    few = words(page(piece(shares([(1, 2), (2, 3), (1, 1)]))))
    assert "4 av 6" in few
    assert "Vecka 46, 2026 | 2 av 3 | n = 3" in few
    assert "Underlaget är för litet för att säga hur säker siffran är." in few
    assert "66," not in few
    # Nineteen grades: the index is not shown, as a week it stands in the chart alone.
    small = indices([(80.0, 10), (90.0, 9)])
    said = words(page(piece(small)))
    assert "Vecka 47, 2026 | visas inte | n = 9" in said
    assert "82," not in said
    assert "84," not in said
    assert evidence_line(small, SWEDISH) == "Bemötande, index: visas inte (n = 19), vecka 46–47, 2026."
    hidden = replace(indices([(80.0, 40), (90.0, 0)]), hidden=("2026-W47",))
    series = hidden.series
    points = (series.points[0], replace(series.points[1], value=None, n=0))
    empty = freeze(replace(series, points=points))
    said = words(page(piece(replace(empty, hidden=("2026-W47",)))))
    assert "Vecka 47, 2026 | visas inte | färre än tio svar" in said
    assert "Den senaste veckan visas inte: färre än tio svarade." in said
    assert "1 vecka visas inte och räknas inte in: färre än tio svarade." in said


def test_a_week_without_any_case_is_told() -> None:
    said = words(page(piece(shares([*EVEN, (0, 0)]))))
    assert "Vecka 47, 2026 | inget att räkna | –" in said
    assert "Den senaste veckan har inget utfall, så det finns inget tecken att läsa." in said
    # The thirteen weeks end with the last that has a value: W34–W46 of W31–W46.
    assert "358 av 390, vecka 34–46, 2026" in said


def test_only_figures_from_before_us_are_a_page_without_a_number() -> None:
    earlier = tuple(
        Earlier(period=year, value=value, n=None, definition="KKiK", source="KKiK 2019")
        for year, value in (("2017", 0.79), ("2019", 0.84))
    )
    frozen = freeze(
        Series(measure="answered_in_time.one_working_day", version=1, name="Besvarade inom en arbetsdag",
               unit=Unit.SHARE, direction=Direction.HIGHER, points=(), earlier=earlier)
    )  # fmt: skip
    document = page(piece(frozen))
    said = words(document)
    assert "Bara uppgifter från tiden före Kommunsvar är kända." in said
    assert "Tidigare, räknat på ett annat sätt (KKiK; KKiK 2019): 2017 – 2019: 79 % – 84 %." in said
    assert not [one for one in document.blocks if isinstance(one, (Key, Table))]
    assert evidence_line(frozen, SWEDISH) == "Besvarade inom en arbetsdag: bara uppgifter från tiden före Kommunsvar."
    assert report_pdf(document, SWEDISH).startswith(b"%PDF")


REBASE = Decision(
    kind=DecisionKind.REBASE, period="2026-W40", cause="Kontaktcentret öppnade", decided_by="kvalitetsledaren",
    decided_on=date(2026, 11, 20),
)  # fmt: skip


def test_a_change_is_told_in_percentage_points() -> None:
    frozen = shares([(18, 30), (18, 30), (17, 30), (19, 30)] * 2 + [(28, 30), (29, 30)] * 4, REBASE)
    assert frozen.shift is not None
    # Before 2 · 72 of 240 is 60 per cent, after 4 · 57 = 228 of 240 is 95.
    said = shift_words(frozen.shift, SWEDISH).replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(
        "Före och efter ”Kontaktcentret öppnade” (vecka 40, 2026, kvalitetsledaren): från 60,0 % (144 av 240) till "
        "95,0 % (228 av 240). Skillnaden är +35 procentenheter, med 95 % säkerhet mellan +3"
    )
    document = page(piece(frozen))
    assert said in words(document)
    assert "1. 2026-W40: Kontaktcentret öppnade; gränserna räknas om härifrån (kvalitetsledaren)." in words(document)
    key = [one for one in document.blocks if isinstance(one, Key)][-1]
    assert (key.tone, key.word) == (Tone.NONE, "")


def test_an_index_tells_its_levels_and_the_limits_of_a_week() -> None:
    frozen = indices([(80.0, 40), (90.0, 40)] * 8)
    # Mean 85, every range 10: 85 ± 26.6. The last 13 weeks have seven of 90 and six of 80: 1110 / 13 = 85.4.
    assert evidence_line(frozen, SWEDISH) == (
        "Bemötande, index: 85,4 (n = 520), vecka 35–47, 2026; en vanlig vecka 58,4–100,0; senaste veckan 90,0, som "
        "vanligt."
    )
    changed = freeze(replace(frozen.series, decisions=(REBASE,)))
    said = words(page(piece(changed)))
    assert "Det vanliga var 85,0 före ändringen vecka 40, 2026 och är 85,0 sedan dess." in said
    assert "Gränser för en vanlig vecka finns först när 13 veckor efter ändringen kan räknas." in said


def test_the_sentence_of_a_share_and_of_nothing() -> None:
    line = evidence_line(shares(EVEN), SWEDISH).replace("\N{NO-BREAK SPACE}", " ")
    assert line == (
        "Svarslöften som hölls: 91,8 % (358 av 390), vecka 35–47, 2026; av en slump 88,6 %–94,1 %; senaste veckan "
        "93,3 %, som vanligt."
    )
    assert evidence_line(None, SWEDISH) == "Ingen serie är fryst för den här frågan."
    assert span("2026-W50", "2027-W02", SWEDISH) == "vecka 50, 2026 – vecka 2, 2027"
    assert span("2026-W50", "2026-W50", SWEDISH) == "vecka 50, 2026"


def test_another_language_has_its_own_words_as_long_as_the_definition_is_the_same() -> None:
    english, frozen = Texts("en", ZONE), shares(EVEN)
    assert evidence_line(frozen, english).startswith(f"{english.t('Svarslöften som hölls')}:")
    old = replace(frozen, chart=replace(frozen.chart, series=replace(frozen.series, version=7)))
    assert evidence_line(old, english).startswith("Svarslöften som hölls:")
    document = evidence_page(round_(), QUESTION, [piece(old)], english)
    assert "Räknas så som det räknades 2026." in words(document)
    assert (document.language, document.tag) == ("en", "en-GB")


def test_the_pdf_says_the_same_on_tagged_pages() -> None:
    evidence = piece(shares(EVEN))
    of = round_(entered(Field.ANSWER, "Inom en arbetsdag."))
    made = report_pdf(page(evidence, link(2, "Policy"), of=of), SWEDISH)
    said = words_in(made)
    for one in ("Fråga 2.1: vad vi kan visa", "Egen bedömning, inte SKR:s frågor", evidence.digest, "Policy"):
        assert one in said
    assert made == report_pdf(page(evidence, link(2, "Policy"), of=of), SWEDISH)


def test_an_undecided_answer_is_said_to_be_undecided() -> None:
    answer = entered(Field.ANSWER, "Ja.")
    of = replace(round_(answer), conflicts={(About("2.1"), Field.ANSWER): (replace(answer, seq=Seq(2), value="Nej."),)})
    said = words(page(of=of))
    assert "Någon har svarat något annat. Det är inte avgjort än." in said
    assert "Nej." not in said


def test_a_series_that_nobody_signed_is_not_frozen_yet() -> None:
    evidence = replace(piece(shares(EVEN)), by="")
    said = words(page(evidence))
    assert "Bara veckor som då var färdiga att bedöma är med. Inte fryst än." in said
    assert evidence.digest not in said


def test_a_number_of_weeks_on_both_sides_of_a_change_says_so() -> None:
    note = Decision(kind=DecisionKind.NOTE, period="2026-W41", cause="Nytt schema.", decided_by="kvalitetsledaren",
                    decided_on=date(2026, 11, 20))  # fmt: skip
    # Twenty weeks about 60 per cent, then seven (W41 to W47) at 29 of 30; the number is of W35 to W47.
    frozen = shares([(18, 30), (17, 30), (19, 30), (18, 30)] * 5 + [(29, 30)] * 7, note)
    first, latest = (one for one in page(piece(frozen)).blocks if isinstance(one, Key))
    assert first.meaning == (
        "Från och med vecka 41, 2026 ligger varje vecka över det vanliga: något har ändrats. "
        "Vecka 41, 2026: Nytt schema. Talet ovan är för veckorna både före och efter."
    )
    assert (latest.value, latest.tone) == ("96,7\N{NO-BREAK SPACE}%", Tone.BETTER)
    even = shares(EVEN)
    assert even.whole is not None
    assert changed_words(even, even.whole, SWEDISH) == ""


def test_an_index_has_one_decimal_on_all_its_weeks_and_no_interval_of_its_own() -> None:
    said = words(page(piece(indices([(87.0, 40), (84.8, 40)] * 8))))
    assert "Vecka 46, 2026 | 87,0 | n = 40" in said
    assert "Vecka 47, 2026 | 84,8 | n = 40" in said
    assert "Intervall" not in said
    assert "(styrdiagrammets gränser). Det gäller en vecka för sig, inte alla veckor tillsammans." in said


def test_the_paper_of_a_page_has_its_chart_and_verdict_and_an_instant_that_a_person_can_write() -> None:
    frozen = replace(shares(EVEN), as_of=datetime(2026, 11, 1, 22, 59, 59, 999999, tzinfo=UTC))
    document = page(piece(frozen))
    assert "--as-of 2026-11-01T23:59:59" in words(document)
    made = paper_pdf(document, SWEDISH)
    assert "som vanligt" in words_in(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        figures = [str(node.Alt) for path, node in tags(pdf.Root.StructTreeRoot.K) if path[-1] == "/Figure"]
    assert [one.split(",")[0] for one in figures] == ["Linjediagram över Svarslöften som hölls"]

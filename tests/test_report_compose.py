"""The report in words: the one sentence, the headlines, what is said where there is nothing, and what never is."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from config.texts import Language
from measurement.measures import Figure, Unit
from measurement.report.compose import compose
from measurement.report.content import Absent, Headline, Report
from measurement.report.document import Document, Heading, Key, Paragraph, Points, Table, Tone
from measurement.report.mail import as_plain_text
from measurement.report.words import alt_text, figure_words, meaning, period_name, within
from measurement.statistics.chart import Assurance, NoWord, Word
from tests.report_example import IN_TIME, empty_report, figure, full_report, headlines, report, texts


def _keys(document: Document) -> list[Key]:
    return [block for block in document.blocks if isinstance(block, Key)]


def _words(document: Document) -> str:
    return as_plain_text(document).replace("\N{NO-BREAK SPACE}", " ")


def test_one_sentence_says_how_the_week_was() -> None:
    # 262 of 262 after weeks of some 97.5 %: within what varies. 200 of 262 = 76.3 %: far below.
    assert compose(full_report(last=200), texts()).lead.replace("\N{NO-BREAK SPACE}", " ") == (
        "Sämre än vanligt: svar inom en dag. 76,3 % av kontakterna fick svar inom en arbetsdag (200 av 262)."
    )
    assert compose(full_report(last=256), texts()).lead.startswith("En vanlig vecka. ")


@pytest.mark.parametrize(
    ("last", "tone", "word"), [(200, Tone.WORSE, "sämre än vanligt"), (256, Tone.NEUTRAL, "som vanligt")]
)
def test_the_word_comes_from_the_chart_alone(last: int, tone: Tone, word: str) -> None:
    key = _keys(compose(full_report(last=last), texts()))[0]
    assert (key.tone, key.word) == (tone, word)
    assert key.target.replace("\N{NO-BREAK SPACE}", " ") == "mål 95 %"
    assert f"Bedömning: {word}." in key.alt


def test_a_half_week_has_no_word_and_says_from_when_it_can_be_judged() -> None:
    first = replace(headlines(last=100)[0], absent=Absent.NOT_DUE)
    made = compose(report(headlines=(first, *headlines()[1:]), settled=False), texts())
    assert made.title.endswith("(hittills)")
    assert made.lead.startswith("Hittills: ")
    assert [key.word for key in _keys(made)] == ["", "", ""]
    assert _keys(made)[0].meaning == "Allt kan bedömas från tisdag 24 november kl. 07.00."


def test_no_data_is_said_and_never_shown_as_nought_or_all() -> None:
    words = _words(compose(empty_report(), texts()))
    assert "Inga kontakter kom in." in words
    assert "Ingenting att räkna under vecka 47, 2026." in words
    assert "mäts inte" in words
    assert not re.search(r"\b(0|100)(,0)? %", words.partition("SÅ RÄKNAS DET")[0])


def test_three_answers_are_never_shown() -> None:
    words = _words(compose(empty_report(), texts()))
    assert "Så få har svarat att det kunde gå att räkna ut vem som svarade vad." in words
    assert "3 av 3" not in words


@pytest.mark.parametrize(
    ("absent", "value", "why"),
    [
        (Absent.COVERAGE, "visas inte", "För få av samtalen har loggats"),
        (Absent.UNCOUNTED, "visas inte", "Växelns samtal är inte inlästa"),
        (Absent.COARSE, "visas inte", "inte antecknade så noga"),
        (Absent.HIDDEN, "visas inte", "Så få har svarat"),
        (Absent.NOT_MEASURED, "mäts inte", "docs/figures.md"),
        (Absent.NOTHING, "inget att räkna", "Ingenting att räkna"),
    ],
)
def test_a_figure_that_is_not_shown_says_why(absent: Absent, value: str, why: str) -> None:
    figure_ = None if absent in (Absent.NOTHING, Absent.NOT_MEASURED) else figure("phone.direct", 3, 3)
    phone = Headline(measure="phone.direct", name="Direkt svar", figure=figure_, absent=absent)
    key = _keys(compose(report(headlines=(headlines()[0], phone, headlines()[2])), texts()))[1]
    assert (key.value, key.word, key.target) == (value, "", "")
    assert why in key.meaning


def test_few_are_told_as_a_part_of_a_whole_and_some_with_their_spread() -> None:
    few = Headline(measure=IN_TIME, name="x", figure=figure(IN_TIME, 4, 5))
    some = Headline(measure=IN_TIME, name="x", figure=figure(IN_TIME, 12, 15))
    for headline, value, basis in ((few, "4 av 5", ""), (some, "80,0 %", "12 av 15; av en slump 54,8 %–93,0 %")):
        key = _keys(compose(report(headlines=(headline, *headlines()[1:])), texts()))[0]
        assert (key.value.replace("\xa0", " "), key.basis.replace("\xa0", " ")) == (value, basis)


def test_what_settles_later_is_judged_by_its_last_settled_week() -> None:
    first, phone, reception = headlines()
    assert reception.chart is not None
    series = replace(reception.chart.series, points=reception.chart.series.points[:-2])
    earlier = replace(reception.chart, series=series, judged=reception.chart.judged[:-2], word=Word.NOISE)
    key = _keys(compose(report(headlines=(first, phone, replace(reception, chart=earlier))), texts()))[2]
    assert key.meaning.startswith("Vecka 45, 2026, den senaste vecka som kan bedömas: ")
    assert key.word == "vecka 45, 2026: som vanligt"


def test_the_sentence_says_of_which_week_a_later_word_is() -> None:
    first, phone, reception = headlines()
    assert reception.chart is not None
    series = replace(reception.chart.series, points=reception.chart.series.points[:-2])
    earlier = replace(reception.chart, series=series, judged=reception.chart.judged[:-2], word=Word.WORSE)
    made = compose(report(headlines=(first, phone, replace(reception, chart=earlier))), texts())
    assert made.lead.startswith("Sämre än vanligt: bemötandet (vecka 45, 2026).")


def test_a_chart_in_words_shows_few_as_a_part_of_a_whole() -> None:
    chart = headlines()[0].chart
    assert chart is not None
    last = replace(chart.series.points[-1], n=1, numerator=0, value=0.0)
    few = replace(chart, series=replace(chart.series, points=(*chart.series.points[:-1], last)))
    said = alt_text(few, texts())
    assert "Senaste utfall 0 av 1 (n = 1)." in said
    assert "till vecka 47, 2026." in said
    assert "2026-W" not in said.partition("Bedömning")[0]


def test_a_series_of_somebody_else_keeps_its_own_names_of_periods() -> None:
    assert within("dag 3", texts()) == "dag 3"
    assert within("2026-W47", texts("en")) == "Week 47, 2026"


def test_an_index_of_fewer_than_thirty_is_not_shown() -> None:
    ten, thirty = (figure("reception.index", None, n, 85.0) for n in (29, 30))
    assert figure_words(ten, Unit.INDEX, texts()) == "visas inte"
    assert figure_words(thirty, Unit.INDEX, texts()) == "85"


def test_so_far_means_of_a_survey_that_answers_may_still_come() -> None:
    chart = headlines()[2].chart
    assert chart is not None
    waiting = replace(chart, word=Word.NONE, no_word=NoWord.PRELIMINARY)
    assert "svara på enkäten" in meaning(waiting, texts())
    other = replace(waiting, series=replace(chart.series, measure="phone.direct.60"))
    assert "svarstid har gått ut" in meaning(other, texts())


@pytest.mark.parametrize(
    ("word", "assurance", "target", "said"),
    [
        (Word.BETTER, Assurance.FAILS, 0.9, "den här veckan nåddes det."),
        (Word.BETTER, Assurance.FAILS, 0.99, "nås målet inte ens en bra vecka"),
        (Word.NOISE, Assurance.FAILS, 0.9, "nås målet inte ens en bra vecka"),
        (Word.WORSE, Assurance.MEETS, 0.99, "den här veckan nåddes det inte."),
        (Word.WORSE, Assurance.MEETS, 0.9, "Målet nås även en svag vecka."),
    ],
)
def test_the_target_is_not_said_to_be_out_of_reach_in_the_week_that_reached_it(
    word: Word, assurance: Assurance, target: float, said: str
) -> None:
    """256 of 262 is 97.7 %."""
    chart = headlines(last=256)[0].chart
    assert chart is not None
    turned = replace(chart, word=word, assurance=assurance, series=replace(chart.series, target=target))
    assert said in meaning(turned, texts())


def test_what_stands_beside_tells_its_weeks_where_they_are_not_the_headlines_own() -> None:
    made = full_report()
    real = next(one for one in made.headlines[0].beside if one.measure == "survey.real_answer")
    key = _keys(compose(replace(made, rolling={**made.rolling, real.measure: real}), texts()))[0]
    assert any(one.endswith("(66 av 70, de senaste 13 veckorna)") for one in key.beside)
    assert all("veckorna" not in one for one in key.beside if not one.startswith("Säger"))


def test_a_months_word_is_said_to_be_of_its_last_week() -> None:
    made = compose(replace(full_report(), period="2026-11"), texts())
    assert made.title == "November 2026: tillgänglighet och bemötande"
    assert _keys(made)[0].meaning.startswith("Om den sista veckan: ")
    assert not made.lead.startswith("En vanlig vecka")
    # The figure is of the month, the word of its last week only.
    assert _keys(made)[0].word.startswith("vecka 47, 2026: ")


def test_a_month_does_not_call_its_weeks_the_last_thirteen() -> None:
    first, phone, reception = headlines()
    of = report(headlines=(first, phone, replace(reception, weeks=5)))
    month = _words(compose(replace(of, period="2026-10"), texts()))
    assert "periodens 5 veckor" in month
    assert "Enkäten under periodens veckor" in month
    assert "senaste 13" not in month
    assert "Enkäten de senaste 13 veckorna" in _words(compose(full_report(), texts()))


def test_no_table_says_its_caption_again_as_a_heading() -> None:
    for block in compose(full_report(), texts()).blocks:
        if isinstance(block, Table) and block.caption:
            assert block.head[0] != block.caption


@pytest.mark.parametrize(
    ("period", "language", "name"),
    [
        ("2026-W47", "sv", "Vecka 47, 2026"), ("2026-11", "sv", "November 2026"),
        ("2026-T1", "sv", "Januari–april 2026"), ("2026-T3", "sv", "September–december 2026"),
        ("2026", "sv", "Året 2026"), ("2026-11", "fi", "Marraskuu 2026"), ("2026-11", "en", "November 2026"),
    ],
)  # fmt: skip
def test_periods_are_called_as_people_call_them(period: str, language: Language, name: str) -> None:
    assert period_name(period, texts(language)) == name


def test_the_classes_are_shown_and_add_up() -> None:
    tables = [block for block in compose(full_report(), texts()).blocks if isinstance(block, Table)]
    rows = next(table for table in tables if table.head[0] == "Regel").rows
    for row in rows:
        counts = [int(cell) for cell in row[1:7]]
        assert sum(counts[:5]) == counts[5] == 270


def test_headings_come_in_reading_order_the_method_last() -> None:
    headings = [block.text for block in compose(full_report(), texts()).blocks if isinstance(block, Heading)]
    assert headings[0] == "Kön"
    assert headings[-1] == "Så räknas det"
    assert "Ändringar att känna till" in headings


def test_a_correction_is_seen_in_the_subtitle() -> None:
    assert compose(replace(full_report(), revision=1), texts()).subtitle.endswith("Rättad, version 1")


def _all(document: Document) -> Iterator[str]:
    for block in document.blocks:
        match block:
            case Table():
                yield from (block.caption, *block.head, *(cell for row in block.rows for cell in row))
            case Points():
                yield from block.items
            case Paragraph() | Heading():
                yield block.text
            case Key():
                yield from (block.name, block.value, block.basis, block.meaning, block.alt, *block.beside)
            case _:
                pass


@pytest.mark.parametrize("language", ["sv", "sv_FI", "fi", "en"])
@pytest.mark.parametrize("made", [full_report(), empty_report(), full_report(last=200)])
def test_in_no_language_is_a_field_left_open_or_a_cell_empty(made: Report, language: Language) -> None:
    document = compose(made, texts(language))
    assert not [words for words in _all(document) if re.search(r"\{\w*\}", words)]
    for block in document.blocks:
        if isinstance(block, Table):
            assert all(cell for row in block.rows for cell in row[1:])


def test_a_withheld_figure_in_a_table_says_so() -> None:
    held = Figure(measure="phone.direct", version=1, period="2026-W47", numerator=3, denominator=9, n=9, value=None,
                  as_of=full_report().as_of)  # fmt: skip
    figures = {**full_report().figures, ("phone.direct", ""): held}
    tables = [block for block in compose(replace(full_report(), figures=figures), texts()).blocks
              if isinstance(block, Table)]  # fmt: skip
    (row,) = [row for table in tables for row in table.rows if row[0] == "Direkt svar i telefon"]
    assert row[1] == "visas inte"


@pytest.mark.parametrize(
    ("seconds", "waited"),
    [
        (2 * 86_400 - 60, "1 dygn 23 tim 59 min"),
        (4 * 86_400 + 3_600 + 59 * 60, "4 dygn 1 tim"),
        (327 * 86_400 + 6 * 3_600 + 56 * 60, "327 dygn"),
    ],
)
def test_what_has_waited_long_is_not_told_to_the_minute(seconds: float, waited: str) -> None:
    queue = replace(full_report().queue, oldest_seconds=seconds)  # type: ignore[type-var]
    assert f"hade väntat {waited}, varav" in _words(compose(replace(full_report(), queue=queue), texts()))

"""The PDF as a screen reader has it: language, title, headings in order, tables with head cells, charts in words."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from config.texts import Language
from measurement.report.compose import compose
from measurement.report.content import Slice
from measurement.report.pdf import report_pdf
from tests.pdf_text import words_in
from tests.report_example import IN_TIME, empty_report, figure, full_report, texts


def tags(node: Any, within: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every structure element with the names of those around it, in reading order."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from tags(one, within)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        inner = (*within, str(node.S))
        yield inner, node
        yield from tags(node.get("/K", pikepdf.Array()), inner)
    elif isinstance(node, pikepdf.Dictionary) and "/K" in node:
        yield from tags(node.K, within)


def made(language: Language = "sv") -> bytes:
    words = texts(language)
    return report_pdf(compose(full_report(), words), words)


@pytest.fixture(scope="module")
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(made())) as opened:
        yield opened


def test_it_says_that_it_is_pdf_ua_with_language_and_title(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) in {"sv", "sv-SE"}
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Vecka 47, 2026: tillgänglighet och bemötande"
    assert 2 <= len(pdf.pages) <= 4


def test_every_chart_is_a_figure_with_its_numbers_in_words(pdf: pikepdf.Pdf) -> None:
    figures = [node for path, node in tags(pdf.Root.StructTreeRoot.K) if path[-1] == "/Figure"]
    alts = [str(node.Alt) for node in figures]
    assert len(alts) == 3
    assert alts[0].startswith("Linjediagram över Besvarade inom en arbetsdag, 52 veckor")
    assert "Senaste utfall" in alts[1]
    assert "Målet är 80 %." in alts[2].replace("\N{NO-BREAK SPACE}", " ")


def test_headings_never_skip_a_level_and_begin_with_the_first(pdf: pikepdf.Pdf) -> None:
    levels = [int(path[-1][2:]) for path, _ in tags(pdf.Root.StructTreeRoot.K) if path[-1][:2] == "/H"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_its_head_cells_in_a_head(pdf: pikepdf.Pdf) -> None:
    tables = [node for path, node in tags(pdf.Root.StructTreeRoot.K) if path[-1] == "/Table"]
    assert len(tables) >= 5
    for table in tables:
        inside = [path for path, _ in tags(table)]
        heads = [path for path in inside if path[-1] == "/TH"]
        assert heads
        assert all("/THead" in path for path in heads if "/TBody" not in path)
        assert any(path[-1] == "/TD" for path in inside)


@pytest.mark.parametrize(("language", "tag"), [("sv", "sv"), ("sv_FI", "sv-FI"), ("fi", "fi"), ("en", "en-GB")])
def test_the_language_of_the_file_is_that_of_its_words(language: Language, tag: str) -> None:
    with pikepdf.open(io.BytesIO(made(language))) as opened:
        assert str(opened.Root.Lang).startswith(tag)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert made() == made()


def test_an_empty_week_fits_and_says_what_is_missing() -> None:
    document = report_pdf(compose(empty_report(), texts()), texts())
    words = words_in(document).replace("\N{NO-BREAK SPACE}", " ")
    assert "Inga kontakter kom in." in words
    assert "mäts inte" in words


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_forty_units_with_long_names_still_make_four_pages_at_most(language: Language) -> None:
    many = {
        dimension: tuple(
            Slice(key=f"{at}", name=f"{dimension} {at}: ett namn som fyller två rader, med & < = och mera till det",
                  arrivals=count - at, figures={IN_TIME: figure(IN_TIME, 15, 20, slice_=f"{dimension}:{at}")})
            for at in range(count)
        )
        for dimension, count in (("channel", 3), ("unit", 40), ("kind", 6), ("topic", 35), ("language", 12))
    }  # fmt: skip
    document = compose(replace(full_report(), slices=many), texts(language))
    with pikepdf.open(io.BytesIO(report_pdf(document, texts(language)))) as pdf:
        assert len(pdf.pages) <= 4

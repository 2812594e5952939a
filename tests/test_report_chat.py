"""The report in a chat: short, with the numbers, and a chart that says the same."""

from dataclasses import replace

import pytest

from config.texts import Language
from measurement.report.chat import CAPTION_MOST, chat_picture, chat_text
from measurement.report.compose import compose
from tests.report_example import empty_report, full_report, texts


def test_title_sentence_and_a_line_for_each_headline() -> None:
    lines = chat_text(compose(full_report(last=200), texts())).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert lines[0] == "Vecka 47, 2026: tillgänglighet och bemötande"
    assert lines[2].startswith("Sämre än vanligt: svar inom en dag.")
    assert lines[4] == "Besvarade inom en arbetsdag: 76,3 %, sämre än vanligt, 200 av 262, mål 95 %"
    assert len(lines) == 7


@pytest.mark.parametrize("language", ["sv", "sv_FI", "fi", "en"])
def test_it_fits_below_a_picture_in_every_language(language: Language) -> None:
    words = texts(language)
    for made in (full_report(), empty_report(), replace(full_report(), municipality="Å" * 900)):
        assert len(chat_text(compose(made, words)).encode("utf-16-le")) // 2 <= CAPTION_MOST


def test_the_chart_is_there_where_there_is_anything_to_draw() -> None:
    full, empty = full_report(), empty_report()
    assert (chat_picture(full, compose(full, texts()), texts()) or b"").startswith(b"\x89PNG")
    assert chat_picture(empty, compose(empty, texts()), texts()) is None

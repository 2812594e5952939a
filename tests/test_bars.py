"""The bars of a round: every area, every mark in a shape of its own, the same in words, the same bytes."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from measurement.assessment.bars import PHONE, PRINT, SLIDE, Sheet, bars, drawn
from measurement.assessment.round import Field
from measurement.assessment.scores import Beside, BesideKind, score_of
from tests.assessment_papers import NEW, OLD, by_area, full, round_of, vallentuna, vallentuna_beside
from tests.report_example import texts
from tests.test_papers import half_an_area


def others(count: int, kind: BesideKind) -> list[Beside]:
    return [
        Beside(kind=kind, name=f"{kind.value} $a$ {at} med ett långt namn", framework=NEW, year=2000 + at,
               by_area=by_area(*range(at, at + 8)))
        for at in range(count)
    ]  # fmt: skip


def test_every_mark_has_its_own_shape_and_what_has_no_areas_is_no_mark() -> None:
    ours = score_of(vallentuna(), Field.POINTS)
    shown = drawn(ours, [*others(6, BesideKind.EARLIER), *vallentuna_beside(), *others(6, BesideKind.OTHERS)])
    shapes = [shape for _, shape in shown]
    assert len(shapes) == len(set(shapes)) == 8
    assert "Vallentuna 2019" not in {one.beside.name for one, _ in shown}


@pytest.mark.parametrize(("sheet", "wide"), [(PRINT, 1340), (PHONE, 960), (SLIDE, 1170)])
def test_each_sheet_has_its_width_whatever_stands_beside(sheet: Sheet, wide: int) -> None:
    # Inches times dots: 6.7 × 200, 4 × 240, 11.7 × 100.
    for beside in ([], vallentuna_beside(), others(4, BesideKind.EARLIER) + others(4, BesideKind.OTHERS)):
        made = bars(vallentuna(), Field.POINTS, beside, texts(), sheet)
        with Image.open(io.BytesIO(made.png)) as picture:
            assert picture.width == wide
        assert made.svg.startswith(b"<?xml")


def test_the_words_tell_every_area_its_points_and_those_beside() -> None:
    half = round_of("halv", NEW, "Halv", [("1", Field.POINTS, "70,5"), ("2", Field.POINTS, "0")])
    made = bars(half, Field.POINTS, vallentuna_beside(), texts())
    assert "1 Samspel mellan förtroendevalda och medborgare: 70,5 av 100, svenskt medelvärde 63." in made.alt
    assert "2 Samhällsutveckling: 0 av 100, svenskt medelvärde 65." in made.alt
    # What the others have is marked whether or not we have points.
    assert "3 Styrning och kontroll: inga poäng av 100, svenskt medelvärde 73." in made.alt


def test_another_edition_is_marked_where_its_areas_answer_to_ours_and_named_as_such() -> None:
    older = Beside(kind=BesideKind.EARLIER, name="2014", framework=OLD, year=2014, by_area=by_area(*range(10, 90, 10)))
    # New 5 stands beside old 2, whose points are 20.
    assert "5 Brukarens fokus: 86 av 100, 2014 (annan utgåva) 20." in bars(vallentuna(), Field.POINTS, [older],
                                                                           texts()).alt  # fmt: skip


def test_names_full_of_signs_and_of_any_length_are_drawn() -> None:
    known = full().framework
    areas = tuple(replace(one, name="$x_1^2$ <&> \\frac{1}{2} " * 9) for one in known.areas)
    made = bars(replace(full(), framework=replace(known, areas=areas)), Field.POINTS, [], texts(), PHONE)
    assert made.png.startswith(b"\x89PNG")
    assert "$x_1^2$" in made.alt


def test_the_same_round_gives_the_same_bytes() -> None:
    first, second = (bars(vallentuna(), Field.POINTS, vallentuna_beside(), texts()) for _ in range(2))
    assert first == second


def test_an_area_that_is_half_judged_is_pale_and_said_to_be_so() -> None:
    made = bars(half_an_area(), Field.POINTS, vallentuna_beside(), texts())
    assert "5 Brukarens fokus: 35 hittills av 100, svenskt medelvärde 61." in made.alt
    assert b"#b9cbdd" in made.svg
    assert b"#b9cbdd" not in bars(vallentuna(), Field.POINTS, [], texts()).svg

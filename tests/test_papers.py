"""What the papers of a round say, by the numbers that were published; and that nothing of it is lost or made up."""

from dataclasses import replace

import pytest

from measurement.assessment.framework import AreaId, FrameworkId, QuestionId
from measurement.assessment.papers import assessment_report, review_plan, self_assessment
from measurement.assessment.points import places_of, points_text
from measurement.assessment.round import Field, Round
from measurement.assessment.scores import Beside, BesideKind
from measurement.report.document import Document, Drawing, Heading, Key, Paragraph, Points, Table
from measurement.report.mail import as_plain_text
from tests.assessment_papers import (
    GRASTORP_POINTS,
    MARKUP,
    NEW,
    OLD,
    VALLENTUNA_POINTS,
    by_area,
    evidence,
    full,
    grastorp,
    interviews,
    round_of,
    vallentuna,
    vallentuna_beside,
)
from tests.report_example import texts
from tests.test_evidence_page import EVEN, shares
from tests.test_evidence_page import piece as frozen_piece


def after(document: Document, heading: str) -> list[object]:
    """Return the blocks from a heading to the next one of its level."""
    at = next(at for at, one in enumerate(document.blocks) if isinstance(one, Heading) and one.text.startswith(heading))
    here = document.blocks[at]
    assert isinstance(here, Heading)
    found: list[object] = []
    for one in document.blocks[at + 1 :]:
        if isinstance(one, Heading) and one.level <= here.level:
            break
        found.append(one)
    return found


def table(document: Document, caption: str) -> Table:
    return next(one for one in document.blocks if isinstance(one, Table) and one.caption.startswith(caption))


def vallentuna_report() -> Document:
    return assessment_report(vallentuna(), [], vallentuna_beside(), [], texts())


def test_vallentuna_2021_is_648_beside_603_555_and_517() -> None:
    # 73+75+80+83+86+82+86+83 = 648; 648-603 = 45; 648-555 = 93; 63+65+73+64+61+59+68+64 = 517; 648-517 = 131
    document = vallentuna_report()
    assert document.lead == (
        "648 poäng av 800: +45 mot Vallentuna 2019, +93 mot Vallentuna 2017, +131 mot svenskt medelvärde."
    )
    assert table(document, "Summan").rows == (
        ("Vallentuna 2019", "2019", "603", "+45", "inte angiven"),
        ("Vallentuna 2017", "2017", "555", "+93", "inte angiven"),
        ("svenskt medelvärde", "2021", "517", "+131", "vallentuna.se"),
    )


def test_vallentunas_strengths_come_in_the_order_of_their_gaps() -> None:
    strengths = after(vallentuna_report(), "Styrkor")
    items = next(one for one in strengths if isinstance(one, Points)).items
    assert items == (
        "5 Brukarens fokus: 86 mot 61, +25",
        "6 Kvalitetsutveckling: 82 mot 59, +23",
        "4 Effektivitet: 83 mot 64, +19",
        "8 Chefs- och ledarskap samt medarbetarskap: 83 mot 64, +19",
        "7 Arbetsliv: 86 mot 68, +18",
        "1 Samspel mellan förtroendevalda och medborgare: 73 mot 63, +10",
        "2 Samhällsutveckling: 75 mot 65, +10",
        "3 Styrning och kontroll: 80 mot 73, +7",
    )


def test_what_the_reviewers_named_is_to_be_improved_though_no_area_is_below_the_others() -> None:
    blocks = after(vallentuna_report(), "Förbättringsområden")
    named = next(one for one in blocks if isinstance(one, Points)).items
    assert named[1] == (
        "8 Chefs- och ledarskap samt medarbetarskap: Det nya medarbetarprogrammet är inte utvärderat än."
    )
    said = [one.text for one in blocks if isinstance(one, Paragraph)]
    assert "Minst skillnad: 3 Styrning och kontroll: 80 mot 73, +7" in said[-1]


def test_grastorp_2014_is_506_with_nobody_beside_it() -> None:
    assert sum(GRASTORP_POINTS) == 506
    document = assessment_report(grastorp(), [], [], [], texts())
    assert document.lead == "506 poäng av 800."
    key = next(one for one in document.blocks if isinstance(one, Key))
    assert (key.value, key.basis) == ("506", "av 800 möjliga poäng")
    best = next(one for one in after(document, "Styrkor") if isinstance(one, Points)).items
    assert best[0] == "3 Politisk styrning och kontroll: 73 av 100"
    worst = next(one for one in after(document, "Förbättringsområden") if isinstance(one, Points)).items
    assert worst[0] == "4 Ledarskap, ansvar och delegation: 53 av 100"


def test_another_edition_is_shown_by_the_mapping_and_said_not_to_be_strictly_comparable() -> None:
    earlier = Beside(kind=BesideKind.EARLIER, name="Vallentuna 2014", framework=OLD, year=2014,
                     by_area=by_area(*GRASTORP_POINTS))  # fmt: skip
    document = assessment_report(vallentuna(), [], [earlier], [], texts())
    # New 5 (user focus) stands beside old 2: 86 - 60 = 26.
    told = next(one for one in after(document, "Styrkor") if isinstance(one, Points)).items
    assert "5 Brukarens fokus: 86 mot 60, +26" in told
    words = after(document, "Det här går inte att jämföra rakt av")[0]
    assert isinstance(words, Paragraph)
    assert "inte strikt jämförbara" in words.text
    assert "5 mot deras 2" in words.text
    assert "Vallentuna 2014 (annan utgåva)" in table(document, "Poäng per område").head


def test_an_edition_that_the_framework_says_nothing_of_is_not_compared_and_that_is_said() -> None:
    other = Beside(kind=BesideKind.OTHERS, name="Annan", framework=FrameworkId("okänd"), year=2021, by_area=by_area(9))
    document = assessment_report(vallentuna(), [], [other], [], texts())
    assert table(document, "Summan").rows[0][3] == "kan inte jämföras"
    said = after(document, "Det här går inte att jämföra rakt av")[0]
    assert isinstance(said, Paragraph)
    assert "Därför jämförs den inte." in said.text


def test_the_numbers_of_the_bars_stand_in_a_table_and_in_words() -> None:
    document = vallentuna_report()
    rows = table(document, "Poäng per område").rows
    assert rows[4] == ("5 Brukarens fokus", "86", "100", "61", "+25")
    assert rows[8] == ("Summa", "648", "800", "517", "+131")
    told = [one.text for one in document.blocks if isinstance(one, Paragraph)]
    assert "Bara summan är känd för Vallentuna 2019, Vallentuna 2017. Därför syns de inte per område." in told
    drawing = next(one for one in document.blocks if isinstance(one, Drawing))
    assert "5 Brukarens fokus: 86 av 100, svenskt medelvärde 61." in drawing.alt


def test_a_round_without_points_says_so_and_draws_nothing() -> None:
    document = assessment_report(round_of("tom", NEW, "Tom kommun", []), [], vallentuna_beside(), [], texts())
    assert document.lead == "Inga poäng är satta än."
    assert not any(isinstance(one, Drawing) for one in document.blocks)
    assert table(document, "Summan").rows[0][3] == "kan inte jämföras"


def test_half_a_round_gives_a_sum_so_far_and_no_difference() -> None:
    half = round_of("halv", NEW, "Halv kommun", [("1", Field.POINTS, "70"), ("2", Field.POINTS, "60,5")])
    document = assessment_report(half, [], vallentuna_beside(), [], texts())
    # 70 + 60.5 = 130.5; six of eight areas lack points.
    assert document.lead == "130,5 poäng av 800 hittills. 6 områden saknar poäng."


def test_own_points_are_told_as_the_municipalitys_own() -> None:
    own = round_of("egen", NEW, "Egen kommun", [("1", Field.OWN_POINTS, "70")])
    key = next(one for one in assessment_report(own, [], [], [], texts()).blocks if isinstance(one, Key))
    assert "kommunens egna" in key.meaning


def test_reviewers_points_stand_beside_the_municipalitys() -> None:
    document = assessment_report(full(), evidence(), [], interviews(), texts())
    row = table(document, "Frågor som har poäng").rows[0]
    assert row[0].startswith("5.1 ")
    assert row[1:5] == ("9,5", "7,0", "8,0", "7,5")
    first = next(one for one in table(document, "Poäng per delområde").rows if one[0].startswith("5 "))
    assert first[1:3] == ("9,5", "7,5")


def test_evidence_that_was_replaced_is_left_out_and_named_by_what_replaced_it() -> None:
    told = as_plain_text(self_assessment(full(), evidence(), [], texts()))
    assert "Gammal policy" not in told
    assert "Dokument: Servicepolicy <2020> & $mer$ [3], policy #1.pdf. Ersätter [2]: ny utgåva" in told
    assert "Mätserie: Besvarade inom en arbetsdag [1], answered_in_time.one_working_day, per 2021-03-01" in told


def test_the_self_assessment_has_all_questions_with_what_was_said_or_that_nothing_was() -> None:
    document = self_assessment(full(), evidence(), [], texts())
    assert "Områdena 2, 3, 4, 6, 7, 8 har bara poäng för hela området." in as_plain_text(document)
    asked = [*full().framework.questions()]
    blocks = after(document, "5.1 ")
    said = [one.text for one in blocks if isinstance(one, Paragraph)]
    assert said[0].endswith("svarar: kontaktcenter@kommun.example · klar · egna poäng 9,5 av 10")
    assert said[1:4] == [MARKUP, "Först.", MARKUP]
    assert any("i flera versioner" in one for one in said)
    assert document.lead.startswith(f"1 av {len(asked)} frågor är klara. Egna poäng hittills: 9,5 av 800.")


def test_the_plan_has_interviews_in_order_of_time_and_names_whom_nobody_meets() -> None:
    document = review_plan(full(), evidence(), interviews(), texts())
    politicians = table(document, "Förtroendevalda")
    # 8:00 and 10:00 UTC are 9 and 11 in Stockholm in February.
    assert politicians.rows == (
        ("oppositionsråd", "2021-02-10", "09.00", "45 min", "1"),
        ("kommunstyrelsens ordförande", "2021-02-10", "11.00", "45 min", "1, 3"),
    )
    told = as_plain_text(document)
    assert "skolchef" not in told
    assert "Ingen intervju är planerad med: fackliga företrädare." in told
    assert "Ingen intervju tar upp: 2 Samhällsutveckling, 7 Arbetsliv, 8 Chefs- och ledarskap" in told
    assert document.lead == "3 belägg att läsa. 4 intervjuer att hålla."


def test_the_plan_asks_for_questions_that_are_not_ready_or_lack_evidence() -> None:
    rows = table(review_plan(full(), evidence(), [], texts()), "Frågor som inte är klara").rows
    named = [row[0].split()[0] for row in rows]
    assert "5.1" not in named
    assert "1.1" in named
    assert len(named) == sum(1 for _ in full().framework.questions()) - 1


@pytest.mark.parametrize("make", [
    lambda round_: self_assessment(round_, evidence(), vallentuna_beside(), texts()),
    lambda round_: review_plan(round_, evidence(), interviews(), texts()),
    lambda round_: assessment_report(round_, evidence(), vallentuna_beside(), interviews(), texts()),
])  # fmt: skip
def test_no_cell_is_empty_and_the_note_is_in_the_foot(make) -> None:  # type: ignore[no-untyped-def]
    document = make(full())
    tables = [one for one in document.blocks if isinstance(one, Table)]
    assert tables
    assert all(cell.strip() for one in tables for row in one.rows for cell in row)
    assert all(len(row) == len(one.head) for one in tables for row in one.rows)
    assert "egen bedömning, inte SKR:s frågor" in document.footer


def test_a_framework_of_other_areas_and_maxima_is_told_in_shares() -> None:
    known = full().framework
    areas = (replace(known.areas[0], points=40), replace(known.areas[1], id=AreaId("x"), points=10, questions=()))
    round_ = replace(full(), framework=replace(known, areas=areas), current={}, conflicts={})
    round_ = replace(
        round_, current=round_of("o", NEW, "", [("1", Field.POINTS, "20"), ("x", Field.POINTS, "9")]).current
    )
    document = assessment_report(round_, [], [], [], texts())
    # 9 of 10 is more of what could be had than 20 of 40.
    best = next(one for one in after(document, "Styrkor") if isinstance(one, Points)).items
    assert best[0].startswith("x ")
    assert document.lead == "29 poäng av 50."


def half_an_area() -> Round:
    """Return Vallentuna's round where only four of area 5's questions have points: 562 + 35 = 597 so far."""
    points = [(str(at), Field.POINTS, str(one)) for at, one in enumerate(VALLENTUNA_POINTS, 1) if at != 5]
    given = [(f"5.{at}", Field.POINTS, value) for at, value in enumerate(("5", "12,25", "10,75", "7"), 1)]
    return round_of("halv", NEW, "Vallentuna kommun", [*points, *given, ("5", Field.COMMENT, "Snabba svar.")])


def test_an_area_that_is_half_judged_is_marked_and_its_comparison_still_printed() -> None:
    document = assessment_report(half_an_area(), [], vallentuna_beside(), [], texts())
    assert document.lead == "597 poäng av 800 hittills. 1 område är bara delvis bedömt."
    key = next(one for one in document.blocks if isinstance(one, Key))
    assert (key.name, key.value) == ("Resultat hittills", "597")
    rows = table(document, "Poäng per område").rows
    count = len(half_an_area().framework.areas[4].questions)
    assert rows[4] == (
        f"5 Brukarens fokus (inte klart: 4 av {count} frågor har poäng)", "35", "100", "61", "saknas"
    )  # fmt: skip
    assert rows[8] == ("Summa hittills", "597", "800", "517", "saknas")
    assert f"Poäng: 35 av 100. Området är inte färdigbedömt: 4 av {count} frågor har poäng." in as_plain_text(document)
    # In the table of questions every number has the decimals that one of them needs.
    assert [row[4] for row in table(document, "Frågor som har poäng").rows] == ["5,00", "12,25", "10,75", "7,00"]


def test_more_than_two_others_stand_in_a_second_table() -> None:
    others = [
        Beside(kind=BesideKind.OTHERS, name=f"Kommun {at}", framework=NEW, year=2021, by_area=by_area(*[60] * 8))
        for at in range(3)
    ]
    document = assessment_report(vallentuna(), [], others, [], texts())
    heads = [one.head for one in document.blocks if isinstance(one, Table) and one.caption.startswith("Poäng per omr")]
    assert [head[3:] for head in heads] == [("Kommun 0", "Skillnad", "Kommun 1", "Skillnad"), ("Kommun 2", "Skillnad")]


def test_a_series_is_told_with_its_figure_and_signal_and_a_broken_one_is_not_believed() -> None:
    series = replace(frozen_piece(shares(EVEN)), question=QuestionId("5.2"))
    line = "Svarslöften som hölls: 91,8 % (358 av 390), vecka 35–47, 2026"
    for document in (
        self_assessment(full(), [series], [], texts()),
        assessment_report(full(), [series], [], [], texts()),
    ):
        told = as_plain_text(document).replace("\N{NO-BREAK SPACE}", " ")
        assert line in told
        assert "senaste veckan 93,3 %, som vanligt." in told
    broken = replace(series, digest="0" * 64)
    told = as_plain_text(self_assessment(full(), [broken], [], texts()))
    assert "Innehållet är inte det som frystes. Lita inte på det." in told


def test_a_round_of_areas_only_is_short_and_does_not_say_that_there_are_no_points() -> None:
    document = self_assessment(vallentuna(), [], [], texts())
    assert document.lead.endswith("Kommunen har inte satt några egna poäng. Granskarnas poäng står i rapporten.")
    assert [one.text for one in document.blocks if isinstance(one, Heading)] == ["Områdena i korthet"]


def test_a_plan_without_anything_says_so_in_words() -> None:
    assert review_plan(vallentuna(), [], [], texts()).lead == (
        "Det finns inga belägg att läsa än. Inga intervjuer är planerade än."
    )


@pytest.mark.parametrize(("points", "places", "shown"), [
    (12.25, 0, "12,25"), (20.25, 0, "20,25"), (87.0, 0, "87"), (87.0, 1, "87,0"), (84.8, 0, "84,8"),
    (0.1 + 0.2, 0, "0,3"), (-4.5, 0, "−4,5"), (-0.001, 0, "0"), (1200.5, 0, "1\N{NO-BREAK SPACE}200,5"),
    (9.999, 0, "10"),
])  # fmt: skip
def test_points_have_the_decimals_they_need(points: float, places: int, shown: str) -> None:
    assert points_text(points, texts(), places) == shown


def test_numbers_side_by_side_have_as_many_decimals() -> None:
    assert places_of([87.0, 84.8, None]) == 1
    assert places_of([12.25, 7.5]) == 2
    assert places_of([None, 3.0, 648.0]) == places_of([]) == 0

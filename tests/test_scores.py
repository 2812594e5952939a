"""Points beside others: the published assessments of reference/domain.md §3.4 and §9.7, and laws."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.assessment.framework import AreaId, Framework, FrameworkId
from measurement.assessment.framework_file import framework_files, read_framework
from measurement.assessment.round import About, Entry, Field, Round, RoundId, Seq, Source
from measurement.assessment.scores import Beside, BesideKind, Score, gaps, score_of, sub_areas, total

AT = datetime(2021, 4, 28, 8, 0, tzinfo=UTC)
CLASSIC, SINCE_2020 = (
    read_framework(framework_files()[FrameworkId(key)].read_bytes())
    for key in ("kommunkompassen-klassisk", "kommunkompassen-2020")
)

GRASTORP_2014 = (61, 60, 73, 53, 70, 56, 65, 68)
VALLENTUNA_2021 = (73, 75, 80, 83, 86, 82, 86, 83)
MEAN_2021 = (63, 65, 73, 64, 61, 59, 68, 64)


def a_round(framework: Framework, values: Mapping[str, str], field: Field = Field.POINTS) -> Round:
    entries = {
        (About(about), field): Entry(
            about=About(about),
            field=field,
            value=value,
            by="utvärderare",
            source=Source.COMMAND,
            at=AT,
            seq=Seq(number),
        )
        for number, (about, value) in enumerate(values.items(), start=1)
    }
    return Round(id=RoundId("prov-2021"), framework=framework, municipality="0115", as_of=AT, current=entries)


def by_area(*points: float) -> dict[AreaId, float]:
    return {AreaId(str(number)): value for number, value in enumerate(points, start=1)}


def of_areas(framework: Framework, *points: float) -> Round:
    return a_round(framework, {area: f"{value:g}" for area, value in by_area(*points).items()})


def beside(
    framework: Framework, points: Mapping[AreaId, float], total: float | None = None, year: int = 2021
) -> Beside:
    return Beside(kind=BesideKind.OTHERS, name="andra", framework=framework.id, year=year, by_area=points, total=total)


def test_grastorp_2014_has_506_points() -> None:
    # 61 + 60 + 73 + 53 = 247; 70 + 56 + 65 + 68 = 259; 247 + 259 = 506
    assert total(of_areas(CLASSIC, *GRASTORP_2014), Field.POINTS) == 506


def test_vallentuna_2021_has_648_points_and_131_more_than_the_mean() -> None:
    # 73 + 75 + 80 + 83 = 311; 86 + 82 + 86 + 83 = 337; 311 + 337 = 648
    # 63 + 65 + 73 + 64 = 265; 61 + 59 + 68 + 64 = 252; 265 + 252 = 517; 648 - 517 = 131
    ours = score_of(of_areas(SINCE_2020, *VALLENTUNA_2021), Field.POINTS)
    mean = beside(SINCE_2020, by_area(*MEAN_2021))

    found = gaps(ours, mean)

    assert ours.total == 648
    assert mean.sum == 517
    assert found.strict
    assert found.total == 131


def test_vallentunas_strengths_come_in_the_published_order() -> None:
    # 86-61 = 25, 82-59 = 23, 83-64 = 19 (area 4), 83-64 = 19 (area 8), 86-68 = 18, 73-63 = 10, 75-65 = 10, 80-73 = 7
    ours = score_of(of_areas(SINCE_2020, *VALLENTUNA_2021), Field.POINTS)

    found = gaps(ours, beside(SINCE_2020, by_area(*MEAN_2021)))

    names = [(area.name, one.points) for one in found.strengths if (area := SINCE_2020.area(one.area))]
    assert names == [
        ("Brukarens fokus", 25), ("Kvalitetsutveckling", 23), ("Effektivitet", 19),
        ("Chefs- och ledarskap samt medarbetarskap", 19), ("Arbetsliv", 18),
        ("Samspel mellan förtroendevalda och medborgare", 10), ("Samhällsutveckling", 10), ("Styrning och kontroll", 7),
    ]  # fmt: skip
    assert found.improvements == ()


@pytest.mark.parametrize(("year", "published", "more"), [(2019, 603, 45), (2017, 555, 93)])
def test_vallentuna_2021_beside_its_earlier_rounds(year: int, published: int, more: int) -> None:
    # 648 - 603 = 45; 648 - 555 = 93; they were given in the classic edition, and only their totals are known
    ours = score_of(of_areas(SINCE_2020, *VALLENTUNA_2021), Field.POINTS)

    found = gaps(ours, beside(CLASSIC, {}, total=published, year=year))

    assert found.total == more
    assert not found.strict
    assert found.areas == ()


def test_another_edition_is_shown_by_the_mapping_and_never_as_strictly_comparable() -> None:
    # ours 1…8 stand beside theirs 1, 8, 3, 5, 2, 7, 6, 4: Grästorp's 61, 68, 73, 70, 60, 65, 56, 53
    # 73-61 = 12, 75-68 = 7, 80-73 = 7, 83-70 = 13, 86-60 = 26, 82-65 = 17, 86-56 = 30, 83-53 = 30
    ours = score_of(of_areas(SINCE_2020, *VALLENTUNA_2021), Field.POINTS)

    found = gaps(ours, beside(CLASSIC, by_area(*GRASTORP_2014)))

    assert [one.their_area for one in found.areas] == ["1", "8", "3", "5", "2", "7", "6", "4"]
    assert [one.points for one in found.areas] == [12, 7, 7, 13, 26, 17, 30, 30]
    assert [one.area for one in found.strengths] == ["7", "8", "5", "6", "4", "1", "2", "3"]
    assert not found.strict


def test_a_framework_that_ours_says_nothing_about_is_never_compared() -> None:
    other = replace(CLASSIC, id=FrameworkId("nagot-annat"))
    ours = score_of(of_areas(SINCE_2020, *VALLENTUNA_2021), Field.POINTS)

    found = gaps(ours, beside(other, by_area(*MEAN_2021), total=517))

    assert (found.total, found.areas, found.strict) == (None, (), False)


def test_areas_below_come_with_the_furthest_first_and_level_ones_are_neither() -> None:
    # 50-60 = -10, 50-50 = 0, 50-70 = -20, 50-60 = -10, and four at +1
    ours = score_of(of_areas(SINCE_2020, *[50] * 8), Field.POINTS)

    found = gaps(ours, beside(SINCE_2020, by_area(60, 50, 70, 60, 49, 49, 49, 49)))

    assert [(one.area, one.points) for one in found.improvements] == [("3", -20), ("1", -10), ("4", -10)]
    assert [one.area for one in found.strengths] == ["5", "6", "7", "8"]


def test_equal_gaps_are_equal_in_spite_of_binary_fractions() -> None:
    # 63.3 - 60.2 = 3.1 and 13.3 - 10.2 = 3.1, though not to a computer
    assert 63.3 - 60.2 != 13.3 - 10.2
    ours = Score(framework=SINCE_2020, by_area={AreaId("1"): 13.3, AreaId("2"): 63.3}, so_far=76.6)

    found = gaps(ours, beside(SINCE_2020, {AreaId("1"): 10.2, AreaId("2"): 60.2}))

    assert [one.area for one in found.strengths] == ["1", "2"]


def test_a_published_total_holds_even_if_rounded_areas_add_up_to_another() -> None:
    assert beside(SINCE_2020, by_area(*MEAN_2021), total=518).sum == 518
    assert beside(SINCE_2020, {}).sum is None


def test_points_of_questions_add_up_and_those_of_the_area_go_before_them() -> None:
    # area 1: 10 + 7.5 + 15 + 5 + 12.5 + 18 = 68; area 2: 70 is told, its one question is not counted
    values = {"1.1": "10", "1.2": "7,5", "1.3": "15", "1.4": "5", "1.5": "12.5", "1.6": "18", "2": "70", "2.1": "3"}
    score = score_of(a_round(SINCE_2020, values), Field.POINTS)

    assert score.by_area == {"1": 68, "2": 70}
    assert score.so_far == 138
    assert score.total is None


def test_an_area_with_a_question_without_points_is_compared_with_nothing() -> None:
    values = {"1.1": "10", "1.2": "10"}
    round_ = a_round(SINCE_2020, values)

    found = gaps(score_of(round_, Field.POINTS), beside(SINCE_2020, by_area(*MEAN_2021)))

    assert total(round_, Field.POINTS) == 20
    assert (found.areas, found.total) == ((), None)


def test_without_points_there_is_no_sum_and_nought_points_are_a_sum() -> None:
    assert total(a_round(SINCE_2020, {}), Field.POINTS) is None
    assert total(a_round(SINCE_2020, {"1.1": "0"}), Field.POINTS) == 0
    assert total(a_round(SINCE_2020, {"1.1": "9"}), Field.OWN_POINTS) is None


def test_own_points_and_the_reviewers_are_apart() -> None:
    own = a_round(SINCE_2020, {"1": "80"}, Field.OWN_POINTS)
    assert total(own, Field.OWN_POINTS) == 80
    assert total(own, Field.POINTS) is None


def test_sub_areas_have_their_questions_points_together() -> None:
    # Insyn is 1.1 (15) and 1.2 (15): 30 at most, 10 + 7.5 = 17.5 had; Dialog is 1.3 (20) and 1.4 (15): 35 at most
    found = sub_areas(a_round(SINCE_2020, {"1.1": "10", "1.2": "7,5"}), Field.POINTS)

    assert [(one.name, one.points, one.most) for one in found[:2]] == [("Insyn", 17.5, 30), ("Dialog", None, 35)]
    assert sum(one.most for one in found) == SINCE_2020.points


POINTS = st.integers(min_value=0, max_value=200).map(lambda half: half / 2)
EIGHT = st.lists(POINTS, min_size=8, max_size=8)


@given(ours=EIGHT, theirs=EIGHT)
def test_gaps_add_up_to_the_gap_in_all_and_turn_round_with_the_sides(ours: list[float], theirs: list[float]) -> None:
    there = gaps(score_of(of_areas(SINCE_2020, *ours), Field.POINTS), beside(SINCE_2020, by_area(*theirs)))
    back = gaps(score_of(of_areas(SINCE_2020, *theirs), Field.POINTS), beside(SINCE_2020, by_area(*ours)))

    assert there.total == sum(one.points for one in there.areas)
    assert back.total == -(there.total or 0)
    assert [one.area for one in back.improvements] == [one.area for one in there.strengths]


@given(ours=EIGHT, theirs=EIGHT)
def test_strengths_and_improvements_part_the_areas_that_differ(ours: list[float], theirs: list[float]) -> None:
    found = gaps(score_of(of_areas(SINCE_2020, *ours), Field.POINTS), beside(SINCE_2020, by_area(*theirs)))

    both = [*found.strengths, *found.improvements]
    assert sorted(one.area for one in both) == [one.area for one in found.areas if one.ours != one.theirs]
    ordered = [(-abs(one.points), one.area) for one in found.strengths]
    assert ordered == sorted(ordered)


@given(points=EIGHT)
def test_a_round_beside_itself_by_any_edition_and_back_is_level(points: list[float]) -> None:
    """Through the mapping there and back every area meets itself."""
    there = {one.ours: one.theirs for one in SINCE_2020.comparable}
    back = {one.ours: one.theirs for one in CLASSIC.comparable}
    assert {area: back[there[area]] for area in there} == {area: area for area in there}

    classic = {there[area]: value for area, value in by_area(*points).items()}
    found = gaps(score_of(of_areas(SINCE_2020, *points), Field.POINTS), beside(CLASSIC, classic))
    assert {one.points for one in found.areas} == {0}
    assert found.total == 0

"""Frameworks as files: those that come with the product, and there and back as JSON."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.assessment.framework import (
    Area,
    AreaId,
    Comparable,
    Framework,
    FrameworkId,
    Question,
    QuestionId,
    Subject,
)
from measurement.assessment.framework_fault import FrameworkFault
from measurement.assessment.framework_file import digest, framework_files, of_json, read_framework, to_json

FILES = framework_files()
NOTE = "egen bedömning, inte SKR:s frågor"


def shipped(key: str) -> Framework:
    return read_framework(FILES[FrameworkId(key)].read_bytes())


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_each_file_is_a_framework_with_100_points_an_area_and_the_note(path: Path) -> None:
    framework = read_framework(path.read_bytes())

    assert framework.id == path.stem
    assert framework.note == NOTE
    assert {area.points for area in framework.areas} == {100}
    assert [area.id for area in framework.areas] == [str(number) for number in range(1, len(framework.areas) + 1)]
    for area in framework.areas:
        assert [one.id for one in area.questions] == [f"{area.id}.{n}" for n in range(1, len(area.questions) + 1)]


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_questions_are_asked_as_questions_once_and_say_what_shows_the_answer(path: Path) -> None:
    questions = list(read_framework(path.read_bytes()).questions())

    assert len({one.text for one in questions}) == len(questions)
    for one in questions:
        assert one.text.endswith("?")
        assert len(one.text) <= 120
        assert one.guidance.split()[0] in {"Berätta", "Beskriv", "Visa", "Välj"}
        assert "Belägg " in one.guidance
        assert one.guidance.endswith(".")


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_a_sub_areas_questions_stand_together(path: Path) -> None:
    for area in read_framework(path.read_bytes()).areas:
        names = [one.sub_area for one in area.questions]
        changes = [name for before, name in zip(["", *names], names, strict=False) if name != before]
        assert len(changes) == len(set(names))


@pytest.mark.parametrize(
    ("key", "points", "least", "most"),
    [
        ("kommunkompassen-klassisk", 800, 45, 55),
        ("kommunkompassen-2020", 800, 45, 55),
        ("sveriges-kvalitetskommun-tidigare", 400, 20, 20),
        ("sveriges-kvalitetskommun-2024", 400, 20, 20),
    ],
)
def test_how_much_is_asked(key: str, points: int, least: int, most: int) -> None:
    assert shipped(key).points == points
    assert least <= len(list(shipped(key).questions())) <= most


def test_the_areas_are_called_as_they_are() -> None:
    assert [area.name for area in shipped("kommunkompassen-klassisk").areas] == [
        "Offentlighet och demokrati", "Brukarfokus, tillgänglighet och bemötande", "Politisk styrning och kontroll",
        "Ledarskap, ansvar och delegation", "Resultat och effektivitet", "Kommunen som arbetsgivare",
        "Ständiga förbättringar", "Kommunen som samhällsbyggare",
    ]  # fmt: skip
    assert [(area.name, area.block) for area in shipped("kommunkompassen-2020").areas] == [
        ("Samspel mellan förtroendevalda och medborgare", "Demokrati och samhällsutveckling"),
        ("Samhällsutveckling", "Demokrati och samhällsutveckling"),
        ("Styrning och kontroll", "Styrning och effektivitet"),
        ("Effektivitet", "Styrning och effektivitet"),
        ("Brukarens fokus", "Service och kvalitet"),
        ("Kvalitetsutveckling", "Service och kvalitet"),
        ("Arbetsliv", "Arbetsgivarpolitik"),
        ("Chefs- och ledarskap samt medarbetarskap", "Arbetsgivarpolitik"),
    ]
    assert [area.name for area in shipped("sveriges-kvalitetskommun-2024").areas] == [
        "Digitalisering och innovation", "Ledarskap och medarbetarskap", "Samspel mellan politik och tjänstepersoner",
        "Utvecklings- och omställningskapacitet",
    ]  # fmt: skip


def test_question_2_2_of_the_classic_edition_is_about_access_and_reception() -> None:
    question = shipped("kommunkompassen-klassisk").question("2.2")

    assert question is not None
    assert question.sub_area == "Tillgänglighet och bemötande"
    assert question.subject is Subject.ANSWER_TIME


def test_the_editions_are_comparable_as_domain_3_2_says_and_the_same_both_ways() -> None:
    new, old = shipped("kommunkompassen-2020"), shipped("kommunkompassen-klassisk")

    # 1→1, 2→5, 3→3, 5→4, 7→6, 6→7, 4→8, 8→2
    wanted = {"1": "1", "2": "5", "3": "3", "5": "4", "7": "6", "6": "7", "4": "8", "8": "2"}
    assert {one.theirs: one.ours for one in new.comparable} == wanted
    assert {one.ours: one.theirs for one in old.comparable} == wanted


def test_every_comparable_area_that_comes_with_the_product_exists_on_both_sides() -> None:
    for framework in map(shipped, FILES):
        for one in framework.comparable:
            assert framework.area(one.ours) is not None
            assert shipped(one.framework).area(one.theirs) is not None


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
QUESTIONS = st.builds(
    Question, id=TEXT.map(QuestionId), sub_area=TEXT, text=TEXT, guidance=TEXT,
    points=st.integers(min_value=1, max_value=1000), subject=st.none() | st.sampled_from(Subject),
)  # fmt: skip
AREAS = st.builds(
    Area, id=TEXT.map(AreaId), name=TEXT, block=TEXT, points=st.integers(min_value=1, max_value=1000),
    questions=st.lists(QUESTIONS, max_size=4).map(tuple),
)  # fmt: skip
COMPARABLES = st.builds(
    Comparable, framework=TEXT.map(FrameworkId), theirs=TEXT.map(AreaId), ours=TEXT.map(AreaId)
)  # fmt: skip
ANY_FRAMEWORK = st.builds(
    Framework, id=TEXT.map(FrameworkId), name=TEXT, edition=TEXT, note=TEXT,
    areas=st.lists(AREAS, max_size=4).map(tuple), comparable=st.lists(COMPARABLES, max_size=3).map(tuple),
)  # fmt: skip


@given(framework=ANY_FRAMEWORK)
def test_json_and_back_gives_the_same_framework_and_the_same_text(framework: Framework) -> None:
    text = to_json(framework)

    assert of_json(text) == framework
    assert to_json(of_json(text)) == text
    assert digest(of_json(text)) == digest(framework)


@given(one=ANY_FRAMEWORK, other=ANY_FRAMEWORK)
def test_another_framework_has_another_digest(one: Framework, other: Framework) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_the_canonical_json_is_this_and_stays_so() -> None:
    """Rounds that stand in a database are told apart by it."""
    question = Question(id=QuestionId("1.1"), sub_area="d", text="Hur är det?", guidance="B", points=5,
                        subject=Subject.EASE)  # fmt: skip
    area = Area(id=AreaId("1"), name="O", block="", points=5, questions=(question,))
    framework = Framework(id=FrameworkId("p"), name="P", edition="1", note="n", areas=(area,))

    assert to_json(framework) == (
        '{"areas":[{"block":"","id":"1","name":"O","points":5,"questions":[{"guidance":"B","id":"1.1","points":5,'
        '"sub_area":"d","subject":"ease","text":"Hur är det?"}]}],"comparable":[],"edition":"1","id":"p","name":"P",'
        '"note":"n"}'
    )
    assert len(digest(framework)) == 64


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"id":1}', '{"areas":5}', "x"])
def test_json_that_is_no_framework_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        of_json(text)


@pytest.mark.parametrize("key", FILES)
def test_the_editor_a_file_was_saved_with_makes_no_difference(key: str) -> None:
    content = FILES[FrameworkId(key)].read_bytes()
    text = content.decode()
    wanted = read_framework(content)

    assert read_framework(b"\xef\xbb\xbf" + content) == wanted
    assert read_framework(text.replace("\n", "\r\n").encode()) == wanted
    assert read_framework(unicodedata.normalize("NFD", text).encode()) == wanted


def test_what_came_from_a_file_comes_back_from_json() -> None:
    for framework in map(shipped, FILES):
        assert of_json(to_json(framework)) == framework
        assert json.loads(to_json(framework))["note"] == NOTE


@given(content=st.binary(max_size=300))
def test_no_bytes_give_anything_but_a_framework_or_its_faults(content: bytes) -> None:
    with pytest.raises(FrameworkFault) as caught:
        read_framework(content)
    assert caught.value.faults

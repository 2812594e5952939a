"""What may be entered, how far a round has come, points as people type them, rounds as files."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.table_files import read_table
from measurement.assessment.archive import SUMS, Archived, ArchiveFault, ArchiveWhy, of_files, to_files
from measurement.assessment.beside_file import BesideRefused, BesideWhy, as_entered, of_rows, typed
from measurement.assessment.book import Head
from measurement.assessment.entering import EntryRefused, Refusal, kept, named
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.framework import AreaId, QuestionId, Subject
from measurement.assessment.round import Field, Progress, RoundId, Step
from measurement.assessment.scores import BesideKind
from measurement.assessment.standing import Act, Next, by_area, by_owner, next_acts, progress_of, unjudged
from tests.forms import ANNA, AT, ELSA, FRAMEWORK, entry, round_of

OTHERS = BesideKind.OTHERS


@pytest.mark.parametrize(
    ("about", "field", "value", "meant"),
    [
        ("5.2", Field.OWN_POINTS, " 12,50 ", ["5.2=12.5"]),
        ("5.2", Field.OWN_POINTS, "20", ["5.2=20"]),
        ("5.2", Field.POINTS, "", ["5.2="]),
        ("5", Field.POINTS, "50", ["5=50"]),
        ("5", Field.OWNER, "skolchef", ["5.1=skolchef", "5.2=skolchef", "5.10=skolchef"]),
        ("6", Field.PROGRESS, "ready", ["6.1=ready"]),
        ("5", Field.IMPROVEMENT, "Dialogen", ["5=Dialogen"]),
        ("5.2", Field.POINTS, "20,5", Refusal.TOO_MANY),
        ("5", Field.POINTS, "51", Refusal.TOO_MANY),
        ("5.2", Field.POINTS, "-1", Refusal.NO_NUMBER),
        ("5.2", Field.POINTS, "nan", Refusal.NO_NUMBER),
        ("5.2", Field.POINTS, "inf", Refusal.NO_NUMBER),
        ("5.2", Field.OWN_POINTS, "10 p", ["5.2=10"]),
        ("5.2", Field.OWN_POINTS, "7,5 poäng.", ["5.2=7.5"]),
        ("5.2", Field.OWN_POINTS, "10/20", Refusal.NO_NUMBER),
        ("5.2", Field.OWN_POINTS, "1e1", Refusal.NO_NUMBER),
        ("5.2", Field.OWNER, "a", Refusal.NO_ROLE),
        ("5.2", Field.OWNER, "Åsa Öberg <x>", Refusal.NO_ROLE),
        ("5.2", Field.OWNER, "Anna-Lisa Andersson", Refusal.NO_ROLE),
        ("5.2", Field.OWNER, "anna@kommun", Refusal.NO_ROLE),
        ("5.2", Field.OWNER, "VD", ["5.2=VD"]),
        ("5.2", Field.OWNER, "HR-chef, kommunledningskontoret", ["5.2=HR-chef, kommunledningskontoret"]),
        ("5.2", Field.OWNER, "", ["5.2="]),
        ("5.2", Field.PROGRESS, "snart", Refusal.NO_PROGRESS),
        ("5.3", Field.ANSWER, "Ja.", Refusal.NO_SUCH),
        ("7", Field.POINTS, "1", Refusal.NO_SUCH),
        ("", Field.STEP, "report", Refusal.NOT_ENTERED),
        ("5", Field.ANSWER, "Ja.", Refusal.NOT_OF_AREA),
        ("5", Field.FIRST_POINTS, "1", Refusal.NOT_OF_AREA),
        ("5.2", Field.IMPROVEMENT, "Allt", Refusal.NOT_OF_QUESTION),
    ],
)
def test_what_may_be_entered(about: str, field: Field, value: str, meant: list[str] | Refusal) -> None:
    try:
        what = kept(FRAMEWORK, about, field, value)
        found: list[str] | Refusal = [f"{one}={what}" for one in named(FRAMEWORK, about, field)]
    except EntryRefused as refused:
        found = refused.why
    assert found == meant


def test_how_far_areas_and_owners_have_come() -> None:
    round_ = round_of(
        entry(1, "5.1", Field.OWNER, ANNA), entry(2, "5.2", Field.OWNER, ANNA.upper()),
        entry(3, "6.1", Field.OWNER, ELSA),
        entry(4, "5.1", Field.PROGRESS, "ready"), entry(5, "5.1", Field.OWN_POINTS, "15"),
        entry(6, "5.2", Field.ANSWER, "Ja."), entry(7, "5.2", Field.ANSWER, "Nej.", base=0),
        entry(8, "5.2", Field.OWN_POINTS, "2.5"),
    )  # fmt: skip
    evidence = [Evidence(question=QuestionId("5.2"), kind=EvidenceKind.LINK, title="x", by=ANNA, at=AT)] * 2
    five, six = by_area(round_, evidence)
    # 5.1 ready, 5.2 begun by its answer, 5.10 untouched; one conflict; two pieces of evidence, both of 5.2.
    assert (five.ready, five.begun, five.open, five.conflicts, five.evidence, five.without) == (1, 1, 1, 1, 2, 2)
    assert (five.own_points, five.points, five.most) == (17.5, None, 50)
    assert (six.open, six.without, six.own_points) == (1, 1, None)
    anna, elsa, nobody = by_owner(round_, evidence)
    assert (anna.name.casefold(), anna.ready, anna.begun, anna.conflicts) == (ANNA, 1, 1, 1)
    assert (elsa.name, elsa.open, nobody.name, nobody.open) == (ELSA, 1, "", 1)
    assert progress_of(round_, "5.10") is Progress.OPEN


def test_what_we_measure_is_not_without_evidence_before_its_series_is_frozen() -> None:
    measured = replace(FRAMEWORK.areas[1].questions[0], subject=Subject.ANSWER_TIME)
    framework = replace(FRAMEWORK, areas=(FRAMEWORK.areas[0], replace(FRAMEWORK.areas[1], questions=(measured,))))
    ready = round_of(*READY, framework=framework)
    assert [one.without for one in by_area(ready, [])] == [3, 0]
    assert next_acts(ready, [], 0)[0] == Next(Act.EVIDENCE, EVERYTHING[:3])
    assert [one.without for one in by_area(round_of(*READY, REVIEW, framework=framework), [])] == [3, 1]


READY = [entry(at, one, Field.PROGRESS, "ready") for at, one in enumerate(("5.1", "5.2", "5.10", "6.1"), 1)]
REVIEW = entry(9, "", Field.STEP, Step.REVIEW)
REPORT = entry(19, "", Field.STEP, Step.REPORT)
POINTS = [entry(10, "5", Field.POINTS, "40"), entry(11, "6.1", Field.POINTS, "10")]
EVERYTHING = ("5.1", "5.2", "5.10", "6.1")


@pytest.mark.parametrize(
    ("entries", "interviews", "acts"),
    [
        ([], 0, [Next(Act.OWNERS, EVERYTHING)]),
        ([entry(1, "6.1", Field.OWNER, ANNA)], 0, [Next(Act.OWNERS, EVERYTHING[:3]), Next(Act.SEND, EVERYTHING)]),
        (READY, 0, [Next(Act.EVIDENCE, EVERYTHING), Next(Act.REVIEW)]),
        # Of an area whose own points are entered nobody is asked; those of reviewers end nothing.
        ([entry(1, "5", Field.OWN_POINTS, "40"), entry(2, "6", Field.OWN_POINTS, "1")], 0, [Next(Act.REVIEW)]),
        (POINTS, 0, [Next(Act.OWNERS, EVERYTHING)]),
        ([*READY, entry(5, "5.1", Field.ANSWER, "a"), entry(6, "5.1", Field.ANSWER, "b", base=0)], 0,
         [Next(Act.SETTLE, ("5.1",)), Next(Act.EVIDENCE, EVERYTHING), Next(Act.REVIEW)]),
        ([REVIEW], 0, [Next(Act.INTERVIEWS), Next(Act.JUDGE, ("5", "6"))]),
        ([REVIEW, entry(10, "5.2", Field.POINTS, "4")], 3, [Next(Act.JUDGE, ("5.1", "5.10", "6"))]),
        ([REVIEW, *POINTS], 3, [Next(Act.REPORT)]),
        ([REVIEW, *POINTS, REPORT], 3, [Next(Act.IMPROVEMENTS), Next(Act.WRITE)]),
        ([REVIEW, *POINTS, REPORT, entry(20, "5", Field.IMPROVEMENT, "x")], 3, [Next(Act.WRITE)]),
    ],
)  # fmt: skip
def test_what_is_to_be_done_next(entries: list, interviews: int, acts: list[Next]) -> None:  # type: ignore[type-arg]
    assert next_acts(round_of(*entries), [], interviews) == acts


def test_what_has_no_agreed_points() -> None:
    assert unjudged(round_of()) == ("5", "6")
    assert unjudged(round_of(*POINTS)) == ()


def test_points_typed_as_a_line() -> None:
    total = typed(BesideKind.EARLIER, " Provstad 2019 = 60.5 ", FRAMEWORK)
    assert (total.name, total.year, total.total, dict(total.by_area)) == ("Provstad 2019", 2019, 60.5, {})
    areas = typed(OTHERS, "Medelvärde 2021=30.5, 12", FRAMEWORK)
    assert (areas.total, areas.sum, dict(areas.by_area)) == (None, 42.5, {"5": 30.5, "6": 12})
    for numbers in ("30,5 12", "30,5; 12,0", "30.5,12", "30,5, 12"):
        assert dict(typed(OTHERS, f"Medelvärde 2021={numbers}", FRAMEWORK, "SKR").by_area) == {"5": 30.5, "6": 12}
    three = replace(FRAMEWORK, areas=(*FRAMEWORK.areas, replace(FRAMEWORK.areas[1], id=AreaId("7"))))
    assert typed(OTHERS, "2021=60,5", three).total == 60.5
    assert as_entered(areas) == "others Medelvärde 2021 prov-2027 5=30.5;6=12"
    assert as_entered(replace(total, source="SKR")) == "earlier Provstad 2019 prov-2027 =60.5 (SKR)"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2019", BesideWhy.NO_POINTS), ("2019=", BesideWhy.NO_POINTS), ("Medel=5,6", BesideWhy.NO_YEAR),
        ("Medel 20199=5,6", BesideWhy.NO_YEAR), ("2019=1,2,3", BesideWhy.WRONG_COUNT), ("2019=x", BesideWhy.NO_NUMBER),
        ("2019=71", BesideWhy.TOO_MANY), ("2019=51,1", BesideWhy.TOO_MANY), ("2019=1,-1", BesideWhy.NO_NUMBER),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read(line: str, why: BesideWhy) -> None:
    with pytest.raises(BesideRefused) as refused:
        typed(OTHERS, line, FRAMEWORK)
    assert [one.why for one in refused.value.faults] == [why]


def test_points_of_a_table() -> None:
    table = (
        "slag;namn;år;område;poäng;ramverk;källa\n"
        "tidigare;Provstad 2025;2025;;61;;\n"
        "andra;Medel;2027;5;30,5;;SKR\n"
        "andra;Medel;2027;6;12;;\n"
        "andra;Gammal;2014;8;99;prov-2010;\n"
    )
    earlier, mean, old = of_rows(read_table(table.encode()), FRAMEWORK)
    assert (earlier.kind, earlier.total, earlier.framework) == (BesideKind.EARLIER, 61, FRAMEWORK.id)
    assert (dict(mean.by_area), mean.total, mean.source) == ({"5": 30.5, "6": 12}, None, "SKR")
    # What areas another edition has is not known here.
    assert (dict(old.by_area), old.framework) == ({"8": 99}, "prov-2010")


def test_every_fault_of_a_table_is_told_with_its_line() -> None:
    rows = ("kind;name;year;area;points", "fel;A;2027;5;1", "andra;;27;9;x", "andra;B;2027;5;51", "andra;C;2027;5;1",
            "andra;C;2027;5;2")  # fmt: skip
    table = "\n".join(rows)
    with pytest.raises(BesideRefused) as refused:
        of_rows(read_table(table.encode()), FRAMEWORK)
    assert [(one.line, one.column, one.why) for one in refused.value.faults] == [
        (2, "kind", BesideWhy.NO_KIND), (3, "name", BesideWhy.NO_NAME), (3, "year", BesideWhy.NO_YEAR),
        (3, "area", BesideWhy.NO_AREA), (3, "points", BesideWhy.NO_NUMBER), (4, "points", BesideWhy.TOO_MANY),
        (6, "area", BesideWhy.TWICE),
    ]  # fmt: skip
    with pytest.raises(BesideRefused) as refused:
        of_rows(read_table(b"name;year\nA;2027\n"), FRAMEWORK)
    assert [one.column for one in refused.value.faults] == ["kind", "points"]


HEAD = Head(id=RoundId("r"), framework=FRAMEWORK.id, municipality="Provstad", as_of=AT, opened_by=ANNA, opened_at=AT)
ROUND = Archived(
    head=HEAD, framework=FRAMEWORK, entries=[entry(7, "5.1", Field.ANSWER, "Ja.")], beside=[], interviews=[],
    evidence=[],
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(EVERYTHING), st.text(), st.none() | st.integers(0, 20)), max_size=12))
def test_a_round_as_files_is_the_same_again(said: list[tuple[str, str, int | None]]) -> None:
    entries = [entry(at * 2, about, Field.ANSWER, text.replace("\ud800", ""), base=base)
               for at, (about, text, base) in enumerate(said, 1)]  # fmt: skip
    files = to_files(Archived(head=HEAD, framework=FRAMEWORK, entries=entries, beside=[], interviews=[], evidence=[]))
    read = of_files(files)
    assert to_files(read) == files
    assert [one.value for one in read.entries] == [one.value for one in entries]


@pytest.mark.parametrize(
    ("file", "content", "why", "at"),
    [
        ("round.json", None, ArchiveWhy.MISSING, 0),
        ("entries.json", b"{", ArchiveWhy.UNREADABLE, 0),
        ("entries.json", b"{}", ArchiveWhy.UNREADABLE, 0),
        ("entries.json", b"[{}]", ArchiveWhy.UNREADABLE, 1),
        ("entries.json", b"[3]", ArchiveWhy.UNREADABLE, 1),
        ("entries.json", b"\xff", ArchiveWhy.UNREADABLE, 0),
        ("framework.json", b"{}", ArchiveWhy.UNREADABLE, 0),
        ("interviews.json", b'[{"about": "friends"}]', ArchiveWhy.UNREADABLE, 1),
        ("evidence.json", b"[[]]", ArchiveWhy.UNREADABLE, 1),
        ("round.json", b'{"format": 2}', ArchiveWhy.UNREADABLE, 1),
    ],
)  # fmt: skip
def test_files_that_are_no_round(file: str, content: bytes | None, why: ArchiveWhy, at: int) -> None:
    files = to_files(ROUND)
    if content is None:
        del files[file]
    else:
        files[file] = content
    with pytest.raises(ArchiveFault) as fault:
        of_files(files if content is None else summed(files))
    assert (fault.value.why, fault.value.file, fault.value.at) == (why, file, at)


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("round.json", "changed", ArchiveWhy.CHANGED),
        ("entries.json", "changed", ArchiveWhy.CHANGED),
        ("beside.json", "changed", ArchiveWhy.CHANGED),
        (SUMS, "", ArchiveWhy.CHANGED),
        (SUMS, "inga summor", ArchiveWhy.UNREADABLE),
        (SUMS, None, ArchiveWhy.MISSING),
    ],
)
def test_whatever_was_changed_since_is_found(file: str, content: str | None, why: ArchiveWhy) -> None:
    files = to_files(ROUND)
    if content is None:
        del files[file]
    else:
        files[file] = files[file] + b" " if content == "changed" else content.encode()
    with pytest.raises(ArchiveFault) as fault:
        of_files(files)
    assert fault.value.why is why
    assert fault.value.file == (file if content != "" else "round.json")


def summed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files with new hashes, as somebody makes them who changes a file on purpose."""
    sums = "".join(f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in files.items() if name != SUMS)
    return files | {SUMS: sums.encode()}


def test_a_framework_that_was_changed_is_no_round() -> None:
    files = to_files(ROUND)
    framework = json.loads(files["framework.json"])
    framework["areas"][0]["points"] = 51
    with pytest.raises(ArchiveFault) as fault:
        of_files(summed(files | {"framework.json": json.dumps(framework).encode()}))
    assert fault.value.why is ArchiveWhy.CHANGED

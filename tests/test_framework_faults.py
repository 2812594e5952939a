"""Faults of a framework's file: every one at once, by line and field, in plain Swedish."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.texts import Texts
from measurement.assessment.framework_fault import Fault, FaultKind, FrameworkFault, fault_words
from measurement.assessment.framework_file import MOST_BYTES, framework_files, read_framework

TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))

RIGHT = '''id = "egen-2027"
name = "Egen bedömning"
edition = "2027"
note = "egen bedömning"

[[areas]]
id = "1"
name = "Service"
points = 30

[[areas.questions]]
id = "1.1"
sub_area = "Svar"
text = "Hur snart får man svar?"
guidance = """
Berätta hur det går.
Belägg kan vara mätningar."""
points = 10
subject = "answer_time"

[[areas.questions]]
id = "1.2"
sub_area = "Svar"
text = "Hur blir man bemött?"
guidance = "Berätta."
points = 20

[[areas]]
id = "2"
name = "Demokrati"
points = 5

[[areas.questions]]
id = "2.1"
sub_area = "Insyn"
text = "Hur får man insyn?"
guidance = "Berätta."
points = 5

[[comparable]]
framework = "egen-2025"
theirs = "3"
ours = "2"
'''


def faults_of(text: str | bytes) -> tuple[Fault, ...]:
    with pytest.raises(FrameworkFault) as caught:
        read_framework(text if isinstance(text, bytes) else text.encode())
    return caught.value.faults


def changed(*pairs: tuple[str, str]) -> str:
    text = RIGHT
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def said(fault: Fault) -> tuple[int, str, str, str]:
    return fault.line, fault.of, fault.field, fault.kind.value


def test_the_right_file_is_right() -> None:
    framework = read_framework(RIGHT.encode())

    assert framework.points == 35
    question = framework.question("1.1")
    assert question is not None
    assert question.guidance == "Berätta hur det går. Belägg kan vara mätningar."


@pytest.mark.parametrize(
    ("old", "new", "wanted", "sentence"),
    [
        ('note = "egen bedömning"\n', "", (0, "", "note", "missing"), "note: Fältet saknas."),
        ('name = "Service"\n', "", (6, "1", "name", "missing"), "Rad 6, område 1, name: Fältet saknas."),
        (
            'text = "Hur blir man bemött?"\n', "", (21, "1.2", "text", "missing"),
            "Rad 21, fråga 1.2, text: Fältet saknas.",
        ),
        ('name = "Service"', 'name = "  "', (8, "1", "name", "empty"), "Rad 8, område 1, name: Fältet är tomt."),
        (
            'name = "Service"', "name = 7", (8, "1", "name", "not_text"),
            "Rad 8, område 1, name: Här ska stå en text inom citattecken.",
        ),
        (
            'sub_area = "Insyn"', 'subarea = "Insyn"\nsub_area = "Insyn"', (35, "2.1", "subarea", "unknown_field"),
            "Rad 35, fråga 2.1, subarea: Det fältet finns inte. Här kan stå: id, sub_area, text, guidance, "
            "points, subject.",
        ),
        (
            "points = 20", 'points = "20"', (26, "1.2", "points", "not_points"),
            "Rad 26, fråga 1.2, points: Poäng är ett heltal utan citattecken, från 1 till 1000. Här står 20.",
        ),
        ("points = 20", "points = 20.0", (26, "1.2", "points", "not_points"), None),
        ("points = 20", "points = 0", (26, "1.2", "points", "not_points"), None),
        ("points = 20", "points = -20", (26, "1.2", "points", "not_points"), None),
        ("points = 20", "points = true", (26, "1.2", "points", "not_points"), None),
        (
            "points = 20", "points = 15", (9, "1", "points", "wrong_sum"),  # 10 + 15 = 25
            "Rad 9, område 1, points: Frågornas poäng blir 25 tillsammans, men området har 30.",
        ),
        (
            'id = "1.2"', 'id = "1.1"', (22, "1.1", "id", "repeated_id"),
            "Rad 22, fråga 1.1, id: 1.1 finns redan på rad 12.",
        ),
        (
            'id = "2.1"', 'id = "1.3"', (34, "1.3", "id", "outside_area"),
            "Rad 34, fråga 1.3, id: Frågan 1.3 står under område 2. Flytta den, eller ge den ett id som börjar med 2 "
            "och en punkt.",
        ),
        (
            'id = "2.1"', 'id = "2-1"', (34, "2-1", "id", "bad_id"),
            "Rad 34, område 2-1, id: 2-1 går inte att använda. Skriv som 5.2.",
        ),
        (
            'id = "egen-2027"', 'id = "Egen 2027"', (1, "", "id", "bad_id"),
            "Rad 1, id: Egen 2027 går inte att använda. Skriv som kommunkompassen-2020.",
        ),
        (
            'subject = "answer_time"', 'subject = "svarstid"', (19, "1.1", "subject", "unknown_subject"),
            "Rad 19, fråga 1.1, subject: Vi känner inte svarstid. Välj något av: answer_time, phone_access, reception, "
            "clarity, ease, viewpoints, promises, first_contact, answer_quality, improvement. Ta bort raden om inget "
            "passar.",
        ),
        (
            'ours = "2"', 'ours = "4"', (43, "", "ours", "unknown_area"),
            "Rad 43, ours: Det finns inget område 4. Områdena är: 1, 2.",
        ),
        (
            'framework = "egen-2025"\ntheirs = "3"', 'framework = "kommunkompassen-2020"\ntheirs = "9"',
            (42, "", "theirs", "unknown_area"),
            "Rad 42, theirs: Det finns inget område 9. Områdena är: 1, 2, 3, 4, 5, 6, 7, 8.",
        ),
        (
            'framework = "egen-2025"', 'framework = "egen-2027"', (41, "", "framework", "with_itself"),
            "Rad 41, framework: Ett ramverk kan inte jämföras med sig självt. Skriv ett annat ramverks id.",
        ),
        (
            'ours = "2"\n', 'ours = "2"\n[[comparable]]\nframework = "egen-2025"\ntheirs = "3"\nours = "1"\n',
            (46, "", "theirs", "repeated_area"),
            "Rad 46, theirs: Område 3 har redan ett område att jämföra med, på rad 42.",
        ),
        (
            'name = "Service"', f'name = "{"å" * 121}"', (8, "1", "name", "too_long"),
            "Rad 8, område 1, name: Texten har 121 tecken. Den får ha högst 120.",
        ),
        (
            'name = "Service"', 'name = "Ser\\u0000vice"', (8, "1", "name", "unprintable"),
            "Rad 8, område 1, name: Texten har ett tecken som inte går att skriva ut: U+0000.",
        ),
    ],
)  # fmt: skip
def test_one_fault(old: str, new: str, wanted: tuple[int, str, str, str], sentence: str | None) -> None:
    (fault,) = faults_of(changed((old, new)))

    assert said(fault) == wanted
    assert sentence is None or fault_words(TEXTS, fault) == sentence


def test_every_fault_is_named_at_once_in_the_order_of_the_lines() -> None:
    text = changed(
        ('edition = "2027"\n', ""),
        ('name = "Service"', 'namn = "Service"'),
        ('text = "Hur snart får man svar?"\n', ""),
        ('subject = "answer_time"', 'subject = "tid"'),
        ('id = "2.1"', 'id = "1.2"'),
        ("points = 5\n\n[[areas", "points = 6\n\n[[areas"),
        ('ours = "2"', 'ours = "9"'),
    )

    assert [said(one) for one in faults_of(text)] == [
        (0, "", "edition", "missing"),
        (5, "1", "name", "missing"),
        (7, "1", "namn", "unknown_field"),
        (10, "1.1", "text", "missing"),
        (17, "1.1", "subject", "unknown_subject"),
        (29, "2", "points", "wrong_sum"),
        (32, "1.2", "id", "outside_area"),
        (32, "1.2", "id", "repeated_id"),
        (41, "", "ours", "unknown_area"),
    ]


def test_a_sum_is_not_blamed_for_points_that_are_wrong_themselves() -> None:
    assert [one.kind for one in faults_of(changed(("points = 20", 'points = "tjugo"')))] == [FaultKind.NOT_POINTS]


def test_lists_that_are_none() -> None:
    assert [said(one) for one in faults_of('id = "p"\nname = "P"\nedition = "1"\nnote = "n"\nareas = "många"\n')] == [
        (5, "", "areas", "not_tables")
    ]
    text = changed(('[[areas.questions]]\nid = "2.1"', '[areas.questions]\nid = "2.1"'))
    (fault,) = faults_of(text)
    assert said(fault) == (33, "2", "questions", "not_tables")
    assert "[[areas.questions]]" in fault_words(TEXTS, fault)


def test_an_empty_file_lacks_everything() -> None:
    assert [(one.line, one.field, one.kind) for one in faults_of("")] == [
        (0, field, FaultKind.MISSING) for field in ("id", "name", "edition", "note", "areas")
    ]


def test_an_area_without_questions() -> None:
    text = 'id = "p"\nname = "P"\nedition = "1"\nnote = "n"\n[[areas]]\nid = "1"\nname = "O"\npoints = 5\n'
    assert [said(one) for one in faults_of(text)] == [(5, "1", "questions", "missing")]
    assert [said(one) for one in faults_of(f"{text}questions = []\n")] == [(9, "1", "questions", "empty")]


def test_ids_that_differ_in_case_only_are_the_same() -> None:
    text = changed(('[[areas]]\nid = "1"', '[[areas]]\nid = "a"'), ('[[areas]]\nid = "2"', '[[areas]]\nid = "A"'))
    kinds = {(one.line, one.kind) for one in faults_of(text)}
    assert (29, FaultKind.REPEATED_ID) in kinds


def test_ids_on_one_line_are_compared_too() -> None:
    one = '{ id = "1", name = "O", points = 5, questions = [] }'
    text = f'id = "p"\nname = "P"\nedition = "1"\nnote = "n"\nareas = [{one}, {one}]\n'
    assert (5, "1", "id", "repeated_id") in [said(fault) for fault in faults_of(text)]


def test_too_many_questions() -> None:
    question = '[[areas.questions]]\nid = "1.{0}"\nsub_area = "d"\ntext = "?"\nguidance = "."\npoints = 1\n'
    many = "".join(question.format(f"{number % 1000}{'ab'[number // 1000]}") for number in range(501))
    text = f'id = "p"\nname = "P"\nedition = "1"\nnote = "n"\n[[areas]]\nid = "1"\nname = "O"\npoints = 501\n{many}'
    (fault,) = faults_of(text)
    assert said(fault) == (0, "", "areas", "too_many")
    assert "501" in fault_words(TEXTS, fault)


def test_a_file_that_is_too_large() -> None:
    (fault,) = faults_of(b"#" * (MOST_BYTES + 1))
    assert fault_words(TEXTS, fault) == "Filen är för stor. Den får vara högst 256 kB."


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf8(encoding: str) -> None:
    (fault,) = faults_of(RIGHT.encode(encoding))
    assert fault.kind is FaultKind.NOT_UTF8
    assert fault.line == {"latin-1": 2, "utf-16": 1}[encoding]  # "bedömning" is on the second line
    assert fault_words(TEXTS, fault).endswith("Här finns tecken som inte går att läsa. Spara filen som UTF-8.")


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([('name = "Service"', 'name = "Service')], [(8, "name", "not_toml")]),
        ([('name = "Service"', "name = Service")], [(8, "name", "not_toml")]),
        ([('name = "Service"', 'name "Service"')], [(8, "name", "not_toml")]),
        ([("points = 30", "points = 30 poäng")], [(9, "points", "not_toml")]),
        ([("points = 20", "points = 10\npoints = 20")], [(27, "points", "written_twice")]),
        ([('mätningar."""', "mätningar.")], [(15, "guidance", "never_ends")]),
        ([('"Hur får man insyn?"', '"""Hur får man insyn?')], [(36, "text", "never_ends")]),
        ([('[[areas]]\nid = "1"', '[[areas]\nid = "1"')], [(6, "", "not_toml")]),
        (
            [('name = "Egen bedömning"', "name = Egen"), ("points = 30", "points = x"), ('ours = "2"', "ours = 2x")],
            [(2, "name", "not_toml"), (9, "points", "not_toml"), (43, "ours", "not_toml")],
        ),
        (  # the heading between two questions was forgotten
            [('\n[[areas.questions]]\nid = "1.2"', '\nid = "1.2"')],
            [(line, field, "written_twice") for line, field in
             ((21, "id"), (22, "sub_area"), (23, "text"), (24, "guidance"), (25, "points"))],
        ),
        (  # and what is written twice has several lines
            [('\n[[areas.questions]]\nid = "1.2"', '\nid = "1.2"'),
             ('"Berätta."\npoints = 20', '"""\n"""\npoints = 20')],
            [(line, field, "written_twice") for line, field in
             ((21, "id"), (22, "sub_area"), (23, "text"), (24, "guidance"), (26, "points"))],
        ),
        (  # in the midst of a text
            [("Berätta hur det går.", "Berätta \\hur det går."), ("points = 30", "points = x")],
            [(9, "points", "not_toml"), (16, "guidance", "not_toml")],
        ),
        (  # a string that is ended by where the next one begins
            [('mätningar."""', "mätningar."), ('"Berätta."\npoints = 20', '"""Så"""\npoints = 20')],
            [(15, "guidance", "ends_wrong")],
        ),
    ],
)  # fmt: skip
def test_what_is_not_toml_is_named_by_line_too(
    pairs: list[tuple[str, str]], wanted: list[tuple[int, str, str]]
) -> None:
    assert [(one.line, one.field, one.kind.value) for one in faults_of(changed(*pairs))] == wanted


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "1" * 5000])
def test_what_the_reader_chokes_on_is_a_fault(text: str) -> None:
    assert [one.kind for one in faults_of(text)] == [FaultKind.UNREADABLE]


def test_syntax_faults_without_end_are_named_up_to_twenty() -> None:
    assert len(faults_of("x y\n" * 100)) == 20


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_a_sentence_without_a_gap(kind: FaultKind) -> None:
    sentence = fault_words(TEXTS, Fault(line=12, kind=kind, of="5.2", field="points", found="X", wanted="Y"))

    assert sentence.startswith("Rad 12, fråga 5.2, points: ")
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_the_exception_tells_lines_and_fields_but_no_texts() -> None:
    with pytest.raises(FrameworkFault, match=r"^line 8 name: not_text$"):
        read_framework(changed(('name = "Service"', "name = 7")).encode())


@pytest.mark.parametrize("path", framework_files().values(), ids=framework_files())
def test_a_line_that_is_taken_out_of_our_own_files_is_always_noticed(path: Path) -> None:
    """Any line with a field, a heading or quotes: none is there for nothing, but optional ones."""
    lines = path.read_text(encoding="utf-8").split("\n")
    optional = ("subject", "block", "#", "[[comparable]]", "framework", "theirs", "ours")
    for number in range(0, len(lines), 7):
        line = lines[number]
        if not line or line.startswith(optional) or not ("=" in line or line.startswith("[") or '"""' in line):
            continue
        rest = "\n".join([*lines[:number], *lines[number + 1 :]])
        assert faults_of(rest), line

"""On which line each field of a TOML text is written."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.assessment.framework_file import framework_files
from measurement.assessment.toml_lines import Place, line_of, lines_of, statements

TEXT = '''# first
id = "p" # behind

[[areas]]
name = "a # b"
"points" = 5
  [[areas.questions]]
  text = """
one = 1
[[areas]]
"""
  id = '1.1'
[[areas.questions]]
id = "1.2"
tags = [
  "x", # = [
  "]",
]
[[ "areas" ]]
name = "b"
[[areas.questions]]
inline = { a = 1, b = [2] }
[other.table]
deep.down = 1
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("id",), 2),
        (("areas", 0), 4),
        (("areas", 0, "name"), 5),
        (("areas", 0, "points"), 6),
        (("areas", 0, "questions", 0), 7),
        (("areas", 0, "questions", 0, "text"), 8),
        (("areas", 0, "questions", 0, "id"), 12),
        (("areas", 0, "questions", 1, "id"), 14),
        (("areas", 0, "questions", 1, "tags"), 15),
        (("areas", 1), 19),
        (("areas", 1, "questions", 0, "inline"), 22),
        (("other", "table", "deep", "down"), 24),
        (("areas", 1, "questions", 0, "inline", "b", 0), 22),  # inside a value: the value's
        (("areas", 1, "points"), 19),  # not there: its table's
        (("note",), 0),  # not there at all
    ],
)
def test_each_field_has_its_line(place: Place, line: int) -> None:
    assert line_of(lines_of(TEXT), place) == line


def test_a_text_without_an_end_of_line_at_its_end_and_one_with_nothing() -> None:
    assert lines_of("a = 1\nb = 2") == {("a",): 1, ("b",): 2}
    assert lines_of("") == {}
    assert lines_of("# only\n\n") == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = 1\nb = """never\nc = 2\n', 2),
        ("a = 1\nb = [\nc = 2\nd = 3\n", 2),
        ("a = 1\nb = '''\n'''\nc = [\"x\",\n", 4),
    ],
)
def test_what_never_ends_is_the_last_statement(text: str, line: int) -> None:
    assert list(statements(text))[-1].line == line


@pytest.mark.parametrize("path", framework_files().values(), ids=framework_files())
def test_the_lines_of_our_own_files_hold_what_they_say(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = text.split("\n")
    data, lines = tomllib.loads(text), lines_of(text)

    for a, area in enumerate(data["areas"]):
        assert written[lines["areas", a] - 1] == "[[areas]]"
        assert written[lines["areas", a, "name"] - 1] == f'name = "{area["name"]}"'
        for q, question in enumerate(area["questions"]):
            assert written[lines["areas", a, "questions", q, "id"] - 1] == f'id = "{question["id"]}"'
            assert written[lines["areas", a, "questions", q, "points"] - 1] == f"points = {question['points']}"


KEYS = st.text("abc-_1", min_size=1, max_size=4)
VALUES = st.sampled_from(
    ["1", '"x"', "'#'", '"""\na\n[b]\n"""', "'''\nc = 1\n'''", "[\n 1,\n 2 # ]\n]", "{ a = [1] }", '"\\"#"', '""']
)


@given(
    st.lists(st.tuples(KEYS, VALUES, st.sampled_from(["", " # c [", "\n", "\n# d = 1"])), unique_by=lambda one: one[0])
)
def test_every_key_is_found_where_it_was_written(rows: list[tuple[str, str, str]]) -> None:
    """Whatever values and comments stand between them."""
    text, wanted = "", dict[str, int]()
    for key, value, behind in rows:
        wanted[key] = text.count("\n") + 1
        text += f"{key} = {value}{behind}\n"
    assert set(tomllib.loads(text)) == set(wanted)
    assert lines_of(text) == {(key,): line for key, line in wanted.items()}

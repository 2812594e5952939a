import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.assessment.form import Told, canonical, clean, form_for, short_digest, token_in
from measurement.assessment.framework_file import digest
from measurement.assessment.round import OF_FORM, Field, Progress
from tests.forms import ANNA, ELSA, EVIDENCE, FRAMEWORK, entry, form_of, round_of


def test_form_holds_what_stands_and_after_which_entry() -> None:
    round_ = round_of(entry(3, "5.2", Field.ANSWER, "Ja."), entry(7, "5.2", Field.OWN_POINTS, "12.5"))
    form = form_for(round_, ["6.1", "5.2", "9.9"], ANNA, EVIDENCE)
    assert [one.question.id for one in form.questions] == ["5.2", "6.1"]
    assert [len(one.evidence) for one in form.questions] == [2, 0]
    fields = {one.field: one for one in form.questions[0].fields}
    assert tuple(fields) == OF_FORM
    assert (fields[Field.ANSWER].value, fields[Field.ANSWER].base) == ("Ja.", 3)
    assert (fields[Field.DESCRIPTION].value, fields[Field.DESCRIPTION].base) == ("", 0)
    # Something is written, so it is begun, although nobody said so.
    assert fields[Field.PROGRESS].value == Progress.BEGUN
    assert form.id.startswith("7-")
    assert form.token.split("/")[:2] == ["provstad-2027", digest(FRAMEWORK)[:12]]


def test_token_is_found_again_in_a_text() -> None:
    form = form_of(round_of(entry(41, "5.1", Field.ANSWER, "Ja.")))
    found = token_in(f"Formulär {form.token} · sida 3")
    assert found is not None
    assert (found.round, found.form, found.made_after) == (form.round, form.id, 41)
    assert form.digest.startswith(found.digest)
    assert token_in(f"/{form.token}") is None
    assert token_in(f"{form.token}/more") is None


def test_id_tells_owner_questions_and_contents_apart() -> None:
    round_ = round_of()
    ids = {form_of(round_).id, form_of(round_, owner=ELSA).id, form_of(round_, "5.1").id,
           form_of(round_of(entry(1, "5.1", Field.ANSWER, "Ja."))).id}  # fmt: skip
    assert len(ids) == 4
    assert form_of(round_).id == form_of(round_).id


def test_signs_that_no_file_holds_are_replaced_and_told() -> None:
    form = form_of(round_of(entry(1, "5.1", Field.ANSWER, "a\x00b\x0bc\r\nd\ud800\ufffe")))
    assert form.questions[0].fields[0].value == "a�b\nc\nd��"
    assert [(one.what, one.question, one.field) for one in form.remarks] == [(Told.SIGNS, "5.1", Field.ANSWER)]


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        (Field.OWN_POINTS, "12,50", " 12.5 ", True),
        (Field.OWN_POINTS, "12", "12.0", True),
        (Field.OWN_POINTS, "", " ", True),
        (Field.OWN_POINTS, "0", "", False),
        (Field.OWN_POINTS, "tolv", "tolv ", True),
        (Field.PROGRESS, "", "open", True),
        (Field.PROGRESS, "begun", "open", False),
        (Field.ANSWER, "a\r\nb", "a\nb\n", True),
        (Field.ANSWER, "a\n\nb", "a\nb", False),
        (Field.ANSWER, "12,50", "12.5", False),
    ],
)
def test_what_is_the_same(field: Field, one: str, other: str, same: bool) -> None:
    assert (canonical(field, one) == canonical(field, other)) is same
    assert (short_digest(field, one) == short_digest(field, other)) is same


@given(st.text(st.characters(exclude_categories=())))
def test_clean_is_clean(text: str) -> None:
    once, _ = clean(text)
    assert clean(once) == (once, False)
    once.encode()

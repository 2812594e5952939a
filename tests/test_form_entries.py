from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from measurement.assessment.form import Form, Told
from measurement.assessment.form_entries import entries_from
from measurement.assessment.form_excel import form_xlsx
from measurement.assessment.form_fault import FormFault, FormWhy
from measurement.assessment.form_read import read_form
from measurement.assessment.form_returned import Returned
from measurement.assessment.form_word import form_docx
from measurement.assessment.form_words import remark_words
from measurement.assessment.framework import Framework
from measurement.assessment.round import Entry, Field, Round, Seq, Source, fold
from tests.forms import (
    ANNA,
    AT,
    ELSA,
    FRAMEWORK,
    SV,
    edited,
    entry,
    form_of,
    paragraph,
    round_of,
    without_controls,
    without_parts,
    written_in,
)  # fmt: skip

FIRST: tuple[Entry, ...] = (
    entry(3, "5.1", Field.ANSWER, "Vi svarar."), entry(4, "5.1", Field.OWN_POINTS, "12.5"),
    entry(5, "5.2", Field.DESCRIPTION, "Så här:\n- ett\n- två"),
)  # fmt: skip
LATER = AT + timedelta(days=1)


def returned(form: Form, **written: str) -> Returned:
    """A form as it comes back in Word with texts written into some fields, as ``a52="Ja."``."""
    fields = {"a": "answer", "d": "description", "o": "own_points", "p": "progress"}
    content = form_docx(form, SV)
    for key, text in written.items():
        tag = f"{key[1]}.{key[2:]}/{fields[key[0]]}"
        body = "".join(paragraph(line) for line in text.split("\n"))
        inner = body if key[0] in "ad" else body.removeprefix("<w:p>").removesuffix("</w:p>")
        content = edited(content, lambda xml, tag=tag, inner=inner: written_in(xml, tag, inner))  # type: ignore[misc]
    return read_form(content, "x.docx")


def entered(round_: Round, entries: list[Entry], before: tuple[Entry, ...] = ()) -> tuple[Round, tuple[Entry, ...]]:
    """The round after entries were written, and all there are."""
    last = max((one.seq for one in before), default=0)
    every = (*before, *(replace(one, seq=Seq(last + at)) for at, one in enumerate(entries, 1)))
    current, conflicts = fold(every)
    return replace(round_, current=current, conflicts=conflicts), every


def told(remarks: list[object]) -> list[tuple[Told, str]]:
    return [(one.what, one.question) for one in remarks]  # type: ignore[attr-defined]


@pytest.mark.parametrize("make", [form_docx, form_xlsx])
def test_an_untouched_form_brings_nothing(make: Callable[..., bytes]) -> None:
    round_ = round_of(*FIRST)
    assert entries_from(read_form(make(form_of(round_), SV), "x"), round_, ANNA, AT) == ([], [])
    # Nor does one that comes after others have changed all of it.
    form = form_of(round_)
    later = round_of(*FIRST, *(replace(one, seq=Seq(one.seq + 10), value=f"1{one.seq}") for one in FIRST))
    assert entries_from(read_form(make(form, SV), "x"), later, ANNA, AT) == ([], [])


def test_only_what_was_changed_is_entered_on_top_of_what_was_seen() -> None:
    round_ = round_of(*FIRST)
    back = returned(form_of(round_), a51="Vi svarar snabbt.", o51="12,50", d52="Nytt.", p52="Klar")
    entries, remarks = entries_from(back, round_, ANNA, LATER)
    assert [(one.about, one.field, one.value, one.base) for one in entries] == [
        ("5.1", Field.ANSWER, "Vi svarar snabbt.", 3), ("5.2", Field.DESCRIPTION, "Nytt.", 5),
        ("5.2", Field.PROGRESS, "ready", 0),
    ]  # fmt: skip
    assert {(one.by, one.source, one.at) for one in entries} == {(ANNA, Source.WORD, LATER)}
    assert remarks == []


def test_two_owners_with_conflicting_answers() -> None:
    round_ = round_of(*FIRST)
    annas, elsas = form_of(round_), form_of(round_, owner=ELSA)
    first, _ = entries_from(returned(annas, a51="Annas svar.", o51="15"), round_, ANNA, AT)
    after, every = entered(round_, first, FIRST)
    second, remarks = entries_from(returned(elsas, a51="Elsas svar.", o51="15"), after, ELSA, LATER)
    assert told(list(remarks)) == [(Told.CONFLICT, "5.1")]
    assert "Båda är sparade" in remark_words(remarks[0], SV)
    final, every = entered(after, second, every)
    # Elsa had not seen Anna's answer: both are kept, Anna's holds. They agree on the points.
    assert final.value("5.1", Field.ANSWER) == "Annas svar."
    assert {key: [one.value for one in several] for key, several in final.conflicts.items()} == {
        ("5.1", Field.ANSWER): ["Elsas svar."]
    }
    assert final.value("5.1", Field.OWN_POINTS) == "15"
    # Whoever decides it enters directly.
    settled, _ = entered(final, [entry(0, "5.1", Field.ANSWER, "Bådas svar.")], every)
    assert (settled.value("5.1", Field.ANSWER), dict(settled.conflicts)) == ("Bådas svar.", {})


def test_an_owner_who_has_seen_the_others_answer_goes_on_from_it() -> None:
    round_ = round_of(*FIRST)
    first, _ = entries_from(returned(form_of(round_), a51="Annas svar."), round_, ANNA, AT)
    after, every = entered(round_, first, FIRST)
    second, remarks = entries_from(returned(form_of(after, owner=ELSA), a51="Bådas svar."), after, ELSA, LATER)
    final, _ = entered(after, second, every)
    assert (final.value("5.1", Field.ANSWER), dict(final.conflicts), remarks) == ("Bådas svar.", {}, [])


def test_the_same_form_sent_again_with_more_in_it_is_no_conflict() -> None:
    round_, form = round_of(*FIRST), form_of(round_of(*FIRST))
    every = FIRST
    for day, text in enumerate(("Ett.", "Två.", "Tre.", "Ett.")):
        at = AT + timedelta(days=day)
        entries, remarks = entries_from(returned(form, a51=text), round_, ANNA.upper(), at, every)
        assert (len(entries), remarks) == (1, [])
        round_, every = entered(round_, entries, every)
        assert round_.value("5.1", Field.ANSWER) == text
    assert round_.conflicts == {}
    # Without the whole book the second one is understood too.
    start = round_of(*FIRST)
    first, _ = entries_from(returned(form, a51="Ett."), start, ANNA, AT)
    after, _ = entered(start, first, FIRST)
    second, remarks = entries_from(returned(form, a51="Två."), after, ANNA, LATER)
    assert ([one.base for one in second], remarks) == ([6], [])


def test_a_form_read_twice_brings_nothing_the_second_time() -> None:
    start, form = round_of(*FIRST), form_of(round_of(*FIRST))
    round_, every = start, FIRST
    sent = [(AT + timedelta(days=day), returned(form, a51=text)) for day, text in enumerate(("Ett.", "Två.", "Tre."))]
    for at, back in sent:
        entries, _ = entries_from(back, round_, ANNA, at, every)
        round_, every = entered(round_, entries, every)
    for at, back in sent:
        assert entries_from(back, round_, ANNA, at, every)[0] == []
    # The newest one without its instant: it says what holds.
    assert entries_from(sent[-1][1], round_, ANNA, LATER + timedelta(days=9), every)[0] == []


def test_an_older_copy_that_comes_late_is_a_conflict() -> None:
    round_, form = round_of(*FIRST), form_of(round_of(*FIRST))
    newer, _ = entries_from(returned(form, a51="Nyare."), round_, ANNA, LATER, FIRST)
    after, every = entered(round_, newer, FIRST)
    older, remarks = entries_from(returned(form, a51="Äldre."), after, ANNA, AT, every)
    final, _ = entered(after, older, every)
    assert final.value("5.1", Field.ANSWER) == "Nyare."
    assert told(list(remarks)) == [(Told.CONFLICT, "5.1")]


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("21", Told.TOO_MANY), ("20,01", Told.TOO_MANY), ("46145", Told.TOO_MANY), ("-1", Told.NO_NUMBER),
        ("tolv", Told.NO_NUMBER), ("12 av 20", Told.NO_NUMBER), ("nan", Told.NO_NUMBER), ("inf", Told.NO_NUMBER),
    ],
)  # fmt: skip
def test_points_that_cannot_be_are_named_and_the_rest_is_kept(written: str, what: Told) -> None:
    round_ = round_of(*FIRST)
    entries, remarks = entries_from(returned(form_of(round_), o51=written, a52="Ja."), round_, ANNA, AT)
    assert [(one.about, one.value) for one in entries] == [("5.2", "Ja.")]
    assert [(one.what, one.question, one.field, one.value, one.most) for one in remarks] == [
        (what, "5.1", Field.OWN_POINTS, written, 20)
    ]


def test_what_was_taken_away_is_told() -> None:
    round_ = round_of(*FIRST)
    entries, remarks = entries_from(returned(form_of(round_), a51=" "), round_, ANNA, AT)
    assert [(one.value, one.base) for one in entries] == [("", 3)]
    assert told(list(remarks)) == [(Told.CLEARED, "5.1")]


def bare(form: Form) -> bytes:
    return edited(without_parts(form_docx(form, SV), "docProps/custom.xml", "word/footer1.xml"), without_controls)


def test_without_controls_the_forms_number_tells_what_was_seen() -> None:
    round_ = round_of(*FIRST)
    content = edited(bare(form_of(round_)), lambda xml: xml.replace("Vi svarar.", "Vi svarar snabbt."))
    back = read_form(content, "x.docx")
    entries, remarks = entries_from(back, round_, ANNA, AT)
    assert [(one.value, one.base) for one in entries] == [("Vi svarar snabbt.", 3)]
    assert told(list(remarks)) == [(Told.WITHOUT_CONTROLS, "")]
    # Somebody has written since: the book knows that it was seen otherwise, so it is a conflict.
    every = (*FIRST, entry(9, "5.1", Field.ANSWER, "Annat."), entry(10, "5.2", Field.DESCRIPTION, "Också annat."))
    later = round_of(*every)
    for known in ((), every):
        entries, remarks = entries_from(back, later, ELSA, AT, known)
        assert (Told.CONFLICT, "5.1") in told(list(remarks))
        final, _ = entered(later, entries, every)
        assert final.value("5.1", Field.ANSWER) == "Annat."
        assert final.value("5.2", Field.DESCRIPTION) == "Också annat."
    # With the whole book nothing is made of what was left as it was.
    assert [one.about for one in entries] == ["5.1"]


def test_an_empty_field_without_mark_takes_nothing_away() -> None:
    round_ = round_of()
    back = read_form(bare(form_of(round_)), "x.docx")
    later = round_of(entry(1, "5.1", Field.ANSWER, "Nytt."))
    assert entries_from(back, later, ANNA, AT)[0] == []


def test_another_round_or_edition_is_refused() -> None:
    back = returned(form_of(round_of(*FIRST)), a51="Ja.")
    with pytest.raises(FormFault) as other:
        entries_from(back, round_of(*FIRST, name="annan-2027"), ANNA, AT)
    assert (other.value.why, other.value.found, other.value.wanted) == (
        FormWhy.OTHER_ROUND, "provstad-2027", "annan-2027"
    )  # fmt: skip
    changed: Framework = replace(FRAMEWORK, edition="2028")
    with pytest.raises(FormFault) as edition:
        entries_from(back, round_of(*FIRST, framework=changed), ANNA, AT)
    assert edition.value.why is FormWhy.OTHER_EDITION
    with pytest.raises(FormFault):
        entries_from(replace(back, digest=""), round_of(*FIRST), ANNA, AT)


@pytest.mark.parametrize(
    ("owner", "by", "is_told"),
    [(ANNA, ELSA, True), (ANNA, ANNA.upper(), False), ("Kundtjänst", ANNA, False), (ANNA, "Kundtjänst", False)],
)
def test_who_sends_what_went_to_another_is_told(owner: str, by: str, is_told: bool) -> None:
    round_ = round_of(*FIRST)
    back = returned(form_of(round_, owner=owner), a52="Ja.")
    entries, remarks = entries_from(back, round_, by, AT)
    assert ((Told.OTHER_SENDER, "") in told(list(remarks)), len(entries)) == (is_told, 1)


def test_questions_that_nobody_asked_are_told() -> None:
    back = returned(form_of(round_of(*FIRST)), a52="Ja.")
    strange = replace(back, fields=tuple(replace(one, question="7.7") for one in back.fields))  # type: ignore[arg-type]
    entries, remarks = entries_from(strange, round_of(*FIRST), ANNA, AT)
    assert (entries, told(list(remarks))) == ([], [(Told.UNKNOWN_QUESTION, "7.7")])


def test_time_is_only_carried_along() -> None:
    instants: set[datetime] = set()
    for at in (AT, LATER):
        entries, _ = entries_from(returned(form_of(round_of()), a51="Ja."), round_of(), ANNA, at)
        instants |= {one.at for one in entries}
    assert instants == {AT, LATER}

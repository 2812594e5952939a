"""What does not go together in a round: found before it is written, refused or told; and slips of interviews."""

from pathlib import Path

import pytest

from measurement.assessment.entering_checks import Outside, Unequal, of_others, outside, unequal
from measurement.assessment.form_words import progress_meant
from measurement.assessment.round import Field, Progress
from tests.forms import ANNA, ELSA, entry, round_of
from tests.test_assess import ROUND, Run, begun, invoke, run  # noqa: F401 -- fixtures

OF_QUESTIONS = [entry(1, "5.1", Field.POINTS, "12.5"), entry(2, "5.2", Field.POINTS, "10")]
"""22.5 together, 5.10 has none."""


@pytest.mark.parametrize(
    ("about", "value", "found"),
    [
        ("5", "10", [Unequal(area="5", field=Field.POINTS, told=10, summed=22.5, entered=True)]),
        ("5", "22.5", []),
        ("5", "", []),
        ("6", "10", []),
        ("5.10", "2", []),
    ],
)
def test_points_of_an_area_and_of_its_questions(about: str, value: str, found: list[Unequal]) -> None:
    assert unequal(round_of(*OF_QUESTIONS), [entry(0, about, Field.POINTS, value)]) == found


def test_points_of_a_question_beside_those_of_its_whole_area() -> None:
    round_ = round_of(entry(1, "5", Field.OWN_POINTS, "40"))
    assert unequal(round_, [entry(0, "5.1", Field.OWN_POINTS, "15")]) == [
        Unequal(area="5", field=Field.OWN_POINTS, told=40, summed=15, entered=False)
    ]
    # Both at once: the end counts, 25 + 15 = 40.
    both = [entry(0, "5.1", Field.OWN_POINTS, "15"), entry(0, "5.2", Field.OWN_POINTS, "25")]
    assert unequal(round_, both) == []


@pytest.mark.parametrize(
    ("agreed", "found"),
    [
        ("20", [Outside(question="5.2", agreed=20, low=12, high=14)]),
        ("11.5", [Outside(question="5.2", agreed=11.5, low=12, high=14)]),
        ("12", []), ("13", []), ("14", []), ("", []),
    ],
)  # fmt: skip
def test_agreed_points_outside_those_of_the_reviewers(agreed: str, found: list[Outside]) -> None:
    round_ = round_of(entry(1, "5.2", Field.FIRST_POINTS, "14"))
    given = [entry(0, "5.2", Field.SECOND_POINTS, "12"), entry(0, "5.2", Field.POINTS, agreed)]
    assert outside(round_, given) == found
    assert outside(round_, given[1:]) == []


def test_whose_words_need_a_reason_to_be_changed() -> None:
    owner = entry(1, "5.2", Field.OWNER, ANNA)
    round_ = round_of(owner, entry(2, "5.2", Field.ANSWER, "Ja.", by=ANNA))
    new = [entry(0, "5.2", Field.ANSWER, "Nej.", by=ELSA)]
    assert of_others(round_, new, ELSA) == ["5.2"]
    assert of_others(round_, new, ANNA.upper()) == []
    assert of_others(round_, [entry(0, "5.2", Field.ANSWER, "Ja.")], ELSA) == []
    assert of_others(round_, [entry(0, "5.2", Field.POINTS, "1")], ELSA) == []
    # Nobody answers for it, or one changes one's own words.
    assert of_others(round_of(entry(2, "5.2", Field.ANSWER, "Ja.")), new, ELSA) == []
    assert of_others(round_of(owner, entry(2, "5.2", Field.ANSWER, "Ja.", by=ELSA)), new, ELSA) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("klart", Progress.READY), (" Färdig. ", Progress.READY), ("Påbörjat", Progress.BEGUN),
        ("pågår", Progress.BEGUN), ("inte påbörjad", Progress.OPEN), ("ready", Progress.READY), ("snart", None),
    ],
)  # fmt: skip
def test_how_far_something_has_come_in_peoples_words(written: str, meant: Progress | None) -> None:
    assert progress_meant(written) is meant


def test_points_that_contradict_each_other_are_told(begun: Run) -> None:  # noqa: F811 -- the fixture
    by = ("--by", "granskare")
    told = begun("review", ROUND, "5.2", "--first", "12", "--second", "14,5", "--points", "20", *by)
    assert "Fråga 5.2: 20 poäng ligger utanför granskarnas 12–14,5." in told
    wrong = begun("review", ROUND, "5", "--agreed", "10", *by, code=1)
    assert wrong == (
        "Område 5, poäng: frågorna har 20 poäng tillsammans, inte 10. Ändra frågornas poäng, eller ta bort dem. "
        "Inget är sparat."
    )
    begun("set", ROUND, "6", "own_points", "40", *by)
    told = begun("set", ROUND, "6.1", "own_points", "12,25", *by)
    assert "Område 6 har 40 poäng för det hela, men frågorna har 12,25. Områdets gäller." in told
    begun("set", ROUND, "6", "own_points", "", *by)
    assert " 12,25 " in begun("review", ROUND, "6.1")


def test_the_words_of_who_answers_are_changed_with_a_reason(begun: Run, tmp_path: Path) -> None:  # noqa: F811
    begun("set", ROUND, "5.2", "owner", ANNA, "--by", "lead")
    begun("set", ROUND, "5.2", "answer", "Ja.", "--by", ANNA)
    change = ("set", ROUND, "5.2", "answer", "Nej.", "--by", "lead")
    told = begun(*change, code=1)
    assert f"Fråga 5.2: {ANNA} svarar för den. 5.2 kort svar: Nej. förut: Ja. ({ANNA})" in told
    assert "Skriv med --why varför du ändrar det. Inget är sparat." in told
    assert begun(*change, "--why", "Enligt beslut") == f"5.2 kort svar: Nej. förut: Ja. ({ANNA})"
    begun("export", ROUND, "--out", str(tmp_path / "ut"))
    assert '"Enligt beslut"' in (tmp_path / "ut" / "entries.json").read_text()
    begun("step", ROUND, "review", "--by", "lead")
    late = begun("set", ROUND, "5.2", "answer", "Jo.", "--by", ANNA)
    assert "Förberedelsen är över: granskarna kan ha läst det som stod förut." in late


def test_points_of_others_are_replaced_in_the_open(begun: Run, tmp_path: Path) -> None:  # noqa: F811
    by = ("--by", "lead", "--source", "SKR")
    begun("beside", ROUND, "--others", "Medel 2021=63,5 65 73 64 61 59 68 64", *by)
    told = begun("beside", ROUND, "--others", "Medel 2021=517,5", *by)
    assert told == (
        "Medel 2021 (andra): 517,5 poäng (SKR). "
        "förut: 517,5 poäng (1: 63,5, 2: 65, 3: 73, 4: 64, 5: 61, 6: 59, 7: 68, 8: 64; SKR)."
    )
    begun("export", ROUND, "--out", str(tmp_path / "ut"))
    kept = (tmp_path / "ut" / "entries.json").read_text()
    assert '"others Medel 2021 kommunkompassen-2020 1=63.5;2=65;' in kept
    # Whoever edits an export is found out.
    (tmp_path / "ut" / "entries.json").write_text(kept.replace("63.5", "93.5"))
    assert "entries.json är ändrad" in begun("import", str(tmp_path / "ut"), "--as", "kopia", code=1)


@pytest.mark.parametrize(
    ("role", "at", "told"),
    [
        ("Anna Andersson", "2099-10-06T09:00", "Anna Andersson ser ut som ett namn"),
        ("chef", "2099-10-06", "klockslaget saknas. Skriv det efter dagen, som 2099-10-06T09:00."),
        ("chef", "imorgon", "imorgon är ingen tid. Skriv dag och klockslag, som 2027-03-02T09:00."),
        (" ", "2099-10-06T09:00", "Skriv vilken roll"),
    ],
)
def test_what_is_no_interview(begun: Run, role: str, at: str, told: str) -> None:  # noqa: F811
    assert told in begun("interviews", "plan", ROUND, "heads", role, at, "--by", "lead", code=1)


def test_interviews_at_odd_times_are_planned_and_told(begun: Run) -> None:  # noqa: F811
    plan = ("interviews", "plan", ROUND, "heads")
    # 3 October 2099 is a Saturday, 6 October a Tuesday.
    late = begun(*plan, "skolchef", "2099-10-03T22.30", "--by", "lead")
    assert "lördag 3 oktober 2099 kl. 22.30. Det är helg: lördag 3 oktober." in late
    assert "Klockan 22.30–23.30 är utanför kontorstid." in late
    fine = begun(*plan, "skolchef", "2099-10-06 09:00", "--by", "lead")
    assert fine == "Intervju 2 är planerad: skolchef, tisdag 6 oktober 2099 kl. 09.00."
    twice = begun(*plan, "socialchef", "2099-10-06T09:59", "--by", "lead")
    assert "Intervju 2 ligger på samma tid: skolchef." in twice
    assert "samma tid" not in begun(*plan, "it-chef", "2099-10-06T11:00", "--by", "lead")
    assert "Tiden har redan varit." in begun(*plan, "it-chef", "2020-10-06T11:00", "--by", "lead")


@pytest.mark.parametrize("by", ["a", "Åsa Öberg", "Åsa <asa@kommun.example>", "anna@kommun"])
def test_who_does_it_is_a_role_or_an_address(begun: Run, by: str) -> None:  # noqa: F811
    assert f"{by} är varken en roll eller en adress" in begun("set", ROUND, "5.2", "answer", "Ja.", "--by", by, code=1)


def test_who_does_it_is_taken_from_the_environment(begun: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("KOMMUNSVAR_BY", "kvalitetschef")
    assert begun("set", ROUND, "5.2", "progress", "klart") == "5.2 läge: klar"


def test_an_unknown_field_is_explained_once(begun: Run, tmp_path: Path) -> None:  # noqa: F811
    table = tmp_path / "t.csv"
    table.write_text("fråga;fält;värde\n5.2;betyg;5\n5.3;betyg;6\n")
    told = begun("set", ROUND, "--table", str(table), "--by", "lead", code=1)
    assert "Rad 2: betyg är inget fält. Rad 3: betyg är inget fält. Välj answer (kort svar)" in told
    assert told.count("Välj") == 1


def test_a_form_in_another_format_is_named(begun: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "svar.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    told = begun("read", ROUND, str(tmp_path), code=1)
    assert "svar.doc: Filen är sparad i ett äldre format" in told

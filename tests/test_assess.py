"""`run_bot.py assess …` as a quality lead runs it: from init to report, and what is told of wrong input."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from typer.testing import CliRunner, Result

from commands.assess import assess
from tests.pdf_pages import pages_of, squeezed
from tests.processes import ROOT

Run = Callable[..., str]
ROUND = "provstad-2026"
NOTE = "egen bedömning, inte SKR:s frågor"


@pytest.fixture
def invoke(tmp_path: Path) -> Callable[..., Result]:
    """Run a command on the documented example with a key and a database of its own."""
    (tmp_path / "key").write_text("x" * 32)
    example = (ROOT / "config" / "service.toml").read_text()
    example = example.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(example.replace("var/key", f"{tmp_path}/key"))

    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(assess, [*arguments, "--config", str(tmp_path / "service.toml")], input=stdin)

    return call


@pytest.fixture
def run(invoke: Callable[..., Result]) -> Run:
    """Run a command and return what it says, on one line."""

    def call(*arguments: str, code: int = 0, stdin: str | None = None) -> str:
        done = invoke(*arguments, stdin=stdin)
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return " ".join((done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").split())

    return call


@pytest.fixture
def begun(run: Run) -> Run:
    run("init", ROUND, "--framework", "kommunkompassen-2020", "--as-of", "2026-09-30", "--by", "kvalitetschef")
    return run


def test_a_round_is_opened_listed_and_shown(run: Run) -> None:
    assert "there is no database file" in run("status", code=1)
    asked = run("init", ROUND, stdin="kommunkompassen-klassisk\n2026-09-30\nkvalitetschef\n")
    assert "Omgången provstad-2026 är öppnad. Kommunkompassen 2010/2016: 8 områden" in asked
    assert "provstad-2026 kommunkompassen-klassisk Exempel kommun 2026-09-30" in run("status")
    assert json.loads(run("status", "--json"))[0]["as_of"] == "2026-09-30T21:59:59.999999+00:00"
    shown = run("status", ROUND)
    assert "Steg: förberedelse." in shown
    assert NOTE in shown
    assert "2 Brukarfokus, tillgänglighet och bemötande 0 0" in shown
    assert "Utan ansvarig (51): 1.1, 1.2" in shown
    assert f"run_bot.py assess set {ROUND} OMRÅDE owner ROLL" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Provstad 2026",), "går inte som namn. Skriv små bokstäver a–z"),
        ((ROUND, "--framework", "okänt"), "Det finns inget ramverk okänt"),
        ((ROUND, "--as-of", "i höst"), "i höst är inget datum. Skriv det som 2027-02-15."),
        ((ROUND, "--earlier", "2019"), "poängen saknas. Skriv namn, likhetstecken och poäng, som 2019=603."),
        ((ROUND, "--others", "Medel 2021=1,2,3"), "skriv ett tal, summan, eller 8 tal, ett för varje område i ordning"),
        ((ROUND, "--others", "Medel 2021=801"), "801 är fler poäng än de 800 som finns. Inget är sparat."),
        ((ROUND, "--by", " "), "Skriv vem som gör det, med --by"),
    ],
)
def test_what_cannot_begin_a_round_is_told(run: Run, arguments: tuple[str, ...], told: str) -> None:
    given = {"--framework": "kommunkompassen-2020", "--as-of": "2026-09-30", "--by": "kvalitetschef"}
    more = [part for name, value in given.items() if name not in arguments for part in (name, value)]
    assert told in run("init", *arguments, *more, code=1)
    assert "there is no database file" in run("status", code=1)


def test_a_framework_of_ones_own_and_its_faults(run: Run, tmp_path: Path) -> None:
    own = (ROOT / "config" / "frameworks" / "kommunkompassen-2020.toml").read_text()
    (tmp_path / "egen.toml").write_text(own.replace('id = "kommunkompassen-2020"', 'id = "egen-2026"', 1))
    (tmp_path / "fel.toml").write_text(own.replace("points = 100", "points = 99", 1))
    since = ("--as-of", "2026-09-30", "--by", "kvalitetschef")
    wrong = run("init", ROUND, "--framework", str(tmp_path / "fel.toml"), *since, code=1)
    assert "fel.toml går inte att använda: Rad " in wrong
    assert "Frågornas poäng blir 100 tillsammans, men området har 99." in wrong
    run("init", ROUND, "--framework", str(tmp_path / "egen.toml"), *since)
    assert "egen-2026" in run("status")
    assert "Det finns redan en omgång" in run("init", ROUND, "--framework", str(tmp_path / "egen.toml"), *since, code=1)


def test_answers_points_and_owners_are_entered(begun: Run) -> None:
    assert "5.1 ansvarig: kundtjänstchef" in begun("set", ROUND, "5", "ansvarig", "kundtjänstchef", "--by", "lead")
    assert begun("set", ROUND, "5.2", "own_points", "7,5", "--by", "lead") == "5.2 egna poäng: 7,5"
    changed = begun("set", ROUND, "5.2", "egna poäng", "8", "--by", "lead")
    assert changed == "5.2 egna poäng: 8 förut: 7,5 (lead)"
    shown = begun("status", ROUND)
    assert "5 Brukarens fokus 0 1 8 0 0 2 8 – 100" in shown
    assert "kundtjänstchef 0 1 8" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("5.2", "own_points", "101"), "5.2, egna poäng: det finns högst"),
        (("5.2", "own_points", "tolv"), "tolv är inget antal poäng. Skriv ett tal från 0 till"),
        (("5.99", "answer", "Ja."), "Det finns ingen fråga eller inget område 5.99. Områdena är 1, 2, 3"),
        (("5", "answer", "Ja."), "Fältet kort svar hör till en fråga, inte till hela område 5."),
        (("5.2", "improvement", "Ja."), "Fältet förbättringsområde hör till ett område"),
        (("5.2", "betyg", "5"), "betyg är inget fält. Välj answer (kort svar), description"),
        (("5.2", "progress", "snart"), "snart är inget läge. Välj open (öppen), begun (påbörjad), ready (klar)."),
        (("5.2", "step", "report"), "Steget byter du med run_bot.py assess step."),
        (("5.2", "answer"), "Skriv fråga, fält och värde"),
    ],
)
def test_what_cannot_be_entered_is_told(begun: Run, arguments: tuple[str, ...], told: str) -> None:
    assert told in begun("set", ROUND, *arguments, "--by", "lead", code=1)
    assert "Ingen omgång" not in begun("status", ROUND)


def test_a_table_is_entered_in_whole_or_not_at_all(begun: Run, tmp_path: Path) -> None:
    table = tmp_path / "ansvariga.csv"
    table.write_text("fråga;fält;värde\n5.2;egna poäng;5\n5.99;ansvarig;x\n5.3;own_points;200\n")
    told = begun("set", ROUND, "--table", str(table), "--by", "lead", code=1)
    assert "Rad 3: Det finns ingen fråga" in told
    assert "Rad 4: 5.3, egna poäng: det finns högst" in told
    assert "Inget är sparat." in told
    assert "5 Brukarens fokus 0 0 9 0 0 2 – – 100" in begun("status", ROUND)
    table.write_text("fråga;fält;värde\n5.2;egna poäng;5\n")
    begun("set", ROUND, "--table", str(table), "--by", "lead")
    assert "5 Brukarens fokus 0 1 8 0 0 2 5 – 100" in begun("status", ROUND)
    long = tmp_path / "text.txt"
    long.write_text("Först.\nSedan.\n")
    assert "5.2 beskrivning: Först." in begun("set", ROUND, "5.2", "description", "--file", str(long), "--by", "lead")


def test_documents_and_links_are_attached_once_and_replaced_with_a_reason(begun: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("Serviceplan")
    assert begun("attach", ROUND, "5.2", str(plan), "--by", "lead") == "Belägg 1 finns nu till fråga 5.2."
    assert "finns redan till fråga 5.2, som belägg 1" in begun("attach", ROUND, "5.2", str(plan), "--by", "lead")
    link = ("attach", ROUND, "5.2", "https://kommun.example/plan")
    assert "Skriv med --why varför belägg 1 ersätts." in begun(*link, "--replaces", "1", "--by", "lead", code=1)
    why = ("--why", "Ny plan", "--by", "lead")
    assert "har inget belägg 9. De som finns är 1 (plan)." in begun(*link, "--replaces", "9", *why, code=1)
    assert "Belägg 2 finns nu" in begun(*link, "--replaces", "1", *why, "--title", "Planen på webben")
    assert "Belägg 1 är redan ersatt. De som gäller är 2 (Planen på webben)." in begun(
        *link, "--replaces", "1", *why, code=1
    )
    page = begun("evidence", ROUND, "5.2", "--documents", str(tmp_path / "ut"))
    assert "Planen på webben" in page
    assert "Ny plan" in page
    assert (tmp_path / "ut" / "1-plan.txt").read_text() == "Serviceplan"
    assert "Det finns ingen fil borta.pdf." in begun("attach", ROUND, "5.2", "borta.pdf", "--by", "lead", code=1)
    (tmp_path / "tom.pdf").touch()
    assert "tom.pdf är tom." in begun("attach", ROUND, "5.2", str(tmp_path / "tom.pdf"), "--by", "lead", code=1)


def test_what_can_be_shown_for_a_question_is_one_page(begun: Run, tmp_path: Path) -> None:
    assert "Vi mäter det här, men siffrorna är inte uträknade än. Kör run_bot.py figures fill först." in begun(
        "evidence", ROUND, "5.2"
    )
    assert "Inget av det vi mäter svarar på den här frågan." in begun("evidence", ROUND, "1.1")
    begun("evidence", ROUND, "5.2", "--out", str(tmp_path / "ut" / "5.2.pdf"))
    begun("evidence", ROUND, "5.2", "--out", str(tmp_path / "5.2.docx"))
    assert all(squeezed(NOTE) in page for page in pages_of((tmp_path / "ut" / "5.2.pdf").read_bytes()))
    assert docx.Document(str(tmp_path / "5.2.docx")).paragraphs
    assert "namnet ska sluta på .pdf, .docx, .txt" in begun(
        "evidence", ROUND, "5.2", "--out", str(tmp_path / "5.2.png"), code=1
    )
    assert "Det finns ingen fråga 5. Skriv den som 5.1–5.9." in begun("evidence", ROUND, "5", code=1)


def test_the_review_and_its_interviews(begun: Run) -> None:
    shown = begun(
        "review", ROUND, "5.2", "--first", "5", "--second", "7", "--agreed", "6", "--first-comment", "Saknar mål",
        "--by", "granskare",
    )  # fmt: skip
    assert "5.2 första granskarens poäng: 5" in shown
    assert "5.2 20 – 5 7 6" in begun("review", ROUND, "5.2")
    assert begun("review", ROUND, "--agreed", "6", "--by", "lead", code=1).startswith("Skriv vilken fråga")
    begun("review", ROUND, "5", "--improvement", "Mål saknas", "--by", "granskare")
    planned = begun(
        "interviews", "plan", ROUND, "politiker", "kommunstyrelsens ordförande", "2026-10-06T09:00", "--areas", "1,5",
        "--by", "lead",
    )  # fmt: skip
    assert planned.startswith("Intervju 1 är planerad: kommunstyrelsens ordförande, tisdag 6 oktober 2026 kl. 09.00.")
    listed = begun("interviews", "list", ROUND)
    assert listed == "1 2026-10-06 09:00 60 min politiker kommunstyrelsens ordförande 1,5"
    wrong = ("interviews", "plan", ROUND)
    assert "vänner är ingen grupp. Välj politicians (politiker)" in begun(
        *wrong, "vänner", "x", "2026-10-06T09:00", "--by", "lead", code=1
    )
    assert "Det finns inget område 9." in begun(
        *wrong, "heads", "x", "2026-10-06T09:00", "--areas", "9", "--by", "lead", code=1
    )
    assert "Det finns ingen planerad intervju 7. De som finns är 1." in begun(
        "interviews", "cancel", ROUND, "7", "--by", "lead", code=1
    )
    begun("interviews", "cancel", ROUND, "1", "--by", "lead")
    assert begun("interviews", "list", ROUND) == "Ingen intervju är planerad."


def test_steps_go_on_one_at_a_time_and_back_with_a_reason(begun: Run) -> None:
    by = ("--by", "kvalitetschef")
    assert "Efter förberedelse kommer granskning." in begun("step", ROUND, "report", *by, code=1)
    assert "snart är inget steg. Välj preparation (förberedelse)" in begun("step", ROUND, "snart", *by, code=1)
    on = begun("step", ROUND, "granskning", *by)
    assert "är nu i steget granskning. Fråga 5.2, " in on
    assert "52 frågor är inte klara." in on
    assert "redan i steget granskning" in begun("step", ROUND, "review", *by, code=1)
    assert "Skriv med --why varför" in begun("step", ROUND, "preparation", *by, code=1)
    begun("step", ROUND, "preparation", *by, "--why", "Tre förvaltningar hade inte fått frågorna")
    assert "Steg: förberedelse." in begun("status", ROUND)
    begun("init", "nasta-ar", "--framework", "kommunkompassen-2020", "--as-of", "2099-01-31", *by)
    assert "Omgångens datum, 2099-01-31, har inte gått än." in begun("step", "nasta-ar", "review", *by, code=1)


def test_what_names_no_round_is_told(begun: Run) -> None:
    for arguments in (("status",), ("evidence",), ("report",), ("export",)):
        more = {"evidence": ("5.2",), "report": ("--out", "x"), "export": ("--out", "x")}.get(arguments[0], ())
        told = begun(*arguments, "provstad", *more, code=1)
        assert "Det finns ingen omgång provstad." in told
    assert not Path("x").exists()


def test_all_of_a_round_is_exported_and_imported_again(begun: Run, tmp_path: Path) -> None:
    by = ("--by", "lead")
    begun("set", ROUND, "5", "owner", "kundtjänstchef", *by)
    (tmp_path / "plan.txt").write_text("Serviceplan")
    begun("attach", ROUND, "5.2", str(tmp_path / "plan.txt"), *by)
    begun("beside", ROUND, "--earlier", "2024=450", *by)
    begun("interviews", "plan", ROUND, "unions", "ordförande", "2026-10-06T09:00", *by)
    assert begun("export", ROUND, "--out", str(tmp_path / "a")).startswith("8 filer i ")
    assert "är inte tom" in begun("export", ROUND, "--out", str(tmp_path / "a"), code=1)
    assert "Det finns redan en omgång" in begun("import", str(tmp_path / "a"), code=1)
    begun("import", str(tmp_path / "a"), "--as", "kopia")
    begun("export", "kopia", "--out", str(tmp_path / "b"))
    changed = [
        path.name for path in sorted((tmp_path / "a").rglob("*"))
        if path.is_file() and path.read_bytes() != (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    ]  # fmt: skip
    assert changed == ["SHA256SUMS", "round.json"]
    (tmp_path / "a" / "evidence" / "0001-plan.txt").write_text("En annan plan")
    assert "0001-plan.txt är ändrad sedan den skrevs" in begun("import", str(tmp_path / "a"), "--as", "tredje", code=1)
    (tmp_path / "a" / "entries.json").unlink()
    assert "Filen entries.json saknas." in begun("import", str(tmp_path / "a"), "--as", "tredje", code=1)
    assert "tredje" not in begun("status")


AREAS = {
    "1": (73, 63), "2": (75, 65), "3": (80, 73), "4": (83, 64), "5": (86, 61), "6": (82, 59), "7": (86, 68),
    "8": (83, 64),
}  # fmt: skip
"""Vallentuna 2021 and the Swedish mean printed beside it: reference/domain.md §3.4."""


def test_the_published_assessment_of_vallentuna_from_init_to_pdf_and_word(run: Run, tmp_path: Path) -> None:
    mean = ",".join(str(others) for _, others in AREAS.values())
    opened = run(
        "init", "vallentuna-2021", "--framework", "kommunkompassen-2020", "--as-of", "2021-04-28", "--by",
        "kvalitetschef", "--municipality", "Vallentuna kommun", "--earlier", "2017=555", "--earlier", "2019=603",
        "--others", f"Medelvärde 2021={mean}", "--source", "vallentuna.se",
    )  # fmt: skip
    assert (
        "Medelvärde 2021 (andra): 517 poäng (1: 63, 2: 65, 3: 73, 4: 64, 5: 61, 6: 59, 7: 68, 8: 64; vallentuna.se)."
        in opened
    )
    for area, (ours, _) in AREAS.items():
        run("set", "vallentuna-2021", area, "points", str(ours), "--by", "utvärderare")
    run("set", "vallentuna-2021", "1", "improvement", "Medborgardialogerna", "--by", "utvärderare")
    # Reviewers' points do not end the preparation: nobody has been asked anything.
    assert "Utan ansvarig (52): 1.1" in run("status", "vallentuna-2021")
    run("step", "vallentuna-2021", "review", "--by", "kvalitetschef")
    run("step", "vallentuna-2021", "report", "--by", "kvalitetschef")
    run("report", "vallentuna-2021", "--out", str(tmp_path / "ut"))

    stem = tmp_path / "ut" / "vallentuna-2021"
    told = "".join(pages_of(Path(f"{stem}-rapport.pdf").read_bytes()))
    lead = "648 poäng av 800: +45 mot 2019, +93 mot 2017, +131 mot Medelvärde 2021."
    assert squeezed(lead) in told
    strengths = ["5 Brukarens fokus: 86 mot 61, +25", "6 Kvalitetsutveckling: 82 mot 59, +23",
                 "4 Effektivitet: 83 mot 64, +19", "8 Chefs- och ledarskap samt medarbetarskap: 83 mot 64, +19",
                 "7 Arbetsliv: 86 mot 68, +18",
                 "1 Samspel mellan förtroendevalda och medborgare: 73 mot 63, +10",
                 "2 Samhällsutveckling: 75 mot 65, +10", "3 Styrning och kontroll: 80 mot 73, +7"]  # fmt: skip
    places = [told.index(squeezed(one)) for one in strengths]
    assert places == sorted(places)
    assert "Medborgardialogerna" in told
    word = docx.Document(f"{stem}-rapport.docx")
    words = "\n".join(one.text for one in word.paragraphs)
    assert "648 poäng av 800" in words
    assert strengths[0] in words
    data = json.loads(stem.with_suffix(".json").read_text())
    assert json.dumps(data).count('"points": 86') >= 2
    for name in ("rapport", "sjalvvardering", "granskningsplan", "bilder"):
        with pikepdf.open(f"{stem}-{name}.pdf") as pdf:
            assert bool(pdf.Root.MarkInfo.Marked)
        assert all(squeezed(NOTE) in page for page in pages_of(Path(f"{stem}-{name}.pdf").read_bytes()))

    # The same round gives the same bytes.
    run("report", "vallentuna-2021", "--out", str(tmp_path / "igen"))
    for one in (tmp_path / "ut").iterdir():
        assert (
            hashlib.sha256(one.read_bytes()).digest()
            == hashlib.sha256((tmp_path / "igen" / one.name).read_bytes()).digest()
        ), one.name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_told(begun: Run, tmp_path: Path) -> None:
    (tmp_path / "last").mkdir(mode=0o500)
    assert "går inte att skriva" in begun("report", ROUND, "--out", str(tmp_path / "last" / "ut"), code=1)

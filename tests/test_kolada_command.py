"""`network kolada …`: fetched from a server on this machine or read from files, shown, exported; nothing by halves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from commands.network_kolada import kolada
from measurement.network import kolada as client
from tests.kolada_server import Say, Town, serving_beside, town
from tests.pdf_text import words_in
from tests.processes import write_config


class World:
    """A municipality's settings with an empty database, and a server beside it."""

    def __init__(self, folder: Path, known: Town, address: str) -> None:
        self.folder, self.known, self.v3 = folder, known, f"{address}/v3/"
        config = write_config(folder, f"sqlite:///{folder}/k.db", 0, 9)
        text = config.read_text()
        assert 'name = "Exempel kommun"' in text
        config.write_text(text.replace('name = "Exempel kommun"', 'name = "Ekby kommun"'))
        self.config = str(config)

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(kolada, [*arguments, "--config", self.config])

    def fetch(self, *arguments: str) -> Result:
        return self("fetch", self.v3, "--years", "2018-2025", *arguments)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # The command's own clock is the real one: nothing is to wait for it.
    monkeypatch.setattr(client, "USUAL", client.Pace(per_second=10_000, tries=1))
    known = town()
    with serving_beside(known) as address:
        yield World(tmp_path, known, address)


def lines(done: Result) -> list[str]:
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def refused(done: Result) -> str:
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    return " ".join(done.stderr.split())


def test_fetched_listed_and_shown(world: World) -> None:
    # 28 municipalities × 4 indices × 4 years, 29 × 2 counts × 4, 30 × 2 shares × 4: 448 + 232 + 240.
    assert lines(world.fetch()) == [
        "920 nya värden.", "0 värden som förut.", "44 namn på nyckeltal, kommuner och grupper.",
    ]  # fmt: skip
    listed = lines(world("list"))
    assert listed[0].startswith("N00640  2022–2025  30 kommuner")
    assert world.v3 in listed[0]
    shown = lines(world("show", "N00671", "-g", "R9", "-g", "liknande"))
    assert shown[0] == "Servicemätning - Nöjd med bemötandet via telefoni, index"
    assert "A: Resultatnätverket R9, ovägt medel" in shown
    # Ekby rises 68, 73, 78, 83; R9 is 9002–9010 but the third and fourth, in 2025 (70 + at % 7) + 6 of the others:
    # 78, 81, 82, 76, 77, 78, 79, sum 551, mean 78,7.
    assert any(one.startswith("2025  83,0   400  78,7 (7 av 9)") for one in shown)
    assert any("SKR jämför kommuner först från 100 svar" in one for one in shown)
    assert f"källa: Kolada ({world.v3}), hämtat" in " ".join(shown)


def test_again_changes_nothing_and_what_is_gone_is_told(world: World) -> None:
    lines(world.fetch("--kpi", "N00671"))
    assert lines(world.fetch("--kpi", "n00671"))[:2] == ["0 nya värden.", "112 värden som förut."]
    del world.known.values["N00671", "9001", 2024]
    world.known.values["N00671", "9001", 2025] = 83.5
    assert lines(world.fetch("--kpi", "N00671")) == [
        "0 nya värden.", "110 värden som förut.", "37 namn på nyckeltal, kommuner och grupper.",
        "ändrat: N00671 9001 2025 T, 83 → 83,5",
        "borttaget: N00671 9001 2024 T, var 78",
    ]  # fmt: skip
    shown = lines(world("show", "N00671"))
    assert any(one.startswith("2024  borttaget") for one in shown)


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("lost", 1, "(count: 92 stämmer inte med antalet värden). Inget är sparat."),
        ("strays", {("N99999", "9001", 2024): 5.0}, "(N99999 9001 2024 har ingen frågat efter). Inget är sparat."),
        ("values", {("N00671", "9004", 2024): 1e308}, "1e+308 är ett för stort tal). Inget är sparat."),
        ("values", {("N00671", "9004", 2024): 178.0}, "går från 0 till 100: N00671 9004 2024 T: 178. Rätta det"),
        ("values", {("N00671", "9004", 2024): -0.5}, "N00671 9004 2024 T: -0,5."),
    ],
)
def test_what_cannot_be_changes_and_deletes_nothing(world: World, name: str, wrong: Any, told: str) -> None:
    lines(world.fetch("--kpi", "N00671"))
    before = lines(world("show", "N00671", "-g", "R9"))
    setattr(world.known, name, getattr(world.known, name) | wrong)
    assert told in refused(world.fetch("--kpi", "N00671"))
    assert lines(world("show", "N00671", "-g", "R9")) == before


def test_a_plain_per_cent_or_number_may_lie_outside_0_to_100(world: World) -> None:
    world.known.kpis[0]["title"] = "Förändring av kostnaden, (%)"
    world.known.values["N00671", "9001", 2025] = -40.5
    assert lines(world.fetch("--kpi", "N00671"))[0] == "112 nya värden."
    assert any("-40,5\N{NO-BREAK SPACE}%" in one.replace("−", "-") for one in lines(world("show", "N00671")))


def test_the_smallest_change_is_told_with_its_decimals(world: World) -> None:
    lines(world.fetch("--kpi", "N00671"))
    world.known.values["N00671", "9001", 2025] = 83.004
    assert lines(world.fetch("--kpi", "N00671"))[-1] == "ändrat: N00671 9001 2025 T, 83 → 83,004"


def test_a_title_never_brings_its_own_colours_or_lines(world: World) -> None:
    world.known.municipalities[2]["title"] = "Al\n\x1b[31mnäs\u200b\u202e kommun\ud800"
    lines(world.fetch("--kpi", "N00671"))
    assert "9002  Al [31mnäs kommun" in lines(world("list", "--municipalities"))


def test_a_file_from_a_day_to_come_is_refused(world: World, tmp_path: Path) -> None:
    lines(world.fetch("--kpi", "N00671"))
    table = tmp_path / "f.csv"
    table.write_text("kpi;kommun;år;värde\nN00671;9001;2024;90\n")
    told = refused(world("import", str(table), "--on", "2099-01-01"))
    assert told.startswith("f.csv: hämtad 2099-01-01, står det, men så långt har vi inte kommit.")
    assert told.endswith("Inget är sparat.")


def test_changes_since_a_date_delete_visibly(world: World) -> None:
    lines(world.fetch("--kpi", "N00671"))
    world.known.deleted.add(("N00671", "9001", 2023))
    done = lines(world.fetch("--kpi", "N00671", "--since", "2026-05-01", "-m", "Ekby"))
    assert done[-1] == "borttaget: N00671 9001 2023 T, var 73"


def test_a_withheld_value_is_told_in_words(world: World) -> None:
    lines(world.fetch())
    shown = " ".join(lines(world("show", "N00671", "-m", "Björköping")))
    assert "för få svar" in shown
    assert "För få svar: 2022 (18), 2023 (18), 2024 (18), 2025 (18)." in shown
    never = refused(world("show", "N00671", "-m", "Granstad"))
    assert never.startswith("Det finns inga värden av N00671 för Granstad")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--kpi", "N99999"), "Det finns inget nyckeltal N99999. Inget är sparat."),
        (("-m", "Ekbi"), "Det finns ingen kommun Ekbi. Menar du Ekby (9001)? Inget är sparat."),
        (("-g", "R99"), "Det finns ingen grupp R99. Inget är sparat."),
        (("-g", "Resultatnätverket"), "Flera grupper heter Resultatnätverket."),
        (("--since", "i maj"), "i maj är inget datum."),
        (("--years", "i fjol"), "i fjol är inga år. Skriv dem som 2022-2025 eller 2025."),
    ],
)
def test_what_there_is_not_is_said_and_nothing_kept(world: World, arguments: tuple[str, ...], told: str) -> None:
    assert told in refused(world.fetch(*arguments))
    assert not any("/data/" in one for one in world.known.asked)


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (Say(status=403), "Kolada säger nej (403). Stämmer adressen? Inget är sparat."),
        (Say(body=b"<html>oj</html>"), "Svaret ser inte ut som Koladas svar (rad 1, tecken 1 är inte JSON)."),
        (Say(body=b'{"count": 1, "values": [{"id": 1}]}'), "values[0].type saknas"),
        (Say(status=429, headers={"Retry-After": "7200"}), "Kolada vill att vi väntar till"),
    ],
)
def test_what_goes_wrong_is_told_in_words_and_nothing_kept(world: World, say: Say, told: str) -> None:
    lines(world.fetch("--kpi", "N00671"))
    world.known.says = [say]
    said = refused(world.fetch("--kpi", "N00672"))
    assert told in said
    assert said.endswith("Inget är sparat.")
    assert len(lines(world("list"))) == 1


def test_a_line_that_breaks_in_the_middle_keeps_nothing(world: World) -> None:
    lines(world.fetch("--kpi", "N00671"))
    world.known.most = 50
    good = len(world.known.asked)
    # Titles and the first page of figures come; then the line breaks, each time.
    plain = world.known.asked

    class Breaking(list[str]):
        def append(self, target: str) -> None:
            super().append(target)
            if "page=2" in target:
                world.known.says = [Say(cut=10)]

    world.known.asked = Breaking(plain)
    world.known.values["N00671", "9002", 2025] = 1.0
    assert "Kolada svarar inte" in refused(world.fetch("--kpi", "N00671"))
    assert len(world.known.asked) > good
    assert any(one.startswith("2025  83,0") for one in lines(world("show", "N00671")))
    shown = lines(world("show", "N00671", "-m", "9002"))
    assert any(one.startswith("2025   78,0") for one in shown)


def test_exported_and_read_elsewhere_without_a_network(world: World, tmp_path: Path) -> None:
    lines(world.fetch())
    file = tmp_path / "kolada.json"
    assert lines(world("export", str(file))) == [f"920 värden skrivna till {file}."]
    before = lines(world("show", "N00671", "-g", "R9"))
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", world.known, "http://127.0.0.1:9")
    assert lines(other("import", str(file)))[0] == "920 nya värden."
    assert lines(other("show", "N00671", "-g", "R9")) == before
    assert lines(other("list", "--groups"))[0].split() == ["G1", "9", "Resultatnätverket", "R9", "(ovägt", "medel)"]
    assert len(lines(other("list", "--municipalities"))) == 31


def test_older_figures_come_from_a_table_and_stand_beside(world: World, tmp_path: Path) -> None:
    lines(world.fetch("--kpi", "N00671"))
    table = tmp_path / "kkik.csv"
    table.write_text("kpi;kommun;år;värde\nKKIK-BEMOTANDE;9001;2015;100\nKKIK-BEMOTANDE;9001;2016;73,5\n")
    assert lines(world("import", str(table), "--on", "2021-12-01"))[0] == "2 nya värden."
    shown = lines(world("show", "N00671"))
    assert {"KKiK till 2015", "KKiK från 2016", "SKR:s servicemätning"} <= set(shown)
    assert "källa: filen kkik.csv, från 2021-12-01" in " ".join(shown)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("kpi;kommun;år;värde\nN00671;9001;2024;bra\n", "f.txt: rad 2, value: 'bra' är inget tal. Inget är sparat."),
        ("kpi;kommun;år;värde\nN00671;1234;2024;80\n", "Okända kommuner: 1234."),
        ("kpi;kommun;år;värde\nU00402;9001;2024;80\n", "Okända nyckeltal: U00402."),
        ('{"values": [{"kpi": "N00671"', "f.txt: rad 1, tecken"),
        ("kpi;kommun;år;värde\nN00671;9001;2024;178\n", "från 0 till 100: N00671 9001 2024 T: 178."),
        ("kpi;kommun;år;värde\nKKIK-EPOST;9001;2016;-5\n", "KKIK-EPOST 9001 2016 T: -5."),
        (f"kpi;kommun;år;värde\nN00671;9001;2024;{'9' * 400}\n", "f.txt: rad 2, value: inf är ett för stort tal."),
        ("", "Filen f.txt är tom."),
    ],
)
def test_a_file_with_a_fault_is_not_read_at_all(world: World, tmp_path: Path, content: str, told: str) -> None:
    lines(world.fetch("--kpi", "N00671"))
    good, bad = tmp_path / "good.csv", tmp_path / "f.txt"
    good.write_text("kpi;kommun;år;värde\nN00671;9001;2019;80\n")
    bad.write_text(content)
    assert told in refused(world("import", str(good), str(bad)))
    assert lines(world("list"))[0].split()[1] == "2022–2025"


def test_before_anything_is_kept_the_next_step_is_told(world: World) -> None:
    lines(world.fetch("--kpi", "N00671", "-m", "Ekby", "--years", "2010"))
    assert lines(world("list")) == ["Inget är hämtat än. Hämta från Kolada, eller läs in en fil."]
    assert "Menar du" in refused(world("show", "N00617"))
    assert refused(world("show", "N00671")).startswith("Det finns inga värden av N00671 för Ekby")


def test_written_as_pdf_text_picture_and_series(world: World, tmp_path: Path) -> None:
    lines(world.fetch())
    for ending in (".pdf", ".txt", ".png", ".csv"):
        assert lines(world("show", "N00671", "-g", "R12", "--out", str(tmp_path / f"a{ending}")))
    told = words_in((tmp_path / "a.pdf").read_bytes())
    assert "Resultatnätverket R12: 79,1 (medel av 12 av 12 kommuner)" in told
    assert "Så gjordes N00671, på låtsas." in told
    assert "Ekby. 2022: 68,0; 2023: 73,0; 2024: 78,0; 2025: 83,0." in (tmp_path / "a.txt").read_text()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.csv").read_text() == "period;value;rebase\n2022;68.0;\n2023;73.0;\n2024;78.0;\n2025;83.0;\n"
    assert "Skriv en fil som slutar på .pdf, .txt, .png, .csv." in refused(
        world("show", "N00671", "--out", str(tmp_path / "a.doc"))
    )
    assert "No such file" in refused(world("show", "N00671", "--out", str(tmp_path / "nowhere" / "a.csv")))


def test_the_exported_file_is_the_documented_shape(world: World, tmp_path: Path) -> None:
    lines(world.fetch("--kpi", "N00671", "-m", "Ekby"))
    lines(world("export", str(tmp_path / "k.json"), "--kpi", "n00671"))
    told = json.loads((tmp_path / "k.json").read_text())
    assert (told["format"], told["version"]) == ("kommunsvar-kolada", 1)
    (source,) = told["sources"]
    assert source["origin"] == world.v3
    first = next(one for one in source["data"] if one["period"] == 2022)
    assert first["values"][0] == {"gender": "T", "count": 1, "status": "", "value": 68.0, "isdeleted": False}

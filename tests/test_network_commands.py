"""The commands about the network, as a quality lead runs them: keys by telephone, figures by files, papers."""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from commands.network import network as network_app
from measurement.measures import Figure
from measurement.network.bundle import Attachment, Bundle
from measurement.network.sealed import seal
from measurement.network.signing import fingerprint, public_of
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.states import Standing, State
from tests.network_town import (
    BETTER,
    FIRST,
    IN_A_DAY,
    LAST,
    MADE,
    NAMES,
    OURS,
    SMALL,
    Place,
    figures_of,
    network,
)
from tests.processes import ROOT

Run = Callable[..., Result]
PERIOD = ("--first", str(FIRST), "--last", str(LAST))

app = typer.Typer()
app.add_typer(network_app, name="network")


def key_of(id_: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(id_.encode()).digest())


def in_database(folder: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    async def run() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{folder}/own.db"))
        try:
            await migrate(database)
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


async def fill(database: Database) -> None:
    """Keep 26 frozen weeks of about 80 per cent of 60, one of them by mail alone."""
    place = Place(share=0.8, weekly=60, uneven=0.05)
    figures = figures_of(place, IN_A_DAY, np.random.default_rng(1))
    async with database.writing() as connection:
        for week, share in figures.items():
            mail = Figure(measure="arrivals", version=1, period=week, slice="channel:mail", n=54, value=54,
                          as_of=share.as_of)  # fmt: skip
            chat = replace(mail, slice="channel:telegram", n=6, value=6)
            await put_values(connection, week, [share, mail, chat], keep_until=None)
            await put_standing(connection, Standing(period=week, state=State.FROZEN, as_of=share.as_of))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command for Vallentuna, with a database and a key of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text("x" * 32)
    example = (ROOT / "config" / "service.toml").read_text()
    example = example.replace('name = "Exempel kommun"', 'name = "Vallentuna kommun"', 1)
    example = example.replace("sqlite:///var/kommunsvar.db", f"sqlite:///{tmp_path}/own.db")
    (tmp_path / "service.toml").write_text(example.replace("var/key", f"{tmp_path}/key"))
    in_database(tmp_path, fill)

    def call(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        command = ["network", *arguments, "--config", str(tmp_path / "service.toml")]
        done = CliRunner().invoke(app, command, input=stdin)
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        return done

    return call


def plain(done: Result) -> str:
    return " ".join((done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").split())


def trust(run: Run, id_: str) -> str:
    public = public_of(key_of(id_))
    return plain(run("trust", id_, public, "--fingerprint", fingerprint(public), "--by", "kvalitetsledaren"))


def file_of(folder: Path, bundle: Bundle) -> str:
    path = folder / f"{bundle.municipality}.json"
    path.write_bytes(seal(bundle, key_of(bundle.municipality)))
    return str(path)


def eight() -> dict[str, Bundle]:
    handbook = b"%PDF-1.7 handbok"
    attached = Attachment(name="Handbok.pdf", title="Handbok", digest=hashlib.sha256(handbook).hexdigest(),
                          content=b64encode(handbook).decode())  # fmt: skip
    places = {
        id_: Place(share=0.92 if id_ == BETTER else 0.9 if id_ == SMALL else 0.8, uneven=0.05,
                   weekly=1.5 if id_ == SMALL else 60 + 5 * at)
        for at, id_ in enumerate(NAMES)
    }  # fmt: skip
    # The hours are those of the documented example, counted by itself.
    bundles = {id_: replace(one, hours=replace(one.hours, open_minutes=61_000)) for id_, one in
               network(places, 5).items()}  # fmt: skip
    return bundles | {BETTER: replace(bundles[BETTER], attachments=(attached,))}


def test_a_network_of_eight_from_key_to_papers(run: Run, tmp_path: Path) -> None:
    told = plain(run("key"))
    assert "Vallentuna (0115)" in told
    assert "Läs upp fingeravtrycket" in told
    assert plain(run("key")) == told
    others = [one for id_, one in eight().items() if id_ != OURS]
    for one in others:
        assert f"Vi litar på nyckeln från {one.name}" in trust(run, one.municipality)
    exported = plain(run("export", *PERIOD, "--out", "ut.json"))
    assert "Besvarade inom en arbetsdag: 26 veckor visas, 0 hålls inne." in exported
    assert "Inget har skickats" in exported
    taken = run("import", *(file_of(tmp_path, one) for one in others), "ut.json").stdout.splitlines()
    assert all("är sparat." in line for line in taken[:-1])
    assert taken[-1] == "ut.json: Vallentuna 2026-W02–2026-W27 fanns redan. Inget är ändrat."

    words = plain(run("compare"))
    assert "Tydligt bättre än vi, i bokstavsordning: – Täby" in words
    assert "Om Nykvarn går det inte att säga något" in words
    numbers = json.loads(run("compare", "--json").stdout)
    assert [one["municipality"] for one in numbers["measures"][0]["clearly_better"]] == [BETTER]
    written = run("compare", "--out", "papper", "--word").stdout.split("\n")
    assert [Path(one).name for one in written if one] == [
        "natverk-2026-W02-2026-W27-ledning.pdf", "natverk-2026-W02-2026-W27-handlaggare.pdf",
        "natverk-2026-W02-2026-W27-ledning.docx", "natverk-2026-W02-2026-W27-handlaggare.docx",
        "natverk-2026-W02-2026-W27.json", "Handbok.pdf",
    ]  # fmt: skip
    assert (tmp_path / "papper" / "bilagor" / BETTER / "Handbok.pdf").read_bytes() == b"%PDF-1.7 handbok"
    listed = plain(run("list"))
    assert listed.count("gäller") == 8
    assert "vår egen" in listed


def test_what_cannot_be_taken_in_is_told_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    bundle = eight()[BETTER]
    good = file_of(tmp_path, bundle)
    run("key")
    assert "Vi har ingen nyckel som vi litar på för Täby (0160)" in plain(run("import", good, code=1))
    trust(run, BETTER)
    changed = tmp_path / "changed.json"
    changed.write_bytes(Path(good).read_bytes().replace(b'"numerator": 5', b'"numerator": 6', 1))
    assert "changed.json: Inget togs in. Signaturen stämmer inte" in plain(run("import", str(changed), code=1))
    foreign = tmp_path / "foreign.json"
    foreign.write_bytes(seal(replace(bundle, municipality="9999"), key_of(BETTER)))
    assert "Täbys nyckel" in plain(run("import", str(foreign), code=1))
    future = tmp_path / "future.json"
    future.write_text('{"form": "kommunsvar-network-bundle", "version": 2}')
    assert "form 2). Den här läser form 1" in plain(run("import", str(future), code=1))
    far = tmp_path / "far.json"
    far.write_bytes(seal(replace(bundle, made_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)), key_of(BETTER)))
    told = plain(run("import", str(far), str(tmp_path / "none.json"), str(changed), code=1))
    assert "far.json: Inget togs in. Paketet säger sig vara gjort 9999" in told
    assert "none.json: Inget togs in. Filen går inte att läsa." in told
    assert "changed.json: Inget togs in. Signaturen" in told
    # Of several files what is right is taken in, and the command says that something was not.
    both = plain(run("import", str(changed), good, code=1))
    assert "0160.json: Täby 2026-W02–2026-W27 är sparat." in both
    newer = tmp_path / "newer.json"
    newer.write_bytes(seal(replace(bundle, made_at=MADE + timedelta(hours=1)), key_of(BETTER)))
    assert "ersätter ett äldre för samma period" in plain(run("import", str(newer)))
    assert "lika nytt eller nyare" in plain(run("import", _again(tmp_path, bundle), code=1))
    shorter = tmp_path / "shorter.json"
    cut = replace(bundle, last="2026-W26", made_at=MADE + timedelta(hours=2), measures=())
    shorter.write_bytes(seal(cut, key_of(BETTER)))
    assert "Perioderna går in i varandra" in plain(run("import", str(shorter), code=1))
    assert plain(run("list")).count("Täby 2026-W02–2026-W27") == 2


def _again(folder: Path, bundle: Bundle) -> str:
    path = folder / "again.json"
    path.write_bytes(seal(replace(bundle, made_at=MADE + timedelta(minutes=1)), key_of(BETTER)))
    return str(path)


def test_trust_needs_the_fingerprint_that_was_heard(run: Run) -> None:
    public = public_of(key_of(BETTER))
    said = plain(run("trust", BETTER, public, "--fingerprint", "0000 0000", "--by", "kvalitetsledaren", code=1))
    assert "Fingeravtrycket stämmer inte" in said
    assert "Lita inte på den" in said
    heard = ("--fingerprint", fingerprint(public).upper())
    assert "Ingen kommun har numret 9999" in plain(run("trust", "9999", public, *heard, "--by", "k", code=1))
    assert "44 characters" in plain(run("trust", BETTER, "nyckel", *heard, "--by", "k", code=1))
    assert "vem som har kontrollerat" in plain(run("trust", BETTER, public, *heard, "--by", " ", code=1))
    assert "Skriv vad kommunen heter" in plain(run("trust", "049", public, *heard, "--by", "k", code=1))
    assert "är en svensk kommun" in plain(
        run("trust", "049", public, *heard, "--by", "k", "--name", "Vallentuna", code=1)
    )
    assert "0115 är vårt eget nummer" in plain(run("trust", "0115", public, *heard, "--by", "k", code=1))
    trust(run, BETTER)
    assert "hör redan till Täby (0160)" in plain(
        run("trust", "049", public, *heard, "--by", "k", "--name", "Esbo", code=1)
    )
    run("trust", BETTER, public, *heard, "--by", "k", "--end")
    assert "Esbo (049)" in plain(run("trust", "049", public, *heard, "--by", "k", "--name", "Esbo"))
    assert "litar inte längre" in plain(run("trust", "049", public, *heard, "--by", "k", "--name", "Esbo", "--end"))
    ended = run("trust", "049", public, *heard, "--by", "k", "--name", "Esbo", "--end", code=1)
    assert "litade vi inte på" in plain(ended)


def test_bundles_of_a_key_that_is_no_longer_trusted_are_not_compared(run: Run, tmp_path: Path) -> None:
    run("export", *PERIOD)
    assert (tmp_path / "natverk-0115-2026-W02-2026-W27.json").exists()
    for one in eight().values():
        if one.municipality in (BETTER, "0117"):
            trust(run, one.municipality)
            run("import", file_of(tmp_path, one))
    public = public_of(key_of(BETTER))
    run("trust", BETTER, public, "--fingerprint", fingerprint(public), "--by", "k", "--end")
    assert "nyckeln är inte betrodd" in plain(run("list"))
    found = json.loads(run("compare", "--json").stdout)
    assert found["members"] == [OURS, "0117"]


def test_export_of_an_overlapping_period_is_refused_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    run("export", *PERIOD, "--out", "ett.json")
    said = plain(run("export", "--first", "2026-W03", "--last", "2026-W27", "--out", "tva.json", code=1))
    assert "perioderna går in i varandra" in said
    assert not (tmp_path / "tva.json").exists()
    # What was handed out is remembered, unless somebody vouches that it was not.
    number = run("list").stdout.splitlines()[-1].split()[0]
    assert "Vi minns vad vi har lämnat ut" in plain(run("drop", number, code=1))
    assert "Perioderna" not in plain(run("export", *PERIOD, "--out", "ett.json"))
    assert plain(run("list")).count("Vallentuna 2026-W02–2026-W27") == 2
    for one in run("list").stdout.splitlines()[-2:]:
        assert "Paketet är borttaget" in plain(run("drop", one.split()[0], "--never-shared", "kvalitetsledaren"))
    run("export", "--first", "2026-W03", "--last", "2026-W27", "--out", "tva.json")
    assert "inget paket med nummer 99" in plain(run("drop", "99", code=1))
    assert "går baklänges" in plain(run("export", "--first", "2026-W27", "--last", "2026-W03", code=1))
    assert "Ingen vecka i perioden är fastställd" in plain(
        run("export", "--first", "2024-W03", "--last", "2024-W27", code=1)
    )


def test_what_is_shared_is_chosen_and_goes_along(run: Run, tmp_path: Path) -> None:
    handbook = tmp_path / "Handbok.pdf"
    handbook.write_bytes(b"%PDF-1.7 ett")
    run("note", "--text", "Jouren läser klockan 8 och 13.", "--measure", IN_A_DAY)
    run("note", "--role", "kvalitetsledare", "--address", "kvalitet@kommun.example")
    told = plain(run("note", "--attach", str(handbook), "--title", "Handbok", "--by", "kvalitetsledaren"))
    assert "Handbok.pdf: Handbok (kvalitetsledaren" in told
    assert "aldrig en persons" in told
    assert "Bilagor: Handbok.pdf." in plain(run("export", *PERIOD, "--out", "ut.json"))
    bundle = json.loads((tmp_path / "ut.json").read_bytes())["bundle"]
    assert bundle["contact"] == {"address": "kvalitet@kommun.example", "role": "kvalitetsledare"}
    assert bundle["practices"] == [{"measure": IN_A_DAY, "text": "Jouren läser klockan 8 och 13."}]
    # A document that has changed since is not shared unseen.
    handbook.write_bytes(b"%PDF-1.7 annat")
    assert "has changed since kvalitetsledaren chose it" in plain(run("export", *PERIOD, code=1))
    handbook.unlink()
    assert "is gone" in plain(run("export", *PERIOD, code=1))
    assert "ingen bilaga som heter" in plain(run("note", "--detach", "Annat.pdf", code=1))
    run("note", "--detach", "handbok.pdf")
    assert "Beskrivningar: 0." in plain(_after_taking_back(run))


def _after_taking_back(run: Run) -> Result:
    run("note", "--text", "", "--measure", IN_A_DAY)
    return run("export", *PERIOD)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--measure", "nojdhet", "--text", "x"), "är inget av måtten answered_in_time.one_working_day"),
        (("--text", "å" * 5000), "Texten är för lång"),
        (("--role", "kvalitetsledare"), "både en roll och en e-postadress"),
        (("--role", "k", "--address", "ring"), "både en roll och en e-postadress"),
        (("--attach", "program.exe", "--title", "x", "--by", "k"), "går inte att dela"),
        (("--attach", "stor.pdf", "--title", "x", "--by", "k"), "större än 5 MB"),
        (("--attach", "liten.pdf", "--title", "x"), "vem som väljer att dela den"),
    ],
)
def test_what_cannot_be_shared_is_said(run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "program.exe").write_bytes(b"MZ")
    (tmp_path / "stor.pdf").write_bytes(bytes(5 * 2**20 + 1))
    (tmp_path / "liten.pdf").write_bytes(b"%PDF")
    assert said in plain(run("note", *arguments, code=1))
    assert not (tmp_path / "network-share.json").exists()


def test_what_is_missing_for_a_comparison_is_said(run: Run, tmp_path: Path) -> None:
    assert "ingen egen nyckel än" in plain(run("compare", code=1))
    run("key")
    assert "inget eget paket" in plain(run("compare", code=1))
    run("export", *PERIOD)
    assert "Ett nätverk har 2 till 20 kommuner. För 2026-W02 till 2026-W27 finns 1." in plain(run("compare", code=1))
    assert "både första och sista veckan" in plain(run("compare", "--first", "2026-W02", code=1))
    other = replace(eight()["0117"], last="2026-W26", measures=())
    trust(run, "0117")
    run("import", file_of(tmp_path, other))
    trust(run, BETTER)
    run("import", file_of(tmp_path, eight()[BETTER]))
    found = json.loads(run("compare", "--json").stdout)
    assert found["other_period"] == [{"municipality": "0117", "first": "2026-W02", "last": "2026-W26"}]


def test_a_key_is_of_one_municipality(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text(file.read_text().replace("Vallentuna kommun", "Exempel kommun"))
    assert "ingen kommun i Sverige" in plain(run("key", code=1))
    assert "Ingen kommun har numret 1." in plain(run("key", "--municipality", "1", code=1))
    assert "Täby (0160)" in plain(run("key", "--municipality", "0160"))
    assert "Täby (0160)" in plain(run("key"))
    assert "Vår nyckel hör till Täby" in plain(run("key", "--municipality", "0115", code=1))
    (tmp_path / "network.pem").chmod(0o644)
    assert "chmod 600" in plain(run("export", *PERIOD, code=1))


def test_kolada_stands_beside() -> None:
    assert "Kolada" in CliRunner().invoke(app, ["network", "kolada", "--help"]).stdout

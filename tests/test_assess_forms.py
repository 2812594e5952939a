"""Question forms out to their owners and back: folder, saved mail, stored mail, conflicts, refusals."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import insert, select

from bot.store import schema
from bot.store.database import Database, DatabaseUrl
from tests.conftest import FrozenClock
from tests.forms import edited, paragraph, written_in
from tests.surveys import bounce
from tests.test_assess import ROUND, Run, begun, invoke, run  # noqa: F401 -- fixtures
from tests.town import Town

ANNA, ELSA = "anna@kommun.example", "elsa@example.org"
BY = ("--by", "lead@kommun.example")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def owned(begun: Run) -> Run:  # noqa: F811 -- the fixture
    begun("set", ROUND, "5.2", "owner", ANNA, *BY)
    begun("set", ROUND, "5.3", "owner", "kundtjänstchefen", *BY)
    return begun


def answered(form: Path, answer: str, question: str = "5.2") -> bytes:
    """The form as it is when somebody has written a short answer to a question."""
    return edited(form.read_bytes(), lambda xml: written_in(xml, f"{question}/answer", paragraph(answer)))


def test_forms_go_to_a_folder_and_come_back(owned: Run, tmp_path: Path) -> None:
    out = tmp_path / "ut"
    sent = owned("send", ROUND, "--out", str(out))
    assert "Ingen ansvarig finns för 1.1, 1.2" in sent
    names = sorted(one.name for one in out.iterdir())
    assert names == [f"{ROUND}-anna-kommun-example.docx", f"{ROUND}-kundtjanstchefen.docx"]
    assert "0 nya svar" in owned("read", ROUND, str(out))
    form = out / names[0]
    form.write_bytes(answered(form, "Ja, inom en dag."))
    (out / "~$lås.docx").write_bytes(b"x")
    (out / "anteckningar.txt").write_text("x")
    tried = owned("read", ROUND, str(out), "--dry-run")
    assert f"{names[0]}: 1 nytt svar från {ANNA}." in tried
    assert "det var bara ett prov" in tried
    assert "1 nytt svar" in owned("read", ROUND, str(out))
    # Again it changes nothing.
    assert f"{names[0]}: 0 nya svar från {ANNA}." in owned("read", ROUND, str(out))
    assert f"{ANNA} 0 1 0" in owned("status", ROUND)


def test_a_form_of_excel_comes_back_too(owned: Run, tmp_path: Path) -> None:
    owned("send", ROUND, "--out", str(tmp_path / "ut"), "--excel", "--owner", ANNA)
    form = tmp_path / "ut" / f"{ROUND}-anna-kommun-example.xlsx"
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    head = next(cell for cell in cells if cell.value == "Kort svar")
    line = next(cell.row for cell in cells if str(cell.value) == "5.2")
    sheet.cell(row=line, column=head.column, value="Ja, samma dag.")
    book.save(form)
    assert f"1 nytt svar från {ANNA}." in owned("read", ROUND, str(form))
    assert "förut: Ja, samma dag." in owned("set", ROUND, "5.2", "answer", "Ja.", *BY, "--why", "Enligt beslut")


def test_two_different_answers_are_shown_side_by_side_and_one_is_chosen(owned: Run, tmp_path: Path) -> None:
    owned("send", ROUND, "--out", str(tmp_path), "--owner", ANNA)
    form = tmp_path / f"{ROUND}-anna-kommun-example.docx"
    (tmp_path / "b.docx").write_bytes(answered(form, "Nej, två dagar."))
    form.write_bytes(answered(form, "Ja, en dag."))
    owned("read", ROUND, str(form), *BY[:1], ANNA)
    told = owned("read", ROUND, str(tmp_path / "b.docx"), "--by", "bo@kommun.example")
    assert "Fråga 5.2, kort svar: någon annan har skrivit något annat" in told
    assert "Två har svarat olika om 5.2." in owned("status", ROUND)
    assert "Två har svarat olika om 5.2. Välj först:" in owned("step", ROUND, "review", *BY, code=1)
    shown = owned("settle", ROUND)
    assert re.search(rf"5\.2 kort svar \(answer\) 1 \(gäller nu, {ANNA}, .*\) Ja, en dag\. 2 \(bo@", shown)
    assert "Det finns 2 versioner. Välj 1–2." in owned("settle", ROUND, "5.2", "answer", "--choose", "3", *BY, code=1)
    assert "bara en uppgift" in owned("settle", ROUND, "5.3", "answer", "--choose", "1", *BY, code=1)
    chosen = owned("settle", ROUND, "5.2", "answer", "--choose", "2", *BY)
    assert chosen == "5.2: det som gäller är nu: Nej, två dagar."
    assert owned("settle", ROUND) == "Inga svar skiljer sig åt."
    # The forms that caused it do not raise it again.
    for file, who in ((form, ANNA), (tmp_path / "b.docx", "bo@kommun.example")):
        assert "0 nya svar" in owned("read", ROUND, str(file), "--by", who)
    assert owned("settle", ROUND) == "Inga svar skiljer sig åt."


def test_a_form_that_cannot_be_read_is_told_and_the_others_are_kept(owned: Run, tmp_path: Path) -> None:
    owned("send", ROUND, "--out", str(tmp_path), "--owner", ANNA)
    form = tmp_path / f"{ROUND}-anna-kommun-example.docx"
    form.write_bytes(answered(form, "Ja."))
    (tmp_path / "annat.docx").write_bytes(b"PK\x03\x04 trasig")
    told = owned("read", ROUND, str(tmp_path), code=1)
    assert "annat.docx: Filen är skadad." in told
    assert f"{form.name}: 1 nytt svar från {ANNA}." in told
    assert "1 fil lästes inte." in told
    owned("init", "en-annan", "--framework", "kommunkompassen-2020", "--as-of", "2026-09-30", *BY)
    assert f"Formuläret hör till omgången {ROUND}, inte till en-annan." in owned("read", "en-annan", str(form), code=1)
    assert "Det finns ingen fil eller mapp borta.docx." in owned("read", ROUND, "borta.docx", code=1)
    assert "Skriv vilka filer eller mappar som ska läsas, eller --inbox." in owned("read", ROUND, code=1)


def mail(sender: str, content: bytes, dmarc: str = "") -> bytes:
    made = EmailMessage()
    if dmarc:
        made["Authentication-Results"] = f"mx.kommun.example; dmarc={dmarc} header.from={sender.partition('@')[2]}"
    made["From"], made["To"], made["Subject"] = sender, "kontakt@kommun.example", "Sv: Frågor att svara på"
    made.set_content("Här kommer svaren.")
    made.add_attachment(content, maintype="application", subtype=WORD.partition("/")[2], filename="svar.docx")
    return made.as_bytes()


def test_a_saved_mail_is_read(owned: Run, tmp_path: Path) -> None:
    owned("send", ROUND, "--out", str(tmp_path), "--owner", ANNA)
    content = answered(tmp_path / f"{ROUND}-anna-kommun-example.docx", "Ja.")
    saved = tmp_path / "svar.eml"
    saved.write_bytes(mail(f"Anna <{ANNA}>", content))
    assert f"svar.eml, svar.docx: 1 nytt svar från {ANNA}." in owned("read", ROUND, str(saved))
    saved.write_bytes(b"From: x@y.example\n\nHej")
    assert "mejlet har inget formulär med sig" in owned("read", ROUND, str(saved), code=1)


@pytest.fixture
def within(tmp_path: Path) -> Callable[[Callable[[Database], Awaitable[None]]], None]:
    """Do something in the database of the commands."""

    def call(work: Callable[[Database], Awaitable[None]]) -> None:
        async def go() -> None:
            database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/own.db"))
            try:
                await work(database)
            finally:
                await database.close()

        asyncio.run(go())

    return call


@pytest.fixture
def arrived(tmp_path: Path, within: Callable[[Callable[[Database], Awaitable[None]]], None]) -> Callable[..., None]:
    """Let mails lie there as ones that came to a desk, whose verdict is read from the mail itself."""
    settings = tmp_path / "service.toml"
    settings.write_text(settings.read_text().replace('trusted_host = ""', 'trusted_host = "mx.kommun.example"', 1))

    def call(*mails: bytes) -> None:
        async def arrive(database: Database) -> None:
            async with database.writing() as connection:
                for number, raw in enumerate(mails, 1):
                    await connection.execute(insert(schema.inbox).values(
                        id=number, channel="mail", external_id=f"m{number}", sender="studs@kommun.example",
                        size=len(raw), state="done", outcome="desk", arrived_at=datetime.now(UTC),
                    ))  # fmt: skip
                    await connection.execute(insert(schema.originals).values(inbox=number, content=raw))

        within(arrive)

    return call


def test_stored_mail_of_known_senders_is_read(owned: Run, tmp_path: Path, arrived: Callable[..., None]) -> None:
    owned("send", ROUND, "--out", str(tmp_path), "--owner", ANNA)
    form = tmp_path / f"{ROUND}-anna-kommun-example.docx"
    arrived(mail(ANNA, answered(form, "Ja."), "pass"), mail(ELSA, answered(form, "Nej."), "pass"))
    told = owned("read", ROUND, "--inbox")
    assert f"{ANNA}, svar.docx: 1 nytt svar från {ANNA}." in told
    assert f"svar.docx från {ELSA} lästes inte: adressen är varken en ansvarigs eller en handläggares. Läs" in told
    assert f"{ANNA}, svar.docx" not in owned("read", ROUND, "--inbox")
    also = owned("read", ROUND, "--inbox", "--from", ELSA)
    assert f"{ELSA}, svar.docx: 1 nytt svar från {ELSA}." in also
    assert "Ja. 2 (elsa@example.org" in owned("settle", ROUND)


@pytest.mark.parametrize("verdict", ["", "none", "fail"])
def test_a_form_that_nobody_vouches_for_is_told_and_waits(
    owned: Run, tmp_path: Path, arrived: Callable[..., None], verdict: str
) -> None:
    """In the name of an owner and of somebody unknown: who, which file, why not, and what to do."""
    owned("send", ROUND, "--out", str(tmp_path), "--owner", ANNA)
    form = tmp_path / f"{ROUND}-anna-kommun-example.docx"
    arrived(mail(ANNA, answered(form, "Ja."), verdict), mail(ELSA, answered(form, "Nej."), verdict))
    told = owned("read", ROUND, "--inbox")
    assert "nytt svar" not in told
    when = r"\w+ \d+ \w+ kl\. \d\d\.\d\d"
    confirmed = "e-postsystemet kunde inte bekräfta att mejlet kom från den"
    ask = "Ring och fråga, på ett nummer som ni hade förut. Är formuläret äkta, läs det med --from"
    assert re.search(rf"svar\.docx från {ANNA}, {when}, lästes inte: {confirmed} adressen\. {ask} {ANNA}\.", told)
    assert re.search(
        rf"svar\.docx från {ELSA}, {when}, lästes inte: adressen är varken .*, och {confirmed}\. {ask}", told
    )
    assert "Två har" not in owned("status", ROUND)
    # Told until somebody has asked; then it is read, and told no more.
    assert owned("read", ROUND, "--inbox") == told
    asked = owned("read", ROUND, "--inbox", "--from", ANNA.upper())
    assert f"{ANNA}, svar.docx: 1 nytt svar från {ANNA}." in asked
    assert f"från {ELSA}" in asked
    assert ANNA not in owned("read", ROUND, "--inbox")


def test_forms_are_mailed_to_owners_with_an_address(
    owned: Run, within: Callable[[Callable[[Database], Awaitable[None]]], None]
) -> None:
    sent = owned("send", ROUND, "--mail", *BY)
    assert f"{ANNA}: 1 fråga skickas." in sent
    assert "kundtjänstchefen har ingen adress. Skriv formuläret till en fil med --out." in sent

    async def look(database: Database) -> None:
        async with database.reading() as connection:
            (queued,) = (await connection.execute(select(schema.outbox))).all()
            (file,) = (await connection.execute(select(schema.enclosures))).all()
        assert (queued.kind, queued.to_addr, queued.reply_to) == ("form", ANNA, "lead@kommun.example")
        assert "Här är 1 fråga som du svarar för." in queued.text
        assert (file.name, file.media_type) == (f"{ROUND}-anna-kommun-example.docx", WORD)

    within(look)
    assert "Välj --out med en mapp eller --mail." in owned("send", ROUND, code=1)
    assert "elsa har ingen fråga som väntar." in owned("send", ROUND, "--mail", *BY, "--owner", "elsa", code=1)
    owned("set", ROUND, "5", "progress", "ready", *BY)
    owned("set", ROUND, "1", "progress", "klar", *BY)


def test_a_form_that_comes_back_is_told_as_one(
    owned: Run, clock: FrozenClock, within: Callable[[Callable[[Database], Awaitable[None]]], None]
) -> None:
    owned("send", ROUND, "--mail", *BY)

    async def come_back(database: Database) -> None:
        town = Town(database, clock)
        (form,) = await town.rows(schema.outbox)
        await town.receive(bounce(form["message_id"]), sender="")
        _, told = await town.rows(schema.outbox)
        assert (told["to_addr"], told["subject"]) == (
            "admin@kommun.example", "Ett formulär till bedömningen kom inte fram",
        )  # fmt: skip
        assert f"Formuläret med bedömningens frågor till {ANNA} kom inte fram (5.1.1)." in told["text"]
        assert "run_bot.py assess send --help" in told["text"]
        assert "rapport" not in told["text"]
        assert [row["outcome"] for row in await town.rows(schema.inbox)] == ["bounce"]
        assert await town.facts() == []

    within(come_back)

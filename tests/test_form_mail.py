import email.policy
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import insert

import bot.store.evidence_schema  # noqa: F401 -- its tables belong to the metadata
from bot.facts import Channel, to_micros
from bot.port import FileState
from bot.store import schema
from bot.store.columns import metadata
from bot.store.database import Database
from measurement.assessment import form_inbox
from measurement.assessment.form_entries import entries_from
from measurement.assessment.form_excel import form_xlsx
from measurement.assessment.form_inbox import ReceivedForm, Sender, StoredMail, forms_received
from measurement.assessment.form_mail import forms_in_mail
from measurement.assessment.form_read import read_form
from measurement.assessment.form_word import form_docx
from measurement.assessment.round import Entry, Field
from measurement.assessment.tables import ENTRIES
from tests.forms import ANNA, AT, ELSA, SV, edited, entry, form_of, packed, paragraph, parts, round_of, written_in

ROUND = round_of(entry(3, "5.1", Field.ANSWER, "Vi svarar."))
FORM = form_of(ROUND)
WORD = edited(form_docx(FORM, SV), lambda xml: written_in(xml, "5.1/answer", paragraph("Vi svarar snabbt.")))
EXCEL = form_xlsx(FORM, SV)
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def mail(*files: tuple[str, bytes], sender: str = f"Anna <{ANNA}>") -> bytes:
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"], made["Subject"] = sender, "Svar på frågorna"
    made.set_content("Här kommer formuläret.\n")
    for name, content in files:
        made.add_attachment(content, maintype=DOCX[0], subtype=DOCX[1], filename=name)
    return made.as_bytes()


def test_forms_are_found_in_a_mail_with_whatever_else_it_holds() -> None:
    raw = mail(("Frågor åäö.docx", WORD), ("bild.png", b"\x89PNG"), ("svar", EXCEL), ("Old.DOC", b"\xd0\xcf"))
    found = forms_in_mail(raw)
    assert [(one.name, one.content) for one in found] == [
        ("Frågor åäö.docx", WORD), ("svar", EXCEL), ("Old.DOC", b"\xd0\xcf"),
    ]  # fmt: skip
    assert {one.sender for one in found} == {ANNA}
    assert [read_form(one.content, one.name).form for one in found[:2]] == [FORM.id, FORM.id]


def test_a_form_in_a_mail_that_was_passed_on_is_found() -> None:
    outer = EmailMessage(policy=email.policy.SMTP)
    outer["From"] = ELSA.upper()
    outer.set_content("Vidare.")
    outer.add_attachment(email.message_from_bytes(mail(("a.docx", WORD)), policy=email.policy.default))
    assert [(one.name, one.content, one.sender) for one in forms_in_mail(outer.as_bytes())] == [("a.docx", WORD, ELSA)]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\xff" * 500, b"From: a\n\nHej", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x--",
        b"Content-Type: application/octet-stream; name*0*=utf-9''%ff%\nContent-Transfer-Encoding: base64\n\n!!!",
        b"From: =?utf-9?q?x?= <a@b>\nContent-Type: multipart/mixed; boundary=\"\"\n\n",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        mail(("a.docx", WORD))[:9000].replace(b"base64", b"base46"),
    ],
)  # fmt: skip
def test_what_is_no_mail_gives_no_forms_and_no_error(raw: bytes) -> None:
    assert all(b"PK" in one.content or one.name for one in forms_in_mail(raw))


@pytest.mark.parametrize("name", ["INBOX", "ORIGINALS", "MESSAGES", "ADDRESSES", "FILES"])
def test_columns_are_the_stores(name: str) -> None:
    described = getattr(form_inbox, name)
    theirs = {column.name for column in metadata.tables[described.name].columns}
    assert {column.name for column in described.columns} <= theirs


async def _keep(
    database: Database, id_: int, raw: bytes, *, names: Sequence[str] = (), file_state: str = "passed",
    outcome: str = "K-2", hours: int = 1, channel: str = "mail", state: str = "done", sent: int = 0,
) -> None:  # fmt: skip
    """A mail as the intake leaves it: its original, and, where it is a citizen's, its message with files."""
    async with database.writing() as connection:
        row = {"id": id_, "channel": channel, "external_id": f"x{id_}", "sender": "studs@kommun.example",
               "arrived_at": AT + timedelta(hours=hours), "size": len(raw), "state": state, "outcome": outcome,
               "sent": sent}  # fmt: skip
        await connection.execute(insert(schema.inbox), [row])
        await connection.execute(insert(schema.originals), [{"inbox": id_, "content": raw}])
        if names:
            message = {"id": id_, "case": "K-2", "direction": "in", "inbox": id_, "created_at": AT}
            await connection.execute(insert(schema.messages), [message])
            files = [{"message": id_, "part": at, "name": name, "state": file_state} for at, name in enumerate(names)]
            await connection.execute(insert(schema.files), files)


def judge(mail: StoredMail) -> Sender:
    """Judges mails of staff in these tests: everybody is Anna, and vouched for."""
    return Sender(address=ANNA, authentic=True)


async def _received(database: Database, opened: float = 0) -> list[ReceivedForm]:
    async with database.reading() as connection:
        return [one async for one in forms_received(connection, ROUND.id, AT + timedelta(hours=opened), judge)]


@pytest.mark.asyncio
async def test_forms_of_a_round_are_found_among_stored_mails(database: Database) -> None:
    other = form_docx(form_of(round_of(name="annan-2027")), SV)
    form = mail(("svar.docx", WORD))
    await _keep(database, 1, mail(("b.XLSX", EXCEL), sender=ELSA), names=["b.XLSX"], hours=5)
    await _keep(database, 2, form, names=["svar.docx"], hours=2)
    await _keep(database, 3, form, outcome="desk", hours=3)
    # Not: another round's, no form, no file, not let through, still waiting, sent by ourselves, before, not mail.
    await _keep(database, 11, mail(("x.docx", other)), names=["x.docx"])
    await _keep(database, 12, mail(("x.docx", b"PK\x03\x04" + bytes(9000))), names=["x.docx"])
    await _keep(database, 13, form)
    await _keep(database, 14, form, names=["svar.docx"], file_state=FileState.INFECTED.value)
    await _keep(database, 15, form, names=["svar.docx"], state="held")
    await _keep(database, 16, form, names=["svar.docx"], sent=1)
    await _keep(database, 17, form, names=["svar.docx"], hours=-1)
    await _keep(database, 18, form, names=["svar.docx"], channel=Channel.TELEGRAM.value)
    found = await _received(database)
    assert [(one.inbox, one.sender, one.name, one.arrived_at - AT) for one in found] == [
        (2, ANNA, "svar.docx", timedelta(hours=2)), (3, ANNA, "svar.docx", timedelta(hours=3)),
        (1, ELSA, "b.XLSX", timedelta(hours=5)),
    ]  # fmt: skip
    assert [one.content for one in found] == [WORD, WORD, EXCEL]
    # Of the citizens' mails no fact keeps a verdict here, and none is made up for them.
    assert [one.authentic for one in found] == [False, True, False]
    assert [one.inbox for one in await _received(database, opened=2.5)] == [3, 1]


@pytest.mark.asyncio
async def test_a_form_that_was_read_in_is_not_given_again(database: Database) -> None:
    await _keep(database, 1, mail(("svar.docx", WORD)), names=["svar.docx"])
    first = (await _received(database))[0]
    entries, remarks = entries_from(read_form(first.content, first.name), ROUND, first.sender, first.arrived_at)
    assert ([one.value for one in entries], remarks) == (["Vi svarar snabbt."], [])
    await _enter(database, entries)
    assert await _received(database) == []
    # The same owner sends another one later.
    await _keep(database, 2, mail(("igen.docx", WORD)), names=["igen.docx"], hours=4)
    assert [one.inbox for one in await _received(database)] == [2]


async def _enter(database: Database, entries: Sequence[Entry]) -> None:
    rows = [
        {"assessment": ROUND.id, "about": one.about, "field": one.field.value, "value": one.value, "by": one.by,
         "source": one.source.value, "base": one.base, "at": to_micros(one.at)}
        for one in entries
    ]  # fmt: skip
    async with database.writing() as connection:
        await connection.execute(insert(ENTRIES), rows)


@pytest.mark.asyncio
async def test_a_refused_form_of_ours_is_given_so_that_its_sender_can_be_told(database: Database) -> None:
    macros = packed({**parts(WORD), "word/vbaProject.bin": b"x"})
    await _keep(database, 1, mail(("svar.docm", macros)), names=["svar.docm"])
    assert [one.name for one in await _received(database)] == ["svar.docm"]

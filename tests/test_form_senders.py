"""Whose form a stored mail is, and who vouches for that: mails that went through the intake, on both databases."""

import email.policy
from email.message import EmailMessage

import pytest

from bot.channels.mail_read import read_mail
from bot.facts import OfficerId
from bot.store.database import Database
from bot.store.schema import inbox
from measurement.assessment.form_inbox import Judge, ReceivedForm, Sender, StoredMail, forms_received
from measurement.assessment.form_word import form_docx
from tests.conftest import MONDAY, FrozenClock
from tests.example import CONTACT
from tests.forms import ANNA, SV, form_of, round_of
from tests.town import Town

pytestmark = pytest.mark.asyncio

ROUND = round_of()
WORD = form_docx(form_of(ROUND), SV)
HOST = "mx.kommun.example"
ELSA = "elsa@example.org"


def mail(sender: str, verdict: str, *, to: str = CONTACT, number: int = 1) -> bytes:
    """A mail with a form, as the trusted host hands it on; `verdict` with the domain that it judged."""
    made = EmailMessage(policy=email.policy.SMTP.clone(refold_source="none"))
    if verdict:
        made["Authentication-Results"] = f"{HOST}; dmarc={verdict}"
    made["To"], made["Subject"], made["Message-ID"] = to, "Svar på frågorna", f"<svar-{number}@example.org>"
    made.set_content("Här kommer formuläret.\n")
    kind = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    made.add_attachment(WORD, maintype="application", subtype=kind, filename="svar.docx")
    return f"From: {sender}\r\n".encode() + made.as_bytes()


def judge(one: StoredMail) -> Sender:
    read = read_mail(one.content, trusted_host=HOST, envelope_sender=one.envelope, whole_size=one.size)
    return Sender(address=read.from_addr.lower(), authentic=read.authentic == "pass")


def nobody(one: StoredMail) -> Sender:
    raise AssertionError(f"mail {one.inbox} has a verdict")


async def received(town: Town, by: Judge = nobody) -> list[ReceivedForm]:
    async with town.database.reading() as connection:
        return [one async for one in forms_received(connection, ROUND.id, MONDAY, by)]


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


@pytest.mark.parametrize(
    ("verdict", "authentic"),
    [
        ("pass header.from=example.org", True), ("pass header.from=evil.example", False),
        ("fail header.from=example.org", False), ("none", False), ("", False),
    ],
)  # fmt: skip
async def test_the_verdict_of_a_citizens_mail_is_the_one_it_came_with(
    town: Town, verdict: str, authentic: bool
) -> None:
    await town.receive(mail(f"Elsa <{ELSA.upper()}>", verdict))
    (form,) = await received(town)
    assert (form.sender, form.authentic, form.name, form.content) == (ELSA, authentic, "svar.docx", WORD)


async def test_each_mail_of_a_case_has_its_own_verdict(town: Town) -> None:
    """Both lie in one case, as the second answers the first."""
    await town.receive(mail(ELSA, "pass header.from=example.org"))
    town.clock.forward(minutes=1)
    await town.receive(b"In-Reply-To: <svar-1@example.org>\r\n" + mail(ELSA, "fail header.from=example.org", number=2))
    forms = await received(town)
    assert len({row["outcome"] for row in await town.rows(inbox)}) == 1
    assert [(one.sender, one.authentic) for one in forms] == [(ELSA, True), (ELSA, False)]


@pytest.mark.parametrize(
    "forged",
    [
        # Once its words are decoded, it reads as if Anna's address stood first.
        f"=?utf-8?q?{ANNA.replace('@', '=40')}_=3C{ANNA.replace('@', '=40')}=3E=2C?= <eva@evil.example>",
        f'"{ANNA}" <eva@evil.example>', f"eva@evil.example (<{ANNA}>)",
    ],
)  # fmt: skip
async def test_a_verdict_is_never_lent_to_another_address(town: Town, forged: str) -> None:
    await town.receive(mail(forged, "pass header.from=evil.example"))
    (form,) = await received(town)
    assert (form.sender, form.authentic) == ("eva@evil.example", True)


@pytest.mark.parametrize(
    ("verdict", "authentic"), [("pass header.from=kommun.example", True), ("none", False), ("", False)]
)
async def test_the_desk_takes_what_nobody_spoke_against_so_its_mails_are_judged_anew(
    town: Town, verdict: str, authentic: bool
) -> None:
    desk = town.office.tokens.desk_address(CONTACT, OfficerId("anna"))
    await town.receive(mail(ANNA, verdict, to=desk), to=desk, sender=ANNA)
    assert [(row["state"], row["outcome"]) for row in await town.rows(inbox)] == [("done", "desk")]
    (form,) = await received(town, judge)
    assert (form.sender, form.authentic) == (ANNA, authentic)


async def test_what_the_desk_does_not_believe_is_held_for_a_person(town: Town) -> None:
    desk = town.office.tokens.desk_address(CONTACT, OfficerId("anna"))
    await town.receive(mail(ANNA, "fail header.from=kommun.example", to=desk), to=desk, sender=ANNA)
    assert [(row["state"], row["outcome"]) for row in await town.rows(inbox)] == [("held", "officer_not_confirmed")]
    assert await received(town, judge) == []

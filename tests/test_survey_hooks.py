"""Where surveys touch the rest: the settings, the minute's round, a chat that asks, and a person who is erased."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from bot.chat import ChatId
from bot.desk.answering import answer
from bot.facts import FactKind, OutboxId
from bot.housekeeping import Housekeeping
from bot.office import Office, SurveyRules
from bot.posts import queue_post
from bot.store.database import Database
from bot.store.figure_schema import invitations, ratings
from bot.store.ledger import Ledger
from bot.store.rows import MailKind
from bot.store.survey_rows import Invitation, Question, State, invitation_of
from bot.survey.contacts import Contact
from bot.survey.responding import decline, respond, take_offer
from bot.survey.round import Surveying
from config.building import office_of
from config.check_survey import survey_warnings
from config.settings import load
from config.texts import Texts
from sandbox.world import EXAMPLE
from tests.citizen import CitizenTown, chat_office
from tests.conftest import FrozenClock
from tests.surveys import SurveyTown

SV = Texts("sv", ZoneInfo("Europe/Stockholm"))


def settings_with(folder: Path, section: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    begin, end = text.index("[survey]"), text.index("# Opening hours.")
    (folder / "key").write_text("a key that only the tests use")
    config = folder / "service.toml"
    config.write_text(
        text[:begin].replace("var/key", f"{folder}/key") + section + "\n" + text[end:], encoding="utf-8"
    )  # fmt: skip
    return config


def test_the_example_asks_nobody_and_a_section_says_how(tmp_path: Path) -> None:
    assert load(EXAMPLE, environment=False).survey.enabled is False
    off = load(settings_with(tmp_path, "[survey]\nshare = 0.5\n"), environment=False)
    assert office_of(off, "x").survey is None
    on = load(
        settings_with(
            tmp_path,
            '[survey]\nenabled = true\ndelay_minutes = 30\nhours = "09:00-16:00"\nmin_days_between = 7\nshare = 0.5\n'
            'cap = 100\n[survey.page]\nurl = "https://kommun.example/enkat/"\n',
        ),
        environment=False,
    )  # fmt: skip
    assert office_of(on, "x").survey == SurveyRules(
        delay=timedelta(minutes=30), hours=(540, 960), rest=timedelta(days=7), share=0.5, cap=100,
        page="https://kommun.example/enkat",
    )  # fmt: skip


@pytest.mark.parametrize(
    "section", ['hours = "20:00-08:00"', "share = 1.1", "cap = 0", "enabled = true\n[survey.page]\nurl = 'kommun.se'"]
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, section: str) -> None:
    with pytest.raises(ValidationError):
        load(settings_with(tmp_path, f"[survey]\n{section}\n"), environment=False)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("", []),
        ("enabled = true", ["survey.page är inte satt"]),
        ('enabled = true\n[survey.page]\nurl = "https://kommun.example/e"', []),
        ('enabled = true\n[survey.page]\nurl = "http://127.0.0.1/e"', []),
        ('enabled = true\n[survey.page]\nurl = "http://kommun.example/e"', ["börjar med http."]),
    ],
)
def test_what_is_risky_is_said(tmp_path: Path, section: str, said: list[str]) -> None:
    found = list(survey_warnings(load(settings_with(tmp_path, f"[survey]\n{section}\n"), environment=False), SV))
    assert len(found) == len(said)
    assert all(words in text for words, text in zip(said, found, strict=True))


@pytest.mark.asyncio
async def test_housekeeping_draws_and_invites(database: Database, clock: FrozenClock) -> None:
    town = await SurveyTown(database, clock).begin()
    surveying = Surveying(database, lambda: town.office, clock.now)
    keeping = Housekeeping(database, lambda: town.office, town.outbox, clock.now, surveying=surveying)
    await town.asks()
    await town.officer_answers("anna", "På torsdag.")
    await keeping.round()
    assert await town.states() == [State.DRAWN]
    clock.forward(hours=1)
    await keeping.round()
    assert await town.states() == [State.SENT]
    await town.deliver()
    assert await town.states() == [State.DELIVERED]


def ask_in_chat(ledger: Ledger, office: Office, contact: Contact, chat: ChatId) -> OutboxId:
    """The first question, as the chat's face would ask it."""
    words = office.texts.t("Har du fått svar från någon av oss?")
    return queue_post(
        ledger, chat, words, case=contact.case.number, inquiry=contact.inquiry.no, kind=MailKind.SURVEY
    )  # fmt: skip


class ChatTown(CitizenTown):
    """A town whose citizens are asked in their chats."""

    async def begin(self) -> None:
        self.surveying = Surveying(self.database, lambda: self.office, self.clock.now, ask_in_chat)
        await self.database.try_intake()
        await self.surveying.round()

    async def asked(self) -> Invitation:
        """Let Elsa ask, Anna answer, and an hour pass."""
        await self.writes("Gatlyktan är trasig.")
        (case,) = await self.cases()
        await self.officer(answer, case, "Lagas på torsdag.", again=False, attached=False)
        await self.surveying.round()
        await self.later(hours=1)
        await self.surveying.round()
        await self.deliver()
        return (await self.invitations())[-1]

    async def invitations(self) -> list[Invitation]:
        return [invitation_of(row) for row in await self.rows(invitations)]

    async def answers(self, *given: tuple[Question, int | None, str]) -> Invitation:
        (one,) = await self.invitations()
        assert one.case is not None

        def do(ledger: Ledger) -> None:
            (known,) = ledger.known.survey.of_case(one.case)  # type: ignore[arg-type]
            for question, grade, comment in given:
                respond(ledger, self.office, known, question, grade, comment)

        await self.on_ledger(one.case, do)
        return (await self.invitations())[0]

    async def said(self) -> list[tuple[str, int | None, str]]:
        return [(row["question"], row["grade"], row["comment"]) for row in await self.rows(ratings)]


def chat_surveys() -> Office:
    return replace(chat_office(), survey=SurveyRules())


@pytest.mark.asyncio
async def test_who_is_reached_in_a_chat_is_asked_there_step_by_step(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    one = await town.asked()
    assert (one.state, one.channel, one.step, one.secret) == (State.DELIVERED, "telegram", Question.ANSWERED, "")
    assert town.last().text == "Har du fått svar från någon av oss?"
    assert town.last().mail.kind is MailKind.SURVEY
    steps = list[Question | None]()
    for question, grade in ((Question.ANSWERED, 1), (Question.RECEPTION, 4), (Question.CLARITY, None)):
        steps.append((await town.answers((question, grade, ""))).step)
    assert steps == [Question.RECEPTION, Question.CLARITY, Question.EASE]
    # A late press on an old button changes nothing, a question that was passed over stays unanswered.
    await town.answers((Question.RECEPTION, 1, ""), (Question.ANSWERED, 0, ""), (Question.REASONABLE, 2, ""))
    last = await town.answers((Question.COMMENT, None, "När lagas den andra?"))
    assert (last.step, last.state) == (Question.OFFER, State.ANSWERED)
    assert await town.said() == [
        ("answered", 1, ""), ("reception", 4, ""), ("clarity", None, ""), ("comment", None, "När lagas den andra?"),
    ]  # fmt: skip
    assert len(await town.facts(FactKind.RESPONDED)) == 1


@pytest.mark.asyncio
async def test_the_offer_hands_out_the_words_once_and_keeps_them_no_longer(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    one = await town.asked()
    await town.answers((Question.ANSWERED, 0, ""), (Question.COMMENT, None, "Mitt bygglov har jag inte fått."))
    taken = list[str]()

    def do(ledger: Ledger) -> None:
        assert one.case is not None
        (known,) = ledger.known.survey.of_case(one.case)
        taken.extend([take_offer(ledger, known, wanted=True), take_offer(ledger, known, wanted=True)])

    assert one.case is not None
    await town.on_ledger(one.case, do)
    assert taken == ["Mitt bygglov har jag inte fått.", ""]
    assert await town.said() == [("answered", 0, "")]


@pytest.mark.asyncio
async def test_a_grade_that_does_not_exist_is_refused(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    await town.asked()
    for question, grade in ((Question.RECEPTION, 6), (Question.ANSWERED, None), (Question.REASONABLE, 5)):
        with pytest.raises(ValueError, match="has no grade"):
            await town.answers((question, grade, ""))
    assert await town.said() == []


@pytest.mark.asyncio
async def test_a_no_in_the_middle_leaves_what_was_answered(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    one = await town.asked()
    await town.answers((Question.ANSWERED, 1, ""))
    assert one.case is not None
    await town.on_ledger(one.case, lambda ledger: decline(ledger, town.office, one))
    (after,) = await town.invitations()
    assert (after.state, after.step) == (State.ANSWERED, None)


@pytest.mark.asyncio
async def test_chats_are_left_in_peace_where_nothing_asks_in_them(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    town.surveying = Surveying(database, lambda: town.office, town.clock.now)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Lagas på torsdag.", again=False, attached=False)
    await town.surveying.round()
    assert await town.invitations() == []


@pytest.mark.asyncio
async def test_after_radera_the_answers_stay_and_are_nobodys(database: Database) -> None:
    town = ChatTown(database, office=chat_surveys())
    await town.begin()
    await town.asked()
    await town.answers((Question.ANSWERED, 1, ""), (Question.RECEPTION, 2, ""))
    await town.writes("/radera")
    await town.presses("Ja, radera")
    (one,) = await town.invitations()
    assert (one.case, one.address, one.inquiry, one.outbox) == (None, None, None, None)
    async with database.reading() as connection:
        links = (await connection.execute(select(ratings.c.invitation))).scalars().all()
    assert list(links) == [None, None]
    assert await town.said() == [("answered", 1, ""), ("reception", 2, "")]

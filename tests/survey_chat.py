"""A chat in which those who got an answer are asked what it was like."""

from dataclasses import replace
from typing import Any

from bot.chat import ChatId, PostId
from bot.desk.answering import answer
from bot.facts import CaseNumber
from bot.inquiry import fold_inquiries
from bot.office import SurveyRules
from bot.outbox import Ending, record_ending
from bot.store.database import Database
from bot.store.figure_schema import invitations, ratings
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState, OutgoingMail
from bot.store.schema import originals
from bot.store.survey_rows import Invitation, invitation_of
from bot.survey.chat import ask_in_chat
from bot.survey.round import Surveying
from tests.citizen import ELSA, CitizenTown, Seen, chat_office
from tests.conftest import FrozenClock


class SurveyChat(CitizenTown):
    """A town of chats that asks; what is edited keeps its number, as the service has it."""

    def __init__(self, database: Database, clock: FrozenClock | None = None, **rules: Any) -> None:
        super().__init__(database, clock, chat_office(survey=SurveyRules(**rules)))
        self.surveying = Surveying(database, lambda: self.office, self.clock.now, ask_in_chat)
        self.closed: set[ChatId] = set()

    async def begin(self) -> "SurveyChat":
        """Let the draw begin: what was answered before it is never asked about."""
        await self.database.try_intake()
        await self.surveying.round()
        return self

    async def answered(self, text: str = "När lagas gatlyktan?", *, chat: ChatId = ELSA) -> CaseNumber:
        """Let somebody ask and Anna answer; return the case."""
        await self.writes(text, chat=chat)
        case = (await self.cases())[-1]
        await self.officer(answer, case, "På torsdag.", again=True, attached=False)
        return case

    async def asked(self, text: str = "När lagas gatlyktan?", *, chat: ChatId = ELSA) -> CaseNumber:
        """Let somebody ask, Anna answer, an hour pass and the invitation come; return the case."""
        case = await self.answered(text, chat=chat)
        await self.surveying.round()
        await self.round(hours=1)
        return case

    async def round(self, **parts: float) -> int:
        """Let time pass, and a round of surveys be done."""
        self.clock.forward(**parts)
        invited = await self.surveying.round()
        await self.deliver()
        return invited

    async def says(self, *texts: str) -> None:
        """Write one after the other, a minute between."""
        for text in texts:
            await self.writes(text)
            self.clock.forward(minutes=1)

    async def deliver(self) -> None:
        """Let the channels accept what is due; chats that are closed to us refuse."""
        due = [one for one in await self._due() if one.to_addr in {f"telegram:{chat}" for chat in self.closed}]
        if due:
            async with self.database.writing() as connection:
                cases = {one.case for one in due if one.case}
                ledger = await open_ledger(connection, Wanted(cases=cases, outbox={one.id for one in due}), self.now)
                for mail in due:
                    record_ending(ledger, self.office, Ending(
                        mail=mail, state=OutboxState.DEAD, at=self.now, due_at=self.now, attempts=1, status="blocked",
                    ))  # fmt: skip
                await ledger.write(connection)
        await super().deliver()

    @property
    def now(self) -> Any:
        return self.clock.now()

    async def _due(self) -> list[OutgoingMail]:
        from sqlalchemy import select

        from bot.store.deliveries import outgoing
        from bot.store.schema import outbox

        async with self.database.reading() as connection:
            rows = (await connection.execute(select(outbox).where(outbox.c.state == "new"))).mappings().all()
        return [one for one in map(outgoing, rows) if one.due_at <= self.now]

    def _accepted(self, mail: OutgoingMail) -> OutgoingMail:
        edited = mail.form.edits
        if edited is None:
            return super()._accepted(mail)
        chat = ChatId(int(mail.to_addr.partition(":")[2]))
        place = next(at for at, one in enumerate(self.seen[chat]) if one.post == edited)
        before = self.seen[chat][place].mail
        after = mail if mail.text else replace(before, form=mail.form)
        self.seen[chat][place] = Seen(edited, after)
        return replace(mail, posted=(edited,))

    def survey(self, chat: ChatId = ELSA) -> list[Seen]:
        """The posts of the survey, as they stand now."""
        return [one for one in self.got(chat) if one.mail.kind is MailKind.SURVEY]

    async def ratings(self) -> dict[str, Any]:
        """The answers given, by question; comments as text, "do not know" as None."""
        return {
            row["question"]: row["comment"] if row["question"] == "comment" else row["grade"]
            for row in await self.rows(ratings)
        }

    async def invitations(self) -> list[Invitation]:
        return [invitation_of(row) for row in await self.rows(invitations)]

    async def waiting(self, case: CaseNumber) -> int:
        """How many inquiries of the case wait for an answer."""
        return sum(one.waits for one in fold_inquiries([fact for fact in await self.facts() if fact.case == case]))

    async def kept_events(self) -> set[int]:
        """The rows of the inbox whose bytes are still there."""
        return {row["inbox"] for row in await self.rows(originals)}


def first_post(town: SurveyChat) -> PostId:
    return town.survey()[0].post

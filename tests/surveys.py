"""A town in which those who got an answer are asked what it was like."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.facts import CaseNumber, FactKind, InboxId
from bot.office import Office, SurveyRules
from bot.port import Outbound
from bot.store.database import Database, DatabaseUrl
from bot.store.figure_schema import asked, invitations, ratings
from bot.store.ledger import Ledger, open_ledger
from bot.store.migrate import migrate
from bot.store.reading import Wanted
from bot.store.schema import inbox
from bot.store.survey_rows import Invitation, State, invitation_of
from bot.survey.round import AskInChat, Surveying
from tests.conftest import FrozenClock
from tests.example import make_mail, make_office
from tests.town import Town

ELSA, OMAR = "elsa@example.org", "omar@example.net"
PAGE = "https://kommun.example/enkat"
HOUR = timedelta(hours=1)


def survey_office(**rules: Any) -> Office:
    """The municipality of the tests, which asks."""
    return replace(make_office(), survey=SurveyRules(**{"page": PAGE} | rules))


class SurveyTown(Town):
    """A whole service without its sockets that asks; a round is one minute of housekeeping."""

    def __init__(
        self, database: Database, clock: FrozenClock, office: Office | None = None, chat: AskInChat | None = None
    ) -> None:
        super().__init__(database, clock, office or survey_office())
        self.surveying = Surveying(database, lambda: self.office, clock.now, chat)
        self._mails = 0

    async def begin(self) -> "SurveyTown":
        """Let the draw begin: what was answered before it is never asked about."""
        await self.database.try_intake()
        await self.surveying.round()
        return self

    async def answered(self, sender: str = ELSA, text: str = "När lagas gatlyktan?", **headers: Any) -> CaseNumber:
        """Let somebody ask and Anna answer, and draw; return the case."""
        case = await self.asks(sender, text, **headers)
        await self.officer_answers("anna", "På torsdag.", f"svar-{self._mails}@kommun.example")
        await self.surveying.round()
        return case

    async def asks(self, sender: str = ELSA, text: str = "När lagas gatlyktan?", **headers: Any) -> CaseNumber:
        self._mails += 1
        mail = make_mail(text, sender=sender, message_id=f"fraga-{self._mails}@example.org", **headers)
        await self.receive(mail, sender=sender)
        return CaseNumber((await self.facts())[-1].case)

    async def asked(self, sender: str = ELSA) -> Outbound:
        """Let an hour pass and the invitation leave; return it."""
        self.clock.forward(hours=1)
        await self.round()
        return self.invitations_to(sender)[-1]

    async def round(self) -> int:
        invited = await self.surveying.round()
        await self.deliver()
        return invited

    def invitations_to(self, address: str) -> list[Outbound]:
        return [mail for mail in self.relay.to(address) if mail.subject.startswith("Hur var det att kontakta oss?")]

    async def replies(self, text: str, invitation: Outbound, **headers: Any) -> dict[str, Any]:
        """Reply to an invitation by mail; return the row of the inbox."""
        self._mails += 1
        given = {"message_id": f"enkat-{self._mails}@example.org", "In_Reply_To": f"<{invitation.message_id}>"}
        mail = make_mail(text, to=invitation.reply_to, subject=f"Re: {invitation.subject}", **{**given, **headers})
        await self.receive(mail, to=invitation.reply_to)
        return (await self.rows(inbox))[-1]

    async def ratings(self) -> dict[str, Any]:
        """Return the answers given, by question; comments as text, "do not know" as None."""
        return {
            row["question"]: row["comment"] if row["question"] == "comment" else row["grade"]
            for row in await self.rows(ratings)
        }

    async def states(self) -> list[State]:
        return [one.state for one in await self.invitations()]

    async def invitations(self) -> list[Invitation]:
        return [invitation_of(row) for row in await self.rows(invitations)]

    async def told(self, kind: FactKind) -> list[dict[str, Any]]:
        return [dict(fact.data) for fact in await self.facts() if fact.kind is kind]

    async def people_asked(self) -> list[str]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(asked.c.person))).scalars())

    async def original(self, inbox_id: InboxId) -> bytes:
        from bot.store.inbox import original

        async with self.database.reading() as connection:
            return await original(connection, inbox_id)

    @asynccontextmanager
    async def ledger(self, *cases: CaseNumber) -> AsyncIterator[Ledger]:
        """Give a ledger that is written at the end."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(cases=set(cases)), self.clock.now())
            yield ledger
            await ledger.write(connection)


def links_in(mail: Outbound) -> list[str]:
    """Return the links of an invitation: yes, no, and to be asked no more."""
    return re.findall(r"https://\S+", mail.text)


@asynccontextmanager
async def survey_town(folder: Path, **rules: Any) -> AsyncIterator[SurveyTown]:
    """Give a town of its own on SQLite, for tests that play it many times."""
    database = Database(DatabaseUrl.parse(f"sqlite:///{folder}/k.db"))
    try:
        await migrate(database)
        await database.take_ownership()
        yield await SurveyTown(database, FrozenClock(), survey_office(**rules)).begin()
    finally:
        await database.close()


def bounce(message_id: str) -> bytes:
    """A report that a mail did not arrive, as its receiver's server writes it (RFC 3464)."""
    return (
        "From: Mailer-Daemon <mailer-daemon@example.org>\r\nTo: kontakt@kommun.example\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.org\r\n\r\n"
        "Final-Recipient: rfc822; elsa@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n\r\n--b--\r\n"
    ).encode()

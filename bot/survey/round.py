"""The round of surveys: draws among what was answered since the last time, and invites those whose time has come.

One process does it, the one that does the intake. Doing it twice invites nobody twice.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, chat_at
from bot.errors import where
from bot.facts import CaseNumber, OutboxId, Seq
from bot.office import CurrentOffice, Office, SurveyRules
from bot.store import survey_reading as reading
from bot.store.chat_rows import WantedChats
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.survey_rows import Invitation, State
from bot.store.waiting import addresses_in
from bot.survey.contacts import LATEST, Contact, contact_of, inquiry_answered_by, invitation_for
from bot.survey.drawing import DECLINED_FOR, draw, due_at, lot_of, next_allowed, rests
from bot.survey.letter import Sent, queue_invitation
from bot.survey.people import People, asked_key, declined_key, people_of
from bot.survey.responding import OPEN_FOR, invited

logger = logging.getLogger(__name__)

AskInChat = Callable[[Ledger, Office, Contact, ChatId], OutboxId]
"""Queues the first question to a chat and returns what carries it: a post of `MailKind.SURVEY` with case and inquiry,
so that its delivery is counted."""


class Surveying:
    """Draws and invites. Without `ask_in_chat` those who are reached in a chat are not asked."""

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        now: Callable[[], datetime],
        ask_in_chat: AskInChat | None = None,
    ) -> None:
        """Keep the parts; nothing starts yet."""
        self._database = database
        self._current = office
        self._now = now
        self._ask_in_chat = ask_in_chat

    async def round(self) -> int:
        """Draw, invite and let run out what is due now, and return how many were invited.

        Raises:
            TryLater: the database is away; what was not done is done next time.
        """
        office, now = self._current(), self._now()
        if not self._database.has_intake:
            return 0
        await self._run_out(now)
        if office.survey is None:
            return 0
        await self._draw(office, office.survey, now)
        return await self._invite(office, office.survey, now)

    async def _run_out(self, now: datetime) -> None:
        """Let invitations end whose time has passed, also where surveys were switched off meanwhile."""
        async with self._database.reading() as connection:
            ended = await reading.run_out(connection, now - OPEN_FOR)
        if ended:
            async with self._database.writing() as connection:
                await reading.expire(connection, now - OPEN_FOR)

    async def _draw(self, office: Office, rules: SurveyRules, now: datetime) -> None:
        async with self._database.reading() as connection:
            seen, newest = await reading.seen(connection), await reading.newest(connection)
            answers = await reading.answered_since(connection, seen, now - LATEST) if seen is not None else []
        if not answers and seen is not None:
            return
        async with self._database.writing() as connection:
            if answers:
                people = await _people(connection, office, {case for case, _ in answers}, now - rules.rest)
                ledger = await open_ledger(connection, people.wanted, now)
                draw_answered(ledger, office, rules, answers, people, chats=self._ask_in_chat is not None)
                await ledger.write(connection)
            # What was answered before surveys were first switched on is never asked about.
            await reading.remember(connection, newest)

    async def _invite(self, office: Office, rules: SurveyRules, now: datetime) -> int:
        if not await self._due(now) or next_allowed(office.calendar, rules, now) > now:
            return 0
        async with self._database.writing() as connection:
            due = [one for one in await reading.read_drawn(connection) if one.due_at <= now]
            cases = {one.case for one in due if one.case is not None}
            people = await _people(connection, office, cases, now - rules.rest)
            full = await _full(connection, office, rules, now)
            await reading.forget_asked_before(connection, now - max(rules.rest, DECLINED_FOR))
            ledger = await open_ledger(connection, people.wanted, now)
            states = [self._invite_one(ledger, office, rules, one, people, full) for one in due]
            await ledger.write(connection)
        return states.count(State.SENT)

    async def _due(self, now: datetime) -> bool:
        async with self._database.reading() as connection:
            return any(one.due_at <= now for one in await reading.read_drawn(connection))

    def _invite_one(
        self, ledger: Ledger, office: Office, rules: SurveyRules, one: Invitation, people: People, full: Collection[str]
    ) -> State:
        """Invite the person of one contact, or write down why not; a case that cannot be read holds up no other."""
        try:
            contact = _still(ledger, office, one)
            state = State.WITHDRAWN if contact is None else _hindrance(ledger, office, rules, contact, people, full)
            sent = self._ask(ledger, office, contact) if contact is not None and state is State.SENT else None
        except ValueError as error:
            logger.error("case %s was not asked: our fault: %s", one.case, where(error))
            contact, state, sent = None, State.WITHDRAWN, None
        if contact is None or sent is None:
            state = State.WITHDRAWN if state is State.SENT else state
            ledger.known.survey.change(replace(one, state=state, step=None))
            return state
        fresh = invitation_for(office, contact, State.SENT, one.due_at, one.drawn_at)
        asked = replace(fresh, id=one.id, outbox=sent.outbox, secret=sent.secret, sent_at=ledger.now)
        invited(ledger, ledger.known.survey.change(asked))
        for address in people_of(ledger, contact.address):
            people.ask(ledger, office, address)
        return State.SENT

    def _ask(self, ledger: Ledger, office: Office, contact: Contact) -> Sent | None:
        chat = chat_at(contact.to_addr)
        if chat is None:
            return queue_invitation(ledger, office, contact)
        return Sent(self._ask_in_chat(ledger, office, contact, chat)) if self._ask_in_chat is not None else None


def _still(ledger: Ledger, office: Office, one: Invitation) -> Contact | None:
    """Return the contact of a drawn invitation, if it may still be asked and is not long past its time."""
    if one.case is None or one.inquiry is None or ledger.now - one.due_at > LATEST:
        return None
    return contact_of(ledger, office, one.case, one.inquiry)


def _hindrance(
    ledger: Ledger, office: Office, rules: SurveyRules, contact: Contact, people: People, full: Collection[str]
) -> State:
    """Return what becomes of a contact whose time has come: `SENT` if nothing stands in the way."""
    if rests(rules, people.lately(ledger, office, contact), ledger.now):
        return State.SUPPRESSED
    return State.CAPPED if contact.inquiry.channel in full else State.SENT


def draw_answered(
    ledger: Ledger,
    office: Office,
    rules: SurveyRules,
    answers: Sequence[tuple[CaseNumber, Seq]],
    people: People,
    *,
    chats: bool,
) -> None:
    """Draw among inquiries that were answered (case, and seq of the answer), each once, and write down what came of it.

    `chats`: those who are reached in a chat are asked too. A case that cannot be read does not hold up the others.
    """
    for case, seq in answers:
        try:
            number = inquiry_answered_by(ledger.facts_of(case), seq)
            contact = contact_of(ledger, office, case, number) if number is not None else None
            if contact is not None and (chats or chat_at(contact.to_addr) is None) and not people.was_up(contact):
                _draw_one(ledger, office, rules, contact, people)
        except ValueError as error:
            logger.error("case %s was not drawn: our fault: %s", case, where(error))


def _draw_one(ledger: Ledger, office: Office, rules: SurveyRules, contact: Contact, people: People) -> None:
    lot = lot_of(office.tokens, contact.case.number, contact.inquiry.no)
    state = draw(rules, lot, people.lately(ledger, office, contact), ledger.now)
    due = due_at(office.calendar, rules, contact.answered_at)
    row = invitation_for(office, contact, state, due, ledger.now)
    if state is State.DRAWN:
        for other in people.pending(ledger, contact):
            people.drawn.remove(other)
            ledger.known.survey.displace(other)
    else:
        row = replace(row, step=None)
    people.up(row)
    ledger.known.survey.add(row)


async def _people(
    connection: AsyncConnection, office: Office, cases: Collection[CaseNumber], since: datetime
) -> People:
    senders = await addresses_in(connection, cases)
    keys = {key(office, address) for address in senders for key in (asked_key, declined_key)}
    chats = {chat for address in senders if (chat := chat_at(address)) is not None}
    return People(
        # The chats for the language chosen there: it may have been chosen after the answer.
        Wanted(cases=set(cases), senders=senders, chats=WantedChats(chats=chats)),
        contacts=await reading.contacts_of(connection, cases, since),
        asked=await reading.read_asked(connection, keys),
        drawn=await reading.read_drawn(connection),
        before=await reading.read_of_cases(connection, cases),
    )


async def _full(connection: AsyncConnection, office: Office, rules: SurveyRules, now: datetime) -> set[str]:
    """Return the channels in which the year's answers are in, counted by the ISO year of the contacts' weeks."""
    year = office.calendar.local(now).isocalendar().year
    count = await reading.answered_in(connection, f"{year}-", f"{year + 1}-")
    return {channel for channel, answers in count.items() if answers >= rules.cap}

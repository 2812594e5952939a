"""A private chat on a real database: what a citizen does goes in as events, and what we post is there to be read.

The service that carries the chat is played by hand: what is due is accepted, numbered, and known by its number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.chat import (
    ChatEvent,
    ChatFile,
    ChatId,
    ChatKind,
    EventKind,
    FileKind,
    Form,
    PostId,
    UserId,
    chat_address,
    chat_at,
)
from bot.chat_intake import ChatIntake
from bot.citizen.room import CitizenChat
from bot.desk.acts import Act
from bot.facts import CaseNumber, Channel, Fact, FactKind, InboxId, OfficerId
from bot.inquiry import Inquiry, fold_inquiries
from bot.intake import Intake
from bot.intake_service import IntakeService
from bot.office import ChatRules, Door, DoorWord, Office
from bot.outbox import Ending, record_ending
from bot.port import Inbound, RawInbound
from bot.store import inbox
from bot.store.chat_deliveries import keep_posted
from bot.store.chat_rows import PressAnswer
from bot.store.chat_schema import chats
from bot.store.database import Database
from bot.store.deliveries import outgoing
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState, OutgoingMail, fact_of
from bot.store.schema import facts, files, messages, outbox
from bot.store.schema import inbox as stored
from tests.conftest import FrozenClock
from tests.example import make_office

ELSA = ChatId(1001)
OMAR = ChatId(1002)
PLACES = {"reception1": "Receptionen", "bibliotek": "Biblioteket"}
WORDS = (
    DoorWord(door=Door.DANGER, words="ta mitt liv"), DoorWord(door=Door.CHILD, words="barn far illa"),
    DoorWord(door=Door.APPEAL, words="överklag*"), DoorWord(door=Door.SECRECY, words="skyddad adress"),
)  # fmt: skip


def chat_office(**changed: Any) -> Office:
    """The municipality of the tests, with chats."""
    office = replace(make_office(), chat=ChatRules(places=PLACES), door_words=WORDS, on_call="jour@kommun.example")
    return replace(office, **changed)


class NoStaff:
    """Nobody of the staff is in these chats."""

    def take_private(self, *_: object) -> None:
        raise AssertionError("nobody is an officer here")

    take_group = take_place = take_private

    def take_stranger(self, *_: object) -> bool:
        return False


class Played:
    """Gives the events that were played by the bytes they were kept as."""

    def __init__(self) -> None:
        self.events: dict[bytes, ChatEvent] = {}
        self.answers: list[PressAnswer] = []

    def read(self, raw: bytes) -> ChatEvent:
        return self.events[raw]

    def answer_presses(self, answers: Sequence[PressAnswer]) -> None:
        self.answers += answers


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of ours that the person has got."""

    post: PostId
    mail: OutgoingMail

    @property
    def text(self) -> str:
        return self.mail.text

    @property
    def form(self) -> Form:
        return self.mail.form

    def data_of(self, words: str) -> str:
        """What the button with these words carries."""
        return next(one.data for row in self.form.buttons for one in row if one.words == words)

    @property
    def buttons(self) -> list[str]:
        return [one.words for row in self.form.buttons for one in row]


class CitizenTown:
    """The intake with chats, on a real database, with a clock that is driven."""

    def __init__(self, database: Database, clock: FrozenClock | None = None, office: Office | None = None) -> None:
        self.database = database
        self.clock = clock or FrozenClock()
        self.office = office or chat_office()
        self.played = Played()
        self.seen: dict[ChatId, list[Seen]] = {}
        self.mails: list[OutgoingMail] = []
        room = CitizenChat(lambda: self.office, lambda: "exempelbot")
        chat = ChatIntake(lambda: self.office, room, NoStaff())
        intake = Intake(lambda: self.office, lambda *_: None, chat.take)
        self.intake = IntakeService(
            database, lambda: self.office, intake, lambda _: Inbound(), self.clock.now, chat=self.played
        )  # fmt: skip
        self._post = 10
        self._update = 0

    # what the citizen does

    async def writes(self, text: str = "", *, chat: ChatId = ELSA, **parts: Any) -> PostId:
        """Write one message, have it taken in, and get what follows; return its number."""
        post = await self.keeps(text, chat=chat, **parts)
        await self.settles()
        return post

    async def keeps(
        self, text: str = "", *, chat: ChatId = ELSA, kind: EventKind = EventKind.MESSAGE, post: int = 0, **parts: Any
    ) -> PostId:
        """Write one message that is only stored so far."""
        self._update += 1
        if not post:
            self._post += 1
        number = PostId(post or self._post)
        press = kind is EventKind.PRESS
        event = ChatEvent(
            update=self._update, key=f"1:{self._update}", kind=kind, chat=chat, chat_kind=ChatKind.PRIVATE,
            post=number, user=UserId(chat), text=text, **{"at": None if press else self.clock.now(), **parts},
        )  # fmt: skip
        await self.keep_event(event)
        return number

    async def keep_event(self, event: ChatEvent) -> InboxId:
        raw = f"event {event.update}".encode()
        self.played.events[raw] = event
        kept = RawInbound(
            channel=Channel.TELEGRAM, external_id=event.key, raw=raw, recipients=(), sender=None,
            arrived_at=self.clock.now(),
        )  # fmt: skip
        async with self.database.writing(in_turn=False) as connection:
            return (await inbox.keep_all(connection, [kept]))[0]

    async def edits(self, post: PostId, text: str, *, chat: ChatId = ELSA, **parts: Any) -> None:
        await self.writes(text, chat=chat, kind=EventKind.EDIT, post=post, **parts)

    async def presses(self, words: str, *, chat: ChatId = ELSA) -> str:
        """Press the newest button with these words; return what stood up for a moment."""
        seen = next(one for one in reversed(self.seen[chat]) if words in one.buttons)
        return await self.presses_data(seen.data_of(words), chat=chat, post=seen.post)

    async def presses_data(self, data: str, *, chat: ChatId = ELSA, post: int = 1) -> str:
        self.played.answers.clear()
        await self.writes(chat=chat, kind=EventKind.PRESS, post=post, press=f"p{self._update}", data=data)
        assert len(self.played.answers) == 1, "each press is answered, and once"
        return self.played.answers[0].words

    # what the service does

    async def settles(self) -> None:
        """Take in what is stored, and let the channels accept what is due."""
        while await self.intake.take_batch():
            pass
        await self.deliver()

    async def deliver(self) -> None:
        async with self.database.writing() as connection:
            due = select(outbox).where(outbox.c.state == OutboxState.NEW.value, outbox.c.due_at <= self.clock.now())
            rows = (await connection.execute(due.order_by(outbox.c.id))).mappings().all()
            mails = [self._accepted(outgoing(row)) for row in rows]
            wanted = Wanted(cases={one.case for one in mails if one.case}, outbox={one.id for one in mails})
            ledger = await open_ledger(connection, wanted, self.clock.now())
            for mail in mails:
                record_ending(ledger, self.office, self._sent(mail))
            await ledger.write(connection)
            await keep_posted(connection, mails)

    def _accepted(self, mail: OutgoingMail) -> OutgoingMail:
        chat = chat_at(mail.to_addr)
        if chat is None:
            self.mails.append(mail)
            return mail
        self._post += 1
        post = PostId(self._post)
        self.seen.setdefault(chat, []).append(Seen(post, mail))
        return replace(mail, posted=() if mail.form.deletes or mail.form.reacts else (post,))

    def _sent(self, mail: OutgoingMail) -> Ending:
        now = self.clock.now()
        return Ending(mail=mail, state=OutboxState.SENT, at=now, due_at=now, attempts=1)

    async def later(self, **parts: float) -> None:
        self.clock.instant += timedelta(**parts)
        await self.deliver()

    # what staff do

    async def officer(
        self, act: Callable[..., Any], case: CaseNumber, *args: Any, who: str = "anna", **words: Any
    ) -> Any:
        """Have an officer do something in a case, and let everything that follows happen."""
        officer = self.office.officer(OfficerId(who))
        assert officer is not None
        self._update += 1
        done = Act(officer=officer, case=case, inquiry=0, source=f"desk:{self._update}", digest=f"d{self._update}")
        result = await self.on_ledger(case, lambda ledger: act(ledger, self.office, done, *args, **words))
        await self.deliver()
        return result

    async def on_ledger(self, case: CaseNumber, do: Callable[[Ledger], Any]) -> Any:
        every = {case, *(await self.cases())}
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(texts=every), self.clock.now())
            result = do(ledger)
            await ledger.write(connection)
        return result

    # what there is to be seen

    def got(self, chat: ChatId = ELSA) -> list[Seen]:
        """All messages of words that the person has got."""
        return [one for one in self.seen.get(chat, []) if one.text]

    def last(self, chat: ChatId = ELSA) -> Seen:
        return self.got(chat)[-1]

    def receipts(self, chat: ChatId = ELSA) -> list[Seen]:
        return [one for one in self.got(chat) if one.mail.kind is MailKind.ACKNOWLEDGEMENT]

    def reactions(self, chat: ChatId = ELSA) -> list[Seen]:
        return [one for one in self.seen.get(chat, []) if one.form.reacts]

    def letters(self, to: str) -> list[OutgoingMail]:
        return [mail for mail in self.mails if mail.to_addr == to]

    def notices(self) -> list[OutgoingMail]:
        return [mail for mail in self.mails if mail.kind is MailKind.NOTICE]

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        key = list(table.primary_key.columns)
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(select(table).order_by(*key))).mappings()]

    async def messages(self) -> list[dict[str, Any]]:
        return [row for row in await self.rows(messages) if row["direction"] == "in"]

    async def files(self) -> list[dict[str, Any]]:
        return await self.rows(files)

    async def facts(self, kind: FactKind | None = None) -> list[Fact]:
        found = [fact_of(row) for row in await self.rows(facts)]
        return [one for one in found if kind in {None, one.kind}]

    async def cases(self) -> list[CaseNumber]:
        """The numbers of all cases in the order they were opened."""
        return list(dict.fromkeys(fact.case for fact in await self.facts(FactKind.RECEIVED)))

    async def inquiries(self, case: CaseNumber) -> tuple[Inquiry, ...]:
        return fold_inquiries([fact for fact in await self.facts() if fact.case == case])

    async def chat_row(self, chat: ChatId = ELSA) -> dict[str, Any] | None:
        return next((row for row in await self.rows(chats) if row["chat"] == chat), None)

    async def states(self) -> dict[str, int]:
        """How many stored events are in which state."""
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(stored.c.state))).scalars().all()
        return {state: rows.count(state) for state in set(rows)}


def photo(number: int = 1, *, size: int = 1000, kind: FileKind = FileKind.PHOTO) -> ChatFile:
    return ChatFile(remote=f"remote-{number}", kind=kind, name=f"foto-{number}.jpg", media_type="image/jpeg", size=size)


def address_of(chat: ChatId) -> str:
    return chat_address(chat)

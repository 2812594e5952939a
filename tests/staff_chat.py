"""The staff's chats on a real database: events in, what is posted out, without any service behind it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.arrival import wanted
from bot.case import CaseNow, fold_case
from bot.chat import ChatEvent, ChatId, ChatKind, EventKind, PostId, ThreadId, UserId, chat_address, chat_at
from bot.chat_arrival import ChatArrival, arrive_in_chat
from bot.chat_intake import ChatIntake
from bot.desk.chat.face import StaffChat
from bot.desk.mail_face import MailFace
from bot.desk.replying import answer_replies
from bot.facts import CaseNumber, Channel, Fact, FactKind, InboxId, Kind, OfficerId, OutboxId, UnitId
from bot.intake import Intake
from bot.office import ChatRules, Office, Officer, Role, Topic
from bot.outbox import Ending, record_ending
from bot.store.chat_book import ChatBook
from bot.store.chat_deliveries import keep_posted
from bot.store.chat_rows import PressAnswer, TopicRow, TopicState, WantedChats
from bot.store.database import Database, DatabaseUrl
from bot.store.deliveries import outgoing
from bot.store.ledger import Ledger, open_ledger
from bot.store.migrate import migrate
from bot.store.reading import Wanted
from bot.store.rows import Direction, InboxRow, InboxState, MailKind, OutboxState, OutgoingMail
from bot.store.schema import outbox
from tests.conftest import FrozenClock
from tests.desk import PlainReading
from tests.example import make_office

GROUP = ChatId(-1001)
"""The group of the contact centre, with topics."""
BUILDING = ChatId(-1002)
ELSA = ChatId(1001)
USERS = {"anna": UserId(11), "bo": UserId(12), "cia": UserId(13), "lea": UserId(14), "ada": UserId(15)}
"""Who is linked from the beginning, each with a private chat of the same number."""
STRANGER = UserId(99)
TOPICS = (Topic(id="bygglov", name="Bygglov"), Topic(id="forskola", name="Förskola"))  # type: ignore[arg-type]


def chat_office(**changes: Any) -> Office:
    """The municipality with groups, a lead, an administrator, topics, and a minute for regret."""
    office = make_office()
    kc = frozenset({UnitId("kc")})
    lead = Officer(id=OfficerId("lea"), name="Lea Exempel", email="lea@kommun.example", units=kc, role=Role.LEAD)
    admin = Officer(id=OfficerId("ada"), name="Ada Exempel", email="ada@kommun.example", units=kc, role=Role.ADMIN)
    contact, building = office.units
    known = replace(
        office, officers=(*office.officers, lead, admin), topics=TOPICS, regret=timedelta(seconds=60),
        units=(replace(contact, group=int(GROUP)), replace(building, group=int(BUILDING))), chat=ChatRules(),
    )  # fmt: skip
    return replace(known, **changes)


class Citizens:
    """The citizens' room of tests: remembers that something came."""

    def __init__(self) -> None:
        self.taken: list[ChatEvent] = []

    def take(self, ledger: Ledger, arrival: ChatArrival) -> None:
        self.taken.append(arrival.event)
        ledger.settle(arrival.inbox, InboxState.DONE, "citizen")


@dataclass(frozen=True)
class Posted:
    """A post of ours as it stands in a chat."""

    mail: OutgoingMail
    chat: ChatId
    post: PostId

    @property
    def text(self) -> str:
        return self.mail.text

    @property
    def words(self) -> list[str]:
        return [one.words for row in self.mail.form.buttons for one in row]

    def data(self, words: str) -> str:
        """What the button with these words carries."""
        return next(one.data for row in self.mail.form.buttons for one in row if one.words == words)


class StaffTown:
    """Events go in one by one, and all that is due is posted after each."""

    def __init__(self, database: Database, clock: FrozenClock, office: Office | None = None) -> None:
        self.database, self.clock = database, clock
        self.office = office or chat_office()
        self.left: list[ChatId] = []
        self.citizens = Citizens()
        self.staff = StaffChat(lambda: self.office, self.left.append, below=lambda below: 123_456 % below)
        chats = ChatIntake(lambda: self.office, self.citizens, self.staff)
        self.intake = Intake(lambda: self.office, MailFace(lambda: self.office, PlainReading()).take, chats.take)
        self.posts: list[Posted] = []
        """All that was posted, in order."""
        self.answers: list[PressAnswer] = []
        self.outcomes: list[str] = []
        self._numbers = count(1)
        self._posts = count(500)
        self._seen = OutboxId(0)

    async def link(self) -> None:
        async with self.writing() as ledger:
            for name, user in USERS.items():
                ledger.book.link(user, OfficerId(name), ChatId(user))

    @asynccontextmanager
    async def writing(self, keys: Wanted | None = None) -> AsyncIterator[Ledger]:
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, keys or Wanted(chats=WantedChats()), self.clock.now())
            yield ledger
            await ledger.write(connection)

    async def case(
        self, text: str = "När lagas gatlyktan?", *, chat: ChatId | None = ELSA, kind: Kind = Kind.QUESTION,
        unit: str = "kc", thread: int | None = None, mail: str = "elsa@example.org",
    ) -> CaseNumber:  # fmt: skip
        """Have a citizen write by chat, or (chat None) by mail; with a thread the case has a topic in its group."""
        to = chat_address(chat) if chat is not None else mail
        async with self.writing(Wanted(senders={to}, chats=WantedChats())) as ledger:
            number, address = ledger.new_case(), ledger.address(to, "")
            self._receive(ledger, number, to, text, kind, unit)
            ledger.take_part(number, address)
            if thread is not None:
                group = next(one.group for one in self.office.units if one.id == unit)
                ledger.book.set_topic(
                    TopicRow(
                        case=number,
                        chat=ChatId(group),
                        state=TopicState.OPEN,
                        thread=ThreadId(thread),
                        card=PostId(thread + 1),
                        wanted_at=self.clock.now(),
                    )
                )
        return number

    async def writes_more(self, case: CaseNumber, text: str, chat: ChatId | None = ELSA) -> None:
        to = chat_address(chat) if chat is not None else "elsa@example.org"
        async with self.writing(Wanted(senders={to}, cases={case})) as ledger:
            self._receive(ledger, case, to, text, Kind.QUESTION, "kc")

    def _receive(self, ledger: Ledger, case: CaseNumber, to: str, text: str, kind: Kind, unit: str) -> None:
        number = next(self._numbers)
        channel = Channel.MAIL if chat_at(to) is None else Channel.TELEGRAM
        message = ledger.add_message(case, Direction.IN, text=text, address=ledger.address(to, ""), digest=f"d{number}")
        ledger.append(
            FactKind.RECEIVED, case, inquiry=1, occurred_at=self.clock.now(), actor="person", source=f"c:{number}",
            data={"channel": channel.value, "kind": kind.value, "unit": unit, "message": message},
        )  # fmt: skip

    async def take(self, *events: ChatEvent) -> None:
        """Take in events as one batch, then post what is due."""
        arrivals = [arrive_in_chat(self._row(), event) for event in events]
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, wanted(arrivals, self.office), self.clock.now())
            settle = ledger.settle

            def remember(inbox: InboxId, state: InboxState, outcome: str) -> None:
                self.outcomes.append(f"{state.value}:{outcome}")
                settle(inbox, state, outcome)

            ledger.settle = remember  # type: ignore[method-assign,assignment]
            for arrival in arrivals:
                self.intake.take(ledger, arrival)
            await ledger.write(connection)
            await answer_replies(connection, self.office, ledger.replies, self.clock.now())
            self.answers += ledger.book.presses
        await self.deliver()

    def _row(self) -> InboxRow:
        return InboxRow(
            id=InboxId(next(self._numbers)), channel=Channel.TELEGRAM, recipients=(), sender=None,
            arrived_at=self.clock.now(), raw=b"{}",
        )  # fmt: skip

    async def deliver(self) -> None:
        """Post what is due, each as one message, as the outbox of chats does; mails stay where they are."""
        async with self.database.writing() as connection:
            rows = await connection.execute(
                select(outbox).where(outbox.c.state == "new", outbox.c.due_at <= self.clock.now()).order_by(outbox.c.id)
            )
            for row in rows.mappings().all():
                mail = outgoing(row)
                chat = chat_at(mail.to_addr)
                if chat is None:
                    continue
                post = mail.form.edits or mail.form.deletes or PostId(next(self._posts))
                posted = () if mail.form.deletes else (post,)
                await keep_posted(connection, [replace(mail, posted=posted)])
                if mail.kind.to_citizen:
                    await self._ended(connection, mail)
                else:
                    ended = update(outbox).where(outbox.c.id == mail.id)
                    await connection.execute(ended.values(state=OutboxState.SENT.value))
                self.posts.append(Posted(mail, chat, post))

    async def _ended(self, connection: AsyncConnection, mail: OutgoingMail) -> None:
        """Record that a letter has left, as the outbox does."""
        now = self.clock.now()
        wanted_here = Wanted(cases={mail.case} if mail.case else set(), outbox={mail.id})
        ledger = await open_ledger(connection, wanted_here, now)
        record_ending(ledger, self.office, Ending(mail=mail, state=OutboxState.SENT, at=now, due_at=now, attempts=1))
        await ledger.write(connection)

    def event(self, who: str | UserId, chat: ChatId, **fields: Any) -> ChatEvent:
        number = next(self._numbers)
        user = USERS[who] if isinstance(who, str) else who
        kind = ChatKind.PRIVATE if chat > 0 else ChatKind.FORUM
        told: dict[str, Any] = {
            "update": number, "key": f"e{number}", "kind": EventKind.MESSAGE, "chat": chat, "chat_kind": kind,
            "at": self.clock.now(), "post": PostId(next(self._posts)), "user": user,
        }  # fmt: skip
        return ChatEvent(**(told | fields))

    async def writes(self, who: str | UserId, text: str, *, chat: ChatId | None = None, **fields: Any) -> ChatEvent:
        """Have somebody write; without a chat in the private one."""
        user = USERS[who] if isinstance(who, str) else who
        event = self.event(who, ChatId(user) if chat is None else chat, text=text, **fields)
        await self.take(event)
        return event

    async def presses(
        self, who: str | UserId, data: str, *, on: Posted | None = None, chat: ChatId = GROUP, thread: int | None = None
    ) -> str:
        """Have somebody press a button of a post, or any data anywhere, and return what the press is answered."""
        where = on.chat if on else chat
        inside = on.mail.thread if on else (ThreadId(thread) if thread else None)
        number = f"p{next(self._numbers)}"
        fields: dict[str, Any] = {"post": on.post} if on else {}
        await self.take(
            self.event(who, where, kind=EventKind.PRESS, press=number, data=data, thread=inside, at=None, **fields)
        )
        return next(one.words for one in self.answers if one.press == number)

    async def pushes(self, who: str | UserId, words: str, on: Posted) -> str:
        """Have somebody press the button with these words under a post."""
        return await self.presses(who, on.data(words), on=on)

    async def replies(self, who: str | UserId, text: str, to: Posted, **fields: Any) -> ChatEvent:
        """Have somebody reply to a post."""
        told = {"thread": to.mail.thread, "reply_to": to.post} | fields
        return await self.writes(who, text, chat=to.chat, **told)

    @property
    def last(self) -> Posted:
        return self.posts[-1]

    def said(self, chat: ChatId = GROUP) -> list[str]:
        return [one.text for one in self.posts if one.chat == chat]

    def to_elsa(self) -> list[str]:
        return self.said(ELSA)

    async def mails(self, kind: MailKind | None = None) -> list[OutgoingMail]:
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).mappings()
            found = [outgoing(row) for row in rows if chat_at(row["to_addr"]) is None]
        return [one for one in found if kind in {None, one.kind}]

    async def pass_by(self, **parts: float) -> None:
        self.clock.forward(**parts)
        await self.deliver()

    async def facts(self, case: CaseNumber) -> Sequence[Fact]:
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(texts={case}), self.clock.now())
            return ledger.facts_of(case)

    async def kinds(self, case: CaseNumber) -> list[FactKind]:
        return [fact.kind for fact in await self.facts(case)]

    async def now_of(self, case: CaseNumber) -> CaseNow:
        return fold_case(await self.facts(case))

    async def book(self, *chats: ChatId) -> ChatBook:
        async with self.database.writing() as connection:
            keys = Wanted(chats=WantedChats(chats=set(chats)))
            return (await open_ledger(connection, keys, self.clock.now())).book


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Database]:
    """A fresh embedded database, for what is decided alike on every engine."""
    opened = Database(DatabaseUrl.parse(f"sqlite:///{folder}/kommunsvar.db"))
    try:
        await migrate(opened)
        await opened.take_ownership()
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def staff_town(database: Database, clock: FrozenClock, office: Office | None = None) -> AsyncIterator[StaffTown]:
    """A town whose officers are linked; at the end every press was answered in at most 200 signs."""
    town = StaffTown(database, clock, office)
    await town.link()
    yield town
    assert all(len(one.words) <= 200 for one in town.answers)

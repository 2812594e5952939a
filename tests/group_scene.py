"""A municipality with a staff group, citizens who write in the chat, and the view that is driven by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.chat import ChatId, Chats, PostId, UserId, chat_address
from bot.facts import CaseNumber, FactKind, MessageId, OfficerId, officer_actor
from bot.groups.view import GroupView
from bot.inquiry import fold_inquiries, next_inquiry
from bot.office import ChatRules, Office, Unit
from bot.pace import Pace
from bot.port import FileState
from bot.store.chat_rows import TopicRow, WantedChats, topic_of
from bot.store.chat_schema import groups, links, topics
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import Direction, MailKind, OutboxState, OutgoingMail, StoredFile
from bot.store.schema import files, outbox
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_office
from tests.fake_group import FakeChats, Group

GROUP = -1001
ELSA = 1001
MAILER = "elsa@example.org"
WORDS = "Gatlyktan vid Storgatan 3 lyser inte. Jag heter Elsa Exempel."


def office_with_group(rules: ChatRules | None = None, **units: Any) -> Office:
    """The tests' municipality; `units` by id: what is otherwise about them. The contact centre has the group."""
    changed = {"kc": {"group": GROUP}, **units}

    def change(unit: Unit) -> Unit:
        return replace(unit, **changed.get(unit.id, {}))

    office = make_office()
    return replace(office, chat=rules or ChatRules(), units=tuple(map(change, office.units)))


class Scene:
    """Everything there is. `write` and what follows adds to the database as intake and desk would."""

    def __init__(self, database: Database, clock: FrozenClock, office: Office | None = None) -> None:
        self.database, self.clock = database, clock
        self.office = office or office_with_group()
        self.chats = FakeChats(clock.now)
        self.port: Chats = self.chats
        self.group: Group = self.chats.group(GROUP)
        self.pace = Pace()
        self.scans = False
        self.view = self.new_view()

    def new_view(self) -> GroupView:
        """Return the view of a process that has just begun."""
        return GroupView(
            self.database, lambda: self.office, self.port, self.pace, self.clock.now, scans=self.scans
        )  # fmt: skip

    def restart(self) -> None:
        self.pace = Pace()
        self.view = self.new_view()

    async def round(self, view: GroupView | None = None) -> int:
        return await (view or self.view).round()

    async def pass_time(self, seconds: float, every: float = 2) -> int:
        """Let time pass, with a round every other second; return how many steps were done."""
        done = await self.round()
        for _ in range(int(seconds / every)):
            self.clock.forward(seconds=every)
            done += await self.round()
        return done

    # What happens

    async def write(self, add: Callable[[Ledger], Any], *cases: CaseNumber) -> Any:
        async with self.database.writing() as connection:
            wanted = Wanted(cases=set(cases), senders={MAILER, chat_address(ChatId(ELSA))}, chats=WantedChats())
            ledger = await open_ledger(connection, wanted, self.clock.now())
            added = add(ledger)
            await ledger.write(connection)
        return added

    async def ask(self, text: str = WORDS, *, case: CaseNumber | None = None, **of: Any) -> CaseNumber:
        """A citizen writes, in a new case or in one."""
        return CaseNumber(
            await self.write(lambda ledger: ask(ledger, text, case=case, **of), *([case] if case else []))
        )

    async def ask_many(self, count: int, **of: Any) -> list[CaseNumber]:
        return list(await self.write(lambda ledger: [ask(ledger, f"Fråga {one}", **of) for one in range(count)]))

    async def fact(self, case: CaseNumber, kind: FactKind, *, by: str = "anna", **data: Any) -> None:
        def add(ledger: Ledger) -> None:
            ledger.append(
                kind, case, occurred_at=ledger.now, actor=officer_actor(OfficerId(by)),
                source=f"act:{ledger.known.last_seq}", data=data,
            )  # fmt: skip

        await self.write(add, case)

    async def take(self, case: CaseNumber, by: str = "anna") -> None:
        await self.fact(case, FactKind.ASSIGNED, by=by, officer=by)

    async def close(self, case: CaseNumber) -> None:
        await self.fact(case, FactKind.CLOSED)

    async def answer(self, case: CaseNumber, text: str = "Den lagas i dag.", *, sent: bool = True) -> MessageId:
        """An officer answers; with `sent` the channel has accepted it."""

        def add(ledger: Ledger) -> MessageId:
            message = ledger.add_message(case, Direction.OUT, text=text, officer=OfficerId("anna"))
            ledger.queue(
                OutgoingMail(
                    id=ledger.next_outgoing(), kind=MailKind.ANSWER, case=case, inquiry=1, message=message,
                    officer="anna", to_addr=MAILER, from_addr=CONTACT, subject="", text=text,
                    message_id=ledger.draw_mail_id("x"), created_at=ledger.now, due_at=ledger.now,
                )
            )  # fmt: skip
            ledger.append(
                FactKind.ASSIGNED, case, occurred_at=ledger.now, actor="officer:anna",
                source=f"act:{ledger.known.last_seq}", data={"message": int(message), "officer": "anna"},
            )  # fmt: skip
            return message

        message = MessageId(await self.write(add, case))
        if sent:
            await self.deliver(case, message)
        return message

    async def deliver(self, case: CaseNumber, message: MessageId, state: OutboxState = OutboxState.SENT) -> None:
        """The channel accepts a letter (or whatever `state` says), and the fact follows."""
        async with self.database.writing() as connection:
            values = {"state": state.value, "sent_at": self.clock.now() if state is OutboxState.SENT else None}
            await connection.execute(update(outbox).where(outbox.c.message == message).values(values))
        if state is OutboxState.SENT:
            await self.fact(case, FactKind.ANSWERED, message=int(message), outbox=1)

    async def note(self, case: CaseNumber, text: str) -> None:
        def add(ledger: Ledger) -> None:
            message = ledger.add_message(case, Direction.NOTE, text=text, officer=OfficerId("bo"))
            ledger.append(
                FactKind.NOTED, case, occurred_at=ledger.now, actor="officer:bo",
                source=f"act:{ledger.known.last_seq}", data={"message": int(message)},
            )  # fmt: skip

        await self.write(add, case)

    async def link(self, officer: str, chat: int) -> None:
        async with self.database.writing() as connection:
            await connection.execute(
                insert(links).values(user=UserId(chat), officer=officer, chat=chat, linked_at=self.clock.now())
            )

    async def set_file(self, message: int, part: int, state: FileState) -> None:
        async with self.database.writing() as connection:
            chosen = update(files).where(files.c.message == message, files.c.part == part)
            await connection.execute(chosen.values(state=state.value))

    async def shown(self, text: str = WORDS) -> CaseNumber:
        """A case with its topic."""
        case = await self.ask(text)
        await self.pass_time(10, every=5)
        assert self.group.topic(case)
        return case

    # What there is

    async def row(self, case: CaseNumber) -> TopicRow | None:
        async with self.database.reading() as connection:
            found = (await connection.execute(select(topics).where(topics.c.case == case))).mappings().one_or_none()
        return None if found is None else topic_of(found)

    async def queued(self) -> list[dict[str, Any]]:
        """Return the mails to the administrator and the posts to officers."""
        async with self.database.reading() as connection:
            chosen = select(outbox).where(outbox.c.kind.in_(["receipt", "post"])).order_by(outbox.c.id)
            return [dict(row) for row in (await connection.execute(chosen)).mappings()]

    async def group_rows(self) -> dict[int, dict[str, Any]]:
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(groups))).mappings()
            return {row["chat"]: dict(row) for row in rows}

    def board(self) -> str:
        (board,) = [one for one in self.group.general if "Uppdaterad" in one.text]
        return board.text


def ask(
    ledger: Ledger,
    text: str,
    *,
    case: CaseNumber | None = None,
    channel: str = "telegram",
    unit: str = "kc",
    kind: str = "fault",
    at: datetime | None = None,
    subject: str = "",
    attached: Sequence[StoredFile] = (),
    album: str = "",
    edits: int | None = None,
    owner: str = "",
) -> CaseNumber:
    """Add a citizen's message to a case, or to a new one, as the intake would."""
    new = case is None
    number = case or ledger.new_case()
    by_mail = channel == "mail"
    address = ledger.address(MAILER if by_mail else chat_address(ChatId(ELSA)), "Elsa Exempel")
    message = ledger.next_message()
    ledger.add_message(
        number, Direction.IN, text=text, subject=subject, address=address, post=None if by_mail else PostId(message),
        attached=[replace(file, message=message) for file in attached], album=album,
        edits=MessageId(edits) if edits else None,
    )  # fmt: skip
    inquiry = None if edits else next_inquiry(fold_inquiries(ledger.facts_of(number)))
    data: dict[str, str | int | bool] = {
        "channel": channel, "kind": kind, "unit": unit, "message": int(message), "promised": "2026-11-18",
        "authentic": "pass" if by_mail else "none",
    }  # fmt: skip
    if edits:
        data["auto"] = True
    ledger.append(
        FactKind.RECEIVED, number, inquiry=inquiry, occurred_at=at or ledger.now, actor="person",
        source=f"in:{message}", data=data,
    )  # fmt: skip
    if new:
        ledger.take_part(number, address)
        if owner:
            ledger.append(
                FactKind.ASSIGNED, number, occurred_at=ledger.now, actor=f"officer:{owner}",
                source=f"act:{ledger.known.last_seq}", data={"officer": owner},
            )  # fmt: skip
    return number


def photo(part: int = 0, state: FileState = FileState.PASSED, name: str = "bild.jpg", remote: str = "") -> StoredFile:
    """A picture that lies with the chat's service."""
    return StoredFile(
        message=MessageId(0), part=part, name=name, media_type="image/jpeg", size=9, inline=False, state=state,
        remote=remote or f"remote-{part}", kind="photo",
    )  # fmt: skip

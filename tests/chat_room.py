"""A database with posts that wait, an outbox of chats with a clock that is driven, and a service that obeys."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text

from bot.channels.mail_files import answer_files, files_with_content
from bot.chat import ChatId, PostId, chat_address
from bot.chat_outbox import ChatOutbox
from bot.facts import CaseNumber, Channel, Fact, FactKind, InboxId, OutboxId
from bot.inquiry import Inquiry, fold_inquiries
from bot.office import Office
from bot.pace import Pace
from bot.port import Attachment, FileState
from bot.posts import queue_post
from bot.store import inbox
from bot.store.chat_rows import ChatRow, WantedChats
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import Direction, MailKind, StoredFile, fact_of
from bot.store.schema import facts, outbox
from tests.conftest import FrozenClock
from tests.example import make_office, make_raw
from tests.fake_chats import FakeChats

ELSA, NILS = ChatId(1001), ChatId(1002)
GROUP = ChatId(-500)


def files_of(raw: bytes, answer: bool, withheld: frozenset[int]) -> Sequence[Attachment]:
    found = answer_files(raw, lambda _: False)[0] if answer else files_with_content(raw)
    return [file for part, file in enumerate(found) if part not in withheld]


class ChatRoom:
    def __init__(self, database: Database, clock: FrozenClock, office: Office | None = None) -> None:
        self.database = database
        self.clock = clock
        self.office = office or make_office()
        self.chats = FakeChats(clock.now)
        self.pace = Pace()
        self.outbox = self.new_outbox()

    def new_outbox(self) -> ChatOutbox:
        """An outbox that knows nothing of what was done before, as after a start."""
        return ChatOutbox(self.database, lambda: self.office, self.chats, self.pace, self.clock.now, files_of)

    async def begin(self) -> "ChatRoom":
        assert await self.database.try_intake()
        return self

    async def queue(self, *posts: dict[str, Any]) -> list[OutboxId]:
        """Queue posts, each with the arguments of `queue_post`."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(), self.clock.now())
            ids = [queue_post(ledger, post.pop("chat", ELSA), post.pop("words", "Hej"), **post) for post in posts]
            await ledger.write(connection)
        return ids

    async def case(self, chat: ChatId = ELSA, *, files: int = 0, mail: str = "") -> CaseNumber:
        """A case that somebody has begun in a chat, with so many files to fetch; `mail`: their proved address."""
        async with self.database.writing() as connection:
            raw = make_raw(f"{chat}{self.clock.now()}".encode(), self.clock.now(), to="")
            (inbox_id,) = await inbox.keep_all(connection, [raw])
            await connection.execute(text(f"UPDATE inbox SET channel = 'telegram' WHERE id = {inbox_id}"))
            ledger = await open_ledger(connection, Wanted(senders={chat_address(chat)}), self.clock.now())
            number = self._begin(ledger, chat, inbox_id, files)
            if mail:
                other = ledger.address(mail, "")
                ledger.join_person(other, ledger.known.addresses[chat_address(chat)])
                ledger.take_part(number, other)
            await ledger.write(connection)
        return number

    def _begin(self, ledger: Ledger, chat: ChatId, inbox_id: InboxId, files: int) -> CaseNumber:
        number, address = ledger.new_case(), ledger.address(chat_address(chat), "")
        message = ledger.next_message()
        ledger.add_message(
            number, Direction.IN, text="Lyktan är trasig", address=address, inbox_id=inbox_id, post=PostId(1),
            attached=[
                StoredFile(
                    message=message, part=part, name=f"bild-{part}.jpg", media_type="image/jpeg", size=10,
                    inline=False, state=FileState.FETCHING, remote=f"fil-{message}-{part}", kind="document",
                )
                for part in range(files)
            ],
        )  # fmt: skip
        ledger.append(
            FactKind.RECEIVED, number, inquiry=1, occurred_at=self.clock.now().replace(microsecond=0), actor="person",
            source=f"chat:{number}",
            data={"channel": Channel.TELEGRAM.value, "kind": "question", "unit": "kc", "message": message},
        )  # fmt: skip
        ledger.take_part(number, address)
        return number

    async def answer(self, case: CaseNumber, chat: ChatId = ELSA, words: str = "På torsdag", **more: Any) -> OutboxId:
        """Queue an officer's answer."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(cases={case}), self.clock.now())
            message = ledger.add_message(case, Direction.OUT, text=words)
            kind = more.pop("kind", MailKind.ANSWER)
            queued = queue_post(
                ledger, chat, words, case=case, inquiry=1, message=message, officer="anna", kind=kind, **more
            )  # fmt: skip
            await ledger.write(connection)
        return queued

    async def deliver(self, seconds: float = 0, step: float = 0.5) -> None:
        """Let the outbox work for so long."""
        await self.outbox.deliver_due()
        for _ in range(int(seconds / step)):
            self.clock.forward(seconds=step)
            await self.outbox.deliver_due()

    async def know_chat(self, chat: ChatId, language: str) -> None:
        """Somebody has chosen a language, and came by a place's link."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(chats=WantedChats(chats={chat})), self.clock.now())
            ledger.book.set_chat(ChatRow(chat=chat, language=language, told=2, place="p1"))
            await ledger.write(connection)

    async def rows(self, table: Any, *conditions: Any) -> list[dict[str, Any]]:
        query = select(table).where(*conditions).order_by(*table.primary_key.columns)
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def states(self, *ids: OutboxId) -> list[str]:
        """The states of posts, with an exclamation mark if unsure."""
        found = {row["id"]: row for row in await self.rows(outbox, outbox.c.id.in_(ids))}
        return [found[one]["state"] + "!" * found[one]["unsure"] for one in ids]

    async def facts(self, case: CaseNumber) -> list[Fact]:
        return [fact_of(row) for row in await self.rows(facts, facts.c.case == case)]

    async def inquiry(self, case: CaseNumber) -> Inquiry:
        return fold_inquiries(await self.facts(case))[0]

    async def undone(self) -> int:
        async with self.database.reading() as connection:
            query = select(func.count()).select_from(outbox)
            undone = (outbox.c.state.in_(["new", "sending"]), outbox.c.channel == "telegram")
            return int((await connection.execute(query.where(*undone))).scalar_one())

    async def run_sql(self, statement: str) -> None:
        async with self.database.writing() as connection:
            await connection.execute(text(statement))

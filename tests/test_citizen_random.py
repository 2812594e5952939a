"""Whatever happens in whichever order: nothing raises, nothing is lost, and each message is in exactly one case."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.case import CaseState, fold_case, numbers_in
from bot.chat import ChatEvent, ChatId, ChatKind, EventKind, Form, PostId, Spot, UserId, chat_at
from bot.chat_arrival import arrive_in_chat
from bot.chat_text import units
from bot.citizen.forgotten import FORGOTTEN
from bot.citizen.room import CitizenChat
from bot.desk.acts import Act, ActRefused, close, set_kind, take
from bot.desk.answering import answer
from bot.facts import CaseNumber, Channel, FactKind, InboxId, Kind, OfficerId
from bot.inquiry import fold_inquiries, standing
from bot.outbox import Ending, record_ending
from bot.store.chat_book import ChatBook
from bot.store.chat_rows import PostedBefore
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import Direction, InboxRow, InboxState, MailKind, OutboxState, OutgoingMail
from tests.citizen import ELSA, OMAR, CitizenTown, chat_office, photo
from tests.conftest import MONDAY

WORDS = (
    "/start", "/start p_bibliotek", "/hjalp", "/status", "/sprak", "/personal", "/personuppgifter", "/radera",
    "/avbryt", "/nytt", "/epost", "/epost elsa@example.org", "1", "2", "felanmälan", "suomi", "svenska", "ja", "nej",
    "hoppa över", "det gäller något nytt", "ta bort ur chatten", "elsa@example.org", "123456", "Tack!", "hjälp",
)  # fmt: skip
"""What is a command, an option or thanks; some of it is content where nothing is asked."""
CHATS = (ELSA, OMAR)


class Memory:
    """Two chats on one ledger in memory; what is said is numbered at once, as the service would."""

    def __init__(self) -> None:
        self.office = chat_office(regret=timedelta(0))
        self.ledger = Ledger(Known(book=ChatBook(MONDAY)), MONDAY)
        self.room = CitizenChat(lambda: self.office, lambda: "exempelbot")
        self.written: dict[ChatId, list[PostId]] = {chat: [] for chat in CHATS}
        self.buttons: dict[ChatId, list[str]] = {chat: [] for chat in CHATS}
        self.said: dict[ChatId, list[tuple[str, Form]]] = {chat: [] for chat in CHATS}
        self.stored: list[str] = []
        self.settled: Counter[int] = Counter()
        self.words: list[str] = []
        self.forgotten: set[str] = set()
        self.outcome = ""
        self.code = "123456"
        self._waiting: list[OutgoingMail] = []
        self._event, self._post = 0, 0
        queue, settle, extend, add = (
            self.ledger.queue, self.ledger.settle, self.ledger.extend_message, self.ledger.add_message
        )  # fmt: skip

        def keep(mail: OutgoingMail) -> object:
            self._waiting.append(mail)
            return queue(mail)

        def count(inbox_id: InboxId, state: InboxState, outcome: str) -> None:
            assert state is InboxState.DONE
            assert outcome
            self.settled[inbox_id] += 1
            self.outcome = outcome
            settle(inbox_id, state, outcome)

        def extended(*args: object) -> None:
            self.stored.append(str(args[2]))
            extend(*args)  # type: ignore[arg-type]

        def added(*args: object, **parts: object) -> object:
            if args[1] is Direction.IN:
                self.stored.append(str(parts["text"]))
            return add(*args, **parts)  # type: ignore[arg-type]

        self.ledger.queue = keep  # type: ignore[method-assign, assignment]
        self.ledger.settle = count  # type: ignore[method-assign]
        self.ledger.extend_message = extended  # type: ignore[method-assign, assignment]
        self.ledger.add_message = added  # type: ignore[method-assign, assignment]

    def happens(self, chat: ChatId, kind: EventKind = EventKind.MESSAGE, post: int = 0, **parts: object) -> None:
        self._event += 1
        if not post:
            self._post += 1
            post = self._post
            self.written[chat].append(PostId(post))
        event = ChatEvent(
            update=self._event, key=f"1:{self._event}", kind=kind, chat=chat, chat_kind=ChatKind.PRIVATE,
            at=self.ledger.now, post=PostId(post), user=UserId(chat), **parts,  # type: ignore[arg-type]
        )  # fmt: skip
        row = InboxRow(
            id=InboxId(self._event), channel=Channel.TELEGRAM, recipients=(), sender=None, arrived_at=self.ledger.now,
            raw=b"",
        )  # fmt: skip
        self.room.take(self.ledger, arrive_in_chat(row, event))

    def deliver(self) -> None:
        """Let the channels accept what is due."""
        for mail in [one for one in self._waiting if one.due_at <= self.ledger.now]:
            self._waiting.remove(mail)
            if self.ledger.known.queued_by_id[mail.id].state is not OutboxState.NEW:
                continue
            now = self.ledger.now
            record_ending(
                self.ledger, self.office, Ending(mail=mail, state=OutboxState.SENT, at=now, due_at=now, attempts=1)
            )  # fmt: skip
            chat = chat_at(mail.to_addr)
            if mail.kind is MailKind.CODE:
                self.code = next(line for line in mail.text.splitlines() if line.replace(" ", "").isdecimal())
            if chat is not None and not (mail.form.reacts or mail.form.deletes):
                self._post += 1
                self.ledger.book.posts[chat, PostId(self._post)] = PostedBefore(mail.id, mail.case or "")
                self.written[chat].append(PostId(self._post))
                self.said[chat].append((mail.text, mail.form))
                self.buttons[chat] += [one.data for row in mail.form.buttons for one in row]

    def later(self, **parts: float) -> None:
        self.ledger.now += timedelta(**parts)
        self.ledger.recorded_at = self.ledger.now
        self.deliver()

    def staff(self, act: object, case: CaseNumber, *args: object, **words: object) -> None:
        officer = self.office.officer(OfficerId("anna"))
        assert officer is not None
        self._event += 1
        done = Act(officer=officer, case=case, inquiry=0, source=f"desk:{self._event}", digest=str(self._event))
        try:
            act(self.ledger, self.office, done, *args, **words)  # type: ignore[operator]
        except ActRefused:
            return
        self.deliver()

    @property
    def cases(self) -> list[CaseNumber]:
        return sorted(case for case in self.ledger.known.facts if any(
            fact.kind is FactKind.RECEIVED for fact in self.ledger.facts_of(case)
        ))  # fmt: skip


def step(memory: Memory, chance: random.Random) -> None:
    """Let one thing happen."""
    chat = chance.choice(CHATS)
    deed = chance.choice([write, write, choose, choose, send_files, edit, edit_early, press, press, work, wait])
    deed(memory, chance, chat)
    if chance.random() < 0.8:
        memory.deliver()


def word(memory: Memory) -> str:
    """A word that stands nowhere else."""
    memory.words.append(f"qz{len(memory.words)}x")
    return memory.words[-1]


def write(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    spot = Spot(latitude=1, longitude=2, live=chance.random() < 0.5) if chance.random() < 0.2 else None
    memory.happens(
        chat, text=f"Ord {word(memory)}", reply_to=chance.choice([None, *memory.written[chat][-6:]]), spot=spot
    )  # fmt: skip


def choose(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    memory.happens(
        chat, text=chance.choice([*WORDS, memory.code, memory.code]),
        reply_to=chance.choice([None, None, None, *memory.written[chat][-3:]]),
    )  # fmt: skip


def send_files(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    words = f"Bild {word(memory)}" if chance.random() < 0.4 else ""
    memory.happens(chat, text=words, files=(photo(len(memory.settled)),), album=chance.choice(["a1", "a2", ""]))


def edit(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    if memory.written[chat]:
        post = chance.choice(memory.written[chat])
        changed = word(memory)
        memory.happens(chat, EventKind.EDIT, post=post, text=f"Ändrat {changed}")
        if memory.outcome == FORGOTTEN:
            memory.forgotten.add(changed)


def edit_early(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    """Have an edit come before the message it changes."""
    memory._post += 1
    post = PostId(memory._post)
    memory.written[chat].append(post)
    memory.happens(chat, EventKind.EDIT, post=post, text=f"Ändrat {word(memory)}")
    if chance.random() < 0.8:
        memory.happens(chat, post=post, text=f"Ord {word(memory)}")


def press(memory: Memory, chance: random.Random, chat: ChatId) -> None:
    every = memory.buttons[chat] or ["nothing"]
    data = chance.choice([*every[-12:], chance.choice(every), chance.choice(every)])
    memory.happens(chat, EventKind.PRESS, post=1, press=f"p{len(memory.settled)}", data=data)


def work(memory: Memory, chance: random.Random, _: ChatId) -> None:
    if memory.cases:
        acts = [(take, ()), (close, ()), (set_kind, (Kind.FAULT,)), (answer, ("Svar.",))]
        act, args = chance.choice(acts)
        words = {"again": True, "attached": False} if act is answer else {}
        memory.staff(act, chance.choice(memory.cases), *args, **words)


def wait(memory: Memory, chance: random.Random, _: ChatId) -> None:
    memory.later(seconds=chance.choice([0, 1, 4, 700, 90_000, 3_000_000]))


def check(memory: Memory) -> None:
    """What holds at any time."""
    ledger = memory.ledger
    assert set(memory.settled.values()) <= {1}, "each event is settled, and once"
    said = Counter(word for text in memory.stored for word in text.split())
    for word in memory.words:
        assert said[word] == (word not in memory.forgotten), f"{word} is stored once"
    received = Counter[tuple[CaseNumber, int]]()
    for case in memory.cases:
        facts = standing(ledger.facts_of(case))
        received.update(
            (case, int(fact.data["message"])) for fact in facts if fact.kind is FactKind.RECEIVED
        )  # fmt: skip
        counted = sum(one.messages for one in fold_inquiries(ledger.facts_of(case)))
        mine = [one for one in ledger.messages_of(case) if one.direction is Direction.IN and one.edits is None]
        assert counted == len(mine), "each message is counted in its case, and nowhere else"
        assert fold_case(ledger.facts_of(case)).state in CaseState
    stored = [
        (case, one.id) for case in memory.cases for one in ledger.messages_of(case) if one.direction is Direction.IN
    ]  # fmt: skip
    assert Counter(stored) == received, "each stored message has one fact, in the case it lies in"
    assert len({message for _, message in stored}) == len(stored)
    check_said(memory)


def check_said(memory: Memory) -> None:
    ledger = memory.ledger
    owners: dict[CaseNumber, set[ChatId]] = {}
    for chat in CHATS:
        for text, form in memory.said[chat]:
            assert 0 < units(text) <= 4096
            assert all(len(one.words) <= 28 and len(one.data.encode()) <= 64 for row in form.buttons for one in row)
            for number in numbers_in(text):
                owners.setdefault(number, set()).add(chat)
    assert all(len(chats) == 1 for chats in owners.values()), "nobody reads of somebody else's case"
    receipts = [one for one in ledger.known.queued_by_id.values() if one.kind is MailKind.ACKNOWLEDGEMENT]
    assert all(one.case is not None and one.inquiry is not None for one in receipts)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), length=st.integers(1, 100))
def test_nothing_is_lost_whatever_happens(seed: int, length: int) -> None:
    chance, memory = random.Random(seed), Memory()
    for _ in range(length):
        step(memory, chance)
    memory.later(days=1)
    check(memory)


@pytest.mark.asyncio
async def test_the_same_on_a_database_batch_by_batch(database: Database) -> None:
    chance = random.Random(20261116)
    town = CitizenTown(database)
    words: list[str] = []
    events = 0
    for number in range(120):
        chat = chance.choice(CHATS)
        deed = chance.random()
        if deed < 0.5:
            words.append(f"qz{number}")
            await town.keeps(f"Ord qz{number}", chat=chat)
        elif deed < 0.7:
            album = chance.choice(["a1", "a2"])
            await town.keeps(files=(photo(number),), album=album, chat=chat)
        elif deed < 0.9:
            await town.keeps(chance.choice([one for one in WORDS if one not in {"/radera", "ja"}]), chat=chat)
        else:
            data = chance.choice(
                [one.data for seen in town.got(chat) for row in seen.form.buttons for one in row] or [""]
            )
            await town.keeps(chat=chat, kind=EventKind.PRESS, post=1, press=f"p{number}", data=data)
        events += 1
        if chance.random() < 0.2:
            town.clock.forward(seconds=chance.choice([1, 30, 900]))
            await town.settles()
    await town.settles()
    assert await town.states() == {"done": events}
    text = " ".join(row["text"] for row in await town.messages()).split()
    assert [text.count(word) for word in words] == [1] * len(words)
    facts = await town.facts()
    for case in await town.cases():
        known = [fact for fact in facts if fact.case == case]
        mine = [row for row in await town.messages() if row["case"] == case and row["edits"] is None]
        assert sum(one.messages for one in fold_inquiries(known)) == len(mine)

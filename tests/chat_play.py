"""What people do in the town of `tests.chat_town`, drawn at random, and what must be so however they do it.

Each of them writes words that nobody else writes, so that it can be seen who got what: a citizen's ``mening17x``, what
an officer answers ``besked18x``, what stays in the house ``internt19x``.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from bot.store.schema import cases
from sandbox.bot_api import Faults, TgMessage, TgPerson
from tests.chat_town import NUMBER, ChatTown, NeverHappened
from tests.telegram_ways import with_button

MEANT, ANSWERED, INTERNAL = "mening", "besked", "internt"
WORD = re.compile(rf"(?:{MEANT}|{ANSWERED}|{INTERNAL})\d+x")
MAILERS = ("elsa@example.org", "olle@example.org")
_SOON = timedelta(minutes=1)


@dataclass(slots=True)
class Said:
    """What was said: by words, the address of the citizen who wrote them."""

    meant: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    internal: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)


class Play:
    """The people. `act` does one thing that a number stands for; what cannot be done just then is left."""

    def __init__(self, town: ChatTown) -> None:
        self.town = town
        self.said = Said()
        self.citizens = [town.citizen(name) for name in ("Elsa", "Olle", "Tuva")]
        self._numbers = count(1)
        self._written: dict[TgPerson, list[tuple[TgMessage, str]]] = defaultdict(list)

    async def act(self, name: str, which: int) -> None:
        """Do what `ACTS` calls by this name; `which` decides who does it, and to what."""
        chance = random.Random(which)
        with suppress(NeverHappened, ValueError):  # what an app does not offer, and what faults forbid
            await ACTS[name](self, chance)
            self.said.done[name] += 1

    def _word(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}x"

    # Citizens

    async def _writer(self, chance: random.Random) -> TgPerson:
        person = chance.choice(self.citizens)
        if person.blocked:
            await person.unblock()
        return person

    async def writes(self, chance: random.Random) -> None:
        person, word = await self._writer(chance), self._word(MEANT)
        message = await person.write(f"Hej! Det gäller {word}.")
        self._written[person].append((message, word))
        self.said.meant[word] = address_of(person)

    async def sends_album(self, chance: random.Random) -> None:
        person, word = await self._writer(chance), self._word(MEANT)
        self.said.meant[word] = address_of(person)
        await person.album([f"Så ser det ut: {word}", "", ""][: chance.randint(2, 3)])

    async def edits(self, chance: random.Random) -> None:
        person = await self._writer(chance)
        message, _ = chance.choice(self._written[person] or [(None, "")])
        if message is not None:
            word = self._word(MEANT)
            await person.edit(message, f"Jag menade {word}.")
            self.said.changed[word] = address_of(person)

    async def presses(self, chance: random.Random) -> None:
        person = await self._writer(chance)
        harmless = ("Visa läget", "Felanmälan", "Hoppa över", "Suomi", "Svenska", "Det gäller något nytt")
        offered = [
            (message, label)
            for message in person.messages
            for row in message.buttons
            for label, _ in row
            if label in harmless
        ]
        if offered:
            await person.press_nowait(*chance.choice(offered))

    async def asks(self, chance: random.Random) -> None:
        person = await self._writer(chance)
        await person.write(chance.choice(["/status", "/hjalp", "/start", "/start p_reception", "/nytt", "/avbryt"]))

    async def blocks(self, chance: random.Random) -> None:
        person = chance.choice(self.citizens)
        await (person.unblock() if person.blocked else person.block())

    async def mails(self, chance: random.Random) -> None:
        who, word = chance.choice(MAILERS), self._word(MEANT)
        self.said.meant[word] = who
        await self.town.mail(who, f"Hej! Det gäller {word}.", subject=chance.choice(["Gatlykta", "Simhallen"]))

    # Officers

    async def _case(self, chance: random.Random) -> str:
        found = [row["number"] for row in await self.town.rows(cases) if row["merged_into"] == ""]
        if not found:
            raise NeverHappened("there is no case yet")
        return str(chance.choice(found))

    def _officer(self, chance: random.Random) -> TgPerson:
        return chance.choice(list(self.town.officers.values()))

    async def commands(self, chance: random.Random) -> None:
        """Have an officer do something in the private chat with us."""
        case, officer = await self._case(chance), self._officer(chance)
        await officer.write(chance.choice([
            f"/ta {case}", f"/släpp {case}", f"/anteckning {case} {self._internal()}", f"/slag {case} klagomål",
            f"/lämna {case} till bo: {self._internal()}", f"/lämna {case} till bygg: {self._internal()}",
            f"/avsluta {case}", f"/visa {case}", "/kö", "/mina",
        ]))  # fmt: skip

    async def answers(self, chance: random.Random) -> None:
        case, officer = await self._case(chance), self._officer(chance)
        await officer.write(f"/svar {case} Det är {self._word(ANSWERED)}.")

    async def answers_in_topic(self, chance: random.Random) -> None:
        """Have an officer press Svara in a topic, reply to what we ask, and press Skicka."""
        officer, group = self._officer(chance), self.town.group
        threads = [one.id for one in group.topics.values() if not one.deleted]
        if not threads:
            return
        thread = chance.choice(threads)
        card = next(iter(with_button(group, "Svara", thread)), None)
        if card is None:
            return
        before = {id(one) for one in group.messages}
        if await self.town.press_on(officer, card, "Svara"):
            return  # that very officer may not
        asked = await self._new(before, thread, lambda one: one.force_reply)
        word = self._word(ANSWERED)
        await officer.write(f"Det är {word}.", chat=group, reply_to=asked.id)
        shown = await self._new(before, thread, lambda one: word in one.text and bool(one.buttons))
        send = next(label for row in shown.buttons for label, _ in row if label.startswith("Skicka"))
        await officer.press_nowait(shown, send)

    async def _new(self, before: set[int], thread: int, fits: Callable[[TgMessage], bool]) -> TgMessage:
        found: list[TgMessage] = []

        def there() -> bool:
            """The bot says what comes next."""
            new = [one for one in self.town.group.in_topic(thread) if one.by_bot and id(one) not in before]
            found[:] = [one for one in new if fits(one)]
            return bool(found)

        await self.town.until(there, within=_SOON)
        return found[-1]

    async def talks(self, chance: random.Random) -> None:
        """Have an officer talk in a topic, or in the private chat, where nobody is to get it."""
        officer, group = self._officer(chance), self.town.group
        threads = [one.id for one in group.topics.values() if not one.deleted]
        word = self._internal()
        if threads and chance.random() < 0.8:
            await officer.write(f"Vet någon? {word}", chat=group, thread=chance.choice(threads))
        else:
            await officer.write(f"Vet någon? {word}")

    async def takes_in_group(self, chance: random.Random) -> None:
        group = self.town.group
        offered = [
            (one, label) for one in group.messages for row in one.buttons for label, _ in row
            if label in {"Ta", "Släpp"} or label.startswith("Ta K-")
        ]  # fmt: skip
        if offered:
            await self._officer(chance).press_nowait(*chance.choice(offered))

    async def mails_back(self, chance: random.Random) -> None:
        """Have an officer answer a notice by mail, or note something there."""
        notices = [
            (to, reply_to) for to, mail, reply_to in self.town.relay.mails
            if to in {"anna@kommun.example", "bo@kommun.example"} and NUMBER.search(mail.subject) and "+" in reply_to
        ]  # fmt: skip
        if not notices:
            return
        officer, reply_to = chance.choice(notices)
        text = f"Det är {self._word(ANSWERED)}." if chance.random() < 0.7 else f"/anteckning {self._internal()}"
        await self.town.mail(officer, text, to=reply_to, subject="Re: ärende")

    def _internal(self) -> str:
        word = self._word(INTERNAL)
        self.said.internal.add(word)
        return word

    # Faults, and time

    async def fault(self, chance: random.Random) -> None:
        chance.choice(_FAULTS)(self, self.town.api.faults, chance)

    async def dies(self, _: random.Random) -> None:
        await self.town.die()

    async def restarts(self, _: random.Random) -> None:
        await self.town.again()

    async def passes(self, chance: random.Random) -> None:
        self.town.forward(seconds=chance.choice([1, 5, 20, 70, 600]))

    async def end(self) -> None:
        """Let all faults end and everything be done."""
        self.town.api.faults.clear()
        for person in self.citizens:
            if person.blocked:
                await person.unblock()
        await self.town.drain(within=timedelta(hours=12))


def address_of(person: TgPerson) -> str:
    """Return a person's chat as the service writes it."""
    return f"telegram:{person.id}"


def _flood(play: Play, faults: Faults, chance: random.Random) -> None:
    chat = chance.choice([play.town.group, *(one.private for one in play.citizens)])
    faults.fail("sendMessage", code=429, retry_after=chance.randint(1, 40), chat=chat)


def _refuses(_: Play, faults: Faults, chance: random.Random) -> None:
    faults.fail(_method(chance), code=502, times=chance.randint(1, 3))


def _cut_before(_: Play, faults: Faults, chance: random.Random) -> None:
    faults.drop_request(_method(chance), times=chance.randint(1, 3))


def _cut_after(_: Play, faults: Faults, chance: random.Random) -> None:
    faults.lose_reply(_method(chance), times=chance.randint(1, 3))


def _dark(_: Play, faults: Faults, chance: random.Random) -> None:
    faults.dark_for(timedelta(minutes=chance.randint(1, 60)))


def _twice(_: Play, faults: Faults, _chance: random.Random) -> None:
    faults.duplicate_next_update()


def _method(chance: random.Random) -> str:
    return chance.choice(["sendMessage", "sendMessage", "createForumTopic", "editMessageText", "getUpdates", "*"])


_FAULTS = (_flood, _flood, _refuses, _cut_before, _cut_after, _cut_after, _dark, _twice)

Act = Callable[[Play, random.Random], Awaitable[Any]]
ACTS: Mapping[str, Act] = {
    "writes": Play.writes, "album": Play.sends_album, "edits": Play.edits, "presses": Play.presses,
    "asks": Play.asks, "blocks": Play.blocks, "mails": Play.mails, "commands": Play.commands,
    "answers": Play.answers, "answers in a topic": Play.answers_in_topic, "talks": Play.talks,
    "takes in the group": Play.takes_in_group, "mails back": Play.mails_back, "fault": Play.fault,
    "dies": Play.dies, "restarts": Play.restarts, "time passes": Play.passes,
}  # fmt: skip
OFTEN = ("writes", "answers", "answers in a topic", "mails back", "commands", "takes in the group", "time passes")
"""What is drawn more often than the rest."""

"""Two months of a municipality on a driven clock: an agenda of what citizens and staff do, played event by event."""

import heapq
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.case import numbers_in
from bot.port import Outbound
from tests import municipality as folk
from tests import soak_mails as mails
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.municipality import STAFF_AT, UNITS, Marks, Person
from tests.soak_desk import Desk
from tests.soak_pen import Effect, Event
from tests.soak_town import SoakTown, written_mark
from tests.soak_truth import MARK, Matter, Said, Truth

BEGIN = datetime(2026, 9, 1, 5, 0, tzinfo=UTC)
"""Tuesday 1 September 2026, 07.00 in Stockholm. Summer time ends on 25 October."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is played: calls a working day, citizens' first mails a working day and a day off."""

    days: int
    calls: int
    mails: int
    mails_on_days_off: int
    persons: int
    restart_every: float = 1.5
    """Days."""
    down_every: float = 6
    hurry: float = 0.8
    """How often what came is read at once, and does not wait for the next mail."""
    round_every: int = 10
    """Minutes between two rounds of the housekeeping while we are open."""
    seed: int = 1


class Days:
    """The simulation: `truth` is what ought to be, `soak.town` what is."""

    def __init__(self, url: str, scale: Scale) -> None:
        self.scale = scale
        self.clock = FrozenClock(BEGIN)
        self.chance = random.Random(scale.seed)
        self.truth, self.marks = Truth(), Marks()
        self.soak = SoakTown(url, self.clock, folk.settings(), scale.seed)
        self.people = folk.people(self.chance, scale.persons)
        self.end = BEGIN + timedelta(days=scale.days)
        self.mails_in = 0
        self._agenda: list[tuple[datetime, int, Event]] = []
        self._planned = 0
        self._effects: list[Effect] = []
        self._death, self._dies_at = "sending", BEGIN + timedelta(days=scale.restart_every / 2)
        self.desk = Desk(self)
        relay = self.soak.relay
        relay.took, relay.arrived, relay.gave_back = self._took, self._arrived, self.truth.refused

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def at(self, instant: datetime, event: Event) -> None:
        """Put something on the agenda, at a whole second and not before now."""
        self._planned += 1
        heapq.heappush(self._agenda, (max(instant.replace(microsecond=0), self.now), self._planned, event))

    def after(self, hours: float, event: Event) -> None:
        self.at(self.now + timedelta(hours=hours), event)

    async def play(self) -> None:
        """Play all days, and then two more on which nobody writes, so that what was begun is ended."""
        await self.soak.start()
        for day in range(self.scale.days):
            self._plan(BEGIN + timedelta(days=day))
        while self._agenda and self._agenda[0][0] < self.end:
            instant, _, event = heapq.heappop(self._agenda)
            self.clock.instant = max(self.now, instant)
            await event()
            # Now and then what came stays unread until the next comes, so that they are read together.
            if self.chance.random() < self.scale.hurry:
                await self.settle()
        await self.settle()
        for _ in range(24):
            self.clock.instant += timedelta(hours=2)
            await self.look_after()

    async def post(self, raw: bytes, to: str, sender: str, then: Effect = lambda _: None) -> None:
        """Let a mail reach us now; `then` is what ought to follow when it is read."""
        self.mails_in += 1
        await self.soak.town.keep(raw, to=to, sender=sender)
        self._effects.append(then)

    async def read(self) -> None:
        """Let what came be read, and work out what ought to follow; when it is time, the process dies over it."""
        if not self._effects:
            return
        if self._dies("taking"):
            await self.soak.die_while_taking()
        await self.soak.town.take()
        effects, self._effects = self._effects, []
        for effect in effects:
            effect(self.now)

    async def settle(self) -> None:
        """Read what came and send what is due; when it is time, the process dies over that, or between two mails."""
        await self.read()
        if self._dies("sending"):
            self.soak.relay.dies_in = self.chance.randrange(3)
        await self.soak.deliver()
        if self._dies("idle"):
            await self.soak.again()

    async def look_after(self) -> None:
        """The housekeeping's minute."""
        await self.settle()
        await self.soak.housekeeping.round()
        await self.soak.deliver()

    def _dies(self, how: str) -> bool:
        """Tell whether the process has to die now, in this way; if so, decide when it does next, and how."""
        if how != self._death or self.now < self._dies_at:
            return False
        self._dies_at = self.now + timedelta(days=self.scale.restart_every * self.chance.uniform(0.5, 1.5))
        self._death = self.chance.choice(("idle", "taking", "sending"))
        return True

    def _plan(self, day: datetime) -> None:
        """Put a day's arrivals and the house's rounds on the agenda."""
        works = folk.local(day).weekday() < 5
        for minute in range(0, 24 * 60, self.scale.round_every if works else 60):
            if not works or 60 <= minute <= 660 or minute % 60 == 0:
                self.at(day + timedelta(minutes=minute), self.look_after)
        for _ in range(self.scale.mails if works else self.scale.mails_on_days_off):
            self.at(day + timedelta(minutes=self._minute()), self.somebody_writes)
        if works:
            self.desk.plan(day)
        for share, event in ((0.6, self._newsletter), (0.12, self._nobody), (0.1, self._robot), (0.4, self._stranger)):
            if self.chance.random() < share:
                self.at(day + timedelta(minutes=self._minute()), event)
        if self.chance.random() < 1 / self.scale.down_every:
            begin = day + timedelta(minutes=self._minute())
            self.at(begin, lambda: self._relay_falls(begin))

    def _minute(self) -> float:
        """A minute of the day in which people write: most of them by day, some at night."""
        return (
            self.chance.triangular(0, 24 * 60, 300) if self.chance.random() < 0.9 else self.chance.uniform(0, 24 * 60)
        )

    async def _relay_falls(self, begin: datetime) -> None:
        self.soak.relay.down = (begin, begin + timedelta(hours=1))
        self.truth.counted["hours without a relay"] += 1

    # What citizens do.

    async def somebody_writes(self) -> None:
        person = self.chance.choice(self.people)
        unit = self.chance.choices(tuple(UNITS), (60, 15, 15, 10))[0]
        subject, said = folk.saying(self.chance, unit)
        drawn = self.chance.random()
        if drawn < 0.004:
            said = folk.DOOR
        elif drawn < 0.034:
            subject, said = folk.SPAM
        await self.first(person, person.addresses[0], unit, subject, said, twice=self.chance.random() < 0.04)

    async def first(
        self, person: Person, sender: str, unit: str, subject: str, said: str, *, twice: bool = False
    ) -> None:
        """A first mail to a unit's address; some are delivered twice, some persons ask again in a new mail."""
        mark, to = self.marks.draw(Said.CITIZEN), UNITS[unit].address
        raw, came = mails.first_mail(self.chance, person, sender, to, mark, subject, said), self.now

        def arrives(read: datetime) -> None:
            matter = self.truth.arrives(person, sender, unit, mark, came, read)
            matter.door = said == folk.DOOR
            if self.chance.random() < 0.04:
                self.after(self.chance.uniform(2, 30), lambda: self._asks_again(matter, unit, said))

        await self.post(raw, to, sender, arrives)
        if twice:
            self.after(self.chance.choice((0, 0.5, 30)), lambda: self._second_delivery(raw, to, sender))

    async def _second_delivery(self, raw: bytes, to: str, sender: str) -> None:
        """The same mail once more: as the same bytes, or by another way through the world."""
        self.truth.counted["second deliveries"] += 1
        if self.chance.random() < 0.5:
            end = b"\r\n" if b"\r\n\r\n" in raw else b"\n"
            raw = b"Received: from other.example by mx.kommun.example" + end + raw
        await self.post(raw, to, sender)

    async def _asks_again(self, matter: Matter, unit: str, said: str) -> None:
        person = matter.person
        if person is None or not matter.asks[0].waits:
            return
        mark = self.marks.draw(Said.CITIZEN)
        address = person.addresses[self.chance.random() < 0.3]
        raw = make_mail(
            f"Hej igen! {said} {mark}", sender=f"{person.name} <{address}>", to=UNITS[unit].address,
            subject=f"Påminnelse {mark}", message_id=f"{mark}@example.org",
        )  # fmt: skip

        came = self.now

        def arrives(read: datetime) -> None:
            self.desk.notices.twins[id(self.truth.arrives(person, address, unit, mark, came, read))] = matter

        await self.post(raw, UNITS[unit].address, address, arrives)

    def _arrived(self, mail: Outbound) -> None:
        """A mail of ours has reached somebody: what they do about it goes on the agenda."""
        if mail.to_addr in STAFF_AT:
            self.desk.got(STAFF_AT[mail.to_addr], mail)
        elif mail.to_addr not in {folk.ON_CALL, folk.ADMIN}:
            self._citizen_got(mail)

    def _took(self, mail: Outbound) -> None:
        if mark := written_mark(mail):
            self.truth.accepted(mark, self.now)

    def _citizen_got(self, mail: Outbound) -> None:
        number = next(iter(numbers_in(mail.subject[-20:])), "")
        known = self.truth.by_number.get(number)
        marks = [mark for mark in MARK.findall(f"{mail.subject}\n{mail.text}") if mark[0] == Said.CITIZEN]
        matter = known or next((self.truth.by_mark[mark] for mark in marks if mark in self.truth.by_mark), None)
        if matter is None or matter.person is None:
            return
        person, drawn, mark = matter.person, self.chance.random(), written_mark(mail)
        if person.robot and drawn < 0.5:
            self.after(0.02, lambda: self._robot_replies(matter, mail))
        elif mark.startswith(Said.ANSWER):
            self._answered(matter, mail, mark, drawn)
        elif not mark and drawn < 0.06 and "Tack för ditt meddelande" in mail.text:
            self.after(self.chance.expovariate(1 / 5), lambda: self._writes_more(matter, mail, folk.MORE))

    def _answered(self, matter: Matter, mail: Outbound, mark: str, drawn: float) -> None:
        if drawn < 0.01:
            self.after(0.1, lambda: self._comes_back(mail, mark))
        elif drawn < 0.14:
            self.after(self.chance.expovariate(1 / 4), lambda: self._writes_more(matter, mail, folk.THANKS))
        elif drawn < 0.26:
            self.after(self.chance.expovariate(1 / 12), lambda: self._writes_more(matter, mail, folk.AFTER))

    async def _comes_back(self, mail: Outbound, mark: str) -> None:
        """The receiver's own server refuses after all."""
        self.truth.counted["answers that came back"] += 1

        def fails(_: datetime) -> None:
            if not self.truth.letters[mark].failed:
                self.truth.refused(mark)

        await self.post(mails.failed_delivery(mail), mail.return_path, "", fails)

    async def _robot_replies(self, matter: Matter, mail: Outbound) -> None:
        mark, address = self.marks.draw(Said.CITIZEN), mail.to_addr
        to = mail.return_path if self.chance.random() < 0.5 else mail.reply_to
        raw = mails.automatic_reply(
            f"Jag är på semester. {mark}", mail, sender=address, message_id=f"{mark}@example.org", at=to
        )
        self.truth.counted["automatic replies"] += 1
        await self.post(
            raw,
            to,
            "" if to == mail.return_path else address,
            lambda read: self.truth.hears(matter, address, mark, read),
        )

    async def _writes_more(self, matter: Matter, mail: Outbound, sayings: tuple[str, ...]) -> None:
        """A reply to a mail of ours: by its reply address, or by the tag in its subject alone."""
        person, mark, address = matter.person, self.marks.draw(Said.CITIZEN), mail.to_addr
        assert person is not None
        by_tag = self.chance.random() < 0.1
        to = UNITS[matter.units[0][1]].address if by_tag else mail.reply_to
        client = "bare" if by_tag else person.client
        raw = mails.reply_mail(
            client, f"{self.chance.choice(sayings)} {mark}", mail, sender=f"{person.name} <{address}>",
            message_id=f"{mark}@example.org", at=to, threaded=not by_tag, vouched=person.vouched,
        )  # fmt: skip
        if sayings is folk.THANKS:
            self.desk.notices.thanks.add(mark)
        self.truth.counted["citizens' replies"] += 1
        came = self.now
        await self.post(raw, to, address, lambda read: self.truth.joins(matter, address, mark, came, read))

    async def _stranger(self) -> None:
        """Somebody else writes to the address that a citizen was given: a matter of their own."""
        mails = [one for one in self.soak.relay.accepted[-300:] if "+c-" in one.reply_to]
        if not mails:
            return
        mail, person, mark = self.chance.choice(mails), self.chance.choice(self.people), self.marks.draw(Said.CITIZEN)
        address = person.addresses[1]
        if mail.to_addr in person.addresses:
            return
        raw = make_mail(
            f"Jag undrar samma sak som min granne. {mark}", sender=address, to=mail.reply_to, subject=f"Hej {mark}",
            message_id=f"{mark}@example.org", In_Reply_To=f"<{mail.message_id}>",
        )  # fmt: skip
        unit = next(unit.id for unit in UNITS.values() if unit.address == mail.from_addr)
        self.truth.counted["strangers"] += 1
        came = self.now
        await self.post(
            raw, mail.reply_to, address, lambda read: self.truth.arrives(person, address, unit, mark, came, read)
        )

    async def _newsletter(self) -> None:
        mark = self.marks.draw(Said.NEVER)
        self.truth.counted["newsletters"] += 1
        await self.post(mails.newsletter(mark), CONTACT, "bounce@shop.example")

    async def _nobody(self) -> None:
        """A mail without a sender is laid aside."""
        mark = self.marks.draw(Said.NEVER)
        raw = make_mail(f"Vem är jag? {mark}", message_id=f"{mark}@example.org", dmarc="").split(b"\n")
        nameless = b"\n".join(line for line in raw if not line.startswith(b"From:"))
        await self.post(nameless, CONTACT, "", lambda _: self.truth.held.update(["no_sender"]))

    async def _robot(self) -> None:
        """A robot without marks writes the same words four times: the fourth is laid aside."""
        person = Person("Robot", (f"robot{self.mails_in}@example.org",) * 2, "bare", robot=False, vouched=True)
        for turn in range(4):
            mark, address = self.marks.draw(Said.CITIZEN), person.addresses[0]
            raw = make_mail(
                "Larm i pumpstationen", sender=address, subject=f"Larm {mark}", message_id=f"{mark}@example.org"
            )

            def arrives(read: datetime, mark: str = mark, turn: int = turn, came: datetime = self.now) -> None:
                if turn == 3:
                    self.truth.held["repeated"] += 1
                else:
                    self.truth.arrives(person, person.addresses[0], "kc", mark, came, read)

            await self.post(raw, CONTACT, address, arrives)

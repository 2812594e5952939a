"""The long run's own ledger of truth: what ought to follow from every mail, worked out without the product.

It knows design §4 and §6 only: who may see a case, which question a mail joins, whom an answer reaches and when the
clock stops. Every text carries a unique mark, so that what left can be searched for it afterwards.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.facts import FactKind
from tests.municipality import STAFF, UNITS, Colleague, Person

MARK = re.compile(r"(?<![a-z])[qshunb]zx[a-z]{7}(?![a-z])")
"""A mark in a text: the first letter tells whose words they are (`Said`)."""
NUMBER = re.compile(r"K-[0-9A-Z]{6}-[0-9A-Z]")


class Said(StrEnum):
    """Whose words a mark stands in."""

    CITIZEN = "q"
    ANSWER = "s"
    HOLDING = "h"
    OUTCOME = "u"
    INSIDE = "n"
    """A note or a reason: it stays in the house."""
    NEVER = "b"
    """What nobody may get: it stood where nothing is sent from, or in a mail that must not act."""


@dataclass(eq=False, slots=True)
class Letter:
    """What an officer wrote to a citizen. `left`: the relay took it. `failed`: it came back."""

    mark: str
    ask: "Ask"
    officer: str
    left: datetime | None = None
    failed: bool = False
    regretted: bool = False

    @property
    def stands(self) -> bool:
        return not self.failed and not self.regretted


@dataclass(eq=False, slots=True)
class Ask:
    """A question that awaits an answer: the unit that is measured."""

    no: int
    arrived: datetime
    messages: int = 1
    letters: list[Letter] = field(default_factory=list)
    told: list[datetime] = field(default_factory=list)
    excluded: str = ""

    @property
    def answered(self) -> datetime | None:
        """The first answer that stands, in the order they were given."""
        given = [(one.left, one.stands) for one in self.letters if one.left is not None]
        return min([left for left, stands in given if stands] + self.told, default=None)

    @property
    def waits(self) -> bool:
        return self.answered is None and not self.excluded

    @property
    def taken(self) -> bool:
        """Whether another answer would be one beside the first."""
        return bool(self.told) or any(one.stands for one in self.letters)


@dataclass(eq=False, slots=True)
class Matter:
    """A case as it ought to be. `person` None: somebody who called and left no address."""

    person: Person | None
    units: list[tuple[datetime, str]]
    asks: list[Ask] = field(default_factory=list)
    number: str = ""
    kind: str = "question"
    secret: datetime | None = None
    merged_into: "Matter | None" = None
    merged_from: list["Matter"] = field(default_factory=list)
    facts: Counter[FactKind] = field(default_factory=Counter)
    hands: set[str] = field(default_factory=set)
    heard: list[datetime] = field(default_factory=list)
    """When each of the citizen's messages was read."""
    door: bool = False

    @property
    def unit(self) -> str:
        return self.units[-1][1]

    @property
    def home(self) -> "Matter":
        return self if self.merged_into is None else self.merged_into.home

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has happened but that one question waits."""
        new = len(self.asks) == 1 and self.asks[0].waits and not self.asks[0].taken
        plain = self.secret is None and self.merged_into is None and not self.merged_from
        return new and plain and bool(self.number) and self.person is not None

    def named(self, no: int) -> Ask:
        """The question meant by a notice: that one, else the one that waits, else the last."""
        if 1 <= no <= len(self.asks):
            return self.asks[no - 1]
        return next((ask for ask in reversed(self.asks) if ask.waits), self.asks[-1])

    def to_answer(self, no: int) -> Ask:
        """The question that an answer stops: the one meant if it waits, or nothing does; else the latest that waits."""
        meant, waiting = self.named(no), [ask for ask in self.asks if ask.waits]
        return meant if meant.waits or not waiting else waiting[-1]


class Truth:
    """All matters, and what was said in them."""

    def __init__(self) -> None:
        self.matters: list[Matter] = []
        self.by_mark: dict[str, Matter] = {}
        self.ask_of: dict[str, int] = {}
        self.writer: dict[str, str] = {}
        self.letters: dict[str, Letter] = {}
        self.kept: dict[str, Matter] = {}
        """The case in which the words of each message or note are kept."""
        self.by_number: dict[str, Matter] = {}
        self.away: dict[str, list[tuple[date, date]]] = {}
        self.held: Counter[str] = Counter()
        self.calls = 0
        self.counted: Counter[str] = Counter()
        """How often each thing was played, for the summary."""
        self.wrong: list[str] = []
        """What was seen to be wrong on the way."""

    def learn(self, number: str, matter: Matter) -> None:
        """Take a number that a mail of ours shows for a matter: it has one, and nobody else has it."""
        if matter.number not in {"", number} or self.by_number.get(number, matter) is not matter:
            self.wrong.append(f"{number} is shown for a matter known as {matter.number or 'another'}")
        matter.number = matter.number or number
        self.by_number.setdefault(number, matter)

    # What citizens do.

    def arrives(
        self, person: Person | None, address: str, unit: str, mark: str, came: datetime, read: datetime
    ) -> Matter:
        """A first message: a new matter."""
        matter = Matter(person, [(came, unit)])
        self.matters.append(matter)
        self.joins(matter, address, mark, came, read)
        return matter

    def joins(self, matter: Matter, address: str, mark: str, came: datetime, read: datetime) -> None:
        """A message in a thread: it joins what waits, or opens the next question."""
        matter = matter.home
        self.hears(matter, address, mark, read)
        waiting = next((ask for ask in reversed(matter.asks) if ask.waits), None)
        if waiting is None:
            waiting = Ask(len(matter.asks) + 1, came, messages=0)
            matter.asks.append(waiting)
        waiting.messages += 1
        self.ask_of[mark] = waiting.no

    def hears(self, matter: Matter, address: str, mark: str, read: datetime) -> None:
        """A message kept in a matter; an automatic one opens nothing."""
        self.by_mark[mark] = matter.home
        self.writer[mark] = address
        self.kept[mark] = matter.home
        matter.home.heard.append(read)
        matter.home.facts[FactKind.RECEIVED] += 1

    # What officers do. An act out of sight, or in a case that has become part of another, ought to do nothing.

    def sees(self, who: Colleague, matter: Matter) -> bool:
        member = matter.unit in who.units
        if matter.secret is not None:
            return member and who.cleared
        return member or (who.lead and not UNITS[matter.unit].secrecy)

    def acts(self, who: Colleague, matter: Matter, fact: FactKind | None = None) -> bool:
        """Something done in a matter; return whether it ought to have been done."""
        done = matter.merged_into is None and self.sees(who, matter)
        if done and fact is not None:
            matter.facts[fact] += 1
        if done:
            matter.hands.add(who.id)
        else:
            self.counted["acts out of sight"] += 1
        return done

    def answers(self, who: Colleague, matter: Matter, no: int, mark: str, *, again: bool = False) -> None:
        """An answer: of two the first goes out, unless the second was asked for."""
        self.by_mark[mark] = matter.home
        if not self.acts(who, matter):
            return
        ask = matter.to_answer(no)
        if not again and (matter.named(no).taken or ask.taken):
            self.counted["answers to what was answered"] += 1
        elif matter.person is not None:
            letter = self._letter(who, matter, ask, mark)
            ask.letters.append(letter)

    def holds(self, who: Colleague, matter: Matter, mark: str) -> None:
        """A holding notice, where something waits; it never stops the clock."""
        self.by_mark[mark] = matter.home
        waiting = [ask for ask in matter.asks if ask.waits]
        if self.acts(who, matter) and waiting and matter.person is not None:
            matter.facts[FactKind.HELD] += 1
            self._letter(who, matter, waiting[-1], mark)

    def outcome(self, who: Colleague, matter: Matter, no: int, mark: str) -> None:
        self.by_mark[mark] = matter.home
        if self.acts(who, matter, FactKind.OUTCOME) and matter.person is not None:
            self._letter(who, matter, matter.named(no), mark)

    def tells(self, who: Colleague, matter: Matter, no: int, mark: str, now: datetime, *, spoken: bool) -> None:
        """Answered by telephone or elsewhere, at this instant; what was said is kept."""
        self.by_mark[mark] = matter.home
        if self.acts(who, matter, FactKind.ANSWERED if spoken else FactKind.ANSWERED_ELSEWHERE):
            matter.to_answer(no).told.append(now)
            self.kept[mark] = matter

    def notes(self, who: Colleague, matter: Matter, mark: str) -> None:
        self.by_mark[mark] = matter.home
        if self.acts(who, matter, FactKind.NOTED):
            self.kept[mark] = matter

    def turns(self, who: Colleague, matter: Matter, kind: str) -> None:
        """Of another kind from now on; of the same nothing is written down."""
        if matter.kind != kind and self.acts(who, matter, FactKind.KIND_CHANGED):
            matter.kind = kind

    def hides(self, who: Colleague, matter: Matter, now: datetime) -> None:
        if self.acts(who, matter, FactKind.MARKED):
            matter.secret = now

    def looks(self, who: Colleague, matter: Matter) -> None:
        """Somebody asks to see a case; of one that has become part of another, too, that is written down."""
        if self.sees(who, matter):
            matter.facts[FactKind.OPENED] += 1

    def leaves_out(self, who: Colleague, matter: Matter, no: int, reason: str, since: datetime) -> None:
        """Left out, unless the citizen has written more since the notice that the officer answers."""
        if any(read > since for one in (matter, *matter.merged_from) for read in one.heard):
            self.acts(who, matter)
            self.counted["left out too late"] += 1
        elif self.acts(who, matter, FactKind.EXCLUDED):
            matter.named(no).excluded = reason

    def hands_over(self, who: Colleague, matter: Matter, to: str, mark: str, now: datetime) -> None:
        """Handed to another unit, or to an officer of another unit who is here."""
        self.by_mark[mark] = matter.home
        if any(first <= now.date() < back for first, back in self.away.get(to, ())):
            self.acts(who, matter)
        elif self.acts(who, matter, FactKind.TRANSFERRED):
            matter.units.append((now, to if to in UNITS else min(STAFF[to].units)))
            matter.hands |= {to} & STAFF.keys()
            self.kept[mark] = matter

    def goes(self, who: Colleague, first: date, back: date) -> None:
        self.away.setdefault(who.id, []).append((first, back))

    def merges(self, who: Colleague, old: Matter, young: Matter) -> None:
        """Two fresh cases of one person become one: the younger one's question is left out."""
        old.facts[FactKind.MERGED] += 1
        young.facts.update([FactKind.MERGED, FactKind.EXCLUDED])
        young.asks[0].excluded, young.merged_into = "merged", old
        old.merged_from.append(young)
        old.hands.add(who.id)

    def regrets(self, mark: str, matter: Matter) -> None:
        """Taken back before it left; one fact says so."""
        self.letters[mark].regretted = True
        matter.facts[FactKind.CORRECTED] += 1

    def _letter(self, who: Colleague, matter: Matter, ask: Ask, mark: str) -> Letter:
        letter = self.letters[mark] = Letter(mark, ask, who.id)
        self.kept[mark] = matter
        return letter

    # What the relay says.

    def accepted(self, mark: str, now: datetime) -> None:
        letter = self.letters.get(mark)
        if letter is None:
            self.wrong.append(f"{mark} left, though nothing of it ought to")
            return
        if letter.left is None:
            letter.left = now
            if mark.startswith(Said.ANSWER):
                self.by_mark[mark].home.facts[FactKind.ANSWERED] += 1

    def refused(self, mark: str) -> None:
        """A letter came back, or was never taken: no answer; a holding notice that nobody got moves no promise."""
        letter, matter = self.letters[mark], self.by_mark[mark].home
        letter.failed = True
        matter.facts[FactKind.DELIVERY_FAILED] += 1
        if not mark.startswith(Said.ANSWER):
            matter.facts[FactKind.CORRECTED] += 1

    # Who may read what.

    def readers(self, matter: Matter, at: datetime) -> set[str]:
        """Addresses of staff to whom words of a matter may have been sent by an instant."""
        found = set[str]()
        for one in (matter, *matter.merged_from):
            had = {unit for since, unit in one.units if since <= at}
            leads = any(not UNITS[unit].secrecy for unit in had)
            found |= {who.email for who in STAFF.values() if who.units & had or (who.lead and leads)}
        return found

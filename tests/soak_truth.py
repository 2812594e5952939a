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
    door: bool = False

    @property
    def unit(self) -> str:
        return self.units[-1][1]

    @property
    def home(self) -> "Matter":
        return self if self.merged_into is None else self.merged_into.home

    @property
    def leaving(self) -> bool:
        return any(one.stands and one.left is None for ask in self.asks for one in ask.letters)

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

    def arrives(self, person: Person | None, address: str, unit: str, mark: str, now: datetime) -> Matter:
        """A first message: a new matter."""
        matter = Matter(person, [(now, unit)])
        self.matters.append(matter)
        self.joins(matter, address, mark, now)
        return matter

    def joins(self, matter: Matter, address: str, mark: str, now: datetime) -> None:
        """A message in a thread: it joins what waits, or opens the next question."""
        matter = matter.home
        self.heard(matter, address, mark)
        waiting = next((ask for ask in reversed(matter.asks) if ask.waits), None)
        if waiting is None:
            waiting = Ask(len(matter.asks) + 1, now, messages=0)
            matter.asks.append(waiting)
        waiting.messages += 1
        self.ask_of[mark] = waiting.no

    def heard(self, matter: Matter, address: str, mark: str) -> None:
        """A message kept in a matter; an automatic one opens nothing."""
        self.by_mark[mark] = matter.home
        self.writer[mark] = address
        matter.home.facts[FactKind.RECEIVED] += 1

    # What officers do. Each returns whether it ought to have happened.

    def sees(self, who: Colleague, matter: Matter) -> bool:
        member = matter.unit in who.units
        if matter.secret is not None:
            return member and who.cleared
        return member or (who.lead and not UNITS[matter.unit].secrecy)

    def acts(self, who: Colleague, matter: Matter, fact: FactKind | None = None) -> bool:
        """An act in a matter: it ought to be done if the officer may see it and it stands for itself."""
        done = matter.merged_into is None and self.sees(who, matter)
        if done and fact is not None:
            matter.facts[fact] += 1
        if done:
            matter.hands.add(who.id)
        else:
            self.counted["acts out of sight"] += 1
        return done

    def answers(self, who: Colleague, matter: Matter, no: int, mark: str, *, again: bool = False) -> bool:
        self.by_mark[mark] = matter.home
        if not self.acts(who, matter):
            return False
        ask = matter.to_answer(no)
        if not again and (matter.named(no).taken or ask.taken):
            self.counted["answers to what was answered"] += 1
            return False
        if matter.person is None:
            return False
        self._letter(who, matter, ask, mark)
        return True

    def holds(self, who: Colleague, matter: Matter, mark: str) -> bool:
        self.by_mark[mark] = matter.home
        waiting = [ask for ask in matter.asks if ask.waits]
        if not self.acts(who, matter) or not waiting or matter.person is None:
            return False
        matter.facts[FactKind.HELD] += 1
        self.letters[mark] = Letter(mark, waiting[-1], who.id)
        return True

    def outcome(self, who: Colleague, matter: Matter, no: int, mark: str) -> bool:
        self.by_mark[mark] = matter.home
        if not self.acts(who, matter, FactKind.OUTCOME):
            return False
        if matter.person is not None:
            self.letters[mark] = Letter(mark, matter.named(no), who.id)
        return True

    def tells(self, who: Colleague, matter: Matter, no: int, now: datetime, fact: FactKind) -> None:
        """Answered by telephone or elsewhere."""
        if self.acts(who, matter, fact):
            matter.to_answer(no).told.append(now)

    def leaves_out(self, who: Colleague, matter: Matter, no: int, reason: str) -> None:
        if self.acts(who, matter, FactKind.EXCLUDED):
            matter.named(no).excluded = reason

    def hands_over(self, who: Colleague, matter: Matter, to: str, mark: str, now: datetime) -> None:
        """Handed to another unit, or to an officer of another unit."""
        self.by_mark[mark] = matter.home
        if to in self.away and any(first <= now.date() < back for first, back in self.away[to]):
            self.acts(who, matter)
            return
        if self.acts(who, matter, FactKind.TRANSFERRED):
            unit = to if to in UNITS else min(STAFF[to].units)
            matter.units.append((now, unit))
            if to in STAFF:
                matter.hands.add(to)

    def merges(self, who: Colleague, old: Matter, young: Matter) -> bool:
        """Two cases of one person, in each of which one question waits and nothing is leaving."""
        if not (self.sees(who, old) and self.sees(who, young)):
            return False
        old.facts[FactKind.MERGED] += 1
        young.facts[FactKind.MERGED] += 1
        young.facts[FactKind.EXCLUDED] += 1
        young.asks[0].excluded, young.merged_into = "merged", old
        old.merged_from.append(young)
        return True

    def regrets(self, mark: str, matter: Matter) -> None:
        """Taken back before it left; what was written down of it is corrected by one fact."""
        if mark in self.letters:
            self.letters[mark].regretted = True
            matter.facts[FactKind.CORRECTED] += 1

    def _letter(self, who: Colleague, matter: Matter, ask: Ask, mark: str) -> None:
        letter = Letter(mark, ask, who.id)
        ask.letters.append(letter)
        self.letters[mark] = letter

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
        for one in (matter, *matter.merged_from, *([matter.merged_into] if matter.merged_into else [])):
            had = {unit for since, unit in one.units if since <= at}
            for who in STAFF.values():
                leads = who.lead and any(not UNITS[unit].secrecy for unit in had)
                if who.units & had or leads:
                    found.add(who.email)
        return found

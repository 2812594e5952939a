"""What is to be done in a group, the most important first. Pure.

A group takes few acts a minute. What matters less is done only while the minute has room for all that matters more;
so what is behind in the group stands on the board, which is written at least every two minutes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.chat import ChatKind
from bot.facts import NOBODY, CaseNumber, OfficerId, to_micros
from bot.groups.card import less
from bot.groups.placed import Placed
from bot.office import Shown
from bot.pace import TOPIC_EVERY, PaceAct
from bot.store.chat_rows import TopicRow, TopicState

BOARD_EVERY = timedelta(seconds=15)
BOARD_AT_LAST = timedelta(minutes=2)
CALM_LEFT = 8
"""Acts left in the minute that make a group calm enough for a topic nobody has asked for."""
CALM_WANTED = 5
"""So many topics wanted at once are too many for it."""
TAKEN_LATELY = timedelta(hours=1)
"""So long a taken case's topic goes before what nobody waits for."""
PRIVATE_AFTER = timedelta(seconds=5)
"""What an officer has just taken stands in the private chat if the group cannot show it so soon."""
PRIVATE_WITHIN = timedelta(minutes=10)
_ACTS_OF_NEW, _UNTIL_CARD = 3, 2
"""Topic, card and pin; topic and card."""


class Do(StrEnum):
    """What can be done."""

    LEAVE = "leave"
    """Take away what must not be read there any more."""
    BOARD = "board"
    REOPEN = "reopen"
    NEWS = "news"
    MAKE = "make"
    CARD = "card"
    TELL_OWNER = "tell_owner"
    """Queue the card for the owner's private chat; nothing is done in the group."""
    EDIT = "edit"
    PIN = "pin"
    TITLE = "title"
    CLOSE = "close"
    DELETE = "delete"

    @property
    def act(self) -> PaceAct:
        """How it is counted. Only new topics must be far apart: a title must not keep an officer's topic waiting."""
        return PaceAct.TOPIC if self is Do.MAKE else PaceAct.POST


_BY_IMPORTANCE = (Do.EDIT, Do.PIN, Do.TITLE, Do.BOARD, Do.CLOSE, Do.DELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `own`: an officer waits for it."""

    do: Do
    case: CaseNumber | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToShow:
    """A case as far as the plan needs it. All instants are UTC.

    Attributes:
        row: how it is shown now, None: not at all.
        placed: the row's memory.
        here: the group is its unit's.
        stands: it is open, and not part of another. waits: for an answer. owner: whose it is.
        changed_at: when anything last happened in it.
        level: how much of it may stand there.
        title, card: what should stand there; told only of a case that has a place there.
        oldest: id of the first message that is not shown, 0 if all are.
        resting: something went wrong with it; nothing is tried for a while.
    """

    number: CaseNumber
    row: TopicRow | None = None
    placed: Placed
    here: bool = True
    stands: bool = True
    waits: bool = True
    owner: OfficerId = NOBODY
    changed_at: datetime
    level: Shown
    title: str = ""
    card: str = ""
    oldest: int = 0
    resting: bool = False

    @property
    def has_place(self) -> bool:
        """Whether it has a topic, or in a group without topics a card."""
        return self.row is not None and (self.row.thread is not None or self.row.card is not None)

    @property
    def has_card(self) -> bool:
        """Whether its card stands there."""
        return self.row is not None and self.row.card is not None

    @property
    def must_leave(self) -> bool:
        """Whether what stands there must not be read there any more: the case lies elsewhere, or less may be told."""
        return self.has_place and (not self.here or less(self.level, self.placed.level) is not self.placed.level)

    @property
    def is_gone(self) -> bool:
        """Whether somebody has taken away what stood there: it is wanted again, from `TopicRow.wanted_at` on."""
        return self.row is not None and self.row.state is TopicState.WANTED and self.row.made_at is not None

    def may_be_made(self, now: datetime) -> bool:
        """Tell whether a topic is wanted for it at all."""
        if self.has_place or self.resting or not (self.here and self.stands):
            return False
        if self.level is Shown.NUMBER and not self.owner:
            return False  # The board says all there is to say.
        if self.is_gone and self.row is not None and now < self.row.wanted_at:
            return False
        return self.waits or (bool(self.owner) and self.row is not None)

    def is_urgent(self, now: datetime) -> bool:
        """Tell whether somebody waits for its topic: it was just taken, or what stood there has gone."""
        return self.is_gone or (bool(self.owner) and now - self.changed_at <= TAKEN_LATELY)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupToShow:
    """A group as far as the plan needs it.

    Attributes:
        kind, lacks: as it was last seen.
        board: it has a board. board_changed: another one should stand there. board_at: when it was written (UTC).
        left: acts left in this minute. new_at: when the next topic or card could be made, an officer waiting (UTC).
        linked: officers who have a private chat.
        keep: how long a closed case's topic stays.
    """

    kind: ChatKind
    lacks: frozenset[str] = frozenset()
    board: bool = True
    board_changed: bool = False
    board_at: datetime | None = None
    left: int
    new_at: datetime
    linked: frozenset[OfficerId] = frozenset()
    keep: timedelta

    @property
    def has_topics(self) -> bool:
        """Whether a topic per case can be made."""
        return self.kind is ChatKind.FORUM and not self.lacks & {"admin", "topics"}


def plan(group: GroupToShow, cases: Sequence[ToShow], now: datetime) -> list[Step]:
    """Return what is to be done, the most important first; nothing for cases that are as they should be.

    Args:
        group: the group.
        cases: those that wait in its units, and those in which something happened since they were shown.
        now: UTC.
    """
    steps = [Step(do=Do.LEAVE, case=one.number, own=True) for one in cases if one.must_leave and not one.resting]
    if _board_is_due(group, now, BOARD_AT_LAST):
        steps.append(Step(do=Do.BOARD))
    active = [one for one in cases if one.has_place and not one.resting and not one.must_leave]
    steps += _news(group, active)
    wanted = [one for one in cases if one.may_be_made(now)]
    steps += _urgent(group, active, wanted, now)
    steps += _in_calm(group, wanted, sum(step.do is not Do.TELL_OWNER for step in steps), now)
    return [*steps, *_as_room_is(group, steps, _later(group, active, now))]


def _news(group: GroupToShow, active: Iterable[ToShow]) -> Iterator[Step]:
    """Give the cases with something new, the oldest message first; a closed topic is opened before."""
    for one in sorted((one for one in active if one.has_card), key=lambda one: (one.oldest, one.number)):
        assert one.row is not None
        if one.stands and one.row.state is TopicState.CLOSED and group.has_topics:
            yield Step(do=Do.REOPEN, case=one.number)
        if one.oldest:
            yield Step(do=Do.NEWS, case=one.number)


def _urgent(group: GroupToShow, active: Iterable[ToShow], wanted: Iterable[ToShow], now: datetime) -> Iterator[Step]:
    """Give what was begun, then the topics somebody waits for: the latest taken first."""
    needed = 0
    for one in active:
        if not one.has_card:
            needed += 1
            if _tells_owner(group, one, now, now, needed):
                yield Step(do=Do.TELL_OWNER, case=one.number)
            yield Step(do=Do.CARD, case=one.number, own=bool(one.owner))
    urgent = [one for one in wanted if one.is_urgent(now)]
    new = Do.MAKE if group.has_topics else Do.CARD
    for place, one in enumerate(sorted(urgent, key=lambda one: (-to_micros(one.changed_at), one.number))):
        acts = needed + (_UNTIL_CARD if group.has_topics else 1)
        if _tells_owner(group, one, group.new_at + place * TOPIC_EVERY, now, acts):
            yield Step(do=Do.TELL_OWNER, case=one.number)
        yield Step(do=new, case=one.number, own=bool(one.owner))
        needed += _ACTS_OF_NEW if group.has_topics else 1


def _tells_owner(group: GroupToShow, one: ToShow, expected: datetime, now: datetime, acts: int) -> bool:
    """Tell whether the owner gets the card in private, as the group is behind.

    It could be begun at `expected`, and so many acts are needed until the card stands there.
    """
    if one.owner not in group.linked or one.placed.told == one.owner or now - one.changed_at > PRIVATE_WITHIN:
        return False
    return acts > group.left or (expected > now and expected > one.changed_at + PRIVATE_AFTER)


def _in_calm(group: GroupToShow, wanted: Sequence[ToShow], before: int, now: datetime) -> Iterator[Step]:
    """Give one case that nobody waits for yet, when the group is calm."""
    if before or group.left < CALM_LEFT or len(wanted) >= CALM_WANTED:
        return
    rest = sorted((one for one in wanted if not one.is_urgent(now)), key=lambda one: (not one.owner, one.changed_at))
    for one in rest[:1]:
        yield Step(do=Do.MAKE if group.has_topics else Do.CARD, case=one.number)


def _later(group: GroupToShow, active: Iterable[ToShow], now: datetime) -> list[Step]:
    """Return what nobody waits for, the most important first."""
    steps = [Step(do=do, case=one.number) for one in active for do in _upkeep(group, one, now)]
    if _board_is_due(group, now, BOARD_EVERY) and not _board_is_due(group, now, BOARD_AT_LAST):
        steps.append(Step(do=Do.BOARD))
    return sorted(steps, key=lambda step: _BY_IMPORTANCE.index(step.do))


def _upkeep(group: GroupToShow, one: ToShow, now: datetime) -> Iterator[Do]:
    """Give what is not as it should be about a case that has its card."""
    row, placed = one.row, one.placed
    if row is None or row.card is None:
        return
    topic, over = row.thread is not None, _is_over(one, row)
    named = topic and group.has_topics
    wrong = (
        (Do.EDIT, one.card != placed.card),
        (Do.PIN, topic and one.stands and not placed.pinned and "pin" not in group.lacks),
        (Do.TITLE, named and one.title != row.title),
        (Do.CLOSE, over and (not topic or (named and row.state is TopicState.OPEN))),
        (Do.DELETE, over and named and row.state is TopicState.CLOSED and one.changed_at + group.keep <= now),
    )
    yield from (do for do, is_so in wrong if is_so and not (do is Do.DELETE and "delete" in group.lacks))


def _is_over(one: ToShow, row: TopicRow) -> bool:
    """Tell whether a case is closed and everything that is to be said of it stands there."""
    titled = row.thread is None or one.title == row.title
    return not one.stands and not one.oldest and one.card == one.placed.card and titled


def _as_room_is(group: GroupToShow, before: Sequence[Step], later: Sequence[Step]) -> list[Step]:
    """Return those that the minute has room for beside all that goes before them."""
    needed = sum(_ACTS_OF_NEW if step.do is Do.MAKE else step.do is not Do.TELL_OWNER for step in before)
    return list(later[: max(group.left - needed, 0)])


def is_settled(group: GroupToShow, one: ToShow, now: datetime) -> bool:
    """Tell whether a case in which something happened is as it should be, until something happens again."""
    if one.resting or one.must_leave:
        return False
    if one.has_place:
        closed = one.row is not None and one.stands and one.row.state is TopicState.CLOSED and group.has_topics
        return one.has_card and not one.oldest and not closed and not list(_upkeep(group, one, now))
    # What waits is looked at whether or not something happened.
    return one.waits or not (one.here and one.stands and one.owner)


def _board_is_due(group: GroupToShow, now: datetime, every: timedelta) -> bool:
    if not group.board:
        return True
    return group.board_changed and (group.board_at is None or now - group.board_at >= every)

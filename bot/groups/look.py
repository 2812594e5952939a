"""What a group shows and what it should show, read at one instant."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Micros
from bot.case import CaseNow, CaseState
from bot.chat import ChatId
from bot.clock import deadlines
from bot.errors import where
from bot.facts import CaseNumber, OfficerId, Seq, UnitId, from_micros, to_micros
from bot.groups.board import MOST_LINES, Board, BoardLine, board_of
from bot.groups.card import Card, SeenCase, card_of, level_of, level_of_case, seen_case, title_of
from bot.groups.news import News, news_of
from bot.groups.placed import NOT_PLACED, Placed
from bot.groups.plan import CALM_WANTED, GroupToShow, ToShow, is_settled
from bot.office import ChatRules, Office, Shown, Unit
from bot.pace import Pace, PaceAct
from bot.store.chat_rows import GroupRow, TopicRow, TopicState
from bot.store.desk_reading import case_rows
from bot.store.group_reading import (
    Happened,
    WaitingCase,
    WaitingCases,
    happened_in,
    newest_facts,
    private_chats,
    topic_rows,
    waiting_here,
)
from bot.store.group_records import Settled

logger = logging.getLogger(__name__)

MOST_READ = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group, whose it is, and what it may not do just now.

    Attributes:
        row: the group as it was last seen.
        units: whose cases it shows. groups: all groups there are, with the numbers they have now.
        resting: cases in which something went wrong, so that nothing is tried for a while.
        scans: files are scanned, so that none is shown before it has passed.
    """

    row: GroupRow
    units: Sequence[Unit]
    groups: Mapping[UnitId, ChatId]
    resting: Collection[CaseNumber]
    scans: bool

    @property
    def chat(self) -> ChatId:
        """The group's number."""
        return self.row.chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What stands in a group and what should, for the plan, and what is needed to do it.

    Attributes:
        office, now: as of which it is.
        group, cases: for the plan.
        seen, cards, news: of the cases that have a place there and may need something.
        rows: how each case is shown.
        board: what should stand on the board.
        private: the private chats of officers.
        broken: cases that cannot be shown by a fault of ours.
        settled: cases in which something happened that are as they should be. again: something may change by itself.
        turns_at: when the next answer becomes late (UTC), None: none does.
    """

    office: Office
    now: datetime
    group: GroupToShow
    cases: Sequence[ToShow]
    seen: Mapping[CaseNumber, SeenCase]
    cards: Mapping[CaseNumber, Card]
    news: Mapping[CaseNumber, News]
    rows: Mapping[CaseNumber, TopicRow]
    board: Board
    private: Mapping[OfficerId, ChatId]
    broken: Sequence[CaseNumber]
    settled: Sequence[Settled]
    again: bool
    turns_at: datetime | None


async def look_at_group(connection: AsyncConnection, office: Office, place: Place, pace: Pace, now: datetime) -> Look:
    """Return what a group shows and should show as of now (UTC)."""
    waiting = await waiting_here(connection, [unit.id for unit in place.units], [unit.id for unit in office.units])
    due = deadlines(office.calendar, office.rule, waiting.arrived) if waiting.cases else waiting.arrived
    known = await topic_rows(connection, place.chat, [one.number for one in waiting.cases])
    rows = {number: row for number, row in known.items() if _is_ours(place, row)}
    drafts = _waiting(office, place, waiting, due, known, now)
    others = [number for number, row in rows.items() if row.dirty and number not in drafts]
    for number, case in (await case_rows(connection, others)).items():
        if number in rows and number not in drafts:
            drafts[number] = _other(office, place, case, rows[number])
    read = _to_read(drafts.values())
    unsettled = [message for one in read for message in one.placed.unsettled]
    happened = await happened_in(connection, [rows[one.number] for one in read], unsettled)
    details = _Details(office, place, happened, now)
    cases = [*(one for one in drafts.values() if not one.has_place), *map(details.complete, read)]
    private = await private_chats(connection)
    board = _board(office, waiting, due, now)
    group = _group(office, place, pace, board, private, now)
    seqs = await newest_facts(connection, [number for number, row in rows.items() if row.dirty])
    return Look(
        office=office, now=now, group=group, cases=cases, seen=details.seen, cards=details.cards, news=details.news,
        rows=rows, board=board, private=private, broken=details.broken,
        settled=_settled(group, cases, details.news, seqs, rows, place.chat, now),
        again=any(one.again for one in details.news.values()), turns_at=_turns_at(due, now),
    )  # fmt: skip


def _to_read(drafts: Iterable[ToShow]) -> list[ToShow]:
    """Return the cases with a place that are looked at now: what must go, what was begun, then the latest changed.

    A minute takes fewer acts than these; what is left out has its turn when they are done.
    """
    active = [one for one in drafts if one.has_place and not one.resting]
    first = sorted(active, key=lambda one: to_micros(one.changed_at), reverse=True)
    return sorted(first, key=lambda one: not one.must_leave and one.has_card)[:MOST_READ]


def _is_ours(place: Place, row: TopicRow) -> bool:
    """Tell whether a row is for this group to deal with; not while another group has not taken away what is there."""
    nowhere = row.thread is None and row.card is None
    return row.chat == place.chat or nowhere or row.chat not in place.groups.values()


def _here(place: Place, row: TopicRow) -> TopicRow:
    """Return the row as this group has it: what stands in another group does not stand here."""
    if row.chat == place.chat:
        return row
    return replace(
        row, chat=place.chat, state=TopicState.DELETED, thread=None, card=None, title="", shown="", upto=0
    )  # fmt: skip


def _waiting(
    office: Office,
    place: Place,
    waiting: WaitingCases,
    due: Micros,
    known: Mapping[CaseNumber, TopicRow],
    now: datetime,
) -> dict[CaseNumber, ToShow]:
    """Return the waiting cases that have no place in the group yet, and those whose place is not as it should be."""
    found: dict[CaseNumber, ToShow] = {}
    late = (due <= to_micros(now)).tolist()
    nobodys = 0
    for one, is_late in zip(waiting.cases, late, strict=True):
        level = level_of(office, one.channel, one.unit, secret=one.secret)
        stored = known.get(one.number)
        if stored is None:
            # So it is with most that wait. What the board alone shows is not even looked at, and of what nobody has
            # taken no more than it takes to see that it is too much for topics.
            nobodys += not one.owner and level is not Shown.NUMBER
            if one.owner or (level is not Shown.NUMBER and nobodys <= CALM_WANTED):
                found[one.number] = _draft(place, one, None, level)
        elif _is_ours(place, stored):
            draft = _draft(place, one, _here(place, stored), level)
            if not draft.has_place or stored.dirty or is_late != draft.placed.late or draft.must_leave:
                found[one.number] = draft
    return found


def _draft(place: Place, one: WaitingCase, row: TopicRow | None, level: Shown) -> ToShow:
    return ToShow(
        number=one.number, row=row, placed=Placed.decode(row.shown) if row else NOT_PLACED, owner=one.owner,
        changed_at=from_micros(one.changed), level=level, resting=one.number in place.resting,
    )  # fmt: skip


def _other(office: Office, place: Place, case: CaseNow, stored: TopicRow) -> ToShow:
    """Return a case that does not wait, or lies in another group's unit now."""
    row, unit = _here(place, stored), office.unit(case.unit)
    return ToShow(
        number=case.number, row=row, placed=Placed.decode(row.shown),
        here=any(one.id == unit.id for one in place.units),
        stands=case.state is CaseState.OPEN and case.merged_into is None, waits=False, owner=case.owner,
        changed_at=case.changed_at, level=level_of_case(office, case), resting=case.number in place.resting,
    )  # fmt: skip


class _Details:
    """What must be known of cases that have a place: their cards, titles and news."""

    def __init__(self, office: Office, place: Place, happened: Happened, now: datetime) -> None:
        self._office, self._place, self._happened, self._now = office, place, happened, now
        self.seen: dict[CaseNumber, SeenCase] = {}
        self.cards: dict[CaseNumber, Card] = {}
        self.news: dict[CaseNumber, News] = {}
        self.broken: list[CaseNumber] = []

    def complete(self, one: ToShow) -> ToShow:
        """Return a case with what should stand there; one that cannot be told is left alone."""
        try:
            return self._completed(one)
        except Exception as error:
            logger.error("case %s cannot be shown in its group: our fault: %s", one.number, where(error))
            self.broken.append(one.number)
            return replace(one, resting=True)

    def _completed(self, one: ToShow) -> ToShow:
        assert one.row is not None
        number, happened = one.number, self._happened
        seen = seen_case(happened.facts[number], happened.questions.get(number))
        news = news_of(
            self._office, seen, happened.messages.get(number, ()), happened.mails.get(number, ()), upto=one.row.upto,
            unsettled=one.placed.unsettled, scans=self._place.scans, now=self._now,
        )  # fmt: skip
        card = card_of(self._office, seen, self._now)
        self.seen[number], self.cards[number], self.news[number] = seen, card, news
        return replace(
            one, title=title_of(self._office, seen), card=card.digest, oldest=news.pieces[0].upto if news.pieces else 0,
            stands=seen.stands, waits=seen.waiting_since is not None,
        )  # fmt: skip


def _board(office: Office, waiting: WaitingCases, due: Micros, now: datetime) -> Board:
    """Return the board, with what is due first on top, then the oldest."""
    order = np.lexsort((waiting.arrived, due))[:MOST_LINES].tolist()
    first = [(waiting.cases[at], from_micros(int(due[at]))) for at in order]
    shown = [
        BoardLine(
            number=one.number, due=ends, owner=one.owner, secret=one.secret or office.unit(one.unit).secrecy,
            kind=None if level_of(office, one.channel, one.unit, secret=one.secret) is Shown.NUMBER else one.kind,
        )
        for one, ends in first
    ]  # fmt: skip
    return board_of(office, shown, len(waiting.cases), int((due <= to_micros(now)).sum()), now)


def _group(
    office: Office, place: Place, pace: Pace, board: Board, private: Mapping[OfficerId, ChatId], now: datetime
) -> GroupToShow:
    row, rules = place.row, office.chat or ChatRules()
    group = GroupToShow(
        kind=row.kind, lacks=frozenset(row.lacks), board=row.board is not None, board_changed=board.digest != row.shown,
        board_at=row.shown_at, left=pace.left(row.chat, now), new_at=now, linked=frozenset(private),
        keep=rules.keep_topics,
    )  # fmt: skip
    act = PaceAct.TOPIC if group.has_topics else PaceAct.POST
    return replace(group, new_at=pace.free_at(row.chat, now, act, own=True))


def _settled(
    group: GroupToShow,
    cases: Sequence[ToShow],
    news: Mapping[CaseNumber, News],
    seqs: Mapping[CaseNumber, Seq],
    rows: Mapping[CaseNumber, TopicRow],
    chat: ChatId,
    now: datetime,
) -> list[Settled]:
    """Return the cases in which something happened that are as they should be, as they are to be remembered."""
    found = []
    for one in cases:
        row, new = one.row, news.get(one.number)
        if row is None or not row.dirty or rows[one.number].chat != chat:
            continue
        if (new is not None and new.again) or not is_settled(group, one, now):
            continue
        if new is not None:
            row = replace(row, upto=new.upto, shown=replace(one.placed, unsettled=new.unsettled).encode())
        elif not one.stands or not one.here:
            row = replace(row, state=TopicState.DELETED)
        found.append(Settled(row=row, seq=seqs.get(one.number, Seq(0))))
    return found


def _turns_at(due: Micros, now: datetime) -> datetime | None:
    ahead = due[due > to_micros(now)]
    return from_micros(int(ahead.min())) if ahead.size else None

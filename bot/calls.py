"""The calls of a telephone exchange, read from the rows of its file. Pure: rows in, calls or every fault out.

Nothing of the caller is read or kept: no number, no name, and no agent. What a call is known by is a hash.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.call_cells import (
    CellFault,
    Outcome,
    Why,
    is_caller,
    is_nothing,
    is_phone_number,
    is_total,
    read_instant,
    read_outcome,
    read_seconds,
    read_yes_or_no,
    without_numbers,
)  # fmt: skip
from bot.facts import UnitId, to_micros
from config.table_files import Row

NO_UNIT = UnitId("")
SLACK = timedelta(minutes=5)
"""How far ahead of ours the exchange's clock may be."""
_FEW = 10
"""In so few rows nothing is concluded from how they look together."""


class CallField(StrEnum):
    """What a column of the exchange's file may tell."""

    ID = "id"
    TIME = "time"
    DATE = "date"
    CLOCK = "clock"
    SECONDS = "seconds"
    GIVEN_UP_SECONDS = "given_up_seconds"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    OUTCOME = "outcome"
    QUEUE = "queue"
    DIRECT = "direct"
    SAMPLED = "sampled"


_HEADINGS: Mapping[str, tuple[str, ...]] = {
    CallField.ID: ("id", "samtalsid", "callid", "contactid", "uniqueid", "interactionid", "sessionid"),
    CallField.TIME: (
        "tid", "tidpunkt", "datumochtid", "datumtid", "starttid", "start", "inkom", "ankomst", "köstart",
        "time", "datetime", "dateandtime", "timestamp", "starttime", "calltime", "arrived", "aika",
    ),
    CallField.DATE: ("datum", "date", "päivä"),
    CallField.CLOCK: ("klockslag", "klockan", "kl", "timeofday", "kello"),
    CallField.SECONDS: (
        "sekunder", "väntetid", "väntetids", "kötid", "svarstid", "tidtillsvar",
        "seconds", "wait", "waittime", "waitingtime", "answertime", "timetoanswer", "odotusaika",
    ),
    CallField.GIVEN_UP_SECONDS: ("tidtillavbrott", "avbrottstid", "abandontime", "timetoabandon"),
    CallField.ANSWERED: ("besvarad", "besvarat", "svarat", "answered", "vastattu"),
    CallField.ABANDONED: ("övergiven", "övergivet", "avbruten", "avbrutet", "tappad", "tappat", "abandoned", "missed"),
    CallField.OUTCOME: (
        "status", "samtalsstatus", "resultat", "utfall", "outcome", "result", "disposition", "callstatus",
    ),
    CallField.QUEUE: ("kö", "könamn", "svarsgrupp", "grupp", "queue", "queuename", "group", "skill", "jono"),
    CallField.DIRECT: ("direkt", "direktsvar", "löstdirekt", "direct", "directanswer"),
    CallField.SAMPLED: ("urval", "stickprov", "sampled", "sample"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an exchange writes its file.

    Attributes:
        zone: of times without an offset.
        day_first: whether 3/4/2026 is in April.
        milliseconds: whether bare numbers of waiting are thousandths of seconds.
        columns: the heading of a field, where it is not among those we know.
        outcomes: its own words for how a call ended, folded.
        unit: whose calls these are, where `queues` does not say.
        queues: the unit of a queue, by its folded name.
    """

    zone: ZoneInfo
    day_first: bool = True
    milliseconds: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    unit: UnitId = NO_UNIT
    queues: Mapping[str, UnitId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to the exchange.

    Attributes:
        key: a hash that the same call gets in every file of its exchange.
        source: the exchange.
        unit: whose call it was; empty: not known.
        queue: as the exchange names it.
        at: when the caller came to the queue (UTC, whole seconds).
        seconds: until an answer, rounded up, or until the caller gave up, rounded down, so that "within" and "under"
            hold for whole limits; None: not told.
        answered, abandoned: how it ended; neither: it was sent on, called back or the like.
        direct: whether the question was answered at once; None: the file does not tell.
        sampled: whether it was drawn for the sample.
    """

    key: str
    source: str
    unit: UnitId
    queue: str
    at: datetime
    seconds: int | None
    answered: bool
    abandoned: bool
    direct: bool | None = None
    sampled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong in the same way in some rows: `column` as the file has it, and what stood there the first time."""

    why: Why
    column: str = ""
    rows: tuple[int, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFile:
    """What a file holds. Where there are faults nothing of it is to be stored.

    Attributes:
        calls: in no order.
        faults: all of them.
        unread: headings of columns that are not read, and of which nothing is stored.
        doubtful: calls in the hour that comes twice when summer time ends; they are counted to the first.
        parts: rows that were a further part of a call, as when it was sent to another queue.
        totals: rows that sum up the others, and are no calls.
        whole_minutes: every wait is a number of whole minutes: a spreadsheet may have read mm:ss as hh:mm.
    """

    calls: tuple[Call, ...] = ()
    faults: tuple[RowFault, ...] = ()
    unread: tuple[str, ...] = ()
    doubtful: int = 0
    parts: int = 0
    totals: int = 0
    whole_minutes: bool = False


@dataclass(slots=True)
class Faults:
    """Faults on their way, gathered by kind and column."""

    found: dict[tuple[Why, str], tuple[str, list[int]]] = field(default_factory=dict)

    def add(self, why: Why, column: str = "", row: int | None = None, example: str = "") -> None:
        """Add a fault, of a row or of the file."""
        _, rows = self.found.setdefault((why, column), (example, []))
        if row is not None:
            rows.append(row)

    def all(self) -> tuple[RowFault, ...]:
        """Return what was found, in the order it was found first."""
        return tuple(
            RowFault(why=why, column=column, rows=tuple(rows), example=example)
            for (why, column), (example, rows) in self.found.items()
        )


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared: lower case, letters and digits alone."""
    return re.sub(r"[\W_]", "", heading.casefold())


def columns_of(head: Row, known: Mapping[str, Sequence[str]], own: Mapping[str, str], faults: Faults) -> dict[str, int]:
    """Return the place of each field's column; a field that the file has no column for is not there.

    A heading of the exchange's own goes before those known for its field; where a field is named in `own` but there
    is no such column, or two columns mean the same, a fault is added.
    """
    by_heading = {plain_heading(word): name for name, words in known.items() if name not in own for word in words}
    by_heading |= {plain_heading(heading): name for name, heading in own.items()}
    found: dict[str, int] = {}
    for place, heading in enumerate(head.cells):
        name = by_heading.get(plain_heading(heading)) if heading else None
        if name is not None and found.setdefault(name, place) != place:
            faults.add(Why.TWO_COLUMNS, heading, head.number, head.cells[found[name]])
    for name, heading in own.items():
        if name not in found:
            faults.add(Why.NO_COLUMN, heading, head.number)
    return found


def part_date_and_clock(columns: dict[str, int]) -> None:
    """Let a column called "time" be the time of day, where the date stands in one of its own."""
    if CallField.DATE in columns and CallField.TIME in columns and CallField.CLOCK not in columns:
        columns[CallField.CLOCK] = columns.pop(CallField.TIME)


@dataclass(frozen=True, slots=True)
class Reader:
    """The rows' cells by field."""

    columns: Mapping[str, int]

    def cell(self, row: Row, name: str) -> str:
        """Return a cell, empty where there is no such column or the row is too short."""
        place = self.columns.get(name, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def time(self, row: Row) -> tuple[str, str]:
        """Return which field tells the time, and the date with the time of day, of one column or of two."""
        if CallField.TIME in self.columns:
            return CallField.TIME, self.cell(row, CallField.TIME)
        return CallField.DATE, f"{self.cell(row, CallField.DATE)} {self.cell(row, CallField.CLOCK)}".strip()


def read_calls(rows: Sequence[Row], layout: Layout, source: str, now: datetime) -> CallFile:
    """Return the calls of a file, or everything that is wrong with it.

    Args:
        rows: all of them, the headings first; at least one.
        layout: how the exchange writes.
        source: the exchange's id.
        now: no call can be later (UTC).
    """
    head, faults = rows[0], Faults()
    columns = columns_of(head, _HEADINGS, layout.columns, faults)
    part_date_and_clock(columns)
    _require_columns(columns, head, faults)
    if faults.found:
        return CallFile(faults=faults.all())
    reader = Reader(columns)
    read = list[tuple[str, Call]]()
    doubtful = 0
    told = [row for row in rows[1:] if not is_total(row.cells)]
    for row in told:
        try:
            call, unsure = _call(reader, row, head, layout, now)
        except CellFault as fault:
            place = columns.get(fault.column)
            faults.add(fault.why, head.cells[place] if place is not None else "", row.number, fault.example)
            continue
        doubtful += unsure
        read.append((reader.cell(row, CallField.ID), replace(call, source=source)))
    if not faults.found and _are_no_ids([known for known, _ in read]):
        faults.add(Why.NOT_IDS, head.cells[columns[CallField.ID]])
    if faults.found:
        return CallFile(faults=faults.all())
    calls = _keyed(read, layout.zone)
    waits = [call.seconds for call in calls if call.seconds]
    return CallFile(
        calls=tuple(calls),
        unread=tuple(one for place, one in enumerate(head.cells) if one and place not in columns.values()),
        doubtful=doubtful,
        parts=len(read) - len(calls),
        totals=len(rows) - 1 - len(told),
        whole_minutes=len(waits) >= _FEW and all(wait % 60 == 0 for wait in waits),
    )


def _require_columns(columns: Mapping[str, int], head: Row, faults: Faults) -> None:
    for name in (CallField.TIME,) if CallField.DATE not in columns else (CallField.CLOCK,):
        if name not in columns:
            faults.add(Why.NO_COLUMN, name.value, head.number)
    if not columns.keys() & {CallField.ANSWERED, CallField.ABANDONED, CallField.OUTCOME}:
        faults.add(Why.NO_OUTCOME_COLUMN, row=head.number)


def _call(reader: Reader, row: Row, head: Row, layout: Layout, now: datetime) -> tuple[Call, bool]:
    """Return the call of a row, without source and key, and whether its hour comes twice."""
    if any(row.cells[len(head.cells) :]):
        raise CellFault(Why.MORE_CELLS)
    at, doubtful = _instant(reader, row, layout, now)
    answered, abandoned = _ending(reader, row, layout)
    queue = reader.cell(row, CallField.QUEUE)
    if is_phone_number(queue):
        raise CellFault(Why.PHONE_NUMBER, CallField.QUEUE)
    if is_caller(reader.cell(row, CallField.ID)):
        # Two calls of one person a day would be taken for parts of one.
        raise CellFault(Why.PHONE_NUMBER, CallField.ID)
    direct = _yes_or_no(reader, row, CallField.DIRECT)
    call = Call(
        key="", source="", unit=layout.queues.get(queue.casefold(), layout.unit), queue=without_numbers(queue), at=at,
        seconds=_seconds(reader, row, layout, abandoned=abandoned), answered=answered, abandoned=abandoned,
        direct=direct if answered else None, sampled=_yes_or_no(reader, row, CallField.SAMPLED) or False,
    )  # fmt: skip
    return call, doubtful


def _instant(reader: Reader, row: Row, layout: Layout, now: datetime) -> tuple[datetime, bool]:
    name, cell = reader.time(row)
    try:
        found = read_instant(cell, layout.zone, day_first=layout.day_first)
    except CellFault as fault:
        raise CellFault(fault.why, name, fault.example) from None
    if found.at > now + SLACK:
        raise CellFault(Why.FUTURE, name, cell)
    return found.at, found.doubtful


def _ending(reader: Reader, row: Row, layout: Layout) -> tuple[bool, bool]:
    """Return whether a call was answered and whether it was given up; of one column alone, the other follows."""
    answered = _yes_or_no(reader, row, CallField.ANSWERED)
    abandoned = _yes_or_no(reader, row, CallField.ABANDONED)
    if answered is None and abandoned is None:
        if CallField.OUTCOME not in reader.columns:
            raise CellFault(Why.NO_OUTCOME)
        try:
            outcome = read_outcome(reader.cell(row, CallField.OUTCOME), dict(layout.outcomes))
        except CellFault as fault:
            raise CellFault(fault.why, CallField.OUTCOME, fault.example) from None
        return outcome is Outcome.ANSWERED, outcome is Outcome.ABANDONED
    if answered and abandoned:
        raise CellFault(Why.BOTH_OUTCOMES)
    if answered is None:
        return not abandoned, bool(abandoned)
    return answered, not answered if abandoned is None else abandoned


def _seconds(reader: Reader, row: Row, layout: Layout, *, abandoned: bool) -> int | None:
    name = CallField.SECONDS
    if abandoned and not is_nothing(reader.cell(row, CallField.GIVEN_UP_SECONDS)):
        name = CallField.GIVEN_UP_SECONDS
    try:
        found = read_seconds(reader.cell(row, name), milliseconds=layout.milliseconds)
    except CellFault as fault:
        raise CellFault(fault.why, name, fault.example) from None
    if found is None:
        return None
    return math.floor(found) if abandoned else math.ceil(found)


def _yes_or_no(reader: Reader, row: Row, name: CallField) -> bool | None:
    try:
        return read_yes_or_no(reader.cell(row, name))
    except CellFault as fault:
        raise CellFault(fault.why, name, fault.example) from None


def _are_no_ids(ids: Sequence[str]) -> bool:
    """Tell whether a column that should tell calls apart does not: it would make a few calls of many."""
    known = [one for one in ids if one]
    return len(known) >= _FEW and len(set(known)) * 3 < len(known)


def _keyed(read: Sequence[tuple[str, Call]], zone: ZoneInfo) -> list[Call]:
    """Return the calls with their keys; rows of one id on one local day are parts of one call.

    Without an id a call is known by its time, queue and seconds, and by its place among those that are equal.
    """
    found, parts, equal = list[Call](), dict[str, list[Call]](), Counter[str]()
    for known, call in read:
        if known:
            # Some exchanges count from 1 every day.
            parts.setdefault(_hash("id", known, call.at.astimezone(zone).date().isoformat()), []).append(call)
            continue
        same = f"{to_micros(call.at)}/{call.queue}/{call.seconds}"
        equal[same] += 1
        found.append(replace(call, key=_hash("row", same, str(equal[same]))))
    return [*found, *(replace(_whole(calls), key=key) for key, calls in parts.items())]


def _whole(calls: Sequence[Call]) -> Call:
    """Return the call that several parts make: from when it first came until somebody answered, or until its end."""
    ordered = sorted(calls, key=lambda call: call.at)
    first = ordered[0]
    last = next((call for call in ordered if call.answered), ordered[-1])
    waited = int((last.at - first.at).total_seconds())
    return replace(last, at=first.at, seconds=None if last.seconds is None else waited + last.seconds)


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:32]

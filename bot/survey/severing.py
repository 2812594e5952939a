"""Cutting ratings off from whom they are about: at the freeze of a week, and when a person is to be forgotten.

After it nothing leads from a rating to a case, a person or an officer: no key, no order, no instant.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import NO_TOPIC, AddressId
from bot.office import Office
from bot.store.figure_schema import invitations, ratings
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutboxState
from bot.store.schema import outbox
from bot.store.survey_book import HAS_CASE
from bot.store.survey_rows import Invitation, Question, State, invitation_of, invitation_values
from bot.survey.people import asked_key, declined_key, people_of
from bot.survey.responding import OPEN_FOR

CROWD = 3
"""Respondents of a week that must count alike for their ratings to keep unit, kind and whether in time: that somebody
answered is a fact of the case, so one who stood alone could be found by those three."""
_CELL = ("unit", "kind", "in_time")
_CHUNK = 5_000

_TELLING = ("case", "to_addr", "subject", "text", "html", "reply_to", "in_reply_to", "from_name", "replaces")
"""What a mail or post says of whom it went to, and about what."""

_ENDS = {State.DRAWN: State.WITHDRAWN, State.SENT: State.EXPIRED, State.DELIVERED: State.EXPIRED}
"""What becomes of an invitation that is not over when it is cut off: nobody can answer it any more."""


def severed(one: Invitation, zone: ZoneInfo) -> Invitation:
    """Return what is left of an invitation without whom it is about: its week, how it counts, and how it ended.

    Instants that were told become the first of the contact's week: that they were is all they tell.
    """
    begins = week_begins(one.week, zone)

    def blunt(instant: datetime | None) -> datetime | None:
        return None if instant is None else begins

    return replace(
        one, id=None, case=None, inquiry=None, address=None, state=_ENDS.get(one.state, one.state), step=None,
        secret="", outbox=None, post=None, topic=NO_TOPIC, language="", drawn_at=begins, due_at=begins,
        sent_at=blunt(one.sent_at), delivered_at=blunt(one.delivered_at), responded_at=blunt(one.responded_at),
    )  # fmt: skip


def week_begins(week: str, zone: ZoneInfo) -> datetime:
    """Return when an ISO week, as ``2026-W47``, begins (UTC): Monday 00:00 local time."""
    year, _, number = week.partition("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return datetime(monday.year, monday.month, monday.day, tzinfo=zone).astimezone(UTC)


def forget_surveys(ledger: Ledger, office: Office, address: AddressId) -> None:
    """Cut all that an address was asked and has answered off from its person, who is to be forgotten.

    Call it before the address itself is forgotten. Of the cases the batch knows; `unlink` does the rest.
    """
    book = ledger.known.survey
    for one in book.of_address(address):
        book.sever(one, severed(one, office.texts.zone))
    people = people_of(ledger, address)
    book.forget_asked([key(office, known) for known in people for key in (asked_key, declined_key)])


async def open_until(connection: AsyncConnection, week: str) -> datetime | None:
    """Return until when (UTC) an invitation of this week can still be answered; None: none can.

    A week should not be frozen before. What is drawn and has not left counts from when it leaves.
    """
    drawn = select(func.max(invitations.c.due_at)).where(
        invitations.c.week == week, invitations.c.state == State.DRAWN.value
    )
    waiting = [State.SENT.value, State.DELIVERED.value]
    unfinished = invitations.c.state.in_(waiting) | (
        (invitations.c.state == State.ANSWERED.value) & (invitations.c.step != "")
    )
    sent = select(func.max(invitations.c.sent_at)).where(invitations.c.week == week, HAS_CASE, unfinished)
    found = [(await connection.execute(query)).scalar() for query in (drawn, sent)]
    ends = [instant + OPEN_FOR for instant in found if instant is not None]
    return max(ends, default=None)


async def linked_weeks(connection: AsyncConnection) -> list[str]:
    """Return the weeks in which something still leads to a case, in order: those that are frozen must be cut off.

    A contact that was answered late may come up after its week was frozen and cut off once already.
    """
    linked = select(invitations.c.week).where(HAS_CASE).distinct()
    rated = select(ratings.c.week).where(ratings.c.invitation.is_not(None)).distinct()
    found = {*(await connection.execute(linked)).scalars(), *(await connection.execute(rated)).scalars()}
    return sorted(found)


async def unlink(
    connection: AsyncConnection, week: str, zone: ZoneInfo, shuffle: Callable[[list[Any]], None] | None = None
) -> None:
    """Cut the ratings and invitations of a week off from everything, for ever; again is the same as once.

    Ratings keep week, channel, unit, kind and whether in time (design §3) where at least `CROWD` count alike; else, as
    comments always, week and channel only: words and circumstances together would tell whose they are. Rows are written
    anew in an order drawn at random, so that neither ids nor places tell who was first. Mails and posts that carried
    the invitations lose their case, subject and text. What can still be answered cannot any more (`open_until`). The
    connection must hold the writer's turn.

    Args:
        connection: in a transaction.
        week: of the contacts' arrival, as ``2026-W47``.
        zone: the municipality's.
        shuffle: puts a list in random order (passed in by tests).
    """
    mix = shuffle or secrets.SystemRandom().shuffle
    rows = (await connection.execute(select(invitations).where(invitations.c.week == week))).mappings().all()
    found = [invitation_of(row) for row in rows]
    await _empty_letters(connection, await _carriers(connection, found))
    left = [invitation_values(severed(one, zone)) for one in found]
    given = (await connection.execute(select(ratings).where(ratings.c.week == week))).mappings().all()
    crowd = Counter(_cell(row) for row in given if row["question"] == Question.ANSWERED.value)
    answers = [_bare({**row}, alone=crowd[_cell(row)] < CROWD) for row in given]
    for table, values in ((invitations, left), (ratings, answers)):
        mix(values)
        await connection.execute(delete(table).where(table.c.week == week))
        for start in range(0, len(values), _CHUNK):
            await connection.execute(insert(table), values[start : start + _CHUNK])


def _cell(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    """Return what a rating shares with the others that count alike."""
    return tuple(row[name] for name in ("channel", *_CELL))


def _bare(row: dict[str, Any], *, alone: bool) -> dict[str, Any]:
    row.pop("id")
    # Topic and language are finer than what is kept of a rating (design §3): few cases of a week share all of them.
    row |= {"invitation": None, "topic": "", "language": ""}
    if alone or row["question"] == Question.COMMENT.value:
        row |= {"unit": "", "kind": "", "in_time": None}
    return row


async def _carriers(connection: AsyncConnection, found: Collection[Invitation]) -> list[Any]:
    """Return what carried these invitations, and what was asked after: the questions of a chat tell the way taken."""
    cases = sorted({one.case for one in found if one.case is not None})
    asked = {(one.case, one.inquiry) for one in found}
    ids = {one.outbox for one in found if one.outbox is not None}
    for start in range(0, len(cases), _CHUNK):
        query = select(outbox.c.id, outbox.c.case, outbox.c.inquiry).where(
            outbox.c.case.in_(cases[start : start + _CHUNK]), outbox.c.kind == MailKind.SURVEY.value
        )
        ids |= {row[0] for row in await connection.execute(query) if (row[1], row[2]) in asked}
    return sorted(ids)


async def _empty_letters(connection: AsyncConnection, ids: list[Any]) -> None:
    """Take from what carried the invitations whom they were about; what has not left never does."""
    for start in range(0, len(ids), _CHUNK):
        some = outbox.c.id.in_(ids[start : start + _CHUNK])
        ours = (some, outbox.c.kind == MailKind.SURVEY.value)
        waiting = outbox.c.state == OutboxState.NEW.value
        await connection.execute(update(outbox).where(*ours, waiting).values(state=OutboxState.REGRETTED.value))
        bare = dict.fromkeys(_TELLING, "") | {"inquiry": None, "form": "{}", "refs": "[]"}
        await connection.execute(update(outbox).where(*ours).values(bare))

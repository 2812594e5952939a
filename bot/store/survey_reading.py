"""What the round of surveys and the page ask the database: what was answered, who is drawn, whose link it is."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import AddressId, CaseNumber, FactKind, Seq
from bot.store.figure_schema import asked, invitations
from bot.store.schema import facts, inquiries, meta, participants
from bot.store.survey_book import HAS_CASE
from bot.store.survey_rows import Invitation, State, invitation_of

_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement
_SEEN = "survey_seen"
"""The key in `meta`: the last fact that was looked at."""

# In words, not bound values: only so does SQLite see that the partial indexes answer the questions.
_HAS_SECRET = text("invitations.secret <> ''")
_IS_DRAWN = text("invitations.state = 'drawn' AND invitations.due_at > 0")


async def seen(connection: AsyncConnection) -> Seq | None:
    """Return the last fact that the draw has looked at, None: it never has."""
    found = (await connection.execute(select(meta.c.value).where(meta.c.key == _SEEN))).scalar()
    return None if found is None else Seq(int(found))


async def newest(connection: AsyncConnection) -> Seq:
    """Return the newest fact, 0 if there is none."""
    return Seq((await connection.execute(select(func.max(facts.c.seq)))).scalar() or 0)


async def remember(connection: AsyncConnection, seq: Seq) -> None:
    """Remember which facts the draw has looked at."""
    await connection.execute(delete(meta).where(meta.c.key == _SEEN))
    await connection.execute(insert(meta).values(key=_SEEN, value=str(seq)))


async def answered_since(connection: AsyncConnection, after: Seq, since: datetime) -> list[tuple[CaseNumber, Seq]]:
    """Return the answers told after a fact and given after an instant (UTC), in order."""
    query = select(facts.c.case, facts.c.seq).where(
        facts.c.kind == FactKind.ANSWERED.value, facts.c.occurred_at > since, facts.c.seq > after
    )
    found = [(CaseNumber(row.case), Seq(row.seq)) for row in await connection.execute(query)]
    return sorted(found, key=lambda one: one[1])


async def contacts_of(
    connection: AsyncConnection, cases: Collection[CaseNumber], since: datetime
) -> dict[AddressId, list[datetime]]:
    """Return when (UTC) their inquiries were answered, after an instant, for all who take part in the cases."""
    mine = participants.alias("mine")
    query = (
        select(mine.c.address, inquiries.c.case, inquiries.c.no, inquiries.c.answered_at)
        .distinct()
        .select_from(participants)
        .join(mine, mine.c.address == participants.c.address)
        .join(inquiries, inquiries.c.case == mine.c.case)
        .where(inquiries.c.answered_at > since, inquiries.c.excluded.is_(None))
    )
    found = set[tuple[AddressId, CaseNumber, int, datetime]]()
    for some in _chunks(cases):
        rows = await connection.execute(query.where(participants.c.case.in_(some)))
        found |= {(AddressId(address), case, number, at) for address, case, number, at in rows}
    contacts = defaultdict[AddressId, list[datetime]](list)
    for address, _, _, at in found:
        contacts[address].append(at)
    return contacts


async def read_of_cases(connection: AsyncConnection, cases: Collection[CaseNumber]) -> list[Invitation]:
    """Return all rows of these cases, invited or not."""
    found = list[Invitation]()
    for some in _chunks(cases):
        query = select(invitations).where(invitations.c.case.in_(some), HAS_CASE)
        found += [invitation_of(row) for row in (await connection.execute(query)).mappings()]
    return found


async def by_secret(connection: AsyncConnection, digest: str) -> Invitation | None:
    """Return the invitation whose link this is, None if there is none (any more)."""
    query = select(invitations).where(invitations.c.secret == digest, _HAS_SECRET)
    row = (await connection.execute(query)).mappings().first()
    return invitation_of(row) if row and digest else None


async def read_drawn(connection: AsyncConnection) -> list[Invitation]:
    """Return all that is to be invited but has not been: those of some hours, or of a weekend."""
    query = select(invitations).where(_IS_DRAWN)
    found = [invitation_of(row) for row in (await connection.execute(query)).mappings()]
    return sorted(found, key=lambda one: one.id or 0)


async def read_asked(connection: AsyncConnection, people: Collection[str]) -> dict[str, datetime]:
    """Return when people (keyed hashes) were last invited, or declined."""
    found = dict[str, datetime]()
    ordered = sorted(people)
    for start in range(0, len(ordered), _CHUNK):
        query = select(asked).where(asked.c.person.in_(ordered[start : start + _CHUNK]))
        found |= {row.person: row.at for row in await connection.execute(query)}
    return found


async def forget_asked_before(connection: AsyncConnection, before: datetime) -> None:
    """Forget when people were invited who were so before an instant (UTC): they may be asked again anyway."""
    await connection.execute(delete(asked).where(asked.c.at < before))


async def answered_in(connection: AsyncConnection, first: str, end: str) -> dict[str, int]:
    """Return how many have answered by channel, of contacts from week `first` until before week `end`."""
    query = (
        select(invitations.c.channel, func.count().label("answers"))
        .where(invitations.c.week >= first, invitations.c.week < end, invitations.c.state == State.ANSWERED.value)
        .group_by(invitations.c.channel)
    )
    return {row.channel: row.answers for row in await connection.execute(query)}


async def run_out(connection: AsyncConnection, sent_before: datetime) -> bool:
    """Tell whether `expire` has anything to do."""
    query = select(invitations.c.id).where(_ran_out(sent_before)).limit(1)
    return (await connection.execute(query)).first() is not None


async def expire(connection: AsyncConnection, sent_before: datetime) -> None:
    """Let invitations end that left before an instant (UTC): links die, who has not answered by then is expired."""
    change = update(invitations).where(_ran_out(sent_before))
    waiting = invitations.c.state.in_([State.SENT.value, State.DELIVERED.value])
    await connection.execute(change.where(waiting).values(state=State.EXPIRED.value))
    await connection.execute(change.values(secret="", step=""))


def _ran_out(sent_before: datetime) -> ColumnElement[bool]:
    # Those of weeks that are frozen have no case: few are looked at.
    unfinished = or_(invitations.c.secret != "", invitations.c.step != "")
    return and_(HAS_CASE, invitations.c.sent_at < sent_before, unfinished)


def _chunks(cases: Collection[CaseNumber]) -> Iterator[list[CaseNumber]]:
    ordered = sorted(cases)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]

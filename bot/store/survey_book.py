"""What a batch knows of surveys, and what it changes there; a part of what the ledger knows, written with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import AddressId, CaseNumber, Fact, FactKind, OutboxId
from bot.store.columns import update_each
from bot.store.figure_schema import asked, invitations, ratings
from bot.store.survey_rows import (
    Invitation,
    InvitationId,
    Question,
    State,
    invitation_of,
    invitation_values,
    rating_values,
)

_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement

# In words, not a bound value: only so does SQLite see that the partial index answers the question.
HAS_CASE = text("invitations.\"case\" <> ''")


class SurveyBook:
    """The invitations of the cases a batch knows, kept up to date with what is changed."""

    def __init__(self, read: Iterable[Invitation] = (), comments: Mapping[InvitationId, str] | None = None) -> None:
        """Start with what was read; `comments` of invitations whose comment may have to be answered."""
        self._known: dict[InvitationId, Invitation] = {one.id: one for one in read if one.id is not None}
        self._comments = dict(comments or {})
        self._changed: set[InvitationId] = set()
        self._new: list[Invitation] = []
        self._rated: list[dict[str, Any]] = []
        self._taken_back: list[InvitationId] = []
        self._asked: dict[str, datetime] = {}
        self._forgotten: list[str] = []
        self._severed: list[InvitationId] = []

    def of_case(self, case: CaseNumber) -> list[Invitation]:
        """Return the case's invitations, the newest first; those just added have no id and are not among them."""
        found = [one for one in self._known.values() if one.case == case]
        return sorted(found, key=lambda one: one.id or 0, reverse=True)

    def of_outbox(self, outbox: OutboxId) -> Invitation | None:
        """Return the invitation that a mail or post carries, None if it is none."""
        return next((one for one in self._known.values() if one.outbox == outbox), None)

    def of_address(self, address: AddressId) -> list[Invitation]:
        """Return the invitations that went to an address, in the cases the batch knows, the newest first."""
        found = [one for one in self._known.values() if one.address == address]
        return sorted(found, key=lambda one: one.id or 0, reverse=True)

    def now(self, one: Invitation) -> Invitation:
        """Return an invitation as this batch has left it."""
        return one if one.id is None else self._known.get(one.id, one)

    def add(self, one: Invitation) -> None:
        """Add an inquiry that is up for a survey."""
        self._new.append(one)

    def change(self, one: Invitation) -> Invitation:
        """Let an invitation be as given from now on, and return it."""
        assert one.id is not None
        self._known[one.id] = one
        self._changed.add(one.id)
        return one

    def delivered(self, outbox: OutboxId, at: datetime) -> None:
        """Take in that the channel has accepted an invitation, at an instant (UTC)."""
        one = self.of_outbox(outbox)
        if one is not None and one.delivered_at is None:
            state = State.DELIVERED if one.state is State.SENT else one.state
            self.change(replace(one, state=state, delivered_at=at))

    def failed(self, outbox: OutboxId) -> None:
        """Take in that an invitation did not arrive; whoever has answered it has got it."""
        one = self.of_outbox(outbox)
        if one is not None and one.state in {State.SENT, State.DELIVERED}:
            self.change(replace(one, state=State.FAILED, delivered_at=None))

    def rate(self, one: Invitation, question: Question, version: int, grade: int | None, comment: str) -> None:
        """Keep one answer."""
        assert one.id is not None
        self._rated.append(rating_values(one, question, version, grade, comment))
        if question is Question.COMMENT:
            self._comments[one.id] = comment

    def take_comment(self, one: Invitation) -> str:
        """Return the comment that was kept and keep it no longer; empty if there is none."""
        assert one.id is not None
        self._rated = [
            row for row in self._rated if (row["invitation"], row["question"]) != (one.id, Question.COMMENT.value)
        ]
        self._taken_back.append(one.id)
        return self._comments.pop(one.id, "")

    def ask(self, person: str, at: datetime) -> None:
        """Remember when a person (a keyed hash) was last invited, or declined."""
        self._asked[person] = at

    def forget_asked(self, people: Collection[str]) -> None:
        """Forget when people were invited."""
        self._forgotten += people

    def displace(self, one: Invitation) -> None:
        """Let what is drawn give way to another contact of its person, also where it was added by this batch."""
        blank = replace(one, state=State.SUPPRESSED, step=None)
        if one.id is None:
            self._new[self._new.index(one)] = blank
        else:
            self.change(blank)

    def sever(self, one: Invitation, blank: Invitation) -> None:
        """Cut an invitation off from its person and its answers off from it, leaving it as `blank`."""
        assert one.id is not None
        self.change(replace(blank, id=one.id))
        self._severed.append(one.id)

    async def write(self, connection: AsyncConnection) -> None:
        """Write what was changed."""
        if self._new:
            await connection.execute(insert(invitations), [invitation_values(one) for one in self._new])
        rows = [{"key": key, **invitation_values(self._known[key])} for key in sorted(self._changed)]
        await update_each(connection, invitations, rows)
        if self._taken_back:
            of_comment = ratings.c.question == Question.COMMENT.value
            await connection.execute(delete(ratings).where(ratings.c.invitation.in_(self._taken_back), of_comment))
        if self._rated:
            await connection.execute(insert(ratings), self._rated)
        if self._severed:
            await _cut_off(connection, self._severed)
        if self._forgotten:
            await connection.execute(delete(asked).where(asked.c.person.in_(self._forgotten)))
        if self._asked:
            await _keep_asked(connection, self._asked)


async def read_surveys(connection: AsyncConnection, facts: Mapping[CaseNumber, Sequence[Fact]]) -> SurveyBook:
    """Return the invitations of those of the cases in which somebody was invited; no query where nobody was."""
    of = sorted({case for case, told in facts.items() if any(fact.kind is FactKind.INVITED for fact in told)})
    found = list[Invitation]()
    for start in range(0, len(of), _CHUNK):
        query = select(invitations).where(invitations.c.case.in_(of[start : start + _CHUNK]), HAS_CASE)
        found += [invitation_of(row) for row in (await connection.execute(query)).mappings()]
    offered = [one.id for one in found if one.id is not None and one.step is Question.OFFER]
    return SurveyBook(found, await _comments(connection, offered) if offered else {})


async def _comments(connection: AsyncConnection, ids: Sequence[InvitationId]) -> dict[InvitationId, str]:
    query = select(ratings.c.invitation, ratings.c.comment).where(
        ratings.c.invitation.in_(ids), ratings.c.question == Question.COMMENT.value
    )
    return {InvitationId(row.invitation): row.comment for row in await connection.execute(query)}


async def _cut_off(connection: AsyncConnection, ids: Sequence[InvitationId]) -> None:
    """Leave of these invitations' answers what the freeze would: comments keep their week and channel alone."""
    mine, written = ratings.c.invitation.in_(ids), ratings.c.question == Question.COMMENT.value
    await connection.execute(update(ratings).where(mine, written).values(unit="", kind="", in_time=None))
    await connection.execute(update(ratings).where(mine).values(invitation=None, topic="", language=""))


async def _keep_asked(connection: AsyncConnection, told: Mapping[str, datetime]) -> None:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(asked)
    upsert = statement.on_conflict_do_update(index_elements=["person"], set_={"at": statement.excluded["at"]})
    await connection.execute(upsert, [{"person": person, "at": at} for person, at in told.items()])

"""Forms of a round among the mails that have come since it was opened: found in the stored originals, never changed.

A mail's files lie in its original. Mails of citizens have rows in ``files`` that say what may be done with each; mails
of staff to their desk have none, and their originals are looked into themselves.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, Text, and_, column, exists, func, or_, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Channel, InboxId, from_micros, to_micros
from measurement.assessment.form_entries import FORMS
from measurement.assessment.form_mail import ENDINGS, forms_in_mail
from measurement.assessment.form_read import peek
from measurement.assessment.round import RoundId
from measurement.assessment.tables import ENTRIES

INBOX = table(
    "inbox",
    column("id", BigInteger), column("channel", Text), column("sender", Text), column("arrived_at", BigInteger),
    column("size", BigInteger), column("state", Text), column("outcome", Text), column("sent", BigInteger),
)  # fmt: skip
ORIGINALS = table("originals", column("inbox", BigInteger), column("content", LargeBinary))
MESSAGES = table("messages", column("id", BigInteger), column("inbox", BigInteger))
FILES = table("files", column("message", BigInteger), column("name", Text), column("state", Text))
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""

_DONE, _PASSED, _DESK = "done", "passed", "desk"
_SMALLEST = 4_000
"""A mail with a form in it is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedForm:
    """A form that came by mail and was not read in.

    Attributes:
        sender: the address in its From, else the envelope's; nobody has checked it here.
        arrived_at: UTC; with `sender` it tells later that the form was read in.
    """

    inbox: InboxId
    sender: str
    arrived_at: datetime
    name: str
    content: bytes


async def forms_received(
    connection: AsyncConnection, round_: RoundId, opened_at: datetime
) -> AsyncIterator[ReceivedForm]:
    """Give the forms of a round that came by mail since it was opened, the oldest first.

    A mail whose sender has entries of its instant of arrival was read in before and is passed over. So are files that
    the scanner has not let through, and what still waits for the intake or for a person.
    """
    known = await _read_in(connection, round_)
    at = INBOX.c
    wanted = and_(at.channel == Channel.MAIL.value, at.state == _DONE, at.sent == 0, at.size >= _SMALLEST,
                  at.arrived_at >= to_micros(opened_at), or_(_has_form(), at.outcome == _DESK))  # fmt: skip
    rows = (await connection.execute(select(at.id, at.sender, at.arrived_at).where(wanted))).all()
    for id_, envelope, arrived in sorted(rows, key=lambda row: (row[2], row[0])):
        content = await connection.execute(select(ORIGINALS.c.content).where(ORIGINALS.c.inbox == id_))
        for one in forms_in_mail(content.scalar() or b""):
            sender = one.sender or str(envelope).lower()
            token = None if (sender, arrived) in known else peek(one.content)
            if token is not None and token.round == round_:
                yield ReceivedForm(
                    inbox=InboxId(id_), sender=sender, arrived_at=from_micros(arrived), name=one.name,
                    content=one.content,
                )  # fmt: skip


def _has_form() -> ColumnElement[bool]:
    """Return whether a file of the mail may be a form and may be opened."""
    name = func.lower(FILES.c.name)
    return exists(
        select(FILES.c.message)
        .join(MESSAGES, MESSAGES.c.id == FILES.c.message)
        .where(
            MESSAGES.c.inbox == INBOX.c.id, FILES.c.state == _PASSED, or_(*(name.like(f"%{end}") for end in ENDINGS))
        )
    )


async def _read_in(connection: AsyncConnection, round_: RoundId) -> set[tuple[str, int]]:
    """Return who has entries from forms, and of which instants (microseconds)."""
    at = ENTRIES.c
    query = select(at.by, at.at).where(at.assessment == round_, at.source.in_([one.value for one in FORMS]))
    return {(by.lower(), instant) for by, instant in (await connection.execute(query.distinct())).all()}

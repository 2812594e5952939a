"""Forms of a round among the mails that have come since it was opened: found in the stored originals, never changed.

A mail's files lie in its original. Mails of citizens have rows in ``files`` that say what may be done with each, and a
fact that keeps what the receiving system said of the sender. Mails of staff to their desk have neither: their originals
are looked into themselves, and the sender is judged anew. That the desk took one in does not say that anybody vouched
for its sender, only that nobody spoke against it: it came to the officer's secret address, from the officer's own.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, Text, and_, column, exists, func, or_, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Channel, FactKind, InboxId, from_micros, to_micros
from measurement.assessment.form_entries import FORMS
from measurement.assessment.form_mail import ENDINGS, forms_in_mail
from measurement.assessment.form_read import peek
from measurement.assessment.round import RoundId
from measurement.assessment.tables import ENTRIES
from measurement.tables import facts_of

INBOX = table(
    "inbox",
    column("id", BigInteger), column("channel", Text), column("sender", Text), column("arrived_at", BigInteger),
    column("size", BigInteger), column("state", Text), column("outcome", Text), column("mailbox", Text),
    column("sent", BigInteger),
)  # fmt: skip
ORIGINALS = table("originals", column("inbox", BigInteger), column("content", LargeBinary))
MESSAGES = table(
    "messages",
    column("id", BigInteger), column("case", Text), column("direction", Text), column("address", BigInteger),
    column("inbox", BigInteger),
)  # fmt: skip
ADDRESSES = table("addresses", column("id", BigInteger), column("address", Text))
FILES = table("files", column("message", BigInteger), column("name", Text), column("state", Text))
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""

_DONE, _PASSED, _DESK, _IN, _PASS = "done", "passed", "desk", "in", "pass"
_SMALLEST = 4_000
"""A mail with a form in it is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedForm:
    """A form that came by mail and was not read in.

    Attributes:
        sender: the address whose mail it claims to be, in lower case.
        authentic: the receiving system vouched for that very address. Otherwise anybody may have written it.
        arrived_at: UTC; with `sender` it tells later that the form was read in.
    """

    inbox: InboxId
    sender: str
    authentic: bool
    arrived_at: datetime
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A mail as it came, for whoever judges its sender.

    Attributes:
        mailbox: from which it was read, empty if it was handed over; then `envelope` is the return path.
        size: in full, of which `content` may be the beginning.
    """

    inbox: InboxId
    envelope: str
    mailbox: str
    size: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose mail one claims to be, in lower case, and whether the receiving system vouched for that address."""

    address: str
    authentic: bool


Judge = Callable[[StoredMail], Sender]
"""Judges the sender of a mail of which no fact keeps the verdict, as the intake does."""


async def forms_received(
    connection: AsyncConnection, round_: RoundId, opened_at: datetime, judge: Judge
) -> AsyncIterator[ReceivedForm]:
    """Give the forms of a round that came by mail since it was opened, the oldest first.

    A mail whose sender has entries of its instant of arrival was read in before and is passed over. So are files that
    the scanner has not let through, and what still waits for the intake or for a person.
    """
    known = await _read_in(connection, round_)
    at = INBOX.c
    wanted = and_(at.channel == Channel.MAIL.value, at.state == _DONE, at.sent == 0, at.size >= _SMALLEST,
                  at.arrived_at >= to_micros(opened_at), or_(_has_form(), at.outcome == _DESK))  # fmt: skip
    query = select(at.id, at.arrived_at, at.sender, at.mailbox, at.size).where(wanted)
    rows = (await connection.execute(query)).all()
    for id_, arrived, envelope, mailbox, size in sorted(rows, key=lambda row: (row[1], row[0])):
        content = (await connection.execute(select(ORIGINALS.c.content).where(ORIGINALS.c.inbox == id_))).scalar()
        mail = StoredMail(inbox=InboxId(id_), envelope=envelope, mailbox=mailbox, size=size, content=content or b"")
        forms = [one for one in forms_in_mail(mail.content) if _is_of(one.content, round_)]
        if not forms:
            continue
        sender = await _sender_of(connection, mail, judge)
        # Where no address was judged, the one that the mail names is told, and nobody vouches for it.
        said = sender.address or forms[0].sender or envelope.lower()
        for one in forms if (said, arrived) not in known else ():
            yield ReceivedForm(
                inbox=mail.inbox, sender=said, authentic=sender.authentic and bool(sender.address),
                arrived_at=from_micros(arrived), name=one.name, content=one.content,
            )  # fmt: skip


def _is_of(content: bytes, round_: RoundId) -> bool:
    token = peek(content)
    return token is not None and token.round == round_


async def _sender_of(connection: AsyncConnection, mail: StoredMail, judge: Judge) -> Sender:
    """Return a citizen's address, by which the mail was judged when it came, with that verdict; else judge it now.

    The address is not read from the mail again: what two readers of one header make of it may differ, and the verdict
    is about what the first one saw.
    """
    at = MESSAGES.c
    query = (
        select(at.id, at.case, ADDRESSES.c.address)
        .select_from(MESSAGES.outerjoin(ADDRESSES, ADDRESSES.c.id == at.address))
        .where(at.inbox == mail.inbox, at.direction == _IN)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return judge(mail)
    message, case, address = row
    verdicts = {
        fact.data.get("authentic")
        async for facts in facts_of(connection, [case], None)
        for fact in facts
        if fact.kind is FactKind.RECEIVED and fact.data.get("message") == message
    }
    return Sender(address=(address or "").lower(), authentic=verdicts == {_PASS})


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

"""The journal of a case: everything that ever happened in it, in order, with who did it; and who has seen it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.case_words import actor_name, moment_words
from bot.desk.fact_words import MAIL_NAMES, fact_words
from bot.desk.sight import not_found
from bot.facts import CaseNumber, Fact, FactKind, MessageId
from bot.inquiry import standing
from bot.office import Office
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.senders import sender_words
from bot.store.journal import Family, KeptMessage, QueuedMail, mails_of, messages_of, read_family
from bot.store.rows import Direction, MailKind, OutboxState
from bot.test_marking import is_shown
from config.texts import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of the journal: when we learned of it, its place among what was learned at once, and its words."""

    at: datetime
    place: tuple[int, int]
    line: str
    message: KeptMessage | None = None


async def journal_of(connection: AsyncConnection, office: Office, number: CaseNumber) -> tuple[Part, ...]:
    """Return all that ever happened in a case, whoever asks: for a lead at the machine, or who has been let in.

    Personal numbers are as they were written. An unknown number is told to be so.
    """
    family = await read_family(connection, number)
    return not_found(office.texts, number) if family is None else await show_journal(connection, office, family)


async def show_journal(connection: AsyncConnection, office: Office, family: Family) -> tuple[Part, ...]:
    """Return every fact, text and mail of a case and its parts in the order we learned of them, under their days."""
    messages = await messages_of(connection, family.facts)
    mails = await mails_of(connection, family.facts)
    entries = sorted(_entries(office, family, messages, mails), key=lambda entry: (entry.at, entry.place))
    return tuple(_under_days(office, family.number, entries))


def _entries(
    office: Office, family: Family, messages: Sequence[KeptMessage], mails: Sequence[QueuedMail]
) -> Iterator[_Entry]:
    by_id = {message.id: message for message in messages}
    for number, facts in family.facts.items():
        stand = {fact.seq: fact for fact in standing(facts)}
        undone = _corrected_by(facts)
        for fact in filter(is_shown, facts):
            line = _fact_line(office, fact, stand.get(fact.seq), undone.get(int(fact.seq)))
            if number != family.number:
                line = f"{number}: {line}"
            told = by_id.pop(_message_of(fact), None)
            yield _Entry(at=fact.recorded_at, place=(0, fact.seq), line=line, message=told)
    for mail in mails:
        line = _mail_line(office, mail)
        if line:
            yield _Entry(at=mail.at, place=(1, mail.id), line=_timed(office, mail.at, mail.at, line))
    for message in by_id.values():
        line = _timed(office, message.created_at, message.created_at, office.texts.t("En text sparades."))
        yield _Entry(at=message.created_at, place=(2, message.id), line=line, message=message)


def _message_of(fact: Fact) -> MessageId:
    """Return the message a fact tells of; 0 if none."""
    message = fact.data.get("message", 0)
    return MessageId(message if isinstance(message, int) else 0)


def _corrected_by(facts: Sequence[Fact]) -> dict[int, Fact]:
    """Return which standing correction is the last to point at each fact, by the fact's place."""
    stand = (fact for fact in standing(facts) if fact.kind is FactKind.CORRECTED)
    return {int(fact.data["seq"]): fact for fact in stand}


def _fact_line(office: Office, fact: Fact, stands: Fact | None, by: Fact | None) -> str:
    """Return what happened and when. `stands`: the fact as corrected, None if undone; `by`: the fact that says so."""
    t, words = office.texts.t, fact_words(office, fact)
    line = _timed(office, fact.occurred_at if stands is None else stands.occurred_at, fact.recorded_at, words)
    if stands is None and by is not None:
        return t("{line} (nr {seq}, ÅNGRAT i nr {by})", line=line, seq=fact.seq, by=by.seq)
    if stands is not None and by is not None and stands.occurred_at != fact.occurred_at:
        was = moment_words(office.texts, fact.occurred_at, fact.recorded_at)
        return t(
            "{line} (nr {seq}, tiden rättad i nr {by}, stod som {was})", line=line, seq=fact.seq, by=by.seq, was=was
        )
    return t("{line} (nr {seq})", line=line, seq=fact.seq)


def _timed(office: Office, happened_at: datetime, known_at: datetime, words: str) -> str:
    """Return words with their local time, and with the day if we learned of them on another one."""
    if office.local_day(happened_at) != office.local_day(known_at):
        return f"{moment_words(office.texts, happened_at, known_at)} {words}"
    return f"{office.texts.clock(happened_at.astimezone(office.texts.zone).time())} {words}"


_TO_STAFF = {
    OutboxState.NEW: mark("{what} till {whom} väntar på att skickas."),
    OutboxState.SENDING: mark("{what} till {whom} håller på att skickas."),
    OutboxState.SENT: mark("{what} till {whom} skickades."),
    OutboxState.UNSURE: mark("{what} till {whom} skickades kanske."),
    OutboxState.DEAD: mark("{what} till {whom} kunde inte skickas."),
    OutboxState.REGRETTED: mark("{what} till {whom} togs tillbaka och skickades aldrig."),
}
_STAFF_MAIL = {
    MailKind.NOTICE: mark("Avisering"),
    MailKind.RECEIPT: mark("Kvitto"),
    MailKind.REPLY: mark("Svar på ett kommando"),
}
_TO_CITIZEN = {
    OutboxState.NEW: mark("Väntar på att skickas: {what}."),
    OutboxState.SENDING: mark("Håller på att skickas: {what}."),
    OutboxState.SENT: mark("Skickades: {what}."),
    OutboxState.UNSURE: mark("Skickades, men det är inte säkert att det kom fram: {what}."),
    OutboxState.DEAD: mark("Kunde inte skickas: {what}."),
    OutboxState.REGRETTED: mark("Togs tillbaka och skickades aldrig: {what}."),
}
_TOLD_BY_FACT = frozenset({MailKind.ACKNOWLEDGEMENT, MailKind.ANSWER})
"""Of these a fact tells that they left; of what else the citizen gets, only that it was written."""


def _mail_line(office: Office, mail: QueuedMail) -> str:
    """Return what became of a mail, empty where a fact says so."""
    t = office.texts.t
    if mail.kind in _STAFF_MAIL:
        return t(_TO_STAFF[mail.state], what=t(_STAFF_MAIL[mail.kind]), whom=receiver(office, mail))
    if mail.kind in _TOLD_BY_FACT and mail.state in {OutboxState.SENT, OutboxState.UNSURE}:
        return ""
    return t(_TO_CITIZEN[mail.state], what=t(MAIL_NAMES[mail.kind]))


def receiver(office: Office, mail: QueuedMail) -> str:
    """Return whom of the staff a mail went to: an officer's name, or the address of a mailbox that several read."""
    if mail.officer and not mail.officer.startswith("_"):
        return office.name_of(mail.officer)
    return sender_words(office.texts, mail.to_addr)


def _under_days(office: Office, number: CaseNumber, entries: Sequence[_Entry]) -> Iterator[Part]:
    """Give the lines under the local day we learned of them, texts as quotes at their place."""
    yield Heading(office.texts.t("Allt som hänt i {number}", number=number))
    day, lines = None, list[str]()
    for entry in entries:
        local = office.local_day(entry.at)
        if local != day:
            if lines:
                yield Paragraph("\n".join(lines))
            lines, day = [], local
            yield Heading(office.texts.t("{day} {year}", day=office.texts.day(local), year=local.year))
        lines.append(entry.line)
        if entry.message is not None:
            lines += about_message(office, entry.message)
            yield Paragraph("\n".join(lines))
            lines = []
            yield Quote(entry.message.text or office.texts.t("(ingen text)"))
    if lines:
        yield Paragraph("\n".join(lines))


def about_message(office: Office, message: KeptMessage) -> list[str]:
    """Return whom a message is from, its subject and its files, a line each; nothing of what is not there."""
    t = office.texts.t
    sender = sender_words(office.texts, message.sender)
    said = [t("Från: {sender}", sender=sender)] if sender else []
    if message.direction is Direction.IN and message.subject:
        said.append(t("Rubrik: {subject}", subject=message.subject))
    if message.files:
        said.append(t("Filer: {names}", names=", ".join(file.name for file in message.files)))
    return said


async def who_saw(connection: AsyncConnection, office: Office, family: Family, now: datetime) -> tuple[Part, ...]:
    """Return who has opened a case or its parts, seen its personal numbers or got mail of it, and when, in order."""
    t, texts = office.texts.t, office.texts
    seen: list[tuple[datetime, str, str]] = []
    what: Mapping[FactKind, str] = {FactKind.OPENED: t("läste"), FactKind.UNMASKED: t("såg personnummer")}
    for facts in family.facts.values():
        seen += [
            (fact.occurred_at, actor_name(office, fact.actor), what[fact.kind]) for fact in facts if fact.kind in what
        ]
    sent = {
        MailKind.NOTICE: t("fick ärendet med e-post"),
        MailKind.RECEIPT: t("fick ett kvitto med e-post"),
        MailKind.REPLY: t("fick svar på ett kommando med e-post"),
    }
    for mail in await mails_of(connection, family.facts):
        if mail.kind in sent and mail.state in {OutboxState.SENT, OutboxState.UNSURE}:
            seen.append((mail.at, receiver(office, mail), sent[mail.kind]))
    heading = Heading(t("Vem har sett {number}", number=family.number))
    if not seen:
        return heading, Paragraph(t("Ingen har läst ärendet eller fått det med e-post."))
    rows = tuple((moment_words(texts, at, now), who, how) for at, who, how in sorted(seen))
    return heading, Table((t("När"), t("Vem"), t("Vad")), rows)

"""What a lead reads of a test contact and judges it by: the question, the answer, and how long it took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.facts import Channel, Fact, FactKind, MessageId, OutboxId, officer_actor
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.judging import judging_lead, question_of, without_officers, writers_of
from bot.masking import masked
from bot.office import Office
from bot.parts import Heading, Paragraph, Part, Quote
from bot.store.database import Database
from bot.store.journal import facts_of, messages_of
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.sample_book import answer_as_sent
from bot.store.test_rows import Progress, TestContact
from bot.test_contacts import availability, availability_by_phone
from config.texts import Texts, mark

ASPECTS: Mapping[str, str] = {
    "answer": mark("Svar på frågan"),
    "interest": mark("Intresse och engagemang"),
    "information": mark("Information"),
    "reception": mark("Bemötande"),
}
"""What a person judges, by the fields of `Points`; availability is the clock's."""

CHANNELS: Mapping[Channel, str] = {
    Channel.MAIL: mark("e-post"),
    Channel.TELEGRAM: mark("Telegram"),
    Channel.PHONE: mark("telefon"),
}

_PROGRESS: Mapping[Progress, str] = {
    Progress.PLANNED: mark("planerad"),
    Progress.SENDING: mark("kanske skickad"),
    Progress.SENT: mark("skickad, har inte kommit fram"),
    Progress.ARRIVED: mark("väntar på svar"),
    Progress.JUDGED: mark("bedömd"),
}


class Early:
    """It cannot be judged yet: it has not arrived, or is not answered and the time for it has not passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The points for how long it took, 0–3; `answered`: whether anybody answered at all."""

    points: int
    answered: bool


def progress_words(texts: Texts, one: TestContact) -> str:
    """Return how far a contact has come, by which channel, and which case it became."""
    state = texts.t(_PROGRESS[one.state])
    if one.state is Progress.ARRIVED and (one.answered_at is not None or one.channel is Channel.PHONE):
        state = texts.t("kan bedömas")
    return ", ".join(filter(None, [texts.t(CHANNELS[one.channel]), state, one.case]))


async def availability_of(
    database: Database, office: Office, one: TestContact, now: datetime
) -> Availability | Early:  # fmt: skip
    """Return the points of a contact's waiting at a UTC instant, by the same clock as everybody's."""
    if one.state not in {Progress.ARRIVED, Progress.JUDGED}:
        return Early()
    if one.channel is Channel.PHONE:
        seconds = int(one.reply) if one.reply else None
        return Availability(points=availability_by_phone(seconds), answered=seconds is not None)
    found = await _inquiry_of(database, one)
    if found is None:
        return Early()
    inquiry = found[0]
    points = availability(office.calendar, inquiry.arrived_at, inquiry.answered_at, now)
    return Early() if points is None else Availability(points=points, answered=inquiry.answered_at is not None)


async def may_judge(database: Database, office: Office, one: TestContact, who: str) -> bool:
    """Tell whether somebody may judge a contact: not who wrote the answer."""
    found = await _inquiry_of(database, one)
    return found is None or officer_actor(judging_lead(office, who).id) not in writers_of(found[1], found[0])


async def judging_parts(
    database: Database, office: Office, one: TestContact, found: Availability, actor: str, now: datetime
) -> tuple[Part, ...]:
    """Return a contact in parts, and record that an actor has read its case at a UTC instant."""
    t = office.texts.t
    name = t("Testkontakt {number}: {area}, {question}", number=one.id, area=one.area, question=one.question)
    waited = Paragraph(t("Tillgänglighet: {points} poäng av 3, enligt klockan.", points=found.points))
    asked, answer = [one.text], ""
    case = await _inquiry_of(database, one)
    if case is not None:
        asked, answer = await _words(database, office, one, case)
        await _record_reading(database, one, actor, now)
    if not found.answered:
        said: list[Part] = [Paragraph(t("Ingen har svarat."))]
    else:
        said = [Paragraph(t("Svaret:")), Quote(answer or t("(inte skrivet hos oss)"))]
    questions = [Quote(masked(office.texts, text)) for text in asked]
    return (Heading(name), Paragraph(t("Frågan:")), *questions, *said, waited)


async def _inquiry_of(database: Database, one: TestContact) -> tuple[Inquiry, list[Fact]] | None:
    if one.case is None:
        return None
    async with database.reading() as connection:
        facts = (await facts_of(connection, [one.case])).get(one.case, [])
    inquiry = next((known for known in fold_inquiries(facts) if known.no == one.inquiry), None)
    return None if inquiry is None else (inquiry, facts)


async def _words(
    database: Database, office: Office, one: TestContact, found: tuple[Inquiry, list[Fact]]
) -> tuple[list[str], str]:
    """Return what was asked, as it came, and the answer as it was sent; the answer empty where it has no words."""
    inquiry, facts = found
    fact = next((known for known in standing(facts) if known.seq == inquiry.answered_seq), None)
    async with database.reading() as connection:
        written = await messages_of(connection, [inquiry.case])
        answer = None
        if fact is not None and isinstance(fact.data.get("message"), int):
            letter = fact.data.get("outbox")
            answer = await answer_as_sent(
                connection, MessageId(int(fact.data["message"])), OutboxId(int(letter)) if letter else None, fact.actor
            )
    asked = [message.text for message in question_of(facts, inquiry, fact, written)]
    return asked or [one.text], without_officers(office, answer) if answer is not None else ""


async def _record_reading(database: Database, one: TestContact, actor: str, now: datetime) -> None:
    assert one.case is not None
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(cases={one.case}), now)
        ledger.append(
            FactKind.OPENED, one.case, occurred_at=now, actor=actor,
            source=f"testcontact:{actor}:{one.id}:{now.isoformat()}",
        )  # fmt: skip
        await ledger.write(connection)

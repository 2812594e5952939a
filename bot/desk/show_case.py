"""One case as its officer needs it: the head, the latest messages, what stands in the way, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow, CaseState
from bot.clock import deadline
from bot.desk.advice import about_files, hindrances, on_the_way, useful_commands
from bot.desk.case_words import (
    NOBODY,
    day_words,
    due_words,
    kind_name,
    language_name,
    moment_words,
    owner_name,
    topic_name,
)
from bot.desk.fact_words import MAIL_NAMES
from bot.desk.show_journal import about_message
from bot.desk.words import RESULT_NAMES
from bot.facts import Channel, Fact, FactKind, Kind, MessageId
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.office import Office, Officer
from bot.parts import Heading, Paragraph, Part, Quote
from bot.senders import sender_words
from bot.store.journal import Family, KeptMessage, QueuedMail, mails_of, messages_of, people_of
from bot.store.rows import Direction, OutboxState
from config.texts import mark

LATEST = 5
"""Messages shown; the journal has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What is known of the case that is shown; `facts` are those that stand, its parts' among them, by seq."""

    office: Office
    family: Family
    facts: Sequence[Fact]
    inquiries: Sequence[Inquiry]
    messages: Sequence[KeptMessage]
    mails: Sequence[QueuedMail]
    people: Sequence[str]
    now: datetime

    @property
    def case(self) -> CaseNow:
        return self.family.case

    @property
    def waiting(self) -> list[Inquiry]:
        return [one for one in self.inquiries if one.waits]

    def moment(self, instant: datetime) -> str:
        return moment_words(self.office.texts, instant, self.now)


async def show_case(
    connection: AsyncConnection, office: Office, officer: Officer, family: Family, now: datetime
) -> tuple[Part, ...]:
    """Return a case with its latest five messages, those of the cases that became part of it among them."""
    facts = [fact for known in family.facts.values() for fact in standing(known)]
    shown = _Shown(
        office=office, family=family, facts=sorted(facts, key=lambda fact: fact.seq),
        inquiries=fold_inquiries(family.facts[family.number]),
        messages=await messages_of(connection, family.facts, LATEST), mails=await mails_of(connection, family.facts),
        people=await people_of(connection, family.number), now=now,
    )  # fmt: skip
    t = office.texts.t
    parts: list[Part] = [Heading(t("Ärende {number}", number=family.number)), Paragraph("\n".join(_head(shown)))]
    for message in shown.messages:
        parts += [Paragraph(_message_head(shown, message)), Quote(message.text or t("(ingen text)"))]
    in_the_way = [
        *([] if shown.people else [t("Vi har ingen adress att svara till. Ring, eller svara på annat sätt.")]),
        *hindrances(office, officer, shown.case, shown.facts, now),
        *on_the_way(office, shown.mails),
        *about_files(office.texts, shown.messages),
    ]
    if in_the_way:
        parts += [Heading(t("Att tänka på")), Paragraph("\n".join(in_the_way))]
    commands = useful_commands(office.texts, officer, shown.case, waits=bool(shown.waiting))
    return (*parts, Heading(t("Det här kan du göra")), Paragraph("\n".join(commands)))


def _head(shown: _Shown) -> list[str]:
    texts = shown.office.texts
    t, who = texts.t, ", ".join(sender_words(texts, one) for one in shown.people)
    return [
        t("Från: {sender}", sender=who or t("okänd, går inte att svara")),
        *_verdict(shown),
        *_about(shown),
        *_times(shown),
        *_marks(shown),
    ]


def _verdict(shown: _Shown) -> list[str]:
    """Return whether the sender of the latest mail is who it says."""
    t = shown.office.texts.t
    came = [
        one.data["authentic"]
        for one in shown.facts
        if one.kind is FactKind.RECEIVED and "authentic" in one.data and one.data.get("channel") == Channel.MAIL.value
    ]
    if not came:
        return []
    if came[-1] == "pass":
        return [t("Avsändaren är kontrollerad av vår e-postserver.")]
    if came[-1] == "fail":
        return [t("Varning: avsändaradressen kan vara förfalskad. Lämna inte ut personuppgifter.")]
    return [t("Vi har inte kunnat kontrollera avsändaren.")]


def _about(shown: _Shown) -> list[str]:
    office, case, t = shown.office, shown.case, shown.office.texts.t
    return [
        t("Slag: {kind}", kind=kind_name(office.texts, case)),
        t("Ämne: {topic}", topic=topic_name(office, case) or NOBODY),
        t("Enhet: {unit}", unit=office.unit(case.unit).name),
        t("Har ärendet: {owner}", owner=owner_name(office, case)),
    ]


def _times(shown: _Shown) -> list[str]:
    """Return when it came, where it stands, when it is due and what was promised."""
    office, t, texts = shown.office, shown.office.texts.t, shown.office.texts
    said = [t("Kom in: {time}", time=shown.moment(shown.case.opened_at))]
    answered = [one.answered_at for one in shown.inquiries if one.answered_at is not None]
    if answered:
        said.append(t("Besvarat: {time}", time=shown.moment(answered[-1])))
    for one in shown.waiting:
        if one.arrived_at != shown.case.opened_at:
            said.append(t("Väntar på svar sedan: {time}", time=shown.moment(one.arrived_at)))
        due = due_words(texts, deadline(office.calendar, office.rule, one.arrived_at), shown.now)
        said.append(t("Svara senast: {time} (så mäts det)", time=due))
    if shown.waiting:
        promised = day_words(texts, _promised(shown), office.local_day(shown.now))
        said.append(t("Lovat den som frågar: senast {day}", day=promised))
    elif not answered:
        said.append(t("Frågan är lämnad utan svar."))
    if shown.case.state is CaseState.CLOSED:
        said.append(t("Ärendet är avslutat."))
    return said


def _promised(shown: _Shown) -> date:
    """Return the day told to the citizen last; where no fact has kept it, what is promised for that kind."""
    if shown.case.promised:
        return date.fromisoformat(shown.case.promised)
    arrival = next(fact for fact in shown.facts if fact.seq == shown.waiting[-1].arrived_seq)
    return shown.office.promised_day(Kind(str(arrival.data["kind"])), arrival.occurred_at)


def _marks(shown: _Shown) -> list[str]:
    t, texts, case = shown.office.texts.t, shown.office.texts, shown.case
    said = []
    if case.secret:
        said.append(t("Sekretessmärkt."))
    if case.diary:
        said.append(t("Ska diarieföras."))
    if case.language:
        said.append(t("Språk: {language}", language=language_name(texts, case.language)))
    if case.interpreter:
        said.append(t("Tolk behövs: {language}", language=language_name(texts, case.interpreter)))
    if case.result is not None:
        said.append(t("Utfall: {result}", result=t(RESULT_NAMES[case.result])))
    parts = [number for number in shown.family.facts if number != shown.family.number]
    if parts:
        said.append(t("Hopslaget med: {numbers}", numbers=", ".join(parts)))
    return said


_HEADS = {
    Direction.IN: mark("{time}. Den som frågar skrev:"),
    Direction.OUT: mark("{time}. {name} skrev till den som frågar:"),
    Direction.NOTE: mark("{time}. {name} antecknade internt:"),
}

_ENDINGS = {
    OutboxState.NEW: mark("Inte skickat än: {what}."),
    OutboxState.SENDING: mark("Håller på att skickas: {what}."),
    OutboxState.UNSURE: mark("Skickades kanske: {what}."),
    OutboxState.DEAD: mark("Kunde inte skickas: {what}."),
    OutboxState.REGRETTED: mark("Togs tillbaka och skickades aldrig: {what}."),
}


def _message_head(shown: _Shown, message: KeptMessage) -> str:
    """Return who wrote a message and when, its subject and files, and what became of it."""
    t, office = shown.office.texts.t, shown.office
    at = next((fact.occurred_at for fact in shown.facts if _brought(fact, message.id)), message.created_at)
    name = office.name_of(message.officer) if message.officer else t("Någon i personalen")
    lines = [t(_HEADS[message.direction], time=shown.moment(at), name=name), *about_message(office, message)]
    mail = next((one for one in shown.mails if one.message == message.id and one.kind.to_citizen), None)
    if mail is not None and mail.state in _ENDINGS:
        lines.append(t(_ENDINGS[mail.state], what=t(MAIL_NAMES[mail.kind])))
    return "\n".join(lines)


def _brought(fact: Fact, message: MessageId) -> bool:
    return fact.kind is FactKind.RECEIVED and fact.data.get("message") == message

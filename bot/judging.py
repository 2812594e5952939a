"""What a lead reads of a drawn answer, and says of it. Any face can use it: `pages` gives, `judge` takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.case import fold_case, is_case
from bot.desk.rights import may_see
from bot.facts import Fact, FactKind, MessageId, OfficerId, OutboxId, officer_actor
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.masking import masked
from bot.office import Office, Officer, Role
from bot.parts import Heading, Paragraph, Part, Quote
from bot.samples import without_names
from bot.store.database import Database
from bot.store.journal import KeptMessage, facts_of, messages_of
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.sample_book import Drawn, Judgement, WrittenAnswer, answer_as_sent, keep_judgement, sample_of
from config.texts import mark

SENTENCES = {
    "is_answer": mark("Är det ett svar på frågan?"),
    "is_clear": mark("Är svaret tydligt?"),
    "has_sender": mark("Är avsändaren fullständig: namn, enhet och hur man når oss?"),
}
"""What a lead is asked of each answer, by the fields of `Judgement`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A drawn answer to judge: the citizen's words, and the answer as it was sent.

    Attributes:
        question: one text for each message; personal numbers are hidden, in the answer too.
        answer: its officers' names are hidden; that one stands there shows.
    """

    drawn: Drawn
    subject: str
    question: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What is left to judge of a week for one lead.

    Attributes:
        pages: in the order they were drawn.
        drawn, judged: how many of the week.
        own: not among the pages, as the lead has written the answer: for another lead.
        gone: not among them, as the case became secret or its words were erased since: nobody can judge them.
    """

    pages: tuple[Page, ...]
    drawn: int
    judged: int
    own: int
    gone: int


async def pages(database: Database, office: Office, week: str, officer: Officer) -> Pages:
    """Return what a lead has left to judge of a week (``2026-W47``). Nothing is recorded by it: see `opened`."""
    found, own, gone = list[Page](), 0, 0
    async with database.reading() as connection:
        sample = await sample_of(connection, week)
        left = [one for one in sample if one.judgement is None]
        known = await facts_of(connection, {one.case for one in left})
        for one in left:
            facts = known.get(one.case, [])
            answered = _answer_to(facts, one.inquiry)
            if not _may_judge(office, officer, facts) or answered is None:
                gone += 1
                continue
            inquiry, fact = answered
            if officer_actor(officer.id) in writers_of(facts, inquiry):
                own += 1
                continue
            letter = fact.data.get("outbox")
            answer = await answer_as_sent(
                connection, MessageId(int(fact.data["message"])), OutboxId(int(letter)) if letter else None, fact.actor
            )
            asked = question_of(facts, inquiry, fact, await messages_of(connection, [one.case]))
            if answer is None or not asked:
                gone += 1
            else:
                found.append(_page(office, one, asked, answer))
    return Pages(pages=tuple(found), drawn=len(sample), judged=len(sample) - len(left), own=own, gone=gone)


def judging_lead(office: Office, who: str) -> Officer:
    """Return a lead of every unit that keeps no secrecy, to judge as: the officer meant by id, name, address or login.

    Somebody who is no officer has written no answer, and may judge all.
    """
    login = who.strip().lower()
    by_login = (one for one in office.officers if one.email.lower().partition("@")[0] == login)
    known = office.officer_named(who) or next(by_login, None)
    units = frozenset(unit.id for unit in office.units if not unit.secrecy)
    return Officer(id=known.id if known else OfficerId("_lead"), name="", email="", units=units, role=Role.LEAD)


def parts_of(office: Office, page: Page, place: int, count: int) -> tuple[Part, ...]:
    """Return a page in parts: what was asked, and what was answered; `place` of `count`."""
    t = office.texts.t
    asked = [Quote(text) for text in page.question]
    subject = [Paragraph(t("Rubrik: {subject}", subject=page.subject))] if page.subject else []
    return (
        Heading(t("Svar {place} av {count}", place=place, count=count)),
        Paragraph(t("Frågan:")), *subject, *asked, Paragraph(t("Svaret:")), Quote(page.answer),
    )  # fmt: skip


async def opened(database: Database, page: Page, actor: str, now: datetime) -> None:
    """Record that a page was shown to somebody (an actor) at a UTC instant: whoever reads a case leaves a trace."""
    case = page.drawn.case
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(cases={case}), now)
        ledger.append(
            FactKind.OPENED, case, occurred_at=now, actor=actor,
            source=f"sample:{actor}:{page.drawn.week}:{page.drawn.place}:{now.isoformat()}",
        )  # fmt: skip
        await ledger.write(connection)


async def judge(database: Database, page: Page, actor: str, said: Judgement, now: datetime) -> bool:
    """Keep what a lead says of a page; return whether nobody had judged it before. What is judged stands."""
    async with database.writing() as connection:
        return await keep_judgement(connection, page.drawn, actor, now, said)


def _may_judge(office: Office, officer: Officer, facts: Sequence[Fact]) -> bool:
    """Tell whether a drawn case may still be shown: since it was drawn it may have become secret."""
    if not is_case(facts):
        return False
    case = fold_case(facts)
    return not case.secret and not office.unit(case.unit).secrecy and may_see(office, officer, case)


def _answer_to(facts: Sequence[Fact], no: int) -> tuple[Inquiry, Fact] | None:
    """Return an inquiry with the fact of its standing answer, None if it has none in writing, or counts no longer."""
    inquiry = next((one for one in fold_inquiries(facts) if one.no == no), None)
    if inquiry is None or inquiry.left_out is not None:
        return None
    fact = next((one for one in standing(facts) if one.seq == inquiry.answered_seq), None)
    return (inquiry, fact) if fact is not None and isinstance(fact.data.get("message"), int) else None


def writers_of(facts: Sequence[Fact], inquiry: Inquiry) -> set[str]:
    """Return who has written to the citizen about an inquiry, as actors: an answer, or a holding notice."""
    telling = {FactKind.ANSWERED, FactKind.ANSWERED_ELSEWHERE, FactKind.HELD}
    return {fact.actor for fact in facts if fact.kind in telling and fact.inquiry in {inquiry.no, None}}


def question_of(
    facts: Sequence[Fact], inquiry: Inquiry, answer: Fact | None, written: Sequence[KeptMessage]
) -> list[KeptMessage]:
    """Return the citizen's messages of an inquiry that came before its answer, if there is one, in order."""
    came = {
        fact.data.get("message")
        for fact in standing(facts)
        if fact.kind is FactKind.RECEIVED and fact.inquiry == inquiry.no and fact.data.get("auto") is not True
        and (answer is None or fact.occurred_at <= answer.occurred_at)
    }  # fmt: skip
    return [one for one in written if one.id in came and one.text]


def _page(office: Office, one: Drawn, asked: Sequence[KeptMessage], answer: WrittenAnswer) -> Page:
    return Page(
        drawn=one,
        subject=masked(office.texts, asked[0].subject),
        question=tuple(masked(office.texts, message.text) for message in asked),
        answer=without_officers(office, answer),
    )


def without_officers(office: Office, answer: WrittenAnswer) -> str:
    """Return an answer's words with personal numbers hidden, and officers' names and addresses; that they stand shows.

    Of the writer the first name alone is hidden, too: it is enough to be known by. Surnames are often places.
    """
    texts = office.texts
    names = [*office.names.values(), *(known.name for known in office.officers)]
    writer = office.officer(OfficerId(answer.written_by.removeprefix("officer:")))
    names += [name for name in writer.name.split()[:-1] if len(name) > 1] if writer else []
    shown = masked(texts, answer.text)
    shown = without_names(shown, [known.email for known in office.officers], texts.t("[handläggarens adress]"))
    return without_names(shown, names, texts.t("[handläggarens namn]")).strip()

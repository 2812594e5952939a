"""What is checked when the long run is over: the product's books against the run's own ledger of truth."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from bot.clock import CLASSES, Rule, TimeClass, classify, deadline
from bot.facts import Fact, FactKind
from bot.inquiry import Inquiry, fold_inquiries
from bot.port import Outbound
from bot.store.projections import rebuild
from bot.store.rows import Direction, InboxState, MailKind, OutboxState
from bot.store.schema import inbox, messages, outbox, register
from bot.tokens import has_secret
from tests.municipality import ADMIN, ON_CALL, PERSONAL_NUMBER, STAFF_AT
from tests.soak_day import Days
from tests.soak_truth import MARK, Letter, Matter, Said
from tests.town import Town, as_bytes

COMPARED = (
    FactKind.RECEIVED, FactKind.ANSWERED, FactKind.ANSWERED_ELSEWHERE, FactKind.NOTED, FactKind.TRANSFERRED,
    FactKind.KIND_CHANGED, FactKind.TOPIC_SET, FactKind.HELD, FactKind.EXCLUDED, FactKind.CLOSED, FactKind.OUTCOME,
    FactKind.MARKED, FactKind.MERGED, FactKind.OPENED, FactKind.DELIVERY_FAILED, FactKind.CORRECTED, FactKind.PHONE,
)  # fmt: skip
"""Facts of a case that the truth foretells one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The product's side, read once."""

    facts: Mapping[str, Sequence[Fact]]
    inquiries: Mapping[str, Sequence[Inquiry]]
    outbox: Sequence[dict[str, Any]]
    inbox: Sequence[dict[str, Any]]
    messages: Sequence[dict[str, Any]]
    register: Sequence[dict[str, Any]]
    sent: Sequence[Outbound]


async def read_books(days: Days) -> Books:
    town, by_case = days.soak.town, dict[str, list[Fact]]()
    for fact in await town.facts():
        by_case.setdefault(fact.case, []).append(fact)
    return Books(
        facts=by_case,
        inquiries={case: fold_inquiries(facts) for case, facts in by_case.items()},
        outbox=await town.rows(outbox),
        inbox=await town.rows(inbox),
        messages=await town.rows(messages),
        register=await town.rows(register),
        sent=days.soak.relay.accepted,
    )


async def check(days: Days) -> dict[str, Any]:
    """Check everything and return the counts for a summary.

    Raises:
        AssertionError: with the first of what is wrong, each in a line.
    """
    books, town = await read_books(days), days.soak.town
    wrong = list(days.truth.wrong)
    for part in (queues, numbering, cases, stored, letters, reminded, readers):
        wrong += part(days, books)
    wrong += await projections(town)
    classes = classes_of(days, books, wrong)
    assert not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong[:40])
    return {
        "facts": sum(map(len, books.facts.values())),
        "cases": sum(bool(found) for found in books.inquiries.values()),
        "inquiries": sum(map(len, books.inquiries.values())),
        "mails in": len(books.inbox),
        "mails out": len(books.sent),
        "sent": dict(Counter(row["kind"] for row in books.outbox)),
        "classes": classes,
        "held": dict(days.truth.held),
    }


def queues(days: Days, books: Books) -> Iterator[str]:
    """Nothing waits any more, and what was laid aside was laid aside for the reason foretold."""
    waiting = Counter(row["state"] for row in books.outbox if row["state"] in {OutboxState.NEW, OutboxState.SENDING})
    if waiting:
        yield f"the outbox is not empty: {dict(waiting)}"
    pending = sum(row["state"] == InboxState.PENDING for row in books.inbox)
    if pending:
        yield f"{pending} mails were never read"
    held = Counter(row["outcome"] for row in books.inbox if row["state"] == InboxState.HELD)
    if held != days.truth.held:
        yield f"held {dict(held)}, not {dict(days.truth.held)}"
    entered, gone = len(books.register), sum(map(len, days.truth.away.values()))
    if entered != gone:
        yield f"{entered} absences were entered, not {gone}"
    astray = sum(row["outcome"] == "misdirected" for row in books.inbox)
    if astray != days.truth.counted["answers to the plain address"]:
        yield f"{astray} answers went to the plain address, not {days.truth.counted['answers to the plain address']}"
    odd = Counter(row["status"] for row in books.outbox if row["state"] == OutboxState.DEAD) - Counter({"5.1.1": 10**6})
    if odd:
        yield f"mails died of {dict(odd)}"


def numbering(days: Days, books: Books) -> Iterator[str]:
    """The facts are numbered without a gap, and each call is there once."""
    numbers = sorted(fact.seq for facts in books.facts.values() for fact in facts)
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the facts are not numbered from 1 without a gap"
    calls = sum(fact.kind is FactKind.PHONE for facts in books.facts.values() for fact in facts)
    if calls != days.truth.calls:
        yield f"{calls} calls are logged, not {days.truth.calls}"
    known = {matter.number for matter in days.truth.matters}
    strange = [case for case, found in books.inquiries.items() if found and case not in known]
    if strange:
        yield f"{len(strange)} cases that nobody opened, as {strange[:3]}"
    unknown = [matter for matter in days.truth.matters if not matter.number]
    if unknown:
        yield f"{len(unknown)} matters never became a case that anybody was told of"


def cases(days: Days, books: Books) -> Iterator[str]:
    """Each case has the facts and questions that ought to be, and each question its first answer."""
    for matter in days.truth.matters:
        facts = books.facts.get(matter.number, ())
        got = Counter(fact.kind for fact in facts if not _of_delay(fact, facts))
        for kind in COMPARED:
            if got[kind] != matter.facts[kind]:
                yield f"{matter.number} has {got[kind]} of {kind}, not {matter.facts[kind]}"
        found = books.inquiries.get(matter.number, ())
        if len(found) != len(matter.asks):
            yield f"{matter.number} has {len(found)} questions, not {len(matter.asks)}"
            continue
        yield from _questions(matter, found)


def _of_delay(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether a fact says that a letter of the system's own did not arrive; the truth knows letters of people only."""
    about = fact.data.get("of") == MailKind.DELAY
    taken = next((one for one in facts if one.seq == fact.data.get("seq")), None)
    return about or (taken is not None and taken.kind is FactKind.DELAYED)


def _questions(matter: Matter, found: Sequence[Inquiry]) -> Iterator[str]:
    for ask, one in zip(matter.asks, found, strict=True):
        about = f"{matter.number} question {one.no}"
        if one.arrived_at != ask.arrived:
            yield f"{about} came {one.arrived_at}, not {ask.arrived}"
        if one.messages != ask.messages:
            yield f"{about} has {one.messages} messages, not {ask.messages}"
        if one.answered_at != ask.answered:
            yield f"{about} was answered {one.answered_at}, not {ask.answered}"
        if (one.excluded or "") != ask.excluded:
            yield f"{about} is left out as {one.excluded}, not {ask.excluded!r}"


def stored(days: Days, books: Books) -> Iterator[str]:
    """What anybody wrote is kept once, and in the right case."""
    by_id, by_mark = dict[str, list[str]](), dict[str, list[str]]()
    for row in books.messages:
        by_id.setdefault(str(row["message_id"]), []).append(str(row["case"]))
        if row["direction"] != Direction.IN or row["address"] is None:
            for mark in set(MARK.findall(str(row["text"]))):
                by_mark.setdefault(mark, []).append(str(row["case"]))
    for mark, matter in days.truth.kept.items():
        mailed = mark[0] == Said.CITIZEN
        found = by_id.get(f"{mark}@example.org", []) if mailed else by_mark.get(mark, [])
        if found != [matter.number]:
            yield f"{mark} is kept in {found}, not in {matter.number}"


def letters(days: Days, books: Books) -> Iterator[str]:
    """Each letter reached the right citizen, whole, and once; twice only where it is marked as unsure."""
    unsure = {row["message_id"] for row in books.outbox if row["unsure"]}
    arrivals = dict[str, list[Outbound]]()
    for mail in books.sent:
        for mark in set() if _is_staff(mail) else set(MARK.findall(mail.text)):
            arrivals.setdefault(mark, []).append(mail)
    for mark in [mark for mark in arrivals if mark[0] != Said.CITIZEN]:
        ids = {mail.message_id for mail in arrivals[mark]}
        if len(ids) > 1 or (len(arrivals[mark]) > 1 and not ids <= unsure):
            yield f"{mark} reached the citizen {len(arrivals[mark])} times"
        for mail in arrivals[mark]:
            yield from _right(days, mark, mail)
    for mark, letter in days.truth.letters.items():
        yield from _fate(letter, mark in arrivals)


def _right(days: Days, mark: str, mail: Outbound) -> Iterator[str]:
    letter, matter = days.truth.letters.get(mark), days.truth.by_mark.get(mark)
    person = matter.home.person if matter is not None else None
    if letter is None or person is None or mail.to_addr not in person.addresses:
        yield f"{mark} reached {mail.to_addr} and never ought to"
    if mark[0] == Said.ANSWER and mail.text.count(mark) != 2:
        yield f"{mark} was cut"


def _fate(letter: Letter, arrived: bool) -> Iterator[str]:
    if letter.regretted and arrived:
        yield f"{letter.mark} left though it was taken back"
    if letter.left is not None and not arrived:
        yield f"{letter.mark} never arrived"
    if not letter.regretted and letter.left is None and not letter.failed:
        yield f"{letter.mark} was lost"


def _is_staff(mail: Outbound) -> bool:
    return mail.to_addr in STAFF_AT or mail.to_addr in {ON_CALL, ADMIN}


def reminded(days: Days, books: Books) -> Iterator[str]:
    """Of every question that is past due, in a case that nobody closed, staff were reminded."""
    office = days.soak.office()
    for case, found in books.inquiries.items():
        facts = books.facts[case]
        if any(fact.kind is FactKind.CLOSED for fact in facts):
            continue
        told = {fact.inquiry for fact in facts if fact.kind is FactKind.REMINDED and fact.data.get("of") != "door"}
        for one in found:
            late = deadline(office.calendar, office.rule, one.arrived_at) < days.now
            if one.waits and late and one.no not in told:
                yield f"of {case} question {one.no} nobody was reminded"


def readers(days: Days, books: Books) -> Iterator[str]:
    """Nobody got words that are not for them, and no citizen a secret address."""
    office, created = days.soak.office(), {row["message_id"]: row["created_at"] for row in books.outbox}
    for mail in books.sent:
        shown = f"{mail.subject}\n{mail.text}\n{unescape(mail.html)}\n{mail.to_name}"
        if PERSONAL_NUMBER in shown:
            yield f"{mail.message_id} shows a personal number"
        marks = set(MARK.findall(shown))
        if _is_staff(mail):
            yield from _staff_may(days, mail, marks, created[mail.message_id])
            continue
        yield from _citizen_may(days, mail, marks)
        written = as_bytes(mail, office).decode("latin-1")
        if has_secret(shown) or has_secret(written) or has_secret(mail.reply_to):
            yield f"{mail.message_id} shows a citizen a secret address"


def _citizen_may(days: Days, mail: Outbound, marks: set[str]) -> Iterator[str]:
    for mark in marks:
        if mark[0] in {Said.INSIDE, Said.NEVER}:
            yield f"{mark} is not for citizens and reached {mail.to_addr}"
        elif mark[0] == Said.CITIZEN:
            person = days.truth.by_mark[mark].home.person
            if person is None or mail.to_addr not in person.addresses:
                yield f"{mark} of {days.truth.writer[mark]} reached {mail.to_addr}"


def _staff_may(days: Days, mail: Outbound, marks: set[str], at: datetime) -> Iterator[str]:
    for mark in marks:
        matter = days.truth.by_mark.get(mark)
        if matter is None or mark[0] == Said.NEVER or (mail.to_addr == ON_CALL and matter.door):
            continue
        if mail.to_addr not in days.truth.readers(matter.home, at):
            yield f"{mark} ({matter.home.number}, {matter.home.units}) was shown to {mail.to_addr}: {mail.subject}"


async def projections(town: Town) -> list[str]:
    """What was kept up to date with every fact equals what the facts say when they are read anew."""
    before = await town.projections()
    async with town.database.writing() as connection:
        await rebuild(connection, lambda _done, _of: None)
    after = await town.projections()
    return [] if before == after else ["the projections differ from what the facts say"]


def classes_of(days: Days, books: Books, wrong: list[str]) -> dict[str, dict[str, int]]:
    """Under each rule every question is in exactly one class, and the classes add up to all of them.

    The truth's own questions are classified beside the product's, case by case.
    """
    calendar, now = days.soak.office().calendar, days.now
    found = [one for asked in books.inquiries.values() for one in asked]
    wanted = [(ask, matter) for matter in days.truth.matters for ask in matter.asks]
    counts = dict[str, dict[str, int]]()
    for rule in Rule:
        ours = Counter(
            classify(one.answered_at, one.excluded is not None, deadline(calendar, rule, one.arrived_at), now)
            for one in found
        )
        theirs = Counter(
            classify(ask.answered, bool(ask.excluded), deadline(calendar, rule, ask.arrived), now) for ask, _ in wanted
        )
        if ours != theirs or ours.total() != len(wanted):
            wrong.append(f"{rule}: {dict(ours)}, not {dict(theirs)}")
        counts[rule.value] = {name.value: ours[name] for name in CLASSES}
    if not counts[Rule.ONE_WORKING_DAY][TimeClass.IN_TIME]:
        wrong.append("nothing was answered in time")
    return counts

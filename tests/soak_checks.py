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
from bot.store.rows import InboxState, MailKind, OutboxState
from bot.store.schema import inbox, inquiries, messages, outbox
from bot.tokens import has_secret
from tests.municipality import ADMIN, ON_CALL, PERSONAL_NUMBER, STAFF_AT
from tests.soak_day import Days
from tests.soak_truth import MARK, Matter, Said
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
        sent=days.soak.relay.accepted,
    )


async def check(days: Days) -> dict[str, Any]:
    """Check everything and return the counts for a summary.

    Raises:
        AssertionError: with the first of what is wrong, each in a line.
    """
    books, town = await read_books(days), days.soak.town
    wrong = list(days.truth.wrong)
    for found in (
        queues(days, books),
        numbering(days, books),
        cases(days, books),
        letters(days, books),
        readers(days, books),
    ):
        wrong += found
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


def letters(days: Days, books: Books) -> Iterator[str]:
    """Each letter reached the right citizen, whole, and once; twice only where it is marked as unsure."""
    unsure = {row["message_id"] for row in books.outbox if row["unsure"]}
    arrivals: dict[str, list[Outbound]] = {}
    for mail in books.sent:
        if mail.to_addr not in STAFF_AT and mail.to_addr not in {ON_CALL, ADMIN}:
            for mark in set(MARK.findall(mail.text)) - {m for m in MARK.findall(mail.text) if m[0] == Said.CITIZEN}:
                arrivals.setdefault(mark, []).append(mail)
    for mark, mails in arrivals.items():
        letter, person = days.truth.letters.get(mark), days.truth.by_mark[mark].home.person
        if letter is None or person is None:
            yield f"{mark} reached a citizen and never ought to"
            continue
        for mail in mails:
            if mail.to_addr not in person.addresses:
                yield f"{mark} reached {mail.to_addr}"
            if mark[0] == Said.ANSWER and mail.text.count(mark) != 2:
                yield f"{mark} was cut"
        ids = {mail.message_id for mail in mails}
        if len(ids) > 1 or (len(mails) > 1 and not ids <= unsure):
            yield f"{mark} reached the citizen {len(mails)} times"
    for mark, letter in days.truth.letters.items():
        if letter.regretted and mark in arrivals:
            yield f"{mark} left though it was taken back"
        if letter.left is not None and mark not in arrivals:
            yield f"{mark} never arrived"
        if not letter.regretted and letter.left is None and not letter.failed:
            yield f"{mark} was lost"


def readers(days: Days, books: Books) -> Iterator[str]:
    """Nobody got words that are not for them, and no citizen a secret address."""
    office, created = days.soak.office(), {row["message_id"]: row["created_at"] for row in books.outbox}
    for mail in books.sent:
        shown = f"{mail.subject}\n{mail.text}\n{unescape(mail.html)}\n{mail.to_name}"
        if PERSONAL_NUMBER in shown:
            yield f"{mail.message_id} shows a personal number"
        staff = mail.to_addr in STAFF_AT or mail.to_addr in {ON_CALL, ADMIN}
        marks = set(MARK.findall(shown))
        if staff:
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


__all__ = ["check", "inquiries"]

"""Regret: whole, as long as nobody has gone on from there; a letter that has not left comes first."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.case import fold_case
from bot.desk import acts, answering, contacts, merging, undoing
from bot.desk.acts import Act, ActRefused, Refusal
from bot.desk.commands import Contact, Way
from bot.desk.undoing import Undone
from bot.facts import CaseNumber, ExcludeReason, FactKind
from bot.inquiry import fold_inquiries
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState
from bot.store.schema import participants
from tests.conftest import FrozenClock
from tests.day import Day, staffed
from tests.desk import ELSA, Desk
from tests.town import Town

KIM = "kim@example.org"


def act(desk: Desk, case: CaseNumber, who: str = "anna") -> Act:
    officer = desk.office.officer_named(who)
    assert officer is not None
    return Act(officer=officer, case=case, inquiry=0, source=f"{who}:{desk.ledger.known.last_seq}")


def two_cases(desk: Desk, second_from: str = ELSA) -> tuple[CaseNumber, CaseNumber]:
    desk.take()
    desk.later(hours=1)
    desk.take(from_addr=second_from, subject="Badhus", text="När öppnar det?", new_text="När öppnar det?")
    desk.later(minutes=1)
    first, second = desk.cases
    return first, second


def merge(desk: Desk, who: str = "anna") -> None:
    merging.merge(desk.ledger, desk.office, act(desk, desk.cases[0], who), desk.cases[1], same_person=True)
    desk.later(minutes=1)


def undo(desk: Desk, case: CaseNumber, who: str = "anna") -> Undone:
    desk.later(minutes=1)
    return undoing.undo(desk.ledger, desk.office, act(desk, case, who))


def refused(desk: Desk, case: CaseNumber, who: str = "anna") -> Refusal:
    with pytest.raises(ActRefused) as raised:
        undo(desk, case, who)
    return raised.value.refusal


def answer(desk: Desk, case: CaseNumber, who: str = "anna") -> None:
    answering.answer(desk.ledger, desk.office, act(desk, case, who), "Torsdag.", again=True, attached=False)
    desk.later(minutes=5)
    desk.deliver(desk.mails(MailKind.ANSWER)[-1])


def figures(desk: Desk) -> list[object]:
    """What a merging may not leave behind: clocks, state, secrecy, promise, and who takes part."""
    found: list[object] = []
    for case in desk.cases:
        facts = desk.ledger.facts_of(case)
        now = fold_case(facts)
        found += [(one.arrived_at, one.answered_at, one.excluded, one.held) for one in fold_inquiries(facts)]
        found.append((now.state, now.secret, now.promised, now.merged_into, now.merged_from))
        found.append(desk.ledger.participants_of(case))
    return found


def calm(_: Desk, __: CaseNumber) -> None:
    """Nothing happened before."""


def held(desk: Desk, case: CaseNumber) -> None:
    answering.hold(desk.ledger, desk.office, act(desk, case), "Vi kollar", date(2026, 11, 27))
    desk.later(minutes=1)
    desk.deliver(desk.mails(MailKind.HOLDING)[-1])


def closed(desk: Desk, case: CaseNumber) -> None:
    acts.close(desk.ledger, desk.office, act(desk, case))


@pytest.mark.parametrize("asked_in", [0, 1])
@pytest.mark.parametrize("in_case", [0, 1])
@pytest.mark.parametrize("before", [calm, answer, held, closed])
@pytest.mark.parametrize("sender", [ELSA, KIM])
def test_a_merging_undone_leaves_nothing_behind(
    asked_in: int, in_case: int, before: Callable[[Desk, CaseNumber], None], sender: str
) -> None:
    desk = Desk()
    cases = two_cases(desk, sender)
    before(desk, cases[in_case])
    before(desk, cases[0])
    as_it_was = figures(desk)
    merge(desk)
    assert undo(desk, cases[asked_in]) == Undone(FactKind.MERGED, letter=False, text="")
    assert figures(desk) == as_it_was


@pytest.mark.parametrize("after", ["opened", "noted", "taken and given back"])
def test_a_merging_is_undone_whole_whatever_was_read_or_noted_since(after: str) -> None:
    desk = Desk()
    first, _ = two_cases(desk)
    as_it_was = figures(desk)
    merge(desk)
    if after == "opened":
        acts.opened(desk.ledger, desk.office, act(desk, first))
    elif after == "noted":
        acts.note(desk.ledger, desk.office, act(desk, first), "Slog ihop dem.")
    else:
        acts.take(desk.ledger, desk.office, act(desk, first))
        assert undo(desk, first).kind is FactKind.ASSIGNED
    assert undo(desk, first).kind is FactKind.MERGED
    assert figures(desk) == as_it_was


def test_what_a_merging_carried_over_is_nobodys_act() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answering.spoken(desk.ledger, desk.office, act(desk, second, "bo"), 60, "På torsdag")
    merge(desk)
    assert refused(desk, first, "bo") is Refusal.NOTHING_TO_UNDO
    assert fold_case(desk.ledger.facts_of(first)).merged_from == (second,)


def came(desk: Desk, case: CaseNumber) -> None:
    acknowledgement = next(mail for mail in desk.mails(MailKind.ACKNOWLEDGEMENT) if mail.case == desk.cases[1])
    desk.take(to=acknowledgement.reply_to, from_addr=KIM, new_text="Jag menar simhallen")


def queued(desk: Desk, case: CaseNumber) -> None:
    answering.answer(desk.ledger, desk.office, act(desk, case, "bo"), "Nio.", again=True, attached=False)


def told(desk: Desk, case: CaseNumber) -> None:
    answering.elsewhere(desk.ledger, desk.office, act(desk, case, "bo"), "")


@pytest.mark.parametrize("since", [came, queued, told])
def test_two_cases_to_which_something_has_happened_as_one_are_not_parted(
    since: Callable[[Desk, CaseNumber], None],
) -> None:
    desk = Desk()
    first, second = two_cases(desk, KIM)
    merge(desk)
    since(desk, first)
    assert [refused(desk, first), refused(desk, second)] == [Refusal.TOO_LATE] * 2
    assert fold_case(desk.ledger.facts_of(second)).merged_into == first


def test_of_two_mergings_the_later_one_is_undone_first() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    desk.take(subject="Tredje", text="En tredje", new_text="En tredje")
    third = desk.cases[2]
    desk.later(minutes=1)
    as_it_was = figures(desk)
    merge(desk)
    merging.merge(desk.ledger, desk.office, act(desk, third, "bo"), first, same_person=True)
    assert refused(desk, second) is Refusal.TOO_LATE
    undo(desk, third, "bo")
    undo(desk, second)
    assert figures(desk) == as_it_was


@pytest.mark.parametrize("what", ["spoken", "left out"])
def test_a_call_that_a_colleague_has_worked_on_is_not_taken_away(what: str) -> None:
    desk = Desk()
    contact = Contact(way=Way.PHONE, direct=False, seconds=45, text="Elsa vill veta, ring upp")
    case, _ = contacts.log_contact(desk.ledger, desk.office, act(desk, CaseNumber("")), contact)
    if what == "spoken":
        answering.spoken(desk.ledger, desk.office, act(desk, case, "bo"), 60, "klart")
    else:
        acts.leave_out(desk.ledger, desk.office, act(desk, case, "bo"), ExcludeReason.DUPLICATE)
    assert refused(desk, case) is Refusal.TOO_LATE
    undo(desk, case, "bo")
    assert undo(desk, case).kind is FactKind.PHONE


def test_a_letter_that_has_not_left_is_taken_back_before_what_was_done_later() -> None:
    desk = Desk(staffed())
    desk.take()
    (case,) = desk.cases
    answering.answer(desk.ledger, desk.office, act(desk, case), "FEL", again=False, attached=False)
    acts.set_topic(desk.ledger, desk.office, act(desk, case), "bygglov")
    assert undo(desk, case) == Undone(FactKind.ASSIGNED, letter=True, text="FEL")
    (letter,) = desk.mails(MailKind.ANSWER)
    assert desk.ledger.known.queued_by_id[letter.id].state is OutboxState.REGRETTED
    assert undo(desk, case) == Undone(FactKind.TOPIC_SET, letter=False, text="")


@pytest.mark.asyncio
async def test_who_came_by_a_merging_takes_part_no_longer_when_it_is_undone(database: Database) -> None:
    day = Day(Town(database, FrozenClock(), staffed()))
    first = await day.asks("elsa", "Gatlykta", "När lagas den?")
    day.town.clock.forward(minutes=5)
    second = await day.asks("kim", "Badhus", "När öppnar det?")
    before = {(row["case"], row["address"]) for row in await day.town.rows(participants)}
    await day.officer("anna", f"/slå ihop {first} {second} samma person")
    assert len(await day.town.rows(participants)) == 3
    day.town.clock.forward(minutes=5)
    await day.officer("anna", f"/ångra {second}")
    assert {(row["case"], row["address"]) for row in await day.town.rows(participants)} == before


@pytest.mark.asyncio
async def test_who_leaves_and_takes_part_again_in_one_batch_takes_part(database: Database) -> None:
    day = Day(Town(database, FrozenClock(), staffed()))
    case = await day.asks("elsa", "Gatlykta", "När lagas den?")
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(cases={case}), day.town.clock.now())
        (address,) = ledger.participants_of(case)
        ledger.leave_part(case, address)
        assert not ledger.participants_of(case)
        ledger.take_part(case, address)
        ledger.leave_part(case, address)
        ledger.take_part(case, address)
        await ledger.write(connection)
    assert len(await day.town.rows(participants)) == 1


def test_a_handing_over_to_the_wrong_unit_is_taken_back_although_it_is_out_of_sight() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    acts.transfer(desk.ledger, desk.office, act(desk, case), "bygglov", "Fel enhet")
    undoing.undo(desk.ledger, desk.office, act(desk, case))
    assert fold_case(desk.ledger.facts_of(case)).unit == "kc"

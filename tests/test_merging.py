"""Merging: one arrival, the earliest; the first answer that reached that person; one secrecy, one promise."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.case import CaseState, fold_case
from bot.desk import acts, answering, merging, undoing
from bot.desk.acts import Act, ActRefused, Refusal
from bot.facts import CaseMark, CaseNumber, ExcludeReason
from bot.inquiry import Inquiry, fold_inquiries
from bot.store.rows import MailKind
from tests.conftest import MONDAY
from tests.desk import ELSA, Desk
from tests.example import make_office
from tests.test_elsewhere import send_elsewhere

WORK = "elsa.arbete@example.org"


def act(desk: Desk, case: CaseNumber, key: str, who: str = "anna") -> Act:
    officer = desk.office.officer_named(who)
    assert officer is not None
    return Act(officer=officer, case=case, inquiry=0, source=key)


def inquiries(desk: Desk, case: CaseNumber) -> tuple[Inquiry, ...]:
    return fold_inquiries(desk.ledger.facts_of(case))


def two_cases(desk: Desk, second_from: str = ELSA) -> tuple[CaseNumber, CaseNumber]:
    """Two mails of the same matter, the second an hour later."""
    desk.take(subject="Gatlykta")
    desk.later(hours=1)
    desk.take(from_addr=second_from, subject="Lampan igen", text="Samma lampa", new_text="Samma lampa")
    first, second = desk.cases
    return first, second


def answer(desk: Desk, case: CaseNumber, key: str) -> datetime:
    assert answering.answer(desk.ledger, desk.office, act(desk, case, key), "Svar", again=False, attached=False) is None
    desk.later(minutes=5)
    desk.deliver(desk.mails(MailKind.ANSWER)[-1])
    return desk.ledger.now


def test_two_that_wait_become_one_inquiry_with_the_earlier_arrival() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    stands = merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=False)
    assert stands == first
    (kept,) = inquiries(desk, first)
    (left,) = inquiries(desk, second)
    assert (kept.arrived_at, kept.waits) == (MONDAY, True)
    assert left.excluded is ExcludeReason.MERGED


def test_an_answer_in_the_older_case_counts_for_what_had_come_before_it() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answered_at = answer(desk, first, "a")
    merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=False)
    (kept,) = inquiries(desk, first)
    (left,) = inquiries(desk, second)
    assert (kept.arrived_at, kept.answered_at) == (MONDAY, answered_at)
    assert left.excluded is ExcludeReason.MERGED


def test_an_answer_in_the_younger_case_stops_the_clock_of_the_older_question() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answered_at = answer(desk, second, "a")
    merging.merge(desk.ledger, desk.office, act(desk, first, "m"), second, same_person=False)
    (kept,) = inquiries(desk, first)
    (left,) = inquiries(desk, second)
    assert (kept.arrived_at, kept.answered_at, kept.answered_by) == (MONDAY, answered_at, "officer:anna")
    assert left.excluded is ExcludeReason.MERGED


def test_what_came_after_the_older_case_was_answered_is_a_question_of_its_own_there() -> None:
    desk = Desk()
    desk.take()
    (first,) = desk.cases
    answer(desk, first, "a")
    desk.later(hours=2)
    asked_at = desk.ledger.now
    desk.take(subject="Ny fråga")
    second = desk.cases[1]
    merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=False)
    old, new = inquiries(desk, first)
    assert old.arrived_at == MONDAY
    assert old.answered_at is not None
    # 08.12 + 5 minutes until it was accepted + 2 hours
    assert (new.arrived_at, new.waits) == (MONDAY + timedelta(hours=2, minutes=5), True)
    assert new.arrived_at == asked_at


def test_two_peoples_cases_are_merged_only_when_an_officer_vouches_for_it() -> None:
    desk = Desk()
    first, second = two_cases(desk, WORK)
    with pytest.raises(ActRefused) as refused:
        merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=False)
    assert refused.value.refusal is Refusal.OTHER_PERSON
    merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=True)
    answer(desk, first, "a")
    # Whoever wrote last is answered, where that person wrote from.
    assert desk.mails(MailKind.ANSWER)[-1].to_addr == WORK


def test_a_mail_to_the_merged_case_goes_on_with_the_one_that_stands() -> None:
    desk = Desk()
    first, second = two_cases(desk, WORK)
    merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=True)
    acknowledgement = next(mail for mail in desk.mails(MailKind.ACKNOWLEDGEMENT) if mail.case == second)
    desk.take(to=acknowledgement.reply_to, from_addr=WORK, new_text="En sak till")
    assert len(desk.cases) == 2
    assert inquiries(desk, first)[0].messages == 2


def test_a_case_is_not_merged_while_its_answer_is_on_its_way() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answering.answer(desk.ledger, desk.office, act(desk, first, "a"), "Svar", again=False, attached=False)
    with pytest.raises(ActRefused) as refused:
        merging.merge(desk.ledger, desk.office, act(desk, second, "m"), first, same_person=False)
    assert refused.value.refusal is Refusal.ON_ITS_WAY


def test_sources_of_all_that_a_merging_records_are_unique() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answer(desk, second, "a")
    merging.merge(desk.ledger, desk.office, act(desk, first, "m"), second, same_person=False)
    keys = [(fact.source, fact.kind) for case in desk.cases for fact in desk.ledger.facts_of(case)]
    assert len(keys) == len(set(keys))


def merge(desk: Desk, case: CaseNumber, other: CaseNumber, key: str = "m", *, same_person: bool = False) -> CaseNumber:
    return merging.merge(desk.ledger, desk.office, act(desk, case, key), other, same_person=same_person)


def test_of_two_that_were_answered_apart_the_earliest_arrival_and_the_first_answer_count() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answered_at = answer(desk, second, "a")
    desk.later(days=3)
    answer(desk, first, "b")
    merge(desk, first, second)
    counted = [one for case in (first, second) for one in inquiries(desk, case) if one.excluded is None]
    assert [(one.case, one.arrived_at, one.answered_at) for one in counted] == [(first, MONDAY, answered_at)]
    # The first letter comes back: then the later one was the first that reached the person.
    desk.bounce(desk.mails(MailKind.ANSWER)[0])
    assert inquiries(desk, first)[0].answered_at == MONDAY + timedelta(hours=1, days=3, minutes=10)


def test_what_was_asked_and_answered_one_after_the_other_stays_two() -> None:
    desk = Desk()
    desk.take()
    answer(desk, desk.cases[0], "a")
    desk.later(days=1)
    desk.take(subject="Ny fråga")
    first, second = desk.cases
    answer(desk, second, "b")
    merge(desk, first, second)
    assert [one.excluded for case in desk.cases for one in inquiries(desk, case)] == [None, None]


@pytest.mark.parametrize("answered", [0, 1])
def test_an_answer_that_comes_back_after_the_merging_makes_the_case_that_stands_wait(answered: int) -> None:
    desk = Desk()
    cases = two_cases(desk)
    answer(desk, cases[answered], "a")
    merge(desk, cases[0], cases[1])
    desk.bounce(desk.mails(MailKind.ANSWER)[-1])
    assert [(one.case, one.arrived_at) for case in cases for one in inquiries(desk, case) if one.waits] == [
        (cases[0], MONDAY)
    ]
    assert fold_case(desk.ledger.facts_of(cases[0])).state is CaseState.OPEN
    assert desk.mails(MailKind.NOTICE)[-1].case == cases[0]


def test_an_answer_of_the_younger_case_alone_that_comes_back_is_waited_for_in_the_older_one() -> None:
    desk = Desk()
    desk.take()
    answer(desk, desk.cases[0], "a")
    desk.later(days=1)
    asked_at = desk.ledger.now
    desk.take(subject="Ny fråga")
    first, second = desk.cases
    answer(desk, second, "b")
    merge(desk, first, second)
    desk.bounce(desk.mails(MailKind.ANSWER)[-1])
    assert [
        (one.case, one.no, one.arrived_at) for case in desk.cases for one in inquiries(desk, case) if one.waits
    ] == [(first, 2, asked_at)]


def test_the_day_told_last_holds_for_what_waits_wherever_it_was_told() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answering.hold(desk.ledger, desk.office, act(desk, second, "h"), "Vi kollar", date(2026, 11, 27))
    desk.later(minutes=5)
    letter = desk.mails(MailKind.HOLDING)[-1]
    desk.deliver(letter)
    told = fold_case(desk.ledger.facts_of(first)).promised
    merge(desk, first, second)
    assert fold_case(desk.ledger.facts_of(first)).promised == "2026-11-27"
    assert len(inquiries(desk, first)[0].held) == 1
    desk.bounce(letter)  # nobody was told
    assert fold_case(desk.ledger.facts_of(first)).promised == told


def cleared(who: str, *, secrecy: bool = False) -> Desk:
    """A desk at which one officer is cleared and belongs to both units; the second may keep secrecy."""
    office = make_office()
    units = frozenset(unit.id for unit in office.units)
    officers = [replace(one, cleared=True, units=units) if one.id == who else one for one in office.officers]
    return Desk(
        replace(office, officers=tuple(officers), units=(office.units[0], replace(office.units[1], secrecy=secrecy)))
    )


@pytest.mark.parametrize("secret", [0, 1])
def test_if_one_of_the_two_is_secret_the_one_that_stands_is_until_it_is_undone(secret: int) -> None:
    desk = cleared("bo")
    cases = two_cases(desk)
    acts.set_mark(desk.ledger, desk.office, act(desk, cases[secret], "s", "bo"), CaseMark.SECRET, "yes", "")
    merging.merge(desk.ledger, desk.office, act(desk, cases[0], "m", "bo"), cases[1], same_person=False)
    assert fold_case(desk.ledger.facts_of(cases[0])).secret
    undoing.undo(desk.ledger, desk.office, act(desk, cases[0], "u", "bo"))
    assert [fold_case(desk.ledger.facts_of(one)).secret for one in cases] == [secret == 0, secret == 1]


def test_cases_of_units_that_differ_in_secrecy_are_not_merged() -> None:
    desk = cleared("bo", secrecy=True)
    desk.take()
    desk.take(to="bygg@kommun.example", subject="Altan", text="Lov?", new_text="Lov?")
    with pytest.raises(ActRefused) as refused:
        merging.merge(desk.ledger, desk.office, act(desk, desk.cases[0], "m", "bo"), desk.cases[1], same_person=False)
    assert refused.value.refusal is Refusal.NOT_CLEARED


def test_a_closed_case_is_open_again_when_what_it_takes_over_waits() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    acts.close(desk.ledger, desk.office, act(desk, first, "c"))
    merge(desk, first, second)
    assert fold_case(desk.ledger.facts_of(first)).state is CaseState.OPEN
    undoing.undo(desk.ledger, desk.office, act(desk, first, "u"))
    assert fold_case(desk.ledger.facts_of(first)).state is CaseState.CLOSED


def test_what_is_left_out_of_the_older_case_takes_nothing_over() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answer(desk, first, "a")
    acts.leave_out(desk.ledger, desk.office, act(desk, first, "x"), ExcludeReason.SPAM)
    merge(desk, first, second)
    assert [one.waits for one in inquiries(desk, first)] == [False, True]


def test_an_answer_written_in_outlook_to_the_merged_case_answers_the_one_that_stands() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    merge(desk, first, second)
    desk.later(hours=1)
    assert send_elsewhere(desk, in_reply_to=("m2@example.org",)) == f"done:{first}"
    assert inquiries(desk, first)[0].answered_at == desk.ledger.now

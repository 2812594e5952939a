"""Merging: one arrival, the earliest; the first answer that reached that person; undone as if it had never been."""

from datetime import datetime, timedelta

import pytest

from bot.desk import answering, merging, undoing
from bot.desk.acts import Act, ActRefused, Refusal
from bot.facts import CaseNumber, ExcludeReason, FactKind
from bot.inquiry import Inquiry, fold_inquiries
from bot.store.rows import MailKind
from tests.conftest import MONDAY
from tests.desk import ELSA, Desk

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


@pytest.mark.parametrize("asked_in", [0, 1])
@pytest.mark.parametrize("answered", [None, 0, 1])
def test_undone_every_figure_is_as_it_was(asked_in: int, answered: int | None) -> None:
    desk = Desk()
    cases = two_cases(desk)
    if answered is not None:
        answer(desk, cases[answered], "a")
    before = [(one.arrived_at, one.answered_at, one.excluded) for case in cases for one in inquiries(desk, case)]
    merging.merge(desk.ledger, desk.office, act(desk, cases[1], "m"), cases[0], same_person=False)
    desk.later(minutes=1)
    assert undoing.undo(desk.ledger, desk.office, act(desk, cases[asked_in], "u")) in {
        FactKind.MERGED, FactKind.EXCLUDED, FactKind.CORRECTED, FactKind.ANSWERED,
    }  # fmt: skip
    after = [(one.arrived_at, one.answered_at, one.excluded) for case in cases for one in inquiries(desk, case)]
    assert after == before


def test_sources_of_all_that_a_merging_records_are_unique() -> None:
    desk = Desk()
    first, second = two_cases(desk)
    answer(desk, second, "a")
    merging.merge(desk.ledger, desk.office, act(desk, first, "m"), second, same_person=False)
    keys = [(fact.source, fact.kind) for case in desk.cases for fact in desk.ledger.facts_of(case)]
    assert len(keys) == len(set(keys))

"""A letter that comes back, and a promise made late: the case lies in the queue again."""

from datetime import date

from bot.case import CaseState, fold_case
from bot.desk import acts, answering
from bot.desk.acts import Act
from bot.facts import CaseNumber
from bot.inquiry import fold_inquiries
from bot.store.rows import MailKind
from tests.desk import Desk


def act(desk: Desk, case: CaseNumber, key: str) -> Act:
    officer = desk.office.officer_named("anna")
    assert officer is not None
    return Act(officer=officer, case=case, inquiry=0, source=key)


def state(desk: Desk, case: CaseNumber) -> CaseState:
    return fold_case(desk.ledger.facts_of(case)).state


def test_an_answer_that_comes_back_opens_the_closed_case() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    answering.answer(desk.ledger, desk.office, act(desk, case, "a"), "Torsdag.", again=False, attached=False)
    desk.deliver(desk.mails(MailKind.ANSWER)[0])
    acts.close(desk.ledger, desk.office, act(desk, case, "c"))
    assert state(desk, case) is CaseState.CLOSED
    desk.bounce(desk.mails(MailKind.ANSWER)[0])
    assert state(desk, case) is CaseState.OPEN
    assert fold_inquiries(desk.ledger.facts_of(case))[0].waits


def test_an_acknowledgement_that_comes_back_opens_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.deliver(desk.mails(MailKind.ACKNOWLEDGEMENT)[0])
    acts.close(desk.ledger, desk.office, act(desk, case, "c"))
    desk.bounce(desk.mails(MailKind.ACKNOWLEDGEMENT)[0])
    assert state(desk, case) is CaseState.CLOSED


def test_a_holding_notice_opens_the_closed_case_for_an_answer_was_promised() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    acts.close(desk.ledger, desk.office, act(desk, case, "c"))
    answering.hold(desk.ledger, desk.office, act(desk, case, "h"), "Vi kollar", date(2026, 11, 27))
    assert state(desk, case) is CaseState.OPEN

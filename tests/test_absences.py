"""Whose cases are released because they are away or have left, and whose are not."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot.absences import gone_owners, why_released
from bot.facts import CaseNumber, FactKind, OfficerId
from bot.store.ledger import Ledger
from bot.store.reading import Known
from tests.conftest import MONDAY
from tests.example import make_office
from tests.waits import assign, local, waiting_case, with_absence

OFFICE = make_office()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Known(), MONDAY)


def _taken(by: str, at: datetime) -> Callable[[Ledger, CaseNumber], None]:
    return lambda ledger, case: assign(ledger, case, "anna", at=at, by=by)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (_taken("anna", local(16, "9.20")), local(17, "8.00"), ""),  # not away yet
        (_taken("anna", local(16, "9.20")), local(18, "8.00"), "away"),
        (_taken("bo", local(18, "9.00")), local(18, "10.00"), "away"),  # given to her by somebody else
        (_taken("anna", local(18, "9.00")), local(18, "10.00"), ""),  # she took it while away
        (_taken("anna", local(18, "9.00")), local(19, "10.00"), ""),
        (_taken("anna", local(17, "23.59")), local(18, "0.01"), "away"),
        (_taken("anna", local(16, "9.20")), local(20, "0.00"), ""),  # back again
    ],
)
def test_the_cases_of_who_is_away_are_released_but_not_those_taken_meanwhile(
    ledger: Ledger, then: Callable[[Ledger, CaseNumber], None], now: datetime, expected: str
) -> None:
    office = with_absence(OFFICE, "anna", date(2026, 11, 18), date(2026, 11, 20))
    case = waiting_case(ledger)
    then(ledger, case)
    assert why_released(office, ledger.facts_of(case), now) == expected


def test_who_has_left_has_no_cases_and_a_units_own_mailbox_keeps_its(ledger: Ledger) -> None:
    for owner, why in (("gone", "left"), ("_kc", ""), ("anna", ""), ("", "")):
        case = waiting_case(ledger, owner=owner)
        assert why_released(OFFICE, ledger.facts_of(case), MONDAY) == why
    owners = [OfficerId(one) for one in ("gone", "_kc", "anna", "", "gone")]
    assert gone_owners(OFFICE, owners, MONDAY) == {"gone"}


def test_a_closed_case_is_nobodys_to_release(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="gone")
    ledger.append(FactKind.CLOSED, case, inquiry=1, occurred_at=MONDAY, actor="system", source="act:1")
    assert why_released(OFFICE, ledger.facts_of(case), MONDAY) == ""

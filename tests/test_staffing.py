"""Absences that are entered one after the other in the same mail, before the office knows of any of them."""

from datetime import date

import pytest

from bot.desk.acts import Act, ActRefused, Refusal
from bot.desk.commands import Away, Back
from bot.desk.staffing import away, back
from bot.facts import CaseNumber, OfficerId
from bot.office import Absence, Office, Role
from bot.register import EntryKind, absences_in
from bot.store.ledger import Ledger
from bot.store.reading import Known
from tests.conftest import MONDAY
from tests.example import make_office
from tests.waits import with_absence, with_officer

FIRST = Absence(first=date(2026, 11, 16), back=date(2026, 11, 18))
SECOND = Absence(first=date(2026, 12, 14), back=date(2026, 12, 19))


def _act(office: Office, who: str = "anna") -> Act:
    officer = office.officer(OfficerId(who))
    assert officer is not None
    return Act(officer=officer, case=CaseNumber(""), inquiry=0, source="mail:1")


def _entered(ledger: Ledger, who: str = "anna") -> tuple[Absence, ...]:
    return absences_in(ledger.entered[EntryKind.ABSENCE, who])


def test_two_absences_in_one_mail_are_both_kept_beside_those_known_before() -> None:
    known = Absence(first=date(2026, 11, 25), back=date(2026, 11, 26))
    office = with_absence(make_office(), "anna", known.first, known.back)
    ledger = Ledger(Known(), MONDAY)
    for one in (FIRST, SECOND):
        assert away(ledger, office, _act(office), Away(officer="", first=one.first, back=one.back))[1] == one
    assert set(_entered(ledger)) == {FIRST, known, SECOND}


def test_who_is_back_in_the_same_mail_was_away_only_in_what_comes_later() -> None:
    office, ledger = make_office(), Ledger(Known(), MONDAY)
    for one in (FIRST, SECOND):
        away(ledger, office, _act(office), Away(officer="", first=one.first, back=one.back))
    back(ledger, office, _act(office), Back(officer=""))
    assert _entered(ledger) == (SECOND,)
    with pytest.raises(ActRefused) as refused:
        back(ledger, office, _act(office), Back(officer=""))
    assert refused.value.refusal is Refusal.SAME


def test_a_lead_enters_the_absence_of_another_and_an_officer_does_not() -> None:
    office = with_officer(make_office(), "anna", role=Role.LEAD)
    ledger = Ledger(Known(), MONDAY)
    for one in (FIRST, SECOND):
        away(ledger, office, _act(office), Away(officer="bo", first=one.first, back=one.back))
    assert _entered(ledger, "bo") == (FIRST, SECOND)
    with pytest.raises(ActRefused) as refused:
        away(ledger, office, _act(office, "bo"), Away(officer="anna", first=None, back=SECOND.back))
    assert refused.value.refusal is Refusal.LEADS_ONLY

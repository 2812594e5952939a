"""Who may see a case: its unit, its owner, leads, and of secret ones fewer; also where its unit has ended."""

from dataclasses import replace

import pytest

from bot.case import CaseNow, fold_case
from bot.desk.rights import may_see
from bot.duty import unit_officer
from bot.facts import OfficerId, UnitId
from tests.facts import received
from tests.lookup import BYGG, KC, SOC, make_town_office

OFFICE = make_town_office()


def _case(unit: UnitId = KC, owner: str = "", *, secret: bool = False) -> CaseNow:
    return replace(fold_case([received()]), unit=unit, owner=OfficerId(owner), secret=secret)


@pytest.mark.parametrize(
    ("case", "seen_by"),
    [
        (_case(), "anna bo pia eva"),
        (_case(BYGG), "cia eva"),
        (_case(SOC), "dan"),
        (_case(SOC, "anna"), "dan anna"),
        (_case(secret=True), "pia"),
        (_case(BYGG, "anna", secret=True), "anna"),
        # A unit that has ended: its cases are the first unit's.
        (_case(UnitId("gone")), "anna bo pia eva"),
        (_case(UnitId("gone"), secret=True), "pia"),
    ],
)
def test_who_sees_a_case(case: CaseNow, seen_by: str) -> None:
    assert {one.id for one in OFFICE.officers if may_see(OFFICE, one, case)} == set(seen_by.split())


def test_a_shared_mailbox_sees_its_cases_but_no_secret_ones_though_it_owns_them() -> None:
    mailbox = replace(unit_officer(OFFICE.unit(KC), "alla@kommun.example"), cleared=False)
    assert may_see(OFFICE, mailbox, _case())
    assert may_see(OFFICE, mailbox, _case(BYGG, "_kc"))
    assert not may_see(OFFICE, mailbox, _case(BYGG))
    assert not may_see(OFFICE, mailbox, _case(KC, "_kc", secret=True))

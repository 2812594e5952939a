"""Owners who are not there: whose cases become nobody's, so that somebody else takes them. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.case import CaseNow, CaseState, fold_case
from bot.duty import is_unit_officer
from bot.facts import Fact, FactKind, OfficerId, officer_actor
from bot.office import Office


def has_owner(case: CaseNow) -> bool:
    """Tell whether a case is a person's. One that a unit owns by its shared mailbox is the unit's."""
    return bool(case.owner) and not is_unit_officer(case.owner)


def why_released(office: Office, facts: Sequence[Fact], now: datetime) -> str:
    """Return why an open case's owner has it no longer: ``away`` or ``left``; empty: the owner keeps it, or has none.

    Who takes a case, or answers in it, while away keeps it.

    Args:
        office: who is away, and who is an officer at all.
        facts: the case's, in order of seq.
        now: UTC.
    """
    case = fold_case(facts)
    if not has_owner(case) or case.state is not CaseState.OPEN or case.merged_into is not None:
        return ""
    why = _gone(office, case.owner, now)
    if why != "away":
        return why
    officer, today = office.officer(case.owner), office.local_day(now)
    first = min(one.first for one in officer.absences if one.first <= today < one.back) if officer else today
    mine = (fact for fact in facts if fact.actor == officer_actor(case.owner))
    taking = {FactKind.ASSIGNED, FactKind.TRANSFERRED}
    return "" if any(fact.kind in taking and office.local_day(fact.occurred_at) >= first for fact in mine) else why


def _gone(office: Office, owner: OfficerId, now: datetime) -> str:
    officer = office.officer(owner)
    if officer is None:
        return "left"
    return "away" if officer.is_away(office.local_day(now)) else ""


def gone_owners(office: Office, owners: Sequence[OfficerId], now: datetime) -> frozenset[OfficerId]:
    """Return those of the owners who are away at an instant (UTC), or no officers any more."""
    persons = {owner for owner in owners if owner and not is_unit_officer(owner)}
    return frozenset(owner for owner in persons if _gone(office, owner, now))

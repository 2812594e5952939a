"""Who may see a case, and who may do what. Pure: the same for every face."""

from bot.case import CaseNow
from bot.duty import is_unit_officer
from bot.office import Office, Officer, Role


def may_see(office: Office, officer: Officer, case: CaseNow) -> bool:
    """Tell whether an officer may see a case.

    Its owner may. Members of its unit may, and leads where the unit keeps no secrecy. A secret case only those of
    the unit who are cleared for it, or the person who owns it: of a unit's shared mailbox nobody knows who reads it.
    """
    # A case of a unit that has ended is the first unit's: somebody must be able to answer it.
    unit = office.unit(case.unit)
    if case.owner == officer.id and not (case.secret and is_unit_officer(officer.id)):
        return True
    member = unit.id in officer.units
    if case.secret:
        return member and officer.cleared
    return member or (officer.role is Role.LEAD and not unit.secrecy)


def may_lead(officer: Officer) -> bool:
    """Tell whether an officer may see who left out what, and edit what all answer with."""
    return officer.role is Role.LEAD

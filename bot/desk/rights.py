"""Who may see a case, and who may do what. Pure: the same for every face."""

from bot.case import CaseNow
from bot.office import Office, Officer, Role


def may_see(office: Office, officer: Officer, case: CaseNow) -> bool:
    """Tell whether an officer may see a case.

    Its owner may. Members of its unit may, and leads where the unit keeps no secrecy. A secret case only those of
    the unit who are cleared for it.
    """
    if case.owner == officer.id:
        return True
    member = case.unit in officer.units
    if case.secret:
        return member and officer.cleared
    return member or (officer.role is Role.LEAD and not office.unit(case.unit).secrecy)


def may_lead(officer: Officer) -> bool:
    """Tell whether an officer may see who left out what, and edit what all answer with."""
    return officer.role is Role.LEAD

"""Changes of staff: who is an officer, of which units, and who is away."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.facts import OfficerId
from bot.office import Absence, Role, plain_address
from bot.register import Change, EntryData, EntryKind, absence_data
from config.changes import Fault, Standing, agreed, inner_address_faults
from config.settings import OfficerSettings
from config.texts import mark

_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,11}")
"""As `config.settings.ShortId`; a leading ``_`` is kept for units that write from a shared mailbox."""

ROLES = {
    "officer": Role.OFFICER, "handläggare": Role.OFFICER, "medarbetare": Role.OFFICER,
    "lead": Role.LEAD, "kvalitetsledare": Role.LEAD, "ledare": Role.LEAD,
    "admin": Role.ADMIN, "administratör": Role.ADMIN,
}  # fmt: skip
"""How a role may be written."""

_NOBODY = mark("Det finns ingen {officer}. Se vilka som finns: run_bot.py staff list.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerWish:
    """What somebody wants of an officer; None: as it is. Units by id or name."""

    name: str | None = None
    email: str | None = None
    units: tuple[str, ...] | None = None
    role: str | None = None
    cleared: bool | None = None


def add_officer(standing: Standing, officer: str, wish: OfficerWish) -> tuple[Change, ...]:
    """Return the change that makes somebody an officer; `officer` is the new id.

    Raises:
        ChangeRefused: the id or the address is somebody else's, a unit is not known, or something is missing.
    """
    data = _wished(standing, {}, wish)
    change = Change(kind=EntryKind.OFFICER, key=officer, data=data)
    return agreed(standing, [*_id_faults(standing, officer, data), *_faults(standing, officer, data)], change)


def change_officer(standing: Standing, officer: str, wish: OfficerWish) -> tuple[Change, ...]:
    """Return the change of an officer, none if everything is so already.

    Raises:
        ChangeRefused: as `add_officer`; or a unit with open cases would be left without anybody.
    """
    known = standing.layers.officers.get(officer)
    if known is None:
        return agreed(standing, [_nobody(standing, officer)])
    before = officer_data(known)
    data = _wished(standing, before, wish)
    if data == before:
        return ()
    left = [unit for unit in known.units if unit not in data["units"]]
    faults = [*_faults(standing, officer, data), *_last_one_faults(standing, known, left)]
    return agreed(standing, faults, Change(kind=EntryKind.OFFICER, key=officer, data=data))


def end_officer(standing: Standing, officer: str) -> tuple[Change, ...]:
    """Return the changes after which somebody is no officer any more. Open cases are given back by the service.

    Raises:
        ChangeRefused: there is no such officer, or a unit with open cases would be left without anybody.
    """
    known = standing.layers.officers.get(officer)
    if known is None:
        return agreed(standing, [_nobody(standing, officer)])
    ended = [Change(kind=EntryKind.OFFICER, key=officer, data=officer_data(known), ended=True)]
    if officer in standing.layers.absences:
        ended.append(_absences(officer, ()))
    return agreed(standing, _last_one_faults(standing, known, known.units), *ended)


def send_away(standing: Standing, officer: str, first: date, back: date) -> tuple[Change, ...]:
    """Return the change that enters an absence: away from the local day `first` until the day before `back`.

    Raises:
        ChangeRefused: there is no such officer, or the days have passed or stand in the wrong order.
    """
    t, faults = standing.texts.t, list[Fault]()
    if officer not in standing.layers.officers:
        faults.append(_nobody(standing, officer))
    if first < standing.today:
        faults.append(Fault("first", t("{day} har redan varit. Ange i dag eller en senare dag.", day=first)))
    if back <= first:
        faults.append(Fault("back", t("{back} ska komma efter {first}: det är dagen man är tillbaka.",
                                      back=back, first=first)))  # fmt: skip
    new = Absence(first=first, back=back)
    kept = [one for one in _to_come(standing, officer) if not (first <= one.first and one.back <= back)]
    return agreed(standing, faults, _absences(officer, (*kept, new)))


def call_back(standing: Standing, officer: str, *, planned: bool = False) -> tuple[Change, ...]:
    """Return the change that ends an absence today; `planned`: those to come are taken away too.

    Raises:
        ChangeRefused: there is no such officer, or nothing to end.
    """
    t, to_come = standing.texts.t, _to_come(standing, officer)
    if officer not in standing.layers.officers:
        return agreed(standing, [_nobody(standing, officer)])
    left = () if planned else tuple(one for one in to_come if one.first > standing.today)
    if len(left) == len(to_come):
        text = t("{officer} är inte borta i dag. Planerad frånvaro tas bort med --planned.", officer=officer)
        return agreed(standing, [Fault("", text)])
    return agreed(standing, [], _absences(officer, left))


def officer_data(officer: OfficerSettings) -> EntryData:
    """Return an officer as an entry of the register holds one."""
    return officer.model_dump(mode="json", exclude={"id"})


def _wished(standing: Standing, before: EntryData, wish: OfficerWish) -> EntryData:
    """Return an entry's data with what is wished for; a unit or role that is not known is left as it was written."""
    data = dict(before)
    if wish.name is not None:
        data["name"] = " ".join(wish.name.split())
    if wish.email is not None:
        data["email"] = wish.email.strip()
    if wish.units is not None:
        found = [(standing.unit_named(one), one) for one in wish.units]
        data["units"] = list(dict.fromkeys(unit.id if unit else said for unit, said in found))
    if wish.role is not None:
        data["role"] = ROLES.get(wish.role.strip().casefold(), wish.role)
    if wish.cleared is not None:
        data["cleared"] = wish.cleared
    return data


def _id_faults(standing: Standing, officer: str, data: EntryData) -> Iterator[Fault]:
    t, layers = standing.texts.t, standing.layers
    if _ID.fullmatch(officer) is None:
        yield Fault("id", t("{id} går inte som id. Ta högst 12 tecken: a–z, siffror och _.", id=officer))
    elif officer in layers.officers:
        yield Fault(
            "id",
            t(
                "{id} är redan {name}. Välj ett annat id, eller ändra med run_bot.py staff change {id}.",
                id=officer,
                name=layers.officers[officer].name,
            ),
        )
    elif (left := layers.names.get(OfficerId(officer))) and left != data.get("name", left):
        yield Fault(
            "id",
            t("{id} har varit {name}, vars gamla svar bär det id:t. Välj ett annat id.", id=officer, name=left),
        )  # fmt: skip


def _faults(standing: Standing, officer: str, data: EntryData) -> Iterator[Fault]:
    t, who = standing.texts.t, data.get("name") or officer
    if not data.get("name"):
        yield Fault("name", t("Namn saknas för {officer}.", officer=who))
    if not data.get("email"):
        yield Fault("email", t("E-postadress saknas för {officer}.", officer=who))
    else:
        yield from _email_faults(standing, officer, data["email"])
    if not data.get("units"):
        yield Fault("units", t("Enhet saknas för {officer}: var och en hör till minst en.", officer=who))
    for unit in data.get("units", ()):
        if unit not in standing.layers.units:
            known = ", ".join(standing.layers.units)
            yield Fault("units", t("Enheten {unit} finns inte. De som finns: {known}.", unit=unit, known=known))
    if data.get("role", Role.OFFICER) not in set(Role):
        text = t("{role} är ingen roll. Välj officer, lead (kvalitetsledare) eller admin.", role=data["role"])
        yield Fault("role", text)


def _email_faults(standing: Standing, officer: str, email: str) -> Iterable[Fault]:
    t, layers = standing.texts.t, standing.layers
    yield from inner_address_faults(standing.texts, standing.units, "email", email)
    plain = plain_address(email)
    for other in layers.officers.values():
        if other.id != officer and plain_address(other.email) == plain:
            text = t("{name} har redan adressen {address}. Var och en behöver en egen.", address=email, name=other.name)
            yield Fault("email", text)
    for unit in layers.units.values():
        if unit.staff_address and plain_address(unit.staff_address) == plain:
            text = t("{unit} delar adressen {address}. Var och en behöver en egen.", address=email, unit=unit.name)
            yield Fault("email", text)


def _last_one_faults(standing: Standing, officer: OfficerSettings, left: Sequence[str]) -> Iterator[Fault]:
    """Give the units that would have open cases and nobody to answer them."""
    for unit in left:
        others = [one for one in standing.layers.officers.values() if unit in one.units and one.id != officer.id]
        count = standing.open_in(unit)
        if count and not others:
            yield Fault(
                "units",
                standing.texts.n(
                    "{name} är sist kvar på {unit}, som har {count} öppet ärende. "
                    "Lägg till någon först, eller lämna ärendet till en annan enhet.",
                    "{name} är sist kvar på {unit}, som har {count} öppna ärenden. "
                    "Lägg till någon först, eller lämna ärendena till en annan enhet.",
                    count,
                    name=officer.name,
                    unit=unit,
                ),
            )


def _nobody(standing: Standing, officer: str) -> Fault:
    return Fault("id", standing.texts.t(_NOBODY, officer=officer))


def _to_come(standing: Standing, officer: str) -> tuple[Absence, ...]:
    return tuple(one for one in standing.layers.absences.get(officer, ()) if one.back > standing.today)


def _absences(officer: str, absences: Sequence[Absence]) -> Change:
    return Change(kind=EntryKind.ABSENCE, key=officer, data=absence_data(absences), ended=not absences)

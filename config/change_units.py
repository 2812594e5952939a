"""Changes of units: where cases lie, which address they have, who of them is told, and who is on duty when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from bot.office import Notify, plain_address
from bot.register import Change, EntryData, EntryKind
from config.change_staff import officer_data
from config.changes import Fault, Standing, agreed, inner_address_faults
from config.check_mail import is_address
from config.settings import UnitSettings
from config.texts import mark

_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,19}")
_ADDRESS = re.compile(r"[A-Za-z0-9._-]{1,12}@[A-Za-z0-9.-]+")
"""As `config.settings.UnitAddress`."""
MOST_COPIES = 20

_NO_UNIT = mark("Enheten {unit} finns inte. De som finns: {known}.")

NOTIFY = {
    "on_duty": Notify.ON_DUTY, "i tjänst": Notify.ON_DUTY, "schema": Notify.ON_DUTY,
    "address": Notify.ADDRESS, "adress": Notify.ADDRESS,
    "all": Notify.ALL, "alla": Notify.ALL, "group": Notify.GROUP, "grupp": Notify.GROUP,
}  # fmt: skip
"""How a choice of who is told may be written."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWish:
    """What somebody wants of a unit; None: as it is."""

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    staff_address: str | None = None
    on_call: str | None = None
    notify: str | None = None
    copies: int | None = None
    secrecy: bool | None = None
    telegram_group: int | None = None

    def given(self) -> EntryData:
        """Return what is wished for, as an entry of the register holds it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.notify is not None:
            values["notify"] = NOTIFY.get(self.notify.strip().casefold(), self.notify)
        return {
            name: " ".join(value.split()) if isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }


def add_unit(standing: Standing, unit: str, wish: UnitWish) -> tuple[Change, ...]:
    """Return the change that makes a unit; `unit` is the new id.

    Raises:
        ChangeRefused: the id, the name or an address is taken or badly written, or something is missing.
    """
    t, data, faults = standing.texts.t, wish.given(), list[Fault]()
    if _ID.fullmatch(unit) is None:
        faults.append(Fault("id", t("{id} går inte som id. Ta högst 20 tecken: a–z, siffror och _.", id=unit)))
    elif unit in standing.layers.units:
        text = t("Enheten {unit} finns redan. Ändra den med run_bot.py unit change {unit}.", unit=unit)
        faults.append(Fault("id", text))
    faults += _faults(standing, unit, data)
    return agreed(standing, faults, Change(kind=EntryKind.UNIT, key=unit, data=data))


def change_unit(standing: Standing, unit: str, wish: UnitWish) -> tuple[Change, ...]:
    """Return the change of a unit, none if everything is so already.

    Raises:
        ChangeRefused: as `add_unit`; or there is no such unit.
    """
    known = standing.layers.units.get(unit)
    if known is None:
        return agreed(standing, [_no_unit(standing, unit)])
    before = unit_data(known)
    data = {**before, **wish.given()}
    if data == before:
        return ()
    return agreed(standing, _faults(standing, unit, data), Change(kind=EntryKind.UNIT, key=unit, data=data))


def end_unit(standing: Standing, unit: str) -> tuple[Change, ...]:
    """Return the changes after which a unit is gone, and its officers belong to their other units alone.

    Raises:
        ChangeRefused: there is no such unit, it is the last one, it has open cases, or an officer has no other unit.
    """
    t, layers = standing.texts.t, standing.layers
    known = layers.units.get(unit)
    if known is None:
        return agreed(standing, [_no_unit(standing, unit)])
    members = [one for one in layers.officers.values() if unit in one.units]
    alone = [one.id for one in members if not set(one.units) - {unit}]
    faults = list[Fault]()
    if len(layers.units) == 1:
        faults.append(Fault("", t("{unit} är den enda enheten. Lägg till en annan först.", unit=unit)))
    if count := standing.open_in(unit):
        text = standing.texts.n(
            "{unit} har {count} öppet ärende. Avsluta det eller lämna det till en annan enhet först.",
            "{unit} har {count} öppna ärenden. Avsluta dem eller lämna dem till en annan enhet först.",
            count,
            unit=unit,
        )
        faults.append(Fault("", text))
    if alone:
        text = t("Bara i {unit} finns {officers}. Flytta eller ta bort dem först: run_bot.py staff.",
                 unit=unit, officers=", ".join(alone))  # fmt: skip
        faults.append(Fault("", text))
    ended = Change(kind=EntryKind.UNIT, key=unit, data=unit_data(known), ended=True)
    moved = [
        Change(
            kind=EntryKind.OFFICER,
            key=one.id,
            data={**officer_data(one), "units": [other for other in one.units if other != unit]},
        )
        for one in members
    ]
    return agreed(standing, faults, *([ended] if faults else [ended, *moved]))


def set_rota(standing: Standing, unit: str, day: int, officers: Sequence[str]) -> tuple[Change, ...]:
    """Return the change of who is on duty in a unit on a weekday, Monday 0; none if it is so already.

    Raises:
        ChangeRefused: there is no such unit, or somebody is no officer of it.
    """
    t, known = standing.texts.t, standing.layers.units.get(unit)
    if known is None:
        return agreed(standing, [_no_unit(standing, unit)])
    members = [one.id for one in standing.layers.officers.values() if unit in one.units]
    faults = [
        Fault("", t("{officer} hör inte till {unit}. De som gör det: {known}.",
                    officer=one, unit=unit, known=", ".join(members)))
        for one in officers
        if one not in members
    ]  # fmt: skip
    before = unit_data(known)
    data = {**before, "rota": {**before["rota"], WEEKDAYS[day]: list(dict.fromkeys(officers))}}
    if data == before:
        return ()
    return agreed(standing, faults, Change(kind=EntryKind.UNIT, key=unit, data=data))


def unit_data(unit: UnitSettings) -> EntryData:
    """Return a unit as an entry of the register holds one."""
    return unit.model_dump(mode="json", exclude={"id"})


def _faults(standing: Standing, unit: str, data: EntryData) -> Iterator[Fault]:
    yield from _name_faults(standing, unit, data.get("name", ""))
    yield from _address_faults(standing, unit, data.get("address", ""))
    for field in ("staff_address", "on_call"):
        yield from _inner_faults(standing, field, data.get(field, ""), data.get("address", ""))
    yield from _notice_faults(standing, data)


def _name_faults(standing: Standing, unit: str, name: str) -> Iterator[Fault]:
    t = standing.texts.t
    if not name:
        yield Fault("name", t("Namn saknas för enheten {unit}.", unit=unit))
    for other in standing.layers.units.values():
        if other.id != unit and name.casefold() in {other.id, other.name.casefold()}:
            yield Fault("name", t("Enheten {unit} heter redan {name}. Välj ett annat namn.", unit=other.id, name=name))


def _address_faults(standing: Standing, unit: str, address: str) -> Iterator[Fault]:
    """Give what is wrong with the address that citizens write to."""
    t = standing.texts.t
    if not address:
        yield Fault("address", t("Adress saknas för enheten {unit}.", unit=unit))
        return
    if _ADDRESS.fullmatch(address) is None or not is_address(address):
        text = t("{address} går inte som enhetens adress. Före @ får det stå högst 12 tecken: a–z, siffror, . - och _.",
                 address=address)  # fmt: skip
        yield Fault("address", text)
        return
    for other in standing.layers.units.values():
        if other.id != unit and plain_address(other.address) == plain_address(address):
            yield Fault("address", t("{address} är redan enheten {unit}s adress.", address=address, unit=other.id))
    if plain_address(address) in _told(standing, unit):
        text = t("Till {address} skickar vi själva. Då går våra mejl runt. Ange en annan.", address=address)
        yield Fault("address", text)


def _inner_faults(standing: Standing, field: str, inner: str, address: str) -> Iterator[Fault]:
    """Give what is wrong with an address that the unit's notices go to."""
    t = standing.texts.t
    yield from inner_address_faults(standing.texts, standing.units, field, inner)
    if inner and plain_address(inner) == plain_address(address):
        yield Fault(field, t("{address} är enhetens egen adress. Då går våra mejl runt. Ange en annan.", address=inner))
    for officer in standing.layers.officers.values():
        if field == "staff_address" and inner and plain_address(officer.email) == plain_address(inner):
            text = t("{address} är {name}s egen adress. Ange en som enheten delar.", address=inner, name=officer.name)
            yield Fault(field, text)


def _notice_faults(standing: Standing, data: EntryData) -> Iterator[Fault]:
    t, notify, copies = standing.texts.t, data.get("notify", Notify.ON_DUTY), data.get("copies", 2)
    if notify not in set(Notify):
        yield Fault("notify", t("{notify} går inte. Välj on_duty, address, all eller group.", notify=notify))
    if notify == Notify.ADDRESS and not data.get("staff_address"):
        yield Fault("notify", t("För att avisera en gemensam adress behövs den: ange --staff-address."))
    if notify == Notify.GROUP and not data.get("telegram_group"):
        yield Fault("notify", t("För att avisera gruppen i Telegram behövs dess nummer: ange --group."))
    if data.get("telegram_group", 0) > 0:
        yield Fault("telegram_group", t("Numret på en grupp i Telegram börjar med minus. Boten visar det i gruppen."))
    if not 1 <= copies <= MOST_COPIES:
        yield Fault("copies", t("{count} går inte: mellan 1 och {most} kan få veta.", count=copies, most=MOST_COPIES))


def _told(standing: Standing, unit: str) -> frozenset[str]:
    """Return the addresses that we send notices to, those of one unit left out."""
    layers, settings = standing.layers, standing.settings
    others = [one for one in layers.units.values() if one.id != unit]
    return frozenset(
        plain_address(address)
        for address in (
            *(one.email for one in layers.officers.values()),
            *(address for one in others for address in (one.staff_address, one.on_call)),
            *layers.doors.values(),
            settings.mail.admin,
            settings.municipality.on_call,
        )
        if address
    )


def _no_unit(standing: Standing, unit: str) -> Fault:
    return Fault("id", standing.texts.t(_NO_UNIT, unit=unit, known=", ".join(standing.layers.units)))

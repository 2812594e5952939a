"""What a change to the register is judged by, and how it is refused: every fault at once, with what to do instead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.calendar import Calendar
from bot.facts import OfficerId, UnitId
from bot.hours import CalendarVersion
from bot.office import plain_address
from bot.register import Change
from config.check_mail import is_address
from config.layers import Layers, after, is_readable
from config.settings import Settings, UnitSettings
from config.texts import Texts

OpenCases = Mapping[tuple[UnitId, OfficerId], int]
"""How many open cases lie in a unit with one owner (empty: nobody's)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand when somebody wants a change.

    Attributes:
        layers, calendar: what holds, the register included.
        versions: the opening hours as decided, the single days of the register left out.
        today: the local date.
        texts: the language that refusals are told in.
    """

    settings: Settings
    layers: Layers
    calendar: Calendar
    versions: Sequence[CalendarVersion]
    open_cases: OpenCases
    today: date
    texts: Texts

    def after(self, changes: Iterable[Change]) -> "Standing":
        """Return how things stand after changes of units, staff and texts; opening hours are left as they are."""
        layers = self.layers
        for change in changes:
            layers = after(layers, change)
        return replace(self, layers=layers)

    def open_in(self, unit: str) -> int:
        """Return how many cases are open in a unit."""
        return sum(count for (where, _), count in self.open_cases.items() if where == unit)

    def open_of(self, officer: str) -> int:
        """Return how many open cases are an officer's."""
        return sum(count for (_, owner), count in self.open_cases.items() if owner == officer)

    @property
    def units(self) -> Sequence[UnitSettings]:
        """Return the units in order."""
        return tuple(self.layers.units.values())

    def unit_named(self, text: str) -> UnitSettings | None:
        """Return the unit meant by its id or name, None if there is none."""
        said = text.strip().casefold()
        return next((one for one in self.units if said in {one.id, one.name.casefold()}), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence about what is wrong. `field`: which value, as an entry's data call it; empty: all of it."""

    field: str
    text: str


class ChangeRefused(Exception):
    """Nothing is changed. `faults` is never empty."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults."""
        super().__init__("; ".join(fault.text for fault in faults))
        self.faults = faults


def agreed(standing: Standing, faults: Iterable[Fault], *changes: Change) -> tuple[Change, ...]:
    """Return the changes, if nothing is wrong with them.

    Raises:
        ChangeRefused: something is, or the register could not be read with one of them in it.
    """
    found = tuple(faults)
    if not found and not all(change.ended or is_readable(change) for change in changes):
        found = (Fault("", standing.texts.t("Något av det du angav går inte att använda. Kontrollera stavningen.")),)
    if found:
        raise ChangeRefused(*found)
    return changes


def inner_address_faults(texts: Texts, units: Iterable[UnitSettings], field: str, address: str) -> Iterator[Fault]:
    """Give what is wrong with an address that we send notices to; empty is no fault.

    Mail we send to an address that we answer from would come back to us for ever.
    """
    t = texts.t
    if not address:
        return
    if not is_address(address):
        yield Fault(field, t("{address} ska vara en enda adress: namn@domän.", address=address))
    elif plain_address(address) in {plain_address(unit.address) for unit in units}:
        yield Fault(
            field, t("{address} är en enhets adress. Då går våra mejl runt. Ange en annan.", address=address)
        )  # fmt: skip

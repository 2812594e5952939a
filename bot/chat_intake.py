"""Which room an event of a chat belongs to: the citizen's, the staff's, or nobody's."""

from typing import Protocol

from bot.chat import ChatKind, EventKind
from bot.chat_arrival import ChatArrival
from bot.office import CurrentOffice, Officer, Unit
from bot.store.ledger import Ledger
from bot.store.rows import InboxState


class CitizenRoom(Protocol):
    """The private chat with somebody who is not of the staff."""

    def take(self, ledger: Ledger, arrival: ChatArrival) -> None:
        """Decide one event and settle it."""
        ...


class StaffRoom(Protocol):
    """The private chat with an officer, and the groups of units."""

    def take_private(self, ledger: Ledger, arrival: ChatArrival, officer: Officer) -> None:
        """Decide what an officer wrote or pressed in the private chat, and settle it."""
        ...

    def take_group(self, ledger: Ledger, arrival: ChatArrival, unit: Unit) -> None:
        """Decide what was written or pressed in a unit's group, by whomever, and settle it."""
        ...

    def take_stranger(self, ledger: Ledger, arrival: ChatArrival) -> bool:
        """Take what somebody writes who wants to prove to be an officer; False: it is nothing of that, untouched."""
        ...

    def take_place(self, ledger: Ledger, arrival: ChatArrival) -> None:
        """Decide what a changed place in a chat means (ours or somebody's, or a group's new number), and settle it."""
        ...


class ChatIntake:
    """Decides one event of a chat at a time."""

    def __init__(self, office: CurrentOffice, citizens: CitizenRoom, staff: StaffRoom) -> None:
        """Keep the rooms."""
        self._current = office
        self._citizens = citizens
        self._staff = staff

    def take(self, ledger: Ledger, arrival: ChatArrival) -> None:
        """Decide an event and settle it.

        Raises:
            NeedsPerson: no rule decides it.
        """
        event, office = arrival.event, self._current()
        if event.kind in {EventKind.OURSELVES, EventKind.MEMBER, EventKind.MIGRATED}:
            self._staff.take_place(ledger, arrival)
        elif event.kind is EventKind.NOTHING:
            ledger.settle(arrival.inbox, InboxState.DONE, "nothing")
        elif event.chat_kind is ChatKind.PRIVATE:
            self._private(ledger, arrival)
        elif (unit := office.unit_of_group(event.chat)) is not None:
            self._staff.take_group(ledger, arrival, unit)
        else:
            # What is said in a group that is no unit's is none of our business. We leave it when we are put there, not
            # when somebody speaks: an administrator may be about to tie it to a unit.
            ledger.settle(arrival.inbox, InboxState.DONE, "not_ours")

    def _private(self, ledger: Ledger, arrival: ChatArrival) -> None:
        linked = ledger.book.officer_of(arrival.event.user)
        officer = self._current().officer(linked) if linked else None
        if officer is not None:
            self._staff.take_private(ledger, arrival, officer)
        elif not self._staff.take_stranger(ledger, arrival):
            self._citizens.take(ledger, arrival)

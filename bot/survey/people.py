"""Who was asked lately: people are known again by keyed hashes of their addresses, never by the addresses."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.facts import AddressId
from bot.office import Office, plain_address
from bot.store.ledger import Ledger
from bot.store.reading import Wanted
from bot.store.survey_rows import Invitation, State
from bot.survey.contacts import Contact
from bot.survey.drawing import Lately, lot_of


def asked_key(office: Office, address: str) -> str:
    """Return by what a mail address or chat is known again as invited; nobody without our key can tell whose it is."""
    return office.tokens.code_digest("asked", "", _plain(address))


def declined_key(office: Office, address: str) -> str:
    """Return by what it is known again as one that does not want to be asked."""
    return office.tokens.code_digest("declined", "", _plain(address))


def people_of(ledger: Ledger, address: AddressId) -> list[str]:
    """Return all addresses known here of the person behind one, that one among them."""
    known = ledger.known
    person = known.person_of.get(address)
    found = {text for text, other in known.addresses.items() if other == address}
    if person is not None:
        found |= {text for text, other in known.addresses.items() if known.person_of.get(other) == person}
    return sorted(found)


def _plain(address: str) -> str:
    return plain_address(address) if "@" in address else address


class People:
    """What is known of the persons of some cases: how often they got answers, when they were asked, who is drawn."""

    def __init__(
        self,
        wanted: Wanted,
        contacts: Mapping[AddressId, Sequence[datetime]],
        asked: Mapping[str, datetime],
        drawn: Sequence[Invitation],
        before: Sequence[Invitation],
    ) -> None:
        """Keep what was read.

        Args:
            wanted: what the ledger has to know of the cases.
            contacts: by address, when (UTC) its inquiries were answered within the time of rest.
            asked: by keyed hash, when it was asked or declined.
            drawn: what is drawn and has not left.
            before: all rows of the cases.
        """
        self.wanted = wanted
        self.drawn = list(drawn)
        self._contacts = contacts
        self._asked = dict(asked)
        self._before = list(before)

    def was_up(self, contact: Contact) -> bool:
        """Tell whether the inquiry was up for a survey; one whose answer came back may be once more."""
        case, number = contact.case.number, contact.inquiry.no
        return any(
            (one.case, one.inquiry) == (case, number) and one.state is not State.WITHDRAWN for one in self._before
        )

    def up(self, one: Invitation) -> None:
        """Take in that an inquiry is up for a survey."""
        self._before.append(one)
        if one.state is State.DRAWN:
            self.drawn.append(one)

    def ask(self, ledger: Ledger, office: Office, address: str) -> None:
        """Remember that a person is invited now."""
        key = asked_key(office, address)
        self._asked[key] = ledger.now
        ledger.known.survey.ask(key, ledger.now)

    def pending(self, ledger: Ledger, contact: Contact) -> list[Invitation]:
        """Return what else is drawn of the contact's person."""
        known = ledger.known.person_of
        person = known.get(contact.address)
        return [
            one
            for one in self.drawn
            if one.address is not None
            and (one.address == contact.address or (person is not None and known.get(one.address) == person))
        ]

    def lately(self, ledger: Ledger, office: Office, contact: Contact) -> Lately:
        """Return what is known of the contact's person."""
        addresses = people_of(ledger, contact.address)
        asked = [self._asked.get(asked_key(office, address)) for address in addresses]
        declined = [self._asked.get(declined_key(office, address)) for address in addresses]
        lots = [lot_of(office.tokens, one.case, one.inquiry or 0)
                for one in self.pending(ledger, contact) if one.case is not None]  # fmt: skip
        # Only those up to this one: several that are drawn among in one round are as if each had a round of its own.
        until = [at for at in self._contacts.get(contact.address, ()) if at <= contact.answered_at]
        return Lately(
            contacts=max(len(until), 1),
            asked_at=max((at for at in asked if at is not None), default=None),
            declined_at=max((at for at in declined if at is not None), default=None),
            pending=lots,
        )

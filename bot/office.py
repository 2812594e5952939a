"""The municipality as the services see it: units, officers, promises, opening hours. Built from the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import Kind, OfficerId, UnitId
from bot.tokens import Tokens
from config.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Enhet: where a case lies. `address` is its contact address, from which its answers come."""

    id: UnitId
    name: str
    address: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Handläggare: staff who answer for one or more units."""

    id: OfficerId
    name: str
    email: str
    units: frozenset[UnitId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Limits on automatic mail, so that no loop outlives an hour.

    Attributes:
        per_address: automatic mails to one address in 24 hours.
        identical: mails of the same text from one address in 24 hours before it gets no automatic mail at all.
        hops: Received headers after which a mail is taken for a loop (RFC 5321 §6.3 says at least 100).
    """

    per_address: int = 10
    identical: int = 3
    hops: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WebForm:
    """A form on the municipality's pages that mails us: its sender, and the line that holds the person's address.

    `field` is the words before that address, as ``E-post``; empty: the address stands in Reply-To.
    """

    sender: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How much of files is passed on, in bytes: of one file, of one mail, of one sender in 24 hours; and how many."""

    per_file: int = 25 * 2**20
    per_mail: int = 40 * 2**20
    per_day: int = 200 * 2**20
    count: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All that decisions need to know of the municipality. The first unit takes what no other is addressed by."""

    name: str
    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]
    other_ways: tuple[str, ...]
    calendar: Calendar
    rule: Rule
    promises: Mapping[Kind, int]
    default_kind: Kind
    texts: Texts
    tokens: Tokens
    installation: str
    trusted_host: str = ""
    privacy: str = ""
    admin_email: str = ""
    caps: Caps = Caps()
    own_domains: frozenset[str] = frozenset()
    web_forms: tuple[WebForm, ...] = ()
    tenant_mailboxes: frozenset[str] = frozenset()
    secrets_in_subject: bool = False
    file_limits: FileLimits = FileLimits()

    def unit(self, unit: UnitId) -> Unit:
        """Return the unit, or the first one if it is no longer configured, so that no case is without a home."""
        return next((known for known in self.units if known.id == unit), self.units[0])

    def officer(self, officer: OfficerId) -> Officer | None:
        """Return the officer, None if not configured (any more)."""
        return next((known for known in self.officers if known.id == officer), None)

    def officers_of(self, unit: UnitId) -> tuple[Officer, ...]:
        """Return the unit's officers in the configured order."""
        return tuple(officer for officer in self.officers if unit in officer.units)

    def unit_at(self, recipients: tuple[str, ...]) -> Unit:
        """Return the unit one of the addresses belongs to (plus parts ignored), else the first unit."""
        plain = {plain_address(address) for address in recipients}
        return next((unit for unit in self.units if unit.address.lower() in plain), self.units[0])

    def accepts(self, recipient: str) -> bool:
        """Tell whether mail to this address is ours: a unit's address, with or without a plus part, or postmaster."""
        if recipient.strip().lower() == "postmaster":  # RFC 5321 §4.5.1: also without a domain
            return True
        plain = plain_address(recipient)
        domains = {unit.address.lower().rpartition("@")[2] for unit in self.units}
        local, _, domain = plain.rpartition("@")
        return any(unit.address.lower() == plain for unit in self.units) or (
            local == "postmaster" and domain in domains
        )

    def is_colleague(self, address: str) -> bool:
        """Tell whether an address is an officer's, or in one of our own domains and no unit's or form's."""
        plain = plain_address(address)
        if self.accepts(address) or any(form.sender == plain for form in self.web_forms):
            return False
        if any(plain_address(officer.email) == plain for officer in self.officers):
            return True
        return plain.rpartition("@")[2] in self.own_domains

    def promised_day(self, kind: Kind, arrived_at: datetime) -> date:
        """Return the last local day of the promise to the citizen: the n-th open day after the day of arrival."""
        return self.calendar.nth_open_day(arrived_at, self.promises[kind])


def plain_address(address: str) -> str:
    """Return an address in lower case without its plus part."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"

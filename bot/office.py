"""The municipality as the services see it: units, officers, promises, opening hours. Built from the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import Kind, OfficerId, TopicId, UnitId
from bot.tokens import Tokens
from config.texts import Texts


class Notify(StrEnum):
    """Who is told of a message in a case that nobody owns. Its owner alone is told where there is one."""

    ON_DUTY = "on_duty"
    """The officers that the rota names today; without a rota a few of those who are here, in turn."""
    ADDRESS = "address"
    """The unit's own staff address, once."""
    ALL = "all"
    """Every officer of the unit who is here."""
    GROUP = "group"
    """The unit's group chat alone; without one, as `ON_DUTY`."""


class Role(StrEnum):
    """What an officer may do beside answering."""

    OFFICER = "officer"
    LEAD = "lead"
    """Kvalitetsledare: reads all units' cases but secret ones, edits canned answers, sees who left out what."""
    ADMIN = "admin"
    """Sets up units, staff and texts; sees no more cases than any officer."""


class Shown(StrEnum):
    """How much of a case stands in the staff's group."""

    NUMBER = "number"
    """Its number and when it is due; the rest is read by e-mail."""
    SHORT = "short"
    """The beginning of what was written too."""
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRules:
    """How chats are used. None in `Office.chat`: there are none.

    Attributes:
        languages: codes a citizen can choose among, the first where nothing is known.
        shown, mail_shown: how much of a case that came by chat, or by mail, stands in the staff's group.
        places: names of places whose printed link leads to the chat, by code.
        keep_topics: how long a closed case's topic stays in the group.
    """

    languages: tuple[str, ...] = ("sv", "fi", "en", "sv_lattlast")
    shown: Shown = Shown.FULL
    mail_shown: Shown = Shown.NUMBER
    places: Mapping[str, str] = field(default_factory=dict)
    keep_topics: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Enhet: where a case lies.

    Attributes:
        address: its contact address, from which its answers come.
        staff_address: a mailbox its staff share, empty if there is none.
        on_call: who is told at once, at any hour, of words that need another door.
        copies: how many officers are told at most where nobody is on duty by a rota.
        rota: the officers on duty by weekday, Monday 0.
        secrecy: only its members see its cases.
        group: number of its staff's group chat, 0: it has none.
    """

    id: UnitId
    name: str
    address: str
    phone: str = ""
    staff_address: str = ""
    on_call: str = ""
    notify: Notify = Notify.ON_DUTY
    copies: int = 2
    rota: Mapping[int, tuple[OfficerId, ...]] = field(default_factory=dict)
    secrecy: bool = False
    group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Local days on which an officer is away: from `first` until before `back`."""

    first: date
    back: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Handläggare: staff who answer for one or more units. `cleared`: may see secret cases of these units."""

    id: OfficerId
    name: str
    email: str
    units: frozenset[UnitId]
    role: Role = Role.OFFICER
    cleared: bool = False
    absences: tuple[Absence, ...] = ()

    def is_away(self, day: date) -> bool:
        """Tell whether the officer is away on a local day."""
        return any(one.first <= day < one.back for one in self.absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Ämne: what a case is about."""

    id: TopicId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """Mall: an answer kept for use again, with fields in braces, as ``{dag}``.

    `unit` None: for all. `language`: as ``sv``; empty: any.
    """

    name: str
    text: str
    unit: UnitId | None = None
    language: str = ""


class Door(StrEnum):
    """Another way in that some words need, at once."""

    DANGER = "danger"
    CHILD = "child"
    APPEAL = "appeal"
    SECRECY = "secrecy"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorWord:
    """Words that need another door. `words` may end with ``*``, which stands for any ending."""

    door: Door
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """How many open minutes before a deadline or a promise ends the owner, the unit and the citizen are told."""

    owner: int = 240
    unit: int = 120
    citizen: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRules:
    """How those who got an answer are asked what it was like. None in `Office.survey`: nobody is asked.

    Attributes:
        delay: how long after the answer an invitation leaves.
        hours: local minutes of an open day between which it may, the end not included.
        rest: how long a person is left in peace after an invitation.
        share: of those who could be asked, 0 to 1, drawn by lot.
        cap: answers by channel and year after which nobody more is invited.
        page: the address of our page as the world sees it, without a slash at the end; empty: one replies by mail.
    """

    delay: timedelta = timedelta(minutes=60)
    hours: tuple[int, int] = (480, 1200)
    rest: timedelta = timedelta(days=90)
    share: float = 1.0
    cap: int = 400
    page: str = ""


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
    other_ways_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`other_ways` by language, as far as they are told in it; so also `privacy_by`."""
    privacy_by: Mapping[str, str] = field(default_factory=dict)
    admin_email: str = ""
    caps: Caps = Caps()
    own_domains: frozenset[str] = frozenset()
    web_forms: tuple[WebForm, ...] = ()
    tenant_mailboxes: frozenset[str] = frozenset()
    secrets_in_subject: bool = False
    file_limits: FileLimits = FileLimits()
    topics: tuple[Topic, ...] = ()
    canned: tuple[Canned, ...] = ()
    door_words: tuple[DoorWord, ...] = ()
    door_addresses: Mapping[Door, str] = field(default_factory=dict)
    on_call: str = ""
    reminders: Reminders = Reminders()
    regret: timedelta = timedelta(seconds=60)
    chat: ChatRules | None = None
    survey: SurveyRules | None = None
    names: Mapping[OfficerId, str] = field(default_factory=dict)
    """Names of all who ever were officers, so that an old answer still tells whose it was."""

    def unit(self, unit: UnitId) -> Unit:
        """Return the unit, or the first one if it is no longer configured, so that no case is without a home."""
        return next((known for known in self.units if known.id == unit), self.units[0])

    def unit_of_group(self, group: int) -> Unit | None:
        """Return the unit whose staff's group this chat is, None if it is nobody's."""
        return next((known for known in self.units if group and known.group == group), None)

    def texts_in(self, language: str) -> Texts:
        """Return the texts in a language a citizen has chosen; in the municipality's own if there are none."""
        return self.texts.in_language(language)

    def other_ways_in(self, language: str) -> tuple[str, ...]:
        """Return the other ways in as a citizen of this language reads them; in the main one where it has none."""
        return next((self.other_ways_by[code] for code in _codes(language) if code in self.other_ways_by),
                    self.other_ways)  # fmt: skip

    def privacy_in(self, language: str) -> str:
        """Return the line about personal data as a citizen of this language reads it; so too."""
        return next((self.privacy_by[code] for code in _codes(language) if code in self.privacy_by), self.privacy)

    def officer(self, officer: OfficerId) -> Officer | None:
        """Return the officer, None if not configured (any more)."""
        return next((known for known in self.officers if known.id == officer), None)

    def officer_at(self, email: str) -> Officer | None:
        """Return the officer with this e-mail address (in lower case), None if nobody has it."""
        return next((known for known in self.officers if known.email.lower() == email), None)

    def unit_named(self, text: str) -> Unit | None:
        """Return the unit a person means by its id or name, upper and lower case alike; None if there is none."""
        said = text.strip().casefold()
        return next((one for one in self.units if said in {one.id.casefold(), one.name.casefold()}), None)

    def officer_named(self, text: str) -> Officer | None:
        """Return the officer meant by id, full name, address, or a first name that only one has; None if unclear."""
        said = text.strip().casefold()
        for one in self.officers:
            if said in {one.id.casefold(), one.name.casefold(), one.email.casefold()}:
                return one
        first = [one for one in self.officers if one.name.casefold().split(" ")[0] == said]
        return first[0] if len(first) == 1 else None

    def topic_named(self, text: str) -> Topic | None:
        """Return the topic meant by id or name, or by the beginning of a name that only one has; None if unclear."""
        said = text.strip().casefold()
        for one in self.topics:
            if said in {one.id.casefold(), one.name.casefold()}:
                return one
        begins = [one for one in self.topics if said and one.name.casefold().startswith(said)]
        return begins[0] if len(begins) == 1 else None

    def name_of(self, officer: OfficerId) -> str:
        """Return an officer's name, also of one who has left; the id if nobody knows it.

        An id that begins with ``_`` is a unit that wrote from its shared mailbox.
        """
        if officer.startswith("_"):
            return self.unit(UnitId(officer[1:])).name
        known = self.officer(officer)
        return known.name if known else self.names.get(officer, officer)

    def local_day(self, instant: datetime) -> date:
        """Return the local day of a UTC instant."""
        return instant.astimezone(self.texts.zone).date()

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


def _codes(language: str) -> tuple[str, str]:
    """Return a language, and the one it is an overlay on: ``sv`` for ``sv_FI`` and ``sv_lattlast``."""
    return language, language.partition("_")[0]


CurrentOffice = Callable[[], Office]
"""Gives the municipality as it is now: staff, units and texts change while the service runs."""


def plain_address(address: str) -> str:
    """Return an address in lower case without its plus part."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"

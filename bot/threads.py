"""Which sent mail answers which received mail, when nobody but the mailbox kept account of it.

Pure; of the product it imports `bot.facts` only. What ties mails together is told by tokens, equal where what they
stand for is equal: addresses, ids and subjects never come here. The facts it makes are folded and classed by the
same functions as those of the running service.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.facts import CaseNumber, Channel, Fact, FactKind, Kind, OfficerId, Seq, from_micros, officer_actor, to_micros

Token = bytes
"""Stands for an address, an id or a subject. Empty: there is none, and it equals nothing."""

NO_TOKEN: Token = b""
SUBJECT_HOLDS = timedelta(days=60)
"""How long after a mail one with the same subject to its sender is taken for its answer."""
ANSWERED_BY = "by"
"""Key in the data of an answer: `Tied`."""

_UNKNOWN_OFFICER = officer_actor(OfficerId("unknown"))
_TAG = re.compile(r"\[[^\[\]]{0,60}\]")
_PREFIX = re.compile(
    r"(?:\s*(?:re|sv|vs|vb|vl|fw|fwd|aw|wg|ang|antw|antwort|svar|vast|vastaus|vidarebefordrat|extern|external)"
    r"(?:\s?\(\d{1,3}\))?\s?:)+",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*(?:vb|fw|fwd|vl|wg|vidarebefordrat)\s?:", re.IGNORECASE)


class Tied(StrEnum):
    """What ties an answer to the mail it answers, the surest first."""

    ID = "id"
    SUBJECT = "subject"


class LeftOut(StrEnum):
    """Why a received mail opens nothing. A mail has one reason, the first that holds in this order."""

    BEFORE = "before_period"
    DUPLICATE = "duplicate"
    """The same mail lies in two folders, or was read before the folder was numbered anew."""
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"
    AUTOMATIC = "automatic"
    OWN = "own"
    PASSED_ON = "passed_on"
    """A colleague passed it on. Who asked stands in its text only, and the answer goes to that person."""
    NO_SENDER = "no_sender"
    MISTIMED = "mistimed"
    """Its answer is older than itself: it was put into the mailbox later, and nobody knows when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What must be known of a mail to thread it.

    Attributes:
        key: names it among all mails, and orders those of one instant; a code (it becomes the source of a fact).
        at: when the mailbox took it, microseconds UTC.
        sent: it lay in a folder of sent mail.
        sender, reply_to: who wrote it, and the first address answers are wanted at.
        recipients: of To and Cc.
        id: its Message-ID.
        refs: the ids it refers to, the nearest first.
        subject: by `plain_subject`; empty if nothing is left of it.
        domain: of the sender's address.
        forward: by `is_forward`.
        form: why its form alone says that no person wrote it; None if it does not.
    """

    key: str
    at: int
    sent: bool
    sender: Token
    reply_to: Token = NO_TOKEN
    recipients: tuple[Token, ...] = ()
    id: Token = NO_TOKEN
    refs: tuple[Token, ...] = ()
    subject: Token = NO_TOKEN
    domain: Token = NO_TOKEN
    forward: bool = False
    form: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """What came in and what went out, as facts.

    Attributes:
        cases: the facts of each conversation with one person, in order; received and answered_elsewhere only, the
            latter with `ANSWERED_BY`. Learned when they happened: nobody can tell any more when they were known.
        received: mails received by the as-of instant. Those of the cases and those left out add up to it.
        left_out: received mails that open nothing, by `LeftOut`, only reasons that occur.
        sent: mails that people sent in the period, whether they answer anything or not.
    """

    cases: tuple[tuple[Fact, ...], ...]
    received: int
    left_out: Mapping[str, int]
    sent: int


def plain_subject(subject: str) -> str:
    """Return a decoded subject without Re:, SV:, VS:, VB: and their like and tags in brackets, in one letter case.

    Empty if nothing else stands in it.
    """
    text = unicodedata.normalize("NFKC", _TAG.sub(" ", subject))
    found = _PREFIX.match(text)
    return " ".join((text[found.end() :] if found else text).casefold().split())


def is_forward(subject: str) -> bool:
    """Return whether a mail program wrote before the subject that it passes a mail on (VB:, Fwd:, VL: …)."""
    return _FORWARD.match(_TAG.sub(" ", subject)) is not None


def thread(
    mails: Iterable[Mail], *, own: Collection[Token], domains: Collection[Token] = (), start: datetime, as_of: datetime
) -> Threads:
    """Return the conversations that the mails of a mailbox make.

    A received mail goes on with the conversation whose mail it refers to if its sender takes part there, else it
    begins one. A sent mail answers the conversations whose mails it refers to and whose person it is addressed to;
    if there are none, those of the persons it is addressed to that wait with the same subject since at most
    `SUBJECT_HOLDS`. One that goes to somebody else (a forward to a colleague) answers nothing, nor does one that a
    machine wrote. That a sent mail is a mere holding notice cannot be seen.

    Args:
        mails: of all folders.
        own: our own addresses. What comes from them opens nothing, unless answers are wanted elsewhere (a web form).
        domains: those of our colleagues' addresses. What they pass on opens nothing: who asked is not known.
        start: first instant of the period (UTC); what came before is left out.
        as_of: what came later is not known yet (UTC).

    Raises:
        ValueError: an instant that is not UTC.
    """
    first, last = to_micros(start), to_micros(as_of)
    known = sorted((one for one in mails if one.at <= last), key=lambda one: (one.at, one.sent, one.key))
    ours = frozenset(own)
    reasons = _reasons(known, ours, frozenset(domains), first)
    threading = _Threading(ours)
    for one in known:
        if one.key not in reasons:
            threading.read(one)
    counted = [reasons[one.key] for one in known if not one.sent and one.key in reasons]
    return Threads(
        cases=tuple(map(tuple, threading.cases)),
        received=sum(not one.sent for one in known),
        left_out={reason.value: counted.count(reason) for reason in LeftOut if reason in counted},
        sent=sum(one.sent and one.key not in reasons for one in known),
    )


def _reasons(known: list[Mail], own: frozenset[Token], domains: frozenset[Token], first: int) -> dict[str, LeftOut]:
    """Return why mails, received or sent, are left out, by key."""
    reasons: dict[str, LeftOut] = {}
    seen: set[tuple[object, ...]] = set()
    for one in known:
        # All mails of a web form have one sender: only Reply-To tells two people apart.
        copy = (one.id,) if one.id else (one.reply_to, one.subject, one.at)
        same = (one.sent, one.sender, *copy)
        if one.at < first:
            reasons[one.key] = LeftOut.BEFORE
        elif reason := LeftOut.DUPLICATE if same in seen else one.form or _nobody(one, own, domains):
            reasons[one.key] = reason
        seen.add(same)
    return reasons | dict.fromkeys(_mistimed(known, reasons, own), LeftOut.MISTIMED)


def _nobody(mail: Mail, own: frozenset[Token], domains: frozenset[Token]) -> LeftOut | None:
    """Return why there is no person whom a received mail could be answered to."""
    if mail.sent:
        return None
    if not _addresses(mail, own):
        return LeftOut.OWN if mail.sender else LeftOut.NO_SENDER
    return LeftOut.PASSED_ON if mail.forward and mail.domain in domains else None


def _mistimed(known: list[Mail], reasons: Mapping[str, LeftOut], own: frozenset[Token]) -> set[str]:
    """Return the received mails that a sent one refers to which is older than they are."""
    answered: dict[tuple[Token, Token], int] = {}
    for one in known:
        if one.sent and reasons.get(one.key) in (None, LeftOut.BEFORE):
            for place in _places(one.refs, one.recipients):
                answered.setdefault(place, one.at)
    return {
        one.key
        for one in known
        if not one.sent and one.id and one.key not in reasons
        if any(answered.get((one.id, address), one.at) < one.at for address in _addresses(one, own))
    }


def _addresses(mail: Mail, own: frozenset[Token]) -> tuple[Token, ...]:
    """Return where the person who wrote a received mail is reached: none for our own mail and for nobody's."""
    return tuple(dict.fromkeys(one for one in (mail.reply_to, mail.sender) if one and one not in own))


def _places(ids: Iterable[Token], addresses: Collection[Token]) -> Iterable[tuple[Token, Token]]:
    return ((one, address) for one in ids for address in addresses)


class _Threading:
    """The conversations on their way, while mails are read in order of time."""

    def __init__(self, own: frozenset[Token]) -> None:
        self.cases: list[list[Fact]] = []
        self._own = own
        self._seq = 0
        # A mail is found by its id and the person's address together, so that a stranger who names it finds nothing.
        self._by_id: dict[tuple[Token, Token], int] = {}
        self._waiting: dict[tuple[Token, Token], list[tuple[int, int]]] = {}

    def read(self, mail: Mail) -> None:
        if mail.sent:
            self._sent(mail)
        else:
            self._received(mail)

    def _received(self, mail: Mail) -> None:
        addresses = _addresses(mail, self._own)
        case = next((self._by_id[place] for place in _places(mail.refs, addresses) if place in self._by_id), None)
        if case is None:
            case = len(self.cases)
            self.cases.append([])
        data = {"channel": Channel.MAIL.value, "kind": Kind.QUESTION.value, "unit": "unknown"}
        self._add(case, mail, FactKind.RECEIVED, "person", data)
        for address in addresses:
            if mail.id:
                self._by_id.setdefault((mail.id, address), case)
            if mail.subject:
                self._waiting.setdefault((address, mail.subject), []).append((mail.at, case))

    def _sent(self, mail: Mail) -> None:
        """Answer what it refers to; what waits by subject is waited for no longer, however it is answered."""
        places = _places(mail.refs, mail.recipients)
        found, by = {self._by_id[place]: None for place in places if place in self._by_id}, Tied.ID
        if not found and mail.subject:
            since, by = mail.at - SUBJECT_HOLDS // timedelta(microseconds=1), Tied.SUBJECT
            for address in mail.recipients:
                waiting = self._waiting.pop((address, mail.subject), [])
                found |= dict.fromkeys(case for at, case in waiting if at >= since)
        for case in found:
            self._add(case, mail, FactKind.ANSWERED_ELSEWHERE, _UNKNOWN_OFFICER, {ANSWERED_BY: by.value})
            for address in mail.recipients:
                if mail.id and any(self._by_id.get(place) == case for place in _places(mail.refs, (address,))):
                    self._by_id.setdefault((mail.id, address), case)

    def _add(self, case: int, mail: Mail, kind: FactKind, actor: str, data: dict[str, str]) -> None:
        self._seq += 1
        instant = from_micros(mail.at)
        self.cases[case].append(
            Fact(
                seq=Seq(self._seq), case=CaseNumber(f"thread-{case + 1}"), inquiry=None, kind=kind,
                occurred_at=instant, recorded_at=instant, actor=actor, source=f"{mail.key}:{case + 1}", data=data,
            )
        )  # fmt: skip

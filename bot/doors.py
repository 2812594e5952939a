"""Words that need another door at once: danger, a child at risk, an appeal, a secret. Who is on call is told of them.

`doors_in` is pure.
"""

import logging
import re
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from unicodedata import normalize

from bot.case import fold_case
from bot.duty import unit_officer
from bot.facts import SYSTEM, CaseNumber, FactKind
from bot.office import Door, DoorWord, Office, Unit
from bot.parts import Heading, Paragraph, Part, Quote
from bot.senders import sender_words
from bot.staff_mail import queue_staff_mail
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutboxState
from bot.tokens import without_tag
from config.texts import mark

logger = logging.getLogger(__name__)

_NAMES = {
    Door.DANGER: mark("fara för liv eller hälsa"),
    Door.CHILD: mark("ett barn som far illa"),
    Door.APPEAL: mark("ett överklagande"),
    Door.SECRECY: mark("skyddade personuppgifter"),
}
"""What a message may be about, as it stands after "kan gälla"."""

_SILENT = re.compile(r"[\u00ad\u0300-\u036f]+")
"""Soft hyphens, and marks above letters of which there is no letter with its mark: they would end a word."""


def doors_in(text: str, words: Sequence[DoorWord]) -> frozenset[Door]:
    """Return the doors that a text's words need.

    Whole words and phrases, upper and lower case alike, phrases across line breaks too; ``*`` at the end of a word
    stands for any ending. Takes time in proportion to the text.

    Args:
        text: what the citizen wrote, without quoted history.
        words: as configured; one of nothing but ``*`` is passed over.
    """
    said = _plain(text)
    return frozenset(door for door, pattern in _patterns(tuple(words)) if pattern.search(said))


def _plain(text: str) -> str:
    return _SILENT.sub("", normalize("NFC", normalize("NFC", text).casefold()))


@lru_cache(maxsize=8)
def _patterns(words: tuple[DoorWord, ...]) -> tuple[tuple[Door, re.Pattern[str]], ...]:
    """Return one pattern for each door. What has matched is never given back, so that no text takes long."""
    phrases: dict[Door, set[str]] = {}
    for one in words:
        tokens = [token for token in _plain(one.words).split() if token.strip("*")]
        if tokens:
            phrases.setdefault(one.door, set()).add(r"\s++".join(map(_token, tokens)))
    return tuple((door, re.compile(rf"(?<!\w)(?:{'|'.join(sorted(any_))})(?!\w)")) for door, any_ in phrases.items())


def _token(token: str) -> str:
    return re.escape(token[:-1]) + r"\w*+" if token.endswith("*") else re.escape(token)


def queue_alert(
    ledger: Ledger,
    office: Office,
    case: CaseNumber,
    inquiry: int,
    unit: Unit,
    doors: Collection[Door],
    text: str,
) -> None:
    """Tell who is on call, at any hour, of a message whose words need another door; once for each door and inquiry.

    The door's own address, else the unit's, the municipality's, the administrator's; each address gets one mail.
    """
    done = {fact.source for fact in ledger.facts_of(case) if fact.kind is FactKind.REMINDED}
    by_address: dict[str, list[Door]] = {}
    for door in sorted(doors):
        address = office.door_addresses.get(door) or unit.on_call or office.on_call or office.admin_email
        if not address:
            logger.error("case %s needs the door %s, and nobody is on call", case, door)
        elif _source(case, inquiry, door) not in done:
            by_address.setdefault(address, []).append(door)
    for address, needed in by_address.items():
        _queue(ledger, office, case, inquiry, unit, needed, text, address)
        for door in needed:
            ledger.append(
                FactKind.REMINDED, case, inquiry=inquiry, occurred_at=ledger.now, actor=SYSTEM,
                source=_source(case, inquiry, door), data={"of": "door", "door": door.value},
            )  # fmt: skip


def _source(case: CaseNumber, inquiry: int, door: Door) -> str:
    return f"door:{case}:{inquiry}:{door}"


def _queue(
    ledger: Ledger,
    office: Office,
    case: CaseNumber,
    inquiry: int,
    unit: Unit,
    doors: Sequence[Door],
    text: str,
    address: str,
) -> None:
    t = office.texts.t
    why = ", ".join(t(_NAMES[door]) for door in doors)
    parts: list[Part] = [
        Paragraph(t("Ett nytt meddelande kan gälla {why}. Läs det genast.", why=why)),
        Paragraph("\n".join([t("Ärende: {number}", number=case), t("Enhet: {unit}", unit=unit.name),
                             *_from(ledger, office, case)])),
        Heading(t("Meddelandet:")),
        Quote(text or t("(ingen text)")),
        Heading(t("Det här vet den som skrev:")),
        Paragraph(_told(ledger, office, case)),
        Paragraph(t("Svara på det här mejlet, så går ditt svar till den som frågar.")),
    ]  # fmt: skip
    subject = f"{case} · " + t("läs genast: {why}", why=why)
    officer = unit_officer(unit, address)
    queue_staff_mail(ledger, office, officer, unit, case, inquiry, subject=subject, parts=parts)


def _from(ledger: Ledger, office: Office, case: CaseNumber) -> list[str]:
    """Return who wrote last and under which subject, a line each; nothing of what is not known, as of a call."""
    t = office.texts.t
    last = next((one for one in reversed(ledger.messages_of(case)) if one.direction is Direction.IN), None)
    if last is None:
        return []
    sender = sender_words(office.texts, ledger.address_of(last.address)) if last.address is not None else ""
    subject = without_tag(last.subject)
    return [
        *([t("Från: {sender}", sender=sender)] if sender else []),
        *([t("Rubrik: {subject}", subject=subject)] if subject else []),
    ]


def _told(ledger: Ledger, office: Office, case: CaseNumber) -> str:
    """Return what the citizen has been told so far, in words."""
    t, gone = office.texts.t, {OutboxState.DEAD, OutboxState.REGRETTED}
    if not any(one.kind is MailKind.ACKNOWLEDGEMENT and one.state not in gone for one in ledger.queued_of(case)):
        return t("Ingenting än. Ingen bekräftelse har skickats.")
    promised = fold_case(ledger.facts_of(case)).promised
    if not promised:
        return t("Att vi har tagit emot meddelandet. Bekräftelsen skickades automatiskt.")
    day = office.texts.day(date.fromisoformat(promised))
    return t("Att vi har tagit emot meddelandet och svarar senast {day}. Bekräftelsen skickades automatiskt.", day=day)

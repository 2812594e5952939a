"""What stands in the way of answering a case, and what its officer would do next. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.case import CaseNow, CaseState
from bot.facts import CaseNumber, Fact, FactKind, Kind
from bot.office import Office, Officer
from bot.port import FileState
from bot.store.journal import KeptMessage, QueuedMail
from bot.store.rows import MailKind, OutboxState
from config.texts import Texts, mark

_HAS_OUTCOME = frozenset({Kind.VIEWPOINT, Kind.COMPLAINT, Kind.PROPOSAL, Kind.FAULT})
"""Kinds whose writers want to know what it led to."""

_FILES = {
    FileState.HELD: mark("Väntar på viruskontroll: {names}"),
    FileState.INFECTED: mark("Skickas inte vidare, innehåller skadlig kod: {names}"),
    FileState.LEFT_OUT: mark("Följer inte med, för stora, för många eller gick inte att kontrollera: {names}"),
}


def hindrances(office: Office, officer: Officer, case: CaseNow, facts: Sequence[Fact], now: datetime) -> list[str]:
    """Return what stands in the way of an answer by this officer now (UTC), a sentence each.

    `facts` are those that stand, of the case and its parts, in order of seq.
    """
    t, said = office.texts.t, list[str]()
    if _undelivered(facts):
        said.append(t("Ett mejl till den som frågar kom inte fram. Kontrollera adressen, eller ring."))
    if case.owner and case.owner != officer.id:
        said.append(_owned(office, case, now))
    if case.possibly:
        said.append(
            t("Hör kanske ihop med {number}, men avsändaren är inte känd där.", number=CaseNumber(case.possibly))
        )
    return said


def _owned(office: Office, case: CaseNow, now: datetime) -> str:
    owner = office.officer(case.owner)
    away = owner is not None and owner.is_away(office.local_day(now))
    said = mark("{name} har ärendet men är borta.") if away else mark("{name} har ärendet.")
    return office.texts.t(said, name=office.name_of(case.owner))


def _undelivered(facts: Sequence[Fact]) -> bool:
    """Tell whether a mail to the citizen came back, and none has arrived since."""
    for fact in reversed(facts):
        if fact.kind is FactKind.ANSWERED or fact.kind is FactKind.ANSWERED_ELSEWHERE:
            return False
        if fact.kind is FactKind.DELIVERY_FAILED and _to_citizen(str(fact.data.get("of", ""))):
            return True
    return False


def _to_citizen(of: str) -> bool:
    return any(kind.to_citizen for kind in MailKind if kind.value == of)


def on_the_way(office: Office, mails: Sequence[QueuedMail]) -> list[str]:
    """Return whose answers have not left yet."""
    return [
        office.texts.t("Ett svar från {name} är på väg ut.", name=office.name_of(mail.officer))
        for mail in mails
        if mail.kind is MailKind.ANSWER and mail.state in {OutboxState.NEW, OutboxState.SENDING}
    ]


def about_files(texts: Texts, messages: Sequence[KeptMessage]) -> list[str]:
    """Return which files of these messages nobody gets, and why."""
    said = list[str]()
    for state, sentence in _FILES.items():
        names = ", ".join(file.name for message in messages for file in message.files if file.state is state)
        if names:
            said.append(texts.t(sentence, names=names))
    return said


def useful_commands(texts: Texts, officer: Officer, case: CaseNow, *, waits: bool) -> list[str]:
    """Return the three or four commands that are most useful now, each with what it does. `waits`: for an answer."""
    t, number = texts.t, case.number
    note = t("/anteckning {number} text – stannar hos oss", number=number)
    if case.state is CaseState.CLOSED:
        return [
            t("/öppna {number} – ärendet blir öppet igen", number=number),
            note,
            t("/allt {number} – allt som har hänt", number=number),
        ]
    answer = t("/svar {number} och texten på raden under – går till den som frågar", number=number)
    if waits:
        wait = t("/delbesked {number} DAG text – den som frågar får veta när svaret kommer", number=number)
        return [
            answer,
            _take(texts, officer, case),
            wait,
            t("/liknande {number} – svar på liknande frågor", number=number),
        ]
    done = t("/avsluta {number} – inget mer ska göras", number=number)
    if case.kind in _HAS_OUTCOME and case.result is None:
        told = t("/utfall {number} åtgärdat text – den som frågade får veta vad det ledde till", number=number)
        return [told, done, answer, note]
    return [done, answer, note, t("/allt {number} – allt som har hänt", number=number)]


def _take(texts: Texts, officer: Officer, case: CaseNow) -> str:
    """Return how the case comes to the one who can answer it."""
    if not case.owner:
        return texts.t("/ta {number} – ärendet blir ditt", number=case.number)
    if case.owner == officer.id:
        return texts.t("/lämna {number} till NAMN: varför – någon annan tar över", number=case.number)
    return texts.t("/lämna {number} till mig: varför – du tar över", number=case.number)

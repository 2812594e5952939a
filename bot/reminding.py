"""The round that looks after deadlines and absences: reads what waits, decides on a ledger, writes."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from bot.absences import gone_owners, has_owner, why_released
from bot.case import CaseNow, fold_case
from bot.delay_letter import queue_delay
from bot.desk.rights import may_see
from bot.duty import told, unit_officer
from bot.errors import where
from bot.facts import SYSTEM, CaseNumber, FactKind
from bot.notices import queue_admin_mail
from bot.office import CurrentOffice, Office, Officer, Role
from bot.reminder_mail import Word, delay_word, queue_words, release_word, reminder_word
from bot.reminders import (
    Of,
    Pending,
    Reminder,
    new_promise,
    pending,
    reminders_due,
    stages,
)
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.waiting import WaitingColumns, addresses_in, read_waiting

logger = logging.getLogger(__name__)

Words = list[tuple[Officer, Word]]
_Key = tuple[CaseNumber, int]
_State = tuple[int, bool, int, str, str]


class Reminding:
    """Reminds staff, tells citizens before a promise is missed, and releases the cases of those who are away.

    Only while we are open: nobody is woken at night. One process does it, the one that does the intake.
    """

    def __init__(self, database: Database, office: CurrentOffice, now: Callable[[], datetime]) -> None:
        """Keep the parts; nothing starts yet."""
        self._database = database
        self._current = office
        self._now = now
        # What was looked at and is done, so that it is opened again only when something about it changes. Nothing
        # depends on it: a case opened once more is found to be done by its own facts.
        self._done: dict[_Key, _State] = {}

    async def round(self) -> int:
        """Do everything that is due now, once, and return how many mails were queued; doing it twice changes nothing.

        Raises:
            TryLater: the database is away; nothing was done.
        """
        office, now = self._current(), self._now()
        if not self._database.has_intake or not office.calendar.is_open(now):
            return 0
        async with self._database.reading() as connection:
            states = _states(office, await read_waiting(connection), now)
        self._done = {key: state for key, state in self._done.items() if states.get(key) == state}
        due = {key: state for key, state in states.items() if any(state[:2]) and key not in self._done}
        if not due:
            return 0
        cases = {case for case, _ in due}
        async with self._database.writing() as connection:
            senders = await addresses_in(connection, cases)
            ledger = await open_ledger(connection, Wanted(cases=cases, senders=senders), now)
            before = ledger.known.last_outbox
            again = look_after(ledger, office, cases)
            await ledger.write(connection)
        self._done |= {key: state for key, state in due.items() if key[0] not in again}
        return ledger.known.last_outbox - before


def _states(office: Office, waiting: WaitingColumns, now: datetime) -> dict[_Key, _State]:
    """Return for each waiting inquiry what may be due, whether its owner is gone, and what tells that it changed."""
    reached = stages(office, waiting.arrived, waiting.kinds, waiting.told, now)
    absent = gone_owners(office, waiting.owners, now)
    gone = [owner in absent for owner in waiting.owners]
    # By the instant alone a change would not be seen where the clock was set back.
    rows = zip(reached, gone, waiting.changed, waiting.owners, waiting.told, strict=True)
    return dict(zip(zip(waiting.cases, waiting.numbers, strict=True), rows, strict=True))


def look_after(ledger: Ledger, office: Office, cases: Collection[CaseNumber]) -> set[CaseNumber]:
    """Do what is due now in these cases, and return those to look at again though nothing changes in them.

    Staff get one mail each for all of them. A case that cannot be read does not hold up the others.
    """
    words, again = Words(), set[CaseNumber]()
    for case in sorted(cases):
        try:
            if any(one.answering for one in _pending(ledger, office, case)):
                again.add(case)
            words += _release(ledger, office, case)
            words += _delay(ledger, office, case)
            words += _remind(ledger, office, case)
        except ValueError as error:
            logger.error("case %s could not be looked after: our fault: %s", case, where(error))
    queue_words(ledger, office, words)
    return again


def _pending(ledger: Ledger, office: Office, case: CaseNumber) -> tuple[Pending, ...]:
    return pending(office, ledger.facts_of(case), ledger.queued_of(case), ledger.now)


def _release(ledger: Ledger, office: Office, case: CaseNumber) -> Words:
    """Make a case in which something waits nobody's, if its owner is gone."""
    waiting, facts = _pending(ledger, office, case), ledger.facts_of(case)
    if not waiting or not (why := why_released(office, facts, ledger.now)):
        return []
    owner = waiting[0].case.owner
    ledger.append(
        FactKind.ASSIGNED, case, occurred_at=ledger.now, actor=SYSTEM, source=f"release:{case}:{facts[-1].seq}",
        data={"officer": "", "why": why},
    )  # fmt: skip
    now = fold_case(ledger.facts_of(case))
    word = release_word(office, waiting[0], owner, why)
    return [(one, word) for one in told(office, office.unit(now.unit), ledger.now, case=case, secret=now.secret)]


def _delay(ledger: Ledger, office: Office, case: CaseNumber) -> Words:
    """Tell the citizen of a promise that is about to be missed, and staff that this was done."""
    words = Words()
    for number in [one.inquiry.no for one in _pending(ledger, office, case)]:
        # Read anew for each: a letter moves the promise of the whole case.
        one = next(one for one in _pending(ledger, office, case) if one.inquiry.no == number)
        until = new_promise(office, one, ledger.now)
        if until is not None and queue_delay(ledger, office, one, until):
            word = delay_word(office, one, until)
            words += [(officer, word) for officer in _with_owner(office, one.case, _unit(ledger, office, one.case))]
    return words


def _remind(ledger: Ledger, office: Office, case: CaseNumber) -> Words:
    words = Words()
    for one in _pending(ledger, office, case):
        due = reminders_due(office, one, ledger.now)
        officers = _recipients(ledger, office, one, due)
        if due and not officers:
            _tell_admin(ledger, office, one)
        if not officers:
            continue
        for reminder in due:
            whose = {"officer": one.case.owner} if reminder.of.to_owner else {"unit": one.case.unit}
            ledger.append(
                FactKind.REMINDED, case, inquiry=one.inquiry.no, occurred_at=ledger.now, actor=SYSTEM,
                source=one.source(reminder.of), data={"of": reminder.of.value, **whose},
            )  # fmt: skip
        word = reminder_word(office, one, due)
        words += [(officer, word) for officer in officers]
    return words


def _tell_admin(ledger: Ledger, office: Office, one: Pending) -> None:
    """Write to the administrator that nobody may be reminded of an inquiry; once, and the reminders stay due."""
    case, source = one.case.number, f"nobody:{one.case.number}:{one.inquiry.no}"
    if source in one.told:
        return
    logger.error("case %s waits, and unit %s has nobody to remind", case, one.case.unit)
    t, unit = office.texts.t, office.unit(one.case.unit)
    queue_admin_mail(
        ledger,
        office,
        t("{number} väntar, och ingen kan påminnas", number=case),
        t(
            "Ärende {number} i {unit} väntar på svar, och ingen får se det. Är det sekretessmärkt ser bara den som är "
            "behörig det. Gör någon i {unit} behörig, eller lägg till en handläggare där: run_bot.py staff --help",
            number=case, unit=unit.name,
        )
        + "\n",
    )  # fmt: skip
    ledger.append(
        FactKind.REMINDED, case, inquiry=one.inquiry.no, occurred_at=ledger.now, actor=SYSTEM, source=source,
        data={"of": "nobody", "unit": unit.id},
    )  # fmt: skip


def _recipients(ledger: Ledger, office: Office, one: Pending, due: Sequence[Reminder]) -> tuple[Officer, ...]:
    """Return who is reminded: the owner, or the unit. Owners who were not reminded in time hear it with the unit."""
    kinds = {reminder.of for reminder in due}
    mine = _with_owner(office, one.case, ())
    if not kinds or (mine and all(of.to_owner for of in kinds)):
        return mine if kinds else ()
    found = _unit(ledger, office, one.case)
    heard = {Of.UNIT: Of.OWNER, Of.PROMISE_UNIT: Of.PROMISE_OWNER}
    if not all(of in heard and one.was_told(heard[of]) for of in kinds):
        found = _with_owner(office, one.case, found)
    if Of.PROMISE_BROKEN in kinds:
        leads = [lead for lead in office.officers if lead.role is Role.LEAD and may_see(office, lead, one.case)]
        found = (*found, *(lead for lead in leads if lead not in found))
    return found


def _unit(ledger: Ledger, office: Office, case: CaseNow) -> tuple[Officer, ...]:
    """Return who of the unit is told beside the owner: its shared mailbox, else who is on duty."""
    unit = office.unit(case.unit)
    if unit.staff_address and not case.secret:
        return (unit_officer(unit),)
    found = told(office, unit, ledger.now, case=case.number, secret=case.secret)
    return tuple(one for one in found if one.id != case.owner) or found


def _with_owner(office: Office, case: CaseNow, others: tuple[Officer, ...]) -> tuple[Officer, ...]:
    owner = office.officer(case.owner) if has_owner(case) else None
    return others if owner is None or owner in others else (owner, *others)

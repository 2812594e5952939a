"""The desk's e-mail face: an officer answers a notice, or writes to the own desk, and is told what became of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from bot.arrival import Arrival
from bot.case import fold_case, is_case
from bot.desk.acts import Act
from bot.desk.answering import said_before
from bot.desk.commands import Answer, Ask, Command, NotUnderstood, case_of, needs_case
from bot.desk.perform import Said, perform
from bot.desk.read_commands import read_commands
from bot.desk.rights import may_see
from bot.desk.topics import unclear_topics
from bot.duty import UNIT_OFFICER, unit_officer
from bot.errors import NeedsPerson
from bot.facts import CaseNumber, OutboxId
from bot.masking import masked, masked_part
from bot.notices import queue_receipt
from bot.office import CurrentOffice, Office, Officer, Unit
from bot.parts import Paragraph, Part
from bot.port import FileState, InboundKind
from bot.questions import Journal, Question, Reply, Show
from bot.store.ledger import Ledger
from bot.store.rows import InboxState, MailKind
from bot.tokens import DeskToken, OfficerToken

logger = logging.getLogger(__name__)

TELLS_AN_HOUR = 5
"""Receipts to one officer in one case within an hour; a robot on an officer's address must come to rest."""
COMMANDS_AN_HOUR = 30
"""The same for mails that begin with a command, which no robot writes by itself."""
DESK_AN_HOUR = 120
"""Receipts of all kinds to one officer within an hour, after which mail to the own desk is held."""


class MailReading(Protocol):
    """What the desk asks of the mail channel about an officer's mail.

    The notice and its secret address must never be part of what a citizen gets.
    """

    def own_words(self, text: str) -> str:
        """Return what stands above the notice's line; empty if nothing does."""
        ...

    def unclear(self, text: str) -> bool:
        """Tell whether own words could be lost: below or between quoted lines, or cut where no notice stands."""
        ...

    def leaks(self, raw: bytes) -> bool:
        """Tell whether a file that would go along holds the notice or a secret address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """An officer's mail: who wrote it, and about which case, None for the own desk.

    `only_case`: it comes from an address on call, which may do something in that case and see no other. `since`: when
    the notice it answers was written.
    """

    arrival: Arrival
    officer: Officer
    case: CaseNumber | None
    inquiry: int
    again: bool
    words: str
    only_case: bool = False
    since: datetime | None = None

    @property
    def vouched(self) -> bool:
        return self.arrival.inbound.authentic == "pass"


class MailFace:
    """Turns a mail to a secret address of an officer into acts of the desk."""

    def __init__(self, office: CurrentOffice, reading: MailReading) -> None:
        """Keep the municipality's rules and the channel's way to read an officer's mail."""
        self._current = office
        self._reading = reading

    @property
    def _office(self) -> Office:
        return self._current()

    def take(self, ledger: Ledger, arrival: Arrival, token: OfficerToken | DeskToken) -> None:
        """Do what the officer's mail asks for, or tell the officer why nothing was done.

        An automatic reply to a notice is kept and does nothing.

        Raises:
            NeedsPerson: the mail is not surely that officer's, its case is gone, or it repeats itself; nothing was
                done.
        """
        if arrival.inbound.machine or arrival.inbound.kind is InboundKind.BOUNCE:
            ledger.settle(arrival.inbox, InboxState.DONE, "auto")
            return
        officer, only_case = self._who(ledger, arrival, token)
        mail = _Mail(
            only_case=only_case, since=_written_at(ledger, arrival),
            arrival=arrival, officer=officer, words=self._reading.own_words(arrival.inbound.text),
            case=token.case if isinstance(token, OfficerToken) else None,
            inquiry=token.inquiry if isinstance(token, OfficerToken) else 0,
            again=isinstance(token, OfficerToken) and token.again,
        )  # fmt: skip
        self._require_calm(ledger, mail)
        if not self._is_theirs(mail):
            self._refuse(ledger, mail)
            return
        self._do(ledger, mail)
        ledger.settle(arrival.inbox, InboxState.DONE, mail.case or "desk")

    def _who(self, ledger: Ledger, arrival: Arrival, token: OfficerToken | DeskToken) -> tuple[Officer, bool]:
        """Return whose mail it claims to be, and whether that address may only do something in this one case.

        Raises:
            NeedsPerson: nobody's we know.
        """
        office, sender = self._office, arrival.inbound.from_addr
        if isinstance(token, OfficerToken) and not is_case(ledger.facts_of(token.case)):
            raise NeedsPerson("unknown_officer")
        officer, only_case = office.officer(token.officer), False
        if isinstance(token, OfficerToken) and token.officer == UNIT_OFFICER:
            officer = office.officer_at(sender)
            if officer is None:
                officer, only_case = self._unit_at(ledger, token.case, sender)
        if officer is None:
            raise NeedsPerson("unknown_officer")
        return officer, only_case

    def _unit_at(self, ledger: Ledger, case: CaseNumber, sender: str) -> tuple[Officer | None, bool]:
        """Return the unit that shares this address; or the case's unit, for that case only, at an address on call."""
        office = self._office
        home = office.unit(fold_case(ledger.facts_of(case)).unit)
        if sender and sender == home.staff_address.lower():
            return unit_officer(home, sender), False
        on_call = {home.on_call, office.on_call, office.admin_email, *office.door_addresses.values()}
        if sender and sender in {address.lower() for address in on_call}:
            return unit_officer(home, sender), True
        shared = next((unit for unit in office.units if sender and sender == unit.staff_address.lower()), None)
        return (unit_officer(shared, sender) if shared else None), False

    def _require_calm(self, ledger: Ledger, mail: _Mail) -> None:
        """Hold what a robot on the officer's address would write: reply upon reply to our receipts."""
        if mail.case is None:
            if ledger.known.told.get(mail.officer.email, 0) >= DESK_AN_HOUR:
                raise NeedsPerson("too_many")
            return
        told = [
            queued
            for queued in ledger.queued_of(mail.case)
            if queued.kind is (MailKind.REPLY if _commands(mail) else MailKind.RECEIPT)
            and queued.officer == mail.officer.id
            and ledger.now - queued.created_at < timedelta(hours=1)
        ]
        most = COMMANDS_AN_HOUR if _commands(mail) else TELLS_AN_HOUR
        if len(told) >= most:
            raise NeedsPerson("too_many")

    def _is_theirs(self, mail: _Mail) -> bool:
        """Tell whether the mail may act: the officer's own address, and no verdict of the trusted host against it."""
        inbound = mail.arrival.inbound
        return inbound.from_addr == mail.officer.email.lower() and inbound.authentic != "fail"

    def _refuse(self, ledger: Ledger, mail: _Mail) -> None:
        t = self._office.texts.t
        said = (
            t(
                "Vi fick ett svar i {number} i ditt namn, men kunde inte bekräfta att det kom från dig. "
                "Inget har skickats. Mejlet är sparat hos oss.",
                number=mail.case,
            )
            if mail.case
            else t(
                "Vi fick ett mejl till ditt skrivbord i ditt namn, men kunde inte bekräfta att det kom från dig. "
                "Inget har gjorts. Mejlet är sparat hos oss."
            )
        )
        self._tell(
            ledger, mail, t("inget har skickats"),
            [Paragraph(said), Paragraph(t("Var det du? Svara på det här mejlet från din vanliga adress."))],
        )  # fmt: skip
        ledger.settle(mail.arrival.inbox, InboxState.HELD, "officer_not_confirmed")
        logger.warning(
            "inbox %s: a mail for officer %s was not confirmed as theirs", mail.arrival.inbox, mail.officer.id
        )

    def _do(self, ledger: Ledger, mail: _Mail) -> None:
        t, office = self._office.texts.t, self._office
        commands = read_commands(mail.words, office.local_day(ledger.now), mail.case)
        problem = self._problem(ledger, mail, commands)
        if problem:
            self._tell(ledger, mail, t("inget har skickats"), [Paragraph(problem)])
            return
        if any(isinstance(one, NotUnderstood) for one in commands):
            self._not_understood(ledger, mail, commands)
            return
        unclear = unclear_topics(self._office, commands)
        if unclear:
            self._tell(ledger, mail, t("inget har gjorts"), unclear)
            return
        said = [self._perform(ledger, mail, one, number) for number, one in enumerate(commands, start=1)]
        if mail.vouched and all(one.quiet for one in said):
            return
        self._say(ledger, mail, commands, said)

    def _problem(self, ledger: Ledger, mail: _Mail, commands: Sequence[Command]) -> str:
        """Return why nothing of this mail can be done, in words; empty if it can."""
        t, inbound = self._office.texts.t, mail.arrival.inbound
        if inbound.kind in {InboundKind.LIST, InboundKind.CALENDAR}:
            return t("Ditt mejl är en inbjudan eller ett utskick. Inget har skickats. Svara med ett vanligt mejl.")
        if self._reading.unclear(inbound.text):
            return t(
                "Vi kunde inte se säkert vad som är ditt svar. Inget har skickats. "
                "Skriv allt ovanför raden, utan annat citat."
            )
        if not commands:
            return t("Vi hittade ingen text ovanför raden i ditt mejl. Inget har skickats. Försök gärna igen.")
        answers = [one for one in commands if isinstance(one, Answer)]
        if mail.case is None and any(one.case is None for one in answers):
            return t(
                "Det här är ditt skrivbord, så inget har skickats. Börja med ett kommando, som /kö, "
                "eller svara någon med /svar och ärendets nummer. Skriv /hjälp för att se alla."
            )
        if mail.case is None and any(needs_case(one) and case_of(one) is None for one in commands):
            return " ".join([
                t("Vilket ärende? Skriv numret efter kommandot, som /ta K-…"),
                t("Inget i mejlet har gjorts. Rätta raden och skicka hela mejlet igen."),
            ])  # fmt: skip
        if any(said_before(ledger, self._act(mail, one.case or mail.case or CaseNumber(""), "")) for one in answers):
            return t("Samma text har redan tagits emot från dig i det här ärendet. Inget har skickats igen.")
        return self._file_problem(mail, len(answers)) if answers else ""

    def _file_problem(self, mail: _Mail, answers: int) -> str:
        t, inbound = self._office.texts.t, mail.arrival.inbound
        if any(file.state is not FileState.PASSED for file in inbound.files):
            return t(
                "En bifogad fil är för stor eller kunde inte godkännas i viruskontrollen. "
                "Inget har skickats. Svara igen utan den filen."
            )
        if inbound.files and self._reading.leaks(mail.arrival.raw):
            return t("En bifogad fil innehåller vårt mejl till dig. Inget har skickats. Svara igen utan den filen.")
        if answers > 1 and any(not file.inline for file in inbound.files):
            return t("Mejlet har flera svar och en fil. Inget har skickats. Skicka svaret med filen i ett eget mejl.")
        return ""

    def _act(self, mail: _Mail, case: CaseNumber, source: str) -> Act:
        same = case == mail.case
        return Act(
            officer=mail.officer, case=case, inquiry=mail.inquiry if same else 0, source=source,
            digest=mail.arrival.digest, inbox=mail.arrival.inbox, since=mail.since if same else None,
        )  # fmt: skip

    def _perform(self, ledger: Ledger, mail: _Mail, command: Command, number: int) -> Said:
        # The first that is recorded bears the mail's own key, so that a second delivery of the mail is known by it.
        plain = mail.arrival.source
        source = f"{plain}:{number}" if ledger.has_source(plain) else plain
        case = case_of(command) or mail.case
        if mail.only_case and not _within(command, mail.case):
            words = self._office.texts.t("Från den här adressen går det bara att svara i {number}.", number=mail.case)
            return Said(subject=self._office.texts.t("inget har gjorts"), parts=(Paragraph(words),), done=False)
        act = self._act(mail, case or CaseNumber(""), source)
        attached = bool(mail.arrival.inbound.files) and isinstance(command, Answer)
        return perform(ledger, self._office, act, command, again=mail.again, attached=attached)

    def _not_understood(self, ledger: Ledger, mail: _Mail, commands: Sequence[Command]) -> None:
        t = self._office.texts.t
        parts: list[Part | Question] = []
        for one in commands:
            if isinstance(one, NotUnderstood):
                parts.append(Paragraph(t("Det här förstod vi inte: {line}", line=one.line[:200])))
                if one.meant:
                    parts.append(Paragraph(t("Menade du {command}?", command=t(one.meant))))
        parts.append(Paragraph(t("Inget har gjorts. Rätta raden och skicka igen, eller skriv /hjälp.")))
        if mail.case is not None:
            said = t("Ville du svara den som frågade? Börja i så fall inte svaret med ett snedstreck.")
            parts.append(Paragraph(said))
        self._tell(ledger, mail, t("inget har gjorts"), parts)

    def _say(self, ledger: Ledger, mail: _Mail, commands: Sequence[Command], said: Sequence[Said]) -> None:
        """Tell the officer what came of all the commands, in one mail."""
        t, office = self._office.texts.t, self._office
        parts: list[Part | Question] = []
        pairs = [(case_of(command) or mail.case, one) for command, one in zip(commands, said, strict=True)]
        for short, group in groupby(pairs, key=lambda pair: bool(_line_of(pair[1]))):
            told = list(group)
            if short and len(said) > 1:
                lines = (masked(office.texts, _named(case, _line_of(one))) for case, one in told)
                parts.append(Paragraph("\n".join(f"• {line}" for line in lines)))
            else:
                parts += [_hidden(office, part, opened=one.opened) for _, one in told for part in one.parts]
        if not mail.vouched and any(one.done for one in said):
            parts.append(Paragraph(t("Var det inte du som skrev? Säg till din administratör genast.")))
        subject = said[0].subject if len(said) == 1 else t("{count} besked", count=len(said))
        single = len(said) == 1
        self._tell(
            ledger, mail, subject, parts, again=single and said[0].again, opened=any(one.opened for one in said),
            about=case_of(commands[0]) if single else None,
        )  # fmt: skip

    def _tell(
        self,
        ledger: Ledger,
        mail: _Mail,
        subject: str,
        parts: Sequence[Part | Question],
        *,
        again: bool = False,
        opened: bool = False,
        about: CaseNumber | None = None,
    ) -> None:
        case = mail.case or self._visible(ledger, mail.officer, about)
        reply = Reply(
            officer=mail.officer, case=case, inquiry=mail.inquiry or 1, subject=subject, parts=tuple(parts),
            again=again or mail.again, in_reply_to=mail.arrival.inbound.message_id, opened=opened,
            to_command=_commands(mail),
        )  # fmt: skip
        if any(isinstance(part, Question) for part in parts):
            ledger.ask(reply)
        else:
            queue_reply(ledger, self._office, reply, [part for part in parts if not isinstance(part, Question)])

    def _visible(self, ledger: Ledger, officer: Officer, case: CaseNumber | None) -> CaseNumber | None:
        """Return the case if the officer may see it: then our reply is answered straight to the citizen."""
        facts = ledger.facts_of(case) if case is not None else ()
        if case is None or not is_case(facts):
            return None
        now = fold_case(facts)
        return case if may_see(self._office, officer, now) and now.merged_into is None else None


def _commands(mail: _Mail) -> bool:
    """Tell whether a mail is one of commands: no robot writes them by itself."""
    return mail.case is None or mail.words.lstrip().startswith("/")


def _written_at(ledger: Ledger, arrival: Arrival) -> datetime | None:
    """Return when the notice was written that a mail answers, None if it names none of ours."""
    for mail in (*arrival.inbound.in_reply_to, *reversed(arrival.inbound.references)):
        queued = ledger.known.queued_by_id.get(ledger.known.outbox_of_mail.get(mail, OutboxId(0)))
        if queued is not None and not queued.kind.to_citizen:
            return queued.created_at
    return None


def _within(command: Command, case: CaseNumber | None) -> bool:
    """Tell whether a command does something in this very case, or asks for it and no other."""
    if isinstance(command, Ask):
        return isinstance(command.question, Show | Journal) and command.question.case == case
    return needs_case(command) and case_of(command) in {None, case}


def _named(case: CaseNumber | None, line: str) -> str:
    """Return a line that says which case it is about."""
    return line if case is None or case in line else f"{case}: {line}"


def _line_of(said: Said) -> str:
    """Return what was said if it takes one line, else nothing."""
    only = said.parts[0] if len(said.parts) == 1 and not said.opened else None
    return only.text if isinstance(only, Paragraph) else ""


def _hidden(office: Office, part: Part | Question, *, opened: bool) -> Part | Question:
    """Return the part with personal numbers hidden, unless its command gave a reason to see them."""
    return part if opened or isinstance(part, Question) else masked_part(office.texts, part)


def queue_reply(ledger: Ledger, office: Office, reply: Reply, parts: Sequence[Part]) -> None:
    """Queue a reply to an officer, all its questions answered."""
    facts = ledger.facts_of(reply.case) if reply.case is not None else ()
    unit: Unit = office.unit(fold_case(facts).unit) if is_case(facts) else _home(office, reply.officer)
    queue_receipt(
        ledger, office, reply.officer, unit, reply.case, reply.inquiry, subject=reply.subject, parts=parts,
        again=reply.again, in_reply_to=reply.in_reply_to, opened=reply.opened,
        kind=MailKind.REPLY if reply.to_command else MailKind.RECEIPT,
    )  # fmt: skip


def _home(office: Office, officer: Officer) -> Unit:
    return next((unit for unit in office.units if unit.id in officer.units), office.units[0])

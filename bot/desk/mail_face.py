"""The desk's e-mail face: an officer answers a notice by mail, and is told what became of it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bot.arrival import Arrival
from bot.case import fold_case
from bot.desk import acts
from bot.desk.acts import Act, AnsweredBefore
from bot.desk.commands import (
    REASON_NAMES,
    Answer,
    Close,
    LeaveOut,
    Note,
    NotUnderstood,
    ShowAll,
    ShowNumbers,
    read_command,
)
from bot.errors import NeedsPerson
from bot.facts import UnitId
from bot.guard import holds_number
from bot.notices import queue_receipt
from bot.office import Office, Officer
from bot.port import FileState, InboundKind
from bot.store.ledger import Ledger
from bot.store.rows import InboxState, MailKind
from bot.tokens import OfficerToken

logger = logging.getLogger(__name__)

TELLS_AN_HOUR = 5
"""Receipts to one officer in one case within an hour; a robot on an officer's address must come to rest."""


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


class MailFace:
    """Turns a mail to a notice's secret address into an act of the desk."""

    def __init__(self, office: Office, reading: MailReading) -> None:
        """Keep the municipality's rules and the channel's way to read an officer's mail."""
        self._office = office
        self._reading = reading

    def take(self, ledger: Ledger, arrival: Arrival, token: OfficerToken) -> None:
        """Do what the officer's mail asks for, or tell the officer why nothing was done.

        An automatic reply to a notice is kept and does nothing.

        Raises:
            NeedsPerson: the mail is not surely that officer's, its case is gone, or it repeats itself; nothing was
                done.
        """
        if arrival.inbound.machine or arrival.inbound.kind is InboundKind.BOUNCE:
            ledger.settle(arrival.inbox, InboxState.DONE, "auto")
            return
        officer = self._office.officer(token.officer)
        if officer is None or not ledger.facts_of(token.case):
            raise NeedsPerson("unknown_officer")
        self._require_calm(ledger, token, officer)
        if not self._is_theirs(arrival, officer):
            self._refuse(ledger, arrival, token, officer)
            return
        act = Act(
            officer=officer, case=token.case, inquiry=token.inquiry, source=arrival.source, digest=arrival.digest,
            inbox=arrival.inbox,
        )  # fmt: skip
        problem = self._problem(ledger, arrival, act)
        if problem:
            self._tell(ledger, arrival, token, officer, self._office.texts.t("inget har skickats"), [problem])
        else:
            self._do(ledger, arrival, token, act)
        ledger.settle(arrival.inbox, InboxState.DONE, token.case)

    def _require_calm(self, ledger: Ledger, token: OfficerToken, officer: Officer) -> None:
        """Hold what a robot on the officer's address would write: reply upon reply to our receipts."""
        told = [
            queued
            for queued in ledger.queued_of(token.case)
            if queued.kind is MailKind.RECEIPT
            and queued.officer == officer.id
            and ledger.now - queued.created_at < timedelta(hours=1)
        ]
        if len(told) >= TELLS_AN_HOUR:
            raise NeedsPerson("too_many")

    def _problem(self, ledger: Ledger, arrival: Arrival, act: Act) -> str:
        """Return why nothing of this mail can be done, in words; empty if it can."""
        t, inbound = self._office.texts.t, arrival.inbound
        if inbound.kind in {InboundKind.LIST, InboundKind.CALENDAR}:
            return t("Ditt mejl är en inbjudan eller ett utskick. Inget har skickats. Svara med ett vanligt mejl.")
        if acts.said_before(ledger, act):
            return t("Samma text har redan tagits emot från dig i det här ärendet. Inget har skickats igen.")
        if self._reading.unclear(inbound.text):
            return t(
                "Vi kunde inte se säkert vad som är ditt svar. Inget har skickats. "
                "Skriv allt ovanför raden, utan annat citat."
            )
        if any(file.state is not FileState.PASSED for file in inbound.files):
            return t(
                "En bifogad fil är för stor eller kunde inte godkännas i viruskontrollen. "
                "Inget har skickats. Svara igen utan den filen."
            )
        if inbound.files and self._reading.leaks(arrival.raw):
            return t("En bifogad fil innehåller vårt mejl till dig. Inget har skickats. Svara igen utan den filen.")
        return ""

    def _is_theirs(self, arrival: Arrival, officer: Officer) -> bool:
        """Tell whether the mail may act: the officer's own address, and no verdict of the trusted host against it."""
        if arrival.inbound.from_addr != officer.email.lower():
            return False
        return arrival.inbound.authentic != "fail"

    def _refuse(self, ledger: Ledger, arrival: Arrival, token: OfficerToken, officer: Officer) -> None:
        t = self._office.texts.t
        self._tell(
            ledger, arrival, token, officer, t("inget har skickats"),
            [
                t(
                    "Vi fick ett svar i {number} i ditt namn, men kunde inte bekräfta att det kom från dig. "
                    "Inget har skickats. Mejlet är sparat hos oss.",
                    number=token.case,
                ),
                t("Var det du? Svara på det här mejlet från din vanliga adress."),
            ],
        )  # fmt: skip
        ledger.settle(arrival.inbox, InboxState.HELD, "officer_not_confirmed")
        logger.warning("inbox %s: a mail for officer %s was not confirmed as theirs", arrival.inbox, officer.id)

    def _do(self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act) -> None:
        t = self._office.texts.t
        command = read_command(self._reading.own_words(arrival.inbound.text))
        if command is None:
            said = t("Vi hittade ingen text ovanför raden i ditt mejl. Inget har skickats. Försök gärna igen.")
            self._tell(ledger, arrival, token, act.officer, t("inget har skickats"), [said])
            return
        match command:
            case NotUnderstood(_, meant):
                self._not_understood(ledger, arrival, token, act, meant)
            case Answer(text):
                self._answer(ledger, arrival, token, act, text)
            case ShowNumbers(reason):
                self._show_numbers(ledger, arrival, token, act, reason)
            case ShowAll():
                written = acts.show_all(ledger, act)
                said = t("Det här är allt som den som frågar har skrivit.")
                self._tell(ledger, arrival, token, act.officer, t("hela texten"), [said, written])
            case Note() | Close() | LeaveOut():
                self._note_down(ledger, arrival, token, act, command)

    def _note_down(
        self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, command: Note | Close | LeaveOut
    ) -> None:
        """Do what sends nothing to anybody."""
        t = self._office.texts.t
        match command:
            case Note(text):
                acts.note(ledger, act, text)
                self._confirm(ledger, arrival, token, act, t("anteckningen är sparad"), t("Den har inte skickats."))
            case Close():
                answered = acts.close(ledger, act)
                said = t("Inget har skickats.")
                if not answered:
                    said += " " + t("Frågan är inte besvarad och räknas som obesvarad i statistiken.")
                self._confirm(ledger, arrival, token, act, t("ärendet är avslutat"), said)
            case LeaveOut(reason):
                acts.leave_out(ledger, act, reason)
                said = t("Frågan räknas inte med. Skäl: {reason}.", reason=t(REASON_NAMES[reason]))
                self._confirm(ledger, arrival, token, act, t("frågan är lämnad utan svar"), said)

    def _answer(self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, text: str) -> None:
        t = self._office.texts.t
        try:
            before = acts.answer(
                ledger, self._office, act, text, again=token.again, attached=bool(arrival.inbound.files)
            )
        except acts.NobodyToAnswer:
            raise NeedsPerson("nobody_to_answer") from None
        if before is None:
            if holds_number(text):
                self._tell(
                    ledger, arrival, token, act.officer, t("personnummer dolt i ditt svar"),
                    [t("Ditt svar skickas, men ett personnummer eller kortnummer i det är dolt.")],
                )  # fmt: skip
            self._confirm(
                ledger, arrival, token, act, t("ditt svar är på väg"), t("Ditt svar skickas till den som frågade.")
            )
            return
        self._answered_before(ledger, arrival, token, act, before)

    def _show_numbers(self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, reason: str) -> None:
        t = self._office.texts.t
        written = acts.show_numbers(ledger, act, reason)
        said = t("Det här skrev den som frågar. Vi har antecknat att du ser det. Skäl: {reason}", reason=reason)
        told = [said, written] if arrival.inbound.authentic == "pass" else [said, self._warning(), written]
        self._tell(ledger, arrival, token, act.officer, t("med personnummer"), told, opened=True)

    def _warning(self) -> str:
        return self._office.texts.t("Var det inte du som skrev? Säg till din administratör genast.")

    def _answered_before(
        self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, before: AnsweredBefore
    ) -> None:
        t, first = self._office.texts.t, before.first
        known = self._office.officer(first.officer)
        self._tell(
            ledger, arrival, token, act.officer, t("redan besvarad"),
            [
                t(
                    "{name} har redan svarat i {number}, {time}. Ditt svar har inte skickats.",
                    name=known.name if known else t("En kollega"),
                    number=act.case,
                    time=self._office.texts.moment(first.created_at),
                ),
                t("Det första svaret:") + "\n" + first.text,
                t("Vill du skicka ett svar till? Svara på det här mejlet. Annars behöver du inte göra något."),
            ],
            again=True,
        )  # fmt: skip

    def _not_understood(self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, meant: str) -> None:
        t = self._office.texts.t
        said = [t("Första raden börjar med / men är inget kommando vi förstår. Inget har gjorts.")]
        if meant:
            said.append(t("Menade du {command}?", command=t(meant)))
        said.append(
            t(
                "Du kan skriva /anteckning, /avsluta, /visa nummer följt av ett skäl, "
                "eller /utan svar följt av skräp, dubblett, test eller tack."
            )
        )
        said.append(t("Ville du svara den som frågade? Börja i så fall inte svaret med ett snedstreck."))
        self._tell(ledger, arrival, token, act.officer, t("inget har gjorts"), said)

    def _confirm(
        self, ledger: Ledger, arrival: Arrival, token: OfficerToken, act: Act, subject: str, said: str
    ) -> None:
        """Confirm an act to the officer's own address where no trusted host vouched for the sender (design §6)."""
        if arrival.inbound.authentic == "pass":
            return
        self._tell(ledger, arrival, token, act.officer, subject, [said, self._warning()])

    def _tell(
        self,
        ledger: Ledger,
        arrival: Arrival,
        token: OfficerToken,
        officer: Officer,
        subject: str,
        paragraphs: Sequence[str],
        *,
        again: bool = False,
        opened: bool = False,
    ) -> None:
        unit = self._office.unit(UnitId(fold_case(ledger.facts_of(token.case)).unit))
        queue_receipt(
            ledger, self._office, officer, unit, token.case, token.inquiry, subject=subject,
            paragraphs=paragraphs, again=again or token.again, in_reply_to=arrival.inbound.message_id,
            opened=opened,
        )  # fmt: skip

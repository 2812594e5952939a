"""What staff are told by mail: that a message waits, what became of a delivery or a file, receipts of their acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import shorten

from bot.arrival import Arrival
from bot.case import CaseNow, fold_case
from bot.clock import deadline
from bot.duty import told
from bot.facts import CaseNumber, Channel, InboxId, MessageId
from bot.guard import holds_number
from bot.inquiry import fold_inquiries
from bot.office import Office, Officer, Unit
from bot.parts import Heading, Paragraph, Part, Quote
from bot.passed_on import Via
from bot.port import FileState, InboundFile
from bot.senders import sender_words
from bot.staff_mail import LINE_MARK, queue_staff_mail
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutgoingMail, StoredMessage
from bot.thanks import is_thanks
from bot.tokens import without_tag
from config.texts import mark

_ABOUT = 60
"""Signs of a message without a subject line, as those of a chat, that stand in the subject of a notice."""

__all__ = ["LINE_MARK", "Due", "queue_admin_mail", "queue_notices", "queue_receipt", "queue_transfer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a message must be answered: under the measuring rule, and as promised to the citizen."""

    arrived_at: datetime
    deadline: datetime
    promised: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """That a message is told of with those `before` it, in one mail that leaves at `due_at` (UTC; None: at once)."""

    due_at: datetime | None = None
    before: tuple[StoredMessage, ...] = ()


ALONE = Together()


def recipients(ledger: Ledger, office: Office, case: CaseNumber) -> tuple[Officer, ...]:
    """Return who is told of something in a case now: its owner, or whoever of its unit is on duty."""
    now = fold_case(ledger.facts_of(case))
    return told(office, office.unit(now.unit), ledger.now, case=case, owner=now.owner, secret=now.secret)


def queue_notices(
    ledger: Ledger,
    office: Office,
    arrival: Arrival,
    case: CaseNumber,
    inquiry: int,
    unit: Unit,
    due: Due,
    *,
    shown: str,
    possibly: CaseNumber | None,
    message: MessageId,
    together: Together = ALONE,
) -> None:
    """Tell its owner, or those of the unit who are on duty, that a message waits; `shown` is its text.

    `together`: it is told in one mail with others, later.
    """
    inbound, before = arrival.inbound, together.before
    parts = _message_notice(ledger, office, arrival, case, due, shown, possibly, before)
    day = office.texts.moment(due.deadline)
    about = without_tag(inbound.subject) or shorten(shown, _ABOUT, placeholder=" …")
    if before:
        about = office.texts.n("{count} tillägg", "{count} tillägg", len(before) + 1)
    subject = " · ".join(filter(None, [case, about, office.texts.t("svara senast {time}", time=day)]))
    attach = (arrival.inbox,) if any(file.state is FileState.PASSED for file in inbound.files) else ()
    officers = recipients(ledger, office, case)
    for officer in officers:
        queue_staff_mail(
            ledger, office, officer, unit, case, inquiry, subject=subject, parts=parts, attach=attach,
            message=before[0].id if before else message, due_at=together.due_at,
        )  # fmt: skip
    if not officers:
        _tell_nobody(ledger, office, case, unit)


def queue_files(
    ledger: Ledger,
    office: Office,
    case: CaseNumber,
    inquiry: int,
    inbox_id: InboxId,
    files: Sequence[InboundFile],
    *,
    fetched: bool = False,
) -> None:
    """Tell staff of a message's files that came, or were looked at by the scanner, after it."""
    unit = office.unit(fold_case(ledger.facts_of(case)).unit)
    attach = (inbox_id,) if any(file.state is FileState.PASSED for file in files) else ()
    parts = [Paragraph(said) for said in about_files(office, files)]
    told = office.texts.t("filerna har kommit") if fetched else office.texts.t("filerna är kontrollerade")
    subject = f"{case} · {told}"
    for officer in recipients(ledger, office, case):
        queue_staff_mail(ledger, office, officer, unit, case, inquiry, subject=subject, parts=parts, attach=attach)


def queue_transfer(ledger: Ledger, office: Office, case: CaseNumber, *, by: Officer, why: str) -> None:
    """Tell those who have a case from now on that it was handed to them, by whom and why, with its latest message.

    Where nobody may see it, the administrator is told.
    """
    t, facts = office.texts.t, ledger.facts_of(case)
    now, inquiries = fold_case(facts), fold_inquiries(facts)
    waiting = next((one for one in reversed(inquiries) if one.waits), None)
    asked = next((one for one in reversed(ledger.messages_of(case)) if one.direction is Direction.IN), None)
    sender = sender_words(office.texts, ledger.address_of(asked.address)) if asked and asked.address is not None else ""
    told_to = t("dig") if now.owner else office.unit(now.unit).name
    head = [t("Ärende: {number}", number=case)]
    if sender:
        head.append(t("Från: {sender}", sender=sender))
    if asked is not None and asked.subject:
        head.append(t("Ämnesrad: {subject}", subject=without_tag(asked.subject)))
    subject = f"{case} · " + t("överlämnat")
    if waiting is not None:
        due = office.texts.moment(deadline(office.calendar, office.rule, waiting.arrived_at))
        head.append(t("Kom in: {time}", time=office.texts.moment(waiting.arrived_at)))
        head.append(t("Svara senast: {time} (så mäts det)", time=due))
        subject += " · " + t("svara senast {time}", time=due)
    if now.promised:
        day = office.texts.day(date.fromisoformat(now.promised))
        head.append(t("Lovat den som frågar: senast {day}", day=day))
    parts: list[Part] = [
        Paragraph(t("{name} lämnar över {number} till {to}.", name=by.name, number=case, to=told_to)),
        Quote(why),
        Paragraph("\n".join([*head, *case_state(ledger, office, now)])),
    ]
    if asked is not None:
        parts += [Heading(t("Meddelandet:")), Quote(asked.text or t("(ingen text)"))]
    parts.append(_how_to_answer(office, hidden=False) if sender else _how_to_call(office))
    officers = recipients(ledger, office, case)
    for officer in officers:
        queue_staff_mail(
            ledger, office, officer, office.unit(now.unit), case, waiting.no if waiting else max(len(inquiries), 1),
            subject=subject, parts=parts,
        )  # fmt: skip
    if not officers:
        _tell_nobody(ledger, office, case, office.unit(now.unit))


def _how_to_call(office: Office) -> Paragraph:
    """Return how a case without an address is answered."""
    t = office.texts.t
    return Paragraph(t("Vi har ingen adress till den som frågar. Ring, och svara sedan /ringt på det här mejlet."))


def _tell_nobody(ledger: Ledger, office: Office, case: CaseNumber, unit: Unit) -> None:
    t = office.texts.t
    queue_admin_mail(
        ledger, office, t("{number}: ingen handläggare får veta", number=case),
        t("Ett meddelande väntar i {unit}, men enheten har ingen som får se det. Lägg till någon med {command}.",
          unit=unit.name, command="run_bot.py staff add") + "\n",
    )  # fmt: skip


def queue_receipt(
    ledger: Ledger,
    office: Office,
    officer: Officer,
    unit: Unit,
    case: CaseNumber | None,
    inquiry: int,
    *,
    subject: str,
    paragraphs: Sequence[str] = (),
    parts: Sequence[Part] = (),
    again: bool = False,
    in_reply_to: str = "",
    opened: bool = False,
    kind: MailKind = MailKind.RECEIPT,
) -> None:
    """Tell an officer, at the configured address only, what became of a mail. `again` lets a second answer through.

    `opened`: the officer has given a reason to see personal numbers, so they are not hidden. Without a case it is
    about the officer's own desk.
    """
    queue_staff_mail(
        ledger, office, officer, unit, case, inquiry, subject=f"{case} · {subject}" if case else subject,
        parts=[*map(Paragraph, paragraphs), *parts], again=again, kind=kind, in_reply_to=in_reply_to,
        opened=opened,
    )  # fmt: skip


def queue_misdirected(ledger: Ledger, office: Office, officer: Officer, case: CaseNumber, inquiry: int) -> None:
    """Tell an officer who answered to a plain address where to answer; the receipt's own reply address works."""
    t = office.texts.t
    queue_receipt(
        ledger, office, officer, office.units[0], case, inquiry,
        subject=t("inget har skickats"),
        paragraphs=[
            t("Du svarade till en vanlig adress, så ditt svar i {number} har inte skickats.", number=case),
            t("Svara på det här mejlet i stället. Kontrollera att svaret går till adressen som står i Svara till."),
        ],
    )  # fmt: skip


def queue_desk_address(ledger: Ledger, office: Office, officer: Officer) -> None:
    """Tell an officer who wrote commands to a plain address where they are read."""
    t = office.texts.t
    said = t("Kommandon läses bara på din egen adress. Inget har gjorts. Svara på det här mejlet i stället.")
    queue_receipt(ledger, office, officer, office.units[0], None, 0, subject=t("inget har gjorts"), paragraphs=[said])


def queue_admin_mail(ledger: Ledger, office: Office, subject: str, text: str) -> None:
    """Write to the administrator's address, if one is configured."""
    if not office.admin_email:
        return
    unit = office.units[0]
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.RECEIPT, case=None, to_addr=office.admin_email,
            from_addr=unit.address, from_name=office.name, subject=subject, text=text,
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]), created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip


def _message_notice(
    ledger: Ledger,
    office: Office,
    arrival: Arrival,
    case: CaseNumber,
    due: Due,
    shown: str,
    possibly: CaseNumber | None,
    before: Sequence[StoredMessage],
) -> list[Part]:
    t, inbound = office.texts.t, arrival.inbound
    state = case_state(ledger, office, fold_case(ledger.facts_of(case)))
    return [
        Paragraph("\n".join([*_head(office, arrival, case, due, possibly), *state])),
        *_quoted(office, arrival, shown, before),
        *_last_answer(ledger, office, case),
        *map(Paragraph, _about_text(office, arrival, shown)),
        *map(Paragraph, about_files(office, inbound.files)),
        *([Paragraph(t("Ser ut som ett tack. Räcker det så? Svara /utan svar tack."))] if is_thanks(shown) else []),
        _how_to_answer(office, hidden=any(map(holds_number, (inbound.subject, shown, *(one.text for one in before))))),
    ]


def _quoted(office: Office, arrival: Arrival, shown: str, before: Sequence[StoredMessage]) -> list[Part]:
    """Return the message, or all that are told together, each with its time."""
    t, moment = office.texts.t, office.texts.moment
    if not before:
        return [Heading(t("Meddelandet:")), Quote(shown or t("(ingen text)"))]
    parts: list[Part] = [Heading(t("Meddelandena:"))]
    for at, words in [*((one.created_at, one.text) for one in before), (arrival.arrived_at, shown)]:
        parts += [Paragraph(moment(at)), Quote(words or t("(ingen text)"))]
    return parts


def _last_answer(ledger: Ledger, office: Office, case: CaseNumber) -> list[Part]:
    """Return what the citizen was answered last: "but which form?" means nothing without it."""
    sent = [one for one in ledger.messages_of(case) if one.direction is Direction.OUT and one.text]
    if not sent:
        return []
    return [Heading(office.texts.t("Det senaste svaret:")), Quote(shorten(sent[-1].text, 600, placeholder=" …"))]


def case_state(ledger: Ledger, office: Office, case: CaseNow) -> list[str]:
    """Return what has become of the case so far, a line each; nothing where all is new."""
    t, said = office.texts.t, list[str]()
    if case.owner:
        said.append(t("Ansvarig: {name}", name=office.name_of(case.owner)))
    topic = next((one.name for one in office.topics if one.id == case.topic), "")
    if topic:
        said.append(t("Ämne: {topic}", topic=topic))
    inquiries = fold_inquiries(ledger.facts_of(case.number))
    answered = [one.answered_at for one in inquiries if one.answered_at is not None]
    if answered:
        said.append(t("Tidigare besvarad: {time}", time=office.texts.moment(answered[-1])))
    if inquiries and inquiries[-1].held:
        said.append(t("Delbesked: {time}", time=office.texts.moment(inquiries[-1].held[-1])))
    if case.secret:
        said.append(t("Sekretessmärkt"))
    if case.diary:
        said.append(t("Ska diarieföras"))
    if case.interpreter:
        said.append(t("Tolk behövs: {value}", value=case.interpreter))
    return said


def _head(office: Office, arrival: Arrival, case: CaseNumber, due: Due, possibly: CaseNumber | None) -> list[str]:
    t, inbound = office.texts.t, arrival.inbound
    sender = sender_words(office.texts, inbound.from_addr, inbound.from_name) or inbound.from_name
    head = [
        t("Ärende: {number}", number=case),
        t("Från: {sender}", sender=sender or t("okänd, går inte att svara")),
        *([_verdict(office, inbound.authentic)] if arrival.channel is Channel.MAIL else []),
        t("Kom in: {time}", time=office.texts.moment(due.arrived_at)),
        t("Svara senast: {time} (så mäts det)", time=office.texts.moment(due.deadline)),
        t("Lovat den som frågar: senast {day}", day=office.texts.day(due.promised)),
    ]
    if arrival.via is Via.FORWARDED:
        head.append(t("Skickat vidare av {colleague}. Tiden räknas från när kollegan fick det.",
                      colleague=arrival.passed_by))  # fmt: skip
    elif arrival.via is Via.WEB_FORM:
        head.append(t("Kommer från ett webbformulär. Adressen är den som personen själv har fyllt i."))
    if possibly is not None:
        head.append(t("Hör kanske ihop med {number}, men avsändaren är inte känd där.", number=possibly))
        head.append(t("Är det samma person? Svara /slå ihop {number} samma person", number=possibly))
    return head


def _about_text(office: Office, arrival: Arrival, shown: str) -> list[str]:
    """Return what staff should know about the text: what is not in it, and what could not be read."""
    t, inbound, number = office.texts.t, arrival.inbound, arrival.inbox
    said = list[str]()
    if arrival.comment:
        said.append(t("Kollegan skrev:") + "\n" + arrival.comment)
    if len(shown) < len(inbound.text.strip()):
        said.append(t("(Citerad text är utelämnad. Svara /visa allt, så får du hela texten.)"))
    if "encrypted" in inbound.marks:
        said.append(t("Mejlet är krypterat och går inte att läsa här. Be personen skicka det utan kryptering."))
    if any(mark.startswith("calendar_") for mark in inbound.marks):
        said.append(t("Mejlet innehåller en kalenderbokning. Vi har inte tackat ja eller nej till den."))
    if inbound.error:
        said.append(t("Allt i mejlet gick inte att läsa. Originalet är sparat med nummer {number}.", number=number))
    return said


_FILE_WORDS = {
    FileState.PASSED: mark("Bifogade filer: {names}"),
    FileState.HELD: mark("Väntar på viruskontroll och kommer i ett eget mejl: {names}"),
    FileState.INFECTED: mark("Skickas inte vidare, innehåller skadlig kod: {names}"),
    FileState.LEFT_OUT: mark("Följer inte med, för stora, för många eller gick inte att kontrollera: {names}"),
    FileState.FETCHING: mark("Hämtas och kommer i ett eget mejl: {names}"),
    FileState.MISSING: mark("Gick inte att hämta, be personen skicka dem igen: {names}"),
}


def about_files(office: Office, files: Sequence[InboundFile]) -> list[str]:
    """Return which files came along and which of them are not passed on, and why."""
    said = list[str]()
    for state, sentence in _FILE_WORDS.items():
        names = ", ".join(file.name for file in files if file.state is state)
        if names:
            said.append(office.texts.t(sentence, names=names))
    return said


def _how_to_answer(office: Office, *, hidden: bool) -> Paragraph:
    t = office.texts.t
    return Paragraph(
        "\n".join([
            t("Svara på det här mejlet, så går ditt svar till den som frågar."),
            t("Filer du bifogar följer med, och ditt namn och er telefon läggs till."),
            t("Det som står under raden skickas inte."),
            t("I stället för ett svar kan första raden vara:"),
            t("/anteckning – texten sparas i ärendet men skickas inte"),
            t("/ta – ärendet är ditt; /lämna till enhet eller kollega: varför"),
            t("/delbesked fredag text – den som frågar får veta varför svaret dröjer"),
            t("/ringt – du har svarat per telefon"),
            t("/avsluta – avslutar utan att något skickas"),
            t("/utan svar skräp (eller dubblett, test, tack) – räknas inte med i statistiken"),
            *([t("/visa nummer skäl – du får texten med personnummer, och skälet antecknas")] if hidden else []),
        ])
    )  # fmt: skip


def _verdict(office: Office, authentic: str) -> str:
    t = office.texts.t
    if authentic == "pass":
        return t("Avsändaren är kontrollerad av vår e-postserver.")
    if authentic == "fail":
        return t("Varning: avsändaradressen kan vara förfalskad. Lämna inte ut personuppgifter.")
    return t("Vi har inte kunnat kontrollera avsändaren.")


def queue_edit(ledger: Ledger, office: Office, case: CaseNumber, inquiry: int, *, shown: str) -> None:
    """Tell those who have a case that its citizen has changed a message; `shown` is how it reads now."""
    t, unit = office.texts.t, office.unit(fold_case(ledger.facts_of(case)).unit)
    parts: list[Part] = [
        Paragraph(t("Den som frågar har ändrat ett meddelande i {number}.", number=case)),
        Heading(t("Så här lyder det nu:")),
        Quote(shown or t("(ingen text)")),
    ]
    subject = f"{case} · " + t("ändrat meddelande")
    for officer in recipients(ledger, office, case):
        queue_staff_mail(ledger, office, officer, unit, case, inquiry, subject=subject, parts=parts)

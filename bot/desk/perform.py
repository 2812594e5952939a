"""From a command to an act, and from what came of it to words: the same for every face."""

from dataclasses import dataclass, replace
from typing import assert_never

from bot.desk import acts, answering, contacts, merging, staffing, undoing
from bot.desk.acts import Act, ActRefused
from bot.desk.answering import AnsweredBefore
from bot.desk.chat.confirmed import letters_of, queue_ended
from bot.desk.commands import (
    REASON_NAMES,
    Answer,
    Ask,
    Away,
    Back,
    Close,
    Command,
    Contact,
    Elsewhere,
    EndCanned,
    GiveBack,
    Hold,
    LeaveOut,
    Merge,
    Note,
    NotUnderstood,
    Reopen,
    SaveCanned,
    SetKind,
    SetMark,
    SetOutcome,
    SetTopic,
    ShowAll,
    ShowNumbers,
    Spoken,
    Take,
    Transfer,
    Undo,
    Way,
    case_of,
)
from bot.desk.undoing import Undone
from bot.desk.words import KIND_NAMES, why_not
from bot.facts import CaseMark, CaseNumber
from bot.guard import holds_number
from bot.notices import queue_transfer
from bot.office import Office
from bot.parts import Paragraph, Part, Quote
from bot.questions import CannedList, Help, Journal, Mine, Question, Queue, Search, Show
from bot.store.ledger import Ledger
from config.texts import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of one command, for the one who gave it.

    Attributes:
        subject: in a few words.
        parts: the whole; questions stand where their answers will.
        done: whether something was done.
        again: the officer may send beside the answer shown, by answering this.
        opened: personal numbers are shown, for a reason given.
        quiet: it goes without saying where the sender is vouched for, as that an answer goes out.
    """

    subject: str
    parts: tuple[Part | Question, ...]
    done: bool = True
    again: bool = False
    opened: bool = False
    quiet: bool = False


def perform(
    ledger: Ledger,
    office: Office,
    act: Act,
    command: Command,
    *,
    again: bool = False,
    attached: bool = False,
    in_chat: bool = False,
) -> Said:
    """Do what a command asks and say what came of it. `act.case` is the case of the command, else of the notice.

    `in_chat`: it is read in a chat, where there are buttons and no mail to answer.
    """
    named = case_of(command)
    if named is not None and named != act.case:
        act = replace(act, case=named, inquiry=0)
    try:
        return _perform(ledger, office, act, command, again=again, attached=attached, in_chat=in_chat)
    except ActRefused as refused:
        return _told(office, mark("inget har gjorts"), why_not(office.texts, refused), done=False)


def _perform(  # noqa: C901 -- one line for each thing that staff can do
    ledger: Ledger, office: Office, act: Act, command: Command, *, again: bool, attached: bool, in_chat: bool
) -> Said:
    t = office.texts.t
    match command:
        case Answer():
            return _answer(ledger, office, act, command, again=again, attached=attached, in_chat=in_chat)
        case Take():
            acts.take(ledger, office, act)
            return _told(office, mark("ärendet är ditt"), t("{number} är ditt.", number=act.case))
        case GiveBack():
            acts.give_back(ledger, office, act)
            return _told(office, mark("ärendet är släppt"), t("{number} är ingens just nu.", number=act.case))
        case Transfer(to, why):
            return _transfer(ledger, office, act, to, why)
        case Hold(until, text):
            answering.hold(ledger, office, act, text, until)
            said = t(
                "Den som frågar får veta att svaret kommer senast {day}. Tiden för svaret fortsätter att räknas.",
                day=office.texts.day(until),
            )
            return _told(office, mark("delbeskedet är på väg"), said)
        case Spoken(seconds, text):
            answering.spoken(ledger, office, act, seconds, text)
            return _told(office, mark("besvarad per telefon"), t("{number} är besvarat per telefon.", number=act.case))
        case Elsewhere(text):
            answering.elsewhere(ledger, office, act, text)
            return _told(office, mark("besvarad"), t("{number} är besvarat på annat sätt.", number=act.case))
        case Merge(other, same_person):
            stands = merging.merge(ledger, office, act, other, same_person=same_person)
            return _told(office, mark("ärendena är hopslagna"), t("{number} gäller nu för båda.", number=stands))
        case SetOutcome(result, text):
            told = answering.outcome(ledger, office, act, result, text)
            said = t("Den som frågade får veta det.") if told else t("Vi har ingen adress, så ingen har fått veta det.")
            return _told(office, mark("utfallet är antecknat"), said)
        case ShowNumbers() | ShowAll():
            return _show(ledger, office, act, command)
        case Contact():
            return _contact(ledger, office, act, command)
        case Away() | Back() | SaveCanned() | EndCanned():
            return _staffing(ledger, office, act, command)
        case Ask(question):
            return _ask(ledger, office, act, question)
        case NotUnderstood():
            raise AssertionError("what is not understood is never performed")
        case _:
            return _set(ledger, office, act, command)


def _set(  # noqa: C901 -- likewise
    ledger: Ledger,
    office: Office,
    act: Act,
    command: Note | Close | Reopen | LeaveOut | SetKind | SetTopic | SetMark | Undo,
) -> Said:
    """Do what changes the case itself and sends nothing to anybody."""
    t = office.texts.t
    match command:
        case Note(text):
            acts.note(ledger, office, act, text)
            return _told(office, mark("anteckningen är sparad"), t("Den har inte skickats."))
        case Close():
            answered = acts.close(ledger, office, act)
            said = t("Inget har skickats.")
            if not answered:
                said += " " + t("Frågan är inte besvarad och räknas som obesvarad i statistiken.")
            return _told(office, mark("ärendet är avslutat"), said)
        case Reopen():
            acts.reopen(ledger, office, act)
            return _told(office, mark("ärendet är öppet igen"), t("{number} är öppet igen.", number=act.case))
        case LeaveOut(reason):
            acts.leave_out(ledger, office, act, reason)
            said = t("Frågan räknas inte med. Skäl: {reason}.", reason=t(REASON_NAMES[reason]))
            return _told(office, mark("frågan är lämnad utan svar"), said)
        case SetKind(kind):
            now = acts.set_kind(ledger, office, act, kind)
            said = t("{number} är nu: {kind}.", number=act.case, kind=t(KIND_NAMES[kind]))
            if now.promised:
                said += " " + t("Det som lovats den som frågar står kvar. Skicka delbesked om det behövs.")
            return _told(office, mark("slaget är ändrat"), said)
        case SetTopic(topic):
            name = acts.set_topic(ledger, office, act, topic)
            return _told(office, mark("ämnet är satt"), t("{number} handlar om: {topic}.", number=act.case, topic=name))
        case SetMark(which, value, why):
            acts.set_mark(ledger, office, act, which, value, why)
            return _told(office, mark("märkningen är ändrad"), _mark_words(office, which, value))
        case Undo():
            return _undo(ledger, office, act)
        case _:
            assert_never(command)


def _answer(
    ledger: Ledger, office: Office, act: Act, command: Answer, *, again: bool, attached: bool, in_chat: bool
) -> Said:
    t, text = office.texts.t, command.text
    if command.canned:
        found = staffing.find_canned(office, act.officer, command.canned, _language(ledger, office, act))
        if found is None:
            return _told(office, mark("inget har skickats"),
                         t("Det finns ingen mall som heter ”{name}”. Skriv /mallar för att se dem.",
                           name=command.canned), done=False)  # fmt: skip
        filled, missing = staffing.fill(found, dict(command.fields))
        if missing:
            return _told(office, mark("inget har skickats"),
                         t("Mallen behöver också: {fields}. Inget har skickats.", fields=", ".join(missing)),
                         done=False)  # fmt: skip
        text = f"{filled}\n\n{text}".strip()
    before = answering.answer(ledger, office, act, text, again=again, attached=attached)
    if before is not None:
        return _answered_before(office, act, before, in_chat=in_chat)
    said = _on_its_way(office, act.case, in_chat=in_chat)
    newer = acts.newer_messages(ledger, act)
    if newer:
        words = t("Den som frågar har skrivit mer sedan det mejl du svarade på:")
        if in_chat:
            words = t("Den som frågar har skrivit mer sedan du började:")
        parts = (Paragraph(words), Quote(newer[-1].text or newer[-1].subject), Paragraph(said))
        return Said(subject=t("ditt svar är på väg, men det har kommit mer"), parts=parts)
    if holds_number(text):
        hidden = t("Ditt svar skickas, men ett personnummer eller kortnummer i det är dolt.")
        return Said(subject=t("personnummer dolt i ditt svar"), parts=(Paragraph(hidden), Paragraph(said)))
    return Said(subject=t("ditt svar är på väg"), parts=(Paragraph(said),), quiet=True)


def _on_its_way(office: Office, case: CaseNumber, *, in_chat: bool) -> str:
    """Return when an answer leaves, and how it is taken back until then."""
    wait = int(office.regret.total_seconds())
    if not wait:
        return office.texts.t("Ditt svar i {number} skickas nu.", number=case)
    if in_chat:
        return office.texts.n(
            "Ditt svar i {number} skickas om {count} sekund. Ångrar du dig? Tryck Ångra.",
            "Ditt svar i {number} skickas om {count} sekunder. Ångrar du dig? Tryck Ångra.", wait, number=case,
        )  # fmt: skip
    return office.texts.n(
        "Ditt svar i {number} skickas om {count} sekund.",
        "Ditt svar i {number} skickas om {count} sekunder. Ångrar du dig? Svara /ångra genast.", wait, number=case,
    )  # fmt: skip


def _language(ledger: Ledger, office: Office, act: Act) -> str:
    known = acts.case_for(ledger, office, act).language
    return known or office.texts.language.split("_")[0]


def _answered_before(office: Office, act: Act, before: AnsweredBefore, *, in_chat: bool) -> Said:
    t, first = office.texts.t, before.first
    known = office.name_of(first.officer)
    parts: list[Part | Question] = [
        Paragraph(
            t(
                "{name} har redan svarat i {number}, {time}. Ditt svar har inte skickats.",
                name=known or t("En kollega"), number=act.case, time=office.texts.moment(first.created_at),
            )
        )
    ]  # fmt: skip
    if first.text:
        parts += [Paragraph(t("Det första svaret:")), Quote(first.text)]
    how = t("Vill du skicka ett svar till? Svara på det här mejlet. Annars behöver du inte göra något.")
    if in_chat:
        how = t("Vill du skicka ett svar till? Tryck Svara en gång till. Annars behöver du inte göra något.")
    parts.append(Paragraph(how))
    return Said(subject=t("redan besvarad"), parts=tuple(parts), done=False, again=True)


def _transfer(ledger: Ledger, office: Office, act: Act, to: str, why: str) -> Said:
    target = acts.transfer(ledger, office, act, to, why)
    name = office.unit(target).name if isinstance(target, str) else target.name
    if isinstance(target, str) or target.id != act.officer.id:
        queue_transfer(ledger, office, act.case, by=act.officer, why=why)
    said = office.texts.t("{number} ligger nu hos {name}. Tiden för svaret är oförändrad.", number=act.case, name=name)
    return _told(office, mark("ärendet är överlämnat"), said)


def _show(ledger: Ledger, office: Office, act: Act, command: ShowNumbers | ShowAll) -> Said:
    t = office.texts.t
    if isinstance(command, ShowAll):
        written = acts.show_all(ledger, office, act)
        said = t("Det här är allt som den som frågar har skrivit.")
        return Said(subject=t("hela texten"), parts=(Paragraph(said), Quote(written)))
    written = acts.show_numbers(ledger, office, act, command.reason)
    said = t("Det här skrev den som frågar. Vi har antecknat att du ser det. Skäl: {reason}", reason=command.reason)
    return Said(subject=t("med personnummer"), parts=(Paragraph(said), Quote(written)), opened=True)


def _contact(ledger: Ledger, office: Office, act: Act, contact: Contact) -> Said:
    t = office.texts.t
    number, opens = contacts.log_contact(ledger, office, act, contact)
    told = [t("svar direkt") if contact.direct else t("inget svar direkt")]
    if contact.seconds is not None:
        told.append(t("{seconds} sekunder", seconds=contact.seconds))
    if contact.reception is not None:
        told.append(t("betyg {grade}", grade=contact.reception))
    topic = office.topic_named(contact.topic) if contact.topic else None
    if topic is not None:
        told.append(topic.name)
    about = ", ".join(told)
    if contact.way is Way.PHONE:
        what = t("Samtal {number}: {what}.", number=number, what=about)
    else:
        what = t("Besök {number}: {what}.", number=number, what=about)
    if opens:
        what += " " + t("Det väntar på svar.")
    elif not contact.direct and not contact.text:
        what += " " + t("Ska någon återkomma? Skriv frågan på raden under, så blir det ett ärende.")
    return _told(office, mark("antecknat"), what)


def _staffing(ledger: Ledger, office: Office, act: Act, command: Away | Back | SaveCanned | EndCanned) -> Said:
    t = office.texts.t
    match command:
        case Away():
            officer, absence = staffing.away(ledger, office, act, command)
            said = t(
                "{name} är borta från {first} och tillbaka {back}. "
                "Ärenden som väntar går till enheten när ni har öppet.",
                name=officer.name, first=office.texts.day(absence.first), back=office.texts.day(absence.back),
            )  # fmt: skip
            return _told(office, mark("frånvaron är antecknad"), said)
        case Back():
            officer = staffing.back(ledger, office, act, command)
            return _told(office, mark("välkommen tillbaka"), t("{name} är på plats igen.", name=officer.name))
        case SaveCanned():
            kept = staffing.save_canned(ledger, office, act, command)
            return _told(office, mark("mallen är sparad"), t("Mallen ”{name}” är sparad.", name=kept.name))
        case EndCanned():
            staffing.end_canned(ledger, office, act, command)
            return _told(office, mark("mallen är borttagen"), t("Mallen ”{name}” är borttagen.", name=command.name))


def _ask(ledger: Ledger, office: Office, act: Act, question: Question) -> Said:
    """Keep a question for later; whoever asks for a case's text has read it."""
    if isinstance(question, Show | Journal):
        acts.opened(ledger, office, replace(act, case=question.case, inquiry=0))
    return Said(subject=_ask_subject(office, question), parts=(question,), done=False)


def _ask_subject(office: Office, question: Question) -> str:
    t = office.texts.t
    match question:
        case Queue():
            return t("kön")
        case Mine():
            return t("dina ärenden")
        case Search(words):
            return t("sökning: {words}", words=words)
        case Help():
            return t("hjälp")
        case CannedList():
            return t("mallar")
        case _:
            return t("det du frågade om")


_MARK_WORDS: dict[CaseMark, tuple[str, str]] = {
    CaseMark.SECRET: (
        mark("Ärendet är sekretessmärkt. Bara den som har det, och de på enheten som får, kan se det."),
        mark("Ärendet är inte längre sekretessmärkt."),
    ),
    CaseMark.DIARY: (mark("Ärendet ska diarieföras."), mark("Ärendet ska inte diarieföras.")),
    CaseMark.LANGUAGE: (mark("Språket är antecknat: {value}."), mark("Språket är inte längre antecknat.")),
    CaseMark.INTERPRETER: (mark("Tolk behövs: {value}."), mark("Tolk behövs inte.")),
}


def _mark_words(office: Office, which: CaseMark, value: str) -> str:
    return office.texts.t(_MARK_WORDS[which][0 if value else 1], value=value)


def _undo(ledger: Ledger, office: Office, act: Act) -> Said:
    """Take back the officer's latest act; where a chat tells that its letter is on its way, it tells that no more."""
    waiting = {one.id for one in letters_of(ledger, act.case) if not ledger.has_left(one.id)}
    undone = undoing.undo(ledger, office, act)
    for letter in [one for one in letters_of(ledger, act.case) if one.id in waiting]:
        queue_ended(ledger, office, letter)
    return _undone(office, undone, act.case)


def _undone(office: Office, undone: Undone, case: CaseNumber) -> Said:
    """Say what was taken back; a letter's words come back, to be written better."""
    t = office.texts.t
    if undone.letter:
        said = t("Brevet i {number} är stoppat och har inte skickats. Så här löd det:", number=case)
        return Said(subject=t("brevet är stoppat"), parts=(Paragraph(said), Quote(undone.text)))
    return _told(office, mark("ångrat"), t("Det du gjorde senast i {number} är ångrat.", number=case))


def _told(office: Office, subject: str, said: str, *, done: bool = True) -> Said:
    """Return one paragraph under a subject that `mark` marked."""
    return Said(subject=office.texts.t(subject), parts=(Paragraph(said),), done=done)

"""What staff are told without having asked: that time runs out, a promise moves, an owner is gone. One mail each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.absences import has_owner
from bot.duty import is_unit_officer
from bot.facts import CaseNumber, OfficerId
from bot.office import Office, Officer, Unit
from bot.parts import Paragraph, Part, Table
from bot.reminders import Of, Pending, Reminder
from bot.staff_mail import queue_staff_mail
from bot.store.ledger import Ledger
from bot.store.rows import Direction
from bot.tokens import without_tag

MOST_ROWS = 100
"""Cases listed in one mail; of more, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something to tell an officer of a case.

    Attributes:
        short: for a subject line.
        said: sentences.
        due: what the list is sorted by (UTC).
    """

    case: CaseNumber
    inquiry: int
    unit: Unit
    short: str
    said: tuple[str, ...]
    due: datetime


def reminder_word(office: Office, one: Pending, due: Sequence[Reminder]) -> Word:
    """Return what staff are told of an inquiry whose deadline or promise, or both, end soon or have passed."""
    told = [_sentences(office, one, reminder) for reminder in due]
    return _word(office, one, told[0][0], [said for _, said in told] + [_whose(office, one)])


def _sentences(office: Office, one: Pending, reminder: Reminder) -> tuple[str, str]:
    """Return a reminder in short, and as a sentence."""
    t, late = office.texts.t, reminder.late
    if not reminder.of.of_promise:
        time = office.texts.moment(one.deadline)
        if late:
            return t("borde ha besvarats {time}", time=time), t("Borde ha besvarats {time} (så mäts det).", time=time)
        return t("påminnelse: svara senast {time}", time=time), t("Svara senast {time} (så mäts det).", time=time)
    time = office.texts.moment(one.promise_ends)
    short = t("lovat svar senast {time}", time=time)
    if reminder.of is Of.PROMISE_BROKEN:
        return short, t(
            "Den som frågar har lovats svar senast {time}. Löftet har flyttats så många gånger att vi inte flyttar det "
            "igen. Svara, ring eller skriv ett delbesked.", time=time,
        )  # fmt: skip
    if late:
        return short, t("Den som frågar lovades svar senast {time}.", time=time)
    return short, t("Den som frågar har lovats svar senast {time}.", time=time)


def _whose(office: Office, one: Pending) -> str:
    t = office.texts.t
    if has_owner(one.case):
        return t("Ansvarig: {name}", name=office.name_of(one.case.owner))
    return t("Ingen har tagit ärendet.")


def delay_word(office: Office, one: Pending, until: date) -> Word:
    """Return that the citizen has been told by ourselves of another day."""
    t, day = office.texts.t, office.texts.day(until)
    said = t(
        "Svaret hinner inte fram som vi har lovat. Den som frågar har fått veta att det dröjer till {day}.", day=day
    )
    return _word(office, one, t("svaret dröjer till {day}", day=day), [said, _whose(office, one)])


def release_word(office: Office, one: Pending, owner: OfficerId, why: str) -> Word:
    """Return that the case is nobody's now, as its `owner` is ``away`` or has ``left``."""
    t, name = office.texts.t, office.name_of(owner)
    gone = t("{name} är borta och ärendet är nu ingens.", name=name)
    if why == "left":
        gone = t("{name} är inte handläggare längre och ärendet är nu ingens.", name=name)
    due = t("Svara senast {time} (så mäts det).", time=office.texts.moment(one.deadline))
    return _word(office, one, t("behöver en ny ansvarig"), [gone, due])


def _word(office: Office, one: Pending, short: str, said: Sequence[str]) -> Word:
    return Word(
        case=one.case.number, inquiry=one.inquiry.no, unit=office.unit(one.case.unit), short=short, said=tuple(said),
        due=min(one.deadline, one.promise_ends),
    )  # fmt: skip


def queue_words(ledger: Ledger, office: Office, words: Sequence[tuple[Officer, Word]]) -> None:
    """Queue one mail to each officer with all there is to tell: of one case, answered to that case; else a list."""
    officers: dict[tuple[OfficerId, str], tuple[Officer, dict[CaseNumber, list[Word]]]] = {}
    for officer, word in words:
        _, cases = officers.setdefault((officer.id, officer.email), (officer, {}))
        cases.setdefault(word.case, []).append(word)
    for officer, cases in officers.values():
        told = sorted(cases.values(), key=lambda one: (one[0].due, one[0].case))
        if len(told) == 1:
            _queue_one(ledger, office, officer, told[0])
        else:
            _queue_list(ledger, office, officer, told)


def _queue_one(ledger: Ledger, office: Office, officer: Officer, words: Sequence[Word]) -> None:
    t, word = office.texts.t, words[-1]
    subject = " · ".join(filter(None, [word.case, _about(ledger, word.case), word.short]))
    parts: list[Part] = [
        Paragraph(t("Ärende: {number}", number=word.case)),
        Paragraph(_said(words, "\n")),
        Paragraph(
            t("Svara på det här mejlet, så går ditt svar till den som frågar.")
            + "\n"
            + t("Vill du läsa ärendet först? Skriv /visa {number} på första raden.", number=word.case)
        ),
    ]
    queue_staff_mail(ledger, office, officer, word.unit, word.case, word.inquiry, subject=subject, parts=parts)


def _queue_list(ledger: Ledger, office: Office, officer: Officer, told: Sequence[Sequence[Word]]) -> None:
    t = office.texts.t
    rows = tuple((words[0].case, _about(ledger, words[0].case), _said(words, " ")) for words in told[:MOST_ROWS])
    parts: list[Part] = [
        Paragraph(t("De här ärendena väntar på svar:")),
        Table((t("Nummer"), t("Gäller"), t("Att veta")), rows),
    ]
    if len(told) > MOST_ROWS:
        parts.append(Paragraph(t("… och {count} till", count=len(told) - MOST_ROWS)))
    how = t("Svara i mejlet om varje ärende, så går svaret till den som frågar.")
    if not is_unit_officer(officer.id):
        how += "\n" + t("Vill du läsa ett ärende först? Mejla /visa och ärendets nummer till ditt skrivbord.")
    parts.append(Paragraph(how))
    subject = t("{count} ärenden väntar på svar", count=len(told))
    queue_staff_mail(ledger, office, officer, told[0][0].unit, None, 0, subject=subject, parts=parts)


def _said(words: Sequence[Word], between: str) -> str:
    """Return all sentences in order, each once."""
    return between.join(dict.fromkeys(said for word in words for said in word.said))


def _about(ledger: Ledger, case: CaseNumber) -> str:
    """Return the subject of the citizen's last message, which is hidden where it holds a personal number."""
    written = [one.subject for one in ledger.messages_of(case) if one.direction is Direction.IN]
    return without_tag(written[-1]) if written else ""

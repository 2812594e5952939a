"""Mails that answer an invitation: a digit, a yes or no counts; anything more goes on as a message in the case."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.arrival import Arrival
from bot.case import follow_merged
from bot.desk.spelling import fold
from bot.facts import CaseNumber
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutboxState
from bot.store.survey_rows import Invitation, Question
from bot.survey.questions import read_grade, read_yes_or_no
from bot.survey.responding import decline, respond
from bot.thanks import is_thanks

_WORDS = re.compile(r"[^\W\d_]+")
_CLOSINGS = frozenset(
    fold(
        "mvh vh hälsningar hälsning vänliga vänlig med bästa bra allt gott hej hejdå ha det fint tack på förhand "
        "best regards kind br sincerely yours terveisin ystävällisin terv kiitos sent from my skickat från min iphone "
        "ipad android mobil telefon lähetetty"
    ).split()
)
_GRADE_AND_MORE = re.compile(r"\s*([1-5])\s*[,;:!–-]\s+(?=\D)(.*)", re.DOTALL)
_GRADE_AND_THANKS = re.compile(r"\s*([1-5])\s*[.,;:!–-]?\s+(?=[^\W\d_])(.*)", re.DOTALL)
_GRADE_BUT = re.compile(
    r"\s*([1-5])\s+((?:men|fast|mutta)\s+(?!(?:are|were|have|had|in|on|at|from|with|who|come|came)\b).*)",
    re.DOTALL | re.IGNORECASE,
)
"""As "4 men varför dröjde det?"; but "4 men are digging" is English, and a report."""
_GREETING = re.compile(r"(?:hej|hejsan|hallå|god dag|hello|hi|hei)\b(?:[ \t]*[,.!]+\s*|[ \t]*\n\s*)", re.IGNORECASE)
_PROGRAM = re.compile(
    r"(?:hämta|get|hanki) outlook (?:för|for) (?:ios|android|mac)|skickades från e-post för windows(?: 1[01])?|"
    r"sent from (?:mail for windows(?: 1[01])?|(?:yahoo mail|outlook) (?:on|for) (?:android|ios|iphone))|--",
    re.IGNORECASE,
)
"""What programs write below a mail of their own accord; whole lines."""
_WORD_AND_MORE = re.compile(r"\s*([^\W\d_]+)\s*[,.;:!–-]+\s+(.*)", re.DOTALL)
_DECLINES = frozenset(
    map(fold, ("nej tack", "nejtack", "stopp", "stop", "avsluta", "avregistrera", "no thanks", "no thank you",
               "unsubscribe", "ei kiitos", "lopeta", "inga fler enkäter", "inga fler frågor"))
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a mail says to an invitation. `rest`: the words that are more than that, empty if there are none."""

    grade: int | None = None
    answered: bool | None = None
    declines: bool = False
    rest: str = ""


def read_reply(text: str, names: Collection[str] = ()) -> Said | None:
    """Return what a mail says to an invitation, None: nothing of that, it is an ordinary message.

    A digit counts where it stands alone on the first line, or is set apart from what follows; "3 lampor är trasiga" is
    a report. Thanks, closings and the writer's own name are no message.

    Args:
        text: the person's own words, without quoted ones.
        names: words of the writer's name and address, which may stand below as a signature.
    """
    said = _without_greeting(text.strip())
    first, _, below = said.partition("\n")
    if _DECLINES & {_phrase(first), whole := _phrase(_without_closing(said, names))}:
        return Said(declines=True, rest="" if whole in _DECLINES else _message(below, names))
    grade = read_grade(first)
    if grade is not None:
        return Said(grade=grade, answered=True, rest=_message(below, names))
    answered = read_yes_or_no(first)
    if answered is not None:
        return _after_word(answered, below, names)
    if found := _GRADE_AND_MORE.fullmatch(said) or _GRADE_BUT.fullmatch(said):
        return Said(grade=int(found[1]), answered=True, rest=_message(found[2], names))
    if (found := _GRADE_AND_THANKS.fullmatch(said)) and not _message(found[2], names):
        return Said(grade=int(found[1]), answered=True)
    if (found := _WORD_AND_MORE.fullmatch(said)) and (answered := read_yes_or_no(found[1])) is not None:
        return _after_word(answered, found[2], names)
    return None


def _after_word(answered: bool, rest: str, names: Collection[str]) -> Said:
    """Return what was said by yes or no and what stands after it, which may begin with the grade."""
    more = read_reply(rest, names) if answered and rest.strip() else None
    if more is not None and more.grade is not None:
        return more
    return Said(answered=answered, rest=_message(rest, names))


def _message(text: str, names: Collection[str]) -> str:
    """Return words that are to be read by a person; empty where they are only thanks, a closing or a name."""
    said = text.strip()
    return "" if is_thanks(said) or not _without_closing(said, names) else said


def _without_greeting(text: str) -> str:
    """Return a text without a greeting that is set apart from what follows."""
    greeting = _GREETING.match(text)
    return text[greeting.end() :] if greeting else text


def _without_closing(text: str, names: Collection[str]) -> str:
    """Return a text without the lines at its end that are only closings and names."""
    own = {fold(name) for name in names}
    lines = text.strip().split("\n")
    while lines and _is_closing(lines[-1], own):
        lines.pop()
    return "\n".join(lines).strip()


def _is_closing(line: str, own: Collection[str]) -> bool:
    if _PROGRAM.fullmatch(line.strip()):
        return True
    if "?" in line or any(sign.isdecimal() for sign in line):
        return False
    words = [fold(word) for word in _WORDS.findall(line)]
    return all(word in _CLOSINGS or word in own for word in words)


def _phrase(text: str) -> str:
    return " ".join(fold(word) for word in _WORDS.findall(text)) if len(text) < 60 else ""


def count_reply(ledger: Ledger, office: Office, arrival: Arrival, case: CaseNumber | None) -> Arrival | None:
    """Count what a mail says to an invitation; return what of it goes on as a message, None: nothing.

    A mail that answers no invitation goes on unchanged. A grade is never stored with the case: neither as a message
    nor in the bytes of the mail, which are forgotten once all of it is counted or stored.

    Args:
        ledger: the batch.
        office: as it is now.
        arrival: of a person.
        case: the case it goes on with, if its sender takes part in it.
    """
    inbound = arrival.inbound
    found = _invitation(ledger, arrival, case)
    if found is None or inbound.authentic == "fail":
        return arrival
    names = _WORDS.findall(f"{inbound.from_name} {inbound.from_addr.partition('@')[0]}")
    said = read_reply(inbound.new_text, names)
    if said is None:
        return arrival
    one = found if isinstance(found, Invitation) else None
    if one is not None:
        _count(ledger, office, one, said)
    along = [file for file in inbound.files if said.rest or not file.inline]
    if not along:
        ledger.empty_originals({arrival.inbox})
    if not said.rest and not along:
        return None
    return replace(arrival, inbound=replace(inbound, text=said.rest, new_text=said.rest))


def _count(ledger: Ledger, office: Office, one: Invitation, said: Said) -> None:
    if said.declines:
        decline(ledger, office, one)
    elif said.grade is not None:
        respond(ledger, office, one, Question.RECEPTION, said.grade)
    elif said.answered is not None:
        respond(ledger, office, one, Question.ANSWERED, int(said.answered))


class Closed:
    """An invitation whose link to its case has gone: what answers it is counted no more."""


def _invitation(ledger: Ledger, arrival: Arrival, case: CaseNumber | None) -> Invitation | Closed | None:
    """Return the invitation a mail answers: the one it names, else the one that was our last mail in the case."""
    known, named = ledger.known, arrival.inbound.in_reply_to
    for mail in named:
        queued = known.queued_by_id.get(known.outbox_of_mail[mail]) if mail in known.outbox_of_mail else None
        if queued is not None and queued.kind is MailKind.SURVEY:
            return Closed() if queued.case is None else _theirs(ledger, known.survey.of_outbox(queued.id), case)
    if case is None or any(mail in known.case_of_mail for mail in named):
        return None
    going = {OutboxState.SENT, OutboxState.UNSURE, OutboxState.SENDING}
    sent = [queued for queued in ledger.queued_of(case) if queued.kind.to_citizen and queued.state in going]
    last = sent[-1] if sent else None
    found = known.survey.of_outbox(last.id) if last is not None and last.kind is MailKind.SURVEY else None
    return _theirs(ledger, found, case)


def _theirs(ledger: Ledger, one: Invitation | None, case: CaseNumber | None) -> Invitation | None:
    """Return the invitation if it was to somebody in this case, or in one that has become part of it."""
    if one is None or one.case is None or case is None:
        return None
    return one if follow_merged(ledger.facts_of, one.case) == case else None

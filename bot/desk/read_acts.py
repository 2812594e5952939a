"""Reads what is done with a case: answered, handed over, marked, merged, closed. None: not clear. Pure."""

from collections.abc import Callable
from datetime import timedelta

from bot.desk.case_numbers import leading_number, pull_numbers
from bot.desk.commands import (
    Command,
    Elsewhere,
    Hold,
    LeaveOut,
    Merge,
    Note,
    NotUnderstood,
    SetKind,
    SetMark,
    SetOutcome,
    SetTopic,
    ShowNumbers,
    Spoken,
    Transfer,
)
from bot.desk.durations import leading_seconds
from bot.desk.read_days import leading_day
from bot.desk.read_languages import read_language
from bot.desk.spelling import first_phrase, first_word, fold, folded, seen
from bot.desk.written import LONGEST_LINE, Written, bare, own_text, reason, says_nothing, whole_text, without_signature
from bot.facts import CaseMark, CaseNumber, ExcludeReason, Kind, Result
from config.texts import mark

LONGEST_PROMISE = timedelta(days=180)
"""How far ahead a holding notice may promise; a later day is a slip of the pen."""

YES_OR_NO = folded({
    "ja": True, "yes": True, "kyllä": True, "joo": True,
    "nej": False, "no": False, "ei": False,
})  # fmt: skip

KINDS = folded({
    "fråga": Kind.QUESTION, "question": Kind.QUESTION, "kysymys": Kind.QUESTION,
    "synpunkt": Kind.VIEWPOINT, "viewpoint": Kind.VIEWPOINT, "mielipide": Kind.VIEWPOINT,
    "klagomål": Kind.COMPLAINT, "complaint": Kind.COMPLAINT, "valitus": Kind.COMPLAINT, "moite": Kind.COMPLAINT,
    "beröm": Kind.PRAISE, "praise": Kind.PRAISE, "kehu": Kind.PRAISE, "kiitos": Kind.PRAISE,
    "förslag": Kind.PROPOSAL, "proposal": Kind.PROPOSAL, "ehdotus": Kind.PROPOSAL,
    "felanmälan": Kind.FAULT, "fault report": Kind.FAULT, "fault": Kind.FAULT, "vikailmoitus": Kind.FAULT,
})  # fmt: skip

REASONS = folded({
    "skräp": ExcludeReason.SPAM, "skräppost": ExcludeReason.SPAM, "spam": ExcludeReason.SPAM,
    "roskaposti": ExcludeReason.SPAM,
    "dubblett": ExcludeReason.DUPLICATE, "duplicate": ExcludeReason.DUPLICATE,
    "kaksoiskappale": ExcludeReason.DUPLICATE,
    "test": ExcludeReason.TEST, "testi": ExcludeReason.TEST,
    "tack": ExcludeReason.THANKS, "thanks": ExcludeReason.THANKS, "kiitos": ExcludeReason.THANKS,
})  # fmt: skip

RESULTS = folded({
    "åtgärdat": Result.REMEDIED, "åtgärdad": Result.REMEDIED, "remedied": Result.REMEDIED, "fixed": Result.REMEDIED,
    "korjattu": Result.REMEDIED,
    "vidare": Result.TAKEN_FURTHER, "taken further": Result.TAKEN_FURTHER, "further": Result.TAKEN_FURTHER,
    "eteenpäin": Result.TAKEN_FURTHER, "viety eteenpäin": Result.TAKEN_FURTHER,
    "ingen åtgärd": Result.NO_ACTION, "no action": Result.NO_ACTION, "ei toimenpiteitä": Result.NO_ACTION,
})  # fmt: skip

_SAME_PERSON = ("samma person", "same person", "sama henkilo")
_BETWEEN = frozenset(("", "med", "och", "with", "and", "kanssa", "ja"))
_TO = frozenset(("till", "to"))
_UNTIL = frozenset(("till", "tills", "senast", "until", "by", "viimeistaan"))
_AFTER_DAY = frozenset(("asti", "saakka", "mennessa"))


def read_alone(act: Callable[[CaseNumber | None], Command], written: Written) -> Command | None:
    """Return an act that takes nothing but a case number."""
    found = bare(written)
    return act(found[0]) if found and not found[1] else None


def read_note(written: Written) -> Command | None:
    """Return a note; its text is kept whole."""
    number, rest = leading_number(written.rest)
    text = whole_text(rest, written.body)
    return Note(text, number) if text else None


def read_transfer(written: Written) -> Command | None:
    """Return to whom, which stands before a colon or alone in its line, and why."""
    head, _, said = written.rest.partition(":")
    if len(head) > LONGEST_LINE:
        return None
    numbers, whom = pull_numbers(head)
    word, rest = first_word(whom)
    to = seen(rest if word in _TO else whom).strip(" ,.")
    why = own_text(said, written.body)
    clear = not says_nothing(to) and why and len(set(numbers)) < 2
    return Transfer(to, why, next(iter(numbers), None)) if clear else None


def read_hold(written: Written) -> Command | None:
    """Return a holding notice: a day after today, at most `LONGEST_PROMISE` ahead, and a text for the citizen."""
    number, rest = leading_number(written.rest)
    word, after = first_word(rest)
    rest = after if word in _UNTIL else rest
    number, rest = (number, rest) if number else leading_number(rest)
    found = leading_day(rest, written.today)
    if found is None:
        return None
    day, rest = found
    number, rest = (number, rest) if number else leading_number(rest)
    word, after = first_word(rest)
    text = whole_text(after if word in _AFTER_DAY else rest, written.body)
    near = timedelta() < day - written.today <= LONGEST_PROMISE
    return Hold(day, text, number) if text and near else None


def read_spoken(written: Written) -> Command | None:
    """Return an answer by telephone: how long it took and what was said, both only where told."""
    number, rest = leading_number(written.rest)
    seconds, rest = leading_seconds(rest)
    number, rest = (number, rest) if number else leading_number(rest)
    return _told(rest, written, lambda text: Spoken(seconds, text, number))


def read_elsewhere(written: Written) -> Command | None:
    """Return that it was answered outside of us, with what was said where told."""
    number, rest = leading_number(written.rest)
    return _told(rest, written, lambda text: Elsewhere(text, number))


def _told(first: str, written: Written, act: Callable[[str], Command]) -> Command | None:
    """Return the act with a text that may be left out, but not be unclear."""
    text = own_text(first, written.body)
    return act(text) if text or not fold(f"{first}{without_signature(written.body)}").strip() else None


def read_kind(written: Written) -> Command | None:
    """Return what the case is, from one of the words of `KINDS`."""
    found = bare(written)
    kind, rest = first_phrase(found[1], KINDS) if found else (None, "")
    return SetKind(kind, found[0]) if found and kind and not rest else None


def read_topic(written: Written) -> Command | None:
    """Return the topic as it was written."""
    found = bare(written)
    return SetTopic(found[1], found[0]) if found and found[1] else None


def read_secret(written: Written) -> Command | None:
    """Return that the case is secret, or is no longer; the latter takes a reason."""
    number, rest = leading_number(written.rest)
    said, after = first_phrase(rest, YES_OR_NO)
    number, after = (number, after) if number else leading_number(after)
    if said is False:
        why = reason(after, written.body)
        return SetMark(CaseMark.SECRET, "", why, number) if why else NotUnderstood(
            written.line, mark("/sekretess nej skäl")
        )  # fmt: skip
    if without_signature(written.body) or len(after) > LONGEST_LINE or (said is None and after.strip()):
        return None
    return SetMark(CaseMark.SECRET, "yes", " ".join(after.split()), number)


def read_diary(written: Written) -> Command | None:
    """Return whether the registrar has to enter the case: yes where nothing is said."""
    found = bare(written)
    if found is None:
        return None
    said, rest = first_phrase(found[1], YES_OR_NO) if found[1] else (True, "")
    return SetMark(CaseMark.DIARY, "yes" if said else "", case=found[0]) if said is not None and not rest else None


def read_spoken_language(of: CaseMark, written: Written) -> Command | None:
    """Return the language the citizen writes, or needs an interpreter for; of an interpreter also that none is."""
    found = bare(written)
    if found is None:
        return None
    said = fold(found[1])
    if of is CaseMark.INTERPRETER and said in YES_OR_NO:
        return None if YES_OR_NO[said] else SetMark(of, "", case=found[0])
    code = read_language(said)
    return SetMark(of, code, case=found[0]) if code else None


def read_merge(written: Written) -> Command | None:
    """Return which case becomes part of which: with one number that one, with two the second of the first."""
    if len(written.rest) > LONGEST_LINE or without_signature(written.body):
        return None
    numbers, words = pull_numbers(written.rest)
    said = fold(words)
    same = next((phrase for phrase in _SAME_PERSON if phrase in said), "")
    between = set((said.replace(same, " ", 1) if same else said).split())
    if not between <= _BETWEEN or len(numbers) not in {1, 2}:
        return None
    case = numbers[0] if len(numbers) == 2 else None
    return None if numbers[-1] == (case or written.case) else Merge(numbers[-1], bool(same), case)


def read_left_out(written: Written) -> Command | None:
    """Return that the inquiry is left out of the figures, and why."""
    found = bare(written)
    why = REASONS.get(fold(found[1]).rstrip(".!")) if found else None
    return LeaveOut(why, found[0]) if found and why else None


def read_outcome(written: Written) -> Command | None:
    """Return what it led to, and the text that tells the citizen."""
    number, rest = leading_number(written.rest)
    result, rest = first_phrase(rest, RESULTS)
    number, rest = (number, rest) if number else leading_number(rest)
    text = whole_text(rest, written.body)
    return SetOutcome(result, text, number) if result and text else None


def read_numbers(written: Written) -> Command | None:
    """Return that the officer wants to see personal numbers, and why."""
    number, rest = leading_number(written.rest)
    why = reason(rest, written.body)
    return ShowNumbers(why, number) if why else None

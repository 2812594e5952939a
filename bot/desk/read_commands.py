"""What an officer writes by mail: an answer, or commands. Pure; nothing is done by guess."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from bot.desk.case_numbers import WrongNumber
from bot.desk.command_names import VERY_NEAR, Verb, named, nearest
from bot.desk.commands import Answer, Close, Command, GiveBack, NotUnderstood, Reopen, SetKind, ShowAll, Take, Undo, Way
from bot.desk.help_texts import usage
from bot.desk.read_absences import read_away, read_back
from bot.desk.read_acts import (
    read_alone,
    read_diary,
    read_elsewhere,
    read_hold,
    read_kind,
    read_left_out,
    read_merge,
    read_note,
    read_numbers,
    read_outcome,
    read_secret,
    read_spoken,
    read_spoken_language,
    read_topic,
    read_transfer,
)
from bot.desk.read_canned import read_answer, read_canned_answer, read_end, read_save
from bot.desk.read_contacts import read_contact
from bot.desk.read_questions import (
    read_about_case,
    read_about_week,
    read_canned_list,
    read_canned_text,
    read_help,
    read_mine,
    read_queue,
    read_search,
)
from bot.desk.spelling import first_word, shown, visible
from bot.desk.written import SHORT_NAME, Written, signs_off
from bot.facts import CaseMark, CaseNumber, Kind
from bot.questions import BrokenPromises, History, Journal, LeftOut, Show, Similar, WhoSaw

MOST_COMMANDS = 200
"""Commands of one mail that are done; of a mail with more nothing is."""
MOST_TOLD = 20
"""Commands that were not understood and are told."""
MOST_PATHS = 50
"""Lines of plain text that may begin with a slash; text with more is held back unread."""

_BULLETS = "-–—•·>"
"""What may stand before a command in a list or a quotation; such text is held back, not done."""

READERS: Mapping[Verb, Callable[[Written], Command | None]] = {
    Verb.ANSWER: read_answer,
    Verb.CANNED_ANSWER: read_canned_answer,
    Verb.HOLD: read_hold,
    Verb.SPOKEN: read_spoken,
    Verb.ELSEWHERE: read_elsewhere,
    Verb.TAKE: partial(read_alone, Take),
    Verb.GIVE_BACK: partial(read_alone, GiveBack),
    Verb.TRANSFER: read_transfer,
    Verb.NOTE: read_note,
    Verb.KIND: read_kind,
    Verb.VIEWPOINT: partial(read_alone, partial(SetKind, Kind.VIEWPOINT)),
    Verb.FAULT: partial(read_alone, partial(SetKind, Kind.FAULT)),
    Verb.TOPIC: read_topic,
    Verb.SECRET: read_secret,
    Verb.DIARY: read_diary,
    Verb.LANGUAGE: partial(read_spoken_language, CaseMark.LANGUAGE),
    Verb.INTERPRETER: partial(read_spoken_language, CaseMark.INTERPRETER),
    Verb.MERGE: read_merge,
    Verb.UNDO: partial(read_alone, Undo),
    Verb.LEAVE_OUT: read_left_out,
    Verb.CLOSE: partial(read_alone, Close),
    Verb.REOPEN: partial(read_alone, Reopen),
    Verb.OUTCOME: read_outcome,
    Verb.SHOW_NUMBERS: read_numbers,
    Verb.SHOW_ALL: partial(read_alone, ShowAll),
    Verb.SHOW: partial(read_about_case, Show),
    Verb.JOURNAL: partial(read_about_case, Journal),
    Verb.HISTORY: partial(read_about_case, History),
    Verb.SIMILAR: partial(read_about_case, Similar),
    Verb.WHO_SAW: partial(read_about_case, WhoSaw),
    Verb.QUEUE: read_queue,
    Verb.MINE: read_mine,
    Verb.SEARCH: read_search,
    Verb.PHONE: partial(read_contact, Way.PHONE),
    Verb.VISIT: partial(read_contact, Way.VISIT),
    Verb.AWAY: read_away,
    Verb.BACK: read_back,
    Verb.CANNED_LIST: read_canned_list,
    Verb.CANNED_SHOW: read_canned_text,
    Verb.SAVE_CANNED: read_save,
    Verb.END_CANNED: read_end,
    Verb.LEFT_OUT: partial(read_about_week, LeftOut),
    Verb.PROMISES: partial(read_about_week, BrokenPromises),
    Verb.HELP: read_help,
}


def read_commands(text: str, today: date, case: CaseNumber | None = None) -> tuple[Command, ...]:
    """Return what an officer's text asks for, in order; empty if the text is.

    A text that begins with a slash is commands: each line with a slash begins one, the lines below belong to it. If
    one of them is not understood, only those that are not are returned, at most `MOST_TOLD`. Any other text is one
    answer, whole and unchanged.

    A line that begins with a slash never reaches a citizen by mistake: in plain text a command, or what comes very
    near to one, is not understood. A name after a slash (``/Anna``) below other words is how many sign.

    Args:
        text: what the officer wrote, without the notice.
        today: the officer's local day.
        case: the case of the notice that is answered. Questions about a case take it where they name none; acts do
            not, they keep None.
    """
    lines = text.strip().splitlines()
    first = next((at for at, line in enumerate(lines) if visible(line)), None)
    if first is None:
        return ()
    if not visible(lines[first]).startswith("/"):
        return (_held_back(lines) or Answer(text.strip()),)
    read, wrong = list[Command](), list[Command]()
    for block in _blocks(lines[first:]):
        command = _read(block, today, case)
        (wrong if isinstance(command, NotUnderstood) else read).append(command)
        if len(wrong) == MOST_TOLD:
            break
        if len(read) > MOST_COMMANDS:
            return (NotUnderstood(shown(block[0]), ""),)
    return tuple(wrong or read)


def _held_back(lines: Sequence[str]) -> NotUnderstood | None:
    """Return the first command below plain words: sending either part would be a guess."""
    paths = 0
    for line in lines:
        said = visible(visible(line).lstrip(f"{_BULLETS} "))
        if not said.startswith("/"):
            continue
        paths += 1
        if named(said)[0] is not None or paths > MOST_PATHS:
            return NotUnderstood(shown(said), "")
        near = "" if signs_off(said) else nearest(said, VERY_NEAR)
        if near and not _is_short(said):
            return NotUnderstood(shown(said), near)
    return None


def _is_short(line: str) -> bool:
    """Tell whether a line is one short word, as ``/mia``: a name rather than a misspelt command."""
    word, rest = first_word(line)
    return len(word) <= SHORT_NAME and not rest


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """Return each command's lines, its own first. A name after a slash begins none, unless there are very many."""
    blocks, names = [[lines[0]]], 0
    for line in lines[1:]:
        slash = visible(line).startswith("/")
        names += slash
        if slash and (names > MOST_PATHS + MOST_COMMANDS or not signs_off(line)):
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _read(block: Sequence[str], today: date, case: CaseNumber | None) -> Command:
    line = shown(block[0])
    verb, rest = named(block[0])
    if verb is None:
        return NotUnderstood(line, nearest(line))
    if block[0].lstrip().startswith(("*", "_")):
        rest = rest.rstrip("*_ ")
    written = Written(verb=verb, line=line, rest=rest, body="\n".join(block[1:]), case=case, today=today)
    try:
        return READERS[verb](written) or NotUnderstood(line, usage(verb))
    except WrongNumber:
        return NotUnderstood(line, "")

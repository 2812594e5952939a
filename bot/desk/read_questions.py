"""Reads questions: the queue, a case, what was left out, help. None: not clear. Pure."""

import re
from collections.abc import Callable
from datetime import date

from bot.desk.commands import Ask, Command
from bot.desk.spelling import fold, seen
from bot.desk.written import LONGEST_LINE, Written, bare, without_signature
from bot.facts import CaseNumber
from bot.questions import CannedList, Help, Mine, Question, Queue, Search

_WEEK = re.compile(r"(?:(?:(\d{4})[- ]?)?(?:vecka|viikko|week|vko|vk|[vw])\.?\s?)?(\d{1,2})")
WEEKS = 53


def read_about_case(question: Callable[[CaseNumber], Question], written: Written) -> Command | None:
    """Return a question about the case told, else about that of the notice; None without either."""
    found = bare(written)
    number = (found[0] or written.case) if found else None
    return Ask(question(number)) if found and number and not found[1] else None


def read_about_week(question: Callable[[str], Question], written: Written) -> Command | None:
    """Return a question about an ISO week as ``2026-W47``, of this year where none is told; empty: none is told."""
    said = _words(written)
    if said is None:
        return None
    week = read_week(said, written.today) if said else ""
    return None if week is None else Ask(question(week))


def read_week(text: str, today: date) -> str | None:
    """Return ``2026-W47`` for this, ``v47`` or ``47``; None if it is no week's number."""
    found = _WEEK.fullmatch(fold(text))
    if found is None or not 1 <= int(found[2]) <= WEEKS:
        return None
    return f"{int(found[1] or today.isocalendar().year):04}-W{int(found[2]):02}"


def read_queue(written: Written) -> Command | None:
    """Return a question for the queue, of one unit where one is named."""
    said = _words(written)
    return None if said is None else Ask(Queue(said))


def read_mine(written: Written) -> Command | None:
    """Return a question for the officer's own cases."""
    return Ask(Mine()) if _words(written) == "" else None


def read_search(written: Written) -> Command | None:
    """Return a question for cases with these words, as they were written."""
    said = _words(written)
    return Ask(Search(said)) if said else None


def read_canned_list(written: Written) -> Command | None:
    """Return a question for the canned answers."""
    return Ask(CannedList()) if _words(written) == "" else None


def read_canned_text(written: Written) -> Command | None:
    """Return a question for one canned answer's text."""
    said = _words(written)
    return Ask(CannedList(said)) if said else None


def read_help(written: Written) -> Command | None:
    """Return a question for the commands, or for one of them, its name without the slash."""
    said = _words(written)
    return None if said is None else Ask(Help(said.removeprefix("/").strip()))


def _words(written: Written) -> str | None:
    """Return the words of a question; None where words below could be meant for a citizen."""
    if len(written.rest) > LONGEST_LINE or without_signature(written.body):
        return None
    return seen(" ".join(written.rest.split()))

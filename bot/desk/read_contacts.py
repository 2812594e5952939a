"""Reads contacts in person: by telephone or at the desk. None: not clear. Pure."""

import re

from bot.desk.commands import Command, Contact, Way
from bot.desk.durations import leading_seconds
from bot.desk.read_acts import YES_OR_NO
from bot.desk.spelling import first_phrase, fold
from bot.desk.written import LONGEST_LINE, Written, own_text, without_signature

_RATING = re.compile(r"(?:^|\s)(?:(?:betyg|rating|grade|arvosana)[:=]?\s?)?([1-5])(?:\s?/\s?5)?\s*$", re.IGNORECASE)
_RATING_WORDS = frozenset(("betyg", "rating", "grade", "arvosana"))


def read_contact(way: Way, written: Written) -> Command | None:
    """Return the contact: seconds, whether there was a direct answer, topic, reception; text in the lines below.

    A number that has no place in this order is unclear, and so is a second one.
    """
    if len(written.rest) > LONGEST_LINE:
        return None
    seconds, rest = leading_seconds(written.rest) if way is Way.PHONE else (None, written.rest)
    direct, rest = first_phrase(rest, YES_OR_NO)
    if direct is None:
        return None
    rated = _RATING.search(rest)
    topic = " ".join(rest[: rated.start()].split() if rated else rest.split()).strip(" ,.")
    text = own_text("", written.body)
    if not _is_topic(topic) or (without_signature(written.body) and not text):
        return None
    return Contact(way, direct, seconds, topic, int(rated[1]) if rated else None, text)


def _is_topic(topic: str) -> bool:
    words = fold(topic).split()
    return not any(word[0].isdigit() or word in _RATING_WORDS for word in words)

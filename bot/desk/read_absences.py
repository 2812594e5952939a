"""Reads absences: ``/borta till måndag``, ``/tillbaka``. None: not clear. Pure."""

from datetime import date, timedelta

from bot.desk.commands import Away, Back, Command
from bot.desk.read_days import read_day
from bot.desk.spelling import fold
from bot.desk.written import Written, bare, without_signature

LONGEST_ABSENCE = 200
"""Characters of an absence."""

_BACK_ON = ("till", "tills", "until", "to", "back", "back on", "ater", "tillbaka", "takaisin")
"""Before the first day at work again."""
_THROUGH = ("till och med", "t.o.m", "t o m", "through", "thru", "to and including")
"""Before the last day away. Not ``tom``, which is also a name."""
_FROM = ("fran", "from", "fr.o.m", "fr o m", "from och med", "fran och med")
_LAST_DAY = ("asti", "saakka")
"""After the last day away."""

_DAY = timedelta(days=1)


def read_away(written: Written) -> Command | None:
    """Return who is away, from which day if told, and the first day at work again, which is after today.

    ``till måndag``: at work on Monday. ``t.o.m. fredag``: at work the day after Friday. Only ``i dag`` stands
    without such a word: of other days it would not say whether they are the first or the last one.
    """
    words = written.rest.replace(",", " ").split()
    if len(written.rest) > LONGEST_ABSENCE or without_signature(written.body):
        return None
    plain = [fold(word).rstrip(":;") for word in words]
    for place in range(len(words)):
        for markers, added in ((_BACK_ON, 0), (_THROUGH, 1)):
            for count in _lengths(plain, place, markers):
                found = _away(words, plain, place, place + count, added, written.today)
                if found:
                    return found
    return _away_without(words, plain, written.today)


def _lengths(plain: list[str], place: int, markers: tuple[str, ...]) -> list[int]:
    """Return of how many words the markers are that stand at a place."""
    counts = (1, 2, 3)
    return [count for count in counts if " ".join(plain[place : place + count]).rstrip(".") in
            {one.rstrip(".") for one in markers}]  # fmt: skip


def _away(words: list[str], plain: list[str], end: int, start: int, added: int, today: date) -> Away | None:
    """Return the absence told by the words before `end` (who, from when) and the day that begins at `start`."""
    who, first = end, None
    for place in range(end):
        for count in _lengths(plain, place, _FROM):
            first = first or read_day(" ".join(words[place + count : end]), today)
            who = place if first and who == end else who
    tail = words[start:]
    tail = tail[:-1] if plain[-1] in _LAST_DAY else tail
    day = read_day(" ".join(tail), first or today)
    if day is None:
        return None
    return _sound(day + _DAY * added, first, words[:who], today)


def _sound(back: date, first: date | None, who: list[str], today: date) -> Away | None:
    sound = back > max(first or today, today) and (first is None or first >= today)
    return Away(back, first, " ".join(who)) if sound else None


def _away_without(words: list[str], plain: list[str], today: date) -> Away | None:
    """Return the absence of ``i dag`` and of the Finnish ways, whose words stand after the day or within it."""
    if "alkaen" in plain:
        at = plain.index("alkaen")
        who, first = _trailing_day(words[:at], today)
        last = read_day(" ".join(words[at + 1 : -1]), first) if first and plain[-1] in _LAST_DAY else None
        return _sound(last + _DAY, first, who, today) if last else None
    if plain and plain[-1] in _LAST_DAY:
        who, day = _trailing_day(words[:-1], today)
        return _sound(day + _DAY, None, who, today) if day else None
    who, day = _trailing_day(words, today)
    if any(_lengths(plain, place, (*_BACK_ON, *_FROM)) for place in range(len(who))):
        return None
    if day == today:
        return Away(today + _DAY, None, " ".join(who))
    until = bool(plain) and plain[-1].endswith(("taihin", "keskiviikkoon"))
    return _sound(day, None, who, today) if day and until else None


def _trailing_day(words: list[str], today: date) -> tuple[list[str], date | None]:
    """Return the longest day at the end of the words, and the words before it."""
    for place in range(len(words)):
        day = read_day(" ".join(words[place:]), today)
        if day:
            return words[:place], day
    return words, None


def read_back(written: Written) -> Command | None:
    """Return whose absence ends today: the officer's own where no name is told."""
    found = bare(written)
    return Back(found[1]) if found and not found[0] else None

"""How long something took, as it is written: ``45``, ``45 s``, ``2 min``. Pure."""

import re

LONGEST = 14_400
"""Seconds a call may take, four hours; a greater number is none of seconds."""

_DURATION = re.compile(
    r"(?:(?P<minutes>\d{1,3})\s?min(?:uter|utes?|uuttia?|ut)?\b\.?)?\s?"
    r"(?:(?P<seconds>\d{1,5})\s?s(?:ek(?:under|unde?|untia?)?|ec(?:onds?)?)?\b\.?)?(?=[\s,;:]|$)[,;:]?\s*",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(0|[1-9]\d{0,4})(?=[\s,;:]|$)[,;:]?\s*+(?!\d|(?:gånger|ggr|gång|st|kr|times|kertaa|kpl)\b)", re.IGNORECASE
)
"""A number alone, but no telephone number and no ``3 gånger``."""


def leading_seconds(text: str) -> tuple[int | None, str]:
    """Return the seconds a text begins with, None if with none, and the text after them."""
    start = text.lstrip()
    found = _DURATION.match(start)
    if found and (found["minutes"] or found["seconds"]):
        seconds = 60 * int(found["minutes"] or 0) + int(found["seconds"] or 0)
    else:
        found = _BARE.match(start)
        seconds = int(found[1]) if found else LONGEST + 1
    return (seconds, start[found.end() :]) if found and seconds <= LONGEST else (None, text)

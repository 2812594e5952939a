"""One command as it was written, and the parts every command is read from: number, words, text, reason. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from bot.desk.case_numbers import pull_numbers
from bot.desk.command_names import VERY_NEAR, Verb, named, nearest
from bot.desk.spelling import first_word, fold, seen, visible
from bot.facts import CaseNumber

LONGEST_LINE = 1000
"""Characters of a command's own line, where it takes no text: nobody writes a longer one."""

SHORTEST_REASON = 4
"""Characters of a reason that says something to whoever reads the log."""

SHORT_NAME = 6
"""Characters of a name and its slash that may be near to a command: ``/Mia`` is near to ``/mina``."""

LONGEST_NOTHING = 20
"""Characters of a text that may be no more than a word of our examples."""

_NOTHING = frozenset(
    fold(word)
    for word in ("", "…", "...", "text", "teksti", "skäl", "reason", "perustelu", "syy", "varför", "why", "miksi")
)
"""What our own examples show in the place of a text or a reason."""

_SIGNATURE = re.compile(
    r"--$|_{5,}|(med )?vänliga? hälsning(ar)?|hälsningar|mvh\b|vh\b|bästa hälsningar|(kind|best|warm) regards|regards\b"
    r"|yours sincerely|ystävällisin terveisin|terveisin|terv\b|(hämta|skaffa|get|hanki) outlook"
    r"|(skickat|skickades) från|sent from|lähetetty .{0,40}(sta|stä|lta|ltä)$",
    re.IGNORECASE,
)
"""How signatures begin in the officers' languages and mail programs."""

_SIGN_OFF = re.compile(r"//?\s?[^\W\d_a-zåäö][\w.'’-]*(?:\s+[^\W\d_a-zåäö][\w.'’-]*){0,2}\s*")
"""How many sign a mail: ``/Anna``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A command as it was written.

    Attributes:
        line: its first line as it is shown to the officer.
        rest: what stands after its name in that line.
        body: the lines below, until the next command.
        case: the case of the notice that is answered, None if it is about none.
        today: the officer's local day.
    """

    verb: Verb
    line: str
    rest: str
    body: str
    case: CaseNumber | None
    today: date


def signs_off(line: str) -> bool:
    """Tell whether a line is a name after a slash, as ``/Anna``, and no command, nor a long word very near to one."""
    said = visible(line)[:100].rstrip("*_~` ")
    if _SIGN_OFF.fullmatch(said) is None or named(said)[0] is not None:
        return False
    return len(first_word(said)[0]) <= SHORT_NAME or not nearest(said, VERY_NEAR)


def without_signature(text: str) -> str:
    """Return the lines above a signature: what mail programs put below every mail says nothing."""
    lines = text.splitlines()
    ends = (at for at, line in enumerate(lines) if _SIGNATURE.match(seen(line[:200])) or signs_off(line))
    above = lines[: next(ends, len(lines))]
    words = [at for at, line in enumerate(above) if visible(line)]
    return "\n".join(above[words[0] : words[-1] + 1]).strip() if words else ""


def bare(written: Written) -> tuple[CaseNumber | None, str] | None:
    """Return the case number and the other words of a command that takes no text.

    None where it is not clear: two numbers, or words below that could be meant for the citizen.
    """
    if len(written.rest) > LONGEST_LINE or without_signature(written.body):
        return None
    numbers, words = pull_numbers(written.rest)
    if len(set(numbers)) > 1:
        return None
    return next(iter(numbers), None), seen(words)


def says_nothing(text: str) -> bool:
    """Tell whether a text is empty, or the word that our own examples show in its place."""
    return len(text) < LONGEST_NOTHING and fold(text).strip() in _NOTHING


def whole_text(first: str, body: str) -> str:
    """Return the rest of a first line and all lines below as one text; empty if it says nothing.

    A signature is kept, being the writer's own words, but is no text alone. A text that begins with a slash says
    nothing either: what it was meant to be is not known.
    """
    text = f"{first}\n{body}".strip()
    unclear = says_nothing(f"{first}\n{without_signature(body)}") or visible(text).startswith("/")
    return "" if unclear else text


def own_text(first: str, body: str) -> str:
    """Return the text as `whole_text`, without a signature: for what stays in the house."""
    return whole_text(first, without_signature(body))


def reason(first: str, body: str) -> str:
    """Return the rest of a first line and the lines below as one line; empty if it is too short to be a reason."""
    said = " ".join(f"{first} {without_signature(body)}".split())
    return said if len(said) >= SHORTEST_REASON and not says_nothing(said) else ""

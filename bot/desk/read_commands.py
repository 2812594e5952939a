"""What an officer writes: an answer, or a command in the first line. Pure; nothing is done by guess."""

import difflib
import re
import unicodedata
from dataclasses import dataclass

from bot.facts import ExcludeReason
from config.texts import mark


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain text goes to the citizen."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """`/anteckning`: the text stays in the house."""

    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """`/avsluta`: nothing is sent; closing is not answering."""


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """`/utan svar ORSAK`: the inquiry is left out of the figures, for a reason that is counted."""

    reason: ExcludeReason


@dataclass(frozen=True, slots=True)
class ShowNumbers:
    """`/visa nummer SKÄL`: the officer gets what was written with its personal numbers; the reason is kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class ShowAll:
    """`/visa allt`: the officer gets all that was written, quoted text too; personal numbers stay hidden."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing is done. `meant` is the command that was probably meant, empty if none comes near."""

    line: str
    meant: str


Command = Answer | Note | Close | LeaveOut | ShowNumbers | ShowAll | NotUnderstood

COMMANDS = {
    "/anteckning": "note",
    "/note": "note",
    "/muistiinpano": "note",
    "/avsluta": "close",
    "/close": "close",
    "/sulje": "close",
    "/utan svar": "leave_out",
    "/no answer": "leave_out",
    "/ilman vastausta": "leave_out",
    "/visa nummer": "show_numbers",
    "/show numbers": "show_numbers",
    "/näytä numerot": "show_numbers",
    "/visa allt": "show_all",
    "/show all": "show_all",
    "/näytä kaikki": "show_all",
}
"""The commands in Swedish, English and Finnish; all are understood whatever the language of the notices."""

REASONS = {
    "skräp": ExcludeReason.SPAM,
    "skräppost": ExcludeReason.SPAM,
    "spam": ExcludeReason.SPAM,
    "roskaposti": ExcludeReason.SPAM,
    "dubblett": ExcludeReason.DUPLICATE,
    "duplicate": ExcludeReason.DUPLICATE,
    "kaksoiskappale": ExcludeReason.DUPLICATE,
    "test": ExcludeReason.TEST,
    "testi": ExcludeReason.TEST,
    "tack": ExcludeReason.THANKS,
    "thanks": ExcludeReason.THANKS,
    "kiitos": ExcludeReason.THANKS,
}

REASON_NAMES = {
    ExcludeReason.SPAM: mark("skräp"),
    ExcludeReason.DUPLICATE: mark("dubblett"),
    ExcludeReason.TEST: mark("test"),
    ExcludeReason.THANKS: mark("bara ett tack"),
    ExcludeReason.MERGED: mark("hopslagen med en annan"),
}

SHORTEST_REASON = 4
"""Characters of a reason that says something to whoever reads the log."""
_NO_REASON = frozenset(("skäl", "reason", "perustelu"))
"""What the notices show in the place of a reason."""

_SIGNATURE = re.compile(
    r"--$|_{5,}|(med )?vänliga? hälsning(ar)?|hälsningar|mvh\b|bästa hälsningar|(kind|best|warm) regards|regards\b"
    r"|ystävällisin terveisin|terveisin|hämta outlook|skickat från|skickades från|get outlook|sent from|lähetetty",
    re.IGNORECASE,
)
"""How signatures begin in the officers' languages and mail programs."""


def read_command(text: str) -> Command | None:
    """Return what an officer's text asks for; None if it is empty.

    A line that begins with a slash is a command and never reaches a citizen, understood or not; signs that nobody
    sees (a byte order mark, the stars of bold text) before the slash do not change that.
    """
    lines = text.strip().splitlines()
    while lines and not _visible(lines[0]):
        lines.pop(0)
    if not lines:
        return None
    if not _visible(lines[0]).startswith("/"):
        hidden = next((_visible(line) for line in lines if _act(_visible(line)) is not None), None)
        # A command below other words: sending either part would be a guess.
        return Answer(text.strip()) if hidden is None else NotUnderstood(hidden, "")
    line = " ".join(_visible(lines[0]).split())
    found = _act(line)
    if found is None:
        return NotUnderstood(line, _nearest(line.lower()))
    command, act = found
    return _command(act, line, line[len(command) :].strip(), lines[1:])


def _visible(line: str) -> str:
    """Return a line without the signs that formatting leaves and nobody sees at its start."""
    seen = "".join(sign for sign in line if unicodedata.category(sign) != "Cf")
    return seen.strip().lstrip("*_ ").strip()


def _act(line: str) -> tuple[str, str] | None:
    words = " ".join(line.lower().split()).rstrip("*_ ")
    return next(((name, act) for name, act in COMMANDS.items() if words == name or words.startswith(name + " ")), None)


def _command(act: str, line: str, argument: str, rest: list[str]) -> Command:
    argument = argument.strip("*_ ")
    if act == "note":
        text = "\n".join(part for part in (argument, "\n".join(rest).strip()) if part)
        return Note(text) if text else NotUnderstood(line, "")
    below = _without_signature(rest)
    if act == "show_numbers":
        reason = " ".join(f"{argument} {below}".split())
        told = len(reason) >= SHORTEST_REASON and reason.lower() not in _NO_REASON
        return ShowNumbers(reason) if told else NotUnderstood(line, mark("/visa nummer skäl"))
    if act == "show_all":
        return NotUnderstood(line, mark("/visa allt")) if argument or below else ShowAll()
    if act == "close":
        # Text below could be meant for the citizen: sending it or dropping it would both be a guess.
        return NotUnderstood(line, mark("/avsluta")) if argument or below else Close()
    left_out = REASONS.get(argument.lower().rstrip(".!"))
    if left_out is None or below:
        return NotUnderstood(line, mark("/utan svar skräp"))
    return LeaveOut(left_out)


def _without_signature(lines: list[str]) -> str:
    """Return the lines above a signature: what mail programs put below every mail says nothing."""
    end = next((at for at, line in enumerate(lines) if _SIGNATURE.match(line.strip())), len(lines))
    return "\n".join(lines[:end]).strip()


def _nearest(words: str) -> str:
    found = difflib.get_close_matches(words, COMMANDS, n=1, cutoff=0.6)
    first = difflib.get_close_matches(words.split(" ")[0], COMMANDS, n=1, cutoff=0.6)
    return next(iter(found or first), "")

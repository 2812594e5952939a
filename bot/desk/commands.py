"""What an officer writes: an answer, or a command in the first line. Pure; nothing is done by guess."""

import difflib
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
class NotUnderstood:
    """Nothing is done. `meant` is the command that was probably meant, empty if none comes near."""

    line: str
    meant: str


Command = Answer | Note | Close | LeaveOut | NotUnderstood

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


def read_command(text: str) -> Command | None:
    """Return what an officer's text asks for; None if it is empty.

    A first line that begins with a slash is a command and never reaches a citizen, understood or not.
    """
    text = text.strip()
    if not text:
        return None
    if not text.startswith("/"):
        return Answer(text)
    line, _, rest = text.partition("\n")
    line = " ".join(line.split())
    words = line.lower()
    for command, act in COMMANDS.items():
        if words == command or words.startswith(command + " "):
            return _command(act, line, line[len(command) :].strip(), rest.strip())
    return NotUnderstood(line, _nearest(words))


def _command(act: str, line: str, argument: str, rest: str) -> Command:
    if act == "note":
        text = "\n".join(part for part in (argument, rest) if part)
        return Note(text) if text else NotUnderstood(line, "")
    if act == "close":
        # Text below could be meant for the citizen: sending it or dropping it would both be a guess.
        return NotUnderstood(line, mark("/avsluta")) if argument or rest else Close()
    reason = REASONS.get(argument.lower().rstrip(".!"))
    if reason is None or rest:
        return NotUnderstood(line, mark("/utan svar skräp"))
    return LeaveOut(reason)


def _nearest(words: str) -> str:
    found = difflib.get_close_matches(words, COMMANDS, n=1, cutoff=0.6)
    first = difflib.get_close_matches(words.split(" ")[0], COMMANDS, n=1, cutoff=0.6)
    return next(iter(found or first), "")

"""What an officer types with a slash in front: the same commands as by mail, in the topic's case or the one named."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.desk.acts import ActRefused
from bot.desk.chat.asking import hindrance
from bot.desk.chat.doing import do
from bot.desk.chat.drafts import drafts_in, end
from bot.desk.chat.help import chat_help
from bot.desk.chat.phone import begin
from bot.desk.chat.sending import send_typed, was_said
from bot.desk.chat.telling import Told, report
from bot.desk.chat.turn import Turn, refuse, say
from bot.desk.command_names import Verb, named
from bot.desk.commands import Answer, Ask, Command, Hold, NotUnderstood, SetOutcome, case_of, needs_case
from bot.desk.read_commands import read_commands
from bot.desk.rights import may_lead
from bot.desk.spelling import first_word, folded
from bot.desk.topics import unclear_topics
from bot.desk.words import why_not
from bot.facts import CaseNumber
from bot.questions import Help

_TO_BOT = re.compile(r"(?m)^([ \t]*/[^\s@/]{1,60})@\w{1,60}bot\b", re.IGNORECASE)
_FIRST = re.compile(r"(?m)^[ \t]*/\w*_\w*")

_CANCEL = folded({"/avbryt": True, "/cancel": True, "/peruuta": True})


def as_commands(text: str) -> str:
    """Return what is typed in a chat as a mail has it: ``/utan_svar@KommunBot tack`` as ``/utan svar tack``."""
    return _FIRST.sub(_spaced, _TO_BOT.sub(r"\1", text.strip()))


def _spaced(found: re.Match[str]) -> str:
    spaced = found[0].replace("_", " ")
    return spaced if named(spaced)[0] is not None else found[0]


def is_command(text: str) -> bool:
    """Tell whether a text begins with a command that we know."""
    said = as_commands(text)
    return said.startswith("/") and (named(said)[0] is not None or first_word(said)[0] in _CANCEL)


def take_typed(turn: Turn) -> None:
    """Do all that a text asks for, or, where one line of it is not clear, nothing."""
    text = as_commands(turn.event.text)
    verb, rest = named(text)
    if first_word(text)[0] in _CANCEL:
        _cancel(turn)
    elif verb is Verb.PHONE and not rest.strip():
        begin(turn)
    else:
        _take(turn, read_commands(text, turn.office.local_day(turn.ledger.now), turn.case))


def _take(turn: Turn, commands: Sequence[Command]) -> None:
    try:
        problem = _problem(turn, commands)
    except ActRefused as refused:
        problem = why_not(turn.office.texts, refused)
    if any(isinstance(one, NotUnderstood) for one in commands):
        not_understood(turn, commands)
    elif problem:
        refuse(turn, problem)
    else:
        done = [_do(turn, one, number) for number, one in enumerate(commands, start=1)]
        told = [one for one in done if one is not None]
        if told:
            report(turn, *told)


def not_understood(turn: Turn, commands: Sequence[Command]) -> None:
    """Tell which lines are not clear, and what was probably meant. Nothing was done."""
    t, lines = turn.t, list[str]()
    for one in commands:
        if isinstance(one, NotUnderstood):
            lines.append(t("Det här förstod vi inte: {line}", line=one.line[:200]))
            if one.meant:
                lines.append(t("Menade du {command}?", command=t(one.meant)))
    lines.append(t("Inget har gjorts. Skriv igen, eller skriv /hjälp."))
    refuse(turn, "\n".join(lines))


def _problem(turn: Turn, commands: Sequence[Command]) -> str:
    """Return why nothing of it can be done, in words; empty if it can.

    Raises:
        ActRefused: a letter is to go out in a case that the officer may not see.
    """
    t = turn.t
    understood = [one for one in commands if not isinstance(one, NotUnderstood)]
    if any(needs_case(one) and (case_of(one) or turn.case) is None for one in understood):
        return t("Vilket ärende? Skriv numret efter kommandot, som /ta K-…") + " " + t("Inget har gjorts.")
    unclear = unclear_topics(turn.office, understood, in_chat=True)
    if unclear:
        return "\n".join(one.text for one in unclear)
    for one in understood:
        if isinstance(one, Answer | Hold | SetOutcome):
            problem = _letter_problem(turn, one, one.case or turn.case or CaseNumber(""))
            if problem:
                return problem
    return ""


def _letter_problem(turn: Turn, letter: Answer | Hold | SetOutcome, case: CaseNumber) -> str:
    t = turn.t
    if turn.event.thread is not None and turn.case is not None and case != turn.case:
        return t(
            "Det här ämnet gäller {here}, men du skrev {there}. Inget har skickats. Skriv i rätt ämne.",
            here=turn.case, there=case,
        )  # fmt: skip
    problem = hindrance(turn, case)
    if problem:
        return problem
    if turn.event.files:
        return (
            t("Filer följer inte med härifrån. Svara från e-post om en fil ska med.") + " " + t("Inget har skickats.")
        )
    if isinstance(letter, Answer) and was_said(turn, case, letter):
        return t("Samma text har redan tagits emot från dig i det här ärendet. Inget har skickats igen.")
    return ""


def _do(turn: Turn, command: Command, number: int) -> Told | None:
    case = case_of(command) or turn.case
    if isinstance(command, Answer) and case is not None:
        return send_typed(turn, case, command, number)
    told = do(turn, case, command, number=number)
    if isinstance(command, Ask) and isinstance(command.question, Help):
        parts = chat_help(turn.office.texts, command.question.about, lead=may_lead(turn.officer))
        return replace(told, said=replace(told.said, parts=parts))
    return told


def _cancel(turn: Turn) -> None:
    """Forget what the officer is in the middle of: in the topic's case, or anywhere in the chat."""
    found = drafts_in(turn.ledger.book, turn.event.chat, turn.user)
    mine = [one for one in found if turn.case in {None, one.case}]
    for one in mine:
        end(turn, one.case, one.draft.what)
    say(turn, turn.t("Avbrutet. Inget har skickats.") if mine else turn.t("Det finns inget att avbryta."))

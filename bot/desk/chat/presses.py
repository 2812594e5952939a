"""A press of a button by an officer: each is answered, whatever it is and however old."""

from collections.abc import Callable, Mapping

from bot.chat_buttons import Press, Pressed, read_press
from bot.desk.acts import ActRefused
from bot.desk.chat.asking import ask_anew
from bot.desk.chat.canned import press_canned
from bot.desk.chat.doing import do, do_at_once, do_here, press_undo, stale
from bot.desk.chat.drafts import What
from bot.desk.chat.menus import (
    press_close,
    press_hold,
    press_kind,
    press_leave_out,
    press_more,
    press_outcome,
    press_secret,
    press_topic,
    press_transfer,
)
from bot.desk.chat.phone import press_phone
from bot.desk.chat.sending import press_cancel, press_change, press_send
from bot.desk.chat.telling import in_words, report
from bot.desk.chat.turn import Turn, is_menu, refuse, take_away, tell
from bot.desk.commands import Ask, Command, GiveBack, Reopen, ShowAll, Spoken, Take
from bot.desk.words import why_not
from bot.facts import CaseNumber
from bot.questions import History, Mine, Question, Queue, Show

Handler = Callable[[Turn, CaseNumber, str], None]

STAFF_ONLY = frozenset({
    Press.TAKE, Press.GIVE_BACK, Press.ANSWER, Press.HOLD, Press.TRANSFER, Press.NOTE, Press.MORE, Press.LESS,
    Press.CANNED, Press.SPOKEN, Press.LEAVE_OUT, Press.OUTCOME, Press.SECRET, Press.HISTORY, Press.PHONE, Press.QUEUE,
    Press.MINE,
})  # fmt: skip
"""Presses that no citizen's button carries."""


def take_press(turn: Turn) -> None:
    """Do what a press asks for, and answer it."""
    pressed = read_press(turn.event.data)
    try:
        if pressed is None:
            stale(turn, None)
        elif pressed.case is None:
            _without_case(turn, pressed)
        else:
            _in_case(turn, pressed.act, pressed.case, pressed.more)
    except ActRefused as refused:
        refuse(turn, why_not(turn.office.texts, refused))
    # Whoever presses must never be left waiting.
    tell(turn, "")


def _in_case(turn: Turn, act: Press, case: CaseNumber, more: str) -> None:
    handler = _IN_CASE.get(act)
    if handler is None:
        stale(turn, case)
    else:
        handler(turn, case, more)


def _without_case(turn: Turn, pressed: Pressed) -> None:
    match pressed.act:
        case Press.PHONE:
            press_phone(turn, pressed.more)
        case Press.QUEUE:
            _question(turn, None, Ask(Queue()))
        case Press.MINE:
            _question(turn, None, Ask(Mine()))
        case Press.LESS:
            _close_menu(turn)
        case _:
            stale(turn, None)


def _question(turn: Turn, case: CaseNumber | None, command: Command) -> None:
    told = do(turn, case, command)
    if any(isinstance(part, Question) for part in told.said.parts):
        report(turn, told)
    else:
        refuse(turn, in_words(told.said))


def _show(turn: Turn, case: CaseNumber, more: str) -> None:
    if more == "all":
        do_here(turn, case, ShowAll())
    else:
        _question(turn, case, Ask(Show(case)))


def _close_menu(turn: Turn) -> None:
    if is_menu(turn):
        take_away(turn, turn.event.post)


def _merge(turn: Turn, case: CaseNumber, more: str) -> None:
    if more == "merge":
        ask_anew(turn, case, What.MERGE)
    else:
        stale(turn, case)


_IN_CASE: Mapping[Press, Handler] = {
    Press.TAKE: lambda turn, case, _: do_at_once(turn, case, Take()),
    Press.GIVE_BACK: lambda turn, case, _: do_at_once(turn, case, GiveBack()),
    Press.REOPEN: lambda turn, case, _: do_at_once(turn, case, Reopen()),
    Press.ANSWER: lambda turn, case, _: ask_anew(turn, case, What.ANSWER),
    Press.NOTE: lambda turn, case, _: ask_anew(turn, case, What.NOTE),
    Press.HOLD: press_hold,
    Press.TRANSFER: press_transfer,
    Press.CLOSE: press_close,
    Press.MORE: lambda turn, case, _: press_more(turn, case),
    Press.LESS: lambda turn, _case, _: _close_menu(turn),
    Press.KIND: press_kind,
    Press.TOPIC: press_topic,
    Press.CANNED: press_canned,
    Press.SPOKEN: lambda turn, case, _: do_here(turn, case, Spoken()),
    Press.LEAVE_OUT: press_leave_out,
    Press.OUTCOME: press_outcome,
    Press.SECRET: press_secret,
    Press.HISTORY: lambda turn, case, _: _question(turn, case, Ask(History(case))),
    Press.SHOW: _show,
    Press.UNDO: press_undo,
    Press.TO: _merge,
    Press.SEND: press_send,
    Press.CHANGE: lambda turn, case, _: press_change(turn, case),
    Press.CANCEL: lambda turn, case, _: press_cancel(turn, case),
}

"""The board: one message in a group that lists what is due next, edited in place. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Button, Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, bold, lines, paragraphs
from bot.desk.case_words import due_words
from bot.desk.words import KIND_NAMES
from bot.facts import CaseNumber, Kind, OfficerId
from bot.groups.card import digest
from bot.office import Office

MOST_LINES = 10
MOST_TAKES = 6
_A_ROW = 2
"""Buttons a row: a case's number is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """A case on the board. `kind` None: nothing is said of what it is. `secret`: nor of whose. `due` is UTC."""

    number: CaseNumber
    kind: Kind | None
    due: datetime
    owner: OfficerId
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board: `body` with the time it was written below, and its buttons."""

    body: Html
    html: Html
    buttons: Rows

    @property
    def digest(self) -> str:
        """Equal for boards that say the same, whenever they were written."""
        return digest(self.body, self.buttons)


def board_of(office: Office, first: Sequence[BoardLine], waiting: int, overdue: int, now: datetime) -> Board:
    """Return the board as of now (UTC).

    Args:
        office: the municipality.
        first: the cases that are due first, the earliest on top; at most ten are shown.
        waiting: how many wait in all.
        overdue: how many of them are late.
        now: UTC.
    """
    t, shown = office.texts.t, first[:MOST_LINES]
    more = waiting - len(shown)
    rest = office.texts.n("… och {count} ärende till.", "… och {count} ärenden till.", more) if more > 0 else ""
    listed = lines(*(_line(office, one, now) for one in shown))
    body = paragraphs(bold(_heading(office, waiting, overdue)), listed, rest)
    updated = t("Uppdaterad kl. {time}.", time=office.texts.clock(now.astimezone(office.texts.zone).time()))
    return Board(body=body, html=paragraphs(body, updated), buttons=_buttons(office, shown))


def _heading(office: Office, waiting: int, overdue: int) -> str:
    texts = office.texts
    if not waiting:
        return texts.t("Inget väntar på svar")
    said = texts.n("{count} ärende väntar på svar", "{count} ärenden väntar på svar", waiting)
    if not overdue:
        return said
    return said + ", " + texts.n("{count} är försenat", "{count} är försenade", overdue)


def _line(office: Office, one: BoardLine, now: datetime) -> str:
    texts = office.texts
    kind = [texts.t(KIND_NAMES[one.kind])] if one.kind is not None else []
    owner = [] if one.secret else [office.name_of(one.owner) if one.owner else texts.t("ingen")]
    return " · ".join([one.number, *kind, due_words(texts, one.due, now), *owner])


def _buttons(office: Office, shown: Sequence[BoardLine]) -> Rows:
    t = office.texts.t
    free = [one.number for one in shown if not one.owner][:MOST_TAKES]
    takes = [button(t("Ta {number}", number=number), Press.TAKE, number) for number in free]
    rows: list[tuple[Button, ...]] = [tuple(takes[at : at + _A_ROW]) for at in range(0, len(takes), _A_ROW)]
    return (*rows, (button(t("Logga samtal"), Press.PHONE), button(t("Kön"), Press.QUEUE)))

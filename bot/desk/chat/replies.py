"""An officer's reply to a message of ours that asked for a text: what becomes of it, and of one that comes too late."""

from dataclasses import replace

from bot.case import numbers_in
from bot.desk.chat.asking import ask
from bot.desk.chat.canned import take_field
from bot.desk.chat.doing import do
from bot.desk.chat.drafts import Draft, Meant, What, drafts_in, end, meant_by
from bot.desk.chat.phone import take_words
from bot.desk.chat.sending import preview
from bot.desk.chat.telling import report
from bot.desk.chat.turn import Turn, refuse
from bot.desk.chat.typed import not_understood
from bot.desk.commands import Answer, Command, Merge, Note, NotUnderstood, SetMark, Transfer
from bot.desk.read_acts import LONGEST_PROMISE
from bot.desk.read_commands import read_commands
from bot.desk.read_days import read_day
from bot.desk.spelling import fold
from bot.desk.written import reason
from bot.facts import CaseMark, CaseNumber, OutboxId
from bot.store.rows import OutboxState

_SAME_PERSON = ("samma person", "same person", "sama henkilo")


def take_reply(turn: Turn) -> bool:
    """Take a message that replies to one of ours, and tell whether it was meant for us; talk among staff is not.

    Nothing leaves the house unless it replies to what this very officer was asked, there and in time.
    """
    event, book = turn.event, turn.ledger.book
    if event.reply_to is None:
        return False
    post = turn.pressed
    meant = meant_by(book, event.chat, post) if post is not None else None
    if meant is not None and meant.user == turn.user:
        _take(turn, meant)
        return True
    problem = _why_not(turn, meant)
    if problem:
        refuse(turn, problem)
    return bool(problem)


def _why_not(turn: Turn, meant: Meant | None) -> str:
    """Return why a reply does nothing, in words; empty if it replies to nothing that asked for a text."""
    t, ledger = turn.t, turn.ledger
    nothing = t("Inget har skickats.")
    if meant is not None:
        linked = ledger.book.officer_of(meant.user)
        name = turn.office.name_of(linked) if linked else t("en kollega")
        return t("Det meddelandet väntar på ett svar från {name}.", name=name) + " " + nothing
    post = turn.pressed
    if post is None:
        unsure = t("Jag ser inte vilket meddelande du svarade på. Tryck på knappen igen, och svara på det jag skriver.")
        return f"{unsure} {nothing}" if _may_be_asked(turn) else ""
    queued = ledger.known.queued_by_id.get(post)
    over = t("Det meddelandet väntar inte på något svar längre. Tryck på knappen igen om du vill skriva.")
    return f"{over} {nothing}" if queued is not None and queued.officer and not queued.kind.to_citizen else ""


def _may_be_asked(turn: Turn) -> bool:
    """Tell whether a message that we do not know may be one that asked: it was sent, but we never heard so."""
    known, book = turn.ledger.known.queued_by_id, turn.ledger.book
    asked = (
        known.get(OutboxId(post)) for one in drafts_in(book, turn.event.chat, turn.user) for post in one.draft.posts
    )
    return any(one is not None and one.state in {OutboxState.SENDING, OutboxState.UNSURE} for one in asked)


def _take(turn: Turn, meant: Meant) -> None:
    t, event, draft = turn.t, turn.event, meant.draft
    text, nothing = event.text.strip(), turn.t("Inget har skickats.")
    if draft.thread != event.thread:
        refuse(turn, t("Du skrev i ett annat ämne än jag frågade i.") + " " + nothing)
    elif draft.is_over(turn.ledger.now):
        refuse(turn, t("Det har gått mer än en halvtimme. Tryck på knappen igen och skriv på nytt.") + " " + nothing)
    elif event.files or event.spot or event.given or event.unsupported:
        refuse(turn, t("Filer följer inte med härifrån. Svara från e-post om en fil ska med.") + " " + nothing)
    elif not text:
        refuse(turn, t("Meddelandet är tomt.") + " " + nothing)
    else:
        _go_on(turn, meant.case, draft, text)


def _go_on(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    match draft.what:
        case What.ANSWER | What.HOLD | What.OUTCOME:
            _shown_first(turn, case, draft, text)
        case What.DAY:
            _take_day(turn, case, draft, text)
        case What.FIELD:
            take_field(turn, case, draft, text)
        case What.CONTACT:
            take_words(turn, case, draft, text)
        case What.TRANSFER | What.NOTE | What.OPEN | What.MERGE:
            _do(turn, case, draft, text)


def _shown_first(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    """Show what goes to the citizen; a line in it that is a command is never sent by mistake."""
    read = read_commands(text, turn.office.local_day(turn.ledger.now), case)
    if read == (Answer(text),):
        preview(turn, case, replace(draft, text=text))
    else:
        not_understood(turn, read)


def _take_day(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    today = turn.office.local_day(turn.ledger.now)
    day = read_day(text, today)
    if day is None or not 0 < (day - today).days <= LONGEST_PROMISE.days:
        refuse(turn, turn.t("Jag förstår inte vilken dag du menar. Svara igen, till exempel torsdag eller 3 december."))
    else:
        ask(turn, case, replace(draft, what=What.HOLD, chosen=day.isoformat()))


def _do(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    command = _command(case, draft, text)
    if command is None or isinstance(command, NotUnderstood):
        refuse(turn, _unclear(turn, draft.what))
        return
    told = do(turn, case, command)
    if told.said.done:
        end(turn, case, draft.what)
    report(turn, told)


def _command(case: CaseNumber, draft: Draft, text: str) -> Command | None:
    match draft.what:
        case What.TRANSFER:
            return Transfer(draft.chosen, text)
        case What.OPEN:
            why = reason(text, "")
            return SetMark(CaseMark.SECRET, "", why) if why else None
        case What.MERGE:
            numbers = {one for one in numbers_in(text) if one != case}
            same = any(words in " ".join(fold(text).split()) for words in _SAME_PERSON)
            return Merge(numbers.pop(), same) if len(numbers) == 1 else None
        case _:
            return Note(text)


def _unclear(turn: Turn, what: What) -> str:
    if what is What.MERGE:
        return turn.t("Jag hittar inget ärendenummer i det du skrev. Svara igen med ett nummer, som K-…")
    return turn.t("Skälet är för kort. Svara igen med några ord.")

"""Telling an officer what came of an act: here, in the private chat, or by mail where a chat is no place for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Form, Rows
from bot.chat_buttons import Press, button
from bot.desk.chat.confirmed import key_of
from bot.desk.chat.disclosure import as_post, may_stand
from bot.desk.chat.turn import Turn, change, say, tell
from bot.desk.mail_face import queue_reply
from bot.desk.perform import Said
from bot.facts import CaseNumber, MessageId
from bot.office import Shown
from bot.parts import Paragraph, Part, Quote
from bot.questions import Question, Reply


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one command in a case, with buttons for what may come next. `letter`: what it sends the citizen."""

    said: Said
    case: CaseNumber | None = None
    rows: Rows = ()
    letter: MessageId | None = None

    @property
    def key(self) -> str:
        """Return the key of the post that tells it, so that it can be changed once the letter has left; else empty."""
        return key_of(self.letter) if self.letter is not None else ""


def report(turn: Turn, *told: Told) -> None:
    """Tell what came of the commands of one turn: by mail, from the database, or right away.

    Texts that the group may not see go to the officer's private chat, and personal numbers that were asked for to the
    officer's mailbox. Each letter is told of in a post of its own, which is changed when the letter has left.
    """
    for one in [one for one in told if one.said.opened]:
        _by_mail(turn, one)
    letters = [one for one in told if one.letter is not None]
    for one in letters:
        _post(turn, [part for part in _named(one) if not isinstance(part, Question)], one.case, one.rows, one.key)
    left = [one for one in told if not one.said.opened and one not in letters]
    if left:
        _report_together(turn, left)


def _report_together(turn: Turn, left: Sequence[Told]) -> None:
    parts = [part for one in left for part in _named(one)]
    case = next((one.case for one in left if one.case), None)
    rows = next((one.rows for one in reversed(left) if one.rows), ())
    if any(isinstance(part, Question) for part in parts):
        _ask(turn, parts, case, left[0].said.subject)
    else:
        _post(turn, [part for part in parts if not isinstance(part, Question)], case, rows)


def in_words(said: Said, case: CaseNumber | None = None) -> str:
    """Return what we said ourselves as plain words, for a press."""
    return "\n".join(part.text for part in _named(Told(said, case)) if isinstance(part, Paragraph))


def _named(told: Told) -> Sequence[Part | Question]:
    """Return what was said, with case and act in front where the words do not tell; a mail has them in its subject."""
    said, first = told.said, told.said.parts[0] if told.said.parts else None
    if told.case is None or not said.done or not isinstance(first, Paragraph) or told.case in first.text:
        return said.parts
    return (Paragraph(f"{told.case}: {said.subject}. {first.text}"), *said.parts[1:])


def _by_mail(turn: Turn, told: Told) -> None:
    reply = Reply(
        officer=turn.officer, case=told.case, inquiry=1, subject=told.said.subject, parts=told.said.parts, opened=True,
        to_command=True,
    )  # fmt: skip
    queue_reply(turn.ledger, turn.office, reply, [part for part in told.said.parts if not isinstance(part, Question)])
    tell(turn, turn.t("Personnummer visas aldrig i en chatt. Texten kommer till din e-post."), aloud=True)


def _ask(turn: Turn, parts: Sequence[Part | Question], case: CaseNumber | None, subject: str) -> None:
    turn.ledger.ask(
        Reply(
            officer=turn.officer,
            case=case,
            inquiry=1,
            subject=subject,
            parts=tuple(parts),
            to_command=True,
            place=turn.place,
        )
    )
    if turn.event.press:
        tell(turn, turn.t("Svaret kommer strax."))


def _post(turn: Turn, parts: Sequence[Part], case: CaseNumber | None, rows: Rows, key: str = "") -> None:
    if _must_be_private(turn, parts, case):
        say(turn.privately(), as_post(turn.office, parts), rows, case=case, form=Form(protect=True), key=key)
        say(turn, turn.t("Texten visas inte i gruppen. Den kommer i din egen chatt med mig."), case=case)
    else:
        change(turn, as_post(turn.office, parts), rows, case=case, key=key)


def _must_be_private(turn: Turn, parts: Sequence[Part], case: CaseNumber | None) -> bool:
    """Tell whether parts hold somebody's words that the group may not see."""
    if turn.unit is None or case is None or not any(isinstance(part, Quote) for part in parts):
        return False
    return not may_stand(turn.ledger, turn.office, turn.unit, case, Shown.FULL)


def show_button(turn: Turn, case: CaseNumber) -> Rows:
    """Return a button that shows a case."""
    return ((button(turn.t("Visa {number}", number=case), Press.SHOW, case),),)

"""What goes to the citizen: shown first as the citizen will see it, sent by one press, and for a minute taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.case import fold_case
from bot.chat import Form, Rows
from bot.chat_buttons import Press
from bot.chat_text import Html, paragraphs, quote
from bot.desk.acts import case_for, inquiry_for
from bot.desk.answering import said_before, standing_answer
from bot.desk.chat.asking import apart, ask, hindrance, named
from bot.desk.chat.disclosure import as_post, may_stand
from bot.desk.chat.doing import do, stale
from bot.desk.chat.drafts import Draft, What, come_since, drafts_in, end, keep, letter_of, newest
from bot.desk.chat.pages import labelled
from bot.desk.chat.telling import Told, in_words
from bot.desk.chat.turn import Turn, change, refuse, say, tell
from bot.desk.commands import Answer, Command, Hold, SetOutcome
from bot.facts import CaseNumber, Result
from bot.guard import holds_number
from bot.letters import texts_for
from bot.masking import masked
from bot.office import Shown
from bot.parts import Paragraph, Part, Quote
from bot.store.rows import StoredMessage
from bot.tokens import without_secrets


def preview(turn: Turn, case: CaseNumber, draft: Draft) -> None:
    """Show a text as the citizen will see it, with what the officer should know before it is sent.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    problem = hindrance(turn, case)
    if problem:
        keep(turn, case, draft)
        refuse(turn, problem)
        return
    before = _answered(turn, case) if draft.what is What.ANSWER else None
    turn = apart(turn, case)
    number = turn.ledger.next_outgoing()
    send = turn.t("Skicka ändå") if before else turn.t("Skicka")
    rows: Rows = (
        (labelled(send, Press.SEND, case, str(number)),),
        (labelled(turn.t("Ändra"), Press.CHANGE, case), labelled(turn.t("Avbryt"), Press.CANCEL, case)),
    )
    head = named(turn, turn.t("Så här läser den som frågar det du skrev i {number}:", number=case))
    words = paragraphs(head, quote(_letter(turn, case, draft)), *_remarks(turn, case, draft, before))
    say(turn, words, rows, case=case, form=Form(protect=True))
    shown = replace(
        draft, at=turn.ledger.now, posts=(*draft.posts, number), thread=turn.place.thread, preview=number,
        seen=newest(turn.ledger, case), again=before is not None,
    )  # fmt: skip
    keep(turn, case, shown)


def press_send(turn: Turn, case: CaseNumber, shown: str) -> None:
    """Send what this very preview shows; or show it anew, if it is old or something has come since.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    draft = letter_of(turn, case)
    if draft is None or not draft.text or str(draft.preview) != shown:
        _not_this(turn, case)
        return
    problem = hindrance(turn, case)
    if problem:
        refuse(turn, problem)
    elif _has_changed(turn, case, draft):
        preview(turn, case, draft)
        refuse(turn, turn.t("Inget har skickats än: något har hänt sedan dess. Läs igenom det igen och tryck Skicka."))
    else:
        _send(turn, case, draft)


def press_change(turn: Turn, case: CaseNumber) -> None:
    """Ask for the text anew."""
    draft = letter_of(turn, case)
    if draft is None or not draft.text:
        _not_this(turn, case)
    else:
        ask(turn, case, draft)


def press_cancel(turn: Turn, case: CaseNumber) -> None:
    """Forget what was written."""
    draft = letter_of(turn, case)
    if draft is None:
        _not_this(turn, case)
        return
    end(turn, case, draft.what)
    change(turn, turn.t("Avbrutet. Inget har skickats i {number}.", number=case), case=case)
    tell(turn, turn.t("Avbrutet. Inget har skickats."))


def send_typed(turn: Turn, case: CaseNumber, answer: Answer, number: int) -> Told | None:
    """Send the answer of `/svar` or `/mall`; None if it is shown first, as somebody has answered already.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    if not answer.canned and _answered(turn, case) is not None:
        preview(
            turn, case, Draft(what=What.ANSWER, at=turn.ledger.now, text=answer.text, seen=newest(turn.ledger, case))
        )
        return None
    told = do(turn, case, answer, number=number, text=f"{answer.canned} {answer.text}")
    if not told.said.again:
        return told
    how = turn.t("Vill du skicka ett svar till? Tryck Mer och välj mallen igen.")
    return replace(told, said=replace(told.said, parts=(*told.said.parts[:-1], Paragraph(how))))


def was_said(turn: Turn, case: CaseNumber, answer: Answer) -> bool:
    """Tell whether the officer has sent the same answer in the case within a day."""
    return said_before(turn.ledger, turn.act(case, text=f"{answer.canned} {answer.text}"))


def _send(turn: Turn, case: CaseNumber, draft: Draft) -> None:
    told = do(turn, case, _command(draft), again=draft.again, text=f" {draft.text}")
    said = told.said
    if not said.done:
        refuse(turn, in_words(said))
        return
    end(turn, case, draft.what)
    parts: list[Part] = [part for part in said.parts if isinstance(part, Paragraph)]
    change(turn, as_post(turn.office, [*parts, Quote(_short(draft.text))]), told.rows, case=case, key=told.key)
    tell(turn, in_words(said))


def _short(text: str) -> str:
    return text if len(text) <= 600 else text[:599].rstrip() + "…"


def _command(draft: Draft) -> Command:
    match draft.what:
        case What.HOLD:
            return Hold(date.fromisoformat(draft.chosen), draft.text)
        case What.OUTCOME:
            return SetOutcome(Result(draft.chosen), draft.text)
        case _:
            return Answer(draft.text)


def _has_changed(turn: Turn, case: CaseNumber, draft: Draft) -> bool:
    """Tell whether the officer should look once more before it is sent."""
    answered = draft.what is What.ANSWER and not draft.again and _answered(turn, case) is not None
    return draft.is_over(turn.ledger.now) or answered or bool(come_since(turn.ledger, case, draft))


def _answered(turn: Turn, case: CaseNumber) -> StoredMessage | None:
    """Return the answer that stands already, None if the question waits.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    case_for(turn.ledger, turn.office, turn.act(case))
    return standing_answer(turn.ledger, turn.act(case), inquiry_for(turn.ledger, turn.act(case)).no)


def _letter(turn: Turn, case: CaseNumber, draft: Draft) -> str:
    """Return the letter as `bot.letters` will write it."""
    office, officer = turn.office, turn.officer
    unit, text = office.unit(fold_case(turn.ledger.facts_of(case)).unit), draft.text
    theirs = texts_for(turn.ledger, office, case)
    if draft.what is What.HOLD:
        until = theirs.day(date.fromisoformat(draft.chosen))
        text = theirs.t("Hej! Svaret på din fråga dröjer. Du får det senast {day}.", day=until) + f"\n\n{text}"
    elif draft.what is What.OUTCOME:
        text = theirs.t("Vi vill berätta vad ditt ärende har lett till.") + f"\n\n{text}"
    signature = [] if officer.name in text[-300:] else [officer.name]
    signature.append(f"{unit.name}, {office.name}")
    if unit.phone:
        signature.append(theirs.t("Telefon {phone}", phone=unit.phone))
    return masked(office.texts, without_secrets(text)).rstrip() + "\n\n" + "\n".join(signature)


def _remarks(turn: Turn, case: CaseNumber, draft: Draft, before: StoredMessage | None) -> Sequence[Html]:
    """Return what the officer should know: what has come meanwhile, who has answered, what is hidden."""
    t, parts = turn.t, list[Part]()
    visible = turn.unit is None or may_stand(turn.ledger, turn.office, turn.unit, case, Shown.FULL)
    newer = come_since(turn.ledger, case, draft)
    if newer:
        parts.append(Paragraph(t("Den som frågar har skrivit mer sedan du började:")))
        parts.append(Quote(newer[-1].text or newer[-1].subject) if visible else _hidden(turn, case))
    if before is not None:
        name = turn.office.name_of(before.officer) or t("En kollega")
        time = turn.office.texts.moment(before.created_at)
        parts.append(Paragraph(t("{name} har redan svarat i {number}, {time}.", name=name, number=case, time=time)))
        if before.text:
            parts.append(Quote(before.text) if visible else _hidden(turn, case))
    if holds_number(draft.text):
        parts.append(Paragraph(t("Ett personnummer eller kortnummer är dolt.")))
    return [as_post(turn.office, [part]) for part in parts]


def _hidden(turn: Turn, case: CaseNumber) -> Paragraph:
    return Paragraph(turn.t("Texten visas inte i gruppen. Skriv /visa {number} i din egen chatt med mig.", number=case))


def _not_this(turn: Turn, case: CaseNumber) -> None:
    """Tell that the button stands under nothing of this officer's that waits to be sent."""
    post = turn.pressed
    others = (user for user in turn.ledger.book.links if user != turn.user)
    found = (one for user in others for one in drafts_in(turn.ledger.book, turn.place.chat, user))
    theirs = next((one for one in found if post is not None and post in one.draft.posts), None)
    linked = turn.ledger.book.officer_of(theirs.user) if theirs else None
    if linked is None:
        stale(turn, case)
    else:
        name = turn.office.name_of(linked)
        refuse(turn, turn.t("Det här skriver {name} på. Bara den som skriver kan skicka det.", name=name))

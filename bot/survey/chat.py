"""The survey in a chat: one question at a time in one post, answered with a button or in words."""

import re
from dataclasses import dataclass
from textwrap import shorten

from bot.chat import NO_FORM, Button, ChatId, Form, PostId, Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, Words, bold, lines, paragraphs, plain
from bot.facts import CaseNumber, OutboxId
from bot.letters import texts_for
from bot.office import Office
from bot.posts import Rank, queue_post
from bot.store.ledger import Ledger
from bot.store.rows import MailKind
from bot.store.survey_rows import Invitation, Question, State
from bot.survey.contacts import Contact
from bot.survey.questions import Option, allows, options, wording
from config.texts import Texts, mark

DECLINE = mark("Nej tack till frågor")
SKIP = mark("Hoppa över")

_LONGEST_BUTTON = 28
_STOPS, _UNKNOWN = "stop", "-"
_MORE = re.compile(r"([1-9][0-9]{0,6})\.([a-z]+)\.([0-9]|-|stop)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a button says. `grade` None: does not know, or has nothing to add; `declines`: wants no questions."""

    inquiry: int
    question: Question
    grade: int | None = None
    declines: bool = False


def read_answer(more: str) -> Answer | None:
    """Return what a button of the survey carries behind the case, None where it is none of ours."""
    found = _MORE.fullmatch(more)
    if found is None or found[2] not in set(Question):
        return None
    inquiry, question = int(found[1]), Question(found[2])
    if found[3] == _STOPS:
        return Answer(inquiry=inquiry, question=question, declines=True)
    grade = None if found[3] == _UNKNOWN else int(found[3])
    if question is Question.COMMENT:
        return Answer(inquiry=inquiry, question=question) if grade is None else None
    return Answer(inquiry=inquiry, question=question, grade=grade) if allows(question, grade) else None


def ask_in_chat(ledger: Ledger, office: Office, contact: Contact, chat: ChatId) -> OutboxId:
    """Queue the first question to a chat, behind whatever else waits there; see `bot.survey.round.AskInChat`.

    In the language chosen in the chat, as far as the batch knows it, else in that of the case.
    """
    case, row = contact.case.number, ledger.book.chats.get(chat)
    texts = office.texts_in(row.language) if row is not None and row.language else texts_for(ledger, office, case)
    t = texts.t
    words = paragraphs(
        t("Du har varit i kontakt med {unit} ({number}). Vi vill bli bättre, och har en kort fråga:",
          unit=office.unit(contact.case.unit).name, number=case),
        _asked(Question.ANSWERED, texts),
        t("Svaren visas bara tillsammans med andras. Ingen får se vem som har svarat vad."),
        t("Vill du inte få sådana här frågor? Tryck på eller skriv ”{words}”, så frågar vi inte på ett år.",
          words=t(DECLINE)),
    )  # fmt: skip
    form = Form(buttons=buttons_of(Question.ANSWERED, texts, case, contact.inquiry.no))
    return _queue(ledger, chat, case, contact.inquiry.no, words, form, Rank.ASKING)


def show(ledger: Ledger, texts: Texts, chat: ChatId, one: Invitation, *, edits: PostId | None = None) -> OutboxId:
    """Queue what an invitation asks next, or that it is over, in place of a post or (None) as a new one."""
    case, inquiry = _of(one)
    words = _ending(one, texts) if one.step is None else _asked(one.step, texts)
    rows = () if one.step is None else buttons_of(one.step, texts, case, inquiry)
    return _queue(ledger, chat, case, inquiry, words, Form(buttons=rows, edits=edits))


def show_over(ledger: Ledger, texts: Texts, chat: ChatId, case: CaseNumber, inquiry: int, post: PostId) -> None:
    """Queue that a post asks nothing any more, in its place."""
    said = texts.t("Enkäten går att besvara i två veckor. Vill du säga eller fråga något är du alltid välkommen att "
                   "skriva till oss.")  # fmt: skip
    _queue(ledger, chat, case, inquiry, plain(said), Form(edits=post))


def take_buttons_away(ledger: Ledger, chat: ChatId, one: Invitation, post: PostId) -> None:
    """Queue that a post keeps its words but can be pressed no longer: the next question stands below."""
    case, inquiry = _of(one)
    _queue(ledger, chat, case, inquiry, Html(), Form(edits=post))


def buttons_of(question: Question, texts: Texts, case: CaseNumber, inquiry: int) -> Rows:
    """Return the buttons of a question, the best answer first; long ones in a row of their own."""

    def made(words: str, what: str) -> Button:
        return button(words, Press.SURVEY, case, f"{inquiry}.{question.value}.{what}")

    if question is Question.COMMENT:
        return ((made(texts.t(SKIP), _UNKNOWN),),)
    answers = [
        made(shorten(_line(question, one), _LONGEST_BUTTON, placeholder=" …"), _code(one))
        for one in options(question, texts)
    ]
    if question is Question.OFFER:
        return (tuple(answers),)
    if question is Question.ANSWERED:
        return (tuple(answers), (made(texts.t(DECLINE), _STOPS),))
    return tuple((one,) for one in answers)


def _asked(question: Question, texts: Texts) -> Html:
    """Return a question in words, with how to answer it without buttons."""
    t = texts.t
    match question:
        case Question.ANSWERED:
            how: tuple[Words, ...] = (t("Tryck på en knapp, eller skriv ja eller nej."),)
        case Question.COMMENT:
            how = (t("Skriv det här i chatten, eller tryck på eller skriv ”{words}”.", words=t(SKIP)),
                   t("Den som läser det får inte veta vem som skrev."))  # fmt: skip
        case Question.OFFER:
            how = (t("Då läser en medarbetare det som ett vanligt meddelande från dig, och svarar här. Tryck på en "
                     "knapp, eller skriv ja eller nej."),)  # fmt: skip
        case _:
            listed = lines(*(_line(question, one) for one in options(question, texts)))
            how = (listed, t("Tryck på en knapp, eller skriv siffran."))
    return paragraphs(bold(wording(question, texts)), *how)


def _ending(one: Invitation, texts: Texts) -> Html:
    t = texts.t
    if one.state is State.DECLINED:
        return paragraphs(bold(t("Tack, då vet vi")), t("Vi skickar ingen enkät till dig på ett år."))
    return paragraphs(bold(t("Tack för dina svar!")), t("De hjälper oss att bli bättre."))


def _line(question: Question, one: Option) -> str:
    """Return an option as it is listed: what is typed stands first, as `bot.survey.questions.read_typed` takes it."""
    if one.grade is None or question in {Question.ANSWERED, Question.OFFER}:
        return one.words
    typed = one.grade + 1 if question is Question.REASONABLE else one.grade
    return f"{typed} {one.words}"


def _of(one: Invitation) -> tuple[CaseNumber, int]:
    """Return whose answers an invitation asks for; one that was shown has not been cut off yet."""
    if one.case is None or one.inquiry is None:
        raise ValueError("an invitation of no case")
    return one.case, one.inquiry


def _code(one: Option) -> str:
    return _UNKNOWN if one.grade is None else str(one.grade)


def _queue(
    ledger: Ledger, chat: ChatId, case: CaseNumber, inquiry: int, words: Html, form: Form = NO_FORM,
    rank: Rank = Rank.CITIZEN,
) -> OutboxId:  # fmt: skip
    """Queue a post that belongs to an invitation: with its case and inquiry, so that it is emptied at the freeze."""
    # Whoever presses fast needs only the last of what is edited.
    key = f"survey:{form.edits}" if form.edits is not None else ""
    return queue_post(
        ledger, chat, words, form=form, case=case, inquiry=inquiry, kind=MailKind.SURVEY, rank=rank, replaces=key
    )

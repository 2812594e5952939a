"""A case as it stands in its group: how much of it, the topic's title, the card on top and its buttons. Pure.

Never a name, an address or a link of the one who asks; in a title nothing of what they wrote either.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.case import CaseNow, CaseState, fold_case
from bot.chat import Button, Form, Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, bold, lines, paragraphs, plain, quote
from bot.clock import deadline
from bot.desk.case_words import day_words, kind_name, language_name, moment_words, owner_name, shortened, topic_name
from bot.facts import CaseNumber, Channel, Fact, FactKind, UnitId
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.masking import masked
from bot.office import ChatRules, Office, Shown
from bot.store.group_reading import Question
from bot.tokens import without_secrets, without_tag
from config.texts import mark

MOST_IN_TITLE = 60
WHOLE = 700
"""Signs of a question that stand whole on its card; of a longer one only the beginning."""
BEGINNING = 200
_ORDER = tuple(Shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCase:
    """A case as its facts leave it. `facts` are those that stand, in order of seq."""

    case: CaseNow
    facts: Sequence[Fact]
    inquiries: Sequence[Inquiry]
    question: Question | None

    @property
    def stands(self) -> bool:
        """Whether it is open, and not part of another."""
        return self.case.state is CaseState.OPEN and self.case.merged_into is None

    @property
    def waiting_since(self) -> datetime | None:
        """When the earliest message came that has no answer, while the case stands."""
        return min((one.arrived_at for one in self.inquiries if one.waits), default=None) if self.stands else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card. `late`: it says that the answer is late. `whole`: the whole question stands on it."""

    html: Html
    buttons: Rows
    level: Shown
    late: bool = False
    whole: bool = False

    @property
    def digest(self) -> str:
        """Equal for equal cards."""
        return digest(self.html, self.buttons)


def digest(html: Html, buttons: Rows) -> str:
    """Return what is equal for equal words with equal buttons."""
    return hashlib.sha256(f"{html}\0{Form(buttons=buttons).encode()}".encode()).hexdigest()[:16]


def seen_case(facts: Sequence[Fact], question: Question | None) -> SeenCase:
    """Return a case from its facts, in order of seq, and its first message.

    Raises:
        ValueError: the facts are no case's.
    """
    return SeenCase(case=fold_case(facts), facts=standing(facts), inquiries=fold_inquiries(facts), question=question)


def level_of(office: Office, channel: Channel, unit: UnitId, *, secret: bool) -> Shown:
    """Return how much of a case stands in the group; of a secret one, or in a unit with secrecy, never more than when.

    `channel` is the way it first came. Whoever wrote by mail has not chosen a chat.
    """
    if secret or office.unit(unit).secrecy:
        return Shown.NUMBER
    rules = office.chat or ChatRules()
    return rules.shown if channel is Channel.TELEGRAM else rules.mail_shown


def level_of_case(office: Office, case: CaseNow) -> Shown:
    """Return how much of this case stands in the group, as `level_of`."""
    return level_of(office, case.channel, case.unit, secret=case.secret)


def less(one: Shown, other: Shown) -> Shown:
    """Return the lesser of two."""
    return min(one, other, key=_ORDER.index)


def title_of(office: Office, seen: SeenCase) -> str:
    """Return the title of a case's topic, at most 60 signs: it stands in notifications for everybody to see."""
    if level_of_case(office, seen.case) is Shown.NUMBER:
        return seen.case.number
    said = (seen.case.number, kind_name(office.texts, seen.case), _state(office, seen))
    return shortened(" · ".join(said), MOST_IN_TITLE)


def due_of(office: Office, seen: SeenCase) -> datetime | None:
    """Return when an answer is due under the measuring rule (UTC), None if nothing waits."""
    since = seen.waiting_since
    return None if since is None else deadline(office.calendar, office.rule, since)


def card_of(office: Office, seen: SeenCase, now: datetime) -> Card:
    """Return a case's card as of now (UTC). All days are told in full: it stands for weeks."""
    level, due = level_of_case(office, seen.case), due_of(office, seen)
    late = due is not None and due <= now
    if level is Shown.NUMBER:
        head: list[Html | str] = [bold(seen.case.number), *_when_due(office, due, now)]
        head.append(office.texts.t("Öppna ärendet via e-post."))
        return Card(html=lines(*head), buttons=_few_buttons(office, seen), level=level, late=late)
    words, whole = _question(office, seen, level)
    html = paragraphs(lines(*_head(office, seen, due, now)), quote(words) if words else Html())
    return Card(html=html, buttons=_buttons(office, seen), level=level, late=late, whole=whole)


def gone_words(office: Office, number: CaseNumber) -> str:
    """Return what stands in place of a card that must not be read there any more."""
    return office.texts.t("{number} visas inte längre här.", number=number)


def _state(office: Office, seen: SeenCase) -> str:
    t = office.texts.t
    if not seen.stands:
        return t("avslutad")
    if seen.waiting_since is not None:
        return t("tagen") if seen.case.owner else t("ny")
    return t("besvarad") if any(one.answered_at for one in seen.inquiries) else t("väntar inte på svar")


_CAME = {
    Channel.TELEGRAM: mark("Kom in: {time} i Telegram"),
    Channel.MAIL: mark("Kom in: {time} med e-post"),
    Channel.PHONE: mark("Kom in: {time} per telefon eller besök"),
}


def _head(office: Office, seen: SeenCase, due: datetime | None, now: datetime) -> list[Html | str]:
    """Return what is known of the case, a line each."""
    case, texts, t = seen.case, office.texts, office.texts.t
    said: list[Html | str] = [bold(f"{case.number} · {kind_name(texts, case)}")]
    if topic := topic_name(office, case):
        said.append(t("Ämne: {topic}", topic=topic))
    said.append(t("Läge: {state}", state=_state(office, seen)))
    said.append(t("Har ärendet: {owner}", owner=owner_name(office, case) if case.owner else t("ingen")))
    said.append(t(_CAME[case.channel], time=moment_words(texts, case.opened_at, now)))
    said += _when_due(office, due, now)
    if due is not None and case.promised:
        day = day_words(texts, date.fromisoformat(case.promised), office.local_day(now))
        said.append(t("Lovat den som frågar: senast {day}", day=day))
    return [*said, *_marks(office, seen)]


def _when_due(office: Office, due: datetime | None, now: datetime) -> list[str]:
    t = office.texts.t
    if due is None:
        return [t("Inget väntar på svar här.")]
    time = moment_words(office.texts, due, now)
    if due <= now:
        return [t("FÖRSENAD. Skulle ha besvarats: {time} (så mäts det)", time=time)]
    return [t("Svara senast: {time} (så mäts det)", time=time)]


def _marks(office: Office, seen: SeenCase) -> list[str]:
    case, texts, t = seen.case, office.texts, office.texts.t
    said = []
    if case.diary:
        said.append(t("Ska diarieföras."))
    if case.language:
        said.append(t("Språk: {language}", language=language_name(texts, case.language)))
    if case.interpreter:
        said.append(t("Tolk behövs: {language}", language=language_name(texts, case.interpreter)))
    if case.merged_into is not None:
        said.append(t("Hopslaget med: {numbers}", numbers=case.merged_into))
    elif case.merged_from:
        said.append(t("Hopslaget med: {numbers}", numbers=", ".join(case.merged_from)))
    if case.possibly:
        said.append(t("Hör kanske ihop med {number}, men avsändaren är inte känd där.", number=case.possibly))
    return said + _verdict(office, seen)


def _verdict(office: Office, seen: SeenCase) -> list[str]:
    """Return whether the sender of the latest mail is who it says; a chat's is always the same person's."""
    t = office.texts.t
    came = [fact.data for fact in seen.facts if fact.kind is FactKind.RECEIVED and "authentic" in fact.data]
    if not came or came[-1].get("channel") != Channel.MAIL.value:
        return []
    if came[-1]["authentic"] == "pass":
        return [t("Avsändaren är kontrollerad av vår e-postserver.")]
    if came[-1]["authentic"] == "fail":
        return [t("Varning: avsändaradressen kan vara förfalskad. Lämna inte ut personuppgifter.")]
    return [t("Vi har inte kunnat kontrollera avsändaren.")]


def _question(office: Office, seen: SeenCase, level: Shown) -> tuple[Html, bool]:
    """Return the first words of the question, numbers hidden, and whether that is all of it."""
    if seen.question is None:
        return Html(), False
    words = clean(office, seen.question.text)
    if subject := without_tag(clean(office, seen.question.subject)):
        words = f"{subject}\n{words}" if words else subject
    most = WHOLE if level is Shown.FULL else BEGINNING
    if len(words) <= most:
        return plain(words), True
    return plain(beginning_of(words, BEGINNING)), False


def clean(office: Office, text: str) -> str:
    """Return a citizen's words as staff may see them in a chat: personal numbers and secret addresses left out."""
    return masked(office.texts, without_secrets(text)).strip()


def beginning_of(words: str, most: int) -> str:
    """Return at most so many signs of the words, cut between two of them; what is cut off ends with ``…``."""
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    whole = cut.rsplit(None, 1)[0] if len(cut.split()) > 1 else cut
    return whole.rstrip() + "…"


def _buttons(office: Office, seen: SeenCase) -> Rows:
    t, case = office.texts.t, seen.case.number
    if seen.case.merged_into is not None:
        return ()
    note = button(t("Anteckning"), Press.NOTE, case)
    more = button(t("Mer"), Press.MORE, case)
    if not seen.stands:
        return ((button(t("Öppna igen"), Press.REOPEN, case), note, more),)
    return (
        (_take(office, seen), button(t("Svara"), Press.ANSWER, case), button(t("Delbesked"), Press.HOLD, case)),
        (button(t("Lämna över"), Press.TRANSFER, case), note, button(t("Avsluta"), Press.CLOSE, case)),
        (more,),
    )


def _few_buttons(office: Office, seen: SeenCase) -> Rows:
    """Return the buttons of a case whose words do not stand here: whose it is; the rest is done by e-mail."""
    return ((_take(office, seen),),) if seen.stands else ()


def _take(office: Office, seen: SeenCase) -> Button:
    t, case = office.texts.t, seen.case
    if case.owner:
        return button(t("Släpp"), Press.GIVE_BACK, case.number)
    return button(t("Ta"), Press.TAKE, case.number)

"""One event in a person's private chat with us, and what every decision about it needs."""

from dataclasses import dataclass
from datetime import datetime

from bot.case import follow_merged, is_case
from bot.chat import ChatEvent, ChatId, Form, PostId, Rows, UserId, chat_address
from bot.chat_arrival import ChatArrival
from bot.chat_text import Words, paragraphs
from bot.facts import AddressId, CaseNumber, OutboxId
from bot.office import ChatRules, Office
from bot.posts import Rank, queue_post
from bot.store.chat_rows import ChatRow
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutboxState, StoredMessage
from config.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What happened in one person's chat, on the ledger that decides it. `bot` is our name there, may be empty."""

    ledger: Ledger
    office: Office
    arrival: ChatArrival
    bot: str = ""

    @property
    def event(self) -> ChatEvent:
        """What happened."""
        return self.arrival.event

    @property
    def chat(self) -> ChatId:
        """The chat it happened in."""
        return self.event.chat

    @property
    def user(self) -> UserId:
        """Whose dialogue it is: a private chat has the person's own number."""
        return UserId(self.event.chat)

    @property
    def now(self) -> datetime:
        """When it is decided (UTC)."""
        return self.ledger.now

    @property
    def rules(self) -> ChatRules:
        """How chats are used."""
        return self.office.chat or ChatRules()

    @property
    def row(self) -> ChatRow:
        """What is remembered of the chat; of a new one, nothing."""
        return self.ledger.book.chats.get(self.chat) or ChatRow(chat=self.chat)

    @property
    def language(self) -> str:
        """The language chosen; before that the app's, if it is one of ours, else the first of ours."""
        return self.row.language or guessed(self.event.user_language, self.rules.languages)

    @property
    def texts(self) -> Texts:
        """The texts in that language."""
        return self.office.texts_in(self.language)

    @property
    def own(self) -> AddressId | None:
        """The chat's address, None before the first message that was stored."""
        return self.ledger.known.addresses.get(chat_address(self.chat))

    def say(
        self,
        *words: Words,
        buttons: Rows = (),
        case: CaseNumber | None = None,
        inquiry: int | None = None,
        kind: MailKind = MailKind.POST,
        due_at: datetime | None = None,
    ) -> OutboxId:
        """Queue one message of these paragraphs to the person, and return its id."""
        return queue_post(
            self.ledger, self.chat, paragraphs(*words), form=Form(buttons=buttons), case=case, inquiry=inquiry,
            kind=kind, rank=Rank.CITIZEN, due_at=due_at,
        )  # fmt: skip

    def toast(self, words: str) -> None:
        """Answer a press in a few words; nothing where nothing was pressed."""
        self.ledger.book.answer_press(self.event.press, words)


def guessed(app: str, languages: tuple[str, ...]) -> str:
    """Return the language of ours that an app's language (as ``sv-SE``) is most likely, else the first of ours."""
    code = app.lower()[:2]
    return next((one for one in languages if code and one[:2] == code), languages[0])


def own_cases(visit: Visit) -> list[CaseNumber]:
    """Return the cases the person takes part in, merged ones followed: the one that was last written in first."""
    ledger, own, latest = visit.ledger, visit.own, dict[CaseNumber, int]()
    if own is None:
        return []
    for case, known in ledger.known.participants.items():
        if own in known and is_case(ledger.facts_of(case)):
            stands = follow_merged(ledger.facts_of, case)
            written = [one.id for one in ledger.messages_of(case) if one.direction is not Direction.NOTE]
            latest[stands] = max(latest.get(stands, 0), max(written, default=0))
    return sorted(latest, key=lambda case: latest[case], reverse=True)


def own_case(visit: Visit, case: CaseNumber) -> CaseNumber | None:
    """Return the case that a number the person named stands for now, None if it is not one of theirs."""
    stands = follow_merged(visit.ledger.facts_of, case)
    return stands if stands in own_cases(visit) else None


def own_messages(visit: Visit) -> list[StoredMessage]:
    """Return all that the person has written in this chat, as far as it is kept, in order."""
    known, own = visit.ledger.known, visit.own
    cases = [case for case, who in known.participants.items() if own in who]
    every = (one for case in cases for one in known.messages.get(case, ()) if one.address == own)
    return sorted(every, key=lambda one: one.id)


def own_message(visit: Visit, post: PostId) -> StoredMessage | None:
    """Return the message that the person wrote as this one in the chat, in its first version."""
    return next((one for one in own_messages(visit) if one.post == post and one.edits is None), None)


def letters_got(visit: Visit, case: CaseNumber) -> list[StoredMessage]:
    """Return what staff wrote to the person in a case and a channel has accepted, in order."""
    reached = {OutboxState.SENT, OutboxState.UNSURE}
    got = {one.message for one in visit.ledger.queued_of(case) if one.state in reached}
    return [one for one in visit.ledger.messages_of(case) if one.direction is Direction.OUT and one.id in got]

"""Whatever staff do in chats, in any order: a citizen gets only what an officer sent, and every press is answered."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.chat import Button, ChatEvent, ChatId, ChatKind, EventKind, PostId, ThreadId, UserId, chat_at
from bot.chat_arrival import arrive_in_chat
from bot.chat_buttons import Press
from bot.chat_intake import ChatIntake
from bot.desk.chat.face import StaffChat
from bot.desk.mail_face import MailFace
from bot.facts import CaseNumber, Channel, FactKind, InboxId, Kind, OfficerId, OutboxId
from bot.intake import Intake
from bot.office import Canned
from bot.store.chat_rows import PostedBefore, TopicRow, TopicState
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import Direction, InboxRow, OutboxState, OutgoingMail
from tests.conftest import MONDAY
from tests.desk import PlainReading
from tests.staff_chat import BUILDING, ELSA, GROUP, STRANGER, USERS, Citizens, chat_office

CITIZENS = {"elsa": "telegram:1001", "olle": "olle@example.org"}
_MARK = re.compile(r"mark\d+")
CANNED = (Canned(name="Tider", text="Vi har öppet. canned"), Canned(name="Möte", text="Kom {dag}. canned"))


class Play:
    """A town in memory. Every text that somebody writes holds a mark of its own, known wherever it goes."""

    def __init__(self) -> None:
        office = chat_office(canned=CANNED)
        officers = tuple(replace(one, cleared=one.id in {"anna", "lea"}) for one in office.officers)
        self.office = replace(office, officers=officers)
        self.ledger = Ledger(Known(), MONDAY)
        self.mails: list[OutgoingMail] = []
        self.cases: list[CaseNumber] = []
        self.sent_by: dict[str, set[OfficerId]] = {}
        """Who has sent a text by a press or a command, by its mark."""
        self.mailed: set[str] = set()
        """Marks of what came by mail: never seen in a group."""
        self._numbers, self._posts = count(1), count(100)
        self._queue = self.ledger.queue
        self.ledger.queue = self._record  # type: ignore[method-assign]
        for name, user in USERS.items():
            self.ledger.book.link(user, OfficerId(name), ChatId(user))
        staff = StaffChat(lambda: self.office, lambda _: None, below=lambda below: 123_456 % below)
        chats = ChatIntake(lambda: self.office, Citizens(), staff)
        self.intake = Intake(lambda: self.office, MailFace(lambda: self.office, PlainReading()).take, chats.take)
        for number, who in enumerate(("elsa", "olle", "elsa")):
            self._opens(who, ThreadId(70 + number * 10))

    def _record(self, mail: OutgoingMail) -> OutboxId:
        self.mails.append(mail)
        return self._queue(mail)

    def _opens(self, who: str, thread: ThreadId) -> None:
        case = self.ledger.new_case()
        self.cases.append(case)
        self.ledger.take_part(case, self.ledger.address(CITIZENS[who], ""))
        self.asks(case, who)
        row = TopicRow(case=case, chat=GROUP, thread=thread, card=PostId(thread + 1), state=TopicState.OPEN,
                       wanted_at=MONDAY)  # fmt: skip
        self.ledger.book.set_topic(row)

    def mark(self) -> str:
        return f"mark{next(self._numbers)}"

    def asks(self, case: CaseNumber, who: str) -> None:
        text, address = self.mark(), self.ledger.address(CITIZENS[who], "")
        if who == "olle":
            self.mailed.add(text)
        message = self.ledger.add_message(case, Direction.IN, text=text, address=address)
        channel = Channel.MAIL if who == "olle" else Channel.TELEGRAM
        self.ledger.append(
            FactKind.RECEIVED, case, inquiry=1, occurred_at=self.ledger.now, actor="person", source=f"c:{text}",
            data={"channel": channel.value, "kind": Kind.FAULT.value, "unit": "kc", "message": message},
        )  # fmt: skip

    def take(self, user: UserId, chat: ChatId, **fields: Any) -> None:
        number = next(self._numbers)
        told: dict[str, Any] = {"kind": EventKind.MESSAGE, "post": PostId(next(self._posts))} | fields
        kind = ChatKind.PRIVATE if chat > 0 else ChatKind.FORUM
        came = ChatEvent(update=number, key=f"e{number}", chat=chat, chat_kind=kind, user=user, **told)
        if chat > 0 and user not in self.ledger.book.links:
            return  # a citizen's
        row = InboxRow(id=InboxId(number), channel=Channel.TELEGRAM, recipients=(), sender=None,
                       arrived_at=self.ledger.now, raw=b"{}")  # fmt: skip
        self.intake.take(self.ledger, arrive_in_chat(row, came))
        self.deliver()
        if came.press:
            assert any(one.press == came.press and len(one.words) <= 200 for one in self.ledger.book.presses)

    def deliver(self) -> None:
        """Post what is due, and remember which message it is."""
        for mail in self.mails:
            queued = self.ledger.known.queued_by_id[mail.id]
            if queued.state is OutboxState.NEW and mail.due_at <= self.ledger.now:
                chat = chat_at(mail.to_addr)
                if chat is not None and not mail.form.edits and not mail.form.deletes:
                    self.ledger.book.posts[chat, PostId(next(self._posts))] = PostedBefore(mail.id, mail.case or "")
                self.ledger.end_delivery(mail.id, OutboxState.SENT)

    def later(self, minutes: int) -> None:
        self.ledger.now += timedelta(minutes=minutes)
        self.ledger.recorded_at = self.ledger.now
        self.deliver()

    def posts(self) -> list[tuple[ChatId, PostId, OutgoingMail]]:
        """What stands where staff can see it."""
        by_id, posts = {mail.id: mail for mail in self.mails}, self.ledger.book.posts
        return [(chat, post, by_id[known.outbox]) for (chat, post), known in posts.items() if chat != ELSA]

    def _buttons(self) -> list[tuple[ChatId, PostId, OutgoingMail, Button]]:
        return [(*post, one) for post in self.posts() for row in post[2].form.buttons for one in row]

    def press(self, who: str, pick: int, where: int) -> None:
        """Press a button that stands somewhere, wherever it stands."""
        buttons = self._buttons()
        if not buttons:
            return
        chat, post, mail, one = buttons[pick % len(buttons)]
        who = _owner(chat) or who
        if one.data.startswith(Press.SEND.value):
            self._approve(who, _MARK.findall(mail.text))
        fields = {"press": self.mark(), "data": one.data, "kind": EventKind.PRESS, "post": post}
        self.take(_user(who), chat, **fields, thread=_thread(where) if chat < 0 else None)

    def _approve(self, who: str, marks: list[str]) -> None:
        for mark in marks:
            self.sent_by.setdefault(mark, set()).add(OfficerId(who))

    def card(self, who: str, act: str, pick: int, where: int) -> None:
        fields = {"press": self.mark(), "data": f"{act}:{self._case(pick)}", "kind": EventKind.PRESS}
        self.take(_user(who), _chat(who, where), **fields, thread=_thread(where))

    def reply(self, who: str, pick: int, there: bool) -> None:
        """Reply to any post, in its topic or in another one."""
        shown = self.posts()
        if shown:
            chat, post, mail = shown[pick % len(shown)]
            who = _owner(chat) or who
            thread = mail.thread if there else _thread(90)
            text = f"Svar {self.mark()}"
            self.take(_user(who), chat, text=text, reply_to=post, thread=thread if chat < 0 else None)

    def talk(self, who: str, where: int) -> None:
        self.take(_user(who), _chat(who, where), text=f"Prat {self.mark()}", thread=_thread(where))

    def command(self, who: str, words: str, pick: int, where: int) -> None:
        mark = self.mark()
        if words.startswith(("/svar", "/delbesked", "/utfall", "/mall")) or "\n/svar" in words:
            self._approve(who, [mark])
        text = words.format(case=self._case(pick), mark=mark)
        self.take(_user(who), _chat(who, where), text=text, thread=_thread(where))

    def answer(self, who: str, pick: int, replier: str, sender: str, where: int) -> None:
        """Have an answer asked for, written and sent, perhaps by three different persons."""
        self.card(who, "ans", pick, where)
        self.reply(replier or who, len(self.posts()) - 1, True)
        at = [at for at, one in enumerate(self._buttons()) if one[3].words.startswith("Skicka")]
        if at:
            self.press(sender or who, at[-1], where)

    def more(self, pick: int) -> None:
        at = pick % len(self.cases)
        self.asks(self.cases[at], "olle" if at == 1 else "elsa")

    def does(self, name: str, *told: Any) -> None:
        getattr(self, name)(*told)

    def _case(self, pick: int) -> CaseNumber:
        return self.cases[pick % len(self.cases)]

    def check(self) -> None:
        """See what has reached the citizens, and what stands in the groups."""
        for mail in self.mails:
            chat = chat_at(mail.to_addr)
            if chat == ELSA or mail.to_addr == CITIZENS["olle"]:
                assert mail.kind.to_citizen
                marks = _MARK.findall(mail.text)
                assert marks or "canned" in mail.text
                for mark in marks:
                    assert OfficerId(mail.officer) in self.sent_by.get(mark, set()), mail.text
            if chat in {GROUP, BUILDING}:
                assert not self.mailed & set(_MARK.findall(mail.text))


def _user(who: str) -> UserId:
    return USERS.get(who, STRANGER)


def _owner(chat: ChatId) -> str:
    """Return whose private chat it is: nobody else is ever in it. Empty for a group."""
    return next((name for name, user in USERS.items() if int(user) == chat), "")


def _chat(who: str, where: int) -> ChatId:
    return ChatId(_user(who)) if where == 0 else GROUP


def _thread(where: int) -> ThreadId | None:
    return ThreadId(where) if where >= 70 else None


people = st.sampled_from([*USERS, "anna", "anna", "bo", "stranger"])
places = st.sampled_from([0, 1, 70, 70, 80, 90])
picks = st.integers(0, 400)
acts = st.sampled_from([*(one.value for one in Press), "ans", "ans", "note", "hold", "more", "close"])
commands = st.sampled_from([
    "/svar {mark}", "/svar {case} {mark}", "/svar {case}\n{mark}", "/delbesked fredag {mark}",
    "/utfall {case} vidare {mark}", "/mall Tider", "/mall Möte dag=fredag\n{mark}", "/anteckning {mark}",
    "/anteckning {case} {mark}", "/ta", "/ta {case}", "/släpp", "/lämna till bo: {mark}",
    "/lämna {case} till bygglov: {mark}", "/ringt {mark}", "/besvarat {mark}", "/avsluta", "/öppna", "/utan_svar tack",
    "/ångra", "/ångra {case}", "/sekretess", "/sekretess nej {mark} skäl", "/slå ihop {case}",
    "/slå ihop {case} samma person", "/visa", "/visa allt", "/visa nummer {mark} skäl", "/telefon",
    "/telefon 20 nej\n{mark}", "/kö", "/avbryt", "/bananpaj {mark}", "/Anna {mark}", "/", "/ämne bygglov\n/svar {mark}",
    "/start", "/hjälp",
])  # fmt: skip
same = st.sampled_from(["", "", "", "", "bo", "stranger"])
"""Who goes on with what somebody began; empty: the one who began it."""
steps = st.one_of(
    st.tuples(st.just("press"), people, picks, places),
    st.tuples(st.just("press"), people, picks, places),
    st.tuples(st.just("card"), people, acts, picks, places),
    st.tuples(st.just("answer"), people, picks, same, same, places),
    st.tuples(st.just("answer"), people, picks, same, same, places),
    st.tuples(st.just("reply"), people, picks, st.booleans()),
    st.tuples(st.just("talk"), people, places),
    st.tuples(st.just("command"), people, commands, picks, places),
    st.tuples(st.just("later"), st.sampled_from([0, 1, 5, 31, 600])),
    st.tuples(st.just("more"), picks),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps, min_size=10, max_size=40))
def test_citizens_get_only_what_an_officer_has_sent(played: list[tuple[Any, ...]]) -> None:
    play = Play()
    for name, *told in played:
        play.does(name, *told)
    play.later(60)
    play.check()
    event(f"letters: {min(5, sum(mail.kind.to_citizen for mail in play.mails))}")


def test_the_play_does_send_answers() -> None:
    """The law above would hold of a desk that sends nothing at all: this course of events reaches both citizens."""
    play = Play()
    for pick in (0, 1):
        play.does("answer", "anna", pick, "anna", "anna", 70 + pick * 10)
        play.later(31)
    play.check()
    assert [mail.to_addr for mail in play.mails if mail.kind.to_citizen] == [CITIZENS["elsa"], CITIZENS["olle"]]

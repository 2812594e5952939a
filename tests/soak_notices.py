"""What the staff of the long run do with a notice: answer it, mostly; and everything else that the desk can do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.facts import FactKind
from bot.port import Outbound
from tests import municipality as folk
from tests.municipality import STAFF, UNITS, Colleague
from tests.soak_pen import Effect, Pen
from tests.soak_truth import MARK, Matter, Said

Do = Callable[[Colleague, Outbound, Matter, int], Awaitable[None]]

TOPICS = ("Bygglov", "Förskola", "gatubelysning", "avfall", "Äldreomsorg", "skolskjuts", "Bostad", "annat")
KINDS = {
    "synpunkt": "viewpoint", "felanmälan": "fault", "klagomål": "complaint", "fråga": "question", "beröm": "praise",
}  # fmt: skip


class Notices:
    """What is done with a notice. `twins`: the case a citizen asked the same in before; `thanks`: marks of thanks."""

    def __init__(self, pen: Pen) -> None:
        self.pen, self.days, self.truth, self.chance, self.marks = pen, pen.days, pen.truth, pen.chance, pen.marks
        self.twins: dict[int, Matter] = {}
        self.thanks = set[str]()
        self._does: Mapping[Do, float] = {
            self.answer: 64, self._list: 8, self._take: 6, self._hand_over: 6, self._hold: 5, self._call: 4,
            self._note: 3, self._elsewhere: 1, self._close: 0.5, self._regret: 2, self._outcome: 1, self._nothing: 5,
            self._misspell: 1.5, self._look: 2, self._hide: 0.7, self._test: 0.3,
        }  # fmt: skip

    async def turn_to(self, who: Colleague, mail: Outbound, matter: Matter) -> None:
        """Do something about a notice, or see that somebody else has."""
        await self.days.read()
        no = self.pen.question(mail)
        ask = matter.named(no)
        if (ask.taken or ask.excluded or matter.merged_into is not None) and self.chance.random() > 0.08:
            return
        twin = self.twins.pop(id(matter), None)
        if reason := self._reason(mail, matter):
            await self.pen.write(who, mail, f"/utan svar {reason}", self._left_out(who, mail, matter, no, reason))
        elif twin is not None and await self._merge(who, mail, twin.home, matter):
            return
        elif twin is not None and self.chance.random() < 0.5:
            await self.pen.write(who, mail, "/utan svar dubblett", self._left_out(who, mail, matter, no, "dubblett"))
        elif self.chance.random() > who.careful:
            await self._careless(who, mail, matter, no)
        else:
            do = self.chance.choices(tuple(self._does), tuple(self._does.values()))[0]
            await do(who, mail, matter, no)

    def _reason(self, mail: Outbound, matter: Matter) -> str:
        """Why nothing has to be answered; empty if something has."""
        said = mail.text.partition("Meddelandet:")[2]
        if matter.person is not None and (matter.person.name == "Robot" or folk.SPAM[1] in said):
            return "skräp"
        thanks = any(mark in self.thanks for mark in MARK.findall(said)[:1])
        return "tack" if thanks and self.chance.random() < 0.8 else ""

    def _left_out(self, who: Colleague, mail: Outbound, matter: Matter, no: int, reason: str) -> Effect:
        codes = {"skräp": "spam", "tack": "thanks", "dubblett": "duplicate", "test": "test"}
        return lambda _: self.truth.leaves_out(who, matter, no, codes[reason], mail.created_at)

    async def answer(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark, token = self.marks.draw(Said.ANSWER), self.pen.token(mail)
        words, again = self.pen.words(mark, who), token is not None and token.again
        raw = await self.pen.write(who, mail, words, lambda _: self.truth.answers(who, matter, no, mark, again=again))
        drawn = self.chance.random()
        if drawn < 0.02:
            self.truth.counted["officers' mails twice"] += 1
            self.days.after(self.chance.choice((0.01, 1, 20)), lambda: self.days.post(raw, mail.reply_to, who.email))
        elif drawn < 0.03:
            # The very words once more in another mail: told, not sent.
            self.truth.counted["same words again"] += 1
            self.days.after(0.05, partial(self.pen.write, who, mail, words))

    async def _list(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """Several commands in one mail: topic, kind, answer."""
        mark, word = self.marks.draw(Said.ANSWER), self.chance.choice(tuple(KINDS))
        text = f"/ämne {self.chance.choice(TOPICS)}\n/slag {word}\n/svar {self.pen.words(mark, who)}"

        def then(_: datetime) -> None:
            self.truth.acts(who, matter, FactKind.TOPIC_SET)
            self.truth.turns(who, matter, KINDS[word])
            self.truth.answers(who, matter, no, mark)

        await self.pen.write(who, mail, text, then)

    async def _take(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self.pen.write(who, mail, "/ta", lambda _: self.truth.acts(who, matter))
        self.pen.soon(who, partial(self.answer, who, mail, matter, no))

    async def _hand_over(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        if matter.secret is not None:
            return
        mark = self.marks.draw(Said.INSIDE)
        targets = {unit.id: unit.name for unit in UNITS.values() if unit.id != matter.unit}
        targets |= {one.id: one.name for one in STAFF.values() if matter.unit not in one.units and one.answers}
        to = self.chance.choice(tuple(targets))
        await self.pen.write(
            who, mail, f"/lämna till {targets[to]}: det här är mer ert område {mark}",
            lambda now: self.truth.hands_over(who, matter, to, mark, now),
        )  # fmt: skip
        await self.days.read()

    async def _hold(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark, back = self.marks.draw(Said.HOLDING), folk.local(self.days.now).date() + timedelta(days=3)
        day = self.chance.choice(("fredag", "nästa måndag", back.isoformat(), f"{back.day}/{back.month}"))
        await self.pen.write(
            who, mail, f"/delbesked {day} vi väntar på ett besked {mark}",
            lambda _: self.truth.holds(who, matter, mark),
        )  # fmt: skip
        later = self.chance.uniform(300, 1_500)
        self.pen.at(self.days.now, who, later, partial(self.answer, who, mail, matter, no))

    async def _call(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark, seconds = self.marks.draw(Said.INSIDE), self.chance.randrange(30, 600)
        then = self.pen.told_by_hand(who, matter, no, mark)
        await self.pen.write(who, mail, f"/ringt {seconds} berättade hur det går till {mark}", then)

    async def _elsewhere(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)
        await self.pen.write(
            who, mail, f"/besvarat med brev {mark}",
            lambda now: self.truth.tells(who, matter, no, mark, now, spoken=False),
        )  # fmt: skip

    async def _note(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)
        await self.pen.write(
            who, mail, f"/anteckning kolla med chefen först {mark}", lambda _: self.truth.notes(who, matter, mark)
        )
        self.pen.soon(who, partial(self.answer, who, mail, matter, no))

    async def _close(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self.pen.write(who, mail, "/avsluta", lambda _: self.truth.acts(who, matter, FactKind.CLOSED))

    async def _nothing(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        self.truth.counted["notices left lying"] += 1

    async def _test(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self.pen.write(who, mail, "/utan svar test", self._left_out(who, mail, matter, no, "test"))

    async def _outcome(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.OUTCOME)
        await self.pen.write(
            who, mail, f"/utfall åtgärdat lampan är bytt {mark}",
            lambda _: self.truth.outcome(who, matter, no, mark),
        )  # fmt: skip

    async def _look(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self.pen.write(who, mail, "/visa allt", lambda _: self.truth.acts(who, matter, FactKind.OPENED))
        self.pen.soon(who, partial(self.answer, who, mail, matter, no))

    async def _hide(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """A secret case: from now on only who is cleared sees it."""
        if not who.cleared or matter.hands - {who.id} or matter.secret is not None or matter.merged_from:
            await self.answer(who, mail, matter, no)
            return
        self.truth.counted["secret cases"] += 1
        await self.pen.write(who, mail, "/sekretess", lambda now: self.truth.hides(who, matter, now))
        await self.days.read()
        self.pen.soon(who, partial(self.answer, who, mail, matter, no))

    async def _regret(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """An answer, and half a minute later it is taken back; a better one follows."""
        mark = self.marks.draw(Said.ANSWER)
        await self.pen.write(who, mail, self.pen.words(mark, who), lambda _: self.truth.answers(who, matter, no, mark))
        await self.days.read()
        if mark not in self.truth.letters:
            return
        self.days.clock.forward(seconds=30)
        self.truth.counted["answers taken back"] += 1
        await self.pen.write(who, mail, "/ångra", lambda _: self.truth.regrets(mark, matter))
        await self.days.read()
        self.pen.soon(who, partial(self.answer, who, mail, matter, no))

    async def _misspell(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """A misspelt command: nothing is done, and the officer is told."""
        mark = self.marks.draw(Said.NEVER)
        wrong = self.chance.choice(("/svarr Hej", "/anteckninng hej", "/delbeskedd fredag hej", "/lämnaa till Bo: hej"))
        self.truth.counted["misspelt commands"] += 1
        message_id = await self.pen.write_in_vain(who, mail, f"{wrong} {mark}", who.client)
        self.pen.told[message_id] = lambda told: self.pen.soon(who, partial(self.answer, who, told, matter, no))

    async def _merge(self, who: Colleague, mail: Outbound, old: Matter, young: Matter) -> bool:
        """Two cases of one person about one matter; only where in each one question waits and nothing is leaving."""
        if not (old.is_fresh and young.is_fresh and self.truth.sees(who, old) and self.truth.sees(who, young)):
            return False
        self.truth.counted["mergings"] += 1
        await self.pen.write(
            who, mail, f"/slå ihop {old.number} samma person", lambda _: self.truth.merges(who, old, young)
        )
        await self.days.read()
        return True

    async def _careless(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """Below the quotation, or to the plain address: nothing is sent, the officer is told and does it again."""
        words = self.pen.words(self.marks.draw(Said.NEVER), who)

        def again(told: Outbound) -> None:
            self.pen.soon(who, partial(self.answer, who, told, matter, no))

        if self.chance.random() < 0.5:
            self.truth.counted["answers below the quotation"] += 1
            own, client = self.chance.choice(("", "Se nedan.")), self.chance.choice(("gmail", "iphone", "thunderbird"))
            self.pen.told[await self.pen.write_in_vain(who, mail, own, client, below=words)] = again
        else:
            self.truth.counted["answers to the plain address"] += 1
            self.pen.astray[who.id, matter.number] = again
            await self.pen.write_in_vain(who, mail, words, who.client, at=UNITS[matter.unit].address)

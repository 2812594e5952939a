"""The staff of the long run: what they do all day beside answering notices, and how they take what they are told."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.case import numbers_in
from bot.facts import FactKind
from bot.port import Outbound
from tests import municipality as folk
from tests import soak_mails as mails
from tests.example import CONTACT, make_mail
from tests.municipality import STAFF, UNITS, Colleague
from tests.soak_notices import TOPICS, Notices
from tests.soak_pen import Effect, Pen
from tests.soak_truth import MARK, Matter, Said

if TYPE_CHECKING:
    from tests.soak_day import Days

WAITS = ("svara senast", "kom inte fram", "överlämnat", "borde ha", "lovat")
"""Words in the subject of a mail that asks for an answer."""
QUESTIONS = ("/kö", "/mina", "/hjälp", "/sök", "/sök", "/visa", "/visa", "/historik", "/liknande", "/svar")


class Desk:
    """What eight officers do all day."""

    def __init__(self, days: "Days") -> None:
        self.days = days
        self.truth, self.chance, self.marks = days.truth, days.chance, days.marks
        self.pen = Pen(days)
        self.notices = Notices(self.pen)

    def plan(self, day: datetime) -> None:
        """Put a working day's calls, questions and mishaps on the agenda."""
        left = self.days.scale.calls
        while left > 0:
            lines = min(left, self.chance.choices(range(1, 11), (4, 4, 6, 8, 8, 10, 10, 8, 6, 6))[0])
            left -= lines
            who = self.chance.choices(tuple(STAFF.values()), [one.calls for one in STAFF.values()])[0]
            self.pen.at(day, who, self.chance.uniform(5, 505), partial(self._log_calls, who, lines))
        for who in STAFF.values():
            for _ in range(2):
                self.pen.at(day, who, self.chance.uniform(0, 500), partial(self._ask, who))
        for share, event in ((0.25, self._forge), (0.5, self._pass_on), (0.15, self._share_notice)):
            if self.chance.random() < share:
                self.days.at(day + timedelta(hours=self.chance.uniform(2, 9)), event)
        if folk.local(day).weekday() in {1, 3} and self.chance.random() < 0.6:
            who = self.chance.choice(tuple(STAFF.values()))
            self.pen.at(day, who, self.chance.uniform(5, 500), partial(self._go_away, who))

    # What comes.

    def got(self, who: Colleague, mail: Outbound) -> None:
        """A mail of ours has reached an officer."""
        number = next(iter(numbers_in(mail.subject[:14])), "")
        matter = self._matter(mail, number)
        self._maybe_away(who, mail)
        told = self.pen.told.pop(mail.in_reply_to, None) or self.pen.astray.pop((who.id, number), None)
        if told is not None:
            told(mail)
        elif matter is None or not who.answers:
            return
        elif "redan besvarad" in mail.subject and self.chance.random() < 0.15:
            self.truth.counted["second answers"] += 1
            self.pen.soon(who, partial(self.notices.answer, who, mail, matter, self.pen.question(mail)))
        elif any(words in mail.subject for words in WAITS):
            self.pen.soon(who, partial(self.notices.turn_to, who, mail, matter))

    def _matter(self, mail: Outbound, number: str) -> Matter | None:
        """The matter a mail is about: by the marks of the citizen's words in it; and it has but one number."""
        if not number:
            return None
        section = mail.text.partition("Meddelandet:")[2]
        marks = [mark for mark in MARK.findall(section) + MARK.findall(mail.subject) if mark[0] == Said.CITIZEN]
        known = next((self.truth.by_mark[mark].home for mark in marks if mark in self.truth.by_mark), None)
        if known is not None and section:
            self.truth.learn(number, known)
            self._compare(mail, marks[0])
        return self.truth.by_number.get(number, known)

    def _compare(self, mail: Outbound, mark: str) -> None:
        """A notice answers the question that its message belongs to."""
        token, expected = self.pen.token(mail), self.truth.ask_of.get(mark)
        if token is not None and "överlämnat" not in mail.subject and expected != token.inquiry:
            self.truth.wrong.append(f"the notice of {mark} answers question {token.inquiry}, not {expected}")

    # Mishaps.

    def _maybe_away(self, who: Colleague, mail: Outbound) -> None:
        today = folk.local(self.days.now).date()
        away = any(first <= today < back for first, back in self.truth.away.get(who.id, ()))
        if who.vacation_robot and away and self.chance.random() < 0.5:
            self.days.after(0.02, partial(self._absence_notice, who, mail))

    async def _absence_notice(self, who: Colleague, mail: Outbound) -> None:
        own = f"Jag är ledig och svarar när jag är tillbaka. {self.marks.draw(Said.NEVER)}"
        raw = mails.automatic_reply(own, mail, sender=who.email, message_id=self.pen.message_id(), at=mail.reply_to)
        self.truth.counted["officers' automatic replies"] += 1
        await self.days.post(raw, mail.reply_to, who.email)

    def _latest_notice(self, who: Colleague) -> Outbound | None:
        found = [mail for mail in self.days.soak.relay.accepted[-400:] if mail.to_addr == who.email]
        found = [mail for mail in found if self.pen.token(mail) is not None]
        return self.chance.choice(found) if found else None

    async def _forge(self) -> None:
        """Somebody has got hold of a secret address and writes in Anna's name: laid aside, and Anna is told."""
        mail, mark = self._latest_notice(STAFF["anna"]), self.marks.draw(Said.NEVER)
        if mail is None:
            return
        raw = mails.forged_reply(
            f"Betala till det här kontot: 123. {mark}", mail, sender="Anna Exempel <anna@kommun.example>",
            message_id=f"{mark}@evil.example",
        )  # fmt: skip
        await self.days.post(raw, mail.reply_to, "anna@kommun.example", self._held("officer_not_confirmed"))

    async def _share_notice(self) -> None:
        """An officer passes a notice on to the contact address: it holds a secret and is laid aside."""
        mail, who = self._latest_notice(STAFF["bo"]), STAFF["bo"]
        if mail is None:
            return
        text = f"Kan någon ta den här?\n\n{mail.reply_to}\n\n{mail.text}"
        raw = make_mail(
            text, sender=f"{who.name} <{who.email}>", subject=f"Fråga om {mail.subject}",
            message_id=self.pen.message_id(),
        )  # fmt: skip
        await self.days.post(raw, CONTACT, who.email, self._held("internal_text"))

    def _held(self, reason: str) -> Effect:
        return lambda _: self.truth.held.update([reason])

    async def _pass_on(self) -> None:
        """A citizen has written to an officer, who forwards the mail: it is the citizen's matter."""
        who, person = STAFF["bo"], self.chance.choice(self.days.people)
        mark, got = self.marks.draw(Said.CITIZEN), (self.days.now - timedelta(hours=2)).replace(second=0)
        raw = mails.passed_on(who, person, mark, "När öppnar återbruket?", got)
        self.truth.counted["forwarded by staff"] += 1
        address = person.addresses[0]
        await self.days.post(
            raw, CONTACT, who.email, lambda read: self.truth.arrives(person, address, "kc", mark, got, read)
        )  # fmt: skip

    # The own desk.

    async def _log_calls(self, who: Colleague, lines: int) -> None:
        """Calls, a line each; one that was not answered at once and has words becomes a case."""
        said, opened = list[str](), list[str]()
        for _ in range(lines):
            direct, mark = self.chance.random() < 0.8, self.marks.draw(Said.INSIDE)
            rating = f" {self.chance.randrange(1, 6)}" if self.chance.random() < 0.1 else ""
            topic = self.chance.choice(TOPICS)
            said.append(f"/telefon {self.chance.randrange(5, 400)} {'ja' if direct else 'nej'} {topic}{rating}")
            if not direct and self.chance.random() < 0.06:
                said.append(f"Undrar om ett beslut, ring 070-174 06 05 {mark}")
                opened.append(mark)
        matters = list[Matter]()

        def then(now: datetime) -> None:
            self.truth.calls += lines
            matters.extend(self._called_in(who, mark, now) for mark in opened)

        told = partial(self._learn, who, matters) if opened else None
        await self.pen.to_desk(who, "\n".join(said), then, told)

    def _called_in(self, who: Colleague, mark: str, now: datetime) -> Matter:
        unit = next(unit for unit in UNITS if unit in who.units)
        matter = self.truth.arrives(None, "", unit, mark, now, now)
        matter.facts.update([FactKind.PHONE, FactKind.TOPIC_SET])
        return matter

    def _learn(self, who: Colleague, matters: list[Matter], told: Outbound) -> None:
        """The receipt names the numbers of the cases that calls have become, in order; most are called back."""
        waiting = [line for line in told.text.splitlines() if "Det väntar på svar" in line]
        numbers = [number for line in waiting for number in numbers_in(line)]
        if len(numbers) != len(matters):
            self.truth.wrong.append(f"{len(matters)} calls became {len(numbers)} cases")
        for number, matter in zip(numbers, matters, strict=False):
            self.truth.learn(number, matter)
            if self.chance.random() < 0.85:
                self.pen.soon(who, partial(self._call_back, who, matter))

    async def _call_back(self, who: Colleague, matter: Matter) -> None:
        mark = self.marks.draw(Said.INSIDE)
        text = f"/ringt {matter.number} 120 s berättade {mark}"
        await self.pen.to_desk(who, text, self.pen.told_by_hand(who, matter, 0, mark))

    async def _ask(self, who: Colleague) -> None:
        """A question to the desk, about any case in town: what may not be seen is not shown."""
        known = [one for one in self.truth.matters[-400:] if one.number]
        matter = self.chance.choice(known) if known else None
        drawn = self.chance.choice(QUESTIONS)
        self.truth.counted["questions to the desk"] += 1
        if matter is None or drawn in {"/kö", "/mina", "/hjälp"}:
            await self.pen.to_desk(who, drawn if drawn in {"/kö", "/mina"} else "/hjälp")
        elif drawn == "/sök":
            address = matter.person.addresses[0] if matter.person else "beslut"
            await self.pen.to_desk(
                who, f"/sök {self.chance.choice(('gatlykta', 'bygglov', 'mjölk', address, address))}"
            )
        elif drawn == "/svar":
            await self._answer_from_desk(who, matter)
        else:
            looks = drawn == "/visa"
            await self.pen.to_desk(
                who, f"{drawn} {matter.number}", lambda _: self.truth.looks(who, matter) if looks else None,
                partial(self._shown, matter.number) if drawn == "/liknande" else None,
            )  # fmt: skip

    def _shown(self, asked: str, told: Outbound) -> None:
        """Other cases are shown as alike: to read them is written down in each."""
        for number in set(numbers_in(told.text)) - {asked}:
            self.truth.by_number[number].facts[FactKind.OPENED] += 1

    async def _answer_from_desk(self, who: Colleague, matter: Matter) -> None:
        """An answer by number, also where the officer may not see the case or it is answered."""
        if matter.home.named(0).taken and self.chance.random() < 0.7:
            return
        mark = self.marks.draw(Said.ANSWER)
        text = f"/svar {matter.number}\n{self.pen.words(mark, who)}"
        await self.pen.to_desk(who, text, lambda _: self.truth.answers(who, matter, 0, mark))

    async def _go_away(self, who: Colleague) -> None:
        today: date = folk.local(self.days.now).date()
        back = today + timedelta(days=self.chance.choice((1, 4, 6)))
        if any(first <= today < end for first, end in self.truth.away.get(who.id, ())):
            return
        days = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
        said = self.chance.choice((back.isoformat(), days[back.weekday()], f"{back.day}/{back.month}"))
        self.truth.counted["absences"] += 1
        await self.pen.to_desk(who, f"/borta till {said}", lambda _: self.truth.goes(who, today, back))
        await self.days.read()

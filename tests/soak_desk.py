"""The staff of the long run: they answer the notices they really got, from several mail programs, well and badly."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.case import numbers_in
from bot.facts import FactKind, OfficerId
from bot.port import Outbound
from bot.tokens import OfficerToken
from tests import municipality as folk
from tests.example import CONTACT, make_mail
from tests.municipality import STAFF, UNITS, Colleague
from tests.soak_truth import MARK, Matter, Said

if TYPE_CHECKING:
    from tests.soak_day import Days

Effect = Callable[[datetime], object]
Again = Callable[[Outbound], None]

CHOICES = {
    "answer": 66, "in a list": 8, "take, then answer": 6, "hand over": 6, "hold": 5, "called": 4, "note": 3,
    "elsewhere": 1, "close": 0.5, "regret": 2, "outcome": 1, "nothing": 5, "wrong word": 1.5, "look first": 2,
    "secret": 0.7,
}  # fmt: skip
"""What an officer does with a notice, and how often."""
TOPICS = ("Bygglov", "Förskola", "gatubelysning", "avfall", "Äldreomsorg", "skolskjuts", "Bostad", "annat")
KINDS = {
    "synpunkt": "viewpoint",
    "felanmälan": "fault",
    "klagomål": "complaint",
    "fråga": "question",
    "beröm": "praise",
}


class Desk:
    """What eight officers do all day."""

    def __init__(self, days: "Days") -> None:
        self.days = days
        self.truth, self.chance, self.marks = days.truth, days.chance, days.marks
        self.twins: dict[int, Matter] = {}
        self.thanks = set[str]()
        self._again: dict[str, Again] = {}
        self._astray: dict[tuple[str, str], Again] = {}
        self._logged: dict[str, list[Matter]] = {}
        self._sent = 0

    # The day.

    def plan(self, day: datetime) -> None:
        """Put a working day's calls, questions and mishaps on the agenda."""
        morning = folk.working_time(day, 0)
        left = self.days.scale.calls
        while left > 0:
            lines = min(left, self.chance.choices(range(1, 11), (4, 4, 6, 8, 8, 10, 10, 8, 6, 6))[0])
            left -= lines
            who = self.chance.choices(tuple(STAFF.values()), [one.calls for one in STAFF.values()])[0]
            self._at(morning, who, self.chance.uniform(5, 505), partial(self._logs_calls, who, lines))
        for who in STAFF.values():
            for _ in range(2):
                self._at(morning, who, self.chance.uniform(0, 500), partial(self._asks, who))
        for share, event in ((0.25, self._forged), (0.5, self._passes_on), (0.1, self._shares_notice)):
            if self.chance.random() < share:
                self._at(morning, STAFF["anna"], self.chance.uniform(0, 500), event)
        if folk.local(day).weekday() in {1, 3} and self.chance.random() < 0.6:
            self._at(morning, STAFF["bo"], 500, partial(self._goes_away, self.chance.choice(tuple(STAFF.values()))))

    def _at(self, begin: datetime, who: Colleague, minutes: float, event: Callable[[], object]) -> None:
        """Plan something for when the officer has worked so many minutes, and is there."""
        at = folk.working_time(begin, minutes)
        for first, back in self.truth.away.get(who.id, ()):
            if first <= folk.local(at).date() < back:
                begin = datetime(back.year, back.month, back.day, 8, tzinfo=folk.ZONE)
                at = folk.working_time(begin, minutes % 60)
        self.days.at(at, event)  # type: ignore[arg-type]

    # What comes.

    def got(self, who: Colleague, mail: Outbound) -> None:
        """A mail of ours has reached an officer."""
        number = next(iter(numbers_in(mail.subject[:14])), "")
        matter = self._matter(mail, number)
        away = any(a <= folk.local(self.days.now).date() < b for a, b in self.truth.away.get(who.id, ()))
        if who.vacation_robot and away and self.chance.random() < 0.5:
            self.days.after(0.02, partial(self._is_away, who, mail))
        again = self._again.pop(mail.in_reply_to, None) or self._astray.pop((who.id, number), None)
        if again is not None:
            again(mail)
        elif "redan besvarad" in mail.subject:
            if matter is not None and self.chance.random() < 0.15:
                self._soon(who, partial(self._answers_beside, who, mail, matter))
        elif matter is not None and who.answers and self._is_notice(mail):
            self._soon(who, partial(self._turns_to, who, mail, matter))

    def _is_notice(self, mail: Outbound) -> bool:
        """Whether a mail asks for an answer: a message, one that was handed over, one whose answer came back, a reminder."""
        return any(
            words in mail.subject for words in ("svara senast", "kom inte fram", "överlämnat", "borde ha", "lovat")
        )

    def _matter(self, mail: Outbound, number: str) -> Matter | None:
        """The matter a mail is about: by the marks of the citizen's words in it; and it has but one number."""
        if not number:
            return None
        section = mail.text.partition("Meddelandet:")[2]
        marks = [mark for mark in MARK.findall(section) + MARK.findall(mail.subject) if mark[0] == Said.CITIZEN]
        known = next((self.truth.by_mark[mark].home for mark in marks if mark in self.truth.by_mark), None)
        if known is not None and "Meddelandet:" in mail.text:
            self.truth.learn(number, known)
            self._compare(mail, marks[0])
        return self.truth.by_number.get(number, known)

    def _compare(self, mail: Outbound, mark: str) -> None:
        """A notice answers the question that its message belongs to."""
        token = self.days.soak.office().tokens.read(mail.reply_to)
        new = "kl." not in mail.subject or mail.subject.count("·") == 2
        expected = self.truth.ask_of.get(mark)
        if isinstance(token, OfficerToken) and new and "överlämnat" not in mail.subject and expected != token.inquiry:
            self.truth.wrong.append(f"the notice of {mark} answers question {token.inquiry}, not {expected}")

    def _soon(self, who: Colleague, event: Callable[[], object]) -> None:
        minutes = self.chance.expovariate(1 / 90) if self.chance.random() < 0.85 else self.chance.uniform(300, 1_500)
        self._at(self.days.now, who, 1 + minutes, event)

    # What they do with a notice.

    async def _turns_to(self, who: Colleague, mail: Outbound, matter: Matter) -> None:
        await self.days.settle()
        no = self._no(mail)
        ask = matter.named(no)
        if (ask.taken or ask.excluded or matter.merged_into is not None) and self.chance.random() > 0.08:
            return
        if self._is_thanks(mail) and self.chance.random() < 0.8:
            await self._commands(who, mail, "/utan svar tack", partial(self._left_out, who, matter, no, "thanks"))
            return
        twin = self.twins.pop(id(matter), None)
        if twin is not None and await self._merges(who, mail, twin.home, matter):
            return
        what = self.chance.choices(tuple(CHOICES), tuple(CHOICES.values()))[0]
        if matter.person is not None and matter.person.name == "Robot":
            await self._commands(who, mail, "/utan svar skräp", partial(self._left_out, who, matter, no, "spam"))
        elif self.chance.random() > who.careful:
            await self._carelessly(who, mail, matter)
        else:
            await getattr(self, "_do_" + what.replace(", ", "_").replace(" ", "_"))(who, mail, matter, no)

    def _no(self, mail: Outbound) -> int:
        token = self.days.soak.office().tokens.read(mail.reply_to)
        return token.inquiry if isinstance(token, OfficerToken) else 0

    def _is_thanks(self, mail: Outbound) -> bool:
        return any(mark in self.thanks for mark in MARK.findall(mail.text.partition("Meddelandet:")[2])[:1])

    def _left_out(self, who: Colleague, matter: Matter, no: int, reason: str, _now: datetime) -> None:
        self.truth.leaves_out(who, matter, no, reason)

    def _own_words(self, mark: str, who: Colleague) -> str:
        """An answer that bears its mark at both ends, so that a cut one is seen."""
        end = f"Vänliga hälsningar\n{who.name}" if self.chance.random() < 0.4 else "Hör gärna av dig igen."
        return f"Hej {mark}!\n\n{self.chance.choice(folk.ANSWERS)}\n\n{end} {mark}"

    async def _do_answer(self, who: Colleague, mail: Outbound, matter: Matter, no: int, again: bool = False) -> None:
        mark = self.marks.draw(Said.ANSWER)
        token = self.days.soak.office().tokens.read(mail.reply_to)
        beside = isinstance(token, OfficerToken) and token.again
        words = self._own_words(mark, who)
        raw = await self._write(who, mail, words, lambda _: self.truth.answers(who, matter, no, mark, again=beside))
        drawn = self.chance.random()
        if drawn < 0.02:
            self.truth.counted["officers' mails twice"] += 1
            self.days.after(self.chance.choice((0.01, 1, 20)), lambda: self.days.post(raw, mail.reply_to, who.email))
        elif drawn < 0.03:
            # The very words once more in another mail: told, not sent.
            self.truth.counted["same words again"] += 1
            self.days.after(0.05, partial(self._write_plain, who, mail, words))

    async def _answers_beside(self, who: Colleague, mail: Outbound, matter: Matter) -> None:
        self.truth.counted["second answers"] += 1
        await self._do_answer(who, mail, matter, self._no(mail))

    async def _do_in_a_list(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """Several commands in one mail: topic, kind, answer."""
        mark, word = self.marks.draw(Said.ANSWER), self.chance.choice(tuple(KINDS))
        text = f"/ämne {self.chance.choice(TOPICS)}\n/slag {word}\n/svar {self._own_words(mark, who)}"

        def then(now: datetime) -> None:
            self.truth.acts(who, matter, FactKind.TOPIC_SET)
            self._kind(who, matter, KINDS[word])
            self.truth.answers(who, matter, no, mark)

        await self._commands(who, mail, text, then)

    def _kind(self, who: Colleague, matter: Matter, kind: str) -> None:
        if matter.kind != kind and self.truth.acts(who, matter, FactKind.KIND_CHANGED):
            matter.kind = kind

    async def _do_take_then_answer(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self._commands(who, mail, "/ta", lambda _: self.truth.acts(who, matter))
        self._soon(who, partial(self._do_answer, who, mail, matter, no))

    async def _do_hand_over(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)
        targets = {unit.id: unit.name for unit in UNITS.values() if unit.id != matter.unit}
        targets |= {one.id: one.name for one in STAFF.values() if matter.unit not in one.units and one.answers}
        to = self.chance.choice(tuple(targets))
        if matter.secret is not None:
            return
        await self._commands(
            who, mail, f"/lämna till {targets[to]}: det här är mer ert område {mark}",
            lambda now: self.truth.hands_over(who, matter, to, mark, now),
        )  # fmt: skip
        await self.days.settle()

    async def _do_hold(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark, back = self.marks.draw(Said.HOLDING), folk.local(self.days.now).date() + timedelta(days=3)
        day = self.chance.choice(("fredag", "nästa måndag", back.isoformat(), f"{back.day}/{back.month}"))
        await self._commands(
            who, mail, f"/delbesked {day} vi väntar på ett besked {mark}", lambda _: self.truth.holds(who, matter, mark)
        )
        self._at(self.days.now, who, self.chance.uniform(300, 1_500), partial(self._do_answer, who, mail, matter, no))

    async def _do_called(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)
        await self._commands(
            who, mail, f"/ringt {self.chance.randrange(30, 600)} berättade hur det går till {mark}",
            lambda now: self._told(who, matter, no, mark, now, FactKind.ANSWERED),
        )  # fmt: skip

    async def _do_elsewhere(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)
        await self._commands(
            who, mail, f"/besvarat med brev {mark}",
            lambda now: self._told(who, matter, no, mark, now, FactKind.ANSWERED_ELSEWHERE),
        )  # fmt: skip

    def _told(self, who: Colleague, matter: Matter, no: int, mark: str, now: datetime, fact: FactKind) -> None:
        self.truth.by_mark[mark] = matter
        self.truth.tells(who, matter, no, now, fact)

    async def _do_note(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.INSIDE)

        def then(_: datetime) -> None:
            self.truth.by_mark[mark] = matter
            self.truth.acts(who, matter, FactKind.NOTED)

        await self._commands(who, mail, f"/anteckning kolla med chefen först {mark}", then)
        self._soon(who, partial(self._do_answer, who, mail, matter, no))

    async def _do_close(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self._commands(who, mail, "/avsluta", lambda _: self.truth.acts(who, matter, FactKind.CLOSED))

    async def _do_nothing(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        self.truth.counted["notices left lying"] += 1

    async def _do_outcome(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        mark = self.marks.draw(Said.OUTCOME)
        await self._commands(
            who, mail, f"/utfall åtgärdat lampan är bytt {mark}", lambda _: self.truth.outcome(who, matter, no, mark)
        )

    async def _do_look_first(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        await self._commands(who, mail, "/visa allt", lambda _: self.truth.acts(who, matter, FactKind.OPENED))
        self._soon(who, partial(self._do_answer, who, mail, matter, no))

    async def _do_secret(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        if not who.cleared or matter.hands - {who.id} or matter.secret is not None or matter.merged_from:
            await self._do_answer(who, mail, matter, no)
            return

        def then(now: datetime) -> None:
            if self.truth.acts(who, matter, FactKind.MARKED):
                matter.secret = now

        await self._commands(who, mail, "/sekretess", then)
        await self.days.settle()
        self._soon(who, partial(self._do_answer, who, mail, matter, no))

    async def _do_regret(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """An answer, and half a minute later it is taken back; a better one follows."""
        mark = self.marks.draw(Said.ANSWER)
        await self._write(who, mail, self._own_words(mark, who), lambda _: self.truth.answers(who, matter, no, mark))
        await self.days.settle()
        if mark not in self.truth.letters:
            return
        self.days.clock.forward(seconds=30)
        self.truth.counted["answers taken back"] += 1
        await self._commands(who, mail, "/ångra", lambda _: self.truth.regrets(mark, matter))
        await self.days.settle()
        self._soon(who, partial(self._do_answer, who, mail, matter, no))

    async def _do_wrong_word(self, who: Colleague, mail: Outbound, matter: Matter, no: int) -> None:
        """A misspelt command: nothing is done, and the officer is told."""
        mark = self.marks.draw(Said.NEVER)
        wrong = self.chance.choice(("/svarr Hej", "/anteckninng hej", "/delbeskedd fredag hej", "/lämnaa till Bo: hej"))
        self.truth.counted["misspelt commands"] += 1
        message_id = await self._astray_mail(who, mail, f"{wrong} {mark}", "bare")
        self._again[message_id] = lambda told: self._soon(who, partial(self._do_answer, who, told, matter, no))

    async def _merges(self, who: Colleague, mail: Outbound, old: Matter, young: Matter) -> bool:
        """Two cases of one person about one matter; only where in each one question waits and nothing is leaving."""
        fits = all(
            len(one.asks) == 1 and one.asks[0].waits and not one.asks[0].taken and not one.leaving and one.number
            and one.secret is None and one.merged_into is None and not one.merged_from
            for one in (old, young)
        )  # fmt: skip
        same_unit = self.truth.sees(who, old) and self.truth.sees(who, young)
        if not fits or not same_unit or old is young:
            return False
        self.truth.counted["mergings"] += 1
        await self._commands(
            who, mail, f"/slå ihop {old.number} samma person", lambda _: self.truth.merges(who, old, young)
        )
        await self.days.settle()
        return True

    # Carelessness and mishaps.

    async def _carelessly(self, who: Colleague, mail: Outbound, matter: Matter) -> None:
        """Below the quotation, or to the plain address: nothing is sent, the officer is told and does it again."""
        mark, no = self.marks.draw(Said.NEVER), self._no(mail)

        def again(told: Outbound) -> None:
            self._soon(who, partial(self._do_answer, who, told, matter, no))

        if self.chance.random() < 0.5:
            self.truth.counted["answers below the quotation"] += 1
            own = self.chance.choice(("", "Se nedan."))
            below = self._own_words(mark, who)
            message_id = await self._astray_mail(who, mail, own, self.chance.choice(("gmail", "iphone")), below=below)
            self._again[message_id] = again
        else:
            self.truth.counted["answers to the plain address"] += 1
            self._astray[who.id, matter.number] = again
            unit = UNITS[matter.unit].address
            await self._astray_mail(who, mail, self._own_words(mark, who), who_client(who), at=unit)

    async def _astray_mail(
        self, who: Colleague, mail: Outbound, own: str, client: str, *, below: str = "", at: str = ""
    ) -> str:
        """Send what must have no effect, and return its Message-ID."""
        message_id = self._message_id()
        raw = folk.reply_mail(
            client, own, mail, sender=f"{who.name} <{who.email}>", message_id=message_id, below=below, at=at
        )
        await self.days.post(raw, at or mail.reply_to, who.email)
        return message_id

    async def _is_away(self, who: Colleague, mail: Outbound) -> None:
        mark = self.marks.draw(Said.NEVER)
        raw = folk.reply_mail(
            "bare", f"Jag är ledig och svarar när jag är tillbaka. {mark}", mail, sender=who.email,
            message_id=self._message_id(), auto=True,
        )  # fmt: skip
        self.truth.counted["officers' automatic replies"] += 1
        await self.days.post(raw, mail.reply_to, who.email)

    async def _forged(self) -> None:
        """Somebody has got hold of a secret address and writes in Anna's name: laid aside, and Anna is told."""
        mails = [one for one in self.days.soak.relay.to("anna@kommun.example")[-20:] if "+d-" in one.reply_to]
        if not mails:
            return
        mail, mark = self.chance.choice(mails), self.marks.draw(Said.NEVER)
        raw = folk.reply_mail(
            "bare", f"Betala till det här kontot: 123. {mark}", mail, sender="Anna Exempel <anna@kommun.example>",
            message_id=f"{mark}@evil.example", dmarc="fail",
        )  # fmt: skip
        await self.days.post(
            raw, mail.reply_to, "anna@kommun.example", lambda _: self.truth.held.update(["officer_not_confirmed"])
        )

    async def _shares_notice(self) -> None:
        """An officer passes a notice on to the contact address: it holds a secret and is laid aside."""
        mails = [one for one in self.days.soak.relay.to("bo@kommun.example")[-20:] if "+d-" in one.reply_to]
        if not mails:
            return
        mail = self.chance.choice(mails)
        text = f"Kan någon ta den här?\n\n{mail.reply_to}\n\n{mail.text}"
        raw = make_mail(
            text, sender="Bo Exempel <bo@kommun.example>", subject=f"Fråga om {mail.subject}",
            message_id=self._message_id(),
        )  # fmt: skip
        await self.days.post(raw, CONTACT, "bo@kommun.example", lambda _: self.truth.held.update(["internal_text"]))

    async def _passes_on(self) -> None:
        """A citizen has written to an officer, who forwards the mail: it is the citizen's matter."""
        who, person = STAFF["bo"], self.chance.choice(self.days.people)
        mark, got = self.marks.draw(Said.CITIZEN), self.days.now - timedelta(hours=2)
        raw = folk.passed_on(who, person, mark, "När öppnar återbruket?", got)
        self.truth.counted["forwarded by staff"] += 1

        def arrives(_: datetime) -> None:
            self.truth.arrives(person, person.addresses[0], "kc", mark, got.replace(second=0))

        await self.days.post(raw, CONTACT, who.email, arrives)

    # The own desk.

    async def _logs_calls(self, who: Colleague, lines: int) -> None:
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
        message_id = self._message_id()

        def then(now: datetime) -> None:
            self.truth.calls += lines
            self._logged[message_id] = [self._called_in(who, mark, now) for mark in opened]

        if opened:
            self._again[message_id] = partial(self._learns, who, message_id)
        await self._to_desk(who, "\n".join(said), then, message_id)

    def _called_in(self, who: Colleague, mark: str, now: datetime) -> Matter:
        unit = next(unit for unit in UNITS if unit in who.units)
        matter = self.truth.arrives(None, "", unit, mark, now)
        matter.facts.update([FactKind.PHONE, FactKind.TOPIC_SET])
        return matter

    def _learns(self, who: Colleague, message_id: str, told: Outbound) -> None:
        """The receipt names the numbers of the cases that calls have become, in order; most are called back."""
        numbers = list(dict.fromkeys(numbers_in(told.text)))
        matters = self._logged.pop(message_id)
        if len(numbers) != len(matters):
            self.truth.wrong.append(f"{len(matters)} calls became {len(numbers)} cases")
        for number, matter in zip(numbers, matters, strict=False):
            self.truth.learn(number, matter)
            if self.chance.random() < 0.85:
                self._soon(who, partial(self._calls_back, who, matter))

    async def _calls_back(self, who: Colleague, matter: Matter) -> None:
        mark = self.marks.draw(Said.INSIDE)
        await self._to_desk(
            who, f"/ringt {matter.number} 120 s berättade {mark}",
            lambda now: self._told(who, matter, 0, mark, now, FactKind.ANSWERED),
        )  # fmt: skip

    async def _asks(self, who: Colleague) -> None:
        """A question to the desk, about any case in town: what may not be seen is not shown."""
        known = [one for one in self.truth.matters[-400:] if one.number]
        matter = self.chance.choice(known) if known else None
        drawn = self.chance.choice(
            ("/kö", "/mina", "/sök", "/sök", "/visa", "/visa", "/historik", "/liknande", "/hjälp", "/svar")
        )
        if drawn in {"/visa", "/historik", "/liknande", "/svar"} and matter is None:
            return
        self.truth.counted["questions to the desk"] += 1
        if matter is None or drawn in {"/kö", "/mina", "/hjälp"}:
            await self._to_desk(who, drawn)
        elif drawn == "/sök":
            words = self.chance.choice(
                ("gatlykta", "bygglov", "mjölk", matter.person.addresses[0] if matter.person else "beslut")
            )
            await self._to_desk(who, f"/sök {words}")
        elif drawn == "/svar":
            await self._answers_from_desk(who, matter)
        else:
            await self._to_desk(who, f"{drawn} {matter.number}", partial(self._looked, who, matter, drawn))

    def _looked(self, who: Colleague, matter: Matter, drawn: str, _now: datetime) -> None:
        if drawn == "/visa" and self.truth.sees(who, matter):
            matter.facts[FactKind.OPENED] += 1

    async def _answers_from_desk(self, who: Colleague, matter: Matter) -> None:
        """An answer by number, also where the officer may not see the case or it is answered."""
        if matter.home.named(0).taken and self.chance.random() < 0.7:
            return
        mark = self.marks.draw(Said.ANSWER)
        await self._to_desk(
            who,
            f"/svar {matter.number}\n{self._own_words(mark, who)}",
            lambda _: self.truth.answers(who, matter, 0, mark),
        )

    async def _goes_away(self, who: Colleague) -> None:
        today: date = folk.local(self.days.now).date()
        back = today + timedelta(days=self.chance.choice((1, 4, 6)))
        if any(first <= today < end for first, end in self.truth.away.get(who.id, ())):
            return
        self.truth.counted["absences"] += 1
        await self._to_desk(
            who, f"/borta till {back.isoformat()}",
            lambda _: self.truth.away.setdefault(who.id, []).append((today, back)),
        )  # fmt: skip
        await self.days.settle()

    # Mails.

    async def _commands(self, who: Colleague, mail: Outbound, text: str, then: Effect) -> None:
        await self._write(who, mail, text, then)

    async def _write(self, who: Colleague, mail: Outbound, text: str, then: Effect) -> bytes:
        """Answer a mail of ours from the officer's own program, now and then without any verdict on the sender."""
        raw = folk.reply_mail(
            who_client(who), text, mail, sender=f"{who.name} <{who.email}>", message_id=self._message_id(),
            dmarc="pass" if self.chance.random() < 0.97 else "",
        )  # fmt: skip
        self.truth.counted["officers' replies"] += 1
        await self.days.post(raw, mail.reply_to, who.email, then)
        return raw

    async def _write_plain(self, who: Colleague, mail: Outbound, text: str) -> None:
        await self._write(who, mail, text, lambda _: None)

    async def _to_desk(self, who: Colleague, text: str, then: Effect = lambda _: None, message_id: str = "") -> None:
        to = self.days.soak.office().tokens.desk_address(CONTACT, OfficerId(who.id))
        raw = make_mail(
            text, sender=f"{who.name} <{who.email}>", to=to, subject="skrivbordet",
            message_id=message_id or self._message_id(),
        )  # fmt: skip
        self.truth.counted["mails to the desk"] += 1
        await self.days.post(raw, to, who.email, then)

    def _message_id(self) -> str:
        self._sent += 1
        return f"svar.{self._sent}@kommun.example"


def who_client(who: Colleague) -> str:
    """The mail program an officer uses."""
    return folk.CLIENTS[sum(map(ord, who.id)) % len(folk.CLIENTS)]

"""How the staff of the long run get their mails written and sent: from their own programs, in working hours."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.facts import OfficerId
from bot.port import Outbound
from bot.tokens import OfficerToken
from tests import municipality as folk
from tests import soak_mails as mails
from tests.example import CONTACT, make_mail
from tests.municipality import Colleague
from tests.soak_truth import Matter

if TYPE_CHECKING:
    from tests.soak_day import Days

Event = Callable[[], Awaitable[object]]
Effect = Callable[[datetime], object]
"""What ought to follow from a mail, at the instant (UTC) at which it is read."""
Told = Callable[[Outbound], None]
"""What an officer does when a mail is answered by ours."""


class Pen:
    """Writes officers' mails. `told` are those who wait for our word on a mail, by its Message-ID."""

    def __init__(self, days: "Days") -> None:
        self.days = days
        self.truth, self.chance, self.marks = days.truth, days.chance, days.marks
        self.told: dict[str, Told] = {}
        self.astray: dict[tuple[str, str], Told] = {}
        """The same by officer and case number, where a mail went to the plain address."""
        self._sent = 0

    def at(self, begin: datetime, who: Colleague, minutes: float, event: Event) -> None:
        """Plan something for when the officer has worked so many minutes, and is there."""
        at = folk.working_time(begin, minutes)
        for first, back in self.truth.away.get(who.id, ()):
            if first <= folk.local(at).date() < back:
                at = folk.working_time(datetime(back.year, back.month, back.day, 8, tzinfo=folk.ZONE), minutes % 60)
        self.days.at(at, event)

    def soon(self, who: Colleague, event: Event) -> None:
        """Plan something for the next hours, now and then for one of the next days."""
        slow = self.chance.random() < 0.15
        self.at(self.days.now, who, self.chance.uniform(300, 1_500) if slow else self.chance.expovariate(1 / 90), event)

    def words(self, mark: str, who: Colleague) -> str:
        """An answer that bears its mark at both ends, so that a cut one is seen."""
        end = f"Vänliga hälsningar\n{who.name}" if self.chance.random() < 0.4 else "Hör gärna av dig igen."
        return f"Hej {mark}!\n\n{self.chance.choice(folk.ANSWERS)}\n\n{end} {mark}"

    def token(self, mail: Outbound) -> OfficerToken | None:
        """What the secret address of a notice says, None of another mail."""
        token = self.days.soak.office().tokens.read(mail.reply_to)
        return token if isinstance(token, OfficerToken) else None

    def question(self, mail: Outbound) -> int:
        """The question a notice is about, 0 if about none."""
        token = self.token(mail)
        return token.inquiry if token else 0

    async def write(self, who: Colleague, mail: Outbound, text: str, then: Effect = lambda _: None) -> bytes:
        """Answer a mail of ours, now and then without any verdict on the sender; `then` ought to follow."""
        raw = mails.reply_mail(
            who.client, text, mail, sender=f"{who.name} <{who.email}>", message_id=self.message_id(),
            vouched=self.chance.random() < 0.97,
        )  # fmt: skip
        self.truth.counted["officers' replies"] += 1
        await self.days.post(raw, mail.reply_to, who.email, then)
        return raw

    async def write_in_vain(
        self, who: Colleague, mail: Outbound, own: str, client: str, *, below: str = "", at: str = ""
    ) -> str:
        """Answer in a way that must have no effect, and return the Message-ID."""
        message_id, sender = self.message_id(), f"{who.name} <{who.email}>"
        raw = mails.reply_mail(client, own, mail, sender=sender, message_id=message_id, below=below, at=at)
        await self.days.post(raw, at or mail.reply_to, who.email)
        return message_id

    async def to_desk(self, who: Colleague, text: str, then: Effect = lambda _: None, told: Told | None = None) -> None:
        """Write to the officer's own desk."""
        to = self.days.soak.office().tokens.desk_address(CONTACT, OfficerId(who.id))
        message_id = self.message_id()
        raw = make_mail(
            text, sender=f"{who.name} <{who.email}>", to=to, subject="skrivbordet", message_id=message_id
        )  # fmt: skip
        if told is not None:
            self.told[message_id] = told
        self.truth.counted["mails to the desk"] += 1
        await self.days.post(raw, to, who.email, then)

    def message_id(self) -> str:
        self._sent += 1
        return f"svar.{self._sent}@kommun.example"

    def told_by_hand(self, who: Colleague, matter: Matter, no: int, mark: str) -> Effect:
        """What follows from a call back."""

        def then(now: datetime) -> None:
            self.truth.tells(who, matter, no, mark, now, spoken=True)

        return then

"""The try-out world as the page plays on it: the world itself, and every mail that was got or sent in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.facts import OfficerId
from config.texts import Texts
from sandbox.bot_api import TgPerson
from sandbox.letters import new_mail, reply_address, reply_mail
from sandbox.mailboxes import Delivered
from sandbox.page.live import Live
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail in somebody's mailbox: got (`delivered`), or sent by them. `at` is UTC on the world's clock."""

    number: int
    box: str
    other: str
    subject: str
    text: str
    at: datetime
    delivered: Delivered | None = None

    @property
    def sent(self) -> bool:
        """Tell whether the owner of the mailbox wrote it."""
        return self.delivered is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an act: words for whoever acted, whether it went, and what the page looks at from then on."""

    said: str
    went: bool = True
    looks: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class Stage:
    """The world with all that the page remembers. `seen` is how many messages of a place were shown."""

    world: World
    live: Live = field(default_factory=Live)
    letters: list[Letter] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def watch(self) -> None:
        """Be told of every change from now on."""
        self.world.api.world.changed.append(self.live.bump)
        mailboxes = self.world.mailboxes
        for delivered in mailboxes.delivered:
            self.take(delivered)
        mailboxes.seen = _both(self.take, mailboxes.seen)

    def take(self, mail: Delivered) -> None:
        """Put a mail that arrived into its mailbox."""
        sender = f"{mail.mail.from_name} <{mail.mail.from_addr}>"
        self._keep(mail.to, sender, mail.mail.subject, mail.mail.text.strip(), mail)

    async def send_mail(self, sender: str, to: str, subject: str, text: str) -> None:
        """Have somebody write to the municipality.

        Raises:
            aiosmtplib.SMTPException: its server does not take the mail.
        """
        mail = new_mail(sender, to, subject, text, name=self.name_of(sender), number=len(self.letters), at=self.now)
        await self.world.send(mail, to)
        self._keep(sender, to, subject, text)

    async def reply_to_mail(self, letter: Letter, text: str) -> None:
        """Have the owner of a mailbox answer a mail there.

        Raises:
            ValueError: it is one of their own.
            aiosmtplib.SMTPException: the municipality's server does not take the answer.
        """
        if letter.delivered is None:
            raise ValueError("one's own mail is not answered")
        to = reply_address(letter.delivered)
        name, number = self.name_of(letter.box), len(self.letters)
        mail = reply_mail(letter.delivered, text, name=name, number=number, at=self.now)
        await self.world.send(mail, to)
        self._keep(letter.box, to, str(mail["Subject"]), text)

    @property
    def now(self) -> datetime:
        """The instant the world's clock shows (UTC)."""
        return self.world.clock.now()

    def texts(self, language: str) -> Texts:
        """Return the page's own texts in a language."""
        return self.world.service.office().texts.in_language(language)

    def person(self, key: str) -> TgPerson:
        """Return a citizen's or an officer's phone.

        Raises:
            KeyError: nobody has this key.
        """
        citizen = self.world.citizens.get(key)
        return citizen if citizen is not None else self.world.officers[OfficerId(key)]

    def mailboxes(self) -> dict[str, str]:
        """Return everybody's mail address with their name: citizens, officers, then whoever else got mail."""
        named = {mail_of(key): one.name for key, one in self.world.citizens.items()}
        named |= {one.email: one.name for one in self.world.service.office().officers}
        return named | {letter.box: letter.box for letter in self.letters if letter.box not in named}

    def name_of(self, address: str) -> str:
        """Return whose mailbox it is, the address itself if nobody's."""
        return self.mailboxes().get(address, address)

    def letter(self, number: int) -> Letter:
        """Return a mail by its number.

        Raises:
            LookupError: there is none.
        """
        if not 0 <= number < len(self.letters):
            raise LookupError("there is no such mail")
        return self.letters[number]

    def _keep(self, box: str, other: str, subject: str, text: str, delivered: Delivered | None = None) -> None:
        number, at = len(self.letters), self.now
        kept = Letter(number=number, box=box, other=other, subject=subject, text=text, at=at, delivered=delivered)
        self.letters.append(kept)
        self.live.bump()


def mail_of(citizen: str) -> str:
    """Return a citizen's mail address."""
    return f"{citizen}@example.org"


def _both(first: Callable[[Delivered], None], second: Callable[[Delivered], None]) -> Callable[[Delivered], None]:
    def call(mail: Delivered) -> None:
        first(mail)
        second(mail)

    return call

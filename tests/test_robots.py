"""Robots that write to each other: every exchange comes to rest, and no cap is passed.

The bounds, from `bot.office.Caps` and `bot.case`: one acknowledgement per case and 24 hours; at most `per_address`
(10) to one address in 24 hours; a text that came `identical` (3) times from one address in 24 hours gets none.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.office import Caps
from bot.port import Outbound
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail, make_office
from tests.town import Town, as_bytes

pytestmark = pytest.mark.asyncio

NEIGHBOUR = "kontakt@grann.example"
CAPS = Caps()
ROUNDS = 40
"""More than any bound below: an exchange that does not come to rest before is a loop."""

MARKS = (b"auto-submitted:", b"x-auto-response-suppress:", b"x-kommunsvar-installation:")
THREAD = (*MARKS, b"in-reply-to:", b"references:", b"subject:", b"reply-to:")


@asynccontextmanager
async def open_town(path: Path, clock: FrozenClock, domain: str) -> AsyncIterator[Town]:
    database = Database(DatabaseUrl.parse(f"sqlite:///{path}/{domain}.db"))
    try:
        await migrate(database)
        await database.take_ownership()
        yield Town(database, clock, make_office(domain=domain))
    finally:
        await database.close()


def without(raw: bytes, names: tuple[bytes, ...]) -> bytes:
    """Return a mail without these headers, as a careless robot or gateway hands it on."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    lines: list[bytes] = []
    for line in head.split(b"\r\n"):
        folded = line[:1] in (b" ", b"\t")
        if folded and lines:
            lines[-1] += b"\r\n" + line
        else:
            lines.append(line)
    return b"\r\n".join(line for line in lines if not line.lower().startswith(names)) + gap + body


async def exchange(one: Town, other: Town, change: Callable[[bytes], bytes], *, plain: bool = False) -> tuple[int, int]:
    """Carry what each sends to the other's addresses until both are silent; return how many mails each sent there."""
    towns, done = ((one, other), (other, one)), {id(one): 0, id(other): 0}
    sent = {id(one): 0, id(other): 0}
    for _ in range(ROUNDS):
        moved = False
        for sender, receiver in towns:
            fresh = sender.relay.accepted[done[id(sender)] :]
            done[id(sender)] = len(sender.relay.accepted)
            for mail in (one for one in fresh if receiver.office.accepts(one.to_addr)):
                sent[id(sender)] += 1
                to = receiver.office.units[0].address if plain else mail.to_addr
                await receiver.receive(change(as_bytes(mail, sender.office)), to=to, sender=mail.return_path)
                moved = True
        one.clock.forward(minutes=1)
        if not moved:
            return sent[id(one)], sent[id(other)]
    raise AssertionError(f"no rest after {ROUNDS} rounds: {sent}")


async def seed(town: Town, number: int = 1) -> None:
    """Let the neighbour's address write to the town for the first time, as if somebody had forged it."""
    await town.receive(
        make_mail(f"Fråga {number}", sender=NEIGHBOUR, message_id=f"seed-{number}@grann.example"), sender=NEIGHBOUR
    )


async def test_two_installations(tmp_path: Path, clock: FrozenClock) -> None:
    """One acknowledgement goes out; the neighbour sees its mark and is silent."""
    async with (
        open_town(tmp_path, clock, "kommun.example") as one,
        open_town(tmp_path, clock, "grann.example") as other,
    ):
        await seed(one)
        assert await exchange(one, other, lambda raw: raw) == (1, 0)


async def test_two_installations_whose_marks_are_lost(tmp_path: Path, clock: FrozenClock) -> None:
    """Each acknowledges once: the answer belongs to the case that was acknowledged, and that is once in 24 hours."""
    async with (
        open_town(tmp_path, clock, "kommun.example") as one,
        open_town(tmp_path, clock, "grann.example") as other,
    ):
        await seed(one)
        assert await exchange(one, other, lambda raw: without(raw, MARKS)) == (1, 1)


async def test_two_installations_whose_threads_are_lost_too(tmp_path: Path, clock: FrozenClock) -> None:
    """Every mail opens a case; the cap per address ends it: at most 10 from each side in 24 hours."""
    async with (
        open_town(tmp_path, clock, "kommun.example") as one,
        open_town(tmp_path, clock, "grann.example") as other,
    ):
        await seed(one)
        first = await exchange(one, other, lambda raw: without(raw, THREAD), plain=True)
        assert first == (CAPS.per_address, CAPS.per_address)
        await seed(one, 2)
        assert len(one.relay.to(NEIGHBOUR)) == CAPS.per_address


class Robot:
    """Somebody's answering machine: answers every mail it gets, as `write` says."""

    def __init__(self, town: Town, write: Callable[[int, Outbound], bytes], address: str) -> None:
        self.town, self.write, self.address = town, write, address

    async def run(self) -> int:
        """Answer until nothing comes; return how many mails the robot got."""
        got = 0
        for _ in range(ROUNDS):
            fresh = self.town.relay.to(self.address)[got:]
            if not fresh:
                return got
            for mail in fresh:
                got += 1
                await self.town.receive(self.write(got, mail), to=mail.reply_to, sender=self.address)
            self.town.clock.forward(minutes=1)
        raise AssertionError(f"no rest after {ROUNDS} rounds: {got}")


ELSA = "elsa@example.org"


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {},
    ],
)
@pytest.mark.parametrize("threaded", [True, False])
async def test_an_absence_answers_the_acknowledgement(
    tmp_path: Path, clock: FrozenClock, marks: dict[str, str], threaded: bool
) -> None:
    """With any mark, or tied to its case by the reply address, it gets nothing: one acknowledgement in all."""

    def absent(number: int, mail: Outbound) -> bytes:
        answered = {"In_Reply_To": f"<{mail.message_id}>"} if threaded else {}
        subject = f"Autosvar: {mail.subject}"
        return make_mail(
            "Jag är på semester.", subject=subject, message_id=f"away-{number}@example.org", **answered, **marks
        )

    async with open_town(tmp_path, clock, "kommun.example") as town:
        await town.receive(make_mail())
        assert await Robot(town, absent, ELSA).run() == 1


@pytest.mark.parametrize(("same", "bound"), [(True, CAPS.identical + 1), (False, CAPS.per_address)])
async def test_a_robot_that_strips_every_mark(tmp_path: Path, clock: FrozenClock, same: bool, bound: int) -> None:
    """It answers from no thread to the plain address: the same words get 3 acknowledgements after that of the
    first mail, words that change get 10 in all."""

    def echo(number: int, _: Outbound) -> bytes:
        text = "Tack för ditt mejl!" if same else f"Tack för mejl nummer {number}!"
        return make_mail(text, subject="Hej", message_id=f"echo-{number}@example.org")

    async with open_town(tmp_path, clock, "kommun.example") as town:
        await town.receive(make_mail())
        got = 0
        while fresh := town.relay.to(ELSA)[got:]:
            for mail in fresh:
                got += 1
                await town.receive(echo(got, mail), to=CONTACT)
            clock.forward(minutes=1)
            assert got <= ROUNDS
        assert got == bound


def report(number: int, about: str, failed: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example.net\r\nTo: {CONTACT}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <dsn-{number}@mx.example.net>\r\nAuto-Submitted: auto-replied\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{about}>\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("marks", [(), (b"auto-submitted:", b"content-type:", b"subject:")])
async def test_a_bounce_and_a_bounce_of_it(tmp_path: Path, clock: FrozenClock, marks: tuple[bytes, ...]) -> None:
    """No daemon is ever written to, and a report about a report moves nothing."""
    async with open_town(tmp_path, clock, "kommun.example") as town:
        await town.receive(make_mail())
        acknowledged = town.relay.to(ELSA)[-1].message_id
        await town.receive(without(report(1, acknowledged, ELSA), marks), sender="")
        after_one = len(town.relay.accepted)
        for number in range(2, 12):
            again = report(number, f"dsn-{number - 1}@mx.example.net", "MAILER-DAEMON@mx.example.net")
            await town.receive(without(again, marks), sender="")
        assert len(town.relay.accepted) == after_one
        assert town.relay.to("MAILER-DAEMON@mx.example.net") == town.relay.to("mailer-daemon@mx.example.net") == []
        assert len(town.relay.to(ELSA)) == 1

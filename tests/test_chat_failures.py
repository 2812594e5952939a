"""A letter that did not reach a chat: the answer is revoked, and staff read how the person is reached instead."""

import pytest
import pytest_asyncio

from bot.chat import ChatId, No, Post
from bot.errors import KommunsvarError, Refused
from bot.facts import CaseNumber, FactKind
from bot.store.database import Database
from bot.store.rows import MailKind
from bot.store.schema import addresses, outbox
from tests.chat_room import ELSA, ChatRoom
from tests.conftest import FrozenClock

CLOSED = "Personen har stängt chatten med oss, så vi kan inte skriva där."


@pytest_asyncio.fixture
async def room(database: Database, clock: FrozenClock) -> ChatRoom:
    return await ChatRoom(database, clock).begin()


def refusing(status: No) -> KommunsvarError:
    return Refused(status)


async def notices(room: ChatRoom, case: CaseNumber) -> list[tuple[str, str, str]]:
    rows = await room.rows(outbox, outbox.c.channel == "mail", outbox.c.case == case)
    return [(row["to_addr"], row["subject"], row["text"]) for row in rows]


@pytest.mark.asyncio
async def test_an_answer_to_a_closed_chat_is_revoked_and_staff_told_to_reach_the_person_otherwise(
    room: ChatRoom,
) -> None:
    case = await room.case()
    room.chats.trouble = lambda _: refusing(No.BLOCKED)
    await room.answer(case)
    await room.deliver()
    assert (await room.inquiry(case)).waits
    assert [fact.kind for fact in await room.facts(case)] == [FactKind.RECEIVED, FactKind.DELIVERY_FAILED]
    told = await notices(room, case)
    assert {to for to, *_ in told} == {"anna@kommun.example", "bo@kommun.example"}
    _, subject, text = told[0]
    assert subject.startswith(f"{case} · svaret kom inte fram")
    assert "Frågan väntar på svar igen." in text
    assert CLOSED in text
    assert "Vi har ingen e-postadress till personen." in text
    assert "/ringt" in text
    assert "telegram" not in text.lower()
    assert "e-postsystem" not in text


@pytest.mark.asyncio
async def test_where_a_mail_address_of_the_same_person_is_known_the_case_moves_there(room: ChatRoom) -> None:
    case = await room.case(mail="elsa@example.org")
    room.chats.trouble = lambda _: refusing(No.BLOCKED)
    await room.answer(case)
    await room.deliver()
    moved = (await room.facts(case))[-1]
    (mail,) = [row["id"] for row in await room.rows(addresses) if row["address"] == "elsa@example.org"]
    assert (moved.kind, moved.data) == (FactKind.MOVED, {"channel": "mail", "address": mail})
    text = (await notices(room, case))[0][2]
    assert CLOSED in text
    assert "Vi har också personens e-postadress elsa@example.org." in text
    assert "/svar" in text


@pytest.mark.asyncio
async def test_another_persons_address_in_the_case_is_never_offered(room: ChatRoom) -> None:
    case = await room.case(mail="nils@example.org")
    await room.run_sql("UPDATE addresses SET person = 77 WHERE address = 'nils@example.org'")
    room.chats.trouble = lambda _: refusing(No.BLOCKED)
    await room.answer(case)
    await room.deliver()
    assert FactKind.MOVED not in [fact.kind for fact in await room.facts(case)]
    assert all("nils" not in text for *_, text in await notices(room, case))


@pytest.mark.asyncio
async def test_another_refusal_is_told_with_its_code_and_moves_nothing(room: ChatRoom) -> None:
    case = await room.case(mail="elsa@example.org")
    room.chats.trouble = lambda _: refusing(No.BAD_REQUEST)
    await room.answer(case)
    await room.deliver()
    text = (await notices(room, case))[0][2]
    assert "Chatten tog inte emot meddelandet: bad_request" in text
    assert "elsa@example.org" not in text
    assert FactKind.MOVED not in [fact.kind for fact in await room.facts(case)]


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (MailKind.HOLDING, "delbeskedet kom inte fram"),
        (MailKind.OUTCOME, "beskedet om utfallet kom inte fram"),
        (MailKind.DELAY, "beskedet om förseningen kom inte fram"),
        (MailKind.ACKNOWLEDGEMENT, "bekräftelsen kom inte fram"),
    ],
)
async def test_whatever_a_citizen_should_have_got_is_told_of(room: ChatRoom, kind: MailKind, subject: str) -> None:
    case = await room.case()

    def trouble(post: Post) -> KommunsvarError | None:
        return Refused(No.BLOCKED) if post.chat == ELSA else None

    room.chats.trouble = trouble
    await room.answer(case, kind=kind)
    await room.answer(await room.case(ChatId(1002)), ChatId(1002), kind=kind)
    await room.deliver()
    told = await notices(room, case)
    assert subject in told[0][1]
    assert "samma adress" not in told[0][2]
    assert len(await room.rows(outbox, outbox.c.channel == "mail")) == len(told) == 2

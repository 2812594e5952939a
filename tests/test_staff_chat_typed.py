"""Typed commands and plain words, in a topic, in the general one, in a group without topics, and in private."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.chat import ChatId, ChatKind, EventKind, PostId, ThreadId
from bot.desk.chat.typed import as_commands, is_command
from bot.facts import FactKind, Kind, OfficerId, TopicId, UnitId
from bot.register import EntryKind
from bot.store.chat_rows import TopicRow, TopicState
from bot.store.database import Database
from bot.store.register import read_register
from tests.conftest import FrozenClock
from tests.staff_chat import GROUP, USERS, chat_office, embedded, staff_town

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with embedded(tmp_path) as opened:
        yield opened


TOPIC = ThreadId(70)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/ko@KommunsvarBot", "/ko"),
        ("/svar@kommunsvar_bot Hej\n/ta", "/svar Hej\n/ta"),
        ("/utan_svar tack", "/utan svar tack"),
        ("/visa_allt@KommunsvarBot K-7Q4M2X-G", "/visa allt K-7Q4M2X-G"),
        ("/svar skriv till anna@kommun.example", "/svar skriv till anna@kommun.example"),
        ("/svar min_fil.pdf", "/svar min_fil.pdf"),
        ("/okänt_ord", "/okänt_ord"),
    ],
)
async def test_commands_are_read_as_chats_write_them(typed: str, read: str) -> None:
    assert as_commands(typed) == read


@pytest.mark.parametrize(
    ("text", "known"), [("/ta", True), ("/TA", True), ("/avbryt", True), ("/okänt", False), ("ta", False), ("", False)]
)
async def test_what_is_a_command(text: str, known: bool) -> None:
    assert is_command(text) is known


async def test_commands_in_a_topic_are_about_its_case(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/ta\n/ämne bygglov\n/slag felanmälan", chat=GROUP, thread=TOPIC)
        now = await town.now_of(case)
        assert (now.owner, now.topic, now.kind) == (OfficerId("anna"), TopicId("bygglov"), Kind.FAULT)
        assert f"{case} är ditt." in town.last.text
        assert len(town.posts) == 1
        assert town.last.mail.form.reply_to is not None


async def test_of_commands_of_which_one_is_unclear_none_is_done(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/ta\n/ämmne bygglov", chat=GROUP, thread=TOPIC)
        assert "Menade du /ämne?" in town.last.text
        await town.writes("anna", "/ta\n/ämne stjärnor", chat=GROUP, thread=TOPIC)
        assert "vilket ämne ”stjärnor” är" in town.last.text
        assert "mejl" not in town.last.text
        assert await town.kinds(case) == [FactKind.RECEIVED]


async def test_an_unknown_word_is_told_kindly(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.case(thread=70)
        await town.writes("anna", "/bananpaj", chat=GROUP, thread=TOPIC)
        assert "Det här förstod vi inte: /bananpaj" in town.last.text
        assert "Inget har gjorts." in town.last.text


async def test_in_the_general_topic_a_case_must_be_named(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/ta", chat=GROUP)
        assert "Vilket ärende?" in town.last.text
        await town.writes("anna", f"/ta {case}", chat=GROUP)
        assert (await town.now_of(case)).owner == OfficerId("anna")


async def test_a_letter_for_another_case_than_the_topics_is_not_sent(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case, other = await town.case(thread=70), await town.case("Annat", chat=ChatId(1002), thread=80)
        await town.writes("anna", f"/svar {other} Den lagas.", chat=GROUP, thread=TOPIC)
        assert f"Det här ämnet gäller {case}, men du skrev {other}" in town.last.text
        await town.writes("anna", f"/svar {other} Den lagas.", chat=GROUP)
        await town.pass_by(minutes=1)
        assert len(town.said(ChatId(1002))) == 1
        assert town.to_elsa() == []


async def test_the_same_answer_is_not_sent_twice(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.case(thread=70)
        for text in ("/svar Den lagas.", "/svar  Den  lagas."):
            await town.writes("anna", text, chat=GROUP, thread=TOPIC)
        assert "Samma text har redan tagits emot" in town.last.text
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1


async def test_a_typed_answer_to_what_is_answered_is_shown_first(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.case(thread=70)
        await town.writes("anna", "/svar Den lagas.", chat=GROUP, thread=TOPIC)
        await town.pass_by(minutes=1)
        await town.writes("anna", "/svar Den är lagad nu.", chat=GROUP, thread=TOPIC)
        assert "Skicka ändå" in town.last.words
        await town.pass_by(minutes=5)
        assert len(town.to_elsa()) == 1
        await town.pushes("anna", "Skicka ändå", town.last)
        await town.pass_by(minutes=5)
        assert len(town.to_elsa()) == 2


async def test_in_a_group_without_topics_a_reply_says_which_case(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case()
        async with town.writing() as ledger:
            row = TopicRow(case=case, chat=GROUP, state=TopicState.OPEN, card=PostId(71), wanted_at=clock.now())
            ledger.book.set_topic(row)
        await town.presses("anna", f"ans:{case}")
        prompt = town.last
        plain = {"chat_kind": ChatKind.GROUP}
        await town.writes("anna", "Vem tar den?", chat=GROUP, reply_to=PostId(71), **plain)
        assert town.outcomes[-1] == "done:talk"
        await town.replies("anna", "Den lagas.", prompt, **plain)
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1
        # A reply to any message of ours about the case is about it.
        await town.replies("anna", "/ämne bygglov", prompt, **plain)
        assert (await town.now_of(case)).topic == "bygglov"


async def test_plain_words_in_private_are_sent_to_nobody(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case()
        await town.writes("anna", "Den lagas på torsdag.")
        assert "har inte skickats till någon" in town.last.text
        assert town.last.words == ["Kön", "Mina", "Logga samtal"]
        await town.writes("anna", f"/visa {case}")
        await town.replies("anna", "Den lagas på torsdag.", town.last)
        assert f"Ska det till den som frågar i {case}? Tryck Svara." in town.last.text
        assert town.last.words == ["Svara"]
        await town.pass_by(hours=1)
        assert town.to_elsa() == []
        assert town.citizens.taken == []


async def test_a_changed_message_does_nothing_and_says_so(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"ans:{case}", thread=70)
        prompt = town.last
        reply = await town.replies("anna", "Den lagas.", prompt)
        edit = {"kind": EventKind.EDIT, "post": reply.post, "reply_to": prompt.post}
        await town.writes("anna", "Den lagas i morgon.", chat=GROUP, thread=TOPIC, **edit)
        assert "Ändringen har inte gjort något" in town.last.text
        await town.writes("anna", "/ta", chat=GROUP, thread=TOPIC, kind=EventKind.EDIT)
        assert "Ändringen har inte gjort något" in town.last.text
        told = len(town.posts)
        await town.writes("anna", "Håller med, eller?", chat=GROUP, thread=TOPIC, kind=EventKind.EDIT)
        assert len(town.posts) == told
        assert FactKind.ASSIGNED not in await town.kinds(case)


async def test_what_was_begun_is_cancelled(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"ans:{case}", thread=70)
        prompt = town.last
        await town.writes("anna", "/avbryt", chat=GROUP, thread=TOPIC)
        assert town.last.text == "Avbrutet. Inget har skickats."
        await town.replies("anna", "Den lagas.", prompt)
        assert "väntar inte på något svar längre" in town.last.text
        await town.writes("anna", "/avbryt", chat=GROUP, thread=TOPIC)
        assert town.last.text == "Det finns inget att avbryta."


async def test_an_absence_is_entered_from_a_chat(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", "/borta till fredag", chat=GROUP)
        assert "Anna Exempel är borta från måndag 16 november" in town.last.text
        async with database.reading() as connection:
            entries = await read_register(connection)
        assert [(one.kind, one.key, one.actor) for one in entries] == [(EntryKind.ABSENCE, "anna", "officer:anna")]


async def test_a_call_is_logged_in_two_taps(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", "/telefon", chat=GROUP)
        first = town.last
        assert first.words[:2] == ["Direkt, högst 15 s", "Inte direkt, högst 15 s"]
        assert first.words[-3:] == ["Direkt, över 60 s", "Inte direkt, över 60 s", "Stäng"]
        await town.pushes("anna", "Direkt, högst 30 s", first)
        second = town.last
        assert second.mail.form.edits == first.post
        assert second.words == ["Bygglov", "Förskola", "Annat"]
        assert "högst 30 s, Förskola" in await town.pushes("anna", "Förskola", second)
        # The menu goes, and what was logged stands in a message of its own.
        assert town.posts[-2].mail.form.deletes == first.post
        number = town.last.mail.case
        assert number is not None
        facts = await town.facts(number)
        assert [(fact.kind, dict(fact.data)) for fact in facts] == [
            (FactKind.PHONE, {"way": "phone", "direct": True, "seconds": 30, "topic": "forskola", "unit": "kc"})
        ]
        # A doubled tap logs nothing.
        assert "redan antecknat" in await town.pushes("anna", "Förskola", second)
        await town.pushes("anna", "Ångra", town.last)
        assert [fact.kind for fact in await town.facts(number)] == [FactKind.PHONE, FactKind.CORRECTED]


async def test_topics_that_are_logged_most_come_first(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", "/telefon")
        await town.pushes("anna", "Direkt, högst 15 s", town.last)
        await town.pushes("anna", "Förskola", town.last)
        await town.pushes("anna", "Logga ett till", town.last)
        await town.pushes("anna", "Direkt, högst 15 s", town.last)
        assert town.last.words == ["Förskola", "Bygglov", "Annat"]


async def test_a_call_nobody_answered_becomes_a_case_by_a_reply(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.presses("anna", "phone")
        await town.pushes("anna", "Inte direkt, över 60 s", town.last)
        await town.pushes("anna", "Annat", town.last)
        confirmed = town.last
        assert "Då blir det ett ärende." in confirmed.text
        await town.replies("anna", "Elsa vill veta när hon får besked, 070-123 45 67", confirmed)
        assert "Det väntar på svar." in town.last.text
        assert confirmed.mail.case is not None
        assert [one.kind for one in await town.facts(confirmed.mail.case)] == [FactKind.PHONE, FactKind.CORRECTED]
        await town.pushes("anna", town.last.words[0], town.last)
        assert "Elsa vill veta när hon får besked" in "".join(one.text for one in town.posts[-2:])
        await town.replies("anna", "En gång till", confirmed)
        assert "väntar inte på något svar längre" in town.last.text


async def test_a_call_with_words_of_its_own_is_typed(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", "/telefon 45 ja bygglov", chat=GROUP)
        assert "45 sekunder, Bygglov" in town.last.text


async def test_an_officer_of_another_unit_sees_nothing_of_the_case(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock, chat_office()) as town:
        case = await town.case(thread=70)
        await town.writes("cia", "/ta", chat=GROUP, thread=TOPIC)
        assert f"Det finns inget ärende {case} som du kan se" in town.last.text
        for data in ("ans", "hold", "move", "note", "more", "close", "kind", "can", "secr", "undo", "show"):
            assert await town.presses("cia", f"{data}:{case}", thread=70)
        assert await town.kinds(case) == [FactKind.RECEIVED]
        assert (await town.now_of(case)).unit == UnitId("kc")


async def test_what_was_begun_days_ago_is_forgotten(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        old, new = await town.case(thread=70), await town.case("Annat", thread=80)
        await town.presses("anna", f"ans:{old}", thread=70)
        clock.forward(hours=25)
        await town.presses("anna", f"note:{new}", thread=80)
        await town.presses("anna", f"ans:{new}", thread=80)
        begun = (await town.book(GROUP)).dialogues_of(GROUP, USERS["anna"])
        assert set(begun) == {new, f"{new}:note"}

"""Once a letter has left, or was stopped, no post says that it can be taken back; and what help says in a chat."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.chat import ThreadId
from bot.desk.chat.help import chat_help
from bot.desk.help_texts import HELP
from bot.facts import CaseNumber, OfficerId
from bot.outbox import Ending, record_ending
from bot.store.database import Database
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState
from tests.conftest import FrozenClock
from tests.example import make_office
from tests.staff_chat import GROUP, Posted, StaffTown, embedded, staff_town

pytestmark = pytest.mark.asyncio

TOPIC = ThreadId(70)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with embedded(tmp_path) as opened:
        yield opened


def stands(town: StaffTown, post: int) -> Posted:
    """How one of our messages in the group reads now."""
    return next(one for one in reversed(town.posts) if one.post == post and one.chat == GROUP)


async def _sent(town: StaffTown) -> tuple[CaseNumber, Posted]:
    case = await town.case(thread=70)
    await town.presses("anna", f"ans:{case}", thread=70)
    await town.replies("anna", "Den lagas.", town.last)
    await town.pushes("anna", "Skicka", town.last)
    return case, town.last


async def test_when_an_answer_has_left_nothing_can_be_regretted(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case, confirmed = await _sent(town)
        assert "skickas om 60 sekunder" in confirmed.text
        await town.pass_by(seconds=59)
        assert stands(town, confirmed.post).words == ["Ångra"]
        await town.pass_by(seconds=1)
        await town.deliver()
        left = stands(town, confirmed.post)
        assert (left.text, left.words) == (f"Ditt svar i {case} är skickat.", [])


async def test_where_nothing_can_be_regretted_it_leaves_now(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        town.office = replace(town.office, regret=timedelta(0))
        _, confirmed = await _sent(town)
        assert "skickas nu." in confirmed.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/svar Den lagas.", "Ditt svar i {case} är skickat."),
        ("/delbesked fredag Vi letar efter felet.", "Delbeskedet i {case} är skickat."),
        ("/utfall åtgärdat Lyktan lyser igen.", "Beskedet om vad {case} ledde till är skickat."),
    ],
)
async def test_so_it_is_with_what_was_typed(database: Database, clock: FrozenClock, typed: str, says: str) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", typed, chat=GROUP, thread=TOPIC)
        confirmed = town.last
        assert confirmed.words == ["Ångra"]
        await town.pass_by(minutes=1)
        await town.deliver()
        left = stands(town, confirmed.post)
        assert (left.text, left.words) == (says.format(case=case), [])


async def test_what_was_typed_beside_an_answer_can_be_taken_back_for_good(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        await town.case(thread=70)
        await town.writes("anna", "/svar Den lagas.\n/ämne bygglov", chat=GROUP, thread=TOPIC)
        answer, topic = town.posts[-2:]
        await town.pass_by(minutes=1)
        await town.deliver()
        assert stands(town, answer.post).words == []
        assert stands(town, topic.post).words == ["Ångra"]


async def test_an_answer_stopped_by_a_command_says_so_where_it_was_on_its_way(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        case, confirmed = await _sent(town)
        await town.writes("anna", "/ångra", chat=GROUP, thread=TOPIC)
        left = stands(town, confirmed.post)
        assert (left.text, left.words) == (f"Brevet i {case} är stoppat och har inte skickats.", [])
        await town.pass_by(hours=1)
        assert stands(town, confirmed.post).text == left.text
        assert town.to_elsa() == []


async def test_an_answer_stopped_by_its_button_comes_back_there(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        _, confirmed = await _sent(town)
        await town.pushes("anna", "Ångra", confirmed)
        left = stands(town, confirmed.post)
        assert "Den lagas." in left.text
        assert left.words == ["Svara"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (OutboxState.DEAD, "Svaret i {case} kom inte fram. Frågan väntar på svar igen."),
        (OutboxState.UNSURE, "Brevet i {case} är kanske skickat. Vi vet inte om det kom fram."),
        (OutboxState.NEW, ""),
    ],
)
async def test_an_answer_that_did_not_surely_arrive_is_told_so(
    database: Database, clock: FrozenClock, state: OutboxState, says: str
) -> None:
    async with staff_town(database, clock) as town:
        case, confirmed = await _sent(town)
        clock.forward(minutes=1)
        async with town.writing(Wanted(cases={case})) as ledger:
            letter = next(one for one in ledger.queued_of(case) if one.kind is MailKind.ANSWER)
        mail = replace(confirmed.mail, id=letter.id, kind=MailKind.ANSWER, message=letter.message, officer="anna")
        async with town.writing(Wanted(cases={case}, outbox={letter.id})) as ledger:
            now = clock.now()
            record_ending(ledger, town.office, Ending(mail=mail, state=state, at=now, due_at=now,
                                                      status="blocked", attempts=1))  # fmt: skip
        await town.deliver()
        left = stands(town, confirmed.post)
        assert left.words == ([] if says else ["Ångra"])
        assert left.text == (says.format(case=case) if says else confirmed.text)


async def test_help_in_a_chat_fits_a_phone_and_speaks_of_no_mail(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        for who in ("anna", "lea"):
            await town.writes(who, "/hjälp")
            told = town.last.text
            assert len(told.splitlines()) <= 20
            assert "mejl" not in told
            assert all(one in told for one in ("/avbryt", "/anslut", "/koppla ifrån", "/svar text", "/ångra", "/kö"))
            assert ("/mall spara" in told) == (who == "lea")


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ("svar", "Texten skickas till den som frågar."), ("/avbryt", "Det du håller på med avbryts."),
        ("koppla ifrån", "inte längre ansluten"), ("connect", "med en kod till din e-post"),
        ("bananer", "Det finns inget kommando som heter bananer."),
    ],
)  # fmt: skip
async def test_one_command_is_explained(database: Database, clock: FrozenClock, about: str, says: str) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", f"/hjälp {about}")
        assert says in town.last.text
        assert "mejl" not in town.last.text


async def test_no_command_says_mail_in_a_chat() -> None:
    for verb in [one.verb for group in HELP for one in group.texts]:
        parts = chat_help(make_office().texts, verb.value.replace("_", " "), lead=True)
        assert all("mejl" not in part.text for part in parts if hasattr(part, "text"))


async def test_the_words_of_acts_are_those_of_a_chat(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/svar Den lagas.\n/ämne stjärnor", chat=GROUP, thread=TOPIC)
        assert "Inget har gjorts. Rätta raden och skriv alla igen." in town.last.text
        await town.writes("anna", "/svar Den lagas.", chat=GROUP, thread=TOPIC)
        assert "Ångrar du dig? Tryck Ångra." in town.last.text
        assert "Svara /ångra" not in "".join(town.said())
        assert (await town.now_of(case)).owner == OfficerId("anna")

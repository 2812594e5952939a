"""What is done by buttons: taking, handing over, days, kinds, topics, canned answers, ending a case."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bot.case import CaseState
from bot.chat import EventKind, PostId, ThreadId
from bot.chat_buttons import MOST_BYTES, Press, read_press
from bot.facts import FactKind, Kind, OfficerId, Result, TopicId, UnitId
from bot.office import Absence, Canned, Officer, Topic
from bot.store.database import Database
from bot.store.rows import MailKind
from tests.conftest import FrozenClock
from tests.staff_chat import GROUP, chat_office, embedded, staff_town

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with embedded(tmp_path) as opened:
        yield opened


async def test_of_two_who_take_a_case_the_first_has_it(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        assert await town.presses("anna", f"take:{case}", thread=70) == f"{case} är ditt."
        assert (await town.presses("bo", f"take:{case}", thread=70)).startswith("Anna Exempel har redan ärendet.")
        assert await town.presses("anna", f"take:{case}", thread=70) == "Så är det redan."
        assert (await town.now_of(case)).owner == OfficerId("anna")
        # The card tells the rest: nothing is posted for it.
        assert town.posts == []
        assert await town.presses("anna", f"give:{case}", thread=70) == f"{case} är ingens just nu."


async def test_a_case_is_handed_over_with_a_line_why(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"move:{case}", thread=70)
        menu = town.last
        assert menu.words == ["Mig", "Bygglov", "Bo Exempel", "Lea Exempel", "Ada Exempel", "Cia Exempel", "Stäng"]
        await town.pushes("anna", "Bygglov", menu)
        assert "Varför lämnas" in town.last.text
        assert "Bygglov" in town.last.text
        await town.replies("anna", "Gäller ett staket", town.last)
        assert "ligger nu hos Bygglov" in town.last.text
        assert (await town.now_of(case)).unit == UnitId("bygg")
        notices = await town.mails(MailKind.NOTICE)
        assert [one.to_addr for one in notices] == ["cia@kommun.example"]
        assert "Gäller ett staket" in notices[0].text
        await town.pushes("anna", "Ångra", town.last)
        assert (await town.now_of(case)).unit == UnitId("kc")


async def test_long_lists_come_in_pages_of_eight(database: Database, clock: FrozenClock) -> None:
    many = tuple(
        Officer(
            id=OfficerId(f"o{n}"), name=f"Person {n}", email=f"o{n}@kommun.example", units=frozenset({UnitId("kc")})
        )
        for n in range(20)
    )
    away = replace(many[3], absences=(Absence(first=date(2026, 11, 16), back=date(2026, 11, 18)),))
    office = chat_office()
    office = replace(office, officers=(*office.officers, *many[:3], away, *many[4:]))
    async with staff_town(database, clock, office) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"move:{case}", thread=70)
        first = town.last
        # Mig, Bygglov and 4 others of before without Anna, then 19 persons who are here: 25 in pages of 8, 8, 8, 1.
        assert len(first.words) == 8 + 2
        assert first.words[-2:] == ["Nästa", "Stäng"]
        await town.pushes("anna", "Nästa", first)
        assert town.last.mail.form.edits == first.post
        assert town.last.words[-3:] == ["Föregående", "Nästa", "Stäng"]
        await town.presses("anna", f"move:{case}:p3", on=first)
        assert town.last.words == ["Cia Exempel", "Föregående", "Stäng"]
        await town.presses("anna", f"move:{case}:p99", on=first)
        assert town.last.words == ["Cia Exempel", "Föregående", "Stäng"]
        shown = {word for one in town.posts for word in one.words}
        assert "Person 3" not in shown
        assert "Person 4" in shown


async def test_a_holding_notice_is_a_day_a_reason_and_a_look(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"hold:{case}", thread=70)
        # Monday 16 November: tomorrow, the Friday, and the Friday after.
        assert town.last.words == [
            "tisdag 17 november", "fredag 20 november", "fredag 27 november", "En annan dag", "Stäng",
        ]  # fmt: skip
        await town.pushes("anna", "fredag 20 november", town.last)
        await town.replies("anna", "Vi väntar på en del.", town.last)
        assert "Du får det senast fredag 20 november.\n\nVi väntar på en del." in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert "Vi väntar på en del." in town.to_elsa()[0]
        assert (await town.now_of(case)).promised == "2026-11-20"
        assert FactKind.HELD in await town.kinds(case)


@pytest.mark.parametrize(
    ("said", "day"), [("torsdag", "2026-11-19"), ("3 december", "2026-12-03"), ("i går", ""), ("snart", "")]
)
async def test_another_day_is_typed(database: Database, clock: FrozenClock, said: str, day: str) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"hold:{case}:.day", thread=70)
        await town.replies("anna", said, town.last)
        if not day:
            assert "förstår inte vilken dag" in town.last.text
            return
        await town.replies("anna", "Vi letar.", town.last)
        await town.pushes("anna", "Skicka", town.last)
        assert (await town.now_of(case)).promised == day


async def test_more_opens_a_menu_of_its_own_that_changes_in_place(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        assert await town.presses("anna", f"more:{case}", thread=70) == ""
        menu = town.last
        assert menu.mail.form.edits is None
        assert menu.words == [
            "Slag", "Ämne", "Mall", "Historik", "Visa allt", "Slå ihop", "Sekretess", "Besvarat på telefon", "Stäng",
        ]  # fmt: skip
        await town.pushes("anna", "Slag", menu)
        assert town.last.mail.form.edits == menu.post
        assert "fråga" not in town.last.words
        assert await town.pushes("anna", "felanmälan", town.last) == f"{case} är nu: felanmälan."
        assert town.last.mail.form.edits == menu.post
        assert (await town.now_of(case)).kind is Kind.FAULT
        await town.pushes("anna", "Ångra", town.last)
        assert (await town.now_of(case)).kind is Kind.QUESTION
        await town.presses("anna", f"less:{case}", on=menu)
        assert town.last.mail.form.deletes == menu.post


async def test_a_card_is_never_changed_by_a_press(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        for data in (f"kind:{case}", f"topic:{case}", f"secr:{case}", f"outc:{case}", f"close:{case}:.now"):
            event_post = 71  # the card
            before = len(town.posts)
            await town.take(
                town.event("anna", GROUP, kind=EventKind.PRESS, press=f"c{data}", data=data, post=PostId(event_post),
                           thread=ThreadId(70), at=None)
            )  # fmt: skip
            assert all(one.post != event_post for one in town.posts[before:])
            assert len(town.posts) > before


async def test_a_topic_is_chosen(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"topic:{case}", thread=70)
        await town.pushes("anna", "Förskola", town.last)
        assert (await town.now_of(case)).topic == TopicId("forskola")


CANNED = (
    Canned(name="Öppettider", text="Vi har öppet 8–16."),
    Canned(name="Möte", text="Kom {dag} till {plats}."),
    Canned(name="Bara bygg", text="Bygg.", unit=UnitId("bygg")),
)


async def test_a_canned_answer_is_filled_in_field_by_field(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock, chat_office(canned=CANNED)) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"can:{case}", thread=70)
        assert town.last.words == ["Möte", "Öppettider", "Stäng"]
        await town.pushes("anna", "Möte", town.last)
        assert "behöver dag" in town.last.text
        await town.replies("anna", "på fredag", town.last)
        assert "behöver plats" in town.last.text
        await town.replies("anna", "biblioteket", town.last)
        assert "Kom på fredag till biblioteket." in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert "Kom på fredag till biblioteket." in town.to_elsa()[0]


async def test_a_canned_answer_without_fields_is_shown_at_once(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock, chat_office(canned=CANNED)) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"can:{case}", thread=70)
        await town.pushes("anna", "Öppettider", town.last)
        assert "Vi har öppet 8–16." in town.last.text
        assert town.to_elsa() == []


async def test_an_unanswered_case_asks_how_it_ends(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"close:{case}", thread=70)
        menu = town.last
        assert menu.words == ["Besvarat på telefon", "Utan svar …", "Avsluta ändå", "Stäng"]
        await town.pushes("anna", "Utan svar …", menu)
        assert town.last.words == ["skräp", "dubblett", "test", "bara ett tack", "Stäng"]
        await town.writes_more(case, "En sak till")
        clock.forward(seconds=5)
        await town.writes_more(case, "Och en till")
        assert "har skrivit mer sedan dess" in await town.pushes("anna", "skräp", town.last)
        await town.presses("anna", f"close:{case}", thread=70)
        await town.pushes("anna", "Utan svar …", town.last)
        assert "räknas inte med" in await town.pushes("anna", "skräp", town.last)
        assert FactKind.EXCLUDED in await town.kinds(case)


async def test_a_case_that_was_answered_on_the_phone_is_answered(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"close:{case}", thread=70)
        await town.pushes("anna", "Besvarat på telefon", town.last)
        assert FactKind.ANSWERED in await town.kinds(case)
        # Answered, and a question leads to nothing more: closed at once, and only the press is answered.
        before = len(town.posts)
        assert await town.presses("anna", f"close:{case}", thread=70) == "Inget har skickats."
        assert len(town.posts) == before
        assert (await town.now_of(case)).state is CaseState.CLOSED
        assert (await town.presses("anna", f"close:{case}", thread=70)).endswith(f"{case} är avslutat.")
        await town.presses("anna", f"open:{case}", thread=70)
        assert (await town.now_of(case)).state is CaseState.OPEN


async def test_a_viewpoint_may_end_with_what_it_led_to(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(kind=Kind.FAULT, thread=70)
        await town.presses("anna", f"close:{case}", thread=70)
        assert "Berätta vad det ledde till" in town.last.words
        await town.pushes("anna", "Berätta vad det ledde till", town.last)
        await town.pushes("anna", "åtgärdat", town.last)
        await town.replies("anna", "Lyktan är lagad.", town.last)
        assert "Vi vill berätta vad ditt ärende har lett till.\n\nLyktan är lagad." in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert "Lyktan är lagad." in town.to_elsa()[0]
        assert (await town.now_of(case)).result is Result.REMEDIED


async def test_a_note_stays_in_the_house(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"note:{case}", thread=70)
        await town.replies("anna", "Ringt, inget svar", town.last)
        assert town.last.text == f"{case}: anteckningen är sparad. Den har inte skickats."
        assert FactKind.NOTED in await town.kinds(case)
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_secrecy_is_marked_and_taken_away_with_a_reason(database: Database, clock: FrozenClock) -> None:
    office = chat_office()
    office = replace(office, officers=tuple(replace(one, cleared=one.id != "bo") for one in office.officers))
    async with staff_town(database, clock, office) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"secr:{case}", thread=70)
        await town.pushes("anna", "Ja, sekretess", town.last)
        assert (await town.now_of(case)).secret
        assert "som du kan se" in await town.presses("bo", f"take:{case}", thread=70)
        await town.presses("anna", f"secr:{case}", thread=70)
        await town.replies("anna", "ja", town.last)
        assert "Skälet är för kort" in town.last.text
        await town.presses("anna", f"secr:{case}", thread=70)
        await town.replies("anna", "Det var fel ärende", town.last)
        assert not (await town.now_of(case)).secret


async def test_cases_are_merged_by_a_typed_number(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        first = await town.case(thread=70)
        clock.forward(minutes=5)
        second = await town.case("Samma lykta", thread=80)
        await town.presses("anna", f"to:{second}:merge", thread=80)
        prompt = town.last
        await town.replies("anna", "vet inte", prompt)
        assert "Jag hittar inget ärendenummer" in town.last.text
        await town.replies("anna", f"det är {second}", prompt)
        assert "Jag hittar inget ärendenummer" in town.last.text
        await town.replies("anna", f"det är {first.lower()}", prompt)
        assert f"{first} gäller nu för båda." in town.last.text
        assert (await town.now_of(second)).merged_into == first
        assert f"{first}" in await town.presses("anna", f"ans:{second}", thread=80)


@pytest.mark.parametrize(
    "data", ["", "nonsense", "take:K-AAAAAA-A", "v1:take:7", "take", "send::5", "mkind:K:x", "ans::"]
)
async def test_old_and_forged_buttons_are_answered(database: Database, clock: FrozenClock, data: str) -> None:
    async with staff_town(database, clock) as town:
        assert await town.presses("anna", data) == "Knappen gäller inte längre."


async def test_a_button_of_a_citizen_says_how_the_case_is(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        assert await town.presses("anna", f"stat:{case}") == f"Knappen gäller inte längre. {case} är ingens just nu."
        await town.presses("anna", f"take:{case}")
        assert (await town.presses("bo", f"stat:{case}")).endswith(f"{case}: Anna Exempel har ärendet.")
        other = await town.case(unit="bygg")
        assert "som du kan se" in await town.presses("anna", f"stat:{other}")


async def test_every_button_fits(database: Database, clock: FrozenClock) -> None:
    topics = tuple(
        Topic(id=TopicId("t" * 18 + f"{n:02}"), name="Ämne med ett väldigt långt namn " + "x" * 28) for n in range(20)
    )
    office = chat_office(topics=topics)
    long = Officer(
        id=OfficerId("x" * 12), name="Maximiliana " * 8, email="m@kommun.example", units=frozenset({UnitId("kc")})
    )
    office = replace(office, officers=(*office.officers, long))
    async with staff_town(database, clock, office) as town:
        case = await town.case(kind=Kind.COMPLAINT, thread=70)
        for act in Press:
            await town.presses("anna", f"{act.value}:{case}", thread=70)
            await town.presses("anna", act.value)
        for how in ("y15", "n61"):
            await town.presses("anna", f"phone::{how}")
        buttons = [one for post in town.posts for row in post.mail.form.buttons for one in row]
        assert len(buttons) > 80
        assert all(len(one.words) <= 28 and len(one.data.encode()) <= MOST_BYTES for one in buttons)
        assert all(read_press(one.data) is not None for one in buttons)
        assert all(len(row) <= 3 for post in town.posts for row in post.mail.form.buttons)

"""What is asked in a chat is answered there, with buttons; in a group never more than the group may see."""

from dataclasses import replace

import pytest

from bot.case import numbers_in
from bot.chat import ChatId, ThreadId
from bot.facts import FactKind, UnitId
from bot.office import ChatRules, Shown
from bot.store.database import Database
from bot.store.rows import MailKind
from tests.conftest import FrozenClock
from tests.staff_chat import BUILDING, GROUP, chat_office, staff_town

pytestmark = pytest.mark.asyncio

ANNA = ChatId(11)
PRIVATE = "Svaret visas inte i gruppen. Det kommer i din egen chatt med mig."


async def test_a_case_shown_in_private_has_the_buttons_of_its_card(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case()
        await town.writes("anna", f"/visa {case}")
        shown = town.last
        assert "När lagas gatlyktan?" in shown.text
        assert shown.words == ["Ta", "Svara", "Delbesked", "Lämna över", "Anteckning", "Avsluta", "Mer"]
        assert shown.mail.form.protect
        assert FactKind.OPENED in await town.kinds(case)
        await town.pushes("anna", "Svara", shown)
        prompt = town.last
        assert not prompt.text.startswith("Anna")
        await town.replies("anna", "Den lagas.", prompt)
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1


async def test_a_list_has_a_button_for_each_of_the_first_eight(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        cases = []
        for n in range(10):
            cases.append(await town.case(chat=ChatId(2000 + n)))
            clock.forward(minutes=1)
        await town.writes("anna", "/ko")
        assert [one for one in town.last.words if one.startswith("Visa")] == [f"Visa {case}" for case in cases[:8]]
        assert town.last.words[-3:] == ["Kön", "Mina", "Logga samtal"]
        assert "10 ärenden väntar på svar" in town.last.text
        await town.pushes("anna", f"Visa {cases[3]}", town.last)
        assert numbers_in(town.last.text)[0] == cases[3]


async def test_the_group_sees_what_came_by_chat(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/visa", chat=GROUP, thread=ThreadId(70))
        assert town.last.chat == GROUP
        assert town.last.mail.thread == ThreadId(70)
        assert "När lagas gatlyktan?" in town.last.text
        await town.writes("anna", "/sok gatlyktan", chat=GROUP)
        assert town.last.chat == GROUP
        assert case in town.last.text


@pytest.mark.parametrize("text", ["/visa {case}", "/sok gatlyktan", "/historik {case}", "/allt {case}", "/ko"])
async def test_what_came_by_mail_is_answered_in_private(database: Database, clock: FrozenClock, text: str) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(chat=None)
        await town.writes("anna", text.format(case=case), chat=GROUP)
        said, shown = town.posts[-2:]
        assert (said.chat, said.text) == (GROUP, PRIVATE)
        assert shown.chat == ANNA
        assert shown.mail.thread is None
        assert not any("gatlyktan" in words for words in town.said())


@pytest.mark.parametrize(
    ("level", "text", "here"),
    [(Shown.SHORT, "/ko", True), (Shown.SHORT, "/visa {case}", False), (Shown.FULL, "/visa {case}", True)],
)
async def test_the_municipality_may_let_the_group_see_more(
    database: Database, clock: FrozenClock, level: Shown, text: str, here: bool
) -> None:
    async with staff_town(database, clock, chat_office(chat=ChatRules(mail_shown=level))) as town:
        case = await town.case(chat=None)
        await town.writes("anna", text.format(case=case), chat=GROUP)
        assert (PRIVATE not in town.said()) is here


async def test_secret_cases_and_those_of_other_units_never_stand_in_a_group(
    database: Database, clock: FrozenClock
) -> None:
    office = chat_office()
    both = frozenset({UnitId("kc"), UnitId("bygg")})
    office = replace(office, officers=tuple(replace(one, cleared=True, units=both) for one in office.officers))
    async with staff_town(database, clock, office) as town:
        secret, other = await town.case("Skyddad adress"), await town.case("Ett staket", unit="bygg")
        await town.writes("anna", f"/sekretess {secret}")
        for question in (f"/visa {secret}", f"/visa {other}", "/sok staket"):
            before = len(town.said())
            await town.writes("anna", question, chat=GROUP)
            assert town.said()[before:] == [PRIVATE]
        await town.writes("anna", f"/visa {other}", chat=BUILDING)
        assert "Ett staket" in town.said(BUILDING)[-1]
        assert not any("Skyddad" in words or "staket" in words for words in town.said())


async def test_what_an_officer_may_not_see_is_told_as_what_does_not_exist(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        other = await town.case("Ett staket", unit="bygg", chat=None)
        await town.writes("anna", f"/visa {other}", chat=GROUP)
        theirs = town.last
        await town.writes("anna", "/visa K-7Q4M2X-G", chat=GROUP)
        nobodys = town.last
        assert (theirs.chat, nobodys.chat) == (GROUP, GROUP)
        assert theirs.text.replace(other, "X") == nobodys.text.replace("K-7Q4M2X-G", "X")
        assert theirs.words == nobodys.words == []


async def test_all_that_was_written_is_shown_where_it_may_be(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        chatted, mailed = await town.case(thread=70), await town.case("Om grannen", chat=None, thread=80)
        await town.presses("anna", f"show:{chatted}:all", thread=70)
        assert (town.last.chat, "gatlyktan" in town.last.text) == (GROUP, True)
        await town.presses("anna", f"show:{mailed}:all", thread=80)
        assert "Om grannen" in town.posts[-2].text
        assert [one.chat for one in town.posts[-2:]] == [ANNA, GROUP]
        assert not any("grannen" in words for words in town.said())


async def test_personal_numbers_are_sent_to_the_mailbox_only(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.case("Mitt nummer är 811228-9874.", thread=70)
        await town.writes("anna", "/visa", chat=GROUP, thread=ThreadId(70))
        await town.writes("anna", "/visa allt", chat=GROUP, thread=ThreadId(70))
        assert FactKind.UNMASKED not in await town.kinds(town.last.mail.case)  # type: ignore[arg-type]
        await town.presses("anna", f"show:{town.last.mail.case}:all", thread=70)
        case = town.last.mail.case
        await town.writes("anna", f"/visa nummer {case} måste slå upp", chat=ANNA)
        assert "Texten kommer till din e-post" in town.last.text
        assert not any("811228-9874" in one.text for one in town.posts)
        mails = await town.mails(MailKind.REPLY)
        assert [("811228-9874" in one.text, one.to_addr) for one in mails] == [(True, "anna@kommun.example")]


async def test_buttons_for_what_is_no_cases_lead_on(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case()
        await town.writes("anna", "/start")
        home = town.last
        assert "Hej Anna Exempel!" in home.text
        assert await town.pushes("anna", "Kön", home) == "Svaret kommer strax."
        assert case in town.last.text
        await town.pushes("anna", "Mina", home)
        assert case not in town.last.text
        await town.writes("anna", "/hjälp")
        assert "/delbesked" in town.last.text


async def test_history_is_asked_by_a_button(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        first, second = await town.case("Första frågan"), await town.case("Andra frågan", thread=70)
        await town.presses("anna", f"hist:{second}", thread=70)
        assert first in town.last.text
        assert f"Visa {first}" in town.last.words

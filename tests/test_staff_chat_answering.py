"""From a button to the citizen: prompt, preview, send, regret, and everything that must never leave the group."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete, update

from bot.chat import ChatFile, ChatId, EventKind, FileKind, PostId, ThreadId
from bot.facts import CaseNumber, FactKind, OfficerId
from bot.store.chat_schema import posts
from bot.store.database import Database
from bot.store.rows import MailKind
from bot.store.schema import outbox
from tests.conftest import FrozenClock
from tests.staff_chat import GROUP, STRANGER, StaffTown, chat_office, embedded, staff_town

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with embedded(tmp_path) as opened:
        yield opened


async def _asked(town: StaffTown, who: str = "anna", thread: int = 70) -> CaseNumber:
    case = await town.case(thread=thread)
    await town.presses(who, f"ans:{case}", thread=thread)
    return case


async def test_an_answer_goes_from_the_button_to_the_citizen(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        assert await town.presses("anna", f"ans:{case}", thread=70) == "Skriv som svar på mitt meddelande."
        prompt = town.last
        assert prompt.mail.form.asks
        assert prompt.mail.thread == ThreadId(70)
        assert prompt.text.startswith("Anna Exempel\nSkriv ditt svar i")
        await town.replies("anna", "Lyktan lagas på torsdag.", prompt)
        shown = town.last
        # As the citizen will see it: the words, then name, unit, telephone.
        assert (
            "Lyktan lagas på torsdag.\n\nAnna Exempel\nKontaktcenter, Exempel kommun\nTelefon 0123-45 67 00"
            in shown.text
        )
        assert shown.words == ["Skicka", "Ändra", "Avbryt"]
        assert town.to_elsa() == []
        assert "skickas om 60 sekunder" in await town.pushes("anna", "Skicka", shown)
        assert town.last.mail.form.edits == shown.post
        assert town.last.words == ["Ångra"]
        await town.pass_by(seconds=59)
        assert town.to_elsa() == []
        await town.pass_by(seconds=1)
        assert len(town.to_elsa()) == 1
        assert "Lyktan lagas på torsdag." in town.to_elsa()[0]
        assert (await town.now_of(case)).owner == OfficerId("anna")


async def test_what_staff_say_stays_where_it_is(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        for text in ("Vem tar den?", "Jag ringer henne", "svar: ja"):
            await town.writes("anna", text, chat=GROUP, thread=ThreadId(70))
        await town.writes("bo", "Håller med", chat=GROUP, thread=ThreadId(70), reply_to=PostId(71))
        await town.pass_by(hours=1)
        assert town.outcomes == ["done:talk"] * 4
        assert town.posts == []
        assert await town.kinds(case) == [FactKind.RECEIVED]


async def test_a_reply_to_what_somebody_else_was_asked_never_leaves(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        await town.replies("bo", "Den lagas i morgon.", town.last)
        assert "väntar på ett svar från Anna Exempel" in town.last.text
        assert "Inget har skickats." in town.last.text
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_a_reply_in_another_topic_never_leaves(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        await town.replies("anna", "Den lagas i morgon.", town.last, thread=ThreadId(90))
        assert "i ett annat ämne" in town.last.text
        assert town.to_elsa() == []


@pytest.mark.parametrize(("minutes", "shown"), [(29, True), (30, False), (600, False)])
async def test_a_question_is_asked_for_half_an_hour(
    database: Database, clock: FrozenClock, minutes: int, shown: bool
) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        prompt = town.last
        await town.pass_by(minutes=minutes)
        await town.replies("anna", "Den lagas i morgon.", prompt)
        assert ("Skicka" in town.last.words) is shown
        assert ("Inget har skickats." in town.last.text) is not shown


async def test_a_reply_to_what_is_done_is_told(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        prompt = town.last
        await town.replies("anna", "Den lagas.", prompt)
        await town.pushes("anna", "Avbryt", town.last)
        await town.replies("anna", "Nej, den lagas i morgon.", prompt)
        assert "väntar inte på något svar längre" in town.last.text
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_a_reply_to_a_message_we_do_not_know_is_told_while_we_wait(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        prompt = town.last
        await town.writes("anna", "Ja, just det.", chat=GROUP, thread=ThreadId(70), reply_to=PostId(9))
        assert town.outcomes[-1] == "done:talk"
        # The prompt was sent, but the service's reply was lost: nobody knows which message it is.
        async with database.writing() as connection:
            await connection.execute(delete(posts))
            await connection.execute(update(outbox).values(state="unsure"))
        await town.replies("anna", "Den lagas.", prompt)
        assert "Jag ser inte vilket meddelande du svarade på" in town.last.text
        await town.presses("anna", f"ans:{case}", thread=70)
        await town.replies("anna", "Den lagas.", town.last)
        assert "Skicka" in town.last.words


async def test_only_the_one_who_wrote_it_sends_it_and_only_once(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        await town.replies("anna", "Den lagas.", town.last)
        shown = town.last
        assert "Det här skriver Anna Exempel på" in await town.pushes("bo", "Skicka", shown)
        await town.pushes("anna", "Skicka", shown)
        assert (await town.pushes("anna", "Skicka", shown)).startswith("Knappen gäller inte längre.")
        await town.pass_by(hours=1)
        assert len(town.to_elsa()) == 1
        assert "Anna Exempel har ärendet" in await town.presses("bo", f"send:{case}:1", thread=70)


async def test_two_presses_in_one_batch_send_once(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        await town.replies("anna", "Den lagas.", town.last)
        shown = town.last
        both = [
            town.event("anna", GROUP, kind=EventKind.PRESS, press=f"q{n}", data=shown.data("Skicka"), post=shown.post,
                       thread=ThreadId(70), at=None)
            for n in range(2)
        ]  # fmt: skip
        await town.take(*both)
        await town.pass_by(hours=1)
        assert len(town.to_elsa()) == 1
        assert {one.press for one in town.answers} >= {"q0", "q1"}


async def test_a_redelivered_press_does_nothing_twice(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        event = town.event("anna", GROUP, kind=EventKind.PRESS, press="q", data=f"take:{case}", at=None)
        await town.take(event)
        await town.take(event)
        assert town.outcomes[-1] == "done:duplicate"
        assert (await town.kinds(case)).count(FactKind.ASSIGNED) == 1


async def test_a_changed_text_is_the_one_that_goes(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        await town.replies("anna", "Den lagas.", town.last)
        first = town.last
        await town.pushes("anna", "Ändra", first)
        await town.replies("anna", "Den lagas på torsdag.", town.last)
        second = town.last
        # The old preview sends nothing any more.
        await town.pushes("anna", "Skicka", first)
        await town.pass_by(hours=1)
        assert town.to_elsa() == []
        # Half an hour has gone by, so it is shown once more before it goes.
        assert "Läs igenom det igen" in await town.pushes("anna", "Skicka", second)
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(hours=1)
        assert len(town.to_elsa()) == 1
        assert "Den lagas på torsdag." in town.to_elsa()[0]


async def test_a_note_in_between_leaves_the_letter_as_it_was(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        await town.replies("anna", "Den lagas.", town.last)
        shown = town.last
        await town.presses("anna", f"note:{case}", thread=70)
        await town.replies("anna", "Ringt driften", town.last)
        await town.pushes("anna", "Skicka", shown)
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1
        assert FactKind.NOTED in await town.kinds(case)


async def test_a_long_answer_is_shown_and_sent_whole(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        text = "Så här är det. " * 260 + "Slut."
        await town.replies("anna", text, town.last)
        assert "Slut." in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        # What replaces the preview must fit one message.
        assert len(town.last.text) < 1000
        await town.pushes("anna", "Ångra", town.last)
        # The whole text comes back, and that does not.
        assert "Slut." in town.last.text
        assert town.last.mail.form.edits is None


async def test_regret_takes_it_back_and_late_regret_says_so(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        await town.replies("anna", "Den lagas.", town.last)
        await town.pushes("anna", "Skicka", town.last)
        sent = town.last
        assert await town.pushes("bo", "Ångra", sent) == "Bara den som gjorde det kan ångra det."
        assert await town.pushes("anna", "Ångra", sent) == "Brevet är stoppat."
        assert "Den lagas." in town.last.text
        assert town.last.words == ["Svara"]
        assert await town.pushes("anna", "Ångra", sent) == "Det är redan ångrat."
        await town.pass_by(hours=1)
        assert town.to_elsa() == []
        await town.writes("anna", "/svar Den lagas i morgon.", chat=GROUP, thread=ThreadId(70))
        sent = town.last
        await town.pass_by(minutes=2)
        assert "har redan skickats" in await town.pushes("anna", "Ångra", sent)
        assert len(town.to_elsa()) == 1
        assert (await town.kinds(case)).count(FactKind.CORRECTED) >= 1


async def test_the_undo_button_takes_back_nothing_else(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/svar Den lagas.", chat=GROUP, thread=ThreadId(70))
        sent = town.last
        await town.writes("anna", "/ämne bygglov", chat=GROUP, thread=ThreadId(70))
        assert "Du har gjort mer" in await town.pushes("anna", "Ångra", sent)
        assert (await town.now_of(case)).topic == "bygglov"


async def test_what_has_come_since_is_shown_before_it_goes(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        prompt = town.last
        await town.writes_more(case, "Nu är den lagad, tack!")
        await town.replies("anna", "Den lagas.", prompt)
        assert "har skrivit mer sedan du började" in town.last.text
        assert "Nu är den lagad, tack!" in town.last.text
        shown = town.last
        await town.writes_more(case, "En till sak")
        assert "Inget har skickats än" in await town.pushes("anna", "Skicka", shown)
        assert "En till sak" in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1


async def test_the_second_sees_the_first_answer_and_may_send_beside_it(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("lea", f"ans:{case}", thread=70)
        prompt = town.last
        await town.writes("anna", "/svar Den lagas på torsdag.", chat=GROUP, thread=ThreadId(70))
        await town.replies("lea", "Den lagas på fredag.", prompt)
        assert "Anna Exempel har redan svarat" in town.last.text
        assert "Den lagas på torsdag." in town.last.text
        assert town.last.words == ["Skicka ändå", "Ändra", "Avbryt"]
        await town.pushes("lea", "Skicka ändå", town.last)
        await town.pass_by(minutes=2)
        assert len(town.to_elsa()) == 2


async def test_only_who_has_the_case_or_a_lead_sends(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"take:{case}", thread=70)
        assert "Anna Exempel har ärendet" in await town.presses("bo", f"ans:{case}", thread=70)
        await town.writes("bo", "/svar Den lagas.", chat=GROUP, thread=ThreadId(70))
        assert "Anna Exempel har ärendet" in town.last.text
        await town.writes("bo", "/delbesked fredag Vi letar", chat=GROUP, thread=ThreadId(70))
        assert "Anna Exempel har ärendet" in town.last.text
        assert "Skriv som svar" in await town.presses("lea", f"ans:{case}", thread=70)
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_a_case_that_was_taken_meanwhile_is_not_sent_in(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town, "bo")
        await town.replies("bo", "Den lagas.", town.last)
        shown = town.last
        await town.presses("anna", f"take:{case}", thread=70)
        assert "Anna Exempel har ärendet" in await town.pushes("bo", "Skicka", shown)
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_files_and_commands_in_a_reply_are_not_sent(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        prompt = town.last
        photo = ChatFile(remote="r", kind=FileKind.PHOTO, name="", media_type="image/jpeg")
        await town.replies("anna", "Se bilden", prompt, files=(photo,))
        assert "Filer följer inte med" in town.last.text
        await town.replies("anna", "Den lagas.\n/avsluta", prompt)
        assert "Det här förstod vi inte: /avsluta" in town.last.text
        await town.replies("anna", "/anteckning Ringt, inget svar", prompt)
        assert town.last.text == f"{case}: anteckningen är sparad. Den har inte skickats."
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_a_personal_number_in_an_answer_is_hidden_everywhere(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await _asked(town)
        await town.replies("anna", "Ditt nummer 811228-9874 finns hos oss.", town.last)
        assert "811228-9874" not in town.last.text
        assert "är dolt" in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert not any("811228-9874" in one.text for one in town.posts)
        assert len(town.to_elsa()) == 1


async def test_a_mail_citizen_is_answered_by_mail_from_the_chat(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case("Hemligt om grannen", chat=None, thread=70)
        await town.presses("anna", f"ans:{case}", thread=70)
        prompt = town.last
        await town.writes_more(case, "Grannen igen", None)
        await town.replies("anna", "Tack för ditt mejl.", prompt)
        # The group sees number and due time of such cases, and never the words.
        assert "Texten visas inte i gruppen" in town.last.text
        await town.pushes("anna", "Skicka", town.last)
        assert not any("rannen" in words for words in town.said())
        letter = (await town.mails(MailKind.ANSWER))[0]
        assert letter.to_addr == "elsa@example.org"
        assert "Tack för ditt mejl." in letter.text


async def test_a_secret_case_is_written_about_in_private(database: Database, clock: FrozenClock) -> None:
    office = chat_office()
    office = replace(office, officers=tuple(replace(one, cleared=True) for one in office.officers))
    async with staff_town(database, clock, office) as town:
        case = await town.case(thread=70)
        await town.writes("anna", "/sekretess", chat=GROUP, thread=ThreadId(70))
        assert "egen chatt" in await town.presses("anna", f"ans:{case}", thread=70)
        assert town.last.chat == ChatId(11)
        await town.replies("anna", "Den lagas.", town.last)
        assert town.last.chat == ChatId(11)
        await town.pushes("anna", "Skicka", town.last)
        await town.pass_by(minutes=1)
        assert len(town.to_elsa()) == 1
        assert not any("Den lagas." in words for words in town.said())


async def test_strangers_in_the_group_are_told_how_to_become_known(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await _asked(town)
        prompt = town.last
        assert "Skriv /anslut" in await town.presses(STRANGER, f"take:{case}", thread=70)
        await town.replies(STRANGER, "Den lagas.", prompt)
        assert "Skriv /anslut" in town.last.text
        await town.writes(STRANGER, "/svar Den lagas.", chat=GROUP, thread=ThreadId(70))
        assert "Skriv /anslut" in town.last.text
        told = len(town.posts)
        await town.writes(STRANGER, "Vad är det här?", chat=GROUP, thread=ThreadId(70))
        await town.writes(STRANGER, "/okänt", chat=GROUP, thread=ThreadId(70))
        assert len(town.posts) == told
        anonymous = town.event(STRANGER, GROUP, text="/svar Den lagas.", anonymous=True, thread=ThreadId(70))
        await town.take(anonymous)
        assert "i gruppens namn" in town.last.text
        await town.pass_by(hours=1)
        assert town.to_elsa() == []

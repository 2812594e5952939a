"""Judging the drawn answers: what a lead is shown, who may judge, and that what is judged stands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.facts import CaseMark, CaseNumber, Fact, FactKind
from bot.judging import Page, judge, judging_lead, opened, pages, parts_of
from bot.sampling import draw_due
from bot.set_out import as_text
from bot.store.database import Database
from bot.store.journal import facts_of
from bot.store.sample_book import Judgement, sample_of
from bot.store.schema import outbox
from tests.conftest import FrozenClock
from tests.lookup import Kept

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEEK = "2026-W47"
YES = Judgement(is_answer=True, is_clear=True, has_sender=True)
LETTER = (
    "Den lagas på torsdag. Skriv till anna@kommun.example.\n\nAnna Exempel\nKontaktcenter, Exempel kommun\nHälsar Anna"
)


async def drawn_town(database: Database, clock: FrozenClock) -> tuple[Kept, list[CaseNumber]]:
    """Return three drawn answers: two of Anna's and one of Bo's."""
    kept = Kept(database, clock)
    cases = [
        await kept.case("Mitt nummer är 19121212-1212. När lagas gatlyktan?"),
        await kept.case("Hej"), await kept.case("Kan jag få komma?"),
    ]  # fmt: skip
    clock.forward(hours=1)
    await kept.another(cases[1], "När öppnar simhallen?")
    clock.forward(hours=1)
    for case, who in zip(cases, ("anna", "anna", "bo"), strict=True):
        fact = await kept.answer(case, "Den lagas på torsdag.", who)
        await letter(database, fact, LETTER if who == "anna" else "Kom när du vill.")
    await kept.another(cases[0], "Tack!", inquiry=2)
    await draw_due(database, kept.office, 10, TUESDAY)
    return kept, cases


async def letter(database: Database, fact: Fact, text: str) -> None:
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.id == fact.data["outbox"]).values(text=text))


async def pages_for(kept: Kept, who: str) -> dict[CaseNumber, Page]:
    found = await pages(kept.database, kept.office, WEEK, judging_lead(kept.office, who))
    return {page.drawn.case: page for page in found.pages}


@pytest.mark.asyncio
async def test_a_lead_sees_question_and_answer_without_numbers_and_names(
    database: Database, clock: FrozenClock
) -> None:
    kept, cases = await drawn_town(database, clock)
    shown = await pages_for(kept, "eva")
    assert set(shown) == set(cases)
    first = shown[cases[0]]
    # What came after the answer is no part of the question.
    assert first.question == ("Mitt nummer är [personnummer dolt]. När lagas gatlyktan?",)
    assert first.answer == (
        "Den lagas på torsdag. Skriv till [handläggarens adress].\n\n[handläggarens namn]\n"
        "Kontaktcenter, Exempel kommun\nHälsar [handläggarens namn]"
    )
    assert shown[cases[1]].question == ("Hej", "När öppnar simhallen?")
    text = as_text(parts_of(kept.office, first, 1, 3))
    head = "Svar 1 av 3\n-----------\n\nFrågan:\n\nRubrik: Gatlykta\n\n"
    assert text.startswith(f"{head}    Mitt nummer är [personnummer dolt].")
    assert "Anna" not in text


@pytest.mark.asyncio
async def test_who_wrote_the_answer_leaves_it_to_another(database: Database, clock: FrozenClock) -> None:
    kept, cases = await drawn_town(database, clock)
    for who in ("anna", "Anna Exempel", "anna@kommun.example"):
        assert set(await pages_for(kept, who)) == {cases[2]}
    found = await pages(database, kept.office, WEEK, judging_lead(kept.office, "anna"))
    assert (found.drawn, found.judged, found.own, found.gone) == (3, 0, 2, 0)
    assert set(await pages_for(kept, "bo")) == set(cases[:2])


@pytest.mark.asyncio
async def test_what_is_judged_stands_and_is_not_shown_again(database: Database, clock: FrozenClock) -> None:
    kept, cases = await drawn_town(database, clock)
    page = (await pages_for(kept, "eva"))[cases[0]]
    no = Judgement(is_answer=False, is_clear=False, has_sender=False)
    assert await judge(database, page, "cli:eva", YES, TUESDAY)
    assert not await judge(database, page, "cli:ida", no, TUESDAY + timedelta(minutes=1))
    assert set(await pages_for(kept, "eva")) == set(cases[1:])
    async with database.reading() as connection:
        kept_now = {one.case: (one.judge, one.judgement) for one in await sample_of(connection, WEEK)}
    assert kept_now[cases[0]] == ("cli:eva", YES)
    assert kept_now[cases[1]] == ("", None)


@pytest.mark.asyncio
async def test_reading_leaves_a_trace_each_time(database: Database, clock: FrozenClock) -> None:
    kept, cases = await drawn_town(database, clock)
    page = (await pages_for(kept, "eva"))[cases[0]]
    await opened(database, page, "cli:eva", TUESDAY)
    await opened(database, page, "cli:eva", TUESDAY + timedelta(minutes=5))
    async with database.reading() as connection:
        facts = (await facts_of(connection, [cases[0]]))[cases[0]]
    read = [(fact.actor, fact.occurred_at) for fact in facts if fact.kind is FactKind.OPENED]
    assert read == [("cli:eva", TUESDAY), ("cli:eva", TUESDAY + timedelta(minutes=5))]


@pytest.mark.asyncio
async def test_what_became_secret_or_was_left_out_since_is_shown_to_nobody(
    database: Database, clock: FrozenClock
) -> None:
    kept, cases = await drawn_town(database, clock)
    await kept.tell(cases[0], FactKind.MARKED, mark=CaseMark.SECRET.value, value="yes", inquiry=None)
    await kept.tell(cases[1], FactKind.EXCLUDED, reason="spam")
    found = await pages(database, kept.office, WEEK, judging_lead(kept.office, "eva"))
    assert [page.drawn.case for page in found.pages] == [cases[2]]
    assert (found.gone, found.own) == (2, 0)

"""A figure of the telephone leads to the single calls: all of them, each in one class, and to nobody's name."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.facts import Fact, FactData, FactKind, Seq, to_micros
from bot.store import figure_schema, schema
from bot.store.database import Database
from bot.store.rows import fact_row
from measurement.explain_calls import phone_part
from measurement.explain_inquiries import Wanted
from measurement.explained import Behind, Explained, PhoneCall, Why
from measurement.explained_json import explained_as_json
from measurement.measures import iso
from measurement.phone import PhoneRules
from measurement.phone_measures import phone_measures
from measurement.show_explained import as_text
from measurement.tables import reading
from measurement.words import Spoken
from tests.explained_town import CLOSED, GROUND, RULES, call, explained, log_contacts, store_beside
from tests.rollup_book import asked, fact, learn, local
from tests.weeks import CALENDAR, SWEDISH, WEEK, ZONE, at


def rows_of(found: Explained) -> list[Behind]:
    return [row for one in found.part.listings for row in one.rows]


def plain(found: Explained) -> str:
    text = as_text(found, Spoken(texts=SWEDISH, zone=ZONE))
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def logged(number: int, when: str, *, source: str = "", **said: str | int | bool) -> Fact:
    data: FactData = {"way": "phone", "direct": True, "unit": "kc", **said}
    one = fact(FactKind.PHONE, local(when), number, data=data)
    return replace(one, actor="officer:anna", source=source)


async def rang(database: Database, *calls: dict[str, object]) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(figure_schema.calls), list(calls))


@pytest.mark.asyncio
async def test_what_officers_logged_is_listed_without_case_or_officer(database: Database, database_url: str) -> None:
    await learn(database, [logged(1, "11-16 09:00", seconds=90), logged(2, "11-16 08:30", seconds=20, reception=2),
                           logged(3, "11-17 10:00", seconds=70, direct=False), logged(4, "11-16 21:00", seconds=10),
                           logged(5, "11-18 10:00", way="visit"), logged(6, "11-19 09:00")])  # fmt: skip
    found = await explained(database_url, "phone.direct.60@2026-W47", CLOSED)
    assert found.part.classes == {Why.NO: 2, Why.YES: 1, Why.NO_SECONDS: 1, Why.CLOSED: 1}
    rows = [(row.why, row.arrived, row.call and (row.call.least, row.call.direct)) for row in rows_of(found)]
    assert rows == [
        (Why.NO, at(16, "09:00"), (90, True)), (Why.NO, at(17, "10:00"), (70, False)),
        (Why.YES, at(16, "08:30"), (20, True)), (Why.NO_SECONDS, at(19, "09:00"), (None, True)),
        (Why.CLOSED, at(16, "21:00"), (10, True)),
    ]  # fmt: skip
    no = await explained(database_url, "phone.direct.60@2026-W47", CLOSED, why="no", limit=1)
    assert [(one.whys, one.count, len(one.rows), one.after) for one in no.part.listings] == [((Why.NO,), 2, 1, 1)]
    text = plain(no)
    assert "antecknat enhet sekunder direkt svar 2026-11-16 09.00.00 kc 90 ja 1 till, --limit 0 visar alla" in text
    told = f"{explained_as_json(found)} {plain(found)}"
    assert not any(word in told for word in ("K-00000", "anna", "reception", "officer:"))
    assert explained_as_json(no)["listings"][0]["rows"] == [{
        "case": "", "no": 0, "why": "no", "arrived": iso(at(16, "09:00")), "due": None, "answered": None, "told": None,
        "seconds": 90, "left": None, "transferred": False, "reason": "", "points": None, "what": "",
        "call": {"from": "officer", "key": "", "queue": "", "unit": "kc", "least": 90, "most": 90, "answered": None,
                 "abandoned": None, "direct": True},
    }]  # fmt: skip


@pytest.mark.asyncio
async def test_the_exchanges_calls_are_listed_as_they_were_imported(database: Database, database_url: str) -> None:
    await rang(database, call(3, at(16, "09:00"), 90, queue="Växel"), call(2, at(16, "09:00"), 20),
               call(1, at(17, "09:00"), 40, answered=0, abandoned=1), call(4, at(17, "10:00"), 9, answered=0),
               call(5, at(17, "10:30"), 2, answered=0, abandoned=1), call(6, at(15, "10:00"), 5))  # fmt: skip
    found = await explained(database_url, "phone.answered@2026-W47", CLOSED)
    # Sunday the 15th is another week; the caller of two seconds gave up at once.
    assert [(row.why, row.call and row.call.key) for row in rows_of(found)] == [
        (Why.ANSWERED, "2"), (Why.ANSWERED, "3"), (Why.ABANDONED, "1"), (Why.SENT_ON, "4"), (Why.SHORT, "5"),
    ]  # fmt: skip
    assert rows_of(found)[1].call == PhoneCall(
        key="3", queue="Växel", unit="kc", least=90, most=90, answered=True, abandoned=False
    )
    assert rows_of(found)[1].length == timedelta(seconds=90)
    text = plain(found)
    assert "2026-11-16 09.00.00 kc Växel 90 besvarat 3" in text
    assert "2026-11-17 09.00.00 kc 40 lade på 1" in text
    late = await explained(database_url, "phone.answered.60@2026-W47", CLOSED, why="no")
    assert [row.call and row.call.key for row in rows_of(late)] == ["3", "1", "4"]


@pytest.mark.asyncio
async def test_calls_that_were_logged_cannot_be_told_and_that_is_said(database: Database, database_url: str) -> None:
    await store_beside(database)
    await log_contacts(database)
    found = await explained(database_url, "phone.coverage@2026-W47", CLOSED)
    assert [(one.whys, one.count, len(one.rows)) for one in found.part.listings] == [((Why.YES, Why.NO), 13, 13)]
    assert (await explained(database_url, "phone.coverage@2026-W47", CLOSED, why="no")).part == found.part
    text = plain(found)
    assert "Ja och nej: 13" in text
    assert "En anteckning säger inte vilket samtal i växeln den gäller." in text
    assert "run_bot.py explain figure phone.logged@2026-W47" in text
    assert len(rows_of(await explained(database_url, "phone.logged@2026-W47", CLOSED))) == 13


@pytest.mark.asyncio
async def test_calls_and_contacts_are_counted_by_class(database: Database, database_url: str) -> None:
    await store_beside(database)
    await log_contacts(database)

    async def classes(written: str) -> dict[Why, int]:
        return dict((await explained(database_url, written, CLOSED)).part.classes)

    assert await classes("phone.answered@2026-W47") == {
        Why.ANSWERED: 13, Why.ABANDONED: 1, Why.SENT_ON: 1, Why.SHORT: 1, Why.CLOSED: 1,
    }  # fmt: skip
    assert await classes("phone.answered.60@2026-W47") == {
        Why.YES: 11, Why.NO: 3, Why.NO_SECONDS: 1, Why.SHORT: 1, Why.CLOSED: 1,
    }  # fmt: skip
    # Twelve with seconds, eleven within 60; one without; one in the evening.
    assert await classes("phone.direct@2026-W47") == {Why.YES: 11, Why.NO: 1, Why.NO_SECONDS: 1, Why.CLOSED: 1}
    # Calls of 13, and as many logged on those days.
    assert await classes("phone.coverage@2026-W47") == {Why.YES: 13, Why.NO: 0}
    contacts = await explained(database_url, "contacts@2026-W47", CLOSED)
    assert (contacts.part.classes[Why.PHONE], contacts.part.classes[Why.VISIT]) == (14, 1)
    assert (await explained(database_url, "phone.direct.30@2026-W47", CLOSED)).part.seconds == 30
    bygg = await explained(database_url, "phone.direct@2026-W47/unit:bygg", CLOSED)
    assert (bygg.part.withheld, bygg.part.figure and bygg.part.figure.n) == (None, 0)


async def part_of(url: str, measure: str, slice_: str, rules: PhoneRules) -> dict[Why, tuple[int, int]]:
    """Return how many calls or contacts a figure has in each class, and how many of them are listed."""
    declared = next(one for one in phone_measures(rules.limits) if one.id == measure)
    wanted = Wanted(measure=declared, period=str(WEEK), slice=slice_, as_of=CLOSED, configured=GROUND.configured)
    async with reading(url) as connection:
        span = WEEK.start(ZONE), WEEK.end(ZONE)
        part, _ = await phone_part(connection, wanted, span, CLOSED, CALENDAR, rules, GROUND.secrecy)
    assert part.figure is not None
    if part.figure.denominator is None and part.classes:
        assert sum(part.classes.values()) == part.figure.n
    for good in {Why.YES, Why.ABANDONED if measure == "phone.abandoned" else Why.ANSWERED} & set(part.classes):
        assert part.classes[good] == part.figure.numerator
    # Whoever finds no list finds no class either, but of grades.
    assert all(one.count == sum(part.classes[why] for why in one.whys) for one in part.listings)
    assert sum(one.count for one in part.listings) == sum(part.classes.values())
    return {one.whys[0]: (one.count, len(one.rows)) for one in part.listings}


@pytest.mark.asyncio
@pytest.mark.parametrize("from_exchange", [False, True])
async def test_every_figure_of_the_telephone_leads_to_its_calls(
    database: Database, database_url: str, from_exchange: bool
) -> None:
    await store_beside(database)
    await log_contacts(database)
    await rang(database, call(20, at(16, "09:30"), 70, direct=1), call(21, at(16, "21:00"), 10, direct=0))
    rules = replace(RULES, from_exchange=from_exchange)
    found = {one.id: await part_of(database_url, one.id, "", rules) for one in phone_measures(rules.limits)}
    assert {one for one, listed in found.items() if not listed} == {
        "phone.asked_reception.good",
        *(["phone.left_out.no_seconds"] if from_exchange else []),
    }
    # Told by the exchange: one after 70 s, one in the evening; else as staff logged.
    direct = {Why.NO: (1, 1), Why.CLOSED: (1, 1)} if from_exchange else {
        Why.NO: (1, 1), Why.YES: (11, 11), Why.NO_SECONDS: (1, 1), Why.CLOSED: (1, 1),
    }  # fmt: skip
    assert found["phone.direct"] == direct
    for slice_ in ("unit:kc", "unit:bygg", "topic:gator"):
        for one in phone_measures(rules.limits):
            await part_of(database_url, one.id, slice_, rules)


@pytest.mark.asyncio
async def test_calls_of_units_that_keep_secrecy_are_counted_and_not_listed(
    database: Database, database_url: str
) -> None:
    def passed_on(number: int, kind: FactKind, data: FactData) -> Fact:
        return fact(kind, local("11-18 10:00"), number, data=data)

    await learn(
        database,
        [logged(1, "11-16 09:00", seconds=20), logged(2, "11-16 09:00", seconds=20, unit="soc"),
         *asked(3, "11-16 09:00"), logged(3, "11-16 09:00", direct=False),
         passed_on(3, FactKind.TRANSFERRED, {"unit": "soc"}),
         *asked(4, "11-16 09:00"), logged(4, "11-16 09:00", direct=False),
         passed_on(4, FactKind.MARKED, {"mark": "secret", "value": "yes"})],
    )  # fmt: skip
    await rang(database, call(1, at(16, "09:00"), 20), call(2, at(16, "09:00"), 20, unit="soc"))
    found = await explained(database_url, "phone.direct.60@2026-W47", CLOSED)
    # One is of the secret unit, one was handed to it since, one is marked.
    assert {one.whys: (one.count, one.secret, len(one.rows)) for one in found.part.listings} == {
        (Why.YES,): (2, 1, 1), (Why.NO,): (2, 2, 0),
    }  # fmt: skip
    assert "2 till som inte visas (sekretess)" in plain(found)
    calls = await explained(database_url, "phone.answered@2026-W47", CLOSED)
    assert [(one.count, one.secret) for one in calls.part.listings] == [(2, 1)]
    assert [row.call and row.call.unit for row in rows_of(calls)] == ["kc"]


@pytest.mark.asyncio
async def test_buttons_and_corrections_are_told_as_they_were_known(database: Database, database_url: str) -> None:
    moved = fact(
        FactKind.CORRECTED, local("11-18 08:00"), 3, data={"seq": 3, "occurred_at": to_micros(at(17, "08:50"))}
    )
    facts = [logged(1, "11-16 09:01", source="chat:1", seconds=30),
             logged(2, "11-16 09:02", source="chat:2", seconds=61),
             logged(3, "11-16 09:03", source="mail:3", seconds=30), replace(moved, source="mail:4")]  # fmt: skip
    async with database.writing() as connection:
        rows = [fact_row(replace(one, seq=Seq(seq))) for seq, one in enumerate(facts, start=1)]
        await connection.execute(insert(schema.facts), rows)

    async def told(as_of: datetime) -> list[tuple[object, ...]]:
        rows = rows_of(await explained(database_url, "phone.logged@2026-W47", as_of))
        return [(row.arrived, row.length, row.call and (row.call.least, row.call.most)) for row in rows]

    buttons = [(at(16, "09:01"), None, (16, 30)), (at(16, "09:02"), None, (61, None))]
    half = timedelta(seconds=30)
    assert await told(CLOSED) == [*buttons, (at(17, "08:50"), half, (30, 30))]
    assert await told(at(17, "12:00")) == [*buttons, (at(16, "09:03"), half, (30, 30))]
    text = plain(await explained(database_url, "phone.logged@2026-W47", CLOSED))
    assert "09.01.00 kc 16–30 ja" in text
    assert "09.02.00 kc minst 61 ja" in text

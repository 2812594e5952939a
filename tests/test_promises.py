"""Which promises were not kept, told from the facts of one case; and as a lead asks for them by week."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import show_weeks
from bot.desk.promises import BrokenPromise, broken_promises
from bot.facts import CaseNumber, Fact, FactKind, FactValue, Seq
from bot.inquiry import fold_inquiries
from bot.questions import BrokenPromises, LeftOut
from bot.store.database import Database
from bot.store.journal import facts_of
from bot.store.week_reading import Asked
from tests.conftest import MONDAY, FrozenClock
from tests.facts import received
from tests.lookup import BYGG, SOC, Kept, make_town_office, rows_of, words_of

OFFICE = make_town_office()
LATER = datetime(2026, 12, 24, tzinfo=UTC)


def at(day: int, hour: int = 12) -> datetime:
    """Return a UTC instant of November 2026; local time is one hour more."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def fact(seq: int, kind: FactKind, when: datetime, /, **data: FactValue) -> Fact:
    return replace(
        received(), seq=Seq(seq), kind=kind, occurred_at=when, recorded_at=when, actor="officer:anna", source=f"s{seq}",
        data=data,
    )  # fmt: skip


def asked(promised: str = "2026-11-18") -> Fact:
    """A question of Monday 16 November, promised an answer by Wednesday."""
    return received(promised=promised) if promised else received()


def broken(facts: list[Fact], as_of: datetime) -> list[BrokenPromise]:
    asked = [
        Asked(one.case, one.no, one.unit, one.arrived_at, one.answered_at)
        for one in fold_inquiries(facts)
        if one.excluded is None
    ]
    return broken_promises(asked, facts, OFFICE, as_of)


def told(facts: list[Fact], as_of: datetime = LATER) -> list[tuple[int, bool, bool]]:
    """Return of each broken promise its day in November, whether it is answered, and whether we told before."""
    found = broken(facts, as_of)
    return [(one.day.day, one.answered_at is not None, one.told) for one in found]


HELD, DELAYED, ANSWERED, FAILED = FactKind.HELD, FactKind.DELAYED, FactKind.ANSWERED, FactKind.DELIVERY_FAILED
LAST = datetime(2026, 11, 18, 23, tzinfo=UTC)
"""Midnight that ends Wednesday 18 November in Stockholm."""

CASES: dict[str, tuple[list[Fact], list[tuple[int, bool, bool]]]] = {
    "no answer": ([asked()], [(18, False, False)]),
    "no fact has kept it: the second open day after Monday": ([asked("")], [(18, False, False)]),
    "answered in time": ([asked(), fact(2, ANSWERED, LAST - timedelta(microseconds=1))], []),
    "answered at the midnight that ends it": ([asked(), fact(2, ANSWERED, LAST)], [(18, True, False)]),
    "the answer bounced": (
        [asked(), fact(2, ANSWERED, at(17), outbox=5), fact(3, FAILED, at(17), outbox=5, of="answer")],
        [(18, False, False)],
    ),
    "moved in time and kept": ([asked(), fact(2, HELD, at(18), until="2026-11-25"), fact(3, ANSWERED, at(25))], []),
    "moved in time and then broken": ([asked(), fact(2, HELD, at(18), until="2026-11-25")], [(25, False, False)]),
    "moved to an earlier day": ([asked(), fact(2, HELD, at(16), until="2026-11-17")], [(17, False, False)]),
    "moved too late: the first is broken": (
        [asked(), fact(2, HELD, LAST, until="2026-11-25"), fact(3, ANSWERED, at(24))],
        [(18, True, False)],
    ),
    "moved twice": (
        [asked(), fact(2, HELD, at(18), until="2026-11-20"), fact(3, HELD, at(20), until="2026-11-25")],
        [(25, False, False)],
    ),
    "told by the system: broken all the same": (
        [asked(), fact(2, DELAYED, at(18), until="2026-11-25"), fact(3, ANSWERED, at(24))],
        [(18, True, True)],
    ),
    "told by the system, and then moved by a person": (
        [asked(), fact(2, DELAYED, at(18, 9), until="2026-11-20"), fact(3, HELD, at(18, 10), until="2026-11-25")],
        [(25, False, False)],
    ),
    "told by the system, the second day broken too": (
        [asked(), fact(2, DELAYED, at(18), until="2026-11-20")],
        [(18, False, True), (20, False, False)],
    ),
    "a notice that came back told nobody": (
        [
            asked(), fact(2, HELD, at(17), until="2026-11-25", outbox=7),
            fact(3, FAILED, at(17), outbox=7, of="holding_notice"),
        ],
        [(18, False, False)],
    ),
    "a notice that was undone told nobody": (
        [asked(), fact(2, HELD, at(17), until="2026-11-25"), fact(3, FactKind.CORRECTED, at(17), seq=2, drop=True)],
        [(18, False, False)],
    ),
    "a day told after the answer is no promise of it": (
        [asked(), fact(2, ANSWERED, at(17)), fact(3, HELD, at(18), until="2026-11-19")],
        [],
    ),
    "left out of the figures": ([asked(), fact(2, FactKind.EXCLUDED, at(30), reason="spam")], []),
    "closed is not answered": ([asked(), fact(2, FactKind.CLOSED, at(17))], [(18, False, False)]),
    "each question has its own": (
        [
            asked(), fact(2, ANSWERED, at(19)),
            replace(received(3, at=at(20), promised="2026-11-24"), inquiry=2),
            replace(fact(4, ANSWERED, at(25)), inquiry=2),
        ],
        [(18, True, False), (24, True, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_promise_is_broken_when_its_day_ends_without_an_answer(name: str) -> None:
    facts, expected = CASES[name]
    assert told(facts) == expected


def test_a_promise_is_broken_from_the_midnight_that_ends_its_day() -> None:
    assert told([asked()], LAST - timedelta(microseconds=1)) == []
    (found,) = broken([asked()], LAST)
    assert found == BrokenPromise(
        case=received().case, inquiry=1, unit=OFFICE.units[0].id, day=date(2026, 11, 18), passed_at=LAST,
        answered_at=None, told=False,
    )  # fmt: skip


@given(
    hours=st.lists(st.integers(1, 24 * 20), max_size=6), kinds=st.lists(st.sampled_from([HELD, DELAYED]), min_size=6)
)
def test_once_broken_a_promise_stays_so_while_nothing_is_corrected(hours: list[int], kinds: list[FactKind]) -> None:
    facts = [asked()]
    for place, (hour, kind) in enumerate(zip(sorted(hours), kinds, strict=False), start=2):
        when = MONDAY + timedelta(hours=hour)
        facts.append(fact(place, kind, when, until=(when + timedelta(days=3)).date().isoformat()))
    known: set[date] = set()
    for place in range(1, len(facts) + 1):
        now = facts[place - 1].recorded_at
        found = broken(facts[:place], now)
        assert known <= {one.day for one in found}
        assert all(one.passed_at <= now for one in found)
        known = {one.day for one in found}


@pytest_asyncio.fixture
async def kept(database: Database, clock: FrozenClock) -> Kept:
    return Kept(database, clock)


@pytest.mark.asyncio
async def test_a_lead_sees_a_weeks_broken_promises(kept: Kept) -> None:
    waiting = await kept.case(promised="2026-11-18", unit=SOC)
    late = await kept.case(promised="2026-11-18", unit=BYGG)
    by_kind = await kept.case()  # told on Wednesday 18 too, as no fact says otherwise
    in_time = await kept.case(promised="2026-11-19")
    moved = await kept.case(promised="2026-11-18")
    slow = await kept.case(promised="2026-11-23")
    odd = await kept.case(promised="2026-11-20")  # promises were others when it came
    kept.clock.instant = at(18)
    await kept.tell(moved, FactKind.HELD, until="2026-11-22")
    await kept.tell(waiting, FactKind.DELAYED, "", until="2026-11-26")
    kept.clock.instant = at(19)
    for case in (late, in_time):
        await kept.answer(case)
    await kept.tell(await kept.case(), FactKind.EXCLUDED, reason="spam")
    kept.clock.instant = at(24)
    told = await kept.ask(BrokenPromises("2026-W47"), "eva")
    assert words_of(told).startswith(
        "# Löften som inte hölls, vecka 2026-W47\n5 löften hölls inte. I 1 fall hade vi sagt till innan.\n"
    )
    assert sorted(rows_of(told)) == sorted(
        [
            (waiting, "onsdag 18 november", "väntar än (vi sade till innan)", "Socialtjänst"),
            (late, "onsdag 18 november", "torsdag 19 november kl. 13.00", "Bygglov"),
            (by_kind, "onsdag 18 november", "väntar än", "Kontaktcenter"),
            (odd, "fredag 20 november", "väntar än", "Kontaktcenter"),
            (moved, "söndag 22 november", "väntar än", "Kontaktcenter"),
        ]
    )
    both = words_of(await kept.ask(BrokenPromises(), "eva"))
    assert both.index("vecka 2026-W48") < both.index(slow) < both.index("vecka 2026-W47")
    assert in_time not in both
    assert words_of(await kept.ask(BrokenPromises("2026-W45"), "eva")) == (
        "# Löften som inte hölls, vecka 2026-W45\n"
        "Inget löfte bröts den veckan. Löften som inte har gått ut än syns inte här."
    )


@pytest.mark.asyncio
async def test_a_promise_moved_long_before_is_found_in_the_week_of_its_new_day(kept: Kept) -> None:
    case = await kept.case(promised="2026-11-18")
    await kept.tell(case, FactKind.HELD, until="2027-04-30")
    kept.clock.instant = datetime(2027, 5, 3, 12, tzinfo=UTC)
    assert [row[0] for row in rows_of(await kept.ask(BrokenPromises("2027-W17"), "eva"))] == [case]
    assert rows_of(await kept.ask(BrokenPromises("2026-W47"), "eva")) == []


@pytest.mark.asyncio
async def test_a_lead_sees_what_was_left_out_in_a_week_by_whom_and_why(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    spam, secret, regretted, social = [await kept.case(f"Fråga {n}", subject=f"Rubrik {n}") for n in range(4)]
    await kept.tell(secret, FactKind.MARKED, mark="secret", value="yes")
    await kept.tell(social, FactKind.TRANSFERRED, unit="soc")
    await kept.tell(spam, FactKind.EXCLUDED, reason="spam")
    kept.clock.forward(hours=1)
    await kept.tell(secret, FactKind.EXCLUDED, "bo", reason="thanks")
    left = await kept.tell(regretted, FactKind.EXCLUDED, "gun", reason="test")
    await kept.tell(regretted, FactKind.CORRECTED, "gun", seq=int(left.seq), drop=True)
    await kept.tell(social, FactKind.EXCLUDED, "dan", reason="spam")
    kept.clock.instant = at(22, 23)  # Monday 23 November, 00.00 in Stockholm: the next week
    await kept.tell(await kept.case("Ny", subject="Ny"), FactKind.EXCLUDED, reason="duplicate")
    assert words_of(await kept.ask(LeftOut("2026-W47"), "eva")) == (
        "# Lämnat utan svar, vecka 2026-W47\n"
        "skräp: 2\nbara ett tack: 1\nångrat efteråt: 1\n"
        f"måndag 16 november kl. 09.12 | {spam} | Anna Exempel | skräp | fråga: Rubrik 0\n"
        f"måndag 16 november kl. 10.12 | {secret} | Bo Exempel | bara ett tack | –\n"
        f"måndag 16 november kl. 10.12 | {regretted} | Gun Exempel | test (ångrat) | fråga: Rubrik 2\n"
        f"måndag 16 november kl. 10.12 | {social} | Dan Exempel | skräp | –"
    )
    monkeypatch.setattr(show_weeks, "MOST_ROWS", 3)
    told = await kept.ask(LeftOut("2026-W47"), "eva")
    assert [row[1] for row in rows_of(told)] == [secret, regretted, social]
    assert words_of(told).endswith("\nListan visar de senaste. 1 tidigare finns.")
    both = words_of(await kept.ask(LeftOut(), "eva"))
    assert both.startswith("# Lämnat utan svar, vecka 2026-W48\ndubblett: 1\n")
    assert "# Lämnat utan svar, vecka 2026-W47\nskräp: 2" in both
    assert "Inget lämnades utan svar." in words_of(await kept.ask(LeftOut("2026-W40"), "eva"))


@pytest.mark.asyncio
async def test_what_was_merged_is_counted_apart_from_what_a_person_left_out(kept: Kept) -> None:
    spam, merged, parted = [await kept.case(f"Fråga {n}", subject=f"Rubrik {n}") for n in range(3)]
    await kept.tell(spam, FactKind.EXCLUDED, reason="spam")
    await kept.tell(merged, FactKind.EXCLUDED, reason="merged")
    again = await kept.tell(parted, FactKind.EXCLUDED, reason="merged")
    await kept.tell(parted, FactKind.CORRECTED, seq=int(again.seq), drop=True)
    assert words_of(await kept.ask(LeftOut("2026-W47"), "eva")) == (
        "# Lämnat utan svar, vecka 2026-W47\n"
        "skräp: 1\n"
        f"måndag 16 november kl. 09.12 | {spam} | Anna Exempel | skräp | fråga: Rubrik 0\n"
        "# Hopslaget och räknat i ett annat ärende, vecka 2026-W47\n"
        "hopslagen med en annan: 1\nångrat efteråt: 1\n"
        f"måndag 16 november kl. 09.12 | {merged} | Anna Exempel | hopslagen med en annan | fråga: Rubrik 1\n"
        f"måndag 16 november kl. 09.12 | {parted} | Anna Exempel | hopslagen med en annan (ångrat) | fråga: Rubrik 2"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("question", [LeftOut, BrokenPromises])
async def test_only_leads_are_told_of_weeks_and_only_of_real_ones(
    kept: Kept, question: type[LeftOut | BrokenPromises]
) -> None:
    assert words_of(await kept.ask(question(), "anna")) == "Det här kan bara en kvalitetsledare se."
    for week in ("2026-W54", "2026-W00", "i går"):
        assert words_of(await kept.ask(question(week), "eva")).startswith("Vi förstår inte veckan")
    kept.clock.instant = datetime(2027, 1, 1, 12, tzinfo=UTC)  # a Friday of 2026-W53
    told = words_of(await kept.ask(question(), "eva"))
    assert told.index("2026-W53") < told.index("2026-W52")


@pytest.mark.asyncio
async def test_the_weeks_together_hold_every_broken_promise_and_no_other(kept: Kept) -> None:
    """What is found by index is what the facts of all cases say, whatever happened in them."""
    draw, cases = Random(47), []
    for number in range(40):
        kept.clock.instant = at(2 + number % 20, 8)
        day = kept.office.calendar.nth_open_day(kept.clock.instant, draw.choice([1, 2, 7]))
        if draw.random() < 0.8:
            cases.append(await kept.case(f"Fråga {number}", promised=day.isoformat()))
        else:
            cases.append(await kept.case(f"Fråga {number}"))
    for november in range(3, 30):
        for case in draw.sample(cases, 4):
            kept.clock.instant = max(kept.clock.instant, at(november))
            await _something(kept, draw, case)
    kept.clock.instant = LATER
    async with kept.database.reading() as connection:
        facts = await facts_of(connection, cases)
    expected = {(one.case, one.day) for known in facts.values() for one in broken(known, LATER)}
    found = set[tuple[str, date]]()
    for week in range(44, 54):
        days = {kept.office.texts.day(one): one for one in week_days(week)}
        rows = rows_of(await kept.ask(BrokenPromises(f"2026-W{week}"), "eva"))
        found |= {(row[0], days[row[1]]) for row in rows}
    assert found == expected
    assert len(expected) > 20


async def _something(kept: Kept, draw: Random, case: CaseNumber) -> None:
    """Let one of the things happen that make, move, keep or break a promise."""
    inquiries, promised = await kept.inquiries(case)
    no, days = len(inquiries), timedelta(days=draw.randint(1, 9))
    until = (kept.clock.now() + days).date().isoformat()
    match draw.randint(0, 5):
        case 0 if inquiries[-1].waits:
            await kept.answer(case, inquiry=no)
        case 1 if inquiries[-1].waits:
            await kept.tell(case, FactKind.HELD, inquiry=no, until=until)
        case 2 if inquiries[-1].waits:
            # The system puts off what was promised, so always to a later day.
            told = max(date.fromisoformat(promised), kept.clock.now().date()) if promised else LATER.date()
            await kept.tell(case, FactKind.DELAYED, "", inquiry=no, until=(told + days).isoformat())
        case 3 if not inquiries[-1].waits:
            day = kept.office.calendar.nth_open_day(kept.clock.now(), draw.choice([1, 2, 7]))
            await kept.another(case, "Igen", inquiry=no + 1, promised=day.isoformat())
        case 4 if draw.random() < 0.3:
            await kept.tell(case, FactKind.EXCLUDED, inquiry=no, reason="spam")
        case _:
            await kept.tell(case, FactKind.CLOSED, inquiry=no)


def week_days(week: int) -> list[date]:
    return [date.fromisocalendar(2026, week, day) for day in range(1, 8)]

"""Test contacts: the plan and its lots, being known again, sending from outside, marking, and points by the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrival import Arrival
from bot.facts import CaseNumber, Channel, FactKind, InboxId
from bot.inquiry import fold_inquiries
from bot.port import Inbound
from bot.store.database import Database
from bot.store.journal import facts_of
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.test_book import add_plan, contact_with, plan_of, plans, read_awaited, refresh
from bot.store.test_rows import Points, Progress, TestContact, TestId
from bot.store.waiting import read_waiting
from bot.test_contacts import PlannedQuestion, Span, availability, availability_by_phone, matching, spread
from bot.test_judging import Availability, Early, availability_of, judging_parts, may_judge, progress_words
from bot.test_marking import Registered, is_shown, keep_points, note_test, register, register_call, take_back
from bot.test_plan import PlanRefused, read_plan, with_sender
from bot.test_sending import OutsideServer
from bot.tokens import Tokens
from config.table_files import read_table
from config.texts import Texts
from tests.conftest import MONDAY, FrozenClock
from tests.example import CONTACT, KEY, make_office
from tests.lookup import Kept, words_of

KIM = "kim@example.org"
CALENDAR = make_office().calendar
TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))
SPAN = Span(first=date(2026, 12, 1), last=date(2027, 1, 15), outside=0.2)
KKIK = [
    PlannedQuestion(area=f"Område {area}", question=str(number), text=f"Fråga {area} {number}, hur gör jag då?",
                    channel=Channel.PHONE if number == 6 else Channel.MAIL, times=2, sender=KIM)
    for area in range(9)
    for number in range(1, 7)
]  # fmt: skip
"""KKiK's own plan: 9 areas × 6 questions, each asked twice: 108 contacts (reference/domain.md §1.4)."""
SERVER = OutsideServer(host="127.0.0.1", port=1, tls="none", from_address=KIM, from_name="Kim Exempel")


def contact(**fields: object) -> TestContact:
    known = {
        "id": TestId(1), "plan": "P", "area": "Bygglov", "question": "1", "round": 1, "channel": Channel.MAIL,
        "text": "Behöver jag bygglov\nför ett växthus?", "sender": KIM, "due_at": MONDAY,
    }  # fmt: skip
    return TestContact(**(known | fields))  # type: ignore[arg-type]


# The plan.


def test_kkiks_plan_is_108_contacts_spread_over_its_weeks() -> None:
    planned = spread(CALENDAR, Tokens(KEY), "KKiK-2027", KKIK, SPAN)
    assert len(planned) == 108
    assert len({(one.area, one.question, one.round) for one in planned}) == 108
    assert planned == sorted(planned, key=lambda one: one.due_at)
    days = [CALENDAR.local(one.due_at).date() for one in planned]
    assert SPAN.first <= min(days) <= max(days) <= SPAN.last
    # 46 days: the first time within the first 23, the second within the rest.
    middle = date(2026, 12, 24)
    assert all((day < middle) == (one.round == 1) for day, one in zip(days, planned, strict=True))
    # No day has more than a handful: 54 over some 17 open days of each half.
    assert max(days.count(day) for day in days) <= 9
    outside = [one for one in planned if not CALENDAR.is_open(one.due_at)]
    assert all(one.channel is Channel.MAIL for one in outside)
    # A fifth of the 90 mails by lot: 18, give or take three times sqrt(90 * 0.2 * 0.8) = 3.8.
    assert 7 <= len(outside) <= 29
    assert all(6 <= CALENDAR.local(one.due_at).hour < 23 for one in outside)


def test_the_lot_is_the_same_each_time_and_another_for_another_plan() -> None:
    first = spread(CALENDAR, Tokens(KEY), "KKiK-2027", KKIK, SPAN)
    assert first == spread(CALENDAR, Tokens(KEY), "KKiK-2027", list(reversed(KKIK)), SPAN)
    other = spread(CALENDAR, Tokens(KEY), "KKiK-2028", KKIK, SPAN)
    assert [one.due_at for one in first] != [one.due_at for one in other]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(0, 60), st.integers(1, 3), st.floats(0, 1))
def test_whatever_the_days_everything_lies_in_them(start: int, length: int, times: int, outside: float) -> None:
    first = date(2026, 1, 5) + timedelta(days=start - start % 7)
    span = Span(first=first, last=first + timedelta(days=6 + length), outside=outside)
    asked = [replace(one, times=times) for one in KKIK[:7]]
    try:
        planned = spread(CALENDAR, Tokens(KEY), "P", asked, span)
    except ValueError:
        assert not CALENDAR.segments(*_edges(span))
        return
    assert len(planned) == 7 * times
    assert all(span.first <= CALENDAR.local(one.due_at).date() <= span.last for one in planned)
    assert all(CALENDAR.is_open(one.due_at) for one in planned if one.channel is Channel.PHONE)


def _edges(span: Span) -> tuple[datetime, datetime]:
    begin = datetime.combine(span.first, time.min, CALENDAR.zone)
    end = datetime.combine(span.last + timedelta(days=1), time.min, CALENDAR.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def test_a_plan_is_read_as_people_write_it() -> None:
    rows = read_table(
        "Område;Fråga;Rubrik;Kanal;Gånger;Avsändare\n"
        "Bygglov;Behöver jag bygglov för ett växthus?;;;;\n"
        "Bygglov;Vad kostar det att bygga en altan?;Altan;E-post;1;Kim@Example.org\n"
        "Förskola;Hur lång är kön till Solrosen?;;Telegram;3;telegram:1001\n"
        "Förskola;När öppnar ni på morgonen?;;telefon;;\n".encode()
    )
    assert with_sender(read_plan(rows, TEXTS, times=2), "out@example.org") == [
        PlannedQuestion(area="Bygglov", question="1", text="Behöver jag bygglov för ett växthus?",
                        channel=Channel.MAIL, times=2, sender="out@example.org"),
        PlannedQuestion(area="Bygglov", question="Altan", text="Vad kostar det att bygga en altan?",
                        channel=Channel.MAIL, times=1, sender=KIM),
        PlannedQuestion(area="Förskola", question="1", text="Hur lång är kön till Solrosen?",
                        channel=Channel.TELEGRAM, times=3, sender="telegram:1001"),
        PlannedQuestion(area="Förskola", question="2", text="När öppnar ni på morgonen?",
                        channel=Channel.PHONE, times=2),
    ]  # fmt: skip


def test_every_fault_of_a_plan_is_told_by_its_row() -> None:
    rows = read_table(
        "Område;Fråga;Rubrik;Kanal;Gånger;Avsändare\n;Hej?;;brev;0;kim\nA;Vad kostar ett bygglov?;X;;;\n"
        "A;Vad kostar ett bygglov nu?;X;;;\n".encode()
    )
    with pytest.raises(PlanRefused) as refused:
        read_plan(rows, TEXTS, times=2)
    assert [fault.partition(":")[0] for fault in refused.value.faults] == ["Rad 2"] * 5 + ["Rad 4"]
    with pytest.raises(PlanRefused, match="2 faults"):
        read_plan(read_table(b"Namn;Omr\xc3\xa5de\n1;2\n"), TEXTS, times=2)
    with pytest.raises(PlanRefused, match="1 faults"):
        read_plan(read_table("Område;Fråga\n".encode()), TEXTS, times=2)


# Being known again.

TEXT = contact().text


@pytest.mark.parametrize(
    ("message_id", "words", "days", "expected"),
    [
        ("", TEXT, 0, 1),
        ("", "Växthus\nHej!\nbehöver jag  BYGGLOV för ett växthus?\n\nMvh Kim", 0, 1),
        ("sent@example.org", "något helt annat", 0, 1),
        ("other@example.org", "Behöver jag bygglov för ett uterum?", 0, None),
        ("", "", 0, None),
        # The same words again are the second round, from two days before it is due.
        ("", TEXT, 20, 1),
    ],
)
def test_it_is_known_by_our_message_id_or_its_very_words(
    message_id: str, words: str, days: int, expected: int | None
) -> None:
    awaited = [
        contact(id=TestId(2), round=2, due_at=MONDAY + timedelta(days=21)),
        contact(message_id="sent@example.org"),
    ]  # fmt: skip
    ordered = sorted(awaited, key=lambda one: one.due_at)
    found = matching(ordered, message_id, words, MONDAY + timedelta(days=days))
    assert (found.id if found else None) == expected


def test_a_thank_you_with_the_old_words_below_is_no_new_round() -> None:
    second = [contact(id=TestId(2), round=2, due_at=MONDAY + timedelta(days=21))]
    assert matching(second, "", f"Tack!\n> {TEXT}", MONDAY + timedelta(days=18, hours=23)) is None
    assert matching(second, "", TEXT, MONDAY + timedelta(days=19)) is second[0]


# Points by the clock: Monday 09.12 plus 510 open minutes is Tuesday 09.12; 1020 is Wednesday 09.12.


@pytest.mark.parametrize(
    ("hours", "points"),
    [(0.5, 3), (24, 3), (24.01, 2), (48, 2), (48.01, 1), (24 * 30, 1)],
)
def test_waiting_gives_points_by_the_same_clock_as_everybodys(hours: float, points: int) -> None:
    answered = MONDAY + timedelta(hours=hours)
    assert availability(CALENDAR, MONDAY, answered, answered) == points


def test_no_answer_gives_none_until_two_working_days_have_passed() -> None:
    assert availability(CALENDAR, MONDAY, None, MONDAY + timedelta(hours=48)) is None
    assert availability(CALENDAR, MONDAY, None, MONDAY + timedelta(hours=48, seconds=1)) == 0
    assert [availability_by_phone(seconds) for seconds in (0, 60, 61, 120, 121, None)] == [3, 3, 2, 2, 1, 0]


# Kept, sent, marked and judged, in both engines.


async def kept_plan(database: Database, *contacts: TestContact) -> list[TestContact]:
    async with database.writing() as connection:
        await add_plan(connection, [replace(one, id=None) for one in contacts])
        return await plan_of(connection, contacts[0].plan)


async def now_of(database: Database, one: TestContact) -> TestContact:
    async with database.reading() as connection:
        found = await contact_with(connection, one.id or 0)
        assert found is not None
        return (await refresh(connection, [found]))[0]


async def facts_now(database: Database, case: CaseNumber) -> list[FactKind]:
    async with database.reading() as connection:
        return [fact.kind for fact in (await facts_of(connection, [case]))[case]]


async def mark(kept: Kept, case: CaseNumber, text: str, sender: str = KIM) -> None:
    """Do what taking in does after a message has been stored (again, where it has done so already)."""
    inbound = Inbound(from_addr=sender, text=text, new_text=text, message_id="x@example.org")
    async with kept.database.writing() as connection:
        awaited = await read_awaited(connection, {sender})
        ledger = await open_ledger(connection, Wanted(cases={case}), kept.clock.now())
        arrival = Arrival(
            inbox=InboxId(1), raw=b"", inbound=inbound, recipients=(CONTACT,), token=None, digest="",
            arrived_at=kept.clock.now(), source=f"mail:{case}", as_case=False,
        )  # fmt: skip
        note_test(ledger, awaited, arrival, case, 1)
        await ledger.write(connection)
        await awaited.write(connection)


@pytest.mark.asyncio
async def test_what_is_planned_is_kept_as_it_was(database: Database) -> None:
    planned = spread(CALENDAR, Tokens(KEY), "KKiK-2027", KKIK, SPAN)
    stored = await kept_plan(database, *planned)
    assert [replace(one, id=None) for one in stored] == planned
    async with database.reading() as connection:
        assert await plans(connection) == ["KKiK-2027"]
        assert (await read_awaited(connection, {"stranger@example.org", ""})).of_sender(KIM) == []
        awaited = await read_awaited(connection, {KIM})
    assert len(awaited.of_sender(KIM)) == 108


@pytest.mark.asyncio
async def test_it_waits_like_any_other_and_nobody_is_told_what_it_is(database: Database, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    (one,) = await kept_plan(database, contact())
    case, other = await kept.case(TEXT, sender=KIM), await kept.case()
    await mark(kept, case, TEXT)
    assert (await now_of(database, one)).state is Progress.ARRIVED
    async with database.reading() as connection:
        waiting = set((await read_waiting(connection)).cases)
        facts = (await facts_of(connection, [case]))[case]
    assert waiting == {case, other}
    assert fold_inquiries(facts)[0].test
    assert [fact.kind for fact in filter(is_shown, facts)] == [FactKind.RECEIVED]
    clock.forward(hours=3)
    await kept.answer(case)
    async with database.reading() as connection:
        assert set((await read_waiting(connection)).cases) == {other}
        facts = (await facts_of(connection, [case]))[case]
    assert [fact.kind for fact in filter(is_shown, facts)] == [FactKind.RECEIVED, FactKind.ANSWERED]
    arrived = await now_of(database, one)
    assert (arrived.case, arrived.inquiry, arrived.sent_at) == (case, 1, MONDAY)
    assert arrived.answered_at == MONDAY + timedelta(hours=3)
    await keep_points(database, arrived, Points(availability=3, answer=2), "cli:eva", clock.now())
    async with database.reading() as connection:
        facts = (await facts_of(connection, [case]))[case]
    assert [fact.kind for fact in filter(is_shown, facts)][-1] is FactKind.TEST
    judged = await now_of(database, one)
    assert (judged.state, judged.judge, judged.points) == (
        Progress.JUDGED, "cli:eva", Points(availability=3, answer=2),
    )  # fmt: skip


@pytest.mark.asyncio
async def test_strangers_and_other_words_are_no_test_and_a_second_delivery_changes_nothing(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    (one,) = await kept_plan(database, contact())
    stranger, own, real = await kept.case(TEXT), await kept.case("När?", sender=KIM), await kept.case(TEXT, sender=KIM)
    await mark(kept, stranger, TEXT, sender="elsa@example.org")
    await mark(kept, own, "När lagas min gatlykta?")
    for _ in range(2):
        await mark(kept, real, TEXT)
    assert await facts_now(database, stranger) == await facts_now(database, own) == [FactKind.RECEIVED]
    assert await facts_now(database, real) == [FactKind.RECEIVED, FactKind.TEST]
    assert (await now_of(database, one)).case == real


@pytest.mark.asyncio
async def test_a_tester_tells_which_case_it_became_and_takes_it_back(database: Database, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    first, second, mail = await kept_plan(
        database,
        contact(channel=Channel.TELEGRAM, sender=""),
        contact(channel=Channel.TELEGRAM, sender="", question="2", due_at=MONDAY + timedelta(days=1)),
        contact(question="3", due_at=MONDAY + timedelta(days=2)),
    )
    case = await kept.case("Hej", sender="telegram:1001", name="")
    assert await register(database, first, CaseNumber("K-222222-2"), 1, "cli:kim", clock.now()) is Registered.NO_CASE
    assert await register(database, first, case, 2, "cli:kim", clock.now()) is Registered.NO_CASE
    assert await register(database, first, case, 1, "cli:kim", clock.now()) is Registered.DONE
    # Whose chat it is we know now, for what is to come.
    assert (await now_of(database, second)).sender == "telegram:1001"
    assert (await now_of(database, mail)).sender == KIM
    arrived = await now_of(database, first)
    assert (arrived.state, arrived.case) == (Progress.ARRIVED, case)
    assert await register(database, arrived, case, 1, "cli:kim", clock.now()) is Registered.NOT_AWAITED
    assert await take_back(database, arrived, "cli:kim", clock.now())
    async with database.reading() as connection:
        facts = (await facts_of(connection, [case]))[case]
    assert not fold_inquiries(facts)[0].test
    # It is asked again: whoever has the case learns nothing of it in its journal, not even that something was undone.
    assert [fact.kind for fact in filter(is_shown, facts)] == [FactKind.RECEIVED]
    again = await now_of(database, first)
    assert (again.state, again.case) == (Progress.PLANNED, None)
    assert not await take_back(database, again, "cli:kim", clock.now())


@pytest.mark.asyncio
async def test_what_is_asked_before_the_test_in_a_case_counts_and_what_comes_after_does_not(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    case = await kept.case(sender=KIM)
    clock.forward(hours=1)
    await kept.answer(case)
    clock.forward(hours=1)
    await kept.another(case, TEXT, inquiry=2)
    await kept.tell(case, FactKind.TEST, "", inquiry=2, contact=1)
    clock.forward(hours=1)
    await kept.answer(case, inquiry=2)
    await kept.another(case, "Tack!", inquiry=3)
    inquiries, _ = await kept.inquiries(case)
    assert [one.test for one in inquiries] == [False, True, True]
    assert [one.waits for one in inquiries] == [False, False, True]


@pytest.mark.asyncio
async def test_a_call_is_judged_by_its_seconds(database: Database, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    call, silent = await kept_plan(
        database, contact(channel=Channel.PHONE, sender=""), contact(channel=Channel.PHONE, sender="", question="2")
    )
    assert isinstance(await availability_of(database, kept.office, call, clock.now()), Early)
    assert await register(database, call, CaseNumber("K-222222-2"), 1, "x", MONDAY) is Registered.NOT_AWAITED
    assert await register_call(database, call, 90, clock.now()) is Registered.DONE
    assert await register_call(database, silent, None, clock.now()) is Registered.DONE
    called, unheard = await now_of(database, call), await now_of(database, silent)
    assert await register_call(database, called, 5, clock.now()) is Registered.NOT_AWAITED
    found = await availability_of(database, kept.office, called, clock.now())
    assert found == Availability(points=2, answered=True)
    assert await availability_of(database, kept.office, unheard, clock.now()) == Availability(points=0, answered=False)
    assert progress_words(TEXTS, called) == "telefon, kan bedömas"
    parts = await judging_parts(database, kept.office, unheard, Availability(points=0, answered=False), "x", MONDAY)
    assert words_of(parts).endswith("Ingen har svarat.\nTillgänglighet: 0 poäng av 3, enligt klockan.")


@pytest.mark.asyncio
async def test_judging_shows_question_and_answer_but_not_to_who_wrote_it(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    (one,) = await kept_plan(database, contact())
    case = await kept.case(TEXT, sender=KIM)
    await mark(kept, case, TEXT)
    early = await availability_of(database, kept.office, await now_of(database, one), clock.now())
    assert isinstance(early, Early)
    clock.forward(hours=30)
    await kept.answer(case, "Ja, över 15 kvm.\n/Anna Exempel")
    arrived = await now_of(database, one)
    found = await availability_of(database, kept.office, arrived, clock.now())
    assert found == Availability(points=2, answered=True)
    assert not await may_judge(database, kept.office, arrived, "anna")
    assert await may_judge(database, kept.office, arrived, "eva")
    parts = await judging_parts(database, kept.office, arrived, found, "cli:eva", clock.now())
    assert words_of(parts) == (
        f"# Testkontakt {one.id}: Bygglov, 1\nFrågan:\n> Behöver jag bygglov\n> för ett växthus?\n"
        "Svaret:\n> Ja, över 15 kvm.\n> /[handläggarens namn]\n"
        "Tillgänglighet: 2 poäng av 3, enligt klockan."
    )
    assert (await facts_now(database, case))[-1] is FactKind.OPENED

"""What is due, of which inquiry, for whom: decided from facts, to the minute, and once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import CaseNumber, FactKind, Kind, to_micros
from bot.hours import Season, SpecialDay
from bot.office import Office, Reminders
from bot.reminders import (
    Of,
    Pending,
    closing_of,
    new_promise,
    pending,
    promised_day,
    reminders_due,
    stages,
)
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import MailKind, OutboxState
from tests.conftest import MONDAY
from tests.example import make_office
from tests.waits import STOCKHOLM, assign, hold, local, queue_mail, waiting_case

OFFICE = make_office()
"""Open 8.00–16.30 (510 minutes) Monday to Friday; promises: 2 open days (question), 10 (viewpoint)."""


def one_of(ledger: Ledger, case: CaseNumber, now: datetime, office: Office = OFFICE) -> Pending:
    (one,) = pending(office, ledger.facts_of(case), ledger.queued_of(case), now)
    return one


def due(ledger: Ledger, case: CaseNumber, now: datetime, office: Office = OFFICE) -> list[str]:
    """Return what staff would be told, late things with a mark."""
    found = [
        reminders_due(office, one, now)
        for one in pending(office, ledger.facts_of(case), ledger.queued_of(case), now)
    ]  # fmt: skip
    return [f"{reminder.of}{' late' * reminder.late}" for group in found for reminder in group]


def tell(ledger: Ledger, case: CaseNumber, now: datetime, office: Office = OFFICE) -> list[str]:
    """Return what staff are told, and record it."""
    told = due(ledger, case, now, office)
    one = one_of(ledger, case, now, office)
    for reminder in reminders_due(office, one, now):
        ledger.append(
            FactKind.REMINDED, case, inquiry=1, occurred_at=now, actor="system", source=one.source(reminder.of),
            data={"of": reminder.of.value},
        )  # fmt: skip
    return told


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Known(), MONDAY)


@pytest.mark.parametrize(
    ("owner", "now", "expected"),
    [
        # Monday 9.12 + 510 open minutes = Tuesday 9.12; 72 of them are Tuesday's.
        # The owner 240 before: 168 before Monday's 16.30 = 13.42. The unit 120 before: 48 before = 15.42.
        ("anna", local(16, "13.41"), []),
        ("anna", local(16, "13.42"), ["owner"]),
        ("anna", local(16, "15.41"), ["owner"]),
        ("anna", local(16, "15.42"), ["unit"]),
        ("anna", local(17, "9.12"), ["unit"]),
        ("anna", local(17, "9.13"), ["unit late"]),
        ("", local(16, "13.41"), []),
        ("", local(16, "13.42"), ["unit"]),
        ("_kc", local(16, "13.42"), ["unit"]),
        # A question is promised for Wednesday, which ends at 16.30: the owner at 12.30, the unit at 14.30.
        ("anna", local(18, "12.29"), ["unit late"]),
        ("anna", local(18, "12.30"), ["unit late", "promise_owner"]),
        ("anna", local(18, "14.30"), ["unit late", "promise_unit"]),
        ("anna", local(18, "16.30"), ["unit late", "promise_unit"]),
        ("anna", local(19, "8.00"), ["unit late", "promise_unit late"]),
        # Five ordinary days after the deadline, Tuesday 24th 9.12, nobody is told any more; the promise a day later.
        ("anna", local(24, "9.12"), ["unit late", "promise_unit late"]),
        ("anna", local(24, "9.13"), ["promise_unit late"]),
        ("anna", local(25, "16.30"), ["promise_unit late"]),
        ("anna", local(26, "8.01"), []),
    ],
)
def test_what_a_case_that_was_never_told_of_is_due_for(
    ledger: Ledger, owner: str, now: datetime, expected: list[str]
) -> None:
    case = waiting_case(ledger, owner=owner)
    assert due(ledger, case, now) == expected


def test_each_is_told_once_in_its_turn(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna")
    told = {}
    for minute in range(0, 4 * 24 * 60, 6):
        now = MONDAY + timedelta(minutes=minute)
        if OFFICE.calendar.is_open(now) and (said := tell(ledger, case, now)):
            told[now.astimezone(STOCKHOLM).strftime("%a %H.%M")] = said
    assert told == {
        "Mon 13.42": ["owner"],
        "Mon 15.42": ["unit"],
        "Wed 12.30": ["promise_owner"],
        "Wed 14.30": ["promise_unit"],
    }


def test_without_an_owner_the_unit_hears_at_the_owners_time_and_not_again(ledger: Ledger) -> None:
    case = waiting_case(ledger)
    assert tell(ledger, case, local(16, "13.42")) == ["unit"]
    assert due(ledger, case, local(16, "15.42")) == []
    assign(ledger, case, "anna", at=local(16, "14.00"), by="anna")
    assert due(ledger, case, local(16, "14.01")) == []
    assert tell(ledger, case, local(18, "12.30")) == ["promise_owner"]


def test_a_case_that_lost_its_owner_is_told_of_at_the_units_time(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna")
    assert tell(ledger, case, local(16, "13.42")) == ["owner"]
    assign(ledger, case, "", at=local(16, "14.00"), by="anna")
    assert due(ledger, case, local(16, "15.41")) == []
    assert due(ledger, case, local(16, "15.42")) == ["unit"]


@pytest.mark.parametrize(
    "end",
    [
        {"kind": FactKind.CLOSED},
        {"kind": FactKind.EXCLUDED, "data": {"reason": "spam"}},
        {"kind": FactKind.ANSWERED, "data": {"outbox": 9}},
        {"kind": FactKind.ANSWERED_ELSEWHERE},
        {"kind": FactKind.MERGED, "data": {"into": "K-222222-2"}},
    ],
)
def test_what_is_ended_is_never_told_of(ledger: Ledger, end: dict[str, object]) -> None:
    case = waiting_case(ledger, owner="anna")
    ledger.append(case=case, inquiry=1, occurred_at=MONDAY, actor="officer:anna", source="act:1", **end)  # type: ignore[arg-type]
    assert pending(OFFICE, ledger.facts_of(case), (), local(18, "15.30")) == ()


def test_a_telephone_contact_and_no_facts_have_nothing_pending(ledger: Ledger) -> None:
    case = ledger.new_case()
    ledger.append(FactKind.PHONE, case, occurred_at=MONDAY, actor="officer:anna", source="x", data={"direct": True})
    assert pending(OFFICE, ledger.facts_of(case), (), MONDAY) == ()
    assert pending(OFFICE, (), (), MONDAY) == ()


def test_an_answer_on_its_way_keeps_everybody_calm_until_it_failed(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna")
    now = local(18, "15.30")
    answer = queue_mail(ledger, case, MailKind.ANSWER)
    assert due(ledger, case, now) == []
    assert new_promise(OFFICE, one_of(ledger, case, now), now) is None
    ledger.end_delivery(answer, OutboxState.SENDING)
    assert due(ledger, case, now) == []
    ledger.end_delivery(answer, OutboxState.DEAD)
    assert due(ledger, case, now) == ["unit late", "promise_unit"]
    assert new_promise(OFFICE, one_of(ledger, case, now), now) == date(2026, 11, 20)


def test_a_notice_on_its_way_is_no_answer(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna")
    queue_mail(ledger, case, MailKind.HOLDING)
    assert due(ledger, case, local(16, "13.42")) == ["owner"]


def _one_day() -> Office:
    return replace(OFFICE, promises={**OFFICE.promises, Kind.QUESTION: 1})


@pytest.mark.parametrize(
    ("arrived", "owner", "now", "expected"),
    [
        # Deadline Tuesday 15.45, promise Tuesday 16.30: 45 minutes apart. The first one's time is Monday-counted:
        # 240 open minutes before 15.45 = 11.45.
        (local(16, "15.45"), "anna", local(17, "11.44"), []),
        (local(16, "15.45"), "anna", local(17, "11.45"), ["owner", "promise_owner"]),
        (local(16, "15.45"), "anna", local(17, "13.45"), ["unit", "promise_unit"]),
        (local(16, "15.45"), "", local(17, "11.45"), ["unit", "promise_unit"]),
        # Exactly an hour apart: still in one.
        (local(16, "15.30"), "anna", local(17, "11.30"), ["owner", "promise_owner"]),
        # Deadline Tuesday 15.29: 61 minutes apart, each by itself.
        (local(16, "15.29"), "anna", local(17, "11.29"), ["owner"]),
        (local(16, "15.29"), "anna", local(17, "12.30"), ["owner", "promise_owner"]),
    ],
)
def test_deadline_and_promise_that_end_together_are_told_of_together(
    ledger: Ledger, arrived: datetime, owner: str, now: datetime, expected: list[str]
) -> None:
    case = waiting_case(ledger, at=arrived, owner=owner)
    assert tell(ledger, case, now, _one_day()) == expected
    assert due(ledger, case, now, _one_day()) == []


def test_another_promise_has_reminders_of_its_own(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna", promised="2026-11-18")
    assert tell(ledger, case, local(18, "14.30")) == ["unit late", "promise_unit"]
    hold(ledger, case, "2026-11-20")
    assert due(ledger, case, local(18, "16.00")) == []
    assert due(ledger, case, local(20, "12.29")) == []
    assert tell(ledger, case, local(20, "12.30")) == ["promise_owner"]
    one = one_of(ledger, case, local(20, "12.31"))
    assert one.source(Of.PROMISE_OWNER) == f"remind:{case}:1:promise_owner:2026-11-20"
    assert one.source(Of.UNIT) == f"remind:{case}:1:unit"


def test_the_times_are_the_municipalitys_own(ledger: Ledger) -> None:
    office = replace(OFFICE, reminders=Reminders(owner=60, unit=0, citizen=30))
    case = waiting_case(ledger, owner="anna")
    # Deadline Tuesday 9.12; 60 before = 8.12.
    assert due(ledger, case, local(17, "8.11"), office) == []
    assert due(ledger, case, local(17, "8.12"), office) == ["owner"]
    assert due(ledger, case, local(17, "9.12"), office) == ["unit"]


def test_another_rule_has_another_deadline(ledger: Ledger) -> None:
    # Friday 15.00 + 24 hours on the clock = Saturday 15.00: 90 open minutes are left at once, none after 16.30.
    office = replace(OFFICE, rule=Rule.CLOCK_24H)
    case = waiting_case(ledger, at=local(20, "15.00"), owner="anna")
    assert due(ledger, case, local(20, "15.01"), office) == ["unit"]
    assert due(ledger, case, local(21, "14.59"), office) == ["unit"]
    assert due(ledger, case, local(23, "8.00"), office) == ["unit late"]


@pytest.mark.parametrize(
    ("kind", "now", "expected"),
    [
        # Promised for Wednesday 16.30; 60 minutes before = 15.30; two open days on = Friday.
        ("question", local(18, "15.29"), None),
        ("question", local(18, "15.30"), date(2026, 11, 20)),
        ("question", local(18, "16.30"), date(2026, 11, 20)),
        # The service was down: counted from the day it is told, up to an ordinary day after.
        ("question", local(19, "8.00"), date(2026, 11, 23)),
        ("question", local(19, "16.30"), date(2026, 11, 23)),
        ("question", local(20, "8.01"), None),
        # Ten open days from Monday 16th = Monday 30th; ten more = Monday 14 December.
        ("viewpoint", local(30, "15.29"), None),
        ("viewpoint", local(30, "15.30"), date(2026, 12, 14)),
    ],
)
def test_the_citizen_is_promised_another_day_just_before(
    ledger: Ledger, kind: str, now: datetime, expected: date | None
) -> None:
    case = waiting_case(ledger, kind=kind)
    assert new_promise(OFFICE, one_of(ledger, case, now), now) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 19), (1, 19), (10, 2), (30, 2)])
def test_the_new_promise_is_one_to_ten_open_days_on(ledger: Ledger, days: int, expected: int) -> None:
    # From Wednesday 18 November: one open day on is the 19th, ten are Wednesday 2 December.
    office = replace(OFFICE, promises={**OFFICE.promises, Kind.QUESTION: days})
    case, now = waiting_case(ledger, promised="2026-11-18"), local(18, "15.30")
    told = new_promise(office, one_of(ledger, case, now, office), now)
    assert told is not None
    assert told.day == expected


def test_a_promise_told_a_day_ahead_moves_beyond_the_old_day(ledger: Ledger) -> None:
    # 600 open minutes before Wednesday 16.30 = Tuesday 15.00 (510 + 90); two open days after Wednesday = Friday.
    office = replace(OFFICE, reminders=Reminders(owner=700, unit=650, citizen=600))
    case, now = waiting_case(ledger), local(17, "15.00")
    assert new_promise(office, one_of(ledger, case, now, office), now) == date(2026, 11, 20)


def test_after_three_delays_staff_are_told_that_the_promise_breaks(ledger: Ledger) -> None:
    case = waiting_case(ledger, owner="anna", promised="2026-11-18")
    for number in (1, 2, 3):
        ledger.append(
            FactKind.DELAYED, case, inquiry=1, occurred_at=MONDAY, actor="system", source=f"delay:{number}",
            data={"until": "2026-12-01"},
        )  # fmt: skip
    now = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)  # 15.30 in Stockholm, an hour before closing
    assert new_promise(OFFICE, one_of(ledger, case, now), now) is None
    assert due(ledger, case, now - timedelta(minutes=1)) == ["promise_unit"]
    assert tell(ledger, case, now) == ["promise_broken"]
    assert due(ledger, case, now + timedelta(minutes=30)) == []
    assert due(ledger, case, now + timedelta(hours=18)) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [("", date(2026, 11, 18)), ("2026-11-20", date(2026, 11, 20)), ("2026-11-16", date(2026, 11, 16)),
     ("2026-11-15", date(2026, 11, 18))],
)  # fmt: skip
def test_the_promise_is_the_day_told_if_it_was_told_in_this_inquiry(told: str, expected: date) -> None:
    assert promised_day(OFFICE.calendar, 2, MONDAY, told) == expected


def _special_calendar() -> Calendar:
    version = replace(
        OFFICE.calendar.versions[0],
        days=(
            SpecialDay(date=date(2026, 11, 19), spans=((480, 720), (780, 840)), decided_by="KS 2"),
            SpecialDay(date=date(2026, 11, 20), spans=(), decided_by="KS 2"),
        ),
    )
    return Calendar([version])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 18), local(18, "16.30")),
        (date(2026, 11, 19), local(19, "14.00")),  # lunch 12–13, closes at 14
        (date(2026, 11, 20), local(19, "14.00")),  # closed all day
        (date(2026, 11, 22), local(19, "14.00")),  # the Sunday after it
        (date(2027, 7, 1), datetime(2027, 7, 1, 14, 30, tzinfo=UTC)),  # summer time
        (date(2126, 11, 18), datetime(2045, 12, 29, 15, 30, tzinfo=UTC)),  # mistyped by a hundred years
    ],
)
def test_a_promise_ends_when_we_close(day: date, expected: datetime) -> None:
    assert closing_of(_special_calendar(), day) == expected


def test_in_a_long_closed_season_a_promise_ends_at_midnight() -> None:
    closed = Season(first=date(2026, 9, 1), last=date(2026, 11, 30), week=((),) * 7)
    calendar = Calendar([replace(OFFICE.calendar.versions[0], seasons=(closed,))])
    assert closing_of(calendar, date(2026, 11, 18)) == local(19, "0.00")
    assert closing_of(calendar, date(2026, 9, 2)) == datetime(2026, 8, 31, 14, 30, tzinfo=UTC)


_arrivals = st.datetimes(datetime(2026, 11, 2), datetime(2026, 11, 30)).map(lambda at: at.replace(tzinfo=UTC))
_waits = st.timedeltas(timedelta(0), timedelta(days=25))


@settings(max_examples=300, deadline=None)
@given(
    arrived=_arrivals,
    first=_waits,
    more=st.timedeltas(timedelta(0), timedelta(days=3)),
    owner=st.sampled_from(["", "anna"]),
    kind=st.sampled_from(Kind),
    told=st.sampled_from(["", "2026-11-20", "2026-12-04", "2126-01-01"]),
    rule=st.sampled_from(Rule),
    minutes=st.tuples(*[st.integers(0, 700)] * 3),
)
def test_nothing_new_becomes_due_while_the_stage_stays_the_same(
    arrived: datetime,
    first: timedelta,
    more: timedelta,
    owner: str,
    kind: Kind,
    told: str,
    rule: Rule,
    minutes: tuple[int, int, int],
) -> None:
    """The round opens a case only when its stage changes, so this is what nothing is missed by."""
    times = Reminders(owner=minutes[0], unit=minutes[1], citizen=minutes[2])
    office = replace(OFFICE, rule=rule, reminders=times)
    ledger = Ledger(Known(), arrived)
    case = waiting_case(ledger, at=arrived, owner=owner, kind=kind.value, promised=told)

    def look(now: datetime) -> tuple[int, set[str]]:
        said = {one.removesuffix(" late") for one in due(ledger, case, now, office)}
        if new_promise(office, one_of(ledger, case, now, office), now) is not None:
            said.add("delay")
        (stage,) = stages(office, np.array([to_micros(arrived)], dtype=np.int64), [kind], [told], now)
        return stage, said

    (stage, before), (later, after) = look(arrived + first), look(arrived + first + more)
    assert stage or not before
    if stage == later:
        assert after <= before


@settings(max_examples=100, deadline=None)
@given(arrived=_arrivals, wait=_waits, owner=st.sampled_from(["", "anna"]), days=st.integers(1, 3))
def test_what_was_told_is_not_told_again_at_the_same_instant(
    arrived: datetime, wait: timedelta, owner: str, days: int
) -> None:
    office = replace(OFFICE, promises={**OFFICE.promises, Kind.QUESTION: days})
    ledger = Ledger(Known(), arrived)
    case = waiting_case(ledger, at=arrived, owner=owner)
    tell(ledger, case, arrived + wait, office)
    assert due(ledger, case, arrived + wait, office) == []


def test_many_are_looked_at_at_once_and_each_as_if_alone() -> None:
    arrived = [MONDAY, MONDAY + timedelta(hours=5), MONDAY - timedelta(days=40), MONDAY - timedelta(days=3)]
    kinds, told = [Kind.QUESTION, Kind.FAULT, Kind.VIEWPOINT, Kind.PRAISE], ["", "2026-11-17", "", "2126-01-01"]
    now = local(17, "14.45")
    micros = np.array([to_micros(one) for one in arrived], dtype=np.int64)
    together = stages(OFFICE, micros, kinds, told, now)
    alone = [
        stages(OFFICE, micros[at : at + 1], kinds[at : at + 1], told[at : at + 1], now)[0] for at in range(4)
    ]  # fmt: skip
    assert list(together) == alone
    assert together[2] == 0  # long since too late
    assert stages(OFFICE, micros[:0], [], [], now) == ()

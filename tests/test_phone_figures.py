"""The telephone's figures: what is counted, what is counted apart, and when a share is not given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Text, insert

from bot.facts import CaseNumber, Fact, FactData, FactKind, FactValue, Seq, to_micros
from bot.store import figure_schema, schema
from bot.store.call_book import add_calls
from bot.store.database import Database
from bot.store.rows import fact_row
from measurement.calls_source import CALLS, read_phone
from measurement.measures import Figure, Unit
from measurement.phone import PhoneFigures, PhoneRules, Withheld, phone_figures
from measurement.phone_data import NO_END, UNKNOWN, Calls, Logged, PhoneData
from measurement.phone_measures import name_of, phone_measures
from measurement.show_phone import as_data, as_text
from tests.test_phone_import import HEAD, read
from tests.weeks import CALENDAR, SWEDISH, WEEK, ZONE, at

AS_OF = at(24, "07:00")
MONDAY_09 = at(16, "09:00")
START, END = WEEK.start(ZONE), WEEK.end(ZONE)


@dataclass(frozen=True)
class Rang:
    at: datetime = MONDAY_09
    seconds: int = 10
    answered: bool = True
    abandoned: bool = False
    direct: int = UNKNOWN
    sampled: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Wrote:
    direct: bool = True
    seconds: int = 15
    at: datetime = MONDAY_09
    most: int | None = None
    reception: int = UNKNOWN
    unit: str = ""
    topic: str = ""


def gone(seconds: int, when: datetime = MONDAY_09) -> Rang:
    return Rang(when, seconds, answered=False, abandoned=True)


def data(rang: Sequence[Rang], wrote: Sequence[Wrote]) -> PhoneData:
    def whole(values: Sequence[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return PhoneData(
        calls=Calls(
            at=whole([to_micros(one.at) for one in rang]), seconds=whole([one.seconds for one in rang]),
            answered=np.array([one.answered for one in rang], dtype=np.bool_),
            abandoned=np.array([one.abandoned for one in rang], dtype=np.bool_),
            direct=whole([one.direct for one in rang]), sampled=np.array([one.sampled for one in rang], dtype=np.bool_),
            unit=np.array([one.unit for one in rang], dtype=np.str_),
        ),
        logged=Logged(
            at=whole([to_micros(one.at) for one in wrote]), least=whole([one.seconds for one in wrote]),
            most=whole([one.seconds if one.most is None else one.most for one in wrote]),
            direct=np.array([one.direct for one in wrote], dtype=np.bool_),
            reception=whole([one.reception for one in wrote]),
            unit=np.array([one.unit for one in wrote], dtype=np.str_),
            topic=np.array([one.topic for one in wrote], dtype=np.str_),
        ),
    )  # fmt: skip


def figures(rang: Sequence[Rang], wrote: Sequence[Wrote], rules: PhoneRules | None = None) -> PhoneFigures:
    return phone_figures(data(rang, wrote), CALENDAR, rules or PhoneRules(), label="2026-W47", as_of=AS_OF)


def one_of(found: PhoneFigures, measure: str, slice_: str = "") -> Figure:
    (figure,) = (one for one in found.figures if (one.measure, one.slice) == (measure, slice_))
    return figure


def fraction(found: PhoneFigures, measure: str, slice_: str = "") -> tuple[int | None, int | None, float | None]:
    figure = one_of(found, measure, slice_)
    return figure.numerator, figure.denominator, figure.value


def test_direct_answers_of_all_that_was_logged() -> None:
    # Of 10 logged calls 6 got a direct answer: 4 within 30 s, 5 within 60 s, 6 within 120 s.
    wrote = [*[Wrote(seconds=30)] * 4, Wrote(seconds=60), Wrote(seconds=61), *[Wrote(direct=False, seconds=10)] * 4]
    found = figures([Rang()] * 10, wrote)
    assert fraction(found, "phone.direct") == (5, 10, 0.5)
    assert fraction(found, "phone.direct.30") == (4, 10, 0.4)
    assert fraction(found, "phone.direct.60") == (5, 10, 0.5)
    assert fraction(found, "phone.direct.120") == (6, 10, 0.6)
    assert fraction(found, "phone.coverage") == (10, 10, 1.0)
    assert found.withheld == {}
    assert fraction(figures([Rang()] * 10, wrote, PhoneRules(threshold=15)), "phone.direct") == (0, 10, 0.0)


def test_contacts_without_seconds_are_counted_apart() -> None:
    # 9 of 10 calls are logged, 3 of them without seconds: 4 of the other 6 got a direct answer.
    wrote = [*[Wrote()] * 4, *[Wrote(direct=False)] * 2, *[Wrote(seconds=UNKNOWN)] * 3]
    found = figures([Rang()] * 10, wrote)
    assert fraction(found, "phone.direct") == (4, 6, 4 / 6)
    assert one_of(found, "phone.left_out.no_seconds").value == 3
    assert one_of(found, "phone.logged").value == 9
    assert fraction(found, "phone.coverage") == (9, 10, 0.9)
    # One without a direct answer counts, whatever time it took: 4 of 7 then.
    wrote[-1] = Wrote(direct=False, seconds=UNKNOWN)
    found = figures([Rang()] * 10, wrote)
    assert fraction(found, "phone.direct") == (4, 7, 4 / 7)
    assert one_of(found, "phone.left_out.no_seconds").value == 2


def test_calls_given_up_at_once_and_calls_at_night_are_no_part_of_the_share() -> None:
    # In open hours: 6 answered, 2 given up after 5 s and later, 1 called back; and 1 given up after 4 s, apart.
    rang = [
        *[Rang(seconds=20)] * 3, *[Rang(seconds=90)] * 2, Rang(seconds=UNKNOWN),
        gone(5), gone(UNKNOWN), gone(4), Rang(answered=False),
        Rang(at=at(16, "07:59")), Rang(at=at(16, "16:30")), gone(5, at(21, "10:00")),
    ]  # fmt: skip
    found = figures(rang, [])
    assert fraction(found, "phone.answered") == (6, 9, 6 / 9)
    assert fraction(found, "phone.abandoned") == (2, 9, 2 / 9)
    # The answer that nobody knows the seconds of is left out: 3 of 8 within 60 s, 5 of 8 within 120 s.
    assert fraction(found, "phone.answered.60") == (3, 8, 3 / 8)
    assert fraction(found, "phone.answered.120") == (5, 8, 5 / 8)
    assert one_of(found, "phone.calls").value == 10
    assert one_of(found, "phone.left_out.short").value == 1
    assert one_of(found, "phone.left_out.closed").value == 3


def test_what_is_logged_soon_after_closing_is_of_a_call_before_it() -> None:
    # Closing is at 16.30. Logged 16.35 and 16.59: of calls before. At 17.00 and at night: nobody knows.
    wrote = [Wrote(at=at(16, clock)) for clock in ("08:00", "16:35", "16:59", "17:00", "22:00")]
    found = figures([Rang()] * 3, wrote)
    assert fraction(found, "phone.direct") == (3, 3, 1.0)
    assert one_of(found, "phone.left_out.logged_closed").value == 2


@pytest.mark.parametrize(
    ("calls", "logged", "every", "why"),
    [
        (0, 5, 0, Withheld.NO_COUNT),
        (100, 89, 0, Withheld.COVERAGE),
        (100, 90, 0, None),
        (100, 110, 0, None),
        (100, 111, 0, Withheld.COUNT_INCOMPLETE),
        (100, 50, 1, Withheld.COVERAGE),  # "every call" is no sample
        (100, 10, 10, None),
        (100, 11, 10, None),
        (100, 9, 10, None),
        (100, 8, 10, Withheld.SAMPLE),
        (100, 12, 10, Withheld.SAMPLE),
        (1000, 90, 10, None),
        (1000, 89, 10, Withheld.SAMPLE),
        (1000, 110, 10, None),
        (1000, 111, 10, Withheld.SAMPLE),  # more than the rule gives is no better: somebody has chosen
        (100, 95, 10, None),  # all were logged after all
        (7, 1, 10, None),
        (0, 0, 0, None),
    ],
)
def test_a_share_is_given_by_coverage_or_by_a_rule_that_holds(
    calls: int, logged: int, every: int, why: Withheld | None
) -> None:
    found = figures([Rang()] * calls, [Wrote()] * logged, PhoneRules(sample_every=every))
    assert found.withheld.get(("phone.direct", "")) is why
    assert fraction(found, "phone.direct") == (logged, logged, 1.0 if logged and why is None else None)


def test_coverage_is_never_more_than_all_and_none_where_calls_are_missing() -> None:
    assert fraction(figures([Rang()] * 10, [Wrote()] * 11), "phone.coverage") == (10, 10, 1.0)
    assert fraction(figures([Rang()] * 10, [Wrote()] * 12), "phone.coverage") == (10, 10, None)
    assert fraction(figures([], [Wrote()] * 12), "phone.coverage") == (0, 0, None)


def test_days_of_which_no_calls_are_imported_do_not_count_as_logged() -> None:
    # 10 calls of Monday, all logged; 9 contacts of Tuesday, when the exchange's file is not imported yet.
    wrote = [*[Wrote()] * 10, *[Wrote(at=at(17, "09:00"))] * 9]
    found = figures([Rang()] * 10, wrote)
    assert fraction(found, "phone.coverage") == (10, 10, 1.0)
    assert found.withheld["phone.direct", ""] is Withheld.COUNT_INCOMPLETE
    # One contact of ten on such a day changes nothing.
    assert figures([Rang()] * 10, [*[Wrote()] * 9, Wrote(at=at(17, "09:00"))]).withheld == {}


def test_the_local_day_counts_not_that_of_utc() -> None:
    # A call at 00.30 on Tuesday in Stockholm is 23.30 UTC on Monday.
    calls = [Rang(at=at(17, "00:30"))]
    found = figures([*calls, *[Rang(at=at(17, "09:00"))] * 1], [Wrote(at=at(17, "09:10"))])
    assert fraction(found, "phone.coverage") == (1, 1, 1.0)
    nothing_on_monday = figures([*calls, Rang(at=at(17, "09:00"))], [Wrote(at=at(16, "09:10"))])
    assert nothing_on_monday.withheld["phone.direct", ""] is Withheld.COUNT_INCOMPLETE


def test_buttons_tell_no_more_than_they_say() -> None:
    # "More than 60 s" is within neither 60 nor surely 120; "at most 60 s" is not surely within 45.
    wrote = [*[Wrote(seconds=0, most=15)] * 6, *[Wrote(seconds=31, most=60)] * 3, Wrote(seconds=61, most=NO_END)]
    found = figures([Rang()] * 10, wrote, PhoneRules(also=(45,)))
    assert fraction(found, "phone.direct") == (9, 10, 0.9)
    assert fraction(found, "phone.direct.30") == (6, 10, 0.6)
    assert fraction(found, "phone.direct.45") == (6, 10, None)
    assert fraction(found, "phone.direct.120") == (9, 10, None)
    assert found.withheld == {
        ("phone.direct.45", ""): Withheld.COARSE, ("phone.direct.120", ""): Withheld.COARSE,
    }  # fmt: skip
    # Of a call without a direct answer it makes no difference how long it took.
    assert figures([Rang()], [Wrote(direct=False, seconds=61, most=NO_END)]).withheld == {}


def test_units_are_judged_by_their_own_calls_and_topics_by_all() -> None:
    # Of the contact centre's 20 calls all are logged, of the 10 of building permits only 5: 25 of 30 in all.
    rang = [*[Rang(unit="kc")] * 20, *[Rang(unit="bygg")] * 10]
    wrote = [*[Wrote(unit="kc", topic="gator")] * 20, *[Wrote(unit="bygg", direct=False)] * 5]
    found = figures(rang, wrote)
    assert found.withheld["phone.direct", ""] is Withheld.COVERAGE
    assert fraction(found, "phone.direct", "unit:kc") == (20, 20, 1.0)
    assert fraction(found, "phone.direct", "unit:bygg") == (0, 5, None)
    assert fraction(found, "phone.direct", "topic:gator") == (20, 20, None)
    assert fraction(found, "phone.coverage", "unit:bygg") == (5, 10, 0.5)
    assert {one.slice for one in found.figures} == {"", "unit:kc", "unit:bygg", "topic:gator"}
    # Where the exchange tells no units, all calls decide for all units.
    told_none = figures([Rang()] * 25, wrote)
    assert fraction(told_none, "phone.direct", "unit:bygg") == (0, 5, 0.0)
    assert not [one for one in told_none.figures if one.slice == "unit:bygg" and one.measure == "phone.answered"]


def test_the_exchange_may_tell_which_answers_were_direct() -> None:
    # 10 answered, of 9 it is told: 6 direct, of which 5 within 60 s. What staff logged is not mixed in.
    rang = [*[Rang(direct=1)] * 5, Rang(direct=1, seconds=80), *[Rang(direct=0)] * 3, Rang()]
    found = figures(rang, [Wrote(direct=False)] * 4, PhoneRules(from_exchange=True))
    assert fraction(found, "phone.direct") == (5, 9, 5 / 9)
    assert fraction(found, "phone.coverage") == (9, 10, 0.9)
    # Of a sample only what was drawn.
    drawn = [Rang(direct=1, sampled=True), *[Rang(direct=0)] * 3, *[Rang()] * 6]
    sampled = figures(drawn, [], PhoneRules(from_exchange=True, sample_every=10))
    assert fraction(sampled, "phone.direct") == (1, 1, 1.0)


def test_reception_that_officers_asked_for_is_a_figure_of_its_own() -> None:
    wrote = [*(Wrote(reception=grade) for grade in (5, 4, 4, 3, 1)), Wrote()]
    found = figures([], wrote)
    assert fraction(found, "phone.asked_reception.good") == (3, 5, 0.6)
    assert not [one for one in found.figures if one.measure.startswith("reception")]
    few = one_of(figures([], wrote[:4]), "phone.asked_reception.good")
    assert (few.numerator, few.n, few.value) == (None, 4, None)


def test_an_empty_week_has_no_value_anywhere() -> None:
    found = figures([], [])
    assert {one.value for one in found.figures if not one.measure.startswith(("phone.left_out", "phone.calls"))} == {
        None, 0.0,
    }  # fmt: skip
    assert [one.measure for one in found.figures if one.value == 0] == [
        "phone.logged", "phone.left_out.logged_closed", "phone.left_out.no_seconds", "phone.calls",
        "phone.left_out.closed", "phone.left_out.short",
    ]  # fmt: skip
    assert as_text(found, PhoneRules(), SWEDISH) == "Telefon 2026-W47\n\nInga samtal är inlästa eller antecknade."


def test_every_figure_has_a_declared_measure_and_every_measure_a_figure() -> None:
    rules = PhoneRules(threshold=45, also=(300,))
    declared = {one.id: one for one in phone_measures(rules.limits)}
    found = figures([Rang(unit="kc")], [Wrote(unit="kc")], rules)
    assert {one.measure for one in found.figures} == set(declared)
    assert name_of("phone.direct.45", SWEDISH) == declared["phone.direct.45"].name == "Direkt svar inom 45 s"
    assert all(name_of(one.id, SWEDISH) == one.name for one in declared.values())
    assert rules.limits == (30, 45, 60, 120, 300)
    counts = {one.measure for one in found.figures if one.denominator is None} - {"phone.asked_reception.good"}
    assert counts == {one.id for one in declared.values() if one.unit is Unit.COUNT}
    assert all(one.period == "2026-W47" and one.as_of == AS_OF and one.version == 1 for one in found.figures)


HOURS = st.integers(0, 7 * 24 * 60 - 1).map(lambda minute: START + timedelta(minutes=minute))
CALLED = st.builds(
    Rang, at=HOURS, seconds=st.sampled_from([UNKNOWN, 0, 4, 5, 60, 61, 500]), answered=st.booleans(),
    unit=st.sampled_from(["", "kc", "bygg"]),
)  # fmt: skip
WROTE = st.builds(
    Wrote, at=HOURS, direct=st.booleans(), seconds=st.sampled_from([UNKNOWN, 0, 60, 61]),
    unit=st.sampled_from(["kc", "bygg"]), topic=st.sampled_from(["", "gator"]),
)  # fmt: skip


@given(st.lists(CALLED, max_size=30), st.lists(WROTE, max_size=30), st.sampled_from([0, 5]))
def test_laws(rang: list[Rang], wrote: list[Wrote], every: int) -> None:
    rang = [one if one.answered else Rang(one.at, one.seconds, answered=False, abandoned=True) for one in rang]
    found = figures(rang, wrote, PhoneRules(sample_every=every))
    for one in found.figures:
        if one.denominator is not None:
            assert one.numerator is not None
            assert 0 <= one.numerator <= one.denominator == one.n
            assert one.value is None or one.value == one.numerator / one.denominator
    shares = [one_of(found, f"phone.direct.{limit}").numerator or 0 for limit in (30, 60, 120)]
    assert shares == sorted(shares)
    # Every call is in the share, given up at once or outside open hours; every contact likewise.
    answered = one_of(found, "phone.answered")
    apart = [one_of(found, f"phone.left_out.{reason}").n for reason in ("short", "closed")]
    assert answered.n + sum(apart) == len(rang)
    direct, written = one_of(found, "phone.direct"), [one_of(found, f"phone.{name}").n for name in (
        "left_out.no_seconds", "left_out.logged_closed")]  # fmt: skip
    assert direct.n + sum(written) == len(wrote)
    units = [one.n for one in found.figures if one.measure == "phone.direct" and one.slice.startswith("unit:")]
    assert sum(units) == direct.n


def test_the_figures_in_words() -> None:
    rang = [*[Rang(unit="kc")] * 19, Rang(answered=False, abandoned=True, unit="kc")]
    wrote = [*[Wrote(unit="kc", topic="gator")] * 12, *[Wrote(unit="kc", direct=False)] * 6]
    said = as_text(figures(rang, wrote), PhoneRules(), SWEDISH)
    # 12 of 18, Wilson 43,7–83,7 %; 18 of 19 logged; 12 about streets.
    assert "Direkt svar inom 60 s" in said
    assert "66,7 % (12 av 18, mellan 43,7 % och 83,7 %)" in said
    assert "94,7 % (18 av 19" in said
    assert "topic:gator" in said
    few = as_text(figures(rang[:3], wrote[:3]), PhoneRules(), SWEDISH)
    assert "3 av 3\n" in few
    assert "Ingen andel: färre än nio av tio besvarade samtal är antecknade." in as_text(
        figures(rang, wrote[:10]), PhoneRules(), SWEDISH
    )


def test_the_figures_as_data() -> None:
    (direct,) = (one for one in as_data(figures([Rang()] * 2, [Wrote()])) if one["measure"] == "phone.direct")
    assert direct == {
        "measure": "phone.direct", "version": 1, "period": "2026-W47", "slice": "", "numerator": 1, "denominator": 1,
        "n": 1, "value": None, "as_of": "2026-11-24T06:00:00+00:00", "withheld": "coverage",
    }  # fmt: skip


def test_the_columns_read_are_those_of_the_table() -> None:
    columns = {one.name: one.type for one in CALLS.columns}
    for name, kind in columns.items():
        stored = figure_schema.calls.c[name].type
        assert isinstance(kind, Text if isinstance(stored, Text) else BigInteger)


def fact(
    seq: int, kind: FactKind, happened: datetime, case: int, told: FactData, *, recorded: datetime | None = None,
    source: str = "",
) -> Fact:  # fmt: skip
    return Fact(
        seq=Seq(seq), case=CaseNumber(f"K-22222{case}-2"), inquiry=None, kind=kind, occurred_at=happened,
        recorded_at=recorded or happened, actor="officer:anna", source=source or f"mail:{seq}", data=told,
    )  # fmt: skip


def phone(seq: int, happened: datetime, case: int, **told: FactValue) -> Fact:
    return fact(seq, FactKind.PHONE, happened, case, {"way": "phone", "direct": True, "unit": "kc", **told})


@pytest.mark.asyncio
async def test_what_is_read_of_a_week_and_what_was_known_of_it(database_url: str, database: Database) -> None:
    later = at(24, "09:00")
    facts = [
        phone(1, at(16, "09:00"), 1, seconds=20, topic="gator", reception=4),
        phone(2, at(16, "09:10"), 2, seconds=20),  # undone the next day
        fact(3, FactKind.CORRECTED, at(17, "08:00"), 2, {"seq": 2, "drop": True}),
        phone(4, at(16, "09:20"), 3),  # undone after the as-of instant: it still counted then
        phone(5, at(16, "09:30"), 4, way="visit"),
        phone(6, at(15, "09:40"), 5),  # the week before, moved into this one
        fact(7, FactKind.CORRECTED, at(18, "08:00"), 5, {"seq": 6, "occurred_at": to_micros(at(18, "07:50"))}),
        phone(8, at(18, "09:40"), 6),  # moved out of it
        fact(9, FactKind.CORRECTED, at(18, "10:00"), 6, {"seq": 8, "occurred_at": to_micros(at(13, "09:40"))}),
        fact(10, FactKind.PHONE, at(19, "09:00"), 7, {"way": "phone", "direct": False, "seconds": 61}, source="chat:1"),
        fact(11, FactKind.CORRECTED, later, 3, {"seq": 4, "drop": True}),
        fact(12, FactKind.PHONE, at(19, "09:00"), 8, {"way": "phone", "direct": True}, recorded=later),
    ]
    async with database.writing() as connection:
        await connection.execute(insert(schema.facts), [fact_row(one) for one in facts])
        text = "2026-11-16 08:12;Växel;15;besvarat\n2026-11-15 08:12;Växel;15;besvarat\n2026-11-22 23:59;;;tappat\n"
        await add_calls(connection, read(HEAD + text))
    found = await read_phone(database_url, START, END, AS_OF)
    logged = found.logged
    rows = sorted(zip(logged.at, logged.least, logged.most, logged.direct, logged.reception, logged.topic, strict=True))
    assert [tuple(one) for one in rows] == [
        (to_micros(at(16, "09:00")), 20, 20, True, 4, "gator"),
        (to_micros(at(16, "09:20")), UNKNOWN, UNKNOWN, True, UNKNOWN, ""),
        (to_micros(at(18, "07:50")), UNKNOWN, UNKNOWN, True, UNKNOWN, ""),
        (to_micros(at(19, "09:00")), 61, NO_END, False, UNKNOWN, ""),
    ]
    calls = sorted(zip(found.calls.at, found.calls.seconds, found.calls.answered, found.calls.abandoned, strict=True))
    assert [tuple(one) for one in calls] == [
        (to_micros(at(16, "08:12")), 15, True, False), (to_micros(at(22, "23:59")), UNKNOWN, False, True),
    ]  # fmt: skip
    now = await read_phone(database_url, START, END, later)
    assert len(now.logged) == 4  # one more was learned of, one taken back
    before = await read_phone(database_url, START, END, at(16, "09:15"))
    assert (len(before.logged), len(before.calls)) == (2, 1)
    assert len((await read_phone(database_url, END, END + timedelta(days=7), later)).logged) == 0

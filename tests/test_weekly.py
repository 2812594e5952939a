import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Rule
from bot.facts import CaseNumber, from_micros, to_micros
from config.texts import LANGUAGES, Language, Texts
from measurement.export import as_json
from measurement.measures import MEASURES, Display, Quantile, display_of, seconds
from measurement.population import Waiting
from measurement.show import as_text
from measurement.survival import quantiles, wilson
from measurement.weekly import weekly_report
from measurement.words import table
from tests.weeks import CALENDAR, ORDINARY, SWEDISH, WEEK, ZONE, One, answered, at, classes, data, report, text_of


@pytest.mark.parametrize(
    ("as_of", "rule", "expected", "share", "settled"),
    [
        # Monday 23 November 16:15: Friday's mail is due under one rule only, Sunday's under none though answered.
        (at(23, "16:15"), Rule.ONE_WORKING_DAY, (2, 1, 1, 1, 1), (2, 4), False),
        (at(23, "16:15"), Rule.TWO_WORKING_DAYS, (2, 0, 1, 2, 1), (2, 3), False),
        (at(23, "16:15"), Rule.END_OF_NEXT_WORKING_DAY, (2, 0, 1, 2, 1), (2, 3), False),
        (at(23, "16:15"), Rule.CLOCK_24H, (1, 2, 1, 1, 1), (1, 4), False),
        # Tuesday 07:00, the day of the report: only two working days still run.
        (at(24, "07:00"), Rule.ONE_WORKING_DAY, (3, 1, 1, 0, 1), (3, 5), True),
        (at(24, "07:00"), Rule.TWO_WORKING_DAYS, (2, 0, 1, 2, 1), (2, 3), False),
        (at(24, "07:00"), Rule.END_OF_NEXT_WORKING_DAY, (4, 0, 1, 0, 1), (4, 5), True),
        (at(24, "07:00"), Rule.CLOCK_24H, (2, 2, 1, 0, 1), (2, 5), True),
        (at(24, "16:30"), Rule.TWO_WORKING_DAYS, (4, 0, 1, 0, 1), (4, 5), True),
        # Tuesday 10:00: a deadline at that very instant has passed, and the answer of 12:00 is not given yet.
        (at(17, "10:00"), Rule.CLOCK_24H, (1, 0, 1, 3, 1), (1, 2), False),
    ],
)
def test_an_ordinary_week_under_every_rule(
    as_of: datetime, rule: Rule, expected: tuple[int, ...], share: tuple[int, int], settled: bool
) -> None:
    figures = report(ORDINARY, as_of).rules[rule]
    assert classes(report(ORDINARY, as_of), rule) == expected
    assert sum(expected) == figures.arrivals == 6
    assert figures.share is not None
    assert (figures.share.numerator, figures.share.denominator, figures.share.n) == (*share, share[1])
    assert (figures.share.period, figures.share.as_of) == ("2026-W47", as_of)
    assert MEASURES[figures.share.measure].version == figures.share.version
    assert figures.settled is settled


def test_what_stands_beside_the_share() -> None:
    of = report(ORDINARY, at(24, "07:00"), held=2, automatic=7)
    assert (of.arrivals, of.acknowledged, of.held, of.unsure, of.revoked) == (6, 6, 1, 1, 1)
    assert (of.left_out, of.channels) == ({"spam": 1}, {"mail": 5, "telegram": 1})
    assert (of.mail_held, of.mail_automatic) == (2, 7)


def test_the_week_is_judged_when_its_last_deadline_has_passed() -> None:
    settles = {rule: figures.settles_at for rule, figures in report(ORDINARY, at(24, "07:00")).rules.items()}
    assert settles == {
        Rule.ONE_WORKING_DAY: at(23, "16:30"),
        Rule.TWO_WORKING_DAYS: at(24, "16:30"),
        Rule.END_OF_NEXT_WORKING_DAY: at(23, "16:30"),
        Rule.CLOCK_24H: at(23, "20:00"),
    }
    for rule, instant in settles.items():
        assert report(ORDINARY, instant).rules[rule].settled
        assert not report(ORDINARY, instant - timedelta(microseconds=1)).rules[rule].settled


def test_an_unfinished_week_is_not_settled_though_all_so_far_is_due() -> None:
    figures = report(ORDINARY[:2], at(19, "12:00")).headline
    assert (figures.not_yet_due, figures.settled) == (0, False)
    # What arrives in the week's last instant, Sunday 24:00, is due on Monday at closing.
    assert figures.settles_at == at(23, "16:30")


def test_an_empty_week_has_no_share_and_no_times() -> None:
    of = report((), at(24, "07:00"))
    assert of.arrivals == 0
    assert of.oldest is None
    assert all(figures.share is None and figures.settled for figures in of.rules.values())
    assert [of.waiting_median.quantile, of.working_p90.quantile, of.waiting_median.n] == [None, None, 0]
    assert as_json(of)["rules"]["clock_24h"]["share"] is None
    assert as_text(of, SWEDISH).startswith("Vecka 47, 2026: inga kontakter kom in.")


def test_a_week_of_spam_only_has_no_share() -> None:
    of = report([One(at(16, "09:00"), excluded="spam")] * 3, at(24, "07:00"))
    assert of.headline.share is None
    assert classes(of, Rule.ONE_WORKING_DAY) == (0, 0, 0, 0, 3)
    assert as_text(of, SWEDISH).startswith("Vecka 47, 2026: ingen kontakt att räkna.")


def hours(*values: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([value * 3_600_000_000 for value in values], dtype=np.int64)


def within(value: float) -> Quantile:
    return Quantile(value=timedelta(hours=value), more_than=False)


def more_than(value: float) -> Quantile:
    return Quantile(value=timedelta(hours=value), more_than=True)


# Kaplan–Meier by hand. A plus marks one that still waits; it leaves the risk set without lowering the curve.
@pytest.mark.parametrize(
    ("lengths", "waiting", "median", "p90"),
    [
        # 1 2 2 3+ 4 5+ 6 7+ :  S(1) = 7/8 = .875;  S(2) = .875 · 5/7 = .625;  at 4 four are left: S(4) = .625 · 3/4
        # = .469 ≤ .5;  at 6 two are left: S(6) = .469 · 1/2 = .234 > .1, and the last one still waits after 7 hours.
        ((1, 2, 2, 4, 6), (3, 5, 7), within(4), more_than(7)),
        # 1 2 3 4 :  S(2) = 1/2, exactly enough;  S(3) = 1/4, S(4) = 0.
        ((1, 2, 3, 4), (), within(2), within(4)),
        # 1 … 10 :  S(5) = .5;  S(9) = .1, exactly enough.
        (range(1, 11), (), within(5), within(9)),
        # 1+ 2 3 4+ 5 6 :  five are left at 2: S = 4/5; S(3) = 4/5 · 3/4 = .6;  two at 5: S(5) = .3;  S(6) = 0.
        ((2, 3, 5, 6), (1, 4), within(5), within(6)),
        # 2 3+ 4+ 5+ 6+ 7+ :  S(2) = 5/6 and never lower.
        ((2,), (3, 4, 5, 6, 7), more_than(7), more_than(7)),
        # An answer and one that still waits at the same length: the answer comes first. 2 2+ :  S(2) = 1/2.
        ((2,), (2,), within(2), more_than(2)),
        ((), (3, 8), more_than(8), more_than(8)),
        ((0,), (), within(0), within(0)),
    ],
)  # fmt: skip
def test_kaplan_meier_by_hand(
    lengths: Sequence[float], waiting: Sequence[float], median: Quantile, p90: Quantile
) -> None:
    answered = np.array([True] * len(lengths) + [False] * len(waiting), dtype=np.bool_)
    assert quantiles(hours(*lengths, *waiting), answered, (0.5, 0.9)) == (median, p90)


def test_no_lengths_have_no_quantile() -> None:
    assert quantiles(hours(), np.array([], dtype=np.bool_), (0.5, 0.9)) == (None, None)


def test_waiting_time_and_working_time_are_two_measures() -> None:
    # On the clock 1, 26 and 65 hours; open: 1 h; Mon 10–16:30 and Tue 8–12 = 10.5 h; Fri 16–16:30 and Mon 8–9 = 1.5 h.
    # Without the answer of Tuesday 15:00 it is, until Tuesday 24 November 07:00, 160 hours, and in open time
    # 1.5 + 3 · 8.5 + 8.5 = 35.5 h. Sunday 20:00 to Monday 08:30: 12.5 h, open 0.5 h. The spam is left out.
    of = report(ORDINARY, at(24, "07:00"))
    # Clock 1, 12.5, 26, 65, 160+ : S(26) = 2/5, S(65) = 1/5 > .1.  Open .5, 1, 1.5, 10.5, 35.5+ : S(1.5) = 2/5.
    assert (of.waiting_median.quantile, of.waiting_p90.quantile) == (within(26), more_than(160))
    assert (of.working_median.quantile, of.working_p90.quantile) == (within(1.5), more_than(35.5))
    assert (of.waiting_p90.n, of.waiting_p90.answered) == (5, 4)


def test_an_answer_that_the_clocks_put_before_the_arrival_took_no_time() -> None:
    of = report([One(at(16, "09:01"), at(16, "09:00"))], at(24, "07:00"))
    assert (of.waiting_median.quantile, of.headline.in_time) == (within(0), 1)


def test_the_oldest_is_told_in_both_times() -> None:
    oldest = Waiting(case=CaseNumber("K-7Q4M2X-9"), no=2, arrived_at=at(13, "16:00"))
    of = weekly_report(WEEK, data((), oldest), CALENDAR, Rule.CLOCK_24H, at(16, "09:30"))
    assert of.oldest is not None
    assert (of.oldest.waited, of.oldest.open_time) == (timedelta(hours=65.5), timedelta(hours=2))
    told = (
        "Längst hade K-7Q4M2X-9 väntat, sedan fredag 13 november kl. 16.00: "
        "2 dygn 17 tim 30 min, varav 2 tim öppen tid."
    )
    assert told in " ".join(text_of(of).split())


# Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(k: int, n: int, low: float, high: float) -> None:
    spread = wilson(k, n)
    assert (round(spread.low, 4), round(spread.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("n", "display"),
    [(1, Display.COUNT_ONLY), (9, Display.COUNT_ONLY), (10, Display.WITH_SPREAD), (29, Display.WITH_SPREAD),
     (30, Display.PLAIN)],
)  # fmt: skip
def test_how_a_share_may_be_shown(n: int, display: Display) -> None:
    assert display_of(n) is display


def test_under_ten_are_counted_and_not_divided() -> None:
    text = text_of(report(answered(4, 1), at(24, "07:00")))
    assert text.startswith("Vecka 47, 2026: 4 av 5 besvarades inom en arbetsdag.\n")
    assert "%" not in text.split("Så räknas det")[0]


def test_ten_to_29_have_their_spread_in_the_headline() -> None:
    # Wilson for 12 of 15: 54.8 to 93.0 per cent.
    text = text_of(report(answered(12, 3), at(24, "07:00")))
    assert text.startswith("Vecka 47, 2026: 12 av 15 (80,0 %; osäkerhet 54,8 %–93,0 %) besvarades inom en\narbetsdag.")


def test_thirty_and_more_are_told_plainly_and_the_spread_below() -> None:
    # Wilson for 30 of 40: 59.8 to 85.8 per cent.
    text = text_of(report(answered(30, 10), at(24, "07:00")))
    assert text.startswith("Vecka 47, 2026: 30 av 40 (75,0 %) besvarades inom en arbetsdag.\n")
    assert "  inom en arbetsdag: 30 av 40 (75,0 %; osäkerhet 59,8 %–85,8 %)" in text


def test_before_the_week_is_due_it_is_so_far() -> None:
    text = text_of(report(ORDINARY, at(23, "16:15")))
    assert text.startswith("Vecka 47, 2026, hittills: 2 av 4 besvarades inom en arbetsdag.\n")
    assert "Hela veckan kan bedömas från måndag 23 november kl. 16.30." in text
    settled = text_of(report(ORDINARY, at(24, "07:00")))
    assert settled.startswith("Vecka 47, 2026: 3 av 5 besvarades inom en arbetsdag.\n")
    assert "  inom två arbetsdagar: hittills 2 av 3\n" in settled
    assert "kan bedömas" not in settled


def test_nothing_due_yet_is_no_share() -> None:
    text = text_of(report(ORDINARY[:1], at(16, "11:00")))
    assert text.startswith("Vecka 47, 2026, hittills: 1 kontakt kom in och behöver inte vara besvarad än.\n")


def test_the_table_marks_the_rule_of_the_municipality() -> None:
    lines = text_of(report(ORDINARY, at(24, "07:00"))).splitlines()
    row = next(line for line in lines if line.startswith("* inom en arbetsdag"))
    assert row.split()[-6:] == ["3", "1", "1", "0", "1", "6"]
    assert sum(line.startswith("* inom") for line in lines) == 1


def test_every_further_line_of_a_long_name_stands_in_by_four() -> None:
    two = "x" * 35 + " " + "x" * 30
    name = f"{two} {two} {two}"
    assert table(["Kontakter", "alla"], [["  " + name, "1"], ["* " + name, "2"]])[1:] == [
        f"  {two}         1",
        f"    {two}",
        f"    {two}",
        f"* {two}         2",
        f"    {two}",
        f"    {two}",
    ]


def test_times_are_told_in_words() -> None:
    text = " ".join(text_of(report(ORDINARY, at(24, "07:00"))).split())
    assert "Tid till svar (5 kontakter, 4 besvarade)" in text
    assert (
        "väntetid på klockan: hälften fick svar inom 1 dygn 2 tim, nio av tio först efter mer än 6 dygn 16 tim" in text
    )
    assert (
        "svarstid i öppen tid: hälften fick svar inom 1 tim 30 min, nio av tio först efter mer än 35 tim 30 min" in text
    )
    assert "Räknas inte: skräp 1." in text


def test_within_never_promises_less_than_it_took() -> None:
    arrived = at(16, "09:00")
    of = report([One(arrived, arrived + timedelta(minutes=20, seconds=1))], at(24, "07:00"))
    assert "väntetid på klockan: hälften fick svar inom 21 min" in text_of(of)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("many", [1, 40, 23_456])
def test_the_text_fits_80_columns(language: Language, many: int) -> None:
    ones = [
        *answered(many, many),
        *[One(at(16, "09:00"), excluded=reason) for reason in ("spam", "duplicate", "test", "thanks", "merged")] * many,
    ]
    oldest = Waiting(case=CaseNumber("K-7Q4M2X-9"), no=1, arrived_at=datetime(2025, 9, 24, 7, tzinfo=UTC))
    for as_of in (at(23, "07:00"), at(24, "07:00")):
        of = weekly_report(WEEK, data(ones, oldest, many, many), CALENDAR, Rule.END_OF_NEXT_WORKING_DAY, as_of)
        text = as_text(of, Texts(language, ZONE))
        assert max(map(len, text.splitlines())) <= 80
        assert all(line == line.rstrip() for line in text.splitlines())
        assert "{" not in text


def plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and plain(one) for key, one in value.items())
    return type(value) in {str, int, float, bool, type(None)}


def test_the_json_adds_up_and_holds_plain_values_only() -> None:
    document = as_json(report(ORDINARY, at(24, "07:00"), held=2, automatic=7))
    assert plain(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["week"], document["zone"], document["configured_rule"]) == (
        "2026-W47",
        "Europe/Stockholm",
        "one_working_day",
    )
    assert document["start"] == "2026-11-15T23:00:00+00:00"
    assert document["as_of"] == "2026-11-24T06:00:00+00:00"
    assert list(document["rules"]) == [rule.value for rule in Rule]
    for figures in document["rules"].values():
        assert sum(figures["classes"].values()) == document["arrivals"] == 6
    share = document["rules"]["one_working_day"]["share"]
    assert (share["numerator"], share["denominator"], share["share"], share["display"], share["spread"]) == (
        3, 5, 0.6, "count_only", None,
    )  # fmt: skip
    assert (share["measure"], share["version"], share["unit"]) == ("answered_in_time.one_working_day", 1, "share")
    assert document["times"]["waiting_time.median"]["value"] == 26 * 3600
    assert document["times"]["working_time.p90"]["more_than"] is True
    assert document["mail"] == {"held_now": 2, "automatic": 7}
    assert set(document["times"]) | {figures["share"]["measure"] for figures in document["rules"].values()} == set(
        MEASURES
    )


def test_seconds_are_whole_where_they_can_be() -> None:
    assert repr(seconds(timedelta(hours=1))) == "3600"
    assert repr(seconds(timedelta(microseconds=1_500_000))) == "1.5"


moments = st.integers(to_micros(WEEK.start(ZONE)), to_micros(WEEK.end(ZONE)) - 1).map(from_micros)
waits = st.none() | st.timedeltas(timedelta(), timedelta(days=9))
ones = st.builds(
    lambda arrived, wait, excluded: One(arrived, None if wait is None else arrived + wait, excluded),
    moments,
    waits,
    st.sampled_from(["", "", "", "spam", "thanks"]),
)


@given(st.lists(ones, max_size=40), st.timedeltas(timedelta(), timedelta(days=14)))
def test_the_classes_are_all_arrivals_under_every_rule(week: list[One], after: timedelta) -> None:
    as_of = WEEK.start(ZONE) + after
    of = report(week, as_of)
    left_out = sum(one.excluded != "" for one in week)
    for figures in of.rules.values():
        assert figures.arrivals == of.arrivals == len(week)
        assert figures.left_out == left_out
        judged = figures.in_time + figures.late + figures.unanswered
        assert (figures.share is None) is (judged == 0)
        if figures.share is not None:
            assert (figures.share.numerator, figures.share.denominator) == (figures.in_time, judged)
            assert (figures.share.spread is None) is (judged < 10)
        assert figures.settled is (as_of >= WEEK.end(ZONE) and not figures.not_yet_due)
        if week and figures.settled:
            assert figures.settles_at <= as_of
    assert plain(as_json(of))


@given(st.lists(ones, min_size=1, max_size=30))
def test_a_share_only_counts_what_it_counted_before_and_more(week: list[One]) -> None:
    """As time goes on nothing leaves the denominator, and what is in time stays so."""
    shares = [report(week, WEEK.start(ZONE) + timedelta(days=days)).headline.share for days in range(0, 24, 3)]
    counts = [(0, 0) if share is None else (share.numerator, share.denominator) for share in shares]
    for earlier, later in pairwise(counts):
        assert earlier[0] <= later[0]
        assert earlier[1] <= later[1]

"""Arrivals against a rota: reading it, and telling where more comes than is staffed."""

import numpy as np
import pytest

from bot.facts import to_micros
from config.texts import Texts
from measurement.improvement.columns import ColumnsFault, fault_words
from measurement.improvement.lateness import LocalTimes
from measurement.improvement.staffing import read_rota, short, staffing_of
from measurement.improvement.words import staffing_words
from tests.rollup_book import local
from tests.weeks import ZONE

SWEDISH = Texts("sv", ZONE)
ROTA = "veckodag;timme;personal\nmåndag;8;2\nmåndag;09:00;1,5\n2;8-9;1\ntisdag;9;0\n"
EVEN = {(day, hour): 2.0 for day in range(5) for hour in range(8, 16)}


def test_a_rota_is_read_however_days_and_hours_are_written() -> None:
    assert read_rota(ROTA.encode()) == {(0, 8): 2.0, (0, 9): 1.5, (1, 8): 1.0}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "personal",
            "namn",
            "rad 1: kolumnen staff / personal saknas; skriv rubrikerna weekday / veckodag, hour / timme",
        ),
        ("måndag;8;2", "månd;8;2", "rad 2, kolumn veckodag: ”månd” är ingen veckodag; skriv 1–7 eller måndag"),
        ("måndag;8;2", "måndag;24;2", "rad 2, kolumn timme: ”24” är ingen timme; skriv 8 för timmen mellan 8 och 9"),
        ("1,5", "-1", "rad 3, kolumn personal: ”-1” är inget tal från 0"),
        ("1,5", "nan", "rad 3, kolumn personal: ”nan” är inget tal från 0"),
        ("måndag;09:00", "måndag;8", "rad 3, kolumn timme: ”8” står också på rad 2, för samma veckodag"),
    ],
)
def test_faults_of_a_rota_are_named(old: str, new: str, words: str) -> None:
    with pytest.raises(ColumnsFault) as fault:
        read_rota(ROTA.replace(old, new).encode())
    assert words in fault_words(fault.value, "rota.csv", SWEDISH)


def test_local_times_follow_the_clock_changes() -> None:
    """25 October 2026: 00:30 and 01:30 UTC are both half past two; 29 March jumps from two to three."""
    instants = [local("03-30 08:59"), local("10-26 09:00"), local("07-05 23:59")]
    found = LocalTimes.of(np.array([to_micros(one) for one in instants]), ZONE)
    assert found.hour.tolist() == [8, 9, 23]
    assert found.weekday.tolist() == [0, 0, 6]
    assert found.weeks().tolist() == [0, 2, 1]


def came(seed: int, mondays: float, *, weeks: int = 40) -> LocalTimes:
    """Return arrivals of so many weeks, as the rota is, but more on Mondays and some at night."""
    chance, days, hours = np.random.default_rng(seed), list[int](), list[int]()
    for week in range(weeks):
        for day in range(5):
            for hour in range(8, 16):
                many = int(chance.poisson(4 * (mondays if day == 0 else 1.0)))
                days += [7 * week + day + 1] * many
                hours += [hour] * many
        days.append(7 * week + 1)
        hours.append(3)
    return LocalTimes(day=np.array(days), hour=np.array(hours))


def test_a_crowded_monday_is_found_and_an_even_week_has_nothing() -> None:
    crowded, even = staffing_of(came(1, 1.5), EVEN), staffing_of(came(2, 1.0), EVEN)
    assert crowded is not None
    assert even is not None
    (one,) = short(crowded)
    # 1.5 of 5.5 parts come on Mondays, 1 of 5 of the hours lies there.
    assert (one.dimension, one.member) == ("weekday", "1")
    assert one.staffed == pytest.approx(0.2)
    assert one.interval.low < 1.5 / 5.5 < one.interval.high
    assert staffing_words(crowded, SWEDISH)[0].startswith("Måndag: 27,")
    assert short(even) == []
    assert staffing_words(even, SWEDISH)[0].startswith("Under de timmar någon arbetar sticker ingen")
    assert "(95 % säkert: " in staffing_words(even, SWEDISH)[-1].replace("\N{NO-BREAK SPACE}", " ")
    one_row = staffing_of(came(2, 1.0), {(0, 8): 2.0})
    assert one_row is not None
    assert staffing_words(one_row, SWEDISH)[0].startswith("Bemanningen är för liten för att jämföra")
    assert (even.outside, even.weeks) == (40, 40)
    assert even.per_week[0, 8] == pytest.approx(4, abs=1.5)


def test_nothing_in_the_hours_of_the_rota_is_no_figure() -> None:
    assert staffing_of(LocalTimes(day=np.array([1, 2]), hour=np.array([3, 4])), EVEN) is None

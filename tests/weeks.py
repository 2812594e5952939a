"""Weeks made of single contacts, for tests of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from bot.calendar import Calendar, CalendarVersion
from bot.clock import NO_ANSWER, Rule
from bot.facts import to_micros
from config.texts import Texts
from measurement.periods import Week
from measurement.population import Inquiries, Waiting, WeekData
from measurement.show import as_text
from measurement.weekly import WeeklyReport, weekly_report

ZONE = ZoneInfo("Europe/Stockholm")


WEEK = Week.parse("2026-W47")  # Monday 16 – Sunday 22 November 2026, winter time


SWEDISH = Texts("sv", ZONE)


OPEN = ((8 * 60, 16 * 60 + 30),)  # 08:00–16:30, 510 minutes


CALENDAR = Calendar(
    [
        CalendarVersion(
            valid_from=date(2020, 1, 1), decided_by="KS § 1", ordinary_day_minutes=510, week=(*[OPEN] * 5, (), ())
        )
    ],
    first_year=2025,
    last_year=2028,
)


def at(day: int, clock: str) -> datetime:
    """Return a local time of November 2026 as UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@dataclass(frozen=True)
class One:
    arrived: datetime
    answered: datetime | None = None
    excluded: str = ""
    channel: str = "mail"
    held: bool = False
    unsure: bool = False
    revoked: int = 0


def data(ones: Sequence[One], oldest: Waiting | None = None, held: int = 0, automatic: int = 0) -> WeekData:
    inquiries = Inquiries(
        case=tuple(f"K-{n}" for n in range(len(ones))),
        no=np.ones(len(ones), dtype=np.int64),
        channel=tuple(one.channel for one in ones),
        arrived=np.array([to_micros(one.arrived) for one in ones], dtype=np.int64),
        answered=np.array(
            [NO_ANSWER if one.answered is None else to_micros(one.answered) for one in ones], dtype=np.int64
        ),
        acknowledged=np.ones(len(ones), dtype=np.bool_),
        held=np.array([one.held for one in ones], dtype=np.bool_),
        unsure=np.array([one.unsure for one in ones], dtype=np.bool_),
        revoked=np.array([one.revoked for one in ones], dtype=np.int64),
        excluded=tuple(one.excluded for one in ones),
    )
    return WeekData(inquiries=inquiries, oldest=oldest, mail_held=held, mail_automatic=automatic)


def report(ones: Sequence[One], as_of: datetime, *, held: int = 0, automatic: int = 0) -> WeeklyReport:
    return weekly_report(WEEK, data(ones, None, held, automatic), CALENDAR, Rule.ONE_WORKING_DAY, as_of)


def classes(of: WeeklyReport, rule: Rule) -> tuple[int, ...]:
    figures = of.rules[rule]
    return figures.in_time, figures.late, figures.unanswered, figures.not_yet_due, figures.left_out


ORDINARY = (
    #                                             deadlines: one day       two days   end of next  24 hours
    One(at(16, "09:00"), at(16, "10:00")),  #                Tue 09:00  Wed 09:00  Tue 16:30  Tue 09:00
    One(at(16, "10:00"), at(17, "12:00"), held=True),  #     Tue 10:00  Wed 10:00  Tue 16:30  Tue 10:00
    One(at(20, "16:00"), at(23, "09:00"), revoked=1),  #     Mon 16:00  Tue 16:00  Mon 16:30  Sat 16:00
    One(at(17, "15:00")),  #                                 Wed 15:00  Thu 15:00  Wed 16:30  Wed 15:00
    One(at(22, "20:00"), at(23, "08:30"), unsure=True),  #   Mon 16:30  Tue 16:30  Mon 16:30  Mon 20:00
    One(at(18, "11:00"), excluded="spam", channel="telegram"),
)


"""Monday 16 November is an ordinary day. Friday 16:00: 30 minutes are left of it, so 480 are counted on Monday."""


def answered(good: int, late: int) -> list[One]:
    arrived = at(16, "09:00")
    return [One(arrived, at(16, "10:00"))] * good + [One(arrived, at(18, "10:00"))] * late


def text_of(of: WeeklyReport) -> str:
    return as_text(of, SWEDISH).replace("\N{NO-BREAK SPACE}", " ")

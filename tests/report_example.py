"""A made-up week's report, as the renderers get it: a municipality where a contact centre opened in the spring."""

import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.clock import Rule
from config.texts import Language, Texts
from measurement.measures import Display, Figure, Spread, Unit
from measurement.periods import Week, weeks_back
from measurement.registry import REGISTRY, definitions_hash
from measurement.report.content import Absent, Change, Classes, Headline, Queue, Report, Slice, Survey
from measurement.statistics.chart import Chart
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series

WEEK = Week(year=2026, number=47)
AS_OF = datetime(2026, 11, 24, 6, tzinfo=UTC)
IN_TIME = "answered_in_time.one_working_day"


def texts(language: Language = "sv") -> Texts:
    """Return the texts of a language in Sweden."""
    return Texts(language, ZoneInfo("Europe/Stockholm"))


def figure(measure: str, k: int | None, n: int, value: float | None = None, slice_: str = "") -> Figure:
    """Return a figure of the week; a share of k of n unless a value is given."""
    shown = value if k is None else (k / n if n else None)
    return Figure(measure=measure, version=1, period=str(WEEK), slice=slice_, numerator=k,
                  denominator=None if k is None else n, n=n, value=shown, as_of=AS_OF)  # fmt: skip


def decisions(names: list[str]) -> tuple[Decision, ...]:
    """Return a rebase at the 25th week and a note ten weeks later."""
    return (
        Decision(kind=DecisionKind.REBASE, period=names[24], cause="Kontaktcenter öppnade",
                 decided_by="kvalitetsledaren", decided_on=date(2026, 6, 1)),
        Decision(kind=DecisionKind.NOTE, period=names[34], cause="Nya öppettider", decided_by="Kommunstyrelsen § 12",
                 decided_on=date(2026, 8, 1)),
    )  # fmt: skip


def share_chart(measure: str, before: float, after: float, n: int, *, last: int | None = None) -> Chart:
    """Return a chart of 52 weeks whose level changes at the 25th; `last` is the last week's numerator if given."""
    chance, names = random.Random(measure), [str(week) for week in weeks_back(WEEK, 52)]
    points = []
    for at, name in enumerate(names):
        k = sum(chance.random() < (before if at < 24 else after) for _ in range(n))
        if last is not None and at == len(names) - 1:
            k = last
        points.append(Point(period=name, value=k / n, n=n, numerator=k))
    known = REGISTRY[measure]
    series = Series(
        measure=measure, version=1, name=known.name, unit=known.unit, direction=known.direction, points=tuple(points),
        decisions=decisions(names), target=0.95 if measure == IN_TIME else 0.8,
        earlier=tuple(
            Earlier(period=year, value=value, n=108, definition="KKiK inom en dag", source="KKiK")
            for year, value in (("2018", 0.80), ("2019", 0.83))
        ) if measure == IN_TIME else (),
    )  # fmt: skip
    return chart_of(series, kind_for(Unit.SHARE))


def headlines(*, last: int | None = None) -> tuple[Headline, ...]:
    """Return the three headlines; `last` is how many of 262 were in time."""
    chart = share_chart(IN_TIME, 0.83, 0.975, 262, last=last)
    point = chart.series.points[-1]
    assert point.numerator is not None
    return (
        Headline(
            measure=IN_TIME, name="Besvarade inom en arbetsdag", figure=figure(IN_TIME, point.numerator, 262),
            display=Display.PLAIN, spread=Spread(low=0.94, high=0.99), chart=chart, target=0.95,
            beside=(
                figure("held_first", 12, 255), figure("survey.real_answer", 66, 70), figure("quality.is_answer", 9, 10),
            ),
        ),
        Headline(measure="phone.direct", name="Direkt svar i telefon", figure=figure("phone.direct", 180, 214),
                 chart=share_chart("phone.direct", 0.56, 0.83, 200), target=0.8,
                 beside=(figure("phone.coverage", 214, 230),)),
        Headline(measure="reception.good", name="Gott bemötande", figure=figure("reception.good", 63, 70), weeks=13,
                 chart=share_chart("reception.good", 0.73, 0.91, 40), target=0.8,
                 beside=(figure("survey.answered", 70, 260),)),
    )  # fmt: skip


def full_report(*, last: int | None = None) -> Report:
    """Return the report of an ordinary week of 270 contacts."""
    return report(headlines=headlines(last=last))


def report(*, headlines: tuple[Headline, ...], settled: bool = True) -> Report:
    """Return a report of the week with these headlines."""
    channels = (("mail", "e-post", 190, 183, 186), ("telegram", "Telegram", 80, 74, 76))
    units = (("kontaktcenter", "Kontaktcenter", 250, 245, 248), ("bygg", '=HYPERLINK("x")', 20, 12, 14))
    slices = {
        dimension: tuple(
            Slice(
                key=key, name=name, arrivals=came, figures={IN_TIME: figure(IN_TIME, k, n, slice_=f"{dimension}:{key}")}
            )
            for key, name, came, k, n in members
        )
        for dimension, members in (("channel", channels), ("unit", units))
    }
    own = [
        figure(IN_TIME, 257, 262), figure("answered_in_time.two_working_days", 260, 262),
        figure("answered_in_time.end_of_next_working_day", 259, 262), figure("answered_in_time.clock_24h", 231, 262),
        figure("arrivals", None, 270, 270.0), figure("acknowledged", 262, 262), figure("held_first", 12, 255),
        figure("answered_again", 21, 257), figure("promise_kept", 256, 262), figure("first_contact", 201, 240),
        figure("outcome_told", 7, 9), figure("waiting_time.median", None, 262, 9_000.0),
        figure("working_time.p90", None, 262, 15_300.0), figure("phone.direct", 180, 214),
        figure("phone.coverage", 214, 230), figure("quality.is_answer", 9, 10), figure("reception.good", 63, 70),
        figure("reception.index", None, 70, 86.1),
    ]  # fmt: skip
    of_slices = [one for found in slices.values() for member in found for one in member.figures.values()]
    return Report(
        municipality="Exempel kommun", zone="Europe/Stockholm", period=str(WEEK), first_day=date(2026, 11, 16),
        last_day=date(2026, 11, 22), as_of=AS_OF, revision=0, settled=settled, settles_at=AS_OF, frozen=False,
        configured=Rule.ONE_WORKING_DAY, headlines=headlines,
        figures={(one.measure, one.slice): one for one in (*own, *of_slices)},
        classes=(
            Classes(rule=Rule.ONE_WORKING_DAY, in_time=257, late=3, unanswered=2, not_yet_due=0, left_out=8),
            Classes(rule=Rule.TWO_WORKING_DAYS, in_time=260, late=1, unanswered=1, not_yet_due=0, left_out=8),
            Classes(rule=Rule.END_OF_NEXT_WORKING_DAY, in_time=259, late=2, unanswered=1, not_yet_due=0, left_out=8),
            Classes(rule=Rule.CLOCK_24H, in_time=231, late=29, unanswered=2, not_yet_due=0, left_out=8),
        ),
        charts={}, slices=slices, left_out={"spam": 5, "thanks": 3},
        outcomes={"remedied": 5, "taken_further": 2, "": 2},
        queue=Queue(waiting=12, past_due=2, oldest_seconds=190_000.0, oldest_open_seconds=61_200.0),
        survey=Survey(
            drawn=320, suppressed=40, invited=270, delivered=260, answered=70, declined=6, failed=10,
            grades={"reception": (45, 18, 4, 2, 1), "clarity": (40, 20, 6, 2, 1), "ease": (38, 18, 8, 4, 2)},
            unknown={"reception": 0, "clarity": 1, "ease": 0}, real_answer=(66, 70), comments=31,
        ),
        changes=(Change(period="2026-W37", what="Ny regel för delbesked", cause="Beslut i ledningsgruppen",
                        decided_by="kvalitetsledaren", decided_on=date(2026, 9, 7)),),
        calendar=(), versions={IN_TIME: 1}, method=definitions_hash()[:12],
        rolling={
            one.measure: one
            for one in (figure("reception.good", 63, 70), figure("reception.index", None, 70, 86.1),
                        figure("survey.answered", 70, 260))
        },
    )  # fmt: skip


def empty_report() -> Report:
    """Return the report of a week in which nothing came in and nothing is measured but the mail."""
    nothing = Headline(measure=IN_TIME, name="Besvarade inom en arbetsdag", figure=None, absent=Absent.NOTHING)
    phone = Headline(measure="phone.direct", name="Direkt svar i telefon", figure=None, absent=Absent.NOT_MEASURED)
    reception = Headline(measure="reception.good", name="Gott bemötande", figure=figure("reception.good", 3, 3),
                         absent=Absent.HIDDEN, weeks=13)  # fmt: skip
    return Report(
        municipality="Exempel kommun", zone="Europe/Stockholm", period=str(WEEK), first_day=date(2026, 11, 16),
        last_day=date(2026, 11, 22), as_of=AS_OF, revision=0, settled=True, settles_at=AS_OF, frozen=False,
        configured=Rule.ONE_WORKING_DAY, headlines=(nothing, phone, reception), figures={}, classes=(), charts={},
        slices={}, left_out={}, outcomes={}, queue=None, survey=None, changes=(), calendar=(), versions={}, method="0",
    )  # fmt: skip

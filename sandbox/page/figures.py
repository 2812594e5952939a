"""The week's figures on the page: the same report as `run_bot.py report`, as it is known now."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.clock import TimeClass
from config.settings import load
from measurement.measures import Value
from measurement.periods import Week
from measurement.show import as_text
from measurement.show_figures import share_in_words
from measurement.source import read_week
from measurement.weekly import WeeklyReport, weekly_report
from measurement.words import class_name, rule_name
from sandbox.page.look import Look
from sandbox.page.nodes import Element, el
from sandbox.page.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A week's report, and the weeks beside it (empty: none)."""

    report: WeeklyReport
    before: str
    after: str


async def figures_of(stage: Stage, week: str) -> Figures:
    """Return the figures of a week as 2026-W47, as known now; of the present one if it is none or far away."""
    zone = stage.world.service.office().texts.zone
    year, number, _ = stage.now.astimezone(zone).isocalendar()
    present = Week(year=year, number=number)
    try:
        return await _figures(stage, Week.parse(week) if week else present)
    except (ValueError, OverflowError):
        return await _figures(stage, present)


async def _figures(stage: Stage, week: Week) -> Figures:
    office, now = stage.world.service.office(), stage.now
    zone = office.texts.zone
    settings = load(stage.world.config, environment=False)
    data = await read_week(settings.database.url, week.start(zone), week.end(zone), now)
    report = weekly_report(week, data, office.calendar, office.rule, now)
    return Figures(report=report, before=_beside(week, -1), after=_beside(week, 1))


def _beside(week: Week, by: int) -> str:
    year, number, _ = (week.monday + timedelta(weeks=by)).isocalendar()
    return str(Week(year=year, number=number))


def show_figures(look: Look, figures: Figures) -> Element:
    """Return the figures: the headline, classes and share under each rule as a table, the whole report as text."""
    t, report = look.texts.t, figures.report
    text = as_text(_without_haste(report), look.texts)
    weeks = [
        el("a", t("Veckan före"), href=look.choice.href(week=figures.before) + "#figures", class_="button"),
        el("a", t("Veckan efter"), href=look.choice.href(week=figures.after) + "#figures", class_="button"),
        el("a", t("Stäng siffrorna"), href=look.choice.href(show="", week=""), class_="button"),
    ]
    return el(
        "section",
        el("h2", t("Veckans siffror: vecka {week}, {year}", week=report.week.number, year=report.week.year),
           id="figures-title"),
        el("p", text.partition("\n\n")[0], class_="lines"),
        el("div", *weeks, class_="row"),
        el("div", _table(look, report), class_="scrolls", tabindex="0", role="region", aria_labelledby="figures-table"),
        el("details", el("summary", t("Hela rapporten som text")), el("pre", text, tabindex="0"), key="report"),
        id="figures", aria_labelledby="figures-title", tabindex="-1", class_="pane",
    )  # fmt: skip


def _without_haste(report: WeeklyReport) -> WeeklyReport:
    """Return a report without the times while no contact's time has run out.

    They tell how many have an answer already, which would be read as a share: all the others look forgotten.
    """
    if report.headline.share is not None:
        return report
    return replace(report, waiting_median=replace(report.waiting_median, n=0))


def _table(look: Look, report: WeeklyReport) -> Element:
    t, texts = look.texts.t, look.texts
    heads = [t("Kontakter"), *(class_name(texts, name) for name in TimeClass), t("alla"), t("besvarade i tid")]
    rows = []
    for rule, found in report.rules.items():
        counts = (found.in_time, found.late, found.unanswered, found.not_yet_due, found.left_out, found.arrivals)
        name = rule_name(texts, rule)
        chosen = rule is report.configured
        rows.append(
            el(
                "tr",
                el("th", t("{rule} (kommunens regel)", rule=name) if chosen else name, scope="row"),
                *(el("td", texts.number(count)) for count in counts),
                el("td", _share(look, found.share, settled=found.settled)),
            )
        )
    return el(
        "table",
        el("caption", t("Kontakter som kom in under veckan, och hur det gick"), id="figures-table"),
        el("thead", el("tr", *(el("th", head, scope="col") for head in heads))),
        el("tbody", *rows),
    )


def _share(look: Look, value: Value | None, *, settled: bool) -> str:
    if value is None:
        return look.texts.t("inget att räkna")
    share = share_in_words(value, look.texts, with_spread=True)
    return share if settled else look.texts.t("hittills {share}", share=share)

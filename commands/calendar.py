"""The commands about opening hours: single days, and new hours from a date on."""

from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import By, day_of, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config, die

if TYPE_CHECKING:
    from bot.hours import CalendarVersion
    from config.texts import Texts

calendar = typer.Typer(no_args_is_help=True, help="Opening hours: what has arrived already keeps its own.")

Day = Annotated[str, typer.Argument(help="A date after today, as 2026-12-23.")]
DecidedBy = Annotated[str, typer.Option(help="Who decided it, as a role or the number of a decision.")]
DayHours = Annotated[str | None, typer.Option(help="As 8-12,13-16.30; empty is closed.")]

WORKDAYS, WEEK = range(5), range(7)


@calendar.command("list")
def calendar_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the opening hours that hold, those to come, and the single days that differ."""
    from config.calendars import days_to_come

    standing = look(config)
    t = standing.texts.t
    versions = standing.versions
    for place, version in enumerate(versions):
        following = versions[place + 1].valid_from if place + 1 < len(versions) else None
        if following is not None and following <= standing.today:
            continue
        print(t("Från {day} (beslutat av {who}):", day=version.valid_from, who=version.decided_by))
        print_columns(_week(standing.texts, version))
        for season in version.seasons:
            if season.last >= standing.today:
                print(t("  andra tider {first} till {last}", first=season.first, last=season.last))
    if days := days_to_come(standing.calendar, standing.today):
        print(t("Dagar som avviker:"))
        print_columns([("", f"{one.date}", _hours(standing.texts, one.spans), one.decided_by) for one in days])


@calendar.command("close")
def calendar_close(
    day: Day, decided_by: DecidedBy = "", config: Config = DEFAULT_CONFIG, by: By = ""
) -> None:  # fmt: skip
    """Close on one date."""
    _change_day(config, by, day, "", decided_by)


@calendar.command("open")
def calendar_open(
    day: Day,
    hours: Annotated[str, typer.Argument(help="As 8-12 or 8-12,13-16.30.")],
    decided_by: DecidedBy = "",
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Have other hours on one date, also on a holiday."""
    if not hours.strip():
        die("say the hours, as 8-12, or use: calendar close")
    _change_day(config, by, day, hours, decided_by)


def _change_day(config: Config, by: str, day: str, hours: str, decided_by: str) -> None:
    from config.change_hours import change_day

    when = day_of(day)
    done = make_change(config, by, lambda standing: change_day(standing, when, hours, decided_by))
    texts, said = done.before.texts, ", ".join(done.changes[0].data["open"])
    print(
        texts.t("{day} har öppet {hours}.", day=texts.day(when).capitalize(), hours=said)
        if said
        else texts.t("{day} är stängd.", day=texts.day(when).capitalize())
    )
    print(texts.t("Det gäller för det som kommer in från och med i morgon."))


@calendar.command("end")
def calendar_end(day: Day, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Have ordinary hours again on one date."""
    from config.change_hours import end_day

    when = day_of(day)
    done = make_change(config, by, lambda standing: end_day(standing, when))
    texts = done.before.texts
    print(texts.t("{day} har vanliga öppettider igen.", day=texts.day(when).capitalize()))


@calendar.command("version")
def calendar_version(
    day: Day,
    workdays: Annotated[str | None, typer.Option(help="Monday to Friday, as 8-16.30 or 8-12,13-16.30.")] = None,
    monday: DayHours = None,
    tuesday: DayHours = None,
    wednesday: DayHours = None,
    thursday: DayHours = None,
    friday: DayHours = None,
    saturday: DayHours = None,
    sunday: DayHours = None,
    minutes: Annotated[int | None, typer.Option(min=1, max=1440, help="Open minutes of an ordinary day.")] = None,
    holidays: Annotated[bool | None, typer.Option("--closed-on-holidays/--open-on-holidays")] = None,
    decided_by: DecidedBy = "",
    end: Annotated[bool, typer.Option("--end", help="Take away hours that are not in force yet.")] = False,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Have new opening hours from a date on; days not named stay as they are."""
    from config.change_hours import HoursWish, change_hours, end_hours

    when, single = day_of(day), (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    days = {number: workdays for number in WORKDAYS if workdays is not None}
    days |= {number: said for number, said in zip(WEEK, single, strict=True) if said is not None}
    wish = HoursWish(valid_from=when, decided_by=decided_by, days=days, minutes=minutes, holidays=holidays)
    if end:
        done = make_change(config, by, lambda standing: end_hours(standing, when))
        print(done.before.texts.t("De nya öppettiderna från {day} är borttagna.", day=when))
        return
    done = make_change(config, by, lambda standing: change_hours(standing, wish))
    data, t = done.changes[0].data, done.before.texts.t
    print(t("Nya öppettider gäller från {day}.", day=when))
    print(t("En vanlig dag räknas som {minutes} öppna minuter.", minutes=data["ordinary_day_minutes"]))


def _week(texts: "Texts", version: "CalendarVersion") -> list[tuple[str, ...]]:
    from datetime import date

    # 1 to 7 June 2026 is Monday to Sunday.
    names = [texts.day(date(2026, 6, number)).split()[0] for number in range(1, 8)]
    return [("", name, _hours(texts, hours)) for name, hours in zip(names, version.week, strict=True)]


def _hours(texts: "Texts", spans: tuple[tuple[int, int], ...]) -> str:
    from config.change_hours import written

    return ", ".join(written(spans)) or texts.t("stängt")

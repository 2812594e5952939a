"""The interviews of a review: planned with roles, listed, cancelled."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.assess_book import ARound, By, looking, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, readable, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.texts import Texts
    from measurement.assessment.book import Interview
    from measurement.assessment.framework import AreaId
    from measurement.assessment.round import Round

interviews = typer.Typer(no_args_is_help=True, help="The interviews of a review: with whom, when, about what.")

_LONGEST_MINUTES = 8 * 60
_FIRST, _LAST = time(7), time(18)
"""Between these, local time, people can be expected to be at work."""
_SATURDAY = 5
_DATE = len("2027-03-02")


@interviews.command("plan")
def plan(
    name: ARound,
    who: Annotated[str, typer.Argument(metavar="WHO", help="politicians, management, heads or unions.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="As 'kommunstyrelsens ordförande'; never a name.")],
    at: Annotated[str, typer.Argument(metavar="TIME", help="Local time, as 2027-03-02T09:00.")],
    by: By,
    minutes: Annotated[int, typer.Option(min=5, max=_LONGEST_MINUTES, help="How long it takes.")] = 60,
    areas: Annotated[str, typer.Option(help="Which areas it is about, as 1,5; else all.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Plan an interview with a role."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    signer, begins = signed(texts, by), begins_at(texts, at)
    from commands.assess_words import INTERVIEWED, choices, chosen
    from measurement.assessment.book import Interview, interviews_of, plan_interview

    group = chosen(who, INTERVIEWED, texts)
    if group is None:
        die(texts.t("{who} är ingen grupp. Välj {choices}.", who=who, choices=choices(INTERVIEWED, texts)))
    _check_role(texts, role.strip())

    async def work() -> "tuple[Interview, int, list[Interview]]":
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            planned = Interview(
                about=group, role=role.strip(), areas=_areas(texts, round_, areas), begins_at=begins, minutes=minutes,
                by=signer, at=now,
            )  # fmt: skip
            others = await interviews_of(connection, round_.id)
            return planned, await plan_interview(connection, round_.id, planned), others

    planned, number, others = run_to_end(work())
    local = begins.astimezone(texts.zone)
    print(texts.t("Intervju {number} är planerad: {role}, {day} {year} kl. {time}.", number=number, role=planned.role,
                  day=texts.day(local.date()), year=local.year, time=texts.clock(local.time())))  # fmt: skip
    for line in oddities(texts, planned, others, now):
        print(f"  {line}")


def begins_at(texts: "Texts", written: str) -> datetime:
    """Return the UTC instant of a day and a local time; say how it is written and end if it is none."""
    try:
        begins = datetime.fromisoformat(written.strip().replace(".", ":"))
    except ValueError:
        die(texts.t("{value} är ingen tid. Skriv dag och klockslag, som 2027-03-02T09:00.", value=written))
    if len(written.strip()) <= _DATE:
        die(texts.t("{value}: klockslaget saknas. Skriv det efter dagen, som {value}T09:00.", value=written.strip()))
    return (begins if begins.tzinfo else begins.replace(tzinfo=texts.zone)).astimezone(UTC)


def _check_role(texts: "Texts", role: str) -> None:
    from measurement.assessment.entering import looks_like_name

    if not role:
        die(texts.t("Skriv vilken roll som intervjuas, som kommunstyrelsens ordförande."))
    if looks_like_name(role) or "@" in role:
        die(texts.t("{role} ser ut som ett namn eller en adress. Skriv rollen med liten bokstav, som "
                    "kommunstyrelsens ordförande.", role=role))  # fmt: skip


def oddities(texts: "Texts", planned: "Interview", others: "Sequence[Interview]", now: datetime) -> list[str]:
    """Return what may be a slip of the pen: a time that has been, out of hours, or that of another interview."""
    t, begins = texts.t, planned.begins_at.astimezone(texts.zone)
    ends = begins + timedelta(minutes=planned.minutes)
    found = [t("Tiden har redan varit.")] if planned.begins_at < now else []
    if begins.weekday() >= _SATURDAY:
        found.append(t("Det är helg: {day}.", day=texts.day(begins.date())))
    if begins.time() < _FIRST or ends.time() > _LAST or ends.date() > begins.date():
        found.append(t("Klockan {first}–{last} är utanför kontorstid.", first=texts.clock(begins.time()),
                       last=texts.clock(ends.time())))  # fmt: skip
    return found + [
        t("Intervju {number} ligger på samma tid: {role}.", number=one.id, role=one.role)
        for one in others
        if one.begins_at < ends and begins < one.begins_at + timedelta(minutes=one.minutes)
    ]


def _areas(texts: "Texts", round_: "Round", written: str) -> "tuple[AreaId, ...]":
    wanted = [one.strip() for one in written.split(",") if one.strip()]
    known = {str(area.id): area.id for area in round_.framework.areas}
    for one in wanted:
        if one not in known:
            die(texts.t("Det finns inget område {about}. Områdena är {known}.", about=one, known=", ".join(known)))
    return tuple(known[one] for one in dict.fromkeys(wanted))


@interviews.command("cancel")
def cancel(
    name: ARound,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `interviews list` shows it.")],
    by: By,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Cancel an interview. Another time: cancel it and plan it anew."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    signer = signed(texts, by)
    from measurement.assessment.book import cancel_interview, enter, interviews_of
    from measurement.assessment.round import About, Entry, Field, Source

    async def work() -> None:
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            there = {one.id: one for one in await interviews_of(connection, round_.id)}
            if not await cancel_interview(connection, round_.id, number):
                known = ", ".join(map(str, there)) or "–"
                die(texts.t("Det finns ingen planerad intervju {number}. De som finns är {known}.", number=number,
                            known=known))  # fmt: skip
            one = there[number]
            value = f"{one.about.value} {one.begins_at.isoformat()} {one.role}"
            await enter(connection, round_.id, [Entry(about=About(""), field=Field.CANCELLED, value=value, by=signer,
                                                      source=Source.COMMAND, at=now)])  # fmt: skip

    run_to_end(work())
    print(texts.t("Intervju {number} är inställd.", number=number))


@interviews.command("list")
def list_interviews(name: ARound, config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """List the planned interviews by time."""
    settings = readable(config)
    texts = texts_for(settings, language)

    async def work() -> "list[Interview]":
        from measurement.assessment.book import interviews_of

        async with looking(settings) as connection:
            round_ = await round_named(connection, texts, name)
            return await interviews_of(connection, round_.id)

    found = run_to_end(work())
    if found:
        print_columns(_interview_row(texts, one) for one in found)
    else:
        print(texts.t("Ingen intervju är planerad."))


def _interview_row(texts: "Texts", one: "Interview") -> tuple[str, ...]:
    from commands.assess_words import INTERVIEWED

    begins = f"{one.begins_at.astimezone(texts.zone):%Y-%m-%d %H:%M}"
    areas = ",".join(one.areas) or texts.t("alla områden")
    minutes = texts.t("{count} min", count=one.minutes)
    return str(one.id), begins, minutes, texts.t(INTERVIEWED[one.about]), one.role, areas

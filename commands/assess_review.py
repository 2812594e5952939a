"""The review: two reviewers' points and comments beside the municipality's, what they agree on, and whom they meet."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.assess_book import ARound, By, looking, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, instant_of, readable, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.book import Interview
    from measurement.assessment.framework import AreaId
    from measurement.assessment.round import Field, Round

interviews = typer.Typer(no_args_is_help=True, help="The interviews of a review: with whom, when, about what.")

_LONGEST_MINUTES = 8 * 60


def review(
    name: ARound,
    about: Annotated[str, typer.Argument(metavar="[QUESTION]", help="A question or area; else all are shown.")] = "",
    first: Annotated[str | None, typer.Option(help="The first reviewer's points.")] = None,
    first_comment: Annotated[str | None, typer.Option(help="The first reviewer's comment.")] = None,
    second: Annotated[str | None, typer.Option(help="The second reviewer's points.")] = None,
    second_comment: Annotated[str | None, typer.Option(help="The second reviewer's comment.")] = None,
    agreed: Annotated[str | None, typer.Option(help="The points they agree on; also of an area.")] = None,
    comment: Annotated[str | None, typer.Option(help="What the report is to say; also of an area.")] = None,
    improvement: Annotated[str | None, typer.Option(help="Of an area: what is to be improved.")] = None,
    by: Annotated[str, typer.Option("--by", envvar="KOMMUNSVAR_BY", help="Who enters it.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Show the points side by side, or enter the reviewers' points and comments on a question or area."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.assessment.round import Field

    given = {
        Field.FIRST_POINTS: first, Field.FIRST_COMMENT: first_comment, Field.SECOND_POINTS: second,
        Field.SECOND_COMMENT: second_comment, Field.POINTS: agreed, Field.COMMENT: comment,
        Field.IMPROVEMENT: improvement,
    }  # fmt: skip
    said = {field: value for field, value in given.items() if value is not None}
    if not said:
        print_columns(_side_by_side(texts, run_to_end(_read(settings, texts, name)), about))
        return
    if not about:
        die(texts.t("Skriv vilken fråga eller vilket område det gäller, som 5.2 eller 5."))
    for line in run_to_end(_entered(settings, texts, name, about, said, signed(texts, by))):
        print(line)


async def _read(settings: "Settings", texts: "Texts", name: str) -> "Round":
    async with looking(settings) as connection:
        return await round_named(connection, texts, name)


async def _entered(
    settings: "Settings", texts: "Texts", name: str, about: str, said: "Mapping[Field, str]", by: str
) -> list[str]:
    from commands.assess_set import entries_of, told
    from measurement.assessment.book import enter

    async with writing(settings) as connection:
        round_ = await round_named(connection, texts, name)
        asked = [(0, about, field.value, value) for field, value in said.items()]
        entries = entries_of(texts, round_, asked, by, datetime.now(UTC))
        await enter(connection, round_.id, entries)
        return told(texts, round_, entries)


def _side_by_side(texts: "Texts", round_: "Round", about: str) -> "list[tuple[str, ...]]":
    """Return points of questions in columns: the municipality's own, each reviewer's, those agreed; areas summed up."""
    from measurement.assessment.round import Field, area_points

    fields = (Field.OWN_POINTS, Field.FIRST_POINTS, Field.SECOND_POINTS, Field.POINTS)
    areas = [one for one in round_.framework.areas if not about or one.id == about.split(".", 1)[0]]
    if not areas:
        known = ", ".join(area.id for area in round_.framework.areas)
        die(texts.t("Det finns inget område {about}. Områdena är {known}.", about=about, known=known))
    t = texts.t
    rows: list[tuple[str, ...]] = [("", t("av"), t("egna"), t("första"), t("andra"), t("enade"), "")]
    for area in areas:
        sums = [area_points(round_, area.id, field) for field in fields]
        rows.append(
            (area.id, str(area.points), *("–" if one is None else texts.number(one) for one in sums), area.name)
        )
        for one in area.questions:
            if "." in about and one.id != about:
                continue
            cells = [round_.value(one.id, field) or "–" for field in fields]
            rows.append((f"  {one.id}", str(one.points), *cells, _shortened(one.text)))
    return rows


def _shortened(text: str) -> str:
    from textwrap import shorten

    return shorten(text, 60, placeholder=" …")


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
    signer, begins = signed(texts, by), instant_of(at, settings)
    from commands.assess_words import INTERVIEWED, choices, chosen
    from measurement.assessment.book import Interview, plan_interview

    group = chosen(who, INTERVIEWED, texts)
    if group is None:
        die(texts.t("{who} är ingen grupp. Välj {choices}.", who=who, choices=choices(INTERVIEWED, texts)))
    if not role.strip():
        die(texts.t("Skriv vilken roll som intervjuas, som kommunstyrelsens ordförande."))

    async def work() -> int:
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            planned = Interview(
                about=group, role=role.strip(), areas=_areas(texts, round_, areas), begins_at=begins, minutes=minutes,
                by=signer, at=now,
            )  # fmt: skip
            return await plan_interview(connection, round_.id, planned)

    number = run_to_end(work())
    print(texts.t("Intervju {number} är planerad: {role}, {when}.", number=number, role=role.strip(),
                  when=texts.moment(begins)))  # fmt: skip


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
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Cancel an interview. Another time: cancel it and plan it anew."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.assessment.book import cancel_interview, interviews_of

    async def work() -> None:
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            if not await cancel_interview(connection, round_.id, number):
                known = ", ".join(str(one.id) for one in await interviews_of(connection, round_.id)) or "–"
                die(texts.t("Det finns ingen planerad intervju {number}. De som finns är {known}.", number=number,
                            known=known))  # fmt: skip

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

"""The review: two reviewers' points and comments beside the municipality's, and what they agree on."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.assess_book import ARound, looking, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.round import Field, Round


def review(
    name: ARound,
    about: Annotated[str, typer.Argument(metavar="[QUESTION]", help="A question or area; else all are shown.")] = "",
    first: Annotated[str | None, typer.Option(help="The first reviewer's points.")] = None,
    first_comment: Annotated[str | None, typer.Option(help="The first reviewer's comment.")] = None,
    second: Annotated[str | None, typer.Option(help="The second reviewer's points.")] = None,
    second_comment: Annotated[str | None, typer.Option(help="The second reviewer's comment.")] = None,
    agreed: Annotated[
        str | None, typer.Option("--agreed", "--points", help="The points they agree on; also of an area.")
    ] = None,
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
    from commands.assess_set import check_sums, entries_of, told
    from measurement.assessment.book import enter

    async with writing(settings) as connection:
        round_ = await round_named(connection, texts, name)
        asked = [(0, about, field.value, value) for field, value in said.items()]
        entries = entries_of(texts, round_, asked, by, datetime.now(UTC))
        check_sums(texts, round_, entries)
        await enter(connection, round_.id, entries)
        return told(texts, round_, entries)


def _side_by_side(texts: "Texts", round_: "Round", about: str) -> "list[tuple[str, ...]]":
    """Return points of questions in columns: the municipality's own, each reviewer's, those agreed; areas summed up."""
    from commands.assess_words import points_shown
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
            (area.id, str(area.points), *("–" if one is None else points_shown(texts, one) for one in sums), area.name)
        )
        for one in area.questions:
            if "." in about and one.id != about:
                continue
            cells = [points_shown(texts, round_.value(one.id, field)) or "–" for field in fields]
            rows.append((f"  {one.id}", str(one.points), *cells, _shortened(one.text)))
    return rows


def _shortened(text: str) -> str:
    from textwrap import shorten

    return shorten(text, 60, placeholder=" …")

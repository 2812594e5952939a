"""Entering answers, points and owners, one at a time or from a table, and settling what was said in two ways."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import table_fault
from commands.assess_book import ARound, By, round_named, signed, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.texts import Texts
    from measurement.assessment.round import Entry, Field, Round

_COLUMNS = {"about": ("about", "fråga", "område"), "field": ("field", "fält"), "value": ("value", "värde")}


def set_(
    name: ARound,
    by: By,
    about: Annotated[str, typer.Argument(metavar="[QUESTION]", help="A question, as 5.2, or an area, as 5.")] = "",
    field: Annotated[str, typer.Argument(metavar="[FIELD]", help="As answer, description, own_points, owner.")] = "",
    value: Annotated[str | None, typer.Argument(metavar="[VALUE]", help="Empty ('') takes it away.")] = None,
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Take a long value from it.")] = None,
    table: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Many at once, CSV or Excel: columns fråga, fält, värde."),
    ] = None,
    why: Annotated[str, typer.Option(help="Why you change what somebody else answers for and wrote.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Enter an answer, description, points, comment, owner or state, of a question or of a whole area.

    An owner or a state of an area is entered for each of its questions.
    """
    settings = usable(config)
    texts, now, who = texts_for(settings, language), datetime.now(UTC), signed(texts_for(settings, language), by)
    from measurement.assessment.book import enter

    if table is None:
        asked = [(0, about, field, _value(texts, about, field, value, file))]
    elif about:
        die(texts.t("Skriv antingen fråga, fält och värde, eller --table med en fil."))
    else:
        asked = _rows(texts, table)

    async def work() -> "tuple[Round, list[Entry]]":
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            entries = entries_of(texts, round_, asked, who, now)
            check_sums(texts, round_, entries)
            reasons = _reasons(texts, round_, entries, why.strip())
            await enter(connection, round_.id, [*entries, *reasons])
            return round_, entries

    before, entries = run_to_end(work())
    for line in told(texts, before, entries):
        print(line)


def _value(texts: "Texts", about: str, field: str, value: str | None, file: Path | None) -> str:
    if not about or not field or (value is None) == (file is None):
        die(texts.t("Skriv fråga, fält och värde, som 5.2 own_points 12, eller --file för en lång text."))
    if value is not None:
        return value
    try:
        return file.read_text("utf-8-sig") if file else ""
    except UnicodeDecodeError:
        die(texts.t("{file} är ingen ren text. Spara den som text med UTF-8.", file=file.name if file else ""))


def _rows(texts: "Texts", file: Path) -> list[tuple[int, str, str, str]]:
    from config.table_files import TableFault, read_table

    try:
        rows = read_table(file.read_bytes())
    except TableFault as fault:
        die(table_fault(texts, file, fault.why))
    heads = [cell.casefold() for cell in rows[0].cells]
    places = {key: next((heads.index(one) for one in names if one in heads), -1) for key, names in _COLUMNS.items()}
    missing = [names[1] for key, names in _COLUMNS.items() if places[key] < 0]
    if missing:
        die(texts.t("{file}: kolumnen {column} saknas.", file=file.name, column=", ".join(missing)))
    found = []
    for row in rows[1:]:
        cells = [row.cells[at] if at < len(row.cells) else "" for at in places.values()]
        found.append((row.number, cells[0], cells[1], cells[2]))
    if not found:
        die(texts.t("{file}: det finns inget under rubrikraden.", file=file.name))
    return found


def entries_of(
    texts: "Texts", round_: "Round", asked: "Sequence[tuple[int, str, str, str]]", who: str, now: datetime
) -> "list[Entry]":
    """Return what is to be entered; on faults, say every one with its row and end."""
    from commands.assess_words import known_fields, refusal
    from measurement.assessment.entering import EntryRefused, kept, named
    from measurement.assessment.round import Entry, Source

    entries: list[Entry] = []
    faults: list[str] = []
    fields: list[str] = []
    source = Source.FILE if asked[0][0] else Source.COMMAND
    for number, about, written, value in asked:
        lead = texts.t("Rad {line}: {what}", line=number, what="") if number else ""
        field = _field(texts, written)
        if field is None:
            faults.append(lead + texts.t("{field} är inget fält.", field=written or "–"))
            fields = [texts.t("Välj {choices}.", choices=known_fields(texts))]
            continue
        try:
            ids = named(round_.framework, about, field)
            what = kept(round_.framework, about, field, _meant(texts, field, value))
            entries += [Entry(about=one, field=field, value=what, by=who, source=source, at=now) for one in ids]
        except EntryRefused as refused:
            faults.append(lead + refusal(texts, refused, round_.framework))
    if faults:
        die("\n".join([*faults, *fields, texts.t("Inget är sparat.")]))
    return entries


def check_sums(texts: "Texts", round_: "Round", entries: "Sequence[Entry]") -> None:
    """Say so and end if points of a whole area are entered that its questions' points do not add up to."""
    from commands.assess_words import FIELDS, points_shown
    from measurement.assessment.entering_checks import unequal

    faults = [
        texts.t("Område {area}, {field}: frågorna har {summed} poäng tillsammans, inte {told}. Ändra frågornas poäng, "
                "eller ta bort dem.", area=one.area, field=texts.t(FIELDS[one.field]),
                summed=points_shown(texts, one.summed), told=points_shown(texts, one.told))
        for one in unequal(round_, entries)
        if one.entered
    ]  # fmt: skip
    if faults:
        die("\n".join([*faults, texts.t("Inget är sparat.")]))


def _reasons(texts: "Texts", round_: "Round", entries: "Sequence[Entry]", why: str) -> "list[Entry]":
    """Return why what others answer for and wrote is changed; say what that is and end if no reason is given."""
    from dataclasses import replace

    from measurement.assessment.entering_checks import of_others
    from measurement.assessment.round import Field

    about = of_others(round_, entries, entries[0].by)
    if about and not why:
        lines = [
            texts.t("Fråga {question}: {owner} svarar för den.", question=one, owner=round_.value(one, Field.OWNER))
            for one in about
        ]
        die("\n".join([*lines, *told(texts, round_, [one for one in entries if one.about in about]),
                       texts.t("Skriv med --why varför du ändrar det. Inget är sparat.")]))  # fmt: skip
    return [replace(entries[0], about=one, field=Field.REASON, value=why) for one in about]


def _meant(texts: "Texts", field: "Field", value: str) -> str:
    """Return a value; how far something has come may be said in words, as klar."""
    from commands.assess_words import PROGRESS, chosen
    from measurement.assessment.form_words import progress_meant
    from measurement.assessment.round import Field

    if field is not Field.PROGRESS:
        return value
    return progress_meant(value) or chosen(value, PROGRESS, texts) or value


def _field(texts: "Texts", written: str) -> "Field | None":
    from commands.assess_words import FIELDS, chosen
    from measurement.assessment.round import Field

    # As `review` calls them.
    also = {"svar": Field.ANSWER, "agreed": Field.POINTS, "enade": Field.POINTS}
    return also.get(written.strip().casefold()) or chosen(written, FIELDS, texts)


def told(texts: "Texts", before: "Round", entries: "Sequence[Entry]") -> list[str]:
    """Return what was entered, what held before or was said otherwise, and what does not go together."""
    from commands.assess_words import FIELDS, value_shown

    lines = []
    for one in entries:
        field, was = texts.t(FIELDS[one.field]), before.current.get((one.about, one.field))
        what = value_shown(texts, one.field, one.value) or texts.t("borttaget")
        lines.append(texts.t("{about} {field}: {value}", about=one.about, field=field, value=what))
        if was and was.value and was.value != one.value:
            lines.append(texts.t("  förut: {value} ({by})", value=value_shown(texts, one.field, was.value), by=was.by))
        lines += [
            texts.t("  gäller inte: {value} ({by})", value=value_shown(texts, one.field, other.value), by=other.by)
            for other in before.conflicts.get((one.about, one.field), ())
            if other.value != one.value
        ]
    return lines + _warned(texts, before, entries)


def _warned(texts: "Texts", before: "Round", entries: "Sequence[Entry]") -> list[str]:
    """Return what is kept as it was entered, but that somebody may want to look at."""
    from commands.assess_words import points_shown
    from measurement.assessment.entering_checks import outside, unequal
    from measurement.assessment.round import OF_FORM, Step

    t, lines = texts.t, list[str]()
    for out in outside(before, entries):
        lines.append(t("Fråga {question}: {agreed} poäng ligger utanför granskarnas {low}–{high}.",
                       question=out.question, agreed=points_shown(texts, out.agreed), low=points_shown(texts, out.low),
                       high=points_shown(texts, out.high)))  # fmt: skip
    for one in unequal(before, entries):
        lines.append(t("Område {area} har {told} poäng för det hela, men frågorna har {summed}. Områdets gäller. "
                       "Ta bort dem: run_bot.py assess set {name} {area} {field} ''", area=one.area, name=before.id,
                       told=points_shown(texts, one.told), summed=points_shown(texts, one.summed),
                       field=one.field.value))  # fmt: skip
    if before.step is not Step.PREPARATION and any(one.field in OF_FORM for one in entries):
        lines.append(t("Förberedelsen är över: granskarna kan ha läst det som stod förut."))
    return lines


def settle(
    name: ARound,
    about: Annotated[str, typer.Argument(metavar="[QUESTION]", help="Else every conflict is shown.")] = "",
    field: Annotated[str, typer.Argument(metavar="[FIELD]", help="As answer.")] = "",
    choose: Annotated[int | None, typer.Option(min=1, help="The number of the version that is to hold.")] = None,
    text: Annotated[str | None, typer.Option(help="Or words of your own, made of both.")] = None,
    by: Annotated[str, typer.Option("--by", envvar="KOMMUNSVAR_BY", help="Who decides it.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Show what was said in two ways, version by version, and choose which is to hold. Nothing is thrown away."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from commands.assess_book import looking
    from measurement.assessment.book import enter

    async def show() -> "Round":
        async with looking(settings) as connection:
            return await round_named(connection, texts, name)

    async def choose_one() -> "list[Entry]":
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            asked = [(0, about, field, _chosen(texts, round_, about, field, choose, text))]
            entries = entries_of(texts, round_, asked, signed(texts, by), now)
            await enter(connection, round_.id, entries)
            return entries

    if choose is None and text is None:
        print("\n".join(_conflicts(texts, run_to_end(show()), about)))
        return
    for one in run_to_end(choose_one()):
        print(texts.t("{about}: det som gäller är nu: {value}", about=one.about, value=one.value))


def _chosen(texts: "Texts", round_: "Round", about: str, field: str, choose: int | None, text: str | None) -> str:
    """Return the version that was chosen, or the words of their own; end if there is nothing to choose."""
    of = _field(texts, field)
    versions = _versions(round_, about, of) if of is not None else []
    if len(versions) < 2:
        die(texts.t("Om {about} {field} finns bara en uppgift. De som skiljer sig åt: run_bot.py assess settle {name}",
                    about=about, field=field, name=round_.id))  # fmt: skip
    if text is not None:
        return text
    if choose is None or choose > len(versions):
        die(texts.t("Det finns {count} versioner. Välj 1–{count}.", count=len(versions)))
    return versions[choose - 1].value


def _versions(round_: "Round", about: str, field: "Field") -> "list[Entry]":
    """Return the version that holds and those in conflict with it; only the first where there are none."""
    held = next((one for key, one in round_.current.items() if key == (about, field)), None)
    others = next((some for key, some in round_.conflicts.items() if key == (about, field)), ())
    return [*([held] if held else []), *others]


def _conflicts(texts: "Texts", round_: "Round", about: str) -> list[str]:
    from commands.assess_words import FIELDS

    t, lines = texts.t, list[str]()
    for where, field in round_.conflicts:
        if about and where != about:
            continue
        lines.append(t("{about} {field}", about=where or round_.id, field=t(FIELDS[field])) + f"  ({field.value})")
        for number, one in enumerate(_versions(round_, where, field), start=1):
            holds = t("gäller nu, ") if number == 1 else ""
            lines.append(
                f"  {number}  " + t("({holds}{by}, {when})", holds=holds, by=one.by, when=texts.moment(one.at))
            )
            lines += [f"     {line}" for line in (one.value or t("borttaget")).splitlines()]
    if not lines:
        return [t("Inga svar skiljer sig åt.")]
    return [*lines, t("Välj: run_bot.py assess settle {name} FRÅGA FÄLT --choose NUMMER --by VEM", name=round_.id)]

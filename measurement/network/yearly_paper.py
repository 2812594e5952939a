"""A yearly comparison as a document: the picture, the table, and where it all comes from."""

from collections.abc import Sequence

from config.texts import Texts
from measurement.network.yearly import Comparison, Year
from measurement.network.yearly_drawing import draw_png, draw_svg
from measurement.network.yearly_words import (
    DASH,
    alt_words,
    group_name,
    lead_words,
    legend_of,
    letters_of,
    mean_words,
    notes_of,
    own_words,
    quarter_words,
)
from measurement.report.document import Block, Document, Drawing, Heading, Paragraph, Points, Table


def kolada_paper(comparison: Comparison, texts: Texts) -> Document:
    """Return a comparison as a document of one language.

    Args:
        comparison: with at least one year.
        texts: the language.
    """
    first, last = comparison.years[0].year, comparison.years[-1].year
    names = ", ".join(group_name(one, texts) for one in comparison.groups)
    beside = texts.t("{name} bredvid {groups}", name=comparison.own.title, groups=names) if names else ""
    return Document(
        language=texts.language, tag=_tag(texts), title=comparison.kpi.title, municipality=comparison.own.title,
        subtitle=", ".join(part for part in (beside, f"{first}–{last}" if first != last else str(first)) if part),
        lead=lead_words(comparison, texts), blocks=comparison_blocks(comparison, texts),
        footer=footer_words(comparison, texts),
    )  # fmt: skip


def comparison_blocks(comparison: Comparison, texts: Texts) -> tuple[Block, ...]:
    """Return picture, table, notes and definition, to stand in any document."""
    caption = texts.t("År för år. Den heldragna linjen är {name}.", name=comparison.own.title)
    drawing = Drawing(
        svg=draw_svg(comparison, texts), png=draw_png(comparison, texts), caption=caption,
        alt=alt_words(comparison, texts),
    )  # fmt: skip
    notes, told = notes_of(comparison, texts), str(comparison.kpi.details.get("description", "")).strip()
    return (
        drawing,
        *((Points(items=legend_of(comparison, texts)),) if comparison.groups else ()),
        *edition_tables(comparison, texts),
        *((Points(items=notes),) if notes else ()),
        Paragraph(text=method_words(comparison, texts), small=True),
        *(
            (Heading(text=texts.t("Så är nyckeltalet gjort"), level=2), Paragraph(text=told, small=True))
            if told
            else ()
        ),
    )


def edition_tables(comparison: Comparison, texts: Texts) -> tuple[Table, ...]:
    """Return a table for each edition, so that nothing is read across a break: years, one's own figure, the groups."""
    begins = {one.first for one in comparison.breaks}
    parts: list[list[Year]] = []
    for one in comparison.years:
        if one.year in begins or not parts:
            parts.append([])
        parts[-1].append(one)
    return tuple(_table(comparison, years, texts) for years in parts)


def _table(comparison: Comparison, years: Sequence[Year], texts: Texts) -> Table:
    """Return the years of one edition; a column that says nothing in any of them is left out."""
    unit, edition = comparison.unit, next((one.edition for one in years if one.edition), None)
    columns = [(comparison.own.title, [own_words(one.own, unit, texts) for one in years])]
    if any(one.own.answers is not None for one in years):
        answers = [DASH if one.own.answers is None else texts.number(one.own.answers) for one in years]
        columns.append((texts.t("Svar"), answers))
    for at, letter in enumerate(letters_of(comparison)):
        if any(one.means[at].fetched for one in years):
            columns.append((letter, [mean_words(one.means[at], unit, texts) for one in years]))
    if any(one.quarter for one in years):
        columns.append((texts.t("Bland alla kommuner"), [quarter_words(one, texts) for one in years]))
    names, cells = zip(*columns, strict=True)
    return Table(
        caption=texts.t(edition.name) if edition else "", head=(texts.t("År"), *names),
        rows=tuple((str(year.year), *row) for year, *row in zip(years, *cells, strict=True)),
    )  # fmt: skip


def method_words(comparison: Comparison, texts: Texts) -> str:
    """Return how the means are made, and what the quarters are."""
    means = texts.t(
        "En grupps värde är det ovägda medelvärdet av de kommuner i gruppen som har ett värde: alla räknas lika."
    )
    quarters = texts.t("Högsta 25 %, mitten 50 % och lägsta 25 %: bland alla kommuner som har ett värde det året.")
    shown = any(one.quarter is not None for one in comparison.years)
    return " ".join(part for part in (means if comparison.groups else "", quarters if shown else "") if part)


def footer_words(comparison: Comparison, texts: Texts) -> str:
    """Return the source: Kolada, the KPI's id and edition, and where and when the figures were fetched."""
    kpis = " + ".join(one for one in (comparison.earlier, comparison.kpi.id) if one)
    editions = dict.fromkeys(texts.t(one.edition.name) for one in comparison.years if one.edition)
    period = comparison.kpi.details.get("publ_period", "")
    days = dict.fromkeys((origin, f"{at.astimezone(texts.zone):%Y-%m-%d}") for origin, at in comparison.sources)
    parts = [
        texts.t("Nyckeltal {kpi}", kpi=kpis),
        texts.t("utgåva: {editions}", editions="; ".join(editions)) if editions else "",
        texts.t("publicerat för {period}", period=period) if period else "",
        *(_source_words(origin, day, texts) for origin, day in days),
    ]
    return " · ".join(part for part in parts if part)


def _source_words(origin: str, day: str, texts: Texts) -> str:
    if origin.startswith(("https:", "http:")):
        return texts.t("källa: Kolada ({address}), hämtat {day}", address=origin, day=day)
    return texts.t("källa: filen {name}, från {day}", name=origin, day=day)


def _tag(texts: Texts) -> str:
    return {"sv_FI": "sv-FI", "sv_lattlast": "sv", "en": "en-GB"}.get(texts.language, texts.language)

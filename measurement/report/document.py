"""A report in words of one language, before it is a PDF, a mail or a message: blocks in reading order. Plain data.

Every renderer shows the same blocks, so that they cannot disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from measurement.statistics.chart import Chart

TAGS: Mapping[str, str] = MappingProxyType(
    {"sv": "sv", "sv_FI": "sv-FI", "fi": "fi", "en": "en-GB", "sv_lattlast": "sv"}
)
"""What PDF, HTML and Word call our languages."""


class Tone(StrEnum):
    """What a signal means to the reader; shown by shape and word besides colour."""

    BETTER = "better"
    WORSE = "worse"
    NEUTRAL = "neutral"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading below the title; level 1 is a section."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. `small`: a note that may be read last."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A headline measure: what, how much, and what it means.

    Attributes:
        name: what is measured.
        value: as "98,0 %" or "4 av 5"; what stands in its place where there is none.
        basis: as "212 av 262 kontakter".
        target: as "mål 95 %", empty without one.
        tone, word: what the chart says of the period, as "bättre än vanligt".
        meaning: one or two sentences that say what to make of it.
        beside: what must be read with it, one short line each.
        notes: what the numbers along the top of the chart stand for.
        chart: None: nothing to draw.
        alt: the chart in words, from the same numbers.
    """

    name: str
    value: str
    basis: str
    target: str
    tone: Tone
    word: str
    meaning: str
    beside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a heading row. The first column names the row; the others are figures, set to the right.

    Attributes:
        caption: what the table shows, read first by a screen reader.
        head: one text for each column.
        rows: as many cells as `head`; a missing figure is told in words or as a dash with meaning, never empty.
        emphasised: places of rows to be stressed.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    emphasised: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBlock:
    """A chart by itself, with its caption and the same in words."""

    chart: Chart
    caption: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture that is no control chart, as bars or a funnel: the same as SVG and as PNG, and in words."""

    svg: bytes
    png: bytes
    caption: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A list of short statements."""

    items: tuple[str, ...]


Block = Heading | Paragraph | Key | Table | ChartBlock | Drawing | Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report in one language.

    Attributes:
        language: as ``sv``; `tag` as PDF and HTML want it (``sv``, ``sv-FI``, ``fi``, ``en``).
        title: as "Vecka 47, 2026: tillgänglighet och bemötande".
        municipality: whose it is.
        subtitle: the days, and as of when.
        lead: the one sentence that says how the period was.
        blocks: in reading order.
        footer: definition versions, hash and as-of, so that the figure can be found again.
    """

    language: str
    tag: str
    title: str
    municipality: str
    subtitle: str
    lead: str
    blocks: tuple[Block, ...]
    footer: str


def without_doubles(blocks: Iterable[Block], as_above: str) -> tuple[Block, ...]:
    """Return the blocks without what was just said: a table's caption like its heading, the same notes once more.

    Args:
        blocks: in reading order.
        as_above: stands in place of notes that stand below an earlier chart already.
    """
    kept: list[Block] = []
    said: set[tuple[str, ...]] = set()
    for block in blocks:
        before = kept[-1] if kept else None
        if isinstance(block, Table) and isinstance(before, Heading) and before.text == block.caption:
            kept.append(replace(block, caption=""))
        elif isinstance(block, Key) and block.notes:
            kept.append(replace(block, notes=(as_above,)) if block.notes in said else block)
            said.add(block.notes)
        else:
            kept.append(block)
    return tuple(kept)

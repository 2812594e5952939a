"""Whether a frozen series still is what the book says: of the same instant, and with what was learned since.

Nothing is changed. A correction since the freeze is no fault of the evidence; that it exists must be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from config.texts import Texts
from measurement.assessment.at_instant import book_at, series_then, without_few
from measurement.assessment.evidence import Evidence
from measurement.assessment.evidence_words import point_words
from measurement.assessment.freezing import frozen_of
from measurement.assessment.frozen import FrozenSeries
from measurement.assessment.frozen_json import FrozenFault, to_json
from measurement.measures import Figure, Unit
from measurement.periods import Week
from measurement.report.assemble import Basis
from measurement.report.known import find_measure
from measurement.report.words import within
from measurement.rollup.book import values_of
from measurement.rollup.decisions import SignedKind, in_force, signed
from measurement.statistics.series import Point, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A week that says something else than what was frozen.

    Attributes:
        frozen, found: the week as it was frozen, and as the book has it.
        cause, by: of the signed correction since; empty where there is none.
    """

    frozen: Point
    found: Point
    cause: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What today's book says of a frozen series.

    Attributes:
        frozen: None: the content is not what was frozen, or cannot be read; then nothing could be compared.
        broken: weeks where the book gives something else *of the same instant*: figures or facts were changed behind
            it, or came in late without an instant, as calls do.
        revised: weeks that are another now, by what was learned or signed since.
        redefined: the measure is counted by another version now, so weeks that were not finished then cannot be made
            anew.
        rejudged: the weeks are the same, but limits, words, decisions or what stands beside them come out otherwise.
    """

    frozen: FrozenSeries | None
    broken: tuple[Moved, ...] = ()
    revised: tuple[Moved, ...] = ()
    redefined: bool = False
    rejudged: bool = False

    @property
    def holds(self) -> bool:
        """Whether the book says the same of the same instant."""
        return self.frozen is not None and not self.broken and not self.rejudged

    @property
    def same(self) -> bool:
        """Whether nothing at all is another, corrections since included."""
        return self.holds and not self.revised


async def check_frozen(connection: AsyncConnection, basis: Basis, evidence: Evidence) -> Compared:
    """Return what today's book says of a frozen series; it is read in the language it was frozen in.

    Args:
        connection: to the book, whose transaction sees one state.
        basis: as `freezing.freeze` wants it.
        evidence: a series, read with its content.
    """
    try:
        frozen = frozen_of(evidence)
    except FrozenFault:
        return Compared(frozen=None)
    revised = await _revised(connection, frozen)
    if find_measure(frozen.series.measure) is None:
        return Compared(frozen=frozen, revised=revised, redefined=True)
    texts = Texts("sv", basis.calendar.zone).in_language(frozen.language)
    book = await book_at(connection, basis, frozen.as_of, texts)
    then = await series_then(connection, book, frozen.series.measure)
    found = _by_period(then.series)
    redefined = then.series.version != frozen.series.version or _counted_otherwise(book.made, frozen)
    broken = tuple(one for one in _moved(frozen.series, found) if not redefined or one.found.period in found)
    return Compared(
        frozen=frozen,
        broken=broken,
        revised=tuple(one for one in revised if one not in broken),
        redefined=redefined,
        rejudged=not broken and not redefined and _verdict(then) != _verdict(frozen),
    )


def _counted_otherwise(made: Mapping[Week, Mapping[str, Figure]], frozen: FrozenSeries) -> bool:
    measure, version = frozen.series.measure, frozen.series.version
    return any(figures[measure].version != version for figures in made.values() if measure in figures)


def _verdict(frozen: FrozenSeries) -> bytes:
    """Return all that is frozen but the hash of all definitions and what things are called."""
    series = replace(frozen.series, name="")
    plain = replace(frozen, definitions="", meaning="", chart=replace(frozen.chart, series=series))
    return to_json(plain)


def _by_period(series: Series) -> dict[str, Point]:
    return {one.period: one for one in series.points}


def _moved(frozen: Series, found: Mapping[str, Point]) -> tuple[Moved, ...]:
    return tuple(
        Moved(frozen=one, found=other)
        for one in frozen.points
        if not _says_same(one, other := found.get(one.period, Point(period=one.period, value=None, n=0)))
    )


def _says_same(one: Point, other: Point) -> bool:
    """Tell whether two points say the same, to the six decimals that are frozen."""
    values = [None if point.value is None else round(point.value, 6) for point in (one, other)]
    return values[0] == values[1] and (one.n, one.numerator) == (other.n, other.numerator)


async def _revised(connection: AsyncConnection, frozen: FrozenSeries) -> tuple[Moved, ...]:
    """Return the weeks whose newest figure is another one; one that stands in no book yet is no other."""
    series = frozen.series
    periods = [one.period for one in series.points]
    newest = await values_of(connection, series.measure, series.slice, periods)
    shares = series.unit is Unit.SHARE
    now = {
        period: Point(period=period, value=one.value, n=one.n, numerator=one.numerator if shares else None)
        for period, one in newest.items()
        if one.version == series.version
    }
    shown, _ = without_few(replace(series, points=tuple(now[period] for period in periods if period in now)))
    causes = await _causes(connection, frozen)
    known = replace(series, points=tuple(one for one in series.points if one.period in now))
    return tuple(
        replace(one, cause=causes[one.found.period][0], by=causes[one.found.period][1])
        if one.found.period in causes
        else one
        for one in _moved(known, _by_period(shown))
    )


async def _causes(connection: AsyncConnection, frozen: FrozenSeries) -> dict[str, tuple[str, str]]:
    """Return by week why it was corrected after the instant, and who signed it; the newest."""
    return {
        one.period: (one.cause, one.decided_by)
        for one in in_force(await signed(connection))
        if one.kind is SignedKind.REVISION and one.recorded_at > frozen.as_of
    }


def check_words(compared: Compared, texts: Texts) -> tuple[str, ...]:
    """Return what the check found, in a few sentences; the first says whether the evidence holds."""
    frozen = compared.frozen
    if frozen is None:
        return (texts.t("Innehållet är inte det som frystes: kontrollsumman stämmer inte. Lita inte på det."),)
    said = list[str]()
    if compared.broken:
        said.append(texts.t("Boken säger något annat om samma tidpunkt än när serien frystes:"))
        said += [_moved_words(one, frozen, texts) for one in compared.broken]
    elif compared.rejudged:
        said.append(
            texts.t(
                "Siffrorna är desamma, men något runt dem är annat i dag: gränser, mål, beslut eller det som står "
                "bredvid."
            )
        )
    else:
        said.append(texts.t("Boken säger samma sak i dag som när serien frystes."))
    if compared.redefined:
        said.append(texts.t("Måttet räknas på ett nytt sätt nu. Det som frystes räknades på det gamla."))
    if compared.revised:
        said.append(texts.t("Sedan dess har siffror ändrats. Belägget visar dem som de var:"))
        said += [_moved_words(one, frozen, texts) for one in compared.revised]
    return tuple(said)


def _moved_words(one: Moved, frozen: FrozenSeries, texts: Texts) -> str:
    was, now = (_point_words(point, frozen, texts) for point in (one.frozen, one.found))
    moved = texts.t("{week}: {was} när det frystes, {now} nu", week=within(one.found.period, texts), was=was, now=now)
    return texts.t("{moved}. {cause} ({by}).", moved=moved, cause=one.cause, by=one.by) if one.cause else f"{moved}."


def _point_words(point: Point, frozen: FrozenSeries, texts: Texts) -> str:
    value, basis = point_words(frozen, point, texts)
    return f"{value} ({basis})" if basis not in (value, "–") else value

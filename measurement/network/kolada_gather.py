"""What is fetched from Kolada in one go: titles first, so that a wrong id is told before any figure is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from measurement.network.kolada import Kolada, Told
from measurement.network.kolada_choice import Unknown, group_named, missing_kpis, municipality_named
from measurement.network.outside_data import Gathered, OutsideTitle, TitleKind, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of Kolada.

    Attributes:
        kpis: ids.
        years: the periods.
        municipalities: names or ids; with no group either: every municipality.
        groups: names or ids; their members are fetched.
        own: one's own municipality, by name or id.
        since: only what has changed since that date.
    """

    kpis: tuple[str, ...]
    years: tuple[int, ...]
    municipalities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    own: str = ""
    since: date | None = None


async def gather(kolada: Kolada, wish: Wish, fetched_at: datetime, told: Told = lambda _done, _total: None) -> Gathered:
    """Return everything that was wished for, to be kept together.

    Args:
        kolada: the API.
        wish: what is wanted.
        fetched_at: now (UTC).
        told: hears how many requests of how many are done.

    Raises:
        Unknown: Kolada has no such KPI, municipality or group; no figure was asked for.
        KoladaFault: Kolada could not be read.
    """
    places = await kolada.titles(TitleKind.MUNICIPALITY)
    groups = await kolada.titles(TitleKind.GROUP)
    kpis = await kolada.titles(TitleKind.KPI, wish.kpis)
    if missing := missing_kpis(kpis, wish.kpis):
        raise Unknown(TitleKind.KPI, ", ".join(missing), ())
    chosen = municipalities_wanted([*places, *groups], wish)
    values = await kolada.values(wish.kpis, chosen, wish.years, wish.since, told)
    return Gathered(
        origin=kolada.base, fetched_at=fetched_at, titles=(*kpis, *places, *groups), values=values,
        asked=frozenset() if wish.since else cells(wish.kpis, chosen, wish.years),
    )  # fmt: skip


def municipalities_wanted(titles: Sequence[OutsideTitle], wish: Wish) -> tuple[str, ...]:
    """Return the ids of the municipalities that are wished for, in order: those named, members of groups, one's own.

    Raises:
        Unknown: one that is named is not known; one's own may be.
    """
    known = [one for one in titles if one.kind is TitleKind.MUNICIPALITY]
    if not wish.municipalities and not wish.groups:
        return tuple(sorted(one.id for one in known if one.details.get("type") == "K"))
    own = _own(known, wish.own)
    named = {municipality_named(known, one).id for one in wish.municipalities}
    members = {id_ for one in wish.groups for id_ in group_named(titles, one, own).members}
    return tuple(sorted(named | members | ({own.id} if own else set())))


def _own(known: Sequence[OutsideTitle], name: str) -> OutsideTitle | None:
    """Return one's own municipality; None: it is not one that Kolada knows, as in a try-out."""
    try:
        return municipality_named(known, name)
    except Unknown:
        return None

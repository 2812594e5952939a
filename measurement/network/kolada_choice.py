"""Which KPI, municipality or group somebody means, by its id or by what it is called. Pure."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from measurement.network.outside_data import OutsideTitle, TitleKind

ALIKE = ("liknande", "liknande kommuner")
"""How somebody asks for the municipalities that Kolada finds like their own."""
_ALIKE_OVERALL = "liknande kommuner, övergripande, {name},"
_SUFFIXES = (" kommun", " stad", " kommune", "s kommun", "s stad")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


class Unknown(LookupError):
    """Nothing is called so, or too much.

    Attributes:
        kind: what was looked for.
        written: how it was asked for.
        near: what it may have been instead: titles with their ids.
        several: whether all of `near` are called so.
    """

    def __init__(self, kind: TitleKind, written: str, near: Sequence[OutsideTitle], *, several: bool = False) -> None:
        """Keep what was asked for and what there is."""
        super().__init__(f"{kind.value} {written}")
        self.kind, self.written, self.near, self.several = kind, written, tuple(near), several


def municipality_named(titles: Iterable[OutsideTitle], written: str) -> OutsideTitle:
    """Return a municipality by its id or name, as ``0115``, ``Vallentuna`` or ``Vallentuna kommun``.

    Raises:
        Unknown: there is none.
    """
    known = [one for one in titles if one.kind is TitleKind.MUNICIPALITY]
    names = _names(written)
    found = [one for one in known if one.id == written.strip() or one.title.casefold() in names]
    if len(found) != 1:
        raise Unknown(TitleKind.MUNICIPALITY, written, found or _near(known, names[0]), several=bool(found))
    return found[0]


def _names(written: str) -> list[str]:
    """Return how Kolada may call it: without the word for municipality, and without the genitive of some."""
    name = written.strip().casefold()
    return [name, *(name.removesuffix(one) for one in _SUFFIXES if name.endswith(one))]


def group_named(titles: Iterable[OutsideTitle], written: str, own: OutsideTitle | None = None) -> OutsideTitle:
    """Return a group by its id, its title or words of it, as ``R12``; ``liknande``: those like one's own municipality.

    Where only the year in the title differs, the newest.

    Args:
        titles: of all kinds.
        written: how it is asked for.
        own: the municipality that ``liknande`` is about.

    Raises:
        Unknown: there is none, or words that several have.
    """
    known = [one for one in titles if one.kind is TitleKind.GROUP]
    by_id = [one for one in known if one.id == written.strip()]
    wanted = written.strip().casefold()
    if by_id:
        return by_id[0]
    if wanted in ALIKE and own is not None:
        wanted = _ALIKE_OVERALL.format(name=own.title.casefold())
        found = [one for one in known if one.title.casefold().startswith(wanted)]
    else:
        exactly = [one for one in known if one.title.casefold() == wanted]
        found = exactly or [one for one in known if wanted and all(_has(one, word) for word in wanted.split())]
    newest = _newest(found)
    if len(newest) != 1:
        raise Unknown(TitleKind.GROUP, written, newest or _near(known, wanted), several=bool(newest))
    return newest[0]


def _has(title: OutsideTitle, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", title.title.casefold()) is not None


def _newest(groups: Sequence[OutsideTitle]) -> list[OutsideTitle]:
    """Return the groups, of those that differ by the year in their title only the newest."""
    newest: dict[str, list[str]] = {}
    for one in groups:
        rest, years = _YEAR.sub("", one.title), _YEAR.findall(one.title)
        newest[rest] = max(newest.get(rest, []), years)
    found = [one for one in groups if _YEAR.findall(one.title) == newest[_YEAR.sub("", one.title)]]
    return sorted(found, key=lambda one: (one.title, one.id))


def missing_kpis(titles: Iterable[OutsideTitle], wanted: Iterable[str]) -> list[str]:
    """Return the ids of KPIs that nobody has told us of, in the order they were asked for."""
    known = {one.id for one in titles if one.kind is TitleKind.KPI}
    return [one for one in wanted if one not in known]


def kpi_named(titles: Iterable[OutsideTitle], written: str) -> OutsideTitle:
    """Return a KPI by its id, upper or lower case.

    Raises:
        Unknown: there is none.
    """
    known = [one for one in titles if one.kind is TitleKind.KPI]
    found = [one for one in known if one.id.casefold() == written.strip().casefold()]
    if not found:
        words = written.strip().casefold()
        near = [one for one in known if words and words in one.title.casefold()]
        raise Unknown(TitleKind.KPI, written, near or _near(known, words))
    return found[0]


def _near(known: Sequence[OutsideTitle], wanted: str) -> list[OutsideTitle]:
    names: dict[str, OutsideTitle] = {}
    for one in known:
        names |= {one.title.casefold(): one, one.id.casefold(): one}
    return list({names[name].id: names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.7)}.values())

"""Points as papers and commands write them: decimals only where some number needs them, and then on all beside it."""

from collections.abc import Iterable

from config.texts import Texts

MOST_PLACES = 2
"""Decimals at most: points are given in halves and quarters."""


def places_of(points: Iterable[float | None]) -> int:
    """Return how many decimals the one of these numbers that needs most of them needs, 0 to 2."""
    return max((_places(one) for one in points if one is not None), default=0)


def points_text(points: float, texts: Texts, places: int = 0) -> str:
    """Return points with as many decimals as they need, and at least so many: "12,25", "87", "87,0"."""
    exact = f"{abs(points):.{max(places, _places(points))}f}"
    whole, _, decimals = exact.partition(".")
    sign = "\N{MINUS SIGN}" if points < 0 and float(exact) else ""
    mark = texts.number(0.5).strip("05") if decimals else ""
    return f"{sign}{texts.number(int(whole))}{mark}{decimals}"


def _places(points: float) -> int:
    return len(f"{points:.{MOST_PLACES}f}".rstrip("0").partition(".")[2])

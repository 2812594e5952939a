"""What a figure of others can be: how large, and of which KPIs only 0–100. Pure."""

import re
from collections.abc import Iterable

from measurement.network.outside_data import OutsideTitle, OutsideValue, TitleKind

LARGEST = 1e15
"""Nothing that is counted in a country is larger, and every whole number up to it can be shown as it is."""
_OF_A_HUNDRED = re.compile(r"\b(?:andel \(%\)|index)\s*$", re.IGNORECASE)
_ROUNDED = 1e-6


def of_a_hundred(title: str) -> bool:
    """Return whether a KPI's title says that its values go from 0 to 100: it ends with "andel (%)" or the word index.

    Other per cents, as of a change or of a result, and a price index may well lie outside.
    """
    return _OF_A_HUNDRED.search(title) is not None


def impossible(values: Iterable[OutsideValue], titles: Iterable[OutsideTitle]) -> tuple[OutsideValue, ...]:
    """Return the values, in order, that lie outside 0–100 though a title of their KPI says that they cannot."""
    bounded = {one.id for one in titles if one.kind is TitleKind.KPI and of_a_hundred(one.title)}
    return tuple(
        one
        for one in values
        if one.kpi in bounded and one.value is not None and not -_ROUNDED <= one.value <= 100 + _ROUNDED
    )

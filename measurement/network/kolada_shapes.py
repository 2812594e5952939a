"""What Kolada answers, read: API v3 and v2, which name paging, deletion and the auspice differently. Pure.

A page is ``{"values": […], "count": …, "next_url": …}``; v2 says ``next_page``. A deleted value has ``isdeleted`` (v2:
``is_deleted``), a KPI ``auspice`` (v2: ``auspices``). Members of a group are ids (v3) or objects with ``member_id``
(v2). Everything is given on under the names of v3, and texts without characters that nobody sees: they end up in
terminals and papers.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from measurement.network.outside_data import ALL, DELETED, Key, OutsideTitle, OutsideValue, TitleKind
from measurement.network.outside_limits import LARGEST

ROOT = "$"
"""How faults call the whole of what was read."""

_ID = re.compile(r"[0-9A-Za-z_-]{1,30}")
_GENDERS = (ALL, "K", "M")
_YEARS = range(1900, 2101)
_MOST_COUNTED = 1_000_000
_DIGITS = 20
_KPI_DETAILS = ("description", "operating_area", "perspective", "prel_publication_date", "publication_date",
                "publ_period", "municipality_type")  # fmt: skip


class Wrong(StrEnum):
    """What is wrong at a place."""

    NOT_JSON = "not JSON"
    NOT_AN_OBJECT = "not an object"
    NOT_A_LIST = "not a list"
    MISSING = "missing"
    NOT_TEXT = "not text"
    NOT_AN_ID = "not an id"
    NOT_A_NUMBER = "not a number"
    TOO_LARGE = "too large a number"
    NOT_A_YEAR = "not a year"
    NOT_A_TIME = "not a time with its zone"
    NOT_A_GENDER = "none of T, K and M"
    TWICE = "told twice, differently"
    NOT_ASKED = "not asked for"
    MISCOUNTED = "not the number of values that came"


class ShapeFault(ValueError):
    """Something that is not as Kolada writes it.

    Attributes:
        where: the place, as ``values[3].title``; of what is not JSON line and column, as ``4:7``.
        wrong: what is wrong there.
        raw: what stands there instead; `seen`: the same, shortened; empty where nothing does.
    """

    def __init__(self, where: str, wrong: Wrong, seen: object = "") -> None:
        """Keep where, what and what was seen."""
        self.where, self.wrong, self.raw = where, wrong, seen
        self.seen = "" if seen == "" else repr(seen)[:60]
        super().__init__(f"{where}: {wrong.value}{f': {self.seen}' if self.seen else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer: its values as they came, how many it says, and the address of the next page, empty after the last."""

    values: Sequence[Any]
    count: int
    next: str


def json_of(content: bytes) -> object:
    """Return what JSON says; numbers that are none (NaN, Infinity), or have no end, are faults.

    Raises:
        ShapeFault: it is not JSON in UTF-8.
    """
    try:
        told: object = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ShapeFault(f"{error.lineno}:{error.colno}", Wrong.NOT_JSON) from None
    except UnicodeDecodeError as error:
        raise ShapeFault(f"1:{error.start + 1}", Wrong.NOT_JSON) from None
    except RecursionError:
        raise ShapeFault("1:1", Wrong.NOT_JSON) from None
    return told


def _no_number(name: str) -> NoReturn:
    raise ShapeFault(ROOT, Wrong.NOT_A_NUMBER, name)


def _whole(written: str) -> int:
    if len(written) > _DIGITS:
        raise ShapeFault(ROOT, Wrong.TOO_LARGE, written[:_DIGITS] + "…")
    return int(written)


def page_of(content: bytes) -> Page:
    """Return an answer of the API.

    Raises:
        ShapeFault: it is no such answer.
    """
    told = _object(json_of(content), "")
    following = told.get("next_url") or told.get("next_page") or ""
    if not isinstance(following, str) or not following.isprintable():
        raise ShapeFault("next_url", Wrong.NOT_TEXT, following)
    count = told.get("count")
    if count is None:
        raise ShapeFault("count", Wrong.MISSING)
    return Page(values=listed(told, "values", ""), count=_counted(count, "count"), next=following)


def whole(told: Sequence[int], held: Sequence[int]) -> None:
    """See to it that nothing of an answer is missing: how many its pages say, and how many they hold.

    Kolada counts each page for itself; what counts all of them on every page is as good.

    Raises:
        ShapeFault: there are more or fewer.
    """
    if list(told) != list(held) and set(told) != {sum(held)}:
        wrong = next(one for one, has in zip(told, held, strict=True) if one != has)
        raise ShapeFault("count", Wrong.MISCOUNTED, wrong)


def titles_of(kind: TitleKind, values: Iterable[Any], where: str = "values") -> list[OutsideTitle]:
    """Return what ids stand for.

    Args:
        kind: what all of them are.
        values: the objects of a page.
        where: how faults call the list.

    Raises:
        ShapeFault: one of them is not what Kolada tells of such a thing.
    """
    return [_DETAILS[kind](_object(one, f"{where}[{at}]"), f"{where}[{at}]") for at, one in enumerate(values)]


def _kpi(told: Mapping[str, Any], where: str) -> OutsideTitle:
    texts = {name: told.get(name) for name in _KPI_DETAILS} | {"auspice": told.get("auspice", told.get("auspices"))}
    details: dict[str, Any] = {}
    for name, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise ShapeFault(f"{where}.{name}", Wrong.NOT_TEXT, text)
        if text:
            details[name] = "\n".join(map(one_line, text.splitlines()))
    flags = {name: bool(told[name]) for name in ("is_divided_by_gender", "has_ou_data") if told.get(name) is not None}
    return _title(TitleKind.KPI, told, where, details | flags)


def _municipality(told: Mapping[str, Any], where: str) -> OutsideTitle:
    return _title(TitleKind.MUNICIPALITY, told, where, {"type": text_in(told, "type", where)})


def _group(told: Mapping[str, Any], where: str) -> OutsideTitle:
    members = []
    for at, one in enumerate(listed(told, "members", where)):
        place = f"{where}.members[{at}]"
        members.append(_id(one.get("member_id", one.get("id")) if isinstance(one, dict) else one, place))
    return _title(TitleKind.GROUP, told, where, {"members": members})


_DETAILS: Mapping[TitleKind, Callable[[Mapping[str, Any], str], OutsideTitle]] = {
    TitleKind.KPI: _kpi,
    TitleKind.MUNICIPALITY: _municipality,
    TitleKind.GROUP: _group,
}


def _title(kind: TitleKind, told: Mapping[str, Any], where: str, details: Mapping[str, Any]) -> OutsideTitle:
    return OutsideTitle(
        kind=kind, id=id_in(told, "id", where), title=text_in(told, "title", where), details=details
    )  # fmt: skip


def values_of(values: Iterable[Any], where: str = "values") -> list[OutsideValue]:
    """Return the figures of a page of data.

    Raises:
        ShapeFault: one of them is not as Kolada writes it.
    """
    found: list[OutsideValue] = []
    for at, one in enumerate(values):
        place = f"{where}[{at}]"
        told = _object(one, place)
        kpi, municipality = id_in(told, "kpi", place), id_in(told, "municipality", place)
        year = year_of(told.get("period"), f"{place}.period")
        for number, each in enumerate(listed(told, "values", place)):
            inner = f"{place}.values[{number}]"
            found.append(_value(_object(each, inner), inner, kpi, municipality, year))
    return found


def _value(told: Mapping[str, Any], where: str, kpi: str, municipality: str, year: int) -> OutsideValue:
    gender, count = told.get("gender", ALL), told.get("count")
    if gender not in _GENDERS:
        raise ShapeFault(f"{where}.gender", Wrong.NOT_A_GENDER, gender)
    if "value" not in told:
        raise ShapeFault(f"{where}.value", Wrong.MISSING)
    value, gone = _number(told["value"], f"{where}.value"), bool(told.get("isdeleted", told.get("is_deleted", False)))
    status = told.get("status") or ""
    if not isinstance(status, str):
        raise ShapeFault(f"{where}.status", Wrong.NOT_TEXT, status)
    return OutsideValue(
        kpi=kpi, municipality=municipality, year=year, gender=gender, value=None if gone else value,
        count=None if count is None else _counted(count, f"{where}.count"),
        status=DELETED if gone else one_line(status),
    )  # fmt: skip


def without_doubles(values: Iterable[OutsideValue]) -> tuple[OutsideValue, ...]:
    """Return each value once, in order of KPI, municipality, year and gender.

    Raises:
        ShapeFault: two say different things about the same.
    """
    found: dict[Key, OutsideValue] = {}
    for one in values:
        if found.setdefault(one.key, one) != one:
            raise ShapeFault(" ".join(map(str, one.key)), Wrong.TWICE)
    return tuple(found[key] for key in sorted(found))


def asked_for(
    values: Sequence[OutsideValue], kpis: Collection[str], municipalities: Collection[str], years: Collection[int]
) -> Sequence[OutsideValue]:
    """Return the values, all of them of these KPIs, municipalities and years.

    Raises:
        ShapeFault: one is of something that nobody asked for.
    """
    for one in values:
        if one.kpi not in kpis or one.municipality not in municipalities or one.year not in years:
            raise ShapeFault(" ".join(map(str, one.cell)), Wrong.NOT_ASKED)
    return values


def _number(told: object, where: str) -> float | None:
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise ShapeFault(where, Wrong.NOT_A_NUMBER, told)
    # A number that is none is not within anything either.
    if not abs(told) <= LARGEST:
        raise ShapeFault(where, Wrong.TOO_LARGE, told)
    return float(told)


def _counted(told: object, where: str) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or told < 0:
        raise ShapeFault(where, Wrong.NOT_A_NUMBER, told)
    if told > _MOST_COUNTED:
        raise ShapeFault(where, Wrong.TOO_LARGE, told)
    return told


def year_of(told: object, where: str) -> int:
    """Return a year 1900–2100, told as a number or as text."""
    year = int(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{4}", told) else told
    if isinstance(year, bool) or not isinstance(year, int) or year not in _YEARS:
        raise ShapeFault(where, Wrong.MISSING if told is None else Wrong.NOT_A_YEAR, "" if told is None else told)
    return year


def id_in(told: Mapping[str, Any], name: str, where: str) -> str:
    """Return an id of an object: text, as municipalities' ids begin with a nought."""
    return _id(told.get(name), _place(where, name))


def _id(told: object, where: str) -> str:
    if told is None:
        raise ShapeFault(where, Wrong.MISSING)
    if not isinstance(told, str):
        raise ShapeFault(where, Wrong.NOT_TEXT, told)
    if not _ID.fullmatch(told):
        raise ShapeFault(where, Wrong.NOT_AN_ID, told)
    return told


def text_in(told: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text of an object, as one line of characters that can be seen."""
    text = told.get(name)
    if text is None:
        raise ShapeFault(_place(where, name), Wrong.MISSING)
    if not isinstance(text, str):
        raise ShapeFault(_place(where, name), Wrong.NOT_TEXT, text)
    return one_line(text)


def one_line(text: str) -> str:
    """Return a text as one line, without control characters and others that nobody sees."""
    kept = (one if one.isprintable() else " " if one.isspace() else "" for one in text)
    return " ".join("".join(kept).split())


def listed(told: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    """Return a list of an object."""
    found = told.get(name)
    if found is None:
        raise ShapeFault(_place(where, name), Wrong.MISSING)
    if not isinstance(found, list):
        raise ShapeFault(_place(where, name), Wrong.NOT_A_LIST, found)
    return found


def _object(told: object, where: str) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise ShapeFault(where or ROOT, Wrong.NOT_AN_OBJECT, told)
    return told


def _place(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name

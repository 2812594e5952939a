"""Kolada's answers, read: v3 and v2, and what is wrong with those that are neither."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.network.breaks import DEFAULT_KPIS, breaks_of, edition_of
from measurement.network.kolada_choice import Unknown, group_named, municipality_named
from measurement.network.kolada_shapes import (
    ShapeFault,
    Wrong,
    json_of,
    page_of,
    titles_of,
    values_of,
    whole,
    without_doubles,
)
from measurement.network.outside_data import OutsideTitle, OutsideValue, TitleKind
from measurement.network.outside_limits import impossible

V3 = {
    "count": 1, "next_url": None,
    "values": [{"kpi": "N00671", "municipality": "0115", "period": 2024,
                "values": [{"gender": "T", "count": 1, "status": "", "value": 83.8, "isdeleted": False}]}],
}  # fmt: skip


def item(**changes: Any) -> dict[str, Any]:
    """A cell with one value; changes replace fields of the cell or, where it has such, of the value."""
    value = {"gender": "T", "count": 1, "status": "", "value": 83.8}
    inner = {name: told for name, told in changes.items() if name in {*value, "isdeleted", "is_deleted"}}
    outer = {name: told for name, told in changes.items() if name not in inner}
    return {"kpi": "N00671", "municipality": "0115", "period": 2024, "values": [value | inner]} | outer


def test_a_page_of_v3_and_of_v2_say_where_the_next_one_is() -> None:
    assert page_of(json.dumps(V3).encode()).next == ""
    assert page_of(json.dumps(V3 | {"next_url": "https://a/v3/?page=2"}).encode()).next == "https://a/v3/?page=2"
    assert page_of(b'{"count":0,"values":[],"next_page":"http://a/v2/?page=2"}').next == "http://a/v2/?page=2"


def test_a_value_is_read_with_its_leading_nought() -> None:
    (one,) = values_of(page_of(json.dumps(V3).encode()).values)
    assert one == OutsideValue(kpi="N00671", municipality="0115", year=2024, gender="T", value=83.8, count=1)


@pytest.mark.parametrize("flag", ["isdeleted", "is_deleted"])
def test_a_deleted_value_has_none_in_both_versions(flag: str) -> None:
    (one,) = values_of([item(**{flag: True})])
    assert (one.value, one.status) == (None, "deleted")


def test_a_withheld_value_is_no_nought() -> None:
    (one,) = values_of([item(value=None)])
    assert one.value is None
    assert one.status == ""


def test_titles_of_both_versions_are_told_alike() -> None:
    new = {"id": "N00671", "title": "Bemötande", "description": "Så.", "is_divided_by_gender": False, "auspice": "X"}
    old = {"id": "N00671", "title": "Bemötande", "description": "Så.", "is_divided_by_gender": 0, "auspices": "X"}
    assert titles_of(TitleKind.KPI, [new]) == titles_of(TitleKind.KPI, [old])
    (group,) = titles_of(TitleKind.GROUP, [{"id": "G1", "title": "R9", "members": ["0115", "0680"]}])
    told = {"id": "G1", "title": "R9", "members": [{"member_id": "0115", "member_title": "V"}, {"member_id": "0680"}]}
    assert titles_of(TitleKind.GROUP, [told]) == [group]
    assert group.members == ("0115", "0680")


@pytest.mark.parametrize(
    ("told", "where", "wrong"),
    [
        (item(municipality=115), "values[0].municipality", Wrong.NOT_TEXT),
        (item(municipality="../x"), "values[0].municipality", Wrong.NOT_AN_ID),
        (item(kpi=None), "values[0].kpi", Wrong.MISSING),
        (item(period="i fjol"), "values[0].period", Wrong.NOT_A_YEAR),
        (item(period=None), "values[0].period", Wrong.MISSING),
        (item(value="83,8"), "values[0].values[0].value", Wrong.NOT_A_NUMBER),
        (item(value=True), "values[0].values[0].value", Wrong.NOT_A_NUMBER),
        (item(gender="F"), "values[0].values[0].gender", Wrong.NOT_A_GENDER),
        (item(count=-1), "values[0].values[0].count", Wrong.NOT_A_NUMBER),
        (item(count=10**19), "values[0].values[0].count", Wrong.TOO_LARGE),
        (item(value=1e308), "values[0].values[0].value", Wrong.TOO_LARGE),
        (item(value=-1.1e15), "values[0].values[0].value", Wrong.TOO_LARGE),
        (item(value=10**400), "values[0].values[0].value", Wrong.TOO_LARGE),
        (item(value=float("inf")), "values[0].values[0].value", Wrong.TOO_LARGE),
        (item(value=float("nan")), "values[0].values[0].value", Wrong.TOO_LARGE),
        (item(values={}), "values[0].values", Wrong.NOT_A_LIST),
        ("N00671", "values[0]", Wrong.NOT_AN_OBJECT),
    ],
)  # fmt: skip
def test_a_fault_names_the_place_and_what_is_wrong_there(told: Any, where: str, wrong: Wrong) -> None:
    with pytest.raises(ShapeFault) as fault:
        values_of([told])
    assert (fault.value.where, fault.value.wrong) == (where, wrong)


def test_what_is_not_json_is_told_by_line_and_column() -> None:
    with pytest.raises(ShapeFault) as fault:
        page_of(b'{"values": [\n  {"kpi": }]}')
    assert (fault.value.where, fault.value.wrong) == ("2:11", Wrong.NOT_JSON)
    for content in (b"<html>", b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(ShapeFault):
            page_of(content)
    with pytest.raises(ShapeFault) as fault:
        json_of(b'{"value": NaN}')
    assert fault.value.wrong is Wrong.NOT_A_NUMBER
    with pytest.raises(ShapeFault) as fault:
        json_of(b'{"value": %s}' % (b"9" * 5_000))
    assert fault.value.wrong is Wrong.TOO_LARGE


@pytest.mark.parametrize(
    ("told", "held", "fine"),
    [
        ([3], [3], True), ([0], [0], True), ([2, 1], [2, 1], True), ([3, 3], [2, 1], True), ([25], [1], False),
        ([2, 2], [2, 1], False), ([4, 4], [2, 1], False), ([3, 1], [2, 1], False), ([1], [2], False),
    ],
)  # fmt: skip
def test_pages_hold_what_they_count_each_or_all_together(told: list[int], held: list[int], fine: bool) -> None:
    if fine:
        whole(told, held)
    else:
        with pytest.raises(ShapeFault):
            whole(told, held)


@pytest.mark.parametrize(
    ("title", "bounded"),
    [
        ("Medborgarundersökningen - Bra bemötande, andel (%)", True), ("Servicemätning - Nöjd, index", True),
        ("Företagsklimat Insikt - Bemötande - Index ", True), ("Resultat som andel av skatt, (%)", False),
        ("Befolkningsförändring (%)", False), ("Prisindex", False), ("Svar, antal", False), ("Index, kr/inv", False),
    ],
)  # fmt: skip
def test_what_goes_from_0_to_100_says_so_in_its_title(title: str, bounded: bool) -> None:
    kpi = OutsideTitle(kind=TitleKind.KPI, id="N00671", title=title, details={})
    values = [*values_of([item(value=one, period=2000 + at) for at, one in enumerate((-5, 0, 100, 178, None))])]
    assert [one.value for one in impossible(values, [kpi])] == ([-5, 178] if bounded else [])


@given(st.text())
def test_a_text_is_one_line_of_what_can_be_seen(text: str) -> None:
    (title,) = titles_of(TitleKind.MUNICIPALITY, [{"id": "0115", "title": text, "type": "K"}])
    assert title.title.isprintable()
    assert title.title == " ".join(title.title.split())
    assert title.title.encode().decode() == title.title


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["values", "kpi", "municipality", "period", "value", "gender", "count", "id",
                                         "title", "type", "members"]), inner, max_size=5), max_leaves=20))  # fmt: skip
def test_nothing_that_is_read_raises_anything_but_a_fault(told: Any) -> None:
    readers: list[Callable[[list[Any]], Any]] = [values_of, *(partial(titles_of, kind) for kind in TitleKind)]
    places = []
    for read in readers:
        try:
            read([told])
        except ShapeFault as fault:
            places.append(fault.where)
    assert all(one.startswith("values[0]") for one in places)


def test_the_same_told_twice_counts_once_and_never_two_ways() -> None:
    one, other = values_of([item(), item(municipality="0114")])
    assert without_doubles([one, other, one]) == (other, one)
    with pytest.raises(ShapeFault) as fault:
        without_doubles([one, *values_of([item(value=84.0)])])
    assert fault.value.wrong is Wrong.TWICE


def test_the_breaks_are_those_of_2016_2018_and_2022() -> None:
    assert [one.first for one in breaks_of("KKIK-BEMOTANDE", 2012, 2021)] == [2016]
    assert [one.first for one in breaks_of("KKIK-EPOST", 2012, 2021)] == [2018]
    assert [one.first for one in breaks_of("N00671", 2012, 2025)] == [2016, 2022]
    # A break before the first year or after the last is none.
    assert breaks_of("KKIK-BEMOTANDE", 2016, 2021) == ()
    assert breaks_of("N00671", 2022, 2025) == ()
    assert breaks_of("N99999", 1990, 2025) == ()


def test_every_usual_kpi_has_its_edition() -> None:
    for kpi in DEFAULT_KPIS:
        edition = edition_of(kpi, 2025)
        assert edition is not None
        assert edition.name
    before, after = edition_of("KKIK-EPOST", 2017), edition_of("KKIK-EPOST", 2018)
    assert before is not None
    assert after is not None
    assert before.name != after.name
    assert edition_of("N00671", 2021) is None


def title(kind: TitleKind, id_: str, name: str) -> OutsideTitle:
    return OutsideTitle(kind=kind, id=id_, title=name, details={})


TITLES = [
    title(TitleKind.MUNICIPALITY, "0115", "Vallentuna"),
    title(TitleKind.MUNICIPALITY, "0180", "Stockholm"),
    title(TitleKind.GROUP, "G1", "Resultatnätverket R9 (ovägt medel)"),
    title(TitleKind.GROUP, "G2", "Resultatnätverket R12 (ovägt medel)"),
    title(TitleKind.GROUP, "G3", "Liknande kommuner, övergripande, Vallentuna, 2024"),
    title(TitleKind.GROUP, "G4", "Liknande kommuner, övergripande, Vallentuna, 2025"),
    title(TitleKind.GROUP, "G5", "Liknande kommuner, grundskola, Vallentuna, 2025"),
]


@pytest.mark.parametrize("written", ["0115", "Vallentuna", "vallentuna kommun", " VALLENTUNA "])
def test_a_municipality_is_found_by_id_or_name(written: str) -> None:
    assert municipality_named(TITLES, written).id == "0115"
    assert municipality_named(TITLES, "Stockholms stad").id == "0180"


def test_an_unknown_municipality_is_told_with_what_it_may_have_been() -> None:
    with pytest.raises(Unknown) as fault:
        municipality_named(TITLES, "Valentuna")
    assert [one.id for one in fault.value.near] == ["0115"]


@pytest.mark.parametrize(
    ("written", "found"), [("R9", "G1"), ("r12", "G2"), ("G2", "G2"), ("liknande", "G4"), ("grundskola", "G5")]
)
def test_a_group_is_found_by_words_and_its_newest_year(written: str, found: str) -> None:
    assert group_named(TITLES, written, TITLES[0]).id == found


def test_words_that_two_groups_have_are_refused() -> None:
    with pytest.raises(Unknown) as fault:
        group_named(TITLES, "Resultatnätverket")
    assert fault.value.several
    assert [one.id for one in fault.value.near] == ["G2", "G1"]
    with pytest.raises(Unknown):
        group_named(TITLES, "R1")
    # Two groups of the same name are two: nobody is to guess.
    with pytest.raises(Unknown):
        group_named([*TITLES, title(TitleKind.GROUP, "G9", TITLES[2].title)], "R9")

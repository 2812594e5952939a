"""Kolada's figures in files: our own, saved answers and tables, and what is wrong with others."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from config.table_files import TableFault
from measurement.network.kolada_choice import group_named, municipality_named
from measurement.network.kolada_file import read_file, strangers, write_file
from measurement.network.kolada_shapes import ShapeFault, Wrong
from measurement.network.outside import put, titles_kept, values_of
from measurement.network.outside_data import (
    ABSENT,
    DELETED,
    Gathered,
    Kept,
    OutsideTitle,
    OutsideValue,
    TitleKind,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared/data/kolada"
needs_the_shared = pytest.mark.skipif(not SHARED.exists(), reason="no copies of Kolada's lists here")


def read(content: str, name: str = "f.json") -> tuple[Gathered, ...]:
    return read_file(content.encode(), name, NOW)


def test_our_own_file_gives_back_everything_with_source_and_date() -> None:
    titles = [
        OutsideTitle(kind=TitleKind.KPI, id="N00671", title="Bemötande, index", details={"publ_period": "2026"}),
        OutsideTitle(kind=TitleKind.MUNICIPALITY, id="0115", title="Vallentuna", details={"type": "K"}),
        OutsideTitle(kind=TitleKind.GROUP, id="G1", title="R9", details={"members": ["0115"]}),
    ]
    told = [(2022, 80.0, "", "T", 1), (2023, None, ABSENT, "T", None), (2024, None, DELETED, "K", None)]
    kept = [
        Kept(
            value=OutsideValue(kpi="N00671", municipality="0115", year=year, gender=gender, value=value, count=count,
                               status=status),
            origin=origin, fetched_at=NOW - timedelta(days=at),
        )
        for at, ((year, value, status, gender, count), origin) in enumerate(
            zip(told, ("https://api.kolada.se/v3/", "https://api.kolada.se/v3/", "kkik.csv"), strict=True)
        )
    ]  # fmt: skip
    first, *parts = read_file(write_file(titles, kept), "kolada.json", NOW + timedelta(days=9))
    assert list(first.titles) == titles
    again = [Kept(value=one, origin=part.origin, fetched_at=part.fetched_at) for part in parts for one in part.values]
    assert sorted(again, key=lambda one: one.value.key) == kept


def test_a_saved_answer_is_known_by_what_it_holds() -> None:
    value = {"kpi": "N00671", "municipality": "0115", "period": 2024, "values": [{"value": 83.8, "gender": "T"}]}
    (part,) = read(json.dumps({"values": [value], "count": 1}), "svar.json")
    assert [one.value for one in part.values] == [83.8]
    assert (part.origin, part.fetched_at, part.asked) == ("svar.json", NOW, frozenset())
    for told, kind in (
        ([{"id": "0115", "title": "Vallentuna", "type": "K"}], TitleKind.MUNICIPALITY),
        ([{"id": "G1", "title": "R9", "members": ["0115"]}], TitleKind.GROUP),
        ([{"id": "N00671", "title": "Bemötande"}], TitleKind.KPI),
    ):
        assert [one.kind for one in read(json.dumps(told))[0].titles] == [kind]


def test_a_table_of_old_figures_is_read_with_decimal_commas_and_gaps() -> None:
    (part,) = read("\ufeffKPI;Kommun;År;Värde\nKKIK-BEMOTANDE;0115;2016;78,5\nKKIK-BEMOTANDE;0115;2017;\n", "f.csv")
    assert [(one.year, one.value) for one in part.values] == [(2016, 78.5), (2017, None)]
    # What Kolada has no title for any longer brings its own.
    assert [one.id for one in part.titles] == ["KKIK-BEMOTANDE"]


@pytest.mark.parametrize(
    ("content", "where", "wrong"),
    [
        ("kpi,municipality,year,value\nN1,0115,2016,bra\n", "2:value", Wrong.NOT_A_NUMBER),
        ("kpi,municipality,year,value\nN1,0115,2016,1\nN1,0115,16,2\n", "3:year", Wrong.NOT_A_YEAR),
        ("kpi,municipality,year,value\nN1,,2016,1\n", "2:municipality", Wrong.MISSING),
        ("kpi,municipality,year,value,gender\nN1,0115,2016,1,F\n", "2:gender", Wrong.NOT_A_GENDER),
        ("kpi,municipality,year\nN1,0115,2016\n", "1:value", Wrong.MISSING),
        ("id,namn\n0115,Vallentuna\n", "1:type", Wrong.MISSING),
        ('{"values": 3}', "values", Wrong.NOT_A_LIST),
        ("[]", "values[0]", Wrong.MISSING),
        ('{"count": 25, "values": [{"id": "N1", "title": "x"}]}', "count", Wrong.MISCOUNTED),
        ("kpi,municipality,year,value,count\nN1,0115,2016,1," + "9" * 5_000, "2:count", Wrong.NOT_A_NUMBER),
        ("[1]", "values[0]", Wrong.NOT_AN_OBJECT),
        ('{"format": "kommunsvar-kolada"}', "kpi", Wrong.MISSING),
        ('{"format": "kommunsvar-kolada", "kpi": [], "municipality": [], "municipality_groups": [], '
         '"sources": [{"data": [], "origin": "x", "fetched_at": "2026-01-01"}]}', "sources[0].fetched_at",
         Wrong.NOT_A_TIME),
        ('{"format": "kommunsvar-kolada", "kpi": [], "municipality": [], "municipality_groups": [], '
         '"sources": [{"data": [], "origin": "x", "fetched_at": "9999-12-31T23:59:59-23:00"}]}',
         "sources[0].fetched_at", Wrong.NOT_A_TIME),
        ("[{", "1:3", Wrong.NOT_JSON),
    ],
)  # fmt: skip
def test_a_fault_names_line_and_column_or_the_place(content: str, where: str, wrong: Wrong) -> None:
    with pytest.raises(ShapeFault) as fault:
        read(content)
    assert (fault.value.where, fault.value.wrong) == (where, wrong)


def test_what_is_no_table_either_is_refused() -> None:
    for content in (b"", b"\xd0\xcf\x11\xe0 old Excel"):
        with pytest.raises(TableFault):
            read_file(content, "x", NOW)


def test_figures_of_nobody_known_are_named() -> None:
    (part,) = read("kpi,municipality,year,value\nN1,0115,2016,1\nN1,9999,2016,1\n")
    known = [OutsideTitle(kind=TitleKind.MUNICIPALITY, id="0115", title="Vallentuna", details={"type": "K"})]
    assert strangers([part], known) == (["N1"], ["9999"])


@needs_the_shared
@pytest.mark.asyncio
async def test_the_real_lists_are_read_and_found_by_name(database: Database) -> None:
    async with database.writing() as connection:
        for name in ("municipalities.csv", "groups.json", "kpis.json"):
            for part in read_file((SHARED / name).read_bytes(), name, NOW):
                await put(connection, part)
        titles = await titles_kept(connection)
        assert await values_of(connection) == []
    own = municipality_named(titles, "Vallentuna kommun")
    assert own.id == "0115"
    assert len([one for one in titles if one.details.get("type") == "K"]) == 290
    assert [len(group_named(titles, words, own).members) for words in ("R9", "R12", "liknande")] == [9, 12, 7]

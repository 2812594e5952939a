"""Files of figures from before us: read, and every fault told with its row."""

import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Rule
from measurement.baseline import MailboxData, baseline
from measurement.measures import IN_TIME, MEASURES, WAITING_MEDIAN, Unit
from measurement.rollup.history import Old, baseline_history
from measurement.rollup.history_file import HistoryFault, read_history, value_of
from measurement.show_baseline import as_json
from tests.rollup_book import asked, local
from tests.weeks import CALENDAR, SWEDISH

SHARE = IN_TIME[Rule.ONE_WORKING_DAY]


def read(text: str | bytes) -> tuple[Old, ...]:
    return read_history(text if isinstance(text, bytes) else text.encode(), "kkik", MEASURES, SWEDISH)


def faults(text: str) -> list[str]:
    with pytest.raises(HistoryFault) as caught:
        read(text)
    return list(caught.value.faults)


KKIK = f"""period;measure;value;definition;source;slice
2017;{SHARE.id};79 %;kkik.2016;KKiK 2017;channel:mail
2018;Besvarade inom en arbetsdag;0,80;kkik.2016;KKiK 2018;channel:mail
2019-W05;{WAITING_MEDIAN.id};4,5 h;egen;Ärendesystemet;
"""


def test_years_and_weeks_are_read() -> None:
    assert read(KKIK) == (
        Old(series="kkik", slice="channel:mail", measure=SHARE.id, period="2017", definition="kkik.2016", value=0.79,
            source="KKiK 2017"),
        Old(series="kkik", slice="channel:mail", measure=SHARE.id, period="2018", definition="kkik.2016", value=0.8,
            source="KKiK 2018"),
        Old(series="kkik", measure=WAITING_MEDIAN.id, period="2019-W05", definition="egen", value=4.5 * 3600,
            source="Ärendesystemet"),
    )  # fmt: skip


def test_counts_are_better_than_a_rounded_share() -> None:
    head = "år,mått,täljare,nämnare,utfall,definition,källa\n"
    (one,) = read(head + f"2019,{SHARE.id},83,99,84 %,kkik,KKiK\n")
    assert (one.numerator, one.denominator, one.value) == (83, 99, 83 / 99)
    (one,) = read(head + f"2019,{SHARE.id},83,99,,kkik,KKiK\n")
    assert one.value == 83 / 99
    assert faults(head + f"2019,{SHARE.id},83,99,95 %,kkik,KKiK\n") == ["Rad 2: 95 % är något annat än 83 av 99."]
    assert faults(head + f"2019,{SHARE.id},100,99,,kkik,KKiK\n") == [
        "Rad 2: Nämnaren måste vara minst så stor som täljaren, och större än 0."
    ]


def test_an_excel_file_is_read_alike() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Period", "Measure", "Value", "Definition", "Source"], [2017, SHARE.id, 0.79, "kkik", "KKiK"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    (one,) = read(content.getvalue())
    assert (one.period, one.value) == ("2017", 0.79)


def test_every_fault_of_every_row_is_told_at_once() -> None:
    text = f"""period;measure;value;definition;source;slice
2017-05;{SHARE.id};79 %;kkik;KKiK;
2017;nöjdhet;79 %;kkik;KKiK;
2017;{SHARE.id};79;kkik;KKiK;
2018;{SHARE.id};;kkik;KKiK;
2019;{SHARE.id};79 %;;KKiK;
2020;{SHARE.id};79 %;kkik;KKiK;mejl
2021;{WAITING_MEDIAN.id};79 %;kkik;KKiK;
2022;{SHARE.id};79 %;kkik;KKiK;
2022;{SHARE.id};80 %;kkik;KKiK;
"""
    assert faults(text) == [
        "Rad 2: Skriv perioden som 2019 eller 2025-W10, inte 2017-05.",
        "Rad 3: Vi känner inget mått som heter nöjdhet.",
        "Rad 4: Skriv andelen som 83 % eller 0,83, inte 79.",
        "Rad 5: Utfallet saknas. Skriv det, eller täljare och nämnare.",
        "Rad 6: definition är tom.",
        "Rad 7: mejl är ingen del. Skriv till exempel channel:mail.",
        "Rad 8: Skriv tiden som 4,5 h, 30 min eller 2 d, inte 79 %.",
        f"{SHARE.id} för 2022 står två gånger.",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Filen går inte att läsa som en tabell (empty)."),
        ("period;value\n2017;1\n", "Kolumner saknas: measure, definition, source."),
        ("period;measure;numerator;definition;source\n", "Kolumner saknas: value."),
        ("period;measure;value;definition;source\n", "Filen har en rubrikrad men inga rader."),
        ('{"weeks": []}', "Filen är inget utgångsläge, som baseline --json skriver det."),
        ('{"baseline": true, "period": "", "weeks": []}', "Utgångsläget har ingen vecka att räkna."),
        ("{", "Filen är inget utgångsläge, som baseline --json skriver det."),
    ],
)
def test_a_file_that_is_none_is_told(text: str, fault: str) -> None:
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("83 %", Unit.SHARE, 0.83), ("0,83", Unit.POINTS, 0.83), ("1", Unit.SHARE, 1.0), ("83", Unit.SHARE, None),
        ("101 %", Unit.SHARE, None), ("2 h", Unit.SHARE, None), ("90 min", Unit.SECONDS, 5400.0),
        ("2 d", Unit.SECONDS, 172_800.0), ("60", Unit.SECONDS, 60.0), ("5 %", Unit.SECONDS, None),
        ("82,4", Unit.INDEX, 82.4), ("101", Unit.INDEX, None), ("1200", Unit.COUNT, 1200.0), ("-1", Unit.COUNT, None),
        ("", Unit.SHARE, None), ("nan", Unit.COUNT, None),
    ],
)  # fmt: skip
def test_a_value_is_read_in_the_measures_unit(written: str, unit: Unit, expected: float | None) -> None:
    found = value_of(written, unit)
    assert found == expected if expected is None else found == pytest.approx(expected)


@given(st.integers(0, 1000))
def test_a_share_in_tenths_of_a_per_cent_is_read_as_it_is_written(tenths: int) -> None:
    text = f"{tenths / 10:.1f} %".replace(".", ",")
    assert value_of(text, Unit.SHARE) == pytest.approx(tenths / 1000)


def test_the_weeks_of_a_mailbox_become_history_the_same_from_the_json() -> None:
    # Week 47: in time, late. Week 48 is not wholly due on its Thursday, and is no history yet.
    cases = [asked(1, "11-16 09:00", "11-16 10:00"), asked(2, "11-16 10:00", "11-18 12:00"), asked(3, "11-26 09:00")]
    numbered = [
        [type(one)(**{**{name: getattr(one, name) for name in one.__slots__}, "seq": seq})
         for seq, one in enumerate(facts, start=1)]
        for facts in cases
    ]  # fmt: skip
    data = MailboxData(cases=numbered, received=3, left_out={}, sent=2)
    found = baseline(data, CALENDAR, Rule.ONE_WORKING_DAY, local("11-16 00:00"), local("11-26 12:00"))
    rows = baseline_history(found, found.period)
    told = [(one.measure, one.period, one.numerator, one.denominator) for one in rows]
    assert told == [(IN_TIME[rule].id, "2026-W47", 1, 2) for rule in Rule]
    assert {(one.definition, one.slice) for one in rows} == {("baseline.v1", "channel:mail")}
    assert read_history(json.dumps(as_json(found)).encode(), "baseline", MEASURES, SWEDISH) == rows

"""A report as JSON by its published schema, and as CSV."""

import csv
import io
import json

import pytest

from measurement.report.as_json import SCHEMA, report_csv, report_data, report_json
from tests.json_schema import faults
from tests.report_example import empty_report, full_report, headlines, report, texts

SCHEMA_DATA = json.loads(SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("made", [full_report(), empty_report(), report(headlines=headlines(), settled=False)])
def test_the_json_is_what_its_schema_says(made: object) -> None:
    assert list(faults(json.loads(report_json(made)), SCHEMA_DATA)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data.pop("queue"), "$: queue is missing"),
        (lambda data: data.update(officer="anna"), "$: officer is not known"),
        (lambda data: data["figures"][0].update(n=-1), "$.figures[0].n: -1 is out of bounds"),
        (lambda data: data["headlines"].pop(), "$.headlines: 2 items"),
        (lambda data: data.update(period="vecka 47"), "$.period: 'vecka 47' does not match"),
    ],
)
def test_the_schema_refuses_what_it_does_not_say(spoil: object, told: str) -> None:
    data = report_data(full_report())
    spoil(data)  # type: ignore[operator]
    assert list(faults(data, SCHEMA_DATA)) == [told]


def test_the_json_tells_each_number_with_what_it_rests_on() -> None:
    data = report_data(full_report())
    (one,) = [each for each in data["figures"] if each["measure"] == "acknowledged"]
    assert (one["numerator"], one["denominator"], one["n"], one["value"], one["unit"]) == (262, 262, 262, 1.0, "share")
    assert one["as_of"] == "2026-11-24T06:00:00+00:00"
    assert sum(data["classes"]["one_working_day"].values()) == 270
    assert [each["measure"] for each in data["charts"]][:3] == [
        "answered_in_time.one_working_day", "phone.direct", "reception.good",
    ]  # fmt: skip
    assert data["charts"][0]["earlier"][0]["source"] == "KKiK"


def test_the_same_report_gives_the_same_text() -> None:
    assert report_json(full_report()) == report_json(full_report())
    assert report_csv(full_report(), texts()) == report_csv(full_report(), texts())


def test_csv_opens_in_the_languages_own_spreadsheet_and_holds_no_formula() -> None:
    swedish, english = report_csv(full_report(), texts()), report_csv(full_report(), texts("en"))
    assert swedish.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(swedish.decode("utf-8-sig")), delimiter=";"))
    by_key = {(row["measure"], row["dimension"], row["part"]): row for row in rows}
    share = by_key["answered_in_time.one_working_day", "", ""]
    # 257 of 262 = 0,98091…
    assert share["value"].startswith("0,98091")
    assert share["name"] == "Besvarade inom en arbetsdag"
    assert ("answered_in_time.one_working_day", "unit", '\'=HYPERLINK("x")') in by_key
    rows = list(csv.DictReader(io.StringIO(english.decode("utf-8-sig"))))
    assert any(row["value"].startswith("0.98091") for row in rows)

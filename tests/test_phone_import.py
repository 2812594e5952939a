"""Keeping the exchange's calls and its survey: once each, in both engines; what `check` says of it."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import func, select

from bot.after_call import CallQuestion, CallRating, SurveyLayout, read_survey
from bot.calls import Call, Layout, read_calls
from bot.facts import UnitId
from bot.store.call_book import add_calls, add_ratings, newest_calls, remove_calls
from bot.store.database import Database
from bot.store.figure_schema import calls, ratings
from bot.store.schema import meta
from bot.store.survey_rows import Question
from config.check_phone import phone_faults, quiet_sources
from config.phone_settings import CallSourceSettings, PhoneSettings
from config.table_files import read_table
from config.texts import Texts

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MONDAY_0812 = datetime(2026, 11, 16, 7, 12, tzinfo=UTC)
TEXTS = Texts("sv", ZONE)
KEY = b"a key that only the tests use"
HEAD = "Tid;Kö;Väntetid;Status\n"
MONDAY = "2026-11-16 08:12;Växel;15;besvarat\n2026-11-16 08:12;Växel;15;besvarat\n2026-11-16 08:20;Växel;3;tappat\n"
TUESDAY = "2026-11-17 08:12;Växel;;besvarat\n2026-11-17 08:13;Bygg;20;vidarekopplat\n"


def read(text: str, source: str = "exchange") -> tuple[Call, ...]:
    found = read_calls(read_table(text.encode()), Layout(zone=ZONE, unit=UnitId("kc")), source, NOW)
    assert found.faults == ()
    return found.calls


@pytest.mark.asyncio
async def test_a_file_twice_and_files_that_overlap_add_each_call_once(database: Database) -> None:
    added = []
    for text in (HEAD + MONDAY, HEAD + MONDAY, HEAD + MONDAY + TUESDAY, HEAD + TUESDAY):
        async with database.writing() as connection:
            added.append(await add_calls(connection, read(text)))
    assert added == [3, 0, 2, 0]
    async with database.reading() as connection:
        stored = (await connection.execute(select(calls).order_by(calls.c.at, calls.c.seconds))).mappings().all()
    assert len(stored) == 5
    told = ("source", "unit", "queue", "at", "seconds", "answered", "abandoned")
    assert {name: stored[0][name] for name in told} == {
        "source": "exchange", "unit": "kc", "queue": "Växel", "at": MONDAY_0812, "seconds": 15, "answered": 1,
        "abandoned": 0,
    }  # fmt: skip
    assert [row["seconds"] for row in stored if row["queue"] == "Växel" and row["answered"]] == [15, 15, None]


@pytest.mark.asyncio
async def test_two_exchanges_may_have_the_same_call_and_one_is_taken_away_by_days(database: Database) -> None:
    async with database.writing() as connection:
        assert await add_calls(connection, [*read(HEAD + MONDAY + TUESDAY), *read(HEAD + MONDAY, "other")]) == 8
    tuesday = datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    async with database.writing() as connection:
        assert await newest_calls(connection) == {
            "exchange": datetime(2026, 11, 17, 7, 13, tzinfo=UTC), "other": datetime(2026, 11, 16, 7, 20, tzinfo=UTC),
        }  # fmt: skip
        assert await remove_calls(connection, "exchange", tuesday - timedelta(days=1), tuesday) == 3
        assert await remove_calls(connection, "exchange", tuesday - timedelta(days=1), tuesday) == 0
        assert await add_calls(connection, read(HEAD + MONDAY)) == 3


@pytest.mark.asyncio
async def test_a_trial_tells_what_is_new_and_stores_nothing(database: Database) -> None:
    async with database.writing() as connection:
        await add_calls(connection, read(HEAD + MONDAY))
    async with database.reading() as connection:
        assert await add_calls(connection, read(HEAD + MONDAY + TUESDAY), trial=True) == 2
        assert (await connection.execute(select(func.count()).select_from(calls))).scalar() == 3


@pytest.mark.asyncio
async def test_more_calls_than_go_in_one_statement(database: Database) -> None:
    start = datetime(2026, 11, 2, tzinfo=UTC)
    many = [
        Call(key=f"{number:032x}", source="exchange", unit=UnitId(""), queue="", at=start + timedelta(seconds=number),
             seconds=5, answered=True, abandoned=False)
        for number in range(12_000)
    ]  # fmt: skip
    async with database.writing() as connection:
        assert await add_calls(connection, many[:7_000]) == 7_000
        assert await add_calls(connection, many) == 5_000


def survey(text: str) -> tuple[CallRating, ...]:
    found = read_survey(read_table(text.encode()), SurveyLayout(zone=ZONE, local=ZONE, unit=UnitId("kc")), NOW)
    assert found.faults == ()
    return found.ratings


ASKED = "Tid;Bemötande;Enkelhet;Kommentar\n"
EARLY = "2026-11-16 08:12;5;4;Tack\n2026-11-16 08:12;5;4;\n"


@pytest.mark.asyncio
async def test_answers_are_kept_once_without_instant_or_caller(database: Database) -> None:
    now = "2026-11-20 10:00;1;1;\n"
    files = (ASKED + EARLY, ASKED + EARLY, ASKED + EARLY + now, ASKED + now, ASKED + "2026-11-09 08:00;3;;\n")
    added = []
    for text in files:
        async with database.writing() as connection:
            added.append(await add_ratings(connection, survey(text), "exchange", KEY))
    # Two callers with two grades each and one comment; then nothing; then one more caller; nothing; the week before.
    assert added == [5, 0, 2, 0, 1]
    async with database.reading() as connection:
        stored = (await connection.execute(select(ratings).order_by(ratings.c.id))).mappings().all()
        kept = (await connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.like("after_call:%")))).all()
    assert {(one["channel"], one["source"], one["invitation"]) for one in stored} == {("phone", "exchange", None)}
    assert {(one["question"], one["unit"]) for one in stored} == {("reception", "kc"), ("ease", "kc"), ("comment", "")}
    assert sorted(
        (one["week"], one["question"], one["grade"], one["comment"]) for one in stored if one["grade"] != 5
    ) == [
        ("2026-W46", "reception", 3, ""),
        ("2026-W47", "comment", None, "Tack"),
        ("2026-W47", "ease", 1, ""),
        ("2026-W47", "ease", 4, ""),
        ("2026-W47", "ease", 4, ""),
        ("2026-W47", "reception", 1, ""),
    ]
    assert sorted(key for key, _ in kept) == ["after_call:exchange:2026-W46", "after_call:exchange:2026-W47"]
    assert not any("08:12" in value or "07:12" in value for _, value in kept)


@pytest.mark.asyncio
async def test_a_trial_of_a_survey_stores_nothing_and_another_exchange_is_another(database: Database) -> None:
    async with database.writing() as connection:
        assert await add_ratings(connection, survey(ASKED + EARLY), "exchange", KEY, trial=True) == 5
        assert (await connection.execute(select(func.count()).select_from(ratings))).scalar() == 0
        assert await add_ratings(connection, survey(ASKED + EARLY), "exchange", KEY) == 5
        assert await add_ratings(connection, survey(ASKED + EARLY), "other", KEY) == 5


def test_an_excel_file_of_calls_is_read_as_csv_is() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["Tid", "Väntetid", "Besvarad"], ["2026-11-16 08:12:00", 15, True], ["2026-11-16 08:13", 75.5, False]):
        sheet.append(row)
    book.save(target)
    found = read_calls(read_table(target.getvalue()), Layout(zone=ZONE), "exchange", NOW)
    assert [(one.at.minute, one.seconds, one.answered) for one in found.calls] == [(12, 15, True), (13, 75, False)]


PHONE = PhoneSettings(
    sources=(CallSourceSettings(id="tele", unit="kc", queues={"Bygg": "bygg"}), CallSourceSettings(id="telia"))
)


def test_an_exchange_that_is_not_heard_of_for_two_weeks_is_told() -> None:
    assert quiet_sources(PHONE, {"tele": NOW - timedelta(days=14), "telia": NOW}, NOW, TEXTS) == []
    assert quiet_sources(PHONE, {"tele": NOW - timedelta(days=14, seconds=1)}, NOW, TEXTS) == [
        "Det senaste inlästa samtalet från växeln tele är från 2026-11-09: run_bot.py phone import.",
        "Inga samtal är inlästa från växeln telia: run_bot.py phone import.",
    ]
    assert quiet_sources(PhoneSettings(), {}, NOW, TEXTS) == []


def test_settings_that_make_no_sense_are_told() -> None:
    assert phone_faults(PHONE, {"kc", "bygg"}, TEXTS) == []
    twice = PhoneSettings(sources=(*PHONE.sources, CallSourceSettings(id="tele")))
    assert phone_faults(twice, {"kc"}, TEXTS) == [
        "tele står två gånger i [[phone.sources]].", "Växeln tele hör till enheten bygg, som inte finns.",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no time zone"):
        CallSourceSettings(id="x", zone="Europe/Atlantis")


def test_the_questions_are_those_of_our_own_survey() -> None:
    assert {one.value for one in CallQuestion} <= {one.value for one in Question}


def test_which_exchange_is_meant() -> None:
    assert PHONE.source("telia") is PHONE.sources[1]
    assert PHONE.source("") is None
    assert PHONE.source("exchange") is None
    plain = PhoneSettings().source("")
    assert plain is not None
    assert plain.id == "exchange"
    assert PhoneSettings().source("telia") is None
    only = PhoneSettings(sources=PHONE.sources[:1])
    assert only.source("") is only.sources[0]


def test_what_the_settings_say_is_how_the_files_are_read() -> None:
    source = CallSourceSettings.model_validate(
        {
            "id": "tele", "zone": "UTC", "unit": "kc", "queues": {"Bygg Norr": "bygg"}, "wait_in": "milliseconds",
            "columns": {"seconds": "Vänt"}, "answered_words": ["Klart!"], "questions": {"Q1": "reception"},
            "survey_columns": {"time": "När"}, "question_version": 3,
        }
    )  # fmt: skip
    text = "Tid;Vänt;Status;Kö\n2026-11-16 08:12;1500;klart!;bygg norr\n2026-11-16 08:13;900;svar;x\n"
    found = read_calls(read_table(text.encode()), source.layout("Europe/Stockholm"), "tele", NOW).calls
    assert [(one.at.hour, one.seconds, one.unit) for one in found] == [(8, 2, "bygg"), (8, 1, "kc")]
    layout = source.survey_layout("Europe/Helsinki")
    # 22:30 UTC on Sunday is Monday in Helsinki.
    told = read_survey(read_table("När;Q1\n2026-11-15 22:30;4\n".encode()), layout, NOW).ratings
    assert [(one.week, one.version, one.grade, one.unit) for one in told] == [("2026-W47", 3, 4, "kc")]

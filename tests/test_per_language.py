"""What the municipality says of itself, in each language that citizens can choose."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.desk.answering import answer
from bot.office import ChatRules
from bot.store.database import Database
from config.building import office_of
from config.check import check_file
from config.check_languages import language_warnings
from config.poster import posters_of
from config.settings import Settings, load
from config.texts import Texts
from sandbox.world import EXAMPLE
from tests.citizen import CitizenTown, chat_office

SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
WAYS = {"sv": ("Telefon 0123-45 67 00",), "fi": ("Puhelin 0123-45 67 00",)}
PRIVACY = {"sv": "Läs mer: https://kommun.example/p", "fi": "Lue lisää: https://kommun.example/p"}
CHAT = '\n[telegram]\ntoken = "1:x"\n'
CHATS = chat_office(other_ways_by=WAYS, privacy_by=PRIVACY, other_ways=WAYS["sv"], privacy=PRIVACY["sv"])


def _file(folder: Path, ways: str, privacy: str, more: str = "") -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    begin, end = text.index("[municipality.other_ways]"), text.index("[database]")
    text = text[:begin] + text[end:]
    text = text.replace('on_call = ""\n', f'on_call = ""\nother_ways = {ways}\nprivacy = {privacy}\n', 1)
    (folder / "key").write_text("0123456789abcdef")
    (folder / "service.toml").write_text(text.replace('"var/key"', f'"{folder}/key"') + more, encoding="utf-8")
    return folder / "service.toml"


def _settings(folder: Path, ways: str, privacy: str, more: str = "") -> Settings:
    return load(_file(folder, ways, privacy, more), environment=False)


def test_one_value_is_for_everybody(tmp_path: Path) -> None:
    office = office_of(_settings(tmp_path, '["Ring"]', '"Läs"'), "test")
    assert (office.other_ways, office.privacy) == (("Ring",), "Läs")
    for language in ("sv", "sv_FI", "fi", "en", "sv_lattlast", ""):
        assert office.other_ways_in(language) == ("Ring",)
        assert office.privacy_in(language) == "Läs"


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("sv", "Ring"),
        ("fi", "Soita"),
        ("en", "Ring"),
        ("sv_lattlast", "Ring"),
        ("sv_FI", "Slå en signal"),
        ("", "Ring"),
    ],
)
def test_a_table_has_one_for_each(tmp_path: Path, language: str, way: str) -> None:
    ways = '{ sv = ["Ring"], fi = ["Soita"], sv_FI = ["Slå en signal"] }'
    office = office_of(_settings(tmp_path, ways, '{ fi = "Lue" }'), "test")
    assert office.other_ways_in(language) == (way,)
    # The main language has none: then the first there is.
    assert office.privacy_in(language) == "Lue"


@pytest.mark.parametrize(
    ("ways", "privacy", "more", "said"),
    [
        ('["Ring"]', '"Läs"', "", []),
        ("[]", '""', CHAT, []),
        ("{}", "{}", CHAT, []),
        ('["Ring"]', '""', CHAT, ["municipality.other_ways saknas på finska, engelska."]),
        ('["Ring"]', '{ sv = "Läs", fi = "Lue", en = "Read" }', CHAT, ["municipality.other_ways saknas på finska"]),
        ('{ fi = ["Soita"] }', '""', "", ["municipality.other_ways saknas på svenska. Den som skriver på det språket "
                                          "läser den på finska i stället."]),
        ('{ sv = ["Ring"], fi = ["Soita"] }', '"Läs"', CHAT + 'languages = ["sv", "fi"]\n',
         ["municipality.privacy saknas på finska."]),
    ],
)  # fmt: skip
def test_check_names_what_is_missing(tmp_path: Path, ways: str, privacy: str, more: str, said: list[str]) -> None:
    found = list(language_warnings(_settings(tmp_path, ways, privacy, more), SV))
    assert len(found) == len(said)
    assert all(one.startswith(words) for one, words in zip(found, said, strict=True))


def test_what_is_missing_stops_nothing(tmp_path: Path) -> None:
    _, findings = check_file(_file(tmp_path, '["Ring"]', '""', CHAT), SV, date(2026, 11, 16))
    assert [one.fault for one in findings if "saknas på finska" in one.text] == [False]


@pytest.mark.parametrize(
    ("ways", "privacy", "told"),
    [("[5]", '""', "municipality.other_ways.1"), ("[]", "5", "municipality.privacy"),
     ('{ se = ["Ring"] }', '""', "municipality.other_ways.se")],
)  # fmt: skip
def test_a_fault_in_either_form_is_told_once_with_its_place(tmp_path: Path, ways: str, privacy: str, told: str) -> None:
    settings, findings = check_file(_file(tmp_path, ways, privacy), SV, date(2026, 11, 16))
    assert settings is None
    assert len([one for one in findings if told in one.text]) == 1
    assert "plain" not in findings[0].text + findings[-1].text


def test_the_example_speaks_each_language(tmp_path: Path) -> None:
    (tmp_path / "service.toml").write_text(EXAMPLE.read_text(encoding="utf-8") + CHAT, encoding="utf-8")
    settings = load(tmp_path / "service.toml", environment=False)
    assert list(language_warnings(settings, SV)) == []
    assert posters_of(settings, "exempelbot", SV) == []


@pytest.mark.asyncio
async def test_a_citizen_reads_it_in_the_language_chosen(database: Database) -> None:
    town = CitizenTown(database, office=CHATS)
    await town.writes("Gatlyktan är trasig.", user_language="fi")
    assert PRIVACY["fi"] in town.last().text
    assert PRIVACY["sv"] not in town.last().text
    for asks, says in (("/hjalp", WAYS["fi"][0]), ("/personal", WAYS["fi"][0]), ("/personuppgifter", PRIVACY["fi"]),
                       ("/radera", PRIVACY["fi"])):  # fmt: skip
        await town.writes(asks, user_language="fi")
        assert says in town.last().text
    await town.writes("English")
    await town.writes("/hjalp")
    assert WAYS["sv"][0] in town.last().text, "there is none in English"


@pytest.mark.asyncio
async def test_an_answer_is_signed_in_the_citizens_language(database: Database) -> None:
    town = CitizenTown(database, office=replace(CHATS, chat=ChatRules()))
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Suomi")
    (case,) = await town.cases()
    await town.officer(answer, case, "Lamppu on rikki.", again=True, attached=False)
    assert "Puhelin 0123-45 67 00" in town.last().text
    assert "Telefon" not in town.last().text

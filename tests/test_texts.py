"""Texts for people: every one translated, its fields kept, in plain words, rendered without fault in each language."""

import ast
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.frontend import CommandLineInterface, parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from bot.citizen.commands import read_command as read_citizen
from bot.clock import Rule, TimeClass
from bot.desk.command_names import named
from bot.desk.commands import Command, LeaveOut
from bot.desk.read_commands import read_commands
from bot.facts import ExcludeReason
from config import texts
from config.texts import LANGUAGES, LOCALE_DIR, Language, Texts
from measurement.words import WIDTH, class_name, rule_name, table

ROOT = Path(__file__).parent.parent
STOCKHOLM, HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["t:1", "n:1,2", "mark:1"])}

Id = str | tuple[str, ...]
"""A text, or the two forms of a text with a number."""

TRANSLATED: tuple[Language, ...] = ("en", "fi")
SAME_IN_BOTH = {
    "en": {
        "Definition",
        "Information",
        "K-…",
        "KKiK",
        "Kommunsvar",
        "Median",
        "Period",
        "Signal",
        "Start",
        "Telegram",
        "Text",
        "Version",
        "index 0–100",
        "n = {count}",
        "test",
        "{count} min",
        "{count} s",
        "{name} ({id}, definition {version})",
    },
    "fi": {"K-…", "KKiK", "Kommunsvar", "Telegram", "n = {count}", "{count} min", "{count} s"},
}
"""What is written as in Swedish; beside it only texts without a word of their own, as ``{day} {year}``."""

JARGON = {
    "sv": r"angående|avseende|beträffande|ej\b|erhåll|föreligg|gällande|handlägg|härmed|inkom(?:men|met|mit|na)|"
    r"jämlikt|medelst|ombesörj|samt\b|således|tillhandahåll|tillse|undertecknad|vederbörande|vänligen|återkoppl|"
    r"ärende|i enlighet med|i syfte att|med anledning av",
    "en": r"aforementioned|commence|endeavour|hereby|herewith|kindly|pursuant|regarding|utilise|via\b|in order to|"
    r"in respect of|please be advised|prior to|with regard to",
    "fi": r"asianomai|ko\.|koskien|kysei|liittyen|mikäli|osalta|suoritt|taholta|toimesta|toimenpi",
}
"""Beginnings of words that a citizen need not put up with, by language (*klarspråk*)."""


def at(language: Language, zone: ZoneInfo = STOCKHOLM) -> Texts:
    return Texts(language, zone)


def forms(text: Id) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


@cache
def used() -> frozenset[Id]:
    """Return every text in the code, collected as `make texts` collects them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return frozenset(_id(text) for _, _, text, _, _ in found)


@cache
def to_citizens() -> frozenset[str]:
    """Return the texts of the letters that citizens get."""
    found = extract_from_file("python", ROOT / "bot" / "letters.py", keywords=KEYWORDS)
    return frozenset(form for _, text, _, _ in found for form in forms(text))


def path_of(language: str, folder: Path = LOCALE_DIR) -> Path:
    return folder / language / "LC_MESSAGES" / "kommunsvar.po"


@cache
def catalogued(language: str) -> tuple[Message, ...]:
    with path_of(language).open("rb") as source:
        return tuple(message for message in read_po(source, locale=language) if message.id)


def translated(language: str) -> Iterator[tuple[Id, tuple[str, ...]]]:
    """Give each text of a catalogue with its translation, empty where there is none."""
    for message in catalogued(language):
        yield _id(message.id), forms(_id(message.string or ""))


def _id(text: str | list[str] | tuple[str, ...]) -> Id:
    return text if isinstance(text, str) else tuple(text)


def fields(text: str) -> set[str]:
    """Return the names of a text's fields. A field has nothing but its name: how it looks is decided in the code."""
    names = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            assert name.isidentifier(), text
            assert (spec, conversion) == ("", None), text
            names.add(name)
    return names


def render(speaker: Texts, text: Id, count: int = 1) -> str:
    """Return a text as a person gets it, with an X in each field."""
    dummies = dict.fromkeys(fields("".join(forms(text))), "X")
    if isinstance(text, str):
        return speaker.t(text, **dummies)
    dummies.pop("count", None)
    return speaker.n(text[0], text[1], count, **dummies)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_in_the_code_is_translated(language: Language) -> None:
    said = {text for text, strings in translated(language) if all(strings)}
    assert sorted(map(str, used() - said)) == [], "make texts, then translate these"


@pytest.mark.parametrize("language", ["en", "fi", "sv_FI", "sv_lattlast"])
def test_the_catalogues_are_what_make_texts_writes(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(LOCALE_DIR, tmp_path / "locale")
    monkeypatch.chdir(ROOT)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"\$\(BIN\)/(pybabel .*?)(?:; \\)?\n", recipe)
    assert len(commands) == 2
    for command in commands:
        mine = (
            command.replace("var/", f"{tmp_path}/").replace("config/", f"{tmp_path}/").replace("$$language", language)
        )
        CommandLineInterface().run(shlex.split(mine))  # type: ignore[no-untyped-call]
    new = path_of(language, tmp_path / "locale").read_text(encoding="utf-8")
    assert new == path_of(language).read_text(encoding="utf-8"), "make texts"
    foreign = [line for line in new.splitlines() if line.startswith(("#~", "#:", "#, fuzzy", '"POT-Creation-Date'))]
    assert foreign == [], "texts that are gone, places, dates: take them out"


@pytest.mark.parametrize("language", ["en", "fi", "sv_FI", "sv_lattlast"])
def test_a_translation_has_the_fields_of_its_text(language: str) -> None:
    for text, strings in translated(language):
        wanted = [fields(form) for form in forms(text)]
        assert all(one == wanted[0] for one in wanted), text
        assert all(fields(string) == wanted[0] for string in strings if string), (text, strings)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_differs_from_the_swedish(language: Language) -> None:
    same = {form for text, strings in translated(language) for form in forms(text) if form in strings}
    wordless = {text for text in same if not re.search(r"\w", re.sub(r"{\w+}", "", text))}
    assert same - wordless == SAME_IN_BOTH[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_rendered(language: Language) -> None:
    for text in used():
        for count in (0, 1, 2, 5, 11, 21, 100):
            said = render(at(language), text, count)
            assert said.strip() and not set("{}") & set(said)  # noqa: PT018 -- one look at each of thousands


def test_the_code_fills_in_every_field_and_hides_no_text() -> None:
    seen = 0
    for path in _product():
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _called(call) in {"t", "n", "mark"}:
                seen += _check_call(path, call)
    assert seen > 100


def test_no_text_stands_where_it_cannot_be_collected() -> None:
    """Within an f-string Babel does not see it, and nobody would translate it."""
    collected = {forms(text)[0] for text in used()}
    calls = (call for path in _product() for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    told = {
        call.args[0].value
        for call in calls
        if isinstance(call, ast.Call) and _called(call) in {"t", "n", "mark"} and call.args
        and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }  # fmt: skip
    assert len(told) > 1_500
    assert not told - collected


def _product() -> Iterator[Path]:
    yield ROOT / "run_bot.py"
    for folder in ("bot", "config", "commands", "measurement", "sandbox"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _check_call(path: Path, call: ast.Call) -> int:
    where, plural = f"{path.name}:{call.lineno}", _called(call) == "n"
    words = call.args[: 2 if plural else 1]
    # What is put together in the code is in no catalogue.
    assert not any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in words), where
    literals = [one.value for one in words if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    given = {keyword.arg for keyword in call.keywords}
    if _called(call) == "mark" or not literals or None in given:
        return 0
    assert given | ({"count"} if plural else set()) >= fields("".join(literals)), where
    return 1


def read_command(text: str) -> Command:
    return read_commands(text, date(2026, 11, 16))[0]


@pytest.mark.parametrize("language", [*TRANSLATED, "sv"])
def test_the_commands_that_are_shown_are_the_same_in_every_language(language: Language) -> None:
    texts = [text for text in used() if isinstance(text, str) and re.match(r"/\w", text)]
    meant = {text: _meant(text) for text in texts}
    assert len(meant) > 40
    assert {text: _meant(render(at(language), text)) for text in texts} == meant
    assert None not in meant.values()


def _meant(line: str) -> object:
    """What a line that shows a command means: one of the desk, or (a word without å, ä, ö) one of citizens."""
    of_citizens = read_citizen(line.partition(" – ")[0])
    return named(line)[0] or (of_citizens and of_citizens.verb)


REASON_WORDS: list[tuple[Language, str, tuple[str, ...]]] = [
    ("sv", "/utan svar", ("skräp", "dubblett", "test", "tack")),
    ("en", "/no answer", ("spam", "duplicate", "test", "thanks")),
    ("fi", "/ilman vastausta", ("roskaposti", "kaksoiskappale", "testi", "kiitos")),
]


@pytest.mark.parametrize(("language", "command", "words"), REASON_WORDS)
def test_the_reasons_a_notice_shows_are_understood(language: Language, command: str, words: tuple[str, ...]) -> None:
    reasons = (ExcludeReason.SPAM, ExcludeReason.DUPLICATE, ExcludeReason.TEST, ExcludeReason.THANKS)
    texts = [text for text in used() if isinstance(text, str) and "/utan svar" in text]
    assert all(command in render(at(language), text) for text in texts)
    assert read_command(render(at(language), "/utan svar skräp")) == LeaveOut(ExcludeReason.SPAM)
    shown = {text: render(at(language), text) for text in texts if "dubblett" in text}
    assert shown
    for word, reason in zip(words, reasons, strict=True):
        assert read_command(f"{command} {word}") == LeaveOut(reason)
        assert all(re.search(rf"\b{word}\b", line) for line in shown.values()), (word, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_classes_fits_a_terminal(language: Language) -> None:
    speaker = at(language)
    rows = [["* " + rule_name(speaker, rule), *["12345"] * len(TimeClass)] for rule in Rule]
    head = [speaker.t("Kontakter"), *(class_name(speaker, name) for name in TimeClass)]
    assert max(map(len, table(head, rows))) <= WIDTH


@pytest.mark.parametrize("overlay", ["sv_FI", "sv_lattlast"])
def test_an_overlay_says_what_is_not_said_otherwise_as_swedish_does(overlay: Language) -> None:
    own = {text for text, strings in translated(overlay) if any(strings)}
    assert own
    for text in used() - own:
        for count in (0, 1, 2):
            assert render(at(overlay), text, count) == render(at("sv"), text, count)
    for text, strings in translated(overlay):
        assert strings != forms(text), "leave it empty: that means as in Swedish"


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues that is read instead of ours."""
    monkeypatch.setattr(texts, "LOCALE_DIR", tmp_path)
    texts._catalogue.cache_clear()
    file = path_of("sv_FI", tmp_path)
    file.parent.mkdir(parents=True)
    yield file
    texts._catalogue.cache_clear()


def test_an_overlay_says_only_what_differs(overlay: Path) -> None:
    overlay.write_text(
        'msgid "förskola"\nmsgstr "småbarnspedagogik"\n\n'
        'msgid "fråga"\nmsgstr ""\n\n'
        'msgid "{count} fråga"\nmsgid_plural "{count} frågor"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        encoding="utf-8",
    )
    speaker = at("sv_FI")
    assert speaker.t("förskola") == "småbarnspedagogik"
    assert speaker.t("fråga") == "fråga"
    assert speaker.t("inte i någon katalog: {what}", what="{x}") == "inte i någon katalog: {x}"
    assert [speaker.n("{count} fråga", "{count} frågor", n) for n in (0, 1, 2)] == ["0 frågor", "1 fråga", "2 frågor"]


def test_a_language_without_a_catalogue_is_swedish(overlay: Path) -> None:
    assert at("fi").t("Hej!") == "Hej!"
    assert at("fi").n("{count} fel.", "{count} fel.", 2) == "2 fel."


# Texts.n, as the catalogues say it: Finnish counts in the partitive from two on, and so does none.
PLURALS: list[tuple[Language, tuple[str, str], dict[int, str]]] = [
    ("sv", ("{count} fel.", "{count} fel."), {0: "0 fel.", 1: "1 fel.", 2: "2 fel."}),
    ("sv_FI", ("{count} fel.", "{count} fel."), {0: "0 fel.", 1: "1 fel.", 2: "2 fel."}),
    ("en", ("{count} fel.", "{count} fel."), {0: "0 faults.", 1: "1 fault.", 2: "2 faults.", 21: "21 faults."}),
    ("fi", ("{count} fel.", "{count} fel."), {0: "0 virhettä.", 1: "1 virhe.", 2: "2 virhettä.", 21: "21 virhettä."}),
    ("sv", ("{count} dygn", "{count} dygn"), {1: "1 dygn", 5: "5 dygn"}),
    ("en", ("{count} dygn", "{count} dygn"), {1: "1 day", 5: "5 days"}),
    ("fi", ("{count} dygn", "{count} dygn"), {1: "1 vrk", 5: "5 vrk"}),
]


@pytest.mark.parametrize(("language", "text", "said"), PLURALS)
def test_plural_forms(language: Language, text: tuple[str, str], said: dict[int, str]) -> None:
    assert text in used()
    assert {count: at(language).n(*text, count) for count in said} == said


def objections(text: str, language: str) -> list[str]:
    """Return what a reader would object to: sentences over 20 words, and officialese."""
    long = [one for one in re.split(r"(?<=[.!?:])\s+", text) if len(one.split()) > 20]
    return long + re.findall(rf"\b(?:{JARGON[language]})\w*", text, re.IGNORECASE)


@pytest.mark.parametrize("language", ["sv", *TRANSLATED])
def test_letters_to_citizens_are_plain(language: str) -> None:
    letters = to_citizens()
    assert len(letters) >= 10
    if language != "sv":
        letters = frozenset(one for text, strings in translated(language) if text in letters for one in strings)
    assert [objection for text in letters for objection in objections(text, language)] == []


@pytest.mark.parametrize(
    "text", ["Vänligen vänta.", "Vi återkopplar.", "Inkommen fråga.", "Gällande din fråga.", "Ej öppet.", "ett " * 21]
)
def test_officialese_is_objected_to(text: str) -> None:
    assert objections(text, "sv")


def test_plain_words_are_not() -> None:
    assert objections("Vi har fått din fråga. Den gäller en lykta: samtalet kom i går.", "sv") == []


@pytest.mark.parametrize("language", ["en", "fi", "sv_FI", "sv_lattlast"])
def test_the_catalogues_name_no_person_and_no_machine(language: str) -> None:
    text = path_of(language).read_text(encoding="utf-8")
    addresses = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)
    assert {one for one in addresses if not re.fullmatch(r"(.+\.)?example(\.org|\.com|\.net)?", one)} == set()
    paths = r"(?<![\w.])(?:/(?:home|root|Users|tmp|work|var|usr|opt|etc|mnt|srv)/|[A-Za-z]:\\)\S*"
    assert re.findall(paths, text) == []

"""Rules of the house for Telegram that hold in every line: read in the source, and in all that is logged."""

import ast
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chat_play import WORD, Play
from tests.chat_town import ChatTown
from tests.telegram_ways import in_hurry

ROOT = Path(__file__).parent.parent
PRODUCT = ("bot", "commands", "config", "measurement", "sandbox", "run_bot.py")
LIBRARY = "telegram"


def _files(*below: str) -> list[Path]:
    found = [ROOT / one for one in below]
    return [file for one in found for file in ([one] if one.is_file() else sorted(one.rglob("*.py")))]


def _drops_updates(tree: ast.AST) -> Iterator[int]:
    """Give the lines that let Telegram forget what citizens wrote, or could."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "drop_pending_updates":
            if not (isinstance(node.value, ast.Constant) and not node.value.value):
                yield node.value.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                named = isinstance(key, ast.Constant) and key.value == "drop_pending_updates"
                if named and not (isinstance(value, ast.Constant) and not value.value):
                    yield value.lineno


def _writes_markdown(tree: ast.AST) -> Iterator[int]:
    """Give the lines that name Markdown as the form of a message: what escapes it is not written here."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) as at if text.lower() == "markdownv2":
                yield at.lineno
            case (ast.Attribute(attr=name) as at) | (ast.Name(id=name) as at) if name.upper() in _MARKDOWN:
                yield at.lineno


def _imports(tree: ast.AST, package: str) -> Iterator[int]:
    """Give the lines that import a package, by an import or by its name."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module", "__import__",
        }:  # fmt: skip
            names = [str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)]
        if any(name == package or name.startswith(f"{package}.") for name in names):
            yield getattr(node, "lineno", 0)


_MARKDOWN = {"MARKDOWN", "MARKDOWN_V2"}
Rule = Callable[[ast.AST], Iterator[int]]
RULES: dict[str, Rule] = {
    "updates dropped": _drops_updates,
    "Markdown": _writes_markdown,
    "library imported": lambda tree: _imports(tree, LIBRARY),
    "library's own loops imported": lambda tree: _imports(tree, "telegram.ext"),
}


@pytest.mark.parametrize(("rule", "code", "lines"), [
    ("updates dropped", "await bot.set_webhook(u, drop_pending_updates=True)", [1]),
    ("updates dropped", "call(drop_pending_updates=wish)\ncall({'drop_pending_updates': 1})", [1, 2]),
    ("updates dropped", "call(drop_pending_updates=False)\ncall({'drop_pending_updates': False})", []),
    ("Markdown", "send(parse_mode='MarkdownV2')\nsend(ParseMode.MARKDOWN_V2)\nParseMode.MARKDOWN", [1, 2, 3]),
    ("Markdown", "send(parse_mode='HTML')  # never MarkdownV2\n'''No MarkdownV2.'''", []),
    ("library imported", "import telegram\nfrom telegram.error import Forbidden\nimport telegram.ext as t", [1, 2, 3]),
    ("library imported", "from bot.channels import telegram_api\nfrom . import telegram\nimport telegraph", []),
    ("library's own loops imported", "import telegram\nfrom telegram.ext import Updater\nimport telegram.ext", [2, 3]),
    ("library imported", "importlib.import_module('telegram.error')\n__import__('telegram')", [1, 2]),
])  # fmt: skip
def test_a_rule_sees_what_it_forbids_and_nothing_else(rule: str, code: str, lines: list[int]) -> None:
    assert sorted(RULES[rule](ast.parse(code))) == lines


def _broken(rule: str, files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        for line in RULES[rule](ast.parse(file.read_text(encoding="utf-8")))
    ]


def test_nothing_lets_telegram_forget_what_citizens_wrote() -> None:
    assert _broken("updates dropped", _files(*PRODUCT, "tests", "bench")) == []


def test_nothing_writes_markdown() -> None:
    assert _broken("Markdown", _files(*PRODUCT)) == []


def test_only_the_channel_knows_the_library() -> None:
    files = [file for file in _files(*PRODUCT) if not file.is_relative_to(ROOT / "sandbox")]
    outside = [one for one in files if one.parent != ROOT / "bot" / "channels" or not one.name.startswith("telegram_")]
    assert _broken("library imported", outside) == []
    # And the channel does: the rule looks at the right files.
    assert _broken("library imported", _files("bot/channels"))


def test_its_queues_in_memory_are_used_nowhere() -> None:
    assert _broken("library's own loops imported", _files(*PRODUCT, "tests")) == []


TOKEN = "424242:ett-ord-som-ingen-far-se"
DAY = (
    "writes", "writes", "mails", "album", "edits", "presses", "time passes", "takes in the group", "answers in a topic",
    "commands", "commands", "talks", "fault", "fault", "fault", "mails back", "answers", "blocks", "dies", "asks",
    "fault", "writes", "answers", "fault", "restarts", "time passes", "mails back",
)  # fmt: skip
NAMES = ("Elsa", "Olle", "Tuva", "Anna", "elsa@", "olle@", "anna@", "bo@", "Gatlykta", "Simhallen")


@pytest.mark.asyncio
async def test_no_log_tells_the_token_or_what_anybody_wrote_or_who_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    in_hurry(monkeypatch)
    caplog.set_level(logging.DEBUG)
    town = ChatTown(tmp_path, token=TOKEN)
    async with town.open():
        play = Play(town)
        for number, name in enumerate(DAY * 2):
            await play.act(name, number)
        town.api.faults.fail("sendMessage", code=401, times=1)
        town.api.faults.fail("sendMessage", code=400, description="Bad Request: can't parse entities", times=2)
        await play.act("writes", 1)
        await play.end()
    assert len(play.said.meant) >= 8
    format_ = logging.Formatter("%(name)s %(levelname)s %(message)s")
    told = [format_.format(one) for one in caplog.records] + list(capfd.readouterr())
    assert len(told) > 20
    for secret in (TOKEN, TOKEN.partition(":")[2], *NAMES):
        assert [text for text in told if secret in text] == []
    assert [text for text in told if WORD.search(text)] == []

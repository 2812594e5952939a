"""What no file of the product may do with Telegram, whoever writes it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "config", "commands", "measurement")
FILES = [*(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))), ROOT / "run_bot.py"]
OURS = re.compile(r"bot/channels/telegram_\w+\.py")


@pytest.mark.parametrize("word", ["drop_pending_updates", "MARKDOWN", "MarkdownV2", "run_polling", "telegram.ext"])
def test_words_that_lose_messages_or_break_them_stand_nowhere(word: str) -> None:
    assert FILES
    assert [path.name for path in FILES if word in path.read_text(encoding="utf-8")] == []


def test_only_the_channel_knows_the_library() -> None:
    imports = re.compile(r"^\s*(?:from|import) telegram\b", re.MULTILINE)
    knowing = [
        str(path.relative_to(ROOT)) for path in FILES if imports.search(path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert knowing
    assert [name for name in knowing if not OURS.fullmatch(name)] == []

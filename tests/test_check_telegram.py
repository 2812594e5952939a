"""What `check` says of the settings of Telegram."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.check_telegram import telegram_faults
from config.settings import load
from config.texts import Texts
from sandbox.world import EXAMPLE

SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
TOKEN, SECRET = "123456789:abcDEF-ghi_jkl", "en-hemlighet_2"


def _faults(folder: Path, section: str, group: int = 0) -> list[str]:
    (folder / "token").write_text(TOKEN)
    (folder / "wrong").write_text("hemligt, men ingen nyckel")
    (folder / "secret").write_text(SECRET)
    text = EXAMPLE.read_text(encoding="utf-8").replace("telegram_group = 0", f"telegram_group = {group}")
    config = folder / "service.toml"
    config.write_text(text.replace("[answers]\n", f"{section.format(folder=folder)}\n[answers]\n", 1), encoding="utf-8")
    return list(telegram_faults(load(config, environment=False), SV))


@pytest.mark.parametrize(
    ("section", "group", "said"),
    [
        ("", 0, []),
        ("", -100, ["telegram_group är angiven"]),
        ('[telegram]\ntoken_file = "{folder}/token"\n', -100, []),
        ("[telegram]\n", 0, ["token_file saknas"]),
        ('[telegram]\ntoken_file = "{folder}/none"\n', 0, ["går inte att läsa"]),
        ('[telegram]\ntoken_file = "{folder}/wrong"\n', 0, ["ser inte ut som"]),
        ('[telegram]\ntoken_file = "{folder}/token"\n[telegram.webhook]\nurl = "http://bot.kommun.example/x"\n', 0,
         ["secret_file ska innehålla", "ska börja med https"]),
        ('[telegram]\ntoken_file = "{folder}/token"\n[telegram.webhook]\nurl = "https://bot.kommun.example/x"\n'
         'secret_file = "{folder}/secret"\n', 0, []),
        ('[telegram]\ntoken_file = "{folder}/token"\n[[telegram.places]]\ncode = "a"\nname = "A"\n'
         '[[telegram.places]]\ncode = "a"\nname = "B"\n', 0, ["samma kod: a"]),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path: Path, section: str, group: int, said: list[str]) -> None:
    faults = _faults(tmp_path, section, group)
    assert len(faults) == len(said)
    assert all(words in fault for words, fault in zip(said, faults, strict=True))
    assert not any(secret in fault for fault in faults for secret in (TOKEN, SECRET, "hemligt"))

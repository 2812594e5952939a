"""`run_bot.py explain mail`: mails in files, in words and as data."""

import json
import mailbox
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.channels.mail_why import Why
from bot.explain_mail import KINDS, RULES, find_mails
from bot.port import InboundKind
from tests.example import make_mail
from tests.processes import ROOT

KEYS = {
    "file", "subject", "from_addr", "message_id", "in_reply_to", "references", "text", "new_text", "attachments",
    "is_auto", "kind", "language", "error",
}  # fmt: skip


def explain(*paths: object, json_: bool = True) -> str:
    command = [sys.executable, "run_bot.py", "explain", "mail", *(["--json"] if json_ else []), *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(*paths: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in explain(*paths).splitlines()]


def test_files_folders_and_mbox_one_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.eml").write_bytes(make_mail("Tack!\n\nDen 1 nov. 2026 skrev Bo <bo@kommun.example>:\n> Hej",
                                                      In_Reply_To="<svar@kommun.example>"))  # fmt: skip
    (tmp_path / "in" / "deep" / "b.eml").write_bytes(make_mail("Borta", Auto_Submitted="auto-replied"))
    box = mailbox.mbox(tmp_path / "more.mbox")
    box.add(make_mail("Ett"))
    box.add(make_mail("Två"))
    box.close()
    (tmp_path / "broken.eml").write_bytes(bytes(range(256)))
    first, second, third, fourth, fifth = objects(tmp_path / "in", tmp_path / "more.mbox", tmp_path / "broken.eml")
    assert set(first) >= KEYS
    assert first["file"] == str(tmp_path / "in" / "a.eml")
    assert (first["new_text"], first["in_reply_to"], first["is_auto"]) == ("Tack!", "svar@kommun.example", False)
    assert "> Hej" in first["text"]
    assert (second["is_auto"], second["kind"]) == (True, "auto")
    assert third["file"].endswith("more.mbox:1")
    assert fourth["new_text"].strip() == "Två"
    assert fifth["error"] == ""


def test_in_words_with_the_rule_that_decided(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(make_mail("Mitt nummer är 811218-9876.", Auto_Submitted="auto-replied"))
    said = explain(tmp_path / "a.eml", json_=False)
    assert "Slag: automatiskt" in said
    assert "Fältet Auto-Submitted säger att det är automatiskt." in said
    assert "[personnummer dolt]" in said
    assert "811218" not in said + explain(tmp_path / "a.eml")


def test_what_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "large.eml").touch()
    with (tmp_path / "large.eml").open("r+b") as file:
        file.truncate(300 * 2**20)
    (tmp_path / "z.eml").write_bytes(make_mail("Hej"))
    large, other = objects(tmp_path)
    assert (large["error"], large["text"]) == ("too_large", "")
    assert other["text"].strip() == "Hej"


def test_every_rule_and_kind_has_words() -> None:
    assert set(RULES) == set(Why)
    assert set(KINDS) == set(InboundKind)


@pytest.mark.parametrize("folder", ["odd", "auto", "replies"])
def test_the_whole_corpus_is_explained(folder: str) -> None:
    found = list(find_mails([ROOT / "tests" / "data" / "mail" / folder]))
    mails = [one for one in found if one.file.endswith(".eml")]
    assert len(mails) >= 90

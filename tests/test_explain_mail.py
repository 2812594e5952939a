"""`run_bot.py explain mail`: mails in files, in words and as data."""

import json
import mailbox
import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from bot.channels.mail_why import Why
from bot.explain_mail import KINDS, RULES, find_mails, read_file
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


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.eml")
    os.mkfifo(tmp_path / "pipe.mbox")
    (tmp_path / "zero.eml").symlink_to("/dev/zero")
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nowhere")
    found = {Path(one.file).name: (one.raw, one.fault) for one in find_mails([tmp_path, Path("/dev/zero")])}
    assert found.pop("gone.eml") == (b"", "No such file or directory")
    assert found == dict.fromkeys(("pipe.eml", "pipe.mbox", "zero.eml", "zero"), (b"", "not_a_file"))


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.eml").write_bytes(b"x" * 11)
    monkeypatch.setattr("bot.explain_mail.LARGEST", 10)
    monkeypatch.setattr(Path, "stat", lambda _: os.stat_result((stat.S_IFREG, *[0] * 9)))
    assert [(one.raw, one.fault) for one in find_mails([tmp_path])] == [(b"", "too_large")]


def test_names_and_letters_that_the_terminal_does_not_know(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/sm\xf6rg.eml"
    Path(os.fsdecode(name)).write_bytes(make_mail("Hej", subject="Glad \U0001f60a"))
    for coding in ("utf-8", "latin-1", "ascii"):
        for option in ([], ["--json"]):
            command = [sys.executable, "run_bot.py", "explain", "mail", *option, os.fsdecode(name)]
            env = {**os.environ, "PYTHONIOENCODING": coding}
            done = subprocess.run(command, cwd=ROOT, capture_output=True, env=env)
            assert (done.returncode, done.stderr) == (0, b"")
            assert f"{tmp_path}/sm?rg.eml" in done.stdout.decode()
            assert "Glad \U0001f60a" in done.stdout.decode()


CLOSED = """
import os, sys
from pathlib import Path
from bot.explain_mail import find_mails
if os.geteuid() == 0:
    os.seteuid(65534)
for one in find_mails([Path(sys.argv[1])]):
    print(Path(one.file).name, len(one.raw), one.fault, sep="|")
"""


def test_folders_that_may_not_be_looked_into() -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        for folder in ("closed", "listed", "open"):
            (top / folder).mkdir()
            (top / folder / f"{folder}.eml").write_bytes(b"Subject: x\n\nx")
        top.chmod(0o755)
        (top / "listed").chmod(0o644)
        (top / "closed").chmod(0o000)
        try:
            done = subprocess.run([sys.executable, "-c", CLOSED, name], cwd=ROOT, capture_output=True, text=True)
        finally:
            (top / "closed").chmod(0o700)
            (top / "listed").chmod(0o700)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "listed.eml|0|Permission denied", "open.eml|13|", "closed|0|Permission denied"]  # fmt: skip


def test_an_mbox_is_split_but_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"From x Mon Nov 16 08:00:00 2026\nContent-Type: multipart/mixed; boundary=x\n\n"
    (tmp_path / "parts.mbox").write_bytes(head + b"--x\n\na\n" * 300_000)
    (tmp_path / "three.mbox").write_bytes(b"From x\nSubject: \xff\xe9\n\n\xe5\n\n" * 3)
    begin = time.process_time()
    (parts,) = find_mails([tmp_path / "parts.mbox"])
    assert read_file(parts, "").error == "too_many_parts"
    assert time.process_time() - begin < 2
    kept = mailbox.mbox.get_bytes
    monkeypatch.setattr(mailbox.mbox, "get_bytes", lambda box, key: kept(box, key) if key != 1 else 1 / 0)
    found = list(find_mails([tmp_path / "three.mbox"]))
    assert [(one.file[-6:], one.fault) for one in found] == [("mbox:1", ""), ("mbox:2", "unreadable"), ("mbox:3", "")]
    assert found[2].raw.startswith(b"Subject: \xff\xe9\n\n\xe5")


def test_every_rule_and_kind_has_words() -> None:
    assert set(RULES) == set(Why)
    assert set(KINDS) == set(InboundKind)


@pytest.mark.parametrize("folder", ["odd", "auto", "replies"])
def test_the_whole_corpus_is_explained(folder: str) -> None:
    found = list(find_mails([ROOT / "tests" / "data" / "mail" / folder]))
    mails = [one for one in found if one.file.endswith(".eml")]
    assert len(mails) >= 90

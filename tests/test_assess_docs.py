"""docs/assessment.md: every command in it, in order, as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.processes import ROOT
from tests.test_assess import Run, invoke, run  # noqa: F401 -- fixtures

BLOCKS = re.findall(r"^```\n(.*?)^```$", (ROOT / "docs" / "assessment.md").read_text(), re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


def test_every_command_of_the_course_works(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 plan")
    assert len(COMMANDS) >= 25
    for line in COMMANDS:
        program, group, *arguments = shlex.split(line)
        assert (program, group) == ("run_bot.py", "assess")
        run(*arguments)
    assert (tmp_path / "underlag" / "5.2.pdf").read_bytes().startswith(b"%PDF")
    assert "provstad-kopia kommunkompassen-2020" in run("status")
    assert "Steg: rapport." in run("status", "provstad-kopia")
    names = {one.suffix for one in (tmp_path / "rapport").iterdir()}
    assert names == {".pdf", ".docx", ".json"}

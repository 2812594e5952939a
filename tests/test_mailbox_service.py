"""The service reading a real Dovecot mailbox, as a process: filled, killed, refilled, nothing lost or doubled."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.world import free_port
from tests import dovecot
from tests.example import make_mail
from tests.processes import ROOT, Process, Relay, write_config

pytestmark = pytest.mark.skipif(not dovecot.PROGRAM.exists(), reason=dovecot.WHY_NOT)

_BOX = """
[[mail.mailboxes]]
id = "kontakt"
address = "kontakt@kommun.example"
host = "127.0.0.1"
port = {port}
tls = "none"
username = "{user}"
password_file = "{folder}/password"
sent_folder = ""
after = "move"
move_to = "Kommunsvar"
poll_seconds = 5
since = 2026-01-01
"""


@pytest.fixture(scope="module")
def mails() -> Iterator[dovecot.Dovecot]:
    with dovecot.server() as server:
        assert server is not None
        yield server


def write_mailbox(tmp_path: Path, server: dovecot.Dovecot, user: str, relay_port: int) -> Path:
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", free_port(0), relay_port)
    (tmp_path / "password").write_text(dovecot.PASSWORD)
    box = _BOX.format(port=server.port, user=user, folder=tmp_path)
    text = config.read_text().replace("[mail.files]", f"{box}\n[mail.files]")
    config.write_text(text.replace("enabled = true", "enabled = false"))
    return config


@asynccontextmanager
async def reading(tmp_path: Path, server: dovecot.Dovecot, user: str) -> AsyncIterator[tuple[Process, Relay]]:
    relay = Relay()
    async with relay.open():
        service = Process(write_mailbox(tmp_path, server, user, relay.port))
        try:
            yield service, relay
        finally:
            if service.process is not None:
                await service.end(signal.SIGTERM)


def count(tmp_path: Path, query: str) -> int:
    with sqlite3.connect(tmp_path / "k.db", timeout=10) as base:
        return int(base.execute(query).fetchone()[0])


async def until(tmp_path: Path, query: str, wanted: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if count(tmp_path, query) == wanted:
                return
        except sqlite3.OperationalError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError((query, count(tmp_path, query), wanted))


def fill(server: dovecot.Dovecot, user: str, numbers: range, folder: str = "INBOX") -> None:
    with server.client(user) as client:
        for number in numbers:
            mail = make_mail(f"Fråga nummer {number}", message_id=f"m{number}@example.org", dmarc="",
                             sender=f"Elsa <elsa{number}@example.org>")  # fmt: skip
            client.append(folder, mail)


@pytest.mark.asyncio
async def test_a_mailbox_is_read_killed_and_read_on_with_each_mail_in_one_case(
    tmp_path: Path, mails: dovecot.Dovecot
) -> None:
    user, draw = "fylld", random.Random(7)
    with mails.client(user) as client:
        client.create_folder("Kommunsvar")
    fill(mails, user, range(60))
    async with reading(tmp_path, mails, user) as (service, relay):
        for _ in range(2):
            await service.start()
            await asyncio.sleep(draw.uniform(0.05, 0.6))
            await service.end(signal.SIGKILL)
        fill(mails, user, range(60, 100))
        await service.start()
        await until(tmp_path, "SELECT count(*) FROM cases", 100)
        fill(mails, user, range(100, 110))
        await until(tmp_path, "SELECT count(*) FROM cases", 110)
        assert count(tmp_path, "SELECT count(DISTINCT message_id) FROM messages WHERE direction = 'in'") == 110
        assert count(tmp_path, "SELECT count(*) FROM messages WHERE direction = 'in'") == 110
        await until(tmp_path, "SELECT count(*) FROM mailbox_mails WHERE state <> 'settled'", 0)
        with mails.client(user) as client:
            assert client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"] == 0
            assert client.folder_status("Kommunsvar", ["MESSAGES"])[b"MESSAGES"] == 110
        await until(tmp_path, "SELECT count(*) FROM outbox WHERE state IN ('new', 'sending')", 0, seconds=90)
        # At most eight are being sent at a kill; those acknowledgements stay unsure and go to nobody twice.
        to = [recipient for recipient, mail, _ in relay.mails if recipient.startswith("elsa")]
        assert len(to) == len(set(to))
        assert len(to) >= 110 - 4 * 8


@pytest.mark.asyncio
async def test_an_answer_written_in_outlook_is_found_in_the_sent_folder(tmp_path: Path, mails: dovecot.Dovecot) -> None:
    user = "skickat"
    with mails.client(user) as client:
        client.create_folder("Kommunsvar")
        client.create_folder("Skickat")
        # A mailbox of the first start has both already: the answer may be read before its question.
        client.append("Skickat", make_mail("Den lagas i dag.", sender="kontakt@kommun.example", dmarc="",
                                           to="elsa1@example.org", message_id="svar@kommun.example",
                                           In_Reply_To="<m1@example.org>"))  # fmt: skip
    fill(mails, user, range(1, 3))
    async with reading(tmp_path, mails, user) as (service, _):
        await service.start()
        await until(tmp_path, "SELECT count(*) FROM cases", 2)
        await until(tmp_path, "SELECT count(*) FROM facts WHERE kind = 'answered_elsewhere'", 1)
        assert count(tmp_path, "SELECT count(*) FROM inquiries WHERE answered_at IS NOT NULL") == 1
        with mails.client(user) as client:
            assert client.folder_status("Skickat", ["MESSAGES"])[b"MESSAGES"] == 1


def test_check_says_what_may_be_done_in_the_mailbox(tmp_path: Path, mails: dovecot.Dovecot) -> None:
    config = write_mailbox(tmp_path, mails, "prov", 9)
    said = subprocess.run(
        [sys.executable, "run_bot.py", "check", "--config", str(config)], cwd=ROOT, capture_output=True, text=True
    )
    assert "OK   Brevlådan kontakt går att läsa." in said.stdout
    assert "Servern för utgående mejl svarar inte som den ska" in said.stdout
    (tmp_path / "password").write_text("fel")
    said = subprocess.run(
        [sys.executable, "run_bot.py", "check", "--config", str(config)], cwd=ROOT, capture_output=True, text=True
    )
    assert "Brevlådan kontakt går inte att läsa: inloggningen nekas" in said.stdout
    assert dovecot.PASSWORD not in said.stdout + said.stderr

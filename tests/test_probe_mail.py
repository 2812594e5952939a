"""What `check` says of relays and mailboxes, and the page that is given to whoever runs the mail."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.probe_mail import try_mailboxes, try_relay, try_scanner
from config.ask_it import settings_to_ask_for
from config.check import check_settings
from config.settings import FileSettings, load
from config.texts import Texts
from tests.certificates import Certificates, make_certificates
from tests.processes import ROOT

SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
EXAMPLE = ROOT / "config" / "service.toml"
OAUTH = {
    "provider": "microsoft365", "tenant": "kommun.example", "client_id": "11111111-2222-3333-4444-555555555555",
    "client_secret": "hemligt",
}  # fmt: skip
BOX = {
    "id": "kontakt", "address": "kontakt@kommun.example", "host": "outlook.office365.com",
    "username": "kontakt@kommun.example", "oauth": OAUTH, "own_tenant": True,
}  # fmt: skip


def settings_with(**mail: Any) -> FileSettings:
    settings = load(EXAMPLE, environment=False)
    changed = settings.model_dump()
    changed["secrets"] = {"key": "a key that only the tests use"}
    changed["mail"] = {**changed["mail"], **mail}
    return FileSettings(**changed)


async def _relay(reply: bytes, ended: asyncio.Event, certificates: Certificates) -> asyncio.Server:
    """Return a relay that offers XOAUTH2 and PLAIN and answers every login with this; sets `ended` after a session."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        while line := await reader.readline():
            command = line.split()[0].upper() if line.split() else b""
            if command == b"EHLO":
                writer.write(b"250-relay\r\n250 AUTH XOAUTH2 PLAIN\r\n")
            elif command == b"AUTH":
                writer.write(reply)
            else:
                writer.write(b"221 bye\r\n")
        writer.close()
        await writer.wait_closed()
        ended.set()

    return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificates.server_context())


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.\r\n",
         "Microsoft 365 släpper inte igenom utgående mejl"),
        (b"535 5.7.8 wrong\r\n", "Servern för utgående mejl svarar inte som den ska: auth."),
        (b"235 2.7.0 welcome\r\n", ""),
    ],
)  # fmt: skip
async def test_a_tenant_that_refuses_to_send_is_told_in_words(tmp_path: Path, reply: bytes, words: str) -> None:
    ended, certificates = asyncio.Event(), make_certificates(tmp_path)
    server = await _relay(reply, ended, certificates)
    async with server:
        port = server.sockets[0].getsockname()[1]
        relay = {
            "host": "localhost", "port": port, "tls": "implicit", "auth": "password", "username": "kontakt",
            "password": "hemligt", "ca_file": str(certificates.ca_file),
        }  # fmt: skip
        found = await try_relay(settings_with(relay=relay), SV)
        await ended.wait()
    said = " ".join(one.text for one in found)
    assert (words in said) if words else not found
    assert "hemligt" not in said


@pytest.mark.asyncio
async def test_a_mailbox_that_is_not_there_is_told_with_its_reason() -> None:
    box = {**BOX, "host": "127.0.0.1", "port": 9, "tls": "none", "oauth": None, "password": "hemligt"}
    (found,) = await try_mailboxes(settings_with(mailboxes=[box]), SV)
    assert found.fault
    assert "Brevlådan kontakt går inte att läsa: servern svarar inte som den ska." in found.text


def test_the_page_for_it_names_what_microsoft_needs_and_no_secret() -> None:
    relay = {"host": "smtp.office365.com", "port": 587, "tls": "starttls", "auth": "xoauth2",
             "username": "kontakt@kommun.example", "oauth": OAUTH}  # fmt: skip
    page = settings_to_ask_for(settings_with(mailboxes=[BOX], relay=relay, listen={"enabled": False}), SV)
    for words in (
        "IMAP.AccessAsApp", "SMTP.SendAsApp", "New-ServicePrincipal -AppId 11111111-2222-3333-4444-555555555555",
        "Set-CASMailbox -Identity kontakt@kommun.example -SmtpClientAuthenticationDisabled $false",
        "DisablePlusAddressInRecipients $false", "outlook.office365.com:993", "smtp.office365.com:587",
    ):  # fmt: skip
        assert words in page
    assert "hemligt" not in page
    assert "Google" not in page
    assert len(page.splitlines()) <= 40


def test_the_page_for_an_own_server_says_where_to_hand_mail_over() -> None:
    page = settings_to_ask_for(load(EXAMPLE, environment=False), SV)
    assert "Skicka vidare all e-post till kontakt@kommun.example till localhost:8025." in page
    assert "Microsoft" not in page


def faults(**mail: Any) -> str:
    return "\n".join(one.text for one in check_settings(settings_with(**mail), SV, date(2026, 11, 20)) if one.fault)


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"listen": {"enabled": False}}, "Inga mejl kommer in"),
        ({"mailboxes": [BOX, BOX]}, "kontakt står två gånger"),
        ({"mailboxes": [{**BOX, "address": "annan@kommun.example"}]}, "address ska vara en enhets adress"),
        ({"mailboxes": [{**BOX, "tls": "none"}]}, "Då går lösenordet oskyddat"),
        ({"mailboxes": [{**BOX, "after": "move"}]}, "move_to behövs"),
        ({"mailboxes": [{**BOX, "after": "move", "move_to": "INBOX"}]}, "move_to får inte vara en mapp som läses"),
        ({"mailboxes": [{**BOX, "after": "move", "move_to": "inbox"}]}, "move_to får inte vara en mapp som läses"),
        ({"mailboxes": [{**BOX, "after": "move", "move_to": "Ut", "sent_folder": "Ut"}]}, "move_to får inte vara"),
        ({"mailboxes": [{**BOX, "sent_folder": "Inbox"}]}, "sent_folder får inte vara samma mapp som folder"),
        ({"mailboxes": [{**BOX, "folder": "Frågor", "sent_folder": "Frågor"}]}, "sent_folder får inte vara samma"),
        ({"mailboxes": [{**BOX, "host": "a" * 70 + ".example"}]}, "mail.mailboxes.kontakt.host ska vara ett datornamn"),
        ({"mailboxes": [{**BOX, "host": "a..b"}]}, "mail.mailboxes.kontakt.host ska vara ett datornamn"),
        ({"scanner": {"host": "a" * 70 + ".example"}}, "mail.scanner.host ska vara ett datornamn"),
        ({"scanner": {"host": "a..b"}}, "mail.scanner.host ska vara ett datornamn"),
        ({"mailboxes": [{**BOX, "ca_file": "/"}]}, "Filen för mail.mailboxes.kontakt.ca_file går inte att läsa."),
        ({"mailboxes": [{**BOX, "ca_file": "/finns/inte"}]}, "Filen /finns/inte finns inte."),
        ({"mailboxes": [{**BOX, "password": "x"}]}, "ange antingen lösenord"),
        ({"mailboxes": [{**BOX, "oauth": None}]}, "ange antingen lösenord"),
        ({"mailboxes": [{**BOX, "oauth": {**OAUTH, "tenant": ""}}]}, "tenant saknas"),
        ({"mailboxes": [{**BOX, "oauth": {**OAUTH, "client_secret": ""}}]}, "client_secret_file eller refresh"),
        ({"mailboxes": [{**BOX, "oauth": {**OAUTH, "provider": "google"}}]}, "refresh_token_file saknas"),
        ({"relay": {"auth": "xoauth2", "username": "x", "tls": "starttls"}}, "ange antingen access_token_file"),
        ({"web_forms": [{"sender": "kontakt@kommun.example"}]}, "får inte vara en enhets adress"),
        ({"own_domains": ["kommun example"]}, "mail.own_domains ska vara domäner"),
        ({"scanner": {"socket": "/run/x", "host": "localhost"}}, "antingen socket eller host"),
    ],
)
def test_every_fault_of_mailboxes_has_words(mail: dict[str, Any], words: str) -> None:
    assert words in faults(**mail)


@pytest.mark.parametrize(
    "box",
    [
        BOX, {**BOX, "host": "2001:db8::1"}, {**BOX, "host": "192.0.2.1"}, {**BOX, "sent_folder": ""},
        {**BOX, "sent_folder": "Skickat", "after": "move", "move_to": "INBOX/Klart"},
    ],
)  # fmt: skip
def test_a_right_mailbox_has_no_fault(box: dict[str, Any]) -> None:
    assert faults(mailboxes=[box], scanner={"host": "::1"}) == ""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "fault", "words"),
    [
        (b"PONG\0", False, "Viruskontrollen svarar."),
        (b"nonsense\0", True, "Viruskontrollen svarar inte"),
        (None, True, "Viruskontrollen svarar inte"),
    ],
)
async def test_the_scanner_is_asked_whether_it_is_there(answer: bytes | None, fault: bool, words: str) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(6))
        writer.write(answer or b"")
        await reader.read(-1)
        writer.close()
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if answer is None:
        server.close()
        await server.wait_closed()
        ended.set()
    (found,) = await try_scanner(settings_with(scanner={"host": "127.0.0.1", "port": port}), SV)
    await ended.wait()
    server.close()
    assert (found.fault, words in found.text) == (fault, True)
    assert heard == ([] if answer is None else [b"zPING\0"])


@pytest.mark.asyncio
async def test_where_no_scanner_is_configured_none_is_asked() -> None:
    assert await try_scanner(settings_with(scanner={}), SV) == []

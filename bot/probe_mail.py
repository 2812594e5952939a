"""Trying the ways of mail that a configuration names: does the relay let us in, and what may we do in each mailbox?"""

import asyncio

import aiosmtplib

from bot.channels.clamav import ClamAV, ClamAVSettings
from bot.channels.imap_folder import find_sent, select
from bot.channels.imap_session import close_session, open_session
from bot.channels.smtp_reply import AUTH_CLOSED, log_in
from bot.errors import KommunsvarError, OurFault, TryLater
from bot.mailbox import MailboxSettings, Trouble, plain_folder
from bot.mailbox_watch import trouble_in_words
from bot.transport import mailbox_of, relay_of
from config.check import Finding
from config.settings import Relay, Settings
from config.texts import Texts

_SECONDS = 30.0


async def try_relay(settings: Settings, texts: Texts) -> list[Finding]:
    """Return why the relay does not let us in, nothing if it does."""
    relay, t = settings.mail.relay, texts.t
    try:
        await _log_in(relay)
    except TryLater as error:
        if error.reason == AUTH_CLOSED:
            return [Finding(_closed(texts))]
        reason = t(trouble_in_words(error.reason)) if error.reason.startswith("oauth") else error.reason
    except (aiosmtplib.SMTPException, OSError, ValueError, KommunsvarError) as error:
        reason = f"{type(error).__name__} {relay.host}:{relay.port}"
    else:
        return []
    return [Finding(t("Servern för utgående mejl svarar inte som den ska: {reason}.", reason=reason))]


def _closed(texts: Texts) -> str:
    """Return what to do where the tenant does not let programs send."""
    return texts.t(
        "Microsoft 365 släpper inte igenom utgående mejl: inloggning för program (SMTP AUTH) är avstängd. "
        "Mejlen väntar hos oss. Inget försvinner. Be er it-avdelning slå på det för brevlådan, eller välj en "
        "annan server för utgående mejl. Skriv ut vad som behövs med: run_bot.py check --ask-it"
    )


async def _log_in(relay: Relay) -> None:
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.tls == "implicit",
        start_tls=relay.tls == "starttls",
        cert_bundle=str(relay.ca_file) if relay.ca_file else None,
        local_hostname=relay.hostname,
        timeout=min(relay.timeout_seconds, 10),
    )
    try:
        await client.connect()
        wanted = relay_of(relay)
        if wanted.username is not None:
            await client.ehlo()
            await log_in(client, wanted.username, wanted.password, wanted.access_token)
        await client.quit()
    finally:
        client.close()


async def try_scanner(settings: Settings, texts: Texts) -> list[Finding]:
    """Return whether the scanner of files is there, nothing where none is configured."""
    scanner = settings.mail.scanner
    if scanner.socket is None and not scanner.host:
        return []
    socket = str(scanner.socket) if scanner.socket else None
    try:
        await ClamAV(ClamAVSettings(socket=socket, host=scanner.host, port=scanner.port)).ping()
    except TryLater:
        return [
            Finding(
                texts.t("Viruskontrollen svarar inte (mail.scanner). Bifogade filer når er inte förrän den gör det.")
            )
        ]
    return [Finding(texts.t("Viruskontrollen svarar."), fault=False, fine=True)]


async def try_mailboxes(settings: Settings, texts: Texts) -> list[Finding]:
    """Return, for each mailbox, what does not work there, or what may be done; nothing is changed in it."""
    found: list[Finding] = []
    for box in settings.mail.mailboxes:
        try:
            async with asyncio.timeout(_SECONDS):
                found += await asyncio.to_thread(_look_into, mailbox_of(box), texts)
        except (TryLater, OurFault, ValueError, TimeoutError) as error:
            reason = texts.t(trouble_in_words(str(error)))
            text = texts.t("Brevlådan {mailbox} går inte att läsa: {reason}.", mailbox=box.id, reason=reason)
            found.append(Finding(text))
    return found


def _look_into(box: MailboxSettings, texts: Texts) -> list[Finding]:
    t = texts.t
    client = open_session(box)
    try:
        select(client, box.folder, read_only=True)
        offers = {name for name in ("IDLE", "MOVE", "UIDPLUS") if client.has_capability(name)}
        found = [Finding(t("Brevlådan {mailbox} går att läsa.", mailbox=box.id), fault=False, fine=True)]
        if "IDLE" not in offers:
            said = t("Brevlådan {mailbox} säger inte själv till om nya mejl. Vi tittar varje minut.", mailbox=box.id)
            found.append(Finding(said, fault=False))
        if box.after == "move" and not offers & {"MOVE", "UIDPLUS"}:
            said = t("Brevlådan {mailbox} kan inte flytta mejl. Sätt after till keep eller seen.", mailbox=box.id)
            found.append(Finding(said))
        sent = find_sent(client) if box.sent_folder == "" else None
        if box.sent_folder == "" and sent is None:
            said = t("Brevlådan {mailbox}: mappen för skickat hittades inte. Ange sent_folder.", mailbox=box.id)
            found.append(Finding(said))
        elif sent is not None and (box.reads(sent) or plain_folder(sent) == plain_folder(box.move_to)):
            reason = t(trouble_in_words(Trouble.SENT_FOLDER))
            said = t("Brevlådan {mailbox} går inte att läsa: {reason}.", mailbox=box.id, reason=reason)
            found.append(Finding(said))
        return found
    finally:
        close_session(client)

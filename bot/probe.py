"""Trying what a configuration names: does the database open, does the relay let us in?"""

import aiosmtplib

from bot.app import open_database
from bot.errors import KommunsvarError
from config.check import Finding
from config.settings import Settings, secret
from config.texts import Texts


async def probe(settings: Settings, texts: Texts) -> list[Finding]:
    """Return what does not work right now. Creates the database if it is not there yet; sends no mail."""
    found = []
    try:
        async with open_database(settings):
            pass
    except (KommunsvarError, OSError) as error:
        found.append(Finding(texts.t("Databasen går inte att öppna: {reason}.", reason=error)))
    reason = await _try_relay(settings)
    if reason:
        found.append(Finding(texts.t("Servern för utgående mejl svarar inte som den ska: {reason}.", reason=reason)))
    return found


async def _try_relay(settings: Settings) -> str:
    """Return why the relay does not let us in, empty if it does."""
    relay = settings.mail.relay
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
        if relay.auth == "password":
            await client.login(relay.username, secret(relay.password, relay.password_file))
        elif relay.auth == "xoauth2":
            await client.auth_xoauth2(relay.username, secret(relay.access_token, relay.access_token_file))
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return f"{type(error).__name__} {relay.host}:{relay.port}"
    finally:
        client.close()
    return ""

"""What is wrong with the settings of Telegram: the token, the webhook, the groups and the places."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings, secret
from config.telegram_settings import TelegramSettings
from config.texts import Texts

_TOKEN = re.compile(r"\d+:[\w-]+")
_WEBHOOK_SECRET = re.compile(r"[\w-]{1,256}", re.ASCII)


def telegram_faults(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give every fault of the settings of Telegram, each a sentence; a secret is never repeated."""
    t, telegram = texts.t, settings.telegram
    if telegram is None:
        for unit in settings.units:
            if unit.telegram_group:
                yield t("Enheten {unit}: telegram_group är angiven, men [telegram] saknas.", unit=unit.id)
        return
    yield from _token_faults(telegram, texts)
    yield from _webhook_faults(telegram, texts)
    for code, count in Counter(one.code for one in telegram.places).items():
        if count > 1:
            yield t("Två platser i [[telegram.places]] har samma kod: {code}.", code=code)


def _token_faults(telegram: TelegramSettings, texts: Texts) -> Iterator[str]:
    t, read = texts.t, _read(telegram.token, telegram.token_file)
    if read is None:
        yield t("telegram.token_file går inte att läsa: {file}.", file=telegram.token_file)
    elif not read:
        yield t("telegram.token_file saknas: lägg botens nyckel från BotFather i en fil och ange den.")
    elif _TOKEN.fullmatch(read) is None:
        yield t("Nyckeln i telegram.token_file ser inte ut som en nyckel från BotFather (siffror, kolon, tecken).")


def _webhook_faults(telegram: TelegramSettings, texts: Texts) -> Iterator[str]:
    t, webhook = texts.t, telegram.webhook
    if webhook is None:
        return
    read = _read(webhook.secret, webhook.secret_file)
    if read is None:
        yield t("telegram.webhook.secret_file går inte att läsa: {file}.", file=webhook.secret_file)
    elif _WEBHOOK_SECRET.fullmatch(read) is None:
        yield t("telegram.webhook.secret_file ska innehålla 1–256 bokstäver a–z, siffror, _ eller -.")
    if not telegram.api_url and not webhook.url.startswith("https://"):
        yield t("telegram.webhook.url ska börja med https://. Telegram skickar inte till annat.")


def _read(value: SecretStr, file: Path | None) -> str | None:
    """Return a secret, None if its file cannot be read."""
    try:
        return secret(value, file)
    except (OSError, UnicodeDecodeError):
        return None

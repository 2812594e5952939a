"""What is wrong with the settings of the telephone, and which exchange has not been heard of for long."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from config.phone_settings import PhoneSettings
from config.texts import Texts

QUIET = timedelta(weeks=2)
"""An exchange whose newest call is older than this has been forgotten."""


def phone_faults(phone: PhoneSettings, units: Collection[str], texts: Texts) -> list[str]:
    """Return what makes no sense, each in a sentence. `units`: the ids there are, those of the register included."""
    t, found = texts.t, []
    for one, count in Counter(source.id for source in phone.sources).items():
        if count > 1:
            found.append(t("{id} står två gånger i {section}.", id=one, section="[[phone.sources]]"))
    for source in phone.sources:
        found += [
            t("Växeln {source} hör till enheten {unit}, som inte finns.", source=source.id, unit=unit)
            for unit in sorted({source.unit, *source.queues.values()} - {"", *units})
        ]
    return found


def quiet_sources(phone: PhoneSettings, newest: Mapping[str, datetime], now: datetime, texts: Texts) -> list[str]:
    """Return a warning for each exchange in the settings without calls of the last two weeks.

    Args:
        phone: the settings.
        newest: the last call (UTC) of each exchange, as `bot.store.call_book.newest_calls` gives it.
        now: UTC.
        texts: the language.
    """
    t, found = texts.t, []
    for source in phone.sources:
        last = newest.get(source.id)
        if last is None:
            found.append(t("Inga samtal är inlästa från växeln {source}: {command}.",
                           source=source.id, command="run_bot.py phone import"))  # fmt: skip
        elif now - last > QUIET:
            day = last.astimezone(texts.zone).date().isoformat()
            found.append(t("Det senaste inlästa samtalet från växeln {source} är från {day}: {command}.",
                           source=source.id, day=day, command="run_bot.py phone import"))  # fmt: skip
    return found

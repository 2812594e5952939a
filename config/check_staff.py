"""What is wrong with who is told: shared mailboxes, on-call addresses and rotas in a configuration."""

from collections.abc import Iterator

from bot.office import Notify
from config.changes import inner_address_faults
from config.settings import Settings, UnitSettings
from config.texts import Texts


def notice_faults(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give every fault of where notices go, each a sentence."""
    for unit in settings.units:
        for field, address in (("staff_address", unit.staff_address), ("on_call", unit.on_call)):
            yield from _told(settings, texts, field, address)
        if unit.notify is Notify.ADDRESS and not unit.staff_address:
            yield texts.t("Enheten {unit}: notify är address, men staff_address saknas.", unit=unit.id)
        if unit.notify is Notify.GROUP and not (unit.telegram_group and settings.telegram):
            yield texts.t("Enheten {unit}: notify är group, men telegram_group eller [telegram] saknas.", unit=unit.id)
        yield from _rota_faults(settings, unit, texts)
    yield from _told(settings, texts, "on_call", settings.municipality.on_call)


def _told(settings: Settings, texts: Texts, field: str, address: str) -> Iterator[str]:
    yield from (fault.text for fault in inner_address_faults(texts, settings.units, field, address))


def _rota_faults(settings: Settings, unit: UnitSettings, texts: Texts) -> Iterator[str]:
    members = {officer.id for officer in settings.officers if unit.id in officer.units}
    for officer in sorted({one for day in unit.rota.days() for one in day} - members):
        yield texts.t("Enheten {unit}: {officer} står i rota men hör inte till enheten.", unit=unit.id, officer=officer)

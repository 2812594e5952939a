"""What the bot may do in a staff group, kept with the group; the administrator is told once of what it may not."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import ChatId, ChatKind
from bot.notices import queue_admin_mail
from bot.office import ChatRules, Office, Unit
from bot.store.chat_rows import GroupRow
from bot.store.database import Database
from bot.store.group_reading import group_row
from bot.store.group_records import look_at, look_at_all
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from config.texts import mark

MEMBER, ADMIN, TOPICS, PIN, DELETE, POST = "member", "admin", "topics", "pin", "delete", "post"
_PLAIN, _NO_GROUP = "plain", "no_group"

_MISSING = {
    MEMBER: mark("Boten är inte med i gruppen. Lägg till den, och gör den till administratör."),
    _NO_GROUP: mark("Numret hör inte till en grupp. Ange gruppens nummer för enheten."),
    _PLAIN: mark("Gruppen har inga ämnen. Slå på ämnen i gruppens inställningar, så får varje ärende ett eget."),
    ADMIN: mark("Boten är inte administratör i gruppen. Gör den till administratör."),
    TOPICS: mark("Boten får inte hantera ämnen. Ge den den rätten, så får varje ärende ett eget ämne."),
    PIN: mark("Boten får inte fästa meddelanden. Ge den den rätten."),
    DELETE: mark("Boten får inte ta bort meddelanden. Ge den den rätten, annars ligger avslutade ärenden kvar."),
    POST: mark("Boten får inte skriva i gruppen. Ge den rätten att skicka meddelanden och filer."),
}


def missing(kind: ChatKind, lacks: Collection[str]) -> frozenset[str]:
    """Return the codes of all that is not as it should be in a group."""
    if MEMBER in lacks:
        return frozenset({MEMBER})
    if kind not in {ChatKind.FORUM, ChatKind.GROUP}:
        return frozenset({_NO_GROUP})
    return frozenset(lacks) | ({_PLAIN} if kind is ChatKind.GROUP else set())


async def record_group(
    database: Database,
    office: Office,
    chat: ChatId,
    units: Sequence[Unit],
    found: GroupRow,
    *,
    silent: Collection[str],
    now: datetime,
) -> tuple[GroupRow, frozenset[str]]:
    """Keep how a group was found, and return it as it is kept, with the codes of what the administrator was told.

    Args:
        database: where it is kept.
        office: the municipality.
        chat: the group.
        units: whose group it is.
        found: its kind and what is lacking there now; the board is kept as it was.
        silent: codes of what the administrator was told lately.
        now: UTC.
    """
    keep = (office.chat or ChatRules()).keep_topics
    async with database.writing() as connection:
        before = await group_row(connection, chat)
        row = replace(before or found, unit=units[0].id, kind=found.kind, lacks=found.lacks)
        was = missing(before.kind, before.lacks) if before else frozenset()
        new = missing(row.kind, row.lacks) - was - frozenset(silent)
        ledger = await open_ledger(connection, Wanted(), now)
        if new:
            _tell_admin(ledger, office, units, new)
        ledger.book.set_group(row)
        await ledger.write(connection)
        await look_at(connection, chat, now - keep)
        if was - missing(row.kind, row.lacks):
            await look_at_all(connection, chat)
    return row, new


async def tell_moved(database: Database, office: Office, units: Sequence[Unit], new: ChatId, now: datetime) -> None:
    """Tell the administrator that a group has got another number."""
    t, names = office.texts.t, ", ".join(unit.name for unit in units)
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(), now)
        queue_admin_mail(
            ledger, office, t("Gruppen för {units} har fått ett nytt nummer", units=names),
            t("Telegram har gett gruppen för {units} ett nytt nummer: {number}. Vi använder det redan. "
              "Ärendena visas på nytt där.", units=names, number=new) + "\n",
        )  # fmt: skip
        await ledger.write(connection)


def _tell_admin(ledger: Ledger, office: Office, units: Sequence[Unit], codes: Collection[str]) -> None:
    t, names = office.texts.t, ", ".join(unit.name for unit in units)
    said = "\n".join(f"- {t(sentence)}" for code, sentence in _MISSING.items() if code in codes)
    queue_admin_mail(
        ledger, office, t("Gruppen i Telegram för {units} behöver ses över", units=names),
        t("Det här saknas i gruppen för {units}:", units=names) + f"\n\n{said}\n\n"
        + t("Inget går förlorat: allt går att sköta via e-post. Vi ser efter igen var tionde minut.")
        + "\n",
    )  # fmt: skip

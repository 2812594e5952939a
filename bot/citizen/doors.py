"""The right door for words that must not wait for a chat: told to the person first, before anything else."""

from collections.abc import Collection

from bot.citizen.visit import Visit
from bot.doors import doors_in
from bot.facts import CaseNumber, FactKind
from bot.office import Door
from config.texts import mark

_WORDS = {
    Door.DANGER: mark(
        "Är det fara för ditt eller någon annans liv? Ring 112 nu. Ingen läser den här chatten dygnet runt."
    ),
    Door.CHILD: mark(
        "Är ett barn i fara nu? Ring 112 och fråga efter socialjouren. "
        "Annars ringer du socialtjänsten i kommunen och gör en orosanmälan där. Vänta inte på svar här."
    ),
    Door.APPEAL: mark(
        "Ett överklagande måste vara skriftligt och komma in i tid. Hur och vart står i beslutet. "
        "Det du skriver här räknas kanske inte."
    ),
    Door.SECRECY: mark(
        "Har du skyddade personuppgifter? Skriv inte mer här. Ring oss i stället, så hittar vi ett säkert sätt."
    ),
}


def needed_doors(visit: Visit, text: str, case: CaseNumber | None = None, inquiry: int = 0) -> list[Door]:
    """Return the doors that a text's words need and that were not named in this inquiry before, the gravest first."""
    found = doors_in(text, visit.office.door_words)
    return [door for door in Door if door in found and door not in _named(visit, case, inquiry)]


def door_words(visit: Visit, doors: Collection[Door]) -> list[str]:
    """Return what the person is told, a paragraph for each door."""
    t, phone = visit.texts.t, visit.office.units[0].phone
    said = [t(_WORDS[door]) for door in doors]
    if phone and Door.SECRECY in doors:
        said.append(t("Telefon {phone}", phone=phone))
    return said


def _named(visit: Visit, case: CaseNumber | None, inquiry: int) -> set[str]:
    facts = visit.ledger.facts_of(case) if case is not None else ()
    return {str(fact.data.get("door")) for fact in facts if fact.kind is FactKind.REMINDED and fact.inquiry == inquiry}

"""The commands that a chat's service shows to whoever writes: citizens' in each language, the staff's in groups."""

from collections.abc import Mapping

from bot.chat import ChatId, Chats
from bot.office import Office
from config.texts import Texts, mark

CITIZENS: Mapping[str, str] = {
    "hjalp": mark("Öppettider och andra sätt att nå oss"),
    "status": mark("Dina frågor"),
    "nytt": mark("Skriv om något nytt"),
    "sprak": mark("Byt språk"),
    "personal": mark("Prata med en människa"),
    "epost": mark("Få svar med e-post i stället"),
    "personuppgifter": mark("Så hanterar vi det du skriver"),
    "radera": mark("Radera dina uppgifter"),
    "avbryt": mark("Avbryt det du håller på med"),
}

STAFF: Mapping[str, str] = {
    "ko": mark("Det som väntar"),
    "mina": mark("Dina ärenden"),
    "svar": mark("Svara den som frågar"),
    "sok": mark("Sök ärenden"),
    "telefon": mark("Logga ett samtal"),
    "historik": mark("Tidigare ärenden från samma person"),
    "borta": mark("Du är borta en tid"),
    "hjalp": mark("Alla kommandon"),
}


async def show_commands(chats: Chats, office: Office) -> None:
    """Have the commands shown: to citizens in every language they may choose, in units' groups in ours.

    Raises:
        TryLater, Refused: some are not shown.
    """
    rules = office.chat
    languages = rules.languages if rules else ()
    first = office.texts_in(languages[0]) if languages else office.texts
    await chats.set_commands(_in(CITIZENS, first))
    for language in languages:
        if len(language) == 2:  # the service knows languages by two letters only
            await chats.set_commands(_in(CITIZENS, office.texts_in(language)), language=language)
    for group in {unit.group for unit in office.units if unit.group}:
        await chats.set_commands(_in(STAFF, office.texts), group=ChatId(group))


def _in(commands: Mapping[str, str], texts: Texts) -> dict[str, str]:
    return {command: texts.t(words) for command, words in commands.items()}

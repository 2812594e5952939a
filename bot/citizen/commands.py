"""What a person can ask for at any time, with or without a slash, in any of our languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.case import read_number
from bot.chat import Rows
from bot.chat_buttons import Press, button
from bot.citizen import erasing, languages, moving, splitting, status
from bot.citizen.office_hours import answer_time, open_now, other_ways
from bot.citizen.question import close, said
from bot.citizen.starting import start
from bot.citizen.visit import Visit
from bot.citizen.which_case import want_new_no_more
from bot.desk.spelling import first_word
from bot.store.chat_rows import CodePurpose
from config.texts import mark


class Verb(StrEnum):
    """What can be asked for."""

    START = "start"
    HELP = "help"
    STATUS = "status"
    LANGUAGE = "language"
    PERSON = "person"
    PRIVACY = "privacy"
    ERASE = "erase"
    CANCEL = "cancel"
    NEW = "new"
    BY_MAIL = "mail"
    BY_CHAT = "chat"


_WORDS: Mapping[Verb, str] = {
    Verb.START: "start",
    Verb.HELP: "hjälp help apua ohje",
    Verb.STATUS: "status tila tilanne",
    Verb.LANGUAGE: "språk language kieli",
    Verb.PERSON: "personal människa staff human henkilökunta henkilo ihminen",
    Verb.PRIVACY: "personuppgifter privacy tietosuoja",
    Verb.ERASE: "radera erase delete poista",
    Verb.CANCEL: "avbryt cancel peruuta peru",
    Verb.NEW: "nytt new uusi",
    Verb.BY_MAIL: "epost e-post email e-mail sähköposti",
}
_VERBS = {said(word): verb for verb, words in _WORDS.items() for word in words.split()}
_LONGEST_BUTTON = 60
_BUTTONS: Mapping[str, Verb] = {
    mark("Visa mina frågor"): Verb.STATUS,
    mark("Visa läget"): Verb.STATUS,
    mark("Prata med en människa"): Verb.PERSON,
    mark("Personuppgifter"): Verb.PRIVACY,
    mark("Radera"): Verb.ERASE,
    mark("Ta bort"): Verb.ERASE,
    mark("Något nytt"): Verb.NEW,
    mark("Svar med e-post i stället"): Verb.BY_MAIL,
    mark("Svar här i chatten"): Verb.BY_CHAT,
}
"""What stands on buttons that may always be pressed, and works as typed words too."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked for, and the words behind it. `verb` None: a command that we do not know."""

    verb: Verb | None
    rest: str = ""


def read_command(text: str, *, slash_only: bool = False) -> Command | None:
    """Return the command a text is, None if it is none.

    With a slash, words may stand behind it; without, it must stand alone. `slash_only`: only the first counts.
    """
    text = text.strip()
    if not text.startswith("/"):
        verb = None if slash_only else _VERBS.get(said(text))
        return Command(verb) if verb else None
    word, rest = first_word(text[1:])
    return Command(_VERBS.get(word.partition("@")[0]), rest.strip())


def typed_button(visit: Visit, text: str) -> Command | None:
    """Return what a button asks for whose words are all that was written; None: no button.

    Only as the person reads them: what stands on a button in one language may be a question in another.
    """
    words = said(text) if len(text) <= _LONGEST_BUTTON else ""
    verb = next((verb for name, verb in _BUTTONS.items() if said(visit.texts.t(name)) == words), None)
    return None if verb is None else Command(verb)


def do(visit: Visit, verb: Verb, rest: str) -> bool:
    """Do what is asked for; return whether the words behind it were understood, so that they are no message."""
    if verb in _WITH_WORDS:
        return _WITH_WORDS[verb](visit, rest)
    _ALONE[verb](visit)
    return not rest


def command_lines(visit: Visit) -> list[str]:
    """Return the commands with what they do, a line each."""
    t = visit.texts.t
    return [
        t("/status – så går det med dina frågor"),
        t("/nytt – skriv om något nytt"),
        t("/epost – få svaret med e-post"),
        t("/personal – prata med en människa"),
        t("/sprak – byt språk"),
        t("/personuppgifter – så hanterar vi dina uppgifter"),
        t("/radera – ta bort kopplingen till dig"),
        t("/avbryt – avbryt det du håller på med"),
        t("/hjalp – det här"),
    ]


def help_(visit: Visit) -> None:
    """Say whether it is open now, how else we are reached, and what can be asked for."""
    t, office = visit.texts.t, visit.office
    visit.say(
        t("Skriv vad det gäller, så svarar en människa. Vid fara för liv: ring 112."),
        " ".join(filter(None, (open_now(office, visit.texts, visit.now), answer_time(office, visit.texts)))),
        "\n".join([t("Du når oss också så här:"), *other_ways(office, visit.texts)]),
        "\n".join([t("Det här kan du skriva, med eller utan snedstreck:"), *command_lines(visit)]),
        buttons=_ways(visit),
    )


def people(visit: Visit) -> None:
    """Say that people answer, when they are there, and how they are called."""
    t, office = visit.texts.t, visit.office
    visit.say(
        t("Allt du skriver här läses av människor, och det är de som svarar. Skriv bara."),
        open_now(office, visit.texts, visit.now),
        "\n".join([t("Vill du hellre prata? Så når du oss:"), *other_ways(office, visit.texts)]),
    )


def privacy(visit: Visit) -> None:
    """Say what is kept of the person, by whom, and what can be done about it."""
    t, office = visit.texts.t, visit.office
    visit.say(
        t("Det du skriver till {municipality} blir en allmän handling. Vi sparar det, dina filer och tiden, ditt "
          "språk och ett nummer för den här chatten. Ditt namn och användarnamn följer med från Telegram. Det tar vi "
          "bort inom några dagar. Din bild sparar vi inte.",
          municipality=office.name),
        t("Telegram är ett företag utanför EU. Det kan läsa det som skrivs här, och det ligger kvar hos dem tills du "
          "tar bort det. Tar du bort något i appen får vi inte veta det."),
        t("Vill du inte det? Skriv med e-post till {address} eller ring i stället.", address=office.units[0].address),
        t("Skriv /radera för att ta bort kopplingen mellan chatten och det du har skrivit till oss. Chattens nummer är "
          "borta efter tre dygn. Det du har skrivit och våra svar är kvar, för så säger arkivlagen."),
        office.privacy_in(visit.texts.language),
        buttons=((button(t("Radera"), Press.ERASE),),),
    )  # fmt: skip


def cancel(visit: Visit) -> None:
    """Leave whatever was begun."""
    t, book = visit.texts.t, visit.ledger.book
    begun = book.dialogue(visit.chat, visit.user) is not None
    close(visit)
    book.drop_code(CodePurpose.MOVE, str(visit.chat))
    begun = want_new_no_more(visit) or begun
    visit.say(t("Avbrutet. Skriv när du vill.") if begun else t("Du håller inte på med något. Skriv när du vill."))


def _status(visit: Visit, rest: str) -> bool:
    number = read_number(rest) if rest else None
    if number is None:
        status.show_all(visit)
        return not rest
    status.show_one(visit, number)
    return True


def _language(visit: Visit, rest: str) -> bool:
    code = languages.language_named(visit, rest) if rest else None
    if code is None:
        languages.ask_language(visit)
        return not rest
    languages.choose(visit, code)
    return True


def _by_chat(visit: Visit) -> None:
    if not moving.back(visit):
        status.show_all(visit)


def _ways(visit: Visit) -> Rows:
    t = visit.texts.t
    return (
        (button(t("Visa mina frågor"), Press.STATUS), button(t("Personuppgifter"), Press.PRIVACY)),
        (button(t("Prata med en människa"), Press.PERSON),),
    )


_WITH_WORDS: Mapping[Verb, Callable[[Visit, str], bool]] = {
    Verb.START: start,
    Verb.STATUS: _status,
    Verb.LANGUAGE: _language,
    Verb.BY_MAIL: moving.begin,
}
_ALONE: Mapping[Verb, Callable[[Visit], None]] = {
    Verb.NEW: splitting.ask_for_new,
    Verb.HELP: help_,
    Verb.PERSON: people,
    Verb.PRIVACY: privacy,
    Verb.ERASE: erasing.ask_to_erase,
    Verb.CANCEL: cancel,
    Verb.BY_CHAT: _by_chat,
}

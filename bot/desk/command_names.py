"""What the commands are called, in Swedish, English and Finnish. Pure."""

import difflib
from enum import StrEnum

from bot.desk.spelling import first_phrase, first_word, fold, visible
from config.texts import mark


class Verb(StrEnum):
    """A command, whatever it is called."""

    ANSWER = "answer"
    CANNED_ANSWER = "canned_answer"
    HOLD = "hold"
    SPOKEN = "spoken"
    ELSEWHERE = "elsewhere"
    TAKE = "take"
    GIVE_BACK = "give_back"
    TRANSFER = "transfer"
    NOTE = "note"
    KIND = "kind"
    VIEWPOINT = "viewpoint"
    FAULT = "fault"
    TOPIC = "topic"
    SECRET = "secret"  # noqa: S105 -- a mark, no password
    DIARY = "diary"
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    MERGE = "merge"
    UNDO = "undo"
    LEAVE_OUT = "leave_out"
    CLOSE = "close"
    REOPEN = "reopen"
    OUTCOME = "outcome"
    SHOW_NUMBERS = "show_numbers"
    SHOW_ALL = "show_all"
    SHOW = "show"
    JOURNAL = "journal"
    HISTORY = "history"
    SIMILAR = "similar"
    WHO_SAW = "who_saw"
    QUEUE = "queue"
    MINE = "mine"
    SEARCH = "search"
    PHONE = "phone"
    VISIT = "visit"
    AWAY = "away"
    BACK = "back"
    CANNED_LIST = "canned_list"
    CANNED_SHOW = "canned_show"
    SAVE_CANNED = "save_canned"
    END_CANNED = "end_canned"
    LEFT_OUT = "left_out"
    PROMISES = "promises"
    HELP = "help"


NAMES: dict[Verb, tuple[str, ...]] = {
    Verb.ANSWER: (mark("/svar"), "/answer", "/vastaus"),
    Verb.CANNED_ANSWER: (mark("/mall"), "/template", "/malli"),
    Verb.HOLD: (mark("/delbesked"), "/holding notice", "/holding", "/väliaikatieto"),
    Verb.SPOKEN: (mark("/ringt"), "/called", "/soitettu"),
    Verb.ELSEWHERE: (mark("/besvarat"), "/answered", "/vastattu"),
    Verb.TAKE: (mark("/ta"), "/take", "/ota"),
    Verb.GIVE_BACK: (mark("/släpp"), "/give back", "/vapauta"),
    Verb.TRANSFER: (mark("/lämna"), "/transfer", "/siirrä"),
    Verb.NOTE: (mark("/anteckning"), "/note", "/muistiinpano"),
    Verb.KIND: (mark("/slag"), "/kind", "/laji"),
    Verb.VIEWPOINT: (mark("/synpunkt"), "/viewpoint", "/mielipide"),
    Verb.FAULT: (mark("/felanmälan"), "/fault report", "/fault", "/vikailmoitus"),
    Verb.TOPIC: (mark("/ämne"), "/topic", "/aihe"),
    Verb.SECRET: (mark("/sekretess"), "/secrecy", "/secret", "/salassapito", "/salainen"),
    Verb.DIARY: (mark("/diarieför"), "/register", "/diaarioi", "/kirjaa"),
    Verb.LANGUAGE: (mark("/språk"), "/language", "/kieli"),
    Verb.INTERPRETER: (mark("/tolk"), "/interpreter", "/tulkki"),
    Verb.MERGE: (mark("/slå ihop"), "/merge", "/yhdistä"),
    Verb.UNDO: (mark("/ångra"), "/undo", "/peru"),
    Verb.LEAVE_OUT: (mark("/utan svar"), "/no answer", "/ilman vastausta"),
    Verb.CLOSE: (mark("/avsluta"), "/close", "/sulje"),
    Verb.REOPEN: (mark("/öppna"), "/reopen", "/open", "/avaa"),
    Verb.OUTCOME: (mark("/utfall"), "/outcome", "/tulos"),
    Verb.SHOW_NUMBERS: (mark("/visa nummer"), "/show numbers", "/näytä numerot"),
    Verb.SHOW_ALL: (mark("/visa allt"), "/show all", "/näytä kaikki"),
    Verb.SHOW: (mark("/visa"), "/show", "/näytä"),
    Verb.JOURNAL: (mark("/allt"), "/all", "/kaikki"),
    Verb.HISTORY: (mark("/historik"), "/history", "/historia"),
    Verb.SIMILAR: (mark("/liknande"), "/similar", "/samankaltaiset"),
    Verb.WHO_SAW: (mark("/vem"), "/who", "/kuka"),
    Verb.QUEUE: (mark("/kö"), "/queue", "/jono"),
    Verb.MINE: (mark("/mina"), "/mine", "/omat"),
    Verb.SEARCH: (mark("/sök"), "/search", "/hae"),
    Verb.PHONE: (mark("/telefon"), "/phone", "/puhelin"),
    Verb.VISIT: (mark("/besök"), "/visit", "/käynti"),
    Verb.AWAY: (mark("/borta"), "/away", "/poissa"),
    Verb.BACK: (mark("/tillbaka"), "/back", "/takaisin"),
    Verb.CANNED_LIST: (mark("/mallar"), "/templates", "/mallit"),
    Verb.CANNED_SHOW: (mark("/mall visa"), "/template show", "/malli näytä"),
    Verb.SAVE_CANNED: (mark("/mall spara"), "/template save", "/malli tallenna"),
    Verb.END_CANNED: (mark("/mall ta bort"), "/template remove", "/malli poista"),
    Verb.LEFT_OUT: (mark("/utelämnade"), "/left out", "/pois jätetyt"),
    Verb.PROMISES: (mark("/löften"), "/promises", "/lupaukset"),
    Verb.HELP: (mark("/hjälp"), "/help", "/apua", "/ohje"),
}
"""The names of each command, the Swedish one first: it is the one that is translated and shown."""

_VERBS = {fold(name): verb for verb, names in NAMES.items() for name in names}

NEAR = 0.6
"""How alike (0–1) a misspelt name and a command's must be for the command to be offered."""
VERY_NEAR = 0.8
"""How alike a word below plain text and a command's name must be for the text to be held back."""


def named(line: str) -> tuple[Verb | None, str]:
    """Return the command a line begins with, None if there is none by that name, and what stands after the name."""
    return first_phrase(visible(line), _VERBS)


def nearest(line: str, likeness: float = NEAR) -> str:
    """Return the Swedish name, to be translated, of the command a line probably means; empty if none comes near."""
    said, rest = first_word(visible(line))
    if said == "/":
        word, rest = first_word(rest)
        said += word
    best, like = "", likeness
    for _ in range(3):
        for name in difflib.get_close_matches(said, _VERBS, n=1, cutoff=like):
            ratio = difflib.SequenceMatcher(None, name, said).ratio()
            if ratio > like or not best:
                best, like = NAMES[_VERBS[name]][0], ratio
        word, rest = first_word(rest)
        if not word:
            break
        said += f" {word}"
    return best

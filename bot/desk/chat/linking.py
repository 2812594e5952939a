"""Who an officer is in a chat: proved once, by a code that is sent to the work address."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.chat import ChatId, EventKind, Form, Rows, UserId
from bot.chat_arrival import ChatArrival
from bot.chat_buttons import read_press
from bot.desk.chat.pages import home_rows
from bot.desk.chat.presses import STAFF_ONLY
from bot.desk.command_names import Verb, named
from bot.desk.spelling import first_word, fold, folded
from bot.facts import OfficerId, from_micros, to_micros
from bot.office import Office, Officer
from bot.posts import Rank, queue_post
from bot.store.chat_rows import CodePurpose, CodeRow
from bot.store.ledger import Ledger
from bot.store.rows import InboxState, MailKind, OutgoingMail

Below = Callable[[int], int]
"""Draws a random number below the one given."""

CODE_LASTS = timedelta(minutes=30)
MOST_TRIES = 5
CODES_AN_HOUR = 3

_ABOUT = "anslut"
_ANYBODYS = {None, Verb.HELP, Verb.LANGUAGE}
"""Commands that are the staff's and citizens' alike, or nobody's."""
_LINK = folded({"/anslut": True, "/connect": True, "/liity": True})
_UNLINK = folded({"/koppla ifrån": True, "/disconnect": True, "/irrota": True})
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_CODE = re.compile(r"(\d{3})\s?(\d{3})")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class _Linking:
    """How far somebody is: when an address was asked for, 0: never, and when codes were sent (microseconds UTC)."""

    asked: int = 0
    sent: tuple[int, ...] = ()


def wants_link(text: str) -> str | None:
    """Return what stands behind a wish to be linked, as an address; None if a text is no such wish."""
    word, rest = first_word(text[:_LONGEST])
    if word in _LINK:
        return rest.strip()
    if word == "/start" and fold(rest).strip() in {_ABOUT, "connect"}:
        return ""
    return rest.strip() if word == _ABOUT and _ADDRESS.fullmatch(rest.strip()) else None


def wants_unlink(text: str) -> bool:
    """Tell whether a text asks to be linked no longer."""
    return " ".join(fold(text[:_LONGEST]).split()) in _UNLINK


def take_stranger(ledger: Ledger, office: Office, arrival: ChatArrival, below: Below) -> bool:
    """Take what somebody does who wants to prove to be an officer; False: it is nothing of that, untouched."""
    event = arrival.event
    if event.kind is EventKind.PRESS:
        taken = _take_press(ledger, office, arrival)
    else:
        taken = event.kind is EventKind.MESSAGE and _take_text(ledger, office, arrival, below)
    if taken:
        ledger.settle(arrival.inbox, InboxState.DONE, "linking")
    return taken


def how_to_link(office: Office) -> str:
    """Return what is told to somebody in a group whom we do not know."""
    return office.texts.t(
        "Jag vet inte vem du är. Svarar du på frågor här? Skriv /anslut i en egen chatt med mig. Inget har gjorts."
    )


def greet(ledger: Ledger, office: Office, chat: ChatId, officer: Officer) -> None:
    """Tell an officer what can be done here."""
    t = office.texts.t
    words = "\n\n".join([
        t("Hej {name}! Du är ansluten som handläggare.", name=officer.name),
        t("Tryck på en knapp, eller skriv ett kommando: /kö, /mina, /sök ord, /visa K-…, /telefon, /borta, /hjälp."),
        t("Det du skriver här går bara till någon när du har tryckt Svara, skrivit och tryckt Skicka."),
        t("Vill du inte vara ansluten längre? Skriv /koppla ifrån."),
    ])  # fmt: skip
    _say(ledger, chat, words, home_rows(office.texts))


def unlink(ledger: Ledger, user: UserId, words: str) -> None:
    """Let a user be nobody of the staff any more, and tell them why in their private chat."""
    linked = ledger.book.links.get(user)
    if linked is None:
        return
    ledger.book.unlink(user)
    _say(ledger, linked[1], words)


def _take_press(ledger: Ledger, office: Office, arrival: ChatArrival) -> bool:
    pressed = read_press(arrival.event.data)
    if pressed is None or pressed.act not in STAFF_ONLY:
        return False
    words = office.texts.t("Du är inte ansluten som handläggare. Skriv /anslut.")
    ledger.book.answer_press(arrival.event.press, words, aloud=True)
    return True


def _take_text(ledger: Ledger, office: Office, arrival: ChatArrival, below: Below) -> bool:
    text = arrival.event.text.strip()
    wish, known = wants_link(text), _state(ledger, arrival)
    code = _CODE.fullmatch(wish or text)
    waits = ledger.book.code(CodePurpose.OFFICER, str(arrival.event.user)) is not None
    if code is not None and (wish or waits):
        _try(ledger, office, arrival, code[1] + code[2])
    elif wish is not None:
        _begin(ledger, office, arrival, wish, below)
    elif ledger.now - from_micros(known.asked) < CODE_LASTS and _ADDRESS.fullmatch(text):
        _begin(ledger, office, arrival, text, below)
    elif text.startswith("/") and named(text)[0] not in _ANYBODYS:
        # An officer who is not linked (any more): it must not become a citizen's question.
        _say(ledger, arrival.event.chat, office.texts.t("Du är inte ansluten som handläggare. Skriv /anslut."))
    else:
        return False
    return True


def _begin(ledger: Ledger, office: Office, arrival: ChatArrival, address: str, below: Below) -> None:
    """Send a code, if it is an officer's address; the words here are the same for every address."""
    t, now, chat = office.texts.t, ledger.now, arrival.event.chat
    sent = tuple(at for at in _state(ledger, arrival).sent if now - from_micros(at) < timedelta(hours=1))
    if not _ADDRESS.fullmatch(address):
        _keep(ledger, arrival, _Linking(asked=to_micros(now), sent=sent))
        _say(ledger, chat, t("Vilken är din e-postadress på jobbet? Skriv den här, så skickar vi en kod dit."))
        return
    if len(sent) >= CODES_AN_HOUR:
        _say(ledger, chat, t("Du har bett om flera koder den senaste timmen. Vänta en stund och försök igen."))
        return
    officer = office.officer_at(address.lower())
    holder, code = str(arrival.event.user), f"{below(10**6):06d}"
    ledger.book.set_code(
        CodeRow(
            purpose=CodePurpose.OFFICER,
            holder=holder,
            target=officer.id if officer else "",
            digest=office.tokens.code_digest(CodePurpose.OFFICER, holder, code),
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    _keep(ledger, arrival, _Linking(sent=(*sent, to_micros(now))))
    if officer is not None:
        _mail_code(ledger, office, officer, code)
    _say(
        ledger, chat,
        t("Om det är en handläggares adress har vi skickat en kod dit. Skriv koden här inom 30 minuter."),
    )  # fmt: skip


def _mail_code(ledger: Ledger, office: Office, officer: Officer, code: str) -> None:
    t, unit = office.texts.t, office.units[0]
    text = "\n\n".join([
        t("Hej!"),
        t("Din kod är {code}. Skriv den i chatten i Telegram inom 30 minuter.", code=f"{code[:3]} {code[3:]}"),
        t("Var det inte du som bad om den? Lämna den inte till någon, och säg till din administratör."),
    ])  # fmt: skip
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.CODE, case=None, officer=officer.id, to_addr=officer.email,
            to_name=officer.name, from_addr=unit.address, from_name=office.name,
            subject=t("Kod för att svara i Telegram"), text=text + "\n",
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]), created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip


def _try(ledger: Ledger, office: Office, arrival: ChatArrival, code: str) -> None:
    t, chat, holder = office.texts.t, arrival.event.chat, str(arrival.event.user)
    row = ledger.book.code(CodePurpose.OFFICER, holder)
    if row is None or row.expires_at <= ledger.now:
        ledger.book.drop_code(CodePurpose.OFFICER, holder)
        _say(ledger, chat, t("Koden gäller inte längre. Skriv /anslut, så får du en ny."))
        return
    officer = office.officer(OfficerId(row.target))
    digest = office.tokens.code_digest(CodePurpose.OFFICER, holder, code)
    if officer is not None and hmac.compare_digest(digest, row.digest):
        _link(ledger, office, arrival, officer)
    elif row.tries + 1 >= MOST_TRIES:
        ledger.book.drop_code(CodePurpose.OFFICER, holder)
        _say(ledger, chat, t("Koden stämmer inte, och det var sista försöket. Skriv /anslut, så får du en ny."))
    else:
        ledger.book.set_code(_tried(row))
        _say(ledger, chat, t("Koden stämmer inte. Läs den en gång till och skriv den igen."))


def _tried(row: CodeRow) -> CodeRow:
    return CodeRow(
        purpose=row.purpose, holder=row.holder, target=row.target, digest=row.digest, created_at=row.created_at,
        expires_at=row.expires_at, tries=row.tries + 1,
    )  # fmt: skip


def _link(ledger: Ledger, office: Office, arrival: ChatArrival, officer: Officer) -> None:
    event, book = arrival.event, ledger.book
    before = book.user_of(officer.id)
    book.drop_code(CodePurpose.OFFICER, str(event.user))
    book.end_dialogue(event.chat, event.user, _ABOUT)
    book.link(event.user, officer.id, event.chat)
    if before is not None and before[0] != event.user:
        words = office.texts.t(
            "Ett annat konto är nu anslutet som {name}. Var det inte du? Säg till din administratör genast.",
            name=officer.name,
        )
        _say(ledger, before[1], words)
    greet(ledger, office, event.chat, officer)


def _say(ledger: Ledger, chat: ChatId, words: str, rows: Rows = ()) -> None:
    queue_post(ledger, chat, words, form=Form(buttons=rows), rank=Rank.OWN_ACT)


def _state(ledger: Ledger, arrival: ChatArrival) -> _Linking:
    state = ledger.book.dialogue(arrival.event.chat, arrival.event.user, _ABOUT) or {}
    return _Linking(asked=int(state.get("asked", 0)), sent=tuple(int(at) for at in state.get("sent", ())))


def _keep(ledger: Ledger, arrival: ChatArrival, linking: _Linking) -> None:
    state = {"asked": linking.asked, "sent": list(linking.sent)}
    ledger.book.set_dialogue(arrival.event.chat, arrival.event.user, state, _ABOUT)

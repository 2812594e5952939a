"""What a person gets when a message was stored: one message, with all there is to say about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.arrival import Arrival
from bot.chat import Button, Form, Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, Words, bold, lines, link, plain
from bot.citizen import first_words
from bot.citizen.content import left_out, map_link, spot_words
from bot.citizen.kinds import kind_buttons, kind_lines
from bot.citizen.office_hours import closed_now
from bot.citizen.question import Ask, ask, asked
from bot.citizen.removing import remove_button
from bot.citizen.visit import Visit
from bot.facts import CaseNumber, MessageId, OutboxId, from_micros, to_micros
from bot.guard import holds_number
from bot.posts import Rank, queue_post
from bot.store.rows import MailKind
from bot.taking_in import Taken

LINE_EVERY = timedelta(minutes=10)
"""What joins a waiting message is told of in words at most so often."""
WAITS_EVERY = timedelta(minutes=1)
"""So often at most, that an address or a code is waited for."""

SEEN = "👀"
"""Set on what joined; never the only sign that it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to say beside the receipt. `first`: paragraphs that go before it, `then` after it."""

    first: tuple[str, ...] = ()
    then: tuple[Words, ...] = ()
    removable: bool = False
    """The message holds a number that is better taken out of the chat."""


def remarks(visit: Visit, arrival: Arrival, *, first: tuple[str, ...] = (), more: str = "") -> Told:
    """Return what the person should know about how this message was taken in; `more` is one thing to add."""
    t, event = visit.texts.t, visit.event
    names = "\n".join(file.name for file in arrival.inbound.files)
    hidden = holds_number(arrival.inbound.text) or holds_number(names)
    said: list[Words] = []
    if hidden:
        said.append(t("Det står ett personnummer eller kortnummer i ditt meddelande. Vi döljer det för dem som läser. "
                      "Du kan ta bort meddelandet ur chatten."))  # fmt: skip
    said += [*_about_files(visit, arrival), *_about_spot(visit)]
    if event.given:
        said.append(t("Vi har sparat kontaktuppgifterna du delade, så att den som svarar kan nå dig."))
    if event.unsupported:
        said.append(t("Något av det du skickade går inte att ta emot här. Beskriv det gärna med ord."))
    return Told(first=first, then=(*said, *([more] if more else [])), removable=hidden)


def _about_files(visit: Visit, arrival: Arrival) -> list[str]:
    """Return which files do not come along, and what to do about it."""
    n, address, said = visit.texts.n, visit.office.units[0].address, list[str]()
    big, others = left_out(arrival.inbound.files)
    if big:
        said.append(n("{count} fil är större än 20 MB och går inte att hämta härifrån. Skicka den gärna med e-post "
                      "till {address}.",
                      "{count} filer är större än 20 MB och går inte att hämta härifrån. Skicka dem gärna med e-post "
                      "till {address}.", big, address=address))  # fmt: skip
    if others:
        said.append(n("{count} fil kunde vi inte ta emot, för du har skickat många i dag. Kontakta oss på {address}.",
                      "{count} filer kunde vi inte ta emot, för du har skickat många i dag. Kontakta oss på {address}.",
                      others, address=address))  # fmt: skip
    return said


def _about_spot(visit: Visit) -> list[Words]:
    t, spot = visit.texts.t, visit.event.spot
    if spot is None:
        return []
    place = plain(t("Platsen du skickade: {place}.", place=spot_words(spot)))
    live = t("Vi har sparat den första platsen. Du kan sluta dela din plats nu.")
    return [lines(place, link(t("Visa på karta"), map_link(spot))), *([live] if spot.live else [])]


def receipt(visit: Visit, taken: Taken, told: Told, *, went_on: bool, due_at: datetime | None = None) -> OutboxId:
    """Queue the receipt of what opened an inquiry; at first contact with the first words below it.

    `went_on`: we have taken it for more about a case that was answered or closed, which the person may correct.
    """
    t, case = visit.texts.t, taken.case
    asks = [Ask.KIND, *([Ask.SPLIT] if went_on else []), *([Ask.REMOVE] if told.removable else [])]
    begins = _greeting(visit, taken)
    words: list[Words] = [*told.first, begins, *told.then]
    if went_on:
        words.append(t("Vi har lagt det i {number}, där du har skrivit förut. Gäller det något nytt? Tryck eller "
                       "skriv ”Det gäller något nytt”.", number=case))  # fmt: skip
    words.append(kind_lines(visit, case))
    above = _above(visit, taken, told, went_on=went_on)
    buttons: Rows = (*above, *kind_buttons(visit, case))
    if not first_words.was_told(visit):
        asks.append(Ask.LANGUAGE)
        words += [first_words.about_us(visit), first_words.language_line(visit, numbered=False)]
        buttons = (*buttons, *first_words.language_buttons(visit))
        first_words.mark_told(visit)
    ask(visit, *asks, case=case, inquiry=taken.inquiry, removable=(visit.event.post, taken.message))
    return visit.say(
        *words, buttons=buttons, case=case, inquiry=taken.inquiry, kind=MailKind.ACKNOWLEDGEMENT, due_at=due_at
    )


def thanked(visit: Visit, taken: Taken) -> OutboxId:
    """Queue the receipt of a mere thank-you after an answer: no promise, nothing to choose."""
    words = visit.texts.t("Tack för att du hörde av dig. Vill du något mer är det bara att skriva.")
    return visit.say(words, case=taken.case, inquiry=taken.inquiry, kind=MailKind.ACKNOWLEDGEMENT)


def joined(visit: Visit, case: CaseNumber, message: MessageId, told: Told) -> None:
    """Show that a message joined what waits: a sign on it, and now and then, or where needed, words."""
    reaction = Form(reacts=SEEN, reply_to=visit.event.post)
    queue_post(visit.ledger, visit.chat, form=reaction, rank=Rank.CITIZEN)
    words: list[Words] = [*told.first]
    due, waiting = _is_due(visit, case, "line", LINE_EVERY), _waits_for(visit, case)
    if waiting:
        words.append(waiting)
    elif due or told.then:
        words.append(visit.texts.t("Tack, vi har lagt till det i {number}.", number=case))
    words += told.then
    if not first_words.was_told(visit):
        words.append(first_words.about_us(visit))
        first_words.mark_told(visit)
    if words:
        buttons: Rows = ((remove_button(visit, case, message),),) if told.removable else ()
        visit.say(*words, buttons=buttons, case=case)
    if told.removable:
        open_ = asked(visit)
        before = open_ if open_ and open_.case == case else None
        ask(visit, Ask.REMOVE, *(before.asks if before else ()), case=case, inquiry=before.inquiry if before else 0,
            removable=(visit.event.post, message))  # fmt: skip


def _greeting(visit: Visit, taken: Taken) -> Html:
    t, texts = visit.texts.t, visit.texts
    return lines(
        bold(t("Tack. Ditt meddelande har nummer {number}.", number=taken.case)),
        plain(t("Det går till {unit}, {municipality}.", unit=taken.unit.name, municipality=visit.office.name)),
        plain(t("Svar senast {day}, här i chatten.", day=texts.day(taken.promised))),
        # The first words tell the hours themselves.
        plain(closed_now(visit.office, texts, visit.now) if first_words.was_told(visit) else ""),
        plain(t("Du kan lägga till mer genom att skriva.")),
    )


def _above(visit: Visit, taken: Taken, told: Told, *, went_on: bool) -> Rows:
    """Return the buttons of the receipt itself, one in a row where their words are long."""
    t, case = visit.texts.t, taken.case
    rows: list[tuple[Button, ...]] = []
    if told.removable:
        rows.append((remove_button(visit, case, taken.message),))
    if went_on:
        rows.append((button(t("Det gäller något nytt"), Press.NEW_CASE, case, str(taken.inquiry)),))
    rows.append((button(t("Visa läget"), Press.STATUS, case), button(t("Ta bort"), Press.ERASE)))
    rows.append((button(t("Svar med e-post i stället"), Press.BY_MAIL, case),))
    return tuple(rows)


def _waits_for(visit: Visit, case: CaseNumber) -> str:
    """Return what is said where an address or a code was asked for and this is none; empty, or said lately: nothing."""
    question, t = asked(visit), visit.texts.t
    asks = question.asks & {Ask.CODE, Ask.ADDRESS} if question is not None else frozenset[Ask]()
    what = Ask.CODE if Ask.CODE in asks else Ask.ADDRESS
    if not asks or not _is_due(visit, case, what.value, WAITS_EVERY):
        return ""
    if what is Ask.CODE:
        return t("Vi har lagt till det i {number}. Vi väntar också på koden: skriv de sex siffrorna här, eller "
                 "skriv /avbryt.", number=case)  # fmt: skip
    return t("Vi har lagt till det i {number}. Vi väntar också på din e-postadress: skriv bara den, eller "
             "skriv /avbryt.", number=case)  # fmt: skip


def _is_due(visit: Visit, case: CaseNumber, what: str, every: timedelta) -> bool:
    """Tell whether something was not said in a case for so long, and remember that it is said now."""
    state = dict(visit.ledger.book.dialogue(visit.chat, visit.user, case) or {})
    if what in state and visit.now - from_micros(state[what]) < every:
        return False
    visit.ledger.book.set_dialogue(visit.chat, visit.user, {**state, what: to_micros(visit.now)}, case)
    return True

"""Taking in what a person writes: stored first, in exactly one case; then one message that says so."""

from dataclasses import replace

from bot.arrival import Arrival
from bot.case import follow_merged
from bot.chat import chat_address
from bot.citizen import albums, pace
from bot.citizen.content import as_arrival
from bot.citizen.doors import door_words, needed_doors
from bot.citizen.languages import mark_language
from bot.citizen.question import Ask, asked, close
from bot.citizen.receipts import joined, receipt, remarks, thanked
from bot.citizen.visit import Visit, own_case
from bot.citizen.which_case import Choice, Why, choose_case, want_new_no_more
from bot.doors import doors_in, queue_alert
from bot.facts import CaseNumber
from bot.inquiry import fold_inquiries, next_inquiry
from bot.office import Door
from bot.store.rows import StoredMessage
from bot.taking_in import Taken, take_in, tell_staff
from bot.thanks import is_thanks


def take_content(
    visit: Visit, *, text: str | None = None, new: bool = False, more: str = "", case: CaseNumber | None = None
) -> str:
    """Take in what the person wrote, and return the number of its case.

    `text` stands for its own words, `new`: it opens a case, `more`: one thing to say about it, `case`: of which of the
    person's own it is known to be.
    """
    if asked(visit) is not None:
        close(visit, Ask.ERASE)
    first = albums.first_part(visit) if visit.event.album else None
    if first is not None:
        return albums.join(visit, first) or _apart(visit, first)
    own = own_case(visit, case) if case is not None else None
    choice = Choice(None, Why.WANTED_NEW) if new else Choice(own, Why.REPLIES) if own else _choice(visit)
    arrival = as_arrival(visit, text)
    thanks = choice.why is not Why.FIRST and _is_thanks_after(visit, choice, arrival.inbound.text)
    doors = _doors(visit, choice.case, arrival)
    taken = store(visit, arrival, choice.case)
    told = remarks(visit, taken.arrival, first=tuple(door_words(visit, doors)), more=more)
    if pace.writes_fast(visit):
        _only_alert(visit, taken)
        pace.say_that_it_is_much(visit)
        if told.first:
            visit.say(*told.first, case=taken.case)
        return taken.case
    tell_staff(visit.ledger, visit.office, taken)
    outbox = None
    if taken.opens and thanks:
        thanked(visit, taken)
    elif taken.opens:
        due_at = visit.now + albums.AFTER_PART if visit.event.album else None
        outbox = receipt(visit, taken, told, went_on=choice.why is Why.RECENT, due_at=due_at)
    else:
        joined(visit, taken.case, taken.message, told)
    if visit.event.album:
        albums.begin(visit, taken.message, outbox, parts=len(arrival.inbound.files), words=bool(arrival.inbound.text))
    return taken.case


def _apart(visit: Visit, first: StoredMessage) -> CaseNumber:
    """Store a part of an album as a message of its own, silently, beside the first one."""
    arrival = as_arrival(visit)
    case = follow_merged(visit.ledger.facts_of, first.case)
    doors = _doors(visit, case, arrival)
    taken = store(visit, arrival, case)
    tell_staff(visit.ledger, visit.office, taken)
    told = remarks(visit, taken.arrival, first=tuple(door_words(visit, doors)))
    if told.first or told.then:
        visit.say(*told.first, *told.then, case=taken.case)
    return taken.case


def store(visit: Visit, arrival: Arrival, case: CaseNumber | None) -> Taken:
    """Store the message in its case, or (None) in a new one; the place whose link led here is told with it, once."""
    sender = visit.ledger.address(chat_address(visit.chat), "")
    row = visit.row
    taken = take_in(
        visit.ledger, visit.office, arrival, case, sender, post=visit.event.post, album=visit.event.album,
        place=row.place,
    )  # fmt: skip
    if row.place:
        visit.ledger.book.set_chat(replace(row, place=""))
    mark_language(visit, taken.case)
    return taken


def _choice(visit: Visit) -> Choice:
    choice = choose_case(visit)
    if choice.why is Why.WANTED_NEW:
        want_new_no_more(visit)
    return choice


def _doors(visit: Visit, case: CaseNumber | None, arrival: Arrival) -> list[Door]:
    inquiries = fold_inquiries(visit.ledger.facts_of(case)) if case is not None else ()
    return needed_doors(visit, arrival.inbound.text, case, next_inquiry(inquiries))


def _is_thanks_after(visit: Visit, choice: Choice, text: str) -> bool:
    """Tell whether a message only says thanks for what was answered in a case that nobody has closed or asks in."""
    if choice.case is None or visit.event.files:
        return False
    facts = visit.ledger.facts_of(choice.case)
    answered = any(one.answered_at is not None for one in fold_inquiries(facts))
    return answered and is_thanks(text)


def _only_alert(visit: Visit, taken: Taken) -> None:
    """Tell staff of what cannot wait; the rest they see in the case, and before they answer in it."""
    words = doors_in(taken.shown, visit.office.door_words)
    queue_alert(visit.ledger, visit.office, taken.case, taken.inquiry, taken.unit, words, taken.shown)

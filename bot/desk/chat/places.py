"""What a changed place in a chat means: we are blocked or let in, put in a group or out of it, or somebody left one."""

from collections.abc import Callable
from dataclasses import replace

from bot.case import CaseState, fold_case, is_case
from bot.chat import ChatId, ChatKind, EventKind, No, UserId, chat_address
from bot.chat_arrival import ChatArrival
from bot.desk.chat.linking import unlink
from bot.facts import SYSTEM, CaseNumber, FactKind
from bot.inquiry import fold_inquiries
from bot.notices import queue_admin_mail, recipients
from bot.office import Office, Role, Unit
from bot.parts import Paragraph
from bot.posts import Rank, queue_post
from bot.register import EntryData, EntryKind
from bot.staff_mail import queue_staff_mail
from bot.store.chat_rows import ChatRow, TopicState
from bot.store.ledger import Ledger
from bot.store.rows import InboxState
from config.settings import RotaSettings, UnitSettings

Leave = Callable[[ChatId], None]
"""Has us leave a group, in the background."""

_CLOSED = "closed"
"""The dialogue that remembers that staff were told of a chat that is closed to us."""

_GONE = frozenset({"left", "kicked"})
_OUT = _GONE | {"restricted"}


def take_place(ledger: Ledger, office: Office, arrival: ChatArrival, leave: Leave) -> None:
    """Decide what a changed place means, and settle it."""
    event = arrival.event
    match event.kind:
        case EventKind.MIGRATED:
            _move(ledger, office, arrival)
        case EventKind.MEMBER:
            _member(ledger, office, arrival)
        case _ if event.chat_kind is ChatKind.PRIVATE:
            _ourselves_alone(ledger, office, arrival)
        case _:
            _ourselves_in_group(ledger, office, arrival, leave)
    ledger.settle(arrival.inbox, InboxState.DONE, "place")


def _move(ledger: Ledger, office: Office, arrival: ChatArrival) -> None:
    """Give a unit's group its new number; it is told on both sides of the move, and the second time nothing is left."""
    old, new = arrival.event.chat, arrival.event.new_chat
    units = [unit for unit in office.units if unit.group == old]
    if not units or not new or (old, new) in ledger.book.moved:
        return
    ledger.book.moved.append((old, new))
    for unit in units:
        ledger.enter(EntryKind.UNIT, unit.id, unit_entry(replace(unit, group=new)), SYSTEM)


def unit_entry(unit: Unit) -> EntryData:
    """Return a unit as an entry of the register holds one."""
    days = RotaSettings.model_fields
    rota = {day: unit.rota.get(number, ()) for number, day in enumerate(days)}
    known = UnitSettings(
        id=unit.id, name=unit.name, address=unit.address, phone=unit.phone, staff_address=unit.staff_address,
        on_call=unit.on_call, notify=unit.notify, copies=unit.copies, secrecy=unit.secrecy,
        rota=RotaSettings(**{day: tuple(officers) for day, officers in rota.items()}), telegram_group=unit.group,
    )  # fmt: skip
    return known.model_dump(mode="json", exclude={"id"})


def _member(ledger: Ledger, office: Office, arrival: ChatArrival) -> None:
    """Let whoever is no longer in a unit's group be nobody of the staff."""
    event = arrival.event
    unit = office.unit_of_group(event.chat)
    if unit is None or event.status not in _OUT:
        return
    words = office.texts.t(
        "Du är inte längre med i gruppen för {unit}. Därför är du inte heller ansluten som handläggare. "
        "Är det fel? Skriv /anslut när du är med i gruppen igen.",
        unit=unit.name,
    )
    unlink(ledger, event.member, words)


def _ourselves_alone(ledger: Ledger, office: Office, arrival: ChatArrival) -> None:
    chat, book = arrival.event.chat, ledger.book
    ours = chat in book.chats or chat_address(chat) in ledger.known.addresses
    if not ours and book.officer_of(UserId(chat)) is None:
        return  # nobody who has written to us, or somebody who had us forget that
    known, user = book.chats.get(chat) or ChatRow(chat=chat), UserId(chat)
    reachable = arrival.event.status not in _GONE
    if known.reachable != reachable:
        book.set_chat(replace(known, reachable=reachable))
    told = book.dialogue(chat, user, _CLOSED) is not None
    if reachable and told:
        book.end_dialogue(chat, user, _CLOSED)
    elif not reachable and not told:
        book.set_dialogue(chat, user, {"told": True}, _CLOSED)
        _tell_of_closed_chat(ledger, office, chat, first=known.reachable)


def _tell_of_closed_chat(ledger: Ledger, office: Office, chat: ChatId, *, first: bool) -> None:
    """Tell staff in each open case; unless it is the `first` we hear of it, not where a letter has told already."""
    for case in _open_cases(ledger, chat):
        if first or not _was_told(ledger, case):
            tell_closed(ledger, office, case)


def _was_told(ledger: Ledger, case: CaseNumber) -> bool:
    """Tell whether a letter has failed, since the person last wrote in the case, as the chat is closed to us."""
    known = False
    for fact in ledger.facts_of(case):
        if fact.kind is FactKind.RECEIVED:
            known = False
        elif fact.kind is FactKind.DELIVERY_FAILED and fact.data.get("status") == No.BLOCKED.value:
            known = True
    return known


def _open_cases(ledger: Ledger, chat: ChatId) -> list[CaseNumber]:
    """Return the open cases that somebody takes part in by a chat."""
    address = ledger.known.addresses.get(chat_address(chat))
    found = (case for case, who in ledger.known.participants.items() if address is not None and address in who)
    cases = (fold_case(ledger.facts_of(case)) for case in sorted(found) if is_case(ledger.facts_of(case)))
    return [one.number for one in cases if one.state is CaseState.OPEN and one.merged_into is None]


def tell_closed(ledger: Ledger, office: Office, case: CaseNumber) -> None:
    """Tell whoever has a case, once, that its chat is closed to us."""
    t = office.texts.t
    unit, closed = office.unit(fold_case(ledger.facts_of(case)).unit), t("chatten är stängd")
    said = t(
        "Den som frågar i {number} har stängt chatten med oss. Ett svar dit kommer inte fram. "
        "Finns det en annan väg, som telefon eller e-post? Ta den.",
        number=case,
    )
    for officer in recipients(ledger, office, case):
        queue_staff_mail(
            ledger, office, officer, unit, case, len(fold_inquiries(ledger.facts_of(case))),
            subject=f"{case} · {closed}", parts=[Paragraph(said)],
        )  # fmt: skip
    topic = ledger.book.topics.get(case)
    if topic is not None and topic.state is TopicState.OPEN:
        queue_post(ledger, topic.chat, said, thread=topic.thread, case=case, rank=Rank.CITIZEN)


def _ourselves_in_group(ledger: Ledger, office: Office, arrival: ChatArrival, leave: Leave) -> None:
    event = arrival.event
    unit = office.unit_of_group(event.chat)
    if unit is not None:
        if event.status in _GONE:
            _tell_removed(ledger, office, unit)
    elif event.status not in _GONE:
        _stay_or_leave(ledger, office, arrival, leave)


def _tell_removed(ledger: Ledger, office: Office, unit: Unit) -> None:
    t = office.texts.t
    queue_admin_mail(
        ledger, office, t("Telegram: boten är inte längre med i gruppen för {unit}", unit=unit.name),
        t("Någon har tagit bort boten ur gruppen för {unit}. Där syns inga ärenden längre. "
          "Lägg till boten igen och gör den till administratör, eller ta bort gruppen: {command}",
          unit=unit.name, command=f"run_bot.py unit change {unit.id} --group 0") + "\n",
    )  # fmt: skip


def _stay_or_leave(ledger: Ledger, office: Office, arrival: ChatArrival, leave: Leave) -> None:
    """Stay in a new group only if one of ours who may set it up has put us there, and say how it is done."""
    event, t = arrival.event, office.texts.t
    linked = ledger.book.officer_of(event.user)
    officer = office.officer(linked) if linked else None
    if officer is None or officer.role is not Role.ADMIN:
        leave(event.chat)
        return
    unit = t("ENHET")
    words = "\n\n".join([
        t("Hej! Den här gruppen hör inte till någon enhet än. Skriv så här på servern, med enhetens namn:"),
        f"run_bot.py unit change {unit} --group {event.chat}",
        t("Gör mig också till administratör som får hantera ämnen, fästa och ta bort meddelanden."),
    ])  # fmt: skip
    queue_post(ledger, event.chat, words, rank=Rank.OWN_ACT)

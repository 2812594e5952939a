"""Files sent together: every part is stored at once, all of them are one message, and one receipt tells of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.arrival import Arrival
from bot.case import follow_merged
from bot.chat import PostId
from bot.citizen.content import as_arrival
from bot.citizen.doors import door_words, needed_doors
from bot.citizen.receipts import remarks
from bot.citizen.visit import Visit, own_messages
from bot.doors import doors_in, queue_alert
from bot.facts import CaseNumber, MessageId, OutboxId, from_micros, to_micros
from bot.failures import unit_of_case
from bot.inquiry import fold_inquiries
from bot.notices import queue_edit
from bot.store.rows import StoredFile, StoredMessage

TOGETHER = timedelta(minutes=10)
"""So long after the first part a later one belongs to it: on a slow line they come many seconds apart."""
AFTER_PART, AT_MOST = timedelta(seconds=3), timedelta(seconds=15)
"""How long the receipt waits after each part, and after the first one at most."""

_ABOUT = "albums"


def begin(visit: Visit, message: MessageId, receipt: OutboxId | None, *, parts: int, words: bool) -> None:
    """Remember the first part of an album, so that the others find it. `words`: it has some."""
    _keep(visit, {
        "message": message, "at": to_micros(visit.now), "receipt": receipt or 0, "parts": parts, "words": words,
        "posts": [visit.event.post],
    })  # fmt: skip


def first_part(visit: Visit) -> StoredMessage | None:
    """Return the message that the first part of this album was stored as, None if this is the first part."""
    state = _known(visit).get(visit.event.album)
    if not state:
        return None
    return next((one for one in own_messages(visit) if one.id == state["message"]), None)


def part_with(visit: Visit, post: PostId) -> StoredMessage | None:
    """Return the message of the album that a message in the chat is a part of, None if it is of none."""
    ids = {state["message"] for state in _known(visit).values() if post in state["posts"]}
    return next((one for one in own_messages(visit) if one.id in ids), None)


def join(visit: Visit, first: StoredMessage) -> CaseNumber | None:
    """Add a later part to its album's message, and return the case.

    None, and nothing is done: there are words in it and in an earlier one, so that it must be a message of its own.
    """
    state, case = _known(visit)[visit.event.album], follow_merged(visit.ledger.facts_of, first.case)
    if visit.event.post in state["posts"]:
        return case
    arrival = as_arrival(visit, first_part=state["parts"])
    inbound = arrival.inbound
    if inbound.text and state["words"]:
        _keep(visit, {**state, "posts": [*state["posts"], visit.event.post]})
        return None
    files = [
        StoredFile(
            message=first.id, part=file.part, name=file.name, media_type=file.media_type, size=file.size,
            inline=False, state=file.state, remote=file.remote, kind=file.kind,
        )
        for file in inbound.files
    ]  # fmt: skip
    visit.ledger.extend_message(first.id, files, inbound.text)
    _keep(visit, {
        **state, "parts": state["parts"] + len(files), "words": bool(inbound.text) or state["words"],
        "posts": [*state["posts"], visit.event.post],
    })  # fmt: skip
    _put_off(visit, OutboxId(state["receipt"]), from_micros(state["at"]))
    _tell(visit, case, arrival)
    return case


def _tell(visit: Visit, case: CaseNumber, arrival: Arrival) -> None:
    """Tell what cannot be silent: words that need another door, a number, a file that is too big; words, to staff."""
    ledger, office, text = visit.ledger, visit.office, arrival.inbound.text
    inquiry = max(len(fold_inquiries(ledger.facts_of(case))), 1)
    doors = needed_doors(visit, text, case, inquiry)
    told = remarks(visit, arrival, first=tuple(door_words(visit, doors)))
    if told.first or told.then:
        visit.say(*told.first, *told.then, case=case)
    if text:
        unit = unit_of_case(ledger.facts_of(case), office) or office.units[0]
        queue_alert(ledger, office, case, inquiry, unit, doors_in(text, office.door_words), text)
        queue_edit(ledger, office, case, inquiry, shown=text)


def _put_off(visit: Visit, receipt: OutboxId, began: datetime) -> None:
    if not visit.ledger.has_left(receipt):
        visit.ledger.put_off(receipt, min(visit.now + AFTER_PART, began + AT_MOST))


def _known(visit: Visit) -> Mapping[str, Mapping[str, Any]]:
    """Return the albums of the last minutes."""
    since = to_micros(visit.now - TOGETHER)
    known = visit.ledger.book.dialogue(visit.chat, visit.user, _ABOUT) or {}
    return {album: state for album, state in known.items() if state["at"] > since}


def _keep(visit: Visit, state: Mapping[str, Any]) -> None:
    known = {**_known(visit), visit.event.album: state}
    visit.ledger.book.set_dialogue(visit.chat, visit.user, known, _ABOUT)

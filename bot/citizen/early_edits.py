"""An edit that came before the message it changes: taken in as a message; what it changes becomes its first version."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.chat import PostId
from bot.citizen.visit import Visit, own_messages
from bot.facts import MessageId
from bot.store.rows import StoredMessage

_ABOUT = "early"
_MOST = 50
"""So many are remembered; the service brings things out of order by seconds."""


def remember(visit: Visit, message: StoredMessage | None) -> None:
    """Remember that an edit was taken in as this message, as what it changes is not known; None: it was no content."""
    known = _known(visit)
    if message is not None and str(visit.event.post) not in known:
        newest = dict(list(known.items())[1 - _MOST :])
        _keep(visit, {**newest, str(visit.event.post): [message.id, 0]})


def message_for(visit: Visit, post: PostId) -> StoredMessage | None:
    """Return the message that an earlier edit of a message in the chat was taken in as, None if none was."""
    known = _known(visit).get(str(post))
    return next((one for one in own_messages(visit) if known and one.id == known[0]), None)


def is_here(visit: Visit, post: PostId) -> bool:
    """Tell whether what was changed has come by now."""
    return bool(_known(visit).get(str(post), (0, 0))[1])


def came(visit: Visit, post: PostId, version: MessageId) -> None:
    """Remember that what was changed has come, as this version."""
    known = _known(visit)
    _keep(visit, {**known, str(post): [known[str(post)][0], version]})


def first_versions(visit: Visit) -> Collection[MessageId]:
    """Return versions that were stored behind the one that replaced them."""
    return {MessageId(version) for _, version in _known(visit).values() if version}


def _known(visit: Visit) -> Mapping[str, Any]:
    return visit.ledger.book.dialogue(visit.chat, visit.user, _ABOUT) or {}


def _keep(visit: Visit, known: Mapping[str, Any]) -> None:
    visit.ledger.book.set_dialogue(visit.chat, visit.user, known, _ABOUT)

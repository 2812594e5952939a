"""Errors, named by what the caller does next.

KommunsvarError
├── TryLater      the network, a 4xx reply, a full disk: try again, nothing is lost
├── Refused       permanent: no such mailbox, message refused; do not try again
├── Unsure        sent, but the confirmation never came: it may have arrived
├── NeedsPerson   ambiguous or unreadable: held until a person decides
└── OurFault      a defect or a wrong configuration: stop this piece of work, keep the raw row
"""

import traceback
from datetime import timedelta


class KommunsvarError(Exception):
    """Root of the tree; never raised itself."""


class TryLater(KommunsvarError):
    """It failed now and may work later. `whole_channel` tells that nothing at all goes through at present."""

    def __init__(self, reason: str, *, after: timedelta | None = None, whole_channel: bool = False) -> None:
        """Keep the reason (a code, no personal data) and the wait asked for, if any."""
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.whole_channel = whole_channel


class Refused(KommunsvarError):
    """The other side said no for good. `status` is its code, as ``5.1.1`` or ``550``."""

    def __init__(self, status: str) -> None:
        """Keep the status code."""
        super().__init__(status)
        self.status = status


class Unsure(KommunsvarError):
    """The message was handed over whole, but whether it was accepted is not known."""


class NeedsPerson(KommunsvarError):
    """No rule decides this; it is held for a person. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        """Keep the reason code."""
        super().__init__(reason)
        self.reason = reason


class OurFault(KommunsvarError):
    """A defect of ours or a wrong configuration."""


def where(error: BaseException) -> str:
    """Return an error's kind and the code it came from, without its message: that may quote a mail or an address."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames}".rstrip()

"""A clock that can be set: it runs as the real one does, from wherever it was put."""

import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Gives UTC instants; `jump_to` moves it forward or, once the story is told, back to real time."""

    def __init__(self, start: datetime) -> None:
        """Begin at an instant (UTC)."""
        self._start = start
        self._since = time.monotonic()

    def now(self) -> datetime:
        """Return the instant it shows (UTC)."""
        return self._start + timedelta(seconds=time.monotonic() - self._since)

    def jump_to(self, instant: datetime) -> None:
        """Show this instant from now on."""
        self._start = instant
        self._since = time.monotonic()

    def be_real(self) -> None:
        """Show real time from now on."""
        self.jump_to(datetime.now(UTC))

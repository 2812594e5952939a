"""Telegram as the sender of events, as fast as Python gets: raw HTTP over 40 kept connections, in a process alone.

Asked by lines on its input (see `bench.work.Child`): ``{"port": …}`` sends the whole set once. Times are those of the
machine's monotonic clock, so that other processes can be compared.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

PATH = "/telegram"
SECRET = "only-the-bench-knows-this"
CONNECTIONS = 40
"""What Telegram opens to a webhook unless told otherwise."""
_SECONDS = 100.0


def message_update(number: int, *, text: str = "", user: int = 0) -> dict[str, Any]:
    """Return an event as Telegram sends it: somebody's message to the bot in private."""
    person = user or 10_000 + number % 997
    sender = {"id": person, "is_bot": False, "first_name": "Elsa", "last_name": "Exempel", "language_code": "sv"}
    chat = {"id": person, "type": "private", "first_name": "Elsa", "last_name": "Exempel"}
    words = text or f"Hej! Gatlyktan vid Björkvägen {number} är släckt sedan i tisdags. När lagas den? Hälsningar Elsa"
    date = int(datetime.now(UTC).timestamp())
    message = {"message_id": number + 2, "from": sender, "chat": chat, "date": date, "text": words}
    return {"update_id": 100_000_000 + number, "message": message}


def as_request(update: dict[str, Any]) -> bytes:
    """Return the request that brings an event."""
    body = json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Batch:
    """The requests of one round, handed to whichever connection is free; `done` is set when all are answered."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        """Take the requests as they travel."""
        self._next: Iterator[bytes] = iter(requests)
        self._open = len(requests)
        self.done = asyncio.Event()
        self.accepted = 0

    def take(self) -> bytes | None:
        """Return the next request, None if none is left."""
        return next(self._next, None)

    def answered(self, head: bytes) -> None:
        """Count an answer."""
        self.accepted += head.startswith(b"HTTP/1.1 200")
        self._open -= 1
        if not self._open:
            self.done.set()


class Sender(asyncio.Protocol):
    """One connection: request after request, each sent when the one before is answered."""

    def __init__(self, batch: Batch) -> None:
        """Take the batch it draws from."""
        self._batch = batch
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def begin(self) -> None:
        """Send the next request, or rest if none is left."""
        request = self._batch.take()
        if request is not None:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Go on after each whole answer."""
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if end and len(rest) >= (length := _length(head)):
            self._buffer = rest[length:]
            self._batch.answered(head)
            self.begin()


def _length(head: bytes) -> int:
    """Return how long the body is that follows a head."""
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def send_all(requests: Sequence[bytes], port: int) -> dict[str, object]:
    """Send every request once; return when it began and ended, and how many were taken."""
    batch, loop = Batch(requests), asyncio.get_running_loop()
    async with asyncio.timeout(_SECONDS):
        made = [await loop.create_connection(lambda: Sender(batch), "127.0.0.1", port) for _ in range(CONNECTIONS)]
        began, used = time.monotonic(), time.process_time()
        for _, sender in made:
            sender.begin()
        await batch.done.wait()
        ended, cpu = time.monotonic(), time.process_time() - used
        for _, sender in made:
            sender.transport.close()
    return {"began": began, "ended": ended, "cpu": cpu, "accepted": batch.accepted}


def main() -> None:
    """Make the events once, then send them whenever asked to, until the input ends."""
    requests = [as_request(message_update(number)) for number in range(int(sys.argv[1]))]
    print(json.dumps({"ready": len(requests)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(asyncio.run(send_all(requests, json.loads(line)["port"]))), flush=True)


if __name__ == "__main__":
    main()

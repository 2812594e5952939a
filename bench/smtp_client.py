"""Senders of mail as fast as Python gets: raw protocols over kept connections, nothing pipelined, in a process alone.

Asked by lines on its input (see `bench.work.Child`): ``{"port": …, "senders": …}`` sends the whole set once.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator

from bench.mails import CONTACT, make_mails, sender_of

_DOTS = re.compile(rb"^\.", re.MULTILINE)
_SECONDS = 100.0


class Batch:
    """The mails of one round, handed to whichever sender is free; `done` is set when all have been answered."""

    def __init__(self, bodies: list[bytes]) -> None:
        """Take the bodies as they travel."""
        self._next: Iterator[tuple[int, bytes]] = iter(enumerate(bodies))
        self._open = len(bodies)
        self.done = asyncio.Event()
        self.accepted = 0
        self.replies: dict[str, int] = {}

    def take(self) -> tuple[int, bytes] | None:
        """Return the next mail, None if none is left."""
        return next(self._next, None)

    def answered(self, reply: bytes) -> None:
        """Count the reply to a whole mail."""
        self.accepted += reply.startswith(b"250")
        if not reply.startswith(b"250"):
            text = reply[:40].decode("ascii", "replace")
            self.replies[text] = self.replies.get(text, 0) + 1
        self._open -= 1
        if not self._open:
            self.done.set()


class Sender(asyncio.Protocol):
    """One connection: EHLO, then mail after mail, each command sent when the one before is answered."""

    def __init__(self, batch: Batch) -> None:
        """Take the batch it draws from."""
        self._batch = batch
        self._buffer = b""
        self._step = "banner"
        self._mail: tuple[int, bytes] | None = None
        self.greeted = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Go on after each whole reply; those of several lines end with one without a dash."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n")) >= 0:
            line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
            if line[3:4] != b"-":
                self._on_reply(line)

    def begin(self) -> None:
        """Send the next mail, or rest if none is left."""
        self._mail = self._batch.take()
        if self._mail is not None:
            self._say("mail", f"MAIL FROM:<{sender_of(self._mail[0])}>")

    def close(self) -> None:
        """Take leave without waiting."""
        self._transport.write(b"QUIT\r\n")
        self._transport.close()

    def _on_reply(self, line: bytes) -> None:
        if self._step == "banner":
            self._say("ehlo", "EHLO bench.example")
        elif self._step == "ehlo":
            self._step = "rest"
            self.greeted.set()
        elif self._step == "mail":
            self._say("rcpt", f"RCPT TO:<{CONTACT}>")
        elif self._step == "rcpt":
            self._say("data", "DATA")
        elif self._step == "data" and self._mail is not None:
            self._step = "body"
            self._transport.write(self._mail[1])
        elif self._step == "body":
            self._batch.answered(line)
            self.begin()

    def _say(self, step: str, command: str) -> None:
        self._step = step
        self._transport.write(command.encode() + b"\r\n")


async def send_all(bodies: list[bytes], port: int, senders: int) -> dict[str, object]:
    """Send every mail once and return the seconds from the first MAIL to the last reply, and how many were taken."""
    batch = Batch(bodies)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_SECONDS):
        made = [await loop.create_connection(lambda: Sender(batch), "127.0.0.1", port) for _ in range(senders)]
        for _, sender in made:
            await sender.greeted.wait()
        start, used = time.perf_counter(), time.process_time()
        for _, sender in made:
            sender.begin()
        await batch.done.wait()
        seconds, cpu = time.perf_counter() - start, time.process_time() - used
        for _, sender in made:
            sender.close()
    return {"seconds": seconds, "cpu": cpu, "accepted": batch.accepted, "others": batch.replies}


def main() -> None:
    """Make the mails once, then send them whenever asked to, until the input ends."""
    bodies = [_DOTS.sub(b"..", mail) + b".\r\n" for mail in make_mails(int(sys.argv[1]))]
    print(json.dumps({"ready": len(bodies)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(asyncio.run(send_all(bodies, asked["port"], asked["senders"]))), flush=True)


if __name__ == "__main__":
    main()

"""Chats: events stored a second beside python-telegram-bot's webhook server, which stores none; presses answered."""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.table import Row, spread
from bench.work import Child, probe_disk, workspace

_PATIENCE = 30.0


def chat(quick: bool) -> Sequence[Row]:
    """Bring the same events over 40 kept connections to theirs and to ours, round by round in turn."""
    count, rounds = (200, 1) if quick else (3_000, 7)
    rates: dict[str, list[float]] = {"ptb": [], "resting": [], "whole": []}
    probes: list[float] = []
    with workspace() as folder, Child.of_module("bench.chat_client", str(count), log=folder / "client") as client:
        client.hear()
        for number in range(rounds):
            probes.append(probe_disk(folder))
            for kind in rates:
                rates[kind].append(_round(kind, folder / f"{kind}{number}", client, count))
    ratios = {
        kind: [ours / theirs for ours, theirs in zip(rates[kind], rates["ptb"], strict=True)]
        for kind in ("resting", "whole")
    }
    return [
        Row("chat", "disk probe, fdatasync of 4 kB a second", spread(probes)),
        Row("chat", "PTB 22.8's webhook server, dispatched to an empty handler, updates/s", spread(rates["ptb"])),
        Row("chat", "ours, stored before the 200, updates/s", spread(rates["resting"])),
        Row("chat", "ours / PTB", spread(ratios["resting"], digits=2), "≥ 1.00 fast disk"),
        Row("chat", "whole service, intake and outbox at work, updates/s", spread(rates["whole"])),
        Row("chat", "whole service / PTB", spread(ratios["whole"], digits=2)),
    ]


def _round(kind: str, folder: Path, client: Child, count: int) -> float:
    """Return how many events a second were done with: ours stored and answered, theirs handled."""
    folder.mkdir()
    with Child.of_module("bench.chat_servers", kind, str(folder), log=folder / "log") as server:
        sent = client.ask(port=server.hear()["port"])
        answer, patience = server.ask(), time.monotonic() + _PATIENCE
        while answer["done"] < count and time.monotonic() < patience:
            time.sleep(0.02)  # between two looks at another process, within the patience
            answer = server.ask()
    if sent["accepted"] != count or answer["done"] != count:
        raise RuntimeError(f"{kind} took {sent['accepted']} and was done with {answer['done']} of {count}")
    seconds: float = max(sent["ended"], answer["last"]) - sent["began"]
    return count / seconds

"""A database as it looks after a year: many cases, told as the service would have told them, but written in bulk.

Every case has a citizen's mail, an acknowledgement, notices to two officers and, but for every 25th, an answer. Keys
are spread as the real ones are (drawn at random or hashes), and facts stand in the order in which they were recorded.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.mails import CONTACT, MONDAY
from bot.case import ALPHABET, check_sign
from bot.facts import to_micros

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
FIRST = to_micros(MONDAY) - 364 * _DAY
"""When the first case came: 52 weeks before the mails that are measured."""

_NUMBERS = len(ALPHABET) ** 6
_SPREAD = 0x9E3779B97F4A7C15
_TEXT = "Gatlyktan utanför oss har varit släckt i en vecka nu, och det är mörkt på kvällarna. " * 6
_LETTER = "Tack för ditt meddelande till Exempel kommun. Vi har tagit emot det, och en medarbetare läser det. " * 4
_OFFICERS = ("anna@kommun.example", "bo@kommun.example")

Row = tuple[object, ...]


def person_of(case: int) -> str:
    """Return the address behind a stored case."""
    return f"stored{case}@example.org"


def acknowledgement_of(case: int) -> str:
    """Return the Message-ID of a stored case's acknowledgement, without brackets."""
    return f"k.{_spread(case)}@kommun.example"


def fill(file: Path, cases: int) -> None:
    """Write the cases into an empty database of the newest form."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-1000000")
        # Rebuilt at the end, sorted: what was made row by row would take several times as long.
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        indexes = connection.execute(named).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        story = _story(cases)
        for table, columns, rows in _tables(story):
            marks = ", ".join("?" * (columns.count(",") + 1))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """What happened: per case and kind (received, acknowledged, answered) the instant, and its place among all facts.

    An answer that never came has no place (0).
    """

    at: NDArray[np.int64]
    seq: NDArray[np.int64]

    @property
    def cases(self) -> range:
        return range(self.at.shape[1])


def _story(cases: int) -> _Story:
    numbers = np.arange(cases, dtype=np.int64)
    arrived = FIRST + numbers * (364 * 86_400) // cases * _SECOND
    answered = arrived + (1 + numbers * 7_919 % 80) * 1_800 * _SECOND
    at = np.stack([arrived, arrived + 2 * _SECOND, answered])
    told = np.ones_like(at, dtype=bool)
    told[2] = numbers % 25 != 0
    order = np.argsort(at[told], kind="stable")
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    seq = np.zeros_like(at)
    seq[told] = places
    return _Story(at=at, seq=seq)


def _tables(story: _Story) -> Iterator[tuple[str, str, Iterator[Row]]]:
    """Yield each table with its columns and rows."""
    yield "facts", 'seq, "case", inquiry, kind, occurred_at, recorded_at, actor, source, data', _facts(story)
    columns = "number, channel, kind, unit, state, opened_at, changed_at, waiting_since"
    yield "cases", columns, _cases(story)
    yield (
        "inquiries",
        '"case", no, channel, kind, unit, arrived_at, messages, acknowledged_at, answered_at, answered_seq, changed_at',
        _inquiries(story),
    )
    arrived = story.at[0].tolist()
    yield "persons", "id, created_at", ((n + 1, arrived[n]) for n in story.cases)
    yield (
        "addresses", "id, person, channel, address, name",
        ((n + 1, n + 1, "mail", person_of(n), "Kim Exempel") for n in story.cases),
    )  # fmt: skip
    yield "participants", '"case", address', ((number_of(n), n + 1) for n in story.cases)
    columns = 'id, "case", direction, address, officer, inbox, message_id, subject, text, digest, created_at'
    yield "messages", columns, _messages(story)
    columns = (
        'id, kind, state, "case", inquiry, to_addr, from_addr, subject, text, message_id, created_at, due_at, '
        "tried_at, sent_at, attempts"
    )
    yield "outbox", columns, _outbox(story)
    yield (
        "inbox", "id, channel, external_id, recipients, sender, arrived_at, size, state, outcome",
        ((n + 1, "mail", _spread(n) * 2, f'["{CONTACT}"]', person_of(n), arrived[n], 700, "done", number_of(n))
         for n in story.cases),
    )  # fmt: skip
    original = _TEXT.encode()
    yield "originals", "inbox, content", ((n + 1, original) for n in story.cases)


def _facts(story: _Story) -> Iterator[Row]:
    kinds = (
        ("received", "person", "mail:{}", '{"authentic":"pass","channel":"mail","kind":"question","message":1,'
         '"unit":"kontaktcenter"}'),
        ("acknowledged", "system", "outbox:{}", '{"outbox":1}'),
        ("answered", "officer:anna", "answer:{}", '{"message":2,"outbox":4}'),
    )  # fmt: skip
    kind_of, case_of = np.divmod(np.argsort(story.seq, axis=None, kind="stable"), len(story.cases))
    told = story.seq[kind_of, case_of] > 0
    kind_of, case_of = kind_of[told], case_of[told]
    whens = story.at[kind_of, case_of].tolist()
    for seq, (kind, case, when) in enumerate(zip(kind_of.tolist(), case_of.tolist(), whens, strict=True), start=1):
        name, actor, source, data = kinds[kind]
        yield seq, number_of(case), 1, name, when, when, actor, source.format(_spread(case)), data


def _cases(story: _Story) -> Iterator[Row]:
    answered = story.seq[2].tolist()
    for n, arrived, changed in zip(story.cases, story.at[0].tolist(), _changed(story), strict=True):
        since = None if answered[n] else arrived
        yield number_of(n), "mail", "question", "kontaktcenter", "open", arrived, changed, since


def _inquiries(story: _Story) -> Iterator[Row]:
    at, seqs = story.at.tolist(), story.seq[2].tolist()
    for n, changed in zip(story.cases, _changed(story), strict=True):
        answered, seq = (at[2][n], seqs[n]) if seqs[n] else (None, None)
        yield number_of(n), 1, "mail", "question", "kontaktcenter", at[0][n], 1, at[1][n], answered, seq, changed


def _changed(story: _Story) -> list[int]:
    changed: list[int] = np.where(story.seq[2] > 0, story.at[2], story.at[1]).tolist()
    return changed


def _messages(story: _Story) -> Iterator[Row]:
    at, answered = story.at.tolist(), story.seq[2].tolist()
    for n in story.cases:
        sent = f"{_spread(n)}@mail.example.org"
        yield 2 * n + 1, number_of(n), "in", n + 1, "", n + 1, sent, "Gatlykta", _TEXT, _spread(n), at[0][n]
        if answered[n]:
            yield 2 * n + 2, number_of(n), "out", None, "anna", None, "", "Gatlykta", _TEXT, "", at[2][n]


def _outbox(story: _Story) -> Iterator[Row]:
    at, answered = story.at.tolist(), story.seq[2].tolist()
    for n in story.cases:
        mails = [("acknowledgement", person_of(n), acknowledgement_of(n), 1)]
        mails += [("notice", officer, f"n{place}{_spread(n)}", 1) for place, officer in enumerate(_OFFICERS)]
        mails += [("answer", person_of(n), f"a{_spread(n)}", 2)] if answered[n] else []
        for place, (kind, to, message_id, when) in enumerate(mails, start=1):
            then = at[when][n]
            yield (4 * n + place, kind, "sent", number_of(n), 1, to, CONTACT, "Re: Gatlykta", _LETTER, message_id,
                   then, then, then, then, 1)  # fmt: skip


def number_of(case: int) -> str:
    """Return a case's number; neighbours lie far apart, as drawn ones do."""
    at, signs = case * 549_755_813 % _NUMBERS, ""
    for _ in range(6):
        at, sign = divmod(at, len(ALPHABET))
        signs = ALPHABET[sign] + signs
    return f"K-{signs}-{check_sign(signs)}"


def _spread(case: int) -> str:
    """Return 32 hexadecimal digits of their own for each case, as far from their neighbours' as hashes are."""
    return f"{case * _SPREAD % 2**64:016x}{case:016x}"

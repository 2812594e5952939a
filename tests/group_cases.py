"""Cases as their groups see them, for tests of what stands there. Nobody in them is real."""

from datetime import UTC, datetime
from typing import Any

from bot.facts import CaseNumber, Fact, FactKind, MessageId, Seq
from bot.groups.card import Card, SeenCase, card_of, seen_case
from bot.office import ChatRules, Office
from bot.store.group_reading import Question
from tests.conftest import MONDAY
from tests.group_scene import WORDS, office_with_group

NUMBER = CaseNumber("K-7Q4M2X-G")
NOW = MONDAY
LATE = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
"""Tuesday 10.00: after the deadline of what came on Monday 9.12."""


def seen(
    *more: tuple[FactKind, dict[str, Any]],
    text: str = WORDS,
    channel: str = "telegram",
    kind: str = "fault",
    unit: str = "kc",
    subject: str = "",
    authentic: str = "none",
) -> SeenCase:
    """A case of one message, and what happened in it afterwards."""
    came = {
        "channel": channel,
        "kind": kind,
        "unit": unit,
        "message": 1,
        "authentic": authentic,
        "promised": "2026-11-18",
    }
    happened: list[tuple[FactKind, dict[str, Any]]] = [(FactKind.RECEIVED, came), *more]
    facts = [
        Fact(seq=Seq(place), case=NUMBER, inquiry=None, kind=what, occurred_at=MONDAY, recorded_at=MONDAY,
             actor="officer:anna", source=f"s:{place}", data=data)
        for place, (what, data) in enumerate(happened, start=1)
    ]  # fmt: skip
    return seen_case(facts, Question(MessageId(1), subject, text))


def office(rules: ChatRules | None = None, **units: Any) -> Office:
    return office_with_group(rules, **units)


def card(one: SeenCase, rules: ChatRules | None = None, now: datetime = NOW, **units: Any) -> Card:
    return card_of(office(rules, **units), one, now)


TAKEN = (FactKind.ASSIGNED, {"officer": "anna"})
ANSWERED = (FactKind.ANSWERED, {"outbox": 1})
CLOSED = (FactKind.CLOSED, dict[str, Any]())
SECRET = (FactKind.MARKED, {"mark": "secret", "value": "yes"})
MERGED = (FactKind.MERGED, {"into": "K-222222-2"})
LEFT_OUT = (FactKind.EXCLUDED, {"reason": "spam"})

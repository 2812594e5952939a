"""Facts for tests, with what does not matter filled in."""

from datetime import datetime

from bot.facts import CaseNumber, Fact, FactKind, Seq
from tests.conftest import MONDAY

CASE = CaseNumber("K-222222-2")


def received(seq: int = 1, case: CaseNumber = CASE, at: datetime = MONDAY, **data: str | int | bool) -> Fact:
    """Return the first message of a case."""
    return Fact(
        seq=Seq(seq), case=case, inquiry=1, kind=FactKind.RECEIVED, occurred_at=at, recorded_at=at, actor="person",
        source=f"mail:{seq}", data={"channel": "mail", "kind": "question", "unit": "kc", "message": seq, **data},
    )  # fmt: skip

"""Cases that wait, written on a ledger as the intake would, for tests of what the service does by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.facts import CaseNumber, FactKind, OfficerId, OutboxId, officer_actor
from bot.inquiry import fold_inquiries
from bot.office import Absence, Office, Officer
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutgoingMail
from tests.conftest import MONDAY
from tests.example import CONTACT

ELSA = "elsa@example.org"


def waiting_case(
    ledger: Ledger,
    *,
    at: datetime = MONDAY,
    subject: str = "Gatlykta",
    sender: str = ELSA,
    owner: str = "",
    promised: str = "",
    acknowledged: bool = True,
    kind: str = "question",
    authentic: str = "pass",
) -> CaseNumber:
    """Add a case with one message that waits since `at`; the ledger's clock does not matter to it."""
    case = ledger.new_case()
    address = ledger.address(sender, "Elsa Exempel") if sender else None
    number = ledger.next_message()
    ledger.add_message(
        case, Direction.IN, text="När lagas den?", subject=subject, address=address, message_id=f"{number}@example.org"
    )
    data: dict[str, str | int | bool] = {
        "channel": "mail",
        "kind": kind,
        "unit": "kc",
        "message": int(number),
        "authentic": authentic,
    }
    if promised:
        data["promised"] = promised
    ledger.append(
        FactKind.RECEIVED, case, inquiry=1, occurred_at=at, actor="person", source=f"mail:{number}", data=data
    )
    if address is not None:
        ledger.take_part(case, address)
        if acknowledged:
            queue_mail(ledger, case, MailKind.ACKNOWLEDGEMENT, to=sender)
    if owner:
        assign(ledger, case, owner, at=at, by=owner)
    return case


def queue_mail(ledger: Ledger, case: CaseNumber, kind: MailKind, to: str = ELSA) -> OutboxId:
    """Queue a mail about the first inquiry."""
    number = ledger.next_outgoing()
    return ledger.queue(
        OutgoingMail(
            id=number, kind=kind, case=case, inquiry=1, to_addr=to, from_addr=CONTACT, subject="Re: Gatlykta",
            text="…", message_id=f"k.{number}@kommun.example", created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip


def assign(ledger: Ledger, case: CaseNumber, owner: str, *, at: datetime, by: str) -> None:
    """Make it an officer's, by whom."""
    ledger.append(
        FactKind.ASSIGNED, case, occurred_at=at, actor=officer_actor(OfficerId(by)),
        source=f"act:{ledger.known.last_seq}", data={"officer": owner},
    )  # fmt: skip


def hold(ledger: Ledger, case: CaseNumber, until: str) -> None:
    """Tell the citizen of another day, by a person."""
    ledger.append(
        FactKind.HELD, case, inquiry=1, occurred_at=ledger.now, actor="officer:anna",
        source=f"act:{ledger.known.last_seq}", data={"until": until},
    )  # fmt: skip


def delays(ledger: Ledger, case: CaseNumber) -> list[str]:
    """Return the days the citizen was told by ourselves."""
    return [str(fact.data["until"]) for fact in ledger.facts_of(case) if fact.kind is FactKind.DELAYED]


def reminded(ledger: Ledger, case: CaseNumber) -> list[str]:
    """Return what staff were reminded of, in order."""
    return [str(fact.data["of"]) for fact in ledger.facts_of(case) if fact.kind is FactKind.REMINDED]


def is_answered(ledger: Ledger, case: CaseNumber) -> bool:
    """Tell whether nothing waits in the case."""
    return not any(one.waits for one in fold_inquiries(ledger.facts_of(case)))


def with_absence(office: Office, officer: str, first: date, back: date) -> Office:
    """Return the office with an officer away from the first day until before the other."""
    return with_officer(office, officer, absences=(Absence(first=first, back=back),))


def with_officer(office: Office, officer: str, **changed: object) -> Office:
    """Return the office with an officer who is otherwise."""

    def change(one: Officer) -> Officer:
        return replace(one, **changed) if one.id == officer else one  # type: ignore[arg-type]

    return replace(office, officers=tuple(map(change, office.officers)))


STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(day: int, clock: str) -> datetime:
    """A day of November 2026 (16 is a Monday) and a local time, in UTC."""
    hour, minute = map(int, clock.split("."))
    return datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)

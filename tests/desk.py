"""A whole intake and desk on a ledger in memory; mails are handed in already read."""

from datetime import timedelta
from typing import Any

from bot.arrival import Arrival, arrive
from bot.desk.mail_face import MailFace
from bot.facts import CaseNumber, Channel, FactKind, InboxId, OutboxId
from bot.intake import Intake
from bot.office import Office
from bot.outbox import Ending, record_ending
from bot.port import Bounce, Inbound, InboundKind
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import InboxRow, MailKind, OutboxState, OutgoingMail
from tests.conftest import MONDAY
from tests.example import CONTACT, make_office

ELSA = "elsa@example.org"


class PlainReading:
    """Reads an officer's mail as tests write it: own words, the mark, and what tests say of the rest."""

    def own_words(self, text: str) -> str:
        return text.split("==^==")[0].strip()

    def unclear(self, text: str) -> bool:
        return "below" in text.partition("==^==")[2]

    def leaks(self, raw: bytes) -> bool:
        return b"leak" in raw


class Desk:
    """A whole intake on a ledger in memory; mails are handed in already read."""

    def __init__(self, office: Office | None = None) -> None:
        self.office = office or make_office()
        self.ledger = Ledger(Known(), MONDAY)
        self.intake = Intake(lambda: self.office, MailFace(lambda: self.office, PlainReading()).take)
        self.sent: list[OutgoingMail] = []
        self.settled: dict[int, str] = {}
        self._numbers = iter(range(1, 1000))
        queue, settle = self.ledger.queue, self.ledger.settle

        def record(mail: OutgoingMail) -> OutboxId:
            self.sent.append(mail)
            return queue(mail)

        def remember(inbox_id: InboxId, state: object, outcome: str) -> None:
            self.settled[inbox_id] = f"{state}:{outcome}"
            settle(inbox_id, state, outcome)  # type: ignore[arg-type]

        self.ledger.queue = record  # type: ignore[method-assign]
        self.ledger.settle = remember  # type: ignore[method-assign]

    def take(self, to: str = CONTACT, **fields: Any) -> Arrival:
        """Take in a mail and return its arrival."""
        number = next(self._numbers)
        raw, as_case = fields.pop("raw", b""), fields.pop("as_case", False)
        fields.setdefault("text", fields.get("new_text", "Hej"))
        known: dict[str, Any] = {
            "from_addr": ELSA, "subject": "Gatlykta", "text": "Hej", "new_text": "Hej", "authentic": "pass",
            "message_id": f"m{number}@example.org",
        }  # fmt: skip
        inbound = Inbound(**(known | fields))
        row = InboxRow(
            id=InboxId(number), channel=Channel.MAIL, recipients=(to,), sender=inbound.from_addr,
            arrived_at=self.ledger.now, raw=raw, as_case=as_case,
        )  # fmt: skip
        arrival = arrive(row, inbound, self.office)
        self.intake.take(self.ledger, arrival)
        return arrival

    def later(self, **parts: float) -> None:
        self.ledger.now += timedelta(**parts)
        self.ledger.recorded_at = self.ledger.now

    @property
    def cases(self) -> list[CaseNumber]:
        return list(self.ledger.known.facts)

    def mails(self, kind: MailKind) -> list[OutgoingMail]:
        kinds = {kind, MailKind.REPLY} if kind is MailKind.RECEIPT else {kind}
        return [mail for mail in self.sent if mail.kind in kinds]

    def kinds(self, case: CaseNumber) -> list[FactKind]:
        return [fact.kind for fact in self.ledger.facts_of(case)]

    def deliver(self, mail: OutgoingMail) -> None:
        """Let the channel accept a mail, as the outbox would record it."""
        ending = Ending(mail=mail, state=OutboxState.SENT, at=self.ledger.now, due_at=self.ledger.now, attempts=1)
        record_ending(self.ledger, self.office, ending)

    def officer(self, who: str, text: str, notice: OutgoingMail, **fields: Any) -> Arrival:
        return self.take(to=notice.reply_to, from_addr=f"{who}@kommun.example", text=text, new_text=text, **fields)

    def bounce(self, mail: OutgoingMail) -> None:
        """Let a mail come back as undeliverable."""
        path = self.office.tokens.return_path(CONTACT, mail.id)
        bounce = Bounce(recipient=mail.to_addr, status="5.1.1", message_id="", final=True)
        self.take(to=path, kind=InboundKind.BOUNCE, bounce=bounce, from_addr="mailer-daemon@example.org")

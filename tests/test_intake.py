"""What becomes of a mail that has been read: decided on a ledger, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from bot.arrival import Arrival, arrive
from bot.desk.mail_face import MailFace
from bot.facts import CaseNumber, Channel, FactKind, InboxId, OutboxId
from bot.inquiry import fold_inquiries
from bot.intake import Intake
from bot.office import Office
from bot.port import Bounce, Inbound, InboundKind
from bot.store.ledger import Ledger
from bot.store.reading import Known
from bot.store.rows import Direction, InboxRow, MailKind, OutboxState, OutgoingMail
from bot.tokens import OfficerToken
from tests.conftest import MONDAY
from tests.example import CONTACT, make_office

ELSA = "elsa@example.org"


class Desk:
    """A whole intake on a ledger in memory; mails are handed in already read."""

    def __init__(self, office: Office | None = None) -> None:
        self.office = office or make_office()
        self.ledger = Ledger(Known(), MONDAY)
        self.intake = Intake(self.office, MailFace(self.office, lambda text: text.split("==^==")[0].strip()).take)
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
        known: dict[str, Any] = {
            "from_addr": ELSA, "subject": "Gatlykta", "text": "Hej", "new_text": "Hej", "authentic": "pass",
            "message_id": f"m{number}@example.org",
        }  # fmt: skip
        inbound = Inbound(**(known | fields))
        row = InboxRow(
            id=InboxId(number), channel=Channel.MAIL, recipients=(to,), sender=inbound.from_addr,
            arrived_at=self.ledger.now, raw=b"",
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
        return [mail for mail in self.sent if mail.kind is kind]

    def kinds(self, case: CaseNumber) -> list[FactKind]:
        return [fact.kind for fact in self.ledger.facts_of(case)]

    def deliver(self, mail: OutgoingMail) -> None:
        """Let the channel accept a mail, as the outbox would record it."""
        from bot.outbox import Ending, record_ending

        ending = Ending(mail=mail, state=OutboxState.SENT, at=self.ledger.now, due_at=self.ledger.now, attempts=1)
        record_ending(self.ledger, self.office, ending)

    def officer(self, who: str, text: str, notice: OutgoingMail, **fields: Any) -> Arrival:
        return self.take(to=notice.reply_to, from_addr=f"{who}@kommun.example", text=text, new_text=text, **fields)


def test_a_first_mail_opens_a_case_is_acknowledged_and_told_to_the_unit() -> None:
    desk = Desk()
    desk.take(new_text="När lagas lyktan?", from_name="Elsa Exempel")
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    assert receipt.to_addr == ELSA
    assert receipt.subject == f"Re: Gatlykta {desk.office.tokens.subject_tag(case)}"
    for words in (case, "Exempel kommun", "senast onsdag 18 november", "Telefon 0123", "> När lagas lyktan?"):
        assert words in receipt.text
    assert receipt.in_reply_to == "m1@example.org"
    notices = desk.mails(MailKind.NOTICE)
    assert [mail.to_addr for mail in notices] == ["anna@kommun.example", "bo@kommun.example"]
    assert "När lagas lyktan?" in notices[0].text
    # Monday 09.12 + 510 open minutes (08–16.30 a day): 438 minutes are left on Monday, 72 on Tuesday: 09.12.
    assert "Svara senast: tisdag 17 november kl. 09.12 (så mäts det)" in notices[0].text
    assert notices[0].reply_to != notices[1].reply_to
    assert desk.settled == {1: f"done:{case}"}


@pytest.mark.parametrize("verdict", ["none", "fail"])
def test_the_citizens_words_are_repeated_only_to_a_sender_who_is_vouched_for(verdict: str) -> None:
    desk = Desk()
    desk.take(new_text="hemligt innehåll", authentic=verdict)
    assert "hemligt" not in desk.mails(MailKind.ACKNOWLEDGEMENT)[0].text
    assert "hemligt" in desk.mails(MailKind.NOTICE)[0].text


def test_writing_again_lands_in_the_same_case_by_each_tie_alone() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    desk.take(to=receipt.reply_to, new_text="två")
    desk.take(in_reply_to=(receipt.message_id,), new_text="tre")
    desk.take(references=("nobody@x", receipt.message_id, "other@x"), new_text="fyra")
    desk.take(subject=f"SV: Gatlykta {desk.office.tokens.subject_tag(case)}", new_text="fem")
    desk.take(in_reply_to=("m1@example.org",), new_text="svar på eget mejl")
    assert desk.cases == [case]
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.messages == 6
    assert inquiry.arrived_at == MONDAY


def test_a_stranger_never_gets_into_somebody_elses_case() -> None:
    desk = Desk()
    desk.take(new_text="privat")
    (first,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    desk.take(to=receipt.reply_to, from_addr="mallory@example.net", in_reply_to=("m1@example.org",), new_text="hej")
    other = desk.cases[1]
    assert other != first
    received = desk.ledger.facts_of(other)[0]
    assert received.data["possibly"] == first
    for mail in desk.sent:
        if mail.to_addr == "mallory@example.net":
            assert "privat" not in mail.text
            assert first not in mail.text
    assert f"Hör kanske ihop med {first}" in desk.mails(MailKind.NOTICE)[-1].text


def test_empty_ids_never_tie_two_mails_together() -> None:
    desk = Desk()
    desk.take(message_id="", new_text="ett")
    desk.take(message_id="", new_text="två")
    assert len(desk.cases) == 2


def test_the_same_mail_by_two_ways_is_one_message() -> None:
    desk = Desk()
    desk.take(message_id="samma@example.org")
    desk.take(message_id="samma@example.org", to="bygg@kommun.example")
    assert len(desk.cases) == 1
    assert desk.settled[2] == "done:duplicate"
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 1


def test_another_mail_that_reuses_a_message_id_is_kept_as_its_own() -> None:
    desk = Desk()
    desk.take(message_id="1@localhost", new_text="ett")
    desk.take(message_id="1@localhost", new_text="något helt annat", from_addr="kim@example.org")
    assert len(desk.cases) == 2


def test_one_acknowledgement_per_case_and_day() -> None:
    desk = Desk()
    desk.take()
    desk.later(hours=23, minutes=59)
    desk.take(in_reply_to=("m1@example.org",), new_text="två")
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 1
    desk.later(minutes=1)
    desk.take(in_reply_to=("m1@example.org",), new_text="tre")
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 2


@pytest.mark.parametrize("kind", [InboundKind.AUTO, InboundKind.LIST])
def test_automatic_mail_opens_nothing_and_gets_no_answer(kind: InboundKind) -> None:
    desk = Desk()
    desk.take(kind=kind)
    assert desk.cases == []
    assert desk.sent == []
    assert desk.settled == {1: "done:auto"}


def test_an_automatic_reply_is_kept_in_its_case_and_opens_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    before = len(desk.sent)
    desk.take(to=receipt.reply_to, kind=InboundKind.AUTO, new_text="Jag är på semester")
    assert len(desk.sent) == before
    assert [message.direction for message in desk.ledger.messages_of(case)] == [Direction.IN, Direction.IN]
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.messages == 1


def test_identical_mails_are_laid_aside_after_the_cap() -> None:
    desk = Desk(make_office(identical=3))
    for _ in range(5):
        desk.take(new_text="Jag är en robot")
    assert len(desk.cases) == 3
    assert [desk.settled[number] for number in (4, 5)] == ["held:repeated", "held:repeated"]


def test_one_address_gets_no_more_acknowledgements_than_the_cap() -> None:
    desk = Desk(make_office(per_address=4))
    for number in range(6):
        desk.take(new_text=f"fråga {number}")
    assert len(desk.cases) == 6
    assert len(desk.mails(MailKind.ACKNOWLEDGEMENT)) == 4
    assert len(desk.mails(MailKind.NOTICE)) == 12


def test_mail_from_our_own_address_is_never_acknowledged() -> None:
    desk = Desk()
    desk.take(from_addr=CONTACT)
    assert desk.mails(MailKind.ACKNOWLEDGEMENT) == []


def test_our_own_mail_coming_back_is_recognised() -> None:
    desk = Desk()
    desk.take(loop_mark=desk.office.installation)
    assert desk.settled == {1: "done:own"}
    assert desk.sent == []


@pytest.mark.parametrize(("fields", "reason"), [({"from_addr": ""}, "no_sender"), ({"hops": 101}, "mail_loop")])
def test_what_no_rule_decides_is_held(fields: dict[str, Any], reason: str) -> None:
    desk = Desk()
    desk.take(**fields)
    assert desk.settled == {1: f"held:{reason}"}
    assert desk.cases == []


def test_an_empty_mail_from_a_person_still_opens_a_case() -> None:
    desk = Desk()
    desk.take(kind=InboundKind.EMPTY, text="", new_text="", subject="")
    assert len(desk.cases) == 1
    assert desk.mails(MailKind.ACKNOWLEDGEMENT) == []


def test_the_unit_that_was_written_to_gets_the_case() -> None:
    desk = Desk()
    desk.take(to="bygg@kommun.example")
    assert [mail.to_addr for mail in desk.mails(MailKind.NOTICE)] == ["cia@kommun.example"]
    assert desk.mails(MailKind.ACKNOWLEDGEMENT)[0].from_addr == "bygg@kommun.example"


def test_the_trusted_hosts_time_counts_but_never_the_future() -> None:
    desk = Desk()
    early = MONDAY - timedelta(hours=2)
    assert desk.take(date_seen=early).arrived_at == early
    assert desk.take(date_seen=MONDAY + timedelta(hours=2), new_text="två").arrived_at == MONDAY


def test_an_answer_reaches_the_citizen_signed_and_threaded_and_stops_the_clock_when_accepted() -> None:
    desk = Desk()
    desk.take(references=("r0@example.org",))
    (case,) = desk.cases
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.later(hours=2)
    desk.officer("anna", "Lyktan lagas på torsdag.\n\n==^== linje", notice)
    (answer,) = desk.mails(MailKind.ANSWER)
    assert answer.to_addr == ELSA
    assert answer.text == (
        "Lyktan lagas på torsdag.\n\nAnna Exempel\nKontaktcenter, Exempel kommun\nTelefon 0123-45 67 00\n"
    )
    assert answer.in_reply_to == "m1@example.org"
    assert answer.references == ("r0@example.org", "m1@example.org")
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at is None
    desk.later(minutes=1)
    desk.deliver(answer)
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.answered_at == MONDAY + timedelta(hours=2, minutes=1)
    assert inquiry.answered_by == "officer:anna"


def test_of_two_officers_the_second_is_stopped_and_shown_the_first_answer_and_may_insist() -> None:
    desk = Desk()
    desk.take()
    annas, bos = desk.mails(MailKind.NOTICE)
    desk.officer("anna", "Annas svar", annas)
    desk.officer("bo", "Bos svar", bos)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Annas svar"]
    told = desk.mails(MailKind.RECEIPT)[-1]
    assert told.to_addr == "bo@kommun.example"
    assert "Annas svar" in told.text
    assert "Anna Exempel har redan svarat" in told.text
    desk.officer("bo", "Bos svar ändå", told)
    assert [mail.text.splitlines()[0] for mail in desk.mails(MailKind.ANSWER)] == ["Annas svar", "Bos svar ändå"]


def test_the_same_officer_mail_twice_answers_once() -> None:
    desk = Desk()
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    for _ in range(2):
        desk.officer("anna", "Svar", notice, message_id="officer-1@kommun.example")
    assert len(desk.mails(MailKind.ANSWER)) == 1
    assert desk.mails(MailKind.RECEIPT) == []


def test_an_officers_auto_reply_does_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Jag är på semester", desk.mails(MailKind.NOTICE)[0], kind=InboundKind.AUTO)
    assert desk.mails(MailKind.ANSWER) == []
    assert desk.kinds(case) == [FactKind.RECEIVED]


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"from_addr": "mallory@example.net"}, "another sender"), ({"authentic": "fail"}, "a forged sender")],
)
def test_a_mail_that_is_not_surely_the_officers_does_nothing(fields: dict[str, Any], what: str) -> None:
    desk = Desk()
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.take(**({"to": notice.reply_to, "from_addr": "anna@kommun.example", "new_text": "Svar"} | fields))
    assert desk.mails(MailKind.ANSWER) == [], what
    assert desk.settled[2] == "held:officer_not_confirmed"
    (told,) = desk.mails(MailKind.RECEIPT)
    assert told.to_addr == "anna@kommun.example"


def test_without_a_verdict_every_act_is_confirmed_to_the_officers_own_address() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0], authentic="none")
    assert len(desk.mails(MailKind.ANSWER)) == 1
    (told,) = desk.mails(MailKind.RECEIPT)
    assert told.to_addr == "anna@kommun.example"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/anteckning Ringde, inget svar", FactKind.NOTED),
        ("/Anteckning\nRingde, inget svar", FactKind.NOTED),
        ("/avsluta", FactKind.CLOSED),
        ("/utan svar skräp", FactKind.EXCLUDED),
        ("/utan  svar Tack!", FactKind.EXCLUDED),
    ],
)
def test_a_command_is_done_and_reaches_no_citizen(text: str, kind: FactKind) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    before = len([mail for mail in desk.sent if mail.to_addr == ELSA])
    desk.officer("anna", text, desk.mails(MailKind.NOTICE)[0])
    assert desk.kinds(case)[-1] is kind
    assert len([mail for mail in desk.sent if mail.to_addr == ELSA]) == before


@pytest.mark.parametrize(
    "text",
    [
        "/antekning hej",
        "/avslut",
        "/utan svar",
        "/utan svar för gammalt",
        "/avsluta\nTack för ditt mejl!",
        "/svara Hej",
    ],
)
def test_what_is_not_understood_does_nothing_and_is_said(text: str) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", text, desk.mails(MailKind.NOTICE)[0])
    assert desk.kinds(case) == [FactKind.RECEIVED]
    assert desk.mails(MailKind.ANSWER) == []
    (told,) = desk.mails(MailKind.RECEIPT)
    assert "Inget har gjorts" in told.text


def test_an_empty_reply_does_nothing_and_is_said() -> None:
    desk = Desk()
    desk.take()
    desk.officer("anna", "\n\n==^== Skriv ditt svar", desk.mails(MailKind.NOTICE)[0])
    assert desk.mails(MailKind.ANSWER) == []
    assert "ingen text" in desk.mails(MailKind.RECEIPT)[0].text


def test_closing_an_unanswered_question_says_that_it_stays_unanswered() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "/avsluta", desk.mails(MailKind.NOTICE)[0], authentic="none")
    assert "räknas som obesvarad" in desk.mails(MailKind.RECEIPT)[0].text
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at is None


@pytest.mark.parametrize("by_path", [True, False])
def test_a_bounce_revokes_the_answer_tells_staff_and_is_never_answered(by_path: bool) -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    (answer,) = desk.mails(MailKind.ANSWER)
    desk.deliver(answer)
    before = len(desk.sent)
    path = desk.office.tokens.return_path(CONTACT, answer.id) if by_path else CONTACT
    bounce = Bounce(recipient=ELSA, status="5.1.1", message_id="" if by_path else answer.message_id, final=True)
    desk.take(to=path, kind=InboundKind.BOUNCE, bounce=bounce, from_addr="mailer-daemon@example.org")
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.waits
    assert len(inquiry.revoked) == 1
    told = desk.sent[before:]
    assert {mail.to_addr for mail in told} == {"anna@kommun.example", "bo@kommun.example"}
    assert "väntar på svar igen" in told[0].text
    desk.officer("bo", "Ett nytt svar", told[1])
    assert desk.mails(MailKind.ANSWER)[-1].text.startswith("Ett nytt svar")


def test_a_second_bounce_and_a_mere_delay_change_nothing() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    (answer,) = desk.mails(MailKind.ANSWER)
    desk.deliver(answer)
    path = desk.office.tokens.return_path(CONTACT, answer.id)
    for final in (False, True, True):
        bounce = Bounce(recipient=ELSA, status="5.1.1", message_id="", final=final)
        desk.take(to=path, kind=InboundKind.BOUNCE, bounce=bounce, from_addr="mailer-daemon@example.org")
    assert desk.kinds(case).count(FactKind.DELIVERY_FAILED) == 1


def test_an_out_of_office_to_the_return_path_is_no_bounce() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    path = desk.office.tokens.return_path(CONTACT, receipt.id)
    desk.take(to=path, kind=InboundKind.AUTO, new_text="Semester")
    assert desk.kinds(case) == [FactKind.RECEIVED, FactKind.RECEIVED]
    assert fold_inquiries(desk.ledger.facts_of(case))[0].messages == 1


def test_a_message_after_the_answer_opens_a_new_inquiry() -> None:
    desk = Desk()
    desk.take()
    (case,) = desk.cases
    desk.officer("anna", "Svar", desk.mails(MailKind.NOTICE)[0])
    desk.deliver(desk.mails(MailKind.ANSWER)[0])
    desk.later(hours=1)
    desk.take(in_reply_to=(desk.mails(MailKind.ANSWER)[0].message_id,), new_text="Tack! Men när?")
    assert [inquiry.no for inquiry in fold_inquiries(desk.ledger.facts_of(case))] == [1, 2]
    desk.officer("bo", "På torsdag", desk.mails(MailKind.NOTICE)[-1])
    assert desk.mails(MailKind.ANSWER)[-1].inquiry == 2


def test_a_signed_address_for_a_case_that_does_not_exist_is_held() -> None:
    desk = Desk()
    token = OfficerToken(CaseNumber("K-222222-2"), 1, desk.office.officers[0].id, again=False)
    address = desk.office.tokens.officer_address(CONTACT, token, OutboxId(9))
    desk.take(to=address, from_addr="anna@kommun.example")
    assert desk.settled == {1: "held:unknown_officer"}


def test_two_robots_that_answer_everything_come_to_rest() -> None:
    """Two installations whose marks have been stripped on the way answer each other: it ends, and soon."""
    desk = Desk()
    desk.take(from_addr="robot@example.net", new_text="Tack för ditt mejl!", subject="Autosvar")
    receipts: list[OutgoingMail] = []
    for _ in range(50):
        receipts = [mail for mail in desk.mails(MailKind.ACKNOWLEDGEMENT) if mail.to_addr == "robot@example.net"]
        desk.take(to=receipts[-1].reply_to, from_addr="robot@example.net", new_text="Tack för ditt mejl!")
    assert len(receipts) == 1
    assert len(desk.mails(MailKind.NOTICE)) == 2 * 3

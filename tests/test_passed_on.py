"""Whose case a mail becomes that somebody else passed on."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.facts import FactKind
from bot.office import Office, WebForm
from bot.passed_on import Via, as_meant
from bot.port import Forwarded, Inbound, InboundKind
from bot.store.rows import MailKind
from tests.conftest import MONDAY
from tests.desk import Desk
from tests.example import make_office

NOREPLY = "noreply@kommun.example"


def office(**fields: Any) -> Office:
    known: dict[str, Any] = {
        "own_domains": frozenset({"kommun.example"}), "web_forms": (WebForm(sender=NOREPLY, field="E-post"),),
    }  # fmt: skip
    return replace(make_office(), **(known | fields))


def forward(**fields: Any) -> Forwarded:
    known: dict[str, Any] = {
        "from_addr": "Elsa@example.org", "from_name": "Elsa", "subject": "Hål i vägen", "text": "Det är ett hål.",
        "comment": "Kan ni ta den här?", "sent_wall": datetime(2026, 11, 12, 9, 30),
    }  # fmt: skip
    return Forwarded(**(known | fields))


def colleague(**fields: Any) -> Inbound:
    known: dict[str, Any] = {
        "from_addr": "kim@kommun.example", "authentic": "pass", "subject": "VB: Hål i vägen", "text": "allt",
        "new_text": "allt", "forwarded": forward(), "message_id": "vb@kommun.example",
    }  # fmt: skip
    return Inbound(**(known | fields))


def test_a_colleagues_forward_is_the_citizens_from_when_the_colleague_got_it() -> None:
    meant = as_meant(colleague(), office())
    assert meant.via is Via.FORWARDED
    assert (meant.inbound.from_addr, meant.inbound.subject) == ("elsa@example.org", "Hål i vägen")
    assert meant.inbound.new_text == "Det är ett hål."
    assert (meant.passed_by, meant.comment) == ("kim@kommun.example", "Kan ni ta den här?")
    # 9.30 Swedish winter time is 8.30 UTC.
    assert meant.reached_at == datetime(2026, 11, 12, 8, 30, tzinfo=UTC)
    # The trusted host's word about the original goes before what the forward shows.
    whole = colleague(forwarded=forward(received_at=datetime(2026, 11, 12, 8, 31, tzinfo=UTC), message_id="o@e.org"))
    assert as_meant(whole, office()).reached_at == datetime(2026, 11, 12, 8, 31, tzinfo=UTC)
    assert as_meant(whole, office()).inbound.message_id == "o@e.org"


@pytest.mark.parametrize(
    "fields",
    [
        {"from_addr": "elsa@example.org"},  # a citizen forwards: it stays the citizen's own
        {"authentic": "fail"},
        {"forwarded": None},
        {"forwarded": forward(from_addr="")},
        {"forwarded": forward(from_addr="bo@kommun.example")},  # colleagues among themselves
        {"forwarded": forward(from_addr="kontakt@kommun.example")},  # our own answer
        {"forwarded": forward(from_addr="not an address")},
        {"forwarded": forward(from_addr="MAILER-DAEMON@mx.example.org")},
    ],
)
def test_what_is_no_colleagues_forward_stays_as_it_is(fields: dict[str, Any]) -> None:
    inbound = colleague(**fields)
    meant = as_meant(inbound, office())
    assert (meant.via, meant.inbound) == (Via.DIRECT, inbound)


def test_only_a_colleague_who_is_vouched_for_moves_the_clock() -> None:
    for given in (office(), office(trusted_host="")):
        meant = as_meant(colleague(authentic="none"), given)
        assert (meant.via, meant.reached_at) == (Via.FORWARDED, None)
        assert as_meant(colleague(authentic="fail"), given).via is Via.DIRECT


def test_through_several_colleagues_it_is_still_the_citizens() -> None:
    through = forward(from_addr="kalle@kommun.example", within=forward(subject="Hål i vägen 1"), comment="Till er")
    meant = as_meant(colleague(forwarded=through), office())
    assert (meant.inbound.from_addr, meant.inbound.subject) == ("elsa@example.org", "Hål i vägen 1")
    assert meant.comment == "Till er"
    assert meant.passed_by == "kim@kommun.example"


def test_a_form_that_the_host_calls_forged_is_held_and_a_person_may_let_it_go_on() -> None:
    desk = Desk(office())
    fields = {"from_addr": NOREPLY, "authentic": "fail", "text": "E-post: elsa@example.org\nFråga: När?"}
    desk.take(**fields)
    assert desk.settled == {1: "held:form_not_confirmed"}
    desk.take(**fields, as_case=True)
    assert [mail.to_addr for mail in desk.mails(MailKind.ACKNOWLEDGEMENT)] == ["elsa@example.org"]


def test_an_officers_answer_with_a_mail_attached_stays_the_officers() -> None:
    desk = Desk(office())
    desk.take()
    notice = desk.mails(MailKind.NOTICE)[0]
    desk.officer("anna", "Den lagas i dag.", notice, forwarded=forward(), authentic="pass")
    assert len(desk.mails(MailKind.ANSWER)) == 1


def test_a_notice_that_staff_pass_on_is_held() -> None:
    desk = Desk(office())
    desk.take()
    secret = desk.mails(MailKind.NOTICE)[0].reply_to
    desk.take(from_addr="kim@kommun.example", text=f"Se nedan\nSvara till: {secret}")
    assert desk.settled[2] == "held:internal_text"
    assert len(desk.cases) == 1


@pytest.mark.parametrize(
    ("form", "fields", "expected"),
    [
        ("E-post", {"text": "Namn: Elsa\nE-post: elsa@example.org\nFråga: När?"}, "elsa@example.org"),
        ("E-post", {"text": "E-POST\nElsa@Example.org\n"}, "elsa@example.org"),
        ("", {"reply_to": ("elsa@example.org",)}, "elsa@example.org"),
        ("E-post", {"text": "Fråga: När?", "reply_to": ("elsa@example.org",)}, ""),
        ("", {"reply_to": ("kontakt@kommun.example",)}, ""),  # our own address would be answered for ever
        ("", {"reply_to": ()}, ""),
    ],
)
def test_a_web_form_is_the_persons_who_filled_it_in(form: str, fields: dict[str, Any], expected: str) -> None:
    sender = WebForm(sender=NOREPLY, field=form)
    inbound = Inbound(
        from_addr=NOREPLY, authentic="pass", kind=InboundKind.AUTO, machine=True, **({"text": "x"} | fields)
    )
    meant = as_meant(inbound, office(web_forms=(sender,)))
    assert (meant.via, meant.inbound.from_addr) == (Via.WEB_FORM, expected)
    assert (meant.inbound.kind, meant.inbound.machine) == (InboundKind.PERSON, False)


def test_a_forward_opens_the_citizens_case_and_is_marked() -> None:
    desk = Desk(office())
    desk.later(hours=24)
    desk.take(from_addr="kim@kommun.example", subject="VB: Hål", forwarded=replace(forward(), sent_wall=None))
    (case,) = desk.cases
    (received,) = [fact for fact in desk.ledger.facts_of(case) if fact.kind is FactKind.RECEIVED]
    assert received.data["via"] == "forwarded"
    (receipt,) = desk.mails(MailKind.ACKNOWLEDGEMENT)
    assert receipt.to_addr == "elsa@example.org"
    assert "En kollega hos oss har skickat ditt mejl vidare hit." in receipt.text
    assert "Du skrev" not in receipt.text
    notice = desk.mails(MailKind.NOTICE)[0].text
    assert "Skickat vidare av kim@kommun.example" in notice
    assert "Kan ni ta den här?" in notice
    assert "Det är ett hål." in notice


def test_the_clock_of_a_forward_starts_with_the_colleague_but_never_in_the_future() -> None:
    desk = Desk(office())
    # MONDAY is 2026-11-16 08:12 UTC: the colleague got it on Thursday the 12th at 9.30 local time.
    assert desk.take(from_addr="kim@kommun.example", forwarded=forward()).arrived_at == datetime(
        2026, 11, 12, 8, 30, tzinfo=UTC
    )
    old = forward(sent_wall=datetime(2024, 11, 12, 9, 30))
    assert desk.take(from_addr="kim@kommun.example", forwarded=old).arrived_at == MONDAY
    wrong = forward(sent_wall=datetime(2027, 1, 1, 9, 30))
    assert desk.take(from_addr="kim@kommun.example", forwarded=wrong).arrived_at == MONDAY


def test_an_anonymous_form_opens_a_case_without_a_receipt() -> None:
    desk = Desk(office())
    desk.take(from_addr=NOREPLY, text="Fråga: När lagas lampan?")
    assert len(desk.cases) == 1
    assert desk.mails(MailKind.ACKNOWLEDGEMENT) == []
    assert "okänd, går inte att svara" in desk.mails(MailKind.NOTICE)[0].text

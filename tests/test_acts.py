"""The desk's acts, each without any channel: rights, facts, and what the citizen gets."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.case import CaseState, fold_case
from bot.desk import acts, answering, contacts, undoing
from bot.desk.acts import Act, ActRefused, Refusal
from bot.desk.commands import Contact, Way
from bot.facts import CaseMark, CaseNumber, FactKind, Kind, OfficerId, Result, TopicId, UnitId
from bot.inquiry import fold_inquiries, standing
from bot.office import Absence, Office, Officer, Role, Topic
from bot.store.rows import MailKind, OutboxState
from tests.conftest import MONDAY
from tests.desk import ELSA, Desk
from tests.example import make_office


def staffed(**fields: object) -> Office:
    """The example with a lead of the contact centre and one cleared colleague."""
    office = make_office()
    kc = frozenset({UnitId("kc")})
    lead = Officer(id=OfficerId("lea"), name="Lea Exempel", email="lea@kommun.example", units=kc, role=Role.LEAD)
    officers = [replace(one, cleared=one.id == "bo") for one in office.officers]
    known: dict[str, object] = {
        "officers": (*officers, lead),
        "topics": (Topic(id=TopicId("bygglov"), name="Bygglov"), Topic(id=TopicId("ljus"), name="Gatubelysning")),
    }
    return replace(office, **(known | fields))  # type: ignore[arg-type]


def begin(office: Office | None = None) -> tuple[Desk, CaseNumber]:
    desk = Desk(office or staffed())
    desk.take()
    return desk, desk.cases[0]


def act(desk: Desk, case: CaseNumber, who: str, key: str = "") -> Act:
    officer = desk.office.officer_named(who)
    assert officer is not None
    return Act(officer=officer, case=case, inquiry=0, source=key or f"{who}:{desk.ledger.known.last_seq}")


def refusal(desk: Desk, case: CaseNumber, who: str, what: object, *rest: object) -> Refusal:
    with pytest.raises(ActRefused) as refused:
        what(desk.ledger, desk.office, act(desk, case, who), *rest)  # type: ignore[operator]
    return refused.value.refusal


def test_of_two_who_take_a_case_the_first_has_it() -> None:
    desk, case = begin()
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    assert fold_case(desk.ledger.facts_of(case)).owner == "anna"
    assert refusal(desk, case, "bo", acts.take) is Refusal.TAKEN
    assert refusal(desk, case, "bo", acts.give_back) is Refusal.NOT_YOURS
    acts.give_back(desk.ledger, desk.office, act(desk, case, "anna"))
    acts.take(desk.ledger, desk.office, act(desk, case, "bo"))
    assert fold_case(desk.ledger.facts_of(case)).owner == "bo"


def test_a_case_whose_owner_is_away_can_be_taken() -> None:
    desk, case = begin()
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    away = Absence(first=MONDAY.date(), back=MONDAY.date() + timedelta(days=3))
    people = [replace(one, absences=(away,)) if one.id == "anna" else one for one in desk.office.officers]
    desk.office = replace(desk.office, officers=tuple(people))
    acts.take(desk.ledger, desk.office, act(desk, case, "bo"))
    assert fold_case(desk.ledger.facts_of(case)).owner == "bo"


def test_a_transfer_to_a_unit_leaves_the_clock_and_lets_only_them_see_it() -> None:
    desk, case = begin()
    before = fold_inquiries(desk.ledger.facts_of(case))[0].arrived_at
    acts.transfer(desk.ledger, desk.office, act(desk, case, "anna"), "bygglov", "Det gäller ett staket")
    now = fold_case(desk.ledger.facts_of(case))
    assert (now.unit, now.owner) == ("bygg", "")
    assert fold_inquiries(desk.ledger.facts_of(case))[0].arrived_at == before
    assert refusal(desk, case, "anna", acts.take) is Refusal.NOT_SEEN
    acts.take(desk.ledger, desk.office, act(desk, case, "cia"))


def test_a_transfer_to_a_colleague_makes_it_theirs_and_not_to_one_who_is_away() -> None:
    desk, case = begin()
    acts.transfer(desk.ledger, desk.office, act(desk, case, "anna"), "Bo", "Du kan det här")
    assert fold_case(desk.ledger.facts_of(case)).owner == "bo"
    away = Absence(first=MONDAY.date(), back=MONDAY.date() + timedelta(days=1))
    desk.office = replace(desk.office, officers=tuple(replace(one, absences=(away,)) for one in desk.office.officers))
    assert refusal(desk, case, "bo", acts.transfer, "anna", "varsågod") is Refusal.AWAY
    assert refusal(desk, case, "bo", acts.transfer, "vaktmästarna", "varsågod") is Refusal.UNKNOWN_TARGET


@pytest.mark.parametrize(
    ("who", "secret", "sees"),
    [("anna", False, True), ("lea", False, True), ("cia", False, False),
     ("anna", True, False), ("bo", True, True), ("lea", True, False), ("cia", True, False)],
)  # fmt: skip
def test_who_sees_a_case(who: str, secret: bool, sees: bool) -> None:
    desk, case = begin()
    if secret:
        acts.set_mark(desk.ledger, desk.office, act(desk, case, "bo"), CaseMark.SECRET, "yes", "")
    if sees:
        acts.note(desk.ledger, desk.office, act(desk, case, who), "Jag ser")
        assert desk.kinds(case)[-1] is FactKind.NOTED
    else:
        assert refusal(desk, case, who, acts.note, "Jag ser") is Refusal.NOT_SEEN


def test_only_who_is_cleared_makes_a_secret_case_open_again() -> None:
    desk, case = begin()
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    acts.set_mark(desk.ledger, desk.office, act(desk, case, "anna"), CaseMark.SECRET, "yes", "")
    assert refusal(desk, case, "anna", acts.set_mark, CaseMark.SECRET, "", "klart") is Refusal.NOT_CLEARED
    acts.set_mark(desk.ledger, desk.office, act(desk, case, "bo"), CaseMark.SECRET, "", "klart")
    assert not fold_case(desk.ledger.facts_of(case)).secret


def test_a_holding_notice_moves_the_promise_reaches_the_citizen_and_never_stops_the_clock() -> None:
    desk, case = begin()
    answering.hold(desk.ledger, desk.office, act(desk, case, "anna"), "Vi väntar på en del.", date(2026, 12, 1))
    (letter,) = desk.mails(MailKind.HOLDING)
    assert letter.to_addr == ELSA
    assert "Du får det senast tisdag 1 december." in letter.text
    assert not letter.kind.automatic
    desk.deliver(letter)
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert (inquiry.answered_at, len(inquiry.held)) == (None, 1)
    assert fold_case(desk.ledger.facts_of(case)).promised == "2026-12-01"


def test_a_holding_notice_that_bounced_moves_nothing() -> None:
    desk, case = begin()
    first = fold_case(desk.ledger.facts_of(case)).promised
    answering.hold(desk.ledger, desk.office, act(desk, case, "anna"), "Vi väntar.", date(2026, 12, 1))
    desk.deliver(desk.mails(MailKind.HOLDING)[0])
    desk.bounce(desk.mails(MailKind.HOLDING)[0])
    assert fold_case(desk.ledger.facts_of(case)).promised == first == "2026-11-18"
    assert fold_inquiries(desk.ledger.facts_of(case))[0].held == ()
    assert "Delbeskedet" in desk.mails(MailKind.NOTICE)[-1].text


def test_an_answer_by_telephone_stops_the_clock_at_once() -> None:
    desk, case = begin()
    desk.later(minutes=40)
    answering.spoken(desk.ledger, desk.office, act(desk, case, "anna"), 45, "Hon fick veta hur man gör.")
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(case))
    assert inquiry.answered_at == MONDAY + timedelta(minutes=40)
    assert [mail for mail in desk.sent if mail.to_addr == ELSA and mail.kind is not MailKind.ACKNOWLEDGEMENT] == []
    before = answering.answer(desk.ledger, desk.office, act(desk, case, "bo"), "Hej", again=False, attached=False)
    assert before is not None
    assert before.first.officer == "anna"


def test_answered_elsewhere_stops_the_clock() -> None:
    desk, case = begin()
    answering.elsewhere(desk.ledger, desk.office, act(desk, case, "anna"), "")
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at == MONDAY


def test_an_outcome_reaches_the_citizen_weeks_later_and_stops_no_clock() -> None:
    desk, case = begin()
    desk.later(days=30)
    told = answering.outcome(
        desk.ledger, desk.office, act(desk, case, "anna"), Result.REMEDIED, "Lyktan är lagad."
    )  # fmt: skip
    assert told
    assert "Lyktan är lagad." in desk.mails(MailKind.OUTCOME)[0].text
    assert fold_case(desk.ledger.facts_of(case)).result is Result.REMEDIED
    assert fold_inquiries(desk.ledger.facts_of(case))[0].answered_at is None


def test_kind_topic_marks_and_reopening_are_kept_in_the_case() -> None:
    desk, case = begin()
    ledger, office = desk.ledger, desk.office
    acts.set_kind(ledger, office, act(desk, case, "anna"), Kind.VIEWPOINT)
    acts.set_kind(ledger, office, act(desk, case, "anna"), Kind.FAULT)
    acts.set_topic(ledger, office, act(desk, case, "anna"), "gatu")
    acts.set_mark(ledger, office, act(desk, case, "anna"), CaseMark.DIARY, "yes", "")
    acts.set_mark(ledger, office, act(desk, case, "anna"), CaseMark.LANGUAGE, "fi", "")
    acts.set_mark(ledger, office, act(desk, case, "anna"), CaseMark.INTERPRETER, "ar", "")
    assert not acts.close(ledger, office, act(desk, case, "anna"))
    acts.reopen(ledger, office, act(desk, case, "anna"))
    now = fold_case(ledger.facts_of(case))
    assert (now.kind, now.topic, now.diary, now.language, now.interpreter) == (Kind.FAULT, "ljus", True, "fi", "ar")
    assert now.state is CaseState.OPEN
    # What the citizen was told at arrival, two open days, stands whatever it is called since.
    assert now.promised == "2026-11-18"


def test_an_answer_leaves_a_minute_later_and_can_be_regretted_until_then() -> None:
    desk, case = begin(staffed(regret=timedelta(seconds=60)))
    answering.answer(desk.ledger, desk.office, act(desk, case, "anna"), "Fel svar", again=False, attached=False)
    (letter,) = desk.mails(MailKind.ANSWER)
    assert letter.due_at - letter.created_at == timedelta(seconds=60)
    undoing.undo(desk.ledger, desk.office, act(desk, case, "anna"))
    assert desk.ledger.queued_of(case)[-1].state is OutboxState.REGRETTED
    assert answering.answer(
        desk.ledger, desk.office, act(desk, case, "anna"), "Rätt svar", again=False, attached=False
    ) is None  # fmt: skip


def test_what_has_left_cannot_be_regretted_and_nobody_undoes_anothers_act() -> None:
    desk, case = begin()
    answering.answer(desk.ledger, desk.office, act(desk, case, "anna"), "Svar", again=False, attached=False)
    assert refusal(desk, case, "bo", undoing.undo) is Refusal.NOTHING_TO_UNDO
    desk.deliver(desk.mails(MailKind.ANSWER)[0])
    assert refusal(desk, case, "anna", undoing.undo) is Refusal.HAS_LEFT


def test_an_undone_act_is_as_if_it_had_not_been_and_stands_in_the_facts() -> None:
    desk, case = begin()
    acts.set_kind(desk.ledger, desk.office, act(desk, case, "anna"), Kind.PRAISE)
    undoing.undo(desk.ledger, desk.office, act(desk, case, "anna"))
    assert fold_case(desk.ledger.facts_of(case)).kind is Kind.QUESTION
    assert desk.kinds(case)[-2:] == [FactKind.KIND_CHANGED, FactKind.CORRECTED]


def test_a_call_answered_at_once_is_a_contact_and_no_inquiry() -> None:
    desk = Desk(staffed())
    contact = Contact(way=Way.PHONE, direct=True, seconds=45, topic="bygglov", reception=4)
    number, opens = contacts.log_contact(desk.ledger, desk.office, act(desk, CaseNumber(""), "anna"), contact)
    assert not opens
    (fact,) = desk.ledger.facts_of(number)
    assert fact.data == {
        "way": "phone", "direct": True, "seconds": 45, "reception": 4, "topic": "bygglov", "unit": "kc",
    }  # fmt: skip
    assert fold_inquiries(desk.ledger.facts_of(number)) == ()


def test_a_call_that_was_logged_wrongly_is_taken_back_by_its_number() -> None:
    desk = Desk(staffed())
    contact = Contact(way=Way.PHONE, direct=True, seconds=450)
    number, _ = contacts.log_contact(desk.ledger, desk.office, act(desk, CaseNumber(""), "anna"), contact)
    assert refusal(desk, number, "bo", undoing.undo) is Refusal.NOTHING_TO_UNDO
    assert undoing.undo(desk.ledger, desk.office, act(desk, number, "anna")).kind is FactKind.PHONE
    assert standing(desk.ledger.facts_of(number))[-1].kind is FactKind.CORRECTED
    assert FactKind.PHONE not in [fact.kind for fact in standing(desk.ledger.facts_of(number))]


def test_a_call_that_needs_an_answer_later_becomes_a_case_of_its_own() -> None:
    desk = Desk(staffed())
    contact = Contact(way=Way.PHONE, direct=False, seconds=90, topic="bygglov", text="Elsa vill veta mer, 070-1")
    number, opens = contacts.log_contact(desk.ledger, desk.office, act(desk, CaseNumber(""), "anna"), contact)
    assert opens
    (inquiry,) = fold_inquiries(desk.ledger.facts_of(number))
    assert (inquiry.channel.value, inquiry.waits, inquiry.arrived_at) == ("phone", True, MONDAY)
    with pytest.raises(ActRefused) as refused:
        answering.answer(desk.ledger, desk.office, act(desk, number, "anna"), "Hej", again=False, attached=False)
    assert refused.value.refusal is Refusal.NOBODY_TO_ANSWER
    answering.spoken(desk.ledger, desk.office, act(desk, number, "anna"), None, "")
    assert fold_inquiries(desk.ledger.facts_of(number))[0].answered_at == MONDAY

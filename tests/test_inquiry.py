"""What starts, stops and restarts the clock: one case's facts folded into inquiries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import NO_TOPIC, CaseNumber, Channel, ExcludeReason, Fact, FactKind, FactValue, Kind, Seq, to_micros
from bot.inquiry import Inquiry, Moment, Turn, fold_inquiries, timeline

CASE = CaseNumber("K-7Q4M2X-9")
K = FactKind
Data = dict[str, FactValue]
START = datetime(2026, 5, 4, 8, tzinfo=UTC)
RECEIVED: Data = {"channel": "mail", "kind": "question", "unit": "contact"}


def hour(number: float) -> datetime:
    """That many hours after Monday 08:00 UTC."""
    return START + timedelta(hours=number)


def fact(
    seq: int,
    kind: FactKind,
    data: Data | None = None,
    *,
    at: float | None = None,
    inquiry: int | None = None,
    actor: str = "officer:anna",
) -> Fact:
    """A fact that happened `at` hours after START (its seq, when not told) and was recorded seq hours after."""
    return Fact(
        seq=Seq(seq), case=CASE, inquiry=inquiry, kind=kind, occurred_at=hour(seq if at is None else at),
        recorded_at=hour(seq), actor=actor, source=f"s:{seq}", data=data or {},
    )  # fmt: skip


def received(seq: int, *, at: float | None = None, inquiry: int | None = None, **data: FactValue) -> Fact:
    return fact(seq, K.RECEIVED, RECEIVED | data, at=at, inquiry=inquiry, actor="person")


def answered(seq: int, inquiry: int | None = None, *, unsure: bool = False) -> Fact:
    """An answer sent as outbox row 100 + seq."""
    data: Data = {"outbox": 100 + seq, "unsure": True} if unsure else {"outbox": 100 + seq}
    return fact(seq, K.ANSWERED, data, inquiry=inquiry)


def bounced(seq: int, answer: int, *, of: str = "answer") -> Fact:
    """The bounce of the answer with that seq, or of another mail with its outbox row."""
    return fact(seq, K.DELIVERY_FAILED, {"outbox": 100 + answer, "of": of}, actor="system")


def drop(seq: int, target: int) -> Fact:
    return fact(seq, K.CORRECTED, {"seq": target, "drop": True})


def retime(seq: int, target: int, at: float) -> Fact:
    return fact(seq, K.CORRECTED, {"seq": target, "occurred_at": to_micros(hour(at))})


def fold(*facts: Fact) -> tuple[Inquiry, ...]:
    return fold_inquiries(facts)


def spans(*facts: Fact) -> list[tuple[datetime, datetime | None]]:
    return [(one.arrived_at, one.answered_at) for one in fold(*facts)]


SITUATIONS: list[tuple[list[Fact], list[tuple[float, float | None]], str]] = [
    ([], [], "no facts, no inquiry"),
    ([received(1)], [(1, None)], "a message waits"),
    ([received(1), received(2), received(3), answered(4)], [(1, 4)], "several messages: from the first unanswered"),
    ([received(1), answered(2), received(3)], [(1, 2), (3, None)], "after the answer a message opens a new one"),
    ([received(1), answered(2), answered(3)], [(1, 2)], "a second answer moves nothing"),
    ([received(1, at=5), received(6, at=3)], [(3, None)], "joined later but here earlier: the earliest counts"),
    ([received(1), answered(2), received(3, at=0.5)], [(1, 2), (0.5, None)], "never joins what is answered"),
    ([received(1), fact(2, K.ANSWERED_ELSEWHERE, at=1.5)], [(1, 1.5)], "spoken by phone and logged"),
    ([received(1), answered(2), bounced(3, 2)], [(1, None)], "a bounced answer is no answer"),
    ([received(1), answered(2), bounced(3, 2), answered(4)], [(1, 4)], "after a bounce the next one counts"),
    ([received(1), answered(2), answered(3), bounced(4, 2)], [(1, 3)], "the second had reached the person already"),
    ([received(1), answered(2), answered(3), bounced(4, 3)], [(1, 2)], "the bounce of a later one changes nothing"),
    ([received(1), bounced(2, 3), answered(3)], [(1, None)], "bounce recorded before the answer: it never stood"),
    ([received(1), answered(2), bounced(3, 2), received(4)], [(1, None)], "a message joins what waits again"),
    ([received(1), answered(2), received(3), bounced(4, 2), received(5)], [(1, None), (3, None)],
     "the old one waits again beside the new; messages join the latest"),
    ([received(1), answered(2), received(3), bounced(4, 2), answered(5, 1), answered(6, 2)], [(1, 5), (3, 6)],
     "each inquiry has its own answer"),
    ([received(1), answered(2), received(3), bounced(4, 2), answered(5)], [(1, None), (3, 5)],
     "an answer that names no inquiry is for the last"),
    ([received(1), answered(2), received(3), bounced(4, 2), answered(5, 2), received(6)], [(1, None), (3, 5)],
     "when the latest is answered, a message joins the old one that waits"),
    ([received(1), answered(2), bounced(3, 2, of="notice")], [(1, 2)], "a bounced notice to staff revokes nothing"),
    ([received(1), answered(2), bounced(3, 2, of="acknowledgement")], [(1, 2)], "nor a bounced acknowledgement"),
    ([received(1), answered(2), bounced(3, 9)], [(1, 2)], "nor the bounce of something else"),
    ([received(1, auto=True)], [], "the person's own auto-reply opens nothing"),
    ([received(1), answered(2), received(3, auto=True)], [(1, 2)], "nor after an answer"),
    ([answered(1), received(2)], [(2, None)], "staff wrote first: outside until the person writes"),
    ([received(1), fact(2, K.CLOSED)], [(1, None)], "closed without an answer is not answered"),
    ([received(1), fact(2, K.CLOSED), received(3), answered(4)], [(1, 4)], "closing does not end the waiting"),
    ([received(1), answered(2), fact(3, K.CLOSED), fact(4, K.REOPENED), received(5)], [(1, 2), (5, None)],
     "reopened: the first figure stands, the next message has its own"),
    ([received(1), fact(2, K.EXCLUDED, {"reason": "spam"}), received(3)], [(1, None), (3, None)],
     "a message does not join what is left out"),
    ([received(1), fact(2, K.MERGED), received(3, at=0.5), answered(4)], [(0.5, 4)],
     "merged: one arrival, the earliest, and one answer"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected", "why"), SITUATIONS)
def test_start_and_stop(facts: list[Fact], expected: list[tuple[float, float | None]], why: str) -> None:
    wanted = [(hour(start), None if stop is None else hour(stop)) for start, stop in expected]
    assert spans(*facts) == wanted, why
    assert [one.no for one in fold(*facts)] == list(range(1, len(expected) + 1))


STOPPING = {K.ANSWERED, K.ANSWERED_ELSEWHERE, K.DELIVERY_FAILED, K.RECEIVED, K.CORRECTED}
NEEDED: dict[FactKind, Data] = {
    K.KIND_CHANGED: {"kind": "fault"},
    K.TRANSFERRED: {"unit": "roads"},
    K.EXCLUDED: {"reason": "thanks"},
}


@pytest.mark.parametrize("kind", [kind for kind in FactKind if kind not in STOPPING])
def test_nothing_else_starts_or_stops_the_clock(kind: FactKind) -> None:
    other = fact(2, kind, NEEDED.get(kind), inquiry=1)
    assert spans(received(1), other) == [(hour(1), None)]
    assert spans(received(1), other, answered(3, 1)) == [(hour(1), hour(3))]
    assert spans(replace(other, inquiry=None)) == []


def test_an_inquiry_carries_what_a_report_needs() -> None:
    (one,) = fold(
        received(1),
        fact(2, K.ACKNOWLEDGED, {"outbox": 7}, actor="system"),
        fact(3, K.ACKNOWLEDGED, {"outbox": 8}, actor="system"),
        received(4, channel="telegram", kind="complaint"),
        fact(5, K.HELD),
        fact(6, K.HELD),
        answered(7, unsure=True),
        fact(8, K.CLOSED),
        fact(9, K.CLOSED),
        fact(10, K.NOTED),
    )
    assert one == Inquiry(
        case=CASE, no=1, channel=Channel.MAIL, kind=Kind.QUESTION, unit=one.unit, topic=NO_TOPIC, language="",
        arrived_at=hour(1), arrived_seq=Seq(1), opened_at=hour(1), messages=2, acknowledged_at=hour(2),
        held=(hour(5), hour(6)), answered_at=hour(7), answered_seq=Seq(7), answered_by="officer:anna", again_at=None,
        unsure=True, transferred=False, next_at=None, promised="", outcome_at=None, revoked=(), excluded=None,
        test=False, closed_at=hour(9), changed_at=hour(9), touched_at=hour(7), otherwise_at=hour(6),
    )  # fmt: skip
    assert one.unit == "contact"
    assert not one.waits


def test_the_start_belongs_to_the_message_that_gives_it() -> None:
    (one,) = fold(received(1, at=5), received(6, at=3, channel="telegram"))
    assert (one.arrived_seq, one.channel, one.messages) == (6, Channel.TELEGRAM, 2)


def test_a_revocation_tells_when_it_was_known() -> None:
    (one,) = fold(received(1), answered(2, unsure=True), bounced(3, 2), bounced(4, 2))
    assert one.revoked == ((hour(3), 3),), "the second report of the same bounce is nothing new"
    assert (one.answered_at, one.answered_seq, one.answered_by, one.unsure) == (None, None, None, False)
    assert one.waits
    (late,) = fold(received(1), bounced(2, 3), answered(3))
    assert (late.revoked, late.changed_at) == (((hour(2), 2),), hour(3))


def test_of_two_bounces_before_the_answer_the_first_counts() -> None:
    (one,) = fold(received(1), bounced(2, 4), bounced(3, 4), answered(4))
    assert one.revoked == ((hour(2), 2),)


def test_of_two_that_wait_a_message_joins_the_latest() -> None:
    old, new = fold(received(1), answered(2), received(3), bounced(4, 2), received(5))
    assert (old.messages, new.messages) == (1, 2)


def test_kind_and_unit_are_those_at_the_answer() -> None:
    turned = [fact(3, K.KIND_CHANGED, {"kind": "complaint"}), fact(4, K.TRANSFERRED, {"unit": "roads"})]

    def kinds(*facts: Fact) -> list[tuple[str, str]]:
        return [(one.kind.value, str(one.unit)) for one in fold(*facts)]

    before, after = ("question", "contact"), ("complaint", "roads")
    assert kinds(received(1), *turned) == [after]
    assert kinds(received(1), *turned, answered(5)) == [after]
    assert kinds(received(1), answered(2), *turned) == [before], "later changes leave an answered one alone"
    assert kinds(received(1), answered(2), *turned, received(5)) == [before, after], "the case's later ones have it"
    assert kinds(received(1), answered(2), *turned, bounced(5, 2)) == [after], "it waits again, as it is now"
    assert kinds(received(1), answered(2), *turned, answered(5), bounced(6, 2)) == [after], "as at the second answer"
    assert kinds(received(1), answered(2), received(3, kind="fault")) == [before, ("fault", "contact")]


def test_what_touched_it_last() -> None:
    answered_one = [received(1), answered(2)]
    assert fold(*answered_one, fact(3, K.KIND_CHANGED, {"kind": "fault"}))[0].changed_at == hour(2), "not altered"
    assert fold(received(1), fact(3, K.KIND_CHANGED, {"kind": "fault"}))[0].changed_at == hour(3)
    assert fold(*answered_one, bounced(3, 2))[0].changed_at == hour(3)
    assert fold(*answered_one, received(3))[0].changed_at == hour(2), "another inquiry's message"
    assert fold(*answered_one, received(3), retime(4, 2, 1.5))[0].changed_at == hour(4)


def test_left_out_with_a_reason() -> None:
    first, second = fold(received(1), answered(2), received(3), fact(4, K.EXCLUDED, {"reason": "thanks"}, inquiry=2))
    assert (first.excluded, second.excluded) == (None, ExcludeReason.THANKS)
    assert not second.waits
    out = [received(1), fact(2, K.EXCLUDED, {"reason": "spam"}, inquiry=1)]
    assert fold(*out, fact(3, K.EXCLUDED, {"reason": "test"}, inquiry=1))[0].excluded is ExcludeReason.TEST
    assert fold(*out, drop(3, 2))[0].excluded is None, "taken back by a correction"


CORRECTED: list[tuple[list[Fact], list[tuple[float, float | None]], str]] = [
    ([received(1), answered(2), drop(3, 2)], [(1, None)], "the answer was none"),
    ([received(1), answered(2), drop(3, 2), drop(4, 3)], [(1, 2)], "dropping the correction restores it"),
    ([received(1), answered(2), drop(3, 2), drop(4, 3), drop(5, 4)], [(1, None)], "and so on"),
    ([received(1), answered(2), retime(3, 2, 1.5)], [(1, 1.5)], "another time"),
    ([received(1), answered(2), retime(3, 2, 1.5), retime(4, 2, 1.7)], [(1, 1.7)], "the last one holds"),
    ([received(1), answered(2), retime(3, 2, 1.5), retime(4, 2, 1.7), drop(5, 4)], [(1, 1.5)], "the last standing"),
    ([received(1), answered(2), retime(3, 2, 1.5), retime(4, 3, 1.7)], [(1, 1.7)], "a correction of a correction"),
    ([received(1), answered(2), drop(3, 2), retime(4, 2, 1.5)], [(1, 1.5)], "the last one holds over a drop"),
    ([received(1), answered(2), bounced(3, 2), drop(4, 3)], [(1, 2)], "it had not bounced after all"),
    ([received(1), retime(2, 1, 0.5)], [(0.5, None)], "the start corrected"),
    ([received(1), drop(2, 1)], [], "the only message was none"),
    ([received(1), drop(2, 9)], [(1, None)], "points at no fact: nothing"),
    ([received(1), drop(2, 3), answered(3)], [(1, 3)], "points at a later fact: nothing"),
    ([received(1), answered(2), fact(3, K.CORRECTED, {"seq": 2})], [(1, 2)], "says nothing: nothing"),
    # A correction can make the fold's ordinals others than those the facts were written with.
    ([received(1, inquiry=1), answered(2, 1), received(3, inquiry=2), answered(4, 2), drop(5, 2)], [(1, 4)],
     "the second message joins the first; the answer to it follows"),
    ([received(1, inquiry=1), answered(2, 1), received(3, inquiry=2), answered(4, 2), drop(5, 1)], [(3, 4)],
     "the answer to the message that was none is not taken for another's"),
    ([received(1, inquiry=1), answered(2, 1), received(3, inquiry=2), answered(4, 1), drop(5, 1)], [(3, None)],
     "nor one that came when the other waited"),
    ([received(1, inquiry=1), received(2, inquiry=1), answered(3, 1), drop(4, 1)], [(2, 3)],
     "one of two messages was none: the other is still answered"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected", "why"), CORRECTED)
def test_corrections(facts: list[Fact], expected: list[tuple[float, float | None]], why: str) -> None:
    wanted = [(hour(start), None if stop is None else hour(stop)) for start, stop in expected]
    assert spans(*facts) == wanted, why


def test_what_cannot_be_folded_is_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        fold(received(2), received(1))
    with pytest.raises(ValueError, match="in order"):
        fold(received(1), received(1))
    with pytest.raises(ValueError, match="one case"):
        fold(received(1), replace(received(2), case=CaseNumber("K-222222-2")))
    with pytest.raises(ValueError, match="must carry 'reason'"):
        fold(received(1), fact(2, K.EXCLUDED))
    with pytest.raises(ValueError, match="not a valid Kind"):
        fold(received(1, kind="weather"))


def test_an_inquiry_that_is_not_there_is_nobodys() -> None:
    assert spans(received(1), answered(2, 7)) == [(hour(1), None)]
    assert spans(received(1), answered(2, 0)) == [(hour(1), None)]


def test_the_timeline_says_what_happened() -> None:
    facts = [received(1), fact(2, K.ACKNOWLEDGED), received(3), fact(4, K.HELD), answered(5), answered(6),
             bounced(7, 5), fact(8, K.CLOSED), received(9), fact(10, K.EXCLUDED, {"reason": "thanks"})]  # fmt: skip
    told = [(moment.seq, moment.inquiry, moment.what) for moment in timeline(facts)]
    assert told == [
        (1, 1, Turn.STARTED), (2, 1, Turn.ACKNOWLEDGED), (3, 1, Turn.JOINED), (4, 1, Turn.HELD),
        (5, 1, Turn.STOPPED), (6, 1, Turn.ANSWERED_AGAIN), (7, 1, Turn.REVOKED), (6, 1, Turn.STOPPED),
        (8, 1, Turn.CLOSED), (9, 2, Turn.STARTED), (10, 2, Turn.EXCLUDED),
    ]  # fmt: skip
    assert [moment.instant for moment in timeline(facts)][:2] == [hour(1), hour(2)]


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """Any order of messages, answers, bounces, drops and the rest."""
    facts: list[Fact] = []
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        target, number = draw(st.integers(1, seq)), draw(st.sampled_from([None, 1, 2, 3]))
        facts.append(
            draw(
                st.sampled_from(
                    [
                        received(seq, at=draw(st.integers(0, 20))),
                        answered(seq, number),
                        bounced(seq, target),
                        fact(seq, K.EXCLUDED, {"reason": "spam"}, inquiry=number),
                        fact(seq, K.HELD, inquiry=number),
                        fact(seq, K.CLOSED),
                        fact(seq, K.KIND_CHANGED, {"kind": "fault"}),
                        drop(seq, target),
                        retime(seq, target, 2.5),
                    ]
                )
            )
        )
    return facts


@given(stories())
def test_the_timeline_and_the_inquiries_agree(facts: list[Fact]) -> None:
    inquiries, moments = fold_inquiries(facts), timeline(facts)
    assert {moment.inquiry for moment in moments} == {one.no for one in inquiries}
    for one in inquiries:
        mine = [moment for moment in moments if moment.inquiry == one.no]
        came = [moment for moment in mine if moment.what in {Turn.STARTED, Turn.JOINED}]
        assert one.arrived_at == min(moment.instant for moment in came)
        assert one.messages == len(came)
        assert standing(mine) == one.answered_seq
        assert len(one.held) == sum(moment.what is Turn.HELD for moment in mine)
        assert len(one.revoked) == sum(moment.what is Turn.REVOKED for moment in mine)


def standing(moments: list[Moment]) -> Seq | None:
    stop: Seq | None = None
    for moment in moments:
        if moment.what is Turn.STOPPED:
            stop = moment.seq
        elif moment.what is Turn.REVOKED:
            stop = None
    return stop


@given(stories(), st.integers(0, 14))
def test_more_facts_never_move_the_start_or_the_answer_that_stands(facts: list[Fact], length: int) -> None:
    unsettling = {K.CORRECTED, K.DELIVERY_FAILED}
    facts = [one for number, one in enumerate(facts) if number < length or one.kind not in unsettling]
    earlier, later = fold_inquiries(facts[:length]), fold_inquiries(facts)
    assert len(later) >= len(earlier)
    for before, after in zip(earlier, later, strict=False):
        assert after.arrived_at <= before.arrived_at
        if before.answered_at is not None:
            kept = ("arrived_at", "arrived_seq", "messages", "answered_at", "answered_seq", "kind", "unit")
            assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


@given(stories())
def test_every_message_is_in_exactly_one_inquiry(facts: list[Fact]) -> None:
    kept = [one for one in facts if one.kind is not K.CORRECTED]
    assert sum(one.messages for one in fold_inquiries(kept)) == sum(one.kind is K.RECEIVED for one in kept)

"""Which sent mail answers which received one: each rule alone, expectations by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import Fact, FactKind, to_micros
from bot.inquiry import fold_inquiries
from bot.threads import SUBJECT_HOLDS, LeftOut, Mail, Threads, Tied, is_forward, plain_subject, thread

START = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 12, 31, tzinfo=UTC)
DAY = timedelta(days=1)
US, ELSA, BO, KIM = b"us", b"elsa", b"bo", b"kim"


def came(
    day: float, sender: bytes = ELSA, id: str = "", refs: str = "", subject: str = "",
    reply_to: bytes = b"", form: LeftOut | None = None, key: str = "",
) -> Mail:  # fmt: skip
    return Mail(
        key=key or f"r{day}{sender!r}{id}", at=to_micros(START + day * DAY), sent=False, sender=sender,
        reply_to=reply_to, recipients=(US,), id=id.encode(), refs=tuple(map(str.encode, refs.split())),
        subject=subject.encode(), form=form,
    )  # fmt: skip


def went(
    day: float, to: tuple[bytes, ...] = (ELSA,), id: str = "", refs: str = "", subject: str = "",
    form: LeftOut | None = None,
) -> Mail:  # fmt: skip
    return Mail(
        key=f"s{day}{to!r}{id}", at=to_micros(START + day * DAY), sent=True, sender=US, recipients=to,
        id=id.encode(), refs=tuple(map(str.encode, refs.split())), subject=subject.encode(), form=form,
    )  # fmt: skip


def threads(*mails: Mail) -> Threads:
    return thread(mails, own=[US], start=START, as_of=AS_OF)


def story(facts: tuple[Fact, ...]) -> str:
    """Return a conversation as ``r1 id2``: a mail on day 1, an answer by its id on day 2."""
    words = []
    for fact in facts:
        day = (fact.occurred_at - START) / DAY
        word = "r" if fact.kind is FactKind.RECEIVED else str(fact.data["by"])
        words.append(f"{word}{day:g}")
    return " ".join(words)


def stories(*mails: Mail) -> list[str]:
    return [story(facts) for facts in threads(*mails).cases]


HOLDS = SUBJECT_HOLDS / DAY


@pytest.mark.parametrize(
    ("mails", "expected"),
    [
        # By id.
        ([came(1, id="a"), went(2, refs="a")], ["r1 id2"]),
        ([came(1, id="a"), went(2, refs="x a")], ["r1 id2"]),
        ([came(1, id="a"), went(2, (KIM, ELSA), refs="a")], ["r1 id2"]),
        ([came(1, id="a"), went(2, refs="x")], ["r1"]),
        ([came(1, id="a"), went(2, (KIM,), refs="a")], ["r1"]),  # passed on
        ([came(1, id="a"), went(2, (US,), refs="a")], ["r1"]),
        ([came(1, id="a"), went(2, (), refs="a")], ["r1"]),
        ([came(1, id="a"), went(2, refs="a", form=LeftOut.AUTOMATIC)], ["r1"]),
        ([came(1), went(2)], ["r1"]),  # neither id nor subject: nothing ties them
        ([came(1, id="a"), went(1, refs="a")], ["r1 id1"]),  # in the same second
        # One answer, two mails of one conversation or of two.
        ([came(1, id="a"), came(2, id="b", refs="a"), went(3, refs="b a")], ["r1 r2 id3"]),
        ([came(1, id="a"), came(2, id="b"), went(3, refs="b")], ["r1", "r2 id3"]),
        ([came(1, id="a"), came(2, BO, id="b"), went(3, (ELSA, BO), refs="b a")], ["r1 id3", "r2 id3"]),
        # What is written after the answer awaits one of its own, and our own mail ties as well.
        (
            [came(1, id="a"), went(2, id="s", refs="a"), came(3, id="b", refs="s"), went(4, refs="b")],
            ["r1 id2 r3 id4"],
        ),
        ([came(1, id="a"), went(2, id="s", refs="a"), went(3, refs="s")], ["r1 id2 id3"]),
        # A stranger who names a mail, or has the same id, is not let in.
        ([came(1, id="a"), came(2, KIM, id="b", refs="a"), went(3, (KIM,), refs="b a")], ["r1", "r2 id3"]),
        ([came(1, id="a"), came(2, KIM, id="a"), went(3, (KIM,), refs="a")], ["r1", "r2 id3"]),
        # By subject, only where no id tells.
        ([came(1, subject="lykta"), went(2, subject="lykta")], ["r1 subject2"]),
        ([came(1, id="a", subject="lykta"), went(2, refs="gone", subject="lykta")], ["r1 subject2"]),
        ([came(1, subject="lykta"), went(2, subject="gata")], ["r1"]),
        ([came(1, subject="lykta"), went(2, (KIM,), subject="lykta")], ["r1"]),
        ([came(2, subject="lykta"), went(1, subject="lykta")], ["r2"]),  # written before
        ([came(1, subject="lykta"), went(1 + HOLDS, subject="lykta")], [f"r1 subject{1 + HOLDS:g}"]),
        ([came(1, subject="lykta"), went(1.001 + HOLDS, subject="lykta")], ["r1"]),
        # Two questions with one subject wait: nobody can tell which one is answered, so both are.
        ([came(1, subject="x"), came(2, subject="x"), went(3, subject="x")], ["r1 subject3", "r2 subject3"]),
        ([came(1, id="a", subject="x"), came(2, id="b", subject="x"), went(3, refs="b")], ["r1", "r2 id3"]),
        # A web form: the person stands in Reply-To, the sender is ourselves or a machine.
        ([came(1, US, id="a", reply_to=ELSA), went(2, refs="a")], ["r1 id2"]),
        ([came(1, b"noreply", id="a", reply_to=ELSA), came(2, b"noreply", id="b", reply_to=BO), went(3, refs="a")],
         ["r1 id3", "r2"]),
        ([came(1, id="a", reply_to=US), went(2, refs="a")], ["r1 id2"]),
    ],
)  # fmt: skip
def test_what_answers_what(mails: list[Mail], expected: list[str]) -> None:
    assert stories(*mails) == expected
    assert stories(*reversed(mails)) == expected


@pytest.mark.parametrize(
    ("mails", "reasons", "received"),
    [
        ([came(-1)], {"before_period": 1}, 1),
        ([came(-1, form=LeftOut.LIST)], {"before_period": 1}, 1),
        ([came(400)], {}, 0),  # after the as-of instant
        ([came(1, form=LeftOut.AUTOMATIC), came(2, form=LeftOut.AUTOMATIC)], {"automatic": 2}, 2),
        ([came(1, form=LeftOut.BOUNCE), came(2, form=LeftOut.CALENDAR)], {"bounce": 1, "calendar": 1}, 2),
        ([came(1, US)], {"own": 1}, 1),
        ([came(1, US, reply_to=US)], {"own": 1}, 1),
        ([came(1, b"")], {"no_sender": 1}, 1),
        ([came(1, id="a"), came(3, id="a")], {"duplicate": 1}, 2),
        ([came(1, subject="x", key="1"), came(1, subject="x", key="2")], {"duplicate": 1}, 2),
        ([came(1, id="a"), came(1, BO, id="a")], {}, 2),  # two senders: two mails
        # A form without ids: two people in the same second, and one person's mail in two folders.
        ([came(1, KIM, subject="x", reply_to=ELSA, key="1"), came(1, KIM, subject="x", reply_to=BO, key="2")], {}, 2),
        (
            [came(1, KIM, subject="x", reply_to=ELSA, key="1"), came(1, KIM, subject="x", reply_to=ELSA, key="2")],
            {"duplicate": 1},
            2,
        ),
        # A list may add Reply-To to one of two copies; the id tells that they are one.
        ([came(1, id="a", key="1"), came(1, id="a", reply_to=BO, key="2")], {"duplicate": 1}, 2),
        ([came(1, subject="x"), came(2, subject="x")], {}, 2),
        # Younger than its own answer, even if it has a later one as well.
        ([came(2, id="a"), went(1, refs="a"), went(3, refs="a")], {"mistimed": 1}, 1),
        ([came(2, id="a"), went(1, (KIM,), refs="a")], {}, 1),  # not its answer
        ([came(2, id="a"), went(1, refs="a", form=LeftOut.AUTOMATIC)], {}, 1),
        ([came(2, id="a"), came(0.5, id="a"), went(1, refs="a")], {"duplicate": 1}, 2),  # the first copy came in time
    ],
)
def test_what_is_left_out_and_why(mails: list[Mail], reasons: dict[str, int], received: int) -> None:
    found = threads(*mails)
    assert (found.left_out, found.received) == (reasons, received)
    assert sum(map(len, found.cases)) >= received - sum(reasons.values())


def test_the_first_and_the_last_instant_of_the_period_belong_to_it() -> None:
    end = (AS_OF - START) / DAY
    found = threads(came(0, id="a"), came(end, BO))
    assert (len(found.cases), found.received) == (2, 2)
    assert stories(came(1, id="a"), went(end, refs="a")) == [f"r1 id{end:g}"]


@pytest.mark.parametrize(
    ("mail", "reasons"),
    [
        (replace(came(1, BO), domain=b"kommun", forward=True), {"passed_on": 1}),
        (replace(came(1, BO), domain=b"kommun"), {}),  # a colleague who asks is a person
        (replace(came(1, ELSA), domain=b"elsewhere", forward=True), {}),  # so is a citizen who passes something on
        (replace(came(1, US), domain=b"kommun", forward=True), {"own": 1}),
        (replace(came(1, BO, form=LeftOut.LIST), domain=b"kommun", forward=True), {"list": 1}),
    ],
)
def test_what_a_colleague_passes_on_opens_nothing(mail: Mail, reasons: dict[str, int]) -> None:
    found = thread([mail], own=[US], domains=[b"kommun"], start=START, as_of=AS_OF)
    assert (found.left_out, len(found.cases)) == (reasons, 0 if reasons else 1)


@pytest.mark.parametrize(
    ("subject", "forward"),
    [
        ("VB: Gatlykta", True),
        ("[EXTERN] Fwd: Gatlykta", True),
        ("vl : Katuvalo", True),
        ("SV: VB: Gatlykta", False),  # an answer to a forward
        ("Gatlykta VB: x", False),
        ("VBA: hjälp", False),
        ("", False),
    ],
)
def test_a_forward_is_known_by_its_subject(subject: str, forward: bool) -> None:
    assert is_forward(subject) is forward


def test_facts_are_those_of_mail_answered_elsewhere_by_an_officer_nobody_knows() -> None:
    (facts,) = threads(came(1, id="a"), went(2, refs="a")).cases
    assert [(fact.kind, fact.actor) for fact in facts] == [
        (FactKind.RECEIVED, "person"), (FactKind.ANSWERED_ELSEWHERE, "officer:unknown"),
    ]  # fmt: skip
    (inquiry,) = fold_inquiries(facts)
    assert (inquiry.arrived_at, inquiry.answered_at) == (START + DAY, START + 2 * DAY)


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Gatlykta", "gatlykta"),
        ("SV: Gatlykta", "gatlykta"),
        ("Re: VS: sv : Gatlykta", "gatlykta"),
        ("RE[2]: Gatlykta", "gatlykta"),
        ("Re (3): Gatlykta", "gatlykta"),
        ("VB: [EXTERN] Gatlykta", "gatlykta"),
        ("[EXTERN] SV: [K-7Q4M2X-9 abcde] Gatlykta", "gatlykta"),
        ("Gatlykta  på\tStorgatan [K-7Q4M2X-9]", "gatlykta på storgatan"),
        ("Svar: Gatlykta", "gatlykta"),
        ("Svaret: Gatlykta", "svaret: gatlykta"),
        ("Resa: Gatlykta", "resa: gatlykta"),
        ("GATLYKTA Å", "gatlykta å"),
        ("GATLYKTA A\N{COMBINING RING ABOVE}", "gatlykta å"),
        ("SV:", ""),
        ("[EXTERN]", ""),
        ("", ""),
        ("[öppen klammer", "[öppen klammer"),
    ],
)
def test_a_subject_without_what_mail_programs_add(subject: str, plain: str) -> None:
    assert plain_subject(subject) == plain


@given(st.text(max_size=200))
def test_a_subject_is_plain_after_an_answer_too(subject: str) -> None:
    plain = plain_subject(subject)
    if plain:
        assert plain_subject(f"SV: {subject}") == plain
        assert plain_subject(f"Re: [EXTERN] {subject}") == plain


TOKENS = st.sampled_from([b"", b"a", b"b", b"c"])
PEOPLE = st.sampled_from([b"", US, ELSA, BO])
MAILS = st.lists(
    st.builds(
        Mail, key=st.uuids().map(str), at=st.integers(-3, 6).map(lambda day: to_micros(START + day * DAY)),
        sent=st.booleans(), sender=PEOPLE, reply_to=PEOPLE, recipients=st.tuples(PEOPLE, PEOPLE), id=TOKENS,
        refs=st.tuples(TOKENS, TOKENS), subject=TOKENS, form=st.sampled_from([None, None, *LeftOut]),
    ),
    max_size=12,
    unique_by=lambda mail: mail.key,
)  # fmt: skip


@given(MAILS, st.randoms())
def test_every_received_mail_is_in_one_place_and_order_does_not_matter(mails: list[Mail], random: object) -> None:
    found = threads(*mails)
    facts = [fact for case in found.cases for fact in case]
    opened = [fact for fact in facts if fact.kind is FactKind.RECEIVED]
    assert len(opened) + sum(found.left_out.values()) == found.received == sum(not mail.sent for mail in mails)
    assert len({(fact.kind, fact.source) for fact in facts}) == len(facts)
    assert {fact.data["by"] for fact in facts if fact not in opened} <= set(Tied)
    for case in found.cases:
        assert case[0].kind is FactKind.RECEIVED
        assert list(case) == sorted(case, key=lambda fact: (fact.occurred_at, fact.seq))
        assert sum(one.messages for one in fold_inquiries(case)) == sum(fact in opened for fact in case)
    random.shuffle(mails)  # type: ignore[attr-defined]
    assert threads(*mails) == found

"""A small mailbox worked out by hand, through threading, folding and figures, then in words and as JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import Calendar, CalendarVersion, SpecialDay
from bot.clock import NO_ANSWER, Rule
from bot.facts import to_micros
from bot.inquiry import fold_inquiries
from bot.threads import LeftOut, Mail, Threads, plain_subject, thread
from config.texts import LANGUAGES, Language, Texts
from measurement.baseline import BASELINE, Baseline, Caveat, MailboxData, baseline, period_start
from measurement.measures import MEASURES, Display
from measurement.periods import Week
from measurement.population import Inquiries, WeekData
from measurement.show_baseline import as_json, as_text
from measurement.weekly import weekly_report
from measurement.words import WIDTH

ZONE = ZoneInfo("Europe/Stockholm")
OPEN = ((8 * 60, 16 * 60 + 30),)  # 08:00–16:30, 510 minutes
CLOSED = SpecialDay(date=date(2026, 10, 28), spans=(), decided_by="KS § 2")
CALENDAR = Calendar(
    [
        CalendarVersion(
            valid_from=date(2020, 1, 1), decided_by="KS § 1", ordinary_day_minutes=510,
            week=(*[OPEN] * 5, (), ()), days=(CLOSED,),
        )
    ]
)  # fmt: skip
US = "kontakt@kommun.example"


def local(text: str) -> datetime:
    """Return a local time of 2026, as ``10-23 15:00``, as UTC."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


START, AS_OF = local("10-19 00:00"), local("11-09 12:00")  # both Mondays


@dataclass(frozen=True)
class Row:
    """One mail of the mailbox: what a client shows of it."""

    at: str
    folder: str
    sender: str
    to: str
    subject: str
    id: str
    refs: tuple[str, ...] = ()
    form: LeftOut | None = None

    @property
    def sent(self) -> bool:
        return self.folder == "Skickat"


ELSA, KIM, BO, ULLA, VERA, MALLORY = (
    f"{name}@example.org" for name in ("elsa", "kim", "bo", "ulla", "vera", "mallory")
)
#                                                                      deadlines: one day  two days  end of next  24 h
MAILBOX = (
    Row("10-18 20:00", "INBOX", BO, US, "Gammal fråga", "r12"),  # before the period
    # Friday, and Monday after the clocks went back: 90 minutes are left of Friday.
    Row("10-23 15:00", "INBOX", ELSA, US, "Gatlykta", "r1"),  #         Mon 15:00  Tue 15:00  Mon 16:30  Sat 15:00
    Row("10-23 15:00", "INBOX/Klart", ELSA, US, "Gatlykta", "r1"),  # the same mail, copied
    Row("10-26 14:30", "Skickat", US, ELSA, "SV: Gatlykta", "a1", ("r1",)),
    # 24 hours after Saturday 15:30 it is Sunday 14:30: that night has an hour more.
    Row("10-24 15:30", "INBOX", KIM, US, "Snö", "r2"),  #               Mon 16:30  Tue 16:30  Mon 16:30  Sun 14:30
    Row("10-25 15:00", "Skickat", US, KIM, "Re: Snö", "a2", ("r2",)),
    # Wednesday 28 October is closed. The answer knows nothing of the question but its subject.
    Row("10-27 10:00", "INBOX", BO, US, "Bygglov?", "r3"),  #           Thu 10:00  Fri 10:00  Thu 16:30  Wed 10:00
    Row("10-29 09:30", "Skickat", US, BO, "Sv:  BYGGLOV? [EXTERN]", "a3"),
    # Two mails of one conversation, one answer to the second: one inquiry since the first.
    Row("10-26 09:00", "INBOX", ELSA, US, "Soptunna", "r4"),  #         Tue 09:00  Thu 09:00  Tue 16:30  Tue 09:00
    Row("10-26 11:00", "INBOX", ELSA, US, "Sv: Soptunna", "r5", ("r4",)),
    Row("10-27 09:30", "Skickat", US, ELSA, "SV: Sv: Soptunna", "a4", ("r5", "r4")),
    # Passed on to a colleague, answered by a machine: neither is an answer.
    Row("10-29 08:00", "INBOX/Klart", ULLA, US, "Parkering", "r6"),  #  Thu 16:30  Fri 16:30  Fri 16:30  Fri 08:00
    Row("10-29 08:10", "Skickat", US, "bygg@kommun.example", "VB: Parkering", "f6", ("r6",)),
    Row("10-29 08:11", "Skickat", US, ULLA, "Autosvar: Parkering", "x6", ("r6",), LeftOut.AUTOMATIC),
    # A stranger who names Ulla's mail has a conversation of his own, and its answer is none for Ulla.
    Row("10-29 09:00", "INBOX", MALLORY, US, "Re: Parkering", "r7", ("r6",)),  # Fri 09:00 Mon 09:00 Fri 16:30 Fri 09:00
    Row("10-30 08:30", "Skickat", US, MALLORY, "SV: Parkering", "a7", ("r7", "r6")),
    # What no person asks.
    Row("10-26 14:31", "INBOX", ELSA, US, "Autosvar: Gatlykta", "r8", ("a1",), LeftOut.AUTOMATIC),
    Row("10-27 09:31", "INBOX", "mailer-daemon@mx.example", US, "Undelivered", "r9", (), LeftOut.BOUNCE),
    Row("10-30 12:00", "INBOX", "nytt@example.net", US, "Nyhetsbrev", "r10", (), LeftOut.LIST),
    Row("11-02 08:00", "INBOX", US, US, "Prov", "r11"),
    # Moved here on 2 November: answered before it seems to have come.
    Row("11-02 10:00", "INBOX/Klart", KIM, US, "Vatten", "r14"),
    Row("10-30 09:00", "Skickat", US, KIM, "SV: Vatten", "a14", ("r14",)),
    # Answered at once, and not yet due by three of the rules.
    Row("11-06 16:00", "INBOX", VERA, US, "Förskola", "r13"),  #        Mon 16:00  Tue 16:00  Mon 16:30  Sat 16:00
    Row("11-06 16:10", "Skickat", US, VERA, "SV: Förskola", "a13", ("r13",)),
    Row("11-07 16:10", "Skickat", US, "alla@kommun.example", "Möte", "m1"),
    # Not known yet.
    Row("11-09 12:00:01", "INBOX", VERA, US, "Skola", "r15"),
)  # fmt: skip


def mail(row: Row, at: int) -> Mail:
    return Mail(
        key=f"{at:03d}", at=to_micros(local(row.at)), sent=row.sent, sender=row.sender.encode(),
        recipients=(row.to.encode(),), id=row.id.encode(), refs=tuple(ref.encode() for ref in row.refs),
        subject=plain_subject(row.subject).encode(), form=row.form,
    )  # fmt: skip


def threads(rows: tuple[Row, ...] = MAILBOX) -> Threads:
    mails = [mail(row, at) for at, row in enumerate(rows)]
    return thread(mails, own=[US.encode()], start=START, as_of=AS_OF)


def figures(rows: tuple[Row, ...] = MAILBOX, calendar: Calendar = CALENDAR, *, unread: int = 0) -> Baseline:
    found = threads(rows)
    data = MailboxData(
        cases=found.cases, received=found.received, left_out=found.left_out, sent=found.sent, unread=unread
    )
    return baseline(data, calendar, Rule.ONE_WORKING_DAY, START, AS_OF)


CLASSES = {
    Rule.ONE_WORKING_DAY: (4, 1, 1, 1, 0),  # in time r1 r2 r3 r7, late r4, unanswered r6, not yet due r13
    Rule.TWO_WORKING_DAYS: (5, 0, 1, 1, 0),
    Rule.END_OF_NEXT_WORKING_DAY: (5, 0, 1, 1, 0),
    Rule.CLOCK_24H: (2, 4, 1, 0, 0),  # in time r7 r13, late r1 r2 r3 r4
}
SHARES = {
    Rule.ONE_WORKING_DAY: (4, 6),
    Rule.TWO_WORKING_DAYS: (5, 6),
    Rule.END_OF_NEXT_WORKING_DAY: (5, 6),
    Rule.CLOCK_24H: (2, 7),
}
LEFT_OUT = {
    "before_period": 1, "duplicate": 1, "bounce": 1, "list": 1, "automatic": 1, "own": 1, "mistimed": 1,
}  # fmt: skip


@pytest.mark.parametrize("rule", Rule)
def test_the_whole_period_under_every_rule(rule: Rule) -> None:
    found = figures()
    one = found.rules[rule]
    assert (one.in_time, one.late, one.unanswered, one.not_yet_due, one.left_out) == CLASSES[rule]
    assert one.arrivals == found.arrivals == 7
    assert one.share is not None
    assert (one.share.numerator, one.share.denominator, one.share.n) == (*SHARES[rule], SHARES[rule][1])
    assert one.share.period == "2026-10-19/2026-11-09"
    assert one.share.measure == f"baseline.answered_in_time.{rule.value}"
    assert one.share.as_of == AS_OF
    assert (one.share.display, one.share.spread) == (Display.COUNT_ONLY, None)


def test_what_is_counted_and_what_is_left_out() -> None:
    found = figures()
    assert found.received == 15
    assert found.left_out == LEFT_OUT
    assert found.messages == 8  # r4 and r5 are one contact
    assert (found.by_id, found.by_subject) == (5, 1)
    assert found.sent == 9  # the automatic reply is not a person's


def test_every_week_adds_up_to_the_whole() -> None:
    found = figures()
    assert [(str(one.week), one.arrivals) for one in found.weeks] == [
        ("2026-W43", 2), ("2026-W44", 4), ("2026-W45", 1), ("2026-W46", 0),
    ]  # fmt: skip
    third = found.weeks[2].rules[Rule.ONE_WORKING_DAY]
    assert (third.not_yet_due, third.share, third.settled) == (1, None, False)
    assert third.settles_at == local("11-09 16:00")
    second = found.weeks[1].rules[Rule.ONE_WORKING_DAY]
    assert second.share is not None
    assert (second.share.numerator, second.share.denominator, second.settled) == (2, 4, True)
    # The last week is not over: what comes in its last instant is due on Monday at closing time.
    fourth = found.weeks[3].rules[Rule.ONE_WORKING_DAY]
    assert (fourth.arrivals, fourth.settled, fourth.settles_at) == (0, False, local("11-16 16:30"))
    for rule in Rule:
        for name in ("in_time", "late", "unanswered", "not_yet_due"):
            whole = getattr(found.rules[rule], name)
            assert sum(getattr(one.rules[rule], name) for one in found.weeks) == whole


def test_a_conversation_counts_in_each_week_in_which_it_begins_anew() -> None:
    rows = (
        Row("10-20 09:00", "INBOX", ELSA, US, "Snö", "q1"),
        Row("10-20 10:00", "Skickat", US, ELSA, "SV: Snö", "s1", ("q1",)),
        Row("10-27 09:00", "INBOX", BO, US, "Is", "q2"),
        Row("11-03 09:00", "INBOX", ELSA, US, "SV: Snö", "q3", ("s1",)),
    )
    found = figures(rows)
    assert [one.arrivals for one in found.weeks] == [1, 1, 1, 0]
    assert [one.rules[Rule.CLOCK_24H].in_time for one in found.weeks] == [1, 0, 0, 0]


def test_a_week_that_has_just_begun_is_one_of_them() -> None:
    monday = local("10-26 00:00")
    one = thread([mail(Row("10-26 00:00", "INBOX", BO, US, "Is", "q"), 1)], own=[], start=START, as_of=monday)
    data = MailboxData(cases=one.cases, received=one.received, left_out=one.left_out, sent=one.sent)
    found = baseline(data, CALENDAR, Rule.CLOCK_24H, START, monday)
    assert [(str(one.week), one.arrivals) for one in found.weeks] == [("2026-W43", 0), ("2026-W44", 1)]


def test_median_and_ninth_decile_on_the_clock_and_in_open_time() -> None:
    # On the clock: 10 min, 23.5 h, 24.5 h twice (r2 over the longer night, r4), 47.5 h, 72.5 h; r6 waits since 268 h.
    # S = 6/7, 5/7, 3/7 at 24.5 h. After 72.5 h it is 1/7, above a tenth: more than 268 h.
    # Open: 0 (r2), 10, 480 three times (r1, r3, r7), 540 (r4) minutes; r6 waits since 7 days of 510 and 240 minutes.
    found = figures()
    values = [found.waiting_median, found.waiting_p90, found.working_median, found.working_p90]
    said = [(one.quantile.value.total_seconds() / 60, one.quantile.more_than) for one in values if one.quantile]
    assert said == [(24.5 * 60, False), (268 * 60, True), (480, False), (7 * 510 + 240, True)]
    assert {(one.n, one.answered) for one in values} == {(7, 6)}


@pytest.mark.parametrize("rule", Rule)
def test_a_week_is_what_the_weekly_report_says_of_the_same_inquiries(rule: Rule) -> None:
    week = Week.parse("2026-W44")
    inquiries = [one for facts in threads().cases for one in fold_inquiries(facts)]
    mine = [one for one in inquiries if week.start(ZONE) <= one.arrived_at < week.end(ZONE)]
    none = np.zeros(len(mine), dtype=np.bool_)
    data = Inquiries(
        case=tuple(one.case for one in mine), no=np.ones(len(mine), dtype=np.int64), channel=("mail",) * len(mine),
        arrived=np.array([to_micros(one.arrived_at) for one in mine]),
        answered=np.array([to_micros(one.answered_at) if one.answered_at else NO_ANSWER for one in mine]),
        acknowledged=none, held=none, unsure=none, revoked=np.zeros(len(mine), dtype=np.int64),
        excluded=("",) * len(mine),
    )  # fmt: skip
    report = weekly_report(
        week, WeekData(inquiries=data, oldest=None, mail_held=0, mail_automatic=0), CALENDAR, rule, AS_OF
    )
    theirs, ours = report.rules[rule], figures().weeks[1].rules[rule]
    for name in ("in_time", "late", "unanswered", "not_yet_due", "left_out", "settled", "settles_at"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_an_empty_mailbox_has_no_share() -> None:
    found = figures(())
    assert found.arrivals == 0
    assert {one.share for one in found.rules.values()} == {None}
    assert found.waiting_median.quantile is None
    assert len(found.weeks) == 4
    assert Caveat.NOTHING_SENT not in found.caveats
    assert as_text(found, Texts("sv", ZONE)).startswith("Utgångsläge: ingen kontakt att räkna.")
    assert as_json(found)["rules"]["clock_24h"]["share"] is None


ALWAYS = {Caveat.HOLDING_NOTICES, Caveat.MAILBOX_TIME, Caveat.HEADS_ONLY, Caveat.ELSEWHERE}
YOUNG = Calendar(
    [
        CalendarVersion(
            valid_from=date(2026, 10, 20), decided_by="KS § 3", ordinary_day_minutes=510, week=(*[OPEN] * 5, (), ())
        )
    ]
)


@pytest.mark.parametrize(
    ("rows", "calendar", "unread", "more"),
    [
        (MAILBOX, CALENDAR, 0, {Caveat.BY_SUBJECT, Caveat.MISTIMED}),
        ([row for row in MAILBOX if row.id not in {"r14", "r3"}], CALENDAR, 3, {Caveat.UNREAD}),
        ([row for row in MAILBOX if not row.sent], CALENDAR, 0, {Caveat.NOTHING_SENT}),
        ([row for row in MAILBOX if row.id not in {"r14", "r3"}], YOUNG, 0, {Caveat.CALENDAR}),
    ],
)
def test_what_must_be_said_beside_the_figures(
    rows: tuple[Row, ...], calendar: Calendar, unread: int, more: set[Caveat]
) -> None:
    found = figures(tuple(rows), calendar, unread=unread)
    assert set(found.caveats) == ALWAYS | more
    assert list(found.caveats) == [caveat for caveat in Caveat if caveat in found.caveats]


def test_the_text_says_first_that_it_is_a_baseline() -> None:
    lines = as_text(figures(), Texts("sv", ZONE)).splitlines()
    assert lines[:2] == [
        "Utgångsläge: 4 av 6 besvarades inom en arbetsdag.",
        "Mätt i efterhand ur brevlådan, innan något har ändrats.",
    ]
    text = " ".join(" ".join(lines).split())
    assert "Från måndag 19 oktober 2026, enligt läget måndag 9 november kl. 12.00." in text
    assert "Mejl som kom in: 15. Skrivna av människor: 8. Kontakter: 7." in text
    assert "5 genom mejlets id, 1 bara genom ämnesraden" in text
    assert "2026-W44 4 2 av 4" in text
    assert "2026-W45 hittills 1 inget att räkna" in text
    assert "snarare för bra än för dåligt" in text
    assert "baseline.answered_in_time.one_working_day, definition 1; per 2026-11-09 11:00:00 (UTC)" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_a_terminal(language: Language) -> None:
    found = figures(unread=2)
    assert max(map(len, as_text(found, Texts(language, ZONE)).splitlines())) <= WIDTH
    for count in (20, 3000):
        busy = figures((*many(count), *many(count, "11-09 06")))
        assert max(map(len, as_text(busy, Texts(language, ZONE)).splitlines())) <= WIDTH


def test_a_week_says_as_much_as_its_number_allows() -> None:
    # 12 contacts, all answered in time; Wilson for 12 of 12: from 12 / (12 + 1.96²) = 0.7575 on.
    text = as_text(figures((*many(12), *many(3, "11-09 06"))), Texts("sv", ZONE)).replace("\N{NO-BREAK SPACE}", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.startswith("2026-W")]
    assert lines == [
        "2026-W43 12 12 av 12 100,0 % 75,8 %–100,0 %",
        "2026-W44 0 inget att räkna",
        "2026-W45 0 inget att räkna",
        "2026-W46 hittills 3 inget att räkna",
    ]


def many(count: int, hour: str = "") -> list[Row]:
    """Return so many mails, each answered an hour later."""
    rows = []
    for n in range(count):
        asked = f"{hour or f'10-{19 + n % 5} 09'}:{n % 60:02d}"
        answered = asked.replace(" 09", " 10").replace(" 06", " 07")
        who, key = f"p{n}@example.org", f"{hour}-{n}"
        rows.append(Row(asked, "INBOX", who, US, f"Fråga {n}", f"q{key}"))
        rows.append(Row(answered, "Skickat", US, who, f"SV: Fråga {n}", f"s{key}", (f"q{key}",)))
    return rows


def test_json_is_whole_and_marked() -> None:
    plain = json.loads(json.dumps(as_json(figures(unread=2))))
    assert (plain["baseline"], plain["measured"]) == (True, "afterwards_from_mailbox")
    assert plain["mails"] == {"received": 15, "of_people": 8, "left_out": LEFT_OUT, "sent": 9, "unread": 2}
    assert plain["answers"] == {"by_id": 5, "by_subject": 1, "by_subject_share": pytest.approx(1 / 6)}
    assert plain["rules"]["one_working_day"]["share"] == {
        "measure": "baseline.answered_in_time.one_working_day", "version": 1, "unit": "share", "numerator": 4,
        "denominator": 6, "n": 6, "period": "2026-10-19/2026-11-09", "as_of": "2026-11-09T11:00:00+00:00",
        "share": pytest.approx(4 / 6), "display": "count_only", "spread": None,
    }  # fmt: skip
    assert plain["times"]["baseline.waiting_time.p90"]["more_than"] is True
    assert plain["times"]["baseline.waiting_time.median"]["value"] == 88_200
    assert [week["week"] for week in plain["weeks"]] == ["2026-W43", "2026-W44", "2026-W45", "2026-W46"]
    for at in (plain, *plain["weeks"]):
        for rule in at["rules"].values():
            assert sum(rule["classes"].values()) == at["arrivals"]
    text = json.dumps(plain)
    assert "example.org" not in text
    assert "Gatlykta" not in text


def test_a_baseline_is_never_mixed_with_a_measured_week() -> None:
    assert not {measure.id for measure in BASELINE.values()} & set(MEASURES)
    assert set(BASELINE) <= set(MEASURES)


@pytest.mark.parametrize(
    ("as_of", "months", "expected"),
    [
        ("2026-11-21T12:00", 12, "2025-11-17T00:00"),  # 21 November 2025 is a Friday
        ("2026-03-31T12:00", 1, "2026-02-23T00:00"),  # 28 February, a Saturday
        ("2026-11-09T00:00", 1, "2026-10-05T00:00"),  # 9 October is a Friday; summer time then
        ("2026-01-15T12:00", 12, "2025-01-13T00:00"),
        ("2028-02-29T12:00", 12, "2027-02-22T00:00"),  # 28 February 2027, a Sunday
        ("2026-12-31T23:30", 13, "2025-11-24T00:00"),  # 30 November 2025, a Sunday
    ],
)
def test_a_period_begins_on_a_monday(as_of: str, months: int, expected: str) -> None:
    instant = datetime.fromisoformat(as_of).replace(tzinfo=ZONE).astimezone(UTC)
    wanted = datetime.fromisoformat(expected).replace(tzinfo=ZONE).astimezone(UTC)
    assert period_start(instant, months, ZONE) == wanted


def test_a_period_has_a_month_at_least() -> None:
    with pytest.raises(ValueError, match="one month"):
        period_start(AS_OF, 0, ZONE)


@given(st.permutations(MAILBOX), st.sets(st.integers(0, len(MAILBOX) - 1)))
def test_whatever_lies_in_the_mailbox_the_sums_hold(rows: list[Row], gone: set[int]) -> None:
    kept = tuple(row for at, row in enumerate(rows) if at not in gone)
    found = figures(kept)
    assert found.messages >= found.arrivals
    for rule in found.rules.values():
        assert rule.arrivals == found.arrivals == sum(week.arrivals for week in found.weeks)
    assert found.by_id + found.by_subject == found.waiting_median.answered


@given(st.permutations(MAILBOX))
def test_the_order_in_which_folders_are_read_changes_nothing(rows: list[Row]) -> None:
    assert as_json(figures(tuple(rows))) == as_json(figures())

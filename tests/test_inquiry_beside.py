"""What an inquiry carries for the figures beside its clock: topic, later answers, promises, hand-overs, outcomes."""

from dataclasses import replace

from bot.facts import Seq, to_micros
from tests.test_inquiry import Data, K, answered, bounced, drop, fact, fold, hour, received


def test_the_topic_is_that_at_the_answer_and_the_language_the_cases() -> None:
    topics = [fact(2, K.TOPIC_SET, {"topic": "gator"}), answered(3), fact(4, K.TOPIC_SET, {"topic": "parker"})]
    assert [one.topic for one in fold(received(1), *topics, received(5))] == ["gator", "parker"]
    assert fold(received(1), *topics, bounced(5, 3))[0].topic == "parker", "it waits again, as it is now"
    marked = [
        fact(4, K.MARKED, {"mark": "language", "value": "fi"}),
        fact(5, K.MARKED, {"mark": "diary", "value": "y"}),
    ]
    assert [one.language for one in fold(received(1), answered(2), received(3), *marked)] == ["fi", "fi"]
    assert fold(received(1), *marked, fact(6, K.MARKED, {"mark": "language", "value": ""}))[0].language == ""


def test_another_answer_that_stands_beside_the_first() -> None:
    facts = [received(1), answered(2), answered(3), answered(4)]
    assert [fold(*facts[:length])[0].again_at for length in range(1, 5)] == [None, None, hour(3), hour(3)]
    assert fold(*facts, bounced(5, 2))[0].again_at == hour(4)
    assert fold(*facts[:3], bounced(5, 2))[0].again_at is None


def test_which_message_opened_it_and_when_a_figure_was_last_touched() -> None:
    (one,) = fold(received(1, at=5), received(6, at=3), fact(7, K.CLOSED), fact(8, K.NOTED))
    assert (one.arrived_at, one.opened_at, one.touched_at) == (hour(3), hour(5), hour(6))
    story = [received(1), fact(2, K.HELD), answered(3), fact(4, K.CLOSED)]
    assert [fold(*story)[0].touched_at, fold(*story)[0].otherwise_at] == [hour(3), hour(2)], (
        "only the answer came since"
    )
    assert fold(*story, answered(5))[0].otherwise_at == hour(5), "another answer changes what figures say"
    told = fact(9, K.TOPIC_SET, {"topic": "gator"})
    assert [one.touched_at for one in fold(received(1), answered(2), received(3), told, fact(10, K.OPENED))] == [
        hour(9),
        hour(9),
    ]


def test_handed_over_between_arrival_and_answer() -> None:
    over: Data = {"unit": "roads"}
    for facts, expected in [
        ([received(1), fact(2, K.TRANSFERRED, over), answered(3)], [True]),
        ([received(1), fact(2, K.TRANSFERRED, over)], [False]),  # nothing was answered yet
        ([received(1), answered(2), fact(3, K.TRANSFERRED, over), received(4)], [False, False]),
        ([received(1), fact(2, K.TRANSFERRED, over), drop(3, 2), answered(4)], [False]),
        # Whoever hands it to themselves has only taken it; a colleague of the same unit is somebody else.
        ([received(1), fact(2, K.TRANSFERRED, {"unit": "contact", "officer": "anna"}), answered(3)], [False]),
        ([received(1), fact(2, K.TRANSFERRED, {"unit": "contact", "officer": "bo"}), answered(3)], [True]),
        ([received(1), fact(2, K.TRANSFERRED, {"unit": "roads", "officer": "anna"}), answered(3)], [True]),
        # The answer of hour 3 bounced: it went over before the one that stands.
        ([received(1), answered(3), fact(4, K.TRANSFERRED, over), bounced(5, 3), answered(6)], [True]),
    ]:
        assert [one.transferred for one in fold(*facts)] == expected


def test_what_came_next_in_the_case() -> None:
    story = [received(1), answered(2), received(3), answered(4), received(5)]
    assert [one.next_at for one in fold(*story)] == [hour(3), hour(5), None]
    thanks = fact(6, K.EXCLUDED, {"reason": "thanks"}, inquiry=2)
    assert [one.next_at for one in fold(*story, thanks)] == [hour(5), hour(5), None], "what is left out does not count"
    assert fold(received(1), answered(2), received(3, at=1.5))[0].next_at is None, "it came before the answer"
    assert fold(received(1), answered(2), received(3), bounced(4, 2))[0].next_at is None, "there is no answer"


def test_the_days_that_were_promised() -> None:
    first, at = "2026-05-06", to_micros(hour(2))
    held = fact(2, K.HELD, {"until": "2026-05-08"})
    for facts, expected in [
        ([received(1)], ""),
        ([received(1, promised=first)], first),
        ([received(1, promised=first), held], f"{first} {at}:2026-05-08"),
        ([received(1, promised=first), held, drop(3, 2)], first),
        (
            [received(1, promised=first), fact(2, K.ANSWERED, at=1.5), replace(held, seq=Seq(3))],
            f"{first} {at}:2026-05-08",
        ),
        ([received(1, promised=first), fact(2, K.HELD)], first),
        ([received(1), held, fact(3, K.HELD, {"until": "2026-05-12"})], f"2026-05-08 {to_micros(hour(3))}:2026-05-12"),
        # The system's own notice that a promise will be missed does not save it.
        ([received(1, promised=first), fact(2, K.DELAYED, {"until": "2026-05-08"})], first),
    ]:
        assert fold(*facts)[0].promised == expected


def test_what_it_led_to_is_told_for_all_that_was_asked_so_far() -> None:
    told, untold = fact(4, K.OUTCOME, {"result": "remedied", "outbox": 9}), fact(4, K.OUTCOME, {"result": "remedied"})
    story = [received(1), answered(2), received(3)]
    assert [one.outcome_at for one in fold(*story, told, answered(5), received(6))] == [hour(4), hour(4), None]
    assert [one.outcome_at for one in fold(*story, untold)] == [None, None], "nobody was told"
    assert [one.outcome_at for one in fold(*story, told, drop(5, 4))] == [None, None]

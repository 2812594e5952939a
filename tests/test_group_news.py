"""What is new in a case as its group is told, worked out by hand: words, files, answers, notes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import Channel, FactKind, MessageId, OfficerId, OutboxId
from bot.groups.card import SeenCase
from bot.groups.news import ANNOUNCED, News, news_of
from bot.office import ChatRules, Shown
from bot.port import FileState
from bot.store.group_reading import GroupFile, GroupMessage
from bot.store.journal import QueuedMail
from bot.store.rows import Direction, MailKind, OutboxState
from tests.group_cases import LATE, NOW, NUMBER, SECRET, office, seen


def message(number: int = 2, text: str = "Nu blinkar den.", **of: Any) -> GroupMessage:
    known: dict[str, Any] = {
        "id": MessageId(number), "case": NUMBER, "direction": Direction.IN, "officer": OfficerId(""),
        "channel": Channel.TELEGRAM, "text": text, "created_at": NOW, "edits": None, "album": "",
    }  # fmt: skip
    return GroupMessage(**(known | of))


def file(part: int = 0, state: FileState = FileState.PASSED, remote: str = "r", name: str = "bild.jpg") -> GroupFile:
    return GroupFile(part=part, name=name, state=state, remote=remote, kind="photo")


def news(
    *messages: GroupMessage,
    one: SeenCase | None = None,
    mails: tuple[QueuedMail, ...] = (),
    upto: int = 1,
    unsettled: Mapping[Any, tuple[int, ...]] | None = None,
    scans: bool = False,
    rules: ChatRules | None = None,
    now: datetime = NOW,
) -> News:
    known = {MessageId(number): parts for number, parts in (unsettled or {}).items()}
    return news_of(
        office(rules), one or seen(), messages, mails, upto=upto, unsettled=known, scans=scans, now=now
    )  # fmt: skip


def said(new: News) -> list[str]:
    return [(f"[{piece.file.remote}] " if piece.file else "") + piece.html.text for piece in new.pieces]


def test_new_words_are_quoted_and_escaped() -> None:
    new = news(message(text="<i>Nu</i> 811228-9874"))
    assert said(new) == ["Den som frågar skrev kl. 09.12:\n<i>Nu</i> [personnummer dolt]"]
    assert "<blockquote>&lt;i&gt;Nu&lt;/i&gt;" in str(new.pieces[0].html)
    assert (new.upto, new.unsettled, new.again, new.pieces[0].upto) == (2, {}, False, 2)


def test_what_is_new_at_once_is_one_post() -> None:
    note = message(3, "Ring\nElsa", direction=Direction.NOTE, officer=OfficerId("bo"), channel=None)
    changed = message(4, "Nu är den mörk.", edits=MessageId(2))
    (piece,) = news(message(), note, changed).pieces
    assert piece.html.text == (
        "Den som frågar skrev kl. 09.12:\nNu blinkar den.\n\n"
        "Bo Exempel antecknade kl. 09.12: Ring Elsa\n\n"
        "Den som frågar har ändrat kl. 09.12 till:\nNu är den mörk."
    )
    assert (piece.upto, piece.quiet) == (4, False)
    assert news(note).pieces[0].quiet


def test_what_does_not_fit_in_one_post_is_several_in_order() -> None:
    new = news(*(message(number, f"{number} " + "ord " * 450) for number in (2, 3, 4)))
    assert [(piece.upto, piece.html.text[:40].split("\n")[1][:1]) for piece in new.pieces] == [
        (2, "2"),
        (3, "3"),
        (4, "4"),
    ]
    assert all(len(piece.html.text) < 3500 for piece in new.pieces)


def test_what_is_very_long_is_cut() -> None:
    (piece,) = news(message(text="ord " * 2_000)).pieces
    assert piece.html.text.endswith(" ord…\nResten finns under Mer och via e-post.")
    assert len(piece.html.text) < 2_600


def mail(state: OutboxState, kind: MailKind = MailKind.ANSWER) -> tuple[QueuedMail, ...]:
    return (QueuedMail(id=OutboxId(1), case=NUMBER, kind=kind, state=state, message=MessageId(2),
                       officer=OfficerId("anna"), to_addr="", status="", at=NOW + timedelta(minutes=90)),)  # fmt: skip


ANSWER = message(direction=Direction.OUT, officer=OfficerId("anna"), channel=None)


@pytest.mark.parametrize(
    ("mails", "expected"),
    [
        (mail(OutboxState.SENT), ["Skickat till den som frågade kl. 10.42 av Anna Exempel.\nNu blinkar den."]),
        (mail(OutboxState.SENT, MailKind.HOLDING),
         ["Delbesked skickat till den som frågade kl. 10.42 av Anna Exempel.\nNu blinkar den."]),
        (mail(OutboxState.UNSURE), ["Kanske skickat till den som frågade kl. 10.42 av Anna Exempel. "
                                    "Vi vet inte om det kom fram.\nNu blinkar den."]),
        (mail(OutboxState.DEAD),
         ["Kunde inte skickas till den som frågade, kl. 10.42, av Anna Exempel.\nNu blinkar den."]),
        (mail(OutboxState.REGRETTED), []),
        ((), []),
    ],
)  # fmt: skip
def test_what_was_sent_is_told_with_its_words(mails: tuple[QueuedMail, ...], expected: list[str]) -> None:
    new = news(ANSWER, mails=mails)
    assert said(new) == expected
    assert (new.upto, new.unsettled, new.again) == (2, {}, False)


def test_an_answer_on_its_way_holds_up_nothing_and_is_told_when_it_has_left() -> None:
    first = news(ANSWER, message(3), mails=mail(OutboxState.NEW))
    assert said(first) == ["Den som frågar skrev kl. 09.12:\nNu blinkar den."]
    assert (first.upto, first.unsettled, first.again) == (3, {2: ()}, True)
    later = news(ANSWER, mails=mail(OutboxState.SENT), upto=3, unsettled={2: ()})
    assert said(later) == ["Skickat till den som frågade kl. 10.42 av Anna Exempel.\nNu blinkar den."]
    assert (later.upto, later.unsettled) == (3, {})


def test_an_answer_by_telephone_is_told_by_its_fact() -> None:
    spoken = seen((FactKind.ANSWERED, {"message": 2, "spoken": True}))
    assert said(news(ANSWER, one=spoken)) == ["Anna Exempel svarade per telefon."]


def test_another_day_is_told_with_its_day() -> None:
    assert said(news(message(), now=LATE)) == ["Den som frågar skrev måndag 16 november kl. 09.12:\nNu blinkar den."]


@pytest.mark.parametrize(
    ("state", "scans", "expected"),
    [
        (FileState.PASSED, True, ["Den som frågar skrev kl. 09.12:\nSe här", "[r] Till meddelandet kl. 09.12:"]),
        (FileState.PASSED, False, ["Den som frågar skrev kl. 09.12:\nSe här", "[r] Till meddelandet kl. 09.12:"]),
        (FileState.FETCHING, False, ["Den som frågar skrev kl. 09.12:\nSe här", "[r] Till meddelandet kl. 09.12:"]),
        (FileState.FETCHING, True, ["Den som frågar skrev kl. 09.12:\nSe här\nHämtas, visas strax: bild.jpg"]),
        (FileState.HELD, True, ["Den som frågar skrev kl. 09.12:\nSe här\nVäntar på viruskontroll: bild.jpg"]),
        (FileState.MISSING, True, ["Den som frågar skrev kl. 09.12:\nSe här\nGick inte att hämta: bild.jpg"]),
        (FileState.INFECTED, False,
         ["Den som frågar skrev kl. 09.12:\nSe här\nVisas inte, innehåller skadlig kod: bild.jpg"]),
    ],
)  # fmt: skip
def test_only_files_that_may_be_seen_are_shown(state: FileState, scans: bool, expected: list[str]) -> None:
    assert said(news(message(text="Se här", files=(file(state=state),)), scans=scans)) == expected


def test_a_file_is_shown_once_it_has_passed() -> None:
    held = message(text="Se här", files=(file(0), file(1, FileState.HELD, remote="q")))
    first = news(held, scans=True)
    assert [piece.unsettled for piece in first.pieces] == [{2: (ANNOUNCED,)}, {2: (ANNOUNCED, 0)}]
    assert first.again
    waiting = news(held, upto=2, unsettled={2: (ANNOUNCED, 0)}, scans=True)
    assert (said(waiting), waiting.again, waiting.unsettled) == ([], True, {2: (ANNOUNCED, 0)})
    passed = replace(held, files=(file(0), file(1, FileState.PASSED, remote="q")))
    then = news(passed, upto=2, unsettled={2: (ANNOUNCED, 0)}, scans=True)
    assert said(then) == ["[q] Till meddelandet kl. 09.12:"]
    assert (then.pieces[0].unsettled, then.unsettled, then.again) == ({}, {}, False)
    infected = replace(held, files=(file(0), file(1, FileState.INFECTED, remote="q")))
    assert said(news(infected, upto=2, unsettled={2: (ANNOUNCED, 0)}, scans=True)) == [
        "Till meddelandet kl. 09.12:\nVisas inte, innehåller skadlig kod: bild.jpg"
    ]


def test_pictures_without_words_need_no_post_of_their_own() -> None:
    new = news(message(text="", files=(file(0), file(1, remote="q"))))
    assert said(new) == ["[r] Den som frågar skickade kl. 09.12:", "[q] Den som frågar skickade kl. 09.12:"]
    assert [(piece.upto, piece.unsettled) for piece in new.pieces] == [(2, {2: (ANNOUNCED, 0)}), (2, {})]


def test_a_late_part_of_an_album_is_shown_too() -> None:
    album = message(text="Tre bilder", album="a", files=(file(0),))
    first = news(album)
    assert first.again
    assert first.unsettled == {2: (ANNOUNCED, 0)}
    grown = replace(album, files=(file(0), file(1, remote="q")))
    later = news(grown, upto=2, unsettled=first.unsettled, now=NOW + timedelta(seconds=30))
    assert said(later) == ["[q] Till meddelandet kl. 09.12:"]
    assert (later.unsettled, later.again) == ({2: (ANNOUNCED, 0, 1)}, True)
    quiet = news(grown, upto=2, unsettled=later.unsettled, now=NOW + timedelta(minutes=3))
    assert (said(quiet), quiet.again, quiet.unsettled) == ([], False, {2: (ANNOUNCED, 0, 1)})
    old = news(grown, upto=2, unsettled=later.unsettled, now=NOW + timedelta(days=1))
    assert old.unsettled == {}


def test_the_files_of_a_question_that_stands_on_its_card() -> None:
    asked = message(1, files=(file(0), file(1, FileState.FETCHING, remote="q")))
    first = news(asked, unsettled={1: ()}, scans=True)
    assert said(first) == [
        "Till meddelandet kl. 09.12:\nHämtas, visas strax: bild.jpg",
        "[r] Till meddelandet kl. 09.12:",
    ]
    assert news(asked, unsettled=first.unsettled, scans=True).pieces == ()


def test_a_mail_in_a_case_of_the_chat_is_told_of_and_no_more() -> None:
    by_mail = message(channel=Channel.MAIL, files=(file(remote=""),))
    assert said(news(by_mail)) == ["Ett nytt meddelande har kommit. Öppna det via e-post."]
    full = ChatRules(mail_shown=Shown.FULL)
    assert said(news(by_mail, rules=full)) == [
        "Den som frågar skrev kl. 09.12:\nNu blinkar den.\nFiler som går att öppna via e-post: bild.jpg"
    ]


def test_of_a_secret_case_nothing_is_told() -> None:
    note = message(3, direction=Direction.NOTE, officer=OfficerId("bo"), channel=None)
    new = news(message(), note, replace(ANSWER, id=MessageId(4)), one=seen(SECRET), mails=mail(OutboxState.SENT))
    assert said(new) == ["Ett nytt meddelande har kommit. Öppna det via e-post."]
    assert new.upto == 4


def test_short_means_the_beginning_and_no_files() -> None:
    new = news(message(text="ord " * 100, files=(file(),)), rules=ChatRules(shown=Shown.SHORT))
    (words,) = said(new)
    assert words.endswith("ord…\nResten finns under Mer och via e-post.\nFiler som går att öppna via e-post: bild.jpg")


names = st.text(alphabet="abc<>& åÖ@/:", min_size=1, max_size=20)


@given(st.text(max_size=200), names)
def test_no_name_or_address_of_the_citizen_beside_their_words(text: str, name: str) -> None:
    """What stands around the quoted words is the same whoever wrote them."""
    new = news(message(text=text, files=(file(name=name),)))
    around = re.sub(r"<blockquote>.*?</blockquote>", "", str(new.pieces[0].html), flags=re.DOTALL)
    assert around.strip() in {"Den som frågar skrev kl. 09.12:", "Den som frågar skickade kl. 09.12:"}


@pytest.mark.parametrize(("name", "media_type"), [("bild.jpg", "image/jpeg"), ("IMG_1", "image/heic"), ("X.HEIC", "")])
def test_a_picture_as_the_camera_made_it_is_not_shown_as_it_may_tell_where_it_was_taken(
    name: str, media_type: str
) -> None:
    camera = GroupFile(part=0, name=name, state=FileState.FETCHING, remote="r", kind="document", media_type=media_type)
    new = news(message(files=(camera,)))
    assert said(new) == [f"Den som frågar skrev kl. 09.12:\nNu blinkar den.\nHämtas, visas strax: {name}"]
    known = news(message(files=(replace(camera, state=FileState.PASSED),)), upto=2, unsettled=new.unsettled)
    assert said(known) == [f"Till meddelandet kl. 09.12:\nFiler som går att öppna via e-post: {name}"]
    form = GroupFile(part=0, name="blankett.pdf", state=FileState.PASSED, remote="r", kind="document")
    assert said(news(message(files=(form,))))[-1].startswith("[r] ")


def test_an_edit_that_came_before_its_message_is_told_as_what_it_is() -> None:
    told = {"channel": "telegram", "auto": True, "edit": 1, "early": True, "message": 3}
    case = seen((FactKind.RECEIVED, told))
    new = news(message(2, "Vid 21."), message(3, "Vid 12.", edits=MessageId(1)), one=case)
    assert said(new) == ["Den som frågar skrev kl. 09.12:\nVid 21.\n\nDen som frågar skrev först, kl. 09.12:\nVid 12."]

"""The survey in a chat: buttons or words, one question at a time; whatever is no answer to it is a message."""

import pytest

from bot.chat import ChatId, EventKind
from bot.citizen.surveys import COMMENT_FOR
from bot.desk.answering import answer
from bot.facts import CaseNumber, FactKind
from bot.posts import Rank
from bot.store.database import Database
from bot.store.rows import MailKind
from bot.store.schema import inbox, outbox
from bot.store.survey_rows import Question, State
from bot.survey.chat import Answer, buttons_of, read_answer
from bot.survey.questions import options
from tests.chat_room import ChatRoom
from tests.citizen import ELSA, OMAR, photo
from tests.conftest import FrozenClock
from tests.example import make_office
from tests.survey_chat import SurveyChat

ANSWERED, RECEPTION = "Har du fått svar från någon av oss?", "Hur nöjd är du med bemötandet?"
CLARITY, EASE = "Var svaret tydligt?", "Var det enkelt att få hjälp med din fråga?"
COMMENT = "Vad vill du helst säga till oss?"
OFFER = "Vill du ha svar på det du skrev?"
THANKS = "Tack för dina svar!"
GRADED = {"answered": 1, "reception": 5, "clarity": 4, "ease": None}


def test_buttons_carry_what_is_read_back_within_their_limits() -> None:
    office, case = make_office(), CaseNumber("K-7Q4M2X-9")
    for language in ("sv", "fi", "en"):
        texts = office.texts_in(language)
        for question in Question:
            rows = buttons_of(question, texts, case, 12)
            for one in [one for row in rows for one in row]:
                assert len(one.words) <= 28
                assert len(one.data.encode()) <= 64
                assert one.data.startswith(f"svy:{case}:12.{question.value}.")
                assert read_answer(one.data.split(":")[2]) is not None
            assert len(rows) <= 6, "six at most under each other on a phone"
    assert read_answer("12.reception.4") == Answer(inquiry=12, question=Question.RECEPTION, grade=4)
    assert read_answer("12.ease.-") == Answer(inquiry=12, question=Question.EASE)
    assert read_answer("1.answered.stop") == Answer(inquiry=1, question=Question.ANSWERED, declines=True)
    for bad in ("", "1", "1.reception.6", "1.reception.0", "1.answered.-", "0.ease.1", "1.nothing.1", "1.comment.1"):
        assert read_answer(bad) is None, bad
    assert len(options(Question.REASONABLE, office.texts)) == 6


@pytest.mark.asyncio
async def test_one_question_at_a_time_in_the_same_post(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    (post,) = town.survey()
    assert case in post.text
    assert ANSWERED in post.text
    assert "Kontaktcenter" in post.text
    assert post.buttons == ["Ja", "Nej", "Nej tack till frågor"]
    assert post.mail.rank == Rank.ASKING
    for press, asks in (("Ja", RECEPTION), ("5 Mycket nöjd", CLARITY), ("4 Ganska tydligt", EASE),
                        ("Vet inte", COMMENT), ("Hoppa över", THANKS)):  # fmt: skip
        assert await town.presses(press) == ""
        (now,) = town.survey()
        assert now.post == post.post
        assert asks in now.text
    assert town.survey()[0].buttons == []
    assert await town.ratings() == GRADED
    (one,) = await town.invitations()
    assert (one.state, one.step) == (State.ANSWERED, None)
    assert len(await town.facts(FactKind.RESPONDED)) == 1
    assert await town.waiting(case) == 0
    assert len(await town.messages()) == 1, "answers are no messages"


@pytest.mark.asyncio
async def test_all_of_it_works_in_words_too(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    await town.says("Ja tack!", "5", "4/5", "vet inte", "Trevligt bemötande.")
    assert await town.ratings() == GRADED | {"comment": "Trevligt bemötande."}
    assert await town.waiting(case) == 0
    assert len(await town.messages()) == 1
    posts = town.survey()
    # What was typed is followed by what comes next, below it; only there are buttons.
    assert [bool(one.buttons) for one in posts] == [False] * 6
    assert [any(words in one.text for one in posts) for words in (RECEPTION, CLARITY, EASE, COMMENT, THANKS)] == [
        True
    ] * 5
    assert THANKS in posts[-1].text


@pytest.mark.asyncio
async def test_no_answer_asks_what_would_have_been_reasonable(database: Database) -> None:
    town = await SurveyChat(database).begin()
    await town.asked()
    await town.presses("Nej")
    (post,) = town.survey()
    assert "Vad hade varit en rimlig tid att få svar?" in post.text
    assert post.buttons[1] == "2 Nästa arbetsdag"
    await town.says("2", "nej")
    # The second option is kept as its index.
    assert await town.ratings() == {"answered": 0, "reasonable": 1}
    assert (await town.invitations())[0].step is None


@pytest.mark.parametrize("said", ["Nej tack till frågor", "nej tack", "stopp", "No thanks"])
@pytest.mark.asyncio
async def test_nobody_is_asked_who_does_not_want_to(database: Database, said: str) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    await town.writes(said)
    assert (await town.invitations())[0].state is State.DECLINED
    assert "Vi skickar ingen enkät till dig på ett år." in town.survey()[-1].text
    assert await town.ratings() == {}
    assert await town.waiting(case) == 0
    town.clock.forward(days=200)
    await town.asked("När öppnar simhallen?")
    assert (await town.invitations())[-1].state is State.SUPPRESSED


@pytest.mark.asyncio
async def test_what_is_no_answer_is_a_message(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    await town.says("Nej, men lyktan är trasig igen.", "3 lampor är trasiga")
    assert await town.ratings() == {}
    assert [row["text"] for row in await town.messages()][1:] == [
        "Nej, men lyktan är trasig igen.", "3 lampor är trasiga",
    ]  # fmt: skip
    assert await town.waiting(case) == 1
    await town.writes(files=(photo(),))
    assert len(await town.messages()) == 4
    # A number now chooses the kind, which the receipt asked for last; the survey is still open to its buttons.
    await town.writes("5")
    assert await town.ratings() == {}
    await town.presses("Ja")
    assert await town.ratings() == {"answered": 1}


@pytest.mark.asyncio
async def test_once_staff_have_written_a_number_may_be_meant_for_them(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    town.clock.forward(minutes=5)
    await town.officer(answer, case, "Vilken lykta är det, 1 eller 2?", again=True, attached=False)
    await town.writes("ja")
    assert await town.ratings() == {}
    assert await town.waiting(case) == 1
    # In a reply to the survey it is meant for that.
    await town.writes("ja", reply_to=town.survey()[0].post)
    assert await town.ratings() == {"answered": 1}


@pytest.mark.asyncio
async def test_a_reply_to_what_staff_wrote_is_theirs(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    letter = next(one for one in town.got() if one.mail.kind is MailKind.ANSWER)
    await town.writes("ja", reply_to=letter.post)
    assert await town.ratings() == {}
    assert await town.waiting(case) == 1


async def at_comment(database: Database) -> tuple[SurveyChat, CaseNumber]:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    await town.says("ja", "5", "5", "5")
    assert COMMENT in town.survey()[-1].text
    return town, case


@pytest.mark.asyncio
async def test_a_comment_that_asks_is_answered_if_its_writer_wants_that(database: Database) -> None:
    town, case = await at_comment(database)
    post = await town.writes("Varför är lyktan fortfarande trasig?")
    assert await town.waiting(case) == 0, "nothing opens by itself"
    assert OFFER in town.survey()[-1].text
    town.clock.forward(minutes=1)
    await town.presses("Ja")
    assert await town.waiting(case) == 1
    message = (await town.messages())[-1]
    assert (message["text"], message["case"], message["post"]) == ("Varför är lyktan fortfarande trasig?", case, post)
    assert "comment" not in await town.ratings(), "what is answered is no rating any more"
    assert "Tack. Ditt meddelande har nummer" in town.receipts()[-1].text
    assert THANKS in town.survey()[-1].text
    assert town.notices()
    # A change of it is kept with it, as of any message.
    await town.edits(post, "Varför är lyktan på Storgatan fortfarande trasig?")
    assert [row["edits"] for row in await town.messages()][-1] == message["id"]
    await town.presses_data(f"svy:{case}:1.offer.1", post=town.survey()[-1].post)
    assert len(await town.messages()) == 3, "the question, the comment, its change"


@pytest.mark.parametrize(("said", "waits"), [("ja tack", 1), ("Kyllä", 1), ("Nej tack", 0), ("nej", 0)])
@pytest.mark.asyncio
async def test_the_offer_is_answered_in_words(database: Database, said: str, waits: int) -> None:
    town, case = await at_comment(database)
    await town.says("Kan ni ringa mig?", said)
    assert await town.waiting(case) == waits
    texts = [row["text"] for row in await town.messages()]
    assert (texts[-1] == "Kan ni ringa mig?") is bool(waits)
    assert ("comment" in await town.ratings()) is not bool(waits)
    assert THANKS in town.survey()[-1].text


@pytest.mark.asyncio
async def test_what_cannot_wait_or_comes_late_is_no_comment(database: Database) -> None:
    town, case = await at_comment(database)
    await town.writes("Jag orkar inte, jag vill ta mitt liv.")
    assert await town.waiting(case) == 1
    assert any("112" in one.text for one in town.got())
    await town.writes("Bra svar!", reply_to=town.survey()[-1].post)
    assert (await town.ratings())["comment"] == "Bra svar!"


@pytest.mark.asyncio
async def test_long_after_the_comment_was_asked_for_words_are_a_message(database: Database) -> None:
    town, case = await at_comment(database)
    town.clock.instant += COMMENT_FOR
    await town.writes("Bygglovet har kommit nu.")
    assert await town.waiting(case) == 1
    assert "comment" not in await town.ratings()


@pytest.mark.asyncio
async def test_twice_is_once(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    yes = town.survey()[0].data_of("Ja")
    post = town.survey()[0].post
    await town.presses_data(yes, post=post)
    five = town.survey()[0].data_of("5 Mycket nöjd")
    await town.presses_data(five, post=post)
    assert await town.presses_data(five, post=post) == "Det har du redan svarat på."
    assert await town.presses_data(yes, post=post) == "Det har du redan svarat på."
    assert await town.ratings() == {"answered": 1, "reception": 5}
    assert CLARITY in town.survey()[0].text
    assert len(await town.facts(FactKind.RESPONDED)) == 1
    assert (
        await town.presses_data(f"svy:{case}:2.reception.5", post=post) == "Tiden för enkäten har gått ut. Tack ändå!"
    )
    assert await town.presses_data(f"svy:{case}:1.reception.9", post=post) == "Knappen gäller inte längre."


@pytest.mark.asyncio
async def test_an_old_button_says_so_kindly(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    data, post = town.survey()[0].data_of("Ja"), town.survey()[0].post
    town.clock.forward(days=14, minutes=1)
    await town.writes("ja")
    assert await town.waiting(case) == 1, "no answer any more, so a message"
    for _ in range(2):
        assert await town.presses_data(data, post=post) == "Tiden för enkäten har gått ut. Tack ändå!"
        assert "i två veckor" in town.survey()[0].text
        assert town.survey()[0].buttons == []
        await town.surveying.round()
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_somebody_elses_button_counts_nothing(database: Database) -> None:
    town = await SurveyChat(database).begin()
    await town.asked()
    data = town.survey()[0].data_of("Ja")
    await town.writes("Hej", chat=OMAR)
    omars = town.got(OMAR)[-1].post
    assert await town.presses_data(data, chat=OMAR, post=omars) == "Tiden för enkäten har gått ut. Tack ändå!"
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_a_closed_chat_is_an_invitation_that_failed(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.answered()
    await town.surveying.round()
    town.closed.add(ELSA)
    await town.round(hours=1)
    assert [one.state for one in await town.invitations()] == [State.FAILED]
    assert (await town.facts(FactKind.DELIVERY_FAILED), await town.waiting(case)) == ([], 0)


@pytest.mark.asyncio
async def test_nobody_is_asked_at_night_or_twice(database: Database) -> None:
    town = await SurveyChat(database).begin()
    town.clock.forward(hours=10, minutes=30)  # 19.42 in Stockholm
    await town.answered()
    await town.round(hours=1)
    assert town.survey() == []
    # 08.00 in Stockholm, the day after.
    town.clock.instant = town.clock.instant.replace(day=17, hour=7, minute=0)
    assert await town.round() == 1
    assert await town.round() == 0
    await town.asked("När öppnar simhallen?")
    assert len(town.survey()) == 1


@pytest.mark.asyncio
async def test_in_the_language_that_was_chosen(database: Database) -> None:
    town = await SurveyChat(database).begin()
    await town.writes("English")
    case = await town.asked("When is the lamp repaired?")
    english = town.office.texts_in("en")
    assert english.t(ANSWERED) in town.survey()[0].text
    assert town.survey()[0].buttons == [english.t("Ja"), english.t("Nej"), english.t("Nej tack till frågor")]
    await town.writes("yes")
    assert await town.ratings() == {"answered": 1}
    assert await town.waiting(case) == 0


@pytest.mark.asyncio
async def test_no_grade_is_left_anywhere_but_among_the_ratings(database: Database) -> None:
    town = await SurveyChat(database).begin()
    await town.asked()
    before = await town.kept_events()
    await town.presses("Ja")
    await town.says("2", "1", "1", "Dåligt bemötande.")
    assert (await town.ratings())["comment"] == "Dåligt bemötande."
    assert await town.kept_events() == before, "neither presses nor typed answers are kept as they came"
    rows = await town.rows(inbox)
    assert {row["outcome"] for row in rows[1:]} <= {"press", "choice", "survey", ""}
    sent = [row for row in await town.rows(outbox) if row["kind"] == "survey"]
    assert all(row["case"] and row["inquiry"] == 1 for row in sent), "so that they are emptied at the freeze"
    assert not any("Dåligt" in row["text"] for row in await town.rows(outbox))


@pytest.mark.asyncio
async def test_a_changed_answer_opens_nothing_unless_it_asks(database: Database) -> None:
    town = await SurveyChat(database).begin()
    case = await town.asked()
    first = await town.writes("ja")
    post = await town.writes("4")
    await town.edits(post, "5")
    await town.edits(first, "Ja!")
    assert await town.ratings() == {"answered": 1, "reception": 4}, "the first words stand"
    assert sum("går inte att ändra" in one.text for one in town.got()) == 1, "said once"
    assert await town.waiting(case) == 0
    await town.edits(post, "5, men när lagas den?")
    assert (await town.messages())[-1]["text"] == "5, men när lagas den?"
    assert await town.waiting(case) == 1


@pytest.mark.asyncio
async def test_the_same_event_twice_counts_once(database: Database) -> None:
    town = await SurveyChat(database).begin()
    await town.asked()
    await town.keeps("ja")
    event = list(town.played.events.values())[-1]
    await town.keep_event(event)
    await town.settles()
    await town.keep_event(event)
    await town.settles()
    assert event.kind is EventKind.MESSAGE
    assert await town.ratings() == {"answered": 1}
    assert RECEPTION in town.survey()[-1].text


@pytest.mark.asyncio
async def test_invitations_go_behind_all_that_somebody_waits_for(database: Database, clock: FrozenClock) -> None:
    room = await ChatRoom(database, clock).begin()
    asked = [{"chat": ChatId(5000 + at), "words": "enkät", "rank": Rank.ASKING} for at in range(60)]
    wanted = [{"chat": ChatId(7000 + at), "words": "kvitto", "rank": Rank.CITIZEN} for at in range(10)]
    mine = [{"chat": ChatId(5059), "words": "svar", "rank": Rank.CITIZEN}]
    await room.queue(*asked, *wanted, *mine)
    await room.deliver()
    first = [one.text for one in room.chats.sent]
    # 25 a second in all: the eleven that somebody waits for, and then 14 invitations.
    assert (first[:11].count("enkät"), first[11:]) == (0, ["enkät"] * 14)
    await room.deliver(seconds=4)
    assert [one.text for one in room.chats.sent].count("enkät") == 60
    assert room.chats.texts(ChatId(5059)) == ["svar", "enkät"]
    sent = sorted(one.at for one in room.chats.sent)
    assert all((later - one).total_seconds() >= 1 for one, later in zip(sent, sent[25:], strict=False))

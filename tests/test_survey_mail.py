"""Replies to an invitation by mail: a digit counts and is kept nowhere else; a question becomes an inquiry."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.facts import FactKind, InboxId
from bot.inquiry import fold_inquiries
from bot.store.database import Database
from bot.store.figure_schema import ratings
from bot.store.schema import messages
from bot.store.survey_rows import Question, State
from tests.conftest import FrozenClock
from tests.example import make_mail
from tests.surveys import ELSA, OMAR, SurveyTown


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[SurveyTown]:
    yield await SurveyTown(database, clock).begin()


async def everywhere(town: SurveyTown) -> str:
    """All that is kept of messages and mails that came."""
    said = [f"{row['text']} {row['whole']}" for row in await town.rows(messages)]
    return "\n".join(said)


@pytest.mark.asyncio
async def test_a_digit_is_the_grade_and_says_that_there_was_an_answer(town: SurveyTown) -> None:
    case = await town.answered()
    invitation = await town.asked()
    before, mails = await town.count(messages), len(town.relay.accepted)
    row = await town.replies("4\n\nMvh\nElsa", invitation)
    assert (row["state"], row["outcome"]) == ("done", "survey")
    assert await town.original(InboxId(row["id"])) == b""
    assert await town.ratings() == {"answered": 1, "reception": 4}
    (one,) = await town.invitations()
    assert (one.state, one.step, one.responded_at) == (State.ANSWERED, Question.CLARITY, town.clock.now())
    assert await town.told(FactKind.RESPONDED) == [{"channel": "mail"}]
    assert await town.count(messages) == before
    assert len(town.relay.accepted) == mails  # no receipt, no notice
    assert len(fold_inquiries([fact for fact in await town.facts() if fact.case == case])) == 1
    (reception,) = [one for one in await town.rows(ratings) if one["question"] == "reception"]
    assert {key: reception[key] for key in ("week", "channel", "unit", "kind", "in_time", "version", "source")} == {
        "week": "2026-W47", "channel": "mail", "unit": "kc", "kind": "question", "in_time": 1, "version": 1,
        "source": "own",
    }  # fmt: skip


@pytest.mark.asyncio
async def test_a_second_delivery_and_a_second_grade_change_nothing(town: SurveyTown) -> None:
    await town.answered()
    invitation = await town.asked()
    await town.replies("4", invitation)
    for text in ("4", "1"):
        assert (await town.replies(text, invitation))["outcome"] == "survey"
    assert await town.ratings() == {"answered": 1, "reception": 4}
    assert len(await town.told(FactKind.RESPONDED)) == 1


@pytest.mark.asyncio
async def test_a_grade_with_a_question_counts_and_opens_an_inquiry_without_the_grade(town: SurveyTown) -> None:
    case = await town.answered()
    invitation = await town.asked()
    row = await town.replies("2\nMen när lagas lyktan vid skolan?", invitation)
    assert row["outcome"] == case
    assert await town.ratings() == {"answered": 1, "reception": 2}
    assert (await town.rows(messages))[-1]["text"] == "Men när lagas lyktan vid skolan?"
    assert (await town.rows(messages))[-1]["whole"] == ""
    assert await town.original(InboxId(row["id"])) == b""
    inquiries = fold_inquiries([fact for fact in await town.facts() if fact.case == case])
    assert [one.waits for one in inquiries] == [False, True]
    assert "Men när lagas lyktan" in town.relay.to("anna@kommun.example")[-1].text


@pytest.mark.asyncio
async def test_no_says_that_there_was_no_answer_and_what_is_missing_is_asked(town: SurveyTown) -> None:
    case = await town.answered()
    row = await town.replies("Nej, jag har inte fått svar", await town.asked())
    assert row["outcome"] == case
    assert await town.ratings() == {"answered": 0}
    assert (await town.invitations())[0].step is Question.REASONABLE
    assert fold_inquiries(await town.facts())[-1].waits


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "text", ["Tack, men lyktan är fortfarande trasig.", "3 lampor är trasiga på Storgatan.", "När öppnar ni?"]
)
async def test_an_ordinary_message_in_the_invitations_thread_is_an_inquiry_and_no_grade(
    town: SurveyTown, text: str
) -> None:
    case = await town.answered()
    row = await town.replies(text, await town.asked())
    assert row["outcome"] == case
    assert await town.original(InboxId(row["id"])) != b""
    assert await town.ratings() == {}
    assert await town.states() == [State.DELIVERED]
    assert (await town.rows(messages))[-1]["text"].strip() == text


@pytest.mark.asyncio
async def test_a_no_to_being_asked_holds_for_a_year(town: SurveyTown) -> None:
    await town.answered()
    await town.replies("Nej tack", await town.asked())
    assert await town.states() == [State.DECLINED]
    assert await town.ratings() == {}
    assert await town.told(FactKind.RESPONDED) == []
    town.clock.forward(days=200)
    await town.answered()
    assert (await town.states())[-1] is State.SUPPRESSED
    town.clock.forward(days=166)
    await town.answered()
    assert (await town.states())[-1] is State.DRAWN


@pytest.mark.asyncio
async def test_a_program_that_names_no_mail_is_understood_where_the_invitation_was_last(town: SurveyTown) -> None:
    await town.answered()
    await town.replies("5", await town.asked(), In_Reply_To="")
    assert await town.ratings() == {"answered": 1, "reception": 5}


@pytest.mark.asyncio
async def test_a_digit_in_reply_to_the_answer_is_a_message(town: SurveyTown) -> None:
    """Anna may have asked how many lamps are out."""
    case = await town.answered()
    await town.asked()
    answer = next(mail for mail in town.relay.to(ELSA) if mail.text.startswith("På torsdag"))
    assert (await town.replies("4", answer))["outcome"] == case
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_nobody_elses_digit_counts(town: SurveyTown) -> None:
    await town.answered()
    invitation = await town.asked()
    mail = make_mail(
        "1", sender=OMAR, to=invitation.reply_to, message_id="o@x", In_Reply_To=f"<{invitation.message_id}>"
    )
    await town.receive(mail, to=invitation.reply_to, sender=OMAR)
    assert await town.ratings() == {}
    await town.replies("1", invitation, dmarc="fail", message_id="forged@x")
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_an_automatic_reply_is_no_answer(town: SurveyTown) -> None:
    await town.answered()
    await town.replies("5", await town.asked(), Auto_Submitted="auto-replied")
    assert await town.ratings() == {}
    assert await town.states() == [State.DELIVERED]


@pytest.mark.asyncio
async def test_where_addresses_bear_no_secret_a_digit_counts_all_the_same(town: SurveyTown) -> None:
    await town.answered()
    town.office = replace(town.office, secrets_in_subject=True)
    await town.replies("3", await town.asked())
    assert await town.ratings() == {"answered": 1, "reception": 3}


@pytest.mark.asyncio
async def test_several_replies_in_one_batch_are_counted_apart(town: SurveyTown) -> None:
    invitations: dict[str, Any] = {}
    for sender in (ELSA, OMAR):
        await town.answered(sender)
        invitations[sender] = await town.asked(sender)
    mails = [
        make_mail(text, sender=sender, to=mail.reply_to, message_id=f"{text}@x", In_Reply_To=f"<{mail.message_id}>")
        for (sender, mail), text in zip(invitations.items(), ("5", "2"), strict=True)
    ]
    await town.receive(*mails)
    grades = [row["grade"] for row in await town.rows(ratings) if row["question"] == "reception"]
    assert sorted(grades) == [2, 5]
    assert await town.states() == [State.ANSWERED, State.ANSWERED]
    assert "5" not in await everywhere(town)

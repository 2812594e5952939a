"""Who is asked and who is not, on both engines: from the answer to the invitation."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert

from bot.case import fold_case
from bot.errors import Refused
from bot.facts import FactKind, UnitId
from bot.office import Office
from bot.store.database import Database
from bot.store.figure_schema import invitations
from bot.store.rows import MailKind
from bot.store.schema import outbox
from bot.store.survey_rows import Question, State, invitation_values
from tests.conftest import FrozenClock
from tests.example import make_mail
from tests.surveys import ELSA, HOUR, OMAR, PAGE, SurveyTown, bounce, links_in, survey_office
from tests.waits import local


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[SurveyTown]:
    yield await SurveyTown(database, clock).begin()


@pytest.mark.asyncio
async def test_an_hour_after_the_answer_one_short_mail_asks(town: SurveyTown) -> None:
    case = await town.answered()
    (drawn,) = await town.invitations()
    assert (drawn.state, drawn.case, drawn.inquiry, drawn.due_at) == (State.DRAWN, case, 1, town.clock.now() + HOUR)
    assert (drawn.week, drawn.channel, drawn.kind, drawn.unit, drawn.in_time) == (
        "2026-W47",
        "mail",
        "question",
        "kc",
        True,
    )
    town.clock.forward(minutes=59)
    assert await town.round() == 0
    assert town.invitations_to(ELSA) == []
    town.clock.forward(minutes=1)
    assert await town.round() == 1
    (mail,) = town.invitations_to(ELSA)
    assert mail.automatic
    assert mail.reply_to.startswith("kontakt+c-")
    assert "Har du fått svar från någon av oss?" in mail.text
    assert len(links_in(mail)) == 3
    assert all(link.startswith(f"{PAGE}/") for link in links_in(mail))
    assert "gatlykta" not in f"{mail.subject}{mail.text}".lower()
    (sent,) = await town.invitations()
    assert (sent.state, sent.step, sent.sent_at, sent.delivered_at) == (
        State.DELIVERED, Question.ANSWERED, town.clock.now(), town.clock.now(),
    )  # fmt: skip
    token = links_in(mail)[0].removeprefix(f"{PAGE}/").partition("?")[0]
    assert len(token) == 24
    assert len(sent.secret) == 64
    assert token not in sent.secret
    assert await town.told(FactKind.INVITED) == [{"channel": "mail"}]
    assert [await town.round(), await town.round()] == [0, 0]
    assert len(town.invitations_to(ELSA)) == 1


@pytest.mark.asyncio
async def test_what_was_answered_before_surveys_were_switched_on_is_not_asked_about(
    database: Database, clock: FrozenClock
) -> None:
    town = SurveyTown(database, clock)
    await database.try_intake()
    case = await town.asks()
    await town.officer_answers("anna", "På torsdag.")
    await town.surveying.round()
    assert await town.invitations() == []
    second = await town.answered(OMAR)
    assert [one.case for one in await town.invitations()] == [second]
    assert case != second


@pytest.mark.asyncio
async def test_no_survey_where_they_are_off(town: SurveyTown) -> None:
    town.office = replace(town.office, survey=None)
    await town.answered()
    town.clock.forward(hours=2)
    assert await town.round() == 0
    assert await town.invitations() == []


@pytest.mark.asyncio
async def test_a_new_process_asks_nobody_twice(town: SurveyTown) -> None:
    await town.answered()
    await town.asked()
    other = SurveyTown(town.database, town.clock, town.office)
    await other.round()
    assert len(await town.invitations()) == 1
    assert await town.states() == [State.DELIVERED]


@pytest.mark.asyncio
async def test_an_answer_that_comes_back_is_asked_about_by_nobody_and_a_new_answer_is(town: SurveyTown) -> None:
    await town.answered()
    letter = next(mail for mail in town.relay.to(ELSA) if mail.text.startswith("På torsdag"))
    await town.receive(bounce(letter.message_id), to=letter.return_path, sender="")
    town.clock.forward(hours=1)
    assert await town.round() == 0
    assert await town.states() == [State.WITHDRAWN]
    await town.officer_answers("anna", "På torsdag, igen.", "igen@kommun.example")
    assert await town.round() == 0
    await town.asked()
    assert await town.states() == [State.WITHDRAWN, State.DELIVERED]


@pytest.mark.asyncio
async def test_who_has_written_again_is_not_asked_while_that_waits(town: SurveyTown) -> None:
    await town.answered()
    to = town.relay.to(ELSA)[-1].reply_to
    await town.receive(make_mail("Och skylten?", to=to, message_id="mer@example.org"), to=to)
    town.clock.forward(hours=1)
    assert await town.round() == 0
    assert await town.states() == [State.WITHDRAWN]
    assert town.invitations_to(ELSA) == []


@pytest.mark.asyncio
async def test_one_person_is_asked_once_in_ninety_days(town: SurveyTown) -> None:
    await town.answered()
    await town.asked()
    await town.answered()
    assert await town.states() == [State.DELIVERED, State.SUPPRESSED]
    await town.answered(OMAR)
    await town.asked(OMAR)
    assert len(await town.people_asked()) == 2
    assert ELSA not in "".join(await town.people_asked())
    town.clock.forward(days=91)
    await town.answered()
    assert (await town.states())[-1] is State.DRAWN


@pytest.mark.asyncio
async def test_of_two_that_wait_at_once_one_is_asked_about_and_the_other_logged(town: SurveyTown) -> None:
    await town.answered()
    await town.answered()
    assert sorted(await town.states()) == [State.DRAWN, State.SUPPRESSED]
    await town.asked()
    assert sorted(await town.states()) == [State.DELIVERED, State.SUPPRESSED]
    assert len(town.invitations_to(ELSA)) == 1


@pytest.mark.asyncio
async def test_two_answered_in_the_same_minute_are_one_invitation(town: SurveyTown) -> None:
    people = [f"elsa-{number}@example.org" for number in range(8)]
    for number in (1, 2):
        for sender in people:
            await town.asks(sender)
            await town.officer_answers("anna", f"Svar {number}.", f"svar-{number}-{sender}")
        town.clock.forward(seconds=20)
    await town.round()
    assert sorted(await town.states()) == [State.DRAWN] * 8 + [State.SUPPRESSED] * 8
    assert len({one.address for one in await town.invitations() if one.state is State.DRAWN}) == 8


@pytest.mark.asyncio
@pytest.mark.parametrize("share", [0.0, 0.5])
async def test_the_share_draws_by_lot_and_logs_the_others(database: Database, clock: FrozenClock, share: float) -> None:
    town = await SurveyTown(database, clock, survey_office(share=share)).begin()
    for number in range(12):
        await town.answered(f"person{number}@example.org")
    states = await town.states()
    assert set(states) <= {State.LOT, State.DRAWN}
    assert (states.count(State.DRAWN) == 0) is (share == 0)
    assert states.count(State.LOT) >= 2


@pytest.mark.asyncio
async def test_the_cap_stops_a_channel_and_says_so(town: SurveyTown) -> None:
    town.office = survey_office(cap=1)
    await town.answered()
    await town.replies("5", await town.asked())
    assert await town.states() == [State.ANSWERED]
    await town.answered(OMAR)
    town.clock.forward(hours=1)
    assert await town.round() == 0
    assert await town.states() == [State.ANSWERED, State.CAPPED]
    assert town.invitations_to(OMAR) == []


@pytest.mark.asyncio
async def test_answers_of_another_year_do_not_fill_this_one(town: SurveyTown) -> None:
    town.office = survey_office(cap=1)
    await town.answered()
    await town.replies("5", await town.asked())
    old = replace((await town.invitations())[0], case=None, inquiry=None, week="2025-W47", id=None)
    await town.run_sql("DELETE FROM invitations")
    async with town.database.writing() as connection:
        await connection.execute(insert(invitations), [invitation_values(old)])
    await town.answered(OMAR)
    await town.asked(OMAR)
    assert (await town.states())[-1] is State.DELIVERED


@pytest.mark.asyncio
async def test_nothing_leaves_at_night_however_late_the_round(town: SurveyTown) -> None:
    town.clock.instant = local(16, "18.30")
    await town.answered()
    town.clock.instant = local(16, "20.01")  # due at 19.30, but nobody was there
    assert await town.round() == 0
    town.clock.instant = local(17, "07.59")
    assert await town.round() == 0
    town.clock.instant = local(17, "08.00")
    assert await town.round() == 1


@pytest.mark.asyncio
async def test_after_some_days_nobody_is_asked_any_more(town: SurveyTown) -> None:
    await town.answered()
    town.clock.forward(days=4)
    assert await town.round() == 0
    assert await town.states() == [State.WITHDRAWN]


def _secret_unit(office: Office) -> Office:
    return replace(office, units=tuple(replace(one, secrecy=True) for one in office.units))


@pytest.mark.asyncio
@pytest.mark.parametrize("why", ["unit", "colleague", "forged", "spoken", "test", "secret"])
async def test_some_are_never_asked(town: SurveyTown, why: str) -> None:
    sender, headers = ELSA, dict[str, Any]()
    if why == "unit":
        town.office = _secret_unit(town.office)
    if why == "colleague":
        town.office = replace(town.office, own_domains=frozenset({"example.org"}))
    if why == "forged":
        headers["dmarc"] = "fail"
    case = await town.asks(sender, **headers)
    if why == "test":
        async with town.ledger(case) as ledger:
            ledger.append(FactKind.TEST, case, occurred_at=town.clock.now(), actor="system", source="test:1")
    if why == "secret":
        async with town.ledger(case) as ledger:
            data = {"mark": "secret", "value": "1"}
            ledger.append(
                FactKind.MARKED, case, occurred_at=town.clock.now(), actor="officer:anna", source="m:1", data=data
            )
        assert fold_case(await town.facts()).secret
    await town.officer_answers("anna", "/ringt 40 s" if why == "spoken" else "På torsdag.")
    await town.round()
    assert await town.invitations() == []
    assert await town.count(outbox, outbox.c.kind == MailKind.SURVEY.value) == 0


@pytest.mark.asyncio
async def test_a_case_made_secret_meanwhile_is_left_in_peace(town: SurveyTown) -> None:
    case = await town.answered()
    async with town.ledger(case) as ledger:
        ledger.append(
            FactKind.MARKED, case, occurred_at=town.clock.now(), actor="officer:anna", source="m:1",
            data={"mark": "secret", "value": "1"},
        )  # fmt: skip
    town.clock.forward(hours=1)
    assert await town.round() == 0
    assert await town.states() == [State.WITHDRAWN]


@pytest.mark.asyncio
async def test_a_case_that_went_to_another_unit_is_asked_by_that_unit(town: SurveyTown) -> None:
    case = await town.answered()
    async with town.ledger(case) as ledger:
        ledger.append(
            FactKind.TRANSFERRED, case, occurred_at=town.clock.now(), actor="officer:anna", source="t:1",
            data={"unit": "bygg"},
        )  # fmt: skip
    mail = await town.asked()
    assert mail.from_addr == "bygg@kommun.example"
    # It counts for the unit that answered.
    assert (await town.invitations())[0].unit == UnitId("kc")


@pytest.mark.asyncio
async def test_an_invitation_that_is_refused_or_comes_back_is_failed_and_troubles_no_staff(town: SurveyTown) -> None:
    await town.answered()
    staff = len(town.relay.to("anna@kommun.example"))
    town.relay.trouble = lambda mail: Refused("5.1.1") if mail.subject.startswith("Hur var det") else None
    town.clock.forward(hours=1)
    await town.round()
    assert await town.states() == [State.FAILED]
    town.relay.trouble = lambda _: None
    await town.answered(OMAR)
    mail = await town.asked(OMAR)
    await town.receive(bounce(mail.message_id), to=mail.return_path, sender="")
    assert await town.states() == [State.FAILED, State.FAILED]
    assert [one.delivered_at for one in await town.invitations()] == [None, None]
    assert await town.told(FactKind.DELIVERY_FAILED) == []
    assert len(town.relay.to("anna@kommun.example")) - staff == 1  # Omar's question


@pytest.mark.asyncio
async def test_after_two_weeks_the_link_is_dead_and_who_said_nothing_has_expired(town: SurveyTown) -> None:
    await town.answered()
    mail = await town.asked()
    town.clock.forward(days=14, minutes=1)
    await town.round()
    (one,) = await town.invitations()
    assert (one.state, one.step, one.secret) == (State.EXPIRED, None, "")
    assert (await town.replies("4", mail))["outcome"] == "survey"
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_without_a_page_the_mail_asks_for_a_digit(database: Database, clock: FrozenClock) -> None:
    town = await SurveyTown(database, clock, survey_office(page="")).begin()
    await town.answered()
    mail = await town.asked()
    assert links_in(mail) == []
    assert "en enda siffra" in mail.text
    assert (await town.invitations())[0].secret == ""

"""Who may end a case: whoever has it, a lead, and anybody of the unit where nobody has it; alike on every face."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.case import CaseState, fold_case
from bot.desk import acts
from bot.desk.acts import Refusal
from bot.facts import ExcludeReason, FactKind, OfficerId
from bot.inquiry import fold_inquiries
from bot.office import Absence, Notify
from bot.store.rows import MailKind
from tests.conftest import FrozenClock
from tests.staff_chat import embedded, staff_town
from tests.test_acts import act, begin, refusal, staffed

TAKEN = "Anna Exempel har redan ärendet. Vill du ta över det? Skriv /lämna till mig: varför."


def test_what_a_colleague_has_must_be_taken_over_first() -> None:
    desk, case = begin()
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    assert refusal(desk, case, "bo", acts.close) is Refusal.TAKEN
    assert refusal(desk, case, "bo", acts.leave_out, ExcludeReason.SPAM) is Refusal.TAKEN
    assert fold_case(desk.ledger.facts_of(case)).state is CaseState.OPEN
    acts.transfer(desk.ledger, desk.office, act(desk, case, "bo"), "mig", "Jag svarade på stan.")
    acts.close(desk.ledger, desk.office, act(desk, case, "bo"))
    assert fold_case(desk.ledger.facts_of(case)).state is CaseState.CLOSED


@pytest.mark.parametrize("who", ["anna", "lea"])
def test_whoever_has_it_or_a_lead_closes_it(who: str) -> None:
    desk, case = begin()
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    assert not acts.close(desk.ledger, desk.office, act(desk, case, who))


def test_what_nobody_has_or_somebody_who_is_away_is_closed_by_anybody_of_the_unit() -> None:
    desk, case = begin()
    assert not acts.close(desk.ledger, desk.office, act(desk, case, "bo"))
    away = Absence(first=date(2026, 11, 16), back=date(2026, 11, 18))
    office = staffed()
    officers = [replace(one, absences=(away,)) if one.id == "anna" else one for one in office.officers]
    desk, case = begin(replace(office, officers=tuple(officers)))
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    assert not acts.close(desk.ledger, desk.office, act(desk, case, "bo"))


def test_by_mail_it_is_told_what_to_do() -> None:
    office = staffed()
    desk, case = begin(replace(office, units=tuple(replace(one, notify=Notify.ALL) for one in office.units)))
    to_bo = next(mail for mail in desk.mails(MailKind.NOTICE) if mail.officer == "bo")
    acts.take(desk.ledger, desk.office, act(desk, case, "anna"))
    desk.officer("bo", "/avsluta", to_bo)
    assert TAKEN in desk.sent[-1].text
    assert FactKind.CLOSED not in desk.kinds(case)
    desk.officer("bo", "/lämna till mig: jag ringde\n/avsluta", to_bo)
    assert desk.kinds(case)[-2:] == [FactKind.TRANSFERRED, FactKind.CLOSED]


@pytest.mark.asyncio
@pytest.mark.parametrize("data", ["close:{case}", "close:{case}:.now", "out:{case}", "out:{case}:.spam"])
async def test_a_press_says_the_same(tmp_path: Path, clock: FrozenClock, data: str) -> None:
    async with embedded(tmp_path) as database, staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"take:{case}", thread=70)
        assert await town.presses("bo", data.format(case=case), thread=70) == TAKEN
        assert town.answers[-1].aloud
        assert (await town.now_of(case)).state is CaseState.OPEN
        assert town.posts == []


@pytest.mark.asyncio
async def test_a_menu_that_was_opened_before_a_colleague_took_it_closes_nothing(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with embedded(tmp_path) as database, staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("bo", f"close:{case}", thread=70)
        menu = town.last
        await town.presses("anna", f"take:{case}", thread=70)
        assert await town.pushes("bo", "Avsluta ändå", menu) == TAKEN
        now = await town.now_of(case)
        assert (now.state, now.owner) == (CaseState.OPEN, OfficerId("anna"))
        facts = await town.facts(case)
        assert not any(one.excluded for one in fold_inquiries(facts))

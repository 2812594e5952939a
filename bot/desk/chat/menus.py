"""What is chosen by buttons: kind, topic, whom to hand over to, the day of a holding notice, how to end."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.case import CaseNow, CaseState
from bot.chat import Rows
from bot.chat_buttons import Press
from bot.desk.acts import case_for, inquiry_for, newer_messages, require_own
from bot.desk.chat.asking import ask, hindrance
from bot.desk.chat.doing import do_at_once, do_here, stale
from bot.desk.chat.drafts import Draft, What
from bot.desk.chat.pages import HAS_OUTCOME, Choice, is_page, labelled, more_rows, page_of, page_rows
from bot.desk.chat.turn import Turn, change, is_menu, refuse, say, tell
from bot.desk.commands import REASON_NAMES, Close, LeaveOut, SetKind, SetMark, SetTopic
from bot.desk.words import KIND_NAMES, RESULT_NAMES
from bot.facts import CaseMark, CaseNumber, ExcludeReason, Kind, OfficerId, Result, UnitId

_FRIDAY = 4


def press_more(turn: Turn, case: CaseNumber) -> None:
    """Show everything else that can be done, in a message of its own."""
    now = now_of(turn, case)
    rows = more_rows(turn.office.texts, now, own=now.owner == turn.officer.id)
    say(turn, turn.t("{number}: vad vill du göra?", number=case), rows, case=case)
    tell(turn, "")


def press_kind(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose what the case is."""
    now = now_of(turn, case)
    chosen = more.removeprefix(".")
    if not is_page(more) and chosen in set(Kind):
        do_here(turn, case, SetKind(Kind(chosen)))
        return
    choices = [Choice(turn.t(KIND_NAMES[kind]), kind.value) for kind in Kind if kind is not now.kind]
    offer(turn, case, turn.t("Vad är {number}?", number=case), Press.KIND, choices, more)


def press_topic(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose what the case is about."""
    now_of(turn, case)
    known = next((one for one in turn.office.topics if f".{one.id}" == more), None)
    if known is not None:
        do_here(turn, case, SetTopic(known.id))
        return
    choices = [Choice(one.name, one.id) for one in turn.office.topics]
    offer(turn, case, turn.t("Vad handlar {number} om?", number=case), Press.TOPIC, choices, more)


def press_transfer(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose who gets the case, then ask why."""
    now = now_of(turn, case)
    if is_page(more):
        title = turn.t("Vem ska ta över {number}?", number=case)
        offer(turn, case, title, Press.TRANSFER, _receivers(turn, now), more, new=not more)
        return
    to, name = _receiver(turn, more)
    if to:
        ask(turn, case, Draft(what=What.TRANSFER, at=turn.ledger.now, chosen=to), name=name)
    else:
        stale(turn, case)


def press_hold(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose the day of a holding notice, then ask why it takes longer."""
    now_of(turn, case)
    problem = hindrance(turn, case)
    if problem:
        refuse(turn, problem)
    elif more == ".day":
        ask(turn, case, Draft(what=What.DAY, at=turn.ledger.now))
    elif more in {f".{day.isoformat()}" for day in _days(turn)}:
        ask(turn, case, Draft(what=What.HOLD, at=turn.ledger.now, chosen=more.removeprefix(".")))
    elif more:
        stale(turn, case)
    else:
        choices = [Choice(turn.office.texts.day(day), day.isoformat()) for day in _days(turn)]
        choices.append(Choice(turn.t("En annan dag"), "day"))
        title = turn.t("När kommer svaret i {number}?", number=case)
        offer(turn, case, title, Press.HOLD, choices, more, new=True)


def press_outcome(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose what the case has led to, then ask for the words that tell it."""
    now_of(turn, case)
    chosen = more.removeprefix(".")
    if not is_page(more) and chosen in set(Result):
        ask(turn, case, Draft(what=What.OUTCOME, at=turn.ledger.now, chosen=chosen))
        return
    choices = [Choice(turn.t(RESULT_NAMES[result]), result.value) for result in Result]
    offer(turn, case, turn.t("Vad har {number} lett till?", number=case), Press.OUTCOME, choices, more)


def press_secret(turn: Turn, case: CaseNumber, more: str) -> None:
    """Mark the case as secret; or ask why it is no longer."""
    now = now_of(turn, case)
    if now.secret:
        ask(turn, case, Draft(what=What.OPEN, at=turn.ledger.now))
    elif more == ".yes":
        do_here(turn, case, SetMark(CaseMark.SECRET, "yes"))
    else:
        title = turn.t("Ska {number} sekretessmärkas? Bara behöriga ser det då, och inte gruppen.", number=case)
        offer(turn, case, title, Press.SECRET, [Choice(turn.t("Ja, sekretess"), "yes")], more)


def press_close(turn: Turn, case: CaseNumber, more: str) -> None:
    """Close what is answered; of what is not, or what should lead to something, ask how.

    Raises:
        ActRefused: the case is a colleague's, or none that the officer may see.
    """
    now = now_of(turn, case)
    require_own(turn.ledger, turn.office, turn.act(case))
    waits = inquiry_for(turn.ledger, turn.act(case)).waits
    leads_on = now.kind in HAS_OUTCOME and now.result is None
    if more == ".now":
        do_here(turn, case, Close())
    elif now.state is CaseState.CLOSED:
        stale(turn, case)
    elif waits or leads_on:
        _ask_how(turn, case, waits=waits, leads_on=leads_on)
    else:
        do_at_once(turn, case, Close())


def press_leave_out(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose why a question is left without an answer; not where the citizen has written since the menu came."""
    require_own(turn.ledger, turn.office, turn.act(case))
    reasons = [reason for reason in ExcludeReason if reason is not ExcludeReason.MERGED]
    chosen = next((reason for reason in reasons if f".{reason.value}" == more), None)
    if chosen is None:
        choices = [Choice(turn.t(REASON_NAMES[reason]), reason.value) for reason in reasons]
        title = turn.t("Varför lämnas {number} utan svar? Frågan räknas då inte med i statistiken.", number=case)
        offer(turn, case, title, Press.LEAVE_OUT, choices, more)
        return
    queued = turn.ledger.known.queued_by_id.get(turn.pressed) if turn.pressed is not None else None
    if queued is not None and newer_messages(turn.ledger, turn.act(case, since=queued.created_at)):
        refuse(turn, turn.t("Den som frågar har skrivit mer sedan dess. Läs det först. Inget har gjorts."))
    else:
        do_here(turn, case, LeaveOut(chosen))


def now_of(turn: Turn, case: CaseNumber) -> CaseNow:
    """Return the case, if the officer may see it.

    Raises:
        ActRefused: not so.
    """
    return case_for(turn.ledger, turn.office, turn.act(case))


def offer(
    turn: Turn, case: CaseNumber, title: str, act: Press, choices: Sequence[Choice], more: str, *, new: bool = False
) -> None:
    """Show a list to choose from; `more` may ask for one of its pages. `new`: the press may be on a card."""
    rows = page_rows(turn.office.texts, act, case, choices, page_of(more))
    _show(turn, case, title, rows, new=new)


def _show(turn: Turn, case: CaseNumber, title: str, rows: Rows, *, new: bool) -> None:
    """Show a menu in place of the one that was pressed; `new`: the press may be on a card, which stays."""
    if new or not is_menu(turn):
        say(turn, title, rows, case=case)
    else:
        change(turn, title, rows, case=case)
    tell(turn, "")


def _receivers(turn: Turn, now: CaseNow) -> list[Choice]:
    """Return who can get a case: the officer, the units, the colleagues of the case's unit, all others."""
    office, me, today = turn.office, turn.officer, turn.office.local_day(turn.ledger.now)
    here = [one for one in office.officers if one.id not in {me.id, now.owner} and not one.is_away(today)]
    near = sorted(here, key=lambda one: now.unit not in one.units)
    own = [] if now.owner == me.id else [Choice(turn.t("Mig"), f"o{me.id}")]
    units = [Choice(one.name, f"u{one.id}") for one in office.units if one.id != now.unit or now.owner]
    return [*own, *units, *(Choice(one.name, f"o{one.id}") for one in near)]


def _receiver(turn: Turn, more: str) -> tuple[str, str]:
    """Return whom a choice means, as `/lämna` takes it, and the name; empty if there is nobody like that any more."""
    kind, named = more[1:2], more[2:]
    officer = turn.office.officer(OfficerId(named)) if kind == "o" else None
    if officer is not None:
        return officer.email, officer.name
    known = kind == "u" and any(one.id == named for one in turn.office.units)
    return (named, turn.office.unit(UnitId(named)).name) if known else ("", "")


def _days(turn: Turn) -> list[date]:
    """Return the next open day, the Friday after it, and the Friday of the week after that."""
    first = turn.office.calendar.nth_open_day(turn.ledger.now, 1)
    friday = first + timedelta(days=(_FRIDAY - first.weekday() - 1) % 7 + 1)
    return [first, friday, friday + timedelta(days=7)]


def _ask_how(turn: Turn, case: CaseNumber, *, waits: bool, leads_on: bool) -> None:
    t, rows = turn.t, list[Rows]()
    if waits:
        rows.append(((labelled(t("Besvarat på telefon"), Press.SPOKEN, case),),))
        rows.append(((labelled(t("Utan svar …"), Press.LEAVE_OUT, case),),))
    if leads_on:
        rows.append(((labelled(t("Berätta vad det ledde till"), Press.OUTCOME, case),),))
    rows.append(((labelled(t("Avsluta ändå"), Press.CLOSE, case, ".now"), labelled(t("Stäng"), Press.LESS, case)),))
    title = t("{number} är inte besvarat. Hur ska det avslutas?", number=case) if waits else t(
        "Ska den som skrev i {number} få veta vad det ledde till?", number=case
    )  # fmt: skip
    _show(turn, case, title, tuple(row for some in rows for row in some), new=True)

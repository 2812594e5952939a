"""How lists and journals name a case, its state, who did something, and when it is due. Pure."""

from datetime import date, datetime, timedelta

from bot.case import CaseNow, CaseState
from bot.desk.words import KIND_NAMES
from bot.facts import STAFF, SYSTEM, OfficerId
from bot.masking import masked
from bot.office import Office
from bot.store.desk_reading import Listed
from bot.tokens import without_tag
from config.texts import Texts

NOBODY = "–"
"""Stands in a table where nobody or nothing is."""

_LONGEST = 40
"""Signs of what a case is about, in a table that must fit a telephone."""


def what_words(office: Office, listed: Listed) -> str:
    """Return what a case is about in at most 40 signs: its topic, else its kind, and the subject, numbers hidden."""
    about = topic_name(office, listed.case) or kind_name(office.texts, listed.case)
    subject = masked(office.texts, without_tag(listed.subject))
    return shortened(f"{about}: {subject}" if subject else about, _LONGEST)


def shortened(text: str, most: int) -> str:
    """Return the text on one line of at most so many signs; what is cut off ends with ``…``."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def kind_name(texts: Texts, case: CaseNow) -> str:
    """Return a case's kind, as ``fråga``."""
    return texts.t(KIND_NAMES[case.kind])


def topic_name(office: Office, case: CaseNow) -> str:
    """Return the name of a case's topic; its id if it is no longer configured, empty if it has none."""
    return next((one.name for one in office.topics if one.id == case.topic), case.topic)


def state_words(texts: Texts, listed: Listed) -> str:
    """Return where a case stands, in one to three words."""
    closed = listed.case.state is CaseState.CLOSED
    if listed.waiting_since is not None:
        return texts.t("avslutat utan svar") if closed else texts.t("väntar på svar")
    if closed:
        return texts.t("avslutat")
    if listed.answered:
        return texts.t("besvarat")
    return texts.t("lämnat utan svar") if listed.left_out else texts.t("öppet")


def owner_name(office: Office, case: CaseNow) -> str:
    """Return whose case it is, ``–`` if nobody's."""
    return office.name_of(case.owner) if case.owner else NOBODY


def language_name(texts: Texts, code: str) -> str:
    """Return a language by its code, as ``finska``; the code itself if nobody knows it."""
    return texts.language_name(code)


def actor_name(office: Office, actor: str) -> str:
    """Return who did something, from a fact's actor."""
    if actor == SYSTEM:
        return office.texts.t("Kommunsvar")
    if actor == STAFF:
        return office.texts.t("Någon i personalen")
    if actor.startswith("officer:"):
        return office.name_of(OfficerId(actor.removeprefix("officer:")))
    return office.texts.t("Den som frågar")


def due_words(texts: Texts, due: datetime, now: datetime) -> str:
    """Return when an answer is due (UTC), as seen now (UTC): an instant that is past, or is now, is late."""
    local, today = due.astimezone(texts.zone), now.astimezone(texts.zone).date()
    day, clock = local.date(), texts.clock(local.time())
    if due <= now:
        if day == today:
            return texts.t("försenad sedan kl. {time}", time=clock)
        since = texts.t("i går") if day == today - timedelta(days=1) else day_words(texts, day, today)
        return texts.t("försenad sedan {day}", day=since)
    if day == today:
        return texts.t("i dag kl. {time}", time=clock)
    if day == today + timedelta(days=1):
        return texts.t("i morgon kl. {time}", time=clock)
    return texts.t("{day} kl. {time}", day=day_words(texts, day, today), time=clock)


def day_words(texts: Texts, day: date, today: date) -> str:
    """Return a day in words, with its year where that is not this year."""
    if day.year == today.year:
        return texts.day(day)
    return texts.t("{day} {year}", day=texts.day(day), year=day.year)


def moment_words(texts: Texts, instant: datetime, now: datetime) -> str:
    """Return an instant (UTC) as local day and time, with the year where it is not this year."""
    local = instant.astimezone(texts.zone)
    day = day_words(texts, local.date(), now.astimezone(texts.zone).date())
    return texts.t("{day} kl. {time}", day=day, time=texts.clock(local.time()))

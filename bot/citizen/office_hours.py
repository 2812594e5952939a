"""When people answer, and how else they are reached, in words."""

from datetime import datetime, timedelta

from bot.calendar import OutsideCalendarError
from bot.office import Office
from config.texts import Texts

_DAY = timedelta(days=1)


def open_now(office: Office, texts: Texts, now: datetime) -> str:
    """Return whether it is open at an instant (UTC) and until or from when; empty where the calendar does not tell."""
    try:
        if office.calendar.is_open(now):
            closes = office.calendar.segments(now, now + _DAY)[0].end
            if closes >= now + _DAY:
                return texts.t("Det är öppet nu.")
            return texts.t("Det är öppet nu, till kl. {time}.", time=texts.clock(closes.astimezone(texts.zone).time()))
        opens = texts.moment(office.calendar.next_opening(now))
    except OutsideCalendarError:
        return ""
    return texts.t("Det är stängt nu. Vi öppnar {moment}.", moment=opens)


def closed_now(office: Office, texts: Texts, now: datetime) -> str:
    """Return when it opens again, if it is closed at an instant (UTC); else nothing."""
    try:
        return "" if office.calendar.is_open(now) else open_now(office, texts, now)
    except OutsideCalendarError:
        return ""


def answer_time(office: Office, texts: Texts) -> str:
    """Return within how many open days an ordinary question is answered."""
    days = office.promises[office.default_kind]
    return texts.n("Du får svar inom {count} arbetsdag.", "Du får svar inom {count} arbetsdagar.", days)


def other_ways(office: Office, texts: Texts) -> list[str]:
    """Return the other ways in, a line each; never none."""
    unit, ways = office.units[0], office.other_ways_in(texts.language)
    said = [f"– {way}" for way in ways]
    if unit.phone and not any(unit.phone in way for way in ways):
        said.append("– " + texts.t("Telefon {phone}", phone=unit.phone))
    if not any(unit.address in way for way in ways):
        said.append("– " + texts.t("E-post {address}", address=unit.address))
    return said

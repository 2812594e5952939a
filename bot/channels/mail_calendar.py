"""Invitations and answers to them: the facts of a text/calendar part (RFC 5545, RFC 5546). Pure, never raises.

Own reader of the seven fields that are shown: icalendar 7.3.0 needs 7 s for 2 MB of short lines, and raises where one
line is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.channels.mail_text import clean

_LIMIT = 200_000
_VALUE = 2_000
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"\r\n]*(?:\"[^\"\r\n]*\"[^:;\"\r\n]*)?){0,20}):([^\r\n]*)")
_PARAM = re.compile(r";([A-Za-z-]+)=(?:\"([^\"]*)\"|([^;\"]*))")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?\Z")
_SPAN = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:\d{1,6}S)?)?\Z")
_SHOWN = ("VEVENT", "VTODO")  # components of RFC 5545 §3.6
_ANSWERS = ("REPLY", "COUNTER")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarNote:
    """What a calendar part says of its first event; what it does not say is empty.

    Attributes:
        method: ``REQUEST``, ``REPLY``, ``CANCEL`` … (RFC 5546 §1.4), upper case.
        when: begin and end as written, with the zone's name; without a zone they are local times of nobody knows where.
        answer: of a reply, ``ACCEPTED``, ``DECLINED``, ``TENTATIVE``.
    """

    method: str = ""
    what: str = ""
    when: str = ""
    repeats: bool = False
    where: str = ""
    organiser: str = ""
    attendee: str = ""
    answer: str = ""
    about: str = ""

    @property
    def lines(self) -> str:
        """What, when, where and with whom, one a line, without labels: texts for people live elsewhere."""
        when = f"{self.when} ↻" if self.when and self.repeats else self.when
        answer = f"{self.attendee}: {self.answer.lower()}" if self.answer and self.method in _ANSWERS else ""
        return "\n".join(filter(None, (self.what, when, self.where, self.organiser, answer, self.about)))

    @property
    def mark(self) -> str:
        """``calendar_request``, ``calendar_reply``, ``calendar_cancel``, or empty for one that asks for nothing."""
        if self.method in _ANSWERS:
            return "calendar_reply"
        return {"REQUEST": "calendar_request", "ADD": "calendar_request", "CANCEL": "calendar_cancel"}.get(
            self.method, ""
        )


def read_calendar(source: str, method: str = "") -> CalendarNote | None:
    """Return the facts of a calendar's first event, None if the source is no calendar.

    Args:
        source: the part's characters; the first 200 000 are read.
        method: what Content-Type says it is, used where the calendar does not say it.
    """
    text = _FOLD.sub("", source[:_LIMIT])
    if "BEGIN:VCALENDAR" not in text[:1_000].upper():
        return None
    top, event = _fields(text)
    values = {name: _plain(value) for name, (_, value) in event.items()}
    begin = event.get("DTSTART", ("", ""))
    return CalendarNote(
        method=(_plain(top.get("METHOD", ("", ""))[1]) or method).strip().upper()[:20],
        what=values.get("SUMMARY", ""),
        when=_when(begin, event.get("DTEND") or event.get("DUE"), values.get("DURATION", "")) if begin[1] else "",
        repeats="RRULE" in event or "RDATE" in event,
        where=values.get("LOCATION", ""),
        organiser=_who(*event.get("ORGANIZER", ("", ""))),
        attendee=_who(*event.get("ATTENDEE", ("", ""))),
        answer=_param(event.get("ATTENDEE", ("", ""))[0], "PARTSTAT").upper()[:20],
        about=values.get("DESCRIPTION", ""),
    )


def _fields(text: str) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Return the fields of the calendar and those of its first event, parameters and value; the first of a name."""
    top: dict[str, tuple[str, str]] = {}
    event: dict[str, tuple[str, str]] = {}
    within: list[str] = []
    for found in _LINE.finditer(text):
        name, value = found[1].upper(), found[3][:_VALUE]
        if name == "BEGIN":
            within.append(value.strip().upper())
        elif name == "END":
            if within and within.pop() in _SHOWN:
                break
        elif within and within[-1] in _SHOWN:
            event.setdefault(name, (found[2], value))
        elif len(within) == 1:
            top.setdefault(name, (found[2], value))
    return top, event


def _plain(value: str) -> str:
    text = _ESCAPE.sub(lambda code: "\n" if code[1] in "nN" else code[1], value)
    return clean(text).strip()


def _param(params: str, name: str) -> str:
    return next(
        (_plain(found[2] or found[3] or "") for found in _PARAM.finditer(params) if found[1].upper() == name), ""
    )


def _who(params: str, value: str) -> str:
    address = value.strip().removeprefix("mailto:").removeprefix("MAILTO:").strip()
    name = _param(params, "CN").strip("'\"")
    return " ".join(f"{name} <{address}>".split()) if name and address and name != address else name or _plain(address)


def _when(begin: tuple[str, str], end: tuple[str, str] | None, span: str) -> str:
    first = _moment(begin[1])
    if first is None:
        return _plain(begin[1])
    last = _moment(end[1]) if end else _after(first, span)
    zone = "UTC" if begin[1].strip().endswith("Z") else _param(begin[0], "TZID")
    whole_days = not isinstance(first, datetime)
    if last and whole_days and not isinstance(last, datetime):
        last -= timedelta(days=1)  # the end is the first day after (RFC 5545 §3.6.1)
    shown = _shown(first)
    if last and isinstance(last, datetime) == isinstance(first, datetime) and last > first:
        same = isinstance(last, datetime) and isinstance(first, datetime) and last.date() == first.date()
        shown += f" – {_shown(last)[11:] if same else _shown(last)}"
    return f"{shown} ({zone})" if zone and not whole_days else shown


def _shown(moment: date) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def _moment(value: str) -> date | None:
    """Return a date, or a naive time: zones are shown by name, never reckoned with."""
    found = _STAMP.match(value.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
    try:
        if not found[4]:
            return date(year, month, day)
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError:
        return None


def _after(first: date, span: str) -> date | None:
    found = _SPAN.match(span.strip().upper())
    if not found:
        return None
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups())
    try:
        return first + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None

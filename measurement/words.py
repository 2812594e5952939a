"""What the reports call things: rules, classes, reasons, channels, instants, lengths of time, a plain table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import wrap
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.clock import Rule, TimeClass
from bot.facts import Channel, ExcludeReason, Fact
from bot.inquiry import Turn
from config.texts import Texts

WIDTH = 78
"""Characters of a line: it fits a terminal of 80 columns."""


def rule_name(texts: Texts, rule: Rule) -> str:
    """Return a rule in plain words, as they stand after "answered"."""
    match rule:
        case Rule.ONE_WORKING_DAY:
            return texts.t("inom en arbetsdag")
        case Rule.TWO_WORKING_DAYS:
            return texts.t("inom två arbetsdagar")
        case Rule.END_OF_NEXT_WORKING_DAY:
            return texts.t("senast vid stängning nästa arbetsdag")
        case Rule.CLOCK_24H:
            return texts.t("inom 24 timmar")
        case _:
            assert_never(rule)


def class_name(texts: Texts, name: TimeClass) -> str:
    """Return a class in one to three short words: they head a column."""
    match name:
        case TimeClass.IN_TIME:
            return texts.t("i tid")
        case TimeClass.LATE:
            return texts.t("för sent")
        case TimeClass.UNANSWERED:
            return texts.t("utan svar")
        case TimeClass.NOT_YET_DUE:
            return texts.t("tid kvar")
        case TimeClass.EXCLUDED:
            return texts.t("räknas inte")
        case _:
            assert_never(name)


def reason_name(texts: Texts, reason: str) -> str:
    """Return why something is left out; a reason without words is shown as it is stored."""
    names = {
        ExcludeReason.SPAM: texts.t("skräp"),
        ExcludeReason.DUPLICATE: texts.t("dubblett"),
        ExcludeReason.TEST: texts.t("test"),
        ExcludeReason.THANKS: texts.t("bara ett tack"),
        ExcludeReason.MERGED: texts.t("hopslagen med en annan"),
    }
    return next((name for known, name in names.items() if known.value == reason), reason)


def channel_name(texts: Texts, channel: str) -> str:
    """Return a channel; one without words is shown as it is stored."""
    names = {
        Channel.MAIL: texts.t("e-post"),
        Channel.TELEGRAM: texts.t("Telegram"),
        Channel.PHONE: texts.t("telefon"),
    }
    return next((name for known, name in names.items() if known.value == channel), channel)


def length(texts: Texts, time: timedelta, *, days: bool = True, up: bool = False) -> str:
    """Return a length of time in words, to whole minutes; under a minute in seconds.

    Args:
        texts: the language.
        time: not negative.
        days: whether 24 hours are a day; open time has no such days.
        up: whether a begun minute (or second) counts, as it must after "within".
    """
    if time < timedelta(minutes=1):
        return texts.t("{count} s", count=_whole(time, timedelta(seconds=1), up=up))
    hours, minutes = divmod(_whole(time, timedelta(minutes=1), up=up), 60)
    whole_days, hours = divmod(hours, 24) if days else (0, hours)
    parts = [
        texts.n("{count} dygn", "{count} dygn", whole_days) if whole_days else "",
        texts.t("{count} tim", count=hours) if hours else "",
        texts.t("{count} min", count=minutes) if minutes else "",
    ]
    return " ".join(part for part in parts if part)


def _whole(time: timedelta, unit: timedelta, *, up: bool) -> int:
    return -(-time // unit) if up else time // unit


def turn_name(texts: Texts, turn: Turn, fact: Fact) -> str:  # noqa: C901 -- one line for each thing that can happen
    """Return what a fact did to the clock of its inquiry."""
    match turn:
        case Turn.STARTED:
            return texts.t("meddelande kom in: klockan börjar")
        case Turn.JOINED:
            return texts.t("ytterligare ett meddelande före svaret: samma kontakt")
        case Turn.STOPPED:
            if fact.data.get("unsure") is True:
                return texts.t("svar, kanske framme: klockan stannar")
            return texts.t("svar: klockan stannar")
        case Turn.ANSWERED_AGAIN:
            return texts.t("ännu ett svar: ändrar inget")
        case Turn.REVOKED:
            return texts.t("svaret nådde inte fram: väntar igen")
        case Turn.ACKNOWLEDGED:
            return texts.t("mottagningsbekräftelse: påverkar inte klockan")
        case Turn.HELD:
            return texts.t("delbesked: påverkar inte klockan")
        case Turn.CLOSED:
            return texts.t("avslutat: påverkar inte klockan")
        case Turn.EXCLUDED:
            reason = reason_name(texts, str(fact.data.get("reason", "")))
            return texts.t("räknas inte: {reason}", reason=reason)
        case _:
            assert_never(turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Instants and lengths to the second, in words of one language and zone; decimals only where there are any."""

    texts: Texts
    zone: ZoneInfo

    def day(self, local: datetime) -> str:
        """Return the day of a local time, as ``tisdag 24 november 2026``."""
        return self.texts.t("{day} {year}", day=self.texts.day(local.date()), year=local.year)

    def time(self, local: datetime) -> str:
        """Return a local time of day, as ``07.00.12``; with its offset in the hour that happens twice."""
        clock = self.texts.clock(local.time())
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        offset = f" ({local.isoformat()[-6:]})" if twice else ""
        return f"{clock}{clock[2]}{local.second:02d}{self._decimals(local.microsecond)}{offset}"

    def moment(self, instant: datetime) -> str:
        """Return an aware instant, as ``tisdag 24 november 2026 kl. 07.00.12``."""
        local = instant.astimezone(self.zone)
        return self.texts.t("{day} kl. {time}", day=self.day(local), time=self.time(local))

    def minutes(self, time: timedelta) -> str:
        """Return a length as minutes:seconds, as ``90:05``. Not negative."""
        whole, rest = divmod(time, timedelta(minutes=1))
        second, rest = divmod(rest, timedelta(seconds=1))
        return f"{whole}:{second:02d}{self._decimals(rest.microseconds)}"

    def _decimals(self, micros: int) -> str:
        point = "." if self.texts.language == "en" else ","
        return point + f"{micros:06d}".rstrip("0") if micros else ""


def percent(texts: Texts, share: float) -> str:
    """Return a share 0–1 as per cent that no line break parts from its sign."""
    return texts.percent(share).replace(" ", "\N{NO-BREAK SPACE}")


def paragraph(text: str, *, indent: str = "") -> list[str]:
    """Return the text as lines that fit; in an indented one those after the first stand further in."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent * 2)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines that fit: names to the left, figures to the right, long headings and names broken."""
    columns = range(1, len(head))
    widths = [max(len(word) for word in (*head[at].split(), *(row[at] for row in rows))) for at in columns]
    first = WIDTH - sum(widths) - 2 * len(widths)
    broken = [wrap(words, width) for words, width in zip(head[1:], widths, strict=True)]
    height = max(map(len, broken))
    padded = [[""] * (height - len(words)) + words for words in broken]
    lines = [_line(head[0] if at == height - 1 else "", first, [words[at] for words in padded], widths)
             for at in range(height)]  # fmt: skip
    for row in rows:
        margin = " " * (len(row[0]) - len(row[0].lstrip()))
        name, *more = wrap(row[0].lstrip(), first, initial_indent=margin, subsequent_indent="    ")
        lines += [_line(name, first, row[1:], widths), *more]
    return lines


def _line(name: str, first: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    right = "".join("  " + cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return (name.ljust(first) + right).rstrip()

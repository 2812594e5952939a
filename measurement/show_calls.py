"""Calls by telephone in a figure's explanation: the columns they are listed in, and what nobody can tell of them."""

from collections.abc import Sequence
from datetime import datetime

from config.texts import Texts
from measurement.explain_calls import COVERAGE
from measurement.explained import Behind, Explained, PhoneCall
from measurement.figure_id import FigureId
from measurement.words import Spoken, paragraph


def call_columns(rows: Sequence[Behind], spoken: Spoken) -> dict[str, list[str]]:
    """Return what is told of calls, a column for each heading; all are of the exchange, or all are logged."""
    texts = spoken.texts
    calls = [row.call or PhoneCall() for row in rows]
    came = texts.t("kom till kön") if calls[0].key else texts.t("antecknat")
    return {
        came: [local_second(row.arrived, spoken) for row in rows],
        texts.t("enhet"): [one.unit for one in calls],
        texts.t("kö"): [one.queue for one in calls],
        texts.t("sekunder"): [_seconds(one, texts) for one in calls],
        texts.t("hur det gick"): [_ending(one, texts) for one in calls],
        texts.t("direkt svar"): [_direct(one, texts) for one in calls],
        texts.t("nyckel"): [one.key for one in calls],
    }


def _seconds(one: PhoneCall, texts: Texts) -> str:
    if one.least is None:
        return ""
    if one.most is None:
        return texts.t("minst {seconds}", seconds=one.least)
    return str(one.least) if one.least == one.most else f"{one.least}–{one.most}"


def _ending(one: PhoneCall, texts: Texts) -> str:
    if one.answered is None:
        return ""
    if one.answered:
        return texts.t("besvarat")
    return texts.t("lade på") if one.abandoned else texts.t("kopplat vidare eller annat")


def _direct(one: PhoneCall, texts: Texts) -> str:
    if one.direct is None:
        return ""
    return texts.t("ja") if one.direct else texts.t("nej")


def coverage_note(found: Explained, texts: Texts) -> list[str]:
    """Return why nobody can tell which calls were logged, and where the logged ones are; nothing of other measures."""
    if found.measure.id != COVERAGE or not found.part.listings:
        return []
    logged = FigureId(measure="phone.logged", period=found.id.period, slice=found.id.slice)
    said = texts.t(
        "En anteckning säger inte vilket samtal i växeln den gäller. Därför står alla besvarade samtal i en lista. "
        "De antecknade samtalen: run_bot.py explain figure {figure}",
        figure=logged,
    )
    return paragraph(said)


def local_second(instant: datetime | None, spoken: Spoken) -> str:
    """Return a local date and time of day cut to the second; nothing of no instant."""
    if instant is None:
        return ""
    local = instant.astimezone(spoken.zone)
    return f"{local:%Y-%m-%d} {spoken.time(local.replace(microsecond=0))}"

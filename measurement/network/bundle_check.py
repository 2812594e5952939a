"""Whether what a bundle says makes sense; every fault in words, with its place. Pure."""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import isclose, isfinite

from config.texts import Texts
from measurement.measures import Unit
from measurement.network.bundle import MOST_WEEKS, THRESHOLD, Bundle, MeasureTold, Total, WeekValue
from measurement.network.bundle_export import weeks_between
from measurement.network.bundle_texts import text_faults
from measurement.network.members import is_municipality, municipalities
from measurement.periods import Week
from measurement.registry import REGISTRY

AHEAD = timedelta(days=1)
"""How much another's clock may be ahead of ours."""
_DAY = 24 * 60


def faults_of(bundle: Bundle, now: datetime, texts: Texts) -> list[str]:
    """Return everything that cannot be right in a bundle, in words; none: it makes sense.

    Args:
        bundle: as it was read.
        now: UTC; a bundle cannot have been made later.
        texts: the language that faults are told in.
    """
    # What cannot be shown is told first and alone: the other faults quote it.
    first = list(text_faults(bundle, texts)) or [*_municipality(bundle, texts), *_period(bundle, now, texts)]
    if first:
        return first
    weeks = [str(one) for one in weeks_between(Week.parse(bundle.first), Week.parse(bundle.last))]
    return [
        *_numbers(bundle, len(weeks), texts),
        *_twice([one.id for one in bundle.measures], texts),
        *(fault for one in bundle.measures for fault in _measure(one, weeks, bundle.threshold, texts)),
        *_files(bundle, texts),
    ]


def _municipality(bundle: Bundle, texts: Texts) -> Iterator[str]:
    known = municipalities().get(bundle.municipality)
    if not is_municipality(bundle.municipality):
        yield texts.t("Ingen kommun har numret {id}.", id=bundle.municipality)
    elif known is not None and known != bundle.name:
        yield texts.t("Nummer {id} är {known}, inte {name}.", id=bundle.municipality, known=known, name=bundle.name)


def _period(bundle: Bundle, now: datetime, texts: Texts) -> Iterator[str]:
    if bundle.made_at.utcoffset() != timedelta():
        yield texts.t("Tiden då paketet gjordes har ingen tidszon.")
        return
    if bundle.made_at > now + AHEAD:
        yield texts.t("Paketet säger sig vara gjort {at}. Det är i framtiden.", at=texts.moment(bundle.made_at))
    try:
        first, last = Week.parse(bundle.first), Week.parse(bundle.last)
    except ValueError:
        yield texts.t("Perioden {first} till {last} är inga veckor.", first=bundle.first, last=bundle.last)
        return
    if (str(first), str(last)) != (bundle.first, bundle.last) or last < first:
        yield texts.t("Perioden {first} till {last} går baklänges.", first=bundle.first, last=bundle.last)
    elif len(weeks_between(first, min(last, _after(first)))) > MOST_WEEKS:
        yield texts.t("Perioden {first} till {last} är längre än två år.", first=bundle.first, last=bundle.last)
    elif last.monday > bundle.made_at.date():
        yield texts.t("Perioden slutar {last}, efter att paketet gjordes.", last=bundle.last)


def _after(first: Week) -> Week:
    """Return the week with which the period becomes too long."""
    year, number, _ = (first.monday + timedelta(weeks=MOST_WEEKS)).isocalendar()
    return Week(year=year, number=number)


def _numbers(bundle: Bundle, weeks: int, texts: Texts) -> Iterator[str]:
    hours, survey = bundle.hours, bundle.survey
    if bundle.threshold < THRESHOLD:
        yield texts.t("Gränsen för små tal är {theirs}. I nätverket är den minst {least}.", theirs=bundle.threshold,
                      least=THRESHOLD)  # fmt: skip
    if not 0 < bundle.phone_seconds <= 3600:
        yield texts.t("Gränsen för direkt svar i telefon kan inte vara {count} sekunder.", count=bundle.phone_seconds)
    fits = 0 < hours.ordinary_day_minutes <= _DAY and 0 <= hours.open_days <= weeks * 7 and hours.changes >= 0
    if not (fits and 0 <= hours.open_minutes <= hours.open_days * _DAY):
        yield texts.t("Öppettiderna går inte ihop.")
    if min(bundle.channels.values(), default=0) < 0:
        yield texts.t("Antalet kontakter i en kanal är mindre än noll.")
    if not 0 <= survey.answered <= survey.delivered <= survey.invited:
        yield texts.t("Enkäten har fler svar än inbjudningar.")


def _twice(names: Sequence[str], texts: Texts) -> Iterator[str]:
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield texts.t("{name} står två gånger.", name=name)


def _measure(told: MeasureTold, weeks: Sequence[str], threshold: int, texts: Texts) -> Iterator[str]:
    """Give what is wrong with a measure; one that we do not know is judged by its unit alone."""
    ours = REGISTRY.get(told.id)
    if ours is not None and ours.version == told.version and ours.unit is not told.unit:
        yield texts.t("{measure}: är en annan enhet än den ska.", measure=told.id)
        return
    names = [one.week for one in told.weeks]
    if names != sorted(set(names)) or not set(names) <= set(weeks):
        yield texts.t("{measure}: veckorna står inte i ordning inom perioden.", measure=told.id)
    counted = len(names) + told.withheld
    if min(told.withheld, told.other_version) < 0 or not counted <= told.covered <= len(weeks) - told.other_version:
        yield texts.t("{measure}: det är fler veckor än perioden har.", measure=told.id)
    for one in told.weeks:
        if one.n < threshold:
            yield texts.t("{measure}, {week}: talet är mindre än {threshold} och får inte visas.", measure=told.id,
                          week=one.week, threshold=threshold)  # fmt: skip
        if not _holds(one, told.unit):
            yield texts.t("{measure}, {week}: talen går inte ihop.", measure=told.id, week=one.week)
    if told.total is not None and not _total_holds(told, told.total, threshold):
        yield texts.t("{measure}: summan stämmer inte med veckorna, eller avslöjar ett litet tal.", measure=told.id)


def _holds(value: WeekValue | Total, unit: Unit) -> bool:
    """Tell whether a value is one of its unit, and a share what its parts give."""
    if not isfinite(value.value) or value.value < 0 or value.n < 1:
        return False
    if unit is Unit.SHARE:
        part, whole = value.numerator, value.denominator
        if part is None or whole is None or not 0 <= part <= whole or whole != value.n:
            return False
        return isclose(value.value, part / whole, rel_tol=0, abs_tol=1e-9)
    without_parts = value.numerator is None and value.denominator is None
    return without_parts and (unit is not Unit.INDEX or value.value <= 100)


def _total_holds(told: MeasureTold, total: Total, threshold: int) -> bool:
    """Tell whether a total is what the weeks give, with at least so many more where some are withheld."""
    if not _holds(total, told.unit) or told.unit not in (Unit.SHARE, Unit.INDEX) or total.n < threshold:
        return False
    rest = total.n - sum(one.n for one in told.weeks)
    if told.unit is Unit.SHARE:
        parts = (total.numerator or 0) - sum(one.numerator or 0 for one in told.weeks)
        return (parts, rest) == (0, 0) if not told.withheld else 0 <= parts <= rest and rest >= threshold
    points = total.value * total.n - sum(one.value * one.n for one in told.weeks)
    if told.withheld:
        return rest >= threshold and -1e-6 <= points <= rest * 100 + 1e-6
    return rest == 0 and abs(points) <= 1e-6 * max(1, total.n)


def _files(bundle: Bundle, texts: Texts) -> Iterator[str]:
    for one in bundle.attachments:
        try:
            content = b64decode(one.content, validate=True)
        except (NotBase64, ValueError):
            yield texts.t("Bilagan {name} går inte att läsa.", name=one.name)
            continue
        if hashlib.sha256(content).hexdigest() != one.digest:
            yield texts.t("Bilagan {name} är inte den som delades: kontrollsumman stämmer inte.", name=one.name)

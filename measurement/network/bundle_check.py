"""Whether what a bundle says makes sense; every fault in words, with its place. Pure."""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import isclose, isfinite

from config.texts import Texts
from measurement.measures import Unit
from measurement.network.bundle import (
    INDEX_FROM,
    MOST_N,
    MOST_WEEKS,
    SURVEYED,
    THRESHOLD,
    Bundle,
    MeasureTold,
    Total,
    WeekValue,
)
from measurement.network.bundle_export import weeks_between
from measurement.network.bundle_texts import text_faults
from measurement.network.members import is_municipality, municipalities
from measurement.periods import Week
from measurement.registry import REGISTRY
from measurement.statistics.suppression import SMALL

AHEAD = timedelta(days=1)
"""How much another's clock may be ahead of ours."""
MOST_MEASURES = 60
_DAY = 24 * 60
_MOST = {Unit.SHARE: 1, Unit.POINTS: 1, Unit.INDEX: 100, Unit.COUNT: MOST_N, Unit.SECONDS: MOST_WEEKS * 7 * _DAY * 60}
"""The greatest value of each unit; nobody can have waited longer than the longest period."""


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
        *_survey(bundle, texts),
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
        # A clock that is years ahead cannot always be told in another time zone.
        yield texts.t("Paketet säger sig vara gjort {at}. Det är i framtiden.", at=f"{bundle.made_at:%Y-%m-%d %H:%M}")
        return
    try:
        first, last = Week.parse(bundle.first), Week.parse(bundle.last)
    except ValueError:
        yield texts.t("Perioden {first} till {last} är inga veckor.", first=bundle.first, last=bundle.last)
        return
    if (str(first), str(last)) != (bundle.first, bundle.last) or last < first:
        yield texts.t("Perioden {first} till {last} går baklänges.", first=bundle.first, last=bundle.last)
    elif last.monday > bundle.made_at.date():
        yield texts.t("Perioden slutar {last}, efter att paketet gjordes.", last=bundle.last)
    elif last.monday - first.monday >= timedelta(weeks=MOST_WEEKS):
        yield texts.t("Perioden {first} till {last} är längre än två år.", first=bundle.first, last=bundle.last)


def _numbers(bundle: Bundle, weeks: int, texts: Texts) -> Iterator[str]:
    hours = bundle.hours
    if not THRESHOLD <= bundle.threshold <= SMALL:
        yield texts.t("Gränsen för små tal är {theirs}. I nätverket är den {least} till {most}.",
                      theirs=bundle.threshold, least=THRESHOLD, most=SMALL)  # fmt: skip
    if not 0 < bundle.phone_seconds <= 3600:
        yield texts.t("Gränsen för direkt svar i telefon kan inte vara {count} sekunder.", count=bundle.phone_seconds)
    fits = 0 < hours.ordinary_day_minutes <= _DAY and 0 <= hours.open_days <= weeks * 7
    fits = fits and 0 <= hours.changes <= weeks * 7
    if not (fits and 0 <= hours.open_minutes <= hours.open_days * _DAY):
        yield texts.t("Öppettiderna går inte ihop.")
    if len(bundle.measures) > MOST_MEASURES:
        yield texts.t("Paketet har fler än {most} mått.", most=MOST_MEASURES)
    counts = bundle.channels.values()
    if min(counts, default=THRESHOLD) < THRESHOLD or max(counts, default=0) > MOST_N * weeks:
        yield texts.t("Antalet kontakter i en kanal är mindre än {least} eller orimligt stort.", least=THRESHOLD)


def _survey(bundle: Bundle, texts: Texts) -> Iterator[str]:
    survey = bundle.survey
    if survey is None:
        return
    if not 0 <= survey.answered <= survey.delivered <= survey.invited:
        yield texts.t("Enkäten har fler svar än inbjudningar.")
    elif survey.answered < THRESHOLD:
        yield texts.t("Enkäten har färre svar än {least} och får inte visas.", least=THRESHOLD)


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
    least = max(threshold, INDEX_FROM) if told.unit is Unit.INDEX else threshold
    for one in told.weeks:
        if one.n < least:
            yield texts.t("{measure}, {week}: talet är mindre än {threshold} och får inte visas.", measure=told.id,
                          week=one.week, threshold=least)  # fmt: skip
        if not _holds(one, told.unit):
            yield texts.t("{measure}, {week}: talen går inte ihop.", measure=told.id, week=one.week)
    if told.total is not None and not _total_holds(told, told.total, threshold):
        yield texts.t("{measure}: summan stämmer inte med veckorna, eller avslöjar ett litet tal.", measure=told.id)


def _holds(value: WeekValue | Total, unit: Unit) -> bool:
    """Tell whether a value is one of its unit, and a share what its parts give."""
    most_n = MOST_N if isinstance(value, WeekValue) else MOST_N * MOST_WEEKS
    if not isfinite(value.value) or not 0 <= value.value <= _MOST[unit] or not 1 <= value.n <= most_n:
        return False
    if unit is Unit.SHARE:
        part, whole = value.numerator, value.denominator
        if part is None or whole is None or not 0 <= part <= whole or whole != value.n:
            return False
        return isclose(value.value, part / whole, rel_tol=0, abs_tol=1e-9)
    return value.numerator is None and value.denominator is None


def _total_holds(told: MeasureTold, total: Total, threshold: int) -> bool:
    """Tell whether a total is what the weeks give, with at least so many more where some are withheld."""
    least = INDEX_FROM if told.unit is Unit.INDEX else threshold
    if not _holds(total, told.unit) or told.unit not in (Unit.SHARE, Unit.INDEX) or total.n < least:
        return False
    rest = total.n - sum(one.n for one in told.weeks)
    if rest > _most_withheld(told):
        return False
    if told.unit is Unit.SHARE:
        parts = (total.numerator or 0) - sum(one.numerator or 0 for one in told.weeks)
        return (parts, rest) == (0, 0) if not told.withheld else 0 <= parts <= rest and rest >= threshold
    points = total.value * total.n - sum(one.value * one.n for one in told.weeks)
    if told.withheld:
        return rest >= threshold and -1e-6 <= points <= rest * 100 + 1e-6
    return rest == 0 and abs(points) <= 1e-6 * max(1, total.n)


def _most_withheld(told: MeasureTold) -> int:
    """Return how many the withheld weeks can hold: each is small but for two, no larger than any that is told.

    Where none is told the two may be of any size, unless the small ones are so many that they need no company.
    """
    if told.weeks:
        largest = min(one.n for one in told.weeks)
    else:
        largest = 0 if told.withheld > THRESHOLD and told.id not in SURVEYED else MOST_N
    return told.withheld * (SMALL - 1) + 2 * largest


def _files(bundle: Bundle, texts: Texts) -> Iterator[str]:
    for one in bundle.attachments:
        try:
            content = b64decode(one.content, validate=True)
        except (NotBase64, ValueError):
            yield texts.t("Bilagan {name} går inte att läsa.", name=one.name)
            continue
        if hashlib.sha256(content).hexdigest() != one.digest:
            yield texts.t("Bilagan {name} är inte den som delades: kontrollsumman stämmer inte.", name=one.name)

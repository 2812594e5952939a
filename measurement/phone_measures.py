"""The telephone's measures: what each means, and what it is called. Pure."""

from collections.abc import Iterable

from config.texts import Texts, mark
from measurement.measures import Direction, Measure, Unit

_LOGGED = "telephone contacts logged in open hours: those without a direct answer, and those whose seconds are known"
_CALLS = "calls to the exchange in open hours, without those given up within a few seconds"

_SHARES = (
    ("phone.direct", _LOGGED, mark("Direkt svar på en enkel fråga i telefon")),
    ("phone.answered", _CALLS, mark("Besvarade samtal")),
    ("phone.coverage", "answered calls to the exchange in open hours", mark("Antecknade av besvarade samtal")),
    ("phone.asked_reception.good", "grades 1–5 that officers asked for themselves",
     mark("Gott bemötande, när handläggaren själv frågade")),
)  # fmt: skip
_WITHIN = (
    ("phone.direct", _LOGGED, mark("Direkt svar inom {seconds} s")),
    ("phone.answered", f"{_CALLS}, seconds known", mark("Besvarade inom {seconds} s")),
)
_COUNTS = (
    ("phone.calls", "calls to the exchange in open hours", mark("Samtal i växeln i öppettid")),
    ("phone.logged", "telephone contacts logged in open hours", mark("Antecknade samtal i öppettid")),
    ("phone.left_out.closed", "calls outside open hours", mark("Samtal utanför öppettid, räknas inte")),
    ("phone.left_out.short", "calls given up within a few seconds", mark("Lade på genast, räknas inte")),
    ("phone.left_out.logged_closed", "contacts logged outside open hours",
     mark("Antecknade utanför öppettid, räknas inte")),
    ("phone.left_out.no_seconds", "contacts logged with a direct answer and no seconds",
     mark("Antecknade utan tid, räknas inte")),
)  # fmt: skip
_ABANDONED = ("phone.abandoned", _CALLS, mark("Den som ringde lade på"))

_NAMES = {key: name for key, _, name in (*_SHARES, *_COUNTS, _ABANDONED)}
_NAMES_WITHIN = {key: name for key, _, name in _WITHIN}


def phone_measures(limits: Iterable[int]) -> tuple[Measure, ...]:
    """Return the measures of the telephone; those "within n seconds" for each limit. More calls or fewer: no better."""
    shares = [
        *_SHARES,
        *((f"{key}.{one}", of, name.format(seconds=one)) for one in limits for key, of, name in _WITHIN),
    ]
    return (
        *(_measure(key, Unit.SHARE, of, name) for key, of, name in shares),
        _measure(_ABANDONED[0], Unit.SHARE, _ABANDONED[1], _ABANDONED[2], Direction.LOWER),
        *(_measure(key, Unit.COUNT, of, name) for key, of, name in _COUNTS),
    )


def _measure(key: str, unit: Unit, population: str, name: str, direction: Direction = Direction.HIGHER) -> Measure:
    return Measure(id=key, version=1, unit=unit, population=population, direction=direction, name=name)


def name_of(measure: str, texts: Texts) -> str:
    """Return what a measure of the telephone is called in the reader's language.

    Raises:
        KeyError: it is none of them.
    """
    stem, _, limit = measure.rpartition(".")
    if limit.isdigit():
        return texts.t(_NAMES_WITHIN[stem], seconds=int(limit))
    return texts.t(_NAMES[measure])

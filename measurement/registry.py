"""Every measure by its id: what it counts, of what, in what unit, and which way is better. The one list there is.

The figures that come from inquiries are made in `measurement.figures`; calls, surveys, judgements and test contacts
have their own modules. Whoever changes what a measure counts gives it a new version here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.clock import Rule
from bot.facts import ExcludeReason
from config.texts import mark
from measurement.measures import (
    IN_TIME,
    WAITING_MEDIAN,
    WAITING_P90,
    WORKING_MEDIAN,
    WORKING_P90,
    Direction,
    Measure,
    Unit,
)

_HIGHER, _LOWER = Direction.HIGHER, Direction.LOWER

_NAMES = {
    IN_TIME[Rule.ONE_WORKING_DAY].id: mark("Besvarade inom en arbetsdag"),
    IN_TIME[Rule.TWO_WORKING_DAYS].id: mark("Besvarade inom två arbetsdagar"),
    IN_TIME[Rule.END_OF_NEXT_WORKING_DAY].id: mark("Besvarade senast vid stängning nästa arbetsdag"),
    IN_TIME[Rule.CLOCK_24H].id: mark("Besvarade inom 24 timmar"),
    WAITING_MEDIAN.id: mark("Väntetid på klockan, median"),
    WAITING_P90.id: mark("Väntetid på klockan, 90:e percentilen"),
    WORKING_MEDIAN.id: mark("Svarstid i öppen tid, median"),
    WORKING_P90.id: mark("Svarstid i öppen tid, 90:e percentilen"),
}
"""The measures of the weekly figures, as they are called."""

_LEFT_OUT = {
    ExcludeReason.SPAM: mark("Räknas inte: skräp"),
    ExcludeReason.DUPLICATE: mark("Räknas inte: dubblett"),
    ExcludeReason.TEST: mark("Räknas inte: test"),
    ExcludeReason.THANKS: mark("Räknas inte: bara ett tack"),
    ExcludeReason.MERGED: mark("Räknas inte: hopslagen med en annan"),
}


def _share(key: str, name: str, direction: Direction | None, population: str) -> Measure:
    return Measure(id=key, version=1, unit=Unit.SHARE, population=population, direction=direction, name=name)


def _count(key: str, name: str, direction: Direction | None, population: str) -> Measure:
    return Measure(id=key, version=1, unit=Unit.COUNT, population=population, direction=direction, name=name)


def _index(key: str, name: str, population: str) -> Measure:
    return Measure(id=key, version=1, unit=Unit.INDEX, population=population, direction=_HIGHER, name=name)


def _points(key: str, name: str) -> Measure:
    return Measure(
        id=key, version=1, unit=Unit.POINTS, direction=_HIGHER, name=name,
        population="judged test contacts of the period: points had, of the most that could be had",
    )  # fmt: skip


_COUNTED = "inquiries that arrived in the period, not left out"
_ANSWERED = "inquiries that arrived in the period, not left out, answered at the as-of instant"

_OF_INQUIRIES = (
    _count("arrivals", mark("Inkomna kontakter"), None,
           "written inquiries that arrived in the period, left out or not"),
    *(
        _count(f"left_out.{reason.value}", _LEFT_OUT[reason], None,
               "written inquiries that arrived in the period and are left out for this reason")
        for reason in ExcludeReason
    ),
    _share("acknowledged", mark("Fick mottagningsbekräftelse"), _HIGHER, f"{_COUNTED}; acknowledged: automatically"),
    _share("held_first", mark("Fick delbesked före svaret"), None,
           f"{_ANSWERED}; a person's holding notice came before the first answer"),
    _share("answered_again", mark("Fick mer än ett svar"), None,
           f"{_ANSWERED}; another answer stands beside the first"),
    _share("outcome_told", mark("Fick veta vad det ledde till"), _HIGHER,
           f"viewpoints, complaints, proposals and faults: {_COUNTED}; the citizen was told what the case led to "
           "by the as-of instant"),
    _share("promise_kept", mark("Svarslöften som hölls"), _HIGHER,
           f"{_COUNTED}, whose promised day has ended at the as-of instant; answered before it ended. A holding notice "
           "sent before it ended moves it, the system's own delay notice does not"),
    _share("first_contact", mark("Lösta vid första kontakten"), _HIGHER,
           f"{_ANSWERED}, 168 hours after the answer have passed; not handed over between arrival and answer, and no "
           "new inquiry that counts in the same case within the 168 hours"),
    _count("contacts", mark("Kontakter i alla kanaler"), None,
           "written inquiries that arrived in the period, not left out, and calls and visits that staff logged in it"),
)  # fmt: skip

_OF_QUEUE = (
    _count("queue.waiting", mark("Väntar på svar"), _LOWER,
           "inquiries of all weeks and channels without an answer at the as-of instant, not left out"),
    _count("queue.past_due", mark("Väntar på svar längre än målet"), _LOWER,
           "inquiries of all weeks and channels without an answer at the as-of instant, not left out, past due under "
           "the configured rule"),
    Measure(id="queue.oldest", version=1, unit=Unit.SECONDS, direction=_LOWER, name=mark("Längst väntan i kön"),
            population="the inquiry of any week and channel that had waited longest on the clock at the as-of instant"),
)  # fmt: skip

_OF_CALLS = (
    _share("phone.direct", mark("Direkt svar i telefon"), _HIGHER,
           "calls of the period with a known answer, logged or drawn; answered directly within the threshold"),
    _share("phone.answered", mark("Besvarade samtal"), _HIGHER, "calls of the period; answered"),
    _share("phone.coverage", mark("Samtal som är loggade"), _HIGHER,
           "calls of the period that the exchange counted as answered; those that staff logged"),
)  # fmt: skip

_GRADED = "answers to the question on inquiries of the period, grades 1–5, without “do not know”"

_OF_SURVEY = (
    _share("reception.good", mark("Gott bemötande"), _HIGHER, f"{_GRADED}; 4 or 5"),
    _share("clarity.good", mark("Tydliga svar"), _HIGHER, f"{_GRADED}; 4 or 5"),
    _share("ease.good", mark("Lätt att få hjälp"), _HIGHER, f"{_GRADED}; 4 or 5"),
    _index("reception.index", mark("Bemötande, index"), f"{_GRADED}; mean of 100, 75, 50, 25, 0 for 5…1"),
    _index("clarity.index", mark("Tydlighet, index"), f"{_GRADED}; mean of 100, 75, 50, 25, 0 for 5…1"),
    _index("ease.index", mark("Enkelhet, index"), f"{_GRADED}; mean of 100, 75, 50, 25, 0 for 5…1"),
    _share("survey.delivered", mark("Enkäter som kom fram"), _HIGHER,
           "invitations for inquiries of the period; delivered"),
    _share("survey.answered", mark("Enkäter som besvarades"), _HIGHER,
           "delivered invitations for inquiries of the period; answered"),
    _share("survey.real_answer", mark("Säger att de fick svar av en människa"), _HIGHER,
           "answers to the first question of the survey on inquiries of the period; yes"),
)  # fmt: skip

_JUDGED = "the drawn sample of the period's answers that a lead has judged"

_JUDGEMENTS = (
    _share("quality.is_answer", mark("Granskade svar: svarar på frågan"), _HIGHER, f"{_JUDGED}; it was an answer"),
    _share("quality.is_clear", mark("Granskade svar: tydligt"), _HIGHER, f"{_JUDGED}; it was clear"),
    _share("quality.has_sender", mark("Granskade svar: fullständig avsändare"), _HIGHER,
           f"{_JUDGED}; the sender was complete"),
    _count("quality.drawn", mark("Svar som drogs för granskning"), None,
           "answers of the period drawn by lot for a lead"),
    _points("test.availability", mark("Testkontakter: tillgänglighet")),
    _points("test.answer", mark("Testkontakter: svar på frågan")),
    _points("test.interest", mark("Testkontakter: intresse")),
    _points("test.information", mark("Testkontakter: information")),
    _points("test.reception", mark("Testkontakter: bemötande")),
    _points("test.total", mark("Testkontakter: allt tillsammans")),
)  # fmt: skip

_WEEKLY = (*IN_TIME.values(), WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90)

REGISTRY: Mapping[str, Measure] = MappingProxyType(
    {
        one.id: one
        for one in (
            *(replace(one, name=_NAMES[one.id]) for one in _WEEKLY),
            *_OF_INQUIRIES, *_OF_QUEUE, *_OF_CALLS, *_OF_SURVEY, *_JUDGEMENTS,
        )
    }
)  # fmt: skip
"""Every measure by its id, in the order in which they are shown."""


def definitions_hash(registry: Mapping[str, Measure] = REGISTRY) -> str:
    """Return 64 hexadecimal digits that are others as soon as any definition is; what measures are called is not in it.

    The same from run to run and on every machine.
    """
    definitions = [
        [one.id, one.version, one.unit.value, one.population, one.direction.value if one.direction else ""]
        for one in sorted(registry.values(), key=lambda one: one.id)
    ]
    return hashlib.sha256(json.dumps(definitions, ensure_ascii=True).encode()).hexdigest()

"""Where the series of service figures break: which edition a figure belongs to, by KPI and year. Pure data.

Figures of different editions are drawn beside each other, never joined by a line and never compared as one series.
Sources: reference/domain.md §1.1–1.3, 1.8, 2.1. Kolada has taken the old KPIs away, so figures from before come from
a file of the municipality's own, under the ids `KKIK_MAIL`, `KKIK_PHONE` and `KKIK_RECEPTION`.
"""

from dataclasses import dataclass

from config.texts import mark

KKIK_MAIL, KKIK_PHONE, KKIK_RECEPTION = "KKIK-EPOST", "KKIK-TELEFON", "KKIK-BEMOTANDE"
"""Kommunens Kvalitet i Korthet: answered mail, direct answer by phone, good reception by phone; per cent."""

PHONE_RECEPTION, PHONE_EASE, MAIL_CLARITY, MAIL_EASE = "N00671", "N00672", "N00673", "N00674"
PHONE_ANSWERS, MAIL_ANSWERS = "N00675", "N00676"
_SERVICE = (PHONE_RECEPTION, PHONE_EASE, MAIL_CLARITY, MAIL_EASE, PHONE_ANSWERS, MAIL_ANSWERS)
_CITIZENS = ("N00640", "N00641", "N00647", "N00649", "N00652", "U01640", "U01641", "N00528", "N00529")

HIGHER_IS_BETTER = frozenset(
    {PHONE_RECEPTION, PHONE_EASE, MAIL_CLARITY, MAIL_EASE, KKIK_MAIL, KKIK_PHONE, KKIK_RECEPTION, "N00640", "N00641",
     "N00647", "N00649", "N00652"}
)  # fmt: skip
"""Of other KPIs nobody has told us which way is better, so nothing is said of it."""

DEFAULT_KPIS = (*_SERVICE, "N00640", "N00647")
"""What is fetched when nothing else is asked for."""

ANSWERS = {
    PHONE_RECEPTION: PHONE_ANSWERS, PHONE_EASE: PHONE_ANSWERS, MAIL_CLARITY: MAIL_ANSWERS, MAIL_EASE: MAIL_ANSWERS,
}  # fmt: skip
"""Which KPI tells how many answers an index rests on."""

EARLIER = {PHONE_RECEPTION: KKIK_RECEPTION}
"""Which older series is drawn to the left of one, across its break: the same question, reckoned otherwise."""

OWN_TITLES = {
    KKIK_MAIL: mark("KKiK: svar på e-post, andel (%)"),
    KKIK_PHONE: mark("KKiK: direkt svar per telefon, andel (%)"),
    KKIK_RECEPTION: mark("KKiK: gott bemötande per telefon, andel (%)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How some KPIs were made from a year on.

    Attributes:
        first: its first year; 0: from the beginning.
        name: what it is called beside a figure, in Swedish, to be translated.
        change: why its figures cannot be put beside older ones; empty of what has nothing before it.
    """

    kpis: frozenset[str]
    first: int
    name: str
    change: str = ""


EDITIONS = (
    Edition(kpis=frozenset({KKIK_RECEPTION}), first=0, name=mark("KKiK till 2015")),
    Edition(
        kpis=frozenset({KKIK_RECEPTION}), first=2016, name=mark("KKiK från 2016"),
        change=mark("Bemötandet räknas på ett nytt sätt: andel av högsta poäng på en skala 0–3."),
    ),
    Edition(kpis=frozenset({KKIK_MAIL}), first=0, name=mark("KKiK, inom två arbetsdagar")),
    Edition(
        kpis=frozenset({KKIK_MAIL}), first=2018, name=mark("KKiK, inom en dag"),
        change=mark("Svar på e-post räknas inom en dag; förut inom två arbetsdagar."),
    ),
    Edition(kpis=frozenset({KKIK_PHONE}), first=0, name=mark("KKiK")),
    Edition(
        kpis=frozenset(_SERVICE), first=2022, name=mark("SKR:s servicemätning"),
        change=mark("Ny undersökning: invånarnas egna betyg efter en kontakt. KKiK ringde och skrev på prov."),
    ),
    Edition(kpis=frozenset(_CITIZENS), first=0, name=mark("SCB:s medborgarundersökning")),
    Edition(
        kpis=frozenset({"N00529"}), first=2025, name=mark("SCB:s medborgarundersökning, viktad"),
        change=mark("Svarsandelen vägs från och med 2025 så att den gäller alla från 18 år."),
    ),
)  # fmt: skip


def edition_of(kpi: str, year: int) -> Edition | None:
    """Return how a KPI was made in a year; None: nobody has told us of any change."""
    found = [one for one in EDITIONS if kpi in one.kpis and one.first <= year]
    return max(found, key=lambda one: one.first, default=None)


def begins(kpi: str) -> int:
    """Return the first year of a KPI's oldest edition; 0: from the beginning, or nobody has told us."""
    return min((one.first for one in EDITIONS if kpi in one.kpis), default=0)


def breaks_of(kpi: str, first: int, last: int) -> tuple[Edition, ...]:
    """Return the editions that begin after the first of these years and by the last, oldest first.

    Of a KPI that is drawn with an older series, that one's breaks too.
    """
    chain = {kpi, EARLIER.get(kpi, kpi)}
    found = [one for one in EDITIONS if chain & one.kpis and first < one.first <= last]
    return tuple(sorted(found, key=lambda one: one.first))

"""What each measure counts, in a sentence for whoever reads a figure. The definition itself is the registry's. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from config.texts import Texts, mark

_IN_TIME = mark(
    "Skriftliga kontakter som kom in under perioden och vars tid har gått ut, besvarade eller inte. I tid är de som "
    "fick sitt första svar senast när tiden gick ut."
)
_TIME = mark(
    "Skriftliga kontakter som kom in under perioden. De som ännu väntar är med: deras tid räknas fram till läget."
)
_LEFT_OUT = mark("Skriftliga kontakter som kom in under perioden och som av just det skälet inte räknas.")
_QUALITY = mark("Svar på periodens kontakter som drogs ut och som en kvalitetsledare har granskat.")
_TEST = mark("Poäng för de testkontakter som skickades under perioden och är bedömda, av så många de kunde få.")
_GOOD = mark("Betyg 1–5 från dem som fick svar på en kontakt från perioden. Bra är 4 och 5; ”vet inte” räknas inte.")
_INDEX = mark(
    "Betyg 1–5 från dem som fick svar på en kontakt från perioden: 5 är 100, 4 är 75, 3 är 50, 2 är 25 och 1 är 0. "
    "Indexet är medelvärdet; ”vet inte” räknas inte."
)
_DIRECT = mark(
    "Antecknade samtal i öppettid, utom direkta svar där ingen vet hur länge den som ringde väntade. Direkt är de som "
    "fick svar på sin fråga inom gränsen."
)
_ANSWERED = mark("Samtal till växeln i öppettid, utom där den som ringde lade på genast.")

_BY_START: Mapping[str, str] = {
    "answered_in_time.": _IN_TIME, "waiting_time.": _TIME, "working_time.": _TIME, "left_out.": _LEFT_OUT,
    "quality.": _QUALITY, "test.": _TEST, "phone.direct": _DIRECT, "phone.answered": _ANSWERED,
    "phone.abandoned": _ANSWERED,
}  # fmt: skip
_BY_ID: Mapping[str, str] = MappingProxyType(
    {
        "arrivals": mark("Alla skriftliga kontakter som kom in under perioden, även de som inte räknas i andelarna."),
        "acknowledged": mark(
            "Skriftliga kontakter som kom in under perioden. Ja är de som fick en automatisk bekräftelse."
        ),
        "held_first": mark(
            "Besvarade skriftliga kontakter från perioden. Ja är de som fick ett delbesked av en person före svaret."
        ),
        "answered_again": mark(
            "Besvarade skriftliga kontakter från perioden. Ja är de som har fått ännu ett svar."
        ),
        "outcome_told": mark(
            "Synpunkter, klagomål, förslag och felanmälningar från perioden. Ja är de där den som skrev har fått veta "
            "vad det ledde till."
        ),
        "promise_kept": mark(
            "Skriftliga kontakter från perioden vars utlovade dag har gått. Ja är de som fick svar innan den dagen var "
            "slut. Ett delbesked i tid flyttar dagen."
        ),
        "first_contact": mark(
            "Skriftliga kontakter från perioden som besvarades för minst sju dygn sedan. Ja är de som inte lämnades "
            "över och där ingen ny kontakt kom i ärendet inom sju dygn."
        ),
        "contacts": mark(
            "Skriftliga kontakter som kom in under perioden, och samtal och besök som antecknades under den."
        ),
        "queue.waiting": mark("Kontakter från alla veckor och kanaler som väntade på svar i läget."),
        "queue.past_due": mark(
            "Kontakter från alla veckor och kanaler som väntade på svar i läget och vars tid hade gått ut."
        ),
        "queue.oldest": mark("Den kontakt, från vilken vecka som helst, som hade väntat längst på klockan i läget."),
        "phone.coverage": mark("Besvarade samtal i växeln i öppettid. Ja är de som personalen har antecknat."),
        "quality.drawn": mark("Svar på periodens kontakter som drogs ut för att granskas."),
        "survey.delivered": mark("Inbjudningar till enkäten om periodens kontakter. Ja är de som kom fram."),
        "survey.answered": mark("Inbjudningar till enkäten som kom fram. Ja är de som besvarades."),
        "survey.real_answer": mark(
            "Svar på enkätens första fråga om periodens kontakter: har du fått svar av en människa?"
        ),
        **{f"{question}.good": _GOOD for question in ("reception", "clarity", "ease")},
        **{f"{question}.index": _INDEX for question in ("reception", "clarity", "ease")},
    }
)  # fmt: skip


def meaning_of(measure: str, texts: Texts) -> str:
    """Return what a measure, by its id, counts; empty for one that only its name tells, as a count of calls."""
    by_start = next((words for begins, words in _BY_START.items() if measure.startswith(begins)), "")
    words = _BY_ID.get(measure, by_start)
    return texts.t(words) if words else ""

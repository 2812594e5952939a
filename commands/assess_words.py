"""What fields, steps and states of an assessment are called, and why something was refused, in words."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from config.texts import Texts, mark
from measurement.assessment.beside_file import COLUMNS, BesideFault, BesideWhy
from measurement.assessment.book import Interviewed
from measurement.assessment.entering import EntryRefused, Refusal
from measurement.assessment.form_words import PROGRESS, progress_word
from measurement.assessment.framework import Framework
from measurement.assessment.points import points_text
from measurement.assessment.round import POINTS, Field, Step, points_of
from measurement.assessment.standing import Act

ACTS: Mapping[Act, str] = {
    Act.SETTLE: mark("Två har svarat olika om {about}. Välj ett av svaren: run_bot.py assess settle {name}"),
    Act.OWNERS: mark("Utan ansvarig ({count}): {about}. Ge ett område till någon: "
                     "run_bot.py assess set {name} OMRÅDE owner ROLL"),
    Act.SEND: mark("Inte klara ({count}): {about}. Skicka formulär: run_bot.py assess send {name} --out MAPP. "
                   "Läs in svaren: run_bot.py assess read {name} MAPP"),
    Act.EVIDENCE: mark("Klara men utan belägg ({count}): {about}. Bifoga: run_bot.py assess attach {name} FRÅGA FIL"),
    Act.REVIEW: mark("Förberedelsen är klar. Gå vidare: run_bot.py assess step {name} review"),
    Act.INTERVIEWS: mark("Ingen intervju är planerad. Planera: run_bot.py assess interviews plan {name}"),
    Act.JUDGE: mark("Utan granskarnas poäng ({count}): {about}. Skriv in dem: run_bot.py assess review {name} FRÅGA"),
    Act.REPORT: mark("Granskningen är klar. Gå vidare: run_bot.py assess step {name} report"),
    Act.IMPROVEMENTS: mark("Inget förbättringsområde är beskrivet. Beskriv: "
                           "run_bot.py assess set {name} OMRÅDE improvement TEXT"),
    Act.WRITE: mark("Skriv rapporten: run_bot.py assess report {name} --out MAPP"),
}  # fmt: skip
"""What is to be done next, with the command that does it."""

E = TypeVar("E", bound=StrEnum)

__all__ = [
    "ACTS",
    "FIELDS",
    "INTERVIEWED",
    "PROGRESS",
    "STEPS",
    "beside_faults",
    "choices",
    "chosen",
    "known_fields",
    "points_shown",
    "refusal",
    "value_shown",
]

FIELDS: Mapping[Field, str] = {
    Field.ANSWER: mark("kort svar"),
    Field.DESCRIPTION: mark("beskrivning"),
    Field.OWN_POINTS: mark("egna poäng"),
    Field.OWNER: mark("ansvarig"),
    Field.PROGRESS: mark("läge"),
    Field.FIRST_POINTS: mark("första granskarens poäng"),
    Field.FIRST_COMMENT: mark("första granskarens kommentar"),
    Field.SECOND_POINTS: mark("andra granskarens poäng"),
    Field.SECOND_COMMENT: mark("andra granskarens kommentar"),
    Field.POINTS: mark("poäng"),
    Field.COMMENT: mark("kommentar"),
    Field.IMPROVEMENT: mark("förbättringsområde"),
    Field.STEP: mark("steg"),
}
STEPS: Mapping[Step, str] = {
    Step.PREPARATION: mark("förberedelse"),
    Step.REVIEW: mark("granskning"),
    Step.REPORT: mark("rapport"),
}
INTERVIEWED: Mapping[Interviewed, str] = {
    Interviewed.POLITICIANS: mark("politiker"),
    Interviewed.MANAGEMENT: mark("ledning"),
    Interviewed.HEADS: mark("chefer"),
    Interviewed.UNIONS: mark("fackliga"),
}


def chosen(written: str, words: Mapping[E, str], texts: Texts) -> E | None:
    """Return what a person means by a word: ours, Swedish or in their language; None: nothing we know."""
    wanted = _plain(written)
    for one, word in words.items():
        if wanted in {_plain(one.value), _plain(word), _plain(texts.t(word))}:
            return one
    return None


def _plain(written: str) -> str:
    return " ".join(written.replace("_", " ").replace("-", " ").casefold().split())


def choices(words: Mapping[E, str], texts: Texts) -> str:
    """Return what can be chosen, each as the command takes it and as people say it."""
    return ", ".join(f"{one.value} ({texts.t(word)})" for one, word in words.items())


def known_fields(texts: Texts) -> str:
    """Return the fields that can be set."""
    return choices({one: word for one, word in FIELDS.items() if one is not Field.STEP}, texts)


_REFUSALS: Mapping[Refusal, str] = {
    Refusal.NO_SUCH: mark(
        "Det finns ingen fråga eller inget område {about}. Områdena är {areas}. En fråga skrivs som {question}."
    ),
    Refusal.NOT_OF_AREA: mark("Fältet {field} hör till en fråga, inte till hela område {about}. Skriv frågans nummer."),
    Refusal.NOT_OF_QUESTION: mark(
        "Fältet {field} hör till ett område, inte till fråga {about}. Skriv områdets nummer."
    ),
    Refusal.NOT_ENTERED: mark("Steget byter du med run_bot.py assess step."),
    Refusal.NO_NUMBER: mark("{about}, {field}: {value} är inget antal poäng. Skriv ett tal från 0 till {most}."),
    Refusal.TOO_MANY: mark("{about}, {field}: det finns högst {most} poäng att få, inte {value}."),
    Refusal.NO_PROGRESS: mark("{about}: {value} är inget läge. Välj {choices}."),
    Refusal.NO_ROLE: mark(
        "{about}, {field}: {value} är varken en roll eller en adress på arbetet. "
        "Skriv som kundtjänstchef eller anna@kommun.example."
    ),
}
_BESIDE_FAULTS: Mapping[BesideWhy, str] = {
    BesideWhy.NO_YEAR: mark("{value}: året saknas. Skriv det i namnet, som 2019 eller Medelvärde 2021."),
    BesideWhy.NO_POINTS: mark("{value}: poängen saknas. Skriv namn, likhetstecken och poäng, som 2019=603."),
    BesideWhy.NO_NUMBER: mark("{value} är inget antal poäng."),
    BesideWhy.WRONG_COUNT: mark(
        "{value}: skriv ett tal, summan, eller {expected} tal, ett för varje område i ordning. "
        "Har de decimaler, skilj talen åt med blanksteg."
    ),
    BesideWhy.TOO_MANY: mark("{value} är fler poäng än de {expected} som finns."),
    BesideWhy.NO_AREA: mark("{value} är inget område i ramverket."),
    BesideWhy.NO_KIND: mark("{value}: skriv tidigare eller andra i kolumnen slag."),
    BesideWhy.NO_NAME: mark("Namnet saknas."),
    BesideWhy.TWICE: mark("Samma namn och område står två gånger, eller samma namn med olika år eller ramverk."),
    BesideWhy.NO_COLUMN: mark("Kolumnen {column} saknas."),
}


def points_shown(texts: Texts, value: float | str) -> str:
    """Return points, as a number or as they are kept, as the language writes them; empty where there are none."""
    number = points_of(value) if isinstance(value, str) else value
    return "" if number is None else points_text(number, texts)


def value_shown(texts: Texts, field: Field, value: str) -> str:
    """Return the first line of what was entered, points and states in words."""
    if field in POINTS:
        return points_shown(texts, value)
    return progress_word(value, texts) if field is Field.PROGRESS else value.partition("\n")[0]


def refusal(texts: Texts, error: EntryRefused, framework: Framework) -> str:
    """Return why something cannot be entered, and what to do."""
    return texts.t(
        _REFUSALS[error.why], about=error.about, field=texts.t(FIELDS[error.field]), value=error.value, most=error.most,
        areas=", ".join(area.id for area in framework.areas), question=next(framework.questions()).id,
        choices=choices(PROGRESS, texts),
    )  # fmt: skip


def beside_faults(texts: Texts, faults: Iterable[BesideFault]) -> list[str]:
    """Return what is wrong with points of earlier rounds or others, one line each."""
    return [_beside_fault(texts, one) for one in faults]


def _beside_fault(texts: Texts, fault: BesideFault) -> str:
    column = COLUMNS[fault.column][-1] if fault.column else ""
    told = texts.t(_BESIDE_FAULTS[fault.why], value=fault.value or "–", expected=fault.expected, column=column)
    return texts.t("Rad {line}: {what}", line=fault.line, what=told) if fault.line else told

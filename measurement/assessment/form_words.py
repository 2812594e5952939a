"""What a form calls its fields, and what people are told of one that came back."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

from config.texts import LANGUAGES, Texts, mark
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.form import Remark, Told
from measurement.assessment.form_fault import FormFault, FormWhy
from measurement.assessment.round import Field, Progress

LABELS: Mapping[Field, str] = {
    Field.ANSWER: mark("Kort svar"),
    Field.DESCRIPTION: mark("Beskrivning"),
    Field.OWN_POINTS: mark("Egna poäng"),
    Field.PROGRESS: mark("Läge"),
}
HINTS: Mapping[Field, str] = {
    Field.ANSWER: mark("Skriv svaret här, i en eller två meningar."),
    Field.DESCRIPTION: mark("Beskriv här hur ni arbetar. Stycken och radbrytningar följer med."),
    Field.OWN_POINTS: mark("Skriv ett tal."),
}
"""What stands in an empty field of Word until somebody writes there."""
PROGRESS: Mapping[Progress, str] = {
    Progress.OPEN: mark("öppen"),
    Progress.BEGUN: mark("påbörjad"),
    Progress.READY: mark("klar"),
}
_ALSO: Mapping[Progress, tuple[str, ...]] = {
    Progress.OPEN: (mark("öppet"), mark("inte påbörjad")),
    Progress.BEGUN: (mark("påbörjat"), mark("pågår")),
    Progress.READY: (mark("klart"), mark("färdig"), mark("färdigt")),
}
"""What people write of the same."""
QUESTION = mark("Fråga")
SHEET = mark("Frågor")

_TAGS = {"sv_FI": "sv-FI", "fi": "fi-FI", "en": "en-GB"}
_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.SERIES: mark("mätserie"),
    EvidenceKind.DOCUMENT: mark("dokument"),
    EvidenceKind.LINK: mark("länk"),
}


def language_tag(texts: Texts) -> str:
    """Return the language as documents name it, as ``sv-SE``."""
    return _TAGS.get(texts.language, "sv-SE")


def progress_word(value: str, texts: Texts) -> str:
    """Return a progress in words; as it is where it is none."""
    return texts.t(PROGRESS[Progress(value)]) if value in set(Progress) else value


def evidence_line(evidence: Evidence, texts: Texts) -> str:
    """Return a piece of evidence in one line: title, what it is, and where a link leads."""
    line = texts.t("{title} ({kind})", title=evidence.title, kind=texts.t(_KINDS[evidence.kind]))
    return f"{line}: {evidence.place}" if evidence.kind is EvidenceKind.LINK else line


@cache
def _all_texts() -> tuple[Texts, ...]:
    return tuple(Texts(language, ZoneInfo("UTC")) for language in LANGUAGES)


def plain(written: str) -> str:
    """Return words without what does not count: case, white space, a full stop or colon after them."""
    return " ".join(written.casefold().split()).rstrip(".:")


@cache
def meant(text: str) -> frozenset[str]:
    """Return a text of ours in all languages, plain: a form may come back to somebody who reads another."""
    return frozenset(plain(texts.t(text)) for texts in _all_texts())


def labelled(written: str) -> Field | None:
    """Return the field whose label, in any language, these words begin with; None: none."""
    said = plain(written)
    begins = [(one, field) for field, label in LABELS.items() for one in meant(label) if said.startswith(one)]
    return max(begins, key=lambda found: len(found[0]))[1] if begins else None


def is_hint(field: Field, written: str) -> bool:
    """Tell whether this is only what an empty field says, in any language."""
    return field in HINTS and plain(written) in meant(HINTS[field])


def progress_meant(written: str) -> Progress | None:
    """Return the progress that these words stand for, in any language; None: none."""
    said = plain(written)
    for one, word in PROGRESS.items():
        if said == one.value or any(said in meant(each) for each in (word, *_ALSO[one])):
            return one
    return None


_REMARKS: Mapping[Told, str] = {
    Told.SIGNS: mark("{where}: några tecken gick inte att skriva i filen och byttes mot �."),
    Told.TOO_LONG: mark("{where}: texten är för lång för Excel. Ändra den i Word-formuläret i stället."),
    Told.TWICE: mark("{where} står två gånger i formuläret och säger inte samma sak. Inget av det togs med. "
                     "Ta bort det ena och skicka formuläret igen."),
    Told.MISSING: mark("{where} finns inte kvar i formuläret. Det som redan var skrivet står kvar."),
    Told.UNKNOWN_QUESTION: mark("{where} finns inte i ramverket och togs inte med."),
    Told.NO_PROGRESS: mark("{where}: {value} är inget läge. Välj öppen, påbörjad eller klar."),
    Told.NO_NUMBER: mark("{where}: {value} är inget antal poäng. Skriv ett tal från 0 till {most}."),
    Told.TOO_MANY: mark("{where}: det finns högst {most} poäng att få, inte {value}."),
    Told.FORMULA: mark("{where}: cellen innehåller en formel eller ett fel och lästes inte. Skriv text eller ett tal."),
    Told.PICTURE: mark("{where}: en bild följde inte med. Lägg den som belägg i stället."),
    Told.CLEARED: mark("{where}: texten som stod där är borttagen."),
    Told.CONFLICT: mark("{where}: någon annan har skrivit något annat sedan formuläret skickades. Båda är sparade, "
                        "och ni väljer vad som gäller."),
    Told.TRACKED: mark("Formuläret har spårade ändringar. Det lästes som om alla vore godkända."),
    Told.COMMENTS: mark("Formuläret har kommentarer i marginalen. De lästes inte."),
    Told.WITHOUT_CONTROLS: mark("Formulärets fält försvann på vägen. Det lästes efter rubrikerna bredvid svaren. "
                                "Titta gärna igenom att allt hamnade rätt."),
    Told.OTHER_SENDER: mark("Formuläret skickades till någon annan än den som svarade."),
}  # fmt: skip

_FAULTS: Mapping[FormWhy, str] = {
    FormWhy.TOO_LARGE: mark("Filen är för stor. Den får vara högst 10 MB. Ta bort bilder och annat som inte är svar. "
                            "Skicka den sedan igen."),
    FormWhy.NOT_OFFICE: mark("Filen är varken Word eller Excel. Spara den som .docx eller .xlsx."),
    FormWhy.OLD: mark("Filen är sparad i ett äldre format eller låst med lösenord. Spara den som .docx eller .xlsx "
                      "utan lösenord."),
    FormWhy.MACROS: mark("Filen har makron och öppnas inte. Spara den som .docx eller .xlsx, utan makron."),
    FormWhy.DAMAGED: mark("Filen är skadad. Öppna den, spara den på nytt och skicka den igen."),
    FormWhy.NOT_A_FORM: mark("Filen är inget av våra frågeformulär."),
    FormWhy.NO_TOKEN: mark("Det går inte att se vilken omgång formuläret hör till. Raden med formulärets nummer "
                           "saknas. Kopiera svaren till formuläret som ni fick."),
    FormWhy.UNRECOGNISABLE: mark("Formuläret är så ändrat att inga svar går att hitta. Kopiera svaren till formuläret "
                                 "som ni fick."),
    FormWhy.OTHER_ROUND: mark("Formuläret hör till omgången {found}, inte till {wanted}. Inget är ändrat."),
    FormWhy.OTHER_EDITION: mark("Formuläret är gjort av ett annat ramverk, eller en annan version av det, än omgången "
                                "har. Inget är ändrat. Skicka ut ett nytt formulär."),
}  # fmt: skip


def remark_words(remark: Remark, texts: Texts) -> str:
    """Return a remark as a sentence that names question and field."""
    where = texts.t("Fråga {question}", question=remark.question)
    if remark.field is not None:
        where = texts.t("{where}, {field}", where=where, field=texts.t(LABELS[remark.field]).lower())
    value = remark.value if len(remark.value) <= 60 else f"{remark.value[:59]}…"
    return texts.t(_REMARKS[remark.what], where=where, value=value, most=remark.most)


def fault_words(fault: FormFault, texts: Texts) -> str:
    """Return in words why a form was refused, and what to do."""
    return texts.t(_FAULTS[fault.why], found=fault.found, wanted=fault.wanted)

"""What can be wrong with a framework's file, as data, and in a sentence for whoever has to mend it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from config.texts import Texts, mark


class FaultKind(StrEnum):
    """What is wrong."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_TOML = "not_toml"
    NEVER_ENDS = "never_ends"
    ENDS_WRONG = "ends_wrong"
    UNREADABLE = "unreadable"
    WRITTEN_TWICE = "written_twice"
    UNKNOWN_FIELD = "unknown_field"
    MISSING = "missing"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NOT_POINTS = "not_points"
    NOT_TABLES = "not_tables"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    UNPRINTABLE = "unprintable"
    BAD_ID = "bad_id"
    REPEATED_ID = "repeated_id"
    OUTSIDE_AREA = "outside_area"
    WRONG_SUM = "wrong_sum"
    UNKNOWN_SUBJECT = "unknown_subject"
    UNKNOWN_AREA = "unknown_area"
    WITH_ITSELF = "with_itself"
    REPEATED_AREA = "repeated_area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        line: from 1; 0: it is about the file as a whole.
        of: id of the question or area it stands in; empty without.
        field: as it is called in the file, as ``points``; empty where it is not about one field.
        found: what stands there.
        wanted: what should, what may, or where it stands already.
    """

    line: int
    kind: FaultKind
    of: str = ""
    field: str = ""
    found: str = ""
    wanted: str = ""


class FrameworkFault(Exception):
    """A file that is no framework, with everything that is wrong with it, in the order of its lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults."""
        self.faults = tuple(sorted(faults, key=lambda one: one.line))
        super().__init__(", ".join(f"line {one.line} {one.field}: {one.kind}" for one in self.faults))


_SENTENCES: Mapping[FaultKind, str] = MappingProxyType(
    {
        FaultKind.TOO_LARGE: mark("Filen är för stor. Den får vara högst {wanted} kB."),
        FaultKind.NOT_UTF8: mark("Här finns tecken som inte går att läsa. Spara filen som UTF-8."),
        FaultKind.NOT_TOML: mark("Raden är inte rätt skriven (TOML). Det tar stopp vid tecken {found}."),
        FaultKind.NEVER_ENDS: mark("Det som börjar här tar aldrig slut. Det saknas ett citattecken eller en parentes."),
        FaultKind.ENDS_WRONG: mark("Det som börjar här slutar först på rad {found}. Det saknas ett citattecken."),
        FaultKind.UNREADABLE: mark("Filen går inte att läsa: för många led, eller ett för stort tal."),
        FaultKind.WRITTEN_TWICE: mark("Detta står redan tidigare i filen. Ta bort ett av dem."),
        FaultKind.UNKNOWN_FIELD: mark("Det fältet finns inte. Här kan stå: {wanted}."),
        FaultKind.MISSING: mark("Fältet saknas."),
        FaultKind.EMPTY: mark("Fältet är tomt."),
        FaultKind.NOT_TEXT: mark("Här ska stå en text inom citattecken."),
        FaultKind.NOT_POINTS: mark("Poäng är ett heltal utan citattecken, från 1 till {wanted}. Här står {found}."),
        FaultKind.NOT_TABLES: mark("Skriv varje del för sig, under en egen rad med {wanted}."),
        FaultKind.TOO_LONG: mark("Texten har {found} tecken. Den får ha högst {wanted}."),
        FaultKind.TOO_MANY: mark("Filen har {found} frågor. Den får ha högst {wanted}."),
        FaultKind.UNPRINTABLE: mark("Texten har ett tecken som inte går att skriva ut: {found}."),
        FaultKind.BAD_ID: mark("{found} går inte att använda. Skriv som {wanted}."),
        FaultKind.REPEATED_ID: mark("{found} finns redan på rad {wanted}."),
        FaultKind.OUTSIDE_AREA: mark("Frågan {found} står under område {wanted}. Flytta den, eller ge den ett id som "
                                     "börjar med {wanted} och en punkt."),
        FaultKind.WRONG_SUM: mark("Frågornas poäng blir {found} tillsammans, men området har {wanted}."),
        FaultKind.UNKNOWN_SUBJECT: mark("Vi känner inte {found}. Välj något av: {wanted}. Ta bort raden om inget "
                                        "passar."),
        FaultKind.UNKNOWN_AREA: mark("Det finns inget område {found}. Områdena är: {wanted}."),
        FaultKind.WITH_ITSELF: mark("Ett ramverk kan inte jämföras med sig självt. Skriv ett annat ramverks id."),
        FaultKind.REPEATED_AREA: mark("Område {found} har redan ett område att jämföra med, på rad {wanted}."),
    }
)  # fmt: skip


def fault_words(texts: Texts, fault: Fault) -> str:
    """Return a fault in a sentence that begins with its line, as "Rad 12, fråga 5.2, points: Fältet saknas"."""
    sentence = texts.t(_SENTENCES[fault.kind], found=fault.found, wanted=fault.wanted)
    line = texts.t("Rad {line}", line=fault.line) if fault.line else ""
    where = ", ".join(part for part in (line, _of(texts, fault.of), fault.field) if part)
    return f"{where}: {sentence}" if where else sentence


def _of(texts: Texts, of: str) -> str:
    if not of:
        return ""
    return texts.t("fråga {id}", id=of) if "." in of else texts.t("område {id}", id=of)

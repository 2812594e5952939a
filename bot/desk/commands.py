"""What an officer asks for, as plain data. `case` None: the case of the notice that is answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.facts import CaseMark, CaseNumber, ExcludeReason, Kind, Result
from bot.questions import Question
from config.texts import mark


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain text, or `/svar`: goes to the citizen.

    `canned` names a canned answer to be filled with `fields`; `text` then stands below it, and may be empty.
    """

    text: str
    case: CaseNumber | None = None
    canned: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """`/ta`: the case is the officer's."""

    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """`/släpp`: the case is nobody's again."""

    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """`/lämna till NÅGON: varför`: to an officer or a unit, with a line why."""

    to: str
    why: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """`/delbesked DATUM text`: the citizen is told why it takes longer, and when. Never stops the clock."""

    until: date
    text: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """`/ringt [sekunder] [text]`: answered by telephone."""

    seconds: int | None = None
    text: str = ""
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`/besvarat [text]`: answered outside of us, by letter or from another mailbox."""

    text: str = ""
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """`/anteckning`: the text stays in the house."""

    text: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class SetKind:
    """`/slag SLAG`: what it is; `/synpunkt` and `/felanmälan` are the same for these two."""

    kind: Kind
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class SetTopic:
    """`/ämne ÄMNE`: what it is about."""

    topic: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class SetMark:
    """`/sekretess`, `/diarieför`, `/språk`, `/tolk`: an empty value takes the mark away."""

    mark: CaseMark
    value: str
    why: str = ""
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """`/slå ihop K-…`: two cases of one person about one matter. `same_person`: an officer vouches for it."""

    other: CaseNumber
    same_person: bool = False
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """`/ångra`: the officer's latest act in the case is taken back; a mail, as long as it has not left."""

    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """`/utan svar ORSAK`: the inquiry is left out of the figures, for a reason that is counted."""

    reason: ExcludeReason
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """`/avsluta`: nothing is sent; closing is not answering."""

    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """`/öppna`: a closed case is open again."""

    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """`/utfall RESULTAT text`: what it led to; the text reaches the citizen."""

    result: Result
    text: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class ShowNumbers:
    """`/visa nummer SKÄL`: the officer gets what was written with its personal numbers; the reason is kept."""

    reason: str
    case: CaseNumber | None = None


@dataclass(frozen=True, slots=True)
class ShowAll:
    """`/visa allt`: the officer gets all that was written, quoted text too; personal numbers stay hidden."""

    case: CaseNumber | None = None


class Way(StrEnum):
    """How somebody reached us in person."""

    PHONE = "phone"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Contact:
    """`/telefon 45 ja bygglov` or `/besök ja bygglov`: a contact in person that was answered, or not, at once.

    `seconds` until it was answered, None for a visit; `direct`: a direct answer was given; `reception` 1–5 if asked.
    """

    way: Way
    direct: bool
    seconds: int | None = None
    topic: str = ""
    reception: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """`/borta till DAG`: the officer (or, by a lead, another one) is away until the day before `back`."""

    back: date
    first: date | None = None
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """`/tillbaka`: an absence ends today."""

    officer: str = ""


@dataclass(frozen=True, slots=True)
class SaveCanned:
    """`/mall spara NAMN [enhet=…] [språk=…]` with the text below. Leads only."""

    name: str
    text: str
    unit: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class EndCanned:
    """`/mall ta bort NAMN`. Leads only."""

    name: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, answered when everything else of the mail is done."""

    question: Question


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing of the mail is done. `meant` is the command that was probably meant, empty if none comes near."""

    line: str
    meant: str


Command = (
    Answer | Take | GiveBack | Transfer | Hold | Spoken | Elsewhere | Note | SetKind | SetTopic | SetMark | Merge | Undo
    | LeaveOut | Close | Reopen | SetOutcome | ShowNumbers | ShowAll | Contact | Away | Back | SaveCanned | EndCanned
    | Ask | NotUnderstood
)  # fmt: skip


def needs_case(command: Command) -> bool:
    """Tell whether an act is done in a case, named or that of the notice that is answered."""
    return not isinstance(command, Contact | Away | Back | SaveCanned | EndCanned | Ask | NotUnderstood)


def case_of(command: Command) -> CaseNumber | None:
    """Return the case a command names, that of its question included; None if it names none."""
    of: object = command.question if isinstance(command, Ask) else command
    found: CaseNumber | None = getattr(of, "case", None)
    return found


REASON_NAMES = {
    ExcludeReason.SPAM: mark("skräp"),
    ExcludeReason.DUPLICATE: mark("dubblett"),
    ExcludeReason.TEST: mark("test"),
    ExcludeReason.THANKS: mark("bara ett tack"),
    ExcludeReason.MERGED: mark("hopslagen med en annan"),
}

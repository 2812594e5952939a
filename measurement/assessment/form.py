"""A question form (frågeformulär) as it goes out to its owner, before it is Word or Excel. Plain data.

Each field carries a mark: which entry its writer sees, and a short digest of what that entry says. By it the returned
form shows what was changed, and whether somebody else has changed the same since.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area, Question, QuestionId
from measurement.assessment.framework_file import digest
from measurement.assessment.round import OF_FORM, POINTS, About, Field, Progress, Round, RoundId, Seq, points_of
from measurement.assessment.standing import progress_of

FormId = NewType("FormId", str)
"""As ``57-9c1b2a``: the last entry of the round when the form was made, and six signs drawn from its contents."""

DIGEST_SHOWN = 12
"""How many signs of the framework's digest stand on the form."""

_TOKEN = re.compile(r"(?<![\w/-])([a-z0-9][a-z0-9-]*)/([0-9a-f]{12})/([0-9]{1,18}-[0-9a-f]{6})(?![\w/-])")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c]")
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Told(StrEnum):
    """What a person must know of a form, of one field unless said otherwise."""

    SIGNS = "signs"
    """Signs that no file can hold were replaced."""
    TOO_LONG = "too_long"
    """Too long for a cell of Excel: it cannot be changed there."""
    TWICE = "twice"
    """It stands on the form twice and is not the same: neither was taken."""
    MISSING = "missing"
    """The question was on the form when it left and is not there now: it was left alone."""
    UNKNOWN_QUESTION = "unknown_question"
    NO_PROGRESS = "no_progress"
    NO_NUMBER = "no_number"
    TOO_MANY = "too_many"
    FORMULA = "formula"
    """The cell holds a formula or an error: it was not taken."""
    PICTURE = "picture"
    """A picture or drawing in it was not taken."""
    CLEARED = "cleared"
    """What stood there was taken away."""
    CONFLICT = "conflict"
    """Somebody else changed it since the form was made: both are kept."""
    TRACKED = "tracked"
    """Of the form: tracked changes were read as if they were accepted."""
    COMMENTS = "comments"
    """Of the form: comments in the margin are not read."""
    WITHOUT_CONTROLS = "without_controls"
    """Of the form: its fields were lost on the way, and it was read by the words beside the answers."""
    OTHER_SENDER = "other_sender"
    """Of the form: it went to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to tell: about which question and field, what was written there, and how many points there are."""

    what: Told
    question: str = ""
    field: Field | None = None
    value: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field to be filled in: what stands in it, and after which entry; 0: there was none."""

    field: Field
    value: str
    base: Seq

    @property
    def mark(self) -> str:
        """Return base and short digest, as ``123/ab12cd34``."""
        return f"{self.base}/{short_digest(self.field, self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormQuestion:
    """A question on a form, with its area, what there is of evidence, and its fields in the order of `OF_FORM`."""

    area: Area
    question: Question
    evidence: tuple[Evidence, ...]
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form.

    Attributes:
        framework: name and edition; `digest` its SHA-256.
        owner: whom it goes to, a role or an address at work.
        note: stands on every page.
        remarks: fields whose text could not be written as it is kept.
    """

    id: FormId
    round: RoundId
    framework: str
    digest: str
    municipality: str
    owner: str
    note: str
    questions: tuple[FormQuestion, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def token(self) -> str:
        """Return what it is known by: round, framework, form, as ``vallentuna-2027/0123456789ab/57-9c1b2a``."""
        return f"{self.round}/{self.digest[:DIGEST_SHOWN]}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a form is known by, read again. `digest` may be only its beginning."""

    round: RoundId
    digest: str
    form: FormId

    @property
    def made_after(self) -> Seq:
        """Return the last entry there was when the form was made; 0: none."""
        return Seq(int(self.form.partition("-")[0]))


def form_for(round_: Round, questions: Sequence[str], owner: str, evidence: Sequence[Evidence]) -> Form:
    """Return the form of these questions, in the framework's order; ids that it does not have are passed over.

    Args:
        round_: as it stands.
        questions: ids.
        owner: whom it goes to.
        evidence: of the round; contents are not needed.
    """
    wanted, remarks = set(questions), list[Remark]()
    found = tuple(
        FormQuestion(
            area=area, question=one, evidence=tuple(piece for piece in evidence if piece.question == one.id),
            fields=tuple(_field(round_, one.id, field, remarks) for field in OF_FORM),
        )
        for area in round_.framework.areas for one in area.questions if one.id in wanted
    )  # fmt: skip
    framework = round_.framework
    form = Form(
        id=FormId(""), round=round_.id, framework=f"{framework.name} {framework.edition}".strip(),
        digest=digest(framework), municipality=round_.municipality, owner=owner, note=framework.note,
        questions=found, remarks=tuple(remarks),
    )  # fmt: skip
    return replace(form, id=_id(form, round_))


def _field(round_: Round, question: QuestionId, field: Field, remarks: list[Remark]) -> FormField:
    held = round_.current.get((About(question), field))
    written = progress_of(round_, question).value if field is Field.PROGRESS else round_.value(question, field)
    value, replaced = clean(written)
    if replaced:
        remarks.append(Remark(what=Told.SIGNS, question=question, field=field))
    return FormField(field=field, value=value, base=held.seq if held else Seq(0))


def _id(form: Form, round_: Round) -> FormId:
    seqs = [one.seq for one in round_.current.values()]
    seqs += [one.seq for several in round_.conflicts.values() for one in several]
    marks = [f"{one.question.id} {field.mark}" for one in form.questions for field in one.fields]
    drawn = hashlib.sha256("\n".join((form.round, form.digest, form.owner, *marks)).encode()).hexdigest()
    return FormId(f"{max(seqs, default=0)}-{drawn[:6]}")


def token_in(text: str) -> Token | None:
    """Return the first token in a text; None if there is none."""
    found = _TOKEN.search(text)
    return Token(round=RoundId(found[1]), digest=found[2], form=FormId(found[3])) if found else None


def clean(text: str) -> tuple[str, bool]:
    """Return a text as files can hold it, and whether signs were replaced.

    Line breaks of all kinds become a line feed; other signs that XML forbids become U+FFFD.
    """
    clean_, replaced = _FORBIDDEN.subn("\ufffd", _BREAKS.sub("\n", text))
    return clean_, replaced > 0


def canonical(field: Field, text: str) -> str:
    """Return what two writings of the same have in common: white space around goes, 12,50 and 12.5 are the same.

    An empty progress is the same as none begun.
    """
    written = clean(text)[0].strip()
    if field is Field.PROGRESS:
        return written or Progress.OPEN.value
    if field in POINTS:
        try:
            number = points_of(written)
        except ValueError:
            return written
        return "" if number is None else f"{number:g}"
    return written


def short_digest(field: Field, text: str) -> str:
    """Return eight signs by which it is seen whether a text is still the same."""
    return hashlib.sha256(canonical(field, text).encode()).hexdigest()[:8]

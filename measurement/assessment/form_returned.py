"""A form as it came back: plain data, before anybody asks what of it is new."""

from dataclasses import dataclass

from measurement.assessment.form import FormId, Remark
from measurement.assessment.framework import QuestionId
from measurement.assessment.round import Field, RoundId, Seq, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedField:
    """A field that was found.

    Attributes:
        value: its text as it stands there; a `Progress`, where it is one.
        base: the entry that its writer saw, 0: there was none; None: the mark was lost on the way.
        sent: the short digest of what the form said when it left, empty where the mark was lost.
    """

    question: QuestionId
    field: Field
    value: str
    base: Seq | None = None
    sent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFields:
    """The fields of a file, as often as they stand there, and what could not be taken."""

    fields: tuple[ReturnedField, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A form that came back.

    Attributes:
        digest: of the framework; only its first signs where the properties were lost.
        form: its id; `made_after` the last entry there was when it was made.
        owner: whom it went to, empty where that was lost.
        questions: those that were on it when it left, empty where that was lost.
        fields: what was found, each once, in the order of the form.
        remarks: what could not be taken as it stands.
    """

    round: RoundId
    digest: str
    form: FormId
    made_after: Seq
    owner: str
    source: Source
    questions: tuple[QuestionId, ...]
    fields: tuple[ReturnedField, ...]
    remarks: tuple[Remark, ...] = ()

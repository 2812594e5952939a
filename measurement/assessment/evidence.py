"""Evidence (belägg): what a question can be answered with, as it was at the round's date. Plain data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from measurement.assessment.framework import QuestionId

EvidenceId = NewType("EvidenceId", int)


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    SERIES = "series"
    """One measure's series, frozen: JSON by `freezing`."""
    DOCUMENT = "document"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence.

    Attributes:
        place: a link's address, or a document's file name.
        content: a document's bytes, or a series as JSON; None of a link, and where only the list was read.
        digest: SHA-256 of the content, empty of a link.
        measure, slice: of a series.
        as_of: the instant a series is shown as of (UTC).
        by, at: who added it, and when (UTC).
        replaces, why: which earlier one this stands in the place of, and why; that one is kept.
    """

    id: EvidenceId = EvidenceId(0)
    question: QuestionId
    kind: EvidenceKind
    title: str
    place: str = ""
    media_type: str = ""
    content: bytes | None = None
    digest: str = ""
    measure: str = ""
    slice: str = ""
    as_of: datetime | None = None
    by: str
    at: datetime
    replaces: EvidenceId | None = None
    why: str = ""

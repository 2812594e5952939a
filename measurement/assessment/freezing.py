"""Freezing: the one series that answers a question, as it stood at the round's instant, made into evidence.

A question shows one series and not a hundred: the first of the measures that speak to its subject which had a value.
What is frozen is the JSON of `frozen_json` with its SHA-256; whoever opens it later needs neither book nor facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import require_utc
from config.texts import Texts
from measurement.assessment.at_instant import BookAt, book_at, series_then
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import Question, QuestionId, Subject
from measurement.assessment.frozen import FrozenSeries, NoSeries
from measurement.assessment.frozen_json import FrozenFault, digest_of, of_json, to_json
from measurement.assessment.subjects import measures_for
from measurement.report.assemble import Basis
from measurement.report.headlines import phone_measure

__all__ = [
    "FrozenFault",
    "FrozenSeries",
    "NoSeries",
    "current_series",
    "freeze",
    "freeze_all",
    "frozen_of",
    "of_json",
    "to_json",
]

MEDIA_TYPE = "application/json"
_DIRECT = "phone.direct"


async def freeze(
    connection: AsyncConnection,
    basis: Basis,
    question: Question,
    as_of: datetime,
    texts: Texts,
    *,
    by: str,
    now: datetime,
    replaces: EvidenceId | None = None,
    why: str = "",
) -> Evidence | NoSeries:
    """Return the series that answers a question as evidence, or why there is none; nothing is written.

    Args:
        connection: to the book, whose transaction sees one state.
        basis: the municipality's calendar, rule, targets, and what makes its figures.
        question: of the framework; its subject decides which measures speak to it.
        as_of: the round's instant (UTC). Only weeks that were due then are shown, from what was known then.
        texts: the language that names, notes and causes are kept in.
        by: who freezes it, as role or work address.
        now: the instant it is done (UTC).
        replaces: which earlier evidence it stands in the place of.
        why: why it does.

    Raises:
        ValueError: an instant that is not UTC, or outside the calendar.
    """
    found = await freeze_all(connection, basis, [question], as_of, texts, by=by, now=now)
    made = found[question.id]
    return made if isinstance(made, NoSeries) else replace(made, replaces=replaces, why=why)


async def freeze_all(
    connection: AsyncConnection,
    basis: Basis,
    questions: Iterable[Question],
    as_of: datetime,
    texts: Texts,
    *,
    by: str,
    now: datetime,
) -> dict[QuestionId, Evidence | NoSeries]:
    """Return the same for each of some questions, by id; the book is read and each series made only once."""
    ahead = require_utc(as_of) > require_utc(now)
    asked = list(questions)
    subjects = {one.subject for one in asked if one.subject is not None and not ahead}
    book = await book_at(connection, basis, as_of, texts) if subjects else None
    found = dict[Subject, FrozenSeries | NoSeries]()
    for subject in subjects:
        assert book is not None
        found[subject] = await _answering(connection, book, subject)
    return {
        one.id: NoSeries.NO_SUBJECT
        if one.subject is None
        else _as_evidence(found.get(one.subject, NoSeries.AHEAD), one.id, by, now)
        for one in asked
    }


def _as_evidence(
    found: FrozenSeries | NoSeries, question: QuestionId, by: str, now: datetime
) -> Evidence | NoSeries:  # fmt: skip
    if isinstance(found, NoSeries):
        return found
    content, series = to_json(found), found.series
    return Evidence(
        question=question, kind=EvidenceKind.SERIES, title=series.name, media_type=MEDIA_TYPE, content=content,
        digest=digest_of(content), measure=series.measure, slice=series.slice, as_of=found.as_of, by=by, at=now,
    )  # fmt: skip


async def _answering(connection: AsyncConnection, book: BookAt, subject: Subject) -> FrozenSeries | NoSeries:
    """Return the first series that has a value of ours; without any the first that has figures from before us."""
    seen = list[FrozenSeries]()
    for measure in _wanted(subject, book.basis):
        found = await series_then(connection, book, measure)
        if any(point.value is not None for point in found.series.points):
            return found
        seen.append(found)
    before_us = next((one for one in seen if one.series.earlier), None)
    if before_us is not None:
        return before_us
    if not any("-W" in period for period in book.beside.standings):
        return NoSeries.NOT_FILLED
    return NoSeries.HIDDEN if any(one.hidden for one in seen) else NoSeries.NO_VALUES


def _wanted(subject: Subject, basis: Basis) -> Sequence[str]:
    """Return the measures in order; direct answers by telephone first within the municipality's own seconds."""
    measures = list[str]()
    for one in measures_for(subject, basis.configured):
        measures += [phone_measure(basis.seconds), one] if one == _DIRECT else [one]
    return measures


def frozen_of(evidence: Evidence) -> FrozenSeries:
    """Return the series of a piece of evidence that was read with its content.

    Raises:
        FrozenFault: it is no series, was read without its content, or the content is not what was frozen.
    """
    if evidence.kind is not EvidenceKind.SERIES or evidence.content is None:
        raise FrozenFault("this evidence holds no series")
    if digest_of(evidence.content) != evidence.digest:
        raise FrozenFault("the series is not what was frozen: its SHA-256 is another one")
    return of_json(evidence.content)


def current_series(evidence: Iterable[Evidence], question: str) -> Evidence | None:
    """Return the series that a question shows: the newest that nothing stands in the place of; None: there is none."""
    listed = list(evidence)
    gone = {one.replaces for one in listed if one.replaces is not None}
    series = [
        one for one in listed if one.question == question and one.kind is EvidenceKind.SERIES and one.id not in gone
    ]  # fmt: skip
    return max(series, key=lambda one: (one.at, one.id), default=None)

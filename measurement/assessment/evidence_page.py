"""One question on one page: the answer, the one series that shows it, and what people added. Pure.

Everything about the series comes from what was frozen. What was replaced is named, with who did it and why.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from config.texts import Texts
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.evidence_words import (
    as_of_words,
    basis_words,
    beside_words,
    changed_words,
    definition_words,
    interval_words,
    is_of_ratings,
    levels_words,
    name_of,
    no_series_words,
    point_words,
    shift_words,
    signal_words,
    value_words,
    weeks_words,
)
from measurement.assessment.framework import Question
from measurement.assessment.freezing import current_series, frozen_of
from measurement.assessment.frozen import FrozenSeries, NoSeries, Whole
from measurement.assessment.points import points_text
from measurement.assessment.round import About, Field, Round, points_of
from measurement.figure_id import FigureId
from measurement.periods import parse_period
from measurement.report.document import TAGS, Block, Document, Heading, Key, Paragraph, Points, Table, Tone
from measurement.report.words import alt_text, decision_words, period_name, plain_value, tone_of, within, word_name

LAST = 6
"""How many weeks are listed."""
OF_CALLS = "phone."
"""How the measures begin whose single cases are calls, which are explained by class only."""


def evidence_page(
    round_: Round, question: Question, evidence: Sequence[Evidence], texts: Texts, missing: NoSeries | None = None
) -> Document:
    """Return the page of a question.

    Args:
        round_: with the municipality's answer.
        question: of the round's framework.
        evidence: of the round, read with content and with what was replaced; that of other questions is passed over.
            A series that nobody signed (`by` empty) is shown as not frozen yet.
        texts: the language.
        missing: why there is no series, as `freezing.freeze` said; None where nobody tried.

    Raises:
        FrozenFault: the series is not what was frozen.
    """
    own = [one for one in evidence if one.question == question.id]
    series = current_series(own, question.id)
    frozen = frozen_of(series) if series is not None else None
    blocks: list[Block] = _answer(round_, question, texts)
    if series is not None and frozen is not None:
        blocks += _series(frozen, texts)
    else:
        blocks += [Heading(text=texts.t("Vad siffrorna visar")), Paragraph(text=no_series_words(missing, texts))]
    blocks += _added(own, texts)
    blocks += _replaced(own, texts)
    if series is not None and frozen is not None:
        blocks += [Heading(text=texts.t("Så är siffrorna gjorda")), *_made(series, frozen, texts)]
    area = round_.framework.area(question.id)
    edition = texts.t("{framework} {edition}", framework=round_.framework.name, edition=round_.framework.edition)
    return Document(
        language=texts.language,
        tag=TAGS[texts.language],
        title=texts.t("Fråga {id}: vad vi kan visa", id=question.id),
        municipality=round_.municipality,
        subtitle=" · ".join(one for one in (edition, area.name if area else "", question.sub_area) if one),
        lead=question.text,
        blocks=tuple(blocks),
        footer=_footer(round_, frozen, texts),
    )


def _answer(round_: Round, question: Question, texts: Texts) -> list[Block]:
    heading = Heading(text=texts.t("Kommunens svar"))
    said = [round_.value(question.id, one).strip() for one in (Field.ANSWER, Field.DESCRIPTION)]
    told = [Paragraph(text=part) for one in said for part in one.split("\n") if part.strip()]
    blocks: list[Block] = [heading, *(told or [Paragraph(text=texts.t("Kommunen har inte svarat än."))])]
    if any((About(question.id), one) in round_.conflicts for one in (Field.ANSWER, Field.DESCRIPTION)):
        blocks.append(Paragraph(text=texts.t("Någon har svarat något annat. Det är inte avgjort än."), small=True))
    own = points_of(round_.value(question.id, Field.OWN_POINTS))
    if own is not None:
        points, most = points_text(own, texts), points_text(question.points, texts)
        blocks.append(Paragraph(text=texts.t("Egna poäng: {points} av {most}.", points=points, most=most)))
    return blocks


def _series(frozen: FrozenSeries, texts: Texts) -> list[Block]:
    whole, blocks = frozen.whole, list[Block]()
    if whole is not None:
        blocks.append(_key(frozen, whole, texts))
    else:
        said = texts.t("Bara uppgifter från tiden före Kommunsvar är kända.")
        blocks += [Heading(text=name_of(frozen, texts)), Paragraph(text=said)]
    blocks.append(Points(items=tuple(_told(frozen, texts))))
    if frozen.series.points:
        blocks += [_latest(frozen, texts), *_weeks(frozen, texts)]
    return blocks


def _key(frozen: FrozenSeries, whole: Whole, texts: Texts) -> Key:
    """Return the one number of all its weeks; what the chart says of the last of them stands by itself."""
    value, basis = value_words(frozen, whole, texts), basis_words(whole, texts)
    weeks = weeks_words(frozen, whole, texts)
    return Key(
        name=name_of(frozen, texts), value=value,
        basis=weeks if basis == value else texts.t("{basis}, {weeks}", basis=basis, weeks=weeks),
        target="", tone=Tone.NONE, word="", meaning=changed_words(frozen, whole, texts),
        beside=beside_words(frozen, texts),
    )  # fmt: skip


def _latest(frozen: FrozenSeries, texts: Texts) -> Key:
    """Return the last week with its verdict, and the chart that gives it."""
    chart, last = frozen.chart, frozen.series.points[-1]
    value, basis = point_words(frozen, last, texts)
    target = chart.series.target
    return Key(
        name=texts.t("Senaste veckan: {week}", week=within(last.period, texts)),
        value=value, basis="" if basis == "–" else basis,
        target="" if target is None else texts.t("mål {value}", value=plain_value(chart, target, texts)),
        tone=tone_of(chart.word), word=word_name(chart.word, texts), meaning=signal_words(frozen, texts),
        notes=tuple(decision_words(chart, texts)), chart=chart, alt=alt_text(chart, texts),
    )  # fmt: skip


def _told(frozen: FrozenSeries, texts: Texts) -> Iterable[str]:
    """Give what must be known of the number: its interval, before and after, what is hidden or known from before us."""
    if frozen.whole is not None:
        yield interval_words(frozen, frozen.whole, texts)
    if frozen.shift is not None:
        yield shift_words(frozen.shift, texts)
    if levels := levels_words(frozen, texts):
        yield levels
    if frozen.hidden:
        yield texts.n(
            "{count} vecka visas inte och räknas inte in: färre än tio svarade.",
            "{count} veckor visas inte och räknas inte in: färre än tio svarade.",
            len(frozen.hidden),
        )
    yield from _earlier(frozen, texts)


def _made(evidence: Evidence, frozen: FrozenSeries, texts: Texts) -> Iterable[Block]:
    """Give definition, instant and digest, and how a week is followed back to what it was made from."""
    t, moment = texts.t, as_of_words(frozen.as_of, texts)
    known = t("Det här var känt {moment}. Bara veckor som då var färdiga att bedöma är med.", moment=moment)
    items = [definition_words(frozen, texts)]
    if evidence.by:
        frozen_by = t("Fryst {day} av {by}.", day=_day(evidence.at, texts), by=evidence.by)
        items += [f"{known} {frozen_by}", t("Kontrollsumma (SHA-256): {digest}", digest=evidence.digest)]
    else:
        not_yet = t("Inte fryst än.")
        items.append(f"{known} {not_yet}")
    yield Points(items=tuple(items))
    if frozen.series.points:
        yield from _traced(frozen, texts)


def _earlier(frozen: FrozenSeries, texts: Texts) -> Iterable[str]:
    """Give what is known from before the series, one line for each definition and source; never joined to it."""
    kinds = sorted(frozen.series.earlier, key=lambda one: (one.definition, one.source, one.period))
    for (definition, source), some in groupby(kinds, key=lambda one: (one.definition, one.source)):
        alike = list(some)
        values = [plain_value(frozen.chart, one.value, texts) for one in (alike[0], alike[-1])]
        known = alike[0].period if len(alike) == 1 else f"{alike[0].period} – {alike[-1].period}"
        yield texts.t(
            "Tidigare, räknat på ett annat sätt ({definition}; {source}): {periods}: {values}. Kan inte jämföras rakt "
            "av.",
            definition=definition, source=source, periods=known,
            values=values[0] if len(alike) == 1 else f"{values[0]} – {values[1]}",
        )  # fmt: skip


def _weeks(frozen: FrozenSeries, texts: Texts) -> list[Block]:
    listed = frozen.series.points[-LAST:]
    rows = tuple(
        (period_name(point.period, texts), *point_words(frozen, point, texts)) for point in reversed(listed)
    )  # fmt: skip
    head = (texts.t("Vecka"), texts.t("Utfall"), texts.t("Underlag"))
    return [Heading(text=texts.t("De senaste veckorna")), Table(caption="", head=head, rows=rows)]


def _traced(frozen: FrozenSeries, texts: Texts) -> Iterable[Block]:
    """Give the figures' ids, and the command that says what one was made from."""
    series = frozen.series
    ids = [
        str(FigureId(measure=series.measure, period=parse_period(point.period), slice=series.slice))
        for point in reversed(series.points[-LAST:])
    ]
    if is_of_ratings(frozen):
        said = texts.t("Så syns vad en siffra bygger på, men aldrig vilka ärenden:")
    elif series.measure.startswith(OF_CALLS):
        said = texts.t("Så syns hur en siffra är räknad:")
    else:
        said = texts.t("Så syns vad som ligger bakom en siffra, ner till minuten:")
    yield Paragraph(text=said, small=True)
    yield Paragraph(text=f"run_bot.py explain figure {ids[0]} --as-of {_asked(frozen.as_of, texts)}", small=True)
    yield Paragraph(text=texts.t("Veckornas beteckningar: {ids}", ids=", ".join(ids)), small=True)


def _asked(instant: datetime, texts: Texts) -> str:
    """Return an instant as a command takes it, in local time to the second, without seconds that are none."""
    local = instant.astimezone(texts.zone).replace(tzinfo=None, microsecond=0)
    return local.isoformat().removesuffix(":00")


def _added(own: Sequence[Evidence], texts: Texts) -> list[Block]:
    """Return the documents and links that hold."""
    gone = {one.replaces for one in own if one.replaces is not None}
    listed = [one for one in own if one.kind is not EvidenceKind.SERIES and one.id not in gone]
    heading = Heading(text=texts.t("Dokument och länkar"))
    if not listed:
        return [heading, Paragraph(text=texts.t("Ingen har lagt till något."))]
    return [heading, Points(items=tuple(_item(one, texts) for one in listed))]


def _item(one: Evidence, texts: Texts) -> str:
    what = one.title or one.place
    place = f", {one.place}" if one.place and one.place != what else ""
    return texts.t("{what}{place}. Tillagt {day} av {by}.", what=what, place=place, day=_day(one.at, texts), by=one.by)


def _replaced(own: Sequence[Evidence], texts: Texts) -> list[Block]:
    by_id = {one.id: one for one in own}
    items = [
        texts.t(
            "”{old}” ({old_day}, {old_by}) ersattes {day} av {by}. Skäl: {why}.",
            old=old.title or old.place, old_day=_day(old.at, texts), old_by=old.by, day=_day(one.at, texts), by=one.by,
            why=one.why.rstrip(".") or "–",
        )
        for one in own
        if one.replaces is not None and (old := by_id.get(one.replaces)) is not None
    ]  # fmt: skip
    return [Heading(text=texts.t("Ersatt")), Points(items=tuple(items))] if items else []


def _day(instant: datetime, texts: Texts) -> str:
    return instant.astimezone(texts.zone).date().isoformat()


def _footer(round_: Round, frozen: FrozenSeries | None, texts: Texts) -> str:
    said = [round_.framework.note, texts.t("Till och med {moment}", moment=as_of_words(round_.as_of, texts))]
    if frozen is not None:
        said.append(texts.t("Definitioner {hash}", hash=frozen.definitions[:12]))
    return " · ".join(one for one in said if one)

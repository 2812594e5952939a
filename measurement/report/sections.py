"""Sections of the report that are tables: classes, slices, what people write about, reception, phone."""

from collections.abc import Mapping

from bot.facts import Result
from config.texts import Texts
from measurement.measures import Figure, Unit
from measurement.periods import Week, parse_period
from measurement.report.content import Classes, Report, Slice, Survey
from measurement.report.document import Block, Heading, Paragraph, Table
from measurement.report.known import known_measure, measure_name
from measurement.report.words import basis_words, figure_words
from measurement.words import percent, rule_name

_MOST_ROWS = 8


def classes(report: Report, texts: Texts) -> list[Block]:
    """Return how the contacts were answered under each rule; the classes add up to all that came in."""
    if not any(one.arrivals for one in report.classes):
        return []
    head = (
        texts.t("Regel"), texts.t("i tid"), texts.t("för sent"), texts.t("utan svar"), texts.t("tid kvar"),
        texts.t("räknas inte"), texts.t("alla"), texts.t("andel i tid"),
    )  # fmt: skip
    rows = tuple(_class_row(one, report, texts) for one in report.classes)
    chosen = frozenset(at for at, one in enumerate(report.classes) if one.rule is report.configured)
    caption = texts.t("Svar inom en dag, efter varje regel")
    note = texts.t("Kommunens regel är {rule}.", rule=rule_name(texts, report.configured))
    return [
        Heading(text=caption),
        Table(caption=caption, head=head, rows=rows, emphasised=chosen),
        Paragraph(text=note, small=True),
    ]


def _class_row(one: Classes, report: Report, texts: Texts) -> tuple[str, ...]:
    counts = (one.in_time, one.late, one.unanswered, one.not_yet_due, one.left_out, one.arrivals)
    share = figure_words(report.figure(f"answered_in_time.{one.rule.value}"), Unit.SHARE, texts)
    return rule_name(texts, one.rule), *map(texts.number, counts), share


def slices(report: Report, texts: Texts) -> list[Block]:
    """Return a table for each dimension with more than one member: how many came in, and the share in time."""
    captions = {
        "channel": (texts.t("Efter kanal"), texts.t("Kanal")),
        "unit": (texts.t("Efter enhet"), texts.t("Enhet")),
        "kind": (texts.t("Efter slag"), texts.t("Slag")),
        "topic": (texts.t("Vad människor skriver om"), texts.t("Ämne")),
        "language": (texts.t("Efter språk"), texts.t("Språk")),
    }
    blocks: list[Block] = []
    for dimension, (caption, column) in captions.items():
        found = report.slices.get(dimension, ())
        if len(found) > 1:
            blocks.append(_slice_table(caption, column, found, report, texts))
    return [Heading(text=texts.t("Vem skriver, om vad, och hur det gick")), *blocks] if blocks else []


def _slice_table(caption: str, column: str, found: tuple[Slice, ...], report: Report, texts: Texts) -> Table:
    measure = f"answered_in_time.{report.configured.value}"
    head = (column, texts.t("kom in"), texts.t("andel i tid"), texts.t("underlag"))
    rows = [
        (one.name, texts.number(one.arrivals), *_value_and_basis(one.figures.get(measure), measure, texts))
        for one in found[:_MOST_ROWS]
    ]
    left = found[_MOST_ROWS:]
    if left:
        rest = sum(one.arrivals for one in left)
        name = texts.n("{count} till", "{count} till", len(left))
        rows.append((name, texts.number(rest), texts.t("—"), texts.t("se Excel-filen")))
    return Table(caption=caption, head=head, rows=tuple(rows))


def _value_and_basis(figure: Figure | None, measure: str, texts: Texts) -> tuple[str, str]:
    unit = known_measure(measure).unit
    value, basis = figure_words(figure, unit, texts), basis_words(figure, unit, texts)
    return value, basis if basis and basis != value else texts.t("—")


def about(report: Report, texts: Texts) -> list[Block]:
    """Return what viewpoints, complaints, proposals and faults of the period led to."""
    if not report.outcomes:
        return []
    names = {
        Result.REMEDIED.value: texts.t("åtgärdat"),
        Result.TAKEN_FURTHER.value: texts.t("fört vidare"),
        Result.NO_ACTION.value: texts.t("ingen åtgärd, med skäl"),
        "": texts.t("inte klart än"),
    }
    rows = tuple((names.get(key, key), texts.number(count)) for key, count in report.outcomes.items())
    caption = texts.t("Vad synpunkter, klagomål, förslag och felanmälningar ledde till")
    head = (texts.t("Utfall"), texts.t("antal"))
    return [Heading(text=caption), Table(caption=caption, head=head, rows=rows)]


def reception(report: Report, texts: Texts) -> list[Block]:
    """Return who was asked about reception and what they said, over the weeks that the headline covers."""
    survey = report.survey
    if survey is None:
        return []
    heading = Heading(text=texts.t("Bemötande: vilka som frågades och vad de svarade"))
    weekly = isinstance(parse_period(report.period), Week)
    counts = (
        (texts.t("kunde frågas"), survey.drawn), (texts.t("frågades inte (lott, nyss frågad, tak)"), survey.suppressed),
        (texts.t("inbjudna"), survey.invited), (texts.t("inbjudan kom fram"), survey.delivered),
        (texts.t("svarade"), survey.answered), (texts.t("tackade nej"), survey.declined),
    )  # fmt: skip
    asked = Table(
        caption=texts.t("Enkäten de senaste 13 veckorna") if weekly else texts.t("Enkäten under periodens veckor"),
        head=(texts.t("Vad som hände"), texts.t("antal")),
        rows=tuple((name, texts.number(count)) for name, count in counts),
    )
    blocks: list[Block] = [heading, asked, *_grades(survey, report.rolling, weekly, texts)]
    if survey.delivered:
        blocks.append(Paragraph(text=_answer_rate(survey, texts), small=True))
    return blocks


def _answer_rate(survey: Survey, texts: Texts) -> str:
    return texts.t(
        "Svarsfrekvens: {rate} av inbjudningarna som kom fram. Siffrorna gäller dem som svarade.",
        rate=percent(texts, survey.answered / survey.delivered),
    )


def _grades(survey: Survey, figures: Mapping[str, Figure], weekly: bool, texts: Texts) -> list[Block]:
    """Return index, share of 4–5 and n by question; grades are never shown below the threshold of the figures."""
    names = {
        "reception": texts.t("bemötande"), "clarity": texts.t("tydlighet"), "ease": texts.t("enkelhet"),
    }  # fmt: skip
    rows = []
    for question, name in names.items():
        good, index = figures.get(f"{question}.good"), figures.get(f"{question}.index")
        if good is None and index is None:
            continue
        rows.append(
            (name, figure_words(good, Unit.SHARE, texts), figure_words(index, Unit.INDEX, texts),
             texts.number(sum(survey.grades.get(question, ()))), texts.number(survey.unknown.get(question, 0)))
        )  # fmt: skip
    if not rows:
        return []
    head = (
        texts.t("Betyg 1–5"), texts.t("andel 4–5"), texts.t("index 0–100"), texts.t("svar"), texts.t("vet inte"),
    )  # fmt: skip
    caption = texts.t("Betyg, de senaste 13 veckorna") if weekly else texts.t("Betyg under periodens veckor")
    return [Table(caption=caption, head=head, rows=tuple(rows))]


def phone(report: Report, texts: Texts) -> list[Block]:
    """Return what is known of the telephone, answer quality and test contacts."""
    wanted = {
        texts.t("Telefon"): ("phone.direct", "phone.answered", "phone.coverage"),
        texts.t("Bedömda svar, ett draget urval"): ("quality.is_answer", "quality.is_clear", "quality.has_sender"),
        texts.t("Testkontakter"): (
            "test.availability", "test.answer", "test.interest", "test.information", "test.reception", "test.total",
        ),
    }  # fmt: skip
    blocks: list[Block] = []
    for caption, measures in wanted.items():
        rows = tuple(
            (measure_name(measure, texts), *_value_and_basis(figure, measure, texts))
            for measure in measures
            if (figure := report.figure(measure)) is not None
        )
        if rows:
            head = (texts.t("Mått"), texts.t("Utfall"), texts.t("Underlag"))
            blocks += [Heading(text=caption), Table(caption=caption, head=head, rows=rows)]
    return blocks

"""A report put into words: which sections it has, in which order, and what stands in each."""

from datetime import timedelta

from config.texts import Texts
from measurement.measures import Figure
from measurement.report.content import Report
from measurement.report.document import TAGS, Block, Document, Heading, Paragraph, Points, Table, without_doubles
from measurement.report.keys import key_of, lead
from measurement.report.known import known_measure, measure_name
from measurement.report.sections import about, classes, phone, reception, slices
from measurement.report.words import basis_words, figure_words, period_name
from measurement.words import length, reason_name

_ON_THE_WAY = (
    "acknowledged", "held_first", "answered_again", "promise_kept", "first_contact", "outcome_told",
    "waiting_time.median", "waiting_time.p90", "working_time.median", "working_time.p90",
)  # fmt: skip
"""What is told of the way to the answer, in this order."""
_TIMES = ("waiting_time.", "working_time.")


def compose(report: Report, texts: Texts) -> Document:
    """Return the report as blocks in reading order: the headlines first, then what explains them, the method last."""
    blocks: list[Block] = [key_of(headline, report, texts) for headline in report.headlines]
    blocks += _queue(report, texts)
    blocks += classes(report, texts)
    blocks += _on_the_way(report, texts)
    blocks += slices(report, texts)
    blocks += about(report, texts)
    blocks += reception(report, texts)
    blocks += phone(report, texts)
    blocks += _left_out(report, texts)
    blocks += _changes(report, texts)
    blocks += _method(texts)
    name = period_name(report.period, texts)
    so_far = "" if report.settled else texts.t(" (hittills)")
    return Document(
        language=texts.language,
        tag=TAGS[texts.language],
        title=texts.t("{period}: tillgänglighet och bemötande", period=name) + so_far,
        municipality=report.municipality,
        subtitle=_subtitle(report, texts),
        lead=lead(report, texts),
        blocks=without_doubles(blocks, texts.t("Siffrorna upptill förklaras under diagrammet ovan.")),
        footer=_footer(report, texts),
    )


def _subtitle(report: Report, texts: Texts) -> str:
    days = texts.t(
        "{first} – {last}, enligt läget {moment}",
        first=texts.day(report.first_day),
        last=texts.day(report.last_day),
        moment=texts.moment(report.as_of),
    )
    if not report.revision:
        return days
    return texts.t("{days}. Rättad, version {number}", days=days, number=report.revision)


def _queue(report: Report, texts: Texts) -> list[Block]:
    queue = report.queue
    if queue is None:
        return []
    heading = Heading(text=texts.t("Kön"))
    if not queue.waiting:
        return [heading, Paragraph(text=texts.t("Ingen väntade på svar."))]
    items = [
        texts.n(
            "{count} kontakt väntade på svar. För {late} hade tiden gått ut.",
            "{count} kontakter väntade på svar. För {late} hade tiden gått ut.",
            queue.waiting,
            late=queue.past_due,
        )
    ]
    if queue.oldest_seconds is not None:
        items.append(
            texts.t(
                "Den som väntat längst hade väntat {waited}, varav {open} öppen tid.",
                waited=length(texts, _about(queue.oldest_seconds)),
                open=length(texts, _about(queue.oldest_open_seconds or 0), days=False),
            )
        )
    return [heading, Points(items=tuple(items))]


def _about(seconds: float) -> timedelta:
    """Return a length as people say it: whole hours from two days on, whole days from ten on."""
    time = timedelta(seconds=round(seconds))
    if time < timedelta(days=2):
        return time
    return time - time % timedelta(hours=1 if time < timedelta(days=10) else 24)


def _on_the_way(report: Report, texts: Texts) -> list[Block]:
    # Before all is due the slow ones have not been waited for: times would look shorter than they will be.
    told = [one for one in _ON_THE_WAY if report.settled or not one.startswith(_TIMES)]
    rows = [_row(report.figure(measure), measure, texts) for measure in told]
    known = tuple(row for row in rows if row is not None)
    if not known:
        return []
    head = (texts.t("Mått"), texts.t("Utfall"), texts.t("Underlag"))
    caption = texts.t("På vägen till svaret, och efter det")
    return [Heading(text=caption), Table(caption=caption, head=head, rows=known)]


def _row(figure: Figure | None, measure: str, texts: Texts) -> tuple[str, ...] | None:
    if figure is None:
        return None
    unit = known_measure(measure).unit
    value, basis = figure_words(figure, unit, texts), basis_words(figure, unit, texts)
    return measure_name(measure, texts), value, basis if basis != value and basis else texts.t("—")


def _left_out(report: Report, texts: Texts) -> list[Block]:
    if not report.left_out:
        return []
    reasons = ", ".join(f"{reason_name(texts, key)} {texts.number(n)}" for key, n in report.left_out.items())
    text = texts.t("Kom in men räknas inte: {reasons}. Den som är ansvarig kan lista dem.", reasons=reasons)
    return [Heading(text=texts.t("Räknas inte")), Paragraph(text=text)]


def _changes(report: Report, texts: Texts) -> list[Block]:
    items = [
        texts.t(
            "{period}: {what}. {cause} ({by}).", period=one.period, what=one.what, cause=one.cause, by=one.decided_by
        )
        for one in report.changes
    ]
    items += report.calendar
    if not items:
        return []
    return [Heading(text=texts.t("Ändringar att känna till")), Points(items=tuple(items))]


def _method(texts: Texts) -> list[Block]:
    said = [
        texts.t(
            "Varje kontakt hör till perioden då den kom in. Den som inte fått svar räknas med. Andelen gäller dem vars "
            "tid har gått ut. Tider är uppskattade så att de som ännu väntar räknas med (Kaplan–Meier)."
        ),
        texts.t(
            "Så läses diagrammen: det grå bandet visar det som brukar variera, det streckade mitten. En fyrkant är "
            "bättre än vanligt, en triangel sämre. En ofylld punkt är inte klar eller räknas inte in."
        ),
        texts.t(
            "Ordet bättre eller sämre kommer bara av styrdiagrammet, av den senaste veckan. En vecka utan verklig "
            "förändring får ett sådant ord ungefär två gånger på hundra. Tre mått ger då ett falskt ord ungefär var "
            "nittonde vecka."
        ),
        texts.t("Vad en synpunkt ledde till får den som skrev ibland veta långt senare. Den andelen växer därför."),
        texts.t(
            "Automatiska bekräftelser och delbesked är aldrig svar. Ett svar som inte nådde fram är inget svar. "
            "Siffrorna gäller verksamheten; inga handläggare kan utläsas."
        ),
    ]
    return [Heading(text=texts.t("Så räknas det")), *(Paragraph(text=text, small=True) for text in said)]


def _footer(report: Report, texts: Texts) -> str:
    return texts.t(
        "Definitioner {method}, per {as_of} (UTC). Varje siffra förklaras av: run_bot.py figures explain {period}",
        method=report.method,
        as_of=report.as_of.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00"),
        period=report.period,
    )

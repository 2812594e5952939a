"""A figure explained in words, at most 80 columns where its ids allow: first the number, then how, then what is behind.

Times of day are local, in lists cut to the second; `explain case` and the JSON have all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import assert_never

from bot.clock import TimeClass
from config.texts import Texts
from measurement.explained import Behind, Explained, Kept, Listing, Part, Secret, Step, Why
from measurement.figure_id import NotUnderstood, Unclear
from measurement.meanings import meaning_of
from measurement.measures import Figure, Unit
from measurement.phone import Withheld
from measurement.report.known import measure_name
from measurement.report.words import period_name
from measurement.rollup.show import value_in_words
from measurement.rollup.states import State
from measurement.show_calls import call_columns, coverage_note, local_second
from measurement.words import Spoken, class_name, paragraph, percent, reason_name, rule_name


def as_text(found: Explained, spoken: Spoken) -> str:
    """Return a figure explained."""
    sections = [
        _head(found, spoken),
        _number(found, spoken),
        _how(found, spoken),
        _classes(found.part, spoken.texts),
        coverage_note(found, spoken.texts),
        _step(found.part.step, spoken) if found.part.step else [],
        _grades(found, spoken.texts),
        *(_listing(one, found, spoken) for one in found.part.listings),
        _further(found.part, spoken.texts),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def fault_in_words(fault: NotUnderstood, texts: Texts) -> str:
    """Return which part of an id nobody understands, and what may be meant."""
    said, near = fault.written, ", ".join(fault.near)
    if fault.what is Unclear.PERIOD:
        return texts.t("Det står ingen period i ”{said}”. Skriv som {near}.", said=said, near=near)
    text = {
        Unclear.MEASURE: texts.t("Det finns inget mått som heter ”{said}”.", said=said),
        Unclear.DIMENSION: texts.t("Måttet delas inte upp på ”{said}”.", said=said),
        Unclear.MEMBER: texts.t("Det finns inget som heter ”{said}”.", said=said),
        Unclear.WHY: texts.t("Måttet har ingen klass som heter ”{said}”.", said=said),
    }[fault.what]
    if len(fault.near) == 1:
        return text + " " + texts.t("Menar du {near}?", near=near)
    if fault.near:
        return text + " " + texts.t("Menar du något av {near}?", near=near)
    if fault.what is Unclear.MEASURE:
        return text + " " + texts.t("Alla mått står i `run_bot.py figures show VECKA`.")
    return text


def _head(found: Explained, spoken: Spoken) -> list[str]:
    texts, measure = spoken.texts, found.measure
    lines = [
        texts.t("{name} ({id}, definition {version})", name=measure_name(measure.id, texts), id=measure.id,
                version=measure.version),
        texts.t("{period}, {slice}", period=period_name(str(found.id.period), texts),
                slice=found.id.slice or texts.t("alla tillsammans")),
        texts.t("Från {start} till {end} ({zone}); den sista tidpunkten räknas inte med.",
                start=spoken.moment(found.start), end=spoken.moment(found.end), zone=found.zone),
    ]  # fmt: skip
    return [line for text in lines for line in paragraph(text)]


def _number(found: Explained, spoken: Spoken) -> list[str]:
    texts, figure, unit = spoken.texts, found.part.figure, found.measure.unit
    if figure is None:
        said = [" ".join((texts.t("Visas inte."), _secret(found.part.secret, texts)))]
    else:
        exact = _exact(figure, unit, texts) if found.part.withheld is None else _withheld(found.part.withheld, texts)
        said = [f"{value_in_words(figure, unit, texts)}. {exact}"]
    as_of, known = spoken.moment(found.as_of), spoken.moment(found.known)
    if as_of == known:
        seen = texts.t("Sett från {as_of}, med det som var känt då.", as_of=as_of)
    else:
        seen = texts.t("Sett från {as_of}, med det som var känt {known}.", as_of=as_of, known=known)
    said += [_state(found, texts), seen, *_kept(found, texts)]
    return [line for text in said for line in paragraph(text)]


def _exact(figure: Figure, unit: Unit, texts: Texts) -> str:
    n = texts.t("n = {count}", count=figure.n)
    if figure.value is None or unit is Unit.COUNT:
        return f"{n}."
    value = f"{figure.value!r}".removesuffix(".0")
    value = value if texts.language == "en" else value.replace(".", ",")
    if unit is Unit.SECONDS:
        return texts.t("Exakt {value} s, {n}.", value=value, n=n)
    if figure.denominator:
        return texts.t("Exakt {part}/{whole} = {value}, {n}.", part=figure.numerator, whole=figure.denominator,
                       value=value, n=n)  # fmt: skip
    return texts.t("Exakt {value}, {n}.", value=value, n=n)


def _withheld(why: Withheld, texts: Texts) -> str:
    return {
        Withheld.NO_COUNT: texts.t("Ingen andel: växelns samtal är inte inlästa."),
        Withheld.COUNT_INCOMPLETE: texts.t("Ingen andel: växelns samtal saknas för några dagar."),
        Withheld.COVERAGE: texts.t("Ingen andel: färre än nio av tio besvarade samtal är antecknade."),
        Withheld.SAMPLE: texts.t("Ingen andel: antalet antecknade samtal stämmer inte med stickprovets regel."),
        Withheld.COARSE: texts.t("Ingen andel: tiderna är inte antecknade så noga."),
    }[why]


def _secret(why: Secret | None, texts: Texts) -> str:
    match why:
        case Secret.TOO_FEW:
            return texts.t(
                "Färre än fem har svarat (tio i en grupp), eller så få i en annan grupp att deras svar skulle gå att "
                "räkna ut."
            )
        case Secret.NOT_CLOSED:
            return texts.t("Betygen visas när perioden är fastställd: till dess kommer det nya svar.")
        case Secret.CHANGED:
            return texts.t("Betygen visas inte: det har kommit svar sedan siffran fastställdes, och de skulle synas.")
        case None:
            return ""
        case _:
            assert_never(why)


def _state(found: Explained, texts: Texts) -> str:
    match found.state:
        case State.FROZEN if found.revision:
            return texts.t("Fastställd, rättelse nummer {number}.", number=found.revision)
        case State.FROZEN:
            return texts.t("Fastställd.")
        case State.PRELIMINARY:
            return texts.t("Preliminär: siffran kan ändras till dess att perioden fastställs.")
        case State.FILLING | None:
            return texts.t("Inte fastställd: siffran räknas när någon frågar.")
        case _:
            assert_never(found.state)


def _kept(found: Explained, texts: Texts) -> list[str]:
    unit, period = found.measure.unit, str(found.id.period)
    stored, now = (value_in_words(one, unit, texts) for one in (found.stored, found.now or found.part.figure))
    match found.kept:
        case Kept.AGREES:
            return [texts.t("Den fastställda siffran stämmer med det som räknas fram här.")]
        case Kept.SO_FAR | Kept.NOT_KEPT:
            return []
        case Kept.LATE if found.part.secret is Secret.CHANGED:
            return []
        case Kept.LATE:
            told = texts.t("Det har kommit fram något efteråt. Fastställt är {stored}; i dag blir det {now}.",
                           stored=stored, now=now)  # fmt: skip
            return [told, texts.t("Se `run_bot.py figures check {period}`.", period=period)]
        case Kept.BROKEN:
            told = texts.t("Siffran stämmer inte med det som var känt då: fastställt är {stored}.", stored=stored)
            return [told, texts.t("Se `run_bot.py figures check {period}`.", period=period)]
        case Kept.REDEFINED:
            return [texts.t("Fastställt är {stored}, men då räknades måttet på ett annat sätt.", stored=stored)]
        case _:
            assert_never(found.kept)


def _how(found: Explained, spoken: Spoken) -> list[str]:
    texts, part = spoken.texts, found.part
    lines = [meaning_of(found.measure.id, texts)]
    if part.weeks:
        lines.append(texts.t("Veckor som räknas: {weeks}.", weeks=_span([str(week) for week in part.weeks])))
    elif not found.measure.id.startswith("queue."):
        lines.append(texts.t("Gränserna i UTC: från {start} till före {end}.", start=_utc(found.start),
                             end=_utc(found.end)))  # fmt: skip
    if part.seconds is not None:
        lines.append(texts.t("Gränsen är {seconds} sekunder.", seconds=part.seconds))
    if part.rule is not None:
        lines.append(texts.t("Tiden går ut: {rule}.", rule=rule_name(texts, part.rule)))
    if part.hours:
        lines += [
            texts.t("Öppettider från {day}, beslut {by}: en vanlig dag är {minutes} minuter. De som gällde när "
                    "kontakten kom in räknas.", day=one.valid_from, by=one.decided_by,
                    minutes=one.ordinary_day_minutes)
            for one in found.versions
        ]  # fmt: skip
    body = [line for text in lines if text for line in paragraph(text, indent="  ")]
    return [texts.t("Så räknas det"), *body]


def _span(weeks: Sequence[str]) -> str:
    return weeks[0] if len(weeks) == 1 else f"{weeks[0]}–{weeks[-1]}"


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"


def why_name(why: Why, texts: Texts) -> str:
    """Return what a class is called, in one to four words."""
    names = {
        Why.IN_TIME: class_name(texts, TimeClass.IN_TIME),
        Why.LATE: class_name(texts, TimeClass.LATE),
        Why.UNANSWERED: class_name(texts, TimeClass.UNANSWERED),
        Why.NOT_YET_DUE: class_name(texts, TimeClass.NOT_YET_DUE),
        Why.LEFT_OUT: class_name(texts, TimeClass.EXCLUDED),
        Why.YES: texts.t("ja"),
        Why.NO: texts.t("nej"),
        Why.OUTSIDE: texts.t("hör inte till dem som måttet gäller"),
        Why.COUNTED: texts.t("räknas"),
        Why.ANSWERED: texts.t("besvarade"),
        Why.WAITING: texts.t("väntar"),
        Why.PAST_DUE: texts.t("väntar, tiden har gått ut"),
        Why.PHONE: texts.t("antecknade samtal"),
        Why.VISIT: texts.t("antecknade besök"),
        Why.ABANDONED: texts.t("lade på"),
        Why.SENT_ON: texts.t("kopplade vidare eller annat"),
        Why.SHORT: texts.t("lade på genast, räknas inte"),
        Why.CLOSED: texts.t("utanför öppettid, räknas inte"),
        Why.NO_SECONDS: texts.t("utan tid, räknas inte"),
        Why.NOT_JUDGED: texts.t("inte bedömda"),
    }
    return names[why]


def _classes(part: Part, texts: Texts) -> list[str]:
    if not part.classes:
        return []
    rows = [(why_name(why, texts), why.value, str(count)) for why, count in part.classes.items()]
    rows.append((texts.t("tillsammans"), "", str(sum(part.classes.values()))))
    return [texts.t("Klasserna"), *_columns(rows, right=2)]


def _step(step: Step, spoken: Spoken) -> list[str]:
    texts = spoken.texts
    values = {
        "share": percent(texts, step.share), "time": spoken.minutes(step.length),
        "at_risk": step.at_risk, "answered": step.answered, "before": percent(texts, step.left_before),
        "after": percent(texts, step.left_after),
    }  # fmt: skip
    if step.reached:
        said = texts.t(
            "Efter {time} (min:sek) hade {share} fått svar. Av {at_risk} som hade väntat så länge fick {answered} svar "
            "just då: de utan svar gick från {before} till {after} (Kaplan–Meier).", **values
        )  # fmt: skip
    else:
        said = texts.t(
            "Så många som {share} har ännu inte fått svar: den längsta tiden är {time} (min:sek), och då är {after} "
            "utan svar (Kaplan–Meier).", **values
        )  # fmt: skip
    return paragraph(said)


def _grades(found: Explained, texts: Texts) -> list[str]:
    part = found.part
    if part.grades is None:
        return paragraph(_secret(part.secret, texts)) if part.secret and part.figure else []
    is_test = found.measure.unit is Unit.POINTS
    names = {1: texts.t("ja"), 0: texts.t("nej")} if found.measure.id == "survey.real_answer" else {}
    rows = [(names.get(grade, str(grade)), str(count)) for grade, count in part.grades.items()]
    if part.unknown is not None:
        rows.append((texts.t("vet inte"), str(part.unknown)))
    return [texts.t("Poängen") if is_test else texts.t("Svaren"), *_columns(rows, right=1)]


def _listing(one: Listing, found: Explained, spoken: Spoken) -> list[str]:
    texts = spoken.texts
    named = texts.t(" och ").join(why_name(why, texts) for why in one.whys)
    lines = [texts.t("{name}: {count}", name=named[:1].upper() + named[1:], count=one.count)]
    if one.before:
        lines.append("  " + texts.n("{count} till före dem", "{count} till före dem", one.before))
    if one.rows:
        lines += _rows(one, found, spoken)
    if one.after:
        lines.append("  " + texts.n("{count} till, --limit 0 visar alla", "{count} till, --limit 0 visar alla",
                                    one.after))  # fmt: skip
    if one.secret:
        hidden = texts.n(
            "{count} till som inte visas (sekretess)", "{count} till som inte visas (sekretess)", one.secret
        )
        lines.append(f"  {hidden}")
    return lines


def _rows(one: Listing, found: Explained, spoken: Spoken) -> list[str]:
    """Return the rows under their headings; a column that nothing stands in is left out."""
    texts = spoken.texts
    if one.rows[0].call is not None:
        return _table(call_columns(one.rows, spoken))
    due = ["" if row.why is Why.LEFT_OUT else local_second(row.due, spoken) for row in one.rows]
    columns = {
        texts.t("kontakt"): [_case(row) for row in one.rows],
        texts.t("test"): [row.what for row in one.rows],
        texts.t("kom in"): [local_second(row.arrived, spoken) for row in one.rows],
        _due_name(found.measure.id, texts): due,
        _told_name(found.measure.id, texts): [local_second(row.told, spoken) for row in one.rows],
        texts.t("svar"): [_answer(row, found, spoken) for row in one.rows],
        texts.t("min:sek"): ["" if row.length is None or row.why is Why.LEFT_OUT else _length(row.length, spoken)
                             for row in one.rows],
        texts.t("utan svar"): ["" if row.left is None else percent(texts, row.left) for row in one.rows],
        texts.t("varför"): [_note(row, texts) for row in one.rows],
        texts.t("poäng"): ["" if row.points is None else str(row.points) for row in one.rows],
    }  # fmt: skip
    return _table(columns)


def _table(columns: Mapping[str, Sequence[str]]) -> list[str]:
    shown = {head: cells for head, cells in columns.items() if any(cells)}
    return _columns([tuple(shown), *zip(*shown.values(), strict=True)])


def _case(row: Behind) -> str:
    return f"{row.case} {row.no}" if row.case else ""


def _answer(row: Behind, found: Explained, spoken: Spoken) -> str:
    if row.answered is None and (row.due or row.length) and not found.measure.id.startswith("queue."):
        return spoken.texts.t("inget än")
    return local_second(row.answered, spoken)


def _due_name(measure: str, texts: Texts) -> str:
    """A promise is kept before the midnight that ends its day, a deadline up to the instant itself."""
    return texts.t("före") if measure == "promise_kept" else texts.t("senast")


def _told_name(measure: str, texts: Texts) -> str:
    names = {
        "acknowledged": texts.t("bekräftat"), "held_first": texts.t("delbesked"),
        "answered_again": texts.t("svar igen"), "outcome_told": texts.t("vad det ledde till"),
        "first_contact": texts.t("ny kontakt"),
    }  # fmt: skip
    return names.get(measure, texts.t("bedömt") if measure.startswith("quality.") else texts.t("skickat"))


def _note(row: Behind, texts: Texts) -> str:
    if row.reason:
        return reason_name(texts, row.reason)
    return texts.t("lämnades över") if row.transferred and row.why is Why.NO else ""


def _length(length: timedelta, spoken: Spoken) -> str:
    return spoken.minutes(timedelta(seconds=length // timedelta(seconds=1)))


def _further(part: Part, texts: Texts) -> list[str]:
    case = next((row.case for row in chain.from_iterable(one.rows for one in part.listings) if row.case), "")
    if not case:
        return []
    return paragraph(texts.t("Följ ett ärende händelse för händelse: run_bot.py explain case {case}", case=case))


def _columns(rows: Sequence[Sequence[str]], right: int | None = None) -> list[str]:
    """Return rows with their cells under each other; one column may stand to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(
            cell.rjust(width) if at == right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]  # fmt: skip

"""The baseline of a mailbox in words, at most 80 columns, and as plain data for machines.

Every form says that it is a baseline, measured afterwards, and what makes it too good or too bad.
"""

from itertools import dropwhile
from typing import Any, assert_never

from bot.clock import Rule
from config.texts import Texts
from measurement.baseline import Baseline, Caveat, WeekFigures
from measurement.export import rule_as_json, time_as_json
from measurement.measures import Display, iso
from measurement.show_figures import classes, share_in_words, shares, times
from measurement.words import paragraph, percent, rule_name, table


def as_text(found: Baseline, texts: Texts) -> str:
    """Return the baseline in one language; instants are shown in the zone of `texts`. Ends without a line break."""
    sections = [
        _head(found, texts),
        classes(found, texts),
        shares(found, texts, tells_so_far=False),
        times(found, texts),
        _counted(found, texts),
        _caveats(found, texts),
        _weeks(found, texts),
        _method(found, texts),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _head(found: Baseline, texts: Texts) -> list[str]:
    marked = texts.t("Mätt i efterhand ur brevlådan, innan något har ändrats.")
    return [line for text in (_headline(found, texts), marked, _period(found, texts)) for line in paragraph(text)]


def _headline(found: Baseline, texts: Texts) -> str:
    if found.headline.share is None:
        return texts.t("Utgångsläge: ingen kontakt att räkna.")
    share, rule = share_in_words(found.headline.share, texts), rule_name(texts, found.configured)
    return texts.t("Utgångsläge: {share} besvarades {rule}.", share=share, rule=rule)


def _period(found: Baseline, texts: Texts) -> str:
    first = found.start.astimezone(texts.zone).date()
    day = texts.t("{day} {year}", day=texts.day(first), year=first.year)
    return texts.t("Från {day}, enligt läget {moment}.", day=day, moment=texts.moment(found.as_of))


def _counted(found: Baseline, texts: Texts) -> list[str]:
    """Return which mails the figures are made of, which are left out and why, and how answers were found."""
    reasons = ", ".join(f"{left_out_name(texts, key)} {texts.number(n)}" for key, n in found.left_out.items())
    answered = found.by_id + found.by_subject
    share = texts.percent(found.by_subject / answered) if answered >= 10 else texts.number(found.by_subject)
    lines = [
        texts.t(
            "Mejl som kom in: {received}. Skrivna av människor: {messages}. Kontakter: {arrivals}.",
            received=texts.number(found.received),
            messages=texts.number(found.messages),
            arrivals=texts.number(found.arrivals),
        ),
        texts.t("Räknas inte: {reasons}.", reasons=reasons or texts.t("inga")),
        texts.t(
            "Skickade mejl: {sent}. Svar som hör till en kontakt: {by_id} genom mejlets id, {by_subject} bara genom "
            "ämnesraden ({share} av svaren).",
            sent=texts.number(found.sent),
            by_id=texts.number(found.by_id),
            by_subject=texts.number(found.by_subject),
            share=share,
        ),
    ]
    return [line for text in lines for line in paragraph(text)]


def left_out_name(texts: Texts, reason: str) -> str:
    """Return why a mail opens nothing; a reason without words is shown as it is stored."""
    names = {
        "before_period": texts.t("före perioden"),
        "duplicate": texts.t("dubblett"),
        "bounce": texts.t("besked om mejl som inte kom fram"),
        "list": texts.t("utskick"),
        "calendar": texts.t("inbjudan"),
        "automatic": texts.t("automatiskt mejl"),
        "own": texts.t("från oss själva"),
        "passed_on": texts.t("vidarebefordrat av en kollega"),
        "no_sender": texts.t("utan läsbar avsändare"),
        "mistimed": texts.t("yngre än sitt eget svar"),
    }
    return names.get(reason, reason)


def _caveats(found: Baseline, texts: Texts) -> list[str]:
    lines = [texts.t("Läs siffrorna så här")]
    for caveat in found.caveats:
        lines += paragraph(f"- {caveat_words(texts, caveat, found)}", indent="  ")
    return lines


def caveat_words(texts: Texts, caveat: Caveat, found: Baseline) -> str:  # noqa: C901 -- one sentence for each
    """Return what must be said beside the figures, in a sentence or two."""
    match caveat:
        case Caveat.HOLDING_NOTICES:
            return texts.t(
                "Ett delbesked går inte att skilja från ett svar i efterhand. Utgångsläget är därför snarare för bra "
                "än för dåligt."
            )
        case Caveat.MAILBOX_TIME:
            return texts.t("Tiderna är när brevlådan tog emot mejlet och när svaret lades bland skickade mejl.")
        case Caveat.HEADS_ONLY:
            return texts.t("Automatiska mejl känns bara igen på sitt mejlhuvud. Texten i mejlen har inte lästs.")
        case Caveat.ELSEWHERE:
            return texts.t(
                "Det som är raderat eller flyttat till andra mappar syns inte, och inte heller svar på telefon eller "
                "från andra brevlådor. Sådana kontakter saknas, eller räknas som utan svar."
            )
        case Caveat.NOTHING_SENT:
            return texts.t("Inga skickade mejl finns i brevlådan. Då säger siffrorna inget om hur ni svarar.")
        case Caveat.BY_SUBJECT:
            return texts.t(
                "Mer än vart tjugonde svar känns bara igen på ämnesraden. Några av dem kan höra till något annat."
            )
        case Caveat.MISTIMED | Caveat.UNREAD:
            return _counted_caveat(texts, caveat, found)
        case Caveat.CALENDAR:
            return texts.t("Öppettiderna i början av perioden är inte angivna. De första som är angivna har använts.")
        case _:
            assert_never(caveat)


def _counted_caveat(texts: Texts, caveat: Caveat, found: Baseline) -> str:
    if caveat is Caveat.MISTIMED:
        return texts.n(
            "{count} mejl är yngre än sitt eget svar. Det har lagts i brevlådan i efterhand, och tiderna för andra "
            "mejl kan också vara fel.",
            "{count} mejl är yngre än sina egna svar. De har lagts i brevlådan i efterhand, och tiderna för andra "
            "mejl kan också vara fel.",
            found.left_out.get("mistimed", 0),
        )
    return texts.n(
        "{count} mejl gick inte att hämta från servern. Kör en gång till.",
        "{count} mejl gick inte att hämta från servern. Kör en gång till.",
        found.unread,
    )


def _weeks(found: Baseline, texts: Texts) -> list[str]:
    """Return the weeks under the configured rule, from the first with an inquiry; one not wholly due is "so far"."""
    answered = texts.t("Besvarade {rule}", rule=rule_name(texts, found.configured))
    head = [texts.t("Vecka"), texts.t("Kontakter"), answered, texts.t("andel"), texts.t("osäkerhet")]
    return table(
        head,
        [_week_row(one, found.configured, texts) for one in dropwhile(lambda week: week.arrivals == 0, found.weeks)],
    )


def _week_row(week: WeekFigures, rule: Rule, texts: Texts) -> list[str]:
    figures = week.rules[rule]
    name = str(week.week) if figures.settled else texts.t("{week} hittills", week=week.week)
    value, arrivals = figures.share, texts.number(week.arrivals)
    if value is None:
        return [name, arrivals, texts.t("inget att räkna"), "", ""]
    counts = texts.t("{part} av {whole}", part=texts.number(value.numerator), whole=texts.number(value.denominator))
    if value.display is Display.COUNT_ONLY or value.spread is None:
        return [name, arrivals, counts, "", ""]
    spread = f"{percent(texts, value.spread.low)}–{percent(texts, value.spread.high)}"
    return [name, arrivals, counts, percent(texts, value.share), spread]


def _method(found: Baseline, texts: Texts) -> list[str]:
    measure = found.headline.share.measure if found.headline.share else found.waiting_median.measure
    method = texts.t(
        "Så räknas det: varje kontakt hör till veckan då den kom in, och den som inte fått svar räknas med. Andelen "
        "gäller dem vars tid har gått ut. Tiderna är skattade så att de som ännu väntar räknas med "
        "(Kaplan–Meier). Osäkerhet: mellan vilka andelar en likadan vecka kan hamna av en slump (Wilson, 95 %)."
    )
    version = texts.t(
        "Mått {measure}, definition {version}; per {as_of} (UTC).",
        measure=measure,
        version=found.waiting_median.version,
        as_of=found.as_of.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00"),
    )
    return [*paragraph(method), *paragraph(version)]


def as_json(found: Baseline) -> dict[str, Any]:
    """Return the baseline as what `json.dumps` takes; the same baseline gives the same keys in the same order.

    Instants are ISO 8601 in UTC, lengths of time are seconds.

    Keys: baseline (always true), measured (``afterwards_from_mailbox``), zone, start, as_of, period, configured_rule;
    mails (received, of_people, left_out by reason, sent, unread); arrivals; answers (by_id, by_subject,
    by_subject_share, null without answers); rules and times as in `measurement.export.as_json`; weeks, each with
    week, start, end, arrivals and rules; caveats (codes of `Caveat`).
    """
    times = (found.waiting_median, found.waiting_p90, found.working_median, found.working_p90)
    return {
        "baseline": True,
        "measured": "afterwards_from_mailbox",
        "zone": found.zone,
        "start": iso(found.start),
        "as_of": iso(found.as_of),
        "period": found.period,
        "configured_rule": found.configured.value,
        "mails": _mails(found),
        "arrivals": found.arrivals,
        "answers": _answers(found),
        "rules": {rule.value: rule_as_json(figures) for rule, figures in found.rules.items()},
        "times": {value.measure: time_as_json(value) for value in times},
        "weeks": [_week(one) for one in found.weeks],
        "caveats": [caveat.value for caveat in found.caveats],
    }


def _mails(found: Baseline) -> dict[str, Any]:
    return {
        "received": found.received,
        "of_people": found.messages,
        "left_out": dict(found.left_out),
        "sent": found.sent,
        "unread": found.unread,
    }


def _answers(found: Baseline) -> dict[str, Any]:
    answered = found.by_id + found.by_subject
    return {
        "by_id": found.by_id,
        "by_subject": found.by_subject,
        "by_subject_share": found.by_subject / answered if answered else None,
    }


def _week(one: WeekFigures) -> dict[str, Any]:
    return {
        "week": str(one.week),
        "start": iso(one.start),
        "end": iso(one.end),
        "arrivals": one.arrivals,
        "rules": {rule.value: rule_as_json(figures) for rule, figures in one.rules.items()},
    }

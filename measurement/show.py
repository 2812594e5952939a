"""The weekly report as text for a quality lead: the headline first, at most 80 columns, no colours.

A share under ten is told as "k of n" only, from ten on with its spread; a week that is not wholly due is "so far"
and gets no word. Source: design §5.
"""

from datetime import timedelta

from bot.clock import TimeClass
from config.texts import Texts
from measurement.measures import IN_TIME, Display, TimeValue, Value
from measurement.weekly import OldestWaiting, RuleFigures, WeeklyReport
from measurement.words import channel_name, class_name, length, paragraph, percent, reason_name, rule_name, table


def as_text(report: WeeklyReport, texts: Texts) -> str:
    """Return the report in one language; instants are shown in the zone of `texts`. Ends without a line break."""
    sections = [
        [*paragraph(_headline(report, texts)), *paragraph(_settles(report, texts)), *_period(report, texts)],
        _classes(report, texts),
        _shares(report, texts),
        _times(report, texts),
        _beside(report, texts),
        _method(report, texts),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _headline(report: WeeklyReport, texts: Texts) -> str:
    number, year, share = report.week.number, report.week.year, report.headline.share
    if not report.headline.settled:
        week = texts.t("Vecka {week}, {year}, hittills", week=number, year=year)
    else:
        week = texts.t("Vecka {week}, {year}", week=number, year=year)
    if not report.arrivals:
        return texts.t("{week}: inga kontakter kom in.", week=week)
    if share is None:
        counted = report.arrivals - report.headline.left_out
        if not counted:
            return texts.t("{week}: ingen kontakt att räkna.", week=week)
        return texts.n(
            "{week}: {count} kontakt kom in och behöver inte vara besvarad än.",
            "{week}: {count} kontakter kom in, ingen behöver vara besvarad än.",
            counted,
            week=week,
        )
    return texts.t(
        "{week}: {share} besvarades {rule}.",
        week=week,
        share=_share(share, texts),
        rule=rule_name(texts, report.configured),
    )


def _share(value: Value, texts: Texts, *, with_spread: bool = False) -> str:
    """Return a share as its n allows: "4 av 5", or "41 av 50 (82,0 %)"; under 30 always with its spread."""
    counts = {"part": texts.number(value.numerator), "whole": texts.number(value.denominator)}
    if value.display is Display.COUNT_ONLY:
        return texts.t("{part} av {whole}", **counts)
    share = percent(texts, value.share)
    if value.spread is None or (value.display is Display.PLAIN and not with_spread):
        return texts.t("{part} av {whole} ({percent})", percent=share, **counts)
    spread = f"{percent(texts, value.spread.low)}–{percent(texts, value.spread.high)}"
    return texts.t("{part} av {whole} ({percent}; osäkerhet {spread})", percent=share, spread=spread, **counts)


def _settles(report: WeeklyReport, texts: Texts) -> str:
    if report.headline.settled:
        return ""
    return texts.t("Hela veckan kan bedömas från {moment}.", moment=texts.moment(report.headline.settles_at))


def _period(report: WeeklyReport, texts: Texts) -> list[str]:
    monday = report.week.monday
    return paragraph(
        texts.t(
            "{monday} – {sunday}, enligt läget {moment}.",
            monday=texts.day(monday),
            sunday=texts.day(monday + timedelta(days=6)),
            moment=texts.moment(report.as_of),
        )
    )


def _classes(report: WeeklyReport, texts: Texts) -> list[str]:
    """Return the table of classes under each rule; the configured rule is marked."""
    rows = [
        [
            ("* " if rule is report.configured else "  ") + rule_name(texts, rule),
            *map(texts.number, _class_counts(figures)),
            texts.number(figures.arrivals),
        ]
        for rule, figures in report.rules.items()
    ]
    head = [texts.t("Kontakter"), *(class_name(texts, name) for name in TimeClass), texts.t("alla")]
    return [*table(head, rows), *paragraph(texts.t("* regeln som kommunen har valt"))]


def _class_counts(figures: RuleFigures) -> tuple[int, ...]:
    """Return the counts in the order of `TimeClass`."""
    return figures.in_time, figures.late, figures.unanswered, figures.not_yet_due, figures.left_out


def _shares(report: WeeklyReport, texts: Texts) -> list[str]:
    lines = [texts.t("Besvarade i tid, av dem vars tid har gått ut")]
    for rule, figures in report.rules.items():
        value = figures.share
        share = texts.t("inget att räkna") if value is None else _share(value, texts, with_spread=True)
        if not figures.settled:
            share = texts.t("hittills {share}", share=share)
        lines += paragraph(f"{rule_name(texts, rule)}: {share}", indent="  ")
    return lines


def _times(report: WeeklyReport, texts: Texts) -> list[str]:
    n, answered = report.waiting_median.n, report.waiting_median.answered
    if not n:
        return []
    heading = texts.n(
        "Tid till svar ({count} kontakt, {answered} besvarade)",
        "Tid till svar ({count} kontakter, {answered} besvarade)",
        n,
        answered=texts.number(answered),
    )
    waiting = texts.t(
        "väntetid på klockan: hälften fick svar {median}, nio av tio {p90}",
        median=_within(report.waiting_median, texts, days=True),
        p90=_within(report.waiting_p90, texts, days=True),
    )
    working = texts.t(
        "svarstid i öppen tid: hälften fick svar {median}, nio av tio {p90}",
        median=_within(report.working_median, texts, days=False),
        p90=_within(report.working_p90, texts, days=False),
    )
    return [heading, *paragraph(waiting, indent="  "), *paragraph(working, indent="  ")]


def _within(value: TimeValue, texts: Texts, *, days: bool) -> str:
    quantile = value.quantile
    if quantile is None:
        return texts.t("inget att räkna")
    time = length(texts, quantile.value, days=days, up=not quantile.more_than)
    return texts.t("först efter mer än {time}", time=time) if quantile.more_than else texts.t("inom {time}", time=time)


def _beside(report: WeeklyReport, texts: Texts) -> list[str]:
    """Return what stands beside the share: who waits longest, what is left out, what was held."""
    left_out = ", ".join(f"{reason_name(texts, key)} {texts.number(n)}" for key, n in report.left_out.items())
    channels = ", ".join(f"{channel_name(texts, key)} {texts.number(n)}" for key, n in report.channels.items())
    nothing = texts.t("inga")
    lines = [
        _oldest(report.oldest, texts),
        texts.t("Räknas inte: {reasons}.", reasons=left_out or nothing),
        texts.t("Kom in genom: {channels}.", channels=channels or nothing),
        texts.t(
            "Mottagningsbekräftelser: {acknowledged}. Delbesked: {held}. Svar som inte nådde fram: {revoked}, "
            "kanske inte nådde fram: {unsure}.",
            acknowledged=texts.number(report.acknowledged),
            held=texts.number(report.held),
            revoked=texts.number(report.revoked),
            unsure=texts.number(report.unsure),
        ),
        texts.t(
            "Meddelanden från veckan som någon behöver titta på just nu: {held}. Automatiska meddelanden utan ärende: "
            "{automatic}.",
            held=texts.number(report.mail_held),
            automatic=texts.number(report.mail_automatic),
        ),
    ]
    return [line for text in lines for line in paragraph(text)]


def _oldest(oldest: OldestWaiting | None, texts: Texts) -> str:
    if oldest is None:
        return texts.t("Ingen kontakt väntade på svar.")
    return texts.t(
        "Längst hade {case} väntat, sedan {moment}: {waited}, varav {open_time} öppen tid.",
        case=oldest.case,
        moment=texts.moment(oldest.arrived_at),
        waited=length(texts, oldest.waited),
        open_time=length(texts, oldest.open_time, days=False),
    )


def _method(report: WeeklyReport, texts: Texts) -> list[str]:
    measure = IN_TIME[report.configured]
    method = texts.t(
        "Så räknas det: varje kontakt hör till veckan då den kom in, och den som inte fått svar räknas med. Andelen "
        "gäller dem vars tid har gått ut. Tiderna är skattade så att de som ännu väntar räknas med "
        "(Kaplan–Meier). Osäkerhet: mellan vilka andelar en likadan vecka kan hamna av en slump (Wilson, 95 %)."
    )
    version = texts.t(
        "Mått {measure}, definition {version}; per {as_of} (UTC).",
        measure=measure.id,
        version=measure.version,
        as_of=report.as_of.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00"),
    )
    return [*paragraph(method), *paragraph(version)]

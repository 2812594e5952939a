"""The weekly report as text for a quality lead: the headline first, at most 80 columns, no colours.

A share under ten is told as "k of n" only, from ten on with its spread; a week that is not wholly due is "so far"
and gets no word. Source: design §5.
"""

from datetime import timedelta

from config.texts import Texts
from measurement.measures import IN_TIME
from measurement.show_figures import classes, share_in_words, shares, times
from measurement.weekly import OldestWaiting, WeeklyReport
from measurement.words import channel_name, length, paragraph, reason_name, rule_name


def as_text(report: WeeklyReport, texts: Texts) -> str:
    """Return the report in one language; instants are shown in the zone of `texts`. Ends without a line break."""
    sections = [
        [*paragraph(_headline(report, texts)), *paragraph(_settles(report, texts)), *_period(report, texts)],
        classes(report, texts),
        shares(report, texts, tells_so_far=True),
        times(report, texts),
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
        share=share_in_words(share, texts),
        rule=rule_name(texts, report.configured),
    )


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

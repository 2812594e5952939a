"""What figures and reports of a municipality are made from, put together out of its settings; in one place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.calendar import Calendar
from config.phone_settings import PhoneSettings
from config.settings import Settings

if TYPE_CHECKING:
    from bot.register import Entry
    from measurement.phone import PhoneRules
    from measurement.report.assemble import Basis
    from measurement.rollup.making import Part


def figure_parts(settings: Settings, calendar: Calendar) -> "list[Part]":
    """Return what makes figures; a new kind of figure is one line here."""
    from measurement.judged import JudgedFigures
    from measurement.phone_part import PhoneFiguresPart
    from measurement.report.rolling import rolling_part
    from measurement.rollup.making import InquiryFigures
    from measurement.survey import survey_part

    return [
        InquiryFigures(calendar, settings.answers.rule),
        PhoneFiguresPart(calendar, phone_rules(settings.phone)),
        survey_part,
        rolling_part,
        JudgedFigures(calendar),
    ]


def phone_rules(settings: PhoneSettings) -> "PhoneRules":
    """Return what is counted how of the telephone."""
    from measurement.phone import PhoneRules

    return PhoneRules(
        threshold=settings.threshold_seconds,
        also=settings.also_seconds,
        short_abandon=settings.short_abandon_seconds,
        sample_every=settings.sample_every,
        from_exchange=settings.direct_from == "exchange",
    )


def report_basis(settings: Settings, calendar: Calendar, entries: "Sequence[Entry]") -> "Basis":
    """Return what reports are made from; `entries`: of the register, with the names of units and topics."""
    from config.layers import layers_of
    from measurement.registry import definitions_hash
    from measurement.report.assemble import Basis

    layers = layers_of(settings, entries)
    units = {f"unit:{one.id}": one.name for one in layers.units.values()}
    topics = {f"topic:{one.id}": one.name for one in layers.topics.values()}
    return Basis(
        municipality=settings.municipality.name, calendar=calendar, configured=settings.answers.rule,
        parts=figure_parts(settings, calendar), definitions=definitions_hash(), names=units | topics,
        targets=settings.report.targets, seconds=settings.phone.threshold_seconds, weeks=settings.report.weeks,
    )  # fmt: skip

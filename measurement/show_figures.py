"""Figures under each rule in words, as the weekly report and the baseline both show them; at most 80 columns.

A share under ten is told as "k of n" only, from ten on with its spread. Source: design §5.
"""

from collections.abc import Mapping
from typing import Protocol

from bot.clock import Rule, TimeClass
from config.texts import Texts
from measurement.measures import Display, TimeValue, Value
from measurement.weekly import RuleFigures
from measurement.words import class_name, length, paragraph, percent, rule_name, table


class Figures(Protocol):
    """What a week and a baseline have in common."""

    @property
    def configured(self) -> Rule:
        """The rule that the municipality has chosen."""

    @property
    def rules(self) -> Mapping[Rule, RuleFigures]:
        """The figures under every rule."""

    @property
    def waiting_median(self) -> TimeValue:
        """Time on the clock, as are `waiting_p90`; `working_median` and `working_p90` are open time."""

    @property
    def waiting_p90(self) -> TimeValue:
        """See `waiting_median`."""

    @property
    def working_median(self) -> TimeValue:
        """See `waiting_median`."""

    @property
    def working_p90(self) -> TimeValue:
        """See `waiting_median`."""


def share_in_words(value: Value, texts: Texts, *, with_spread: bool = False) -> str:
    """Return a share as its n allows: "4 av 5", or "41 av 50 (82,0 %)"; under 30 always with its spread."""
    counts = {"part": texts.number(value.numerator), "whole": texts.number(value.denominator)}
    if value.display is Display.COUNT_ONLY:
        return texts.t("{part} av {whole}", **counts)
    share = percent(texts, value.share)
    if value.spread is None or (value.display is Display.PLAIN and not with_spread):
        return texts.t("{part} av {whole} ({percent})", percent=share, **counts)
    spread = f"{percent(texts, value.spread.low)}–{percent(texts, value.spread.high)}"
    return texts.t("{part} av {whole} ({percent}; osäkerhet {spread})", percent=share, spread=spread, **counts)


def classes(found: Figures, texts: Texts) -> list[str]:
    """Return the table of classes under each rule; the configured rule is marked."""
    rows = [
        [
            ("* " if rule is found.configured else "  ") + rule_name(texts, rule),
            *map(texts.number, _class_counts(figures)),
            texts.number(figures.arrivals),
        ]
        for rule, figures in found.rules.items()
    ]
    head = [texts.t("Kontakter"), *(class_name(texts, name) for name in TimeClass), texts.t("alla")]
    return [*table(head, rows), *paragraph(texts.t("* regeln som kommunen har valt"))]


def _class_counts(figures: RuleFigures) -> tuple[int, ...]:
    """Return the counts in the order of `TimeClass`."""
    return figures.in_time, figures.late, figures.unanswered, figures.not_yet_due, figures.left_out


def shares(found: Figures, texts: Texts, *, tells_so_far: bool) -> list[str]:
    """Return the share under each rule; one that may still change is called so far if `tells_so_far`."""
    lines = [texts.t("Besvarade i tid, av dem vars tid har gått ut")]
    for rule, figures in found.rules.items():
        value = figures.share
        share = texts.t("inget att räkna") if value is None else share_in_words(value, texts, with_spread=True)
        if tells_so_far and not figures.settled:
            share = texts.t("hittills {share}", share=share)
        lines += paragraph(f"{rule_name(texts, rule)}: {share}", indent="  ")
    return lines


def times(found: Figures, texts: Texts) -> list[str]:
    """Return how long answers took: median and 90th percentile, on the clock and in open time; nothing without any."""
    n, answered = found.waiting_median.n, found.waiting_median.answered
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
        median=_within(found.waiting_median, texts, days=True),
        p90=_within(found.waiting_p90, texts, days=True),
    )
    working = texts.t(
        "svarstid i öppen tid: hälften fick svar {median}, nio av tio {p90}",
        median=_within(found.working_median, texts, days=False),
        p90=_within(found.working_p90, texts, days=False),
    )
    return [heading, *paragraph(waiting, indent="  "), *paragraph(working, indent="  ")]


def _within(value: TimeValue, texts: Texts, *, days: bool) -> str:
    quantile = value.quantile
    if quantile is None:
        return texts.t("inget att räkna")
    time = length(texts, quantile.value, days=days, up=not quantile.more_than)
    return texts.t("först efter mer än {time}", time=time) if quantile.more_than else texts.t("inom {time}", time=time)

"""The telephone's figures as text: each with its n, its spread, and why a share is not given."""

from collections.abc import Iterator

from config.texts import Texts
from measurement.measures import Display, Figure, display_of, iso
from measurement.phone import PhoneFigures, PhoneRules, Withheld
from measurement.phone_measures import name_of
from measurement.survival import wilson

_WIDE = 44


def as_text(found: PhoneFigures, rules: PhoneRules, texts: Texts) -> str:
    """Return the figures of all calls, then direct answers by unit and topic, one to a line."""
    t = texts.t
    by_id = {one.measure: one for one in found.figures if not one.slice}
    period = found.figures[0].period
    lines = [t("Telefon {period}", period=period), ""]
    if not by_id["phone.calls"].n and not by_id["phone.logged"].n:
        return "\n".join([*lines, t("Inga samtal är inlästa eller antecknade.")])
    lines += [f"{name:<{_WIDE}} {said}" for name, said in _whole(by_id, found, rules, texts)]
    parts = [one for one in found.figures if one.slice and one.measure == "phone.direct" and one.n]
    if parts:
        lines += ["", t("Direkt svar inom {seconds} s, uppdelat", seconds=rules.threshold)]
        lines += [f"{one.slice:<{_WIDE}} {_said(one, found, texts)}" for one in parts]
    return "\n".join(lines)


def _whole(by_id: dict[str, Figure], found: PhoneFigures, rules: PhoneRules, texts: Texts) -> Iterator[tuple[str, str]]:
    others = [one for one in rules.limits if one != rules.threshold]
    shares = [
        *(f"phone.direct.{one}" for one in (rules.threshold, *others)),
        "phone.coverage",
        "phone.answered",
        *(f"phone.answered.{one}" for one in rules.limits),
        "phone.abandoned",
    ]
    if by_id["phone.asked_reception.good"].n:
        shares.append("phone.asked_reception.good")
    for measure in shares:
        yield name_of(measure, texts), _said(by_id[measure], found, texts)
    for measure, one in by_id.items():
        if one.denominator is None and one.n and measure not in shares:
            yield name_of(measure, texts), str(one.n)


def _said(one: Figure, found: PhoneFigures, texts: Texts) -> str:
    """Return a share as it may be shown by its n, and why not more."""
    t = texts.t
    if one.numerator is None or one.denominator is None:
        return t("för få för att visas") if one.n else t("inga uppgifter")
    if not one.denominator:
        return t("inga uppgifter")
    counts = t("{count} av {total}", count=one.numerator, total=one.denominator)
    if reason := found.withheld.get((one.measure, one.slice)):
        return f"{counts}. {_why(reason, texts)}"
    if one.value is None:
        return f"{counts}. {_why(Withheld.COUNT_INCOMPLETE, texts)}"
    if display_of(one.n) is Display.COUNT_ONLY:
        return counts
    spread = wilson(one.numerator, one.denominator)
    return t("{percent} ({counts}, mellan {low} och {high})", percent=texts.percent(one.value), counts=counts,
             low=texts.percent(spread.low), high=texts.percent(spread.high))  # fmt: skip


def _why(reason: Withheld, texts: Texts) -> str:
    t = texts.t
    return {
        Withheld.NO_COUNT: t("Ingen andel: växelns samtal är inte inlästa."),
        Withheld.COUNT_INCOMPLETE: t("Ingen andel: växelns samtal saknas för några dagar."),
        Withheld.COVERAGE: t("Ingen andel: färre än nio av tio besvarade samtal är antecknade."),
        Withheld.SAMPLE: t("Ingen andel: antalet antecknade samtal stämmer inte med stickprovets regel."),
        Withheld.COARSE: t("Ingen andel: tiderna är inte antecknade så noga."),
    }[reason]


def as_data(found: PhoneFigures) -> list[dict[str, str | int | float | None]]:
    """Return the figures for JSON, one object each; `withheld` tells why a share has counts only."""
    return [
        {
            "measure": one.measure,
            "version": one.version,
            "period": one.period,
            "slice": one.slice,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "n": one.n,
            "value": one.value,
            "as_of": iso(one.as_of),
            "withheld": reason.value if (reason := found.withheld.get((one.measure, one.slice))) else None,
        }
        for one in found.figures
    ]

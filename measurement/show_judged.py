"""A plan of test contacts as text: the share of the most points by what was judged and by area, as KKiK told it."""

from collections.abc import Mapping, Sequence

from config.texts import Texts, mark
from measurement.judged import Aspect, JudgedTest, SharePoints, points_by_aspect, total_of

_WIDE = 30

ASPECT_NAMES: Mapping[Aspect, str] = {
    Aspect.AVAILABILITY: mark("Tillgänglighet"),
    Aspect.ANSWER: mark("Svar på frågan"),
    Aspect.INTEREST: mark("Intresse och engagemang"),
    Aspect.INFORMATION: mark("Information"),
    Aspect.RECEPTION: mark("Bemötande"),
}


def plan_text(texts: Texts, plan: str, tests: Sequence[JudgedTest]) -> str:
    r"""Return a plan's results, a line each with ``\n`` at its end: in all, by aspect, by area."""
    t = texts.t
    first = texts.n("{count} bedömd testkontakt", "{count} bedömda testkontakter", len(tests))
    lines = [f"{plan}: {first}"]
    if tests:
        lines.append(t("Andel av högsta möjliga poäng (3 är mest). Ska inte jämföras med index 0–100 i enkäten."))
        aspects = points_by_aspect(tests)
        lines += ["", _line(texts, t("Allt tillsammans"), total_of(aspects.values()))]
        lines += [_line(texts, t(ASPECT_NAMES[aspect]), one) for aspect, one in aspects.items()]
        lines += ["", t("Efter område, allt tillsammans")]
        for area in sorted({one.area for one in tests}):
            of_area = points_by_aspect(one for one in tests if one.area == area)
            lines.append(_line(texts, area, total_of(of_area.values())))
    return "\n".join(lines) + "\n"


def _line(texts: Texts, name: str, one: SharePoints) -> str:
    if one.share is None:
        return f"{name:<{_WIDE}} –"
    of = texts.t("{points} av {most} poäng", points=one.points, most=3 * one.n)
    return f"{name:<{_WIDE}} {texts.percent(one.share)}  {of}"

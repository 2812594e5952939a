"""What a change did, whether it holds, and the alarm, in sentences of one language. Pure.

Better or worse than before, and that it holds, is said only where the interval leaves 0 out.
"""

from collections.abc import Mapping

from config.texts import Texts
from measurement.improvement.control_phase import NoNewLimits, Outcome, Slip, Watch
from measurement.improvement.effect import Effect, Gap, LevelChange, NoPilot
from measurement.improvement.project import Change
from measurement.improvement.words import points_words, sure_words, value_words
from measurement.measures import Unit
from measurement.statistics.before_after import BeforeAfter
from measurement.statistics.chart import LIMITS_FROM
from measurement.words import percent


def change_words(change: Change, names: Mapping[str, str], texts: Texts) -> str:
    """Return what was changed, when, and where it is tried."""
    where = (
        texts.t("prövas på {unit}", unit=names.get(f"unit:{change.unit}", change.unit))
        if change.unit
        else texts.t("överallt")
    )
    return texts.t("{what} Från {day} ({where}); {period} är den första perioden efter.", what=_sentence(change.what),
                   day=change.on.isoformat(), where=where, period=change.period)  # fmt: skip


def _sentence(words: str) -> str:
    return words if words.rstrip().endswith((".", "!", "?")) else f"{words.rstrip()}."


def outcome_words(outcome: Outcome, unit: Unit, texts: Texts) -> list[str]:
    """Return what the change did (a pilot beside the others), from when the chart says so, and whether it holds."""
    said = [_headline(outcome, unit, texts)]
    if outcome.no_gap is not None:
        return said
    if outcome.gap is not None:
        said.append(_pilot_words(outcome.gap, texts))
    if outcome.signalled:
        said.append(texts.t("Diagrammet visade det första gången {period}.", period=outcome.signalled))
    return [*said, *watch_words(outcome.watch, unit, texts)]


def _headline(outcome: Outcome, unit: Unit, texts: Texts) -> str:
    effect = _effect_words(outcome.effect, texts)
    if outcome.no_gap is not None:
        return _no_gap_words(outcome.no_gap, texts)
    if outcome.gap is not None:
        return f"{_gap_words(outcome.gap, texts)} {effect}"
    if outcome.effect is Effect.UNKNOWN:
        return effect
    if outcome.change is not None:
        return f"{share_change_words(outcome.change, texts)} {effect}"
    return f"{_level_words(outcome.level, unit, texts)} {effect}" if outcome.level else effect


def _effect_words(effect: Effect, texts: Texts) -> str:
    match effect:
        case Effect.BETTER:
            return texts.t("Det är bättre än före, mer än slumpen ger.")
        case Effect.WORSE:
            return texts.t("Det är sämre än före, mer än slumpen ger.")
        case Effect.CHANGED:
            return texts.t("Det är en större skillnad än slumpen ger.")
        case Effect.NONE:
            return texts.t("Det kan bero på slumpen: ingen effekt är visad.")
        case Effect.UNKNOWN:
            return texts.t("Det finns för få perioder före eller efter ändringen för att jämföra.")


def share_change_words(found: BeforeAfter, texts: Texts) -> str:
    """Return before, after and the difference in percentage points with its interval."""
    return texts.t(
        "Före {before}, efter {after}: {points} procentenheter ({sure}).",
        before=percent(texts, found.before.level.value), after=percent(texts, found.after.level.value),
        points=points_words(texts, found.difference.value), sure=sure_words(texts, found.difference.interval),
    )  # fmt: skip


def _level_words(found: LevelChange, unit: Unit, texts: Texts) -> str:
    before, after = value_words(unit, found.before, texts), value_words(unit, found.after, texts)
    low, high = (_signed(unit, edge, texts) for edge in (found.interval.low, found.interval.high))
    return texts.t(
        "Före i medel {before}, efter {after}: {difference} (95 % säkert: från {low} till {high}).", before=before,
        after=after, difference=_signed(unit, found.difference, texts), low=low, high=high,
    )  # fmt: skip


def _signed(unit: Unit, value: float, texts: Texts) -> str:
    return ("−" if value < 0 else "+") + value_words(unit, abs(value), texts)


def _gap_words(gap: Gap, texts: Texts) -> str:
    fields = {
        "one": points_words(texts, gap.pilot.difference.value),
        "other": points_words(texts, gap.others.difference.value),
        "points": points_words(texts, abs(gap.difference), sign=False), "sure": sure_words(texts, gap.interval),
    }  # fmt: skip
    if gap.difference < 0:
        return texts.t("Enheten som provar ändrades {one} procentenheter, de andra {other}: {points} procentenheter "
                       "lägre än de andra ({sure}).", **fields)  # fmt: skip
    return texts.t("Enheten som provar ändrades {one} procentenheter, de andra {other}: {points} procentenheter "
                   "högre än de andra ({sure}).", **fields)  # fmt: skip


def _pilot_words(gap: Gap, texts: Texts) -> str:
    pilot, others = share_change_words(gap.pilot, texts), share_change_words(gap.others, texts)
    return texts.t("Enheten: {pilot} De andra: {others}", pilot=pilot, others=others)


def _no_gap_words(why: NoPilot, texts: Texts) -> str:
    match why:
        case NoPilot.FEW:
            return texts.t("Det går inte att säga vad försöket gav: för få kontakter (under 30) för att jämföra "
                           "enheten med de andra.")  # fmt: skip
        case NoPilot.NO_SHARE:
            return texts.t("Det går inte att säga vad försöket gav: måttet är ingen andel, så enheten kan inte "
                           "jämföras med de andra.")  # fmt: skip
        case NoPilot.NO_PARTS:
            return texts.t("Det går inte att säga vad försöket gav: det finns inga siffror för enheten för sig.")


def watch_words(watch: Watch, unit: Unit, texts: Texts) -> list[str]:
    """Return whether the effect holds; nothing where no effect is shown."""
    if watch.slip in (Slip.NO_EFFECT, Slip.NEUTRAL) or watch.value is None or watch.centre is None:
        return []
    fields = {
        "period": watch.period, "value": value_words(unit, watch.value, texts),
        "centre": value_words(unit, watch.centre, texts),
    }  # fmt: skip
    match watch.slip:
        case Slip.HOLDS:
            return [texts.t("Effekten håller: {period} blev {value}, som vanligt sedan ändringen ({centre}).",
                            **fields)]  # fmt: skip
        case Slip.SLIPS:
            return [texts.t("Effekten är på väg att gå förlorad: {period} blev {value}, sämre än vanligt sedan "
                            "ändringen ({centre}).", **fields)]  # fmt: skip
        case Slip.WORSE:
            return [texts.t("Det har blivit sämre sedan ändringen: sju utfall i rad ligger på fel sida om den gamla "
                            "mittlinjen. {period} blev {value}.", **fields)]  # fmt: skip
        case Slip.NOT_HELD:
            return [texts.t("Det återstår att se om det består: sju utfall i rad på samma sida om den gamla mittlinjen "
                            "behövs.")]  # fmt: skip
        case _:
            return [texts.n(
                "{count} period finns efter ändringen. Bevakningen av effekten börjar när det finns {least}.",
                "{count} perioder finns efter ändringen. Bevakningen av effekten börjar när det finns {least}.",
                watch.counted, least=LIMITS_FROM,
            )]  # fmt: skip


def rebase_words(reason: NoNewLimits | None, period: str, texts: Texts) -> str:
    """Return whether limits may begin anew with the change."""
    match reason:
        case None:
            return texts.t("Sju utfall i rad ligger på andra sidan om den gamla mittlinjen: nya gränser får börja med "
                           "{week}.", week=period)  # fmt: skip
        case NoNewLimits.ALREADY:
            return texts.t("Nya gränser gäller redan från {week}.", week=period)
        case NoNewLimits.UNKNOWN_PERIOD:
            return texts.t("Det finns inga siffror för {week}.", week=period)
        case NoNewLimits.NOTHING_BEFORE:
            return texts.t("Det finns inga siffror före {week} att jämföra med.", week=period)
        case NoNewLimits.NOT_HELD:
            return texts.t("Ändringen har inte hållit i sig: minst sju utfall i rad från och med {week} behöver ligga "
                           "på den bättre sidan om den gamla mittlinjen.", week=period)  # fmt: skip
        case _:
            return _refused(reason, texts)


def _refused(reason: NoNewLimits, texts: Texts) -> str:
    match reason:
        case NoNewLimits.SLIPS:
            return texts.t("Nya gränser får inte börja: effekten är på väg att gå förlorad.")
        case NoNewLimits.WORSE:
            return texts.t("Nya gränser får inte börja: det är sämre än före ändringen.")
        case _:
            return texts.t("Nya gränser får inte börja: ingen effekt är visad.")

"""What a change did, whether it holds, and the alarm, in sentences of one language. Pure."""

from collections.abc import Mapping

from config.texts import Texts
from measurement.improvement.control_phase import Gap, LevelChange, Outcome, Slip, Watch
from measurement.improvement.project import Change
from measurement.improvement.words import points_words, sure_words, value_words
from measurement.measures import Unit
from measurement.statistics.before_after import BeforeAfter
from measurement.statistics.chart import LIMITS_FROM
from measurement.statistics.control import NoRebase
from measurement.statistics.shares import Interval
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
    """Return what the change did, from when the chart says so, what the pilot shows, and whether it holds."""
    said = [_effect(outcome, unit, texts)]
    if outcome.signalled:
        said.append(texts.t("Diagrammet visade det första gången {period}.", period=outcome.signalled))
    if outcome.gap is not None:
        said.append(_gap_words(outcome.gap, texts))
    said.append(watch_words(outcome.watch, unit, texts))
    return said


def _effect(outcome: Outcome, unit: Unit, texts: Texts) -> str:
    if outcome.change is not None:
        return share_change_words(outcome.change, texts)
    if outcome.level is not None:
        return _level_words(outcome.level, unit, texts)
    return texts.t("Det finns för få perioder före eller efter ändringen för att jämföra.")


def share_change_words(found: BeforeAfter, texts: Texts) -> str:
    """Return before, after and the difference in percentage points with its interval, and whether it may be chance."""
    said = texts.t(
        "Före {before}, efter {after}: {points} procentenheter ({sure}).",
        before=percent(texts, found.before.level.value), after=percent(texts, found.after.level.value),
        points=points_words(texts, found.difference.value), sure=sure_words(texts, found.difference.interval),
    )  # fmt: skip
    return f"{said} {_chance(found.difference.interval, texts)}"


def _level_words(found: LevelChange, unit: Unit, texts: Texts) -> str:
    before, after = value_words(unit, found.before, texts), value_words(unit, found.after, texts)
    low, high = (_signed(unit, edge, texts) for edge in (found.interval.low, found.interval.high))
    said = texts.t(
        "Före i medel {before}, efter {after}: {difference} (95 % säkert: från {low} till {high}).", before=before,
        after=after, difference=_signed(unit, found.difference, texts), low=low, high=high,
    )  # fmt: skip
    return f"{said} {_chance(found.interval, texts)}"


def _signed(unit: Unit, value: float, texts: Texts) -> str:
    return ("−" if value < 0 else "+") + value_words(unit, abs(value), texts)


def _chance(interval: Interval, texts: Texts) -> str:
    if interval.low <= 0 <= interval.high:
        return texts.t("Det kan vara en slump.")
    return texts.t("Det är mer än slumpen ger.")


def _gap_words(gap: Gap, texts: Texts) -> str:
    said = texts.t(
        "Enheten som provade ändrades {one} procentenheter, de andra {other}: {points} mer ({sure}).",
        one=points_words(texts, gap.pilot.difference.value), other=points_words(texts, gap.others.difference.value),
        points=points_words(texts, gap.difference), sure=sure_words(texts, gap.interval),
    )  # fmt: skip
    return f"{said} {_chance(gap.interval, texts)}"


def watch_words(watch: Watch, unit: Unit, texts: Texts) -> str:
    """Return whether the effect holds."""
    if watch.slip is Slip.TOO_EARLY or watch.value is None or watch.centre is None:
        return texts.t("Det är för tidigt att säga om effekten håller: det behövs {count} perioder efter ändringen.",
                       count=LIMITS_FROM)  # fmt: skip
    fields = {
        "period": watch.period, "value": value_words(unit, watch.value, texts),
        "centre": value_words(unit, watch.centre, texts),
    }  # fmt: skip
    if watch.slip is Slip.SLIPS:
        return texts.t("Effekten är på väg att gå förlorad: {period} blev {value}, sämre än vanligt sedan ändringen "
                       "({centre}).", **fields)  # fmt: skip
    return texts.t("Effekten håller: {period} blev {value}, som vanligt sedan ändringen ({centre}).", **fields)


def rebase_words(reason: NoRebase | None, period: str, texts: Texts) -> str:
    """Return whether limits may begin anew with the change."""
    match reason:
        case None:
            return texts.t("Ändringen har hållit i sig: nya gränser får börja med {week}.", week=period)
        case NoRebase.UNKNOWN_PERIOD:
            return texts.t("Det finns inga siffror för {week}.", week=period)
        case NoRebase.NOTHING_BEFORE:
            return texts.t("Det finns inga siffror före {week} att jämföra med.", week=period)
        case NoRebase.NOT_HELD:
            return texts.t(
                "Ändringen har inte hållit i sig: minst sju utfall i rad från och med {week} behöver ligga på samma "
                "sida om den gamla mittlinjen.", week=period,
            )  # fmt: skip

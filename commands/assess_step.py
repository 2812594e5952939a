"""The steps of a round: preparation, review, report; going on freezes the evidence at the round's date."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, By, looking, round_named, signed, some, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.freezing import NoSeries
    from measurement.assessment.round import Entry, Round, Step


def step(
    name: ARound,
    to: Annotated[str, typer.Argument(metavar="STEP", help="preparation, review or report.")],
    by: By,
    why: Annotated[str, typer.Option(help="Why it goes back; not needed to go on.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Go on to the next step, which freezes the series of each question; or back, with a reason."""
    settings = usable(config)
    texts, now, who = texts_for(settings, language), datetime.now(UTC), signed(texts_for(settings, language), by)
    from commands.assess_words import STEPS, choices, chosen

    wanted = chosen(to, STEPS, texts)
    if wanted is None:
        die(texts.t("{step} är inget steg. Välj {choices}.", step=to, choices=choices(STEPS, texts)))
    round_, frozen, bare = run_to_end(_stepped(settings, texts, name, wanted, who, why.strip(), now))
    for line in _told(texts, round_, wanted, frozen, bare):
        print(line)


async def _stepped(
    settings: "Settings", texts: "Texts", name: str, to: "Step", by: str, why: str, now: datetime
) -> "tuple[Round, list[Evidence], dict[str, NoSeries]]":
    from commands.assess_evidence import frozen_now
    from measurement.assessment.book import add_evidence, enter

    # Series are reckoned before the writer's turn is taken: mail must not wait for them.
    frozen: list[Evidence] = []
    bare: dict[str, NoSeries] = {}
    async with looking(settings) as connection:
        before = await round_named(connection, texts, name)
        _check(texts, before, to, why, now)
        if _is_on(before, to):
            frozen, bare = await frozen_now(connection, settings, texts, before, by, now)
    async with writing(settings) as connection:
        round_ = await round_named(connection, texts, name)
        _check(texts, round_, to, why, now)
        if round_.step is not before.step:
            die(texts.t("Någon annan bytte steg samtidigt. Se efter: run_bot.py assess status {name}", name=name))
        await enter(connection, round_.id, step_entries(to, why, by, now))
        for one in frozen:
            await add_evidence(connection, round_.id, one)
        return round_, frozen, bare


def _is_on(round_: "Round", to: "Step") -> bool:
    from measurement.assessment.round import Step

    steps = list(Step)
    return steps.index(to) > steps.index(round_.step)


def _check(texts: "Texts", round_: "Round", to: "Step", why: str, now: datetime) -> None:
    """Say why a round cannot take a step and end, if it cannot."""
    from commands.assess_words import STEPS
    from measurement.assessment.round import Step

    t, steps = texts.t, list(Step)
    if to is round_.step:
        die(t("Omgången är redan i steget {step}. Inget är ändrat.", step=t(STEPS[to])))
    if not _is_on(round_, to):
        if not why:
            die(t("Skriv med --why varför omgången går tillbaka till steget {step}.", step=t(STEPS[to])))
        return
    following = steps[steps.index(round_.step) + 1]
    if to is not following:
        die(t("Efter {now} kommer {following}.", now=t(STEPS[round_.step]), following=t(STEPS[following])))
    if round_.conflicts:
        about = ", ".join(dict.fromkeys(str(one) for one, _ in round_.conflicts))
        die(t("Två har svarat olika om {about}. Välj först: run_bot.py assess settle {name}", about=about,
              name=round_.id))  # fmt: skip
    if round_.as_of > now:
        die(t("Omgångens datum, {date}, har inte gått än. Siffrorna kan frysas efter det.",
              date=round_.as_of.astimezone(texts.zone).date()))  # fmt: skip


def step_entries(to: "Step", why: str, by: str, now: datetime) -> "list[Entry]":
    """Return what is entered of a step; the reason to go back stands beside it."""
    from measurement.assessment.round import About, Entry, Field, Source

    entries = [Entry(about=About(""), field=Field.STEP, value=to.value, by=by, source=Source.COMMAND, at=now)]
    if why:
        entries.append(Entry(about=About(""), field=Field.REASON, value=why, by=by, source=Source.COMMAND, at=now))
    return entries


def _told(
    texts: "Texts", before: "Round", to: "Step", frozen: "Sequence[Evidence]", bare: "Mapping[str, NoSeries]"
) -> list[str]:
    from commands.assess_words import STEPS
    from measurement.assessment.evidence_words import no_series_words
    from measurement.assessment.round import Step
    from measurement.assessment.standing import unjudged, waiting

    t = texts.t
    lines = [t("Omgången {name} är nu i steget {step}.", name=before.id, step=t(STEPS[to]))]
    lines += [t("Fråga {question}: {title} är fryst.", question=one.question, title=one.title) for one in frozen]
    lines += [
        t("Fråga {question}: {why}", question=", ".join(one for one in bare if bare[one] is why),
          why=no_series_words(why, texts))
        for why in dict.fromkeys(bare.values())
    ]  # fmt: skip
    late = len(waiting(before)) if to is Step.REVIEW else 0
    if late:
        lines.append(texts.n("{count} fråga är inte klar.", "{count} frågor är inte klara.", late))
    if to is Step.REPORT and unjudged(before):
        lines.append(t("Granskarnas poäng saknas för {about}.", about=some(unjudged(before))))
    return lines

"""How far a round has come: by area and by owner, what is said in two ways, and what to do next."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.administration import print_columns
from commands.assess_book import looking, round_named, some
from commands.shell import DEFAULT_CONFIG, AsJson, Config, Language, readable, run_to_end, texts_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.texts import Texts
    from measurement.assessment.book import Head
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.round import Round
    from measurement.assessment.standing import Next, Standing


def status(
    name: Annotated[str, typer.Argument(metavar="[ROUND]", help="The round's name; else all rounds are listed.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Show how far a round has come, by area and owner, and what to do next; without a name, list the rounds."""
    settings = readable(config)
    texts = texts_for(settings, language)
    if not name:
        _list(texts, run_to_end(_rounds(settings)), as_json=as_json)
        return

    async def work() -> "tuple[Round, list[Evidence], int]":
        from measurement.assessment.book import evidence_of, interviews_of

        async with looking(settings) as connection:
            round_ = await round_named(connection, texts, name)
            evidence = await evidence_of(connection, round_.id)
            return round_, evidence, len(await interviews_of(connection, round_.id))

    round_, evidence, interviews = run_to_end(work())
    if as_json:
        print(json.dumps(_data(round_, evidence, interviews), ensure_ascii=False, indent=2))
    else:
        _show(texts, round_, evidence, interviews)


async def _rounds(settings: Any) -> "list[Head]":  # noqa: ANN401 -- Settings, which start-up does not read
    from measurement.assessment.book import rounds

    async with looking(settings) as connection:
        return await rounds(connection)


def _list(texts: "Texts", heads: "Sequence[Head]", *, as_json: bool) -> None:
    if as_json:
        told = [
            {"id": one.id, "framework": one.framework, "municipality": one.municipality,
             "as_of": one.as_of.isoformat(), "opened_by": one.opened_by, "opened_at": one.opened_at.isoformat()}
            for one in heads
        ]  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif heads:
        print_columns(
            (one.id, one.framework, one.municipality, f"{one.as_of.astimezone(texts.zone):%Y-%m-%d}") for one in heads
        )
    else:
        print(texts.t("Det finns ingen omgång än. Börja en: run_bot.py assess init {name}", name="NAMN"))


def _show(texts: "Texts", round_: "Round", evidence: "Sequence[Evidence]", interviews: int) -> None:
    from commands.assess_words import STEPS
    from measurement.assessment.standing import by_area, by_owner, next_acts

    t, day = texts.t, round_.as_of.astimezone(texts.zone).date()
    print(t("{name}: {framework} {edition}, {municipality}, per {date}. Steg: {step}.", name=round_.id,
            framework=round_.framework.name, edition=round_.framework.edition, municipality=round_.municipality,
            date=day, step=t(STEPS[round_.step])))  # fmt: skip
    print(round_.framework.note)
    print()
    names = {str(area.id): f"{area.id} {area.name}" for area in round_.framework.areas}
    heads = (t("klara"), t("påbörjade"), t("öppna"), t("olika svar"), t("belägg"), t("utan belägg"))
    print_columns([
        (t("Område"), *heads, t("egna poäng"), t("poäng"), t("av")),
        *((names[one.name], *_counts(one), _points(texts, one.own_points), _points(texts, one.points), str(one.most))
          for one in by_area(round_, evidence)),
    ])  # fmt: skip
    print()
    rows = [(one.name or t("(ingen)"), *_counts(one)) for one in by_owner(round_, evidence)]
    print_columns([(t("Ansvarig"), *heads), *rows])
    print()
    print(t("Att göra nu:"))
    for act in next_acts(round_, evidence, interviews):
        print(f"  {_act(texts, round_, act)}")


def _counts(one: "Standing") -> tuple[str, ...]:
    return tuple(map(str, (one.ready, one.begun, one.open, one.conflicts, one.evidence, one.without)))


def _points(texts: "Texts", points: float | None) -> str:
    from commands.assess_words import points_shown

    return "–" if points is None else points_shown(texts, points)


def _act(texts: "Texts", round_: "Round", act: "Next") -> str:
    from commands.assess_words import ACTS

    return texts.t(ACTS[act.act], name=round_.id, about=some(act.about), count=len(act.about))


def _data(round_: "Round", evidence: "Sequence[Evidence]", interviews: int) -> dict[str, Any]:
    from dataclasses import asdict

    from measurement.assessment.standing import by_area, by_owner, next_acts

    return {
        "round": round_.id,
        "framework": round_.framework.id,
        "note": round_.framework.note,
        "municipality": round_.municipality,
        "as_of": round_.as_of.isoformat(),
        "step": round_.step.value,
        "areas": [asdict(one) for one in by_area(round_, evidence)],
        "owners": [asdict(one) for one in by_owner(round_, evidence)],
        "conflicts": [{"about": about, "field": field.value} for about, field in round_.conflicts],
        "interviews": interviews,
        "next": [{"act": one.act.value, "about": list(one.about)} for one in next_acts(round_, evidence, interviews)],
    }

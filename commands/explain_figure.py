"""The command that explains one figure down to the cases behind it."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Language,
    calendar_now,
    database_url,
    die,
    instant_of,
    readable,
    run_to_end,
    texts_for,
)  # fmt: skip

if TYPE_CHECKING:
    from config.settings import Settings
    from config.texts import Texts
    from measurement.explain_figure import Ground
    from measurement.figure_id import FigureId
    from measurement.phone import PhoneRules


class _Why(StrEnum):
    """A class; as `measurement.explained.Why`, without its modules' price at start."""

    IN_TIME = "in_time"
    LATE = "late"
    UNANSWERED = "unanswered"
    NOT_YET_DUE = "not_yet_due"
    LEFT_OUT = "left_out"
    YES = "yes"
    NO = "no"
    OUTSIDE = "outside"
    COUNTED = "counted"
    ANSWERED = "answered"
    WAITING = "waiting"
    PAST_DUE = "past_due"
    ABANDONED = "abandoned"
    SENT_ON = "sent_on"
    SHORT = "short"
    CLOSED = "closed"
    NO_SECONDS = "no_seconds"
    NOT_JUDGED = "not_judged"


def explain_figure(
    figure: Annotated[
        list[str], typer.Argument(metavar="ID", help="MEASURE@PERIOD or MEASURE@PERIOD/SLICE, as in_time@2026-W47.")
    ],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="As things stood then, as 2026-11-24T07:00; else now.")] = None,
    why: Annotated[_Why | None, typer.Option(help="List only those of this class.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="List at most so many of each class; 0: all.")] = 20,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print what a figure counts, how it came out, and which cases or calls are behind it; ratings lead to none.

    For leads: what is secret, and what lies in units that keep secrecy, is counted and not listed. Only numbers and
    times are told, nothing of what anybody wrote, and of calls neither who called nor who answered, so it is not
    recorded as reading a case.
    """
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.explain_figure import NotBegun
    from measurement.explain_figure import explain_figure as explain
    from measurement.explained import Why
    from measurement.explained_json import explained_as_json
    from measurement.figure_id import NotUnderstood
    from measurement.show_explained import as_text, fault_in_words
    from measurement.tables import reading
    from measurement.words import Spoken

    async def work() -> str:
        try:
            wanted = _named(" ".join(figure), settings, texts)
            asked, ground = instant_of(as_of, settings) if as_of else datetime.now(UTC), await _ground(settings)
            async with reading(database_url(settings)) as connection:
                found = await explain(
                    connection, ground, wanted, asked, why=Why(why.value) if why else None, limit=limit
                )
        except NotUnderstood as fault:
            die(fault_in_words(fault, texts))
        except NotBegun:
            die(texts.t("Perioden har inte börjat än. Det finns inget att berätta."))
        if as_json:
            return json.dumps(explained_as_json(found), ensure_ascii=False, indent=2)
        return as_text(found, Spoken(texts=texts, zone=ground.calendar.zone))

    print(run_to_end(work()))


def _named(written: str, settings: "Settings", texts: "Texts") -> "FigureId":
    from measurement.figure_id import parse_figure_id
    from measurement.phone_measures import phone_measures
    from measurement.registry import REGISTRY
    from measurement.report.known import measure_name

    phone = [one.id for one in phone_measures(_rules(settings).limits)]
    names = {one: measure_name(one, texts) for one in (*REGISTRY, *phone)}
    return parse_figure_id(written, names, settings.answers.rule)


def _rules(settings: "Settings") -> "PhoneRules":
    from commands.phone import rules_of

    return rules_of(settings.phone)


async def _ground(settings: "Settings") -> "Ground":
    """Return what explaining needs to know of the municipality, as it is now; nothing is made or brought up to date."""
    from bot.administration import known_entries
    from config.layers import layers_of
    from measurement.explain_figure import Ground
    from measurement.explain_source import Secrecy
    from measurement.population import Dimension

    layers = layers_of(settings, await known_entries(settings))
    units = list(layers.units.values())
    return Ground(
        calendar=await calendar_now(settings), configured=settings.answers.rule, phone=_rules(settings),
        secrecy=Secrecy(units=frozenset(str(one.id) for one in units if one.secrecy),
                        known=frozenset(str(one.id) for one in units), rest=units[0].secrecy),
        members={Dimension.UNIT: [str(one.id) for one in units], Dimension.TOPIC: [str(key) for key in layers.topics]},
    )  # fmt: skip

"""Trasig gatlykta: photo and place in Telegram, an answer from the group, what it led to, the week's figure."""

from datetime import UTC, datetime, time, timedelta

from bot.chat_buttons import Press
from bot.facts import Kind, Result
from config.texts import mark
from sandbox.page.chat_acts import PLACE, send_album
from sandbox.page.world_view import GENERAL
from sandbox.scene import GROUP, Scene
from sandbox.story_step import NOTHING, Looks, Step, Story


async def _lamp_is_reported(scene: Scene) -> Looks:
    await scene.asks("elsa", "Hej! Gatlyktan utanför Björkvägen 4 har varit släckt i en vecka. När lagas den?")
    return NOTHING


async def _lamp_is_shown(scene: Scene) -> Looks:
    since = scene.heard("elsa")
    elsa = scene.stage.person("elsa")
    await send_album(elsa, "Så här ser den ut, och numret på stolpen")
    await elsa.location(*PLACE)
    await scene.hears("elsa", since=since, holds="59.3346")
    return NOTHING


async def _lamp_is_a_fault(scene: Scene) -> Looks:
    since = scene.heard("elsa")
    await scene.taps("elsa", Press.MY_KIND, Kind.FAULT.value)
    await scene.hears("elsa", since=since)
    await scene.stands_on_board()
    return {"officer": "anna", "room": GENERAL}


async def _lamp_is_taken(scene: Scene) -> Looks:
    await scene.taps("anna", Press.TAKE, where=GENERAL)
    topic = await scene.topic()
    return {"room": str(topic)}


async def _lamp_is_answered(scene: Scene) -> Looks:
    await scene.taps("anna", Press.ANSWER, where=GROUP)
    await scene.sends("anna", "Hej Elsa!\n\nTack för att du säger till. Lyktan lagas på torsdag.", where=GROUP)
    return NOTHING


async def _lamp_answer_leaves(scene: Scene) -> Looks:
    since = scene.heard("elsa")
    await scene.taps("anna", Press.SEND, where=GROUP)
    await scene.time_passes()
    await scene.hears("elsa", since=since, holds="Lyktan lagas på torsdag.")
    return {"person": "elsa"}


async def _lamp_is_mended(scene: Scene) -> Looks:
    await scene.time_passes(timedelta(days=3, hours=4))
    await scene.taps("anna", Press.MORE, where=GROUP)
    await scene.taps("anna", Press.OUTCOME, "", where=GROUP)
    await scene.taps("anna", Press.OUTCOME, f".{Result.REMEDIED.value}", where=GROUP)
    await scene.sends("anna", "Lyktan på Björkvägen är lagad och lyser igen.", where=GROUP)
    since = scene.heard("elsa")
    await scene.taps("anna", Press.SEND, where=GROUP)
    await scene.time_passes()
    await scene.hears("elsa", since=since, holds="lyser igen")
    return {"person": "elsa"}


async def _week_is_told(scene: Scene) -> Looks:
    local = scene.stage.now.astimezone(scene.stage.texts("sv").zone)
    year, week, weekday = local.isocalendar()
    tuesday = datetime.combine(local.date() + timedelta(days=9 - weekday), time(7), local.tzinfo)
    await scene.time_passes(tuesday.astimezone(UTC) - scene.stage.now)
    return {"show": "figures", "pane": "start", "week": f"{year}-W{week:02}"}


LAMP = Story(
    key="lykta",
    title=mark("Trasig gatlykta"),
    told=mark("Foto och plats i Telegram, svar i gruppen, och vad det ledde till."),
    steps=(
        Step(
            says=mark(
                "Elsa ser att gatlyktan är trasig. Hon skriver till kommunen som till en granne, utan formulär. "
                "Genast får hon veta att det är sparat, vilket nummer det har och när hon får svar."
            ),
            act=_lamp_is_reported,
            looks={"person": "elsa"},
        ),
        Step(
            says=mark(
                "Hon skickar två foton och visar var det är. Allt hamnar i samma ärende. Platsen läses upp för henne, "
                "så att hon kan se att den blev rätt."
            ),
            act=_lamp_is_shown,
            looks={"person": "elsa"},
        ),
        Step(
            says=mark(
                "Hon trycker på Felanmälan. Det är frivilligt, och det går lika bra att skriva ordet. "
                "På kontaktcentret står ärendet nu på tavlan, med tiden då svaret ska vara klart."
            ),
            act=_lamp_is_a_fault,
            looks={"person": "elsa"},
        ),
        Step(
            says=mark(
                "Anna trycker Ta. Ärendet får ett eget ämne i gruppen. I namnet står aldrig vem som frågar eller vad. "
                "Det som skrivs i ämnet stannar hos personalen."
            ),
            act=_lamp_is_taken,
            looks={"officer": "anna", "room": GENERAL},
        ),
        Step(
            says=mark(
                "Anna trycker Svara och skriver. Hon ser precis vad Elsa kommer att läsa. Inget har skickats än: "
                "det krävs ett tryck till."
            ),
            act=_lamp_is_answered,
        ),
        Step(
            says=mark(
                "Anna trycker Skicka. En kort stund kan hon ångra sig, sedan går svaret till Elsa. "
                "Nu stannar klockan, för nu har en människa svarat."
            ),
            act=_lamp_answer_leaves,
        ),
        Step(
            says=mark(
                "Tre dagar senare är lyktan lagad. Anna berättar vad det ledde till, "
                "och Elsa får veta det i samma chatt."
            ),
            act=_lamp_is_mended,
        ),
        Step(
            says=mark(
                "Tisdag klockan 07.00 veckan därpå kan hela veckan bedömas. Här syns hur stor andel som fick svar "
                "inom en arbetsdag, och varje siffra kan förklaras på minuten."
            ),
            act=_week_is_told,
        ),
    ),
)

"""Beröm på finska: in Finnish from beginning to end, and thanks that take two taps."""

from bot.chat_buttons import Press
from bot.facts import Kind
from config.texts import mark
from sandbox.page.world_view import GENERAL
from sandbox.scene import GROUP, Scene
from sandbox.story_step import NOTHING, Looks, Step, Story

_THANKS = (
    "/mall spara beröm språk=finska\n"
    "Hei!\n\nKiitos, ilahduimme kovasti! Olemme kertoneet uimahallin henkilökunnalle, mitä kirjoitit."
)


async def _praise_is_written(scene: Scene) -> Looks:
    since = scene.heard("anna")
    if not any(one.language == "fi" for one in scene.stage.world.service.office().canned):
        await scene.writes("anna", _THANKS)
        await scene.hears("anna", since=since)
    await scene.asks("matti", "Hei! Uimahallin henkilökunta auttoi isääni todella ystävällisesti. Kiitos heille!")
    return NOTHING


async def _praise_is_finnish(scene: Scene) -> Looks:
    since = scene.heard("matti")
    await scene.taps("matti", Press.LANGUAGE, "fi")
    await scene.hears("matti", since=since)
    since = scene.heard("matti")
    await scene.taps("matti", Press.MY_KIND, Kind.PRAISE.value)
    await scene.hears("matti", since=since)
    await scene.stands_on_board()
    return {"officer": "bo", "room": GENERAL}


async def _praise_is_taken(scene: Scene) -> Looks:
    await scene.taps("bo", Press.TAKE, where=GENERAL)
    topic = await scene.topic()
    await scene.taps("bo", Press.MORE, where=GROUP)
    await scene.taps("bo", Press.CANNED, "", where=GROUP)
    return {"officer": "bo", "room": str(topic)}


async def _praise_is_answered(scene: Scene) -> Looks:
    since = scene.heard("matti")
    await scene.taps_words("bo", "beröm", where=GROUP)
    await scene.taps("bo", Press.SEND, where=GROUP)
    await scene.time_passes()
    await scene.hears("matti", since=since, holds="ilahduimme")
    return {"person": "matti"}


async def _praise_is_thanked_for(scene: Scene) -> Looks:
    since = await scene.writes("matti", "Kiitos!")
    await scene.hears("matti", since=since)
    return NOTHING


PRAISE = Story(
    key="berom",
    title=mark("Beröm på finska"),
    told=mark("Finska hela vägen, och ett tack som besvaras med två tryck."),
    steps=(
        Step(
            says=mark(
                "Matti vill tacka personalen i simhallen. Hans telefon är på finska, så roboten svarar på finska."
            ),
            act=_praise_is_written,
            looks={"person": "matti"},
        ),
        Step(
            says=mark(
                "Matti väljer Suomi och vad det gäller: beröm. Han får också ärligt veta vilket språk "
                "den som svarar oftast skriver på."
            ),
            act=_praise_is_finnish,
            looks={"person": "matti"},
        ),
        Step(
            says=mark("Bo tar ärendet. Han ser att det är beröm på finska, och öppnar mallarna."),
            act=_praise_is_taken,
            looks={"officer": "bo", "room": GENERAL},
        ),
        Step(
            says=mark(
                "Två tryck: mallen beröm, och Skicka. Mallen finns på finska, så Matti får svaret på sitt eget språk "
                "fast Bo inte kan finska."
            ),
            act=_praise_is_answered,
        ),
        Step(
            says=mark(
                "Matti skriver Kiitos. Ett tack behöver inget svar: Matti lovas inget nytt, "
                "och personalen kan lämna det utan svar med ett tryck."
            ),
            act=_praise_is_thanked_for,
            looks={"person": "matti"},
        ),
    ),
)

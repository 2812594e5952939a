"""The three stories of the try-out world: what happens in each step, and a line that tells what to look at."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from bot.chat_buttons import Press
from bot.facts import Kind, Result
from config.texts import mark
from sandbox.page.chat_acts import PLACE, send_album
from sandbox.page.world_view import PRIVATE
from sandbox.scene import GROUP, Scene

Looks = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `looks` is what the page looks at from its beginning, what `act` returns from its end."""

    says: str
    act: Callable[[Scene], Awaitable[Looks]]
    looks: Looks = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story; `told` says in a sentence what it shows."""

    key: str
    title: str
    told: str
    steps: tuple[Step, ...]


_NOTHING: Looks = {}
_A_WHILE = timedelta(minutes=3)
"""Nobody on the staff stands ready with a finger on the button."""


# A broken street lamp


async def _lamp_is_reported(scene: Scene) -> Looks:
    await scene.asks("elsa", "Hej! Gatlyktan utanför Björkvägen 4 har varit släckt i en vecka. När lagas den?")
    return _NOTHING


async def _lamp_is_shown(scene: Scene) -> Looks:
    since = scene.heard("elsa")
    elsa = scene.stage.person("elsa")
    await send_album(elsa, "Så här ser den ut, och numret på stolpen")
    await elsa.location(*PLACE)
    await scene.hears("elsa", since=since, holds="59.3346")
    return _NOTHING


async def _lamp_is_a_fault(scene: Scene) -> Looks:
    since = scene.heard("elsa")
    await scene.taps("elsa", Press.MY_KIND, Kind.FAULT.value)
    await scene.hears("elsa", since=since)
    return {"officer": "anna", "room": "general"}


async def _lamp_is_taken(scene: Scene) -> Looks:
    await scene.time_passes(_A_WHILE)
    await scene.taps("anna", Press.TAKE, where=GROUP)
    topic = await scene.topic()
    return {"room": str(topic)}


async def _lamp_is_answered(scene: Scene) -> Looks:
    await scene.taps("anna", Press.ANSWER, where=GROUP)
    await scene.sends("anna", "Hej Elsa!\n\nTack för att du säger till. Lyktan lagas på torsdag.", where=GROUP)
    return _NOTHING


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


_LAMP = Story(
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
            looks={"officer": "anna", "room": "general"},
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


# A complaint about the home care

_CARE_MAIL = "cilla@kommun.example"


async def _care_is_complained_of(scene: Scene) -> Looks:
    await scene.asks(
        "omar",
        "Min mamma har hemtjänst. Tre kvällar i rad har ingen kommit förrän efter klockan nio. "
        "Det är inte värdigt. Vad tänker ni göra?",
    )
    since = scene.heard("omar")
    await scene.taps("omar", Press.MY_KIND, Kind.COMPLAINT.value)
    await scene.hears("omar", since=since)
    return {"officer": "anna", "room": "general"}


async def _care_is_secret(scene: Scene) -> Looks:
    await scene.time_passes(_A_WHILE)
    await scene.taps("anna", Press.TAKE, where=GROUP)
    before = await scene.topic()
    await scene.taps("anna", Press.MORE, where=GROUP)
    await scene.taps("anna", Press.SECRET, "", where=GROUP)
    await scene.taps("anna", Press.SECRET, ".yes", where=GROUP)
    await scene.time_passes(_A_WHILE)
    # What was written stands in the group no more: the topic is another one, without a word of it.
    topic = await scene.topic(but=before)
    return {"officer": "anna", "room": str(topic)}


async def _care_is_opened_alone(scene: Scene) -> Looks:
    since = await scene.writes("anna", f"/visa {scene.case}")
    await scene.hears("anna", since=since, holds="efter klockan nio")
    return {"officer": "anna", "room": PRIVATE}


async def _care_takes_longer(scene: Scene) -> Looks:
    await scene.taps("anna", Press.HOLD, "")
    choice = await scene.until(lambda: scene.choice("anna", Press.HOLD), "no days to choose among")
    await scene.taps("anna", Press.HOLD, choice)
    await scene.sends("anna", "Vi har pratat med den som planerar kvällarna och väntar på besked därifrån.")
    since = scene.heard("omar")
    await scene.taps("anna", Press.SEND)
    await scene.time_passes()
    await scene.hears("omar", since=since, holds="planerar kvällarna")
    return {"person": "omar"}


async def _care_is_handed_over(scene: Scene) -> Looks:
    letters = len(scene.stage.letters)
    await scene.taps("anna", Press.TRANSFER, "")
    await scene.taps("anna", Press.TRANSFER, ".uomsorg")
    await scene.replies("anna", "Ni planerar kvällsbesöken. Han vill veta vad som ändras.")
    letter = await scene.gets_mail(_CARE_MAIL, scene.case, since=letters)
    scene.mail = letter
    return {"box": _CARE_MAIL, "mail": str(letter.number)}


async def _care_is_answered_by_mail(scene: Scene) -> Looks:
    since = scene.heard("omar")
    assert scene.mail is not None
    text = (
        "Hej!\n\nDet ska inte gå till så. Från i kväll är besöket planerat till klockan sju, "
        "och jag ringer dig på fredag."
    )
    await scene.stage.reply_to_mail(scene.mail, text)
    await scene.time_passes()
    await scene.hears("omar", since=since, holds="planerat till klockan sju")
    return {"person": "omar"}


_CARE = Story(
    key="hemtjanst",
    title=mark("Klagomål på hemtjänsten"),
    told=mark("Sekretess, delbesked, överlämning, och ett svar som skrivs med e-post."),
    steps=(
        Step(
            says=mark(
                "Omar är arg: hemtjänsten kommer för sent till hans mamma. Han skriver i Telegram och väljer Klagomål."
            ),
            act=_care_is_complained_of,
            looks={"person": "omar"},
        ),
        Step(
            says=mark(
                "Anna tar ärendet och märker det med sekretess. Nu står bara nummer och tid i gruppen, "
                "och bara de som är behöriga kan läsa det."
            ),
            act=_care_is_secret,
            looks={"officer": "anna", "room": "general"},
        ),
        Step(
            says=mark(
                "Anna läser ärendet i sin egen chatt med roboten, där ingen annan ser det. Att hon läste det antecknas."
            ),
            act=_care_is_opened_alone,
            looks={"officer": "anna", "room": PRIVATE},
        ),
        Step(
            says=mark(
                "Svaret dröjer. Anna skickar ett delbesked: Omar får veta varför, och en ny dag. "
                "Klockan för svaret fortsätter att gå."
            ),
            act=_care_takes_longer,
            looks={"officer": "anna", "room": PRIVATE},
        ),
        Step(
            says=mark(
                "Anna lämnar över till Omsorgen och skriver varför. Cilla där har inte Telegram på jobbet: "
                "hon får allt med e-post."
            ),
            act=_care_is_handed_over,
            looks={"officer": "anna", "room": PRIVATE},
        ),
        Step(
            says=mark(
                "Cilla svarar på mejlet, som på vilket mejl som helst. Omar läser svaret i Telegram, där han frågade. "
                "Inget av det som personalen skrev till varandra följer med."
            ),
            act=_care_is_answered_by_mail,
        ),
    ),
)


# Praise in Finnish

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
    return _NOTHING


async def _praise_is_finnish(scene: Scene) -> Looks:
    since = scene.heard("matti")
    await scene.taps("matti", Press.LANGUAGE, "fi")
    await scene.hears("matti", since=since)
    since = scene.heard("matti")
    await scene.taps("matti", Press.MY_KIND, Kind.PRAISE.value)
    await scene.hears("matti", since=since)
    return {"officer": "bo", "room": "general"}


async def _praise_is_taken(scene: Scene) -> Looks:
    await scene.time_passes(_A_WHILE)
    await scene.taps("bo", Press.TAKE, where=GROUP)
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
    return _NOTHING


_PRAISE = Story(
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
            looks={"officer": "bo", "room": "general"},
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

STORIES = (_LAMP, _CARE, _PRAISE)

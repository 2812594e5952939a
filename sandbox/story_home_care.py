"""Klagomål på hemtjänsten: secrecy, a holding notice, a transfer, and an answer that is written by mail."""

from datetime import timedelta

from bot.chat_buttons import Press
from bot.facts import Kind
from config.texts import mark
from sandbox.colleague import CILLAS_MAIL, UNIT
from sandbox.page.world_view import GENERAL, PRIVATE
from sandbox.scene import GROUP, Scene
from sandbox.story_step import Looks, Step, Story

_A_WHILE = timedelta(minutes=3)


async def _care_is_complained_of(scene: Scene) -> Looks:
    await scene.asks(
        "omar",
        "Min mamma har hemtjänst. Tre kvällar i rad har ingen kommit förrän efter klockan nio. "
        "Det är inte värdigt. Vad tänker ni göra?",
    )
    since = scene.heard("omar")
    await scene.taps("omar", Press.MY_KIND, Kind.COMPLAINT.value)
    await scene.hears("omar", since=since)
    await scene.stands_on_board()
    return {"officer": "anna", "room": GENERAL}


async def _care_is_secret(scene: Scene) -> Looks:
    await scene.taps("anna", Press.TAKE, where=GENERAL)
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
    # A day after the one that Omar was promised: an earlier one would be no delay.
    office = scene.stage.world.service.office()
    promised = office.promised_day(office.default_kind, scene.stage.now).isoformat()
    choice = await scene.until(lambda: scene.choice("anna", Press.HOLD, after=promised), "no days to choose among")
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
    await scene.taps("anna", Press.TRANSFER, f".u{UNIT}")
    await scene.replies("anna", "Ni planerar kvällsbesöken. Han vill veta vad som ändras.")
    letter = await scene.gets_mail(CILLAS_MAIL, scene.case, since=letters)
    scene.mail = letter
    return {"box": CILLAS_MAIL, "mail": str(letter.number)}


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


HOME_CARE = Story(
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
            looks={"officer": "anna", "room": GENERAL},
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

"""Everything that can be done on the page, by its name in a form."""

from collections.abc import Awaitable, Callable, Mapping

from sandbox.page import chat_acts, other_acts
from sandbox.page.guard import holds_real_token
from sandbox.page.play import Play
from sandbox.page.stage import Done, Stage

Act = Callable[[Stage, Mapping[str, str]], Awaitable[Done]]

ACTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        chat_acts.write, chat_acts.press, chat_acts.photo, chat_acts.album, chat_acts.voice, chat_acts.place,
        chat_acts.document, chat_acts.edit, chat_acts.start, chat_acts.block, chat_acts.unblock,
        chat_acts.phone_language, other_acts.mail, other_acts.mail_reply, other_acts.hour, other_acts.morning,
        other_acts.tuesday, other_acts.set_clock, other_acts.fault,
    )
}  # fmt: skip


async def do(play: Play, action: Mapping[str, str]) -> Done:
    """Do one thing and tell in words what came of it, in the language of `lang`; what cannot be done is told too.

    `action` holds the fields of a form: ``act`` names it, ``who`` is whose phone, ``where`` the room (private, general
    or a topic's number), ``message`` and ``reply`` are numbers of messages there, ``button`` is what it carries.
    """
    t = play.stage.texts(action["lang"]).t
    if any(holds_real_token(value) for value in action.values()):
        told = t("Det där ser ut som en riktig nyckel till en robot. Den hör inte hemma här, och sparades inte.")
        return Done(said=told, went=False)
    act = ACTS.get("fault" if "fault" in action else action.get("act", ""))
    try:
        return await (act(play.stage, action) if act is not None else play.act(action))
    except (ValueError, LookupError):
        return Done(said=t("Det gick inte. Det du valde finns kanske inte längre."), went=False)

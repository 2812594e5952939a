"""What people do with their phones on the page: write, press, send, edit, block."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.bot_api import TgChat, TgMessage, TgPerson
from sandbox.page.choice import PHONE_LANGUAGES
from sandbox.page.stage import Done, Stage
from sandbox.page.world_view import GENERAL, PRIVATE

PICTURES = Path(__file__).parent.parent / "pictures"
PLACE = (59.33460, 18.06320)
"""Where people say that something is: a square in the capital, as good as any."""

Form = Mapping[str, str]
_STAYS = {"reply": "", "answer": ""}
"""Once something was written, nothing is replied to any more."""


async def write(stage: Stage, form: Form) -> Done:
    """Write a message, maybe as a reply."""
    t = stage.texts(form["lang"]).t
    text = form.get("text", "").strip()
    if not text:
        return Done(said=t("Skriv något först."), went=False)
    await stage.person(form["who"]).write(text, **_where(stage, form))
    return Done(said=t("Skickat."), looks=_STAYS)


async def press(stage: Stage, form: Form) -> Done:
    """Press a button, and tell what pops up."""
    t = stage.texts(form["lang"]).t
    message = _message(stage, form)
    answer = await stage.person(form["who"]).press(message, form["button"])
    if answer is None:
        return Done(said=t("Roboten har inte svarat på knappen än."))
    return Done(said=answer or t("Knappen är tryckt."))


async def photo(stage: Stage, form: Form) -> Done:
    """Send a photo."""
    content = picture("lykta-1.jpg")
    await stage.person(form["who"]).photo(caption=_text(form), content=content, **_where(stage, form))
    return _sent(stage, form)


async def album(stage: Stage, form: Form) -> Done:
    """Send two photos that belong together."""
    await send_album(stage.person(form["who"]), _text(form))
    return _sent(stage, form)


async def send_album(person: TgPerson, caption: str) -> None:
    """Send two photos of a lamp that is out, in private; the caption stands below the first."""
    name = person.world.new_album()
    await person.photo(caption=caption, album=name, content=picture("lykta-1.jpg"))
    await person.photo(album=name, content=picture("lykta-2.jpg"))


async def voice(stage: Stage, form: Form) -> Done:
    """Send a voice message."""
    await stage.person(form["who"]).voice(caption=_text(form), **_where(stage, form))
    return _sent(stage, form)


async def place(stage: Stage, form: Form) -> Done:
    """Send a place."""
    await stage.person(form["who"]).location(*PLACE, **_where(stage, form))
    return _sent(stage, form)


async def document(stage: Stage, form: Form) -> Done:
    """Send a file."""
    content = b"Anteckningar till kommunen.\n"
    who = stage.person(form["who"])
    await who.document("anteckningar.txt", content, "text/plain", caption=_text(form), **_where(stage, form))
    return _sent(stage, form)


async def edit(stage: Stage, form: Form) -> Done:
    """Change one's last message to another text."""
    t = stage.texts(form["lang"]).t
    person, text = stage.person(form["who"]), _text(form)
    own = [one for one in _messages(stage, form) if one.sender is person and not one.service and one.kind == "text"]
    if not text or not own:
        return Done(said=t("Skriv den nya texten först.") if own else t("Det finns inget att ändra än."), went=False)
    await person.edit(own[-1], text)
    return Done(said=t("Ändrat."), looks=_STAYS)


async def start(stage: Stage, form: Form) -> Done:
    """Press Start."""
    await stage.person(form["who"]).start()
    return _sent(stage, form)


async def block(stage: Stage, form: Form) -> Done:
    """Block the bot."""
    await stage.person(form["who"]).block()
    return Done(said=stage.texts(form["lang"]).t("Roboten är blockerad."))


async def unblock(stage: Stage, form: Form) -> Done:
    """Let the bot in again."""
    await stage.person(form["who"]).unblock()
    return Done(said=stage.texts(form["lang"]).t("Roboten är insläppt igen."))


async def phone_language(stage: Stage, form: Form) -> Done:
    """Set the language of a phone; the bot takes it for a guess."""
    t = stage.texts(form["lang"]).t
    if form.get("language") in dict(PHONE_LANGUAGES):
        stage.person(form["who"]).language = form["language"]
        stage.live.bump()
    return Done(said=t("Telefonen har bytt språk. Det språk roboten talar väljer man i chatten."))


def picture(name: str) -> bytes:
    """Return one of the pictures people send."""
    return (PICTURES / name).read_bytes()


def _text(form: Form) -> str:
    return form.get("text", "").strip()


def _sent(stage: Stage, form: Form) -> Done:
    return Done(said=stage.texts(form["lang"]).t("Skickat."), looks=_STAYS)


def _chat(stage: Stage, form: Form) -> tuple[TgChat, int | None]:
    """Return the chat and topic of a form: private, General, or a topic of the group."""
    where = form.get("where", PRIVATE)
    if where == PRIVATE:
        return stage.person(form["who"]).private, None
    return stage.world.group, None if where == GENERAL else int(where)


def _where(stage: Stage, form: Form) -> dict[str, Any]:
    chat, thread = _chat(stage, form)
    reply = form.get("reply", "")
    return {"chat": chat, "thread": thread, "reply_to": int(reply) if reply else None}


def _messages(stage: Stage, form: Form) -> list[TgMessage]:
    chat, thread = _chat(stage, form)
    return chat.in_topic(thread)


def _message(stage: Stage, form: Form) -> TgMessage:
    found = _chat(stage, form)[0].find(int(form["message"]))
    if found is None:
        raise LookupError("the message is gone")
    return found

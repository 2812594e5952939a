"""What a message holds beside its words, and what happened in a chat, in words and pictures."""

from collections.abc import Mapping
from typing import Any

from config.texts import Texts, mark
from sandbox.page.nodes import Element, Node, el
from sandbox.page.world_view import Message

PICTURES = frozenset({"image/jpeg", "image/png"})

_FILES = {
    "photo": mark("Foto"), "document": mark("Fil"), "voice": mark("Röstmeddelande"), "video": mark("Film"),
    "video_note": mark("Rund film"), "audio": mark("Ljud"), "animation": mark("Rörlig bild"),
    "sticker": mark("Klistermärke"),
}  # fmt: skip

_HAPPENED = {
    "forum_topic_created": mark("Ämnet skapades: {name}"),
    "forum_topic_edited": mark("Ämnet heter nu: {name}"),
    "forum_topic_closed": mark("Ämnet stängdes"),
    "forum_topic_reopened": mark("Ämnet öppnades"),
    "pinned_message": mark("Ett meddelande fästes överst"),
    "new_chat_members": mark("Ny i gruppen: {name}"),
    "left_chat_member": mark("Lämnade gruppen: {name}"),
    "new_chat_title": mark("Gruppen heter nu: {name}"),
}


def contents(texts: Texts, message: Message) -> list[Node]:
    """Return the files, the place, the contact or what else a message holds; nothing for a mere text."""
    made: list[Node] = [_file(texts, kind, name, size, file) for kind, name, size, file in message.files]
    if "location" in message.content:
        made.append(_place(texts, message.content))
    for kind, words in _others(texts).items():
        if kind in message.content:
            made.append(el("p", words, class_="file"))
    return made


def happened(texts: Texts, content: Mapping[str, Any]) -> str:
    """Return what a service message tells."""
    for kind, words in _HAPPENED.items():
        if kind in content:
            return texts.t(words, name=_name(content[kind]))
    return texts.t("Något ändrades i gruppen")


def _name(told: Any) -> str:  # noqa: ANN401 -- as the Bot API has it
    if isinstance(told, list):
        return ", ".join(map(_name, told))
    if isinstance(told, dict):
        return str(told.get("name") or told.get("first_name") or "")
    return str(told)


def _file(texts: Texts, kind: str, name: str, size: int, file: str) -> Element:
    words = f"{texts.t(_FILES.get(kind, 'Fil'))}, {_size(texts, size)}"
    if kind == "photo":
        # Telegram has no words for pictures: those who listen are told that there is one.
        picture = el("img", src=f"/file/{file}", alt=words)
        return el("a", picture, href=f"/file/{file}", class_="picture", key=file)
    return el("p", words + ": ", el("a", name or words, href=f"/file/{file}"), class_="file", key=file)


def _size(texts: Texts, size: int) -> str:
    if size >= 2**20:
        return f"{texts.number(size / 2**20)} MB"
    return f"{texts.number(max(1, round(size / 1024)))} kB"


def _place(texts: Texts, content: Mapping[str, Any]) -> Element:
    place = content["location"]
    where = f"{place['latitude']:.5f}, {place['longitude']:.5f}"
    venue = content.get("venue")
    named = f"{venue['title']}, {venue['address']} ({where})" if venue else where
    return el("p", texts.t("Plats på kartan: {place}", place=named), class_="file")


def _others(texts: Texts) -> dict[str, str]:
    return {
        "contact": texts.t("Ett kontaktkort"),
        "poll": texts.t("En omröstning"),
        "dice": texts.t("En tärning"),
    }

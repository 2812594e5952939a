"""A chat on the page: its messages as a log, and where one writes."""

from collections.abc import Sequence

from sandbox.page.chat_html import chat_nodes
from sandbox.page.look import Look, act_button, hidden_field, html_lang, unseen
from sandbox.page.nodes import Element, Node, el
from sandbox.page.show_contents import contents, happened
from sandbox.page.world_view import Message

SHOWN = 150
"""How many messages of a chat are shown, the newest ones."""


def log(look: Look, key: str, label: str, messages: Sequence[Message], *, who: str, where: str, speaks: str) -> Element:
    """Return the messages of a chat as `who` reads them, the newest last.

    `where` is the room in which buttons are pressed; `speaks` is the language the bot speaks here.
    """
    rows: list[Node] = []
    day = None
    for message in messages[-SHOWN:]:
        if look.day(message.at) != day:
            day = look.day(message.at)
            rows.append(el("li", look.texts.day(day), class_="day", key=f"day-{day}"))
        rows.append(_message(look, message, who, where, speaks))
    if not messages:
        rows = [el("li", look.texts.t("Inga meddelanden än."), class_="day", key="none")]
    # A list inside, as the role would take its place.
    return el(
        "div", el("ol", *rows), role="log", tabindex="0", aria_label=label, class_="log", key=f"log-{key}",
    )  # fmt: skip


def reply_choice(messages: Sequence[Message], chosen: str, name: str = "") -> Message | None:
    """Return the message that what is written replies to: the chosen one, else one that asks for it, as on a phone.

    `name` is whom it must ask, where several people read. It asks until one has written something.
    """
    if chosen:
        return next((one for one in messages if str(one.number) == chosen), None)
    asking = next((one for one in reversed(messages) if one.asks and name in one.text), None)
    if asking is None or any(one.by == "own" and one.number > asking.number for one in messages):
        return None
    return asking


def composer(
    look: Look, *, who: str, name: str, where: str, replied: Message | None, cancel: str, more: Sequence[Node] = ()
) -> Element:
    """Return where `who` writes. `cancel` is the address without the reply; `more` stands below."""
    t = look.texts.t
    field = f"write-{who}-{where}"
    return look.form(
        hidden_field("who", who),
        hidden_field("where", where),
        hidden_field("reply", str(replied.number) if replied else ""),
        _replying(look, replied, cancel) if replied else None,
        el("label", t("Skriv som {name}", name=name), for_=field),
        el(
            "textarea", name="text", rows="2", id=field, key=field, data_enter="sends", aria_describedby=f"{field}-hint"
        ),
        el(
            "div",
            act_button(t("Skicka"), "write", class_="main"),
            el("span", t("Enter skickar, Skift + Enter ger ny rad."), class_="hint", id=f"{field}-hint"),
            class_="row",
        ),
        *more,
        class_="composer",
        key=f"form-{field}",
    )


def _replying(look: Look, replied: Message, cancel: str) -> Element:
    words = " ".join(replied.text.split())
    short = words if len(words) <= 80 else words[:79] + "…"
    return el(
        "p",
        look.texts.t("Svarar på: {words}", words=short),
        " ",
        el("a", look.texts.t("Svara inte"), href=cancel),
        class_="replying",
    )


def _message(look: Look, message: Message, who: str, where: str, speaks: str) -> Element:
    key = f"m-{where}-{message.number}"
    if message.by == "service":
        return el("li", happened(look.texts, message.content), class_="day", key=key)
    lang = html_lang(speaks) if message.by == "bot" and speaks != look.texts.language else None
    return el(
        "li",
        _head(look, message, who),
        el("p", message.replied, class_="replied") if message.replied else None,
        *contents(look.texts, message),
        el("div", *chat_nodes(message.html), class_="words", lang=lang) if message.html else None,
        _buttons(look, message, who, where, lang),
        _reactions(look, message),
        class_=f"message {message.by} reacted" if message.reactions else f"message {message.by}",
        key=key,
    )


def _reactions(look: Look, message: Message) -> Element | None:
    if not message.reactions:
        return None
    said = look.texts.t("Reaktion: {signs}", signs=" ".join(message.reactions))
    return el("p", said, class_="did", key="did")


def _head(look: Look, message: Message, who: str) -> Element:
    t = look.texts.t
    field = "reply" if look.choice.person == who else "answer"
    return el(
        "p",
        el("span", message.author, class_="author"),
        " ",
        look.time(message.at),
        el("span", " ", t("ändrat")) if message.edited else None,
        el("span", " ", t("fäst")) if message.pinned else None,
        " ",
        el(
            "a",
            t("Svara"),
            unseen(" " + t("på meddelandet från {author}", author=message.author)),
            href=look.choice.href(**{field: str(message.number)}),
            class_="reply",
        ),
        class_="head",
    )


def _buttons(look: Look, message: Message, who: str, where: str, lang: str | None) -> Element | None:
    if not message.rows:
        return None
    rows = [
        el("div", *(_button(words, data) for words, data in row), class_="row", lang=lang)
        for row in message.rows
        if row
    ]
    return look.form(
        hidden_field("act", "press"),
        hidden_field("who", who),
        hidden_field("where", where),
        hidden_field("message", str(message.number)),
        *rows,
        class_="buttons",
    )


def _button(words: str, data: str) -> Element:
    if data.startswith(("https://", "http://")):
        return el("a", words, href=data, rel="noopener noreferrer", target="_blank", class_="button")
    return act_button(words, data, name="button")

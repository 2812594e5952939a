"""The citizens' phones and the contact centre's: two of the three parts of the page."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.page.choice import PHONE_LANGUAGES
from sandbox.page.look import Look, act_button, choices, first_name, hidden_field
from sandbox.page.nodes import Element, Node, el
from sandbox.page.show_chat import composer, log, reply_choice
from sandbox.page.world_view import GENERAL, PRIVATE, Message, Person, Room


def citizens(look: Look) -> Element:
    """Return the citizens' part: whose phone, the chat with the bot, and where one writes."""
    t, choice = look.texts.t, look.choice
    person = look.world.person(choice.person)
    replied = reply_choice(person.messages, choice.reply)
    who = [
        look.place(first_name(one.name), f"chat {one.key}", current=one.key == person.key, person=one.key)
        for one in look.world.citizens
    ]
    return el(
        "section",
        el("h2", t("Medborgare"), id="citizens-title"),
        choices(t("Vems telefon bland medborgarna"), who, key="who"),
        log(look, person.key, t("Chatten med kommunen, på telefonen som {name} har", name=person.name), person.messages,
            who=person.key, where=PRIVATE, speaks=person.speaks),
        _blocked(look, person) if person.blocked else composer(
            look, who=person.key, name=person.name, where=PRIVATE, replied=replied, cancel=choice.href(reply="0"),
            more=[_attachments(look)],
        ),
        _phone(look, person),
        id="citizens", aria_labelledby="citizens-title", tabindex="-1", class_="pane",
    )  # fmt: skip


def _attachments(look: Look) -> Element:
    t = look.texts.t
    return el(
        "details",
        el("summary", t("Skicka något annat")),
        el("p", t("Texten ovanför följer med som bildtext."), class_="hint"),
        el(
            "div",
            act_button(t("Foto"), "photo"),
            act_button(t("Album med två foton"), "album"),
            act_button(t("Röstmeddelande"), "voice"),
            act_button(t("Plats"), "place"),
            act_button(t("Dokument"), "document"),
            act_button(t("Ändra det senaste till texten ovan"), "edit"),
            class_="row",
        ),
        key="attachments",
    )


def _blocked(look: Look, person: Person) -> Element:
    t = look.texts.t
    return look.form(
        hidden_field("who", person.key),
        el("p", t("{name} har blockerat kommunens robot.", name=person.name)),
        act_button(t("Släpp in den igen"), "unblock"),
        class_="composer",
        key=f"blocked-{person.key}",
    )


def _phone(look: Look, person: Person) -> Element:
    t = look.texts.t
    field = f"language-{person.key}"
    options = [
        el("option", name, value=code, lang=code, selected=code == person.language) for code, name in PHONE_LANGUAGES
    ]
    return el(
        "details",
        el("summary", t("Telefonen")),
        look.form(
            hidden_field("who", person.key),
            hidden_field("where", PRIVATE),
            el("label", t("Telefonens språk"), for_=field),
            el(
                "div",
                el("select", *options, name="language", id=field, key=field),
                act_button(t("Byt språk"), "phone_language"),
                class_="row",
            ),
            el(
                "div",
                act_button(t("Tryck på Start"), "start"),
                None if person.blocked else act_button(t("Blockera roboten"), "block"),
                class_="row",
            ),
        ),
        key=f"phone-{person.key}",
    )


def centre(look: Look) -> Element:
    """Return the contact centre's part: whose phone, which room, what is said there, and where one writes."""
    t, choice, world = look.texts.t, look.choice, look.world
    officer = next((one for one in world.officers if one.key == choice.officer), world.officers[0])
    who = [
        look.place(first_name(one.name), f"chat {one.key}", current=one.key == officer.key, officer=one.key)
        for one in world.officers
    ]
    return el(
        "section",
        el("h2", t("Kontaktcentret"), id="centre-title"),
        choices(t("Vems telefon på kontaktcentret"), who, key="who"),
        *_rooms(look, officer),
        id="centre", aria_labelledby="centre-title", tabindex="-1", class_="pane",
    )  # fmt: skip


def _rooms(look: Look, officer: Person) -> list[Node]:
    t, choice, world = look.texts.t, look.choice, look.world
    is_member = officer.key in world.members
    room = world.room(choice.room)
    private = choice.room == PRIVATE or not is_member
    links = [look.place(t("Privat med roboten"), f"chat {officer.key}", current=private, room=PRIVATE)]
    if is_member:
        links += [
            look.place(room_name(look, one), f"room {one.key}", current=not private and one is room, room=one.key)
            for one in world.rooms
        ]
    told = None if is_member else el("p", t("{name} är inte med i gruppen.", name=officer.name), class_="hint")
    return [choices(t("Rum"), links, key="rooms"), told or "", *_room(look, officer, None if private else room)]


def _read_by(officer: Person, messages: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(
        replace(one, by="own") if one.by == "other" and one.author == officer.name else one for one in messages
    )


def room_name(look: Look, room: Room) -> str:
    """Return what a room of the group is called on the page."""
    if room.key == GENERAL:
        return look.texts.t("Allmänt och tavlan")
    return look.texts.t("{topic} (stängt)", topic=room.title) if room.closed else room.title


def _room(look: Look, officer: Person, room: Room | None) -> list[Node]:
    t, choice = look.texts.t, look.choice
    where = PRIVATE if room is None else room.key
    messages = officer.messages if room is None else _read_by(officer, room.messages)
    if room is None:
        label = t("Chatten med roboten, på telefonen som {name} har", name=officer.name)
    else:
        label = t("Gruppen, rummet {room}", room=room_name(look, room))
    replied = reply_choice(messages, choice.answer, "" if room is None else officer.name)
    speaks = officer.speaks if room is None else look.world.language
    return [
        log(look, f"{officer.key}-{where}", label, messages, who=officer.key, where=where, speaks=speaks),
        composer(
            look, who=officer.key, name=officer.name, where=where, replied=replied, cancel=choice.href(answer="0")
        ),
    ]

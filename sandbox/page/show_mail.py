"""The mailboxes: whose, what lies in it, one mail, and where one writes."""

from sandbox.page.look import Look, act_button, choices, first_name, hidden_field, html_lang
from sandbox.page.nodes import Element, Node, el
from sandbox.page.stage import Letter
from sandbox.page.world_view import Box

SHOWN = 60


def mail(look: Look, desk_addresses: dict[str, str], contact: str) -> Element:
    """Return the mail part. `desk_addresses` are where officers write to their desk, by their mail address."""
    t, choice = look.texts.t, look.choice
    box = look.world.box(choice.box)
    whose = [
        look.place(first_name(one.name), f"box {one.address}", current=one is box, box=one.address)
        for one in look.world.boxes
    ]
    letter = next((one for one in box.letters if str(one.number) == choice.mail), None)
    inside: list[Node]
    if choice.write:
        inside = [_new(look, box, desk_addresses.get(box.address, contact))]
    elif letter is not None:
        inside = _read(look, box, letter)
    else:
        inside = _list(look, box)
    return el(
        "section", el("h2", t("E-post"), id="mail-title"), choices(t("Vems brevlåda"), whose, key="whose"), *inside,
        id="mail", aria_labelledby="mail-title", tabindex="-1", class_="pane",
    )  # fmt: skip


def _list(look: Look, box: Box) -> list[Node]:
    t = look.texts.t
    rows = [
        el(
            "li",
            el(
                "a",
                el("span", letter.subject or t("(ingen ämnesrad)"), class_="subject"),
                el(
                    "span",
                    t("Till {who}", who=letter.other) if letter.sent else t("Från {who}", who=letter.other),
                    class_="other",
                ),
                look.moment(letter.at),
                href=look.choice.href(mail=str(letter.number)),
            ),
            key=f"l-{letter.number}",
        )
        for letter in reversed(box.letters[-SHOWN:])
    ]
    empty = el("p", t("Brevlådan är tom."), class_="hint") if not rows else None
    return [
        el("p", el("a", t("Skriv ett nytt mejl"), href=look.choice.href(write="new", pane="mail"), class_="button")),
        el("div", el("ul", *rows, class_="letters"), empty, role="log", tabindex="0", class_="log letters-log",
           aria_label=t("Mejl till och från {address}", address=box.address), key=f"box-{box.address}"),
    ]  # fmt: skip


def _read(look: Look, box: Box, letter: Letter) -> list[Node]:
    t = look.texts.t
    back = look.choice.href(mail="")
    heads = [(t("Till") if letter.sent else t("Från"), letter.other), (t("Ämne"), letter.subject)]
    lang = html_lang(look.world.language) if look.world.language != look.texts.language else None
    shown = el(
        "article",
        el(
            "dl",
            *(part for head, told in heads for part in (el("dt", head), el("dd", told))),
            el("dt", t("När")),
            el("dd", look.moment(letter.at)),
        ),
        el("div", letter.text, class_="words", tabindex="0", role="group", aria_label=t("Mejlets text"), lang=lang),
        key=f"letter-{letter.number}",
        class_="letter",
    )
    made: list[Node] = [el("p", el("a", t("Tillbaka till brevlådan"), href=back, class_="button")), shown]
    if not letter.sent:
        made.append(_answer(look, box, letter))
    return made


def _answer(look: Look, box: Box, letter: Letter) -> Element:
    t = look.texts.t
    field = f"answer-{letter.number}"
    return look.form(
        hidden_field("mail", str(letter.number)),
        el("label", t("Svara som {name}", name=box.name), for_=field),
        el("textarea", name="text", rows="5", id=field, key=field, aria_describedby=f"{field}-hint"),
        el("p", t("Mejlet du svarar på följer med under, som i vilket mejlprogram som helst."), class_="hint",
           id=f"{field}-hint"),
        el("div", act_button(t("Skicka svaret"), "mail_reply", class_="main"), class_="row"),
        class_="composer", key=f"form-{field}",
    )  # fmt: skip


def _new(look: Look, box: Box, to: str) -> Element:
    t = look.texts.t
    key = box.address
    return look.form(
        el("p", el("a", t("Tillbaka till brevlådan"), href=look.choice.href(write=""), class_="button")),
        hidden_field("sender", box.address),
        el("label", t("Till"), for_=f"to-{key}"),
        el("input", name="to", id=f"to-{key}", key=f"to-{key}", value=to, type="text", autocomplete="off"),
        el("label", t("Ämne"), for_=f"subject-{key}"),
        el("input", name="subject", id=f"subject-{key}", key=f"subject-{key}", type="text", autocomplete="off"),
        el("label", t("Text"), for_=f"text-{key}"),
        el("textarea", name="text", rows="8", id=f"text-{key}", key=f"text-{key}"),
        el("div", act_button(t("Skicka mejlet"), "mail", class_="main"), class_="row"),
        class_="composer", key=f"new-{key}",
    )  # fmt: skip

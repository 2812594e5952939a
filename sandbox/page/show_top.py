"""The top of the page: the clock and its jumps, what can go wrong, the week's figures, the language."""

from config.texts import mark
from sandbox.page.look import Look, act_button, html_lang
from sandbox.page.nodes import Element, el

FAULTS = {
    "too_many": mark("Nästa sändning får höra: för många, vänta fem sekunder"),
    "gateway": mark("Nästa sändning får höra: fel hos Telegram"),
    "lost": mark("Nästa sändning kommer fram, men kvittot försvinner"),
    "cut": mark("Nästa sändning bryts innan den kommer fram"),
    "slow": mark("Nästa sändning tar tio sekunder"),
    "twice": mark("Nästa händelse kommer två gånger"),
    "dark": mark("Telegram är borta i en timme"),
    "clear": mark("Sluta med alla fel"),
}


def top(look: Look) -> Element:
    """Return the head of the page."""
    t, choice = look.texts.t, look.choice
    return el(
        "header",
        el("h1", t("Kommunsvar, prova på")),
        el(
            "div",
            el("a", t("Veckans siffror"), href=choice.href(show="figures", pane="start") + "#figures", class_="button"),
            _language(look),
            class_="row tools",
        ),
        _clock(look),
        _faults(look),
        id="top",
        tabindex="-1",
    )


def _clock(look: Look) -> Element:
    t = look.texts.t
    local = look.world.now.astimezone(look.texts.zone)
    return look.form(
        el("p", el("span", t("Klockan är"), class_="hint"), " ", el("strong", look.moment(look.world.now))),
        el(
            "div",
            act_button(t("En timme fram"), "hour"),
            act_button(t("Nästa morgon 08.00"), "morning"),
            act_button(t("Hoppa till tisdag 07.00"), "tuesday"),
            el(
                "details",
                el("summary", t("Ställ klockan")),
                el("div",
                   el("label", t("Dag och tid, framåt"), for_="clock-at"),
                   el("input", type="datetime-local", name="at", id="clock-at", key="clock-at",
                      value=local.strftime("%Y-%m-%dT%H:%M")),
                   act_button(t("Ställ"), "set_clock"), class_="row"),
                key="set-clock",
            ),
            class_="row",
        ),
        class_="clock-form",
        aria_label=t("Klockan"),
        key="clock",
    )  # fmt: skip


def _faults(look: Look) -> Element:
    t = look.texts.t
    rows = [
        el("li", look.time(at), " ", f"{method} ", t("linjen bröts") if code == 0 else str(code))
        for at, method, code in look.world.refused
    ]
    dark = el("p", t("Telegram är borta just nu."), class_="trouble") if look.world.dark else None
    return el(
        "details",
        el("summary", t("Fel att prova")),
        dark,
        look.form(*(act_button(t(words), code, name="fault") for code, words in FAULTS.items()), class_="stack"),
        el("p", t("Det senaste som gick fel för roboten:"), class_="hint") if rows else None,
        el("ul", *rows, class_="plain") if rows else None,
        key="faults",
        class_="drop",
    )


def _language(look: Look) -> Element:
    links = [
        el(
            "a",
            name,
            href=look.choice.href(lang=code),
            lang=html_lang(code),
            aria_current="true" if look.choice.lang == code else None,
            key=code,
            data_whole=True,
        )
        for code, name in (("sv", "Svenska"), ("en", "English"))
    ]
    return el("nav", *links, aria_label=look.texts.t("Sidans språk"), class_="languages")


def panes(look: Look) -> Element:
    """Return the links to the three parts, for screens that show one at a time."""
    t, choice, world = look.texts.t, look.choice, look.world
    counts = {
        "start": 0,
        "citizens": sum(look.unread.get(f"chat {one.key}", 0) for one in world.citizens),
        "centre": sum(n for key, n in look.unread.items() if key.startswith("room "))
        + sum(look.unread.get(f"chat {one.key}", 0) for one in world.officers),
        "mail": sum(n for key, n in look.unread.items() if key.startswith("box ")),
    }
    # Short words: four of them stand side by side on a phone.
    names = {"start": t("Start"), "citizens": t("Medborgare"), "centre": t("Personal"), "mail": t("E-post")}
    links = []
    for pane, name in names.items():
        new = look.texts.n("{count} nytt", "{count} nya", counts[pane]) if counts[pane] else ""
        links.append(
            el("a", name, el("span", f" {new}", class_="new") if new else None, href=choice.href(pane=pane),
               aria_current="true" if choice.pane == pane else None, key=pane)
        )  # fmt: skip
    return el("nav", *links, aria_label=t("Delar av sidan"), class_="panes")

"""The whole page: its parts in order, and the document around them."""

from sandbox.page.guide import Guide
from sandbox.page.look import Look, html_lang
from sandbox.page.nodes import Element, el, to_html
from sandbox.page.show_guide import guide
from sandbox.page.show_mail import mail
from sandbox.page.show_people import centre, citizens
from sandbox.page.show_top import panes, top


def body(look: Look, now: Guide, figures: Element | None, desks: dict[str, str], contact: str) -> Element:
    """Return all that changes. `desks`: officers' desk addresses by mail address; `contact`: where citizens write."""
    return el(
        "div",
        top(look),
        panes(look),
        el(
            "main",
            guide(look, now),
            figures,
            el("div", citizens(look), centre(look), mail(look, desks, contact), class_="parts"),
        ),
        id="page",
        data_pane=look.choice.pane,
        data_plays="yes" if now.story or now.tasks else None,
        data_step=now.story.at if now.story else None,
        data_to=look.choice.href(**now.story.looks) if now.story else None,
    )


def document(look: Look, shown: Element, said: str) -> str:
    """Return the document; `said` tells what came of the last act where no script does."""
    t = look.texts.t
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("title", t("Kommunsvar, prova på")),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("link", rel="icon", href="/favicon.ico"),
        el("link", rel="stylesheet", href="/page.css"),
        el("script", src="/page.js", defer=True),
    )
    skips = [
        el("a", t("Hoppa till medborgarna"), href="#citizens", class_="skip"),
        el("a", t("Hoppa till kontaktcentret"), href="#centre", class_="skip"),
        el("a", t("Hoppa till e-posten"), href="#mail", class_="skip"),
    ]
    everything = el(
        "body",
        el("nav", *skips, aria_label=t("Genvägar")),
        el("p", said, role="status", id="said"),
        shown,
        data_broken=t("Sidan når inte världen bakom den. Kör den fortfarande? Ladda annars om sidan."),
    )
    return "<!doctype html>\n" + to_html(el("html", head, everything, lang=html_lang(look.texts.language)))

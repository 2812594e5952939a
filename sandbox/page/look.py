"""What every part of the page is shown from, and the pieces they share: forms, links, times, logs of messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from config.texts import Texts
from sandbox.page.choice import Choice
from sandbox.page.nodes import Element, Node, el
from sandbox.page.world_view import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody's look at the world. `mark` proves that a form is ours. `unread`: what is new, by place."""

    texts: Texts
    choice: Choice
    world: Snapshot
    mark: str
    unread: dict[str, int]

    def form(self, *children: Node | None, **attributes: str | None) -> Element:
        """Return a form that does something and comes back to where it stood."""
        hidden = [hidden_field("mark", self.mark), hidden_field("back", self.choice.href())]
        return el("form", *hidden, *children, method="post", action="/do", **attributes)

    def place(self, words: str, key: str, *, current: bool, **changes: str) -> Element:
        """Return a link to another place, with how much is new there."""
        count = 0 if current else self.unread.get(key, 0)
        new = self.texts.n("{count} nytt", "{count} nya", count) if count else ""
        return el(
            "a",
            words,
            el("span", f" {new}", class_="new") if new else None,
            href=self.choice.href(**changes),
            aria_current="true" if current else None,
            key=key,
        )

    def day(self, instant: datetime) -> date:
        """Return the local day of an instant."""
        return instant.astimezone(self.texts.zone).date()

    def time(self, instant: datetime) -> Element:
        """Return the local time of day of an instant."""
        local = instant.astimezone(self.texts.zone)
        return el("time", self.texts.clock(local.time()), datetime=local.isoformat(timespec="minutes"))

    def moment(self, instant: datetime) -> Element:
        """Return an instant as local day and time."""
        local = instant.astimezone(self.texts.zone)
        return el("time", self.texts.moment(instant), datetime=local.isoformat(timespec="minutes"))


def hidden_field(name: str, value: str) -> Element:
    """Return a field that goes along unseen."""
    return el("input", type="hidden", name=name, value=value)


def act_button(words: str, act: str, *, name: str = "act", class_: str | None = None) -> Element:
    """Return a button that sends its form and says what to do."""
    return el("button", words, type="submit", name=name, value=act, class_=class_)


def unseen(words: str) -> Element:
    """Return words for those who listen."""
    return el("span", words, class_="unseen")


def first_name(name: str) -> str:
    """Return what is enough of a name to choose by; an address stays whole."""
    return name.partition(" ")[0]


def html_lang(language: str) -> str:
    """Return one of our languages as HTML names it."""
    return {"sv_FI": "sv-FI", "sv_lattlast": "sv"}.get(language, language)


def choices(label: str, links: Iterable[Element], *, key: str) -> Element:
    """Return a list of links to choose among."""
    return el("nav", el("ul", *(el("li", link) for link in links)), aria_label=label, class_="choices", key=key)

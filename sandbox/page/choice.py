"""What somebody looks at on the page: it stands in the address, so that it works without scripts. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

LANGUAGES = ("sv", "en")
PANES = ("start", "citizens", "centre", "mail")
PHONE_LANGUAGES = (("sv", "Svenska"), ("fi", "Suomi"), ("en", "English"), ("ar", "العربية"), ("so", "Soomaali"))
"""Languages a phone can be set to; the bot speaks some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is looked at.

    Attributes:
        lang: language of the page. pane: start, citizens, centre or mail: what a narrow screen shows.
        person: whose phone among the citizens. reply: the message there that is replied to, "0": none although asked.
        officer: whose phone among the staff. room: general, private, or a topic's number. answer: as reply, there.
        box: whose mailbox. mail: the number of the mail that is read. write: new, to write a new one.
        show: figures, to see the week's. week: which, as 2026-W47; empty: this one.
    """

    lang: str = "sv"
    pane: str = "start"
    person: str = "elsa"
    reply: str = ""
    officer: str = "anna"
    room: str = "general"
    answer: str = ""
    box: str = "elsa@example.org"
    mail: str = ""
    write: str = ""
    show: str = ""
    week: str = ""

    def href(self, **changes: str) -> str:
        """Return the address of the page with these changes; what is as usual is left out, but the language."""
        told = asdict(self.but(**changes))
        unusual = {name: value for name, value in told.items() if name == "lang" or value != getattr(_USUAL, name)}
        return "/?" + urlencode(unusual)

    def but(self, **changes: Any) -> "Choice":  # noqa: ANN401 -- every field is a text
        """Return the choice with these changes; another person or room ends what was begun there."""
        if "person" in changes:
            changes = {"reply": "", "pane": "citizens", **changes}
        if "officer" in changes or "room" in changes:
            changes = {"answer": "", "pane": "centre", **changes}
        if "box" in changes:
            changes = {"mail": "", "write": "", "pane": "mail", **changes}
        if "mail" in changes:
            changes = {"write": "", "pane": "mail", **changes}
        return replace(self, **changes)


_USUAL = Choice()
_NAMES = frozenset(field.name for field in fields(Choice))


def read_choice(query: Mapping[str, str], language: str = "sv") -> Choice:
    """Return the choice of an address; what is not known there is left out. `language` holds if it names none."""
    told = {name: value[:80] for name, value in query.items() if name in _NAMES}
    chosen = replace(_USUAL, **told)
    if chosen.lang not in LANGUAGES or "lang" not in told:
        chosen = replace(chosen, lang=language if language in LANGUAGES else "sv")
    return chosen if chosen.pane in PANES else replace(chosen, pane="start")

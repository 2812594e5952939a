"""The help, as it is mailed: every command in a line each, or one of them."""

from bot.desk.help_texts import ABOUT_NUMBERS, HELP, INTRODUCTION, help_about
from bot.parts import Heading, Paragraph, Part, Table
from config.texts import Texts


def help_parts(texts: Texts, about: str, *, lead: bool = False) -> tuple[Part, ...]:
    """Return the help about a command by any of its names, or about all of them; a lead's own ones to leads only."""
    one = help_about(about) if about else None
    if one is not None:
        return Heading(texts.t(one.usage)), Paragraph(texts.t(one.says)), Paragraph(texts.t(ABOUT_NUMBERS))
    parts: list[Part] = []
    if about:
        parts.append(Paragraph(texts.t("Det finns inget kommando som heter {name}. Här är alla.", name=about)))
    parts += [Paragraph(texts.t(INTRODUCTION)), Paragraph(texts.t(ABOUT_NUMBERS))]
    head = (texts.t("Skriv"), texts.t("Då händer det här"))
    for group in HELP:
        rows = tuple((texts.t(text.usage), texts.t(text.says)) for text in group.texts if lead or not text.leads)
        if rows:
            parts += [Heading(texts.t(group.heading)), Table(head, rows)]
    return tuple(parts)

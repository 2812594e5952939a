"""The help, as it is mailed: every command in a line each, or one of them."""

from bot.desk.command_names import Verb
from bot.desk.help_texts import ABOUT_NUMBERS, HELP, INTRODUCTION, HelpGroup, HelpText, help_about
from bot.parts import Heading, Paragraph, Part
from config.texts import Texts, mark

LEADS_ABSENCES = HelpText(
    Verb.AWAY, mark("/borta namn till måndag"),
    mark("En kollega är borta och är tillbaka på måndag. Skriv /tillbaka och namnet när kollegan är här igen."),
    leads=True,
)  # fmt: skip
"""What only leads may do with a command that everybody has."""


def help_parts(texts: Texts, about: str, *, lead: bool = False) -> tuple[Part, ...]:
    """Return the help about a command by any of its names, or about all of them; a lead's own ones to leads only."""
    one = help_about(about) if about else None
    if one is not None:
        more = [Paragraph(_line(texts, LEADS_ABSENCES))] if lead and one.verb is Verb.AWAY else []
        return Heading(texts.t(one.usage)), Paragraph(texts.t(one.says)), *more, Paragraph(texts.t(ABOUT_NUMBERS))
    parts: list[Part] = []
    if about:
        parts.append(Paragraph(texts.t("Det finns inget kommando som heter {name}. Här är alla.", name=about)))
    parts += [Paragraph(texts.t(INTRODUCTION)), Paragraph(texts.t(ABOUT_NUMBERS))]
    for group in HELP:
        lines = [_line(texts, text) for text in _texts_of(group) if lead or not text.leads]
        if lines:
            parts += [Heading(texts.t(group.heading)), Paragraph("\n".join(lines))]
    return tuple(parts)


def _texts_of(group: HelpGroup) -> tuple[HelpText, ...]:
    holds_away = any(text.verb is Verb.AWAY for text in group.texts)
    return (*group.texts, LEADS_ABSENCES) if holds_away else group.texts


def _line(texts: Texts, text: HelpText) -> str:
    return f"{texts.t(text.usage)} – {texts.t(text.says)}"

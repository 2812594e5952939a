"""The help in a chat: all commands on one small screen, or one of them. Pure."""

from dataclasses import dataclass

from bot.desk.help_texts import HELP, help_about
from bot.desk.show_help import LEADS_ABSENCES
from bot.desk.spelling import fold
from bot.parts import Heading, Paragraph, Part
from config.texts import Texts, mark


@dataclass(frozen=True, slots=True)
class _Own:
    """A command that there is in chats only: its names in Swedish, English and Finnish, and what it does."""

    sv: str
    en: str
    fi: str
    says: str

    @property
    def names(self) -> tuple[str, ...]:
        return self.sv, self.en, self.fi

    def name(self, texts: Texts) -> str:
        """Return the name in a language."""
        return {"en": self.en, "fi": self.fi}.get(texts.language, self.sv)


_OWN = (
    _Own("/avbryt", "/cancel", "/peruuta", mark("Det du håller på med avbryts. Inget skickas.")),
    _Own("/anslut", "/connect", "/liity",
         mark("I en egen chatt med boten: du visar vem du är, med en kod till din e-post på jobbet.")),
    _Own("/koppla ifrån", "/disconnect", "/irrota",
         mark("I en egen chatt med boten: du är inte längre ansluten som handläggare.")),
)  # fmt: skip
"""`bot.desk.chat.typed` and `bot.desk.chat.linking` take them."""

_WHICH_CASE = mark(
    "I ett ämne, eller när du svarar på ett meddelande om ett ärende, gäller kommandot det ärendet. "
    "Annars skriver du numret efter, som /ta K-…"
)


def chat_help(texts: Texts, about: str, *, lead: bool = False) -> tuple[Part, ...]:
    """Return the help about a command by any of its names, or about all, a line a group; a lead's own to leads only."""
    t, own, known = texts.t, _own(about), help_about(about) if about else None
    if own is not None:
        return Heading(own.name(texts)), Paragraph(t(own.says))
    if known is not None:
        said = [t(known.says)]
        if lead and known.verb is LEADS_ABSENCES.verb:
            said.append(f"{t(LEADS_ABSENCES.usage)} – {t(LEADS_ABSENCES.says)}")
        return Heading(t(known.usage)), Paragraph("\n".join(said)), Paragraph(t(_WHICH_CASE))
    first = [t("Tryck på en knapp, eller skriv ett kommando."), t(_WHICH_CASE),
             t("Vanliga ord skickas aldrig till den som frågar.")]  # fmt: skip
    if about:
        first.insert(0, t("Det finns inget kommando som heter {name}. Här är alla.", name=about))
    of_chats = t("I chatten: {commands}", commands=" · ".join(one.name(texts) for one in _OWN))
    groups = [*_groups(texts, lead=lead), of_chats]
    last = t("Hur används ett kommando? Skriv till exempel /hjälp delbesked.")
    return Paragraph("\n".join(first)), Paragraph("\n".join(groups)), Paragraph(last)


def _own(about: str) -> _Own | None:
    said = " ".join(fold("/" + about.strip().removeprefix("/").lstrip()).split())
    return next((one for one in _OWN if said in {fold(name) for name in one.names}), None)


def _groups(texts: Texts, *, lead: bool) -> list[str]:
    lines = list[str]()
    for group in HELP:
        usages = [texts.t(one.usage) for one in group.texts if lead or not one.leads]
        if usages:
            lines.append(f"{texts.t(group.heading)}: " + " · ".join(usages))
    return lines

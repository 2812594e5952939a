"""What the help says: every command's usage and, in one line, what it does. Pure; marked texts, translated later."""

from dataclasses import dataclass

from bot.desk.command_names import Verb, named
from config.texts import mark


@dataclass(frozen=True, slots=True)
class HelpText:
    """One command. `usage`: an example, in which text, skäl, namn and … stand for the officer's own words."""

    verb: Verb
    usage: str
    says: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class HelpGroup:
    """Commands that belong together, under a heading."""

    heading: str
    texts: tuple[HelpText, ...]


INTRODUCTION = mark(
    "Skriv ett kommando först på en rad. Du kan skriva flera i samma mejl, ett på varje rad. "
    "Stora och små bokstäver går lika bra."
)
ABOUT_NUMBERS = mark(
    "Svarar du på vårt mejl om en fråga gäller kommandot den frågan. Annars skriver du numret efter kommandot, "
    "som /ta K-…"
)

HELP: tuple[HelpGroup, ...] = (
    HelpGroup(mark("Svara"), (
        HelpText(Verb.ANSWER, mark("/svar text"), mark("Texten skickas till den som frågar.")),
        HelpText(Verb.CANNED_ANSWER, mark("/mall namn dag=fredag"),
                 mark("En mall skickas som svar, med fälten ifyllda. Egen text kan stå på raderna under.")),
        HelpText(Verb.HOLD, mark("/delbesked torsdag text"),
                 mark("Den som frågar får veta att svaret dröjer, och till vilken dag.")),
        HelpText(Verb.SPOKEN, mark("/ringt 2 min text"),
                 mark("Du har svarat på telefon. Hur länge det tog och vad ni sade kan du utelämna.")),
        HelpText(Verb.ELSEWHERE, mark("/besvarat text"),
                 mark("Frågan är besvarad på annat sätt, som i ett brev. Texten stannar hos oss.")),
        HelpText(Verb.UNDO, mark("/ångra"),
                 mark("Det senaste du gjorde i ärendet tas tillbaka. Ett svar hinner stoppas bara en kort stund.")),
    )),
    HelpGroup(mark("Fördela"), (
        HelpText(Verb.TAKE, mark("/ta"), mark("Du tar hand om ärendet.")),
        HelpText(Verb.GIVE_BACK, mark("/släpp"), mark("Du lämnar tillbaka ärendet, så att någon annan kan ta det.")),
        HelpText(Verb.TRANSFER, mark("/lämna till …: varför"),
                 mark("Ärendet går till en kollega eller en enhet, med några ord om varför.")),
    )),
    HelpGroup(mark("Ordna"), (
        HelpText(Verb.NOTE, mark("/anteckning text"), mark("Texten sparas i ärendet men skickas inte.")),
        HelpText(Verb.KIND, mark("/slag synpunkt"),
                 mark("Vad det är: fråga, synpunkt, klagomål, beröm, förslag eller felanmälan.")),
        HelpText(Verb.VIEWPOINT, mark("/synpunkt"), mark("Det är en synpunkt.")),
        HelpText(Verb.FAULT, mark("/felanmälan"), mark("Det är en felanmälan.")),
        HelpText(Verb.TOPIC, mark("/ämne bygglov"), mark("Vad det handlar om.")),
        HelpText(Verb.SECRET, mark("/sekretess ja"),
                 mark("Bara behöriga ser ärendet. Skriv /sekretess nej och ett skäl för att ta bort det.")),
        HelpText(Verb.DIARY, mark("/diarieför ja"), mark("Ärendet ska diarieföras. Skriv nej för att ta bort det.")),
        HelpText(Verb.LANGUAGE, mark("/språk finska"), mark("Språket som den som frågar skriver på.")),
        HelpText(Verb.INTERPRETER, mark("/tolk arabiska"),
                 mark("Den som frågar behöver tolk. Skriv nej för att ta bort det.")),
        HelpText(Verb.MERGE, mark("/slå ihop K-…"),
                 mark("Två ärenden blir ett. Skriv samma person sist, om adresserna är olika men personen är en.")),
    )),
    HelpGroup(mark("Avsluta"), (
        HelpText(Verb.CLOSE, mark("/avsluta"), mark("Ärendet avslutas. Inget skickas.")),
        HelpText(Verb.REOPEN, mark("/öppna"), mark("Ett avslutat ärende öppnas igen.")),
        HelpText(Verb.LEAVE_OUT, mark("/utan svar skräp"),
                 mark("Frågan räknas inte med i statistiken. Skäl: skräp, dubblett, test eller tack.")),
        HelpText(Verb.OUTCOME, mark("/utfall åtgärdat text"),
                 mark("Vad det ledde till: åtgärdat, vidare eller ingen åtgärd. Texten skickas till den som frågade.")),
    )),
    HelpGroup(mark("Se efter"), (
        HelpText(Verb.QUEUE, mark("/kö"), mark("Det som väntar på svar i dina enheter, eller i den enhet du skriver.")),
        HelpText(Verb.MINE, mark("/mina"), mark("Dina egna öppna ärenden.")),
        HelpText(Verb.SEARCH, mark("/sök ord"), mark("Ärenden med ett nummer, ord, namn eller en adress.")),
        HelpText(Verb.SHOW, mark("/visa K-…"), mark("Ärendet med de senaste meddelandena.")),
        HelpText(Verb.JOURNAL, mark("/allt K-…"), mark("Allt som har hänt i ärendet, i ordning.")),
        HelpText(Verb.HISTORY, mark("/historik K-…"), mark("Andra ärenden från samma person.")),
        HelpText(Verb.SIMILAR, mark("/liknande K-…"), mark("Besvarade ärenden om samma sak, med svaren.")),
        HelpText(Verb.WHO_SAW, mark("/vem K-…"), mark("Vem som har läst ärendet, och när.")),
        HelpText(Verb.SHOW_ALL, mark("/visa allt"), mark("Allt som personen skrev, även citerad text.")),
        HelpText(Verb.SHOW_NUMBERS, mark("/visa nummer skäl"),
                 mark("Du får texten med personnummer. Skälet antecknas.")),
        HelpText(Verb.HELP, mark("/hjälp"), mark("Alla kommandon. Med ett kommando efter: hur just det används.")),
    )),
    HelpGroup(mark("Telefon och besök"), (
        HelpText(Verb.PHONE, mark("/telefon 45 ja bygglov"),
                 mark("Ett samtal: sekunder till svar, om personen fick svar direkt (ja eller nej), ämne. "
                      "Betyg 1–5 kan stå sist.")),
        HelpText(Verb.VISIT, mark("/besök ja bygglov"),
                 mark("Ett besök: om personen fick svar direkt (ja eller nej) och ämne.")),
    )),
    HelpGroup(mark("Frånvaro"), (
        HelpText(Verb.AWAY, mark("/borta till måndag"),
                 mark("Du är tillbaka på måndag. Skriv t.o.m. fredag om fredag är sista dagen du är borta.")),
        HelpText(Verb.BACK, mark("/tillbaka"), mark("Du är här igen från i dag.")),
    )),
    HelpGroup(mark("Mallar"), (
        HelpText(Verb.CANNED_LIST, mark("/mallar"), mark("Mallarna du kan använda.")),
        HelpText(Verb.CANNED_SHOW, mark("/mall visa namn"), mark("Hela texten i en mall.")),
        HelpText(Verb.SAVE_CANNED, mark("/mall spara namn"),
                 mark("Texten på raderna under sparas som mall. Skriv enhet=… eller språk=… för att begränsa den."),
                 leads=True),
        HelpText(Verb.END_CANNED, mark("/mall ta bort namn"), mark("Mallen tas bort."), leads=True),
    )),
    HelpGroup(mark("Uppföljning"), (
        HelpText(Verb.LEFT_OUT, mark("/utelämnade v 47"),
                 mark("Vad som inte räknades med i en vecka, av vem och varför."), leads=True),
        HelpText(Verb.PROMISES, mark("/löften v 47"),
                 mark("Löften till dem som frågar som inte hölls i en vecka."), leads=True),
    )),
)  # fmt: skip
"""All commands, in the order of a working day."""

_BY_VERB = {text.verb: text for group in HELP for text in group.texts}


def usage(verb: Verb) -> str:
    """Return an example of a command, to be translated."""
    return _BY_VERB[verb].usage


def help_about(about: str) -> HelpText | None:
    """Return the text about a command by one of its names, with or without its slash; None if there is none."""
    verb, rest = named("/" + about.strip().removeprefix("/").lstrip())
    return _BY_VERB[verb] if verb and not rest.strip() else None

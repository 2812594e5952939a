"""What the tasks of an officer's first day say: what to do, why, and a hint."""

from dataclasses import dataclass

from config.texts import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskText:
    """One task. ``{name}`` and ``{address}`` are the newcomer's."""

    title: str
    what: str
    why: str
    hint: str


TASK_TEXTS = (
    TaskText(
        title=mark("Visa vem du är"),
        what=mark(
            "Välj {name} på kontaktcentret och rummet Privat med roboten. Skriv /anslut, sedan din adress på jobbet: "
            "{address}. En kod kommer till din brevlåda under E-post. Skriv koden i chatten."
        ),
        why=mark("Bara den som kan läsa din brevlåda på jobbet kan svara i ditt namn. Det här gör du en enda gång."),
        hint=mark("Koden är sex siffror. Välj din brevlåda under E-post och öppna mejlet överst."),
    ),
    TaskText(
        title=mark("Ta ett ärende"),
        what=mark("Elsa har just skrivit. Gå till rummet Allmänt och tavlan, och tryck Ta på hennes ärende."),
        why=mark("Då vet alla att du har det, och ingen gör samma jobb två gånger. Två kan inte ta samma."),
        hint=mark("Tavlan ändras inom två minuter. Ärendet kan också ha ett eget rum: där heter knappen bara Ta."),
    ),
    TaskText(
        title=mark("Svara, och läs innan du skickar"),
        what=mark(
            "Gå till ärendets rum. Tryck Svara, skriv när simhallen öppnar, läs igenom det du får se och tryck Skicka."
        ),
        why=mark("Det du skriver i rummet stannar hos er. Bara det du skickar så här når den som frågar."),
        hint=mark(
            "Svaret går iväg efter några sekunder, så att du hinner ångra dig. Vänta in det, så är uppgiften klar."
        ),
    ),
    TaskText(
        title=mark("Säg till när det dröjer"),
        what=mark(
            "Omar vill veta något som du inte kan svara på än. Tryck Delbesked i hans ärende, välj en dag, "
            "skriv varför och tryck Skicka."
        ),
        why=mark(
            "Den som får veta när svaret kommer slipper undra och höra av sig igen. Tiden för svaret går ändå vidare."
        ),
        hint=mark("Hitta Omars ärende på tavlan. Tryck Ta, så får det ett rum, och där finns Delbesked."),
    ),
    TaskText(
        title=mark("Lämna över"),
        what=mark("Elsa frågar om färdtjänst. Det är Omsorgens sak. Tryck Lämna över, välj Omsorgen och skriv varför."),
        why=mark("De som tar över ser allt som har hänt, och vet varför. Den som frågar behöver inte göra något."),
        hint=mark("Har ärendet inget eget rum än? Tryck Ta på tavlan, så får det ett. Där finns Lämna över."),
    ),
    TaskText(
        title=mark("Anteckna ett samtal med två tryck"),
        what=mark("Någon ringde och fick svar direkt. Tryck Logga samtal, välj hur det gick och vad det handlade om."),
        why=mark("Samtalen räknas för sig och visar hur lätt det är att nå er. Inga namn behövs."),
        hint=mark("Knappen står under tavlan och i din egen chatt. Du kan också skriva /telefon."),
    ),
    TaskText(
        title=mark("Hitta ett ärende med ord"),
        what=mark("Skriv /sök simhallen i din egen chatt med roboten."),
        why=mark("Någon ringer och har glömt sitt nummer. Du hittar ärendet med det de minns."),
        hint=mark("Böjningen spelar ingen roll: simhall hittar också simhallen."),
    ),
    TaskText(
        title=mark("Ångra dig"),
        what=mark(
            "Ångra något du har gjort: tryck Ångra under det roboten senast bekräftade, "
            "eller skriv /ångra i ärendets rum."
        ),
        why=mark(
            "Alla trycker fel ibland. Det mesta går att ta tillbaka, och ingenting försvinner: båda stegen antecknas."
        ),
        hint=mark("Ett samtal som du nyss har antecknat går alltid att ångra. Tryck Logga samtal igen och ångra det."),
    ),
)

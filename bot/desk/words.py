"""How the desk names things to staff, and why an act was not done."""

from bot.desk.acts import ActRefused, Refusal
from bot.facts import Kind, Result
from config.texts import Texts, mark

KIND_NAMES = {
    Kind.QUESTION: mark("fråga"),
    Kind.VIEWPOINT: mark("synpunkt"),
    Kind.COMPLAINT: mark("klagomål"),
    Kind.PRAISE: mark("beröm"),
    Kind.PROPOSAL: mark("förslag"),
    Kind.FAULT: mark("felanmälan"),
}

RESULT_NAMES = {
    Result.REMEDIED: mark("åtgärdat"),
    Result.TAKEN_FURTHER: mark("vidare"),
    Result.NO_ACTION: mark("ingen åtgärd"),
}

_REFUSALS = {
    Refusal.NOT_SEEN: mark("Det finns inget ärende {about} som du kan se. Kontrollera numret."),
    Refusal.MERGED: mark("Ärendet är hopslaget med {about}. Skriv det numret i stället."),
    Refusal.TAKEN: mark("{about} har redan ärendet. Vill du ta över det? Skriv /lämna till mig: varför."),
    Refusal.NOT_YOURS: mark("Ärendet är inte ditt."),
    Refusal.UNKNOWN_TARGET: mark("Vi vet inte säkert vad du menar med ”{about}”."),
    Refusal.AWAY: mark("{about} är borta nu. Lämna till någon annan eller till enheten."),
    Refusal.SAME: mark("Så är det redan."),
    Refusal.NOT_CLEARED: mark("Bara den som får se sekretessmärkta ärenden kan ta bort märkningen."),
    Refusal.NOBODY_TO_ANSWER: mark("Vi har ingen adress att svara till i {about}. Ring, eller svara på annat sätt."),
    Refusal.OTHER_PERSON: mark(
        "{about} kommer från en annan adress. Är det samma person? Skriv ”samma person” sist på raden."
    ),
    Refusal.ON_ITS_WAY: mark("Ett svar i {about} är på väg ut. Vänta någon minut och försök igen."),
    Refusal.NOTHING_TO_UNDO: mark("Du har inte gjort något i {about} som går att ångra."),
    Refusal.HAS_LEFT: mark("Det går inte att ångra längre: brevet har redan skickats."),
    Refusal.LEADS_ONLY: mark("Det här får bara en kvalitetsledare göra."),
    Refusal.NEWER: mark(
        "Den som frågar har skrivit mer sedan det du svarar på: ”{about}”. Inget har gjorts. "
        "Läs det nya först, och svara i så fall på det."
    ),
    Refusal.NOBODY_CLEARED: mark("Ingen på {about} får se sekretessmärkta ärenden. Inget har gjorts."),
    Refusal.TOO_LATE: mark("Det går inte att ångra längre: någon har arbetat vidare med {about} sedan dess."),
    Refusal.UNREADABLE: mark(
        "Mallen går inte att spara: namnet får ha 40 tecken, och klamrar får bara stå runt namnet på ett fält."
    ),
    Refusal.NO_INQUIRY: mark("Ingen fråga väntar på svar i {about}."),
}


def why_not(texts: Texts, refused: ActRefused) -> str:
    """Return in words why an act was not done."""
    return texts.t(_REFUSALS[refused.refusal], about=refused.about)

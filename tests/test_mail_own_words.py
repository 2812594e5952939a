"""What looks like history or a signature but is the writer's own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_quotes import own_words

OWN_TEXTS = {
    "timetable": "Från: Storgatan\nTill: Hamnen",
    "timetable with a date": "Bussen är sen.\n\nFrån: Storgatan\nTill: Hamnen\nDatum: den 3 november 2026 kl. 10.15\n"
                             "\nVarför?",
    "timetable date first": "Hej,\n\nDatum: 2026-11-12\nFrån: Storgatan\nTill: Hamnen\nTid: 14:03\n\nBussen kom "
                            "aldrig.",
    "list": "Det saknas:\n- lampor\n- bänkar\n- en papperskorg",
    "list of stars": "Saker att laga:\n* ett\n* två\n\n* tre",
    "list of numbers": "1. Lampan\n2. Bänken\n3) Gungan",
    "dash in a sentence": "Två saker är trasiga\n-- lampan i kuren\n-- bänken\nNär lagas de?",
    "ni skrev": "Ni skrev: den går varje kvart. Det gör den inte.",
    "ni skrev above": "Ni skrev:\nDet är lagat. Det är det inte.",
    "du skrev above": "Hej!\nDu skrev:\n\nLampan är lagad.\n\nDet stämmer inte.",
    "jag skrev": "Hej!\nJag skrev den 12 november till Anna:\nLampan är trasig.\nInget svar.",
    "anna skrev till mig": "Den 12 november 2026 kl. 14:03 skrev Anna till mig:\n\nVi kommer.\n\nIngen kom.",
    "dated with a clock": "Den 20 november 2026 kl 10:00 skrev ni:\nDet är lagat.\n\nDet är det inte.",
    "colon and date": "Följande hände den 12 november 2026 kl. 14:03:\nLampan slocknade.",
    "thanks in the middle": "Hej!\n\nTack,\n\ndå vet jag. Men när kommer ni till Storgatan?",
    "thanks at the end": "Kan ni laga lampan på Storgatan?\n\nTack på förhand",
    "thanks for the help": "Nu fungerar det.\nTack för hjälpen!",
    "arrow": "Jag klickade på Meny > Konto > Lösenord.\nInget hände.",
    "arrow at a line break": "Jag klickade på Meny >\n> Konto\noch inget hände.",
    "own rules": "Ärende ett: lampan.\n-----------\nÄrende två: bänken.\n-----------\nNär lagas de?",
    "own stars": "Ett\n* * *\nTvå",
    "address": "Ni når mig på anna@example.org:\nring inte.",
    "times": "Öppet:\nmån 08:00-17:00\ntis 10:00-12:00\n12 november 2026: stängt",
    "wrote in english": "I wrote to you on 12 November 2026:\nthe lamp is broken.\nNo answer yet.",
    "they wrote": "Your colleague wrote that it was mended.\nIt is not.",
    "form": "Namn: Anna Exempel\nE-post: anna@example.org\nÄmne: Lampan\nMeddelande: Den är släckt.",
    "form with from": "Från: Anna Exempel\nTelefon: 070-000 00 00\nÄmne: Lampan\n\nDen är släckt.",
    "obs": "OBS! Det kommer vatten utifrån in i källaren på skolan.",
    "about outside mail": "Varning! Jag fick ett mejl från en extern avsändare som ville ha pengar av mig.",
    "about outside mail 2": "Detta mejl kom från en extern avsändare som påstod sig vara kommunen. Stämmer det?",
    "mvh in the middle": "Mvh är en fin förkortning, tycker jag.\nMen lampan då?",
    "greeting that asks": "Med vänlig hälsning\nAnna\n\nKan ni också titta på bänken?",
    "postscript": "Lampan är trasig.\n\nMvh Anna\n\nPS: bänken också",
    "dashes and much text": "Hej\n\n--\n\n" + "\n".join(f"Punkt {n}: lampan på gatan är trasig." for n in range(14)),
    "best western": "Hotellet heter\nBest Western",
    "question mark": "?",
    "only a quotation": "> Allt är citerat",
    "only a signature": "-- \nbara en signatur",
    "only a greeting": "Mvh Anna",
    "only a header": "-----Original Message-----\nFrom: x\nSent: y\nTo: z",
    "a last word behind a dash in a list": "Jag vill ha:\n- Lampor\n- Bänkar",
    "phone in a sentence": "Skickat från kommunen fick jag ett brev den 12 november men det var tomt.",
    "name below": "Vi tar platsen.\n\nKarin",
}  # fmt: skip


@pytest.mark.parametrize("text", OWN_TEXTS.values(), ids=OWN_TEXTS)
def test_own_words_survive(text: str) -> None:
    assert own_words(text).text == text
    assert own_words(text.replace("\n", "\r\n")).text == text


ABOVE = [text for name, text in OWN_TEXTS.items() if not name.startswith(("only", "arrow at", "name"))]


@pytest.mark.parametrize("text", ABOVE)
@pytest.mark.parametrize(
    "head",
    [
        "Den tors 12 nov. 2026 kl 14:03 skrev Bo Exempel <bo@example.org>:\n\n> Hej!\n> Mvh Bo",
        "Från: Bo Exempel <bo@example.org>\nSkickat: den 12 november 2026 14:03\nTill: Elsa\nÄmne: Svar\n\nHej!",
        "12 nov. 2026 kl. 14:03 skrev Bo Exempel:\n\n> Hej!\n\n-- \nElsa",
    ],
)
def test_own_words_survive_above_history(text: str, head: str) -> None:
    assert own_words(f"{text}\n\n{head}").text == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(list(OWN_TEXTS.values())), min_size=1, max_size=3))
def test_own_words_of_own_words_are_the_same(parts: list[str]) -> None:
    once = own_words("\n\n".join(parts)).text
    assert own_words(once).text == once or ">" in once or "Mvh" in once or "-- " in once

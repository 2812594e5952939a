"""Every command with what it takes, in Swedish, English and Finnish. Today is Wednesday 18 November 2026, week 47."""

from datetime import date

import pytest

from bot.case import read_number
from bot.desk.command_names import NAMES, Verb
from bot.desk.commands import (
    Answer,
    Ask,
    Away,
    Back,
    Close,
    Command,
    Contact,
    Elsewhere,
    EndCanned,
    GiveBack,
    Hold,
    LeaveOut,
    Merge,
    Note,
    NotUnderstood,
    Reopen,
    SaveCanned,
    SetKind,
    SetMark,
    SetOutcome,
    SetTopic,
    ShowAll,
    ShowNumbers,
    Spoken,
    Take,
    Transfer,
    Undo,
    Way,
)
from bot.desk.help_texts import HELP, help_about, usage
from bot.desk.read_commands import READERS, read_commands
from bot.desk.spelling import fold
from bot.facts import CaseMark, CaseNumber, ExcludeReason, Kind, Result
from bot.questions import (
    BrokenPromises,
    CannedList,
    Help,
    History,
    Journal,
    LeftOut,
    Mine,
    Queue,
    Search,
    Show,
    Similar,
    WhoSaw,
)

TODAY = date(2026, 11, 18)
K, OTHER = CaseNumber("K-7Q4M2X-G"), CaseNumber("K-AAAAAB-N")
FRIDAY, MONDAY, DECEMBER = date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 1)
"""The coming ones, and the first of December."""

SECRET, DIARY = CaseMark.SECRET, CaseMark.DIARY
LANGUAGE, INTERPRETER = CaseMark.LANGUAGE, CaseMark.INTERPRETER

UNDERSTOOD: list[tuple[Command, tuple[str, ...]]] = [
    # Answers
    (Answer("Hej!", K), (f"/svar {K} Hej!", f"/answer {K}: Hej!", "/vastaus k7q4m2xg\nHej!", f"/SVAR [{K}] Hej!")),
    (Answer("Hej!\n\nPå torsdag.\n\nMvh\nAnna"), ("/svar Hej!\n\nPå torsdag.\n\nMvh\nAnna",)),
    (Answer("*Hej* du"), ("/svar *Hej* du", "**/svar** *Hej* du")),
    (Answer("", K, "jul", (("dag", "fre"),)),
     (f"/svar {K} mall jul dag=fre", f"/answer {K} template jul dag=fre", f"/vastaus {K} malli jul dag=fre",
      f"/svar mall jul {K} dag=fre", f"/svar mall jul dag=fre {K}", f"/mall jul {K} dag=fre", f"/mall {K} jul dag=fre",
      f"/svar {K} mall jul dag=fre\n\n-- \nAnna\nKontaktcenter")),
    (Answer("Hej då!", None, "öppet i jul", (("dag", "24 dec"), ("ort", "Ås"))),
     ('/mall öppet i jul dag="24 dec" ort=Ås\nHej då!', "/template öppet i jul dag=”24 dec” ort=Ås\n\nHej då!",
      "/malli öppet i jul dag=“24 dec” ort=“Ås”\nHej då!")),
    (Answer("", None, "jul", (("dag", ""),)), ('/mall jul dag=""',)),
    (Hold(FRIDAY, "Vi väntar", K),
     (f"/delbesked {K} fredag Vi väntar", f"/delbesked {K} till fredag: Vi väntar",
      f"/holding {K} until Friday Vi väntar",
      f"/delbesked senast fredag {K} Vi väntar", f"/delbesked till {K} fredag\nVi väntar",
      f"/holding notice {K} by Friday – Vi väntar", f"/väliaikatieto {K} perjantaihin asti Vi väntar",
      f"/valiaikatieto {K} viimeistään perjantaina Vi väntar", f"/delbesked {K} 2026-11-20 Vi väntar")),
    (Hold(DECEMBER, "3 lampor byts"), ("/delbesked 1 december 3 lampor byts", "/delbesked tisdag 1/12 3 lampor byts")),
    # Nineteen November to seventeen May: a hundred and eighty days ahead is the last day.
    (Hold(date(2027, 5, 17), "Vi väntar"), ("/delbesked 17/5 Vi väntar",)),
    (Hold(date(2026, 11, 19), "Vi väntar"), ("/delbesked i morgon Vi väntar",)),
    (Spoken(), ("/ringt", "/called", "/soitettu", "/ringt\n\nMvh Anna")),
    (Spoken(45, "", K), (f"/ringt {K} 45", f"/ringt 45 s {K}", f"/called {K} 45 sec.", f"/soitettu {K} 45 sekuntia")),
    (Spoken(120, "Hon blev nöjd"),
     ("/ringt 2 min Hon blev nöjd", "/ringt 2 minuter: Hon blev nöjd", "/called 120 s\nHon blev nöjd")),
    (Spoken(150, "Klart"), ("/ringt 2 min 30 s Klart",)),
    (Spoken(None, "3 gånger, inget svar", K), (f"/ringt {K} 3 gånger, inget svar",)),
    (Spoken(None, "070 123 45 67 svarar inte"), ("/ringt 070 123 45 67 svarar inte",)),
    (Spoken(None, "701 234 567"), ("/ringt 701 234 567",)),
    (Spoken(None, "14.30 och fick svar"), ("/ringt 14.30 och fick svar",)),
    (Elsewhere("med brev", K), (f"/besvarat {K} med brev", f"/answered {K}\nmed brev", f"/vastattu {K}, med brev")),
    (Elsewhere(), ("/besvarat", "/answered", "/vastattu")),
    # Who has it
    (Take(K), (f"/ta {K}", f"/take {K}", f"/ota {K}", f"/TA {K}.", "/ta (K-7Q4M2X-G)", "/ta K–7Q4M2X–G")),
    (Take(), ("/ta", "/take", "/ota", "/ta!", "/ta.", "/ta\n\n-- \nAnna")),
    (GiveBack(K), (f"/släpp {K}", f"/slapp {K}", f"/give back {K}", f"/vapauta {K}")),
    (Transfer("Bo Ek", "han kan", K),
     (f"/lämna {K} till Bo Ek: han kan", f"/lämna till Bo Ek {K}: han kan", f"/transfer {K} to Bo Ek: han kan",
      f"/siirrä {K} Bo Ek: han kan", f"/lamna {K} Bo Ek\nhan kan", f"/lämna {K} till Bo Ek:\n\nhan kan\n\nMvh Anna")),
    (Transfer("bo@kommun.example", "akut: ring"), ("/lämna till bo@kommun.example: akut: ring",)),
    # What it is
    (Note("Ringde, inget svar", K),
     (f"/anteckning {K} Ringde, inget svar", f"/note {K} Ringde, inget svar",
      f"/muistiinpano {K}: Ringde, inget svar")),
    (Note("Ringde\nHälsningar från grannen"), ("/anteckning Ringde\nHälsningar från grannen",)),
    *((SetKind(kind, K), tuple(f"/slag {word} {K}" for word in words.split(",")))
      for kind, words in (
          (Kind.QUESTION, "fråga,fraga,question,kysymys"), (Kind.VIEWPOINT, "synpunkt,viewpoint,mielipide"),
          (Kind.COMPLAINT, "klagomål,complaint,valitus"), (Kind.PRAISE, "beröm,praise,kehu"),
          (Kind.PROPOSAL, "förslag,proposal,ehdotus"), (Kind.FAULT, "felanmälan,fault report,vikailmoitus"))),
    (SetKind(Kind.QUESTION), ("/slag fråga", "/kind question", "/laji kysymys")),
    (SetKind(Kind.VIEWPOINT, K), (f"/synpunkt {K}", f"/viewpoint {K}", f"/mielipide {K}")),
    (SetKind(Kind.FAULT), ("/felanmälan", "/felanmalan", "/fault report", "/vikailmoitus")),
    (SetTopic("Gator och vägar", K),
     (f"/ämne Gator och vägar {K}", f"/amne {K} Gator och vägar", f"/topic {K} Gator och vägar",
      f"/aihe {K} Gator och vägar")),
    (SetMark(SECRET, "yes"), ("/sekretess", "/sekretess ja", "/secrecy", "/secret yes", "/salassapito",
     "/salainen kyllä")),
    (SetMark(SECRET, "yes", "känslig familj", K), (f"/sekretess {K} ja känslig familj",)),
    (SetMark(SECRET, "", "familjen vill det", K),
     (f"/sekretess {K} nej familjen vill det", f"/secrecy no {K}: familjen vill det",
      f"/salassapito {K} ei\nfamiljen vill det")),
    (SetMark(DIARY, "yes", case=K), (f"/diarieför {K}", f"/diariefor ja {K}", f"/register {K} yes", f"/diaarioi {K}")),
    (SetMark(DIARY, ""), ("/diarieför nej", "/register no", "/diaarioi ei", "/kirjaa ei")),
    (SetMark(LANGUAGE, "fi", case=K),
     (f"/språk {K} fi", f"/sprak finska {K}", f"/language {K} Finnish", f"/kieli {K} suomi", f"/språk FINSKA {K}")),
    (SetMark(LANGUAGE, "ar"), ("/språk arabiska", "/language Arabic", "/kieli arabia", "/språk ar")),
    (SetMark(LANGUAGE, "so"), ("/språk somaliska", "/language Somali", "/kieli somali")),
    (SetMark(INTERPRETER, "fa", case=K), (f"/tolk {K} persiska", f"/interpreter {K} Farsi", f"/tulkki {K} persia")),
    (SetMark(INTERPRETER, "fa_AF"), ("/tolk dari",)),
    (SetMark(INTERPRETER, "sgn"), ("/tolk teckenspråk", "/interpreter sign language", "/tulkki viittomakieli")),
    (SetMark(INTERPRETER, ""), ("/tolk nej", "/interpreter no", "/tulkki ei")),
    (Merge(K), (f"/slå ihop {K}", f"/sla ihop med {K}", f"/merge with {K}", f"/yhdistä {K}")),
    (Merge(K, same_person=True, case=OTHER),
     (f"/slå ihop {OTHER} med {K} samma person", f"/merge {OTHER} {K} same person",
      f"/yhdistä {OTHER} {K} sama henkilö",
      f"/slå ihop {OTHER} {K} Samma person")),
    (Undo(K), (f"/ångra {K}", f"/angra {K}", f"/undo {K}", f"/peru {K}")),
    # How it ends
    *((LeaveOut(reason, K), tuple(f"{name} {K}" for name in names.split(",")))
      for reason, names in (
          (ExcludeReason.SPAM, "/utan svar skräp,/utan svar skrap,/no answer spam,/ilman vastausta roskaposti"),
          (ExcludeReason.DUPLICATE, "/utan svar dubblett,/no answer duplicate,/ilman vastausta kaksoiskappale"),
          (ExcludeReason.TEST, "/utan svar test,/no answer test,/ilman vastausta testi"),
          (ExcludeReason.THANKS, "/utan  svar tack,/no answer thanks,/ilman vastausta kiitos"))),
    (LeaveOut(ExcludeReason.THANKS), ("/utan svar Tack!", "/Utan svar tack.")),
    (Close(K), (f"/avsluta {K}", f"/close {K}", f"/sulje {K}")),
    (Reopen(K), (f"/öppna {K}", f"/oppna {K}", f"/reopen {K}", f"/avaa {K}")),
    (SetOutcome(Result.REMEDIED, "Lampan är bytt", K),
     (f"/utfall {K} åtgärdat Lampan är bytt", f"/utfall atgardat {K}: Lampan är bytt",
      f"/outcome {K} remedied\nLampan är bytt", f"/tulos {K} korjattu: Lampan är bytt")),
    (SetOutcome(Result.TAKEN_FURTHER, "Till nämnden"),
     ("/utfall vidare Till nämnden", "/outcome taken further: Till nämnden", "/tulos eteenpäin Till nämnden")),
    (SetOutcome(Result.NO_ACTION, "För dyrt\n\nMvh Anna"),
     ("/utfall ingen åtgärd För dyrt\n\nMvh Anna", "/outcome no action: För dyrt\n\nMvh Anna",
      "/tulos ei toimenpiteitä\nFör dyrt\n\nMvh Anna")),
    (ShowNumbers("måste ringa", K),
     (f"/visa nummer {K} måste ringa", f"/show numbers {K}\nmåste ringa", f"/näytä numerot {K} måste  ringa")),
    (ShowAll(K), (f"/visa allt {K}", f"/show all {K}", f"/näytä kaikki {K}", f"/nayta kaikki {K}")),
    # Questions
    (Ask(Show(K)), (f"/visa {K}", f"/show {K}", f"/näytä {K}", "/visa k-7q4m2x-g", "/visa K 7Q4M2X G")),
    (Ask(Journal(K)), (f"/allt {K}", f"/all {K}", f"/kaikki {K}")),
    (Ask(History(K)), (f"/historik {K}", f"/history {K}", f"/historia {K}")),
    (Ask(Similar(K)), (f"/liknande {K}", f"/similar {K}", f"/samankaltaiset {K}")),
    (Ask(WhoSaw(K)), (f"/vem {K}", f"/who {K}", f"/kuka {K}")),
    (Ask(Queue()), ("/kö", "/ko", "/KÖ", "/ko\u0308", "/queue", "/jono")),
    (Ask(Queue("Gator och vägar")), ("/kö Gator och  vägar", "/queue Gator och vägar", "/jono Gator och vägar")),
    (Ask(Mine()), ("/mina", "/mine", "/omat")),
    (Ask(Search("trasig lampa")), ("/sök trasig lampa", "/sok trasig  lampa", "/search trasig lampa",
     "/hae trasig lampa")),
    (Ask(Search(K)), (f"/sök {K}",)),
    (Ask(CannedList()), ("/mallar", "/templates", "/mallit")),
    (Ask(CannedList("jul")), ("/mall visa jul", "/template show jul", "/malli näytä jul")),
    (Ask(LeftOut()), ("/utelämnade", "/utelamnade", "/left out", "/pois jätetyt")),
    (Ask(LeftOut("2026-W47")),
     ("/utelämnade v47", "/utelämnade 47", "/utelämnade vecka 47", "/utelämnade 2026-W47", "/left out week 47",
      "/pois jätetyt viikko 47", "/utelämnade V 47")),
    (Ask(BrokenPromises("2025-W07")), ("/löften 2025-W7", "/promises 2025-w07", "/lupaukset 2025W7")),
    (Ask(Help()), ("/hjälp", "/hjalp", "/help", "/apua", "/ohje")),
    (Ask(Help("slå ihop")), ("/hjälp slå ihop", "/hjälp /slå ihop")),
    # In person
    (Contact(Way.PHONE, True, 45, "bygglov"),
     ("/telefon 45 ja bygglov", "/phone 45 yes bygglov", "/puhelin 45 kyllä bygglov", "/telefon 45 s ja bygglov")),
    (Contact(Way.PHONE, False, 120, "Gator och vägar", 4, "Hon ringer igen"),
     ("/telefon 2 min nej Gator och vägar betyg 4\nHon ringer igen",
      "/phone 120 no Gator och vägar rating: 4\n\nHon ringer igen\n-- \nAnna",
      "/puhelin 120 ei Gator och vägar arvosana 4/5\nHon ringer igen",
      "/telefon 120 nej Gator och vägar 4\nHon ringer igen")),
    (Contact(Way.PHONE, True, None, "bygglov"), ("/telefon ja bygglov", "/phone yes bygglov")),
    (Contact(Way.PHONE, True, 5, "", 4), ("/telefon 5 ja 4", "/telefon 5 ja betyg 4")),
    (Contact(Way.VISIT, True, None, "bygglov"), ("/besök ja bygglov", "/besok ja bygglov", "/visit yes bygglov",
                                                 "/käynti kyllä bygglov")),
    # Absences; through Friday the 20th is back on Saturday the 21st.
    (Away(MONDAY), ("/borta till måndag", "/borta, åter måndag", "/away until Monday", "/away, back on Monday",
                    "/poissa, takaisin maanantaina", "/poissa maanantaihin", "/borta tills på måndag")),
    (Away(date(2026, 11, 21)), ("/borta t.o.m. fredag", "/borta t.o.m fredag", "/borta t o m fredag",
                                "/borta till och med fredag", "/away through Friday", "/poissa perjantaihin asti",
                                "/poissa perjantaihin saakka")),
    (Away(date(2026, 11, 19)), ("/borta i dag", "/borta idag", "/away today", "/poissa tänään", "/borta t.o.m. idag")),
    (Away(MONDAY, officer="bo"), ("/borta bo till måndag", "/away bo until Monday", "/poissa bo maanantaihin")),
    (Away(date(2026, 11, 21), officer="Tom"), ("/borta Tom t.o.m. fredag",)),
    (Away(MONDAY, officer="Tom"), ("/borta Tom till måndag",)),
    (Away(date(2026, 11, 19), officer="Tom"), ("/borta Tom i dag",)),
    # From the first to the fifth at work again; through the fifth is back on the sixth.
    (Away(date(2026, 12, 5), DECEMBER), ("/borta från 1/12 till 5/12", "/away from 1/12 until 5/12",
                                         "/borta fran 1 december till 5 december")),
    (Away(date(2026, 12, 6), DECEMBER), ("/borta från 1/12 t.o.m. 5/12", "/away from 1/12 through 5/12",
                                         "/poissa 1.12. alkaen 5.12. asti")),
    # From Friday the 20th until the Monday after it; over New Year the second day is next year's.
    (Away(MONDAY, FRIDAY, "bo"), ("/borta bo från fredag till måndag", "/away bo from Friday until Monday")),
    (Away(date(2027, 1, 7), date(2026, 12, 20)), ("/borta från 20/12 till 7/1",)),
    (Back(), ("/tillbaka", "/back", "/takaisin")),
    (Back("bo"), ("/tillbaka bo", "/back bo", "/takaisin bo")),
    # Canned answers
    (SaveCanned("jul", "God jul {namn}!\n\nVi ses."), ("/mall spara jul\nGod jul {namn}!\n\nVi ses.",)),
    (SaveCanned("jul", "Hyvää joulua!", "gata", "fi"),
     ("/mall spara jul enhet=gata språk=fi\nHyvää joulua!",
      "/template save jul unit=gata language=Finnish\nHyvää joulua!",
      "/malli tallenna jul kieli=suomi yksikkö=gata\nHyvää joulua!")),
    (EndCanned("öppet i jul"),
     ("/mall ta bort öppet i jul", "/template remove öppet i jul", "/malli poista öppet i jul")),
]  # fmt: skip

UNCLEAR: list[tuple[str, tuple[str, ...]]] = [
    ("/svar text", ("/svar", f"/svar {K}", "/svar\n\nMvh\nAnna", "/svar text", "/svar /ta", "/svar mall",
     "/vastaus teksti",
                    "/svar mall jul dag = fredag", "/svar mall jul dag=fre text efter", "/svar mall jul dag=1 dag=2")),
    ("/mall namn dag=fredag", ("/mall", "/mall dag=fredag", f"/mall {'x' * 61}", "/mall jul dag=", "/mall jul\ntext")),
    ("/delbesked torsdag text",
     ("/delbesked", "/delbesked fredag", "/delbesked Vi väntar", "/delbesked fredag\n\n-- \nAnna",
      "/delbesked i dag Vi väntar",
      "/delbesked 18/5 Vi väntar", "/delbesked 17/11/2026 Vi väntar", "/delbesked 31/2 Vi väntar",
      "/delbesked torsdag 1/12 Vi väntar", "/delbesked fredag eller måndag Vi väntar", "/delbesked torsdag text")),
    ("/lämna till …: varför", ("/lämna", "/lämna till Bo", "/lämna till Bo:", "/lämna: han kan",
     "/lämna till …: varför",
                               "/lämna till: han kan", "/lämna till Bo\n\nMvh Anna",
                               f"/lämna {K} {OTHER} Bo: han kan")),
    ("/anteckning text", ("/anteckning", f"/anteckning {K}", "/note\n-- \nAnna")),
    ("/ta", ("/ta nu", f"/ta {K} {OTHER}", "/ta\nHej Elsa!")),
    ("/avsluta", ("/avsluta\nTack för ditt mejl!", "/avsluta nu")),
    ("/slag synpunkt", ("/slag", "/slag annat", "/slag fråga synpunkt")),
    ("/synpunkt", ("/synpunkt Lampan är trasig",)),
    ("/ämne bygglov", ("/ämne", f"/ämne {K}")),
    ("/sekretess nej skäl", ("/sekretess nej", "/sekretess nej nja", "/sekretess nej skäl")),
    ("/sekretess ja", ("/sekretess kanske", "/sekretess\nHej Elsa!")),
    ("/diarieför ja", ("/diarieför kanske", "/diarieför ja nej", "/diarieför\nHej Elsa!")),
    ("/språk finska", ("/språk", "/språk gurkiska", "/språk xx")),
    ("/tolk arabiska", ("/tolk", "/tolk ja", "/tolk gurkiska")),
    ("/slå ihop K-…", ("/slå ihop", "/slå ihop den förra", f"/slå ihop {K} {K}", f"/slå ihop {K} {OTHER} bror")),
    ("/utan svar skräp", ("/utan svar", "/utan svar för gammalt", f"/utan svar {K}", "/utan svar skräp\nHej Elsa!")),
    ("/utfall åtgärdat text", ("/utfall", "/utfall åtgärdat", "/utfall Lampan är bytt", "/utfall åtgärdat\nMvh Anna")),
    ("/visa nummer skäl", ("/visa nummer", "/visa nummer abc", "/visa nummer skäl", "/show numbers reason")),
    ("/visa allt", ("/visa allt nu", "/visa allt\nHej Elsa!")),
    ("/visa K-…", ("/visa", "/visa lampan", f"/visa {K} nu", f"/visa {K} {OTHER}", f"/visa {K}\nHej Elsa!")),
    ("/allt K-…", ("/allt",)), ("/historik K-…", ("/historik",)), ("/liknande K-…", ("/liknande",)),
    ("/vem K-…", ("/vem", f"/vem läste {K}")),
    ("/mina", ("/mina ärenden",)), ("/sök ord", ("/sök",)), ("/kö", ("/kö\nHej Elsa!",)), ("/mallar", ("/mallar jul",)),
    ("/mall visa namn", ("/mall visa",)), ("/mall spara namn", ("/mall spara", "/mall spara jul",
     "/mall spara\nGod jul!",
                                                                "/mall spara jul enhet=\nGod jul!",
                                                                "/mall spara jul språk=gurkiska\nGod jul!",
                                                                "/mall spara jul dag=1\nGod jul!")),
    ("/mall ta bort namn", ("/mall ta bort", "/mall ta bort jul\nHej Elsa!")),
    ("/utelämnade v 47", ("/utelämnade v0", "/utelämnade 54", "/utelämnade igår", "/utelämnade 2026-12")),
    ("/löften v 47", ("/löften 2026",)),
    ("/telefon 45 ja bygglov", ("/telefon", "/telefon 45", "/telefon 45 bygglov", "/telefon 45 ja 60 bygglov",
                                "/telefon 45 60 ja bygglov", "/telefon 45 ja bygglov 7", "/telefon 45 ja bygglov betyg",
                                "/telefon 99999 ja bygglov", "/telefon 45 ja bygglov 3 4")),
    ("/besök ja bygglov", ("/besök", "/besök bygglov", "/besök 45 ja bygglov", "/besök ja bygglov 6")),
    # A bare Friday could be the first or the last day, or the day back.
    ("/borta till måndag", ("/borta", "/borta fredag", "/borta Tom fredag", "/borta till", "/borta tills vidare",
     "/borta till i dag", "/borta bo",
                            "/borta från fredag", "/borta till 17/11/2026", "/borta från 17/11/2026 till måndag",
                            "/borta från 5/12/2026 till 1/12/2026", "/borta till måndag\nHej Elsa!")),
]  # fmt: skip


@pytest.mark.parametrize(("command", "text"), [(command, text) for command, texts in UNDERSTOOD for text in texts])
def test_a_command_is_understood(command: Command, text: str) -> None:
    assert read_commands(text, TODAY) == (command,)


@pytest.mark.parametrize(("meant", "text"), [(meant, text) for meant, texts in UNCLEAR for text in texts])
def test_a_command_that_is_not_clear_is_not_done_and_its_usage_is_told(meant: str, text: str) -> None:
    assert read_commands(text, TODAY) == (NotUnderstood(text.splitlines()[0], meant),)


def test_the_numbers_in_these_tables_are_right() -> None:
    assert [read_number(number) for number in (K, OTHER)] == [K, OTHER]


def test_every_command_has_a_reader_a_help_text_and_a_name_of_its_own_in_each_language() -> None:
    explained = [text.verb for group in HELP for text in group.texts]
    assert sorted(explained) == sorted(Verb) == sorted(NAMES) == sorted(READERS)
    names = [fold(name) for names in NAMES.values() for name in names]
    assert len(set(names)) == len(names)
    assert all(len(names) >= 3 for names in NAMES.values())


def test_what_the_help_shows_is_understood_once_the_officers_words_stand_in_it() -> None:
    for verb in Verb:
        shown = (
            usage(verb).replace("K-…", K).replace("…", "Bo").replace("varför", "han kan").replace("text", "Hej Elsa!")
        )
        shown = shown.replace("skäl", "måste ringa") + ("\nHej Elsa!" if verb is Verb.SAVE_CANNED else "")
        (command,) = read_commands(shown, TODAY)
        assert not isinstance(command, NotUnderstood), shown
        assert shown.startswith(NAMES[verb][0])


def test_the_help_about_one_command_is_found_by_any_of_its_names() -> None:
    for verb, names in NAMES.items():
        for name in names:
            found = help_about(name)
            assert found is not None
            assert found.verb is verb
            assert help_about(name.removeprefix("/").upper()) == found
    assert help_about("") is help_about("något annat") is None
    assert {text.verb for group in HELP for text in group.texts if text.leads} == {
        Verb.SAVE_CANNED, Verb.END_CANNED, Verb.LEFT_OUT, Verb.PROMISES,
    }  # fmt: skip

"""In which language a citizen writes: typical mails, short ones, and what is not clear. All sentences are made up."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_language import language_of

MAILS = [
    ("sv", "Hej, när öppnar biblioteket?"),
    ("sv", "Hej! Gatlampan utanför Storgatan 4 har varit släckt i två veckor nu. När lagas den?"),
    ("sv", "Vi har fortfarande inte fått något svar om bygglovet som vi sökte i augusti."),
    ("sv", "Tack för snabbt svar!"),
    ("sv", "Soporna hämtades inte i dag heller."),
    ("sv", "Var hittar jag blanketten för att ansöka om förskoleplats?"),
    (
        "sv",
        "God dag, jag skulle vilja veta om min mor kan få hemtjänst även på helger och vem jag ska prata med om det.",
    ),
    ("sv", "Det ligger is på hela trottoaren vid skolan, barnen ramlar. Ni måste sanda!"),
    ("sv", "Kan man betala fakturan för vatten senare?"),
    ("sv", "Jag vill klaga på bemötandet jag fick i telefon i går. Handläggaren var otrevlig och la på luren."),
    ("sv", "Hejsan, har simhallen öppet på påskafton?"),
    (
        "sv",
        "Hälsningar från Jakobstad! Vet ni när hälsocentralen ringer upp, jag väntar ännu på en tid.",
    ),
    ("sv", "Skräp överallt i parken, tråkigt att se."),
    ("sv", "Bussen kom aldrig, vad ska min dotter göra då"),
    ("sv", "Tjena! Funkar sophämtningen som vanligt under jul?"),
    ("sv", "Snöröjningen på vår gata är bedrövlig"),
    ("sv", "ang. parkeringsböter vid torget, jag bestrider denna"),
    ("sv", "Mvh Kim, tel 0700000000. Ring mig gärna"),
    ("sv", "Hej hej! Undrar om ni har fått in ett par borttappade glasögon på badhuset?"),
    ("sv", "Kan ni skicka bygglovsritningarna för fastigheten Eken 4 till mig?"),
    ("sv", "Grannens hund skäller hela nätterna, vem ansvarar för sådant?"),
    ("sv", "Jättebra service i receptionen, stort beröm till Anna!"),
    ("sv", "När börjar höstterminen på musikskolan"),
    ("sv", "Jag vill säga upp min båtplats från och med nyår."),
    ("sv", "Ett träd har fallit över cykelvägen vid ån."),
    ("sv", "Tackar så mycket"),
    (
        "sv",
        "Parkeringsautomaten på torget tar inte kort, fick böter trots att jag försökte betala. Hur överklagar jag?",
    ),
    ("sv", "Anhåller om utdrag ur protokollet från senaste nämndmötet."),
    ("sv", "Finns det någon ledig plats i eftis för min son på ettan? Vi bor i Vasa."),
    ("sv", "Hur länge är återvinningscentralen öppen på lördagar?"),
    ("sv", "Jag har tappat bort mitt lånekort, kan jag få ett nytt?"),
    ("sv", "Det luktar avlopp i källaren efter regnet."),
    ("sv", "Lekplatsen vid Björkvägen behöver nya gungor"),
    ("sv", "Bilen blev repad av er plogbil, vart vänder jag mig?"),
    ("sv", "Vilken fin park det blivit!"),
    ("fi", "Moi, milloin kirjasto aukeaa?"),
    ("fi", "Hei! Katuvalo on ollut pimeänä kaksi viikkoa Rantatien varrella. Milloin se korjataan?"),
    ("fi", "Kiitos nopeasta vastauksesta."),
    ("fi", "Haluaisin tietää, miten haen lapselleni päivähoitopaikkaa ensi syksyksi."),
    ("fi", "Roskat jäi taas hakematta, mitä pitää tehdä?"),
    ("fi", "Voinko maksaa laskun vasta ensi kuussa?"),
    ("fi", "Terveyskeskuksesta ei kukaan vastaa puhelimeen, olen yrittänyt jo kolme päivää."),
    ("fi", "Onko uimahalli auki pääsiäisenä?"),
    ("fi", "Hyvää päivää, rakennuslupahakemukseni on ollut käsittelyssä elokuusta asti enkä ole saanut mitään tietoa."),
    ("fi", "Tie on todella liukas koulun kohdalla, hiekoittakaa se."),
    ("fi", "saako koiraa pitää irti puistossa"),
    ("fi", "Terve, koirapuiston portti on rikki ja koirat pääsevät karkuun."),
    ("fi", "Miten teen muuttoilmoituksen?"),
    ("fi", "Kaunis kiitos avusta!"),
    ("fi", "Pyydän kopion päätöksestä, joka koskee tonttiani."),
    ("fi", "Bussi ei tullut aamulla ollenkaan, lapset myöhästyivät koulusta."),
    ("fi", "Milloin hiekoitus tehdään Kirkkokadulla"),
    ("fi", "Naapuri polttaa roskia pihalla joka ilta."),
    ("fi", "Olisiko mahdollista varata sali lauantaiksi?"),
    ("fi", "Haen toimeentulotukea, mihin lähetän liitteet?"),
    ("fi", "Kuinka kauan jäteasema on auki lauantaisin?"),
    ("fi", "Kadotin kirjastokorttini, saanko uuden?"),
    ("fi", "Aurausauto naarmutti autoni, kehen otan yhteyttä?"),
    ("fi", "Toivon yhteydenottoa sosiaaliohjaajalta."),
    ("fi", "Kiitos hienosta puistosta!"),
    ("no", "Hei, når åpner biblioteket?"),
    ("no", "Hei! Gatelykten utenfor huset vårt har vært mørk i to uker. Når blir den reparert?"),
    ("no", "Takk for raskt svar!"),
    ("no", "Hvor finner jeg skjemaet for å søke om barnehageplass?"),
    ("no", "Søppelet ble ikke hentet i dag heller."),
    ("no", "Jeg vil gjerne vite om moren min kan få hjemmehjelp også i helgene, og hvem jeg skal snakke med om det."),
    ("no", "Kan jeg betale regningen for vann senere?"),
    ("no", "Det er is på hele fortauet ved skolen, barna faller. Dere må strø!"),
    ("no", "Vi har fortsatt ikke fått noe svar på byggesøknaden vi sendte i august."),
    ("no", "Er svømmehallen åpen på påskeaften?"),
    ("no", "Har dere noen ledige leiligheter for eldre?"),
    ("no", "Hunden til naboen bjeffer hele natten, hvem har ansvar for slikt?"),
    ("no", "Kan dere sende meg byggetegningene for eiendommen?"),
    ("no", "Et tre har falt over sykkelveien ved elva."),
    ("no", "Jeg vil si opp båtplassen min fra nyttår."),
    ("no", "Når starter musikkskolen til høsten"),
    ("no", "Tusen takk for hjelpen!"),
    ("no", "Det lukter kloakk i kjelleren vår etter regnet."),
    ("no", "Hei, jeg flytter til kommunen neste måned, hva må jeg gjøre?"),
    ("no", "Hvor lenge er gjenvinningsstasjonen åpen på lørdager?"),
    ("no", "Jeg har mistet lånekortet mitt, kan jeg få et nytt?"),
    ("no", "Lekeplassen ved skogen trenger nye husker"),
    ("no", "Bilen min ble ripet av brøytebilen, hvem kontakter jeg?"),
    ("no", "Ønsker kontakt med en saksbehandler."),
    ("no", "For en fin park det har blitt!"),
    ("da", "Hej, hvornår åbner biblioteket?"),
    ("da", "Hej! Gadelampen uden for vores hus har været slukket i to uger. Hvornår bliver den lavet?"),
    ("da", "Tak for hurtigt svar!"),
    ("da", "Hvor finder jeg skemaet til at søge om en børnehaveplads?"),
    ("da", "Skraldet blev heller ikke hentet i dag."),
    ("da", "Jeg vil gerne vide, om min mor kan få hjemmehjælp også i weekenden, og hvem jeg skal tale med om det."),
    ("da", "Kan jeg betale regningen for vand senere?"),
    ("da", "Der er is på hele fortovet ved skolen, børnene falder. I må salte!"),
    ("da", "Vi har stadig ikke fået noget svar på byggeansøgningen, som vi sendte i august."),
    ("da", "Er svømmehallen åben påskelørdag?"),
    ("da", "Har I nogle ledige boliger til ældre?"),
    ("da", "Naboens hund gør hele natten, hvem har ansvaret for den slags?"),
    ("da", "Kan I sende mig byggetegningerne for ejendommen?"),
    ("da", "Et træ er væltet ned over cykelstien ved åen."),
    ("da", "Jeg vil opsige min bådplads fra nytår."),
    ("da", "Hvornår starter musikskolen til efteråret"),
    ("da", "Mange tak for hjælpen!"),
    ("da", "Hvordan klager jeg over en parkeringsbøde?"),
    ("da", "Der lugter af kloak i kælderen efter regnen."),
    ("da", "Hej, jeg flytter til kommunen næste måned, hvad skal jeg gøre?"),
    ("da", "Hvor længe er genbrugspladsen åben om lørdagen?"),
    ("da", "Legepladsen ved skoven trænger til nye gynger"),
    ("da", "Min bil blev ridset af sneploven, hvem kontakter jeg?"),
    ("da", "Ønsker kontakt med en sagsbehandler."),
    ("da", "Sikke en flot park det er blevet!"),
    ("en", "Hi, when does the library open?"),
    ("en", "Hello! The street light outside our house has been out for two weeks. When will it be fixed?"),
    ("en", "Thanks for the quick reply!"),
    ("en", "Where can I find the form to apply for a preschool place?"),
    ("en", "The rubbish was not collected today either."),
    (
        "en",
        "I would like to know whether my mother can get home care at weekends too and whom I should talk to about it.",
    ),
    ("en", "Can I pay the water bill later?"),
    ("en", "There is ice on the whole pavement by the school, children are falling. You must grit it!"),
    ("en", "We still have not had any answer about the building permit we applied for in August."),
    ("en", "Is the swimming pool open on Easter Saturday?"),
    ("en", "my neighbour is burning garbage again please help"),
    ("en", "Hello, I am moving to your town next month, what do I need to do?"),
    ("en", "A tree fell across the cycle path by the river."),
    ("en", "Could you send me the drawings of the property?"),
    ("en", "My son lost his jacket on the school bus yesterday."),
    ("en", "How do I appeal a parking fine?"),
    ("en", "Excellent service at the reception, many thanks"),
    ("en", "Is there parking near the town hall?"),
    ("en", "Bad smell from the drain after the rain."),
    ("en", "How long is the recycling centre open on Saturdays?"),
    ("en", "I lost my library card, can I get a new one?"),
    ("en", "The playground needs new swings"),
    ("en", "Your snow plough scratched my car, who do I contact?"),
    ("en", "What a lovely park!"),
    ("de", "Hallo, wann öffnet die Bibliothek?"),
    ("de", "Guten Tag! Die Straßenlaterne vor unserem Haus ist seit zwei Wochen aus. Wann wird sie repariert?"),
    ("de", "Danke für die schnelle Antwort!"),
    ("de", "Wo finde ich das Formular für einen Kindergartenplatz?"),
    ("de", "Der Müll wurde heute auch nicht abgeholt."),
    (
        "de",
        "Ich möchte gerne wissen, ob meine Mutter auch am Wochenende Hilfe bekommt und mit wem ich sprechen soll.",
    ),
    ("de", "Kann ich die Wasserrechnung später bezahlen?"),
    ("de", "Wir haben noch immer keine Antwort auf den Bauantrag bekommen."),
    ("de", "Hallo, ich ziehe nächsten Monat in Ihre Gemeinde, was muss ich tun?"),
    ("de", "Ein Baum ist über den Radweg am Fluss gefallen."),
    ("de", "Können Sie mir die Baupläne schicken?"),
    ("de", "Der Hund des Nachbarn bellt die ganze Nacht."),
    ("de", "Wie lege ich Widerspruch gegen ein Bußgeld ein?"),
    ("de", "Vielen Dank für Ihre Hilfe!"),
    ("de", "Gibt es Parkplätze in der Nähe vom Rathaus?"),
    ("de", "Wie lange hat der Wertstoffhof samstags geöffnet?"),
    ("de", "Ich habe meinen Ausweis verloren, bekomme ich einen neuen?"),
    ("de", "Der Spielplatz braucht neue Schaukeln"),
    ("de", "Der Schneepflug hat mein Auto zerkratzt, an wen wende ich mich?"),
    ("de", "Was für ein schöner Park!"),
    ("pl", "Dzień dobry, kiedy jest otwarta biblioteka?"),
    ("pl", "Przeprowadzam się do gminy w przyszłym miesiącu, co muszę zrobić?"),
    ("ar", "متى تفتح المكتبة؟ أريد أن أستعير كتابا"),
    ("ar", "مرحبا، انتقلت إلى البلدية الشهر الماضي، ماذا يجب أن أفعل؟"),
    ("fa", "سلام، کتابخانه چه ساعتی باز می‌شود؟ من می‌خواهم کتاب بگیرم"),
    ("fa", "سلام، من ماه آینده به این شهر می‌آیم، چه کار باید بکنم؟"),
    ("so", "Waxaan rabaa inaan ogaado goorta maktabaddu furanto."),
    ("so", "Salaan, waxaan u guurayaa degmada bisha soo socota, maxaan sameeyaa?"),
    ("ti", "ሰላም፣ ቤተ መጻሕፍቲ መዓስ ይኽፈት?"),
    ("uk", "Добрий день, коли відкривається бібліотека?"),
    ("uk", "Вітаю, я переїжджаю до вашої громади, що мені потрібно зробити?"),
    ("ru", "Здравствуйте, когда открывается библиотека?"),
    ("ru", "Я переезжаю в вашу коммуну, что мне нужно сделать?"),
    ("tr", "Merhaba, kütüphane ne zaman açılıyor?"),
    ("tr", "Gelecek ay belediyenize taşınıyorum, ne yapmam gerekiyor?"),
    ("es", "Hola, ¿cuándo abre la biblioteca?"),
    ("es", "Me mudo a su municipio el mes que viene, ¿qué tengo que hacer?"),
    ("fr", "Bonjour, quand ouvre la bibliothèque ?"),
    ("fr", "Je déménage dans votre commune le mois prochain, que dois-je faire ?"),
    ("it", "Buongiorno, quando apre la biblioteca?"),
    ("pt", "Bom dia, quando abre a biblioteca?"),
    ("et", "Tere, millal raamatukogu avatakse?"),
    ("et", "Ma kolin järgmisel kuul teie valda, mida ma pean tegema?"),
    ("lt", "Laba diena, kada atsidaro biblioteka?"),
    ("lv", "Labdien, kad tiek atvērta bibliotēka?"),
    ("ro", "Bună ziua, când se deschide biblioteca?"),
    ("hu", "Jó napot, mikor nyit a könyvtár?"),
    ("nl", "Hallo, wanneer gaat de bibliotheek open?"),
    ("nl", "Ik verhuis volgende maand naar uw gemeente, wat moet ik doen?"),
    ("sq", "Përshëndetje, kur hapet biblioteka? Dua të marr një libër."),
    ("bs", "Dobar dan, kada se otvara biblioteka? Želim posuditi knjigu."),
    ("ku", "Silav, pirtûkxane kengî vedibe? Ez dixwazim pirtûkekê bistînim."),
    ("no", "Da kommer jeg innom på fredag."),
    ("no", "Jeg er på ferie og er tilbake mandag."),
    ("sv", "Vi har lagt ner verksamheten i maj."),
    ("el", "Καλημέρα, πότε ανοίγει η βιβλιοθήκη;"),
    ("ka", "გამარჯობა, როდის იხსნება ბიბლიოთეკა?"),
    ("th", "ห้องสมุดเปิดกี่โมง"),
    ("zh", "请问图书馆几点开门？"),
    ("ja", "としょかんはなんじにあきますか"),
    ("am", "ሰላም፣ ቤተ መጻሕፍቱ መቼ ነው የሚከፈተው?"),
    ("ur", "لائبریری کب کھلتی ہے؟ مجھے بتائیں"),
    ("no", "Hei, eg lurer på når biblioteket opnar. Kva må eg gjere?"),
]


@pytest.mark.parametrize(("language", "text"), MAILS)
def test_mails(language: str, text: str) -> None:
    assert language_of(text) == language
    assert language_of(text.upper() if language != "tr" else text) == language
    assert language_of(f"  {text}\n\nanna@example.org https://kommun.example/the/and/of\n") == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("no", "Hvordan klager jeg på en parkeringsbot?"),
        ("sv", "Önskar kontakt med en biståndshandläggare."),
        ("fi", "Leikkipuisto tarvitsee uudet keinut"),
        ("da", "Jeg har mistet mit lånerkort, kan jeg få et nyt?"),
    ],
)
def test_too_little_to_tell_is_never_told_wrong(language: str, text: str) -> None:
    assert language_of(text) in (language, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "Hej!",
        "Tack så",  # two words
        "123 456 789 ??? !!!",
        "Kim Exempel 070",
        "https://kommun.example/och/att/det/ är@example.org",
        "Ja",
        "Bo Prov reagerade via",  # a name that is a small word far away
        "你好",
        "xq zzw qkk",
        "Hvordan har det",  # Norwegian or Danish
    ],
)
def test_not_clear(text: str) -> None:
    assert language_of(text) == ""


def test_letters_with_their_marks_apart_count_the_same() -> None:
    assert language_of("Hej, na\u0308r o\u0308ppnar biblioteket?") == "sv"


def test_only_the_beginning_counts() -> None:
    swedish = "Hej, när öppnar biblioteket? " * 70
    assert language_of(swedish[:2000] + " when does the library open" * 500) == "sv"


@given(st.text())
def test_never_raises(text: str) -> None:
    code = language_of(text)
    assert code == "" or (len(code) == 2 and code.isascii() and code.islower())


@given(st.lists(st.sampled_from([text for language, text in MAILS if language == "sv"]), min_size=1, max_size=20))
def test_more_of_a_language_stays_that_language(texts: list[str]) -> None:
    assert language_of("\n".join(texts)) == "sv"


@pytest.mark.parametrize("piece", ["a", "å", "a@", "@ ", "och ", "aa'", "ж", "한", "a ж "])
def test_hostile_input_takes_little_time(piece: str) -> None:
    begin = time.process_time()
    for _ in range(10):
        language_of(piece * (2_000_000 // len(piece)))
    assert time.process_time() - begin < 0.5

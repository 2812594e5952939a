"""Which language a mail is written in, from a citizen's few words. Pure.

A script decides where only one language comes in question; else small words, endings and letters vote. A library was
measured first (py3langid): as right, but it holds 55 MB and half a second at start for what this table tells.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_LOOKED = 2_000
_COUNTED = 80
_ENOUGH = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_WORDS = ("@", "://", "www.")

# Small words first, then words of citizens' mails. One that several languages know counts the less for each.
_WORDS = {
    "sv": """i och att det är på som för en ett jag inte av med till den har de vi ni om hej var kan när ska skulle från
        vad hur där här han hon man min mitt mina er era ert oss mig dig sig nu så men eller under utan efter vid över
        också bara finns blir blev varit vara får fick gör göra vill någon något några ingen inget inga alla allt detta
        denna dessa vilken vilka varför vem hälsning hälsningar mvh tack snälla snabbt svar fråga gäller angående ang
        gatan väg vägen skolan barn barnet barnen biblioteket bygglov öppnar öppet stänger räkning fakturan soporna
        sopor kommunen tyvärr fortfarande veckor vecka månad dag dagar idag igår imorgon redan mycket gärna behöver
        måste borde kommer gått hittar tjena hejsan ej samt sedan sen trasig trasigt lampan ännu äntligen dålig bra
        stort beröm hela hämtades hämtas heller säga jätte upp ner igen
        ärende ärendet tycker tror vet bor står ligger hänger bil bilen huset klockan bifogas bilaga bilagor läs""",
    "fi": """ja on ei että se hän minä me te he en et olen olet ole oli ovat olisi mutta kun jos niin kuin tai sekä myös
        mitä mikä missä mistä mihin milloin miten miksi kuka kenelle voi voin voinko voiko onko saako saanko pitää
        pitäisi haluan haluaisin kiitos kiitoksia hei moi terve terveisin ystävällisin terveisiin hyvää päivää päivä
        nyt vielä jo kanssa sitten koska vain ettei mitään kukaan tänään huomenna eilen viikko viikkoa kuukausi meidän
        teidän minun minulla meillä lapsi lapseni koulu koulun kirjasto auki lasku laskun tie tien todella taas edelleen
        asti ensi tämä tästä tätä nämä sitä siitä saanut saada asia asiaa vastausta täällä siellä hyvin paljon
        joka jotka jossa ilta illalla aamulla olla olisiko mahdollista apua avusta haen ollenkaan naapuri pihalla vuosi
        vuoden pyydän miten missään sinne tänne teille teiltä""",
    "no": """i og jeg det er på som for en et ikke av med til den har de vi dere om hei var kan når skal skulle fra hva
        hvor hvordan hvorfor hvem hvilken der her han hun man min mitt mine deres oss meg deg seg nå så men eller under
        uten etter ved over også bare finnes blir ble vært være får fikk gjør gjøre vil noen noe ingen alle alt dette
        denne disse hilsen mvh takk raskt svar spørsmål gjelder angående gaten veien skolen barn barnet barna
        biblioteket åpner åpent åpen stenger regning søppel søppelet kommunen dessverre fortsatt uker uke måned dag
        dager idag allerede mye gjerne trenger må burde kommer gått finner veldig bør mellom mot slik siden hvis
        vann vite hjelp hjelpen snakke søke søknad søknaden plass barnehage skjema leilighet bolig eldre helgen helgene
        mulig opp ut inn si slikt eiendom eiendommen hjem fram ikkje eg kva korleis kvar dykk frå vere noko mykje flytte
        neste klage gate veg tusen hele nytt blitt tilbake innom""",
    "da": """og jeg det er på som for en et ikke af med til den har de vi om hej var kan hvornår når skal skulle fra
        hvad hvor hvordan hvorfor hvem hvilken der her han hun man min mit mine jeres jer os mig dig sig nu så men
        eller under uden efter ved over også kun findes bliver blev været være får fik gør gøre vil nogen noget nogle
        ingen alle alt dette denne disse hilsen mvh tak hurtigt svar spørgsmål gælder angående vejen skolen børn
        barnet børnene biblioteket åbner åbent åben lukker regning skrald skraldet kommunen desværre stadig uger uge
        måned dag dage allerede meget gerne brug må burde kommer gået finder bør mellem mod sådan siden hvis heller i
        venlig tale kunne vand vide hjælp hjælpen søge ansøgning plads børnehave skema lejlighed bolig ældre weekenden
        mulig op ud ind sige slags ejendom ejendommen hjem frem flytte næste klage gade gaden mange hele nyt sikke
        flot""",
    "en": """the and is of to in that it for you with on this are was be have has had not but we they your our my me
        him her he she what when where why how who which can could will would should may please thanks thank hello hi
        dear regards from by at as or if so there their been were do does did don't i'm i am an about any some get
        got need want know still today week weeks open library road school child children bill street again out all
        quick reply help after before also no yes more than very just like because""",
    "de": """und ist der die das den dem des ein eine einen einem einer ich nicht mit auf für von zu im in wir sie ihr
        es er dass daß auch wie wann wo was warum wer kann können möchte würde bitte danke hallo guten tag grüße
        freundlichen mit freundliche sehr geehrte an am um aus bei nach vor über unter noch nur schon aber oder wenn
        weil werden wird wurde worden haben habe hat war sind bin sein mein meine unser unsere uns mir mich ihnen kein
        keine vielen hilfe ihre ihrer ihren heute gestern seit wochen woche schule kind kinder straße rechnung öffnet
        ob soll muss gerne zum zur""",
    "nl": """de het een en van is dat niet ik wij we jij u uw ons mijn zijn met voor op te aan er maar ook als bij naar
        wat wanneer waar hoe waarom wie kan kunnen wil graag bedankt dank hallo groeten geachte mevrouw heer gaat open
        heeft heb hebben was werd worden nog geen al om uit door over deze dit vraag straat school week weken""",
    "fr": """le la les un une des et est de du en que qui je vous nous il elle ne pas pour dans sur avec au aux ce cette
        mon ma mes votre vos notre nos quand où comment pourquoi quel quelle merci bonjour bonsoir madame monsieur
        cordialement s'il plaît peut puis-je pouvez voudrais souhaite suis être avoir ai a sont c'est j'ai mais ou si
        depuis encore toujours plus rue école enfant ouvre ouverte""",
    "es": """el la los las un una y es de del en que no se por para con al lo su sus mi mis yo usted ustedes nosotros
        cuándo dónde cómo qué cuál quién porque gracias hola buenos buenas días tardes saludos estimados señor señora
        quiero quisiera puedo puede está están estoy hay ha han he tengo pero más muy desde hasta todavía calle
        escuela hijo hija abre abierta""",
    "pt": """o os as um uma e é de do da dos das em no na que não se por para com ao seu sua meu minha eu você vocês nós
        quando onde como porquê qual quem obrigado obrigada olá bom dia boa tarde cumprimentos quero gostaria posso
        pode está estão há tenho mas mais muito desde até ainda rua escola filho filha abre aberta""",
    "it": """il lo la gli le un una e è di del della dei in che non si per con al alla suo mio mia io voi noi lei
        quando dove come perché quale chi grazie buongiorno buonasera salve saluti cordiali gentile vorrei posso può
        sono siamo ho ha hanno ma più molto da dal ancora sempre strada scuola figlio figlia apre aperta anche""",
    "pl": """i w na z do nie się to jest że jak co czy po od za dla przez o ale lub oraz ja my pan pani państwo mój
        moja moje nasz gdzie kiedy dlaczego kto który która dziękuję proszę dzień dobry witam pozdrawiam chciałbym
        chciałabym mogę może jestem są był była było mam ma już jeszcze tylko bardzo ulica szkoła dziecko""",
    "tr": """ve bir bu da de için ile ne çok ama gibi daha var yok mı mi mu mü ben biz siz o merhaba selam günaydın
        teşekkürler teşekkür ederim lütfen nasıl nerede zaman neden kim hangi istiyorum olarak olan değil kadar sonra
        önce saygılar iyi günler benim bizim sizin çocuk okul cadde""",
    "et": """ja on ei et see ta ma me te nad mis kus millal kuidas miks kes kas aga või kui ka veel juba oma minu meie
        teie tere tänan aitäh palun lugupidamisega soovin tahan tahaksin saan saab olen oli pole siis pärast enne
        tänav kool laps lapse avatakse avatud raamatukogu head päeva""",
    "lv": """un ir nav ka par no ar uz lai bet vai kas kad kur kā kāpēc es mēs jūs viņš viņa man mums jums labdien
        sveiki paldies lūdzu ar cieņu vēlos gribu varu var būt bija esmu jau vēl tikai ļoti pie pēc iela skola bērns
        bērnu tiek atvērta bibliotēka""",
    "lt": """ir yra nėra kad su iš į apie bet ar kas kada kur kaip kodėl aš mes jūs jis ji man mums jums laba diena
        sveiki ačiū prašau pagarbiai noriu norėčiau galiu gali būti buvo esu jau dar tik labai prie po gatvė mokykla
        vaikas vaiko dėl ne už""",
    "ro": """și si este nu de la în in cu pe pentru că ca o un una ce când cand unde cum cine care eu noi voi el ea
        mulțumesc multumesc bună buna ziua salut vă va rog stimate aș as vrea doresc pot poate sunt am are au dar mai
        foarte după strada școală copil copilul din se deschide sau""",
    "hu": """a az és nem hogy egy van volt is de ha csak már még mint vagy én mi ön önök mikor hol hogyan miért ki mit
        köszönöm kérem jó napot szia üdvözlettel tisztelt szeretnék szeretném lehet tudok kell nincs vannak nagyon
        után előtt utca iskola gyerek nyit ezt azt""",
    "sq": """dhe është nuk në me për të se që një si ku kur pse kush unë ne ju ai ajo mund dua faleminderit përshëndetje
        mirëdita tung ju lutem kam ka jam janë por ose edhe shumë pas para rruga shkolla fëmija hapet nga kjo ky
        sepse jashtë""",
    "bs": """i je da se na u za ne su sam s od do što kako kada gdje zašto ko tko koji koja ja mi vi on ona mogu može
        želim hvala molim dobar dan zdravo poštovani pozdrav srdačan nije nisam bio bila bilo ali ili već još samo vrlo
        poslije ulica škola dijete ima imam li će bi otvara""",
    "so": """iyo waa in aan ka ku oo u ma ah ayaa waxaan waxaa uu ay la si sidee goorma goorta halkee maxaa sababta yaa
        mahadsanid fadlan salaan asc wanaagsan rabaa doonayaa karaa leeyahay ahay laakiin ama wax badan ilmaha cunug
        iskuulka dugsiga jidka inaan kaas tan""",
    "ku": """û ku ji li di bi jî ev ew ez em hûn wan min me we te çi çawa kengî ku çima kî silav rojbaş spas sipas
        ji kerema xwe dixwazim dikarim heye hene nîne ne bo ya yê yên da de zarok dibistan kolan gelek an lê""",
}

# Endings and letters say less than words, but every text has them.
_ENDINGS = {
    "sv": "ning ningen ande ligt orna arna erna aren ades ats igt skt ått ött",
    "fi": """iko skä kse ia iä oa eä tta ttä uun yyn ssa ssä sta stä lla llä lta ltä lle ksi een iin aan ään nen kaan
        kään ttu tty vat vät mme nsä nko kö""",
    "no": "ene heten ing sjon kk tt nn ll rt igheten ssen elsen leik ingen skap",
    "da": "erne heden ede tion ing elsen igheden nd ld eren gt skab øj ej",
    "en": "ing tion ght ly ould ough ness ment",
    "de": "ung ungen lich keit isch ige iert heit cht tzt",
    "nl": "ijk ijke heid ingen aat ooi cht eren",
    "fr": "tion ment eux euse aient ez oir ique",
    "es": "ción iendo ando ario dad mente",
    "pt": "ção ções mente endo ando ário dade",
    "it": "zione mente ando endo ità tto etto",
    "pl": "nia nie ego ych ość szy ami owa wać",
    "tr": "lar ler dır dir yor mak mek ında inde ınız iniz",
    "et": "ud ada ise ust ile ele sse gi takse",
    "lv": "šana iem ām ība tāju ījis",
    "lt": "imas imo ams oje ius ių tų iai",
    "ro": "ului ilor ție ește ează",
    "hu": "ság ség ban ben nak nek ott ett hoz hez",
    "sq": "imin isht ave ëve urat",
    "bs": "nje nja ima ost anje ovi ski",
    "so": "aan ayaa aha kii tii sho taan",
    "ku": "ekê ekî îne bûn kirin tê ên",
}
_LETTERS = {
    "sv": "åäö", "fi": "äö", "no": "åøæ", "da": "åøæ", "de": "äöüß", "nl": "ë", "fr": "éèêçàùôœî", "es": "ñáéíóú",
    "pt": "ãõçáéêó", "it": "èàòùì", "pl": "łąęśćżźńó", "tr": "ışğçüö", "et": "õäöü", "lv": "āēīūļņķģšč",
    "lt": "ėųįąęšžū", "ro": "șțăâîşţ", "hu": "őűáéíóöü", "sq": "ëç", "bs": "čćđšž", "ku": "êîûçş",
}  # fmt: skip
_SPELLING = 0.4
_SPELT = re.compile(
    r"(?P<fi>ää|uu|yy|uo|yö|öö|ii|[ptk]{2}[aäo])|(?P<de>sch|tz|pf|äu|auc|..ei[cln]|zu)|(?P<en>th|gh|wh|ould)"
)
# Norwegian and Danish share most words and spell the others apart.
_NORWEGIAN = re.compile(
    r"øy|ei|[kg]j|(?:kk|tt|pp|ss|ll|nn|mm|ff|bb)[st]?$|kk[^e]|...[^aeiouyæøå]a$|^sak|[øåu]t$|[øåu]p"
)
_DANISH = re.compile(r"øj|.ej|æ[dglr]|åd$|[aiouyæøå][dg]e[nrt]?s?$|[ln]d$|..ds|ede$|cyk|^sag|åb|hæng|[øå]dp")
_CYRILLIC = {
    "ru": """и в не на я что это как по но мы вы он она здравствуйте добрый день спасибо пожалуйста когда где почему
        хочу могу можно есть был была ли или уже ещё еще для очень с у""",
    "uk": """і й в у не на я що це як по але ми ви він вона вітаю добрий день дякую будь ласка коли де чому хочу можу
        можна є був була чи або вже ще для дуже з та до""",
}
_CYRILLIC_LETTERS = {"ru": "ыэъё", "uk": "іїєґ"}
_ARABIC = {
    "ar": """من في على إلى عن هل ما متى كيف أين لماذا أنا نحن أنت هذا هذه التي الذي لا لم لن و شكرا مرحبا السلام عليكم
        أريد""",
    "fa": """و در به از که این آن را با است برای من ما شما چه کی کجا چرا چگونه آیا می نمی سلام ممنون لطفا هست باید
        خواهم""",
}
_ARABIC_LETTERS = {"ar": "ةىأإيك", "fa": "پچژگیک", "ku": "ڕڵۆێەیگچ", "ur": "ٹڈڑےںیکگچ", "ps": "ټډړښږځڅیګ"}
_ETHIOPIC = {"ti": "እዩ ኣብ ናይ እንታይ መዓስ ከመይ ኣሎ ድዩ ኣነ ኣበይ", "am": "ነው እና ውስጥ መቼ እንዴት ምን እኔ የት ወይም"}
_ETHIOPIC_LETTERS = {"ti": "ኣቐቑቒቓቕኸኹኺኻኽ", "am": "አ"}


class _Table:
    """Which languages know a word, an ending or a letter, and what a hit counts for each of them."""

    __slots__ = ("_endings", "_letters", "_words")

    def __init__(self, words: Mapping[str, str], endings: Mapping[str, str], letters: Mapping[str, str]) -> None:
        self._words = _inverted({language: one.split() for language, one in words.items()}, 1.0)
        self._endings = _inverted({language: one.split() for language, one in endings.items()}, 0.4)
        self._letters = _inverted({language: list(one) for language, one in letters.items()}, 0.5)

    def votes(self, words: Sequence[str]) -> dict[str, float]:
        """Return what speaks for each language; one for which nothing speaks is left out."""
        votes: dict[str, float] = {}
        for word in words:
            hits = self._words.get(word)
            if hits is None:
                hits = next((found for cut in (5, 4, 3, 2) if (found := self._endings.get(word[-cut:]))), ())
                if spelt := _SPELT.search(word):
                    votes[spelt.lastgroup or ""] = votes.get(spelt.lastgroup or "", 0.0) + _SPELLING
            for language, count in hits:
                votes[language] = votes.get(language, 0.0) + count
            if not word.isascii():
                for letter in word:
                    for language, count in self._letters.get(letter, ()):
                        votes[language] = votes.get(language, 0.0) + count
        return votes


def _inverted(known: Mapping[str, Sequence[str]], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return each key to the languages that know it; what many know counts the less."""
    by_key: dict[str, set[str]] = {}
    for language, keys in known.items():
        for key in keys:
            by_key.setdefault(key, set()).add(language)
    return {
        key: tuple((language, weight / len(languages)) for language in sorted(languages))
        for key, languages in by_key.items()
    }


_LATIN = _Table(_WORDS, _ENDINGS, _LETTERS)
# The letters of a script, and who is told by it: one language, or the table that decides among several.
_SCRIPTS: tuple[tuple[re.Pattern[str], str | _Table], ...] = (
    (re.compile(r"[a-z\u00e0-\u024f\u1e00-\u1eff]"), _LATIN),
    (re.compile(r"[\u0400-\u04ff]"), _Table(_CYRILLIC, {}, _CYRILLIC_LETTERS)),
    (re.compile(r"[\u0600-\u06ff]"), _Table(_ARABIC, {}, _ARABIC_LETTERS)),
    (re.compile(r"[\u1200-\u137f]"), _Table(_ETHIOPIC, {}, _ETHIOPIC_LETTERS)),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u10a0-\u10ff]"), "ka"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
)
_BEYOND_LATIN = re.compile(r"[\u0370-\u1dff\u3040-\uffef]")
_LETTERS_ENOUGH = 6
_NEAR = frozenset({"sv", "fi", "no", "da", "en", "de"})


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of the text's first 2 000 characters, empty if it is not clear.

    Finland-Swedish is ``sv``, Norwegian of either kind ``no``, Bosnian, Croatian and Serbian in Latin letters ``bs``.
    Fewer than three words are never clear; nor are texts whose two likeliest languages lie close.
    """
    plain = unicodedata.normalize("NFC", text[:_LOOKED]).lower()
    if any(sign in plain for sign in _NOT_WORDS):
        plain = " ".join(part for part in plain.split() if not any(sign in part for sign in _NOT_WORDS))
    told = _script(plain) if _BEYOND_LATIN.search(plain) else _LATIN
    if isinstance(told, str):
        return told
    words = _WORD.findall(plain)[:_COUNTED]
    if len(words) < _ENOUGH:
        return ""
    votes = told.votes(words)
    ranked = sorted((count, language) for language, count in votes.items())
    if {language for _, language in ranked[-2:]} == {"no", "da"}:
        votes["no"] += _SPELLING * sum(map(bool, map(_NORWEGIAN.search, words)))
        votes["da"] += _SPELLING * sum(map(bool, map(_DANISH.search, words)))
        ranked = sorted((count, language) for language, count in votes.items())
    first, best = ranked[-1] if ranked else (0.0, "")
    second = ranked[-2][0] if len(ranked) > 1 else 0.0
    if best in _NEAR or told is not _LATIN:
        sure = (first >= 1.0 and first >= 1.25 * second) or (first >= 0.6 and first >= 2 * second)
    else:  # names and odd words look like some far language by chance
        sure = first >= 1.5 and first >= 1.5 * second
    return best if sure else ""


def _script(plain: str) -> str | _Table:
    """Return what the script tells that most letters belong to, empty if there are hardly any letters."""
    count, told = max(((len(letters.findall(plain)), told) for letters, told in _SCRIPTS), key=lambda one: one[0])
    return told if count >= _LETTERS_ENOUGH else ""

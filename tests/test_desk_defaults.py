"""The defaults: complete, in plain Swedish, and door words that find what needs a person at once, and little else."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.channels.mail_read import read_mail
from bot.doors import doors_in
from bot.facts import Kind
from bot.office import Door
from bot.register import EntryKind
from config.desk_defaults import DEFAULTS, checked_text, checked_words, desk_defaults
from config.layers import is_readable, layers_of
from config.settings import load
from tests.register_example import entry, make_settings
from tests.test_texts import objections

DATA = Path(__file__).parent / "data" / "mail"
WORDS = tuple(desk_defaults().words_by_key().values())


def test_the_file_holds_nothing_twice() -> None:
    defaults = desk_defaults()
    assert set(defaults.promise_days) == set(Kind)
    assert set(defaults.words) == set(Door)
    names = [one.name.casefold() for one in defaults.topics]
    assert len(set(names)) == len(names) == len(defaults.topics_by_id()) == 35
    assert len(defaults.canned_by_key()) == len(defaults.canned) == 10
    assert len(defaults.words_by_key()) == sum(map(len, defaults.words.values()))


def test_every_default_could_stand_in_the_register() -> None:
    layers = layers_of(make_settings())
    for key, topic in layers.topics.items():
        assert is_readable(entry(EntryKind.TOPIC, key, {"name": topic.name}))
    for key, word in layers.words.items():
        assert is_readable(entry(EntryKind.WORD, key, {"door": word.door.value, "words": word.words}))


def test_no_word_stands_beside_one_that_finds_it_already() -> None:
    for word in WORDS:
        others = tuple(one for one in WORDS if one.door is word.door and one != word)
        assert word.door not in doors_in(word.words.rstrip("*"), others), word.words


def test_canned_answers_are_plain_and_have_fields_that_are_words() -> None:
    for one in desk_defaults().canned:
        assert objections(re.sub(r"[{}]", "", one.text), "sv") == [], one.name
        assert one.text.startswith("Hej!\n\n")
        assert not re.search(r"hälsning|@|\bXX", one.text, re.IGNORECASE), "the signature comes by itself"
        assert re.fullmatch(r"\w{2,12}", one.name), "one word is quickly written"
    fields = {field for one in desk_defaults().canned for field in re.findall(r"{(\w+)}", one.text)}
    assert {"dag", "länk"} <= fields


FOUND = [
    ("Jag orkar inte leva längre.", Door.DANGER),
    ("Jag tänker på självmord varje dag", Door.DANGER),
    ("Jag har självmordstankar", Door.DANGER),
    ("Jag vill inte leva.", Door.DANGER),
    ("min bror säger att han ska ta livet av sig", Door.DANGER),
    ("Han hotar att döda mig om jag ringer", Door.DANGER),
    ("Min man misshandlar mig", Door.DANGER),
    ("Minulla on itsemurha-ajatuksia", Door.DANGER),
    ("En jaksa elää", Door.DANGER),
    ("I want to die", Door.DANGER),
    ("Hur gör man en orosanmälan?", Door.CHILD),
    ("Jag vill göra en OROSANMÄLAN om grannens barn", Door.CHILD),
    ("Vi är rädda att barnen far illa hemma", Door.CHILD),
    ("Grannen slår sina barn", Door.CHILD),
    ("Teen lastensuojeluilmoituksen", Door.CHILD),
    ("Det bor två små barn ovanför oss, jag tror att de far illa.", Door.CHILD),
    ("Kan ett barn fara illa av det?", Door.CHILD),
    ("Jag är orolig för grannens barn", Door.CHILD),
    ("Vi är oroliga för ett barn i min dotters klass.", Door.CHILD),
    ("jag är så orolig för barnet", Door.CHILD),
    ("Olen huolissani naapurin lapsista", Door.CHILD),
    ("Pelkään, että äiti laiminlyö lapsiaan.", Door.CHILD),
    ("I am worried about my neighbour's children", Door.CHILD),
    ("Jag ska bomba kommunhuset", Door.DANGER),
    ("I morgon spränger jag kommunhuset, jag ska spränga er allihop", Door.DANGER),
    ("Jag har vapen hemma", Door.DANGER),
    ("Jag kommer att skjuta er", Door.DANGER),
    ("Aion räjäyttää kunnantalon", Door.DANGER),
    ("Minulla on ase.", Door.DANGER),
    ("I will blow up the town hall", Door.DANGER),
    ("I think it is child abuse", Door.CHILD),
    ("Jag överklagar beslutet om bygglov", Door.APPEAL),
    ("Hur lång tid har jag på mig att överklaga?", Door.APPEAL),
    ("Härmed begär jag omprövning", Door.APPEAL),
    ("Jag vill ha en omprövning av beslutet", Door.APPEAL),
    ("Haluan tehdä oikaisuvaatimuksen", Door.APPEAL),
    ("I want to appeal", Door.APPEAL),
    ("Jag har skyddad identitet", Door.SECRECY),
    ("Skriv inte min adress, jag har skyddade personuppgifter", Door.SECRECY),
    ("Minulla on turvakielto", Door.SECRECY),
    ("I live at a secret address", Door.SECRECY),
]


@pytest.mark.parametrize(("text", "door"), FOUND)
def test_what_needs_a_person_at_once_is_found(text: str, door: Door) -> None:
    assert doors_in(text, WORDS) == {door}


@pytest.mark.parametrize(
    "text",
    [
        "Lampan på Storgatan är död sedan i måndags.",
        "Det är mörkt och farligt vid skolan, någon kan bli påkörd.",
        "Jag slog mig på gungan i parken.",
        "Barnen slår i huvudet på den nya rutschkanan.",
        "Hur anmäler jag mitt barn till förskolan?",
        "Vi vill klaga på snöröjningen.",
        "Vad gäller för barnens skolskjuts?",
        "Det slår mig att ni borde ha fler bänkar.",
        "Jag är trött på att ingen svarar. Livet är för kort.",
        "Ni dödar stadskärnan med era parkeringsavgifter!",
        "Finns det hemliga handlingar, eller är allt offentligt?",
        "Min adress är fel i ert register.",
        "Jag begär ut beslutet från nämnden.",
        "Vilken adress har socialtjänsten?",
        "Hunden bet mig och jag är rädd för den.",
        "Haluan valittaa aurauksesta.",
        "Milloin uimahalli aukeaa?",
        "Det är oroligt på torget om kvällarna, och jag är orolig för trafiken.",
        "Vi är oroliga för att elpriset stiger.",
        "Någon har bombat vår inkorg med reklam.",
        "När ska ni spränga för den nya vattenledningen? Ni spränger så att huset skakar.",
        "Kostnaden spränger alla ramar.",
        "Kommunens vapen syns på skylten. Var söker jag vapenlicens?",
        "Barnen for iväg på sina cyklar.",
        "Bussen far förbi hållplatsen.",
        "Olen huolissani koulutien turvallisuudesta.",
        "Milloin kallio räjäytetään?",
        "I am worried about the traffic by the school.",
        "The photo on the website could be blown up a bit.",
        "I fell and hurt myself on the ice outside the library.",
        "I appeal to the council to plant more trees.",
        "My child is late for school because of the bus.",
    ],
)
def test_what_people_write_every_day_is_no_alarm(text: str) -> None:
    assert doors_in(text, WORDS) == frozenset()


def test_of_five_hundred_mails_only_those_about_appeals_are_found() -> None:
    found, count = list[tuple[str, frozenset[Door]]](), 0
    for path in sorted(DATA.rglob("*.eml")):
        mail = read_mail(path.read_bytes(), trusted_host="", envelope_sender="", tenant=False, whole_size=0)
        count += 1
        if doors := doors_in(f"{mail.subject}\n{mail.new_text}", WORDS):
            assert "verklag" in mail.new_text + mail.subject
            found.append((path.name, doors))
    assert count > 400
    assert len(found) <= 5
    assert {door for _, doors in found for door in doors} <= {Door.APPEAL}


@pytest.mark.parametrize(
    ("words", "kept"),
    [("  vill   dö ", "vill dö"), ("överklag*", "överklag*"), ("slå* sina barn", "slå* sina barn"), ("112", "112"),
     ("women's shelter", "women's shelter")],
)  # fmt: skip
def test_door_words_that_will_do(words: str, kept: str) -> None:
    assert checked_words(words) == kept


@pytest.mark.parametrize("words", ["", "*", "x*", "hot*", "ab", "a.b", "två,ord", "*ord", "or*d", "ord **", "(x)abc"])
def test_door_words_that_would_find_everything_or_nothing(words: str) -> None:
    with pytest.raises(ValueError, match="words are letters"):
        checked_words(words)


@pytest.mark.parametrize(
    ("text", "good"),
    [("Hej {namn}!", True), ("Hej!", True), (" \n ", False), ("Hej {namn!", False), ("Hej }", False),
     ("Hej {ditt namn}", False), ("{}", False), ("{1}", False), ("{{dag}}", False), ("{dag_1}", True)],
)  # fmt: skip
def test_braces_stand_around_a_field_or_nowhere(text: str, good: bool) -> None:
    if good:
        assert checked_text(text) == text
    else:
        with pytest.raises(ValueError, match="canned answer"):
            checked_text(text)


def test_the_example_of_the_settings_shows_what_is_new_and_agrees_with_the_defaults() -> None:
    example = load(DEFAULTS.with_name("service.toml"), environment=False)
    assert example.answers.promise_days == desk_defaults().promise_days
    assert "[units.rota]" in DEFAULTS.with_name("service.toml").read_text(encoding="utf-8")
    assert tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["promise_days"]["question"] == 2

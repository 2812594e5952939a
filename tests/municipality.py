"""The municipality of the long run: its staff, its people and what they say. Nobody in it is real.

Pure: a seeded `random.Random` drives everything. How their mails look stands in `tests.soak_mails`.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.office import Notify, Role
from config.settings import (
    Answers,
    CalendarSettings,
    Mail,
    Municipality,
    OfficerSettings,
    RotaSettings,
    Secrets,
    Settings,
    UnitSettings,
    WeekSettings,
)
from tests.example import KEY

ZONE = ZoneInfo("Europe/Stockholm")
PERSONAL_NUMBER = "121212-1212"
"""Tolvan Tolvansson's, which Skatteverket gives as an example."""
ON_CALL = "jour@kommun.example"
ADMIN = "admin@kommun.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the staff and how they are. `careful`: 0–1, how seldom they answer in a wrong place."""

    id: str
    name: str
    units: frozenset[str]
    client: str
    """The mail program they use."""
    lead: bool = False
    cleared: bool = False
    answers: bool = True
    careful: float = 0.98
    vacation_robot: bool = False
    calls: int = 1
    """Share of the telephone calls."""

    @property
    def email(self) -> str:
        return f"{self.id}@kommun.example"


def _staff() -> Iterator[Colleague]:
    yield Colleague(id="anna", name="Anna Exempel", units=frozenset({"kc"}), client="outlook", lead=True, calls=4)
    yield Colleague(id="bo", name="Bo Exempel", units=frozenset({"kc"}), client="gmail", calls=5)
    yield Colleague(id="cia", name="Cia Exempel", units=frozenset({"bygg"}), client="thunderbird")
    yield Colleague(id="dan", name="Dan Exempel", units=frozenset({"skola"}), client="iphone", vacation_robot=True)
    yield Colleague(id="eva", name="Eva Exempel", units=frozenset({"soc"}), client="web", cleared=True)
    yield Colleague(id="fia", name="Fia Exempel", units=frozenset({"skola", "soc"}), client="outlook")
    yield Colleague(id="gun", name="Gun Exempel", units=frozenset({"bygg"}), client="bare", answers=False, calls=0)
    yield Colleague(
        id="hugo", name="Hugo Exempel", units=frozenset({"kc", "bygg"}), client="gmail", careful=0.7, calls=2
    )


STAFF = {one.id: one for one in _staff()}
STAFF_AT = {one.email: one for one in STAFF.values()}
UNITS = {
    "kc": UnitSettings(id="kc", name="Kontaktcenter", address="kontakt@kommun.example", phone="0123-45 67 00"),
    "bygg": UnitSettings(id="bygg", name="Bygglov", address="bygg@kommun.example", notify=Notify.ALL),
    "skola": UnitSettings(
        id="skola", name="Skola", address="skola@kommun.example",
        rota=RotaSettings(monday=("dan",), tuesday=("dan",), wednesday=("dan", "fia"), thursday=("fia",)),
    ),
    "soc": UnitSettings(id="soc", name="Socialtjänst", address="soc@kommun.example", secrecy=True),
}  # fmt: skip


def settings() -> Settings:
    """The municipality's configuration, as its file of settings would hold it."""
    day = ("08:00-16:30",)
    week = WeekSettings(monday=day, tuesday=day, wednesday=day, thursday=day, friday=day)
    return Settings(
        municipality=Municipality(name="Exempel kommun", other_ways=("Telefon 0123-45 67 00",), on_call=ON_CALL),
        units=tuple(UNITS.values()),
        officers=tuple(
            OfficerSettings(
                id=one.id, name=one.name, email=one.email, units=tuple(sorted(one.units)),
                role=Role.LEAD if one.lead else Role.OFFICER, cleared=one.cleared,
            )
            for one in STAFF.values()
        ),
        mail=Mail(trusted_host="mx.kommun.example", admin=ADMIN, own_domains=("kommun.example",)),
        answers=Answers(regret_seconds=60),
        secrets=Secrets(key=SecretStr(KEY.decode())),
        calendar=(
            CalendarSettings(valid_from=date(2024, 1, 1), decided_by="KS 1", ordinary_day_minutes=510, week=week),
        ),
    )  # fmt: skip


@dataclass(eq=False, slots=True)
class Person:
    """Somebody who writes, now and then from another address. `robot`: has an automatic reply on."""

    name: str
    addresses: tuple[str, ...]
    client: str
    robot: bool
    vouched: bool


CLIENTS = ("gmail", "outlook", "iphone", "thunderbird", "web", "bare")


def people(chance: random.Random, count: int) -> list[Person]:
    first = ("Elsa", "Nils", "Åsa", "Märta", "Öjvind", "Aino", "Pekka", "Fatima", "Jean-Pierre", "Łucja")
    found = []
    for at in range(count):
        addresses = (f"person{at}@example.org", f"person{at}@example.net")
        found.append(
            Person(f"{chance.choice(first)} Exempel {at}", addresses, chance.choice(CLIENTS),
                   chance.random() < 0.04, chance.random() < 0.85)
        )  # fmt: skip
    return found


class Marks:
    """Draws marks: words that stand nowhere else, as ``qzxbcdfghj``."""

    LETTERS = "bcdfghjklmnpqrstvwxz"

    def __init__(self) -> None:
        self._count = 0

    def draw(self, whose: str) -> str:
        self._count += 1
        # Multiplied by a number without a factor in common with 20, so that neighbours look different.
        left, word = self._count * 7_919 * 13, ""
        for _ in range(7):
            left, digit = divmod(left, 20)
            word += self.LETTERS[digit]
        return f"{whose}zx{word}"


SAYINGS = {
    "kc": ("Gatlykta", "Gatlyktan på Storgatan är släckt. När lagas den?", "Sophämtning", "När töms kärlet här?",
           "Simhallen", "Har simhallen öppet på lördag?", "Parkering", "Hur länge får man stå på torget?"),
    "bygg": ("Bygglov", "Behöver jag bygglov för ett staket?", "Altan", "Hur hög får en altan vara?",
             "Slutbesked", "När kommer slutbeskedet för garaget?", "Attefallshus", "Får jag bygga nära tomtgränsen?"),
    "skola": ("Förskoleplats", "När får vi besked om förskoleplats?", "Skolskjuts", "Vårt barn har inte fått busskort.",
              "Specialkost", "Kan skolan laga mat utan mjölk?", "Fritids", "Vad kostar fritids under lovet?"),
    "soc": ("Hemtjänst", "Hur ansöker min mamma om hemtjänst?", "Bistånd", "Vilka papper behövs till ansökan?",
            "Färdtjänst", "Mitt tillstånd går ut i höst. Hur förnyar jag det?", "Kontaktperson", "Vem är det?"),
}  # fmt: skip
MORE = ("Jag glömde säga att det gäller nummer 12.", "Har ni hunnit titta på det här?", "Här kommer mer om saken.")
AFTER = ("En fråga till: gäller det också nästa år?", "Det stämmer tyvärr inte, kan ni kontrollera en gång till?",
         "Vart ska jag vända mig om det inte är klart i tid?")  # fmt: skip
THANKS = ("Tack så mycket för svaret!", "Tusen tack för hjälpen!", "Toppen, tack!")
DOOR = "Grannen säger att han misshandlar mig. Orkar inte leva så här."
ANSWERS = ("Vi har tittat på det och ordnar det i veckan.", "Ja, det går bra. Du hittar blanketten på vår webbplats.",
           "Det sköts av Trafikverket. Ring 0771-921 921, så hjälper de dig.",
           "Vi har lagt till det i ditt ärende.")  # fmt: skip
SPAM = ("Billiga lån", "Låna pengar i dag utan säkerhet, klicka här.")


def saying(chance: random.Random, unit: str) -> tuple[str, str]:
    """A subject and what is asked."""
    at = chance.randrange(len(SAYINGS[unit]) // 2) * 2
    return SAYINGS[unit][at], SAYINGS[unit][at + 1]


def local(instant: datetime) -> datetime:
    """The instant by Stockholm's clock."""
    return instant.astimezone(ZONE)


def working_time(begin: datetime, minutes: float) -> datetime:
    """The instant (UTC) after so many minutes at work: 8.00 to 16.30 on weekdays, by Stockholm's clock."""
    at, left = local(begin), minutes
    while True:
        opens, closes = at.replace(hour=8, minute=0, second=0), at.replace(hour=16, minute=30, second=0)
        if at.weekday() < 5 and at < closes:
            at = max(at, opens)
            room = (closes - at).total_seconds() / 60
            if left < room:
                return (at + timedelta(minutes=left)).astimezone(UTC)
            left -= room
        at = datetime(at.year, at.month, at.day, 8, tzinfo=ZONE) + timedelta(days=1)

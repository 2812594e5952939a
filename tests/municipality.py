"""The municipality of the long run: its staff, its people, what they write and in what shapes. Nobody in it is real.

Pure: a seeded `random.Random` drives everything, and every text carries a mark of its own.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.channels.mail_read import read_mail
from bot.office import Notify, Role
from bot.port import InboundKind, Outbound
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
from tests.example import KEY, make_mail

ZONE = ZoneInfo("Europe/Stockholm")
DATA = Path(__file__).parent / "data" / "mail" / "odd"
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
    yield Colleague(id="anna", name="Anna Exempel", units=frozenset({"kc"}), lead=True, calls=4)
    yield Colleague(id="bo", name="Bo Exempel", units=frozenset({"kc"}), calls=5)
    yield Colleague(id="cia", name="Cia Exempel", units=frozenset({"bygg"}))
    yield Colleague(id="dan", name="Dan Exempel", units=frozenset({"skola"}), vacation_robot=True)
    yield Colleague(id="eva", name="Eva Exempel", units=frozenset({"soc"}), cleared=True)
    yield Colleague(id="fia", name="Fia Exempel", units=frozenset({"skola", "soc"}))
    yield Colleague(id="gun", name="Gun Exempel", units=frozenset({"bygg"}), answers=False, calls=0)
    yield Colleague(id="hugo", name="Hugo Exempel", units=frozenset({"kc", "bygg"}), careful=0.7, calls=2)


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


CLIENTS = ("gmail", "outlook", "iphone", "thunderbird", "bare")


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
    "kc": ("Gatlykta", "Gatlyktan på Storgatan är släckt. När lagas den?", "Sophämtning", "När töms kärlet på Ringvägen?",
           "Simhallen", "Har simhallen öppet på lördag?", "Parkering", "Hur länge får man stå på torget?"),
    "bygg": ("Bygglov", "Behöver jag bygglov för ett staket?", "Altan", "Hur hög får en altan vara?",
             "Slutbesked", "När kommer slutbeskedet för vårt garage?", "Attefallshus", "Får jag bygga nära tomtgränsen?"),
    "skola": ("Förskoleplats", "När får vi besked om förskoleplats?", "Skolskjuts", "Vårt barn har inte fått busskort.",
              "Specialkost", "Kan skolan laga mat utan mjölk?", "Fritids", "Vad kostar fritids under lovet?"),
    "soc": ("Hemtjänst", "Hur ansöker min mamma om hemtjänst?", "Bistånd", "Vilka papper behövs till ansökan?",
            "Färdtjänst", "Mitt tillstånd går ut i höst. Hur förnyar jag det?", "Kontaktperson", "Vem är min kontaktperson?"),
}  # fmt: skip
MORE = ("Jag glömde säga att det gäller nummer 12.", "Har ni hunnit titta på det här?", "Här kommer mer om saken.")
AFTER = ("En fråga till: gäller det också nästa år?", "Det stämmer tyvärr inte, kan ni kontrollera en gång till?",
         "Vart ska jag vända mig om det inte är klart i tid?")  # fmt: skip
THANKS = ("Tack så mycket för svaret!", "Tusen tack för hjälpen!", "Toppen, tack!")
DOOR = "Grannen säger att han misshandlar mig. Orkar inte leva så här."
ANSWERS = ("Vi har tittat på det och ordnar det i veckan.", "Ja, det går bra. Du hittar blanketten på vår webbplats.",
           "Det sköts av Trafikverket. Ring 0771-921 921, så hjälper de dig.", "Vi har lagt till det i ditt ärende.")  # fmt: skip


def saying(chance: random.Random, unit: str) -> tuple[str, str]:
    """A subject and what is asked."""
    at = chance.randrange(len(SAYINGS[unit]) // 2) * 2
    return SAYINGS[unit][at], SAYINGS[unit][at + 1]


def first_mail(
    chance: random.Random, person: Person, sender: str, to: str, mark: str, subject: str, said: str
) -> bytes:
    """A citizen's first mail, in one of the shapes that mails come in."""
    frm, named = f"{person.name} <{sender}>", f"{mark}@example.org"
    text = f"Hej!\n\n{said} {mark}\n\n/{person.name.split(' ')[0]}\n"
    if chance.random() < 0.01:
        text = f"{said} {mark}\nMitt personnummer är {PERSONAL_NUMBER}.\n"
    shape = chance.choices(
        ("plain", "latin", "html", "both", "file", "subject only", "corpus"), (50, 8, 8, 15, 8, 2, 9)
    )[0]
    dmarc = "pass" if person.vouched else ""
    if shape == "plain":
        return make_mail(text, sender=frm, to=to, subject=f"{subject} {mark}", message_id=named, dmarc=dmarc)
    if shape == "corpus":
        return redressed(chance.choice(corpus()), headers(frm, to, f"{subject} {mark}", named, dmarc))
    mail = EmailMessage()
    for line in headers(frm, to, f"{subject} {mark}", named, dmarc):
        name, _, value = line.partition(": ")
        mail[name] = value
    match shape:
        case "latin":
            mail.set_content(text.replace("Ł", "L"), charset="iso-8859-1", cte="quoted-printable")
        case "html":
            mail.set_content(f"<div>{said} <b>{mark}</b></div>", subtype="html")
        case "both":
            mail.set_content(text)
            mail.add_alternative(f"<html><body><p>{said} {mark}</p></body></html>", subtype="html")
        case "file":
            mail.set_content(text)
            mail.add_attachment(mark.encode() * 50, maintype="image", subtype="png", filename="bild.png")
        case _:
            mail.set_content("")
    return mail.as_bytes()


def headers(frm: str, to: str, subject: str, message_id: str, dmarc: str = "pass") -> list[str]:
    domain = frm.rpartition("@")[2].rstrip(">")
    verdict = [f"Authentication-Results: mx.kommun.example; dmarc={dmarc} header.from={domain}"] if dmarc else []
    return [*verdict, f"From: {frm}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{message_id}>"]


_OURS = ("from", "to", "cc", "subject", "message-id", "return-path", "authentication-results", "in-reply-to", "references",
         "received", "date", "reply-to", "delivered-to", "x-original-to", "sender", "arc-authentication-results")  # fmt: skip


def redressed(raw: bytes, lines: Sequence[str]) -> bytes:
    """A mail of the corpus as if this person had sent it: the same body under other headers."""
    end = b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n"
    head, _, body = raw.partition(end)
    kept, keep = list[bytes](), True
    for line in head.split(end[: len(end) // 2]):
        if line[:1] not in (b" ", b"\t"):
            keep = line.partition(b":")[0].strip().lower().decode("latin-1") not in _OURS
        if keep:
            kept.append(line)
    ours = EmailMessage()
    for line in lines:
        name, _, value = line.partition(": ")
        ours[name] = value
    written = [line for line in ours.as_bytes().split(b"\n") if line]
    return end[: len(end) // 2].join([*written, *kept]) + end + body


@cache
def corpus() -> tuple[bytes, ...]:
    """The odd mails of the corpus that a person wrote, and that are read without fault under other headers."""
    found = list[bytes]()
    for path in sorted(DATA.glob("*.toml")):
        wanted = tomllib.loads(path.read_text(encoding="utf-8"))
        raw = path.with_suffix(".eml").read_bytes()
        mine = headers("Elsa <elsa@example.org>", "kontakt@kommun.example", "Hej", "prov@example.org")
        if wanted.get("kind") != "person" or len(raw) > 60_000:
            continue
        read = read_mail(redressed(raw, mine), trusted_host="mx.kommun.example", envelope_sender="elsa@example.org")
        plain = read.kind is InboundKind.PERSON and read.from_addr == "elsa@example.org" and read.subject == "Hej"
        if plain and not read.error and read.forwarded is None and read.message_id == "prov@example.org":
            found.append(raw)
    return tuple(found)


def local(instant: datetime) -> datetime:
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


_DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
_MONTHS = ("", "jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")


def reply_text(client: str, own: str, to: Outbound, *, below: str = "") -> str:
    """A reply as a mail program sends it: the own words above the mail that is answered, or also `below` it."""
    at, quoted = local(to.created_at), "\n".join(f"> {line}".rstrip() for line in to.text.splitlines())
    match client:
        case "gmail":
            head = f"Den {_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month]} {at.year} kl {at:%H:%M} skrev {to.from_name} <\n{to.reply_to}>:"
            return f"{own}\n\n{head}\n\n{quoted}\n\n{below}"
        case "iphone":
            head = f"> {at.day} {_MONTHS[at.month]} {at.year} kl. {at:%H:%M} skrev {to.from_name} <{to.reply_to}>:"
            return f"{own}\n\nSkickat från min iPhone\n\n{head}\n> \n{quoted}\n\n{below}"
        case "thunderbird":
            return f"{own}\n\nDen {at:%Y-%m-%d} kl. {at:%H:%M}, skrev {to.from_name}:\n{quoted}\n\n{below}"
        case "outlook":
            head = (
                f"Från: {to.from_name} <{to.reply_to}>\nSkickat: den {at.day} {_MONTHS[at.month]} {at.year} {at:%H:%M}"
            )
            return f"{own}\n\n{head}\nTill: mig\nÄmne: {to.subject}\n\n{to.text}\n{below}"
        case _:
            return f"{own}\n"


def reply_mail(
    client: str, own: str, to: Outbound, *, sender: str, message_id: str, dmarc: str = "pass", at: str = "",
    below: str = "", threaded: bool = True, auto: bool = False,
) -> bytes:  # fmt: skip
    """A reply to a mail of ours, as bytes. `at`: another address than the one that answers it."""
    thread = {"In_Reply_To": f"<{to.message_id}>", "References": f"<{to.message_id}>"} if threaded else {}
    marks = {"Auto_Submitted": "auto-replied", "X_Auto_Response_Suppress": "All"} if auto else {}
    subject = to.subject if to.subject.lower().startswith("re:") else f"{'Autosvar' if auto else 'SV'}: {to.subject}"
    text = own if auto else reply_text(client, own, to, below=below)
    return make_mail(
        text,
        sender=sender,
        to=at or to.reply_to,
        subject=subject,
        message_id=message_id,
        dmarc=dmarc,
        **thread,
        **marks,
    )


def passed_on(colleague: Colleague, person: Person, mark: str, said: str, at: datetime) -> bytes:
    """A citizen's mail that a colleague got and forwards to the contact address, as Outlook writes it."""
    when, address = local(at), person.addresses[0]
    text = (
        f"Hej, kan ni ta den här?\n\n/{colleague.name.split(' ')[0]}\n\nFrån: {person.name} <{address}>\n"
        f"Skickat: den {when.day} {when:%m}".replace(f" {when:%m}", f" {_LONG[when.month]}")
        + f" {when.year} {when:%H:%M}\nTill: {colleague.name} <{colleague.email}>\nÄmne: Fråga {mark}\n\n{said} {mark}\n"
    )
    return make_mail(
        text,
        sender=f"{colleague.name} <{colleague.email}>",
        subject=f"VB: Fråga {mark}",
        message_id=f"{mark}@kommun.example",
    )


_LONG = ("", "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
         "december")  # fmt: skip


def newsletter(mark: str) -> bytes:
    return make_mail(
        f"Veckans erbjudanden {mark}", sender="Butiken <noreply@shop.example>", subject="Nyhetsbrev",
        message_id=f"{mark}@shop.example", List_Unsubscribe="<https://shop.example/u>", Precedence="bulk",
    )  # fmt: skip


def failed_delivery(letter: Outbound) -> bytes:
    """What a receiver's server sends back to our return path when the mailbox is gone."""
    report = (
        "--b1\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.org.\n"
        f"<{letter.to_addr}>: 550 5.1.1 User unknown\n\n--b1\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {letter.to_addr}\nAction: failed\n"
        f"Status: 5.1.1\n\n--b1\nContent-Type: message/rfc822\n\nMessage-ID: <{letter.message_id}>\nSubject: Svar\n\nHej\n\n--b1--\n"
    )
    head = (
        "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n"
        f"To: {letter.return_path}\nAuto-Submitted: auto-replied\nMessage-Id: <dsn.{letter.message_id}>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
    )
    return (head + report).encode()

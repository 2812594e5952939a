"""The municipality that tests play with, and mails to it. Nobody in it is real."""

import hashlib
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import Channel, Kind, OfficerId, UnitId
from bot.hours import CalendarVersion
from bot.office import Caps, Office, Officer, Unit
from bot.port import RawInbound
from bot.tokens import Tokens
from config.building import PROMISE_DAYS
from config.texts import Texts

CONTACT = "kontakt@kommun.example"
KEY = b"a key that only the tests use"


def make_office(
    *,
    trusted_host: str = "mx.kommun.example",
    identical: int = 3,
    per_address: int = 10,
    domain: str = "kommun.example",
) -> Office:
    day = ((480, 990),)
    version = CalendarVersion(
        valid_from=date(2024, 1, 1), decided_by="KS 1", ordinary_day_minutes=510, week=(day,) * 5 + ((), ())
    )
    unit = UnitId("kc")
    return Office(
        name="Exempel kommun",
        units=(
            Unit(id=unit, name="Kontaktcenter", address=f"kontakt@{domain}", phone="0123-45 67 00"),
            Unit(id=UnitId("bygg"), name="Bygglov", address=f"bygg@{domain}"),
        ),
        officers=(
            Officer(id=OfficerId("anna"), name="Anna Exempel", email="anna@kommun.example", units=frozenset({unit})),
            Officer(id=OfficerId("bo"), name="Bo Exempel", email="bo@kommun.example", units=frozenset({unit})),
            Officer(
                id=OfficerId("cia"), name="Cia Exempel", email="cia@kommun.example", units=frozenset({UnitId("bygg")})
            ),
        ),
        other_ways=("Telefon 0123-45 67 00",),
        calendar=Calendar([version]),
        rule=Rule.ONE_WORKING_DAY,
        promises=PROMISE_DAYS,
        default_kind=Kind.QUESTION,
        texts=Texts("sv", ZoneInfo("Europe/Stockholm")),
        tokens=Tokens(KEY),
        installation=hashlib.sha256(domain.encode()).hexdigest()[:16],
        trusted_host=trusted_host,
        admin_email="admin@kommun.example",
        caps=Caps(per_address=per_address, identical=identical),
        regret=timedelta(0),
    )


def make_mail(
    text: str = "När lagas gatlyktan?",
    *,
    sender: str = "Elsa Exempel <elsa@example.org>",
    to: str = CONTACT,
    subject: str = "Gatlykta",
    message_id: str = "fraga-1@example.org",
    dmarc: str = "pass",
    **headers: str,
) -> bytes:
    """Return a plain mail as the trusted host hands it on. Headers by keyword, ``_`` for ``-``."""
    mail = EmailMessage()
    domain = sender.rpartition("@")[2].rstrip(">")
    if dmarc:
        mail["Authentication-Results"] = f"mx.kommun.example; dmarc={dmarc} header.from={domain}"
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if message_id:
        mail["Message-ID"] = f"<{message_id}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def make_raw(raw: bytes, at: datetime, to: str = CONTACT, sender: str = "elsa@example.org") -> RawInbound:
    """Return a mail as SMTP hands it to the inbox."""
    return RawInbound(
        channel=Channel.MAIL,
        external_id=hashlib.sha256(raw + to.encode()).hexdigest(),
        raw=raw,
        recipients=(to,),
        sender=sender,
        arrived_at=at,
    )

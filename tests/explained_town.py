"""A town of which everything is known that figures are made from: inquiries, calls, ratings, samples, test contacts."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Rule
from bot.facts import Fact, FactData, FactKind
from bot.store.database import Database
from bot.store.figure_schema import calls, invitations, ratings, samples, test_contacts
from bot.store.schema import meta
from measurement.calls_source import phone_of
from measurement.explain_figure import Ground, explain_figure
from measurement.explain_source import Secrecy
from measurement.explained import Explained, Why
from measurement.figure_id import parse_figure_id
from measurement.judged import JudgedFigures
from measurement.measures import Figure
from measurement.phone import PhoneRules, phone_figures
from measurement.phone_measures import phone_measures
from measurement.population import Dimension
from measurement.registry import REGISTRY
from measurement.rollup.making import InquiryFigures
from measurement.survey import survey_part
from measurement.tables import reading
from tests.rollup_book import fact, learn, local
from tests.weeks import CALENDAR, WEEK, ZONE, at

RULES = PhoneRules()
NAMES = {one.id: one.name for one in (*phone_measures(RULES.limits), *REGISTRY.values())}
GROUND = Ground(
    calendar=CALENDAR, configured=Rule.ONE_WORKING_DAY, phone=RULES,
    secrecy=Secrecy(units=frozenset({"soc"}), known=frozenset({"kc", "soc"})),
    members={Dimension.UNIT: ("kc", "soc", "bygg"), Dimension.TOPIC: ("gator",)},
)  # fmt: skip
CLOSED = datetime(2026, 12, 8, 6, tzinfo=UTC)
"""A day after week 47 is finished."""


def call(number: int, at: datetime, seconds: int | None, **of: Any) -> dict[str, Any]:
    return {
        "key": str(number), "source": "x", "unit": "kc", "queue": "", "at": at, "seconds": seconds, "answered": 1,
        "abandoned": 0, "direct": None, "sampled": 0, **of,
    }  # fmt: skip


def rating(question: str, grade: int | None, **of: Any) -> dict[str, Any]:
    return {
        "invitation": None, "week": str(WEEK), "channel": "mail", "unit": "kc", "kind": "question", "topic": "gator",
        "language": "sv", "in_time": 1, "question": question, "version": 1, "grade": grade, "comment": "",
        "source": "own", **of,
    }  # fmt: skip


def invitation(state: str, *, delivered: bool = True) -> dict[str, Any]:
    return {
        "week": str(WEEK), "channel": "mail", "unit": "kc", "kind": "question", "topic": "gator", "language": "sv",
        "in_time": 1, "state": state, "drawn_at": at(17, "09:00"), "due_at": at(17, "10:00"),
        "delivered_at": at(17, "10:00") if delivered else None,
    }  # fmt: skip


def sample(place: int, case: str, judged: tuple[int, int, int] | None = None) -> dict[str, Any]:
    said = dict(zip(("is_answer", "is_clear", "has_sender"), judged or (None,) * 3, strict=True))
    return {
        "week": str(WEEK), "case": case, "inquiry": 1, "place": place, "drawn_at": at(24, "08:00"), "judge": "cli:eva",
        "judged_at": at(24, "09:00") if judged else None, **said,
    }  # fmt: skip


def a_test_contact(number: int, points: tuple[int | None, ...] | None, **of: Any) -> dict[str, Any]:
    named = ("availability", "answer", "interest", "information", "reception")
    return {
        "plan": "KKiK-2027", "area": "Bygglov", "question": str(number), "round": 1, "channel": "mail",
        "text": "Vad kostar det?", "sender": "", "due_at": at(17, "09:00"), "state": "judged" if points else "arrived",
        "case": "", "inquiry": None, "message_id": "", "sent_at": at(17, "09:00"), "answered_at": at(17, "12:00"),
        "reply": "", "judge": "cli:eva", **dict(zip(named, points or (None,) * 5, strict=True)), **of,
    }  # fmt: skip


RANG = [
    *(call(n, at(16, "09:00"), 20) for n in range(10)), call(10, at(16, "09:00"), 90),
    call(11, at(16, "09:00"), None), call(12, at(16, "09:00"), 40, answered=0, abandoned=1),
    call(13, at(16, "09:00"), 2, answered=0, abandoned=1), call(14, at(16, "09:00"), 9, answered=0),
    call(15, at(16, "20:00"), 20), call(16, at(17, "09:00"), 20, unit="bygg"),
]  # fmt: skip
"""In open hours 13 answered, one given up, one given up at once, one sent on; one out of hours."""
RATED = [
    *(rating("reception", 5) for _ in range(12)), *(rating("reception", 1) for _ in range(2)),
    rating("reception", None), *(rating("clarity", 4) for _ in range(4)),
    *(rating("answered", 1) for _ in range(13)), rating("answered", 0),
    *(rating("ease", 3, unit="kc" if n < 11 else "bygg") for n in range(14)),
]  # fmt: skip
UP = [*(invitation("answered") for _ in range(15)), invitation("expired"), invitation("failed", delivered=False)]
CONTACT: FactData = {"way": "phone", "direct": True, "unit": "kc", "topic": "gator", "seconds": 20}


async def store_beside(database: Database) -> None:
    """Keep calls, ratings, invitations, a sample and test contacts of the week."""
    drawn = [
        sample(1, "K-000001-2", (1, 0, 1)), sample(2, "K-000002-2", (1, 1, 1)), sample(3, "K-000003-2"),
        sample(4, "K-000004-2", (0, 0, 0)),
    ]  # fmt: skip
    tried = [
        a_test_contact(1, (3, 2, 1, 0, 3), case="K-000005-2", inquiry=1),
        a_test_contact(2, (3, None, None, None, 2)),
        a_test_contact(3, None),
    ]
    async with database.writing() as connection:
        for table, rows in (
            (calls, RANG),
            (ratings, RATED),
            (invitations, UP),
            (samples, drawn),
            (test_contacts, tried),
        ):
            for row in rows:
                await connection.execute(insert(table), [row])
        await connection.execute(insert(meta), {"key": f"sampled:{WEEK}", "value": "40"})


async def log_contacts(database: Database) -> None:
    """Log twelve telephone contacts in open hours, one without seconds, one in the evening, and a visit."""
    said: list[tuple[str, FactData]] = [
        *[("11-16 09:00", CONTACT)] * 11, ("11-16 09:00", {**CONTACT, "seconds": 100}),
        ("11-16 10:00", {key: value for key, value in CONTACT.items() if key != "seconds"}),
        ("11-16 21:00", CONTACT), ("11-16 10:00", {**CONTACT, "way": "visit"}),
    ]  # fmt: skip
    await learn(database, [fact(FactKind.PHONE, local(when), 900 + n, data=of) for n, (when, of) in enumerate(said)])


async def all_figures(url: str, known: datetime, as_of: datetime) -> dict[tuple[str, str], Figure]:
    """Return every figure of the week, of all slices, as the book has them made."""
    span = WEEK.start(ZONE), WEEK.end(ZONE)
    async with reading(url) as connection:
        phone = phone_figures(await phone_of(connection, *span, known), CALENDAR, RULES, label=str(WEEK), as_of=as_of)
        found = [
            *await InquiryFigures(CALENDAR, Rule.ONE_WORKING_DAY)(connection, WEEK, known, as_of),
            *await survey_part(connection, WEEK, known, as_of),
            *await JudgedFigures(CALENDAR)(connection, WEEK, known, as_of),
            *phone.figures,
        ]
    return {(one.measure, one.slice): one for one in found}


async def explained(where: str | AsyncConnection, written: str, as_of: datetime, **options: Any) -> Explained:
    """Explain a figure of the town; `why` as its name."""
    if isinstance(where, str):
        async with reading(where) as connection:
            return await explained(connection, written, as_of, **options)
    if "why" in options:
        options["why"] = Why(options["why"])
    wanted = parse_figure_id(written, NAMES, Rule.ONE_WORKING_DAY)
    return await explain_figure(where, GROUND, wanted, as_of, **options)


def cases_of(found: Explained) -> list[str]:
    return [row.case for one in found.part.listings for row in one.rows]


def mixed(dice: random.Random, count: int) -> Iterable[Fact]:
    """Give the facts of some inquiries of the week, most answered within two days."""
    for case in range(1, count + 1):
        came = local("11-16 08:00") + timedelta(minutes=dice.randint(0, 5 * 1440))
        yield from _one(dice, case, came)


def _one(dice: random.Random, case: int, came: datetime) -> Iterable[Fact]:
    unit = dice.choice(["kc", "kc", "kc", "soc"])
    received: FactData = {
        "channel": dice.choice(["mail", "telegram"]), "kind": dice.choice(["question", "fault"]), "unit": unit,
        "message": case, "promised": (came + timedelta(days=2)).date().isoformat(),
    }  # fmt: skip
    yield fact(FactKind.RECEIVED, came, case, data=received)
    yield fact(FactKind.ACKNOWLEDGED, came + timedelta(minutes=1), case, data={"outbox": case})
    if dice.random() < 0.2:
        yield fact(FactKind.MARKED, came + timedelta(minutes=2), case, data={"mark": "secret", "value": "yes"})
    if dice.random() < 0.1:
        yield fact(FactKind.EXCLUDED, came + timedelta(minutes=3), case, data={"reason": "spam"})
    if dice.random() < 0.8:
        answered = came + timedelta(minutes=dice.randint(5, 4 * 1440))
        yield fact(FactKind.ANSWERED, answered, case, data={"message": 2, "outbox": 10_000 + case})

"""A municipality's settings, and entries of its register, for the tests. Nobody in it is real."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.facts import OfficerId, UnitId
from bot.register import Entry, EntryData, EntryKind
from config.calendars import calendar_of, versions_of
from config.changes import Standing
from config.layers import layers_of
from config.settings import FileSettings, Settings
from config.texts import Texts

SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
TODAY = date(2026, 11, 16)
"""A Monday."""
WEEK = {day: ["08:00-16:30"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}


def make_settings(**changes: Any) -> Settings:
    """Return settings with the units kontaktcenter (anna, a lead, and bo) and bygg (cia alone)."""
    written: Mapping[str, Any] = {
        "municipality": {"name": "Exempel kommun", "on_call": "vakt@kommun.example"},
        "secrets": {"key": "a key that only the tests use"},
        "units": [
            {"id": "kontaktcenter", "name": "Kontaktcenter", "address": "kontakt@kommun.example"},
            {"id": "bygg", "name": "Bygglov", "address": "bygg@kommun.example", "staff_address": "bl@kommun.example"},
        ],
        "officers": [
            officer("anna", "kontaktcenter", role="lead"), officer("bo", "kontaktcenter"), officer("cia", "bygg"),
        ],
        "calendar": [
            {"valid_from": date(2024, 1, 1), "decided_by": "KS 1", "ordinary_day_minutes": 510, "week": WEEK},
        ],
        **changes,
    }  # fmt: skip
    return FileSettings(**written)


def officer(name: str, *units: str, **more: Any) -> dict[str, Any]:
    """Return an officer as the settings have one."""
    email = f"{name}@kommun.example"
    return {"id": name, "name": f"{name.capitalize()} Exempel", "email": email, "units": list(units), **more}


def entry(
    kind: EntryKind, key: str, data: EntryData | None = None, *, ended: bool = False, seq: int = 1, on: date = TODAY
) -> Entry:
    """Return an entry that was made at noon UTC of a day."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return Entry(seq=seq, kind=kind, key=key, recorded_at=at, actor="cli:anna", ended=ended, data=data or {})


def make_standing(
    *entries: Entry,
    settings: Settings | None = None,
    open_cases: Mapping[tuple[str, str], int] | None = None,
    today: date = TODAY,
) -> Standing:
    """Return how things stand with these entries; open cases by unit and owner."""
    known = settings or make_settings()
    register: Sequence[Entry] = entries
    return Standing(
        settings=known,
        layers=layers_of(known, register),
        calendar=calendar_of(known, register),
        versions=versions_of(known, register),
        open_cases={(UnitId(unit), OfficerId(who)): n for (unit, who), n in (open_cases or {}).items()},
        today=today,
        texts=SV,
    )

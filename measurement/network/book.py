"""The network's book: bundles as they came, and the keys that somebody checked.

Every function works in the transaction of the connection it is given; nothing is committed here. A bundle that was
replaced by a newer one of the same period is kept and listed: nothing is replaced in silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.network.bundle import Bundle
from measurement.network.sealed import Opened, TrustedKey, read_kept
from measurement.network.signing import fingerprint
from measurement.network.tables import BUNDLES, KEYS


class Put(StrEnum):
    """What became of a bundle that was to be kept."""

    NEW = "new"
    SAME = "same"
    """It is there already; nothing is changed."""
    REPLACES = "replaces"
    """It is newer than one of the same period, which it stands in the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A bundle in the book.

    Attributes:
        id: its number in the book.
        first, last: its period.
        made_at, imported_at: UTC.
        key: fingerprint of the key that it is signed with.
        digest: SHA-256 of its file.
        trusted: whether its key still is.
        holds: whether it is the newest of its municipality and period whose key is trusted.
    """

    id: int
    municipality: str
    name: str
    first: str
    last: str
    made_at: datetime
    imported_at: datetime
    key: str
    digest: str
    trusted: bool
    holds: bool


class Refused(LookupError):
    """A bundle that is not kept; nothing is changed.

    Attributes:
        kept: the one in the book that it cannot stand beside.
    """

    def __init__(self, kept: Kept) -> None:
        """Keep which one stands in the way."""
        super().__init__(f"{kept.municipality} {kept.first}–{kept.last}")
        self.kept = kept


class Overlaps(Refused):
    """There is one of another period that has weeks in common: the same weeks would be there twice."""


class Older(Refused):
    """There is another of the same period that is as new or newer."""


def clash(key: TrustedKey, keys: Sequence[TrustedKey]) -> TrustedKey | None:
    """Return the trusted key that stands in the way of another: the same key, or the same name, elsewhere."""
    return next(
        (
            one for one in keys
            if one.municipality != key.municipality
            and (one.key == key.key or one.name.casefold() == key.name.casefold())
        ),
        None,
    )  # fmt: skip


async def trust(connection: AsyncConnection, key: TrustedKey) -> None:
    """Trust a key from now on; again by the same one only tells who checked it last."""
    await distrust(connection, key.municipality, key.key)
    row = {"municipality": key.municipality, "name": key.name, "key": key.key, "by": key.by, "at": to_micros(key.at)}
    await connection.execute(insert(KEYS), [row])


async def distrust(connection: AsyncConnection, municipality: str, key: str) -> bool:
    """Trust a municipality's key no longer, and return whether it was trusted."""
    done = await connection.execute(delete(KEYS).where(KEYS.c.municipality == municipality, KEYS.c.key == key))
    return bool(done.rowcount)


async def trusted_keys(connection: AsyncConnection) -> list[TrustedKey]:
    """Return the keys that are trusted, by municipality and when they were checked."""
    rows = await connection.execute(select(KEYS).order_by(KEYS.c.municipality, KEYS.c.at))
    return [
        TrustedKey(municipality=one["municipality"], name=one["name"], key=one["key"], by=one["by"],
                   at=from_micros(one["at"]))
        for one in rows.mappings()
    ]  # fmt: skip


async def put_bundle(connection: AsyncConnection, opened: Opened, now: datetime) -> Put:
    """Keep a bundle, unless it is there already. One whose key is no longer trusted stands in nobody's way.

    Args:
        connection: in a transaction.
        opened: the bundle, its signature checked.
        now: UTC.

    Raises:
        Overlaps: another of the municipality has weeks in common with it, but not the same period.
        Older: another of the same period is there, as new or newer.
    """
    bundle = opened.bundle
    theirs = [one for one in await kept_bundles(connection) if one.municipality == bundle.municipality]
    if any(one.digest == opened.digest for one in theirs):
        return Put.SAME
    others = [one for one in theirs if one.trusted and (one.first, one.last) != (bundle.first, bundle.last)]
    for one in others:
        if one.first <= bundle.last and bundle.first <= one.last:
            raise Overlaps(one)
    before = next((one for one in theirs if one.holds and one not in others), None)
    if before is not None and before.made_at >= bundle.made_at:
        raise Older(before)
    await connection.execute(insert(BUNDLES), [_row(opened, now)])
    return Put.REPLACES if before else Put.NEW


async def drop_bundle(connection: AsyncConnection, number: int) -> bool:
    """Take a bundle out of the book, and return whether it was there."""
    done = await connection.execute(delete(BUNDLES).where(BUNDLES.c.id == number))
    return bool(done.rowcount)


async def kept_bundles(connection: AsyncConnection) -> list[Kept]:
    """Return every bundle without its content, by municipality and period, the newest of a period last."""
    at = BUNDLES.c
    columns = (at.id, at.municipality, at.name, at.first, at.last, at.made_at, at.key, at.digest, at.imported_at)
    rows = [row._mapping for row in await connection.execute(select(*columns))]
    rows.sort(key=lambda row: (row["municipality"], row["first"], row["last"], row["made_at"], row["id"]))
    keys = {(one.municipality, fingerprint(one.key)) for one in await trusted_keys(connection)}
    trusted = [row["id"] for row in rows if (row["municipality"], row["key"]) in keys]
    last = {(row["municipality"], row["first"], row["last"]): row["id"] for row in rows if row["id"] in trusted}
    return [_kept(row, trusted=row["id"] in trusted, holds=row["id"] in last.values()) for row in rows]


async def bundles_of(connection: AsyncConnection, kept: Iterable[Kept]) -> list[Bundle]:
    """Return these bundles in their order."""
    wanted = [one.id for one in kept]
    if not wanted:
        return []
    rows = await connection.execute(select(BUNDLES.c.id, BUNDLES.c.content).where(BUNDLES.c.id.in_(wanted)))
    contents = {row[0]: bytes(row[1]) for row in rows}
    return [read_kept(contents[one]) for one in wanted]


def _row(opened: Opened, now: datetime) -> dict[str, Any]:
    bundle = opened.bundle
    return {
        "municipality": bundle.municipality, "name": bundle.name, "first": bundle.first, "last": bundle.last,
        "made_at": bundle.made_at.isoformat(timespec="microseconds"), "key": fingerprint(opened.key),
        "digest": opened.digest, "content": opened.content, "imported_at": to_micros(now),
    }  # fmt: skip


def _kept(row: Any, *, trusted: bool, holds: bool) -> Kept:  # noqa: ANN401 -- a row of the driver's
    return Kept(
        id=row["id"], municipality=row["municipality"], name=row["name"], first=row["first"], last=row["last"],
        made_at=datetime.fromisoformat(row["made_at"]), imported_at=from_micros(row["imported_at"]), key=row["key"],
        digest=row["digest"], trusted=trusted, holds=holds,
    )  # fmt: skip

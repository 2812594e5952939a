"""The network's book on both databases: twice is a no-op, a newer one replaces visibly, overlaps are refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.store.database import Database
from measurement.network.book import (
    Older,
    Overlaps,
    Put,
    bundles_of,
    clash,
    distrust,
    drop_bundle,
    kept_bundles,
    put_bundle,
    trust,
    trusted_keys,
)
from measurement.network.bundle import Bundle
from measurement.network.sealed import Opened, TrustedKey, open_sealed, seal
from measurement.network.signing import public_of
from tests.network_town import MADE, bundle_of, even_told
from tests.test_network_bundle import TEXTS

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = MADE + timedelta(days=30)
TRUSTED = TrustedKey(municipality="0160", name="Täby", key=public_of(KEY), by="kvalitetsledaren", at=MADE)


def opened(bundle: Bundle) -> Opened:
    return open_sealed(seal(bundle, KEY), [TRUSTED], NOW, TEXTS)


FIRST = bundle_of("0160", (even_told(0.9, 50),))
NEWER = replace(FIRST, made_at=MADE + timedelta(days=1), phone_seconds=90)


async def put(database: Database, bundle: Bundle) -> Put:
    async with database.writing() as connection:
        await trust(connection, TRUSTED)
        return await put_bundle(connection, opened(bundle), NOW)


@pytest.mark.asyncio
async def test_the_same_bundle_twice_is_kept_once(database: Database) -> None:
    assert [await put(database, FIRST), await put(database, FIRST)] == [Put.NEW, Put.SAME]
    async with database.reading() as connection:
        kept = await kept_bundles(connection)
        assert await bundles_of(connection, kept) == [FIRST]
    assert [(one.municipality, one.name, one.first, one.last) for one in kept] == [
        ("0160", "Täby", "2026-W02", "2026-W27")
    ]  # fmt: skip
    assert [(one.made_at, one.imported_at, one.holds) for one in kept] == [(MADE, NOW, True)]


@pytest.mark.asyncio
async def test_a_newer_one_of_the_same_period_replaces_and_the_old_one_stays(database: Database) -> None:
    assert [await put(database, FIRST), await put(database, NEWER)] == [Put.NEW, Put.REPLACES]
    async with database.reading() as connection:
        kept = await kept_bundles(connection)
        assert [(one.made_at, one.holds) for one in kept] == [(FIRST.made_at, False), (NEWER.made_at, True)]
        assert await bundles_of(connection, [one for one in kept if one.holds]) == [NEWER]
    # The older file once more is one that we have; another older one is not taken.
    assert await put(database, FIRST) is Put.SAME
    with pytest.raises(Older):
        await put(database, replace(FIRST, made_at=MADE + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("first", "last"), [("2026-W02", "2026-W26"), ("2026-W27", "2026-W30"), ("2025-W50", "2026-W02")]
)
@pytest.mark.asyncio
async def test_a_period_that_overlaps_is_refused_and_changes_nothing(database: Database, first: str, last: str) -> None:
    await put(database, FIRST)
    later = MADE + timedelta(days=1)
    measure = replace(even_told(0.9, 50), weeks=(), total=None, covered=0)
    hours = replace(FIRST.hours, open_days=5, open_minutes=2550)
    other = replace(FIRST, first=first, last=last, made_at=later, measures=(measure,), hours=hours)
    with pytest.raises(Overlaps) as caught:
        await put(database, other)
    assert (caught.value.kept.first, caught.value.kept.last) == ("2026-W02", "2026-W27")
    async with database.reading() as connection:
        assert len(await kept_bundles(connection)) == 1


@pytest.mark.asyncio
async def test_another_period_or_municipality_stands_beside(database: Database) -> None:
    await put(database, FIRST)
    measure = replace(even_told(0.9, 50), weeks=(), total=None, covered=0)
    assert await put(database, replace(FIRST, first="2025-W27", last="2026-W01", measures=(measure,))) is Put.NEW
    async with database.reading() as connection:
        assert [one.holds for one in await kept_bundles(connection)] == [True, True]


@pytest.mark.asyncio
async def test_keys_are_trusted_and_no_longer(database: Database) -> None:
    async with database.writing() as connection:
        await trust(connection, TRUSTED)
        await trust(connection, replace(TRUSTED, by="strategen", at=NOW))
        await put_bundle(connection, opened(FIRST), NOW)
    async with database.reading() as connection:
        keys, kept = await trusted_keys(connection), await kept_bundles(connection)
    assert keys == [replace(TRUSTED, by="strategen", at=NOW)]
    assert [one.trusted for one in kept] == [True]
    async with database.writing() as connection:
        assert await distrust(connection, "0160", TRUSTED.key)
        assert not await distrust(connection, "0160", TRUSTED.key)
        assert [(one.trusted, one.holds) for one in await kept_bundles(connection)] == [(False, False)]


@pytest.mark.asyncio
async def test_a_bundle_of_a_key_that_is_no_longer_trusted_stands_in_nobodys_way(database: Database) -> None:
    # A newer one by a second key; when that key is taken back, the older one holds again.
    second = Ed25519PrivateKey.from_private_bytes(bytes(32))
    other = replace(TRUSTED, key=public_of(second))
    await put(database, FIRST)
    async with database.writing() as connection:
        await trust(connection, other)
        assert await put_bundle(connection, open_sealed(seal(NEWER, second), [other], NOW, TEXTS), NOW) is Put.REPLACES
        await distrust(connection, "0160", other.key)
        assert [(one.made_at, one.holds) for one in await kept_bundles(connection)] == [
            (FIRST.made_at, True), (NEWER.made_at, False)
        ]  # fmt: skip
    assert await put(database, FIRST) is Put.SAME
    # The same words signed by another key are another bundle.
    assert await put(database, NEWER) is Put.REPLACES


def test_a_key_and_a_name_are_of_one_municipality() -> None:
    elsewhere = replace(TRUSTED, municipality="049", name="Esbo")
    assert clash(elsewhere, [TRUSTED]) == TRUSTED
    assert clash(replace(elsewhere, key="other", name="täby"), [TRUSTED]) == TRUSTED
    assert clash(replace(elsewhere, key="other"), [TRUSTED]) is None
    assert clash(replace(TRUSTED, by="strategen"), [TRUSTED]) is None


@pytest.mark.asyncio
async def test_a_bundle_can_be_taken_out(database: Database) -> None:
    await put(database, FIRST)
    async with database.writing() as connection:
        number = (await kept_bundles(connection))[0].id
        assert await drop_bundle(connection, number)
        assert not await drop_bundle(connection, number)
        assert await kept_bundles(connection) == []

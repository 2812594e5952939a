"""The contract of the index of words, the same on both engines."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.facts import AddressId, CaseNumber, MessageId
from bot.stems import query_stems, stems
from bot.store import search
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate, upgrade
from bot.store.schema import addresses, messages
from bot.store.search import Hit, Indexed
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio

ANNA = AddressId(1)
FIRST, SECOND = CaseNumber("K-222222-2"), CaseNumber("K-333333-3")


def case_of(number: int) -> CaseNumber:
    """Messages with odd numbers are the first case's, the others the second's."""
    return FIRST if number % 2 else SECOND


def stored(number: int, **fields: Any) -> dict[str, Any]:
    row = {"id": number, "case": case_of(number), "direction": "in", "address": None, "created_at": MONDAY}
    return row | {"subject": "", "text": "", "whole": ""} | fields


async def keep(database: Database, *texts: str, sender: AddressId | None = None, first: int = 1) -> None:
    """Store messages with these texts, numbered from `first`, and let them be found."""
    rows = [stored(number, text=said, address=sender) for number, said in enumerate(texts, first)]
    async with database.writing() as connection:
        await connection.execute(insert(messages), rows)
        await search.index(connection, [Indexed(MessageId(row["id"]), (row["text"],), sender) for row in rows])


async def keep_anna(database: Database) -> None:
    async with database.writing() as connection:
        row = {"id": ANNA, "person": 1, "channel": "mail", "address": "anna.l@example.org", "name": "Anna Lövgren"}
        await connection.execute(insert(addresses), [row])


async def found(database: Database, words: str, most: int = 10, before: int | None = None) -> list[int]:
    return await by_stems(database, query_stems(words), most, before)


async def by_stems(database: Database, wanted: Sequence[str], most: int = 10, before: int | None = None) -> list[int]:
    async with database.reading() as connection:
        after = None if before is None else MessageId(before)
        return [hit.message for hit in await search.find(connection, wanted, most=most, before=after)]


async def by_any(database: Database, words: str, most: int = 10) -> list[int]:
    async with database.reading() as connection:
        return [hit.message for hit in await search.find_any(connection, query_stems(words), most=most)]


async def test_a_message_is_found_by_every_form_of_its_words(database: Database) -> None:
    await keep(database, "Lampan på Storgatan är trasig", "Soptunnorna på Storgatan är fulla")
    assert await found(database, "lampor") == [1]
    assert await found(database, "SOPTUNNA storgata") == [2]
    assert await found(database, "storgatan") == [2, 1]
    assert await found(database, "lampan soptunnan") == []
    assert await found(database, "bygglov") == []
    assert await found(database, "…") == []


async def test_a_hit_tells_the_message_and_its_case(database: Database) -> None:
    await keep(database, "hål", "hål")
    async with database.reading() as connection:
        hits = await search.find(connection, ["hål"], most=5)
    assert hits == [Hit(MessageId(2), SECOND), Hit(MessageId(1), FIRST)]


async def test_the_sender_is_found_by_name_and_address(database: Database) -> None:
    await keep_anna(database)
    await keep(database, "Hej", sender=ANNA)
    await keep(database, "Hej från oss", first=2)
    assert await found(database, "anna lövgren") == [1]
    assert await found(database, "Anna.L@example.org") == [1]
    assert await found(database, "anna.l@example.com") == []
    assert await found(database, "hej") == [2, 1]


async def test_a_sender_whose_address_is_gone_is_passed_over(database: Database) -> None:
    await keep(database, "Hål i vägen", sender=AddressId(77))
    assert await found(database, "väg") == [1]


async def test_a_case_number_in_a_text_is_found_whole(database: Database) -> None:
    await keep(database, "Se K-222222-2", "Se K-333333-3 och rum 222222")
    assert await found(database, "k2222222") == [1]
    assert await found(database, "222222") == [2, 1]


async def test_personal_numbers_cannot_be_found(database: Database) -> None:
    await keep(database, "Mitt nummer är 811218-9876, ring 08-587 850 00", "811218-9876", "19811218-9876@example.org")
    for words in ("811218-9876", "9876", "811218", "19811218"):
        assert await found(database, words) == []
    assert await found(database, "587 850") == [1]


async def test_a_number_on_the_edge_of_what_is_read_cannot_be_found_by_its_half(database: Database) -> None:
    # 199 996 signs before it: the cut comes behind the birth date's fourth digit.
    await keep(database, "ord " * 49_999 + "811218-9876 slutet")
    assert await found(database, "8112") == await found(database, "811218") == await found(database, "slutet") == []
    assert await found(database, "ord") == [1]


async def test_hits_come_newest_first_in_parts(database: Database) -> None:
    await keep(database, *["hål"] * 5)
    assert await found(database, "hål", most=2) == [5, 4]
    assert await found(database, "hål", most=2, before=4) == [3, 2]
    assert await found(database, "hål", most=2, before=2) == [1]
    assert await found(database, "hål", most=2, before=1) == []
    assert await found(database, "hål", most=0) == []


async def test_old_messages_are_found_behind_all_that_are_looked_through_one_by_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_NEWEST", 2)
    await keep(database, "hål träd", "hål", "träd", "hål träd", "väg", "väg")
    assert await found(database, "hål") == [4, 2, 1]
    assert await found(database, "hål", most=1) == [4]
    assert await found(database, "hål träd", most=1, before=4) == [1]
    assert await by_any(database, "träd väg", most=3) == [6, 5, 4]


async def test_any_of_the_words_is_enough_where_it_is_said_so(database: Database) -> None:
    await keep(database, "hål", "träd", "väg", "hål och träd")
    assert await by_any(database, "hålet träden") == [4, 2, 1]
    assert await by_any(database, "hålet träden", most=2) == [4, 2]
    assert await by_any(database, "lampa väg") == [3]
    assert await by_any(database, "") == []


NASTY = [
    "", " ", "'", '"', '" OR "hål', "' | 'hål", "hål*", "words:hål", "NEAR(hål)", "hål AND", "\\", "\x00", "hål\x00",
    "\ud800", ":words", "%", "(", "hål'; DROP TABLE messages; --",
]  # fmt: skip


async def test_what_is_asked_is_never_read_as_a_command(database: Database) -> None:
    await keep(database, "hål AND OR NOT NEAR words")
    async with database.reading() as connection:
        for stem in NASTY:
            assert await search.find(connection, [stem], most=5) == [], stem
            assert await search.find(connection, ["hål", stem], most=5) == [], stem
            assert await search.find_any(connection, [stem], most=5) == [], stem
            assert await search.find_any(connection, [stem, "hål"], most=5) == [Hit(MessageId(1), FIRST)], stem
            assert await search.rare(connection, [stem, "hål"]) == ["hål"], stem


async def test_words_of_the_engines_own_are_words(database: Database) -> None:
    words = ["AND", "or", "NOT", "near", "words", "null", "rank", "search_words", "a.b-c_d@e.example"]
    await keep(database, *words)
    for number, word in enumerate(words, 1):
        assert number in await found(database, word)
        assert number in await by_any(database, word)
    assert await found(database, "AND") == [1]


async def test_letters_of_any_script_are_found_by_both_engines(database: Database) -> None:
    letters = [chr(sign) for sign in range(0x30, 0x1FFFF, 29) if chr(sign).isalnum()]
    await keep(database, " ".join(letters), "något annat")
    wanted = stems(" ".join(letters))
    assert len(wanted) > 2_000
    for start in range(0, len(wanted), 32):
        assert await by_stems(database, wanted[start : start + 32]) == [1]


async def test_the_longest_text_fits(database: Database) -> None:
    # 5 000 different words of 40 letters of four bytes each: the most that stems can be, and near PostgreSQL's 1 MiB.
    letters = [chr(0x20000 + sign) for sign in range(100)]
    words = [first + second + letters[0] * 38 for first in letters for second in letters[:50]]
    async with database.writing() as connection:
        await connection.execute(insert(messages), [stored(1)])
        await search.index(connection, [Indexed(MessageId(1), (" ".join(words[:4_000]),))])
        await search.index(connection, [Indexed(MessageId(1), (words[0], " ".join(words)))])
    assert await by_stems(database, [words[4_500]]) == [1]


async def test_more_than_32_words_are_not_too_many(database: Database) -> None:
    # The first 32 of what is asked count: 0 to 31, 8 to 39, and 9 to 40, which is not there.
    await keep(database, " ".join(f"{number}a" for number in range(40)))
    assert await found(database, " ".join(f"{number}a" for number in range(3_000))) == [1]
    assert await found(database, " ".join(f"{number}a" for number in range(8, 3_000))) == [1]
    assert await found(database, " ".join(f"{number}a" for number in range(9, 3_000))) == []


async def test_a_message_that_is_read_again_is_found_by_its_new_words_only(database: Database) -> None:
    await keep(database, "hål", "hål")
    async with database.writing() as connection:
        await search.index(connection, [Indexed(MessageId(1), ("träd",))])
        await search.index(connection, [])
    assert (await found(database, "hål"), await found(database, "träd")) == ([2], [1])


async def test_a_forgotten_message_is_not_found_by_anything_it_held(database: Database) -> None:
    await keep_anna(database)
    await keep(database, "Hål i vägen", "Hål i trädet", sender=ANNA)
    async with database.writing() as connection:
        # Erased before: what stood there is not needed to take it out.
        await connection.execute(update(messages).where(messages.c.id == 1).values(text="", subject=""))
        await connection.execute(update(addresses).values(name="", address="?"))
        await search.forget(connection, [MessageId(1), MessageId(99)])
        await search.forget(connection, [])
    assert await found(database, "väg") == []
    assert await found(database, "hål") == await found(database, "lövgren") == [2]
    async with database.reading() as connection:
        assert await search.rare(connection, ["väg", "hål"]) == ["hål"]


async def test_stems_are_put_in_order_with_the_rarest_first(database: Database) -> None:
    # In 4, 3, 2 and 1 messages; "lamp" in none.
    await keep(database, "är väg hål träd", "är väg hål", "är väg", "är")
    async with database.reading() as connection:
        asked = ["är", "hål", "lamp", "väg", "träd", "är"]
        assert await search.rare(connection, asked) == ["träd", "hål", "väg", "är"]
        assert await search.rare(connection, []) == []


async def test_common_stems_are_put_in_order_by_the_newest_messages(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_SAMPLE", 12)
    # Of the twelve newest: "är" in all, "väg" in every other one; "hål" in the very first two only.
    await keep(database, "hål", "hål", *["är väg", "är"] * 12)
    async with database.reading() as connection:
        assert await search.rare(connection, ["är", "väg", "hål"]) == ["hål", "väg", "är"]


async def test_messages_of_before_the_index_are_read_into_it_in_parts(empty_url: str) -> None:
    database = Database(DatabaseUrl.parse(empty_url))
    try:
        async with database.writing() as connection:
            await connection.run_sync(upgrade, "0005")
            older = [
                stored(1, subject="Hål", text="i vägen", address=ANNA),
                stored(2, direction="out", text="Vi lagar hålet", address=ANNA),
                stored(3, text="tack", whole="tack\n> Vi lagar hålet"),
            ]
            await connection.execute(insert(messages), older)
        await keep_anna(database)
        await migrate(database)
        await keep(database, "hål", first=4)
        assert await found(database, "hål") == [4]
        done: list[object] = []
        while await needed(database):
            async with database.writing() as connection:
                done.append(await search.index_older(connection, 2))
            done.append(await found(database, "hål"))
        assert done == [2, [4, 3, 2], 1, [4, 3, 2, 1]]
        async with database.writing() as connection:
            assert await search.index_older(connection) == 0
        assert await found(database, "vägar") == await found(database, "lövgren") == [1]
    finally:
        await database.close()


async def needed(database: Database) -> bool:
    async with database.reading() as connection:
        return await search.needs_reindex(connection)


async def test_a_new_database_needs_no_reindex(database: Database) -> None:
    assert not await needed(database)
    await keep(database, "hål")
    assert not await needed(database)


async def test_everything_can_be_read_into_the_index_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CHUNK", 2)
    await keep(database, "hål", "väg", "träd")
    told: list[int] = []
    async with database.writing() as connection:
        await connection.execute(update(messages).values(text=messages.c.text + " lampa"))
        await search.reindex(connection, told.append)
    assert await found(database, "lampor") == [3, 2, 1]
    assert await found(database, "hål") == [1]
    assert (told, await needed(database)) == ([2, 3], False)


async def test_what_is_undone_is_not_found(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.writing() as connection:
            await connection.execute(insert(messages), [stored(1)])
            await search.index(connection, [Indexed(MessageId(1), ("hål",))])
            raise RuntimeError
    await keep(database, "träd")
    assert (await found(database, "hål"), await found(database, "träd")) == ([], [1])

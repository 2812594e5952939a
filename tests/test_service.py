"""The service as its users meet it: through sockets, signals and the things that go wrong around it."""

import asyncio
import signal
import time
from pathlib import Path

import aiosmtplib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.app import running
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.store.schema import cases, inbox, originals
from config.settings import load
from sandbox.world import free_port
from tests import postgres
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail, make_office
from tests.processes import Process, Relay, send, write_config
from tests.quick_tables import new_postgres
from tests.town import Town, as_bytes


@pytest.mark.asyncio
async def test_sigterm_ends_the_process_within_ten_seconds_whatever_hangs(tmp_path: Path) -> None:
    """An idle citizen's connection, a relay that never answers, an open database: none of them may hold it."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    relay = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = free_port(0)
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", port, relay.sockets[0].getsockname()[1])
    service = Process(config)
    await service.start()
    idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await idle_reader.readline()).startswith(b"220")
    assert await send(make_mail(), port, CONTACT, "elsa@example.org")
    await asyncio.sleep(0.3)  # the outbox now waits for a greeting that never comes
    began = time.monotonic()
    assert await service.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 10
    idle_writer.close()
    relay.close()


@pytest.mark.asyncio
async def test_a_second_process_on_the_same_file_says_so_and_ends(tmp_path: Path) -> None:
    relay = Relay()
    async with relay.open():
        config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", free_port(0), relay.port)
        first, second = Process(config), Process(config)
        await first.start()
        with pytest.raises(AssertionError, match="another process already runs"):
            await second.start()
        assert second.process is not None
        assert await second.process.wait() == 1
        assert await first.end(signal.SIGTERM) == 0


@pytest.mark.asyncio
async def test_a_full_disk_is_4xx_and_never_250_and_passes(tmp_path: Path, clock: FrozenClock) -> None:
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", 0, 9)
    async with running(load(config), clock.now) as service:
        async with service.database.writing() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar()
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=service.smtp_in.smtp_port, start_tls=False)
        async with client:
            with pytest.raises(aiosmtplib.SMTPDataError) as refused:
                await client.sendmail("elsa@example.org", [CONTACT], make_mail("x" * 50_000))
            assert refused.value.code == 451
            async with service.database.writing() as connection:
                await connection.execute(text("PRAGMA max_page_count = 1073741823"))
            await client.sendmail("elsa@example.org", [CONTACT], make_mail("x" * 50_000))
        async with service.database.reading() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM originals"))).scalar() == 1


def test_a_database_that_goes_away_is_4xx_and_comes_back(tmp_path: Path, clock: FrozenClock) -> None:
    with postgres.server() as server:
        if server is None:
            pytest.skip("no PostgreSQL on this machine")
        url = new_postgres(server)
        assert asyncio.run(_away_and_back(tmp_path, url, server, clock)) == 2


async def _away_and_back(folder: Path, url: str, server: postgres.Server, clock: FrozenClock) -> int:
    """Return how many mails are kept: the one before the database went away, and the one that came again."""
    config = write_config(folder, url, 0, 9)
    async with running(load(config), clock.now) as service:
        port = service.smtp_in.smtp_port
        assert await send(make_mail("före", message_id="1@example.org"), port, CONTACT, "elsa@example.org")
        await asyncio.to_thread(server.stop, "immediate")
        assert not await send(make_mail("under", message_id="2@example.org"), port, CONTACT, "elsa@example.org")
        await asyncio.to_thread(server.start)
        while not await send(make_mail("under", message_id="2@example.org"), port, CONTACT, "elsa@example.org"):
            await asyncio.sleep(0.1)
        async with service.database.reading() as connection:
            return int((await connection.execute(text("SELECT count(*) FROM originals"))).scalar_one())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=3000) | st.builds(lambda a, b: make_mail() + a + b, st.binary(max_size=500), st.binary()))
def test_arbitrary_bytes_are_stored_and_the_service_lives(tmp_path: Path, raw: bytes) -> None:
    async def play() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/k.db"))
        await migrate(database)
        town = Town(database, FrozenClock())
        before = await town.count(cases)
        await town.receive(raw)
        rows = await town.rows(inbox)
        assert await town.count(originals) == len(rows)
        assert rows[-1]["state"] in {"done", "held"}
        assert rows[-1]["outcome"] not in {"", "our_fault"}
        if rows[-1]["state"] == "held":
            assert await town.count(cases) == before
        await database.close()

    asyncio.run(play())


@pytest.mark.asyncio
@pytest.mark.parametrize("stripped", [False, True])
async def test_a_relay_loop_between_two_of_our_own_installations_stops(tmp_path: Path, stripped: bool) -> None:
    """A mail seems to come from the other installation's address; each answers the other. Marks may be stripped."""
    clock = FrozenClock()
    towns: dict[str, Town] = {}
    for name in ("a", "b"):
        database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/{name}.db"))
        await migrate(database)
        towns[f"{name}.example"] = Town(database, clock, make_office(domain=f"{name}.example"))
    await towns["a.example"].receive(
        make_mail(sender="kontakt@b.example", to="kontakt@a.example"), to="kontakt@a.example"
    )
    passed = 0
    while any(town.relay.accepted for town in towns.values()):
        for name, town in towns.items():
            mails, town.relay.accepted = town.relay.accepted, []
            other = next(one for domain, one in towns.items() if domain != name)
            for mail in mails:
                if mail.to_addr.startswith("kontakt"):
                    passed += 1
                    raw = as_bytes(mail, town.office)
                    if stripped:
                        raw = b"\r\n".join(
                            line for line in raw.split(b"\r\n") if not line.startswith((b"Auto-", b"X-"))
                        )
                    await other.receive(raw, to=mail.to_addr, sender=mail.return_path)
        assert passed < 50
    assert passed <= (1 if not stripped else 20)
    for town in towns.values():
        await town.database.close()


@pytest.mark.asyncio
async def test_the_whole_path_through_real_smtp(tmp_path: Path, clock: FrozenClock) -> None:
    relay = Relay()
    async with relay.open():
        config = write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", 0, relay.port)
        async with running(load(config), clock.now) as service:
            port = service.smtp_in.smtp_port
            assert await send(make_mail(), port, CONTACT, "elsa@example.org")
            async with asyncio.timeout(10):
                while not (relay.to("anna@kommun.example") and relay.to("elsa@example.org")):
                    await asyncio.sleep(0.01)
            reply_to = next(to for who, _, to in relay.mails if who == "anna@kommun.example")
            answer = make_mail("På torsdag.", sender="anna@kommun.example", to=reply_to, message_id="s@x", dmarc="")
            assert await send(answer, port, reply_to, "anna@kommun.example")
            async with asyncio.timeout(10):
                while len(relay.to("elsa@example.org")) < 2:
                    await asyncio.sleep(0.01)
            receipt, sent = relay.to("elsa@example.org")
            assert sent.text.startswith("På torsdag.")
            assert sent.in_reply_to == ("fraga-1@example.org",)
            assert sent.kind == "person"
            assert receipt.kind == "auto"
            unknown = await send(make_mail(to="nagon@kommun.example"), port, "nagon@kommun.example", "elsa@example.org")
            assert not unknown

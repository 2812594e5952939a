"""The whole service with surveys, over real SMTP and HTTP on the loopback."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.app import Service, running
from bot.port import Inbound
from bot.store.figure_schema import invitations, ratings
from bot.store.schema import meta
from bot.survey.round import Surveying
from config.settings import load
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.processes import Relay, send, write_config

ELSA, ANNA = "elsa@example.org", "anna@kommun.example"


def with_surveys(config: Path) -> Path:
    text = config.read_text()
    old = "share = 1.0\ncap = 400\n"
    assert "enabled = false" in text
    assert old in text
    text = text.replace("enabled = false", "enabled = true")
    page = '[survey.page]\nurl = "http://127.0.0.1/enkat"\nport = 0\n'
    head, _, rest = text.partition(old)
    comment, _, after = rest.partition("# Opening hours.")
    config.write_text(f"{head}{old}{comment}{page}# Opening hours.{after}")
    return config


async def until(relay: Relay, address: str, count: int) -> list[Inbound]:
    async with asyncio.timeout(20):
        while len(relay.to(address)) < count:
            await asyncio.sleep(0.02)
    return relay.to(address)


async def rows(service: Service, table: Any) -> list[dict[str, Any]]:
    async with service.database.reading() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def said(service: Service, count: int) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while len(found := await rows(service, ratings)) < count:
            await asyncio.sleep(0.02)
    return {row["question"]: row["grade"] for row in found}


async def invite(service: Service, clock: FrozenClock, relay: Relay) -> tuple[str, Inbound, str]:
    """Let Elsa ask, Anna answer, and an hour pass; return the page's link, the invitation, and where replies go."""
    surveying = Surveying(service.database, service.office, clock.now)
    port = service.smtp_in.smtp_port
    async with asyncio.timeout(20):
        while not [row for row in await rows(service, meta) if row["key"] == "survey_seen"]:
            await service.database.try_intake()
            await surveying.round()
    assert await send(make_mail(), port, CONTACT, ELSA)
    await until(relay, ANNA, 1)
    to = next(to for who, _, to in relay.mails if who == ANNA)
    answer = make_mail("På torsdag.", sender=ANNA, to=to, message_id="s@x", dmarc="")
    assert await send(answer, port, to, ANNA)
    await until(relay, ELSA, 2)
    async with asyncio.timeout(20):
        while not await rows(service, invitations):
            await surveying.round()
            await asyncio.sleep(0.02)
    clock.forward(hours=1)
    assert await surveying.round() == 1
    service.wake_all()
    invitation = (await until(relay, ELSA, 3))[2]
    reply_to = [to for who, _, to in relay.mails if who == ELSA][2]
    link = next(line for line in invitation.text.split() if line.startswith("http"))
    assert service.survey is not None
    return link.replace("127.0.0.1/", f"127.0.0.1:{service.survey.port}/"), invitation, reply_to


@pytest.mark.asyncio
async def test_an_invitation_by_mail_is_looked_at_pressed_and_replied_to(tmp_path: Path, clock: FrozenClock) -> None:
    relay = Relay()
    async with relay.open():
        config = with_surveys(write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", 0, relay.port))
        async with running(load(config), clock.now) as service, httpx.AsyncClient() as client:
            link, invitation, _ = await invite(service, clock, relay)
            assert invitation.kind == "auto"
            for _ in range(3):
                assert "Var svaret tydligt?" in (await client.get(link)).text
            assert await rows(service, ratings) == []
            pressed = await client.post(
                link, data={"answered": "1", "reception": "5", "comment": "Skylten är borta.", "want": "1"},
                follow_redirects=True,
            )  # fmt: skip
            assert "Tack för dina svar!" in pressed.text
            assert await said(service, 2) == {"answered": 1, "reception": 5}
            notices = await until(relay, ANNA, 3)
            assert "Skylten är borta." in notices[-1].text


@pytest.mark.asyncio
async def test_a_reply_with_a_digit_counts_and_its_question_reaches_staff(tmp_path: Path, clock: FrozenClock) -> None:
    relay = Relay()
    async with relay.open():
        config = with_surveys(write_config(tmp_path, f"sqlite:///{tmp_path}/k.db", 0, relay.port))
        async with running(load(config), clock.now) as service:
            _, invitation, to = await invite(service, clock, relay)
            reply = make_mail(
                "4\nMen när lagas skylten?", to=to, message_id="r@x", In_Reply_To=f"<{invitation.message_id}>"
            )
            assert await send(reply, service.smtp_in.smtp_port, to, ELSA)
            assert await said(service, 2) == {"answered": 1, "reception": 4}
            notices = await until(relay, ANNA, 3)
            assert "Men när lagas skylten?" in notices[-1].text

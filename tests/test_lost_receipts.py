"""A receipt whose reply was lost, or that was on its way when we died: it may have come, so it goes out once more."""

from pathlib import Path
from typing import Any

import pytest

from bot.channels.smtp_out import SmtpOut
from bot.errors import Unsure
from bot.port import Outbound
from bot.store.schema import outbox
from sandbox.bot_api import TgPerson
from tests.chat_town import NUMBER, ChatTown
from tests.telegram_ways import in_hurry

RECEIPT = "Tack. Ditt meddelande har nummer"
ELSA = "elsa@example.org"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_hurry(monkeypatch)


def receipts(person: TgPerson) -> list[str]:
    return [one.text for one in person.messages if one.by_bot and one.text.startswith(RECEIPT)]


async def acknowledgements(town: ChatTown) -> list[dict[str, Any]]:
    return await town.rows(outbox, outbox.c.kind == "acknowledgement")


@pytest.mark.asyncio
async def test_the_first_receipt_in_a_chat(tmp_path: Path) -> None:
    async with ChatTown(tmp_path).open() as town:
        elsa = town.citizen()
        await elsa.start()
        await town.drain()
        town.api.faults.lose_reply("sendMessage", chat=elsa.private)
        await elsa.write("Gatlyktan är trasig.")
        await town.drain()
        town.forward(minutes=10)
        await town.drain()
        (row,) = await acknowledgements(town)
        assert (row["state"], row["unsure"], row["attempts"]) == ("sent", 1, 2)
        assert len(receipts(elsa)) == 2


@pytest.mark.asyncio
async def test_the_receipt_that_was_on_its_way_when_we_died(tmp_path: Path) -> None:
    async with ChatTown(tmp_path).open() as town:
        elsa = town.citizen()
        await elsa.start()
        await town.drain()
        town.api.faults.slow("sendMessage", 60, chat=elsa.private)
        await elsa.write("Gatlyktan är trasig.")

        async def leaving() -> bool:
            """The receipt is being sent."""
            return [row["state"] for row in await acknowledgements(town)] == ["sending"]

        await town.until(leaving)
        await town.die()
        town.api.faults.clear()
        await town.drain()
        town.forward(minutes=10)
        await town.drain()
        (row,) = await acknowledgements(town)
        assert (row["state"], row["unsure"]) == ("sent", 1)
        assert len(receipts(elsa)) in {1, 2}


@pytest.mark.asyncio
async def test_the_receipts_by_mail_after_a_case_was_moved_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, lost = SmtpOut.send, list[str]()

    async def taken_but_not_said(self: SmtpOut, message: Outbound) -> Any:
        accepted = await send(self, message)
        if message.automatic and message.to_addr == ELSA and "kod" not in message.subject:
            lost.append(message.subject)
            raise Unsure
        return accepted

    monkeypatch.setattr(SmtpOut, "send", taken_but_not_said)
    async with ChatTown(tmp_path).open() as town:
        elsa = town.citizen()
        await elsa.write("Gatlyktan är trasig.")
        await town.drain()
        await elsa.write(f"/epost {ELSA}")
        mail, _ = await town.gets_mail(ELSA, "Koden gäller i 30 minuter")
        await elsa.write(next(line for line in mail.text.splitlines() if line.replace(" ", "").isdecimal()))
        _, reply_to = await town.gets_mail(ELSA, "hit i stället för i chatten")
        await town.mail(ELSA, "Vid nummer 12.", to=reply_to, subject=f"Sv: {NUMBER.findall(receipts(elsa)[0])[0]}")
        await town.drain()
        town.forward(hours=3)
        await town.drain()
        by_mail = [row for row in await acknowledgements(town) if row["to_addr"] == ELSA]
        assert by_mail
        assert {(row["state"], row["unsure"], row["attempts"]) for row in by_mail} == {("unsure", 1, 1)}
        assert len(lost) == len(by_mail) == len([one for one in town.relay.to(ELSA) if "kod" not in one.subject])

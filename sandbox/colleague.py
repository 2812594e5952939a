"""Cilla of the home care: may see secret cases, has no Telegram at work, and answers by e-mail."""

from bot.administration import change
from bot.facts import OfficerId
from config.change_staff import OfficerWish, add_officer
from config.settings import load
from sandbox.world import World

CILLA = OfficerId("cilla")
CILLAS_MAIL = "cilla@kommun.example"
UNIT = "omsorg"

_WISH = OfficerWish(name="Cilla Exempel", email=CILLAS_MAIL, units=(UNIT,), cleared=True)


async def employ(world: World) -> None:
    """Have Cilla work at the home care, entered as an administrator would; nothing if she does already.

    Raises:
        ChangeRefused: there is no such unit.
    """
    service = world.service
    if service.office().officer(CILLA) is not None:
        return
    settings = load(world.config, environment=False)
    await change(
        settings, service.office().texts, lambda standing: add_officer(standing, CILLA, _WISH),
        actor="cli:sandbox", now=world.clock.now(),
    )  # fmt: skip
    async with service.database.reading() as connection:
        await service.office.refresh(connection)

"""An emulator of the Telegram Bot API on loopback, for the try-out world and for tests."""

from sandbox.bot_api.chats import TgChat, TgGroup, TgTopic
from sandbox.bot_api.faults import Faults
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.people import TgPerson
from sandbox.bot_api.server import SANDBOX_TOKEN, bot_api
from sandbox.bot_api.state import BotApi, Call
from sandbox.bot_api.world import TelegramWorld

__all__ = [
    "SANDBOX_TOKEN", "BotApi", "Call", "Faults", "TelegramWorld", "TgChat", "TgGroup", "TgMessage", "TgPerson",
    "TgTopic", "bot_api",
]  # fmt: skip

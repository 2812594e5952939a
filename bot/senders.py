"""What staff read as the sender of a message: a mail address, or that it came by chat. Pure."""

from bot.chat import chat_at
from config.texts import Texts


def sender_words(texts: Texts, address: str, name: str = "") -> str:
    """Return a sender as staff read it, empty for an unknown one. Of a chat never more than that it is one."""
    if chat_at(address) is not None:
        return texts.t("den som frågar, i Telegram")
    return f"{name} <{address}>" if name and address else address

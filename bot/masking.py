"""Personal numbers are hidden in everything that is shown or sent; the stored message keeps them."""

from bot.guard import NumberKind, holds_number, mask
from config.texts import Texts, mark

_LABELS = {
    NumberKind.PERSONNUMMER: mark("[personnummer dolt]"),
    NumberKind.SAMORDNINGSNUMMER: mark("[samordningsnummer dolt]"),
    NumberKind.HENKILOTUNNUS: mark("[personbeteckning dold]"),
    NumberKind.CARD: mark("[kortnummer dolt]"),
}


def masked(texts: Texts, text: str) -> str:
    """Return the text with each personal or card number replaced by words that say what stood there."""
    return mask(text, lambda kind: texts.t(_LABELS[kind])) if holds_number(text) else text

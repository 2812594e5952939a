"""Personal numbers are hidden in everything that is shown or sent; the stored message keeps them."""

from dataclasses import replace

from bot.guard import NumberKind, holds_number, mask
from bot.parts import Heading, Paragraph, Part, Quote, Table
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


def masked_part(texts: Texts, part: Part) -> Part:
    """Return a part of a mail to staff likewise, each cell of a table by itself."""
    match part:
        case Table(head, rows):
            return Table(head, tuple(tuple(masked(texts, cell) for cell in row) for row in rows))
        case Heading() | Paragraph() | Quote():
            return replace(part, text=masked(texts, part.text))

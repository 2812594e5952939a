"""What a mail to staff is made of, before it is set out as text or as a page. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of ours; line breaks in it are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words, shown as they were written."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head of as many. On a narrow screen each row must still be readable."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | Quote | Table

"""Settings that citizens read: one value for all languages, or a table with one for each."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import Discriminator, Tag

from config.texts import Language

T = TypeVar("T")

FORMS = frozenset({"plain", "table"})
"""Stand in the place of a fault, for which of the two forms was meant."""


_ByLanguage = Mapping[str, tuple[str, ...]]


def _form(value: object) -> str:
    return "table" if isinstance(value, dict) else "plain"


_Lines = Annotated[tuple[str, ...], Tag("plain")] | Annotated[dict[Language, tuple[str, ...]], Tag("table")]
_Line = Annotated[str, Tag("plain")] | Annotated[dict[Language, str], Tag("table")]
LinesPerLanguage = Annotated[_Lines, Discriminator(_form)]
LinePerLanguage = Annotated[_Line, Discriminator(_form)]


def lines_by_language(value: tuple[str, ...] | dict[Language, tuple[str, ...]], main: Language) -> _ByLanguage:
    """Return lines by language; those for all stand under the main language."""
    return {str(code): one for code, one in value.items()} if isinstance(value, dict) else {main: value}


def line_by_language(value: str | dict[Language, str], main: Language) -> Mapping[str, str]:
    """Return a line by language; one for all stands under the main language."""
    return {str(code): one for code, one in value.items()} if isinstance(value, dict) else {main: value}


def own_words(values: Mapping[str, T], language: str, nothing: T) -> T:
    """Return the value of a language, or of the one it is an overlay on (``sv`` for ``sv_FI``), else the first one."""
    base = language.partition("_")[0]
    return next((values[code] for code in (language, base, *values) if code in values), nothing)

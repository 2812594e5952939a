"""Texts for people: Swedish in the code is the source, the gettext catalogues under `locale/` translate it.

The catalogues are read from their .po files (a few milliseconds each): nothing has to be compiled.
"""

import gettext
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).parent / "locale"
Language = Literal["sv", "sv_FI", "fi", "en", "sv_lattlast"]
LANGUAGES: tuple[Language, ...] = ("sv", "sv_FI", "fi", "en", "sv_lattlast")
OWN_NAMES: dict[Language, str] = {
    "sv": "Svenska", "sv_FI": "Svenska", "fi": "Suomi", "en": "English", "sv_lattlast": "Lätt svenska",
}  # fmt: skip
"""What each language calls itself; easy Swedish is an overlay on Swedish, as Finland's Swedish is."""


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = LOCALE_DIR / language / "LC_MESSAGES" / "kommunsvar.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def mark(text: str) -> str:
    """Return the text unchanged; marks a text for the catalogues where it is translated later."""
    return text


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences, dates and numbers in one language and time zone.

    `sv_FI` and `sv_lattlast` (easy Swedish) are overlays: what they do not say otherwise is said as in `sv`.
    """

    language: Language
    zone: ZoneInfo

    def t(self, text: str, **fields: object) -> str:
        """Return the sentence in this language, its ``{fields}`` filled in. Untranslated: Swedish."""
        return _catalogue(self.language).gettext(text).format(**fields)

    def n(self, one: str, many: str, count: int, **fields: object) -> str:
        """Return the sentence in the right number; ``{count}`` is filled in."""
        return _catalogue(self.language).ngettext(one, many, count).format(count=count, **fields)

    def in_language(self, language: str) -> "Texts":
        """Return the texts of another language, these if it is none of ours."""
        known = next((one for one in LANGUAGES if one == language), self.language)
        return Texts(known, self.zone)

    def _locale(self) -> Locale:
        return Locale.parse({"en": "en_GB", "sv_lattlast": "sv"}.get(self.language, self.language))

    def language_name(self, code: str) -> str:
        """Return a language by its code as it stands within a sentence, as ``finska``; the code if nobody knows it."""
        if code == "sv_lattlast":
            return self.t("lätt svenska")
        return str(self._locale().languages.get(code.partition("_")[0], code))

    def day(self, day: date) -> str:
        """Return a day in words without the year, as ``tisdag 24 november``."""
        pattern = {"fi": "cccc d. MMMM", "en": "EEEE d MMMM"}.get(self.language, "EEEE d MMMM")
        return dates.format_date(day, pattern, locale=self._locale())

    def month(self, day: date) -> str:
        """Return the name of a day's month as it stands alone, as ``november`` (fi: ``marraskuu``)."""
        return str(dates.format_date(day, "LLLL", locale=self._locale()))

    def moment(self, instant: datetime) -> str:
        """Return an aware instant as local day and time, as ``tisdag 24 november kl. 07.00``."""
        local = instant.astimezone(self.zone)
        return self.t("{day} kl. {time}", day=self.day(local.date()), time=self.clock(local.time()))

    def clock(self, moment: time) -> str:
        """Return a local time of day as this language writes it: ``07.00`` (sv, fi) or ``07:00`` (en)."""
        return moment.strftime("%H:%M" if self.language == "en" else "%H.%M")

    def percent(self, share: float) -> str:
        """Return a share 0–1 as per cent with one decimal, as ``83,0 %``."""
        pattern = "#,##0.0%" if self.language == "en" else "#,##0.0 %"
        return numbers.format_percent(share, pattern, locale=self._locale())

    def number(self, value: float) -> str:
        """Return a number as this language writes it, at most one decimal."""
        return numbers.format_decimal(value, "#,##0.#", locale=self._locale())

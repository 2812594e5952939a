"""What citizens would read in another language than their own, as the settings do not say it in theirs."""

from collections.abc import Iterator, Mapping

from config.per_language import line_by_language, lines_by_language
from config.settings import Settings
from config.texts import Language, Texts


def language_warnings(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give a sentence for each setting that lacks a language in which citizens are written to."""
    known: Mapping[str, Mapping[str, object]] = {
        "municipality.other_ways": lines_by_language(settings.municipality.other_ways, settings.language),
        "municipality.privacy": line_by_language(settings.municipality.privacy, settings.language),
    }
    for name, values in known.items():
        missing = [code for code in _spoken(settings) if code not in values and code.partition("_")[0] not in values]
        if missing and any(values.values()):
            shown = settings.language if settings.language in values else next(iter(values))
            yield texts.t(
                "{name} saknas på {languages}. Den som skriver på det språket läser den på {shown} i stället.",
                name=name, languages=", ".join(map(texts.language_name, missing)), shown=texts.language_name(shown),
            )  # fmt: skip


def _spoken(settings: Settings) -> list[Language]:
    chosen = settings.telegram.languages if settings.telegram is not None else ()
    return list(dict.fromkeys((settings.language, *chosen)))

"""The poster for a place: a code to point a telephone at, the same link and the other ways in, and what to know.

What differs goes to the typesetter as data, never as code, so no name can do more than stand there.
"""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import typst

from config.per_language import line_by_language, lines_by_language, own_words
from config.settings import Settings
from config.texts import OWN_NAMES, Language, Texts

TEMPLATE = Path(__file__).parent / "poster.typ"
BOT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
"""What a bot can be called: 5 to 32 signs (a few old ones 4)."""
_CODE = re.compile(r"[A-Za-z0-9_-]{1,62}")  # with p_ before it 64 signs, what Telegram hands on
_TOO_LONG = "too much text"  # as the template says it
_QUIET_ZONE = 4  # modules of white around the code (ISO/IEC 18004)


class PosterFault(Exception):
    """The poster cannot be made; the message tells why, in the texts' language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What stands on a poster.

    Attributes:
        bot: the bot's name, without the sign in front.
        code, place: the place's code, as ``reception``, and its name for people.
        other_ways: how else to reach the municipality, one line each.
        own: language of what the municipality wrote itself, as `other_ways`.
        texts: the languages the poster speaks, in order; the first is the document's.
    """

    bot: str
    code: str
    place: str
    municipality: str
    email: str
    other_ways: Sequence[str]
    privacy: str
    own: Language
    texts: Sequence[Texts]


def posters_of(settings: Settings, bot: str, texts: Texts, language: str | None = None) -> list[Poster]:
    """Return the posters of all places, in the configured order; none where no place is configured.

    Args:
        settings: the file of settings.
        bot: the bot's name, with or without the sign in front.
        texts: in which faults are told.
        language: the only one to speak; None: each that citizens can choose, easy Swedish and doubles left out.

    Raises:
        PosterFault: the bot's name is none.
    """
    name = bot.strip().removeprefix("@")
    if not BOT_NAME.fullmatch(name):
        raise PosterFault(texts.t("{bot} kan inte vara en bots namn i Telegram.", bot=bot))
    telegram = settings.telegram
    if telegram is None:
        return []
    spoken: list[Texts] = []
    for code in [language] if language else telegram.languages:
        own = texts.in_language(code)
        if code == language or OWN_NAMES[own.language] not in {*_names(spoken), OWN_NAMES["sv_lattlast"]}:
            spoken.append(own)
    ways = lines_by_language(settings.municipality.other_ways, settings.language)
    privacy = line_by_language(settings.municipality.privacy, settings.language)
    return [
        Poster(
            bot=name, code=place.code, place=place.name, municipality=settings.municipality.name,
            email=settings.units[0].address, other_ways=own_words(ways, settings.language, ()),
            privacy=own_words(privacy, settings.language, ""), own=settings.language, texts=spoken or [texts],
        )
        for place in telegram.places
    ]  # fmt: skip


def _names(texts: Sequence[Texts]) -> set[str]:
    return {OWN_NAMES[one.language] for one in texts}


def link_to(bot: str, code: str) -> str:
    """Return the link that opens the chat and tells from which place.

    Raises:
        ValueError: the code cannot stand in a link (at most 62 of A–Z, a–z, 0–9, _ and -).
    """
    if not _CODE.fullmatch(code):
        raise ValueError("a place's code has 1 to 62 of A-Z, a-z, 0-9, _ and -")
    return f"https://t.me/{bot}?start=p_{code}"


def qr_svg(link: str) -> bytes:
    """Return a QR code as SVG, one unit a module, with its white edge; a quarter of it may be dirty or torn."""
    found = io.BytesIO()
    segno.make_qr(link, error="q", boost_error=False).save(
        found, kind="svg", border=_QUIET_ZONE, light="#fff", dark="#000", xmldecl=False
    )
    return found.getvalue()


def poster_pdf(poster: Poster) -> bytes:
    """Return the poster as a tagged PDF (PDF/UA-1) of one A4 page; the same poster gives the same bytes.

    Raises:
        PosterFault: a sign in a name that our typefaces do not have, or more text than a page holds.
    """
    t, told = poster.texts[0].t, json.dumps(_told(poster))
    try:
        made = typst.compile(
            TEMPLATE.read_bytes(), format="pdf", pdf_standards=["ua-1"], timestamp=0, sys_inputs={"poster": told},
            font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True,
        )  # fmt: skip
    except typst.TypstError as error:
        if _TOO_LONG in error.message:
            raise PosterFault(t("Det är för mycket text på affischen för {place}.", place=poster.place)) from None
        raise PosterFault(
            t("Affischen för {place} går inte att göra: {reason}.", place=poster.place, reason=error.message)
        ) from None
    if not isinstance(made, bytes):
        raise TypeError(type(made).__name__)
    return made


def _told(poster: Poster) -> dict[str, Any]:
    """Return what the template is told."""
    first, link = poster.texts[0], link_to(poster.bot, poster.code)
    return {
        "municipality": poster.municipality,
        "title": first.t("Skriv till {municipality}: {place}", municipality=poster.municipality, place=poster.place),
        "link": link,
        "short-link": f"t.me/{poster.bot}",
        "svg": qr_svg(link).decode(),
        "alt": first.t("QR-kod som öppnar chatten: {link}", link=link),
        "own": _code(poster.own),
        "email": poster.email,
        "other-ways": list(poster.other_ways),
        "privacy": poster.privacy,
        "place": f"{poster.place} · p_{poster.code}",
        "languages": [_in_language(one) for one in poster.texts],
    }


def _in_language(texts: Texts) -> dict[str, Any]:
    t = texts.t
    return {
        **_code(texts.language),
        "title": t("Skriv till oss"),
        "sentences": [
            t("Rikta mobilens kamera mot rutan och tryck på länken. Då öppnas en chatt i Telegram."),
            t("En robot tar emot. Människor läser och svarar."),
            t("Skriv inte personnummer, hälsa eller annat känsligt i chatten."),
            t("Har du inte Telegram? Mejla eller ring. Du får samma hjälp."),
            t("Är det fara för liv? Ring 112."),
        ],
    }


def _code(language: Language) -> dict[str, str | None]:
    """Return a language as PDF names it (RFC 3066): ``sv``, and ``FI`` where it is that country's."""
    code, _, region = language.partition("_")
    return {"code": code, "region": region if region == "FI" else None}

"""The poster that leads people to the chat: one PDF for each place."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import DEFAULT_CONFIG, Config, Language, die, readable, run_to_end, texts_for

if TYPE_CHECKING:
    from config.telegram_settings import TelegramSettings
    from config.texts import Texts


def poster(
    config: Config = DEFAULT_CONFIG,
    place: Annotated[str | None, typer.Option(help="The place's code, as reception; else all of them.")] = None,
    bot: Annotated[str, typer.Option(help="The bot's name, as exempel_bot; else Telegram is asked.")] = "",
    language: Language = None,
    out: Annotated[Path, typer.Option(help="The folder to put them in.")] = Path("var/posters"),
) -> None:
    """Make a poster (PDF, A4) for each of telegram.places: a QR code to the chat, and the other ways in."""
    settings = readable(config)
    texts = texts_for(settings, None)
    if settings.telegram is None or not settings.telegram.places:
        die(texts.t("Det finns ingen plats att göra en affisch för. Skriv in dem i filen under [[telegram.places]]."))
    codes = [one.code for one in settings.telegram.places]
    if place is not None and place not in codes:
        die(texts.t("{place} är ingen av platserna: {known}.", place=place, known=", ".join(codes)))
    from config.poster import PosterFault, poster_pdf, posters_of

    name = bot or run_to_end(_bot_name(settings.telegram, texts))
    try:
        wanted = [one for one in posters_of(settings, name, texts, language) if place in {None, one.code}]
        made = [(f"{one.code}.pdf", poster_pdf(one)) for one in wanted]
    except PosterFault as fault:
        die(str(fault))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in made:
            (out / file).write_bytes(content)
            print(out / file)
    except OSError as error:
        die(texts.t("{file} går inte att skriva: {reason}.", file=out, reason=error.strerror))


async def _bot_name(settings: "TelegramSettings", texts: "Texts") -> str:
    """Return the bot's name as Telegram tells it; where no token is configured, say what to do instead and end."""
    from bot.channels.telegram_api import TelegramChats
    from bot.transport import telegram_of
    from config.settings import secret

    if not secret(settings.token, settings.token_file):
        die(texts.t("Säg vad boten heter med --bot, eller skriv in botens nyckel (token) under [telegram]."))
    chats = TelegramChats(telegram_of(settings), now=lambda: datetime.now(UTC))
    try:
        await chats.start()
        return (await chats.ourselves()).name
    finally:
        await chats.close()

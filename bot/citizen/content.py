"""What a message in a chat holds, as it is taken in: words, places and contacts as text, files to be fetched."""

from collections.abc import Sequence

from bot.arrival import Arrival
from bot.chat import ChatEvent, ChatFile, FileKind, Spot, chat_address
from bot.chat_text import shows
from bot.citizen.visit import Visit
from bot.facts import Channel
from bot.port import FileState, Inbound, InboundFile
from config.texts import Texts, mark

MOST_BYTES = 20 * 2**20
"""What the service gives out of a file."""

_UNSUPPORTED = {
    "poll": mark("[Omröstning, går inte att visa]"),
    "game": mark("[Spel, går inte att visa]"),
    "checklist": mark("[Checklista, går inte att visa]"),
    "invoice": mark("[Faktura, går inte att visa]"),
}
_OTHER = mark("[Innehåll som inte går att visa]")


def as_arrival(visit: Visit, text: str | None = None, *, first_part: int = 0) -> Arrival:
    """Return the event as an arrival; with `text` in place of its own words.

    `first_part`: the number of its first file, where others belong to the same message already.
    """
    event = visit.event
    words = stored_text(visit.office.texts, event, event.text if text is None else text)
    return Arrival(
        inbox=visit.arrival.inbox,
        raw=visit.arrival.raw,
        inbound=Inbound(
            from_addr=chat_address(event.chat), text=words, new_text=words, files=_files(event, first_part),
            language=visit.row.language, authentic="pass",
        ),
        recipients=(),
        token=None,
        arrived_at=visit.arrival.arrived_at,
        source=visit.arrival.source,
        digest=visit.arrival.digest,
        as_case=False,
        channel=Channel.TELEGRAM,
    )  # fmt: skip


def stored_text(texts: Texts, event: ChatEvent, text: str) -> str:
    """Return all that an event says, in words that staff read; only a message of mere files has none."""
    said = [text.strip()]
    if event.spot is not None:
        said.append(texts.t("[Plats: {place}]", place=spot_words(event.spot)) + "\n" + map_link(event.spot))
    if event.given:
        said.append(texts.t("[Delade kontaktuppgifter: {contact}]", contact=event.given))
    if event.unsupported:
        said.append(texts.t(_UNSUPPORTED.get(event.unsupported, _OTHER)))
    if not any(map(shows, said)) and not event.files:
        return texts.t(_OTHER)
    return "\n\n".join(filter(None, said))


def spot_words(spot: Spot) -> str:
    """Return a place in words: what it is called, where it is, and its coordinates."""
    return ", ".join(filter(None, (spot.name, spot.address, f"{spot.latitude:.5f}", f"{spot.longitude:.5f}")))


def map_link(spot: Spot) -> str:
    """Return where a place is seen on a map."""
    at = f"{spot.latitude:.5f}", f"{spot.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=18/{at[0]}/{at[1]}"


def is_words_alone(event: ChatEvent) -> bool:
    """Tell whether the event holds words and nothing else, so that they can be a command or a choice."""
    beside = event.files or event.spot is not None or event.given or event.unsupported
    return bool(event.text.strip()) and not beside


def left_out(files: Sequence[InboundFile]) -> tuple[int, int]:
    """Return how many files are too big for the service to give out, and how many we leave out for other reasons."""
    big = sum(file.size > MOST_BYTES for file in files)
    return big, sum(file.state is FileState.LEFT_OUT for file in files) - big


def _files(event: ChatEvent, first_part: int) -> tuple[InboundFile, ...]:
    # What a sticker says stands in the words already.
    kept = [file for file in event.files if file.kind is not FileKind.STICKER or not event.text]
    return tuple(_file(file, part) for part, file in enumerate(kept, start=first_part))


def _file(file: ChatFile, part: int) -> InboundFile:
    return InboundFile(
        name=file.name, media_type=file.media_type, size=file.size, inline=False, part=part, remote=file.remote,
        kind=file.kind.value, state=FileState.FETCHING if file.size <= MOST_BYTES else FileState.LEFT_OUT,
    )  # fmt: skip

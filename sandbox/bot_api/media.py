"""What a message holds beside its text, built as the Bot API names it."""

from typing import Any

from sandbox.bot_api import samples
from sandbox.bot_api.files import FileStore, TgFile

Content = dict[str, Any]
_SUFFIX = {"image/jpeg": ".jpg", "audio/ogg": ".oga", "video/mp4": ".mp4", "image/webp": ".webp"}


def photo(files: FileStore, content: bytes | None, size: int) -> tuple[Content, TgFile]:
    """Return a photo in two sizes; the big one is the file."""
    small = files.keep("photo", samples.JPEG, name="small.jpg", media_type="image/jpeg")
    kept = content if content is not None else samples.padded(samples.JPEG, size)
    big = files.keep("photo", kept, name="photo.jpg", media_type="image/jpeg")
    sizes = [_ids(small) | {"width": 90, "height": 67}, _ids(big) | {"width": 1280, "height": 960}]
    return {"photo": sizes}, big


def document(
    files: FileStore, name: str, content: bytes, media_type: str, size: int | None = None
) -> tuple[Content, TgFile]:
    """Return a document; `size` is what it claims to be, if not its own length."""
    kept = files.keep("document", content, name=name, media_type=media_type, size=size)
    return {"document": _ids(kept) | {"file_name": name, "mime_type": media_type}}, kept


def voice(files: FileStore, duration: int, content: bytes | None = None) -> tuple[Content, TgFile]:
    """Return a voice message of this many seconds."""
    kept = _kept(
        files, "voice", samples.padded(samples.OGG, 4000 * duration) if content is None else content, "audio/ogg"
    )
    return {"voice": _ids(kept) | {"duration": duration, "mime_type": "audio/ogg"}}, kept


def video(
    files: FileStore, duration: int, size: int, content: bytes | None = None, told: int | None = None
) -> tuple[Content, TgFile]:
    """Return a video of this many seconds."""
    kept = _kept(files, "video", samples.padded(samples.MP4, size) if content is None else content, "video/mp4", told)
    more = {"width": 1280, "height": 720, "duration": duration, "mime_type": "video/mp4"}
    return {"video": _ids(kept) | more}, kept


def video_note(files: FileStore, duration: int) -> tuple[Content, TgFile]:
    """Return a round video message of this many seconds."""
    kept = _kept(files, "video_note", samples.padded(samples.MP4, 9000 * duration), "video/mp4")
    return {"video_note": _ids(kept) | {"length": 240, "duration": duration}}, kept


def audio(files: FileStore, name: str, duration: int, content: bytes) -> tuple[Content, TgFile]:
    """Return a piece of music."""
    kept = files.keep("audio", content, name=name, media_type="audio/mpeg")
    return {"audio": _ids(kept) | {"duration": duration, "file_name": name, "mime_type": "audio/mpeg"}}, kept


def animation(files: FileStore, name: str) -> tuple[Content, TgFile]:
    """Return a moving picture; the Bot API tells it as a document too."""
    kept = files.keep("animation", samples.MP4, name=name, media_type="video/mp4")
    told = _ids(kept) | {"file_name": name, "mime_type": "video/mp4"}
    return {"animation": told | {"width": 320, "height": 240, "duration": 2}, "document": told}, kept


def sticker(files: FileStore, emoji: str) -> tuple[Content, TgFile]:
    """Return a sticker."""
    kept = _kept(files, "sticker", samples.WEBP, "image/webp")
    more = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji}
    return {"sticker": _ids(kept) | more}, kept


def place(latitude: float, longitude: float, *, live: bool = False) -> Content:
    """Return a location; a live one is followed for an hour."""
    made = {"latitude": latitude, "longitude": longitude}
    return {"location": made | {"live_period": 3600, "horizontal_accuracy": 12.0} if live else made}


def venue(latitude: float, longitude: float, title: str, address: str) -> Content:
    """Return a place with a name; its location is told beside it too."""
    where = place(latitude, longitude)
    return {"venue": where | {"title": title, "address": address}} | where


def poll(number: int, question: str, options: tuple[str, ...]) -> Content:
    """Return a poll nobody has answered."""
    choices = [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)]
    flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    made = {"id": str(number), "question": question, "options": choices, "total_voter_count": 0, "is_anonymous": True}
    return {"poll": made | flags | {"type": "regular"}}


def _kept(files: FileStore, kind: str, content: bytes, media_type: str, size: int | None = None) -> TgFile:
    return files.keep(kind, content, name=kind + _SUFFIX[media_type], media_type=media_type, size=size)


def _ids(kept: TgFile) -> dict[str, Any]:
    return {"file_id": kept.id, "file_unique_id": kept.unique_id, "file_size": kept.size}

"""The files that went through the chats: who has an id can fetch the bytes, as long as they are small enough."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sandbox.bot_api.refusals import bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
LINK_LASTS = timedelta(hours=1)
_FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "video_note": "video_notes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TgFile:
    """A file; `size` is what is told, which may be more than the bytes there are (a huge video of three bytes)."""

    id: str
    unique_id: str
    kind: str
    name: str
    media_type: str
    size: int
    content: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Return the path that `getFile` gives."""
        suffix = PurePosixPath(self.name).suffix or ".bin"
        return f"{_FOLDERS.get(self.kind, 'documents')}/file_{self.unique_id}{suffix}"


class FileStore:
    """All files by their id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_id: dict[str, TgFile] = {}
        self._links: dict[str, tuple[TgFile, datetime]] = {}

    def keep(
        self, kind: str, content: bytes, *, name: str = "", media_type: str = "", size: int | None = None
    ) -> TgFile:
        """Keep a file and return it with ids of its own; `size` in bytes is what will be told."""
        number = len(self._by_id) + 1
        digest = hashlib.sha256(f"{kind}:{number}".encode()).digest()
        made = TgFile(
            id=f"AgACAgQ{base64.urlsafe_b64encode(digest * 2).decode().rstrip('=')}{number}",
            unique_id=f"AQAD{base64.urlsafe_b64encode(digest[:6]).decode()}{number}",
            kind=kind,
            name=name,
            media_type=media_type,
            size=len(content) if size is None else size,
            content=content,
        )
        self._by_id[made.id] = made
        return made

    def find(self, file_id: str) -> TgFile:
        """Return the file.

        Raises:
            Refusal: there is none with this id.
        """
        if file_id not in self._by_id:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._by_id[file_id]

    def link(self, file_id: str, at: datetime) -> TgFile:
        """Make the file fetchable by its path for an hour.

        Raises:
            Refusal: there is none with this id, or it is over 20 MB.
        """
        found = self.find(file_id)
        if found.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        self._links[found.path] = (found, at + LINK_LASTS)
        return found

    def fetch(self, path: str, at: datetime) -> TgFile | None:
        """Return the file with this path, None when no link to it was made or the link is over."""
        found, until = self._links.get(path, (None, at))
        return found if at < until else None

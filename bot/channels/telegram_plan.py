"""What a post becomes: the messages it is sent as, one after the other. Pure."""

from dataclasses import dataclass, replace

from bot.chat import FileKind, No, Post, Upload
from bot.chat_text import plain_of, split, split_text, units
from bot.errors import Refused

CAPTION = 1024
"""How long the words under a file may be, in UTF-16 units of visible text."""
UPLOAD_BYTES = 50 * 2**20
"""The largest file that the service takes."""
PHOTO_BYTES = 10 * 2**20

_PHOTOS = frozenset(("image/jpeg", "image/png"))
_WITHOUT_CAPTION = frozenset((FileKind.VIDEO_NOTE, FileKind.STICKER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message: words, or a file that may have words under it.

    `html` is what is sent, `words` the same without form, sent if `html` is empty. `remote` is a file of the service's
    own of this `kind`; `upload` one of ours, sent as a photo or a document.
    """

    words: str = ""
    html: str = ""
    kind: FileKind | None = None
    remote: str = ""
    upload: Upload | None = None

    @property
    def plain(self) -> "Step":
        """The same without form."""
        return replace(self, html="")


def steps_of(post: Post) -> tuple[Step, ...]:
    """Return the messages that a post is sent as: its words in pieces, then its files.

    A file of the service's own comes first, with the words under it where they fit. The same post gives the same
    messages every time, so that a sending can go on where it stopped.

    Raises:
        Refused: ``too_big``, a file above what the service takes; ``bad_text``, there is nothing to send.
    """
    if any(len(file.content) > UPLOAD_BYTES for file in post.files):
        raise Refused(No.TOO_BIG)
    steps = [*_words(post), *map(_upload, post.files)]
    if post.form.file:
        steps = _with_file(Step(kind=post.form.file_kind or FileKind.DOCUMENT, remote=post.form.file), steps)
    if not steps:
        raise Refused(No.BAD_TEXT)
    return tuple(steps)


def edited(post: Post) -> Step | None:
    """Return what a message is to say instead, None if only its buttons change. Cut where one message ends."""
    steps = _words(post)
    if len(steps) < 2:
        return steps[0] if steps else None
    first = steps[0]
    return Step(words=f"{first.words}\n…", html=f"{first.html}\n…" if first.html else "")


def as_document(step: Step) -> Step:
    """Return the step with its file as a document, for a picture that the service does not take as one."""
    return replace(step, kind=FileKind.DOCUMENT)


def _words(post: Post) -> list[Step]:
    if post.html:
        return [Step(html=piece, words=plain_of(piece)) for piece in split(post.html)]
    return [Step(words=piece) for piece in split_text(post.text)]


def _upload(file: Upload) -> Step:
    photo = file.media_type in _PHOTOS and len(file.content) <= PHOTO_BYTES
    return Step(upload=file, kind=FileKind.PHOTO if photo else FileKind.DOCUMENT)


def _with_file(file: Step, steps: list[Step]) -> list[Step]:
    """Put the file in front, with the first words under it where they fit whole."""
    words = [step for step in steps if step.upload is None]
    if len(words) != 1 or units(words[0].words) > CAPTION or file.kind in _WITHOUT_CAPTION:
        return [file, *steps]
    return [replace(file, words=words[0].words, html=words[0].html), *steps[1:]]

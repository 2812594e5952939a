"""What a municipality chose to share beside its figures, in a file of its own: who to ask, how it is done, documents.

A document is taken as it was when somebody chose it: if the file has changed since, it is not shared unseen.
"""

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from measurement.network.bundle import Attachment, Contact, Practice
from measurement.network.bundle_export import Shared
from measurement.network.signing import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that somebody chose to share.

    Attributes:
        path: where it lies here; its last part is what the others see.
        title: what it is.
        digest: SHA-256 of it as it was chosen.
        by, at: who chose it, and when (UTC).
    """

    path: str
    title: str
    digest: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is shared from now on, until somebody chooses otherwise."""

    contact: Contact | None = None
    practices: tuple[Practice, ...] = ()
    documents: tuple[Document, ...] = ()


class ChoiceFault(ValueError):
    """What was chosen cannot be shared; the message says why."""


def read_choice(path: Path) -> Choice:
    """Return what was chosen; nothing where nobody chose.

    Raises:
        ChoiceFault: the file is not as we write it.
        OSError: it cannot be read.
    """
    if not path.exists():
        return Choice()
    try:
        return _CHOICE.validate_json(path.read_bytes(), strict=True)
    except ValidationError:
        raise ChoiceFault(f"{path} cannot be read; move it away and choose anew") from None


def write_choice(path: Path, choice: Choice) -> None:
    """Write what was chosen, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}.{os.getpid()}")
    written.write_bytes(canonical(_CHOICE.dump_python(choice, mode="json")) + b"\n")
    written.replace(path)


def with_practice(choice: Choice, measure: str, text: str) -> Choice:
    """Return the choice with this said about a measure (empty: in general) in place of what was; no text: nothing."""
    others = [one for one in choice.practices if one.measure != measure]
    told = [Practice(measure=measure, text=text.strip())] if text.strip() else []
    return replace(choice, practices=tuple(sorted([*others, *told], key=lambda one: one.measure)))


def with_document(choice: Choice, path: Path, title: str, by: str, at: datetime) -> Choice:
    """Return the choice with a document as it is now, in place of one of the same name.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = without_document(choice, path.name)
    document = Document(path=str(path.resolve()), title=title, digest=digest, by=by, at=at)
    return replace(kept, documents=(*kept.documents, document))


def without_document(choice: Choice, name: str) -> Choice:
    """Return the choice without the document of this name."""
    left = tuple(one for one in choice.documents if Path(one.path).name.casefold() != name.casefold())
    return replace(choice, documents=left)


def shared_of(choice: Choice) -> Shared:
    """Return what goes into a bundle, documents included.

    Raises:
        ChoiceFault: a document is gone, or is not the one that was chosen.
    """
    return Shared(
        contact=choice.contact, practices=choice.practices, attachments=tuple(map(_attachment, choice.documents))
    )


def _attachment(document: Document) -> Attachment:
    path = Path(document.path)
    try:
        content = path.read_bytes()
    except OSError:
        raise ChoiceFault(f"{path} was chosen to be shared and is gone; choose it anew, or take it back") from None
    if hashlib.sha256(content).hexdigest() != document.digest:
        raise ChoiceFault(f"{path} has changed since {document.by} chose it; choose it anew, or take it back")
    return Attachment(name=path.name, title=document.title, digest=document.digest, content=b64encode(content).decode())


_CHOICE = TypeAdapter(Choice)

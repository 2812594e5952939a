"""Forms attached to a mail. Pure: bytes in, files out."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from pathlib import PurePath

from measurement.assessment.form_package import MOST_BYTES

MOST_MAIL = 60 * 2**20
MOST_FILES = 100

ENDINGS = (".docx", ".xlsx", ".docm", ".xlsm", ".dotx", ".xltx", ".doc", ".xls", ".odt", ".ods")
"""What a form may be called when it comes back: also what is refused, so that its sender is told."""
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file of Word or Excel that came with a mail; `sender` is the address it says it is from, empty without one."""

    name: str
    content: bytes
    sender: str


def forms_in_mail(raw: bytes) -> list[AttachedFile]:
    """Return the files of a mail that may be forms, in order, also those of mails within it; none of what is no mail.

    Whether one is a form, and of which round, `read_form` tells. A file without a telling name is found by its bytes.
    """
    if len(raw) > MOST_MAIL:
        return []
    try:
        mail = email.message_from_bytes(raw)
        sender = parseaddr(str(mail.get("From") or ""))[1].lower()
        return [AttachedFile(name=name, content=content, sender=sender) for name, content in _files(mail)]
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError):
        # What Python's own reader makes of mails that are not built like one.
        return []


def _files(mail: Message) -> Iterator[tuple[str, bytes]]:
    found = 0
    for part in mail.walk():
        if part.is_multipart() or part.get_content_maintype() == "text":
            continue
        name = PurePath(_decoded(part.get_filename()).replace("\\", "/")).name
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or len(content) > 2 * MOST_BYTES:
            continue
        if name.lower().endswith(ENDINGS) or content.startswith(_ZIP):
            yield name, content
            found += 1
        if found >= MOST_FILES:
            return


def _decoded(written: object) -> str:
    """Return a header's text in plain words; as it is written where it cannot be decoded."""
    text = "" if written is None else str(written)
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError):
        return text

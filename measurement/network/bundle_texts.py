"""What people write and attach in a bundle: how long it may be, and what it may be called. Pure."""

import re
from collections.abc import Iterator, Sequence

from config.texts import Texts
from measurement.network.bundle import Attachment, Bundle

MOST_LETTERS = 4_000
MOST_NAME = 120
MOST_FILES = 20
MOST_BYTES = 5 * 2**20
"""Of one attachment."""
ENDINGS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "md", "csv", "png", "jpg", "jpeg")
"""What may be attached: documents and pictures, nothing that runs."""

_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\".]+(\.[^@\s<>\".]+)+")
_NAME = re.compile(rf"[\w][\w .,()+-]*\.(?:{'|'.join(ENDINGS)})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def is_address(text: str) -> bool:
    """Tell whether this is one mail address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def is_file_name(text: str) -> bool:
    """Tell whether a file may be called so: one plain name, no folder, of a kind that does not run."""
    return len(text) <= MOST_NAME and _NAME.fullmatch(text) is not None and ".." not in text


def is_text(text: str, most: int) -> bool:
    """Tell whether this can be shown: not empty, not too long, no characters that steer."""
    return 0 < len(text) <= most and not text.isspace() and _CONTROL.search(text) is None


def text_faults(bundle: Bundle, texts: Texts) -> Iterator[str]:
    """Give what is wrong with texts and names; the files themselves are not looked into."""
    names = [bundle.name, *bundle.channels, *(text for one in bundle.measures for text in (one.id, one.name))]
    if not all(is_text(one, MOST_NAME) for one in names) or not is_text(bundle.hours.words, MOST_LETTERS):
        yield texts.t("Kommunen, öppettiderna, ett mått eller en kanal har ett namn som inte går att visa.")
    if bundle.contact and not (is_text(bundle.contact.role, MOST_NAME) and is_address(bundle.contact.address)):
        yield texts.t("Kontakten är ingen roll med en e-postadress.")
    if any(not is_text(one.text, MOST_LETTERS) or len(one.measure) > MOST_NAME for one in bundle.practices):
        yield texts.t("En beskrivning är tom, för lång eller har tecken som inte går att visa.")
    yield from _file_faults(bundle.attachments, texts)


def _file_faults(files: Sequence[Attachment], texts: Texts) -> Iterator[str]:
    names = [one.name.casefold() for one in files]
    if len(names) > MOST_FILES or len(set(names)) < len(names):
        yield texts.t("Det är för många bilagor, eller två med samma namn.")
    for one in files:
        if not is_file_name(one.name) or not is_text(one.title, MOST_NAME):
            yield texts.t("Bilagan {name} har ett namn som inte går att spara.", name=repr(one.name[:MOST_NAME]))
        elif len(one.content) > MOST_BYTES * 4 // 3 + 4:
            yield texts.t("Bilagan {name} är större än {most} MB.", name=one.name, most=MOST_BYTES // 2**20)

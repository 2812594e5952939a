"""What people write and attach in a bundle: how long it may be, and what it may be called. Pure."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import category

from config.texts import Texts
from measurement.network.bundle import Attachment, Bundle, Practice

MOST_LETTERS = 4_000
MOST_IN_ALL = 12_000
"""Letters of all descriptions together."""
MOST_NAME = 120
MOST_PRACTICES = 20
MOST_FILES = 20
MOST_BYTES = 5 * 2**20
"""Of one attachment."""
ENDINGS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "md", "csv", "png", "jpg", "jpeg")
"""What may be attached: documents and pictures, nothing that runs."""

_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\".]+(\.[^@\s<>\".]+)+")
_NAME = re.compile(rf"[\w][\w .,()+-]*\.(?:{'|'.join(ENDINGS)})", re.IGNORECASE)
_STEERS = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Unicode's categories of characters that are not seen but change how others are."""


def is_address(text: str) -> bool:
    """Tell whether this is one mail address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def is_file_name(text: str) -> bool:
    """Tell whether a file may be called so: one plain name, no folder, of a kind that does not run."""
    return len(text) <= MOST_NAME and _NAME.fullmatch(text) is not None and ".." not in text


def is_text(text: str, most: int) -> bool:
    """Tell whether this can be shown: not empty, not too long, no characters that steer."""
    return 0 < len(text) <= most and not text.isspace() and not any(map(_steers, text.replace("\n", "")))


def is_name(text: str, most: int = MOST_NAME) -> bool:
    """Tell whether this can be shown as a name: a text of one line."""
    return is_text(text, most) and "\n" not in text


def shown(text: str, most: int = MOST_NAME) -> str:
    """Return a stranger's words as they may be repeated: one line, cut, without characters that steer."""
    return "".join(one for one in text[:most] if not _steers(one))


def _steers(character: str) -> bool:
    return category(character) in _STEERS


def text_faults(bundle: Bundle, texts: Texts) -> Iterator[str]:
    """Give what is wrong with texts and names; the files themselves are not looked into."""
    names = [bundle.name, *bundle.channels, *(text for one in bundle.measures for text in (one.id, one.name))]
    if not all(map(is_name, names)) or not is_name(bundle.hours.words, MOST_LETTERS):
        yield texts.t("Kommunen, öppettiderna, ett mått eller en kanal har ett namn som inte går att visa.")
    if bundle.contact and not (is_name(bundle.contact.role) and is_address(bundle.contact.address)):
        yield texts.t("Kontakten är ingen roll med en e-postadress.")
    yield from _practice_faults(bundle.practices, texts)
    yield from _file_faults(bundle.attachments, texts)


def _practice_faults(practices: Sequence[Practice], texts: Texts) -> Iterator[str]:
    if any(not is_text(one.text, MOST_LETTERS) or not is_name(one.measure or "-") for one in practices):
        yield texts.t("En beskrivning är tom, för lång eller har tecken som inte går att visa.")
    if len(practices) > MOST_PRACTICES or sum(len(one.text) for one in practices) > MOST_IN_ALL:
        yield texts.t("Beskrivningarna är för långa. Tillsammans får de ha högst {most} tecken.", most=MOST_IN_ALL)
    if len({one.measure for one in practices}) < len(practices):
        yield texts.t("Samma mått har två beskrivningar.")


def _file_faults(files: Sequence[Attachment], texts: Texts) -> Iterator[str]:
    names = [one.name.casefold() for one in files]
    if len(names) > MOST_FILES or len(set(names)) < len(names):
        yield texts.t("Det är för många bilagor, eller två med samma namn.")
    for one in files:
        if not is_file_name(one.name) or not is_name(one.title):
            yield texts.t("Bilagan {name} har ett namn som inte går att spara.", name=shown(one.name))
        elif len(one.content) > MOST_BYTES * 4 // 3 + 4:
            yield texts.t("Bilagan {name} är större än {most} MB.", name=one.name, most=MOST_BYTES // 2**20)

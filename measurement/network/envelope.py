"""A bundle's envelope: which key signed which bytes, found without reading what stands in them. Pure.

There is one way to write a bundle (`signing.canonical`), so what was signed lies between a known beginning and a known
end. A file that anybody can make is thereby turned away before it costs memory.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from config.texts import Texts
from measurement.network.bundle import VERSION

FORM = "kommunsvar-network-bundle"
MOST_BYTES = 60 * 2**20
"""Of a file with its attachments."""
MOST_JSON = 2 * 2**20
"""Of all in it but the attachments: sixty measures of two years are a quarter of it."""
_SMALL = 2**16
_FIRST = b'{\n "bundle": '
_LAST = re.compile(
    rb',\n "form": "kommunsvar-network-bundle",\n "key": "([A-Za-z0-9+/]{43}=)",\n'
    rb' "signature": "([A-Za-z0-9+/]{86}==)",\n "version": ([0-9]{1,6})\n\}\Z'
)
_LONGEST_LAST = 400
_ATTACHED = re.compile(rb'^   "content": "[A-Za-z0-9+/=]*"', re.MULTILINE)
_FIELDS = {"form", "version", "key", "signature", "bundle"}


class BundleFault(ValueError):
    """A bundle that is not taken; `faults` says why in words, whole sentences."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep the faults."""
        super().__init__(" ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What stands around a bundle.

    Attributes:
        payload: what is signed, as JSON.
        key, signature: in base64; not yet checked.
    """

    payload: bytes
    key: str
    signature: str

    def field(self, name: str) -> str:
        """Return the beginning of a text that the payload has under a name, unchecked; empty where it has none."""
        found = re.search(rb'^ "%b": "([^"\\\n]{0,400})' % name.encode(), self.payload, re.MULTILINE)
        return found[1].decode(errors="replace") if found else ""


def envelope_of(content: bytes, texts: Texts) -> Envelope:
    """Return a file's envelope.

    Args:
        content: the file, without white space around it.
        texts: the language that faults are told in.

    Raises:
        BundleFault: it is no bundle, too large, or of another form.
    """
    if len(content) > MOST_BYTES:
        refuse(texts.t("Filen är för stor för att vara ett nätverkspaket."))
    start = max(0, len(content) - _LONGEST_LAST)
    last = _LAST.search(content, start)
    if last is None or not content.startswith(_FIRST):
        _refuse_other(content, texts)
    if (version := int(last[3])) != VERSION:
        _refuse_version(version, texts)
    # What is signed stands one step further in than when it stands alone; no text of JSON has a line break in it.
    payload = content[len(_FIRST) : last.start()].replace(b"\n ", b"\n")
    if len(payload) - sum(len(one[0]) for one in _ATTACHED.finditer(payload)) > MOST_JSON:
        refuse(texts.t("Filen är för stor för att vara ett nätverkspaket."))
    return Envelope(payload=payload, key=last[1].decode(), signature=last[2].decode())


def refuse(why: str) -> NoReturn:
    """Refuse a bundle for one reason.

    Raises:
        BundleFault: always.
    """
    raise BundleFault([why])


def _refuse_other(content: bytes, texts: Texts) -> NoReturn:
    """Tell why a file is not as we write it; only a small one is read for that."""
    told = None
    if len(content) <= _SMALL:
        try:
            told = json.loads(content.decode())
        except (ValueError, RecursionError):
            told = None
    if isinstance(told, dict) and told.get("form") == FORM and isinstance(told.get("version"), int):
        if told["version"] != VERSION:
            _refuse_version(told["version"], texts)
        if set(told) == _FIELDS:
            refuse(texts.t("Signaturen stämmer inte: filen har ändrats efter att den skrevs under. Be om en ny."))
    refuse(texts.t("Filen är inget nätverkspaket från Kommunsvar."))


def _refuse_version(version: int, texts: Texts) -> NoReturn:
    refuse(texts.t(
        "Paketet är gjort av en annan version av Kommunsvar (form {theirs}). Den här läser form {ours}. "
        "Uppdatera, eller be om ett paket i den här formen.", theirs=version, ours=VERSION,
    ))  # fmt: skip

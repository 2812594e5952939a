"""Signed addresses and tags: what ties a mail to a case without anybody being able to guess it.

A signed address stands in the local part behind a plus sign (RFC 5233), all in lower case because some systems
change case. Where a mail system refuses such addresses, the same secret stands in the subject of an officer's notice.
Its signature is 80 bits of HMAC-SHA256 (RFC 2104) over purpose and contents.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass

from bot.facts import CaseNumber, OfficerId, OutboxId

_MAC_CHARS = 16  # 80 bits: 16 characters of 5 bits
_TAG_CHARS = 5  # 25 bits: only ever a hint, as the sender must be a known participant too

_ADDRESS = re.compile(r"([cdebo])-([a-z0-9_]+(?:-[a-z0-9_]+){0,3})-([a-z2-7]{16})", re.ASCII)
_TAG = re.compile(r"\[K-([0-9A-Z]{6})-([0-9A-Z])[ /]([a-z2-7]{5})\]", re.IGNORECASE | re.ASCII)
_SECRET = re.compile(
    r"(?:\+|%2b)[debo]-[a-z0-9_-]+-[a-z2-7]{16}@|\[[debo](?:-[a-z0-9_]+){1,4}-[a-z2-7]{16}\]", re.IGNORECASE | re.ASCII
)
_WHOLE_SECRET = re.compile(
    r"[\w.-]{0,64}(?:\+|%2b)[debo]-[a-z0-9_-]+-[a-z2-7]{16}@[\w.-]*|\[[debo](?:-[a-z0-9_]+){1,4}-[a-z2-7]{16}\]",
    re.IGNORECASE,
)
_SECRET_TAG = re.compile(r"\[([deo](?:-[a-z0-9_]+){1,4}-[a-z2-7]{16})\]", re.IGNORECASE | re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class CitizenToken:
    """The address a citizen answers to: names the case, proves nothing about who writes."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class OfficerToken:
    """The secret address of one notice to one officer. `again` allows an answer beside the first one."""

    case: CaseNumber
    inquiry: int
    officer: OfficerId
    again: bool


@dataclass(frozen=True, slots=True)
class DeskToken:
    """An officer's personal desk address: for everything that is not an answer to one notice."""

    officer: OfficerId


@dataclass(frozen=True, slots=True)
class BounceToken:
    """The return path of one outgoing mail."""

    outbox: OutboxId


Token = CitizenToken | OfficerToken | DeskToken | BounceToken


class Tokens:
    """Makes and reads signed addresses and subject tags with one secret key."""

    def __init__(self, key: bytes) -> None:
        """Keep the key.

        Raises:
            ValueError: the key is shorter than 16 bytes.
        """
        if len(key) < 16:
            raise ValueError("the secret key must be at least 16 bytes")
        self._key = key

    def citizen_address(self, base: str, case: CaseNumber) -> str:
        """Return the reply address of a case, as ``kontakt+c-k7q4m2x9-…@kommun.example``."""
        return self._address(base, "c", _short(case))

    def officer_address(self, base: str, token: OfficerToken, notice: OutboxId) -> str:
        """Return the secret reply address of one notice; another notice gives another address."""
        return self._address(base, *_officer_parts(token, notice))

    def officer_tag(self, token: OfficerToken, notice: OutboxId) -> str:
        """Return the secret of one notice as a tag for its subject, where signed addresses cannot be used."""
        return f"[{self._signed(*_officer_parts(token, notice))}]"

    def desk_address(self, base: str, officer: OfficerId) -> str:
        """Return the personal desk address of an officer, as ``kontakt+o-anna-…@kommun.example``."""
        return self._address(base, "o", officer.lower())

    def desk_tag(self, officer: OfficerId) -> str:
        """Return the same secret as a tag for a subject, where signed addresses cannot be used."""
        return f"[{self._signed('o', officer.lower())}]"

    def return_path(self, base: str, outbox: OutboxId) -> str:
        """Return the envelope sender of one outgoing mail, where its bounce will come."""
        return self._address(base, "b", _to_36(outbox))

    def read(self, address: str) -> Token | None:
        """Return what a signed address of ours says; None for any other address or a wrong signature."""
        local = address.rpartition("@")[0].lower()
        return self._read(local.partition("+")[2])

    def read_subject(self, subject: str) -> OfficerToken | DeskToken | None:
        """Return what a secret tag in a decoded subject says; None if there is none that is rightly signed."""
        found = (self._read(match[1].lower()) for match in _SECRET_TAG.finditer(subject))
        return next((token for token in found if isinstance(token, OfficerToken | DeskToken)), None)

    def _read(self, signed: str) -> Token | None:
        match = _ADDRESS.fullmatch(signed)
        if match is None:
            return None
        purpose, contents, mac = match.groups()
        if not hmac.compare_digest(mac, self._mac(purpose, contents, _MAC_CHARS)):
            return None
        if purpose == "b":
            return BounceToken(OutboxId(int(contents, 36)))
        if purpose == "c":
            return CitizenToken(_long(contents))
        if purpose == "o":
            return DeskToken(OfficerId(contents))
        case, inquiry, officer, _notice = contents.split("-")
        return OfficerToken(_long(case), int(inquiry, 36), OfficerId(officer), again=purpose == "e")

    def subject_tag(self, case: CaseNumber) -> str:
        """Return the tag for a subject line, as ``[K-7Q4M2X-9 abcde]``."""
        return f"[{case} {self._mac('s', _short(case), _TAG_CHARS)}]"

    def case_in_subject(self, subject: str) -> CaseNumber | None:
        """Return the case of the first rightly signed tag in a decoded subject, None if there is none."""
        for match in _TAG.finditer(subject):
            number = CaseNumber(f"K-{match[1]}-{match[2]}".upper())
            if hmac.compare_digest(match[3].lower(), self._mac("s", _short(number), _TAG_CHARS)):
                return number
        return None

    def code_digest(self, purpose: str, holder: str, code: str) -> str:
        """Return what is kept of a short code that was sent by mail: without the key nobody can find the code by it."""
        told = f"code|{purpose}|{holder}|{code}".encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def _address(self, base: str, purpose: str, contents: str) -> str:
        local, _, domain = base.partition("@")
        return f"{local}+{self._signed(purpose, contents)}@{domain}"

    def _signed(self, purpose: str, contents: str) -> str:
        return f"{purpose}-{contents}-{self._mac(purpose, contents, _MAC_CHARS)}"

    def _mac(self, purpose: str, contents: str, chars: int) -> str:
        digest = hmac.new(self._key, f"{purpose}|{contents}".encode(), hashlib.sha256).digest()
        return b32encode(digest).decode().lower()[:chars]


def without_tag(subject: str) -> str:
    """Return the subject without case tags and secret ones, so that they do not pile up or get out."""
    return " ".join(_TAG.sub("", _SECRET_TAG.sub("", subject)).split())


def without_secrets(text: str) -> str:
    """Return the text with every secret address and tag of ours left out, rightly signed or not."""
    return _WHOLE_SECRET.sub("[…]", text)


def has_secret(text: str) -> bool:
    """Tell whether the text holds a secret address or tag of ours, rightly signed or not."""
    return _SECRET.search(text) is not None


def _officer_parts(token: OfficerToken, notice: OutboxId) -> tuple[str, str]:
    parts = (_short(token.case), _to_36(token.inquiry), token.officer.lower(), _to_36(notice))
    return "e" if token.again else "d", "-".join(parts)


def _short(case: CaseNumber) -> str:
    return case.removeprefix("K-").replace("-", "").lower()


def _long(short: str) -> CaseNumber:
    return CaseNumber(f"K-{short[:6]}-{short[6:]}".upper())


def _to_36(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
        if number == 0:
            return text

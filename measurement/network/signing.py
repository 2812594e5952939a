"""Signing bundles: Ed25519 over canonical JSON, so that nobody can change a figure on the way.

The private key never leaves its file. What is handed over is the public one; its fingerprint is short enough to be
read aloud by telephone.
"""

import base64
import binascii
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

CONTEXT = b"kommunsvar-network-bundle-1\n"
"""Stands before what is signed, so that a signature made for something else is none of a bundle."""


class KeyFault(ValueError):
    """A key that cannot be used; the message says why and what to do."""


def own_key(path: Path) -> Ed25519PrivateKey:
    """Return the municipality's own key; the first time it is made, in a file that its owner alone can read.

    Raises:
        KeyFault: the file can be read by others, or holds no such key.
        OSError: it cannot be read or written.
    """
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFault(f"others can read the key in {path}: chmod 600 {path}")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFault(f"{path} holds no key; move it away, and a new one is made") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path} holds another kind of key than Ed25519")
    return key


def _make(path: Path) -> None:
    """Write a new key; never over one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def public_of(key: Ed25519PrivateKey) -> str:
    """Return the public key in base64, 44 characters: what is handed to the others."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def checked_public(text: str) -> str:
    """Return a public key that somebody handed over, as `public_of` writes it.

    Raises:
        KeyFault: it is none.
    """
    try:
        raw = _strict("".join(text.split()))
        Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise KeyFault("that is no public key: it has 44 characters and ends with =") from None
    return base64.b64encode(raw).decode()


def fingerprint(public: str) -> str:
    """Return what is read aloud to check a public key: eight groups of four hexadecimal digits."""
    digits = hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Tell whether two fingerprints are the same, however they are spaced."""
    return _digits(one) == _digits(other)


def _digits(text: str) -> str:
    return "".join(text.replace("-", "").split()).casefold()


def canonical(data: Any) -> bytes:  # noqa: ANN401 -- whatever JSON holds
    """Return data as the one JSON there is of it: keys in order, one value a line, UTF-8.

    Raises:
        ValueError: a number that JSON does not have.
    """
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode()


def sign(key: Ed25519PrivateKey, payload: bytes) -> str:
    """Return the signature of a payload in base64."""
    return base64.b64encode(key.sign(CONTEXT + payload)).decode()


def is_signed_by(public: str, payload: bytes, signature: str) -> bool:
    """Tell whether a signature is of this payload and made by this key; False also for what is no key or signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_strict(public))
        key.verify(_strict(signature), CONTEXT + payload)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def _strict(text: str) -> bytes:
    """Return what base64 stands for; of the many ways to write the same bytes only the ordinary one is taken."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the ordinary base64")
    return raw

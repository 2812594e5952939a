"""A bundle as a file: signed when it is written, and opened only if the signature is by somebody we trust. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from config.texts import Texts
from measurement.network.bundle import VERSION, Bundle
from measurement.network.bundle_check import faults_of
from measurement.network.bundle_texts import MOST_NAME
from measurement.network.signing import canonical, fingerprint, is_signed_by, public_of, sign

FORM = "kommunsvar-network-bundle"
MOST_BYTES = 60 * 2**20
_FIELDS = {"form", "version", "key", "signature", "bundle"}


class BundleFault(ValueError):
    """A bundle that is not taken; `faults` says why in words, whole sentences."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep the faults."""
        super().__init__(" ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key that somebody checked.

    Attributes:
        municipality, name: whose it is.
        key: in base64.
        by, at: who checked it, and when (UTC).
    """

    municipality: str
    name: str
    key: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bundle out of its file.

    Attributes:
        key: the public key that it is signed with.
        digest: SHA-256 of the file, without white space around it.
        content: the file.
    """

    bundle: Bundle
    key: str
    digest: str
    content: bytes


def seal(bundle: Bundle, key: Ed25519PrivateKey) -> bytes:
    """Return the signed file of a bundle; the same bundle and key give the same bytes."""
    told = _BUNDLE.dump_python(bundle, mode="json")
    signature = sign(key, canonical(told))
    return canonical({"form": FORM, "version": VERSION, "key": public_of(key), "signature": signature, "bundle": told})


def open_sealed(content: bytes, trusted: Sequence[TrustedKey], now: datetime, texts: Texts) -> Opened:
    """Return the bundle of a file.

    Args:
        content: the file.
        trusted: the keys that count.
        now: UTC.
        texts: the language that faults are told in.

    Raises:
        BundleFault: it is none, made by a newer Kommunsvar, changed since it was signed, signed by nobody we trust or
            by another municipality than it tells of, or makes no sense.
    """
    stripped = content.strip()
    told = _read(stripped, texts)
    bundle_told, key = told["bundle"], told["key"]
    if canonical(told) != stripped or not is_signed_by(key, canonical(bundle_told), told["signature"]):
        _refuse(texts.t("Signaturen stämmer inte: filen har ändrats efter att den skrevs under. Be om en ny."))
    bundle = _parsed(bundle_told, texts)
    _require_trust(bundle, key, trusted, texts)
    if faults := faults_of(bundle, now, texts):
        raise BundleFault(faults)
    return Opened(bundle=bundle, key=key, digest=hashlib.sha256(stripped).hexdigest(), content=stripped)


def read_kept(content: bytes) -> Bundle:
    """Return the bundle of a file that was opened once and has been kept since.

    Raises:
        ValueError: it is not what was kept.
    """
    return _BUNDLE.validate_json(canonical(json.loads(content)["bundle"]), strict=True)


def _read(content: bytes, texts: Texts) -> dict[str, Any]:
    """Return what stands in the file, as a mapping of the fields that a bundle of our version has."""
    if len(content) > MOST_BYTES:
        _refuse(texts.t("Filen är för stor för att vara ett nätverkspaket."))
    try:
        told = json.loads(content.decode())
        canonical(told)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("form") != FORM or not isinstance(told.get("version"), int):
        _refuse(texts.t("Filen är inget nätverkspaket från Kommunsvar."))
    if told["version"] != VERSION:
        _refuse(texts.t(
            "Paketet är gjort av en annan version av Kommunsvar (form {theirs}). Den här läser form {ours}. "
            "Uppdatera, eller be om ett paket i den här formen.", theirs=told["version"], ours=VERSION,
        ))  # fmt: skip
    written = (told.get("key"), told.get("signature"))
    if set(told) != _FIELDS or not all(isinstance(one, str) for one in written):
        _refuse(texts.t("Filen är inget nätverkspaket från Kommunsvar."))
    return told


def _parsed(told: Mapping[str, Any], texts: Texts) -> Bundle:
    try:
        bundle = _BUNDLE.validate_json(canonical(told), strict=True)
    except ValidationError as error:
        raise BundleFault([
            texts.t("Fältet {field} går inte att läsa.", field=".".join(map(str, one["loc"])) or "bundle")
            for one in error.errors(include_url=False, include_input=False, include_context=False)[:10]
        ]) from None  # fmt: skip
    if _BUNDLE.dump_python(bundle, mode="json") != told:
        _refuse(texts.t("Paketet har fält som den här versionen av Kommunsvar inte känner."))
    return bundle


def _require_trust(bundle: Bundle, key: str, trusted: Sequence[TrustedKey], texts: Texts) -> None:
    whose = [one for one in trusted if one.key == key]
    # Nobody has vouched for these words yet: what steers a terminal is left out of them.
    name, id_ = (
        "".join(sign for sign in text if sign.isprintable())[:MOST_NAME] for text in (bundle.name, bundle.municipality)
    )
    if any(one.municipality == bundle.municipality for one in whose):
        return
    if whose:
        _refuse(texts.t(
            "Paketet säger sig komma från {name} ({id}), men är underskrivet med {other}s nyckel.",
            name=name, id=id_, other=whose[0].name,
        ))  # fmt: skip
    known = [one for one in trusted if one.municipality == bundle.municipality]
    how = texts.t("Ring dem, jämför fingeravtrycket och kör sedan: run_bot.py network trust {id} NYCKEL",
                  id=id_)  # fmt: skip
    if known:
        first = texts.t("Paketet från {name} är underskrivet med en annan nyckel ({key}) än den vi litar på.",
                        name=name, key=fingerprint(key))  # fmt: skip
    else:
        first = texts.t("Vi har ingen nyckel som vi litar på för {name} ({id}). Paketets nyckel: {key}.",
                        name=name, id=id_, key=fingerprint(key))  # fmt: skip
    _refuse(f"{first} {how}")


def _refuse(why: str) -> NoReturn:
    raise BundleFault([why])


_BUNDLE = TypeAdapter(Bundle)

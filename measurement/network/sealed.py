"""A bundle as a file: signed when it is written, and opened only if the signature is by somebody we trust. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from config.texts import Texts
from measurement.network.bundle import MOST_NUMBER, VERSION, Bundle
from measurement.network.bundle_check import faults_of
from measurement.network.bundle_texts import shown
from measurement.network.envelope import FORM, BundleFault, Envelope, envelope_of, refuse
from measurement.network.signing import canonical, fingerprint, is_signed_by, public_of, sign


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
        digest: SHA-256 of the key and of what it signed: what makes it this bundle and no other.
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

    What stands in it is read only when the signature holds and the key is one we trust.

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
    envelope = envelope_of(stripped, texts)
    if not is_signed_by(envelope.key, envelope.payload, envelope.signature):
        refuse(texts.t("Signaturen stämmer inte: filen har ändrats efter att den skrevs under. Be om en ny."))
    whose = [one for one in trusted if one.key == envelope.key]
    if not whose:
        _refuse_stranger(envelope, trusted, texts)
    bundle = _parsed(envelope.payload, texts)
    _require_same(bundle, whose, texts)
    if faults := faults_of(bundle, now, texts):
        raise BundleFault(faults)
    digest = hashlib.sha256(f"{envelope.key}\n".encode() + envelope.payload).hexdigest()
    return Opened(bundle=bundle, key=envelope.key, digest=digest, content=stripped)


def read_kept(content: bytes) -> Bundle:
    """Return the bundle of a file that was opened once and has been kept since.

    Raises:
        ValueError: it is not what was kept.
    """
    return _BUNDLE.validate_json(canonical(json.loads(content)["bundle"]), strict=True)


def _parsed(payload: bytes, texts: Texts) -> Bundle:
    told = _json_of(payload)
    if told is None or canonical(told) != payload:
        refuse(texts.t("Paketet är inte skrivet som Kommunsvar skriver det. Be om ett nytt."))
    try:
        bundle = _BUNDLE.validate_json(payload, strict=True)
    except ValidationError as error:
        raise BundleFault([
            texts.t("Fältet {field} går inte att läsa.", field=shown(".".join(map(str, one["loc"])) or "bundle"))
            for one in error.errors(include_url=False, include_input=False, include_context=False)[:10]
        ]) from None  # fmt: skip
    if field := _too_great(told):
        refuse(texts.t("Talet i fältet {field} är orimligt stort.", field=shown(field)))
    if _BUNDLE.dump_python(bundle, mode="json") != told:
        refuse(texts.t("Paketet har fält som den här versionen av Kommunsvar inte känner."))
    return bundle


def _json_of(payload: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(payload.decode())
        canonical(told)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _too_great(told: object, field: str = "") -> str:
    """Return the field of a number that nothing we count can reach; empty: there is none."""
    if isinstance(told, int | float):
        return (field or "bundle") if abs(told) > MOST_NUMBER else ""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return next((found for name, one in inner if (found := _too_great(one, f"{field}.{name}".strip(".")))), "")


def _require_same(bundle: Bundle, whose: Sequence[TrustedKey], texts: Texts) -> None:
    """Refuse a bundle that calls itself anything else than what its key was trusted as."""
    name, id_ = shown(bundle.name), shown(bundle.municipality)
    trusted = next((one for one in whose if one.municipality == bundle.municipality), None)
    if trusted is None:
        refuse(texts.t(
            "Paketet säger sig komma från {name} ({id}), men är underskrivet med {other}s nyckel.",
            name=name, id=id_, other=whose[0].name,
        ))  # fmt: skip
    if trusted.name != bundle.name:
        refuse(texts.t(
            "Paketet kallar sig {name}, men nyckeln är betrodd som {other} ({id}). Heter de så? Lita på nyckeln igen "
            "med --name.", name=name, other=trusted.name, id=id_,
        ))  # fmt: skip


def _refuse_stranger(envelope: Envelope, trusted: Sequence[TrustedKey], texts: Texts) -> NoReturn:
    # Nobody has vouched for these words yet: they are cut, and what steers a terminal is left out of them.
    name, id_ = (shown(envelope.field(one)) for one in ("name", "municipality"))
    how = texts.t("Ring dem, jämför fingeravtrycket och kör sedan: run_bot.py network trust {id} NYCKEL",
                  id=id_)  # fmt: skip
    if any(one.municipality == id_ for one in trusted):
        first = texts.t("Paketet från {name} är underskrivet med en annan nyckel ({key}) än den vi litar på.",
                        name=name, key=fingerprint(envelope.key))  # fmt: skip
    else:
        first = texts.t("Vi har ingen nyckel som vi litar på för {name} ({id}). Paketets nyckel: {key}.",
                        name=name, id=id_, key=fingerprint(envelope.key))  # fmt: skip
    refuse(f"{first} {how}")


_BUNDLE = TypeAdapter(Bundle)

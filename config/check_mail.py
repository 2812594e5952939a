"""What is wrong with the mail part of a configuration: addresses, host names, protection and the files for it."""

import ipaddress
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

from bot.office import plain_address
from config.settings import Listen, Settings
from config.texts import Texts

_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_ATOM = r"[^\s@,;:<>()\[\]\\\".]+"
_LOCAL = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
"""The part before the @ of an address that needs no quotes (RFC 5321 §4.1.2)."""


def mail_faults(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give every fault of addresses and of `[mail]`, each a sentence."""
    yield from _addresses(settings, texts)
    yield from _places(settings, texts)
    yield from _protection(settings, texts)
    yield from _files(settings, texts)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_host_name(text: str) -> bool:
    """Tell whether it is a host name in ASCII, as ``mx.kommun.example``; an IPv4 address looks like one too."""
    return text.isascii() and _HOST.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Tell whether it is one mail address and nothing else."""
    local, _, domain = text.rpartition("@")
    return _LOCAL.fullmatch(local) is not None and _HOST.fullmatch(domain) is not None


def _addresses(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give what is wrong with addresses. Mail to one of ours would come back in, and be answered for ever."""
    t = texts.t
    ours = {unit.address.lower() for unit in settings.units}
    for unit in settings.units:
        if not is_address(unit.address):
            yield t("Adressen {address} för enheten {unit} är inte rätt skriven.", address=unit.address, unit=unit.id)
    for officer in settings.officers:
        if not is_address(officer.email):
            yield t("E-postadressen för {officer} ska vara en enda adress: namn@domän.", officer=officer.id)
        elif plain_address(officer.email) in ours:
            yield t(
                "{officer} har en enhets adress som sin egen. Då går våra mejl runt. Ge en personlig adress.",
                officer=officer.id,
            )
    admin = settings.mail.admin
    if admin and not is_address(admin):
        yield t("mail.admin ska vara en enda adress: namn@domän.")
    elif plain_address(admin) in ours:
        yield t("mail.admin är en enhets adress. Då går våra mejl runt. Ge en annan adress.")


def _places(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give what is wrong with host names and ports."""
    t, listen, trusted = texts.t, settings.mail.listen, settings.mail.trusted_host
    for name, host in (
        ("mail.listen.hostname", listen.hostname),
        ("mail.relay.hostname", settings.mail.relay.hostname),
    ):
        if not is_host_name(host):
            yield t("{name} ska vara ett datornamn utan å, ä och ö, som mejl.kommun.example.", name=name)
    if trusted and not is_host_name(trusted.strip().rstrip(".")):
        yield t("mail.trusted_host ska vara bara ett datornamn, som mejl.kommun.example.")
    if not _can_listen_on(listen.host):
        yield t("mail.listen.host ska vara en IP-adress eller localhost.")
    if listen.port and listen.lmtp_port == listen.port:
        yield t("mail.listen.port och mail.listen.lmtp_port får inte vara samma.")


def _can_listen_on(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _protection(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give where mail or a password would go unprotected, and TLS that is asked for but not set up."""
    t, listen, relay = texts.t, settings.mail.listen, settings.mail.relay
    if relay.tls == "none" and not is_loopback(relay.host):
        yield t("mail.relay.tls är none, men servern finns på en annan dator. Då går mejlen oskyddade. Välj starttls.")
    if relay.tls == "none" and relay.auth != "none":
        yield t("Inloggning till mail.relay kräver tls.")
    if (listen.tls_certificate is None) != (listen.tls_key is None):
        yield t("mail.listen behöver både tls_certificate och tls_key, eller inget av dem.")
    if listen.require_tls and listen.tls_certificate is None:
        yield t("mail.listen.require_tls kräver tls_certificate och tls_key.")


def _files(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give the files for TLS that are missing or cannot be used."""
    t, listen, authority = texts.t, settings.mail.listen, settings.mail.relay.ca_file
    sound = True
    for file, holds_certificates in ((listen.tls_certificate, True), (listen.tls_key, False), (authority, True)):
        if file is None:
            continue
        fault = _file_fault(file, texts, holds_certificates=holds_certificates)
        if fault:
            yield fault
            sound = sound and file == authority
    if sound and listen.tls_certificate is not None and listen.tls_key is not None:
        reason = _pair_fault(listen)
        if reason in {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"}:
            yield t(
                "Nyckeln {key} hör inte till certifikatet {certificate}.",
                key=listen.tls_key,
                certificate=listen.tls_certificate,
            )
        elif reason.startswith(("EE_", "CA_")):
            yield t("Filen {file} går inte att använda som certifikat.", file=listen.tls_certificate)
        elif reason:
            yield t("Filen {file} går inte att använda som nyckel utan lösenord.", file=listen.tls_key)


def _file_fault(file: Path, texts: Texts, *, holds_certificates: bool) -> str:
    """Return what is wrong with one file on its own, empty if nothing is."""
    t = texts.t
    if not file.is_file():
        return t("Filen {file} finns inte.", file=file)
    try:
        file.read_bytes()
    except OSError:
        return t("Filen {file} går inte att läsa.", file=file)
    if holds_certificates:
        try:
            ssl.create_default_context(cafile=file)
        except OSError:
            return t("Filen {file} går inte att använda som certifikat.", file=file)
    return ""


def _pair_fault(listen: Listen) -> str:
    """Return OpenSSL's code for why certificate and key do not work together, empty if they do."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password given, OpenSSL would ask for one at the terminal.
        context.load_cert_chain(str(listen.tls_certificate), listen.tls_key, password=lambda: "")
    except (OSError, ValueError) as error:
        return getattr(error, "reason", None) or "KEY"
    return ""
